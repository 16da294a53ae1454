//! One moment of the database, row by row through cursors, in whatever state the rows are.
//!
//! It never stops at a value that is none: what is wrong with it is for verifying to say.

use tokio_postgres::Row as Line;
use truceline_record::{Digest, digest_of};

use super::link::Link;
use super::{get, large, schema};
use crate::error::Database;
use crate::tables::{EachEntry, EachLarge, Snapshot, Unreadable};

/// A transaction that only reads, ended when this is dropped.
pub(super) struct Moment<'a> {
    link: &'a Link,
}

impl<'a> Moment<'a> {
    pub(super) fn new(link: &'a Link) -> Result<Self, Database> {
        link.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        Ok(Self { link })
    }

    /// Opens a cursor by `declare` and gives each of its lines.
    fn each(
        &self,
        declare: &'static str,
        each: &mut dyn FnMut(&Line) -> Result<(), Database>,
    ) -> Result<(), Unreadable> {
        let read = || {
            self.link.run(declare)?;
            loop {
                let lines = self.link.fetch("FETCH 512 FROM part")?;
                if lines.is_empty() {
                    return self.link.run("CLOSE part");
                }
                lines.iter().try_for_each(&mut *each)?;
            }
        };
        let mut read = read;
        read().map_err(|error: Database| {
            // The transaction is lost with the error; the next part begins another, of the same mind as to what it may read.
            let again = self.link.run("ROLLBACK; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
            again.map_or_else(|more| format!("{error}; {more}"), |()| error.to_string())
        })
    }
}

impl Drop for Moment<'_> {
    fn drop(&mut self) {
        // Nothing was written; where this fails, the connection is not used again.
        let _ = self.link.run("ROLLBACK");
    }
}

impl Snapshot for Moment<'_> {
    fn damage(&self) -> Option<String> {
        let sql = "SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                   WHERE c.relnamespace = 'truceline_log'::regnamespace AND NOT t.tgisinternal AND t.tgenabled = 'O'";
        let guards = self.link.row(sql, &[]).and_then(|line| line.map_or(Ok(0), |line| get::<i64>(&line, 0)));
        match guards {
            Ok(found) if found == schema::GUARDS => None,
            Ok(found) => {
                let all = schema::GUARDS;
                Some(format!(
                    "{found} of the {all} guards against change stand; somebody took the others away"
                ))
            }
            Err(error) => Some(error.to_string()),
        }
    }

    fn meta(&self, name: &str) -> Option<String> {
        let line = self.link.row("SELECT value FROM truceline_log.meta WHERE name = $1", &[&name]);
        line.ok().flatten().and_then(|line| get(&line, 0).ok())
    }

    fn checkpoints(&self, each: &mut dyn FnMut(i64, &str, &[u8])) -> Result<(), Unreadable> {
        let declare = "DECLARE part NO SCROLL CURSOR FOR SELECT size, at, note FROM truceline_log.checkpoints ORDER BY size";
        self.each(declare, &mut |line| {
            each(get(line, 0)?, get(line, 1)?, get(line, 2)?);
            Ok(())
        })
    }

    fn entries(&self, each: &mut EachEntry<'_>) -> Result<(), Unreadable> {
        let declare = "DECLARE part NO SCROLL CURSOR FOR SELECT n, bytes, leaf_hash FROM truceline_log.entries ORDER BY n";
        self.each(declare, &mut |line| {
            each(get(line, 0)?, get(line, 1)?, get(line, 2)?);
            Ok(())
        })
    }

    fn tiles(&self, each: &mut dyn FnMut(&str, &[u8])) -> Result<(), Unreadable> {
        let declare =
            "DECLARE part NO SCROLL CURSOR FOR SELECT path, bytes FROM truceline_log.tiles ORDER BY path";
        self.each(declare, &mut |line| {
            each(get(line, 0)?, get(line, 1)?);
            Ok(())
        })
    }

    fn keys(&self, each: &mut dyn FnMut(&[u8], i64)) -> Result<(), Unreadable> {
        let declare =
            "DECLARE part NO SCROLL CURSOR FOR SELECT key, n FROM truceline_log.receipts ORDER BY n, key";
        self.each(declare, &mut |line| {
            each(get(line, 0)?, get(line, 1)?);
            Ok(())
        })
    }

    fn small_objects(&self, each: &mut dyn FnMut(Option<Digest>, Digest)) -> Result<(), Unreadable> {
        let declare =
            "DECLARE part NO SCROLL CURSOR FOR SELECT digest, bytes FROM truceline_log.vault ORDER BY digest";
        self.each(declare, &mut |line| {
            each(Digest::from_slice(get(line, 0)?), digest_of(get(line, 1)?));
            Ok(())
        })
    }

    fn large_objects(&self, each: &mut EachLarge<'_>) -> Result<(), Unreadable> {
        let declare = "DECLARE part NO SCROLL CURSOR FOR SELECT digest, object FROM truceline_log.large ORDER BY digest";
        self.each(declare, &mut |line| {
            let name = Digest::from_slice(get(line, 0)?);
            each(Ok((name, large::digest(self.link, get(line, 1)?)?)));
            Ok(())
        })
    }
}
