//! What one reader may see of a case: the mission, a party with its members, everybody. One place, for every form in which it is shown.
//!
//! A [`Dossier`] is made field by field; what no line here puts into it is not in it. A party never sees who told the mission, nor anything
//! that helps to find out: no receipt of others, no word of the public, no hour of what was not addressed to it. Decides nothing.

mod lists;
mod parts;
mod referral;
mod sight;

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{ActorId, Dossier, DueLine, IncidentId, Precedents, ReceiptNo, Release};

use super::act::{CaseEntry, CaseId};
use super::docket::Docket;
use super::persistence::FoundIn;
use super::setting::{Setting, setting_of};
use super::state::Case;
use sight::Sight;

/// All that dossiers are made from.
#[derive(Clone, Copy)]
pub struct Papers<'a> {
    /// All cases as of a moment.
    pub docket: &'a Docket,
    /// What was in force from an entry on, as for the docket.
    pub settings: &'a BTreeMap<u64, Setting>,
    /// The entries that the docket was made from.
    pub entries: &'a [CaseEntry],
    /// Entries whose words two people had destroyed.
    pub erased: &'a BTreeSet<u64>,
    /// Receipts of reports whose source is protected. What rests on one is sealed, whether somebody said so or not.
    pub protected: &'a BTreeSet<ReceiptNo>,
    /// Digest (hex) of what came under a receipt.
    pub digests: &'a BTreeMap<ReceiptNo, String>,
    /// Incidents that every reading finds prohibited.
    pub found: &'a [FoundIn],
    /// The id by which the readers of this release know an incident; `None`: they don't.
    pub name: &'a dyn Fn(&IncidentId) -> Option<IncidentId>,
}

impl<'a> Papers<'a> {
    /// The dossier of a case; `None` when there is no such case, or the reader may not know of it. Precedents are the caller's to add
    /// ([`super::precedents`]).
    #[must_use]
    pub fn dossier(&self, id: CaseId, release: &Release) -> Option<Dossier> {
        let sight = self.sight(id, release)?;
        let case = sight.case;
        Some(Dossier {
            case: case.id.0,
            release: release.clone(),
            as_of: self.docket.as_of,
            procedure: case.opening.procedure.clone(),
            clause: case.clause().clone(),
            opened: sight.when(case.opened, sight.alleges()),
            passed: case.opening.since.map(|at| sight.when(at, false)),
            opened_by: sight.opened_by(),
            alleged: sight.alleged(),
            allegation: sight.allegation(),
            disclosed: sight.disclosed(),
            respondents: case.respondents.clone(),
            incidents: case.incidents.iter().filter_map(|one| (self.name)(one)).collect(),
            rests_on: self.rests_on(case, release),
            stands: sight.stage(case.stands()),
            waiting: sight.waiting(),
            due: self.due(release),
            course: sight.course(),
            acts: sight.acts(),
            evidence: sight.evidence(),
            clocks: sight.clocks(),
            determined: sight.determined(),
            dissents: sight.dissents(),
            recused: sight.recused(),
            means: sight.means(),
            pledges: sight.pledges(),
            asides: sight.asides(),
            refused: sight.refused(),
            referral: self.referral(&sight),
            precedents: Precedents::default(),
        })
    }

    /// Cases that a reader may know of, in their order.
    #[must_use]
    pub fn known_to(&self, release: &Release) -> Vec<CaseId> {
        self.docket.cases.keys().copied().filter(|id| self.sight(*id, release).is_some()).collect()
    }

    /// What a party and its members must do, over all cases that they may know of: the nearest first. Empty for other readers.
    #[must_use]
    pub fn due(&self, release: &Release) -> Vec<DueLine> {
        let Release::Party(_) = release else { return Vec::new() };
        let mut all: Vec<DueLine> = Vec::new();
        for id in self.docket.cases.keys() {
            let Some(sight) = self.sight(*id, release) else { continue };
            all.extend(sight.due_lines());
        }
        all.sort_by_key(|line| (line.due, line.case));
        all
    }

    fn rests_on(&self, case: &Case, release: &Release) -> BTreeSet<u64> {
        let rests_on = case.opening.rests_on.iter().filter(|id| self.sight(**id, release).is_some());
        rests_on.map(|id| id.0).collect()
    }

    /// How a reader looks at a case; `None` when they may not.
    fn sight(&self, id: CaseId, release: &'a Release) -> Option<Sight<'a>>
    where
        Self: 'a,
    {
        let case = self.docket.cases.get(&id)?;
        let setting = setting_of(self.settings, id.0)?;
        let sight = Sight { papers: *self, case, setting, release };
        sight.is_open_to_reader().then_some(sight)
    }

    /// Whether an actor belongs to a party, by the setting of a case.
    fn belongs(&self, setting: &Setting, actor: &ActorId, party: &ActorId) -> bool {
        setting.actors.belongs(actor, party, self.docket.as_of)
    }
}
