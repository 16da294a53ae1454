//! Doing what a step asks: acting in it, and giving the four decisions.
//!
//! Where several must agree the case waits for all of them; where they do not agree, each one's answers are kept as separate determinations
//! and the terms' word on deadlock follows. No answer is taken from another answer.

use std::collections::BTreeSet;

use truceline_model::{Answer, Asks, Instant, Step};

use super::act::{Act, Stance, Tried};
use super::advance::Because;
use super::clock::Stopped;
use super::docket::Acting;
use super::people::Doer;
use super::refusal::Refused;
use super::state::{Case, Determination, Done, Kind, Undertaking, Way};

impl Case {
    /// What a step asks, of an [`Act::Step`] or [`Act::Determine`].
    pub(super) fn step_done(&mut self, act: &Act, acting: &Acting<'_>) -> Result<(), Refused> {
        let (named, then, words, stance, due) = match act {
            Act::Step { step, then, due, words } => (step, then, words, None, *due),
            Act::Determine { step, then, stance, words } => (step, then, words, Some(stance), None),
            _ => return Err(Refused::NotGiven("such a step")),
        };
        let step = self.at_step(named)?.clone();
        let doer = self.theirs(&step, acting)?;
        let asks_decisions = step.asks == Asks::Determination;
        if asks_decisions != stance.is_some() {
            return Err(Refused::AsksDecisions(asks_decisions));
        }
        if let Some(stance) = stance {
            acting.sound(stance)?;
        }
        let then = self.chosen(&step, then.as_deref())?;
        let due = remedy_due(&step, due, acting.at)?;
        if let Some(given) = self.turn.as_ref().and_then(|turn| turn.given.get(&doer)) {
            return Err(Refused::ActedAlready(doer, given.entry));
        }
        let done = Done {
            entry: acting.entry,
            at: acting.at,
            by: acting.by.to_owned(),
            doer: doer.clone(),
            step: step.id.clone(),
            then,
            stance: stance.cloned(),
            words: words.clone(),
        };
        self.log_means(&step, &done);
        self.lay_remedy(&step, &done, due, acting);
        self.done.push(done.clone());
        if let Some(turn) = self.turn.as_mut() {
            turn.given.insert(doer, done);
        }
        self.conclude(acting);
        Ok(())
    }

    /// The step meant is the one that the case stands at.
    fn at_step(&self, named: &str) -> Result<&Step, Refused> {
        match self.step() {
            Some(step) if step.id == named => Ok(step),
            Some(step) => Err(Refused::OtherStep { stands: step.id.clone(), lapsed: self.lapsed(named) }),
            None => match self.lapsed(named) {
                Some(at) => Err(Refused::OtherStep { stands: self.stands().to_owned(), lapsed: Some(at) }),
                None => Err(Refused::HasEnded(self.stands().to_owned())),
            },
        }
    }

    /// When the last clock of a step ran out, when it did.
    fn lapsed(&self, step: &str) -> Option<Instant> {
        let clock = self.clocks.iter().rev().find(|clock| clock.step == step)?;
        clock.stopped.filter(|(_, why)| *why == Stopped::Lapsed).map(|(at, _)| at)
    }

    /// For whom of those who must act the person acts: of several, one who has not acted yet. Who has stepped aside acts under no other name
    /// either, not as anybody, nor for forces of theirs.
    fn theirs(&self, step: &Step, acting: &Acting<'_>) -> Result<Doer, Refused> {
        let (setting, at) = (acting.setting, acting.at);
        let speaks = |doer: &&Doer| setting.speaks(acting.person, doer, at);
        let deciders = self.deciders(step, setting, at);
        let theirs: Vec<&Doer> = deciders.iter().filter(speaks).collect();
        let Some(first) = theirs.first() else {
            let aside = self.doers(&step.by, setting, at);
            return match aside.iter().find(speaks) {
                Some(doer) => Err(Refused::SteppedAside(doer.clone())),
                None => Err(Refused::NotTheirs(deciders)),
            };
        };
        if self.is_aside(&acting.doer(), step, setting, at) {
            return Err(Refused::SteppedAside(acting.doer()));
        }
        let has_acted = |doer: &Doer| self.turn.as_ref().is_some_and(|turn| turn.given.contains_key(doer));
        Ok((*theirs.iter().find(|doer| !has_acted(doer)).unwrap_or(first)).clone())
    }

    /// What is to follow, when the terms let it.
    fn chosen(&self, step: &Step, then: Option<&str>) -> Result<String, Refused> {
        let then = match (then, step.then.as_slice()) {
            (None, [only]) => only.clone(),
            (Some(then), among) if among.iter().any(|one| one == then) => then.to_owned(),
            _ => return Err(Refused::Choose(step.then.clone())),
        };
        let logged = self.means.len() + usize::from(step.asks == Asks::Means);
        if let Some(next) = self.procedure.step(&then)
            && usize::try_from(next.needs_means).unwrap_or(usize::MAX) > logged
        {
            return Err(Refused::MeansFirst(next.needs_means, logged));
        }
        let end = self.procedure.end(&then);
        if end.is_some_and(|end| end.excludes || end.readmits) && self.respondent().is_none() {
            return Err(Refused::NotNamed);
        }
        Ok(then)
    }

