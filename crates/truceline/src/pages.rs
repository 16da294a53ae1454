//! Which bytes answer which page: from what is derived as of a moment to the text that `publish` writes. Holds no words.

use truceline_model::{AreaId, ClauseId};
use truceline_publish::{Lang, Links};

use crate::failure::Failure;
use crate::outputs;
use crate::pipeline::Derived;
use crate::view::{Owned, view};

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
    /// Why the findings on an incident under a clause are so.
    Explanation(String, String),
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
    let terms = derived.loaded.mission.terms()?;
    let owned = Owned::of(&derived.loaded.mission);
    let view = view(derived, terms, &owned);
    let html = |found: Option<String>, what: &str, id: &str| {
        let id: String = id.chars().take(80).collect();
        let none = || Failure::not_found(format!("no {what} is called \"{id}\" as of {}", derived.as_of));
        found.map(|body| (HTML, body)).ok_or_else(none)
    };
    match page {
        Page::Bulletin => Ok((HTML, truceline_publish::bulletin(&view, lang, Links::Served))),
        Page::Incident(id) => {
            html(truceline_publish::incident_page(&view, &derived.incident_id(id), lang), "incident", id)
        }
        Page::Area(id) => html(truceline_publish::status_page(&view, &AreaId::new(id), lang), "area", id),
        Page::Clause(id) => {
            html(truceline_publish::clause_page(&view, &ClauseId::new(id), lang), "clause", id)
        }
        Page::Explanation(incident, clause) => {
            let (id, of) = (derived.incident_id(incident), ClauseId::new(clause));
            let page = truceline_publish::explanation_page(&view, &id, &of, None, lang);
            html(page, "finding", &format!("{incident}/{clause}"))
        }
        Page::Findings => Ok(("application/jsonl; charset=utf-8", outputs::findings(derived)?)),
        Page::Geojson => Ok(("application/geo+json", outputs::geojson(derived)?)),
    }
}
