//! Progress on standard error while long work goes on: for people at a terminal a bar, for a file a line a stage.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};

/// One stage of work.
pub(crate) struct Stage {
    bar: Option<ProgressBar>,
}

/// Begins a stage; `total` is 0 when it is not known.
pub(crate) fn stage(name: &str, total: u64) -> Stage {
    let name = &crate::out::shown(name);
    if !std::io::stderr().is_terminal() {
        eprintln!("{name} ...");
        return Stage { bar: None };
    }
    let bar = if total == 0 { ProgressBar::new_spinner() } else { ProgressBar::new(total) };
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}") {
        bar.set_style(style);
    }
    bar.set_message(name.to_owned());
    Stage { bar: Some(bar) }
}

impl Stage {
    /// So much more is done.
    pub(crate) fn add(&self, done: u64) {
        if let Some(bar) = &self.bar {
            bar.inc(done);
        }
    }

    /// Done; the line stays.
    pub(crate) fn done(self) {
        if let Some(bar) = self.bar {
            bar.finish();
        }
    }
}
