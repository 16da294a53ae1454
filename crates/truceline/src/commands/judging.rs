//! `judge`, `terms check` and `scenarios`: an agreement and incidents from files, no store.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use truceline_intake::incident_file::{IncidentContext, read_incident};
use truceline_model::{Finding, Instant};
use truceline_publish::Lang;
use truceline_terms::scenario::compare;
use truceline_terms::{Judge, Severity};

use super::desk::{self, Desk};
use super::show;
use crate::cli::{EXIT_FOUND, Format};
use crate::failure::Failure;
use crate::folder;
use crate::loaded::Loaded;
use crate::mission::Mission;
use crate::out;
use crate::outputs;
use crate::pipeline::{Derived, derive};

/// Longest line of an incident file that is read: 1 MiB.
const LINE_LIMIT: u64 = 1 << 20;

/// What `judge` was asked.
pub(crate) struct Asked<'a> {
    /// The mission folder or its agreement.md.
    pub(crate) agreement: &'a Path,
    /// The incident file; `-` is standard input.
    pub(crate) incidents: &'a Path,
    /// As of when, in words.
    pub(crate) as_of: Option<&'a str>,
    /// Only this clause.
    pub(crate) clause: Option<&'a str>,
    /// Only this reading.
    pub(crate) reading: Option<&'a str>,
    /// Language of text.
    pub(crate) lang: Lang,
    /// Words or JSON.
    pub(crate) format: Format,
}

/// Judges every incident of a file; one finding a line, in the order of the file, clauses and readings.
///
/// # Errors
/// When the agreement is not sound, or the file cannot be opened. A line that cannot be read is refused in words on standard
/// error and the others go on.
pub(crate) fn judge(asked: &Asked<'_>) -> Result<u8, Failure> {
    let mission = Arc::new(Mission::read(&folder::read(asked.agreement)?)?);
    let terms = mission.terms()?;
    let as_of = match asked.as_of {
        Some(words) => mission.moment(words)?,
        None => Instant::FAR_FUTURE,
    };
    known_ids(asked.clause, asked.reading, terms)?;
    let facts = terms.facts.iter().map(|f| f.id.clone()).collect();
    let judgements = terms.judgements.iter().map(|j| j.id.clone()).collect();
    let measures = terms.measures.iter().map(|m| m.id.clone()).collect();
    let bench = Bench {
        asked,
        mission: &mission,
        as_of,
        judge: Judge::new(terms, &mission.actors, &mission.areas, as_of).with_sources(&mission.sources),
        context: IncidentContext {
            zone: &mission.zone,
            areas: &mission.areas,
            actors: &mission.actors,
            facts: Some(&facts),
            judgements: Some(&judgements),
            measures: Some(&measures),
        },
        // Names for the explanation come from a record without a report.
        bare: derive(Arc::new(Loaded::empty(Arc::clone(&mission))), as_of, 1)?,
    };
    let mut input: Box<dyn Read> = if asked.incidents == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        // A pipe will do here: it is read once, a line at a time.
        Box::new(
            std::fs::File::open(asked.incidents)
                .map_err(|e| Failure::usage(format!("could not open {}: {e}", asked.incidents.display())))?,
        )
    };
    let mut lines = BufReader::new(&mut input);
    let (mut number, mut refused) = (0_u64, 0_u64);
    while let Some(line) = next_line(&mut lines)? {
        number += 1;
        let done = match line {
            Line::Whole(line) if line.iter().all(u8::is_ascii_whitespace) => true,
            Line::Whole(line) => bench.line(&line, number)?,
            Line::TooLong => {
                eprintln!(
                    "{}, line {number}: longer than 1 MiB; one incident a line",
                    asked.incidents.display()
                );
                false
            }
        };
        refused += u64::from(!done);
    }
    Ok(if refused > 0 { EXIT_FOUND } else { 0 })
}

enum Line {
    Whole(Vec<u8>),
    TooLong,
}

/// The next line, never more of it in memory than the limit.
fn next_line(lines: &mut impl BufRead) -> Result<Option<Line>, Failure> {
    let fail = |e: std::io::Error| Failure::operation("read incidents", &e);
    let mut line = Vec::new();
    if lines.by_ref().take(LINE_LIMIT + 1).read_until(b'\n', &mut line).map_err(fail)? == 0 {
        return Ok(None);
    }
    if line.len() as u64 <= LINE_LIMIT {
        return Ok(Some(Line::Whole(line)));
    }
    while line.last() != Some(&b'\n') {
        line.clear();
        if lines.by_ref().take(LINE_LIMIT).read_until(b'\n', &mut line).map_err(fail)? == 0 {
            break;
        }
    }
    Ok(Some(Line::TooLong))
}

/// Everything that is needed to judge one line after another.
struct Bench<'a> {
    asked: &'a Asked<'a>,
    mission: &'a Mission,
    as_of: Instant,
    judge: Judge<'a>,
    context: IncidentContext<'a>,
    bare: Derived,
}

