//! What sentences are made of: marks in order, each a slice of the text, in small letters and in capitals alike.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/tables.rs"]
mod tables;

use tables::lexicons;
use truceline_intake::prose::{Case, Document, Gazetteer, Mark, outline};

fn marks(text: &str) -> Vec<Mark> {
    let document = Document { name: "t", text, date: None, country: None };
    outline(&document, lexicons(), &Case::none(), &Gazetteer::none())
}

/// Sort and words of each mark.
fn told(text: &str) -> Vec<(&'static str, &str)> {
    let slice = |mark: &Mark| &text[mark.span.start as usize..mark.span.end as usize];
    // The slices are of the text, not of the marks.
    marks(text).iter().map(|mark| (mark.sort, slice(mark))).collect()
}

#[test]
fn phrases_acts_and_weapons_are_marked() {
    let text = "Two hooded men planted a bomb at the power station near Orvel. The journalist Pedro Alvar was kidnapped by rebels.";
    let all = told(text);
    for mark in [
        ("force", "Two hooded men"),
        ("does", "planted"),
        ("weapon", "a bomb"),
        ("arm", "bomb"),
        ("thing", "the power station"),
        ("suffers", "kidnapped"),
        ("force", "rebels"),
    ] {
        assert!(all.contains(&mark), "{mark:?} in {all:?}");
    }
    let name = marks(text).into_iter().find(|mark| mark.sort == "name").unwrap();
    assert_eq!((name.name.as_deref(), name.sentence), (Some("pedro alvar"), 1));
}

#[test]
fn marks_stand_in_order_within_their_sentence() {
    let text = "On Sunday 4 soldiers were wounded; the mayor's office in Orvel was burned. \"It was them,\" he said.";
    let all = marks(text);
    let mut last = (0, 0);
    for mark in &all {
        assert!((mark.sentence, mark.span.start) >= last, "{mark:?}");
        last = (mark.sentence, mark.span.start);
        assert!(mark.span.start <= mark.core.start && mark.core.end <= mark.span.end);
        let whole = all.iter().find(|m| m.sort == "sentence" && m.sentence == mark.sentence).unwrap();
        assert!(whole.span.start <= mark.span.start && mark.span.end <= whole.span.end, "{mark:?}");
    }
}

#[test]
fn letters_do_not_matter_where_they_tell_no_names() {
    let text = "the rebels kidnapped the engineer pedro alvar and burned two trucks on the road to orvel on monday, \
                and the police said that unidentified gunmen later attacked the home of the mayor with grenades and rifles.";
    let shape = |text: &str| marks(text).into_iter().map(|m| (m.sort, m.span, m.name)).collect::<Vec<_>>();
    assert_eq!(shape(text), shape(&text.to_uppercase()));
}

#[test]
fn nothing_is_marked_in_other_languages_and_in_nothing() {
    assert!(marks("").is_empty());
    assert!(marks("قصفت الطائرات الحربية بلدة في الريف الجنوبي صباح اليوم").is_empty());
}
