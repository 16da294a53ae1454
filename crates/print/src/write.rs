//! From pages to a file: what is drawn on each sheet, the fonts that it needs, the structure by which it is read aloud, the outline, the links.
//!
//! What is drawn is marked as what it is in the structure; grounds, rules, the foot and a table's head that stands again are marked as none of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::rc::Rc;

use crate::drawing::{Drawing, Stroke};
use crate::embed;
use crate::font::Faces;
use crate::foot::Foot;
use crate::objects::{Objects, milli, string};
use crate::pages::{Pages, Placed};
use crate::para::{Para, Piece};
use crate::tags::Tags;
use crate::{HIGH, Mp, Rgb, WIDE};

/// A child of a node: another node, what is marked with a number on a page, a link of a page.
#[derive(Clone, Copy)]
enum Child {
    Tag(usize),
    Marked(usize, usize),
    Link(usize),
}

/// A link: where on its page, where to, which node.
struct Link {
    page: usize,
    area: [Mp; 4],
    to: Rc<str>,
    tag: usize,
}

/// Writes a document.
pub(crate) struct Writer<'w> {
    faces: &'w Faces,
    tags: &'w Tags,
    pages: &'w Pages,
    objects: Objects,
    children: Vec<Vec<Child>>,
    attached: Vec<bool>,
    links: Vec<Link>,
    /// By face: which text a glyph stands for.
    used: BTreeMap<u8, BTreeMap<u32, String>>,
    /// By page: the node of each number.
    marks: Vec<Vec<usize>>,
}

/// What is said of the document as a whole.
pub(crate) struct About<'a> {
    pub(crate) title: &'a str,
    pub(crate) lang: &'a str,
    pub(crate) is_rtl: bool,
    pub(crate) software: &'a str,
}

impl<'w> Writer<'w> {
    pub(crate) fn new(faces: &'w Faces, tags: &'w Tags, pages: &'w Pages) -> Self {
        let count = tags.0.len();
        Self {
            faces,
            tags,
            pages,
            objects: Objects::new(),
            children: vec![Vec::new(); count],
            attached: vec![false; count],
            links: Vec::new(),
            used: BTreeMap::new(),
            marks: Vec::new(),
        }
    }

    /// The whole file.
    pub(crate) fn document(mut self, about: &About<'_>, foot: &mut Foot<'_, '_>) -> Vec<u8> {
        let pages = self.pages;
        let total = pages.pages.len();
        let sheets: Vec<usize> = (0..total).map(|_| self.objects.number()).collect();
        let fonts = self.objects.number();
        let mut contents = Vec::new();
        for (n, page) in pages.pages.iter().enumerate() {
            self.marks.push(Vec::new());
            let mut out = String::new();
            for placed in page {
                self.placed(placed, n, foot, &mut out);
            }
            out.push_str("/Artifact<</Type/Pagination/Subtype/Footer>>BDC\n");
            for (para, range, x, y) in foot.lines(n + 1, total) {
                self.line(&para, &range, (x, WIDE - 2 * crate::SIDE, y), None, n, &mut out);
            }
            fill(
                &mut out,
                (crate::SIDE, crate::FOOT - 5_000, WIDE - 2 * crate::SIDE, 450),
                [0xc9, 0xc5, 0xbc],
            );
            out.push_str("EMC\n");
            let number = self.objects.number();
            self.objects.stream(number, "", out.as_bytes());
            contents.push(number);
        }
        let tree = self.structure(&sheets);
        let annotations = self.annotations(&sheets, &tree);
        let outline = self.outline(&sheets);
        embed::fonts(&mut self.objects, self.faces, &self.used, fonts);
        let all = self.objects.number();
        for (n, sheet) in sheets.iter().enumerate() {
            let links = annotations.get(&n).map_or(String::new(), |all| format!("/Annots[{all}]"));
            let content = contents.get(n).copied().unwrap_or(0);
            let body = format!(
                "<</Type/Page/Parent {all} 0 R/MediaBox[0 0 {} {}]/Resources<</Font {fonts} 0 R>>/Contents {content} 0 R/StructParents {n}/Tabs/S{links}>>",
                milli(WIDE),
                milli(HIGH)
            );
            self.objects.put(*sheet, body);
        }
        let kids = sheets.iter().map(|sheet| format!("{sheet} 0 R")).collect::<Vec<_>>().join(" ");
        self.objects.put(all, format!("<</Type/Pages/Count {total}/Kids[{kids}]>>"));
        let metadata = self.objects.number();
        self.objects.stream(metadata, "/Type/Metadata/Subtype/XML", metadata_of(about).as_bytes());
        let way = if about.is_rtl { "R2L" } else { "L2R" };
        let root = self.objects.add(format!(
            "<</Type/Catalog/Pages {all} 0 R/Lang({})/MarkInfo<</Marked true>>/ViewerPreferences<</DisplayDocTitle true/Direction/{way}>>/StructTreeRoot {} 0 R/Metadata {metadata} 0 R{outline}>>",
            plain_name(about.lang),
            tree.root
        ));
        let info =
            self.objects.add(format!("<</Title{}/Producer{}>>", string(about.title), string(about.software)));
        self.objects.finish(root, info)
    }

