//! Claims read from free text, held against labelled ones: which were found, which values of them are right, what was invented.
//!
//! Knows the shape of a claim in JSON and nothing else: no reader, no lexicon, no language. Whatever writes that shape can be scored,
//! the shipped reader and any other alike. Reads no file, keeps no text, counts in whole numbers. Each rule that decides what
//! is right stands in one place: [`pair`] for claims, [`right`] for values, [`verify`] for what is invented, [`trap`] for traps.

pub mod claim;
pub mod figures;
pub mod gold;
pub mod pair;
pub mod parse;
pub mod right;
pub mod show;
pub mod trap;
pub mod verify;

pub use claim::{Claim, Kind, Span, Value};
pub use figures::{Figures, Share, score};
pub use gold::{Document, Gold};
pub use parse::{Fault, Limits, claims, gold, sentences};
pub use trap::{Rule, Trap, Verdict};
