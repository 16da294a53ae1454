//! All clauses under all readings at once: every question of every clause as rows of bits, one bit a clause and reading.
//!
//! Prepared once from the judge's own laws and shapes, through the same look-ups, so that a sheet can say nothing that the
//! judge does not. What it has no rows for (counts, hours of the day, a standard of proof) it leaves to the judge, clause by
//! clause. A property test holds both to the same outcomes.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Act, ActorId, AreaId, ClauseId, Fact, Instant, Outcome, Target, Truth, Weapon};

use super::Judge;
use super::compile::{Accepted, Bind, Law};
use super::grid::Grid;
use super::held::protected;
use super::lanes::{self, Lane, Pair, WIDTH};
use super::roll::{Code, Dim, NO, SILENT, YES, nobody, stranger, unknown_person};
use super::rows::{act_truths, fact_of, target_truth};
use super::shape::{Asked, Leaf, Shape};

/// Where a question's answer is looked up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Axis {
    Of(Dim),
    /// A named fact or judgement, by its place in [`Sheet::named`].
    Named(usize),
    /// The stretch of time.
    Stretch,
}

/// Rows of one axis: per value, where its row lies in the pool; `None`: it changes nothing.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) axis: Axis,
    pub(super) rows: Vec<Option<u32>>,
}

/// Where a clause asks for an area in a group.
#[derive(Clone, Debug, Default)]
pub(super) struct Ground {
    /// Its place among the grounds of a world.
    pub(super) number: usize,
    pub(super) has: Vec<Lane>,
    /// Asked the other way round.
    pub(super) no: Vec<Lane>,
}

/// One place in a rule where questions are joined, over all clauses.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// Any of the questions, or all of them.
    pub(super) any: bool,
    /// Clauses that have such a group.
    pub(super) has: Vec<Lane>,
    /// What holds for the others.
    pub(super) lacking: Pair,
    pub(super) tables: Vec<Table>,
    /// Tables of named facts and judgements, and what they join to where nobody says anything.
    pub(super) named: Vec<Table>,
    pub(super) silent: Vec<Pair>,
    pub(super) ground: Option<Ground>,
}

/// One question about a place, and who asks it.
pub(super) struct Query<'t> {
    pub(super) leaf: Leaf<'t>,
    /// Ground, lane and bit.
    pub(super) uses: Vec<(usize, usize, usize)>,
    /// Whether it says where a clause applies; these are answered first.
    pub(super) first: bool,
}

impl Query<'_> {
    /// Asked by no clause.
    pub(super) const NOBODY: Self = Self { leaf: Leaf::WholeDay, uses: Vec::new(), first: false };
}

/// All clauses under all readings, prepared. One bit each, in the order of [`Judge::judge`].
pub struct Sheet<'j> {
    pub(super) judge: &'j Judge<'j>,
    pub(super) columns: usize,
    pub(super) lanes: usize,
    /// Where each stretch of time begins, in seconds.
    pub(super) starts: Vec<i64>,
    /// Moments at which somebody's standing changes, in seconds.
    pub(super) moments: Vec<i64>,
    /// People of the registry.
    pub(super) people: usize,
    pub(super) pool: Vec<Pair>,
    /// Per stretch: rows of what is in force and asked of others, by the account that gives most and by that which gives least.
    pub(super) cover: Vec<(u32, u32)>,
    /// Per stretch, the moment at which standing last changed before it.
    pub(super) standing: Vec<usize>,
    /// Per such moment and person: whom clauses bind.
    pub(super) bound: Vec<u32>,
    /// Clauses that bind through a commander.
    pub(super) affiliates: Vec<Lane>,
    pub(super) applies: Group,
    pub(super) outside: Vec<Group>,
    pub(super) must: Group,
    /// What must be attacked: by whom, and any of what; and the clauses that ask.
    pub(super) aims: Vec<(Group, Group)>,
    pub(super) aimed: Vec<Lane>,
    pub(super) when: Vec<Group>,
    /// With the clauses for which it gives *not covered*.
    pub(super) exceptions: Vec<(Group, Vec<Lane>)>,
    pub(super) named: Vec<Fact>,
    pub(super) queries: Vec<Query<'j>>,
    pub(super) grounds: usize,
    pub(super) grid: Grid<'j>,
    /// Clauses that stand on it, by their place among the judge's laws.
    pub(super) laws: Vec<usize>,
    /// Those that are left to the judge.
    pub(super) slow: Vec<usize>,
    /// Most choices among accounts that any clause leaves.
    pub(super) choices: usize,
}

