//! Rows of the vault destroyed, so that no page and no log of the file shows them any more.
//!
//! Deleting alone leaves the bytes in free pages, in the slack of others and in the write-ahead log. So what is deleted is overwritten, the
//! file is written anew without what pages once held, and the log is cut to nothing. The guard against deletion is lifted within the one transaction
//! that deletes: nobody ever sees the store without it.

use rusqlite::Connection;
use truceline_record::Digest;

use super::schema;
use crate::error::Database;

/// Destroys rows; rows that are not there are no error.
pub(super) fn rows(connection: &mut Connection, digests: &[Digest]) -> Result<(), Database> {
    connection.query_row("PRAGMA secure_delete = ON", [], |_| Ok(()))?;
    let transaction = super::begin(connection)?;
    transaction.execute_batch("DROP TRIGGER vault_no_delete;")?;
    for digest in digests {
        transaction.execute("DELETE FROM vault WHERE digest = ?1", [digest.0])?;
    }
    transaction.execute_batch(schema::VAULT_NO_DELETE)?;
    transaction.commit()?;
    // Copies that splitting pages once left in their slack go with the old pages. Also when nothing was there to delete: a kill may have come
    // after the deletion and before this.
    connection.execute_batch("VACUUM;")?;
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy == 0 { Ok(()) } else { Err(Database::Busy) }
}
