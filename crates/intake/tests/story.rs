//! Events told over several sentences, and notes: what later sentences and header lines add to an incident, and what they must not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/tables.rs"]
mod tables;

use tables::lexicons;
use truceline_intake::prose::{self, Case, Day, Document, Field, Gazetteer, Granularity, Kind, Proposal};

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
        (
            "استهدفت غارة جوية مشفى في بلدة أورفل يوم الثلاثاء. وأسفرت الغارة عن مقتل 14 شخصا. وبين القتلى طبيب.",
            "^14 = 14",
        ),
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

#[test]
fn header_lines_give_place_time_and_source_to_the_event_under_them() {
    for text in [
        "Date: 14 June 2021\nTime: 2155L\nLocation: Orvel, Maresk\nSource: night guard\nTwo bombs on the clinic.\nCas: 14 killed, 5 WIA",
        "DTG: 142155C JUN 21\nLOC: Orvel, Maresk\nSRC: hospital guard\n2x mortar rds on the hospital, 14 KIA, 5 WIA. Nfi.",
        "التاريخ: 14/6/2021\nالوقت: 21:55\nالمكان: أورفل - ماريسك\nالمصدر: حارس المشفى\nغارة على المشفى.\nالشهداء: 14 والجرحى: 5",
        "Дата: 14.06.2021\nВремя: 21:55\nМесто: Орвель, Мареск\nИсточник: сторож\nДве ракеты по больнице. Погибшие: 14, раненые: 5",
    ] {
        let all = incidents(text);
        assert_eq!(all.len(), 1, "{text}: {all:#?}");
        let incident = &all[0];
        assert_eq!(values(text, incident, Field::Killed).len(), 1, "{text}");
        let bounds = |field| incident.fields[&field][0].bounds.unwrap();
        assert_eq!((bounds(Field::Killed).min, bounds(Field::Wounded).min), (14, 5), "{text}");
        let when = &incident.fields[&Field::When];
        assert!(when.iter().any(|v| v.norm.as_deref() == Some("2021-06-14T21:55")), "{text}: {when:?}");
        assert!(when.iter().all(|v| v.outside), "{text}");
        assert_eq!(incident.fields[&Field::Where].len(), 1, "{text}");
        assert_eq!(incident.fields[&Field::AccordingTo].len(), 1, "{text}");
    }
}

#[test]
fn a_log_gives_one_incident_a_line() {
    let text = "15/06 SITREP\n- 0615 Orvel: air strike on a school, 3 KIA.\n- 0900 Maresk: mortar rds on the market, 4 WIA.\n- 1320 Tolm: two helicopters seen, no strike.";
    let all = incidents(text);
    assert_eq!(all.len(), 2, "{all:#?}");
    assert_eq!(values(text, &all[0], Field::Where), ["^Orvel"]);
    assert_eq!(values(text, &all[0], Field::When), ["^0615 = 2021-06-15T06:15"]);
    assert_eq!(values(text, &all[0], Field::Killed), ["3 = 3"]);
    assert_eq!(values(text, &all[1], Field::Where), ["^Maresk"]);
    assert_eq!(values(text, &all[1], Field::When), ["^0900 = 2021-06-15T09:00"]);
    assert_eq!(values(text, &all[1], Field::Wounded), ["4 = 4"]);
}

#[test]
fn messages_with_stamps_have_their_sender_and_their_hour() {
    let text = "[15/06/2021, 14:07] Abu Ward: sniper on the Tolm road, a shepherd is dead\n[15/06/2021, 14:11] Abu Ward: his brother wounded";
    let all = incidents(text);
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!(values(text, &all[0], Field::AccordingTo), ["^Abu Ward"]);
    assert_eq!(values(text, &all[0], Field::When), ["^15/06/2021, 14:07 = 2021-06-15T14:07"]);
    assert_eq!(values(text, &all[0], Field::Killed), ["a shepherd = 1"]);
    assert_eq!(values(text, &all[0], Field::Wounded), ["^his brother = 1"]);
}

