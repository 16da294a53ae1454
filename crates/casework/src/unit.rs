//! A unit: the reports by which one origin speaks of one event, first to last. What the last says holds; the rest is history.
//!
//! Never joins two origins, and never two rows of one origin unless the later says that it revises the earlier (or
//! bears its id). Comparison and clustering work on units, so that a re-dated report takes its new date along.

use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;

use truceline_model::{
    Act, ActorId, Attribution, Body, Bounds, Event, Interval, LikelyDays, Observation, ReceiptNo, SourceId,
    Target, Weapon, Wording, Zone,
};

use crate::decisions::Constraints;
use crate::known::{Dangling, Known};
use crate::likely::looked_for;
use crate::locate::{Locator, Shared, Where};
use crate::resolve::Context;
use crate::rules::Rules;
use crate::wording::{gist, mark_of};

/// One later report of an origin that replaces an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision {
    /// The earlier report.
    pub earlier: ReceiptNo,
    /// The later.
    pub later: ReceiptNo,
    /// Whose.
    pub origin: SourceId,
}

/// What the reports of a unit say together: everything by which it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) acts: BTreeSet<Act>,
    pub(crate) weapons: BTreeSet<Weapon>,
    pub(crate) targets: BTreeSet<Target>,
    pub(crate) when: Option<Interval>,
    /// First and last local day, counted from 1970; of a report that states none, the one by which it is looked for.
    pub(crate) days: Option<(i64, i64)>,
    /// On which days it may have been, where none is stated.
    pub(crate) likely: Option<LikelyDays>,
    pub(crate) at: Where,
    pub(crate) actors: Shared<ActorId>,
    /// The actors and all that they belonged to then.
    pub(crate) sides: Shared<ActorId>,
    pub(crate) attribution: Option<Attribution>,
    pub(crate) killed: Option<Bounds>,
    pub(crate) wording: Option<Wording>,
    /// What it shows or quotes, as hashes of pages.
    pub(crate) media: BTreeSet<u32>,
    /// Alike for near copies; 0 without words.
    pub(crate) gist: u64,
}

/// Reports of one origin on one event, with what they say together.
#[derive(Clone, Debug)]
pub(crate) struct Unit<'a> {
    /// In canonical order; the last is the head.
    pub(crate) reports: Vec<&'a Observation>,
    /// The same in the order in which they revise one another, where that is another one.
    told: Option<Vec<&'a Observation>>,
    /// Who published and whose observation it is, of every report.
    pub(crate) voices: BTreeSet<(&'a SourceId, &'a SourceId)>,
    /// What they say.
    pub(crate) account: Arc<Account>,
    /// Number of units within the same governorates and days, this one included and copies left out, in whole doublings.
    pub(crate) crowd: u32,
    /// Number of what it says: units of one class compare alike with every other.
    pub(crate) class: usize,
    /// The first unit with the same account of the same origin, when another outlet carried it.
    pub(crate) follows: Option<usize>,
}

impl Account {
    /// Whether there is something in it by which it can be found where day or place are lacking.
    pub(crate) fn has_marks(&self) -> bool {
        self.wording.is_some() || !self.media.is_empty()
    }
}

impl Deref for Unit<'_> {
    type Target = Account;

    fn deref(&self) -> &Account {
        &self.account
    }
}

impl<'a> Unit<'a> {
    /// A unit of reports whose account is known already.
    pub(crate) fn of(reports: Vec<&'a Observation>, account: Arc<Account>) -> Self {
        let voices = reports.iter().map(|o| (&o.source, &o.origin)).collect();
        let told = in_turn(&reports);
        Self { reports, told, voices, account, crowd: 1, class: 0, follows: None }
    }

    /// The report that stands for it.
    pub(crate) fn first(&self) -> Option<&'a Observation> {
        self.reports.first().copied()
    }

    /// The receipt that stands for it.
    pub(crate) fn receipt(&self) -> ReceiptNo {
        self.first().map_or(ReceiptNo(u64::MAX), |o| o.receipt)
    }

    /// Whether both hold a report of one source for one origin, whose rows tell of one event each.
    pub(crate) fn shares_voice(&self, other: &Unit<'_>, rules: &Rules) -> bool {
        self.voices
            .iter()
            .any(|voice| other.voices.contains(voice) && !rules.itemwise_sources.contains(voice.0))
    }

    /// Voices that list events one by one: a source's own reports for one origin.
    pub(crate) fn list_voices(&self, rules: &Rules) -> BTreeSet<(&'a SourceId, &'a SourceId)> {
        self.voices.iter().filter(|voice| !rules.itemwise_sources.contains(voice.0)).copied().collect()
    }

    /// Events in canonical order, but of one moment each after what it revises.
    pub(crate) fn events(&self) -> impl DoubleEndedIterator<Item = (&'a Observation, &'a Event)> + '_ {
        let told = self.told.as_ref().unwrap_or(&self.reports);
        told.iter().filter_map(|o| if let Body::Event(event) = &o.body { Some((*o, event)) } else { None })
    }
}

