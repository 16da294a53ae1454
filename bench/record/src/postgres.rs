//! A PostgreSQL of our own beside the stores: the same disk, every commit synced (its defaults), spoken to by its own load generator over a Unix
//! socket, stopped and removed when dropped. Never listens on a network and never touches another cluster.
//!
//! The server refuses to run as the superuser, so it is started as *nobody* then.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::Result;
use crate::figure::Pace;
use crate::folder::Folder;
use crate::rows::{AT, RAW, file};

/// The user id of *nobody* on Debian.
const NOBODY: u32 = 65_534;

/// Larger than the rows are, so that the server never stops to fold its log in while it is measured; otherwise its defaults: `fsync`,
/// `synchronous_commit` and `full_page_writes` are on.
const SETTINGS: &str = "listen_addresses=''\nunix_socket_directories='.'\nshared_buffers=512MB\nmax_wal_size=8GB\n\
    checkpoint_timeout=1h\nwal_buffers=64MB\nmax_connections=100\nautovacuum=off\n";

const TABLE: &str = "CREATE TABLE reports (n bigserial PRIMARY KEY, key bytea NOT NULL UNIQUE, kind text NOT NULL, \
    at timestamptz NOT NULL, body text NOT NULL, raw bytea NOT NULL)";

/// What the load generator sends.
pub(crate) enum Script {
    /// One row, one commit.
    Each,
    /// So many rows in one transaction, sent without waiting in between.
    Batch(usize),
}

/// A running server.
pub(crate) struct Cluster {
    programs: PathBuf,
    folder: Folder,
    superuser: bool,
}

/// Where the programs of the server are; `None` when PostgreSQL is not installed.
pub(crate) fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> = versions.flatten().map(|entry| entry.path().join("bin")).collect();
    found.sort();
    found.into_iter().rev().find(|folder| folder.join("initdb").exists() && folder.join("pgbench").exists())
}

/// Whether PostGIS is installed beside these programs of a server.
pub(crate) fn has_postgis(programs: &Path) -> bool {
    let version = programs.parent().and_then(Path::file_name).unwrap_or_default();
    Path::new("/usr/share/postgresql").join(version).join("extension/postgis.control").exists()
}

impl Cluster {
    /// Starts one in an empty folder of its own.
    ///
    /// # Errors
    /// When a program is missing or the server does not come up.
    pub(crate) fn start(programs: PathBuf) -> Result<Self> {
        let cluster = Self::empty(programs, "postgres")?;
        cluster
            .run("initdb", &["-D", "data", "-A", "trust", "-U", "truceline", "-E", "UTF8", "--no-locale"])?;
        let file = cluster.folder.path().join("data/postgresql.conf");
        let settings = std::fs::read_to_string(&file)? + SETTINGS;
        std::fs::write(&file, settings)?;
        cluster.up()?;
        cluster.ask(TABLE)?;
        Ok(cluster)
    }

