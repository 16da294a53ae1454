//! Who really said it: ten outlets quoting one observatory are one origin.
//!
//! Follows quotations, said or to be seen from the words, within one incident to their root: a later text that is an earlier one
//! with a few words changed rests on it, whoever signs. Never counts an outlet as a witness; a circle of quotations counts once,
//! and is shown as one.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Incident, Observation, ReceiptNo, SourceId};

use crate::known::order;
use crate::wording::near_copies;

/// A text is held against so many unlike earlier ones of its incident: a flood must not cost more than its length.
const UNLIKE: usize = 64;

/// On what a report rests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rests {
    /// It says that another said so.
    Quotes(SourceId),
    /// Its words are nearly those of an earlier report.
    Copies(ReceiptNo),
}

/// One step from a report to what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Derivation {
    /// The report.
    pub receipt: ReceiptNo,
    /// What it rests on.
    pub rests_on: Rests,
}

/// One independent origin of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Whose observation it is.
    pub origin: SourceId,
    /// Reports that rest on it.
    pub receipts: BTreeSet<ReceiptNo>,
    /// Sources that published it or through which it came, itself left out.
    pub outlets: BTreeSet<SourceId>,
    /// Whether its reports quote one another in a circle, so that nobody is left who saw it.
    pub circular: bool,
}

/// Of reports in their order, the earlier report of which each is a near copy.
fn copied<'a>(reports: &[&'a Observation]) -> Vec<Option<&'a Observation>> {
    let mut firsts: Vec<&Observation> = Vec::new();
    let mut found = Vec::with_capacity(reports.len());
    for report in reports {
        let first = report.wording.as_ref().and_then(|words| {
            firsts.iter().find(|first| first.wording.as_ref().is_some_and(|w| near_copies(w, words))).copied()
        });
        if first.is_none() && report.wording.is_some() && firsts.len() < UNLIKE {
            firsts.push(report);
        }
        found.push(first);
    }
    found
}

/// Who rests on whom: of every report its source and whose it is; of one that copies another origin's, that origin instead of itself.
fn voices<'a>(reports: &[&'a Observation]) -> Vec<(&'a SourceId, &'a SourceId)> {
    let mut all = Vec::with_capacity(reports.len());
    for (report, first) in reports.iter().zip(copied(reports)) {
        match first.filter(|first| first.origin != report.origin) {
            Some(first) => {
                all.push((&report.origin, &first.origin));
                if report.source != report.origin {
                    all.push((&report.source, &report.origin));
                }
            }
            None => all.push((&report.source, &report.origin)),
        }
    }
    all
}

/// The origin at the root of each one that speaks in these reports of one incident.
pub(crate) fn roots_of(mut reports: Vec<&Observation>) -> BTreeMap<SourceId, SourceId> {
    reports.sort_by(|a, b| order(a, b));
    roots(voices(&reports))
}

/// On what the reports of an incident rest, step by step: who quotes whom, and whose words are nearly another's. `observations` need
/// hold at least its reports.
#[must_use]
pub fn derivations(incident: &Incident, observations: &[Observation]) -> Vec<Derivation> {
    let receipts: BTreeSet<ReceiptNo> = incident.receipts().collect();
    let mut mine: Vec<&Observation> = observations.iter().filter(|o| receipts.contains(&o.receipt)).collect();
    mine.sort_by(|a, b| order(a, b));
    let mut all = Vec::new();
    for (report, first) in mine.iter().zip(copied(&mine)) {
        let step = |rests_on| Derivation { receipt: report.receipt, rests_on };
        all.extend((report.source != report.origin).then(|| step(Rests::Quotes(report.origin.clone()))));
        all.extend(first.map(|first| step(Rests::Copies(first.receipt))));
    }
    all
}

/// The origin at the root of each quoted one: when all that a source says here is another's, that other stands for it.
/// A circle stands under its first name.
fn roots<'a>(voices: impl IntoIterator<Item = (&'a SourceId, &'a SourceId)>) -> BTreeMap<SourceId, SourceId> {
    let mut quotes: BTreeMap<&SourceId, BTreeSet<&SourceId>> = BTreeMap::new();
    for (source, origin) in voices {
        quotes.entry(source).or_default().insert(origin);
        quotes.entry(origin).or_default();
    }
    let step = |source: &SourceId| -> Option<&SourceId> {
        let origins = quotes.get(source)?;
        match origins.iter().collect::<Vec<_>>().as_slice() {
            // Two different quotations, or its own word: then it stands for itself.
            [only] if **only != source => Some(**only),
            _ => None,
        }
    };
    let mut found = BTreeMap::new();
    for source in quotes.keys() {
        let mut path = vec![*source];
        let mut at = *source;
        let root = loop {
            match step(at) {
                None => break at,
                Some(next) => {
                    if let Some(start) = path.iter().position(|seen| *seen == next) {
                        break path.iter().skip(start).min().copied().unwrap_or(next);
                    }
                    path.push(next);
                    at = next;
                }
            }
        };
        found.insert((*source).clone(), root.clone());
    }
    found
}

/// Independent origins of an incident, by name. `observations` need hold at least its reports.
#[must_use]
pub fn origins(incident: &Incident, observations: &[Observation]) -> Vec<Origin> {
    let receipts: BTreeSet<ReceiptNo> = incident.receipts().collect();
    let mine: Vec<&Observation> = observations.iter().filter(|o| receipts.contains(&o.receipt)).collect();
    let roots = roots_of(mine.clone());
    let mut all: BTreeMap<SourceId, Origin> = BTreeMap::new();
    for report in &mine {
        let root = roots.get(&report.origin).unwrap_or(&report.origin);
        let entry = all.entry(root.clone()).or_insert_with(|| Origin {
            origin: root.clone(),
            receipts: BTreeSet::new(),
            outlets: BTreeSet::new(),
            circular: true,
        });
        entry.receipts.insert(report.receipt);
        entry.outlets.extend(
            [&report.source, &report.origin]
                .into_iter()
                .chain(&report.through)
                .filter(|s| *s != root)
                .cloned(),
        );
        // Somebody outside the incident's own sources, or the root itself, speaks at first hand.
        let first_hand =
            report.origin == *root && (report.source == *root || !mine.iter().any(|o| o.source == *root));
        entry.circular &= !first_hand;
    }
    all.into_values().collect()
}
