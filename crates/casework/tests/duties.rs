//! The ledger of duties: the order of reports is nothing, silence is no zero, rival counts are not merged, and nothing is due before its time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use truceline_casework::duties::{Duty, DutyInput, DutyState, Untold, aid, duties, may_open, unmet};
use truceline_model::{
    Act, Body, Bounds, ClauseId, Compare, Counted, Coverage, Delivery, DeliveryStage, Due, DueAt, Event,
    Instant, Observation, Outcome, Procedure, ReceiptNo, SourceId, Threshold, Truth, Undone, Zone,
};

fn zone() -> Zone {
    Zone::named("Asia/Gaza").unwrap()
}

fn at(text: &str) -> Instant {
    zone().instant(text).unwrap()
}

fn lorries(number: u32) -> Counted {
    Counted { measure: "lorries".into(), compare: Compare::AtLeast, number, per: None }
}

fn due(acts: Act, due_at: DueAt, counting: Vec<Counted>) -> Due {
    let prohibited = Undone { at_due: Outcome::Prohibited, now: Outcome::Prohibited };
    Due {
        clause: ClauseId::new("aid"),
        respondent: "israel".into(),
        acts: BTreeSet::from([acts]),
        failures: acts.failure().into_iter().collect(),
        at: due_at,
        counting,
        undone: BTreeMap::from([("plain".into(), prohibited)]),
        turns_on: BTreeSet::new(),
    }
}

fn day(text: &str) -> DueAt {
    DueAt::Day(zone().interval(text).unwrap())
}

fn event(n: u64, origin: &str, known: &str, act: Act, when: &str, amounts: &[(&str, &str)]) -> Observation {
    let event = Event {
        acts: BTreeSet::from([act]),
        when: Some(zone().interval(when).unwrap()),
        amounts: amounts.iter().map(|(m, b)| ((*m).into(), Bounds::parse(b).unwrap())).collect(),
        ..Event::default()
    };
    Observation::bare(ReceiptNo(n), format!("r{n}"), at(known), SourceId::new(origin), Body::Event(event))
}

fn tally(n: u64, origin: &str, when: &str, count: &str) -> Observation {
    event(n, origin, "2025-02-06", Act::Delivery, when, &[("lorries", count)])
}

fn about(due: &Due, report: &Observation) -> Option<Truth> {
    let Body::Event(event) = &report.body else { return None };
    let any = event.acts.iter().any(|act| due.acts.contains(act) || due.failures.contains(act));
    any.then_some(Truth::True)
}

fn ledger(dues: Vec<Due>, observations: &[Observation], as_of: &str) -> Vec<Duty> {
    let zone = zone();
    duties(dues, &DutyInput { observations, zone: &zone, as_of: at(as_of), concerns: &about })
}

fn of_day(observations: &[Observation]) -> (DutyState, Option<Untold>) {
    let one =
        ledger(vec![due(Act::Delivery, day("2025-02-04"), vec![lorries(600)])], observations, "2025-02-10");
    (one[0].state, one[0].untold)
}

#[test]
fn a_day_nobody_reported_is_no_zero_even_when_somebody_watched() {
    assert_eq!(of_day(&[]), (DutyState::CannotBeTold, Some(Untold::NobodyReported)));
    let coverage = Coverage {
        area: "gaza".into(),
        when: zone().interval("2025-02-04").unwrap(),
        what: "the crossing".to_owned(),
    };
    let watching = Observation::bare(
        ReceiptNo(1),
        "c".into(),
        at("2025-02-05"),
        SourceId::new("un"),
        Body::Coverage(coverage),
    );
    let one =
        ledger(vec![due(Act::Delivery, day("2025-02-04"), vec![lorries(600)])], &[watching], "2025-02-10");
    assert_eq!((one[0].state, one[0].untold), (DutyState::CannotBeTold, Some(Untold::NobodyReported)));
    assert_eq!(one[0].watched_by, BTreeSet::from([SourceId::new("un")]));
}

