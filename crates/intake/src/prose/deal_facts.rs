//! What one word says of a deal: which deal it speaks of, and what negation, "may", "if" and "whether" make of it.
//!
//! What is only hoped for, tried or asked in passing is no fact; a condition's own words are none either.

use super::deal_bare::{condition_after, demand};
use super::deal_told::{
    beside, brokers, brought, complement, conditional, held, passing, told, told_in_passing,
};
use super::deals::{Around, Fact};
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::tokens::{Class, Token};
use super::{chunks, deal_duties, deal_idle};

/// How far a verb may stand from its deal word, in tokens.
const REACH: usize = 22;

/// What the table says of a verb: kinds of deal word with the fact that it is of each, position, and what negation makes of it.
pub(crate) struct Meaning<'e> {
    kinds: Vec<(&'e str, &'e str, Option<&'e str>)>,
    position: &'e str,
    negated: &'e str,
}

impl<'e> Meaning<'e> {
    pub(crate) fn of(page: &'e Page<'_>, verb: Tag) -> Self {
        let entry = page.tags.entry(verb);
        let kinds = entry
            .value
            .split(';')
            .map(|part| {
                let (part, position) =
                    part.split_once('@').map_or((part, None), |(part, at)| (part, Some(at)));
                let (kind, sub) = part.split_once('=').unwrap_or((part, &entry.kind));
                (kind, sub, position)
            })
            .collect();
        let (position, negated) = entry.extra.split_once(';').unwrap_or((&entry.extra, ""));
        Self { kinds, position, negated }
    }

    pub(crate) fn sub(&self, kind: &str) -> Option<&'e str> {
        self.kinds.iter().find(|k| k.0 == kind).map(|k| k.1)
    }

    /// Where a deal word of a kind stands, when that is not where the others do.
    fn stands(&self, kind: &str) -> Option<&'e str> {
        self.kinds.iter().find(|k| k.0 == kind).and_then(|k| k.2)
    }
}

/// The fact that a verb tells, if it tells one.
pub(crate) fn fact(page: &Page<'_>, around: &Around<'_>, verb: Tag) -> Option<Fact> {
    let kind = page.tags.kind(verb);
    if beside(page, verb, around.nouns) || conditional(page, around, verb) {
        return None;
    }
    if kind == "demand" {
        // "The agreement calls for": what it holds.
        return held(page, around, verb).or_else(|| demand(page, around, verb));
    }
    if matches!(kind, "announced" | "reached") && page.language == "en" && brokers(page, verb) {
        return None;
    }
    let meaning = Meaning::of(page, verb);
    let noun = nearest(page, around.part, verb, around.nouns, &meaning)
        .or_else(|| nearest(page, around.sentence, verb, around.nouns, &meaning));
    let before = around.nouns.iter().any(|n| n.from < verb.from && page.tags.kind(*n) != "talks");
    let pronoun = if noun.is_none() && meaning.sub("pro").is_some() && (around.recent || before) {
        pronoun(page, around, verb, meaning.position)
    } else {
        None
    };
    let nounless = noun.is_none()
        && pronoun.is_none()
        && meaning.sub("none").is_some()
        && (around.recent || !around.nouns.is_empty() || kind == "position_unclear");
    if noun.is_none() && pronoun.is_none() && !nounless {
        return None;
    }
    // "A declaration in Orvel, where talks were held": the word is the nearer one's.
    let nearer = kind.starts_with("status_")
        && page.language == "en"
        && noun.is_some_and(|n| {
            around.nouns.iter().any(|o| o.from >= n.to && o.to <= verb.from && page.tags.kind(*o) == "talks")
        });
    if nearer {
        return None;
    }
    let of = noun.map_or(if nounless { "none" } else { "pro" }, |n| page.tags.kind(n));
    let mut sub = meaning.sub(of)?.to_owned();
    if !told(page, around, verb, noun, &mut sub) || deal_idle::idle(page, around, verb, noun, &sub) {
        return None;
    }
    if aside(page, around, verb, &sub) || !turned(page, around, verb, meaning.negated, noun, &mut sub) {
        return None;
    }
    let binds = nounless && around.recent && sub == "accepted" && deal_duties::binds(page, verb);
    if binds {
        "scope".clone_into(&mut sub);
    }
    if nounless && !binds && !spoken_of(page, around, verb, &sub) {
        return None;
    }
    let condition = conditioned(page, around, verb, &mut sub);
    if nounless && sub == "position_conditional" && condition.is_none() && !reserved(page, verb) {
        return None;
    }
    let (part, sentence) = (around.part, around.sentence);
    Some(Fact { sub, verb, noun, pronoun, part, sentence, condition })
}

