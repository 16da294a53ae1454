//! The life of a store and of the witness of its log, as a script that can be cut at any point and begun again: entries
//! small and large, checkpoints, cosignatures, closing and opening, folding the write-ahead log in while open.
//!
//! Everything is drawn from a seed, so that an undisturbed life is what a disturbed one is held against. What is promised
//! to somebody goes through `say`, at the moment when he would hear it. Clocks jump to and fro all the time.

use std::collections::VecDeque;
use std::fmt::{self, Display};
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use serde_json::json;
use truceline_record::{Digest, WitnessRequest, digest_of, with_signatures};
use truceline_store::{
    Cover, NewEntry, Object, OpenError, Pace, SMALL_OBJECT_BYTES, Sequencer, Store, Ticket, WitnessFolder,
};

use crate::dice::Dice;

/// Name of the log.
pub const ORIGIN: &str = "truceline.example/sim";

/// A life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// Draws lengths, times and moments.
    pub seed: u64,
    /// Batches of one to four entries.
    pub batches: u64,
    /// Whether one of the objects is too large for the database.
    pub large: bool,
    /// Whether the entries are handed to a sequencer, several at a time, with a thread that folds the write-ahead log in beside it.
    pub together: bool,
}

/// What somebody was promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// A report has this number.
    Receipt {
        /// The report.
        row: u64,
        /// Its number.
        n: u64,
    },
    /// A checkpoint over so many entries.
    Signed {
        /// Entries.
        size: u64,
        /// Root over them.
        root: Digest,
    },
    /// A witness cosigned so many entries.
    Witnessed {
        /// Entries.
        size: u64,
        /// When, by its clock: seconds since 1970-01-01 (UTC).
        time: u64,
    },
    /// That cosignature is kept with the record.
    Kept {
        /// Entries.
        size: u64,
    },
    /// All is done.
    Done {
        /// Root over everything.
        root: Digest,
    },
}

impl Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Receipt { row, n } => write!(f, "receipt {row} {n}"),
            Self::Signed { size, root } => write!(f, "signed {size} {root}"),
            Self::Witnessed { size, time } => write!(f, "witnessed {size} {time}"),
            Self::Kept { size } => write!(f, "kept {size}"),
            Self::Done { root } => write!(f, "done {root}"),
        }
    }
}

impl Said {
    /// Reads a line.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let kind = words.next()?;
        let first = words.next()?;
        let number = || first.parse::<u64>().ok();
        Some(match kind {
            "receipt" => Self::Receipt { row: number()?, n: words.next()?.parse().ok()? },
            "signed" => Self::Signed { size: number()?, root: words.next()?.parse().ok()? },
            "witnessed" => Self::Witnessed { size: number()?, time: words.next()?.parse().ok()? },
            "kept" => Self::Kept { size: number()? },
            "done" => Self::Done { root: first.parse().ok()? },
            _ => return None,
        })
    }
}

impl Life {
    /// Rows of a batch.
    #[must_use]
    pub fn rows(&self, batch: u64) -> Range<u64> {
        let first: u64 = (0..batch).map(|before| self.width(before)).sum();
        first..first + self.width(batch)
    }

    /// Rows in all.
    #[must_use]
    pub fn all_rows(&self) -> u64 {
        self.rows(self.batches).start
    }

    fn width(&self, batch: u64) -> u64 {
        1 + Dice::new(self.seed ^ batch.wrapping_mul(0x51)).below(4)
    }

    /// A moment by a clock that jumps up to ten years either way, seconds since 1970-01-01 (UTC).
    #[must_use]
    pub fn clock(&self, moment: u64) -> u64 {
        1_456_531_200 + Dice::new(self.seed ^ (moment << 20)).below(315_360_000)
    }

    /// The bytes of a report: from 1 to some 9,000, now and then nothing but one byte.
    #[must_use]
    pub fn raw(&self, row: u64) -> Vec<u8> {
        let mut dice = Dice::new(self.seed.wrapping_add(row << 32));
        let length = if dice.chance(20) { 1 } else { dice.below(9_000) };
        let mut raw = format!("row {row} ").into_bytes();
        while (raw.len() as u64) < length {
            raw.extend(dice.draw().to_le_bytes());
        }
        raw
    }

