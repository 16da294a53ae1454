//! The tables in a PostgreSQL database, large objects in parts beside the small ones: a mission's store that outlives the loss of a machine.
//!
//! It never decides what is written: that is the caller's (see [`Tables`]). A commit returns after this server and as many standbys as the
//! folder demands have it on disk. One writer: it holds an advisory lock, and every commit looks first whether a later writer has taken over,
//! so that a paused one comes back to a refusal. Words from outside are parameters of statements, never part of one.

mod address;
mod large;
mod link;
mod open;
mod projection;
mod quorum;
mod readers;
mod schema;
mod snapshot;
mod tls;
mod write;

use std::io::Read;
use std::path::{Path, PathBuf};

use tokio_postgres::Row as Line;
use tokio_postgres::types::FromSql;
use truceline_record::{Digest, TilePath};

pub use address::Postgres;
pub(crate) use open::{create, open, open_read_only};
pub(crate) use projection::ForReaders;

use crate::error::{Database, FileTrouble, ReadError, VaultError};
use crate::layout;
use crate::projection::Projection;
use crate::tables::{Batch, CommitError, Known, Row, RowOf, Signed, Snapshot, Tables};
use crate::vault::InVault;
use link::Link;

/// An open database.
pub(crate) struct Server {
    dir: PathBuf,
    link: Link,
    /// Standbys that the folder demands.
    quorum: u16,
    /// The writer's number; `None` for a reader.
    epoch: Option<i64>,
    /// Whether each commit holds what follows from it.
    project_each: bool,
}

/// Whether a folder's store is in such a database.
pub(crate) fn is_there(dir: &Path) -> bool {
    address::path(dir).exists()
}

/// Where a row stands: its place within its table, and the table's file within the server's folder.
const ENTRY_AT: &str = "SELECT ctid::text, pg_relation_filepath('truceline_log.entries') FROM truceline_log.entries WHERE n = $1";
const OBJECT_AT: &str = "SELECT ctid::text, pg_relation_filepath('truceline_log.vault') FROM truceline_log.vault WHERE digest = $1";
const TILE_AT: &str =
    "SELECT ctid::text, pg_relation_filepath('truceline_log.tiles') FROM truceline_log.tiles WHERE path = $1";
const CHECKPOINT_AT: &str = "SELECT ctid::text, pg_relation_filepath('truceline_log.checkpoints') FROM truceline_log.checkpoints WHERE size = $1";

impl Tables for Server {
    fn count(&self) -> Result<u64, Database> {
        let sql = "SELECT coalesce(max(n) + 1, 0) FROM truceline_log.entries";
        self.link.row(sql, &[])?.map_or(Ok(0), |line| size(&line, 0))
    }

    fn page(&self, first: u64, end: u64) -> Result<Vec<Row>, Database> {
        let lines = self.link.query(
            "SELECT n, bytes, leaf_hash FROM truceline_log.entries WHERE n >= $1 AND n < $2 ORDER BY n",
            &[&bounded(first), &bounded(end)],
        )?;
        let row = |line: &Line| {
            Ok(Row { n: size(line, 0)?, bytes: get(line, 1)?, leaf: Digest::from_slice(get(line, 2)?) })
        };
        lines.iter().map(row).collect()
    }

    fn leaf_hashes(&self, first: u64, end: u64) -> Result<Vec<Option<Digest>>, Database> {
        let lines = self.link.query(
            "SELECT leaf_hash FROM truceline_log.entries WHERE n >= $1 AND n < $2 ORDER BY n",
            &[&bounded(first), &bounded(end)],
        )?;
        lines.iter().map(|line| Ok(Digest::from_slice(get(line, 0)?))).collect()
    }

    fn known(&self, keys: &[[u8; 32]]) -> Result<Vec<Option<Known>>, Database> {
        let mut known = vec![None; keys.len()];
        if keys.is_empty() {
            return Ok(known);
        }
        let keys: Vec<&[u8]> = keys.iter().map(<[u8; 32]>::as_slice).collect();
        let lines = self.link.query(
            "SELECT asked.place, r.n, e.leaf_hash FROM unnest($1::bytea[]) WITH ORDINALITY AS asked (key, place)
             JOIN truceline_log.receipts r ON r.key = asked.key LEFT JOIN truceline_log.entries e ON e.n = r.n",
            &[&keys],
        )?;
        for line in &lines {
            let place = usize::try_from(size(line, 0)?).unwrap_or_default().saturating_sub(1);
            let leaf: Option<&[u8]> = get(line, 2)?;
            if let Some(slot) = known.get_mut(place) {
                *slot = Some((size(line, 1)?, leaf.and_then(Digest::from_slice)));
            }
        }
        Ok(known)
    }

