//! How often somebody may ask, by a bucket that fills with time. Counts in microseconds; reads a clock that only counts on.
//!
//! A wrong token never takes from the bucket of an account, so that nobody can shut a person out by guessing.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// What is counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Something is looked at.
    Read,
    /// Something is written.
    Write,
    /// A token that nobody holds.
    Stranger,
    /// What is published, by whoever asks, all together.
    Public,
    /// A password tried at one name.
    Guess,
    /// A password tried at any name: each costs the machine a tenth of a second.
    GuessAnywhere,
    /// A challenge for a passkey, by whoever asks, all together.
    Challenge,
}

impl Kind {
    /// How many at once, and after how many microseconds there is one more.
    fn pace(self) -> (u64, u64) {
        match self {
            Self::Read => (600, 20_000),
            Self::Write => (120, 250_000),
            Self::Stranger => (20, 1_000_000),
            Self::Public => (2_000, 2_500),
            Self::Guess => (10, 30_000_000),
            Self::GuessAnywhere => (60, 1_000_000),
            Self::Challenge => (120, 500_000),
        }
    }
}

struct Bucket {
    left: u64,
    at: Instant,
}

/// All buckets, by account.
#[derive(Default)]
pub(super) struct Limits {
    buckets: Mutex<BTreeMap<(String, Kind), Bucket>>,
}

impl Limits {
    /// Takes one call; `Err` says after how many seconds there will be one again. Accounts are few, so buckets are.
    pub(super) fn take(&self, who: &str, kind: Kind) -> Result<(), u64> {
        self.take_at(who, kind, Instant::now())
    }

    fn take_at(&self, who: &str, kind: Kind, now: Instant) -> Result<(), u64> {
        let (most, each) = kind.pace();
        let most = most.saturating_mul(each);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry((who.to_owned(), kind)).or_insert(Bucket { left: most, at: now });
        let passed = u64::try_from(now.saturating_duration_since(bucket.at).as_micros()).unwrap_or(u64::MAX);
        bucket.left = bucket.left.saturating_add(passed).min(most);
        bucket.at = now;
        match bucket.left.checked_sub(each) {
            Some(left) => {
                bucket.left = left;
                Ok(())
            }
            None => Err(each.saturating_sub(bucket.left).div_ceil(1_000_000).max(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn who_asks_too_often_waits_and_others_do_not() {
        let (limits, start) = (Limits::default(), Instant::now());
        let granted = (0..200).filter(|_| limits.take_at("a", Kind::Write, start).is_ok()).count();
        assert_eq!(granted, 120);
        assert_eq!(limits.take_at("a", Kind::Write, start), Err(1));
        assert_eq!(limits.take_at("b", Kind::Write, start), Ok(()));
        assert_eq!(limits.take_at("a", Kind::Read, start), Ok(()));
        assert_eq!(limits.take_at("a", Kind::Write, start + Duration::from_millis(250)), Ok(()));
        assert!(limits.take_at("a", Kind::Write, start + Duration::from_millis(250)).is_err());
    }

    #[test]
    fn a_password_is_guessed_twice_a_minute_and_no_more() {
        let (limits, start) = (Limits::default(), Instant::now());
        let granted = (0..3_600)
            .filter(|second| limits.take_at("a", Kind::Guess, start + Duration::from_secs(*second)).is_ok())
            .count();
        assert!((120..=130).contains(&granted), "{granted} in an hour");
    }
}
