//! Who does it, as a phrase of the text: the subject before a verb, after it in Arabic, at the head of the clause in Russian and
//! Ukrainian; from its article, over "of" and "in", joined subjects apart.
//!
//! No parser: a phrase ends where the tables know a little word, a verb, a date or a mark. Nothing found is nothing said.

use super::deals::Fact;
use super::entities::{Mention, What};
use super::lexicon::Cat;
use super::page::Page;
use super::tokens::Class;
use super::{Value, chunks};

/// The phrase that ends before a token, over "of", "in", "for"; from its article.
pub(crate) fn phrase_before(page: &Page<'_>, end: usize, floor: usize) -> Option<(usize, usize)> {
    let mut at = end;
    loop {
        let dated =
            at.checked_sub(1).and_then(|i| page.date_over(i)).filter(|d| d.from > floor && d.to <= at);
        if let Some(date) = dated {
            at = date.from;
        } else if at > floor
            && (skipped(page, floor, at - 1)
                || at > floor + 1
                    && page.token(at - 1).any(&["repeated", "helped", "reiterated", "renewed", "restated"]))
        {
            at -= 1;
        } else {
            break;
        }
    }
    if at <= floor {
        return None;
    }
    let last = page.token(at - 1);
    if last.any(&["he", "she", "they", "it", "we", "i"]) {
        return Some((at - 1, at));
    }
    if last.class == Class::Comma || last.class == Class::ParenClose {
        // An apposition or a clause stands between: "Kerry, the secretary of state, said".
        let comma = (floor + 1..at - 1).rev().find(|i| page.token(*i).class == Class::Comma);
        if let Some(comma) = comma.filter(|i| last.class == Class::Comma && titled(page, *i, at - 1)) {
            return Some((comma + 1, at - 1));
        }
        let open = (floor..at - 1)
            .rev()
            .find(|i| matches!(page.token(*i).class, Class::Comma | Class::ParenOpen))?;
        let opens = page.token(open + 1);
        let apposed = opens.any(&["who", "whose", "which", "the", "a", "an", "led", "chaired", "backed"])
            || page.mention_from(open + 1).is_some()
            || last.class == Class::ParenClose;
        return if apposed && open > floor { phrase_before(page, open, floor) } else { None };
    }
    if last.any(&["who", "which", "that"]) {
        let comma = usize::from(page.token(at.wrapping_sub(2)).class == Class::Comma);
        return if at - 1 - comma > floor { phrase_before(page, at - 1 - comma, floor) } else { None };
    }
    if !(last.word() || last.class == Class::Number || last.class == Class::Close)
        || page.is(Cat::Boundary, at - 1)
    {
        return None;
    }
    let from = left(page, at, floor);
    (from < at).then_some((from, at))
}

/// "The main umbrella group, the High Council (HC)": the name in capitals behind what only describes it.
fn titled(page: &Page<'_>, open: usize, to: usize) -> bool {
    let close = (open + 1..to).find(|i| page.token(*i).class == Class::ParenOpen).unwrap_or(to);
    let capitals = (open + 1..close).filter(|i| page.token(*i).upper).count();
    let name =
        (open + 1..close).all(|i| page.token(i).upper || page.token(i).any(&["the", "of", "for", "and"]));
    let body = page.token(open - 1).any(&[
        "group",
        "umbrella",
        "bloc",
        "body",
        "coalition",
        "alliance",
        "faction",
        "organisation",
        "organization",
        "movement",
        "party",
        "front",
        "militia",
        "committee",
        "council",
    ]);
    page.token(open + 1).is("the") && name && capitals > 1 && body && !page.token(open - 1).upper
}

