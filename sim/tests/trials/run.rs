//! One trial: a record that grows an entry at a time, and what must hold after each.

use std::collections::{BTreeMap, BTreeSet};

use truceline_casework::case::{CaseAct, CaseEntry, ClockFault, Docket, RefusedAct, Setting, Way};
use truceline_model::{ClauseId, Instant};
use truceline_sim::dice::Dice;
use truceline_sim::plain::{Determined, Page, Told, known, tell};

use super::cast::Stage;
use super::hold;
use super::scene::Scene;
use super::tally::Tally;

/// What a trial did.
#[derive(Default)]
pub struct Sum {
    pub tally: Tally,
    pub cases: u64,
    pub entries: u64,
    pub compared: u64,
    /// Steps and ends to which some case came: scene, procedure, step.
    pub visited: BTreeSet<(String, ClauseId, String)>,
    /// Cases by scene and procedure.
    pub by_procedure: BTreeMap<(String, ClauseId), u64>,
}

/// The record as it grows.
struct Play<'a> {
    scene: &'a Scene,
    entries: Vec<CaseEntry>,
    now: Instant,
    /// The clock ran ahead in this entry, and nobody has said so yet.
    ahead: Option<u64>,
    /// Most do their duty, and soon.
    is_calm: bool,
}

impl Play<'_> {
    fn next(&self) -> u64 {
        10 + self.entries.len() as u64
    }

    fn docket(&self, at: Instant) -> Docket {
        Docket::of(&self.scene.settings, &self.entries, at)
    }

    /// When the next entry shows itself to be written; time goes on, stands still, or seems to run wrong.
    fn shown(&mut self, dice: &mut Dice, docket: &Docket) -> Instant {
        let minutes = |dice: &mut Dice, most: u64| i64::try_from(60 * dice.below(most)).unwrap();
        let turn = if self.is_calm && dice.chance(80) { 99 } else { dice.place(100) };
        match turn {
            0..14 => {
                let due: Vec<Instant> =
                    docket.cases.values().filter_map(|case| Some(case.clock()?.due)).collect();
                if let Some(due) = due.get(dice.place(due.len())) {
                    let near = due.plus_seconds([-1, 0, 0, 1, 60][dice.place(5)]);
                    self.now = near.max(self.now);
                }
                self.now
            }
            14..24 => {
                self.now = self.now.plus_seconds(minutes(dice, 60 * 24 * 9));
                self.now
            }
            24..29 => self.now,
            29..32 => self.now.plus_seconds(-minutes(dice, 5)),
            32..35 => self.now.plus_seconds(-301 - minutes(dice, 60 * 24 * 30)),
            35 => {
                self.ahead = Some(self.next());
                self.now.plus_seconds(86_400 + minutes(dice, 60 * 24 * 300))
            }
            _ => {
                self.now = self.now.plus_seconds(minutes(dice, 60 * 10));
                self.now
            }
        }
    }

    /// What comes next: mostly what the cast does; after a clock that ran ahead, mostly two people who say so.
    fn step(&mut self, dice: &mut Dice) {
        let entry = self.next();
        if let Some(wrong) = self.ahead.filter(|_| dice.chance(60)) {
            let who = if dice.chance(50) {
                ["watch-officer-1", "legal-officer-2"]
            } else {
                ["watch-officer-1", "watch-officer-2"]
            };
            let said = |one: &&CaseEntry| matches!(one.what, CaseAct::ClockFault(_));
            let count = self.entries.iter().filter(|one| one.entry > wrong).filter(said).count();
            if count > 0 {
                self.ahead = None;
            }
            let by = who[count.min(1)].to_owned();
            let what = CaseAct::ClockFault(ClockFault { from: wrong, to: wrong });
            self.entries.push(CaseEntry { entry, at: self.now, by, what });
            return;
        }
        let docket = self.docket(self.now);
        let at = self.shown(dice, &docket);
        let docket = if at == docket.as_of { docket } else { self.docket(self.now) };
        let stage = Stage {
            scene: self.scene,
            docket: &docket,
            entries: &self.entries,
            now: self.now,
            next: entry,
            is_calm: self.is_calm,
        };
        let (by, what) = stage.next(dice);
        self.entries.push(CaseEntry { entry, at, by, what });
    }
}

fn refusals(docket: &Docket) -> Vec<&RefusedAct> {
    docket.cases.values().flat_map(|case| &case.refused).chain(&docket.refused).collect()
}

fn without_refusals(mut docket: Docket) -> Docket {
    docket.refused.clear();
    docket.cases.values_mut().for_each(|case| case.refused.clear());
    docket
}

