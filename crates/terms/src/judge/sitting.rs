//! A sheet before a roll: the outcomes of all clauses on one incident after another.
//!
//! The same worlds as the judge's, each taken in all clauses at once; what remains possible is joined over worlds, and one
//! member left is the outcome. Where the worlds are many or something has no number, the judge decides, clause by clause.

use truceline_model::{Disc, Fact, Incident, Outcome, Truth};

use super::case::Case;
use super::grid::Near;
use super::lanes::{Lane, Pair, WIDTH, bit};
use super::places;
use super::roll::{Code, DIMS, Dim, Entry, MANY, NO, Roll, SILENT, Said, YES};
use super::sheet::{Axis, Group, Sheet, Table};

/// Most worlds that are taken in all clauses at once.
const WORLDS: usize = 512;
/// Most worlds of one clause that the judge itself looks at; beyond it says so, and so must we.
const JUDGED: usize = 20_000;

/// The outcomes of one incident: two bits each, in the order of [`super::Judge::judge`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    low: Vec<Lane>,
    high: Vec<Lane>,
    columns: usize,
}

impl Outcomes {
    /// How many findings there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns == 0
    }

    /// The outcome of the clause and reading at that place.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<Outcome> {
        let is = |of: &[Lane]| of.get(place / WIDTH).is_some_and(|lane| lane & bit(place) != 0);
        (place < self.columns).then(|| match (is(&self.high), is(&self.low)) {
            (false, false) => Outcome::Prohibited,
            (false, true) => Outcome::NotProhibited,
            (true, false) => Outcome::NotCovered,
            (true, true) => Outcome::Undetermined,
        })
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Outcome> + '_ {
        (0..self.columns).filter_map(|place| self.get(place))
    }

    /// How many are *prohibited*, *not prohibited*, *not covered* and *undetermined*.
    #[must_use]
    pub fn counts(&self) -> [u64; 4] {
        let mut counts = [0; 4];
        let mut left = self.columns;
        for (low, high) in self.low.iter().zip(&self.high) {
            let here = left.min(WIDTH);
            left -= here;
            let within = if here == WIDTH { Lane::MAX } else { bit(here) - 1 };
            let nothing_covered = low & within == 0 && high & within == within;
            if nothing_covered {
                counts[2] += here as u64;
                continue;
            }
            let each = [!low & !high, low & !high, !low & high, low & high];
            for (count, bits) in counts.iter_mut().zip(each) {
                *count += u64::from((bits & within).count_ones());
            }
        }
        counts
    }

    /// The bytes that a digest is taken of: the first bits of all outcomes, then the second, eight a byte, the first lowest;
    /// *prohibited* 00, *not prohibited* 01, *not covered* 10, *undetermined* 11.
    pub fn bytes(&self, mut each: impl FnMut(&[u8])) {
        for of in [&self.low, &self.high] {
            let mut left = self.columns;
            for lane in of {
                let here = left.min(WIDTH);
                left -= here;
                // A whole lane apart: its length is then known to the compiler, and this is most of what is written.
                if here == WIDTH {
                    each(&lane.to_le_bytes());
                    continue;
                }
                each((lane & (bit(here) - 1)).to_le_bytes().get(..here.div_ceil(8)).unwrap_or_default());
            }
        }
    }

    fn put(&mut self, place: usize, outcome: Outcome) {
        let low = matches!(outcome, Outcome::NotProhibited | Outcome::Undetermined);
        let high = matches!(outcome, Outcome::NotCovered | Outcome::Undetermined);
        for (lanes, is) in [(&mut self.low, low), (&mut self.high, high)] {
            if let Some(lane) = lanes.get_mut(place / WIDTH) {
                *lane = if is { *lane | bit(place) } else { *lane & !bit(place) };
            }
        }
    }
}

/// A sheet before a roll. Holds no state of its own.
pub struct Sitting<'s> {
    sheet: &'s Sheet<'s>,
    roll: &'s Roll<'s>,
    /// Per thing said: the named facts that it speaks of, with their codes.
    said: Vec<Vec<(usize, Vec<Code>)>>,
}

