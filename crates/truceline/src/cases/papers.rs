//! Papers of a case from a store: gathers what casework and publishing need for one reader; decides nothing, leaves nothing out itself.
//!
//! For a party and for everybody the incidents, names and findings beside the case are those of the record as it may be published.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use truceline_casework::case::{
    Action, Answered, Asked, Before, CaseId, Docket, Papers, Person, Phase, may, precedents,
};
use truceline_model::{Dossier, Incident, IncidentId, JudgementId, Reason, ReceiptNo, Release, Test};
use truceline_publish::{
    DossierProof, Given, Inclusion, Lang, Links, dossier_json, dossier_page, referral_page,
};
use truceline_record::{leaf_hash, prove_inclusion};
use truceline_store::Store;

use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::pipeline::{Derived, derive, derive_published};
use crate::protected;
use crate::view::{Owned, view};

/// Whether somebody may have a release of a case in that phase, by the policy.
pub(crate) fn may_read(person: &Person, release: &Release, phase: Phase) -> bool {
    let own = |party: &truceline_model::ActorId| person.acts_for.as_ref() == Some(party);
    match release {
        Release::Public => true,
        Release::Mission { with_sealed: true } => may(person.role, Action::SeeSealed, phase),
        Release::Mission { with_sealed: false } => may(person.role, Action::See, phase),
        Release::Party(party) => {
            may(person.role, Action::See, phase) || (may(person.role, Action::SeeOwn, phase) && own(party))
        }
    }
}

/// Everything that papers of a store are made from, for one reader.
pub(crate) struct Gathered {
    whole: Arc<Derived>,
    shown: Option<Arc<Derived>>,
    docket: Arc<Docket>,
    erased: BTreeSet<u64>,
    protected: BTreeSet<ReceiptNo>,
    digests: BTreeMap<ReceiptNo, String>,
    names: BTreeMap<IncidentId, IncidentId>,
    release: Release,
}

impl Gathered {
    /// Gathers for a reader as of the docket's moment.
    ///
    /// # Errors
    /// When the mission has no sound terms, or the store cannot be read.
    pub(crate) fn of(
        store: &Store,
        loaded: &Arc<Loaded>,
        docket: Docket,
        release: Release,
        threads: usize,
    ) -> Result<Self, Failure> {
        let whole = Arc::new(derive(Arc::clone(loaded), docket.as_of, threads)?);
        let shown = match release.is_mission() {
            true => None,
            false => Some(Arc::new(derive_published(Arc::clone(loaded), docket.as_of, threads)?)),
        };
        Self::from(store, whole, shown, Arc::new(docket), release)
    }

