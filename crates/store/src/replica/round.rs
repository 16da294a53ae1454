//! One round of following: what the centre shows is checked, and taken in batch by batch, each proven before it is written.
//!
//! Memory stays bounded: one bundle of entries, a few tiles, and small objects up to a limit. What was signed is written down before anything under
//! it is taken (`pending`), so that a centre which shows another history after a kill is still held to what it signed before.

use std::collections::BTreeSet;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::PathBuf;

use truceline_record::{
    Digest, Entry, Frontier, TILE_WIDTH, TilePath, Tiler, check_consistency, erased_by, leaf_hash, peaks_at,
    prove_consistency,
};

use super::centre::{Centre, Checked, Tiles};
use super::error::FollowError;
use super::fork::{Differs, Note};
use super::{Followed, Replica, remove};
use crate::backup;
use crate::cosigned::Cosigned;
use crate::error::FileTrouble;
use crate::layout;
use crate::pieces::{self, Listed, Lister};
use crate::tables::{Batch, Signed};
use crate::vault::SMALL_OBJECT_BYTES;

/// Small objects that are held before they are written.
const TOGETHER: usize = 8 << 20;

/// Longest object that is taken: a centre that is somebody else's must not fill the disk with one.
const OBJECT_LIMIT: u64 = 64 << 30;

/// Objects that may be lacking; a centre that has fewer is no centre to follow.
const LACKING_LIMIT: usize = 10_000;

/// Entries that are written together.
struct Part {
    bytes: Vec<Vec<u8>>,
    entries: Vec<Entry>,
    /// The tree with them, and the tiles that became full.
    tiler: Tiler,
    full: Vec<(TilePath, Vec<u8>)>,
}

impl Replica {
    /// Takes in what the centre has signed since the last round. `at`: when, RFC 3339 in UTC.
    ///
    /// # Errors
    /// See [`FollowError`]; what was taken in before the error stays, and the next round goes on from there.
    pub fn follow(&mut self, centre: &dyn Centre, at: &str) -> Result<Followed, FollowError> {
        self.refuse_forked()?;
        self.store.finish_erasure()?;
        let note = self.chosen(centre)?;
        let mut done = Followed { shown: note.size, ..Followed::default() };
        if note.size < self.tiler.size() {
            self.shown_less(&note)?;
        } else {
            let tiles = Tiles::new(centre);
            self.begins_with_ours(&tiles, &note)?;
            self.fetch_lacking(centre, &mut done)?;
            self.pend(&note)?;
            while self.tiler.size() < note.size {
                self.take(centre, &tiles, &note, &mut done)?;
            }
            self.sign_off(&note, at)?;
        }
        done.size = self.tiler.size();
        done.lacking.clone_from(&self.lacking);
        Ok(done)
    }

    /// The checkpoint to follow: signed by the log's key, and cosigned by as many as are wanted.
    fn chosen(&self, centre: &dyn Centre) -> Result<Note, FollowError> {
        let silent = |reason| FollowError::Centre { reason };
        let mut most = 0;
        let last = centre.shown().map_err(silent)?;
        let wanted = self.cosigners.needed;
        let kept = if wanted > 0 { centre.shown_cosigned().map_err(silent)? } else { None };
        for bytes in std::iter::once(last).chain(kept) {
            let opened = self.store.verifier().open(&bytes);
            // What the key before signed later than was followed here, witnesses will cosign again under the new one.
            if opened.is_err() && most < wanted && self.store.verifier().signed_before(&bytes) {
                continue;
            }
            let checkpoint = opened.map_err(|error| FollowError::Wrong { reason: error.to_string() })?;
            let cosigned = Cosigned { checkpoint, note: bytes };
            let held = cosigned.by(&self.cosigners.witnesses).len();
            if held >= wanted {
                let Cosigned { checkpoint, note: bytes } = cosigned;
                return Ok(Note { size: checkpoint.size, root: checkpoint.root, bytes });
            }
            most = most.max(held);
        }
        Err(FollowError::NotCosigned { held: most, needed: wanted })
    }

    /// An older checkpoint: nothing to take, but it must be one of this history.
    fn shown_less(&self, note: &Note) -> Result<(), FollowError> {
        let own = backup::root_over(&self.store, note.size);
        let own = own.map_err(|error| FollowError::Write { reason: error.to_string() })?;
        if own == note.root {
            return Ok(());
        }
        let last = self.last()?;
        let larger = last.filter(|last| last.size >= note.size).or(self.pending()?);
        let larger = larger.ok_or_else(|| wrong("it is of no history that is known here"))?;
        let proof = prove_consistency(&self.store, larger.size, larger.root, note.size);
        let differs = proof.ok().map(|proof| Differs { at: note.size, root: own, proof });
        Err(self.forked(note, &larger, differs.as_ref()))
    }

