//! From pieces to strips: slices of the page as wide as it is, each as high as a line, a drawing or a row, ready to be cut into pages.
//!
//! Widths of columns come from what stands in them. However deep pieces stand in each other, none becomes narrower than a few words.

use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

use crate::blocks::{Block, Cell, Frame, Table, Text};
use crate::drawing::Drawing;
use crate::para::Para;
use crate::{Mp, Rgb};

/// No column of text is made narrower by insets.
const NARROWEST: Mp = 70_000;
/// Space beside the words of a cell.
const CELL: Mp = 4_000;
/// Space above and below the words of a cell.
const PAD: Mp = 3_200;
const RULE: Rgb = [0xc9, 0xc5, 0xbc];
const STRONG: Rgb = [0x1b, 0x1f, 0x24];

/// What is drawn in a strip.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    Line { para: Rc<Para>, range: Range<usize>, x: Mp, wide: Mp, page_of: Option<Rc<str>> },
    Drawing { drawing: Rc<Drawing>, tag: usize, x: Mp, wide: Mp },
    Fill { x: Mp, wide: Mp, high: Mp, ink: Rgb },
}

/// A ground or bar behind a strip; `gap`: also behind the space above it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Behind {
    pub(crate) x: Mp,
    pub(crate) wide: Mp,
    pub(crate) ink: Rgb,
    pub(crate) gap: bool,
}

/// A row: what stands side by side.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) cells: Vec<VecDeque<Strip>>,
    pub(crate) pad: Mp,
    /// A rule below: from where, how wide.
    pub(crate) rule: Option<(Mp, Mp, Rgb)>,
    /// What stands above it again on a new page.
    pub(crate) head: Option<Rc<Vec<Strip>>>,
}

#[derive(Clone, Debug)]
pub(crate) enum Body {
    Ops(Vec<Op>),
    Row(Row),
}

/// A slice of the page.
#[derive(Clone, Debug)]
pub(crate) struct Strip {
    pub(crate) before: Mp,
    pub(crate) high: Mp,
    pub(crate) is_kept: bool,
    pub(crate) behind: Vec<Behind>,
    pub(crate) anchors: Vec<Rc<str>>,
    pub(crate) outline: Option<(u8, String)>,
    pub(crate) body: Body,
}

impl Strip {
    fn of(before: Mp, high: Mp, body: Body) -> Self {
        Self { before, high, is_kept: false, behind: Vec::new(), anchors: Vec::new(), outline: None, body }
    }
}

impl Row {
    pub(crate) fn high(&self) -> Mp {
        let one = |cell: &VecDeque<Strip>| -> Mp {
            let first = cell.front().map_or(0, |strip| strip.before);
            cell.iter().map(|strip| strip.before + strip.high).sum::<Mp>() - first
        };
        self.cells.iter().map(one).max().unwrap_or(0) + 2 * self.pad
    }
}

/// Lays pieces out; for a document that begins at one side.
pub(crate) struct Layout {
    pub(crate) is_rtl: bool,
}

impl Layout {
    pub(crate) fn blocks(&self, blocks: Vec<Block>, x: Mp, wide: Mp) -> Vec<Strip> {
        let mut out = Vec::new();
        for block in blocks {
            self.block(block, x, wide, &mut out);
        }
        out
    }

