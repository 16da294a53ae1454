//! What is said of a truce.

use super::Proposal;
use super::page::Page;

pub(crate) fn deals(_page: &Page<'_>) -> Vec<Proposal> {
    Vec::new()
}
