//! All worlds of a case, and the smallest sets of suppositions that would settle it.
//!
//! A crux is a prime implicant over hypotheses: with all of them the outcome is determined, with any proper subset it is
//! not. Joining fewer worlds never makes a determined outcome undetermined, so testing sets by size and leaving out those
//! that contain a smaller one finds exactly the minimal ones. Bounded throughout; what exceeds a bound is said.

use truceline_model::{Crux, Hypothesis, Outcome, Truth};

use super::case::{ACTOR, Case, Values};
use super::world::{Mask, PROHIBITED, decide};

/// Most worlds that are looked at, in play and supposable together.
const WORLDS: usize = 20_000;
/// Most hypotheses in one crux.
const SIZE: usize = 4;
/// Most cruxes of one finding.
const CRUXES: usize = 24;
/// Most table look-ups in one search.
const EFFORT: usize = 400_000;

/// What all worlds in play give.
pub(super) struct Verdict {
    pub(super) outcome: Outcome,
    /// Per class of the actor: whether *prohibited* is possible with it.
    pub(super) answers: Vec<bool>,
    /// Per class of the commander: whether *prohibited* is possible through it.
    pub(super) through: Vec<bool>,
    pub(super) fault: Option<String>,
}

/// The slots that matter, with their classes.
struct Space {
    /// Slot numbers.
    live: Vec<usize>,
    /// Per live slot: number of classes.
    sizes: Vec<usize>,
    /// Per live slot: the classes in play.
    play: Vec<Vec<usize>>,
    strides: Vec<usize>,
    table: Vec<Mask>,
}

fn too_many(worlds: usize) -> String {
    format!("too many alternatives to try them all: {worlds} worlds, {WORLDS} are tried at most")
}

/// Calls `each` with every choice of one class per slot. The counter is the world itself.
fn every(sizes: &[Vec<usize>], mut each: impl FnMut(&[usize])) {
    let mut at = vec![0_usize; sizes.len()];
    let mut chosen: Vec<usize> = sizes.iter().map(|of| of.first().copied().unwrap_or(0)).collect();
    loop {
        each(&chosen);
        let mut place = 0;
        loop {
            let (Some(n), Some(of), Some(now)) = (at.get_mut(place), sizes.get(place), chosen.get_mut(place))
            else {
                return;
            };
            *n += 1;
            if let Some(class) = of.get(*n) {
                *now = *class;
                break;
            }
            *n = 0;
            *now = of.first().copied().unwrap_or(0);
            place += 1;
        }
    }
}

fn product(sizes: impl Iterator<Item = usize>) -> usize {
    sizes.fold(1, |all, size| all.saturating_mul(size.max(1)))
}

