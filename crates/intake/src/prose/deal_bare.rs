//! What is said of a deal without a verb that names it: conditions, demands, breaches told as nouns, a date that is set.
//!
//! What is only watched for, feared or forbidden is no breach; "until Tuesday" is a time and no condition.

use super::deal_facts::governed;
use super::deals::{Around, Fact};
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::tokens::{Class, Token};
use super::{chunks, parties};

/// "If Russia stops", "as long as": to the end of the clause. "Until Tuesday" is a time.
pub(crate) fn condition_after(page: &Page<'_>, around: &Around<'_>, from: usize) -> Option<(usize, usize)> {
    let sentence = around.sentence;
    // "An imminent, if provisional, truce" sets no condition.
    let aside = |t: &Tag| {
        page.token(t.from).is("if")
            && (t.to..t.to + 3).any(|i| matches!(page.token(i).class, Class::Comma | Class::Close))
            && page.token(t.from.wrapping_sub(1)).class == Class::Comma
    };
    let real = |t: &Tag| {
        !aside(t)
            && ({
                !(t.to..t.to + 4).any(|i| page.date_over(i).is_some_and(|d| d.from < t.to + 4))
                    || page.token(t.from).is("if")
            })
    };
    let stop = (from..sentence.1).find(|i| super::deal_fields::parted(page, *i)).unwrap_or(sentence.1);
    let tag = page.tags.within(Cat::Condition, from, stop).find(real).or_else(|| {
        page.tags
            .within(Cat::Condition, sentence.0, sentence.1)
            .next()
            .filter(|t| t.from <= sentence.0 + 1)
            .filter(real)
    })?;
    let closes = |i: usize| {
        let token = page.token(i);
        let voice = |at: usize| page.voices_of(page.sentence_number(i)).iter().any(|v| v.from == at);
        if token.class == Class::Close && voice(i + 1) {
            return true;
        }
        matches!(token.class, Class::Semicolon | Class::Stop)
            && page.token(i + 1).breaks + u8::from(i + 1 >= sentence.1) > 0
            || (token.class == Class::Dash && !token.glued)
            || token.class == Class::Semicolon
            || (token.class == Class::Comma
                && (page.token(tag.from).is("with")
                    || tag.from <= sentence.0 + 1
                    || voice(i + 1)
                    || page.tag(Cat::Boundary, i + 1).is_some_and(|t| page.tags.kind(t) == "clause")))
    };
    let mut end = (tag.to..sentence.1).find(|i| closes(*i)).unwrap_or(sentence.1);
    let solid = |t: &Token| t.word() || matches!(t.class, Class::Number | Class::Close);
    while end > tag.to && !solid(page.token(end - 1)) {
        end -= 1;
    }
    Some((tag.from, end))
}

/// "Urged Russia to pressure Assad to stop the attacks", "demanded a halt".
pub(crate) fn demand(page: &Page<'_>, around: &Around<'_>, verb: Tag) -> Option<Fact> {
    let end = around.part.1.min(verb.to + 24);
    // "Insisted that talks were going on": told, and not asked for.
    let told = page.language == "en"
        && page.token(verb.from).fold.starts_with("insist")
        && (verb.from..verb.to + 1).any(|i| page.token(i).is("that"))
        && (verb.to..end.min(verb.to + 7)).any(|i| {
            page.token(i).any(&["is", "are", "was", "were", "has", "had", "have", "did", "would", "will"])
        });
    if told {
        return None;
    }
    let stops = (verb.to..end).any(|i| {
        page.tag(Cat::Hedge, i).is_some_and(|t| page.tags.kind(t) == "stop")
            || page.token(i).any(&[
                "respect",
                "withdraw",
                "comply",
                "implement",
                "honour",
                "honor",
                "accept",
                "extend",
                "abide",
                "observe",
                "uphold",
                "وقف",
                "بوقف",
                "لوقف",
                "الالتزام",
                "بالالتزام",
                "прекратить",
                "соблюдать",
                "припинити",
                "дотримуватися",
            ])
    });
    let wanted = |n: &&Tag| {
        n.from >= verb.to
            && n.to <= end
            && matches!(page.tags.kind(**n), "truce" | "talks" | "step" | "violation" | "deadline")
            && (verb.to..n.from).all(|i| page.token(i).class != Class::Semicolon)
    };
    let noun = around.nouns.iter().find(wanted).copied();
    let time = page.token(verb.to).is("more") && page.token(verb.to + 1).is("time") && around.recent;
    let negated = governed(page, around.part.0, verb.from, "not");
    // "Called on the other groups to follow suit": whom it asks is named.
    let asked = around.recent
        && page.language == "en"
        && page.token(verb.to - 1).any(&["on", "upon", "urged", "urges", "urging", "to"])
        && super::deal_who::phrase_from(page, verb.to, around.sentence.1)
            .is_some_and(|p| page.token(p.1).is("to") && super::deal_who::somebody(page, p.0, p.1));
    let plain = urges(page, around, verb);
    ((asked || stops || plain || noun.is_some() || time) && !negated && parties::says(page, around, verb))
        .then(|| Fact {
            sub: "demand".to_owned(),
            verb,
            noun: None,
            pronoun: None,
            part: around.part,
            sentence: around.sentence,
            condition: None,
        })
}

