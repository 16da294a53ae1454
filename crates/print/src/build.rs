//! From the tree of a page to its pieces: which element is what, which class looks how. The counterpart of the style sheet, on paper.
//!
//! What it does not know is set as a paragraph or as words of one; only what the style sheet itself hides on paper is left out.

use std::rc::Rc;

use crate::blocks::{Block, Cell, Frame, Table, Text};
use crate::drawing::Drawing;
use crate::font::{Look, Shapers};
use crate::html::{Element, Node};
use crate::inline::{Manner, Way, Words};
use crate::para::Para;
use crate::tags::{Kind, Tags};
use crate::{Mp, Rgb};

const SIZE: Mp = 9_400;
const INK: Rgb = [0x16, 0x1a, 0x1e];
const QUIET: Rgb = [0x4c, 0x53, 0x5b];
const LINK: Rgb = [0x14, 0x40, 0x66];
const RULE: Rgb = [0x1b, 0x1f, 0x24];
const BAR: Rgb = [0xc4, 0xc0, 0xb7];
const GROUND: Rgb = [0xf5, 0xf4, 0xf0];

/// What holds for everything in an element.
#[derive(Clone, Debug)]
struct Now {
    manner: Rc<Manner>,
    way: Way,
    /// White space means something.
    is_kept: bool,
    /// The node in the structure.
    tag: usize,
    is_arabic: bool,
}

/// Builds the pieces of one page.
pub(crate) struct Builder<'s, 'f> {
    pub(crate) shapers: &'s mut Shapers<'f>,
    pub(crate) tags: Tags,
    anchors: Vec<Rc<str>>,
}

/// How a paragraph that is being gathered will look.
#[derive(Clone, Default)]
struct Sort {
    before: Mp,
    heading: Option<u8>,
    is_kept: bool,
    page_of: Option<Rc<str>>,
}

impl<'s, 'f> Builder<'s, 'f> {
    pub(crate) fn new(shapers: &'s mut Shapers<'f>) -> Self {
        Self { shapers, tags: Tags::default(), anchors: Vec::new() }
    }

    /// Every piece of a page.
    pub(crate) fn page(&mut self, page: &Element) -> Vec<Block> {
        let body = page.first("body").unwrap_or(page);
        let html = page.first("html").unwrap_or(page);
        let manner = Manner { look: Look::default(), size: SIZE, ink: INK, tag: 0, link: None };
        let is_arabic = html.attribute("lang") == Some("ar");
        let way = way_of(html).unwrap_or(Way::Ltr);
        let now = Now { manner: Rc::new(manner), way, is_kept: false, tag: 0, is_arabic };
        self.children(body, &now, &Sort::default())
    }

    /// The pieces in an element; words between them are paragraphs.
    fn children(&mut self, parent: &Element, now: &Now, sort: &Sort) -> Vec<Block> {
        let mut out = Vec::new();
        let mut words = Words::default();
        let mut tag = None;
        for node in &parent.children {
            match node {
                Node::Element(one) if is_hidden(one) => {}
                Node::Element(one) if is_block(one) => {
                    self.flush(&mut words, &mut tag, now, sort, &mut out);
                    self.block(one, now, &mut out);
                }
                Node::Text(text) if words.is_empty() && !now.is_kept && text.trim().is_empty() => {}
                node => {
                    let tag = *tag.get_or_insert_with(|| self.paragraph(now, sort));
                    let manner = Manner { tag, ..(*now.manner).clone() };
                    let within = Now { manner: Rc::new(manner), tag, ..now.clone() };
                    self.inline(node, &within, &mut words);
                }
            }
        }
        self.flush(&mut words, &mut tag, now, sort, &mut out);
        out
    }

    fn paragraph(&mut self, now: &Now, sort: &Sort) -> usize {
        let holds_words = matches!(
            self.tags.0.get(now.tag).map(|tag| &tag.kind),
            Some(Kind::Names(_) | Kind::Cell | Kind::Caption | Kind::Label | Kind::Code)
        );
        match sort.heading {
            Some(level) => self.tags.put(now.tag, Kind::Heading(level)),
            None if holds_words => now.tag,
            None => self.tags.put(now.tag, Kind::Paragraph),
        }
    }

