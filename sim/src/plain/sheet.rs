//! A case as a list of notes, read from the beginning for every question.

use std::collections::BTreeSet;

use truceline_casework::case::{Complainant, Doer, Opening, Person, Setting, Stance, Way};
use truceline_model::{ActorId, Asks, IncidentId, Instant, Procedure, Since, Step};

use super::{Determined, Told};

/// What somebody said in a step.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) doer: Doer,
    pub(super) entry: u64,
    pub(super) then: String,
    pub(super) stance: Option<Stance>,
}

/// One note.
#[derive(Clone, Debug)]
pub(super) enum Note {
    Moves { to: String, way: Way, at: Instant, entry: Option<u64> },
    Says(Said),
    Alleges(Complainant),
    TakesBack(Complainant),
    Against(BTreeSet<ActorId>),
    Concerns(IncidentId),
    StepsAside(Doer),
    AsksTime(Doer),
    Longer,
    Tried,
    Item(u64, Instant),
    Shown(u64, ActorId),
    Bound(u64),
    Kept(u64),
    Dissents(u64, Doer),
    Lapsed(String),
    Determined(Determined),
}

/// A case.
pub(super) struct Sheet<'s> {
    pub(super) setting: &'s Setting,
    pub(super) procedure: &'s Procedure,
    pub(super) opening: Opening,
    /// The entry that opened it.
    pub(super) entry: u64,
    pub(super) notes: Vec<Note>,
}

impl<'s> Sheet<'s> {
    /// The sheet of a new case; `None` when it may not be opened so.
    pub(super) fn open(
        setting: &'s Setting,
        entry: u64,
        at: Instant,
        opening: &Opening,
        person: &Person,
    ) -> Option<Self> {
        let procedure = setting.procedures.get(&opening.procedure)?;
        let first = procedure.steps.first()?;
        let takes = procedure.takes.is_empty() || procedure.takes.contains(&opening.clause);
        let known = opening.respondents.iter().all(|one| setting.actors.get(one).is_some());
        let by_threshold = matches!(opening.complainant, Complainant::Threshold(_));
        let about = !opening.incidents.is_empty() || !opening.rests_on.is_empty() || by_threshold;
        let mut notes = vec![Note::Against(opening.respondents.clone())];
        notes.extend(opening.incidents.iter().cloned().map(Note::Concerns));
        let mut sheet = Self { setting, procedure, opening: opening.clone(), entry, notes };
        let may = sheet.may_allege(&opening.complainant, person, at);
        if !(takes && known && about && may && setting.clauses.contains(&opening.clause)) {
            return None;
        }
        sheet.notes.push(Note::Alleges(opening.complainant.clone()));
        sheet.go(&first.id, Way::Opened, at, Some(entry));
        Some(sheet)
    }

    /// Whether an opening would open this case a second time.
    pub(super) fn is_like(&self, opening: &Opening) -> bool {
        let incidents = self.incidents();
        self.opening.procedure == opening.procedure
            && self.opening.clause == opening.clause
            && self.opening.rests_on == opening.rests_on
            && self.against() == opening.respondents
            && (incidents == opening.incidents || opening.incidents.iter().any(|one| incidents.contains(one)))
    }

    /// Whether the terms opened this case by themselves on the threshold that an opening names.
    pub(super) fn is_same_threshold(&self, opening: &Opening) -> bool {
        let own = &self.opening;
        own.since.is_some()
            && own.complainant == opening.complainant
            && (&own.procedure, &own.clause) == (&opening.procedure, &opening.clause)
            && own.respondents == opening.respondents
    }

    pub(super) fn incidents(&self) -> BTreeSet<IncidentId> {
        let all = self.notes.iter().filter_map(|note| match note {
            Note::Concerns(incident) => Some(incident.clone()),
            _ => None,
        });
        all.collect()
    }

    pub(super) fn against(&self) -> BTreeSet<ActorId> {
        let last = self.notes.iter().rev().find_map(|note| match note {
            Note::Against(all) => Some(all.clone()),
            _ => None,
        });
        last.unwrap_or_default()
    }

