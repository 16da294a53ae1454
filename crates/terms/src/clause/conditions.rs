//! Reads conditions: one question each about one fact, `not` before any of them, joined by `and`; in one place by `or`.
//!
//! Never nests: what needs brackets is said in several statements, each of which reads alone.

use std::collections::BTreeSet;

use truceline_model::{ActorId, AreaId, Span};

use crate::diagnostic::{self, Diagnostic, nearest};
use crate::ir::{Compare, Condition, Counted};
use crate::reader::{Reader, short};
use crate::sentence::{Part, Word, suggest};
use crate::words::{COMPARES, CONDITIONS};

/// Largest number that a count is compared with.
const NUMBER_LIMIT: u32 = 4_000_000_000;

/// Conditions joined by `and`: all of them.
pub(crate) fn conditions(parts: &[Part], at: Span, reader: &mut Reader<'_>) -> Vec<Condition> {
    let (all, or) = joined(parts, at, reader);
    if let Some(or) = or {
        reader.say(
            Diagnostic::error("or", or, "conditions are joined by and here").help(
                "say it twice: two statements side by side are any-of (only-when alone may join by or)",
            ),
        );
    }
    all
}

/// Groups of which each must hold; of a group, one of its conditions: `and` makes groups, `or` makes one.
pub(crate) fn groups(parts: &[Part], at: Span, reader: &mut Reader<'_>) -> Vec<Vec<Condition>> {
    match joined(parts, at, reader) {
        (all, None) => all.into_iter().map(|one| vec![one]).collect(),
        (any, Some(_)) => vec![any],
    }
}

/// The conditions, and where `or` stands when they are joined by it.
fn joined(parts: &[Part], at: Span, reader: &mut Reader<'_>) -> (Vec<Condition>, Option<Span>) {
    let mut all: Vec<(Condition, Span)> = Vec::new();
    let mut joins: Vec<&Word> = Vec::new();
    let mut not: Option<&Word> = None;
    // The link of the condition that stands before, when nothing has joined on to it yet.
    let mut before: Option<&Word> = None;
    for part in parts {
        let link = &part.link;
        match link.text.as_str() {
            "and" | "or" => {
                if before.is_none() || not.is_some() {
                    say_nothing_before(link, reader);
                }
                (before, not) = (None, None);
                joins.push(link);
                say_unknown(part, reader);
            }
            "not" => {
                if let Some(first) = not {
                    let said = Diagnostic::error("twice", link.span, "\"not\" stands twice");
                    reader.say(
                        said.also(first.span, "the first stands here")
                            .help("write it once or leave both out"),
                    );
                }
                say_side_by_side(before.take(), link, reader);
                not = Some(link);
                say_unknown(part, reader);
            }
            _ => {
                say_side_by_side(before, link, reader);
                before = Some(link);
                let span = not.map_or(link.span, |not| Span { start: not.span.start, end: link.span.end });
                let negated = not.take().is_some();
                if let Some(found) = condition(part, reader) {
                    all.push((if negated { negation(found) } else { found }, span));
                }
            }
        }
    }
    if let Some(last) = not.or(if before.is_none() { joins.last().copied() } else { None }) {
        let message = format!("no condition follows \"{}\"", last.text);
        reader.say(Diagnostic::error("missing-operand", last.span, message).help(every_condition()));
    } else if parts.is_empty() {
        reader.say(
            Diagnostic::error("missing-operand", at, "no condition stands here").help(every_condition()),
        );
    }
    let or = one_join(&joins, reader);
    contradictions(&all, or.is_some(), reader);
    (all.into_iter().map(|(condition, _)| condition).collect(), or)
}

fn every_condition() -> String {
    format!("conditions begin with {}; not may stand before each, and joins them", CONDITIONS.join(", "))
}

fn say_nothing_before(link: &Word, reader: &mut Reader<'_>) {
    let message = format!("no condition stands before \"{}\"", link.text);
    reader.say(Diagnostic::error("missing-operand", link.span, message).help(every_condition()));
}

fn say_side_by_side(before: Option<&Word>, link: &Word, reader: &mut Reader<'_>) {
    if let Some(before) = before {
        let message = "two conditions stand side by side, and nothing says whether both must hold";
        reader.say(
            Diagnostic::error("missing-part", link.span, message)
                .also(before.span, "the one before")
                .help("join them by and"),
        );
    }
}

/// Words after `not`, `and`, `or` that begin no condition.
fn say_unknown(part: &Part, reader: &mut Reader<'_>) {
    if let Some(word) = part.words.first() {
        let help = suggest(&word.text, CONDITIONS.iter().copied());
        reader.unknown_word(word, "condition", help);
    }
}

/// Where `or` stands first; `and` and `or` in one line are refused.
fn one_join(joins: &[&Word], reader: &mut Reader<'_>) -> Option<Span> {
    let first = joins.first()?;
    if let Some(other) = joins.iter().find(|word| word.text != first.text) {
        reader.say(
            Diagnostic::error(
                "and-or",
                other.span,
                "and and or stand in one line; which binds closer is not said",
            )
            .also(first.span, format!("\"{}\" stands here", first.text))
            .help("write two lines: several only-when lines must all hold, and each may join by or"),
        );
    }
    joins.iter().find(|word| word.text == "or").map(|word| word.span)
}

