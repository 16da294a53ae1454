//! How a case goes from step to step: who must act, what silence does, who has to step aside.
//!
//! Everything that a step does is read from the procedure. Time takes effect by itself: nobody has to notice that it has passed.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Instant, Since, Step, Who};

use super::act::Complainant;
use super::clock::{Clock, Stopped};
use super::people::Doer;
use super::setting::Setting;
use super::state::{Awaited, Case, Determination, Kind, Passage, Turn, Way};

/// What a passage follows from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Because {
    pub(super) way: Way,
    pub(super) at: Instant,
    /// `None`: time alone.
    pub(super) entry: Option<u64>,
}

impl Case {
    /// Whom a word of the terms means in this case. Empty only for a role that nobody has.
    fn whom(&self, who: &Who, setting: &Setting, at: Instant) -> BTreeSet<Doer> {
        match who {
            Who::Actor(actor) => [Doer::Actor(actor.clone())].into(),
            Who::Mission => [Doer::Mission].into(),
            Who::Anybody => [Doer::Anybody].into(),
            Who::Respondent => self.respondents.iter().cloned().map(Doer::Actor).collect(),
            Who::Complainant => self.complainants.keys().map(complainant).collect(),
            Who::Guarantor => {
                let all = self.respondents.iter().flat_map(|one| setting.guarantors_of(one, at));
                all.map(Doer::Actor).collect()
            }
        }
    }

    /// Whom several words mean together. Where nobody has the role (no respondent is known, nobody answers for it), the mission acts:
    /// a case is never without somebody who must.
    pub(super) fn doers(&self, words: &BTreeSet<Who>, setting: &Setting, at: Instant) -> BTreeSet<Doer> {
        let all: BTreeSet<Doer> = words.iter().flat_map(|who| self.whom(who, setting, at)).collect();
        if all.is_empty() && !words.is_empty() { [Doer::Mission].into() } else { all }
    }

    /// Whether somebody has stepped aside, or must in this step: they, or forces of theirs, are before the case in a role that the step names.
    pub(super) fn is_aside(&self, doer: &Doer, step: &Step, setting: &Setting, at: Instant) -> bool {
        if self.recused.contains_key(doer) {
            return true;
        }
        let Doer::Actor(whole) = doer else { return false };
        step.recuse_when
            .iter()
            .flat_map(|who| self.whom(who, setting, at))
            .any(|other| matches!(&other, Doer::Actor(actor) if setting.actors.belongs(actor, whole, at)))
    }

    /// Whom the terms leave to act in a step: those whom it names without those who stepped aside; nobody left: those named instead.
    fn left(&self, step: &Step, setting: &Setting, at: Instant) -> BTreeSet<Doer> {
        let without = |words: &BTreeSet<Who>| -> BTreeSet<Doer> {
            let all = self.doers(words, setting, at).into_iter();
            all.filter(|doer| !self.is_aside(doer, step, setting, at)).collect()
        };
        let first = without(&step.by);
        if first.is_empty() { without(&step.instead) } else { first }
    }

    /// Who decides in a step: those whom the terms leave; nobody: the mission, so that somebody can act as long as the case waits.
    pub(super) fn deciders(&self, step: &Step, setting: &Setting, at: Instant) -> BTreeSet<Doer> {
        let left = self.left(step, setting, at);
        if left.is_empty() { [Doer::Mission].into() } else { left }
    }

    /// Who must agree in a step, without those who stepped aside; empty where any one decides.
    pub(super) fn concurring(&self, step: &Step, setting: &Setting, at: Instant) -> BTreeSet<Doer> {
        let all = self.doers(&step.concur, setting, at).into_iter();
        all.filter(|doer| !self.is_aside(doer, step, setting, at)).collect()
    }

    /// Without whom a step does not go on: those who must agree; where each is heard, all who act. Empty where any one is enough.
    pub(super) fn needed(&self, step: &Step, setting: &Setting, at: Instant) -> BTreeSet<Doer> {
        if step.hears_each { self.deciders(step, setting, at) } else { self.concurring(step, setting, at) }
    }

    /// What follows from those who were heard so far, in a step that hears each of several: of what they chose, what the terms name first.
    /// Whoever has to step aside since is heard no more.
    pub(super) fn heard(&self, step: &Step, setting: &Setting, at: Instant) -> Option<String> {
        let turn = self.turn.as_ref().filter(|_| step.hears_each)?;
        let deciders = self.deciders(step, setting, at);
        let heard = |then: &&String| {
            turn.given.values().any(|done| done.then == **then && deciders.contains(&done.doer))
        };
        step.then.iter().find(heard).cloned()
    }

    /// Who was to agree and has stepped aside.
    pub(super) fn aside(&self, step: &Step, setting: &Setting, at: Instant) -> BTreeSet<Doer> {
        let words = if step.concur.is_empty() { &step.by } else { &step.concur };
        let all = self.doers(words, setting, at).into_iter();
        all.filter(|doer| self.is_aside(doer, step, setting, at)).collect()
    }