/// "Urged all parties to return to order": whoever asks anything of somebody where a truce is told of.
fn urges(page: &Page<'_>, around: &Around<'_>, verb: Tag) -> bool {
    around.recent
        && page.language == "en"
        && !super::deal_facts::passive(page, verb)
        && page.token(verb.from).any(&[
            "urged", "urges", "urge", "demanded", "demands", "demand", "appealed", "called", "calls", "call",
            "insisted", "exhorted", "implored",
        ])
        && (page.token(verb.to - 1).any(&["on", "for", "upon", "to", "that"])
            || chunks::end(page, verb.to, around.sentence.1) > verb.to
                && page.token(chunks::end(page, verb.to, around.sentence.1)).is("to"))
        && super::phrases::subjects(page, verb.from, around.sentence.0, 2)
            .iter()
            .any(|p| super::deal_who::somebody(page, p.0, p.1) || p.1 - p.0 == 1)
}

/// "No talks until…", "an agreement for a truce within a week", "three breaches of the truce": said without a verb of its own.
pub(crate) fn verbless(
    page: &Page<'_>,
    sentence: (usize, usize),
    nouns: &[Tag],
    found: &[Fact],
    recent: bool,
) -> Vec<Fact> {
    let mut out = if recent || !nouns.is_empty() { obliged(page, sentence, found) } else { Vec::new() };
    let around = Around { sentence, part: sentence, nouns, recent: true };
    for noun in nouns {
        let kind = page.tags.kind(*noun);
        let told = found.iter().any(|f| f.noun == Some(*noun) && f.sub != "in_force");
        let make = |sub: &str, verb, condition| Fact {
            sub: sub.to_owned(),
            verb,
            noun: Some(*noun),
            pronoun: None,
            part: sentence,
            sentence,
            condition,
        };
        let no = (noun.from.saturating_sub(5).max(sentence.0)..noun.from)
            .any(|i| page.token(i).any(&["no", "without"]))
            || (noun.to..noun.to + 8).any(|i| page.token(i).is("impossible"));
        if matches!(kind, "talks" | "truce") && no && !told && found.is_empty() && out.is_empty() {
            if let Some((from, to)) = condition_after(page, &around, noun.to)
                && let Some(verb) = page.tags.at(Cat::Condition, from)
            {
                out.push(make("condition", verb, Some((from, to))));
            }
            continue;
        }
        let part =
            super::deals::parts(page, sentence).into_iter().find(|c| c.0 <= noun.from && noun.from < c.1);
        let Some(part) = part else { continue };
        let said = found.iter().any(|f| f.part == part);
        let does = !said && will_stop(page, *noun);
        if does && found.is_empty() {
            let dated = page.dates_in(noun.to, part.1).any(|d| d.day.is_some());
            // "Will hold their fire if the army does".
            if let Some(condition) = condition_after(page, &around, noun.to) {
                out.push(Fact { part, ..make("position_conditional", *noun, Some(condition)) });
                continue;
            }
            out.push(Fact { part, ..make(if dated { "deadline_set" } else { "announced" }, *noun, None) });
            continue;
        }
        if page.tags.value(*noun) == "halting" && !told {
            out.push(Fact { part, ..make("announced", *noun, None) });
            continue;
        }
        if kind == "truce" && !told {
            let within = (noun.to..noun.to + 4).find(|i| page.token(*i).is("within"));
            if let Some(date) = within.and_then(|i| page.date_over(i)).filter(|d| d.day.is_some()) {
                let from = page.dates_in(part.0, noun.from).last().map_or(noun.from, |d| d.from);
                out.push(Fact { part: (from, date.to), ..make("deadline_set", *noun, None) });
                continue;
            }
        }
        if kind == "truce"
            && !said
            && found.is_empty()
            && out.is_empty()
            && despite(page, sentence, *noun)
            && page.tags.value(*noun) != "ceasefire_agreement"
        {
            out.push(Fact { part: sentence, ..make("status_fraying", *noun, None) });
        }
        if kind == "violation" && !told && !said && own_breach(page, sentence, *noun) {
            out.push(Fact { part, ..make("violation_alleged", *noun, None) });
        }
    }
    out
}

