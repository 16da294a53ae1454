//! What findings have tried of a clause: outcomes reached, exceptions that held and did not, objects and outside lines used,
//! each question seen true, false and unknown.
//!
//! The steps are those of the judge's own reasons for an incident of which nothing is known, so that no step is forgotten.
//! It counts; it never says that a scenario is right.

use std::collections::BTreeMap;

use truceline_model::{ClauseId, Finding, Incident, IncidentId, Outcome, ReadingId, Reason, Test, Truth};

use crate::ir::Terms;
use crate::judge::Judge;

/// What a step is to a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An exception: to be seen to hold and not to hold.
    Exception,
    /// One alternative of what must be attacked: to be seen to hold.
    Object,
    /// A line of what lies outside: to be seen to hold.
    Outside,
    /// A question: to be seen true, false and unknown.
    Condition,
}

impl Kind {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exception => "exception",
            Self::Object => "object",
            Self::Outside => "outside",
            Self::Condition => "condition",
        }
    }
}

/// A step of a clause and how often it was seen to hold, not to hold, and to be unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// What it is.
    pub kind: Kind,
    /// Its place in the tree of reasons, from the top.
    pub place: Vec<usize>,
    /// The step itself, with what stands below it.
    pub step: Reason,
    /// How often each truth was seen; for a line of what lies outside, of the line itself.
    pub seen: BTreeMap<Truth, u32>,
    /// The truths that have to be seen.
    pub wanted: Vec<Truth>,
}

/// What was tried of one clause under one reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The clause.
    pub clause: ClauseId,
    /// The reading.
    pub reading: ReadingId,
    /// How often each outcome was reached.
    pub outcomes: BTreeMap<Outcome, u32>,
    /// Its steps.
    pub points: Vec<Point>,
}

impl Tried {
    /// Outcomes that nothing has reached.
    pub fn outcomes_missing(&self) -> impl Iterator<Item = Outcome> + '_ {
        Outcome::ALL.into_iter().filter(|outcome| !self.outcomes.contains_key(outcome))
    }
}

impl Point {
    /// Truths that have to be seen and were not.
    pub fn missing(&self) -> impl Iterator<Item = Truth> + '_ {
        self.wanted.iter().copied().filter(|truth| !self.seen.contains_key(truth))
    }
}

/// What was tried of every clause under every reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Clauses in their order, each under every reading.
    pub all: Vec<Tried>,
}

impl Trial {
    /// Nothing tried yet.
    #[must_use]
    pub fn new(terms: &Terms, judge: &Judge<'_>) -> Self {
        let nothing = Incident::empty(IncidentId::new("trial"));
        let all = judge.judge(&nothing).into_iter().map(|finding| tried(terms, &finding)).collect();
        Self { all }
    }

    /// Takes the findings of one scenario in.
    pub fn add(&mut self, findings: &[Finding]) {
        for finding in findings {
            let of = self.all.iter_mut().find(|t| t.clause == finding.clause && t.reading == finding.reading);
            let Some(tried) = of else { continue };
            *tried.outcomes.entry(finding.outcome).or_default() += 1;
            for point in &mut tried.points {
                if let Some(step) = at(&finding.reasons, &point.place)
                    && step.tried
                {
                    // What lies outside is asked the other way round.
                    let truth = if point.kind == Kind::Outside { step.truth.negate() } else { step.truth };
                    *point.seen.entry(truth).or_default() += 1;
                }
            }
        }
    }
}

/// The step at a place of a tree.
fn at<'r>(reasons: &'r [Reason], place: &[usize]) -> Option<&'r Reason> {
    let (first, rest) = place.split_first()?;
    let step = reasons.get(*first)?;
    if rest.is_empty() { Some(step) } else { at(&step.under, rest) }
}

fn tried(terms: &Terms, finding: &Finding) -> Tried {
    let rule = terms.clause(&finding.clause).and_then(|clause| clause.rule.as_ref());
    let halves: Vec<usize> = (0..finding.reasons.len())
        .filter(|n| finding.reasons.get(*n).is_some_and(|step| step.test == Test::All))
        .collect();
    let (reach, act) = (halves.first().copied(), halves.get(1).copied());
    let provided = rule.map_or(0, |rule| rule.provided.len());
    // In force, where, who, who else; then what lies outside.
    let before_outside = 2 + provided + usize::from(rule.is_some_and(|rule| !rule.applies.is_empty()));
    let weapons = rule.map_or(0, |r| usize::from(r.weapons.is_some()) + usize::from(r.systems.is_some()));
    let object = rule.filter(|rule| !rule.objects.is_empty()).map(|_| 1 + weapons);
    let kind = |place: &[usize], step: &Reason| match place {
        [_] if matches!(step.test, Test::Exception(..)) => Some(Kind::Exception),
        [half, n] if Some(*half) == reach && *n >= before_outside => Some(Kind::Outside),
        [half, n, _] if Some(*half) == act && Some(*n) == object => Some(Kind::Object),
        _ => None,
    };
    let once_only = |place: &[usize]| match place {
        [half, n] => Some(*half) == reach && *n >= before_outside - provided && *n < before_outside,
        _ => false,
    };
    let mut points = Vec::new();
    let mut waiting: Vec<(Vec<usize>, &Reason)> =
        finding.reasons.iter().enumerate().map(|(n, step)| (vec![n], step)).rev().collect();
    while let Some((place, step)) = waiting.pop() {
        let mut add = |kind: Kind, wanted: Vec<Truth>| {
            let (place, step) = (place.clone(), step.clone());
            points.push(Point { kind, place, step, seen: BTreeMap::new(), wanted });
        };
        match kind(&place, step) {
            Some(Kind::Exception) => add(Kind::Exception, vec![Truth::True, Truth::False]),
            Some(one @ (Kind::Object | Kind::Outside)) => add(one, vec![Truth::True]),
            Some(Kind::Condition) | None => {}
        }
        match step.test {
            Test::All | Test::Any | Test::Not | Test::Exception(..) | Test::Takes(..) => {}
            // A time that is no whole day leaves it unknown, and acceptance by a side is on record or not.
            Test::WholeDay => add(Kind::Condition, vec![Truth::True, Truth::Unknown]),
            _ if once_only(&place) => add(Kind::Condition, vec![Truth::True, Truth::False]),
            _ => add(Kind::Condition, vec![Truth::True, Truth::False, Truth::Unknown]),
        }
        for (n, below) in step.under.iter().enumerate().rev() {
            waiting.push((place.iter().copied().chain([n]).collect(), below));
        }
    }
    Tried {
        clause: finding.clause.clone(),
        reading: finding.reading.clone(),
        outcomes: BTreeMap::new(),
        points,
    }
}
