//! `verify BUNDLE`: everything that a bundle claims, checked offline: that its files are whole, that the entries are those that were signed
//! and extend what one kept, that a quorum cosigned, and that every file and every figure of the bulletin comes out again.
//!
//! Believes nothing in the bundle but what a key from elsewhere proves; where the keys themselves come from the bundle, that is said first.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use truceline_model::Instant;
use truceline_record::{
    Audit, Entry as Logged, EntryHead, KeyChange, LogVerifier, TILE_WIDTH, TilePath, WitnessVerifier,
    digest_of,
};

use super::Part;
use super::files::Files;
use super::log::{BundleLog, OBJECT_LIMIT, tile};
use super::make::is_ours;
use super::replay::{Replayed, replay};
use crate::bulletins::{Bulletin, Publication, publication};
use crate::editions::{Passing, SignOff, passing_among};
use crate::failure::Failure;
use crate::log::kind;
use crate::quorum::{KeySet, NamedWitness, Quorum, Signed, in_force};

/// Largest checkpoint that is read.
const NOTE_LIMIT: u64 = 1 << 20;

/// Seconds by which the clocks of a log and a witness may differ without anybody's lying.
const CLOCKS_DIFFER: i64 = 600;

/// From the first second of a day to its last.
const LAST_OF_DAY: i64 = 86_399;

/// Largest tile of hashes.
const TILE_LIMIT: u64 = 256 * 32;

/// Keys and checkpoints that the caller has from elsewhere.
#[derive(Default)]
pub(crate) struct Known {
    /// The log's key.
    pub(crate) log: Option<LogVerifier>,
    /// Witnesses, each by its own name.
    pub(crate) witnesses: Vec<WitnessVerifier>,
    /// How many of them must have cosigned; all, where it is not said.
    pub(crate) quorum: Option<usize>,
    /// Checkpoints.
    pub(crate) kept: Vec<Vec<u8>>,
}

/// What a bundle turned out to be.
#[derive(Default)]
pub(crate) struct Checked {
    /// The bulletin's entry.
    pub(crate) entry: u64,
    /// What the entry says, where it can be read.
    pub(crate) bulletin: Option<Bulletin>,
    /// Entries under the checkpoint, once the tree over them is the signed one.
    pub(crate) proven: Option<u64>,
    /// What was believed because the bundle says so.
    pub(crate) own_keys: Vec<String>,
    /// Who cosigned.
    pub(crate) stands: Option<Publication>,
    /// Who passed it; by role alone, for who they were is closed.
    pub(crate) passing: Option<Passing>,
    /// Reports and texts whose bytes are not in it.
    pub(crate) closed: BTreeSet<u64>,
    /// What came out again.
    pub(crate) replayed: Replayed,
    /// What is wrong, in the order in which it was looked for.
    pub(crate) faults: Vec<String>,
}

/// Checks a bundle.
///
/// # Errors
/// When nothing is there to check; whatever is wrong with a bundle is no error but a fault.
pub(crate) fn check(path: &Path, known: &Known, threads: usize) -> Result<Checked, Failure> {
    let files = match Files::open(path)? {
        Ok(files) => files,
        Err(say) => return Ok(Checked { faults: vec![say], ..Checked::default() }),
    };
    let mut checked = Checked { entry: files.list.bulletin, ..Checked::default() };
    checked.faults = files.damage();
    let damaged = !checked.faults.is_empty();
    let mut checking = Checking { files: &files, known, checked: &mut checked, counted: Vec::new() };
    if let Err(say) = checking.all(threads, damaged) {
        checked.faults.push(say);
    }
    Ok(checked)
}

struct Checking<'b> {
    files: &'b Files,
    known: &'b Known,
    checked: &'b mut Checked,
    /// The sets of witnesses that count for this caller.
    counted: Vec<KeySet>,
}

/// What one walk over the entries brings.
#[derive(Default)]
struct Walked {
    bulletin: Option<Logged>,
    /// Every bulletin: one can stand in the place of another.
    bulletins: Vec<Logged>,
    /// Signatures under any of them.
    sign_offs: Vec<SignOff>,
    /// Objects that entries before the bulletin's end refer to.
    named: BTreeSet<Part>,
    closed: BTreeSet<u64>,
    /// When each entry says that it was logged at the latest, in seconds since 1970-01-01 (UTC).
    logged: Vec<(u64, i64)>,
}

