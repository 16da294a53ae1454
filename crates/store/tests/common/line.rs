//! A line between two servers that a test can cut, mend and slow down: a proxy on a Unix socket, so that no test listens on a network.
//!
//! Cut, it holds every byte of both directions and keeps its connections open, as a network that drops packets does: neither end is told. Mended, it
//! gives on what it held. Slow, it holds each piece that comes back from the far end for a while: a slow link, or a standby whose disk is slow.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tempfile::TempDir;

#[derive(Default)]
struct State {
    cut: AtomicBool,
    delay_ms: AtomicU64,
    over: AtomicBool,
}

pub(crate) struct Line {
    folder: TempDir,
    state: Arc<State>,
}

impl Line {
    /// A line to the server whose socket lies in that folder.
    pub(crate) fn to(server: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("tl-line-").tempdir().unwrap();
        // Standbys may run as another user.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let socket = folder.path().join(".s.PGSQL.5432");
        let listener = UnixListener::bind(&socket).unwrap();
        fs::set_permissions(&socket, fs::Permissions::from_mode(0o777)).unwrap();
        let (state, server) = (Arc::new(State::default()), format!("{server}/.s.PGSQL.5432"));
        let line = Self { folder, state: Arc::clone(&state) };
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                if state.over.load(Ordering::SeqCst) {
                    return;
                }
                // A server that is away refuses; so does its line.
                let Ok(far) = UnixStream::connect(&server) else { continue };
                let ends = (near.try_clone().unwrap(), far.try_clone().unwrap());
                let (there, back) = (Arc::clone(&state), Arc::clone(&state));
                // From the standby to the primary: its replies.
                std::thread::spawn(move || carry(near, far, &there, true));
                std::thread::spawn(move || carry(ends.1, ends.0, &back, false));
            }
        });
        line
    }

    /// The folder of the socket, in place of the server's own.
    pub(crate) fn socket(&self) -> &str {
        self.folder.path().to_str().unwrap()
    }

    pub(crate) fn cut(&self) {
        self.state.cut.store(true, Ordering::SeqCst);
    }

    pub(crate) fn mend(&self) {
        self.state.cut.store(false, Ordering::SeqCst);
        self.state.delay_ms.store(0, Ordering::SeqCst);
    }

    pub(crate) fn slow(&self, delay_ms: u64) {
        self.state.delay_ms.store(delay_ms, Ordering::SeqCst);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::SeqCst);
        // Whoever waits for the next connection is woken, and ends.
        let _ = UnixStream::connect(self.folder.path().join(".s.PGSQL.5432"));
    }
}

fn carry(mut from: UnixStream, mut to: UnixStream, state: &State, replies: bool) {
    let mut part = [0; 16_384];
    while let Ok(read @ 1..) = from.read(&mut part) {
        if replies {
            std::thread::sleep(Duration::from_millis(state.delay_ms.load(Ordering::SeqCst)));
        }
        while state.cut.load(Ordering::SeqCst) && !state.over.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(2));
        }
        if to.write_all(&part[..read]).is_err() {
            break;
        }
    }
    // That one end went away is a packet, too, and is held like any other.
    while state.cut.load(Ordering::SeqCst) && !state.over.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(2));
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
