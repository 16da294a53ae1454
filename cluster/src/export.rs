//! An incident file (`docs/schema/incident.schema.json`) into GeoParquet, in parts of a month: what executors judge, and what any
//! other engine can read.
//!
//! Each row holds the incident's canonical JSON, which alone is judged, and beside it typed columns for other engines: earliest and
//! latest moment, every point given, acts, weapons, targets, actors. Never picks one of rival values. A line that cannot be read is
//! refused in words and the others go on. Two passes over the file, so that memory holds one part's row group and a few bytes a
//! line.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryBuilder, Int64Builder, ListBuilder, RecordBatch, StringBuilder,
    TimestampMicrosecondBuilder, UInt32Builder,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use truceline_intake::read_incident;
use truceline_model::{Alternatives, Incident, Instant, Point};
use truceline_publish::incident_json;

use crate::geometry::{self, Extent};
use crate::mission::Mission;
use crate::parts::{self, INCIDENTS, Part};
use crate::trouble::{Fallible, Trouble};

/// Longest line that is read: 1 MiB, as `truceline judge` reads them.
const LINE_LIMIT: usize = 1 << 20;
/// Most incidents of a part, which is one row group and one task: what is held in memory, and what an executor is given at once.
/// Some seconds of judging, against which asking for a task weighs little; few enough that the largest month is many tasks.
pub const PART: usize = 2_048;
/// Refused lines that are told one by one.
const TOLD: u64 = 20;

/// What the first pass finds of a part: number and place of each line, and where its incidents lie.
#[derive(Default)]
struct Found {
    lines: Vec<(u64, u64)>,
    extent: Extent,
}

/// What an export came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Parts written.
    pub parts: usize,
    /// Incidents in them.
    pub incidents: u64,
    /// Lines that could not be read.
    pub refused: u64,
}

/// Writes every incident of a file into the parts of the mission's version, and takes away the months of it that the file no longer
/// has. `tell` is given each refusal.
///
/// # Errors
/// When the file cannot be read twice (a pipe cannot), or the folder cannot be written.
pub fn export(mission: &Mission, file: &Path, root: &Path, tell: &mut dyn FnMut(&str)) -> Fallible<Exported> {
    let mut lines = Lines::open(file)?;
    let mut months: BTreeMap<String, Vec<Found>> = BTreeMap::new();
    let mut done = Exported::default();
    let (mut row, mut at) = (0, 0);
    while let Some(line) = lines.next()? {
        row += 1;
        if !line.iter().all(u8::is_ascii_whitespace) {
            match read(mission, &line, row) {
                Ok(incident) => {
                    let month = months.entry(month(&incident)).or_default();
                    place(month, (row, at), &geometry::points(&incident));
                }
                Err(words) => {
                    done.refused += 1;
                    if done.refused <= TOLD {
                        tell(&format!("{}, {words}", file.display()));
                    }
                }
            }
        }
        at = lines.at;
    }
    if done.refused > TOLD {
        tell(&format!("and {} more lines that cannot be read", done.refused - TOLD));
    }
    let folder = parts::version_folder(root, &mission.version());
    std::fs::create_dir_all(&folder)
        .map_err(|error| Trouble::doing(format!("write {}", folder.display()), &error))?;
    let mut written = BTreeSet::new();
    for (month, parts) in months {
        for (number, found) in (0..).zip(parts) {
            let part = Part { version: mission.version(), month: month.clone(), number };
            write(mission, &part, &mut lines, &found, root)?;
            done.parts += 1;
            done.incidents += found.lines.len() as u64;
            written.insert(part);
        }
    }
    parts::keep_only(root, &mission.version(), &written, INCIDENTS)?;
    let draft = format!("_draft-terms-{}", std::process::id());
    parts::write_whole(&folder.join(parts::TERMS), &draft, mission.digest())?;
    Ok(done)
}

/// Puts a line into the last part of its month, or into a new one when that is full.
fn place(month: &mut Vec<Found>, line: (u64, u64), points: &[Point]) {
    if month.last().is_none_or(|part| part.lines.len() >= PART) {
        month.push(Found::default());
    }
    if let Some(part) = month.last_mut() {
        part.lines.push(line);
        part.extent.add(points);
    }
}