/// "Reserved the right to respond": a condition of its own.
fn reserved(page: &Page<'_>, verb: Tag) -> bool {
    (verb.from..verb.to).any(|i| page.token(i).any(&["right", "право"]))
}

/// Whether a verb that names no deal still says enough of its own.
fn spoken_of(page: &Page<'_>, around: &Around<'_>, verb: Tag, sub: &str) -> bool {
    match sub {
        "deadline_set" => {
            let led = page.token(verb.to.wrapping_sub(1)).any(&["until", "by", "than", "позднее", "пізніше"]);
            let given = page.token(verb.to.wrapping_sub(1)).any(&["hours", "days", "to"]);
            led && (verb.to..verb.to + 4).any(|i| page.date_over(i).is_some()) || given
        }
        "accepted" => around.recent && ready(page, around.sentence.0, verb),
        "talks_scheduled" | "talks_ongoing" | "talks_collapsed" | "monitoring" => {
            around.recent && page.language == "en" && deal_duties::sided(page, around.sentence, verb)
        }
        "status_holding" => around.recent || around.nouns.iter().any(|n| page.tags.kind(*n) == "truce"),
        "position_conditional" => {
            around.recent
                && (reserved(page, verb)
                    || governed(page, around.part.0, verb.from, "will")
                    || governed(page, around.part.0, verb.from, "may"))
        }
        "position_refuses_hedged" => page.token(verb.to.wrapping_sub(1)).is("to"),
        "scope_exclusion" => around.recent && page.token(verb.from).any(&["is", "are"]),
        "condition" => true,
        // "أعلن رفضه للتمديد": what is refused is said by the next word.
        "position_refuses" if page.language == "ar" => {
            around.recent && (verb.to..verb.to + 3).any(|i| page.is(Cat::DealVerb, i))
        }
        // "Neither has commented": only with its "neither".
        "position_unclear" if page.token(verb.to - 1).is("commented") && verb.to - verb.from < 3 => {
            (verb.from.saturating_sub(10).max(around.sentence.0)..verb.from)
                .any(|i| page.token(i).any(&["neither", "nor", "none", "nobody"]))
        }
        "position_unclear" | "open_issue" | "pending_step" | "responsibility" | "position_refuses" => {
            !page.tags.within(Cat::DealVerb, around.part.0, verb.from).any(|t| page.tags.kind(t) == "demand")
        }
        _ => false,
    }
}

/// Whether a verb is in the passive, where the form of "be" may stand in the table's phrase.
pub(crate) fn passive(page: &Page<'_>, verb: Tag) -> bool {
    let adjective = page.tags.entry(verb).extra.starts_with("after");
    super::subjects::passive(page, verb) && !adjective || page.token(verb.from).any(&["be", "been", "being"])
}

/// The deal word that a verb speaks of.
fn nearest(
    page: &Page<'_>,
    range: (usize, usize),
    verb: Tag,
    nouns: &[Tag],
    meaning: &Meaning<'_>,
) -> Option<Tag> {
    let own = page.tags.kind(verb);
    let position = |n: &Tag| match meaning.sub(page.tags.kind(*n)) {
        Some(_) if meaning.stands(page.tags.kind(*n)).is_some() => {
            meaning.stands(page.tags.kind(*n)).unwrap_or_default()
        }
        Some(sub) if sub != own && sub == "talks_ongoing" => "any",
        _ => meaning.position,
    };
    let fits = |n: &&Tag| range.0 <= n.from && n.to <= range.1 && meaning.sub(page.tags.kind(**n)).is_some();
    let before = nouns
        .iter()
        .rev()
        .filter(fits)
        .find(|n| n.to <= verb.from && verb.from - n.to <= REACH && position(n) != "after")
        .filter(|n| clear_before(page, n, verb))
        .map(|n| brought(page, nouns, n))
        .filter(|n| meaning.sub(page.tags.kind(**n)).is_some())
        .copied();
    let after = nouns
        .iter()
        .filter(fits)
        .find(|n| {
            n.from >= verb.to && n.from - verb.to <= REACH && (position(n) != "before" || nominal(page, verb))
        })
        .filter(|n| clear_after(page, verb, n))
        .copied();
    if page.language != "en" {
        return after.filter(|n| n.from - verb.to < 12).or(before.filter(|n| verb.from - n.to < 13));
    }
    // The noun stands before a passive or a bare participle: "a truce brokered by"; else it is the object.
    let is_passive = passive(page, verb);
    let participle = |n: &Tag| {
        position(n) == "before"
            || (!page.token(verb.from).fold.ends_with("ing")
                && verb.from - n.to < 3
                && (!page.is(Cat::Boundary, verb.from - 1)
                    || page.token(verb.from - 1).any(&["that", "which"])))
            || page.tags.kind(*n) == "talks"
            || complement(page, *n, verb)
    };
    let before = before.filter(|n| is_passive || participle(n));
    if is_passive || before.is_some_and(|n| position(&n) == "before") {
        before.or(after)
    } else {
        after.or(before)
    }
}

