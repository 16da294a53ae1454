//! The log read on from where it was left: the entries after the last one, with the same result as reading all of it again.
//!
//! Reports, texts, decisions, acts and bulletins add to what was read and change nothing of it. A mission, an erasure and what comes from an
//! office can change what was read before, and so do bytes that are missing: then everything is read again. So it is, too, after a reading that
//! failed half-way. A sealed source's first text registers what stands for it and leaves the rest: a hotline that is flooded by callers, each a
//! source of their own, would else have everything read and resolved anew with each call.

use std::collections::BTreeSet;
use std::sync::Arc;

use truceline_intake::Refusal;
use truceline_model::SourceId;
use truceline_record::Entry as Logged;

use super::{Loaded, Reading, load_whole, parse_all};
use crate::cases;
use crate::failure::Failure;
use crate::log::kind;
use crate::log_reader::LogReader;
use crate::mission::Mission;
use crate::proposals;
use crate::words::Words;

/// A log as far as it was read.
#[derive(Default)]
pub(crate) struct Growing {
    kept: Option<Kept>,
    /// What was handed out before the latest: when nobody reads it any more, what has come since is added to it, and nothing is copied twice.
    spare: Option<Arc<Loaded>>,
}

struct Kept {
    reading: Reading,
    latest: Arc<Loaded>,
}

impl Growing {
    /// Everything that the log says by now; the same as was given last when it says nothing new.
    ///
    /// # Errors
    /// As [`super::load`]; the next call begins anew.
    pub(crate) fn read(&mut self, log: &dyn LogReader, threads: usize) -> Result<Arc<Loaded>, Failure> {
        let end = log.size()?;
        if let Some(mut kept) = self.kept.take().filter(|kept| kept.latest.entries <= end) {
            let fresh = kept.latest.checkpoint.is_some() || log.checkpoint_over(end)?.is_none();
            if kept.latest.entries == end && fresh {
                let latest = Arc::clone(&kept.latest);
                self.kept = Some(kept);
                return Ok(latest);
            }
            if let Some(grown) = self.more(&mut kept, log, end, threads)? {
                self.spare = Some(std::mem::replace(&mut kept.latest, Arc::clone(&grown)));
                self.kept = Some(kept);
                return Ok(grown);
            }
        }
        self.spare = None;
        let (reading, latest) = load_whole(log, end, threads, None)?;
        let latest = Arc::new(latest);
        self.kept = Some(Kept { reading, latest: Arc::clone(&latest) });
        Ok(latest)
    }

    /// What was read with the entries before `end` added; `None` where one of them changes what was read before.
    fn more(
        &mut self,
        kept: &mut Kept,
        log: &dyn LogReader,
        end: u64,
        threads: usize,
    ) -> Result<Option<Arc<Loaded>>, Failure> {
        let Kept { reading, latest } = kept;
        let (missing, decided) = (reading.missing.len(), reading.proposed.len());
        for entry in log.entries_between(latest.entries, end) {
            let entry = entry?;
            if changes_what_was_read(&entry) {
                return Ok(None);
            }
            reading.entry(log, &entry)?;
        }
        let texts = || reading.words.range(truceline_model::ReceiptNo(latest.entries)..);
        if reading.missing.len() > missing {
            return Ok(None);
        }
        let Some(mission) = with_sealed(latest, texts().map(|(_, words)| &words.source)) else {
            return Ok(None);
        };
        let (mut observations, mut refused, warnings) = parse_all(reading, &mission, threads)?;
        reading.reports.clear();
        let steps = reading.proposed.get(decided..).unwrap_or_default();
        let confirmed = proposals::confirmed(log, steps, &reading.words, &reading.mappings, &mission)?;
        observations.extend(confirmed.observations);
        observations.sort_by_key(|o| o.receipt);
        refused.extend(texts().filter_map(|(_, words)| words.refused()).chain(confirmed.refused));
        refused.sort_by_key(|r| r.receipt);
        let mut next = self.own(latest);
        next.mission = mission;
        next.observations.extend(observations);
        next.refused.extend(refused);
        next.warnings.extend(warnings);
        next.quoted.extend(confirmed.quoted);
        next.words.extend(texts().map(|(receipt, words)| (*receipt, Words::clone(words))));
        follow(&mut next.decisions, &reading.decisions);
        follow(&mut next.judged, &reading.judged);
        follow(&mut next.attachments, &reading.attachments);
        follow(&mut next.proposed, &reading.proposed);
        follow(&mut next.bulletins, &reading.bulletins);
        follow(&mut next.sign_offs, &reading.sign_offs);
        follow(&mut next.handovers, &reading.handovers);
        follow(&mut next.case_entries, &reading.case_entries);
        follow(&mut next.given, &reading.given);
        follow(&mut next.subjects, &reading.subjects);
        // A decision can settle what stood open.
        next.conflicts.clone_from(&reading.conflicts);
        // A release changes what stands of a request.
        next.requests.clone_from(&reading.requests);
        if latest.case_entries.is_empty() && !next.case_entries.is_empty() {
            next.settings = cases::settings(&reading.missions, true)?;
        }
        next.entries = end;
        next.checkpoint = log.checkpoint_over(end)?;
        Ok(Some(Arc::new(next)))
    }

