//! `bundle`: puts together what a stranger needs to check one bulletin, as a folder or as one archive.
//!
//! Everything is gathered first, as names and digests; then written in the order of names. The list is made from the same digests, so
//! that a bundle that does not fit its list was changed after it was made.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::json;
use sha2::{Digest as _, Sha256};
use truceline_record::{Digest, TilePath};
use truceline_store::Store;

use super::list::List;
use super::{LIST, Part, tar};
use crate::bulletins::{Bulletin, Frozen, Publication, publication};
use crate::cli::record::Bundle;
use crate::commands::published::signed;
use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::log::kind;
use crate::pipeline::Source;
use crate::{editions, log, out};

/// Writes the bundle of a bulletin.
///
/// # Errors
/// When the entry is no bulletin, the store cannot be read, or the bundle cannot be written.
pub(crate) fn make(asked: &Bundle) -> Result<u8, Failure> {
    let store = log::open_read_only(&asked.at.store)?;
    let loaded = Source::new(asked.at.store.clone()).loaded(None, 2)?;
    let entry = loaded.bulletins.iter().find(|entry| entry.n == asked.entry);
    let entry = entry.ok_or_else(|| {
        let all: Vec<String> = loaded.bulletins.iter().map(|entry| entry.n.to_string()).collect();
        let all = if all.is_empty() { "none".to_owned() } else { all.join(", ") };
        Failure::not_found(format!("entry {} is no frozen bulletin; there are: {all}", asked.entry))
    })?;
    let bulletin = Bulletin::of(entry).map_err(Failure::not_found)?;
    let gathered = Gathered::of(&store, &loaded, (asked.entry, &bulletin), asked.without_reports)?;
    let files = gathered.parts.len() + 1;
    write(&store, &gathered, &asked.out)?;
    let state = if gathered.stands.published { "published" } else { "draft" };
    let at = asked.out.display();
    out::told(
        asked.format,
        format_args!(
            "bulletin {}, {state}, with {} entries of the record: {files} files in {at}",
            asked.entry, gathered.size
        ),
        &json!({ "entry": asked.entry, "state": state, "entries": gathered.size, "files": files, "out": at.to_string() }),
    )?;
    Ok(0)
}

/// The bundle of a bulletin as one archive, without reports: for whoever asks.
///
/// # Errors
/// When the entry is no bulletin, the store cannot be read, or the archive cannot be written.
pub(crate) fn archive(store: &Store, loaded: &Loaded, n: u64, to: &mut dyn Write) -> Result<(), Failure> {
    let none = || Failure::not_found(format!("entry {n} is no frozen bulletin"));
    let entry = loaded.bulletins.iter().find(|entry| entry.n == n).ok_or_else(none)?;
    let bulletin = Bulletin::of(entry).map_err(Failure::not_found)?;
    let gathered = Gathered::of(store, loaded, (n, &bulletin), true)?;
    let fail = |e: &dyn std::fmt::Display| Failure::operation("write the archive", e);
    let list = gathered.list(store)?;
    let text = list.to_bytes().map_err(|e| fail(&e))?;
    archive_of(store, &gathered, &list, &text, to)?;
    to.flush().map_err(|e| fail(&e))
}

/// Kinds of entries whose objects no bundle carries: a bulletin's own files stand beside, and who was shown what, and what one watch left to the
/// next, a file that came with a report, and who replaced the log's key, is nobody's outside, and no figure follows from it.
pub(super) fn is_ours(kind: &str) -> bool {
    matches!(
        kind,
        kind::BULLETIN | kind::READ | kind::HANDOVER | kind::TAKEOVER | kind::ATTACHMENT | kind::KEY_CHANGE
    )
}

/// Where a part's bytes come from.
enum From {
    Here(Vec<u8>),
    Tile(TilePath),
    Vault(Digest),
}

