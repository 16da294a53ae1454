//! What happened: act words of one clause become one proposal with its weapons, places, times, actors, targets and figures.
//!
//! A clause is split off where it brings an act of its own with a place, a figure or an actor of its own. Acts that are asked
//! for, forbidden, denied or only possible are no events. Figures are never added, and who claims or is blamed stays claimed or
//! blamed.

use std::collections::BTreeMap;

use super::casualties::Toll;
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::tokens::Class;
use super::{
    Field, Granularity, Kind, Proposal, Value, apposed, arabic, chunks, gathered, granular, notes, roles,
    sourced,
};

/// An act word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Act {
    pub(crate) tag: Tag,
    pub(crate) noun: bool,
}

/// The acts of one clause.
pub(crate) struct Group<'p> {
    pub(crate) sentence: (usize, usize),
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) acts: Vec<Act>,
    pub(crate) tolls: Vec<&'p Toll>,
}

/// Every incident proposed.
pub(crate) fn incidents(page: &Page<'_>) -> Vec<Proposal> {
    let mut out = Vec::new();
    let mut tolls = page.tolls.iter().peekable();
    for (number, sentence) in page.sentences.iter().enumerate() {
        let mut own: Vec<&Toll> = Vec::new();
        while let Some(toll) = tolls.next_if(|t| t.trigger.from < sentence.1) {
            own.push(toll);
        }
        let asks = sentence.1.checked_sub(1).is_some_and(|last| {
            (last.saturating_sub(1)..=last)
                .any(|i| page.token(i).class == Class::Stop && page.slice(i, i + 1).contains(['?', '؟']))
        });
        if asks || page.header_in(number).is_some_and(notes::Header::tells_nothing) {
            continue;
        }
        let mut last: Option<Proposal> = None;
        for group in groups(page, *sentence, &own) {
            let earlier = !out.is_empty();
            let mut told = proposal(page, number, &group, earlier);
            if let (Some(first), Some(next)) = (&last, told.as_mut()) {
                apposed::carried(page, first, next, group.from);
            }
            last.clone_from(&told);
            out.extend(told);
        }
    }
    out
}

/// Where one clause ends and another begins within a sentence.
pub(crate) fn clauses(page: &Page<'_>, sentence: (usize, usize)) -> Vec<(usize, usize)> {
    let mut cuts = vec![sentence.0];
    for at in sentence.0 + 1..sentence.1 {
        let token = page.token(at);
        let dash = token.class == Class::Dash && !token.glued;
        let mark =
            matches!(token.class, Class::Semicolon | Class::Colon) && !page.token(at + 1).glued || dash;
        let word = page.tag(Cat::Boundary, at).is_some_and(|t| page.tags.kind(t) == "clause");
        let and = token.any(&["and"]) && page.token(at - 1).class == Class::Comma;
        if mark || word || and {
            cuts.push(at);
        }
    }
    cuts.push(sentence.1);
    cuts.windows(2).filter_map(|w| Some((*w.first()?, *w.last()?))).collect()
}

