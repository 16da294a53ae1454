//! Challenges that were given out and not yet signed: each for two minutes, once, and never more than a bound of them.
//!
//! In memory alone: after a restart one asks again. Reads a clock that only counts on.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a challenge waits.
pub(in crate::api) const PATIENCE: Duration = Duration::from_mins(2);
/// Most challenges at once. What strangers may ask for in [`PATIENCE`] is fewer, so that nobody's is ever pushed out.
const MOST: usize = 512;

/// Challenges by a key, each with what is needed to check its answer.
pub(in crate::api) struct Pending<K, T>(Mutex<BTreeMap<K, (Instant, T)>>);

impl<K: Ord, T> Default for Pending<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Ord, T> Pending<K, T> {
    /// Keeps one, in the place of what was there under its key; says whether there was room.
    pub(in crate::api) fn put(&self, key: K, what: T, now: Instant) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (since, _)| now.saturating_duration_since(*since) < PATIENCE);
        if all.len() >= MOST && !all.contains_key(&key) {
            return false;
        }
        all.insert(key, (now, what));
        true
    }

    /// Takes one out: whatever comes of it, it is not there a second time.
    pub(in crate::api) fn take(&self, key: &K, now: Instant) -> Option<T> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, what) = all.remove(key)?;
        (now.saturating_duration_since(since) < PATIENCE).then_some(what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_taken_once_and_in_time() {
        let (pending, start) = (Pending::<u32, &str>::default(), Instant::now());
        assert!(pending.put(1, "a", start) && pending.put(2, "b", start) && pending.put(2, "c", start));
        assert_eq!(pending.take(&1, start), Some("a"));
        assert_eq!(pending.take(&1, start), None, "a second time");
        assert_eq!(pending.take(&2, start + PATIENCE), None, "too late");
        assert_eq!(pending.take(&3, start), None);
    }

    #[test]
    fn there_are_never_more_than_a_bound_and_the_old_make_room() {
        let (pending, start) = (Pending::<usize, ()>::default(), Instant::now());
        let kept = (0..MOST * 2).filter(|n| pending.put(*n, (), start)).count();
        assert_eq!(kept, MOST);
        assert!(pending.put(1, (), start), "in its own place");
        assert!(pending.put(MOST * 3, (), start + PATIENCE));
        assert_eq!(pending.take(&2, start + PATIENCE), None);
    }
}
