//! A drawing of ours: rectangles, lines, circles and paths in whole units, with words in it. Classes say the paint, as the style sheet does.
//!
//! Knows what our maps, timelines and small signs are made of. A shape that it does not know is not drawn; its title still stands in the text
//! that describes the drawing.

use std::rc::Rc;

use crate::font::{Look, Shapers};
use crate::html::Element;
use crate::inline::{Manner, Way, Words};
use crate::para::Para;
use crate::{Mp, Rgb};

const INK: Rgb = [0x1b, 0x1f, 0x24];
const QUIET: Rgb = [0x54, 0x5c, 0x66];
const LINE: Rgb = [0xc9, 0xc5, 0xbc];
const FAINT: Rgb = [0xef, 0xec, 0xe5];
const PAPER: Rgb = [255, 255, 255];
const BAD: Rgb = [0xa6, 0x34, 0x10];
const SPLIT: Rgb = [0x5b, 0x3a, 0x8c];
const OPEN: Rgb = [0x7a, 0x53, 0x00];
const GOOD: Rgb = [0x0d, 0x62, 0x73];
const NONE: Rgb = [0x55, 0x5d, 0x66];

/// Thousandths of a unit of the drawing.
type Unit = i64;

/// What is painted how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Paint {
    pub(crate) fill: Option<Rgb>,
    pub(crate) line: Option<Rgb>,
    /// Width of the line, in thousandths of a unit.
    pub(crate) wide: Unit,
    pub(crate) dashed: bool,
}

/// A stroke of the pen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stroke {
    Move(Unit, Unit),
    Line(Unit, Unit),
    Curve([Unit; 6]),
    Close,
}

/// One shape.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) strokes: Vec<Stroke>,
    pub(crate) paint: Paint,
}

/// Words in a drawing: where they stand, from which side.
#[derive(Debug)]
pub(crate) struct Label {
    pub(crate) x: Unit,
    pub(crate) y: Unit,
    /// Thousandths of their width that stand left of `x`.
    pub(crate) anchor: i64,
    pub(crate) para: Para,
}

/// A drawing.
#[derive(Debug)]
pub(crate) struct Drawing {
    /// Left, top, width, height of what is shown, in units.
    pub(crate) view: [i64; 4],
    /// Its size in a line of text, in units.
    size: (i64, i64),
    pub(crate) shapes: Vec<Shape>,
    pub(crate) labels: Vec<Label>,
    pub(crate) alt: String,
}

impl Drawing {
    /// Reads an `svg`; `None` where it has no size.
    pub(crate) fn of(svg: &Element, tag: usize, shapers: &mut Shapers<'_>) -> Option<Self> {
        let numbers: Vec<i64> =
            svg.attribute("viewbox")?.split_ascii_whitespace().filter_map(|one| one.parse().ok()).collect();
        let view: [i64; 4] = numbers.try_into().ok()?;
        if !(1..=100_000).contains(&view[2])
            || !(1..=100_000).contains(&view[3])
            || view.iter().any(|n| n.abs() > 100_000)
        {
            return None;
        }
        let own =
            |name: &str, other: i64| number(svg, name).filter(|n| (1..=2_000).contains(n)).unwrap_or(other);
        let mut out = Self {
            view,
            size: (own("width", view[2]), own("height", view[3])),
            shapes: Vec::new(),
            labels: Vec::new(),
            alt: alt(svg),
        };
        out.add(svg, svg, tag, shapers);
        Some(out)
    }

    /// Width in a line of text.
    pub(crate) fn wide(&self) -> Mp {
        self.size.0 * 600
    }

    /// Height in a line of text.
    pub(crate) fn high(&self) -> Mp {
        self.size.1 * 600
    }

    fn add(&mut self, parent: &Element, within: &Element, tag: usize, shapers: &mut Shapers<'_>) {
        for one in within.elements() {
            let n = |name: &str| number(one, name).unwrap_or(0).clamp(-100_000, 100_000) * 1000;
            let paint = || paint(one, parent);
            match one.name.as_str() {
                "g" | "a" => {
                    self.add(if one.attribute("class").is_some() { one } else { parent }, one, tag, shapers)
                }
                "rect" => self.shapes.push(Shape {
                    strokes: rectangle(n("x"), n("y"), n("width"), n("height")),
                    paint: paint(),
                }),
                "line" => self.shapes.push(Shape {
                    strokes: vec![Stroke::Move(n("x1"), n("y1")), Stroke::Line(n("x2"), n("y2"))],
                    paint: paint(),
                }),
                "circle" => {
                    self.shapes.push(Shape { strokes: circle(n("cx"), n("cy"), n("r")), paint: paint() })
                }
                "path" => self
                    .shapes
                    .push(Shape { strokes: path(one.attribute("d").unwrap_or_default()), paint: paint() }),
                "text" => self.label(one, tag, shapers),
                _ => {}
            }
        }
    }

    fn label(&mut self, text: &Element, tag: usize, shapers: &mut Shapers<'_>) {
        let size = match text.classes().next() {
            Some("area-name") => 25_000,
            Some("mark-count") => 15_000,
            Some("in-mark") => 13_000,
            _ => 12_500,
        };
        let look = Look { bold: !text.is_of("axis"), ..Look::default() };
        let ink = match text.classes().next() {
            Some("in-mark") => OPEN,
            Some("axis") => QUIET,
            _ => INK,
        };
        let manner = Rc::new(Manner { look, size, ink, tag, link: None });
        let mut words = Words::default();
        words.text(&text.text(), &manner, false, shapers);
        let anchor = match text.attribute("text-anchor") {
            Some("middle") => 500,
            Some("end") => 1000,
            _ => 0,
        };
        let at = |name: &str| number(text, name).unwrap_or(0).clamp(-100_000, 100_000) * 1000;
        let para = Para::of(words, Way::Auto, false, shapers);
        self.labels.push(Label { x: at("x"), y: at("y"), anchor, para });
    }
}

