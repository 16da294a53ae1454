//! What a change of terms can touch: everything that all clauses share, or the clauses that are judged otherwise, and nothing
//! where the same is said in other words or at another place.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeSet;

use common::{actor, actors, aleppo, areas, at, government_shelling, read, syria};
use truceline_model::{Act, ActorKind, Actors, ClauseId, Fact, Instant, Outcome, Zone};
use truceline_terms::{Change, Judge, Proof, Terms};

const TEXT: &str = "# A
```terms
agreement small
title \"Small\"
zone \"Asia/Damascus\"
in-force from \"2016-02-27\"
party government-side whose-forces-are government-forces
party opposition whose-forces-are armed-opposition-forces
exempt al-nusra
accepted government-side on \"2016-02-27\" known \"2016-02-27\" per syrian-government
matter object \"?\"
position letter on object saying \"l\"
position purpose on object saying \"p\"
reading letter \"l\" taking object=letter
reading purpose \"p\" taking object=purpose
fact seen \"?\"
claim said \"?\"
```
## Fire
```terms
clause fire \"Fire\"
binds government-side
forbids shelling with any-weapon
against ground-held-by opposition under object=purpose
outside when found seen
except mercy gives not-prohibited when found said
```
## Ground
```terms
clause ground \"Ground\"
binds government-side opposition
applies in SY02
forbids gaining-ground with any-weapon
```
## Release
```terms
clause release \"Release\"
binds opposition
requires release by \"2016-03-10\"
```
## Calm
```terms
calm calm-aleppo \"Calm\" in zone-aleppo-city
binds government-side opposition
forbids shelling with any-weapon
start from \"2016-03-01T00:00\" for 24 hours per sohr known \"2016-02-28\"
or-start from \"2016-03-02T00:00\" for 24 hours per reuters known \"2016-02-28\"
```
";
const LATER: &str = "2016-06-01T00:00:00Z";

/// What differs in other terms; the same whichever way they are compared.
fn between(terms: &Terms, other: &Terms) -> Change {
    let (actors, areas) = (actors(), areas());
    let judge = |terms| Judge::new(terms, &actors, &areas, at(LATER));
    let change = judge(other).change_from(&judge(terms));
    assert_eq!(judge(terms).change_from(&judge(other)), change, "either way");
    change
}

fn after(change: impl FnOnce(&mut Terms)) -> Change {
    let terms = read(TEXT);
    let mut other = terms.clone();
    change(&mut other);
    between(&terms, &other)
}

/// After other words in the text.
fn instead(of: &str, words: &str) -> Change {
    assert!(TEXT.contains(of), "{of}");
    between(&read(TEXT), &read(&TEXT.replacen(of, words, 1)))
}

fn clauses(all: &[&str]) -> Change {
    Change::Clauses(all.iter().map(|id| ClauseId::new(id)).collect::<BTreeSet<_>>())
}

#[test]
fn the_same_terms_differ_in_nothing() {
    assert_eq!(after(|_| {}), clauses(&[]));
    // Prose, names, places in the file and the order of clauses decide nothing.
    assert_eq!(instead("# A\n", "# A\n\nMore prose than there was.\n\n"), clauses(&[]));
    assert_eq!(instead("## Ground\n", "## Ground\nThe ground is theirs who hold it.\n"), clauses(&[]));
    assert_eq!(instead("clause fire \"Fire\"", "clause fire \"Fire and shelling\""), clauses(&[]));
    assert_eq!(after(|terms| terms.clauses.reverse()), clauses(&[]));
    assert_eq!(instead("fact seen \"?\"", "fact seen \"Was it seen?\""), clauses(&[]));
}

#[test]
fn what_all_clauses_share_touches_everything() {
    let everything = |change: Change| assert_eq!(change, Change::Everything);
    everything(instead("reading purpose \"p\" taking object=purpose\n", ""));
    everything(instead(
        "reading letter \"l\" taking object=letter",
        "reading letters \"l\" taking object=letter",
    ));
    everything(instead(
        "reading purpose \"p\" taking object=purpose",
        "reading purpose \"p\" taking object=letter",
    ));
    everything(after(|terms| terms.readings.reverse()));
    everything(instead("fact seen", "claim seen"));
    everything(after(|terms| terms.facts.truncate(1)));
    // In a zone in which every window of these clauses is the same.
    everything(after(|terms| terms.zone = Zone::named("Asia/Amman").unwrap()));
    let origins = |terms: &mut Terms| {
        terms.proof.push(Proof {
            facts: [Fact::Actor].into(),
            origins: 2,
            or_from: [].into(),
            graded: None,
            span: truceline_model::Span { start: 0, end: 0 },
        });
    };
    everything(after(origins));
    everything(instead("exempt al-nusra", "exempt al-nusra islamic-state"));
    everything(instead(
        "accepted government-side on \"2016-02-27\"",
        "accepted government-side on \"2016-02-28\"",
    ));
    everything(instead("accepted government-side", "refused government-side"));
}

