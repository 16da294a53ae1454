//! Findings are the same bytes wherever they are judged: by `truceline judge`, in one process here, by 1, 2 and 4 executors, in how
//! many parts a month ever is, and whoever is killed in between.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod made;
mod running;

use std::path::Path;
use std::process::{Command, Stdio};

use running::{Bench, files, mission, number, said};
use serde_json::{Map, Value};
use truceline_cluster::export::PART;
use truceline_cluster::mission::{Mission, files_of};

const AGREEMENTS: [&str; 2] = ["syria-2016", "hodeidah-2018"];

fn lines(agreement: &str, count: usize) -> String {
    made::incidents(&Mission::read(&files_of(&mission(agreement)).unwrap()).unwrap(), count, 7)
}

/// A bench with incidents of both agreements, judged in one process into `here`.
fn bench(count: usize) -> Bench {
    let bench = Bench::new();
    for agreement in AGREEMENTS {
        bench.export(agreement, &lines(agreement, count));
    }
    said(&bench.judging(false, "here").output().unwrap());
    assert!(files(&bench.path("here")).len() > 60, "parts of two agreements and three years");
    bench
}

fn same(bench: &Bench, into: &str) {
    let (ours, theirs) = (files(&bench.path("here")), files(&bench.path(into)));
    assert!(!ours.is_empty());
    assert_eq!(ours.len(), theirs.len());
    for ((place, bytes), (other, others)) in ours.iter().zip(&theirs) {
        assert_eq!(place, other);
        assert!(bytes == others, "{} differs in {into}", place.display());
    }
}

/// `truceline` as it is shipped; its path in the environment, since it is built in another workspace.
fn truceline() -> Option<std::path::PathBuf> {
    let path = std::env::var_os("TRUCELINE_PROGRAM").map(Into::into);
    assert!(
        path.is_some() || std::env::var_os("TRUCELINE_REQUIRE_PROGRAM").is_none(),
        "TRUCELINE_PROGRAM must name the program"
    );
    path
}

#[test]
fn lines_are_those_of_truceline_judge() {
    let Some(truceline) = truceline() else { return };
    let bench = Bench::new();
    for agreement in AGREEMENTS {
        // Last, a line without an end.
        let file = bench.export(agreement, lines(agreement, 300).trim_end());
        for as_of in [None, Some("2016-05-04T12:00:00Z")] {
            let mut theirs = Command::new(&truceline);
            theirs.arg("judge").arg(mission(agreement)).arg("--incidents").arg(&file);
            theirs.args(["--format", "json"]).args(as_of.iter().flat_map(|at| ["--as-of", at]));
            let theirs = said(&theirs.output().unwrap());
            let mut judging = bench.judging(false, "here");
            said(&judging.args(as_of.iter().flat_map(|at| ["--as-of", at])).output().unwrap());
            let mut ours = bench.program();
            ours.arg("findings").arg("--findings").arg(bench.path("here")).arg("--agreement");
            let ours = said(&ours.arg(mission(agreement)).output().unwrap());
            assert!(ours.lines().count() > 1_000);
            assert!(ours == theirs, "{agreement} as of {as_of:?}: the lines differ");
        }
    }
}

/// The lines of one version's findings, as this crate gives them back and as `truceline judge` prints them.
fn both_lines(bench: &Bench, truceline: &Path, agreement: &str, file: &Path) -> (String, String) {
    let mut theirs = Command::new(truceline);
    theirs.arg("judge").arg(mission(agreement)).arg("--incidents").arg(file).args(["--format", "json"]);
    let mut ours = bench.program();
    ours.arg("findings").arg("--findings").arg(bench.path("here")).arg("--agreement").arg(mission(agreement));
    (said(&ours.output().unwrap()), said(&theirs.output().unwrap()))
}

