//! The faces that a page is set in: which of them has a sign, and which glyphs a run of signs becomes.
//!
//! Latin, Cyrillic and Arabic are in the program, cut down to what names of people and places need; a sign that none of them has is written as
//! its number, never as an empty box and never left out. Widths are whole font units.

use harfrust::{
    BufferClusterLevel, Direction, FontRef, ShapeOptions, ShapePlan, Shaper, ShaperData, UnicodeBuffer,
    script,
};

use crate::sfnt::Metrics;

/// One of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Face(pub(crate) u8);

const SANS: u8 = 0;
const BOLD: u8 = 1;
const ITALIC: u8 = 2;
const ARABIC: u8 = 3;
const ARABIC_BOLD: u8 = 4;
const MONO: u8 = 5;
const SIGNS: u8 = 6;

/// The files, in the order of the numbers above.
pub(crate) const FILES: [&[u8]; 7] = [
    include_bytes!("../fonts/NotoSans-Regular.ttf"),
    include_bytes!("../fonts/NotoSans-Bold.ttf"),
    include_bytes!("../fonts/NotoSans-Italic.ttf"),
    include_bytes!("../fonts/NotoNaskhArabic-Regular.ttf"),
    include_bytes!("../fonts/NotoNaskhArabic-Bold.ttf"),
    include_bytes!("../fonts/DejaVuSansMono.ttf"),
    include_bytes!("../fonts/DejaVuSans-Signs.ttf"),
];

/// How a piece of text wants to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) bold: bool,
    pub(crate) italic: bool,
    pub(crate) mono: bool,
}

/// A glyph: which, of which bytes of the text, how far the pen moves, where it stands off the pen; in font units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Glyph {
    pub(crate) id: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) advance: i32,
    pub(crate) dx: i32,
    pub(crate) dy: i32,
}

/// The files read, ready to shape.
pub(crate) struct Faces {
    data: Vec<ShaperData>,
    fonts: Vec<FontRef<'static>>,
    pub(crate) metrics: Vec<Metrics>,
}

/// Faces with what is worked out once for each: a document's worth.
pub(crate) struct Shapers<'f> {
    faces: Vec<One<'f>>,
    buffer: Option<UnicodeBuffer>,
}

struct One<'f> {
    shaper: Shaper<'f>,
    metrics: &'f Metrics,
    ltr: ShapePlan,
    rtl: ShapePlan,
}

impl Faces {
    /// The files of the program; `None` where one cannot be read, which a test holds against.
    pub(crate) fn read() -> Option<Self> {
        let fonts: Option<Vec<FontRef<'static>>> = FILES.iter().map(|file| FontRef::new(file).ok()).collect();
        let fonts = fonts?;
        let metrics: Option<Vec<Metrics>> = FILES.iter().map(|file| Metrics::of(file)).collect();
        Some(Self { data: fonts.iter().map(ShaperData::new).collect(), fonts, metrics: metrics? })
    }
}

impl<'f> Shapers<'f> {
    pub(crate) fn of(faces: &'f Faces) -> Self {
        let one = |((data, font), metrics): ((&'f ShaperData, &FontRef<'static>), &'f Metrics)| {
            let shaper = data.shaper(font).build();
            let script = if metrics.glyphs.contains_key(&'ع') { script::ARABIC } else { script::LATIN };
            let plan = |way| ShapePlan::new(&shaper, way, Some(script), None, &[]);
            let (ltr, rtl) = (plan(Direction::LeftToRight), plan(Direction::RightToLeft));
            One { metrics, shaper, ltr, rtl }
        };
        Self {
            faces: faces.data.iter().zip(&faces.fonts).zip(&faces.metrics).map(one).collect(),
            buffer: None,
        }
    }

    /// Whether a face has a sign.
    pub(crate) fn has(&self, face: Face, c: char) -> bool {
        self.faces.get(usize::from(face.0)).is_some_and(|one| one.metrics.glyphs.contains_key(&c))
    }

    /// The face in which a sign of some look is set, where any has it.
    pub(crate) fn face(&self, c: char, look: Look) -> Option<Face> {
        let all = match look {
            Look { mono: true, .. } => [MONO, SANS, ARABIC, SIGNS],
            Look { bold: true, .. } => [BOLD, ARABIC_BOLD, SIGNS, MONO],
            Look { italic: true, .. } => [ITALIC, ARABIC, SIGNS, MONO],
            _ => [SANS, ARABIC, SIGNS, MONO],
        };
        all.into_iter().map(Face).find(|face| self.has(*face, c))
    }

