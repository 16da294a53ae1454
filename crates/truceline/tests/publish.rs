//! Freezing a bulletin, who must cosign before it counts as published, and the proof of one finding of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;

use common::witnessed::{
    AS_OF, cosign, load, loaded, mission, mission_of_the_agreement, naming, publish, speaking, stands,
    witness,
};
use common::{good, run, text};

#[test]
fn a_bulletin_is_a_draft_until_the_quorum_that_the_mission_names_has_cosigned() {
    let dir = tempfile::tempdir().unwrap();
    let store = loaded(dir.path(), &naming(&[1, 2, 3], 2));
    let n = publish(&store);
    let draft = stands(&store, n);
    assert_eq!(draft["state"], "draft");
    assert_eq!(draft["missing"], serde_json::json!(["Office 1", "Office 2", "Office 3"]));
    // One is no quorum, one twice is one, and a stranger counts for nothing.
    cosign(&store, &[1, 1, 9]);
    let draft = stands(&store, n);
    assert_eq!((&draft["state"], &draft["cosigned"][0]["witness"]), (&"draft".into(), &"Office 1".into()));
    cosign(&store, &[1, 3]);
    let published = stands(&store, n);
    assert_eq!((&published["state"], &published["missing"][0]), (&"published".into(), &"Office 2".into()));
    assert_eq!(published["checkpoint"], n + 1);
    assert!(published["figures"]["incidents"].as_u64().unwrap() > 0, "{published}");
    // A later bulletin waits for its own: the checkpoint does not cover it.
    let later = publish(&store);
    assert_eq!(
        (stands(&store, later)["state"].clone(), run(&["published", "--store", &text(&store)]).code),
        ("draft".into(), 1)
    );
    assert_eq!(stands(&store, n)["state"], "published");
}

#[test]
fn a_mission_without_witnesses_has_drafts_only_and_leaving_them_out_later_dismisses_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let store = loaded(dir.path(), "");
    let n = publish(&store);
    cosign(&store, &[1, 2]);
    assert_eq!(
        (stands(&store, n)["state"].clone(), stands(&store, n)["witnesses_by_entry"].is_null()),
        ("draft".into(), true)
    );
    let again = tempfile::tempdir().unwrap();
    let store = loaded(again.path(), &naming(&[1, 2], 2));
    load(&mission(again.path(), "person \"duty officer\"\n"), &store);
    let n = publish(&store);
    cosign(&store, &[1, 2]);
    assert_eq!(stands(&store, n)["state"], "published");
}

#[test]
fn new_witnesses_count_once_the_old_quorum_has_cosigned_the_entry_that_names_them() {
    let dir = tempfile::tempdir().unwrap();
    let store = loaded(dir.path(), &naming(&[1, 2], 2));
    load(&mission(dir.path(), &naming(&[2, 3], 2)), &store);
    let n = publish(&store);
    cosign(&store, &[2, 3]);
    assert_eq!(stands(&store, n)["state"], "draft", "nobody has agreed to the new ones");
    assert!(run(&["published", "--store", &text(&store)]).out.contains("NOT IN FORCE"));
    cosign(&store, &[1, 2]);
    assert_eq!(stands(&store, n)["state"], "draft", "they have agreed, and it is the new ones who count now");
    let later = publish(&store);
    cosign(&store, &[2, 3]);
    assert_eq!(
        (stands(&store, n)["state"].clone(), stands(&store, later)["state"].clone()),
        ("published".into(), "published".into())
    );
}

