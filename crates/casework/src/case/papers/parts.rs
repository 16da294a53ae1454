//! What happened in a case, as one reader may see it: allegation, course, acts, clocks, what is waited for.

use std::collections::BTreeSet;

use truceline_model::{
    ActorId, Alleger, Asks, Begun, Doer, DueLine, Hand, Passed, Performed, Said, Ticked, Waiting, Who,
};

use super::super::act::Complainant;
use super::super::clock::Clock;
use super::super::state::Done;
use super::super::unbidden::BY_THE_TERMS;
use super::sight::Sight;

impl Sight<'_> {
    pub(super) fn opened_by(&self) -> Option<Hand> {
        if self.case.opened_by == BY_THE_TERMS {
            return None;
        }
        let person = self.setting.people.get(&self.case.opened_by);
        let doer = person.and_then(|one| one.acts_for.clone()).map_or(Doer::Mission, Doer::Actor);
        let may = self.release.is_mission() || self.own(&doer);
        may.then(|| self.hand(&self.case.opened_by, &doer))
    }

    /// Who alleges. Outside the mission nobody can tell somebody of the public from the mission's own motion.
    pub(super) fn alleged(&self) -> Vec<(Alleger, Option<u64>)> {
        let mut all: Vec<(Alleger, Option<u64>)> = Vec::new();
        for (one, entry) in &self.case.complainants {
            let (alleger, is_own) = match one {
                Complainant::Party(actor) => {
                    (Alleger::Party(actor.clone()), self.own(&Doer::Actor(actor.clone())))
                }
                Complainant::Threshold(threshold) => (Alleger::Threshold(*threshold), false),
                Complainant::Mission if self.release.is_mission() => (Alleger::Mission, false),
                Complainant::Public(receipt) if self.release.is_mission() => {
                    (Alleger::Public(*receipt), false)
                }
                Complainant::Mission | Complainant::Public(_) => (Alleger::NotSaid, false),
            };
            if alleger != Alleger::NotSaid || !all.iter().any(|(known, _)| *known == Alleger::NotSaid) {
                all.push((alleger, self.entry(*entry, is_own)));
            }
        }
        // Outside the mission the order may not tell which of two it was.
        all.sort();
        all
    }

    /// To whom the words of the allegation were disclosed; to a party, that they were to it.
    pub(super) fn disclosed(&self) -> Vec<(ActorId, Option<u64>)> {
        let all = self.case.disclosed.iter();
        let shown = all.filter(|(to, _)| self.release.is_mission() || self.own(&Doer::Actor((*to).clone())));
        shown.map(|(to, entry)| (to.clone(), Some(*entry))).collect()
    }

    /// The words of the allegation: a party's own stand for the parties before the case. Of what others told the mission, parties see what the
    /// mission wrote to them, and the words themselves only where somebody who may disclosed them.
    pub(super) fn allegation(&self) -> Said {
        let opening = &self.case.opening;
        let is_party = matches!(opening.complainant, Complainant::Party(_));
        let may = matches!(self.release, truceline_model::Release::Party(_))
            && (is_party || !self.disclosed().is_empty());
        self.said(self.case.id.0, opening.words.as_ref(), may)
    }

    pub(super) fn waiting(&self) -> Option<Waiting> {
        let awaited = self.case.awaited(self.setting, self.papers.docket.as_of)?;
        let is_reader = self.any_own(awaited.who.iter());
        Some(Waiting {
            stage: self.stage(&awaited.step),
            is_any: awaited.is_any,
            is_reader,
            due: self.when(awaited.due, is_reader),
            then: awaited.then.iter().map(|id| self.stage(id)).collect(),
            silence: self.stage(&awaited.silence),
            who: awaited.who,
        })
    }

    /// What the reader must do in this case.
    pub(super) fn due_lines(&self) -> Vec<DueLine> {
        let as_of = self.papers.docket.as_of;
        let mut all = Vec::new();
        if let Some(awaited) = self.case.awaited(self.setting, as_of)
            && self.any_own(awaited.who.iter())
        {
            all.push(DueLine {
                case: self.case.id.0,
                stage: Some(self.stage(&awaited.step)),
                is_remedy: false,
                due: awaited.due,
                silence: Some(self.stage(&awaited.silence)),
                is_overdue: awaited.due < as_of,
            });
        }
        for one in self.case.undertakings.iter().filter(|one| one.kept.is_none()) {
            if self.any_own(one.by.iter()) {
                all.push(DueLine {
                    case: self.case.id.0,
                    stage: None,
                    is_remedy: one.is_remedy,
                    due: one.due,
                    silence: None,
                    is_overdue: one.due < as_of,
                });
            }
        }
        all
    }

    pub(super) fn course(&self) -> Vec<Passed> {
        let passages = self.case.trail.iter();
        let one = |passage: &super::super::state::Passage| {
            let own = passage.entry.is_some_and(|entry| self.is_own_entry(entry));
            Passed {
                from: passage.from.as_ref().map(|id| self.stage(id)),
                to: self.stage(&passage.to),
                way: passage.way.as_str(),
                when: self.when(passage.at, own),
                entry: passage.entry.and_then(|entry| self.entry(entry, own)),
            }
        };
        passages.map(one).collect()
    }

    /// Whether somebody of the reader's own wrote an entry.
    pub(super) fn is_own_entry(&self, entry: u64) -> bool {
        let found = self.papers.entries.iter().find(|one| one.entry == entry);
        let person = found.and_then(|one| self.setting.people.get(&one.by));
        person.and_then(|one| one.acts_for.clone()).is_some_and(|actor| self.own(&Doer::Actor(actor)))
    }

    pub(super) fn acts(&self) -> Vec<Performed> {
        self.case.done.iter().filter(|done| self.may_see_act(done)).map(|done| self.act(done)).collect()
    }

    fn act(&self, done: &Done) -> Performed {
        let is_open = self.own(&done.doer) || self.is_addressed(done);
        Performed {
            entry: self.entry(done.entry, is_open),
            when: self.when(done.at, is_open),
            hand: self.hand(&done.by, &done.doer),
            stage: self.stage(&done.step),
            then: (is_open || self.release.is_mission()).then(|| self.stage(&done.then)),
            stance: done.stance.clone(),
            words: self.said(done.entry, done.words.as_ref(), is_open),
        }
    }

    /// Positions are shown to others once they count: as parts of a determination.
    fn may_see_act(&self, done: &Done) -> bool {
        match self.release {
            truceline_model::Release::Mission { .. } => true,
            truceline_model::Release::Party(_) => self.own(&done.doer) || self.is_addressed(done),
            truceline_model::Release::Public => false,
        }
    }

    /// Whether an act was meant for the reader: a notice or query to the accused and who answers for them, a remedy for who must do it, or a step
    /// that the terms address to them.
    fn is_addressed(&self, done: &Done) -> bool {
        let Some(step) = self.case.procedure.step(&done.step) else { return false };
        let mut to: BTreeSet<Who> = step.to.union(&step.through).cloned().collect();
        match step.asks {
            Asks::Notice | Asks::Query => to.extend([Who::Respondent, Who::Guarantor]),
            Asks::Remedy => to.extend([Who::Respondent, Who::Guarantor, Who::Complainant]),
            _ => {}
        }
        // Whom nobody has named falls to the mission, and is nobody's.
        let doers = self.case.doers(&to, self.setting, done.at);
        self.any_own(doers.iter())
    }

    pub(super) fn clocks(&self) -> Vec<Ticked> {
        if *self.release == truceline_model::Release::Public {
            return Vec::new();
        }
        (0..).zip(&self.case.clocks).map(|(n, clock)| self.clock(clock, self.case.begun_by(n))).collect()
    }

    fn clock(&self, clock: &Clock, begun_by: Option<&Clock>) -> Ticked {
        let step = self.case.procedure.step(&clock.step);
        let own = step.is_some_and(|step| {
            let named = self.case.doers(&step.by, self.setting, clock.started);
            self.any_own(named.iter())
        });
        let by = |entry: u64| self.entry(entry, self.is_own_entry(entry));
        let started = clock.started_by.filter(|entry| by(*entry).is_some());
        Ticked {
            stage: self.stage(&clock.step),
            within: clock.within,
            of: clock.of.clone(),
            started: self.when(clock.started, own),
            started_by: started.map(|entry| (entry, self.person(entry))),
            begun_by: begun_by.map(|one| Begun {
                stage: self.stage(&one.step),
                recorded: one.recorded.and_then(by),
                is_told: one.recorded.is_some(),
            }),
            due: self.when(clock.due, own),
            extended: clock
                .extended
                .map(|(entry, before)| (by(entry), self.person(entry), self.when(before, own))),
            stopped: clock.stopped.map(|(at, why)| {
                let entry = why.entry();
                // What ran out ran out at its end; what others did is told to the day.
                let exact = own && entry.is_none_or(|entry| self.is_own_entry(entry));
                (
                    self.when(at, exact),
                    why.as_str(),
                    entry.and_then(by),
                    entry.and_then(|entry| self.person(entry)),
                )
            }),
            recorded: clock.recorded.and_then(by),
            is_told: clock.recorded.is_some(),
        }
    }
}
