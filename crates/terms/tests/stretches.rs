//! What an undetermined finding turns on where it counts and where it tells times apart: stretches of numbers and of time, in
//! full. Worked out from `docs/terms/findings.md`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::asked::{clause, counted, found, of, shelling, when};
use truceline_model::{Act, Alternatives, Outcome};

#[test]
fn stretches_of_numbers_between_those_asked_for() {
    let lines = clause("only-when counted lorries at-least 600");
    let lorries = |figures: &[(u32, Option<u32>)], open| counted("lorries", figures, open, shelling());
    let halves =
        ["measure:lorries=at least 600 -> prohibited", "measure:lorries=fewer than 600 -> not-prohibited"];
    assert_eq!(of(&lines, &shelling()), halves);
    assert_eq!(of(&lines, &lorries(&[(500, Some(700))], false)), halves);
    assert_eq!(of(&lines, &lorries(&[(599, Some(600))], false)), halves);
    assert_eq!(of(&lines, &lorries(&[(500, None)], false)), halves);
    assert_eq!(found(&lines, &lorries(&[(500, Some(599))], false)).outcome, Outcome::NotProhibited);
    assert_eq!(found(&lines, &lorries(&[(600, Some(700))], false)).outcome, Outcome::Prohibited);
    assert_eq!(found(&lines, &lorries(&[(600, None)], false)).outcome, Outcome::Prohibited);
    // Rival figures are named as they were given.
    assert_eq!(
        of(&lines, &lorries(&[(500, Some(500)), (650, Some(700))], false)),
        ["measure:lorries=500 -> not-prohibited", "measure:lorries=650-700 -> prohibited"]
    );
    assert_eq!(
        of(&lines, &lorries(&[(600, Some(600))], true)),
        ["measure:lorries=600 -> prohibited", "measure:lorries=fewer than 600 -> not-prohibited"]
    );
    let between = clause("only-when counted lorries more-than 10\nonly-when counted lorries at-most 20");
    assert_eq!(
        of(&between, &shelling()),
        [
            "measure:lorries=11-20 -> prohibited",
            "measure:lorries=at least 21 -> not-prohibited",
            "measure:lorries=fewer than 11 -> not-prohibited",
        ]
    );
    // Only what the figure allows.
    assert_eq!(
        of(&between, &lorries(&[(5, Some(15))], false)),
        ["measure:lorries=11-20 -> prohibited", "measure:lorries=fewer than 11 -> not-prohibited"]
    );
    assert_eq!(
        of(&between, &lorries(&[(15, Some(25))], false)),
        ["measure:lorries=11-20 -> prohibited", "measure:lorries=at least 21 -> not-prohibited"]
    );
    assert_eq!(
        of(&between, &lorries(&[(20, Some(25))], false)),
        ["measure:lorries=11-20 -> prohibited", "measure:lorries=at least 21 -> not-prohibited"]
    );
    assert_eq!(
        of(&between, &lorries(&[(5, Some(11))], false)),
        ["measure:lorries=11-20 -> prohibited", "measure:lorries=fewer than 11 -> not-prohibited"]
    );
    let exactly = clause("only-when counted lorries exactly 3");
    assert_eq!(
        of(&exactly, &shelling()),
        [
            "measure:lorries=3 -> prohibited",
            "measure:lorries=at least 4 -> not-prohibited",
            "measure:lorries=fewer than 3 -> not-prohibited",
        ]
    );
    assert_eq!(found(&exactly, &lorries(&[(3, Some(3))], false)).outcome, Outcome::Prohibited);
    assert_eq!(found(&exactly, &lorries(&[(4, Some(9))], false)).outcome, Outcome::NotProhibited);
    assert_eq!(found(&exactly, &lorries(&[(1, Some(2))], false)).outcome, Outcome::NotProhibited);
    let few = clause("only-when counted lorries fewer-than 3");
    let said = of(&few, &lorries(&[(2, Some(3))], false));
    assert_eq!(
        said,
        ["measure:lorries=at least 3 -> not-prohibited", "measure:lorries=fewer than 3 -> prohibited"]
    );
}

