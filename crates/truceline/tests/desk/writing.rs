//! Writes: once each, whoever else writes, however often they are sent, and whenever the desk is killed.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::common::good;
use crate::room::{Room, evidence, key, opening};

#[test]
fn from_an_allegation_to_a_joint_determination() {
    let room = Room::new();
    let desk = room.desk();
    let case = desk.open("operator", "public", "i-1");
    let offered = desk.get("petrova", &format!("/api/cases/{case}/offered")).body;
    assert_eq!(offered["is_awaited"], true, "{offered}");
    assert!(offered["acts"].as_array().unwrap().contains(&json!("step")), "{offered}");
    let due = desk.get("night-watch", "/api/due?within=25").body;
    assert_eq!(due["due"][0]["case"], json!(case), "{due}");
    assert_eq!(desk.get("night-watch", "/api/due?within=1").body["due"], json!([]));
    assert_eq!(desk.act("petrova", &case, json!({ "step": { "step": "notice" } }), None).code, 201);
    let stance = json!({ "happened": "yes", "who": ["ahrar"], "prohibited": "yes", "gravity": "serious" });
    let judge = json!({ "determine": { "step": "judge", "then": "settled", "stance": stance } });
    assert_eq!(desk.act("ivan", &case, judge.clone(), Some("as I see it")).code, 201);
    let twice = desk.act("ivan", &case, judge.clone(), None);
    assert_eq!(twice.code, 422, "{twice:?}");
    let told = desk.act("jane", &case, judge, None);
    assert_eq!((told.code, told.body["stands"].as_str()), (201, Some("settled")), "{told:?}");
    let page = desk.get("vera", &format!("/api/cases/{case}")).body;
    assert_eq!(
        (page["determinations"][0]["kind"].as_str(), page["phase"].as_str()),
        (Some("joint"), Some("ended"))
    );
    let counts = desk.get("petrova", "/api/counts").body;
    assert_eq!(counts["counts"][0]["determined"], json!([case]), "{counts}");
    // The command line tells the same case.
    let shown = good(&["case", "show", &case, "--store", &room.store(), "--format", "json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!((&shown["trail"], &shown["done"]), (&page["trail"], &page["done"]));
}

#[test]
fn what_the_terms_say_opens_by_itself_does_without_anybody_and_once() {
    let room = Room::new();
    let desk = room.desk();
    for incident in ["i-1", "i-2"] {
        let case = desk.open("operator", "public", incident);
        assert_eq!(desk.act("petrova", &case, json!({ "step": { "step": "notice" } }), None).code, 201);
        let stance =
            json!({ "happened": "yes", "who": ["ahrar"], "prohibited": "yes", "gravity": "serious" });
        let judge = json!({ "determine": { "step": "judge", "then": "settled", "stance": stance } });
        for by in ["ivan", "jane"] {
            assert_eq!(desk.act(by, &case, judge.clone(), None).code, 201);
        }
    }
    let by_terms = |desk: &crate::room::Desk| -> Vec<Value> {
        let all = desk.get("petrova", "/api/cases").body["cases"].as_array().unwrap().clone();
        let whole =
            |one: &Value| desk.get("petrova", &format!("/api/cases/{}", one["case"].as_str().unwrap())).body;
        all.iter().map(whole).filter(|one| one["opened_by"] == "the-terms").collect()
    };
    let since = std::time::Instant::now();
    while by_terms(&desk).is_empty() && since.elapsed() < Duration::from_secs(90) {
        std::thread::sleep(Duration::from_millis(200));
    }
    let opened = by_terms(&desk);
    assert_eq!(opened.len(), 1, "{opened:?}");
    assert_eq!(opened[0]["complainants"], json!(["threshold:persistent"]));
    assert!(opened[0]["since"].is_string() && opened[0]["rests_on"].as_array().unwrap().len() == 2);
    // A person cannot say it in the terms' name, nor open it again.
    let mut body = opening("threshold:persistent", "ahrar", "i-9");
    body["since"] = opened[0]["since"].clone();
    let told = desk.post("petrova", "/api/cases", &body);
    assert_eq!(told.code, 400, "{told:?}");
    // Killed, started again, and looked at by the command line meanwhile: one.
    drop(desk);
    good(&["case", "watch", "--store", &room.store(), "--by", "night-watch"]);
    let desk = room.desk();
    desk.act("operator", opened[0]["case"].as_str().unwrap(), json!({ "means": {} }), Some("a call"));
    std::thread::sleep(Duration::from_secs(7));
    assert_eq!(by_terms(&desk).len(), 1);
    good(&["verify", "--store", &room.store()]);
}

#[test]
fn pages_follow_each_other_by_entry() {
    let room = Room::new();
    let desk = room.desk();
    let opened: Vec<String> = (0..7).map(|n| desk.open("operator", "public", &format!("i-{n}"))).collect();
    let (mut after, mut seen) = (String::new(), Vec::new());
    loop {
        let page = desk.get("petrova", &format!("/api/cases?limit=3{after}")).body;
        let cases = page["cases"].as_array().unwrap();
        assert!(cases.len() <= 3);
        seen.extend(cases.iter().map(|one| one["case"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_u64() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(seen, opened);
    let early = desk.get("petrova", "/api/cases?as_of=2016-05-04T12:00:00Z").body;
    assert_eq!(early["cases"], json!([]), "as of then there was none");
}

#[test]
fn the_same_key_is_the_same_entry_and_another_body_is_refused() {
    let room = Room::new();
    let desk = room.desk();
    let body = opening("public", "ahrar", "i-1");
    let first = desk.post_as("operator", "/api/cases", "key-of-one-case", &body);
    assert_eq!(first.code, 201, "{first:?}");
    let entries = room.entries();
    let again = desk.post_as("operator", "/api/cases", "key-of-one-case", &body);
    assert_eq!((again.code, &again.body), (201, &first.body));
    let other = desk.post_as("operator", "/api/cases", "key-of-one-case", &opening("public", "ahrar", "i-2"));
    assert_eq!(other.code, 409, "{other:?}");
    let case = first.body["case"].as_str().unwrap();
    let path = format!("/api/cases/{case}/acts");
    assert_eq!(
        desk.post_as("operator", &path, "key-of-one-case", &json!({ "act": { "means": {} } })).code,
        409
    );
    assert_eq!(room.entries(), entries, "nothing was added");
    // A refused act is the same refused act.
    let wrong = json!({ "act": { "step": { "step": "judge" } } });
    let refused = desk.post_as("petrova", &path, "key-of-a-refusal", &wrong);
    assert_eq!(refused.code, 422, "{refused:?}");
    desk.act("petrova", case, json!({ "step": { "step": "notice" } }), None);
    let again = desk.post_as("petrova", &path, "key-of-a-refusal", &wrong);
    assert_eq!((again.code, again.body), (422, refused.body), "as the record stood right after it");
    // Somebody else's key is another one.
    let others = desk.post_as("vera", "/api/cases", "key-of-one-case", &opening("mission", "ahrar", "i-8"));
    assert_eq!(others.code, 201, "{others:?}");
}

#[test]
fn thirty_two_who_write_at_once_lose_and_double_nothing() {
    let room = Room::new();
    let desk = room.desk();
    let case = desk.open("operator", "public", "i-1");
    let path = format!("/api/cases/{case}/acts");
    let people = ["night-watch", "operator", "monitor", "vera", "petrova", "ivan", "jane", "hum"];
    let mut told: Vec<(String, u64)> = Vec::new();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..32_usize)
            .map(|n| {
                let (desk, path, person) = (&desk, &path, people[n % people.len()]);
                scope.spawn(move || {
                    let mut told = Vec::new();
                    for round in 0..3 {
                        let words = format!("item {n} {round}");
                        let body = json!({ "act": evidence(false), "words": words });
                        let key = key();
                        // Each is sent twice, as by a client that lost the first answer.
                        for _ in 0..2 {
                            let answer = desk.post_as(person, path, &key, &body);
                            assert_eq!(answer.code, 201, "{answer:?}");
                            told.push((words.clone(), answer.body["entry"].as_u64().unwrap()));
                        }
                    }
                    told
                })
            })
            .collect();
        told.extend(workers.into_iter().flat_map(|worker| worker.join().unwrap()));
    });
    let acknowledged: BTreeSet<(String, u64)> = told.into_iter().collect();
    assert_eq!(acknowledged.len(), 96, "one entry each");
    let page = desk.get("petrova", &format!("/api/cases/{case}")).body;
    let kept: BTreeSet<(String, u64)> = page["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["words"].as_str().unwrap().to_owned(), one["entry"].as_u64().unwrap()))
        .collect();
    assert_eq!(kept, acknowledged);
    assert_eq!(page["refused"], json!([]), "no entry has an earlier time than one before it");
    room.entries();
}

#[test]
fn killed_between_request_and_answer_an_act_is_logged_once() {
    let room = Room::new();
    let case = room.desk().open("operator", "public", "i-1");
    let path = format!("/api/cases/{case}/acts");
    let mut wanted = BTreeSet::new();
    for delay in [0, 1, 2, 4, 8, 16, 24, 32, 64, 128] {
        let words = format!("killed after {delay} ms");
        let (key, body) = (key(), json!({ "act": evidence(false), "words": words }));
        wanted.insert(words);
        let mut desk = room.desk();
        let mut stream = TcpStream::connect(&desk.address).unwrap();
        stream.write_all(desk.posted("vera", &path, &key, &body).as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(delay));
        desk.kill();
        let desk = room.desk();
        let told = desk.post_as("vera", &path, &key, &body);
        assert_eq!(told.code, 201, "{told:?}");
        assert_eq!(desk.post_as("vera", &path, &key, &body).body, told.body);
    }
    let page = room.desk().get("petrova", &format!("/api/cases/{case}")).body;
    let kept: Vec<&str> =
        page["evidence"].as_array().unwrap().iter().filter_map(|one| one["words"].as_str()).collect();
    assert_eq!(kept.len(), wanted.len(), "{kept:?}");
    assert_eq!(kept.into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), wanted);
}

#[test]
fn other_commands_write_between() {
    let room = Room::new();
    let desk = room.desk();
    let case = desk.open("operator", "public", "i-1");
    for n in 0..3 {
        let words = format!("call {n}");
        good(&["case", "means", &case, "--store", &room.store(), "--by", "operator", "--words", &words]);
        assert_eq!(desk.act("petrova", &case, evidence(false), Some("so")).code, 201);
    }
    let page = desk.get("petrova", &format!("/api/cases/{case}")).body;
    assert_eq!((page["means"].as_array().unwrap().len(), page["evidence"].as_array().unwrap().len()), (3, 3));
}
