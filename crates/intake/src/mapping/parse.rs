//! Reads a mapping file. Every error points at the word, says what is wrong and what would be right, and all are given
//! at once; a mapping with an error is not used at all.

use truceline_model::{Credibility, Grade, SourceId};

use super::column::{check, column_rule};
use super::kdl::{Entry, Node, Place, Value};
use super::{Field, Format, IdRule, KnownRule, Mapping, SkipRule};
use crate::dates::DateFormat;
use crate::encoding::Encoding;
use crate::nearest::did_you_mean;

/// Longest mapping file that is read, in bytes.
const LIMIT: usize = 1 << 18;

/// Most faults that are told at once.
const FAULT_LIMIT: usize = 50;

const NODES: [&str; 18] = [
    "mapping",
    "about",
    "format",
    "encoding",
    "source",
    "grade",
    "credibility",
    "kind",
    "id",
    "known",
    "dates",
    "plausible",
    "epoch-dates",
    "html-entities",
    "counts",
    "column",
    "default",
    "ignore",
];

/// What is wrong with a mapping file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingFault {
    /// First byte of the word at fault.
    pub start: usize,
    /// First byte after it.
    pub end: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, and what would be right.
    pub say: String,
}

impl std::fmt::Display for MappingFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.say)
    }
}

/// Reads and checks a mapping.
///
/// # Errors
/// Everything that is wrong with it, in the order of the file.
pub fn parse(text: &str) -> Result<Mapping, Vec<MappingFault>> {
    let mut faults = Faults { text, all: Vec::new() };
    if text.len() > LIMIT {
        faults.add((0, 0), format!("a mapping is at most {LIMIT} bytes long; this is no mapping"));
        return Err(faults.all);
    }
    let nodes = match super::kdl::parse(text) {
        Ok(nodes) => nodes,
        Err((place, say)) => {
            faults.add(place, say);
            return Err(faults.all);
        }
    };
    let mut mapping = blank();
    let mut seen = std::collections::BTreeSet::new();
    for node in &nodes {
        let name = node.name.as_str();
        let many = matches!(name, "column" | "default" | "ignore" | "skip-when");
        if !many && !seen.insert(name.to_owned()) {
            faults.add(node.at, format!("\"{name}\" is said already; keep one"));
        }
        top(node, &mut mapping, &mut faults);
    }
    whole(&mapping, text.len(), &mut faults);
    if faults.all.is_empty() { Ok(mapping) } else { Err(faults.all) }
}

/// A mapping of which nothing has been said.
fn blank() -> Mapping {
    Mapping {
        name: String::new(),
        about: None,
        format: Format::Csv(b','),
        encoding: Encoding::Utf8,
        source: None,
        grade: Grade::F,
        credibility: Credibility::UNJUDGED,
        kind: "event".to_owned(),
        id: IdRule::Column,
        known: KnownRule::Column,
        dates: DateFormat::FOREIGN.to_vec(),
        plausible: ("1945-01-01".to_owned(), "2099-12-31".to_owned()),
        epoch_is_a_date: false,
        html_entities: false,
        counts_with_zeros: false,
        columns: Vec::new(),
        defaults: std::collections::BTreeMap::new(),
        ignored: std::collections::BTreeSet::new(),
        skips: Vec::new(),
    }
}

/// Faults gathered while reading.
pub(super) struct Faults<'a> {
    text: &'a str,
    all: Vec<MappingFault>,
}

impl Faults<'_> {
    pub(super) fn add(&mut self, (start, end): Place, say: impl Into<String>) {
        if self.all.len() >= FAULT_LIMIT {
            return;
        }
        let before = self.text.get(..start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        self.all.push(MappingFault { start, end, line, column, say: say.into() });
    }
}

/// The texts given to a node; numbers are taken as written.
pub(super) fn words(node: &Node) -> Vec<(String, Place)> {
    let args = node.entries.iter().filter(|entry| entry.name.is_none());
    args.map(|entry| (text_of(&entry.value), entry.at)).collect()
}

pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Number(text) => text.clone(),
        Value::Bool(true) => "#true".to_owned(),
        Value::Bool(false) => "#false".to_owned(),
        Value::Null => "#null".to_owned(),
    }
}

/// Properties of a node by name.
pub(super) type Properties = std::collections::BTreeMap<String, (Value, Place)>;

/// Properties of a node; one that is not among `allowed`, or is given twice, is a fault.
pub(super) fn properties(node: &Node, allowed: &[&str], faults: &mut Faults<'_>) -> Properties {
    let mut out = Properties::new();
    for Entry { name, value, at } in &node.entries {
        let Some(name) = name.as_deref() else { continue };
        if !allowed.contains(&name) {
            let near = did_you_mean(name, allowed.iter().copied());
            faults.add(*at, format!("\"{}\" has no property \"{name}\"{near}", node.name));
        } else if out.insert(name.to_owned(), (value.clone(), *at)).is_some() {
            faults.add(*at, format!("\"{name}\" is given twice; keep one"));
        }
    }
    out
}

