//! Two lists of a million digests held against each other: what entries say, and what the index or the vault has.
//!
//! Sorted and walked once, which costs a fraction of a map of the same. It never judges: it gives what matches and what is left over.

use truceline_record::Digest;

/// Digests with the entries that name them.
#[derive(Default)]
pub(crate) struct Named {
    rows: Vec<(Digest, u64)>,
}

/// Entries that name one digest, ascending.
pub(crate) type Group<'a> = &'a [(Digest, u64)];

impl Named {
    pub(crate) fn add(&mut self, digest: Digest, n: u64) {
        self.rows.push((digest, n));
    }

    /// Walks both lists by digest: `met` gets each of `found` with the entries that name it, the first of equal ones only; `left` gets the
    /// entries whose digest was not found.
    pub(crate) fn against<T>(
        mut self,
        found: Vec<(Digest, T)>,
        mut met: impl FnMut(Digest, T, Group<'_>),
        mut left: impl FnMut(Digest, Group<'_>),
    ) {
        self.rows.sort_unstable();
        let mut found = found;
        // Stable: equal ones keep the order in which they were met.
        found.sort_by_key(|(digest, _)| *digest);
        let mut groups = self.rows.chunk_by(|a, b| a.0 == b.0).peekable();
        let mut last = None;
        for (digest, what) in found {
            while let Some(group) = groups.next_if(|group| group.first().is_some_and(|row| row.0 < digest)) {
                if let Some((missing, _)) = group.first() {
                    left(*missing, group);
                }
            }
            let again = last == Some(digest);
            last = Some(digest);
            let group = if again {
                None
            } else {
                groups.next_if(|group| group.first().is_some_and(|row| row.0 == digest))
            };
            met(digest, what, group.unwrap_or_default());
        }
        for group in groups {
            if let Some((missing, _)) = group.first() {
                left(*missing, group);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn digest(of: u8) -> Digest {
        Digest([of; 32])
    }

    proptest! {
        #[test]
        fn it_tells_what_a_map_would_tell(named in prop::collection::vec((0_u8..12, 0_u64..50), 0..30), found in prop::collection::vec((0_u8..12, any::<u16>()), 0..30)) {
            let mut list = Named::default();
            let mut map: BTreeMap<Digest, Vec<u64>> = BTreeMap::new();
            for (of, n) in &named {
                list.add(digest(*of), *n);
                map.entry(digest(*of)).or_default().push(*n);
            }
            map.values_mut().for_each(|list| list.sort_unstable());
            let mut wanted: Vec<(Digest, u16, Vec<u64>)> =
                found.iter().map(|(of, what)| (digest(*of), *what, map.remove(&digest(*of)).unwrap_or_default())).collect();
            wanted.sort_by_key(|(digest, ..)| *digest);
            let (mut met, mut left) = (Vec::new(), BTreeMap::new());
            let numbers = |group: Group<'_>| group.iter().map(|(_, n)| *n).collect::<Vec<u64>>();
            let found: Vec<(Digest, u16)> = found.iter().map(|(of, what)| (digest(*of), *what)).collect();
            list.against(
                found,
                |digest, what, group| met.push((digest, what, numbers(group))),
                |digest, group| drop(left.insert(digest, numbers(group))),
            );
            prop_assert_eq!(met, wanted);
            prop_assert_eq!(left, map);
        }
    }
}