/// "The collapse of the truce", "breaches of the truce": a noun with "of".
pub(crate) fn nominal(page: &Page<'_>, verb: Tag) -> bool {
    page.token(verb.to.wrapping_sub(1)).is("of") || page.token(verb.to).is("of")
}

/// Whether nothing between a verb and the deal word after it makes the word that of another verb.
fn clear_after(page: &Page<'_>, verb: Tag, noun: &Tag) -> bool {
    if page.language != "en" {
        let own = (verb.to..noun.from).all(|i| {
            !page.is(Cat::Speech, i)
                && !matches!(page.token(i).class, Class::Comma | Class::Semicolon | Class::Stop)
        });
        return own;
    }
    (verb.to..noun.from).all(|i| {
        let little = [
            "do", "does", "is", "are", "was", "were", "will", "would", "has", "have", "had", "which", "who",
            "where", "after", "before", "when", "while", "without", "despite", "because", "if", "since",
        ];
        let adjective = i + 1 == noun.from;
        let hyphen = adjective || page.token(i).hyphened || page.token(i + 1).hyphened;
        let blamed = page.tags.kind(verb) == "violation_alleged"
            && page.tags.over(Cat::DealVerb, i).is_some_and(|t| nominal(page, t));
        (!page.is(Cat::DealVerb, i)
            || blamed
            || hyphen
            || passing(page, i)
            || page.token(i).is("to")
            || page.token(i - 1).is("to"))
            && !page.token(i).any(&little)
            && !page.is(Cat::Speech, i)
            && page.token(i).class != Class::Semicolon
    })
}

/// Whether the deal word before a verb may be its subject: no other subject stands right before the verb.
pub(crate) fn clear_before(page: &Page<'_>, noun: &Tag, verb: Tag) -> bool {
    if (noun.to..verb.from).any(|i| page.token(i).class == Class::Semicolon || page.is(Cat::Speech, i)) {
        return false;
    }
    if page.language != "en" {
        return true;
    }
    if super::aside::of_place(page, *noun, verb) {
        return false;
    }
    // "The truce is one of our ways to build trust and implement": a verb of its own stands between.
    let own = verb.from - noun.to > 5
        && page.token(verb.from - 1).any(&["and", "to", "or"])
        && (noun.to..verb.from).any(|i| page.token(i).any(&["is", "are", "was", "were"]));
    if own {
        return false;
    }
    let mut at = verb.from;
    while at > noun.to && (page.is(Cat::Stop, at - 1) || page.is(Cat::DealWord, at - 1)) {
        at -= 1;
    }
    let Some(mention) = page.mention_to(at).filter(|m| m.from >= noun.to && m.acts() && !m.located) else {
        // "The truce held as bulldozers began": another subject after another clause's word.
        let own = chunks::begin(page, at.saturating_sub(1), noun.to);
        let opens = page
            .tags
            .before(Cat::Boundary, own)
            .is_some_and(|t| page.tags.kind(t) == "clause" && t.from >= noun.to);
        return !(opens && own < at && !page.token(own).any(&["it", "which", "that"]));
    };
    let own = chunks::begin(page, mention.from, noun.to);
    page.token(own.wrapping_sub(1)).any(&["between", "and", "with", "by", "of", "in", "from", "for", "to"])
}

