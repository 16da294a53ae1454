//! Random agreements about one clause: its window, chain, phases, who is outside, the standard of proof, and its rule.

use std::collections::BTreeSet;

use proptest::prelude::*;
use truceline_model::{Acceptance, ActorId, CalmStep, Fact, Grade, Instant, Interval, Recorded, Span, Zone};
use truceline_terms::{
    AcceptanceEntry, Account, ClauseKind, Effect, Exempt, InForce, Phase, Proof, Rule, Terms, Text, parse,
};

use super::mission::{actors, areas, at};
use super::rule::{rule, some};

const SPAN: Span = Span { start: 0, end: 0 };

/// The clause that a random rule takes the place of.
const CLAUSE: &str = "clause c \"C\"\nbinds opp\nforbids shelling with any-weapon\n";

const BASE: &str = r#"
# Test
```terms
agreement test
title "Test"
zone "UTC"
in-force from "2016-02-10T00:00" until "2016-03-10T00:00"
party gov whose-forces-are government-forces
party opp whose-forces-are armed-opposition-forces
exempt out
accepted gov on "2016-02-01"
accepted umb on "2016-02-01"
refused late on "2016-02-20"
accepted late on "2016-02-01"
not-found lost
matter object "?"
position letter on object saying "l"
position purpose on object saying "p"
matter licence "?"
position strict on licence saying "s"
position wide on licence saying "w"
reading ls "ls" taking object=letter licence=strict
reading pw "pw" taking object=purpose licence=wide
fact present "?"
claim claimed "?"
judgement prop "?"
judgement sd "?"
measure lorries "Lorries"
measure prisoners "Prisoners"
measure hostages "Hostages"
```
## Clause
```terms
clause c "C"
binds opp
forbids shelling with any-weapon
```
## Calm
```terms
calm k "K" in z
binds gov opp
forbids shelling with any-weapon
start from "2016-02-12T00:00" for 24 hours per s1 known "2016-02-01"
```
"#;

fn base() -> Terms {
    let checked = parse(BASE, &actors(), &areas());
    let said: Vec<String> = checked.diagnostics.iter().map(|d| d.render_text("test.md", BASE)).collect();
    checked.terms.unwrap_or_else(|| panic!("{}", said.join("\n")))
}

/// The same agreement with another clause, as it is written; or what the language says when it refuses it.
pub fn written(clause: &str) -> Result<Terms, String> {
    let text = BASE.replacen(CLAUSE, &format!("{clause}\n"), 1);
    let checked = parse(&text, &actors(), &areas());
    let said: Vec<String> = checked.diagnostics.iter().map(|d| d.render_text("test.md", &text)).collect();
    checked.terms.ok_or_else(|| said.join("\n"))
}

/// The same agreement with another rule for its clause.
pub fn typed(rule: Rule) -> Terms {
    let mut terms = base();
    terms.clauses[0].rule = Some(rule);
    terms
}

/// Days of 2016 between which windows run: local midnights and hours beside them.
const DAYS: &[&str] = &[
    "2016-02-08T00:00:00Z",
    "2016-02-10T00:00:00Z",
    "2016-02-12T00:00:00Z",
    "2016-02-12T12:00:00Z",
    "2016-02-20T00:00:00Z",
    "2016-03-01T10:00:00Z",
    "2016-03-25T00:00:00Z",
];

fn window() -> impl Strategy<Value = Interval> {
    (some(DAYS, 2, 2), any::<bool>()).prop_map(|(two, open)| {
        let end = if open { Instant::FAR_FUTURE } else { at(two[1]) };
        Interval::new(at(two[0]), end).unwrap()
    })
}

/// Always known, or from 10 February, or from March on.
fn known() -> impl Strategy<Value = Option<Instant>> {
    prop_oneof![
        4 => Just(None),
        1 => Just(Some("2016-02-10T00:00:00Z")),
        1 => Just(Some("2016-03-01T00:00:00Z")),
    ]
    .prop_map(|text| text.map(at))
}

fn in_force() -> impl Strategy<Value = InForce> {
    (window(), known()).prop_map(|(window, known)| InForce { window, known, span: SPAN })
}

fn account() -> impl Strategy<Value = Account> {
    let effect = prop_oneof![4 => Just(Effect::Gives), 2 => Just(Effect::Takes), 1 => Just(Effect::Nothing)];
    (window(), effect, some(&["s1", "s2", "s3"], 1, 2), known(), any::<bool>()).prop_map(
        |(window, effect, sources, known, by_hours)| Account {
            step: CalmStep {
                step: "step".into(),
                window,
                announced_hours: None,
                sources: sources.into_iter().map(Into::into).collect(),
                known: known.unwrap_or(Instant::FAR_PAST),
            },
            effect,
            by_hours,
            span: SPAN,
        },
    )
}

/// Steps of one account, or of two rival ones that a crux can tell apart.
fn chain() -> impl Strategy<Value = Vec<Vec<Account>>> {
    let step = proptest::collection::vec(account(), 1..=2).prop_map(|mut step| {
        let mut seen = BTreeSet::new();
        step.retain(|account| seen.insert(account.value()));
        step
    });
    proptest::collection::vec(step, 1..=3)
}

