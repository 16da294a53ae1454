//! What a PDF says of a font file besides embedding it: which sign is which glyph, how wide each glyph is, how high the letters are.
//!
//! Reads the files of the program only, and only tables of a fixed layout; what is missing is nothing, never a panic.

use std::collections::BTreeMap;

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    pub(crate) em: i64,
    pub(crate) ascent: i64,
    pub(crate) descent: i64,
    /// Left, bottom, right, top.
    pub(crate) bounds: [i64; 4],
    pub(crate) angle: i64,
    /// Widths of the glyphs, in units.
    pub(crate) widths: Vec<i64>,
    pub(crate) glyphs: BTreeMap<char, u16>,
}

impl Metrics {
    /// Reads a file.
    pub(crate) fn of(file: &[u8]) -> Option<Self> {
        let head = table(file, b"head")?;
        let hhea = table(file, b"hhea")?;
        let long = usize::from(u16_at(hhea, 34)?);
        let count = usize::from(u16_at(table(file, b"maxp")?, 4)?);
        let hmtx = table(file, b"hmtx")?;
        let width = |glyph: usize| u16_at(hmtx, glyph.min(long.checked_sub(1)?) * 4).map(i64::from);
        Some(Self {
            em: i64::from(u16_at(head, 18)?).max(1),
            bounds: [i16_at(head, 36)?, i16_at(head, 38)?, i16_at(head, 40)?, i16_at(head, 42)?],
            ascent: i16_at(hhea, 4)?,
            descent: i16_at(hhea, 6)?,
            angle: table(file, b"post").and_then(|post| i16_at(post, 4)).unwrap_or(0),
            widths: (0..count).map(width).collect::<Option<_>>()?,
            glyphs: cmap(table(file, b"cmap")?)?,
        })
    }

    /// Units as thousandths of an em.
    pub(crate) fn thousandths(&self, units: i64) -> i64 {
        (units * 2000 + self.em) / (2 * self.em)
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn i16_at(bytes: &[u8], at: usize) -> Option<i64> {
    Some(i64::from(i16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?)).ok()
}

fn table<'a>(file: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    let count = usize::from(u16_at(file, 4)?);
    let record = (0..count)
        .filter_map(|n| file.get(12 + n * 16..28 + n * 16))
        .find(|record| record.starts_with(name))?;
    let (at, long) = (u32_at(record, 8)?, u32_at(record, 12)?);
    file.get(at..at.checked_add(long)?)
}

/// The table of signs of the basic plane (format 4): all that our files have.
fn cmap(table: &[u8]) -> Option<BTreeMap<char, u16>> {
    let count = usize::from(u16_at(table, 2)?);
    let sub = (0..count)
        .filter_map(|n| table.get(u32_at(table, 8 + n * 8)?..))
        .find(|sub| u16_at(sub, 0) == Some(4))?;
    let doubled = usize::from(u16_at(sub, 6)?);
    let mut out = BTreeMap::new();
    for segment in (0..doubled).step_by(2) {
        let (end, start) = (u16_at(sub, 14 + segment)?, u16_at(sub, 16 + doubled + segment)?);
        let delta = u16_at(sub, 16 + 2 * doubled + segment)?;
        let place = 16 + 3 * doubled + segment;
        let offset = usize::from(u16_at(sub, place)?);
        for code in start..=end {
            let glyph = if offset == 0 {
                code.wrapping_add(delta)
            } else {
                match u16_at(sub, place + offset + 2 * usize::from(code - start)) {
                    None | Some(0) => 0,
                    Some(glyph) => glyph.wrapping_add(delta),
                }
            };
            if let (Some(c), true) = (char::from_u32(u32::from(code)), glyph != 0) {
                out.insert(c, glyph);
            }
        }
    }
    Some(out)
}
