//! From strips to pages: each strip goes where there is room for it and for what has to stand with it; rows too high for what is left are cut,
//! and the head of a table stands again above its rows on every page.
//!
//! Always ends: a page takes at least one strip or one line of a cell.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::rc::Rc;

use crate::drawing::Drawing;
use crate::layout::{Body, Op, Row, Strip};
use crate::para::Para;
use crate::{Mp, Rgb};

/// A row is begun at the foot of a page only where so much of it fits.
const WORTH: Mp = 46_000;
/// Rows lower than this are not cut.
const WHOLE: Mp = 120_000;

/// Something on a page, where it stands from the page's top.
#[derive(Debug)]
pub(crate) enum Placed {
    Line {
        para: Rc<Para>,
        range: Range<usize>,
        x: Mp,
        wide: Mp,
        y: Mp,
        page_of: Option<Rc<str>>,
        again: bool,
    },
    Drawing {
        drawing: Rc<Drawing>,
        tag: usize,
        x: Mp,
        wide: Mp,
        y: Mp,
    },
    Fill {
        x: Mp,
        y: Mp,
        wide: Mp,
        high: Mp,
        ink: Rgb,
    },
}

/// A heading where it stands.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) level: u8,
    pub(crate) title: String,
    pub(crate) page: usize,
    pub(crate) y: Mp,
}

/// All pages.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    pub(crate) pages: Vec<Vec<Placed>>,
    pub(crate) anchors: BTreeMap<Rc<str>, (usize, Mp)>,
    pub(crate) outline: Vec<Entry>,
}

impl Pages {
    /// Cuts strips into pages whose words stand between two heights.
    pub(crate) fn of(strips: Vec<Strip>, top: Mp, bottom: Mp) -> Self {
        let mut out = Self::default();
        let mut queue = VecDeque::from(strips);
        while !queue.is_empty() {
            out.pages.push(Vec::new());
            let mut y = top;
            if let Some(Strip { body: Body::Row(Row { head: Some(head), .. }), .. }) = queue.front() {
                let head = Rc::clone(head);
                let high: Mp = head.iter().map(|strip| strip.high).sum();
                // A head that takes the page would leave no room for its rows.
                if high < (bottom - top) / 3 {
                    let mut again: VecDeque<Strip> = head.iter().cloned().collect();
                    y = out.fill(&mut again, y, bottom, true).0;
                }
            }
            let left = queue.len();
            let (_, moved) = out.fill(&mut queue, y, bottom, false);
            if !moved && queue.len() == left {
                // Nothing fits, not even alone: it is placed all the same, so that nothing is lost.
                if let Some(strip) = queue.pop_front() {
                    out.place(strip, y, false);
                }
            }
        }
        out
    }

    fn put(&mut self, placed: Placed) {
        if let Some(page) = self.pages.last_mut() {
            page.push(placed);
        }
    }

    /// Places what fits; gives where it ended and whether anything was placed.
    fn fill(&mut self, queue: &mut VecDeque<Strip>, top: Mp, bottom: Mp, again: bool) -> (Mp, bool) {
        let (mut y, mut any) = (top, false);
        loop {
            let Some(first) = queue.front() else { return (y, any) };
            let before = if any { first.before } else { 0 };
            let room = bottom - y - before;
            let alone = first.high;
            let fits = chain(queue) <= room || (alone <= room && (!any || !first.is_kept));
            if fits && let Some(strip) = queue.pop_front() {
                let high = strip.high;
                self.behind(&strip, y, before, high);
                self.place(strip, y + before, again);
                y += before + high;
                any = true;
                continue;
            }
            let is_worth = !any || (room >= WORTH && alone > WHOLE);
            if let (true, Some(strip)) = (is_worth, queue.front_mut()) {
                let moved = self.cut(strip, y, before, bottom, again);
                any |= moved;
            }
            return (bottom, any);
        }
    }

