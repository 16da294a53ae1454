//! `terms diff`: what a change of terms says, clause by clause, and which findings it changes, with the first reason that differs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::json;
use truceline_intake::incident_file::{IncidentContext, read_incident};
use truceline_model::{ClauseId, Finding, Incident, Instant, Span};
use truceline_publish::{Lang, clause_words, parting};
use truceline_terms::Terms;

use super::desk::{self, Desk};
use crate::cli::{EXIT_FOUND, Format};
use crate::failure::Failure;
use crate::pipeline::Source;
use crate::{files, out};

/// Largest file of incidents: 256 MiB.
const INCIDENTS_LIMIT: u64 = 256 << 20;

/// What `terms diff` was asked.
pub(crate) struct Asked<'a> {
    /// The terms as they are.
    pub(crate) old: &'a Path,
    /// The terms as they would be.
    pub(crate) new: &'a Path,
    /// Incidents: a file, a store, or a mission folder with scenarios.
    pub(crate) over: &'a Path,
    /// As of when, in words.
    pub(crate) as_of: Option<&'a str>,
    /// Words or JSON.
    pub(crate) format: Format,
}

/// An incident and the moment at which it is judged.
struct Case {
    name: String,
    incident: Incident,
    as_of: Instant,
}

/// What came of all of them.
#[derive(Default)]
struct Counts {
    incidents: usize,
    findings: usize,
    changed: usize,
    turns_otherwise: usize,
    by_outcomes: BTreeMap<(String, String), usize>,
}

/// Says what differs; exit code 1 when a line of incidents could not be read.
///
/// # Errors
/// When an agreement is not sound or the incidents cannot be read.
pub(crate) fn diff(asked: &Asked<'_>) -> Result<u8, Failure> {
    let (old, new) = (Desk::open(asked.old)?, Desk::open(asked.new)?);
    let as_of = match asked.as_of {
        Some(words) => new.mission.moment(words)?,
        None => Instant::FAR_FUTURE,
    };
    let (cases, refused) = cases(asked, &new, as_of)?;
    clauses(&old, &new, asked.format)?;
    declarations(&old, &new, asked.format)?;
    let mut counts = Counts { incidents: cases.len(), ..Counts::default() };
    for case in &cases {
        one(&old, &new, case, asked.format, &mut counts)?;
    }
    tell(&counts, asked.format)?;
    Ok(if refused > 0 { EXIT_FOUND } else { 0 })
}

/// A clause of which two agreements do not say the same.
pub(crate) struct ClauseChange {
    /// Which.
    pub(crate) clause: ClauseId,
    /// `added`, `removed` or `changed`.
    pub(crate) what: &'static str,
    /// Sentences that only the first has.
    pub(crate) removed: Vec<String>,
    /// Sentences that only the second has.
    pub(crate) added: Vec<String>,
}

/// Clauses added, removed, and changed, each statement in words.
///
/// # Errors
/// When an agreement is not sound.
pub(crate) fn clause_changes(old: &Desk, new: &Desk, lang: Lang) -> Result<Vec<ClauseChange>, Failure> {
    let ids: Vec<&ClauseId> =
        old.terms()?.clauses.iter().chain(&new.terms()?.clauses).map(|c| &c.id).collect();
    let mut told = BTreeSet::new();
    let mut all = Vec::new();
    for id in ids.into_iter().filter(|id| told.insert((*id).clone())) {
        let (before, after) = (sentences(old, id, lang)?, sentences(new, id, lang)?);
        let only = |these: &[String], those: &[String]| -> Vec<String> {
            these.iter().filter(|line| !those.contains(line)).cloned().collect()
        };
        let (removed, added) = (only(&before, &after), only(&after, &before));
        if removed.is_empty() && added.is_empty() {
            continue;
        }
        let what = match (before.is_empty(), after.is_empty()) {
            (true, _) => "added",
            (_, true) => "removed",
            _ => "changed",
        };
        all.push(ClauseChange { clause: id.clone(), what, removed, added });
    }
    Ok(all)
}

