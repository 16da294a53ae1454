//! Values beside what is told: whose task a thing is, what is still open, names in full, what a sentence tells in passing. Sentences of
//! our own, on truces and places that are nowhere.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/tables.rs"]
mod tables;

use tables::{lexicons, slice};
use truceline_intake::prose::{self, Case, Day, Document, Field, Gazetteer, Kind, Proposal};

fn read(text: &str) -> Vec<Proposal> {
    // A Wednesday.
    let document = Document { name: "t", text, date: Day::parse("2021-06-16"), country: None };
    prose::read(&document, lexicons(), &Case::none(), &Gazetteer::none()).proposals
}

fn of(kind: Kind, text: &str, field: Field) -> Vec<String> {
    let all = read(text);
    let own = all.iter().filter(|p| p.kind == kind);
    own.flat_map(|p| p.fields.get(&field)).flatten().map(|v| slice(text, v).to_owned()).collect()
}

fn fact(text: &str, field: Field) -> Vec<String> {
    of(Kind::Agreement, text, field)
}

fn subs(text: &str) -> Vec<String> {
    read(text).into_iter().filter(|p| p.kind == Kind::Agreement).map(|p| p.sub).collect()
}

#[test]
fn whose_task_it_is_and_whom_they_are_to_move() {
    let text = "The truce depends on others: it will be up to Norland to get the Hill Front to agree to the terms \
                and up to the River League to secure the consent of the valley clans.";
    assert_eq!(fact(text, Field::Party), ["Norland", "the River League"]);
    assert_eq!(fact(text, Field::Target), ["the Hill Front", "the valley clans"]);
    let text = "The ceasefire has two patrons, with the Norlanders responsible for bringing the Hill Front on board, \
                and the Southern Union for winning the support of the clans.";
    assert!(
        fact(text, Field::Target).contains(&"the Hill Front".to_owned()),
        "{:?}",
        fact(text, Field::Target)
    );
    // A task is no charge: nobody is blamed here.
    let text = "A bomb killed four people in Orvel on Monday. The Hill Front is responsible for getting its units out of the town.";
    assert!(of(Kind::Incident, text, Field::Claim).is_empty());
    let text = "A bomb killed four people in Orvel on Monday. The Hill Front is responsible for the attack.";
    assert!(!of(Kind::Incident, text, Field::Claim).is_empty());
}

#[test]
fn what_is_open_is_told_as_its_questions() {
    let text = "A truce was near. Among the unsettled issues are who patrols the bridge and how prisoners would be counted.";
    assert_eq!(subs(text), ["open_issue"]);
    assert_eq!(fact(text, Field::What), ["who patrols the bridge", "how prisoners would be counted"]);
}

#[test]
fn talks_that_hang_on_a_truce_are_conditional() {
    for text in [
        "If the truce holds, talks will resume on Friday.",
        "Talks will resume in Orvel on Friday if the ceasefire holds.",
    ] {
        let all = read(text);
        let talks = all.iter().find(|p| p.sub == "talks_scheduled").expect(text);
        assert!(talks.fields.contains_key(&Field::Condition), "{text}");
        assert_eq!(talks.fields[&Field::Hedge][0].norm.as_deref(), Some("conditional"), "{text}");
    }
    let plain = read("Talks on the ceasefire will resume in Orvel on Friday.");
    assert!(plain.iter().all(|p| !p.fields.contains_key(&Field::Condition)));
}

#[test]
fn a_surname_has_the_name_that_the_text_gives_in_full() {
    let norms = |text: &str| -> Vec<String> {
        let all = read(text);
        let said = all.iter().filter_map(|p| p.fields.get(&Field::AccordingTo));
        said.flatten().filter_map(|v| v.norm.clone()).collect()
    };
    let text = "Minister Anna R. Holm said on Monday that the truce had begun. Ms. Holm said later that the truce had collapsed.";
    assert_eq!(norms(text), ["anna_holm", "anna_holm"]);
    // Two of one surname stay as they are called.
    let text = "Minister Anna Holm said on Monday that the truce had begun. General Carl Holm said that the truce had collapsed. \
                Mr. Holm said that the truce had been extended.";
    assert!(norms(text).contains(&"holm".to_owned()), "{:?}", norms(text));
}