    /// Places as much of a row as fits above `bottom`; the rest stays in it.
    fn cut(&mut self, strip: &mut Strip, y: Mp, before: Mp, bottom: Mp, again: bool) -> bool {
        let Body::Row(row) = &mut strip.body else { return false };
        let start = y + before;
        let mut moved = false;
        let mark = self.pages.last().map_or(0, Vec::len);
        let mut deepest = start;
        for cell in &mut row.cells {
            let (end, any) = self.fill(cell, start + row.pad, bottom - row.pad, again);
            moved |= any;
            if any {
                deepest = deepest.max(end);
            }
        }
        if moved {
            strip.high = row.high();
            let (page, anchors) = (self.pages.len().saturating_sub(1), std::mem::take(&mut strip.anchors));
            for anchor in anchors {
                self.anchors.entry(anchor).or_insert((page, start));
            }
            let high = deepest.min(bottom) - start;
            self.behind_at(strip, y, before, high, mark);
        }
        moved
    }

    fn behind(&mut self, strip: &Strip, y: Mp, before: Mp, high: Mp) {
        let mark = self.pages.last().map_or(0, Vec::len);
        self.behind_at(strip, y, before, high, mark);
    }

    /// Grounds and bars go under what is already placed from `mark` on.
    fn behind_at(&mut self, strip: &Strip, y: Mp, before: Mp, high: Mp, mark: usize) {
        let Some(page) = self.pages.last_mut() else { return };
        for (n, one) in strip.behind.iter().enumerate() {
            let (top, high) = if one.gap { (y, before + high) } else { (y + before, high) };
            // A hair more, so that slices of one ground show no seam.
            let fill = Placed::Fill {
                x: one.x,
                y: top - if one.gap { 150 } else { 0 },
                wide: one.wide,
                high: high + 150,
                ink: one.ink,
            };
            page.insert((mark + n).min(page.len()), fill);
        }
    }

    fn place(&mut self, strip: Strip, y: Mp, again: bool) {
        let page = self.pages.len().saturating_sub(1);
        if !again {
            for anchor in strip.anchors {
                self.anchors.entry(anchor).or_insert((page, y));
            }
            if let Some((level, title)) = strip.outline {
                self.outline.push(Entry { level, title, page, y });
            }
        }
        match strip.body {
            Body::Ops(ops) => ops.into_iter().for_each(|op| {
                self.put(match op {
                    Op::Line { para, range, x, wide, page_of } => {
                        Placed::Line { para, range, x, wide, y, page_of, again }
                    }
                    Op::Drawing { drawing, tag, x, wide } => Placed::Drawing { drawing, tag, x, wide, y },
                    Op::Fill { x, wide, high, ink } => Placed::Fill { x, y, wide, high, ink },
                });
            }),
            Body::Row(mut row) => {
                for cell in &mut row.cells {
                    let mut at = y + row.pad;
                    for (n, strip) in std::mem::take(cell).into_iter().enumerate() {
                        let before = if n == 0 { 0 } else { strip.before };
                        let high = strip.high;
                        self.behind(&strip, at, before, high);
                        self.place(strip, at + before, again);
                        at += before + high;
                    }
                }
                if let Some((x, wide, ink)) = row.rule {
                    self.put(Placed::Fill { x, y: y + strip.high - 450, wide, high: 450, ink });
                }
            }
        }
    }
}

/// How much room the first strip needs with all that has to stand with it.
fn chain(queue: &VecDeque<Strip>) -> Mp {
    let mut need = 0;
    for (n, strip) in queue.iter().take(8).enumerate() {
        let before = if n == 0 { 0 } else { strip.before };
        if !strip.is_kept {
            let own = match strip.body {
                Body::Row(_) if n > 0 && strip.high > WHOLE => WORTH,
                _ => strip.high,
            };
            return need + before + own;
        }
        need += before + strip.high;
    }
    need
}