#[test]
fn who_may_publish_and_which_quorums_can_be_is_checked() {
    let dir = tempfile::tempdir().unwrap();
    let store = loaded(dir.path(), "person \"duty officer\"\n");
    let asked = run(&["publish", "--store", &text(&store), "--as-of", AS_OF, "--by", "somebody"]);
    assert_eq!(
        (asked.code, asked.err.contains("is nobody whom mission.kdl names")),
        (2, true),
        "{}",
        asked.err
    );
    for (lines, say) in [
        (naming(&[1], 2), "can never be reached"),
        (naming(&[1, 2], 0), "a quorum is a number"),
        (naming(&[1], 1) + &naming(&[1], 1).replace("Office 1", "Office 2"), "have the same key"),
        (naming(&[1], 1) + "witness \"Office 2\"\n", "public key"),
        (naming(&[1], 1).replace("+", "-"), "Office 1"),
    ] {
        let wrong = run(&["load", &text(&mission(dir.path(), &lines)), "--store", &text(&store)]);
        assert_eq!((wrong.code, wrong.err.contains(say)), (2, true), "{lines}: {}", wrong.err);
    }
}

#[test]
fn what_is_frozen_replays_to_the_same_bytes_after_the_record_has_grown() {
    let dir = tempfile::tempdir().unwrap();
    let store = loaded(dir.path(), &naming(&[1], 1));
    let (first, again) = (dir.path().join("first"), dir.path().join("again"));
    let asked = [
        "publish",
        "--store",
        &text(&store),
        "--as-of",
        AS_OF,
        "--by",
        "x",
        "--out",
        &text(&first),
        "--pdf",
        "--format",
        "json",
    ];
    let told: serde_json::Value = serde_json::from_str(&good(&asked)).unwrap();
    // A print is frozen nowhere, and comes out again from the page that is.
    let print = |name: &str| fs::read(first.join(name)).unwrap();
    good(&["print", &text(&first.join("bulletin.ar.html")), "--out", &text(&first.join("again.pdf"))]);
    assert!(print("again.pdf") == print("bulletin.ar.pdf") && print("again.pdf").starts_with(b"%PDF-1.7"));
    assert!(print("bulletin.pdf") != print("bulletin.ru.pdf"));
    publish(&store);
    let entries = told["bulletin"]["entries"].to_string();
    good(&[
        "replay",
        "--store",
        &text(&store),
        "--as-of",
        AS_OF,
        "--up-to",
        &entries,
        "--out",
        &text(&again),
    ]);
    let files = told["bulletin"]["files"].as_object().unwrap();
    assert_eq!(files.len(), 5);
    for (name, frozen) in files {
        let bytes = fs::read(first.join(name)).unwrap();
        assert_eq!(frozen["sha256"], truceline_record::digest_of(&bytes).to_string());
        // What replay leaves says around each page that it is a draft; within, it is what was frozen.
        let replayed = fs::read_to_string(again.join(name)).unwrap();
        let within = truceline_publish::without_publication(&replayed);
        assert_eq!(within != replayed, name.ends_with(".html"), "{name}");
        assert!(bytes == within.as_bytes(), "{name}");
    }
}

