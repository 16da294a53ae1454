//! The registry of actors: parties, umbrellas and their members by date, names in several scripts.

use std::collections::{BTreeMap, BTreeSet};

use crate::area::fold;
use crate::{ActorId, Instant, Interval};

/// What an actor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActorKind {
    /// A side that the agreement names.
    Party,
    /// A body that speaks for several groups.
    Umbrella,
    /// An armed group.
    Group,
    /// A state.
    State,
    /// Armed forces of a state or side.
    Force,
    /// A description rather than a name: "insurgents", "unidentified".
    Unspecified,
}

/// Membership of an umbrella or side, for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The umbrella or party.
    pub of: ActorId,
    /// While it lasted.
    pub during: Interval,
}

/// One row of the mission's `actors.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Its id.
    pub id: ActorId,
    /// What it is.
    pub kind: ActorKind,
    /// What it belonged to, and when.
    pub member_of: Vec<Membership>,
    /// Names by language code.
    pub names: BTreeMap<String, String>,
    /// Other names found in sources.
    pub aliases: BTreeSet<String>,
}

/// The mission's actors, by id and by name.
#[derive(Clone, Debug, Default)]
pub struct Actors {
    by_id: BTreeMap<ActorId, Actor>,
    by_name: BTreeMap<String, ActorId>,
}

impl Actors {
    /// Indexes actors by id, name and alias. The first to claim a name keeps it.
    #[must_use]
    pub fn new(actors: impl IntoIterator<Item = Actor>) -> Self {
        let mut all = Self::default();
        for actor in actors {
            for name in actor
                .names
                .values()
                .map(String::as_str)
                .chain(actor.aliases.iter().map(String::as_str))
                .chain([actor.id.as_str()])
            {
                all.by_name.entry(fold(name)).or_insert_with(|| actor.id.clone());
            }
            all.by_id.insert(actor.id.clone(), actor);
        }
        all
    }

    /// The actor with that id.
    #[must_use]
    pub fn get(&self, id: &ActorId) -> Option<&Actor> {
        self.by_id.get(id)
    }

    /// Every actor, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Actor> {
        self.by_id.values()
    }

    /// The actor that bears the name, in any script.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Actor> {
        self.by_name.get(&fold(name)).and_then(|id| self.by_id.get(id))
    }

    /// Whether `actor` is `whole`, or belonged to it at that moment, directly or through others.
    #[must_use]
    pub fn belongs(&self, actor: &ActorId, whole: &ActorId, at: Instant) -> bool {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![actor];
        while let Some(next) = waiting.pop() {
            if next == whole {
                return true;
            }
            if !seen.insert(next) {
                continue;
            }
            let memberships = self.by_id.get(next).map(|a| a.member_of.as_slice()).unwrap_or_default();
            waiting.extend(memberships.iter().filter(|m| m.during.contains(at)).map(|m| &m.of));
        }
        false
    }
}
