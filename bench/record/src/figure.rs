//! One line a figure, and what is told of many times: the one in the middle, and the one that only a hundredth exceeds. Whole numbers only.

use std::time::Duration;

use serde_json::json;

/// Prints figures in words or as JSON Lines.
pub(crate) struct Figures {
    json: bool,
}

impl Figures {
    /// Figures as JSON Lines, or in words.
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Prints one figure; `note` says what a reader needs beside it, and may be empty.
    pub(crate) fn say(&self, what: &str, value: u64, unit: &str, note: &str) {
        let load = load();
        if self.json {
            println!("{}", json!({ "what": what, "value": value, "unit": unit, "note": note, "load": load }));
        } else {
            let note = if note.is_empty() { String::new() } else { format!(" ({note})") };
            println!("{what}: {value} {unit}{note} [load {load}]");
        }
    }

    /// Prints how many times as much one is as another, to a hundredth.
    pub(crate) fn ratio(&self, what: &str, of: u64, to: u64, note: &str) {
        let hundredths = of * 100 / to.max(1);
        self.say(what, hundredths, "hundredths", note);
    }
}

/// How many programs wanted a core over the last minute, as the kernel says; `?` where it does not.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_ascii_whitespace().next().unwrap_or("?").to_owned()
}

/// The one in the middle; the lower of two.
pub(crate) fn median(mut of: Vec<u64>) -> u64 {
    of.sort_unstable();
    of.get(of.len().saturating_sub(1) / 2).copied().unwrap_or(0)
}

/// Whole microseconds.
pub(crate) fn us(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// What a run of many like events came to.
#[derive(Clone, Default)]
pub(crate) struct Pace {
    /// How many a second.
    pub(crate) per_second: u64,
    /// Microseconds of the one in the middle.
    pub(crate) p50: u64,
    /// Microseconds that one in a hundred exceeds.
    pub(crate) p99: u64,
}

impl Pace {
    /// From how long each took, in microseconds, and how long all took together.
    pub(crate) fn of(mut each: Vec<u64>, took: Duration) -> Self {
        each.sort_unstable();
        let at = |hundredth: usize| each.get(each.len() * hundredth / 100).copied().unwrap_or(0);
        let count = u64::try_from(each.len()).unwrap_or(u64::MAX);
        Self { per_second: count * 1_000_000 / us(took).max(1), p50: at(50), p99: at(99) }
    }

    /// The middle of several runs, each figure for itself.
    pub(crate) fn median(runs: &[Self]) -> Self {
        let of = |figure: fn(&Self) -> u64| median(runs.iter().map(figure).collect());
        Self { per_second: of(|run| run.per_second), p50: of(|run| run.p50), p99: of(|run| run.p99) }
    }

    /// As words beside a rate.
    pub(crate) fn words(&self) -> String {
        format!("p50 {} us, p99 {} us", self.p50, self.p99)
    }
}