#[test]
fn one_finding_of_a_bulletin_is_proven_to_whoever_has_keys_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store = loaded(dir.path(), &naming(&[1, 2], 2));
    let n = publish(&store).to_string();
    cosign(&store, &[1, 2]);
    // What came later and nobody cosigned does not stand in the way.
    publish(&store);
    let out = dir.path().join("p");
    let findings = good(&["replay", "--store", &text(&store), "--as-of", AS_OF, "--out", &text(&out)]);
    assert!(!findings.is_empty());
    let line = fs::read_to_string(out.join("findings.jsonl")).unwrap().lines().nth(7).unwrap().to_owned();
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    let word = |name: &str| line[name].as_str().unwrap().to_owned();
    let wanted = format!("{}/{}/{}", word("incident"), word("clause"), word("reading"));
    let at = dir.path().join("f");
    good(&["prove", &n, "--finding", &wanted, "--store", &text(&store), "--out", &text(&at)]);
    let file = |ending: &str| text(&at.with_extension(ending));
    let log = fs::read_to_string(store.join("log.pub")).unwrap();
    let (one, two, nine) = (witness(1).verifier_key(), witness(2).verifier_key(), witness(9).verifier_key());
    let (proof, entry, finding) = (file("tlog-proof"), file("json"), file("finding.json"));
    let check = [
        "check-proof",
        &proof,
        "--entry",
        &entry,
        "--finding",
        &finding,
        "--key",
        log.trim(),
        "--witness",
        &one,
    ];
    let said = good(&[check.as_slice(), &["--witness", &two]].concat());
    assert!(said.contains(&wanted) && said.contains("witness.example/2"), "{said}");
    assert_eq!(run(&[check.as_slice(), &["--witness", &nine]].concat()).code, 1);
    let whole = fs::read_to_string(&finding).unwrap();
    let changed = whole.replace("\"outcome\":\"", "\"outcome\":\"not-");
    assert_ne!(whole, changed);
    fs::write(&finding, changed).unwrap();
    let refused = run(&check);
    assert_eq!((refused.code, refused.out.contains("not one of the bulletin")), (1, true), "{}", refused.out);
    let none = run(&["prove", &n, "--finding", "a/b/c", "--store", &text(&store), "--out", &text(&at)]);
    assert_eq!((none.code, none.err.contains("no finding of the bulletin")), (1, true), "{}", none.err);
    let none = run(&["prove", "0", "--finding", &wanted, "--store", &text(&store), "--out", &text(&at)]);
    assert!(none.err.contains("is no bulletin"), "{}", none.err);
}

#[test]
fn the_agreements_quorum_is_who_it_names_and_not_how_many_sign() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("ops");
    let lines = speaking(&[(1, "russia"), (2, "russia"), (3, "united-states")]);
    load(&mission_of_the_agreement(dir.path(), &lines), &store);
    let entry = publish(&store);
    cosign(&store, &[1, 2]);
    let said = stands(&store, entry);
    assert_eq!(said["state"], "draft", "two keys of one side: {said}");
    assert_eq!(said["agreed"], serde_json::json!([{ "needed": 2, "of": ["russia", "united-states"] }]));
    let told = run(&["published", "--store", &text(&store)]).out;
    assert!(told.contains("2 of russia, united-states (the agreement's quorum)"), "{told}");
    cosign(&store, &[2, 3]);
    assert_eq!(stands(&store, entry)["state"], "published");
    // An agreement that asks for less takes over only when the quorum of this one has cosigned it.
    let less = mission(dir.path(), &naming(&[1], 1));
    load(&less, &store);
    let second = publish(&store);
    cosign(&store, &[1]);
    assert_eq!(stands(&store, second)["state"], "draft");
    cosign(&store, &[1, 3]);
    assert_eq!(stands(&store, second)["state"], "published");
}

#[test]
fn a_mission_whose_keys_can_never_give_the_agreements_quorum_is_refused_at_the_place() {
    let refused = |lines: &str| {
        let dir = tempfile::tempdir().unwrap();
        let mission = mission_of_the_agreement(dir.path(), lines);
        let done = run(&["load", &text(&mission), "--store", &text(&dir.path().join("ops"))]);
        assert_eq!(done.code, 2, "{}", done.err);
        done.err
    };
    let said = refused(&speaking(&[(1, "russia"), (2, "russia")]));
    let place = "published-when 2 of russia united-states";
    assert!(
        said.contains("agreement.md:") && said.contains(place) && said.contains("for=united-states"),
        "{said}"
    );
    let said = refused(&naming(&[1, 2], 2));
    assert!(said.contains("for=russia") && said.contains("mission.kdl:"), "{said}");
    let said = refused(&speaking(&[(1, "russia"), (2, "united-stats")]));
    assert!(said.contains("mission.kdl:") && said.contains("united-stats"), "{said}");
    // The shipped mission names nobody: it opens, and what it freezes stays a draft.
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("ops");
    load(&mission_of_the_agreement(dir.path(), ""), &store);
    let entry = publish(&store);
    assert_eq!(stands(&store, entry)["state"], "draft");
}
