//! Kills a process that imports, with SIGKILL, at seeded random points, and lets it go on in the same
//! store until it is done; then begins a new one.
//!
//! What it holds the process to: a receipt that was printed stays true (its number never changes, no
//! other key gets it), and the subject's own check of the store passes after every kill. It knows no
//! store and no format of receipts: both belong to the [`Subject`].
//!
//! Points are drawn over the whole of a run: half by time since the start, some of them early, where the
//! store is created or opened; half by receipts, which meets the moments around a commit.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use std::{fmt, fs, io, thread};

use crate::dice::Dice;

/// What is killed.
pub trait Subject {
    /// The command that imports into the store at this path, creating it if it is not there and going on
    /// if it is. It must print a receipt on its standard output only once it is durable.
    fn command(&mut self, store: &Path) -> Command;

    /// The receipt in a line of its standard output; `None` for other lines.
    fn receipt(&self, line: &str) -> Option<Receipt>;

    /// Looks at the store after a kill, or after the import has `finished`.
    ///
    /// # Errors
    /// In words: what was lost, doubled or damaged.
    fn check(
        &mut self,
        store: &Path,
        acknowledged: &BTreeMap<String, u64>,
        finished: bool,
    ) -> Result<(), String>;
}

/// A receipt: what was sent, and the number it got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Names what was sent.
    pub key: String,
    /// The number of its entry.
    pub number: u64,
}

/// How often to kill, and where to work.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The same seed draws the same points.
    pub seed: u64,
    /// How many kills.
    pub points: u32,
    /// A folder for the stores; each is removed when its import is done and right.
    pub folder: PathBuf,
}

/// What was survived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KillReport {
    /// Kills.
    pub kills: u32,
    /// Kills before the first receipt of their run.
    pub before_first_receipt: u32,
    /// Imports that ran to their end, in pieces or whole.
    pub finished: u32,
    /// Receipts given in all.
    pub receipts: u64,
}

/// What was not survived, with what replays it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KillError {
    /// The seed of the plan.
    pub seed: u64,
    /// Kills before it.
    pub kills: u32,
    /// The store, left as it was found.
    pub store: PathBuf,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for KillError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, kills, store, reason } = self;
        write!(f, "seed {seed}, after {kills} kills, store {}: {reason}", store.display())
    }
}

impl std::error::Error for KillError {}

/// Kills `subject` as planned. Ends with an import that runs through.
///
/// # Errors
/// The first thing that was not survived.
pub fn kill_run(subject: &mut impl Subject, plan: &Plan) -> Result<KillReport, KillError> {
    let mut run = Run { subject, plan, report: KillReport::default(), dice: Dice::new(plan.seed) };
    let whole = run.measure()?;
    let mut spent = 0;
    while run.report.kills < plan.points {
        let mut store = run.next_store();
        while run.report.kills < plan.points && !store.finished {
            spent += 1;
            if spent > plan.points.saturating_mul(20) {
                return Err(run.error(&store, "the import does not get on between kills".to_owned()));
            }
            let point = point(&mut run.dice, &whole);
            run.once(&mut store, Some(point))?;
        }
        if !store.finished {
            run.once(&mut store, None)?;
        }
    }
    Ok(run.report)
}

/// How long an undisturbed import takes, and how many receipts it gives.
struct Whole {
    micros: u64,
    receipts: u64,
}

enum Point {
    /// So long after the start.
    After(Duration),
    /// So long after that many receipts.
    AtReceipt(u64, Duration),
}

struct ImportedStore {
    path: PathBuf,
    acknowledged: BTreeMap<String, u64>,
    numbers: BTreeSet<u64>,
    finished: bool,
}

struct Run<'a, S> {
    subject: &'a mut S,
    plan: &'a Plan,
    report: KillReport,
    dice: Dice,
}

