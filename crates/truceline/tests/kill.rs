//! The real program killed with SIGKILL at random points of an import: no receipt is lost, none is doubled.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use truceline_sim::kill::{Plan, Receipt, Subject, kill_run};
use truceline_sim::left::whole_store;

struct Import {
    file: PathBuf,
    rows: usize,
}

impl Subject for Import {
    fn command(&mut self, store: &Path) -> Command {
        let mut command = common::truceline();
        command.arg("import").arg(&self.file).arg("--store").arg(store).arg("--receipts");
        command
    }

    fn receipt(&self, line: &str) -> Option<Receipt> {
        let mut words = line.split(' ');
        let (kind, number, _, _, _, key) =
            (words.next()?, words.next()?, words.next()?, words.next()?, words.next()?, words.next()?);
        (kind == "receipt").then_some(())?;
        Some(Receipt { key: key.to_owned(), number: number.strip_prefix('r')?.parse().ok()? })
    }

    fn check(
        &mut self,
        store: &Path,
        acknowledged: &BTreeMap<String, u64>,
        finished: bool,
    ) -> Result<(), String> {
        let Some(store) = whole_store(store, acknowledged.values().copied())? else { return Ok(()) };
        for (key, number) in acknowledged {
            let entry = store
                .entry(*number)
                .map_err(|e| e.to_string())?
                .ok_or_else(|| format!("receipt {number} is lost"))?;
            if entry.key.map(|k| k.to_string()).as_ref() != Some(key) {
                return Err(format!("receipt {number} now stands for another report"));
            }
        }
        if finished {
            let reports = store
                .entries(0..u64::MAX)
                .filter(|e| e.as_ref().is_ok_and(|e| e.decode().is_ok_and(|e| e.kind == "report")))
                .count();
            if reports != self.rows {
                return Err(format!("{} rows came to {reports} reports", self.rows));
            }
        }
        Ok(())
    }
}

#[test]
fn kill_nine_at_two_hundred_points() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("rows.csv");
    let rows = 1500;
    let mut text = String::from("id,kind,known,source,when,act,place\n");
    for n in 0..rows {
        text.push_str(&format!(
            "k{n},event,2016-04-{:02},vdc,2016-04-{:02},shelling,Homs\n",
            n % 28 + 1,
            n % 28 + 1
        ));
    }
    std::fs::write(&file, text).unwrap();
    let plan = Plan { seed: 20_160_427, points: 200, folder: dir.path().to_path_buf() };
    let report = kill_run(&mut Import { file, rows }, &plan).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(report.kills, 200);
    assert!(report.finished >= 1 && report.receipts > 0, "{report:?}");
    eprintln!("{report:?}");
}
