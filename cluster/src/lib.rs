//! Judging years of incidents again, part by part, on Apache DataFusion and Ballista: when terms or maps change, and one machine is
//! too slow.
//!
//! Incidents are exported to GeoParquet by version of the agreement and month; the judge runs inside the executors as a function over
//! the incidents' column; findings are written as Parquet. They are the same bytes as `truceline judge` prints, with one executor or
//! four, and whoever was killed in between. Never decides anything itself: every finding is the judge's. Outside the default build:
//! when to use it, and when not, is in `docs/cluster.md`.
#![forbid(unsafe_code)]

pub mod executor;
pub mod export;
pub mod findings;
pub mod function;
pub mod geometry;
pub mod manifest;
pub mod mission;
pub mod parts;
pub mod scheduler;
pub mod session;
pub mod shelf;
pub mod trouble;
pub mod work;
