//! Runs the real program as its users do.

#[allow(dead_code)]
pub(crate) mod bundled;
#[allow(dead_code)]
pub(crate) mod witnessed;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The program, with the environment of a user who is nowhere in particular.
pub(crate) fn truceline() -> Command {
    Command::new(env!("CARGO_BIN_EXE_truceline"))
}

/// What a run came to.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs it with these arguments.
pub(crate) fn run<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Run {
    finish(truceline().args(arguments).output().expect("the program runs"))
}

/// Runs it and expects success.
#[allow(dead_code)]
pub(crate) fn good<S: AsRef<std::ffi::OsStr> + std::fmt::Debug>(arguments: &[S]) -> String {
    let run = run(arguments);
    assert_eq!(run.code, 0, "{arguments:?}\n{}\n{}", run.out, run.err);
    run.out
}

pub(crate) fn finish(output: Output) -> Run {
    Run {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("output is UTF-8"),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The root of the project.
#[allow(dead_code)]
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A path as text.
#[allow(dead_code)]
pub(crate) fn text(path: &Path) -> String {
    path.to_str().expect("a path in UTF-8").to_owned()
}

/// Copies a folder with all that is in it.
#[allow(dead_code)]
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}
