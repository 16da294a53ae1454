//! What a roll, a sheet, a sitting and a hearing say of themselves: how many they hold, which findings are theirs, which
//! incidents they can touch, what was set aside and what it takes in memory; over more clauses than stand side by side.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeSet;

use common::{Build, actors, aleppo, areas, at, read, small, syria};
use truceline_model::{
    Act, Alternatives, Answer, ClauseId, Incident, Outcome, Place, SystemId, Target, Weapon,
};
use truceline_terms::{Desk, Judge, Outcomes, Roll, Terms};

const LATER: &str = "2016-06-01T00:00:00Z";

/// Shelling of Aleppo by one actor at one moment: everything about it has a number.
fn shelling(actor: &str, when: &str) -> Incident {
    let mut one = Build::new("shelling")
        .act(Act::Shelling, "sohr")
        .target(Target::Civilians, "sohr")
        .actor(actor, "sohr")
        .held("opposition", "sohr")
        .when(when, "sohr")
        .0;
    one.places.add(Place { areas: [].into(), ..aleppo() }, "sohr".into());
    one
}

const ARMY: &str = "syrian-government-forces";

/// Seventy clauses under two readings, so that the findings fill two lanes and part of a third. By its number a clause binds
/// the one or the other side, holds from another day on, forbids other acts, at other places, with other conditions.
fn many() -> Terms {
    let mut text = "# Many\n```terms\nagreement many\ntitle \"Many\"\nzone \"Asia/Damascus\"\nin-force from \"2016-02-27\"\n\
        party government-side whose-forces-are government-forces\nparty opposition whose-forces-are armed-opposition-forces\n\
        exempt al-nusra\nexcluded jaysh-al-islam from \"2016-03-12\" until \"2016-03-15\" known \"2016-03-12\" per sohr\nmatter object \"?\"\nposition letter on object saying \"l\"\nposition purpose on object saying \"p\"\n\
        reading letter \"l\" taking object=letter\nreading purpose \"p\" taking object=purpose\nfact seen \"?\"\nclaim said \"?\"\n\
        judgement fair \"?\"\nmeasure lorries \"Lorries\"\n```\n"
        .to_owned();
    for n in 0..70 {
        let side = ["government-side", "opposition", "government-side opposition with-affiliates"][n % 3];
        let act = ["shelling", "shelling airstrike", "airstrike", "mortar-fire shelling"][n / 2 % 4];
        let weapon = if n % 11 == 10 { "mortar" } else { "any-weapon" };
        text.push_str(&format!("## {n}\nProse.\n```terms\nclause c{n} \"C\"\nbinds {side}\n"));
        if n % 7 == 3 {
            text.push_str(&format!("in-force from \"2016-03-{:02}\"\n", 1 + n % 28));
        }
        if n % 5 > 1 {
            let place =
                ["in zone-aleppo-city", "within 3 km of zone-eastern-ghouta", "in SY02 zone-north-latakia"];
            text.push_str(&format!("applies {}\n", place[n % 5 - 2]));
        }
        text.push_str(&format!("forbids {act} with {weapon}\n"));
        if n % 4 == 1 {
            text.push_str("against hospital under object=letter\nagainst civilians or ground-held-by opposition under object=purpose\n");
        }
        if n % 6 == 5 {
            text.push_str("outside when found seen\n");
        }
        if n % 9 == 4 {
            text.push_str("only-when not within 1 km of zone-aleppo-city or commanded-by opposition\n");
        }
        if n % 8 == 7 {
            text.push_str("except mercy gives not-covered when found said and judged fair\n");
        }
        text.push_str(match n {
            35 | 66 => "only-when counted lorries at-least 3\n",
            13 | 64 => "outside when in zone-aleppo-city and within 5 km of zone-north-latakia\n",
            24 | 54 => "only-when not in zone-aleppo-city or in zone-eastern-ghouta\n",
            37 => "except both gives not-covered when in zone-eastern-ghouta and not in zone-aleppo-city\n",
            15 | 45 => "against forces-of opposition done-by government-side\n",
            21 | 51 => "outside when fired-at exempt-group-forces and not-denied seen\n",
            30 | 63 => "only-when from \"2016-03-13\" or found seen\n",
            _ => "",
        });
        text.push_str("```\n");
    }
    read(&text)
}