#[test]
fn a_ratio_turns_where_the_other_figure_is_known() {
    let lines = clause("only-when counted prisoners at-least 30 per hostages");
    let both = |prisoners: &[(u32, Option<u32>)], hostages: &[(u32, Option<u32>)]| {
        let one = counted("prisoners", prisoners, prisoners.is_empty(), shelling());
        counted("hostages", hostages, hostages.is_empty(), one)
    };
    assert_eq!(found(&lines, &both(&[(90, Some(90))], &[(3, Some(3))])).outcome, Outcome::Prohibited);
    assert_eq!(found(&lines, &both(&[(89, Some(89))], &[(3, Some(3))])).outcome, Outcome::NotProhibited);
    assert_eq!(
        of(&lines, &both(&[], &[(3, Some(3))])),
        ["measure:prisoners=at least 90 -> prohibited", "measure:prisoners=fewer than 90 -> not-prohibited"]
    );
    assert_eq!(
        of(&lines, &both(&[(95, Some(95))], &[])),
        [
            "measure:hostages=3 -> prohibited",
            "measure:hostages=at least 4 -> not-prohibited",
            "measure:hostages=fewer than 3 -> prohibited",
        ]
    );
    assert_eq!(
        of(&lines, &both(&[(80, Some(100))], &[(3, Some(3))])),
        ["measure:prisoners=at least 90 -> prohibited", "measure:prisoners=fewer than 90 -> not-prohibited"]
    );
    let exactly = clause("only-when counted prisoners exactly 30 per hostages");
    let outcome = |prisoners, hostages| found(&exactly, &both(&[prisoners], &[hostages])).outcome;
    assert_eq!(outcome((90, Some(90)), (3, Some(3))), Outcome::Prohibited);
    // No multiple of thirty lies among them.
    assert_eq!(outcome((91, Some(119)), (2, Some(5))), Outcome::NotProhibited);
    assert_eq!(outcome((91, Some(120)), (2, Some(5))), Outcome::Undetermined);
    assert_eq!(outcome((100, Some(200)), (1, Some(3))), Outcome::NotProhibited);
    assert_eq!(outcome((10, Some(50)), (2, Some(3))), Outcome::NotProhibited);
    let none = clause("only-when counted prisoners more-than 0 per hostages");
    assert_eq!(found(&none, &both(&[(1, Some(1))], &[])).outcome, Outcome::Prohibited);
    assert_eq!(found(&none, &both(&[(0, Some(0))], &[(5, None)])).outcome, Outcome::NotProhibited);
}

#[test]
fn stretches_of_time_join_with_their_neighbours() {
    let lines =
        clause("only-when from \"2016-03-05\"\nexcept late gives not-covered when from \"2016-03-20\"");
    assert_eq!(
        of(&lines, &when(&[])),
        [
            "time=before 2016-02-27T00:00:00Z -> not-covered",
            "time=from 2016-02-27T00:00:00Z before 2016-03-05T00:00:00Z -> not-prohibited",
            "time=from 2016-03-05T00:00:00Z before 2016-03-20T00:00:00Z -> prohibited",
            "time=from 2016-03-20T00:00:00Z -> not-covered",
        ]
    );
    assert_eq!(
        of(&lines, &when(&["2016-03-01", "2016-03-19/2016-03-20"])),
        [
            "time=before 2016-03-05T00:00:00Z -> not-prohibited",
            "time=from 2016-03-05T00:00:00Z before 2016-03-20T00:00:00Z -> prohibited",
            "time=from 2016-03-20T00:00:00Z -> not-covered",
        ]
    );
    // Accounts that agree on a part are taken together.
    assert_eq!(
        found(&lines, &when(&["2016-03-01/2016-03-10", "2016-03-10/2016-03-30"])).outcome,
        Outcome::Prohibited
    );
    let mut siege = when(&["2016-03-01/2016-03-04", "2016-03-10/2016-03-12"]);
    siege.throughout = true;
    assert_eq!(
        of(&lines, &siege),
        [
            "time=before 2016-03-05T00:00:00Z -> not-prohibited",
            "time=from 2016-03-10T00:00:00Z -> prohibited"
        ]
    );
    let mut three = when(&["2016-03-01/2016-03-04", "2016-03-06/2016-03-08", "2016-03-20/2016-03-22"]);
    three.throughout = true;
    assert_eq!(
        of(&lines, &three),
        [
            "time=before 2016-03-05T00:00:00Z -> not-prohibited",
            "time=from 2016-03-06T00:00:00Z before 2016-03-09T00:00:00Z -> prohibited",
            "time=from 2016-03-20T00:00:00Z -> not-covered",
        ]
    );
}