impl Checking<'_> {
    fn all(&mut self, threads: usize, damaged: bool) -> Result<(), String> {
        let log = self.log_key()?;
        let note = self.files.read(&Part::Checkpoint, NOTE_LIMIT)?;
        let note = note.ok_or("checkpoint: it is not in the bundle")?;
        // By this key itself: what those before it signed counts only as the entries under it say.
        let checkpoint = log.open_itself(&note).map_err(|e| format!("checkpoint: {e}"))?;
        let (entry, size) = (self.checked.entry, checkpoint.size);
        if entry >= size {
            return Err(format!("checkpoint: it covers {size} entries, and not the bulletin's, {entry}"));
        }
        self.bounded(size)?;
        let log = log.with_former(&self.changes(size));
        let mut notes = BTreeMap::new();
        let mut signed = vec![Signed { size, note: note.clone() }];
        self.notes(&log, &mut notes, &mut signed)?;
        let walked = self.tree(&log, (size, &note), &notes)?;
        let logged = walked.bulletin.as_ref().ok_or("the bulletin's entry cannot be read")?;
        let bulletin = Bulletin::of(logged)?;
        let passing = passing_among(&walked.bulletins, &walked.sign_offs, logged);
        self.checked.bulletin = Some(bulletin.clone());
        self.checked.closed = walked.closed.clone();
        self.strays(size, &walked, &bulletin);
        self.frozen(&bulletin)?;
        let bundle =
            BundleLog { files: self.files, size, key: log.clone(), notes, closed: walked.closed.clone() };
        self.witnesses(&bundle, &signed, (entry, &passing));
        self.checked.passing = Some(passing);
        self.back_dated(&log, &walked.logged, &signed);
        // What is known to be damaged is not derived from: the difference would be told twice.
        if !damaged && self.checked.proven.is_some() {
            replay(&bundle, &bulletin, threads, &mut self.checked.replayed, &mut self.checked.faults);
        }
        Ok(())
    }

    fn log_key(&mut self) -> Result<LogVerifier, String> {
        let text = self.files.read(&Part::Key, NOTE_LIMIT)?.ok_or("log.pub: it is not in the bundle")?;
        let text = String::from_utf8_lossy(&text);
        if let Some(log) = &self.known.log {
            if text != format!("{}\n", log.verifier_key()) {
                self.checked
                    .faults
                    .push("log.pub: it is not the key that you gave; yours was used".to_owned());
            }
            return Ok(log.clone());
        }
        self.checked.own_keys.push("the log's key".to_owned());
        LogVerifier::new(&text).map_err(|e| format!("log.pub: {e}"))
    }

    /// What the entries say of the log's key. That they are the signed ones is found when the tree is walked.
    fn changes(&self, size: u64) -> Vec<KeyChange> {
        let mut changes = Vec::new();
        for path in TilePath::all_entries(size) {
            for bytes in tile(self.files, path).unwrap_or_default() {
                let head = EntryHead::from_bytes(&bytes).ok();
                changes.extend(head.and_then(|head| head.key_change));
            }
        }
        changes
    }

    /// A size that the tiles in the bundle cannot fill is not walked: whoever signs a checkpoint can name any.
    fn bounded(&self, size: u64) -> Result<(), String> {
        let tiles =
            self.files.list.files.keys().filter(|name| name.starts_with("tile/entries/")).count() as u64;
        if size > tiles.saturating_mul(u64::from(TILE_WIDTH)) {
            return Err(format!(
                "the checkpoint covers {size} entries, and the bundle does not hold as many"
            ));
        }
        Ok(())
    }

    /// The log's own checkpoints, and those with cosignatures; each must be of this log.
    fn notes(
        &mut self,
        log: &LogVerifier,
        own: &mut BTreeMap<u64, Vec<u8>>,
        signed: &mut Vec<Signed>,
    ) -> Result<(), String> {
        let names: Vec<String> = self.files.list.files.keys().cloned().collect();
        for name in names {
            let Some(part) = Part::parse(&name) else { continue };
            let (Part::Cosigned(size) | Part::CheckpointOver(size)) = part else { continue };
            let note = self.files.read(&part, NOTE_LIMIT)?.unwrap_or_default();
            match log.open(&note) {
                Ok(opened) if opened.size == size => {}
                Ok(opened) => {
                    self.checked.faults.push(format!("{name}: it covers {} entries", opened.size));
                    continue;
                }
                Err(e) => {
                    self.checked.faults.push(format!("{name}: {e}"));
                    continue;
                }
            }
            match part {
                Part::Cosigned(_) => signed.push(Signed { size, note }),
                _ => drop(own.insert(size, note)),
            }
        }
        Ok(())
    }

    /// Every entry and every tile against the signed root, and against what the caller kept.
    fn tree(
        &mut self,
        log: &LogVerifier,
        (size, note): (u64, &[u8]),
        own: &BTreeMap<u64, Vec<u8>>,
    ) -> Result<Walked, String> {
        let mut audit = Audit::new(log.clone());
        audit.checkpoint(size, note);
        own.values().for_each(|note| audit.vouch(note));
        let mut wrong = Vec::new();
        for kept in &self.known.kept {
            match log.open(kept) {
                Ok(opened) if opened.size > size => wrong.push(format!(
                    "the checkpoint that you kept covers {} entries and the bundle {size}; ask for a bundle made after it",
                    opened.size
                )),
                _ => audit.vouch(kept),
            }
        }
        let mut walked = Walked::default();
        for path in TilePath::all_entries(size) {
            let TilePath::Entries { index, width } = path else { continue };
            let entries = tile(self.files, path)?;
            if entries.len() != usize::from(width) {
                wrong.push(format!("{path}: it holds {} entries and should hold {width}", entries.len()));
            }
            for (n, bytes) in (index.saturating_mul(256)..).zip(entries.iter()) {
                if let Some(entry) = audit.entry(n, bytes, None) {
                    walked.entry(n, entry, self);
                }
            }
        }
        for path in TilePath::all_hashes(size) {
            let bytes = self.files.read(&Part::Tile(path), TILE_LIMIT)?;
            audit.tile(&path.to_string(), &bytes.unwrap_or_default());
        }
        let report = audit.finish();
        wrong.extend(report.faults.iter().map(ToString::to_string));
        if wrong.is_empty() {
            self.checked.proven = Some(size);
        }
        self.checked.faults.extend(wrong);
        Ok(walked)
    }

    /// Files that a bundle of this bulletin has no use for: they would carry whatever somebody wants carried.
    fn strays(&mut self, size: u64, walked: &Walked, bulletin: &Bulletin) {
        for (name, listed) in &self.files.list.files {
            if matches!(Part::parse(name), Some(Part::Object(digest)) if digest != listed.digest) {
                self.checked
                    .faults
                    .push(format!("{name}: its bytes do not have its name; an entry speaks of others"));
            }
        }
        let tiles: BTreeSet<TilePath> =
            TilePath::all_hashes(size).into_iter().chain(TilePath::all_entries(size)).collect();
        for name in self.files.list.files.keys() {
            let needed = match Part::parse(name) {
                Some(Part::Tile(path)) => tiles.contains(&path),
                Some(part @ Part::Object(_)) => walked.named.contains(&part),
                Some(Part::Frozen(file)) => bulletin.files.contains_key(&file),
                Some(Part::CheckpointOver(over)) => over == bulletin.entries,
                Some(_) => true,
                None => false,
            };
            if !needed {
                self.checked.faults.push(format!("{name}: no entry speaks of it"));
            }
        }
    }

    /// The frozen files are those that the entry fixes.
    fn frozen(&mut self, bulletin: &Bulletin) -> Result<(), String> {
        for (name, frozen) in &bulletin.files {
            let found = self.files.read(&Part::Frozen(name.clone()), OBJECT_LIMIT)?;
            let fault = match found {
                None => format!("bulletin/{name}: it is not in the bundle"),
                Some(bytes) if digest_of(&bytes) != frozen.digest => {
                    format!("bulletin/{name}: it is not the file that entry {} froze", self.checked.entry)
                }
                Some(_) => continue,
            };
            self.checked.faults.push(fault);
        }
        Ok(())
    }

    fn witnesses(&mut self, bundle: &BundleLog<'_>, signed: &[Signed], (entry, passing): (u64, &Passing)) {
        let named = key_sets(bundle);
        let (sets, by_hand) = match self.by_hand() {
            Some(set) => (vec![set], true),
            None => (named.as_deref().unwrap_or_default().to_vec(), false),
        };
        if !by_hand {
            self.checked.own_keys.push("the witnesses' keys and their quorum".to_owned());
            if let Err(say) = &named {
                self.checked.faults.push(say.clone());
            }
        }
        // What nobody passed is published by no cosignature; and a quorum has to have seen that it was passed.
        let stands = match passing.at {
            Some(at) => Publication { entry, ..publication(at.max(entry), &sets, signed) },
            None => Publication { published: false, ..publication(entry, &sets, signed) },
        };
        self.counted = sets.clone();
        if passing.at.is_none() {
            let (n, needed) = (passing.signed.len(), passing.needed);
            let who = if passing.is_answered_for { "" } else { ", one of whom answers for it" };
            let say =
                format!("it is a draft: {n} of the {needed} people that it asks for{who} have passed it");
            self.checked.faults.push(say);
        } else if !stands.published {
            let by: Vec<&str> = stands.by.iter().map(|(name, _)| name.as_str()).collect();
            let by = if by.is_empty() { "nobody".to_owned() } else { by.join(", ") };
            self.checked.faults.push(match stands.set {
                None => "it is a draft: no witness is named, here or by you".to_owned(),
                Some(_) => format!("it is a draft: cosigned by {by}, and wanted are {}", stands.asked),
            });
        }
        self.checked.stands = Some(stands);
        if by_hand && let Ok(named) = &named {
            self.others(&sets, &in_force(named, signed));
        }
    }

    /// An entry that was not there when a witness cosigned, and says that it had been logged long before, was made up afterwards.
    fn back_dated(&mut self, log: &LogVerifier, logged: &[(u64, i64)], signed: &[Signed]) {
        let kept = self.known.kept.iter().filter_map(|note| {
            let size = self.known.log.as_ref().and(log.open(note).ok())?.size;
            Some(Signed { size, note: note.clone() })
        });
        let counted = self.counted.iter().map(|set| &set.quorum);
        let mut faults = Vec::new();
        for one in signed.iter().cloned().chain(kept) {
            let times = counted.clone().flat_map(|quorum| quorum.cosigned(&one.note));
            let Some((who, time)) = times.max_by_key(|(_, time)| *time) else { continue };
            let time = i64::try_from(time).unwrap_or(i64::MAX);
            let early = |(n, at): &&(u64, i64)| *n >= one.size && at.saturating_add(CLOCKS_DIFFER) < time;
            if let Some((n, _)) = logged.iter().find(early) {
                faults.push(format!(
                    "entry {n} is back-dated: it says that it was logged before {who} cosigned a record of {} entries, which it was not in",
                    one.size
                ));
            }
        }
        faults.sort();
        faults.dedup();
        self.checked.faults.extend(faults);
    }

    /// The caller's own witnesses, as one set that counts from the beginning.
    fn by_hand(&self) -> Option<KeySet> {
        if self.known.witnesses.is_empty() {
            return None;
        }
        let name = |key: &WitnessVerifier| NamedWitness {
            name: key.name().to_owned(),
            key: key.clone(),
            speaks_for: None,
        };
        let mut witnesses: Vec<NamedWitness> = Vec::new();
        for key in &self.known.witnesses {
            // Given twice, it counts once.
            if !witnesses.iter().any(|other| other.key.same_key(key)) {
                witnesses.push(name(key));
            }
        }
        let needed = self.known.quorum.unwrap_or(witnesses.len());
        Some(KeySet { entry: 0, quorum: Quorum { witnesses, needed, ..Quorum::default() } })
    }

    /// Says where the bundle's witnesses are not the caller's: he should know before he believes its pages.
    fn others(&mut self, own: &[KeySet], chain: &[&KeySet]) {
        let Some((own, named)) = own.first().zip(chain.last()) else { return };
        let strangers = named
            .quorum
            .witnesses
            .iter()
            .filter(|one| !own.quorum.witnesses.iter().any(|known| known.key.same_key(&one.key)));
        let strangers: Vec<&str> = strangers.map(|one| one.name.as_str()).collect();
        let known: Vec<&str> =
            self.checked.stands.iter().flat_map(|one| &one.by).map(|(name, _)| name.as_str()).collect();
        let cosigned = named.quorum.witnesses.iter().filter(|one| known.contains(&one.key.name()));
        if !named.quorum.reached(cosigned.map(|one| one.name.as_str())) {
            let say = format!(
                "the record asks for {}; the keys that you gave do not show that",
                named.quorum.words()
            );
            self.checked.replayed.notes.push(say);
        }
        if !strangers.is_empty() {
            let say = format!(
                "entry {} names witnesses whose keys you did not give: {}; yours were counted",
                named.entry,
                strangers.join(", ")
            );
            self.checked.replayed.notes.push(say);
        }
    }
}

