//! Who was killed and wounded, with what the words commit to: a figure is tied to the word that says what befell them.
//!
//! Both orders ("killing 46", "46 were killed"), lists ("12 killed and 30 wounded"), tolls, bodies. A part ("including five
//! children") is never added to its whole, figures of two kinds of people stay two values, and a figure for killed and wounded
//! together is a figure of neither.

use super::chunks::determiner;
use super::counted::{Found, alone, auxiliary, counts_people, found, people_after, said, subset};
use super::harmed::{left, right};
use super::lexicon::{Cat, Tag};
use super::numbers::Figure;
use super::page::Page;
use super::tokens::Class;
use super::{Field, Value};

/// A figure of people killed or wounded.
#[derive(Clone, Debug)]
pub(crate) struct Toll {
    pub(crate) field: Field,
    pub(crate) value: Value,
    /// The word that says what befell them.
    pub(crate) trigger: Tag,
    /// Tokens of figure and people.
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Tokens that say that nobody counted: the figure is a convention of whoever wrote the text.
    pub(crate) assumed: Option<(usize, usize)>,
}

/// Every toll of the text.
pub(crate) fn tolls(page: &Page<'_>) -> Vec<Toll> {
    let mut out: Vec<Toll> = Vec::new();
    for sentence in &page.sentences {
        let triggers: Vec<Tag> = page.tags.within(Cat::Casualty, sentence.0, sentence.1).collect();
        for trigger in triggers {
            for toll in of_trigger(page, *sentence, trigger) {
                let taken = out.iter().rev().take(8).any(|t| {
                    t.from < toll.to && toll.from < t.to && t.trigger != toll.trigger && !both_none(t, &toll)
                });
                if !taken {
                    out.push(toll);
                }
            }
        }
    }
    out
}

/// "Neither dead nor wounded": one word denies both.
fn both_none(one: &Toll, other: &Toll) -> bool {
    let none = |toll: &Toll| toll.value.bounds.is_some_and(|b| b.max == Some(0));
    one.field != other.field && none(one) && none(other)
}

fn of_trigger(page: &Page<'_>, sentence: (usize, usize), trigger: Tag) -> Vec<Toll> {
    let field = if page.tags.kind(trigger) == "killed" { Field::Killed } else { Field::Wounded };
    let value = page.tags.value(trigger);
    if value == "none" || value == "zero" {
        return nobody(page, trigger);
    }
    if let Some((from, to, value)) = super::notes::counted(page, trigger) {
        return vec![Toll { field, value, trigger, from, to, assumed: None }];
    }
    if mixed(page, sentence, trigger) || unreal(page, trigger) || composed(page, sentence, trigger) {
        return Vec::new();
    }
    let all = match value {
        "right" => right(page, sentence, trigger),
        "left" | "dead" => left(page, sentence, trigger),
        "adjacent" => {
            let mut all = adjacent(page, sentence, trigger);
            shared_out(page, sentence, trigger, &mut all);
            all
        }
        "coded" => coded(page, sentence, trigger),
        "toll" => {
            let mut all = toll(page, sentence, trigger);
            shared_out(page, sentence, trigger, &mut all);
            all
        }
        // "Lost three fighters", and not "lost three villages".
        "persons" => {
            let mut all = right(page, sentence, trigger);
            all.retain(|(from, to, _)| (*from..*to).any(|at| page.is(Cat::People, at)));
            all
        }
        // "لقي سبعة اشخاص حتفهم": met their death.
        "met" => {
            let death = ["حتفه", "حتفهم", "حتفها", "حتفهما", "مصرعه", "مصرعهم", "مصرعها", "مصرعهما"];
            let near = trigger.to..sentence.1.min(trigger.to + 12);
            let met = near.into_iter().any(|at| page.token(at).any(&death));
            if met { right(page, sentence, trigger) } else { Vec::new() }
        }
        "body" => bodies(page, sentence, trigger),
        // "Claimed twelve lives", and not "claimed twelve prisoners".
        "lives" => {
            let mut all = right(page, sentence, trigger);
            all.retain(|(_, to, _)| {
                (to.saturating_sub(1)..to + 1).any(|at| page.token(at).any(&["life", "lives"]))
            });
            all
        }
        _ => either(page, sentence, trigger),
    };
    let assumed =
        if matches!(value, "adjacent" | "coded" | "toll") { unknown(page, sentence, trigger) } else { None };
    let toll = |(from, to, value)| Toll { field, value, trigger, from, to, assumed };
    all.into_iter().filter(|(_, to, _)| !of_both(page, *to)).map(toll).collect()
}