    fn block(&self, block: Block, x: Mp, wide: Mp, out: &mut Vec<Strip>) {
        match block {
            Block::Text(text) => self::text(*text, x, wide, out),
            Block::Group(frame, blocks) => self.group(frame, blocks, x, wide, out),
            Block::Marked { mark, body, before, is_rtl } => {
                self.marked(mark, body, before, is_rtl, (x, wide), out)
            }
            Block::Beside { parts, before, is_rtl } => self.beside(parts, before, is_rtl, (x, wide), out),
            Block::Pairs { rows, before, is_rtl } => self.pairs(rows, before, is_rtl, (x, wide), out),
            Block::Table(table, before) => self.table(*table, before, x, wide, out),
            Block::Drawing { drawing, tag, before } => {
                let [_, _, w, h] = drawing.view;
                // A drawing takes no more than half of a page's height.
                let wide_drawn = wide.min(400_000 * w / h);
                let high = wide_drawn * h / w;
                let x = if self.is_rtl { x + wide - wide_drawn } else { x };
                out.push(Strip::of(
                    before,
                    high,
                    Body::Ops(vec![Op::Drawing { drawing, tag, x, wide: wide_drawn }]),
                ));
            }
        }
    }

    fn group(&self, frame: Frame, blocks: Vec<Block>, x: Mp, wide: Mp, out: &mut Vec<Strip>) {
        let start = out.len();
        let (inner, inner_wide) = self.inset(x, wide, frame.inset, frame.ground.is_some());
        if let Some(ink) = frame.rule {
            let mut rule =
                Strip::of(frame.before, 700, Body::Ops(vec![Op::Fill { x, wide, high: 700, ink }]));
            rule.is_kept = true;
            out.push(rule);
        }
        let first = out.len();
        for block in blocks {
            self.block(block, inner, inner_wide, out);
        }
        if let Some(strip) = out.get_mut(first) {
            strip.before = if frame.rule.is_some() {
                strip.before.min(1_000) + frame.padding
            } else {
                strip.before.max(frame.before)
            };
        }
        if frame.ground.is_some() && out.len() > first {
            let space = |before| Strip::of(before, frame.padding, Body::Ops(Vec::new()));
            let above = out.get_mut(first).map_or(0, |strip| std::mem::take(&mut strip.before));
            let mut top = space(above);
            top.is_kept = true;
            out.insert(first, top);
            if let Some(last) = out.last_mut() {
                last.is_kept = true;
            }
            out.push(space(0));
        }
        let bar_x = if self.is_rtl { x + wide - 1_600 } else { x };
        let all = [frame.ground.map(|ink| (x, wide, ink)), frame.bar.map(|ink| (bar_x, 1_600, ink))];
        for (n, strip) in out.iter_mut().skip(start).enumerate() {
            for (x, wide, ink) in all.into_iter().flatten() {
                // Outermost first, so that what stands inside is drawn over it.
                strip.behind.insert(0, Behind { x, wide, ink, gap: n > 0 });
            }
        }
    }

    fn inset(&self, x: Mp, wide: Mp, inset: Mp, both: bool) -> (Mp, Mp) {
        let inset = inset.min((wide - NARROWEST).max(0) / if both { 2 } else { 1 });
        match (both, self.is_rtl) {
            (true, _) => (x + inset, wide - 2 * inset),
            (false, true) => (x, wide - inset),
            (false, false) => (x + inset, wide - inset),
        }
    }

    fn marked(
        &self,
        mark: Option<Box<Para>>,
        body: Vec<Block>,
        before: Mp,
        is_rtl: bool,
        (x, wide): (Mp, Mp),
        out: &mut Vec<Strip>,
    ) {
        let start = out.len();
        let room = mark
            .as_ref()
            .map_or(0, |mark| (mark.widths().0 + 4_000).max(9_000))
            .min((wide - NARROWEST).max(0));
        let inner = if is_rtl { x } else { x + room };
        for block in body {
            self.block(block, inner, wide - room, out);
        }
        let Some(first) = out.get_mut(start) else { return };
        first.before = first.before.max(before);
        if let (Some(mark), Body::Ops(ops)) = (mark, &mut first.body) {
            let range = mark.lines(room.max(1)).into_iter().next().unwrap_or(0..0);
            let x = if is_rtl { x + wide - room } else { x };
            ops.insert(0, Op::Line { para: Rc::from(mark), range, x, wide: room, page_of: None });
        }
    }

