//! Acts in cases at an office, and bulletins that it froze, forwarded to the centre: the same acts under the centre's numbers, counted from when the centre
//! took them; what the centre's mission does not know is refused there and kept.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{good, run, text};
use serde_json::{Value, json};

const MISSION: &str = r#"mission small {
    title en="A small truce"
    zone "Asia/Damascus"
}
person "petrova" role="legal-officer"
person "operator" role="hotline-operator"
person "ivan" role="co-chair" for="russia"
person "jane" role="co-chair" for="united-states"
"#;

struct House {
    dir: tempfile::TempDir,
}

impl House {
    /// A centre and an office that has joined it, both under the same agreement; the office's mission names one person more.
    fn new() -> Self {
        let house = Self { dir: tempfile::tempdir().unwrap() };
        house.load("ops", MISSION);
        house.load("amman", &format!("{MISSION}person \"mallory\" role=\"legal-officer\"\n"));
        let key = std::fs::read_to_string(house.dir.path().join("amman/log.pub")).unwrap();
        let who = ["--by", "geneva", "--why", "opened in March"];
        let admit =
            ["office", "admit", "--name", "amman", "--key", key.trim(), "--format", "json", "--store"];
        let told = good(&[&admit[..], &[&house.at("ops")], &who].concat());
        let told: Value = serde_json::from_str(&told).unwrap();
        let word = |name: &str| told[name].as_str().unwrap().to_owned();
        let (key, recipient) = (word("key"), word("recipient"));
        let join = ["office", "join", "--key", &key, "--recipient", &recipient, "--store"];
        good(&[&join[..], &[&house.at("amman")], &who].concat());
        house
    }

    fn at(&self, name: &str) -> String {
        text(&self.dir.path().join(name))
    }

    fn load(&self, store: &str, mission: &str) {
        let folder = self.dir.path().join(format!("mission-{store}"));
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("agreement.md"), include_str!("fixtures/small_truce.md")).unwrap();
        std::fs::write(folder.join("actors.csv"), include_str!("fixtures/small_truce.csv")).unwrap();
        std::fs::write(folder.join("mission.kdl"), mission).unwrap();
        good(&["load", &text(&folder), "--store", &self.at(store)]);
    }

    /// An act; gives what was told.
    fn act(&self, store: &str, by: &str, what: &str, rest: &[&str]) -> Value {
        let store = self.at(store);
        let base = ["case", what, "--store", &store, "--by", by, "--format", "json"];
        serde_json::from_str(&good(&[&base[..], rest].concat())).unwrap()
    }

    fn forward(&self) {
        let (letter, answer) = (self.at("letter"), self.at("answer"));
        good(&["office", "pack", "--store", &self.at("amman"), "--out", &letter]);
        good(&["office", "take", &letter, "--store", &self.at("ops"), "--out", &answer]);
        good(&["office", "settle", &answer, "--store", &self.at("amman")]);
        assert_eq!(run(&["office", "outbox", "--store", &self.at("amman")]).code, 0, "nothing waits");
    }

    fn cases(&self) -> Vec<Value> {
        let out = good(&["case", "list", "--store", &self.at("ops"), "--format", "json"]);
        out.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}

#[test]
fn acts_of_an_office_stand_in_the_centres_cases_under_its_numbers() {
    let house = House::new();
    // The centre's numbers are others than the office's.
    house.act("ops", "operator", "open", &opening("i-of-the-centre"));
    let opened = house.act("amman", "operator", "open", &opening("i-1"));
    let there = opened["case"].as_str().unwrap().to_owned();
    let item = house.act("amman", "petrova", "evidence", &[&there, "--sealed", "--words", "a photograph"]);
    let item = item["entry"].to_string();
    house.act("amman", "petrova", "disclose", &[&there, &item, "opposition"]);
    house.act("amman", "petrova", "step", &[&there, "notice", "--words", "You are asked."]);
    house.forward();

    let all = house.cases();
    assert_eq!(all.len(), 2, "{all:?}");
    let here = all.iter().find(|one| one["incidents"] == json!(["i-1"])).unwrap();
    assert_ne!(here["case"], there.as_str());
    assert_eq!((&here["stands"], &here["words"]), (&json!("judge"), &json!("CANARY-ALLEGATION")));
    assert_eq!(here["evidence"][0]["words"], "a photograph");
    assert_ne!(here["evidence"][0]["entry"].to_string(), item, "the centre's number");
    assert_eq!(here["evidence"][0]["disclosed"][0]["to"], "opposition");
    assert_eq!(here["refused"], json!([]));

    // At the centre it goes on; at the office nothing comes back. Taken again, nothing is twice.
    let case = here["case"].as_str().unwrap().to_owned();
    for by in ["ivan", "jane"] {
        let answers = ["--happened", "yes", "--who", "ahrar", "--prohibited", "yes", "--gravity", "minor"];
        house.act(
            "ops",
            by,
            "determine",
            &[&[case.as_str(), "judge", "--then", "settled"], &answers[..]].concat(),
        );
    }
    house.act("amman", "petrova", "means", &[&there, "--words", "a call"]);
    house.forward();
    let all = house.cases();
    let here = all.iter().find(|one| one["case"] == case.as_str()).unwrap();
    assert_eq!((&here["stands"], here["determinations"].as_array().unwrap().len()), (&json!("settled"), 1));
    assert_eq!(all.len(), 2, "{all:?}");
    good(&["verify", "--store", &house.at("ops")]);
}

