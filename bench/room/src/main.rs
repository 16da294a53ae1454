//! The ops room under load: so many screens that listen and read again after each event, while reports come in; all over HTTP, as browsers do.
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
use room::{Room, cpu_seconds};

/// What may go wrong, in words.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// A screen reads no more often than this, however many events come.
const PACE: Duration = Duration::from_millis(250);

/// What was measured.
#[derive(Default)]
struct Measured {
    /// Times of reads.
    reads: Vec<Duration>,
    /// From a report's answer to its event at a screen, and to the end of the read that the event led to.
    heard: Vec<Duration>,
    shown: Vec<Duration>,
    bytes: u64,
    failed: Vec<String>,
}

/// When the answer for each entry came to who sent it.
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
    let (screens, reports) = (number(&words, "--screens", 200), number(&words, "--reports", 1_000));
    let over = Duration::from_secs(number(&words, "--seconds", 60));
    let path = text(&words, "--read", "/api/cases").to_owned();
    let room = Room::open(text(&words, "--program", "target/release/truceline"), screens)?;
    let (sent, ended) = (Sent::default(), Arc::new(AtomicBool::new(false)));
    let listening = Arc::new(AtomicU64::new(0));
    let all: Vec<_> = (0..screens)
        .map(|n| {
            let screen = Screen {
                address: room.address.clone(),
                token: room.token(n),
                path: path.clone(),
                sent: Arc::clone(&sent),
                ended: Arc::clone(&ended),
                listening: Arc::clone(&listening),
            };
            std::thread::spawn(move || screen.watch())
        })
        .collect();
    while listening.load(Ordering::Relaxed) < screens {
        std::thread::sleep(Duration::from_millis(50));
    }
    let (start, cpu) = (Instant::now(), cpu_seconds(room.process()));
    let logged = room.send(reports, over, &sent)?;
    let took = start.elapsed();
    // What was answered last is still on its way to the screens.
    std::thread::sleep(Duration::from_secs(3));
    let cost = cpu_seconds(room.process()) - cpu;
    ended.store(true, Ordering::Relaxed);
    drop(room);
    let mut measured = Measured::default();
    let mut told: Vec<u64> = Vec::new();
    for screen in all {
        let (one, count) = screen.join().map_err(|_| "a screen stopped")?;
        told.push(count);
        measured.add(one);
    }
    let lost = told.iter().map(|count| logged.saturating_sub(*count)).sum::<u64>();
    println!("{screens} screens, {logged} reports in {:.1} s; read {path}", took.as_secs_f64());
    println!("events lost: {lost} of {}", logged * screens);
    line("read", &mut measured.reads);
    line("report to event", &mut measured.heard);
    line("report to pixel", &mut measured.shown);
    println!(
        "read in all: {} MiB; server: {cost:.1} s of the cores in {:.1} s",
        measured.bytes >> 20,
        took.as_secs_f64() + 3.0
    );
    println!("load: {}", std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim());
    for why in measured.failed.iter().take(5) {
        println!("failed: {why}");
    }
    println!("failed reads: {}", measured.failed.len());
    Ok(())
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

impl Measured {
    fn add(&mut self, other: Self) {
        self.reads.extend(other.reads);
        self.heard.extend(other.heard);
        self.shown.extend(other.shown);
        self.bytes += other.bytes;
        self.failed.extend(other.failed);
    }
}

/// One screen: listens, and reads again after what it hears.
struct Screen {
    address: String,
    token: String,
    path: String,
    sent: Sent,
    ended: Arc<AtomicBool>,
    listening: Arc<AtomicU64>,
}

impl Screen {
    /// Watches until the end; what it measured, and how many reports it heard of.
    fn watch(self) -> (Measured, u64) {
        let mut measured = Measured::default();
        let mut count = 0;
        if let Err(why) = self.listen(&mut measured, &mut count)
            && !self.ended.load(Ordering::Relaxed)
        {
            measured.failed.push(why.to_string());
        }
        (measured, count)
    }

    fn listen(&self, measured: &mut Measured, count: &mut u64) -> Result<()> {
        let mut client = Client::new(&self.address, &self.token)?;
        measured.bytes += client.get(&self.path)?;
        let mut stream = Stream::open(&self.address, &self.token, "/api/events")?;
        self.listening.fetch_add(1, Ordering::Relaxed);
        let mut last = Instant::now();
        let mut heard: Vec<(u64, Instant)> = Vec::new();
        loop {
            let due =
                if heard.is_empty() { Duration::from_secs(1) } else { PACE.saturating_sub(last.elapsed()) };
            for entry in stream.events(due.max(Duration::from_millis(1)))? {
                heard.push((entry, Instant::now()));
                *count += 1;
            }
            if self.ended.load(Ordering::Relaxed) {
                return Ok(());
            }
            if heard.is_empty() || last.elapsed() < PACE {
                continue;
            }
            last = Instant::now();
            match client.get(&self.path) {
                Ok(bytes) => {
                    measured.reads.push(last.elapsed());
                    measured.bytes += bytes;
                    self.shown(measured, &heard);
                }
                Err(why) => {
                    measured.failed.push(why.to_string());
                    client = Client::new(&self.address, &self.token)?;
                }
            }
            heard.clear();
        }
    }

    fn shown(&self, measured: &mut Measured, heard: &[(u64, Instant)]) {
        let now = Instant::now();
        let sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        for (entry, at) in heard {
            // Who sent it may hear of its answer after the screens do: then it took no time.
            let from = sent.get(entry).copied().unwrap_or(*at);
            measured.heard.push(at.saturating_duration_since(from));
            measured.shown.push(now.saturating_duration_since(from));
        }
    }
}
