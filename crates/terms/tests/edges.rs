//! Edges of the clock and the calendar that real agreements have met, as the judge answers them: the night on which clocks
//! change, 24:00, hours that do not fit their end, windows without an end, numbered days, working hours, whole days of 23 and
//! 25 hours. What follows is worked out by hand from the zone's own history, never by the code under test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Build, actors, areas, at, government_shelling, small as terms, small_text as text};
use truceline_model::{Act, Bounds, Finding, Incident, Outcome};
use truceline_terms::{Severity, Terms, judge, parse};

const LATER: &str = "2017-01-01T00:00:00Z";

const FIRE: &str = "clause fire \"Fire\"\nbinds government-side\nforbids shelling with any-weapon";

/// Shelling at a time as reports write it, with its offset; bare days are the agreement's own.
fn shelling(terms: &Terms, when: &str) -> Incident {
    let mut one = government_shelling().0;
    one.when.add(terms.zone.interval(when).unwrap(), "sohr".into());
    one
}

fn finding(terms: &Terms, incident: &Incident, as_of: &str) -> Finding {
    judge(terms, &actors(), &areas(), incident, at(as_of)).remove(0)
}

/// Outcomes of shelling at each of the times.
fn at_times(terms: &Terms, times: &[(&str, Outcome)]) {
    for (when, expected) in times {
        assert_eq!(finding(terms, &shelling(terms, when), LATER).outcome, *expected, "{when}");
    }
}

use Outcome::{NotCovered, NotProhibited, Prohibited, Undetermined};

#[test]
fn forty_eight_hours_across_the_night_of_the_change_end_an_hour_later_by_the_clock() {
    // Damascus put its clocks forward at 00:00 on 25 March 2016, from UTC+2 to UTC+3.
    let chain = "start from \"2016-03-24T01:00\" for 48 hours per sohr known \"2016-03-24\"";
    let terms = terms("Asia/Damascus", chain, FIRE);
    at_times(
        &terms,
        &[
            ("2016-03-23T22:59:59Z", NotCovered),
            ("2016-03-23T23:00:00Z", Prohibited),
            // 01:00 local two days later is only 47 hours after; it ends at 02:00 local.
            ("2016-03-25T22:30:00Z", Prohibited),
            ("2016-03-25T22:59:59Z", Prohibited),
            ("2016-03-25T23:00:00Z", NotCovered),
        ],
    );
}

#[test]
fn hours_announced_that_do_not_fit_the_end_are_two_accounts() {
    let chain = "start from \"2016-05-10T01:00\" until \"2016-05-11T24:00\" for 48 hours per sohr known \"2016-05-10\"";
    let text = text("Asia/Damascus", chain, FIRE);
    let checked = parse(&text, &actors(), &areas());
    assert!(checked.diagnostics.iter().any(|one| one.severity == Severity::Warning));
    let terms = checked.terms.unwrap();
    at_times(
        &terms,
        &[
            // 47 hours by its end: 24:00 on the 11th, which is 21:00 UTC.
            ("2016-05-11T20:59:59Z", Prohibited),
            ("2016-05-11T21:00:00Z", Undetermined),
            ("2016-05-11T21:59:59Z", Undetermined),
            ("2016-05-11T22:00:00Z", NotCovered),
        ],
    );
    let between = finding(&terms, &shelling(&terms, "2016-05-11T21:30:00Z"), LATER);
    let said: Vec<String> =
        between.cruxes.iter().map(|crux| format!("{} -> {}", crux.if_[0].value, crux.then)).collect();
    assert_eq!(said, ["sohr -> not-covered", "sohr/hours -> prohibited"]);
}

#[test]
fn midnight_at_the_end_of_a_day_is_the_start_of_the_next() {
    let window = "in-force from \"2016-02-19T24:00\" until \"2016-02-20T24:00\"";
    let terms = terms("Asia/Damascus", window, FIRE);
    at_times(
        &terms,
        &[
            ("2016-02-19T21:59:59Z", NotCovered),
            ("2016-02-19T22:00:00Z", Prohibited),
            ("2016-02-20T21:59:59Z", Prohibited),
            ("2016-02-20T22:00:00Z", NotCovered),
            ("2016-02-20T24:00", NotCovered),
        ],
    );
}