    /// That the tree which the centre signed begins with all that is held here.
    fn begins_with_ours(&self, tiles: &Tiles<'_>, note: &Note) -> Result<(), FollowError> {
        let (size, root) = (self.tiler.size(), self.tiler.root());
        if size == note.size {
            let same = root == note.root;
            let last = self.last()?.filter(|last| last.size == size).or(self.pending()?);
            return match last {
                _ if same => Ok(()),
                Some(last) => Err(self.forked(&last, note, None)),
                None => Err(wrong("it is of no history that is known here")),
            };
        }
        let Some(differs) = differs(tiles, note, size, root)? else { return Ok(()) };
        // Its tree is whole, and does not begin with ours. Which of the notes that we followed does it belie?
        for known in [self.last()?, self.pending()?].into_iter().flatten() {
            if known.size <= note.size
                && let Some(differs) = self::differs(tiles, note, known.size, known.root)?
            {
                return Err(self.forked(&known, note, Some(&differs)));
            }
        }
        // What was taken under a larger note that was never reached.
        match self.pending()?.or(self.last()?) {
            Some(known) => Err(self.forked(&known, note, Some(&differs))),
            None => Err(wrong("it is of no history that is known here")),
        }
    }

    /// Takes the next entries: to the end of a bundle, of what is signed, of what was signed before a kill, or to an erasure.
    fn take(
        &mut self,
        centre: &dyn Centre,
        tiles: &Tiles<'_>,
        note: &Note,
        done: &mut Followed,
    ) -> Result<(), FollowError> {
        let pending = self.pending()?;
        let first = self.tiler.size();
        let stop = pending.as_ref().map_or(note.size, |pending| pending.size.min(note.size));
        let part = self.next(tiles, note, stop)?;
        let (size, root) = (part.tiler.size(), part.tiler.root());
        let proof = prove_consistency(tiles, note.size, note.root, size).map_err(|error| from(&error))?;
        check_consistency(&proof, note.size, note.root, size, root).map_err(|error| from(&error))?;
        if let Some(pending) = pending.filter(|pending| pending.size == size && pending.root != root) {
            let differs = Differs { at: size, root, proof };
            return Err(self.forked(&pending, note, Some(&differs)));
        }
        self.take_objects(centre, &part.entries, done)?;
        let erased = self.announce_erasure(&part.entries)?;
        let Part { bytes, entries, tiler, full } = part;
        let keys = entries.iter().filter_map(|entry| Some((entry.key?.0, entry.n))).collect();
        let leaves: Vec<(Vec<u8>, Digest)> = bytes
            .into_iter()
            .map(|bytes| (leaf_hash(&bytes), bytes))
            .map(|(leaf, bytes)| (bytes, leaf))
            .collect();
        let count = leaves.len() as u64;
        self.write(&Batch { first, entries: leaves, keys, objects: Vec::new(), tiles: full })?;
        self.tiler = tiler;
        done.entries += count;
        if erased > 0 {
            self.store.finish_erasure()?;
            done.erased += erased;
        }
        self.forget_erased(&entries)?;
        // Beyond what was signed before, this note is the one that is held to.
        self.pend(note)
    }

    /// The next entries, read and put into the tree.
    fn next(&self, tiles: &Tiles<'_>, note: &Note, stop: u64) -> Result<Part, FollowError> {
        let wide = u64::from(TILE_WIDTH);
        let first = self.tiler.size();
        let index = first / wide;
        let width = u16::try_from((note.size - index * wide).min(wide)).unwrap_or(TILE_WIDTH);
        let bundle = tiles.bundle(index, width).map_err(|reason| FollowError::Centre { reason })?;
        let skip = usize::try_from(first % wide).unwrap_or(usize::MAX);
        let mut part =
            Part { bytes: Vec::new(), entries: Vec::new(), tiler: self.tiler.clone(), full: Vec::new() };
        for bytes in bundle.into_iter().skip(skip) {
            let n = part.tiler.size();
            if n >= stop {
                break;
            }
            let entry = Entry::from_bytes(&bytes).map_err(|error| wrong(&format!("entry {n}: {error}")))?;
            if entry.n != n {
                return Err(wrong(&format!("entry {n} says that it is entry {}", entry.n)));
            }
            part.full.extend(part.tiler.push(leaf_hash(&bytes)));
            part.bytes.push(bytes);
            let last = !erased_by(&entry).is_empty();
            part.entries.push(entry);
            if last {
                break;
            }
        }
        Ok(part)
    }

