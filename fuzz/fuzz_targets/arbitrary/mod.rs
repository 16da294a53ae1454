//! Any bytes as an incident before a shipped agreement, and what must hold of every finding on it. The fuzzer draws the
//! bytes for hours (`fuzz_targets/judge.rs`); a test draws some on every build (`sim/tests/any_bytes.rs`).

use std::collections::BTreeSet;

use truceline_intake::mission;
use truceline_model::{
    Act, ActorId, Actors, Alternatives, Answer, AreaId, Areas, Bounds, Crux, Fact, Finding, Incident,
    IncidentId, Instant, Interval, Outcome, Place, Qualifier, Reason, SourceId, Sources, SystemId, Target,
    Test, Truth, Weapon, Zone,
};
use truceline_terms::{Condition, Judge, Terms, parse};

/// A shipped agreement with its registries.
pub struct Mission {
    pub name: &'static str,
    pub terms: Terms,
    pub actors: Actors,
    pub areas: Areas,
    pub sources: Sources,
    moments: Vec<Instant>,
    systems: Vec<SystemId>,
}

macro_rules! shipped {
    ($($name:literal),+ $(,)?) => {
        [$((
            $name,
            include_str!(concat!("../../../agreements/", $name, "/agreement.md")),
            include_bytes!(concat!("../../../agreements/", $name, "/actors.csv")).as_slice(),
            include_bytes!(concat!("../../../agreements/", $name, "/areas.geojson")).as_slice(),
            include_bytes!(concat!("../../../agreements/", $name, "/sources.csv")).as_slice(),
        )),+]
    };
}

/// Every shipped agreement.
#[must_use]
pub fn missions() -> Vec<Mission> {
    let all = shipped!(
        "syria-2016",
        "syria-2016-09",
        "gaza-2025-01",
        "hodeidah-2018",
        "lebanon-2024",
        "mindanao-1997",
        "minsk-2-2015",
    );
    all.into_iter()
        .map(|(name, text, actors, areas, sources)| {
            let line = text
                .lines()
                .find_map(|line| line.trim().strip_prefix("zone \""))
                .and_then(|rest| rest.split('"').next());
            let zone = Zone::named(line.expect("a zone")).expect("a zone");
            let actors = mission::actors(actors, &zone).expect("actors");
            let areas = mission::areas(areas, &zone).expect("areas");
            let sources = mission::sources(sources, &actors).expect("sources");
            let terms = parse(text, &actors, &areas).terms.expect("terms without fault");
            let (moments, systems) = (moments(&terms), systems(&terms));
            Mission { name, terms, actors, areas, sources, moments, systems }
        })
        .collect()
}

fn conditions(terms: &Terms) -> impl Iterator<Item = &Condition> {
    let rules = terms.clauses.iter().filter_map(|clause| clause.rule.as_ref());
    rules.flat_map(|rule| {
        rule.when
            .iter()
            .flatten()
            .chain(rule.outside.iter().flat_map(|one| &one.all_of))
            .chain(rule.objects.iter().flat_map(|one| &one.any_of))
            .chain(rule.exceptions.iter().flat_map(|one| &one.all_of))
    })
}

/// Moments at which the agreement's answers change: an incident is most telling beside one of them.
fn moments(terms: &Terms) -> Vec<Instant> {
    let mut all = BTreeSet::new();
    let mut window = |window: Interval| all.extend([window.start(), window.end()]);
    terms.in_force.iter().for_each(|entry| window(entry.window));
    terms.phases.iter().filter_map(|phase| phase.window).for_each(&mut window);
    terms.clauses.iter().filter_map(|clause| clause.window.as_ref()).for_each(|entry| window(entry.window));
    let steps = terms.chain.iter().chain(terms.calms.iter().flat_map(|calm| &calm.steps)).flatten();
    steps.for_each(|account| window(account.step.window));
    all.extend(conditions(terms).filter_map(|one| match one {
        Condition::From(at) => Some(*at),
        Condition::Not(inner) => match inner.as_ref() {
            Condition::From(at) => Some(*at),
            _ => None,
        },
        _ => None,
    }));
    all.into_iter().filter(|at| *at > Instant::FAR_PAST && *at < Instant::FAR_FUTURE).collect()
}