fn one(node: &Node, faults: &mut Faults<'_>) -> Option<(String, Place)> {
    let mut all = words(node);
    match (all.pop(), all.is_empty()) {
        (Some(word), true) => Some(word),
        _ => {
            faults.add(node.at, format!("\"{}\" takes one value", node.name.as_str()));
            None
        }
    }
}

fn top(node: &Node, mapping: &mut Mapping, faults: &mut Faults<'_>) {
    let name = node.name.as_str();
    let plain = !matches!(name, "known" | "column" | "skip-when" | "format");
    if plain {
        properties(node, &[], faults);
    }
    if name != "column" && node.children.is_some() {
        faults.add(node.at, format!("\"{name}\" has no lines of its own in braces"));
    }
    match name {
        "column" => mapping.columns.extend(column_rule(node, faults)),
        "default" => default(node, mapping, faults),
        "ignore" => mapping.ignored.extend(words(node).into_iter().map(|(word, _)| word)),
        "skip-when" => skip(node, mapping, faults),
        "known" => known(node, mapping, faults),
        "dates" => {
            if let Some(formats) = date_formats(node, faults) {
                mapping.dates = formats;
            }
        }
        "plausible" => plausible(node, mapping, faults),
        "format" => format(node, mapping, faults),
        _ => setting(node, mapping, faults),
    }
}

/// Nodes that take exactly one word.
fn setting(node: &Node, mapping: &mut Mapping, faults: &mut Faults<'_>) {
    let name = node.name.as_str();
    if !NODES.contains(&name) {
        let near = did_you_mean(name, NODES.iter().copied().chain(["skip-when"]));
        let say = format!("a mapping has no \"{name}\"{near}; it has {} and skip-when", NODES.join(", "));
        return faults.add(node.at, say);
    }
    let Some((word, place)) = one(node, faults) else { return };
    let mut refuse = |right: &str| faults.add(place, format!("\"{word}\" will not do; write {right}"));
    match name {
        "mapping" if is_kebab(&word) => mapping.name = word,
        "mapping" => refuse("a name in lower-kebab, like ucdp-ged"),
        "about" => mapping.about = Some(word),
        "encoding" => match Encoding::parse(&word) {
            Some(encoding) => mapping.encoding = encoding,
            None => refuse("utf-8 or windows-1256"),
        },
        "source" if is_kebab(&word) => mapping.source = Some(SourceId::new(&word)),
        "source" => refuse("a source id in lower-kebab, like airwars"),
        "grade" => match Grade::parse(&word) {
            Some(grade) => mapping.grade = grade,
            None => refuse("A, B, C, D, E or F (cannot be judged)"),
        },
        "credibility" => match Credibility::parse(&word) {
            Some(credibility) => mapping.credibility = credibility,
            None => refuse("1, 2, 3, 4, 5 or 6 (cannot be judged)"),
        },
        "kind" if crate::reader::KINDS.contains(&word.as_str()) => mapping.kind = word,
        "kind" => refuse(&crate::reader::KINDS.join(", ")),
        "id" if word == "row" => mapping.id = IdRule::Row,
        "id" => refuse("row, or map a column: column \"…\" is=id"),
        "epoch-dates" if word == "allowed" => mapping.epoch_is_a_date = true,
        "epoch-dates" => refuse("allowed"),
        "html-entities" if word == "decode" || word == "keep" => mapping.html_entities = word == "decode",
        "html-entities" => refuse("decode or keep"),
        "counts" if word == "trailing-zeros" => mapping.counts_with_zeros = true,
        "counts" => refuse("trailing-zeros"),
        _ => {}
    }
}

