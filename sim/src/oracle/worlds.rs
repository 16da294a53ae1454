//! Every world of an incident: each fact that the clause asks about has its list of pieces; a world takes one of each.
//!
//! A fact that no condition of the clause reads is not varied; nothing else is left out.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    Act, ActorId, Alternatives, Answer, AreaId, Bounds, Fact, Incident, Instant, Interval, MeasureId, Place,
    SystemId, Target, Truth, Weapon,
};
use truceline_terms::{Condition, Proof};

use super::words::{figure, fits, named_values, values};
use super::{Oracle, Supposed};

/// Somebody of whom silence says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// Nobody speaks of it.
    Silence,
    /// Not known.
    NotKnown,
    /// This one.
    Is(ActorId),
}

/// One world. `None`: not known.
#[derive(Clone, Debug)]
pub(super) struct World<'w> {
    /// Within which interval it happened; `None` when no time is given.
    pub(super) span: Option<Interval>,
    /// At which moments: one, or, when it went on throughout, one of each stretch.
    pub(super) moments: Vec<Instant>,
    pub(super) actor: Option<ActorId>,
    pub(super) act: Option<Act>,
    pub(super) weapon: Option<Weapon>,
    pub(super) system: Option<SystemId>,
    pub(super) target: Option<Target>,
    pub(super) held: Option<ActorId>,
    pub(super) struck: Whose,
    pub(super) commander: Whose,
    pub(super) amounts: BTreeMap<MeasureId, Option<Bounds>>,
    /// Truth of every question on the place.
    pub(super) place: BTreeMap<Condition, Truth>,
    pub(super) named: BTreeMap<Fact, Truth>,
    /// Named facts of which nobody speaks and nothing is supposed.
    pub(super) silent: BTreeSet<Fact>,
    /// Per step of the chain, the account followed.
    pub(super) accounts: BTreeMap<usize, usize>,
    pub(super) incident: &'w Incident,
}

impl<'w> World<'w> {
    pub(super) fn of(incident: &'w Incident) -> Self {
        Self {
            span: None,
            moments: Vec::new(),
            actor: None,
            act: None,
            weapon: None,
            system: None,
            target: None,
            held: None,
            struck: Whose::Silence,
            commander: Whose::Silence,
            amounts: BTreeMap::new(),
            place: BTreeMap::new(),
            named: BTreeMap::new(),
            silent: BTreeSet::new(),
            accounts: BTreeMap::new(),
            incident,
        }
    }

    fn take(&mut self, piece: &Piece) {
        match piece {
            Piece::Time(span, moments) => {
                self.span = *span;
                self.moments.clone_from(moments);
            }
            Piece::Actor(actor) => self.actor.clone_from(actor),
            Piece::Act(act) => self.act = *act,
            Piece::Weapon(weapon) => self.weapon = *weapon,
            Piece::System(system) => self.system.clone_from(system),
            Piece::Target(target) => self.target = *target,
            Piece::Held(held) => self.held.clone_from(held),
            Piece::Struck(struck) => self.struck.clone_from(struck),
            Piece::Commander(commander) => self.commander.clone_from(commander),
            Piece::Amount(measure, bounds) => {
                self.amounts.insert(measure.clone(), *bounds);
            }
            Piece::Place(truths) => self.place.clone_from(truths),
            Piece::Answer(fact, truth, silent) => {
                self.named.insert(fact.clone(), *truth);
                if *silent {
                    self.silent.insert(fact.clone());
                } else {
                    self.silent.remove(fact);
                }
            }
            Piece::Account(n, k) => {
                self.accounts.insert(*n, *k);
            }
        }
    }
}

/// One possible value of one fact.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Time(Option<Interval>, Vec<Instant>),
    Actor(Option<ActorId>),
    Act(Option<Act>),
    Weapon(Option<Weapon>),
    System(Option<SystemId>),
    Target(Option<Target>),
    Held(Option<ActorId>),
    Struck(Whose),
    Commander(Whose),
    Amount(MeasureId, Option<Bounds>),
    Place(BTreeMap<Condition, Truth>),
    Answer(Fact, Truth, bool),
    Account(usize, usize),
}

/// Calls `each` with every choice of one piece per dimension.
pub(super) fn every<'w>(dimensions: &[Vec<Piece>], world: &mut World<'w>, each: &mut dyn FnMut(&World<'w>)) {
    match dimensions.split_first() {
        None => each(world),
        Some((pieces, rest)) => {
            for piece in pieces {
                world.take(piece);
                every(rest, world, each);
            }
        }
    }
}