/// "It was extended", "voted to accept it", "its extension".
fn pronoun(page: &Page<'_>, around: &Around<'_>, verb: Tag, position: &str) -> Option<(usize, usize)> {
    if page.language == "ar" {
        let last = page.token(verb.to.checked_sub(1)?);
        let after = page.token(verb.to).any(&["به", "بها", "عليه", "عليها"]);
        if after {
            return Some((verb.to, verb.to + 1));
        }
        return (last.fold.ends_with("ها") && last.fold.chars().count() > 4)
            .then_some((verb.to - 1, verb.to));
    }
    let object = |t: &Token| t.any(&["it", "them", "his", "его", "ее", "их", "його", "її"]);
    if position != "before"
        && let Some(at) = (verb.to..verb.to + 2).find(|i| object(page.token(*i)))
        && (verb.to..at).all(|i| page.token(i).any(&["to", "by", "with", "from", "of", "on", "for"]))
    {
        return Some((at, at + 1));
    }
    if verb.to - verb.from > 2
        && let Some(at) = (verb.from..verb.to).find(|i| page.token(*i).is("it"))
    {
        return Some((at, at + 1));
    }
    if position == "after" {
        return None;
    }
    // "Not holding here": a message in haste has no subject.
    let first = (around.sentence.0..verb.from).all(|i| page.is(Cat::DealWord, i) || !page.token(i).word());
    if first && around.recent && page.tags.kind(verb).starts_with("status_") {
        return Some((verb.from, verb.to));
    }
    (verb.from.saturating_sub(6).max(around.part.0)..verb.from)
        .rev()
        .take_while(|at| page.is(Cat::Stop, *at) || page.is(Cat::DealWord, *at) || page.is(Cat::Hedge, *at))
        .find(|at| page.token(*at).any(&["it", "this", "это", "он", "оно", "воно"]))
        .filter(|_| page.tags.kind(verb) != "accepted")
        .map(|at| (at, at + 1))
}

/// Whether a word of a kind stands within so many words before a verb, in its part of the sentence.
pub(crate) fn governed(page: &Page<'_>, floor: usize, at: usize, kind: &str) -> bool {
    (at.saturating_sub(4).max(floor)..at).any(|i| {
        page.tags.over(Cat::DealWord, i).is_some_and(|t| t.to <= at && page.tags.kind(t) == kind)
            && !(i + 1..at).any(|j| page.token(j).class == Class::Comma)
    })
}

/// Whether the verb is only aimed at, or stands under a "whether" that no doubt explains.
fn aside(page: &Page<'_>, around: &Around<'_>, verb: Tag, sub: &str) -> bool {
    let floor = around.sentence.0;
    let whether = (verb.from.saturating_sub(7).max(floor)..verb.from).any(|i| page.token(i).is("whether"));
    if whether && !unclear(page, around, verb) && sub != "proposal" && sub != "position_unclear" {
        return true;
    }
    if told_in_passing(page, around, verb, sub) {
        return true;
    }
    // "A truce to start" is only aimed at, unless it was agreed or announced before.
    let made = page.tags.within(Cat::DealVerb, floor, verb.from).next().is_some();
    if matches!(sub, "talks_scheduled" | "demand" | "pending_step" | "open_issue" | "position_unclear")
        || sub == "in_force" && made
    {
        return false;
    }
    let at = verb.from;
    let aim = (at.saturating_sub(3).max(floor)..at)
        .find_map(|i| page.tags.over(Cat::DealWord, i).filter(|t| t.to <= at && page.tags.kind(*t) == "aim"));
    if let Some(aim) = aim {
        return at - aim.to < 3;
    }
    let to = at.checked_sub(1).filter(|b| *b >= floor && page.token(*b).is("to"));
    let Some(to) = to else { return false };
    // "Are supposed to be the chairmen of a task force": planned, and told as planned.
    if matches!(sub, "mechanism" | "monitoring")
        && page.tags.before(Cat::Hedge, at).is_some_and(|t| page.tags.kind(t) == "plan")
    {
        return false;
    }
    let leads = (to.saturating_sub(5).max(floor)..=to).any(|i| {
        page.tags
            .over(Cat::DealWord, i)
            .is_some_and(|t| matches!(page.tags.kind(t), "meant" | "will" | "not") && t.to <= at)
    });
    !leads && !page.is(Cat::DealWord, to)
}

fn unclear(page: &Page<'_>, around: &Around<'_>, verb: Tag) -> bool {
    page.tags.within(Cat::Hedge, around.sentence.0, verb.from).any(|t| page.tags.kind(t) == "unclear")
}