    fn flush(
        &mut self,
        words: &mut Words,
        tag: &mut Option<usize>,
        now: &Now,
        sort: &Sort,
        out: &mut Vec<Block>,
    ) {
        *tag = None;
        let words = std::mem::take(words);
        let para = Para::of(words, now.way, now.manner.look.mono, self.shapers);
        if para.is_empty() {
            return;
        }
        let outline = sort.heading.map(|level| (level, plain(&para.text)));
        let before = if out.is_empty() { sort.before } else { sort.before.max(2_000) };
        let text = Text {
            para,
            before,
            is_kept: sort.is_kept,
            anchors: std::mem::take(&mut self.anchors),
            outline,
            page_of: sort.page_of.clone(),
        };
        out.push(Block::Text(Box::new(text)));
    }

    /// One element that stands by itself.
    fn block(&mut self, one: &Element, now: &Now, out: &mut Vec<Block>) {
        if let Some(id) = one.attribute("id") {
            self.anchors.push(id.into());
        }
        let mut now = now.clone();
        now.way = way_of(one).unwrap_or(now.way);
        self.look(one, &mut now);
        match one.name.as_str() {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(one, &now, out),
            "p" => {
                let before = if one.is_of("line") || one.is_of("crumb") { 1_500 } else { 4_500 };
                let sort = Sort { before, is_kept: one.is_of("lead"), ..Sort::default() };
                out.extend(self.children(one, &now, &sort));
            }
            "ul" | "ol" => self.list(one, &now, out),
            "dl" => self.pairs(one, &now, out),
            "table" => self.table(one, &now, out),
            "svg" => self.figure(one, &now, out),
            "nav" if one.is_of("contents") => self.contents(one, &now, out),
            "hr" => out.push(Block::Group(
                Frame { before: 6_000, rule: Some(BAR), padding: 1_000, ..Frame::default() },
                Vec::new(),
            )),
            "div" if one.is_of("glance") => self.beside(one, &now, out),
            _ => self.group(one, &now, out),
        }
    }

    fn group(&mut self, one: &Element, now: &Now, out: &mut Vec<Block>) {
        let is_summary = one.name == "summary";
        let kind = match one.name.as_str() {
            "section" | "footer" => Some(Kind::Section),
            "article" => Some(Kind::Article),
            "blockquote" => Some(Kind::Quote),
            "pre" => Some(Kind::Code),
            "figcaption" => Some(Kind::Caption),
            _ => None,
        };
        let mut now = now.clone();
        if let Some(kind) = kind {
            now.tag = self.tags.put(now.tag, kind);
        }
        let frame = frame(one);
        let sort =
            Sort { before: if is_summary { 3_500 } else { 1_500 }, is_kept: is_summary, ..Sort::default() };
        let blocks = self.children(one, &now, &sort);
        if !blocks.is_empty() {
            out.push(Block::Group(frame, blocks));
        }
    }

    fn heading(&mut self, one: &Element, now: &Now, out: &mut Vec<Block>) {
        let level = one.name.bytes().last().map_or(6, |digit| digit.saturating_sub(b'0')).clamp(1, 6);
        let (size, before) = match level {
            1 => (21_000, 8_000),
            2 => (14_500, 6_000),
            3 => (11_400, 11_000),
            4 => (10_200, 7_000),
            _ => (9_400, 8_000),
        };
        let manner = Manner { look: Look { bold: true, ..now.manner.look }, size, ..(*now.manner).clone() };
        let now = Now { manner: Rc::new(manner), ..now.clone() };
        let sort = Sort { before, heading: Some(level), is_kept: true, page_of: None };
        out.extend(self.children(one, &now, &sort));
    }

