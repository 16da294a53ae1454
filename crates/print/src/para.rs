//! A paragraph: directions worked out, runs shaped, lines broken where the rules of Unicode let them and no line wider than it may be.
//!
//! All in whole thousandths of a point. Every line takes at least one cluster, so a word wider than the page is broken, not drawn past its edge.

use std::ops::Range;
use std::rc::Rc;

use unicode_bidi::{BidiInfo, Level};
use unicode_linebreak::{BreakOpportunity, linebreaks};

use crate::Mp;
use crate::drawing::Drawing;
use crate::font::{Face, Glyph, Shapers, is_tall, scale};
use crate::inline::{LINE, Manner, Way, Words};

/// A paragraph, shaped.
#[derive(Debug)]
pub(crate) struct Para {
    pub(crate) text: Rc<str>,
    pub(crate) is_rtl: bool,
    items: Vec<Item>,
    clusters: Vec<Cluster>,
    breaks: Vec<(usize, bool)>,
    /// Lines may end anywhere: digests and keys.
    anywhere: bool,
}

/// A run of one face, one direction, one manner.
#[derive(Debug)]
pub(crate) struct Item {
    range: Range<usize>,
    level: u8,
    pub(crate) face: Face,
    /// Size in which it is drawn.
    pub(crate) size: Mp,
    em: i64,
    pub(crate) manner: Rc<Manner>,
    pub(crate) object: Option<Rc<Drawing>>,
    glyphs: Vec<Glyph>,
}

#[derive(Clone, Copy, Debug)]
struct Cluster {
    at: usize,
    wide: Mp,
    is_space: bool,
}

/// A piece of a line where it stands.
#[derive(Debug)]
pub(crate) struct Piece<'p> {
    pub(crate) item: &'p Item,
    pub(crate) glyphs: &'p [Glyph],
    /// From the line's left.
    pub(crate) x: Mp,
    pub(crate) wide: Mp,
}

/// A line: its pieces in reading order, and how it stands.
#[derive(Debug)]
pub(crate) struct Line<'p> {
    pub(crate) pieces: Vec<Piece<'p>>,
    /// Without the space at its end.
    pub(crate) wide: Mp,
    /// That space.
    pub(crate) hang: Mp,
    pub(crate) high: Mp,
    /// From its top to the line on which letters stand.
    pub(crate) base: Mp,
}

impl Para {
    /// Shapes what was gathered.
    pub(crate) fn of(words: Words, way: Way, anywhere: bool, shapers: &mut Shapers<'_>) -> Self {
        let Words { text, spans, .. } = words;
        let text = text.trim_end_matches([LINE, ' ']).to_owned();
        let is_rtl = match way {
            Way::Ltr => false,
            Way::Rtl => true,
            Way::Auto => first_strong(&text),
        };
        let levels = levels(&text, is_rtl);
        let mut items = Vec::new();
        for span in spans {
            let mut start = span.start;
            let end = span.end.min(text.len());
            while start < end {
                let level = levels.get(start).map_or(0, Level::number);
                let same = |at: &usize| levels.get(*at).map_or(0, Level::number) == level;
                let stop = (start..end).find(|at| !same(at)).unwrap_or(end);
                let Some(piece) = text.get(start..stop) else { break };
                let size = span.manner.size * scale(span.face) / 1000;
                let glyphs = if span.object.is_some() {
                    Vec::new()
                } else {
                    shapers.shape(piece, start, span.face, level % 2 == 1)
                };
                items.push(Item {
                    range: start..stop,
                    level,
                    face: span.face,
                    size,
                    em: shapers.em(span.face),
                    manner: Rc::clone(&span.manner),
                    object: span.object.clone(),
                    glyphs,
                });
                start = stop;
            }
        }
        let breaks = breaks(&text);
        let clusters = clusters(&items, &text);
        Self { text: text.into(), is_rtl, items, clusters, breaks, anywhere }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How wide it would like to be, and how wide it has to be.
    pub(crate) fn widths(&self) -> (Mp, Mp) {
        let (mut most, mut least, mut line, mut start) = (0, 0, 0, 0);
        for (end, forced) in &self.breaks {
            least = least.max(self.wide(start, self.trimmed(start, *end)));
            most = most.max(self.wide(line, self.trimmed(line, *end)));
            start = *end;
            if *forced {
                line = *end;
            }
        }
        if self.anywhere {
            least = least.min(40_000);
        }
        (most, least)
    }

    fn cluster(&self, at: usize) -> usize {
        self.clusters.partition_point(|cluster| cluster.at < at)
    }

    fn wide(&self, start: usize, end: usize) -> Mp {
        let (from, to) = (self.cluster(start), self.cluster(end));
        let at = |n: usize| self.before(n);
        at(to.max(from)) - at(from)
    }

    /// Width of everything before a cluster.
    fn before(&self, n: usize) -> Mp {
        n.checked_sub(1).and_then(|last| self.clusters.get(last)).map_or(0, |cluster| cluster.wide)
    }

    /// The end without the space before it.
    fn trimmed(&self, start: usize, end: usize) -> usize {
        let mut to = self.cluster(end);
        while let Some(last) = to.checked_sub(1).and_then(|n| self.clusters.get(n)) {
            if !last.is_space || last.at < start {
                break;
            }
            to -= 1;
        }
        self.clusters.get(to).map_or(end, |cluster| cluster.at.min(end))
    }

    /// Where the lines begin and end at some width.
    pub(crate) fn lines(&self, wide: Mp) -> Vec<Range<usize>> {
        let mut out = Vec::new();
        let (mut start, mut good) = (0, None);
        let mut next = 0;
        while let Some((end, forced)) = self.breaks.get(next).copied() {
            if self.wide(start, self.trimmed(start, end)) <= wide {
                next += 1;
                good = Some(end);
                if forced {
                    out.push(start..end);
                    (start, good) = (end, None);
                }
                continue;
            }
            let last = good.take().filter(|_| !self.anywhere).unwrap_or_else(|| self.cut(start, end, wide));
            out.push(start..last);
            start = last;
        }
        out
    }

    /// The last place before `end` at which a line is full; at least one cluster on.
    fn cut(&self, start: usize, end: usize, wide: Mp) -> usize {
        let from = self.cluster(start);
        let limit = self.before(from) + wide;
        let rest = self.clusters.get(from..).unwrap_or_default();
        let fits = rest.partition_point(|cluster| cluster.wide <= limit).max(1);
        self.clusters.get(from + fits).map_or(end, |cluster| cluster.at.min(end)).max(start + 1)
    }

    /// A line set.
    pub(crate) fn line(&self, range: &Range<usize>) -> Line<'_> {
        let trimmed = self.trimmed(range.start, range.end);
        let base = u8::from(self.is_rtl);
        let mut parts: Vec<(u8, Piece<'_>)> = Vec::new();
        let (mut high, mut tall) = (0, 0);
        for item in &self.items {
            let (start, end) = (item.range.start.max(range.start), item.range.end.min(range.end));
            if start >= end {
                continue;
            }
            let need = item.manner.size * if is_tall(item.face) { 1_720 } else { 1_420 } / 1000;
            tall = tall.max(need);
            high = high.max(item.object.as_ref().map_or(0, |drawing| drawing.high()));
            let level = item.level;
            let mut put = |from: usize, to: usize, level: u8| {
                if from < to {
                    parts.push((level, item.piece(from, to)));
                }
            };
            // Space at the end of a line stands at the end, whatever it belongs to.
            put(start, end.min(trimmed), level);
            put(start.max(trimmed), end, base);
        }
        let levels: Vec<Level> =
            parts.iter().map(|(level, _)| Level::new(*level).unwrap_or_else(|_| Level::ltr())).collect();
        let mut x = 0;
        for index in BidiInfo::reorder_visual(&levels) {
            if let Some((_, piece)) = parts.get_mut(index) {
                piece.x = x;
                x += piece.wide;
            }
        }
        let wide = self.wide(range.start, trimmed);
        let high = tall.max(high + 1_000);
        Line {
            pieces: parts.into_iter().map(|(_, piece)| piece).collect(),
            wide,
            hang: (x - wide).max(0),
            high,
            base: high * 72 / 100,
        }
    }
}

impl Item {
    fn units(&self, units: i64) -> Mp {
        units * self.size / self.em
    }

