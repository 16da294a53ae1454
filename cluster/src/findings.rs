//! Findings back into lines, in the order of the incident file that they came from: the bytes that `truceline judge` prints.
//!
//! Parts are merged by row, a batch of each in memory at a time. Never writes a line that is not in a part.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::Write;
use std::path::Path;

use arrow::array::{Array as _, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::DataType;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use crate::parts::{self, FINDINGS, Part};
use crate::trouble::{Fallible, Trouble};

/// Findings of a part that are held in memory.
const BATCH: usize = 256;

/// Writes the lines of one version's findings.
///
/// # Errors
/// When a part cannot be read, or the lines cannot be written.
pub fn write_lines(root: &Path, version: &str, out: &mut dyn Write) -> Fallible<u64> {
    let parts: Vec<Part> =
        parts::all(root, FINDINGS)?.into_iter().filter(|part| part.version == version).collect();
    let mut open = Vec::with_capacity(parts.len());
    let mut next = BinaryHeap::new();
    for (n, part) in parts.iter().enumerate() {
        let mut reader = Reader::open(&part.folder(root).join(FINDINGS))?;
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

struct Reader {
    path: String,
    batches: ParquetRecordBatchReader,
    batch: Option<RecordBatch>,
    at: usize,
}

impl Reader {
    fn open(path: &Path) -> Fallible<Self> {
        let fail = |error: &dyn std::fmt::Display| Trouble::doing(format!("read {}", path.display()), error);
        let file = File::open(path).map_err(|error| fail(&error))?;
        let batches = ParquetRecordBatchReaderBuilder::try_new(file)
            .and_then(|builder| builder.with_batch_size(BATCH).build())
            .map_err(|error| fail(&error))?;
        Ok(Self { path: path.display().to_string(), batches, batch: None, at: 0 })
    }

    /// The row of the incident file that the next finding is of; `None` at the end.
    fn row(&mut self) -> Fallible<Option<i64>> {
        while self.batch.as_ref().is_none_or(|batch| self.at >= batch.num_rows()) {
            let Some(batch) = self.batches.next() else { return Ok(None) };
            self.batch = Some(batch.map_err(|error| Trouble::doing(format!("read {}", self.path), &error))?);
            self.at = 0;
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
        Trouble::new(format!("{} is no file of findings; judge the part again", self.path))
    }
}
