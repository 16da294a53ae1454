//! What happens in a case beside its steps: evidence, means, stepping aside, dissent, time, undertakings, withdrawal, reopening.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Instant, Who};

use super::act::{Act, Complainant, Tried};
use super::advance::Because;
use super::clock::{Clock, Stopped};
use super::docket::Acting;
use super::opening::may_allege;
use super::people::Doer;
use super::refusal::Refused;
use super::state::{Case, Dissent, Evidence, Undertaking, Way};

impl Case {
    /// Applies an act that is no step.
    pub(super) fn beside(&mut self, act: &Act, acting: &Acting<'_>) -> Result<(), Refused> {
        match act {
            Act::Step { .. } | Act::Determine { .. } => self.step_done(act, acting),
            Act::Join(complainant) => self.join(complainant, acting),
            Act::Means(words) => {
                let (entry, at, by) = (acting.entry, acting.at, acting.doer());
                self.means.push(Tried { entry, at, by, words: words.clone() });
                Ok(())
            }
            Act::Evidence { receipt, is_sealed, words } => {
                self.evidence.push(Evidence {
                    entry: acting.entry,
                    at: acting.at,
                    by: acting.by.to_owned(),
                    side: acting.doer(),
                    receipt: *receipt,
                    is_sealed: *is_sealed,
                    disclosed: BTreeMap::new(),
                    words: words.clone(),
                });
                Ok(())
            }
            Act::Disclose { item, to } => self.disclose(*item, to, acting),
            Act::Name(actor) => self.name(actor, acting),
            Act::Incident(incident) => match self.incidents.insert(incident.clone()) {
                true => Ok(()),
                false => Err(Refused::Twice(self.id.0)),
            },
            Act::Recuse(_) => self.recuse(acting),
            Act::Dissent { of, words } => self.dissent(*of, words.as_ref(), acting),
            Act::Extend(_) => self.extend(acting),
            Act::Undertake { due, words } => self.undertake(*due, words.as_ref(), acting),
            Act::FollowUp { of, is_kept, .. } => self.follow_up(*of, *is_kept, acting),
            Act::Withdraw(_) => self.withdraw(acting),
            Act::Reopen { evidence, .. } => self.reopen(*evidence, acting),
            Act::Lapse { step } => self.record_lapse(step, acting),
        }
    }

    fn join(&mut self, complainant: &Complainant, acting: &Acting<'_>) -> Result<(), Refused> {
        may_allege(complainant, &self.procedure, acting)?;
        if let Some(entry) = self.complainants.get(complainant) {
            return Err(Refused::Twice(*entry));
        }
        self.complainants.insert(complainant.clone(), acting.entry);
        // Whoever steps aside for the complainant may have to now.
        self.after_change(acting);
        Ok(())
    }

    fn disclose(
        &mut self,
        item: u64,
        to: &truceline_model::ActorId,
        acting: &Acting<'_>,
    ) -> Result<(), Refused> {
        acting.setting.actors.get(to).ok_or_else(|| Refused::from(to))?;
        let place = self.evidence.binary_search_by_key(&item, |one| one.entry);
        let found = place.ok().and_then(|place| self.evidence.get_mut(place));
        let disclosed = match found {
            Some(found) => &mut found.disclosed,
            // The entry that opened the case holds the words of the allegation.
            None if item == self.id.0 => &mut self.disclosed,
            None => return Err(Refused::NoEntry(item)),
        };
        if let Some(entry) = disclosed.get(to) {
            return Err(Refused::Twice(*entry));
        }
        disclosed.insert(to.clone(), acting.entry);
        Ok(())
    }

    /// Names which of the respondents it is, or, where none was known, who.
    fn name(&mut self, actor: &truceline_model::ActorId, acting: &Acting<'_>) -> Result<(), Refused> {
        acting.setting.actors.get(actor).ok_or_else(|| Refused::from(actor))?;
        if self.respondent() == Some(actor) {
            return Err(Refused::Twice(self.id.0));
        }
        if !self.respondents.is_empty() && !self.respondents.contains(actor) {
            return Err(Refused::Contradiction(
                "it is none of those whom the case is against; open a case against it",
            ));
        }
        self.respondents = [actor.clone()].into();
        self.after_change(acting);
        Ok(())
    }

