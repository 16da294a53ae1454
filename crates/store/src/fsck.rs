//! Finding the first wrong byte of a store: what [`Store::verify`] names by entry is narrowed to a byte, what it should be is told where the
//! tree can tell it, and where it stands in the database's file, too.
//!
//! A hash tells that something is wrong and not where. But of one changed byte there are few possible originals, and the hash knows the
//! right one ([`crate::narrow`]); of what is larger, hashes of its pieces are kept beside it ([`crate::pieces`]). What none of these can tell
//! is said to be so. Nothing is repaired: a person decides that, with a backup at hand.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use truceline_record::{Digest, Fault, LogVerifier, TILE_WIDTH, TilePath, leaf_hash, root_of};

use crate::error::VerifyError;
use crate::key_change;
use crate::layout;
use crate::narrow::{Wrong, narrow};
use crate::pieces;
use crate::store::Store;
use crate::tables::RowOf;
use crate::verify::VerifyReport;

/// Largest object that is taken into memory in search of a byte.
const MOST_BYTES: u64 = 256 << 20;

/// Bytes around a place by which it is looked for in a file.
const AROUND: usize = 48;

/// Where a store is wrong first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongByte {
    /// What the verification says.
    pub fault: String,
    /// The part: `entry 17`, `object abcd…`, `tile/0/000`, `checkpoint over 600 entries`.
    pub part: String,
    /// Offset of the byte within the part, from 0, where it can be told.
    pub offset: Option<u64>,
    /// What stands there; `None` where the part ends before it.
    pub found: Option<u8>,
    /// What should stand there, where it can be told.
    pub right: Option<u8>,
    /// Whether the part should have ended before this byte.
    pub beyond: bool,
    /// Where the byte itself cannot be told: it lies from the first offset on and before the second.
    pub within: Option<(u64, u64)>,
    /// Where that is in a file, where it can be told.
    pub file: Option<InFile>,
    /// The row and its page, where a server keeps the tables; a value over 2 KB stands beside its row, in the table's overflow.
    pub row: Option<String>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InFile {
    /// The file.
    pub path: PathBuf,
    /// Offset in the file, from 0.
    pub offset: u64,
    /// Page of the database file, from 1; `None` in other files.
    pub page: Option<u64>,
}

/// What a part holds and what it should.
#[derive(Default)]
struct Part {
    name: String,
    bytes: Vec<u8>,
    wrong: Option<Wrong>,
    /// The file that holds the part from its first byte on, where it is one of its own.
    own_file: Option<PathBuf>,
}

impl Store {
    /// Verifies everything, and narrows the first fault to a byte. `None` when nothing is wrong.
    ///
    /// # Errors
    /// When the database cannot be read at all.
    pub fn first_wrong_byte(
        &self,
        verifier: &LogVerifier,
        kept: &[Vec<u8>],
    ) -> Result<(VerifyReport, Option<WrongByte>), VerifyError> {
        let verifier = &key_change::with_former_of(verifier, self.verifier());
        let report = self.verify_against(verifier, kept)?;
        let Some(fault) = report.faults.first() else { return Ok((report, None)) };
        let part = self.part_of(fault, &report, verifier);
        let (at, right, beyond, within) = match part.wrong {
            Some(Wrong::At(at, right)) => (Some(at), right, false, None),
            Some(Wrong::Beyond(at)) => (Some(at), None, true, None),
            Some(Wrong::Within(from, until)) => (None, None, false, Some((from, until))),
            None => (None, None, false, None),
        };
        // Of bounds the first is shown in the file.
        let file = at.or(within.map(|(from, _)| from)).and_then(|at| self.in_file(&part, at));
        let wrong = WrongByte {
            fault: fault.to_string(),
            offset: at.map(|at| at as u64),
            found: at.and_then(|at| part.bytes.get(at).copied()),
            right,
            beyond,
            within: within.map(|(from, until)| (from as u64, until as u64)),
            file,
            row: self.row_of(fault),
            part: part.name,
        };
        Ok((report, Some(wrong)))
    }

