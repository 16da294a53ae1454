//! What days that were inferred do: they speak for and against, exclude nothing, and are never an incident's time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use support::{Mission, say, small};
use truceline_casework::{compare, resolve};
use truceline_model::{Act, Instant, LikelyDays, Observation, ReceiptNo};

/// 27 April 2016, counted from 1970.
const DAY: i64 = 16_918;

fn stated(mission: &Mission, n: u64, day: &str) -> Observation {
    say(&mission.zone, n, "msf", &format!("r{n}"), "2016-05-01")
        .when(day)
        .place("sukkari")
        .act(Act::Airstrike)
        .done()
}

fn inferred(mission: &Mission, n: u64, source: &str, days: &[(i64, u32)]) -> Observation {
    let one =
        say(&mission.zone, n, source, &format!("r{n}"), "2016-05-02").place("sukkari").act(Act::Airstrike);
    one.likely(LikelyDays::new(days.to_vec())).done()
}

fn score(mission: &Mission, a: &Observation, b: &Observation) -> Option<i32> {
    let pair = (ReceiptNo(a.receipt.0), ReceiptNo(b.receipt.0));
    let both = [a.clone(), b.clone()];
    compare(&both, pair, &mission.ctx(), Instant::FAR_FUTURE).unwrap().ok().map(|(score, _)| score)
}

#[test]
fn the_likelier_one_day_the_more_it_speaks_and_a_far_day_excludes_nothing() {
    let mission = small();
    let day = stated(&mission, 1, "2016-04-27");
    let of = |days: &[(i64, u32)]| score(&mission, &day, &inferred(&mission, 2, "sohr", days)).unwrap();
    let falling = [
        of(&[(DAY, 9000)]),
        of(&[(DAY, 400), (DAY + 9, 5000)]),
        of(&[(DAY + 1, 900)]),
        of(&[]),
        of(&[(DAY + 200, 9000)]),
    ];
    assert!(falling.is_sorted_by(|a, b| a > b), "{falling:?}");
    assert_eq!(score(&mission, &day, &stated(&mission, 2, "2016-11-27")), None, "a stated day excludes");
    let (a, b) =
        (inferred(&mission, 1, "msf", &[(DAY, 8000)]), inferred(&mission, 2, "sohr", &[(DAY, 8000)]));
    let far = inferred(&mission, 2, "sohr", &[(DAY + 90, 8000)]);
    assert!(score(&mission, &a, &b) > score(&mission, &a, &far));
    assert_eq!(score(&mission, &a, &far), score(&mission, &far, &a));
}

#[test]
fn an_inferred_day_is_no_time_of_the_incident() {
    let mission = small();
    let reports =
        [stated(&mission, 1, "2016-04-27"), inferred(&mission, 2, "sohr", &[(DAY, 6000), (DAY + 1, 3000)])];
    let found = resolve(&reports, &[], &mission.ctx(), Instant::FAR_FUTURE);
    assert_eq!(found.incidents.len(), 1, "they join");
    let alone = resolve(&reports[..1], &[], &mission.ctx(), Instant::FAR_FUTURE);
    assert_eq!(found.incidents[0].when, alone.incidents[0].when);
    let other = resolve(&reports[1..], &[], &mission.ctx(), Instant::FAR_FUTURE);
    assert_eq!(other.incidents[0].when.iter().count(), 0, "nobody stated any");
}