    fn list(&mut self, one: &Element, now: &Now, out: &mut Vec<Block>) {
        self.strays(one, now, out);
        let now = Now { tag: self.tags.put(now.tag, Kind::List), ..now.clone() };
        let is_bare = BARE.iter().any(|class| one.is_of(class)) || self.is_in_tree(one);
        let mut items = Vec::new();
        for (n, item) in (1..).zip(one.elements().filter(|item| !is_hidden(item))) {
            let tag = self.tags.put(now.tag, Kind::Item);
            let mark = (!is_bare && item.name == "li").then(|| {
                let tag = self.tags.put(tag, Kind::Label);
                let manner = Rc::new(Manner { tag, ink: QUIET, ..(*now.manner).clone() });
                let mut words = Words::default();
                let text = if one.name == "ol" { format!("{n}.") } else { "•".to_owned() };
                words.text(&text, &manner, false, self.shapers);
                Box::new(Para::of(words, now.way, false, self.shapers))
            });
            let mut within = Now { tag: self.tags.put(tag, Kind::Body), ..now.clone() };
            within.way = way_of(item).unwrap_or(within.way);
            if let Some(id) = item.attribute("id") {
                self.anchors.push(id.into());
            }
            self.look(item, &mut within);
            let body = self.children(item, &within, &Sort::default());
            if !body.is_empty() {
                items.push(Block::Marked { mark, body, before: 1_600, is_rtl: now.way == Way::Rtl });
            }
        }
        let inset = if one.is_of("tree") || one.is_of("answers") || self.is_in_tree(one) { 7_000 } else { 0 };
        let bar = (inset > 0 && !one.is_of("tree")).then_some(BAR);
        out.push(Block::Group(Frame { before: 2_000, inset, bar, ..Frame::default() }, items));
    }

    /// Words that stand where only elements should: they are set as a paragraph, not lost.
    fn strays(&mut self, one: &Element, now: &Now, out: &mut Vec<Block>) {
        let words =
            one.children.iter().filter(|node| matches!(node, Node::Text(text) if !text.trim().is_empty()));
        let all = Element { children: words.cloned().collect(), ..Element::default() };
        if !all.children.is_empty() {
            out.extend(self.children(&all, now, &Sort::default()));
        }
    }

    /// Lists inside of an explanation number themselves.
    fn is_in_tree(&self, one: &Element) -> bool {
        one.elements().next().is_some_and(|item| item.attribute("data-node").is_some())
    }

    /// The contents, each with the number of its page.
    fn contents(&mut self, one: &Element, now: &Now, out: &mut Vec<Block>) {
        let now = Now { tag: self.tags.put(now.tag, Kind::Div), ..now.clone() };
        let mut blocks = Vec::new();
        let mut all = Vec::new();
        links(one, &mut all);
        let said: usize = all.iter().map(|link| link.text().trim().len()).sum();
        if all.is_empty() || one.text().split_whitespace().map(str::len).sum::<usize>() > said {
            return self.group(one, &now, out);
        }
        for link in all {
            let to = link.attribute("href").and_then(|href| href.strip_prefix('#')).map(Rc::from);
            let sort = Sort { before: 1_000, page_of: to, ..Sort::default() };
            let wrapped = Element { children: vec![Node::Element(link.clone())], ..Element::default() };
            blocks.extend(self.children(&wrapped, &now, &sort));
        }
        out.push(Block::Group(
            Frame { before: 10_000, rule: Some(BAR), padding: 4_000, ..Frame::default() },
            blocks,
        ));
    }

    fn beside(&mut self, one: &Element, now: &Now, out: &mut Vec<Block>) {
        self.strays(one, now, out);
        let cards: Vec<&Element> = one.elements().collect();
        let mut parts = Vec::new();
        for (n, card) in cards.iter().enumerate() {
            let mut blocks = Vec::new();
            self.block(card, now, &mut blocks);
            let weight = match (cards.len(), n) {
                (3, 0) => 20,
                (3, 1) => 12,
                (3, _) => 14,
                _ => 10,
            };
            parts.push((weight, blocks));
        }
        // More than four side by side would be columns of single words.
        if parts.len() > 4 {
            parts.into_iter().for_each(|(_, blocks)| out.extend(blocks));
        } else {
            out.push(Block::Beside { parts, before: 8_000, is_rtl: now.way == Way::Rtl });
        }
    }

