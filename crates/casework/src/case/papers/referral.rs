//! What travels with a referral: what was tried, how often it happened over which time by which count, and the cases behind the counts.
//!
//! Determinations of people and findings of the machine are counted apart and never added.

use std::collections::BTreeSet;

use truceline_model::{Asks, Instant, OtherCase, Referral, Release, Tallied};

use super::super::act::CaseId;
use super::super::persistence::{Count, counts};
use super::Papers;
use super::lists::determined;
use super::sight::{Sight, stage};

impl Papers<'_> {
    /// The pack of a case; `None` when it refers nothing.
    pub(super) fn referral(&self, sight: &Sight<'_>) -> Option<Referral> {
        let case = sight.case;
        let all = counts(self.docket, self.found, sight.setting);
        let concerns =
            |count: &&Count| count.clause == *case.clause() && case.respondents.contains(&count.party);
        let mine: Vec<&Count> = all.iter().filter(concerns).collect();
        let mut why: BTreeSet<&'static str> = BTreeSet::new();
        let refers = |id: &str| case.procedure.step(id).is_some_and(|step| step.asks == Asks::Referral);
        if case.trail.iter().any(|passage| refers(&passage.to)) {
            why.insert("step");
        }
        if !case.opening.rests_on.is_empty() {
            why.insert("rests-on");
        }
        if mine.iter().any(|count| count.is_persistent_determined == Some(true)) {
            why.insert("persistent-determined");
        }
        if mine.iter().any(|count| count.is_persistent_found == Some(true)) {
            why.insert("persistent-found");
        }
        if why.is_empty() {
            return None;
        }
        let rule = sight.setting.persistence.as_ref();
        let mut behind: BTreeSet<CaseId> = case.opening.rests_on.clone();
        for count in &mine {
            behind.extend(count.counted.determined.iter().chain(&count.counted.separate));
        }
        behind.remove(&case.id);
        Some(Referral {
            why,
            over: rule.map(|rule| rule.over),
            needs_determined: rule.and_then(|rule| rule.determined),
            needs_found: rule.and_then(|rule| rule.found),
            counts: mine.iter().map(|count| self.tallied(sight, count)).collect(),
            cases: behind.iter().filter_map(|id| self.other(sight, *id)).collect(),
        })
    }

    fn tallied(&self, sight: &Sight<'_>, count: &Count) -> Tallied {
        let numbers = |cases: &BTreeSet<CaseId>| cases.iter().map(|id| id.0).collect::<BTreeSet<u64>>();
        let known = |cases: &BTreeSet<CaseId>| {
            let known = cases.iter().filter(|id| self.sight(**id, sight.release).is_some());
            known.map(|id| id.0).collect::<BTreeSet<u64>>()
        };
        let counted = &count.counted;
        Tallied {
            party: count.party.clone(),
            clause: count.clause.clone(),
            since: (count.since > Instant::FAR_PAST).then(|| sight.when(count.since, true)),
            determined: numbers(&counted.determined),
            separate: numbers(&counted.separate),
            found: counted.found.iter().filter_map(|id| (self.name)(id)).collect(),
            // How many allegations there are would tell of those that nobody was told of.
            alleged: match sight.release {
                Release::Public => None,
                _ => Some(known(&counted.alleged)),
            },
            is_persistent_determined: count.is_persistent_determined,
            is_persistent_found: count.is_persistent_found,
        }
    }

    /// Another case in one line: what was determined in it, and where the reader may know of it.
    fn other(&self, sight: &Sight<'_>, id: CaseId) -> Option<OtherCase> {
        let other = self.sight(id, sight.release)?;
        let words = sight.release.is_mission();
        Some(OtherCase {
            case: id.0,
            clause: other.case.clause().clone(),
            respondents: other.case.respondents.clone(),
            stands: stage(other.case, other.case.stands()),
            determined: other
                .case
                .determinations
                .iter()
                .map(|one| determined(&other, other.case, one, words))
                .collect(),
            means: other.means(),
        })
    }
}