impl Oracle<'_> {
    pub(super) fn dimensions(&self, incident: &Incident, supposed: &Supposed) -> Vec<Vec<Piece>> {
        let mut all = vec![self.time_pieces(incident, supposed), self.actor_pieces(incident, supposed)];
        all.extend(self.word_pieces(incident, supposed));
        all.extend(self.whose_pieces(incident, supposed));
        all.extend(self.amount_pieces(incident, supposed));
        all.push(self.place_pieces(incident, supposed));
        all.extend(self.answer_pieces(incident, supposed));
        all.extend(self.account_pieces(supposed));
        all
    }

    fn asks(&self, is: impl Fn(&Condition) -> bool) -> bool {
        self.conditions().into_iter().any(is)
    }

    /// Actors that a supposition may name: never a mere description.
    fn named_actors(&self) -> Vec<ActorId> {
        self.actors.iter().map(|actor| actor.id.clone()).filter(|id| !self.unspecified(id)).collect()
    }

    fn actor_pieces(&self, incident: &Incident, supposed: &Supposed) -> Vec<Piece> {
        let given = self.proven(&Fact::Actor, &incident.actors);
        let actors = values(&given, supposed.get(&Fact::Actor), &self.named_actors(), ActorId::to_string);
        actors.into_iter().map(Piece::Actor).collect()
    }

    /// Facts whose values are words: act, weapon, system, target.
    fn word_pieces(&self, incident: &Incident, supposed: &Supposed) -> Vec<Vec<Piece>> {
        let rule = self.rule();
        let mut all = Vec::new();
        // A supposition never names a blast of a kind not stated.
        let kinds: Vec<Act> = Act::ALL.iter().copied().filter(|act| *act != Act::Explosion).collect();
        let given = self.proven(&Fact::Act, &incident.acts);
        let acts = values(&given, supposed.get(&Fact::Act), &kinds, Act::to_string);
        all.push(acts.into_iter().map(Piece::Act).collect());
        if rule.weapons.is_some() || self.asks(|c| matches!(c, Condition::Weapon(_))) {
            let given = self.proven(&Fact::Weapon, &incident.weapons);
            let weapons = values(&given, supposed.get(&Fact::Weapon), Weapon::ALL, Weapon::to_string);
            all.push(weapons.into_iter().map(Piece::Weapon).collect());
        }
        if rule.systems.is_some() || self.asks(|c| matches!(c, Condition::System(_))) {
            let given = self.proven(&Fact::System, &incident.systems);
            let named = self.systems(incident);
            let systems = values(&given, supposed.get(&Fact::System), &named, SystemId::to_string);
            all.push(systems.into_iter().map(Piece::System).collect());
        }
        if self.asks(|c| matches!(c, Condition::Target(_))) {
            let given = self.proven(&Fact::Target, &incident.targets);
            let targets = values(&given, supposed.get(&Fact::Target), Target::ALL, Target::to_string);
            all.push(targets.into_iter().map(Piece::Target).collect());
        }
        all
    }

    /// Systems that anybody names, and one that nobody does.
    fn systems(&self, incident: &Incident) -> Vec<SystemId> {
        let mut all: BTreeSet<SystemId> = incident.systems.iter().map(|(system, _)| system.clone()).collect();
        all.extend(self.rule().systems.iter().flatten().cloned());
        for condition in self.conditions() {
            if let Condition::System(set) = condition {
                all.extend(set.iter().cloned());
            }
        }
        all.insert(SystemId::new("some-other-system"));
        all.into_iter().collect()
    }

    /// Facts whose values are actors: whose ground, who was struck, under whose command.
    fn whose_pieces(&self, incident: &Incident, supposed: &Supposed) -> Vec<Vec<Piece>> {
        let mut all = Vec::new();
        let named = self.named_actors();
        if self.asks(|c| matches!(c, Condition::HeldBy(_))) {
            let given = self.proven(&Fact::HeldBy, &incident.held_by);
            let text = supposed.get(&Fact::HeldBy);
            let mut held = values(&given, text, &named, ActorId::to_string);
            let at = [self.start_of(incident)];
            held.retain(|holder| text.is_none_or(|text| self.outside(text, holder.as_ref(), &at)));
            all.push(held.into_iter().map(Piece::Held).collect());
        }
        if self.asks(|c| matches!(c, Condition::Struck(_))) {
            let struck = self.whose(&Fact::Struck, &incident.struck, supposed, &named);
            all.push(struck.into_iter().map(Piece::Struck).collect());
        }
        if self.rule().affiliates || self.asks(|c| matches!(c, Condition::CommandedBy(_))) {
            let commanders = self.whose(&Fact::Commander, &incident.commanders, supposed, &named);
            all.push(commanders.into_iter().map(Piece::Commander).collect());
        }
        all
    }

    fn whose(
        &self,
        fact: &Fact,
        given: &Alternatives<ActorId>,
        supposed: &Supposed,
        named: &[ActorId],
    ) -> Vec<Whose> {
        let text = supposed.get(fact);
        // Nothing said and nothing left open: silence, which has its own meaning.
        if text.is_none() && given.is_empty() && given.open_origins().is_empty() {
            return vec![Whose::Silence];
        }
        let mut all = values(&self.proven(fact, given), text, named, ActorId::to_string);
        // One who ever belonged to a side is not supposed to be none of it: it might have been then.
        let ever: Vec<Instant> = self.stretches().into_iter().map(|(from, _)| from).collect();
        all.retain(|who| text.is_none_or(|text| self.outside(text, who.as_ref(), &ever)));
        let mut all: Vec<Whose> = all.into_iter().map(|who| who.map_or(Whose::NotKnown, Whose::Is)).collect();
        // That it was none of these leaves also that nobody commanded at all.
        let none = |text: &String| text.starts_with("not ") || text.starts_with("none of ");
        if *fact == Fact::Commander && text.is_some_and(none) {
            all.push(Whose::Silence);
        }
        all
    }

    /// "Not that side" leaves out its members too.
    fn outside(&self, text: &str, who: Option<&ActorId>, at: &[Instant]) -> bool {
        let Some(list) = text.strip_prefix("none of ").or_else(|| text.strip_prefix("not ")) else {
            return true;
        };
        let side = |who: &ActorId, side: &str| {
            let side = ActorId::new(side);
            at.iter().any(|at| self.actors.belongs(who, &side, *at))
        };
        let apart = |one: &str| who.is_some_and(|who| !side(who, one));
        list.split(", ").all(apart)
    }

    fn amount_pieces(&self, incident: &Incident, supposed: &Supposed) -> Vec<Vec<Piece>> {
        let mut measures = BTreeSet::new();
        for condition in self.conditions() {
            if let Condition::Counted(counted) = condition {
                measures.insert(counted.measure.clone());
                measures.extend(counted.per.clone());
            }
        }
        let one = |measure: MeasureId| -> Vec<Piece> {
            let unknown = Alternatives::unknown();
            let given = incident.amounts.get(&measure).unwrap_or(&unknown);
            if let Some(text) = supposed.get(&Fact::Measure(measure.clone())) {
                return vec![Piece::Amount(measure, Some(figure(text)))];
            }
            let open = given.is_open().then_some(None);
            let figures = given.iter().map(|(bounds, _)| Some(*bounds)).chain(open);
            figures.map(|bounds| Piece::Amount(measure.clone(), bounds)).collect()
        };
        measures.into_iter().map(one).collect()
    }

    /// Questions on the place.
    pub(super) fn place_questions(&self) -> BTreeSet<&Condition> {
        let all = self.conditions().into_iter();
        all.filter(|c| matches!(c, Condition::In(_) | Condition::Near(..))).collect()
    }

    fn lies(&self, question: &Condition, place: &Place) -> Truth {
        let each: Vec<Truth> = match question {
            Condition::In(areas) => {
                areas.iter().map(|area| self.areas.contains(area, place).into()).collect()
            }
            Condition::Near(areas, metres) => {
                areas.iter().map(|area| self.areas.near(area, *metres, place).into()).collect()
            }
            _ => Vec::new(),
        };
        each.into_iter().fold(Truth::False, Truth::or)
    }

    fn place_pieces(&self, incident: &Incident, supposed: &Supposed) -> Vec<Piece> {
        let questions = self.place_questions();
        let answers = |place: &Place| -> BTreeMap<Condition, Truth> {
            questions.iter().map(|question| ((*question).clone(), self.lies(question, place))).collect()
        };
        let nothing: BTreeMap<Condition, Truth> =
            questions.iter().map(|question| ((*question).clone(), Truth::Unknown)).collect();
        if let Some(text) = supposed.get(&Fact::Place) {
            return vec![Piece::Place(supposed_place(text, &nothing))];
        }
        let told: Vec<BTreeMap<Condition, Truth>> =
            incident.places.iter().map(|(place, _)| answers(place)).collect();
        // One that says less than another, and nothing else than it, is no rival of it.
        let less = |one: &BTreeMap<Condition, Truth>, other: &BTreeMap<Condition, Truth>| {
            one != other
                && one.iter().all(|(q, truth)| *truth == Truth::Unknown || other.get(q) == Some(truth))
        };
        let mut all: Vec<Piece> = Vec::new();
        for one in told.iter().filter(|one| !told.iter().any(|other| less(one, other))) {
            let piece = Piece::Place(one.clone());
            if !all.contains(&piece) {
                all.push(piece);
            }
        }
        if told.is_empty() || self.unproven(&Fact::Place, &incident.places) {
            all.push(Piece::Place(nothing));
        }
        all
    }

    /// What each named fact or judgement that the clause asks about may be answered by, as far as anybody says.
    pub(super) fn answers(&self, incident: &Incident) -> BTreeMap<Fact, BTreeSet<Truth>> {
        let mut facts: BTreeMap<Fact, BTreeSet<Truth>> = BTreeMap::new();
        for condition in self.conditions() {
            match condition {
                Condition::Holds(id) | Condition::NotDenied(id) => {
                    let claim = self.terms.fact(id).is_some_and(|found| found.silence_means_no);
                    facts.insert(Fact::Named(id.clone()), named_values(incident.facts.get(id), claim));
                }
                Condition::Judged(id) => {
                    let truth = match incident.judgements.get(id) {
                        Some(Answer::Yes) => Truth::True,
                        Some(Answer::No) => Truth::False,
                        _ => Truth::Unknown,
                    };
                    facts.insert(Fact::Judgement(id.clone()), BTreeSet::from([truth]));
                }
                _ => {}
            }
        }
        facts
    }

    fn answer_pieces(&self, incident: &Incident, supposed: &Supposed) -> Vec<Vec<Piece>> {
        let mut facts = self.answers(incident);
        // Acceptances are unknown unless supposed; whether one is asked for at all shows in the world.
        for (fact, text) in supposed {
            if matches!(fact, Fact::Acceptance(_)) || facts.contains_key(fact) {
                facts.insert(fact.clone(), BTreeSet::from([Truth::from(text == "yes")]));
            }
        }
        let one = |(fact, possible): (Fact, BTreeSet<Truth>)| -> Vec<Piece> {
            let silent = matches!(&fact, Fact::Named(id)
                if !supposed.contains_key(&fact) && incident.facts.get(id).is_none_or(Alternatives::is_empty));
            possible.into_iter().map(|truth| Piece::Answer(fact.clone(), truth, silent)).collect()
        };
        facts.into_iter().map(one).collect()
    }

    fn account_pieces(&self, supposed: &Supposed) -> Vec<Vec<Piece>> {
        let mut all = Vec::new();
        for (n, accounts) in self.accounts().iter().enumerate() {
            if accounts.is_empty() {
                continue;
            }
            let wanted = supposed.get(&self.step(n));
            let fitting = (0..accounts.len())
                .filter(|k| wanted.is_none_or(|text| accounts[*k].value() == *text))
                .map(|k| Piece::Account(n, k));
            all.push(fitting.collect());
        }
        all
    }

    /// A fact with values of which none is proven is open as well.
    fn proven<T: Ord + Clone>(&self, fact: &Fact, given: &Alternatives<T>) -> Alternatives<T> {
        let mut all = given.clone();
        if self.unproven(fact, given) {
            all.leave_open("the-standard-of-proof".into());
        }
        all
    }

    /// Whether values are given and none of them meets every standard of proof for the fact.
    pub(super) fn unproven<T: Ord>(&self, fact: &Fact, given: &Alternatives<T>) -> bool {
        let meets = |standard: &Proof| {
            given.iter().any(|(_, origins)| {
                let counted = origins.iter().filter(|origin| {
                    standard.graded.is_none_or(|least| {
                        let grade = self.sources.get(origin).map(|source| source.grade);
                        grade.is_some_and(|grade| grade != truceline_model::Grade::F && grade <= least)
                    })
                });
                counted.count() >= usize::try_from(standard.origins).unwrap_or(usize::MAX)
                    || origins.iter().any(|origin| standard.or_from.contains(origin))
            })
        };
        let asked = self.terms.proof.iter().filter(|standard| standard.facts.contains(fact));
        !given.is_empty() && !asked.into_iter().all(meets)
    }
}