/// Some thirty incidents, plain and odd.
fn incidents() -> Vec<Incident> {
    let mut all = Vec::new();
    for actor in [ARMY, "jaysh-al-islam", "al-nusra", "insurgents-unspecified", "nobody-knows-them"] {
        for when in ["2016-02-20T12:00", "2016-02-28T12:00", "2016-03-08T23:00/2016-03-18T01:00"] {
            all.push(shelling(actor, when));
        }
    }
    let one = || shelling(ARMY, "2016-03-10T12:00");
    let mut change = |change: &dyn Fn(&mut Incident)| {
        let mut one = one();
        change(&mut one);
        all.push(one);
    };
    change(&|one| one.acts.add(Act::Airstrike, "msf".into()));
    change(&|one| one.acts.leave_open("msf".into()));
    change(&|one| one.acts = Alternatives::one(Act::Explosion, "msf".into()));
    change(&|one| one.targets.add(Target::Hospital, "msf".into()));
    change(&|one| one.targets = Alternatives::default());
    change(&|one| one.actors.add("free-syrian-army".into(), "msf".into()));
    change(&|one| one.actors = Alternatives::default());
    change(&|one| one.commanders.add("opposition".into(), "msf".into()));
    change(&|one| one.commanders.leave_open("msf".into()));
    change(&|one| one.held_by = Alternatives::default());
    change(&|one| one.places = Alternatives::default());
    change(&|one| one.places = Alternatives::one(Place { point: None, ..aleppo() }, "msf".into()));
    change(&|one| one.places.add(Place { point: None, ..aleppo() }, "msf".into()));
    change(&|one| one.when = Alternatives::default());
    change(&|one| one.throughout = true);
    for (lat, lon) in [("33.53", "36.4"), ("35.75", "36.0"), ("34.0", "38.0")] {
        let point = truceline_model::Point::parse(lat, lon).ok();
        change(&|one| {
            one.places = Alternatives::one(Place { point, areas: [].into(), ..aleppo() }, "msf".into());
        });
    }
    let days = shelling(ARMY, "2016-03-08T23:00/2016-03-18T01:00").when;
    change(&|one| {
        one.when = days.clone();
        one.struck.add("jaysh-al-islam".into(), "msf".into());
    });
    change(&|one| {
        one.when = days.clone();
        one.held_by = Alternatives::one("jaysh-al-islam".into(), "msf".into());
        one.facts.entry("seen".into()).or_default().add(Answer::No, "msf".into());
    });
    change(&|one| one.struck.leave_open("msf".into()));
    change(&|one| one.targets.add(Target::ArmedForces, "msf".into()));
    change(&|one| one.targets = Alternatives::one(Target::ExemptGroupForces, "msf".into()));
    change(&|one| {
        one.targets = Alternatives::one(Target::ExemptGroupForces, "msf".into());
        one.facts.entry("seen".into()).or_default().add(Answer::No, "msf".into());
        one.facts.entry("seen".into()).or_default().leave_open("sohr".into());
    });
    change(&|one| one.weapons.add(Weapon::Mortar, "msf".into()));
    change(&|one| {
        one.weapons.add(Weapon::Mortar, "msf".into());
        one.weapons.leave_open("sohr".into());
    });
    change(&|one| one.systems.add(SystemId::new("grad"), "msf".into()));
    change(&|one| {
        one.facts.entry("seen".into()).or_default().add(Answer::Yes, "msf".into());
        one.facts.entry("said".into()).or_default().add(Answer::Yes, "msf".into());
        one.judgements.insert("fair".into(), Answer::No);
    });
    change(&|one| {
        one.facts.entry("seen".into()).or_default().add(Answer::Unclear, "msf".into());
        one.facts.entry("said".into()).or_default().add(Answer::No, "msf".into());
        one.judgements.insert("fair".into(), Answer::Unclear);
    });
    all
}

/// The bytes of outcomes, as whoever reads a digest would pack them.
fn packed(all: &[Outcome]) -> Vec<u8> {
    let bits = |second: bool| -> Vec<u8> {
        let is = |outcome: &Outcome| match outcome {
            Outcome::Prohibited => false,
            Outcome::NotProhibited => !second,
            Outcome::NotCovered => second,
            Outcome::Undetermined => true,
        };
        let byte = |eight: &[Outcome]| {
            let each = eight.iter().enumerate().filter(|(_, outcome)| is(outcome));
            each.fold(0, |byte, (place, _)| byte | 1 << place)
        };
        all.chunks(8).map(byte).collect()
    };
    [bits(false), bits(true)].concat()
}

fn bytes(outcomes: &Outcomes) -> Vec<u8> {
    let mut all = Vec::new();
    outcomes.bytes(|some| all.extend_from_slice(some));
    all
}

