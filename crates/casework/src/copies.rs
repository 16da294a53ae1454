//! Accounts that say the very same: compared once, however many outlets carry them.
//!
//! A flood of copies of one origin's account, or of one text under many names, neither crowds its day nor costs more than its
//! length. Alike accounts of two origins stay two, unless their words are nearly the same.

use std::collections::BTreeMap;

use truceline_model::{Act, ActorId, Bounds, Interval, SourceId, Target, Weapon, Wording};

use crate::locate::Where;
use crate::rules::Rules;
use crate::unit::{Account, Unit};
use crate::wording::teller;

/// Everything by which two units are compared.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Says {
    acts: Vec<Act>,
    weapons: Vec<Weapon>,
    targets: Vec<Target>,
    when: Option<Interval>,
    at: Where,
    actors: Vec<ActorId>,
    killed: Option<Bounds>,
}

/// Numbers the units by what they say, and lets those that repeat an account of the same origin through another outlet
/// follow the first that brought it.
pub(crate) fn mark(units: &mut [Unit<'_>], rules: &Rules) {
    let mut plain: BTreeMap<Says, usize> = BTreeMap::new();
    let mut said_plainly: Vec<usize> = Vec::with_capacity(units.len());
    let mut classes: BTreeMap<(usize, Option<Wording>), usize> = BTreeMap::new();
    for unit in units.iter_mut() {
        let says = Says {
            acts: unit.acts.iter().copied().collect(),
            weapons: unit.weapons.iter().copied().collect(),
            targets: unit.targets.iter().copied().collect(),
            when: unit.when,
            at: unit.at.clone(),
            actors: unit.actors.iter().cloned().collect(),
            killed: unit.killed,
        };
        let next = plain.len();
        let said = *plain.entry(says).or_insert(next);
        said_plainly.push(said);
        let next = classes.len();
        unit.class = *classes.entry((said, unit.wording.clone())).or_insert(next);
    }
    let mut firsts: BTreeMap<(usize, u64, SourceId), usize> = BTreeMap::new();
    let mut follows: Vec<Option<usize>> = Vec::with_capacity(units.len());
    for (at, (unit, said)) in units.iter().zip(said_plainly).enumerate() {
        let Some(origin) = unit.reports.last().map(|o| &o.origin) else {
            follows.push(None);
            continue;
        };
        let told = (said, unit.gist, teller(origin, unit.wording.as_ref(), unit.gist));
        let first = *firsts.entry(told).or_insert(at);
        let follower = first != at && units.get(first).is_some_and(|f| !f.shares_voice(unit, rules));
        follows.push(follower.then_some(first));
    }
    for (unit, follows) in units.iter_mut().zip(follows) {
        unit.follows = follows;
    }
}

/// Whether two accounts say the same, as far as they are compared.
pub(crate) fn alike(a: &Account, b: &Account) -> bool {
    a.when == b.when
        && a.at == b.at
        && a.acts == b.acts
        && a.weapons == b.weapons
        && a.targets == b.targets
        && a.actors == b.actors
        && a.killed == b.killed
        && a.gist == b.gist
}
