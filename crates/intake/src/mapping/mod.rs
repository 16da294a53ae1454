//! Mappings: what the columns of somebody's export mean, as data.
//!
//! A mapping is a KDL file with a closed vocabulary, read by [`parse`]; a new source is a new file, never new code. It says
//! only what a column becomes; it cannot compute, so that anybody can check one by reading it. Anything it assumes (when a
//! report became known, how precise a village is) stands in it in words. See `docs/mappings.md`.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Credibility, Grade, SourceId};

use crate::dates::DateFormat;
use crate::encoding::Encoding;
use crate::splitter::Layout;

mod column;
mod field;
mod kdl;
mod parse;

pub(crate) use column::fold;
pub use field::Field;
pub use parse::{MappingFault, parse};

/// How the records of the export are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// CSV, with its delimiter.
    Csv(u8),
    /// JSON Lines.
    JsonLines,
    /// CSV or JSON Lines, whichever the file is.
    Either,
}

/// Where the sender's id of a report comes from when no column has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdRule {
    /// From the column mapped to `id`.
    Column,
    /// The row's number, after the mapping's name: good for one file only.
    Row,
}

/// When a report became known, where no column says so. Each is an assumption of the mapping's author.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownRule {
    /// A column says so, or the row is refused.
    Column,
    /// At 00:00 local, so many days after the last day of the event.
    EventDay {
        /// Days added.
        plus_days: u16,
    },
    /// When the file was received.
    Received,
}

/// What one column becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnRule {
    /// The column's name in the header.
    pub column: String,
    /// What it becomes.
    pub field: Field,
    /// Contents, in lower case, and what each stands for.
    pub values: Vec<(String, Vec<String>)>,
    /// What any other content stands for.
    pub otherwise: Option<Vec<String>>,
    /// Contents, in lower case, that mean nothing was stated.
    pub empties: Vec<String>,
    /// What parts several values in one cell.
    pub split: Option<String>,
    /// Whether the file may lack the column.
    pub optional: bool,
    /// Whether a count is a lower bound.
    pub at_least: bool,
    /// Whether it is added to other columns of the same field.
    pub add: bool,
    /// Date formats of this column, when they differ from the mapping's.
    pub dates: Option<Vec<DateFormat>>,
    /// Byte range in the mapping file.
    pub at: (usize, usize),
}

/// Rows that are left out, by a rule that the explanation repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkipRule {
    /// The column.
    pub column: String,
    /// The contents, in lower case, on which the row is left out.
    pub values: Vec<String>,
}

/// A mapping, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// Its name, lower-kebab.
    pub name: String,
    /// What export it is for, in words.
    pub about: Option<String>,
    /// How records are laid out.
    pub format: Format,
    /// Characters.
    pub encoding: Encoding,
    /// Who says it, when no column does.
    pub source: Option<SourceId>,
    /// Grade of the source, when no column gives it.
    pub grade: Grade,
    /// Credibility, when no column gives it.
    pub credibility: Credibility,
    /// Kind of report, when no column gives it.
    pub kind: String,
    /// Where ids come from.
    pub id: IdRule,
    /// When reports became known.
    pub known: KnownRule,
    /// Date formats that occur.
    pub dates: Vec<DateFormat>,
    /// Earliest and latest plausible day, `YYYY-MM-DD`, both included.
    pub plausible: (String, String),
    /// Whether 1 January 1970 is a date and not an empty field.
    pub epoch_is_a_date: bool,
    /// Whether HTML entities are decoded.
    pub html_entities: bool,
    /// Whether whole numbers are written `14.0`.
    pub counts_with_zeros: bool,
    /// What columns become, in the order of the file.
    pub columns: Vec<ColumnRule>,
    /// What a field is when no column gives a value.
    pub defaults: BTreeMap<Field, Vec<String>>,
    /// Columns that are left unread on purpose.
    pub ignored: BTreeSet<String>,
    /// Rows that are left out.
    pub skips: Vec<SkipRule>,
}

impl Mapping {
    /// The same mapping for a file in another encoding: what `--encoding` does.
    #[must_use]
    pub fn with_encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// How to split a file of this mapping; `first` is its first byte that is neither a mark nor a space, by which a mapping
    /// for either layout tells JSON Lines from CSV.
    #[must_use]
    pub fn layout(&self, first: Option<u8>) -> Layout {
        match self.format {
            Format::Csv(delimiter) => Layout::Csv { delimiter },
            Format::JsonLines => Layout::JsonLines,
            Format::Either if matches!(first, Some(b'{' | b'[')) => Layout::JsonLines,
            Format::Either => Layout::Csv { delimiter: b',' },
        }
    }

    /// The rules for one field, in the order of the file.
    pub fn rules(&self, field: Field) -> impl Iterator<Item = &ColumnRule> {
        self.columns.iter().filter(move |rule| rule.field == field)
    }

    /// Whether the mapping speaks of a column at all.
    #[must_use]
    pub fn speaks_of(&self, column: &str) -> bool {
        self.ignored.contains(column)
            || self.columns.iter().any(|rule| rule.column == column)
            || self.skips.iter().any(|skip| skip.column == column)
    }
}
