//! One world: every fact in one class. What the clause can give in it, and what follows over many worlds.
//!
//! A world's result is a set of outcomes that remain possible (Kleene: a question on what is not known leaves both ways
//! open). Over worlds the sets are joined. One member left: that is the outcome.

use truceline_model::{Outcome, Truth};

use super::case::{ACTOR, Bound, Case, TIME, Values};
use crate::ir::Account;

/// Outcomes that remain possible, as bits.
pub(super) type Mask = u8;
pub(super) const NOT_COVERED: Mask = 1;
pub(super) const NOT_PROHIBITED: Mask = 2;
pub(super) const PROHIBITED: Mask = 4;
/// In some world the clause forbids what was done, or may.
pub(super) const MAY: Mask = 8;

/// The bit of an outcome.
pub(super) fn bit(outcome: Outcome) -> Mask {
    match outcome {
        Outcome::NotCovered => NOT_COVERED,
        Outcome::NotProhibited => NOT_PROHIBITED,
        Outcome::Prohibited => PROHIBITED,
        Outcome::Undetermined => NOT_COVERED | NOT_PROHIBITED | PROHIBITED | MAY,
    }
}

/// What the joined worlds give; nothing follows from no world at all. When in no world the clause forbids what was done, whom it binds does not matter: it is
/// *not prohibited*, unless nothing is covered at all.
pub(super) fn decide(mask: Mask) -> Outcome {
    match (mask & 7, mask & MAY == 0) {
        (NOT_COVERED, _) => Outcome::NotCovered,
        (NOT_PROHIBITED, _) | (3, true) => Outcome::NotProhibited,
        (PROHIBITED, _) => Outcome::Prohibited,
        _ => Outcome::Undetermined,
    }
}