    /// The large object: more than a database row may hold.
    #[must_use]
    pub fn large_object(&self) -> Vec<u8> {
        vec![u8::try_from(self.seed % 251).unwrap_or_default() | 1; SMALL_OBJECT_BYTES + 3_000]
    }

    /// The entry of a report.
    #[must_use]
    pub fn entry(&self, row: u64) -> NewEntry {
        let raw = self.raw(row);
        let at = self.clock(row);
        NewEntry {
            kind: "report".to_owned(),
            // Twelve months of thirty days are enough for a clock that is wrong anyway.
            at: format!(
                "20{:02}-{:02}-{:02}T{:02}:00:00Z",
                10 + at % 20,
                1 + at / 20 % 12,
                1 + at / 240 % 28,
                at % 24
            ),
            body: json!({ "row": row }),
            key: Some(digest_of(&raw).0),
            objects: vec![Object::Bytes(raw)],
        }
    }

    /// Lives it in `dir`: the store in `dir/store`, the witness in `dir/witness`. What is done already is found done.
    ///
    /// # Errors
    /// In words.
    pub fn live(&self, dir: &Path, say: &mut dyn FnMut(Said)) -> Result<(), String> {
        let mut store = open(dir)?;
        let mut witness = open_witness(dir)?;
        witness.trust(store.verifier()).map_err(words)?;
        if self.together {
            return self.live_together(dir, store, &mut witness, say);
        }
        for batch in 0..self.batches {
            if batch % 6 == 5 {
                drop(store);
                store = open(dir)?;
            }
            self.append(&mut store, batch, say)?;
            if batch % 3 == 1 {
                let signed = store.checkpoint("2016-02-27T00:00:00Z").map_err(words)?;
                say(Said::Signed { size: signed.size, root: signed.root });
                if batch % 2 == 1 {
                    cosign(&mut store, &mut witness, self.clock(batch << 8), say)?;
                }
            }
            if batch % 7 == 3 {
                fold(dir)?;
            }
        }
        let signed = store.checkpoint("2016-02-27T00:00:00Z").map_err(words)?;
        say(Said::Signed { size: signed.size, root: signed.root });
        cosign(&mut store, &mut witness, self.clock(7), say)?;
        say(Said::Done { root: signed.root });
        Ok(())
    }

    /// As one process with many senders does: entries handed in one after the other, several under way, each promised when its receipt comes.
    fn live_together(
        &self,
        dir: &Path,
        mut store: Store,
        witness: &mut WitnessFolder,
        say: &mut dyn FnMut(Said),
    ) -> Result<(), String> {
        let (rows, share) = (self.all_rows(), self.all_rows().div_ceil(3));
        for from in (0..rows).step_by(usize::try_from(share).map_err(words)?) {
            drop(store);
            store = self.hand_in(open(dir)?, from..rows.min(from + share), say)?;
            let signed = store.checkpoint("2016-02-27T00:00:00Z").map_err(words)?;
            say(Said::Signed { size: signed.size, root: signed.root });
            cosign(&mut store, witness, self.clock(from << 8), say)?;
        }
        let root = store.checkpoint("2016-02-27T00:00:00Z").map_err(words)?.root;
        say(Said::Done { root });
        Ok(())
    }

    fn hand_in(&self, store: Store, rows: Range<u64>, say: &mut dyn FnMut(Said)) -> Result<Store, String> {
        // A log so short that it is folded in and begun anew again and again.
        let sign_every = Some(Duration::from_millis(3));
        let pace = Pace { batch: UNDER_WAY, sign_every, log_pages: 48, ..Pace::default() };
        let sequencer = Sequencer::start(store, pace, || "2016-02-27T00:00:00Z".to_owned());
        let (submitter, cover) = (sequencer.submitter(), sequencer.cover());
        let mut waiting: VecDeque<(u64, Ticket)> = VecDeque::new();
        for row in rows {
            if waiting.len() == UNDER_WAY {
                answered(&mut waiting, &cover, say)?;
            }
            waiting.push_back((row, submitter.submit(self.entry(row)).map_err(words)?));
        }
        while !waiting.is_empty() {
            answered(&mut waiting, &cover, say)?;
        }
        sequencer.stop().map_err(words)
    }

