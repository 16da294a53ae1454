//! One record to observations, by a mapping.
//!
//! A row is refused only when a value in it cannot be read, and then with every such value at once. What can be read but
//! not resolved (an actor or a place that the mission does not know) stays open, with a warning; nothing is completed from
//! elsewhere. Links, merges and doubts about truth are not its business.

use std::collections::BTreeMap;

use truceline_model::{Actors, Areas, Instant, Observation, ReceiptNo, SourceId, Sources, Zone};

use crate::cells::{Header, cells};
use crate::mapping::{Field, IdRule, Mapping};
use crate::nearest::did_you_mean;
use crate::refusal::{Fault, Refusal, Warning, quote};
use crate::splitter::{Layout, Record};

mod body;
mod counts;
mod place;
mod row;
mod when;
mod who;
mod words;

use row::Row;

/// Kinds of report.
pub const KINDS: [&str; 7] = ["event", "total", "tally", "coverage", "agreement", "delivery", "statement"];

/// Longest id of a sender, in characters.
const ID_LIMIT: usize = 200;

/// Longest note, in characters: it is for a fact, not for somebody's prose.
const NOTE_LIMIT: usize = 500;

/// What the mission knows, against which names are resolved.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The agreement's zone: bare days and hours are local to it.
    pub zone: &'a Zone,
    /// Registered actors.
    pub actors: &'a Actors,
    /// Registered areas and places.
    pub areas: &'a Areas,
    /// Registered sources; when there are none, ids of sources are taken as they come.
    pub sources: &'a Sources,
    /// When the file was received, for mappings that say `known received`.
    pub received: Option<Instant>,
}

/// What came of a row that could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// What it says; empty when the row was left out.
    pub observations: Vec<Observation>,
    /// What a person should look at.
    pub warnings: Vec<Warning>,
    /// Why the row was left out, when a rule of the mapping says so or it is empty.
    pub skipped: Option<String>,
}

/// A mapping bound to one file's header.
#[derive(Clone, Debug)]
pub struct Reader<'m> {
    mapping: &'m Mapping,
    header: Header,
    warnings: Vec<Warning>,
}

impl<'m> Reader<'m> {
    /// Binds a mapping to a header.
    ///
    /// # Errors
    /// When a column that the mapping needs is missing, or one that it reads stands twice: the whole file is refused.
    pub fn new(mapping: &'m Mapping, header: Header) -> Result<Self, Vec<Refusal>> {
        let Header::Csv { columns, .. } = &header else {
            return Ok(Self { mapping, header, warnings: Vec::new() });
        };
        let mut refusals = Vec::new();
        let refuse = |column: &str, found: &str, would_be_right: String| Refusal {
            fault: Fault::Header,
            row: 1,
            column: Some(column.to_owned()),
            found: found.to_owned(),
            would_be_right,
            span: None,
        };
        for rule in &mapping.columns {
            let times = columns.iter().filter(|column| **column == rule.column).count();
            if times > 1 {
                let say = "each column that is read stands once; rename or remove the others".to_owned();
                refusals.push(refuse(&rule.column, "the column more than once", say));
            } else if times == 0 && !rule.optional {
                let near = did_you_mean(&rule.column, columns.iter().map(String::as_str));
                let say = format!(
                    "the mapping {} reads {} from it{near}; is this the right mapping?",
                    mapping.name, rule.field
                );
                refusals.push(refuse(&rule.column, "no such column in the header", say));
            }
        }
        refusals.dedup();
        if !refusals.is_empty() {
            return Err(refusals);
        }
        let unread = columns.iter().filter(|column| !column.is_empty() && !mapping.speaks_of(column));
        let warnings = unread.map(|column| unread_warning(mapping, column, 1)).collect();
        Ok(Self { mapping, header, warnings })
    }

    /// Binds a mapping to a file by the file's first record: in CSV that is the header, in JSON Lines it is the first row and
    /// still to be read.
    ///
    /// # Errors
    /// As [`Reader::new`], and when the header itself cannot be read.
    pub fn open(mapping: &'m Mapping, layout: Layout, first: &Record) -> Result<Self, Vec<Refusal>> {
        let header = match layout {
            Layout::JsonLines => Header::JsonLines,
            Layout::Csv { delimiter } => {
                if let Some(refusal) = first.refusal() {
                    return Err(vec![refusal]);
                }
                Header::csv(first.bytes(), mapping.encoding, delimiter).map_err(|refusal| vec![refusal])?
            }
        };
        Self::new(mapping, header)
    }