    fn placed(&mut self, placed: &Placed, page: usize, foot: &mut Foot<'_, '_>, out: &mut String) {
        match placed {
            Placed::Fill { x, y, wide, high, ink } => {
                out.push_str("/Artifact BMC\n");
                fill(out, (*x, *y, *wide, *high), *ink);
                out.push_str("EMC\n");
            }
            Placed::Line { para, range, x, wide, y, page_of, again } => {
                if *again {
                    out.push_str("/Artifact BMC\n");
                    self.line(para, range, (*x, *wide, *y), None, page, out);
                    out.push_str("EMC\n");
                } else {
                    self.line(para, range, (*x, *wide, *y), Some(page), page, out);
                }
                let at = page_of.as_ref().and_then(|to| self.pages.anchors.get(to));
                if let Some((to, _)) = at {
                    let number = foot.number(to + 1);
                    let set = number.line(&(0..number.text.len()));
                    let (wide_drawn, down) = (set.wide, para.line(range).base - set.base);
                    let x = if para.is_rtl { *x } else { x + wide - wide_drawn };
                    out.push_str("/Artifact BMC\n");
                    self.line(&number, &(0..number.text.len()), (x, wide_drawn, y + down), None, page, out);
                    out.push_str("EMC\n");
                }
            }
            Placed::Drawing { drawing, tag, x, wide, y } => {
                self.mark(*tag, page, out);
                self.drawing(drawing, *x, *y, *wide, out);
                out.push_str("EMC\n");
            }
        }
    }

    /// Opens content that belongs to a node; the node takes its place among its parent's children.
    fn mark(&mut self, tag: usize, page: usize, out: &mut String) {
        self.attach(tag);
        let Some(marks) = self.marks.get_mut(page) else { return };
        let number = marks.len();
        marks.push(tag);
        if let Some(children) = self.children.get_mut(tag) {
            children.push(Child::Marked(page, number));
        }
        let name = self.tags.0.get(tag).map_or("P", |tag| tag.kind.name());
        let _ = writeln!(out, "/{name}<</MCID {number}>>BDC");
    }

    fn attach(&mut self, tag: usize) {
        let mut tag = tag;
        while let (Some(is), Some(node)) = (self.attached.get_mut(tag), self.tags.0.get(tag)) {
            if std::mem::replace(is, true) || tag == node.parent {
                return;
            }
            if let Some(children) = self.children.get_mut(node.parent) {
                children.push(Child::Tag(tag));
            }
            tag = node.parent;
        }
    }

