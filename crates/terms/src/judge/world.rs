//! One world: every fact in one class. What the clause can give in it, and what follows over many worlds.
//!
//! A world's result is a set of outcomes that remain possible (Kleene: a question on what is not known leaves both ways
//! open). Over worlds the sets are joined. One member left: that is the outcome.

use truceline_model::{Outcome, Truth};

use super::case::{ACTOR, Bound, Case, TIME, Told, Values};
use super::shape::{Aim, Asked};

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

/// One outcome out of each of two stretches of time in which an act went on: the gravest holds.
fn gravest(a: Mask, b: Mask) -> Mask {
    let mut joined = (a | b) & (PROHIBITED | MAY);
    let below = NOT_COVERED | NOT_PROHIBITED;
    if (a & NOT_PROHIBITED != 0 && b & below != 0) || (b & NOT_PROHIBITED != 0 && a & below != 0) {
        joined |= NOT_PROHIBITED;
    }
    joined | (a & b & NOT_COVERED)
}

impl Case<'_> {
    /// The class of a slot in this world.
    fn class(world: &[usize], slot: usize) -> usize {
        world.get(slot).copied().unwrap_or(0)
    }

    /// The truth of a question in this world, in one stretch of time.
    pub(super) fn leaf(&self, n: usize, world: &[usize], piece: usize) -> Truth {
        let told = match self.leaves.get(n) {
            Some(Told::Of(slot, truths)) => truths.get(Self::class(world, *slot)),
            Some(Told::Pair(one, other, truths)) => {
                truths.get(Self::class(world, *one)).and_then(|row| row.get(Self::class(world, *other)))
            }
            Some(Told::Dated(slot, rows)) => {
                rows.get(Self::class(world, *slot)).and_then(|row| row.get(piece))
            }
            Some(Told::Time(place)) => self.pieces.get(piece).and_then(|piece| piece.told.get(*place)),
            None => None,
        };
        told.copied().unwrap_or(Truth::Unknown)
    }

    fn asked(&self, asked: Asked, world: &[usize], piece: usize) -> Truth {
        let truth = self.leaf(asked.leaf, world, piece);
        if asked.no { truth.negate() } else { truth }
    }

    fn all(&self, asked: &[Asked], world: &[usize], piece: usize) -> Truth {
        asked.iter().fold(Truth::True, |truth, one| truth.and(self.asked(*one, world, piece)))
    }

    fn any(&self, asked: &[Asked], world: &[usize], piece: usize) -> Truth {
        asked.iter().fold(Truth::False, |truth, one| truth.or(self.asked(*one, world, piece)))
    }

    /// Whether the time lies in the windows, and by the accounts chosen in this world in the steps of the chain.
    pub(super) fn in_force(&self, world: &[usize], piece: usize) -> Truth {
        let cell = self.pieces.get(piece).and_then(|piece| self.law.cells.get(piece.cell));
        let Some(cell) = cell else { return Truth::Unknown };
        self.law.in_force(cell, |step| self.chosen(step, world)).into()
    }

    /// The account of a step that this world follows.
    pub(super) fn chosen(&self, step: usize, world: &[usize]) -> usize {
        self.choice.get(step).copied().flatten().map_or(0, |slot| Self::class(world, slot))
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

    /// Whether the clause binds the actor of this world.
    pub(super) fn actor_bound(&self, world: &[usize], piece: usize) -> Truth {
        let actor = self.binds.get(Self::class(world, ACTOR)).and_then(|row| row.get(piece));
        self.bound(actor, world)
    }

    /// Whether it binds a side through the commander of this world.
    pub(super) fn commander_bound(&self, world: &[usize], piece: usize) -> Truth {
        match &self.commander {
            Some((slot, binds)) if self.law.rule.affiliates => {
                self.bound(binds.get(Self::class(world, *slot)).and_then(|row| row.get(piece)), world)
            }
            _ => Truth::False,
        }
    }

    fn covered(&self, world: &[usize], piece: usize) -> Truth {
        let mut covered = self.in_force(world, piece);
        if let Some(applies) = &self.shape.applies {
            covered = covered.and(self.any(applies, world, piece));
        }
        covered = covered.and(self.actor_bound(world, piece).or(self.commander_bound(world, piece)));
        for party in &self.provided {
            covered = covered.and(self.bound(party.get(piece), world));
        }
        for outside in &self.shape.outside {
            covered = covered.and(self.all(outside, world, piece).negate());
        }
        covered
    }

    fn forbidden(&self, world: &[usize], piece: usize) -> Truth {
        let shape = self.shape;
        let mut forbidden = self.asked(shape.act, world, piece);
        for one in shape.weapon.iter().chain(&shape.system) {
            forbidden = forbidden.and(self.asked(*one, world, piece));
        }
        if let Some(object) = &shape.object {
            let any = object.iter().fold(Truth::False, |truth, aim| {
                let one = self.any(&aim.any, world, piece);
                truth.or(aim.by.map_or(one, |by| one.and(self.asked(by, world, piece))))
            });
            forbidden = forbidden.and(any);
        }
        shape.when.iter().fold(forbidden, |truth, group| truth.and(self.any(group, world, piece)))
    }

    /// What remains possible in one world.
    pub(super) fn world(&self, world: &[usize]) -> Mask {
        if !self.law.told_whole(|step| self.chosen(step, world)) {
            return 0;
        }
        let pieces = self.spans.get(Self::class(world, TIME)).map(Vec::as_slice).unwrap_or_default();
        let masks = pieces.iter().map(|piece| self.at(world, *piece));
        masks.reduce(gravest).unwrap_or(NOT_COVERED)
    }

    /// What remains possible in one stretch of time of a world.
    pub(super) fn at(&self, world: &[usize], piece: usize) -> Mask {
        let forbidden = self.forbidden(world, piece);
        let may = if forbidden == Truth::False { 0 } else { MAY };
        let covered = self.covered(world, piece);
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
            match self.all(conditions, world, piece) {
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
        [TIME, ACTOR].into_iter().chain(self.choice.iter().flatten().copied()).for_each(&mut mark);
        let commander = self.commander.as_ref().filter(|_| self.law.rule.affiliates);
        commander.iter().for_each(|(slot, _)| mark(*slot));
        let through = commander.into_iter().flat_map(|(_, binds)| binds);
        let turns = self.binds.iter().chain(&self.provided).chain(through).flatten();
        turns.filter_map(|b| if let Bound::Turns(slot) = b { Some(*slot) } else { None }).for_each(&mut mark);
        let shape = self.shape;
        let mut asked: Vec<Asked> = shape.outside.iter().chain(&shape.applies).flatten().copied().collect();
        if !self.never_forbidden() {
            asked.push(shape.act);
            asked.extend(shape.weapon.iter().chain(&shape.system));
            asked.extend(shape.object.iter().flatten().flat_map(|aim| aim.by.iter().chain(&aim.any)));
            asked.extend(shape.when.iter().flatten());
            let live = shape.exceptions.iter().filter(|(_, all)| !all.iter().any(|one| self.never(*one)));
            asked.extend(live.flat_map(|(_, all)| all));
        }
        for one in asked {
            match self.leaves.get(one.leaf) {
                Some(Told::Of(slot, _) | Told::Dated(slot, _)) => mark(*slot),
                Some(Told::Pair(one, other, _)) => [*one, *other].into_iter().for_each(&mut mark),
                Some(Told::Time(_)) | None => {}
            }
        }
        used.into_iter().map(|used| !used).collect()
    }

    /// A question that nothing in play or supposable answers with anything but *no*.
    fn never(&self, asked: Asked) -> bool {
        let no = if asked.no { Truth::True } else { Truth::False };
        match self.leaves.get(asked.leaf) {
            Some(Told::Of(_, truths)) => !truths.is_empty() && truths.iter().all(|truth| *truth == no),
            Some(Told::Pair(_, _, rows) | Told::Dated(_, rows)) => {
                !rows.is_empty() && rows.iter().flatten().all(|truth| *truth == no)
            }
            Some(Told::Time(place)) => self.pieces.iter().all(|piece| piece.told.get(*place) == Some(&no)),
            None => false,
        }
    }

    fn never_forbidden(&self) -> bool {
        let shape = self.shape;
        let aim =
            |aim: &Aim| aim.any.iter().all(|one| self.never(*one)) || aim.by.is_some_and(|by| self.never(by));
        let object = shape.object.as_ref().is_some_and(|all| all.iter().all(aim));
        let mut each = [shape.act].into_iter().chain(shape.weapon).chain(shape.system);
        object
            || each.any(|one| self.never(one))
            || shape.when.iter().any(|group| group.iter().all(|one| self.never(*one)))
    }
}