struct Gathered {
    bulletin: u64,
    stands: Publication,
    /// Entries under the bundle's checkpoint.
    size: u64,
    parts: BTreeMap<String, From>,
}

impl Gathered {
    fn of(
        store: &Store,
        loaded: &Loaded,
        (n, bulletin): (u64, &Bulletin),
        without_reports: bool,
    ) -> Result<Self, Failure> {
        let fail = |e: &dyn std::fmt::Display| Failure::operation("read the store", e);
        let kept = signed(store)?;
        let entry = loaded.bulletins.iter().find(|entry| entry.n == n);
        let stands = match entry {
            Some(entry) => editions::stands(loaded, entry, &kept),
            None => publication(n, &loaded.key_sets, &kept),
        };
        let last = store.last_checkpoint().map_err(|e| fail(&e))?;
        let last =
            last.filter(|last| last.size > n).ok_or_else(|| fail(&"the bulletin is not signed yet"))?;
        let size = stands.size.unwrap_or(last.size);
        let mut gathered = Self { bulletin: n, stands, size, parts: BTreeMap::new() };
        let own = |size| store.checkpoint_note_over(size).map_err(|e| fail(&e));
        let cosigned = kept.iter().find(|one| one.size == size).map(|one| one.note.clone());
        let note = match cosigned {
            Some(note) => Some(note),
            None => own(size)?,
        };
        gathered.put(Part::Checkpoint, From::Here(note.ok_or_else(|| fail(&"a checkpoint is missing"))?));
        if let Some(note) = own(bulletin.entries)? {
            gathered.put(Part::CheckpointOver(bulletin.entries), From::Here(note));
        }
        // By these one set of witnesses handed over to the next, and entries cannot be older than they say.
        for one in kept.iter().filter(|one| one.size < size) {
            gathered.put(Part::Cosigned(one.size), From::Here(one.note.clone()));
        }
        let key = format!("{}\n", store.verifier().key_over(size));
        gathered.put(Part::Key, From::Here(key.into_bytes()));
        for path in TilePath::all_hashes(size).into_iter().chain(TilePath::all_entries(size)) {
            gathered.put(Part::Tile(path), From::Tile(path));
        }
        for (name, frozen) in &bulletin.files {
            gathered.put(Part::Frozen(name.clone()), From::Vault(frozen.digest));
        }
        gathered.objects(store, bulletin, without_reports)?;
        Ok(gathered)
    }

    /// What the bulletin was derived from; what is no longer there is left out, and `verify` says so.
    fn objects(&mut self, store: &Store, bulletin: &Bulletin, without_reports: bool) -> Result<(), Failure> {
        let fail = |e: &dyn std::fmt::Display| Failure::operation("read the store", e);
        let mut met = BTreeSet::new();
        for stored in store.entries(0..bulletin.entries) {
            let entry = stored.and_then(|stored| stored.decode()).map_err(|e| fail(&e))?;
            // Reports, texts and what people said of them: a step quotes its text, an office's entry may be a report.
            let open = matches!(entry.kind.as_str(), kind::MISSION | kind::MAPPING | kind::FILE);
            let is_ours = is_ours(&entry.kind);
            if is_ours || (without_reports && !open) {
                continue;
            }
            for digest in entry.objects {
                if met.insert(digest) && store.object_reader(&digest).map_err(|e| fail(&e))?.is_some() {
                    self.put(Part::Object(digest), From::Vault(digest));
                }
            }
        }
        Ok(())
    }

    fn put(&mut self, part: Part, from: From) {
        self.parts.insert(part.name(), from);
    }

    fn list(&self, store: &Store) -> Result<List, Failure> {
        let mut files = BTreeMap::new();
        for (name, from) in &self.parts {
            let mut hash = Hashing { hash: Sha256::new(), bytes: 0 };
            copy(store, from, &mut hash, name)?;
            files.insert(
                name.clone(),
                Frozen { bytes: hash.bytes, digest: Digest(hash.hash.finalize().into()) },
            );
        }
        Ok(List { bulletin: self.bulletin, files })
    }
}

