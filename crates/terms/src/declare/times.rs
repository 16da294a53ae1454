//! Reads when: windows, day 1, phases, working hours, deadlines, the windows of area status.
//!
//! A window has a start that is written; an end is written or said to be absent, never assumed.

use truceline_model::{Instant, Interval, PhaseId, Span, WorkingHours};

use super::Loose;
use super::questions::id_and_text;
use crate::diagnostic::Diagnostic;
use crate::ir::{DeadlineEntry, InForce, Persistence, Phase, StatusRule, Terms};
use crate::reader::Reader;
use crate::sentence::{Sentence, Statement};

/// Largest number from which on non-compliance is persistent.
const MOST_COUNTED: u32 = 1_000_000;

/// `in-force from "…" until "…" known "…"`, of the agreement or of one clause.
pub(crate) fn in_force(statement: &Statement, reader: &mut Reader<'_>) -> Option<InForce> {
    let sentence = reader.split(statement);
    reader.head_empty(&sentence);
    let from = reader.time_needed(&sentence, "from", "\"2016-02-27T00:00\"");
    let until = match sentence.part("until") {
        None => Some(Instant::FAR_FUTURE),
        Some(_) => reader.time_after(&sentence, "until"),
    };
    let known = reader.time_after(&sentence, "known");
    let (from, until) = (from?, until?);
    window(from, until, sentence.span, reader).map(|window| InForce { window, known, span: sentence.span })
}

/// The interval, or why it is none.
pub(crate) fn window(from: Instant, until: Instant, span: Span, reader: &mut Reader<'_>) -> Option<Interval> {
    match Interval::new(from, until) {
        Ok(window) => Some(window),
        Err(error) => {
            reader.say(Diagnostic::error("bad-time", span, error.say).help("the end comes after the start"));
            None
        }
    }
}

/// `day-one "2025-01-19" known "…"`: from then on days have numbers.
pub(super) fn day_one(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement);
    let word = reader.one(&sentence.head, sentence.span, "the date of day 1");
    let at = word.and_then(|word| reader.instant(word));
    let known = reader.time_after(&sentence, "known");
    let Some(at) = at else { return };
    if let Some(before) = &terms.day_one {
        let said = Diagnostic::error("twice", sentence.span, "day 1 is declared twice");
        let said = said.also(before.span, "it was declared here first");
        reader.say(said.help("days are numbered from one day; keep one of them"));
        return;
    }
    let start = reader.zone.day_of(at).start();
    if let Some(window) = window(start, Instant::FAR_FUTURE, sentence.span, reader) {
        reader.day_one = Some(start);
        terms.day_one = Some(InForce { window, known, span: sentence.span });
    }
}

/// `working-hours from "08:00" until "16:00" on mon tue wed`.
pub(super) fn working_hours(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement);
    reader.head_empty(&sentence);
    let mut hour = |link: &str, example: &str| {
        let part = reader.needed(&sentence, link, example)?;
        let word = reader.one(&part.words, part.link.span, "an hour")?;
        reader.clock(word)
    };
    let (from, until) = (hour("from", "\"08:00\""), hour("until", "\"16:00\""));
    let Some(on) = reader.needed(&sentence, "on", "mon tue wed thu fri") else { return };
    let days = reader.weekdays(&on.words);
    let (Some(from), Some(until)) = (from, until) else { return };
    if reader.working.is_some() {
        let message = "the working hours are declared twice";
        reader.say(
            Diagnostic::error("twice", sentence.span, message)
                .help("one calendar serves the whole agreement"),
        );
        return;
    }
    if days.is_empty() {
        return;
    }
    match WorkingHours::new(from, until, days) {
        Ok(hours) => {
            terms.working_hours = Some(hours.clone());
            reader.working = Some(hours);
        }
        Err(error) => reader.say(
            Diagnostic::error("bad-time", sentence.span, error.say)
                .help("like working-hours from \"08:00\" until \"16:00\" on mon tue wed thu fri"),
        ),
    }
}

/// `holiday "2025-01-01"`: days that do not count.
pub(super) fn holiday(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement);
    if sentence.head.is_empty() {
        reader.one(&sentence.head, sentence.span, "a day");
    }
    let days: Vec<Instant> = sentence.head.iter().filter_map(|word| reader.instant(word)).collect();
    let Some(mut hours) = reader.working.take() else {
        reader.say(
            Diagnostic::error("no-working-hours", sentence.span, "there are no working hours for it to stop")
                .help("declare them: working-hours from \"08:00\" until \"16:00\" on mon tue wed thu fri"),
        );
        return;
    };
    for day in days {
        hours.holiday(day, &reader.zone);
    }
    terms.working_hours = Some(hours.clone());
    reader.working = Some(hours);
}

