//! The reader of free text: each grammar by sentences of our own, and what must hold of any text whatever.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/tables.rs"]
mod tables;

use proptest::prelude::*;
use tables::{lexicons, slice};
use truceline_intake::prose::{self, Case, Day, Document, Field, Gazetteer, Kind, Proposal, Reading};

fn read_on(text: &str, date: Option<&str>) -> Reading {
    let date = date.map(|d| Day::parse(d).unwrap());
    let document = Document { name: "t", text, date, country: None };
    prose::read(&document, lexicons(), &Case::none(), &Gazetteer::none())
}

fn read(text: &str) -> Vec<Proposal> {
    // A Wednesday.
    read_on(text, Some("2021-06-16")).proposals
}

fn words<'t>(text: &'t str, all: &[Proposal], field: Field) -> Vec<&'t str> {
    let mut found: Vec<&str> =
        all.iter().flat_map(|p| p.fields.get(&field)).flatten().map(|v| slice(text, v)).collect();
    found.dedup();
    found
}

/// Figures as `words = bounds`.
fn figures(text: &str, field: Field) -> Vec<String> {
    let all = read(text);
    let values = all.iter().flat_map(|p| p.fields.get(&field)).flatten();
    values.map(|v| format!("{} = {}", slice(text, v), v.bounds.unwrap())).collect()
}

#[test]
fn numbers_bind_as_they_are_put() {
    for (text, right) in [
        ("Shelling in Orvel killed more than 60 people.", "more than 60 = >60"),
        ("Shelling in Orvel killed at least nine people.", "at least nine = >=9"),
        ("At least 14 civilians were killed by shelling in Orvel.", "At least 14 = >=14"),
        ("Shelling in Orvel killed up to five soldiers.", "up to five = <=5"),
        ("Shelling in Orvel killed between four and seven people.", "between four and seven = 4-7"),
        ("Shelling in Orvel killed two or three people.", "two or three = 2-3"),
        ("Shelling in Orvel killed dozens of people.", "dozens of = dozens"),
        ("Shelling in Orvel killed twenty-five people.", "twenty-five = 25"),
        ("Shelling in Orvel killed one hundred and seven people.", "one hundred and seven = 107"),
        ("Shelling in Orvel killed 1,250 people.", "1,250 = 1250"),
        ("The death toll from the shelling in Orvel rose from 12 to 27.", "27 = 27"),
        ("Shelling in Orvel killed a child.", "a child = 1"),
    ] {
        assert_eq!(figures(text, Field::Killed), [right], "{text}");
    }
}

