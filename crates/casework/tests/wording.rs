//! What words add: links that neither day nor place would make, floods of near copies that count once, and what a flood or a single
//! report cannot do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;
use std::time::{Duration, Instant as Clock};

use support::{Mission, say, small};
use truceline_casework::{Carries, Desk, Resolved, Rests, derivations, origins, resolve};
use truceline_model::{Act, Instant, Mark, Observation, ReceiptNo, SourceId, Wording};

fn wording(words: impl IntoIterator<Item = u32>) -> Wording {
    Wording::new(words.into_iter().map(|hash| Mark { hash, surprise: 5000 }).collect(), Vec::new())
}

fn whole(mission: &Mission, reports: &[Observation]) -> Resolved {
    resolve(reports, &[], &mission.ctx(), Instant::FAR_FUTURE)
}

fn strike(mission: &Mission, n: u64, source: &str, day: &str, place: &str) -> Observation {
    let one = say(&mission.zone, n, source, &format!("r{n}"), "2016-05-01");
    one.when(day).place(place).act(Act::Airstrike).done()
}

#[test]
fn a_report_without_a_day_joins_by_its_words_and_the_waterfall_says_so() {
    let mission = small();
    let mut dated = strike(&mission, 1, "msf", "2016-04-27", "sukkari");
    dated.wording = Some(wording(0..30));
    let undated =
        say(&mission.zone, 2, "sohr", "r2", "2016-05-02").act(Act::Airstrike).wording(wording(5..40));
    let undated = undated.done();
    let joined = whole(&mission, &[dated.clone(), undated.clone()]);
    assert_eq!(joined.incidents.len(), 1);
    let link = joined.incidents[0].links.iter().find(|link| !link.reasons.is_empty()).unwrap();
    let shown: Vec<&str> = link.reasons.iter().map(|reason| reason.evidence).collect();
    assert!(shown.contains(&"wording") && shown.contains(&"names"), "{shown:?}");
    // Nothing in common but the act: nobody links them, and without words they are not even compared.
    let other = Observation { wording: Some(wording(100..130)), ..undated.clone() };
    assert_eq!(whole(&mission, &[dated.clone(), other]).incidents.len(), 2);
    assert_eq!(whole(&mission, &[dated, Observation { wording: None, ..undated }]).incidents.len(), 2);
}

#[test]
fn a_shared_film_brings_reports_together_that_lack_a_day_and_never_places_that_exclude_one_another() {
    let mission = small();
    let film = |mut report: Observation, page: &str| {
        report.media.insert(page.to_owned());
        report
    };
    let undated = |page: &str| {
        let one = say(&mission.zone, 2, "sohr", "r2", "2016-05-02").act(Act::Airstrike).place("sukkari");
        film(one.done(), page)
    };
    let dated = film(strike(&mission, 1, "msf", "2016-04-27", "sukkari"), "t.me/channel/441");
    let joined = whole(&mission, &[dated.clone(), undated("t.me/channel/441")]);
    assert_eq!(joined.incidents.len(), 1);
    let link = joined.incidents[0].links.iter().find(|link| !link.reasons.is_empty()).unwrap();
    let media = link.reasons.iter().find(|reason| reason.evidence == "media").unwrap();
    assert_eq!(media.weight, mission.rules.what.same_media, "{}", media.seen);
    assert_eq!(whole(&mission, &[dated.clone(), undated("t.me/channel/442")]).incidents.len(), 2);
    // An old film shown again of another town is no link: it is what old films are used for.
    let elsewhere = film(strike(&mission, 3, "sohr", "2016-04-27", "homs"), "t.me/channel/441");
    assert_eq!(whole(&mission, &[dated, elsewhere]).incidents.len(), 2);
}

/// Where places were read out of words the wrong one of several may have been taken.
#[test]
fn a_place_that_may_have_been_misread_speaks_against_and_excludes_nothing() {
    let mut mission = small();
    let mut reports = [
        strike(&mission, 1, "msf", "2016-04-27", "sukkari"),
        strike(&mission, 2, "sohr", "2016-04-27", "homs"),
    ];
    for report in &mut reports {
        report.wording = Some(wording(0..30));
    }
    assert_eq!(whole(&mission, &reports).incidents.len(), 2, "two towns are two events, whatever the words");
    mission.rules.place.apart_excludes = false;
    assert_eq!(whole(&mission, &reports).incidents.len(), 2, "and are not brought together by ground");
    mission.rules.wording.compare_all = true;
    mission.rules.place.apart = -6000;
    assert_eq!(whole(&mission, &reports).incidents.len(), 2, "the words that they share do not outweigh it");
    for (_, weight) in mission.rules.wording.words_share.iter_mut().skip(8) {
        *weight = 3000;
    }
    let joined = whole(&mission, &reports);
    assert_eq!(joined.incidents.len(), 1, "that they share all words does");
    let link = joined.incidents[0].links.iter().find(|link| !link.reasons.is_empty()).unwrap();
    let shown: Vec<&str> = link.reasons.iter().map(|reason| reason.evidence).collect();
    assert!(shown.contains(&"distance") && shown.contains(&"words-share"), "{shown:?}");
}

