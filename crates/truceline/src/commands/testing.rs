//! `terms test`: scenarios, all their findings against the recorded ones, and what no scenario covers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};
use truceline_model::{Finding, Instant, Test};
use truceline_publish::{Lang, step_words};
use truceline_terms::scenario::{Scenario, compare};
use truceline_terms::trial::{Kind, Point, Trial};

use super::desk::{self, Desk};
use crate::cli::{EXIT_FOUND, Format};
use crate::failure::Failure;
use crate::{files, out};

/// The file of recorded findings, beside the scenarios.
const GOLDEN: &str = "scenarios/golden.jsonl";

/// Largest file of recorded findings: 64 MiB.
const GOLDEN_LIMIT: u64 = 64 << 20;

/// Something that no scenario covers, under these readings.
struct Gap {
    clause: String,
    kind: &'static str,
    what: String,
    missing: &'static str,
    readings: Vec<String>,
}

/// Runs everything.
///
/// # Errors
/// When the folder cannot be read, the terms are not sound, or the record cannot be written.
pub(crate) fn test(folder: &Path, accept: bool, require: bool, format: Format) -> Result<u8, Failure> {
    let desk = Desk::open(folder)?;
    let all = desk::scenarios(folder, &desk.mission)?;
    let mut trial = Trial::new(desk.terms()?, &desk.judge(Instant::FAR_FUTURE)?);
    let (mut failed, mut lines) = (0_usize, Vec::new());
    let mut expected: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (name, read) in &all {
        let faults = match read {
            Ok(scenario) => {
                let findings = desk.judge(scenario.as_of)?.judge(&scenario.incident);
                trial.add(&findings);
                count_expected(scenario, &findings, &mut expected);
                lines.extend(findings.iter().map(|finding| golden_line(name, finding)));
                compare(scenario, &findings)
            }
            Err(faults) => faults.clone(),
        };
        failed += usize::from(!faults.is_empty());
        match format {
            Format::Json => {
                out::line(json!({ "scenario": name, "holds": faults.is_empty(), "faults": faults }))?
            }
            Format::Text if faults.is_empty() => {}
            Format::Text => {
                out::line(format_args!("FAILS {name}"))?;
                faults.iter().try_for_each(|fault| out::line(format_args!("      {fault}")))?;
            }
        }
    }
    if format == Format::Text {
        out::line(format_args!("{} scenarios, {failed} failed", all.len()))?;
    }
    let differ = golden(&folder.join(GOLDEN), &lines, accept, format)?;
    let gaps = tell(&desk, &trial, &expected, format)?;
    let bad = failed > 0 || differ > 0 || (require && gaps > 0);
    Ok(if bad { EXIT_FOUND } else { 0 })
}

/// How many expectations speak of each clause and reading.
fn count_expected(scenario: &Scenario, findings: &[Finding], into: &mut BTreeMap<(String, String), usize>) {
    for expected in &scenario.expect {
        let fits = |f: &&Finding| {
            f.clause.as_str() == expected.clause
                && (expected.reading == "any" || f.reading.as_str() == expected.reading)
        };
        for finding in findings.iter().filter(fits) {
            *into.entry((finding.clause.to_string(), finding.reading.to_string())).or_default() += 1;
        }
    }
}

/// One finding as it is recorded: what it comes to, who answers, what it turns on.
fn golden_line(scenario: &str, finding: &Finding) -> String {
    let respondents: Vec<&str> = finding.respondents.iter().map(|who| who.as_str()).collect();
    let turns_on: BTreeSet<String> = finding
        .cruxes
        .iter()
        .map(|crux| {
            let supposed: Vec<String> =
                crux.if_.iter().map(|one| format!("{} = {}", one.fact.key(), one.value)).collect();
            format!("{} → {}", supposed.join("; "), crux.then)
        })
        .collect();
    json!({
        "scenario": scenario,
        "clause": finding.clause.as_str(),
        "reading": finding.reading.as_str(),
        "outcome": finding.outcome.as_str(),
        "respondents": respondents,
        "turns_on": turns_on,
    })
    .to_string()
}

/// Holds the findings against the recorded ones, or records them; gives how many differ.
fn golden(path: &Path, lines: &[String], accept: bool, format: Format) -> Result<usize, Failure> {
    if accept {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        std::fs::write(path, text)
            .map_err(|e| Failure::operation(&format!("write {}", path.display()), &e))?;
        let (n, at) = (lines.len(), path.display());
        out::told(
            format,
            format_args!("{n} findings recorded in {at}"),
            &json!({ "golden": "recorded", "findings": n }),
        )?;
        return Ok(0);
    }
    if !path.exists() {
        out::told(
            format,
            format_args!("no findings are recorded; --accept records them in {}", path.display()),
            &json!({ "golden": "none" }),
        )?;
        return Ok(0);
    }
    let text = files::text(path, GOLDEN_LIMIT)
        .map_err(|e| Failure::usage(format!("could not read {}: {e}", path.display())))?;
    let recorded: BTreeMap<String, &str> = text.lines().filter_map(|line| Some((key(line)?, line))).collect();
    let found: BTreeMap<String, &str> =
        lines.iter().filter_map(|line| Some((key(line)?, line.as_str()))).collect();
    let keys: BTreeSet<&String> = recorded.keys().chain(found.keys()).collect();
    let mut differ = 0;
    for key in keys {
        let (old, new) = (recorded.get(key).copied(), found.get(key).copied());
        if old == new {
            continue;
        }
        differ += 1;
        match format {
            Format::Json => {
                let read =
                    |line: Option<&str>| line.and_then(|line| serde_json::from_str::<Value>(line).ok());
                out::line(json!({ "golden": "differs", "recorded": read(old), "found": read(new) }))?;
            }
            Format::Text => {
                out::line(format_args!("DIFFERS {key}"))?;
                out::line(format_args!("      recorded: {}", old.unwrap_or("nothing")))?;
                out::line(format_args!("      found:    {}", new.unwrap_or("nothing")))?;
            }
        }
    }
    let n = found.len();
    out::told(
        format,
        format_args!("{n} findings held against the recorded ones, {differ} differ"),
        &json!({ "golden": "compared", "findings": n, "differ": differ }),
    )?;
    Ok(differ)
}

