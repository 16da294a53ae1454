//! Floods of entries into cases, and what reading them costs: one line a flood and size.
//!
//! `cargo run -p truceline-sim --bin sim-floods [-- 100000]`. Nothing here judges the time that it took; `docs/cases.md` keeps figures.
#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant as Watch;

use truceline_casework::case::{
    Act, CaseAct, CaseEntry, CaseId, ClockFault, Complainant, Docket, Opening, Person, Role, Setting,
};
use truceline_model::{
    Actor, ActorId, ActorKind, Actors, Asks, End, IncidentId, Instant, Length, Procedure, Since, Span, Step,
    Text, Who, Withdrawal, Zone,
};

const HERE: Span = Span { start: 0, end: 0 };

fn step(id: &str, then: &[&str]) -> Step {
    Step {
        id: id.into(),
        name: Text::default(),
        asks: Asks::Reply,
        by: [Who::Respondent].into(),
        to: BTreeSet::new(),
        through: BTreeSet::new(),
        within: Length::Weeks(500),
        since: Since::Opening,
        then: then.iter().map(|one| (*one).to_owned()).collect(),
        silence: "closed".into(),
        concur: BTreeSet::new(),
        deadlock: None,
        recuse_when: BTreeSet::new(),
        instead: BTreeSet::new(),
        hears_each: false,
        needs_means: 0,
        extendable: None,
        span: HERE,
    }
}

fn setting() -> Setting {
    let end = |id: &str| End {
        id: id.into(),
        name: Text::default(),
        reopens: Some("reply".into()),
        excludes: false,
        readmits: false,
        span: HERE,
    };
    let procedure = Procedure {
        takes: BTreeSet::new(),
        opened_by: BTreeSet::new(),
        opened_when: BTreeSet::new(),
        withdrawn: Some(Withdrawal { by: [Who::Complainant].into(), then: "closed".into() }),
        steps: vec![step("reply", &["again", "closed"]), step("again", &["reply", "closed"])],
        ends: vec![end("closed")],
    };
    let actor = |id: &str| Actor {
        id: id.into(),
        kind: ActorKind::Party,
        member_of: Vec::new(),
        names: BTreeMap::new(),
        aliases: BTreeSet::new(),
    };
    let person = |role, acts_for: Option<&str>| Person { role, acts_for: acts_for.map(ActorId::from) };
    let people = [
        ("omar", person(Role::PartyLiaison, Some("b"))),
        ("walid", person(Role::PartyLiaison, Some("a"))),
        ("lawyer", person(Role::LegalOfficer, None)),
        ("watch", person(Role::WatchOfficer, None)),
    ];
    Setting {
        zone: Zone::utc(),
        working: None,
        procedures: [("course".into(), procedure)].into(),
        clauses: ["fire".into()].into(),
        guarantors: BTreeMap::new(),
        actors: Actors::new([actor("a"), actor("b")]),
        gravity: Vec::new(),
        persistence: None,
        people: people.into_iter().map(|(name, one)| (name.to_owned(), one)).collect(),
    }
}

fn opening(n: u64) -> CaseAct {
    CaseAct::Open(Opening {
        procedure: "course".into(),
        clause: "fire".into(),
        incidents: [IncidentId::new(&format!("i-{n}"))].into(),
        respondents: ["b".into()].into(),
        complainant: Complainant::Party("a".into()),
        rests_on: BTreeSet::new(),
        since: None,
        words: None,
    })
}

/// The name of a flood, and its entry of each number.
type Flood = (&'static str, fn(u64) -> (&'static str, CaseAct));

fn on(act: Act) -> CaseAct {
    CaseAct::On(CaseId(0), act)
}

fn evidence() -> CaseAct {
    on(Act::Evidence { receipt: None, is_sealed: false, words: Some("a page of words".into()) })
}

const FLOODS: [Flood; 9] = [
    ("evidence in one case", |_| ("omar", evidence())),
    ("refused: nobody whom the mission names", |_| ("mallory", evidence())),
    ("joins one moment, takes it back the next", |n| {
        let act = if n % 2 == 1 { Act::Join(Complainant::Party("b".into())) } else { Act::Withdraw(None) };
        ("omar", on(act))
    }),
    ("steps round and round", |n| {
        let (step, then) = if n % 2 == 1 { ("reply", "again") } else { ("again", "reply") };
        ("omar", on(Act::Step { step: step.into(), then: Some(then.into()), due: None, words: None }))
    }),
    ("taken back and reopened, again and again", |n| match n % 3 {
        1 => ("walid", on(Act::Withdraw(None))),
        2 => ("omar", evidence()),
        _ => ("lawyer", on(Act::Reopen { evidence: n.saturating_sub(1), words: None })),
    }),
    ("undertakings, and whether they were kept", |n| match n % 2 {
        1 => ("omar", on(Act::Undertake { due: Instant::from_seconds(9_000_000_000), words: None })),
        _ => ("lawyer", on(Act::FollowUp { of: n.saturating_sub(1), is_kept: true, words: None })),
    }),
    ("a case each", |n| ("walid", opening(n))),
    ("the same case opened and taken back", |n| match n % 2 {
        1 => ("walid", CaseAct::On(CaseId(n.saturating_sub(1)), Act::Withdraw(None))),
        _ => ("walid", opening(1)),
    }),
    ("the clock was wrong, say two", |n| {
        let even = n + n % 2;
        let fault = ClockFault { from: even.saturating_sub(42), to: even.saturating_sub(3) };
        (if n % 2 == 0 { "lawyer" } else { "watch" }, CaseAct::ClockFault(fault))
    }),
];

fn main() {
    let most: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let settings: BTreeMap<u64, Setting> = [(0, setting())].into();
    let start = Instant::from_seconds(1_460_000_000);
    println!("{:<42} {:>8} {:>8} {:>8} {:>9} {:>9}", "flood", "entries", "cases", "refused", "ms", "ns each");
    for (name, flood) in FLOODS {
        for size in [most / 10, most] {
            let entries: Vec<CaseEntry> = (0..size)
                .map(|n| {
                    let (by, what) = if n == 0 { ("walid", opening(0)) } else { flood(n) };
                    let at = start.plus_seconds(i64::try_from(n).unwrap_or(i64::MAX));
                    CaseEntry { entry: n, at, by: by.into(), what }
                })
                .collect();
            let as_of = entries.last().map_or(start, |entry| entry.at);
            let watch = Watch::now();
            let docket = Docket::of(&settings, &entries, as_of);
            let (lapses, exclusions) = (docket.lapses().len(), docket.exclusions().len());
            let passed = watch.elapsed();
            let refused: usize =
                docket.cases.values().map(|case| case.refused.len()).sum::<usize>() + docket.refused.len();
            println!(
                "{name:<42} {size:>8} {:>8} {refused:>8} {:>9} {:>9}",
                docket.cases.len() + lapses + exclusions,
                passed.as_millis(),
                passed.as_nanos() / u128::from(size.max(1)),
            );
        }
    }
}
