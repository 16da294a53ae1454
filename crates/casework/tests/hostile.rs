//! Who plays against the clock or against the others: each is refused with words that are kept, or wins nothing by it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bench;

use std::collections::BTreeSet;

use bench::{Record, at_judge, hour, open_question, opening, prohibited, settings, who};
use truceline_casework::case::{
    Act, CaseAct, CaseId, ClockFault, Complainant, Docket, Doer, Kind, Person, Refused, Role, Stopped, Way,
    counts,
};
use truceline_model::{Extendable, IncidentId, Length, Who};

fn evidence() -> Act {
    Act::Evidence { receipt: None, is_sealed: false, words: None }
}

#[test]
fn who_plays_for_time_wins_none() {
    let mut record = Record::default();
    let case = record.open(0, "walid", &["ahrar"]);
    record.step(1, "watch", case, "notice", None);
    let due = record.docket(2).cases[&case].clock().unwrap().due;
    // A reply takes no extension; joining, taking back, joining again, evidence and names change no date.
    let more = record.on(3, "omar", case, Act::Extend(None));
    let join = || Act::Join(Complainant::Party("ahrar".into()));
    for at in 4..40 {
        record.on(at, "omar", case, join());
        record.on(at, "omar", case, Act::Withdraw(None));
        record.on(at, "omar", case, evidence());
    }
    let docket = record.docket(41);
    let found = &docket.cases[&case];
    assert_eq!((found.stands(), found.clock().unwrap().due), ("reply", due));
    assert!(matches!(record.why(41, more), Refused::Role(Role::PartyLiaison, ..)));
    assert_eq!(found.evidence.len(), 36);
    assert_eq!(
        found.complainants.len(),
        1,
        "who joined and took it back is gone; the first allegation stands"
    );
    assert_eq!(record.docket(50).cases[&case].stands(), "judge", "and the time ran out when it would have");
}

#[test]
fn an_extension_is_asked_by_each_once_and_granted_once() {
    let mut record = Record::default();
    let case = at_judge(&mut record, &["ahrar"]);
    let first = record.on(3, "ivan", case, Act::Extend(None));
    let second = record.on(4, "ivan", case, Act::Extend(None));
    assert_eq!(record.why(5, second), Refused::Twice(first), "the words name the entry that asked");
    let both = record.on(6, "jane", case, Act::Extend(None));
    for at in 7..30 {
        let again = record.on(at, "jane", case, Act::Extend(None));
        assert_eq!(record.why(at, again), Refused::Twice(both));
    }
    assert_eq!(record.docket(31).cases[&case].clock().unwrap().due, hour(2 + 72 + 24));
}

#[test]
fn one_who_speaks_for_two_is_heard_for_each() {
    let mut all = settings();
    let setting = all.get_mut(&0).unwrap();
    let course = setting.procedures.get_mut(&"climb".into()).unwrap();
    course.steps[0].extendable = Some(Extendable { by: Length::Hours(12), who: who(&["respondent"]) });
    setting
        .people
        .insert("chair".into(), Person { role: Role::CoChair, acts_for: Some("opposition".into()) });
    let mut record = Record::default();
    let case = record.open(0, "walid", &["ahrar", "jaysh"]);
    record.on(1, "chair", case, Act::Extend(None));
    let at = |record: &Record| Docket::of(&all, &record.entries, hour(3)).cases[&case].clock().unwrap().due;
    assert_eq!(at(&record), hour(24), "one of two has asked");
    record.on(2, "chair", case, Act::Extend(None));
    assert_eq!(at(&record), hour(36));
}

