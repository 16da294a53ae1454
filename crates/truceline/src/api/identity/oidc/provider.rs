//! The one provider of identities that a mission trusts: what it says of itself, and the code that it gave somebody exchanged for who they are.
//!
//! Named by a file in the store's folder, `oidc`, its owner's only. Asked over TLS under certificates of this machine, or of a file that is named; over
//! plain HTTP on this machine alone, where the file says so. No proxy, no redirect and no environment is followed; answers are bounded in time and length.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use webauthn_rs::prelude::Url;
use zeroize::Zeroizing;

use crate::api::accounts::own;
use crate::failure::Failure;
use crate::{files, server};

const HEADER: &str = "truceline oidc 1";
/// Where certificates that this machine trusts lie.
const TRUSTED: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];
/// Largest file, longest answer, and how long it is waited for.
const LIMIT: u64 = 16 << 10;
const CERTIFICATES: u64 = 4 << 20;
const LONGEST: u64 = 256 << 10;
const PATIENCE: Duration = Duration::from_secs(5);

/// What the file says of a provider.
pub(super) struct Named {
    pub(super) issuer: String,
    client: String,
    secret: Option<Zeroizing<String>>,
    /// Under whose certificates it is asked, where not under this machine's.
    certificates: Option<PathBuf>,
}

/// A provider, ready to be asked.
pub(super) struct Provider {
    pub(super) issuer: String,
    pub(super) client: String,
    secret: Option<Zeroizing<String>>,
    agent: ureq::Agent,
}

/// Where it is asked for what.
#[derive(Clone)]
pub(super) struct Endpoints {
    pub(super) authorization: Url,
    token: String,
    keys: String,
}

/// Whether an address may be asked: over TLS, or on this machine where the issuer itself is.
fn is_safe(address: &str, issuer: &str) -> bool {
    let is_plain = |address: &str| {
        Url::parse(address)
            .is_ok_and(|url| url.scheme() == "http" && url.host_str().is_some_and(server::is_loopback_name))
    };
    let is_bare = Url::parse(address)
        .is_ok_and(|url| url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
    is_bare && (address.starts_with("https://") || (is_plain(address) && is_plain(issuer)))
}

impl Named {
    /// The provider that a store names; nothing where it names none.
    ///
    /// # Errors
    /// When the file cannot be read, others may read it, or it names an address that is not asked.
    pub(super) fn of(store: &Path) -> Result<Option<Self>, Failure> {
        let path = store.join("oidc");
        let fail = |e: &dyn std::fmt::Display| Failure::operation(&format!("read {}", path.display()), e);
        match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(fail(&error)),
            Ok(found) => own(&found).map_err(|say| fail(&say))?,
        }
        let text = Zeroizing::new(files::text(&path, LIMIT).map_err(|e| fail(&e))?);
        let value: Value = serde_json::from_str(&text).map_err(|e| fail(&e))?;
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let (Some(HEADER), Some(issuer), Some(client)) =
            (text("format").as_deref(), text("issuer"), text("client_id"))
        else {
            return Err(fail(&"it holds \"format\": \"truceline oidc 1\", \"issuer\" and \"client_id\""));
        };
        if !is_safe(&issuer, &issuer) {
            return Err(fail(&"the issuer is asked over https alone (http on this machine)"));
        }
        let secret = text("client_secret").map(Zeroizing::new);
        Ok(Some(Self { issuer, client, secret, certificates: text("ca").map(PathBuf::from) }))
    }

    /// The name by which people know it.
    pub(super) fn host(&self) -> Option<String> {
        Url::parse(&self.issuer).ok()?.host_str().map(str::to_owned)
    }

    /// Makes it ready to be asked.
    ///
    /// # Errors
    /// When there are no certificates under which it could be.
    pub(super) fn ready(self) -> Result<Provider, Failure> {
        let Self { issuer, client, secret, certificates } = self;
        let agent = agent(issuer.starts_with("https://"), certificates.as_deref())?;
        Ok(Provider { issuer, client, secret, agent })
    }
}

impl Provider {
    fn fail(&self, e: &dyn std::fmt::Display) -> Failure {
        Failure::operation(&format!("ask {}", self.issuer), e)
    }