/// Whether a word stands between a subject and its verb and belongs to neither.
fn skipped(page: &Page<'_>, floor: usize, i: usize) -> bool {
    let token = page.token(i);
    // "X and Y had both agreed": a word that only counts them.
    if token.any(&["both", "all", "each"])
        && i > floor
        && page.token(i - 1).any(&["have", "has", "had", "are", "were", "will", "would"])
    {
        return true;
    }
    let word = page.is(Cat::Stop, i)
        && !token.any(&[
            "he", "she", "they", "it", "we", "i", "both", "who", "which", "some", "all", "most", "each",
        ])
        || token.any(&[
            "has",
            "have",
            "jointly",
            "reportedly",
            "now",
            "earlier",
            "except",
            "unanimously",
            "started",
            "began",
            "continued",
            "immediately",
            "قد",
        ])
        || token.class == Class::Open;
    let left =
        token.class == Class::Other && token.glued && i > floor && !matches!(token.fold.as_str(), "'s" | "'");
    word || left || token.fold.ends_with("ly") && token.word()
}

/// Where a phrase begins that ends at `at`.
fn left(page: &Page<'_>, at: usize, floor: usize) -> usize {
    let mention = page.mention_to(at).filter(|m| m.from >= floor).map_or(at - 1, |m| m.from);
    let mut from = chunks::begin(page, at - 1, floor).min(mention);
    from = super::deal_who::before_initials(page, from, floor);
    if from > floor && page.token(from - 1).any(&["both", "all", "most"]) {
        from -= 1;
    }
    for _ in 0..3 {
        let joint = from > floor + 1
            && page.token(from - 1).any(&["of", "in", "from", "to", "for", "on", "at", "loyal"])
            && page.token(from - 2).word()
            && !page.is(Cat::Speech, from - 2)
            && !page.is(Cat::DealVerb, from - 2)
            && page.date_over(from - 2).is_none()
            && !page.is(Cat::Stop, from - 2);
        if !joint {
            break;
        }
        let head = page.mention_to(from - 1).filter(|m| m.from >= floor).map_or(from - 2, |m| m.from);
        from = chunks::begin(page, from - 2, floor).min(head);
    }
    if from > floor && page.figure_from(from).is_some() && chunks::determiner(page, from - 1) {
        from -= 1;
    }
    // "The start date": a word that could be a verb stands between the article and the head.
    if from > floor + 1
        && !chunks::determiner(page, from)
        && page.date_over(from - 1).is_none()
        && page.token(from - 1).word()
        && chunks::determiner(page, from - 2)
    {
        from -= 2;
    }
    // "The internationally recognised government".
    if from > floor + 2
        && !chunks::determiner(page, from)
        && page.token(from - 1).word()
        && page.token(from - 1).fold.ends_with("ed")
        && page.token(from - 2).fold.ends_with("ly")
        && chunks::determiner(page, from - 3)
    {
        from -= 3;
    }
    from
}

/// A phrase as a party: with the id of the actor that it names.
pub(crate) fn party(page: &Page<'_>, phrase: (usize, usize)) -> Value {
    let (from, to) = super::deal_who::with_initials(page, phrase);
    let mut value = page.words(from, to);
    let named: Vec<&Mention> =
        page.mentions_in(from, to).filter(|m| m.what != What::Place && m.what != What::Ground).collect();
    if let Some(mention) = named.iter().find(|m| m.to == to).or(named.first()) {
        value.norm.clone_from(&mention.norm);
        value.registry.clone_from(&mention.registry);
    }
    value
}

