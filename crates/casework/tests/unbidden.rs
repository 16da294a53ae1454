//! What the terms do without anybody: a case for persistence and for an unmet duty, once, by an entry that says since when; and nothing else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bench;

use bench::{Record, hour, opening, prohibited, settings};
use truceline_casework::case::{
    Act, BY_THE_TERMS, CaseAct, CaseId, ClockFault, Complainant, Docket, FoundIn, Opening, Refused, UnmetDuty,
};
use truceline_model::{ActorId, IncidentId, Opener, Threshold};

/// A case that ends in a joint determination against ahrar, begun at an hour.
fn determined(record: &mut Record, start: i64) -> CaseId {
    let mut opening = opening(&["ahrar"]);
    opening.incidents = [IncidentId::new(&format!("i-{start}"))].into();
    let case = CaseId(record.put(start, "walid", CaseAct::Open(opening)));
    record.step(start + 1, "watch", case, "notice", None);
    record.step(start + 2, "omar", case, "reply", None);
    record.judge(start + 3, "ivan", case, prohibited(&["ahrar"], None), "settled");
    record.judge(start + 4, "jane", case, prohibited(&["ahrar"], None), "settled");
    case
}

fn due(docket: &Docket) -> Vec<Opening> {
    docket.opened_by_terms(&settings()[&0], &[], &[])
}

/// Two determinations: persistent from the second on, at hour 24.
fn persistent() -> (Record, Opening) {
    let mut record = Record::default();
    determined(&mut record, 0);
    assert!(due(&record.docket(5)).is_empty(), "one is not persistent");
    determined(&mut record, 20);
    let found = due(&record.docket(30));
    assert_eq!(found.len(), 1, "{found:?}");
    (record, found[0].clone())
}

#[test]
fn persistence_opens_one_case_and_what_comes_while_it_runs_opens_none() {
    let (mut record, first) = persistent();
    assert_eq!(first.since, Some(hour(24)), "the second determination passed the threshold");
    assert_eq!(first.complainant, Complainant::Threshold(Threshold::Persistent));
    assert_eq!(first.respondents, [ActorId::from("ahrar")].into());
    assert_eq!(first.rests_on.len(), 2, "on which it rests");
    let entry = record.put(30, BY_THE_TERMS, CaseAct::Open(first.clone()));
    let docket = record.docket(31);
    let case = &docket.cases[&CaseId(entry)];
    assert_eq!(
        (case.opened_by.as_str(), case.opening.since, case.stands()),
        (BY_THE_TERMS, Some(hour(24)), "notice")
    );
    assert!(due(&docket).is_empty(), "it is answered");
    // The same written again, by two who asked at once or after a kill, is refused and kept.
    let twice = record.put(31, BY_THE_TERMS, CaseAct::Open(first));
    assert_eq!(record.why(32, twice), Refused::Twice(entry));
    // A third determination while the case runs is part of it.
    determined(&mut record, 40);
    assert!(record.docket(50).cases[&CaseId(entry)].turn.is_some());
    assert!(due(&record.docket(50)).is_empty());
    // When the case has ended, what was before it opens nothing; what came after it opened does.
    let ended = record.docket(400);
    assert!(ended.cases[&CaseId(entry)].turn.is_none());
    let again = due(&ended);
    assert_eq!((again.len(), again[0].since), (1, Some(hour(44))), "the third, which came while it ran");
}

#[test]
fn a_case_for_persistence_that_is_determined_is_no_cause_of_the_next() {
    let (mut record, first) = persistent();
    let case = CaseId(record.put(30, BY_THE_TERMS, CaseAct::Open(first)));
    record.step(31, "watch", case, "notice", None);
    record.step(32, "omar", case, "reply", None);
    record.judge(33, "ivan", case, prohibited(&["ahrar"], None), "settled");
    record.judge(34, "jane", case, prohibited(&["ahrar"], None), "settled");
    assert!(record.docket(35).cases[&case].turn.is_none(), "settled");
    assert!(due(&record.docket(36)).is_empty(), "else it would go on for ever");
}

#[test]
fn what_people_opened_on_the_threshold_first_is_enough() {
    let (mut record, first) = persistent();
    let mut by_hand = first;
    (by_hand.since, by_hand.rests_on) = (None, [].into());
    record.put(30, "lawyer", CaseAct::Open(by_hand));
    assert!(due(&record.docket(31)).is_empty());
}

#[test]
fn incidents_that_every_reading_finds_reach_the_terms_number_as_well() {
    let mut setting = settings()[&0].clone();
    let rule = setting.persistence.as_mut().unwrap();
    (rule.determined, rule.found) = (None, Some(2));
    let docket = Record::default().docket(100);
    let found = |hours: &[i64]| -> Vec<FoundIn> {
        let one = |at: &i64| FoundIn {
            incident: IncidentId::new(&format!("i-{at}")),
            clause: "fire".into(),
            respondents: ["ahrar".into()].into(),
            earliest: hour(*at),
        };
        hours.iter().map(one).collect()
    };
    assert!(docket.opened_by_terms(&setting, &found(&[50]), &[]).is_empty());
    let opened = docket.opened_by_terms(&setting, &found(&[50, 70]), &[]);
    assert_eq!((opened.len(), opened[0].since, opened[0].incidents.len()), (1, Some(hour(70)), 2));
}

