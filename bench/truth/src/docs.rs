//! Writes the measured part of `docs/truth.md`, and says whether what stands there is current.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::Result;
use crate::agreement::Agreement;
use crate::convert::convert;
use crate::report::{Disagreement, disagreements, markdown, tables};
use crate::score::{Judged, Row, read, rows};
use crate::tables::Tables;

/// Where the measured part begins and ends.
const MARKS: (&str, &str) = ("<!-- measured: begin -->", "<!-- measured: end -->");

/// The folders that restate the agreements of the shipped measurement.
pub const FOLDERS: [&str; 3] =
    ["south-sudan-pctsa-2015", "south-sudan-acoh-2017", "south-sudan-r-arcss-2018"];

/// The repository's root.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Where the file of determinations lies, when it is there: it is no part of the repository.
#[must_use]
pub fn data() -> Option<PathBuf> {
    let beside = root().join("../shared/data/south-sudan/determinations.jsonl");
    beside.exists().then_some(beside)
}

/// The shipped agreements.
///
/// # Errors
/// A folder that cannot be read.
pub fn shipped() -> Result<Vec<Agreement>> {
    FOLDERS.iter().map(|folder| Agreement::read(&root().join("agreements").join(folder))).collect()
}

/// Converts, judges and compares.
///
/// # Errors
/// A text that cannot be read, a line that the judge's reader refuses.
pub fn measure(text: &str, agreements: &[Agreement]) -> Result<Vec<Row>> {
    let words = Tables::shipped()?;
    let reports = crate::coded::read(text)?;
    let mut judged = Vec::new();
    for agreement in agreements {
        let lines = convert(&reports, agreement, &words);
        let texts: Vec<String> = lines.iter().map(|line| line.json.clone()).collect();
        judged.push(Judged { agreement, findings: agreement.judge(&texts)?, lines });
    }
    Ok(rows(&read(text)?, &judged, &words))
}

/// A cause that a person gave for a disagreement: `data/causes.csv`.
struct Cause {
    incident: String,
    said: String,
    cause: String,
    why: String,
}

fn causes() -> Result<Vec<Cause>> {
    let mut reader = csv::Reader::from_reader(include_str!("../data/causes.csv").as_bytes());
    let mut all = Vec::new();
    for record in reader.records() {
        let record = record?;
        let cell = |at: usize| record.get(at).unwrap_or_default().to_owned();
        all.push(Cause { incident: cell(0), said: cell(1), cause: cell(2), why: cell(3) });
    }
    Ok(all)
}

/// The measured part, with every disagreement and its cause.
///
/// # Errors
/// A table of causes that cannot be read.
pub fn measured(rows: &[Row], agreements: &[Agreement]) -> Result<String> {
    let ids: Vec<String> = agreements.iter().map(|agreement| agreement.id.clone()).collect();
    let mut text = format!("{}\n\n{}", MARKS.0, markdown(&tables(rows, &ids)));
    let causes = causes()?;
    let all = disagreements(rows);
    _ = write!(text, "\n{} of {} outcomes disagree.\n\n", all.len(), rows.len());
    text += "| incident | party | the mechanism | found | cause | why |\n|---|---|---|---|---|---|\n";
    for d in &all {
        let (cause, why) = cause(d, &causes);
        let Disagreement { incident, party, said, found } = d;
        _ = writeln!(text, "| {incident} | {party} | {said} | {found} | {cause} | {why} |");
    }
    _ = write!(text, "\n{}", MARKS.1);
    Ok(text)
}

fn cause<'c>(d: &Disagreement, causes: &'c [Cause]) -> (&'c str, &'c str) {
    let own = causes.iter().find(|c| c.incident == d.incident && d.said.starts_with(&c.said));
    own.map_or(("cause not given", ""), |c| (c.cause.as_str(), c.why.as_str()))
}

/// The page with its measured part replaced.
///
/// # Errors
/// A page without the marks.
pub fn replaced(page: &str, measured: &str) -> Result<String> {
    let (before, rest) =
        page.split_once(MARKS.0).ok_or("the page has no mark where the measured part begins")?;
    let (_, after) = rest.split_once(MARKS.1).ok_or("the page has no mark where the measured part ends")?;
    Ok(format!("{before}{measured}{after}"))
}
