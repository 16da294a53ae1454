//! `incidents` and `refused`: what is in a store, in words or JSON.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use truceline_model::{Finding, Incident, Span};
use truceline_publish::Lang;
use truceline_publish::view::IncidentView;

use super::reading;
use crate::cli::{EXIT_FOUND, Format, Moment};
use crate::failure::Failure;
use crate::out;
use crate::pipeline::{Derived, Source};
use crate::proposals::Quoted;
use crate::view::{self, Owned};

/// Lists incidents, or shows one whole.
pub(crate) fn incidents(
    store: &Path,
    id: Option<&str>,
    moment: &Moment,
    lang: Lang,
    format: Format,
) -> Result<u8, Failure> {
    let derived =
        Source::new(store.to_path_buf()).derive(moment.as_of.as_deref(), moment.up_to, moment.threads)?;
    let Some(id) = id else {
        for incident in &derived.resolved.incidents {
            match format {
                Format::Json => out::line(format_args!("{}", line(incident)?))?,
                Format::Text => out::line(format_args!("{}", short(&derived, incident)))?,
            }
        }
        return Ok(0);
    };
    let now = derived.incident_id(id);
    let found = derived.resolved.incident(&now);
    let incident = found.ok_or_else(|| {
        Failure::not_found(format!(
            "no incident is called \"{id}\" as of {}; without an id all are listed",
            derived.as_of
        ))
    })?;
    match format {
        Format::Json => out::line(format_args!("{}", line(incident)?))?,
        Format::Text => out::text_as_it_is(&whole(&derived, incident, lang)?)?,
    }
    Ok(0)
}

fn line(incident: &Incident) -> Result<String, Failure> {
    truceline_publish::incident_json(incident).map_err(|e| Failure::operation("write an incident", &e))
}

fn short(derived: &Derived, incident: &Incident) -> String {
    let zone = &derived.loaded.mission.zone;
    let day = incident.time().map_or_else(|| "no date  ".to_owned(), |t| zone.local_date(t.start()));
    let acts: Vec<&str> = incident.acts.iter().map(|(a, _)| a.as_str()).collect();
    let killed = incident.killed.range().map_or_else(|| "-".to_owned(), |b| b.to_string());
    let reports = incident.links.len();
    format!(
        "{day}  {:<28} {:<22} killed {killed:<8} {reports} reports, {} origins",
        incident.id.as_str(),
        acts.join("/"),
        incident.origins.len()
    )
}

/// One incident in words: its reports, why each was linked, and its findings.
fn whole(derived: &Derived, incident: &Incident, lang: Lang) -> Result<String, Failure> {
    let mission = &derived.loaded.mission;
    let terms = mission.terms()?;
    let mut out = String::new();
    let _ = writeln!(out, "{}  version {}\n", short(derived, incident), incident.version);
    for link in &incident.links {
        let said = derived.observation(link.receipt);
        let who = said.map_or_else(String::new, |o| {
            format!("{} ({}), known {}", o.source, o.sender_id, mission.zone.local_text(o.known))
        });
        let _ = writeln!(out, "  {} {who}; {:?}", link.receipt, link.decision);
        if let Some(quoted) = derived.loaded.quoted.get(&link.receipt) {
            out.push_str(&said_so(quoted));
        }
        for reason in &link.reasons {
            let _ = writeln!(out, "      {:>6}  {}: {}", reason.weight, reason.evidence, reason.seen);
        }
    }
    out.push('\n');
    let owned = Owned::of(mission);
    let view = view::view(derived, terms, &owned);
    let Some(one) = view.incidents.iter().find(|one| one.incident.id == incident.id) else { return Ok(out) };
    for explained in truceline_publish::explanations(&view, one, None, None, lang) {
        out.push_str(&explained.text());
        out.push('\n');
    }
    Ok(out)
}

/// The words of a text that a person confirmed, value by value, with their bytes.
fn said_so(quoted: &Quoted) -> String {
    let (id, words, by) = (quoted.id, quoted.words, out::shown(&quoted.by));
    let said = quoted.said.as_str();
    let shown = |text: &str| match text.is_empty() {
        true => "(kept elsewhere)".to_owned(),
        false => reading::set_apart(text),
    };
    let mut out = format!("      text {words}, {id}, {said} by {by}: {}\n", shown(&quoted.text));
    for (field, all) in quoted.fields.iter().filter(|(_, all)| !all.is_empty()) {
        let one = |(span, text): &(Span, String)| format!("{} at {}-{}", shown(text), span.start, span.end);
        let shown: Vec<String> = all.iter().map(one).collect();
        let _ = writeln!(out, "        {field:<16} {}", shown.join(" "));
    }
    out
}

/// The findings of an incident from a file, explained in words.
pub(crate) fn explain(
    derived: &Derived,
    incident: &Incident,
    all: &[Finding],
    wanted: &[&Finding],
    lang: Lang,
) -> Result<String, Failure> {
    let owned = Owned::of(&derived.loaded.mission);
    let view = view::view(derived, derived.loaded.mission.terms()?, &owned);
    let one = IncidentView {
        incident,
        reports: Vec::new(),
        statements: Vec::new(),
        totals: Vec::new(),
        findings: all.iter().collect(),
        toll_history: Vec::new(),
    };
    let mut out = format!("{}\n\n", incident.id);
    for finding in wanted {
        out.push_str(&truceline_publish::explanation(&view, &one, finding, lang).text());
        out.push('\n');
    }
    Ok(out)
}

/// Lists reports that were kept and could not be read; exit code 1 when there are any.
pub(crate) fn refused(store: &Path, format: Format) -> Result<u8, Failure> {
    let loaded = Source::new(store.to_path_buf()).loaded(None, 2)?;
    for refused in &loaded.refused {
        for refusal in &refused.refusals {
            match format {
                Format::Text => out::line(format_args!("{} {}, {refusal}", refused.receipt, refused.file))?,
                Format::Json => {
                    let line: Value = json!({
                        "receipt": refused.receipt.0, "file": refused.file, "row": refused.row, "column": refusal.column,
                        "fault": refusal.fault.as_str(), "found": refusal.found, "would_be_right": refusal.would_be_right,
                    });
                    out::line(format_args!("{line}"))?;
                }
            }
        }
    }
    Ok(if loaded.refused.is_empty() { 0 } else { EXIT_FOUND })
}
