//! Holds what is left of a store and its witness against what was promised before the disturbance, and against a life
//! that nobody disturbed; then lets it go on to its end.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::path::Path;

use truceline_record::{Digest, Entry, digest_of};
use truceline_store::{Store, WitnessFolder};

use crate::life::{Life, Said};

/// A life that nobody disturbed.
#[derive(Clone, Debug)]
pub struct Undisturbed {
    /// The life.
    pub life: Life,
    /// Whether entries must stand in the order of the undisturbed life. They need not where one that was refused for a fault of the disk is sent
    /// again after others.
    pub in_order: bool,
    entries: Vec<Vec<u8>>,
    root: Digest,
}

fn words(error: impl Display) -> String {
    error.to_string()
}

impl Undisturbed {
    /// Lives it in an empty folder.
    ///
    /// # Errors
    /// In words.
    pub fn live(life: Life, dir: &Path) -> Result<Self, String> {
        let mut root = None;
        let mut say = |said: Said| {
            if let Said::Done { root: last } = said {
                root = Some(last);
            }
        };
        life.live(dir, &mut say)?;
        let store = Store::open_read_only(&dir.join("store")).map_err(words)?;
        let entries: Result<Vec<Vec<u8>>, String> =
            store.entries(0..u64::MAX).map(|entry| Ok(entry.map_err(words)?.bytes)).collect();
        let (entries, root) = (entries?, root.ok_or("the life did not end")?);
        if entries.len() as u64 != life.all_rows() {
            return Err(format!("{} entries of {}", entries.len(), life.all_rows()));
        }
        Ok(Self { life, in_order: true, entries, root })
    }

    /// Looks at what is left in `dir` after `promised`, then goes on.
    ///
    /// # Errors
    /// In words: what was lost, doubled or changed.
    pub fn check(&self, dir: &Path, promised: &[Said]) -> Result<(), String> {
        self.left(dir, promised)?;
        self.life.live(dir, &mut |_| {}).map_err(|error| format!("it does not go on: {error}"))?;
        self.left(dir, promised).map_err(|error| format!("after going on: {error}"))?;
        let store = Store::open_read_only(&dir.join("store")).map_err(words)?;
        let report = store.verify().map_err(words)?;
        let all = (self.life.all_rows(), self.life.all_rows());
        if (report.entries, report.signed) != all || (self.in_order && report.root != self.root) {
            return Err(format!(
                "after going on the log has {} entries, {} signed, and root {}; undisturbed {} and {}",
                report.entries,
                report.signed,
                report.root,
                self.life.all_rows(),
                self.root
            ));
        }
        Ok(())
    }

    fn left(&self, dir: &Path, promised: &[Said]) -> Result<(), String> {
        let store_dir = dir.join("store");
        if !Store::is_there(&store_dir) {
            return match promised.first() {
                None => Ok(()),
                Some(said) => Err(format!("the store is gone, and was promised: {said}")),
            };
        }
        let store = Store::open(&store_dir).map_err(|error| format!("it does not open: {error}"))?;
        let report = store.verify().map_err(words)?;
        if let Some(fault) = report.faults.first() {
            return Err(format!("verify: {fault}"));
        }
        self.holds_entries(&store)?;
        let signed = store.last_checkpoint().map_err(words)?.map_or(0, |last| last.size);
        let kept: BTreeSet<u64> =
            store.cosigned().map_err(words)?.iter().map(|kept| kept.checkpoint.size).collect();
        let (seen, time) = witnessed(dir)?;
        if seen > signed {
            return Err(format!("the witness cosigned {seen} entries, and the log has signed {signed}"));
        }
        for said in promised {
            let holds = match said {
                Said::Receipt { row, n } => {
                    let key = digest_of(&self.life.raw(*row));
                    store.number_of(&key.0).map_err(words)? == Some(*n) && *n < report.entries
                }
                Said::Signed { size, .. } => *size <= signed,
                Said::Witnessed { size, time: then } => *size <= seen && *then <= time,
                Said::Kept { size } => kept.contains(size),
                Said::Done { root } => report.root == *root,
            };
            if !holds {
                return Err(format!(
                    "was promised and is lost: {said} (the log has {} entries, {signed} signed, {seen} witnessed)",
                    report.entries
                ));
            }
        }
        Ok(())
    }

    /// Every entry is one of the undisturbed life, once, in the order of that life where that is wanted.
    fn holds_entries(&self, store: &Store) -> Result<(), String> {
        let mut rows = BTreeSet::new();
        for stored in store.entries(0..u64::MAX) {
            let stored = stored.map_err(words)?;
            let said = stored.decode().map_err(words)?;
            let row = said.body.get("row").and_then(|row| row.as_u64()).unwrap_or(u64::MAX);
            let sent = usize::try_from(row).ok().and_then(|row| self.entries.get(row));
            let sent = sent.ok_or_else(|| format!("entry {} was never sent", stored.n))?;
            let mut right = Entry::from_bytes(sent).map_err(words)?;
            if !self.in_order {
                right.n = stored.n;
            }
            if right.to_bytes().map_err(words)? != stored.bytes || !rows.insert(row) {
                return Err(format!("entry {} is another, or stands there twice", stored.n));
            }
        }
        Ok(())
    }
}

/// What the witness cosigned last, and when.
fn witnessed(dir: &Path) -> Result<(u64, u64), String> {
    let dir = dir.join("witness");
    if !dir.join("witness.key").exists() {
        return Ok((0, 0));
    }
    let witness = WitnessFolder::open(&dir).map_err(|error| format!("the witness does not open: {error}"))?;
    let logs = witness.logs().map_err(|error| format!("the witness: {error}"))?;
    Ok(logs.first().map_or((0, 0), |log| (log.size, log.time)))
}