/// Local day of a moment, counted from 1970.
pub(crate) fn day_number(zone: &Zone, at: truceline_model::Instant) -> i64 {
    (at.seconds() + i64::from(zone.offset_seconds(at))).div_euclid(86_400)
}

/// What declared references give: units, declared links between them, revisions, and references that led nowhere.
pub(crate) struct Units<'a> {
    pub(crate) units: Vec<Unit<'a>>,
    /// Of each unit, the report by which it stands in the order of units.
    pub(crate) roots: Vec<&'a Observation>,
    /// Pairs of units that a source itself calls the same.
    pub(crate) same: Vec<(usize, usize)>,
    pub(crate) revisions: Vec<Revision>,
    pub(crate) dangling: Vec<Dangling>,
}

/// Gathers event reports into units.
pub(crate) fn gather<'a>(
    known: &Known<'a>,
    constraints: &Constraints,
    locator: &mut Locator<'_>,
    ctx: &Context<'_>,
) -> Units<'a> {
    let mut chains = Chains::new(known);
    let mut same_reports = Vec::new();
    let mut dangling = Vec::new();
    let mut revisions = Vec::new();
    for (at, report) in known.reports.iter().enumerate() {
        if !matches!(report.body, Body::Event(_)) {
            continue;
        }
        if let Some(earlier) = known.amends(at)
            && chains.join(earlier, at, constraints)
        {
            revisions.extend(revision(known, earlier, at));
        }
        for id in &report.revises {
            match known.meant(at, id).filter(|m| chains.is_event(*m)) {
                Some(m) if known.get(m).is_some_and(|o| o.origin == report.origin) => {
                    if chains.join(m, at, constraints) {
                        revisions.extend(revision(known, m, at));
                    }
                }
                // A revision of somebody else's report is no revision; that it speaks of the same event stands.
                Some(m) => same_reports.push((m, at)),
                None => dangling.push(Dangling { receipt: report.receipt, field: "revises", id: id.clone() }),
            }
        }
        for id in &report.same_as {
            match known.meant(at, id).filter(|m| chains.is_event(*m)) {
                Some(m) => same_reports.push((m, at)),
                None => dangling.push(Dangling { receipt: report.receipt, field: "same_as", id: id.clone() }),
            }
        }
    }
    let (members, roots, unit_of) = chains.members();
    let roots = roots.into_iter().filter_map(|at| known.get(at)).collect();
    let units = members
        .into_iter()
        .map(|reports| {
            let reports: Vec<&Observation> = reports.into_iter().filter_map(|at| known.get(at)).collect();
            combine(reports, locator, ctx)
        })
        .collect();
    let unit = |at: usize| unit_of.get(at).copied().flatten();
    let mut same: Vec<(usize, usize)> = same_reports
        .into_iter()
        .filter_map(|(a, b)| Some((unit(a)?, unit(b)?)))
        .filter(|(a, b)| a != b)
        .map(|(a, b)| (a.min(b), a.max(b)))
        .collect();
    same.sort_unstable();
    same.dedup();
    revisions.sort();
    revisions.dedup();
    dangling.sort();
    Units { units, roots, same, revisions, dangling }
}

fn revision(known: &Known<'_>, earlier: usize, later: usize) -> Option<Revision> {
    let (first, second) = (known.get(earlier.min(later))?, known.get(earlier.max(later))?);
    Some(Revision { earlier: first.receipt, later: second.receipt, origin: second.origin.clone() })
}

/// Reports joined into chains, by position.
struct Chains<'k, 'a> {
    known: &'k Known<'a>,
    parent: Vec<usize>,
    members: Vec<Vec<usize>>,
}

impl<'k, 'a> Chains<'k, 'a> {
    fn new(known: &'k Known<'a>) -> Self {
        let n = known.reports.len();
        Self { known, parent: (0..n).collect(), members: (0..n).map(|at| vec![at]).collect() }
    }

    fn is_event(&self, at: usize) -> bool {
        self.known.get(at).is_some_and(|o| matches!(o.body, Body::Event(_)))
    }

    /// Joins two chains, unless a person keeps two of their reports apart.
    fn join(&mut self, a: usize, b: usize, constraints: &Constraints) -> bool {
        let (Some(root_a), Some(root_b)) = (self.parent.get(a).copied(), self.parent.get(b).copied()) else {
            return false;
        };
        if root_a == root_b {
            return true;
        }
        let (into, from) = (root_a.min(root_b), root_a.max(root_b));
        let receipts = |root: usize| {
            self.members
                .get(root)
                .into_iter()
                .flatten()
                .filter_map(|at| self.known.get(*at))
                .map(|o| o.receipt)
        };
        if !constraints.none_apart()
            && receipts(into).any(|x| receipts(from).any(|y| constraints.apart(x, y).is_some()))
        {
            return false;
        }
        let moved = self.members.get_mut(from).map(std::mem::take).unwrap_or_default();
        for at in &moved {
            if let Some(parent) = self.parent.get_mut(*at) {
                *parent = into;
            }
        }
        if let Some(members) = self.members.get_mut(into) {
            members.extend(moved);
            members.sort_unstable();
        }
        true
    }

