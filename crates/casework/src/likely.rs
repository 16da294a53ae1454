//! How likely two accounts speak of one day, where one of them states none and its days were inferred.
//!
//! A day that was inferred never excludes: it may be wrong. What speaks is how likely both days are one, beside what chance would give;
//! a stated day is one that is sure. Whole numbers, the same whichever of the two comes first.

use truceline_model::{LikelyDays, SURE};

use crate::unit::Account;

/// What an inference leaves over is spread over so many days.
const OTHER_DAYS: u64 = 1500;
/// A stated time that spreads over more days tells no day.
const STATED_DAYS: i64 = 31;
/// Of a hundred accounts of one day so many are dated a day early, and as many a day late; the others are dated alike.
const BESIDE: u64 = 10;
/// An inferred day that is this likely, with its neighbours, is the one by which a report is looked for, in ten-thousandths.
const LOOKED_FOR: u32 = 3000;

/// Days, each with how likely it is in ten-thousandths, and what is left over.
struct Spread<'a> {
    days: std::borrow::Cow<'a, [(i64, u32)]>,
    rest: u64,
}

fn spread(account: &Account) -> Option<Spread<'_>> {
    match (account.when, account.days, &account.likely) {
        (Some(_), Some((first, last)), _) if last - first < STATED_DAYS => {
            let each = u32::try_from(last - first + 1).map_or(0, |count| SURE / count);
            let days = (first..=last).map(|day| (day, each)).collect();
            Some(Spread { days: std::borrow::Cow::Owned(days), rest: 0 })
        }
        (None, _, Some(likely)) => {
            Some(Spread { days: std::borrow::Cow::Borrowed(likely.days()), rest: likely.rest().into() })
        }
        _ => None,
    }
}

/// How likely both speak of one day, in millionths; nothing where one says nothing of its day. Both stated is no case for this.
pub(crate) fn one_day(a: &Account, b: &Account) -> Option<u64> {
    let (a, b) = (spread(a)?, spread(b)?);
    let mut both = 0;
    for (day, likely) in a.days.iter() {
        // Both are by the calendar, and few.
        let near = b
            .days
            .iter()
            .skip_while(|(other, _)| other + 1 < *day)
            .take_while(|(other, _)| *other <= day + 1);
        for (other, as_likely) in near {
            let share = if other == day { 100 - 2 * BESIDE } else { BESIDE };
            both += u64::from(*likely) * u64::from(*as_likely) * share / 100;
        }
    }
    // Ten-thousandths of ten-thousandths, the rest of one against any day of the other.
    let by_chance = (a.rest + b.rest) * u64::from(SURE) / OTHER_DAYS;
    Some((both + by_chance) / 100)
}

/// The local day by which a report that states none is looked for, where one is likely enough.
pub(crate) fn looked_for(likely: &LikelyDays) -> Option<(i64, i64)> {
    likely.best().filter(|(_, near)| *near > LOOKED_FOR).map(|(day, _)| (day, day))
}