    /// Where the row of a fault stands, where the database has to be asked.
    fn row_of(&self, fault: &Fault) -> Option<String> {
        match fault {
            Fault::TileChanged { path, .. } => {
                let Ok(TilePath::Hashes { level, index, .. }) = path.parse() else { return None };
                self.tables.place_of(&RowOf::Tile(&TilePath::hashes(level, index, TILE_WIDTH)))
            }
            Fault::ObjectChanged { digest, .. } => self.tables.place_of(&RowOf::Object(digest)),
            Fault::CheckpointForged { size, .. } => self.tables.place_of(&RowOf::Checkpoint(*size)),
            other => self.tables.place_of(&RowOf::Entry(other.entry()?)),
        }
    }

    fn part_of(&self, fault: &Fault, report: &VerifyReport, verifier: &LogVerifier) -> Part {
        match fault {
            Fault::EntryChanged { n }
            | Fault::EntryMisplaced { n, .. }
            | Fault::EntryUnreadable { n, .. } => self.entry_part(*n),
            Fault::LeafHashChanged { n } => self.leaf_part(*n),
            Fault::TileChanged { path, .. } => self.tile_part(path),
            Fault::ObjectChanged { digest, .. } => self.object_part(digest, report),
            Fault::CheckpointForged { size, .. } => self.note_part(*size, report, verifier),
            Fault::StoreChanged { .. } => self.key_part(verifier),
            other => Part {
                name: other.entry().map_or_else(|| "the record".to_owned(), |n| format!("entry {n}")),
                ..Part::default()
            },
        }
    }

    /// What tiles and the hash beside the entry say that the entry was.
    fn entry_part(&self, n: u64) -> Part {
        let row = self.tables.page(n, n.saturating_add(1)).ok().and_then(|rows| rows.into_iter().next());
        let Some(row) = row else { return Part { name: format!("entry {n}"), ..Part::default() } };
        let wide = u64::from(TILE_WIDTH);
        let tile = self.tables.tile(&TilePath::hashes(0, n / wide, TILE_WIDTH)).ok().flatten();
        let place = usize::try_from(n % wide).unwrap_or_default() * 32;
        let in_tile = tile.as_ref().and_then(|tile| Digest::from_slice(tile.get(place..place + 32)?));
        let mut wrong = None;
        // Where they are one, it is looked for once.
        let beside = row.leaf.filter(|leaf| in_tile != Some(*leaf));
        for target in [in_tile, beside].into_iter().flatten() {
            let pieces = pieces::read(&self.dir, &target);
            wrong = wrong.or_else(|| narrow(&[0], &row.bytes, target, pieces.as_ref()));
        }
        // More than one byte: where it stops being what could have been written, at least.
        let wrong = wrong.or_else(|| no_json(&row.bytes));
        Part { name: format!("entry {n}"), bytes: row.bytes, wrong, own_file: None }
    }

    fn leaf_part(&self, n: u64) -> Part {
        let name = format!("the hash beside entry {n}");
        let row = self.tables.page(n, n.saturating_add(1)).ok().and_then(|rows| rows.into_iter().next());
        let Some(row) = row else { return Part { name, ..Part::default() } };
        let bytes = row.leaf.map(|leaf| leaf.0.to_vec()).unwrap_or_default();
        let wrong = differs(&bytes, leaf_hash(&row.bytes).as_bytes());
        Part { name, bytes, wrong, own_file: None }
    }

    /// A tile worked out again from the entries under it.
    fn tile_part(&self, name: &str) -> Part {
        let mut part = Part { name: name.to_owned(), ..Part::default() };
        let Ok(TilePath::Hashes { level, index, width }) = name.parse() else { return part };
        let full = TilePath::hashes(level, index, TILE_WIDTH);
        part.bytes = self.tables.tile(&full).ok().flatten().unwrap_or_default();
        let each = u64::from(TILE_WIDTH).saturating_pow(u32::from(level));
        let first = index.saturating_mul(u64::from(TILE_WIDTH)).saturating_mul(each);
        let mut right = Vec::new();
        for place in 0..u64::from(width) {
            let from = first.saturating_add(place.saturating_mul(each));
            let Ok(rows) = self.tables.page(from, from.saturating_add(each)) else { return part };
            let leaves: Vec<Digest> = rows.iter().map(|row| leaf_hash(&row.bytes)).collect();
            right.extend_from_slice(root_of(&leaves).as_bytes());
        }
        part.wrong = differs(&part.bytes, &right);
        part
    }

