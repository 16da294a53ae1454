//! A bulletin's way over HTTP: who drafts it, who passes it, what one person cannot do alone, and that nothing once frozen changes.

use serde_json::{Value, json};

use crate::common::bundled::{bundle, faults, log_key, verify};
use crate::common::witnessed::{AS_OF, cosign};
use crate::common::{good, run, text};
use crate::described::{described, held};
use crate::recording::{ask, room};
use crate::room::{Answer, Desk, Room};

fn draft(desk: &Desk, person: &str, more: Value) -> Answer {
    let mut body = json!({ "sort": "daily", "as_of": AS_OF });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    desk.post(person, "/api/bulletins", &body)
}

fn entry(told: &Answer) -> u64 {
    assert_eq!(told.code, 201, "{told:?}");
    told.body["line"]["entry"].as_u64().unwrap()
}

fn pass(desk: &Desk, person: &str, n: u64, digest: &Value) -> Answer {
    desk.post(person, &format!("/api/bulletins/{n}/sign-offs"), &json!({ "digest": digest }))
}

/// How the command line says that it stands.
fn state(room: &Room, n: u64) -> Value {
    crate::common::witnessed::stands(&room.path(), n)["state"].clone()
}

#[test]
fn two_different_people_pass_the_very_bulletin_that_they_saw() {
    let room = room();
    let (doc, desk) = (described(), room.desk());
    let told = draft(&desk, "watch", json!({}));
    let n = entry(&told);
    held(&doc, "post", "/api/bulletins", &told);
    assert_eq!((&told.body["sums_hold"], &told.body["line"]["state"]), (&json!(true), &json!("draft")));
    let sums = told.body["sums"].as_array().unwrap();
    assert!(sums.len() > 10 && sums.iter().all(|one| one["holds"] == true), "{sums:?}");
    let digest = &told.body["digest"];
    let wrong = json!("0".repeat(64));
    for (person, digest, code) in [
        ("watch", &wrong, 409),
        ("hnc", digest, 403),
        ("anyone", digest, 403),
        ("watch", digest, 201),
        // The same person again, and two without anybody who answers for it.
        ("watch", digest, 422),
        ("verifier", digest, 422),
    ] {
        let told = pass(&desk, person, n, digest);
        assert_eq!(told.code, code, "{person}: {told:?}");
        held(&doc, "post", "/api/bulletins/{id}/sign-offs", &told);
    }
    // Whoever cosigns the record, a bulletin that was not passed is a draft.
    cosign(&room.path(), &[1, 2]);
    assert_eq!(state(&room, n), "draft");
    assert_eq!(ask(&desk, &format!("/api/public/bulletins/{n}")).code, 404);
    assert_eq!(desk.get("hnc", &format!("/api/bulletins/{n}")).code, 404);
    let told = pass(&desk, "legal", n, digest);
    assert_eq!((told.code, &told.body["line"]["state"]), (201, &json!("passed")), "{told:?}");
    // Their words are entries, and a quorum has to see these, too.
    assert_eq!(state(&room, n), "draft");
    cosign(&room.path(), &[1, 2]);
    assert_eq!(state(&room, n), "published");
    let page = desk.get("hnc", &format!("/api/bulletins/{n}"));
    held(&doc, "get", "/api/bulletins/{id}", &page);
    assert_eq!(page.body["line"]["state"], "published");
    let signed = page.body["signed"].as_array().unwrap();
    assert!(signed.len() == 2 && signed.iter().all(|one| one["by"].is_null()), "{signed:?}");
    assert_eq!(pass(&desk, "verifier", n, digest).code, 422, "it is passed");
    let all = desk.get("watch", "/api/bulletins");
    held(&doc, "get", "/api/bulletins", &all);
    held(&doc, "get", "/api/rivals", &desk.get("watch", &format!("/api/rivals?as_of={AS_OF}")));
    // Kept, and derived again from nothing: the signatures are in the record and change no figure.
    good(&["verify", "--store", &room.store()]);
}