#[test]
fn over_three_lanes_all_at_once_is_as_one_by_one() {
    let (terms, actors, areas, incidents) = (many(), actors(), areas(), incidents());
    let judge = Judge::new(&terms, &actors, &areas, at(LATER));
    let (sheet, roll) = (judge.sheet(), Roll::of(&actors, &incidents));
    let (sitting, mut desk) = (sheet.sit(&roll), Desk::default());
    assert_eq!((sheet.clauses(), sheet.findings().count()), (70, 140));
    let mut met = BTreeSet::new();
    for (n, incident) in incidents.iter().enumerate() {
        let one_by_one = judge.outcomes(incident);
        let expected: Vec<Outcome> = one_by_one.iter().map(|brief| brief.outcome).collect();
        met.extend(expected.iter().copied());
        let outcomes = sitting.outcomes(n, incident, &mut desk);
        assert_eq!((outcomes.len(), outcomes.is_empty()), (140, false));
        let all: Vec<Outcome> = outcomes.iter().collect();
        let differ: Vec<_> =
            one_by_one.iter().zip(&all).filter(|(brief, one)| brief.outcome != **one).collect();
        assert!(differ.is_empty(), "{n}: {differ:?}");
        assert_eq!((outcomes.get(139), outcomes.get(140)), (expected.last().copied(), None));
        assert_eq!(bytes(outcomes), packed(&expected), "{n}");
        let count = |wanted| expected.iter().filter(|one| **one == wanted).count() as u64;
        let four = [Outcome::Prohibited, Outcome::NotProhibited, Outcome::NotCovered, Outcome::Undetermined];
        assert_eq!(outcomes.counts(), four.map(count), "{n}");
        let hearing = sheet.hear(incident, &mut Desk::default());
        let heard: Vec<_> = hearing.iter().map(|one| (one.clause, one.reading, one.outcome)).collect();
        let briefs: Vec<_> = one_by_one.iter().map(|one| (one.clause, one.reading, one.outcome)).collect();
        assert_eq!(heard, briefs, "{n}");
        assert_eq!((hearing.len(), hearing.is_empty()), (140, false));
        // What is set aside is not covered; the rest is there in full.
        for one in hearing.iter() {
            match one.finding {
                None => assert_eq!((one.outcome, one.cruxes.len()), (Outcome::NotCovered, 0), "{n}"),
                Some(found) => {
                    let shown = (one.clause, one.reading, one.outcome, one.cruxes);
                    assert_eq!(
                        (&found.clause, &found.reading, found.outcome, &found.cruxes[..]),
                        shown,
                        "{n}"
                    );
                }
            }
        }
        if n % 8 == 0 {
            assert_eq!(hearing.findings(), judge.judge(incident), "{n}");
        }
    }
    assert_eq!(met.len(), 4, "{met:?}");
}

#[test]
fn clauses_that_certainly_do_not_cover_it_are_set_aside_and_no_others() {
    let (terms, actors, areas) = (syria(), actors(), areas());
    let judge = Judge::new(&terms, &actors, &areas, at(LATER));
    let sheet = judge.sheet();
    let aside = |incident: &Incident| -> BTreeSet<String> {
        let hearing = sheet.hear(incident, &mut Desk::default());
        let aside = hearing.iter().filter(|one| one.finding.is_none()).map(|one| one.clause.to_string());
        aside.collect()
    };
    let all: BTreeSet<String> = terms.finding_clauses().map(|clause| clause.id.to_string()).collect();
    let but = |left: &[&str]| -> BTreeSet<String> {
        all.iter().filter(|id| !left.contains(&id.as_str())).cloned().collect()
    };
    assert_eq!(aside(&shelling(ARMY, "2016-02-20T12:00")), all);
    assert_eq!(aside(&shelling("al-nusra", "2016-03-10T12:00")), all);
    let general = ["government-fire", "territory", "aid-access", "self-defence"];
    assert_eq!(aside(&shelling(ARMY, "2016-03-10T12:00")), but(&general));
    let calm = ["government-fire", "territory", "aid-access", "self-defence", "calm-aleppo"];
    assert_eq!(aside(&shelling(ARMY, "2016-05-05T12:00")), but(&calm));
    let theirs = ["opposition-fire", "territory", "aid-access", "self-defence"];
    assert_eq!(aside(&shelling("jaysh-al-islam", "2016-03-10T12:00")), but(&theirs));
    // Several values of a fact, or none, have numbers too.
    let before = || shelling(ARMY, "2016-02-20T12:00");
    let (mut several, mut none) = (before(), before());
    several.acts.add(Act::Airstrike, "msf".into());
    several.actors.add("jaysh-al-islam".into(), "msf".into());
    several.facts.entry("exempt-group-present".into()).or_default().add(Answer::Yes, "msf".into());
    (none.acts, none.actors, none.places) = Default::default();
    assert_eq!((aside(&several), aside(&none)), (all.clone(), all.clone()));
    // What has no number is judged clause by clause, each in full.
    let mut odd = shelling(ARMY, "2016-02-20T12:00");
    odd.throughout = true;
    assert_eq!(aside(&odd), BTreeSet::new());
}