/// What negation, "may" and "whether" make of a verb; false when nothing is left to propose.
fn turned(
    page: &Page<'_>,
    around: &Around<'_>,
    verb: Tag,
    other: &str,
    noun: Option<Tag>,
    sub: &mut String,
) -> bool {
    let floor = around.part.0;
    let none = noun.is_some_and(|n| {
        page.tags.kind(n) == "violation"
            && (n.from.saturating_sub(2)..n.from).any(|i| page.token(i).any(&["no", "any"]))
    });
    let negated = governed(page, floor, verb.from, "not") || none;
    let modal = governed(page, floor, verb.from, "may");
    let ahead =
        governed(page, floor, verb.from, "will") || page.token(verb.from).any(&["due", "set", "expires"]);
    let threat = (verb.from.saturating_sub(3).max(floor)..verb.from)
        .any(|i| page.token(i).fold.starts_with("threat") || page.token(i).fold.starts_with("هدد"));
    let doubt = unclear(page, around, verb);
    let dated = page.dates_in(verb.to, around.sentence.1).any(|d| d.day.is_some());
    let is_passive = passive(page, verb);
    let to = match sub.as_str() {
        "position_unclear" | "open_issue" | "pending_step" => return true,
        "deadline_lapsed" | "terminated" | "status_collapsed" | "suspended"
            if accused_of(page, floor, verb.from) =>
        {
            "violation_alleged"
        }
        "accepted" | "position_refuses" | "reached" | "signed" | "extended" if doubt => "position_unclear",
        "talks_ongoing" if doubt => return true,
        _ if doubt => return false,
        "terminated" | "suspended" if threat => "position_refuses_hedged",
        "status_holding" if !negated && ready(page, around.sentence.0, verb) => "accepted",
        // "Neither side has confirmed it": nothing is refused by that.
        "accepted" if negated && confirms(page, verb) => "position_unclear",
        "accepted" | "reached" if negated && modal => "position_refuses_hedged",
        "accepted" if negated => "position_refuses",
        "accepted" if modal => "position_accepts_hedged",
        "position_refuses" if negated => "accepted",
        "position_refuses" if modal && !page.token(verb.from - 1).is("would") => "position_refuses_hedged",
        _ if negated && !other.is_empty() => other,
        "reached" if negated && is_passive => "talks_collapsed",
        "signed" | "extended" | "renewed" | "reached" if negated && !is_passive => "position_refuses",
        "reached" | "signed" | "announced" | "extended" | "renewed" | "suspended" if negated => return false,
        "reached" | "signed" | "renewed" if modal && governed(page, floor, verb.from, "aim") => return false,
        "in_force" if negated => "deadline_lapsed",
        "in_force" if (modal || ahead && governed(page, floor, verb.from, "will")) && dated => "deadline_set",
        "in_force" if modal => return page.token(verb.from - 1).is("would") || noun.is_none(),
        "deadline_set" if modal && !dated => return false,
        "signed" if ahead && governed(page, floor, verb.from, "will") => "pending_step",
        "deadline_lapsed" if negated => return false,
        "deadline_lapsed" if ahead || modal => "deadline_set",
        "terminated" if modal => "position_refuses_hedged",
        "status_collapsed" if modal || governed(page, floor, verb.from, "will") => "status_at_risk",
        "status_collapsed" if negated => "status_holding",
        "violation_alleged" if negated && noun.is_some_and(|n| page.tags.kind(n) == "violation") => {
            "status_holding"
        }
        "violation_alleged" if negated && denies(page, floor, verb.from) => return true,
        "violation_alleged" if negated && noun.is_some_and(|n| page.tags.kind(n) == "truce") => {
            "status_holding"
        }
        "violation_alleged" | "terminated" | "talks_collapsed" | "monitoring" | "mechanism"
        | "responsibility"
            if negated =>
        {
            return false;
        }
        _ => return true,
    };
    to.clone_into(sub);
    true
}

/// "Accused the militia of letting the truce lapse": what somebody is accused of.
fn accused_of(page: &Page<'_>, floor: usize, at: usize) -> bool {
    let of = (at.saturating_sub(5).max(floor)..at)
        .find(|i| page.token(*i).is("of") && page.token(i + 1).fold.ends_with("ing"));
    of.is_some_and(|of| {
        (of.saturating_sub(8).max(floor)..of)
            .any(|i| page.tags.over(Cat::DealWord, i).is_some_and(|t| page.tags.kind(t) == "accuse"))
    })
}