    fn beside(
        &self,
        parts: Vec<(i64, Vec<Block>)>,
        before: Mp,
        is_rtl: bool,
        (x, wide): (Mp, Mp),
        out: &mut Vec<Strip>,
    ) {
        let gap = 14_000;
        let count = i64::try_from(parts.len()).unwrap_or(1).max(1);
        let room = wide - gap * (count - 1);
        let all: i64 = parts.iter().map(|(weight, _)| *weight).sum::<i64>().max(1);
        let mut at = 0;
        let mut cells = Vec::new();
        for (weight, blocks) in parts {
            let own = room * weight / all;
            let left = if is_rtl { x + wide - at - own } else { x + at };
            cells.push(first_flat(self.blocks(blocks, left, own)));
            at += own + gap;
        }
        push_row(Row { cells, pad: 0, rule: None, head: None }, before, out);
    }

    fn pairs(
        &self,
        rows: Vec<(Vec<Block>, Vec<Block>)>,
        before: Mp,
        is_rtl: bool,
        (x, wide): (Mp, Mp),
        out: &mut Vec<Strip>,
    ) {
        let start = out.len();
        let most = rows.iter().map(|(term, _)| measure(term).0).max().unwrap_or(0);
        let term_wide = (most + 12_000).min(wide * 36 / 100);
        for (term, said) in rows {
            if wide < 2 * NARROWEST {
                self.blocks(term, x, wide)
                    .into_iter()
                    .chain(self.blocks(said, x, wide))
                    .for_each(|strip| out.push(strip));
                continue;
            }
            let (a, b) = if is_rtl { (x + wide - term_wide + 8_000, x) } else { (x, x + term_wide) };
            let term = first_flat(self.blocks(term, a, term_wide - 8_000));
            let said = first_flat(self.blocks(said, b, wide - term_wide));
            push_row(Row { cells: vec![term, said], pad: 0, rule: None, head: None }, 2_200, out);
        }
        if let Some(first) = out.get_mut(start) {
            first.before = first.before.max(before);
        }
    }

    fn table(&self, table: Table, before: Mp, x: Mp, wide: Mp, out: &mut Vec<Strip>) {
        let start = out.len();
        let widths = columns(&table, wide);
        let all: Mp = widths.iter().sum();
        let mut at = if table.is_rtl { x + wide } else { x };
        let mut places = Vec::new();
        for own in widths {
            if table.is_rtl {
                at -= own;
                places.push((at, own));
            } else {
                places.push((at, own));
                at += own;
            }
        }
        let whole = if table.is_rtl { (x + wide - all, all) } else { (x, all) };
        let mut rows = table.rows.into_iter();
        let heads: VecDeque<Vec<Cell>> = rows.by_ref().take(table.heads).collect();
        let mut head = self.rows(heads, &places, whole, STRONG);
        head.iter_mut().for_each(|strip| strip.is_kept = true);
        let again = (!head.is_empty()).then(|| Rc::new(head.clone()));
        let mut body = self.rows(rows.collect(), &places, whole, RULE);
        for strip in &mut body {
            if let Body::Row(row) = &mut strip.body {
                row.head.clone_from(&again);
            }
        }
        out.append(&mut head);
        out.append(&mut body);
        if let Some(first) = out.get_mut(start) {
            first.before = before;
        }
    }