/// Room to work in, one a worker.
#[derive(Default)]
pub struct Desk {
    /// Per ground and lane.
    grounds: Vec<Pair>,
    alive: Vec<Lane>,
    /// In force, binding and owed, in the last world that was looked at.
    reached: Vec<Pair>,
    named: Vec<Code>,
    joined: Vec<Joined>,
    found: Outcomes,
}

/// What remains possible, over the worlds so far.
#[derive(Clone, Copy)]
struct Joined {
    not_covered: Lane,
    not_prohibited: Lane,
    prohibited: Lane,
    may: Lane,
}

impl Joined {
    const NOTHING: Self = Self { not_covered: 0, not_prohibited: 0, prohibited: 0, may: 0 };
}

/// One world: a value of every fact.
struct World<'w> {
    codes: [Code; DIMS],
    named: &'w [Code],
    /// Whether nobody says anything of any named fact.
    silent: bool,
    stretch: usize,
    /// Of the event's start, among the moments at which standing changes.
    moment: usize,
    /// Whether a chain's accounts are followed that give most.
    most: bool,
}

impl<'s> Sheet<'s> {
    /// How many clauses stand on it.
    #[must_use]
    pub fn clauses(&self) -> usize {
        self.laws.len()
    }

    /// The places of its findings among those of an incident.
    pub fn findings(&self) -> impl Iterator<Item = usize> + '_ {
        let readings = self.judge.terms.readings.len();
        self.laws.iter().flat_map(move |law| law * readings..(law + 1) * readings)
    }

    /// Puts the sheet before a roll.
    #[must_use]
    pub fn sit(&'s self, roll: &'s Roll<'s>) -> Sitting<'s> {
        Sitting { sheet: self, roll, said: roll.said.iter().map(|said| self.codes_of(said)).collect() }
    }

    fn codes_of(&self, said: &Said) -> Vec<(usize, Vec<Code>)> {
        let mut all = Vec::new();
        for (place, fact) in self.named.iter().enumerate() {
            let codes = match fact {
                Fact::Named(id) => said.facts.iter().find(|(of, _)| of == id).map(|(_, codes)| codes.clone()),
                Fact::Judgement(id) => said.judgements.iter().find(|(of, _)| of == id).map(|(_, answer)| {
                    vec![match answer {
                        truceline_model::Answer::Yes => YES,
                        truceline_model::Answer::No => NO,
                        truceline_model::Answer::Unclear => SILENT,
                    }]
                }),
                _ => None,
            };
            all.extend(codes.filter(|codes| *codes != [SILENT]).map(|codes| (place, codes)));
        }
        all
    }

    fn pair(&self, row: u32, lane: usize) -> Pair {
        self.pool.get(row as usize + lane).copied().unwrap_or(Pair::UNKNOWN)
    }

    fn row_of(&self, table: &Table, world: &World<'_>) -> Option<u32> {
        let place = match &table.axis {
            Axis::Of(dim @ (Dim::Act | Dim::Weapon | Dim::Target)) => usize::from(world.codes[*dim as usize]),
            // Who held the ground is asked at the event's start; of which side somebody is, at each stretch.
            Axis::Of(dim) => {
                let stood = self.standing.get(world.stretch).copied().unwrap_or(0);
                let moment = if *dim == Dim::Holder { world.moment } else { stood };
                moment * (self.people + 3) + usize::from(world.codes[*dim as usize])
            }
            Axis::Named(place) => world.named.get(*place).copied().map_or(0, usize::from),
            Axis::Stretch => world.stretch,
        };
        table.rows.get(place).copied().flatten()
    }

    /// The truth of a group in a world.
    fn group(&self, group: &Group, world: &World<'_>, grounds: &[Pair], lane: usize) -> Pair {
        let mut all = if group.any { Pair::FALSE } else { Pair::TRUE };
        let mut join = |one: Pair| all = if group.any { all.or(one) } else { all.and(one) };
        for table in &group.tables {
            if let Some(row) = self.row_of(table, world) {
                join(self.pair(row, lane));
            }
        }
        if world.silent {
            if !group.named.is_empty() {
                join(group.silent.get(lane).copied().unwrap_or(Pair::UNKNOWN));
            }
        } else {
            for table in &group.named {
                if let Some(row) = self.row_of(table, world) {
                    join(self.pair(row, lane));
                }
            }
        }
        if let Some(ground) = &group.ground {
            let told = grounds.get(ground.number * self.lanes + lane).copied().unwrap_or(Pair::UNKNOWN);
            let of = |lanes: &[Lane]| lanes.get(lane).copied().unwrap_or(0);
            let told = told.not().only(of(&ground.no), told);
            join(told.only(of(&ground.has), if group.any { Pair::FALSE } else { Pair::TRUE }));
        }
        all.only(group.has.get(lane).copied().unwrap_or(0), group.lacking)
    }

    /// A row of the pool, whole; empty when there is none.
    fn row(&self, row: u32) -> &[Pair] {
        let from = row as usize;
        self.pool.get(from..from.saturating_add(self.lanes)).unwrap_or_default()
    }

    /// In force, binding somebody, and owed: all but where. All lanes, into `reached`.
    fn reach(&self, world: &World<'_>, reached: &mut Vec<Pair>) {
        let row = self
            .cover
            .get(world.stretch)
            .map_or(u32::MAX, |(most, least)| if world.most { *most } else { *least });
        let standing = self.standing.get(world.stretch).copied().unwrap_or(0);
        let person = |dim: Dim| {
            let place = standing * (self.people + 3) + usize::from(world.codes[dim as usize]);
            self.row(self.bound.get(place).copied().unwrap_or(u32::MAX))
        };
        reached.clear();
        // What has no row is not known; every sheet has all of them.
        let (cover, doer) = (self.row(row), person(Dim::Doer));
        reached.extend(cover.iter().zip(doer).map(|(cover, doer)| cover.and(*doer)));
        if self.affiliates.iter().any(|lane| *lane != 0) {
            let commanded = self.row(row).iter().zip(person(Dim::Commander)).zip(&self.affiliates);
            for (reached, ((cover, commander), affiliates)) in reached.iter_mut().zip(commanded) {
                *reached = reached.or(cover.and(commander.only(*affiliates, Pair::FALSE)));
            }
        }
        reached.resize(self.lanes, Pair::UNKNOWN);
    }

    fn world(&self, world: &World<'_>, reached: Pair, grounds: &[Pair], lane: usize, joined: &mut Joined) {
        let mut covered = reached.and(self.group(&self.applies, world, grounds, lane));
        for outside in &self.outside {
            covered = covered.and(self.group(outside, world, grounds, lane).not());
        }
        let mut forbidden = self.group(&self.must, world, grounds, lane);
        if !self.aims.is_empty() {
            let aims = self.aims.iter().map(|(by, any)| {
                self.group(by, world, grounds, lane).and(self.group(any, world, grounds, lane))
            });
            let any = aims.fold(Pair::FALSE, Pair::or);
            forbidden = forbidden.and(any.only(self.aimed.get(lane).copied().unwrap_or(0), Pair::TRUE));
        }
        for when in &self.when {
            forbidden = forbidden.and(self.group(when, world, grounds, lane));
        }
        joined.may |= forbidden.m;
        joined.not_covered |= !covered.t;
        joined.not_prohibited |= covered.m & !forbidden.t;
        let mut left = covered.m & forbidden.m;
        for (exception, gives_not_covered) in &self.exceptions {
            if left == 0 {
                return;
            }
            let holds = self.group(exception, world, grounds, lane);
            let gives = left & holds.m;
            let outside = gives_not_covered.get(lane).copied().unwrap_or(0);
            joined.not_covered |= gives & outside;
            joined.not_prohibited |= gives & !outside;
            left &= !holds.t;
        }
        joined.prohibited |= left;
    }
}