#[test]
fn in_a_case_of_the_centre_an_office_acts_by_its_number_and_what_came_too_late_is_shown_to_people() {
    let house = House::new();
    let opened = house.act("ops", "operator", "open", &opening("i-1"));
    let case = opened["case"].as_str().unwrap().to_owned();
    let there = format!("centre:{case}");
    // With a replica beside it the office is told what the centre would say, as far as it is known there.
    let key = std::fs::read_to_string(house.dir.path().join("ops/log.pub")).unwrap();
    let replica = house.at("replica");
    good(&["follow", "--from", &house.at("ops"), "--store", &replica, "--key", key.trim()]);
    let told = house.act("amman", "petrova", "step", &[&there, "judge", "--beside", &replica]);
    assert_eq!((&told["case"], &told["would_be_taken"]), (&json!(there), &json!(false)), "{told}");
    assert!(told["why"].as_str().unwrap().contains("the case stands at notice"), "{told}");
    let told =
        house.act("amman", "petrova", "step", &[&there, "notice", "--beside", &replica, "--words", "asked"]);
    assert_eq!((&told["would_be_taken"], &told["waits"]), (&json!(true), &json!(true)), "{told}");
    let item = house.act("amman", "petrova", "evidence", &[&there, "--words", "a photograph"]);
    assert!(item["would_be_taken"].is_null(), "nobody looked: {item}");
    // The office has no such case, and nothing of it counts before the centre has it.
    assert!(!good(&["case", "list", "--store", &house.at("amman"), "--format", "json"]).contains(&case));
    assert_eq!(house.cases()[0]["stands"], "notice");
    // Meanwhile the centre has given notice itself.
    house.act("ops", "petrova", "step", &[&case, "notice"]);
    house.forward();
    let here = &house.cases()[0];
    assert_eq!(here["stands"], "judge", "{here}");
    assert_eq!(here["evidence"][0]["words"], "a photograph");
    assert_eq!(here["refused"].as_array().unwrap().len(), 2, "{here}");
    let conflicts = run(&["office", "conflicts", "--store", &house.at("ops")]);
    assert_eq!(conflicts.code, 1, "{}", conflicts.out);
    assert!(conflicts.out.contains("of amman (petrova) step in"), "{}", conflicts.out);
    assert!(conflicts.out.contains("the case stands at judge"), "{}", conflicts.out);
    // Somebody acts in the case with both before them: then it is settled.
    house.act("ops", "petrova", "means", &[&case, "--words", "called both"]);
    let conflicts = run(&["office", "conflicts", "--store", &house.at("ops")]);
    assert_eq!(conflicts.code, 0, "{}", conflicts.out);
    // The paper says how each act came.
    let paper = good(&["case", "dossier", &case, "--store", &house.at("ops"), "--by", "petrova", "--json"]);
    let paper: Value = serde_json::from_str(&paper).unwrap();
    let given = paper["proof"]["inclusions"].as_array().unwrap();
    assert!(given.iter().any(|one| one["office"] == "amman" && one["vouched"] == "machine"), "{given:?}");
    // In a store that has joined no centre there is none to mean.
    let none =
        run(&["case", "means", &there, "--store", &house.at("ops"), "--by", "petrova", "--words", "x"]);
    assert!(none.code == 2 && none.err.contains("joined no centre"), "{}", none.err);
    good(&["verify", "--store", &house.at("ops")]);
}

#[test]
fn who_is_nobody_at_the_centre_is_refused_there_and_kept() {
    let house = House::new();
    let opened = house.act("amman", "operator", "open", &opening("i-1"));
    let there = opened["case"].as_str().unwrap().to_owned();
    house.act("amman", "mallory", "step", &[&there, "notice"]);
    house.forward();
    let all = house.cases();
    assert_eq!(all[0]["stands"], "notice", "nobody at the centre has given notice: {all:?}");
    assert_eq!(all[0]["refused"][0]["by"], "mallory", "{all:?}");
}

#[test]
fn a_bulletin_of_an_office_is_on_record_at_the_centre_and_none_of_its_own() {
    let house = House::new();
    good(&["publish", "--store", &house.at("amman"), "--by", "petrova"]);
    house.forward();
    let told = good(&["office", "bulletins", "--store", &house.at("ops"), "--format", "json"]);
    let told: Value = serde_json::from_str(told.trim()).unwrap();
    assert_eq!(told["office"], "amman");
    let digest = &told["bulletin"]["files"]["bulletin.html"]["sha256"];
    assert!(digest.is_string(), "{told}");
    let published = run(&["published", "--store", &house.at("ops"), "--format", "json"]);
    assert!(!published.out.contains("findings"), "the centre froze none: {}", published.out);
    assert!(!good(&["refused", "--store", &house.at("ops")]).contains("cannot be read"));
}

fn opening(incident: &str) -> [&str; 12] {
    [
        "--procedure",
        "arbitration",
        "--clause",
        "fire",
        "--incident",
        incident,
        "--against",
        "ahrar",
        "--complainant",
        "public",
        "--words",
        "CANARY-ALLEGATION",
    ]
}
