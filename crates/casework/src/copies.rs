//! Accounts that say the very same: compared once, however many outlets carry them.
//!
//! A flood of copies of one origin's account, or of one text under many names with words changed in each, neither crowds its day nor
//! costs more than its length: an account is held against a few earlier ones that its words point at, never against all. Alike
//! accounts of two origins stay two, unless their words are nearly the same.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Act, ActorId, Bounds, Interval, LikelyDays, SourceId, Target, Weapon, Wording};

use crate::locate::Where;
use crate::rules::Rules;
use crate::unit::{Account, Unit};
use crate::wording::{COPY_MARKS, near_copies, prints};

/// So many of those that stand under one sign are looked at, the earliest first.
pub(crate) const LOOKED_AT: usize = 4;

/// Everything by which two units are compared, but for their words.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Says {
    acts: Vec<Act>,
    weapons: Vec<Weapon>,
    targets: Vec<Target>,
    when: Option<Interval>,
    likely: Option<LikelyDays>,
    at: Where,
    actors: Vec<ActorId>,
    killed: Option<Bounds>,
}

impl Says {
    fn of(account: &Account) -> Self {
        Self {
            acts: account.acts.iter().copied().collect(),
            weapons: account.weapons.iter().copied().collect(),
            targets: account.targets.iter().copied().collect(),
            when: account.when,
            likely: account.likely.clone(),
            at: account.at.clone(),
            actors: account.actors.iter().cloned().collect(),
            killed: account.killed,
        }
    }
}

/// By what an account is looked for among those told before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sign {
    /// A print of its words, whoever signs them.
    Words(u64),
    /// Its origin, where it has few words or none, and their number.
    Origin(SourceId, u64),
}

/// The signs of an account: two that say the same share one, but for near copies now and then.
pub(crate) fn signs(origin: &SourceId, account: &Account) -> Vec<Sign> {
    let prints = account.wording.as_ref().map(prints).unwrap_or_default();
    if prints.is_empty() {
        return vec![Sign::Origin(origin.clone(), account.gist)];
    }
    prints.into_iter().map(Sign::Words).collect()
}

/// Whether two accounts that say the same otherwise do so in nearly the same words; of short ones, in the same.
fn same_words(a: &Account, b: &Account) -> bool {
    let long = |account: &Account| account.wording.as_ref().is_some_and(|w| w.words().len() >= COPY_MARKS);
    match (&a.wording, &b.wording) {
        (Some(x), Some(y)) if long(a) && long(b) => near_copies(x, y),
        _ => a.gist == b.gist,
    }
}

/// Of accounts in canonical order, with their signs: the first that each repeats, if it does. An account that repeats one is never
/// itself the first of others, so that nobody is linked along a chain of small changes.
pub(crate) fn repeated(accounts: &[(&Account, Vec<Sign>)]) -> Vec<Option<usize>> {
    let mut numbers: BTreeMap<Says, usize> = BTreeMap::new();
    let mut firsts: BTreeMap<(usize, &Sign), Vec<usize>> = BTreeMap::new();
    let mut out = Vec::with_capacity(accounts.len());
    for (at, (account, signs)) in accounts.iter().enumerate() {
        let next = numbers.len();
        let said = *numbers.entry(Says::of(account)).or_insert(next);
        let looked_at: BTreeSet<usize> =
            signs.iter().filter_map(|sign| firsts.get(&(said, sign))).flatten().copied().collect();
        let first = looked_at
            .into_iter()
            .find(|first| accounts.get(*first).is_some_and(|(held, _)| same_words(held, account)));
        if first.is_none() {
            for sign in signs {
                let under = firsts.entry((said, sign)).or_default();
                if under.len() < LOOKED_AT {
                    under.push(at);
                }
            }
        }
        out.push(first);
    }
    out
}

/// Numbers the units by what they say.
pub(crate) fn number(units: &mut [Unit<'_>]) {
    let mut classes: BTreeMap<(Says, Option<Wording>, BTreeSet<u32>), usize> = BTreeMap::new();
    for unit in units.iter_mut() {
        let next = classes.len();
        unit.class =
            *classes.entry((Says::of(unit), unit.wording.clone(), unit.media.clone())).or_insert(next);
    }
}

/// Numbers the units by what they say, and lets those that repeat an account of the same origin through another outlet
/// follow the first that brought it.
pub(crate) fn mark(units: &mut [Unit<'_>], rules: &Rules) {
    number(units);
    let accounts: Vec<(&Account, Vec<Sign>)> = units
        .iter()
        .map(|unit| {
            let signs = unit.reports.last().map(|o| signs(&o.origin, unit)).unwrap_or_default();
            (&**unit, signs)
        })
        .collect();
    let follows: Vec<Option<usize>> = repeated(&accounts)
        .into_iter()
        .zip(units.iter())
        .map(|(first, unit)| {
            first.filter(|at| units.get(*at).is_some_and(|held| !held.shares_voice(unit, rules)))
        })
        .collect();
    for (unit, follows) in units.iter_mut().zip(follows) {
        unit.follows = follows;
    }
}

/// Whether two accounts say the same, as far as they are compared.
pub(crate) fn alike(a: &Account, b: &Account) -> bool {
    say_alike(a, b) && same_words(a, b)
}

/// Whether they do but for their words.
pub(crate) fn say_alike(a: &Account, b: &Account) -> bool {
    a.when == b.when
        && a.likely == b.likely
        && a.at == b.at
        && a.acts == b.acts
        && a.weapons == b.weapons
        && a.targets == b.targets
        && a.actors == b.actors
        && a.killed == b.killed
}
