//! A cluster of processes on loopback, started and killed by a test.

// Each test file uses a part of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub, dead_code)]

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_truceline-cluster");

/// A folder, a shelf and the processes of one test; they are killed when it ends.
pub struct Bench {
    /// The folder.
    pub folder: tempfile::TempDir,
    /// Where the scheduler listens.
    pub port: u16,
    scheduler: Option<Child>,
    executors: Vec<Child>,
}

/// A port that nobody uses just now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A mission of this repository.
pub fn mission(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../agreements").join(name)
}

impl Bench {
    /// An empty one.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, port: free_port(), scheduler: None, executors: Vec::new() }
    }

    /// A path in its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where its scheduler is.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The program with its shelf.
    pub fn program(&self) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg("--terms").arg(self.path("terms"));
        command
    }

    /// Exports made incidents of a mission; the incident file.
    pub fn export(&self, agreement: &str, lines: &str) -> PathBuf {
        let file = self.path(&format!("{agreement}.jsonl"));
        std::fs::write(&file, lines).unwrap();
        let mut command = self.program();
        command.arg("export").arg("--agreement").arg(mission(agreement)).arg("--incidents").arg(&file);
        said(&command.arg("--to").arg(self.path("incidents")).output().unwrap());
        file
    }

    /// The call that judges into a folder: in its own process, or through the scheduler.
    pub fn judging(&self, through_scheduler: bool, into: &str) -> Command {
        let mut command = self.program();
        if through_scheduler {
            command.arg("judge").arg("--scheduler").arg(self.address());
        } else {
            command.arg("local");
        }
        command.arg("--incidents").arg(self.path("incidents")).arg("--findings").arg(self.path(into));
        command.args(["--patience-seconds", "120"]);
        command
    }

    /// Starts the scheduler on the port of this bench.
    pub fn start_scheduler(&mut self) {
        let mut command = self.program();
        command.args(["scheduler", "--port", &self.port.to_string()]).stdout(Stdio::null());
        self.scheduler = Some(command.spawn().unwrap());
    }

    /// Starts an executor.
    pub fn start_executor(&mut self) {
        let port = free_port();
        let mut command = self.program();
        command.args(["executor", "--scheduler", &self.address(), "--port", &port.to_string()]);
        command.arg("--work").arg(self.path(&format!("work-{port}"))).stdout(Stdio::null());
        self.executors.push(command.spawn().unwrap());
    }

    /// How many executors were started and not killed.
    pub fn executors(&self) -> usize {
        self.executors.len()
    }

    /// Kills the scheduler at once (SIGKILL).
    pub fn kill_scheduler(&mut self) {
        let mut child = self.scheduler.take().expect("a scheduler runs");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Kills the executor that was started first, at once.
    pub fn kill_executor(&mut self) {
        let mut child = self.executors.remove(0);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Parts that are finished in a folder of findings.
    pub fn finished(&self, into: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        walk(&self.path(into), &mut found);
        let follows = |path: &PathBuf| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("_part-"))
        };
        found.retain(follows);
        found.sort();
        found
    }

    /// Waits until so many parts are finished.
    pub fn wait_for(&self, into: &str, parts: usize) {
        let since = Instant::now();
        while self.finished(into).len() < parts {
            assert!(since.elapsed() < Duration::from_secs(240), "{parts} parts did not get finished");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        for child in self.scheduler.iter_mut().chain(&mut self.executors) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What a process printed, which must have ended well.
pub fn said(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?}: {error}", output.status);
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A number that stands before a word in what was printed.
pub fn number(said: &str, before: &str) -> u64 {
    let at = said.find(before).unwrap_or_else(|| panic!("no \"{before}\" in {said}"));
    said[..at].trim_end().rsplit([' ', ',', ';']).next().unwrap().parse().unwrap()
}

/// The files of findings in a folder, by path within it, with their bytes.
pub fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    walk(folder, &mut found);
    found.retain(|path| path.extension().is_some_and(|ending| ending == "parquet"));
    found.sort();
    let within = |path: &PathBuf| path.strip_prefix(folder).unwrap().to_path_buf();
    found.iter().map(|path| (within(path), std::fs::read(path).unwrap())).collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() { walk(&entry.path(), found) } else { found.push(entry.path()) }
    }
}
