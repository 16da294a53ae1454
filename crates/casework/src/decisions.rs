//! What people decide about incidents: merge, split, undo. Each is an entry of the log and holds what the person saw.
//!
//! Never lets a machine undo a person: a later link, a better score or a new report moves nothing that a decision fixed.
//! Between two decisions on the same pair of reports the later entry holds. Pure: `decide_*` makes a decision out of
//! what was on the screen, [`Constraints`] applies all of them.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Incident, IncidentId, Instant, ReceiptNo};

/// One decision, as its log entry holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonDecision {
    /// Number of its entry.
    pub entry: u64,
    /// When it was taken; it does not exist before (UTC).
    pub at: Instant,
    /// Who took it: a role or a pseudonym, never shown outside the mission.
    pub by: String,
    /// Why, in their words.
    pub why: String,
    /// What.
    pub what: Decision,
}

/// What was decided. Receipts are those that the person saw in the incident: later reports are not in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Two incidents are one.
    Merge {
        /// The one.
        a: Side,
        /// The other.
        b: Side,
    },
    /// Some reports of an incident tell of another event: they leave it together.
    Split {
        /// The incident as the person saw it.
        incident: IncidentId,
        /// Reports that leave.
        receipts: BTreeSet<ReceiptNo>,
        /// Reports that stay.
        kept: BTreeSet<ReceiptNo>,
    },
    /// An earlier decision no longer holds. Undoing an undo restores.
    Undo {
        /// The entry of the earlier decision.
        entry: u64,
    },
}

/// One side of a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// The incident as the person saw it.
    pub incident: IncidentId,
    /// Its reports then.
    pub receipts: BTreeSet<ReceiptNo>,
}

/// Why a decision cannot be made of what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecideError {
    /// An incident cannot be merged with itself.
    SameIncident,
    /// No report to split off was named, or none would stay.
    NothingLeft,
    /// A named report is not in the incident.
    NotInIncident(ReceiptNo),
}

impl std::fmt::Display for DecideError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SameIncident => f.write_str("these are one incident already; name two"),
            Self::NothingLeft => f.write_str("name at least one report that leaves, and leave at least one"),
            Self::NotInIncident(receipt) => {
                write!(f, "{receipt} is not a report of this incident; look at its list of reports")
            }
        }
    }
}

impl std::error::Error for DecideError {}

impl Decision {
    /// A merge of two incidents as they are on the screen.
    ///
    /// # Errors
    /// When they are one.
    pub fn merge(a: &Incident, b: &Incident) -> Result<Self, DecideError> {
        let side = |i: &Incident| Side { incident: i.id.clone(), receipts: i.receipts().collect() };
        if a.id == b.id { Err(DecideError::SameIncident) } else { Ok(Self::Merge { a: side(a), b: side(b) }) }
    }

    /// A split of some reports from an incident as it is on the screen.
    ///
    /// # Errors
    /// When a report is not in it, or one side would be empty.
    pub fn split(incident: &Incident, receipts: &BTreeSet<ReceiptNo>) -> Result<Self, DecideError> {
        let all: BTreeSet<ReceiptNo> = incident.receipts().collect();
        if let Some(stranger) = receipts.difference(&all).next() {
            return Err(DecideError::NotInIncident(*stranger));
        }
        let kept: BTreeSet<ReceiptNo> = all.difference(receipts).copied().collect();
        if receipts.is_empty() || kept.is_empty() {
            return Err(DecideError::NothingLeft);
        }
        Ok(Self::Split { incident: incident.id.clone(), receipts: receipts.clone(), kept })
    }

    /// Receipts that it speaks of.
    fn receipts(&self) -> BTreeSet<ReceiptNo> {
        match self {
            Self::Merge { a, b } => a.receipts.union(&b.receipts).copied().collect(),
            Self::Split { receipts, kept, .. } => receipts.union(kept).copied().collect(),
            Self::Undo { .. } => BTreeSet::new(),
        }
    }
}

/// A pair of reports, the lower receipt first.
type Pair = (ReceiptNo, ReceiptNo);

fn pair(a: ReceiptNo, b: ReceiptNo) -> Pair {
    if a < b { (a, b) } else { (b, a) }
}

/// All decisions that hold, as pairs that belong together or apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Constraints {
    /// Together, latest entry first.
    pub(crate) together: Vec<(u64, ReceiptNo, ReceiptNo)>,
    apart: BTreeMap<ReceiptNo, BTreeMap<ReceiptNo, u64>>,
    /// Entries (undone ones and undos too) that speak of a report, and all reports that those entries speak of.
    touching: BTreeMap<ReceiptNo, BTreeSet<u64>>,
    spoken: BTreeMap<u64, BTreeSet<ReceiptNo>>,
}

