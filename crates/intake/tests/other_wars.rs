//! Truces and wars that no mission of ours was written for: conditions, silence, distances, what is only talked about, and a registry of
//! another war. Own sentences; nobody and no place in them exists.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/tables.rs"]
mod tables;

use std::path::Path;

use tables::{lexicons, slice};
use truceline_intake::mission;
use truceline_intake::prose::{self, Case, Day, Document, Field, Gazetteer, Kind, Proposal};
use truceline_model::Zone;

/// Read on a Wednesday.
fn read(text: &str, case: &Case) -> Vec<Proposal> {
    let document = Document { name: "t", text, date: Day::parse("2021-06-16"), country: None };
    prose::read(&document, lexicons(), case, &Gazetteer::none()).proposals
}

fn deals(text: &str) -> Vec<Proposal> {
    read(text, &Case::none()).into_iter().filter(|p| p.kind == Kind::Agreement).collect()
}

fn words<'t>(text: &'t str, all: &[Proposal], field: Field) -> Vec<&'t str> {
    all.iter().flat_map(|p| p.fields.get(&field).into_iter().flatten()).map(|v| slice(text, v)).collect()
}

#[test]
fn what_is_said_of_other_truces() {
    for (text, subs) in [
        (
            "The truce began at noon. Neither garrison had confirmed it by dusk.",
            vec!["in_force", "position_unclear"],
        ),
        ("A truce was offered on Monday. Kelan has given no reply.", vec!["position_unclear"]),
        ("The envoys discussed extending the truce.", vec![]),
        ("Talks on extending the truce will open on Friday.", vec!["talks_scheduled"]),
        ("The Velt Front gave its blessing to the truce.", vec!["accepted"]),
        ("The Velt Front does not consider itself bound by the truce.", vec!["position_refuses"]),
        (
            "The envoys gave the Velt Front three days to leave the port, as the truce demands.",
            vec!["deadline_set"],
        ),
        ("Стороны объявили о перемирии. В Кельне готовы его соблюдать.", vec!["announced", "accepted"]),
        ("Envoys of both factions initialled a memorandum in Brannock.", vec!["accepted"]),
        ("The truce will take effect once both garrisons sign.", vec!["in_force"]),
        ("Перемирие на грани срыва, заявил посредник.", vec!["status_at_risk"]),
        ("Перемирʼя зірвано, заявив посередник.", vec!["status_collapsed"]),
    ] {
        let found: Vec<String> = deals(text).into_iter().map(|p| p.sub).collect();
        assert_eq!(found, subs, "{text}");
    }
}

#[test]
fn who_and_on_what_condition() {
    let text = "The army put its name to the truce, but a clerk said guards would remain as long as the siege lasted.";
    assert!(words(text, &deals(text), Field::Condition).is_empty());
    let text = "The truce began at noon. A spokesman for the River Guard accepted the truce.";
    let second: Vec<Proposal> = deals(text).into_iter().filter(|p| p.sub == "accepted").collect();
    assert_eq!(words(text, &second, Field::Party), ["the River Guard"]);
    let text = "The internationally recognised government accepted the truce on Monday.";
    assert_eq!(words(text, &deals(text), Field::Party), ["The internationally recognised government"]);
}

#[test]
fn how_far_and_between_which_hours() {
    let text = "Between 19:00 on 14 June and 06:00 on 15 June, drones struck army positions 5 km south of the Mile 9 junction.";
    let found: Vec<Proposal> =
        read(text, &Case::none()).into_iter().filter(|p| p.kind == Kind::Incident).collect();
    let when: Vec<Option<&str>> = found[0].fields[&Field::When].iter().map(|v| v.norm.as_deref()).collect();
    assert_eq!(when, [Some("2021-06-14T19:00/2021-06-15T06:00")]);
    assert_eq!(words(text, &found, Field::Where), ["5 km south of the Mile 9 junction"]);
    assert_eq!(words(text, &found, Field::Target), ["army positions"]);
}

#[test]
fn who_was_killed_stands_before_what_is_joined_to_it() {
    for (text, killed, wounded) in [
        ("At least two soldiers killed and 3 wounded in an attack by militia in Orvel.", "At least two", "3"),
        ("Gunmen raided Orvel. At least 10 civilians killed and 24 wounded.", "At least 10", "24"),
        ("Clashes hit Orvel: nine people were reportedly killed and 25 injured.", "nine", "25"),
        ("Gunmen killed two guards and wounded three in Orvel.", "two", "three"),
        ("Gunmen raided Orvel, leaving 38 deaths and more than 80 wounded.", "38", "more than 80"),
    ] {
        let found = read(text, &Case::none());
        assert_eq!(words(text, &found, Field::Killed), [killed], "{text}");
        assert_eq!(words(text, &found, Field::Wounded), [wounded], "{text}");
    }
}

#[test]
fn what_would_have_happened_did_not() {
    for text in [
        "Had the truce failed, the bridge would have been bombed.",
        "He died of his burns without prior warning of the storm.",
        "У кінотеатрі показали стрічку, де підривають міст.",
    ] {
        let found = read(text, &Case::none());
        let told: Vec<&Proposal> =
            found.iter().filter(|p| p.kind == Kind::Incident && p.sub != "killing").collect();
        assert!(told.is_empty(), "{text}: {told:?}");
    }
}

#[test]
fn a_registry_of_another_war_changes_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agreements/syria-2016");
    let zone = Zone::utc();
    let actors = mission::actors(&std::fs::read(folder.join("actors.csv")).unwrap(), &zone).unwrap();
    let areas = mission::areas(&std::fs::read(folder.join("areas.geojson")).unwrap(), &zone).unwrap();
    let foreign = Case::new(&actors, &areas);
    for text in [
        "Delegates of the Kelan government and the Velt Front agreed in Brannock on Monday to a halt in fighting.",
        "The army shelled the market of Orvel on Tuesday, killing three people, a nurse in the town said.",
        "قصفت قوات كيلان سوق أورفل يوم الثلاثاء، ما أدى إلى مقتل ثلاثة أشخاص.",
        "Войска Келана обстреляли рынок в Орвеле во вторник, погибли трое.",
    ] {
        let (with, without) = (read(text, &foreign), read(text, &Case::none()));
        let shape = |all: &[Proposal]| -> Vec<(Kind, String, u32, u32)> {
            all.iter().map(|p| (p.kind, p.sub.clone(), p.span.start, p.span.end)).collect()
        };
        assert_eq!(shape(&with), shape(&without), "{text}");
        let ids = with.iter().flat_map(|p| p.fields.values().flatten()).filter(|v| v.registry.is_some());
        assert_eq!(ids.count(), 0, "{text}");
    }
}
