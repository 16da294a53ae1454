//! Cases by a procedure as data: who must act, what silence does, who steps aside, what is refused and kept.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bench;

use bench::{Record, at_judge, hour, open_question, opening, prohibited, settings, who};
use truceline_casework::case::{
    Act, CaseAct, CaseId, ClockFault, Complainant, Docket, Doer, Kind, Refused, Role, Stopped, Way, counts,
};
use truceline_model::{Actors, IncidentId, Interval, Membership};

#[test]
fn both_determine_the_same_and_it_is_joint() {
    let mut record = Record::default();
    let case = at_judge(&mut record, &["ahrar"]);
    record.judge(3, "ivan", case, prohibited(&["ahrar"], Some("serious")), "settled");
    let waiting = record.docket(4);
    let awaited = waiting.cases[&case].awaited(&settings()[&0], hour(4)).unwrap();
    assert_eq!(awaited.who, [Doer::Actor("united-states".into())].into());
    assert_eq!(awaited.due, hour(2 + 72));
    record.judge(5, "jane", case, prohibited(&["ahrar"], Some("minor")), "settled");
    let docket = record.docket(6);
    let found = &docket.cases[&case];
    assert_eq!(found.stands(), "settled");
    let [one] = found.determinations.as_slice() else { panic!("{:?}", found.determinations) };
    assert_eq!((one.kind, one.by.len()), (Kind::Joint, 2));
    assert_eq!(one.stance.gravity, None, "they agree on all but the gravity, which stays open");
    assert!(found.refused.is_empty());
}

#[test]
fn they_differ_and_each_view_is_kept() {
    let mut record = Record::default();
    let case = at_judge(&mut record, &["ahrar", "jaysh"]);
    record.judge(3, "ivan", case, prohibited(&["ahrar"], None), "talk");
    record.judge(5, "jane", case, open_question(), "talk");
    let docket = record.docket(6);
    let found = &docket.cases[&case];
    assert_eq!(found.stands(), "talk");
    assert_eq!(found.trail.last().unwrap().way, Way::Deadlock);
    assert!(found.determinations.iter().all(|one| one.kind == Kind::Separate));
    assert_eq!(found.determinations.len(), 2);
    assert!(counts(&docket, &[], &settings()[&0]).iter().all(|count| count.counted.determined.is_empty()));
}

#[test]
fn silence_takes_effect_by_itself_at_the_second_it_falls_due() {
    let mut record = Record::default();
    let case = record.open(0, "operator", &["ahrar"]);
    assert_eq!(record.docket(24).cases[&case].stands(), "notice", "in the last second one can still act");
    let after = Docket::of(&settings(), &record.entries, hour(24).plus_seconds(1));
    assert_eq!(after.cases[&case].stands(), "reply");
    // 24 h notice, 48 h reply, 72 h judging, 48 h talking: then it is closed, and no entry was needed.
    let docket = record.docket(24 + 48 + 72 + 48 + 1);
    let found = &docket.cases[&case];
    assert_eq!(found.stands(), "closed");
    assert_eq!(found.trail.last().unwrap().at, hour(24 + 48 + 72 + 48));
    assert!(found.clocks.iter().all(|clock| matches!(clock.stopped, Some((_, Stopped::Lapsed)))));
    assert_eq!(docket.lapses().len(), 4);
    let told = record.on(200, "watch", case, Act::Lapse { step: "reply".into() });
    assert_eq!(record.docket(201).lapses().len(), 3);
    assert_eq!(record.docket(201).cases[&case].clocks[1].recorded, Some(told));
    let again = record.on(202, "watch", case, Act::Lapse { step: "reply".into() });
    assert_eq!(record.why(203, again), Refused::Twice(told));
}

