//! Splits a stream of bytes into records, CSV (RFC 4180) or JSON Lines, whatever the chunks it comes in.
//!
//! A state machine: the caller reads the file and pushes chunks, so that this stays pure and a file of any size goes
//! through in constant memory. It never decodes, never trims, never drops a record: one that is too long or cut short is
//! handed on as such, with its place in the file, to be kept and refused. Where fields of odd CSV begin and end is decided
//! as the `csv` crate decides it (a property test says so), because that is what people's other tools do.

use crate::refusal::{Fault, Refusal};

/// How records are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// RFC 4180, with the byte that parts fields.
    Csv {
        /// `,` as a rule.
        delimiter: u8,
    },
    /// One JSON object a line.
    JsonLines,
}

/// Longest record that is read, in bytes, unless the caller says otherwise.
pub const RECORD_LIMIT: usize = 1 << 20;

/// How much of an oversized record is kept.
pub const PREFIX_LIMIT: usize = 4096;

/// What came out of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A record.
    Record(Record),
    /// The file is no text that can be split, in words; nothing follows.
    NotText(String),
}

/// One record and where it stood in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Row as a spreadsheet numbers it: the first record, in CSV the header, is 1; empty lines count and give no record.
    pub row: u64,
    /// Line of the file on which it starts, from 1; differs from `row` once a field holds a line break.
    pub line: u64,
    /// First byte in the file.
    pub start: u64,
    /// First byte after it, its line end not included.
    pub end: u64,
    /// Whether a line end followed. Without one the last value may have been cut short, which nothing can tell.
    pub ended: bool,
    /// Its bytes.
    pub content: Content,
}

/// The bytes of a record, as far as they are kept in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// All of it.
    Whole(Vec<u8>),
    /// The file ended inside a quoted field.
    Cut {
        /// What there is of it.
        bytes: Vec<u8>,
        /// Where in the file the quote was opened.
        quote_at: u64,
        /// On which line.
        quote_line: u64,
    },
    /// Longer than the limit; the bytes between `start` and `end` are the caller's to keep.
    Oversized {
        /// Its first bytes.
        prefix: Vec<u8>,
    },
}

impl Record {
    /// The bytes in memory: all of them, what there is, or the prefix.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Whole(bytes) | Content::Cut { bytes, .. } | Content::Oversized { prefix: bytes } => {
                bytes
            }
        }
    }

    /// Why the record cannot be read at all, when it is cut or oversized.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        let (fault, found, would_be_right) = match &self.content {
            Content::Whole(_) => return None,
            Content::Cut { quote_line, .. } => (
                Fault::Cut,
                format!("the end of the file inside quotes opened on line {quote_line}"),
                "every quote that is opened is closed; send the file again whole, or close the quote on that line"
                    .to_owned(),
            ),
            Content::Oversized { .. } => (
                Fault::Oversized,
                format!("a row of {} bytes, on line {}", self.end - self.start, self.line),
                "a row is at most 1 MiB; is this a table, and is every quote closed?".to_owned(),
            ),
        };
        Some(Refusal { fault, row: self.row, column: None, found, would_be_right, span: None })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    FieldStart,
    Plain,
    Quoted,
    /// Just after a quote inside a quoted field: an end, or half of a doubled one.
    Quote,
}

/// The state machine.
#[derive(Debug)]
pub struct Splitter {
    layout: Layout,
    limit: usize,
    state: State,
    head: Option<Vec<u8>>,
    dead: bool,
    buffer: Vec<u8>,
    over: bool,
    after_cr: bool,
    row: u64,
    line: u64,
    offset: u64,
    record_start: u64,
    record_line: u64,
    quote_at: u64,
    quote_line: u64,
}

impl Splitter {
    /// A splitter at the start of a file.
    #[must_use]
    pub fn new(layout: Layout) -> Self {
        Self::with_limit(layout, RECORD_LIMIT)
    }

    /// As [`Splitter::new`], with another longest record, in bytes.
    #[must_use]
    pub fn with_limit(layout: Layout, limit: usize) -> Self {
        Self {
            layout,
            limit,
            state: State::FieldStart,
            head: Some(Vec::new()),
            dead: false,
            buffer: Vec::new(),
            over: false,
            after_cr: false,
            row: 1,
            line: 1,
            offset: 0,
            record_start: 0,
            record_line: 1,
            quote_at: 0,
            quote_line: 1,
        }
    }

    /// Takes the next bytes of the file; gives the records that end in them.
    pub fn push(&mut self, chunk: &[u8]) -> Vec<Piece> {
        let mut out = Vec::new();
        let mut rest = chunk;
        // A byte order mark may itself be cut by a chunk's end.
        while let (Some(head), Some((first, after))) = (self.head.as_mut(), rest.split_first()) {
            head.push(*first);
            rest = after;
            if !may_become_mark(head) {
                self.settle_head(&mut out);
            }
        }
        self.feed(rest, &mut out);
        out
    }

