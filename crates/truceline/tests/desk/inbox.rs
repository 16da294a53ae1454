//! Reports taken in over HTTP: once each, by who may, read back, and of a caller nothing told to anybody who may not know.

use serde_json::{Value, json};

use crate::common::good;
use crate::room::{PEOPLE, Room, key};

/// Who takes reports down.
const TAKERS: [&str; 5] = ["night-watch", "operator", "monitor", "vera", "hum"];

/// A report whose words are a canary.
fn report() -> Value {
    json!({
        "words": "CANARY-WORDS قصف مدفعي على السوق", "language": "ar",
        "fields": { "act": "shelling", "when": "2016-05-03T14:30", "killed": "3-5", "wounded": ">=12" },
    })
}

#[test]
fn who_may_take_reports_down_and_nobody_else() {
    let room = Room::new();
    let desk = room.desk();
    for person in PEOPLE {
        let may = TAKERS.contains(&person);
        let told = desk.post(person, "/api/reports", &report());
        assert_eq!(told.code, if may { 201 } else { 403 }, "{person}: {told:?}");
        let read = desk.post(person, "/api/proposals", &json!({ "words": "Three people were killed." }));
        assert_eq!(read.code, if may { 200 } else { 403 }, "{person}: {read:?}");
        let confirmed = json!({ "words": "Three people were killed.", "steps": [] });
        let told = desk.post(person, "/api/proposals/confirmed", &confirmed);
        assert_eq!(told.code, if may { 201 } else { 403 }, "{person}: {told:?}");
        for path in ["/api/report-form", "/api/places?q=a"] {
            assert_eq!(desk.get(person, path).code, if may { 200 } else { 403 }, "{person} {path}");
        }
    }
}

#[test]
fn a_report_is_shown_to_who_took_it_down_and_to_who_may_see_sealed_sources() {
    let room = Room::new();
    let desk = room.desk();
    let mine = desk.post("operator", "/api/reports", &report());
    let receipt = mine.body["receipt"].as_str().unwrap().to_owned();
    let step = mine.body["reports"][0]["receipt"].as_str().unwrap().to_owned();
    assert_eq!(mine.body["reports"][0]["understood"]["event"]["killed"], "3-5", "{mine:?}");
    let open = json!({ "words": "Heavy fire.", "said_by": { "source": "gazette" } });
    let open = desk.post("monitor", "/api/reports", &open).body["receipt"].as_str().unwrap().to_owned();
    for person in PEOPLE {
        let sees_sealed = ["operator", "night-watch", "vera", "petrova", "guard"].contains(&person);
        let sees_open =
            ["monitor", "night-watch", "vera", "petrova", "guard", "ivan", "jane"].contains(&person);
        let is_stranger =
            !TAKERS.contains(&person) && !["petrova", "ivan", "jane", "guard"].contains(&person);
        for (receipt, sees) in [(&receipt, sees_sealed), (&step, sees_sealed), (&open, sees_open)] {
            let told = desk.get(person, &format!("/api/reports/{receipt}"));
            let wanted = if is_stranger {
                403
            } else if sees {
                200
            } else {
                404
            };
            assert_eq!(told.code, wanted, "{person} {receipt}: {told:?}");
            if told.code == 200 && *receipt != open {
                assert_eq!((&told.body["source"], &told.body["is_sealed"]), (&Value::Null, &json!(true)));
                assert!(!told.body.to_string().contains("\"sealed-"), "no pseudonym: {told:?}");
            }
            if told.code != 200 {
                assert!(!told.body.to_string().contains("CANARY"), "{person}: {told:?}");
            }
        }
        let own = desk.get(person, "/api/reports");
        let listed = own.body["reports"].as_array().map_or(0, Vec::len);
        assert_eq!(listed, usize::from(["operator", "monitor"].contains(&person)), "{person}: {own:?}");
    }
    // Nothing that there is not tells itself from what is not theirs.
    let never = desk.get("hum", "/api/reports/r999999");
    let others = desk.get("hum", &format!("/api/reports/{receipt}"));
    assert_eq!((never.code, others.code), (404, 404));
    // Who looked stands in the record.
    let reads = desk.get("guard", "/api/reads").body.to_string();
    assert!(reads.contains("sealed-report") && reads.contains("vera"), "{reads}");
}

#[test]
fn sent_again_it_stands_once_also_after_a_kill() {
    let room = Room::new();
    let mut desk = room.desk();
    let (body, key) = (report(), key());
    let first = desk.post_as("operator", "/api/reports", &key, &body);
    assert_eq!(first.code, 201, "{first:?}");
    let entries = room.entries();
    let again = desk.post_as("operator", "/api/reports", &key, &body);
    assert_eq!((again.code, &again.body), (201, &first.body));
    desk.kill();
    let desk = room.desk();
    let again = desk.post_as("operator", "/api/reports", &key, &body);
    assert_eq!((again.code, &again.body), (201, &first.body));
    assert_eq!(room.entries(), entries, "nothing was logged twice");
    let mut other = body.clone();
    other["fields"]["killed"] = json!("4");
    assert_eq!(desk.post_as("operator", "/api/reports", &key, &other).code, 409);
    // Another person's key is another key.
    assert_eq!(desk.post_as("monitor", "/api/reports", &key, &body).code, 201);
    assert!(room.entries() > entries);
}