/// The subjects before a verb: one phrase, or several that are joined.
pub(crate) fn subjects(page: &Page<'_>, verb: usize, floor: usize, depth: u8) -> Vec<(usize, usize)> {
    let mut end = verb;
    // "Voted to accept", "agreed to extend", "has refused to sign": the subject is that of the first verb.
    loop {
        let led = page.tags.before(Cat::DealWord, end).filter(|t| {
            t.from >= floor && matches!(page.tags.kind(*t), "meant" | "will" | "may" | "not" | "aim")
        });
        let verb = page
            .tags
            .before(Cat::DealVerb, end)
            .filter(|t| t.from > floor && page.token(t.to.wrapping_sub(1)).any(&["to"]));
        match led.or(verb) {
            Some(tag) if tag.from < end => end = tag.from,
            _ => break,
        }
    }
    let Some((from, to)) = phrase_before(page, end, floor) else {
        return before_and(page, end, floor, depth);
    };
    let mut out = vec![(from, to)];
    let mut at = from;
    for _ in 0..3 {
        let mut and = at.checked_sub(1).filter(|i| *i > floor);
        if !and.is_some_and(|i| {
            page.token(i).any(&["and", "и", "і", "та"]) || page.token(i).class == Class::Comma
        }) {
            break;
        }
        // "Seek to topple X, and some would accept": another clause.
        if at == from && to == from + 1 && page.token(from).any(&["some", "others", "many", "most"]) {
            break;
        }
        if and.is_some_and(|i| page.token(i - 1).class == Class::Comma) {
            and = and.map(|i| i - 1);
        }
        let Some(end) = and else { break };
        let mention = page.mention_to(end).is_some_and(|m| m.acts() && !m.located)
            || page.token(end - 1).any(&["he", "she", "they"])
            || page.language == "en" && page.token(end - 1).upper && page.token(end - 1).word();
        let Some(other) = phrase_before(page, end, floor).filter(|p| mention && p.1 == end) else { break };
        at = other.0;
        out.insert(0, other);
    }
    if out.len() == 1 && page.token(from).is("both") && to - from > 2 {
        return out;
    }
    out
}

/// "X dismissed it and put forward Y", "X signed, accusing Y": the subject stands before the verb before.
fn before_and(page: &Page<'_>, end: usize, floor: usize, depth: u8) -> Vec<(usize, usize)> {
    let joint = end > floor
        && (page.token(end - 1).any(&["and", "but", "then", "и", "і", "та"])
            || page.token(end - 1).class == Class::Comma);
    if !joint || depth == 0 {
        return Vec::new();
    }
    let verb = (floor + 1..end - 1).rev().find(|i| {
        (page.is(Cat::DealVerb, *i) || page.is(Cat::Speech, *i)) && !page.token(*i).fold.ends_with("ing")
    });
    verb.map_or_else(Vec::new, |at| subjects(page, at, floor, depth - 1))
}

/// The subject of a Russian or Ukrainian verb: the phrase before it that no preposition leads, over what is set apart by commas; or
/// who stands right after the verb; or what opens the clause.
pub(crate) fn slavic_subject(page: &Page<'_>, fact: &Fact) -> Vec<(usize, usize)> {
    let before = slavic_before(page, fact.verb.from, fact.part.0);
    if !before.is_empty() {
        return before;
    }
    if let Some(found) = slavic_phrase(page, fact.verb.to, fact.sentence.1) {
        return vec![found];
    }
    slavic_before(page, fact.verb.from, fact.sentence.0)
}

/// Whether a Russian or Ukrainian word ends a phrase of somebody.
fn slavic_stop(page: &Page<'_>, i: usize) -> bool {
    let token = page.token(i);
    !token.word()
        || page.is(Cat::Preposition, i)
        || page.is(Cat::DealVerb, i)
        || page.tag(Cat::DealWord, i).is_some_and(|t| page.tags.kind(t) != "side")
        || page.is(Cat::Stop, i)
        || page.is(Cat::Speech, i)
        || page.tag(Cat::Deal, i).is_some_and(|t| page.tags.kind(t) != "mechanism")
        || page.date_over(i).is_some()
        || page.figure_from(i).is_some()
        || token.any(&SLAVIC_LITTLE)
        || token.fold.ends_with("нно") && token.fold.len() > 12
}

