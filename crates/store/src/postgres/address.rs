//! Where the database of a store is: the file `postgres` in its folder, readable by its owner only, for a password may stand in it.
//!
//! It is never printed, and no error quotes it.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fmt, fs};

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, SslNegotiation, TargetSessionAttrs};

use super::tls;
use crate::error::{FileTrouble, OpenError};
use crate::layout;

const HEADER: &str = "truceline postgres 1";

const EACH: &str = "project each\n";
const ENCRYPTED: &str = "encrypted\n";

/// A PostgreSQL database that keeps a store's tables, and what is demanded of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Postgres {
    /// Its address, as `postgresql://user:password@host/database` or `host=… dbname=…`. A password may stand in it.
    pub address: String,
    /// How many standbys must have a commit on disk before a receipt is given; 0 for a server without any.
    pub quorum: u16,
    /// How long a commit may wait for them, in seconds.
    pub patience_s: u16,
    /// Whether each commit of entries also holds what follows from them, for others to read: right at every moment, and slower by a
    /// derivation each.
    pub project_each: bool,
    /// Certificates (PEM) of the authority under whose certificate the server must prove its name, over TLS. Without them only this machine is
    /// spoken to.
    pub authority: Option<String>,
}

/// Where to connect, and how.
pub(super) struct Reach {
    pub(super) config: Config,
    /// What encrypts; `None` for this machine.
    pub(super) tls: Option<tls::Tls>,
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").field("quorum", &self.quorum).finish_non_exhaustive()
    }
}

impl Postgres {
    /// How long a commit may wait.
    pub(super) fn patience(&self) -> Duration {
        Duration::from_secs(u64::from(self.patience_s))
    }

    /// The address read. In clear text only this machine is spoken to: a socket in a folder, or loopback.
    pub(super) fn reach(&self, writing: bool) -> Result<Reach, OpenError> {
        let address = |reason: &str| OpenError::Address { reason: reason.to_owned() };
        let mut config: Config = self.address.parse().map_err(|_| {
            address("it is none; write postgresql://USER@HOST/DATABASE or host=/run/postgresql dbname=NAME")
        })?;
        let tls = self.authority.as_deref().map(tls::under).transpose()?;
        if tls.is_some() {
            // A name that a certificate can be held against: neither a socket nor a bare address beside no name.
            let named = |host: &Host| matches!(host, Host::Tcp(_));
            if config.get_hosts().is_empty() || !config.get_hosts().iter().all(named) {
                return Err(address(
                    "with an authority it names each server as its certificate does: host=NAME",
                ));
            }
            config.ssl_mode(SslMode::Require).ssl_negotiation(SslNegotiation::Postgres);
        } else {
            if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
                config.host_path("/var/run/postgresql");
            }
            if !config.get_hosts().iter().all(near) || !config.get_hostaddrs().iter().all(IpAddr::is_loopback)
            {
                return Err(address(
                    "it names another machine, and the connection would not be encrypted; give the certificate of the authority of its \
                     certificate (--authority), or lead a tunnel to a socket or port of this machine and name that",
                ));
            }
        }
        let wanted = if writing { TargetSessionAttrs::ReadWrite } else { TargetSessionAttrs::Any };
        config.application_name("truceline").connect_timeout(Duration::from_secs(10));
        config.keepalives_idle(Duration::from_secs(30)).target_session_attrs(wanted);
        Ok(Reach { config, tls })
    }

    /// Writes the file.
    pub(super) fn write(&self, dir: &Path) -> Result<(), OpenError> {
        if self.address.contains(['\n', '\r']) {
            return Err(OpenError::Address { reason: "it has more than one line".to_owned() });
        }
        let each = if self.project_each { EACH } else { "" };
        let encrypted = if self.authority.is_some() { ENCRYPTED } else { "" };
        if let Some(authority) = &self.authority {
            layout::write_file(&tls::path(dir), authority, false)?;
        }
        let (quorum, patience) = (self.quorum, self.patience_s);
        let text =
            format!("{HEADER}\n{}\nquorum {quorum}\npatience {patience}\n{each}{encrypted}", self.address);
        Ok(layout::write_file(&path(dir), &text, true)?)
    }

    /// Reads the file of a folder.
    pub(crate) fn of(dir: &Path) -> Result<Self, OpenError> {
        let path = path(dir);
        layout::only_its_owners(&path).map_err(|reason| OpenError::Address { reason })?;
        let text = fs::read_to_string(&path).map_err(FileTrouble::at(&path))?;
        let lines: Vec<&str> = text.lines().collect();
        let number = |line: &str, word: &str| line.strip_prefix(word)?.trim().parse::<u16>().ok();
        if let [HEADER, address, quorum, patience, more @ ..] = lines.as_slice()
            && let (Some(quorum), Some(patience_s)) =
                (number(quorum, "quorum "), number(patience, "patience "))
            && let Some((project_each, encrypted)) = words(more)
        {
            let certificates = tls::path(dir);
            let authority = encrypted.then(|| fs::read_to_string(&certificates));
            let authority = authority.transpose().map_err(FileTrouble::at(&certificates))?;
            return Ok(Self { address: (*address).to_owned(), quorum, patience_s, project_each, authority });
        }
        let right = "wanted four lines: `truceline postgres 1`, the address, `quorum 1`, `patience 30`; then, where each commit is to \
                     hold what follows from it, `project each`; then, where postgres.pem holds the authority's certificates, `encrypted`";
        Err(OpenError::Address { reason: format!("{} is not as it was written; {right}", path.display()) })
    }
}

