//! Aid.

use super::Proposal;
use super::page::Page;

pub(crate) fn aid(_page: &Page<'_>) -> Vec<Proposal> {
    Vec::new()
}