fn clauses(old: &Desk, new: &Desk, format: Format) -> Result<(), Failure> {
    for ClauseChange { clause: id, what, removed, added } in clause_changes(old, new, Lang::En)? {
        match format {
            Format::Json => out::line(
                json!({ "change": "clause", "clause": id.as_str(), "what": what, "removed": removed, "added": added }),
            )?,
            Format::Text => {
                out::line(format_args!("clause {id}: {what}"))?;
                removed.iter().try_for_each(|line| out::line(format_args!("  - {line}")))?;
                added.iter().try_for_each(|line| out::line(format_args!("  + {line}")))?;
            }
        }
    }
    Ok(())
}

/// A clause as the sentences that it says; none when there is no such clause.
pub(super) fn sentences(desk: &Desk, id: &ClauseId, lang: Lang) -> Result<Vec<String>, Failure> {
    let words = clause_words(&desk.view()?, desk.terms()?, id, lang);
    Ok(words.map(|words| words.lines()).unwrap_or_default())
}

/// Declarations that only one of them has, as they are written.
fn declarations(old: &Desk, new: &Desk, format: Format) -> Result<(), Failure> {
    let (before, after) = (declared(old)?, declared(new)?);
    let changes = before.difference(&after).map(|line| ("removed", "-", line));
    for (what, sign, line) in changes.chain(after.difference(&before).map(|line| ("added", "+", line))) {
        match format {
            Format::Json => out::line(json!({ "change": "declaration", "what": what, "says": line }))?,
            Format::Text => out::line(format_args!("declaration {what}\n  {sign} {line}"))?,
        }
    }
    Ok(())
}

/// Every declaration outside clauses, as its line stands in the file; blanks do not count.
fn declared(desk: &Desk) -> Result<BTreeSet<String>, Failure> {
    let text = &desk.mission.agreement;
    let line = |span: Span| {
        let (start, end) = (usize::try_from(span.start).ok()?, usize::try_from(span.end).ok()?);
        let from = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
        let until = text.get(end..)?.find('\n').map_or(text.len(), |at| end + at);
        let words: Vec<&str> = text.get(from..until)?.split_whitespace().collect();
        (end > start).then(|| words.join(" "))
    };
    Ok(spans(desk.terms()?).into_iter().filter_map(line).collect())
}

fn spans(terms: &Terms) -> Vec<Span> {
    let mut all: Vec<Span> = terms.in_force.iter().map(|one| one.span).collect();
    all.extend(terms.chain.iter().flatten().map(|one| one.span));
    all.extend(terms.day_one.iter().map(|one| one.span));
    all.extend(terms.phases.iter().map(|one| one.span));
    all.extend(terms.parties.iter().map(|one| one.span));
    all.extend(terms.umbrellas.iter().map(|one| one.span));
    all.extend(terms.guarantors.iter().map(|one| one.span));
    all.extend(terms.exempt.iter().map(|one| one.span));
    all.extend(terms.acceptances.iter().map(|one| one.span));
    all.extend(terms.deadlines.iter().map(|one| one.span));
    all.extend(terms.matters.iter().map(|one| one.span));
    all.extend(terms.matters.iter().flat_map(|one| &one.positions).map(|one| one.span));
    all.extend(terms.readings.iter().map(|one| one.span));
    all.extend(terms.judgements.iter().map(|one| one.span));
    all.extend(terms.facts.iter().map(|one| one.span));
    all.extend(terms.measures.iter().map(|one| one.span));
    all.extend(terms.proof.iter().map(|one| one.span));
    all.extend(terms.gravity.iter().map(|one| one.span));
    all.extend(terms.settles.iter().map(|one| one.span));
    all.extend(terms.published_when.iter().map(|one| one.span));
    all.push(terms.status.span);
    all
}

