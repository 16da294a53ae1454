//! Places and speakers as whole phrases, hours, days and places that hold over details, in texts of any war.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/tables.rs"]
mod tables;

use tables::lexicons;
use truceline_intake::prose::{self, Case, Day, Document, Field, Gazetteer, Kind, Proposal};

/// Read on a Wednesday.
fn incidents(text: &str) -> Vec<Proposal> {
    let document = Document { name: "t", text, date: Day::parse("2021-06-16"), country: None };
    let all = prose::read(&document, lexicons(), &Case::none(), &Gazetteer::none()).proposals;
    all.into_iter().filter(|p| p.kind == Kind::Incident).collect()
}

fn words<'t>(text: &'t str, proposal: &Proposal, field: Field) -> Vec<&'t str> {
    let slice = |v: &prose::Value| &text[v.span.start as usize..v.span.end as usize];
    proposal.fields.get(&field).into_iter().flatten().map(slice).collect()
}

#[test]
fn a_place_is_told_with_what_it_lies_in() {
    for (text, place) in [
        (
            "Rockets hit the village of Orvel (Tessel province) on Monday, killing two people.",
            vec!["the village of Orvel (Tessel province)"],
        ),
        (
            "A bomb exploded at a market in the Lower district of Orvel and in Brannock on Monday, killing three.",
            vec!["the Lower district of Orvel", "Brannock"],
        ),
        (
            "В результате обстрела поселка Орвелино украинскими силовиками погибли два человека.",
            vec!["поселка Орвелино"],
        ),
        ("استهدفت مسيرة سيارة في بلدة أورفل بقضاء تسل، ما أدى إلى مقتل شخصين.", vec!["بلدة أورفل بقضاء تسل"]),
    ] {
        assert_eq!(words(text, &incidents(text)[0], Field::Where), place, "{text}");
    }
}

#[test]
fn whose_word_it_is_stands_whole_and_by_name() {
    for (text, who, via) in [
        (
            "Rockets hit the village of Orvel on Monday, killing two people, Anna Veldt, a nurse in the town, said.",
            "Anna Veldt",
            None,
        ),
        (
            "A bomb exploded near Brannock on Monday, the spokesman for the governor of Tessel told the Orvel Post.",
            "the spokesman for the governor of Tessel",
            Some("the Orvel Post"),
        ),
        (
            "В результате обстрела поселка Орвелино погибли два человека. Об этом сообщает Комитет спасения.",
            "Комитет спасения",
            None,
        ),
    ] {
        let first = &incidents(text)[0];
        assert_eq!(words(text, first, Field::AccordingTo), [who], "{text}");
        assert_eq!(words(text, first, Field::Via), via.into_iter().collect::<Vec<_>>(), "{text}");
    }
}

#[test]
fn a_day_and_a_place_hold_for_what_is_told_next_and_has_none() {
    let text = "On Monday a shell landed in the Upper quarter of Orvel, killing two men. Gunmen later attacked a clinic.";
    let later = incidents(text).pop().unwrap();
    assert_eq!(words(text, &later, Field::Where), ["the Upper quarter of Orvel"]);
    assert_eq!(words(text, &later, Field::When), ["Monday"]);
    assert!(later.fields.get(&Field::Where).into_iter().flatten().all(|v| v.outside));
}

#[test]
fn those_who_were_hurt_are_no_target_and_a_drone_of_nobody_no_actor() {
    let text = "A drone struck a clinic in Orvel on Monday and killed four patients.";
    let first = &incidents(text)[0];
    assert_eq!(words(text, first, Field::Target), ["a clinic"]);
    assert!(words(text, first, Field::Actor).is_empty());
}
