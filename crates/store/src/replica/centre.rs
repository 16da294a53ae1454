//! Where a replica reads a centre's record from: a store's folder, a folder of static files, or whatever else gives the same by the same paths.
//!
//! Nothing that comes from there is believed. What a centre hands out is bounded by the caller and held against the log's key.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use truceline_record::{
    Digest, MAX_ENTRY_BYTES, TILE_WIDTH, TilePath, TileSource, TileTrees, decode_bundle, encode_bundle,
};

use crate::read::cut;
use crate::store::Store;

/// Longest checkpoint with its signatures, in bytes.
pub const NOTE_LIMIT: u64 = 64 << 10;

/// Longest tile, in bytes: a bundle of the longest entries.
pub const TILE_LIMIT: u64 = TILE_WIDTH as u64 * (MAX_ENTRY_BYTES as u64 + 2);

/// A centre, as far as a replica sees it. Errors are words for people.
pub trait Centre {
    /// Its last checkpoint, with the cosignatures that it has.
    ///
    /// # Errors
    /// When it gives none.
    fn shown(&self) -> Result<Vec<u8>, String>;

    /// The largest checkpoint that it keeps with cosignatures, where it tells one apart.
    ///
    /// # Errors
    /// When it cannot be asked.
    fn shown_cosigned(&self) -> Result<Option<Vec<u8>>, String> {
        Ok(None)
    }

    /// A static file of `tlog-tiles`.
    ///
    /// # Errors
    /// When it is not there, or longer than [`TILE_LIMIT`].
    fn tile(&self, path: TilePath) -> Result<Vec<u8>, String>;

    /// An object, to be read from its beginning; `None` where the centre does not have it.
    ///
    /// # Errors
    /// When it cannot be asked.
    fn object(&self, digest: &Digest) -> Result<Option<Box<dyn Read + '_>>, String>;
}

impl Centre for Store {
    fn shown(&self) -> Result<Vec<u8>, String> {
        let words = |error: crate::ReadError| error.to_string();
        let last = self.last_checkpoint().map_err(words)?;
        let kept = self.cosigned().map_err(words)?;
        if let Some(kept) = kept.into_iter().find(|kept| Some(&kept.checkpoint) == last.as_ref()) {
            return Ok(kept.note);
        }
        let note = self.checkpoint_note().map_err(words)?;
        note.ok_or_else(|| "nothing is signed there yet".to_owned())
    }

    fn shown_cosigned(&self) -> Result<Option<Vec<u8>>, String> {
        let kept = self.cosigned().map_err(|error| error.to_string())?;
        Ok(kept.into_iter().next().map(|kept| kept.note))
    }

    fn tile(&self, path: TilePath) -> Result<Vec<u8>, String> {
        self.tile_at(path).map_err(|error| error.to_string())
    }

    fn object(&self, digest: &Digest) -> Result<Option<Box<dyn Read + '_>>, String> {
        self.object_reader(digest).map_err(|error| error.to_string())
    }
}

/// A folder of static files, as [`Store::export_static`] and [`Store::export_objects`] write it.
#[derive(Clone, Debug)]
pub struct StaticFolder {
    dir: PathBuf,
}

impl StaticFolder {
    /// The files in `dir`.
    #[must_use]
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    fn read(&self, name: &str, limit: u64) -> Result<Vec<u8>, String> {
        let path = self.dir.join(name);
        let words = |error: io::Error| format!("{}: {error}", path.display());
        let mut bytes = Vec::new();
        File::open(&path).map_err(words)?.take(limit + 1).read_to_end(&mut bytes).map_err(words)?;
        if bytes.len() as u64 > limit { Err(format!("{}: too long", path.display())) } else { Ok(bytes) }
    }
}

impl Centre for StaticFolder {
    fn shown(&self) -> Result<Vec<u8>, String> {
        self.read("checkpoint", NOTE_LIMIT)
    }