/// A condition beside its own negation.
fn contradictions(all: &[(Condition, Span)], by_or: bool, reader: &mut Reader<'_>) {
    for (n, (later, span)) in all.iter().enumerate() {
        let opposite = negation(later.clone());
        if let Some((_, first)) = all.iter().take(n).find(|(earlier, _)| *earlier == opposite) {
            let never = if by_or { "one of these two always holds" } else { "these two can never both hold" };
            reader.say(
                Diagnostic::error("contradiction", *span, never)
                    .also(*first, "the other stands here")
                    .help("keep one of them"),
            );
        }
    }
}

/// The other way round; twice round is where one began.
pub(super) fn negation(condition: Condition) -> Condition {
    match condition {
        Condition::Not(inner) => *inner,
        other => Condition::Not(Box::new(other)),
    }
}

/// Whether two conditions can never both hold of one incident: one is the other's negation, or a time before and one after.
pub(super) fn exclude(a: &Condition, b: &Condition) -> bool {
    let before_after = |a: &Condition, b: &Condition| match (a, b) {
        (Condition::Not(before), Condition::From(from)) => {
            matches!(**before, Condition::From(until) if until <= *from)
        }
        _ => false,
    };
    *a == negation(b.clone()) || before_after(a, b) || before_after(b, a)
}

/// One condition.
fn condition(part: &Part, reader: &mut Reader<'_>) -> Option<Condition> {
    let link = part.link.text.as_str();
    let needs = match link {
        "did" => "an act",
        "with" => "a weapon",
        "of-system" => "a weapon system",
        "fired-at" => "a target",
        "in" => "an area",
        "done-by" | "commanded-by" => "a party",
        "within" => "5 km of an area",
        "counted" => "lorries at-least 600",
        "daily" => "\"22:00\" until \"06:00\"",
        "before" | "from" => "a time",
        _ => "one name",
    };
    if part.words.is_empty() {
        reader.one(&part.words, part.link.span, needs);
        return None;
    }
    let one = |reader: &mut Reader<'_>| reader.one(&part.words, part.link.span, needs).cloned();
    Some(match link {
        "did" => Condition::Act(reader.acts(&part.words)),
        "with" => match reader.weapons(&part.words) {
            Some(weapons) => Condition::Weapon(weapons),
            None => {
                let message = "any weapon at all is no condition";
                reader.say(Diagnostic::error("any-weapon", part.link.span, message).help("leave it out"));
                return None;
            }
        },
        "of-system" => Condition::System(reader.systems(&part.words)),
        "fired-at" => Condition::Target(reader.targets(&part.words)),
        "struck-of" => one(reader).and_then(|word| reader.party(&word)).map(Condition::Struck)?,
        "done-by" => Condition::DoneBy(sides(part, reader)),
        "commanded-by" => Condition::CommandedBy(sides(part, reader)),
        "ground-held-by" => one(reader).and_then(|word| reader.party(&word)).map(Condition::HeldBy)?,
        "in" => Condition::In(reader.areas_in(&part.words)),
        "within" => near(part, reader)?,
        "counted" => Condition::Counted(counted(part, reader)?),
        "before" => negation(Condition::From(reader.moment_of(part)?)),
        "from" => Condition::From(reader.moment_of(part)?),
        "daily" => daily(part, reader)?,
        "found" => one(reader).and_then(|word| reader.fact(&word)).map(Condition::Holds)?,
        "not-denied" => one(reader).and_then(|word| reader.fact(&word)).map(Condition::NotDenied)?,
        _ => one(reader).and_then(|word| reader.judgement(&word)).map(Condition::Judged)?,
    })
}

fn sides(part: &Part, reader: &mut Reader<'_>) -> BTreeSet<ActorId> {
    part.words.iter().filter_map(|word| reader.party(word)).collect()
}

/// `within 5 km of AREA…`, of areas and lines.
pub(super) fn near(part: &Part, reader: &mut Reader<'_>) -> Option<Condition> {
    let example = "15 km of AREA-OR-LINE";
    let [number, unit, rest @ ..] = part.words.as_slice() else {
        reader.missing(part.link.span, &part.link.text, example);
        return None;
    };
    let count = reader.number(number)?;
    let each = match unit.text.as_str() {
        "m" => 1,
        "km" => 1_000,
        _ => {
            let help = "write whole km or m, like within 15 km of … or within 700 m of …";
            reader.unknown_word(unit, "unit of distance", help.into());
            return None;
        }
    };
    let areas: BTreeSet<AreaId> = match rest {
        [of, areas @ ..] if of.text == "of" && !areas.is_empty() => {
            areas.iter().filter_map(|word| reader.area(word)).collect()
        }
        [of, ..] if of.text != "of" => {
            let message = format!("\"of\" was expected before \"{}\"", short(&of.text));
            reader.say(
                Diagnostic::error("missing-part", of.span, message).help(format!("write within {example}")),
            );
            return None;
        }
        _ => {
            reader.missing(part.link.span, &part.link.text, example);
            return None;
        }
    };
    // Half the way round the Earth; beyond it everything is near.
    let Some(metres) = count.checked_mul(each).filter(|metres| *metres <= 20_000_000) else {
        let message = "this is farther than any two places on Earth";
        reader.say(Diagnostic::error("bad-number", number.span, message).help("like within 15 km of …"));
        return None;
    };
    Some(Condition::Near(areas, metres))
}