    fn meta(&self, name: &str) -> Result<Option<String>, Database> {
        let line = self.link.row("SELECT value FROM truceline_log.meta WHERE name = $1", &[&name])?;
        line.map(|line| get(&line, 0)).transpose()
    }

    fn tile(&self, full: &TilePath) -> Result<Option<Vec<u8>>, Database> {
        let full = full.to_string();
        let line = self.link.row(
            "SELECT bytes FROM truceline_log.tiles WHERE path = $1 OR (path > $2 AND path < $3) ORDER BY length(bytes) DESC LIMIT 1",
            &[&full, &format!("{full}.p/"), &format!("{full}.p0")],
        )?;
        line.map(|line| get(&line, 0)).transpose()
    }

    fn last_note(&self) -> Result<Option<(u64, Vec<u8>)>, Database> {
        let sql = "SELECT size, note FROM truceline_log.checkpoints ORDER BY size DESC LIMIT 1";
        self.link.row(sql, &[])?.map(|line| Ok((size(&line, 0)?, get(&line, 1)?))).transpose()
    }

    fn note_of(&self, covered: u64) -> Result<Option<Vec<u8>>, Database> {
        let sql = "SELECT note FROM truceline_log.checkpoints WHERE size = $1";
        self.link.row(sql, &[&bounded(covered)])?.map(|line| get(&line, 0)).transpose()
    }

    fn small(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Database> {
        let sql = "SELECT bytes FROM truceline_log.vault WHERE digest = $1";
        self.link.row(sql, &[&digest.0.as_slice()])?.map(|line| get(&line, 0)).transpose()
    }

    fn large(&self, digest: &Digest) -> Result<Option<Box<dyn Read + '_>>, ReadError> {
        Ok(large::reader(&self.link, digest)?)
    }

    fn place_of(&self, row: &RowOf<'_>) -> Option<String> {
        let (table, line) = match row {
            RowOf::Entry(n) => ("entries", self.link.row(ENTRY_AT, &[&bounded(*n)])),
            RowOf::Object(digest) => ("vault", self.link.row(OBJECT_AT, &[&digest.0.as_slice()])),
            RowOf::Tile(path) => ("tiles", self.link.row(TILE_AT, &[&path.to_string()])),
            RowOf::Checkpoint(size) => ("checkpoints", self.link.row(CHECKPOINT_AT, &[&bounded(*size)])),
        };
        let line = line.ok().flatten()?;
        let (row, file): (String, String) = (get(&line, 0).ok()?, get(&line, 1).ok()?);
        let page = row.trim_start_matches('(').split(',').next()?.to_owned();
        Some(format!("table truceline_log.{table}, row {row}: page {page}, from 0, of {file}"))
    }

    fn holds(&self, digest: &Digest) -> Result<bool, Database> {
        let sql = "SELECT 1 FROM truceline_log.vault WHERE digest = $1
                   UNION ALL SELECT 1 FROM truceline_log.large WHERE digest = $1";
        Ok(self.link.row(sql, &[&digest.0.as_slice()])?.is_some())
    }

    fn keep_small(&mut self, digest: &Digest, bytes: &[u8]) -> Result<(), CommitError> {
        self.write(|link| write::objects(link, &[(*digest, bytes)]))
    }

    fn keep_large(&mut self, head: &[u8], rest: &mut dyn Read, limit: u64) -> Result<InVault, VaultError> {
        self.link.in_transaction(VaultError::from, || {
            self.still_ours()?;
            large::write(&self.link, head, rest, limit)
        })
    }