#[test]
fn what_cannot_be_read_is_named_and_nothing_is_written() {
    let room = Room::new();
    let desk = room.desk();
    let entries = room.entries();
    let mut wrong = report();
    wrong["fields"]["when"] = json!("yesterday");
    wrong["fields"]["killed"] = json!("many");
    let told = desk.post("operator", "/api/reports", &wrong);
    assert_eq!(told.code, 422, "{told:?}");
    let named: Vec<&str> =
        told.body["refusals"].as_array().unwrap().iter().filter_map(|one| one["field"].as_str()).collect();
    assert!(named.contains(&"when") && named.contains(&"killed"), "{told:?}");
    for body in [
        json!([]),
        json!({}),
        json!({ "words": "" }),
        json!({ "words": "\u{0}\u{1}\u{2}" }),
        json!({ "words": "…" }),
        json!({ "words": "a", "by": "somebody" }),
        json!({ "words": "a", "fields": { "source": "msf" } }),
        json!({ "words": "a", "fields": { "act": ["shelling"] } }),
        json!({ "words": "a", "fields": { "place": "x".repeat(301) } }),
        json!({ "words": "a", "fields": { "place": "two\nlines" } }),
        json!({ "words": "a", "said_by": { "source": "sealed-000000000000000000000000" } }),
        json!({ "words": "a", "said_by": { "caller": "A Name" } }),
        json!({ "words": "a", "said_by": "somebody" }),
        json!({ "words": "a", "language": "xyz" }),
        json!({ "words": "a", "known": "2016-05-03" }),
        json!({ "words": "a", "date": "soon" }),
        json!({ "words": "x".repeat(300_000) }),
    ] {
        let told = desk.post("operator", "/api/reports", &body);
        assert_eq!(told.code, 400, "{body}: {told:?}");
    }
    let long = json!({ "words": "x".repeat(1_100_000) });
    assert_eq!(desk.post("operator", "/api/reports", &long).code, 413);
    assert_eq!(room.entries(), entries);
}

#[test]
fn words_are_proposed_and_what_is_confirmed_becomes_reports() {
    let room = Room::new();
    let desk = room.desk();
    let entries = room.entries();
    for (words, language) in [
        ("Shelling killed 3 people and wounded 7 in Aleppo on 3 May 2016.", "en"),
        ("قتل 3 أشخاص وأصيب 7 في قصف مدفعي على حلب في 3 أيار 2016.", "ar"),
        ("В результате артобстрела в Алеппо 3 мая 2016 года погибли 3 человека, 7 ранены.", "ru"),
        ("Унаслідок артобстрілу в Алеппо 3 травня 2016 року загинули 3 людини, 7 поранено.", "uk"),
    ] {
        let read = desk.post("hum", "/api/proposals", &json!({ "words": words }));
        assert_eq!((read.code, read.body["language"].as_str()), (200, Some(language)), "{read:?}");
        let first = &read.body["proposals"][0];
        assert!(first["id"].is_string(), "{language}: {read:?}");
        let span = &first["span"];
        let letters: Vec<u16> = words.encode_utf16().collect();
        let (from, to) = (span["from"].as_u64().unwrap() as usize, span["to"].as_u64().unwrap() as usize);
        assert_eq!(String::from_utf16(&letters[from..to]).unwrap(), span["words"].as_str().unwrap());
        assert_eq!(room.entries(), entries, "reading writes nothing");
    }
    let words = "Shelling killed 3 people and wounded 7 in Aleppo on 3 May 2016.";
    let read = desk.post("hum", "/api/proposals", &json!({ "words": words })).body;
    let id = read["proposals"][0]["id"].clone();
    let steps = json!([{ "proposal": id, "said": "corrected", "fields": { "killed": "4" } }]);
    let body = json!({ "words": words, "said_by": { "source": "gazette" }, "steps": steps });
    let key = key();
    let told = desk.post_as("hum", "/api/proposals/confirmed", &key, &body);
    assert_eq!(told.code, 201, "{told:?}");
    assert_eq!(told.body["reports"][0]["understood"]["event"]["killed"], "4", "{told:?}");
    assert_eq!(desk.post_as("hum", "/api/proposals/confirmed", &key, &body).body, told.body);
    let receipt = told.body["receipt"].as_str().unwrap().to_owned();
    let shown = good(&["proposals", "--store", &room.store(), "--receipt", &receipt, "--format", "json"]);
    assert!(shown.contains("\"said\":\"corrected\"") && shown.contains("\"by\":\"hum\""), "{shown}");
    let never = json!({ "words": words, "steps": [{ "proposal": "incident-1-2", "said": "confirmed" }] });
    assert_eq!(desk.post("hum", "/api/proposals/confirmed", &never).code, 400);
}
