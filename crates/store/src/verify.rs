//! Verifying a whole store: the record's audit over everything stored, and the vault and the index of
//! keys held against the entries.
//!
//! Trouble in reading is a finding, not an end: what can still be read is still checked. Nothing is
//! repaired.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use truceline_record::{Audit, Digest, Fault, LogVerifier};

use crate::error::VerifyError;
use crate::index_check::{Group, Named};
use crate::key_change;
use crate::layout;
use crate::pieces;
use crate::store::Store;
use crate::tables::{Snapshot, Unreadable};
use crate::workers::{Checked, Workers};

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
    /// Objects that no entry names, whole under their names. Objects are written before the entry that names them, so that a command which was
    /// interrupted leaves such; nothing follows from them, and they are no fault.
    pub orphans: Vec<Digest>,
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

/// More than this many threads have nothing to do: the rows come from one.
const MOST_WORKERS: usize = 4;

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
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        self.verify_with(verifier, kept, threads.min(MOST_WORKERS))
    }

    /// As [`Store::verify_against`], with so many threads that read and hash entries beside the caller's; the report is the same with any number.
    pub fn verify_with(
        &self,
        verifier: &LogVerifier,
        kept: &[Vec<u8>],
        workers: usize,
    ) -> Result<VerifyReport, VerifyError> {
        // What keys before it signed is held against the entries that say so.
        let verifier = &key_change::with_former_of(verifier, self.verifier());
        let moment = self.tables.snapshot()?;
        let mut check = Check {
            moment: moment.as_ref(),
            audit: Audit::new(verifier.clone()),
            faults: Vec::new(),
            workers,
            referred: Named::default(),
            erased: BTreeMap::new(),
            keys: Named::default(),
            objects: Vec::new(),
            orphans: Vec::new(),
        };
        kept.iter().for_each(|note| check.audit.vouch(note));
        match self.tables.remembered() {
            Ok(note) => note.iter().for_each(|note| check.audit.vouch(note)),
            Err(trouble) => {
                check.fault(format!("the checkpoint beside the database cannot be read: {trouble}"))
            }
        }
        check.damage();
        check.keys(self, verifier);
        check.cosigned(&self.dir, verifier);
        check.guarded("checkpoints", Check::checkpoints);
        check.guarded("entries", Check::entries);
        check.guarded("tiles", Check::tiles);
        check.guarded("receipts", Check::receipts);
        check.guarded("vault", Check::small_objects);
        check.large_objects();
        let objects = check.objects.len() as u64;
        check.hold_objects(&self.dir);
        check.strays(&self.dir);
        let Check { audit, mut faults, orphans, .. } = check;
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
            orphans,
            faults,
        })
    }
}

struct Check<'a> {
    moment: &'a dyn Snapshot,
    audit: Audit,
    faults: Vec<Fault>,
    /// Threads beside this one.
    workers: usize,
    /// Objects that entries refer to.
    referred: Named,
    /// Objects that an erasure names, and the entry.
    erased: BTreeMap<Digest, u64>,
    /// Keys of the entries.
    keys: Named,
    /// Objects of the vault, by name, and whether their bytes have it. `None`: the name is none, and the bytes have this digest.
    objects: Vec<(Option<Digest>, Digest)>,
    /// Those that no entry names.
    orphans: Vec<Digest>,
}

impl<'a> Check<'a> {
    fn fault(&mut self, part: String) {
        self.faults.push(Fault::StoreChanged { part });
    }

    /// The database's own structure: damage there can hide rows from every query below.
    fn damage(&mut self) {
        if let Some(reason) = self.moment.damage() {
            self.fault(format!("the database is damaged: {reason}"));
        }
    }