#[test]
fn nothing_frozen_changes_another_takes_its_place_or_corrects_it() {
    let room = room();
    let desk = room.desk();
    let first = draft(&desk, "watch", json!({}));
    let (n, digest) = (entry(&first), first.body["digest"].clone());
    for (body, say) in [
        (json!({ "corrects": n }), "is a draft"),
        (json!({ "corrects": 0 }), "is no bulletin"),
        (json!({ "replaces": 9_999_999 }), "is no bulletin"),
    ] {
        let told = draft(&desk, "watch", body.clone());
        assert!(told.code == 422 && told.body["detail"].as_str().unwrap().contains(say), "{body}: {told:?}");
    }
    assert_eq!(pass(&desk, "watch", n, &digest).code, 201);
    let second = draft(&desk, "verifier", json!({ "replaces": n, "sort": "flash" }));
    let m = entry(&second);
    assert_eq!(second.body["line"]["signed"], 0, "nobody's word goes over to another draft");
    assert_eq!(pass(&desk, "legal", n, &digest).code, 422);
    assert_eq!(desk.get("watch", &format!("/api/bulletins/{n}")).body["line"]["state"], "replaced");
    assert_eq!(draft(&desk, "watch", json!({ "replaces": n })).code, 422, "another stands there already");
    let digest = second.body["digest"].clone();
    assert_eq!(pass(&desk, "legal", m, &digest).code, 201);
    assert_eq!(pass(&desk, "watch", m, &digest).code, 201);
    assert_eq!(draft(&desk, "watch", json!({ "replaces": m })).code, 422, "what was passed stays");
    let third = entry(&draft(&desk, "watch", json!({ "corrects": m })));
    let kept = desk.get("watch", &format!("/api/bulletins/{m}")).body;
    assert_eq!((&kept["digest"], &kept["line"]["corrected_by"]), (&digest, &Value::Null));
    let digest = desk.get("watch", &format!("/api/bulletins/{third}")).body["digest"].clone();
    assert_eq!(pass(&desk, "legal", third, &digest).code, 201);
    assert_eq!(pass(&desk, "verifier", third, &digest).code, 201);
    let kept = desk.get("watch", &format!("/api/bulletins/{m}")).body;
    assert_eq!(kept["line"]["corrected_by"].as_u64(), Some(third));
}

#[test]
fn a_draft_is_asked_for_in_words_that_are_understood_and_made_once() {
    let room = room();
    let desk = room.desk();
    for (body, code) in [
        (json!({}), 400),
        (json!({ "sort": "weekly" }), 400),
        (json!({ "sort": "daily", "as_of": 7 }), 400),
        (json!({ "sort": "daily", "as_of": "tomorrow" }), 400),
        (json!({ "sort": "daily", "as_of": "2099-01-01T00:00:00Z" }), 400),
        (json!({ "sort": "daily", "by": "legal" }), 400),
        (json!({ "sort": "daily", "corrects": -1 }), 400),
        (json!([]), 400),
    ] {
        let told = desk.post("watch", "/api/bulletins", &body);
        assert_eq!(told.code, code, "{body}: {told:?}");
    }
    for (person, code) in [("hnc", 403), ("anyone", 403)] {
        assert_eq!(draft(&desk, person, json!({})).code, code, "{person}");
    }
    let before = room.entries();
    let body = json!({ "sort": "daily", "as_of": AS_OF });
    let first = desk.post_as("watch", "/api/bulletins", "draft-once", &body);
    let again = desk.post_as("watch", "/api/bulletins", "draft-once", &body);
    assert_eq!((first.code, entry(&first)), (201, entry(&again)));
    assert_eq!(room.entries(), before + 1);
    let other = json!({ "sort": "flash", "as_of": AS_OF });
    assert_eq!(desk.post_as("watch", "/api/bulletins", "draft-once", &other).code, 409);
    for body in
        [json!({}), json!({ "digest": "x" }), json!({ "digest": 7 }), json!({ "digest": "0", "by": "legal" })]
    {
        let told = desk.post("watch", &format!("/api/bulletins/{}/sign-offs", entry(&first)), &body);
        assert_eq!(told.code, 400, "{body}: {told:?}");
    }
    // As it was frozen it is derived again, to the same bytes.
    let out = room.dir.path().join("again");
    let entries = first.body["entries"].to_string();
    good(&["replay", "--store", &room.store(), "--as-of", AS_OF, "--up-to", &entries, "--out", &text(&out)]);
    let lines = std::fs::read(out.join("findings.jsonl")).unwrap();
    let files = first.body["files"].as_array().unwrap();
    let file = files.iter().find(|file| file["name"] == "findings.jsonl").unwrap();
    assert_eq!(file["sha256"], truceline_record::digest_of(&lines).to_string());
}

