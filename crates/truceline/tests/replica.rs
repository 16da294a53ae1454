//! Several centres with a replica each, as people run them: over HTTP and by a stick, killed at any moment, and one that goes on when the
//! centre is lost.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use common::{good, root, run, text, truceline};
use serde_json::Value;
use truceline_sim::dice::Dice;
use truceline_store::Store;

struct House {
    dir: tempfile::TempDir,
}

impl House {
    /// A centre with a mission and so many reports.
    fn new(reports: u32) -> Self {
        let house = Self { dir: tempfile::tempdir().unwrap() };
        let mission = text(&root().join("agreements/mindanao-1997"));
        good(&["load", &mission, "--store", &house.at("geneva")]);
        house.import("geneva", 0, reports);
        house
    }

    fn at(&self, name: &str) -> String {
        text(&self.dir.path().join(name))
    }

    fn import(&self, store: &str, first: u32, count: u32) -> common::Run {
        let file = self.dir.path().join(format!("rows-{first}-{count}.csv"));
        let mut rows = "id,kind,known,source,when,act,place\n".to_owned();
        for n in first..first + count {
            rows += &format!("k{n},event,2001-05-03,agch-text,2001-05-0{},shelling,Cotabato\n", 1 + n % 9);
        }
        fs::write(&file, rows).unwrap();
        run(&["import", &text(&file), "--store", &self.at(store)])
    }

    fn key(&self) -> String {
        fs::read_to_string(self.dir.path().join("geneva/log.pub")).unwrap().trim().to_owned()
    }

    fn follow(&self, from: &str, replica: &str) -> common::Run {
        run(&[
            "follow",
            "--from",
            from,
            "--store",
            &self.at(replica),
            "--key",
            &self.key(),
            "--format",
            "json",
        ])
    }

    fn entries(&self, name: &str) -> Vec<Vec<u8>> {
        let store = Store::open_read_only(&self.dir.path().join(name)).unwrap();
        store.entries(0..store.len().unwrap()).map(|entry| entry.unwrap().bytes).collect()
    }

    fn root(&self, name: &str) -> Value {
        let told = good(&["verify", "--store", &self.at(name), "--format", "json"]);
        serde_json::from_str::<Value>(&told).unwrap()["root"].clone()
    }

    fn same(&self, one: &str, other: &str) {
        assert_eq!(self.entries(one), self.entries(other), "{one} and {other}");
        assert_eq!(self.root(one), self.root(other));
    }
}

/// A command that answers at an address until it is dropped.
struct Answering {
    child: Child,
    told: Value,
}