#[test]
fn an_amended_procedure_holds_for_the_cases_that_are_opened_from_its_entry_on() {
    let mut both = settings();
    let mut amended = both[&0].clone();
    let procedure = amended.procedures.get_mut(&"climb".into()).unwrap();
    procedure.steps[0].within = truceline_model::Length::Hours(7);
    procedure.steps[0].silence = "judge".into();
    procedure.steps.retain(|step| step.id != "reply");
    procedure.steps[0].then = vec!["judge".into()];
    amended.people.remove("watch");
    // From entry 11 on; the first case is entry 10.
    both.insert(11, amended);
    let mut record = Record::default();
    let old = record.open(0, "walid", &["ahrar"]);
    let replaced = record.on(2, "watch", old, Act::Means(None));
    let docket = |record: &Record, at| Docket::of(&both, &record.entries, hour(at));
    let due = |docket: &Docket, id, at| {
        let id: CaseId = id;
        let setting = if id == old { &both[&0] } else { &both[&11] };
        docket.cases[&id].awaited(setting, hour(at)).map(|one| (one.step, one.due))
    };
    // Nobody's running clock is shortened by an amendment, and the right of reply that a case began with is not taken away.
    let seen = docket(&record, 4);
    assert_eq!(due(&seen, old, 4), Some(("notice".to_owned(), hour(24))));
    let late = docket(&record, 30);
    assert_eq!(due(&late, old, 30), Some(("reply".to_owned(), hour(24 + 48))));
    // Who holds an office is another matter: who was replaced acts no more, in the old case either.
    assert!(seen.cases[&old].refused.iter().any(|one| one.entry == replaced));
    let again = record.on(31, "lawyer", old, Act::Means(None));
    let mut other = opening(&["ahrar"]);
    other.incidents = [IncidentId::new("i-3")].into();
    let next = CaseId(record.put(32, "walid", CaseAct::Open(other)));
    let seen = docket(&record, 33);
    assert_eq!(due(&seen, next, 33), Some(("notice".to_owned(), hour(32 + 7))));
    assert_eq!(docket(&record, 40).cases[&next].stands(), "judge");
    assert!(seen.cases[&old].means.iter().any(|one| one.entry == again), "the old one goes on beside it");
}

#[test]
fn what_comes_late_is_refused_and_kept() {
    let mut record = Record::default();
    let case = record.open(0, "walid", &["ahrar"]);
    record.step(1, "watch", case, "notice", None);
    let late = record.step(50, "omar", case, "reply", None);
    assert_eq!(
        record.why(51, late),
        Refused::OtherStep { stands: "judge".into(), lapsed: Some(hour(1 + 48)) }
    );
    assert_eq!(record.docket(51).cases[&case].stands(), "judge");
}

#[test]
fn nobody_acts_twice_or_for_another() {
    let mut record = Record::default();
    let case = at_judge(&mut record, &["ahrar"]);
    let first = record.judge(3, "ivan", case, open_question(), "talk");
    let second = record.judge(4, "ivan", case, prohibited(&["ahrar"], None), "settled");
    assert_eq!(record.why(5, second), Refused::ActedAlready(Doer::Actor("russia".into()), first));
    let stranger = record.judge(6, "stefan", case, open_question(), "talk");
    assert!(matches!(record.why(7, stranger), Refused::NotTheirs(_)));
    let liaison = record.judge(8, "omar", case, open_question(), "talk");
    assert!(matches!(record.why(9, liaison), Refused::Role(Role::PartyLiaison, ..)));
    let nobody = record.judge(10, "mallory", case, open_question(), "talk");
    assert_eq!(record.why(11, nobody), Refused::Nobody("mallory".into()));
}

#[test]
fn who_speaks_for_several_acts_for_one_after_the_other() {
    let mut both = settings();
    let setting = both.get_mut(&0).unwrap();
    let procedure = setting.procedures.get_mut(&"climb".into()).unwrap();
    let reply = procedure.steps.iter_mut().find(|step| step.id == "reply").unwrap();
    (reply.concur, reply.deadlock) = (who(&["respondent"]), Some("judge".into()));
    let mut record = Record::default();
    let case = record.open(0, "walid", &["ahrar", "jaysh"]);
    record.step(1, "watch", case, "notice", None);
    record.step(2, "omar", case, "reply", None);
    assert_eq!(Docket::of(&both, &record.entries, hour(3)).cases[&case].stands(), "reply");
    record.step(4, "omar", case, "reply", None);
    let docket = Docket::of(&both, &record.entries, hour(5));
    assert_eq!(docket.cases[&case].stands(), "judge");
    assert!(docket.cases[&case].refused.is_empty());
}

