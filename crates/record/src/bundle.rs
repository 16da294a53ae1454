//! Entry bundles of `tlog-tiles`: up to 256 entries, each after its length as two bytes, big-endian.
//!
//! A bundle is a static file under `tile/entries/…`; any web server can serve it. It never holds
//! anything but entries: order and length are all its structure.

use core::fmt;

use crate::entry::MAX_ENTRY_BYTES;
use crate::tile::TILE_WIDTH;

/// Why entries do not make a bundle, or bytes do not hold one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BundleError {
    /// More than 256 entries.
    TooMany,
    /// An entry longer than two bytes can tell, by its place in the bundle.
    TooLong {
        /// Its place, from 0.
        place: usize,
    },
    /// The bytes end within an entry, by its place in the bundle.
    Cut {
        /// Its place, from 0.
        place: usize,
    },
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => write!(f, "a bundle holds at most {TILE_WIDTH} entries"),
            Self::TooLong { place } => {
                write!(f, "entry {place} of the bundle is longer than {MAX_ENTRY_BYTES} bytes")
            }
            Self::Cut { place } => write!(f, "the bundle ends within its entry {place}"),
        }
    }
}

impl core::error::Error for BundleError {}

/// The bundle of these entries, in this order.
pub fn encode_bundle<B: AsRef<[u8]>>(entries: &[B]) -> Result<Vec<u8>, BundleError> {
    if entries.len() > usize::from(TILE_WIDTH) {
        return Err(BundleError::TooMany);
    }
    let mut bundle = Vec::with_capacity(entries.iter().map(|entry| entry.as_ref().len() + 2).sum());
    for (place, entry) in entries.iter().enumerate() {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| BundleError::TooLong { place })?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Ok(bundle)
}

/// The entries of a bundle, in order.
pub fn decode_bundle(bundle: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    let mut rest = bundle;
    while !rest.is_empty() {
        let cut = BundleError::Cut { place: entries.len() };
        if entries.len() == usize::from(TILE_WIDTH) {
            return Err(BundleError::TooMany);
        }
        let (length, after) = rest.split_first_chunk::<2>().ok_or(cut.clone())?;
        let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(cut)?;
        entries.push(entry);
        rest = after;
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_read_back_and_a_cut_is_seen() {
        let entries: [&[u8]; 3] = [b"one", b"", b"three"];
        let bundle = encode_bundle(&entries).unwrap();
        assert_eq!(bundle, b"\x00\x03one\x00\x00\x00\x05three");
        assert_eq!(decode_bundle(&bundle).unwrap(), entries);
        assert_eq!(decode_bundle(&bundle[..bundle.len() - 1]), Err(BundleError::Cut { place: 2 }));
        assert_eq!(decode_bundle(&bundle[..4]), Err(BundleError::Cut { place: 0 }));
    }

    #[test]
    fn limits_hold() {
        assert_eq!(encode_bundle(&vec![b"x"; 257]), Err(BundleError::TooMany));
        assert_eq!(encode_bundle(&[vec![0; 65_536]]), Err(BundleError::TooLong { place: 0 }));
        assert_eq!(decode_bundle(&[0; 2 * 257]), Err(BundleError::TooMany));
    }
}
