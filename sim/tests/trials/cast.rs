//! Who does what next: people who do their duty, late, twice, for others, together against the clock, or at random.

use std::collections::BTreeSet;

use truceline_casework::case::{
    Act, Action, BY_THE_TERMS, Case, CaseAct, CaseEntry, CaseId, ClockFault, Complainant, Docket, Opening,
    Person, Phase, Role, Setting, Stance, may,
};
use truceline_model::{ActorId, Answer, Asks, IncidentId, Instant, Threshold};
use truceline_sim::dice::Dice;

use super::scene::Scene;

/// What the cast draws from.
pub struct Stage<'a> {
    pub scene: &'a Scene,
    pub docket: &'a Docket,
    pub entries: &'a [CaseEntry],
    pub now: Instant,
    /// The number that the next entry gets.
    pub next: u64,
    /// Most do their duty: else no case would get far.
    pub is_calm: bool,
}

fn pick<'t, T>(dice: &mut Dice, all: &'t [T]) -> Option<&'t T> {
    all.get(dice.place(all.len()))
}

impl Stage<'_> {
    fn setting(&self) -> &Setting {
        self.scene.now(self.next)
    }

    fn anybody(&self, dice: &mut Dice) -> String {
        if dice.chance(2) {
            return "mallory".into();
        }
        let names: Vec<&String> = self.setting().people.keys().collect();
        (*pick(dice, &names).unwrap()).clone()
    }

    /// Somebody whom `is` fits; anybody when there is nobody.
    fn somebody(&self, dice: &mut Dice, is: impl Fn(&Person) -> bool) -> String {
        let fits: Vec<&String> =
            self.setting().people.iter().filter(|(_, person)| is(person)).map(|(name, _)| name).collect();
        match pick(dice, &fits) {
            Some(name) => (*name).clone(),
            None => self.anybody(dice),
        }
    }

    fn actor(&self, dice: &mut Dice) -> ActorId {
        if dice.chance(2) {
            return "nobody-knows-them".into();
        }
        pick(dice, &self.scene.actors).unwrap().clone()
    }

    fn incident(&self, dice: &mut Dice) -> IncidentId {
        IncidentId::new(&format!("i-{}", dice.below(4)))
    }

    fn complainant(&self, dice: &mut Dice) -> Complainant {
        match dice.place(8) {
            0 => Complainant::Public(None),
            1 => Complainant::Mission,
            2 => {
                Complainant::Threshold(if dice.chance(50) { Threshold::Unmet } else { Threshold::Persistent })
            }
            _ => Complainant::Party(self.actor(dice)),
        }
    }

    /// The next act and who does it.
    pub fn next(&self, dice: &mut Dice) -> (String, CaseAct) {
        let cases: Vec<&Case> = self.docket.cases.values().collect();
        let Some(case) = pick(dice, &cases).copied() else { return self.open(dice) };
        if self.is_calm && dice.chance(75) {
            return self.dutiful(dice, case);
        }
        match dice.place(100) {
            0..6 => self.open(dice),
            6..50 => self.dutiful(dice, case),
            50..58 => self.again(dice).unwrap_or_else(|| self.open(dice)),
            58..60 => self.fault(dice),
            60 => (self.anybody(dice), CaseAct::On(CaseId(7), Act::Means(None))),
            _ => {
                let act = self.act(dice, case);
                let by = self.likely(dice, case, &act);
                (by, CaseAct::On(case.id, act))
            }
        }
    }

    fn open(&self, dice: &mut Dice) -> (String, CaseAct) {
        let setting = self.setting();
        let mut procedure = pick(dice, &self.scene.procedures).unwrap().clone();
        let course = &setting.procedures[&procedure];
        let takes: Vec<_> =
            if course.takes.is_empty() { &setting.clauses } else { &course.takes }.iter().collect();
        let mut clause = (*pick(dice, &takes).unwrap()).clone();
        match dice.place(40) {
            0 => procedure = "no-such-course".into(),
            1 => clause = "no-such-clause".into(),
            _ => {}
        }
        let respondents: BTreeSet<ActorId> =
            (0..[1, 1, 1, 2, 0][dice.place(5)]).map(|_| self.actor(dice)).collect();
        let incidents = (0..[1, 1, 2, 0][dice.place(4)]).map(|_| self.incident(dice)).collect();
        let known: Vec<CaseId> = self.docket.cases.keys().copied().collect();
        let mut rests_on = BTreeSet::new();
        if dice.chance(10) {
            rests_on.insert(pick(dice, &known).copied().unwrap_or(CaseId(3)));
        }
        let complainant = self.complainant(dice);
        let own = complainant.clone();
        let by = match dice.place(3) {
            0 => self.anybody(dice),
            1 => self.somebody(dice, |one| one.role.is_mission()),
            _ => self.somebody(dice, |one| match &own {
                Complainant::Party(actor) => one.acts_for.as_ref() == Some(actor),
                _ => one.role.is_mission(),
            }),
        };
        let mut opening = Opening {
            procedure,
            clause,
            incidents,
            respondents,
            complainant,
            rests_on,
            since: None,
            words: None,
        };
        let by_terms =
            dice.chance(if matches!(opening.complainant, Complainant::Threshold(_)) { 60 } else { 3 });
        if by_terms || dice.chance(1) {
            let hours = i64::try_from(dice.below(90)).unwrap() - 3;
            opening.since = Some(self.now.plus_seconds(-3_600 * hours)).filter(|_| !dice.chance(5));
        }
        (if by_terms { BY_THE_TERMS.to_owned() } else { by }, CaseAct::Open(opening))
    }

    /// What the case waits for, done by one who may.
    fn dutiful(&self, dice: &mut Dice, case: &Case) -> (String, CaseAct) {
        let setting = self.setting();
        let (Some(awaited), Some(step)) = (case.awaited(setting, self.now), case.step()) else {
            return self.after_the_end(dice, case);
        };
        let needs = step.then.iter().filter_map(|to| case.procedure.step(to)).map(|to| to.needs_means).max();
        if needs.is_some_and(|needs| usize::try_from(needs).unwrap() > case.means.len()) && dice.chance(60) {
            let by = self.somebody(dice, |one| may(one.role, Action::Means, case.phase()));
            return (by, CaseAct::On(case.id, Act::Means(None)));
        }
        let who: Vec<_> = awaited.who.iter().collect();
        let doer = (*pick(dice, &who).unwrap()).clone();
        let by = self.somebody(dice, |one| {
            setting.speaks(one, &doer, self.now)
                && may(
                    one.role,
                    if step.asks == Asks::Determination { Action::Determine } else { Action::Step },
                    case.phase(),
                )
        });
        let said = case.turn.as_ref().and_then(|turn| turn.given.values().next());
        let then = match said {
            Some(said) if dice.chance(75) => Some(said.then.clone()),
            _ if dice.chance(3) => None,
            _ => pick(dice, &step.then).cloned(),
        };
        let stance = match said.and_then(|said| said.stance.clone()) {
            Some(stance) if dice.chance(70) => stance,
            _ => self.stance(dice, case),
        };
        let due = (step.asks == Asks::Remedy && !dice.chance(5)).then(|| self.now.plus_seconds(86_400));
        let (step, words) = (step.id.clone(), None);
        let act = if awaited.step == step && case.phase() == Phase::Deciding {
            Act::Determine { step, then, stance, words }
        } else {
            Act::Step { step, then, due, words }
        };
        (by, CaseAct::On(case.id, act))
    }

    fn stance(&self, dice: &mut Dice, case: &Case) -> Stance {
        let answer = |dice: &mut Dice| [Answer::Yes, Answer::Yes, Answer::No, Answer::Unclear][dice.place(4)];
        let mut happened = answer(dice);
        let prohibited = answer(dice);
        if prohibited == Answer::Yes && !dice.chance(4) {
            happened = Answer::Yes;
        }
        let mut who: BTreeSet<ActorId> = case.respondents.iter().take(dice.place(2)).cloned().collect();
        if happened == Answer::No && !dice.chance(4) {
            who.clear();
        }
        if dice.chance(2) {
            who.insert(self.actor(dice));
        }
        let scale = &self.setting().gravity;
        let gravity = match dice.place(30) {
            0 => Some("unheard-of".to_owned()),
            1..20 if prohibited == Answer::Yes => pick(dice, scale).cloned(),
            _ => None,
        };
        Stance { happened, who, prohibited, gravity }
    }

    fn after_the_end(&self, dice: &mut Dice, case: &Case) -> (String, CaseAct) {
        let lawyer = self.somebody(dice, |one| one.role == Role::LegalOfficer);
        let evidence = case.evidence.last().map_or(1, |one| one.entry);
        let act = match dice.place(3) {
            0 => Act::Evidence { receipt: None, is_sealed: false, words: None },
            _ => Act::Reopen { evidence, words: None },
        };
        (lawyer, CaseAct::On(case.id, act))
    }

    /// Somebody whose act it could be: one who decides, one who speaks for a side, one of the mission.
    fn likely(&self, dice: &mut Dice, case: &Case, act: &Act) -> String {
        if dice.chance(15) {
            return self.anybody(dice);
        }
        let action = Action::of(act);
        if dice.chance(if action == Action::Lapse { 40 } else { 1 }) {
            return BY_THE_TERMS.to_owned();
        }
        self.somebody(dice, |one| may(one.role, action, case.phase()))
    }

    /// The same as somebody did before, by them or another.
    fn again(&self, dice: &mut Dice) -> Option<(String, CaseAct)> {
        let before = pick(dice, self.entries)?;
        let by = if dice.chance(70) { before.by.clone() } else { self.anybody(dice) };
        Some((by, before.what.clone()))
    }

    fn fault(&self, dice: &mut Dice) -> (String, CaseAct) {
        let from = pick(dice, self.entries).map_or(self.next, |entry| entry.entry);
        let to = from + dice.below(3);
        let by = self.somebody(dice, |one| may(one.role, Action::ClockFault, Phase::None));
        (by, CaseAct::ClockFault(ClockFault { from, to }))
    }

    /// Any act beside the steps, and steps at the wrong time.
    fn act(&self, dice: &mut Dice, case: &Case) -> Act {
        let words = None;
        let item = pick(dice, &case.evidence).map_or(2, |one| one.entry);
        let of = pick(dice, &case.undertakings).map_or(2, |one| one.entry);
        let det = pick(dice, &case.determinations).map_or(2, |one| one.entry);
        let step = pick(dice, &case.procedure.steps).map(|step| step.id.clone()).unwrap();
        let soon = self.now.plus_seconds(3_600 * (i64::try_from(dice.below(90)).unwrap() - 2));
        match dice.place(32) {
            0..3 => Act::Join(self.complainant(dice)),
            3 => Act::Means(words),
            4..7 => Act::Evidence { receipt: None, is_sealed: dice.chance(30), words },
            7 => Act::Disclose { item, to: self.actor(dice) },
            8..10 => Act::Name(match pick(dice, &case.respondents.iter().collect::<Vec<_>>()) {
                Some(one) if dice.chance(70) => (*one).clone(),
                _ => self.actor(dice),
            }),
            10 => Act::Incident(self.incident(dice)),
            11..15 => Act::Recuse(words),
            15..17 => Act::Dissent { of: det, words },
            17..21 => Act::Extend(words),
            21..23 => Act::Undertake { due: soon, words },
            23 => Act::FollowUp { of, is_kept: dice.chance(50), words },
            24..26 => Act::Withdraw(words),
            26 => Act::Reopen { evidence: item, words },
            27 => Act::Lapse { step },
            28 => Act::Determine { step, then: None, stance: self.stance(dice, case), words },
            _ => Act::Step { step, then: None, due: dice.chance(10).then_some(soon), words },
        }
    }
}
