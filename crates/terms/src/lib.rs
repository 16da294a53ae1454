//! terms
pub mod scenario;
