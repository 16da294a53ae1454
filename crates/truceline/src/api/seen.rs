//! Who sees what of cases: the policy's three words (see, see-own, see-sealed) made into what is shown.
//!
//! Who may see a case whole sees all of it, sealed items of evidence only where their role may, or they are their own side's or were disclosed
//! to it. Who speaks for a party sees what a party may see and no more. Who is of the mission and sees their own only, sees of the
//! cases that concern them where they stand and what they themselves did. Everybody else: nothing, not even that there is a case.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};
use truceline_casework::case::{Action, Case, CaseAct, CaseId, Docket, Doer, Phase, Setting, may};
use truceline_model::{ActorId, Dossier, ReceiptNo};

use super::asked::no_case;
use super::gate::Caller;
use super::problem::Problem;
use super::{Desk, party};
use crate::cases;
use crate::live::{Live, now};
use crate::loaded::Loaded;
use crate::protected;

/// For so many seconds what was derived stands for what is now; nobody's clock in a case is shorter.
const FRESH_S: i64 = 3;

/// All cases as of a moment, before one person.
pub(super) struct Sight {
    pub(super) loaded: Arc<Loaded>,
    pub(super) docket: Arc<Docket>,
    pub(super) caller: Caller,
    /// Somebody looks back to that moment.
    is_asked: bool,
    /// Receipts that a party's papers leave no trace of; gathered for parties alone.
    protected: BTreeSet<ReceiptNo>,
}

/// How much a person may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Everything, sealed evidence only where that is said.
    Whole {
        /// Sealed evidence, too.
        with_sealed: bool,
    },
    /// What one party may.
    Party(ActorId),
    /// Cases that they had to do with, and of these what they did.
    Own,
    /// Nothing.
    Nothing,
}

/// What the policy says of somebody in a phase.
pub(super) fn extent(caller: &Caller, phase: Phase) -> Extent {
    let may = |action| may(caller.person.role, action, phase);
    if may(Action::See) {
        return Extent::Whole { with_sealed: may(Action::SeeSealed) };
    }
    match &caller.person.acts_for {
        Some(actor) if may(Action::SeeOwn) => Extent::Party(actor.clone()),
        None if may(Action::SeeOwn) => Extent::Own,
        _ => Extent::Nothing,
    }
}

/// What the policy says of somebody when no one case is meant.
pub(super) fn extent_of_all(caller: &Caller) -> Extent {
    extent(caller, Phase::Underway)
}

/// Who is shown the same cases: their role and whom they act for; where a phase shows them their own alone, their name too.
pub(super) fn view(caller: &Caller) -> String {
    let role = caller.person.role.as_str();
    let acts_for = caller.person.acts_for.as_ref().map_or("", ActorId::as_str);
    let is_own = Phase::ALL.into_iter().any(|phase| extent(caller, phase) == Extent::Own);
    format!("{role}/{acts_for}/{}", if is_own { caller.name.as_str() } else { "" })
}

impl Desk {
    /// The docket before somebody: as of a moment, or else of now.
    pub(super) fn sight(&self, caller: &Caller, as_of: Option<&str>) -> Result<Sight, Problem> {
        let live = self.live()?;
        let loaded = Arc::clone(&live.loaded);
        let now = now(&loaded)?;
        let is_asked = as_of.is_some();
        let as_of = match as_of {
            Some(words) => loaded.mission.moment(words)?,
            // So fresh a docket is everybody's.
            None if now.seconds().saturating_sub(live.as_of.seconds()) <= FRESH_S => live.as_of,
            None => now,
        };
        // What will be told if nobody acts until then is nobody's to see who must not know of it yet.
        if as_of > now && !matches!(extent_of_all(caller), Extent::Whole { .. }) {
            return Err(Problem::wrong("as_of: a moment that has passed"));
        }
        let docket = if as_of == live.as_of {
            Arc::clone(&live.docket)
        } else {
            Arc::new(cases::docket(&loaded, as_of))
        };
        Ok(Sight { is_asked, ..Sight::over(loaded, docket, caller) })
    }
}

impl Sight {
    /// The cases as they stand before somebody.
    pub(super) fn of(live: &Live, caller: &Caller) -> Self {
        Self::over(Arc::clone(&live.loaded), Arc::clone(&live.docket), caller)
    }

