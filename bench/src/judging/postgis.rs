//! A PostgreSQL of our own with PostGIS: started in an empty folder, spoken to by `psql` over a Unix socket, stopped and
//! removed when dropped. Never listens on a network and never touches another cluster.
//!
//! The server refuses to run as the superuser, so it is started as *nobody* then. Times are those that `psql` prints.

use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The user id of *nobody* on Debian.
const NOBODY: u32 = 65_534;

/// What stops a cluster, in words.
pub type Trouble = Box<dyn std::error::Error>;

/// A running server.
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    superuser: bool,
}

/// Where the programs of the server are; `None` when PostgreSQL with PostGIS is not installed.
#[must_use]
pub fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> = versions.flatten().map(|entry| entry.path()).collect();
    found.sort();
    let has = |folder: &PathBuf| {
        let version = folder.file_name().unwrap_or_default();
        let control = Path::new("/usr/share/postgresql").join(version).join("extension/postgis.control");
        folder.join("bin/initdb").exists() && control.exists()
    };
    found.into_iter().rev().find(has).map(|folder| folder.join("bin"))
}

impl Cluster {
    /// Starts one in an empty folder of its own.
    ///
    /// # Errors
    /// When a program is missing or the server does not come up.
    pub fn start() -> Result<Self, Trouble> {
        let programs = programs().ok_or("no PostgreSQL with PostGIS is installed")?;
        let name = format!("truceline-postgis-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let superuser = std::fs::metadata(&folder)?.uid() == 0;
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755))?;
        let data = folder.join("data");
        std::fs::create_dir(&data)?;
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700))?;
        if superuser {
            std::os::unix::fs::chown(&folder, Some(NOBODY), Some(NOBODY))?;
            std::os::unix::fs::chown(&data, Some(NOBODY), Some(NOBODY))?;
        }
        let cluster = Self { programs, folder, superuser };
        cluster.run(
            "initdb",
            &["-D", "data", "-A", "trust", "-U", "truceline", "-E", "UTF8", "--no-locale", "-N"],
        )?;
        let settings = "listen_addresses=''\nunix_socket_directories='.'\nfsync=off\nsynchronous_commit=off\n\
            full_page_writes=off\nshared_buffers=256MB\nwork_mem=256MB\nmaintenance_work_mem=512MB\nmax_wal_size=4GB\n\
            random_page_cost=1.1\neffective_cache_size=8GB\nautovacuum=off\nmax_worker_processes=8\n\
            min_parallel_table_scan_size=0\nmin_parallel_index_scan_size=0\n";
        let mut file =
            std::fs::OpenOptions::new().append(true).open(cluster.folder.join("data/postgresql.conf"))?;
        file.write_all(settings.as_bytes())?;
        let socket = format!("-k {}", cluster.folder.display());
        cluster.run("pg_ctl", &["-D", "data", "-w", "-s", "-l", "data/log", "-o", &socket, "start"])?;
        Ok(cluster)
    }

    fn run(&self, program: &str, words: &[&str]) -> Result<(), Trouble> {
        let mut command = Command::new(self.programs.join(program));
        command.args(words).current_dir(&self.folder).stdin(Stdio::null()).stdout(Stdio::null());
        if self.superuser {
            command.uid(NOBODY).gid(NOBODY);
        }
        // The server keeps this pipe open when it starts: it gets a log file instead, and nothing is read to the end.
        let status = command.stderr(Stdio::null()).status()?;
        if status.success() { Ok(()) } else { Err(format!("{program} failed: {status}").into()) }
    }

    /// Runs a script and gives what it prints, fields parted by `|`.
    ///
    /// # Errors
    /// In the server's words.
    pub fn ask(&self, script: &str) -> Result<String, Trouble> {
        let mut child = Command::new(self.programs.join("psql"))
            .args([
                "-X",
                "-q",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
                "-U",
                "truceline",
                "-d",
                "postgres",
                "-h",
            ])
            .arg(&self.folder)
            .env("PGOPTIONS", "-c client_min_messages=warning")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut input = child.stdin.take().ok_or("psql takes no input")?;
        let script = script.to_owned();
        let writer = std::thread::spawn(move || input.write_all(script.as_bytes()));
        let output = child.wait_with_output()?;
        // psql may stop reading at an error; its own words are the better ones then.
        let written = writer.join();
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        written.map_err(|_| "writing to psql failed")??;
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Microseconds of every statement of a script, as `psql` prints them; results are thrown away.
    ///
    /// # Errors
    /// In the server's words.
    pub fn timed(&self, settings: &str, statement: &str, times: usize) -> Result<Vec<u64>, Trouble> {
        let mut script = format!("{settings}\n\\o /dev/null\n\\timing on\n");
        for _ in 0..times {
            script.push_str(statement);
            script.push_str(";\n");
        }
        let printed = self.ask(&script)?;
        let micros = |line: &str| {
            let text = line.strip_prefix("Time: ")?.split(' ').next()?;
            let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
            let part: u64 = format!("{part:0<3}").get(..3)?.parse().ok()?;
            Some(whole.parse::<u64>().ok()? * 1_000 + part)
        };
        Ok(printed.lines().filter_map(micros).collect())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.run("pg_ctl", &["-D", "data", "-m", "immediate", "-w", "-s", "stop"]);
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