    /// Warnings about the header: columns that nothing reads.
    #[must_use]
    pub fn header_warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The mapping.
    #[must_use]
    pub fn mapping(&self) -> &'m Mapping {
        self.mapping
    }

    /// The header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Reads one record. `row` as a spreadsheet numbers it; spans count bytes of `record`.
    ///
    /// # Errors
    /// Every value of the row that cannot be read.
    pub fn read(
        &self,
        record: &[u8],
        row: u64,
        context: &Context<'_>,
        receipt: ReceiptNo,
    ) -> Result<Reading, Vec<Refusal>> {
        let cells =
            cells(record, row, &self.header, self.mapping.encoding).map_err(|refusal| vec![refusal])?;
        if let Some(skipped) = self.skipped(&cells) {
            return Ok(Reading { skipped: Some(skipped), ..Reading::default() });
        }
        let mut at = Row::new(self.mapping, &cells, context, row);
        if self.header == Header::JsonLines {
            let unread = cells.keys().filter(|column| !self.mapping.speaks_of(column));
            at.warnings.extend(unread.map(|column| unread_warning(self.mapping, column, row)));
        }
        let observation = observation(&mut at, receipt);
        match observation {
            Some(observation) if at.refusals.is_empty() => Ok(Reading {
                observations: vec![Observation { spans: at.spans, ..observation }],
                warnings: at.warnings,
                skipped: None,
            }),
            _ => {
                if at.refusals.is_empty() {
                    at.missing(Field::Kind, "the row says too little for its kind");
                }
                Err(at.refusals)
            }
        }
    }

    /// Reads a record of the splitter: one that is whole by [`Reader::read`]; one that is cut or oversized is refused, and one
    /// that ends the file without a line end is warned of.
    ///
    /// # Errors
    /// As [`Reader::read`].
    pub fn read_record(
        &self,
        record: &Record,
        context: &Context<'_>,
        receipt: ReceiptNo,
    ) -> Result<Reading, Vec<Refusal>> {
        if let Some(refusal) = record.refusal() {
            return Err(vec![refusal]);
        }
        let mut reading = self.read(record.bytes(), record.row, context, receipt)?;
        if !record.ended && self.header != Header::JsonLines {
            let say =
                "the file ends without a line end; if it was cut, the last value may be short".to_owned();
            reading.warnings.push(Warning { row: record.row, column: None, say, span: None });
        }
        Ok(reading)
    }

    fn skipped(&self, cells: &crate::cells::Cells) -> Option<String> {
        if cells.values().all(|cell| cell.text.trim().is_empty()) {
            return Some("the row is empty".to_owned());
        }
        for skip in &self.mapping.skips {
            let text = cells.get(&skip.column).map_or("", |cell| cell.text.trim());
            if skip.values.contains(&crate::mapping::fold(text)) {
                return Some(format!("the mapping leaves out rows whose {} is {}", skip.column, quote(text)));
            }
        }
        None
    }
}

fn unread_warning(mapping: &Mapping, column: &str, row: u64) -> Warning {
    let near = did_you_mean(column, mapping.columns.iter().map(|rule| rule.column.as_str()));
    Warning {
        row,
        column: Some(column.to_owned()),
        say: format!("the mapping {} reads nothing from it{near}", mapping.name),
        span: None,
    }
}

/// Reads one record without binding the header first: [`Reader::new`] and [`Reader::read`] in one.
///
/// # Errors
/// As those two.
pub fn read_row(
    mapping: &Mapping,
    header: &Header,
    record: &[u8],
    row: u64,
    context: &Context<'_>,
    receipt: ReceiptNo,
) -> Result<Reading, Vec<Refusal>> {
    Reader::new(mapping, header.clone())?.read(record, row, context, receipt)
}

/// The observation of a row; `None` or refusals in `row` when something could not be read.
fn observation(row: &mut Row<'_>, receipt: ReceiptNo) -> Option<Observation> {
    let sender_id = sender_id(row);
    let source = who::source(row, Field::Source).or_else(|| row.mapping.source.clone());
    if source.is_none() && row.refusals.is_empty() {
        row.missing(Field::Source, "name the source that says so");
    }
    let origin = who::source(row, Field::Origin).or_else(|| source.clone());
    let through = who::through(row);
    let when = when::when(row);
    let known = when::known(row, when);
    let body = body::body(row, when);
    if let (Some(known), Some(when), Some(truceline_model::Body::Event(_))) = (known, when, &body)
        && when.start() > known
    {
        row.warn(Field::Known, "the event begins after it became known; are the two dates swapped?");
    }
    let grade = words::grade(row, source.as_ref());
    let credibility = words::credibility(row);
    let address = words::address(row);
    let media = words::media(row);
    Some(Observation {
        receipt,
        sender_id: sender_id?,
        known: known?,
        source: source?,
        origin: origin.unwrap_or_else(|| SourceId::new("")),
        through,
        address,
        media,
        grade,
        credibility,
        part_of: row.ids(Field::PartOf),
        revises: row.ids(Field::Revises),
        same_as: row.ids(Field::SameAs),
        body: body?,
        note: words::note(row, NOTE_LIMIT),
        spans: BTreeMap::new(),
        wording: None,
        likely: None,
    })
}

fn sender_id(row: &mut Row<'_>) -> Option<String> {
    match row.find(Field::Id) {
        Some(found) => {
            let id = found.one();
            if id.chars().count() > ID_LIMIT || id.chars().any(char::is_control) {
                row.refuse(Fault::Id, &found, "an id is at most 200 characters, on one line");
                return None;
            }
            Some(id)
        }
        None if row.mapping.id == IdRule::Row => Some(format!("{}-row-{}", row.mapping.name, row.row)),
        None => {
            row.missing(Field::Id, "give each report an id of its own, unique in the file");
            None
        }
    }
}