fn read(mission: &Mission, line: &[u8], row: u64) -> Result<Incident, String> {
    if line.len() > LINE_LIMIT {
        return Err(format!("row {row}: longer than 1 MiB; one incident a line"));
    }
    read_incident(line.trim_ascii_end(), row, &mission.context()).map_err(|refusals| {
        let all: Vec<String> = refusals.iter().map(ToString::to_string).collect();
        all.join("; ")
    })
}

/// The month of the earliest moment that anybody gives, in UTC.
fn month(incident: &Incident) -> String {
    let earliest = incident.when.iter().map(|(when, _)| when.start()).min();
    let text = earliest.map(|at| at.to_string()).unwrap_or_default();
    let month = text.get(..7).filter(|month| month.bytes().all(|b| b.is_ascii_digit() || b == b'-'));
    month.unwrap_or("unknown").to_owned()
}

/// Lines of a file, each read again by where it begins. Never more of a line in memory than the limit and one byte.
struct Lines {
    file: BufReader<File>,
    path: String,
    at: u64,
}

impl Lines {
    fn open(path: &Path) -> Fallible<Self> {
        let fail = |error: std::io::Error| Trouble::doing(format!("open {}", path.display()), &error);
        let mut file = File::open(path).map_err(fail)?;
        file.rewind().map_err(fail)?;
        Ok(Self { file: BufReader::new(file), path: path.display().to_string(), at: 0 })
    }

    fn next(&mut self) -> Fallible<Option<Vec<u8>>> {
        let fail = |error: std::io::Error| Trouble::doing(format!("read {}", self.path), &error);
        let limit = LINE_LIMIT as u64 + 2;
        let mut line = Vec::new();
        let mut count = self.file.by_ref().take(limit).read_until(b'\n', &mut line).map_err(fail)? as u64;
        if count == 0 {
            return Ok(None);
        }
        let mut rest = Vec::new();
        while count >= limit && line.last() != Some(&b'\n') && rest.last() != Some(&b'\n') {
            rest.clear();
            let more = self.file.by_ref().take(limit).read_until(b'\n', &mut rest).map_err(fail)?;
            count += more as u64;
            if more == 0 {
                break;
            }
        }
        self.at += count;
        Ok(Some(line))
    }

    fn line_at(&mut self, at: u64) -> Fallible<Vec<u8>> {
        // Lines of one part mostly follow each other: what is buffered is kept where it can be.
        let step = i64::try_from(at).unwrap_or(i64::MAX) - i64::try_from(self.at).unwrap_or(0);
        self.file
            .seek_relative(step)
            .map_err(|error| Trouble::doing(format!("read {} a second time", self.path), &error))?;
        self.at = at;
        self.next()?.ok_or_else(|| Trouble::new(format!("{} became shorter while it was read", self.path)))
    }
}

/// Columns of a part. The `geo` metadata stand in the schema and in the file: some readers look here, some there.
fn schema(extent: &Extent) -> SchemaRef {
    let moment = || DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let words = || DataType::List(Arc::new(Field::new("item", DataType::Utf8, true)));
    let columns = vec![
        Field::new("row", DataType::Int64, false),
        Field::new("incident", DataType::Utf8, false),
        Field::new("version", DataType::UInt32, false),
        Field::new("earliest", moment(), true),
        Field::new("latest", moment(), true),
        Field::new(geometry::COLUMN, DataType::Binary, true),
        Field::new("within_m", DataType::UInt32, true),
        Field::new("acts", words(), false),
        Field::new("weapons", words(), false),
        Field::new("targets", words(), false),
        Field::new("actors", words(), false),
        Field::new("json", DataType::Utf8, false),
    ];
    let metadata = [(geometry::KEY.to_owned(), extent.metadata())].into();
    Arc::new(Schema::new_with_metadata(columns, metadata))
}

fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by(truceline_publish::SOFTWARE.to_owned())
        .set_max_row_group_row_count(Some(PART))
        .build()
}