impl Walked {
    fn entry(&mut self, n: u64, entry: Logged, checking: &Checking<'_>) {
        if let Ok(at) = Instant::parse(&entry.at) {
            self.logged.push((n, at.seconds() + if shows_its_day_alone(&entry) { LAST_OF_DAY } else { 0 }));
        }
        let wanted = checking.checked.entry;
        if n < wanted && !is_ours(&entry.kind) {
            for digest in &entry.objects {
                let part = Part::Object(*digest);
                if !checking.files.list.files.contains_key(&part.name()) {
                    self.closed.insert(n);
                }
                self.named.insert(part);
            }
        }
        match entry.kind.as_str() {
            kind::BULLETIN => self.bulletins.push(entry.clone()),
            kind::SIGN_OFF => self.sign_offs.extend(SignOff::shown(&entry)),
            _ => {}
        }
        if n == wanted {
            self.bulletin = Some(entry);
        }
    }
}

/// Whether the time that an entry shows is its day, at the first second, since the hour is closed: it can have been logged at any time of that day.
fn shows_its_day_alone(entry: &Logged) -> bool {
    entry.at.ends_with("T00:00:00Z") && entry.body.get("fields").is_some()
}

/// The sets of witnesses that the bundle's own missions name.
fn key_sets(bundle: &BundleLog<'_>) -> Result<Vec<KeySet>, String> {
    crate::loaded::key_sets(bundle, bundle.size).map_err(|e| e.to_string())
}
