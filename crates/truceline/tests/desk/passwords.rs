//! Accounts that a password opens: signing in, guessing, and what a change of the password ends.

use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::{good, truceline};
use crate::room::{Answer, Desk, Room};
use crate::sessions::{OURS, cookie, sent};

const GOOD: &str = "river stones at dawn";

/// Runs a command with a password on its standard input; gives its code and what it printed.
fn told(room: &Room, words: &[&str], password: &str) -> (Option<i32>, String) {
    let mut child = truceline()
        .args(words)
        .args(["--store", &room.store()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
    let out = child.wait_with_output().unwrap();
    let said = [out.stdout, out.stderr].concat();
    (out.status.code(), String::from_utf8(said).unwrap())
}

fn tried(desk: &Desk, name: &str, password: &str) -> Answer {
    sent(desk, "POST", "/api/session", OURS, &json!({ "name": name, "password": password }))
}

#[test]
fn a_password_signs_in_and_its_change_signs_out() {
    let room = Room::new();
    good(&["account", "remove", "vera", "--store", &room.store()]);
    let (code, said) = told(&room, &["account", "add", "vera", "--password"], GOOD);
    assert!(code == Some(0) && !said.contains(GOOD), "{said}");
    let (code, said) = told(&room, &["account", "password", "petrova"], GOOD);
    assert_eq!(code, Some(0), "{said}");
    for short in ["", "too short"] {
        assert_eq!(told(&room, &["account", "password", "ivan"], short).0, Some(2));
    }
    let listed = good(&["account", "list", "--store", &room.store(), "--format", "json"]);
    let by = |person: &str| {
        let lines = listed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.into_iter().find(|one| one["person"] == person).unwrap()["opened_by"].clone()
    };
    assert_eq!(
        (by("vera"), by("petrova"), by("ivan")),
        (json!(["password"]), json!(["token", "password"]), json!(["token"]))
    );
    let kept = std::fs::read_to_string(room.path().join("accounts")).unwrap();
    assert!(!kept.contains(GOOD));
    let desk = room.desk();
    let vera = tried(&desk, "vera", GOOD);
    assert_eq!(
        (vera.code, &vera.body["how"], &vera.body["role"]),
        (201, &json!("password"), &json!("verifier")),
        "{vera:?}"
    );
    assert_eq!(tried(&desk, "petrova", GOOD).code, 201);
    let held = cookie(&vera);
    let code = |held: &str| sent(&desk, "GET", "/api/session", held, &Value::Null).code;
    assert_eq!(code(&held), 200);
    assert_eq!(told(&room, &["account", "password", "vera"], "another river at dawn").0, Some(0));
    assert_eq!(code(&held), 401, "signed in by the old one");
    assert_eq!(
        (tried(&desk, "vera", GOOD).code, tried(&desk, "vera", "another river at dawn").code),
        (401, 201)
    );
    assert_eq!(told(&room, &["account", "password", "vera", "--remove"], "").0, Some(0));
    assert_eq!(tried(&desk, "vera", "another river at dawn").code, 401);
    // An account without a token is opened by no token, that of noughts included.
    let noughts = format!("Authorization: Bearer {}\r\n", "0".repeat(64));
    assert_eq!(sent(&desk, "GET", "/api/session", &noughts, &Value::Null).code, 401);
    assert!(!desk.said.lock().unwrap().contains(GOOD));
}

#[test]
fn a_name_that_nobody_has_is_answered_like_a_wrong_password() {
    let room = Room::new();
    told(&room, &["account", "password", "petrova"], GOOD);
    let desk = room.desk();
    let (mut wrong, mut unknown) = (Duration::MAX, Duration::MAX);
    let mut first: Option<Answer> = None;
    // By token alone, and nobody.
    for name in ["petrova", "ivan", "mallory", ""] {
        let least = if name == "petrova" { &mut wrong } else { &mut unknown };
        for _ in 0..3 {
            let start = Instant::now();
            let told = tried(&desk, name, "a wrong password indeed");
            *least = start.elapsed().min(*least);
            assert_eq!(told.code, 401, "{told:?}");
            let wanted = first.get_or_insert_with(|| told.clone());
            assert_eq!(told.body, wanted.body, "{name}");
        }
    }
    assert!(unknown > wrong / 3, "{unknown:?} for a name that nobody has, {wrong:?} for a wrong password");
}

#[test]
fn guesses_at_one_name_are_bounded_and_shut_nobody_else_out() {
    let room = Room::new();
    told(&room, &["account", "password", "petrova"], GOOD);
    told(&room, &["account", "password", "vera"], GOOD);
    let desk = room.desk();
    let held = cookie(&tried(&desk, "petrova", GOOD));
    let codes: Vec<u16> =
        (0..14).map(|n| tried(&desk, "petrova", &format!("wrong password {n}")).code).collect();
    assert_eq!(codes.iter().filter(|code| **code == 401).count(), 9, "{codes:?}");
    assert_eq!(codes.last(), Some(&429));
    assert_eq!(tried(&desk, "petrova", GOOD).code, 429, "the right one is not told apart");
    assert_eq!(tried(&desk, "vera", GOOD).code, 201);
    assert_eq!(sent(&desk, "GET", "/api/session", &held, &Value::Null).code, 200, "who is in stays in");
    assert_eq!(desk.get("petrova", "/api/session").code, 200, "a token opens as before");
}
