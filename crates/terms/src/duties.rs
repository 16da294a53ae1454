//! What the terms ask to be done, of whom and by when; and whether a report is about a thing that is due.
//!
//! Never repeats a rule: whether a duty holds at a time, under a reading, after an exception, is asked of the judge, by supposing
//! that what is due was left undone and nothing else is known. So a duty is due exactly when leaving it undone would not be
//! free.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    Act, ActorId, Actors, Body, Bounds, Compare, Counted, Due, DueAt, Event, FactId, Finding, Incident,
    IncidentId, Instant, Interval, MeasureId, Observation, Outcome, ReadingId, SourceId, Truth, Undone,
};

use crate::ir::{Clause, Required, Terms};
use crate::judge::Judge;
use crate::state::truce_state;

/// Most days of one duty that are told, the latest first kept; two years and a half.
pub const DAYS_LIMIT: usize = 900;

/// Everything that is due, as of a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dues {
    /// In the order of the clauses, of the parties they bind, and of time.
    pub all: Vec<Due>,
    /// Earlier days that were left out because there are more than [`DAYS_LIMIT`] of one duty.
    pub days_left_out: usize,
}

/// The same terms without a standard of proof: what is only supposed rests on no report, and is not held against one.
#[must_use]
pub fn without_proof(terms: &Terms) -> Terms {
    Terms { proof: Vec::new(), ..terms.clone() }
}

/// What is due by the terms (see [`without_proof`]), as the judge knows them as of a moment. Days that have not begun by then are not told.
#[must_use]
pub fn dues(terms: &Terms, judge: &Judge<'_>, as_of: Instant) -> Dues {
    let mut out = Dues::default();
    for clause in &terms.clauses {
        let Some(rule) = &clause.rule else { continue };
        let Some(required) = &rule.required else { continue };
        for party in &rule.binds {
            let asked = Asked { clause, required, party, judge, as_of };
            match required.by {
                Some(by) => out.all.push(asked.due(DueAt::By(by))),
                None if required.each_day => each_day(terms, &asked, &mut out),
                None => {}
            }
        }
    }
    out
}

/// The local days of the agreement's time on which the duty holds, or may hold, under some reading.
fn each_day(terms: &Terms, asked: &Asked<'_>, out: &mut Dues) {
    let Some(window) = truce_state(terms, asked.as_of).window else { return };
    let own = asked.clause.window.as_ref().map_or(window, |own| own.window);
    let first = window.start().max(own.start());
    let last = window.end().min(own.end()).min(asked.as_of.plus_seconds(1));
    let mut day = terms.zone.day_of(last.plus_seconds(-1));
    let mut days = Vec::new();
    while day.end() > first && first < last {
        if days.len() == DAYS_LIMIT {
            let left = (day.end().seconds() - first.seconds()).max(0).unsigned_abs().div_ceil(86_400);
            out.days_left_out = out.days_left_out.max(usize::try_from(left).unwrap_or(usize::MAX));
            break;
        }
        days.push(day);
        day = terms.zone.day_of(day.start().plus_seconds(-1));
    }
    let holds = |due: &Due| {
        let free = |outcome| matches!(outcome, Outcome::NotProhibited | Outcome::NotCovered);
        due.undone.values().any(|undone| !free(undone.at_due))
    };
    out.all.extend(days.into_iter().rev().map(|day| asked.due(DueAt::Day(day))).filter(holds));
}

/// One clause asked of one party.
struct Asked<'a> {
    clause: &'a Clause,
    required: &'a Required,
    party: &'a ActorId,
    judge: &'a Judge<'a>,
    as_of: Instant,
}

impl Asked<'_> {
    fn due(&self, at: DueAt) -> Due {
        let failures: BTreeSet<Act> = self.required.acts.iter().filter_map(|act| act.failure()).collect();
        let (at_due, later) = match at {
            DueAt::By(by) => (Interval::second(by), Interval::second(by.max(self.as_of))),
            DueAt::Day(day) => (day, day),
        };
        let suppose = |when: Interval| {
            let mut bare = bare();
            bare.actors.add(self.party.clone(), nobody());
            undone(&mut bare, &self.required.acts, &failures, &self.required.counting, when);
            self.judge.judge_clause(&self.clause.id, &bare)
        };
        let then = suppose(at_due);
        let now = if later == at_due { then.clone() } else { suppose(later) };
        let by_reading: BTreeMap<&ReadingId, Outcome> = now.iter().map(|f| (&f.reading, f.outcome)).collect();
        let one = |finding: &Finding| {
            let now = by_reading.get(&finding.reading).copied().unwrap_or(finding.outcome);
            (finding.reading.clone(), Undone { at_due: finding.outcome, now })
        };
        let cruxes = then.iter().chain(&now).flat_map(|finding| &finding.cruxes).flat_map(|crux| &crux.if_);
        Due {
            clause: self.clause.id.clone(),
            respondent: self.party.clone(),
            acts: self.required.acts.clone(),
            failures,
            at,
            counting: self.required.counting.clone(),
            undone: then.iter().map(one).collect(),
            turns_on: cruxes.map(|hypothesis| hypothesis.fact.key()).collect(),
        }
    }
}