/// "Killed nine", "nine were reportedly killed", "nine killed and 25 wounded": the figure stands on that side that the words around say.
fn either(page: &Page<'_>, sentence: (usize, usize), trigger: Tag) -> Vec<Found> {
    let mut verb = trigger.from;
    while verb > sentence.0 + 1 && page.token(verb - 1).fold.ends_with("ly") && page.token(verb - 1).word() {
        verb -= 1;
    }
    let passive = verb > sentence.0 && auxiliary(page, verb - 1);
    // What "and" joins to it is told of others: "two killed and three wounded".
    let joint = page.token(trigger.to).any(&["and", "и", "і", "та", "&"]);
    let passive = passive || joint && !left(page, sentence, trigger).is_empty();
    let first = if passive { left } else { right }(page, sentence, trigger);
    let second = if passive { right } else { left };
    // "Three gunmen killed the mayor": who stands before an object is not who was hurt.
    let object =
        !passive && (determiner(page, trigger.to) || page.token(trigger.to).any(&["him", "her", "them"]));
    if first.is_empty() && !object { second(page, sentence, trigger) } else { first }
}

/// "The victims included three women who were killed": who they were, no figure of its own.
fn composed(page: &Page<'_>, sentence: (usize, usize), trigger: Tag) -> bool {
    let part =
        page.tags.within(Cat::Link, sentence.0, trigger.from).filter(|t| page.tags.kind(*t) == "part").last();
    part.is_some_and(|tag| {
        let opens = tag.from <= sentence.0 + 2;
        opens
            && (tag.to..trigger.from)
                .all(|at| page.token(at).class != Class::Stop && page.token(at).class != Class::Semicolon)
            && trigger.from < tag.to + 16
    })
}

/// "13 people, between dead and wounded": one figure for both.
fn of_both(page: &Page<'_>, at: usize) -> bool {
    (at..at + 3)
        .take_while(|i| page.token(*i).class != Class::Stop)
        .any(|i| page.token(i).is("بين") && page.is(Cat::Casualty, i + 1))
        || page.tag(Cat::Casualty, at).is_some_and(|t| {
            page.token(t.to).any(&["or", "and", "/"])
                && page
                    .tag(Cat::Casualty, t.to + 1)
                    .is_some_and(|other| page.tags.kind(other) != page.tags.kind(t))
                && page.figure_from(t.to + 2).is_none()
        })
}

/// "Tried to kill two", "could kill dozens", "did not kill anybody".
fn unreal(page: &Page<'_>, trigger: Tag) -> bool {
    let before = page.token(trigger.from.wrapping_sub(1));
    let able = (trigger.from.saturating_sub(3)..trigger.from).any(|at| {
        page.token(at).any(&["managed", "able", "on", "continued", "succeeded", "proceeded", "enough"])
    });
    let inflected = ["ed", "ing", "n", "s"]
        .iter()
        .any(|end| page.token(trigger.to.saturating_sub(1)).fold.ends_with(end));
    let infinitive = before.is("to") && !inflected && !able;
    let modal = before
        .any(&["could", "would", "will", "may", "might", "should", "can", "must", "not", "never", "if"]);
    let feared = (trigger.from.saturating_sub(4)..trigger.from)
        .rev()
        .take_while(|at| page.token(*at).class != Class::Comma && page.figure_over(*at).is_none())
        .any(|at| page.tag(Cat::Hedge, at).is_some_and(|t| page.tags.kind(t) == "unreal"));
    feared || page.language == "en" && (infinitive || modal)
}

