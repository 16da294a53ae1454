//! `explain`: why the findings on one incident are so, as text, as a page or as JSON.

use std::path::Path;

use truceline_model::{ClauseId, ReadingId};
use truceline_publish::{Lang, explanation_page, explanations};

use crate::cli::{ExplainFormat, Moment};
use crate::failure::Failure;
use crate::out;
use crate::pipeline::Source;
use crate::view::{self, Owned};

/// What `explain` was asked.
pub(crate) struct Asked<'a> {
    /// The store.
    pub(crate) store: &'a Path,
    /// The incident; every one when none is named.
    pub(crate) incident: Option<&'a str>,
    /// Only this clause.
    pub(crate) clause: Option<&'a str>,
    /// Only this reading.
    pub(crate) reading: Option<&'a str>,
    /// As of when.
    pub(crate) moment: &'a Moment,
    /// Language.
    pub(crate) lang: Lang,
    /// Text, HTML or JSON.
    pub(crate) format: ExplainFormat,
}

/// Explains the findings of an incident of a store.
///
/// # Errors
/// When the store cannot be read, or nothing has the name that was asked for.
pub(crate) fn explain(asked: &Asked<'_>) -> Result<u8, Failure> {
    let moment = asked.moment;
    let source = Source::new(asked.store.to_path_buf());
    let derived = source.derive(moment.as_of.as_deref(), moment.up_to, moment.threads)?;
    let mission = &derived.loaded.mission;
    let terms = mission.terms()?;
    super::judging::known_ids(asked.clause, asked.reading, terms)?;
    let owned = Owned::of(mission);
    let view = view::view(&derived, terms, &owned);
    let wanted: Vec<_> = match asked.incident {
        None => view.incidents.iter().collect(),
        Some(name) => {
            let id = derived.incident_id(name);
            let found = view.incidents.iter().find(|one| one.incident.id == id);
            let none = || {
                let (name, as_of) = (out::shown(name), derived.as_of);
                Failure::not_found(format!(
                    "no incident is called \"{name}\" as of {as_of}; truceline incidents lists them"
                ))
            };
            vec![found.ok_or_else(none)?]
        }
    };
    let clause = asked.clause.map(ClauseId::new);
    let reading = asked.reading.map(ReadingId::new);
    if asked.format == ExplainFormat::Html {
        let (Some(clause), [one]) = (&clause, wanted.as_slice()) else {
            return Err(Failure::usage(
                "a page explains one incident under one clause; name both".to_owned(),
            ));
        };
        let page = explanation_page(&view, &one.incident.id, clause, reading.as_ref(), asked.lang);
        out::text_as_it_is(&page.unwrap_or_default())?;
        return Ok(0);
    }
    let all = wanted
        .into_iter()
        .flat_map(|one| explanations(&view, one, clause.as_ref(), reading.as_ref(), asked.lang));
    for explained in all {
        let text = match asked.format {
            ExplainFormat::Json => {
                let line = explained.json().map_err(|e| Failure::operation("write an explanation", &e))?;
                format!("{line}\n")
            }
            _ => format!("{}\n", explained.text()),
        };
        out::text_as_it_is(&text)?;
    }
    Ok(0)
}
