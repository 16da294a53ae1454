//! All cases, from the entries of the record.
//!
//! One pass in the order of the entries. Before each entry, time passes in the cases that it concerns up to the moment at which the entry counts; after
//! the last one, in all up to the moment asked for. The same entries, setting and moment give the same docket, whatever the machine.

use std::collections::BTreeMap;

use truceline_model::{ActorId, Instant};

use super::act::{CaseEntry, CaseId};
use super::clock::Stopped;
use super::fold::Fold;
use super::people::{Doer, Person};
use super::refusal::Refused;
use super::setting::Setting;
use super::state::{Case, RefusedAct, Way};
use super::time::counted;

/// Somebody acting, at a moment, in a setting.
pub(super) struct Acting<'a> {
    pub(super) setting: &'a Setting,
    pub(super) person: &'a Person,
    pub(super) by: &'a str,
    pub(super) entry: u64,
    pub(super) at: Instant,
}

impl Acting<'_> {
    /// For whom they act.
    pub(super) fn doer(&self) -> Doer {
        match &self.person.acts_for {
            Some(actor) => Doer::Actor(actor.clone()),
            None if self.person.role.is_mission() => Doer::Mission,
            None => Doer::Anybody,
        }
    }
}

/// A party was put out of the agreement, from one moment on, until another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// Who.
    pub actor: ActorId,
    /// From when (UTC).
    pub from: Instant,
    /// The case and entry by which.
    pub by: (CaseId, u64),
    /// Until when, and by which case and entry it was taken back.
    pub until: Option<(Instant, CaseId, u64)>,
}

/// A clock that ran out and of which the record was not told yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lapse {
    /// The case.
    pub case: CaseId,
    /// The step.
    pub step: String,
    /// When it ran out (UTC).
    pub at: Instant,
    /// Where that led.
    pub to: String,
}

/// All cases as of a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Docket {
    /// As of when (UTC).
    pub as_of: Instant,
    /// Cases, by number.
    pub cases: BTreeMap<CaseId, Case>,
    /// Refused entries that belong to no case.
    pub refused: Vec<RefusedAct>,
}

impl Docket {
    /// Makes the docket. `settings` gives what was in force from an entry on: a case goes by the terms of the last one at or before its opening;
    /// people are those of the last one at or before each entry. What counts later than `as_of` is left out, and so is all that was written
    /// after it; time passes up to it.
    #[must_use]
    pub fn of(settings: &BTreeMap<u64, Setting>, entries: &[CaseEntry], as_of: Instant) -> Self {
        let ordered: BTreeMap<u64, &CaseEntry> = entries.iter().map(|entry| (entry.entry, entry)).collect();
        let ordered: Vec<&CaseEntry> = ordered.into_values().collect();
        let mut fold = Fold::new(settings);
        if !settings.is_empty() {
            for (entry, counts) in counted(&ordered, settings, as_of) {
                fold.take(entry, counts);
            }
        }
        fold.pass(as_of);
        Self { as_of, cases: fold.cases, refused: fold.refused }
    }

    /// Whether an act would be taken after these entries. The same code decides when the record is read again; it reads all of it.
    ///
    /// # Errors
    /// Why not.
    pub fn would(
        settings: &BTreeMap<u64, Setting>,
        entries: &[CaseEntry],
        next: &CaseEntry,
    ) -> Result<(), Refused> {
        let mut all = entries.to_vec();
        all.push(next.clone());
        let latest = all.iter().map(|entry| entry.at).max().unwrap_or(next.at);
        let after = Self::of(settings, &all, latest);
        let mut refused = after.cases.values().flat_map(|case| &case.refused).chain(&after.refused);
        refused.find(|one| one.entry == next.entry).map_or(Ok(()), |refused| Err(refused.why.clone()))
    }

    /// Parties that were put out of the agreement, in the order in which they were; with when they were taken back.
    #[must_use]
    pub fn exclusions(&self) -> Vec<Exclusion> {
        let mut ends: Vec<(Instant, u64, &Case, bool)> = Vec::new();
        for case in self.cases.values() {
            for passage in &case.trail {
                let Some(end) = case.procedure.end(&passage.to) else { continue };
                let entry = passage.entry.unwrap_or(case.id.0);
                if end.excludes || end.readmits {
                    ends.push((passage.at, entry, case, end.excludes));
                }
            }
        }
        ends.sort_by_key(|(at, entry, case, _)| (*at, *entry, case.id));
        let mut all: Vec<Exclusion> = Vec::new();
        let mut out: BTreeMap<&ActorId, usize> = BTreeMap::new();
        for (at, entry, case, excludes) in ends {
            let Some(actor) = case.respondent() else { continue };
            if excludes && !out.contains_key(actor) {
                out.insert(actor, all.len());
                all.push(Exclusion { actor: actor.clone(), from: at, by: (case.id, entry), until: None });
            } else if !excludes && let Some(place) = out.remove(actor) {
                all.get_mut(place).into_iter().for_each(|one| one.until = Some((at, case.id, entry)));
            }
        }
        all
    }

    /// Clocks that ran out and of which the record was not told yet, oldest first.
    #[must_use]
    pub fn lapses(&self) -> Vec<Lapse> {
        let mut all: Vec<Lapse> = Vec::new();
        for case in self.cases.values() {
            let silent = case.trail.iter().filter(|passage| matches!(passage.way, Way::Silence | Way::Heard));
            let led: BTreeMap<_, _> =
                silent.map(|passage| ((passage.at, &passage.from), &passage.to)).collect();
            for clock in case.clocks.iter().filter(|clock| clock.recorded.is_none()) {
                let Some((at, Stopped::Lapsed)) = clock.stopped else { continue };
                let to =
                    led.get(&(at, &Some(clock.step.clone()))).map(|to| (*to).clone()).unwrap_or_default();
                all.push(Lapse { case: case.id, step: clock.step.clone(), at, to });
            }
        }
        all.sort_by_key(|one| (one.at, one.case));
        all
    }
}
