//! The shipped mappings over real exports, when they are there: every row is read, left out by a rule, or refused for a true
//! reason, and the numbers are known. The exports are not shipped; without them the tests say so and pass.
#![allow(clippy::unwrap_used, clippy::panic)] // a failed unwrap is a failed test

mod common;

use common::{counts, reasons, run};

#[test]
fn airwars_of_the_truce() {
    let Some(report) = run("airwars", "syria-2016/airwars_incidents.csv") else { return };
    assert_eq!(counts(&report), "rows 303, read 303, left out 0, refused 0");
}

#[test]
fn airwars_of_all_years() {
    let Some(report) = run("airwars", "airwars-syria/incidents.csv") else { return };
    // 27 incidents are marked as without harm to civilians. Refused: a longitude of 4239.00416, an end before its start, a
    // date of 1970 and two incidents without a date.
    assert_eq!(counts(&report), "rows 7565, read 7533, left out 27, refused 5");
    assert_eq!(reasons(&report), "coordinate lon 1, date date 1, date date_end 1, missing known 2");
}

#[test]
fn vdc_as_exported() {
    let Some(report) = run("vdc-raw", "syria-2016/vdc_deaths_2016-02_2016-06.csv") else { return };
    assert_eq!(counts(&report), "rows 1072, read 1072, left out 0, refused 0");
}

#[test]
fn acled_battles() {
    let Some(report) = run("acled", "acled-syria-battles/battles.csv") else { return };
    assert_eq!(counts(&report), "rows 22247, read 22247, left out 0, refused 0");
}

#[test]
fn ged_of_two_countries() {
    let Some(report) = run("ucdp-ged", "four-datasets/Libya_2014_ged.csv") else { return };
    assert_eq!(counts(&report), "rows 103, read 103, left out 0, refused 0");
    let Some(report) = run("ucdp-ged", "four-datasets/SSudan_2015_ged.csv") else { return };
    // Three rows give a high estimate below the low one.
    assert_eq!(counts(&report), "rows 98, read 95, left out 0, refused 3");
    assert_eq!(reasons(&report), "count high 3");
}

#[test]
fn syrian_archive_videos() {
    let Some(report) = run("syrian-archive", "syria-2016/syrian_archive_videos.csv") else { return };
    assert_eq!(counts(&report), "rows 3837, read 3837, left out 0, refused 0");
}
