//! The judge's oracle: the same meaning, written down as naively as it can be.
//!
//! Every fact that the clause asks about is fixed to every value that is possible, one by one, without classes, tables or
//! short cuts; each world is evaluated in Kleene's logic; the results are joined. It reads the public typed form only and
//! shares no code with the judge. It is slow on purpose and used by property tests alone.
#![allow(clippy::expect_used)] // A broken premise of the oracle has to fail the test that asked it.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    Act, ActorId, ActorKind, Actors, Areas, Fact, Incident, Instant, Outcome, Sources, Truth,
};
use truceline_terms::{Clause, Condition, Reading, Rule, Terms, Under};

mod force;
mod holds;
mod moments;
mod words;
mod worlds;

use words::words;
use worlds::World;

/// What is supposed of some facts, as cruxes write it.
pub type Supposed = BTreeMap<Fact, String>;

/// Worlds beyond which a case is not tried: it would only cost time.
const MOST: usize = 400_000;

/// The oracle for one clause under one reading, as of a moment.
#[derive(Clone, Copy, Debug)]
pub struct Oracle<'o> {
    /// The terms.
    pub terms: &'o Terms,
    /// The actors.
    pub actors: &'o Actors,
    /// The areas.
    pub areas: &'o Areas,
    /// The sources, with their grades; one that is not there has none.
    pub sources: &'o Sources,
    /// As of when.
    pub as_of: Instant,
    /// The clause.
    pub clause: &'o Clause,
    /// The reading.
    pub reading: &'o Reading,
}

/// What all worlds together give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The outcome.
    pub outcome: Outcome,
    /// Named actors and commanders with whom *prohibited* remains possible, each in a world in which it may be bound.
    pub respondents: BTreeSet<ActorId>,
}

impl Oracle<'_> {
    /// The outcome with some facts supposed; `None` when a supposition leaves no world, or when there are too many.
    #[must_use]
    pub fn outcome(&self, incident: &Incident, supposed: &Supposed) -> Option<Outcome> {
        self.joined(incident, supposed).map(|joined| joined.outcome)
    }

    /// The outcome and who would have to answer.
    #[must_use]
    pub fn joined(&self, incident: &Incident, supposed: &Supposed) -> Option<Joined> {
        let dimensions = self.dimensions(incident, supposed);
        if dimensions.iter().map(Vec::len).try_fold(1_usize, usize::checked_mul).is_none_or(|all| all > MOST)
        {
            return None;
        }
        let mut possible = BTreeSet::new();
        let mut may = false;
        let mut respondents = BTreeSet::new();
        let mut none = true;
        worlds::every(&dimensions, &mut World::of(incident), &mut |world| {
            if !self.told_whole(world) {
                return;
            }
            none = false;
            let result = self.world(world);
            if result.possible.contains(&Outcome::Prohibited) {
                respondents.extend(result.respondents);
            }
            possible.extend(result.possible);
            may |= result.may;
        });
        let only = possible.first().copied().filter(|_| possible.len() == 1);
        let neither = BTreeSet::from([Outcome::NotProhibited, Outcome::NotCovered]);
        let outcome = match only {
            _ if none => return None,
            Some(outcome) => outcome,
            None if possible == neither && !may => Outcome::NotProhibited,
            None => Outcome::Undetermined,
        };
        if !matches!(outcome, Outcome::Prohibited | Outcome::Undetermined) {
            respondents.clear();
        }
        Some(Joined { outcome, respondents })
    }

    /// Every single supposition that could be made: what sources name, and for open facts every value there is.
    #[must_use]
    pub fn hypotheses(&self, incident: &Incident) -> Vec<(Fact, String)> {
        let mut all = Vec::new();
        for (from, until) in self.stretches() {
            let text = match (from == Instant::FAR_PAST, until == Instant::FAR_FUTURE) {
                (true, _) => format!("before {until}"),
                (false, true) => format!("from {from}"),
                (false, false) => format!("from {from} before {until}"),
            };
            all.push((Fact::Time, text));
        }
        let named =
            |id: &&ActorId| self.actors.get(id).is_none_or(|actor| actor.kind != ActorKind::Unspecified);
        let listed: Vec<&ActorId> = incident.actors.iter().map(|(actor, _)| actor).filter(named).collect();
        all.extend(listed.iter().map(|actor| (Fact::Actor, actor.to_string())));
        for actor in &listed {
            all.push((Fact::Acceptance((*actor).clone()), "yes".into()));
            all.push((Fact::Acceptance((*actor).clone()), "no".into()));
        }
        all.extend(words(&incident.acts, Act::ALL, |a| a.as_str(), Fact::Act));
        let targets = truceline_model::Target::ALL;
        all.extend(words(&incident.targets, targets, |t| t.as_str(), Fact::Target));
        all.extend(incident.held_by.iter().map(|(holder, _)| (Fact::HeldBy, holder.to_string())));
        for (fact, possible) in self.answers(incident) {
            for (truth, word) in [(Truth::True, "yes"), (Truth::False, "no")] {
                if possible.contains(&truth) || possible.contains(&Truth::Unknown) {
                    all.push((fact.clone(), word.into()));
                }
            }
        }
        for (n, accounts) in self.accounts().into_iter().enumerate() {
            if accounts.len() > 1 {
                let fact = self.step(n);
                all.extend(accounts.into_iter().map(|account| (fact.clone(), account.value())));
            }
        }
        all
    }

    fn rule(&self) -> &Rule {
        self.clause.rule.as_ref().expect("the oracle is asked of finding clauses only")
    }

    fn taken(&self, under: &[Under]) -> bool {
        under.iter().all(|one| self.reading.takes.get(&one.matter) == Some(&one.position))
    }

    /// Every condition that the clause has under this reading, without what turns it round.
    fn conditions(&self) -> Vec<&Condition> {
        let rule = self.rule();
        let mut all: Vec<&Condition> = rule.when.iter().flatten().collect();
        all.extend(rule.applies.iter().filter(|a| self.taken(&a.under)).map(|a| &a.at));
        all.extend(rule.objects.iter().filter(|o| self.taken(&o.under)).flat_map(|o| &o.any_of));
        all.extend(rule.outside.iter().filter(|o| self.taken(&o.under)).flat_map(|o| &o.all_of));
        all.extend(rule.exceptions.iter().filter(|e| self.taken(&e.under)).flat_map(|e| &e.all_of));
        for condition in &mut all {
            while let Condition::Not(inner) = condition {
                *condition = inner;
            }
        }
        all
    }

    fn known(&self, known: Option<Instant>) -> bool {
        known.is_none_or(|known| known <= self.as_of)
    }

    fn unspecified(&self, actor: &ActorId) -> bool {
        self.actors.get(actor).is_some_and(|found| found.kind == ActorKind::Unspecified)
    }
}
