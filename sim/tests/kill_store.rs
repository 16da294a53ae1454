//! kill -9 at 210 seeded points of an import into the store: nothing that had a receipt is lost, nothing
//! is doubled on resumption, and every store that is left verifies.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use truceline_record::{Digest, digest_of};
use truceline_sim::kill::{Plan, Receipt, Subject, kill_run};
use truceline_sim::left::whole_store;

const ROWS: u64 = 70;

/// The small importer of this crate.
#[derive(Default)]
struct Importer {
    /// The root of an import that nobody disturbed: pieces must give the same.
    root: Option<Digest>,
}

impl Subject for Importer {
    fn command(&mut self, store: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sim-import"));
        command.arg(store).arg(ROWS.to_string());
        command
    }

    fn receipt(&self, line: &str) -> Option<Receipt> {
        let (key, number) = line.strip_prefix("receipt ")?.split_once(' ')?;
        Some(Receipt { key: key.to_owned(), number: number.parse().ok()? })
    }

    fn check(&mut self, path: &Path, receipts: &BTreeMap<String, u64>, finished: bool) -> Result<(), String> {
        let Some(store) = whole_store(path, receipts.values().copied())? else { return Ok(()) };
        for (key, n) in receipts {
            let entry =
                store.entry(*n).map_err(|error| error.to_string())?.ok_or(format!("{key} is lost"))?;
            let digest = digest_of(format!("row {key}").as_bytes());
            if entry.body.as_u64() != key.parse().ok() || entry.key != Some(digest) {
                return Err(format!("{key} was promised number {n}, which is {}", entry.body));
            }
            if store.number_of(&digest.0) != Ok(Some(*n)) {
                return Err(format!("{key} would be logged again"));
            }
        }
        if finished {
            let report = store.verify().map_err(|error| error.to_string())?;
            if (receipts.len() as u64, report.entries, report.signed) != (ROWS, ROWS, ROWS) {
                return Err(format!("{} receipts, {} entries of {ROWS}", receipts.len(), report.entries));
            }
            if *self.root.get_or_insert(report.root) != report.root {
                return Err("the log differs from that of an undisturbed import".to_owned());
            }
        }
        Ok(())
    }
}

#[test]
fn nothing_with_a_receipt_is_lost_or_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let plan = Plan { seed: 2016, points: 210, folder: folder.path().to_owned() };
    let report = match kill_run(&mut Importer::default(), &plan) {
        Ok(report) => report,
        Err(error) => panic!("{error}"),
    };
    println!("{report:?}");
    assert_eq!(report.kills, 210);
    // How many fall where depends on the machine's load; that some fall everywhere does not.
    assert!(report.before_first_receipt > 0, "points met the start too: {report:?}");
    assert!(report.finished > 3, "imports got to their end: {report:?}");
}

/// A harness that finds nothing proves nothing: importers that lie must be caught.
mod liars {
    use super::*;

    /// Prints a receipt before it has logged anything.
    struct Hasty;

    impl Subject for Hasty {
        fn command(&mut self, store: &Path) -> Command {
            let mut command = Command::new("sh");
            command.arg("-c").arg(
                "mkdir -p \"$0\"; for i in 1 2 3 4 5 6 7 8; do echo receipt $i $i; sleep 0.005; echo $i >> \"$0/log\"; done",
            );
            command.arg(store);
            command
        }

        fn receipt(&self, line: &str) -> Option<Receipt> {
            Importer::default().receipt(line)
        }

        fn check(&mut self, store: &Path, receipts: &BTreeMap<String, u64>, _: bool) -> Result<(), String> {
            let log = std::fs::read_to_string(store.join("log")).unwrap_or_default();
            match receipts.keys().find(|key| !log.lines().any(|line| line == *key)) {
                Some(lost) => Err(format!("{lost} is lost")),
                None => Ok(()),
            }
        }
    }

    #[test]
    fn a_receipt_given_too_early_is_caught() {
        let folder = tempfile::tempdir().unwrap();
        let plan = Plan { seed: 1, points: 40, folder: folder.path().to_owned() };
        let error = kill_run(&mut Hasty, &plan).unwrap_err();
        assert!(error.reason.ends_with("is lost"), "{error}");
    }

    /// Numbers everything anew on every run.
    struct Forgetful;

    impl Subject for Forgetful {
        fn command(&mut self, store: &Path) -> Command {
            let mut command = Command::new("sh");
            command.arg("-c").arg(
                "mkdir -p \"$0\"; for i in 1 2 3 4 5 6 7 8; do echo >> \"$0/log\"; echo receipt $i $(wc -l < \"$0/log\"); sleep 0.005; done",
            );
            command.arg(store);
            command
        }

        fn receipt(&self, line: &str) -> Option<Receipt> {
            Importer::default().receipt(line)
        }

        fn check(&mut self, _: &Path, _: &BTreeMap<String, u64>, _: bool) -> Result<(), String> {
            Ok(())
        }
    }

    #[test]
    fn a_number_that_changes_is_caught() {
        let folder = tempfile::tempdir().unwrap();
        let plan = Plan { seed: 1, points: 40, folder: folder.path().to_owned() };
        let error = kill_run(&mut Forgetful, &plan).unwrap_err();
        assert!(error.reason.contains("got number"), "{error}");
    }
}