fn is_kebab(word: &str) -> bool {
    !word.is_empty()
        && word.len() <= 60
        && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn format(node: &Node, mapping: &mut Mapping, faults: &mut Faults<'_>) {
    let properties = properties(node, &["delimiter"], faults);
    let Some((word, place)) = one(node, faults) else { return };
    let delimiter = match properties.get("delimiter") {
        None => b',',
        Some((value, place)) => match text_of(value).as_bytes() {
            [byte @ (b',' | b';' | b'\t' | b'|')] => *byte,
            _ => return faults.add(*place, "a delimiter is \",\", \";\", \"|\" or \"\\t\""),
        },
    };
    match word.as_str() {
        "csv" => mapping.format = Format::Csv(delimiter),
        "json-lines" => mapping.format = Format::JsonLines,
        "csv-or-json-lines" => mapping.format = Format::Either,
        _ => faults.add(place, "a format is csv, json-lines or csv-or-json-lines"),
    }
}

fn known(node: &Node, mapping: &mut Mapping, faults: &mut Faults<'_>) {
    let properties = properties(node, &["plus-days"], faults);
    let Some((word, place)) = one(node, faults) else { return };
    let days = match properties.get("plus-days") {
        None => None,
        Some((Value::Number(days), place)) => match days.parse::<u16>() {
            Ok(days) if days <= 3660 => Some(days),
            _ => return faults.add(*place, "plus-days is a number of days from 0 to 3660"),
        },
        Some((_, place)) => return faults.add(*place, "plus-days is a number of days from 0 to 3660"),
    };
    match (word.as_str(), days) {
        ("event-day", Some(plus_days)) => mapping.known = KnownRule::EventDay { plus_days },
        ("event-day", None) => {
            faults.add(place, "say how many days after the event: known event-day plus-days=1")
        }
        ("received", None) => mapping.known = KnownRule::Received,
        _ => faults.add(
            place,
            "known is event-day plus-days=1, or received; or map a column: column \"…\" is=known",
        ),
    }
}

fn plausible(node: &Node, mapping: &mut Mapping, faults: &mut Faults<'_>) {
    let all = words(node);
    let days: Vec<&str> = all.iter().map(|(word, _)| word.as_str()).collect();
    match days.as_slice() {
        [from, to] if crate::dates::is_iso_day(from) && crate::dates::is_iso_day(to) && from <= to => {
            mapping.plausible = ((*from).to_owned(), (*to).to_owned());
        }
        _ => faults.add(node.at, "plausible takes two days, like plausible \"2011-03-01\" \"2024-12-31\""),
    }
}

/// The formats named by a node's words.
pub(super) fn date_formats(node: &Node, faults: &mut Faults<'_>) -> Option<Vec<DateFormat>> {
    let mut formats = Vec::new();
    let all = words(node);
    if all.is_empty() {
        faults.add(node.at, "say which: iso, dmy-slash, mdy-slash, long-english");
        return None;
    }
    for (word, place) in all {
        match DateFormat::parse(&word) {
            Some(format) => formats.push(format),
            None => {
                let known = DateFormat::ALL.map(DateFormat::as_str);
                let near = did_you_mean(&word, known);
                faults.add(
                    place,
                    format!("no date format is called \"{word}\"{near}; there are {}", known.join(", ")),
                );
                return None;
            }
        }
    }
    Some(formats)
}

fn default(node: &Node, mapping: &mut Mapping, faults: &mut Faults<'_>) {
    let mut all = words(node).into_iter();
    let Some((word, place)) = all.next() else {
        return faults.add(node.at, "default takes a field and what it is, like default within_m 5000");
    };
    let Some(field) = Field::parse(&word) else {
        let near = did_you_mean(&word, Field::ALL.iter().map(|f| f.as_str()));
        return faults.add(place, format!("no field is called \"{word}\"{near}"));
    };
    let given: Vec<(String, Place)> = all.collect();
    check(field, &given, faults);
    let values: Vec<String> = given.into_iter().map(|(word, _)| word).collect();
    if values.is_empty() {
        return faults.add(place, format!("say what {field} is when no column says so"));
    }
    if mapping.defaults.insert(field, values).is_some() {
        faults.add(place, format!("{field} has a default already; alternatives stand in one line"));
    }
}

fn skip(node: &Node, mapping: &mut Mapping, faults: &mut Faults<'_>) {
    let properties = properties(node, &["column"], faults);
    let values: Vec<String> = words(node).iter().map(|(word, _)| super::fold(word)).collect();
    match properties.get("column") {
        Some((Value::Text(column), _)) if !values.is_empty() => {
            mapping.skips.push(SkipRule { column: column.clone(), values });
        }
        _ => faults.add(
            node.at,
            "skip-when takes a column and contents, like skip-when column=\"civilian_harm\" \"No\"",
        ),
    }
}

/// What can only be seen once all has been read.
fn whole(mapping: &Mapping, end: usize, faults: &mut Faults<'_>) {
    let given = |field: Field| mapping.rules(field).next().is_some() || mapping.defaults.contains_key(&field);
    if mapping.name.is_empty() {
        faults.add((0, 0), "begin with its name: mapping airwars");
    }
    if mapping.source.is_none() && !given(Field::Source) {
        faults
            .add((end, end), "nothing says who the source is; write source \"…\" or map a column to source");
    }
    if mapping.id == IdRule::Column && !given(Field::Id) {
        faults.add((end, end), "nothing gives a report's id; map a column to id, or write id row");
    }
    if mapping.known == KnownRule::Column && !given(Field::Known) {
        faults.add(
            (end, end),
            "nothing says when a report became known; map a column to known, or write known event-day plus-days=1 \
             or known received",
        );
    }
    for (a, b) in [(Field::Lat, Field::Lon), (Field::Lon, Field::Lat)] {
        if given(a) && !given(b) {
            faults.add((end, end), format!("{a} is mapped and {b} is not"));
        }
    }
}
