//! One moment of a SQLite file, row by row, in whatever state the rows are.
//!
//! It never stops at a value that is none: what is wrong with it is for verifying to say.

use std::path::Path;

use rusqlite::Transaction;
use truceline_record::{Digest, digest_of};

use super::{files, open};
use crate::tables::{EachEntry, EachLarge, Snapshot, Unreadable};

/// A transaction that only reads.
pub(super) struct Moment<'a> {
    pub(super) dir: &'a Path,
    pub(super) transaction: Transaction<'a>,
}

impl Moment<'_> {
    fn each(
        &self,
        sql: &str,
        each: &mut dyn FnMut(&rusqlite::Row<'_>) -> Result<(), rusqlite::Error>,
    ) -> Result<(), Unreadable> {
        let mut run = || -> Result<(), rusqlite::Error> {
            let mut query = self.transaction.prepare(sql)?;
            let mut rows = query.query([])?;
            while let Some(row) = rows.next()? {
                each(row)?;
            }
            Ok(())
        };
        run().map_err(|error| error.to_string())
    }
}

impl Moment<'_> {
    /// Whether the index of objects holds the rows of its table in order, each once, and no others.
    fn index_of_vault(&self) -> Result<bool, Unreadable> {
        let rows = |sql: &str| {
            let mut rows: Vec<(Digest, i64)> = Vec::new();
            self.each(sql, &mut |row| {
                let name = row.get_ref(0)?.as_blob().unwrap_or_default();
                // What is no digest stands here under its own, on both sides alike.
                rows.push((Digest::from_slice(name).unwrap_or_else(|| digest_of(name)), row.get(1)?));
                Ok(())
            })?;
            Ok::<_, Unreadable>(rows)
        };
        let mut table = rows("SELECT digest, rowid FROM vault NOT INDEXED")?;
        table.sort_unstable();
        // As it comes, not sorted here: an index out of its order finds nothing, whatever it holds.
        let index =
            rows("SELECT digest, rowid FROM vault INDEXED BY sqlite_autoindex_vault_1 ORDER BY digest")?;
        Ok(table == index)
    }
}

impl Snapshot for Moment<'_> {
    fn damage(&self) -> Option<String> {
        // A quick check leaves out whether an index says what its table says: these two tables have one, and a row that the index no
        // longer finds is as good as gone. SQLite's own full check looks every row of the vault up, which takes ten times as long as walking
        // both once.
        let checks = ["quick_check(1)", "integrity_check('tiles')"];
        let damaged = checks.iter().find_map(|check| {
            let found: Result<String, _> =
                self.transaction.query_row(&format!("PRAGMA {check}"), [], |row| row.get(0));
            match found {
                Ok(answer) if answer == "ok" => None,
                Ok(answer) => Some(answer),
                Err(error) => Some(error.to_string()),
            }
        });
        damaged.or_else(|| match self.index_of_vault() {
            Ok(true) => None,
            Ok(false) => Some("the index of the vault does not say what its table says".to_owned()),
            Err(error) => Some(error),
        })
    }

    fn meta(&self, name: &str) -> Option<String> {
        open::meta(&self.transaction, name).ok().flatten()
    }

    fn checkpoints(&self, each: &mut dyn FnMut(i64, &str, &[u8])) -> Result<(), Unreadable> {
        self.each("SELECT size, at, note FROM checkpoints ORDER BY size", &mut |row| {
            let at = String::from_utf8_lossy(row.get_ref(1)?.as_bytes().unwrap_or_default());
            each(row.get(0)?, &at, &row.get::<_, Vec<u8>>(2)?);
            Ok(())
        })
    }

    fn entries(&self, each: &mut EachEntry<'_>) -> Result<(), Unreadable> {
        self.each("SELECT n, bytes, leaf_hash FROM entries ORDER BY n", &mut |row| {
            let blob = |at| Ok::<_, rusqlite::Error>(row.get_ref(at)?.as_blob().unwrap_or_default());
            each(row.get(0)?, blob(1)?, blob(2)?);
            Ok(())
        })
    }

    fn tiles(&self, each: &mut dyn FnMut(&str, &[u8])) -> Result<(), Unreadable> {
        self.each("SELECT path, bytes FROM tiles ORDER BY path", &mut |row| {
            let path = String::from_utf8_lossy(row.get_ref(0)?.as_bytes().unwrap_or_default());
            each(&path, row.get_ref(1)?.as_blob().unwrap_or_default());
            Ok(())
        })
    }

    fn keys(&self, each: &mut dyn FnMut(&[u8], i64)) -> Result<(), Unreadable> {
        self.each("SELECT key, n FROM receipts", &mut |row| {
            each(row.get_ref(0)?.as_blob().unwrap_or_default(), row.get(1)?);
            Ok(())
        })
    }

    fn small_objects(&self, each: &mut dyn FnMut(Option<Digest>, Digest)) -> Result<(), Unreadable> {
        self.each("SELECT digest, bytes FROM vault ORDER BY rowid", &mut |row| {
            let found = digest_of(row.get_ref(1)?.as_blob().unwrap_or_default());
            each(Digest::from_slice(row.get_ref(0)?.as_blob().unwrap_or_default()), found);
            Ok(())
        })
    }

    fn large_objects(&self, each: &mut EachLarge<'_>) -> Result<(), Unreadable> {
        for (path, name) in files::all(self.dir).map_err(|trouble| trouble.to_string())? {
            let found = files::digest(&path).map_err(|trouble| trouble.to_string());
            each(found.map(|found| (name, found)));
        }
        Ok(())
    }
}