    /// The latest, to be changed: the spare one brought up to it where nobody reads that any more, else a copy.
    fn own(&mut self, latest: &Loaded) -> Loaded {
        let Some(mut old) = self.spare.take().and_then(Arc::into_inner) else { return latest.clone() };
        follow(&mut old.observations, &latest.observations);
        follow(&mut old.refused, &latest.refused);
        follow(&mut old.warnings, &latest.warnings);
        follow(&mut old.decisions, &latest.decisions);
        follow(&mut old.judged, &latest.judged);
        follow(&mut old.attachments, &latest.attachments);
        follow(&mut old.proposed, &latest.proposed);
        follow(&mut old.bulletins, &latest.bulletins);
        follow(&mut old.sign_offs, &latest.sign_offs);
        follow(&mut old.handovers, &latest.handovers);
        follow(&mut old.case_entries, &latest.case_entries);
        follow(&mut old.given, &latest.given);
        follow(&mut old.subjects, &latest.subjects);
        let from = truceline_model::ReceiptNo(old.entries);
        old.words.extend(latest.words.range(from..).map(|(receipt, words)| (*receipt, words.clone())));
        old.quoted.extend(latest.quoted.range(from..).map(|(receipt, quoted)| (*receipt, quoted.clone())));
        old.settings.clone_from(&latest.settings);
        old.conflicts.clone_from(&latest.conflicts);
        old.requests.clone_from(&latest.requests);
        old.checkpoint.clone_from(&latest.checkpoint);
        old.mission = Arc::clone(&latest.mission);
        old.entries = latest.entries;
        old
    }
}

/// The mission with what stands for the sealed sources of these texts, as far as it lacks them; `None` where a report that was refused names one of them,
/// which would be read now.
fn with_sealed<'w>(latest: &Loaded, sources: impl Iterator<Item = &'w SourceId>) -> Option<Arc<Mission>> {
    let new: BTreeSet<&SourceId> = sources.filter(|id| latest.mission.lacks_sealed(id)).collect();
    if new.is_empty() {
        return Some(Arc::clone(&latest.mission));
    }
    let names = |refusal: &Refusal| new.iter().any(|id| refusal.found.contains(id.as_str()));
    if latest.refused.iter().flat_map(|one| &one.refusals).any(names) {
        return None;
    }
    let mut mission = Mission::clone(&latest.mission);
    mission.register_sealed(new.into_iter());
    Some(Arc::new(mission))
}

/// Whether an entry can change what entries before it came to.
fn changes_what_was_read(entry: &Logged) -> bool {
    matches!(entry.kind.as_str(), kind::MISSION | kind::ERASURE | kind::FORWARDED)
}

