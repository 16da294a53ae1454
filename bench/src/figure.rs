//! One line a figure: what, how much, in which unit, against which goal, and how busy the machine was. Whole numbers only.

use std::time::{Duration, Instant};

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
            let line = json!({ "what": what, "value": value, "unit": unit, "note": note, "load": load });
            println!("{line}");
        } else {
            let note = if note.is_empty() { String::new() } else { format!(" ({note})") };
            println!("{what}: {value} {unit}{note} [load {load}]");
        }
    }

    /// Prints one figure that should stay below a goal.
    pub(crate) fn against(&self, what: &str, value: u64, unit: &str, goal: u64) {
        let kept = if value < goal { "kept" } else { "MISSED" };
        self.say(what, value, unit, &format!("goal below {goal}: {kept}"));
    }
}

/// How many programs wanted a core over the last minute, as the kernel says; `?` where it does not.
pub(crate) fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_ascii_whitespace().next().unwrap_or("?").to_owned()
}

/// The one in the middle; the lower of two.
pub(crate) fn median(mut of: Vec<u64>) -> u64 {
    of.sort_unstable();
    of.get(of.len().saturating_sub(1) / 2).copied().unwrap_or(0)
}

/// Whole milliseconds.
pub(crate) fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Whole nanoseconds for each of `count`.
pub(crate) fn ns_each(ns: u64, count: usize) -> u64 {
    ns / u64::try_from(count).unwrap_or(1).max(1)
}

/// Time that this thread was on a core; where the kernel does not tell, time on the wall.
pub(crate) struct Cpu {
    on_core: Option<u64>,
    wall: Instant,
}

impl Cpu {
    /// From now on.
    pub(crate) fn start() -> Self {
        Self { on_core: on_core(), wall: Instant::now() }
    }

    /// Nanoseconds since then.
    pub(crate) fn ns(&self) -> u64 {
        match (self.on_core, on_core()) {
            (Some(then), Some(now)) => now.saturating_sub(then),
            _ => u64::try_from(self.wall.elapsed().as_nanos()).unwrap_or(u64::MAX),
        }
    }
}

fn on_core() -> Option<u64> {
    std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split_ascii_whitespace().next()?.parse().ok()
}