#[test]
fn a_window_without_an_end_holds_on_and_a_night_across_its_start_cannot_be_told() {
    let terms = terms("Asia/Damascus", "in-force from \"2016-02-27T00:00\"", FIRE);
    at_times(
        &terms,
        &[
            ("2016-12-31T23:00:00Z", Prohibited),
            ("2016-02-26", NotCovered),
            ("2016-02-26T18:00/2016-02-27T06:00", Undetermined),
            // The minute that ends as it begins, and the one with which it begins.
            ("2016-02-26T23:59", NotCovered),
            ("2016-02-27T00:00", Prohibited),
        ],
    );
}

#[test]
fn numbered_days_are_local_days_whatever_the_clocks_do() {
    // Day 1 is 10 March: day 16 begins at midnight of the 25th, which Damascus skipped: at 22:00 UTC it was 01:00 at once.
    let days =
        "day-one \"2016-03-10\" known \"2016-03-09\"\nin-force from \"day 16\" until \"end of day 16\"";
    let terms = terms("Asia/Damascus", days, FIRE);
    at_times(
        &terms,
        &[
            ("2016-03-24T21:59:59Z", NotCovered),
            ("2016-03-24T22:00:00Z", Prohibited),
            // The day has 23 hours.
            ("2016-03-25T20:59:59Z", Prohibited),
            ("2016-03-25T21:00:00Z", NotCovered),
        ],
    );
}

#[test]
fn a_suspension_across_the_change_gives_force_back_when_it_has_run_out() {
    let chain = "start from \"2016-03-20\" without-end per sohr known \"2016-03-20\"\n\
                 suspended from \"2016-03-24T12:00\" for 24 hours per sohr known \"2016-03-24\"\n\
                 ended from \"2016-03-28 + 3 days\" per sohr known \"2016-03-28\"";
    let terms = terms("Asia/Damascus", chain, FIRE);
    at_times(
        &terms,
        &[
            ("2016-03-24T09:59:59Z", Prohibited),
            ("2016-03-24T10:00:00Z", NotCovered),
            // 24 hours later it is 13:00 by the clock.
            ("2016-03-25T09:59:59Z", NotCovered),
            ("2016-03-25T10:00:00Z", Prohibited),
            ("2016-03-30T20:59:59Z", Prohibited),
            ("2016-03-30T21:00:00Z", NotCovered),
        ],
    );
    // Nothing of the suspension was known on the day before it.
    let early = finding(&terms, &shelling(&terms, "2016-03-24T11:00:00Z"), "2016-03-23T00:00:00Z");
    assert_eq!(early.outcome, Prohibited);
}

#[test]
fn working_hours_run_over_nights_weekends_and_holidays() {
    // Friday 1 April 15:00, eight working hours: one on Friday; Monday is a holiday; seven on Tuesday, until 15:00.
    let calendar = "working-hours from \"08:00\" until \"16:00\" on mon tue wed thu fri\nholiday \"2016-04-04\"\n\
                    in-force from \"2016-04-01T15:00 + 8 working hours\"";
    let terms = terms("Asia/Damascus", calendar, FIRE);
    at_times(&terms, &[("2016-04-05T11:59:59Z", NotCovered), ("2016-04-05T12:00:00Z", Prohibited)]);
}