fn exempt() -> impl Strategy<Value = Vec<Exempt>> {
    let one = (
        some(&["out", "late", "umb", "opp", "proxy"], 1, 1),
        proptest::option::of(window()),
        known(),
        any::<bool>(),
    );
    let one = one.prop_map(|(who, during, known, excluded)| Exempt {
        who: who.into_iter().map(ActorId::new).collect(),
        by_reference: None,
        from: during.map(Interval::start),
        until: during.map(Interval::end).filter(|end| *end < Instant::FAR_FUTURE),
        excluded,
        known,
        sources: BTreeSet::new(),
        span: SPAN,
    });
    proptest::collection::vec(one, 0..=2)
}

fn phases() -> impl Strategy<Value = Vec<Phase>> {
    let one = (prop_oneof![Just("one"), Just("two")], proptest::option::weighted(0.7, window()), known());
    let one = one.prop_map(|(id, window, known)| Phase {
        id: id.into(),
        name: Text::default(),
        window,
        known,
        span: SPAN,
    });
    proptest::collection::vec(one, 0..=3)
}

fn proof() -> impl Strategy<Value = Vec<Proof>> {
    let facts = some(
        &[
            Fact::Actor,
            Fact::Act,
            Fact::Weapon,
            Fact::Target,
            Fact::Time,
            Fact::Place,
            Fact::Struck,
            Fact::Commander,
            Fact::HeldBy,
            Fact::System,
        ],
        1,
        3,
    );
    let graded = proptest::option::of(prop_oneof![Just(Grade::A), Just(Grade::B), Just(Grade::D)]);
    let one = (facts, 1..=2_u32, some(&["s1", "s4"], 0, 1), graded).prop_map(
        |(facts, origins, or_from, graded)| Proof {
            facts: facts.into_iter().collect(),
            origins,
            or_from: or_from.into_iter().map(Into::into).collect(),
            graded,
            span: SPAN,
        },
    );
    prop_oneof![3 => Just(Vec::new()), 1 => proptest::collection::vec(one, 1..=2)]
}

fn acceptances() -> impl Strategy<Value = Vec<AcceptanceEntry>> {
    let recorded = prop_oneof![2 => Just(Recorded::Accepted), 1 => Just(Recorded::Refused), 1 => Just(Recorded::NotFound)];
    let on = proptest::option::of(some(DAYS, 1, 1).prop_map(|all| at(all[0])));
    let by =
        prop_oneof![Just("gov"), Just("opp"), Just("umb"), Just("member"), Just("turncoat"), Just("proxy")];
    let one = (by, recorded, on, known()).prop_map(|(by, recorded, on, known)| AcceptanceEntry {
        acceptance: Acceptance {
            by: ActorId::new(by),
            to: None,
            on,
            recorded,
            reservation: None,
            sources: BTreeSet::new(),
        },
        through: None,
        known,
        span: SPAN,
    });
    proptest::collection::vec(one, 0..=2)
}

/// When the clause is in force, and by what.
#[derive(Clone, Debug)]
struct Force {
    general: Vec<InForce>,
    chain: Vec<Vec<Account>>,
    phases: Vec<Phase>,
    own: Option<InForce>,
    in_phase: Vec<&'static str>,
    calm: bool,
}

fn force() -> impl Strategy<Value = Force> {
    let own = proptest::option::weighted(0.2, in_force());
    let in_phase = prop_oneof![4 => some(&["one", "two"], 0, 0), 1 => some(&["one", "two"], 1, 2)];
    let general = prop_oneof![
        3 => Just(Vec::new()),
        2 => proptest::collection::vec(in_force(), 1..=2),
    ];
    let chained = prop_oneof![2 => Just(Vec::new()), 1 => chain()];
    (general, chained, phases(), own, in_phase, proptest::bool::weighted(0.15)).prop_map(
        |(general, chain, phases, own, in_phase, calm)| Force { general, chain, phases, own, in_phase, calm },
    )
}

/// An agreement with its one clause.
pub fn agreement() -> impl Strategy<Value = Terms> {
    let zone = prop_oneof![Just("UTC"), Just("Asia/Damascus"), Just("Asia/Gaza")];
    (rule(), force(), exempt(), proof(), acceptances(), zone, chain()).prop_map(
        |(rule, force, exempt, proof, acceptances, zone, calm)| {
            let mut terms = base();
            terms.zone = Zone::named(zone).unwrap();
            terms.exempt.extend(exempt);
            terms.acceptances.extend(acceptances);
            terms.proof = proof;
            place(&mut terms, rule, force, calm);
            terms
        },
    )
}

fn place(terms: &mut Terms, rule: Rule, force: Force, calm: Vec<Vec<Account>>) {
    let wanted = if force.calm { ClauseKind::Calm } else { ClauseKind::Forbids };
    terms.clauses.retain(|clause| clause.kind == wanted);
    // With no window of its own drawn, the agreement keeps the one it has, unless a chain says it.
    if !force.chain.is_empty() {
        terms.in_force.clear();
        terms.chain = force.chain;
    } else if !force.general.is_empty() {
        terms.in_force = force.general;
    }
    terms.phases = force.phases;
    let clause = &mut terms.clauses[0];
    clause.rule = Some(rule);
    if force.calm {
        terms.calms[0].steps = calm;
    } else {
        terms.calms.clear();
        clause.window = force.own;
        clause.phases = force.in_phase.into_iter().map(Into::into).collect();
    }
}