    fn log_means(&mut self, step: &Step, done: &Done) {
        if step.asks == Asks::Means {
            let by = done.doer.clone();
            self.means.push(Tried { entry: done.entry, at: done.at, by, words: done.words.clone() });
        }
    }

    fn lay_remedy(&mut self, step: &Step, done: &Done, due: Option<Instant>, acting: &Acting<'_>) {
        let Some(due) = due.filter(|_| step.asks == Asks::Remedy) else { return };
        let by = self.doers(&[truceline_model::Who::Respondent].into(), acting.setting, acting.at);
        self.undertakings.push(Undertaking {
            entry: done.entry,
            at: done.at,
            by,
            is_remedy: true,
            due,
            kept: None,
            words: done.words.clone(),
        });
    }

    /// Goes on when all who must have acted have; keeps waiting otherwise.
    pub(super) fn conclude(&mut self, acting: &Acting<'_>) {
        let (Some(turn), Some(step)) = (self.turn.clone(), self.step().cloned()) else { return };
        let needed = self.needed(&step, acting.setting, acting.at);
        if needed.iter().any(|doer| !turn.given.contains_key(doer)) {
            return;
        }
        // Whoever has to step aside since they spoke is heard no more.
        let deciders = self.deciders(&step, acting.setting, acting.at);
        let heeded = if needed.is_empty() { &deciders } else { &needed };
        let heard: Vec<&Done> = turn.given.values().filter(|done| heeded.contains(&done.doer)).collect();
        let Some(first) = heard.first() else { return };
        let (entry, at) = (acting.entry, acting.at);
        let each = self.heard(&step, acting.setting, at);
        if each.is_some() || heard.iter().all(|done| agrees(done, first)) {
            self.determined(&step, &heard, &needed, acting);
            let then = each.unwrap_or_else(|| first.then.clone());
            let because = Because { way: Way::Acted, at, entry: Some(entry) };
            self.go(&then, Some(Stopped::Acted(entry)), because, acting.setting);
        } else if let Some(deadlock) = step.deadlock.clone() {
            self.keep_separate(at, acting.setting);
            let because = Because { way: Way::Deadlock, at, entry: Some(entry) };
            self.go(&deadlock, Some(Stopped::Deadlocked(entry)), because, acting.setting);
        }
    }

    /// Keeps what deciders who agree have determined. Where they agree on all but the gravity, the gravity stays open: each one's is in
    /// their own entry.
    fn determined(&mut self, step: &Step, heard: &[&Done], needed: &BTreeSet<Doer>, acting: &Acting<'_>) {
        let Some(mut stance) = heard.first().and_then(|done| done.stance.clone()) else { return };
        if heard.iter().any(|done| done.stance.as_ref().is_some_and(|s| s.gravity != stance.gravity)) {
            stance.gravity = None;
        }
        let without = self.aside(step, acting.setting, acting.at);
        let kind = match (needed.is_empty(), without.is_empty()) {
            (true, _) if step.concur.is_empty() => Kind::Sole,
            (_, true) => Kind::Joint,
            (_, false) => Kind::WithoutRecused,
        };
        self.determinations.push(Determination {
            entry: acting.entry,
            at: acting.at,
            step: step.id.clone(),
            kind,
            by: heard.iter().map(|done| done.doer.clone()).collect(),
            without,
            stance,
            given: heard.iter().map(|done| done.entry).collect(),
        });
    }
}

/// Whether two deciders said the same: whether it happened, who, whether prohibited, and what is to follow.
fn agrees(a: &Done, b: &Done) -> bool {
    let but_gravity = |done: &Done| done.stance.clone().map(|s| (s.happened, s.who, s.prohibited));
    a.then == b.then && but_gravity(a) == but_gravity(b)
}

/// A remedy has a time; nothing else here does.
fn remedy_due(step: &Step, due: Option<Instant>, at: Instant) -> Result<Option<Instant>, Refused> {
    match (step.asks, due) {
        (Asks::Remedy, None) => Err(Refused::NotGiven("remedy without a time by which it is due")),
        (Asks::Remedy, Some(due)) if due <= at => Err(Refused::NotAhead(due)),
        (Asks::Remedy, Some(due)) => Ok(Some(due)),
        (_, Some(_)) => Err(Refused::NotGiven("time that is to be set")),
        (_, None) => Ok(None),
    }
}

impl Acting<'_> {
    /// Whether four answers go together. None follows from another; but one can make another pointless.
    fn sound(&self, stance: &Stance) -> Result<(), Refused> {
        if stance.happened == Answer::No && stance.prohibited == Answer::Yes {
            return Err(Refused::Contradiction("what did not happen cannot be prohibited"));
        }
        if stance.happened == Answer::No && !stance.who.is_empty() {
            return Err(Refused::Contradiction("nobody did what did not happen"));
        }
        if stance.prohibited != Answer::Yes && stance.gravity.is_some() {
            return Err(Refused::Contradiction("only what is held to be prohibited has a gravity"));
        }
        if let Some(stranger) = stance.who.iter().find(|actor| self.setting.actors.get(actor).is_none()) {
            return Err(stranger.into());
        }
        match &stance.gravity {
            Some(word) if !self.setting.gravity.contains(word) => {
                Err(Refused::NoGravity(word.clone(), self.setting.gravity.clone()))
            }
            _ => Ok(()),
        }
    }
}