#[test]
fn a_case_reopened_has_its_time_anew_and_each_time_needs_what_is_new() {
    let mut all = settings();
    let course = all.get_mut(&0).unwrap().procedures.get_mut(&"climb".into()).unwrap();
    // The reply's time runs from the opening.
    course.steps[1].since = truceline_model::Since::Opening;
    course.ends.iter_mut().for_each(|end| end.reopens = Some("reply".into()));
    let mut record = Record::default();
    let case = at_judge(&mut record, &["ahrar"]);
    record.judge(4, "ivan", case, open_question(), "settled");
    record.judge(5, "jane", case, open_question(), "settled");
    let mut at = 200;
    let mut item = 0;
    for _ in 0..3 {
        let stale = record.on(at, "lawyer", case, Act::Reopen { evidence: item, words: None });
        item = record.on(at, "lawyer", case, evidence());
        let party = record.on(at, "omar", case, Act::Reopen { evidence: item, words: None });
        record.on(at + 1, "lawyer", case, Act::Reopen { evidence: item, words: None });
        let docket = Docket::of(&all, &record.entries, hour(at + 2));
        let found = &docket.cases[&case];
        assert_eq!(found.stands(), "reply");
        assert_eq!(found.clock().unwrap().due, hour(at + 1 + 48), "the time runs from the reopening");
        let why = |entry| &found.refused.iter().find(|one| one.entry == entry).unwrap().why;
        assert_eq!(why(stale), &Refused::NoEntry(previous(&record, stale)));
        assert!(matches!(why(party), Refused::Role(Role::PartyLiaison, ..)));
        let early = record.on(at + 3, "lawyer", case, Act::Reopen { evidence: item, words: None });
        let docket = Docket::of(&all, &record.entries, hour(at + 3));
        assert_eq!(docket.cases[&case].refused.last().unwrap().why, Refused::HasNotEnded);
        assert_eq!(docket.cases[&case].refused.last().unwrap().entry, early);
        // Nobody says another word; it ends again.
        at += 500;
    }
    let docket = Docket::of(&all, &record.entries, hour(at));
    let reopened = docket.cases[&case].trail.iter().filter(|passage| passage.way == Way::Reopened).count();
    assert_eq!(reopened, 3);
}

/// The item that a reopening named.
fn previous(record: &Record, entry: u64) -> u64 {
    let one = record.entries.iter().find(|one| one.entry == entry).unwrap();
    match &one.what {
        CaseAct::On(_, Act::Reopen { evidence, .. }) => *evidence,
        _ => 0,
    }
}

#[test]
fn evidence_of_the_last_second_was_there_to_be_weighed() {
    let mut all = settings();
    let course = all.get_mut(&0).unwrap().procedures.get_mut(&"climb".into()).unwrap();
    course.ends.iter_mut().for_each(|end| end.reopens = Some("reply".into()));
    let mut record = Record::default();
    let case = record.open(0, "operator", &["ahrar"]);
    let end = 24 + 48 + 72 + 48;
    let old = record.on(end, "omar", case, evidence());
    let reopen = record.on(end + 1, "lawyer", case, Act::Reopen { evidence: old, words: None });
    let docket = Docket::of(&all, &record.entries, hour(end + 1));
    assert_eq!(docket.cases[&case].stands(), "closed");
    let refused = docket.cases[&case].refused.last().unwrap();
    assert_eq!((refused.entry, &refused.why), (reopen, &Refused::NoEntry(old)));
}

#[test]
fn who_stepped_aside_votes_under_no_other_name() {
    let mut all = settings();
    let setting = all.get_mut(&0).unwrap();
    let course = setting.procedures.get_mut(&"climb".into()).unwrap();
    course.steps[2].by = [Who::Anybody].into();
    course.steps[2].concur = BTreeSet::new();
    course.steps[2].deadlock = None;
    let mut record = Record::default();
    // By a word of their own, and because forces of theirs are before the case.
    let own = at_judge(&mut record, &["ahrar"]);
    record.on(3, "ivan", own, Act::Recuse(None));
    let vote = record.judge(4, "ivan", own, open_question(), "talk");
    let case = record.open(5, "operator", &["russian-air-force"]);
    record.step(6, "watch", case, "notice", None);
    record.step(6, "ivan", case, "reply", None);
    let must = record.judge(7, "ivan", case, open_question(), "talk");
    let docket = Docket::of(&all, &record.entries, hour(8));
    for (case, entry) in [(own, vote), (case, must)] {
        let refused = docket.cases[&case].refused.last().unwrap();
        let why = Refused::SteppedAside(Doer::Actor("russia".into()));
        assert_eq!((refused.entry, &refused.why), (entry, &why));
        assert!(docket.cases[&case].determinations.is_empty());
    }
}