/// The values of every fact of an incident.
struct Lists<'l> {
    of: [&'l [Code]; DIMS],
    said: &'l [(usize, Vec<Code>)],
    stretches: (usize, usize),
    moment: usize,
    rival: bool,
}

impl Lists<'_> {
    fn worlds(&self) -> usize {
        let all = self.of.iter().map(|list| list.len()).chain(self.said.iter().map(|(_, codes)| codes.len()));
        let each = all.fold(1_usize, |all, len| all.saturating_mul(len.max(1)));
        each.saturating_mul(self.stretches.1 - self.stretches.0).saturating_mul(1 + usize::from(self.rival))
    }
}

/// Takes the next digit off a number: which of `len` choices.
fn digit(number: &mut usize, len: usize) -> usize {
    if len < 2 {
        return 0;
    }
    let digit = *number % len;
    *number /= len;
    digit
}

impl Sitting<'_> {
    /// The outcomes of the incident at that place of the roll; `incident` must be the one that was added there.
    pub fn outcomes<'d>(&self, place: usize, incident: &Incident, desk: &'d mut Desk) -> &'d Outcomes {
        let sheet = self.sheet;
        desk.found.columns = sheet.columns;
        desk.found.low.resize(sheet.lanes, 0);
        desk.found.high.resize(sheet.lanes, 0);
        if !self.at_once(place, desk) {
            self.slowly(sheet.laws.iter().copied(), incident, &mut desk.found);
        } else if !sheet.slow.is_empty() {
            self.slowly(sheet.slow.iter().copied(), incident, &mut desk.found);
        }
        &desk.found
    }

    /// Whether any clause of the sheet may cover the incident at that place of the roll: by time, doer, acceptance and place.
    /// What no clause covers has the same outcome whatever else they say.
    pub fn touches(&self, place: usize, desk: &mut Desk) -> bool {
        match self.may_cover(place, desk) {
            Some(lanes) if self.sheet.slow.is_empty() => lanes.iter().any(|lane| *lane != 0),
            _ => true,
        }
    }

    /// Clauses and readings that may cover the incident in some world; `None`: it cannot be told from numbers. Those that are
    /// left to the judge are not among them.
    pub(super) fn may_cover<'d>(&self, place: usize, desk: &'d mut Desk) -> Option<&'d [Lane]> {
        let entry = self.roll.entries.get(place).filter(|entry| !entry.odd)?;
        let lists = self.lists(entry)?;
        let worlds = lists.worlds();
        if worlds > WORLDS || worlds.saturating_mul(self.sheet.choices) > JUDGED {
            return None;
        }
        self.ready(desk);
        self.alive(&lists, worlds, desk);
        if desk.alive.iter().any(|lane| *lane != 0) {
            self.grounds(entry, desk);
        }
        Some(&desk.alive)
    }

    fn ready(&self, desk: &mut Desk) {
        desk.named.clear();
        desk.named.resize(self.sheet.named.len(), SILENT);
        desk.joined.clear();
        desk.joined.resize(self.sheet.lanes, Joined::NOTHING);
    }

    /// Clause by clause, by the judge.
    fn slowly(&self, laws: impl Iterator<Item = usize>, incident: &Incident, found: &mut Outcomes) {
        let judge = self.sheet.judge;
        let readings = judge.terms.readings.len();
        for number in laws {
            let Some(law) = judge.laws.get(number) else { continue };
            let per: Vec<Outcome> = law
                .shapes
                .iter()
                .map(|shape| Case::new(judge, law, shape, incident).verdict().outcome)
                .collect();
            for (reading, shape) in law.shape_of.iter().enumerate() {
                found.put(
                    number * readings + reading,
                    per.get(*shape).copied().unwrap_or(Outcome::Undetermined),
                );
            }
        }
    }

    /// In all clauses at once; false when that cannot be done.
    fn at_once(&self, place: usize, desk: &mut Desk) -> bool {
        let Some(entry) = self.roll.entries.get(place).filter(|entry| !entry.odd) else { return false };
        let Some(lists) = self.lists(entry) else { return false };
        let worlds = lists.worlds();
        if worlds > WORLDS || worlds.saturating_mul(self.sheet.choices) > JUDGED {
            return false;
        }
        let sheet = self.sheet;
        self.ready(desk);
        self.alive(&lists, worlds, desk);
        self.grounds(entry, desk);
        if desk.alive.iter().all(|lane| *lane == 0) {
            desk.found.low.fill(0);
            desk.found.high.fill(Lane::MAX);
            return true;
        }
        for number in 0..worlds {
            let world = world(&lists, number, &mut desk.named);
            if worlds > 1 {
                sheet.reach(&world, &mut desk.reached);
            }
            let lanes = desk.joined.iter_mut().zip(&desk.alive).zip(&desk.reached).enumerate();
            for (lane, ((joined, alive), reached)) in lanes {
                // Covered in no world: whatever else holds there, it is not covered.
                if *alive != 0 {
                    sheet.world(&world, *reached, &desk.grounds, lane, joined);
                }
            }
        }
        let found = desk.found.low.iter_mut().zip(desk.found.high.iter_mut());
        for ((joined, alive), (low, high)) in desk.joined.iter().zip(&desk.alive).zip(found) {
            if *alive == 0 {
                (*low, *high) = (0, Lane::MAX);
                continue;
            }
            let (none, less, worst) = (joined.not_covered, joined.not_prohibited, joined.prohibited);
            // One member left: that. In no world forbidden: not prohibited whoever did it, unless nothing is covered.
            let only_none = none & !less & !worst;
            let only_less = less & !worst & (!none | !joined.may);
            let only_worst = worst & !none & !less;
            let open = !(only_none | only_less | only_worst);
            *low = only_less | open;
            *high = only_none | open;
        }
        true
    }

    fn lists<'l>(&'l self, entry: &'l Entry) -> Option<Lists<'l>> {
        let sheet = self.sheet;
        let mut of: [&[Code]; DIMS] = [&[]; DIMS];
        for (list, code) in of.iter_mut().zip(&entry.codes) {
            *list = match code & MANY {
                0 => std::slice::from_ref(code),
                _ => self.roll.lists.get(usize::from(code & !MANY))?,
            };
        }
        let at = if entry.timeless { sheet.judge.known.as_of.seconds() } else { entry.when.0 };
        let moment = sheet.moments.partition_point(|from| *from <= at).checked_sub(1)?;
        let first = sheet.starts.partition_point(|from| *from <= entry.when.0).checked_sub(1)?;
        let more = sheet.starts.get(first + 1..).unwrap_or_default();
        let last = first + more.iter().take_while(|from| **from < entry.when.1).count();
        let rival = sheet.cover.get(first..=last)?.iter().any(|(most, least)| most != least);
        let said = self.said.get(usize::from(entry.said))?;
        Some(Lists { of, said, stretches: (first, last + 1), moment, rival })
    }

    /// Clauses that may cover the incident in some world, as far as anything but the place tells.
    fn alive(&self, lists: &Lists<'_>, worlds: usize, desk: &mut Desk) {
        let sheet = self.sheet;
        desk.alive.clear();
        desk.alive.resize(sheet.lanes, 0);
        for number in 0..worlds {
            let world = world(lists, number, &mut desk.named);
            sheet.reach(&world, &mut desk.reached);
            for (alive, reached) in desk.alive.iter_mut().zip(&desk.reached) {
                *alive |= reached.m;
            }
        }
    }

    /// Answers the questions on the place that matter to a clause that is alive.
    fn grounds(&self, entry: &Entry, desk: &mut Desk) {
        let sheet = self.sheet;
        desk.grounds.clear();
        desk.grounds.resize(sheet.grounds * sheet.lanes, Pair::FALSE);
        if sheet.grounds == 0 {
            return;
        }
        let near = if entry.place == 0 { sheet.grid.near(entry) } else { sheet.grid.every() };
        let [first, others] = near;
        let disc = Disc::new(entry.point, entry.within_m);
        self.answer(entry, &disc, first, desk);
        // Where it does not apply, nothing else on the place matters.
        if let Some(ground) = &sheet.applies.ground {
            let told = desk.grounds.get(ground.number * sheet.lanes..).unwrap_or_default();
            for ((alive, told), has) in desk.alive.iter_mut().zip(told).zip(&ground.has) {
                *alive &= told.m | !has;
            }
        }
        self.answer(entry, &disc, others, desk);
    }

    fn answer(&self, entry: &Entry, disc: &Disc, near: &[Near], desk: &mut Desk) {
        let sheet = self.sheet;
        for near in near {
            let told = if entry.place == 0 { near.told(entry.within_m) } else { None };
            // Most are told by the cell and asked in one lane: then without a branch, and also where no clause is alive, for
            // nobody reads it there.
            if let (Some(truth), true) = (told, near.bits != 0) {
                if let Some(pair) = desk.grounds.get_mut(near.slot as usize) {
                    pair.put_all(near.bits, truth);
                }
                continue;
            }
            let alive = desk.alive.get(usize::from(near.lane)).copied().unwrap_or(0);
            if near.bits & alive == 0 && (near.bits != 0 || !self.asked(near, desk)) {
                continue;
            }
            let truth = told.unwrap_or_else(|| self.look(entry, disc, near));
            if truth == Truth::False {
                continue;
            }
            if near.bits != 0 {
                if let Some(pair) = desk.grounds.get_mut(near.slot as usize) {
                    pair.put_all(near.bits, truth);
                }
                continue;
            }
            let uses = sheet.queries.get(near.query as usize).map(|query| query.uses.as_slice());
            for (ground, lane, place) in uses.unwrap_or_default() {
                if let Some(pair) = desk.grounds.get_mut(ground * sheet.lanes + lane) {
                    pair.put(*place, truth);
                }
            }
        }
    }

    /// Asks the outlines, or all that is known of the place.
    fn look(&self, entry: &Entry, disc: &Disc, near: &Near) -> Truth {
        let sheet = self.sheet;
        let Some(query) = sheet.queries.get(near.query as usize) else { return Truth::Unknown };
        match entry.place {
            0 => sheet.grid.truth(sheet.judge.areas, near.query, &query.leaf, disc),
            u32::MAX => Truth::Unknown,
            place => match self.roll.places.get(place as usize - 1) {
                Some(place) => places::truth(sheet.judge.areas, &query.leaf, place),
                None => Truth::Unknown,
            },
        }
    }

    /// Whether a clause that is alive asks a query that stands in several lanes or grounds.
    fn asked(&self, near: &Near, desk: &Desk) -> bool {
        let alive = |(_, lane, place): &(usize, usize, usize)| {
            desk.alive.get(*lane).is_some_and(|lane| lane & bit(*place) != 0)
        };
        self.sheet.queries.get(near.query as usize).is_some_and(|query| query.uses.iter().any(alive))
    }
}

/// One of the worlds, by its number.
fn world<'w>(lists: &Lists<'_>, number: usize, named: &'w mut [Code]) -> World<'w> {
    let mut left = number;
    let mut codes = [0; DIMS];
    for (code, list) in codes.iter_mut().zip(&lists.of) {
        *code = list.get(digit(&mut left, list.len())).copied().unwrap_or(0);
    }
    for (place, list) in lists.said {
        if let Some(code) = named.get_mut(*place) {
            *code = list.get(digit(&mut left, list.len())).copied().unwrap_or(SILENT);
        }
    }
    let most = digit(&mut left, 1 + usize::from(lists.rival)) == 0;
    let stretch = lists.stretches.0 + left;
    World { codes, named, silent: lists.said.is_empty(), stretch, moment: lists.moment, most }
}
