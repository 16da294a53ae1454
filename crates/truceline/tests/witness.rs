//! Witnesses as two co-chairs run them: each its own process with its own key, asked over HTTP, killed, started again, and lied to by
//! somebody who has the whole of the log's machine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use common::{good, root, run, text, truceline};

struct Witness {
    child: Child,
    address: String,
    key: String,
    at: PathBuf,
}

impl Drop for Witness {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Witness {
    fn made(dir: &Path, name: &str, log: &str) -> Self {
        let at = dir.join(name);
        good(&["witness", "init", "--at", &text(&at), "--name", &format!("witness.example/{name}")]);
        good(&["witness", "trust", "--at", &text(&at), "--log", log]);
        Self::started(&at)
    }

    fn started(at: &Path) -> Self {
        let mut child = truceline()
            .args(["witness", "serve", "--at", &text(at), "--listen", "127.0.0.1:0", "--format", "json"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: serde_json::Value = serde_json::from_str(&line).unwrap();
        let word = |name: &str| told[name].as_str().unwrap().to_owned();
        Self { child, address: word("address"), key: word("key"), at: at.to_owned() }
    }

    /// The process dies without a word and is started again.
    fn killed(mut self) -> Self {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        Self::started(&self.at)
    }

    fn asked(&self) -> String {
        format!("{}={}", self.address, self.key)
    }

    fn post(&self, path: &str, body: &[u8]) -> (u16, String, String) {
        let mut stream = TcpStream::connect(self.address.strip_prefix("http://").unwrap()).unwrap();
        let length = body.len();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: w\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        )
        .unwrap();
        // Whoever is refused for length may be cut off while still speaking.
        let _ = stream.write_all(body);
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        (
            head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0),
            head.to_lowercase(),
            body.to_owned(),
        )
    }
}

fn mission(store: &Path) -> String {
    good(&["load", &text(&root().join("agreements/mindanao-1997")), "--store", &text(store)]);
    fs::read_to_string(store.join("log.pub")).unwrap().trim().to_owned()
}

/// One more report.
fn grow(store: &Path, name: &str) {
    let file = store.with_extension("csv");
    fs::write(&file, format!("id,source\n{name},x\n")).unwrap();
    // Refused or not, it is in the record.
    run(&["import", &text(&file), "--store", &text(store)]);
}

#[test]
fn two_witnesses_cosign_and_a_stranger_checks_one_entry() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("ops");
    let log = mission(&store);
    let (geneva, amman) =
        (Witness::made(dir.path(), "geneva", &log), Witness::made(dir.path(), "amman", &log));
    let both =
        ["cosign", "--store", &text(&store), "--witness", &geneva.asked(), "--witness", &amman.asked()]
            .map(str::to_owned);
    assert!(good(&both).contains("2 of 2 wanted cosigned"));
    // Again, and after growth and a kill: the witness goes on from what it has on disk.
    let (keys, amman) = ((geneva.key.clone(), amman.key.clone()), amman.killed());
    grow(&store, "first");
    let both =
        ["cosign", "--store", &text(&store), "--witness", &geneva.asked(), "--witness", &amman.asked()]
            .map(str::to_owned);
    assert!(good(&both).contains("2 of 2 wanted cosigned"));

    let out = dir.path().join("entry-3");
    good(&["prove", "3", "--store", &text(&store), "--out", &text(&out)]);
    let proof = text(&out.with_extension("tlog-proof"));
    let entry = text(&out.with_extension("json"));
    let check =
        ["check-proof", &proof, "--entry", &entry, "--key", &log, "--witness", &keys.0, "--witness", &keys.1];
    let said = good(&check);
    assert!(said.contains("cosigned by") && said.contains("geneva") && said.contains("amman"), "{said}");
    fs::write(&entry, "{}").unwrap();
    let refused = run(&check);
    assert_eq!((refused.code, refused.out.contains("does not hold")), (1, true), "{}", refused.out);
    let shown = run(&["witness", "show", "--at", &text(&amman.at), "--format", "json"]);
    assert_eq!(shown.code, 3, "it is serving: {}", shown.out);
}