fn groups<'p>(page: &Page<'_>, sentence: (usize, usize), tolls: &[&'p Toll]) -> Vec<Group<'p>> {
    let acts: Vec<Act> = acts(page, sentence);
    let mut out: Vec<Group<'p>> = Vec::new();
    for (from, to) in clauses(page, sentence) {
        let inside = |at: usize| from <= at && at < to;
        let own: Vec<Act> = acts.iter().copied().filter(|a| inside(a.tag.from)).collect();
        let hurt: Vec<&Toll> = tolls.iter().copied().filter(|t| inside(t.trigger.from)).collect();
        // A clause after a semicolon in which another voice denies: said by somebody else, and no act.
        let aside = page.token(from).class == Class::Semicolon && (from..to).any(|i| page.is(Cat::Speech, i));
        if aside && own.is_empty() && hurt.is_empty() {
            continue;
        }
        let place = |from, to| page.mentions_in(from, to).any(|m| m.is_place() && m.located);
        let apart = out.last().is_some_and(|last| {
            let before_full = !last.tolls.is_empty() || place(last.from, last.to);
            let other =
                own.iter().any(|a| last.acts.iter().all(|b| page.tags.kind(a.tag) != page.tags.kind(b.tag)));
            let own_full = !hurt.is_empty() || place(from, to) || own.iter().any(|a| !a.noun) || other;
            // Those who were killed belong to what killed them, before or after.
            let more = |acts: &[Act]| {
                acts.iter().any(|a| page.tags.kind(a.tag) != "killing" && page.tags.kind(a.tag) != "support")
            };
            more(&own) && more(&last.acts) && before_full && own_full
                || listed(page, from, to)
                    && !(own.is_empty() && hurt.is_empty())
                    && !(last.acts.is_empty() && last.tolls.is_empty())
        });
        match out.last_mut() {
            Some(last) if !(apart || last.acts.is_empty() && last.tolls.is_empty()) => {
                last.to = to;
                last.acts.extend(own);
                last.tolls.extend(hurt);
            }
            _ => out.push(Group { sentence, from, to, acts: own, tolls: hurt }),
        }
    }
    // Somebody of whom it is only told that he died or was hurt may be named.
    let hurt = |g: &Group<'_>| page.language == "en" && sufferers(page, g).is_some();
    out.retain(|g| !g.acts.is_empty() || !g.tolls.is_empty() || hurt(g));
    out
}

/// "; 4 Feb killed two in Orvel": in a list of events each behind a semicolon that its day opens is one of its own.
fn listed(page: &Page<'_>, from: usize, to: usize) -> bool {
    page.token(from).class == Class::Semicolon
        && page.dates_in(from, to.min(from + 9)).any(|d| d.norm.is_some())
}

/// Whether a word tells of somebody who was hurt, and not of a count.
fn hurts(page: &Page<'_>, tag: Tag) -> bool {
    !matches!(page.tags.value(tag), "toll" | "none" | "lives")
}

/// A word that tells of those who were killed or hurt, and whether killed.
fn sufferers(page: &Page<'_>, group: &Group<'_>) -> Option<(usize, usize, bool)> {
    let hurt = page.tags.within(Cat::Casualty, group.from, group.to).find(|t| hurts(page, *t));
    if let Some(tag) = hurt {
        return Some((tag.from, tag.to, page.tags.kind(tag) == "killed"));
    }
    let at = (group.from..group.to)
        .find(|at| page.token(*at).any(&["victims", "victim", "hostages", "hostage", "identified"]))?;
    Some((at, at + 1, false))
}

const NOUN_FIRST: [(Cat, bool); 2] = [(Cat::ActNoun, true), (Cat::ActVerb, false)];
const VERB_FIRST: [(Cat, bool); 2] = [(Cat::ActVerb, false), (Cat::ActNoun, true)];

/// Whether a word that is noun and verb ("attack", "bombing") is a verb here.
fn as_verb(page: &Page<'_>, at: usize) -> bool {
    let before = page.token(at.wrapping_sub(1));
    if before.any(&[
        "to", "will", "would", "could", "may", "might", "must", "not", "they", "he", "we", "who", "can",
        "should",
    ]) {
        return true;
    }
    let ing = page.token(at).fold.ends_with("ing");
    let next = page.token(at + 1);
    let object =
        chunks::determiner(page, at + 1) || next.upper || (next.word() && !page.is(Cat::Stop, at + 1));
    let alone = page.is(Cat::Stop, at.wrapping_sub(1))
        || before.class == Class::Comma
        || page.mention_to(at).is_some();
    (ing && object && alone && !chunks::determiner(page, at.wrapping_sub(1)))
        || (page.mention_to(at).is_some_and(|m| !m.located && m.acts()) && chunks::determiner(page, at + 1))
}

/// Act words of a sentence that are said to have happened.
pub(crate) fn acts(page: &Page<'_>, sentence: (usize, usize)) -> Vec<Act> {
    let mut out: Vec<Act> = Vec::new();
    for at in sentence.0..sentence.1 {
        for (cat, noun) in if as_verb(page, at) { VERB_FIRST } else { NOUN_FIRST } {
            let Some(tag) = page.tag(cat, at).filter(|t| page.tags.over(Cat::Deal, t.from).is_none()) else {
                continue;
            };
            // "To kidnap" is the verb, whatever nouns there are; "a bomb exploded" is the weapon.
            let infinitive = noun && page.token(at.wrapping_sub(1)).is("to") && page.is(Cat::ActVerb, at);
            let thing = !noun
                && page.tag(Cat::Weapon, at).is_some_and(|w| w.to == tag.to)
                && !as_verb(page, at)
                && !super::aside::oneself(page, tag);
            let aflame =
                tag.to == at + 1 && page.token(at).is("fire") && page.token(at.wrapping_sub(1)).is("on");
            if infinitive || thing || aflame {
                continue;
            }
            // "فجر الجمعة": a part of the day, and no blast.
            let dawn = page.language == "ar"
                && page.token(tag.from).any(&["فجر", "فجرا"])
                && (page.date_over(tag.from).is_some()
                    || page.is(Cat::Weekday, tag.to)
                    || page.is(Cat::Relative, tag.to));
            if dawn {
                continue;
            }
            if out.last().is_some_and(|last| last.tag.to > tag.from)
                || unreal(page, sentence, tag, noun)
                || unarmed(page, sentence, tag, noun)
            {
                continue;
            }
            out.push(Act { tag, noun });
        }
    }
    if out.is_empty() {
        let told = notes::verbless(page, sentence).filter(|tag| !unreal(page, sentence, *tag, true));
        out.extend(told.map(|tag| Act { tag, noun: true }));
    }
    out
}

/// Whether a verb that is an act only with a weapon ("placed a bomb"), or only beside one ("damaged ten shops"), stands without.
fn unarmed(page: &Page<'_>, sentence: (usize, usize), tag: Tag, noun: bool) -> bool {
    if noun {
        return false;
    }
    let weapon = |from: usize, to: usize| page.tags.within(Cat::Weapon, from, to).next().is_some();
    match (page.tags.kind(tag), page.tags.value(tag)) {
        // "Set a car on fire".
        (_, "kindle") => !(tag.to..sentence.1.min(tag.to + 12)).any(|at| {
            page.token(at).is("on") && page.token(at + 1).is("fire")
                || page.token(at).any(&["ablaze", "afire", "alight"])
        }),
        (_, "set") => !weapon(tag.from.saturating_sub(6).max(sentence.0), sentence.1.min(tag.to + 7)),
        ("damage", _) => {
            let before = sentence.0.checked_sub(1).and_then(|at| page.sentence_at(at)).unwrap_or(sentence);
            let actor = |m: &super::entities::Mention| m.what == super::entities::What::Actor;
            !(weapon(before.0, sentence.1)
                || page.mentions_in(sentence.0, tag.from).any(actor)
                || page.tags.within(Cat::ActNoun, before.0, sentence.1).next().is_some()
                || page
                    .tags
                    .within(Cat::ActVerb, sentence.0, sentence.1)
                    .any(|t| t.from != tag.from && !matches!(page.tags.kind(t), "damage" | "support")))
        }
        _ => false,
    }
}

/// Whether the act is only asked for, forbidden, feared, possible or spoken of as an idea.
fn unreal(page: &Page<'_>, sentence: (usize, usize), tag: Tag, noun: bool) -> bool {
    if page
        .mention_at(tag.from)
        .is_some_and(|m| m.to > tag.to && page.token(m.from).upper && m.from < tag.from)
        && !noun
    {
        return true;
    }
    // "Attack aircraft", "bombing raid sirens": a compound's first part.
    if page.token(tag.to).hyphened
        || (page.token(tag.from).hyphened && noun && page.tags.value(tag) == "attack")
    {
        return true;
    }
    if page.language == "en" && no_fight(page, tag, noun) {
        return true;
    }
    let general =
        matches!(page.tags.value(tag), "attack" | "violence" | "killing" | "clash" | "bombing" | "");
    let floor = sentence.0.max(tag.from.saturating_sub(9));
    for at in (floor..tag.from).rev() {
        let token = page.token(at);
        if matches!(token.class, Class::Semicolon | Class::Open)
            || page.is(Cat::Boundary, at)
                && page.tags.kind(page.tag(Cat::Boundary, at).unwrap_or(tag)) == "clause"
        {
            break;
        }
        let Some(hedge) = page.tag(Cat::Hedge, at).filter(|t| t.to <= tag.from) else { continue };
        match page.tags.kind(hedge) {
            "unreal" => return true,
            "unreal_near" if tag.from - hedge.to < 4 => return true,
            // To stop air strikes is to say that there are air strikes; to stop attacking says less.
            "stop" if general && tag.from - hedge.to < 5 => return true,
            _ => {}
        }
    }
    let before = page.token(tag.from.wrapping_sub(1));
    let infinitive = !noun
        && before.is("to")
        && !page.token(tag.from.wrapping_sub(2)).any(&[
            "willingness",
            "continued",
            "continues",
            "continue",
            "used",
            "began",
            "started",
            "begun",
            "tried",
            "attempted",
            "managed",
            "trying",
            "attempting",
        ])
        && !(tag.from.saturating_sub(14)..tag.from).any(|i| page.token(i).is("willingness"));
    if page.language == "en"
        && (super::aside::contrary(page, sentence.0, tag)
            || describes(page, tag, noun)
            || of_any(page, tag, noun)
            || super::aside::no_event(page, tag))
    {
        return true;
    }
    let negated = before.any(&["no", "without"])
        || before.any(&["not", "never"]) && noun
        || page.language == "ar" && before.any(&["لم", "لن", "عدم", "دون", "بدون", "نفي", "نفت"]);
    infinitive || negated
}

/// "Groups fighting to end his rule", "which would apply to fighting between": no fight is told.
fn no_fight(page: &Page<'_>, tag: Tag, noun: bool) -> bool {
    let aim = page.token(tag.from).is("fighting") && page.token(tag.to).is("to");
    let scope = page.token(tag.from.wrapping_sub(1)).is("to")
        && page.token(tag.from.wrapping_sub(2)).any(&["apply", "applies", "applied", "extend", "extends"]);
    aim || scope && noun
}

/// "Condemns any attack": none is told.
fn of_any(page: &Page<'_>, tag: Tag, noun: bool) -> bool {
    noun && page.token(tag.from.wrapping_sub(1)).any(&["any", "such", "all"])
}

/// "Five besieged towns", "captured documents": what something is, no act that is told.
fn describes(page: &Page<'_>, tag: Tag, noun: bool) -> bool {
    let before = page.token(tag.from.wrapping_sub(1));
    let (last, next) = (page.token(tag.to.saturating_sub(1)), page.token(tag.to));
    let led = page.figure_to(tag.from).is_some()
        || before.any(&["the", "a", "an", "citing", "of", "to", "in", "from", "these", "those", "other"]);
    !noun
        && led
        && matches!(page.tags.kind(tag), "siege" | "damage" | "ground_offensive" | "looting")
        && last.fold.ends_with("ed")
        && next.word()
        && !page.is(Cat::Stop, tag.to)
        && !chunks::determiner(page, tag.to)
}

fn priority(page: &Page<'_>, act: &Act) -> usize {
    match (page.tags.kind(act.tag), act.noun) {
        ("support", _) => 9,
        (_, true) if super::aside::backing(page, act.tag) => 8,
        ("damage", _) => 7,
        ("attack" | "violence_background", true) => 4,
        ("attack", false) => 5,
        ("killing" | "deaths_aggregate", _) => 6,
        ("clash" | "ground_offensive", _) => 3,
        _ => 1,
    }
}

fn proposal(page: &Page<'_>, number: usize, group: &Group<'_>, earlier: bool) -> Option<Proposal> {
    let best = group
        .acts
        .iter()
        .min_by_key(|act| (priority(page, act), act.tag.from))
        .filter(|a| priority(page, a) < 9);
    let mut fields: BTreeMap<Field, Vec<Value>> = BTreeMap::new();
    let mut add = |field: Field, value: Value| fields.entry(field).or_default().push(value);
    // Violence that people die of is told by their number.
    let best = best.filter(|a| group.tolls.is_empty() || page.tags.kind(a.tag) != "violence_background");
    let mut sub = told(page, group, best, &mut add)?;
    hurt(page, group, &mut add);
    gathered::values(page, group, &mut fields);
    apposed::distances(page, &mut fields);
    let named = fields
        .get(&Field::Victims)
        .into_iter()
        .flatten()
        .any(|v| v.norm.as_ref().is_some_and(|n| n.starts_with("person:")));
    let claimed = earlier && fields.contains_key(&Field::Claim) && fields.contains_key(&Field::Actor);
    if best.is_none() && group.tolls.is_empty() && !(named || claimed) {
        return None;
    }
    if sub == "shelling" && arabic::from_the_air(page, group) {
        "air_strike".clone_into(&mut sub);
    }
    if sub == "attack" || sub == "killing" {
        sub = by_weapon(&fields).map_or(sub, str::to_owned);
    }
    let enough = told_enough(page, group, best, &fields);
    let enough = enough && !(claimed && best.is_none());
    if !(enough || claimed || earlier && detailed(page, best, &fields)) {
        return None;
    }
    let span = span(page, group);
    let mut add = |field: Field, value: Value| fields.entry(field).or_default().push(value);
    let ask = best.map_or(group.from, |a| a.tag.from);
    sourced::attributed(page, number, ask, &mut add);
    super::doubts::hedges(
        page,
        (group.from, group.to),
        &[
            "unconfirmed",
            "accusation",
            "possible",
            "opinion",
            "claimed",
            "denied",
            "attributed_label",
            "accusation_unsourced",
            "provisional",
            "disputed",
        ],
        &mut add,
    );
    let granularity =
        if enough { granular::granularity(page, group, &fields, best) } else { Granularity::Detail };
    Some(Proposal { kind: Kind::Incident, sub, span, granularity, fields, detail_of: None })
}

/// The words that tell what happened, and what kind of incident they make of it.
fn told(
    page: &Page<'_>,
    group: &Group<'_>,
    best: Option<&Act>,
    add: &mut impl FnMut(Field, Value),
) -> Option<String> {
    if let Some(act) = best {
        what(page, group, act, add);
        return Some(page.tags.kind(act.tag).to_owned());
    }
    let Some(toll) = group.tolls.first() else {
        let (from, to, killed) = sufferers(page, group)?;
        add(Field::What, page.words(from, to));
        return Some(if killed { "killing" } else { "attack" }.to_owned());
    };
    add(Field::What, page.words(toll.trigger.from, toll.trigger.to));
    let died = page.tags.value(toll.trigger) == "left" || page.tags.value(toll.trigger) == "toll";
    let killed = page.tags.kind(toll.trigger) == "killed";
    let sub = match (killed, died) {
        (true, true) => "deaths_aggregate",
        (true, false) => "killing",
        _ => "attack",
    };
    Some(sub.to_owned())
}

/// Figures of those hurt, and what says that nobody counted them.
fn hurt(page: &Page<'_>, group: &Group<'_>, add: &mut impl FnMut(Field, Value)) {
    for toll in &group.tolls {
        add(toll.field, toll.value.clone());
        if let Some((from, to)) = toll.assumed {
            add(Field::Hedge, Value::normed(page.span(from, to), "assumed"));
        }
    }
}

/// "The attack was carried out by rebels": something more about what was told before, in a text in English.
fn detailed(page: &Page<'_>, best: Option<&Act>, fields: &BTreeMap<Field, Vec<Value>>) -> bool {
    let one_of =
        |at: usize| (at.saturating_sub(4)..at).any(|i| page.token(i).is("one") && page.token(i + 1).is("of"));
    let many = best.is_some_and(|a| {
        a.noun && !one_of(a.tag.from) && page.token(a.tag.to.saturating_sub(1)).fold.ends_with('s')
    });
    let told = [Field::Actor, Field::Target, Field::Victims, Field::Weapon, Field::Where, Field::When];
    let siege = best.is_some_and(|a| page.tags.kind(a.tag) == "siege");
    page.language == "en" && !many && !siege && best.is_some() && told.iter().any(|f| fields.contains_key(f))
}

/// Whether enough is told of it to be an event of its own and no mere mention.
fn told_enough(
    page: &Page<'_>,
    group: &Group<'_>,
    best: Option<&Act>,
    fields: &BTreeMap<Field, Vec<Value>>,
) -> bool {
    let protected = fields.get(&Field::Target).into_iter().flatten().any(|v| v.norm.is_some());
    let told = [
        Field::Where,
        Field::When,
        Field::Killed,
        Field::Wounded,
        Field::Actor,
        Field::Target,
        Field::Victims,
    ];
    let facts = told.iter().filter(|f| fields.contains_key(f)).count();
    let general = best.is_some_and(|a| priority(page, a) >= 4);
    let verb_only = best.is_some_and(|a| !a.noun) && group.tolls.is_empty();
    if page.note && best.is_some_and(|a| a.noun && priority(page, a) < 4) {
        // Its place and hour stand in a header or at the beginning of the entry.
        return true;
    }
    let nothing = facts == 0
        || (general
            && facts < 2
            && group.tolls.is_empty()
            && !fields.contains_key(&Field::Victims)
            && !protected)
        || (verb_only && facts < 2 && !fields.contains_key(&Field::Weapon));
    !nothing
}

/// What an attack was, by what it was done with.
fn by_weapon(fields: &BTreeMap<Field, Vec<Value>>) -> Option<&'static str> {
    let norms = fields.get(&Field::Weapon)?.iter().filter_map(|v| v.norm.as_deref());
    norms.into_iter().find_map(|norm| match norm {
        "air_strike" | "aerial_bomb" | "helicopter_bombs" | "drone" => Some("air_strike"),
        "suicide_bomb" | "car_bomb" | "explosive_device" | "bomb" => Some("bombing"),
        "mortar" | "artillery" | "rocket" | "missile" => Some("shelling"),
        "chemical" => Some("chemical_attack"),
        _ => None,
    })
}

