//! The files that a derivation leaves: bulletin in three languages, findings, incidents on a map. Same derivation, same bytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use truceline_model::{Finding, Incident, Instant};
use truceline_publish::{Lang, Links};
use truceline_record::{Digest, digest_of};

use crate::failure::Failure;
use crate::pipeline::Derived;
use crate::view::{Owned, software, view};

/// Languages of the bulletin.
pub(crate) const LANGUAGES: [Lang; 3] = [Lang::En, Lang::Ar, Lang::Ru];

/// Writes every file into a folder, which is made if it is not there.
///
/// # Errors
/// When the folder cannot be written.
pub(crate) fn write(derived: &Derived, folder: &Path) -> Result<(), Failure> {
    let fail = |e: std::io::Error| Failure::operation(&format!("write into {}", folder.display()), &e);
    std::fs::create_dir_all(folder).map_err(fail)?;
    for (name, text) in files(derived)? {
        std::fs::write(folder.join(name), text).map_err(fail)?;
    }
    Ok(())
}

/// Every file by name.
///
/// # Errors
/// When the mission has no sound terms.
pub(crate) fn files(derived: &Derived) -> Result<BTreeMap<String, String>, Failure> {
    let terms = derived.loaded.mission.terms()?;
    let owned = Owned::of(&derived.loaded.mission);
    let view = view(derived, terms, &owned);
    let mut files = BTreeMap::new();
    // Each page is a third of the work; they share nothing but the view.
    let pages: Vec<(String, String)> = std::thread::scope(|scope| {
        let view = &view;
        let page = |lang| {
            (truceline_publish::file_name(lang), truceline_publish::bulletin(view, lang, Links::Static))
        };
        let workers = LANGUAGES.map(|lang| (lang, scope.spawn(move || page(lang))));
        workers.into_iter().map(|(lang, w)| w.join().unwrap_or_else(|_| page(lang))).collect()
    });
    files.extend(pages);
    files.insert("findings.jsonl".into(), findings(derived)?);
    files.insert("incidents.geojson".into(), geojson(derived)?);
    Ok(files)
}

/// Findings, one a line.
///
/// # Errors
/// When a finding has no canonical bytes.
pub(crate) fn findings(derived: &Derived) -> Result<String, Failure> {
    let mut out = String::new();
    for incident in &derived.resolved.incidents {
        let inputs = inputs(&derived.loaded.mission.digests, incident, derived.as_of)?;
        lines(derived.findings.get(&incident.id).into_iter().flatten(), derived.as_of, &inputs, &mut out)?;
    }
    Ok(out)
}

/// Findings of one incident as lines.
///
/// # Errors
/// When a finding has no canonical bytes.
pub(crate) fn lines<'a>(
    findings: impl Iterator<Item = &'a Finding>,
    as_of: Instant,
    inputs: &Digest,
    out: &mut String,
) -> Result<(), Failure> {
    for finding in findings {
        let line = truceline_publish::finding_line(finding, as_of, inputs)
            .map_err(|e| Failure::operation("write a finding", &e))?;
        out.push_str(&line);
        out.push('\n');
    }
    Ok(())
}

/// What the findings on an incident follow from, as one digest: software, mission files, the incident, the moment.
///
/// # Errors
/// When the incident has no canonical bytes.
pub(crate) fn inputs(
    mission: &BTreeMap<String, String>,
    incident: &Incident,
    as_of: Instant,
) -> Result<Digest, Failure> {
    let mut text = format!("{}\n{as_of}\n", software());
    for (name, digest) in mission {
        let _ = writeln!(text, "{name} {digest}");
    }
    text.push_str(
        &truceline_publish::incident_json(incident)
            .map_err(|e| Failure::operation("write an incident", &e))?,
    );
    Ok(digest_of(text.as_bytes()))
}

/// Incidents on a map.
///
/// # Errors
/// When the mission has no sound terms.
pub(crate) fn geojson(derived: &Derived) -> Result<String, Failure> {
    let terms = derived.loaded.mission.terms()?;
    let owned = Owned::of(&derived.loaded.mission);
    truceline_publish::incidents_geojson(&view(derived, terms, &owned))
        .map_err(|e| Failure::operation("write the map", &e))
}
