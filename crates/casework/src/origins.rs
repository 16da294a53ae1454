//! Who really said it: ten outlets quoting one observatory are one origin.
//!
//! Follows quotations within one incident to their root. Never counts an outlet as a witness; a circle of quotations
//! counts once, and is shown as one.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Incident, Observation, ReceiptNo, SourceId};

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

/// The origin at the root of each quoted one: when all that a source says here is another's, that other stands for it.
/// A circle stands under its first name.
pub(crate) fn roots<'a>(
    voices: impl IntoIterator<Item = (&'a SourceId, &'a SourceId)>,
) -> BTreeMap<SourceId, SourceId> {
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
    let roots = roots(mine.iter().map(|o| (&o.source, &o.origin)));
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
