//! A case as one party may see it: what `casework` puts into its dossier, as the JSON that `publish` makes of it. Leaves nothing out itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};
use truceline_casework::case::{CaseId, Docket, Papers};
use truceline_model::{ActorId, Dossier, ReceiptNo, Release};
use truceline_publish::{DossierProof, dossier_json};

use super::problem::Problem;
use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::pipeline::derive;
use crate::protected::is_sealed;
use crate::view::{Owned, view};

/// What a party may see of a case; `None` when it may not know of it. Incidents are not named: their names here are the mission's own.
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

/// Receipts of what protected sources sent, and of what people confirmed out of it.
pub(super) fn protected(loaded: &Loaded) -> BTreeSet<ReceiptNo> {
    let told = loaded
        .observations
        .iter()
        .filter(|one| is_sealed(&one.source) || is_sealed(&one.origin) || one.through.iter().any(is_sealed));
    let mut all: BTreeSet<ReceiptNo> = told.map(|one| one.receipt).collect();
    all.extend(loaded.words.values().filter(|words| is_sealed(&words.source)).map(|words| words.receipt));
    let steps = loaded.proposed.iter().filter(|step| all.contains(&step.id.words));
    let steps: Vec<ReceiptNo> = steps.map(|step| ReceiptNo(step.entry)).collect();
    all.extend(steps);
    all
}

/// The page of a case for a party.
pub(super) fn page(loaded: &Loaded, docket: &Docket, dossier: &Dossier) -> Result<Value, Problem> {
    // Names of clauses and actors, and no report: the dossier names no incident.
    let bare = derive(Arc::new(Loaded::empty(Arc::clone(&loaded.mission))), docket.as_of, 1)?;
    let owned = Owned::of(&loaded.mission);
    let shown = view(&bare, loaded.mission.terms()?, &owned);
    let fail = |e: &dyn std::fmt::Display| Failure::operation("write the page of a party", e);
    let text = dossier_json(&shown, dossier, &DossierProof::default()).map_err(|e| fail(&e))?;
    let mut page: Value = serde_json::from_str(&text).map_err(|e| fail(&e))?;
    if let Some(map) = page.as_object_mut() {
        map.insert("view".into(), json!("party"));
    }
    Ok(page)
}
