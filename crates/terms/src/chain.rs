//! Reads the chain of a calm or of the whole agreement: start, extensions, suspensions, end, and rival accounts of each.
//!
//! Keeps what disagrees: two accounts of one step, or hours and an end in one account, stand side by side.

use truceline_model::{CalmStep, Instant, Interval, Span};

use crate::declare::window;
use crate::diagnostic::Diagnostic;
use crate::ir::{Account, Effect};
use crate::reader::Reader;
use crate::sentence::{Sentence, Statement};

/// What a verb of a chain says: the step's word, what it does, and the verb whose step it rivals.
struct Verb {
    step: &'static str,
    effect: Effect,
    rivals: Option<&'static [&'static str]>,
}

fn verb_of(verb: &str) -> Verb {
    use Effect::{Gives, Nothing, Takes};
    let (step, effect, rivals): (_, _, Option<&'static [&'static str]>) = match verb {
        "start" => ("start", Gives, None),
        "or-start" => ("start", Gives, Some(&["start"])),
        "or-extension" => ("extension", Gives, Some(&["start", "extension"])),
        "or-no-extension" => ("not-extended", Nothing, Some(&["start", "extension"])),
        "suspended" => ("suspended", Takes, None),
        "or-suspended" => ("suspended", Takes, Some(&["suspended"])),
        "resumed" => ("resumed", Gives, None),
        "or-resumed" => ("resumed", Gives, Some(&["resumed"])),
        "ended" => ("ended", Takes, None),
        "or-ended" => ("ended", Takes, Some(&["ended"])),
        "or-not-ended" => ("not-ended", Nothing, Some(&["ended"])),
        _ => ("extension", Gives, None),
    };
    Verb { step, effect, rivals }
}

/// Reads one step or one rival account of a step into the chain; `None` when it could not be read.
pub(crate) fn step(
    statement: &Statement,
    steps: &mut Vec<Vec<Account>>,
    unread: bool,
    reader: &mut Reader<'_>,
) -> Option<()> {
    let sentence = reader.split(statement);
    reader.head_empty(&sentence);
    let verb = verb_of(&sentence.verb.text);
    let announced = reader.optional(&sentence, "for", "48 hours").cloned();
    let announced = announced.as_ref().and_then(|part| Some((reader.hours(part)?, part.link.span)));
    let from = reader.time_needed(&sentence, "from", "\"2016-05-05T01:00\"");
    let sources = reader.needed(&sentence, "per", "a source").map(|part| Reader::sources(&part.words));
    let known = reader.time_needed(&sentence, "known", "\"2016-05-05\"");
    let until = from.and_then(|from| end_of(&sentence, from, announced, reader));
    let (from, sources, known, until) = (from?, sources?, known?, until?);
    let window = window(from, until, sentence.span, reader)?;
    let announced_hours = announced.map(|(hours, _)| hours);
    let step = CalmStep { step: verb.step.into(), window, announced_hours, sources, known };
    let account = Account { step, effect: verb.effect, by_hours: false, span: sentence.span };
    place(account, &verb, steps, unread, &sentence, reader);
    Some(())
}

/// Puts an account at its place in the chain, or says why it has none.
fn place(
    account: Account,
    verb: &Verb,
    steps: &mut Vec<Vec<Account>>,
    unread: bool,
    sentence: &Sentence,
    reader: &mut Reader<'_>,
) {
    let by_hours = by_hours(&account);
    let first_of_last = steps.last().and_then(|accounts| accounts.first()).map(|one| one.step.step.clone());
    let after_end = steps.last().and_then(|accounts| {
        let denied = accounts.iter().any(|one| one.step.step == "not-ended");
        accounts.iter().find(|one| one.step.step == "ended" && !denied).map(|one| one.span)
    });
    let may_rival = |rivals: &[&str]| first_of_last.as_deref().is_some_and(|last| rivals.contains(&last));
    let first = steps.is_empty();
    match (verb.rivals, steps.last_mut()) {
        // The step before could not be read: said already.
        _ if unread && (verb.rivals.is_some() || first) => {}
        (Some(rivals), Some(accounts)) if may_rival(rivals) => {
            rival_account(accounts, account, reader);
            accounts.extend(by_hours);
        }
        (None, Some(_)) if after_end.is_some() => {
            let said = Diagnostic::error("step-order", account.span, "this step comes after the end");
            let said = after_end.into_iter().fold(said, |said, end| said.also(end, "the end"));
            reader.say(said.help(
                "an end is for good; if somebody says that it did not end, add or-not-ended after it; a later truce is an agreement of its own",
            ));
        }
        (None, None) if verb.step == "start" => steps.push([account].into_iter().chain(by_hours).collect()),
        (None, Some(_)) if verb.step != "start" => {
            steps.push([account].into_iter().chain(by_hours).collect());
        }
        _ => {
            let message = format!("\"{}\" cannot stand here", sentence.verb.text);
            reader.say(Diagnostic::error("step-order", sentence.span, message).help(
                "a chain has one start, then its other steps in order; each or-… line follows the step that it rivals",
            ));
        }
    }
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
    if matches!(sentence.verb.text.as_str(), "ended" | "or-ended" | "or-not-ended") {
        return open_end(sentence, reader);
    }
    if let Some(part) = sentence.part("without-end") {
        reader.alone(part);
        if let Some(other) = sentence.part("until").or_else(|| sentence.part("for")) {
            reader.say(
                Diagnostic::error("collide", part.link.span, "a step without end has no end and no length")
                    .also(other.link.span, "one is given here")
                    .help("keep one of them"),
            );
            return None;
        }
        return Some(Instant::FAR_FUTURE);
    }
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
                    .help("add until \"…\" or for 48 hours, or without-end; an open end is never assumed"),
            );
            None
        }
    }
}

/// An end has no end of its own.
fn open_end(sentence: &Sentence, reader: &mut Reader<'_>) -> Option<Instant> {
    let stray = ["until", "for", "without-end"].iter().find_map(|link| sentence.part(link));
    let Some(part) = stray else { return Some(Instant::FAR_FUTURE) };
    let message = format!("an end is for good, so \"{}\" has no place here", part.link.text);
    reader.say(
        Diagnostic::error("too-many", part.link.span, message)
            .help("leave it out; what ends for a time is suspended from \"…\" until \"…\""),
    );
    None
}
