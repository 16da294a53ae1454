//! What a job says: a table for people, a line of JSON for scripts, or why it was skipped; beside it how busy the machine was.

use serde_json::{Value, json};

/// What came of a job.
#[derive(Clone, Debug)]
pub enum Report {
    /// Figures, in words and as JSON.
    Done {
        /// For people.
        text: String,
        /// For scripts.
        json: Value,
    },
    /// Why there are none.
    Skipped(String),
}

impl Report {
    /// Prints it.
    pub fn print(&self, job: &str, as_json: bool) {
        let load = load();
        match (self, as_json) {
            (Self::Done { json, .. }, true) => {
                println!("{}", json!({ "job": job, "load": load, "figures": json }))
            }
            (Self::Done { text, .. }, false) => println!("## {job} [load {load}]\n\n{text}"),
            (Self::Skipped(why), true) => println!("{}", json!({ "job": job, "skipped": why })),
            (Self::Skipped(why), false) => println!("## {job}\n\nskipped: {why}\n"),
        }
    }
}

/// How many programs wanted a core over the last minute, as the kernel says; `?` where it does not.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_ascii_whitespace().next().unwrap_or("?").to_owned()
}

/// `.534 (12 of 23)`.
#[must_use]
pub fn part(part: u64, of: u64) -> String {
    format!("{} ({part} of {of})", truceline_score::show::shown(truceline_score::Share { part, of }))
}

/// A share for a script.
#[must_use]
pub fn share(part: u64, of: u64) -> Value {
    json!({ "part": part, "of": of, "thousandths": truceline_score::Share { part, of }.thousandths() })
}
