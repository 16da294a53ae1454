//! Reads the chain of a calm: its start, its extensions, and rival accounts of each.
//!
//! Keeps what disagrees: two accounts of one step, or hours and an end in one account, stand side by side.

use truceline_model::{CalmStep, Instant, Interval, Span};

use crate::declare::{head_empty, window};
use crate::diagnostic::Diagnostic;
use crate::ir::{Account, Effect};
use crate::reader::Reader;
use crate::sentence::{Sentence, Statement};

/// Verbs of a calm, beside those of a clause.
pub(crate) const CALM_VERBS: &[&str] = &["start", "or-start", "extension", "or-extension", "or-no-extension"];

/// Reads one step or one rival account of a step into the chain; `None` when it could not be read.
pub(crate) fn step(
    statement: &Statement,
    steps: &mut Vec<Vec<Account>>,
    unread: bool,
    reader: &mut Reader<'_>,
) -> Option<()> {
    let sentence = reader.split(statement, &["from", "until", "for", "per", "known"], &[]);
    head_empty(&sentence, reader);
    let verb = sentence.verb.text.as_str();
    let rival = verb.starts_with("or-");
    let effect = if verb == "or-no-extension" { Effect::Nothing } else { Effect::Gives };
    let announced = reader.optional(&sentence, "for", "48 hours").cloned();
    let announced = announced.as_ref().and_then(|part| Some((reader.hours(part)?, part.link.span)));
    reader.needed(&sentence, "from", "\"2016-05-05T01:00\"");
    let sources = reader.needed(&sentence, "per", "a source").map(|part| Reader::sources(&part.words));
    reader.needed(&sentence, "known", "\"2016-05-05\"");
    let from = sentence.part("from").and_then(|part| part.words.first()).cloned();
    let from = from.as_ref().and_then(|word| reader.instant(word));
    let known = sentence.part("known").and_then(|part| part.words.first()).cloned();
    let known = known.as_ref().and_then(|word| reader.instant(word));
    let (from, sources, known) = (from?, sources?, known?);
    let until = end_of(&sentence, from, announced, reader)?;
    let window = window(from, until, sentence.span, reader)?;
    let (word, last) = match verb {
        "start" | "or-start" => ("start", steps.len() == 1),
        "or-no-extension" => ("not-extended", !steps.is_empty()),
        _ => ("extension", steps.len() > usize::from(!rival)),
    };
    let announced_hours = announced.map(|(hours, _)| hours);
    let step = CalmStep { step: word.into(), window, announced_hours, sources, known };
    let account = Account { step, effect, by_hours: false, span: sentence.span };
    let by_hours = by_hours(&account);
    match (verb, rival, steps.last_mut()) {
        ("start", _, None) | ("extension", _, Some(_)) => {
            steps.push([account].into_iter().chain(by_hours).collect());
        }
        (_, true, Some(accounts)) if last => {
            rival_account(accounts, account, reader);
            accounts.extend(by_hours);
        }
        // The step before could not be read: said already.
        _ if unread => {}
        _ => reader.say(
            Diagnostic::error("step-order", sentence.span, format!("\"{verb}\" cannot stand here")).help(
                "a calm has one start, then extensions; each or-… line follows the step that it rivals",
            ),
        ),
    }
    Some(())
}

/// When the hours announced do not fit the end announced, the same words are two accounts: by their end and by their hours.
fn by_hours(account: &Account) -> Option<Account> {
    let hours = account.step.announced_hours?;
    let start = account.step.window.start();
    let window = Interval::new(start, start.plus_seconds(i64::from(hours) * 3600)).ok()?;
    if window == account.step.window {
        return None;
    }
    let mut other = Account { by_hours: true, ..account.clone() };
    other.step.window = window;
    Some(other)
}

fn rival_account(accounts: &mut Vec<Account>, account: Account, reader: &mut Reader<'_>) {
    if let Some(same) = accounts.iter().find(|other| other.value() == account.value()) {
        reader.say(
            Diagnostic::error("twice", account.span, "the same source gives two accounts of one step")
                .also(same.span, "its other account")
                .help("name the two statements as sources of their own, or keep the later one"),
        );
        return;
    }
    accounts.push(account);
}

/// The end as stated, or the start and the hours announced; both are kept when they disagree.
fn end_of(
    sentence: &Sentence,
    from: Instant,
    announced: Option<(u32, Span)>,
    reader: &mut Reader<'_>,
) -> Option<Instant> {
    let stated = match sentence.part("until") {
        None => None,
        Some(part) => Some((reader.time_after(sentence, "until")?, part.link.span)),
    };
    match (stated, announced) {
        (Some((until, until_span)), Some((hours, hours_span))) => {
            let seconds = until.seconds() - from.seconds();
            if seconds != i64::from(hours) * 3600 {
                let real = seconds / 3600;
                reader.say(
                    Diagnostic::warning(
                        "duration-differs",
                        hours_span,
                        format!("{hours} hours are announced, but from start to end there are {real}"),
                    )
                    .also(until_span, "the end")
                    .help("both are kept: between the two ends it turns on which is meant"),
                );
            }
            Some(until)
        }
        (Some((until, _)), None) => Some(until),
        (None, Some((hours, _))) => Some(from.plus_seconds(i64::from(hours) * 3600)),
        // A length that could not be read was said already.
        (None, None) if sentence.part("for").is_some() => None,
        (None, None) => {
            reader.say(
                Diagnostic::error("missing-part", sentence.span, "this step has neither an end nor a length")
                    .help("add until \"…\" or for 48 hours; an open end is never assumed"),
            );
            None
        }
    }
}