    fn empty(programs: PathBuf, name: &str) -> Result<Self> {
        let folder = Folder::new(name)?;
        let data = folder.path().join("data");
        std::fs::create_dir(&data)?;
        let superuser = std::fs::metadata(&data)?.uid() == 0;
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700))?;
        if superuser {
            std::os::unix::fs::chown(folder.path(), Some(NOBODY), Some(NOBODY))?;
            std::os::unix::fs::chown(&data, Some(NOBODY), Some(NOBODY))?;
        }
        Ok(Self { programs, folder, superuser })
    }

    fn up(&self) -> Result<()> {
        let socket = format!("-k {}", self.folder.path().display());
        // The server keeps its pipes open: it gets a log file, and nothing of it is read to the end.
        self.run("pg_ctl", &["-D", "data", "-w", "-s", "-l", "data/log", "-o", &socket, "start"])
    }

    /// A standby of this server.
    ///
    /// # Errors
    /// When it does not come up.
    pub(crate) fn standby(&self, name: &str) -> Result<Self> {
        let standby = Self::empty(self.programs.clone(), name)?;
        let from = format!("host={} user=truceline application_name={name}", self.folder.path().display());
        standby.run("pg_basebackup", &["-D", "data", "-R", "-X", "stream", "-c", "fast", "-d", &from])?;
        standby.up()?;
        Ok(standby)
    }

    /// From now on a commit returns when one of the standbys `one` and `two` has it on disk, too.
    ///
    /// # Errors
    /// When they do not come up.
    pub(crate) fn wait_for_standbys(&self) -> Result<()> {
        self.ask("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (one, two)'")?;
        self.ask("SELECT pg_reload_conf()")?;
        for _ in 0..300 {
            if self.ask("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'quorum'")?.trim() == "2"
            {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err("the standbys did not come up".into())
    }

    /// The address of a new database with PostGIS.
    ///
    /// # Errors
    /// In the server's words.
    pub(crate) fn database(&self, name: &str) -> Result<String> {
        self.ask(&format!("CREATE DATABASE {name}"))?;
        self.ask_in(name, "CREATE EXTENSION postgis")?;
        Ok(format!("host={} user=truceline dbname={name}", self.folder.path().display()))
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        if self.superuser {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }

    fn run(&self, program: &str, words: &[&str]) -> Result<()> {
        let mut command = self.command(program);
        let status = command.args(words).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        if status.success() { Ok(()) } else { Err(format!("{program} failed: {status}").into()) }
    }

    fn socket(&self) -> &Path {
        self.folder.path()
    }

    fn ask(&self, sql: &str) -> Result<String> {
        self.ask_in("postgres", sql)
    }

    fn ask_in(&self, database: &str, sql: &str) -> Result<String> {
        let mut command = self.command("psql");
        command.args([
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-U",
            "truceline",
            "-d",
            database,
            "-h",
        ]);
        let output = command.arg(self.socket()).args(["-c", sql]).output()?;
        said("psql", &output)
    }

    /// Lets a commit wait for others so many microseconds.
    ///
    /// # Errors
    /// In the server's words.
    pub(crate) fn delay(&self, us: u32) -> Result<()> {
        self.ask(&format!("ALTER SYSTEM SET commit_delay = {us}"))?;
        self.ask("SELECT pg_reload_conf()").map(drop)
    }

    /// Runs the load generator with so many connections; the rate is of rows, the times are of transactions.
    ///
    /// # Errors
    /// In the server's words.
    pub(crate) fn bench(&self, script: &Script, connections: u64, time: Duration) -> Result<Pace> {
        let file = self.folder.path().join("script.sql");
        std::fs::write(&file, script.text())?;
        self.ask("TRUNCATE reports")?;
        self.ask("CHECKPOINT")?;
        let (count, threads) = (connections.to_string(), connections.min(2).to_string());
        let mut command = self.command("pgbench");
        command.args([
            "-n",
            "-M",
            "prepared",
            "-f",
            "script.sql",
            "-l",
            "--log-prefix",
            "each",
            "-U",
            "truceline",
        ]);
        command.args(["-c", &count, "-j", &threads, "-T", &time.as_secs().to_string(), "-h"]);
        said("pgbench", &command.arg(self.socket()).arg("postgres").output()?)?;
        let rows: u64 = self.ask("SELECT count(*) FROM reports")?.trim().parse()?;
        let mut each = Vec::new();
        for entry in std::fs::read_dir(self.folder.path())? {
            let path = entry?.path();
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("each.")) {
                let text = std::fs::read_to_string(&path)?;
                each.extend(text.lines().filter_map(|line| line.split(' ').nth(2)?.parse::<u64>().ok()));
                std::fs::remove_file(&path)?;
            }
        }
        let mut pace = Pace::of(each, time);
        pace.per_second = rows * 1_000_000 / crate::figure::us(time).max(1);
        Ok(pace)
    }

    /// Bytes on disk of a row of the last run, with its indexes.
    ///
    /// # Errors
    /// In the server's words.
    pub(crate) fn bytes_a_row(&self) -> Result<u64> {
        let sql = "SELECT pg_total_relation_size('reports') / greatest(count(*), 1) FROM reports";
        Ok(self.ask(sql)?.trim().parse()?)
    }
}

impl Script {
    fn text(&self) -> String {
        let body = format!("{{\"bytes\":200,\"file\":\"{}\",\"mapping\":\"truceline\",\"row\":", file());
        // The key is the digest of the row, as ours is; the number makes each row another.
        let insert = format!(
            "INSERT INTO reports (key, kind, at, body, raw) SELECT sha256(raw), 'report', '{AT}', '{body}' || i || '}}', raw \
             FROM (SELECT i, convert_to('r' || i || '{RAW}', 'UTF8') AS raw FROM (SELECT CAST(:i AS text) AS i) AS number) AS row;\n"
        );
        let draw = "\\set i random(1, 1000000000000000)\n";
        match self {
            Self::Each => format!("{draw}{insert}"),
            Self::Batch(rows) => {
                let mut text = String::from("\\startpipeline\nBEGIN;\n");
                for _ in 0..*rows {
                    text.push_str(draw);
                    text.push_str(&insert);
                }
                text + "COMMIT;\n\\endpipeline\n"
            }
        }
    }
}

fn said(program: &str, output: &Output) -> Result<String> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr)).into())
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.run("pg_ctl", &["-D", "data", "-m", "immediate", "-w", "-s", "stop"]);
    }
}