    /// A line of text in its box; `tagged`: it belongs to the structure.
    fn line(
        &mut self,
        para: &Para,
        range: &Range<usize>,
        (x, wide, y): (Mp, Mp, Mp),
        tagged: Option<usize>,
        page: usize,
        out: &mut String,
    ) {
        let line = para.line(range);
        // Space at the end of a line hangs out of the box, at the side where the line ends.
        let start = if para.is_rtl { x + wide - line.wide - line.hang } else { x };
        let base = y + line.base;
        let mut open = None;
        for piece in &line.pieces {
            let manner = &piece.item.manner;
            if tagged.is_some() && open != Some(manner.tag) {
                if open.is_some() {
                    out.push_str("EMC\n");
                }
                self.mark(manner.tag, page, out);
                open = Some(manner.tag);
            }
            match &piece.item.object {
                Some(drawing) => self.drawing(
                    drawing,
                    start + piece.x,
                    y + (line.high - drawing.high()) / 2,
                    drawing.wide(),
                    out,
                ),
                None => self.glyphs(para, piece, start + piece.x, base, out),
            }
            if let (Some(to), Some(_)) = (&manner.link, tagged) {
                let area = [start + piece.x, y, start + piece.x + piece.wide, y + line.high];
                self.link(page, area, to, manner.tag);
            }
        }
        if open.is_some() {
            out.push_str("EMC\n");
        }
    }

    fn link(&mut self, page: usize, area: [Mp; 4], to: &Rc<str>, tag: usize) {
        let is_dead = to.strip_prefix('#').is_some_and(|name| !self.pages.anchors.contains_key(name));
        if is_dead || area[2] <= area[0] {
            return;
        }
        if let Some(children) = self.children.get_mut(tag) {
            children.push(Child::Link(self.links.len()));
        }
        self.links.push(Link { page, area, to: Rc::clone(to), tag });
    }

    /// Glyphs of one face, each where the shaper wants it.
    fn glyphs(&mut self, para: &Para, piece: &Piece<'_>, x: Mp, base: Mp, out: &mut String) {
        let Some(metrics) = self.faces.metrics.get(usize::from(piece.item.face.0)) else { return };
        if piece.glyphs.is_empty() {
            return;
        }
        let used = self.used.entry(piece.item.face.0).or_default();
        let [r, g, b] = piece.item.manner.ink;
        let size = piece.item.size;
        let _ = write!(out, "BT {} rg/F{} {} Tf", colour([r, g, b]), piece.item.face.0, milli(size));
        // The pen in font units, where it should be and, in thousandths of an em, where the file's own widths put it.
        let (mut pen, mut drawn) = (0_i64, 0_i64);
        let mut is_open = false;
        for glyph in piece.glyphs {
            let said = para.text.get(glyph.start as usize..glyph.end as usize).unwrap_or_default();
            let text = used.entry(glyph.id).or_default();
            if text.is_empty() {
                said.clone_into(text);
            }
            let wants = metrics.thousandths(pen + i64::from(glyph.dx));
            if glyph.dy != 0 || !is_open {
                if is_open {
                    out.push_str("]TJ");
                }
                let left = x + (pen + i64::from(glyph.dx)) * size / metrics.em;
                let up = HIGH - base + i64::from(glyph.dy) * size / metrics.em;
                let _ = write!(out, " 1 0 0 1 {} {} Tm[", milli(left), milli(up));
                drawn = wants;
            } else if wants != drawn {
                let _ = write!(out, "{}", drawn - wants);
                drawn = wants;
            }
            let _ = write!(out, "<{:04X}>", glyph.id);
            is_open = glyph.dy == 0;
            if !is_open {
                out.push_str("]TJ");
            }
            let own = metrics.widths.get(glyph.id as usize).copied().unwrap_or(0);
            drawn += metrics.thousandths(own);
            pen += i64::from(glyph.advance);
        }
        if is_open {
            out.push_str("]TJ");
        }
        out.push_str(" ET\n");
    }

