//! PostgreSQL servers for tests: each in a folder of its own, spoken to over a Unix socket, stopped and removed when dropped, also when the
//! test fails. None listens on a network, none touches another cluster. A server refuses to run as the superuser: it runs as *nobody* then.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use truceline_store::Postgres;

/// The user id of *nobody* on Debian.
const NOBODY: u32 = 65_534;

pub(crate) struct Server {
    programs: PathBuf,
    folder: TempDir,
    superuser: bool,
    made: AtomicU32,
}

/// Where the programs of PostgreSQL with PostGIS are. Without them a test passes, unless `TRUCELINE_REQUIRE_POSTGIS` is set.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    found.sort();
    let has = |folder: &&PathBuf| {
        let version = folder.file_name().unwrap();
        let control = Path::new("/usr/share/postgresql").join(version).join("extension/postgis.control");
        folder.join("bin/initdb").exists() && control.exists()
    };
    let found = found.iter().rev().find(has).map(|folder| folder.join("bin"));
    assert!(
        found.is_some() || std::env::var_os("TRUCELINE_REQUIRE_POSTGIS").is_none(),
        "PostgreSQL with PostGIS is needed"
    );
    found
}

impl Server {
    /// A primary with one more database, `geo`, that others are made from.
    pub(crate) fn start() -> Option<Self> {
        let server = Self::empty(programs()?);
        server.run(
            "initdb",
            &["-D", "data", "-A", "trust", "-U", "truceline", "-E", "UTF8", "--no-locale", "-N"],
        );
        server.set(
            "listen_addresses=''\nfsync=on\nfull_page_writes=off\nautovacuum=off\nmax_wal_size=1GB\nwal_level=replica\n\
             max_wal_senders=8\nhot_standby=on\nwal_sender_timeout=5s\nsuperuser_reserved_connections=3\n",
        );
        server.up();
        server.psql("postgres", "CREATE DATABASE geo");
        server.psql("geo", "CREATE EXTENSION postgis");
        Some(server)
    }

