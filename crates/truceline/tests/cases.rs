//! Cases from the command line: an allegation goes its way by the terms' procedure, and what is refused is kept.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const AGREEMENT: &str = include_str!("fixtures/small_truce.md");

const MISSION: &str = r#"mission small {
    title en="A small truce"
    zone "Asia/Damascus"
    opens-at "2016-06-01T00:00"
}
person "petrova" role="legal-officer"
person "night-watch" role="watch-officer"
person "operator" role="hotline-operator"
person "ivan" role="co-chair" for="russia"
person "jane" role="co-chair" for="united-states"
person "omar" role="party-liaison" for="opposition"
"#;

const ACTORS: &str = include_str!("fixtures/small_truce.csv");

struct Mission {
    dir: tempfile::TempDir,
}

impl Mission {
    fn new(mission: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("small");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("agreement.md"), AGREEMENT).unwrap();
        std::fs::write(folder.join("mission.kdl"), mission).unwrap();
        std::fs::write(folder.join("actors.csv"), ACTORS).unwrap();
        let made = Self { dir };
        let out = made.run(&["load", folder.to_str().unwrap(), "--store", made.store().to_str().unwrap()]);
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        made
    }

    fn store(&self) -> PathBuf {
        self.dir.path().join("ops")
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(program()).args(args).output().unwrap()
    }

    /// `case WHAT --store … --format json`, at a moment, by somebody: the code, and what it told.
    fn case(&self, at: &str, by: &str, what: &str, rest: &[&str]) -> (i32, Value) {
        let store = self.store();
        let mut args = vec!["case", what, "--store", store.to_str().unwrap(), "--format", "json", "--by", by];
        if !at.is_empty() {
            args.extend(["--when", at]);
        }
        args.extend(rest);
        let out = self.run(&args);
        let told = serde_json::from_slice(&out.stdout).unwrap_or(Value::Null);
        let code = out.status.code().unwrap();
        assert!(code < 2 || told.is_null(), "{}", String::from_utf8_lossy(&out.stderr));
        (
            code,
            if told.is_null() {
                Value::from(String::from_utf8_lossy(&out.stderr).into_owned())
            } else {
                told
            },
        )
    }

    fn show(&self, case: &str, as_of: &str) -> Value {
        let store = self.store();
        let args =
            ["case", "show", case, "--store", store.to_str().unwrap(), "--as-of", as_of, "--format", "json"];
        let out = self.run(&args);
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        serde_json::from_slice(&out.stdout).unwrap()
    }

    fn open(&self) -> String {
        let (code, told) = self.case(
            "2016-05-03T12:00",
            "operator",
            "open",
            &[
                "--procedure",
                "arbitration",
                "--clause",
                "fire",
                "--incident",
                "i-1",
                "--against",
                "ahrar",
                "--complainant",
                "public",
                "--words",
                "CANARY-ALLEGATION",
            ],
        );
        assert_eq!(code, 0, "{told}");
        told["case"].as_str().unwrap().to_owned()
    }
}

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_truceline"))
}

/// What is shown has the members that the schema says, all the way down, and no other.
fn holds(case: &Value) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema/case.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    fits(case, &schema, &schema);
}

fn fits(value: &Value, rule: &Value, schema: &Value) {
    if let Some(place) = rule["$ref"].as_str() {
        return fits(value, &schema["$defs"][place.trim_start_matches("#/$defs/")], schema);
    }
    if let Some(rules) = rule["oneOf"].as_array() {
        return if value.is_null() { assert!(rules.len() == 2) } else { fits(value, &rules[0], schema) };
    }
    if let Some(words) = rule["enum"].as_array() {
        assert!(words.contains(value), "{value} is none of {words:?}");
    }
    for element in value.as_array().into_iter().flatten() {
        fits(element, &rule["items"], schema);
    }
    for (key, below) in value.as_object().into_iter().flatten() {
        let told = rule["properties"].get(key).unwrap_or_else(|| panic!("{key} is not in the schema"));
        fits(below, told, schema);
    }
    for key in rule["required"].as_array().into_iter().flatten() {
        assert!(value.get(key.as_str().unwrap()).is_some(), "{key} is missing");
    }
}