    fn drawing(&mut self, drawing: &Drawing, x: Mp, y: Mp, wide: Mp, out: &mut String) {
        let [left, top, w, h] = drawing.view;
        let at = |ux: i64, uy: i64| {
            let px = x + (ux - left * 1000) * wide / (w * 1000);
            let py = y + (uy - top * 1000) * wide / (w * 1000);
            format!("{} {}", milli(px), milli(HIGH - py))
        };
        let scaled = |units: i64| units * wide / (w * 1000);
        let (right, low) = (x + wide, y + h * wide / w);
        let _ = writeln!(
            out,
            "q {} {} {} {} re W n",
            milli(x),
            milli(HIGH - low),
            milli(right - x),
            milli(low - y)
        );
        for shape in &drawing.shapes {
            let paint = shape.paint;
            if let Some(ink) = paint.fill {
                let _ = write!(out, "{} rg ", colour(ink));
            }
            if let Some(ink) = paint.line {
                let dash = if paint.dashed { "[2.2 1.6] 0 d" } else { "[] 0 d" };
                let _ = write!(out, "{} RG {} w {dash} ", colour(ink), milli(scaled(paint.wide).max(300)));
            }
            for stroke in &shape.strokes {
                let _ = match stroke {
                    Stroke::Move(a, b) => write!(out, "{} m ", at(*a, *b)),
                    Stroke::Line(a, b) => write!(out, "{} l ", at(*a, *b)),
                    Stroke::Curve([a, b, c, d, e, f]) => {
                        write!(out, "{} {} {} c ", at(*a, *b), at(*c, *d), at(*e, *f))
                    }
                    Stroke::Close => write!(out, "h "),
                };
            }
            out.push_str(match (paint.fill, paint.line) {
                (Some(_), Some(_)) => "B*\n",
                (Some(_), None) => "f*\n",
                (None, Some(_)) => "S\n",
                (None, None) => "n\n",
            });
        }
        for label in &drawing.labels {
            let line = label.para.line(&(0..label.para.text.len()));
            // Words in a drawing are shaped at the size of its units; the whole drawing is scaled.
            let shown = line.wide * label.anchor / 1000;
            let (a, d) = (wide, w * 1000);
            let from = x + (label.x - left * 1000) * wide / d - shown * a / d;
            let base = y + (label.y - top * 1000) * wide / d;
            for piece in &line.pieces {
                let _ = write!(
                    out,
                    "q {} 0 0 {} {} {} cm ",
                    ratio(a, d),
                    ratio(a, d),
                    milli(from + piece.x * a / d),
                    milli(HIGH - base)
                );
                self.glyphs(&label.para, piece, 0, HIGH, out);
                out.push_str("Q\n");
            }
        }
        out.push_str("Q\n");
    }
}

/// What the structure leaves behind for links.
struct Tree {
    root: usize,
    /// The object of each node that is in the structure.
    nodes: BTreeMap<usize, usize>,
    annotations: Vec<usize>,
}