    /// Em of a face in its units.
    pub(crate) fn em(&self, face: Face) -> i64 {
        self.faces.get(usize::from(face.0)).map_or(1000, |one| one.metrics.em)
    }

    /// The glyphs of a piece of text that is of one face and one direction, from left to right as they are drawn; `at` is where the piece begins.
    pub(crate) fn shape(&mut self, piece: &str, at: usize, face: Face, is_rtl: bool) -> Vec<Glyph> {
        let Some(one) = self.faces.get(usize::from(face.0)) else { return Vec::new() };
        let (plan, way) =
            if is_rtl { (&one.rtl, Direction::RightToLeft) } else { (&one.ltr, Direction::LeftToRight) };
        let mut buffer = self.buffer.take().unwrap_or_default();
        for (offset, c) in piece.char_indices() {
            buffer.add(c, u32::try_from(at + offset).unwrap_or(u32::MAX));
        }
        // Each sign keeps its own place in the text, marks too: what is copied out of the file is what was written.
        buffer.set_cluster_level(BufferClusterLevel::MonotoneCharacters);
        buffer.set_direction(way);
        if let Some(script) = plan.script() {
            buffer.set_script(script);
        }
        let done = one.shaper.shape(buffer, ShapeOptions::new().plan(Some(plan)));
        let end = u32::try_from(at + piece.len()).unwrap_or(u32::MAX);
        let mut out: Vec<Glyph> = done
            .glyph_infos()
            .iter()
            .zip(done.glyph_positions())
            .map(|(info, place)| Glyph {
                id: info.glyph_id,
                start: info.cluster,
                end,
                advance: place.x_advance,
                dx: place.x_offset,
                dy: place.y_offset,
            })
            .collect();
        self.buffer = Some(done.clear());
        ends(&mut out, is_rtl, end);
        out
    }
}

/// A cluster ends where the next in reading begins.
fn ends(glyphs: &mut [Glyph], is_rtl: bool, end: u32) {
    let (mut next, mut last) = (end, end);
    let mut set = |glyph: &mut Glyph| {
        if glyph.start != last {
            next = last;
            last = glyph.start;
        }
        // A cluster that the shaper put out of order still covers something of its own.
        glyph.end = next.max(glyph.start.saturating_add(1));
    };
    if is_rtl { glyphs.iter_mut().for_each(&mut set) } else { glyphs.iter_mut().rev().for_each(&mut set) }
}

/// Arabic letters are drawn small beside Latin ones of the same size: by how many thousandths they are set.
pub(crate) fn scale(face: Face) -> i64 {
    match face.0 {
        ARABIC | ARABIC_BOLD => 1_160,
        MONO => 860,
        _ => 1_000,
    }
}

/// Whether lines with this face need more room.
pub(crate) fn is_tall(face: Face) -> bool {
    matches!(face.0, ARABIC | ARABIC_BOLD)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn the_files_hold_what_three_languages_and_our_signs_need() {
        let faces = Faces::read().unwrap();
        let shapers = Shapers::of(&faces);
        for look in [
            Look::default(),
            Look { bold: true, ..Look::default() },
            Look { italic: true, ..Look::default() },
        ] {
            for c in "AzéžşÀñАяёЙЂіїґ عربيةپچگ٠١٢۱۲۳ءآىًّ،؛؟«»“”‘’–—…№■◆○●◐✓✗→←−±×·§$€".chars()
            {
                assert!(shapers.face(c, look).is_some(), "{c} {look:?}");
            }
        }
        assert_eq!(shapers.face('中', Look::default()), None);
        let bytes: usize = FILES.iter().map(|file| file.len()).sum();
        assert!(bytes < 410_000, "{bytes}");
    }

    #[test]
    fn arabic_joins_and_runs_from_the_right() {
        let faces = Faces::read().unwrap();
        let mut shapers = Shapers::of(&faces);
        let face = shapers.face('س', Look::default()).unwrap();
        let joined = shapers.shape("سلم", 10, face, true);
        let alone = shapers.shape("م", 0, face, true);
        assert!(joined.first().unwrap().start > joined.last().unwrap().start);
        assert_eq!(joined.last().unwrap().start, 10);
        // The last letter of the word is drawn joined to the one before it.
        assert_ne!(joined.first().unwrap().id, alone.first().unwrap().id);
        assert!(joined.iter().all(|glyph| glyph.id != 0 && glyph.end > glyph.start));
    }
}
