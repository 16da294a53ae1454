//! Reads that could harm somebody leave an entry before they are answered: whose, of what, and how many entries a flood makes.

use serde_json::{Value, json};

use crate::common::good;
use crate::room::{Desk, PEOPLE, Room, evidence};

/// What the record says was read: by whom, what kind, which.
fn noted(room: &Room) -> Vec<[String; 3]> {
    let listed = good(&["reads", "--store", &room.store(), "--format", "json"]);
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    let lines = listed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|one| [text(&one, "by"), text(&one, "what"), text(&one, "of")]).collect()
}

fn seen(desk: &Desk, person: &str, case: &str) -> Value {
    let told = desk.get(person, &format!("/api/cases/{case}"));
    assert_eq!(told.code, 200, "{person}: {told:?}");
    told.body
}

#[test]
fn a_case_seen_whole_is_noted_with_who_saw_it_and_which_sealed_evidence() {
    let room = Room::new();
    let desk = room.desk();
    let case = desk.open("operator", "public", "i-1");
    let item =
        desk.act("petrova", &case, evidence(true), Some("CANARY-SEALED")).body["entry"].as_u64().unwrap();
    assert_eq!(noted(&room), Vec::<[String; 3]>::new());
    let before = room.entries();
    seen(&desk, "vera", &case);
    assert_eq!(noted(&room), [["vera".to_owned(), "case".to_owned(), case.clone()]]);
    assert_eq!(room.entries(), before + 1);
    seen(&desk, "petrova", &case);
    let all = noted(&room);
    assert!(
        all.contains(&["petrova".to_owned(), "sealed-evidence".to_owned(), format!("{case}/{item}")]),
        "{all:?}"
    );
    assert_eq!(all.len(), 3, "{all:?}");
    // What shows a case in part, a list, or nothing leaves none.
    for person in PEOPLE {
        desk.get(person, "/api/cases");
        desk.get(person, "/api/due");
        desk.get(person, "/api/cases/c999");
    }
    seen(&desk, "operator", &case);
    assert_eq!(noted(&room).len(), 3);
    // Neither who nor what is in the open.
    let store = room.path();
    let tiles = std::process::Command::new("grep")
        .args(["-r", "-l", "-a", "sealed-evidence"])
        .arg(store.join("tile"))
        .output();
    assert!(tiles.is_ok_and(|told| told.stdout.is_empty()), "the tree tells what was read");
}

#[test]
fn only_who_guards_the_sources_is_shown_who_read_what() {
    let room = Room::new();
    let desk = room.desk();
    let case = desk.open("operator", "public", "i-1");
    seen(&desk, "ivan", &case);
    for person in PEOPLE {
        let told = desk.get(person, "/api/reads");
        assert_eq!(told.code, if person == "guard" { 200 } else { 403 }, "{person}: {told:?}");
    }
    let told = desk.get("guard", "/api/reads?limit=1").body;
    let first = &told["reads"][0];
    assert_eq!(
        (&first["by"], &first["what"], &first["of"]),
        (&json!("ivan"), &json!("case"), &json!(case)),
        "{told}"
    );
    assert!(noted(&room).iter().any(|[by, what, _]| by == "guard" && what == "reads"), "that is noted, too");
    assert!(told["next"].is_u64(), "{told}");
    let rest = desk.get("guard", &format!("/api/reads?from={}", told["next"])).body;
    assert_eq!(rest["reads"][0]["by"], "guard", "{rest}");
}

#[test]
fn a_flood_of_reads_fills_no_log_and_loses_no_reader() {
    let room = Room::new();
    let desk = room.desk();
    let cases: Vec<String> = (0..6).map(|n| desk.open("operator", "public", &format!("i-{n}"))).collect();
    let before = room.entries();
    let readers = ["night-watch", "vera", "petrova", "ivan", "jane", "guard"];
    let started = std::time::Instant::now();
    std::thread::scope(|scope| {
        for person in readers {
            let (desk, cases) = (&desk, &cases);
            scope.spawn(move || {
                for _ in 0..5 {
                    for case in cases {
                        seen(desk, person, case);
                    }
                }
            });
        }
    });
    let (seconds, written) = (started.elapsed().as_secs(), room.entries() - before);
    assert!(written <= 8 + 1 + seconds, "{written} entries in {seconds} s");
    let all: std::collections::BTreeSet<[String; 3]> = noted(&room).into_iter().collect();
    assert_eq!(all.len(), readers.len() * cases.len(), "each reader of each case stands there");
}

#[test]
fn what_cannot_be_noted_is_not_shown() {
    let room = Room::new();
    let desk = room.desk();
    let case = desk.open("operator", "public", "i-1");
    seen(&desk, "vera", &case);
    // Somebody else holds the record for writing, for longer than it is waited for.
    let held = truceline_store::Store::open(&room.path()).unwrap();
    let told = desk.get("petrova", &format!("/api/cases/{case}"));
    assert_eq!(told.code, 503, "{told:?}");
    assert!(!told.body.to_string().contains("CANARY"), "{told:?}");
    assert_eq!(desk.get("petrova", "/api/cases").code, 200, "what needs no note is answered");
    drop(held);
    seen(&desk, "petrova", &case);
}
