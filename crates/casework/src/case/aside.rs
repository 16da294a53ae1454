//! What happens in a case beside its steps: evidence, means, stepping aside, dissent, time, undertakings, withdrawal, reopening.

use std::collections::BTreeMap;

use truceline_model::Instant;

use super::act::{Act, Complainant, Tried};
use super::advance::Because;
use super::clock::Stopped;
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
        Ok(())
    }

    fn disclose(
        &mut self,
        item: u64,
        to: &truceline_model::ActorId,
        acting: &Acting<'_>,
    ) -> Result<(), Refused> {
        acting.setting.actors.get(to).ok_or_else(|| Refused::from(to))?;
        let found = self.evidence.iter_mut().find(|one| one.entry == item).ok_or(Refused::NoEntry(item))?;
        if let Some(entry) = found.disclosed.get(to) {
            return Err(Refused::Twice(*entry));
        }
        found.disclosed.insert(to.clone(), acting.entry);
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
        if doer == Doer::Mission {
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
        let named = self.doers(&step.by, acting.setting, acting.at);
        if !named.contains(&by) {
            return Err(Refused::NotTheirs(named));
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
        let who = named.iter().find(|doer| acting.setting.speaks(acting.person, doer, acting.at));
        let who = who.cloned().ok_or_else(|| Refused::NotTheirs(named.clone()))?;
        let Some(turn) = self.turn.as_mut() else { return Ok(()) };
        if !turn.asked_more.insert(who.clone()) {
            return Err(Refused::Twice(acting.entry));
        }
        if !named.is_subset(&turn.asked_more) {
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
        let sides = [truceline_model::Who::Respondent, truceline_model::Who::Guarantor].into();
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
        let found = self.undertakings.iter_mut().find(|one| one.entry == of).ok_or(Refused::NoEntry(of))?;
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
        let ended = self.trail.last().map_or(Instant::FAR_PAST, |passage| passage.at);
        let is_new = |one: &&Evidence| one.entry == evidence && one.at >= ended;
        let found = self.evidence.iter().find(is_new).ok_or(Refused::NoEntry(evidence))?;
        // What was there when the case ended was there to be weighed.
        let last = self.trail.last().and_then(|passage| passage.entry);
        if last.is_some_and(|last| found.entry < last) {
            return Err(Refused::NoEntry(evidence));
        }
        let because = Because { way: Way::Reopened, at: acting.at, entry: Some(acting.entry) };
        self.go(&to, None, because, acting.setting);
        Ok(())
    }

    /// Notes that the record was told of a clock that ran out.
    fn record_lapse(&mut self, step: &str, acting: &Acting<'_>) -> Result<(), Refused> {
        let ran_out = |clock: &&mut super::clock::Clock| {
            clock.step == step && matches!(clock.stopped, Some((_, Stopped::Lapsed)))
        };
        let Some(clock) = self.clocks.iter_mut().rev().find(ran_out) else {
            return Err(Refused::NotGiven("lapse of that clock: it has not run out"));
        };
        if let Some(entry) = clock.recorded {
            return Err(Refused::Twice(entry));
        }
        clock.recorded = Some(acting.entry);
        Ok(())
    }
}
