//! When something is said to be done to a deal, from when and for how long it holds, where it holds and where it does not.

use super::dates::Date;
use super::deals::Fact;
use super::entities::What;
use super::lexicon::Cat;
use super::page::Page;
use super::{Field, Value, moments};

/// Facts whose hour may be told apart from their day.
const BEGINS: [&str; 9] = [
    "in_force",
    "announced",
    "reached",
    "signed",
    "accepted",
    "extended",
    "deadline_set",
    "status_holding",
    super::deal_open::SPOKEN_OF,
];

/// Times of what is said, from when it holds, and for how long.
pub(crate) fn times(page: &Page<'_>, fact: &Fact, range: (usize, usize), add: &mut impl FnMut(Field, Value)) {
    let mut taken = Vec::new();
    lengths(page, fact, range, &mut taken, add);
    durations(page, range, &mut taken, add);
    spans_of_days(page, fact, range, &mut taken, add);
    if matches!(fact.sub.as_str(), "scope" | "scope_exclusion") {
        return;
    }
    let mut effective = false;
    for date in page.dates_in(range.0, range.1) {
        if taken.iter().any(|(a, b)| *a < date.to && date.from < *b)
            || fact.condition.is_some_and(|(a, b)| a <= date.from && date.from < b)
            || super::aside::elsewhere(page, fact, date.from)
            || super::aside::set_in(page, fact, date.from)
            || (date.vague && date.norm.is_none() && !fact.sub.starts_with("status"))
        {
            continue;
        }
        let mut value = page.words(date.from, date.to);
        value.norm.clone_from(&date.norm);
        let now = (date.from..date.to).any(|i| page.token(i).fold.starts_with("immediate"));
        if now && date.day.is_none() {
            value.norm = page.reference.map(|day| day.to_string());
        }
        let begins = BEGINS.contains(&fact.sub.as_str());
        if let Some(moment) = begins.then(|| moments::moment(page, date, range)).flatten() {
            value = moment;
        }
        let ahead =
            holds_from(page, fact, date) || (date.ahead && page.token(date.from).any(&["within", "with"]));
        let deal = matches!(
            fact.sub.as_str(),
            "reached"
                | "announced"
                | "signed"
                | "accepted"
                | "in_force"
                | "extended"
                | "renewed"
                | "monitoring"
                | "status_holding"
                | super::deal_open::SPOKEN_OF
        );
        // "An agreement for a truce within a week".
        let due = fact.sub == "deadline_set" && fact.noun == Some(fact.verb) && page.language == "en";
        let deal = deal || due && date.ahead;
        if deal && ahead && page.language == "en" {
            value.norm = super::moments::to_come(page, fact, date, value.norm);
        }
        if deal && ahead && !(effective && fact.sub == "in_force") {
            effective = true;
            add(Field::Effective, value);
        } else {
            add(Field::When, value);
        }
    }
    if !effective {
        hours_alone(page, fact, range, add);
    }
}

/// An hour without a day, "at once": from when the deal holds, where no day says it.
fn hours_alone(page: &Page<'_>, fact: &Fact, range: (usize, usize), add: &mut impl FnMut(Field, Value)) {
    let alone = matches!(
        fact.sub.as_str(),
        "in_force" | "status_holding" | "announced" | super::deal_open::SPOKEN_OF
    );
    let mut effective = false;
    if alone
        && let Some(moment) = moments::alone(page, range)
        && !page.dates_in(range.0, range.1).any(|d| d.day.is_some())
    {
        effective = true;
        add(Field::Effective, moment);
    }
    if !effective && matches!(fact.sub.as_str(), "announced" | "reached" | "accepted" | "signed") {
        let now = (range.0..range.1)
            .find_map(|i| page.tags.at(Cat::DealWord, i).filter(|t| page.tags.kind(*t) == "now"));
        if let Some(tag) = now.filter(|t| page.date_over(t.from).is_none()) {
            let mut value = page.words(tag.from, tag.to);
            value.norm = page.reference.map(|day| day.to_string());
            add(Field::Effective, value);
        }
    }
}