#[test]
fn coordinates_are_places() {
    for (place, norm) in [
        ("36.8506, 40.0706", Some("36.8506,40.0706")),
        ("36.19N 37.12E", Some("36.19,37.12")),
        ("14.79S 42.95W", Some("-14.79,-42.95")),
        ("37T CN 8914 1230", None),
    ] {
        let text = format!("0615L grid {place}: 3x mortar rds, 2 KIA. Nfi.");
        let all = incidents(&text);
        assert_eq!(all.len(), 1, "{text}: {all:#?}");
        let at: Vec<_> = all[0].fields[&Field::Where]
            .iter()
            .map(|v| (&text[v.span.start as usize..v.span.end as usize], v.norm.as_deref()))
            .collect();
        assert!(at.contains(&(place, norm)), "{text}: {at:?}");
    }
    let text = "The price rose from 36.85, 40.07 and more. Shelling hit a school in Orvel.";
    assert_eq!(values(text, &incidents(text)[0], Field::Where), ["Orvel"]);
}

#[test]
fn an_hour_has_a_day_only_where_the_text_gives_one() {
    for (text, when) in [
        (
            "At 2210 on 14 June a mortar bomb landed beside a school in Orvel.",
            "2210 on 14 June = 2021-06-14T22:10",
        ),
        ("Shelling hit a school in Orvel at 9:15 on Tuesday.", "9:15 on Tuesday = 2021-06-15T09:15"),
        (
            "Shelling hit a school in Orvel on 14 June at 21:30 GMT.",
            "14 June at 21:30 GMT = 2021-06-14T21:30Z",
        ),
        ("Shelling hit a school in Orvel at 21:30.", "21:30"),
    ] {
        assert_eq!(values(text, &incidents(text)[0], Field::When), [when], "{text}");
    }
}

#[test]
fn a_full_line_that_was_wrapped_is_no_end_of_a_sentence() {
    let text = "Shelling hit a school in the town of Orvel on Tuesday morning while the\nchildren were in class and killed at least nine people, among them the head of\nthe school.";
    let all = incidents(text);
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!(values(text, &all[0], Field::Killed), ["at least nine = >=9"]);
}

#[test]
fn a_deadline_looks_ahead() {
    for (text, day) in [
        ("The truce in the valley holds until Friday, the governor said.", "2021-06-18"),
        ("الهدنة سارية حتى ظهر الجمعة.", "2021-06-18"),
    ] {
        let all = read(text);
        let values = all.iter().flat_map(|p| p.fields.values()).flatten();
        let norms: Vec<_> = values.filter_map(|v| v.norm.clone()).filter(|n| n.starts_with("20")).collect();
        assert!(!norms.is_empty() && norms.iter().all(|n| n == day), "{text}: {norms:?}");
    }
}

#[test]
fn qad_before_the_past_asserts() {
    let hedged = |text: &str| read(text).iter().any(|p| p.fields.contains_key(&Field::Hedge));
    assert!(!hedged("كانت الهدنة في ريف حماة قد انهارت أمس."));
    assert!(!hedged("الهدنة قد تعرضت لخروقات أمس."));
    assert!(hedged("الهدنة في ريف حماة قد تنهار."));
}

#[test]
fn who_denies_that_he_was_hurt_denies_no_shelling() {
    let text = "The mayor said rebels had shelled the market in Orvel on Friday; the army denied that any soldier had been hurt.";
    let all = incidents(text);
    assert_eq!(all.len(), 1);
    assert!(!all[0].fields.contains_key(&Field::Hedge));
    assert_eq!(values(text, &all[0], Field::AccordingTo), ["The mayor"]);
    assert_eq!(values(text, &all[0], Field::Target), ["the market = market"]);
}

#[test]
fn a_village_by_its_name_is_a_place_and_no_target() {
    let text = "Government forces shelled the village of Harbnafsah on Tuesday.";
    let all = incidents(text);
    assert_eq!(values(text, &all[0], Field::Where), ["the village of Harbnafsah"]);
    assert!(!all[0].fields.contains_key(&Field::Target));
}

#[test]
fn a_part_of_a_toll_is_no_toll() {
    let text = "Shelling hit a clinic in Orvel on Tuesday. A teacher and two pupils are among the dead.";
    let all = incidents(text);
    assert_eq!(all.len(), 1);
    assert!(!all[0].fields.contains_key(&Field::Killed));
    assert_eq!(values(text, &all[0], Field::Victims), ["^A teacher and two pupils"]);
}
