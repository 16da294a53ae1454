//! A second row of one source: it joins the incident in which its source has spoken only where the rules let it, and only where what others
//! say there fits it well.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::{Mission, say, small};
use truceline_casework::{Rules, resolve};
use truceline_model::{Act, Instant, Observation};

/// A row of a source on a day in a quarter, with its dead.
fn row(mission: &Mission, n: u64, source: &str, place: &str, killed: &str) -> Observation {
    let one = say(&mission.zone, n, source, &format!("r{n}"), "2016-05-05").when("2016-04-27").place(place);
    one.act(Act::Airstrike).killed(killed).done()
}

/// How many incidents there are of two rows of one source and one of another.
fn incidents(again: i32, second: &str) -> usize {
    let mut mission = small();
    // Nobody is there to whom two links as good as one another could be left.
    (mission.rules.margin, mission.rules.threshold, mission.rules.again) = (-100_000, 0, again);
    let rows = [
        row(&mission, 1, "lister", "sukkari", "12"),
        row(&mission, 2, "other", "sukkari", "12"),
        row(&mission, 3, "lister", second, "12"),
    ];
    resolve(&rows, &[], &mission.ctx(), Instant::FAR_FUTURE).incidents.len()
}

#[test]
fn a_second_row_joins_only_where_the_rules_let_it() {
    assert_eq!(small().rules.again, Rules::NEVER_AGAIN, "as shipped, a source has one row an event");
    assert_eq!(incidents(Rules::NEVER_AGAIN, "sukkari"), 2);
    assert_eq!(incidents(0, "sukkari"), 1);
}

#[test]
fn it_must_fit_what_others_say_by_as_much_as_is_asked() {
    assert_eq!(incidents(20_000, "sukkari"), 2);
    assert_eq!(incidents(0, "homs"), 2, "a row of a far town fits nobody");
}

#[test]
fn the_same_few_dead_weigh_as_figures_that_agree_until_a_table_says_otherwise() {
    let rules = Rules::default();
    assert_eq!(rules.casualties.same_few, rules.casualties.compatible);
}
