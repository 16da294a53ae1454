//! Incidents over HTTP: what each role sees, what nobody learns of a sealed source, decisions that stand once, and what is refused.

use serde_json::{Value, json};

use crate::common::{good, text};
use crate::room::{Answer, Desk, PEOPLE, Room, key};

/// Somebody's pseudonym.
pub(crate) const SEALED: &str = "sealed-0123456789abcdef01234567";
const HOSTILE: &str = "<script>alert(1)</script> قصف حرستا обстрел";
const ROWS: &str = "id,kind,known,source,act,when,lat,lon,within_m,actor,killed,note
a1,event,2016-03-02,agency-a,shelling,2016-03-01T10:00/2016-03-01T11:00,36.2000,37.1600,100,ahrar,3,NOTE
b1,event,2016-03-02,agency-b,shelling,2016-03-01T10:00/2016-03-01T11:00,36.2001,37.1601,100,ahrar,3,second
c1,event,2016-03-06,agency-c,shelling,2016-03-05T10:00/2016-03-05T11:00,35.0000,36.0000,100,,7,far away
d1,event,2016-03-09,SEALED,shelling,2016-03-08T10:00/2016-03-08T11:00,34.0000,36.5000,100,ahrar,11,CANARY-ALONE
a2,event,2016-03-03,SEALED,shelling,2016-03-01T10:00/2016-03-01T11:00,36.2000,37.1601,100,ahrar,3,CANARY-BESIDE
";

/// The small mission with five reports of three events; a sealed source tells of one alone, and of one beside others.
pub(crate) fn room() -> Room {
    let room = Room::new();
    let path = room.dir.path().join("rows.csv");
    std::fs::write(&path, ROWS.replace("SEALED", SEALED).replace("NOTE", HOSTILE)).unwrap();
    good(&["import", &text(&path), "--store", &room.store()]);
    room
}

fn listed(desk: &Desk, person: &str, asked: &str) -> Vec<String> {
    let told = desk.get(person, &format!("/api/incidents{asked}"));
    assert_eq!(told.code, 200, "{person}: {told:?}");
    let all = told.body["incidents"].as_array().unwrap();
    all.iter().map(|one| one["incident"].as_str().unwrap().to_owned()).collect()
}

/// The incident that a report of this number of killed is in.
pub(crate) fn killing(desk: &Desk, person: &str, killed: u64) -> Value {
    let told = desk.get(person, "/api/incidents");
    let found = told.body["incidents"].as_array().unwrap().iter().find(|one| one["killed"]["min"] == killed);
    let id = found.unwrap_or_else(|| panic!("{told:?}"))["incident"].as_str().unwrap().to_owned();
    let told = desk.get(person, &format!("/api/incidents/{id}"));
    assert_eq!(told.code, 200, "{told:?}");
    told.body
}

pub(crate) fn side(incident: &Value) -> Value {
    let reports = incident["reports"].as_array().unwrap().iter().filter(|one| one["kind"] == "report");
    json!({ "incident": incident["incident"], "receipts": reports.map(|one| one["receipt"].clone()).collect::<Vec<_>>() })
}

fn decide(desk: &Desk, person: &str, body: &Value) -> Answer {
    desk.post(person, "/api/decisions", body)
}

