//! Acts of an office in a case of its centre, over HTTP: logged once, forwarded, and taken or refused by the centre alone.

use serde_json::{Value, json};

use crate::common::{good, run, text};
use crate::room::Room;

/// A room that is an office, and its centre under the same mission, with a case there.
struct House {
    room: Room,
    ops: String,
    case: String,
}

impl House {
    fn new() -> Self {
        let room = Room::new();
        let ops = text(&room.dir.path().join("centre"));
        good(&["load", &text(&room.dir.path().join("small")), "--store", &ops]);
        let key = std::fs::read_to_string(room.path().join("log.pub")).unwrap();
        let who = ["--by", "geneva", "--why", "opened in March"];
        let admit =
            ["office", "admit", "--name", "amman", "--key", key.trim(), "--format", "json", "--store"];
        let told = good(&[&admit[..], &[&ops], &who].concat());
        let told: Value = serde_json::from_str(&told).unwrap();
        let (key, recipient) = (told["key"].as_str().unwrap(), told["recipient"].as_str().unwrap());
        let join = ["office", "join", "--key", key, "--recipient", recipient, "--store"];
        good(&[&join[..], &[&room.store()], &who].concat());
        let open = ["case", "open", "--store", &ops, "--by", "operator", "--format", "json"];
        let what =
            ["--procedure", "arbitration", "--clause", "fire", "--incident", "i-1", "--against", "ahrar"];
        let told = good(&[&open[..], &what, &["--complainant", "public"]].concat());
        let told: Value = serde_json::from_str(&told).unwrap();
        let case = told["case"].as_str().unwrap().to_owned();
        Self { room, ops, case }
    }

    fn path(&self) -> String {
        format!("/api/centre/cases/{}/acts", self.case)
    }

    fn forward(&self) {
        let at = |name: &str| text(&self.room.dir.path().join(name));
        good(&["office", "pack", "--store", &self.room.store(), "--out", &at("letter")]);
        good(&["office", "take", &at("letter"), "--store", &self.ops, "--out", &at("answer")]);
        good(&["office", "settle", &at("answer"), "--store", &self.room.store()]);
        assert_eq!(run(&["office", "outbox", "--store", &self.room.store()]).code, 0, "nothing waits");
    }

    fn there(&self) -> Value {
        let out = good(&["case", "show", &self.case, "--store", &self.ops, "--format", "json"]);
        serde_json::from_str(&out).unwrap()
    }
}

#[test]
fn an_act_at_an_office_waits_for_the_centre_once_and_the_centre_takes_it() {
    let house = House::new();
    let desk = house.room.desk();
    let notice = json!({ "act": { "step": { "step": "notice" } }, "words": "Уведомление · إشعار <b>" });
    let told = desk.post_as("petrova", &house.path(), "key-of-the-notice", &notice);
    assert_eq!(told.code, 202, "{told:?}");
    assert_eq!(
        (&told.body["case"], &told.body["waits"]),
        (&json!(format!("centre:{}", house.case)), &json!(true))
    );
    let entries = house.room.entries();
    let again = desk.post_as("petrova", &house.path(), "key-of-the-notice", &notice);
    assert_eq!((again.code, &again.body), (202, &told.body), "the same answer");
    let other = json!({ "act": { "means": {} }, "words": "a call" });
    assert_eq!(desk.post_as("petrova", &house.path(), "key-of-the-notice", &other).code, 409);
    let elsewhere = "/api/centre/cases/c999/acts";
    assert_eq!(desk.post_as("petrova", elsewhere, "key-of-the-notice", &notice).code, 409);
    assert_eq!(house.room.entries(), entries, "nothing was added");
    // The office has no such case, and says so to who asks for it; before the centre has it, nothing has happened there.
    assert_eq!(desk.get("petrova", &format!("/api/cases/{}", house.case)).code, 404);
    assert_eq!(house.there()["stands"], "notice");
    drop(desk);
    house.forward();
    let there = house.there();
    assert_eq!((&there["stands"], &there["refused"]), (&json!("judge"), &json!([])));
    assert_eq!((&there["done"][0]["by"], &there["done"][0]["words"]), (&json!("petrova"), &notice["words"]));
    // How it came stands beside it.
    let paper = good(&["case", "dossier", &house.case, "--store", &house.ops, "--by", "petrova", "--json"]);
    let paper: Value = serde_json::from_str(&paper).unwrap();
    let given = paper["proof"]["inclusions"].as_array().unwrap();
    assert!(given.iter().any(|one| one["office"] == "amman" && one["vouched"] == "desk"), "{given:?}");
}

#[test]
fn whose_role_takes_no_such_act_is_refused_before_anything_is_written() {
    let house = House::new();
    let desk = house.room.desk();
    let entries = house.room.entries();
    let stance = json!({ "happened": "yes", "who": ["ahrar"], "prohibited": "yes", "gravity": null });
    let judge = json!({ "act": { "determine": { "step": "judge", "then": "settled", "stance": stance } } });
    for person in ["petrova", "omar", "operator", "guard", "anyone"] {
        let told = desk.post(person, &house.path(), &judge);
        assert_eq!(told.code, 403, "{person}: {told:?}");
    }
    for (body, code) in [
        (json!({ "act": { "open": {} } }), 400),
        (json!({ "act": { "step": { "step": "notice", "by": "ivan" } } }), 400),
        (json!({ "act": { "means": {} }, "words": "x".repeat(40_000) }), 400),
        (json!([]), 400),
    ] {
        assert_eq!(desk.post("petrova", &house.path(), &body).code, code, "{body}");
    }
    assert_eq!(desk.post("petrova", "/api/centre/cases/all/acts", &judge).code, 404);
    assert_eq!(house.room.entries(), entries, "nothing was written");
    // Who decides may say so here; what the centre makes of it, the case being elsewhere, is the centre's and kept there.
    assert_eq!(desk.post("ivan", &house.path(), &judge).code, 202);
    drop(desk);
    house.forward();
    let there = house.there();
    assert_eq!(there["stands"], "notice");
    let why = there["refused"][0]["why"].as_str().unwrap();
    assert!(why.contains("the case stands at notice"), "{why}");
}
