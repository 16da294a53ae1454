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

/// What moved from one resolution to a later one, in a stable order.
#[must_use]
pub fn moved(before: &Resolved, after: &Resolved) -> Vec<Moved> {
    let mut all = BTreeSet::new();
    let mut followed: BTreeMap<&IncidentId, &IncidentId> = BTreeMap::new();
    for incident in &before.incidents {
        // An incident goes where its first report goes.
        if let Some(now) = incident.links.first().and_then(|link| after.incident_of.get(&link.receipt)) {
            followed.insert(&incident.id, now);
            if *now != incident.id {
                all.insert(Moved::Renamed { from: incident.id.clone(), to: now.clone() });
            }
        }
    }
    let kept: BTreeSet<&IncidentId> = followed.values().copied().collect();
    for (receipt, now) in &after.incident_of {
        match before.incident_of.get(receipt) {
            None => {
                let first = after.incident(now).and_then(|i| i.links.first());
                let existed = kept.contains(now);
                let opened = !existed && first.is_some_and(|link| link.receipt == *receipt);
                let (receipt, incident) = (*receipt, now.clone());
                all.insert(if opened {
                    Moved::Opened { receipt, incident }
                } else {
                    Moved::Joined { receipt, incident }
                });
            }
            Some(from) if followed.get(from).is_none_or(|to| *to != now) => {
                all.insert(Moved::Went { receipt: *receipt, from: from.clone(), to: now.clone() });
            }
            Some(_) => {}
        }
    }
    for incident in &before.incidents {
        if let Some(now) =
            after.incident(&incident.id).filter(|now| now.id == incident.id && differs(incident, now))
        {
            all.insert(Moved::Changed {
                incident: incident.id.clone(),
                before: incident.version,
                after: now.version,
            });
        }
    }
    all.into_iter().collect()
}

fn differs(a: &Incident, b: &Incident) -> bool {
    a != b
}
