//! Where the figure of a word of harm stands: after it ("killing 46"), before it ("46 were killed"), or beside it ("46 dead").
//!
//! A list gives its figures one by one, as they are written. Nothing is added.

use super::counted::{
    Found, acting, alone, auxiliary, bare, chain_start, counts_people, found, one_of, past_fillers,
    people_after, said, somebody, subset,
};
use super::lexicon::{Cat, Tag};
use super::numbers::Figure;
use super::page::Page;
use super::tokens::Class;

/// How far before its verb a figure may stand, in tokens.
const REACH: usize = 24;
/// How far after its word, where other words stand between, in tokens.
const LOOK_AHEAD: usize = 7;

fn figure_at<'p>(page: &'p Page<'_>, at: usize) -> Option<&'p Figure> {
    page.figure_from(at).filter(|f| counts_people(page, f))
}

/// A figure at a place, or a noun that says its own number.
fn counted(page: &Page<'_>, at: usize) -> Option<Found> {
    let Some(figure) = figure_at(page, at) else { return alone(page, at) };
    let people = people_after(page, figure.to);
    if one_of(page, figure) && people.is_none() {
        return None;
    }
    Some(found(page, figure, people, figure.to))
}

/// "Killing 46", "killed two soldiers and five civilians", "killed a child", "مقتل طفلين".
pub(crate) fn right(page: &Page<'_>, sentence: (usize, usize), trigger: Tag) -> Vec<Found> {
    let mut at = past_fillers(page, trigger.to);
    let joins = page.token(trigger.to).is("and") && figure_at(page, at).is_none();
    if joins {
        return Vec::new();
    }
    if figure_at(page, at).is_none() {
        // "Killed a", whose article is no filler here.
        at = trigger.to;
    }
    let first = counted(page, at)
        .or_else(|| the(page, at))
        .or_else(|| counted(page, past_fillers(page, at)))
        .or_else(|| somebody(page, at))
        .or_else(|| bare(page, trigger.to))
        .or_else(|| farther(page, trigger, sentence.1));
    let Some(first) = first.filter(|(_, to, _)| *to <= sentence.1) else { return Vec::new() };
    // "20 killed 30 wounded": the second figure belongs to the word after it.
    if next_is_other(page, trigger, first.1) && page.figure_to(trigger.from).is_some() {
        return Vec::new();
    }
    let mut end = first.1;
    let mut out = vec![first];
    while let Some(next) = joined(page, end).filter(|next| *next < sentence.1) {
        let figure = figure_at(page, next);
        let Some(more) = counted(page, next) else { break };
        let named = figure.is_none() || people_after(page, figure.map_or(next, |f| f.to)).is_some();
        let own = figure.is_some_and(|f| subset(page, f));
        if !named
            || own
            || page.language != "ar" && (page.is(Cat::Casualty, more.1) || verb_follows(page, more.1))
        {
            break;
        }
        end = more.1;
        out.push(more);
    }
    out
}

/// "Killed the mayor of": one person.
fn the(page: &Page<'_>, at: usize) -> Option<Found> {
    if !page.token(at).is("the") {
        return None;
    }
    let (from, to) = people_after(page, at + 1).filter(|(_, to)| *to < at + 5)?;
    let head = page.token(to - 1);
    let one = page.is(Cat::People, from)
        && !head.fold.ends_with('s')
        && !head.any(&["men", "women", "children", "people", "personnel"]);
    one.then(|| said(page, at, to, 1))
}

/// The place after a comma, "and", or both.
fn joined(page: &Page<'_>, end: usize) -> Option<usize> {
    let comma = page.token(end).class == Class::Comma;
    let and = page.token(end + usize::from(comma)).any(&["and", "و", "и", "та", "і", "й", "або"]);
    if comma || and {
        return Some(end + usize::from(comma) + usize::from(and));
    }
    // An Arabic "and" is a letter of the word after it.
    let token = page.token(end);
    (!token.alts.is_empty() && token.fold.starts_with('و')).then_some(end)
}

fn verb_follows(page: &Page<'_>, at: usize) -> bool {
    (auxiliary(page, at) || page.token(at).any(&["others", "more"]))
        && (at..at + 4).any(|next| page.is(Cat::Casualty, next))
}