/// "From 1 May to 30 June", "extended to 21 September": how long, told by its days.
fn spans_of_days(
    page: &Page<'_>,
    fact: &Fact,
    range: (usize, usize),
    taken: &mut Vec<(usize, usize)>,
    add: &mut impl FnMut(Field, Value),
) {
    let deal = matches!(
        fact.sub.as_str(),
        "announced"
            | "reached"
            | "signed"
            | "accepted"
            | "in_force"
            | "extended"
            | "renewed"
            | "deadline_set"
            | "scope"
    );
    if !deal || page.language != "en" {
        return;
    }
    let to = |i: usize| page.token(i).any(&["to", "until", "till", "through"]);
    let days: Vec<_> = page.dates_in(range.0, range.1).filter(|d| d.norm.is_some()).collect();
    for pair in days.windows(2) {
        let [first, second] = pair else { continue };
        let year = usize::from(page.token(first.to).class == super::tokens::Class::Number);
        let joined = to(first.to + year) && second.from == first.to + year + 1;
        let from = first.from.checked_sub(1).filter(|i| page.token(*i).is("from"));
        if joined && let (Some(from), Some(a), Some(b)) = (from, &first.norm, &second.norm) {
            add(Field::Duration, Value::normed(page.span(from, second.to), format!("{a}/{b}")));
            taken.push((second.from, second.to));
        }
    }
    for day in days {
        let led =
            day.from.checked_sub(1).filter(|i| to(*i) && matches!(fact.sub.as_str(), "extended" | "renewed"));
        let free = taken.iter().all(|(a, b)| day.to <= *a || *b <= day.from);
        if let (Some(from), true, Some(norm)) = (led, free, &day.norm) {
            add(Field::Duration, Value::normed(page.span(from, day.to), norm.clone()));
            taken.push((day.from, day.to));
        }
    }
}

/// Whether a time is that from which the deal holds: the verb says that it began, or "from", "starting", "to take effect" leads to it.
fn holds_from(page: &Page<'_>, fact: &Fact, date: &Date) -> bool {
    let at = date.from;
    if fact.sub == super::deal_open::SPOKEN_OF && super::deal_open::to_come(page, fact, date) {
        return true;
    }
    if fact.sub == "in_force" {
        return at >= fact.verb.from || fact.verb.from - at < 8;
    }
    let bracket = (at.saturating_sub(6)..at).any(|i| page.token(i).class == super::tokens::Class::ParenClose);
    (at.saturating_sub(if bracket { 11 } else { 5 })..at).any(|i| {
        page.tag(Cat::DealWord, i).is_some_and(|t| page.tags.kind(t) == "from" && t.to <= at)
            && !(i + 1..at).any(|j| page.date_over(j).is_some() || page.is(Cat::Speech, j))
            || page.tag(Cat::DealVerb, i).is_some_and(|t| page.tags.kind(t) == "in_force" && t.to <= at)
    })
}

/// "Indefinite", "week-long": a length in one word.
fn lengths(
    page: &Page<'_>,
    fact: &Fact,
    range: (usize, usize),
    taken: &mut Vec<(usize, usize)>,
    add: &mut impl FnMut(Field, Value),
) {
    if fact.sub.starts_with("status_") || fact.sub == "demand" {
        return;
    }
    for at in range.0..range.1 {
        let Some(tag) = page.tags.at(Cat::DealWord, at).filter(|t| page.tags.kind(*t) == "length") else {
            continue;
        };
        let apart = page.token(tag.to).any(&["after", "later", "ago", "before", "earlier"]);
        if !apart && taken.iter().all(|(a, b)| tag.to <= *a || *b <= tag.from) {
            taken.push((tag.from, tag.to));
            add(Field::Duration, Value::normed(page.span(tag.from, tag.to), page.tags.value(tag)));
        }
    }
}

fn durations(
    page: &Page<'_>,
    range: (usize, usize),
    taken: &mut Vec<(usize, usize)>,
    add: &mut impl FnMut(Field, Value),
) {
    for figure in page.figures_in(range.0, range.1) {
        let worded = (figure.to..figure.to + 2).find_map(|i| {
            let own = i == figure.to
                || page.tag(Cat::DealWord, figure.to).is_some_and(|t| page.tags.kind(t) == "lead");
            page.tag(Cat::Unit, i).filter(|_| own)
        });
        let Some(unit) = worded else { continue };
        let count = figure.bounds.min;
        let norm = match page.tags.kind(unit) {
            "hour" => format!("PT{count}H"),
            "minute" => format!("PT{count}M"),
            "day" => format!("P{count}D"),
            "week" => format!("P{}D", count.saturating_mul(7)),
            "month" => format!("P{count}M"),
            "year" => format!("P{count}Y"),
            _ => continue,
        };
        let is = |i: usize, kind: &str| page.tag(Cat::DealWord, i).is_some_and(|t| page.tags.kind(t) == kind);
        let mut from = figure.from;
        while from > range.0 && is(from - 1, "lead") && !page.token(from - 1).hyphened {
            from -= 1;
        }
        let led = from > 0
            && (is(from - 1, "length_led")
                || page
                    .tags
                    .before(Cat::DealVerb, from)
                    .is_some_and(|t| matches!(page.tags.kind(t), "extended" | "in_force")));
        let deal = |t: super::lexicon::Tag| page.tags.kind(t) == "truce";
        let before_deal = (unit.to..unit.to + 4).any(|i| page.tag(Cat::Deal, i).is_some_and(deal))
            && (page.token(unit.from).hyphened || page.language != "en");
        let held = page.tags.before(Cat::Deal, from).is_some_and(deal);
        let ago =
            page.token(unit.to).any(&["ago", "later", "earlier", "old", "after", "before", "of", "into"])
                || page
                    .token(figure.from.wrapping_sub(1))
                    .any(&["within", "in", "after", "خلال", "بعد", "منذ", "قبل"]);
        if !(led || before_deal || held) || ago {
            continue;
        }
        taken.push((from, unit.to));
        let from = if before_deal { figure.from } else { from };
        add(Field::Duration, Value::normed(page.span(from, unit.to), norm));
    }
}