    pub(super) fn alleging(&self) -> BTreeSet<Complainant> {
        let mut all = BTreeSet::new();
        for note in &self.notes {
            match note {
                Note::Alleges(one) => drop(all.insert(one.clone())),
                Note::TakesBack(one) => drop(all.remove(one)),
                _ => {}
            }
        }
        all
    }

    pub(super) fn stepped_aside(&self) -> BTreeSet<Doer> {
        let all = self.notes.iter().filter_map(|note| match note {
            Note::StepsAside(doer) => Some(doer.clone()),
            _ => None,
        });
        all.collect()
    }

    /// Every move: to where, how, when, by which entry.
    pub(super) fn moves(&self) -> Vec<(String, Way, Instant, Option<u64>)> {
        let all = self.notes.iter().filter_map(|note| match note {
            Note::Moves { to, way, at, entry } => Some((to.clone(), *way, *at, *entry)),
            _ => None,
        });
        all.collect()
    }

    pub(super) fn stands(&self) -> String {
        self.moves().pop().map(|(to, ..)| to).unwrap_or_default()
    }

    pub(super) fn step(&self) -> Option<&'s Step> {
        let stands = self.stands();
        self.procedure.steps.iter().find(|step| step.id == stands)
    }

    pub(super) fn is_open(&self) -> bool {
        self.step().is_some()
    }

    pub(super) fn phase(&self) -> &'static str {
        match self.step().map(|step| step.asks) {
            None => "ended",
            Some(Asks::Determination) => "deciding",
            Some(_) => "underway",
        }
    }

    /// The notes since the case came to where it stands.
    pub(super) fn lately(&self) -> &[Note] {
        let since = self.notes.iter().rposition(|note| matches!(note, Note::Moves { .. }));
        since.and_then(|since| self.notes.get(since..)).unwrap_or_default()
    }

    /// What was said since then, without what those said who stepped aside by a word of their own later.
    pub(super) fn said(&self) -> Vec<Said> {
        let mut all: Vec<Said> = Vec::new();
        for note in self.lately() {
            match note {
                Note::Says(said) => all.push(said.clone()),
                Note::StepsAside(doer) => all.retain(|said| said.doer != *doer),
                _ => {}
            }
        }
        all.sort_by(|a, b| a.doer.cmp(&b.doer));
        all
    }

    /// By when the present step is due.
    pub(super) fn due(&self) -> Option<Instant> {
        let step = self.step()?;
        let moves = self.moves();
        let entered = moves.last()?.2;
        let began = moves.iter().rposition(|(_, way, ..)| matches!(way, Way::Opened | Way::Reopened))?;
        let run = moves.get(began..)?;
        let from = match &step.since {
            Since::Opening => run.first()?.2,
            Since::Step(of) => {
                let pairs = run.iter().zip(run.iter().skip(1)).rev();
                pairs.into_iter().find(|(left, _)| left.0 == *of).map_or(entered, |(_, next)| next.2)
            }
        };
        let mut due = self.setting.after(from, step.within).max(entered);
        if self.lately().iter().any(|note| matches!(note, Note::Longer))
            && let Some(more) = &step.extendable
        {
            due = self.setting.after(due, more.by);
        }
        Some(due)
    }

    /// What there is to tell.
    pub(super) fn told(&self, at: Instant) -> Told {
        let awaited = self.step().zip(self.due()).map(|(step, due)| {
            let agree = if step.hears_each { self.can_act(step, at) } else { self.must_agree(step, at) };
            let mut who = if agree.is_empty() { self.can_act(step, at) } else { agree };
            who.retain(|doer| !self.said().iter().any(|said| said.doer == *doer));
            if who.is_empty() {
                who.insert(Doer::Mission);
            }
            (who, due)
        });
        let determined = self.notes.iter().filter_map(|note| match note {
            Note::Determined(one) => Some(one.clone()),
            _ => None,
        });
        let moves = self.moves().into_iter().map(|(to, way, at, _)| (to, way, at));
        Told { stands: self.stands(), awaited, moves: moves.collect(), determined: determined.collect() }
    }
}
