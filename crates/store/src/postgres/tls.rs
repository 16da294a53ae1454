//! The way to a server on another machine: TLS under the certificates of an authority that the folder names, and under no other.
//!
//! What this machine trusts for other purposes has no say: whoever gets a certificate from some authority of the web would be the database otherwise. The
//! name in the address must stand in the server's certificate. A server that offers no TLS is refused, not spoken to in clear text.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, InvalidDnsNameError, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::Socket;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream as Stream;

use crate::error::OpenError;

/// The authority's certificates, in a folder.
pub(super) fn path(dir: &Path) -> PathBuf {
    dir.join("postgres.pem")
}

/// What connects under these certificates (PEM), of which there must be one at least, and each must be one.
pub(super) fn under(authority: &str) -> Result<Tls, OpenError> {
    let wrong = |reason: String| OpenError::Address {
        reason: format!("the certificates of its authority: {reason}; wanted a file in PEM"),
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(authority.as_bytes()) {
        let certificate = certificate.map_err(|e| wrong(e.to_string()))?;
        roots.add(certificate).map_err(|e| wrong(e.to_string()))?;
    }
    if roots.is_empty() {
        return Err(wrong("there is none".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| wrong(e.to_string()))?;
    Ok(Tls(Arc::new(config.with_root_certificates(roots).with_no_client_auth())))
}

/// Connects under one authority.
#[derive(Clone)]
pub(super) struct Tls(Arc<ClientConfig>);

/// Connects to one name.
pub(super) struct ToName {
    connector: TlsConnector,
    name: ServerName<'static>,
}

/// What is said to the server, encrypted.
pub(super) struct Encrypted(Stream<Socket>);

impl MakeTlsConnect<Socket> for Tls {
    type Stream = Encrypted;
    type TlsConnect = ToName;
    type Error = InvalidDnsNameError;

    fn make_tls_connect(&mut self, name: &str) -> Result<ToName, InvalidDnsNameError> {
        let name = ServerName::try_from(name.to_owned())?;
        Ok(ToName { connector: TlsConnector::from(Arc::clone(&self.0)), name })
    }
}

impl TlsConnect<Socket> for ToName {
    type Stream = Encrypted;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Encrypted>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        Box::pin(async move { self.connector.connect(self.name, socket).await.map(Encrypted) })
    }
}

impl TlsStream for Encrypted {
    /// None: the server has proven its name under the mission's own authority, which says more.
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, into)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
