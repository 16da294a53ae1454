//! Verifying a whole store: the record's audit over everything stored, and the vault and the index of
//! keys held against the entries.
//!
//! Trouble in reading is a finding, not an end: what can still be read is still checked. Nothing is
//! repaired.

use std::collections::BTreeMap;
use std::fs;

use truceline_record::{Audit, Digest, Entry, Fault, LogVerifier};

use crate::error::VerifyError;
use crate::layout;
use crate::store::Store;
use crate::tables::{Snapshot, Unreadable};

/// What verifying a store found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyReport {
    /// Entries seen.
    pub entries: u64,
    /// Entries covered by the largest signed checkpoint that holds.
    pub signed: u64,
    /// Signed checkpoints that hold.
    pub checkpoints: u64,
    /// Root over the entries as they are now.
    pub root: Digest,
    /// Objects in the vault.
    pub objects: u64,
    /// What is wrong, by entry; empty if nothing is.
    pub faults: Vec<Fault>,
}

impl VerifyReport {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }

    /// The first wrong entry, where a fault names one.
    pub fn first_wrong_entry(&self) -> Option<u64> {
        self.faults.iter().filter_map(Fault::entry).min()
    }
}

impl Store {
    /// Verifies everything against the key that is stored with it. It cannot see what somebody did who
    /// has the secret key too, nor a cut that took its checkpoints along: see [`Store::verify_against`].
    pub fn verify(&self) -> Result<VerifyReport, VerifyError> {
        self.verify_against(self.verifier(), &[])
    }

    /// Verifies everything against a key, and against checkpoints, that were kept elsewhere.
    pub fn verify_against(
        &self,
        verifier: &LogVerifier,
        kept: &[Vec<u8>],
    ) -> Result<VerifyReport, VerifyError> {
        let moment = self.tables.snapshot()?;
        let mut check = Check {
            moment: moment.as_ref(),
            audit: Audit::new(verifier.clone()),
            faults: Vec::new(),
            referred: BTreeMap::new(),
            keys: BTreeMap::new(),
            objects: 0,
        };
        kept.iter().for_each(|note| check.audit.vouch(note));
        check.damage();
        check.keys(self, verifier);
        check.guarded("checkpoints", Check::checkpoints);
        check.guarded("entries", Check::entries);
        check.guarded("tiles", Check::tiles);
        check.guarded("receipts", Check::receipts);
        check.guarded("vault", Check::small_objects);
        check.large_objects();
        check.missing_objects();
        let Check { audit, mut faults, objects, .. } = check;
        let report = audit.finish();
        faults.extend(report.faults);
        faults.sort_by_key(|fault| (fault.entry().unwrap_or(u64::MAX), fault.clone()));
        faults.dedup();
        Ok(VerifyReport {
            entries: report.entries,
            signed: report.signed,
            checkpoints: report.checkpoints,
            root: report.root,
            objects,
            faults,
        })
    }
}

struct Check<'a> {
    moment: &'a dyn Snapshot,
    audit: Audit,
    faults: Vec<Fault>,
    /// Objects not met in the vault yet, and who refers to them.
    referred: BTreeMap<Digest, Vec<u64>>,
    /// Keys of the entries, not met in the index yet.
    keys: BTreeMap<Digest, u64>,
    objects: u64,
}

impl<'a> Check<'a> {
    fn fault(&mut self, part: String) {
        self.faults.push(Fault::StoreChanged { part });
    }

    /// The database's own structure: damage there can hide rows from every query below.
    fn damage(&mut self) {
        if let Some(reason) = self.moment.damage() {
            self.fault(format!("the database file is damaged: {reason}"));
        }
    }

