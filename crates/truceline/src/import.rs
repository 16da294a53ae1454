//! Takes reports in: every record of a file is hashed, logged and on disk before it has a receipt and before anything parses
//! it. What cannot be read is kept all the same and refused in words; the others go on.
//!
//! Safe to repeat: a report that the log already has gets the receipt it had, and nothing is added.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use truceline_intake::mapping::Format;
use truceline_intake::{Content, Layout, Mapping, Piece, Record, Splitter};
use truceline_record::{Digest, Digester, Secret, digest_of, salted_head};
use truceline_store::{Appended, NewEntry, Outcome, Store};

use crate::committed::Raw;
use crate::failure::Failure;
use crate::log::{self, Row, Shape};
use crate::{progress, secrets};

/// Reports logged in one durable step: large enough that the disk is not the limit, small enough that a power cut costs little.
const BATCH: usize = 256;
/// Bytes read at a time.
const CHUNK: usize = 256 * 1024;
/// Largest file or record kept whole: 16 GiB.
const LARGEST: u64 = 16 << 30;

/// Where the bytes come from: a file on disk, or the mission inside the binary.
pub(crate) trait Bytes: Read + Seek {}
impl<T: Read + Seek> Bytes for T {}

/// One file to take in.
pub(crate) struct Incoming<'a> {
    /// Its name, as the log will show it.
    pub(crate) name: &'a str,
    /// Its bytes.
    pub(crate) bytes: &'a mut dyn Bytes,
    /// Its length in bytes, for progress.
    pub(crate) length: u64,
    /// The mapping, as text and as read.
    pub(crate) mapping: (&'a [u8], &'a Mapping),
    /// An encoding over what the mapping says.
    pub(crate) encoding: Option<&'a str>,
}

/// What came of one file.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Taken {
    /// The entry of the file; its reports refer to it.
    pub(crate) file: u64,
    /// Reports logged now.
    pub(crate) logged: u64,
    /// Reports that the log had already.
    pub(crate) known: u64,
}

/// Takes one file in. With `receipts`, each is printed once it is durable.
///
/// # Errors
/// When the file cannot be read or the store cannot be written; whatever had a receipt keeps it.
pub(crate) fn take(store: &mut Store, incoming: Incoming<'_>, receipts: bool) -> Result<Taken, Failure> {
    let (text, mapping) = incoming.mapping;
    let at = log::now();
    let mapping_entry = append(store, &[log::mapping(&at, &mapping.name, text)])?.first().map_or(0, |a| a.n);
    let layout = layout(mapping, incoming.name);
    let secret = secrets::of(store)?;
    let mut intake = Intake {
        store,
        secret,
        name: incoming.name,
        mapping: digest_of(text),
        mapping_entry,
        encoding: incoming.encoding,
        file: None,
        header: Vec::new(),
        layout,
        occurrences: BTreeMap::new(),
        waiting: Vec::new(),
        taken: Taken::default(),
        receipts,
    };
    let stage = progress::stage(&format!("Taking in {}", incoming.name), incoming.length);
    let mut splitter = Some(Splitter::new(layout));
    let mut chunk = vec![0_u8; CHUNK];
    let mut unsplittable = false;
    loop {
        let read = incoming
            .bytes
            .read(&mut chunk)
            .map_err(|e| Failure::operation(&format!("read {}", incoming.name), &e))?;
        let pieces = match (read, splitter.as_mut()) {
            (0, _) => splitter.take().map(Splitter::finish).unwrap_or_default(),
            (_, Some(splitter)) => splitter.push(chunk.get(..read).unwrap_or_default()),
            (_, None) => Vec::new(),
        };
        for piece in pieces {
            match piece {
                Piece::Record(record) => intake.record(record, incoming.bytes)?,
                Piece::NotText(_) => unsplittable = true,
            }
        }
        stage.add(read as u64);
        if read == 0 || unsplittable {
            break;
        }
    }
    intake.flush()?;
    if unsplittable || intake.file.is_none() {
        // Nothing could be told apart in it, so all of it is one report.
        intake.whole_file(incoming.bytes)?;
    }
    stage.done();
    Ok(intake.taken)
}

