//! Verifying a whole store: the record's audit over everything stored, and the vault and the index of
//! keys held against the entries.
//!
//! Trouble in reading is a finding, not an end: what can still be read is still checked. Nothing is
//! repaired.

use std::collections::BTreeMap;
use std::fs;

use rusqlite::Connection;
use truceline_record::{Audit, Digest, Entry, Fault, LogVerifier, digest_of};

use crate::error::VerifyError;
use crate::store::Store;
use crate::{layout, vault};

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
        // One transaction: a writing process goes on, and this sees one moment.
        let moment = self.connection.unchecked_transaction()?;
        let mut check = Check {
            connection: &moment,
            audit: Audit::new(verifier.clone()),
            faults: Vec::new(),
            referred: BTreeMap::new(),
            keys: BTreeMap::new(),
            objects: 0,
        };
        kept.iter().for_each(|note| check.audit.vouch(note));
        check.file();
        check.keys(self, verifier);
        check.guarded("checkpoints", Check::checkpoints);
        check.guarded("entries", Check::entries);
        check.guarded("tiles", Check::tiles);
        check.guarded("receipts", Check::receipts);
        check.guarded("vault", Check::rows_of_vault);
        check.files_of_vault(self);
        check.missing_objects(self);
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
    connection: &'a Connection,
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

    /// The database file's own structure: damage there can hide rows from every query below.
    fn file(&mut self) {
        let found: Result<String, _> =
            self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
        match found {
            Ok(answer) if answer == "ok" => {}
            Ok(answer) => self.fault(format!("the database file is damaged: {answer}")),
            Err(error) => self.fault(format!("the database file is damaged: {error}")),
        }
    }

    fn keys(&mut self, store: &Store, verifier: &LogVerifier) {
        let path = layout::public_key(store.dir());
        let file = fs::read_to_string(&path).map(|text| text.trim().to_owned());
        if file.as_deref().ok() != Some(verifier.verifier_key()) {
            self.fault("log.pub is not the key that is verified against".to_owned());
        }
        let stored = crate::store::meta(self.connection, "verifier-key").ok().flatten();
        if stored.as_deref() != Some(verifier.verifier_key()) {
            self.fault("the key in the database is not the key that is verified against".to_owned());
        }
        let origin = crate::store::meta(self.connection, "origin").ok().flatten();
        if origin.as_deref() != Some(verifier.origin()) {
            self.fault("the log's name in the database is not that of its key".to_owned());
        }
    }

    /// Runs one part; where it cannot read on, that is a finding and the next part runs.
    fn guarded(&mut self, table: &str, part: fn(&mut Self) -> Result<(), rusqlite::Error>) {
        if let Err(error) = part(self) {
            self.fault(format!("the table `{table}` cannot be read to its end: {error}"));
        }
    }

    fn checkpoints(&mut self) -> Result<(), rusqlite::Error> {
        let mut query = self.connection.prepare("SELECT size, note FROM checkpoints ORDER BY size")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            match u64::try_from(row.get::<_, i64>(0)?) {
                Ok(size) => self.audit.checkpoint(size, &row.get::<_, Vec<u8>>(1)?),
                Err(_) => self.fault("a checkpoint is filed under a size below 0".to_owned()),
            }
        }
        Ok(())
    }

    fn entries(&mut self) -> Result<(), rusqlite::Error> {
        let mut query = self.connection.prepare("SELECT n, bytes, leaf_hash FROM entries ORDER BY n")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let Ok(n) = u64::try_from(row.get::<_, i64>(0)?) else {
                self.fault("an entry is stored under a number below 0".to_owned());
                continue;
            };
            let beside = Digest::from_slice(row.get_ref(2)?.as_blob().unwrap_or_default());
            if beside.is_none() {
                self.faults.push(Fault::LeafHashChanged { n });
            }
            if let Some(entry) = self.audit.entry(n, row.get_ref(1)?.as_blob().unwrap_or_default(), beside) {
                self.note(n, &entry);
            }
        }
        Ok(())
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

    fn tiles(&mut self) -> Result<(), rusqlite::Error> {
        let mut query = self.connection.prepare("SELECT path, bytes FROM tiles ORDER BY path")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let path = String::from_utf8_lossy(row.get_ref(0)?.as_bytes().unwrap_or_default()).into_owned();
            self.audit.tile(&path, row.get_ref(1)?.as_blob().unwrap_or_default());
        }
        Ok(())
    }

    fn receipts(&mut self) -> Result<(), rusqlite::Error> {
        let mut query = self.connection.prepare("SELECT key, n FROM receipts ORDER BY n")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let key = Digest::from_slice(row.get_ref(0)?.as_blob().unwrap_or_default());
            let n = row.get::<_, i64>(1)?;
            let right = key.and_then(|key| self.keys.remove(&key));
            if right.is_none() || right != u64::try_from(n).ok() {
                self.faults.push(Fault::ReceiptChanged { n: right.unwrap_or(n.unsigned_abs()) });
            }
        }
        let missing = core::mem::take(&mut self.keys);
        self.faults.extend(missing.into_values().map(|n| Fault::ReceiptChanged { n }));
        Ok(())
    }

    fn rows_of_vault(&mut self) -> Result<(), rusqlite::Error> {
        let mut query = self.connection.prepare("SELECT digest, bytes FROM vault ORDER BY rowid")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let found = digest_of(row.get_ref(1)?.as_blob().unwrap_or_default());
            let name = Digest::from_slice(row.get_ref(0)?.as_blob().unwrap_or_default());
            self.object(name, found);
        }
        Ok(())
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

    fn files_of_vault(&mut self, store: &Store) {
        let files = match vault::files(store.dir()) {
            Ok(files) => files,
            Err(trouble) => return self.fault(format!("the vault cannot be read: {trouble}")),
        };
        for (path, name) in files {
            match vault::digest_file(&path) {
                Ok(found) => self.object(name, found),
                Err(trouble) => self.fault(format!("an object cannot be read: {trouble}")),
            }
        }
    }

    fn missing_objects(&mut self, _: &Store) {
        let missing = core::mem::take(&mut self.referred);
        self.faults
            .extend(missing.into_iter().map(|(digest, entries)| Fault::ObjectMissing { digest, entries }));
    }
}