/// So many acts, targets and weapons, each of which may have been.
fn alternatives(acts: usize, targets: usize, weapons: usize) -> Incident {
    let mut one = shelling(ARMY, "2016-02-20T12:00");
    (one.acts, one.targets) = Default::default();
    Act::ALL.iter().take(acts).for_each(|act| one.acts.add(*act, "sohr".into()));
    Target::ALL.iter().take(targets).for_each(|target| one.targets.add(*target, "sohr".into()));
    Weapon::ALL.iter().take(weapons).for_each(|weapon| one.weapons.add(*weapon, "sohr".into()));
    one
}

#[test]
fn up_to_five_hundred_and_twelve_worlds_are_taken_at_once() {
    let (terms, actors, areas) = (syria(), actors(), areas());
    let judge = Judge::new(&terms, &actors, &areas, at(LATER));
    let sheet = judge.sheet();
    let all = sheet.findings().count();
    let aside = |one: &Incident| {
        let hearing = sheet.hear(one, &mut Desk::default());
        assert!(hearing.iter().all(|one| one.outcome == Outcome::NotCovered));
        hearing.iter().filter(|one| one.finding.is_none()).count()
    };
    assert_eq!((aside(&alternatives(8, 8, 8)), aside(&alternatives(9, 8, 8))), (all, 0));
    // By forty choices of account for each of them no more than the judge itself looks at.
    let account = |step: &str, n: usize| {
        format!(
            "{step} from \"2016-03-{:02}\" for {} hours per s{step}{n} known \"2016-03-01\"\n",
            n + 1,
            24 + n
        )
    };
    let steps = |first: &str, count: usize| -> String {
        let or = format!("or-{first}");
        (0..count).map(|n| account(if n == 0 { first } else { &or }, n)).collect()
    };
    let clause = "clause fire \"Fire\"\nbinds government-side\nforbids shelling with any-weapon";
    let chain =
        |first: usize| format!("{}{}{}", steps("start", first), steps("extension", 4), steps("resumed", 2));
    let aside = |first: usize, one: &Incident| {
        let terms = small("UTC", &chain(first), clause);
        let judge = Judge::new(&terms, &actors, &areas, at(LATER));
        let sheet = judge.sheet();
        let hearing = sheet.hear(one, &mut Desk::default());
        hearing.iter().filter(|one| one.finding.is_none()).count()
    };
    assert_eq!((aside(5, &alternatives(10, 10, 5)), aside(5, &alternatives(9, 8, 7))), (1, 0));
    assert_eq!((aside(4, &alternatives(9, 8, 7)), aside(5, &alternatives(1, 1, 1))), (1, 1));
}

/// Questions that tell every one of so many words apart.
fn apart(question: &str, words: &[&str], bits: usize) -> String {
    let one = |bit: usize| {
        let with = words.iter().enumerate().filter(|(n, _)| n >> bit & 1 == 1).map(|(_, word)| *word);
        format!(" or {question} {}", with.collect::<Vec<_>>().join(" "))
    };
    (0..bits).map(one).collect()
}

