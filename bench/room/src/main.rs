//! The ops room under load: so many watch screens that listen and read again after each event, while operators type reports; all over HTTP, as browsers do.
//!
//! Measures from outside, with the program as it is built. Prints medians and the hundredth worst, and what the server's process cost.

#![allow(clippy::float_arithmetic, reason = "times are shown, and decide nothing")]

mod http;
mod room;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::{Client, Stream};
use room::{Answered, Load, Room, SaidBy, cpu_seconds};

/// What may go wrong, in words.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What the watch asks for that a report can change.
const READS: &str = "/api/watch?within=24,/api/watch/feed?limit=15";
/// A screen looks no more often than this, however many events come, and at once after a rest: as `ops-room/src/shell/look.ts` does.
const PACE: Duration = Duration::from_millis(250);

/// What was measured.
#[derive(Default)]
struct Measured {
    /// Times of reads.
    reads: Vec<Duration>,
    /// Each entry that a screen was told of: when, and when the reads to which that led had ended.
    heard: Vec<(u64, Instant, Instant)>,
    bytes: u64,
    failed: Vec<String>,
}

/// When what led to each entry was sent.
type Sent = Arc<Mutex<BTreeMap<u64, Instant>>>;

fn main() {
    let run = run();
    if let Err(why) = run {
        eprintln!("{why}");
        std::process::exit(1);
    }
}

fn number(words: &[String], name: &str, otherwise: u64) -> u64 {
    let at = words.iter().position(|word| word == name);
    at.and_then(|at| words.get(at + 1)).and_then(|word| word.parse().ok()).unwrap_or(otherwise)
}

fn text<'w>(words: &'w [String], name: &str, otherwise: &'w str) -> &'w str {
    let at = words.iter().position(|word| word == name);
    at.and_then(|at| words.get(at + 1)).map_or(otherwise, String::as_str)
}

fn run() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let screens = number(&words, "--screens", 200);
    let load = Load {
        reports: number(&words, "--reports", 1_000),
        over: Duration::from_secs(number(&words, "--seconds", 60)),
        said_by: match text(&words, "--said-by", "both") {
            "callers" => SaidBy::Callers,
            "sources" => SaidBy::Sources,
            "both" => SaidBy::Both,
            other => return Err(format!("--said-by {other}: callers, sources or both").into()),
        },
    };
    let paths: Vec<String> = text(&words, "--read", READS).split(',').map(str::to_owned).collect();
    let room = Room::open(text(&words, "--program", "target/release/truceline"), screens)?;
    let (ended, listening) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let screen = |n| Screen {
        address: room.address.clone(),
        token: room.token(n),
        paths: paths.clone(),
        ended: Arc::clone(&ended),
        listening: Arc::clone(&listening),
    };
    let all: Vec<_> = (0..screens).map(screen).map(|one| std::thread::spawn(move || one.watch())).collect();
    while listening.load(Ordering::Relaxed) < screens {
        std::thread::sleep(Duration::from_millis(50));
    }
    let (start, cpu, sent) = (Instant::now(), cpu_seconds(room.process()), Sent::default());
    let answered = room.send(&load, &sent)?;
    let took = start.elapsed();
    // What was answered last is still on its way to the screens.
    std::thread::sleep(Duration::from_secs(3));
    let cost = cpu_seconds(room.process()) - cpu;
    ended.store(true, Ordering::Relaxed);
    drop(room);
    let watched: Vec<Measured> = all
        .into_iter()
        .map(|screen| screen.join().map_err(|_| "a screen stopped"))
        .collect::<std::result::Result<_, _>>()?;
    println!(
        "{screens} screens, {} reports in {:.1} s; read {}",
        answered.times.len(),
        took.as_secs_f64(),
        paths.join(" ")
    );
    println!("server: {cost:.1} s of the cores in {:.1} s", took.as_secs_f64() + 3.0);
    let sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
    told(answered, watched, &sent);
    println!("load: {}", std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim());
    Ok(())
}

