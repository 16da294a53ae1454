//! Every name in an agreement with its place: where it is given, where it is used; and what could stand at a place that is
//! being written. For editors.
//!
//! Reads statements by the table of [`crate::grammar`]; never judges them and never changes what the parser says. Works on
//! files with errors, because that is when an editor is asked: a line that cannot be read is left out, the others count.

use std::collections::BTreeSet;

use truceline_model::Span;

use crate::grammar::{
    FACT_KEYS, Form, Link, NameKind, OPENERS, OPENING, ROLES, Slot, Standing, form, forms_at, keyed,
};
use crate::ir::Text;
use crate::lexical::good_lines;
use crate::markdown::{Block, blocks, span};
use crate::parse::FILE_LIMIT;
use crate::sentence::BLOCK_LIMIT;
use crate::tokens::{Sort, Token, tokens};
use crate::words::links;

/// Most names that are kept of one file; a hostile one could hold millions.
const NAMES_LIMIT: usize = 100_000;

/// One occurrence of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// What it names.
    pub kind: NameKind,
    /// The name.
    pub id: String,
    /// Of a position its matter, of an exception or step its clause; empty for others.
    pub of: String,
    /// Its place in the file, without quotation marks.
    pub span: Span,
    /// Whether it is given here.
    pub gives: bool,
    /// The statement that gives or uses it.
    pub statement: Span,
    /// The block in which it stands, by number.
    pub block: usize,
    /// Where it is given: the words beside it.
    pub text: Text,
}

impl Name {
    /// Whether both occurrences name the same thing.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self.kind == other.kind && self.id == other.id && self.of == other.of
    }
}

/// One block with the prose that it follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The heading it stands under.
    pub heading: String,
    /// The prose above it.
    pub prose: String,
    /// The quoted lines: which paragraph of the published text is restated.
    pub restates: Option<String>,
    /// `clause`, `duty`, `procedure` or `calm`, and its id; `None` for a block that declares.
    pub opens: Option<(&'static str, String)>,
    /// The plain sentence of the clause.
    pub says: Option<Text>,
    /// The text of the block in the file.
    pub span: Span,
}

/// A word of the language itself, at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keyword {
    /// Its place.
    pub span: Span,
    /// The statement in which it stands.
    pub form: &'static Form,
}

/// All names of a file.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// In the order of the file.
    pub names: Vec<Name>,
    /// The blocks, in order.
    pub passages: Vec<Passage>,
    /// Verbs and linking words, in the order of the file.
    pub keywords: Vec<Keyword>,
}

impl Index {
    /// The name at a byte of the file; one that ends there counts too.
    #[must_use]
    pub fn name_at(&self, at: usize) -> Option<&Name> {
        let holds = |name: &&Name| holds(name.span, at);
        self.names
            .iter()
            .find(|name| holds(name) && bytes(name.span).1 > at)
            .or_else(|| self.names.iter().find(holds))
    }

    /// The word of the language at a byte of the file.
    #[must_use]
    pub fn keyword_at(&self, at: usize) -> Option<&Keyword> {
        self.keywords.iter().find(|word| holds(word.span, at))
    }

    /// Every occurrence of what a name names.
    pub fn same_as<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a Name> {
        self.names.iter().filter(|other| other.same(name))
    }

    /// Where it is given; more than once only in a file with errors, or for a party beside its registry row.
    pub fn given<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a Name> {
        self.same_as(name).filter(|other| other.gives)
    }

    /// Every name of a kind that the file gives.
    pub fn gives(&self, kind: NameKind) -> impl Iterator<Item = &Name> {
        self.names.iter().filter(move |name| name.gives && name.kind == kind)
    }
}

fn bytes(span: Span) -> (usize, usize) {
    let wide = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    (wide(span.start), wide(span.end))
}

fn holds(span: Span, at: usize) -> bool {
    let (start, end) = bytes(span);
    start <= at && at <= end
}

/// What a token of a statement is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The first word.
    Verb,
    /// A linking word.
    Link,
    /// What stands in that slot; of a pair, `matter=position`.
    Operand(Slot),
    /// `ar="…"`, `ru="…"`.
    Tongue,
    /// Nothing that has a place here.
    Stray,
    /// `// …`.
    Remark,
}