    fn destroy(&mut self, digests: &[Digest]) -> Result<(), Database> {
        let done = self.write(|link| write::destroy(link, digests));
        done.map_err(|error| match error {
            CommitError::Nothing(trouble) => trouble,
            CommitError::Unknown(reason) => Database::Other { reason },
        })?;
        // Deleted rows stay in the pages of a table until it is written anew.
        self.link.run("VACUUM (FULL) truceline_log.vault")?;
        self.link.run("VACUUM (FULL) truceline_log.large")?;
        self.link.run("VACUUM (FULL) truceline_log.large_parts")?;
        readers::SHRINK.iter().try_for_each(|sql| self.link.run(sql))
    }

    fn commit(&mut self, batch: &Batch<'_>) -> Result<(), CommitError> {
        self.write(|link| write::batch(link, batch))
    }

    fn replace_key(&mut self, words: &[(&str, &str)]) -> Result<(), CommitError> {
        self.write(|link| words.iter().try_for_each(|word| write::word(link, *word)))
    }

    fn commit_checkpoint(&mut self, signed: &Signed<'_>) -> Result<(), CommitError> {
        self.write(|link| write::checkpoint(link, signed))?;
        // Signed and on the standbys; until the folder knows it too, nobody is told.
        self.remember(signed.note).map_err(|trouble| CommitError::Unknown(trouble.to_string()))
    }

    fn commit_signed(&mut self, batch: &Batch<'_>, signed: &Signed<'_>) -> Result<(), CommitError> {
        self.write(|link| {
            write::batch(link, batch)?;
            write::checkpoint(link, signed)
        })?;
        self.remember(signed.note).map_err(|trouble| CommitError::Unknown(trouble.to_string()))
    }

    fn projects_each(&self) -> bool {
        self.project_each
    }

    fn begin(&mut self, batch: &Batch<'_>, signed: Option<&Signed<'_>>) -> Result<(), CommitError> {
        self.link.begin(|| {
            self.still_ours()?;
            write::batch(&self.link, batch)?;
            signed.map_or(Ok(()), |signed| write::checkpoint(&self.link, signed))?;
            // Whatever goes wrong from here on, these rows can still be committed.
            self.link.run("SAVEPOINT logged")
        })
    }

    fn finish(
        &mut self,
        derived: Option<&Projection>,
        signed: Option<&Signed<'_>>,
    ) -> Result<(), CommitError> {
        // A statement that failed since the batch was written would turn the commit into nothing without a word: only a projection that
        // was written after it, or the way back to the rows, shows that the transaction is whole.
        let put = derived.is_some_and(|derived| projection::beside(&self.link, derived).is_ok());
        if !put {
            self.link.run("ROLLBACK TO logged")?;
        }
        self.link.commit()?;
        let Some(signed) = signed else { return Ok(()) };
        self.remember(signed.note).map_err(|trouble| CommitError::Unknown(trouble.to_string()))
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>, Database> {
        Ok(Box::new(snapshot::Moment::new(&self.link)?))
    }

    fn remembered(&self) -> Result<Option<Vec<u8>>, FileTrouble> {
        let path = remembered_at(&self.dir);
        match std::fs::read(&path) {
            Ok(note) => Ok(Some(note)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(FileTrouble::at(&path)(error)),
        }
    }

    fn remember(&self, note: &[u8]) -> Result<(), FileTrouble> {
        layout::write_file(&remembered_at(&self.dir), &String::from_utf8_lossy(note), false)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Whoever opens next need not wait until the server sees that the connection is gone.
        if self.epoch.is_some() {
            self.link.leave();
        }
    }
}

/// The last checkpoint that this folder signed or saw: the database may be put back to an earlier state, the folder is not put back with it.
fn remembered_at(dir: &Path) -> PathBuf {
    dir.join("signed")
}

/// A number that PostgreSQL can compare with; one beyond its reach is beyond every entry.
fn bounded(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn get<'a, T: FromSql<'a>>(line: &'a Line, at: usize) -> Result<T, Database> {
    line.try_get(at).map_err(|error| Database::Damaged { reason: format!("column {at}: {error}") })
}

fn size(line: &Line, at: usize) -> Result<u64, Database> {
    let found: i64 = get(line, at)?;
    u64::try_from(found)
        .map_err(|_| Database::Damaged { reason: format!("{found} stands where a number from 0 should") })
}