#[test]
fn a_quota_is_met_or_short_by_bounds_and_rival_counts_stand_side_by_side() {
    assert_eq!(of_day(&[tally(1, "un", "2025-02-04", "600")]), (DutyState::Met, None));
    assert_eq!(of_day(&[tally(1, "un", "2025-02-04", "599")]), (DutyState::Short, None));
    assert_eq!(of_day(&[tally(1, "un", "2025-02-04", ">=610")]), (DutyState::Met, None));
    let open = (DutyState::CannotBeTold, Some(Untold::LeavesOpen));
    assert_eq!(of_day(&[tally(1, "un", "2025-02-04", "550-650")]), open);
    assert_eq!(of_day(&[tally(1, "un", "2025-02-04/2025-02-05", "1300")]), open, "two days are not one");
    // By noon: enough is enough, too few says nothing of the evening.
    assert_eq!(of_day(&[tally(1, "un", "2025-02-04T06:00/2025-02-04T12:00", "601")]), (DutyState::Met, None));
    assert_eq!(of_day(&[tally(1, "un", "2025-02-04T06:00/2025-02-04T12:00", "300")]), open);
    let rival = [tally(1, "un", "2025-02-04", "480"), tally(2, "crossing", "2025-02-04", "610")];
    assert_eq!(of_day(&rival), (DutyState::CannotBeTold, Some(Untold::Disputed)));
    let both = [tally(1, "un", "2025-02-04", "480"), tally(2, "crossing", "2025-02-04", "510")];
    assert_eq!(of_day(&both), (DutyState::Short, None), "they differ, and both are short");
}

#[test]
fn two_counts_joined_must_both_be_reached() {
    let fuel = Counted { measure: "fuel".into(), compare: Compare::AtLeast, number: 50, per: None };
    let asked = || vec![due(Act::Delivery, day("2025-02-04"), vec![lorries(600), fuel.clone()])];
    let report =
        |amounts: &[(&str, &str)]| event(1, "un", "2025-02-05", Act::Delivery, "2025-02-04", amounts);
    let state = |amounts: &[(&str, &str)]| ledger(asked(), &[report(amounts)], "2025-02-10")[0].state;
    assert_eq!(state(&[("lorries", "610"), ("fuel", "50")]), DutyState::Met);
    assert_eq!(state(&[("lorries", "610"), ("fuel", "49")]), DutyState::Short);
    assert_eq!(state(&[("lorries", "610")]), DutyState::CannotBeTold, "the fuel was not counted");
    assert_eq!(state(&[("fuel", "49")]), DutyState::Short, "one too few is enough to be short");
}

#[test]
fn a_deadline_is_met_late_or_short_and_not_due_before_its_time() {
    let by = at("2019-01-21T00:00");
    let state = |reports: &[Observation], as_of: &str| {
        ledger(vec![due(Act::Release, DueAt::By(by), Vec::new())], reports, as_of)[0].state
    };
    let said = |act, when: &str| event(1, "icrc", "2019-01-02", act, when, &[]);
    assert_eq!(state(&[], "2019-01-20"), DutyState::NotYetDue);
    assert_eq!(state(&[], "2019-02-01"), DutyState::CannotBeTold, "silence is not a refusal");
    assert_eq!(state(&[said(Act::Release, "2019-01-15")], "2019-01-16"), DutyState::Met);
    assert_eq!(state(&[said(Act::Release, "2019-01-30")], "2019-02-01"), DutyState::Late);
    assert_eq!(state(&[said(Act::FailureToRelease, "2019-01-19")], "2019-02-01"), DutyState::CannotBeTold);
    assert_eq!(state(&[said(Act::FailureToRelease, "2019-01-22")], "2019-02-01"), DutyState::Short);
    assert_eq!(
        state(&[said(Act::Release, "2019-01-20T12:00/2019-01-22")], "2019-02-01"),
        DutyState::CannotBeTold
    );
    let later = event(2, "icrc", "2019-01-31", Act::Release, "2019-01-30", &[]);
    assert_eq!(
        state(&[said(Act::FailureToRelease, "2019-01-22"), later.clone()], "2019-02-01"),
        DutyState::Late
    );
    // What became known later was not known then.
    assert_eq!(state(&[said(Act::FailureToRelease, "2019-01-22"), later], "2019-01-25"), DutyState::Short);
}

