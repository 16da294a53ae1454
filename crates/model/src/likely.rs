//! On which days something may have happened of which a report states no day: each with how likely it is.
//!
//! Inferred from other reports at the edge, and evidence of who tells of the same; never shown as what a report says, never a time of an
//! incident. Whole numbers, bounded. What the days leave over is spread over all others, so that no day is ever ruled out.

use std::sync::Arc;

/// So many days are kept at most: the likeliest.
pub const LIKELY_DAYS: usize = 24;
/// What all days together come to.
pub const SURE: u32 = 10_000;
/// Less likely days are left to the rest.
const LEAST: u32 = 20;
/// The rest is no less than this: an inference may be wrong altogether.
const REST: u32 = 300;

/// Days counted from 1970, each with how likely it is in ten-thousandths.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LikelyDays(Arc<[(i64, u32)]>);

impl LikelyDays {
    /// These days; of more than are kept the likeliest, together never more than sure.
    #[must_use]
    pub fn new(mut days: Vec<(i64, u32)>) -> Self {
        days.sort_by_key(|(day, likely)| (*day, std::cmp::Reverse(*likely)));
        days.dedup_by_key(|(day, _)| *day);
        days.retain(|(_, likely)| *likely >= LEAST);
        days.sort_by_key(|(day, likely)| (std::cmp::Reverse(*likely), *day));
        days.truncate(LIKELY_DAYS);
        let mut left = SURE - REST;
        for (_, likely) in &mut days {
            *likely = (*likely).min(left);
            left -= *likely;
        }
        days.retain(|(_, likely)| *likely > 0);
        days.sort_unstable();
        Self(days.into())
    }

    /// The days, each with how likely it is, by the calendar.
    #[must_use]
    pub fn days(&self) -> &[(i64, u32)] {
        &self.0
    }

    /// How likely it is that it was another day.
    #[must_use]
    pub fn rest(&self) -> u32 {
        SURE - self.0.iter().map(|(_, likely)| likely).sum::<u32>()
    }

    /// The likeliest day, and how likely it or its neighbours are.
    #[must_use]
    pub fn best(&self) -> Option<(i64, u32)> {
        let best = self.0.iter().max_by_key(|(day, likely)| (*likely, std::cmp::Reverse(*day)))?.0;
        let near = self.0.iter().filter(|(day, _)| (day - best).abs() <= 1);
        Some((best, near.map(|(_, likely)| likely).sum()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_are_kept_and_a_rest_always_stays() {
        let many =
            LikelyDays::new((0..100).map(|day| (day, 100 + u32::try_from(day).unwrap_or(0))).collect());
        assert_eq!(many.days().len(), LIKELY_DAYS);
        assert_eq!(many.days().first(), Some(&(76, 176)));
        let sure = LikelyDays::new(vec![(7, SURE), (8, SURE), (7, 1), (9, 3)]);
        assert_eq!((sure.days(), sure.rest()), ([(7, SURE - REST)].as_slice(), REST));
        assert_eq!(LikelyDays::new(Vec::new()).rest(), SURE);
    }

    #[test]
    fn the_best_day_counts_its_neighbours() {
        let days = LikelyDays::new(vec![(3, 2000), (4, 3000), (5, 1000), (9, 2900)]);
        assert_eq!(days.best(), Some((4, 6000)));
        assert_eq!(LikelyDays::new(vec![]).best(), None);
    }
}
