//! Truceline against what a monitoring mechanism determined: coded facts become incidents, the judge judges them, and its
//! findings are held against the mechanism's outcomes.
//!
//! The two halves never meet before the end: what builds incidents reads a type that has no outcomes, and what scores reads a type that
//! has no facts. No rule here names a report, a place or a case; every word that steers the conversion stands in `data/`.

pub mod agreement;
pub mod cite;
pub mod coded;
pub mod convert;
pub mod docs;
pub mod report;
pub mod resolve;
pub mod score;
pub mod tables;
pub mod targets;
pub mod words;

/// What goes wrong is said in words.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
