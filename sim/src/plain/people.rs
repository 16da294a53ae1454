//! Whom words mean, and who speaks for whom.

use std::collections::{BTreeMap, BTreeSet};

use truceline_casework::case::{Complainant, Doer, Person, Setting};
use truceline_model::{ActorId, Instant, Opener, Step, Who};

use super::sheet::Sheet;

/// The mission's files as they are at an entry.
pub(super) fn in_force(settings: &BTreeMap<u64, Setting>, entry: u64) -> Option<&Setting> {
    let before = settings.iter().filter(|(from, _)| **from <= entry).max_by_key(|(from, _)| **from);
    before.or_else(|| settings.iter().min_by_key(|(from, _)| **from)).map(|(_, setting)| setting)
}

/// For whom a person acts.
pub(super) fn side(person: &Person) -> Doer {
    match (&person.acts_for, person.role.is_mission()) {
        (Some(actor), _) => Doer::Actor(actor.clone()),
        (None, true) => Doer::Mission,
        (None, false) => Doer::Anybody,
    }
}

/// Whether what a person says is said for a doer.
pub(super) fn speaks(setting: &Setting, person: &Person, doer: &Doer, at: Instant) -> bool {
    match (doer, &person.acts_for) {
        (Doer::Anybody, _) => true,
        (Doer::Mission, whole) => whole.is_none() && person.role.is_mission(),
        (Doer::Actor(_), None) => false,
        (Doer::Actor(actor), Some(own)) if actor == own => true,
        // Who answers for a side has a voice of its own, wherever the registry counts it.
        (Doer::Actor(actor), Some(_)) if setting.guarantors.values().flatten().any(|one| one == actor) => {
            false
        }
        (Doer::Actor(actor), Some(whole)) => setting.actors.belongs(actor, whole, at),
    }
}

/// Those that answer for the side to which an actor belongs.
pub(super) fn answering(setting: &Setting, actor: &ActorId, at: Instant) -> BTreeSet<ActorId> {
    let mut all = BTreeSet::new();
    for (side, guarantors) in &setting.guarantors {
        if setting.actors.belongs(actor, side, at) {
            all.extend(guarantors.iter().cloned());
        }
    }
    all
}

impl Sheet<'_> {
    fn role(&self, who: &Who, at: Instant) -> BTreeSet<Doer> {
        let actors = |all: BTreeSet<ActorId>| all.into_iter().map(Doer::Actor).collect();
        match who {
            Who::Mission => [Doer::Mission].into(),
            Who::Anybody => [Doer::Anybody].into(),
            Who::Actor(actor) => [Doer::Actor(actor.clone())].into(),
            Who::Respondent => actors(self.against()),
            Who::Guarantor => {
                actors(self.against().iter().flat_map(|one| answering(self.setting, one, at)).collect())
            }
            Who::Complainant => self.alleging().iter().map(alleges_as).collect(),
        }
    }

    /// Whom several words mean; the mission where nobody has any of the roles.
    pub(super) fn mean(&self, words: &BTreeSet<Who>, at: Instant) -> BTreeSet<Doer> {
        let mut all: BTreeSet<Doer> = words.iter().flat_map(|who| self.role(who, at)).collect();
        if all.is_empty() && !words.is_empty() {
            all.insert(Doer::Mission);
        }
        all
    }

    /// Whether somebody has stepped aside, or has to in this step.
    pub(super) fn is_out(&self, doer: &Doer, step: &Step, at: Instant) -> bool {
        let must = |actor: &ActorId| {
            let others = step.recuse_when.iter().flat_map(|who| self.role(who, at));
            others.into_iter().any(
                |other| matches!(other, Doer::Actor(other) if self.setting.actors.belongs(&other, actor, at)),
            )
        };
        self.stepped_aside().contains(doer) || matches!(doer, Doer::Actor(actor) if must(actor))
    }

    fn still_in(&self, words: &BTreeSet<Who>, step: &Step, at: Instant) -> BTreeSet<Doer> {
        self.mean(words, at).into_iter().filter(|doer| !self.is_out(doer, step, at)).collect()
    }

    /// Whom the terms leave to act in a step; nobody when all have stepped aside and nobody is named instead.
    pub(super) fn remaining(&self, step: &Step, at: Instant) -> BTreeSet<Doer> {
        let first = self.still_in(&step.by, step, at);
        if first.is_empty() { self.still_in(&step.instead, step, at) } else { first }
    }

    /// Whoever can act in a step: those whom the terms leave, or the mission.
    pub(super) fn can_act(&self, step: &Step, at: Instant) -> BTreeSet<Doer> {
        let all = self.remaining(step, at);
        if all.is_empty() { [Doer::Mission].into() } else { all }
    }

    /// Who has to agree and has not stepped aside.
    pub(super) fn must_agree(&self, step: &Step, at: Instant) -> BTreeSet<Doer> {
        self.still_in(&step.concur, step, at)
    }

    /// Whether the terms let such a complainant allege, and the person speak for it.
    pub(super) fn may_allege(&self, complainant: &Complainant, person: &Person, at: Instant) -> bool {
        let openers = &self.procedure.opened_by;
        let everybody = openers.is_empty();
        let lets = match complainant {
            Complainant::Threshold(threshold) => self.procedure.opened_when.contains(threshold),
            Complainant::Mission => everybody || openers.contains(&Opener::Mission),
            Complainant::Public(_) => everybody || openers.contains(&Opener::Public),
            Complainant::Party(party) => {
                let named = |opener: &Opener| matches!(opener, Opener::Actor(whole) if self.setting.actors.belongs(party, whole, at));
                self.setting.actors.get(party).is_some()
                    && (everybody || openers.contains(&Opener::Parties) || openers.iter().any(named))
            }
        };
        let own = match complainant {
            Complainant::Party(party) => {
                speaks(self.setting, person, &Doer::Actor(party.clone()), at)
                    || person
                        .acts_for
                        .as_ref()
                        .is_some_and(|one| answering(self.setting, party, at).contains(one))
            }
            _ => false,
        };
        lets && (person.role.is_mission() || own)
    }
}

/// Who speaks for a complainant: a party for itself, the mission for all others.
pub(super) fn alleges_as(complainant: &Complainant) -> Doer {
    match complainant {
        Complainant::Party(actor) => Doer::Actor(actor.clone()),
        _ => Doer::Mission,
    }
}