/// "Killed and wounded 20": nobody says how many of either.
fn mixed(page: &Page<'_>, sentence: (usize, usize), trigger: Tag) -> bool {
    let other = |tag: Tag| page.tags.kind(tag) != page.tags.kind(trigger) && page.tags.value(tag) != "none";
    let joint = |at: usize| {
        page.token(at).any(&["and", "or", "و", "او", "и", "или", "та", "і", "або", "чи"])
            || matches!(page.slice(at, at + 1), "/" | "&" | "-")
    };
    let after = page.tag(Cat::Casualty, trigger.to + usize::from(joint(trigger.to))).filter(|t| other(*t));
    let before = page.tags.before(Cat::Casualty, trigger.from).or_else(|| {
        let back = trigger.from.checked_sub(1).filter(|at| joint(*at))?;
        page.tags.before(Cat::Casualty, back)
    });
    let (first, second) = match (before.filter(|t| other(*t)), after) {
        (Some(first), _) if first.from >= sentence.0 => (first, trigger),
        (_, Some(second)) => (trigger, second),
        _ => return false,
    };
    let glued = second.from == first.to && page.token(second.from).alts.is_empty();
    if glued {
        return false;
    }
    let between = page.token(first.from.wrapping_sub(1)).any(&["بين", "between"]);
    let own = |tag: Tag| !page.tags.entry(tag).extra.is_empty();
    if own(second) || (own(first) && page.figure_to(first.from).is_none()) {
        // "Two dead and one wounded", each word with its own number; "so many between dead and wounded" is one number for both.
        return between;
    }
    // "A man was killed and three wounded", "شخصا قتل واصيب ثلاثة": the first verb has those whom it befell before it.
    let subject = (1..4).filter_map(|back| first.from.checked_sub(back)).any(|at| {
        at >= sentence.0 && alone(page, at).is_some_and(|(_, to, _)| to <= first.from && to + 2 >= first.from)
    });
    let figure_before = subject || page.figure_to(first.from).is_some_and(|f| counts_people(page, f));
    let figure_after = (second.to..second.to + 3)
        .find_map(|at| page.figure_from(at))
        .is_some_and(|f| counts_people(page, f));
    between || !(figure_before && figure_after)
}

/// "No casualties", "without loss of life": none killed, none wounded.
fn nobody(page: &Page<'_>, trigger: Tag) -> Vec<Toll> {
    let kind = page.tags.kind(trigger);
    let from = if page.tags.value(trigger) == "zero" {
        trigger.from
    } else {
        let Some(from) = denied(page, trigger.from) else { return Vec::new() };
        from
    };
    let (from, to, value) = said(page, from, trigger.to, 0);
    let toll = |field| Toll { field, value: value.clone(), trigger, from, to, assumed: None };
    match kind {
        "wounded" => vec![toll(Field::Wounded)],
        "killed" if page.tags.entry(trigger).extra == "only" => vec![toll(Field::Killed)],
        _ => vec![toll(Field::Killed), toll(Field::Wounded)],
    }
}

/// Where "no" or "without" stands that denies a noun; "no further casualties" and "no reports of casualties" deny none.
fn denied(page: &Page<'_>, noun: usize) -> Option<usize> {
    for at in (noun.saturating_sub(5)..noun).rev() {
        let token = page.token(at);
        if token.any(&["no", "without", "zero", "neither", "без"]) {
            return Some(at);
        }
        let passes = token.any(&[
            "human",
            "civilian",
            "any",
            "known",
            "reported",
            "military",
            "material",
            "damage",
            "or",
            "and",
            "causing",
            "deaths",
            "death",
            "injuries",
            "fatalities",
            "casualties",
            "loss",
            "losses",
            "injury",
            "personnel",
            "nor",
        ]) || matches!(page.slice(at, at + 1), "/");
        if !passes {
            break;
        }
    }
    None
}

