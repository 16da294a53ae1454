//! One pass over the entries of the record, in their order.
//!
//! Before an entry counts, time passes in the cases that it concerns, up to the moment at which it does. Each act is checked whole before it
//! changes anything, so that what is refused leaves no trace but its refusal, and no case is copied for it: a hundred thousand entries in one
//! case cost a hundred thousand times what one does.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{ClauseId, IncidentId, Instant};

use super::act::{Act, CaseAct, CaseEntry, CaseId, ClockFault, Opening};
use super::docket::Acting;
use super::opening::{is_same, open};
use super::people::Person;
use super::policy::{Action, Phase, may};
use super::refusal::Refused;
use super::setting::{Setting, setting_of};
use super::state::{Case, RefusedAct};
use super::time::{Counts, Voice, voice};
use super::unbidden::{BY_THE_TERMS, Passed, unbidden};

/// What cases that could be one and the same have in common: procedure, clause, an incident (`None`: they have none), what they rest on.
type Alike = (ClauseId, ClauseId, Option<IncidentId>, BTreeSet<CaseId>);

/// Cases while the entries are read.
pub(super) struct Fold<'e> {
    settings: &'e BTreeMap<u64, Setting>,
    pub(super) cases: BTreeMap<CaseId, Case>,
    pub(super) refused: Vec<RefusedAct>,
    /// Who has said that the clock was wrong.
    said: BTreeMap<ClockFault, BTreeSet<Voice<'e>>>,
    /// Cases that were open when last looked at.
    alike: BTreeMap<Alike, BTreeSet<CaseId>>,
}

impl<'e> Fold<'e> {
    pub(super) fn new(settings: &'e BTreeMap<u64, Setting>) -> Self {
        Self {
            settings,
            cases: BTreeMap::new(),
            refused: Vec::new(),
            said: BTreeMap::new(),
            alike: BTreeMap::new(),
        }
    }

    /// Lets time pass in every case.
    pub(super) fn pass(&mut self, until: Instant) {
        for (id, case) in &mut self.cases {
            if let Some(setting) = setting_of(self.settings, id.0) {
                case.pass(until, setting);
            }
        }
    }

    /// Takes one entry in, or keeps why not.
    pub(super) fn take(&mut self, entry: &'e CaseEntry, counts: Counts) {
        let (id, act) = match &entry.what {
            CaseAct::Open(_) => (CaseId(entry.entry), "open"),
            CaseAct::On(id, act) => (*id, act.as_str()),
            CaseAct::ClockFault(_) => (CaseId(entry.entry), "clock-fault"),
        };
        if let Err(why) = self.act(entry, counts) {
            let refused = RefusedAct { entry: entry.entry, at: counts.at, by: entry.by.clone(), act, why };
            match self.cases.get_mut(&id) {
                Some(case) => case.refused.push(refused),
                None => self.refused.push(refused),
            }
        }
    }

    /// People are those of the mission as it is at the entry: they change while a case goes on. What it goes by is what the terms said when it
    /// was opened.
    fn act(&mut self, entry: &'e CaseEntry, counts: Counts) -> Result<(), Refused> {
        let settings = self.settings;
        let nobody = || Refused::Nobody(entry.by.clone());
        let now = setting_of(settings, entry.entry).ok_or_else(nobody)?;
        let at = counts.at;
        if let CaseAct::On(id, _) = &entry.what
            && let Some(case) = self.cases.get_mut(id)
        {
            case.pass(at, setting_of(settings, id.0).unwrap_or(now));
        }
        let person = match entry.by.as_str() {
            BY_THE_TERMS => unbidden(entry, at)?,
            by => now.people.get(by).ok_or_else(nobody)?,
        };
        // That the clock is wrong can be said while it is.
        if counts.is_set_back && !matches!(entry.what, CaseAct::ClockFault(_)) {
            return Err(Refused::SetBack(entry.at));
        }
        let acting = |setting| Acting { setting, person, by: entry.by.as_str(), entry: entry.entry, at };
        match &entry.what {
            CaseAct::Open(opening) => {
                allowed(person, Action::Open, Phase::None)?;
                if let Some(passed) = said_by_terms(opening, &entry.by)?
                    && let Some(case) = self.answered(&passed, at)
                {
                    return Err(Refused::Twice(case.0));
                }
                let same = self.same(opening, at).or_else(|| self.runs_by_terms(opening, at));
                let case = open(opening, &acting(now), &self.cases, same)?;
                self.index(&case);
                self.cases.insert(case.id, case);
                Ok(())
            }
            CaseAct::On(id, act) => {
                let setting = setting_of(settings, id.0).unwrap_or(now);
                let case = self.cases.get_mut(id).ok_or(Refused::NoCase(*id))?;
                on(case, act, &acting(setting))?;
                if matches!(act, Act::Reopen { .. } | Act::Incident(_)) {
                    index(case, &mut self.alike);
                }
                Ok(())
            }
            CaseAct::ClockFault(fault) => {
                allowed(person, Action::ClockFault, Phase::None)?;
                if fault.from > fault.to || fault.to >= entry.entry {
                    return Err(Refused::NoEntry(fault.to));
                }
                let is_new = self.said.entry(*fault).or_default().insert(voice(person, &entry.by));
                if is_new { Ok(()) } else { Err(Refused::SamePerson) }
            }
        }
    }

