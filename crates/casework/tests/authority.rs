//! Who may do what: the written page against the table, every role, act and phase; and each of them through a case.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bench;

use std::collections::{BTreeMap, BTreeSet};

use bench::{Record, hour, opening, settings};
use truceline_casework::case::{
    Act, Action, CaseAct, CaseEntry, CaseId, ClockFault, Complainant, Docket, POLICY, Person, Phase, Refused,
    Role, Setting, may,
};
use truceline_model::IncidentId;

const PAGE: &str = include_str!("../../../docs/authority.md");

/// The lines of the page's table: action, phases, roles, why.
fn lines() -> Vec<[String; 4]> {
    let table = PAGE.lines().skip_while(|line| !line.starts_with("| action |")).skip(2);
    table
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<String> = line.trim_matches('|').split('|').map(|c| c.trim().to_owned()).collect();
            cells.try_into().expect("four cells")
        })
        .collect()
}

/// What the page allows.
fn page() -> BTreeSet<(Action, Phase, Role)> {
    let action = |word: &str| Action::ALL.into_iter().find(|one| one.as_str() == word).expect("an action");
    let phase = |word: &str| Phase::ALL.into_iter().find(|one| one.as_str() == word).expect("a phase");
    let mut all = BTreeSet::new();
    for [what, phases, roles, _] in lines() {
        for when in phases.split(", ") {
            for role in roles.split(", ") {
                let role = Role::parse(role).expect("a role");
                assert!(all.insert((action(&what), phase(when), role)), "{what} {when} stands twice");
            }
        }
    }
    all
}

#[test]
fn page_and_table_say_the_same_line_by_line() {
    let words = |all: &[&str]| all.join(", ");
    let table: Vec<[String; 4]> = POLICY
        .iter()
        .map(|row| {
            let phases: Vec<&str> = row.phases.iter().map(|phase| phase.as_str()).collect();
            let roles: Vec<&str> = row.roles.iter().map(|role| role.as_str()).collect();
            [row.action.as_str().to_owned(), words(&phases), words(&roles), row.why.to_owned()]
        })
        .collect();
    assert_eq!(lines(), table);
}