    fn empty(programs: PathBuf) -> Self {
        let folder = tempfile::Builder::new().prefix("tl-pg-").tempdir().unwrap();
        let superuser = fs::metadata(folder.path()).unwrap().uid() == 0;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::set_permissions(&data, fs::Permissions::from_mode(0o700)).unwrap();
        if superuser {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
            chown(&data, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        Self { programs, folder, superuser, made: AtomicU32::new(0) }
    }

    /// A standby of this server, under a name that the server's quorum may list.
    pub(crate) fn standby(&self, name: &str) -> Self {
        let standby = Self::empty(self.programs.clone());
        let from = format!("host={} user=truceline application_name={name}", self.folder.path().display());
        standby.run("pg_basebackup", &["-D", "data", "-R", "-X", "stream", "-c", "fast", "-N", "-d", &from]);
        standby.up();
        standby
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        // A client's certificate is looked for at home, and *nobody* may not look into this user's.
        command.current_dir(self.folder.path()).env("HOME", self.folder.path()).stdin(Stdio::null());
        if self.superuser {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }

    fn run(&self, program: &str, words: &[&str]) {
        // A server that is started keeps the pipe open: it gets a log file instead, and nothing is read to the end.
        let status =
            self.command(program).args(words).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert!(status.success(), "{program} {words:?}: {status}");
    }

    /// Adds settings; they hold from the next start or reload on.
    pub(crate) fn set(&self, lines: &str) {
        let path = self.folder.path().join("data/postgresql.conf");
        fs::OpenOptions::new().append(true).open(path).unwrap().write_all(lines.as_bytes()).unwrap();
    }

    pub(crate) fn up(&self) {
        let socket = format!("-k {}", self.folder.path().display());
        self.run("pg_ctl", &["-D", "data", "-w", "-s", "-l", "data/log", "-o", &socket, "start"]);
    }

    /// Lets this server be spoken to under an address of this machine that no other test has, with this certificate and key; its address.
    pub(crate) fn listen(&self, certificate: &(String, String)) -> String {
        let own = format!("{}/{}", std::process::id(), self.socket());
        let [a, b, ..] = truceline_record::digest_of(own.as_bytes()).0;
        // The lowest are other people's.
        let address = format!("127.{}.{a}.{b}", 64 + u32::from(a ^ b) % 128);
        self.keep("data/server.crt", &certificate.0);
        self.keep("data/server.key", &certificate.1);
        let hosts = self.folder.path().join("data/pg_hba.conf");
        let lines = "host all all 127.0.0.0/8 trust\nhost replication all 127.0.0.0/8 trust\n";
        fs::OpenOptions::new().append(true).open(hosts).unwrap().write_all(lines.as_bytes()).unwrap();
        self.set(&format!("listen_addresses='{address}'\nssl=on\n"));
        self.run("pg_ctl", &["-D", "data", "-w", "-s", "-m", "fast", "-l", "data/log", "restart"]);
        address
    }

    /// Puts another certificate and key in place.
    pub(crate) fn present(&self, certificate: &(String, String)) {
        self.keep("data/server.crt", &certificate.0);
        self.keep("data/server.key", &certificate.1);
        self.reload();
        // The server reads them when it gets to it.
        std::thread::sleep(Duration::from_millis(500));
    }

    /// A file of this server's folder, its owner's only; its path.
    pub(crate) fn keep(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        if self.superuser {
            chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn reload(&self) {
        self.run("pg_ctl", &["-D", "data", "-s", "reload"]);
    }

    /// Makes this standby follow another primary, that was a standby beside it.
    pub(crate) fn follow(&self, primary: &Self, name: &str) {
        self.follow_through(primary.socket(), name);
    }

    /// Makes this standby follow the primary whose socket, or the line to it, lies in that folder.
    pub(crate) fn follow_through(&self, socket: &str, name: &str) {
        let from = format!("host={socket} user=truceline application_name={name}");
        let setting = format!("\nprimary_conninfo='{from}'\nrecovery_target_timeline='latest'\n");
        let path = self.folder.path().join("data/postgresql.auto.conf");
        fs::OpenOptions::new().append(true).open(path).unwrap().write_all(setting.as_bytes()).unwrap();
        self.reload();
    }

    /// Waits for `count` of the standbys named before its commits return.
    pub(crate) fn wait_for(&self, count: u16, names: &str) {
        self.set(&format!("synchronous_standby_names='ANY {count} ({names})'\n"));
        self.run("pg_ctl", &["-D", "data", "-s", "reload"]);
        let until = Instant::now() + Duration::from_secs(30);
        let streaming = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'quorum'";
        while self.psql("postgres", streaming) < count.to_string() {
            assert!(Instant::now() < until, "no standby came up");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Kills the server and all its processes at once, as a power cut does, but for the page cache.
    pub(crate) fn kill(&self) {
        let (first, others) = self.processes();
        signal("-KILL", &[vec![first], others].concat());
    }

    /// Stops all its processes where they are; its connections stay open and nobody answers.
    pub(crate) fn freeze(&self) {
        let (first, others) = self.processes();
        signal("-STOP", &[vec![first], others].concat());
    }

    pub(crate) fn thaw(&self) {
        let (first, others) = self.processes();
        signal("-CONT", &[vec![first], others].concat());
    }

    fn processes(&self) -> (String, Vec<String>) {
        let text = fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap();
        let first = text.lines().next().unwrap().to_owned();
        let children = Command::new("ps").args(["-o", "pid=", "--ppid", &first]).output().unwrap();
        let children = String::from_utf8(children.stdout).unwrap();
        (first, children.split_whitespace().map(str::to_owned).collect())
    }

    /// Makes every sync of this server's files take so long, as a slow disk does, until what it gives is dropped. `None` where nobody may be traced.
    pub(crate) fn slow_disk(&self, delay_ms: u64) -> Option<SlowDisk> {
        let (first, others) = self.processes();
        let all = [vec![first], others].concat();
        let mut command = Command::new("strace");
        command.args(["-f", "-o", "/dev/null", "-e", "trace=fdatasync,fsync"]);
        command.args(["-e", &format!("inject=fdatasync,fsync:delay_enter={}", delay_ms * 1_000)]);
        for process in &all {
            command.args(["-p", process]);
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = match child {
            Ok(child) => child,
            Err(error) => return not_traced(&error.to_string()),
        };
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let attached = lines.by_ref().take(all.len()).filter(|line| line.contains("attached")).count();
        if attached < all.len() {
            let _ = child.kill();
            let _ = child.wait();
            return not_traced(&format!("{attached} of {} processes", all.len()));
        }
        // Whoever comes later is told of, too, and nobody may be kept waiting by a pipe that is full.
        std::thread::spawn(move || lines.for_each(drop));
        Some(SlowDisk(child))
    }

    pub(crate) fn promote(&self) {
        self.run("pg_ctl", &["-D", "data", "-w", "-s", "promote"]);
    }

    /// What `psql` prints, fields parted by `|`.
    pub(crate) fn psql(&self, database: &str, script: &str) -> String {
        self.try_psql(database, script).unwrap()
    }

    pub(crate) fn try_psql(&self, database: &str, script: &str) -> Result<String, String> {
        let output = Command::new(self.programs.join("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "truceline", "-d", database])
            .args(["-h", self.socket(), "-c", script])
            .output()
            .unwrap();
        let said = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().trim().to_owned();
        if output.status.success() { Ok(said(output.stdout)) } else { Err(said(output.stderr)) }
    }

    pub(crate) fn socket(&self) -> &str {
        self.folder.path().to_str().unwrap()
    }

    /// A new database with PostGIS in it.
    pub(crate) fn database(&self) -> String {
        let n = self.made.fetch_add(1, Ordering::Relaxed);
        self.psql("postgres", &format!("CREATE DATABASE store{n} TEMPLATE geo"));
        format!("store{n}")
    }

    /// A copy of a database that nobody uses.
    pub(crate) fn copy(&self, database: &str) -> String {
        let n = self.made.fetch_add(1, Ordering::Relaxed);
        let others = format!("SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}'");
        let until = Instant::now() + Duration::from_secs(20);
        while self.psql("postgres", &others) != "0" {
            assert!(Instant::now() < until, "{database} is in use");
            std::thread::sleep(Duration::from_millis(20));
        }
        self.psql("postgres", &format!("CREATE DATABASE copy{n} TEMPLATE {database}"));
        format!("copy{n}")
    }

    pub(crate) fn place(&self, database: &str, quorum: u16) -> Postgres {
        let address = format!("host={} user=truceline dbname={database}", self.socket());
        Postgres { address, quorum, patience_s: 20, project_each: false, authority: None }
    }
}

/// A disk that is slow for as long as this is held.
pub(crate) struct SlowDisk(Child);

impl Drop for SlowDisk {
    fn drop(&mut self) {
        signal("-TERM", &[self.0.id().to_string()]);
        let _ = self.0.wait();
    }
}

fn not_traced(why: &str) -> Option<SlowDisk> {
    assert!(std::env::var_os("TRUCELINE_REQUIRE_STRACE").is_none(), "strace is needed: {why}");
    eprintln!("SKIPPED: no disk can be made slow here ({why}); install strace and allow ptrace");
    None
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.folder.path().join("data/postmaster.pid").exists() {
            let (first, others) = self.processes();
            let all = [vec![first], others].concat();
            signal("-CONT", &all);
            let stop = ["-D", "data", "-m", "immediate", "-w", "-s", "stop"];
            let _ = self.command("pg_ctl").args(stop).stderr(Stdio::null()).status();
        }
    }
}

fn signal(which: &str, processes: &[String]) {
    // Some may have ended on their own by now.
    let _ = Command::new("kill").arg(which).args(processes).stderr(Stdio::null()).status();
}
