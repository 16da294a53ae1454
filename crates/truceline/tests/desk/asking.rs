//! The server brings what it signed to witnesses by itself: two real ones, each a process of its own; one is killed and comes back.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::{good, run, text, truceline};
use crate::described::{described, held};
use crate::room::{Desk, Room};

struct Witness {
    child: Child,
    address: String,
    key: String,
    at: PathBuf,
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Witness {
    fn made(dir: &Path, name: &str, log: &str) -> Self {
        let at = dir.join(name);
        good(&["witness", "init", "--at", &text(&at), "--name", &format!("witness.example/{name}")]);
        good(&["witness", "trust", "--at", &text(&at), "--log", log]);
        Self::started(&at, "127.0.0.1:0")
    }

    fn started(at: &Path, listen: &str) -> Self {
        let mut child = truceline()
            .args(["witness", "serve", "--at", &text(at), "--listen", listen, "--format", "json"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let word = |name: &str| told[name].as_str().unwrap().to_owned();
        Self { child, address: word("address"), key: word("key"), at: at.to_owned() }
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn asked(&self) -> String {
        format!("{}={}", self.address, self.key)
    }
}

/// What the record says of whom it asks, once that is so; fails when it does not come to be so.
fn until(desk: &Desk, what: &str, is_so: impl Fn(u64, &[Value]) -> bool) -> Value {
    let since = Instant::now();
    loop {
        let told = desk.get("night-watch", "/api/record");
        let all = told.body["asked"].as_array().unwrap();
        if is_so(told.body["entries"].as_u64().unwrap(), all) {
            return told.body;
        }
        assert!(since.elapsed() < Duration::from_secs(90), "{what}: {told:?}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn holds(entries: u64, one: &Value) -> bool {
    one["size"] == entries && one["lags_since"].is_null() && one["fault"].is_null()
}

fn note(desk: &Desk, words: &str) {
    let body = json!({ "words": words, "since": "2020-01-01", "until": "2020-01-02" });
    let told = desk.post("night-watch", "/api/handovers", &body);
    assert_eq!(told.code, 201, "{told:?}");
}

#[test]
fn two_witnesses_are_asked_one_is_killed_and_comes_back() {
    let room = Room::new();
    let log = std::fs::read_to_string(room.path().join("log.pub")).unwrap().trim().to_owned();
    let geneva = Witness::made(room.dir.path(), "geneva", &log);
    let mut amman = Witness::made(room.dir.path(), "amman", &log);
    let asked = [geneva.asked(), amman.asked()];
    let desk = room.desk_with(&["--ask-witness", &asked[0], "--ask-witness", &asked[1], "--ask-every", "1"]);
    until(&desk, "both cosign what is there", |entries, all| all.iter().all(|one| holds(entries, one)));
    let told = desk.get("night-watch", "/api/record");
    held(&described(), "get", "/api/record", &told);
    // Whom this machine asks is told to nobody outside the desk.
    assert_eq!(desk.get("omar", "/api/record").body["asked"], json!([]));
    amman.kill();
    note(&desk, "one is away");
    let lagging = until(&desk, "the other goes on", |entries, all| {
        holds(entries, &all[0]) && all[1]["failures"].as_u64() > Some(1)
    });
    let lags = &lagging["asked"][1];
    assert!(lags["lags_since"].is_string() && lags["fault"].is_string() && lags["at"].is_string(), "{lags}");
    assert!(lags["size"].as_u64() < lagging["entries"].as_u64(), "{lags}");
    let listen = amman.address.strip_prefix("http://").unwrap().to_owned();
    let back = Witness::started(&amman.at, &listen);
    assert_eq!(back.key, amman.key);
    note(&desk, "it is back");
    until(&desk, "it catches up by itself", |entries, all| all.iter().all(|one| holds(entries, one)));
    good(&["verify", "--store", &room.store()]);
}

#[test]
fn nobody_is_asked_unless_the_call_says_whom() {
    let room = Room::new();
    let desk = room.desk();
    assert_eq!(desk.get("night-watch", "/api/record").body["asked"], json!([]));
    for wrong in ["nonsense", "https://x=y", "http://127.0.0.1:1=not a key"] {
        let told =
            run(&["serve", "--store", &room.store(), "--listen", "127.0.0.1:0", "--ask-witness", wrong]);
        assert!(told.code == 2 && told.err.contains("--ask-witness"), "{wrong}: {}", told.err);
    }
}
