//! What people say.

use super::Proposal;
use super::page::Page;

pub(crate) fn statements(_page: &Page<'_>, _others: &[Proposal]) -> Vec<Proposal> {
    Vec::new()
}