fn systems(terms: &Terms) -> Vec<SystemId> {
    let rules = terms.clauses.iter().filter_map(|clause| clause.rule.as_ref());
    let mut all: BTreeSet<SystemId> = rules.filter_map(|rule| rule.systems.clone()).flatten().collect();
    for one in conditions(terms) {
        if let Condition::System(set) = one {
            all.extend(set.iter().cloned());
        }
    }
    all.insert(SystemId::new("some-other-system"));
    all.into_iter().collect()
}

/// Bytes, used up one by one; nothing after their end.
struct Bytes<'b>(&'b [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> usize {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                usize::from(*first)
            }
            None => 0,
        }
    }

    fn pick<'t, T>(&mut self, all: &'t [T]) -> Option<&'t T> {
        let n = self.next() + 256 * usize::from(all.len() > 256) * self.next();
        if all.is_empty() { None } else { all.get(n % all.len()) }
    }

    /// Up to three values, each from one or two origins; perhaps somebody leaves it open.
    fn fill<V: Ord + Clone>(
        &mut self,
        into: &mut Alternatives<V>,
        sources: &[SourceId],
        mut value: impl FnMut(&mut Self) -> Option<V>,
    ) {
        let how = self.next();
        // Most values are told once or not at all, as in real reports.
        let count = [0, 1, 1, 1, 2, 0, 2, 3][how % 8];
        for _ in 0..count {
            let Some(one) = value(self) else { continue };
            for _ in 0..=(how / 8) % 2 {
                if let Some(source) = self.pick(sources) {
                    into.add(one.clone(), source.clone());
                }
            }
        }
        if (how / 16).is_multiple_of(7)
            && count > 0
            && let Some(source) = self.pick(sources)
        {
            into.leave_open(source.clone());
        }
    }
}

/// The incident that the bytes say, and as of when it is judged.
#[must_use]
pub fn incident(mission: &Mission, bytes: &[u8]) -> (Incident, Instant) {
    let mut bytes = Bytes(bytes);
    let mut one = Incident::empty(IncidentId::new("any"));
    let sources: Vec<SourceId> = mission.sources.iter().map(|source| source.id.clone()).collect();
    let actors: Vec<ActorId> = mission.actors.iter().map(|actor| actor.id.clone()).collect();
    let areas: Vec<AreaId> = mission.areas.iter().map(|area| area.id.clone()).collect();
    bytes.fill(&mut one.acts, &sources, |b| b.pick(Act::ALL).copied());
    bytes.fill(&mut one.actors, &sources, |b| b.pick(&actors).cloned());
    bytes.fill(&mut one.targets, &sources, |b| b.pick(Target::ALL).copied());
    bytes.fill(&mut one.when, &sources, |b| interval(b, mission));
    bytes.fill(&mut one.struck, &sources, |b| b.pick(&actors).cloned());
    bytes.fill(&mut one.held_by, &sources, |b| b.pick(&actors).cloned());
    bytes.fill(&mut one.places, &sources, |b| place(b, mission, &areas));
    bytes.fill(&mut one.weapons, &sources, |b| b.pick(Weapon::ALL).copied());
    bytes.fill(&mut one.systems, &sources, |b| b.pick(&mission.systems).cloned());
    bytes.fill(&mut one.commanders, &sources, |b| b.pick(&actors).cloned());
    one.throughout = bytes.next() % 8 == 1;
    let answers = [Answer::Yes, Answer::No, Answer::Unclear];
    for fact in &mission.terms.facts {
        let given = one.facts.entry(fact.id.clone()).or_default();
        bytes.fill(given, &sources, |b| b.pick(&answers).copied());
    }
    for judgement in &mission.terms.judgements {
        if let Some(answer) = answers.get(bytes.next() % 5) {
            one.judgements.insert(judgement.id.clone(), *answer);
        }
    }
    for measure in &mission.terms.measures {
        let given = one.amounts.entry(measure.id.clone()).or_default();
        bytes.fill(given, &sources, bounds);
    }
    let late = Instant::FAR_FUTURE.plus_seconds(-1);
    let as_of =
        if bytes.next().is_multiple_of(2) { late } else { moment(&mut bytes, mission).unwrap_or(late) };
    (one, as_of)
}