#[test]
fn whoever_has_to_step_aside_after_they_spoke_is_heard_no_more() {
    let mut record = Record::default();
    let case = at_judge(&mut record, &["ahrar", "russian-air-force"]);
    // Both must step aside: one was found to be before the case, the other says so.
    record.on(3, "ivan", case, Act::Recuse(None));
    let mut other = Record::default();
    let late = at_judge(&mut other, &["ahrar", "jaysh"]);
    other.judge(3, "ivan", late, prohibited(&["ahrar"], None), "settled");
    other.on(4, "ivan", late, Act::Recuse(None));
    other.on(5, "jane", late, Act::Recuse(None));
    other.judge(6, "stefan", late, open_question(), "talk");
    let docket = other.docket(7);
    let [one] = docket.cases[&late].determinations.as_slice() else { panic!("{docket:?}") };
    assert_eq!(one.by, [Doer::Actor("un-envoy".into())].into());
    assert_eq!(one.kind, Kind::WithoutRecused);
    let docket = record.docket(4);
    assert!(docket.cases[&case].determinations.is_empty());
}

/// Russia speaks; then it is found that it is about forces of its own; then the other steps aside. What Russia said decides nothing.
#[test]
fn a_voice_is_lost_when_its_own_forces_are_named() {
    let mut all = settings();
    all.get_mut(&0).unwrap().procedures.get_mut(&"climb".into()).unwrap().opened_by.clear();
    let mut record = Record::default();
    let mut none = opening(&[]);
    none.complainant = Complainant::Public(None);
    let case = CaseId(record.put(0, "operator", CaseAct::Open(none)));
    record.step(1, "watch", case, "notice", None);
    record.step(2, "watch", case, "reply", None);
    record.judge(3, "ivan", case, open_question(), "settled");
    record.on(4, "lawyer", case, Act::Name("russian-air-force".into()));
    record.on(5, "jane", case, Act::Recuse(None));
    let docket = Docket::of(&all, &record.entries, hour(6));
    let found = &docket.cases[&case];
    assert_eq!(found.stands(), "judge", "{:?}", found.trail);
    assert!(found.determinations.is_empty());
    let awaited = found.awaited(&all[&0], hour(6)).unwrap();
    assert_eq!(awaited.who, [Doer::Actor("un-envoy".into())].into());
    // Nor does it stand as a view of its own when the time runs out.
    let silent = Docket::of(&all, &record.entries, hour(2 + 72 + 1));
    assert!(silent.cases[&case].determinations.is_empty());
}

#[test]
fn when_nobody_is_left_and_the_terms_say_no_more_the_mission_acts() {
    let mut all = settings();
    let course = all.get_mut(&0).unwrap().procedures.get_mut(&"climb".into()).unwrap();
    course.steps[2].deadlock = None;
    course.steps[2].concur = BTreeSet::new();
    let mut record = Record::default();
    let case = at_judge(&mut record, &["ahrar"]);
    record.judge(3, "ivan", case, open_question(), "talk");
    record.on(4, "ivan", case, Act::Recuse(None));
    record.on(4, "jane", case, Act::Recuse(None));
    let docket = Docket::of(&all, &record.entries, hour(5));
    let awaited = docket.cases[&case].awaited(&all[&0], hour(5)).unwrap();
    assert_eq!((awaited.step.as_str(), awaited.who), ("talk", [Doer::Mission].into()));
    record.step(5, "lawyer", case, "talk", Some("closed"));
    let docket = Docket::of(&all, &record.entries, hour(6));
    assert_eq!(docket.cases[&case].stands(), "closed", "whom the docket names can act");
}

