//! Each write of the API, with the server killed within it: at a drawn instant after the request is sent. Started again and sent again under the same key, it
//! is done once, and the whole record holds.
//!
//! `SEED=… SEEDS=…` draws other instants, or more of them.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::witnessed::AS_OF;
use crate::incidents::{killing, side};
use crate::openrosa;
use crate::room::{Answer, Desk, Room, evidence, opening};

/// Latest instant of a kill after the request, in microseconds.
const WITHIN: u64 = 50_000;
/// Kills of each operation; ten operations.
const SEEDS: u64 = 21;
/// Numbers of what is sent without a kill: even, and beyond all others.
const WARM: u64 = 1_000_000;

/// Who sends what where.
type Sent = (&'static str, String, Value);

pub(crate) fn asked(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Drawn alike from the same seed.
pub(crate) fn drawn(seed: u64) -> u64 {
    let mut x = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// Entries of the record, as the desk tells; reading this makes none.
fn entries(desk: &Desk) -> u64 {
    let told = desk.get("night-watch", "/api/record");
    told.body["entries"].as_u64().unwrap_or_else(|| panic!("{told:?}"))
}

/// In the record: done, or an act that the procedure refused, which is kept with its words.
fn is_kept(told: &Answer) -> bool {
    told.code == 201 || (told.code == 422 && told.body["entry"].is_u64())
}

/// Sends until the desk does not say *later*: what a client does.
fn send(desk: &Desk, (person, path, body): &Sent, key: &str) -> Answer {
    for _ in 0..20 {
        let told = desk.post_as(person, path, key, body);
        if told.code != 503 {
            return told;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{person} {path}: later and later");
}

/// Kills the desk within an operation, again and again. `prepare` makes what the operation needs, and says what is sent; `added`: entries that it makes.
fn killed_within(room: &Room, added: u64, mut prepare: impl FnMut(&Desk, u64) -> Sent) {
    let first = asked("SEED", 1);
    let (mut desk, mut done_before, mut late) = (room.desk(), 0_u64, 0_u64);
    // Twice without a kill: what the first of its kind brings with it (a mapping) is there, and the second adds what is said.
    for n in [WARM, WARM + 1] {
        let sent = prepare(&desk, n);
        let before = entries(&desk);
        let told = send(&desk, &sent, &format!("not-killed-{n}"));
        assert!(is_kept(&told), "{told:?}");
        assert!(
            n == WARM || entries(&desk) == before + added,
            "{} entries of one write",
            entries(&desk) - before
        );
    }
    for n in 0..asked("SEEDS", SEEDS) {
        let sent = prepare(&desk, n);
        let key = format!("killed-within-{n}");
        let before = entries(&desk);
        let (person, path, body) = &sent;
        let within = drawn(first.wrapping_mul(1_000_003).wrapping_add(n)) % WITHIN;
        let mut stream = TcpStream::connect(&desk.address).unwrap();
        stream.write_all(desk.posted(person, path, &key, body).as_bytes()).unwrap();
        std::thread::sleep(Duration::from_micros(within));
        desk.kill();
        desk = room.desk();
        let had = entries(&desk);
        assert!(had <= before + added, "seed {first}/{n}: {} entries of one write", had - before);
        done_before += u64::from(had == before + added);
        late += u64::from(had == before);
        let told = send(&desk, &sent, &key);
        assert!(is_kept(&told), "seed {first}/{n}, killed after {within} µs, {path}: {told:?}");
        let again = send(&desk, &sent, &key);
        assert_eq!((again.code, &again.body), (told.code, &told.body), "seed {first}/{n}: {path}");
        assert_eq!(entries(&desk), before + added, "seed {first}/{n}, killed after {within} µs: {path}");
    }
    eprintln!("logged before the kill: {done_before}; nothing yet: {late}");
    drop(desk);
    // Every entry, object and signature, from the first on.
    room.entries();
}

#[test]
fn opening_a_case() {
    let room = Room::new();
    killed_within(&room, 1, |_, n| {
        ("operator", "/api/cases".into(), opening("public", "ahrar", &format!("i-killed-{n}")))
    });
}

#[test]
fn acting_in_a_case() {
    let room = Room::new();
    let case = room.desk().open("operator", "public", "i-1");
    killed_within(&room, 1, |_, n| {
        let body = json!({ "act": evidence(false), "words": format!("item {n}") });
        ("vera", format!("/api/cases/{case}/acts"), body)
    });
}

#[test]
fn saying_that_the_clock_ran_wrong() {
    let room = Room::new();
    killed_within(&room, 1, |_, _| ("petrova", "/api/clock-faults".into(), json!({ "from": 0, "to": 0 })));
}

#[test]
fn reporting() {
    let room = Room::new();
    killed_within(&room, 2, |_, n| {
        let fields = json!({ "act": "shelling", "when": "2016-05-03T10:00", "killed": "3" });
        ("operator", "/api/reports".into(), json!({ "words": format!("قصف shelling {n}"), "fields": fields }))
    });
}

#[test]
fn confirming_what_words_say() {
    let room = Room::new();
    killed_within(&room, 2, |desk, n| {
        let words = format!("Shelling killed {} people in Aleppo on 3 May 2016.", n + 2);
        let read = desk.post("vera", "/api/proposals", &json!({ "words": words, "said_by": "myself" }));
        let steps = json!([{ "proposal": read.body["proposals"][0]["id"], "said": "confirmed" }]);
        let body = json!({ "words": words, "said_by": "myself", "steps": steps });
        ("vera", "/api/proposals/confirmed".into(), body)
    });
}

#[test]
fn deciding_about_incidents() {
    let room = crate::incidents::room();
    let mut merged = Value::Null;
    killed_within(&room, 1, |desk, n| {
        let path = || "/api/decisions".to_owned();
        if n % 2 == 1 {
            let whole = killing(desk, "vera", 3);
            let merges = whole["decisions"].as_array().unwrap().iter().filter(|one| one["what"] == "merge");
            merged = merges.map(|one| one["entry"].clone()).max_by_key(Value::as_u64).unwrap();
            return ("night-watch", path(), json!({ "undo": merged, "why": "two after all" }));
        }
        let sides = json!({ "a": side(&killing(desk, "vera", 3)), "b": side(&killing(desk, "vera", 7)) });
        ("vera", path(), json!({ "merge": sides, "why": "one strike" }))
    });
}

#[test]
fn drafting_a_bulletin() {
    let room = Room::new();
    killed_within(&room, 1, |_, _| {
        ("night-watch", "/api/bulletins".into(), json!({ "sort": "daily", "as_of": AS_OF }))
    });
}

#[test]
fn passing_a_bulletin() {
    let room = Room::new();
    killed_within(&room, 1, |desk, _| {
        let draft = desk.post("vera", "/api/bulletins", &json!({ "sort": "flash", "as_of": AS_OF }));
        assert_eq!(draft.code, 201, "{draft:?}");
        let path = format!("/api/bulletins/{}/sign-offs", draft.body["line"]["entry"]);
        ("petrova", path, json!({ "digest": draft.body["digest"] }))
    });
}

fn note(n: u64) -> Value {
    json!({ "words": format!("quiet {n}"), "since": "2020-01-01T00:00:00Z", "until": "2020-01-01T12:00:00Z" })
}

#[test]
fn handing_the_watch_over() {
    let room = Room::new();
    killed_within(&room, 1, |_, n| ("night-watch", "/api/handovers".into(), note(n)));
}

#[test]
fn taking_the_watch_over() {
    let room = Room::new();
    killed_within(&room, 1, |desk, n| {
        let signed = desk.post("night-watch", "/api/handovers", &note(n));
        assert_eq!(signed.code, 201, "{signed:?}");
        let path = format!("/api/handovers/{}/takeover", signed.body["signed"]["entry"]);
        ("vera", path, json!({ "digest": signed.body["digest"] }))
    });
}

/// A form from a phone with a photograph: more than one entry, and most of the time goes into the password, so the instants are drawn from all of it.
#[test]
fn sending_a_form_from_a_phone() {
    let room = Room::new();
    openrosa::password(&room, "monitor");
    let mut desk = room.desk();
    let (mut added, mut took) = (0, Duration::ZERO);
    for n in [WARM, WARM + 1] {
        let (before, since) = (entries(&desk), Instant::now());
        let told = desk.raw(&openrosa::submission(&desk, n));
        assert_eq!(openrosa::received(&told).0, "201", "{told}");
        (added, took) = (entries(&desk) - before, since.elapsed());
    }
    let (mut whole, mut part, mut none) = (0, 0, 0);
    for n in 0..asked("SEEDS", SEEDS) {
        let before = entries(&desk);
        let span = u64::try_from(took.as_micros()).unwrap() * 5 / 4;
        let within = drawn(asked("SEED", 1).wrapping_mul(1_000_003).wrapping_add(n)) % span;
        let mut stream = TcpStream::connect(&desk.address).unwrap();
        stream.write_all(&openrosa::submission(&desk, n)).unwrap();
        std::thread::sleep(Duration::from_micros(within));
        desk.kill();
        desk = room.desk();
        let had = entries(&desk) - before;
        assert!(had <= added, "seed {n}: {had} entries of one form");
        *(if had == added {
            &mut whole
        } else if had == 0 {
            &mut none
        } else {
            &mut part
        }) += 1;
        let told = openrosa::received(&desk.raw(&openrosa::submission(&desk, n)));
        assert_eq!(told.0, "201", "seed {n}, killed after {within} µs");
        assert_eq!(openrosa::received(&desk.raw(&openrosa::submission(&desk, n))), told, "seed {n}");
        assert_eq!(entries(&desk), before + added, "seed {n}, killed after {within} µs");
        let report = desk.get("monitor", &format!("/api/reports/{}", told.1));
        assert_eq!(report.body["attachments"].as_array().map(Vec::len), Some(1), "seed {n}: {report:?}");
    }
    eprintln!("{added} entries a form; logged before the kill: all {whole}, some {part}, none {none}");
    drop(desk);
    room.entries();
}
