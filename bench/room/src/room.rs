//! A store with the shipped mission and a person for each screen, its server, and reports for it.

#![allow(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "when a report is due decides nothing but when it is sent"
)]

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::Client;
use crate::{Result, Sent};

/// Operators at the hotline's lines.
const OPERATORS: u64 = 16;

/// A server at work; ends with this.
pub(crate) struct Room {
    child: Child,
    pub(crate) address: String,
    tokens: Vec<String>,
    operators: Vec<String>,
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
        let program = Path::new(program);
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
        for n in 0..OPERATORS {
            writeln!(people, "\nperson \"operator-{n}\" role=\"hotline-operator\"")?;
        }
        std::fs::write(mission.join("mission.kdl"), people)?;
        let store = folder.join("store");
        let (store, mission) = (words(&store)?, words(&mission)?);
        said(program, &["load", &mission, "--store", &store])?;
        let accounts = |name: &str, many: u64| -> Result<Vec<String>> {
            (0..many).map(|n| account(program, &store, &format!("{name}-{n}"))).collect()
        };
        let (tokens, operators) = (accounts("screen", screens)?, accounts("operator", OPERATORS)?);
        let serve = ["serve", "--store", &store, "--listen", "127.0.0.1:0"];
        let mut child = Command::new(program).args(serve).stderr(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stderr.take().ok_or("no words of the server")?);
        let mut line = String::new();
        lines.read_line(&mut line)?;
        // The rest is read too, so that the server never waits to be heard.
        std::thread::spawn(move || {
            lines.lines().map_while(std::result::Result::ok).for_each(|line| eprintln!("{line}"))
        });
        let address =
            line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).ok_or("no address")?;
        Ok(Self { address: address.to_owned(), child, tokens, operators })
    }

    pub(crate) fn token(&self, n: u64) -> String {
        usize::try_from(n).ok().and_then(|n| self.tokens.get(n)).cloned().unwrap_or_default()
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Sends reports at an even pace, as operators at the hotline type them; each waits for a receipt before the next of its own. How many are in the log.
    pub(crate) fn send(&self, load: &Load, sent: &Sent) -> Result<Answered> {
        let begin = Instant::now();
        let next = AtomicU64::new(0);
        let operator = |at: usize| -> Result<Answered> {
            let token = self.operators.get(at).ok_or("no such operator")?;
            let mut client = Client::new(&self.address, token)?;
            let mut answered = Answered::default();
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= load.reports {
                    return Ok(answered);
                }
                let due = load.over.mul_f64(n as f64 / load.reports as f64);
                std::thread::sleep(due.saturating_sub(begin.elapsed()));
                let start = Instant::now();
                let receipts =
                    client.post("/api/reports", &format!("load-report-{n}"), &report(n, load.said_by))?;
                answered.times.push(start.elapsed());
                answered.late = answered.late.max(start.saturating_duration_since(begin + due));
                let mut known = sent.lock().unwrap_or_else(PoisonError::into_inner);
                known.extend(numbers(&receipts).into_iter().map(|entry| (entry, start)));
            }
        };
        std::thread::scope(|scope| {
            let all: Vec<_> = (0..self.operators.len()).map(|at| scope.spawn(move || operator(at))).collect();
            let mut whole = Answered::default();
            for one in all {
                let one = one.join().map_err(|_| "an operator stopped")??;
                whole.times.extend(one.times);
                whole.late = whole.late.max(one.late);
            }
            Ok(whole)
        })
    }
}

/// What is sent.
pub(crate) struct Load {
    pub(crate) reports: u64,
    pub(crate) over: Duration,
    pub(crate) said_by: SaidBy,
}

/// Who says it.
#[derive(Clone, Copy)]
pub(crate) enum SaidBy {
    /// Each a caller of their own, whom the hotline seals: a new source with every report.
    Callers,
    /// Registered sources.
    Sources,
    /// The one and the other by turns.
    Both,
}

/// What came of sending.
#[derive(Default)]
pub(crate) struct Answered {
    /// From the first byte sent to the receipt in hand.
    pub(crate) times: Vec<Duration>,
    /// How late the latest was sent, because whoever was to send it still waited.
    pub(crate) late: Duration,
}

/// Entries of an answer: that of the words, and those of the reports read out of them.
fn numbers(answer: &Value) -> Vec<u64> {
    let number = |receipt: &Value| receipt.as_str()?.trim_start_matches('r').parse().ok();
    let reports = answer["reports"].as_array().into_iter().flatten().map(|one| &one["receipt"]);
    reports.chain([&answer["receipt"]]).filter_map(number).collect()
}

/// Strikes in the mission's north, each a minute and some metres from the last: some tell of one event.
fn report(n: u64, said_by: SaidBy) -> Value {
    let degrees = |whole: u64| format!("{}.{:06}", whole / 1_000_000, whole % 1_000_000);
    let is_caller = match said_by {
        SaidBy::Callers => true,
        SaidBy::Sources => false,
        SaidBy::Both => n.is_multiple_of(2),
    };
    let source = ["sohr", "vdc", "msf"].get(usize::try_from(n % 3).unwrap_or(0)).copied().unwrap_or("sohr");
    let said_by = if is_caller { json!({ "caller": null }) } else { json!({ "source": source }) };
    json!({
        "words": format!("Shelling heard near the road, report {n} of a test of load"),
        "said_by": said_by,
        "known": format!("2016-05-04T{:02}:{:02}:00Z", n / 60 % 20, n % 60),
        "fields": {
            "act": "shelling", "when": format!("2016-05-03T{:02}:{:02}:00Z", n / 60 % 20, n % 60), "area": "SY02",
            "lat": degrees(36_100_000 + n * 7_919 % 600_000), "lon": degrees(36_800_000 + n * 104_729 % 700_000),
            "within_m": "500", "killed": (n % 5 + 1).to_string(),
        },
    })
}

fn words(path: &Path) -> Result<String> {
    Ok(path.to_str().ok_or("a path that is no text")?.to_owned())
}

fn account(program: &Path, store: &str, name: &str) -> Result<String> {
    let told = said(program, &["account", "add", name, "--store", store, "--format", "json"])?;
    let told: Value = serde_json::from_str(&told)?;
    Ok(told["token"].as_str().ok_or("no token was told")?.to_owned())
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