    fn recuse(&mut self, acting: &Acting<'_>) -> Result<(), Refused> {
        let doer = acting.doer();
        if !matches!(doer, Doer::Actor(_)) {
            return Err(Refused::NotGiven("stepping aside for the mission's own people"));
        }
        if let Some(entry) = self.recused.get(&doer) {
            return Err(Refused::Twice(*entry));
        }
        self.recused.insert(doer.clone(), acting.entry);
        if let Some(turn) = self.turn.as_mut() {
            turn.given.remove(&doer);
        }
        self.after_change(acting);
        Ok(())
    }

    /// Who must act may have changed: perhaps all who are left have acted, or nobody is left.
    fn after_change(&mut self, acting: &Acting<'_>) {
        let because = Because { way: Way::SteppedAside, at: acting.at, entry: Some(acting.entry) };
        self.settle_aside(because, acting.setting);
        self.conclude(acting);
    }

    fn dissent(&mut self, of: u64, words: Option<&String>, acting: &Acting<'_>) -> Result<(), Refused> {
        let determined =
            self.determinations.iter().find(|one| one.entry == of).ok_or(Refused::NoEntry(of))?;
        let by = acting.doer();
        let step = self.procedure.step(&determined.step).ok_or(Refused::NoEntry(of))?;
        let deciding: BTreeSet<Who> = step.by.union(&step.instead).cloned().collect();
        let named = self.doers(&deciding, acting.setting, acting.at);
        if !named.contains(&by) {
            return Err(Refused::NotTheirs(named));
        }
        if self.is_aside(&by, step, acting.setting, acting.at) {
            return Err(Refused::SteppedAside(by));
        }
        if let Some(before) = self.dissents.iter().find(|one| one.of == of && one.by == by) {
            return Err(Refused::Twice(before.entry));
        }
        self.dissents.push(Dissent { entry: acting.entry, of, by, words: words.cloned() });
        Ok(())
    }

    fn extend(&mut self, acting: &Acting<'_>) -> Result<(), Refused> {
        let step = self.step().cloned().ok_or_else(|| Refused::HasEnded(self.stands().to_owned()))?;
        let Some(extendable) = &step.extendable else { return Err(Refused::NotGiven("more time")) };
        if let Some((entry, _)) = self.clock().and_then(|clock| clock.extended) {
            return Err(Refused::Twice(entry));
        }
        let named = self.doers(&extendable.who, acting.setting, acting.at);
        let Some(turn) = self.turn.as_mut() else { return Ok(()) };
        let theirs = named.iter().filter(|doer| acting.setting.speaks(acting.person, doer, acting.at));
        let (asked, yet): (Vec<_>, Vec<_>) = theirs.partition(|doer| turn.asked_more.contains_key(doer));
        match (yet.first(), asked.first().and_then(|doer| turn.asked_more.get(doer))) {
            (Some(who), _) => turn.asked_more.insert((*who).clone(), acting.entry),
            (None, Some(before)) => return Err(Refused::Twice(*before)),
            (None, None) => return Err(Refused::NotTheirs(named)),
        };
        if !named.iter().all(|doer| turn.asked_more.contains_key(doer)) {
            return Ok(());
        }
        let place = turn.clock;
        if let Some(clock) = self.clocks.get_mut(place) {
            clock.extended = Some((acting.entry, clock.due));
            clock.due = acting.setting.after(clock.due, extendable.by);
        }
        Ok(())
    }

    fn undertake(
        &mut self,
        due: Instant,
        words: Option<&String>,
        acting: &Acting<'_>,
    ) -> Result<(), Refused> {
        if due <= acting.at {
            return Err(Refused::NotAhead(due));
        }
        let by = acting.doer();
        let sides = [Who::Respondent, Who::Guarantor].into();
        let named = self.doers(&sides, acting.setting, acting.at);
        if !named.iter().any(|doer| acting.setting.speaks(acting.person, doer, acting.at)) {
            return Err(Refused::NotTheirs(named));
        }
        self.undertakings.push(Undertaking {
            entry: acting.entry,
            at: acting.at,
            by: [by].into(),
            is_remedy: false,
            due,
            kept: None,
            words: words.cloned(),
        });
        Ok(())
    }

