//! A watch handed over: signed by one, taken over by another, once each, and told to nobody outside the desk.

use serde_json::{Value, json};

use crate::common::{good, run};
use crate::described::{described, held};
use crate::room::{Answer, Desk, PEOPLE, Room};

const HOSTILE: &str = "<img src=x onerror=alert(1)> خط إدلب مقطوع <script>alert(2)</script> линия прервана";

fn note(words: &str) -> Value {
    json!({ "words": words, "since": "2020-01-01T18:00:00Z", "until": "2020-01-02T06:00:00Z" })
}

fn signed(told: &Answer) -> (u64, Value) {
    assert_eq!(told.code, 201, "{told:?}");
    (told.body["signed"]["entry"].as_u64().unwrap(), told.body["digest"].clone())
}

fn take(desk: &Desk, person: &str, n: u64, digest: &Value) -> Answer {
    desk.post(person, &format!("/api/handovers/{n}/takeover"), &json!({ "digest": digest }))
}

#[test]
fn a_note_is_signed_by_one_and_taken_over_by_another_once() {
    let room = Room::new();
    let (doc, desk) = (described(), room.desk());
    let told = desk.post("night-watch", "/api/handovers", &note(HOSTILE));
    held(&doc, "post", "/api/handovers", &told);
    let (n, digest) = signed(&told);
    assert_eq!((&told.body["words"], &told.body["signed"]["by"]), (&json!(HOSTILE), &json!("night-watch")));
    assert_eq!((&told.body["taken"], &told.body["why_not"]), (&Value::Null, &json!("own")));
    let wrong = json!("0".repeat(64));
    for (person, digest, code) in [
        ("vera", &wrong, 409),
        ("night-watch", &digest, 422),
        ("guard", &digest, 403),
        ("omar", &digest, 403),
        ("vera", &digest, 201),
        // It is taken over once, by whomever.
        ("vera", &digest, 422),
        ("petrova", &digest, 422),
    ] {
        let told = take(&desk, person, n, digest);
        assert_eq!(told.code, code, "{person}: {told:?}");
        held(&doc, "post", "/api/handovers/{id}/takeover", &told);
    }
    let told = desk.get("guard", &format!("/api/handovers/{n}"));
    held(&doc, "get", "/api/handovers/{id}", &told);
    assert_eq!((&told.body["taken"]["by"], &told.body["why_not"]), (&json!("vera"), &json!("not-this-role")));
    // The command line tells the same, and the whole record holds.
    let shown = good(&["handover", "show", &n.to_string(), "--store", &room.store(), "--format", "json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!((&shown["words"], &shown["taken"]), (&json!(HOSTILE), &told.body["taken"]));
    good(&["verify", "--store", &room.store()]);
}

#[test]
fn nobody_outside_the_desk_is_told_of_notes_or_what_they_say() {
    let room = Room::new();
    let desk = room.desk();
    let (n, _) = signed(&desk.post("night-watch", "/api/handovers", &note("CANARY-HANDOVER")));
    for person in PEOPLE {
        let reads = ["night-watch", "vera", "petrova", "guard"].contains(&person);
        let code = if reads { 200 } else { 403 };
        for route in ["/api/handovers".to_owned(), format!("/api/handovers/{n}")] {
            let told = desk.get(person, &route);
            assert_eq!(told.code, code, "{person} {route}");
            assert_eq!(told.body.to_string().contains("CANARY-HANDOVER"), reads, "{person} {route}");
        }
        // The record shows that there is an entry, and no word of it.
        let entries = desk.get(person, "/api/record/entries?limit=100");
        assert!(!entries.body.to_string().contains("CANARY-HANDOVER"), "{person}");
    }
}

#[test]
fn what_is_no_note_is_refused_in_words_and_the_same_key_signs_once() {
    let room = Room::new();
    let desk = room.desk();
    let before = room.entries();
    for (body, says) in [
        (json!([]), "one JSON object"),
        (json!({ "since": "2020-01-01", "until": "2020-01-02" }), "words"),
        (note(" "), "words"),
        (note(&"x".repeat(32 * 1024 + 1)), "words"),
        (json!({ "words": 7, "since": "2020-01-01", "until": "2020-01-02" }), "words"),
        (json!({ "words": "w", "since": "yesterday", "until": "2020-01-02" }), "yesterday"),
        (json!({ "words": "w", "since": "2020-01-02", "until": "2020-01-01" }), "since"),
        (json!({ "words": "w", "since": "2020-01-02", "until": "2999-01-01" }), "until"),
        (json!({ "words": "w", "since": "2020-01-01", "until": "2020-01-02", "by": "vera" }), "by"),
    ] {
        let told = desk.post("night-watch", "/api/handovers", &body);
        assert_eq!(told.code, 400, "{says}: {told:?}");
        assert!(told.body["detail"].as_str().unwrap().contains(says), "{says}: {told:?}");
    }
    assert_eq!(room.entries(), before, "nothing was written");
    let first = desk.post_as("night-watch", "/api/handovers", "one-note-key", &note("quiet"));
    let again = desk.post_as("night-watch", "/api/handovers", "one-note-key", &note("quiet"));
    assert_eq!((first.code, &first.body), (201, &again.body));
    let other = desk.post_as("night-watch", "/api/handovers", "one-note-key", &note("loud"));
    assert_eq!(other.code, 409, "{other:?}");
    let (n, digest) = signed(&first);
    let path = format!("/api/handovers/{n}/takeover");
    let body = json!({ "digest": digest });
    let taken = desk.post_as("petrova", &path, "one-take-key", &body);
    let again = desk.post_as("petrova", &path, "one-take-key", &body);
    assert_eq!((taken.code, &taken.body), (201, &again.body));
    assert_eq!(room.entries(), before + 2);
}

#[test]
fn notes_are_listed_by_pages_and_as_of_a_moment() {
    let room = Room::new();
    let desk = room.desk();
    for day in 1..=5 {
        let body = json!({ "words": format!("day {day}"), "since": format!("2020-01-0{day}T00:00:00Z"), "until": format!("2020-01-0{day}T12:00:00Z") });
        signed(&desk.post("vera", "/api/handovers", &body));
    }
    let (mut seen, mut route) = (Vec::new(), "/api/handovers?limit=2".to_owned());
    loop {
        let told = desk.get("night-watch", &route).body;
        let page = told["handovers"].as_array().unwrap();
        assert!(page.len() <= 2);
        seen.extend(page.iter().map(|one| one["words"].as_str().unwrap().to_owned()));
        let Some(next) = told["next"].as_u64() else { break };
        route = format!("/api/handovers?limit=2&before={next}");
    }
    assert_eq!(seen, ["day 5", "day 4", "day 3", "day 2", "day 1"]);
    let early = desk.get("night-watch", "/api/handovers?as_of=2020-01-02T13:00:00Z").body;
    assert_eq!(early["handovers"].as_array().unwrap().len(), 2, "{early}");
}

#[test]
fn at_the_command_line_the_same_people_may_and_others_are_told_so() {
    let room = Room::new();
    let store = room.store();
    let file = room.dir.path().join("note.txt");
    std::fs::write(&file, "the line to Idlib was down").unwrap();
    let file = file.to_str().unwrap();
    let write = |by: &str| {
        run(&[
            "handover",
            "write",
            file,
            "--store",
            &store,
            "--by",
            by,
            "--since",
            "2020-01-01",
            "--format",
            "json",
        ])
    };
    for by in ["omar", "ivan", "guard", "nobody at all"] {
        assert_eq!(write(by).code, 2, "{by}");
    }
    let told = write("night-watch");
    assert_eq!(told.code, 0, "{}", told.err);
    let n = serde_json::from_str::<Value>(&told.out).unwrap()["entry"].to_string();
    let take = |by: &str| run(&["handover", "take", &n, "--store", &store, "--by", by]).code;
    assert_eq!((take("night-watch"), take("guard"), take("vera"), take("petrova")), (2, 2, 0, 2));
    let listed = good(&["handover", "list", "--store", &store]);
    assert!(listed.contains("taken over by vera"), "{listed}");
    // What a note says can be destroyed; that there was one stays.
    let erased =
        ["erase", &n, "--store", &store, "--by", "vera", "--and", "petrova", "--why", "names a caller"];
    good(&erased);
    let shown = good(&["handover", "show", &n, "--store", &store]);
    assert!(shown.contains("destroyed") && !shown.contains("Idlib"), "{shown}");
    good(&["verify", "--store", &store]);
}
