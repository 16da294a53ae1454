//! Entities, splits and shapes on hand-made cases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::json;
use truceline_reading::ceaf::{Entity, hold, merge, normal};
use truceline_reading::flatten::{Organisations, entities};
use truceline_reading::options::Options;
use truceline_reading::split::held;
use truceline_score::Limits;
use truceline_score::right::Held;

fn entity(mentions: &[&str]) -> Entity {
    mentions.iter().map(|m| normal(m)).collect()
}

#[test]
fn a_mention_is_compared_without_case_marks_and_articles() {
    assert_eq!(normal("THE \"Cara\" Front, a  Group"), "cara front group");
    assert_eq!(normal("another theme"), "another theme");
}

#[test]
fn an_entity_is_right_when_all_its_mentions_belong_together() {
    let gold = [entity(&["Cara Front", "CF"]), entity(&["the rebels"])];
    let cases = [
        (vec![entity(&["CF"])], 1),
        (vec![entity(&["CF"]), entity(&["Cara Front"])], 1),
        (vec![entity(&["CF", "rebels"])], 0),
        (vec![entity(&["rebels"]), entity(&["cara front", "cf"])], 2),
        (vec![entity(&["Front"])], 0),
    ];
    for (found, right) in cases {
        let held = hold(&gold, &found);
        assert_eq!(held, Held { gold: 2, found: found.len() as u64, right }, "{found:?}");
    }
}

#[test]
fn entities_of_several_templates_are_those_of_one_document() {
    let mut all = Vec::new();
    for mentions in [&["a bomb"][..], &["bomb"], &["bomb", "charge"], &["rifle"], &[]] {
        merge(&mut all, entity(mentions));
    }
    // The second and third say no more than the first: one is within the other.
    assert_eq!(all, [entity(&["bomb"]), entity(&["rifle"])]);
}

#[test]
fn proposals_become_roles() {
    let value = |words: &str, norm: &str| json!([{ "text": words, "start": 0, "end": 1, "norm": norm }]);
    let claims = json!({ "doc": "d", "claims": [
        { "id": "1", "kind": "incident", "sub": "bombing", "granularity": "discrete", "start": 0, "end": 1,
          "actor": value("FOUR ARMED TERRORISTS OF THE FRONT", ""), "weapon": value("two BOMBS", "bomb"), "target": value("the bridge", "infrastructure") },
        { "id": "2", "kind": "incident", "sub": "killing", "start": 0, "end": 1, "actor": value("the Cara Front", ""),
          "weapon": value("a bomb", "bomb"), "target": value("an army post", "military_object"), "victims": value("Vell", "person:Ana Vell") },
        { "id": "3", "kind": "incident", "sub": "clash", "start": 0, "end": 1, "actor": value("the army", ""), "target": value("the rebels", "") },
        { "id": "4", "kind": "agreement", "sub": "signed", "start": 0, "end": 1, "target": value("the town", "") },
    ]});
    let (_, claims) = truceline_score::claims(&claims.to_string(), Limits::default()).unwrap();
    let all = entities(&claims, "", &Organisations::none());
    assert_eq!(all["PerpInd"], [entity(&["armed terrorists"])]);
    assert_eq!(all["PerpOrg"], [entity(&["cara front"])]);
    assert_eq!(all["Weapon"], [entity(&["bomb"])], "one kind of weapon is one");
    assert_eq!(all["Target"], [entity(&["bridge"])], "what soldiers hold is none");
    assert_eq!(all["Victim"], [entity(&["ana vell"])]);
    assert!(
        entities(claims.get(2..).unwrap(), "", &Organisations::none()).is_empty(),
        "war and deals give none"
    );
}

#[test]
fn a_fifth_is_held_out_by_name_alone() {
    let out = (0..10_000).filter(|n| held(&format!("SYR{n}"))).count();
    assert!((1_800..2_200).contains(&out), "{out}");
    assert_eq!(held("SYR113811"), held("SYR113811"));
}

#[test]
fn misses_of_the_frozen_half_are_refused() {
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    assert!(Options::parse(&words("frozen --misses")).is_err());
    assert!(Options::parse(&words("notes-frozen --misses")).is_err());
    assert!(Options::parse(&words("abroad-frozen --misses")).is_err());
    assert!(Options::parse(&words("open notes abroad --misses")).is_ok());
    assert!(Options::parse(&words("frozen seeds")).is_ok());
    assert!(Options::parse(&words("sealed")).is_err());
}

#[test]
fn labels_of_our_own_sentences_spring_none_of_their_own_traps() {
    for half in ["open", "frozen", "notes_open", "notes_frozen", "abroad_open", "abroad_frozen"] {
        let path = truceline_reading::options::root().join(format!("bench/reading/sentences/{half}.jsonl"));
        let gold =
            truceline_score::sentences(&std::fs::read_to_string(path).unwrap(), Limits::default()).unwrap();
        let found: Vec<_> = gold
            .documents
            .iter()
            .map(|d| truceline_score::figures::Found {
                doc: d.name.clone(),
                text: d.text.clone().unwrap(),
                claims: d.claims.clone(),
            })
            .collect();
        let figures = truceline_score::score(&gold, &found);
        // Only ids may be told of the frozen half.
        let at_fault: Vec<_> =
            figures.traps.iter().filter(|(_, _, v)| *v != truceline_score::Verdict::Kept).collect();
        assert!(at_fault.is_empty(), "{half}: {at_fault:?}");
        assert_eq!((figures.invented(), figures.claims_off()), (0, 0), "{half}");
        assert_eq!(figures.all().f1().thousandths(), Some(1000), "{half}");
    }
}
