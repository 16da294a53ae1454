//! Where the database of a store is: the file `postgres` in its folder, readable by its owner only, for a password may stand in it.
//!
//! It is never printed, and no error quotes it.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fmt, fs};

use tokio_postgres::Config;
use tokio_postgres::config::{Host, TargetSessionAttrs};

use crate::error::{FileTrouble, OpenError};
use crate::layout;

const HEADER: &str = "truceline postgres 1";

const EACH: &str = "project each\n";

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

    /// The address read. Only this machine is spoken to in clear text: a socket in a folder, or loopback.
    pub(super) fn config(&self, writing: bool) -> Result<Config, OpenError> {
        let address = |reason: String| OpenError::Address { reason };
        let mut config: Config = self.address.parse().map_err(|_| {
            address(
                "it is none; write postgresql://USER@HOST/DATABASE or host=/run/postgresql dbname=NAME"
                    .to_owned(),
            )
        })?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            config.host_path("/var/run/postgresql");
        }
        let near = |host: &Host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => {
                name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            }
        };
        if !config.get_hosts().iter().all(near) || !config.get_hostaddrs().iter().all(IpAddr::is_loopback) {
            return Err(address(
                "it names another machine, and the connection is not encrypted; lead a tunnel (stunnel, ssh, WireGuard) to a socket or port of this machine, and name that"
                    .to_owned(),
            ));
        }
        let wanted = if writing { TargetSessionAttrs::ReadWrite } else { TargetSessionAttrs::Any };
        config.application_name("truceline").connect_timeout(Duration::from_secs(10));
        config.keepalives_idle(Duration::from_secs(30)).target_session_attrs(wanted);
        Ok(config)
    }

    /// Writes the file.
    pub(super) fn write(&self, dir: &Path) -> Result<(), OpenError> {
        if self.address.contains(['\n', '\r']) {
            return Err(OpenError::Address { reason: "it has more than one line".to_owned() });
        }
        let each = if self.project_each { EACH } else { "" };
        let (quorum, patience) = (self.quorum, self.patience_s);
        let text = format!("{HEADER}\n{}\nquorum {quorum}\npatience {patience}\n{each}", self.address);
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
            && (more.is_empty() || more == [EACH.trim_end()])
        {
            let project_each = !more.is_empty();
            return Ok(Self { address: (*address).to_owned(), quorum, patience_s, project_each });
        }
        let right = "wanted four lines: `truceline postgres 1`, the address, `quorum 1`, `patience 30`, and, where each commit is to \
                     hold what follows from it, `project each`";
        Err(OpenError::Address { reason: format!("{} is not as it was written; {right}", path.display()) })
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
        Postgres { address: address.to_owned(), quorum: 1, patience_s: 5, project_each: false }
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
            assert!(at(near).config(true).is_ok(), "{near}");
        }
        for far in
            ["postgresql://u:p@10.0.0.1/x", "host=/run/x,db.example dbname=x", "hostaddr=10.0.0.1 dbname=x"]
        {
            let error = at(far).config(true).err().unwrap().to_string();
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