/// Adds what a list lacks of another that begins as it does.
fn follow<T: Clone>(list: &mut Vec<T>, longer: &[T]) {
    list.extend_from_slice(longer.get(list.len()..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::loaded::load;
    use truceline_record::Digest;
    use truceline_store::Store;

    /// A log as it was when it had so many entries.
    struct Then<'s>(&'s Store, u64);

    impl LogReader for Then<'_> {
        fn size(&self) -> Result<u64, Failure> {
            Ok(self.1)
        }

        fn entries_between(
            &self,
            start: u64,
            end: u64,
        ) -> Box<dyn Iterator<Item = Result<Logged, Failure>> + '_> {
            self.0.entries_between(start, end.min(self.1))
        }

        fn object_bytes(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Failure> {
            self.0.object_bytes(digest)
        }

        fn checkpoint_over(&self, size: u64) -> Result<Option<String>, Failure> {
            LogReader::checkpoint_over(self.0, size)
        }

        fn key_over(&self, size: u64) -> &str {
            LogReader::key_over(self.0, size)
        }
    }

    fn shipped() -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store");
        crate::load::shipped(&path, true, "").unwrap();
        let store = crate::log::open_read_only(&path).unwrap();
        (dir, store)
    }

    /// Reads on over steps of so many entries, and holds what was read against reading all of it, now and then.
    fn reads_alike(store: &Store, steps: impl Iterator<Item = u64>, looks: u64) {
        let length = store.size().unwrap();
        let (mut growing, mut at, mut looked) = (Growing::default(), 0_u64, 0_u64);
        let mut earlier: Vec<(u64, Arc<Loaded>)> = Vec::new();
        for step in steps {
            at = at.saturating_add(step).min(length);
            let then = Then(store, at);
            let read = growing.read(&then, 1).unwrap();
            if at == length || at / (length / looks).max(1) > looked {
                looked = at / (length / looks).max(1);
                let whole = load(store, Some(at), 2).unwrap();
                assert!(format!("{read:?}") == format!("{whole:?}"), "after {at} of {length} entries");
                earlier.push((at, read));
            }
            if at == length {
                break;
            }
        }
        assert_eq!(at, length);
        // Who still holds an earlier moment sees it as it was.
        for (at, held) in earlier {
            assert_eq!(held.entries, at);
            assert!(held.observations.iter().all(|o| o.receipt.0 < at));
        }
    }

    #[test]
    fn reading_on_entry_by_entry_gives_what_reading_all_gives() {
        let (_dir, store) = shipped();
        reads_alike(&store, std::iter::repeat(1), 6);
    }

    #[test]
    fn reading_on_in_batches_of_any_size_gives_what_reading_all_gives() {
        let (_dir, store) = shipped();
        for seed in 1..4_u64 {
            let mut drawn = seed;
            let steps = std::iter::from_fn(move || {
                drawn = drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                Some((drawn >> 33) % 400)
            });
            reads_alike(&store, steps, 5);
        }
    }

    #[test]
    fn a_report_copies_nothing_that_was_read_before() {
        let (_dir, store) = shipped();
        let length = store.size().unwrap();
        let mut growing = Growing::default();
        drop(growing.read(&Then(&store, length - 3), 1).unwrap());
        drop(growing.read(&Then(&store, length - 2), 1).unwrap());
        let spare = growing.spare.as_ref().unwrap().observations.as_ptr();
        let read = growing.read(&Then(&store, length - 1), 1).unwrap();
        let room = read.observations.capacity() > read.observations.len();
        assert!(!room || read.observations.as_ptr() == spare, "the spare one is used again");
    }

    /// Words of a caller, who is a sealed source of their own.
    fn call(store: &mut Store, n: u64) {
        let source = format!("{}{n:024x}", crate::words::SEALED);
        let at = "2016-05-05T00:00:00Z".to_owned();
        let told = crate::log::Told { source, known: Some(at.clone()), ..crate::log::Told::default() };
        let raw = crate::committed::Raw::Bytes(format!("words of caller {n}").into_bytes());
        let key = truceline_record::digest_of(&n.to_be_bytes()).0;
        let entry = crate::log::words(&at, &told, crate::log::Shape::Whole, key, raw).unwrap();
        store.append(&[entry]).unwrap();
    }

    #[test]
    fn a_caller_of_their_own_registers_a_source_and_has_nothing_read_anew() {
        let (dir, store) = shipped();
        let length = store.size().unwrap();
        drop(store);
        let mut store = crate::log::open(&dir.path().join("store")).unwrap();
        let mut growing = Growing::default();
        let first = growing.read(&store, 1).unwrap();
        for n in 0..5 {
            call(&mut store, n % 4);
            let read = growing.read(&store, 1).unwrap();
            assert!(read.mission.is_of_one_reading(&first.mission), "not read anew");
            let whole = load(&store, None, 2).unwrap();
            assert!(format!("{read:?}") == format!("{whole:?}"), "after call {n}");
        }
        assert_eq!(store.size().unwrap(), length + 4, "one caller said the same twice");
    }
}