/// The slot of the `n`th operand.
fn slot(slots: &[Slot], n: usize) -> Option<Slot> {
    slots.get(n).copied().or_else(|| {
        let many = [Slot::Parties, Slot::Actors, Slot::Positions];
        let last = slots.last()?;
        (many.contains(last) || matches!(last, Slot::Names(_) | Slot::Words(_))).then_some(*last)
    })
}

/// Says of each token what it is, by the table.
pub(crate) fn parts(form: &'static Form, line: &[Token<'_>]) -> Vec<Part> {
    let mut walk = Walk::new(form);
    line.iter().enumerate().map(|(n, token)| if n == 0 { Part::Verb } else { walk.next(token) }).collect()
}

/// Where a reader of a statement stands.
struct Walk {
    form: &'static Form,
    slots: &'static [Slot],
    operands: usize,
    used: BTreeSet<&'static str>,
}

impl Walk {
    fn new(form: &'static Form) -> Self {
        Self { form, slots: form.head, operands: 0, used: BTreeSet::new() }
    }

    fn next(&mut self, token: &Token<'_>) -> Part {
        match token.sort {
            Sort::Remark => Part::Remark,
            Sort::Pair(_) if matches!(token.key(), Some("ar" | "ru" | "en")) => Part::Tongue,
            Sort::Pair(_) => match slot(self.slots, 0) {
                Some(Slot::Positions) => Part::Operand(Slot::Positions),
                _ => Part::Stray,
            },
            Sort::Word => match self.form.link(token.raw) {
                Some(link) => {
                    self.follow(link);
                    Part::Link
                }
                None => self.operand(),
            },
            Sort::Quoted(_) => self.operand(),
        }
    }

    fn follow(&mut self, link: &'static Link) {
        self.used.insert(link.word);
        // Words that only join leave the slots of what they join: `counting a at-least 1 and counting b …`.
        self.slots = link.slots;
        self.operands = 0;
    }

    fn operand(&mut self) -> Part {
        let here = slot(self.slots, self.operands);
        self.operands += 1;
        match here {
            Some(Slot::Positions) | None => Part::Stray,
            Some(slot) => Part::Operand(slot),
        }
    }
}

/// Reads every name of a file. Total, and linear in its length.
#[must_use]
pub fn index(markdown: &str) -> Index {
    let mut index = Index::default();
    if markdown.len() > FILE_LIMIT {
        return index;
    }
    for (number, block) in blocks(markdown, &mut Vec::new()).iter().enumerate() {
        passage(number, block, &mut index);
        if index.names.len() > NAMES_LIMIT {
            break;
        }
    }
    index
}

fn passage(number: usize, block: &Block<'_>, index: &mut Index) {
    index.passages.push(Passage {
        heading: block.heading.clone(),
        prose: block.prose.clone(),
        restates: block.quoted.clone(),
        opens: None,
        says: None,
        span: span(block.offset, block.offset + block.text.len()),
    });
    if block.text.len() > BLOCK_LIMIT {
        return;
    }
    let mut first = true;
    for (at, line) in good_lines(block, &mut Vec::new()) {
        let line = tokens(line);
        let Some(verb) = line.first().filter(|token| token.sort != Sort::Remark) else { continue };
        let found = form(&verb.text());
        if let Some(form) = found {
            let mut reading = Reading { block: number, base: block.offset + at, index };
            reading.statement(form, &line, first);
        }
        first = false;
    }
}

struct Reading<'a> {
    block: usize,
    base: usize,
    index: &'a mut Index,
}

