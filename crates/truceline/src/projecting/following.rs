//! One derivation after another, each going on from the one before: what incidents say the same is neither judged nor written anew.
//!
//! A thread holds the desk, for a desk borrows from its mission; where another mission comes, it begins anew. It ends when nobody asks any more.
//! Whoever asks waits for the answer: a commit that is to hold what follows from it cannot go before that is known.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use truceline_casework::Context;
use truceline_model::Instant;
use truceline_store::Projection;

use super::held::Held;
use super::{THREADS, rows};
use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::pipeline::{Derived, derive_resolved};
use crate::{proposals, protected};

/// Asked: what the log says, and as of when.
type Asked = (Arc<Loaded>, Instant);
type Answer = Result<Projection, Failure>;

/// The thread, and the way to it.
pub(super) struct Following {
    asks: Sender<Asked>,
    answers: Receiver<Answer>,
}

impl Following {
    pub(super) fn start() -> Self {
        let (asks, asked) = channel();
        let (answer, answers) = channel();
        std::thread::spawn(move || follow(&asked, &answer));
        Self { asks, answers }
    }

    /// What may be published of a log, as rows.
    ///
    /// # Errors
    /// When the mission has no sound terms, or the thread has ended.
    pub(super) fn derive(&self, loaded: Arc<Loaded>, as_of: Instant) -> Answer {
        let ended = || Failure::operation("derive", &"the thread that derives has ended");
        self.asks.send((loaded, as_of)).map_err(|_| ended())?;
        self.answers.recv().map_err(|_| ended())?
    }
}

fn follow(asked: &Receiver<Asked>, answer: &Sender<Answer>) {
    let mut next = asked.recv().ok();
    while let Some(first) = next {
        next = under(first, asked, answer);
    }
}

/// Answers as long as the mission is of one reading; gives the first question that is of another.
fn under(first: Asked, asked: &Receiver<Asked>, answer: &Sender<Answer>) -> Option<Asked> {
    let mission = Arc::clone(&first.0.mission);
    let rules = mission.rules();
    let ctx = Context { actors: &mission.actors, areas: &mission.areas, zone: &mission.zone, rules: &rules };
    let mut held = Held::new(ctx);
    let mut before: Option<(Derived, Projection)> = None;
    let mut now = first;
    while now.0.mission.is_of_one_reading(&mission) {
        let made = made(&mut held, now, before.as_ref());
        let told = made.map(|made| {
            let (_, rows) = before.insert(made);
            rows.clone()
        });
        answer.send(told).ok()?;
        now = asked.recv().ok()?;
    }
    Some(now)
}

fn made(
    held: &mut Held<'_>,
    (loaded, as_of): Asked,
    before: Option<&(Derived, Projection)>,
) -> Result<(Derived, Projection), Failure> {
    loaded.mission.terms()?;
    // As in what is derived whole: undone steps go first, then what is told of sealed sources.
    let shown = protected::of(proposals::standing(loaded, as_of));
    let shown = proposals::standing(shown, as_of);
    let resolved = held.resolved(&shown, as_of);
    let derived = derive_resolved(shown, resolved, as_of, THREADS, before.map(|(derived, _)| derived))?;
    let rows = rows::of(&derived, before.map(|(derived, rows)| (derived, rows)))?;
    Ok((derived, rows))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::pipeline::derive_published;

    /// The shipped mission as it grew, some of its sources sealed: each time what is derived step by step is what is derived whole.
    #[test]
    fn what_follows_commit_by_commit_is_what_follows_whole() {
        let (all, steps) = Loaded::shipped_as_it_grew();
        for sealed in [false, true] {
            let following = Following::start();
            let mut most = 0;
            for (entries, moment) in steps {
                let as_of = Instant::parse(moment).unwrap();
                let loaded = Arc::new(grown(&all, entries, sealed));
                assert_eq!(protected::holds_sealed(&loaded), sealed);
                let now = following.derive(Arc::clone(&loaded), as_of).unwrap();
                let whole = super::super::of(&derive_published(loaded, as_of, 2).unwrap()).unwrap();
                most = whole.rows.values().map(Vec::len).sum::<usize>().max(most);
                assert!(now.rows == whole.rows, "rows as of {moment}, sealed: {sealed}");
                assert_eq!((now.up_to, now.as_of), (whole.up_to, whole.as_of));
            }
            assert!(most > 500, "{most} rows");
        }
    }

    /// Prints what a report more costs, beside deriving all of it: `cargo test --release -p truceline a_report_more -- --nocapture`.
    #[test]
    fn a_report_more_changes_the_rows_of_few() {
        let (all, _) = Loaded::shipped_as_it_grew();
        let as_of = Instant::parse("2016-06-01T00:00:00Z").unwrap();
        let following = Following::start();
        let ask = |entries| {
            let loaded = Arc::new(grown(&all, entries, false));
            let begun = std::time::Instant::now();
            let made = following.derive(loaded, as_of).unwrap();
            (made.rows.into_values().flatten().collect::<Vec<_>>(), begun.elapsed().as_micros())
        };
        let (mut before, whole) = ask(all.entries - 9);
        for entries in all.entries - 8..=all.entries {
            let (now, took) = ask(entries);
            let changed = now.iter().filter(|row| !before.contains(row)).count();
            eprintln!(
                "{} rows: all in {whole} us; one report more: {changed} changed in {took} us",
                now.len()
            );
            assert!(changed <= 20, "{changed} of {} rows", now.len());
            before = now;
        }
    }

    /// The log as it was when it had so many entries; every seventh report by a caller of their own.
    fn grown(all: &Loaded, entries: u64, sealed: bool) -> Loaded {
        let mut loaded = all.when_it_had(entries);
        if sealed {
            for o in loaded.observations.iter_mut().filter(|o| o.receipt.0 % 7 == 0) {
                o.source = format!("{}{:024x}", crate::words::SEALED, o.receipt.0 % 5).as_str().into();
                o.origin = o.source.clone();
            }
        }
        loaded
    }
}