    fn json(&self, answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value, Failure> {
        let mut answer = answer.map_err(|e| self.fail(&e))?;
        let text = answer.body_mut().with_config().limit(LONGEST).read_to_string();
        serde_json::from_str(&text.map_err(|e| self.fail(&e))?).map_err(|e| self.fail(&e))
    }

    /// What it says of itself.
    ///
    /// # Errors
    /// When it does not answer, calls itself something else, or names an address that is not asked.
    pub(super) fn discovered(&self) -> Result<Endpoints, Failure> {
        let at = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let said = self.json(self.agent.get(at).call())?;
        if said.get("issuer").and_then(Value::as_str) != Some(&self.issuer) {
            return Err(self.fail(&"it calls itself by another name"));
        }
        let address = |name: &str| {
            let address = said.get(name).and_then(Value::as_str).filter(|one| is_safe(one, &self.issuer));
            address.map(str::to_owned).ok_or_else(|| self.fail(&format!("its {name} is none that is asked")))
        };
        Ok(Endpoints {
            authorization: Url::parse(&address("authorization_endpoint")?).map_err(|e| self.fail(&e))?,
            token: address("token_endpoint")?,
            keys: address("jwks_uri")?,
        })
    }

    /// Exchanges a code for what the provider says of who was given it.
    ///
    /// # Errors
    /// When it does not answer, or not with such a thing: a code is taken once.
    pub(super) fn exchanged(
        &self,
        at: &Endpoints,
        code: &str,
        verifier: &str,
        redirect: &str,
    ) -> Result<String, Failure> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("client_id", self.client.as_str()),
            ("code_verifier", verifier),
        ];
        form.extend(self.secret.as_ref().map(|secret| ("client_secret", secret.as_str())));
        let said = self.json(self.agent.post(&at.token).send_form(form))?;
        let token = said.get("id_token").and_then(Value::as_str);
        token.map(str::to_owned).ok_or_else(|| self.fail(&"it gave no id_token"))
    }

    /// The keys by which it signs, as they are now.
    ///
    /// # Errors
    /// When it does not answer.
    pub(super) fn keys(&self, at: &Endpoints) -> Result<Value, Failure> {
        self.json(self.agent.get(&at.keys).call())
    }
}

fn agent(is_encrypted: bool, named: Option<&Path>) -> Result<ureq::Agent, Failure> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .proxy(None)
        .http_status_as_error(true)
        .https_only(is_encrypted);
    if !is_encrypted {
        return Ok(config.build().new_agent());
    }
    let fail = |e: &dyn std::fmt::Display| Failure::operation("read trusted certificates", e);
    let path = named.or_else(|| TRUSTED.iter().map(Path::new).find(|path| path.exists()));
    let path = path.ok_or_else(|| fail(&"this machine has none; name a file (\"ca\" in oidc)"))?;
    let text = files::read(path, CERTIFICATES).map_err(|e| fail(&e))?;
    let certificates: Vec<_> = parse_pem(&text)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(one)) => Some(one),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        return Err(fail(&format!("{} holds none", path.display())));
    }
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&certificates))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    Ok(config.tls_config(tls).build().new_agent())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tls_is_asked_and_this_machine_by_an_issuer_on_it() {
        let (far, near) = ("https://id.example.org/realm", "http://127.0.0.1:9000");
        for (address, issuer, wanted) in [
            (far, far, true),
            ("https://other.example.org/token", far, true),
            ("http://id.example.org/token", far, false),
            (near, far, false),
            (near, near, true),
            ("http://localhost:9/x", near, true),
            ("http://127.0.0.1.evil.example/", near, false),
            ("http://127.0.0.1@evil.example/", near, false),
            ("https://user:pass@id.example.org/", far, false),
            ("file:///etc/passwd", near, false),
            ("", far, false),
        ] {
            assert_eq!(is_safe(address, issuer), wanted, "{address} of {issuer}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_or_that_names_an_open_line_names_no_provider() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        assert!(Named::of(dir.path()).unwrap().is_none());
        let path = dir.path().join("oidc");
        let write = |issuer: &str, mode: u32| {
            let text = format!(r#"{{"format":"truceline oidc 1","issuer":"{issuer}","client_id":"room"}}"#);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            Named::of(dir.path())
        };
        assert!(write("http://127.0.0.1:9", 0o600).unwrap().is_some());
        assert!(write("http://127.0.0.1:9", 0o644).is_err());
        assert!(write("http://id.example.org", 0o600).is_err());
    }
}
