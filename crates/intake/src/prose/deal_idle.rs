//! Constructions in which a word that could say something of a deal tells nothing: a time ("at the end of the truce"), what is sought
//! ("to negotiate an extension"), what must or could be done, a condition without "if" ("should they fail to"), a clause that only says when.
//!
//! Each is grammar and holds for every deal; what the words themselves rule out stands in the tables.

use super::chunks;
use super::deal_facts::{governed, nominal, passive};
use super::deals::Around;
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::tokens::Class;

/// Whether nothing is told by a verb where it stands.
pub(crate) fn idle(page: &Page<'_>, around: &Around<'_>, verb: Tag, noun: Option<Tag>, sub: &str) -> bool {
    match page.language {
        "en" => {
            timed(page, around, verb)
                || sought(page, around, verb, sub)
                || only_when(page, around, verb, sub)
                || inverted(page, around, verb)
                || possible(page, around, verb, sub)
                || adjectival(page, verb, noun, sub)
        }
        "ar" => arabic(page, verb, sub),
        "ru" | "uk" => slavic(page, around, verb, sub),
        _ => false,
    }
}

/// "At the end of the truce", "until the start of the talks": a time.
fn timed(page: &Page<'_>, around: &Around<'_>, verb: Tag) -> bool {
    let point = page.token(verb.from).any(&["end", "start", "beginning", "expiry", "expiration", "outset"]);
    let low = verb.from.saturating_sub(2).max(around.sentence.0);
    point
        && nominal(page, verb)
        && (low..verb.from).any(|i| {
            page.token(i).any(&[
                "at", "by", "until", "till", "before", "after", "since", "towards", "from", "near", "to",
            ])
        })
}

/// Words by which something is only sought, talked about or waited for.
const SEEKS: [&str; 44] = [
    "negotiate",
    "negotiating",
    "negotiated",
    "discuss",
    "discussing",
    "discussed",
    "seek",
    "seeking",
    "sought",
    "propose",
    "proposing",
    "consider",
    "considering",
    "request",
    "requesting",
    "requested",
    "explore",
    "exploring",
    "expect",
    "expecting",
    "expected",
    "await",
    "awaiting",
    "want",
    "wants",
    "wanted",
    "hope",
    "hopes",
    "hoped",
    "mull",
    "mulling",
    "debate",
    "debating",
    "conditions",
    "ahead",
    "possible",
    "potential",
    "eventual",
    "towards",
    "toward",
    "about",
    "future",
    "further",
    "proposed",
];

/// "To negotiate an extension of the truce", "the conditions for an extension": it has not been done.
fn sought(page: &Page<'_>, around: &Around<'_>, verb: Tag, sub: &str) -> bool {
    let done = matches!(sub, "extended" | "renewed" | "suspended" | "terminated" | "signed" | "accepted");
    if !done || !nominal(page, verb) {
        return false;
    }
    let begin = chunks::begin(page, verb.from, around.sentence.0);
    let seeks = |i: usize| page.token(i).any(&SEEKS);
    let led = begin.checked_sub(1).filter(|i| *i >= around.sentence.0);
    let purpose = led.is_some_and(|i| {
        page.token(i).is("for")
            && i > around.sentence.0
            && page.token(i - 1).word()
            && !page.is(Cat::DealVerb, i - 1)
    });
    purpose || led.is_some_and(seeks) || (begin..verb.from).any(seeks)
}

/// "Minutes after the truce took effect", "since a truce was to start": only says when, unless it tells the day itself.
fn only_when(page: &Page<'_>, around: &Around<'_>, verb: Tag, sub: &str) -> bool {
    if !matches!(sub, "in_force" | "deadline_set" | "reached" | "announced" | "signed" | "talks_ongoing")
        || nominal(page, verb)
    {
        return false;
    }
    let low = around.sentence.0.max(verb.from.saturating_sub(12));
    let lead =
        (low..verb.from).rev().find(|i| page.token(*i).any(&["after", "since", "before", "when", "once"]));
    let Some(lead) = lead else { return false };
    let clear = (lead + 1..verb.from).all(|i| {
        !matches!(page.token(i).class, Class::Comma | Class::Semicolon | Class::Colon)
            && !page.is(Cat::Speech, i)
            && !page.is(Cat::DealVerb, i)
            && !page.token(i).any(&["which", "that", "who"])
            && page.date_over(i).is_none()
    });
    let noun = (lead + 1..verb.from).any(|i| page.is(Cat::Deal, i) || page.token(i).is("it"));
    let dated = page.dates_in(verb.to, around.sentence.1.min(verb.to + 8)).any(|d| d.norm.is_some());
    clear && noun && !dated
}

/// "Should the parties fail to", "had the sides agreed": a condition without its "if".
fn inverted(page: &Page<'_>, around: &Around<'_>, verb: Tag) -> bool {
    let low = around.sentence.0.max(verb.from.saturating_sub(10));
    (low..verb.from).any(|i| {
        let opens = i == around.sentence.0
            || matches!(page.token(i - 1).class, Class::Comma | Class::Open | Class::Dash)
            || page.is(Cat::Speech, i - 1)
            || page.token(i - 1).any(&["that", "and", "but"]);
        let subject = chunks::determiner(page, i + 1)
            || page.mention_from(i + 1).is_some()
            || page.token(i + 1).any(&["both", "either", "they", "it"]);
        page.token(i).any(&["should", "had", "were"])
            && opens
            && subject
            && (i..verb.from).all(|j| page.token(j).class != Class::Comma)
            && (page.token(i).is("should") || page.token(i).upper)
    })
}

