//! What the terms and the mission say that a case needs: procedures, clauses, zone, working hours, who answers for whom, people.
//!
//! A case keeps to the terms in force when it was opened; a mission that changes its procedure changes it for cases to come. Its people change
//! at once, in cases that are open as well: who was replaced acts no more, and whoever took over can.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    ActorId, Actors, ClauseId, Instant, Length, Persistence, Procedure, WorkingHours, Zone,
};

use super::people::{Doer, Person};

/// What the terms and the mission say.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The agreement's zone.
    pub zone: Zone,
    /// Its working hours.
    pub working: Option<WorkingHours>,
    /// Procedures with their steps.
    pub procedures: BTreeMap<ClauseId, Procedure>,
    /// Clauses that a case can be about.
    pub clauses: BTreeSet<ClauseId>,
    /// Sides, each with those that answer for it.
    pub guarantors: BTreeMap<ActorId, BTreeSet<ActorId>>,
    /// The registry.
    pub actors: Actors,
    /// The scale of gravity, mildest first.
    pub gravity: Vec<String>,
    /// When non-compliance is persistent.
    pub persistence: Option<Persistence>,
    /// People, by name.
    pub people: BTreeMap<String, Person>,
}

impl Setting {
    /// The moment a length after another, in the agreement's calendar. Where the calendar cannot say (it has too few working hours, or
    /// the years run out) the plain length is taken, so that no clock is ever without an end.
    #[must_use]
    pub fn after(&self, at: Instant, length: Length) -> Instant {
        self.zone.plus(at, length, self.working.as_ref()).unwrap_or_else(|_| {
            let hours = match length {
                Length::Hours(n) | Length::WorkingHours(n) => i64::from(n),
                Length::Days(n) | Length::WorkingDays(n) => i64::from(n).saturating_mul(24),
                Length::Weeks(n) => i64::from(n).saturating_mul(168),
            };
            at.plus_seconds(hours.saturating_mul(3_600)).min(Instant::FAR_FUTURE)
        })
    }

    /// Whether somebody who acts for `person` speaks for `doer`: they are one, or the doer belongs to whom they act for.
    #[must_use]
    pub fn speaks(&self, person: &Person, doer: &Doer, at: Instant) -> bool {
        match doer {
            Doer::Anybody => true,
            Doer::Mission => person.role.is_mission() && person.acts_for.is_none(),
            Doer::Actor(actor) => person.acts_for.as_ref().is_some_and(|whole| self.is_of(actor, whole, at)),
        }
    }

    /// Whether an actor is another, or belonged to it then. A guarantor may be counted to the side that it answers for; that side's liaison is not its
    /// voice all the same, and what it did is not that side's doing.
    pub(super) fn is_of(&self, actor: &ActorId, whole: &ActorId, at: Instant) -> bool {
        whole == actor || (!self.is_guarantor(actor) && self.actors.belongs(actor, whole, at))
    }

    fn is_guarantor(&self, actor: &ActorId) -> bool {
        self.guarantors.values().any(|all| all.contains(actor))
    }

    /// Those that answer for the side of an actor.
    #[must_use]
    pub fn guarantors_of(&self, actor: &ActorId, at: Instant) -> BTreeSet<ActorId> {
        let sides = self.guarantors.iter().filter(|(side, _)| self.actors.belongs(actor, side, at));
        sides.flat_map(|(_, guarantors)| guarantors).cloned().collect()
    }
}

/// What was in force at an entry; before the first mission, the first.
pub(super) fn setting_of(settings: &BTreeMap<u64, Setting>, entry: u64) -> Option<&Setting> {
    settings.range(..=entry).next_back().or_else(|| settings.first_key_value()).map(|(_, setting)| setting)
}