fn key(line: &str) -> Option<String> {
    let value: Value = serde_json::from_str(line).ok()?;
    let word = |name: &str| value.get(name).and_then(Value::as_str);
    Some(format!("{}: {} under {}", word("scenario")?, word("clause")?, word("reading")?))
}

/// Says what was tried and what was not; gives the number of gaps.
fn tell(
    desk: &Desk,
    trial: &Trial,
    expected: &BTreeMap<(String, String), usize>,
    format: Format,
) -> Result<usize, Failure> {
    let view = desk.view()?;
    let words = |point: &Point| match &point.step.test {
        Test::Exception(name, _) => name.clone(),
        _ => step_words(&view, &point.step, Lang::En),
    };
    let readings = desk.terms()?.readings.len();
    let gaps = gaps(trial, &words);
    match format {
        Format::Json => {
            for tried in &trial.all {
                let key = (tried.clause.to_string(), tried.reading.to_string());
                let outcomes: BTreeMap<&str, u32> =
                    tried.outcomes.iter().map(|(outcome, n)| (outcome.as_str(), *n)).collect();
                let points: Vec<Value> =
                    tried.points.iter().map(|point| point_json(point, &words(point))).collect();
                out::line(json!({
                    "clause": key.0, "reading": key.1, "outcomes": outcomes,
                    "expectations": expected.get(&key).copied().unwrap_or(0), "points": points,
                }))?;
            }
            for gap in &gaps {
                out::line(json!({
                    "gap": gap.kind, "clause": gap.clause, "what": gap.what, "missing": gap.missing, "readings": gap.readings,
                }))?;
            }
            out::line(json!({ "gaps": gaps.len() }))?;
        }
        Format::Text => {
            let mut clause = "";
            for gap in &gaps {
                if gap.clause != clause {
                    clause = &gap.clause;
                    let spoken =
                        expected.iter().filter(|((c, _), _)| c == clause).map(|(_, n)| n).sum::<usize>();
                    out::line(format_args!("{clause}: {spoken} expectations; no scenario covers"))?;
                }
                let under = match gap.readings.len() == readings {
                    true => "every reading".to_owned(),
                    false => gap.readings.join(", "),
                };
                out::line(format_args!("      {} {}: never {} ({under})", gap.kind, gap.what, gap.missing))?;
            }
            out::line(format_args!("{} gaps", gaps.len()))?;
        }
    }
    Ok(gaps.len())
}

fn point_json(point: &Point, words: &str) -> Value {
    let seen: BTreeMap<&str, u32> = point.seen.iter().map(|(truth, n)| (truth.as_str(), *n)).collect();
    json!({ "kind": point.kind.as_str(), "what": words, "seen": seen })
}

/// What no scenario covers, readings with the same gap together.
fn gaps(trial: &Trial, words: &dyn Fn(&Point) -> String) -> Vec<Gap> {
    let mut all: Vec<Gap> = Vec::new();
    let mut add = |clause: &str, kind: &'static str, what: String, missing: &'static str, reading: &str| {
        let same = |gap: &&mut Gap| {
            gap.clause == clause && gap.kind == kind && gap.what == what && gap.missing == missing
        };
        match all.iter_mut().find(same) {
            Some(gap) if gap.readings.iter().any(|known| known == reading) => {}
            Some(gap) => gap.readings.push(reading.to_owned()),
            None => all.push(Gap {
                clause: clause.to_owned(),
                kind,
                what,
                missing,
                readings: vec![reading.to_owned()],
            }),
        }
    };
    for tried in &trial.all {
        let (clause, reading) = (tried.clause.as_str(), tried.reading.as_str());
        for outcome in tried.outcomes_missing() {
            add(clause, "outcome", outcome.to_string(), "reached", reading);
        }
        for point in &tried.points {
            for truth in point.missing() {
                let missing = match (point.kind, truth.as_str()) {
                    (Kind::Object | Kind::Outside, _) => "used",
                    (Kind::Exception, "true") => "held",
                    (Kind::Exception, _) => "failed to hold",
                    (Kind::Condition, truth) => truth_word(truth),
                };
                add(clause, point.kind.as_str(), words(point), missing, reading);
            }
        }
    }
    all.sort_by_key(|gap| order(trial, &gap.clause));
    all
}

fn order(trial: &Trial, clause: &str) -> usize {
    trial.all.iter().position(|tried| tried.clause.as_str() == clause).unwrap_or(usize::MAX)
}

fn truth_word(truth: &str) -> &'static str {
    match truth {
        "true" => "true",
        "false" => "false",
        _ => "unknown",
    }
}