#[test]
fn a_state_answers_for_forces_of_its_own() {
    let mut record = Record::default();
    let case = record.open(0, "operator", &["russian-air-force"]);
    record.step(1, "watch", case, "notice", None);
    let other = record.step(2, "omar", case, "reply", None);
    assert!(matches!(record.why(3, other), Refused::NotTheirs(_)));
    record.step(4, "ivan", case, "reply", None);
    assert_eq!(record.docket(5).cases[&case].stands(), "judge");
}

#[test]
fn a_recused_one_who_votes_is_refused_and_the_others_decide() {
    let mut record = Record::default();
    let case = record.open(0, "operator", &["russian-air-force"]);
    record.step(1, "watch", case, "notice", None);
    // The reply's time runs out.
    let vote = record.judge(60, "ivan", case, open_question(), "talk");
    assert_eq!(record.why(61, vote), Refused::SteppedAside(Doer::Actor("russia".into())));
    record.judge(62, "jane", case, prohibited(&["russian-air-force"], Some("serious")), "settled");
    let docket = record.docket(63);
    let [one] = docket.cases[&case].determinations.as_slice() else { panic!() };
    assert_eq!(one.kind, Kind::WithoutRecused);
    assert_eq!(one.without, [Doer::Actor("russia".into())].into());
}

#[test]
fn when_all_step_aside_others_act_instead() {
    let mut record = Record::default();
    let case = at_judge(&mut record, &["ahrar"]);
    record.on(3, "ivan", case, Act::Recuse(None));
    record.on(4, "jane", case, Act::Recuse(None));
    let docket = record.docket(5);
    let awaited = docket.cases[&case].awaited(&settings()[&0], hour(5)).unwrap();
    assert_eq!(awaited.who, [Doer::Actor("un-envoy".into())].into());
    record.judge(6, "stefan", case, open_question(), "talk");
    assert_eq!(record.docket(7).cases[&case].stands(), "talk");
    record.on(8, "stefan", case, Act::Recuse(None));
}

#[test]
fn an_escalation_waits_for_means_and_the_log_of_them_travels() {
    let mut record = Record::default();
    let case = at_judge(&mut record, &["ahrar"]);
    record.judge(3, "ivan", case, open_question(), "talk");
    record.judge(4, "jane", case, open_question(), "talk");
    let early = record.step(5, "ivan", case, "talk", Some("ministers"));
    assert_eq!(record.why(6, early), Refused::MeansFirst(2, 1));
    record.on(7, "operator", case, Act::Means(Some("a call".into())));
    record.step(8, "jane", case, "talk", Some("ministers"));
    let docket = record.docket(9);
    assert_eq!(docket.cases[&case].stands(), "ministers");
    assert_eq!(docket.cases[&case].means.len(), 2);
}

#[test]
fn exclusion_needs_a_name_and_lasts_until_readmission() {
    let mut record = Record::default();
    let case = at_judge(&mut record, &["ahrar", "jaysh"]);
    record.judge(3, "ivan", case, open_question(), "talk");
    record.judge(4, "jane", case, open_question(), "talk");
    record.on(5, "operator", case, Act::Means(None));
    record.step(6, "jane", case, "talk", Some("ministers"));
    let unnamed = record.step(7, "lawyer", case, "ministers", Some("out"));
    assert_eq!(record.why(8, unnamed), Refused::NotNamed);
    record.on(9, "lawyer", case, Act::Name("jaysh".into()));
    let out = record.step(10, "lawyer", case, "ministers", Some("out"));
    let excluded = record.docket(11).exclusions();
    assert_eq!((excluded.len(), excluded[0].from, excluded[0].by), (1, hour(10), (case, out)));
    assert_eq!(excluded[0].actor, "jaysh".into());
    let mut again = opening(&["jaysh"]);
    again.procedure = "back".into();
    again.complainant = Complainant::Mission;
    let second = CaseId(record.put(12, "lawyer", CaseAct::Open(again)));
    record.step(13, "lawyer", second, "ask", Some("in-again"));
    assert_eq!(record.docket(14).exclusions()[0].until.unwrap().0, hour(13));
    assert_eq!(record.docket(12).exclusions()[0].until, None, "as of then it was not yet taken back");
}

