//! Cutting an extract out of a store: a run of its entries with the objects they name, for somebody who is to take them in elsewhere.
//!
//! Only what is signed is cut. It never cuts a run longer than it was told, but for a first entry that is longer by itself; and an object
//! beyond [`CARRIED_BYTES`] is left behind: nothing that long is ever parsed, and its digest travels with its entry.

use std::collections::BTreeSet;
use std::io::Read as _;

use truceline_record::{Digest, Entry, Extends, Extract, Item, digest_of, peaks_at, prove_consistency};

use crate::error::ReadError;
use crate::store::Store;

/// Longest object that an extract carries.
pub const CARRIED_BYTES: usize = 64 << 20;

/// What is to be cut.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// Number of the first entry.
    pub from: u64,
    /// About how many bytes of entries and objects.
    pub at_most: usize,
    /// How many entries of this log the reader saw signed, where that is known.
    pub seen: Option<u64>,
    /// Whether objects travel with the entries that name them.
    pub objects: bool,
    /// Kinds of entries whose objects stay behind all the same; their digests travel.
    pub staying: &'static [&'static str],
}

impl Store {
    /// An extract that begins with entry `cut.from` and ends where it is full, or where signing ended. An entry that `concerns` nobody
    /// travels as its hash alone.
    ///
    /// # Errors
    /// When nothing is signed that far, or the store cannot be read.
    pub fn extract(&self, cut: Cut, concerns: impl Fn(&Entry) -> bool) -> Result<Extract, ReadError> {
        let (last, _) = self.prove_consistency(cut.from)?;
        let (mut items, mut objects) = (Vec::new(), Vec::new());
        let mut carried: BTreeSet<Digest> = BTreeSet::new();
        let mut bytes = 0_usize;
        for stored in self.entries(cut.from..last.size) {
            let stored = stored?;
            let entry = stored.decode()?;
            if !concerns(&entry) {
                items.push(Item::Hash(stored.leaf));
                continue;
            }
            let mut more = Vec::new();
            let travels = cut.objects && !cut.staying.contains(&entry.kind.as_str());
            for digest in entry.objects.iter().filter(|digest| travels && !carried.contains(digest)) {
                if let Some(object) = self.carried(digest)? {
                    more.push((*digest, object));
                }
            }
            let added = stored.bytes.len() + more.iter().map(|(_, object)| object.len()).sum::<usize>();
            if bytes > 0 && bytes + added > cut.at_most {
                break;
            }
            bytes += added;
            items.push(Item::Entry(stored.bytes));
            for (digest, object) in more {
                if carried.insert(digest) {
                    objects.push(object);
                }
            }
        }
        let to = cut.from + items.len() as u64;
        let prove = |size: u64| prove_consistency(self, last.size, last.root, size).map_err(ReadError::Proof);
        let extends = |size: u64| Ok::<_, ReadError>(Extends { size, proof: prove(size)? });
        Ok(Extract {
            from: cut.from,
            peaks: peaks_at(self, last.size, last.root, cut.from).map_err(ReadError::Proof)?,
            items,
            proof: prove(to)?,
            note: self.checkpoint_note()?.unwrap_or_default(),
            extends: cut.seen.map(extends).transpose()?,
            objects,
        })
    }

    /// An object, checked against its name; `None` if it is too long to be carried, or not there.
    fn carried(&self, digest: &Digest) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(reader) = self.object_reader(digest)? else { return Ok(None) };
        let mut bytes = Vec::new();
        reader
            .take(CARRIED_BYTES as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| ReadError::Object { digest: *digest, reason: error.to_string() })?;
        if bytes.len() > CARRIED_BYTES {
            return Ok(None);
        }
        if digest_of(&bytes) == *digest {
            Ok(Some(bytes))
        } else {
            Err(ReadError::ObjectChanged { digest: *digest })
        }
    }
}
