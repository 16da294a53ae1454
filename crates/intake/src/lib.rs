//! Bytes to observations: tables, JSON Lines, incident files and the registries of a mission folder.
//!
//! Pure: it is given bytes and what the mission knows, and gives observations with spans, or refusals in words. It never
//! opens a file, reads a clock or guesses; and never links one report to another, which is casework's. The way of a file:
//!
//! ```text
//! bytes ─► splitter ─► record ─► cells ─► reader, by a mapping ─► observations, warnings
//!                     (kept)            └────────────────────────► refusals: row, column, found, what would be right
//! ```
#![forbid(unsafe_code)]

pub mod cells;
pub mod clean_copy;
pub mod dates;
pub mod degrees;
pub mod encoding;
pub mod entities;
pub mod explain;
pub mod file_type;
pub mod incident_file;
pub mod json;
pub mod mapping;
pub mod media;
pub mod mission;
pub mod nearest;
pub mod prose;
pub mod reader;
pub mod refusal;
pub mod splitter;
pub mod wording;

pub use cells::Header;
pub use clean_copy::{Copying, clean_copy};
pub use encoding::Encoding;
pub use explain::{Explanation, explain};
pub use file_type::{FileType, NotTaken};
pub use incident_file::{IncidentContext, read_incident};
pub use mapping::{Mapping, MappingFault};
pub use reader::{Context, Reader, Reading, read_row};
pub use refusal::{Fault, Refusal, Warning};
pub use splitter::{Content, Layout, Piece, Record, Splitter};
