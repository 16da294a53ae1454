//! Taking reports in and checking the record, by the real program: rows a second with every receipt durable (the log is
//! synced before a receipt is given), and the time to verify a hundred thousand entries. Rows are Airwars' real ones,
//! repeated under other ids, so none is a duplicate.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::Result;
use crate::demo::shown;
use crate::figure::{Figures, median, ms};
use crate::program;

const ROWS: usize = 100_000;
const RUNS: usize = 3;

/// Measures it.
///
/// # Errors
/// When the program does not build or a run fails.
pub(crate) fn measure(figures: &Figures) -> Result<()> {
    let program = program::built()?;
    let folder = program::empty_folder("import")?;
    let file = folder.join("airwars.csv");
    std::fs::write(&file, rows()?)?;
    let store = folder.join("store");
    let mission = program::root().join("agreements/syria-2016");
    let (mut receipts, mut checks) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        if store.exists() {
            std::fs::remove_dir_all(&store)?;
        }
        program::run(&program, &["load", shown(&mission)?, "--store", shown(&store)?])?;
        receipts.push(last_receipt(&program, &file, &store)?);
        checks.push(program::run(&program, &["verify", "--store", shown(&store)?])?);
    }
    let took = median(receipts);
    let rate = u64::try_from(ROWS)? * 1000 / took.max(1);
    figures.say(
        "import: rows a second, receipts durable",
        rate,
        "rows/s",
        &format!("{ROWS} rows in {took} ms"),
    );
    let again = program::run(
        &program,
        &["import", shown(&file)?, "--mapping", "airwars", "--store", shown(&store)?],
    )?;
    figures.say("import: the same file again, nothing added, read back whole", again.ms, "ms", "once");
    figures.say("import: peak memory of it", again.peak_mib, "MiB", "");
    let note = format!("{ROWS} entries and the mission's");
    figures.say("verify: every byte", median(checks.iter().map(|c| c.ms).collect()), "ms", &note);
    let peak = checks.iter().map(|c| c.peak_mib).max().unwrap_or(0);
    figures.say("verify: peak memory", peak, "MiB", &note);
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// Airwars' rows again and again, the first column (its code) made unique.
fn rows() -> Result<String> {
    let text = std::fs::read_to_string(program::root().join("agreements/syria-2016/reports/airwars.csv"))?;
    let (header, rest) = text.split_once('\n').ok_or("airwars.csv has one line")?;
    let mut out = format!("{header}\n");
    for (n, line) in rest.lines().cycle().take(ROWS).enumerate() {
        let (code, after) = line.split_once(',').ok_or("a row of one column")?;
        writeln!(out, "{code} {n},{after}")?;
    }
    Ok(out)
}

/// Milliseconds from the start of the program to its last receipt: what is parsed afterwards is not counted.
fn last_receipt(program: &Path, file: &Path, store: &Path) -> Result<u64> {
    let start = Instant::now();
    let mut child = Command::new(program)
        .args(["import", shown(file)?, "--mapping", "airwars", "--store", shown(store)?, "--receipts"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let said = BufReader::new(child.stdout.take().ok_or("the program says nothing")?);
    let (mut receipts, mut last) = (0, 0);
    for line in said.lines() {
        if line?.starts_with("receipt ") {
            receipts += 1;
            last = ms(start.elapsed());
        }
    }
    child.wait()?;
    if receipts != ROWS {
        return Err(format!("{receipts} receipts for {ROWS} rows").into());
    }
    Ok(last)
}