    /// Objects that entries name and that are not here yet, before the entries are.
    fn take_objects(
        &mut self,
        centre: &dyn Centre,
        entries: &[Entry],
        done: &mut Followed,
    ) -> Result<(), FollowError> {
        let named: BTreeSet<Digest> =
            entries.iter().flat_map(|entry| entry.objects.iter().copied()).collect();
        let before = self.lacking.len();
        self.fetch(centre, &named, done)?;
        if self.lacking.len() > LACKING_LIMIT {
            let reason =
                format!("more than {LACKING_LIMIT} objects are not there; does it hand out objects?");
            return Err(FollowError::Centre { reason });
        }
        if self.lacking.len() != before { Ok(self.keep_lacking()?) } else { Ok(()) }
    }

    /// Asks again for what was not there.
    fn fetch_lacking(&mut self, centre: &dyn Centre, done: &mut Followed) -> Result<(), FollowError> {
        if self.lacking.is_empty() {
            return Ok(());
        }
        let lacking = core::mem::take(&mut self.lacking);
        let fetched = self.fetch(centre, &lacking, done);
        if fetched.is_err() {
            self.lacking = lacking;
        }
        fetched?;
        Ok(self.keep_lacking()?)
    }

    fn fetch(
        &mut self,
        centre: &dyn Centre,
        named: &BTreeSet<Digest>,
        done: &mut Followed,
    ) -> Result<(), FollowError> {
        let mut small: Vec<(Digest, Vec<u8>)> = Vec::new();
        let mut bytes = 0;
        for digest in named {
            if self.store.tables.holds(digest)? {
                continue;
            }
            let asked = centre.object(digest).map_err(|reason| FollowError::Centre { reason })?;
            let Some(reader) = asked else {
                self.lacking.insert(*digest);
                continue;
            };
            let mut reader = Checked::new(reader, *digest);
            let mut head = Vec::new();
            let limit = SMALL_OBJECT_BYTES as u64 + 1;
            (&mut reader).take(limit).read_to_end(&mut head).map_err(|error| cut_off(&error))?;
            done.objects += 1;
            if head.len() > SMALL_OBJECT_BYTES {
                let mut lister = Lister::default();
                lister.push(&head);
                let mut listed = Listed { from: &mut reader, lister: &mut lister };
                self.store.tables.keep_large(&head, &mut listed, OBJECT_LIMIT)?;
                lister.keep(self.store.dir(), digest);
                continue;
            }
            bytes += head.len();
            small.push((*digest, head));
            if bytes >= TOGETHER {
                self.keep(&small)?;
                (bytes, small) = (0, Vec::new());
            }
        }
        self.keep(&small)
    }

    fn keep(&mut self, small: &[(Digest, Vec<u8>)]) -> Result<(), FollowError> {
        if small.is_empty() {
            return Ok(());
        }
        let objects = small.iter().map(|(digest, bytes)| (*digest, bytes.as_slice())).collect();
        self.write(&Batch { first: self.tiler.size(), objects, ..Batch::default() })
    }

    fn write(&mut self, batch: &Batch<'_>) -> Result<(), FollowError> {
        self.store.tables.commit(batch)?;
        pieces::note_batch(self.store.dir(), batch);
        Ok(())
    }

    /// Notes what an erasure at the end of these entries will destroy here; gives how much that is.
    fn announce_erasure(&self, entries: &[Entry]) -> Result<u64, FollowError> {
        let Some(entry) = entries.last() else { return Ok(0) };
        let mut held = BTreeSet::new();
        for digest in erased_by(entry) {
            if self.store.tables.holds(&digest)? {
                held.insert(digest);
            }
        }
        if !held.is_empty() {
            crate::erase::announce(self.dir(), entry.n, &held)?;
        }
        Ok(held.len() as u64)
    }

    /// What an erasure names is not lacking: it is gone by two people's word.
    fn forget_erased(&mut self, entries: &[Entry]) -> Result<(), FollowError> {
        let before = self.lacking.len();
        for digest in entries.last().map(erased_by).unwrap_or_default() {
            self.lacking.remove(&digest);
        }
        if self.lacking.len() != before { Ok(self.keep_lacking()?) } else { Ok(()) }
    }

