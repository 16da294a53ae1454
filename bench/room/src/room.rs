//! A store with the shipped mission and a person for each screen, its server, and reports for it.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{Result, Sent};

/// A server at work; ends with this.
pub(crate) struct Room {
    program: PathBuf,
    folder: PathBuf,
    child: Child,
    pub(crate) address: String,
    tokens: Vec<String>,
}

/// Seconds that a process has cost so far, all its threads together.
pub(crate) fn cpu_seconds(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10).as_secs_f64()
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Room {
    /// Makes the store and starts the server.
    pub(crate) fn open(program: &str, screens: u64) -> Result<Self> {
        let program = PathBuf::from(program);
        let here = std::env::current_exe()?;
        let folder = here.parent().ok_or("this program lies in no folder")?.join("bench-work").join("room");
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        let mission = folder.join("mission");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agreements/syria-2016"), &mission)?;
        let mut people = std::fs::read_to_string(mission.join("mission.kdl"))?;
        for n in 0..screens {
            writeln!(people, "\nperson \"screen-{n}\" role=\"watch-officer\"")?;
        }
        std::fs::write(mission.join("mission.kdl"), people)?;
        let store = folder.join("store");
        let (store, mission) = (words(&store)?, words(&mission)?);
        said(&program, &["load", &mission, "--store", &store])?;
        let mut tokens = Vec::new();
        for n in 0..screens {
            let told = said(
                &program,
                &["account", "add", &format!("screen-{n}"), "--store", &store, "--format", "json"],
            )?;
            let told: Value = serde_json::from_str(&told)?;
            tokens.push(told["token"].as_str().ok_or("no token was told")?.to_owned());
        }
        let serve = ["serve", "--store", &store, "--listen", "127.0.0.1:0"];
        let mut child = Command::new(&program).args(serve).stderr(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stderr.take().ok_or("no words of the server")?);
        let mut line = String::new();
        lines.read_line(&mut line)?;
        // The rest is read too, so that the server never waits to be heard.
        std::thread::spawn(move || {
            lines.lines().map_while(std::result::Result::ok).for_each(|line| eprintln!("{line}"))
        });
        let address =
            line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).ok_or("no address")?;
        Ok(Self { program, address: address.to_owned(), folder, child, tokens })
    }

    pub(crate) fn token(&self, n: u64) -> String {
        usize::try_from(n).ok().and_then(|n| self.tokens.get(n)).cloned().unwrap_or_default()
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Sends reports at an even pace, by another process that writes to the same store; how many are in the log.
    pub(crate) fn send(&self, reports: u64, over: Duration, sent: &Sent) -> Result<u64> {
        let store = words(&self.folder.join("store"))?;
        let begin = Instant::now();
        let (mut done, mut logged) = (0, 0);
        while done < reports {
            let due = (begin.elapsed().as_millis() * u128::from(reports) / over.as_millis().max(1))
                .min(u128::from(reports));
            let due = u64::try_from(due)?;
            if due <= done {
                std::thread::sleep(Duration::from_millis(50));
                continue;
            }
            let file = self.folder.join(format!("reports-{done}.csv"));
            std::fs::write(&file, rows(done..due))?;
            let told = said(
                &self.program,
                &["import", &words(&file)?, "--store", &store, "--receipts", "--format", "json"],
            )?;
            let now = Instant::now();
            let mut known = sent.lock().unwrap_or_else(PoisonError::into_inner);
            for entry in told
                .lines()
                .filter_map(|line| serde_json::from_str::<Value>(line).ok())
                .filter_map(|line| receipt(&line))
            {
                known.insert(entry, now);
                logged += 1;
            }
            drop(known);
            done = due;
        }
        Ok(logged)
    }
}

fn receipt(line: &Value) -> Option<u64> {
    line["receipt"].as_u64().or_else(|| line["receipt"].as_str()?.trim_start_matches('r').parse().ok())
}

/// Reports of strikes in the mission's north, each a minute and some metres from the last: some tell of one event.
fn rows(numbers: std::ops::Range<u64>) -> String {
    let mut out = String::from("id,kind,known,source,act,when,area,lat,lon,within_m,killed\n");
    for n in numbers {
        let (hour, minute) = (n / 60 % 20, n % 60);
        let (lat, lon) = (36_100_000 + n * 7_919 % 600_000, 36_800_000 + n * 104_729 % 700_000);
        let (lat, lon) = (
            format!("{}.{:06}", lat / 1_000_000, lat % 1_000_000),
            format!("{}.{:06}", lon / 1_000_000, lon % 1_000_000),
        );
        let source =
            ["sohr", "vdc", "msf"].get(usize::try_from(n % 3).unwrap_or(0)).copied().unwrap_or("sohr");
        let _ = writeln!(
            out,
            "load-{n},event,2016-05-04T{hour:02}:{minute:02}:00Z,{source},shelling,2016-05-03T{hour:02}:{minute:02}:00Z,SY02,{lat},{lon},500,{}",
            n % 5 + 1
        );
    }
    out
}

fn words(path: &Path) -> Result<String> {
    Ok(path.to_str().ok_or("a path that is no text")?.to_owned())
}

fn said(program: &Path, words: &[&str]) -> Result<String> {
    let done = Command::new(program).args(words).output()?;
    // 1: something was refused, which the shipped mission has on purpose.
    if done.status.code().is_some_and(|code| code <= 1) {
        return Ok(String::from_utf8(done.stdout)?);
    }
    Err(format!("{words:?}: {}", String::from_utf8_lossy(&done.stderr)).into())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