#[test]
fn what_the_judge_gives_up_is_given_up_at_once_too() {
    let words = |all: Vec<&'static str>| -> Vec<&'static str> { all.into_iter().take(8).collect() };
    let acts = words(Act::ALL.iter().map(|act| act.as_str()).collect());
    let targets = words(Target::ALL.iter().map(|target| target.as_str()).collect());
    let weapons = words(Weapon::ALL.iter().map(|weapon| weapon.as_str()).collect());
    let account = |step: &str, n: usize| {
        format!("{step} from \"2016-03-{:02}\" for 2000 hours per s{step}{n} known \"2016-03-01\"\n", n + 1)
    };
    let steps = |first: &str, count: usize| -> String {
        let or = format!("or-{first}");
        (0..count).map(|n| account(if n == 0 { first } else { &or }, n)).collect()
    };
    let chain = format!("{}{}{}", steps("start", 5), steps("extension", 4), steps("resumed", 2));
    let clause = format!(
        "clause fire \"Fire\"\nbinds government-side\nforbids {} with any-weapon\n\
         only-when done-by government-side{}{}{}",
        acts.join(" "),
        apart("did", &acts, 3),
        apart("fired-at", &targets, 3),
        apart("with", &weapons, 3)
    );
    let (terms, actors, areas) = (small("UTC", &chain, &clause), actors(), areas());
    let judge = Judge::new(&terms, &actors, &areas, at(LATER));
    let sheet = judge.sheet();
    let outcome = |acts: usize, targets: usize, weapons: usize| {
        let mut one = alternatives(acts, targets, weapons);
        one.when = shelling(ARMY, "2016-03-20T12:00").when;
        let incidents = [one];
        let (roll, mut desk) = (Roll::of(&actors, &incidents), Desk::default());
        let at_once = sheet.sit(&roll).outcomes(0, &incidents[0], &mut desk).get(0);
        assert_eq!(at_once, judge.outcomes(&incidents[0]).first().map(|brief| brief.outcome));
        at_once
    };
    // By forty choices of account: 17,920 worlds and 20,480, of which 20,000 are tried at most.
    assert_eq!(outcome(7, 8, 8), Some(Outcome::Prohibited));
    assert_eq!(outcome(8, 8, 8), Some(Outcome::Undetermined));
    assert_eq!(outcome(1, 1, 1), Some(Outcome::Prohibited));
}

#[test]
fn a_clause_of_a_hearing_by_its_place() {
    let (terms, actors, areas) = (syria(), actors(), areas());
    let judge = Judge::new(&terms, &actors, &areas, at(LATER));
    let sheet = judge.sheet();
    let incident = shelling(ARMY, "2016-05-05T12:00");
    let hearing = sheet.hear(&incident, &mut Desk::default());
    for (place, clause) in terms.finding_clauses().enumerate() {
        assert_eq!(hearing.finding(place), judge.judge_clause(&clause.id, &incident), "{}", clause.id);
    }
    assert_eq!(hearing.finding(terms.finding_clauses().count()), []);
    assert_eq!(judge.judge_clause(&"no-such-clause".into(), &incident), []);
}

#[test]
fn an_agreement_without_clauses_has_nothing_to_find() {
    let mut terms = syria();
    terms.clauses.clear();
    let (actors, areas) = (actors(), areas());
    let judge = Judge::new(&terms, &actors, &areas, at(LATER));
    let sheet = judge.sheet();
    let incidents = [shelling(ARMY, "2016-05-05T12:00")];
    let hearing = sheet.hear(&incidents[0], &mut Desk::default());
    assert_eq!((hearing.len(), hearing.is_empty(), hearing.findings().len()), (0, true, 0));
    let (roll, mut desk) = (Roll::of(&actors, &incidents), Desk::default());
    let sitting = sheet.sit(&roll);
    assert!(!sitting.touches(0, &mut desk));
    let outcomes = sitting.outcomes(0, &incidents[0], &mut desk);
    assert_eq!((outcomes.len(), outcomes.is_empty(), outcomes.counts()), (0, true, [0; 4]));
    assert_eq!(outcomes.get(0), None);
}

#[test]
fn a_sheet_of_some_clauses_finds_theirs_at_their_places() {
    let (terms, actors, areas, incidents) = (many(), actors(), areas(), incidents());
    let judge = Judge::new(&terms, &actors, &areas, at(LATER));
    // Of the first lane, of both sides of an edge, of the last; one that is left to the judge.
    for some in [vec![0], vec![31, 32], vec![5, 35, 69], vec![66]] {
        let ids: BTreeSet<ClauseId> = some.iter().map(|n| ClauseId::new(&format!("c{n}"))).collect();
        let sheet = judge.sheet_of(&ids);
        let places: Vec<usize> = sheet.findings().collect();
        let expected: Vec<usize> = some.iter().flat_map(|n| [n * 2, n * 2 + 1]).collect();
        assert_eq!((sheet.clauses(), &places), (some.len(), &expected));
        let (roll, mut desk) = (Roll::of(&actors, &incidents), Desk::default());
        let sitting = sheet.sit(&roll);
        for (n, incident) in incidents.iter().enumerate() {
            let one_by_one = judge.outcomes(incident);
            let all = places.iter().map(|place| one_by_one[*place].outcome).collect::<Vec<_>>();
            let outcomes = sitting.outcomes(n, incident, &mut desk).clone();
            assert_eq!(
                places.iter().filter_map(|place| outcomes.get(*place)).collect::<Vec<_>>(),
                all,
                "{n}"
            );
            // What it does not touch, it does not cover.
            let touches = sitting.touches(n, &mut desk);
            assert!(touches || all.iter().all(|outcome| *outcome == Outcome::NotCovered), "{n}");
        }
    }
}