#[test]
fn an_intruder_who_rewrites_the_log_gets_no_cosignature() {
    let dir = tempfile::tempdir().unwrap();
    let (store, forged) = (dir.path().join("ops"), dir.path().join("forged"));
    let log = mission(&store);
    let geneva = Witness::made(dir.path(), "geneva", &log);
    let ask = |store: &Path| run(&["cosign", "--store", &text(store), "--witness", &geneva.asked()]);
    grow(&store, "told");
    assert_eq!(ask(&store).code, 0);

    // The same name, another key.
    mission(&forged);
    let other = ask(&forged);
    assert_eq!((other.code, other.out.contains("403")), (1, true), "{}", other.out);
    // A backup from before the last cosigning: entries are missing.
    let backup = dir.path().join("backup");
    fs::create_dir_all(backup.join("vault/unfinished")).unwrap();
    for file in ["truceline.db", "log.key", "log.pub"] {
        fs::copy(store.join(file), backup.join(file)).unwrap();
    }
    grow(&store, "after the backup");
    assert_eq!(ask(&store).code, 0);
    let behind = ask(&backup);
    assert_eq!((behind.code, behind.out.contains("entries are missing here")), (1, true), "{}", behind.out);
    // The backup goes on by itself, with the log's own key: a fork. Neither its size nor any proof helps it.
    for n in 0..3 {
        grow(&backup, &format!("another history {n}"));
    }
    let fork = ask(&backup);
    assert_eq!(fork.code, 1, "{}", fork.out);
}

#[test]
fn requests_that_are_none_are_answered_by_the_standards_codes() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("ops");
    let log = mission(&store);
    let geneva = Witness::made(dir.path(), "geneva", &log);
    for body in ["", "old 1\n", "old x\n\nnote", "old 1\n\nnote\n"] {
        assert_eq!(geneva.post("/add-checkpoint", body.as_bytes()).0, 400, "{body}");
    }
    assert_eq!(geneva.post("/elsewhere", b"").0, 404);
    assert_eq!(geneva.post("/add-checkpoint", &vec![b'x'; 4 << 20]).0, 400);
    assert!(good(&["cosign", "--store", &text(&store), "--witness", &geneva.asked()]).contains("1 of 1"));
    let note = fs::read_dir(store.join("cosigned")).unwrap().next().unwrap().unwrap().path();
    let request = format!("old 0\n\n{}", fs::read_to_string(note).unwrap());
    let (code, head, body) = geneva.post("/add-checkpoint", request.as_bytes());
    assert_eq!(code, 409);
    assert!(
        head.contains("content-type: text/x.tlog.size") && body.trim().parse::<u64>().is_ok(),
        "{head}\n{body}"
    );
}

#[test]
fn a_witness_that_is_away_costs_only_its_own_signature() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("ops");
    let log = mission(&store);
    let (geneva, amman) =
        (Witness::made(dir.path(), "geneva", &log), Witness::made(dir.path(), "amman", &log));
    let away = amman.asked();
    drop(amman);
    let asked = ["cosign", "--store", &text(&store), "--witness", &away, "--witness", &geneva.asked()]
        .map(str::to_owned);
    let said = run(&asked);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("amman did not cosign") && said.out.contains("1 of 2 wanted"), "{}", said.out);
    assert_eq!(run(&[asked.as_slice(), &["--quorum".to_owned(), "1".to_owned()]].concat()).code, 0);
    for wrong in ["nonsense", "https://w=a+b+c", "http://127.0.0.1:1=a+b+c"] {
        assert_eq!(run(&["cosign", "--store", &text(&store), "--witness", wrong]).code, 2, "{wrong}");
    }
}