#[test]
fn a_large_month_is_several_tasks_and_the_same_bytes_in_the_same_order() {
    let Some(truceline) = truceline() else { return };
    let mut bench = Bench::new();
    // Nobody says when: all of them stand in one month.
    let timeless: Vec<String> = lines("hodeidah-2018", PART * 2 + 100)
        .lines()
        .map(|line| {
            let mut line: Map<String, Value> = serde_json::from_str(line).unwrap();
            line.remove("when");
            Value::Object(line).to_string()
        })
        .collect();
    let month = |folder: &str| -> Vec<String> {
        let all = files(&bench.path(folder)).into_iter();
        all.map(|(path, _)| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
    };
    let file = bench.export("hodeidah-2018", &timeless.join("\n"));
    assert_eq!(
        month("incidents"),
        ["incidents-0000.parquet", "incidents-0001.parquet", "incidents-0002.parquet"]
    );
    let told = said(&bench.judging(false, "here").output().unwrap());
    assert_eq!((number(&told, " parts judged"), number(&told, " incidents in")), (3, timeless.len() as u64));
    let (ours, theirs) = both_lines(&bench, &truceline, "hodeidah-2018", &file);
    assert!(ours == theirs, "the lines differ");
    // An incident less than two parts hold: the second is another one, the first is left, and the third goes with its findings.
    let file = bench.export("hodeidah-2018", &timeless[..PART * 2 - 1].join("\n"));
    assert_eq!(month("incidents"), ["incidents-0000.parquet", "incidents-0001.parquet"]);
    let told = said(&bench.judging(false, "here").output().unwrap());
    assert_eq!((number(&told, " parts judged"), number(&told, " left as they were")), (1, 1), "{told}");
    assert_eq!(month("here"), ["findings-0000.parquet", "findings-0001.parquet"]);
    let (ours, theirs) = both_lines(&bench, &truceline, "hodeidah-2018", &file);
    assert!(ours == theirs, "the lines differ");
    bench.start_scheduler();
    bench.start_executor();
    bench.start_executor();
    said(&bench.judging(true, "there").output().unwrap());
    same(&bench, "there");
}

#[test]
fn one_two_and_four_executors() {
    let mut bench = bench(400);
    bench.start_scheduler();
    for (executors, into) in [(1, "one"), (2, "two"), (4, "four")] {
        while bench.executors() < executors {
            bench.start_executor();
        }
        let told = said(&bench.judging(true, into).output().unwrap());
        assert_eq!(number(&told, " left as they were"), 0, "{told}");
        same(&bench, into);
    }
}

#[test]
fn executors_scheduler_and_client_are_killed_in_between() {
    let mut bench = bench(400);
    let parts = bench.finished("here").len();
    bench.start_scheduler();
    bench.start_executor();
    bench.start_executor();
    let mut client =
        bench.judging(true, "there").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    bench.wait_for("there", parts / 8);
    bench.kill_executor();
    bench.start_executor();
    bench.wait_for("there", parts / 4);
    bench.kill_scheduler();
    bench.start_scheduler();
    bench.wait_for("there", parts / 2);
    client.kill().unwrap();
    client.wait().unwrap();
    let before: Vec<_> = bench.finished("there").into_iter().map(|path| (read_time(&path), path)).collect();
    assert!(before.len() < parts, "killed before the end");
    // Nobody is left to judge for a while: the client waits for executors that come.
    bench.kill_executor();
    bench.kill_executor();
    let client = bench.judging(true, "there").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    bench.start_executor();
    bench.kill_scheduler();
    bench.start_scheduler();
    let told = said(&client.wait_with_output().unwrap());
    assert_eq!(number(&told, " left as they were") as usize, before.len(), "{told}");
    for (time, path) in before {
        assert_eq!(time, read_time(&path), "{} was done again", path.display());
    }
    same(&bench, "there");
    let drafts = files(&bench.path("there"))
        .iter()
        .filter(|(path, _)| path.to_string_lossy().contains("_draft"))
        .count();
    assert_eq!(drafts, 0, "drafts are swept");
}

fn read_time(path: &std::path::Path) -> std::time::SystemTime {
    std::fs::metadata(path).unwrap().modified().unwrap()
}