#[test]
fn an_operand_that_is_missing_is_an_error_and_never_the_start() {
    for (declared, clause) in [
        ("in-force from", FIRE),
        ("in-force from \"2016-02-27\" until", FIRE),
        ("in-force from \"2016-02-27 + hours\"", FIRE),
        ("in-force from \"2016-02-27 + 1 months\"", FIRE),
        ("in-force from \"day 16\"", FIRE),
        ("in-force from \"2016-02-27 + 8 working hours\"", FIRE),
        ("in-force from \"2016-03-25T00:30\"", FIRE),
        ("start from \"2016-02-27\" per sohr known \"2016-02-27\"", FIRE),
        ("in-force from \"2016-02-27\"", "clause a \"A\"\nbinds opposition\nrequires release by"),
        (
            "in-force from \"2016-02-27\"",
            "clause a \"A\"\nbinds opposition\nforbids shelling with any-weapon\nonly-when daily \"22:00\" until",
        ),
        (
            "in-force from \"2016-02-27\"",
            "clause a \"A\"\nbinds opposition\nforbids shelling with any-weapon\nonly-when before",
        ),
    ] {
        let text = text("Asia/Damascus", declared, clause);
        let checked = parse(&text, &actors(), &areas());
        assert!(checked.terms.is_none(), "{declared} / {clause}");
        assert!(checked.diagnostics.iter().any(|one| one.severity == Severity::Error));
    }
}

fn nightly(zone: &str) -> Terms {
    let clause = format!("{FIRE}\nonly-when daily \"22:00\" until \"06:00\"");
    terms(zone, "in-force from \"2016-01-01\"", &clause)
}

#[test]
fn hours_of_the_night_cross_midnight_and_the_skipped_hour() {
    let terms = nightly("Asia/Damascus");
    at_times(
        &terms,
        &[
            ("2016-02-10T21:59", NotProhibited),
            ("2016-02-10T22:00", Prohibited),
            ("2016-02-11T00:00", Prohibited),
            ("2016-02-11T05:59", Prohibited),
            ("2016-02-11T06:00", NotProhibited),
            // Midnight of the 25th was skipped: 23:59:59 is followed by 01:00, and 06:00 comes an hour sooner.
            ("2016-03-24T21:59:59Z", Prohibited),
            ("2016-03-24T22:00:00Z", Prohibited),
            ("2016-03-25T02:59:59Z", Prohibited),
            ("2016-03-25T03:00:00Z", NotProhibited),
            ("2016-02-10T21:00/2016-02-10T23:00", Undetermined),
            ("2016-02-10", Undetermined),
        ],
    );
    let evening = finding(&terms, &shelling(&terms, "2016-02-10T21:00/2016-02-10T23:00"), LATER);
    let said: Vec<String> =
        evening.cruxes.iter().map(|crux| format!("{} -> {}", crux.if_[0].value, crux.then)).collect();
    assert_eq!(said, ["daily 22:00-06:00 -> prohibited", "not daily 22:00-06:00 -> not-prohibited"]);
}

#[test]
fn an_hour_that_comes_twice_counts_both_times() {
    // Damascus put its clocks back at 00:00 on 28 October 2016, to 23:00: the hour from 23:00 came twice.
    let clause = format!("{FIRE}\nonly-when daily \"23:00\" until \"23:30\"");
    let terms = terms("Asia/Damascus", "in-force from \"2016-01-01\"", &clause);
    at_times(
        &terms,
        &[
            ("2016-10-27T19:59:59Z", NotProhibited),
            ("2016-10-27T20:00:00Z", Prohibited),
            ("2016-10-27T20:30:00Z", NotProhibited),
            ("2016-10-27T21:00:00Z", Prohibited),
            ("2016-10-27T21:29:59Z", Prohibited),
            ("2016-10-27T21:30:00Z", NotProhibited),
        ],
    );
}

#[test]
fn hours_that_were_skipped_never_were() {
    let clause = format!("{FIRE}\nonly-when daily \"00:00\" until \"01:00\"");
    let terms = terms("Asia/Damascus", "in-force from \"2016-01-01\"", &clause);
    at_times(
        &terms,
        &[
            ("2016-03-23T22:30:00Z", Prohibited),
            ("2016-03-24T21:00:00Z/2016-03-25T03:00:00Z", NotProhibited),
            ("2016-03-25", NotProhibited),
            ("2016-03-25T21:30:00Z", Prohibited),
        ],
    );
}

