//! The demo data judged and rendered by the real program, all files (`replay`) and one page at a time (`serve`): wall time
//! as the median of seven runs, most memory held as the worst of them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::Instant;

use crate::Result;
use crate::figure::{Figures, median, ms};
use crate::program::{self, Server};

const RUNS: usize = 7;
/// What the issue asks for, on two cores.
const GOAL_MS: u64 = 2_000;
/// 200 MB, in MiB.
const GOAL_MIB: u64 = 190;

/// Measures it.
///
/// # Errors
/// When the program does not build or a run fails.
pub(crate) fn measure(figures: &Figures) -> Result<()> {
    let program = program::built()?;
    let folder = program::empty_folder("demo")?;
    let store = folder.join("store");
    let (store, out) = (shown(&store)?, folder.join("out"));
    let mission = program::root().join("agreements/syria-2016");
    let load = program::run(&program, &["load", shown(&mission)?, "--store", store])?;
    figures.say("demo: mission loaded into an empty store", load.ms, "ms", "once, every report synced");
    for threads in ["1", "2"] {
        let words = ["replay", "--store", store, "--out", shown(&out)?, "--threads", threads];
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            runs.push(program::run(&program, &words)?);
        }
        let what = format!("demo: judged and rendered in three languages, {threads} thread(s)");
        figures.against(&what, median(runs.iter().map(|r| r.ms).collect()), "ms", GOAL_MS);
        let (fastest, cpu) =
            (runs.iter().map(|r| r.ms).min(), median(runs.iter().map(|r| r.cpu_ms).collect()));
        figures.say("demo: the fastest of them", fastest.unwrap_or(0), "ms", "");
        figures.say("demo: time on the cores, all threads", cpu, "ms", "what neighbours disturb little");
        let peak = runs.iter().map(|r| r.peak_mib).max().unwrap_or(0);
        figures.against(&format!("demo: peak memory, {threads} thread(s)"), peak, "MiB", GOAL_MIB);
    }
    pages(figures, &program, store)?;
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// The English page of the server: the first ever, the same again, another moment.
fn pages(figures: &Figures, program: &Path, store: &str) -> Result<()> {
    let (mut first, mut again, mut other, mut peaks) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut bytes = 0;
    for _ in 0..RUNS {
        let server = Server::start(program, store, "2")?;
        let (took, length) = page(server.at, "/")?;
        first.push(took);
        bytes = length;
        again.push(page(server.at, "/")?.0);
        peaks.push(server.peak_mib());
        other.push(page(server.at, "/?as_of=2016-04-28")?.0);
    }
    let note = format!("{} KiB", bytes / 1024);
    figures.against("serve: first page, English (judges)", median(first), "ms", GOAL_MS);
    figures.say("serve: the same page again (renders only)", median(again), "ms", &note);
    figures.against("serve: the page as of another moment (judges)", median(other), "ms", GOAL_MS);
    let peak = peaks.into_iter().max().unwrap_or(0);
    figures.against("serve: peak memory after two pages", peak, "MiB", GOAL_MIB);
    Ok(())
}

/// Milliseconds and bytes of one page.
fn page(at: SocketAddr, path: &str) -> Result<(u64, usize)> {
    let start = Instant::now();
    let mut stream = TcpStream::connect(at)?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    if !answer.starts_with(b"HTTP/1.1 200") {
        return Err(format!("{path} was not served").into());
    }
    Ok((ms(start.elapsed()), answer.len()))
}

/// A path as a word of a command.
pub(crate) fn shown(path: &Path) -> Result<&str> {
    path.to_str().ok_or_else(|| "a path that is no text".into())
}