impl Case<'_> {
    /// Joins every world in play.
    pub(super) fn verdict(&self) -> Verdict {
        let idle = self.idle();
        let choices: Vec<Vec<usize>> = self
            .slots
            .iter()
            .zip(&idle)
            .map(|(slot, idle)| {
                let play = slot.classes.iter().enumerate().filter(|(_, class)| class.play).map(|(n, _)| n);
                if *idle { play.take(1).collect() } else { play.collect() }
            })
            .collect();
        let worlds = product(choices.iter().map(Vec::len));
        let mut answers = vec![false; self.binds.len()];
        let commanders = self.commander.as_ref().map_or(0, |(_, binds)| binds.len());
        let mut through = vec![false; commanders];
        if worlds > WORLDS {
            let fault = Some(too_many(worlds));
            return Verdict { outcome: Outcome::Undetermined, answers, through, fault };
        }
        let mut mask = 0;
        every(&choices, |world| {
            let one = self.world(world);
            mask |= one;
            if one & PROHIBITED != 0 {
                self.answering(world, &mut answers, &mut through);
            }
        });
        Verdict { outcome: decide(mask), answers, through, fault: None }
    }

    /// Who would have to answer in a world in which *prohibited* is possible: whoever did it, or the commander through whom a
    /// side is bound.
    fn answering(&self, world: &[usize], answers: &mut [bool], through: &mut [bool]) {
        let pieces = world.get(super::case::TIME).and_then(|class| self.spans.get(*class));
        for piece in pieces.into_iter().flatten().filter(|piece| self.at(world, **piece) & PROHIBITED != 0) {
            if self.actor_bound(world, *piece) != Truth::False
                && let Some(flag) = world.get(ACTOR).and_then(|class| answers.get_mut(*class))
            {
                *flag = true;
            }
            let slot = self.commander.as_ref().map(|(slot, _)| *slot);
            if self.commander_bound(world, *piece) != Truth::False
                && let Some(flag) =
                    slot.and_then(|slot| world.get(slot)).and_then(|class| through.get_mut(*class))
            {
                *flag = true;
            }
        }
    }

    /// What an undetermined outcome turns on; the words of a fault when the search was cut short.
    pub(super) fn cruxes(&self) -> (Vec<Crux>, Option<String>) {
        let space = match self.space() {
            Ok(space) => space,
            Err(fault) => return (Vec::new(), Some(fault)),
        };
        let groups: Vec<Vec<Vec<usize>>> =
            (0..space.live.len()).map(|place| self.groups(&space, place)).collect();
        let mut search = Search { space: &space, groups: &groups, found: Vec::new(), effort: 0 };
        for size in 1..=SIZE.min(space.live.len()) {
            search.sets(size, 0, &mut Vec::new());
        }
        let fault = (search.effort > EFFORT).then(|| {
            "too many alternatives to say all that it turns on; what is named here does settle it".to_owned()
        });
        let found = std::mem::take(&mut search.found);
        (self.written(&space, &groups, &found), fault)
    }

    fn space(&self) -> Result<Space, String> {
        let idle = self.idle();
        let varied = |n: &usize| self.slots.get(*n).is_some_and(|slot| slot.classes.len() > 1);
        let live: Vec<usize> =
            (0..self.slots.len()).filter(|n| idle.get(*n) == Some(&false)).filter(varied).collect();
        let sizes: Vec<usize> =
            live.iter().map(|n| self.slots.get(*n).map_or(1, |slot| slot.classes.len())).collect();
        let worlds = product(sizes.iter().copied());
        if worlds > WORLDS {
            return Err(too_many(worlds));
        }
        let play = live
            .iter()
            .map(|n| {
                let classes = self.slots.get(*n).map(|slot| slot.classes.as_slice()).unwrap_or_default();
                classes.iter().enumerate().filter(|(_, class)| class.play).map(|(n, _)| n).collect()
            })
            .collect();
        let mut strides = Vec::with_capacity(sizes.len());
        let mut stride = 1;
        for size in &sizes {
            strides.push(stride);
            stride *= size;
        }
        let first = |slot: &super::case::Slot<'_>| slot.classes.iter().position(|c| c.play).unwrap_or(0);
        let mut world: Vec<usize> = self.slots.iter().map(first).collect();
        let ranges: Vec<Vec<usize>> = sizes.iter().map(|size| (0..*size).collect()).collect();
        let mut table = Vec::with_capacity(worlds);
        every(&ranges, |chosen| {
            for (slot, class) in live.iter().zip(chosen) {
                if let Some(place) = world.get_mut(*slot) {
                    *place = *class;
                }
            }
            table.push(self.world(&world));
        });
        Ok(Space { live, sizes, play, strides, table })
    }

    /// The classes of a live slot that can be supposed, grouped where they have the same effect in every world: values that
    /// sources name first, and none that only repeats the effect of one of those. Stretches of time join with neighbours.
    /// Empty when nothing turns on the slot.
    fn groups(&self, space: &Space, place: usize) -> Vec<Vec<usize>> {
        let Some(slot) = space.live.get(place).and_then(|n| self.slots.get(*n)) else { return Vec::new() };
        let size = space.sizes.get(place).copied().unwrap_or(1);
        if (1..size).all(|class| space.alike(place, 0, class)) {
            return Vec::new();
        }
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let listed = |class: usize| {
            slot.classes.get(class).is_some_and(|class| match class.values {
                Values::Listed(_) | Values::Account(_) => true,
                Values::Said(_) => class.play,
                _ => false,
            })
        };
        for class in 0..size {
            let Some(values) = slot.classes.get(class).map(|c| &c.values) else { continue };
            match values {
                Values::Open => {}
                Values::Time(..) => match groups.last_mut() {
                    Some(last)
                        if last.last().is_some_and(|before| self.joins(space, place, *before, class)) =>
                    {
                        last.push(class);
                    }
                    _ => groups.push(vec![class]),
                },
                _ if listed(class) => groups.push(vec![class]),
                _ => {
                    if !(0..size).any(|other| listed(other) && space.alike(place, other, class)) {
                        groups.push(vec![class]);
                    }
                }
            }
        }
        groups
    }

    /// Whether two stretches of time are one for the clause: the same in every world, and told by the same hours of the day.
    fn joins(&self, space: &Space, place: usize, before: usize, class: usize) -> bool {
        let slot = space.live.get(place).and_then(|n| self.slots.get(*n));
        let hours = |n: usize| match slot.and_then(|slot| slot.classes.get(n)).map(|c| &c.values) {
            Some(Values::Time(_, _, hours)) => Some(hours),
            _ => None,
        };
        hours(before) == hours(class) && space.alike(place, before, class)
    }

    /// Cruxes over groups, written out over values. When there are more than are kept, every group's first value comes
    /// before any group's second, so that no kind of crux is crowded out.
    fn written(&self, space: &Space, groups: &[Vec<Vec<usize>>], found: &[Found]) -> Vec<Crux> {
        let mut rounds: Vec<(usize, Crux)> = Vec::new();
        for one in found {
            let mut partial: Vec<(usize, Vec<Hypothesis>)> = vec![(0, Vec::new())];
            for (place, group) in &one.supposed {
                let slot = space.live.get(*place).and_then(|n| self.slots.get(*n));
                let classes = groups.get(*place).and_then(|all| all.get(*group));
                let (Some(slot), Some(classes)) = (slot, classes) else { continue };
                let values = slot.values(classes);
                let mut next = Vec::new();
                for (round, so_far) in &partial {
                    for (n, value) in values.iter().enumerate().take(CRUXES) {
                        let mut longer = so_far.clone();
                        longer.push(Hypothesis { fact: slot.fact.clone(), value: value.clone() });
                        next.push((round + n, longer));
                    }
                }
                next.sort();
                next.truncate(CRUXES);
                partial = next;
            }
            for (round, mut if_) in partial {
                if_.sort();
                rounds.push((round, Crux { if_, then: one.then }));
            }
        }
        rounds.sort_by(|(a, x), (b, y)| (a, x.if_.len(), x).cmp(&(b, y.if_.len(), y)));
        rounds.truncate(CRUXES);
        let mut cruxes: Vec<Crux> = rounds.into_iter().map(|(_, crux)| crux).collect();
        cruxes.sort_by(|x, y| (x.if_.len(), x).cmp(&(y.if_.len(), y)));
        cruxes
    }
}

