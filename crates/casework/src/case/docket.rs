//! All cases, from the entries of the record.
//!
//! One pass in the order of the entries. Before each entry, time passes in the cases that it concerns up to the moment at which the entry counts; after
//! the last one, in all up to the moment asked for. The same entries, setting and moment give the same docket, whatever the machine.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{ActorId, Instant};

use super::act::{Act, CaseAct, CaseEntry, CaseId};
use super::clock::Stopped;
use super::opening::open;
use super::people::{Doer, Person};
use super::policy::{Action, Phase, may};
use super::refusal::Refused;
use super::setting::Setting;
use super::state::{Case, RefusedAct};
use super::time::{Counts, counts};

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
        self.person.acts_for.clone().map_or(Doer::Mission, Doer::Actor)
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
    /// Makes the docket. `settings` gives what was in force from an entry on; the last one at or before an opening is that case's. Entries of
    /// a later time than `as_of` are left out; time passes up to it.
    #[must_use]
    pub fn of(settings: &BTreeMap<u64, Setting>, entries: &[CaseEntry], as_of: Instant) -> Self {
        let mut docket = Self { as_of, cases: BTreeMap::new(), refused: Vec::new() };
        let Some((_, latest)) = settings.last_key_value() else { return docket };
        let ordered: BTreeMap<u64, &CaseEntry> = entries.iter().map(|entry| (entry.entry, entry)).collect();
        let ordered: Vec<&CaseEntry> = ordered.into_values().collect();
        let counted = counts(&ordered, &latest.people);
        let mut said: BTreeMap<(u64, u64), BTreeSet<&str>> = BTreeMap::new();
        for (entry, counts) in ordered.iter().zip(counted) {
            if counts.at > as_of {
                continue;
            }
            docket.pass_for(settings, entry, counts.at);
            docket.take(settings, entry, counts, &mut said);
        }
        docket.pass(settings, as_of);
        docket
    }

    /// Whether an act would be taken after these entries. The same code decides when the record is read again.
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

    /// Lets time pass where an entry can tell: in its own case, or, when it opens one, in those that it could be the same as.
    fn pass_for(&mut self, settings: &BTreeMap<u64, Setting>, entry: &CaseEntry, until: Instant) {
        for (id, case) in &mut self.cases {
            let concerns = match &entry.what {
                CaseAct::Open(opening) => {
                    case.clause() == &opening.clause && case.respondents == opening.respondents
                }
                CaseAct::On(of, _) => of == id,
                CaseAct::ClockFault(_) => false,
            };
            if let Some(setting) = setting_of(settings, id.0).filter(|_| concerns) {
                case.pass(until, setting);
            }
        }
    }

    fn pass(&mut self, settings: &BTreeMap<u64, Setting>, until: Instant) {
        for (id, case) in &mut self.cases {
            if let Some(setting) = setting_of(settings, id.0) {
                case.pass(until, setting);
            }
        }
    }

    fn take<'e>(
        &mut self,
        settings: &BTreeMap<u64, Setting>,
        entry: &'e CaseEntry,
        counts: Counts,
        said: &mut BTreeMap<(u64, u64), BTreeSet<&'e str>>,
    ) {
        let (id, act) = match &entry.what {
            CaseAct::Open(_) => (CaseId(entry.entry), "open"),
            CaseAct::On(id, act) => (*id, act.as_str()),
            CaseAct::ClockFault(_) => (CaseId(entry.entry), "clock-fault"),
        };
        let Some(setting) = setting_of(settings, id.0.min(entry.entry)) else { return };
        let done = self.act(setting, entry, counts, said);
        if let Err(why) = done {
            let refused = RefusedAct { entry: entry.entry, at: counts.at, by: entry.by.clone(), act, why };
            match self.cases.get_mut(&id) {
                Some(case) => case.refused.push(refused),
                None => self.refused.push(refused),
            }
        }
    }

    fn act<'e>(
        &mut self,
        setting: &Setting,
        entry: &'e CaseEntry,
        counts: Counts,
        said: &mut BTreeMap<(u64, u64), BTreeSet<&'e str>>,
    ) -> Result<(), Refused> {
        let person = setting.people.get(&entry.by).ok_or_else(|| Refused::Nobody(entry.by.clone()))?;
        // That the clock is wrong can be said while it is.
        if counts.is_set_back && !matches!(entry.what, CaseAct::ClockFault(_)) {
            return Err(Refused::SetBack(entry.at));
        }
        let acting = Acting { setting, person, by: entry.by.as_str(), entry: entry.entry, at: counts.at };
        match &entry.what {
            CaseAct::Open(opening) => {
                allowed(person, Action::Open, Phase::None)?;
                let case = open(opening, &acting, &self.cases)?;
                self.cases.insert(case.id, case);
                Ok(())
            }
            CaseAct::On(id, act) => {
                let case = self.cases.get_mut(id).ok_or(Refused::NoCase(*id))?;
                on(case, act, &acting)
            }
            CaseAct::ClockFault(fault) => {
                allowed(person, Action::ClockFault, Phase::None)?;
                if fault.from > fault.to || fault.to >= entry.entry {
                    return Err(Refused::NoEntry(fault.to));
                }
                let by = said.entry((fault.from, fault.to)).or_default();
                if by.insert(&entry.by) { Ok(()) } else { Err(Refused::SamePerson) }
            }
        }
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
        for (at, entry, case, excludes) in ends {
            let Some(actor) = case.respondent() else { continue };
            let open = all.iter_mut().find(|one| one.actor == *actor && one.until.is_none());
            match (excludes, open) {
                (true, None) => {
                    let by = (case.id, entry);
                    all.push(Exclusion { actor: actor.clone(), from: at, by, until: None });
                }
                (false, Some(open)) => open.until = Some((at, case.id, entry)),
                _ => {}
            }
        }
        all
    }

    /// Clocks that ran out and of which the record was not told yet, oldest first.
    #[must_use]
    pub fn lapses(&self) -> Vec<Lapse> {
        let mut all: Vec<Lapse> = Vec::new();
        for case in self.cases.values() {
            for clock in case.clocks.iter().filter(|clock| clock.recorded.is_none()) {
                let Some((at, Stopped::Lapsed)) = clock.stopped else { continue };
                let to = case.trail.iter().find(|p| p.at == at && p.from.as_ref() == Some(&clock.step));
                let to = to.map(|passage| passage.to.clone()).unwrap_or_default();
                all.push(Lapse { case: case.id, step: clock.step.clone(), at, to });
            }
        }
        all.sort_by_key(|one| (one.at, one.case));
        all
    }
}

fn on(case: &mut Case, act: &Act, acting: &Acting<'_>) -> Result<(), Refused> {
    let action = Action::of(act);
    // A step's own word is clearer than the phase's: what comes late is told so.
    let phase = match action {
        Action::Step if case.phase() != Phase::Underway => Phase::Underway,
        Action::Determine if case.phase() != Phase::Deciding => Phase::Deciding,
        _ => case.phase(),
    };
    allowed(acting.person, action, phase)?;
    let mut next = case.clone();
    next.beside(act, acting)?;
    *case = next;
    Ok(())
}

fn allowed(person: &Person, action: Action, phase: Phase) -> Result<(), Refused> {
    if may(person.role, action, phase) { Ok(()) } else { Err(Refused::Role(person.role, action, phase)) }
}

/// What was in force at an entry; before the first mission, the first.
pub(super) fn setting_of(settings: &BTreeMap<u64, Setting>, entry: u64) -> Option<&Setting> {
    settings.range(..=entry).next_back().or_else(|| settings.first_key_value()).map(|(_, setting)| setting)
}