#[test]
fn two_people_of_one_state_are_one_voice_about_the_clock() {
    let mut all = settings();
    let people = &mut all.get_mut(&0).unwrap().people;
    people.insert("boris".into(), Person { role: Role::CoChair, acts_for: Some("russia".into()) });
    let mut record = Record::default();
    let case = record.open(0, "walid", &["ahrar"]);
    record.step(1, "watch", case, "notice", None);
    // The reply comes late. Were its entry's time said to be wrong, it would count as having come in time.
    let late = record.step(60, "omar", case, "reply", None);
    let fault = ClockFault { from: late, to: late };
    record.put(61, "ivan", CaseAct::ClockFault(fault));
    let second = record.put(62, "boris", CaseAct::ClockFault(fault));
    let docket = Docket::of(&all, &record.entries, hour(63));
    assert_eq!(docket.refused.last().map(|one| (one.entry, &one.why)), Some((second, &Refused::SamePerson)));
    assert!(docket.cases[&case].done.iter().all(|done| done.step != "reply"));
}

#[test]
fn what_was_known_at_a_moment_stays_what_was_known_then() {
    let mut record = Record::default();
    let case = record.open(0, "walid", &["ahrar"]);
    record.step(1, "watch", case, "notice", None);
    let known = record.docket(45);
    let ahead = record.on(9_000, "omar", case, evidence());
    assert_eq!(record.docket(45), known);
    record.step(41, "omar", case, "reply", None);
    let fault = ClockFault { from: ahead, to: ahead };
    record.put(60, "watch", CaseAct::ClockFault(fault));
    record.put(61, "lawyer", CaseAct::ClockFault(fault));
    assert_eq!(record.docket(45), known, "that the clock was wrong became known later");
    let corrected = record.docket(61);
    assert_eq!(corrected.cases[&case].stands(), "judge");
    assert_eq!(corrected.cases[&case].evidence.len(), 1);
    assert!(corrected.cases[&case].done.iter().any(|done| done.step == "reply"));
}

#[test]
fn who_was_replaced_acts_no_more_and_who_took_over_can() {
    let mut all = settings();
    let mut later = all[&0].clone();
    let ivan = later.people.remove("ivan").unwrap();
    later.people.insert("igor".into(), ivan);
    later.procedures.clear();
    all.insert(13, later);
    let mut record = Record::default();
    let case = at_judge(&mut record, &["ahrar"]);
    assert_eq!(record.entries.last().unwrap().entry, 12);
    let gone = record.judge(3, "ivan", case, open_question(), "talk");
    record.judge(4, "igor", case, open_question(), "talk");
    record.judge(4, "jane", case, open_question(), "talk");
    let docket = Docket::of(&all, &record.entries, hour(5));
    let found = &docket.cases[&case];
    assert_eq!(found.stands(), "talk", "the case keeps its procedure");
    let refused = found.refused.last().unwrap();
    assert_eq!((refused.entry, &refused.why), (gone, &Refused::Nobody("ivan".into())));
}

#[test]
fn a_step_that_ran_out_twice_is_told_twice() {
    let mut all = settings();
    let course = all.get_mut(&0).unwrap().procedures.get_mut(&"climb".into()).unwrap();
    course.ends.iter_mut().for_each(|end| end.reopens = Some("reply".into()));
    let mut record = Record::default();
    let case = record.open(0, "operator", &["ahrar"]);
    let item = record.on(300, "omar", case, evidence());
    record.on(301, "lawyer", case, Act::Reopen { evidence: item, words: None });
    let replies = |record: &Record| {
        let docket = Docket::of(&all, &record.entries, hour(900));
        docket.lapses().into_iter().filter(|one| one.step == "reply").map(|one| one.at).collect::<Vec<_>>()
    };
    assert_eq!(replies(&record), [hour(24 + 48), hour(301 + 48)]);
    let lapse = || Act::Lapse { step: "reply".into() };
    record.on(800, "watch", case, lapse());
    assert_eq!(replies(&record), [hour(301 + 48)], "the oldest is told first");
    let second = record.on(801, "watch", case, lapse());
    assert!(replies(&record).is_empty());
    let third = record.on(802, "watch", case, lapse());
    let docket = Docket::of(&all, &record.entries, hour(900));
    let refused = docket.cases[&case].refused.last().unwrap();
    assert_eq!((refused.entry, &refused.why), (third, &Refused::Twice(second)));
}

