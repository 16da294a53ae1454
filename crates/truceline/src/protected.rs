//! The log as it may be published: reports of sealed sources coarsened by the one rule of `publish`, and whatever else tells of them left
//! out, before anything is derived. People's decisions go on holding for what they were made of.
//!
//! The mission's own commands derive from the reports as they came.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use truceline_casework::{Decision, PersonDecision, Side, incident_id};
use truceline_model::{IncidentId, Observation, ReceiptNo, SourceId};
use truceline_publish::protect::{Published, published};

use crate::loaded::{Judged, Loaded};
use crate::words::SEALED;

/// Whether an id stands for a sealed source.
pub(crate) fn is_sealed(id: &SourceId) -> bool {
    id.as_str().starts_with(SEALED)
}

/// Whether anything came from a sealed source, so that what may be published is not the log as it is.
pub(crate) fn holds_sealed(loaded: &Loaded) -> bool {
    loaded.words.values().any(|words| is_sealed(&words.source))
        || loaded.observations.iter().any(is_told_by_sealed)
}

/// What may be published of a log; the same, where no source is sealed.
pub(crate) fn of(loaded: Arc<Loaded>) -> Arc<Loaded> {
    if !holds_sealed(&loaded) {
        return loaded;
    }
    let texts: BTreeSet<ReceiptNo> =
        loaded.words.values().filter(|words| is_sealed(&words.source)).map(|words| words.receipt).collect();
    let mission = &loaded.mission;
    let all = published(&loaded.observations, &is_sealed, &mission.areas, &mission.zone);
    let names = Names::of(&loaded, &all);
    let steps = loaded.proposed.iter().filter(|step| texts.contains(&step.id.words));
    let hidden: BTreeSet<ReceiptNo> =
        steps.map(|step| ReceiptNo(step.entry)).chain(texts.iter().copied()).collect();
    let mut out = Loaded::clone(&loaded);
    out.decisions = loaded.decisions.iter().map(|decision| names.decision(decision)).collect();
    out.judged = loaded.judged.iter().map(|judged| names.judged(judged)).collect();
    out.words.retain(|receipt, _| !hidden.contains(receipt));
    out.proposed.retain(|step| !texts.contains(&step.id.words));
    out.quoted.retain(|receipt, quoted| !hidden.contains(receipt) && !texts.contains(&quoted.words));
    out.attachments.retain(|file| !texts.contains(&file.report));
    out.requests.clear();
    // Even that something could not be read says that something came.
    out.refused.retain(|refused| !hidden.contains(&refused.receipt));
    out.observations = all.observations;
    Arc::new(out)
}

/// Receipts of what protected sources sent: reports, texts, and what people confirmed out of these.
pub(crate) fn receipts(loaded: &Loaded) -> BTreeSet<ReceiptNo> {
    let mut all: BTreeSet<ReceiptNo> =
        loaded.observations.iter().filter(|o| is_told_by_sealed(o)).map(|o| o.receipt).collect();
    all.extend(loaded.words.values().filter(|words| is_sealed(&words.source)).map(|words| words.receipt));
    let steps = loaded.proposed.iter().filter(|step| all.contains(&step.id.words));
    let steps: Vec<ReceiptNo> = steps.map(|step| ReceiptNo(step.entry)).collect();
    all.extend(steps);
    all
}

/// Under which receipt a report of a protected source is published; `None`: it is left out. Reports of other sources keep theirs and are not here.
pub(crate) fn renamed(loaded: &Loaded) -> BTreeMap<ReceiptNo, Option<ReceiptNo>> {
    let mission = &loaded.mission;
    let all = published(&loaded.observations, &is_sealed, &mission.areas, &mission.zone);
    let mut names: BTreeMap<ReceiptNo, Option<ReceiptNo>> =
        all.left_out.iter().map(|receipt| (*receipt, None)).collect();
    names.extend(all.receipts.iter().map(|(receipt, name)| (*receipt, Some(*name))));
    names
}

fn is_told_by_sealed(o: &Observation) -> bool {
    is_sealed(&o.source) || is_sealed(&o.origin) || o.through.iter().any(is_sealed)
}

/// The names under which things are published, by those that people decided on.
struct Names {
    receipts: BTreeMap<ReceiptNo, ReceiptNo>,
    left_out: BTreeSet<ReceiptNo>,
    incidents: BTreeMap<IncidentId, IncidentId>,
}

impl Names {
    fn of(loaded: &Loaded, all: &Published) -> Self {
        let by_receipt: BTreeMap<ReceiptNo, &Observation> =
            all.observations.iter().map(|o| (o.receipt, o)).collect();
        let renamed = |o: &Observation| {
            let now = by_receipt.get(all.receipts.get(&o.receipt)?)?;
            Some((incident_id(o), incident_id(now)))
        };
        Self {
            receipts: all.receipts.clone(),
            left_out: all.left_out.clone(),
            incidents: loaded.observations.iter().filter_map(renamed).collect(),
        }
    }

    fn incident(&self, id: &IncidentId) -> IncidentId {
        self.incidents.get(id).unwrap_or(id).clone()
    }

    fn receipts(&self, all: &BTreeSet<ReceiptNo>) -> BTreeSet<ReceiptNo> {
        let kept = all.iter().filter(|receipt| !self.left_out.contains(receipt));
        kept.map(|receipt| *self.receipts.get(receipt).unwrap_or(receipt)).collect()
    }

    fn side(&self, side: &Side) -> Side {
        Side { incident: self.incident(&side.incident), receipts: self.receipts(&side.receipts) }
    }

    fn decision(&self, decision: &PersonDecision) -> PersonDecision {
        let what = match &decision.what {
            Decision::Merge { a, b } => Decision::Merge { a: self.side(a), b: self.side(b) },
            Decision::Split { incident, receipts, kept } => Decision::Split {
                incident: self.incident(incident),
                receipts: self.receipts(receipts),
                kept: self.receipts(kept),
            },
            Decision::Undo { entry } => Decision::Undo { entry: *entry },
        };
        PersonDecision { what, ..decision.clone() }
    }

    fn judged(&self, judged: &Judged) -> Judged {
        Judged { incident: self.incident(&judged.incident), ..judged.clone() }
    }
}
