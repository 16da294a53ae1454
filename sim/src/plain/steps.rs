//! Acting in a step, and how a case moves on.

use std::collections::BTreeSet;

use truceline_casework::case::{Doer, Kind, Person, Stance, Way};
use truceline_model::{Answer, Asks, Instant, Step, Who};

use super::Determined;
use super::people::{side, speaks};
use super::sheet::{Note, Said, Sheet};

/// What somebody wants to say in a step.
pub(super) struct Wants<'a> {
    pub(super) step: &'a str,
    pub(super) then: Option<&'a str>,
    pub(super) stance: Option<&'a Stance>,
    pub(super) due: Option<Instant>,
}

impl Sheet<'_> {
    /// Moves, and on from there where everybody has stepped aside and the terms say what deadlock does.
    pub(super) fn go(&mut self, to: &str, way: Way, at: Instant, entry: Option<u64>) {
        self.notes.push(Note::Moves { to: to.to_owned(), way, at, entry });
        self.move_on(at, entry);
    }

    /// Moves on at once where nobody is left to act and the terms say what deadlock does.
    fn move_on(&mut self, at: Instant, entry: Option<u64>) {
        let nobody = self.step().filter(|step| self.remaining(step, at).is_empty());
        if let Some(deadlock) = nobody.and_then(|step| step.deadlock.clone()) {
            self.go(&deadlock, Way::SteppedAside, at, entry);
        }
    }

    /// Lets time pass.
    pub(super) fn wait(&mut self, until: Instant) {
        while let Some((step, due)) = self.step().zip(self.due()).filter(|(_, due)| *due < until) {
            self.part(due);
            match self.chosen_by_each(step, due) {
                Some(chosen) => self.go(&chosen, Way::Heard, due, None),
                None => self.go(&step.silence, Way::Silence, due, None),
            }
        }
    }

    /// Where each is heard: the first of the ways on that somebody who can act has asked for.
    fn chosen_by_each(&self, step: &Step, at: Instant) -> Option<String> {
        let can = self.can_act(step, at);
        let said = self.said();
        let asked = |then: &&String| said.iter().any(|one| one.then == **then && can.contains(&one.doer));
        step.then.iter().find(asked).filter(|_| step.hears_each).cloned()
    }

    /// What was said by those who did not agree, or were not all heard, stays as theirs alone.
    pub(super) fn part(&mut self, at: Instant) {
        let Some(step) = self.step() else { return };
        for said in self.said() {
            if let Some(stance) = said.stance.filter(|_| !self.is_out(&said.doer, step, at)) {
                self.notes.push(Note::Determined(Determined {
                    entry: said.entry,
                    at,
                    step: step.id.clone(),
                    kind: Kind::Separate,
                    by: [said.doer].into(),
                    stance,
                }));
            }
        }
    }

    /// Whoever is before the case, or acts in it, may have changed.
    pub(super) fn look_again(&mut self, entry: u64, at: Instant) {
        self.move_on(at, Some(entry));
        self.agree(entry, at);
    }

    /// Moves on when all who have to agree have spoken, or any one where nobody has to.
    fn agree(&mut self, entry: u64, at: Instant) {
        let Some(step) = self.step() else { return };
        let must = if step.hears_each { self.can_act(step, at) } else { self.must_agree(step, at) };
        let heard = if must.is_empty() { self.can_act(step, at) } else { must.clone() };
        let said: Vec<Said> = self.said().into_iter().filter(|said| heard.contains(&said.doer)).collect();
        let Some(first) = said.first().filter(|_| must.is_empty() || said.len() == must.len()) else {
            return;
        };
        if let Some(chosen) = self.chosen_by_each(step, at) {
            return self.go(&chosen, Way::Acted, at, Some(entry));
        }
        let alike = said.iter().all(|one| {
            let three = |said: &Said| said.stance.clone().map(|s| (s.happened, s.who, s.prohibited));
            one.then == first.then && three(one) == three(first)
        });
        if !alike {
            let Some(deadlock) = &step.deadlock else { return };
            self.part(at);
            return self.go(deadlock, Way::Deadlock, at, Some(entry));
        }
        if let Some(mut stance) = first.stance.clone() {
            if said.iter().any(|one| one.stance.as_ref().map(|s| &s.gravity) != Some(&stance.gravity)) {
                stance.gravity = None;
            }
            let all_agreed = self.mean(&step.concur, at).iter().all(|doer| !self.is_out(doer, step, at));
            let kind = match (step.concur.is_empty(), all_agreed) {
                (true, _) => Kind::Sole,
                (false, true) => Kind::Joint,
                (false, false) => Kind::WithoutRecused,
            };
            let by = said.iter().map(|one| one.doer.clone()).collect();
            let step = step.id.clone();
            self.notes.push(Note::Determined(Determined { entry, at, step, kind, by, stance }));
        }
        self.go(&first.then, Way::Acted, at, Some(entry));
    }

    /// Says what a step asks for; `None`: it is refused.
    pub(super) fn say(&mut self, wants: &Wants<'_>, person: &Person, entry: u64, at: Instant) -> Option<()> {
        let step = self.step().filter(|step| step.id == wants.step)?;
        let doer = self.speaker(step, person, at)?;
        if (step.asks == Asks::Determination) != wants.stance.is_some() {
            return None;
        }
        if wants.stance.is_some_and(|stance| !self.is_sound(stance)) {
            return None;
        }
        let then = match (wants.then, step.then.as_slice()) {
            (None, [only]) => only.clone(),
            (None, _) => return None,
            (Some(then), all) => all.iter().find(|one| *one == then)?.clone(),
        };
        let tried = self.notes.iter().filter(|note| matches!(note, Note::Tried)).count();
        let counts_itself = usize::from(step.asks == Asks::Means);
        let needs = self.procedure.steps.iter().find(|one| one.id == then).map_or(0, |one| one.needs_means);
        if tried + counts_itself < usize::try_from(needs).ok()? {
            return None;
        }
        let end = self.procedure.ends.iter().find(|end| end.id == then);
        if end.is_some_and(|end| end.excludes || end.readmits) && self.against().len() != 1 {
            return None;
        }
        match (step.asks == Asks::Remedy, wants.due) {
            (true, Some(due)) if due > at => self.notes.push(Note::Bound(entry)),
            (false, None) => {}
            _ => return None,
        }
        if step.asks == Asks::Means {
            self.notes.push(Note::Tried);
        }
        self.notes.push(Note::Says(Said { doer, entry, then, stance: wants.stance.cloned() }));
        self.agree(entry, at);
        Some(())
    }

    /// For whom a person can speak now; `None`: for nobody who can act and has not.
    fn speaker(&self, step: &Step, person: &Person, at: Instant) -> Option<Doer> {
        if self.is_out(&side(person), step, at) {
            return None;
        }
        let has_spoken = |doer: &Doer| self.said().iter().any(|said| said.doer == *doer);
        let can = self.can_act(step, at).into_iter().filter(|doer| speaks(self.setting, person, doer, at));
        can.into_iter().find(|doer| !has_spoken(doer))
    }

    fn is_sound(&self, stance: &Stance) -> bool {
        let did_not_happen = stance.happened == Answer::No;
        let is_prohibited = stance.prohibited == Answer::Yes;
        let known = stance.who.iter().all(|one| self.setting.actors.get(one).is_some());
        let graded = stance
            .gravity
            .as_ref()
            .is_none_or(|word| is_prohibited && self.setting.gravity.iter().any(|one| one == word));
        known && graded && !(did_not_happen && (is_prohibited || !stance.who.is_empty()))
    }

    /// Whether somebody stands on the side of the respondents, or answers for it.
    pub(super) fn is_of_the_accused(&self, person: &Person, at: Instant) -> bool {
        let sides: BTreeSet<Who> = [Who::Respondent, Who::Guarantor].into();
        self.mean(&sides, at).iter().any(|doer| speaks(self.setting, person, doer, at))
    }
}