/// Whether a report is about a thing that is due: whether leaving undone what it tells of would be a breach of the clause.
/// *Unknown* where that turns on what the report does not say; always *false* of one that names only others than the party.
/// `None`: no report of that kind can be.
#[must_use]
pub fn concerns(judge: &Judge<'_>, due: &Due, report: &Observation) -> Option<Truth> {
    let told = told(&report.body)?;
    let event = told.event();
    if !event.acts.iter().any(|act| due.acts.contains(act) || due.failures.contains(act)) {
        return None;
    }
    if let (DueAt::Day(day), Some(when)) = (due.at, event.when)
        && when.intersect(day).is_none()
    {
        return None;
    }
    let at = event.when.map_or(due.at.passed(), Interval::start);
    let mine = of_party(judge.actors(), &event.actors, &due.respondent, at);
    if mine.is_empty() && !event.actors.is_empty() {
        return Some(Truth::False);
    }
    let mut supposed = as_incident(event);
    // Who is not named stays open, but for a count: how many came is the same whoever let them in.
    let named = !mine.is_empty();
    let who = if named { mine } else { BTreeSet::from([due.respondent.clone()]) };
    who.into_iter().for_each(|actor| supposed.actors.add(actor, nobody()));
    let when = match due.at {
        DueAt::By(by) => Interval::second(by),
        DueAt::Day(day) => day,
    };
    undone(&mut supposed, &due.acts, &due.failures, &due.counting, when);
    let outcomes: Vec<Outcome> =
        judge.judge_clause(&due.clause, &supposed).into_iter().map(|finding| finding.outcome).collect();
    Some(if outcomes.contains(&Outcome::Prohibited) {
        if named || !due.counting.is_empty() { Truth::True } else { Truth::Unknown }
    } else if outcomes.contains(&Outcome::Undetermined) {
        Truth::Unknown
    } else {
        Truth::False
    })
}

/// What a report tells of, as an event; aid that arrived is a delivery like another.
enum Told<'a> {
    Event(&'a Event),
    Aid(Box<Event>),
}

impl Told<'_> {
    fn event(&self) -> &Event {
        match self {
            Self::Event(event) => event,
            Self::Aid(event) => event,
        }
    }
}

fn told(body: &Body) -> Option<Told<'_>> {
    match body {
        Body::Event(event) => Some(Told::Event(event)),
        Body::Delivery(aid) => Some(Told::Aid(Box::new(aid.arrived()?))),
        _ => None,
    }
}

/// Of the actors that a report names, those of the party.
fn of_party(actors: &Actors, named: &BTreeSet<ActorId>, party: &ActorId, at: Instant) -> BTreeSet<ActorId> {
    named.iter().filter(|actor| actors.belongs(actor, party, at)).cloned().collect()
}

/// Turns an incident into one in which what is due was left undone.
fn undone(
    incident: &mut Incident,
    acts: &BTreeSet<Act>,
    failures: &BTreeSet<Act>,
    counting: &[Counted],
    when: Interval,
) {
    incident.acts = Default::default();
    let words = if failures.is_empty() { acts } else { failures };
    words.iter().for_each(|act| incident.acts.add(*act, nobody()));
    incident.when = Default::default();
    incident.when.add(when, nobody());
    for counted in counting {
        let mut give = |measure: &MeasureId, number: u32| {
            let all = incident.amounts.entry(measure.clone()).or_default();
            *all = Default::default();
            all.add(Bounds::exactly(number), nobody());
        };
        give(&counted.measure, wanting(counted));
        if let Some(per) = &counted.per {
            give(per, 1);
        }
    }
}

/// A number that does not satisfy the count.
fn wanting(counted: &Counted) -> u32 {
    let n = counted.number;
    match counted.compare {
        Compare::AtLeast | Compare::MoreThan => 0,
        Compare::AtMost => n.saturating_add(1),
        Compare::FewerThan => n,
        Compare::Exactly if n == 0 => 1,
        Compare::Exactly => 0,
    }
}

fn as_incident(event: &Event) -> Incident {
    let mut incident = bare();
    event.weapons.iter().for_each(|weapon| incident.weapons.add(*weapon, nobody()));
    event.targets.iter().for_each(|target| incident.targets.add(*target, nobody()));
    event.place.iter().for_each(|place| incident.places.add(place.clone(), nobody()));
    event.held_by.iter().for_each(|holder| incident.held_by.add(holder.clone(), nobody()));
    for (measure, bounds) in &event.amounts {
        incident.amounts.entry(measure.clone()).or_default().add(*bounds, nobody());
    }
    let answered = |(fact, answer): (&FactId, &truceline_model::Answer)| (fact.clone(), *answer);
    for (fact, answer) in event.facts.iter().map(answered) {
        incident.facts.entry(fact).or_default().add(answer, nobody());
    }
    incident
}

fn bare() -> Incident {
    Incident::empty(IncidentId::new("supposed"))
}

/// The origin of what is only supposed.
fn nobody() -> SourceId {
    SourceId::new("supposed")
}