/// Little words that belong to no phrase.
const SLAVIC_LITTLE: [&str; 33] = [
    "пока",
    "также",
    "неоднократно",
    "практически",
    "однако",
    "ранее",
    "вновь",
    "снова",
    "раз",
    "никак",
    "эти",
    "очередной",
    "между",
    "под",
    "за",
    "без",
    "перед",
    "через",
    "относительно",
    "від",
    "між",
    "над",
    "щодо",
    "тоже",
    "ще",
    "уже",
    "вже",
    "так",
    "про",
    "це",
    "этот",
    "якщо",
    "напомним",
];

/// Prepositions that the table of places does not hold.
const SLAVIC_LEADS: [&str; 17] = [
    "о",
    "об",
    "при",
    "для",
    "до",
    "после",
    "від",
    "за",
    "между",
    "між",
    "под",
    "під",
    "без",
    "через",
    "про",
    "от",
    "со",
];

/// The phrase before a verb.
fn slavic_before(page: &Page<'_>, verb: usize, floor: usize) -> Vec<(usize, usize)> {
    let mut end = verb;
    for _ in 0..14 {
        if end <= floor {
            return Vec::new();
        }
        if page.token(end - 1).class == Class::Comma {
            // "Ополченцы, в свою очередь, обвинили": what stands apart.
            let open = (floor..end - 1).rev().take(9).find(|i| page.token(*i).class == Class::Comma);
            let Some(open) = open else { return Vec::new() };
            end = open;
            continue;
        }
        if slavic_stop(page, end - 1) {
            end -= 1;
            continue;
        }
        let mut from = end - 1;
        while from > floor && end - from < 9 {
            // "Президенты трех стран": a figure inside of the phrase.
            let counted = from > floor + 1
                && page.figure_from(from - 1).is_some_and(|f| f.to == from)
                && side_word(page, from - 2);
            if slavic_stop(page, from - 1) && !counted {
                break;
            }
            from -= 1 + usize::from(counted);
        }
        let led =
            from > floor && (page.is(Cat::Preposition, from - 1) || page.token(from - 1).any(&SLAVIC_LEADS));
        if led || !slavic_somebody(page, from, end) {
            end = from;
            continue;
        }
        let joined = from > floor + 1 && page.token(from - 1).any(&["и", "і", "та"]);
        let mut out = if joined { slavic_before(page, from - 1, floor) } else { Vec::new() };
        out.push((from, end));
        return out;
    }
    Vec::new()
}

/// The phrase that begins at a token.
fn slavic_phrase(page: &Page<'_>, from: usize, ceiling: usize) -> Option<(usize, usize)> {
    let mut to = from;
    while to < ceiling && to - from < 8 && !slavic_stop(page, to) {
        to += 1;
    }
    (to > from && slavic_somebody(page, from, to)).then_some((from, to))
}

/// Whether a phrase is somebody: an actor, a word for a side, or a name that is no place.
fn slavic_somebody(page: &Page<'_>, from: usize, to: usize) -> bool {
    let deal = page.tags.within(Cat::Deal, from, to).next().is_some();
    let side = (from..to).any(|i| side_word(page, i) || page.is(Cat::Actor, i));
    let pronoun = to - from == 1
        && page.token(from).any(&["они", "мы", "вони", "ми", "нам", "он", "она", "він", "вона"]);
    let named = (from..to).any(|i| page.token(i).upper && !page.opens_sentence(i))
        || page.token(from).upper && page.opens_sentence(from) && page.mention_from(from).is_some()
        || page.mentions_in(from, to).any(Mention::acts);
    let place = page.mention_from(from).is_some_and(|m| m.is_place() && m.located && m.to == to);
    !deal && !place && (side || pronoun || named)
}

/// Whether a word is one for a side.
fn side_word(page: &Page<'_>, at: usize) -> bool {
    page.tags.over(Cat::DealWord, at).is_some_and(|t| page.tags.kind(t) == "side")
}