impl Answering {
    fn new(arguments: &[&str]) -> Self {
        let mut child =
            truceline().args(arguments).args(["--format", "json"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, told: serde_json::from_str(&line).unwrap() }
    }

    fn hand_out(store: &str) -> Self {
        Self::new(&["hand-out", "--store", store, "--listen", "127.0.0.1:0"])
    }

    fn address(&self) -> String {
        self.told["address"].as_str().unwrap().to_owned()
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn three_centres_hold_one_record_and_one_of_them_writes() {
    let house = House::new(40);
    let geneva = Answering::hand_out(&house.at("geneva"));
    let first = house.follow(&geneva.address(), "amman");
    assert_eq!(first.code, 0, "{}", first.err);
    house.same("geneva", "amman");
    // A replica hands out in its turn, and a stick does as well.
    let amman = Answering::hand_out(&house.at("amman"));
    assert_eq!(house.follow(&amman.address(), "latakia").code, 0);
    house.same("geneva", "latakia");
    good(&["export-tiles", "--store", &house.at("geneva"), "--out", &house.at("stick"), "--with-objects"]);
    assert_eq!(house.follow(&house.at("stick"), "by-stick").code, 0);
    house.same("geneva", "by-stick");
    let objects = fs::metadata(house.dir.path().join("stick/object")).unwrap();
    assert_eq!(objects.permissions().mode() & 0o77, 0, "what reports say is nobody else's");
    // What grew meanwhile is all that comes.
    house.import("geneva", 40, 5);
    let told: Value = serde_json::from_str(&house.follow(&geneva.address(), "amman").out).unwrap();
    assert!((5..20).contains(&told["taken_in"].as_u64().unwrap()), "{told}");
    assert_eq!(house.follow(&amman.address(), "latakia").code, 0);
    house.same("geneva", "latakia");

    // It judges, is published as files, and is copied as the centre is.
    for name in ["geneva", "latakia"] {
        good(&[
            "replay",
            "--store",
            &house.at(name),
            "--as-of",
            "2001-06-01",
            "--out",
            &house.at(&format!("{name}-out")),
        ]);
    }
    for file in ["findings.jsonl", "incidents.geojson"] {
        let read = |name: &str| fs::read(house.dir.path().join(format!("{name}-out")).join(file)).unwrap();
        assert!(!read("geneva").is_empty() && read("geneva") == read("latakia"), "{file}");
    }
    good(&["export-tiles", "--store", &house.at("latakia"), "--out", &house.at("files")]);
    good(&["backup", "--store", &house.at("latakia"), "--out", &house.at("copied")]);
    house.same("geneva", "copied");
    let shown = Answering::new(&["serve-pages", "--store", &house.at("latakia"), "--listen", "127.0.0.1:0"]);
    assert!(shown.address().starts_with("http://127.0.0.1"));
    // And it signs nothing.
    let refused = house.import("latakia", 90, 1);
    assert!(refused.code == 3 && refused.err.contains("copy"), "{}", refused.err);
    house.same("geneva", "latakia");
}

#[test]
fn calls_that_would_trust_the_wrong_one_are_refused() {
    let house = House::new(3);
    let (from, store) = (house.at("geneva"), house.at("amman"));
    let refused = |words: &[&str], code: i32, says: &str| {
        let done = run(&[&["follow"], words].concat());
        assert!(done.code == code && done.err.contains(says), "{words:?}: {} {}", done.code, done.err);
    };
    refused(&["--from", &from, "--store", &store], 2, "--key");
    refused(&["--from", "http://192.0.2.1:8019", "--store", &store, "--key", &house.key()], 2, "tunnel");
    refused(&["--from", "https://127.0.0.1:8019", "--store", &store, "--key", &house.key()], 2, "tunnel");
    assert_eq!(house.follow(&from, "amman").code, 0);
    // A store that writes is never made a replica, and another log's replica stays that.
    refused(&["--from", &store, "--store", &from], 3, "no replica");
    let other = House::new(1);
    refused(&["--from", &from, "--store", &store, "--key", &other.key()], 2, "another log");
    refused(&["--from", &other.at("geneva"), "--store", &store], 3, "not what its key signed");
    let outside = run(&["hand-out", "--store", &from, "--listen", "0.0.0.0:0"]);
    assert!(outside.code == 2 && outside.err.contains("loopback"), "{}", outside.err);
    // Whoever reaches the port by a name that is not this machine's is given nothing.
    let geneva = Answering::hand_out(&from);
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let asked =
        agent.get(format!("{}/checkpoint", geneva.address())).header("host", "example.org").call().unwrap();
    assert_eq!(asked.status().as_u16(), 421);
    for path in ["tile/../log.key", "object/log.key", "tile/0/000.p/999", "log.key"] {
        let asked = agent.get(format!("{}/{path}", geneva.address())).call().unwrap();
        assert!(matches!(asked.status().as_u16(), 404 | 503), "{path}");
    }
}

#[test]
fn killed_at_any_point_it_goes_on_where_it_was() {
    let house = House::new(1_500);
    let mut dice = Dice::new(77);
    // How long an undisturbed one takes on this machine, as it is.
    let begun = Instant::now();
    let geneva = Answering::hand_out(&house.at("geneva"));
    assert_eq!(house.follow(&geneva.address(), "undisturbed").code, 0);
    let mut whole = u64::try_from(begun.elapsed().as_micros()).unwrap();
    drop(geneva);
    let (mut kills, mut within, mut next) = (0, 0, 1_500);
    for turn in 0..60 {
        if kills == 40 {
            break;
        }
        let geneva = Answering::hand_out(&house.at("geneva"));
        let mut child = truceline()
            .args([
                "follow",
                "--from",
                &geneva.address(),
                "--store",
                &house.at("amman"),
                "--key",
                &house.key(),
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(dice.below(whole)));
        // Now the one who follows, now the one who hands out.
        if turn % 4 == 3 {
            drop(geneva);
            child.wait().unwrap();
            kills += 1;
        } else {
            child.kill().unwrap();
            let killed = child.wait().unwrap().code().is_none();
            kills += u32::from(killed);
            whole = if killed { whole * 21 / 20 } else { (whole * 8 / 10).max(2_000) };
        }
        if !Store::is_there(&house.dir.path().join("amman")) {
            continue;
        }
        let verified = run(&["verify", "--store", &house.at("amman")]);
        assert_eq!(verified.code, 0, "turn {turn}: {}{}", verified.out, verified.err);
        let (held, all) = (house.entries("amman"), house.entries("geneva"));
        assert_eq!(held, all[..held.len()], "turn {turn}");
        within += u32::from(!held.is_empty() && held.len() < all.len());
        if turn % 5 == 0 {
            house.import("geneva", next, 40);
            next += 40;
        }
        if held.len() == all.len() && turn % 3 == 0 {
            fs::remove_dir_all(house.dir.path().join("amman")).unwrap();
        }
    }
    println!("{kills} killed, {within} of them with a part of the record held");
    assert!(kills >= 30 && within >= 3, "{kills} killed, {within} with a part of the record held");
    let geneva = Answering::hand_out(&house.at("geneva"));
    assert_eq!(house.follow(&geneva.address(), "amman").code, 0);
    house.same("geneva", "amman");
}

/// What the written procedure keeps in the safe: the files that make a replica the centre.
fn from_the_safe(from: &Path, to: &Path) {
    for name in ["log.key", "store.secret"] {
        fs::copy(from.join(name), to.join(name)).unwrap();
        fs::set_permissions(to.join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[test]
fn when_the_centre_is_lost_a_replica_goes_on_and_the_witnesses_accept_it() {
    let house = House::new(20);
    let folder = house.at("witness");
    good(&["witness", "init", "--at", &folder, "--name", "witness.example/geneva"]);
    good(&["witness", "trust", "--at", &folder, "--log", &house.key()]);
    let witness = Answering::new(&["witness", "serve", "--at", &folder, "--listen", "127.0.0.1:0"]);
    let key = witness.told["key"].as_str().unwrap().to_owned();
    let asked = format!("{}={key}", witness.address());
    let cosign = |store: &str| run(&["cosign", "--store", &house.at(store), "--witness", &asked]);
    let follow = |replica: &str| {
        run(&[
            "follow",
            "--from",
            &house.at("geneva"),
            "--store",
            &house.at(replica),
            "--key",
            &house.key(),
            "--witness",
            &key,
        ])
    };
    // Only what the witness cosigned comes along.
    let early = follow("late");
    assert!(early.code == 3 && early.err.contains("0 of the 1 witnesses"), "{}", early.err);
    assert_eq!(cosign("geneva").code, 0);
    assert_eq!(follow("late").code, 0);
    house.import("geneva", 20, 5);
    assert_eq!(cosign("geneva").code, 0);
    assert_eq!(follow("amman").code, 0);
    house.same("geneva", "amman");
    let held = house.entries("geneva");
    let safe = house.dir.path().join("safe");
    fs::create_dir(&safe).unwrap();
    from_the_safe(&house.dir.path().join("geneva"), &safe);
    fs::remove_dir_all(house.dir.path().join("geneva")).unwrap();

    from_the_safe(&safe, &house.dir.path().join("amman"));
    let took = good(&["restore", "--store", &house.at("amman"), "--takes-over"]);
    assert!(took.contains("writes from now on"), "{took}");
    let again = house.import("amman", 20, 5);
    assert!(
        again.code == 0 && again.err.contains("0 reports taken in")
            || again.out.contains("0 reports taken in"),
        "{}{}",
        again.out,
        again.err
    );
    assert_eq!(house.import("amman", 25, 5).code, 0);
    let accepted = cosign("amman");
    assert_eq!(accepted.code, 0, "{}{}", accepted.out, accepted.err);
    assert_eq!(house.entries("amman")[..held.len()], held);
    // The others follow the new centre.
    let followed = run(&["follow", "--from", &house.at("amman"), "--store", &house.at("late")]);
    assert_eq!(followed.code, 0, "{}", followed.err);
    house.same("amman", "late");
}

#[test]
fn a_replica_that_takes_over_before_it_caught_up_is_told_by_the_witness() {
    let house = House::new(10);
    good(&["witness", "init", "--at", &house.at("witness"), "--name", "witness.example/amman"]);
    good(&["witness", "trust", "--at", &house.at("witness"), "--log", &house.key()]);
    let witness =
        Answering::new(&["witness", "serve", "--at", &house.at("witness"), "--listen", "127.0.0.1:0"]);
    let asked = format!("{}={}", witness.address(), witness.told["key"].as_str().unwrap());
    assert_eq!(house.follow(&house.at("geneva"), "stale").code, 0);
    house.import("geneva", 10, 5);
    good(&["cosign", "--store", &house.at("geneva"), "--witness", &asked]);
    from_the_safe(&house.dir.path().join("geneva"), &house.dir.path().join("stale"));
    good(&["restore", "--store", &house.at("stale"), "--takes-over"]);
    let refused = run(&["cosign", "--store", &house.at("stale"), "--witness", &asked]);
    assert!(refused.code == 1 && refused.out.contains("entries are missing here"), "{}", refused.out);
}