    fn over(loaded: Arc<Loaded>, docket: Arc<Docket>, caller: &Caller) -> Self {
        let protected = match extent_of_all(caller) {
            Extent::Party(_) => protected::receipts(&loaded),
            _ => BTreeSet::new(),
        };
        Self { loaded, docket, caller: caller.clone(), is_asked: false, protected }
    }

    /// What a case goes by: what was in force when it was opened.
    pub(super) fn setting(&self, case: &Case) -> Result<&Setting, Problem> {
        cases::setting_at(&self.loaded, case.id.0)
            .ok_or_else(|| Problem::nothing("no case was opened in this store"))
    }

    /// Cases that the person may know of, in the order of their entries.
    pub(super) fn known(&self) -> impl Iterator<Item = &Case> {
        self.docket.cases.values().filter(|case| self.knows(case))
    }

    /// Whether the person may know that there is this case.
    pub(super) fn knows(&self, case: &Case) -> bool {
        match extent(&self.caller, case.phase()) {
            Extent::Whole { .. } => true,
            Extent::Party(party) => self.dossier(&party, case.id).is_some(),
            Extent::Own => self.concerns(case),
            Extent::Nothing => false,
        }
    }

    /// What a party may see of a case; `None` when it may not know of it.
    fn dossier(&self, party: &ActorId, case: CaseId) -> Option<Dossier> {
        party::dossier(&self.loaded, &self.docket, &self.protected, party, case)
    }

    /// They opened it, acted in it, or it waits for the mission's own people.
    fn concerns(&self, case: &Case) -> bool {
        let waits = self.setting(case).is_ok_and(|setting| {
            case.awaited(setting, self.docket.as_of).is_some_and(|one| one.who.contains(&Doer::Mission))
        });
        waits || case.opened_by == self.caller.name || !self.own_acts(case).is_empty()
    }

    /// Entries by which the person acted in a case and was heard.
    fn own_acts(&self, case: &Case) -> Vec<u64> {
        let refused: BTreeSet<u64> = case.refused.iter().map(|one| one.entry).collect();
        let own = self.loaded.case_entries.iter().filter(|entry| {
            let here = match &entry.what {
                CaseAct::Open(_) => entry.entry == case.id.0,
                CaseAct::On(id, _) => *id == case.id,
                CaseAct::ClockFault(_) => false,
            };
            here && entry.by == self.caller.name && entry.at <= self.docket.as_of
        });
        own.map(|entry| entry.entry).filter(|entry| !refused.contains(entry)).collect()
    }

    /// A case as the person may see it; `None` when they may not know of it.
    pub(super) fn page(&self, desk: &Desk, case: &Case) -> Result<Option<Value>, Problem> {
        if !self.knows(case) {
            return Ok(None);
        }
        let setting = self.setting(case)?;
        Ok(match extent(&self.caller, case.phase()) {
            Extent::Whole { with_sealed } => Some(self.whole(case, setting, with_sealed)),
            Extent::Party(party) => {
                // Now is as everybody reads it: a few seconds old.
                let live = if self.is_asked { desk.at(self.docket.as_of)? } else { desk.live()? };
                Some(party::page(desk, &live, &party, case.id)?)
            }
            Extent::Own => {
                let mut page = self.line(case)?;
                if let Some(map) = page.as_object_mut() {
                    map.insert("view".into(), json!("own"));
                    map.insert("own_entries".into(), json!(self.own_acts(case)));
                }
                Some(page)
            }
            Extent::Nothing => None,
        })
    }

    fn whole(&self, case: &Case, setting: &Setting, with_sealed: bool) -> Value {
        let mut page = cases::case_json(case, setting, self.docket.as_of);
        let shown: BTreeSet<u64> = case
            .evidence
            .iter()
            .filter(|item| {
                let speaks = |doer: &Doer| {
                    *doer != Doer::Mission && setting.speaks(&self.caller.person, doer, self.docket.as_of)
                };
                let to_them = item.disclosed.keys().any(|to| speaks(&Doer::Actor(to.clone())));
                with_sealed || !item.is_sealed || speaks(&item.side) || to_them || item.by == self.caller.name
            })
            .map(|item| item.entry)
            .collect();
        for item in page.get_mut("evidence").and_then(Value::as_array_mut).into_iter().flatten() {
            let is_shown =
                item.get("entry").and_then(Value::as_u64).is_some_and(|entry| shown.contains(&entry));
            let Some(map) = item.as_object_mut() else { continue };
            map.insert("is_withheld".into(), json!(!is_shown));
            if !is_shown {
                map.insert("words".into(), Value::Null);
                map.insert("receipt".into(), Value::Null);
            }
        }
        if let Some(map) = page.as_object_mut() {
            map.insert("view".into(), json!("whole"));
        }
        page
    }

