//! A centre over HTTP, as a replica asks it: this machine only, since what comes is what reports say and the line is not encrypted.
//!
//! Follows no proxy, no redirect and nothing of the environment; every answer is bounded in length and time. It believes nothing: the replica holds
//! all of it against the log's key.

use std::io::{self, Read};

use truceline_record::{Digest, TilePath};
use truceline_store::{Centre, NOTE_LIMIT, TILE_LIMIT};

use crate::cosigning::agent;
use crate::endpoint::is_here;
use crate::failure::Failure;
use crate::hand_out::PART;
use crate::out;

/// A centre at an address.
pub(crate) struct AtAddress {
    address: String,
    agent: ureq::Agent,
}

impl AtAddress {
    /// The centre at `address`, whose answers are waited for so many seconds each.
    ///
    /// # Errors
    /// When the address is not this machine's.
    pub(crate) fn new(address: &str, patience: u64) -> Result<Self, Failure> {
        let host = address.strip_prefix("http://").unwrap_or_default().split('/').next().unwrap_or_default();
        if host.is_empty() || host.contains('@') || !is_here(host) {
            return Err(Failure::usage(format!(
                "--from {address}: what is handed out is not encrypted, so it comes from this machine only; lead a tunnel \
                 (stunnel, ssh, WireGuard) to the centre, and write http://127.0.0.1:PORT"
            )));
        }
        Ok(Self { address: address.trim_end_matches('/').to_owned(), agent: agent(patience) })
    }

    /// What stands under a path; `None` where nothing does.
    fn get(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, String> {
        let words = |error: &dyn std::fmt::Display| format!("{path}: {error}");
        let mut answer =
            self.agent.get(format!("{}/{path}", self.address)).call().map_err(|error| words(&error))?;
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(limit).read_to_vec();
        match status {
            200 => body.map(Some).map_err(|error| words(&error)),
            404 => Ok(None),
            _ => {
                let say = body.unwrap_or_default();
                let say = String::from_utf8_lossy(say.get(..say.len().min(500)).unwrap_or_default());
                Err(words(&format_args!("it answered {status}: {}", out::shown(say.trim()))))
            }
        }
    }

    fn part(&self, digest: &Digest, from: u64) -> Result<Option<Vec<u8>>, String> {
        self.get(&format!("object/{digest}?from={from}"), PART)
    }
}

impl Centre for AtAddress {
    fn shown(&self) -> Result<Vec<u8>, String> {
        self.get("checkpoint", NOTE_LIMIT)?.ok_or_else(|| "it hands out no checkpoint".to_owned())
    }

    fn shown_cosigned(&self) -> Result<Option<Vec<u8>>, String> {
        self.get("cosigned", NOTE_LIMIT)
    }

    fn tile(&self, path: TilePath) -> Result<Vec<u8>, String> {
        self.get(&path.to_string(), TILE_LIMIT)?.ok_or_else(|| format!("{path}: it is not there"))
    }

    fn object(&self, digest: &Digest) -> Result<Option<Box<dyn Read + '_>>, String> {
        let Some(first) = self.part(digest, 0)? else { return Ok(None) };
        Ok(Some(Box::new(Parts {
            centre: self,
            digest: *digest,
            next: first.len() as u64,
            part: first,
            at: 0,
        })))
    }
}

/// An object, part by part.
struct Parts<'c> {
    centre: &'c AtAddress,
    digest: Digest,
    /// Offset of the part after this one.
    next: u64,
    part: Vec<u8>,
    at: usize,
}

impl Read for Parts<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        // A part that is not full is the last one.
        if self.at >= self.part.len() && self.part.len() as u64 == PART {
            let part = self.centre.part(&self.digest, self.next).map_err(io::Error::other)?;
            self.part = part.ok_or_else(|| io::Error::other("it was there a moment ago"))?;
            self.at = 0;
            self.next = self.next.saturating_add(self.part.len() as u64);
        }
        let mut left = self.part.get(self.at..).unwrap_or_default();
        let read = left.read(into)?;
        self.at += read;
        Ok(read)
    }
}
