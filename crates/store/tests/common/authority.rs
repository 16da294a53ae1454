//! An authority for certificates, made for one test by the openssl that a mission's people would use.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// An authority, and certificates that it gives.
pub(crate) struct Authority(tempfile::TempDir);

impl Authority {
    /// With sections by name, each for one alternative name: `DNS:db.example`, `IP:127.0.0.1`.
    pub(crate) fn new(sections: &[(&str, &str)]) -> Self {
        let own = Self(tempfile::tempdir().unwrap());
        let mut config = "[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nCN=test\n[authority]\nbasicConstraints=critical,CA:TRUE\n".to_owned();
        for (section, name) in sections {
            config.push_str(&format!(
                "[{section}]\nbasicConstraints=critical,CA:FALSE\nsubjectAltName={name}\n"
            ));
        }
        fs::write(own.0.path().join("config"), config).unwrap();
        own.openssl("authority", &[]);
        own
    }

    /// The certificate and key of a server: under this authority, for the name that the section gives.
    pub(crate) fn give(&self, section: &str) -> (String, String) {
        self.openssl(section, &["-CA", "authority.pem", "-CAkey", "authority.key"]);
        (self.read(&format!("{section}.pem")), self.read(&format!("{section}.key")))
    }

    fn openssl(&self, section: &str, more: &[&str]) {
        let (key, certificate) = (format!("{section}.key"), format!("{section}.pem"));
        let done = Command::new("openssl")
            .current_dir(self.0.path())
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
            ])
            .args(["-config", "config", "-extensions", section, "-keyout", &key, "-out", &certificate])
            .args(more)
            .stderr(Stdio::null())
            .status();
        assert!(done.unwrap().success(), "{section}");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    pub(crate) fn certificate(&self) -> String {
        self.read("authority.pem")
    }

    /// Where its certificate lies.
    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("authority.pem")
    }
}