#[test]
fn moments_that_change_nothing_divide_nothing() {
    let lines = clause("only-when from \"2016-03-05\" or from \"2016-03-10\"");
    assert_eq!(
        of(&lines, &when(&["2016-03-01/2016-03-20"])),
        [
            "time=before 2016-03-05T00:00:00Z -> not-prohibited",
            "time=from 2016-03-05T00:00:00Z -> prohibited",
        ]
    );
}

#[test]
fn of_what_went_on_throughout_the_gravest_outcome_holds() {
    let lines = clause("in-force from \"2016-02-27\" until \"2016-03-20\"\nonly-when from \"2016-03-05\"");
    let outcome = |text: &str| {
        let mut one = when(&[text]);
        one.throughout = true;
        found(&lines, &one).outcome
    };
    assert_eq!(outcome("2016-02-20/2016-02-25"), Outcome::NotCovered);
    assert_eq!(outcome("2016-02-20/2016-03-01"), Outcome::NotProhibited);
    assert_eq!(outcome("2016-02-20/2016-03-10"), Outcome::Prohibited);
    let ends = clause("in-force from \"2016-02-27\" until \"2016-03-20\"\nonly-when before \"2016-03-05\"");
    let mut late = when(&["2016-03-10/2016-03-25"]);
    late.throughout = true;
    assert_eq!(found(&ends, &late).outcome, Outcome::NotProhibited);
}

#[test]
fn hours_of_the_day_and_whole_days() {
    let nights = clause("only-when daily \"22:00\" until \"06:00\" or daily \"12:00\" until \"13:00\"");
    assert_eq!(
        of(&nights, &when(&["2016-03-10"])),
        [
            "time=daily 22:00-06:00 and not daily 12:00-13:00 -> prohibited",
            "time=not daily 22:00-06:00 and daily 12:00-13:00 -> prohibited",
            "time=not daily 22:00-06:00 and not daily 12:00-13:00 -> not-prohibited",
        ]
    );
    let day = "clause quota \"Quota\"\nbinds government-side\nrequires delivery each-day counting lorries at-least 600";
    let mut tally = counted(
        "lorries",
        &[(500, Some(500))],
        false,
        when(&["2016-03-10", "2016-03-12T00:00/2016-03-12T12:00"]),
    );
    tally.acts = Alternatives::one(Act::Delivery, "sohr".into());
    assert_eq!(of(day, &tally), ["time=one whole day -> prohibited"]);
    // Two whole days are not told apart by that.
    let mut days = counted("lorries", &[(500, Some(500))], false, when(&["2016-02-26", "2016-02-27"]));
    days.acts = Alternatives::one(Act::Delivery, "sohr".into());
    assert_eq!(
        of(day, &days),
        ["time=before 2016-02-27T00:00:00Z -> not-covered", "time=from 2016-02-27T00:00:00Z -> prohibited",]
    );
}
