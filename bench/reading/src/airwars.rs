//! Airwars: how many the texts say were killed, against the range that researchers wrote for the incident.
//!
//! A text counts when exactly one incident refers to it and that incident has a range of killed with at least one. Of the figures of
//! killed that are proposed in it the first in the text is taken, by the number as written, else by its lower bound; it is right when it
//! lies within the range. Researchers saw all sources of an incident and one text may say another number, or tell of other incidents:
//! the share is a yardstick between versions, not a share of errors. Pages that ask to log in are among the texts.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};
use truceline_score::show::ms_each;
use truceline_score::{Claim, Kind};

use crate::Result;
use crate::options::Options;
use crate::reader::{Reader, text};
use crate::report::{Report, part, share};
use crate::split;

/// What came of the texts of one script.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    texts: u64,
    any: u64,
    first: u64,
    within: u64,
}

struct Range {
    date: String,
    low: u64,
    high: u64,
}

/// Measures one part.
///
/// # Errors
/// When texts or tables cannot be read.
pub fn measure(options: &Options) -> Result<Report> {
    let folder = options.data.join("airwars-syria");
    let (incidents, texts) = (folder.join("incidents.csv"), folder.join("source_texts.jsonl"));
    if !incidents.exists() || !texts.exists() {
        return Ok(Report::Skipped(format!("no incidents or texts at {}", folder.display())));
    }
    let ranges = ranges(&text(&incidents)?)?;
    let mut reader = Reader::for_job(options, None)?;
    let mut by_script: BTreeMap<String, Counts> = BTreeMap::new();
    let mut read = 0;
    for line in text(&texts)?.lines() {
        let row: Value = serde_json::from_str(line)?;
        let word = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let codes: Vec<&str> = row
            .get("incident_codes")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let [code] = codes.as_slice() else { continue };
        let Some(range) = ranges.get(*code) else { continue };
        if split::held(&word("source_id")) != options.held || read >= options.only {
            continue;
        }
        read = read.saturating_add(1);
        let claims = reader.claims(&word("source_id"), &word("text"), Some(&range.date), Some("SY"))?;
        let killed = killed(&claims);
        let fits = |number: &u64| (range.low..=range.high).contains(number);
        let own = by_script.entry(word("lang")).or_default();
        own.texts += 1;
        own.any += u64::from(!killed.is_empty());
        own.first += u64::from(killed.first().is_some_and(fits));
        own.within += u64::from(killed.iter().any(fits));
    }
    Ok(told(options, &by_script, &reader))
}

fn told(options: &Options, by_script: &BTreeMap<String, Counts>, reader: &Reader) -> Report {
    let which = if options.held { "held out" } else { "not held out" };
    let mut text = format!(
        "{which}, {} texts, {} ms a text\n\n| script | texts | a figure of killed proposed | of those, the first within the range | any within the range |\n|---|---|---|---|---|\n",
        reader.texts,
        ms_each(reader.ns, reader.texts)
    );
    let mut json = serde_json::Map::new();
    for (script, own) in by_script {
        let _ = writeln!(
            text,
            "| {script} | {} | {} | {} | {} |",
            own.texts,
            part(own.any, own.texts),
            part(own.first, own.any),
            part(own.within, own.any)
        );
        json.insert(
            script.clone(),
            json!({ "texts": own.texts, "proposed": share(own.any, own.texts), "first_within": share(own.first, own.any),
                "any_within": share(own.within, own.any) }),
        );
    }
    Report::Done { text, json: json!({ "held_out": options.held, "by_script": json }) }
}

/// Incidents with a range of killed, by code.
fn ranges(table: &str) -> Result<BTreeMap<String, Range>> {
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let header = rows.headers()?.clone();
    let mut all = BTreeMap::new();
    for row in rows.records() {
        let row = row?;
        let cell = |name: &str| {
            header.iter().position(|column| column == name).and_then(|at| row.get(at)).unwrap_or_default()
        };
        if let (Ok(low), Ok(high)) = (cell("killed_min").parse(), cell("killed_max").parse())
            && high > 0
        {
            all.insert(cell("code").to_owned(), Range { date: cell("date").to_owned(), low, high });
        }
    }
    Ok(all)
}

/// Numbers of killed, in the order of the text.
#[must_use]
pub fn killed(claims: &[Claim]) -> Vec<u64> {
    let incidents = claims.iter().filter(|claim| claim.kind == Kind::Incident);
    let values = incidents.flat_map(|claim| claim.field("killed"));
    let mut numbers: Vec<(usize, u64)> =
        values.filter_map(|value| Some((value.span.start, value.value.or(value.min)?))).collect();
    numbers.sort_unstable();
    numbers.into_iter().map(|(_, number)| number).collect()
}
