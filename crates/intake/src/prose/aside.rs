//! What stands beside a thing told and is none of it: a truce that a speaker only recalls, a clause before who speaks, a place of which
//! something is told, the deaths that a sentence goes on to.

use super::deals::Fact;
use super::entities::Mention;
use super::lexicon::{Cat, Tag};
use super::page::Page;
use super::tokens::Class;
use super::{Field, Proposal};

/// "…, referring to a truce of May": what it recalls is told by whoever writes.
pub(crate) fn recalls(page: &Page<'_>, at: usize) -> bool {
    let before = page.token(at.wrapping_sub(1));
    let refers = before.class == Class::Comma && page.token(at).any(&["referring", "alluding"]);
    let reference = page.token(at).any(&["reference", "allusion"]) && before.any(&["a", "apparent"]);
    (refers || reference) && page.token(at + 1).is("to")
}

/// "After a series of bombings in X, a shopkeeper said": whoever speaks says only what follows.
pub(crate) fn before_speaker(page: &Page<'_>, at: usize, speaker: usize) -> bool {
    let Some(sentence) = page.sentence_at(at).filter(|_| page.language == "en") else { return false };
    let leads =
        ["after", "before", "following", "amid", "despite", "since", "hours", "minutes", "days", "just"];
    at < speaker
        && page.token(sentence.0).any(&leads)
        && page.token(speaker.wrapping_sub(1)).class == Class::Comma
        && !(sentence.0..speaker).any(|i| page.tag(Cat::SourceCue, i).is_some())
}

/// "The city of X, which a surge of violence has torn apart": what the clause is told of is the place, and not the deal before it.
pub(crate) fn of_place(page: &Page<'_>, noun: Tag, verb: Tag) -> bool {
    page.language == "en"
        && (noun.to..verb.from).any(|at| {
            let comma = at.wrapping_sub(1);
            let object = super::chunks::determiner(page, at + 1)
                || page.mention_from(at + 1).is_some_and(Mention::acts);
            page.token(at).any(&["which", "whom"])
                && page.token(comma).class == Class::Comma
                && object
                && page.mention_to(comma).is_some_and(|m| m.is_place() && m.from >= noun.to)
        })
}

/// "…, where a raid killed nine in June": the time of what is told there.
pub(crate) fn elsewhere(page: &Page<'_>, fact: &Fact, at: usize) -> bool {
    let from = fact.noun.map_or(fact.verb.to, |n| n.to.max(fact.verb.to));
    (from..at).any(|i| {
        page.token(i).is("where")
            && [Cat::Casualty, Cat::ActVerb].iter().any(|c| page.tags.within(*c, i, at).next().is_some())
    })
}

/// "Some reports suggested", "unwilling to tell the army to stop": nobody speaks by it.
pub(crate) fn noun_of_speech(page: &Page<'_>, tag: Tag) -> bool {
    if page.language == "en"
        && page.token(tag.from).is("tell")
        && page.token(tag.from.wrapping_sub(1)).is("to")
    {
        return true;
    }
    let warned = page.token(tag.from).is("warning")
        && page.token(tag.from.wrapping_sub(1)).any(&[
            "prior", "without", "no", "any", "early", "advance", "little", "a", "the", "further", "official",
            "final",
        ]);
    if page.language == "en" && warned {
        return true;
    }
    page.language == "en"
        && page.token(tag.from).any(&["reports", "claims", "statements", "comments"])
        && page.token(tag.from.wrapping_sub(1)).any(&[
            "some",
            "other",
            "media",
            "news",
            "local",
            "initial",
            "several",
            "unconfirmed",
            "early",
            "press",
            "earlier",
            "many",
            "these",
            "those",
            "such",
            "the",
        ])
}

/// "The capital, Orvel": a country's capital that only says where.
pub(crate) fn capital(page: &Page<'_>, mention: &Mention) -> bool {
    mention.from.checked_sub(2).is_some_and(|i| {
        page.token(i + 1).class == Class::Comma && page.token(i).any(&["capital", "city", "town"])
    })
}

/// A word that only initials make a name: "is" is no group.
pub(crate) fn little(page: &Page<'_>, from: usize, to: usize) -> bool {
    let token = page.token(from);
    to == from + 1
        && !page.uncased
        && !token.upper
        && token.any(&["is", "us", "it", "am", "who", "un", "far"])
}