    /// The same from what is derived already: the whole record, and for who is not of the mission the record as it may be published.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn from(
        store: &Store,
        whole: Arc<Derived>,
        shown: Option<Arc<Derived>>,
        docket: Arc<Docket>,
        release: Release,
    ) -> Result<Self, Failure> {
        let mut digests = BTreeMap::new();
        let receipts = docket.cases.values().flat_map(|case| &case.evidence).filter_map(|one| one.receipt);
        for receipt in receipts {
            let entry = store.entry(receipt.0).map_err(|e| Failure::operation("read the log", &e))?;
            if let Some(digest) = entry.and_then(|entry| entry.objects.first().copied()) {
                digests.insert(receipt, digest.to_string());
            }
        }
        let names = match &shown {
            None => BTreeMap::new(),
            Some(shown) => names(&docket, &whole, shown),
        };
        let loaded = &whole.loaded;
        Ok(Self {
            erased: loaded.erased.keys().copied().collect(),
            protected: protected::receipts(loaded),
            digests,
            names,
            release,
            docket,
            whole,
            shown,
        })
    }

    /// What the reader's pages are made from.
    fn derived(&self) -> &Derived {
        self.shown.as_deref().unwrap_or(&self.whole)
    }

    fn name(&self, id: &IncidentId) -> Option<IncidentId> {
        match &self.shown {
            None => Some(self.whole.incident_id(id.as_str())),
            Some(_) => self.names.get(id).cloned(),
        }
    }

    /// The dossier of a case, with precedents; `None` where the reader may not know of it.
    fn dossier(&self, id: CaseId) -> Option<Dossier> {
        let derived = self.derived();
        let name = |id: &IncidentId| self.name(id);
        let found = super::found(derived);
        let papers = Papers {
            docket: &self.docket,
            settings: &self.whole.loaded.settings,
            entries: &self.whole.loaded.case_entries,
            erased: &self.erased,
            protected: &self.protected,
            digests: &self.digests,
            found: &found,
            // What was found is named already as the reader knows it.
            name: &|id| name(id).or_else(|| derived.resolved.incident(id).map(|one| one.id.clone())),
        };
        let mut dossier = papers.dossier(id, &self.release)?;
        let incidents: BTreeMap<IncidentId, &Incident> =
            derived.resolved.incidents.iter().map(|one| (one.id.clone(), one)).collect();
        let judged = derived.loaded.judged.iter().map(|one| Answered {
            incident: derived.incident_id(one.incident.as_str()),
            judgement: one.judgement.clone(),
            answer: one.answer,
            at: one.at,
            entry: one.entry,
        });
        let answered: Vec<Answered> = judged.collect();
        let words = open_words(derived, &dossier);
        let asked = Asked {
            case: Some(id),
            incidents: &dossier.incidents,
            clause: Some(&dossier.clause),
            words: &words,
        };
        let before = Before {
            docket: &self.docket,
            answered: &answered,
            incidents: &incidents,
            actors: &derived.loaded.mission.actors,
            as_of: self.docket.as_of,
        };
        dossier.precedents = precedents(&asked, &before, &name);
        Some(dossier)
    }

    /// The proof, with how each act came for who may see the mission's papers.
    fn proof(&self, store: &Store, dossier: &Dossier) -> Result<DossierProof, Failure> {
        let mut proof = proof(store, dossier)?;
        if self.release.is_mission() {
            let given: BTreeMap<u64, &Given> =
                self.whole.loaded.given.iter().map(|(entry, given)| (*entry, given)).collect();
            for one in &mut proof.inclusions {
                one.given = given.get(&one.entry).map(|given| (*given).clone());
            }
        }
        Ok(proof)
    }

    /// What travels with a referral as one page, or as JSON where no language is asked for; `None`: the case refers nothing.
    ///
    /// # Errors
    /// As [`Gathered::print`].
    pub(crate) fn referral(
        &self,
        store: &Store,
        id: CaseId,
        lang: Option<Lang>,
    ) -> Result<Option<String>, Failure> {
        let dossier = self.dossier(id).ok_or_else(|| none_for_reader(id))?;
        if dossier.referral.is_none() {
            return Ok(None);
        }
        let proof = self.proof(store, &dossier)?;
        let derived = self.derived();
        let owned = Owned::of(&derived.loaded.mission);
        let view = view(derived, derived.loaded.mission.terms()?, &owned);
        Ok(match lang {
            Some(lang) => referral_page(&view, &dossier, &proof, lang, Links::Static),
            None => {
                let json = dossier_json(&view, &dossier, &proof);
                Some(json.map_err(|e| Failure::operation("write the referral", &e))?)
            }
        })
    }

    /// A case as pages in the languages asked for, and as JSON.
    ///
    /// # Errors
    /// When there is no such case for this reader, or its entries cannot be proven.
    pub(crate) fn print(
        &self,
        store: &Store,
        id: CaseId,
        langs: &[Lang],
        links: Links,
    ) -> Result<(Vec<(Lang, String)>, String), Failure> {
        let dossier = self.dossier(id).ok_or_else(|| none_for_reader(id))?;
        let proof = self.proof(store, &dossier)?;
        let derived = self.derived();
        let owned = Owned::of(&derived.loaded.mission);
        let view = view(derived, derived.loaded.mission.terms()?, &owned);
        let pages = langs.iter().map(|lang| (*lang, dossier_page(&view, &dossier, &proof, *lang, links)));
        let json =
            dossier_json(&view, &dossier, &proof).map_err(|e| Failure::operation("write the dossier", &e))?;
        Ok((pages.collect(), json))
    }
}

