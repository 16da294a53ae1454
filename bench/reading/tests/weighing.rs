//! Learning and weighing on hand-made documents.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use truceline_reading::ceaf::Entity;
use truceline_reading::flatten::{Organisations, entities};
use truceline_reading::options::{Options, Part};
use truceline_reading::reader::Reader;
use truceline_reading::split::third;
use truceline_reading::weigh::learn::{Table, weigh};
use truceline_reading::weigh::train::{Labelled, learn};
use truceline_reading::weigh::{Entities, Learned, Read};

fn signs(words: &str) -> Vec<String> {
    words.split(' ').map(str::to_owned).collect()
}

#[test]
fn a_sign_that_tells_gets_a_weight_and_one_that_is_seldom_none() {
    let rows: Vec<(&str, bool)> = [("red round", true), ("blue round", false)].repeat(20);
    let rows: Vec<(&str, bool)> = rows.into_iter().chain([("red odd", true)]).collect();
    let table = Table::of(rows.iter().map(|(words, _)| signs(words)), 2);
    let yes: Vec<bool> = rows.iter().map(|(_, yes)| *yes).collect();
    let all: Vec<usize> = (0..rows.len()).collect();
    let line = table.learn(&all, &yes);
    let weights = table.named(&line);
    assert!(weights["red"] > 0 && weights["blue"] < 0, "{weights:?}");
    assert!(!weights.contains_key("odd"));
    assert!(table.weigh(&line, 0) > 0 && table.weigh(&line, 1) < 0);
    assert_eq!(table.weigh(&line, 0), weigh(&weights, &signs("red round")));
    assert_eq!(weights, table.named(&table.learn(&all, &yes)), "the same examples, the same weights");
    let few = table.named(&table.learn(&[], &yes));
    assert!(few.is_empty(), "no examples, no weights: {few:?}");
}

fn entity(words: &str) -> Vec<Entity> {
    vec![Entity::from([words.to_owned()])]
}

/// Reports of a kidnapping, and of a meeting where the same words stand.
fn documents() -> Vec<Labelled> {
    let options = Options { gazetteer: None, ..Options::default() };
    let mut reader = Reader::new(&options).unwrap();
    let case = Organisations::none();
    let names = ["Pedro Alvar", "Maria Lopez", "Juan Perez", "Carlos Ruiz", "Luis Gomez", "Ana Diaz"];
    let mut all = Vec::new();
    for (at, name) in names.into_iter().cycle().take(24).enumerate() {
        let event = at % 2 == 0;
        let text = if event {
            format!(
                "Yesterday rebels kidnapped the engineer {name} in the town of Orvel. The police are looking for the rebels."
            )
        } else {
            format!(
                "Yesterday rebels met the engineer {name} in the town of Orvel. The talks with the rebels will go on."
            )
        };
        let claims = reader.claims("t", &text, None, None).unwrap();
        let rules = entities(&claims, &text, &case);
        let read = Read::new(&text, reader.outline("t", &text), claims, &case, rules);
        let mut gold: Entities = BTreeMap::new();
        if event {
            gold.insert("Victim", entity(&name.to_lowercase()));
            gold.insert("PerpInd", entity("rebels"));
        }
        all.push(Labelled { read, gold, event });
    }
    all
}

#[test]
fn what_tells_of_an_event_is_kept_and_what_does_not_is_left_out() {
    let all = documents();
    let learned = learn(&all.iter().collect::<Vec<_>>());
    for own in &all {
        let found = learned.entities(&own.read);
        for role in ["Victim", "PerpInd", "Target", "Weapon"] {
            assert_eq!(found[role], own.gold.get(role).cloned().unwrap_or_default(), "{role}");
        }
    }
    let path = std::env::temp_dir().join(format!("truceline-weights-{}.csv", std::process::id()));
    learned.write(&path).unwrap();
    let again = Learned::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(again.size(), learned.size());
    assert!(all.iter().all(|own| again.entities(&own.read) == learned.entities(&own.read)));
}

#[test]
fn parts_of_muc_are_asked_for_by_name() {
    let parse = |words: &str| Options::parse(&signs(words));
    assert_eq!(parse("muc").unwrap().part, Part::Train);
    assert_eq!(parse("muc --part test").unwrap().part, Part::Test);
    assert!(parse("muc --part both").is_err());
    let names: Vec<String> = (0..3000).map(|n| format!("D-{n}")).collect();
    let held = names.iter().filter(|name| third(name)).count();
    assert!((900..1100).contains(&held), "{held}");
}