    /// Rows of a table from some column on. A cell of several rows stands beside those rows, so that together they break across pages.
    fn rows(
        &self,
        mut rows: VecDeque<Vec<Cell>>,
        places: &[(Mp, Mp)],
        whole: (Mp, Mp),
        ink: Rgb,
    ) -> Vec<Strip> {
        let mut out = Vec::new();
        let mut taken = vec![0_usize; places.len()];
        while let Some(row) = rows.pop_front() {
            let mut cells = row.into_iter().peekable();
            if let Some(first) =
                cells.next_if(|cell| cell.rows > 1 && !rows.is_empty() && places.len() > cell.columns)
            {
                let mut rest: VecDeque<Vec<Cell>> = VecDeque::from([cells.collect()]);
                rest.extend(rows.drain(..(first.rows - 1).min(rows.len())));
                let (own, others) = places.split_at(first.columns);
                let mut left = self.cell(first.blocks, own);
                left.push_front(Strip::of(0, PAD, Body::Ops(Vec::new())));
                let edge = others.iter().map(|(x, _)| *x).min().unwrap_or(whole.0);
                let span = (edge, others.iter().map(|(_, wide)| wide).sum());
                let mut right = self.rows(rest, others, span, ink);
                if let Some(Body::Row(last)) = right.last_mut().map(|strip| &mut strip.body) {
                    last.rule = None;
                }
                let row = Row {
                    cells: vec![left, right.into()],
                    pad: 0,
                    rule: Some((whole.0, whole.1, ink)),
                    head: None,
                };
                push_row(row, 0, &mut out);
                continue;
            }
            let mut set = Vec::new();
            let mut at = 0;
            for cell in cells {
                while taken.get(at).is_some_and(|left| *left > 0) {
                    at += 1;
                }
                let end = (at + cell.columns).min(places.len());
                let Some(own) = places.get(at..end).filter(|own| !own.is_empty()) else {
                    // More cells than columns: what they say stands under the last.
                    let own = places.last().map_or((whole.0, whole.1), |own| *own);
                    set.push(self.cell(cell.blocks, &[own]));
                    continue;
                };
                set.push(self.cell(cell.blocks, own));
                taken.iter_mut().take(end).skip(at).for_each(|left| *left = cell.rows);
                at = end;
            }
            taken.iter_mut().for_each(|left| *left = left.saturating_sub(1));
            push_row(
                Row { cells: set, pad: PAD, rule: Some((whole.0, whole.1, ink)), head: None },
                0,
                &mut out,
            );
        }
        out
    }

    fn cell(&self, blocks: Vec<Block>, own: &[(Mp, Mp)]) -> VecDeque<Strip> {
        let x = own.iter().map(|(x, _)| *x).min().unwrap_or(0);
        let wide: Mp = own.iter().map(|(_, wide)| *wide).sum();
        first_flat(self.blocks(blocks, x + CELL, (wide - 2 * CELL).max(8_000)))
    }
}

fn push_row(row: Row, before: Mp, out: &mut Vec<Strip>) {
    let high = row.high();
    out.push(Strip::of(before, high, Body::Row(row)));
}

/// What begins a cell begins at its top.
fn first_flat(strips: Vec<Strip>) -> VecDeque<Strip> {
    let mut strips = VecDeque::from(strips);
    if let Some(first) = strips.front_mut() {
        first.before = 0;
    }
    strips
}

fn text(text: Text, x: Mp, wide: Mp, out: &mut Vec<Strip>) {
    let Text { para, before, is_kept, anchors, outline, page_of } = text;
    let para = Rc::new(para);
    let room = if page_of.is_some() { (wide - 30_000).max(NARROWEST) } else { wide };
    let lines = para.lines(room.max(1));
    let count = lines.len();
    let start = out.len();
    for (n, range) in lines.into_iter().enumerate() {
        let high = para.line(&range).high;
        let is_last = n + 1 == count;
        let op =
            Op::Line { para: Rc::clone(&para), range, x, wide, page_of: page_of.clone().filter(|_| is_last) };
        let mut strip = Strip::of(if n == 0 { before } else { 0 }, high, Body::Ops(vec![op]));
        // No line of a paragraph stands alone on a page where it need not.
        strip.is_kept = is_kept || (count > 1 && (n == 0 || n + 2 == count));
        out.push(strip);
    }
    if let Some(first) = out.get_mut(start) {
        first.anchors = anchors;
        first.outline = outline;
    }
}

