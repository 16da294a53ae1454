//! Reports parsed again from their bytes, in the order of their receipts. Never asks the clock; the order in which workers end changes nothing.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use truceline_intake::{Context, Fault, Reader, Refusal, Warning};
use truceline_model::{Observation, ReceiptNo};

use super::{FileOf, Raw, Reading, Refused, erased_by};
use crate::failure::Failure;
use crate::log::Shape;
use crate::mission::Mission;

pub(super) type Parsed = (Vec<Observation>, Vec<Refused>, Vec<(String, ReceiptNo, Warning)>);

/// Parses in the order of receipts, on as many workers as given; the order of what comes out does not depend on them.
pub(super) fn parse_all(reading: &Reading, mission: &Mission, threads: usize) -> Result<Parsed, Failure> {
    let share = reading.reports.len().div_ceil(threads.clamp(1, 64)).max(1);
    let parts: Vec<Result<Parsed, Failure>> = std::thread::scope(|scope| {
        let workers: Vec<_> = reading
            .reports
            .chunks(share)
            .map(|part| scope.spawn(move || parse_part(part, reading, mission)))
            .collect();
        workers
            .into_iter()
            .map(|w| {
                w.join().unwrap_or_else(|_| Err(Failure::operation("parse reports", &"a worker stopped")))
            })
            .collect()
    });
    let mut all = Parsed::default();
    for part in parts {
        let (observations, refused, warnings) = part?;
        all.0.extend(observations);
        all.1.extend(refused);
        all.2.extend(warnings);
    }
    Ok(all)
}

fn parse_part(part: &[Raw], reading: &Reading, mission: &Mission) -> Result<Parsed, Failure> {
    let mut bound: BTreeMap<u64, BoundFile<'_>> = BTreeMap::new();
    let mut out = Parsed::default();
    for raw in part {
        let file = match bound.entry(raw.file) {
            Entry::Occupied(bound) => bound.into_mut(),
            Entry::Vacant(room) => room.insert(bind(reading.files.get(&raw.file).ok_or_else(|| {
                Failure::operation("read the log", &format!("{} belongs to no file", raw.receipt))
            })?)),
        };
        let context = mission.context(Some(raw.at));
        match file.read(raw, &context, reading.erased.get(&raw.receipt.0).copied()) {
            Ok(read) => {
                out.0.extend(read.observations);
                out.2.extend(read.warnings.into_iter().map(|w| (file.name.to_owned(), raw.receipt, w)));
            }
            Err(refusals) => out.1.push(Refused {
                receipt: raw.receipt,
                file: file.name.to_owned(),
                file_entry: raw.file,
                row: raw.row,
                refusals,
            }),
        }
    }
    Ok(out)
}

struct BoundFile<'a> {
    name: &'a str,
    reader: Result<Reader<'a>, Vec<Refusal>>,
}

fn bind(file: &FileOf) -> BoundFile<'_> {
    let reader = match &file.header {
        Ok(header) => Reader::new(&file.mapping, header.clone()),
        Err(refusal) => Err(vec![refusal.clone()]),
    };
    BoundFile { name: &file.name, reader }
}

impl BoundFile<'_> {
    fn read(
        &self,
        raw: &Raw,
        context: &Context<'_>,
        erased: Option<u64>,
    ) -> Result<truceline_intake::Reading, Vec<Refusal>> {
        let bytes = match (&raw.bytes, erased) {
            (Some(bytes), _) => bytes,
            (None, erasure) => return Err(vec![erased_by(raw.row, erasure.unwrap_or_default())]),
        };
        match raw.shape {
            Shape::Oversized => {
                return Err(vec![refused(
                    Fault::Oversized,
                    raw.row,
                    "a record longer than 1 MiB",
                    "one report a record; look for an open quote or a missing line end; the bytes are kept",
                )]);
            }
            Shape::Cut => {
                return Err(vec![refused(
                    Fault::Cut,
                    raw.row,
                    "the file ends inside a quoted field",
                    "send the file again, whole; the rows before this one were taken in",
                )]);
            }
            Shape::Whole | Shape::File | Shape::Elsewhere => {}
        }
        match (&self.reader, raw.shape) {
            (Err(refusals), _) => Err(refusals.clone()),
            (Ok(_), Shape::File) => Err(vec![refused(
                Fault::Encoding,
                raw.row,
                "a file in which no rows can be told apart: empty, or no text in an encoding that is read",
                "CSV or JSON Lines in UTF-8, with a header row; the bytes are kept",
            )]),
            (Ok(reader), _) => reader.read(bytes, raw.row, context, raw.receipt),
        }
    }
}

pub(super) fn refused(fault: Fault, row: u64, found: &str, would_be_right: &str) -> Refusal {
    Refusal {
        fault,
        row,
        column: None,
        found: found.to_owned(),
        would_be_right: would_be_right.to_owned(),
        span: None,
    }
}
