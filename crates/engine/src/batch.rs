//! Outcomes of many incidents under all clauses and readings: counted, digested, and kept when asked.
//!
//! The digest is SHA-256 over the SHA-256 of each block of 1,024 incidents, in order; a block's bytes are those of
//! [`truceline_terms::Outcomes::bytes`], incident after incident. So workers can hash apart and the digest stays one.

use sha2::{Digest, Sha256};
use truceline_model::Incident;
use truceline_terms::{Desk, Judge, Roll, Sitting};

use crate::spread::spread;

/// Whether a batch keeps the outcomes or only counts and digests them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Two bits a finding.
    Outcomes,
    /// Nothing.
    Nothing,
}

/// How many findings are *prohibited*, *not prohibited*, *not covered* and *undetermined*.
pub type Counts = [u64; 4];

/// What a batch found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Incidents judged.
    pub incidents: usize,
    /// Findings, by outcome.
    pub counts: Counts,
    /// See the module.
    pub digest: [u8; 32],
    /// The outcomes' bytes, incident after incident; empty when not kept.
    pub bytes: Vec<u8>,
}

impl Batch {
    /// The digest, as people compare it.
    #[must_use]
    pub fn digest_text(&self) -> String {
        self.digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// SHA-256 of bytes, as batches digest them.
#[must_use]
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

struct Block {
    counts: Counts,
    digest: [u8; 32],
    bytes: Vec<u8>,
}

/// Judges every incident of the roll; `incidents` are those that it was made of, in the same order.
#[must_use]
pub fn judge_all(
    judge: &Judge<'_>,
    roll: &Roll<'_>,
    incidents: &[Incident],
    workers: usize,
    kept: Kept,
) -> Batch {
    let sheet = judge.sheet();
    let sitting = sheet.sit(roll);
    let count = roll.len().min(incidents.len());
    let blocks = spread(count, workers, Desk::default, |range, desk| {
        let incidents = incidents.get(range.clone()).unwrap_or_default();
        block(&sitting, range.start, incidents, desk, kept)
    });
    let mut batch = Batch { incidents: count, counts: [0; 4], digest: [0; 32], bytes: Vec::new() };
    let mut whole = Sha256::new();
    for block in blocks {
        whole.update(block.digest);
        batch.bytes.extend(block.bytes);
        for (all, one) in batch.counts.iter_mut().zip(block.counts) {
            *all += one;
        }
    }
    batch.digest = whole.finalize().into();
    batch
}

fn block(sitting: &Sitting<'_>, first: usize, incidents: &[Incident], desk: &mut Desk, kept: Kept) -> Block {
    let mut counts = [0; 4];
    let mut bytes = Vec::new();
    for (place, incident) in (first..).zip(incidents) {
        let outcomes = sitting.outcomes(place, incident, desk);
        for (all, one) in counts.iter_mut().zip(outcomes.counts()) {
            *all += one;
        }
        outcomes.bytes(|part| bytes.extend_from_slice(part));
    }
    let digest = digest(&bytes);
    if kept == Kept::Nothing {
        bytes = Vec::new();
    }
    Block { counts, digest, bytes }
}