#[test]
fn who_verifies_a_bundle_counts_who_passed_it() {
    let room = room();
    let desk = room.desk();
    let told = draft(&desk, "watch", json!({}));
    let (n, digest) = (entry(&told), told.body["digest"].clone());
    let log = log_key(&room.path());
    let checked = |name: &str| {
        let at = room.dir.path().join(name);
        bundle(&room.path(), n, &at);
        verify(&at, &log, &[1, 2], &[])
    };
    // Cosigned by everybody, and passed by one or by nobody: a draft, whoever says otherwise.
    for (name, person) in [("none.tar", None), ("one.tar", Some("watch"))] {
        if let Some(person) = person {
            assert_eq!(pass(&desk, person, n, &digest).code, 201);
        }
        cosign(&room.path(), &[1, 2]);
        let (run, told) = checked(name);
        assert_eq!((run.code, &told["state"]), (1, &json!("draft")), "{told}");
        assert!(faults(&told).contains("of the 2 people that it asks for"), "{told}");
    }
    assert_eq!(pass(&desk, "legal", n, &digest).code, 201);
    cosign(&room.path(), &[1, 2]);
    let (run, told) = checked("two.tar");
    assert_eq!((run.code, &told["state"], faults(&told)), (0, &json!("published"), String::new()), "{told}");
    let roles: Vec<&str> =
        told["passed"]["signed"].as_array().unwrap().iter().filter_map(|one| one["role"].as_str()).collect();
    assert_eq!((roles, &told["passed"]["is_passed"]), (vec!["watch-officer", "legal-officer"], &json!(true)));
    assert!(!told.to_string().contains("\"by\""), "who they were is closed");
}

#[test]
fn at_the_command_line_two_people_publish_or_it_says_that_one_did() {
    let room = room();
    let store = room.store();
    let publish = |by: &str, and: Option<&str>| {
        let mut asked = vec!["publish", "--store", &store, "--as-of", AS_OF, "--by", by, "--format", "json"];
        asked.extend(and.into_iter().flat_map(|and| ["--and", and]));
        run(&asked)
    };
    for (by, and) in
        [("watch", "watch"), ("watch", "verifier"), ("watch", "hnc"), ("hnc", "legal"), ("watch", "x")]
    {
        assert_eq!(publish(by, Some(and)).code, 2, "{by} and {and}");
    }
    for (and, alone) in [(Some("legal"), false), (None, true)] {
        let told = publish("watch", and);
        assert_eq!(told.code, 0, "{}", told.err);
        let told: Value = serde_json::from_str(&told.out).unwrap();
        let n = told["entry"].as_u64().unwrap();
        assert_eq!(told["by_one_alone"], alone);
        cosign(&room.path(), &[1, 2]);
        assert_eq!(state(&room, n), "published");
        let at = room.dir.path().join(format!("{n}.tar"));
        bundle(&room.path(), n, &at);
        let (run, told) = verify(&at, &log_key(&room.path()), &[1, 2], &[]);
        assert_eq!((run.code, &told["passed"]["by_one_alone"]), (0, &json!(alone)), "{told}");
    }
}
