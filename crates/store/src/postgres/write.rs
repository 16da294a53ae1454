//! What is written, each kind of row in one statement whatever their number.
//!
//! Never writes outside a transaction that first saw that no later writer has taken over, and that the server still waits for its standbys.

use tokio_postgres::types::ToSql;
use truceline_record::{Digest, TilePath};

use super::link::Link;
use super::{Server, bounded, get, projection, quorum};
use crate::error::Database;
use crate::tables::{Batch, CommitError, Signed};

/// Bytes of objects that go to the server in one statement; what one parameter may hold is limited to 1 GiB.
const TOGETHER: usize = 64 << 20;

impl Server {
    pub(super) fn write(&self, work: impl FnOnce(&Link) -> Result<(), Database>) -> Result<(), CommitError> {
        self.link.in_transaction(core::convert::identity, || {
            self.still_ours()?;
            Ok(work(&self.link)?)
        })
    }

    /// That no other writer took over, and that commits wait for enough standbys. The row stays locked until the end of the transaction: whoever
    /// takes over waits for this commit, and this one sees who has.
    pub(super) fn still_ours(&self) -> Result<(), Database> {
        let Some(epoch) = self.epoch else { return Err(Database::ReadOnly) };
        let line = self.link.row(
            "SELECT current_setting('synchronous_standby_names'), current_setting('synchronous_commit'), current_setting('fsync')
             FROM truceline_log.writer WHERE epoch = $1 FOR SHARE",
            &[&epoch],
        )?;
        let line = line.ok_or(Database::Taken)?;
        durable(get(&line, 0)?, get(&line, 1)?, get(&line, 2)?, self.quorum)
    }
}

/// That a commit with these settings is worth a receipt.
pub(super) fn durable(standbys: &str, commit: &str, fsync: &str, quorum: u16) -> Result<(), Database> {
    let weak = |reason: String| Database::Weak { reason };
    if fsync != "on" {
        return Err(weak(format!("fsync is `{fsync}`; set it to on")));
    }
    if !matches!(commit, "on" | "remote_apply") {
        return Err(weak(format!("synchronous_commit is `{commit}`; set it to on")));
    }
    quorum::shortfall(standbys, quorum).map_or(Ok(()), |reason| Err(weak(reason)))
}

/// Deletes objects. The guards are lifted within the one transaction that deletes.
pub(super) fn destroy(link: &Link, digests: &[Digest]) -> Result<(), Database> {
    let names: Vec<&[u8]> = digests.iter().map(|digest| digest.0.as_slice()).collect();
    link.run(
        "ALTER TABLE truceline_log.vault DISABLE TRIGGER vault_guard;
         ALTER TABLE truceline_log.large DISABLE TRIGGER large_guard;",
    )?;
    link.query(
        "DELETE FROM truceline_log.large_parts WHERE object IN (SELECT object FROM truceline_log.large WHERE digest = ANY($1::bytea[]))",
        &[&names],
    )?;
    link.query("DELETE FROM truceline_log.large WHERE digest = ANY($1::bytea[])", &[&names])?;
    link.query("DELETE FROM truceline_log.vault WHERE digest = ANY($1::bytea[])", &[&names])?;
    link.run(
        "ALTER TABLE truceline_log.vault ENABLE TRIGGER vault_guard;
         ALTER TABLE truceline_log.large ENABLE TRIGGER large_guard;",
    )?;
    // What was derived may say what was destroyed.
    projection::clear(link)
}

pub(super) fn batch(link: &Link, batch: &Batch<'_>) -> Result<(), Database> {
    objects(link, &batch.objects)?;
    let numbers: Vec<i64> = (batch.first..).zip(&batch.entries).map(|(n, _)| bounded(n)).collect();
    let bytes: Vec<&[u8]> = batch.entries.iter().map(|(bytes, _)| bytes.as_slice()).collect();
    let leaves: Vec<&[u8]> = batch.entries.iter().map(|(_, leaf)| leaf.0.as_slice()).collect();
    link.query(
        "INSERT INTO truceline_log.entries (n, bytes, leaf_hash) SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[])",
        &[&numbers, &bytes, &leaves],
    )?;
    if !batch.keys.is_empty() {
        let keys: Vec<&[u8]> = batch.keys.iter().map(|(key, _)| key.as_slice()).collect();
        let numbers: Vec<i64> = batch.keys.iter().map(|(_, n)| bounded(*n)).collect();
        link.query(
            "INSERT INTO truceline_log.receipts (key, n) SELECT * FROM unnest($1::bytea[], $2::bigint[])",
            &[&keys, &numbers],
        )?;
    }
    tiles(link, &batch.tiles)
}

pub(super) fn objects(link: &Link, objects: &[(Digest, &[u8])]) -> Result<(), Database> {
    let mut left = objects;
    while !left.is_empty() {
        let mut bytes = 0;
        let fits = left.iter().take_while(|(_, object)| {
            bytes += object.len();
            bytes <= TOGETHER
        });
        let (now, later) = left.split_at(fits.count().clamp(1, left.len()));
        let digests: Vec<&[u8]> = now.iter().map(|(digest, _)| digest.0.as_slice()).collect();
        let contents: Vec<&[u8]> = now.iter().map(|(_, bytes)| *bytes).collect();
        link.query(
            "INSERT INTO truceline_log.vault (digest, bytes) SELECT * FROM unnest($1::bytea[], $2::bytea[])
             ON CONFLICT DO NOTHING",
            &[&digests, &contents],
        )?;
        left = later;
    }
    Ok(())
}

pub(super) fn word(link: &Link, (name, value): (&str, &str)) -> Result<(), Database> {
    link.query(
        "INSERT INTO truceline_log.meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        &[&name, &value],
    )
    .map(drop)
}

pub(super) fn checkpoint(link: &Link, signed: &Signed<'_>) -> Result<(), Database> {
    if !signed.gone.is_empty() {
        let gone: Vec<String> = signed.gone.iter().map(ToString::to_string).collect();
        link.query("DELETE FROM truceline_log.tiles WHERE path = ANY ($1::text[])", &[&gone])?;
    }
    tiles(link, &signed.partial)?;
    let size = bounded(signed.size);
    let given: [&(dyn ToSql + Sync); 3] = [&size, &signed.at, &signed.note];
    link.query("INSERT INTO truceline_log.checkpoints (size, at, note) VALUES ($1, $2, $3)", &given).map(drop)
}

fn tiles(link: &Link, tiles: &[(TilePath, Vec<u8>)]) -> Result<(), Database> {
    if tiles.is_empty() {
        return Ok(());
    }
    let paths: Vec<String> = tiles.iter().map(|(path, _)| path.to_string()).collect();
    let bytes: Vec<&[u8]> = tiles.iter().map(|(_, bytes)| bytes.as_slice()).collect();
    link.query(
        "INSERT INTO truceline_log.tiles (path, bytes) SELECT * FROM unnest($1::text[], $2::bytea[])",
        &[&paths, &bytes],
    )
    .map(drop)
}