/// The sentence when it holds one group, else the clause without its mark.
fn span(page: &Page<'_>, group: &Group<'_>) -> truceline_model::Span {
    let (mut from, mut to) = (group.from, group.to);
    while from < to
        && !page.token(from).word()
        && page.token(from).class != Class::Number
        && page.token(from).class != Class::Open
    {
        from += 1;
    }
    while to > from && matches!(page.token(to - 1).class, Class::Comma | Class::Dash | Class::Semicolon) {
        to -= 1;
    }
    page.span(from, to)
}

/// The act's words: for a verb with the thing that it fires or sets off.
fn what(page: &Page<'_>, group: &Group<'_>, best: &Act, add: &mut impl FnMut(Field, Value)) {
    let sub = page.tags.kind(best.tag);
    for act in &group.acts {
        if page.tags.kind(act.tag) == "support" {
            continue;
        }
        let near = page.tags.kind(act.tag) == sub || priority(page, act) <= 3;
        if act.tag != best.tag && !(near && act.noun && priority(page, act) < priority(page, best) + 3) {
            continue;
        }
        let (mut from, mut to) = (act.tag.from, act.tag.to);
        if act.noun {
            let before = page.token(from.wrapping_sub(1));
            let list = before.is("of")
                && page
                    .token(from.wrapping_sub(2))
                    .any(&["series", "string", "wave", "spate", "number", "barrage"]);
            if list {
                from = chunks::begin(page, from - 2, group.from);
            } else if let Some(weapon) = page.tags.over(Cat::Weapon, from).filter(|w| w.from < from) {
                // "A roadside bomb struck": what went off, in all its words.
                (from, to) = (weapon.from, to.max(weapon.to));
            }
        } else if (page.language != "ar" || page.tags.kind(act.tag) == "bombing")
            && let Some(weapon) = roles::object_weapon(page, act.tag.to, group.to)
        {
            to = weapon;
        }
        let norm = page.tags.entry(act.tag).value.clone();
        let mut value = page.words(from, to);
        value.norm = (!norm.is_empty()).then_some(norm);
        add(Field::What, value);
        from = chunks::begin(page, act.tag.from, group.from);
        let counted = (from..act.tag.from).find_map(|i| page.figure_from(i));
        if let Some(figure) = counted.filter(|f| {
            act.noun && f.to <= act.tag.from && !f.year && (page.language == "en" || f.to == act.tag.from)
        }) {
            let mut count = page.words(figure.from, figure.to);
            count.bounds = Some(figure.bounds);
            add(Field::Count, count);
        }
    }
}