    /// One line of a list: where a case stands, and who must act by when. A party is told the hour of its own steps, the day of others'.
    pub(super) fn line(&self, case: &Case) -> Result<Value, Problem> {
        let setting = self.setting(case)?;
        let as_of = self.docket.as_of;
        let mut awaited = case.awaited(setting, as_of).map(|one| cases::awaited_json(&one, as_of));
        let mut respondents = case.respondents.clone();
        let mut is_day = false;
        if let Extent::Party(party) = extent(&self.caller, case.phase()) {
            let Some(dossier) = self.dossier(&party, case.id) else {
                return Err(no_case(&case.id.to_string()));
            };
            respondents = dossier.respondents;
            if let (Some(waiting), Some(Value::Object(map))) = (&dossier.waiting, awaited.as_mut()) {
                is_day = waiting.due.is_day;
                map.insert("due".into(), json!(waiting.due.at.to_string()));
            }
        }
        if let Some(Value::Object(map)) = awaited.as_mut() {
            map.insert("is_day".into(), json!(is_day));
        }
        Ok(json!({
            "case": case.id.to_string(),
            "procedure": case.opening.procedure.as_str(),
            "clause": case.clause().as_str(),
            "respondents": respondents.iter().map(|one| one.as_str()).collect::<Vec<_>>(),
            "phase": case.phase().as_str(),
            "stands": case.stands(),
            "awaited": awaited,
        }))
    }

    /// What is overdue, and due within so many hours, in the cases that the person may know of; soonest first. A party: its own alone.
    pub(super) fn due(&self, setting: &Setting, hours: i64) -> Vec<Value> {
        let all = cases::due_json(&self.docket, setting, hours);
        let is_shown = |value: &Value| {
            let case = value.get("case").and_then(Value::as_str).and_then(CaseId::parse);
            let Some(case) = case.and_then(|id| self.docket.cases.get(&id)) else { return false };
            let doers = value.get("who").or(value.get("by")).and_then(Value::as_array);
            let theirs = |party: &ActorId| {
                doers
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .any(|doer| setting.actors.belongs(&ActorId::new(doer), party, self.docket.as_of))
            };
            match extent(&self.caller, case.phase()) {
                Extent::Whole { .. } => true,
                Extent::Own => self.knows(case),
                Extent::Party(party) => self.knows(case) && theirs(&party),
                Extent::Nothing => false,
            }
        };
        all.into_iter().filter(is_shown).collect()
    }

    /// Entries on cases that the person's own view names, with the case: what events tell of.
    pub(super) fn entries(&self) -> Vec<(u64, Option<String>)> {
        if let Extent::Party(party) = extent_of_all(&self.caller) {
            let mut all: BTreeMap<u64, Option<String>> = BTreeMap::new();
            for id in self.docket.cases.keys() {
                let named = self.dossier(&party, *id).map(|dossier| dossier.entries()).unwrap_or_default();
                all.extend(named.into_iter().map(|entry| (entry, Some(id.to_string()))));
            }
            return all.into_iter().collect();
        }
        let known: BTreeSet<CaseId> = self.known().map(|case| case.id).collect();
        let is_whole = matches!(extent_of_all(&self.caller), Extent::Whole { .. });
        let named = self.loaded.case_entries.iter().filter_map(|entry| {
            let case = match &entry.what {
                CaseAct::Open(_) => Some(CaseId(entry.entry)),
                CaseAct::On(id, _) => Some(*id),
                CaseAct::ClockFault(_) => None,
            };
            match case.filter(|case| known.contains(case)) {
                Some(case) => Some((entry.entry, Some(case.to_string()))),
                // What was refused before there was a case belongs to none.
                None => is_whole.then_some((entry.entry, None)),
            }
        });
        named.collect()
    }
}