const YES: [&str; 6] = ["--happened", "yes", "--who", "ahrar", "--prohibited", "yes"];

#[test]
fn from_an_allegation_to_a_joint_determination_and_back() {
    let mission = Mission::new(MISSION);
    let case = mission.open();
    assert_eq!(mission.case("2016-05-03T14:00", "petrova", "step", &[&case, "notice"]).0, 0);
    let judge = |at: &str, by: &str, then: &str, gravity: &str| {
        let rest = [&[case.as_str(), "judge", "--then", then, "--gravity", gravity], &YES[..]].concat();
        mission.case(at, by, "determine", &rest)
    };
    assert_eq!(judge("2016-05-03T15:00", "ivan", "settled", "serious").0, 0);
    let (code, told) = judge("2016-05-03T16:00", "ivan", "talk", "minor");
    assert_eq!(code, 1, "who decides twice is refused, and it is kept: {told}");
    assert!(told["why"].as_str().unwrap().contains("has acted in this step"), "{told}");
    let (code, told) = judge("2016-05-03T17:00", "omar", "talk", "minor");
    assert_eq!(code, 1);
    assert!(told["why"].as_str().unwrap().contains("a party-liaison may not determine"), "{told}");
    let (code, told) = mission.case("2016-05-03T17:00", "mallory", "recuse", &[&case]);
    assert_eq!(code, 2, "a stranger is refused before anything is written: {told}");
    assert_eq!(judge("2016-05-03T18:00", "jane", "settled", "serious").0, 0);
    let shown = mission.show(&case, "2016-05-04T00:00");
    assert_eq!((shown["stands"].as_str(), shown["phase"].as_str()), (Some("settled"), Some("ended")));
    assert_eq!(shown["determinations"][0]["kind"], "joint");
    assert_eq!(shown["determinations"][0]["stance"]["gravity"], "serious");
    assert_eq!(shown["refused"].as_array().unwrap().len(), 2);
    holds(&shown);
    let before = mission.show(&case, "2016-05-03T15:30");
    holds(&before);
    assert_eq!(before["stands"], "judge", "as of then, one had spoken");
    assert_eq!(before["awaited"]["who"], serde_json::json!(["united-states"]));
    // It derives again, and the record holds nothing in clear.
    let store = mission.store();
    let verified = mission.run(&["verify", "--store", store.to_str().unwrap()]);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

#[test]
fn silence_moves_a_case_that_nobody_watches_and_the_watch_tells_the_record() {
    let mission = Mission::new(MISSION);
    let case = mission.open();
    let shown = mission.show(&case, "2016-05-06T12:01");
    assert_eq!(shown["stands"], "talk", "notice ran out on the 4th, the judging on the 6th");
    // A clock that began when another ran out has no entry of its own yet, and says so.
    let begun = |of: &str, told: Value| serde_json::json!({ "lapse_of": of, "told": told });
    assert_eq!(shown["clocks"][0]["begun_by"], Value::Null);
    assert_eq!(shown["clocks"][1]["begun_by"], begun("notice", Value::Null));
    assert_eq!(shown["clocks"][2]["begun_by"], begun("judge", Value::Null));
    let store = mission.store();
    let text_of = |at: &str| {
        let store = store.to_str().unwrap();
        let out = mission.run(&["case", "show", &case, "--store", store, "--as-of", at]);
        String::from_utf8_lossy(&out.stdout).into_owned()
    };
    let text = text_of("2016-05-06T12:01");
    assert!(text.contains("clock of talk: 48 hours of judge (arbitration)"), "{text}");
    assert!(text.contains("(judge ran out, NOT YET TOLD to the record)"), "{text}");
    let watch = [
        "case",
        "watch",
        "--store",
        store.to_str().unwrap(),
        "--by",
        "night-watch",
        "--when",
        "2016-05-06T13:00",
    ];
    let out = mission.run(&watch);
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(text.contains("notice ran out and led to judge"), "{text}");
    assert!(text.contains("judge ran out and led to talk"), "{text}");
    let again = mission.run(&watch);
    let text = String::from_utf8_lossy(&again.stdout).into_owned();
    assert!(!text.contains("ran out"), "told once: {text}");
    let shown = mission.show(&case, "2016-05-06T14:00");
    for n in [0, 1] {
        let told = &shown["clocks"][n]["recorded"];
        assert!(told.is_u64(), "{shown}");
        assert_eq!(shown["clocks"][n + 1]["begun_by"]["told"], *told, "the entry that it has now");
    }
    let text = text_of("2016-05-06T14:00");
    assert!(!text.contains("NOT YET TOLD") && text.contains("judge ran out, told by entry"), "{text}");
    // The paper says it in words, for who sees all of it.
    let store = store.to_str().unwrap();
    let paper = |at: &str| {
        let args = ["case", "dossier", &case, "--store", store, "--by", "petrova", "--as-of", at];
        String::from_utf8_lossy(&mission.run(&args).stdout).into_owned()
    };
    assert!(paper("2016-05-06T12:01").contains("the record was not told of it yet"));
    let after = paper("2016-05-06T14:00");
    assert!(
        !after.contains("not told of it yet") && after.contains("began when this time ran out:"),
        "{after}"
    );
}

#[test]
fn a_misspelt_word_is_kept_as_it_was_sent_and_told_what_it_may_mean() {
    let mission = Mission::new(MISSION);
    let open = |procedure: &str, clause: &str, against: &str| {
        let rest = ["--procedure", procedure, "--clause", clause, "--incident", "i-1", "--against", against];
        mission.case(
            "2016-05-03T11:00",
            "operator",
            "open",
            &[&rest[..], &["--complainant", "public"]].concat(),
        )
    };
    for (procedure, clause, against, meant) in [
        ("arbitraton", "fire", "ahrar", "did you mean \"arbitration\"?"),
        ("arbitration", "fir", "ahrar", "did you mean \"fire\"?"),
        ("arbitration", "fire", "ahrarr", "did you mean \"ahrar\"?"),
    ] {
        let (code, told) = open(procedure, clause, against);
        assert_eq!(code, 1, "{told}");
        assert!(told["advice"].as_str().unwrap().contains(meant), "{told}");
    }
    let case = mission.open();
    let (code, told) = mission.case("2016-05-03T13:00", "petrova", "step", &[&case, "notise"]);
    assert_eq!((code, &told["stands"]), (1, &"notice".into()), "{told}");
    assert!(told["advice"].as_str().unwrap().contains("did you mean \"notice\"?"), "{told}");
    let (_, told) = mission.case("2016-05-03T13:00", "petrova", "step", &[&case, "judge"]);
    assert_eq!(told["advice"], "", "a step that there is and that is not due is no slip of the pen");
    let store = mission.store();
    let means = ["case", "means", &case, "--store", store.to_str().unwrap(), "--by", "petrova"];
    let out = mission.run(&[&means[..], &["--words", "a call", "--when", "2016-05-03T13:05"]].concat());
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(text.contains("waits for mission: notice"), "whoever acts is told whom it waits for: {text}");
}

#[test]
fn an_exclusion_acts_in_the_judge_from_its_entry_on() {
    let mission = Mission::new(MISSION);
    let case = mission.open();
    mission.case("2016-05-03T13:00", "petrova", "step", &[&case, "notice"]);
    let rest = [&[case.as_str(), "judge", "--then", "talk"], &YES[..]].concat();
    mission.case("2016-05-03T14:00", "ivan", "determine", &rest);
    mission.case("2016-05-03T15:00", "jane", "determine", &rest);
    let (code, told) =
        mission.case("2016-05-03T16:00", "ivan", "step", &[&case, "talk", "--then", "ministers"]);
    assert_eq!(code, 1);
    assert!(told["why"].as_str().unwrap().contains("2 means short of force"), "{told}");
    mission.case("2016-05-03T17:00", "operator", "means", &[&case, "--words", "a call"]);
    assert_eq!(
        mission.case("2016-05-03T18:00", "jane", "step", &[&case, "talk", "--then", "ministers"]).0,
        0
    );
    assert_eq!(
        mission.case("2016-05-04T09:00", "petrova", "step", &[&case, "ministers", "--then", "out"]).0,
        0
    );
    let incidents = mission.dir.path().join("incidents.csv");
    std::fs::write(
        &incidents,
        "id,kind,known,source,act,when,actor\n\
         a,event,2016-05-04T12:00:00Z,somebody,shelling,2016-05-04T08:00,ahrar\n\
         b,event,2016-05-04T12:00:00Z,somebody,shelling,2016-05-04T10:00,ahrar\n",
    )
    .unwrap();
    let store = mission.store();
    let out = mission.run(&[
        "import",
        incidents.to_str().unwrap(),
        "--mapping",
        "truceline",
        "--store",
        store.to_str().unwrap(),
    ]);
    assert!(out.status.code().unwrap() < 2, "{}", String::from_utf8_lossy(&out.stderr));
    let once = mission.dir.path().join("out");
    let out = mission.run(&[
        "replay",
        "--store",
        store.to_str().unwrap(),
        "--out",
        once.to_str().unwrap(),
        "--as-of",
        "2016-05-05T00:00",
    ]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let findings = std::fs::read_to_string(once.join("findings.jsonl")).unwrap();
    let outcomes: Vec<Value> = findings.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<&str> = outcomes.iter().map(|f| f["outcome"].as_str().unwrap()).collect();
    assert!(
        told.contains(&"prohibited") && told.contains(&"not-covered"),
        "before and after the exclusion: {findings}"
    );
}

#[test]
fn in_a_mission_that_does_not_look_back_only_the_record_s_clock_counts() {
    let mission = Mission::new(&MISSION.replace("    opens-at \"2016-06-01T00:00\"\n", ""));
    let (code, told) = mission.case(
        "2016-05-03T12:00",
        "operator",
        "open",
        &["--procedure", "arbitration", "--clause", "fire", "--incident", "i-1", "--complainant", "public"],
    );
    assert_eq!(code, 2);
    assert!(told.as_str().unwrap().contains("looks back"), "{told}");
    let (code, told) = mission.case(
        "",
        "operator",
        "open",
        &["--procedure", "arbitration", "--clause", "fire", "--incident", "i-1", "--complainant", "public"],
    );
    assert_eq!(code, 0, "{told}");
    let out = mission.run(&["case", "list", "--store", mission.store().to_str().unwrap()]);
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(text.contains("waits for mission until"), "{text}");
}

#[test]
fn a_threshold_opens_a_case_only_when_it_is_reached() {
    let mission = Mission::new(MISSION);
    let persistent = |at: &str| {
        mission.case(
            at,
            "petrova",
            "open",
            &[
                "--procedure",
                "arbitration",
                "--clause",
                "fire",
                "--against",
                "ahrar",
                "--complainant",
                "threshold:persistent",
            ],
        )
    };
    let (code, told) = persistent("2016-05-03T11:00");
    assert_eq!(code, 2, "{told}");
    assert!(told.as_str().unwrap().contains("number is not reached"), "{told}");
    for (n, day) in ["2016-05-03", "2016-05-05"].iter().enumerate() {
        let at = |hour: &str| format!("{day}T{hour}:00");
        let incident = format!("i-{n}");
        let (code, told) = mission.case(
            &at("12"),
            "operator",
            "open",
            &[
                "--procedure",
                "arbitration",
                "--clause",
                "fire",
                "--incident",
                &incident,
                "--against",
                "ahrar",
                "--complainant",
                "public",
            ],
        );
        assert_eq!(code, 0, "{told}");
        let case = told["case"].as_str().unwrap().to_owned();
        mission.case(&at("13"), "petrova", "step", &[&case, "notice"]);
        let rest = [&[case.as_str(), "judge", "--then", "settled"], &YES[..]].concat();
        mission.case(&at("14"), "ivan", "determine", &rest);
        assert_eq!(mission.case(&at("15"), "jane", "determine", &rest).0, 0);
    }
    // With the second determination the terms have opened it by themselves; who alleges it again is told so.
    let out =
        mission.run(&["case", "list", "--store", mission.store().to_str().unwrap(), "--format", "json"]);
    let all = String::from_utf8_lossy(&out.stdout).into_owned();
    let all: Vec<Value> = all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let opened: Vec<&Value> = all.iter().filter(|one| one["opened_by"] == "the-terms").collect();
    assert_eq!(opened.len(), 1, "{all:?}");
    assert_eq!(opened[0]["complainants"], serde_json::json!(["threshold:persistent"]));
    assert_eq!(opened[0]["since"], "2016-05-05T12:00:00Z", "when the second was determined");
    assert_eq!(opened[0]["rests_on"].as_array().unwrap().len(), 2);
    holds(opened[0]);
    let (code, told) = persistent("2016-05-06T11:00");
    assert_eq!(code, 1, "{told}");
    assert!(told["why"].as_str().unwrap().contains("is open"), "{told}");
}

#[test]
fn a_referral_is_one_file_with_what_was_tried_and_its_proof() {
    let mission = Mission::new(MISSION);
    let case = mission.open();
    let refer = |name: &str, by: &str| {
        let (store, file) = (mission.store(), mission.dir.path().join(name));
        let args = ["case", "referral", &case, "--store", store.to_str().unwrap(), "--by", by, "--out"];
        let out = mission.run(&[&args[..], &[file.to_str().unwrap()]].concat());
        (
            out.status.code().unwrap(),
            String::from_utf8_lossy(&out.stderr).into_owned(),
            std::fs::read_to_string(file).unwrap_or_default(),
        )
    };
    let (code, why, _) = refer("early.html", "petrova");
    assert_eq!((code, why.contains("refers nothing")), (1, true), "{code} {why}");
    assert_eq!(mission.case("2016-05-03T14:00", "petrova", "step", &[&case, "notice"]).0, 0);
    assert_eq!(
        mission.case("2016-05-05T13:00", "ivan", "means", &[&case, "--words", "CALL <b>one</b>"]).0,
        0
    );
    let talk = [case.as_str(), "talk", "--then", "ministers", "--words", "CALL two"];
    assert_eq!(mission.case("2016-05-05T15:00", "jane", "step", &talk).0, 0);

    let (code, why, page) = refer("referral.html", "petrova");
    assert_eq!(code, 0, "{why}");
    let at = |words: &str| page.find(words).unwrap_or_else(|| panic!("{words} is not in it"));
    assert!(at("CALL &lt;b&gt;one&lt;/b&gt;") < at("CALL two"), "in the order in which they were tried");
    assert!(at("CALL two") < at("id=\"case-referral\""), "what was tried comes before the counts");
    assert!(at("id=\"case-referral\"") < at("id=\"case-proof\""));
    let (code, why, json) = refer("referral.json", "petrova");
    assert_eq!(code, 0, "{why}");
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["referral"]["why"], serde_json::json!(["step"]));
    assert_eq!(json["means"].as_array().unwrap().len(), 2);
    let proven: Vec<&Value> =
        json["proof"]["inclusions"].as_array().unwrap().iter().map(|one| &one["entry"]).collect();
    assert!(json["means"].as_array().unwrap().iter().all(|one| proven.contains(&&one["entry"])), "{json}");
    // Who may not see the case whole has no such file, and learns nothing by asking.
    let (code, why, page) = refer("stranger.html", "omar");
    assert_eq!((code, page.as_str()), (1, ""), "{why}");
    assert!(why.contains("no case"), "{why}");
}

#[test]
fn who_acted_is_shown_as_vouched_for_or_not() {
    let mission = Mission::new(MISSION);
    let store = mission.store();
    let store = store.to_str().unwrap();
    let case = mission.open();
    let out = mission.run(&["account", "add", "petrova", "--store", store, "--format", "json"]);
    let told: Value = serde_json::from_slice(&out.stdout).unwrap();
    let token = told["token"].as_str().unwrap().to_owned();
    let file = mission.dir.path().join("token");
    std::fs::write(&file, &token).unwrap();
    let file = file.to_str().unwrap();
    // Without the token it is taken, and said to be without; with another's it is not even logged.
    let plain = [
        "case",
        "evidence",
        &case,
        "--store",
        store,
        "--by",
        "petrova",
        "--when",
        "2016-05-03T13:00",
        "--words",
        "a photograph",
    ];
    let out = mission.run(&plain);
    assert!(out.status.success());
    assert!(String::from_utf8_lossy(&out.stderr).contains("nothing shows that it was they"));
    let (code, told) = mission.case("2016-05-03T13:30", "ivan", "means", &[&case, "--token-file", file]);
    assert_eq!(code, 2, "{told}");
    assert!(told.as_str().unwrap().contains("is not the token of"), "{told}");
    assert!(!told.as_str().unwrap().contains(&token), "a token is never printed again");
    assert_eq!(
        mission.case("2016-05-03T14:00", "petrova", "step", &[&case, "notice", "--token-file", file]).0,
        0
    );
    let out = mission.run(&[
        "case",
        "dossier",
        &case,
        "--store",
        store,
        "--by",
        "petrova",
        "--as-of",
        "2016-05-03T15:00",
        "--json",
    ]);
    let paper: Value = serde_json::from_slice(&out.stdout).unwrap();
    let given = paper["proof"]["inclusions"].as_array().unwrap();
    let vouched = |entry: &Value| {
        given.iter().find(|one| one["entry"] == *entry).map(|one| one["vouched"].clone()).unwrap()
    };
    assert_eq!(vouched(&paper["evidence"][0]["entry"]), "machine", "{paper}");
    assert_eq!(vouched(&paper["acts"][0]["entry"]), "token", "{paper}");
    nobody_else_is_told(&mission, &case);
}

/// How an act came stands in the mission's papers alone.
fn nobody_else_is_told(mission: &Mission, case: &str) {
    let store = mission.store();
    let store = store.to_str().unwrap();
    for release in ["public", "party:opposition"] {
        let out = mission.run(&[
            "case",
            "dossier",
            case,
            "--store",
            store,
            "--by",
            "petrova",
            "--as-of",
            "2016-05-03T15:00",
            "--release",
            release,
            "--json",
        ]);
        assert!(!String::from_utf8_lossy(&out.stdout).contains("vouched"), "{release}");
    }
}

#[test]
fn a_clock_set_back_is_refused_with_words_and_kept() {
    let mission = Mission::new(MISSION);
    let case = mission.open();
    assert_eq!(mission.case("2016-05-03T14:00", "petrova", "step", &[&case, "notice"]).0, 0);
    let (code, told) =
        mission.case("2016-05-03T13:00", "operator", "means", &[&case, "--words", "CANARY-SET-BACK"]);
    assert_eq!(code, 1, "{told}");
    assert!(told["why"].as_str().unwrap().contains("set the clock right"), "{told}");
    let shown = mission.show(&case, "2016-05-04T00:00");
    assert_eq!(shown["means"], serde_json::json!([]), "it changed nothing");
    let refused = &shown["refused"][0];
    assert_eq!((&refused["act"], &refused["by"]), (&"means".into(), &"operator".into()), "{shown}");
    // By as much as clocks are corrected, nobody is sent away.
    assert_eq!(mission.case("2016-05-03T13:56", "operator", "means", &[&case, "--words", "a call"]).0, 0);
}

#[test]
fn nobody_can_be_called_as_the_terms_are() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("small");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("agreement.md"), AGREEMENT).unwrap();
    std::fs::write(folder.join("actors.csv"), ACTORS).unwrap();
    let mission = MISSION.replace("\"night-watch\"", "\"the-terms\"");
    std::fs::write(folder.join("mission.kdl"), mission).unwrap();
    let store = dir.path().join("ops");
    let out = Command::new(program())
        .args(["load", folder.to_str().unwrap(), "--store", store.to_str().unwrap()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(!out.status.success() && said.contains("nobody can be called so"), "{said}");
}