/// Prints what was measured.
fn told(mut answered: Answered, watched: Vec<Measured>, sent: &BTreeMap<u64, Instant>) {
    // Mappings and texts are entries too; what a screen is told of, and of what, is the server's: a report is the entry that it was confirmed with.
    let screens = watched.len();
    let (mut reads, mut heard, mut shown, mut failed, mut bytes) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), 0);
    let mut lost = 0;
    for screen in watched {
        let mut missing: BTreeMap<u64, Instant> = sent.clone();
        for (entry, at, end) in &screen.heard {
            if let Some(from) = missing.remove(entry) {
                heard.push(at.saturating_duration_since(from));
                shown.push(end.saturating_duration_since(from));
            }
        }
        lost += missing.len();
        reads.extend(screen.reads);
        failed.extend(screen.failed);
        bytes += screen.bytes;
    }
    println!("events lost: {lost} of {}", sent.len() * screens);
    line("report to receipt", &mut answered.times);
    println!("the latest was sent {:.1} ms late", answered.late.as_secs_f64() * 1e3);
    line("read", &mut reads);
    line("report to event", &mut heard);
    line("report to pixel", &mut shown);
    println!("read in all: {} MiB", bytes >> 20);
    for why in failed.iter().take(5) {
        println!("failed: {why}");
    }
    println!("failed reads: {}", failed.len());
}

fn line(name: &str, all: &mut [Duration]) {
    all.sort_unstable();
    let at =
        |part: usize| all.get(all.len() * part / 1_000).or(all.last()).map_or(0.0, |t| t.as_secs_f64() * 1e3);
    println!(
        "{name}: {} times, p50 {:.1} ms, p99 {:.1} ms, worst {:.1} ms",
        all.len(),
        at(500),
        at(990),
        at(1_000)
    );
}

/// One screen: listens, and reads again after what it hears.
struct Screen {
    address: String,
    token: String,
    paths: Vec<String>,
    ended: Arc<AtomicBool>,
    listening: Arc<AtomicU64>,
}

impl Screen {
    /// Watches until the end; what it measured.
    fn watch(self) -> Measured {
        let mut measured = Measured::default();
        if let Err(why) = self.listen(&mut measured)
            && !self.ended.load(Ordering::Relaxed)
        {
            measured.failed.push(why.to_string());
        }
        measured
    }

    fn listen(&self, measured: &mut Measured) -> Result<()> {
        let mut client = Client::new(&self.address, &self.token)?;
        for path in &self.paths {
            measured.bytes += client.get(path)?;
        }
        let mut stream = Stream::open(&self.address, &self.token, "/api/events")?;
        self.listening.fetch_add(1, Ordering::Relaxed);
        let mut last = Instant::now();
        let mut heard: Vec<(u64, Instant)> = Vec::new();
        loop {
            let due =
                if heard.is_empty() { Duration::from_secs(1) } else { PACE.saturating_sub(last.elapsed()) };
            let entries = stream.events(due.max(Duration::from_millis(1)))?;
            let now = Instant::now();
            heard.extend(entries.into_iter().map(|entry| (entry, now)));
            if self.ended.load(Ordering::Relaxed) {
                return Ok(());
            }
            if heard.is_empty() || last.elapsed() < PACE {
                continue;
            }
            last = Instant::now();
            for path in &self.paths {
                let begin = Instant::now();
                match client.get(path) {
                    Ok(bytes) => {
                        measured.reads.push(begin.elapsed());
                        measured.bytes += bytes;
                    }
                    Err(why) => {
                        measured.failed.push(why.to_string());
                        client = Client::new(&self.address, &self.token)?;
                    }
                }
            }
            let end = Instant::now();
            measured.heard.extend(heard.drain(..).map(|(entry, at)| (entry, at, end)));
        }
    }
}