/// Some minutes or days beside a moment that matters.
fn moment(bytes: &mut Bytes<'_>, mission: &Mission) -> Option<Instant> {
    let at = *bytes.pick(&mission.moments)?;
    let units = i64::try_from(bytes.next()).unwrap_or(0) - 128;
    let unit = [0, 60, 3_600, 86_400][bytes.next() % 4];
    Some(at.plus_seconds(units * unit))
}

fn interval(bytes: &mut Bytes<'_>, mission: &Mission) -> Option<Interval> {
    let at = moment(bytes, mission)?;
    let length = [1, 60, 3_600, 43_200, 86_400, 7 * 86_400, 60 * 86_400, 0][bytes.next() % 8];
    if length == 0 {
        return Some(mission.terms.zone.day_of(at));
    }
    Interval::new(at, at.plus_seconds(length)).ok()
}

fn place(bytes: &mut Bytes<'_>, mission: &Mission, areas: &[AreaId]) -> Option<Place> {
    let area = bytes.pick(areas)?;
    let shape = &mission.areas.get(area)?.shape;
    let corner = match shape {
        truceline_model::Shape::Polygon(rings) | truceline_model::Shape::Line(rings) => {
            bytes.pick(rings).and_then(|ring| bytes.pick(ring)).copied()
        }
        truceline_model::Shape::Disc(point, _) => Some(*point),
        truceline_model::Shape::Nowhere => None,
    };
    let mut beside = || (i32::try_from(bytes.next()).unwrap_or(0) - 128) * 10_000;
    let point = corner.map(|mut point| {
        point.lon += beside();
        point.lat += beside();
        point
    });
    let within_m = [0, 50, 500, 5_000, 50_000][bytes.next() % 5];
    let named = bytes.next().is_multiple_of(2) || point.is_none();
    let areas = if named { BTreeSet::from([area.clone()]) } else { BTreeSet::new() };
    Some(Place { point, within_m, areas, unresolved: None })
}

fn bounds(bytes: &mut Bytes<'_>) -> Option<Bounds> {
    let min = u32::try_from(bytes.next() * [1, 10, 100, 0][bytes.next() % 4]).ok()?;
    match bytes.next() % 3 {
        0 => Some(Bounds::exactly(min)),
        1 => Bounds::range(min, min + u32::try_from(bytes.next()).ok()?),
        _ => Some(Bounds { min, max: None, qualifier: Qualifier::AtLeast }),
    }
}

/// Judges, and holds every finding to what it must be. The number of findings.
pub fn check(mission: &Mission, incident: &Incident, as_of: Instant) -> usize {
    let Mission { terms, actors, areas, sources, .. } = mission;
    let judge = Judge::new(terms, actors, areas, as_of).with_sources(sources);
    let findings = judge.judge(incident);
    let briefs = judge.outcomes(incident);
    assert_eq!(findings.len(), briefs.len());
    for (finding, brief) in findings.iter().zip(briefs) {
        let name = format!("{} {} {}", mission.name, finding.clause, finding.reading);
        assert_eq!(finding.outcome, brief.outcome, "{name}");
        if finding.fault.is_some() {
            assert_eq!(finding.outcome, Outcome::Undetermined, "{name}");
            continue;
        }
        reasons(finding, incident, &name);
        let factual: Vec<&Crux> = finding.cruxes.iter().filter(|crux| !of_law(crux)).collect();
        if finding.outcome != Outcome::Undetermined {
            assert!(factual.is_empty(), "{name}: determined, and yet {factual:?}");
            continue;
        }
        for crux in factual {
            assert_ne!(crux.then, Outcome::Undetermined, "{name}: {crux:?}");
            if let Some(supposed) = supposed(mission, incident, crux) {
                let all = judge.judge_clause(&finding.clause, &supposed);
                let same = all.iter().find(|other| other.reading == finding.reading).expect("a finding");
                assert!(
                    same.outcome == crux.then || same.fault.is_some(),
                    "{name}: {crux:?} gives {}",
                    same.outcome
                );
            }
        }
    }
    findings.len()
}