impl super::case::Slot<'_> {
    /// The values of a group of classes, as hypotheses write them.
    fn values(&self, classes: &[usize]) -> Vec<String> {
        let of = |n: &usize| self.classes.get(*n).map(|class| &class.values);
        match (classes.first().and_then(of), classes.last().and_then(of)) {
            (Some(Values::Time(from, _, hours)), Some(Values::Time(_, until, _))) => {
                vec![time_words(*from, *until, hours)]
            }
            (Some(Values::Said(words)), _) => vec![words.clone()],
            (Some(Values::Listed(words)), _) => words.iter().map(|word| (*word).to_owned()).collect(),
            (Some(Values::OneOf(words)), _) => vec![match words.as_slice() {
                [only] => (*only).to_owned(),
                many => format!("one of {}", many.join(", ")),
            }],
            (Some(Values::NoneOf(words)), _) => vec![match words.as_slice() {
                [only] => format!("not {only}"),
                many => format!("none of {}", many.join(", ")),
            }],
            (Some(Values::Account(account)), _) => vec![account.value()],
            _ => Vec::new(),
        }
    }
}

fn time_words(
    from: Option<truceline_model::Instant>,
    until: Option<truceline_model::Instant>,
    hours: &str,
) -> String {
    let mut words = match (from, until) {
        (None, None) => String::new(),
        (None, Some(until)) => format!("before {until}"),
        (Some(from), None) => format!("from {from}"),
        (Some(from), Some(until)) => format!("from {from} before {until}"),
    };
    if !hours.is_empty() {
        let joined = if words.is_empty() { "" } else { " and " };
        words = format!("{words}{joined}{hours}");
    }
    if words.is_empty() { "any".to_owned() } else { words }
}