/// "12 deaths", "12 قتيلا", "the death of two people": the figure touches the word; else it is a toll that is told after it.
fn adjacent(page: &Page<'_>, sentence: (usize, usize), trigger: Tag) -> Vec<Found> {
    let end = trigger.to;
    for back in 0..4 {
        let Some(at) = trigger.from.checked_sub(back).filter(|at| *at > sentence.0) else { break };
        if let Some(figure) = page.figure_to(at).filter(|f| counts_people(page, f)) {
            return if subset(page, figure) { Vec::new() } else { vec![found(page, figure, None, end)] };
        }
        let passes =
            page.token(at - 1).word() && !page.is(Cat::Stop, at - 1) && !page.is(Cat::Casualty, at - 1);
        let people = page.tags.before(Cat::People, at).is_some();
        if !passes && !people && !page.token(at - 1).any(&["of"]) || page.date_over(at - 1).is_some() {
            break;
        }
    }
    if let Ok(count) = page.tags.entry(trigger).extra.parse::<u32>() {
        // The word itself says how many: an Arabic singular or dual. With the article it speaks of one told before.
        let known = page.token(trigger.from).alts.last().is_some_and(|_| {
            let fold = &page.token(trigger.from).fold;
            ["ال", "وال", "لل", "بال", "فال"].iter().any(|article| fold.starts_with(article))
        });
        let many = page.token(trigger.from.wrapping_sub(1)).any(&["عدد", "كل", "اي", "لكل"]);
        return if known || many { Vec::new() } else { vec![said(page, trigger.from, trigger.to, count)] };
    }
    if let Some(from) = denied(page, trigger.from) {
        return vec![said(page, from, trigger.from.max(from + 1), 0)];
    }
    if page.token(end).any(&["of", "among", "to", "for"]) {
        let all = right(page, sentence, beyond(trigger));
        if !all.is_empty() {
            return all;
        }
    }
    stated(page, sentence, trigger)
}

/// The same trigger with the word after it: "death of".
fn beyond(trigger: Tag) -> Tag {
    let mut wide = trigger;
    wide.to += 1;
    wide
}

/// "Fatalities coded as 10", "total deaths: 17": a number said of the noun before it.
fn stated(page: &Page<'_>, sentence: (usize, usize), trigger: Tag) -> Vec<Found> {
    let whole = |at: usize| page.token(at).any(&["total", "confirmed", "reported", "coded"]);
    let mut verb = whole(trigger.from) || whole(trigger.from.wrapping_sub(1));
    for at in trigger.to..sentence.1.min(trigger.to + 14) {
        let token = page.token(at);
        verb |= token.any(STATING) || token.class == Class::Colon || page.slice(at, at + 1) == "=";
        let other = page.is(Cat::Casualty, at) && page.figure_to(at).is_none() && !coding(page, at);
        if token.class == Class::Semicolon || other || shares(page, at) {
            break;
        }
        if let Some(figure) =
            page.figure_from(at).filter(|f| counts_people(page, f) && plain(page, f) && verb)
        {
            return vec![found(page, figure, None, figure.to)];
        }
    }
    Vec::new()
}

/// Words between a count of the dead and its number.
const STATING: &[&str] = &[
    "coded",
    "assumed",
    "estimated",
    "put",
    "is",
    "are",
    "was",
    "were",
    "at",
    "total",
    "totaled",
    "totalled",
    "totaling",
    "reached",
    "rose",
    "stands",
    "stood",
    "recorded",
    "counted",
    "number",
    "to",
];

fn shares(page: &Page<'_>, at: usize) -> bool {
    let placed = page.token(at).is("coded")
        && page.token(at + 1).any(&["for", "to", "in"])
        && page.figure_from(at + 2).is_none();
    placed || page.token(at).any(&["split", "distributed", "divided", "spread", "allocated", "apportioned"])
}

fn coding(page: &Page<'_>, at: usize) -> bool {
    page.tag(Cat::Casualty, at).is_some_and(|t| page.tags.value(t) == "coded")
}

/// Whether a number stands by itself or before a name, and counts no other noun.
fn plain(page: &Page<'_>, figure: &Figure) -> bool {
    let next = page.token(figure.to);
    let little =
        page.is(Cat::Stop, figure.to) || next.any(&["each", "coded", "per", "total", "fatalities", "a"]);
    (!next.word() || little || next.upper || people_after(page, figure.to).is_some())
        && next.class != Class::Dash
}

/// "20 fatalities split between three events: 8 in one, 7 in another": each share as it is written.
fn shared_out(page: &Page<'_>, sentence: (usize, usize), trigger: Tag, all: &mut Vec<Found>) {
    let end = all.last().map_or(trigger.to, |(_, to, _)| (*to).max(trigger.to));
    let near = trigger.from.saturating_sub(2)..sentence.1.min(end + 14);
    let Some(split) = near.into_iter().find(|at| *at >= sentence.0 && shares(page, *at)) else { return };
    let from = split.max(end);
    for figure in page.figures_in(from, sentence.1.min(from + 120)) {
        if counts_people(page, figure) && plain(page, figure) && page.date_over(figure.from).is_none() {
            all.push(found(page, figure, None, figure.to));
        }
    }
}