/// The incidents, and how many lines could not be read.
fn cases(asked: &Asked<'_>, desk: &Desk, as_of: Instant) -> Result<(Vec<Case>, usize), Failure> {
    let over = asked.over;
    if over.join("truceline.db").exists() {
        let derived = Source::new(over.to_path_buf()).derive(asked.as_of, None, 2)?;
        let all = derived.resolved.incidents.iter().map(|incident| Case {
            name: incident.id.to_string(),
            incident: incident.clone(),
            as_of: derived.as_of,
        });
        return Ok((all.collect(), 0));
    }
    if over.is_dir() {
        let mut all = Vec::new();
        let mut refused = 0;
        for (name, read) in desk::scenarios(over, &desk.mission)? {
            match read {
                Ok(scenario) => all.push(Case { name, incident: scenario.incident, as_of: scenario.as_of }),
                Err(faults) => {
                    refused += 1;
                    faults.iter().for_each(|fault| eprintln!("{name}:{fault}"));
                }
            }
        }
        return Ok((all, refused));
    }
    let text = files::text(over, INCIDENTS_LIMIT)
        .map_err(|e| Failure::usage(format!("could not read {}: {e}", over.display())))?;
    let mission = &desk.mission;
    let context = IncidentContext {
        zone: &mission.zone,
        areas: &mission.areas,
        actors: &mission.actors,
        // Either of the two agreements may ask for them.
        facts: None,
        judgements: None,
        measures: None,
    };
    let (mut all, mut refused) = (Vec::new(), 0);
    for (line, number) in text.lines().zip(1_u64..).filter(|(line, _)| !line.trim().is_empty()) {
        match read_incident(line.as_bytes(), number, &context) {
            Ok(incident) => all.push(Case { name: incident.id.to_string(), incident, as_of }),
            Err(refusals) => {
                refused += 1;
                refusals.iter().for_each(|refusal| eprintln!("{}, {refusal}", over.display()));
            }
        }
    }
    Ok((all, refused))
}

/// Judges one incident under both, and says where they part.
fn one(old: &Desk, new: &Desk, case: &Case, format: Format, counts: &mut Counts) -> Result<(), Failure> {
    let before = old.judge(case.as_of)?.judge(&case.incident);
    let after = new.judge(case.as_of)?.judge(&case.incident);
    let keyed = |all: &[Finding]| -> BTreeMap<(String, String), Finding> {
        all.iter().map(|f| ((f.clause.to_string(), f.reading.to_string()), f.clone())).collect()
    };
    let (before, after) = (keyed(&before), keyed(&after));
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    for key in keys {
        counts.findings += 1;
        let (was, is) = (before.get(key), after.get(key));
        let word = |f: Option<&Finding>| f.map_or_else(|| "none".to_owned(), |f| f.outcome.to_string());
        if let (Some(was), Some(is)) = (was, is)
            && was.outcome == is.outcome
        {
            let same = was.cruxes == is.cruxes && was.respondents == is.respondents;
            counts.turns_otherwise += usize::from(!same);
            continue;
        }
        counts.changed += 1;
        *counts.by_outcomes.entry((word(was), word(is))).or_default() += 1;
        let (old_view, new_view) = (old.view()?, new.view()?);
        let parted = was.zip(is).and_then(|(was, is)| parting((&old_view, was), (&new_view, is), Lang::En));
        let (clause, reading) = key;
        let (old_step, new_step) = parted.map_or((None, None), |parted| (parted.old, parted.new));
        match format {
            Format::Json => out::line(json!({
                "change": "finding", "incident": case.name, "clause": clause, "reading": reading,
                "old": word(was), "new": word(is), "first_difference": { "old": old_step, "new": new_step },
            }))?,
            Format::Text => {
                out::line(format_args!(
                    "{}: {clause} under {reading}: {} → {}",
                    case.name,
                    word(was),
                    word(is)
                ))?;
                if old_step.is_some() || new_step.is_some() {
                    let step = |step: Option<String>| step.unwrap_or_else(|| "not asked".to_owned());
                    out::line(format_args!("      was: {}", step(old_step)))?;
                    out::line(format_args!("      is:  {}", step(new_step)))?;
                }
            }
        }
    }
    Ok(())
}

fn tell(counts: &Counts, format: Format) -> Result<(), Failure> {
    let (incidents, findings, changed) = (counts.incidents, counts.findings, counts.changed);
    match format {
        Format::Json => {
            let by: Vec<_> = counts
                .by_outcomes
                .iter()
                .map(|((old, new), n)| json!({ "old": old, "new": new, "findings": n }))
                .collect();
            out::line(json!({ "counts": {
                "incidents": incidents, "findings": findings, "changed": changed,
                "same_outcome_turns_otherwise": counts.turns_otherwise, "by_outcomes": by,
            } }))
        }
        Format::Text => {
            out::line(format_args!("{incidents} incidents, {findings} findings, {changed} changed"))?;
            for ((old, new), n) in &counts.by_outcomes {
                out::line(format_args!("      {n} {old} → {new}"))?;
            }
            let n = counts.turns_otherwise;
            out::line(format_args!(
                "      {n} with the same outcome turn on something else, or on another's answer"
            ))
        }
    }
}