impl Reading<'_> {
    fn statement(&mut self, form: &'static Form, line: &[Token<'_>], first: bool) {
        let kinds = parts(form, line);
        let said = || line.iter().zip(&kinds);
        let ends =
            said().filter(|(_, part)| **part != Part::Remark).map(|(token, _)| token.at + token.raw.len());
        let start = line.first().map_or(0, |token| token.at);
        let whole = span(self.base + start, self.base + ends.fold(start, usize::max));
        let text = texts(line, &kinds);
        if let (true, Some((Some(Slot::New(NameKind::Clause)), token))) =
            (first && form.stands == [Standing::Opens], said().nth(1).map(|(t, p)| (operand(*p), t)))
            && let Some(passage) = self.index.passages.last_mut()
        {
            passage.opens = Some((form.verb, token.text()));
        }
        if form.verb == "says"
            && let Some(passage) = self.index.passages.last_mut()
        {
            passage.says = Some(text.clone());
        }
        let matter = form.verb == "position";
        let matter = if matter { after(line, &kinds, "on") } else { None };
        for (token, part) in said() {
            let here = span(self.base + token.at, self.base + token.at + token.raw.len());
            match part {
                Part::Verb | Part::Link => self.index.keywords.push(Keyword { span: here, form }),
                Part::Operand(slot) => self.operand(*slot, token, whole, &text, matter.as_deref()),
                Part::Tongue | Part::Stray | Part::Remark => {}
            }
        }
    }

    fn operand(&mut self, slot: Slot, token: &Token<'_>, statement: Span, text: &Text, matter: Option<&str>) {
        let (from, to) = token.inner();
        let (kind, gives) = match slot {
            Slot::New(kind) => (kind, true),
            Slot::Name(kind) | Slot::Names(kind) => (kind, false),
            Slot::Actors if ROLES.contains(&token.raw) || OPENERS.contains(&token.raw) => return,
            Slot::Party | Slot::Parties | Slot::Actors => (NameKind::Actor, false),
            Slot::Positions => {
                let key = token.key().unwrap_or_default();
                self.name(NameKind::Matter, key, "", (token.at, token.at + key.len()), statement);
                self.name(NameKind::Position, &token.text(), key, (from, to), statement);
                return;
            }
            Slot::FactKey => {
                let written = token.text();
                let Some((kind, id)) = written.split_once(':') else { return };
                if let (Some(named), true) = (keyed(kind), FACT_KEYS.contains(&kind)) {
                    self.name(named, id, "", (from + kind.len() + 1, to), statement);
                }
                return;
            }
            _ => return,
        };
        let of = match kind {
            NameKind::Position => matter.unwrap_or_default().to_owned(),
            NameKind::Exception | NameKind::Step => self.clause(),
            _ => String::new(),
        };
        if kind == NameKind::Step && token.raw == OPENING {
            return;
        }
        self.name(kind, &token.text(), &of, (from, to), statement);
        if let (true, Some(name)) = (gives, self.index.names.last_mut()) {
            name.gives = true;
            name.text = text.clone();
        }
    }

    fn clause(&self) -> String {
        let opens = self.index.passages.last().and_then(|passage| passage.opens.as_ref());
        opens.map_or_else(String::new, |(_, id)| id.clone())
    }

    fn name(&mut self, kind: NameKind, id: &str, of: &str, (from, to): (usize, usize), statement: Span) {
        self.index.names.push(Name {
            kind,
            id: id.to_owned(),
            of: of.to_owned(),
            span: span(self.base + from, self.base + to),
            gives: false,
            statement,
            block: self.block,
            text: Text::default(),
        });
    }
}

fn operand(part: Part) -> Option<Slot> {
    match part {
        Part::Operand(slot) => Some(slot),
        _ => None,
    }
}