#[test]
fn near_copies_count_as_their_first_however_they_are_signed() {
    let mission = small();
    let told = |n: u64, source: &str, changed: u32| {
        let mut one = strike(&mission, n, source, "2016-04-27", "sukkari");
        one.wording = Some(wording((0..29).chain([changed])));
        one
    };
    let mut reports = vec![told(1, "sohr", 900), told(2, "syrian-archive", 901), told(3, "lister", 902)];
    let copied = whole(&mission, &reports);
    assert_eq!(copied.incidents.len(), 1);
    assert_eq!(copied.incidents[0].origins.len(), 1, "one account in three mouths");
    let counted = origins(&copied.incidents[0], &reports, &Carries::new());
    assert_eq!((counted.len(), counted[0].receipts.len()), (1, 3));
    let steps: BTreeSet<(ReceiptNo, Rests)> = derivations(&copied.incidents[0], &reports, &Carries::new())
        .into_iter()
        .map(|d| (d.receipt, d.rests_on))
        .collect();
    let first = counted[0].receipts.iter().find(|r| !steps.iter().any(|(by, _)| by == *r)).unwrap();
    assert!(steps.iter().all(|(_, rests)| *rests == Rests::Copies(*first)) && steps.len() == 2);
    // Who also tells it in words of its own is an origin again.
    let mut own = strike(&mission, 4, "syrian-archive", "2016-04-27", "sukkari");
    own.wording = Some(wording(200..230));
    own.same_as = BTreeSet::from(["r1".to_owned()]);
    reports.push(own);
    let named = whole(&mission, &reports).incidents[0].origins.clone();
    assert!(named.len() == 2 && named.contains(&SourceId::new("syrian-archive")), "{named:?}");
}

#[test]
fn a_flood_made_for_two_incidents_glues_nothing() {
    let mission = small();
    let mut one = strike(&mission, 1, "msf", "2016-04-27", "sukkari");
    one.wording = Some(wording(0..30));
    let mut two = strike(&mission, 2, "lister", "2016-04-29", "homs");
    two.wording = Some(wording(100..130));
    let glue = |n: u64| {
        let one = say(&mission.zone, n, &format!("puppet-{n}"), &format!("g{n}"), "2016-05-03");
        let words = (0..30).chain(100..130).chain([1000 + u32::try_from(n).unwrap()]);
        one.act(Act::Airstrike).wording(wording(words)).done()
    };
    for flood in [1, 40] {
        let mut reports = vec![one.clone(), two.clone()];
        reports.extend((10..10 + flood).map(glue));
        let found = whole(&mission, &reports);
        assert_ne!(found.incident_of[&ReceiptNo(1)], found.incident_of[&ReceiptNo(2)], "{flood} reports");
    }
}

#[test]
fn twenty_thousand_near_copies_take_seconds() {
    let mission = small();
    let flood: Vec<Observation> = (0..20_000_u64)
        .map(|n| {
            let mut one = strike(&mission, n, &format!("puppet-{n}"), "2016-04-27", "sukkari");
            one.known = one.known.plus_seconds(i64::try_from(n).unwrap());
            let n = u32::try_from(n).unwrap();
            one.wording = Some(wording((0..40).filter(|word| *word != n % 40).chain([10_000 + n])));
            one
        })
        .collect();
    let begun = Clock::now();
    let found = whole(&mission, &flood);
    assert_eq!(found.incidents.len(), 1);
    assert_eq!(found.incidents[0].origins.len(), 1, "a flood is one origin");
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    let begun = Clock::now();
    let mut desk = Desk::new(mission.ctx());
    flood.into_iter().for_each(|report| desk.add(report));
    assert_eq!(desk.resolved().incidents.len(), 1);
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}
