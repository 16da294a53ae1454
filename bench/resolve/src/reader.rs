//! What the reader of texts finds in one text: who many were killed, and on which day it happened, as far as one is told.
//!
//! The reader with its shipped tables and no mission: it never learns which incident a text was put under. Of a text that tells of
//! several incidents the first that gives the value holds: round-ups are read as their first event.

use std::path::Path;

use truceline_intake::prose::{Case, Day, Document, Field, Gazetteer, Kind, Lexicons, Proposal, read};
use truceline_model::{Act, Bounds};

use crate::Result;

/// Letters that are read: what a page carries beside its story stands further down.
const LETTERS: usize = 3000;

/// The reader's tables.
pub struct Reader {
    lexicons: Lexicons,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Killed.
    pub killed: Option<Bounds>,
    /// Days from the event to the day of publishing.
    pub days_before: Option<i64>,
    /// What was done.
    pub act: Option<Act>,
}

impl Reader {
    /// Reads the tables below a folder.
    ///
    /// # Errors
    /// When a table cannot be read, or has faults.
    pub fn new(root: &Path) -> Result<Self> {
        let mut files = Vec::new();
        for language in ["ar", "en"] {
            let mut tables: Vec<_> = std::fs::read_dir(root.join("lexicons").join(language))?
                .collect::<std::result::Result<Vec<_>, _>>()?
                .into_iter()
                .map(|entry| entry.path())
                .filter(|path| path.extension().is_some_and(|e| e == "csv"))
                .collect();
            tables.sort();
            for path in tables {
                let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
                files.push((format!("{language}/{name}"), std::fs::read(&path)?));
            }
        }
        let lexicons =
            Lexicons::parse(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())))
                .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
        Ok(Self { lexicons })
    }

    /// Reads one text, published on a day if that is known.
    #[must_use]
    pub fn read(&self, text: &str, date: Option<Day>) -> Found {
        let end = text.char_indices().nth(LETTERS).map_or(text.len(), |(at, _)| at);
        let text = text.get(..end).unwrap_or(text);
        let document = Document { name: "page", text, date, country: Some("SY") };
        let reading = read(&document, &self.lexicons, &Case::none(), &Gazetteer::none());
        let incidents: Vec<&Proposal> =
            reading.proposals.iter().filter(|p| p.kind == Kind::Incident).collect();
        let first = |field: Field| incidents.iter().filter_map(move |p| p.fields.get(&field)?.first());
        let told = |norm: &str| Day::parse(norm).zip(date).map(|(day, of)| day.until(of));
        Found {
            killed: first(Field::Killed).find_map(|value| value.bounds),
            days_before: first(Field::When)
                .find_map(|value| told(value.norm.as_deref()?))
                .filter(|days| (0..=6).contains(days)),
            act: incidents.iter().find_map(|p| Act::parse(&p.sub.replace('_', "-"))),
        }
    }
}
