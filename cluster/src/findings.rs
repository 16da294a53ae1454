//! Findings back into lines, in the order of the incident file that they came from: the bytes that `truceline judge` prints.
//!
//! Months are merged by row, the parts of a month one after another, a batch of each month in memory at a time. Never writes a line
//! that is not in a part.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use arrow::array::{Array as _, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::DataType;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use crate::parts::{self, FINDINGS};
use crate::trouble::{Fallible, Trouble};

/// Findings of a month that are held in memory.
const BATCH: usize = 256;

/// Writes the lines of one version's findings.
///
/// # Errors
/// When a part cannot be read, or the lines cannot be written.
pub fn write_lines(root: &Path, version: &str, out: &mut dyn Write) -> Fallible<u64> {
    let mut months: BTreeMap<String, VecDeque<PathBuf>> = BTreeMap::new();
    for part in parts::all(root, FINDINGS)?.into_iter().filter(|part| part.version == version) {
        let file = part.folder(root).join(part.name(FINDINGS));
        months.entry(part.month).or_default().push_back(file);
    }
    let mut open = Vec::with_capacity(months.len());
    let mut next = BinaryHeap::new();
    for (n, parts) in months.into_values().enumerate() {
        let mut reader = Reader { parts, batches: None, batch: None, at: 0 };
        next.extend(reader.row()?.map(|row| Reverse((row, n))));
        open.push(reader);
    }
    let mut written = 0;
    while let Some(Reverse((row, n))) = next.pop() {
        let Some(reader) = open.get_mut(n) else { continue };
        while reader.row()? == Some(row) {
            let fail = |error: std::io::Error| Trouble::doing("write findings", &error);
            out.write_all(reader.line()?.as_bytes()).map_err(fail)?;
            out.write_all(b"\n").map_err(fail)?;
            written += 1;
            reader.at += 1;
        }
        next.extend(reader.row()?.map(|row| Reverse((row, n))));
    }
    Ok(written)
}

/// The findings of a month, part by part.
struct Reader {
    /// Those not yet read to their end; the first is the one that is open.
    parts: VecDeque<PathBuf>,
    batches: Option<ParquetRecordBatchReader>,
    batch: Option<RecordBatch>,
    at: usize,
}

impl Reader {
    /// The row of the incident file that the next finding is of; `None` at the end.
    fn row(&mut self) -> Fallible<Option<i64>> {
        while self.batch.as_ref().is_none_or(|batch| self.at >= batch.num_rows()) {
            let Some(path) = self.parts.front() else { return Ok(None) };
            let batches = match &mut self.batches {
                Some(batches) => batches,
                closed => closed.insert(open(path)?),
            };
            self.at = 0;
            self.batch = batches.next().transpose().map_err(|error| unreadable(path, &error))?;
            if self.batch.is_none() {
                self.batches = None;
                self.parts.pop_front();
            }
        }
        let rows = self.batch.as_ref().and_then(|batch| batch.column_by_name("row"));
        let rows = rows.and_then(|rows| rows.as_any().downcast_ref::<Int64Array>());
        rows.map(|rows| Some(rows.value(self.at))).ok_or_else(|| self.strange())
    }

    fn line(&self) -> Fallible<String> {
        let lines = self.batch.as_ref().and_then(|batch| batch.column_by_name("line"));
        let lines = lines.ok_or_else(|| self.strange())?;
        let lines = arrow::compute::cast(lines, &DataType::Utf8).map_err(|_| self.strange())?;
        let lines = lines.as_any().downcast_ref::<StringArray>().ok_or_else(|| self.strange())?;
        Ok(lines.value(self.at).to_owned())
    }

    fn strange(&self) -> Trouble {
        let path = self.parts.front().map(|path| path.display().to_string()).unwrap_or_default();
        Trouble::new(format!("{path} is no file of findings; judge the part again"))
    }
}

fn open(path: &Path) -> Fallible<ParquetRecordBatchReader> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|builder| builder.with_batch_size(BATCH).build())
        .map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> Trouble {
    Trouble::doing(format!("read {}", path.display()), error)
}
