//! The paths of `tlog-tiles`: `tile/<level>/<index>[.p/<width>]` and `tile/entries/<index>[.p/<width>]`.
//!
//! The crate that we hash with writes the older form of these paths (with the tile's height in them),
//! so the current form is here. A path has one spelling; any other is refused.

use core::fmt;
use core::str::FromStr;

/// Hashes in a full tile, entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// What a path of the log names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TilePath {
    /// `width` hashes, each over 256^`level` entries.
    Hashes {
        /// Level of the tile: 0 holds leaf hashes; at most 6.
        level: u8,
        /// Number of the tile within its level.
        index: u64,
        /// Hashes in it, 1 to 256.
        width: u16,
    },
    /// `width` entries from number `index` × 256 on.
    Entries {
        /// Number of the bundle.
        index: u64,
        /// Entries in it, 1 to 256.
        width: u16,
    },
}

/// The text is not the path of a tile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileError {
    /// The path as given.
    pub found: String,
}

impl fmt::Display for TileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not the path of a tile (like tile/0/x001/234.p/17)", self.found)
    }
}

impl core::error::Error for TileError {}

impl TilePath {
    /// The path of a tile of hashes.
    pub fn hashes(level: u8, index: u64, width: u16) -> Self {
        Self::Hashes { level, index, width }
    }

    /// Whether fewer than 256 are in it.
    pub fn is_partial(&self) -> bool {
        let (Self::Hashes { width, .. } | Self::Entries { width, .. }) = self;
        *width < TILE_WIDTH
    }

    /// The tiles of hashes that a tree of `size` entries has: full ones and, per level, at most one partial.
    pub fn all_hashes(size: u64) -> Vec<Self> {
        let mut tiles = Vec::new();
        let mut level = 0_u8;
        let mut count = size;
        while count > 0 {
            let (full, rest) = (count / u64::from(TILE_WIDTH), count % u64::from(TILE_WIDTH));
            tiles.extend((0..full).map(|index| Self::hashes(level, index, TILE_WIDTH)));
            if let Ok(width @ 1..) = u16::try_from(rest) {
                tiles.push(Self::hashes(level, full, width));
            }
            count = full;
            level += 1;
        }
        tiles
    }

    /// The tiles of hashes of a tree of `size` entries that are not full: at most one a level.
    pub fn partial_hashes(size: u64) -> Vec<Self> {
        let mut tiles = Vec::new();
        let mut count = size;
        for level in 0_u8..=6 {
            if let Ok(width @ 1..) = u16::try_from(count % u64::from(TILE_WIDTH)) {
                tiles.push(Self::hashes(level, count / u64::from(TILE_WIDTH), width));
            }
            count /= u64::from(TILE_WIDTH);
        }
        tiles
    }

    /// The bundles of entries that a log of `size` entries has.
    pub fn all_entries(size: u64) -> Vec<Self> {
        let (full, rest) = (size / u64::from(TILE_WIDTH), size % u64::from(TILE_WIDTH));
        let mut bundles: Vec<Self> =
            (0..full).map(|index| Self::Entries { index, width: TILE_WIDTH }).collect();
        if let Ok(width @ 1..) = u16::try_from(rest) {
            bundles.push(Self::Entries { index: full, width });
        }
        bundles
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (index, width) = match self {
            Self::Hashes { level, index, width } => {
                write!(f, "tile/{level}/")?;
                (*index, *width)
            }
            Self::Entries { index, width } => {
                f.write_str("tile/entries/")?;
                (*index, *width)
            }
        };
        let mut groups = vec![index % 1000];
        let mut rest = index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (place, group) in groups.iter().enumerate().rev() {
            if place == 0 { write!(f, "{group:03}")? } else { write!(f, "x{group:03}/")? }
        }
        if width < TILE_WIDTH { write!(f, ".p/{width}") } else { Ok(()) }
    }
}

impl FromStr for TilePath {
    type Err = TileError;

    fn from_str(text: &str) -> Result<Self, TileError> {
        // Reading is loose and the last line strict: what does not write back as itself is refused.
        parse(text)
            .filter(|path| path.to_string() == text)
            .ok_or_else(|| TileError { found: text.chars().take(80).collect() })
    }
}

fn parse(text: &str) -> Option<TilePath> {
    let (kind, rest) = text.strip_prefix("tile/")?.split_once('/')?;
    let (number, width) = match rest.split_once(".p/") {
        Some((number, width)) => (number, width.parse().ok().filter(|w| (1..TILE_WIDTH).contains(w))?),
        None => (rest, TILE_WIDTH),
    };
    let mut index = 0_u64;
    for group in number.split('/') {
        let group: u64 = group.strip_prefix('x').unwrap_or(group).parse().ok()?;
        index = index.checked_mul(1000)?.checked_add(group)?;
    }
    if kind == "entries" {
        return Some(TilePath::Entries { index, width });
    }
    let level = kind.parse().ok().filter(|level| *level <= 6)?;
    Some(TilePath::Hashes { level, index, width })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_back() {
        for text in [
            "tile/0/000",
            "tile/0/000.p/1",
            "tile/1/x001/x234/067",
            "tile/entries/x001/x234/067.p/255",
            "tile/6/999",
        ] {
            assert_eq!(text.parse::<TilePath>().unwrap().to_string(), text);
        }
        assert_eq!(
            "tile/0/x001/x234/067.p/8".parse(),
            Ok(TilePath::Hashes { level: 0, index: 1_234_067, width: 8 })
        );
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in [
            "tile/8/0/000",
            "tile/0/0",
            "tile/0/1000",
            "tile/0/x000/001",
            "tile/0/000.p/256",
            "tile/0/000.p/0",
            "tile/0/000.p/01",
            "tile/07/000",
            "tile/0/+00",
            "tile/0/",
            "/tile/0/000",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert!(text.parse::<TilePath>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_tiles_of_a_tree_are_listed() {
        let paths = |size| TilePath::all_hashes(size).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(paths(0), Vec::<String>::new());
        assert_eq!(paths(1), ["tile/0/000.p/1"]);
        assert_eq!(paths(256), ["tile/0/000", "tile/1/000.p/1"]);
        assert_eq!(paths(513), ["tile/0/000", "tile/0/001", "tile/0/002.p/1", "tile/1/000.p/2"]);
        assert_eq!(paths(65_536).last().unwrap(), "tile/2/000.p/1");
        for size in [0, 1, 255, 256, 513, 65_536, 70_000] {
            let mut partial = TilePath::all_hashes(size);
            partial.retain(TilePath::is_partial);
            assert_eq!(TilePath::partial_hashes(size), partial);
        }
    }
}
