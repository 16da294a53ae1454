//! The machine's clock beside another that only counts on: where the two disagree, the first has jumped, and nothing is done by it until it is
//! right again or somebody has looked and started anew.

use std::time::Instant as Counter;

use truceline_model::Instant;

/// By so many seconds the two may differ over one round.
const JUMP: i64 = 30;

/// Both clocks, as they stood when they were last in step.
#[derive(Default)]
pub(crate) struct Clocks(Option<(Counter, Instant)>);

impl Clocks {
    /// By how many seconds the machine's clock has jumped; `None`: it has not.
    pub(crate) fn jumped(&mut self, counted: Counter, now: Instant) -> Option<i64> {
        let jumped = self.0.and_then(|(before, at)| jump(before, counted, at, now));
        if jumped.is_none() {
            self.0 = Some((counted, now));
        }
        jumped
    }
}

/// By how much one clock went otherwise than the other, when it is more than clocks do.
fn jump(before: Counter, counted: Counter, at: Instant, now: Instant) -> Option<i64> {
    let passed = i64::try_from(counted.duration_since(before).as_secs()).unwrap_or(i64::MAX);
    let by = now.seconds().saturating_sub(at.seconds()).saturating_sub(passed);
    (by.abs() > JUMP).then_some(by)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_jump_is_told_from_time_that_passed() {
        let (start, at) = (Counter::now(), Instant::parse("2016-05-03T00:00:00Z").unwrap());
        let later = start + Duration::from_secs(60);
        assert_eq!(jump(start, later, at, at.plus_seconds(61)), None);
        assert_eq!(jump(start, later, at, at.plus_seconds(3_660)), Some(3_600));
        assert_eq!(jump(start, later, at, at.plus_seconds(-60)), Some(-120));
    }

    #[test]
    fn a_clock_that_jumped_stays_so_until_it_is_right_again() {
        let (start, at) = (Counter::now(), Instant::parse("2016-05-03T00:00:00Z").unwrap());
        let after = |seconds: u64| start + Duration::from_secs(seconds);
        let mut clocks = Clocks::default();
        assert_eq!(clocks.jumped(start, at), None);
        assert_eq!(clocks.jumped(after(60), at.plus_seconds(86_460)), Some(86_400));
        assert_eq!(
            clocks.jumped(after(120), at.plus_seconds(86_520)),
            Some(86_400),
            "it goes on counting wrong"
        );
        assert_eq!(clocks.jumped(after(180), at.plus_seconds(180)), None, "set right");
    }
}