/// "Denied violating the truce": told as denied.
fn denies(page: &Page<'_>, floor: usize, at: usize) -> bool {
    (at.saturating_sub(4).max(floor)..at).any(|i| {
        let word = &page.token(i).fold;
        ["deny", "denie", "denying", "отриц", "опроверг", "запереч", "спростув", "نفي", "نفت", "ينفي", "تنفي"]
            .iter()
            .any(|stem| word.starts_with(stem))
    })
}

/// The condition beside a verb, and what it makes of it.
fn conditioned(page: &Page<'_>, around: &Around<'_>, verb: Tag, sub: &mut String) -> Option<(usize, usize)> {
    let accepts = sub.starts_with("position_accept")
        || matches!(sub.as_str(), "accepted" | "reached" | "position_conditional");
    let others = [
        "talks_ongoing",
        "talks_scheduled",
        "signed",
        "extended",
        "renewed",
        "terminated",
        "pending_step",
        "deadline_set",
    ];
    // "Will take effect once both sign": of what is announced only words that set a condition, and no time.
    let loose = matches!(sub.as_str(), "announced" | "in_force");
    if !accepts && !loose && !others.contains(&sub.as_str()) && !sub.starts_with("position_refuses") {
        return None;
    }
    let own = page.tags.at(Cat::Condition, verb.from).is_some() && sub == "position_conditional";
    let condition = condition_after(page, around, if own { verb.from } else { verb.to }).or_else(|| {
        let stance = sub == "position_conditional" || sub.starts_with("position_refuses");
        stance.then(|| not_before(page, around, verb)).flatten()
    })?;
    if loose && !sets(page, condition.0) {
        return None;
    }
    if accepts {
        "position_conditional".clone_into(sub);
    } else if sub == "talks_ongoing" {
        "condition".clone_into(sub);
    }
    Some(condition)
}

/// "Will not discuss it before the siege is lifted": what has to happen first is a condition; "before Friday" is a time.
fn not_before(page: &Page<'_>, around: &Around<'_>, verb: Tag) -> Option<(usize, usize)> {
    let negated = governed(page, around.part.0, verb.from, "not")
        || (verb.from..verb.to).any(|i| page.token(i).any(&["not", "no", "never"]));
    if page.language != "en" || !negated {
        return None;
    }
    let from = (verb.to..around.sentence.1).find(|i| page.token(*i).is("before"))?;
    let dated = (from + 1..from + 4).any(|i| page.date_over(i).is_some());
    let end = (from + 1..around.sentence.1)
        .find(|i| !page.token(*i).word() && !page.token(*i).glued && page.figure_over(*i).is_none())
        .unwrap_or(around.sentence.1);
    (!dated && end > from + 2).then_some((from, end))
}

/// "Is ready to observe it", said by its infinitive in Russian and Ukrainian: whoever is ready accepts, and nothing is told to hold.
fn ready(page: &Page<'_>, floor: usize, verb: Tag) -> bool {
    let infinitive =
        ["соблюдать", "соблюсти", "дотримуватися", "дотримуватись", "дотриматися", "поддерживать"];
    let stems = [
        "готов",
        "соглас",
        "обеща",
        "обязал",
        "обязу",
        "намерен",
        "будет",
        "будут",
        "буде",
        "будуть",
        "погод",
        "обіця",
        "зобов",
        "намір",
        "рішуч",
        "пообеща",
    ];
    page.token(verb.from).any(&infinitive)
        && (verb.from.saturating_sub(5).max(floor)..verb.from)
            .any(|i| stems.iter().any(|stem| page.token(i).fold.starts_with(stem)))
}

/// Whether a verb of acceptance only confirms.
fn confirms(page: &Page<'_>, verb: Tag) -> bool {
    ["confirm", "подтверд", "підтверд"].iter().any(|stem| page.token(verb.from).fold.starts_with(stem))
}

/// Whether a condition begins with a word that sets one: "once again", "until Friday" set none.
fn sets(page: &Page<'_>, at: usize) -> bool {
    let again = page.token(at + 1).any(&["again", "more"]);
    !again
        && page.token(at).any(&[
            "if",
            "unless",
            "provided",
            "providing",
            "once",
            "only",
            "subject",
            "contingent",
            "conditional",
            "on",
            "اذا",
            "بشرط",
            "شريطه",
            "شرط",
            "если",
            "лишь",
            "якщо",
            "лише",
        ])
}
