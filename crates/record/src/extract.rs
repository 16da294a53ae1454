//! An extract of a log: a run of its entries, with what proves that they stand there, in one piece of bytes for a slow line or a stick.
//!
//! It holds the roots of everything before the run, the entries (or only the hashes of those that do not concern the reader), the proof
//! from the run's end to a signed checkpoint, and objects that the entries name. Whoever has the log's public key can check all of it; whoever
//! saw an earlier checkpoint can check that this history begins with it. It never says what an entry means, and reads nothing
//! that it would not have written.

use core::fmt;

use serde_json::{Map, Value, json};

use crate::canonical::{canonical_bytes, check_canonical};
use crate::checkpoint::{Checkpoint, CheckpointError, LogVerifier};
use crate::digest::{Digest, leaf_hash};
use crate::entry::MAX_ENTRY_BYTES;
use crate::proof::{ProofError, check_consistency};
use crate::tree::Frontier;

/// The first line.
const HEADER: &[u8] = b"truceline-extract 1\n";

/// Longest extract, in bytes.
pub const EXTRACT_LIMIT: usize = 256 << 20;

/// Longest description, in bytes: the line that says what follows it.
const DESCRIPTION_LIMIT: usize = 16 << 20;

/// One entry of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Its bytes.
    Entry(Vec<u8>),
    /// Its hash alone: it does not concern the reader.
    Hash(Digest),
}

impl Item {
    /// The leaf of the tree.
    #[must_use]
    pub fn leaf(&self) -> Digest {
        match self {
            Self::Entry(bytes) => leaf_hash(bytes),
            Self::Hash(leaf) => *leaf,
        }
    }
}

/// That the log extends what its reader saw before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extends {
    /// How many entries the reader saw signed.
    pub size: u64,
    /// The proof from there to the checkpoint.
    pub proof: Vec<Digest>,
}

/// A run of entries of one log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extract {
    /// Number of its first entry.
    pub from: u64,
    /// Roots of the complete subtrees of all entries before it, largest first.
    pub peaks: Vec<Digest>,
    /// The entries, by number.
    pub items: Vec<Item>,
    /// The proof from the run's end to the checkpoint.
    pub proof: Vec<Digest>,
    /// The checkpoint, a signed note.
    pub note: Vec<u8>,
    /// That it extends what the reader saw, where that is known.
    pub extends: Option<Extends>,
    /// Objects that the entries name, in any order; each is known by its digest.
    pub objects: Vec<Vec<u8>>,
}

/// Why bytes are no extract, or an extract proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExtractError {
    /// Not in the form that this module writes.
    Malformed {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Longer than [`EXTRACT_LIMIT`].
    TooLong,
    /// The checkpoint is not the log's.
    Checkpoint(CheckpointError),
    /// The entries are not those of the log that the checkpoint signs.
    Proof(ProofError),
}

impl fmt::Display for ExtractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { reason } => write!(f, "no extract of a log: {reason}"),
            Self::TooLong => write!(f, "an extract holds at most {} MiB", EXTRACT_LIMIT >> 20),
            Self::Checkpoint(error) => error.fmt(f),
            Self::Proof(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for ExtractError {}

/// What an extract proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extracted {
    /// The checkpoint that covers the run.
    pub checkpoint: Checkpoint,
    /// Leaf hashes of the run, by number.
    pub leaves: Vec<Digest>,
    start: Frontier,
}

impl Extracted {
    /// The root over the log's first `size` entries, where `size` lies between the run's ends; `None` elsewhere.
    #[must_use]
    pub fn root_at(&self, size: u64) -> Option<Digest> {
        let more = usize::try_from(size.checked_sub(self.start.size())?).ok()?;
        let mut frontier = self.start.clone();
        self.leaves.get(..more)?.iter().for_each(|leaf| frontier.push(*leaf));
        Some(frontier.root())
    }
}

impl Extract {
    /// Number after its last entry.
    #[must_use]
    pub fn to(&self) -> u64 {
        self.from.saturating_add(self.items.len() as u64)
    }

    /// Checks that the entries are what they are said to be: entries `from..to` of the log with this key.
    ///
    /// # Errors
    /// What does not hold.
    pub fn check(&self, log: &LogVerifier) -> Result<Extracted, ExtractError> {
        let checkpoint = log.open(&self.note).map_err(ExtractError::Checkpoint)?;
        let start = Frontier::from_peaks(self.from, &self.peaks)
            .ok_or_else(|| malformed("the roots before it are not as many as its beginning wants"))?;
        let leaves: Vec<Digest> = self.items.iter().map(Item::leaf).collect();
        let mut end = start.clone();
        leaves.iter().for_each(|leaf| end.push(*leaf));
        check_consistency(&self.proof, checkpoint.size, checkpoint.root, end.size(), end.root())
            .map_err(ExtractError::Proof)?;
        Ok(Extracted { checkpoint, leaves, start })
    }

    /// Checks that the history extends a checkpoint that the reader saw. Call it after [`Extract::check`].
    ///
    /// # Errors
    /// When it does not, or the extract says nothing of that checkpoint.
    pub fn check_extends(&self, checkpoint: &Checkpoint, seen: &Checkpoint) -> Result<(), ExtractError> {
        let extends = self.extends.as_ref().filter(|extends| extends.size == seen.size);
        let extends = extends.ok_or_else(|| malformed("it does not say that it extends what was seen"))?;
        check_consistency(&extends.proof, checkpoint.size, checkpoint.root, seen.size, seen.root)
            .map_err(ExtractError::Proof)
    }