impl<S: Subject> Run<'_, S> {
    fn error(&self, store: &ImportedStore, reason: String) -> KillError {
        KillError { seed: self.plan.seed, kills: self.report.kills, store: store.path.clone(), reason }
    }

    fn next_store(&self) -> ImportedStore {
        ImportedStore {
            path: self.plan.folder.join(format!("store-{}", self.report.finished)),
            acknowledged: BTreeMap::new(),
            numbers: BTreeSet::new(),
            finished: false,
        }
    }

    fn measure(&mut self) -> Result<Whole, KillError> {
        let mut store = self.next_store();
        let start = Instant::now();
        self.once(&mut store, None)?;
        let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
        Ok(Whole { micros, receipts: self.report.receipts })
    }

    /// One process: started, perhaps killed, its receipts read, its store checked.
    fn once(&mut self, store: &mut ImportedStore, point: Option<Point>) -> Result<(), KillError> {
        let (lines, status) = self
            .process(&store.path, point)
            .map_err(|error| self.error(store, format!("the process could not be run: {error}")))?;
        let killed = status.code().is_none();
        let mut receipts = 0;
        for receipt in lines.iter().filter_map(|line| self.subject.receipt(line)) {
            receipts += 1;
            let known = store.acknowledged.insert(receipt.key.clone(), receipt.number);
            let fresh = store.numbers.insert(receipt.number);
            if known.is_some_and(|number| number != receipt.number) || (known.is_none() && !fresh) {
                let reason =
                    format!("{} got number {}, before it was {known:?}", receipt.key, receipt.number);
                return Err(self.error(store, reason));
            }
        }
        self.report.receipts += receipts;
        if killed {
            self.report.kills += 1;
            self.report.before_first_receipt += u32::from(receipts == 0);
        } else if !status.success() {
            return Err(self.error(store, format!("the process failed by itself: {status}")));
        }
        self.subject
            .check(&store.path, &store.acknowledged, !killed)
            .map_err(|reason| self.error(store, reason))?;
        if !killed {
            store.finished = true;
            self.report.finished += 1;
            fs::remove_dir_all(&store.path).map_err(|error| self.error(store, error.to_string()))?;
        }
        Ok(())
    }

    fn process(&mut self, store: &Path, point: Option<Point>) -> io::Result<(Vec<String>, ExitStatus)> {
        let start = Instant::now();
        let mut child = self.subject.command(store).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or_else(|| io::Error::other("no standard output"))?;
        let lines = read_lines(output);
        let mut read = Vec::new();
        match point {
            None => {}
            Some(Point::After(time)) => {
                await_lines(&lines, &mut read, |_| false, start + time);
                child.kill()?;
            }
            Some(Point::AtReceipt(count, more)) => {
                let subject = &*self.subject;
                let mut receipts = 0;
                let mut enough = |line: &str| {
                    receipts += u64::from(subject.receipt(line).is_some());
                    receipts >= count
                };
                // A process that prints fewer ends by itself, and the channel with it.
                await_lines(&lines, &mut read, &mut enough, start + Duration::from_secs(60));
                thread::sleep(more);
                child.kill()?;
            }
        }
        let status = end(child)?;
        // What was in the pipe when it died was printed before it died, and counts.
        read.extend(lines.iter());
        Ok((read, status))
    }
}

fn end(mut child: Child) -> io::Result<ExitStatus> {
    child.wait()
}

/// Reads whole lines only: a line cut by the kill was not given to anybody.
fn read_lines(output: impl Read + Send + 'static) -> Receiver<String> {
    let (send, lines) = channel();
    thread::spawn(move || {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while let Ok(1..) = output.read_until(b'\n', &mut line) {
            if line.pop() != Some(b'\n') || send.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                break;
            }
            line.clear();
        }
    });
    lines
}

/// Takes lines until `enough` of them, the moment, or the end of the process.
fn await_lines(
    lines: &Receiver<String>,
    read: &mut Vec<String>,
    mut enough: impl FnMut(&str) -> bool,
    until: Instant,
) {
    loop {
        match lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                let stop = enough(&line);
                read.push(line);
                if stop {
                    return;
                }
            }
            Err(RecvTimeoutError::Timeout) => return,
            Err(RecvTimeoutError::Disconnected) => {
                // Closed its output, and may still live for a moment.
                return;
            }
        }
    }
}

/// Draws where to kill next.
fn point(dice: &mut Dice, whole: &Whole) -> Point {
    match dice.below(8) {
        0 => Point::After(Duration::from_micros(dice.below(whole.micros / 10))),
        1..=3 => Point::After(Duration::from_micros(dice.below(whole.micros))),
        _ => {
            let count = 1 + dice.below(whole.receipts);
            Point::AtReceipt(count, Duration::from_micros(dice.below(2_000)))
        }
    }
}