fn number(one: &Element, name: &str) -> Option<i64> {
    one.attribute(name)?.parse().ok()
}

/// What the drawing says of itself, and what each of its marks says.
fn alt(svg: &Element) -> String {
    let direct = |name: &str| svg.elements().find(|one| one.name == name).map(Element::text);
    let all: Vec<String> =
        ["title", "desc"].into_iter().filter_map(direct).filter(|text| !text.trim().is_empty()).collect();
    all.join(". ")
}

fn rectangle(x: Unit, y: Unit, wide: Unit, high: Unit) -> Vec<Stroke> {
    vec![
        Stroke::Move(x, y),
        Stroke::Line(x + wide, y),
        Stroke::Line(x + wide, y + high),
        Stroke::Line(x, y + high),
        Stroke::Close,
    ]
}

fn circle(x: Unit, y: Unit, r: Unit) -> Vec<Stroke> {
    let k = r * 552 / 1000;
    vec![
        Stroke::Move(x + r, y),
        Stroke::Curve([x + r, y + k, x + k, y + r, x, y + r]),
        Stroke::Curve([x - k, y + r, x - r, y + k, x - r, y]),
        Stroke::Curve([x - r, y - k, x - k, y - r, x, y - r]),
        Stroke::Curve([x + k, y - r, x + r, y - k, x + r, y]),
        Stroke::Close,
    ]
}

/// Reads `M x y L x y l dx dy h dx z`: all that our paths are made of. Stops at what it does not know.
fn path(text: &str) -> Vec<Stroke> {
    let mut out = Vec::new();
    let mut pen = (0, 0);
    let starts: Vec<usize> =
        text.char_indices().filter(|(_, c)| c.is_ascii_alphabetic()).map(|(at, _)| at).collect();
    for (n, start) in starts.iter().enumerate() {
        let stop = starts.get(n + 1).copied().unwrap_or(text.len());
        let part = text.get(start + 1..stop).unwrap_or_default();
        let numbers: Vec<Unit> = part
            .replace('-', " -")
            .split(|c: char| c == ',' || c.is_ascii_whitespace())
            .filter_map(|one| one.parse::<i64>().ok())
            .map(|one| one.clamp(-100_000, 100_000) * 1000)
            .collect();
        match (text.as_bytes().get(*start), numbers.as_slice()) {
            (Some(b'M'), [x, y]) => {
                pen = (*x, *y);
                out.push(Stroke::Move(pen.0, pen.1));
            }
            (Some(b'L'), [x, y]) => {
                pen = (*x, *y);
                out.push(Stroke::Line(pen.0, pen.1));
            }
            (Some(b'l'), [x, y]) => {
                pen = (pen.0 + x, pen.1 + y);
                out.push(Stroke::Line(pen.0, pen.1));
            }
            (Some(b'h'), [x]) => {
                pen.0 += x;
                out.push(Stroke::Line(pen.0, pen.1));
            }
            (Some(b'Z' | b'z'), []) => out.push(Stroke::Close),
            _ => return out,
        }
    }
    out
}

/// The paint of a shape by its classes, and by those of the mark that it stands in.
fn paint(one: &Element, parent: &Element) -> Paint {
    let fill = |fill| Paint { fill: Some(fill), ..Paint::default() };
    let line = |line, wide| Paint { line: Some(line), wide, ..Paint::default() };
    let both = |fill, line, wide| Paint { fill: Some(fill), line: Some(line), wide, dashed: false };
    for class in one.classes() {
        let found = match class {
            "area-collapsed" => both([0xf3, 0xc9, 0xb8], PAPER, 2_500),
            "area-fraying" => both([0xfb, 0xe7, 0xba], PAPER, 2_500),
            "area-holding" => both([0xd3, 0xea, 0xee], PAPER, 2_500),
            "area-no-truce" => both(PAPER, LINE, 2_500),
            "area-not-observed" => both(FAINT, PAPER, 2_500),
            "boundary" => Paint { dashed: true, ..line(INK, 2_000) },
            "zone" => both(FAINT, QUIET, 2_000),
            "within" => Paint { dashed: true, ..line(QUIET, 1_000) },
            "bar-prohibited" | "against" => fill(BAD),
            "bar-disputed" => fill(SPLIT),
            "bar-undetermined" => both([0xf0, 0xd9, 0x9c], OPEN, 600),
            "bar-not-prohibited" | "for" => fill(GOOD),
            "bar-not-covered" => fill([0xa5, 0xaa, 0xaf]),
            "band" => fill([0xe9, 0xf5, 0xf7]),
            "grid" | "tick" => line(LINE, 1_000),
            "base" => line(QUIET, 1_000),
            "event" => Paint {
                dashed: !one.is_of("event-start"),
                ..line(if one.is_of("event-missed") { BAD } else { QUIET }, 1_400)
            },
            "calm-bar" => both(
                if one.is_of("calm-1") { [0x84, 0xa3, 0xbb] } else { [0xb5, 0xc8, 0xd6] },
                [0x14, 0x50, 0x7e],
                600,
            ),
            "hollow" => both(PAPER, if parent.is_of("mark-not-prohibited") { GOOD } else { OPEN }, 3_000),
            "stroke" => line(NONE, 4_000),
            _ => continue,
        };
        return found;
    }
    match parent.classes().find_map(|class| class.strip_prefix("mark-")) {
        Some("prohibited") => both(BAD, PAPER, 1_500),
        Some("disputed") => both(SPLIT, PAPER, 1_500),
        _ if one.name == "line" => line(QUIET, 1_000),
        _ => line(INK, 1_000),
    }
}
