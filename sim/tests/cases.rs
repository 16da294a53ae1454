//! Cases tried as a database is: seeded, by procedures that are shipped, written for a page, and drawn at random, with people who are late,
//! absent, hostile, double, or in league; held after each entry to what must be so, and compared with an oracle that reads the case from the
//! beginning for every question.
//!
//! Every step and end of every shipped procedure is come to; every reason of refusal, way, kind and act is hit by those that are drawn.
//! The trials are the same on every run. `TRUCELINE_SEED=n` draws others; `TRUCELINE_CASES=n` plays about so many cases in each of the two;
//! `TRUCELINE_EACH=n` at least so many of every shipped procedure.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use trials::run::{Sum, play};
use trials::scene::Scene;
use trials::{draw, scene};
use truceline_model::ClauseId;
use truceline_sim::dice::Dice;
use truceline_sim::plain::Page;

mod trials;

const PAGE: &str = include_str!("../../docs/authority.md");

/// Cases of each of the two trials.
const PART: u64 = 5_500;

fn asked(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Whether some procedure of a scene has had fewer cases than that.
fn lacks(scene: &Scene, sum: &Sum, each: u64) -> bool {
    let had =
        |id: &ClauseId| sum.by_procedure.get(&(scene.name.clone(), id.clone())).copied().unwrap_or_default();
    scene.procedures.iter().any(|id| had(id) < each)
}

/// Plays dockets on these scenes in turn until there were so many cases, and so many of each procedure.
fn trial(scenes: &[Scene], salt: u64, each: u64) -> Sum {
    let seed = asked("TRUCELINE_SEED", 2016);
    let cases = asked("TRUCELINE_CASES", PART);
    let page = Page::read(PAGE);
    let mut dice = Dice::new(seed ^ salt);
    let mut sum = Sum::default();
    let mut dockets = 0_u64;
    while sum.cases < cases || scenes.iter().any(|scene| lacks(scene, &sum, each)) {
        // Once there are enough in all, those go on that lack some.
        let is_enough = sum.cases >= cases;
        for scene in scenes {
            if is_enough && !lacks(scene, &sum, each) {
                continue;
            }
            let one = dice.draw();
            let name = scene.name.clone();
            let played =
                std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| play(scene, &page, one, &mut sum)));
            assert!(played.is_ok(), "{name}, docket {dockets}, seed {one} (of {seed})");
            dockets += 1;
        }
    }
    println!(
        "{} cases of {} procedures in {dockets} dockets, {} entries, {} cases compared with the oracle\n{}",
        sum.cases,
        scenes.iter().map(|scene| scene.procedures.len()).sum::<usize>(),
        sum.entries,
        sum.compared,
        sum.tally.table()
    );
    // Of those that are drawn there are hundreds; of those that are shipped each is told.
    for ((scene, procedure), count) in sum.by_procedure.iter().filter(|_| sum.by_procedure.len() < 30) {
        println!("{count:>8} cases of {scene} {procedure}");
    }
    assert!(sum.compared >= sum.cases, "each case is compared once at least");
    sum
}

#[test]
fn shipped_procedures_hold() {
    let scenes = scene::shipped();
    assert!(!scenes.is_empty(), "no agreement gives a procedure with steps");
    for scene in &scenes {
        println!("{}: {:?}", scene.name, scene.procedures);
    }
    let mut sum = trial(&scenes, 1, asked("TRUCELINE_EACH", 0));
    // Some steps are far: whoever adds a procedure need not look for a seed.
    let page = Page::read(PAGE);
    let mut dice = Dice::new(asked("TRUCELINE_SEED", 2016) ^ 3);
    let mut more = 0;
    while more < 3_000 && !unvisited(&scenes, &sum).is_empty() {
        for scene in &scenes {
            if !unvisited(std::slice::from_ref(scene), &sum).is_empty() {
                play(scene, &page, dice.draw(), &mut sum);
                more += 1;
            }
        }
    }
    let missing = unvisited(&scenes, &sum);
    assert!(missing.is_empty(), "after {more} dockets more no case came to\n{}", missing.join("\n"));
}

/// Steps and ends to which no case came.
fn unvisited(scenes: &[Scene], sum: &Sum) -> Vec<String> {
    let mut missing = Vec::new();
    for scene in scenes {
        for (id, procedure) in &scene.settings[&0].procedures {
            let steps = procedure.steps.iter().map(|step| &step.id);
            for to in steps.chain(procedure.ends.iter().map(|end| &end.id)) {
                if !sum.visited.contains(&(scene.name.clone(), id.clone(), to.clone())) {
                    missing.push(format!("{}: {id}: {to}", scene.name));
                }
            }
        }
    }
    missing
}

#[test]
fn drawn_procedures_hold_and_everything_is_hit() {
    let (scenes, refused) = draw::scenes(asked("TRUCELINE_SEED", 2016), 240);
    println!("{} procedures drawn, {refused} that the reader of terms refused", scenes.len());
    let sum = trial(&scenes, 2, 0);
    let missing = sum.tally.missing();
    assert!(missing.is_empty(), "never hit:\n{}", missing.join("\n"));
}