/// "An unknown number, coded as 10".
fn coded(page: &Page<'_>, sentence: (usize, usize), trigger: Tag) -> Vec<Found> {
    if unknown(page, sentence, trigger).is_none() {
        return Vec::new();
    }
    let mut all = right(page, sentence, trigger);
    all.truncate(1);
    all
}

/// "Unknown number of fatalities coded as 10": a convention, no count.
fn unknown(page: &Page<'_>, sentence: (usize, usize), trigger: Tag) -> Option<(usize, usize)> {
    let codes = |at: &usize| page.token(*at).any(&["coded", "assumed", "estimated", "put"]);
    let to = (trigger.from..sentence.1.min(trigger.to + 14)).find(codes)?;
    let mut run = (sentence.0.max(to.saturating_sub(16))..to).rev();
    let from =
        run.find(|at| page.token(*at).any(&["unknown", "unspecified", "undetermined", "unconfirmed"]))?;
    Some((from, to + 1))
}

/// "The bodies of two men were found", "a body was recovered": somebody was killed, whoever did it.
fn bodies(page: &Page<'_>, sentence: (usize, usize), trigger: Tag) -> Vec<Found> {
    let met = (sentence.0..sentence.1).any(|at| {
        page.token(at).any(&[
            "found",
            "discovered",
            "recovered",
            "retrieved",
            "dumped",
            "pulled",
            "picked",
            "collected",
            "exhumed",
            "unearthed",
            "find",
            "finds",
            "discover",
            "located",
            "buried",
            "returned",
            "arrived",
            "received",
        ])
    });
    if page.token(trigger.to).is("of") {
        let all = right(page, sentence, beyond(trigger));
        if !all.is_empty() {
            return all;
        }
    }
    if let Some(figure) = (0..3)
        .filter_map(|back| trigger.from.checked_sub(back))
        .find_map(|at| page.figure_to(at))
        .filter(|f| counts_people(page, f) && f.from >= sentence.0 && met)
    {
        return vec![found(page, figure, None, trigger.to)];
    }
    let single = !page.token(trigger.to.saturating_sub(1)).fold.ends_with('s')
        && !page.token(trigger.to.saturating_sub(1)).fold.ends_with("ies");
    let opens = (trigger.from.saturating_sub(3)..trigger.from)
        .any(|at| page.token(at).any(&["the", "a", "his", "her"]));
    if single && met && opens { vec![said(page, trigger.from, trigger.to, 1)] } else { Vec::new() }
}

/// "The death toll rose from 12 to 27".
fn toll(page: &Page<'_>, sentence: (usize, usize), trigger: Tag) -> Vec<Found> {
    let end = sentence.1.min(trigger.to + 16);
    let end = (trigger.to..end)
        .find(|at| page.token(*at).class == Class::Semicolon || other_harm(page, *at, trigger))
        .unwrap_or(end);
    let counts = |f: &&Figure| counts_people(page, f) && !subset(page, f);
    let mut all = page.figures_in(trigger.to, end).iter().filter(counts);
    let Some(first) = all.next() else {
        let before = page.figure_to(trigger.from).filter(counts);
        return before.map(|f| found(page, f, None, trigger.to)).into_iter().collect();
    };
    let from = page.token(first.from.wrapping_sub(1)).any(&["from", "من", "с", "з", "із"]);
    let figure = if from { all.next().unwrap_or(first) } else { first };
    let people = people_after(page, figure.to);
    vec![found(page, figure, people, figure.to)]
}

/// Whether another kind of harm is told from here on, with a figure of its own before it.
fn other_harm(page: &Page<'_>, at: usize, trigger: Tag) -> bool {
    page.tag(Cat::Casualty, at).is_some_and(|t| page.tags.kind(t) != page.tags.kind(trigger))
        && page.figure_to(at).is_none()
}