    fn object_part(&self, digest: &Digest, report: &VerifyReport) -> Part {
        let name = format!("object {digest}");
        if let Some(bytes) = self.tables.small(digest).ok().flatten() {
            let wrong = narrow(&[], &bytes, *digest, pieces::read(&self.dir, digest).as_ref());
            // Its bytes may be those of an object that is missing: then its name is what was changed.
            let now = truceline_record::digest_of(&bytes);
            let renamed = report
                .faults
                .iter()
                .any(|f| matches!(f, Fault::ObjectMissing { digest, .. } if *digest == now));
            if renamed {
                let (held, right) = (digest.0.to_vec(), now.0);
                let wrong = differs(&held, &right);
                return Part {
                    name: format!("the name of object {digest}"),
                    bytes: held,
                    wrong,
                    own_file: None,
                };
            }
            return Part { name, bytes, wrong, own_file: None };
        }
        let path = layout::vault_file(&self.dir, digest);
        let own_file = path.is_file().then_some(path);
        let mut bytes = Vec::new();
        let large = self.tables.large(digest).ok().flatten();
        let read = large.map(|large| large.take(MOST_BYTES + 1).read_to_end(&mut bytes));
        let whole = matches!(read, Some(Ok(_))) && bytes.len() as u64 <= MOST_BYTES;
        // Without a list of its pieces it is far too large to try.
        let pieces = pieces::read(&self.dir, digest).filter(|_| whole);
        let wrong = pieces.and_then(|pieces| narrow(&[], &bytes, *digest, Some(&pieces)));
        Part { name, bytes, wrong, own_file }
    }

    /// A checkpoint's text follows from the tree; its signature can only be tried.
    fn note_part(&self, size: u64, report: &VerifyReport, verifier: &LogVerifier) -> Part {
        let name = format!("checkpoint over {size} entries");
        let Some(bytes) = self.tables.note_of(size).ok().flatten() else {
            return Part { name, ..Part::default() };
        };
        let holds = |note: &[u8]| verifier.open(note).is_ok_and(|opened| opened.size == size);
        let mut wrong = None;
        let mut tried = bytes.clone();
        // Letters that a note is written with, at each place; a signature is checked for each.
        let letters: Vec<u8> = (b' '..=b'~').chain([b'\n', 0xe2, 0x80, 0x94]).collect();
        for at in 0..bytes.len().min(1024) {
            let Some(held) = bytes.get(at).copied() else { break };
            for letter in &letters {
                if let Some(place) = tried.get_mut(at) {
                    *place = *letter;
                }
                if *letter != held && holds(&tried) {
                    wrong = Some(Wrong::At(at, Some(*letter)));
                    break;
                }
            }
            if let Some(place) = tried.get_mut(at) {
                *place = held;
            }
            if wrong.is_some() {
                break;
            }
        }
        // Of the whole record the text is known without a signature.
        if wrong.is_none() && report.entries == size {
            let text = format!("{}\n{size}\n", verifier.origin());
            wrong = differs(bytes.get(..text.len()).unwrap_or(&bytes), text.as_bytes());
        }
        Part { name, bytes, wrong, own_file: None }
    }

    /// The key's file against the key that is verified with; other damage of the store has no byte.
    fn key_part(&self, verifier: &LogVerifier) -> Part {
        let path = layout::public_key(&self.dir);
        let bytes = fs::read(&path).unwrap_or_default();
        let wrong = differs(&bytes, format!("{}\n", verifier.verifier_key()).as_bytes());
        match wrong {
            None => Part { name: "the store".to_owned(), ..Part::default() },
            wrong => Part { name: "log.pub".to_owned(), bytes, wrong, own_file: Some(path) },
        }
    }

    /// Where the byte stands in a file: the part's own, or the database's, where the bytes around it stand once only.
    fn in_file(&self, part: &Part, at: usize) -> Option<InFile> {
        if let Some(path) = &part.own_file {
            return Some(InFile { path: path.clone(), offset: at as u64, page: None });
        }
        // A page's end may cut the bytes around it: then those before it, or after it, are looked for.
        let around = [at.saturating_sub(AROUND / 2), at.saturating_sub(AROUND - 1), at];
        around.into_iter().find_map(|from| self.in_database(part, at, from))
    }

