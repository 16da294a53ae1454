//! Which bytes answer which page: from what is derived as of a moment to the text that `publish` writes. Holds no words.

use truceline_model::{AreaId, ClauseId, IncidentId};
use truceline_publish::{Lang, Links};

use crate::failure::Failure;
use crate::pipeline::Derived;

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) enum Page {
    /// The bulletin.
    Bulletin,
    /// One incident.
    Incident(String),
    /// The figures behind one area.
    Area(String),
    /// One clause with the incidents behind its counts.
    Clause(String),
    /// Findings, one a line.
    Findings,
    /// Incidents on a map.
    Geojson,
}

const HTML: &str = "text/html; charset=utf-8";

/// The page as served: its content type and its bytes.
///
/// # Errors
/// When nothing has that id.
pub(crate) fn render(derived: &Derived, page: &Page, lang: Lang) -> Result<(&'static str, String), Failure> {
    let view = derived.view();
    let none = |what: &str, id: &str| Failure::usage(format!("no {what} is called \"{}\" as of {}", id.chars().take(80).collect::<String>(), derived.as_of()));
    match page {
        Page::Bulletin => Ok((HTML, truceline_publish::bulletin(&view, lang, Links::Served))),
        Page::Incident(id) => {
            let now = derived.incident_id(id);
            let found = truceline_publish::incident_page(&view, &IncidentId::new(now.as_str()), lang);
            found.map(|body| (HTML, body)).ok_or_else(|| none("incident", id))
        }
        Page::Area(id) => truceline_publish::status_page(&view, &AreaId::new(id), lang).map(|body| (HTML, body)).ok_or_else(|| none("area", id)),
        Page::Clause(id) => truceline_publish::clause_page(&view, &ClauseId::new(id), lang).map(|body| (HTML, body)).ok_or_else(|| none("clause", id)),
        Page::Findings => Ok(("application/jsonl; charset=utf-8", derived.findings_jsonl())),
        Page::Geojson => Ok(("application/geo+json", derived.incidents_geojson())),
    }
}