/// "Which X and Y consider a group that should be left out": whose view it is, and whom it is of.
pub(crate) fn considered(page: &Page<'_>, fact: &Fact, subject: usize) -> Option<Considered> {
    let verb = subject.checked_sub(1 + usize::from(page.token(subject.wrapping_sub(1)).is("as")))?;
    let regards = page.token(verb).any(&[
        "consider",
        "considers",
        "considered",
        "regard",
        "regards",
        "regarded",
        "deem",
        "deems",
        "designate",
        "designates",
        "designated",
        "label",
        "labels",
        "list",
        "lists",
        "call",
        "calls",
        "see",
        "sees",
        "view",
        "views",
    ]);
    let which = (fact.sentence.0..verb).rev().find(|i| page.token(*i).any(&["which", "whom", "that"]))?;
    let end = which - usize::from(page.token(which - 1).class == Class::Comma);
    if !regards || page.language != "en" {
        return None;
    }
    let mut named = page.mention_to(end).filter(|m| m.acts())?;
    // "X, also known as Y, which": X.
    let comma = (fact.sentence.0 + 1..named.from).rev().find(|i| page.token(*i).class == Class::Comma);
    let known = |at: usize| (at + 1..named.from).any(|i| page.token(i).any(&["known", "called", "formerly"]));
    if let Some(first) = comma.filter(|at| known(*at)).and_then(|at| page.mention_to(at)).filter(|m| m.acts())
    {
        named = first;
    }
    let who = super::deal_who::listed(page, which + 1, verb);
    Some((who, (named.from, named.to)))
}

/// Who holds a view, and of whom.
pub(crate) type Considered = (Vec<(usize, usize)>, (usize, usize));

/// Whether what somebody says tells of acts that stand before whoever speaks, and not in the words.
pub(crate) fn told_before(page: &Page<'_>, proposal: &Proposal, speaker: usize) -> bool {
    let token = |byte: u32| page.tokens.partition_point(|t| u32::try_from(t.end).unwrap_or(u32::MAX) <= byte);
    let acts = proposal.fields.get(&Field::What).map_or(&[][..], Vec::as_slice);
    !acts.is_empty() && acts.iter().all(|v| before_speaker(page, token(v.span.start), speaker))
}

/// "That date is no longer realistic": what takes a date that was set back, and who says so.
pub(crate) fn withdrawn(page: &Page<'_>, fact: &Fact, from: usize) -> Option<Tag> {
    let dated = matches!(fact.sub.as_str(), "talks_scheduled" | "deadline_set");
    let mut after = page.tags.within(Cat::Hedge, from, fact.sentence.1);
    let tag = after.find(|t| dated && page.tags.value(*t) == "date_withdrawn")?;
    let date = (tag.from.saturating_sub(5)..tag.from).any(|i| {
        page.token(i).any(&["date", "day", "deadline", "timetable", "timeline", "target", "schedule"])
            && page.token(i.wrapping_sub(1)).any(&["that", "the", "this"])
    });
    date.then_some(tag)
}

/// "A surge of violence", "mounting violence": how much there is of it, and no event.
fn measure(page: &Page<'_>, tag: Tag) -> bool {
    let (before, second) = (page.token(tag.from.wrapping_sub(1)), page.token(tag.from.wrapping_sub(2)));
    let of = before.any(&["of", "in"])
        && second.any(&[
            "surge", "wave", "spike", "upsurge", "rise", "increase", "level", "levels", "cycle", "spiral",
            "drop", "decrease", "decline", "end",
        ]);
    let growing =
        before.any(&["mounting", "rising", "growing", "spiralling", "spiraling", "increasing", "escalating"]);
    page.tags.kind(tag) == "violence_background" && (of || growing)
}

/// "Forces backed by X airstrikes pushed": the strikes only help in what is told.
pub(crate) fn backing(page: &Page<'_>, tag: Tag) -> bool {
    page.language == "en"
        && (tag.from.saturating_sub(5)..tag.from).any(|i| {
            page.token(i).any(&["backed", "supported", "aided", "assisted", "helped"])
                && page.token(i + 1).is("by")
        })
}

