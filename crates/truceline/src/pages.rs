//! Which bytes answer which page: from what is derived as of a moment to the text that `publish` writes. Holds no words.

use truceline_model::{ActorId, AreaId, ClauseId};
use truceline_publish::{Lang, Links, PublicationView, with_publication};
use truceline_store::Store;

use crate::bulletins::Bulletin;
use crate::commands::published::signed;
use crate::editions::stands;
use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::log_reader::LogReader as _;
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
    /// A file of a frozen bulletin, by the bulletin's entry.
    Frozen(String, String),
    /// The ledger of duties.
    Duties,
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
        Page::Bulletin => {
            let page = truceline_publish::bulletin(&view, lang, Links::Served);
            let last = derived.loaded.bulletins.last();
            let last =
                last.map(|entry| format!("/bulletin/{}/{}", entry.n, truceline_publish::file_name(lang)));
            let stands = PublicationView::Live { entries: derived.loaded.entries, last };
            Ok((HTML, with_publication(&page, &stands, lang)))
        }
        Page::Frozen(entry, file) => html(None, "page", &format!("{entry}/{file}")),
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
        Page::Duties => Ok((HTML, truceline_publish::duties_page(&view, lang, Links::Served))),
        Page::Findings => Ok(("application/jsonl; charset=utf-8", outputs::findings(derived)?)),
        Page::Geojson => Ok(("application/geo+json", outputs::geojson(derived)?)),
    }
}

/// A file of a frozen bulletin: as it was frozen, pages with how they stand set around them.
///
/// # Errors
/// When there is no such bulletin or file, or the store does not have its bytes.
pub(crate) fn frozen(
    store: &Store,
    loaded: &Loaded,
    entry: &str,
    file: &str,
) -> Result<(&'static str, String), Failure> {
    let none = || {
        let shown: String = format!("{entry}/{file}").chars().take(80).collect();
        Failure::not_found(format!("no frozen bulletin has \"{shown}\""))
    };
    let n: u64 = entry.parse().map_err(|_| none())?;
    let frozen = loaded.bulletins.iter().find(|one| one.n == n).ok_or_else(none)?;
    let bulletin = Bulletin::of(frozen).map_err(Failure::not_found)?;
    let digest = bulletin.files.get(file).ok_or_else(none)?.digest;
    let bytes = store.object_bytes(&digest)?.ok_or_else(none)?;
    let text = String::from_utf8(bytes).map_err(|e| Failure::operation("read the frozen file", &e))?;
    let lang = Lang::ALL.into_iter().find(|lang| truceline_publish::file_name(*lang) == file);
    let Some(lang) = lang else {
        let kind = if file.ends_with(".geojson") {
            "application/geo+json"
        } else {
            "application/jsonl; charset=utf-8"
        };
        return Ok((kind, text));
    };
    let stands = stands(loaded, frozen, &signed(store)?);
    let names: Vec<&str> = stands.by.iter().map(|(name, _)| name.as_str()).collect();
    let actors = &loaded.mission.actors;
    let agreed = stands.agreed.iter().map(|one| {
        let name = |id: &'_ ActorId| {
            actors.get(id).and_then(|actor| actor.names.get(lang.code())).map(String::as_str)
        };
        (one.needed as u64, one.of.iter().map(|id| name(id).unwrap_or(id.as_str())).collect())
    });
    let view = match stands.size {
        Some(size) if stands.published => PublicationView::Published { entry: n, size, by: names },
        _ => PublicationView::Draft {
            entry: n,
            missing: stands.missing.iter().map(String::as_str).collect(),
            needed: stands.needed as u64,
            agreed: agreed.collect(),
        },
    };
    Ok((HTML, with_publication(&text, &view, lang)))
}
