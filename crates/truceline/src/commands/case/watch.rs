//! `case watch`: tells the record of clocks that have run out, and people of what is due. Can be started again at any time.
//!
//! Nothing depends on it: a clock runs out whether or not anybody watches. It asks the machine's clock, and another that only counts on: when the
//! two disagree, the first has jumped; then it says so and writes nothing until somebody has looked.

use std::time::{Duration, Instant as Counter};

use truceline_casework::case::{Act, CaseAct};
use truceline_model::Instant;

use super::acting::{Written, named, put};
use super::look::due_of;
use crate::cases;
use crate::cli::case::Acts;
use crate::failure::Failure;
use crate::pipeline::Source;
use crate::{log, out};

/// By so many seconds the two clocks may differ over one round.
const JUMP: i64 = 30;

/// Watches once, or again and again.
pub(super) fn watch(acts: &Acts, within: u32, every: Option<u64>) -> Result<u8, Failure> {
    let mut last: Option<(Counter, Instant)> = None;
    loop {
        let now = Instant::parse(&log::now()).map_err(|e| Failure::operation("read the clock", &e))?;
        let counted = Counter::now();
        let jumped = last.and_then(|(before, at)| jump(before, counted, at, now));
        match jumped {
            Some(by) => eprintln!(
                "the machine's clock has jumped by {by} s; nothing is written until it is looked at: set it right, and start the watch again"
            ),
            None => round(acts, within, now)?,
        }
        let Some(every) = every else { return Ok(0) };
        last = Some(last.filter(|_| jumped.is_some()).unwrap_or((counted, now)));
        std::thread::sleep(Duration::from_secs(every.clamp(1, 3_600)));
    }
}

/// By how much one clock went otherwise than the other, when it is more than clocks do.
fn jump(before: Counter, counted: Counter, at: Instant, now: Instant) -> Option<i64> {
    let passed = i64::try_from(counted.duration_since(before).as_secs()).unwrap_or(i64::MAX);
    let by = now.seconds().saturating_sub(at.seconds()).saturating_sub(passed);
    (by.abs() > JUMP).then_some(by)
}

fn round(acts: &Acts, within: u32, now: Instant) -> Result<(), Failure> {
    let source = Source::new(acts.at.store.clone());
    let loaded = source.loaded(None, 2)?;
    named(&loaded.mission, &acts.by)?;
    let now = match &acts.when {
        Some(words) => loaded.mission.moment(words)?,
        None => now,
    };
    let docket = cases::docket(&loaded, now);
    for lapse in docket.lapses() {
        let what = CaseAct::On(lapse.case, Act::Lapse { step: lapse.step.clone() });
        let Written { entry, refused, .. } =
            put(&acts.at.store, &loaded, &acts.by, acts.when.as_deref(), what)?;
        let done = refused.map_or_else(|| format!("entry {entry}"), |why| format!("refused: {why}"));
        out::line(format_args!("{}  {} ran out and led to {} ({done})", lapse.case, lapse.step, lapse.to))?;
    }
    let loaded = source.loaded(None, 2)?;
    let docket = cases::docket(&loaded, now);
    match loaded.settings.last_key_value() {
        Some((_, setting)) => due_of(&docket, setting, within, acts.format),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_is_told_from_time_that_passed() {
        let (start, at) = (Counter::now(), Instant::parse("2016-05-03T00:00:00Z").unwrap());
        let later = start + Duration::from_secs(60);
        assert_eq!(jump(start, later, at, at.plus_seconds(61)), None);
        assert_eq!(jump(start, later, at, at.plus_seconds(3_660)), Some(3_600));
        assert_eq!(jump(start, later, at, at.plus_seconds(-60)), Some(-120));
    }
}