impl Writer<'_> {
    fn structure(&mut self, sheets: &[usize]) -> Tree {
        let root = self.objects.number();
        let parents = self.objects.number();
        let mut nodes = BTreeMap::new();
        for (tag, is) in self.attached.iter().enumerate() {
            if *is || tag == 0 {
                nodes.insert(tag, self.objects.number());
            }
        }
        let annotations: Vec<usize> = self.links.iter().map(|_| self.objects.number()).collect();
        let node = |tag: usize| nodes.get(&tag).copied().unwrap_or(0);
        let sheet = |page: usize| sheets.get(page).copied().unwrap_or(0);
        for (tag, number) in &nodes {
            let Some(one) = self.tags.0.get(*tag) else { continue };
            let parent = if *tag == 0 { root } else { node(one.parent) };
            let mut kids = String::new();
            for child in self.children.get(*tag).into_iter().flatten() {
                let _ = match child {
                    Child::Tag(tag) => write!(kids, "{} 0 R ", node(*tag)),
                    Child::Marked(page, mark) => {
                        write!(kids, "<</Type/MCR/Pg {} 0 R/MCID {mark}>>", sheet(*page))
                    }
                    Child::Link(link) => {
                        let page = self.links.get(*link).map_or(0, |link| sheet(link.page));
                        let own = annotations.get(*link).copied().unwrap_or(0);
                        write!(kids, "<</Type/OBJR/Pg {page} 0 R/Obj {own} 0 R>>")
                    }
                };
            }
            let body = format!(
                "<</Type/StructElem/S/{}/P {parent} 0 R{}/K[{kids}]>>",
                one.kind.name(),
                attributes(one)
            );
            self.objects.put(*number, body);
        }
        let mut numbers = String::new();
        for (page, marks) in self.marks.iter().enumerate() {
            let all = marks.iter().map(|tag| format!("{} 0 R", node(*tag))).collect::<Vec<_>>().join(" ");
            let _ = write!(numbers, "{page} [{all}]");
        }
        let first = self.marks.len();
        for (n, link) in self.links.iter().enumerate() {
            let _ = write!(numbers, "{} {} 0 R ", first + n, node(link.tag));
        }
        self.objects.put(parents, format!("<</Nums[{numbers}]>>"));
        let next = first + self.links.len();
        self.objects.put(
            root,
            format!(
                "<</Type/StructTreeRoot/K {} 0 R/ParentTree {parents} 0 R/ParentTreeNextKey {next}>>",
                node(0)
            ),
        );
        Tree { root, nodes, annotations }
    }

    /// Writes the links; gives those of each page.
    fn annotations(&mut self, sheets: &[usize], tree: &Tree) -> BTreeMap<usize, String> {
        let mut out: BTreeMap<usize, String> = BTreeMap::new();
        let first = self.marks.len();
        for (n, (link, number)) in self.links.iter().zip(&tree.annotations).enumerate() {
            if !tree.nodes.contains_key(&link.tag) {
                continue;
            }
            let [a, b, c, d] = link.area;
            let target = match link.to.strip_prefix('#').and_then(|name| self.pages.anchors.get(name)) {
                Some((page, y)) => {
                    let sheet = sheets.get(*page).copied().unwrap_or(0);
                    format!("/Dest[{sheet} 0 R/XYZ 0 {} 0]", milli(HIGH - y + 6_000))
                }
                None => format!("/A<</S/URI/URI({})>>", plain_name(&link.to)),
            };
            let body = format!(
                "<</Type/Annot/Subtype/Link/Rect[{} {} {} {}]/Border[0 0 0]/F 4/StructParent {}/Contents{}{target}>>",
                milli(a),
                milli(HIGH - d),
                milli(c),
                milli(HIGH - b),
                first + n,
                string(&link.to)
            );
            self.objects.put(*number, body);
            let _ = write!(out.entry(link.page).or_default(), "{number} 0 R ");
        }
        out
    }

    /// The outline from the headings to the third level.
    fn outline(&mut self, sheets: &[usize]) -> String {
        let entries: Vec<_> = self.pages.outline.iter().filter(|entry| entry.level <= 3).collect();
        if entries.is_empty() {
            return String::new();
        }
        let root = self.objects.number();
        let numbers: Vec<usize> = entries.iter().map(|_| self.objects.number()).collect();
        let mut parents: Vec<usize> = Vec::new();
        let mut open: Vec<(u8, usize)> = Vec::new();
        for (entry, number) in entries.iter().zip(&numbers) {
            while open.last().is_some_and(|(level, _)| *level >= entry.level) {
                open.pop();
            }
            parents.push(open.last().map_or(root, |(_, number)| *number));
            open.push((entry.level, *number));
        }
        let mut families: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (parent, number) in parents.iter().zip(&numbers) {
            families.entry(*parent).or_default().push(*number);
        }
        let family = |number: usize| match families.get(&number).map(Vec::as_slice) {
            Some([first, .., last]) => format!("/First {first} 0 R/Last {last} 0 R"),
            Some([only]) => format!("/First {only} 0 R/Last {only} 0 R"),
            _ => String::new(),
        };
        for ((entry, number), parent) in entries.iter().zip(&numbers).zip(&parents) {
            let siblings = families.get(parent).map_or(&[][..], Vec::as_slice);
            let place = siblings.binary_search(number).unwrap_or(0);
            let beside = |name: &str, at: Option<usize>| {
                at.and_then(|at| siblings.get(at))
                    .map_or(String::new(), |other| format!("/{name} {other} 0 R"))
            };
            let (prev, next) = (beside("Prev", place.checked_sub(1)), beside("Next", Some(place + 1)));
            let count = families.get(number).map_or(String::new(), |all| format!("/Count -{}", all.len()));
            let sheet = sheets.get(entry.page).copied().unwrap_or(0);
            let body = format!(
                "<</Title{}/Parent {parent} 0 R{prev}{next}{}{count}/Dest[{sheet} 0 R/XYZ 0 {} 0]>>",
                string(&entry.title),
                family(*number),
                milli(HIGH - entry.y + 6_000)
            );
            self.objects.put(*number, body);
        }
        let top = families.get(&root).map_or(0, Vec::len);
        self.objects.put(root, format!("<</Type/Outlines{}/Count {top}>>", family(root)));
        format!("/Outlines {root} 0 R/PageMode/UseOutlines")
    }
}