/// `phase one "First phase" from "day 1" until "end of day 42"`, or `not-agreed`.
pub(super) fn phase(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement);
    let Some((id, name)) = id_and_text(&sentence, reader) else { return };
    let name = reader.text(Some(name), &sentence);
    let known = reader.time_after(&sentence, "known");
    let window = match sentence.part("not-agreed") {
        Some(part) => {
            reader.alone(part);
            if let Some(other) = ["from", "until", "without-end"].iter().find_map(|link| sentence.part(link))
            {
                reader.say(
                    Diagnostic::error("collide", part.link.span, "a phase that is not agreed has no window yet")
                        .also(other.link.span, "one is given here")
                        .help("keep one of them; once it is agreed, add a second line of the same phase with known \"…\""),
                );
            }
            None
        }
        None => match phase_window(&sentence, reader) {
            Some(window) => Some(window),
            None => return,
        },
    };
    let Some(phase) = reader.new_id(id) else { return };
    let phase = PhaseId::new(&phase);
    if let Some(before) = terms.phases.iter().find(|one| one.id == phase && one.known == known) {
        let before = before.span;
        reader.say(
            Diagnostic::error(
                "twice",
                id.span,
                format!("phase \"{phase}\" is told twice as of the same moment"),
            )
            .also(before, "it was told here first")
            .help("give the later of them its own known \"…\"; the latest known holds"),
        );
        return;
    }
    terms.phases.push(Phase { id: phase, name, window, known, span: sentence.span });
}

fn phase_window(sentence: &Sentence, reader: &mut Reader<'_>) -> Option<Interval> {
    let from = reader.time_needed(sentence, "from", "\"day 1\" until \"end of day 42\", or: not-agreed");
    let until = match sentence.part("without-end") {
        Some(part) => {
            reader.alone(part);
            if let Some(other) = sentence.part("until") {
                reader.say(
                    Diagnostic::error("collide", part.link.span, "a phase without end has no end")
                        .also(other.link.span, "one is given here")
                        .help("keep one of them"),
                );
            }
            Some(Instant::FAR_FUTURE)
        }
        None => reader.time_needed(sentence, "until", "\"end of day 42\", or without-end"),
    };
    window(from?, until?, sentence.span, reader)
}

pub(super) fn deadline(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms, loose: &mut Loose) {
    let sentence = reader.split(statement);
    let [id, what] = sentence.head.as_slice() else {
        reader.say(
            Diagnostic::error("missing-operand", sentence.span, "a deadline has an id and says what is due")
                .help("deadline munich-start \"the cessation begins\" announced \"…\" due \"…\""),
        );
        return;
    };
    loose.first("deadline", id, reader);
    let id = reader.new_id(id);
    let announced = reader.time_needed(&sentence, "announced", "\"2016-02-12\"");
    let due = reader.time_needed(&sentence, "due", "\"2016-02-19\"");
    let known = reader.time_after(&sentence, "known");
    for part in ["met", "missed"].iter().filter_map(|link| sentence.part(link)) {
        reader.alone(part);
    }
    let met = match (sentence.part("met"), sentence.part("missed")) {
        (Some(met), Some(missed)) => {
            reader.say(
                Diagnostic::error("collide", missed.link.span, "a deadline cannot be both met and missed")
                    .also(met.link.span, "it is said to be met here")
                    .help("keep one of the two words"),
            );
            None
        }
        (Some(_), None) => Some(true),
        (None, Some(_)) => Some(false),
        (None, None) => None,
    };
    let what = reader.text(Some(what), &sentence);
    if let (Some(id), Some(announced), Some(due)) = (id, announced, due) {
        terms.deadlines.push(DeadlineEntry { id, what, announced, due, met, known, span: sentence.span });
    }
}

pub(super) fn status(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement);
    reader.head_empty(&sentence);
    let mut days = |link: &str| {
        let part = reader.needed(&sentence, link, "7 days")?;
        let hours = reader.hours(part)?;
        if hours % 24 == 0 && hours > 0 {
            return Some(hours / 24);
        }
        reader.say(
            Diagnostic::error("bad-number", part.link.span, "whole days were expected here")
                .help("like 7 days"),
        );
        None
    };
    let (window, fraying, collapsed) = (days("over"), days("fraying-from"), days("collapsed-from"));
    let (Some(window_days), Some(fraying_days), Some(collapsed_days)) = (window, fraying, collapsed) else {
        return;
    };
    if fraying_days > collapsed_days || collapsed_days > window_days {
        reader.say(
            Diagnostic::error(
                "bad-number",
                sentence.span,
                "fraying comes before collapsed, and both fit into the window",
            )
            .help("like status over 7 days fraying-from 1 day collapsed-from 4 days"),
        );
    }
    terms.status = StatusRule { window_days, fraying_days, collapsed_days, span: sentence.span };
}

/// `persistence over 30 days determined-from 3 found-from 10`.
pub(super) fn persistence(statement: &Statement, reader: &mut Reader<'_>, terms: &mut Terms) {
    let sentence = reader.split(statement);
    reader.head_empty(&sentence);
    let over = reader.needed(&sentence, "over", "30 days").and_then(|part| reader.length_of(part));
    let mut number = |link: &str| -> Option<Option<u32>> {
        let Some(part) = reader.optional(&sentence, link, "3") else { return Some(None) };
        let word = reader.one(&part.words, part.link.span, "a whole number")?;
        let told = word.text.parse::<u32>().ok().filter(|number| (1..=MOST_COUNTED).contains(number));
        if told.is_none() {
            let message = "a whole number from 1 on was expected here";
            reader.say(Diagnostic::error("bad-number", word.span, message).help(format!("write {link} 3")));
        }
        told.map(Some)
    };
    let (determined, found) = (number("determined-from"), number("found-from"));
    if let (Some(over), Some(determined), Some(found)) = (over, determined, found) {
        terms.persistence = Some(Persistence { over, determined, found, span: sentence.span });
    }
}