#[test]
fn one_case_per_clause_and_respondent_and_more_may_join() {
    let mut record = Record::default();
    let case = record.open(0, "walid", &["ahrar"]);
    let second = record.put(1, "operator", CaseAct::Open(opening(&["ahrar"])));
    assert_eq!(record.why(2, second), Refused::AlreadyOpen(case));
    let other = record.open(3, "walid", &["jaysh"]);
    assert!(record.docket(4).cases.contains_key(&other));
    record.on(5, "operator", case, Act::Join(Complainant::Public(None)));
    record.on(6, "walid", case, Act::Withdraw(None));
    assert_eq!(record.docket(7).cases[&case].stands(), "notice", "the public's allegation still stands");
    record.on(8, "lawyer", case, Act::Withdraw(None));
    assert_eq!(record.docket(9).cases[&case].stands(), "withdrawn");
}

#[test]
fn new_evidence_reopens_and_old_does_not() {
    let mut record = Record::default();
    let case = at_judge(&mut record, &["ahrar"]);
    let item = |words: &str| Act::Evidence { receipt: None, is_sealed: false, words: Some(words.into()) };
    let old = record.on(3, "lawyer", case, item("old"));
    record.judge(4, "ivan", case, open_question(), "settled");
    record.judge(5, "jane", case, open_question(), "settled");
    let refused = record.on(6, "lawyer", case, Act::Reopen { evidence: old, words: None });
    assert_eq!(record.why(7, refused), Refused::NoEntry(old));
    let new = record.on(8, "omar", case, item("new"));
    record.on(9, "lawyer", case, Act::Reopen { evidence: new, words: None });
    let docket = record.docket(10);
    assert_eq!(docket.cases[&case].stands(), "reply");
    assert_eq!(docket.cases[&case].determinations.len(), 1, "what was determined stays");
}

#[test]
fn a_case_reopened_weeks_later_has_its_whole_time() {
    let mut record = Record::default();
    let case = at_judge(&mut record, &["ahrar"]);
    record.judge(4, "ivan", case, open_question(), "settled");
    record.judge(5, "jane", case, open_question(), "settled");
    let item = record.on(500, "omar", case, Act::Evidence { receipt: None, is_sealed: false, words: None });
    record.on(600, "lawyer", case, Act::Reopen { evidence: item, words: None });
    let docket = record.docket(600);
    let clock = docket.cases[&case].clock().unwrap();
    assert_eq!(clock.due, hour(648), "not from the notice of weeks ago");
    assert_eq!(record.docket(640).cases[&case].stands(), "reply");
}

#[test]
fn a_side_is_not_the_voice_of_the_state_that_answers_for_it() {
    // The registry counts the guarantor to the side, as the Syrian one does: its forces are bound with it.
    let mut settings = settings();
    let setting = settings.get_mut(&0).unwrap();
    let all = setting.actors.iter().cloned().map(|mut actor| {
        if actor.id.as_str() == "russia" {
            actor.member_of = vec![Membership { of: "government-side".into(), during: Interval::ALWAYS }];
        }
        actor
    });
    setting.actors = Actors::new(all.collect::<Vec<_>>());
    let mut record = Record::default();
    let case = at_judge(&mut record, &["ahrar"]);
    record.judge(3, "ivan", case, open_question(), "talk");
    record.judge(4, "jane", case, open_question(), "talk");
    let tried = record.step(5, "walid", case, "talk", Some("closed"));
    let docket = Docket::of(&settings, &record.entries, hour(6));
    assert_eq!(docket.cases[&case].stands(), "talk");
    let refused = docket.cases[&case].refused.iter().find(|one| one.entry == tried).unwrap();
    assert!(matches!(refused.why, Refused::NotTheirs(_)), "{:?}", refused.why);
}

