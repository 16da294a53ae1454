//! What a new report or decision moved: two resolutions of one record held against one another.
//!
//! Says only what differs; never why (the links say that).

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Incident, IncidentId, ReceiptNo};

use crate::resolve::Resolved;

/// One thing that moved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moved {
    /// A report opened an incident of its own.
    Opened {
        /// The report.
        receipt: ReceiptNo,
        /// The incident.
        incident: IncidentId,
    },
    /// A new report joined an incident.
    Joined {
        /// The report.
        receipt: ReceiptNo,
        /// The incident.
        incident: IncidentId,
    },
    /// A report that stood in one incident now stands in another.
    Went {
        /// The report.
        receipt: ReceiptNo,
        /// Where it stood, by the id of then.
        from: IncidentId,
        /// Where it stands.
        to: IncidentId,
    },
    /// An incident answers to another id: an earlier report came in, or two became one.
    Renamed {
        /// The id before.
        from: IncidentId,
        /// The id now.
        to: IncidentId,
    },
    /// An incident is the same and says something else.
    Changed {
        /// The incident.
        incident: IncidentId,
        /// Its version before.
        before: u32,
        /// Its version now.
        after: u32,
    },
}

/// An incident as far as it can move: its id, first report and version, and all its reports.
pub(crate) struct Stand {
    pub(crate) id: IncidentId,
    pub(crate) first: Option<ReceiptNo>,
    pub(crate) version: u32,
    pub(crate) receipts: Vec<ReceiptNo>,
}

impl Stand {
    fn of(incident: &Incident) -> Self {
        let receipts: Vec<ReceiptNo> = incident.receipts().collect();
        let first = receipts.first().copied();
        Self { id: incident.id.clone(), first, version: incident.version, receipts }
    }
}

/// What moved from one resolution to a later one, in a stable order.
#[must_use]
pub fn moved(before: &Resolved, after: &Resolved) -> Vec<Moved> {
    let stands = |resolved: &Resolved| resolved.incidents.iter().map(Stand::of).collect::<Vec<_>>();
    compare(&stands(before), &stands(after), |a, b| before.incidents.get(a) != after.incidents.get(b))
}

/// The same of what stood and what stands; `differs` tells of two by their positions whether the one says anything else.
pub(crate) fn compare(
    before: &[Stand],
    after: &[Stand],
    mut differs: impl FnMut(usize, usize) -> bool,
) -> Vec<Moved> {
    let of = |stands: &'_ [Stand]| -> BTreeMap<ReceiptNo, usize> {
        let each = stands.iter().enumerate();
        each.flat_map(|(at, stand)| stand.receipts.iter().map(move |receipt| (*receipt, at))).collect()
    };
    let (was, is) = (of(before), of(after));
    let mut all = BTreeSet::new();
    // Where each incident went: an incident goes where its first report goes.
    let mut followed: Vec<Option<usize>> = Vec::with_capacity(before.len());
    for stand in before {
        let now = stand.first.and_then(|first| is.get(&first)).copied();
        if let Some(now) = now.and_then(|now| after.get(now)).filter(|now| now.id != stand.id) {
            all.insert(Moved::Renamed { from: stand.id.clone(), to: now.id.clone() });
        }
        followed.push(now);
    }
    let kept: BTreeSet<usize> = followed.iter().flatten().copied().collect();
    for (at, now) in after.iter().enumerate() {
        for receipt in &now.receipts {
            let (receipt, incident) = (*receipt, now.id.clone());
            match was.get(&receipt) {
                None if !kept.contains(&at) && now.first == Some(receipt) => {
                    all.insert(Moved::Opened { receipt, incident });
                }
                None => {
                    all.insert(Moved::Joined { receipt, incident });
                }
                Some(from) if followed.get(*from).copied().flatten() != Some(at) => {
                    let from = before.get(*from).map_or_else(|| incident.clone(), |from| from.id.clone());
                    all.insert(Moved::Went { receipt, from, to: incident });
                }
                Some(_) => {}
            }
        }
    }
    let by_id: BTreeMap<&IncidentId, usize> =
        after.iter().enumerate().map(|(at, now)| (&now.id, at)).collect();
    for (at, stand) in before.iter().enumerate() {
        if let Some(same) = by_id.get(&stand.id).copied()
            && let Some(now) = after.get(same)
            && differs(at, same)
        {
            all.insert(Moved::Changed {
                incident: stand.id.clone(),
                before: stand.version,
                after: now.version,
            });
        }
    }
    all.into_iter().collect()
}