    fn tile(&self, path: TilePath) -> Result<Vec<u8>, String> {
        self.read(&path.to_string(), TILE_LIMIT)
    }

    fn object(&self, digest: &Digest) -> Result<Option<Box<dyn Read + '_>>, String> {
        let path = self.dir.join("object").join(digest.to_string());
        match File::open(&path) {
            Ok(file) => Ok(Some(Box::new(file))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("{}: {error}", path.display())),
        }
    }
}

/// Tiles that are kept from one batch to the next.
const KEPT: usize = 64;

/// The tiles of a centre, each asked for once in a while.
pub(super) struct Tiles<'c> {
    centre: &'c dyn Centre,
    kept: RefCell<BTreeMap<TilePath, Vec<u8>>>,
    trees: TileTrees,
}

impl<'c> Tiles<'c> {
    pub(super) fn new(centre: &'c dyn Centre) -> Self {
        Self { centre, kept: RefCell::default(), trees: TileTrees::new(KEPT) }
    }

    fn get(&self, path: TilePath) -> Result<Vec<u8>, String> {
        if let Some(kept) = self.kept.borrow().get(&path) {
            return Ok(kept.clone());
        }
        let bytes = match self.centre.tile(path) {
            Err(error) if path.is_partial() => {
                // A static server may have put the full one in its place.
                self.centre.tile(full(path)).ok().and_then(|wider| narrowed(&wider, path)).ok_or(error)?
            }
            got => got?,
        };
        let mut kept = self.kept.borrow_mut();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(path, bytes.clone());
        Ok(bytes)
    }

    /// The entries of a bundle; exactly as many as its path says.
    pub(super) fn bundle(&self, index: u64, width: u16) -> Result<Vec<Vec<u8>>, String> {
        let path = TilePath::Entries { index, width };
        let bytes = self.get(path)?;
        let entries = decode_bundle(&bytes).map_err(|error| format!("{path}: {error}"))?;
        if entries.len() != usize::from(width) {
            return Err(format!("{path}: it holds {} entries", entries.len()));
        }
        Ok(entries.into_iter().map(<[u8]>::to_vec).collect())
    }
}

impl TileSource for Tiles<'_> {
    type Error = String;

    fn tile(&self, path: TilePath) -> Result<Vec<u8>, String> {
        self.get(path)
    }

    fn trees(&self) -> Option<&TileTrees> {
        Some(&self.trees)
    }
}

fn full(path: TilePath) -> TilePath {
    match path {
        TilePath::Hashes { level, index, .. } => TilePath::hashes(level, index, TILE_WIDTH),
        TilePath::Entries { index, .. } => TilePath::Entries { index, width: TILE_WIDTH },
    }
}

fn narrowed(wider: &[u8], path: TilePath) -> Option<Vec<u8>> {
    match path {
        TilePath::Hashes { width, .. } => cut(wider.to_vec(), width),
        TilePath::Entries { width, .. } => {
            let entries = decode_bundle(wider).ok()?;
            encode_bundle(entries.get(..usize::from(width))?).ok()
        }
    }
}

/// Bytes that must have a digest: where they end and have another, reading fails, so that nobody keeps them under either name.
pub(super) struct Checked<'r> {
    inner: Box<dyn Read + 'r>,
    hash: Sha256,
    wanted: Digest,
}

impl<'r> Checked<'r> {
    pub(super) fn new(inner: Box<dyn Read + 'r>, wanted: Digest) -> Self {
        Self { inner, hash: Sha256::new(), wanted }
    }
}

impl Read for Checked<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(into)?;
        self.hash.update(into.get(..read).unwrap_or_default());
        if read == 0 && !into.is_empty() && Digest(self.hash.clone().finalize().into()) != self.wanted {
            let other = format!("what came as object {} has other bytes", self.wanted);
            return Err(io::Error::new(ErrorKind::InvalidData, other));
        }
        Ok(read)
    }
}