    /// Chains of events, by their first report; that report; and for each report its unit.
    fn members(self) -> (Vec<Vec<usize>>, Vec<usize>, Vec<Option<usize>>) {
        let mut unit_of = vec![None; self.parent.len()];
        let (mut units, mut roots) = (Vec::new(), Vec::new());
        let is_event: Vec<bool> = (0..self.parent.len()).map(|at| self.is_event(at)).collect();
        for (root, members) in self.members.into_iter().enumerate() {
            let events: Vec<usize> =
                members.into_iter().filter(|at| is_event.get(*at).copied().unwrap_or(false)).collect();
            if events.is_empty() {
                continue;
            }
            for at in &events {
                if let Some(slot) = unit_of.get_mut(*at) {
                    *slot = Some(units.len());
                }
            }
            units.push(events);
            roots.push(root);
        }
        (units, roots, unit_of)
    }
}

/// So many reports of one moment are brought into the order of their revisions; a longer run stays as it came.
const AT_ONCE: usize = 64;

/// Reports in their order, but what became known at the very same moment after what it revises: a text that first gives one figure
/// and then a later one is one moment.
/// `None` where that is their order anyway.
fn in_turn<'a>(reports: &[&'a Observation]) -> Option<Vec<&'a Observation>> {
    if reports.len() < 2 || reports.iter().all(|o| o.revises.is_empty()) {
        return None;
    }
    let mut all = Vec::with_capacity(reports.len());
    for run in reports.chunk_by(|a, b| a.known == b.known) {
        if run.len() > AT_ONCE || run.iter().all(|o| o.revises.is_empty()) {
            all.extend_from_slice(run);
            continue;
        }
        let mut waiting: Vec<&Observation> = run.to_vec();
        while !waiting.is_empty() {
            let free = |o: &&Observation| {
                !waiting
                    .iter()
                    .any(|other| other.receipt != o.receipt && o.revises.contains(&other.sender_id))
            };
            // A circle of revisions has no first: the order of reports holds.
            let next = waiting.iter().position(free).unwrap_or(0);
            all.push(waiting.remove(next));
        }
    }
    let moved = all.iter().zip(reports).any(|(a, b)| a.receipt != b.receipt);
    moved.then_some(all)
}

/// What the reports say together: for each attribute the last that states it.
pub(crate) fn combine<'a>(
    reports: Vec<&'a Observation>,
    locator: &mut Locator<'_>,
    ctx: &Context<'_>,
) -> Unit<'a> {
    let told = in_turn(&reports);
    let told = told.as_ref().unwrap_or(&reports);
    let events = || {
        let event = |o: &&'a Observation| if let Body::Event(event) = &o.body { Some(event) } else { None };
        told.iter().rev().filter_map(event)
    };
    let last = |test: &dyn Fn(&Event) -> bool| events().find(|event| test(event));
    let when = last(&|e| e.when.is_some()).and_then(|e| e.when);
    let place = last(&|e| e.place.is_some()).and_then(|e| e.place.as_ref());
    let accusing = last(&|e| e.attribution.is_some() || !e.actors.is_empty());
    let actors = accusing.map(|e| e.actors.clone()).unwrap_or_default();
    let wording = told.iter().rev().find_map(|o| o.wording.clone());
    let likely = told.iter().rev().find_map(|o| o.likely.clone()).filter(|_| when.is_none());
    let local =
        |w: Interval| (day_number(ctx.zone, w.start()), day_number(ctx.zone, w.end().plus_seconds(-1)));
    let account = Account {
        acts: last(&|e| !e.acts.is_empty()).map(|e| e.acts.clone()).unwrap_or_default(),
        weapons: last(&|e| !e.weapons.is_empty()).map(|e| e.weapons.clone()).unwrap_or_default(),
        targets: last(&|e| !e.targets.is_empty()).map(|e| e.targets.clone()).unwrap_or_default(),
        when,
        days: when.map(local).or_else(|| likely.as_ref().and_then(looked_for)),
        likely,
        at: place.map(|p| locator.locate(p)).unwrap_or_default(),
        sides: locator.people(sides(&actors, when, ctx)),
        actors: locator.people(actors),
        attribution: accusing.and_then(|e| e.attribution),
        killed: last(&|e| e.casualties.killed.is_some()).and_then(|e| e.casualties.killed),
        gist: gist(wording.as_ref()),
        wording,
        media: told.iter().flat_map(|o| &o.media).map(|page| mark_of(page)).collect(),
    };
    Unit::of(reports, Arc::new(account))
}

/// The actors and all that they belonged to when it happened.
fn sides(actors: &BTreeSet<ActorId>, when: Option<Interval>, ctx: &Context<'_>) -> BTreeSet<ActorId> {
    let mut all = actors.clone();
    let mut waiting: Vec<ActorId> = actors.iter().cloned().collect();
    while let Some(next) = waiting.pop() {
        let memberships = ctx.actors.get(&next).map(|a| a.member_of.as_slice()).unwrap_or_default();
        for membership in memberships {
            let then = when.is_none_or(|w| membership.during.intersect(w).is_some());
            if then && all.insert(membership.of.clone()) {
                waiting.push(membership.of.clone());
            }
        }
    }
    all
}