impl Bench<'_> {
    /// Judges one line and prints its findings; `false` when it cannot be read.
    fn line(&self, line: &[u8], number: u64) -> Result<bool, Failure> {
        let incident = match read_incident(line.trim_ascii_end(), number, &self.context) {
            Ok(incident) => incident,
            Err(refusals) => {
                for refusal in refusals {
                    eprintln!("{}, {refusal}", self.asked.incidents.display());
                }
                return Ok(false);
            }
        };
        let wanted = |f: &&Finding| {
            self.asked.clause.is_none_or(|c| f.clause.as_str() == c)
                && self.asked.reading.is_none_or(|r| f.reading.as_str() == r)
        };
        let all = self.judge.judge(&incident);
        let findings: Vec<&Finding> = all.iter().filter(wanted).collect();
        let text = match self.asked.format {
            Format::Json => {
                let mut text = String::new();
                let inputs = outputs::inputs(&self.mission.digests, &incident, self.as_of)?;
                outputs::lines(findings.into_iter(), self.as_of, &inputs, &mut text)?;
                text
            }
            Format::Text => show::explain(&self.bare, &incident, &all, &findings, self.asked.lang)?,
        };
        out::text_as_it_is(&text)?;
        Ok(true)
    }
}

/// A clause or reading that does not exist is a wrong call, not an empty answer.
pub(crate) fn known_ids(
    clause: Option<&str>,
    reading: Option<&str>,
    terms: &truceline_terms::Terms,
) -> Result<(), Failure> {
    let clauses: Vec<&str> = terms.finding_clauses().map(|c| c.id.as_str()).collect();
    let readings: Vec<&str> = terms.readings.iter().map(|r| r.id.as_str()).collect();
    for (what, wanted, known) in [("clause", clause, &clauses), ("reading", reading, &readings)] {
        if let Some(wanted) = wanted
            && !known.contains(&wanted)
        {
            return Err(Failure::usage(format!(
                "no {what} is called \"{wanted}\"; there are {}",
                known.join(", ")
            )));
        }
    }
    Ok(())
}

/// `terms check`.
///
/// # Errors
/// When the folder cannot be read.
pub(crate) fn check(agreement: &Path, format: Format) -> Result<u8, Failure> {
    let mission = Mission::read(&folder::read(agreement)?)?;
    let file = if agreement.is_file() { agreement.to_path_buf() } else { agreement.join("agreement.md") };
    let mut errors = 0;
    for diagnostic in &mission.diagnostics {
        errors += u32::from(diagnostic.severity == Severity::Error);
        match format {
            Format::Text => out::line(format_args!(
                "{}",
                diagnostic.render_text(&file.display().to_string(), &mission.agreement)
            ))?,
            Format::Json => {
                let (line, column) = diagnostic.position(&mission.agreement);
                let severity = if diagnostic.severity == Severity::Error { "error" } else { "warning" };
                out::line(format_args!(
                    "{}",
                    json!({ "line": line, "column": column, "severity": severity, "code": diagnostic.code, "message": diagnostic.message, "help": diagnostic.help })
                ))?;
            }
        }
    }
    if format == Format::Text {
        out::line(format_args!(
            "{errors} errors, {} warnings",
            mission.diagnostics.len().saturating_sub(usize::try_from(errors).unwrap_or(0))
        ))?;
    }
    Ok(if errors > 0 { EXIT_FOUND } else { 0 })
}

/// `scenarios`: every file of the folder's `scenarios/`, in order.
///
/// # Errors
/// When the folder cannot be read or the terms are not sound.
pub(crate) fn scenarios(folder: &Path, format: Format) -> Result<u8, Failure> {
    let desk = Desk::open(folder)?;
    let all = desk::scenarios(folder, &desk.mission)?;
    let mut failed = 0;
    for (name, read) in &all {
        let faults = match read {
            Ok(scenario) => compare(scenario, &desk.judge(scenario.as_of)?.judge(&scenario.incident)),
            Err(faults) => faults.clone(),
        };
        failed += u32::from(!faults.is_empty());
        match format {
            Format::Json => out::line(format_args!(
                "{}",
                json!({ "scenario": name, "holds": faults.is_empty(), "faults": faults })
            ))?,
            Format::Text => {
                out::line(format_args!("{} {name}", if faults.is_empty() { "holds" } else { "FAILS" }))?;
                faults.iter().try_for_each(|fault| out::line(format_args!("      {fault}")))?;
            }
        }
    }
    if format == Format::Text {
        out::line(format_args!("{} scenarios, {failed} failed", all.len()))?;
    }
    failed += super::case_scenarios::run(folder, &desk, format)?;
    Ok(if failed > 0 { EXIT_FOUND } else { 0 })
}
