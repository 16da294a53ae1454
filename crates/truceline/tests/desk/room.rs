//! A small mission with somebody in each role, its desk, and a client that sends what it is told.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::common::{good, run, text, truceline};

const AGREEMENT: &str = include_str!("../fixtures/small_truce.md");

const MISSION: &str = r#"mission small {
    title en="A small truce"
    zone "Asia/Damascus"
}
person "night-watch" role="watch-officer"
person "operator" role="hotline-operator"
person "monitor" role="field-monitor"
person "vera" role="verifier"
person "petrova" role="legal-officer"
person "ivan" role="co-chair" for="russia"
person "jane" role="co-chair" for="united-states"
person "omar" role="party-liaison" for="opposition"
person "gov" role="party-liaison" for="government-side"
person "hum" role="humanitarian-officer"
person "guard" role="source-protection-officer"
person "anyone" role="public"
"#;

const ACTORS: &str = include_str!("../fixtures/small_truce.csv");

/// Everybody, with somebody in each role.
pub(crate) const PEOPLE: [&str; 12] = [
    "night-watch",
    "operator",
    "monitor",
    "vera",
    "petrova",
    "ivan",
    "jane",
    "omar",
    "gov",
    "hum",
    "guard",
    "anyone",
];

/// A store with its accounts.
pub(crate) struct Room {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) tokens: BTreeMap<String, String>,
}

impl Room {
    pub(crate) fn new() -> Self {
        Self::of(|_| ())
    }

    /// With its tables in a database.
    pub(crate) fn on(address: &str) -> Self {
        let origin = ["--origin", "truceline.example/small", "--postgres", address, "--quorum", "0"];
        Self::of(|store| drop(good(&[&["store-init", store][..], &origin].concat())))
    }

    fn of(make: impl Fn(&str)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("small");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("agreement.md"), AGREEMENT).unwrap();
        std::fs::write(folder.join("mission.kdl"), MISSION).unwrap();
        std::fs::write(folder.join("actors.csv"), ACTORS).unwrap();
        let mut room = Self { dir, tokens: BTreeMap::new() };
        make(&room.store());
        good(&["load", &text(&folder), "--store", &room.store()]);
        for person in PEOPLE {
            let told = good(&["account", "add", person, "--store", &room.store(), "--format", "json"]);
            let told: Value = serde_json::from_str(&told).unwrap();
            room.tokens.insert(person.to_owned(), told["token"].as_str().unwrap().to_owned());
        }
        room
    }

    pub(crate) fn store(&self) -> String {
        text(&self.path())
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("ops")
    }

    pub(crate) fn desk(&self) -> Desk {
        self.desk_with(&[])
    }

    pub(crate) fn desk_with(&self, more: &[&str]) -> Desk {
        let mut child = truceline()
            .args(["serve", "--store", &self.store(), "--listen", "127.0.0.1:0"])
            .args(more)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).unwrap_or_else(|| panic!("{line}"));
        let address = address.split('/').next().unwrap().to_owned();
        let said = Arc::new(Mutex::new(line));
        let into = Arc::clone(&said);
        std::thread::spawn(move || {
            let mut line = String::new();
            while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
                into.lock().unwrap().push_str(&std::mem::take(&mut line));
            }
        });
        Desk { child, address, tokens: self.tokens.clone(), said }
    }

    /// How many entries the log has.
    pub(crate) fn entries(&self) -> u64 {
        let told = run(&["verify", "--store", &self.store(), "--format", "json"]);
        assert_eq!(told.code, 0, "{}{}", told.out, told.err);
        let told: Value = serde_json::from_str(told.out.lines().next().unwrap()).unwrap();
        told["entries"].as_u64().unwrap_or_else(|| panic!("{told}"))
    }
}

/// A desk that answers.
pub(crate) struct Desk {
    child: Child,
    pub(crate) address: String,
    pub(crate) tokens: BTreeMap<String, String>,
    pub(crate) said: Arc<Mutex<String>>,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.kill();
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) code: u16,
    pub(crate) head: String,
    pub(crate) body: Value,
}

static KEYS: AtomicU64 = AtomicU64::new(0);

/// A key that no other act has.
pub(crate) fn key() -> String {
    format!("test-key-{}", KEYS.fetch_add(1, Ordering::Relaxed))
}

impl Desk {
    /// As `kill -9`.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Sends bytes as they are, and reads until the end.
    pub(crate) fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
        // Whoever refuses a long head or body closes before it is all there.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub(crate) fn head(&self, method: &str, path: &str, person: &str) -> String {
        let token = &self.tokens[person];
        let host = &self.address;
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n"
        )
    }

    pub(crate) fn get(&self, person: &str, path: &str) -> Answer {
        parsed(&self.raw(format!("{}\r\n", self.head("GET", path, person)).as_bytes()))
    }

    pub(crate) fn post(&self, person: &str, path: &str, body: &Value) -> Answer {
        self.post_as(person, path, &key(), body)
    }

    pub(crate) fn posted(&self, person: &str, path: &str, key: &str, body: &Value) -> String {
        let body = body.to_string();
        format!(
            "{}Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.head("POST", path, person),
            body.len()
        )
    }

    pub(crate) fn post_as(&self, person: &str, path: &str, key: &str, body: &Value) -> Answer {
        parsed(&self.raw(self.posted(person, path, key, body).as_bytes()))
    }

    /// Opens a case against ahrar about an incident; gives its number.
    pub(crate) fn open(&self, person: &str, complainant: &str, incident: &str) -> String {
        let told = self.post(person, "/api/cases", &opening(complainant, "ahrar", incident));
        assert_eq!(told.code, 201, "{told:?}");
        told.body["case"].as_str().unwrap().to_owned()
    }

    pub(crate) fn act(&self, person: &str, case: &str, act: Value, words: Option<&str>) -> Answer {
        self.post(person, &format!("/api/cases/{case}/acts"), &json!({ "act": act, "words": words }))
    }
}

pub(crate) fn opening(complainant: &str, against: &str, incident: &str) -> Value {
    json!({
        "procedure": "arbitration", "clause": "fire", "incidents": [incident], "respondents": [against],
        "complainant": complainant, "words": "CANARY-ALLEGATION",
    })
}

pub(crate) fn evidence(is_sealed: bool) -> Value {
    json!({ "evidence": { "receipt": null, "sealed": is_sealed } })
}

pub(crate) fn parsed(answer: &str) -> Answer {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
    let code = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { code, head: head.to_ascii_lowercase(), body: serde_json::from_str(body).unwrap_or(Value::Null) }
}
