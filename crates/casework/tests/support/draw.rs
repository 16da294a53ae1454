//! Reports and decisions by chance, dense enough that they revise, copy, quote and contradict one another.

use std::collections::BTreeSet;

use proptest::prelude::*;
use truceline_casework::{Decision, PersonDecision, Side};
use truceline_model::{Act, Attribution, Instant, LikelyDays, Mark, Observation, ReceiptNo, Target, Wording};

use super::{Mission, say};

const SOURCES: [&str; 5] = ["lister", "deaths", "msf", "sohr", "syrian-archive"];
const PLACES: [&str; 7] = ["sukkari", "hospital-q", "kalassa", "marjah", "midan", "homs", "SY02"];
const ACTS: [Act; 4] = [Act::Airstrike, Act::Shelling, Act::Explosion, Act::SmallArmsFire];
const ACTORS: [&str; 4] = ["gov-forces", "russian-forces", "group-a", "insurgents"];

/// What one report is made of: source, origin, place, day, act, actor, killed, known, target, refers to, words, bears whose id. The
/// last place and the last day are none; of those without a day most have inferred ones.
pub type Seed = (
    usize,
    usize,
    usize,
    u8,
    usize,
    usize,
    Option<u8>,
    u8,
    bool,
    Option<(u8, usize)>,
    Option<(u32, u32)>,
    Option<(Again, usize)>,
);

/// How a report takes up the sender's id of an earlier one.
#[derive(Clone, Copy, Debug)]
pub enum Again {
    /// The same file once more: nothing differs but the receipt.
    Copy,
    /// The same words, said to be known at another time, so that either of the two may be the copy.
    CopyKnownThen,
    /// The same row of the same source, which now says something else.
    Row,
    /// Another source that happens to use the id.
    Id,
}

/// Reports that each bear an id of their own.
pub fn seed() -> impl Strategy<Value = Seed> {
    seed_of(Just(None))
}

/// The same, some of which take up the id of an earlier one: without these no report is ever a copy of another, and no row replaces one.
pub fn seed_of_shared_ids() -> impl Strategy<Value = Seed> {
    let how = prop_oneof![Just(Again::Copy), Just(Again::CopyKnownThen), Just(Again::Row), Just(Again::Id)];
    seed_of(prop::option::weighted(0.25, (how, 0usize..24)))
}

fn seed_of(again: impl Strategy<Value = Option<(Again, usize)>>) -> impl Strategy<Value = Seed> {
    (
        0..SOURCES.len(),
        0..SOURCES.len() * 3,
        0..=PLACES.len(),
        26u8..30,
        0..ACTS.len(),
        0..ACTORS.len() + 2,
        prop::option::of(0u8..60),
        1u8..6,
        any::<bool>(),
        prop::option::weighted(0.3, (0u8..3, 0usize..12)),
        prop::option::weighted(0.6, (0u32..3, 0u32..6)),
        again,
    )
}

/// The report as it is when it takes up the id of an earlier one.
fn taken_up(report: Observation, how: Again, of: &Observation) -> Observation {
    match how {
        Again::Copy => Observation { receipt: report.receipt, ..of.clone() },
        Again::CopyKnownThen => Observation { receipt: report.receipt, known: report.known, ..of.clone() },
        Again::Row => Observation {
            sender_id: of.sender_id.clone(),
            source: of.source.clone(),
            origin: of.origin.clone(),
            ..report
        },
        Again::Id => Observation { sender_id: of.sender_id.clone(), ..report },
    }
}

/// Twenty seldom words of a story, told with one word changed, cut short, or in a few words.
pub fn words(story: u32, telling: u32) -> Wording {
    let told = match telling {
        0..=2 => 0..20,
        3 => 0..9,
        4 => 10..20,
        _ => 0..3,
    };
    let changed = (telling < 3).then_some(500 + telling);
    let mark = |hash: u32| Mark { hash, surprise: 4500 };
    let words = told.map(|n| story * 100 + n).chain(changed);
    Wording::new(words.map(mark).collect(), vec![mark(1000 + story), mark(1010 + telling)])
}

/// Days of late April 2016 as somebody may have inferred them: one mostly, or two that are as likely.
fn days(one: usize, other: usize) -> LikelyDays {
    let day = |n: usize| 16_917 + i64::try_from(n % 4).unwrap();
    LikelyDays::new(vec![(day(one), 4000 + 1000 * u32::try_from(other).unwrap()), (day(other), 2900)])
}

pub fn reports(mission: &Mission, seeds: &[Seed]) -> Vec<Observation> {
    let make = |(n, s): (usize, &Seed)| {
        let (source, origin, place, day, act, actor, killed, known, hospital, refers, told, _) = *s;
        let mut one =
            say(&mission.zone, n as u64, SOURCES[source], &format!("r{n}"), &format!("2016-05-0{known}"))
                .act(ACTS[act]);
        // A total, which must not be counted twice, always says when.
        if day < 29 || n % 7 == 6 {
            one = one.when(&format!("2016-04-{day}"));
        }
        if day == 29 && origin % 3 != 0 {
            one = one.likely(days(source, place));
        }
        if let Some(place) = PLACES.get(place) {
            one = one.place(place);
        }
        if known % 2 == 0 && actor % 2 == 0 {
            one = one.shows(&format!("t.me/channel/10{}", origin % 3));
        }
        if let Some((story, telling)) = told {
            one = one.wording(words(story, telling));
        }
        if let Some(origin) = SOURCES.get(origin) {
            one = one.origin(origin);
        }
        if let Some(actor) = ACTORS.get(actor) {
            one = one.actor(actor, if day == 27 { Attribution::Contested } else { Attribution::Accused });
        }
        if let Some(killed) = killed {
            one = one.killed(&killed.to_string());
        }
        if hospital {
            one = one.target(Target::Hospital);
        }
        match refers {
            Some((0, of)) => one = one.revises(&format!("r{of}")),
            Some((1, of)) => one = one.same_as(&format!("r{of}")),
            Some((_, of)) => one = one.part_of(&format!("r{of}")),
            None => {}
        }
        if n % 7 == 6 { one.total().done() } else { one.done() }
    };
    let mut all: Vec<Observation> = Vec::with_capacity(seeds.len());
    for (n, seed) in seeds.iter().enumerate() {
        let report = make((n, seed));
        let earlier = seed.11.and_then(|(how, of)| Some((how, all.get(of % n.max(1))?)));
        let report = match earlier {
            Some((how, of)) => taken_up(report, how, of),
            None => report,
        };
        all.push(report);
    }
    all
}

pub fn decisions(picks: &[(bool, u64, u64)]) -> Vec<PersonDecision> {
    let side = |n: u64| Side { incident: "i".into(), receipts: BTreeSet::from([ReceiptNo(n)]) };
    let make = |(entry, (merge, a, b)): (usize, &(bool, u64, u64))| PersonDecision {
        entry: 100 + entry as u64,
        at: Instant::FAR_PAST,
        by: "verifier".to_owned(),
        why: "test".to_owned(),
        what: if *merge {
            Decision::Merge { a: side(*a), b: side(*b) }
        } else {
            let (receipts, kept) = (BTreeSet::from([ReceiptNo(*a)]), BTreeSet::from([ReceiptNo(*b)]));
            Decision::Split { incident: "i".into(), receipts, kept }
        },
    };
    picks.iter().filter(|(_, a, b)| a != b).enumerate().map(make).collect()
}