fn next_is_other(page: &Page<'_>, trigger: Tag, at: usize) -> bool {
    page.tag(Cat::Casualty, at).is_some_and(|next| page.tags.kind(next) != page.tags.kind(trigger))
}

/// "Assassinated using small arms fire two members", "قتل الجيش خمسة مسلحين": others words stand between.
fn farther(page: &Page<'_>, trigger: Tag, end: usize) -> Option<Found> {
    let using = page.token(trigger.to).any(&["using", "with"]);
    if !using && page.language == "en" || page.is(Cat::Target, trigger.to) {
        return None;
    }
    for at in trigger.to + 1..end.min(trigger.to + LOOK_AHEAD) {
        let token = page.token(at);
        let ends = !(token.word() || token.class == Class::Number || token.class == Class::Other);
        if ends && page.date_over(at).is_none() || page.is(Cat::Casualty, at) {
            return None;
        }
        if let Some(figure) = figure_at(page, at) {
            return people_after(page, figure.to)
                .filter(|(from, _)| *from <= figure.to + 1 || using)
                .map(|people| found(page, figure, Some(people), figure.to));
        }
        let person = if page.language == "en" { page.token(at).any(&["a", "an"]) } else { true };
        if person && let Some(found) = alone(page, at) {
            return Some(found);
        }
        // A preposition brings in a place, a cause, a culprit, not those who were hurt.
        let leads = page.is(Cat::Stop, at) || page.is(Cat::Boundary, at);
        if leads && !using && page.date_over(at).is_none() {
            return None;
        }
    }
    None
}

/// "46 were killed", "two soldiers and five civilians have died", "a child was wounded", "nobody was hurt".
pub(crate) fn left(page: &Page<'_>, sentence: (usize, usize), trigger: Tag) -> Vec<Found> {
    let floor = sentence.0.max(trigger.from.saturating_sub(REACH));
    // "Two of them were among the dead": a part of those told elsewhere.
    if (trigger.from.saturating_sub(3)..trigger.from).any(|at| page.token(at).is("among")) {
        return Vec::new();
    }
    let chain = chain_start(page, trigger.from, floor);
    let floor = (floor..chain).rev().find(|at| stops_left(page, *at, chain)).map_or(floor, |at| at + 1);
    let mut all: Vec<Found> = Vec::new();
    let mut ceiling = chain;
    for figure in page.figures_in(floor, chain).iter().rev().filter(|f| counts_people(page, f)) {
        if subset(page, figure) {
            continue;
        }
        let people = people_after(page, figure.to).filter(|(_, to)| *to <= ceiling);
        let end = people.map_or(figure.to, |(_, to)| to);
        if people.is_none() && !(all.is_empty() && noun_or_nothing(page, figure, chain)) {
            continue;
        }
        if all.is_empty() {
            if !bridged(page, end, chain) {
                continue;
            }
        } else if joined(page, end) != Some(ceiling) {
            break;
        }
        let figure_end = if chain == trigger.from { trigger.to } else { end };
        all.push(found(page, figure, people, figure_end));
        ceiling = figure.from;
    }
    // "A policeman and two civilians were killed".
    if let Some((from, ..)) = all.last()
        && let Some(before) = (from.saturating_sub(6).max(floor)..*from).rev().find_map(|at| alone(page, at))
        && joined(page, before.1) == Some(*from)
    {
        all.push(before);
    }
    all.reverse();
    if all.is_empty() { alone_left(page, floor, chain) } else { all }
}

fn stops_left(page: &Page<'_>, at: usize, chain: usize) -> bool {
    let token = page.token(at);
    let ends = matches!(token.class, Class::Stop | Class::Semicolon | Class::Colon | Class::Open);
    let dash = token.class == Class::Dash && !token.glued;
    let harm = page.tag(Cat::Casualty, at).is_some_and(|t| t.to <= chain);
    let says = page.is(Cat::Speech, at) && page.is(Cat::Counting, at) == page.is(Cat::Stop, at);
    ends || dash || harm || says || token.any(&["while", "after", "when", "before", "but", "where"])
}