    fn pairs(&mut self, one: &Element, now: &Now, out: &mut Vec<Block>) {
        self.strays(one, now, out);
        let now = Now { tag: self.tags.put(now.tag, Kind::List), ..now.clone() };
        let mut rows: Vec<(Vec<Block>, Vec<Block>)> = Vec::new();
        let mut item = now.tag;
        for part in one.elements() {
            let mut within = now.clone();
            self.look(part, &mut within);
            if part.name == "dt" {
                item = self.tags.put(now.tag, Kind::Item);
                within.tag = self.tags.put(item, Kind::Label);
                within.manner = Rc::new(Manner { ink: QUIET, ..(*within.manner).clone() });
                let blocks = self.children(part, &within, &Sort::default());
                rows.push((blocks, Vec::new()));
            } else {
                within.tag = self.tags.put(item, Kind::Body);
                let blocks = self.children(part, &within, &Sort::default());
                match rows.last_mut() {
                    Some((_, said)) => said.extend(blocks),
                    None => rows.push((Vec::new(), blocks)),
                }
            }
        }
        out.push(Block::Pairs { rows, before: 4_000, is_rtl: now.way == Way::Rtl });
    }

    fn table(&mut self, one: &Element, now: &Now, out: &mut Vec<Block>) {
        let size = (now.manner.size * 93 / 100).min(8_800);
        let manner = Manner { size, ..(*now.manner).clone() };
        let now = Now { tag: self.tags.put(now.tag, Kind::Table), manner: Rc::new(manner), ..now.clone() };
        let mut table = Table {
            heads: 0,
            rows: Vec::new(),
            is_narrow: one.is_of("numbers"),
            is_rtl: now.way == Way::Rtl,
        };
        self.strays(one, &now, out);
        for part in one.elements().filter(|part| part.name != "caption") {
            self.strays(part, &now, out);
            part.elements().filter(|_| part.name != "tr").for_each(|row| self.strays(row, &now, out));
        }
        for part in one.elements() {
            match part.name.as_str() {
                "caption" => {
                    let tag = self.tags.put(now.tag, Kind::Caption);
                    let manner = Rc::new(Manner { ink: QUIET, ..(*now.manner).clone() });
                    let within = Now { tag, manner, ..now.clone() };
                    let sort = Sort { before: 7_000, is_kept: true, ..Sort::default() };
                    out.extend(self.children(part, &within, &sort));
                }
                "thead" => {
                    let within = Now { tag: self.tags.put(now.tag, Kind::Head), ..now.clone() };
                    part.elements().for_each(|row| self.row(row, &within, true, &mut table));
                    table.heads = table.rows.len();
                }
                "tr" => self.row(part, &now, false, &mut table),
                _ => {
                    let within = Now { tag: self.tags.put(now.tag, Kind::Rows), ..now.clone() };
                    part.elements().for_each(|row| self.row(row, &within, false, &mut table));
                }
            }
        }
        out.push(Block::Table(Box::new(table), 3_000));
    }

    fn row(&mut self, row: &Element, now: &Now, is_head: bool, table: &mut Table) {
        let tag = self.tags.put(now.tag, Kind::Row);
        let mut cells = Vec::new();
        for cell in row.elements() {
            let names = cell.name == "th";
            let kind = if names { Kind::Names(!is_head) } else { Kind::Cell };
            let mut within = Now { tag: self.tags.put(tag, kind), ..now.clone() };
            let span = |name: &str| {
                cell.attribute(name).and_then(|n| n.parse::<u32>().ok()).unwrap_or(1).clamp(1, 1000)
            };
            let (rows, columns) = (span("rowspan"), span("colspan"));
            if let Some(tag) = self.tags.0.get_mut(within.tag) {
                tag.spans = (rows, columns);
            }
            if names {
                let look = Look { bold: true, ..within.manner.look };
                let ink = if is_head { QUIET } else { within.manner.ink };
                within.manner = Rc::new(Manner { look, ink, ..(*within.manner).clone() });
            }
            self.look(cell, &mut within);
            if let Some(id) = cell.attribute("id") {
                self.anchors.push(id.into());
            }
            let blocks = self.children(cell, &within, &Sort::default());
            cells.push(Cell { blocks, columns: columns as usize, rows: rows as usize });
        }
        table.rows.push(cells);
    }

    fn figure(&mut self, svg: &Element, now: &Now, out: &mut Vec<Block>) {
        let tag = self.tags.put(now.tag, Kind::Figure(String::new()));
        let Some(drawing) = Drawing::of(svg, tag, self.shapers) else {
            // What cannot be drawn still says what it says.
            return out.extend(self.children(svg, now, &Sort::default()));
        };
        if let Some(tag) = self.tags.0.get_mut(tag) {
            tag.kind = Kind::Figure(drawing.alt.clone());
        }
        out.push(Block::Drawing { drawing: Rc::new(drawing), tag, before: 6_000 });
    }