/// As the terms of a mission whose climb is opened by an unmet duty, too.
fn unmet_settings() -> std::collections::BTreeMap<u64, truceline_casework::case::Setting> {
    let mut all = settings();
    let climb = all.get_mut(&0).unwrap().procedures.get_mut(&"climb".into()).unwrap();
    climb.takes.clear();
    climb.opened_when.insert(Threshold::Unmet);
    climb.opened_by = [Opener::Mission].into();
    all
}

#[test]
fn a_deadline_that_passed_opens_one_case_and_later_days_wait_for_its_end() {
    let settings = unmet_settings();
    let duty = |since: i64| UnmetDuty {
        procedure: "climb".into(),
        clause: "aid".into(),
        respondent: "government-side".into(),
        since: hour(since),
    };
    let days = [duty(24), duty(48), duty(72)];
    let of = |record: &Record, at: i64| Docket::of(&settings, &record.entries, hour(at));
    let mut record = Record::default();
    assert!(of(&record, 23).opened_by_terms(&settings[&0], &[], &days).is_empty(), "before its time nothing");
    let first = of(&record, 30).opened_by_terms(&settings[&0], &[], &days);
    assert_eq!((first.len(), first[0].since), (1, Some(hour(24))));
    let case = CaseId(record.put(30, BY_THE_TERMS, CaseAct::Open(first[0].clone())));
    assert!(of(&record, 80).opened_by_terms(&settings[&0], &[], &days).is_empty(), "it runs");
    let after = of(&record, 2_000);
    assert!(after.cases[&case].turn.is_none());
    let next = after.opened_by_terms(&settings[&0], &[], &days);
    assert_eq!((next.len(), next[0].since), (1, Some(hour(48))), "days since it was opened, once");
    record.put(2_000, BY_THE_TERMS, CaseAct::Open(next[0].clone()));
    assert!(
        of(&record, 9_000).opened_by_terms(&settings[&0], &[], &days).is_empty(),
        "the third day was before it"
    );
}

#[test]
fn under_the_name_of_the_terms_nothing_else_is_taken() {
    let (mut record, first) = persistent();
    let mut put = |change: &dyn Fn(&mut Opening)| {
        let mut opening = first.clone();
        change(&mut opening);
        record.put(30, BY_THE_TERMS, CaseAct::Open(opening))
    };
    let ahead = put(&|one| one.since = Some(hour(31)));
    let no_time = put(&|one| one.since = None);
    let party = put(&|one| one.complainant = Complainant::Party("government-side".into()));
    let nobody = put(&|one| one.respondents.clear());
    let both = put(&|one| one.respondents.extend(["jaysh".into()]));
    assert_eq!(record.why(32, ahead), Refused::NotYet(hour(31)));
    for entry in [no_time, party, nobody, both] {
        assert!(matches!(record.why(32, entry), Refused::NotGiven(_)), "entry {entry}");
    }
    let case = record.open(32, "walid", &["jaysh"]);
    let fault = ClockFault { from: 10, to: 10 };
    let acts = [
        CaseAct::On(case, Act::Step { step: "notice".into(), then: None, due: None, words: None }),
        CaseAct::On(case, Act::Means(None)),
        CaseAct::On(case, Act::Withdraw(None)),
        CaseAct::ClockFault(fault),
    ];
    for what in acts {
        let entry = record.put(33, BY_THE_TERMS, what);
        assert!(matches!(record.why(34, entry), Refused::NotGiven(_)));
    }
    // Nor does a person say since when.
    let claimed = record.put(35, "lawyer", CaseAct::Open(first));
    assert!(matches!(record.why(36, claimed), Refused::NotGiven(_)));
    // A clock that ran out is told under it, once.
    let told = CaseAct::On(case, Act::Lapse { step: "notice".into() });
    record.put(80, BY_THE_TERMS, told.clone());
    let twice = record.put(81, BY_THE_TERMS, told);
    assert_eq!(record.docket(82).cases[&case].clocks[0].recorded, Some(twice - 1));
    assert!(!matches!(record.why(82, twice), Refused::NotGiven(_)));
}

#[test]
fn what_the_terms_opened_by_a_clock_that_ran_ahead_falls_with_it_and_comes_in_its_time() {
    let settings = unmet_settings();
    let duty = UnmetDuty {
        procedure: "climb".into(),
        clause: "aid".into(),
        respondent: "government-side".into(),
        since: hour(500),
    };
    let of = |record: &Record, at: i64| Docket::of(&settings, &record.entries, hour(at));
    let mut record = Record::default();
    record.put(
        10,
        "lawyer",
        CaseAct::Open(Opening { complainant: Complainant::Mission, ..opening(&["jaysh"]) }),
    );
    let early = of(&record, 9_000).opened_by_terms(&settings[&0], &[], std::slice::from_ref(&duty));
    let wrong = record.put(9_000, BY_THE_TERMS, CaseAct::Open(early[0].clone()));
    for by in ["watch", "watch-2"] {
        record.put(20, by, CaseAct::ClockFault(ClockFault { from: wrong, to: wrong }));
    }
    let docket = of(&record, 30);
    assert!(!docket.cases.contains_key(&CaseId(wrong)));
    assert_eq!(docket.refused[0].why, Refused::NotYet(hour(500)));
    assert!(docket.opened_by_terms(&settings[&0], &[], std::slice::from_ref(&duty)).is_empty());
    let then = of(&record, 501).opened_by_terms(&settings[&0], &[], &[duty]);
    assert_eq!(then.len(), 1, "in its time it opens");
    let right = record.put(501, BY_THE_TERMS, CaseAct::Open(then[0].clone()));
    assert!(of(&record, 502).cases.contains_key(&CaseId(right)));
}
