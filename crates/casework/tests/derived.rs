//! On whom reports rest: circles of quotations, one page under two names, outlets that carry an agency, figures of one origin that
//! grow. Each case in words.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use support::{Mission, Say, say, small};
use truceline_casework::{Rests, circles, derivations, origins};
use truceline_model::{Act, ReceiptNo, SourceId};

fn strike<'z>(m: &'z Mission, receipt: u64, source: &str) -> Say<'z> {
    say(&m.zone, receipt, source, &format!("t{receipt}"), "2016-04-28")
        .act(Act::Airstrike)
        .when("2016-04-27")
        .place("sukkari")
        .killed("14")
}

fn with(reports: impl FnOnce(&Mission) -> Vec<Say<'_>>) -> Mission {
    let empty = small();
    let observations = reports(&empty).into_iter().map(Say::done).collect();
    Mission { observations, ..empty }
}

type Told = (Vec<String>, Vec<(u64, Rests)>, Vec<Vec<SourceId>>);

/// Independent origins, and what rests on what, of the one incident.
fn told(m: &Mission) -> Told {
    let resolved = m.resolve("2016-06-01");
    let [one] = resolved.incidents.as_slice() else { panic!("{} incidents", resolved.incidents.len()) };
    let carries = &m.rules.carries;
    let counted: Vec<String> =
        origins(one, &m.observations, carries).iter().map(|o| o.origin.to_string()).collect();
    let named: Vec<String> = one.origins.iter().map(ToString::to_string).collect();
    assert_eq!(counted, named, "what is shown is what counts");
    let rests = derivations(one, &m.observations, carries).into_iter().map(|d| (d.receipt.0, d.rests_on));
    (counted, rests.collect(), circles(one, &m.observations, carries))
}

#[test]
fn a_circle_of_three_is_named_and_counts_once() {
    let m = with(|m| {
        vec![
            strike(m, 1, "reuters").origin("afp"),
            strike(m, 2, "afp").origin("sana"),
            strike(m, 3, "sana").origin("reuters"),
        ]
    });
    let (counted, _, rings) = told(&m);
    assert_eq!(counted, ["afp"]);
    assert_eq!(rings, [["afp", "sana", "reuters"].map(SourceId::new)]);
    // One who also saw it breaks the circle.
    let m = with(|m| {
        vec![
            strike(m, 1, "reuters").origin("afp"),
            strike(m, 2, "afp").origin("reuters"),
            strike(m, 3, "afp"),
        ]
    });
    let (counted, _, rings) = told(&m);
    assert_eq!((counted, rings), (vec!["afp".to_owned()], vec![]));
}

fn page<'z>(mut one: Say<'z>, address: &str) -> Say<'z> {
    one.observation.address = Some(address.to_owned());
    one
}

#[test]
fn one_public_page_under_two_names_is_one_origin() {
    let of = |address: &str| {
        told(&with(|m| {
            vec![
                page(strike(m, 1, "agency"), "https://www.example.org/a/17"),
                page(strike(m, 2, "paper"), address),
            ]
        }))
    };
    let (counted, rests, _) = of("http://example.org/a/17/#top");
    assert_eq!((counted, rests), (vec!["agency".to_owned()], vec![(2, Rests::SamePage(ReceiptNo(1)))]));
    assert_eq!(of("https://example.org/a/18").0.len(), 2, "another page");
    assert_eq!(of("https://example.org").0.len(), 2, "the front of a site is no page of this");
}

#[test]
fn who_shows_anothers_film_or_page_and_says_nothing_else_rests_on_it() {
    let of = |more: fn(Say<'_>) -> Say<'_>| {
        let page_of_it = "https://t.me/channel/441";
        told(&with(|m| {
            let first = page(strike(m, 1, "agency"), page_of_it).shows("youtube.com/watch?v=abcDEF12345");
            vec![first, more(strike(m, 2, "paper"))]
        }))
    };
    let shown = (vec!["agency".to_owned()], vec![(2, Rests::Shows(ReceiptNo(1)))], vec![]);
    assert_eq!(of(|paper| paper.shows("youtube.com/watch?v=abcDEF12345")), shown, "the film that it shows");
    assert_eq!(of(|paper| paper.shows("t.me/channel/441")), shown, "the page that it is");
    assert_eq!(of(|paper| paper.shows("t.me/channel/442")).0.len(), 2, "another film");
    let more = of(|paper| paper.shows("t.me/channel/441").killed("16"));
    assert_eq!(more.0.len(), 2, "who says more of it saw or asked more");
}

#[test]
fn an_outlet_that_carries_an_agency_counts_when_it_says_more() {
    let carried = |more: fn(Say<'_>) -> Say<'_>| {
        let mut m = with(|m| vec![strike(m, 1, "agency"), more(strike(m, 2, "paper"))]);
        m.rules.carries =
            BTreeMap::from([(SourceId::new("paper"), BTreeSet::from([SourceId::new("agency")]))]);
        told(&m)
    };
    let (counted, rests, _) = carried(|paper| paper);
    assert_eq!((counted, rests), (vec!["agency".to_owned()], vec![(2, Rests::Carries(ReceiptNo(1)))]));
    assert_eq!(carried(|paper| paper.killed("16")).0.len(), 2, "another figure is a word of its own");
    assert_eq!(carried(|paper| paper.origin("agency")).0.len(), 1);
}

#[test]
fn a_later_figure_of_one_origin_counts_and_the_earlier_is_kept() {
    // At one moment, in one text: whatever the ids, the one that revises is the later.
    for (first, later) in [("p9-incident-189-318", "p9-incident-24-188"), ("a", "b")] {
        let m = with(|m| {
            let one = |n: u64, id: &str, killed: &str| {
                let mut one = strike(m, n, "sohr").killed(killed);
                one.observation.sender_id = id.to_owned();
                one
            };
            vec![one(1, first, "14"), one(2, later, "20").revises(first)]
        });
        let resolved = m.resolve("2016-06-01");
        let [one] = resolved.incidents.as_slice() else { panic!("{} incidents", resolved.incidents.len()) };
        let figures: Vec<(String, bool)> =
            one.killed.figures.iter().map(|f| (f.bounds.to_string(), f.superseded)).collect();
        assert_eq!(figures.len(), 2, "both are kept");
        assert_eq!(one.killed.range().unwrap().to_string(), "20", "{first} {figures:?}");
    }
    // A circle of revisions has no later one; nothing is lost and nothing hangs.
    let m =
        with(|m| vec![strike(m, 1, "sohr").revises("t2"), strike(m, 2, "sohr").killed("15").revises("t1")]);
    assert_eq!(m.resolve("2016-06-01").incidents.len(), 1);
}
