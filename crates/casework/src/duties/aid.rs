//! Aid on its way: asked, approved or refused, the convoy left, items taken out, sent back, arrived; each stage as each origin tells it.
//!
//! A stage that nobody speaks of is not told; that is no refusal. What was counted at a stage stands by origin and is never added.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    ActorId, Body, Bounds, Delivery, DeliveryStage, Instant, Interval, MeasureId, Observation, Place,
    ReceiptNo, SourceId,
};

use super::standing;
use crate::known::Known;

/// What one origin says of one stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageSaid {
    /// Whose account it is.
    pub origin: SourceId,
    /// The report.
    pub receipt: ReceiptNo,
    /// When it was so, as the report says.
    pub when: Option<Interval>,
    /// When that became known (UTC).
    pub known: Instant,
    /// What: the goods, or the items taken out.
    pub item: String,
    /// How much, in the source's words.
    pub quantity: Option<String>,
    /// Who did it: approved, refused, took out.
    pub actors: BTreeSet<ActorId>,
    /// Lorries, people and what else was counted, as bounds.
    pub amounts: BTreeMap<MeasureId, Bounds>,
    /// Where to.
    pub place: Option<Place>,
}

/// One convoy, or one delivery that no source names as part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AidPassage {
    /// Its name or number; `None` when no source gives one.
    pub convoy: Option<String>,
    /// Stages that somebody speaks of, each with everything said.
    pub stages: BTreeMap<DeliveryStage, Vec<StageSaid>>,
}

impl AidPassage {
    /// The stage furthest on the way that anybody tells of; refused and sent back end it where they stand.
    #[must_use]
    pub fn furthest(&self) -> Option<DeliveryStage> {
        self.stages.keys().next_back().copied()
    }

    /// Whether origins give different bounds for one measure at one stage; they stand side by side.
    #[must_use]
    pub fn disputed(&self) -> bool {
        self.stages.values().any(|said| {
            let mut given: BTreeMap<&MeasureId, BTreeSet<(u32, Option<u32>)>> = BTreeMap::new();
            for (measure, bounds) in said.iter().flat_map(|one| &one.amounts) {
                given.entry(measure).or_default().insert((bounds.min, bounds.max));
            }
            given.values().any(|values| values.len() > 1)
        })
    }
}

/// Every delivery known by then, in the order in which each was first spoken of. Reports belong together by the convoy that they name,
/// or when one says that it speaks of the same as another.
#[must_use]
pub fn aid(observations: &[Observation], as_of: Instant) -> Vec<AidPassage> {
    let known = Known::by(observations, as_of);
    let stands: BTreeSet<ReceiptNo> = standing(&known).iter().map(|report| report.receipt).collect();
    let mut group: Vec<usize> = (0..known.reports.len()).collect();
    let mut convoys: BTreeMap<String, usize> = BTreeMap::new();
    for (at, report) in known.reports.iter().enumerate() {
        let Body::Delivery(aid) = &report.body else { continue };
        let mut same: Vec<usize> = report.same_as.iter().filter_map(|id| known.meant(at, id)).collect();
        if let Some(name) = aid.convoy.as_deref() {
            same.push(*convoys.entry(name.trim().to_lowercase()).or_insert(at));
        }
        for other in same {
            join(&mut group, at, other);
        }
    }
    let mut all: BTreeMap<usize, AidPassage> = BTreeMap::new();
    for (at, report) in known.reports.iter().enumerate() {
        let Body::Delivery(aid) = &report.body else { continue };
        if !stands.contains(&report.receipt) {
            continue;
        }
        let passage = all
            .entry(root(&group, at))
            .or_insert_with(|| AidPassage { convoy: None, stages: BTreeMap::new() });
        if passage.convoy.is_none() {
            passage.convoy.clone_from(&aid.convoy);
        }
        passage.stages.entry(aid.reached).or_default().push(stage_said(report, aid));
    }
    all.into_values().collect()
}

fn stage_said(report: &Observation, aid: &Delivery) -> StageSaid {
    StageSaid {
        origin: report.origin.clone(),
        receipt: report.receipt,
        when: aid.when,
        known: report.known,
        item: aid.item.clone(),
        quantity: aid.quantity.clone(),
        actors: aid.actors.clone(),
        amounts: aid.amounts.clone(),
        place: aid.place.clone(),
    }
}

fn root(group: &[usize], mut at: usize) -> usize {
    while let Some(next) = group.get(at).copied().filter(|next| *next != at) {
        at = next;
    }
    at
}

/// Joins two groups under the one spoken of first.
fn join(group: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(group, a), root(group, b));
    if let Some(slot) = group.get_mut(a.max(b)) {
        *slot = a.min(b);
    }
}