    fn keys(&mut self, store: &Store, verifier: &LogVerifier) {
        let path = layout::public_key(store.dir());
        let file = fs::read_to_string(&path).map(|text| text.trim().to_owned());
        if file.as_deref().ok() != Some(verifier.verifier_key()) {
            self.fault("log.pub is not the key that is verified against".to_owned());
        }
        let stored = self.moment.meta("verifier-key");
        if stored.as_deref() != Some(verifier.verifier_key()) {
            self.fault("the key in the database is not the key that is verified against".to_owned());
        }
        let origin = self.moment.meta("origin");
        if origin.as_deref() != Some(verifier.origin()) {
            self.fault("the log's name in the database is not that of its key".to_owned());
        }
    }

    /// Runs one part; where it cannot read on, that is a finding and the next part runs.
    fn guarded(&mut self, table: &str, part: fn(&mut Self) -> Result<(), Unreadable>) {
        if let Err(error) = part(self) {
            self.fault(format!("the table `{table}` cannot be read to its end: {error}"));
        }
    }

    fn checkpoints(&mut self) -> Result<(), Unreadable> {
        let moment = self.moment;
        moment.checkpoints(&mut |size, note| match u64::try_from(size) {
            Ok(size) => self.audit.checkpoint(size, note),
            Err(_) => self.fault("a checkpoint is filed under a size below 0".to_owned()),
        })
    }

    fn entries(&mut self) -> Result<(), Unreadable> {
        let moment = self.moment;
        moment.entries(&mut |n, bytes, leaf| {
            let Ok(n) = u64::try_from(n) else {
                return self.fault("an entry is stored under a number below 0".to_owned());
            };
            let beside = Digest::from_slice(leaf);
            if beside.is_none() {
                self.faults.push(Fault::LeafHashChanged { n });
            }
            if let Some(entry) = self.audit.entry(n, bytes, beside) {
                self.note(n, &entry);
            }
        })
    }

    fn note(&mut self, n: u64, entry: &Entry) {
        for object in &entry.objects {
            self.referred.entry(*object).or_default().push(n);
        }
        if let Some(key) = entry.key
            && self.keys.insert(key, n).is_some()
        {
            // The same key twice: the second should have been answered with the first.
            self.faults.push(Fault::ReceiptChanged { n });
        }
    }

    fn tiles(&mut self) -> Result<(), Unreadable> {
        let moment = self.moment;
        moment.tiles(&mut |path, bytes| self.audit.tile(path, bytes))
    }

    fn receipts(&mut self) -> Result<(), Unreadable> {
        let moment = self.moment;
        moment.keys(&mut |key, n| {
            let right = Digest::from_slice(key).and_then(|key| self.keys.remove(&key));
            if right.is_none() || right != u64::try_from(n).ok() {
                self.faults.push(Fault::ReceiptChanged { n: right.unwrap_or(n.unsigned_abs()) });
            }
        })?;
        let missing = core::mem::take(&mut self.keys);
        self.faults.extend(missing.into_values().map(|n| Fault::ReceiptChanged { n }));
        Ok(())
    }

    fn small_objects(&mut self) -> Result<(), Unreadable> {
        let moment = self.moment;
        moment.small_objects(&mut |name, found| self.object(name, found))
    }

    fn object(&mut self, name: Option<Digest>, found: Digest) {
        self.objects += 1;
        let Some(digest) = name else {
            self.faults.push(Fault::ObjectChanged { digest: found, entries: Vec::new() });
            return;
        };
        let entries = self.referred.remove(&digest).unwrap_or_default();
        if digest != found {
            self.faults.push(Fault::ObjectChanged { digest, entries });
        }
    }

    fn large_objects(&mut self) {
        let moment = self.moment;
        let read = moment.large_objects(&mut |object| match object {
            Ok((name, found)) => self.object(name, found),
            Err(trouble) => self.fault(format!("an object cannot be read: {trouble}")),
        });
        if let Err(trouble) = read {
            self.fault(format!("the vault cannot be read: {trouble}"));
        }
    }

    fn missing_objects(&mut self) {
        let missing = core::mem::take(&mut self.referred);
        self.faults
            .extend(missing.into_iter().map(|(digest, entries)| Fault::ObjectMissing { digest, entries }));
    }
}