/// Plays one docket of so many entries, and holds it to what must be so.
pub fn play(scene: &Scene, page: &Page, seed: u64, sum: &mut Sum) {
    let mut dice = Dice::new(seed);
    let mut play = Play {
        scene,
        entries: Vec::new(),
        now: scene.start.plus_seconds(3_600 * 30),
        ahead: None,
        is_calm: dice.chance(40),
    };
    let many = 14 + dice.place(34);
    for _ in 0..many {
        play.step(&mut dice);
        after_each(&play, sum);
    }
    at_random(&play, &mut dice, page, sum);
    in_the_end(&play, &mut dice, sum);
    sum.entries += play.entries.len() as u64;
}

/// After each entry: the invariants, that what was refused left no trace, and that a voice is heard once.
fn after_each(play: &Play<'_>, sum: &mut Sum) {
    let settings = &play.scene.settings;
    let latest = play.entries.iter().map(|one| one.at).max().unwrap();
    let setting = |id: u64| play.scene.now(id);
    let after = play.docket(latest);
    hold::docket(&after, setting);
    let (last, earlier) = play.entries.split_last().unwrap();
    let before = Docket::of(settings, earlier, latest);
    let why = refusals(&after).into_iter().find(|one| one.entry == last.entry);
    // What is asked before an act is written is answered as the record then says. Every third time: it is the same code.
    if last.entry % 3 == 0 {
        let would = Docket::would(settings, earlier, last);
        assert_eq!(would.as_ref().err(), why.map(|one| &one.why));
        assert!(would.err().is_none_or(|why| !why.to_string().is_empty()));
    }
    if why.is_some() {
        assert_eq!(
            without_refusals(after),
            without_refusals(before),
            "{last:?} was refused and left a trace"
        );
        return;
    }
    sum.tally.taken(&last.what);
    if let CaseAct::On(id, _) = &last.what
        && last.at == latest
    {
        let (old, new) = (&before.cases[id], &after.cases[id]);
        if new.done.len() > old.done.len() {
            let done = new.done.last().unwrap();
            let turn = old.turn.as_ref().expect("acted where a step waited");
            assert_eq!(turn.step, done.step);
            assert!(!turn.given.contains_key(&done.doer), "{:?} was heard twice in one turn", done.doer);
            assert!(!old.recused.contains_key(&done.doer));
            let own = settings_person(play, last).acts_for.clone();
            let own = own.map(truceline_casework::case::Doer::Actor);
            assert!(
                own.as_ref().is_none_or(|own| !old.recused.contains_key(own)),
                "stepped aside, and voted"
            );
            let step = old.step().unwrap();
            let is_out = |doer| hold::is_before_the_case(old, step, doer, setting(id.0), last.at);
            assert!(!is_out(&done.doer) && !own.as_ref().is_some_and(is_out), "before the case, and voted");
        }
    }
}

fn settings_person<'a>(play: &'a Play<'_>, entry: &CaseEntry) -> &'a truceline_casework::case::Person {
    &play.scene.now(entry.entry).people[&entry.by]
}

/// At random moments: the oracle says the same; an earlier moment is what it was; order and later entries change nothing.
fn at_random(play: &Play<'_>, dice: &mut Dice, page: &Page, sum: &mut Sum) {
    let settings = &play.scene.settings;
    let first = play.scene.start;
    let latest = play.entries.iter().map(|one| one.at).max().unwrap();
    let span = u64::try_from(play.now.seconds() - first.seconds()).unwrap() + 86_400 * 9;
    let mut moments: Vec<Instant> =
        (0..3).map(|_| first.plus_seconds(i64::try_from(dice.below(span)).unwrap())).collect();
    moments.extend([play.now, latest]);
    moments.sort();
    let mut shuffled = play.entries.clone();
    for place in (1..shuffled.len()).rev() {
        shuffled.swap(place, dice.place(place + 1));
    }
    let mut before: Option<(Docket, usize)> = None;
    for at in moments {
        let docket = play.docket(at);
        hold::docket(&docket, |id| play.scene.now(id));
        assert_eq!(
            docket,
            Docket::of(settings, &shuffled, at),
            "the order in which entries come changes nothing"
        );
        let known = known(settings, &play.entries, at, page);
        let beginning = &play.entries[..known.len()];
        assert_eq!(docket, Docket::of(settings, beginning, at), "what is written later changes nothing");
        compare(&docket, settings, play, at, page);
        sum.compared += docket.cases.len() as u64;
        let faults = |upto: usize| {
            play.entries[..upto].iter().filter(|one| matches!(one.what, CaseAct::ClockFault(_))).count()
        };
        if let Some((old, length)) = &before
            && faults(*length) == faults(known.len())
        {
            hold::grows(old, &docket);
        }
        before = Some((docket, known.len()));
    }
}

