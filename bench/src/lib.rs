//! What the recorded figures are made of, so that tests can use the same made data and the same database.

pub mod judging;
