//! A step that hears each of several: one who has acted ends it for nobody else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bench;

use std::collections::BTreeMap;

use bench::{Record, hour, settings};
use truceline_casework::case::{
    Act, Case, CaseId, Docket, Doer, Person, Refused, Role, Setting, Stopped, Way,
};

/// The bench's procedure, its `reply` hearing each respondent and going on to `judge` or, when one of them asks for it, to `talk`.
fn each() -> BTreeMap<u64, Setting> {
    let mut all = settings();
    let setting = all.get_mut(&0).unwrap();
    let procedure = setting.procedures.get_mut(&"climb".into()).unwrap();
    let reply = procedure.steps.iter_mut().find(|step| step.id == "reply").unwrap();
    reply.hears_each = true;
    reply.by = bench::who(&["respondent"]);
    reply.then = vec!["talk".into(), "judge".into()];
    let person = |of: &str| Person { role: Role::PartyLiaison, acts_for: Some(of.into()) };
    setting.people.insert("ali".into(), person("ahrar"));
    setting.people.insert("jad".into(), person("jaysh"));
    all
}

fn at_reply(record: &mut Record) -> CaseId {
    let case = record.open(0, "walid", &["ahrar", "jaysh"]);
    record.step(1, "watch", case, "notice", None);
    case
}

fn case(record: &Record, id: CaseId, at: i64) -> Case {
    Docket::of(&each(), &record.entries, hour(at)).cases[&id].clone()
}

#[test]
fn the_first_answer_leaves_the_others_time_alone() {
    let mut record = Record::default();
    let id = at_reply(&mut record);
    let first = record.step(2, "ali", id, "reply", Some("judge"));
    let found = case(&record, id, 3);
    assert_eq!(found.stands(), "reply");
    let awaited = found.awaited(&each()[&0], hour(3)).unwrap();
    assert_eq!((awaited.who, awaited.is_any), ([Doer::Actor("jaysh".into())].into(), false));
    assert_eq!(awaited.due, hour(1 + 48), "the other has the whole time");
    assert_eq!(awaited.silence, "judge", "what the first has chosen, not what nobody's acting would lead to");
    // Whoever has answered answers no second time, and nobody for another.
    let again = record.step(4, "ali", id, "reply", Some("talk"));
    let refused = case(&record, id, 5).refused;
    assert_eq!(refused[0].why, Refused::ActedAlready(Doer::Actor("ahrar".into()), first), "{again}");
    record.step(6, "jad", id, "reply", Some("judge"));
    let found = case(&record, id, 7);
    assert_eq!((found.stands(), found.trail.last().unwrap().way), ("judge", Way::Acted));
    assert!(found.determinations.is_empty());
}

#[test]
fn of_what_they_chose_the_terms_first_follows_whoever_spoke_first() {
    for order in [["ali", "jad"], ["jad", "ali"]] {
        let mut record = Record::default();
        let id = at_reply(&mut record);
        record.step(2, order[0], id, "reply", Some("judge"));
        record.step(3, order[1], id, "reply", Some("talk"));
        assert_eq!(case(&record, id, 4).stands(), "talk", "one of them asked for it: {order:?}");
    }
}

#[test]
fn when_time_runs_out_those_who_were_heard_were_heard() {
    let mut record = Record::default();
    let id = at_reply(&mut record);
    record.step(2, "ali", id, "reply", Some("talk"));
    assert_eq!(case(&record, id, 49).stands(), "reply", "in the last second the other can still answer");
    let found = case(&record, id, 50);
    let last = found.trail.last().unwrap();
    assert_eq!((last.to.as_str(), last.way, last.at, last.entry), ("talk", Way::Heard, hour(49), None));
    assert_eq!(found.clocks[1].stopped, Some((hour(49), Stopped::Lapsed)), "the other let it run out");
    let docket = Docket::of(&each(), &record.entries, hour(50));
    let lapse = docket.lapses().pop().unwrap();
    assert_eq!((lapse.step.as_str(), lapse.to.as_str()), ("reply", "talk"));
    // Nobody heard: silence, as ever.
    let mut record = Record::default();
    let id = at_reply(&mut record);
    let found = case(&record, id, 50);
    assert_eq!((found.stands(), found.trail.last().unwrap().way), ("judge", Way::Silence));
}

#[test]
fn once_it_is_named_which_of_them_it_is_only_that_one_is_waited_for() {
    let mut record = Record::default();
    let id = at_reply(&mut record);
    record.step(2, "ali", id, "reply", Some("judge"));
    let named = record.on(3, "lawyer", id, Act::Name("ahrar".into()));
    let found = case(&record, id, 4);
    assert_eq!((found.stands(), found.trail.last().unwrap().entry), ("judge", Some(named)));
    // The other one is named: what the first said stays in the record and leads nowhere.
    let mut record = Record::default();
    let id = at_reply(&mut record);
    record.step(2, "ali", id, "reply", Some("talk"));
    record.on(3, "lawyer", id, Act::Name("jaysh".into()));
    assert_eq!(case(&record, id, 4).stands(), "reply");
    let found = case(&record, id, 50);
    assert_eq!((found.stands(), found.trail.last().unwrap().way), ("judge", Way::Silence));
    assert_eq!(found.done.len(), 2, "the notice, and the answer of the one who was not it");
}
