//! Large objects as rows in parts, so that neither side holds one whole.
//!
//! A name is given when all parts are in, in the same transaction. It never looks into an object.

use std::io::{self, Read};

use sha2::{Digest as _, Sha256};
use truceline_record::Digest;

use super::link::Link;
use super::{bounded, get};
use crate::error::{Database, VaultError};
use crate::vault::InVault;

/// Bytes of one part.
const PART: usize = 1 << 20;

const READ_PART: &str = "SELECT bytes FROM truceline_log.large_parts WHERE object = $1 AND part = $2";

pub(super) fn reader<'a>(link: &'a Link, digest: &Digest) -> Result<Option<Box<dyn Read + 'a>>, Database> {
    let sql = "SELECT object FROM truceline_log.large WHERE digest = $1";
    let Some(line) = link.row(sql, &[&digest.0.as_slice()])? else { return Ok(None) };
    Ok(Some(Box::new(Parts { link, object: get(&line, 0)?, next: 0, part: Vec::new(), at: 0 })))
}

/// The digest of an object as its parts are now.
pub(super) fn digest(link: &Link, object: i64) -> Result<Digest, Database> {
    let mut hash = Sha256::new();
    for part in 0_i64.. {
        let Some(line) = link.row(READ_PART, &[&object, &part])? else { break };
        hash.update(get::<&[u8]>(&line, 0)?);
    }
    Ok(Digest(hash.finalize().into()))
}

struct Parts<'a> {
    link: &'a Link,
    object: i64,
    next: i64,
    part: Vec<u8>,
    at: usize,
}

impl Read for Parts<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.part.len() {
            let line = self.link.row(READ_PART, &[&self.object, &self.next]).map_err(io::Error::other)?;
            let Some(line) = line else { return Ok(0) };
            self.part = get(&line, 0).map_err(io::Error::other)?;
            (self.at, self.next) = (0, self.next.saturating_add(1));
        }
        let mut left = self.part.get(self.at..).unwrap_or_default();
        let read = left.read(into)?;
        self.at += read;
        Ok(read)
    }
}

/// Writes all parts and then the name, within the caller's transaction.
pub(super) fn write(
    link: &Link,
    head: &[u8],
    rest: &mut dyn Read,
    limit: u64,
) -> Result<InVault, VaultError> {
    let sql = "SELECT nextval('truceline_log.objects')";
    let line = link.row(sql, &[])?.ok_or(Database::Damaged { reason: "no number for an object".into() })?;
    let object: i64 = get(&line, 0)?;
    let mut source = head.chain(rest);
    let (mut hash, mut length, mut part) = (Sha256::new(), 0_u64, Vec::with_capacity(PART));
    for number in 0_i64.. {
        part.clear();
        let mut one = (&mut source).take(PART as u64);
        one.read_to_end(&mut part).map_err(|error| VaultError::Source { reason: error.to_string() })?;
        if part.is_empty() {
            break;
        }
        length += part.len() as u64;
        if length > limit {
            return Err(VaultError::TooLarge { limit });
        }
        hash.update(&part);
        link.query(
            "INSERT INTO truceline_log.large_parts (object, part, bytes) VALUES ($1, $2, $3)",
            &[&object, &number, &part.as_slice()],
        )?;
    }
    let digest = Digest(hash.finalize().into());
    let named = link.query(
        "INSERT INTO truceline_log.large (digest, object, length) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1",
        &[&digest.0.as_slice(), &object, &bounded(length)],
    )?;
    if named.is_empty() {
        // It is there already, under its own number.
        link.query("DELETE FROM truceline_log.large_parts WHERE object = $1", &[&object])?;
    }
    Ok(InVault { digest, bytes: length })
}
