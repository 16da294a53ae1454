//! `case watch`: tells the record of clocks that have run out, and people of what is due. Can be started again at any time.
//!
//! Nothing depends on it: a clock runs out whether or not anybody watches. It asks the machine's clock, and another that only counts on: when the
//! two disagree, the first has jumped; then it says so and writes nothing until somebody has looked.

use std::time::{Duration, Instant as Counter};

use truceline_casework::case::{Act, CaseAct};
use truceline_model::Instant;

use super::acting::{Written, named, put, vouched};
use super::look::due_of;
use crate::cases;
use crate::cli::case::Acts;
use crate::clocks::Clocks;
use crate::failure::Failure;
use crate::pipeline::Source;
use crate::{log, out};

/// Watches once, or again and again.
pub(super) fn watch(acts: &Acts, within: u32, every: Option<u64>) -> Result<u8, Failure> {
    let mut clocks = Clocks::default();
    loop {
        let now = Instant::parse(&log::now()).map_err(|e| Failure::operation("read the clock", &e))?;
        match clocks.jumped(Counter::now(), now) {
            Some(by) => eprintln!(
                "the machine's clock has jumped by {by} s; nothing is written until it is looked at: set it right, and start the watch again"
            ),
            None => round(acts, within, now)?,
        }
        let Some(every) = every else { return Ok(0) };
        std::thread::sleep(Duration::from_secs(every.clamp(1, 3_600)));
    }
}

fn round(acts: &Acts, within: u32, now: Instant) -> Result<(), Failure> {
    let source = Source::new(acts.at.store.clone());
    let loaded = source.loaded(None, 2)?;
    named(&loaded.mission, &acts.by)?;
    let now = match &acts.when {
        Some(words) => loaded.mission.moment(words)?,
        None => now,
    };
    let vouched = vouched(acts)?;
    let docket = cases::docket(&loaded, now);
    for lapse in docket.lapses() {
        let what = CaseAct::On(lapse.case, Act::Lapse { step: lapse.step.clone() });
        let Written { entry, refused, .. } =
            put(&acts.at.store, &loaded, (&acts.by, vouched), acts.when.as_deref(), what)?;
        let done = refused.map_or_else(|| format!("entry {entry}"), |why| format!("refused: {why}"));
        out::line(format_args!("{}  {} ran out and led to {} ({done})", lapse.case, lapse.step, lapse.to))?;
    }
    for told in cases::act_by_terms(&acts.at.store, &loaded.mission, now, false)? {
        out::line(told)?;
    }
    let loaded = source.loaded(None, 2)?;
    let docket = cases::docket(&loaded, now);
    match loaded.settings.last_key_value() {
        Some((_, setting)) => due_of(&docket, setting, within, acts.format),
        None => Ok(()),
    }
}