    /// Words of a paragraph.
    fn inline(&mut self, node: &Node, now: &Now, words: &mut Words) {
        let one = match node {
            Node::Text(text) => return words.text(text, &now.manner, now.is_kept, self.shapers),
            Node::Element(one) if is_hidden(one) => return,
            Node::Element(one) => one,
        };
        if let Some(id) = one.attribute("id") {
            self.anchors.push(id.into());
        }
        match one.name.as_str() {
            "br" => return words.line(),
            "svg" => {
                // A drawing among words is a sign beside the word that says the same.
                if let Some(drawing) = Drawing::of(one, now.tag, self.shapers) {
                    words.object(Rc::new(drawing), &now.manner, self.shapers);
                }
                return;
            }
            _ => {}
        }
        let mut within = now.clone();
        self.look(one, &mut within);
        let way = way_of(one).or((one.name == "bdi").then_some(Way::Auto));
        if let Some(way) = way {
            words.open(way);
        }
        // The word between a condition and its outcome is an arrow, on the screen and here.
        if one.name == "i" && one.attribute("class").is_none() {
            return words.text(if now.is_arabic { "←" } else { "→" }, &now.manner, false, self.shapers);
        }
        // Beside each other on the screen; here a sign stands between them.
        if one.is_of("mission") && !words.is_empty() {
            words.text(" · ", &within.manner, false, self.shapers);
        }
        if let Some(sign) = sign(one) {
            words.text(sign, &within.manner, false, self.shapers);
            words.text("\u{a0}", &within.manner, false, self.shapers);
        }
        let quotes = (one.name == "q").then_some(if now.is_arabic { ("«", "»") } else { ("“", "”") });
        if let Some((open, _)) = quotes {
            words.text(open, &within.manner, false, self.shapers);
        }
        for node in &one.children {
            self.inline(node, &within, words);
        }
        if let Some((_, close)) = quotes {
            words.text(close, &within.manner, false, self.shapers);
        }
        if way.is_some() {
            words.close();
        }
    }

    /// What an element's name and classes change.
    fn look(&mut self, one: &Element, now: &mut Now) {
        let mut manner = (*now.manner).clone();
        match one.name.as_str() {
            "strong" | "b" | "summary" => manner.look.bold = true,
            "em" | "i" => manner.look.italic = true,
            "code" | "pre" => {
                manner.look.mono = true;
                now.is_kept = one.name == "pre";
            }
            "a" => {
                if let Some(href) = one.attribute("href").filter(|href| leads(href)) {
                    manner.tag = self.tags.put(now.tag, Kind::Link);
                    manner.link = Some(href.into());
                    manner.ink = LINK;
                }
            }
            _ => {}
        }
        for class in one.classes() {
            match class {
                "badge" | "truth" | "receipt" | "state" | "differ" | "fault" | "step" => {
                    manner.look.bold = true
                }
                "quiet" | "note" | "no" | "settled" | "respondents" | "seen" | "turns" | "window"
                | "mission" => {
                    manner.ink = QUIET;
                    manner.look.bold = manner.look.bold && one.name != "span";
                }
                "ihl" | "not-reached" => manner.look.italic = true,
                "lead" => manner.size = manner.size.max(SIZE * 112 / 100),
                "big" => {
                    manner.look.bold = true;
                    manner.size = SIZE * 15 / 10;
                }
                "name" => manner.look.bold = true,
                _ => {}
            }
        }
        if one.is_of("line") && one.name == "p" {
            manner.look.bold = false;
        }
        if manner != *now.manner {
            now.manner = Rc::new(manner);
        }
    }
}

/// Lists that the style sheet gives no marks.
const BARE: [&str; 8] = ["plain", "incidents", "cruxes", "answers", "accounts", "key", "tree", "tally"];

/// Addresses that mean something on paper: places in the document, and addresses of the web.
fn leads(href: &str) -> bool {
    href.len() > 1
        && href.len() < 2_000
        && (href.starts_with('#') || href.starts_with("https://") || href.starts_with("http://"))
}

