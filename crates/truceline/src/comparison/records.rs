//! How two records stand to one another: by their Merkle trees, and report by report.

use std::collections::{BTreeMap, BTreeSet};

use truceline_casework::instances::ReportKey;
use truceline_model::Observation;
use truceline_record::{Checkpoint, Digest, Frontier, empty_root, peaks_at};
use truceline_store::Store;

use crate::failure::Failure;
use crate::pipeline::Derived;

/// How the signed trees of two records stand to one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// The same entries.
    Same,
    /// The first is the beginning of the second, which has so many entries more.
    ABehind(u64),
    /// The second is the beginning of the first.
    BBehind(u64),
    /// Alike for so many entries, and different from there on.
    Forked(u64),
    /// Different from the first entry on: two records of their own.
    Separate,
}

impl Relation {
    /// The word used in files.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::ABehind(_) | Self::BBehind(_) => "behind",
            Self::Forked(_) => "forked",
            Self::Separate => "separate",
        }
    }

    /// In words.
    pub(crate) fn words(self) -> String {
        match self {
            Self::Same => "A and B have the same entries".to_owned(),
            Self::ABehind(by) => format!("A is the beginning of B and {by} entries behind it"),
            Self::BBehind(by) => format!("B is the beginning of A and {by} entries behind it"),
            Self::Forked(at) => format!("forked: the same before entry {at}, and different from it on"),
            Self::Separate => "two records of their own: no entry in common from the first on".to_owned(),
        }
    }
}

/// Compares two records by what is signed of them.
///
/// # Errors
/// When a store cannot be read, or its tiles do not fit its own checkpoint.
pub(crate) fn relation(a: &Store, b: &Store) -> Result<Relation, Failure> {
    let (left, right) = (Signed::of(a)?, Signed::of(b)?);
    let shorter = left.size.min(right.size);
    if left.root_at(shorter)? == right.root_at(shorter)? {
        return Ok(match left.size.cmp(&right.size) {
            std::cmp::Ordering::Equal => Relation::Same,
            std::cmp::Ordering::Less => Relation::ABehind(right.size - left.size),
            std::cmp::Ordering::Greater => Relation::BBehind(left.size - right.size),
        });
    }
    // Trees that are alike at some size are alike at every smaller one.
    let (mut alike, mut differ) = (0, shorter);
    while alike + 1 < differ {
        let middle = alike + (differ - alike) / 2;
        if left.root_at(middle)? == right.root_at(middle)? {
            alike = middle;
        } else {
            differ = middle;
        }
    }
    Ok(if alike == 0 { Relation::Separate } else { Relation::Forked(alike) })
}

/// A record up to its last checkpoint.
struct Signed<'s> {
    store: &'s Store,
    size: u64,
    root: Digest,
}

impl<'s> Signed<'s> {
    fn of(store: &'s Store) -> Result<Self, Failure> {
        let last: Option<Checkpoint> =
            store.last_checkpoint().map_err(|e| Failure::operation("read the checkpoint", &e))?;
        let (size, root) = last.map_or((0, empty_root()), |last| (last.size, last.root));
        Ok(Self { store, size, root })
    }

    fn root_at(&self, size: u64) -> Result<Digest, Failure> {
        if size == 0 {
            return Ok(empty_root());
        }
        if size == self.size {
            return Ok(self.root);
        }
        let peaks = peaks_at(self.store, self.size, self.root, size)
            .map_err(|e| Failure::operation("compare the trees; verify the store", &e))?;
        let frontier = Frontier::from_peaks(size, &peaks)
            .ok_or_else(|| Failure::operation("compare the trees", &"its hashes do not fit"))?;
        Ok(frontier.root())
    }
}

/// Reports known by then that only one has, or that both have and that do not say the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reports {
    /// Only the first has them.
    pub(crate) only_a: BTreeSet<ReportKey>,
    /// Only the second has them.
    pub(crate) only_b: BTreeSet<ReportKey>,
    /// Both have them, and what is read from them is not the same.
    pub(crate) otherwise: BTreeSet<ReportKey>,
    /// Merges, splits, undos and answers of people: of the first, of the second.
    pub(crate) decisions: (usize, usize),
}

/// Compares what two derivations read.
pub(crate) fn reports(a: &Derived, b: &Derived) -> Reports {
    let (left, right) = (known(a), known(b));
    let only = |these: &Known<'_>, those: &Known<'_>| {
        these.keys().filter(|key| !those.contains_key(*key)).cloned().collect::<BTreeSet<ReportKey>>()
    };
    let otherwise = |key: &&ReportKey| {
        let said = |all: &Known<'_>| -> Vec<_> {
            let reports = all.get(*key).map(Vec::as_slice).unwrap_or_default();
            reports.iter().map(|r| (r.origin.clone(), r.known, r.body.clone())).collect()
        };
        right.contains_key(*key) && said(&left) != said(&right)
    };
    let decided = |derived: &Derived| {
        let loaded = &derived.loaded;
        let by_then = loaded.decisions.iter().filter(|one| one.at <= derived.as_of).count();
        by_then + loaded.judged.iter().filter(|one| one.at <= derived.as_of).count()
    };
    Reports {
        only_a: only(&left, &right),
        only_b: only(&right, &left),
        otherwise: left.keys().filter(otherwise).cloned().collect(),
        decisions: (decided(a), decided(b)),
    }
}

/// Whether two records hold the same reports, decisions and answers, whatever people did in cases beside.
pub(crate) fn says_the_same(a: &Derived, b: &Derived) -> bool {
    let reports = reports(a, b);
    let decided = |derived: &Derived| -> Vec<_> {
        let all = derived.loaded.decisions.iter();
        all.map(|one| (one.entry, one.at, one.what.clone())).collect()
    };
    let answered = |derived: &Derived| -> Vec<_> {
        let all = derived.loaded.judged.iter();
        all.map(|one| (one.at, one.incident.clone(), one.judgement.clone(), one.answer)).collect()
    };
    reports.only_a.is_empty()
        && reports.only_b.is_empty()
        && reports.otherwise.is_empty()
        && decided(a) == decided(b)
        && answered(a) == answered(b)
}

type Known<'a> = BTreeMap<ReportKey, Vec<&'a Observation>>;

fn known(derived: &Derived) -> Known<'_> {
    let mut all = Known::new();
    for report in derived.loaded.observations.iter().filter(|o| o.known <= derived.as_of) {
        all.entry((report.source.clone(), report.sender_id.clone())).or_default().push(report);
    }
    all
}