    fn append(&self, store: &mut Store, batch: u64, say: &mut dyn FnMut(Said)) -> Result<(), String> {
        let mut entries: Vec<NewEntry> = self.rows(batch).map(|row| self.entry(row)).collect();
        if self.large
            && batch == self.batches / 2
            && let Some(entry) = entries.last_mut()
        {
            let large = self.large_object();
            let kept = store.put_stream(large.as_slice(), u64::MAX).map_err(words)?;
            entry.objects.push(Object::Kept(kept.digest));
        }
        let receipts = store.append(&entries).map_err(words)?;
        for (row, receipt) in self.rows(batch).zip(receipts) {
            say(Said::Receipt { row, n: receipt.n });
        }
        Ok(())
    }
}

/// Entries that wait for their receipt at once.
const UNDER_WAY: usize = 6;

/// How long to wait for a signature: the sequencer tries for ever on a disk that refuses.
const PATIENCE: Duration = Duration::from_secs(2);

/// Waits for the receipt of the first of them; for every fifth row for a signed checkpoint over it, too.
fn answered(
    waiting: &mut VecDeque<(u64, Ticket)>,
    cover: &Cover,
    say: &mut dyn FnMut(Said),
) -> Result<(), String> {
    let Some((row, ticket)) = waiting.pop_front() else { return Ok(()) };
    let receipt = ticket.receipt().map_err(words)?;
    say(Said::Receipt { row, n: receipt.n });
    if row % 5 == 4 {
        let signed = cover.newer_than(receipt.n, PATIENCE).map_err(words)?.ok_or("nothing was signed")?;
        say(Said::Signed { size: signed.size, root: signed.root });
    }
    Ok(())
}

fn words(error: impl Display) -> String {
    error.to_string()
}

/// Opened at once, without a look before that might mend something by the way.
fn open(dir: &Path) -> Result<Store, String> {
    let dir = dir.join("store");
    match Store::open(&dir) {
        Err(OpenError::NotAStore { .. } | OpenError::Unfinished { .. }) => {
            Store::create(&dir, ORIGIN, [9; 32])
        }
        opened => opened,
    }
    .map_err(words)
}

fn open_witness(dir: &Path) -> Result<WitnessFolder, String> {
    let dir = dir.join("witness");
    if dir.join("witness.key").exists() {
        WitnessFolder::open(&dir)
    } else {
        WitnessFolder::create(&dir, "witness.example/sim", &[5; 32])
    }
    .map_err(words)
}

fn cosign(
    store: &mut Store,
    witness: &mut WitnessFolder,
    now: u64,
    say: &mut dyn FnMut(Said),
) -> Result<(), String> {
    let seen = witness.logs().map_err(words)?.first().map_or(0, |log| log.size);
    let (checkpoint, proof) = store.prove_consistency(seen).map_err(words)?;
    let note = store.checkpoint_note().map_err(words)?.ok_or("nothing is signed")?;
    let request = WitnessRequest { old: seen, proof, note };
    let answer = witness.answer(&request.to_bytes(), now).map_err(words)?;
    if answer.status != 200 {
        return Err(format!("the witness answered {}", String::from_utf8_lossy(&answer.body)));
    }
    let time = witness.logs().map_err(words)?.first().map_or(0, |log| log.time);
    say(Said::Witnessed { size: checkpoint.size, time });
    let note = with_signatures(&request.note, &answer.body).map_err(words)?;
    store.keep_cosigned(&note).map_err(words)?;
    say(Said::Kept { size: checkpoint.size });
    Ok(())
}

/// Folds the write-ahead log in as SQLite does by itself after 32 MiB, so that the next commit begins it anew.
fn fold(dir: &Path) -> Result<(), String> {
    let path = dir.join("store").join("truceline.db");
    let other = rusqlite::Connection::open(path).map_err(words)?;
    other.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(())).map_err(words)
}
