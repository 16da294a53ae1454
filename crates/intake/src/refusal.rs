//! What is said of a row that could not be read, and of one that was read with a doubt.
//!
//! A refusal is data, in words that the sender can act on: where, what was found, what would be right. It never carries
//! more than a short piece of the row, since the row itself is kept in the vault, and never stops the rows after it.

use std::fmt;

use truceline_model::Span;

/// Longest piece of a row that a refusal repeats, in characters.
pub const FOUND_LIMIT: usize = 60;

/// Kinds of fault, for counting; the words in the [`Refusal`] are for reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The file, or a row, is in another encoding than the mapping says.
    Encoding,
    /// The row has too few or too many columns, or stray quotes.
    Shape,
    /// The row is no JSON object.
    Json,
    /// The file ends in the middle of the row.
    Cut,
    /// The row is longer than a record may be.
    Oversized,
    /// A column that the mapping needs is missing from the header, or occurs twice.
    Header,
    /// A value that must be there is not.
    Missing,
    /// A date or hour.
    Date,
    /// A latitude, longitude or precision.
    Coordinate,
    /// A count.
    Count,
    /// A word that is not in the vocabulary.
    Word,
    /// A source that is not registered.
    Source,
    /// An id that cannot be one.
    Id,
    /// It was destroyed on purpose, by two people.
    Erased,
}

impl Fault {
    /// The word used in summaries.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Encoding => "encoding",
            Self::Shape => "shape",
            Self::Json => "json",
            Self::Cut => "cut",
            Self::Oversized => "oversized",
            Self::Header => "header",
            Self::Missing => "missing",
            Self::Date => "date",
            Self::Coordinate => "coordinate",
            Self::Count => "count",
            Self::Word => "word",
            Self::Source => "source",
            Self::Id => "id",
            Self::Erased => "erased",
        }
    }
}

/// Why a row was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Kind of fault.
    pub fault: Fault,
    /// Row, as a spreadsheet numbers it: the header is row 1.
    pub row: u64,
    /// Column, by the name in the header, when it is one column's fault.
    pub column: Option<String>,
    /// What was found, at most [`FOUND_LIMIT`] characters.
    pub found: String,
    /// What would be right.
    pub would_be_right: String,
    /// Bytes of the row at fault.
    pub span: Option<Span>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}", self.row)?;
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": found {}; {}", self.found, self.would_be_right)
    }
}

/// Something that a person should look at; the row was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Row, the header being 1.
    pub row: u64,
    /// Column, when it is one column's matter.
    pub column: Option<String>,
    /// What, and what was done about it.
    pub say: String,
    /// Bytes of the row.
    pub span: Option<Span>,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}", self.row)?;
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.say)
    }
}

/// A piece of a row, quoted, cut to [`FOUND_LIMIT`] characters, with control and direction characters made visible.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for (n, c) in text.chars().enumerate() {
        if n == FOUND_LIMIT {
            out.push('…');
            break;
        }
        // A direction override in a message could make a refusal read as its opposite.
        if c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_or_deceptive_value_is_cut_and_shown() {
        assert_eq!(quote(&"x".repeat(1000)).chars().count(), FOUND_LIMIT + 3);
        assert_eq!(quote("a\u{202e}b"), "\"a\\u{202e}b\"");
    }
}