#[test]
fn incidents_are_listed_narrowed_and_told_whole() {
    let room = room();
    let desk = room.desk();
    assert_eq!(listed(&desk, "vera", "").len(), 3);
    assert_eq!(listed(&desk, "vera", "?limit=1&skip=1").len(), 1);
    assert_eq!(listed(&desk, "vera", "?from=2016-03-04&until=2016-03-06").len(), 1);
    assert_eq!(listed(&desk, "vera", "?party=opposition").len(), 2, "who belongs to it counts");
    assert_eq!(listed(&desk, "vera", "?text=SECOND").len(), 1);
    assert_eq!(listed(&desk, "vera", "?clause=fire&outcome=prohibited").len(), 2);
    assert_eq!(listed(&desk, "vera", "?as_of=2016-03-04").len(), 1);
    for wrong in
        ["?summary=bad", "?outcome=x", "?limit=0", "?limit=201", "?skip=-1", "?lang=de", "?from=x", "?of=1"]
    {
        assert_eq!(desk.get("vera", &format!("/api/incidents{wrong}")).code, 400, "{wrong}");
    }
    let whole = killing(&desk, "vera", 3);
    assert_eq!(whole["reports"].as_array().unwrap().len(), 3);
    assert_eq!(whole["reports"][0]["note"], HOSTILE, "as it came, whatever it is");
    assert_eq!(whole["toll"]["killed"]["range"]["max"], 3, "three say three: not nine");
    assert_eq!(whole["findings"][0]["clause"], "fire");
    assert_eq!(whole["findings"][0]["rows"][0]["outcome"]["id"], "prohibited");
    assert_eq!(whole["links"].as_array().unwrap().len(), 3);
    assert!(whole["reports"][0]["custody"]["digest"].is_string());
    let id = whole["incident"].as_str().unwrap();
    for lang in ["en", "ar", "ru"] {
        let told = desk.get("vera", &format!("/api/incidents/{id}/explanations?clause=fire&lang={lang}"));
        assert_eq!(told.code, 200, "{told:?}");
        assert_eq!(told.body["explanations"][0]["lang"], lang);
    }
    assert_eq!(desk.get("vera", &format!("/api/incidents/{id}/explanations")).code, 400);
    assert_eq!(desk.get("vera", "/api/incidents/none").code, 404);
}