    /// Where the database's file holds the bytes of the part from that offset on, if in one place only.
    fn in_database(&self, part: &Part, at: usize, from: usize) -> Option<InFile> {
        let piece = part.bytes.get(from..part.bytes.len().min(from.saturating_add(AROUND)))?;
        let within = at.saturating_sub(from) as u64;
        let mut found = None;
        for path in [layout::database(&self.dir), self.dir.join("truceline.db-wal")] {
            for offset in places(&path, piece)? {
                if found.is_some() {
                    return None;
                }
                found = Some((path.clone(), offset + within));
            }
        }
        let (path, offset) = found?;
        let size = (path == layout::database(&self.dir)).then(|| page_size(&path)).flatten();
        Some(InFile { page: size.map(|size| offset / size + 1), path, offset })
    }
}

/// The first place at which the two differ, and what should stand there.
fn differs(found: &[u8], right: &[u8]) -> Option<Wrong> {
    let same = found.iter().zip(right).take_while(|(a, b)| a == b).count();
    match right.get(same) {
        Some(byte) => Some(Wrong::At(same, Some(*byte))),
        None => (same < found.len()).then_some(Wrong::Beyond(same)),
    }
}

/// Where bytes stop being JSON: a wrong byte stands there or before. (Writing them again as they should be written tells less: a changed name
/// moves what stands before it.)
fn no_json(bytes: &[u8]) -> Option<Wrong> {
    let error = serde_json::from_slice::<serde_json::Value>(bytes).err()?;
    // Entries are one line: the column counts bytes from 1, and stands on the byte or behind it.
    Some(Wrong::Within(0, error.column().saturating_add(1).min(bytes.len())))
}

/// Offsets of a piece in a file, at most two; none for a file that is not there.
fn places(path: &Path, piece: &[u8]) -> Option<Vec<u64>> {
    let Ok(mut file) = File::open(path) else { return Some(Vec::new()) };
    let (mut found, mut window, mut start) = (Vec::new(), Vec::new(), 0_u64);
    let mut buffer = vec![0_u8; 1 << 20];
    loop {
        let count = file.read(&mut buffer).ok()?;
        if count == 0 || piece.is_empty() {
            return Some(found);
        }
        window.extend_from_slice(buffer.get(..count)?);
        let hits = window.windows(piece.len()).enumerate().filter(|(_, part)| *part == piece);
        found.extend(hits.map(|(at, _)| start + at as u64).take(2));
        if found.len() > 1 {
            return Some(found);
        }
        // The last bytes may begin a piece that the next part ends.
        let keep = window.len().min(piece.len() - 1);
        let gone = window.len() - keep;
        window.drain(..gone);
        start += gone as u64;
    }
}

/// Bytes of a page, as the database's header says.
fn page_size(path: &Path) -> Option<u64> {
    let mut file = File::open(path).ok()?;
    let mut two = [0_u8; 2];
    file.seek(SeekFrom::Start(16)).ok()?;
    file.read_exact(&mut two).ok()?;
    match u16::from_be_bytes(two) {
        0 => None,
        // The format's way to say 65,536.
        1 => Some(65_536),
        size => Some(u64::from(size)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_bytes_stop_being_json_bounds_the_first_wrong_one() {
        let right = br#"{"a":1,"b":[true]}"#;
        assert_eq!(no_json(right), None);
        for at in 0..right.len() {
            let mut changed = right.to_vec();
            changed[at] = b'%';
            let Some(Wrong::Within(0, until)) = no_json(&changed) else { continue };
            assert!(until > at || until == right.len(), "{at}: {until}");
        }
        assert_eq!(differs(b"abc", b"abd"), Some(Wrong::At(2, Some(b'd'))));
        assert_eq!(differs(b"abc", b"ab"), Some(Wrong::Beyond(2)));
        assert_eq!(differs(b"ab", b"abc"), Some(Wrong::At(2, Some(b'c'))));
    }

    #[test]
    fn a_piece_is_found_across_the_parts_that_a_file_is_read_in() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        let mut bytes = vec![0_u8; 3 << 20];
        bytes[(1 << 20) - 2..(1 << 20) + 3].copy_from_slice(b"piece");
        fs::write(&path, &bytes).unwrap();
        assert_eq!(places(&path, b"piece"), Some(vec![(1 << 20) - 2]));
        bytes[77..82].copy_from_slice(b"piece");
        fs::write(&path, &bytes).unwrap();
        assert_eq!(places(&path, b"piece").unwrap().len(), 2);
        assert_eq!(places(&dir.path().join("none"), b"piece"), Some(Vec::new()));
    }
}
