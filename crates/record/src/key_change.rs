//! One key of a log in place of another: entries that say so, and from them, up to which size the keys before it count.
//!
//! Whoever has the key of today believes what it signs; such an entry, in a tree that it signed, names the key that signed before. So one key brought
//! by hand is enough for all of a record. The other way round nothing follows: whoever has the earlier key alone is told by people of the new one,
//! for a thief can write such an entry, too.

use serde_json::Value;

use crate::checkpoint::LogVerifier;
use crate::entry::Entry;
use crate::fault::Fault;

/// The kind of such entries.
pub const KEY_CHANGE: &str = "key-change";

/// One key in place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyChange {
    /// The entry that says so: the key before it signed no tree with this entry in it.
    pub n: u64,
    /// The key before, as text.
    pub from: String,
    /// The key from then on, as text.
    pub to: String,
}

/// What an entry says of the log's key; nothing, unless it is of that kind.
#[must_use]
pub fn key_change(entry: &Entry) -> Option<KeyChange> {
    if entry.kind != KEY_CHANGE {
        return None;
    }
    let word = |name: &str| entry.body.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(KeyChange { n: entry.n, from: word("from")?, to: word("to")? })
}

impl LogVerifier {
    /// This key with those that it came in place of, as entries say (in their order). Entries that name keys which never came are passed over.
    #[must_use]
    pub fn with_former(mut self, changes: &[KeyChange]) -> Self {
        let mut now = self.verifier_key().to_owned();
        let mut below = u64::MAX;
        while let Some(change) = changes.iter().rfind(|change| change.to == now && change.n < below) {
            let Ok(former) = Self::new(&change.from) else { break };
            self = self.after(&former, change.n);
            now.clone_from(&change.from);
            below = change.n;
        }
        self
    }

    /// What is wrong with the earlier keys that this one is believed with, held against the entries; `own`: entries under the largest checkpoint that the
    /// key of today signed itself. Else whoever has an earlier key could sign on, and say that it still counts.
    pub(crate) fn unfounded(&self, changes: &[KeyChange], own: u64) -> Vec<Fault> {
        let Ok(bare) = Self::new(self.verifier_key()) else { return Vec::new() };
        let said = bare.with_former(changes);
        let mut faults = Vec::new();
        for (key, until) in self.former() {
            let founded = said.former().find(|(other, n)| *other == key && until <= *n);
            let reason = match founded {
                None => format!("no entry says that it counted for the first {until} entries"),
                Some((_, n)) if own <= n => {
                    format!("the key of today has not signed entry {n}, which says so; let the log sign")
                }
                Some(_) => continue,
            };
            faults.push(Fault::KeyUnfounded { until, reason });
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::LogSigner;
    use crate::digest::digest_of;

    fn signer(n: u8) -> LogSigner {
        LogSigner::new("example.org/log", &[n; 32]).unwrap()
    }

    fn change(n: u64, from: u8, to: u8) -> KeyChange {
        KeyChange { n, from: signer(from).verifier_key(), to: signer(to).verifier_key() }
    }

    #[test]
    fn earlier_keys_count_up_to_the_entry_that_replaced_them() {
        let changes = [change(5, 1, 2), change(7, 2, 9), change(10, 2, 3)];
        let now = signer(3).verifier().unwrap().with_former(&changes);
        let former: Vec<(String, u64)> = now.former().map(|(key, until)| (key.to_owned(), until)).collect();
        assert_eq!(former, [(signer(1).verifier_key(), 5), (signer(2).verifier_key(), 10)]);
        let opens = |key: u8, size: u64| {
            let note = signer(key).sign_checkpoint(size, digest_of(b"root")).unwrap();
            (now.open(&note).is_ok(), now.open_itself(&note).is_ok())
        };
        assert_eq!((opens(1, 5), opens(1, 6)), ((true, false), (false, false)));
        assert_eq!((opens(2, 10), opens(2, 11)), ((true, false), (false, false)));
        assert_eq!((opens(3, 1), opens(3, 900)), ((true, true), (true, true)));
        assert_eq!(opens(9, 8), (false, false), "it never came");
        assert_eq!(
            (now.key_over(5), now.key_over(6), now.key_over(11)),
            (
                signer(1).verifier_key().as_str(),
                signer(2).verifier_key().as_str(),
                signer(3).verifier_key().as_str()
            )
        );
    }

    #[test]
    fn who_says_that_an_earlier_key_still_counts_is_contradicted_by_the_entries() {
        let changes = [change(5, 1, 2)];
        let now = |until: u64| signer(2).verifier().unwrap().after(&signer(1).verifier().unwrap(), until);
        assert_eq!(now(5).unfounded(&changes, 6), []);
        assert_eq!(now(4).unfounded(&changes, 6), []);
        assert_eq!(now(5).unfounded(&changes, 5).len(), 1, "the new key has not signed the entry");
        assert_eq!(now(6).unfounded(&changes, 90).len(), 1);
        assert_eq!(now(5).unfounded(&[], 90).len(), 1);
        assert_eq!(now(5).unfounded(&[change(5, 1, 3)], 90).len(), 1);
        // A ring of entries ends.
        let ring = [change(5, 1, 2), change(6, 2, 1), change(7, 1, 2)];
        assert_eq!(signer(2).verifier().unwrap().with_former(&ring).former().count(), 3);
    }
}