/// `lorries at-least 600 [per drivers]`, after `counted` or `counting`.
pub(super) fn counted(part: &Part, reader: &mut Reader<'_>) -> Option<Counted> {
    let example = "lorries at-least 600";
    let [measure, compare, number, rest @ ..] = part.words.as_slice() else {
        let (first, told) = (part.words.first(), part.words.get(1));
        if let Some(measure) = first {
            reader.measure(measure);
        }
        let span = told.or(first).map_or(part.link.span, |word| word.span);
        let message = "a count says what is counted, how it compares, and with which number";
        let help = format!("write {} {example}", part.link.text);
        reader.say(Diagnostic::error("missing-operand", span, message).help(help));
        return None;
    };
    let measure = reader.measure(measure);
    let told = [Compare::AtLeast, Compare::AtMost, Compare::MoreThan, Compare::FewerThan, Compare::Exactly];
    let Some(compare_told) = told.into_iter().find(|one| one.as_str() == compare.text) else {
        let meant = match compare.text.as_str() {
            "over" | "above" | "exceeding" | "greater-than" => "more-than",
            "under" | "below" | "less-than" => "fewer-than",
            "minimum" | "no-fewer-than" | "no-less-than" | "not-fewer-than" => "at-least",
            "maximum" | "up-to" | "no-more-than" | "not-more-than" => "at-most",
            "equals" | "equal-to" | "is" => "exactly",
            other => nearest(other, COMPARES.iter().copied()).unwrap_or_default(),
        };
        let help = match meant {
            "" => suggest(&compare.text, COMPARES.iter().copied()),
            word => diagnostic::meant(word),
        };
        reader.unknown_word(compare, "comparison", help);
        return None;
    };
    let value = reader.number(number)?;
    if compare_told == Compare::FewerThan && value == 0 {
        let message = "nothing is fewer than none";
        reader.say(
            Diagnostic::error("bad-number", number.span, message).help("write exactly 0, or a larger number"),
        );
    }
    let per = match rest {
        [] => None,
        [per, other] if per.text == "per" => Some(reader.measure(other)?),
        [per] if per.text == "per" => {
            reader.missing(per.span, "per", "hostages");
            return None;
        }
        [_, .., extra] | [extra] => {
            let message = format!("\"{}\" was not expected here", short(&extra.text));
            reader.too_many(
                extra,
                message,
                "join another count by and; a ratio is … at-least 30 per hostages",
            );
            return None;
        }
    };
    let measure = measure?;
    if per.as_ref() == Some(&measure) {
        let message = "a count is not compared with itself";
        reader.say(
            Diagnostic::error("contradiction", part.link.span, message)
                .help("name two measures: prisoners at-least 30 per hostages"),
        );
    }
    Some(Counted { measure, compare: compare_told, number: value, per })
}

/// `daily "22:00" until "06:00"`.
fn daily(part: &Part, reader: &mut Reader<'_>) -> Option<Condition> {
    let [from, until_word, until] = part.words.as_slice() else {
        reader.missing(part.link.span, "daily", "\"22:00\" until \"06:00\"");
        return None;
    };
    if until_word.text != "until" {
        let message = format!("\"until\" was expected before \"{}\"", short(&until_word.text));
        let help = "write daily \"22:00\" until \"06:00\"";
        reader.say(Diagnostic::error("missing-part", until_word.span, message).help(help));
        return None;
    }
    let (from_second, until_second) = (reader.clock(from)?, reader.clock(until)?);
    if from_second % 86_400 == until_second % 86_400 {
        let message = "this span is empty, or the whole day";
        let help = "name two different hours; for the whole day leave it out";
        reader.say(Diagnostic::error("bad-time", until.span, message).help(help));
        return None;
    }
    Some(Condition::Daily(from_second % 86_400, until_second))
}

impl Reader<'_> {
    /// A whole number within the limit.
    pub(crate) fn number(&mut self, word: &Word) -> Option<u32> {
        let told = word.text.parse::<u32>().ok().filter(|number| *number <= NUMBER_LIMIT);
        if told.is_none() {
            let message = format!("\"{}\" is no whole number up to {NUMBER_LIMIT}", short(&word.text));
            self.say(
                Diagnostic::error("bad-number", word.span, message)
                    .help("write it in digits, without separators: 600"),
            );
        }
        told
    }
}