fn links<'e>(one: &'e Element, out: &mut Vec<&'e Element>) {
    for child in one.elements() {
        if child.name == "a" { out.push(child) } else { links(child, out) }
    }
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\u{2066}'..='\u{2069}' | '\u{2028}')).take(200).collect()
}

fn way_of(one: &Element) -> Option<Way> {
    match one.attribute("dir")? {
        "ltr" => Some(Way::Ltr),
        "rtl" => Some(Way::Rtl),
        "auto" => Some(Way::Auto),
        _ => None,
    }
}

/// What the style sheet hides on paper, and what is no text of the page.
pub(crate) fn is_hidden(one: &Element) -> bool {
    matches!(one.name.as_str(), "head" | "form" | "title" | "desc" | "input" | "meta" | "link" | "template")
        || ["skip", "langs", "moments"]
            .iter()
            .any(|class| one.is_of(class) && matches!(one.name.as_str(), "a" | "nav"))
}

fn is_block(one: &Element) -> bool {
    match one.name.as_str() {
        "html" | "body" | "main" | "header" | "footer" | "nav" | "section" | "article" | "aside" | "div"
        | "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "li" | "dl" | "dt" | "dd"
        | "table" | "caption" | "thead" | "tbody" | "tfoot" | "tr" | "td" | "th" | "figure"
        | "figcaption" | "blockquote" | "pre" | "details" | "summary" | "hr" | "address" | "fieldset" => true,
        "svg" => one.attribute("width").is_none(),
        "span" | "a" | "bdi" | "strong" | "b" | "em" | "i" | "code" | "time" | "small" | "br" | "q" => false,
        _ => one.elements().any(is_block),
    }
}

fn frame(one: &Element) -> Frame {
    let none = Frame::default();
    match one.name.as_str() {
        "section" if one.attribute("data-node").is_some() => Frame { before: 3_000, ..none },
        "section" | "footer" => Frame { before: 20_000, rule: Some(RULE), padding: 2_000, ..none },
        "header" => Frame { before: 0, ..none },
        "blockquote" => Frame { before: 4_000, inset: 10_000, bar: Some(BAR), ..none },
        "pre" => Frame { before: 4_000, ground: Some(GROUND), padding: 5_000, inset: 6_000, ..none },
        "aside" if one.attribute("id") == Some("publication") => {
            Frame { before: 0, ground: Some(GROUND), padding: 5_000, inset: 7_000, ..none }
        }
        "figure" => Frame { before: 6_000, ..none },
        "details" | "article" | "div" => match one.classes().next() {
            Some("entry" | "clause" | "determination") => {
                Frame { before: 9_000, rule: Some(BAR), padding: 3_000, ..none }
            }
            Some("card" | "calm" | "matter") => {
                Frame { before: 6_000, rule: Some(RULE), padding: 3_000, ..none }
            }
            Some("why") => {
                Frame { before: 4_000, ground: Some(GROUND), padding: 4_000, inset: 6_000, ..none }
            }
            Some("inside") => Frame { before: 2_000, inset: 10_000, ..none },
            Some("dissent" | "act" | "reasons") => {
                Frame { before: 4_000, inset: 8_000, bar: Some(BAR), ..none }
            }
            Some("explanation") => Frame { before: 6_000, ..none },
            _ => Frame { before: 2_000, ..none },
        },
        _ => none,
    }
}

/// The sign that the style sheet sets before a word, by class.
fn sign(one: &Element) -> Option<&'static str> {
    let signed = |class: &str| match class {
        "outcome-prohibited" | "summary-prohibited" | "holding-collapsed" => Some("■"),
        "summary-disputed" | "holding-fraying" | "standing-disputed" | "calm-disputed" => Some("◆"),
        "outcome-undetermined"
        | "summary-undetermined"
        | "standing-unknown"
        | "recorded-not-found"
        | "deadline-lapsed" => Some("?"),
        "outcome-not-prohibited" | "summary-not-prohibited" | "holding-holding" => Some("○"),
        "outcome-not-covered" | "summary-not-covered" | "holding-not-observed" => Some("–"),
        "standing-agreed" | "deadline-met" | "recorded-accepted" => Some("✓"),
        "deadline-missed" | "recorded-refused" => Some("✗"),
        "calm-every" => Some("●"),
        "calm-some" => Some("◐"),
        _ => None,
    };
    one.classes().find_map(signed)
}