    /// Keeps the note that entries are taken under until all of it is held; an earlier one that is not reached yet stays.
    fn pend(&self, note: &Note) -> Result<(), FollowError> {
        let size = self.tiler.size();
        match self.pending()? {
            Some(pending) if pending.size > size => Ok(()),
            before if note.size > size => {
                let text = String::from_utf8_lossy(&note.bytes);
                match before {
                    Some(before) if before == *note => Ok(()),
                    _ => Ok(layout::write_file(&self.pending_file(), &text, false)?),
                }
            }
            _ => Ok(()),
        }
    }

    fn pending_file(&self) -> PathBuf {
        self.dir().join("pending")
    }

    /// The note that entries are taken under, while not all of it is held.
    pub(super) fn pending(&self) -> Result<Option<Note>, FollowError> {
        let path = self.pending_file();
        match fs::read(&path) {
            Ok(bytes) => self.opened(bytes).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(FileTrouble::at(&path)(error).into()),
        }
    }

    /// The last checkpoint that all entries of are held.
    pub(super) fn last(&self) -> Result<Option<Note>, FollowError> {
        self.store.tables.last_note()?.map(|(_, bytes)| self.opened(bytes)).transpose()
    }

    fn opened(&self, bytes: Vec<u8>) -> Result<Note, FollowError> {
        let opened = self.store.verifier().open(&bytes);
        let opened =
            opened.map_err(|error| FollowError::Write { reason: format!("a note kept here: {error}") })?;
        Ok(Note { size: opened.size, root: opened.root, bytes })
    }

    /// All entries of the note are held: it becomes a checkpoint of the replica, with whoever cosigned it.
    fn sign_off(&mut self, note: &Note, at: &str) -> Result<(), FollowError> {
        if note.size == 0 {
            return Ok(());
        }
        if self.store.tables.note_of(note.size)?.is_none() {
            let before = self.store.tables.last_note()?.map_or(0, |(size, _)| size);
            let own = own_signature(&note.bytes, self.store.origin());
            self.store.tables.commit_checkpoint(&Signed {
                size: note.size,
                at,
                note: &own,
                gone: TilePath::partial_hashes(before),
                partial: self.tiler.partial_tiles(),
            })?;
        }
        // The centre's file of that size may have gained cosignatures.
        let kept = self.store.cosigned()?.into_iter().find(|kept| kept.checkpoint.size == note.size);
        let own = self.store.tables.note_of(note.size)?;
        if own.as_ref() != Some(&note.bytes) && kept.is_none_or(|kept| kept.note != note.bytes) {
            self.store.keep_cosigned(&note.bytes)?;
        }
        if self.pending()?.is_some_and(|pending| pending.size <= self.tiler.size()) {
            remove(&self.pending_file())?;
        }
        let origin = self.store.origin().to_owned();
        Ok(backup::mark_copy(self.dir(), &origin, note.size, note.root, at)?)
    }
}

/// Whether the tree of a note has another root over its first entries; that it has any is checked against the note.
fn differs(tiles: &Tiles<'_>, note: &Note, at: u64, root: Digest) -> Result<Option<Differs>, FollowError> {
    let peaks = peaks_at(tiles, note.size, note.root, at).map_err(|error| from(&error))?;
    let theirs = Frontier::from_peaks(at, &peaks).ok_or_else(|| wrong("its tiles are none"))?.root();
    if theirs == root {
        return Ok(None);
    }
    let proof = prove_consistency(tiles, note.size, note.root, at).map_err(|error| from(&error))?;
    Ok(Some(Differs { at, root: theirs, proof }))
}

/// A note with the log's own signature alone, as the log itself keeps it.
fn own_signature(note: &[u8], origin: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(note);
    let Some((said, signatures)) = text.split_once("\n\n") else { return note.to_vec() };
    let own = format!("\u{2014} {origin} ");
    let kept: String =
        signatures.lines().filter(|line| line.starts_with(&own)).map(|line| format!("{line}\n")).collect();
    format!("{said}\n\n{kept}").into_bytes()
}

fn wrong(reason: &str) -> FollowError {
    FollowError::Wrong { reason: reason.to_owned() }
}

fn from(error: &truceline_record::ProofError) -> FollowError {
    match error {
        truceline_record::ProofError::Tile { .. } => FollowError::Centre { reason: error.to_string() },
        _ => wrong(&error.to_string()),
    }
}

fn cut_off(error: &std::io::Error) -> FollowError {
    match error.kind() {
        ErrorKind::InvalidData => wrong(&error.to_string()),
        _ => FollowError::Centre { reason: error.to_string() },
    }
}