/// How wide pieces would like to be, and how wide they have to be.
fn measure(blocks: &[Block]) -> (Mp, Mp) {
    blocks.iter().map(measure_one).fold((0, 0), |(a, b), (c, d)| (a.max(c), b.max(d)))
}

fn measure_one(block: &Block) -> (Mp, Mp) {
    match block {
        Block::Text(text) => text.para.widths(),
        Block::Group(frame, blocks) => {
            let (most, least) = measure(blocks);
            let inset = if frame.ground.is_some() { 2 * frame.inset } else { frame.inset };
            (most + inset, least + inset)
        }
        Block::Marked { mark, body, .. } => {
            let room = mark.as_ref().map_or(0, |mark| (mark.widths().0 + 4_000).max(9_000));
            let (most, least) = measure(body);
            (most + room, least + room)
        }
        Block::Beside { parts, .. } => parts
            .iter()
            .map(|(_, blocks)| measure(blocks))
            .fold((0, 0), |(a, b), (c, d)| (a + c + 14_000, b + d + 14_000)),
        Block::Pairs { rows, .. } => rows.iter().fold((0, 0), |(most, least), (term, said)| {
            let ((a, b), (c, d)) = (measure(term), measure(said));
            (most.max(a + c + 12_000), least.max(b + d))
        }),
        Block::Table(table, _) => wishes(table).into_iter().fold((0, 0), |(a, b), (c, d)| (a + c, b + d)),
        Block::Drawing { .. } => (240_000, 80_000),
    }
}

/// What each column of a table would like and has to have.
fn wishes(table: &Table) -> Vec<(Mp, Mp)> {
    let count = table
        .rows
        .iter()
        .map(|row| row.iter().map(|cell| cell.columns).sum::<usize>())
        .max()
        .unwrap_or(0)
        .min(60);
    let mut out = vec![(0, 0); count];
    let mut taken = vec![0_usize; count];
    for row in &table.rows {
        let mut at = 0;
        for cell in row {
            while taken.get(at).is_some_and(|left| *left > 0) {
                at += 1;
            }
            let (most, least) = measure(&cell.blocks);
            if let (Some(one), 1) = (out.get_mut(at), cell.columns) {
                *one = (one.0.max(most + 2 * CELL), one.1.max(least + 2 * CELL));
            }
            taken.iter_mut().skip(at).take(cell.columns).for_each(|left| *left = cell.rows);
            at += cell.columns;
        }
        taken.iter_mut().for_each(|left| *left = left.saturating_sub(1));
    }
    out
}

/// The width of each column, together no wider than the table may be.
fn columns(table: &Table, wide: Mp) -> Vec<Mp> {
    let wishes = wishes(table);
    // One column of long sentences does not take everything from the others.
    let wishes: Vec<(Mp, Mp)> =
        wishes.iter().map(|(most, least)| (*(most.min(&(wide * 7 / 10))).max(least), *least)).collect();
    let (most, least) = wishes.iter().fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
    let count = i64::try_from(wishes.len()).unwrap_or(1).max(1);
    if most <= wide {
        let spare = if table.is_narrow { 0 } else { wide - most };
        return wishes.iter().map(|(own, _)| own + spare * own / most.max(1)).collect();
    }
    if least <= wide {
        let (spare, wanted) = (wide - least, (most - least).max(1));
        return wishes.iter().map(|(most, least)| least + spare * (most - least) / wanted).collect();
    }
    // Words are broken then. Narrow columns keep what they need.
    let fair = wide / count;
    let modest: Mp = wishes.iter().map(|(_, least)| *least).filter(|least| *least <= fair).sum();
    let greedy: Mp = wishes.iter().map(|(_, least)| *least).filter(|least| *least > fair).sum();
    let left = (wide - modest).max(0);
    wishes
        .iter()
        .map(|(_, least)| if *least <= fair { *least } else { left * least / greedy.max(1) })
        .collect()
}