/// How the file is laid out: as the mapping says; where it leaves that open, as the file's name says.
pub(crate) fn layout(mapping: &Mapping, name: &str) -> Layout {
    let json =
        [".jsonl", ".ndjson", ".json"].iter().any(|ending| name.to_ascii_lowercase().ends_with(ending));
    match mapping.format {
        Format::Csv(delimiter) => Layout::Csv { delimiter },
        Format::JsonLines => Layout::JsonLines,
        Format::Either if json => Layout::JsonLines,
        Format::Either => Layout::Csv { delimiter: b',' },
    }
}

/// A report that waits to be logged: its row, and the key that an older store has it under.
struct Waiting {
    entry: NewEntry,
    row: u64,
    older: [u8; 32],
}

struct Intake<'a> {
    store: &'a mut Store,
    secret: Secret,
    name: &'a str,
    mapping: Digest,
    mapping_entry: u64,
    encoding: Option<&'a str>,
    file: Option<u64>,
    header: Vec<u8>,
    layout: Layout,
    occurrences: BTreeMap<Digest, u64>,
    waiting: Vec<Waiting>,
    taken: Taken,
    receipts: bool,
}

impl Intake<'_> {
    fn record(&mut self, record: Record, bytes: &mut dyn Bytes) -> Result<(), Failure> {
        if self.file.is_none() {
            let is_header =
                matches!(self.layout, Layout::Csv { .. }) && matches!(record.content, Content::Whole(_));
            if is_header {
                self.header = record.bytes().to_vec();
            }
            self.open_file()?;
            if is_header {
                return Ok(());
            }
        }
        let (row, start) = (record.row, record.start);
        match record.content {
            Content::Whole(raw) => {
                let digest = digest_of(&raw);
                self.queue(Shape::Whole, digest, row, start, |_| Ok(Raw::Bytes(raw)))
            }
            Content::Cut { bytes: raw, .. } => {
                let digest = digest_of(&raw);
                self.queue(Shape::Cut, digest, row, start, |_| Ok(Raw::Bytes(raw)))
            }
            Content::Oversized { .. } => self.keep(bytes, Shape::Oversized, row, start, record.end - start),
        }
    }

    /// Keeps a stretch of the file in the vault without holding it in memory, and goes back to where reading was. Read twice: once to
    /// know whether the log has it, since under a new salt it would be kept again.
    fn keep(
        &mut self,
        bytes: &mut dyn Bytes,
        shape: Shape,
        row: u64,
        start: u64,
        length: u64,
    ) -> Result<(), Failure> {
        let fail = |e: std::io::Error| Failure::operation("keep a long record", &e);
        let back = bytes.stream_position().map_err(fail)?;
        bytes.seek(SeekFrom::Start(start)).map_err(fail)?;
        let digest = digest_stream(&mut std::io::Read::take(&mut *bytes, length)).map_err(fail)?;
        self.queue(shape, digest, row, start, |store| {
            bytes.seek(SeekFrom::Start(start)).map_err(fail)?;
            let head = salted_head(&secrets::raw_salt()?);
            let stretch = head.chain(std::io::Read::take(&mut *bytes, length));
            let kept = store
                .put_stream(stretch, LARGEST)
                .map_err(|e| Failure::operation("keep a long record", &e))?;
            Ok(Raw::Kept(kept.digest))
        })?;
        bytes.seek(SeekFrom::Start(back)).map_err(fail)?;
        Ok(())
    }

    fn whole_file(&mut self, bytes: &mut dyn Bytes) -> Result<(), Failure> {
        if self.file.is_none() {
            self.open_file()?;
        }
        let length = bytes
            .seek(SeekFrom::End(0))
            .map_err(|e| Failure::operation(&format!("read {}", self.name), &e))?;
        self.keep(bytes, Shape::File, 1, 0, length)?;
        self.flush()
    }

    fn open_file(&mut self) -> Result<(), Failure> {
        let entry =
            log::file(&log::now(), self.name, self.mapping_entry, self.encoding, self.layout, &self.header);
        let n = append(self.store, &[entry])?.first().map_or(0, |a| a.n);
        self.file = Some(n);
        self.taken.file = n;
        Ok(())
    }

    /// Puts a report into the next batch; `raw` keeps its bytes, and is not asked when the log has it.
    fn queue(
        &mut self,
        shape: Shape,
        digest: Digest,
        row: u64,
        start: u64,
        raw: impl FnOnce(&mut Store) -> Result<Raw, Failure>,
    ) -> Result<(), Failure> {
        let occurrence = self.occurrences.entry(digest).or_default();
        let (key, older) = log::report_keys(&self.secret, &self.mapping, &self.header, &digest, *occurrence);
        *occurrence += 1;
        let long = matches!(shape, Shape::Oversized | Shape::File);
        // Of a report that the log has no bytes are kept; a short one costs less than asking for it first.
        let raw = if long && self.known(&key)?.or(self.known(&older)?).is_some() {
            Raw::None
        } else {
            raw(self.store)?
        };
        let file = self.file.unwrap_or_default();
        let entry = log::report(&log::now(), Row { file, row, start, shape }, key, raw)?;
        self.waiting.push(Waiting { entry, row, older });
        if self.waiting.len() >= BATCH { self.flush() } else { Ok(()) }
    }

    fn known(&self, key: &[u8; 32]) -> Result<Option<u64>, Failure> {
        self.store.number_of(key).map_err(|e| Failure::operation("read the log", &e))
    }

    fn flush(&mut self) -> Result<(), Failure> {
        let mut rows = Vec::with_capacity(self.waiting.len());
        let mut entries = Vec::with_capacity(self.waiting.len());
        for Waiting { entry, row, older } in std::mem::take(&mut self.waiting) {
            let key = entry.key.map_or_else(String::new, |key| Digest(key).to_string());
            let known = self.known(&older)?;
            rows.push((row, key, known));
            if known.is_none() {
                entries.push(entry);
            }
        }
        let mut appended = append(self.store, &entries)?.into_iter();
        let mut out = std::io::stdout().lock();
        for (row, key, known) in rows {
            let done = known.map(|n| (n, Outcome::Duplicate));
            let done = done.or_else(|| appended.next().map(|a: Appended| (a.n, a.outcome)));
            let (n, outcome) =
                done.ok_or_else(|| Failure::operation("log reports", &"the store gave no receipt"))?;
            match outcome {
                Outcome::Logged => self.taken.logged += 1,
                Outcome::Duplicate => self.taken.known += 1,
            }
            if self.receipts {
                writeln!(out, "receipt r{n} row {row} key {key}")
                    .map_err(|e| Failure::operation("print a receipt", &e))?;
            }
        }
        out.flush().map_err(|e| Failure::operation("print receipts", &e))
    }
}

