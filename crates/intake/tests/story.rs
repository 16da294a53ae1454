//! Events told over several sentences, and notes: what later sentences and header lines add to an incident, and what they must not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::sync::OnceLock;

use truceline_intake::prose::{
    self, Case, Day, Document, Field, Gazetteer, Granularity, Kind, Lexicons, Proposal,
};

fn lexicons() -> &'static Lexicons {
    static TABLES: OnceLock<Lexicons> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut tables = Vec::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lexicons");
        for language in ["en", "ar", "ru", "uk"] {
            for table in std::fs::read_dir(root.join(language)).unwrap() {
                let path = table.unwrap().path();
                tables.push((path.display().to_string(), std::fs::read(&path).unwrap()));
            }
        }
        Lexicons::parse(tables.iter().map(|(n, b)| (n.as_str(), b.as_slice()))).unwrap()
    })
}

/// Read on a Wednesday.
fn read(text: &str) -> Vec<Proposal> {
    let date = Day::parse("2021-06-16");
    let document = Document { name: "t", text, date, country: None };
    prose::read(&document, lexicons(), &Case::none(), &Gazetteer::none()).proposals
}

fn incidents(text: &str) -> Vec<Proposal> {
    read(text).into_iter().filter(|p| p.kind == Kind::Incident).collect()
}

/// Values of a field as `words`, `words = bounds` or `words = norm`; `^` before those outside the proposal.
fn values(text: &str, proposal: &Proposal, field: Field) -> Vec<String> {
    let show = |v: &prose::Value| {
        let outside = if v.outside { "^" } else { "" };
        let words = &text[v.span.start as usize..v.span.end as usize];
        match (&v.bounds, &v.norm) {
            (Some(bounds), _) => format!("{outside}{words} = {bounds}"),
            (None, Some(norm)) => format!("{outside}{words} = {norm}"),
            _ => format!("{outside}{words}"),
        }
    };
    proposal.fields.get(&field).into_iter().flatten().map(show).collect()
}

#[test]
fn a_sentence_that_only_counts_belongs_to_the_incident_before_it() {
    for (text, killed) in [
        (
            "Shelling hit a school in Orvel on Tuesday. At least nine people were killed.",
            "^At least nine = >=9",
        ),
        (
            "Warplanes bombed a market in Orvel on Tuesday. The roof fell in. Medics counted 17 dead.",
            "^17 = 17",
        ),
        ("استهدفت غارة جوية مشفى في بلدة أورفل يوم الثلاثاء. وأسفرت الغارة عن مقتل 14 شخصا.", "^14 = 14"),
        ("Обстрел школы в Орвеле начался во вторник. Погибли двое подростков.", "^двое = 2"),
    ] {
        let all = incidents(text);
        assert_eq!(all.len(), 1, "{text}: {all:#?}");
        assert_eq!(values(text, &all[0], Field::Killed), [killed], "{text}");
    }
}

#[test]
fn another_place_another_day_or_another_event_is_not_joined() {
    for text in [
        "Shelling hit a school in Orvel on Tuesday. Four people were killed in Maresk.",
        "Shelling hit a school in Orvel on Tuesday. Four people were killed on Monday.",
        "Shelling hit a school in Orvel on Tuesday. In a separate incident, four people were killed.",
        "Shelling hit a school in Orvel on Tuesday. Meanwhile, a mortar round killed a farmer in Maresk.",
        "استهدفت غارة جوية مشفى في بلدة أورفل يوم الثلاثاء. وفي حادث آخر قتل أربعة أشخاص.",
    ] {
        let all = incidents(text);
        assert_eq!(all.len(), 2, "{text}: {all:#?}");
        assert!(!all[0].fields.contains_key(&Field::Killed), "{text}");
    }
}

#[test]
fn a_second_figure_is_a_detail_of_the_first_telling_and_never_added() {
    let text = "Shelling in Orvel on Tuesday killed four people. Six people were killed, a medic said.";
    let all = incidents(text);
    assert_eq!(all.len(), 2);
    assert_eq!(values(text, &all[0], Field::Killed), ["four = 4"]);
    assert_eq!(all[1].granularity, Granularity::Detail);
    assert_eq!(values(text, &all[1], Field::Killed), ["Six = 6"]);
    assert_eq!(values(text, &all[1], Field::Where), ["^Orvel"]);
    assert_eq!(values(text, &all[1], Field::When), ["^Tuesday = 2021-06-15"]);
}

#[test]
fn who_is_among_the_dead_who_claims_and_what_is_not_confirmed_come_later() {
    let text = "Shelling in Orvel on Tuesday killed nine people. The dead included three children. \
                The Islamic State claimed responsibility. It could not be independently verified.";
    let all = incidents(text);
    assert_eq!(all.len(), 1);
    assert_eq!(values(text, &all[0], Field::Victims), ["^three children = 3"]);
    assert_eq!(values(text, &all[0], Field::Killed), ["nine = 9"]);
    assert_eq!(values(text, &all[0], Field::Claim), ["^claimed responsibility = claimed:islamic_state"]);
    assert_eq!(values(text, &all[0], Field::Hedge), ["^could not be independently verified = unconfirmed"]);
    let text = "Shelling in Orvel on Tuesday killed nine people. No group claimed responsibility.";
    assert!(!incidents(text)[0].fields.contains_key(&Field::Claim));
}

#[test]
fn the_day_told_once_holds_for_what_follows_closely() {
    let text = "Shelling hit a school in Orvel on Tuesday. An air strike destroyed a bridge in Maresk.";
    let all = incidents(text);
    assert_eq!(all.len(), 2);
    assert_eq!(values(text, &all[1], Field::When), ["^Tuesday = 2021-06-15"]);
}
