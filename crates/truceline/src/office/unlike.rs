//! Acts of offices in cases that the centre's record refused: the office acted on what it knew, and the case had gone on, or was never so.
//!
//! They are shown until somebody at the centre acts in that case, with the refusal before them. Decides nothing: casework refused them.

use std::collections::{BTreeMap, BTreeSet};

use truceline_casework::case::{CaseAct, CaseId, Docket, RefusedAct};

use crate::loaded::Loaded;

/// One of them.
#[derive(Debug)]
pub(crate) struct Unlike<'a> {
    /// The office.
    pub(crate) office: &'a str,
    /// The case, where there is one.
    pub(crate) case: Option<CaseId>,
    /// What was refused, of whom and why.
    pub(crate) refused: &'a RefusedAct,
    /// The entry by which somebody at the centre acted in the case since; of an act in no case, by which the same person did there.
    pub(crate) settled: Option<u64>,
}

/// All, in the order of the log.
pub(crate) fn unlike<'a>(loaded: &'a Loaded, docket: &'a Docket) -> Vec<Unlike<'a>> {
    let offices: BTreeMap<u64, &str> =
        loaded.given.iter().filter_map(|(entry, given)| Some((*entry, given.office.as_deref()?))).collect();
    let of_cases = docket.cases.values().flat_map(|case| case.refused.iter().map(|one| (Some(case.id), one)));
    let all: Vec<_> = of_cases.chain(docket.refused.iter().map(|one| (None, one))).collect();
    let refused: BTreeSet<u64> = all.iter().map(|(_, one)| one.entry).collect();
    let settled = |case: Option<CaseId>, one: &RefusedAct| {
        // What an office sent meanwhile was done without knowing of the refusal.
        let taken = loaded.case_entries.iter().filter(|act| {
            act.entry > one.entry && !refused.contains(&act.entry) && !offices.contains_key(&act.entry)
        });
        let mut about = taken.filter(|act| match (case, &act.what) {
            (Some(case), CaseAct::On(id, _)) => *id == case,
            (Some(_), _) => false,
            (None, _) => act.by == one.by,
        });
        about.next().map(|act| act.entry)
    };
    let one = |(case, refused): &(Option<CaseId>, &'a RefusedAct)| {
        let office = *offices.get(&refused.entry)?;
        Some(Unlike { office, case: *case, refused, settled: settled(*case, refused) })
    };
    let mut all: Vec<Unlike<'a>> = all.iter().filter_map(one).collect();
    all.sort_by_key(|one| one.refused.entry);
    all
}