#[test]
fn what_counts_no_dead_is_no_toll() {
    for text in [
        "Shelling in Orvel on 12 June 2021 hit three houses.",
        "The 20-year-old market in Orvel was shelled for 3 hours.",
        "Three mortar shells hit the village of Orvel.",
        "The attack in Orvel came 10 days after 2 trucks of aid arrived.",
        "Two thirds of the dead from shelling in Orvel were civilians.",
    ] {
        assert_eq!(figures(text, Field::Killed), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn parts_are_not_added_and_kinds_stay_apart() {
    let text = "At least 30 people, including seven children, were killed and 12 others wounded in an air strike on Orvel.";
    assert_eq!(figures(text, Field::Killed), ["At least 30 = >=30"]);
    assert_eq!(figures(text, Field::Wounded), ["12 = 12"]);
    let text = "A car bomb in Orvel killed two soldiers and five civilians.";
    assert_eq!(figures(text, Field::Killed), ["two = 2", "five = 5"]);
}

#[test]
fn days_are_reckoned_from_the_day_of_the_text() {
    for (said, right) in [
        ("yesterday", Some("2021-06-15")),
        ("on Sunday", Some("2021-06-13")),
        ("last Friday", Some("2021-06-11")),
        ("on 3 May", Some("2021-05-03")),
        ("on May\u{a0}3, 2020", Some("2020-05-03")),
        ("on 2020-05-03", Some("2020-05-03")),
        ("last week", Some("2021-06-07/2021-06-13")),
        ("last month", Some("2021-05")),
        ("last September", Some("2020-09")),
        ("three days ago", Some("2021-06-13")),
        ("in recent days", None),
    ] {
        let text = format!("Shelling hit a school in Orvel {said}.");
        let all = read(&text);
        let when = all.iter().flat_map(|p| p.fields.get(&Field::When)).flatten().next().unwrap();
        assert_eq!(when.norm.as_deref(), right, "{text}");
    }
    let without = read_on("Shelling hit a school in Orvel on Sunday.", None);
    let when = &without.proposals[0].fields[&Field::When][0];
    assert_eq!(when.norm, None, "no day of the text, no date");
}

#[test]
fn who_did_it_is_told_by_voice() {
    let text = "Rebels attacked an army checkpoint near Orvel on Sunday.";
    assert_eq!(words(text, &read(text), Field::Actor), ["Rebels"]);
    let text = "A hospital in Orvel was shelled by government forces, residents said.";
    let all = read(text);
    assert_eq!(words(text, &all, Field::Actor), ["government forces"]);
    assert_eq!(words(text, &all, Field::Target), ["A hospital"]);
    assert_eq!(words(text, &all, Field::AccordingTo), ["residents"]);
}

#[test]
fn a_claim_of_responsibility_stays_a_claim() {
    let text = "A suicide bombing claimed by the Islamic State killed nine people in Orvel.";
    let all = read(text);
    assert_eq!(words(text, &all, Field::Claim), ["claimed by the Islamic State"]);
}

#[test]
fn what_is_only_feared_or_asked_is_no_incident() {
    for text in [
        "Does the shelling of Orvel help anybody?",
        "The minister warned of the threat of attacks in Orvel.",
        "They will accept if the rebels stop attacking Orvel.",
    ] {
        assert!(read(text).iter().all(|p| p.kind != Kind::Incident), "{text}");
    }
}

#[test]
fn what_is_said_of_truces() {
    for (text, right) in [
        ("The two sides signed a ceasefire in Orvel on Sunday.", "signed"),
        ("The rebels declared a unilateral ceasefire.", "announced"),
        ("The government rejected the proposed truce.", "position_refuses"),
        ("The rebels said they would accept a truce if the army withdraws.", "position_conditional"),
        ("The truce was extended for 48 hours.", "extended"),
        ("The ceasefire has collapsed in the north.", "status_collapsed"),
        ("The ceasefire is holding in most areas.", "status_holding"),
        ("The army accused the rebels of violating the ceasefire.", "violation_alleged"),
        ("The truce does not apply to the Islamic State.", "scope_exclusion"),
        ("Talks on a ceasefire resumed in Orvel.", "talks_ongoing"),
        ("The minister called for an immediate ceasefire.", "demand"),
        ("The rebels withdrew from the ceasefire.", "terminated"),
        ("It is unclear whether the rebels will accept the truce.", "position_unclear"),
    ] {
        let all = read(text);
        let subs: Vec<&str> =
            all.iter().filter(|p| p.kind == Kind::Agreement).map(|p| p.sub.as_str()).collect();
        assert_eq!(subs, [right], "{text}");
    }
    let text = "The truce was extended for 48 hours.";
    assert_eq!(words(text, &read(text), Field::Duration), ["48 hours"]);
    assert!(read("The company signed a deal in Orvel.").is_empty(), "no truce, no agreement fact");
}

/// Texts each with what is said of the deal in them, in order.
fn deals(cases: &[(&str, &[&str])]) {
    for (text, right) in cases {
        let all = read(text);
        let subs: Vec<&str> =
            all.iter().filter(|p| p.kind == Kind::Agreement).map(|p| p.sub.as_str()).collect();
        assert_eq!(subs, *right, "{text}");
    }
}

#[test]
fn what_is_said_of_truces_in_other_words() {
    deals(&[
        ("Both sides agreed to stop fighting from midnight.", &["reached"]),
        ("The rebels agreed to a truce.", &["accepted"]),
        ("The signing of the ceasefire took the guerrillas two days.", &["signed"]),
        ("The collapse of the truce surprised nobody.", &["status_collapsed"]),
        ("The pause expired at dawn.", &["deadline_lapsed"]),
        ("The truce is due to expire on 3 May 2016.", &["deadline_set"]),
        ("The army threatened to withdraw from the truce.", &["position_refuses_hedged"]),
        (
            "The rebels declared a truce. The army dismissed it as a trick.",
            &["announced", "position_refuses"],
        ),
        ("The truce began. The army did not comment.", &["in_force", "position_unclear"]),
        ("The truce could collapse.", &["status_at_risk"]),
        ("Efforts to extend the truce went nowhere.", &[]),
        ("If the truce collapses, people will flee.", &[]),
        ("No violations of the truce were reported.", &["status_holding"]),
        (
            "The ceasefire took effect at noon; the army accused the rebels of breaking it.",
            &["in_force", "violation_alleged"],
        ),
        (
            "The army signed the accord and the rebels rejected it. No truce holds.",
            &["signed", "position_refuses", "status_fraying"],
        ),
        ("Gunmen shelled the town despite the truce.", &["status_fraying"]),
        ("The army and the rebels traded accusations of truce violations.", &["violation_alleged"]),
        ("The ceasefire will be monitored by observers of the African Union.", &["monitoring"]),
        ("Talks on the truce ended without agreement.", &["talks_collapsed"]),
        ("The start date of the truce remains disputed.", &["open_issue"]),
    ]);
}

#[test]
fn parties_are_who_acts_and_not_who_mediates() {
    let party = |text: &str| {
        let all = read(text);
        words(text, &all, Field::Party).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        party("The army and the rebels signed a ceasefire brokered by Qatar."),
        ["The army", "the rebels"]
    );
    assert_eq!(party("The army accused the rebels of violating the truce."), ["the rebels"]);
    assert_eq!(party("The truce between the army and the rebels was extended."), ["the army", "the rebels"]);
    assert_eq!(party("There was no comment from the rebels on the truce."), ["the rebels"]);
}

#[test]
fn when_a_truce_begins_and_how_long_it_lasts() {
    let text = "A three-day truce took effect at noon on 3 May 2016.";
    let all = read_on(text, Some("2016-05-04")).proposals;
    let value = |field| all[0].fields[&field][0].norm.clone().unwrap_or_default();
    assert_eq!(value(Field::Effective), "2016-05-03T12:00");
    assert_eq!(value(Field::Duration), "P3D");
}

#[test]
fn truces_in_arabic_russian_and_ukrainian() {
    deals(&[
        ("اتهم الجيش الحوثيين بخرق الهدنة.", &["violation_alleged"]),
        ("دخلت الهدنة حيز التنفيذ أمس.", &["in_force"]),
        ("رفضت الحكومة تمديد الهدنة.", &["position_refuses"]),
        ("أعلنت الحكومة انتهاء الهدنة.", &["deadline_lapsed"]),
        ("اتفق الطرفان على وقف كامل لإطلاق النار.", &["reached"]),
        ("Стороны договорились о перемирии.", &["reached"]),
        ("Перемирие вступило в силу в полночь.", &["in_force"]),
        ("Армия обвинила повстанцев в нарушении перемирия.", &["violation_alleged"]),
        ("Сторони домовилися про припинення вогню і обмін.", &["reached"]),
        ("Військові порушили перемир'я.", &["violation_alleged"]),
    ]);
}

#[test]
fn aid_is_told_by_how_far_it_came() {
    for (text, right) in [
        ("A convoy of 12 trucks entered Orvel with food.", "delivery_reached"),
        ("The convoy was turned back at a checkpoint.", "delivery_refused"),
        ("The convoy was not allowed through.", "delivery_refused"),
        ("The army authorised a convoy to Orvel.", "delivery_approved"),
        ("Aid workers asked for access to Orvel.", "delivery_asked"),
        ("The rebels freed 30 hostages.", "release"),
        ("The wounded were evacuated from Orvel.", "evacuation"),
        ("منعت القوات دخول قافلة مساعدات إلى المدينة.", "delivery_refused"),
    ] {
        let all = read(text);
        let subs: Vec<&str> =
            all.iter().filter(|p| p.kind == Kind::Humanitarian).map(|p| p.sub.as_str()).collect();
        assert_eq!(subs, [right], "{text}");
    }
    let text = "A convoy of 12 trucks entered Orvel with food.";
    assert_eq!(figures(text, Field::Count), ["12 = 12"]);
    assert!(read("The envoy hopes that a convoy could reach Orvel.").is_empty(), "only hoped for");
}

#[test]
fn quotes_end_with_their_line_and_stances_are_told() {
    let text = "“We will keep the truce and nothing else will be said today.\nThe army, “for now”, said nothing of its own.";
    for proposal in read(text).iter().filter(|p| p.kind == Kind::Statement) {
        assert!(!text[proposal.span.start as usize..proposal.span.end as usize].contains('\n'));
    }
    let text = "The envoy called it a pause. The army denied shelling the town.";
    let all = read(text);
    let subs: Vec<&str> = all.iter().filter(|p| p.kind == Kind::Statement).map(|p| p.sub.as_str()).collect();
    assert_eq!(subs, ["stance", "indirect"]);
}

#[test]
fn arabic_is_read_in_both_orders() {
    let text = "قتل ثلاثة مدنيين وأصيب ٧ آخرون في قصف مدفعي على سوق في مدينة أورفيل أمس، بحسب مصادر طبية.";
    assert_eq!(figures(text, Field::Killed), ["ثلاثة = 3"]);
    assert_eq!(figures(text, Field::Wounded), ["٧ = 7"]);
    let text = "سقط 12 قتيلا وعشرات الجرحى في غارة جوية على قرية أورفيل.";
    assert_eq!(figures(text, Field::Killed), ["12 = 12"]);
    assert_eq!(figures(text, Field::Wounded), ["وعشرات = dozens"]);
    let text = "مددت الحكومة الهدنة لمدة 48 ساعة.";
    assert_eq!(read(text)[0].sub, "extended");
}

#[test]
fn russian_and_ukrainian_by_stems() {
    let text = "В результате обстрела погибли три человека, не менее пяти ранены.";
    assert_eq!(figures(text, Field::Killed), ["три = 3"]);
    assert_eq!(figures(text, Field::Wounded), ["не менее пяти = >=5"]);
    let text = "Унаслідок обстрілу загинули двоє людей, ще четверо поранені.";
    assert_eq!(figures(text, Field::Killed), ["двоє = 2"]);
}

#[test]
fn nothing_is_made_of_walls_and_silence() {
    assert!(read_on("Log in to continue\nForgot your password?\n", None).nothing.is_some());
    assert!(read_on(" \n\u{200f}", None).nothing.is_some());
    assert!(read_on("今日は停戦が発表されました", None).nothing.is_some());
}

fn check(text: &str) {
    let document = Document { name: "t", text, date: Day::parse("2021-06-16"), country: Some("SY") };
    let reading = prose::read(&document, lexicons(), &Case::none(), &Gazetteer::none());
    for proposal in &reading.proposals {
        let spans = proposal.fields.values().flatten().map(|v| v.span).chain([proposal.span]);
        for span in spans {
            assert!(span.start < span.end, "an empty span in {text:?}");
            assert!(text.get(span.start as usize..span.end as usize).is_some(), "off the text: {text:?}");
        }
    }
    let line = prose::json::line(&document, &reading);
    serde_json::from_str::<serde_json::Value>(&line).unwrap();
}

const PIECES: [&str; 64] = [
    "shelling",
    "killed",
    "12",
    "more than",
    "truce",
    "the",
    "rebels",
    "in",
    "Aleppo",
    ".",
    "\n\n",
    "\n",
    ",",
    "“",
    "”",
    "\"",
    "said",
    "according to",
    "and",
    "wounded",
    "including",
    "Sunday",
    "last",
    "Feb.",
    "between",
    "of",
    "not",
    "if",
    "by",
    "ceasefire",
    "extended for",
    "48 hours",
    "who",
    "—",
    ";",
    ":",
    "Mr. Kerry",
    "he",
    "claimed by",
    "قتل",
    "١٢",
    "وقف إطلاق النار",
    "في",
    "مدينة",
    "обстрел",
    "погибли",
    "\u{202e}",
    "e\u{301}",
    "\u{feff}",
    "(",
    ")",
    "’s",
    "-",
    "2016-02-30",
    "99999999999",
    "dozens",
    "a",
    "no",
    "was",
    "to",
    "aid",
    "reached",
    "?",
    "%",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_read_without_a_span_off_it(text in "\\PC{0,200}") {
        check(&text);
    }

    #[test]
    fn any_order_of_known_words_too(pieces in proptest::collection::vec(0..PIECES.len(), 0..60), glued in any::<bool>()) {
        let words: Vec<&str> = pieces.iter().map(|i| PIECES[*i]).collect();
        check(&words.join(if glued { "" } else { " " }));
    }
}

#[test]
fn long_texts_take_time_in_proportion() {
    for piece in [
        "shelling killed 12 people in Aleppo and ",
        "“truce ",
        "(((",
        "a-",
        "1 ",
        "Kerry said he ",
        "قتل ",
        "\n\n\"x ",
    ] {
        let text = piece.repeat(400_000 / piece.len());
        let begun = std::time::Instant::now();
        check(&text);
        assert!(begun.elapsed().as_secs() < 60, "{piece:?} took {:?}", begun.elapsed());
    }
}