/// Most choices among rival accounts that are laid out beforehand.
pub(super) const CHOICES: usize = 256;

impl<'t> Judge<'t> {
    /// Prepares all clauses to be judged at once; worth it from a few incidents on.
    #[must_use]
    pub fn sheet(&self) -> Sheet<'_> {
        Builder::new(self, &|_| true).sheet()
    }

    /// Prepares some of the clauses only; the places of the others stay empty.
    #[must_use]
    pub fn sheet_of(&self, clauses: &BTreeSet<ClauseId>) -> Sheet<'_> {
        Builder::new(self, &|law| clauses.contains(&law.clause.id)).sheet()
    }
}

/// Column, shape, and the questions that stand in a place of the rule.
type Member<'b, 't> = (usize, &'b Shape<'t>, Vec<Asked>);

struct Builder<'j> {
    judge: &'j Judge<'j>,
    lanes: usize,
    /// Column, law, shape.
    columns: Vec<(usize, &'j Law<'j>, &'j Shape<'j>)>,
    laws: Vec<usize>,
    slow: Vec<usize>,
    starts: Vec<Instant>,
    moments: Vec<Instant>,
    people: Vec<&'j ActorId>,
    pool: Vec<Pair>,
    row_of: BTreeMap<Vec<Pair>, u32>,
    named: Vec<Fact>,
    queries: Vec<Query<'j>>,
    /// The place of each query: its areas, the metres round them, and whether it is answered first.
    query_of: BTreeMap<(&'j BTreeSet<AreaId>, Option<u32>, bool), usize>,
    grounds: usize,
}

impl<'j> Builder<'j> {
    fn new(judge: &'j Judge<'j>, wanted: &dyn Fn(&Law<'_>) -> bool) -> Self {
        let readings = judge.terms.readings.len();
        let (mut columns, mut slow, mut laws) = (Vec::new(), Vec::new(), Vec::new());
        for (n, law) in judge.laws.iter().enumerate().filter(|(_, law)| wanted(law)) {
            laws.push(n);
            if !fits(judge, law) {
                slow.push(n);
                continue;
            }
            for (reading, shape) in law.shape_of.iter().enumerate() {
                columns.extend(law.shapes.get(*shape).map(|shape| (n * readings + reading, law, shape)));
            }
        }
        let cells = columns.iter().flat_map(|(_, law, _): &(usize, &Law<'_>, &Shape<'_>)| &law.cells);
        let mut starts: Vec<Instant> = cells.map(|cell| cell.during.start()).collect();
        starts.push(Instant::FAR_PAST);
        starts.extend(judge.known.moments());
        starts.sort();
        starts.dedup();
        Self {
            judge,
            lanes: (judge.laws.len() * readings).div_ceil(WIDTH).max(1),
            columns,
            laws,
            slow,
            starts,
            moments: judge.known.moments().collect(),
            people: judge.known.ids.clone(),
            pool: Vec::new(),
            row_of: BTreeMap::new(),
            named: Vec::new(),
            queries: Vec::new(),
            query_of: BTreeMap::new(),
            grounds: 0,
        }
    }

    fn sheet(mut self) -> Sheet<'j> {
        let (cover, bound) = (self.cover(), self.bound());
        let since = |at: &Instant| self.moments.partition_point(|from| from <= at).saturating_sub(1);
        let standing = self.starts.iter().map(since).collect();
        let applies = self.group(true, Pair::TRUE, true, |shape| shape.applies.clone());
        let must = self.group(false, Pair::TRUE, false, |shape| {
            Some([shape.act].into_iter().chain(shape.weapon).collect())
        });
        let most =
            |of: &dyn Fn(&Shape<'_>) -> usize| self.columns.iter().map(|(_, _, shape)| of(shape)).max();
        let outs = most(&|shape| shape.outside.len()).unwrap_or(0);
        let aims = most(&|shape| shape.object.as_ref().map_or(0, Vec::len)).unwrap_or(0);
        let whens = most(&|shape| shape.when.len()).unwrap_or(0);
        let exceptions = most(&|shape| shape.exceptions.len()).unwrap_or(0);
        let outside = (0..outs)
            .map(|n| self.group(false, Pair::FALSE, false, |shape| shape.outside.get(n).cloned()))
            .collect();
        let aims = (0..aims)
            .map(|n| {
                let aim = |shape: &Shape<'_>| shape.object.as_ref().and_then(|all| all.get(n).cloned());
                let by = self.group(false, Pair::TRUE, false, |shape| Some(vec![aim(shape)?.by?]));
                (by, self.group(true, Pair::FALSE, false, |shape| Some(aim(shape)?.any)))
            })
            .collect();
        let when = (0..whens)
            .map(|n| self.group(true, Pair::TRUE, false, |shape| shape.when.get(n).cloned()))
            .collect();
        let exceptions = (0..exceptions)
            .map(|n| {
                let group = self.group(false, Pair::FALSE, false, |shape| {
                    shape.exceptions.get(n).map(|(_, all)| all.clone())
                });
                let gives = |shape: &Shape<'_>| {
                    shape.exceptions.get(n).is_some_and(|(one, _)| one.gives == Outcome::NotCovered)
                };
                (group, self.mask(|_, shape| gives(shape)))
            })
            .collect();
        let aimed = self.mask(|_, shape| shape.object.is_some());
        let affiliates = self.mask(|law, _| law.rule.affiliates);
        let judge = self.judge;
        Sheet {
            judge,
            columns: judge.laws.len() * judge.terms.readings.len(),
            lanes: self.lanes,
            starts: self.starts.iter().map(|at| at.seconds()).collect(),
            moments: self.moments.iter().map(|at| at.seconds()).collect(),
            people: self.people.len(),
            cover,
            standing,
            bound,
            affiliates,
            applies,
            outside,
            must,
            aims,
            aimed,
            when,
            exceptions,
            grid: Grid::new(judge.areas, &self.queries, self.lanes),
            pool: self.pool,
            named: self.named,
            queries: self.queries,
            grounds: self.grounds,
            laws: self.laws,
            slow: self.slow,
            choices: judge.laws.iter().map(Law::choices).max().unwrap_or(1),
        }
    }