#[test]
fn a_count_so_far_is_a_level_and_is_never_added_up() {
    let hostages = Counted { measure: "hostages".into(), compare: Compare::AtLeast, number: 7, per: None };
    let asked = || vec![due(Act::Release, DueAt::By(at("2025-01-26T00:00")), vec![hostages.clone()])];
    let so_far = |n, when: &str, count: &str| {
        event(n, "icrc", "2025-01-20", Act::Release, when, &[("hostages", count)])
    };
    let state = |reports: &[Observation]| ledger(asked(), reports, "2025-02-10")[0].state;
    assert_eq!(state(&[so_far(1, "2025-01-19", "3"), so_far(2, "2025-01-25", "7")]), DutyState::Met);
    // Three and four are not seven unless somebody says so.
    assert_eq!(state(&[so_far(1, "2025-01-19", "3"), so_far(2, "2025-01-25", "4")]), DutyState::CannotBeTold);
    assert_eq!(state(&[so_far(1, "2025-01-19", "3"), so_far(2, "2025-01-27", "6")]), DutyState::Short);
    let late = [so_far(1, "2025-01-27", "6"), so_far(2, "2025-01-30", "7")];
    assert_eq!(state(&late), DutyState::Late);
    assert_eq!(
        state(&[so_far(2, "2025-01-30", "7")]),
        DutyState::CannotBeTold,
        "in time or late, nobody says"
    );
}

#[test]
fn what_a_procedure_may_open_a_case_for_is_listed_and_silence_accuses_nobody() {
    let by = DueAt::By(at("2019-01-21T00:00"));
    let failed = [event(1, "icrc", "2019-01-02", Act::FailureToRelease, "2019-01-22", &[])];
    let told = ledger(vec![due(Act::Release, by, Vec::new())], &failed, "2019-02-01");
    let silent = ledger(vec![due(Act::Release, by, Vec::new())], &[], "2019-02-01");
    assert!(unmet(&silent).is_empty());
    let found = unmet(&told);
    assert_eq!((found.len(), found[0].since, found[0].made_good), (1, at("2019-01-21T00:00"), false));
    let mut free = told.clone();
    free[0].due.undone.values_mut().for_each(|u| {
        *u = Undone { at_due: Outcome::NotProhibited, now: Outcome::Undetermined };
    });
    assert!(unmet(&free).is_empty(), "no reading makes a breach of it");
    let procedure = |opened_when: &[Threshold], takes: &[&str]| Procedure {
        takes: takes.iter().map(|id| ClauseId::new(id)).collect(),
        opened_by: BTreeSet::new(),
        opened_when: opened_when.iter().copied().collect(),
        withdrawn: None,
        steps: Vec::new(),
        ends: Vec::new(),
    };
    let (opens, asks) = (procedure(&[Threshold::Unmet], &[]), procedure(&[Threshold::Persistent], &[]));
    let other = procedure(&[Threshold::Unmet], &["fire"]);
    let (a, b, c) = (ClauseId::new("a"), ClauseId::new("b"), ClauseId::new("c"));
    let chances = may_open(&found, [(&a, &opens), (&b, &asks), (&c, &other)]);
    assert_eq!(chances.iter().map(|chance| chance.procedure.as_str()).collect::<Vec<_>>(), ["a"]);
}

fn aid_report(n: u64, origin: &str, stage: DeliveryStage, convoy: Option<&str>, people: &str) -> Observation {
    let aid = Delivery {
        item: "food".to_owned(),
        quantity: None,
        reached: stage,
        convoy: convoy.map(str::to_owned),
        actors: BTreeSet::new(),
        amounts: BTreeMap::from([("people".into(), Bounds::parse(people).unwrap())]),
        when: None,
        place: None,
    };
    Observation::bare(
        ReceiptNo(n),
        format!("r{n}"),
        at("2016-05-01"),
        SourceId::new(origin),
        Body::Delivery(aid),
    )
}

