//! Runs a program under `strace`, and lets chosen calls of it fail or kill it.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::{fs, io};

use super::operation::{Counted, Follower, Operation};

/// Calls that are recorded: all that change files or names, and those needed to follow them.
const RECORDED: &str = "trace=open,openat,creat,close,dup,dup2,dup3,fcntl,read,pread64,lseek,write,writev,pwrite64,pwritev,\
pwritev2,ftruncate,truncate,fallocate,fsync,fdatasync,sync,syncfs,sync_file_range,rename,renameat,renameat2,unlink,\
unlinkat,rmdir,mkdir,mkdirat,link,linkat,symlink,symlinkat,copy_file_range,sendfile,splice,mmap,msync";

/// Longest string that is written down: the largest single write is a little over 8 MiB.
const LONGEST: &str = "20000000";

/// What is made to go wrong while the program runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// From this invocation of a call on (the first is 1) it fails so; or this once only.
    Fails {
        /// Name of the call.
        call: String,
        /// Which invocation.
        when: usize,
        /// Whether all later ones fail as well.
        and_later: bool,
        /// E.g. `ENOSPC`.
        error: &'static str,
    },
    /// At this invocation of a call the process is killed with SIGKILL; the call is not carried out.
    Kills {
        /// Name of the call.
        call: String,
        /// Which invocation.
        when: usize,
    },
}

impl Fault {
    fn argument(&self) -> String {
        match self {
            Self::Fails { call, when, and_later, error } => {
                format!("inject={call}:error={error}:when={when}{}", if *and_later { "+" } else { "" })
            }
            // Turned into a call that does nothing, so that what was to be done is not done either.
            Self::Kills { call, when } => {
                format!("inject={call}:error=EPERM:signal=SIGKILL:when={when}")
            }
        }
    }
}

/// How one process ended.
#[derive(Debug)]
pub struct Run {
    /// Its exit status.
    pub status: ExitStatus,
    /// What it said on the standard error, without what `strace` says.
    pub complaint: String,
    /// Its calls, by name, in order.
    pub calls: Vec<Counted>,
}

/// Records one process after another on one folder.
#[derive(Debug)]
pub struct Recorder {
    trace: PathBuf,
    follower: Follower,
}

/// What was recorded.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// Operations in order.
    pub operations: Vec<Operation>,
}

/// Whether programs can be recorded here, and if not why.
///
/// # Errors
/// In words: what is missing.
pub fn can_record() -> Result<(), String> {
    let probe = Command::new("strace").args(["-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    match probe {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err("strace is not allowed to trace here; allow ptrace".to_owned()),
        Err(error) => Err(format!("strace cannot be run ({error}); install it")),
    }
}

impl Recorder {
    /// Watches `folder`, an absolute path that exists and is empty. Traces are written to `trace`, outside of it.
    #[must_use]
    pub fn new(folder: &Path, trace: &Path) -> Self {
        Self { trace: trace.to_owned(), follower: Follower::new(folder) }
    }

    /// Runs a program to its end.
    ///
    /// # Errors
    /// When it cannot be run, or did something that cannot be followed.
    pub fn run(&mut self, program: &Path, arguments: &[&str], faults: &[Fault]) -> Result<Run, String> {
        let io = |error: io::Error| format!("the recorder: {error}");
        let mut command = Command::new("strace");
        // Quicker, but with it no signal is sent.
        if !faults.iter().any(|fault| matches!(fault, Fault::Kills { .. })) {
            command.arg("--seccomp-bpf");
        }
        command.args(["-f", "-qq", "-xx", "-s", LONGEST, "-e", RECORDED]);
        command.args(["-e", "signal=none"]).arg("-o").arg(&self.trace);
        for fault in faults {
            command.args(["-e", &fault.argument()]);
        }
        command.arg("--").arg(program).args(arguments).stdin(Stdio::null());
        let output = command.output().map_err(io)?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        let complaint: Vec<&str> = complaint.lines().filter(|line| !line.starts_with("strace:")).collect();
        let trace = fs::read_to_string(&self.trace).map_err(io)?;
        self.follower.process(&trace)?;
        Ok(Run { status: output.status, complaint: complaint.join("\n"), calls: self.follower.calls.clone() })
    }

    /// How many operations were recorded so far.
    #[must_use]
    pub fn operations(&self) -> usize {
        self.follower.operations.len()
    }

    /// What all of them did.
    #[must_use]
    pub fn recording(self) -> Recording {
        Recording { operations: self.follower.operations }
    }
}

impl Recording {
    /// The same without the syncs that `dropped` picks: how a program that forgets them would have behaved.
    #[must_use]
    pub fn without(&self, dropped: impl Fn(&Operation) -> bool) -> Self {
        Self { operations: self.operations.iter().filter(|operation| !dropped(operation)).cloned().collect() }
    }

    /// What was said before the cut.
    pub fn said(&self, before: usize) -> impl Iterator<Item = &str> {
        self.operations.iter().take(before).filter_map(|operation| match operation {
            Operation::Said(line) => Some(line.as_str()),
            _ => None,
        })
    }
}
