//! What a request asks beside its path: numbers within bounds, a moment, a case. What is not known is refused by its name.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::http::Uri;
use truceline_casework::case::CaseId;

use super::problem::Problem;
use crate::out;

/// Longest value, in bytes.
const LONGEST: usize = 64;

/// The query of a request.
pub(super) struct Asked(BTreeMap<String, String>);

impl Asked {
    /// Reads a query that may hold these names.
    pub(super) fn of(uri: &Uri, names: &[&str]) -> Result<Self, Problem> {
        Self::up_to(uri, names, LONGEST)
    }

    /// The same with longer values: boxes and times of other people's tools have many places.
    pub(super) fn up_to(uri: &Uri, names: &[&str], longest: usize) -> Result<Self, Problem> {
        let Query(all) = Query::<BTreeMap<String, String>>::try_from_uri(uri)
            .map_err(|_| Problem::wrong("the query cannot be read; write name=value, joined by &"))?;
        for (name, value) in &all {
            if !names.contains(&name.as_str()) {
                let known = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
                return Err(Problem::wrong(format!("\"{}\" is not asked here; {known} can be", short(name))));
            }
            if value.len() > longest {
                return Err(Problem::wrong(format!("{name}: at most {longest} bytes")));
            }
        }
        Ok(Self(all))
    }

    /// Text under a name; nothing where it is empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
    }

    /// Text under a name, as it is.
    pub(super) fn raw(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A whole number from `least` to `most`; a name without a number is a mistake, not a default.
    pub(super) fn number(&self, name: &str, least: u64, most: u64) -> Result<Option<u64>, Problem> {
        let Some(text) = self.0.get(name) else { return Ok(None) };
        let number = text.parse::<u64>().ok().filter(|number| (least..=most).contains(number));
        let wrong = || Problem::wrong(format!("{name}: a whole number from {least} to {most}"));
        number.ok_or_else(wrong).map(Some)
    }
}

/// Reads `c17`; what is no case is none that there is.
pub(super) fn case_id(text: &str) -> Result<CaseId, Problem> {
    CaseId::parse(text).ok_or_else(|| no_case(text))
}

/// There is no such case, or none that the asker may know of: the same words.
pub(super) fn no_case(text: &str) -> Problem {
    Problem::nothing(format!("there is no case {} that you may see", short(text)))
}

/// What foreign text is shown as in an answer.
pub(super) fn short(text: &str) -> String {
    out::shown(&text.chars().take(40).collect::<String>())
}