fn attributes(tag: &crate::tags::Tag) -> String {
    use crate::tags::Kind;
    let (rows, columns) = tag.spans;
    let mut spans = String::new();
    if rows > 1 {
        let _ = write!(spans, "/RowSpan {rows}");
    }
    if columns > 1 {
        let _ = write!(spans, "/ColSpan {columns}");
    }
    match &tag.kind {
        Kind::Names(is_row) => {
            format!("/A<</O/Table/Scope/{}{spans}>>", if *is_row { "Row" } else { "Column" })
        }
        Kind::Cell if !spans.is_empty() => format!("/A<</O/Table{spans}>>"),
        Kind::Figure(alt) => format!("/Alt{}", string(if alt.is_empty() { "–" } else { alt })),
        _ => String::new(),
    }
}

fn fill(out: &mut String, (x, y, wide, high): (Mp, Mp, Mp, Mp), ink: Rgb) {
    let _ = writeln!(
        out,
        "{} rg {} {} {} {} re f",
        colour(ink),
        milli(x),
        milli(HIGH - y - high),
        milli(wide),
        milli(high)
    );
}

fn colour(ink: Rgb) -> String {
    ink.map(|part| milli(i64::from(part) * 1000 / 255)).join(" ")
}

/// A ratio of whole numbers to six places.
fn ratio(a: i64, b: i64) -> String {
    let millionths = a * 1_000_000 / b.max(1);
    format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)
}

/// Signs that can stand in a literal string of a PDF; others as they are written in addresses.
fn plain_name(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'(' | b')' | b'\\' => {
                out.push('\\');
                out.push(char::from(byte));
            }
            0x21..=0x7e => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

fn metadata_of(about: &About<'_>) -> String {
    let escaped = |text: &str| -> String {
        let allowed = text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}'));
        allowed.collect::<String>().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    };
    let (title, lang, software) = (escaped(about.title), escaped(about.lang), escaped(about.software));
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\"><dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{title}</rdf:li></rdf:Alt></dc:title><dc:language><rdf:Bag><rdf:li>{lang}</rdf:li></rdf:Bag></dc:language><pdf:Producer>{software}</pdf:Producer></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>"
    )
}
