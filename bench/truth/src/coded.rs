//! The coded facts of a report, as the converter may see them: what was done, by whom, how certain, at what, when, where.
//!
//! There is no field for an outcome, a summary, an article, a nature or a doubt, so none can be read; serde drops them. A test
//! changes and removes them and finds the converter's output the same, byte by byte.

use serde::Deserialize;

/// One line of a file of determinations: a report and what it tells of.
#[derive(Clone, Debug, Deserialize)]
pub struct Report {
    /// The report's id.
    pub report: String,
    /// What it tells of.
    pub incidents: Vec<Happening>,
}

/// One coded incident. Its acts all happened, and its actors all took part.
#[derive(Clone, Debug, Deserialize)]
pub struct Happening {
    /// Its id.
    pub id: String,
    /// What was done, in the coding's words.
    #[serde(default)]
    pub acts: Vec<String>,
    /// First day.
    #[serde(default)]
    pub date_from: Option<String>,
    /// Last day.
    #[serde(default)]
    pub date_to: Option<String>,
    /// Where, in words; for people only.
    #[serde(default)]
    pub place: Option<String>,
    /// Who did it.
    #[serde(default)]
    pub actors: Vec<Accused>,
    /// At whom or what.
    #[serde(default)]
    pub targets: Vec<String>,
    /// How many were killed.
    #[serde(default)]
    pub killed: Option<serde_json::Value>,
    /// Decisive facts.
    #[serde(default)]
    pub facts: Vec<Decisive>,
}

/// One decisive fact.
#[derive(Clone, Debug, Deserialize)]
pub struct Decisive {
    /// In the coding's words.
    pub fact: String,
}

/// One actor, and how certain the report is of it.
#[derive(Clone, Debug, Deserialize)]
pub struct Accused {
    /// In the coding's words.
    pub party: String,
    /// Whether it had signed.
    #[serde(default)]
    pub signatory: Signatory,
    /// How certain the report is that it did it.
    #[serde(default)]
    pub certainty: Certainty,
}

/// Whether an actor had signed, as the coding has it: `true`, `false`, or anything else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "serde_json::Value")]
pub enum Signatory {
    /// It had.
    Yes,
    /// It had not.
    No,
    /// Not clear.
    #[default]
    Unclear,
}

impl From<serde_json::Value> for Signatory {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Bool(true) => Self::Yes,
            serde_json::Value::Bool(false) => Self::No,
            _ => Self::Unclear,
        }
    }
}

/// How certain the report is; a word that is not known is no certainty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum Certainty {
    /// `established`, `admitted` or `probable`: the value stands.
    Stands,
    /// `alleged`, `unknown` or anything else: the value is in play and the fact is left open.
    #[default]
    Open,
}

impl From<String> for Certainty {
    fn from(word: String) -> Self {
        match word.as_str() {
            "established" | "admitted" | "probable" => Self::Stands,
            _ => Self::Open,
        }
    }
}

/// Reads a file, one report a line.
///
/// # Errors
/// The line that cannot be read.
pub fn read(text: &str) -> crate::Result<Vec<Report>> {
    let mut all = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let report = serde_json::from_str(line).map_err(|e| format!("line {}: {e}", number + 1))?;
        all.push(report);
    }
    Ok(all)
}