/// "The northern units must pull out by Friday": who has to do what by when.
fn obliged(page: &Page<'_>, sentence: (usize, usize), found: &[Fact]) -> Vec<Fact> {
    let mut out: Vec<Fact> = Vec::new();
    if page.language != "en" {
        return out;
    }
    for part in super::deals::parts(page, sentence) {
        if found.iter().any(|f| f.part == part && f.sub != "announced") {
            continue;
        }
        let led = |i: usize| {
            page.token(i).any(&["within", "by", "before"])
                || page.token(i).is("than") && page.token(i - 1).is("later")
        };
        let timed = |at: usize| {
            page.dates_in(at, part.1)
                .find(|d| led(d.from) || d.from > at && led(d.from - 1))
                .map(|d| if led(d.from) { d.from } else { d.from - 1 })
        };
        let modal = (part.0..part.1).find_map(|i| {
            let tag = page.tags.at(Cat::DealWord, i)?;
            let kind = page.tags.kind(tag);
            let future = kind == "will" && page.token(i).is("will");
            (kind == "must" || future).then_some((tag, future))
        });
        let dutiful = super::deal_duties::owed(page, part)
            .filter(|m| timed(m.to).is_none() && !found.iter().any(|f| f.part == part));
        if let Some(verb) = dutiful {
            let sub = "scope".to_owned();
            let fact = Fact { sub, verb, noun: None, pronoun: None, part, sentence, condition: None };
            if super::deal_duties::bound(page, &fact) {
                out.push(fact);
            }
            continue;
        }
        let Some((modal, future)) = modal else { continue };
        let Some(by) = timed(modal.to).filter(|by| *by > modal.to && *by - modal.to < 16) else { continue };
        let clear = (modal.to..by).all(|i| {
            page.token(i).word()
                || page.token(i).glued
                || matches!(page.token(i).class, Class::Open | Class::Close)
        });
        let negated = page.token(modal.to).any(&["not", "be", "have"]) && future;
        let conditional = page.tags.within(Cat::Condition, part.0, modal.from).next().is_some();
        if !clear || negated || conditional || out.iter().any(|f| f.part == part) {
            continue;
        }
        let sub = if future { "pending_step" } else { "deadline_set" }.to_owned();
        let fact = Fact { sub, verb: modal, noun: None, pronoun: None, part, sentence, condition: None };
        if parties::subject_of(page, &fact).iter().any(|p| super::deal_who::somebody(page, p.0, p.1)) {
            out.push(fact);
        }
    }
    out
}

/// "Both armies will cease fire": the deal word is itself the verb.
fn will_stop(page: &Page<'_>, noun: Tag) -> bool {
    page.language == "en"
        && page
            .token(noun.from)
            .any(&["cease", "halt", "stop", "suspend", "silence", "end", "lay", "refrain", "hold"])
        && (noun.from.saturating_sub(2)..noun.from).any(|i| page.token(i).any(&["will", "would"]))
}

/// "Despite the truce" something was done.
fn despite(page: &Page<'_>, sentence: (usize, usize), noun: Tag) -> bool {
    let led = (noun.from.saturating_sub(8).max(sentence.0)..noun.from).any(|i| {
        page.tag(Cat::DealWord, i).is_some_and(|t| page.tags.kind(t) == "despite")
            && !(i..noun.from).any(|j| page.token(j).class == Class::Comma)
    });
    led && [Cat::ActNoun, Cat::ActVerb]
        .iter()
        .any(|c| page.tags.within(*c, sentence.0, sentence.1).next().is_some())
}

/// Breaches of a truce told as such: named with the truce, and not as what is watched for or avoided.
fn own_breach(page: &Page<'_>, sentence: (usize, usize), noun: Tag) -> bool {
    let named = noun.to - noun.from > 1
        || page.tags.within(Cat::Deal, noun.to, noun.to + 4).any(|t| page.tags.kind(t) == "truce")
        || page.tags.before(Cat::Deal, noun.from).is_some_and(|t| page.tags.kind(t) == "truce");
    let aimed = (noun.from.saturating_sub(6).max(sentence.0)..noun.from).any(|i| {
        let t = page.token(i);
        page.tag(Cat::Hedge, i).is_some_and(|h| matches!(page.tags.kind(h), "unreal" | "stop"))
            || t.any(&[
                "no",
                "any",
                "against",
                "avoid",
                "investigate",
                "prevent",
                "about",
                "future",
                "without",
                "if",
            ])
            || page
                .tag(Cat::DealVerb, i)
                .is_some_and(|v| matches!(page.tags.kind(v), "monitoring" | "demand" | "mechanism"))
    });
    named && !aimed
}