fn of_law(crux: &Crux) -> bool {
    crux.if_.iter().any(|one| matches!(one.fact, Fact::Matter(_)))
}

/// A reason never contradicts its outcome.
fn reasons(finding: &Finding, incident: &Incident, name: &str) {
    let steps: Vec<&Reason> =
        finding.reasons.iter().filter(|step| !matches!(step.test, Test::Takes(..))).collect();
    let [covered, forbidden, exceptions @ ..] = steps.as_slice() else {
        panic!("{name}: no reasons");
    };
    let holds = exceptions.iter().any(|step| step.tried && step.truth == Truth::True);
    let (covered, forbidden) = (covered.truth, forbidden.truth);
    let contradicts = match finding.outcome {
        Outcome::Prohibited => covered == Truth::False || forbidden == Truth::False || holds,
        Outcome::NotCovered => {
            covered == Truth::True && !exceptions.iter().any(|step| gives(step, Outcome::NotCovered))
        }
        Outcome::NotProhibited => {
            covered == Truth::True
                && forbidden == Truth::True
                && exceptions.iter().all(|step| step.truth == Truth::False)
        }
        Outcome::Undetermined => false,
    };
    // An act that went on throughout has a step per stretch of time; the tree shows them joined.
    assert!(
        !contradicts || incident.throughout,
        "{name}: {} with covered {covered:?}, forbidden {forbidden:?}, an exception holds: {holds}",
        finding.outcome
    );
}

fn gives(step: &Reason, outcome: Outcome) -> bool {
    matches!(step.test, Test::Exception(_, gives) if gives == outcome) && step.truth != Truth::False
}

/// The incident with what a crux supposes told by every source; `None` for suppositions that no report could put so.
fn supposed(mission: &Mission, incident: &Incident, crux: &Crux) -> Option<Incident> {
    let mut told = incident.clone();
    for one in &crux.if_ {
        let value = one.value.as_str();
        let actor = || mission.actors.get(&ActorId::new(value)).map(|actor| actor.id.clone());
        match &one.fact {
            Fact::Actor => told.actors = by_all(mission, actor()?),
            Fact::Commander => told.commanders = by_all(mission, actor()?),
            Fact::Struck => told.struck = by_all(mission, actor()?),
            Fact::HeldBy => told.held_by = by_all(mission, actor()?),
            Fact::Act => told.acts = by_all(mission, Act::parse(value)?),
            Fact::Weapon => told.weapons = by_all(mission, Weapon::parse(value)?),
            // Whose forces it was, when nobody says, goes by what the sources call the target.
            Fact::Target if !incident.struck.is_empty() || !incident.struck.open_origins().is_empty() => {
                told.targets = by_all(mission, Target::parse(value)?);
            }
            Fact::System => {
                let known = mission.systems.iter().any(|system| system.as_str() == value);
                told.systems = by_all(mission, known.then(|| SystemId::new(value))?);
            }
            Fact::Named(id) => {
                told.facts.insert(id.clone(), by_all(mission, Answer::parse(value)?));
            }
            Fact::Judgement(id) => {
                told.judgements.insert(id.clone(), Answer::parse(value)?);
            }
            Fact::Measure(id) => {
                let number = value.parse().ok()?;
                told.amounts.insert(id.clone(), by_all(mission, Bounds::exactly(number)));
            }
            _ => return None,
        }
    }
    Some(told)
}

fn by_all<V: Ord + Clone>(mission: &Mission, value: V) -> Alternatives<V> {
    let mut all = Alternatives::unknown();
    mission.sources.iter().for_each(|source| all.add(value.clone(), source.id.clone()));
    all
}