#[test]
fn the_same_hours_in_another_zone_are_other_moments() {
    at_times(
        &nightly("UTC"),
        &[("2016-02-10T05:59:00Z", Prohibited), ("2016-02-10T21:00:00Z", NotProhibited)],
    );
    at_times(
        &nightly("Asia/Damascus"),
        &[("2016-02-10T05:59:00Z", NotProhibited), ("2016-02-10T21:00:00Z", Prohibited)],
    );
}

fn tally(terms: &Terms, when: &str, lorries: Bounds) -> Incident {
    let mut one = Build::new("tally").act(Act::Delivery, "sohr").actor("syrian-government-forces", "sohr").0;
    one.when.add(terms.zone.interval(when).unwrap(), "sohr".into());
    one.amounts.entry("lorries".into()).or_default().add(lorries, "sohr".into());
    one
}

const QUOTA: &str =
    "clause aid \"Aid\"\nbinds government-side\nrequires delivery each-day counting lorries at-least 600";

#[test]
fn a_quota_is_asked_of_whole_local_days_of_any_length() {
    let declared = "in-force from \"2016-01-01\"\nmeasure lorries \"Lorries, per day\"";
    let terms = terms("Asia/Damascus", declared, QUOTA);
    let outcome = |when: &str, count: Bounds| finding(&terms, &tally(&terms, when, count), LATER).outcome;
    let exactly = Bounds::exactly;
    for day in ["2016-02-10", "2016-03-25", "2016-10-27"] {
        assert_eq!(outcome(day, exactly(599)), Prohibited, "{day}");
        assert_eq!(outcome(day, exactly(600)), NotProhibited, "{day}");
        assert_eq!(outcome(day, Bounds::range(500, 700).unwrap()), Undetermined, "{day}");
        assert_eq!(outcome(day, Bounds::range(500, 599).unwrap()), Prohibited, "{day}");
    }
    // 24 hours of a day of 23 or 25 are no whole day; nor are half a day, two days, a day by another zone.
    for other in [
        "2016-03-24T22:00:00Z/2016-03-25T22:00:00Z",
        "2016-10-26T21:00:00Z/2016-10-27T21:00:00Z",
        "2016-02-10T00:00/2016-02-10T12:00",
        "2016-02-10/2016-02-11",
        "2016-02-10T00:00:00Z/2016-02-11T00:00:00Z",
    ] {
        assert_eq!(outcome(other, exactly(10)), Undetermined, "{other}");
    }
    // Nor is enough in a week enough on every day of it.
    assert_eq!(outcome("2016-02-08/2016-02-14", exactly(700)), Undetermined);
}

#[test]
fn a_duty_is_pending_until_its_day_and_lapses_with_it() {
    let days = "day-one \"2016-03-10\" known \"2016-03-09\"\nin-force from \"day 1\"";
    let clause = "clause release \"Release\"\nbinds government-side\nrequires release by \"end of day 15\"";
    let terms = terms("Asia/Damascus", days, clause);
    let outcome = |act: Act, when: &str| {
        let mut one = shelling(&terms, when);
        one.acts = truceline_model::Alternatives::one(act, "sohr".into());
        finding(&terms, &one, LATER).outcome
    };
    // The end of day 15 is midnight of the 25th, the one that was skipped.
    assert_eq!(outcome(Act::FailureToRelease, "2016-03-24T21:59:59Z"), NotProhibited);
    assert_eq!(outcome(Act::FailureToRelease, "2016-03-24T22:00:00Z"), Prohibited);
    assert_eq!(outcome(Act::Release, "2016-03-24T21:59:59Z"), NotProhibited);
    assert_eq!(outcome(Act::Release, "2016-03-24T22:00:00Z"), Prohibited);
    assert_eq!(outcome(Act::Shelling, "2016-03-24T22:00:00Z"), NotProhibited);
}