/// "Blew up two car bombs on a road": where the weapon went off, no aim.
pub(crate) fn went_off(page: &Page<'_>, lead: usize) -> bool {
    let weapon = page.tags.before(Cat::Weapon, lead);
    weapon.is_some_and(|w| {
        (w.from.saturating_sub(5)..w.from)
            .any(|i| page.tag(Cat::ActVerb, i).is_some_and(|t| page.tags.kind(t) == "bombing"))
    })
}

/// "Told reporters in Geneva": the place belongs to the speech.
pub(crate) fn spoken_at(page: &Page<'_>, at: usize) -> bool {
    let tag = page.tags.before(Cat::Preposition, at);
    let from = tag.map_or(at, |t| t.from);
    let floor = from.saturating_sub(4);
    let speech = (floor..from).rev().find(|i| page.is(Cat::Speech, *i));
    if speech.is_some_and(|i| (i + 1..from).all(|j| page.token(j).word() && !page.is(Cat::ActNoun, j))) {
        return true;
    }
    // "The agency in Russia quoted".
    page.voices_of(page.sentence_number(at))
        .iter()
        .any(|v| v.from <= at && at < v.cue.0 && v.kind != "according")
}

/// "Especially Orvel, where 200 people have died": the place before the clause.
pub(crate) fn scene<'p>(page: &'p Page<'_>, clause: usize) -> Option<&'p Mention> {
    let at = (clause..clause + 2).find(|i| page.token(*i).is("where"))?;
    let end = at - usize::from(page.token(at.wrapping_sub(1)).class == Class::Comma);
    let floor = page.sentence_at(at).map_or(at, |s| s.0);
    let place = |m: &&Mention| m.is_place() || m.what == super::entities::What::Place;
    page.mention_to(end).filter(place).filter(|m| m.from >= floor)
}

/// "X is ready to stop air strikes": who can stop them makes them.
pub(crate) fn stopped_by(page: &Page<'_>, act: usize) -> Vec<(usize, usize)> {
    let stop = page.tags.before(Cat::Hedge, act).filter(|t| page.tags.kind(*t) == "stop");
    let stopping = stop.filter(|t| page.language == "en" && !page.token(t.from).fold.ends_with("ed"));
    let Some(stop) = stopping else { return Vec::new() };
    let floor = page.sentence_at(act).map_or(act, |s| s.0);
    let mut found = super::phrases::subjects(page, stop.from, floor, 1);
    found.retain(|(from, to)| {
        page.mentions_in(*from, *to).any(|m| m.acts() && m.what != super::entities::What::Person)
    });
    found
}

/// "Russia says that, where it has conducted a campaign": whoever the sentence begins with is meant by "it".
pub(crate) fn head<'p>(page: &'p Page<'_>, pronoun: usize) -> Option<&'p Mention> {
    let floor = page.sentence_at(pronoun).map_or(pronoun, |s| s.0);
    let main = page.mentions_in(floor, pronoun).find(|m| m.acts() && !m.located);
    main.filter(|m| m.what != super::entities::What::Person)
}

/// "Blew himself up": a verb, though the tables know it for a weapon, too.
pub(crate) fn oneself(page: &Page<'_>, tag: Tag) -> bool {
    (tag.from..tag.to).any(|at| page.token(at).any(&["himself", "herself", "themselves", "itself"]))
}

/// Whether an act word tells of no event: how much violence there is, burns that somebody suffered, who might be firing.
pub(crate) fn no_event(page: &Page<'_>, tag: Tag) -> bool {
    let before = page.token(tag.from.wrapping_sub(1));
    let burns = page.token(tag.from).is("burns")
        && before.any(&[
            "suffered",
            "with",
            "from",
            "degree",
            "severe",
            "serious",
            "minor",
            "and",
            "sustained",
            "bad",
        ]);
    let who = (tag.from.saturating_sub(2)..tag.from).find(|at| page.token(*at).is("who"));
    let asked = who.is_some_and(|at| {
        page.is(Cat::Speech, at.wrapping_sub(1))
            || page.token(at.wrapping_sub(1)).any(&["clear", "known", "unclear", "unknown", "see", "tell"])
    });
    measure(page, tag) || burns || asked
}

