//! Who did what to whom, with what, in English: each rule by sentences of our own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/tables.rs"]
mod tables;

use tables::lexicons;
use truceline_intake::prose::{self, Case, Document, Field, Gazetteer, Kind, Proposal};

fn read(text: &str) -> Vec<Proposal> {
    let document = Document { name: "t", text, date: None, country: None };
    let all = prose::read(&document, lexicons(), &Case::none(), &Gazetteer::none()).proposals;
    all.into_iter().filter(|p| p.kind == Kind::Incident).collect()
}

fn words(text: &str, field: Field) -> Vec<&str> {
    let all = read(text);
    let values = all.iter().flat_map(|p| p.fields.get(&field)).flatten();
    values.map(|v| &text[v.span.start as usize..v.span.end as usize]).collect()
}

#[test]
fn persons_by_name_are_victims() {
    for (text, right) in [
        ("Gunmen killed the journalist Pedro Alvar in Orvel.", &["Pedro Alvar"][..]),
        ("Senator Marta Quill was kidnapped by unidentified men in Orvel.", &["Marta Quill"]),
        ("The murder of judge Luis Ember and Ana Corso shocked Orvel.", &["Luis Ember", "Ana Corso"]),
        ("Carlos Brant, one of the leaders of the union, was assassinated in Orvel.", &["Carlos Brant"]),
        ("Jorge Tilde, who was staying at a hotel, was abducted in Orvel.", &["Jorge Tilde"]),
        (
            "The mayor escaped a bombing in Orvel; the dead were identified as Juan Perro and Rosa Lint.",
            &["Juan Perro", "Rosa Lint"],
        ),
        ("Police arrested Jose Marl in Orvel.", &[]),
    ] {
        assert_eq!(words(text, Field::Victims), right, "{text}");
    }
    let text = "Gunmen killed Pedro Alvar in Orvel. The murder of Alvar was condemned.";
    let all = read(text);
    let norms: Vec<_> = all
        .iter()
        .flat_map(|p| p.fields.get(&Field::Victims))
        .flatten()
        .map(|v| v.norm.clone().unwrap())
        .collect();
    assert_eq!(
        norms,
        ["person:pedro alvar", "person:pedro alvar"],
        "a surname stands for the full name that the text gives"
    );
}

#[test]
fn things_are_targets_where_a_weapon_goes_off() {
    for (text, right) in [
        ("A bomb exploded outside a bank in Orvel.", &["a bank"][..]),
        ("Rebels placed dynamite under a bridge near Orvel.", &["a bridge"]),
        ("The blast damaged ten shops and two buses in Orvel.", &["ten shops", "two buses"]),
        ("Armed men set a bus on fire in Orvel.", &["a bus"]),
        ("The town hall and three pylons were dynamited in Orvel.", &["The town hall", "three pylons"]),
        ("The explosion killed nobody and no group claimed it.", &[]),
    ] {
        assert_eq!(words(text, Field::Target), right, "{text}");
    }
}

#[test]
fn who_did_it_far_from_the_verb() {
    for (text, right) in [
        (
            "The bus was burned on the road to Orvel last night by about ten hooded men.",
            &["about ten hooded men"][..],
        ),
        ("Several men in a vehicle opened fire on the embassy in Orvel.", &["Several men"]),
        ("Members of the Taliban attacked a school in Orvel.", &["Members of the Taliban"]),
        (
            "Government forces, backed by warplanes of Ruland, attacked a market in Orvel.",
            &["Government forces"],
        ),
    ] {
        assert_eq!(words(text, Field::Actor), right, "{text}");
    }
}

#[test]
fn both_sides_of_a_clash_take_part() {
    for text in [
        "Clashes took place between government troops and rebel fighters in Orvel.",
        "Government troops clashed with rebel fighters in Orvel.",
        "Government troops and rebel fighters exchanged artillery fire near Orvel.",
        "Government troops, backed by Ruland, clashed with rebel fighters in Orvel.",
    ] {
        let mut actors = words(text, Field::Actor);
        actors.sort_by_key(|words| words.to_lowercase());
        assert_eq!(
            actors.iter().map(|w| w.to_lowercase()).collect::<Vec<_>>(),
            ["government troops", "rebel fighters"],
            "{text}"
        );
    }
}

#[test]
fn whoever_is_blamed_stays_accused() {
    for (text, who) in [
        (
            "A bomb hit a bank in Orvel. Sources attributed the attack to the Knights of Tarn.",
            "the Knights of Tarn",
        ),
        ("Two men suspected of the murder of Pedro Alvar were seen in Orvel.", "Two men"),
        ("Police arrested three students after the attack on a bank in Orvel.", "three students"),
    ] {
        assert!(words(text, Field::Actor).contains(&who), "{text}: {:?}", words(text, Field::Actor));
    }
    let text = "A bomb hit a bank in Orvel. Sources attributed the attack to the Knights of Tarn.";
    assert!(!words(text, Field::Hedge).is_empty());
    assert!(words("A bomb exploded in Orvel. No group claimed responsibility.", Field::Actor).is_empty());
}

#[test]
fn texts_without_capitals_are_read_alike() {
    let text = "police said that gunmen killed the journalist pedro alvar and the lawyer rosa lint near the central market in the city of \
        orvel on monday. a bomb exploded at a bank two hours later, but nobody was hurt by the blast in the street.";
    for text in [text.to_owned(), text.to_uppercase()] {
        let found: Vec<String> = words(&text, Field::Victims).iter().map(|w| w.to_lowercase()).collect();
        assert_eq!(found, ["pedro alvar", "rosa lint"]);
        assert!(words(&text, Field::Weapon).iter().any(|w| w.eq_ignore_ascii_case("bomb")));
    }
}

#[test]
fn what_is_told_later_of_the_attack_is_kept() {
    let text = "A bomb exploded at a bank in Orvel on Sunday. The attack was carried out by rebels.";
    assert_eq!(words(text, Field::Actor), ["rebels"]);
    assert!(
        words("The attack was carried out by rebels.", Field::Actor).is_empty(),
        "of no attack told before, nothing"
    );
}