/// "The Jeddah talks", "جولة القاهرة": talks are named by their place.
fn host(page: &Page<'_>, noun: super::lexicon::Tag, fact: &Fact, add: &mut impl FnMut(Field, Value)) {
    let (from, to) = super::deals::phrase(page, noun, fact.sentence.0);
    for at in from..to {
        let own = noun.from <= at && at < noun.to && page.language == "en";
        let named = page
            .mention_at(at)
            .filter(|m| m.what == What::Place || m.what == What::Country && page.language == "ar");
        if let Some(mention) = named.filter(|m| m.from == at && !m.located) {
            add(Field::Where, mention.value(page));
            continue;
        }
        let free = page.mention_at(at).is_none();
        let latin = page.language == "en" && page.token(at).upper && !own && at > fact.sentence.0 && free;
        let arabic = page.language == "ar" && at >= noun.to && free;
        let common = page.is(Cat::Country, at) || page.is(Cat::Stop, at) || page.token(at).shout;
        if (latin || arabic) && !common {
            add(Field::Where, page.words(at, at + 1));
        }
    }
    let first = page.token(noun.from);
    let titled = first.upper && noun.to - noun.from > 1 && noun.from > fact.sentence.0 && !first.shout;
    if page.language == "en" && titled {
        add(Field::Where, page.words(noun.from, noun.from + 1));
    }
}

/// "The agency quoted X, head of the centre in Orvel, as saying": where the speaker works.
fn of_quoted(page: &Page<'_>, at: usize) -> bool {
    page.voices_of(page.sentence_number(at)).iter().any(|v| {
        let saying =
            (v.cue.1..v.cue.1 + 30).find(|i| page.token(*i).is("as") && page.token(i + 1).is("saying"));
        v.kind == "quoted" && v.cue.0 < at && saying.is_some_and(|end| at < end)
    })
}

/// "The envoy announced a truce in Orvel, saying": between speaker and cue stands what is told.
fn far(page: &Page<'_>, voice: &super::voices::Voice) -> bool {
    page.token(voice.cue.0).fold.ends_with("ing")
        && page.token(voice.cue.0.wrapping_sub(1)).class == super::tokens::Class::Comma
}

/// "The envoy said in Geneva": where it was said.
fn said_there(page: &Page<'_>, at: usize) -> bool {
    let led = page.tags.before(Cat::Preposition, at).filter(|_| page.language == "en");
    led.and_then(|t| page.tags.before(Cat::Speech, t.from)).is_some_and(|t| page.tags.kind(t) == "said")
}

/// Where it holds, and where it does not.
pub(crate) fn places(
    page: &Page<'_>,
    fact: &Fact,
    range: (usize, usize),
    add: &mut impl FnMut(Field, Value),
) {
    // "Up to Norland": whose task it is, and no place.
    if page.mention_at(fact.verb.from).is_some() || fact.sub == "responsibility" {
        return;
    }
    if let Some(noun) = fact.noun.filter(|n| page.tags.kind(*n) == "talks") {
        host(page, noun, fact, add);
    }
    for mention in page.mentions_in(range.0, range.1) {
        let speaks = page
            .voices_of(page.sentence_number(mention.from))
            .iter()
            .any(|v| v.from <= mention.from && mention.from < v.cue.0 && !far(page, v));
        let within = fact.condition.is_some_and(|(a, b)| a <= mention.from && mention.from < b);
        if !(mention.is_place() && mention.located)
            || speaks
            || within
            || said_there(page, mention.from)
            || of_quoted(page, mention.from)
            || super::aside::of_other(page, fact, mention.from)
        {
            continue;
        }
        if page.tags.over(Cat::DealVerb, mention.from).is_some() {
            continue;
        }
        let led = page.tags.before(Cat::Preposition, mention.from);
        let before = led.map_or(mention.from, |t| t.from);
        let path = led.is_some_and(|t| {
            page.token(t.from)
                .any(&["from", "on", "against", "for", "into", "via", "toward", "towards", "to"])
        });
        let parties = page.token(before).any(&["between", "with", "against", "by"]);
        let out = page.token(before.wrapping_sub(1)).any(&["not", "except", "excluding"]);
        let country = matches!(mention.what, What::Country | What::Ground) && path;
        let belongs =
            mention.what == What::Country && page.token(mention.to).class == super::tokens::Class::Other;
        let titled =
            (mention.from..mention.to).any(|i| page.is(Cat::Title, i) || page.token(i).is("secretary"));
        if country || parties || belongs || titled {
            continue;
        }
        add(if out { Field::ExcludedArea } else { Field::Where }, mention.value(page));
    }
}