/// `z`, `one of y, z`, `not z`, `none of y, z`, when only these areas are asked for; else every question in words, joined by
/// `and`: `in y, z and not within 15 km of front`.
fn supposed_place(text: &str, questions: &BTreeMap<Condition, Truth>) -> BTreeMap<Condition, Truth> {
    let answer = |question: &Condition| -> Truth {
        let (areas, words) = match question {
            Condition::In(areas) => (areas, format!("in {}", listed(areas))),
            Condition::Near(areas, metres) if metres % 1000 == 0 => {
                (areas, format!("within {} km of {}", metres / 1000, listed(areas)))
            }
            Condition::Near(areas, metres) => (areas, format!("within {metres} m of {}", listed(areas))),
            _ => return Truth::Unknown,
        };
        let mut parts = text.split(" and ");
        if parts.clone().any(|part| part == words) {
            Truth::True
        } else if parts.any(|part| part.strip_prefix("not ") == Some(&words)) {
            Truth::False
        } else {
            Truth::from(areas.iter().any(|area| fits(text, area.as_str())))
        }
    };
    questions.keys().map(|question| (question.clone(), answer(question))).collect()
}

fn listed(areas: &BTreeSet<AreaId>) -> String {
    areas.iter().map(AreaId::as_str).collect::<Vec<_>>().join(", ")
}
