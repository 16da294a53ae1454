//! A sealed source asked for over HTTP: by whom, once, told to who may know; released and opened on the holders' machines, and never by the server.

use serde_json::{Value, json};

use crate::common::{good, text};
use crate::described::{described, held};
use crate::matrix_table::OPENER;
use crate::room::{Desk, PEOPLE, Room, key};

const NAME: &str = "CANARY NAME OF A CALLER";

/// The small mission with three holders of whom two open.
fn room() -> Room {
    let room = Room::new();
    let file = room.dir.path().join("small/mission.kdl");
    let mut mission = std::fs::read_to_string(&file).unwrap();
    for name in ["Registrar", "Envoy", "Doctor"] {
        let recipient = good(&["seal", "init-holder", "--key", &at(&room, name)]);
        mission.push_str(&format!("holder \"{name}\" recipient=\"{}\"\n", recipient.trim()));
    }
    mission.push_str("open-by 2\n");
    std::fs::write(&file, mission).unwrap();
    good(&["load", &text(&room.dir.path().join("small")), "--store", &room.store()]);
    room
}

fn at(room: &Room, name: &str) -> String {
    text(&room.dir.path().join(format!("{name}.age")))
}

fn requests(desk: &Desk) -> Value {
    let told = desk.get("guard", "/api/unmaskings");
    held(&described(), "get", "/api/unmaskings", &told);
    assert_eq!(told.code, 200, "{told:?}");
    told.body
}

/// The first request, once it stands so.
fn stands(desk: &Desk, wanted: &str) -> Value {
    for _ in 0..100 {
        let one = requests(desk)["requests"][0].clone();
        if one["stands"] == wanted {
            return one;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("never {wanted}: {}", requests(desk))
}

/// Who may not ask, and what is no request: nothing of it is written.
fn refused(room: &Room, desk: &Desk, asked: &Value) {
    let before = room.entries();
    for person in PEOPLE.into_iter().filter(|one| !["petrova", "guard"].contains(one)) {
        assert_eq!(desk.post(person, "/api/unmaskings", asked).code, 403, "{person}");
        assert_eq!(desk.get(person, "/api/unmaskings").code, 403, "{person}");
    }
    for (name, value, code) in [
        ("of", json!("r0"), 404),
        ("of", json!("r999999"), 404),
        ("of", json!("seventeen"), 400),
        ("why", json!(" "), 400),
        ("why", json!("x".repeat(2_001)), 400),
        ("to", json!("age1nobody"), 400),
        ("to", json!("AGE-SECRET-KEY-1"), 400),
        ("share", json!("x"), 400),
    ] {
        let mut body = asked.clone();
        body[name] = value;
        assert_eq!(desk.post("petrova", "/api/unmaskings", &body).code, code, "{body}");
    }
    assert_eq!(room.entries(), before, "nothing was written");
}

#[test]
fn a_source_is_asked_for_on_the_screen_and_opened_by_holders_on_their_machines_alone() {
    let room = room();
    let opener = good(&["seal", "init-holder", "--key", &at(&room, "opener")]);
    let desk = room.desk();
    let report = desk.post(
        "operator",
        "/api/reports",
        &json!({ "words": "Heavy fire.", "said_by": { "caller": NAME } }),
    );
    let of = report.body["receipt"].clone();
    let asked = json!({ "of": of, "why": "she may be in danger", "to": opener.trim() });
    refused(&room, &desk, &asked);
    let key = key();
    let first = desk.post_as("petrova", "/api/unmaskings", &key, &asked);
    held(&described(), "post", "/api/unmaskings", &first);
    assert_eq!(
        (first.code, &first.body["stands"], &first.body["of"]),
        (201, &json!("asked"), &of),
        "{first:?}"
    );
    assert_eq!(
        desk.post_as("petrova", "/api/unmaskings", &key, &asked).body["request"],
        first.body["request"],
        "once"
    );
    let mut other = asked.clone();
    other["to"] = json!(OPENER);
    assert_eq!(desk.post_as("petrova", "/api/unmaskings", &key, &other).code, 409);
    let n = first.body["request"].to_string();
    assert_eq!(
        (&requests(&desk)["open_by"], &requests(&desk)["holders"][0]),
        (&json!(2), &json!("Registrar"))
    );
    for holder in ["Registrar", "Registrar", "Envoy"] {
        good(&["seal", "release", &n, "--store", &room.store(), "--key", &at(&room, holder)]);
    }
    let one = stands(&desk, "released");
    let holders: Vec<&Value> = one["released"].as_array().unwrap().iter().map(|one| &one["holder"]).collect();
    assert_eq!(holders, ["Registrar", "Envoy"], "one holder twice is one");
    let opened = good(&[
        "seal",
        "open",
        &n,
        "--store",
        &room.store(),
        "--key",
        &at(&room, "opener"),
        "--by",
        "petrova",
    ]);
    assert_eq!(opened.trim(), NAME);
    let one = stands(&desk, "opened");
    assert_eq!((&one["opened"][0]["by"], &one["why"]), (&json!("petrova"), &json!("she may be in danger")));
    let all = requests(&desk).to_string();
    assert!(!all.contains("CANARY") && !all.contains("release\":"), "{all}");
    let reads = good(&["reads", "--store", &room.store(), "--format", "json"]);
    assert!(
        reads.lines().any(|line| line.contains("\"guard\"") && line.contains("\"unmaskings\"")),
        "{reads}"
    );
}