    /// Ends the file; gives what was still open.
    pub fn finish(mut self) -> Vec<Piece> {
        let mut out = Vec::new();
        if self.head.is_some() {
            self.settle_head(&mut out);
        }
        if !self.dead && self.offset > self.record_start {
            let cut = self.state == State::Quoted && matches!(self.layout, Layout::Csv { .. });
            self.emit(self.offset, false, cut, &mut out);
        }
        out
    }

    fn settle_head(&mut self, out: &mut Vec<Piece>) {
        let head = self.head.take().unwrap_or_default();
        if head == [0xef, 0xbb, 0xbf] {
            self.offset = 3;
            self.record_start = 3;
        } else if matches!(head.as_slice(), [0xff, 0xfe] | [0xfe, 0xff]) {
            self.dead = true;
            out.push(Piece::NotText(
                "the file begins with the mark of UTF-16; save it as UTF-8 and import that".to_owned(),
            ));
        } else {
            self.feed(&head, out);
        }
    }

    fn feed(&mut self, chunk: &[u8], out: &mut Vec<Piece>) {
        if self.dead {
            return;
        }
        let base = self.offset;
        let mut run = 0_usize;
        for (i, byte) in chunk.iter().enumerate() {
            let ends = match self.layout {
                Layout::Csv { delimiter } => self.step_csv(*byte, delimiter, base + i as u64),
                Layout::JsonLines => *byte == b'\n',
            };
            let line_ends = *byte == b'\n' || (*byte == b'\r' && self.layout != Layout::JsonLines);
            let second_half = *byte == b'\n' && self.after_cr;
            if line_ends && !second_half {
                self.line += 1;
            }
            self.after_cr = *byte == b'\r' && self.layout != Layout::JsonLines;
            if ends {
                self.keep(chunk.get(run..i).unwrap_or_default());
                let at = base + i as u64;
                if second_half && at == self.record_start {
                    // The second half of a CR LF whose first half has ended the record.
                    self.record_start = at + 1;
                } else {
                    self.emit(at, true, false, out);
                }
                run = i + 1;
            }
        }
        self.keep(chunk.get(run..).unwrap_or_default());
        self.offset = base + chunk.len() as u64;
    }