struct Hashing {
    hash: Sha256,
    bytes: u64,
}

impl Write for Hashing {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.hash.update(part);
        self.bytes += part.len() as u64;
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn copy(store: &Store, from: &From, to: &mut dyn Write, name: &str) -> Result<u64, Failure> {
    let fail = |e: &dyn std::fmt::Display| Failure::operation(&format!("put {name} into the bundle"), e);
    let mut reader: Box<dyn Read + '_> = match from {
        From::Here(bytes) => Box::new(bytes.as_slice()),
        From::Tile(path) => Box::new(io::Cursor::new(store.tile_at(*path).map_err(|e| fail(&e))?)),
        From::Vault(digest) => {
            let found = store.object_reader(digest).map_err(|e| fail(&e))?;
            found.ok_or_else(|| fail(&"the vault does not have it"))?
        }
    };
    io::copy(&mut reader, to).map_err(|e| fail(&e))
}

fn write(store: &Store, gathered: &Gathered, to: &Path) -> Result<(), Failure> {
    let fail = |e: &dyn std::fmt::Display| Failure::operation(&format!("write {}", to.display()), e);
    let list = gathered.list(store)?;
    let text = list.to_bytes().map_err(|e| fail(&e))?;
    if to.extension().is_some_and(|ending| ending == "tar") {
        let beside = PathBuf::from(format!("{}.unfinished", to.display()));
        let mut archive = BufWriter::new(File::create(&beside).map_err(|e| fail(&e))?);
        archive_of(store, gathered, &list, &text, &mut archive)?;
        archive.into_inner().map_err(|e| fail(&e))?.sync_all().map_err(|e| fail(&e))?;
        return fs::rename(&beside, to).map_err(|e| fail(&e));
    }
    fs::create_dir_all(to).map_err(|e| fail(&e))?;
    if fs::read_dir(to).map_err(|e| fail(&e))?.next().is_some() {
        return Err(Failure::usage(format!("{} is not empty; name a new folder, or FILE.tar", to.display())));
    }
    for (name, from) in &gathered.parts {
        let path = to.join(name);
        path.parent().map_or(Ok(()), fs::create_dir_all).map_err(|e| fail(&e))?;
        let mut file = BufWriter::new(File::create(&path).map_err(|e| fail(&e))?);
        copy(store, from, &mut file, name)?;
        file.flush().map_err(|e| fail(&e))?;
    }
    fs::write(to.join(LIST), text).map_err(|e| fail(&e))
}

fn archive_of(
    store: &Store,
    gathered: &Gathered,
    list: &List,
    text: &[u8],
    archive: &mut dyn Write,
) -> Result<(), Failure> {
    let fail = |e: &dyn std::fmt::Display| Failure::operation("write the archive", e);
    let listed = Frozen { bytes: text.len() as u64, digest: truceline_record::digest_of(text) };
    let mut names: BTreeMap<&str, Frozen> =
        list.files.iter().map(|(name, file)| (name.as_str(), *file)).collect();
    names.insert(LIST, listed);
    for (name, file) in names {
        let header = tar::header(name, file.bytes);
        let header = header.ok_or_else(|| fail(&format!("{name} is too large for it; name a folder")))?;
        archive.write_all(&header).map_err(|e| fail(&e))?;
        match gathered.parts.get(name) {
            Some(from) => drop(copy(store, from, archive, name)?),
            None => archive.write_all(text).map_err(|e| fail(&e))?,
        }
        let zeros = vec![0_u8; usize::try_from(tar::padding(file.bytes)).unwrap_or_default()];
        archive.write_all(&zeros).map_err(|e| fail(&e))?;
    }
    archive.write_all(&[0_u8; 1024]).map_err(|e| fail(&e))
}