    /// Who must act, by when, and what follows if they don't; `None` when the case has ended.
    #[must_use]
    pub fn awaited(&self, setting: &Setting, at: Instant) -> Option<Awaited> {
        let (turn, step, clock) = (self.turn.as_ref()?, self.step()?, self.clock()?);
        let needed = self.needed(step, setting, at);
        let is_any = needed.is_empty();
        let mut who = if is_any { self.deciders(step, setting, at) } else { needed };
        who.retain(|doer| !turn.given.contains_key(doer));
        if who.is_empty() {
            who.insert(Doer::Mission);
        }
        Some(Awaited {
            step: step.id.clone(),
            who,
            is_any,
            due: clock.due,
            then: step.then.clone(),
            silence: self.heard(step, setting, at).unwrap_or_else(|| step.silence.clone()),
        })
    }

    /// Goes to a step or an end, and on from there when nobody is left to act.
    pub(super) fn go(&mut self, to: &str, stopped: Option<Stopped>, because: Because, setting: &Setting) {
        self.goes(to, stopped, because, setting);
        self.settle_aside(because, setting);
    }

    fn goes(&mut self, to: &str, stopped: Option<Stopped>, because: Because, setting: &Setting) {
        if let (Some(turn), Some(stopped)) = (&self.turn, stopped)
            && let Some(clock) = self.clocks.get_mut(turn.clock)
        {
            clock.stopped = Some((because.at, stopped));
        }
        let left = self.turn.take().map(|turn| turn.step);
        if let Some(step) = &left {
            self.left_at.insert(step.clone(), because.at);
        }
        // A case that was opened again runs anew: what was done in time then leaves no time now.
        if because.way == Way::Reopened {
            self.begun = because.at;
            self.left_at.clear();
        }
        let from = left.or_else(|| self.trail.last().map(|last| last.to.clone()));
        self.trail.push(Passage {
            from,
            to: to.to_owned(),
            way: because.way,
            at: because.at,
            entry: because.entry,
        });
        if let Some(step) = self.procedure.step(to).cloned() {
            self.begin(&step, because, setting);
        }
    }

    fn begin(&mut self, step: &Step, because: Because, setting: &Setting) {
        let (of, from) = match &step.since {
            Since::Opening => ("opening".to_owned(), self.begun),
            Since::Step(of) => (of.clone(), self.left_at.get(of).copied().unwrap_or(because.at)),
        };
        let due = setting.after(from, step.within).max(because.at);
        self.turn = Some(Turn {
            step: step.id.clone(),
            entered: because.at,
            clock: self.clocks.len(),
            given: BTreeMap::new(),
            asked_more: BTreeMap::new(),
        });
        self.clocks.push(Clock {
            step: step.id.clone(),
            within: step.within,
            of,
            started: because.at,
            started_by: because.entry,
            due,
            extended: None,
            stopped: None,
            recorded: None,
        });
    }

    /// When all who would act have stepped aside and nobody is named instead, the terms' word on deadlock holds at once.
    pub(super) fn settle_aside(&mut self, because: Because, setting: &Setting) {
        let because = Because { way: Way::SteppedAside, ..because };
        // By deadlock alone no step comes twice; the terms are checked for that. The bound holds for procedures that were not.
        for _ in 0..=self.procedure.steps.len() {
            let Some(step) = self.step() else { return };
            if !self.left(step, setting, because.at).is_empty() {
                return;
            }
            let Some(deadlock) = step.deadlock.clone() else { return };
            self.goes(&deadlock, Some(Stopped::SteppedAside), because, setting);
        }
    }

    /// Lets time pass up to a moment: every clock that has run out by then takes its effect, at the second in which it ran out.
    pub(super) fn pass(&mut self, until: Instant, setting: &Setting) {
        // By silence alone no step comes twice; the terms are checked for that. The bound holds for procedures that were not.
        for _ in 0..=self.procedure.steps.len() {
            let Some(due) = self.clock().map(|clock| clock.due).filter(|due| *due < until) else { return };
            let Some(step) = self.step() else { return };
            let (way, to) = match self.heard(step, setting, due) {
                Some(chosen) => (Way::Heard, chosen),
                None => (Way::Silence, step.silence.clone()),
            };
            self.keep_separate(due, setting);
            self.go(&to, Some(Stopped::Lapsed), Because { way, at: due, entry: None }, setting);
        }
    }

    /// What deciders who did not agree, or did not all speak, had said stands as theirs alone; of who must step aside by now, nothing does.
    pub(super) fn keep_separate(&mut self, at: Instant, setting: &Setting) {
        let (Some(turn), Some(step)) = (&self.turn, self.step()) else { return };
        let without = self.aside(step, setting, at);
        let said: Vec<Determination> = turn
            .given
            .iter()
            .filter(|(doer, _)| !self.is_aside(doer, step, setting, at))
            .filter_map(|(doer, done)| {
                Some(Determination {
                    entry: done.entry,
                    at,
                    step: turn.step.clone(),
                    kind: Kind::Separate,
                    by: [doer.clone()].into(),
                    without: without.clone(),
                    stance: done.stance.clone()?,
                    given: vec![done.entry],
                })
            })
            .collect();
        self.determinations.extend(said);
    }
}

/// Who speaks for a complainant: a party for itself, the mission for everybody else.
fn complainant(who: &Complainant) -> Doer {
    match who {
        Complainant::Party(actor) => Doer::Actor(actor.clone()),
        Complainant::Public(_) | Complainant::Mission | Complainant::Threshold(_) => Doer::Mission,
    }
}
