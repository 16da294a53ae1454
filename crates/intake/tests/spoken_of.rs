//! What is said of a deal by words that no table holds: proposed where its signs weigh enough, never where a rule has decided.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/tables.rs"]
mod tables;

use tables::{lexicons, slice, tables};
use truceline_intake::prose::{self, Case, Day, Document, Field, Gazetteer, Lexicons, Proposal};

fn read(text: &str, lexicons: &Lexicons) -> Vec<Proposal> {
    let document = Document { name: "t", text, date: Day::parse("2021-06-16"), country: None };
    prose::read(&document, lexicons, &Case::none(), &Gazetteer::none()).proposals
}

fn open(text: &str, lexicons: &Lexicons) -> Vec<Proposal> {
    read(text, lexicons).into_iter().filter(|p| p.sub == "spoken_of").collect()
}

const UNKNOWN: &str = "The two armies zwimbled the ceasefire on Monday, the envoy said.";

#[test]
fn a_verb_that_no_table_holds_is_enough() {
    let found = open(UNKNOWN, lexicons());
    assert_eq!(found.len(), 1, "{found:?}");
    let words = |field: Field| {
        let all = found[0].fields.get(&field).into_iter().flatten();
        all.map(|v| slice(UNKNOWN, v).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(words(Field::What), ["the ceasefire"]);
    assert_eq!(words(Field::Party), ["The two armies"]);
    assert_eq!(words(Field::AccordingTo), ["the envoy"]);
}

#[test]
fn without_weights_only_rules_tell() {
    let files = tables().iter().filter(|(name, _)| !name.ends_with("weights.csv"));
    let bare = Lexicons::parse(files.map(|(n, b)| (n.as_str(), b.as_slice()))).unwrap();
    assert!(open(UNKNOWN, &bare).is_empty());
}

#[test]
fn what_a_rule_decides_is_not_decided_again() {
    for text in [
        "The two armies want to negotiate an extension of the ceasefire.",
        "The army said on Monday that it would never violate the ceasefire.",
        "Did the two armies zwimble the ceasefire on Monday?",
        "The two armies zwimbled on Monday.",
        "",
    ] {
        assert!(open(text, lexicons()).is_empty(), "{text}: {:?}", open(text, lexicons()));
    }
}

#[test]
fn a_row_that_is_no_weight_is_a_fault() {
    for (table, line) in [("sign,weight\nlong=1,12\nlong=2,much\n", 3), ("sign,weight\nlong\n", 2)] {
        let faults = Lexicons::parse([("en/weights.csv", table.as_bytes())]).unwrap_err();
        assert_eq!((faults.len(), faults[0].line), (1, line), "{table}");
    }
    assert!(Lexicons::parse([("en/weights.csv", [0xff, 0xfe].as_slice())]).is_err());
}

#[test]
fn who_says_it_of_themselves_is_a_party_and_an_hour_is_when_it_begins() {
    let text = "The River Guard said it would zwimble the truce from midnight.";
    let found = open(text, lexicons());
    let words = |field: Field| {
        let all = found.first().and_then(|p| p.fields.get(&field)).into_iter().flatten();
        all.map(|v| slice(text, v).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(words(Field::Party), ["The River Guard"], "{found:?}");
    assert_eq!(words(Field::Effective).len(), 1, "{found:?}");
}

#[test]
fn much_of_it_stays_within_bounds() {
    let sentences = UNKNOWN.repeat(3000);
    let one =
        format!("The two armies zwimbled the truce{}.", ", and the truce frumpled the accord".repeat(3000));
    for text in [sentences, one] {
        assert!(read(&text, lexicons()).len() <= 2000);
    }
}