impl Constraints {
    /// Applies the decisions taken by `as_of`, in the order of their entries whatever the order given.
    pub(crate) fn of(decisions: &[PersonDecision], as_of: Instant) -> Self {
        let by_entry: BTreeMap<u64, &PersonDecision> =
            decisions.iter().filter(|d| d.at <= as_of).map(|d| (d.entry, d)).collect();
        let undone = undone(&by_entry);
        let mut pairs: BTreeMap<Pair, (bool, u64)> = BTreeMap::new();
        for (entry, decision) in by_entry.iter().filter(|(entry, _)| !undone.contains(entry)) {
            match &decision.what {
                Decision::Merge { a, b } => {
                    // Each side stays whole by itself, should a later split take the two apart again.
                    chain(&mut pairs, &a.receipts, *entry);
                    chain(&mut pairs, &b.receipts, *entry);
                    // Every cross pair, so that it also takes back an earlier split of the two.
                    for (x, y) in cross(&a.receipts, &b.receipts) {
                        pairs.insert(pair(x, y), (true, *entry));
                    }
                }
                Decision::Split { receipts, kept, .. } => {
                    chain(&mut pairs, receipts, *entry);
                    for (x, y) in cross(receipts, kept) {
                        pairs.insert(pair(x, y), (false, *entry));
                    }
                }
                Decision::Undo { .. } => {}
            }
        }
        let mut all = Self::default();
        for ((x, y), (together, entry)) in pairs {
            if together {
                all.together.push((entry, x, y));
            } else {
                all.apart.entry(x).or_default().insert(y, entry);
                all.apart.entry(y).or_default().insert(x, entry);
            }
        }
        all.together.sort_by_key(|(entry, x, y)| (std::cmp::Reverse(*entry), *x, *y));
        all.note_touching(&by_entry);
        all
    }

    fn note_touching(&mut self, by_entry: &BTreeMap<u64, &PersonDecision>) {
        for (entry, decision) in by_entry {
            let spoken = match &decision.what {
                Decision::Undo { entry: undone } => self.spoken.get(undone).cloned().unwrap_or_default(),
                what => what.receipts(),
            };
            for receipt in &spoken {
                self.touching.entry(*receipt).or_default().insert(*entry);
            }
            self.spoken.insert(*entry, spoken);
        }
    }

    /// Reports that an entry speaks of; of an undo, those of what it takes back.
    pub(crate) fn spoken(&self, entry: u64) -> impl Iterator<Item = ReceiptNo> + '_ {
        self.spoken.get(&entry).into_iter().flatten().copied()
    }

    /// The entry that keeps two reports apart, if any.
    pub(crate) fn apart(&self, a: ReceiptNo, b: ReceiptNo) -> Option<u64> {
        self.apart.get(&a)?.get(&b).copied()
    }

    /// Whether anything is kept apart at all.
    pub(crate) fn none_apart(&self) -> bool {
        self.apart.is_empty()
    }

    /// Whether any decision speaks of a report.
    pub(crate) fn speaks_of(&self, receipt: ReceiptNo) -> bool {
        self.touching.contains_key(&receipt)
    }

    /// Decisions that changed an incident with these reports, and the reports that they spoke of.
    pub(crate) fn changes(&self, receipts: &BTreeSet<ReceiptNo>) -> (BTreeSet<u64>, BTreeSet<ReceiptNo>) {
        let entries: BTreeSet<u64> =
            receipts.iter().filter_map(|r| self.touching.get(r)).flatten().copied().collect();
        let spoken = entries.iter().filter_map(|e| self.spoken.get(e)).flatten().copied().collect();
        (entries, spoken)
    }
}

/// Entries that no longer hold as of a moment, because a person took them back: decisions of any kind, those that are not merges
/// or splits too.
#[must_use]
pub fn undone_by(decisions: &[PersonDecision], as_of: Instant) -> BTreeSet<u64> {
    undone(&decisions.iter().filter(|d| d.at <= as_of).map(|d| (d.entry, d)).collect())
}

/// Entries that no longer hold: a decision undone by an undo that itself holds. Latest first, as an undo is always later.
fn undone(by_entry: &BTreeMap<u64, &PersonDecision>) -> BTreeSet<u64> {
    let mut undone = BTreeSet::new();
    for (entry, decision) in by_entry.iter().rev() {
        if let Decision::Undo { entry: earlier } = decision.what
            && !undone.contains(entry)
            && earlier < *entry
        {
            undone.insert(earlier);
        }
    }
    undone
}

fn chain(pairs: &mut BTreeMap<Pair, (bool, u64)>, receipts: &BTreeSet<ReceiptNo>, entry: u64) {
    for (x, y) in receipts.iter().zip(receipts.iter().skip(1)) {
        pairs.insert(pair(*x, *y), (true, entry));
    }
}

fn cross<'a>(
    a: &'a BTreeSet<ReceiptNo>,
    b: &'a BTreeSet<ReceiptNo>,
) -> impl Iterator<Item = (ReceiptNo, ReceiptNo)> + 'a {
    a.iter().flat_map(move |x| b.iter().filter(move |y| *y != x).map(move |y| (*x, *y)))
}