/// The oracle says the same.
fn compare(docket: &Docket, settings: &BTreeMap<u64, Setting>, play: &Play<'_>, at: Instant, page: &Page) {
    let tale = tell(settings, &play.entries, at, page);
    let mut refused: Vec<u64> = refusals(docket).iter().map(|one| one.entry).collect();
    refused.sort_unstable();
    let expected: Vec<u64> = tale.refused.iter().copied().collect();
    assert_eq!(
        refused,
        expected,
        "{}: refused entries\n{:#?}",
        play.scene.name,
        disagreement(docket, play, &refused, &expected)
    );
    for (id, case) in &docket.cases {
        let setting = play.scene.now(id.0);
        let told = Told {
            stands: case.stands().to_owned(),
            awaited: case.awaited(setting, at).map(|one| (one.who, one.due)),
            moves: case.trail.iter().map(|one| (one.to.clone(), one.way, one.at)).collect(),
            determined: case
                .determinations
                .iter()
                .map(|one| Determined {
                    entry: one.entry,
                    at: one.at,
                    step: one.step.clone(),
                    kind: one.kind,
                    by: one.by.clone(),
                    stance: one.stance.clone(),
                })
                .collect(),
        };
        assert_eq!(
            told, tale.cases[id],
            "{} {id} as of {at}\n{:#?}\n{:#?}",
            play.scene.name, case.procedure, play.entries
        );
    }
    assert_eq!(docket.cases.len(), tale.cases.len());
}

/// What is printed when the two refuse differently: the first entry on which they differ, and its case.
fn disagreement(docket: &Docket, play: &Play<'_>, refused: &[u64], expected: &[u64]) -> Option<String> {
    let differ = |one: &&CaseEntry| refused.contains(&one.entry) != expected.contains(&one.entry);
    let entry = play.entries.iter().find(differ)?;
    let why = refusals(docket).into_iter().find(|one| one.entry == entry.entry);
    let case = match &entry.what {
        CaseAct::On(id, _) => docket.cases.get(id),
        _ => None,
    };
    Some(format!("{entry:?}\n{why:?}\n{case:#?}"))
}

/// When nobody says another word, every case ends, within the sum of its clocks; and everything is counted.
fn in_the_end(play: &Play<'_>, dice: &mut Dice, sum: &mut Sum) {
    let latest = play.entries.iter().map(|one| one.at).max().unwrap();
    let docket = play.docket(latest);
    let ends = docket.cases.values().map(|case| hold::last_word(case, play.scene.now(case.id.0), latest));
    let silent = play.docket(ends.max().unwrap_or(latest));
    for case in silent.cases.values() {
        assert!(case.turn.is_none(), "{} never ends: {:#?}", case.id, case.trail);
    }
    // Each lapse is told once, the oldest of a step first, and then there is none left to tell.
    let mut told = play.entries.clone();
    let mut lapses = silent.lapses();
    let lapsed = silent
        .cases
        .values()
        .flat_map(|case| &case.trail)
        .filter(|passage| matches!(passage.way, Way::Silence | Way::Heard));
    let recorded =
        silent.cases.values().flat_map(|case| &case.clocks).filter(|clock| clock.recorded.is_some());
    assert_eq!(lapses.len() + recorded.count(), lapsed.count());
    if dice.chance(10) {
        while let Some(one) = lapses.first() {
            assert!(!one.to.is_empty());
            let act = truceline_casework::case::Act::Lapse { step: one.step.clone() };
            let entry = 1_000 + told.len() as u64;
            told.push(CaseEntry {
                entry,
                at: silent.as_of,
                by: "watch-officer-1".into(),
                what: CaseAct::On(one.case, act),
            });
            let after = Docket::of(&play.scene.settings, &told, silent.as_of).lapses();
            assert_eq!(after[..], lapses[1..]);
            lapses = after;
        }
    }
    sum.cases += silent.cases.len() as u64;
    sum.tally.docket(&silent);
    for case in silent.cases.values() {
        let to = case.trail.iter().map(|passage| passage.to.clone());
        let name = || (play.scene.name.clone(), case.opening.procedure.clone());
        *sum.by_procedure.entry(name()).or_default() += 1;
        sum.visited.extend(to.map(|to| (name().0, name().1, to)));
    }
    for case in silent.cases.values() {
        let joint = |one: &truceline_casework::case::Determination| {
            one.kind != truceline_casework::case::Kind::Separate
        };
        if case.determinations.iter().filter(|one| joint(one)).count() > 1 {
            sum.tally.hit("put", "overtaken");
        }
    }
}