    /// One byte of CSV; whether it ends the record.
    fn step_csv(&mut self, byte: u8, delimiter: u8, at: u64) -> bool {
        let ends = byte == b'\n' || byte == b'\r';
        self.state = match self.state {
            State::FieldStart if byte == b'"' => {
                self.quote_at = at;
                self.quote_line = self.line;
                State::Quoted
            }
            State::Quote if byte == b'"' => State::Quoted,
            State::Quoted if byte == b'"' => State::Quote,
            State::Quoted => State::Quoted,
            _ if ends => {
                self.state = State::FieldStart;
                return true;
            }
            _ if byte == delimiter => State::FieldStart,
            _ => State::Plain,
        };
        false
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.over {
            return;
        }
        if self.buffer.len() + bytes.len() > self.limit {
            self.over = true;
            // The same prefix whatever the chunks.
            let most = PREFIX_LIMIT.min(self.limit);
            let room = most.saturating_sub(self.buffer.len()).min(bytes.len());
            self.buffer.extend_from_slice(bytes.get(..room).unwrap_or_default());
            self.buffer.truncate(most);
            self.buffer.shrink_to_fit();
        } else {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// Ends the record at `at`; its line end, when there is one, is the byte there.
    fn emit(&mut self, at: u64, ended: bool, cut: bool, out: &mut Vec<Piece>) {
        let mut bytes = std::mem::take(&mut self.buffer);
        let mut end = at;
        if self.layout == Layout::JsonLines && !self.over && bytes.last() == Some(&b'\r') {
            bytes.pop();
            end -= 1;
        }
        let blank = match self.layout {
            Layout::Csv { .. } => !self.over && bytes.is_empty(),
            Layout::JsonLines => !self.over && bytes.iter().all(u8::is_ascii_whitespace),
        };
        if !blank {
            let content = if self.over {
                Content::Oversized { prefix: bytes }
            } else if cut {
                Content::Cut { bytes, quote_at: self.quote_at, quote_line: self.quote_line }
            } else {
                Content::Whole(bytes)
            };
            let (row, line, start) = (self.row, self.record_line, self.record_start);
            out.push(Piece::Record(Record { row, line, start, end, ended, content }));
        }
        self.over = false;
        self.row += 1;
        self.record_start = at + 1;
        self.record_line = self.line;
    }
}

/// Whether `head` is the beginning of a byte order mark that is not yet complete.
fn may_become_mark(head: &[u8]) -> bool {
    matches!(head, [0xef] | [0xef, 0xbb] | [0xff] | [0xfe])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CSV: Layout = Layout::Csv { delimiter: b',' };

    fn split(layout: Layout, limit: usize, bytes: &[u8], chunk: usize) -> Vec<Piece> {
        let mut splitter = Splitter::with_limit(layout, limit);
        let mut out = Vec::new();
        for part in bytes.chunks(chunk.max(1)) {
            out.extend(splitter.push(part));
        }
        out.extend(splitter.finish());
        out
    }

    fn records(pieces: Vec<Piece>) -> Vec<Record> {
        let only = |piece| match piece {
            Piece::Record(record) => Some(record),
            Piece::NotText(_) => None,
        };
        pieces.into_iter().filter_map(only).collect()
    }

    #[test]
    fn rows_lines_and_offsets() {
        let file = b"\xef\xbb\xbfa,b\r\n\"x\ny\",2\r\n\r\nlast,3";
        for chunk in 1..file.len() {
            let got = records(split(CSV, 100, file, chunk));
            let told: Vec<_> =
                got.iter().map(|r| (r.row, r.line, r.start, r.end, r.ended, r.bytes().to_vec())).collect();
            assert_eq!(
                told,
                vec![
                    (1, 1, 3, 6, true, b"a,b".to_vec()),
                    (2, 2, 8, 15, true, b"\"x\ny\",2".to_vec()),
                    (4, 5, 19, 25, false, b"last,3".to_vec()),
                ],
                "chunks of {chunk}"
            );
        }
    }

    #[test]
    fn a_cut_and_an_oversized_record_are_handed_on() {
        let got = records(split(CSV, 100, b"a,b\n1,\"cut he\nre", 3));
        assert!(matches!(&got[1].content, Content::Cut { quote_at: 6, quote_line: 2, .. }), "{:?}", got[1]);
        let mut file = b"a\n".to_vec();
        file.extend(std::iter::repeat_n(b'x', 50_000));
        file.extend(b"\nb\n");
        let got = records(split(CSV, 1000, &file, 777));
        assert_eq!(got.len(), 3);
        assert_eq!((got[1].start, got[1].end), (2, 50_002));
        assert!(matches!(&got[1].content, Content::Oversized { prefix } if prefix.len() == 1000));
        assert_eq!(got[2].bytes(), b"b");
    }

    #[test]
    fn a_huge_line_passes_in_constant_memory() {
        let mut splitter = Splitter::new(Layout::JsonLines);
        let chunk = vec![b'x'; 1 << 16];
        for _ in 0..1024 {
            assert!(splitter.push(&chunk).is_empty());
            assert!(splitter.buffer.capacity() <= 2 * RECORD_LIMIT);
        }
        let got = records(splitter.finish());
        assert_eq!(got[0].end, 1 << 26);
    }

    #[test]
    fn utf_16_is_refused_with_words() {
        let pieces = split(CSV, 100, b"\xff\xfea\0,\0b\0\n\0", 1);
        assert!(matches!(&pieces[..], [Piece::NotText(say)] if say.contains("UTF-16")));
    }

    fn rfc_4180() -> impl Strategy<Value = Vec<u8>> {
        let field = prop_oneof![
            "[a-z0-9 حلب]{0,6}",
            "[a-z,\n\r\"]{0,6}".prop_map(|text| format!("\"{}\"", text.replace('"', "\"\""))),
        ];
        let row = proptest::collection::vec(field, 1..5).prop_map(|fields| fields.join(","));
        (proptest::collection::vec(row, 0..8), prop_oneof![Just("\n"), Just("\r\n")], any::<bool>()).prop_map(
            |(rows, end, last)| {
                let mut text = rows.join(end);
                if last {
                    text.push_str(end);
                }
                text.into_bytes()
            },
        )
    }

    proptest! {
        #[test]
        fn records_are_those_of_the_csv_crate(file in rfc_4180()) {
            let mut theirs = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file.as_slice());
            let theirs: Vec<Vec<String>> =
                theirs.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
            let ours: Vec<Vec<String>> = records(split(CSV, 1000, &file, 5))
                .iter()
                .map(|r| {
                    let mut one = csv::ReaderBuilder::new().has_headers(false).from_reader(r.bytes());
                    let mut all = one.records().map(|r| r.unwrap().iter().map(str::to_owned).collect());
                    all.next().unwrap_or_default()
                })
                .collect();
            prop_assert_eq!(ours, theirs);
        }

        #[test]
        fn chunks_make_no_difference_and_no_bytes_are_lost(
            file in proptest::collection::vec(prop_oneof![Just(b'"'), Just(b','), Just(b'\n'), Just(b'\r'), any::<u8>()], 0..200),
            chunk in 1usize..50,
            limit in 1usize..60,
        ) {
            for layout in [CSV, Layout::JsonLines] {
                let whole = split(layout, limit, &file, usize::MAX);
                prop_assert_eq!(&split(layout, limit, &file, chunk), &whole);
                for record in records(whole) {
                    let (start, end) = (record.start as usize, record.end as usize);
                    let bytes = file.get(start..end).unwrap();
                    prop_assert!(bytes.starts_with(record.bytes()));
                    if !matches!(record.content, Content::Oversized { .. }) {
                        prop_assert_eq!(bytes, record.bytes());
                    }
                }
            }
        }
    }
}