/// Whether what stands between the people and the verb may stand within one subject: no other verb of an act does.
fn bridged(page: &Page<'_>, from: usize, to: usize) -> bool {
    let mut aside = false;
    for at in from..to {
        let token = page.token(at);
        if matches!(token.class, Class::Comma | Class::ParenOpen)
            || token.any(&["who", "which", "that", "whom", "including", "الذين", "которые", "які"])
        {
            aside = true;
        }
        if acting(page, at) && !aside {
            return false;
        }
    }
    true
}

/// "28 cadets lost their lives", "12 were killed": a noun that no table knows, or none.
fn noun_or_nothing(page: &Page<'_>, figure: &Figure, chain: usize) -> bool {
    let little = |at: usize| {
        page.is(Cat::Stop, at) || page.is(Cat::Counting, at) || matches!(page.token(at).class, Class::Comma)
    };
    if (figure.to..chain).all(little) || page.token(figure.to).class == Class::Comma {
        return true;
    }
    let thing = |at: usize| {
        page.is(Cat::Unit, at)
            || page.is(Cat::Weapon, at)
            || page.is(Cat::Target, at)
            || page.is(Cat::ActNoun, at)
            || page.is(Cat::PlaceWord, at)
    };
    let noun = (figure.to..chain.min(figure.to + 6))
        .take_while(|at| page.token(*at).word() && !page.is(Cat::Stop, *at));
    let last = noun.last();
    last.is_some_and(|last| {
        let head = page.token(last);
        let plural = head.shout
            || head.fold.ends_with('s')
            || head.any(&["men", "women", "people"])
            || page.is(Cat::Country, last)
            || page.language != "en";
        plural
            && !(figure.to..=last).any(thing)
            && (last + 1..chain).all(|at| little(at) || page.token(at).word())
    })
}

/// "A child was killed", "no one was killed", "a soldier of the guard was wounded".
fn alone_left(page: &Page<'_>, floor: usize, chain: usize) -> Vec<Found> {
    let before = chain.wrapping_sub(1);
    if chain > floor && page.token(before).any(&["nobody", "none", "никто", "ніхто"]) {
        return vec![said(page, before, chain, 0)];
    }
    if chain > floor + 1
        && page.token(before).any(&["one", "person", "casualties"])
        && page.token(before - 1).is("no")
    {
        return vec![said(page, before - 1, chain, 0)];
    }
    let reach = if page.language == "en" { 14 } else { 3 };
    for at in (chain.saturating_sub(reach).max(floor)..chain).rev() {
        let named =
            || somebody(page, at).filter(|(_, to, _)| *to == chain || page.token(*to).class == Class::Comma);
        let Some(one) = alone(page, at).or_else(named).filter(|(_, to, _)| *to <= chain) else { continue };
        let led = at > floor
            && (page.is(Cat::Preposition, at - 1)
                || page
                    .token(at - 1)
                    .any(&["of", "by", "with", "to", "against", "on", "for", "from", "as", "than"]));
        let apart = page.language == "ar" && one.1 + 1 < chain && !page.is(Cat::Qualifier, one.1);
        if led || apart || !bridged(page, one.1, chain) {
            continue;
        }
        let mut all = vec![one];
        // "A man and his son were killed".
        if let Some((from, ..)) = all.first()
            && let Some(other) = (from.saturating_sub(7).max(floor)..*from)
                .rev()
                .find_map(|at| alone(page, at).or_else(|| somebody(page, at)))
            && joined(page, other.1) == Some(*from)
        {
            all.insert(0, other);
        }
        return all;
    }
    headline(page, floor, chain)
}

/// "Man killed", "civilian dies of wounds": one person, where nothing stands before the noun.
fn headline(page: &Page<'_>, floor: usize, chain: usize) -> Vec<Found> {
    let opens =
        |at: usize| at == floor || !(page.token(at - 1).word() || page.token(at - 1).class == Class::Number);
    let found =
        (chain.saturating_sub(5).max(floor)..chain).filter(|at| opens(*at)).find_map(|at| bare(page, at));
    found.filter(|(_, to, _)| *to == chain).into_iter().collect()
}
