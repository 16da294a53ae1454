//! Runs a whole file through splitter, header and reader, as the binary does, and counts.
#![allow(clippy::unwrap_used)] // a test that cannot find its files has failed

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use truceline_intake::{Context, Layout, Mapping, Piece, Reader, Splitter, mapping};
use truceline_model::{Actors, Areas, Observation, ReceiptNo, Sources, Zone};

/// What came of a file.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Rows after the header.
    pub(crate) rows: usize,
    /// Observations.
    pub(crate) read: usize,
    /// Rows left out by a rule.
    pub(crate) left_out: usize,
    /// Refused rows by kind of fault and column of the first refusal.
    pub(crate) refused: BTreeMap<String, usize>,
    /// The refusals in words, the first hundred.
    pub(crate) words: Vec<String>,
    /// Number of warnings.
    pub(crate) warnings: usize,
    /// The warnings in words, the first hundred.
    #[allow(dead_code)]
    pub(crate) warning_words: Vec<String>,
    /// What was read.
    #[allow(dead_code)]
    pub(crate) observations: Vec<Observation>,
}

/// The counts in one line.
#[allow(dead_code)]
pub(crate) fn counts(report: &Report) -> String {
    let refused: usize = report.refused.values().sum();
    format!("rows {}, read {}, left out {}, refused {refused}", report.rows, report.read, report.left_out)
}

/// Refused rows by reason, in one line.
#[allow(dead_code)]
pub(crate) fn reasons(report: &Report) -> String {
    report.refused.iter().map(|(key, n)| format!("{key} {n}")).collect::<Vec<_>>().join(", ")
}

/// A shipped mapping.
#[allow(dead_code)]
pub(crate) fn shipped(name: &str) -> Mapping {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../mappings/{name}.kdl"));
    mapping::parse(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Runs a file of the shared data; `None`, and the reason printed, when it is not there.
#[allow(dead_code)]
pub(crate) fn run(mapping: &str, file: &str) -> Option<Report> {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(file);
    let Ok(bytes) = std::fs::read(&path) else {
        println!("skipped: ../shared/data/{file} is not there");
        return None;
    };
    Some(run_bytes(&shipped(mapping), &bytes, &Actors::default(), &Areas::default()))
}

/// Runs bytes with given registries.
#[allow(dead_code)]
pub(crate) fn run_bytes(mapping: &Mapping, bytes: &[u8], actors: &Actors, areas: &Areas) -> Report {
    let zone = Zone::named("Asia/Damascus").unwrap();
    let received = Some(zone.instant("2024-01-01").unwrap());
    let context = Context { zone: &zone, actors, areas, sources: &Sources::default(), received };
    run_with(mapping, bytes, &context)
}

/// Runs bytes in a context of one's own.
#[allow(dead_code)]
pub(crate) fn run_with(mapping: &Mapping, bytes: &[u8], context: &Context<'_>) -> Report {
    let layout = mapping.layout(bytes.first().copied());
    let mut splitter = Splitter::new(layout);
    let mut pieces = Vec::new();
    for chunk in bytes.chunks(8192) {
        pieces.extend(splitter.push(chunk));
    }
    pieces.extend(splitter.finish());
    let mut report = Report::default();
    let mut reader: Option<Reader<'_>> = None;
    for piece in pieces {
        let record = match piece {
            Piece::Record(record) => record,
            Piece::NotText(say) => {
                report.words.push(say);
                continue;
            }
        };
        if reader.is_none() {
            let bound = Reader::open(mapping, layout, &record);
            match bound {
                Ok(bound) => {
                    report.warnings += bound.header_warnings().len();
                    reader = Some(bound);
                }
                Err(refusals) => {
                    report.words.extend(refusals.iter().map(ToString::to_string));
                    return report;
                }
            }
            if matches!(layout, Layout::Csv { .. }) {
                continue;
            }
        }
        let Some(reader) = &reader else { continue };
        report.rows += 1;
        one(reader, &record, context, &mut report);
    }
    report
}

fn one(reader: &Reader<'_>, record: &truceline_intake::Record, context: &Context<'_>, report: &mut Report) {
    match reader.read_record(record, context, ReceiptNo(record.row)) {
        Ok(reading) => {
            report.read += reading.observations.len();
            report.left_out += usize::from(reading.skipped.is_some());
            report.warnings += reading.warnings.len();
            if report.warning_words.len() < 100 {
                report.warning_words.extend(reading.warnings.iter().map(ToString::to_string));
            }
            report.observations.extend(reading.observations);
        }
        Err(refusals) => {
            let first = &refusals[0];
            let key = format!("{} {}", first.fault.as_str(), first.column.as_deref().unwrap_or("-"));
            *report.refused.entry(key).or_default() += 1;
            if report.words.len() < 100 {
                report.words.extend(refusals.iter().map(ToString::to_string));
            }
        }
    }
}