/// The first text of a statement with its translations.
fn texts(line: &[Token<'_>], kinds: &[Part]) -> Text {
    let said = || line.iter().zip(kinds);
    let tongue = |key: &str| {
        said().find(|(token, part)| **part == Part::Tongue && token.key() == Some(key)).map(|(t, _)| t.text())
    };
    let en = said().find(|(_, part)| **part == Part::Operand(Slot::Text)).map(|(token, _)| token.text());
    Text { en: en.unwrap_or_default(), ar: tongue("ar"), ru: tongue("ru") }
}

/// The first operand after a linking word.
fn after(line: &[Token<'_>], kinds: &[Part], link: &str) -> Option<String> {
    let at = line.iter().zip(kinds).position(|(token, part)| *part == Part::Link && token.raw == link)?;
    line.get(at + 1).map(Token::text)
}

/// What could stand at a place that is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Where the word that is being written begins; it ends at the place asked about.
    pub from: usize,
    /// Statements that may begin here.
    pub forms: Vec<&'static Form>,
    /// Linking words that may follow here.
    pub links: Vec<&'static Link>,
    /// What the next operand is.
    pub slot: Option<Slot>,
    /// After `matter=`: the matter whose position is being written.
    pub matter: Option<String>,
    /// The clause in whose block it stands.
    pub clause: Option<String>,
}

/// What could stand at a byte of the file; `None` outside blocks, in remarks and inside quoted text.
#[must_use]
pub fn expected_at(markdown: &str, at: usize) -> Option<Expected> {
    if markdown.len() > FILE_LIMIT {
        return None;
    }
    let found = blocks(markdown, &mut Vec::new());
    let block = found.iter().find(|block| block.offset <= at && at < block.offset + block.text.len() + 1)?;
    if block.text.len() > BLOCK_LIMIT {
        return None;
    }
    let before = block.text.get(..at - block.offset)?;
    let line_start = before.rfind('\n').map_or(0, |n| n + 1);
    let opener = opener(before.get(..line_start)?);
    let line = tokens(before.get(line_start..)?);
    let base = block.offset + line_start;
    let typed = line.last().filter(|token| base + token.at + token.raw.len() == at).copied();
    let mut expected = Expected {
        from: typed.map_or(at, |token| base + token.at),
        forms: Vec::new(),
        links: Vec::new(),
        slot: None,
        matter: None,
        clause: opener
            .as_ref()
            .filter(|(verb, _)| forms_at(Standing::Opens).any(|form| form.verb == verb))
            .and_then(|(_, id)| id.clone()),
    };
    let done = line.get(..line.len() - usize::from(typed.is_some())).unwrap_or_default();
    if done.iter().any(|token| matches!(token.sort, Sort::Remark | Sort::Quoted(false))) {
        return None;
    }
    match typed.map(|token| token.sort) {
        Some(Sort::Quoted(_) | Sort::Remark) => return None,
        Some(Sort::Pair(sign)) => {
            let token = typed?;
            expected.from += sign + 1;
            expected.matter = token.key().map(str::to_owned);
        }
        _ => {}
    }
    let Some(verb) = done.first() else {
        expected.forms = allowed(opener.as_ref());
        return Some(expected);
    };
    let mut walk = Walk::new(form(&verb.text())?);
    for token in done.iter().skip(1) {
        walk.next(token);
    }
    expected.slot = slot(walk.slots, walk.operands);
    let (once, again) = links(walk.form.verb);
    // Words that stand inside the part of another, such as `at-least`, may come again with it.
    let may = |link: &&'static Link| {
        let word = link.word;
        !walk.used.contains(word) || again.contains(&word) || !once.contains(&word)
    };
    let whole = walk.operands >= walk.slots.len().min(1);
    if (whole || walk.slots == [Slot::Names(NameKind::Target)]) && expected.matter.is_none() {
        expected.links = walk.form.all_links().filter(may).collect();
    }
    Some(expected)
}

/// The verb and id of the first statement of a block, when it has one.
fn opener(text: &str) -> Option<(String, Option<String>)> {
    text.lines().find_map(|line| {
        let line = tokens(line);
        let verb = line.first().filter(|token| token.sort != Sort::Remark)?;
        Some((verb.text(), line.get(1).map(Token::text)))
    })
}

/// Statements that may follow in a block that begins so.
fn allowed(opener: Option<&(String, Option<String>)>) -> Vec<&'static Form> {
    let verb = opener.map(|(verb, _)| verb.as_str());
    let standings: &[Standing] = match verb {
        None => &[Standing::Declares, Standing::Opens],
        Some("calm") => &[Standing::Clause, Standing::Calm],
        Some("procedure") => &[Standing::Clause, Standing::Procedure],
        Some("clause" | "duty") => &[Standing::Clause],
        Some(_) => &[Standing::Declares],
    };
    standings.iter().flat_map(|standing| forms_at(*standing)).collect()
}
