//! The judge at scale: a made agreement of 200 clauses and made incidents, judged by us, by PostgreSQL with PostGIS, and by a
//! general policy engine, in one run on one machine.
//!
//! The data are made from a seed and hold nothing of anybody's. What is measured, how and against what stands in
//! `bench/judging.md`.

pub mod agree;
pub mod agreement;
pub mod chance;
pub mod incidents;
pub mod postgis;
pub mod rival;
