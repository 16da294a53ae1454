//! The registries of a mission folder: actors, areas, sources, definitions, coverage.
//!
//! Unlike a report, a registry with a fault is not used at all: a party that is half read would change findings in silence.
//! So every reader gives either the whole registry or every fault, with file, row and column.

use std::fmt;

use truceline_model::{Interval, TimeError, Zone};

use crate::cells::{Cell, Cells, Header, cells};
use crate::encoding::Encoding;
use crate::refusal::{Fault, Refusal, quote};
use crate::splitter::{Layout, Piece, Splitter};

mod actors;
mod areas;
mod sources;

pub use actors::actors;
pub use areas::areas;
pub use sources::{Definition, Definitions, definitions, sources};

/// Languages of names: the suffixes of `name_…` and `text_…` columns.
pub const LANGUAGES: [&str; 3] = ["en", "ar", "ru"];

/// What is wrong with a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissionFault {
    /// The file, by its name in the mission folder.
    pub file: &'static str,
    /// Where in it, what was found, what would be right. In `areas.geojson` the row is the feature, from 1.
    pub refusal: Refusal,
}

impl fmt::Display for MissionFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.file, self.refusal)
    }
}

impl std::error::Error for MissionFault {}

/// A small table, read whole, with the faults found so far.
struct Table {
    file: &'static str,
    rows: Vec<(u64, Cells)>,
    faults: Vec<MissionFault>,
}

impl Table {
    /// Splits a CSV file that must have the columns `needed`.
    fn read(file: &'static str, bytes: &[u8], needed: &[&str]) -> Self {
        let mut table = Self { file, rows: Vec::new(), faults: Vec::new() };
        let mut splitter = Splitter::new(Layout::Csv { delimiter: b',' });
        let mut pieces = splitter.push(bytes);
        pieces.extend(splitter.finish());
        let mut header: Option<Header> = None;
        for piece in pieces {
            let record = match piece {
                Piece::Record(record) => record,
                Piece::NotText(say) => {
                    table.fault(Fault::Encoding, 1, None, "UTF-16".to_owned(), say);
                    return table;
                }
            };
            if let Some(refusal) = record.refusal() {
                table.faults.push(MissionFault { file, refusal });
                continue;
            }
            let Some(bound) = &header else {
                match Header::csv(record.bytes(), Encoding::Utf8, b',') {
                    Ok(read) => header = Some(read),
                    Err(refusal) => {
                        table.faults.push(MissionFault { file, refusal });
                        return table;
                    }
                }
                continue;
            };
            match cells(record.bytes(), record.row, bound, Encoding::Utf8) {
                Ok(cells) => table.rows.push((record.row, cells)),
                Err(refusal) => table.faults.push(MissionFault { file, refusal }),
            }
        }
        let columns = header.as_ref().map(Header::columns).unwrap_or_default();
        for name in needed.iter().filter(|name| !columns.iter().any(|column| column == *name)) {
            let (found, right) =
                ("no such column".to_owned(), format!("the header names {}", needed.join(", ")));
            table.fault(Fault::Header, 1, Some(name), found, right);
        }
        table
    }

    fn fault(&mut self, fault: Fault, row: u64, column: Option<&str>, found: String, would_be_right: String) {
        let refusal =
            Refusal { fault, row, column: column.map(str::to_owned), found, would_be_right, span: None };
        self.faults.push(MissionFault { file: self.file, refusal });
    }

    /// A fault of one cell.
    fn cell_fault(
        &mut self,
        fault: Fault,
        row: u64,
        column: &str,
        text: &str,
        would_be_right: impl Into<String>,
    ) {
        self.fault(fault, row, Some(column), quote(text), would_be_right.into());
    }

    /// An id in lower-kebab (or a P-code), unique so far; `None` and a fault when it is not.
    fn id(
        &mut self,
        row: u64,
        cells: &Cells,
        seen: &mut std::collections::BTreeSet<String>,
    ) -> Option<String> {
        let id = text(cells, "id").to_owned();
        if !is_id(&id) {
            self.cell_fault(
                Fault::Id,
                row,
                "id",
                &id,
                "an id is ASCII letters, digits and hyphens, at most 80",
            );
            return None;
        }
        if !seen.insert(id.clone()) {
            self.cell_fault(Fault::Id, row, "id", &id, "each id stands once; this one is taken already");
            return None;
        }
        Some(id)
    }

    /// `value` when nothing was wrong.
    fn finish<T>(self, value: T) -> Result<T, Vec<MissionFault>> {
        if self.faults.is_empty() { Ok(value) } else { Err(self.faults) }
    }
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 80 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// The text of a cell, trimmed; empty when there is no such column.
fn text<'a>(cells: &'a Cells, column: &str) -> &'a str {
    cells.get(column).map_or("", |cell: &Cell| cell.text.trim())
}

/// `name_en`, `name_ar`, `name_ru`, by language; those that are empty are left out.
fn by_language(cells: &Cells, prefix: &str) -> std::collections::BTreeMap<String, String> {
    let given = LANGUAGES.iter().map(|language| (*language, text(cells, &format!("{prefix}_{language}"))));
    given.filter(|(_, name)| !name.is_empty()).map(|(l, name)| (l.to_owned(), name.to_owned())).collect()
}

/// The parts of a `;`-separated cell.
fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').map(str::trim).filter(|part| !part.is_empty())
}

/// From the start of `from` to the end of `to`; an empty one is open. A bare last day is included.
fn window(zone: &Zone, from: &str, to: &str) -> Result<Interval, TimeError> {
    let start = if from.is_empty() { Interval::ALWAYS.start() } else { zone.interval(from)?.start() };
    let end = if to.is_empty() {
        Interval::ALWAYS.end()
    } else {
        let last = zone.interval(to)?;
        if to.contains('T') { last.start() } else { last.end() }
    };
    Interval::new(start, end)
}