/// The same words whether there is no such case or the reader may not know of it.
pub(crate) fn none_for_reader(id: CaseId) -> Failure {
    Failure::not_found(format!("there is no case {id} for this reader"))
}

/// The incidents of cases, by the ids under which they are published: an incident is known by the first of its reports that is.
fn names(docket: &Docket, whole: &Derived, shown: &Derived) -> BTreeMap<IncidentId, IncidentId> {
    let renamed = protected::renamed(&whole.loaded);
    let mut by_receipt: BTreeMap<ReceiptNo, &IncidentId> = BTreeMap::new();
    for incident in &shown.resolved.incidents {
        by_receipt.extend(incident.receipts().map(|receipt| (receipt, &incident.id)));
    }
    let mut all = BTreeMap::new();
    for id in docket.cases.values().flat_map(|case| &case.incidents) {
        let Some(incident) = whole.resolved.incident(&whole.incident_id(id.as_str())) else { continue };
        let published = incident.receipts().filter_map(|receipt| {
            renamed
                .get(&receipt)
                .copied()
                .flatten()
                .or_else(|| (!renamed.contains_key(&receipt)).then_some(receipt))
        });
        if let Some(name) = published.filter_map(|receipt| by_receipt.get(&receipt)).next() {
            all.insert(id.clone(), (*name).clone());
        }
    }
    all
}

/// Open words that the findings on a case's incidents under its clause ask about.
fn open_words(derived: &Derived, dossier: &Dossier) -> BTreeSet<JudgementId> {
    fn walk(step: &Reason, into: &mut BTreeSet<JudgementId>) {
        if let Test::Judged(word) = &step.test {
            into.insert(word.clone());
        }
        step.under.iter().for_each(|below| walk(below, into));
    }
    let mut all = BTreeSet::new();
    let findings = dossier.incidents.iter().filter_map(|id| derived.findings.get(id)).flatten();
    for finding in findings.filter(|finding| finding.clause == dossier.clause) {
        finding.reasons.iter().for_each(|step| walk(step, &mut all));
    }
    all
}

/// The proof that the entries of a dossier stand in the record: under the largest checkpoint that somebody cosigned and that covers them all, else
/// under the last.
fn proof(store: &Store, dossier: &Dossier) -> Result<DossierProof, Failure> {
    let fail = |e: &dyn std::fmt::Display| Failure::operation("prove the entries of the case", e);
    let named = dossier.proven();
    let last = named.last().copied().unwrap_or_default();
    let cosigned = store.cosigned().map_err(|e| fail(&e))?.into_iter();
    let cosigned = cosigned.filter(|one| one.checkpoint.size > last).max_by_key(|one| one.checkpoint.size);
    let (over, note) = match cosigned {
        Some(one) => (one.checkpoint, one.note),
        None => {
            let over = store.last_checkpoint().map_err(|e| fail(&e))?;
            let note = store.checkpoint_note().map_err(|e| fail(&e))?;
            over.zip(note).ok_or_else(|| fail(&"nothing is signed yet"))?
        }
    };
    let note = String::from_utf8(note).map_err(|e| fail(&e))?;
    let mut inclusions = Vec::new();
    for entry in named.into_iter().filter(|entry| *entry < over.size) {
        let read = store.entries(entry..entry.saturating_add(1)).next();
        let Some(read) = read.transpose().map_err(|e| fail(&e))? else { continue };
        let path = prove_inclusion(store, over.size, over.root, entry).map_err(|e| fail(&e))?;
        inclusions.push(Inclusion {
            entry,
            leaf: leaf_hash(&read.bytes).to_string(),
            path: path.iter().map(ToString::to_string).collect(),
            given: None,
        });
    }
    // The first line names the log; its own signature is none of the cosignatures.
    let log = note.lines().next().unwrap_or_default();
    let signed = note.lines().filter_map(|line| line.strip_prefix("— ")?.split(' ').next());
    let cosigned_by = signed.filter(|name| *name != log).map(str::to_owned).collect();
    Ok(DossierProof { size: over.size, cosigned_by, inclusions, checkpoint: Some(note) })
}