#[test]
fn what_was_held_otherwise_later_counts_against_nobody() {
    let mut record = Record::default();
    let case = at_judge(&mut record, &["ahrar"]);
    record.judge(3, "ivan", case, prohibited(&["ahrar"], None), "settled");
    record.judge(4, "jane", case, prohibited(&["ahrar"], None), "settled");
    let count = |record: &Record, at| {
        let docket = record.docket(at);
        let all = counts(&docket, &[], &settings()[&0]);
        all.iter().map(|one| one.counted.determined.len()).sum::<usize>()
    };
    assert_eq!(count(&record, 5), 1);
    let item = record.on(6, "omar", case, evidence());
    record.on(7, "lawyer", case, Act::Reopen { evidence: item, words: None });
    assert_eq!(count(&record, 8), 1, "as long as it is not held otherwise it stands");
    record.step(8, "omar", case, "reply", None);
    record.judge(9, "ivan", case, open_question(), "settled");
    record.judge(10, "jane", case, open_question(), "settled");
    assert_eq!(count(&record, 11), 0);
    assert_eq!(record.docket(11).cases[&case].determinations.len(), 2, "both stay in the case");
}

/// A procedure that the reader of terms would refuse still makes no endless loop.
#[test]
fn a_procedure_that_goes_round_by_itself_stops() {
    let mut all = settings();
    let course = all.get_mut(&0).unwrap().procedures.get_mut(&"climb".into()).unwrap();
    course.steps[2].silence = "reply".into();
    course.steps[2].deadlock = Some("judge".into());
    course.steps[2].instead.clear();
    let mut record = Record::default();
    let case = at_judge(&mut record, &["ahrar"]);
    record.on(3, "ivan", case, Act::Recuse(None));
    record.on(3, "jane", case, Act::Recuse(None));
    let docket = Docket::of(&all, &record.entries, hour(100_000));
    assert!(docket.cases[&case].trail.len() < 100);
}

#[test]
fn a_flood_of_everything_ends() {
    let mut record = Record::default();
    let case = record.open(0, "walid", &["ahrar"]);
    for n in 0..20_000_u64 {
        let by = ["omar", "mallory", "ivan", "lawyer"][usize::try_from(n % 4).unwrap()];
        match n % 5 {
            0 => record.on(1, by, case, evidence()),
            1 => record.on(1, by, case, Act::Undertake { due: hour(9), words: None }),
            2 => record.on(1, by, case, Act::Disclose { item: n, to: "jaysh".into() }),
            3 => record.put(1, by, CaseAct::ClockFault(ClockFault { from: n, to: n + 3 })),
            _ => {
                let mut one = opening(&["jaysh"]);
                one.incidents = [IncidentId::new(&format!("n-{n}"))].into();
                one.complainant = Complainant::Party("opposition".into());
                record.put(1, by, CaseAct::Open(one))
            }
        };
    }
    let docket = record.docket(24 * 40);
    assert!(docket.cases.len() > 1_000);
    assert!(docket.cases.values().all(|case| case.turn.is_none()));
    let refused = docket.cases.values().map(|case| case.refused.len()).sum::<usize>() + docket.refused.len();
    assert!(refused > 5_000, "{refused}");
    assert!(
        docket.cases[&case].clocks.iter().all(|clock| matches!(clock.stopped, Some((_, Stopped::Lapsed))))
    );
}
