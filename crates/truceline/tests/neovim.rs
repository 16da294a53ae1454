//! The language server from a real editor: Neovim's own client, in a buffer, driven by neovim.lua.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::io::Read as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::root;

/// Longest that Neovim may take for all of it.
const PATIENCE: Duration = Duration::from_secs(120);

/// Neovim's own client, in a real buffer. Skipped, loudly, only where there is no Neovim and nobody requires it.
#[test]
fn neovim_shows_it_all() {
    let found =
        Command::new("nvim").arg("--version").stdout(Stdio::null()).status().is_ok_and(|s| s.success());
    if !found {
        assert!(
            std::env::var_os("TRUCELINE_REQUIRE_NVIM").is_none(),
            "Neovim is required here and is not installed"
        );
        eprintln!("SKIPPED: Neovim is not installed; the language server was NOT shown in an editor");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    for name in ["agreement.md", "actors.csv", "areas.geojson", "sources.csv"] {
        std::fs::copy(root().join("agreements/syria-2016").join(name), dir.path().join(name)).unwrap();
    }
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/neovim.lua");
    let mut child = Command::new("nvim")
        .args(["--headless", "-u", "NONE", "-i", "NONE", "-n", "-c"])
        .arg(format!("luafile {}", script.display()))
        .current_dir(dir.path())
        .env("TRUCELINE", env!("CARGO_BIN_EXE_truceline"))
        .env("XDG_STATE_HOME", dir.path())
        .env("XDG_CACHE_HOME", dir.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let read = std::thread::spawn(move || {
        let mut said = String::new();
        let _ = out.read_to_string(&mut said);
        said
    });
    let told = std::thread::spawn(move || {
        let mut said = String::new();
        let _ = err.read_to_string(&mut said);
        said
    });
    let started = Instant::now();
    let code = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        if started.elapsed() > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            break None;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    let said = format!("{}{}", read.join().unwrap(), told.join().unwrap());
    assert_eq!(code, Some(0), "{said}");
    for step in [
        "diagnostics",
        "quick fix",
        "hover",
        "definition",
        "references",
        "completion",
        "rename",
        "refusal",
        "formatting",
    ] {
        assert!(said.contains(&format!("ok {step}")), "{step}: {said}");
    }
}