/// "موافقة الحكومة على تمديد الهدنة": whose yes it is stands behind the yes.
fn yes_before(page: &Page<'_>, fact: &Fact) -> Option<usize> {
    let low = fact.verb.from.saturating_sub(14).max(fact.part.0);
    let finite = |t: &crate::prose::lexicon::Tag| {
        let word = &page.token(t.from).fold;
        let said = matches!(
            page.tags.kind(*t),
            "signed" | "reached" | "accepted" | "announced" | "position_refuses"
        );
        word.contains("موافق")
            || said && !["ت", "ا"].iter().any(|first| word.starts_with(first) && word.chars().count() > 4)
            || said && ["اتفق", "اعلن"].iter().any(|stem| word.starts_with(stem))
    };
    let yes = page
        .tags
        .within(Cat::DealVerb, low, fact.verb.from)
        .filter(|t| t.to <= fact.verb.from && finite(t))
        .last();
    yes.filter(|_| matches!(fact.sub.as_str(), "extended" | "renewed")).map(|t| t.to)
}

/// Little words that stand between an Arabic verb and its subject.
const ARABIC_LITTLE: [&str; 15] = [
    "ان",
    "انه",
    "انها",
    "فيه",
    "فيها",
    "عليه",
    "عليها",
    "به",
    "بها",
    "اليه",
    "اليها",
    "لها",
    "له",
    "كل",
    "كلا",
];

/// In Arabic the subject follows its verb, or stands after "that" before it.
pub(crate) fn after_verb(page: &Page<'_>, fact: &Fact) -> Vec<(usize, usize)> {
    let mut at = fact.verb.to;
    at = yes_before(page, fact).unwrap_or(at);
    let last = &page.token(fact.verb.to.wrapping_sub(1)).fold;
    let owned = ["هم", "ها", "هما", "ته"].iter().any(|e| last.ends_with(e)) && last.chars().count() > 4;
    if owned {
        // "اعلن الحوثيون التزامهم": who is meant stands after the verb before.
        let verb = [Cat::DealVerb, Cat::Speech]
            .iter()
            .flat_map(|c| page.tags.within(*c, fact.sentence.0, fact.verb.from))
            .filter(|t| t.to <= fact.verb.from)
            .max_by_key(|t| t.from);
        at = verb.map_or(at, |t| t.to);
    }
    while page.token(at).any(&ARABIC_LITTLE) || page.token(at).is("من") && page.token(at - 1).is("كل") {
        at += 1;
    }
    if let Some(date) = page.date_over(at).filter(|d| d.from == at || page.is(Cat::Stop, at)) {
        at = date.to;
    }
    let mut out = Vec::new();
    // "ان نحو مئه فصيل وافقت": between "that" and the verb.
    let that = (fact.part.0..fact.verb.from).rev().take(7).find(|i| page.token(*i).any(&["ان", "بان"]));
    if let Some(from) = that.map(|i| i + 1).filter(|from| *from < fact.verb.from && !owned) {
        let clear = (from..fact.verb.from).all(|i| {
            !page.is(Cat::Deal, i) && !page.is(Cat::DealVerb, i) && page.token(i).class != Class::Comma
        });
        if clear {
            return vec![(from, fact.verb.from)];
        }
    }
    for _ in 0..3 {
        let Some((from, to)) = phrase_of_words(page, at, fact.sentence.1, false) else { break };
        out.push((from, to));
        if !(page.token(to).fold.starts_with('و') && page.token(to).alts.len() > 1 || page.token(to).is("و"))
        {
            break;
        }
        at = to;
    }
    if !out.is_empty() {
        return out;
    }
    // "ان الحكومة رفضت": the phrase after "that" or at the start.
    let that = (fact.part.0..fact.verb.from).rev().take(7).find(|i| page.token(*i).any(&["ان", "بان"]));
    let start = that.map_or(fact.part.0, |i| i + 1);
    let named = page.mention_to(fact.verb.from).is_some_and(Mention::acts);
    if fact.verb.from > start && (fact.verb.from - start < 6 || !named) {
        out.extend(arabic_phrase(page, start, fact.verb.from));
    } else if page.mention_to(fact.verb.from).is_some_and(Mention::acts) {
        let mention = page.mention_to(fact.verb.from);
        out.extend(mention.map(|m| (m.from, m.to)));
    }
    out
}