/// This machine, which is spoken to in clear text.
fn near(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    }
}

/// What lines after the fourth say: whether each commit holds what follows from it, whether the way is encrypted.
fn words(more: &[&str]) -> Option<(bool, bool)> {
    let (each, encrypted) = (EACH.trim_end(), ENCRYPTED.trim_end());
    match more {
        [] => Some((false, false)),
        [one] if *one == each => Some((true, false)),
        [one] if *one == encrypted => Some((false, true)),
        [one, two] if *one == each && *two == encrypted => Some((true, true)),
        _ => None,
    }
}

/// The file that names the database.
pub(super) fn path(dir: &Path) -> PathBuf {
    dir.join("postgres")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> Postgres {
        Postgres {
            address: address.to_owned(),
            quorum: 1,
            patience_s: 5,
            project_each: false,
            authority: None,
        }
    }

    const AUTHORITY: &str = include_str!("authority.pem");

    #[test]
    fn another_machine_is_spoken_to_under_a_named_authority_alone() {
        let with = |address: &str, authority: &str| {
            Postgres { authority: Some(authority.to_owned()), ..at(address) }.reach(true)
        };
        for named in [
            "postgresql://u:p@db.example/x",
            "host=db.example hostaddr=10.0.0.1 dbname=x",
            "host=10.0.0.1,db dbname=x",
        ] {
            let reach = with(named, AUTHORITY).unwrap();
            assert!(reach.tls.is_some() && reach.config.get_ssl_mode() == SslMode::Require, "{named}");
        }
        // What cannot be held against a certificate, and an address that would have it otherwise.
        for unnamed in
            ["host=/run/x dbname=x", "hostaddr=10.0.0.1 dbname=x", "dbname=x", "host=db,/run/x dbname=x"]
        {
            assert!(with(unnamed, AUTHORITY).err().unwrap().to_string().contains("host=NAME"), "{unnamed}");
        }
        let weaker = with("host=db.example sslmode=disable dbname=x", AUTHORITY).unwrap();
        assert_eq!(weaker.config.get_ssl_mode(), SslMode::Require);
        for none in ["", "no PEM", "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n"] {
            let error = with("host=db.example dbname=x", none).err().unwrap().to_string();
            assert!(error.contains("PEM"), "{none}: {error}");
        }
    }

    #[test]
    fn only_this_machine_is_spoken_to_in_clear_text() {
        for near in [
            "postgresql://u:p@localhost/x",
            "host=127.0.0.1 dbname=x",
            "host=/run/x dbname=x",
            "postgresql:///x?host=/run/x",
            "dbname=x",
            "host=::1,/run/y dbname=x",
        ] {
            assert!(at(near).reach(true).is_ok(), "{near}");
        }
        for far in
            ["postgresql://u:p@10.0.0.1/x", "host=/run/x,db.example dbname=x", "hostaddr=10.0.0.1 dbname=x"]
        {
            let error = at(far).reach(true).err().unwrap().to_string();
            assert!(error.contains("tunnel") && !error.contains("u:p"), "{error}");
        }
    }

    #[test]
    fn an_address_is_its_owners_and_is_never_shown() {
        let dir = tempfile::tempdir().unwrap();
        let secret = at("postgresql://u:canary@localhost/x");
        secret.write(dir.path()).unwrap();
        assert_eq!(Postgres::of(dir.path()).unwrap(), secret);
        let each = Postgres { project_each: true, ..secret.clone() };
        each.write(dir.path()).unwrap();
        assert_eq!(Postgres::of(dir.path()).unwrap(), each);
        for project_each in [false, true] {
            let far = Postgres { authority: Some(AUTHORITY.to_owned()), project_each, ..secret.clone() };
            far.write(dir.path()).unwrap();
            assert_eq!(Postgres::of(dir.path()).unwrap(), far);
        }
        fs::remove_file(tls::path(dir.path())).unwrap();
        assert!(Postgres::of(dir.path()).is_err(), "never in clear text where it was encrypted");
        assert!(!format!("{secret:?}").contains("canary"));
        fs::write(path(dir.path()), "postgresql://u:canary@localhost/x\n").unwrap();
        let error = Postgres::of(dir.path()).err().unwrap();
        assert!(!error.to_string().contains("canary") && !format!("{error:?}").contains("canary"), "{error}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(path(dir.path()), fs::Permissions::from_mode(0o644)).unwrap();
            assert!(Postgres::of(dir.path()).is_err(), "others may read it");
        }
        assert!(at("a\nb").write(dir.path()).is_err());
    }
}
