//! Runs the real program and watches it: how long it took, and the most memory it held, as the kernel counts (`VmHWM`, asked
//! every 5 ms, so what is taken in the last 5 ms of a run is not seen). Without a /proc the memory reads 0.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;
use crate::figure::ms;

const EVERY: Duration = Duration::from_millis(5);

/// What one run cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// Wall time in milliseconds.
    pub(crate) ms: u64,
    /// Time on the cores, all threads together, in milliseconds; what falls in the last 5 ms is not seen.
    pub(crate) cpu_ms: u64,
    /// Most memory held, in MiB.
    pub(crate) peak_mib: u64,
    /// Exit code; 1 means that something was refused.
    pub(crate) code: i32,
}

/// Builds the program beside this one, if it is not there as it should be, and says where it is.
pub(crate) fn built() -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--release", "--quiet", "--package", "truceline"]).current_dir(root());
    if !build.status()?.success() {
        return Err("the program does not build".into());
    }
    let here = std::env::current_exe()?;
    Ok(here.parent().ok_or("this program lies in no folder")?.join("truceline"))
}

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// An empty folder on the disk of the build (not in memory: syncing is part of what is measured).
pub(crate) fn empty_folder(name: &str) -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let folder = here.parent().ok_or("this program lies in no folder")?.join("bench-work").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Runs the program to its end, without its output.
pub(crate) fn run(program: &Path, words: &[&str]) -> Result<Run> {
    let start = Instant::now();
    let mut child = Command::new(program).args(words).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let (mut peak, mut cpu_ms) = (0, 0);
    let status = loop {
        peak = peak.max(memory_kib(child.id(), "VmHWM"));
        cpu_ms = cpu_ms.max(on_cores_ms(child.id()));
        match child.try_wait()? {
            Some(status) => break status,
            None => std::thread::sleep(EVERY),
        }
    };
    let run =
        Run { ms: ms(start.elapsed()), cpu_ms, peak_mib: peak / 1024, code: status.code().unwrap_or(-1) };
    if !(0..=1).contains(&run.code) {
        return Err(format!("{} ended with {status}", words.join(" ")).into());
    }
    Ok(run)
}

/// A figure of `/proc/PID/status` in KiB; 0 when there is none.
pub(crate) fn memory_kib(pid: u32, what: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':'));
    line.and_then(|rest| rest.split_ascii_whitespace().next()).and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// Milliseconds on the cores of all threads of a process: fields 14 and 15 of `/proc/PID/stat`, in hundredths of a second.
fn on_cores_ms(pid: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name of the program stands in brackets and may hold anything; fields are counted from behind it.
    let fields = text.rsplit_once(") ").map_or("", |(_, rest)| rest).split_ascii_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10
}

/// A server that is stopped when it is let go.
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub(crate) at: SocketAddr,
}

impl Server {
    /// Starts `serve` on a free port and waits until it says where it listens.
    pub(crate) fn start(program: &Path, store: &str, threads: &str) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(["serve-pages", "--store", store, "--listen", "127.0.0.1:0", "--threads", threads]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let said = child.stderr.take().ok_or("the server says nothing")?;
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(said), &mut line)?;
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        let at = address.and_then(|at| at.parse().ok()).ok_or_else(|| format!("no address in {line:?}"))?;
        Ok(Self { child, at })
    }

    /// Most memory held so far, in MiB.
    pub(crate) fn peak_mib(&self) -> u64 {
        memory_kib(self.child.id(), "VmHWM") / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing to do about a server that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