#[test]
fn nobody_learns_of_a_sealed_source_but_who_may() {
    let room = room();
    let desk = room.desk();
    for person in PEOPLE {
        let told = desk.get(person, "/api/incidents");
        if person == "anyone" {
            assert_eq!(told.code, 403);
            continue;
        }
        let mut seen = told.body.to_string();
        for one in told.body["incidents"].as_array().unwrap() {
            let whole = desk.get(person, &format!("/api/incidents/{}", one["incident"].as_str().unwrap()));
            assert_eq!(whole.code, 200, "{person}: {whole:?}");
            seen.push_str(&whole.body.to_string());
            let why =
                format!("/api/incidents/{}/explanations?clause=fire", one["incident"].as_str().unwrap());
            seen.push_str(&desk.get(person, &why).body.to_string());
        }
        let sealed = ["petrova", "guard"].contains(&person);
        assert_eq!(seen.contains("CANARY"), sealed, "{person} and what was said");
        // Where and when a sealed source alone says that something was, is coarse for who sees what may be published.
        let mission = ["night-watch", "vera", "petrova", "ivan", "jane", "guard"].contains(&person);
        let exact = seen.contains(r#""lat":"34""#) || seen.contains(r#""lat":"34."#);
        assert_eq!(exact, mission, "{person} and where");
        assert_eq!(seen.contains(SEALED), mission, "{person} and its pseudonym");
        assert_eq!(
            listed(&desk, person, "?text=CANARY-ALONE").len(),
            usize::from(sealed),
            "{person} finds it by its words"
        );
    }
    // Each look at what sealed sources told is an entry; a look at the rest is none.
    let reads = good(&["reads", "--store", &room.store(), "--format", "json"]);
    let of = |person: &str, what: &str| {
        reads
            .lines()
            .filter(|line| line.contains(&format!("\"{person}\"")) && line.contains(&format!("\"{what}\"")))
            .count()
    };
    assert_eq!((of("vera", "incident"), of("vera", "sealed-report")), (2, 0), "{reads}");
    assert_eq!((of("petrova", "incident"), of("petrova", "sealed-report")), (2, 2), "{reads}");
    assert_eq!(of("omar", "incident"), 0, "{reads}");
}

#[test]
fn a_merge_stands_once_is_undone_and_is_refused_to_who_may_not() {
    let room = room();
    let desk = room.desk();
    let (near, far) = (killing(&desk, "vera", 3), killing(&desk, "vera", 7));
    let merge = json!({ "merge": { "a": side(&near), "b": side(&far) }, "why": "one strike, told twice" });
    let before = room.entries();
    for person in PEOPLE.into_iter().filter(|one| !["night-watch", "vera", "petrova"].contains(one)) {
        assert_eq!(decide(&desk, person, &merge).code, 403, "{person}");
    }
    assert_eq!(room.entries(), before, "nothing of it is in the record");
    let key = key();
    let done = desk.post_as("vera", "/api/decisions", &key, &merge);
    assert_eq!(done.code, 201, "{done:?}");
    assert_eq!(done.body["incidents"].as_array().unwrap().len(), 1);
    assert_eq!(
        desk.post_as("vera", "/api/decisions", &key, &merge).body["entry"],
        done.body["entry"],
        "once"
    );
    let other = json!({ "undo": done.body["entry"], "why": "another body" });
    assert_eq!(desk.post_as("vera", "/api/decisions", &key, &other).code, 409);
    assert_eq!(decide(&desk, "vera", &merge).code, 409, "it does not stand so any more");
    assert_eq!(listed(&desk, "vera", "").len(), 2);
    let whole =
        desk.get("vera", &format!("/api/incidents/{}", done.body["incidents"][0].as_str().unwrap())).body;
    assert_eq!(whole["decisions"][0]["by"], "vera");
    assert_eq!(
        whole["toll"]["killed"]["range"],
        json!({ "min": 3, "max": 7, "words": "3–7" }),
        "a range, no sum"
    );
    // A co-chair sees that people decided, and not who and why.
    let chair =
        desk.get("ivan", &format!("/api/incidents/{}", done.body["incidents"][0].as_str().unwrap())).body;
    assert_eq!(
        (&chair["decisions"][0]["what"], &chair["decisions"][0]["by"]),
        (&json!("merge"), &Value::Null)
    );
    let undo = json!({ "undo": done.body["entry"], "why": "wrong" });
    assert_eq!(decide(&desk, "night-watch", &undo).code, 201);
    assert_eq!(decide(&desk, "night-watch", &undo).code, 409, "undone already");
    assert_eq!(listed(&desk, "vera", "").len(), 3);
    assert_eq!(decide(&desk, "vera", &json!({ "undo": 0, "why": "no decision" })).code, 404);
}

#[test]
fn a_link_is_accepted_or_rejected_and_a_split_takes_reports_out() {
    let room = room();
    let desk = room.desk();
    let near = killing(&desk, "vera", 3);
    let receipts = side(&near)["receipts"].as_array().unwrap().clone();
    let id = &near["incident"];
    let one = |at: usize| json!({ "incident": id, "receipts": [receipts[at]] });
    let accepted =
        decide(&desk, "vera", &json!({ "accept": { "a": one(0), "b": one(1) }, "why": "the same hour" }));
    assert_eq!(accepted.code, 201, "{accepted:?}");
    let parts = json!({ "incident": id, "receipts": [receipts[1]], "kept": [receipts[0], receipts[2]] });
    let split = decide(&desk, "vera", &json!({ "split": parts, "why": "another street" }));
    assert_eq!(split.code, 201, "{split:?}");
    let home = |receipt: &Value| {
        let all = listed(&desk, "vera", "");
        let one = |id: &String| desk.get("vera", &format!("/api/incidents/{id}")).body;
        let mut all =
            all.iter().map(one).filter(|one| side(one)["receipts"].as_array().unwrap().contains(receipt));
        all.next().unwrap()["incident"].clone()
    };
    assert_ne!(home(&receipts[1]), home(&receipts[0]), "it has left");
    assert_eq!(decide(&desk, "vera", &json!({ "split": parts, "why": "again" })).code, 409);
    for (body, code) in [
        (json!({ "merge": { "a": one(0), "b": one(0) }, "why": "w" }), 400),
        (
            json!({ "merge": { "a": one(0), "b": { "incident": "none", "receipts": [receipts[1]] } }, "why": "w" }),
            404,
        ),
        (
            json!({ "merge": { "a": one(0), "b": { "incident": id, "receipts": [999_999] } }, "why": "w" }),
            404,
        ),
        (json!({ "undo": 1, "why": "" }), 400),
        (json!({ "undo": 1, "why": "x".repeat(2_001) }), 400),
        (json!({ "undo": 1, "by": "ivan", "why": "w" }), 400),
    ] {
        assert_eq!(decide(&desk, "vera", &body).code, code, "{body}");
    }
}

#[test]
fn an_open_word_is_answered_by_who_may_of_what_they_saw_and_the_last_answer_holds() {
    let room = room();
    let folder = room.dir.path().join("small");
    let terms = std::fs::read_to_string(folder.join("agreement.md")).unwrap();
    let asked = "judgement proportionate \"Was it proportionate?\"\ngravity minor";
    std::fs::write(folder.join("agreement.md"), terms.replacen("gravity minor", asked, 1)).unwrap();
    good(&["load", &text(&folder), "--store", &room.store()]);
    let desk = room.desk();
    let near = killing(&desk, "petrova", 3);
    let (id, receipts) = (near["incident"].clone(), side(&near)["receipts"].clone());
    let word = near["open_words"][0]["judgement"].clone();
    assert!(word.is_string() && near["may_judge"] == true, "{near}");
    let answer = |said: &str, why: &str| json!({ "judgement": { "incident": id, "judgement": word, "answer": said, "receipts": receipts }, "why": why });
    let before = room.entries();
    for person in PEOPLE.into_iter().filter(|one| !["petrova", "ivan", "jane"].contains(one)) {
        assert_eq!(decide(&desk, person, &answer("yes", "w")).code, 403, "{person}");
    }
    let mut stale = answer("yes", "w");
    stale["judgement"]["receipts"] = json!([receipts[0]]);
    assert_eq!(decide(&desk, "petrova", &stale).code, 409, "not what stands now");
    for (field, value, code) in [
        ("incident", json!("none"), 404),
        ("judgement", json!("no-such-word"), 400),
        ("answer", json!("unclear"), 400),
        ("receipts", json!([]), 400),
        ("by", json!("ivan"), 400),
    ] {
        let mut body = answer("yes", "w");
        body["judgement"][field] = value;
        assert_eq!(decide(&desk, "petrova", &body).code, code, "{body}");
    }
    assert_eq!(room.entries(), before, "nothing of it is in the record");
    let key = key();
    let done = desk.post_as("petrova", "/api/decisions", &key, &answer("yes", HOSTILE));
    assert_eq!(done.code, 201, "{done:?}");
    let again = desk.post_as("petrova", "/api/decisions", &key, &answer("yes", HOSTILE));
    assert_eq!(again.body, done.body, "once");
    assert_eq!(desk.post_as("petrova", "/api/decisions", &key, &answer("no", HOSTILE)).code, 409);
    let told = |person: &str, incident: &Value| {
        desk.get(person, &format!("/api/incidents/{}", incident.as_str().unwrap())).body
    };
    let shown = told("petrova", &id);
    let mine = &shown["open_words"][0]["answer"];
    assert_eq!(
        (&mine["answer"], &mine["by"], &mine["why"]),
        (&json!("yes"), &json!("petrova"), &json!(HOSTILE))
    );
    // The other co-chair sees the answer, and not who gave it and why; a liaison no open words.
    let chair = told("ivan", &id);
    assert_eq!(
        (&chair["open_words"][0]["answer"]["answer"], &chair["open_words"][0]["answer"]["why"]),
        (&json!("yes"), &Value::Null)
    );
    assert_eq!(
        (&told("omar", &id)["open_words"], &told("omar", &id)["may_judge"]),
        (&json!([]), &json!(false))
    );
    // Shown beside another incident, and not applied to it.
    let far = killing(&desk, "petrova", 7);
    assert_eq!(far["open_words"][0]["answer"], Value::Null);
    assert_eq!(far["open_words"][0]["precedents"][0]["incident"], id, "{far}");
    assert_eq!(decide(&desk, "ivan", &answer("no", "seen again")).code, 201);
    let shown = told("petrova", &id);
    assert_eq!(shown["open_words"][0]["answer"]["answer"], "no");
    let history = shown["decisions"].as_array().unwrap();
    let holds: Vec<&Value> =
        history.iter().filter(|one| one["what"] == "judgement").map(|one| &one["holds"]).collect();
    assert_eq!(holds, [&json!(false), &json!(true)]);
}
