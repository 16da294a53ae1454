//! Folding the write-ahead log into the file beside the writer, where many write.
//!
//! SQLite lets whoever commits past a length of the log do it, with two syncs and thousands of pages while everybody waits. Here a thread of its own
//! does most of it meanwhile, and what is left to the writer is short. The log gets its whole length at once: a sync of a file that grows costs
//! the disk a second write.
//!
//! It never writes an entry and never decides what is durable: the writer's commit syncs the log as before, and a thread that fails or is
//! late leaves the work to the writer, as SQLite does it anyway.

use std::fs::OpenOptions;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::{Connection, OpenFlags};

use crate::error::Database;
use crate::layout;

/// Bytes of a page with its head in the log, and of the head of the log.
const PAGE: u64 = 4096 + 24;
const HEAD: u64 = 32;

/// Pages that one entry changes, about: its own, its key's, its object's and that one's name; keys and digests fall on pages at random.
const PAGES_AN_ENTRY: u64 = 3;

/// The thread, and how much was written since it was woken last.
pub(super) struct Folding {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    pages: u64,
    /// Pages written at which the thread is woken.
    wake_at: u64,
}

impl Folding {
    /// Starts the thread, and gives the log its length: so many pages, at which the writer folds what is left; the thread is woken at each quarter.
    pub(super) fn start(dir: &Path, writer: &Connection, log_pages: u64) -> Result<Self, Database> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let beside = Connection::open_with_flags(layout::database(dir), flags)?;
        beside.execute_batch("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;")?;
        // Where there is no room for it, the log grows as it is written, as ever.
        let _ = lengthen(&dir.join("truceline.db-wal"), log_pages);
        let (wake, woken) = sync_channel(1);
        let thread = std::thread::Builder::new().spawn(move || fold(&beside, &woken));
        let thread = thread.map_err(|error| Database::Other { reason: error.to_string() })?;
        writer.execute_batch(&format!("PRAGMA wal_autocheckpoint = {log_pages};"))?;
        Ok(Self { wake: Some(wake), thread: Some(thread), pages: 0, wake_at: log_pages / 4 })
    }

    /// So many entries were committed.
    pub(super) fn wrote(&mut self, entries: usize) {
        self.pages += PAGES_AN_ENTRY * entries as u64 + 1;
        if self.pages >= self.wake_at {
            self.pages = 0;
            // One that is at it already need not be told twice.
            self.wake.iter().for_each(|wake| wake.try_send(()).unwrap_or_default());
        }
    }
}

impl Drop for Folding {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn fold(connection: &Connection, woken: &Receiver<()>) {
    while woken.recv().is_ok() {
        // What cannot be folded now stays in the log, which loses nothing.
        let _ = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    }
}

/// Writes zeros behind what is in the log: no frame of it, as the sums of SQLite tell.
fn lengthen(log: &Path, pages: u64) -> std::io::Result<()> {
    let wanted = HEAD + PAGE * pages;
    let mut file = OpenOptions::new().write(true).open(log)?;
    let mut length = file.seek(SeekFrom::End(0))?;
    let zeros = vec![0; 1 << 20];
    while length < wanted {
        let part = usize::try_from(wanted - length).unwrap_or(usize::MAX).min(zeros.len());
        file.write_all(zeros.get(..part).unwrap_or_default())?;
        length += part as u64;
    }
    file.sync_all()
}