fn write(mission: &Mission, part: &Part, lines: &mut Lines, found: &Found, root: &Path) -> Fallible<()> {
    let folder = part.folder(root);
    let fail = |error: &dyn std::fmt::Display| Trouble::doing(format!("write {}", folder.display()), error);
    std::fs::create_dir_all(&folder).map_err(|error| fail(&error))?;
    part.sweep(root);
    let draft = folder.join(part.draft(&format!("export-{}", std::process::id())));
    let file = File::create(&draft).map_err(|error| fail(&error))?;
    let mut writer = ArrowWriter::try_new(file, schema(&found.extent), Some(properties()))
        .map_err(|error| fail(&error))?;
    let mut columns = Columns::default();
    for (row, at) in &found.lines {
        let incident = read(mission, &lines.line_at(*at)?, *row)
            .map_err(|words| Trouble::new(format!("the incident file changed while it was read: {words}")))?;
        let points = geometry::points(&incident);
        columns.add(*row, &incident, geometry::well_known(&points))?;
    }
    let batch = columns.finish(&found.extent).map_err(|error| fail(&error))?;
    writer.write(&batch).map_err(|error| fail(&error))?;
    writer.append_key_value_metadata(KeyValue::new(geometry::KEY.to_owned(), found.extent.metadata()));
    writer.close().map_err(|error| fail(&error))?;
    parts::finish(&draft, &folder.join(part.name(INCIDENTS)))
}

#[derive(Default)]
struct Columns {
    row: Int64Builder,
    incident: StringBuilder,
    version: UInt32Builder,
    earliest: TimestampMicrosecondBuilder,
    latest: TimestampMicrosecondBuilder,
    geometry: BinaryBuilder,
    within_m: UInt32Builder,
    words: [ListBuilder<StringBuilder>; 4],
    json: StringBuilder,
}

impl Columns {
    fn add(&mut self, row: u64, incident: &Incident, geometry: Option<Vec<u8>>) -> Fallible<()> {
        let json = incident_json(incident).map_err(|error| Trouble::doing("write an incident", &error))?;
        let micros = |at: Instant| at.seconds().checked_mul(1_000_000);
        self.row.append_value(i64::try_from(row).unwrap_or(i64::MAX));
        self.incident.append_value(incident.id.as_str());
        self.version.append_value(incident.version);
        self.earliest
            .append_option(incident.when.iter().map(|(when, _)| when.start()).min().and_then(micros));
        self.latest.append_option(incident.when.iter().map(|(when, _)| when.end()).max().and_then(micros));
        self.geometry.append_option(geometry);
        let located = incident.places.iter().filter(|(place, _)| place.point.is_some());
        self.within_m.append_option(located.map(|(place, _)| place.within_m).max());
        let [acts, weapons, targets, actors] = &mut self.words;
        list(acts, &incident.acts, |act| act.as_str());
        list(weapons, &incident.weapons, |weapon| weapon.as_str());
        list(targets, &incident.targets, |target| target.as_str());
        list(actors, &incident.actors, |actor| actor.as_str());
        self.json.append_value(json);
        Ok(())
    }

    fn finish(mut self, extent: &Extent) -> Result<RecordBatch, arrow::error::ArrowError> {
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(self.row.finish()),
            Arc::new(self.incident.finish()),
            Arc::new(self.version.finish()),
            Arc::new(self.earliest.finish().with_timezone("UTC")),
            Arc::new(self.latest.finish().with_timezone("UTC")),
            Arc::new(self.geometry.finish()),
            Arc::new(self.within_m.finish()),
        ];
        columns.extend(self.words.iter_mut().map(|words| Arc::new(words.finish()) as ArrayRef));
        columns.push(Arc::new(self.json.finish()));
        RecordBatch::try_new(schema(extent), columns)
    }
}

fn list<'a, T: Ord + 'a>(
    out: &mut ListBuilder<StringBuilder>,
    all: &'a Alternatives<T>,
    word: impl Fn(&'a T) -> &'a str,
) {
    all.iter().for_each(|(one, _)| out.values().append_value(word(one)));
    out.append(true);
}