/// A phrase from a place on: a named actor with what belongs to it, else words up to a preposition, a verb or a deal word.
pub(crate) fn arabic_phrase(page: &Page<'_>, at: usize, ceiling: usize) -> Option<(usize, usize)> {
    phrase_of_words(page, at, ceiling, true)
}

/// The same; right behind a verb a name may be one that no table holds.
fn phrase_of_words(page: &Page<'_>, at: usize, ceiling: usize, known: bool) -> Option<(usize, usize)> {
    if let Some(mention) = page.mention_from(at).filter(|m| m.acts()) {
        let mut to = mention.to;
        // "وفدا الحكومة اليمنية": whose delegation it is follows.
        if mention.to == at + 1
            && side_word(page, at)
            && !page.token(at).fold.starts_with("ال")
            && let Some(owner) = page.mention_from(to).filter(|m| m.acts() && m.to <= ceiling)
        {
            to = owner.to;
        }
        let mention_to = to;
        // An adjective agrees in its article: "الوفد الفلسطيني الموحد".
        while to < ceiling.min(mention_to + 4)
            && page.token(to).fold.starts_with("ال")
            && (page.token(to - 1).fold.starts_with("ال") || to == at + 1 && page.is(Cat::Country, to))
            && page.tags.starting(to).all(|t| matches!(t.cat, Cat::Country | Cat::DealWord | Cat::Actor))
            && page.date_over(to).is_none()
            && page.token(to).alts.len() < 2
        {
            to += 1;
        }
        // The initials behind a name: "(فارك)".
        if page.token(to).class == Class::ParenOpen
            && let Some(close) = (to + 2..to + 5).find(|i| page.token(*i).class == Class::ParenClose)
        {
            to = close + 1;
        }
        return Some((at, to));
    }
    let mut to = at;
    while to < ceiling && to - at < 5 {
        let token = page.token(to);
        let little = page.is(Cat::Stop, to) || page.is(Cat::Preposition, to) || page.is(Cat::Boundary, to);
        let other = page.is(Cat::Deal, to)
            || page.is(Cat::DealVerb, to)
            || page.is(Cat::Condition, to)
            || page.is(Cat::Speech, to);
        let led = to > at && token.alts.len() > 1 && token.fold.starts_with(['ب', 'ل', 'و', 'ف', 'ك']);
        if !token.word()
            || little
            || other
            || led
            || page.date_over(to).is_some()
            || page.is(Cat::DealWord, to)
        {
            break;
        }
        to += 1;
    }
    let placed = page.mention_from(at).is_some_and(|m| m.is_place() && m.located);
    // A phrase of somebody names him, or holds a word for a side: a thing is no party.
    let worded = [Cat::Actor, Cat::People, Cat::Source, Cat::Country];
    let somebody = page.mentions_in(at, to).any(Mention::acts)
        || (at..to).any(|i| side_word(page, i) || worded.iter().any(|c| page.is(*c, i)));
    let led = page.token(at).fold.starts_with(['ب', 'ل', 'ك'])
        && page.token(at).alts.len() > 1
        && page.mention_from(at).is_none();
    if known && !somebody || led || page.tags.over(Cat::Number, at).is_some() {
        return None;
    }
    let adjective =
        page.token(at).any(&["جديد", "جديده", "كامل", "شامل", "فوري", "اي", "كل", "كافه", "جميع"]);
    (to > at && !placed && !adjective && page.token(at).fold.chars().count() > 2).then_some((at, to))
}