#[test]
fn every_role_act_and_phase_is_as_the_page_says() {
    let page = page();
    let mut tried = 0;
    for role in Role::ALL {
        for action in Action::ALL {
            for phase in Phase::ALL {
                let allowed = page.contains(&(action, phase, role));
                assert_eq!(may(role, action, phase), allowed, "{role:?} {action:?} {phase:?}");
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 10 * 21 * 4);
    assert_eq!(page.len(), POLICY.iter().map(|row| row.phases.len() * row.roles.len()).sum::<usize>());
}

/// Any line of the table left out, and any role or phase taken out of a line, changes what somebody may do: no line is there for nothing, and
/// the page sees each.
#[test]
fn no_line_role_or_phase_can_be_dropped_unseen() {
    let page = page();
    let without = |skip: (usize, usize, usize)| -> BTreeSet<(Action, Phase, Role)> {
        let mut all = BTreeSet::new();
        for (n, row) in POLICY.iter().enumerate() {
            for (p, phase) in row.phases.iter().enumerate() {
                for (r, role) in row.roles.iter().enumerate() {
                    let is_skipped = skip.0 == n
                        && (skip.1 == usize::MAX || skip.1 == p)
                        && (skip.2 == usize::MAX || skip.2 == r);
                    if !is_skipped {
                        all.insert((row.action, *phase, *role));
                    }
                }
            }
        }
        all
    };
    assert_eq!(without((usize::MAX, 0, 0)), page);
    for (n, row) in POLICY.iter().enumerate() {
        assert_ne!(without((n, usize::MAX, usize::MAX)), page, "{:?}", row.action);
        for p in 0..row.phases.len() {
            for r in 0..row.roles.len() {
                assert_ne!(without((n, p, r)), page);
            }
        }
    }
}

#[test]
fn whoever_is_nobody_may_nothing() {
    for action in Action::ALL {
        for phase in Phase::ALL {
            assert!(!may(Role::Public, action, phase), "{action:?} {phase:?}");
        }
    }
}

/// People of every role: for each side that could act, one who acts for it, and one who acts for the mission.
fn everybody() -> BTreeMap<String, Person> {
    let mut all = settings()[&0].people.clone();
    for role in Role::ALL {
        for side in ["russia", "united-states", "opposition", "government-side"] {
            if !role.is_mission() {
                let person = Person { role, acts_for: Some(side.into()) };
                all.insert(format!("{}-of-{side}", role.as_str()), person);
            }
        }
        all.insert(role.as_str().to_owned(), Person { role, acts_for: None });
    }
    all
}

fn full() -> BTreeMap<u64, Setting> {
    let mut all = settings();
    all.get_mut(&0).unwrap().people = everybody();
    all
}

/// Cases that stand in a phase, each with evidence and an undertaking: where the phase has several kinds of step or complainant, one of each.
fn at(phase: Phase) -> Vec<(Record, CaseId)> {
    let mut all = Vec::new();
    for variant in 0..3 {
        let mut record = Record::default();
        let mut of_public = opening(&["ahrar", "jaysh"]);
        of_public.complainant = Complainant::Public(None);
        let case = match (phase, variant) {
            (Phase::Underway, 1) => CaseId(record.put(0, "operator", CaseAct::Open(of_public))),
            _ => record.open(0, "walid", &["ahrar", "jaysh"]),
        };
        if phase != Phase::Underway || variant == 2 {
            record.step(1, "watch", case, "notice", None);
        }
        if phase != Phase::Underway {
            record.step(2, "omar", case, "reply", None);
        }
        if phase == Phase::Ended {
            record.judge(3, "ivan", case, bench::open_question(), "settled");
            record.judge(3, "jane", case, bench::open_question(), "settled");
        }
        record.on(4, "omar", case, Act::Evidence { receipt: None, is_sealed: false, words: None });
        record.on(4, "omar", case, Act::Undertake { due: hour(90), words: None });
        all.push((record, case));
    }
    all
}

/// For each action the acts that can be right somewhere; what is looked for must be there.
fn acts(record: &Record, case: CaseId, action: Action) -> Vec<CaseAct> {
    let last = |kind: &str| {
        let of = |entry: &&CaseEntry| matches!(&entry.what, CaseAct::On(_, act) if act.as_str() == kind);
        record.entries.iter().rev().find(of).map_or(0, |entry| entry.entry)
    };
    let then = |to: &str| Some(to.to_owned());
    let step = |step: &str, then| Act::Step { step: step.into(), then, due: None, words: None };
    let party = |side: &str| Complainant::Party(side.into());
    let on = |act: Act| CaseAct::On(case, act);
    match action {
        Action::Open => {
            let mut sides = Vec::new();
            for complainant in [party("government-side"), party("opposition"), Complainant::Mission] {
                let mut other = opening(&["jaysh"]);
                other.incidents = [IncidentId::new("another")].into();
                other.complainant = complainant;
                sides.push(CaseAct::Open(other));
            }
            sides
        }
        Action::Join => vec![
            on(Act::Join(party("opposition"))),
            on(Act::Join(party("ahrar"))),
            on(Act::Join(party("russia"))),
            on(Act::Join(party("united-states"))),
            on(Act::Join(Complainant::Public(None))),
        ],
        Action::Step => {
            vec![on(step("notice", None)), on(step("reply", None)), on(step("talk", then("closed")))]
        }
        Action::Determine => {
            let stance = bench::open_question();
            vec![on(Act::Determine { step: "judge".into(), then: then("talk"), stance, words: None })]
        }
        Action::Means => vec![on(Act::Means(None))],
        Action::Evidence => vec![on(Act::Evidence { receipt: None, is_sealed: false, words: None })],
        Action::Disclose => vec![on(Act::Disclose { item: last("evidence"), to: "jaysh".into() })],
        Action::Name => vec![on(Act::Name("jaysh".into()))],
        Action::Incident => vec![on(Act::Incident(IncidentId::new("another")))],
        Action::Recuse => vec![on(Act::Recuse(None))],
        Action::Dissent => vec![on(Act::Dissent { of: last("determine"), words: None })],
        Action::Extend => vec![on(Act::Extend(None))],
        Action::Undertake => vec![on(Act::Undertake { due: hour(99), words: None })],
        Action::FollowUp => {
            vec![on(Act::FollowUp { of: last("undertake"), is_kept: true, words: None })]
        }
        Action::Withdraw => vec![on(Act::Withdraw(None))],
        Action::Reopen => vec![on(Act::Reopen { evidence: last("evidence"), words: None })],
        Action::Lapse => vec![on(Act::Lapse { step: "notice".into() })],
        Action::ClockFault => vec![CaseAct::ClockFault(ClockFault { from: 10, to: 10 })],
        Action::See | Action::SeeOwn | Action::SeeSealed => Vec::new(),
    }
}

/// The phase by which an act is measured.
fn measured(action: Action, phase: Phase) -> Phase {
    match action {
        Action::Open | Action::ClockFault => Phase::None,
        Action::Step => Phase::Underway,
        Action::Determine => Phase::Deciding,
        Action::Reopen => Phase::Ended,
        _ => phase,
    }
}

/// Every person, every act, every phase through a case: refused for the role exactly where the page says so; and what is refused, for whatever
/// reason, changes nothing.
#[test]
fn through_a_case_the_page_holds() {
    let (page, settings) = (page(), full());
    let (mut taken, mut refused, mut by_role) = (BTreeSet::new(), 0, 0);
    for phase in [Phase::Underway, Phase::Deciding, Phase::Ended] {
        let when = hour(5);
        let people = || settings[&0].people.iter();
        for ((record, case), (name, person)) in
            at(phase).iter().flat_map(|one| people().map(move |person| (one, person)))
        {
            let (case, before) = (*case, Docket::of(&settings, &record.entries, when));
            assert_eq!(before.cases[&case].phase(), phase);
            for action in Action::ALL {
                for what in acts(record, case, action) {
                    let entry = CaseEntry { entry: 1_000, at: when, by: name.clone(), what };
                    let would = Docket::would(&settings, &record.entries, &entry);
                    let allowed = page.contains(&(action, measured(action, phase), person.role));
                    let is_role = matches!(would, Err(Refused::Role(..)));
                    assert_eq!(is_role, !allowed, "{name}: {action:?} in {phase:?}: {would:?}");
                    if would.is_ok() {
                        taken.insert((action, phase, person.role));
                        continue;
                    }
                    refused += 1;
                    by_role += u32::from(is_role);
                    let mut all = record.entries.clone();
                    all.push(entry);
                    let mut after = Docket::of(&settings, &all, when);
                    after.refused.clear();
                    after.cases.get_mut(&case).unwrap().refused.clear();
                    assert_eq!(after, before, "{name}: {action:?} in {phase:?} was refused and left a trace");
                }
            }
        }
    }
    println!("{} taken, {refused} refused, {by_role} of them for the role", taken.len());
    // Each line of the page can be made use of by each of its roles somewhere: an act that no case can take would be a line for nothing.
    let used: BTreeSet<(Action, Role)> = taken.iter().map(|(action, _, role)| (*action, *role)).collect();
    let seeing = [Action::See, Action::SeeOwn, Action::SeeSealed];
    let unused: Vec<_> = page
        .iter()
        .map(|(action, _, role)| (*action, *role))
        .filter(|(action, role)| !seeing.contains(action) && !used.contains(&(*action, *role)))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    // The clock of the notice has not run out here, and the guarantor joins where it alleges for itself.
    let expected: Vec<(Action, Role)> =
        unused.iter().filter(|(action, _)| *action != Action::Lapse).copied().collect();
    assert!(expected.is_empty(), "{expected:?}");
}

#[test]
fn an_act_of_nobody_changes_nothing() {
    for phase in [Phase::Underway, Phase::Deciding, Phase::Ended] {
        let (record, case) = at(phase).swap_remove(0);
        let before = record.docket(5);
        for action in Action::ALL {
            for what in acts(&record, case, action) {
                let mut all = record.entries.clone();
                all.push(CaseEntry { entry: 1_000, at: hour(5), by: "mallory".into(), what });
                let mut after = Docket::of(&settings(), &all, hour(5));
                let kept = after.cases.values().flat_map(|one| &one.refused).chain(&after.refused);
                assert_eq!(kept.filter(|one| one.why == Refused::Nobody("mallory".into())).count(), 1);
                after.refused.clear();
                after.cases.get_mut(&case).unwrap().refused.clear();
                assert_eq!(after, before, "{action:?} in {phase:?}");
            }
        }
    }
}