#[test]
fn another_moment_or_another_registry_touches_everything() {
    let (terms, areas) = (read(TEXT), areas());
    let registry = actors();
    let one = Judge::new(&terms, &registry, &areas, at(LATER));
    assert!(std::ptr::eq(one.actors(), &registry));
    assert_eq!(one.change_from(&Judge::new(&terms, &registry, &areas, at(LATER))), clauses(&[]));
    let sooner = Judge::new(&terms, &registry, &areas, at("2016-05-01T00:00:00Z"));
    assert_eq!(one.change_from(&sooner), Change::Everything);
    // The same people, of whom one is no group any more that could be supposed.
    let umbrella = |id: &str| id == "hezbollah";
    let others = Actors::new(registry.iter().map(|one| match umbrella(one.id.as_str()) {
        true => actor("hezbollah", ActorKind::Umbrella, &["government-side"]),
        false => one.clone(),
    }));
    let other = Judge::new(&terms, &others, &areas, at(LATER));
    assert_eq!(one.change_from(&other), Change::Everything);
}

#[test]
fn a_clause_that_changed_is_touched_alone() {
    for (of, words) in [
        ("forbids gaining-ground", "forbids gaining-ground ground-offensive"),
        ("applies in SY02", "applies in SY03"),
        ("applies in SY02", "in-force from \"2016-03-01\"\napplies in SY02"),
        ("binds government-side opposition\napplies", "binds government-side\napplies"),
        (
            "binds government-side opposition\napplies",
            "binds government-side opposition that-accepted\napplies",
        ),
    ] {
        assert_eq!(instead(of, words), clauses(&["ground"]), "{words}");
    }
    for (of, words) in [
        ("under object=purpose", "under object=letter"),
        ("outside when found seen", "outside when not found seen"),
        ("gives not-prohibited", "gives not-covered"),
        ("except mercy gives not-prohibited when found said", ""),
        ("ground-held-by opposition", "ground-held-by opposition or hospital"),
    ] {
        assert_eq!(instead(of, words), clauses(&["fire"]), "{words}");
    }
    assert_eq!(instead("by \"2016-03-10\"", "by \"2016-03-11\""), clauses(&["release"]));
    for (of, words) in [
        ("for 24 hours per sohr", "for 48 hours per sohr"),
        ("per sohr", "per xinhua"),
        ("or-start from \"2016-03-02T00:00\" for 24 hours per reuters known \"2016-02-28\"\n", ""),
        (
            "or-start from \"2016-03-02T00:00\" for 24 hours per reuters known",
            "extension from \"2016-03-02T00:00\" for 24 hours per reuters known",
        ),
    ] {
        assert_eq!(instead(of, words), clauses(&["calm-aleppo"]), "{words}");
    }
}

#[test]
fn a_clause_that_is_new_or_gone_is_touched() {
    assert_eq!(after(|terms| terms.clauses.truncate(1)), clauses(&["ground", "release", "calm-aleppo"]));
    let renamed = |terms: &mut Terms| terms.clauses[1].id = "land".into();
    assert_eq!(after(renamed), clauses(&["ground", "land"]));
    let two = |terms: &mut Terms| {
        terms.clauses[0].rule.as_mut().unwrap().acts = [Act::Airstrike].into();
        terms.clauses[1].rule.as_mut().unwrap().acts = [Act::Airstrike].into();
    };
    assert_eq!(after(two), clauses(&["fire", "ground"]));
    // The whole agreement's window is each clause's that has none of its own.
    assert_eq!(
        instead("in-force from \"2016-02-27\"", "in-force from \"2016-02-28\""),
        clauses(&["fire", "ground", "release"])
    );
    let gives = |terms: &mut Terms| {
        let rule = terms.clauses[0].rule.as_mut().unwrap();
        rule.exceptions[0].gives = Outcome::NotCovered;
    };
    assert_eq!(after(gives), clauses(&["fire"]));
}

/// Whoever keeps findings counts on this: what was found of an incident that has a time stays found until something more becomes known.
#[test]
fn between_two_moments_at_which_something_became_known_the_same_is_found() {
    let (actors, areas) = (actors(), areas());
    let days = ["2016-02-20", "2016-02-27", "2016-03-01T12:00", "2016-03-15", "2016-05-04", "2016-05-20"];
    let incidents: Vec<_> =
        days.iter().map(|day| government_shelling().when(day, "sohr").place(aleppo(), "sohr").0).collect();
    for terms in [read(TEXT), syria()] {
        let found = |as_of: Instant| -> Vec<_> {
            let judge = Judge::new(&terms, &actors, &areas, as_of);
            incidents.iter().map(|incident| judge.judge(incident)).collect()
        };
        let mut from: Vec<Instant> = terms.known_moments().into_iter().collect();
        assert!(from.len() > 1, "{from:?}");
        from.insert(0, Instant::FAR_PAST);
        let ends = from.iter().skip(1).map(|next| next.plus_seconds(-1)).chain([at("2030-01-01T00:00:00Z")]);
        let spans: Vec<(Instant, Instant)> = from.iter().copied().zip(ends).collect();
        for (from, until) in &spans {
            assert!(found(*from) == found(*until), "from {from} until {until}");
        }
        let differing = spans.windows(2).filter(|pair| found(pair[0].1) != found(pair[1].0)).count();
        assert!(differing > 0, "at no moment anything else is found: nothing was tried");
    }
}