/// "The truce could be extended", "must order a truce": possible or due, and not done.
fn possible(page: &Page<'_>, around: &Around<'_>, verb: Tag, sub: &str) -> bool {
    let due = matches!(
        sub,
        "announced"
            | "reached"
            | "signed"
            | "extended"
            | "renewed"
            | "suspended"
            | "terminated"
            | "talks_slipped"
    );
    let may = matches!(sub, "extended" | "renewed" | "suspended" | "talks_slipped" | "announced");
    let floor = around.part.0;
    due && (verb.from.saturating_sub(4).max(floor)..verb.from).any(|i| {
        page.token(i).any(&["must", "should", "ought"])
            || page.token(i).any(&["need", "needs", "needed", "has", "have"])
                && page.token(i + 1).is("to")
                && i + 3 >= verb.from
    }) || may
        && governed(page, floor, verb.from, "may")
        && !page.token(verb.from - 1).is("would")
        && !page.token(verb.from.wrapping_sub(2)).is("would")
}

/// "The ongoing Jeddah dialogue", "the agreements reached,": a word that only describes.
fn adjectival(page: &Page<'_>, verb: Tag, noun: Option<Tag>, sub: &str) -> bool {
    let Some(noun) = noun else { return false };
    let one = verb.to == verb.from + 1;
    let names = noun.from > verb.to
        && noun.from - verb.to < 4
        && (verb.to..noun.from).all(|i| page.token(i).upper && page.token(i).word());
    if one && names && page.token(verb.from).any(&["ongoing", "failed", "stalled", "suspended", "renewed"]) {
        return true;
    }
    let mark = page.token(verb.to);
    let ends = matches!(mark.class, Class::Comma | Class::Stop | Class::Semicolon | Class::Close);
    one && noun.to == verb.from
        && sub == "reached"
        && ends
        && page.token(verb.from).fold.ends_with("ed")
        && !passive(page, verb)
}

/// "مساعي تمديد الهدنة", "مقترح لتمديد": what is sought; the verb's own noun behind a word for effort, talk or offer.
fn arabic(page: &Page<'_>, verb: Tag, sub: &str) -> bool {
    const EFFORTS: [&str; 30] = [
        "مساعي",
        "جهود",
        "جهد",
        "مساع",
        "محاولات",
        "محاوله",
        "مفاوضات",
        "محادثات",
        "مباحثات",
        "مشاورات",
        "مقترح",
        "المقترح",
        "اقتراح",
        "طلب",
        "دعوه",
        "دعوات",
        "فكره",
        "امكانيه",
        "احتمال",
        "بحث",
        "مناقشه",
        "بشان",
        "حول",
        "فرص",
        "امال",
        "امل",
        "ضروره",
        "سبل",
        "تنازلات",
        "اهميه",
    ];
    if !matches!(sub, "extended" | "renewed" | "reached" | "terminated" | "suspended" | "signed" | "in_force")
    {
        return false;
    }
    let token = page.token(verb.from);
    let noun = token.any(&["تمديد", "تجديد", "توقيع", "تعليق", "انهاء", "ابرام", "التوصل", "توصل", "تثبيت"])
        || token.fold.ends_with("تمديد")
        || token.fold.ends_with("توقيع");
    let lam = token.fold.starts_with('ل') && token.alts.len() > 1;
    let low = verb.from.saturating_sub(if lam { 6 } else { 2 });
    let refuses = (low..verb.from).any(|i| page.tag(Cat::DealVerb, i).is_some());
    noun && (low..verb.from).any(|i| page.token(i).any(&EFFORTS)) || noun && lam && !refuses
}

/// "Предусматривает отказ от", "о необходимости введения": terms, and what is only wanted.
fn slavic(page: &Page<'_>, around: &Around<'_>, verb: Tag, sub: &str) -> bool {
    let low = verb.from.saturating_sub(4).max(around.sentence.0);
    let stems = |stems: &[&str]| {
        (low..verb.from).any(|i| stems.iter().any(|stem| page.token(i).fold.starts_with(stem)))
    };
    let noun = ["отказ", "відмов"].iter().any(|stem| page.token(verb.from).fold.starts_with(stem))
        && !page.token(verb.from).fold.contains("ал");
    let holds = [
        "включа",
        "подразумева",
        "предусматрива",
        "предполага",
        "означа",
        "передбача",
        "обязательств",
        "полн",
    ];
    if sub.starts_with("position_refuses") && noun && stems(&holds) {
        return true;
    }
    let wanted = [
        "необходимост",
        "необхідн",
        "возможност",
        "можлив",
        "вопрос",
        "питанн",
        "идее",
        "идею",
        "ідею",
        "попыт",
        "спроб",
    ];
    matches!(sub, "in_force" | "extended" | "announced" | "renewed" | "reached" | "mechanism")
        && stems(&wanted)
}