    fn follow_up(&mut self, of: u64, is_kept: bool, acting: &Acting<'_>) -> Result<(), Refused> {
        let place = self.undertakings.binary_search_by_key(&of, |one| one.entry);
        let found =
            place.ok().and_then(|place| self.undertakings.get_mut(place)).ok_or(Refused::NoEntry(of))?;
        if let Some((_, entry, _)) = found.kept {
            return Err(Refused::Twice(entry));
        }
        found.kept = Some((is_kept, acting.entry, acting.at));
        Ok(())
    }

    /// The complainant takes the allegation back; when nobody else alleges it, the case ends as the terms say.
    fn withdraw(&mut self, acting: &Acting<'_>) -> Result<(), Refused> {
        let withdrawal = self.procedure.withdrawn.clone().ok_or(Refused::NotGiven("withdrawal"))?;
        let named = self.doers(&withdrawal.by, acting.setting, acting.at);
        let speaks = |doer: &Doer| acting.setting.speaks(acting.person, doer, acting.at);
        let Some(doer) = named.iter().find(|doer| speaks(doer)) else {
            return Err(Refused::NotTheirs(named));
        };
        let gone: Vec<Complainant> = self
            .complainants
            .keys()
            .filter(|one| match one {
                Complainant::Party(actor) => Doer::Actor(actor.clone()) == *doer,
                _ => *doer == Doer::Mission,
            })
            .cloned()
            .collect();
        let is_last = gone.len() >= self.complainants.len();
        if !is_last && !gone.is_empty() {
            gone.iter().for_each(|one| {
                self.complainants.remove(one);
            });
            self.after_change(acting);
            return Ok(());
        }
        let (at, entry) = (acting.at, acting.entry);
        self.keep_separate(at, acting.setting);
        let because = Because { way: Way::Withdrawn, at, entry: Some(entry) };
        self.go(&withdrawal.then, Some(Stopped::Withdrawn(entry)), because, acting.setting);
        Ok(())
    }

    fn reopen(&mut self, evidence: u64, acting: &Acting<'_>) -> Result<(), Refused> {
        if self.turn.is_some() {
            return Err(Refused::HasNotEnded);
        }
        let to = self.procedure.end(self.stands()).and_then(|end| end.reopens.clone());
        let to = to.ok_or(Refused::NotGiven("reopening"))?;
        // What was there when the case ended was there to be weighed; where time alone ended it, up to that very second.
        let ended = self.trail.last();
        let is_new = |one: &&Evidence| match ended.and_then(|passage| passage.entry) {
            Some(last) => one.entry > last,
            None => ended.is_none_or(|passage| one.at > passage.at),
        };
        let place = self.evidence.binary_search_by_key(&evidence, |one| one.entry).ok();
        if place.and_then(|place| self.evidence.get(place)).filter(is_new).is_none() {
            return Err(Refused::NoEntry(evidence));
        }
        let because = Because { way: Way::Reopened, at: acting.at, entry: Some(acting.entry) };
        self.go(&to, None, because, acting.setting);
        Ok(())
    }

    /// Notes that the record was told of a clock that ran out.
    fn record_lapse(&mut self, step: &str, acting: &Acting<'_>) -> Result<(), Refused> {
        let ran_out =
            |clock: &&mut Clock| clock.step == step && matches!(clock.stopped, Some((_, Stopped::Lapsed)));
        let mut told = None;
        // A step that came round again may have run out more than once: the oldest of which the record was not told is meant.
        for clock in self.clocks.iter_mut().filter(ran_out) {
            match clock.recorded {
                Some(entry) => told = Some(entry),
                None => {
                    clock.recorded = Some(acting.entry);
                    return Ok(());
                }
            }
        }
        Err(told.map_or(Refused::NotGiven("lapse of that clock: it has not run out"), Refused::Twice))
    }
}