#[test]
fn a_sitting_touches_what_a_clause_may_cover() {
    let (terms, actors, areas) = (many(), actors(), areas());
    let judge = Judge::new(&terms, &actors, &areas, at(LATER));
    let mut far = shelling(ARMY, "2016-03-10T12:00");
    let nowhere = truceline_model::Point::parse("35.1", "38.9").unwrap();
    far.places = Alternatives::one(
        Place { point: Some(nowhere), within_m: 100, areas: [].into(), unresolved: None },
        "sohr".into(),
    );
    let mut odd = shelling(ARMY, "2016-02-20T12:00");
    odd.throughout = true;
    let incidents = [
        shelling(ARMY, "2016-03-10T12:00"),
        shelling(ARMY, "2016-02-20T12:00"),
        shelling("jaysh-al-islam", "2016-03-10T12:00"),
        far,
        odd,
    ];
    let roll = Roll::of(&actors, &incidents);
    let touched = |clause: &str| -> Vec<usize> {
        let sheet = judge.sheet_of(&[ClauseId::new(clause)].into());
        let (sitting, mut desk) = (sheet.sit(&roll), Desk::default());
        (0..incidents.len()).filter(|n| sitting.touches(*n, &mut desk)).collect()
    };
    // Binds the government's side, everywhere.
    assert_eq!(touched("c0"), [0, 3, 4]);
    // Binds the opposition, in Aleppo.
    assert_eq!(touched("c7"), [2, 4]);
    // Binds the government's side, in Aleppo.
    assert_eq!(touched("c12"), [0, 4]);
    // Near Ghouta: none of them, but for the one that has no number.
    assert_eq!(touched("c18"), [4]);
    // In the third lane, in a governorate without an outline: any point may lie in it.
    assert_eq!(touched("c69"), [0, 3, 4]);
    // Asks for a count, which is left to the judge.
    assert_eq!(touched("c66"), [0, 1, 2, 3, 4]);
}

#[test]
fn a_roll_counts_what_it_holds() {
    let actors = actors();
    let one = [shelling(ARMY, "2016-03-10T12:00")];
    let mut roll = Roll::new(&actors);
    assert_eq!((roll.len(), roll.is_empty(), roll.bytes()), (0, true, 0));
    roll.add(&one[0]);
    roll.add(&one[0]);
    assert_eq!((roll.len(), roll.is_empty()), (2, false));
    assert_eq!(Roll::of(&actors, &incidents()).len(), incidents().len());
}

#[test]
fn a_roll_knows_what_it_takes_in_memory() {
    let actors = actors();
    let plain = shelling(ARMY, "2016-03-10T12:00");
    let of = |all: &[Incident]| Roll::of(&actors, all).bytes();
    let one = of(std::slice::from_ref(&plain));
    // Times, a point and seven codes are some fifty bytes; a report is a thousand.
    assert!((40..=128).contains(&one), "{one}");
    assert_eq!(of(&[plain.clone(), plain.clone(), plain.clone()]), 3 * one);
    // A list of values, and a second time as what it is looked up by.
    let mut three = plain.clone();
    three.acts.add(Act::Airstrike, "msf".into());
    three.acts.add(Act::MortarFire, "msf".into());
    let list = 2 * (size_of::<Vec<u16>>() + 3 * size_of::<u16>());
    assert_eq!(of(std::slice::from_ref(&three)), one + list);
    assert_eq!(of(&[three.clone(), three.clone()]), 2 * one + list);
    // A place that is more than a point is held by where it stands: room for a few at once.
    let mut named = plain.clone();
    named.places = Alternatives::one(Place { point: None, ..aleppo() }, "msf".into());
    let places = of(std::slice::from_ref(&named)) - one;
    assert!((8..=64).contains(&places) && places % size_of::<&Place>() == 0, "{places}");
    three.places = named.places;
    assert_eq!(of(&[three]), one + list + places);
}