    /// Whether each file of `cosigned/` holds the log's checkpoint of the size that it is named by. Whether its cosignatures hold only
    /// those can tell who have the witnesses' keys.
    fn cosigned(&mut self, dir: &Path, verifier: &LogVerifier) {
        let Ok(files) = fs::read_dir(dir.join("cosigned")) else { return };
        for path in files.flatten().map(|file| file.path()) {
            let size = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
            let opened = fs::read(&path).ok().and_then(|note| verifier.open(&note).ok());
            // One that was being written when the process was killed has another ending, and is replaced by the next.
            if path.extension().is_none() && (size.is_none() || opened.map(|note| note.size) != size) {
                self.fault(format!("{} is not the log's checkpoint of that size", path.display()));
            }
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
        moment.checkpoints(&mut |size, _, note| match u64::try_from(size) {
            Ok(size) => self.audit.checkpoint(size, note),
            Err(_) => self.fault("a checkpoint is filed under a size below 0".to_owned()),
        })
    }

    fn entries(&mut self) -> Result<(), Unreadable> {
        let moment = self.moment;
        let workers = self.workers;
        std::thread::scope(|scope| {
            let mut below = 0_u64;
            let mut running = Workers::start(scope, workers, |entry| self.entry(entry));
            let read = moment.entries(&mut |n, bytes, leaf| match u64::try_from(n) {
                Ok(n) => running.entry(n, bytes, Digest::from_slice(leaf)),
                Err(_) => below += 1,
            });
            running.finish();
            for _ in 0..below {
                self.fault("an entry is stored under a number below 0".to_owned());
            }
            read
        })
    }

    fn entry(&mut self, Checked { n, beside, read }: Checked) {
        if beside.is_none() {
            self.faults.push(Fault::LeafHashChanged { n });
        }
        if let Some(head) = self.audit.entry_read(n, read, beside) {
            head.objects.iter().for_each(|object| self.referred.add(*object, n));
            head.key.into_iter().for_each(|key| self.keys.add(key, n));
            for digest in &head.erased {
                self.erased.entry(*digest).or_insert(n);
            }
        }
    }

    fn tiles(&mut self) -> Result<(), Unreadable> {
        let moment = self.moment;
        moment.tiles(&mut |path, bytes| self.audit.tile(path, bytes))
    }

    fn receipts(&mut self) -> Result<(), Unreadable> {
        let mut found = Vec::new();
        let faults = &mut self.faults;
        let read = self.moment.keys(&mut |key, n| match Digest::from_slice(key) {
            Some(key) => found.push((key, n)),
            None => faults.push(Fault::ReceiptChanged { n: n.unsigned_abs() }),
        });
        // What cannot be read is missed below only where the rest could be read to its end.
        let whole = read.is_ok();
        let again = |group: Group<'_>| {
            // The same key twice: the second should have been answered with the first.
            let later = group.iter().skip(1).map(|(_, n)| Fault::ReceiptChanged { n: *n });
            later.collect::<Vec<_>>()
        };
        let mut wrong = Vec::new();
        let mut missing = Vec::new();
        core::mem::take(&mut self.keys).against(
            found,
            |_, n, group| {
                let right = group.last().map(|(_, n)| *n);
                if right.is_none() || right != u64::try_from(n).ok() {
                    wrong.push(Fault::ReceiptChanged { n: right.unwrap_or(n.unsigned_abs()) });
                }
                wrong.extend(again(group));
            },
            |_, group| {
                missing.extend(again(group));
                missing.extend(group.last().filter(|_| whole).map(|(_, n)| Fault::ReceiptChanged { n: *n }));
            },
        );
        self.faults.extend(wrong.into_iter().chain(missing));
        read
    }

    fn small_objects(&mut self) -> Result<(), Unreadable> {
        self.moment.small_objects(&mut |name, found| self.objects.push((name, found)))
    }

    fn large_objects(&mut self) {
        let moment = self.moment;
        let read = moment.large_objects(&mut |object| match object {
            Ok(object) => self.objects.push(object),
            Err(trouble) => self.fault(format!("an object cannot be read: {trouble}")),
        });
        if let Err(trouble) = read {
            self.fault(format!("the vault cannot be read: {trouble}"));
        }
    }

    /// What lies among the objects and is none: nothing of this store's making, interrupted or not.
    fn strays(&mut self, dir: &Path) {
        let listed = |path: &Path| -> Vec<PathBuf> {
            fs::read_dir(path).into_iter().flatten().flatten().map(|file| file.path()).collect()
        };
        let unfinished = layout::vault_unfinished(dir);
        // One object at a time is written there, and stays where its writer is killed until the next one clears it away.
        let other = listed(&unfinished).into_iter().filter(|path| *path != unfinished.join("object"));
        let loose = listed(&layout::vault(dir)).into_iter().filter(|path| !path.is_dir());
        for path in other.chain(loose) {
            self.fault(format!(
                "{} is no object, and nothing that an interrupted command leaves",
                path.display()
            ));
        }
    }

    /// Holds what entries refer to against what the vault has.
    fn hold_objects(&mut self, dir: &Path) {
        let mut named = Vec::with_capacity(self.objects.len());
        for (name, found) in core::mem::take(&mut self.objects) {
            match name {
                Some(name) => named.push((name, name == found)),
                None => self.faults.push(Fault::ObjectChanged { digest: found, entries: Vec::new() }),
            }
        }
        for (digest, _) in &named {
            if let Some(n) = self.erased.get(digest) {
                let part = format!(
                    "object {digest}: erased by entry {n}, and still there; open the store for writing to go on"
                );
                self.faults.push(Fault::StoreChanged { part });
            }
        }
        let entries = |group: Group<'_>| group.iter().map(|(_, n)| *n).collect::<Vec<u64>>();
        let erased = core::mem::take(&mut self.erased);
        for (digest, n) in &erased {
            // They would confirm a guess of a piece of it.
            if pieces::read(dir, digest).is_some() {
                self.fault(format!(
                    "object {digest}: erased by entry {n}, and hashes of its pieces are still there"
                ));
            }
        }
        let (mut changed, mut missing) = (Vec::new(), Vec::new());
        let (mut orphans, mut last) = (Vec::new(), None);
        core::mem::take(&mut self.referred).against(
            named,
            |digest, right, group| {
                if !right {
                    changed.push(Fault::ObjectChanged { digest, entries: entries(group) });
                } else if group.is_empty() && last != Some(digest) && !erased.contains_key(&digest) {
                    orphans.push(digest);
                }
                last = Some(digest);
            },
            |digest, group| {
                // Whatever an erasure names is gone by two people's word, and nothing else may be.
                if !erased.contains_key(&digest) {
                    missing.push(Fault::ObjectMissing { digest, entries: entries(group) });
                }
            },
        );
        self.faults.extend(changed.into_iter().chain(missing));
        self.orphans = orphans;
    }
}
