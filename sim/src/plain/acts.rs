//! What happens in a case beside its steps.

use truceline_casework::case::{Act, Complainant, Doer, Person, Way};
use truceline_model::{ActorId, Instant};

use super::people::{alleges_as, side, speaks};
use super::sheet::{Note, Sheet};
use super::steps::Wants;

impl Sheet<'_> {
    fn has(&self, what: impl Fn(&Note) -> bool) -> bool {
        self.notes.iter().any(what)
    }

    fn is_known(&self, actor: &ActorId) -> Option<()> {
        self.setting.actors.get(actor).map(|_| ())
    }

    /// Does an act; `None`: it is refused, and nothing has changed.
    pub(super) fn act(&mut self, act: &Act, person: &Person, entry: u64, at: Instant) -> Option<()> {
        match act {
            Act::Step { step, then, due, .. } => {
                let wants = Wants { step, then: then.as_deref(), stance: None, due: *due };
                self.say(&wants, person, entry, at)?;
            }
            Act::Determine { step, then, stance, .. } => {
                let wants = Wants { step, then: then.as_deref(), stance: Some(stance), due: None };
                self.say(&wants, person, entry, at)?;
            }
            Act::Join(complainant) => {
                let is_new = !self.alleging().contains(complainant);
                (is_new && self.may_allege(complainant, person, at)).then_some(())?;
                self.notes.push(Note::Alleges(complainant.clone()));
                self.look_again(entry, at);
            }
            Act::Means(_) => self.notes.push(Note::Tried),
            Act::Evidence { .. } => self.notes.push(Note::Item(entry, at)),
            Act::Disclose { item, to } => self.disclose(*item, to)?,
            Act::Name(actor) => {
                self.is_known(actor)?;
                let against = self.against();
                let is_one = against.contains(actor) && against.len() > 1;
                (against.is_empty() || is_one).then_some(())?;
                self.notes.push(Note::Against([actor.clone()].into()));
                self.look_again(entry, at);
            }
            Act::Incident(incident) => {
                (!self.incidents().contains(incident)).then_some(())?;
                self.notes.push(Note::Concerns(incident.clone()));
            }
            Act::Recuse(_) => {
                let doer = Doer::Actor(person.acts_for.clone()?);
                (!self.stepped_aside().contains(&doer)).then_some(())?;
                self.notes.push(Note::StepsAside(doer));
                self.look_again(entry, at);
            }
            Act::Dissent { of, .. } => self.dissent(*of, person, at)?,
            Act::Extend(_) => self.ask_time(person, at)?,
            Act::Undertake { due, .. } => {
                (*due > at && self.is_of_the_accused(person, at)).then_some(())?;
                self.notes.push(Note::Bound(entry));
            }
            Act::FollowUp { of, .. } => {
                let is_bound = self.has(|note| matches!(note, Note::Bound(one) if one == of));
                let is_told = self.has(|note| matches!(note, Note::Kept(one) if one == of));
                (is_bound && !is_told).then_some(())?;
                self.notes.push(Note::Kept(*of));
            }
            Act::Withdraw(_) => self.withdraw(person, entry, at)?,
            Act::Reopen { evidence, .. } => self.reopen(*evidence, entry, at)?,
            Act::Lapse { step } => {
                let moves = self.moves();
                let steps = moves.iter().zip(moves.iter().skip(1));
                let ran_out = steps
                    .filter(|(from, to)| from.0 == *step && matches!(to.1, Way::Silence | Way::Heard))
                    .count();
                let told = |note: &&Note| matches!(note, Note::Lapsed(one) if one == step);
                (self.notes.iter().filter(told).count() < ran_out).then_some(())?;
                self.notes.push(Note::Lapsed(step.clone()));
            }
        }
        Some(())
    }

    fn disclose(&mut self, item: u64, to: &ActorId) -> Option<()> {
        self.is_known(to)?;
        // The words of the allegation stand in the entry that opened the case.
        let is_there =
            item == self.entry || self.has(|note| matches!(note, Note::Item(one, _) if *one == item));
        let is_shown = self.has(|note| matches!(note, Note::Shown(one, whom) if *one == item && whom == to));
        (is_there && !is_shown).then_some(())?;
        self.notes.push(Note::Shown(item, to.clone()));
        Some(())
    }

    fn dissent(&mut self, of: u64, person: &Person, at: Instant) -> Option<()> {
        let step = self.notes.iter().find_map(|note| match note {
            Note::Determined(one) if one.entry == of => Some(one.step.clone()),
            _ => None,
        })?;
        let step = self.procedure.steps.iter().find(|one| one.id == step)?;
        let by = side(person);
        let mut decide = step.by.clone();
        decide.extend(step.instead.clone());
        let is_theirs = self.mean(&decide, at).contains(&by) && !self.is_out(&by, step, at);
        let is_said = self.has(|note| matches!(note, Note::Dissents(one, who) if *one == of && *who == by));
        (is_theirs && !is_said).then_some(())?;
        self.notes.push(Note::Dissents(of, by));
        Some(())
    }

    fn ask_time(&mut self, person: &Person, at: Instant) -> Option<()> {
        let more = self.step()?.extendable.clone()?;
        if self.lately().iter().any(|note| matches!(note, Note::Longer)) {
            return None;
        }
        let all = self.mean(&more.who, at);
        let asked = |sheet: &Self, doer: &Doer| {
            sheet.lately().iter().any(|note| matches!(note, Note::AsksTime(one) if one == doer))
        };
        let mine = all.iter().filter(|doer| speaks(self.setting, person, doer, at));
        let mine = mine.into_iter().find(|doer| !asked(self, doer))?.clone();
        self.notes.push(Note::AsksTime(mine));
        if all.iter().all(|doer| asked(self, doer)) {
            self.notes.push(Note::Longer);
        }
        Some(())
    }

    fn withdraw(&mut self, person: &Person, entry: u64, at: Instant) -> Option<()> {
        let withdrawal = self.procedure.withdrawn.as_ref()?;
        let named = self.mean(&withdrawal.by, at);
        let doer = named.into_iter().find(|doer| speaks(self.setting, person, doer, at))?;
        let all = self.alleging();
        let theirs: Vec<&Complainant> = all.iter().filter(|one| alleges_as(one) == doer).collect();
        if !theirs.is_empty() && theirs.len() < all.len() {
            let back: Vec<Note> = theirs.into_iter().cloned().map(Note::TakesBack).collect();
            self.notes.extend(back);
            self.look_again(entry, at);
            return Some(());
        }
        self.part(at);
        self.go(&withdrawal.then, Way::Withdrawn, at, Some(entry));
        Some(())
    }

    fn reopen(&mut self, evidence: u64, entry: u64, at: Instant) -> Option<()> {
        let (stands, _, ended, by) = self.moves().pop()?;
        let to = self.procedure.ends.iter().find(|end| end.id == stands)?.reopens.clone()?;
        let is_new = |note: &Note| matches!(note, Note::Item(one, when) if *one == evidence && by.map_or(*when > ended, |by| *one > by));
        self.has(is_new).then_some(())?;
        self.go(&to, Way::Reopened, at, Some(entry));
        Some(())
    }
}