#[test]
fn a_convoy_is_told_stage_by_stage_and_what_is_removed_is_a_stage() {
    let told = [
        aid_report(1, "un", DeliveryStage::Asked, Some("Daraya 1"), "4000"),
        aid_report(2, "un", DeliveryStage::Approved, Some("daraya 1"), "4000"),
        aid_report(3, "icrc", DeliveryStage::ItemsRemoved, Some("Daraya 1"), "4000"),
        aid_report(4, "un", DeliveryStage::Reached, Some("Daraya 1"), "2500"),
        aid_report(5, "council", DeliveryStage::Reached, Some("Daraya 1"), "2000"),
        aid_report(6, "un", DeliveryStage::Asked, None, "900"),
    ];
    let all = aid(&told, at("2016-06-01"));
    assert_eq!(all.len(), 2);
    let convoy = &all[0];
    assert_eq!(convoy.stages.len(), 4, "that it left is told by nobody");
    assert_eq!(convoy.furthest(), Some(DeliveryStage::Reached));
    assert!(convoy.disputed(), "2,500 and 2,000 reached stand side by side");
    assert_eq!((all[1].furthest(), all[1].disputed()), (Some(DeliveryStage::Asked), false));
}

fn any_report() -> impl Strategy<Value = (u8, u8, u8, u32, u8)> {
    (0u8..4, 0u8..4, 0u8..6, 0u32..4, 0u8..3)
}

fn made(n: usize, (origin, act, when, count, known): (u8, u8, u8, u32, u8)) -> Observation {
    let act = [Act::Delivery, Act::FailureToDeliver, Act::Delivery, Act::Release][usize::from(act)];
    let when = [
        "2025-02-03",
        "2025-02-04",
        "2025-02-04T00:00/2025-02-04T12:00",
        "2025-02-05",
        "2025-02-04/2025-02-05",
        "2025-02-06",
    ][usize::from(when)];
    let count = ["480", "610", "500-700", ">=600"][count as usize];
    let known = ["2025-02-06", "2025-02-07", "2025-02-08"][usize::from(known)];
    event(n as u64, &format!("o{origin}"), known, act, when, &[("lorries", count)])
}

proptest! {
    #[test]
    fn the_order_of_reports_is_nothing(
        given in proptest::collection::vec(any_report(), 0..14),
        order in proptest::collection::vec(any::<u32>(), 14),
    ) {
        let observations: Vec<Observation> = given.into_iter().enumerate().map(|(n, one)| made(n, one)).collect();
        let mut shuffled: Vec<(u32, Observation)> =
            observations.iter().cloned().enumerate().map(|(n, one)| (order[n], one)).collect();
        shuffled.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<Observation> = shuffled.into_iter().map(|(_, one)| one).collect();
        let dues = || vec![
            due(Act::Delivery, day("2025-02-04"), vec![lorries(600)]),
            due(Act::Delivery, DueAt::By(at("2025-02-05")), vec![lorries(600)]),
            due(Act::Delivery, DueAt::By(at("2025-02-05")), Vec::new()),
        ];
        let (a, b) = (ledger(dues(), &observations, "2025-02-10"), ledger(dues(), &shuffled, "2025-02-10"));
        prop_assert_eq!(&a, &b);
        for duty in &a {
            // Met and short rest on somebody, and on nobody who says otherwise.
            let told: BTreeSet<_> = duty.accounts.values().filter_map(|account| account.state).collect();
            match duty.state {
                DutyState::Met | DutyState::Short | DutyState::Late => prop_assert_eq!(told, BTreeSet::from([duty.state])),
                _ => prop_assert!(duty.untold.is_some()),
            }
        }
    }
}