    fn mask(&self, of: impl Fn(&Law<'_>, &Shape<'_>) -> bool) -> Vec<Lane> {
        let mut all = vec![0; self.lanes];
        for (column, law, shape) in &self.columns {
            if let Some(lane) = all.get_mut(column / WIDTH).filter(|_| of(law, shape)) {
                *lane |= lanes::bit(*column);
            }
        }
        all
    }

    /// Puts a row into the pool, or finds it there.
    fn row(&mut self, row: Vec<Pair>) -> u32 {
        if let Some(found) = self.row_of.get(&row) {
            return *found;
        }
        let number = u32::try_from(self.pool.len()).unwrap_or(u32::MAX);
        self.pool.extend(&row);
        self.row_of.insert(row, number);
        number
    }

    /// Per stretch, what is in force and what is asked of others.
    fn cover(&mut self) -> Vec<(u32, u32)> {
        let mut all = Vec::new();
        for at in self.starts.clone() {
            let (mut most, mut least) = (vec![Pair::FALSE; self.lanes], vec![Pair::FALSE; self.lanes]);
            // The columns of a law stand together, and time asks nothing of its readings.
            for readings in self.columns.chunk_by(|(_, a, _), (_, b, _)| std::ptr::eq(*a, *b)) {
                let Some((_, law, _)) = readings.first() else { continue };
                let Some(cell) = law.cell(at) else { continue };
                let provided = cell.provided.iter().fold(Truth::True, |truth, one| {
                    truth.and(match one {
                        Accepted::Yes => Truth::True,
                        Accepted::No => Truth::False,
                        Accepted::NotFound => Truth::Unknown,
                    })
                });
                let (may, may_not) = law.in_force_by_any(cell);
                for (rows, is) in [(&mut most, may), (&mut least, !may_not)] {
                    for (column, ..) in readings.iter().filter(|_| is) {
                        if let Some(pair) = rows.get_mut(column / WIDTH) {
                            pair.put(column % WIDTH, provided);
                        }
                    }
                }
            }
            let rows = (self.row(most), self.row(least));
            all.push(rows);
        }
        all
    }

    fn bound(&mut self) -> Vec<u32> {
        let mut all = Vec::new();
        for at in self.moments.clone() {
            for person in 0..self.people.len() + 3 {
                let code = Code::try_from(person).unwrap_or(Code::MAX);
                let mut row = vec![Pair::FALSE; self.lanes];
                for (column, law, _) in &self.columns {
                    let bind = law.cell(at).and_then(|cell| cell.binds.get(person)).copied();
                    let truth = match bind {
                        _ if code == unknown_person(self.people.len()) => Truth::Unknown,
                        Some(Bind::Yes) => Truth::True,
                        Some(Bind::Turns | Bind::Unknown) => Truth::Unknown,
                        Some(Bind::No) | None => Truth::False,
                    };
                    if let Some(pair) = row.get_mut(column / WIDTH) {
                        pair.put(column % WIDTH, truth);
                    }
                }
                all.push(self.row(row));
            }
        }
        all
    }

