//! Takes one SHA-256 over everything that can change a finding: the sources of the judge and of what writes its findings, this
//! crate's own, the versions of all dependencies, and the compiler. Two programs with the same hash were built from the same.

use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

/// Folders and files, from this crate's folder.
const OF: [&str; 9] = [
    "src",
    "Cargo.toml",
    "Cargo.lock",
    "build.rs",
    "../crates/intake/src",
    "../crates/model/src",
    "../crates/publish/src",
    "../crates/record/src",
    "../crates/terms/src",
];

fn main() -> std::io::Result<()> {
    let mut files = Vec::new();
    for path in OF {
        println!("cargo:rerun-if-changed={path}");
        collect(Path::new(path), &mut files)?;
    }
    files.sort();
    let mut all = Sha256::new();
    for file in files {
        all.update(file.to_string_lossy().as_bytes());
        all.update([0]);
        all.update(Sha256::digest(std::fs::read(&file)?));
    }
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    all.update(Command::new(rustc).arg("-V").output()?.stdout);
    let hash: String = all.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    println!("cargo:rustc-env=TRUCELINE_BUILD={hash}");
    Ok(())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    for entry in std::fs::read_dir(path)? {
        collect(&entry?.path(), files)?;
    }
    Ok(())
}