    fn piece(&self, start: usize, end: usize) -> Piece<'_> {
        if let Some(drawing) = &self.object {
            return Piece { item: self, glyphs: &[], x: 0, wide: drawing.wide() + self.size / 3 };
        }
        let at = |place: usize| {
            let place = u32::try_from(place).unwrap_or(u32::MAX);
            if self.level % 2 == 1 {
                self.glyphs.partition_point(|glyph| glyph.start >= place)
            } else {
                self.glyphs.partition_point(|glyph| glyph.start < place)
            }
        };
        let (a, b) = (at(start), at(end));
        let glyphs = self.glyphs.get(a.min(b)..a.max(b)).unwrap_or_default();
        let wide = glyphs.iter().map(|glyph| self.units(i64::from(glyph.advance))).sum();
        Piece { item: self, glyphs, x: 0, wide }
    }
}

/// Every cluster in reading order, each with the width of all up to its end.
fn clusters(items: &[Item], text: &str) -> Vec<Cluster> {
    let mut out: Vec<Cluster> = Vec::new();
    let mut wide = 0;
    for item in items {
        let mut put = |at: usize, advance: Mp| {
            wide += advance;
            match out.last_mut() {
                Some(last) if last.at == at => last.wide = wide,
                _ => {
                    let is_space = text.get(at..).is_some_and(|rest| rest.starts_with(' '));
                    out.push(Cluster { at, wide, is_space });
                }
            }
        };
        if let Some(drawing) = &item.object {
            put(item.range.start, drawing.wide() + item.size / 3);
            continue;
        }
        let one = |glyph: &Glyph| (glyph.start as usize, item.units(i64::from(glyph.advance)));
        if item.level % 2 == 1 {
            item.glyphs.iter().rev().map(one).for_each(|(at, wide)| put(at, wide));
        } else {
            item.glyphs.iter().map(one).for_each(|(at, wide)| put(at, wide));
        }
    }
    out
}

fn breaks(text: &str) -> Vec<(usize, bool)> {
    linebreaks(text).map(|(at, how)| (at, how == BreakOpportunity::Mandatory)).collect()
}

fn is_right(c: char) -> bool {
    use unicode_bidi::BidiClass::{AL, R};
    matches!(unicode_bidi::bidi_class(c), R | AL)
}

fn first_strong(text: &str) -> bool {
    let mut letters = text.chars().filter(|c| c.is_alphabetic());
    letters.next().is_some_and(is_right)
}

fn levels(text: &str, is_rtl: bool) -> Vec<Level> {
    // Most of a page in a Latin or Cyrillic script needs no rules of direction.
    if !is_rtl
        && !text.chars().any(|c| c >= '\u{590}' && (is_right(c) || ('\u{2066}'..='\u{2069}').contains(&c)))
    {
        return Vec::new();
    }
    let base = if is_rtl { Level::rtl() } else { Level::ltr() };
    BidiInfo::new(text, Some(base)).levels
}