impl Space {
    /// Whether two classes of a slot give the same in every world.
    fn alike(&self, place: usize, one: usize, other: usize) -> bool {
        let (Some(stride), Some(size)) = (self.strides.get(place), self.sizes.get(place)) else {
            return true;
        };
        (0..self.table.len()).filter(|at| (at / stride) % size == one).all(|at| {
            let twin = (at + other * stride).checked_sub(one * stride);
            twin.and_then(|twin| self.table.get(twin)) == self.table.get(at)
        })
    }
}

/// A minimal set of suppositions: places of live slots with groups of classes.
struct Found {
    supposed: Vec<(usize, usize)>,
    then: Outcome,
}

struct Search<'s> {
    space: &'s Space,
    groups: &'s [Vec<Vec<usize>>],
    found: Vec<Found>,
    effort: usize,
}

impl Search<'_> {
    /// Tries every set of that many suppositions.
    fn sets(&mut self, size: usize, from: usize, so_far: &mut Vec<(usize, usize)>) {
        if self.effort > EFFORT {
            return;
        }
        let contains = |one: &Found| one.supposed.iter().all(|pair| so_far.contains(pair));
        if self.found.iter().any(contains) {
            return;
        }
        if so_far.len() == size {
            let outcome = decide(self.joined(so_far));
            if outcome != Outcome::Undetermined {
                self.found.push(Found { supposed: so_far.clone(), then: outcome });
            }
            return;
        }
        for place in from..self.groups.len() {
            for group in 0..self.groups.get(place).map_or(0, Vec::len) {
                so_far.push((place, group));
                self.sets(size, place + 1, so_far);
                so_far.pop();
            }
        }
    }

    /// All worlds in play in which the suppositions hold, joined.
    fn joined(&mut self, supposed: &[(usize, usize)]) -> Mask {
        let mut offsets = vec![0_usize];
        for (place, stride) in self.space.strides.iter().enumerate() {
            let fixed = supposed.iter().find(|(at, _)| *at == place);
            let fixed = fixed.and_then(|(_, group)| self.groups.get(place)?.get(*group)?.first().copied());
            let play = self.space.play.get(place).map(Vec::as_slice).unwrap_or_default();
            match fixed {
                Some(class) => offsets.iter_mut().for_each(|at| *at += class * stride),
                None => {
                    let wider =
                        offsets.iter().flat_map(|at| play.iter().map(move |class| at + class * stride));
                    offsets = wider.collect();
                }
            }
        }
        self.effort += offsets.len();
        offsets.iter().filter_map(|at| self.space.table.get(*at)).fold(0, |all, one| all | one)
    }
}