/// "The truce, brokered in December in Orvel, was broken": what is set in between commas tells of how it was made.
pub(crate) fn set_in(page: &Page<'_>, fact: &Fact, at: usize) -> bool {
    if page.language != "en" {
        return false;
    }
    let comma = |i: &usize| page.token(*i).class == Class::Comma;
    let open = (fact.sentence.0..at).rev().find(comma);
    let close = (at..fact.sentence.1).find(comma);
    let (Some(open), Some(close)) = (open, close) else { return false };
    let be = usize::from(page.token(open + 1).any(&["which", "first", "originally", "initially"]));
    let be = be + usize::from(page.token(open + 1 + be).any(&["was", "were", "had"]));
    let made = page.tag(Cat::DealVerb, open + 1 + be).is_some_and(|t| {
        matches!(page.tags.kind(t), "reached" | "announced" | "signed" | "accepted")
            && page.token(t.from).fold.ends_with("ed")
    });
    made && (fact.verb.from >= close || fact.verb.to <= open)
}

/// "To coincide with peace talks in Orvel", "as diggers cleared rubble in Orvel": where something else goes on.
pub(crate) fn of_other(page: &Page<'_>, fact: &Fact, place: usize) -> bool {
    let Some(led) = page.tags.before(Cat::Preposition, place).filter(|_| page.language == "en") else {
        return false;
    };
    let talks = page.tags.before(Cat::Deal, led.from).filter(|t| page.tags.kind(*t) == "talks");
    // A deal made at talks is made where they are held.
    let stands = fact.sub == "in_force" || fact.sub.starts_with("status_") || fact.sub == "violation_alleged";
    let beside = stands
        && talks.is_some_and(|t| {
            fact.noun.is_some_and(|n| n != t && n.to < t.from && page.tags.kind(n) != "talks")
        });
    // "As", with a subject and a verb of its own.
    let from = fact.noun.map_or(fact.verb.to, |n| n.to.max(fact.verb.to));
    let meanwhile =
        (from..place).find(|i| page.token(*i).any(&["as", "while"]) && !page.token(i + 1).is("of"));
    let busy = meanwhile.is_some_and(|at| {
        let verb = |i: usize| {
            let word = page.token(i);
            word.any(&["began", "were", "was", "are", "is", "had"])
                || word.fold.ends_with("ed") && word.fold.len() > 4 && !super::chunks::determiner(page, i - 1)
        };
        (at + 2..led.from).any(verb)
    });
    beside || busy || set_in(page, fact, place)
}

/// An area by its last word: "the airport quarter".
pub(crate) fn ground(page: &Page<'_>, (from, to): (usize, usize)) -> bool {
    page.tags.before(Cat::PlaceWord, to).is_some_and(|t| t.from >= from)
}

/// "Marched on Thursday in memory of those killed": the day of the march.
pub(crate) fn remembered(page: &Page<'_>, group: &super::incidents::Group<'_>, day: usize) -> bool {
    let act = group.acts.first().map(|act| act.tag.from).into_iter();
    let first = act.chain(group.tolls.iter().map(|toll| toll.trigger.from)).min().unwrap_or(day);
    page.language == "en"
        && (day..first).any(|at| {
            let word = page.token(at);
            word.is("memory") && page.token(at + 1).is("of")
                || word.any(&[
                    "commemorating",
                    "commemorate",
                    "commemorated",
                    "anniversary",
                    "remembrance",
                    "honouring",
                    "mourning",
                ])
        })
}

/// "The army denied shelling homes": whoever denies an act is not told to have done it.
pub(crate) fn denies(page: &Page<'_>, act: Tag) -> bool {
    let before = page.tags.before(Cat::Speech, act.from);
    page.language == "en"
        && page.token(act.from).fold.ends_with("ing")
        && before.is_some_and(|t| page.tags.kind(t) == "denied")
}

/// "The bridge would have been bombed": it was not.
pub(crate) fn contrary(page: &Page<'_>, floor: usize, tag: Tag) -> bool {
    (tag.from.saturating_sub(4).max(floor)..tag.from)
        .any(|at| page.token(at).any(&["would", "could", "might"]) && page.token(at + 1).is("have"))
}
