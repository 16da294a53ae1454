//! A case as one party may see it: what `casework` puts into its dossier, as the JSON that `publish` makes of it, and the same as
//! `truceline case dossier` prints. Leaves nothing out itself.
//!
//! Lists and events ask only whether a party may know of a case, and which entries its papers name; a page has incidents, findings and
//! proofs beside, made from the record as it may be published and from nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};
use truceline_casework::case::{CaseId, Docket, Papers};
use truceline_model::{ActorId, Dossier, ReceiptNo, Release};
use truceline_publish::Links;

use super::Desk;
use super::problem::Problem;
use crate::cases::Gathered;
use crate::failure::Failure;
use crate::live::Live;
use crate::loaded::Loaded;
use crate::log;

/// What a party may see of a case beside its incidents; `None` when it may not know of it.
pub(super) fn dossier(
    loaded: &Loaded,
    docket: &Docket,
    protected: &BTreeSet<ReceiptNo>,
    party: &ActorId,
    case: CaseId,
) -> Option<Dossier> {
    let papers = Papers {
        docket,
        settings: &loaded.settings,
        entries: &loaded.case_entries,
        erased: &BTreeSet::new(),
        protected,
        digests: &BTreeMap::new(),
        found: &[],
        name: &|_| None,
    };
    papers.dossier(case, &Release::Party(party.clone()))
}

/// The page of a case for a party, as of a moment; the case is one that it may know of.
pub(super) fn page(desk: &Desk, live: &Live, party: &ActorId, case: CaseId) -> Result<Value, Problem> {
    let shown = desk.feed.published(live)?.ok_or_else(Problem::many_moments)?;
    let store = log::open_read_only(desk.source.store())?;
    let whole = Arc::clone(live.derived()?);
    let release = Release::Party(party.clone());
    let gathered = Gathered::from(&store, whole, Some(shown), Arc::clone(&live.docket), release)?;
    let (_, text) = gathered.print(&store, case, &[], Links::Static)?;
    let read = serde_json::from_str(&text);
    let mut page: Value = read.map_err(|e| Failure::operation("write the page of a party", &e))?;
    if let Some(map) = page.as_object_mut() {
        map.insert("view".into(), json!("party"));
    }
    Ok(page)
}
