//! The files that a derivation leaves: bulletin in three languages, findings, incidents on a map. Same derivation, same bytes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use truceline_model::{Finding, Incident, Instant, Outcome};
use truceline_publish::{Lang, Links, PublicationView, with_publication};
use truceline_record::Digest;

use crate::failure::Failure;
use crate::pipeline::Derived;
use crate::view::{Owned, view};

/// Writes every file into a folder, which is made if it is not there; the pages say that they are drafts. Each is written as soon as it is made, findings
/// incident by incident, and pages one after another beside them: a page takes several times its size while it is made, and
/// three at once took more memory than all that they are made from.
///
/// # Errors
/// When the mission has no sound terms, or the folder cannot be written.
pub(crate) fn write(derived: &Derived, folder: &Path) -> Result<(), Failure> {
    let fail = |e: std::io::Error| Failure::operation(&format!("write into {}", folder.display()), &e);
    std::fs::create_dir_all(folder).map_err(fail)?;
    let terms = derived.loaded.mission.terms()?;
    let owned = Owned::of(&derived.loaded.mission);
    let view = view(derived, terms, &owned);
    let pages = || {
        for lang in [Lang::En, Lang::Ar, Lang::Ru] {
            let text = truceline_publish::bulletin(&view, lang, Links::Static);
            let stands = PublicationView::Live { entries: derived.loaded.entries, last: None };
            let text = with_publication(&text, &stands, lang);
            std::fs::write(folder.join(truceline_publish::file_name(lang)), text).map_err(fail)?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let pages = scope.spawn(pages);
        std::fs::write(folder.join("incidents.geojson"), geojson(derived)?).map_err(fail)?;
        let mut file = BufWriter::new(File::create(folder.join("findings.jsonl")).map_err(fail)?);
        for incident in &derived.resolved.incidents {
            file.write_all(findings_of(derived, incident)?.as_bytes()).map_err(fail)?;
        }
        file.flush().map_err(fail)?;
        pages.join().unwrap_or_else(|_| Err(Failure::operation("write the bulletin", &"its worker stopped")))
    })
}

/// Takes a file's name and its bytes.
pub(crate) type EachFile<'t> = dyn FnMut(&str, &[u8]) -> Result<(), Failure> + 't;

/// Every file by name, one after another, each given away before the next is made: together they may be larger than memory should hold.
///
/// # Errors
/// When the mission has no sound terms, or whoever takes them fails.
pub(crate) fn each(derived: &Derived, take: &mut EachFile<'_>) -> Result<(), Failure> {
    let terms = derived.loaded.mission.terms()?;
    let owned = Owned::of(&derived.loaded.mission);
    let view = view(derived, terms, &owned);
    for lang in [Lang::En, Lang::Ar, Lang::Ru] {
        let text = truceline_publish::bulletin(&view, lang, Links::Static);
        take(&truceline_publish::file_name(lang), text.as_bytes())?;
    }
    take("incidents.geojson", geojson(derived)?.as_bytes())?;
    take("findings.jsonl", findings(derived)?.as_bytes())
}

/// Headline figures: counts by name, of what the bulletin says in many words.
///
/// # Errors
/// When the mission has no sound terms.
pub(crate) fn figures(derived: &Derived) -> Result<BTreeMap<String, u64>, Failure> {
    let terms = derived.loaded.mission.terms()?;
    let owned = Owned::of(&derived.loaded.mission);
    let view = view(derived, terms, &owned);
    let mut figures: BTreeMap<String, u64> = BTreeMap::new();
    let known = derived.loaded.observations.iter().filter(|o| o.known <= derived.as_of).count();
    for (name, count) in [
        ("incidents", derived.resolved.incidents.len()),
        ("observations-known", known),
        ("reports-refused", derived.loaded.refused.len()),
        ("findings", derived.findings.values().map(|found| found.len()).sum()),
    ] {
        figures.insert(name.to_owned(), count as u64);
    }
    for summary in truceline_publish::Summary::ALL {
        figures.insert(format!("incidents-{}", summary.as_str()), 0);
    }
    for one in &view.incidents {
        *figures.entry(format!("incidents-{}", view.summary(one).as_str())).or_default() += 1;
    }
    for outcome in Outcome::ALL {
        let count = derived.findings.values().flatten().filter(|found| found.outcome == outcome).count();
        figures.insert(format!("findings-{}", outcome.as_str()), count as u64);
    }
    for status in &derived.statuses {
        *figures.entry(format!("areas-{}", status.holding.as_str())).or_default() += 1;
    }
    Ok(figures)
}

/// Findings, one a line.
///
/// # Errors
/// When a finding has no canonical bytes.
pub(crate) fn findings(derived: &Derived) -> Result<String, Failure> {
    let mut out = String::new();
    for incident in &derived.resolved.incidents {
        out.push_str(&findings_of(derived, incident)?);
    }
    Ok(out)
}

fn findings_of(derived: &Derived, incident: &Incident) -> Result<String, Failure> {
    let mut out = String::new();
    let inputs = inputs(&derived.loaded.mission.digests, incident, derived.as_of)?;
    lines(derived.findings.get(&incident.id).into_iter().flatten(), derived.as_of, &inputs, &mut out)?;
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
    truceline_publish::inputs_digest(mission, incident, as_of)
        .map_err(|e| Failure::operation("write an incident", &e))
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