impl Case<'_> {
    /// The class of a slot in this world.
    fn class(world: &[usize], slot: usize) -> usize {
        world.get(slot).copied().unwrap_or(0)
    }

    fn leaf(&self, n: usize, world: &[usize]) -> Truth {
        self.leaves
            .get(n)
            .and_then(|(slot, truths)| truths.get(Self::class(world, *slot)).copied())
            .unwrap_or(Truth::Unknown)
    }

    fn all(&self, leaves: &[usize], world: &[usize]) -> Truth {
        leaves.iter().fold(Truth::True, |truth, leaf| truth.and(self.leaf(*leaf, world)))
    }

    /// Whether the time lies in the window, or in a step of the calm by the accounts chosen in this world.
    pub(super) fn in_force(&self, world: &[usize]) -> Truth {
        let cell = self.cells.get(Self::class(world, TIME)).and_then(|c| self.law.cells.get(*c));
        let Some(cell) = cell else { return Truth::Unknown };
        if self.law.calm.is_none() {
            return cell.in_force.into();
        }
        let mut any = Truth::False;
        for (n, accounts) in cell.steps.iter().enumerate() {
            let choice = self.choice.get(n).copied().flatten().map_or(0, |slot| Self::class(world, slot));
            any = any.or(accounts.get(choice).copied().unwrap_or(false).into());
        }
        any
    }

    /// Whether accounts of a calm are chosen as they are told: a source that speaks of two steps in a row is followed in
    /// both or in neither, so that no gap opens between two accounts of which nobody tells.
    fn told_whole(&self, world: &[usize]) -> bool {
        let steps = self.law.accounts.iter().zip(self.law.accounts.iter().skip(1));
        steps.enumerate().all(|(n, (one, next))| {
            let chosen =
                |n: usize| self.choice.get(n).copied().flatten().map_or(0, |slot| Self::class(world, slot));
            let (here, there) = (one.get(chosen(n)), next.get(chosen(n + 1)));
            let follows = |mine: Option<&&Account>, other: Option<&&Account>, others: &[&Account]| {
                mine.into_iter().flat_map(|account| &account.step.sources).all(|source| {
                    let speaks = others.iter().any(|account| account.step.sources.contains(source));
                    !speaks || other.is_some_and(|account| account.step.sources.contains(source))
                })
            };
            // Where only one account exists there is no choice to make.
            one.len() < 2 || next.len() < 2 || (follows(here, there, next) && follows(there, here, one))
        })
    }

    pub(super) fn bound(&self, bound: Option<&Bound>, world: &[usize]) -> Truth {
        match bound {
            Some(Bound::Known(truth)) => *truth,
            Some(Bound::Turns(slot)) => {
                match self.slots.get(*slot).and_then(|s| s.classes.get(Self::class(world, *slot))) {
                    Some(class) => match &class.values {
                        Values::Listed(words) if words.contains(&"yes") => Truth::True,
                        Values::Listed(_) => Truth::False,
                        _ => Truth::Unknown,
                    },
                    None => Truth::Unknown,
                }
            }
            None => Truth::Unknown,
        }
    }

    fn covered(&self, world: &[usize]) -> Truth {
        let time = Self::class(world, TIME);
        let mut covered = self.in_force(world);
        if let Some((slot, truths)) = &self.place {
            covered = covered.and(truths.get(Self::class(world, *slot)).copied().unwrap_or(Truth::Unknown));
        }
        let actor = self.binds.get(Self::class(world, ACTOR)).and_then(|row| row.get(time));
        covered = covered.and(self.bound(actor, world));
        for party in &self.provided {
            covered = covered.and(self.bound(party.get(time), world));
        }
        for outside in &self.shape.outside {
            covered = covered.and(self.all(outside, world).negate());
        }
        covered
    }

    fn forbidden(&self, world: &[usize]) -> Truth {
        let shape = self.shape;
        let mut forbidden = self.leaf(shape.act, world);
        if let Some(weapon) = shape.weapon {
            forbidden = forbidden.and(self.leaf(weapon, world));
        }
        if let Some(object) = &shape.object {
            let any = object.iter().fold(Truth::False, |truth, (by, any)| {
                let one = any.iter().fold(Truth::False, |truth, leaf| truth.or(self.leaf(*leaf, world)));
                truth.or(by.map_or(one, |by| one.and(self.leaf(by, world))))
            });
            forbidden = forbidden.and(any);
        }
        forbidden.and(self.all(&shape.when, world))
    }

    /// What remains possible in one world.
    pub(super) fn world(&self, world: &[usize]) -> Mask {
        if !self.told_whole(world) {
            return 0;
        }
        let forbidden = self.forbidden(world);
        let may = if forbidden == Truth::False { 0 } else { MAY };
        let covered = self.covered(world);
        if covered == Truth::False {
            return NOT_COVERED | may;
        }
        let mut mask = may | if covered == Truth::Unknown { NOT_COVERED } else { 0 };
        if forbidden != Truth::True {
            mask |= NOT_PROHIBITED;
        }
        if forbidden == Truth::False {
            return mask;
        }
        for (exception, conditions) in &self.shape.exceptions {
            match self.all(conditions, world) {
                Truth::True => return mask | bit(exception.gives),
                Truth::Unknown => mask |= bit(exception.gives),
                Truth::False => {}
            }
        }
        mask | PROHIBITED
    }

    /// Slots on which nothing in this clause can turn, given what is in play: their classes need not be told apart.
    pub(super) fn idle(&self) -> Vec<bool> {
        let mut used = vec![false; self.slots.len()];
        let mut mark = |slot: usize| {
            if let Some(flag) = used.get_mut(slot) {
                *flag = true;
            }
        };
        let coverage = [TIME, ACTOR].into_iter().chain(self.choice.iter().flatten().copied());
        coverage.chain(self.place.iter().map(|(slot, _)| *slot)).for_each(&mut mark);
        let turns = self.binds.iter().chain(&self.provided).flatten();
        turns.filter_map(|b| if let Bound::Turns(slot) = b { Some(*slot) } else { None }).for_each(&mut mark);
        let mut leaves: Vec<usize> = self.shape.outside.iter().flatten().copied().collect();
        if !self.never_forbidden() {
            leaves.push(self.shape.act);
            leaves.extend(self.shape.weapon);
            leaves.extend(self.shape.object.iter().flatten().flat_map(|(by, any)| by.iter().chain(any)));
            leaves.extend(&self.shape.when);
            let live = self.shape.exceptions.iter().filter(|(_, all)| !all.iter().any(|n| self.never(*n)));
            leaves.extend(live.flat_map(|(_, all)| all));
        }
        leaves.iter().filter_map(|n| self.leaves.get(*n)).for_each(|(slot, _)| mark(*slot));
        used.into_iter().map(|used| !used).collect()
    }

    /// A question that no value in play or supposable answers with anything but *no*.
    fn never(&self, leaf: usize) -> bool {
        self.leaves
            .get(leaf)
            .is_some_and(|(_, truths)| !truths.is_empty() && truths.iter().all(|t| *t == Truth::False))
    }

    fn never_forbidden(&self) -> bool {
        let shape = self.shape;
        let one = |(by, any): &(Option<usize>, Vec<usize>)| {
            any.iter().all(|n| self.never(*n)) || by.is_some_and(|by| self.never(by))
        };
        let object = shape.object.as_ref().is_some_and(|all| all.iter().all(one));
        let each = [shape.act].into_iter().chain(shape.weapon).chain(shape.when.iter().copied());
        object || each.into_iter().any(|n| self.never(n))
    }
}