    /// Its bytes.
    ///
    /// # Errors
    /// When it is too long, or the note is no text.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ExtractError> {
        let note = core::str::from_utf8(&self.note).map_err(|_| malformed("the note is no text"))?;
        let items = self.items.iter().map(|item| match item {
            Item::Entry(bytes) => json!(bytes.len()),
            Item::Hash(leaf) => json!(leaf.to_string()),
        });
        let mut described = json!({
            "from": self.from, "peaks": texts(&self.peaks), "items": items.collect::<Vec<Value>>(), "proof": texts(&self.proof),
            "note": note, "objects": self.objects.iter().map(Vec::len).collect::<Vec<usize>>(),
        });
        if let (Some(extends), Some(all)) = (&self.extends, described.as_object_mut()) {
            all.insert("extends".to_owned(), json!({ "size": extends.size, "proof": texts(&extends.proof) }));
        }
        let described = canonical_bytes(&described).map_err(|_| malformed("a number is too large"))?;
        if described.len() > DESCRIPTION_LIMIT {
            return Err(ExtractError::TooLong);
        }
        let mut bytes = [HEADER, described.as_slice(), b"\n"].concat();
        for item in &self.items {
            if let Item::Entry(entry) = item {
                bytes.extend_from_slice(entry);
            }
        }
        self.objects.iter().for_each(|object| bytes.extend_from_slice(object));
        if bytes.len() > EXTRACT_LIMIT { Err(ExtractError::TooLong) } else { Ok(bytes) }
    }

    /// Reads an extract; nothing is believed yet.
    ///
    /// # Errors
    /// [`ExtractError::Malformed`], [`ExtractError::TooLong`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ExtractError> {
        if bytes.len() > EXTRACT_LIMIT {
            return Err(ExtractError::TooLong);
        }
        let rest = bytes.strip_prefix(HEADER).ok_or_else(|| malformed("its first line is another"))?;
        let end = rest.iter().take(DESCRIPTION_LIMIT + 1).position(|byte| *byte == b'\n');
        let (described, rest) = end
            .and_then(|end| rest.split_at_checked(end))
            .ok_or_else(|| malformed("its second line does not end"))?;
        let Ok(Value::Object(mut described)) = check_canonical(described) else {
            return Err(malformed("its second line is not canonical JSON"));
        };
        let mut blobs = Blobs(rest.get(1..).unwrap_or_default());
        let from = described.remove("from").and_then(|from| from.as_u64());
        let peaks = take_hashes(&mut described, "peaks")?;
        let items = take_list(&mut described, "items")?;
        let proof = take_hashes(&mut described, "proof")?;
        let note =
            described.remove("note").and_then(|note| note.as_str().map(|note| note.as_bytes().to_vec()));
        let lengths = take_list(&mut described, "objects")?;
        let extends = described.remove("extends").map(read_extends).transpose()?;
        if !described.is_empty() {
            return Err(malformed("its second line says more than this version knows"));
        }
        let items = items.iter().map(|item| read_item(item, &mut blobs)).collect::<Result<_, _>>()?;
        let objects =
            lengths.iter().map(|length| blobs.take(length, usize::MAX)).collect::<Result<_, _>>()?;
        if !blobs.0.is_empty() {
            return Err(malformed("bytes follow its last object"));
        }
        let (from, note) = from.zip(note).ok_or_else(|| malformed("its beginning or its note is missing"))?;
        Ok(Self { from, peaks, items, proof, note, extends, objects })
    }
}

/// The bytes after the description, taken one length after another.
struct Blobs<'b>(&'b [u8]);

impl Blobs<'_> {
    fn take(&mut self, length: &Value, limit: usize) -> Result<Vec<u8>, ExtractError> {
        let length = length.as_u64().and_then(|length| usize::try_from(length).ok());
        let length = length.filter(|length| *length <= limit).ok_or_else(|| malformed("a length is none"))?;
        let (taken, rest) = self.0.split_at_checked(length).ok_or_else(|| malformed("it ends too early"))?;
        self.0 = rest;
        Ok(taken.to_vec())
    }
}

fn read_item(item: &Value, blobs: &mut Blobs<'_>) -> Result<Item, ExtractError> {
    match item.as_str() {
        Some(leaf) => leaf.parse().map(Item::Hash).map_err(|_| malformed("an entry's hash is none")),
        None => blobs.take(item, MAX_ENTRY_BYTES).map(Item::Entry),
    }
}

fn read_extends(value: Value) -> Result<Extends, ExtractError> {
    let Value::Object(mut all) = value else { return Err(malformed("`extends` is no object")) };
    let size = all.remove("size").and_then(|size| size.as_u64());
    let proof = take_hashes(&mut all, "proof")?;
    match size.filter(|_| all.is_empty()) {
        Some(size) => Ok(Extends { size, proof }),
        None => Err(malformed("`extends` holds no size, or more than it should")),
    }
}

/// No proof, and no tree, has more hashes than this.
const HASHES_LIMIT: usize = 64;

fn take_hashes(described: &mut Map<String, Value>, member: &str) -> Result<Vec<Digest>, ExtractError> {
    let list = take_list(described, member)?;
    if list.len() > HASHES_LIMIT {
        return Err(malformed("more hashes than any tree has"));
    }
    let hash = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
    list.iter().map(hash).collect::<Option<_>>().ok_or_else(|| malformed("a hash is none"))
}

fn take_list(described: &mut Map<String, Value>, member: &str) -> Result<Vec<Value>, ExtractError> {
    match described.remove(member) {
        Some(Value::Array(list)) => Ok(list),
        _ => Err(malformed("a list is missing")),
    }
}

fn texts(hashes: &[Digest]) -> Vec<String> {
    hashes.iter().map(Digest::to_string).collect()
}

fn malformed(reason: &'static str) -> ExtractError {
    ExtractError::Malformed { reason }
}