/// The digest of all that a reader gives.
fn digest_stream(source: &mut dyn Read) -> std::io::Result<Digest> {
    let mut digester = Digester::default();
    std::io::copy(source, &mut digester)?;
    Ok(digester.finish())
}

fn append(store: &mut Store, entries: &[NewEntry]) -> Result<Vec<truceline_store::Appended>, Failure> {
    store.append(entries).map_err(|e| Failure::operation("log reports", &e))
}

/// Signs the log as it stands.
///
/// # Errors
/// When the store refuses: it does when anything in it does not fit together.
pub(crate) fn sign(store: &mut Store) -> Result<(), Failure> {
    store.checkpoint(&log::now()).map(|_| ()).map_err(|e| Failure::operation("sign the log", &e))
}

/// A file on disk, with its length.
///
/// # Errors
/// When it cannot be opened.
pub(crate) fn open(path: &Path) -> Result<(File, u64), Failure> {
    let fail = |e: std::io::Error| Failure::usage(format!("could not open {}: {e}", path.display()));
    // Asked before opening: a pipe that nobody writes into would hold the command, a device would never end.
    if !std::fs::metadata(path).map_err(fail)?.is_file() {
        return Err(Failure::usage(format!(
            "{} is no file of its own (a folder, pipe or device); copy what it gives into a file first",
            path.display()
        )));
    }
    let file = File::open(path).map_err(fail)?;
    let length = file.metadata().map_err(fail)?.len();
    Ok((file, length))
}
