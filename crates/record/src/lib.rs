//! The record that no side can rewrite unseen: canonical bytes, a Merkle tree over them, signed
//! checkpoints, what a witness cosigns, proofs, and an audit that names the first wrong entry.
//!
//! It follows the public standards, so that a witness, a court or a newspaper can check it without us:
//! RFC 8785 (canonical JSON), RFC 6962 (tree hashes), RFC 9901 (disclosures), C2SP `tlog-tiles`, `tlog-checkpoint`, `tlog-cosignature`,
//! `tlog-witness`, `tlog-proof` and `signed-note`.
//!
//! It never opens a file, reads a clock, draws a random number or knows what an entry is about: a body
//! is any JSON value, and keys come from the caller. That is what lets an outsider run it alone.
//!
//! Two sizes rule everything here: an entry is at most [`MAX_ENTRY_BYTES`] long, because the bundles of
//! `tlog-tiles` give its length two bytes; and no integer lies beyond 2^53, because other languages'
//! JSON readers round there without saying so. Larger things go to a vault and are named by digest.

mod audit;
mod bundle;
mod canonical;
mod checkpoint;
mod cosignature;
mod digest;
mod disclosure;
mod draft;
mod entry;
mod entry_proof;
mod erasure;
mod extract;
mod fault;
mod head;
mod key_change;
mod leaf_list;
mod lines;
mod opened;
mod proof;
mod secret;
mod tile;
mod tile_tree;
mod tree;
mod witness;

pub use audit::{Audit, AuditReport};
pub use bundle::{BundleError, decode_bundle, encode_bundle};
pub use canonical::{CanonicalError, MAX_INTEGER, canonical_bytes, check_canonical};
pub use checkpoint::{Checkpoint, CheckpointError, KeyError, LogSigner, LogVerifier};
pub use cosignature::{WitnessSigner, WitnessVerifier, cosigners, with_signatures};
pub use digest::{Digest, DigestError, Digester, digest_of, leaf_hash, node_hash};
pub use disclosure::{
    Commitments, DISCLOSURE_SALT, Disclosure, DisclosureError, RAW_HEAD, RAW_SALT, committed_body,
    mark_salted, salted, salted_head, unsalted,
};
pub use draft::Draft;
pub use entry::{ENVELOPE_VERSION, Entry, EntryError, MAX_ENTRY_BYTES};
pub use entry_proof::{EntryProof, EntryProofError, Proven};
pub use erasure::{ERASURE, erased_by};
pub use extract::{EXTRACT_LIMIT, Extends, Extract, ExtractError, Extracted, Item};
pub use fault::Fault;
pub use head::{EntryHead, EntryRead};
pub use key_change::{KEY_CHANGE, KeyChange, key_change};
pub use leaf_list::{LeafList, LineProof};
pub use opened::{Opened, OpenedEntry, OpenedError};
pub use proof::{
    ProofError, TileSource, check_consistency, check_inclusion, peaks_at, prove_consistency, prove_inclusion,
};
pub use secret::Secret;
pub use tile::{TILE_WIDTH, TileError, TilePath};
pub use tile_tree::TileTrees;
pub use tree::{Frontier, Tiler, empty_root, root_of};
pub use witness::{REQUEST_LIMIT, Seen, WitnessRefusal, WitnessRequest};