#[test]
fn what_is_told_beside_is_left_there() {
    // Where it was said is not where it holds.
    let text = "The envoy said in Orvel that the truce had collapsed.";
    assert!(fact(text, Field::Where).is_empty());
    // What a speaker recalls is the writer's word.
    let text = "“We are close,” Minister Anna Holm told reporters, referring to a May 12 agreement for a ceasefire within a week.";
    assert!(fact(text, Field::AccordingTo).is_empty(), "{:?}", fact(text, Field::AccordingTo));
    // What a clause says of a place is not said of the truce.
    let text =
        "Talks are underway to extend the truce to the city of Orvel, which a flood has nearly torn apart.";
    assert!(!subs(text).iter().any(|s| s.starts_with("status_")), "{:?}", subs(text));
    // The month is no doubt.
    let text = "The army confirmed a May agreement for a ceasefire.";
    assert!(fact(text, Field::Hedge).is_empty());
    // Who speaks after a clause did not say it.
    let text =
        "After a series of bombings in Orvel, a baker in Kelan said people had grown used to the noise.";
    assert!(of(Kind::Incident, text, Field::AccordingTo).is_empty());
}

#[test]
fn the_words_say_who_and_where() {
    let text = "The rebels' main umbrella group, the High Valley Council (HVC), was meeting in the Norland capital Sarvel for talks on the truce.";
    assert_eq!(fact(text, Field::Party), ["the High Valley Council (HVC)"]);
    assert_eq!(fact(text, Field::Where), ["Sarvel"]);
    let text = "Either ministry accuses its neighbour of having let the truce lapse.";
    assert_eq!(subs(text), ["violation_alleged"]);
    let text = "Announced by diplomats in Sarvel in May, the ceasefire failed to take hold by Friday.";
    assert_eq!(subs(text), ["announced", "deadline_lapsed"]);
    assert_eq!(fact(text, Field::AccordingTo), ["diplomats"]);
}

#[test]
fn hostages_stand_within_their_verb() {
    let text = "The rebels took three aid workers hostage near Sarvel on Monday.";
    let all = read(text);
    assert_eq!(all.iter().map(|p| p.sub.as_str()).collect::<Vec<_>>(), ["abduction"]);
    assert_eq!(of(Kind::Incident, text, Field::Target), ["three aid workers"]);
}

#[test]
fn a_share_carries_no_number() {
    let text =
        "Shelling hit the market in Orvel on Monday, and about two thirds of those deaths were of traders.";
    let all = read(text);
    let share = all.iter().find_map(|p| p.fields.get(&Field::Share)).expect("a share");
    assert_eq!(slice(text, &share[0]), "about two thirds of those deaths");
    assert!(share[0].bounds.is_none());
}

#[test]
fn a_prospect_is_no_attack() {
    assert!(read("Traders spoke on Wednesday of the prospect of an attack on Orvel.").is_empty());
    assert!(!read("Traders spoke on Wednesday of an attack on Orvel.").is_empty());
}

#[test]
fn what_is_filmed_remembered_or_denied_is_not_told_anew() {
    assert!(read("A documentary about the shelling of Orvel opens on Friday.").is_empty());
    let text = "Hundreds marched on Monday in memory of the forty people killed at Orvel a generation ago.";
    assert!(of(Kind::Incident, text, Field::When).iter().all(|w| w != "Monday"));
    assert!(of(Kind::Incident, "The army denied shelling homes in Orvel.", Field::Actor).is_empty());
    assert_eq!(of(Kind::Incident, "The army shelled homes in Orvel.", Field::Actor), ["The army"]);
}

#[test]
fn a_bomber_who_blows_himself_up_is_told() {
    let all = read("A suicide bomber blew himself up at a school in Orvel on Monday.");
    assert_eq!(all.iter().map(|p| p.sub.as_str()).collect::<Vec<_>>(), ["bombing"]);
    // Burns are wounds where somebody suffers them.
    assert!(
        !read("Two porters died and some of the visitors suffered burns.").iter().any(|p| p.sub == "arson")
    );
}

#[test]
fn a_weekday_from_which_a_truce_is_to_hold_lies_ahead() {
    let all = read("The Hill Front accepted a truce from Monday.");
    let from = all.iter().find_map(|p| p.fields.get(&Field::Effective)).expect("a day");
    assert_eq!(from[0].norm.as_deref(), Some("2021-06-21"));
}

#[test]
fn how_a_truce_was_made_does_not_date_its_end() {
    let text = "The truce, signed in May in Sarvel, was broken on Monday.";
    let all = read(text);
    let end = all.iter().find(|p| p.sub == "status_collapsed").expect("an end");
    let of = |field: Field| -> Vec<&str> {
        end.fields.get(&field).into_iter().flatten().map(|v| slice(text, v)).collect()
    };
    assert_eq!((of(Field::When), of(Field::Where)), (vec!["Monday"], vec![]));
}