    /// The case that answers a threshold already.
    fn answered(&mut self, passed: &Passed<'_>, at: Instant) -> Option<CaseId> {
        let settings = self.settings;
        self.cases.iter_mut().filter(|(_, case)| passed.is_about(case)).find_map(|(id, case)| {
            if let Some(setting) = setting_of(settings, id.0) {
                case.pass(at, setting);
            }
            passed.is_answered_by(case).then_some(*id)
        })
    }

    /// The case that the terms opened by themselves on the threshold that somebody alleges, while it runs.
    fn runs_by_terms(&mut self, opening: &Opening, at: Instant) -> Option<CaseId> {
        let settings = self.settings;
        let is_about = |case: &Case| {
            let before = &case.opening;
            before.since.is_some()
                && before.procedure == opening.procedure
                && before.clause == opening.clause
                && before.complainant == opening.complainant
                && before.respondents == opening.respondents
        };
        self.cases.iter_mut().filter(|(_, case)| is_about(case)).find_map(|(id, case)| {
            if let Some(setting) = setting_of(settings, id.0) {
                case.pass(at, setting);
            }
            case.turn.is_some().then_some(*id)
        })
    }

    fn index(&mut self, case: &Case) {
        index(case, &mut self.alike);
    }

    /// The open case that an opening would open again, if there is one. Those found to have ended are looked at no more.
    fn same(&mut self, opening: &Opening, at: Instant) -> Option<CaseId> {
        let mut found: Option<CaseId> = None;
        for key in keys(opening, &opening.incidents) {
            let Some(ids) = self.alike.get_mut(&key) else { continue };
            let mut ended = Vec::new();
            for id in ids.iter() {
                let Some(case) = self.cases.get_mut(id) else { continue };
                if let Some(setting) = setting_of(self.settings, id.0) {
                    case.pass(at, setting);
                }
                if case.turn.is_none() {
                    ended.push(*id);
                } else if is_same(case, opening) {
                    found = Some(found.map_or(*id, |before| before.min(*id)));
                    break;
                }
            }
            for id in ended {
                ids.remove(&id);
            }
        }
        found
    }
}

/// What the terms say of their own opening; a person says no such thing.
fn said_by_terms<'o>(opening: &'o Opening, by: &str) -> Result<Option<Passed<'o>>, Refused> {
    match (by == BY_THE_TERMS, opening.since) {
        (true, _) => Ok(Passed::of(opening)),
        (false, None) => Ok(None),
        (false, Some(_)) => Err(Refused::NotGiven("opening as of a threshold to a person")),
    }
}

fn index(case: &Case, alike: &mut BTreeMap<Alike, BTreeSet<CaseId>>) {
    for key in keys(&case.opening, &case.incidents) {
        alike.entry(key).or_default().insert(case.id);
    }
}

/// Under what an opening, or the case that it made, is looked for.
fn keys(opening: &Opening, incidents: &BTreeSet<IncidentId>) -> Vec<Alike> {
    let key = |incident: Option<IncidentId>| {
        (opening.procedure.clone(), opening.clause.clone(), incident, opening.rests_on.clone())
    };
    if incidents.is_empty() {
        return vec![key(None)];
    }
    incidents.iter().cloned().map(|incident| key(Some(incident))).collect()
}

/// Nothing here or in what it calls changes the case before everything has been checked.
fn on(case: &mut Case, act: &Act, acting: &Acting<'_>) -> Result<(), Refused> {
    let action = Action::of(act);
    // A step's own word is clearer than the phase's: what comes late is told so, and so is what comes too early.
    let phase = match action {
        Action::Step if case.phase() != Phase::Underway => Phase::Underway,
        Action::Determine if case.phase() != Phase::Deciding => Phase::Deciding,
        Action::Reopen => Phase::Ended,
        _ => case.phase(),
    };
    allowed(acting.person, action, phase)?;
    case.beside(act, acting)
}

fn allowed(person: &Person, action: Action, phase: Phase) -> Result<(), Refused> {
    if may(person.role, action, phase) { Ok(()) } else { Err(Refused::Role(person.role, action, phase)) }
}