#[test]
fn what_went_on_throughout_is_judged_for_the_part_inside() {
    let window = "in-force from \"2016-02-27\" until \"2016-03-05\"";
    let clause = "clause siege \"Siege\"\nbinds government-side\nforbids siege with any-weapon";
    let terms = terms("Asia/Damascus", window, clause);
    let outcome = |throughout: bool, when: &str| {
        let mut one = shelling(&terms, when);
        one.acts = truceline_model::Alternatives::one(Act::Siege, "sohr".into());
        one.throughout = throughout;
        finding(&terms, &one, LATER).outcome
    };
    assert_eq!(outcome(false, "2016-01-01/2016-06-01"), Undetermined);
    assert_eq!(outcome(true, "2016-01-01/2016-06-01"), Prohibited);
    assert_eq!(outcome(true, "2016-01-01/2016-02-26"), NotCovered);
    // One second inside is enough.
    assert_eq!(outcome(true, "2016-01-01T00:00:00Z/2016-02-26T22:00:01Z"), Prohibited);
}

#[test]
fn a_group_that_changed_sides_is_asked_at_the_moment() {
    // Excluded on the 20th and readmitted on the 25th: neither bound nor protected in between.
    let declared = "in-force from \"2016-02-10\"\n\
                    excluded opposition from \"2016-02-20\" until \"2016-02-25\" known \"2016-02-20\" per sohr";
    let clause = "clause fire \"Fire\"\nbinds government-side\nforbids shelling with any-weapon\nagainst forces-of opposition";
    let terms = terms("Asia/Damascus", declared, clause);
    let outcome = |when: &str| {
        let mut one = shelling(&terms, when);
        one.struck.add("jaysh-al-islam".into(), "sohr".into());
        finding(&terms, &one, LATER).outcome
    };
    assert_eq!(outcome("2016-02-19T23:59"), Prohibited);
    assert_eq!(outcome("2016-02-20T00:00"), NotProhibited);
    assert_eq!(outcome("2016-02-24T23:59"), NotProhibited);
    assert_eq!(outcome("2016-02-25T00:00"), Prohibited);
    assert_eq!(outcome("2016-02-19T12:00/2016-02-20T12:00"), Undetermined);
}

#[test]
fn an_area_that_the_map_dates_is_refused_and_not_taken_for_lasting() {
    let text = text(
        "Asia/Damascus",
        "in-force from \"2016-02-27T00:00\"",
        &format!("{FIRE}\napplies in zone-aleppo-city"),
    );
    let plain = areas();
    let dated = plain.iter().cloned().map(|mut area| {
        if area.id.as_str() == "zone-aleppo-city" {
            area.valid =
                truceline_model::Interval::new(at("2016-05-05T00:00:00Z"), at("2016-05-11T00:00:00Z"))
                    .unwrap();
        }
        area
    });
    let checked = parse(&text, &actors(), &truceline_model::Areas::new(dated));
    let said: Vec<&str> = checked.diagnostics.iter().map(|d| d.code).collect();
    assert_eq!(said, ["cannot-express"]);
    let word = checked.diagnostics[0].primary;
    assert_eq!(&text[word.start as usize..word.end as usize], "zone-aleppo-city");
    assert!(parse(&text, &actors(), &plain).diagnostics.is_empty());
}

#[test]
fn a_place_below_the_standard_of_proof_may_be_another() {
    let declared = "in-force from \"2016-02-27\"\nproof place from 2 origins";
    let terms = terms("UTC", declared, &format!("{FIRE}\napplies in zone-aleppo-city"));
    let mut one = shelling(&terms, "2016-03-10T12:00Z");
    one.places.add(common::aleppo(), "sohr".into());
    let by_one = finding(&terms, &one, LATER);
    assert_eq!(by_one.outcome, Undetermined);
    assert_eq!(
        common::cruxes(&by_one),
        ["place=not zone-aleppo-city -> not-covered", "place=zone-aleppo-city -> prohibited"]
    );
    one.places.add(common::aleppo(), "msf".into());
    assert_eq!(finding(&terms, &one, LATER).outcome, Prohibited);
}