    /// One place of the rule over all clauses.
    fn group(
        &mut self,
        any: bool,
        lacking: Pair,
        first: bool,
        of: impl Fn(&Shape<'j>) -> Option<Vec<Asked>>,
    ) -> Group {
        let members: Vec<Member<'j, 'j>> = self
            .columns
            .iter()
            .filter_map(|(column, _, shape)| Some((*column, *shape, of(shape)?)))
            .collect();
        let mut has = vec![0; self.lanes];
        let mut tables: BTreeMap<Axis, Vec<Vec<Pair>>> = BTreeMap::new();
        let mut ground = Ground { number: self.grounds, has: has.clone(), no: has.clone() };
        let mut grounded = false;
        let same = if any { Pair::FALSE } else { Pair::TRUE };
        for (column, shape, asked) in &members {
            let (lane, bit) = (column / WIDTH, column % WIDTH);
            has.iter_mut().skip(lane).take(1).for_each(|lane| *lane |= lanes::bit(bit));
            for one in asked {
                let Some(leaf) = shape.leaves.get(one.leaf) else { continue };
                if matches!(leaf, Leaf::In(_) | Leaf::Near(..)) {
                    grounded = true;
                    self.query(*leaf, (ground.number, lane, bit), first);
                    ground.has.iter_mut().skip(lane).take(1).for_each(|lane| *lane |= lanes::bit(bit));
                    ground
                        .no
                        .iter_mut()
                        .skip(lane)
                        .take(usize::from(one.no))
                        .for_each(|lane| *lane |= lanes::bit(bit));
                    continue;
                }
                let (axis, truths) = self.truths(leaf);
                let rows = tables.entry(axis).or_insert_with(|| vec![vec![same; self.lanes]; truths.len()]);
                for (row, truth) in rows.iter_mut().zip(truths) {
                    let truth = if one.no { truth.negate() } else { truth };
                    let Some(pair) = row.get_mut(lane) else { continue };
                    if any { pair.put(bit, truth) } else { pair.lower(bit, truth) }
                }
            }
        }
        self.grounds += usize::from(grounded);
        let mut group = Group {
            any,
            has,
            lacking,
            tables: Vec::new(),
            named: Vec::new(),
            silent: vec![same; self.lanes],
            ground: grounded.then_some(ground),
        };
        for (axis, rows) in tables {
            if let (Axis::Named(_), Some(silent)) = (&axis, rows.get(usize::from(SILENT))) {
                for (all, one) in group.silent.iter_mut().zip(silent) {
                    *all = if any { all.or(*one) } else { all.and(*one) };
                }
            }
            let named = matches!(axis, Axis::Named(_));
            let row = |row: Vec<Pair>| if row.iter().all(|pair| *pair == same) { None } else { Some(row) };
            let rows = rows.into_iter().map(|one| row(one).map(|one| self.row(one))).collect();
            let into = if named { &mut group.named } else { &mut group.tables };
            into.push(Table { axis, rows });
        }
        group
    }

    fn query(&mut self, leaf: Leaf<'j>, ask: (usize, usize, usize), first: bool) {
        let (areas, within) = match leaf {
            Leaf::In(areas) => (areas, None),
            Leaf::Near(areas, metres) => (areas, Some(metres)),
            _ => return,
        };
        let new = self.queries.len();
        let place = *self.query_of.entry((areas, within, first)).or_insert(new);
        match self.queries.get_mut(place) {
            Some(query) => query.uses.push(ask),
            None => self.queries.push(Query { leaf, uses: vec![ask], first }),
        }
    }

    /// The truth of a question for every value of its axis.
    fn truths(&mut self, leaf: &Leaf<'j>) -> (Axis, Vec<Truth>) {
        let one = |truths: Vec<Truth>| truths.first().copied().unwrap_or(Truth::Unknown);
        let known = &self.judge.known;
        match leaf {
            Leaf::Act(_) => {
                let all = Act::ALL.iter().map(|act| one(act_truths(*act, &[*leaf])));
                (Axis::Of(Dim::Act), with_open(all))
            }
            Leaf::Weapon(set) => {
                let all = Weapon::ALL.iter().map(|weapon| set.contains(weapon).into());
                (Axis::Of(Dim::Weapon), with_open(all))
            }
            Leaf::Target(_) => {
                let all = Target::ALL.iter().map(|target| target_truth(*target, leaf));
                (Axis::Of(Dim::Target), with_open(all))
            }
            Leaf::HeldBy(side) => {
                (Axis::Of(Dim::Holder), self.by_person(|who, at| known.member(who, side, at)))
            }
            Leaf::Struck(side) => {
                (Axis::Of(Dim::Struck), self.by_person(|who, at| protected(self.judge, who, side, at)))
            }
            Leaf::Member(side) => {
                (Axis::Of(Dim::Doer), self.by_person(|who, at| known.member(who, side, at)))
            }
            Leaf::DoneBy(sides) | Leaf::CommandedBy(sides) => {
                let dim = if matches!(leaf, Leaf::DoneBy(_)) { Dim::Doer } else { Dim::Commander };
                let member = |who: &ActorId, at| {
                    sides.iter().fold(Truth::False, |truth, side| truth.or(known.member(who, side, at)))
                };
                (Axis::Of(dim), self.by_person(member))
            }
            Leaf::From(moment) => {
                (Axis::Stretch, self.starts.iter().map(|at| Truth::from(at >= moment)).collect())
            }
            _ => self.named_truths(leaf),
        }
    }

    /// Per moment at which standing changes, and person: those of the registry, a stranger, somebody not known, nobody.
    fn by_person(&self, truth: impl Fn(&ActorId, Instant) -> Truth) -> Vec<Truth> {
        let after = [stranger(0), unknown_person(0), nobody(0)].len();
        let mut all = Vec::with_capacity(self.moments.len() * (self.people.len() + after));
        for at in &self.moments {
            all.extend(self.people.iter().map(|who| truth(who, *at)));
            all.extend([Truth::False, Truth::Unknown, Truth::False]);
        }
        all
    }

    /// In the order of [`SILENT`], [`YES`], [`NO`], unclear.
    fn named_truths(&mut self, leaf: &Leaf<'_>) -> (Axis, Vec<Truth>) {
        let Some(fact) = fact_of(leaf) else { return (Axis::Stretch, Vec::new()) };
        let silent = match leaf {
            Leaf::NotDenied(_) => Truth::True,
            Leaf::Holds(id) if self.judge.terms.fact(id).is_some_and(|fact| fact.silence_means_no) => {
                Truth::False
            }
            _ => Truth::Unknown,
        };
        let mut truths = vec![silent, Truth::Unknown, Truth::Unknown, Truth::Unknown];
        for (code, truth) in [(YES, Truth::True), (NO, Truth::False)] {
            truths.iter_mut().skip(usize::from(code)).take(1).for_each(|place| *place = truth);
        }
        let place = self.named.iter().position(|other| *other == fact).unwrap_or_else(|| {
            self.named.push(fact);
            self.named.len() - 1
        });
        (Axis::Named(place), truths)
    }
}

/// Adds what holds of a value that is not known: what holds of all, else unknown.
fn with_open(all: impl Iterator<Item = Truth>) -> Vec<Truth> {
    let mut all: Vec<Truth> = all.collect();
    let first = all.first().copied().unwrap_or(Truth::Unknown);
    all.push(if all.iter().all(|truth| *truth == first) { first } else { Truth::Unknown });
    all
}

/// Whether a sheet has rows for everything that a clause asks.
fn fits(judge: &Judge<'_>, law: &Law<'_>) -> bool {
    let plain = |leaf: &Leaf<'_>| {
        !matches!(leaf, Leaf::System(_) | Leaf::Counted(_) | Leaf::Daily(..) | Leaf::WholeDay)
    };
    let ground = |shape: &Shape<'_>, asked: &[Asked]| {
        let of = |one: &&Asked| matches!(shape.leaves.get(one.leaf), Some(Leaf::In(_) | Leaf::Near(..)));
        (asked.iter().filter(of).count(), asked.iter().filter(of).any(|one| one.no))
    };
    // One area in each group; several where any of them will do and none is asked the other way round.
    let fits = |shape: &Shape<'_>| {
        let all = shape.outside.iter().chain(shape.exceptions.iter().map(|(_, all)| all));
        let any =
            shape.when.iter().chain(&shape.applies).chain(shape.object.iter().flatten().map(|aim| &aim.any));
        let gives = |outcome| matches!(outcome, Outcome::NotCovered | Outcome::NotProhibited);
        shape.leaves.iter().all(plain)
            && all.map(|asked| ground(shape, asked)).all(|(count, _)| count < 2)
            && any.map(|asked| ground(shape, asked)).all(|(count, no)| count < 2 || !no)
            && shape.exceptions.iter().all(|(one, _)| gives(one.gives))
    };
    judge.terms.proof.is_empty()
        && law.choices() <= CHOICES
        && law.cells.iter().all(|cell| law.in_force_by_any(cell) != (false, false))
        && law.shapes.iter().all(fits)
}