#[test]
fn more_time_needs_all_whom_the_terms_name_and_comes_once() {
    let mut record = Record::default();
    let case = at_judge(&mut record, &["ahrar"]);
    record.on(3, "ivan", case, Act::Extend(None));
    assert_eq!(record.docket(4).cases[&case].clock().unwrap().due, hour(2 + 72));
    let both = record.on(5, "jane", case, Act::Extend(None));
    let docket = record.docket(6);
    let clock = docket.cases[&case].clock().unwrap();
    assert_eq!((clock.due, clock.extended), (hour(2 + 72 + 24), Some((both, hour(2 + 72)))));
    let again = record.on(7, "ivan", case, Act::Extend(None));
    assert_eq!(record.why(8, again), Refused::Twice(both));
}

#[test]
fn a_clock_set_back_wins_no_time_and_one_that_ran_ahead_is_told_by_two() {
    let mut record = Record::default();
    let case = record.open(0, "walid", &["ahrar"]);
    record.step(40, "watch", case, "notice", None);
    let back = record.step(1, "watch", case, "notice", None);
    assert_eq!(record.why(60, back), Refused::SetBack(hour(1)));
    // The clock jumps a year ahead for one entry, and is put right.
    let ahead =
        record.on(9_000, "omar", case, Act::Evidence { receipt: None, is_sealed: false, words: None });
    let wronged = record.step(41, "omar", case, "reply", None);
    assert_eq!(record.why(9_001, wronged), Refused::SetBack(hour(41)));
    let fault = ClockFault { from: ahead, to: ahead };
    record.put(42, "watch", CaseAct::ClockFault(fault));
    let same = record.put(43, "watch", CaseAct::ClockFault(fault));
    assert_eq!(record.why(9_001, same), Refused::SamePerson);
    record.put(44, "watch-2", CaseAct::ClockFault(fault));
    let docket = record.docket(45);
    assert_eq!(docket.cases[&case].stands(), "judge", "the reply counts, as it came in time");
    assert_eq!(docket.cases[&case].evidence.len(), 1);
}

#[test]
fn persistence_is_counted_within_the_window_from_determinations_apart_from_findings() {
    let mut record = Record::default();
    for n in 0..2_i64 {
        let start = n * 24 * 20;
        let mut opening = opening(&["ahrar"]);
        opening.incidents = [IncidentId::new(&format!("i-{n}"))].into();
        let case = CaseId(record.put(start, "walid", CaseAct::Open(opening)));
        record.step(start + 1, "watch", case, "notice", None);
        record.step(start + 2, "omar", case, "reply", None);
        record.judge(start + 3, "ivan", case, prohibited(&["ahrar"], None), "settled");
        record.judge(start + 4, "jane", case, prohibited(&["ahrar"], None), "settled");
    }
    let within = counts(&record.docket(24 * 21), &[], &settings()[&0]);
    assert_eq!(within[0].counted.determined.len(), 2);
    assert_eq!((within[0].is_persistent_determined, within[0].is_persistent_found), (Some(true), None));
    let later = counts(&record.docket(24 * 40), &[], &settings()[&0]);
    assert_eq!(later[0].counted.determined.len(), 1, "the first lies before the window");
}

#[test]
fn the_same_entries_in_another_order_give_the_same_docket() {
    let mut record = Record::default();
    let case = at_judge(&mut record, &["ahrar"]);
    record.judge(3, "ivan", case, open_question(), "talk");
    let straight = record.docket(100);
    record.entries.reverse();
    assert_eq!(record.docket(100), straight);
}
