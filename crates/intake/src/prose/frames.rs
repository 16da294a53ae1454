//! Who does what to whom in English clauses: agents and patients of act words by their place, where the grammars of
//! [`super::roles`] found none. Persons by name, people, things; a name is never a target's part ("the home of X").
//!
//! A proposal only adds values that overlap none of the same field; it never takes one away.

use std::collections::BTreeMap;

use super::entities::by_name;
use super::incidents::{Act, Group};
use super::lexicon::{Cat, Tag};
use super::nouns::{Phrase, Sort, over, phrases, unknown};
use super::page::Page;
use super::sides::exchanged;
use super::subjects::{passive, subjects};
use super::tokens::Class;
use super::{Field, Value};

/// What the common form of a person's own name begins with.
const PERSON: &str = "person:";

/// A sentence's phrases and the values put so far.
pub(super) struct Frame<'p, 'a> {
    pub(super) page: &'p Page<'a>,
    pub(super) group: &'p Group<'p>,
    pub(super) all: Vec<Phrase>,
    pub(super) fields: &'p mut BTreeMap<Field, Vec<Value>>,
    /// The act at hand is done to things as well as to persons.
    material: bool,
    /// The act at hand is an arrest.
    seized: bool,
    /// Those at hand are held for another act that is told beside.
    suspects: bool,
    /// The act at hand is done to persons only.
    personal: bool,
}

/// Adds what the clause's words tell by their places.
pub(crate) fn fill(page: &Page<'_>, group: &Group<'_>, fields: &mut BTreeMap<Field, Vec<Value>>) {
    if page.language != "en" {
        return;
    }
    let mut frame = Frame {
        page,
        group,
        all: phrases(page, group.sentence),
        fields,
        material: false,
        seized: false,
        suspects: false,
        personal: false,
    };
    for act in &group.acts {
        if page.tags.kind(act.tag) == "clash" || exchanged(page, act.tag) {
            frame.sides(act);
            continue;
        }
        frame.material = matches!(
            page.tags.kind(act.tag),
            "attack" | "bombing" | "arson" | "robbery" | "damage" | "looting" | "takeover" | "shelling"
        );
        frame.personal = matches!(page.tags.kind(act.tag), "killing" | "abduction")
            || page.tags.value(act.tag) == "small_arms_fire";
        let deed = |kind: &str| !matches!(kind, "arrest" | "support" | "damage" | "violence_background");
        frame.suspects = page.tags.kind(act.tag) == "arrest"
            && group.acts.iter().any(|other| deed(page.tags.kind(other.tag)));
        frame.seized = page.tags.kind(act.tag) == "arrest";
        if super::aside::denies(page, act.tag) {
            continue;
        }
        if act.noun {
            frame.of_noun(act);
        } else {
            frame.of_verb(act.tag);
        }
        frame.by(act.tag);
    }
    (frame.material, frame.seized, frame.suspects, frame.personal) = (false, false, false, true);
    let hurt: Vec<Tag> = page.tags.within(Cat::Casualty, group.from, group.to).collect();
    for tag in hurt {
        if !matches!(page.tags.value(tag), "toll" | "none" | "adjacent")
            && group.acts.iter().all(|a| a.tag.from != tag.from)
        {
            frame.of_verb(tag);
        }
    }
    frame.identified();
    frame.charged();
    frame.widen();
}

impl Frame<'_, '_> {
    pub(super) fn put(&mut self, field: Field, from: usize, to: usize, norm: Option<&str>) {
        let span = self.page.span(from, to);
        let known = self.fields.entry(field).or_default();
        if let Some(same) = known.iter_mut().find(|v| v.span.start < span.end && span.start < v.span.end) {
            if same.norm.is_none() && same.registry.is_none() && field == Field::Target {
                same.norm = norm.map(str::to_owned);
            }
            return;
        }
        known.push(Value { norm: norm.map(str::to_owned), ..Value::words(span) });
    }

    /// A person by name; the common form is the fullest name that the text gives.
    pub(super) fn named(&mut self, field: Field, phrase: &Phrase) {
        let Some((from, to)) = phrase.name else { return };
        let full = self.page.full_name(from, to);
        self.put(field, from, to, Some(&format!("{PERSON}{full}")));
    }

    /// "At least 20 people": told as a figure of those hurt, and of nobody in particular.
    fn counted(&self, phrase: &Phrase) -> bool {
        let page = self.page;
        phrase.sort == Sort::People
            && phrase.core > phrase.from
            && page.tolls_near(phrase.from, phrase.to)
            && !page.mentions_in(phrase.from, phrase.to).any(super::entities::Mention::acts)
            && self.of_whom(phrase.to) == phrase.to
    }

    fn patient(&mut self, phrase: &Phrase) {
        if self.page.token(phrase.from).is("no") {
            return;
        }
        if self.suspects && matches!(phrase.sort, Sort::Name | Sort::People | Sort::Force) && !phrase.owner {
            self.suspect(phrase);
            return;
        }
        match phrase.sort {
            Sort::Other if self.personal && !phrase.owner && unknown(self.page, phrase) => {
                let all = Phrase { name: Some((phrase.core, phrase.to)), ..*phrase };
                self.named(Field::Victims, &all);
            }
            Sort::Name if self.seized => self.named(Field::Target, phrase),
            Sort::Name => self.named(Field::Victims, phrase),
            Sort::Body if self.material => {
                self.put(Field::Target, phrase.from, phrase.to, Some("body"));
            }
            Sort::Thing if by_name(self.page, phrase.from, self.belonging(phrase.to)) => {}
            Sort::Thing if !phrase.owner && !self.page.token(phrase.to).is("to") => {
                let kind = phrase.tag.map(|t| self.page.tags.kind(t).to_owned());
                let to = self.belonging(phrase.to);
                self.put(Field::Target, phrase.from, to, kind.as_deref());
            }
            Sort::People | Sort::Force if !(phrase.owner || self.counted(phrase)) => {
                let to = self.of_whom(phrase.to);
                self.put(Field::Target, phrase.from, to, None);
            }
            _ => {}
        }
    }

    /// Patients from a place on: a list of phrases up to a preposition, a verb or the end of the clause.
    fn region(&mut self, from: usize) {
        let page = self.page;
        let mut at = from;
        let mut first = true;
        let mut found = Vec::new();
        while at < self.group.sentence.1 {
            if let Some(phrase) = over(&self.all, at).copied() {
                if found.len() > 24
                    || (!first && page.is(Cat::Speech, phrase.to) && phrase.sort != Sort::Name)
                {
                    break;
                }
                let complement = page.token(phrase.from.wrapping_sub(1)).any(&["of", "for"]) && !first;
                // An attack on the home of somebody is one on somebody.
                let home = found.last().is_some_and(|p: &Phrase| {
                    p.sort == Sort::Thing
                        && page.token(p.to.wrapping_sub(1)).any(&[
                            "home",
                            "residence",
                            "house",
                            "car",
                            "vehicle",
                            "motorcade",
                            "apartment",
                        ])
                });
                if !complement || home && phrase.sort == Sort::Name {
                    found.push(phrase);
                }
                first = false;
                at = phrase.to.max(at + 1);
                continue;
            }
            let token = page.token(at);
            let list = token.class == Class::Semicolon
                && found.last().is_some_and(|p: &Phrase| p.sort == Sort::Name);
            let passes =
                list || matches!(
                    token.class,
                    Class::Comma | Class::ParenOpen | Class::ParenClose | Class::Open | Class::Close
                ) || token.any(&["and", "of", "both", "as", "well", "or", "along", "together"])
                    || token.is("with") && page.token(at.wrapping_sub(1)).any(&["along", "together"])
                    || token.class == Class::Number
                    || (token.class == Class::Other && token.glued)
                    || first && super::chunks::determiner(page, at);
            if !passes {
                break;
            }
            at += 1;
        }
        for phrase in found {
            self.patient(&phrase);
        }
    }

    /// Phrases that are subject of what begins at a token, nearest first.
    pub(super) fn subjects(&self, verb: usize) -> Vec<Phrase> {
        subjects(self.page, &self.all, self.group.sentence.0, verb)
    }

    fn of_verb(&mut self, tag: Tag) {
        let page = self.page;
        let passive = passive(page, tag);
        let dies = page.tags.value(tag) == "left" && tag_is(page, tag, Cat::Casualty);
        let kind = page.tags.kind(tag).to_owned();
        let subjects = self.subjects(tag.from);
        let weapon = subjects.first().is_some_and(|p| p.sort == Sort::Weapon);
        if passive || dies {
            for phrase in &subjects {
                if kind != "support" {
                    self.patient(phrase);
                }
            }
            return;
        }
        if !weapon && !page.is(Cat::Casualty, tag.from) || kind == "killing" {
            self.agent(&subjects);
        }
        if kind == "support" {
            return;
        }
        let mut at = tag.to;
        while at < tag.to + 2
            && page.token(at).any(&["on", "at", "against", "upon", "into", "up", "down", "through"])
        {
            at += 1;
        }
        let fires = over(&self.all, at).is_some_and(|p| p.sort == Sort::Weapon);
        if weapon || fires || page.tags.value(tag) == "set" {
            self.scene(tag.to);
        }
        if page.tags.value(tag) != "set" {
            self.region(at);
        }
    }

    /// Where a weapon was placed or went off: "outside a bank", "at the embassy".
    fn scene(&mut self, from: usize) {
        let page = self.page;
        let stop = self.group.sentence.1.min(from + 24);
        let mut at = from;
        while at < stop {
            let led = page.token(at).any(&[
                "at",
                "in",
                "near",
                "outside",
                "inside",
                "against",
                "under",
                "beneath",
                "of",
                "to",
                "on",
                "into",
                "underneath",
                "beside",
                "next",
            ]);
            if page.token(at).class == Class::Semicolon || page.is(Cat::Speech, at) {
                break;
            }
            let start = at + 1 + usize::from(page.token(at + 1).any(&["of", "to"]));
            // "In areas near a shrine": where, and nothing that was hit.
            let near = page.token(at).any(&["near", "outside", "beside", "next"])
                && page.is(Cat::PlaceWord, at.wrapping_sub(1));
            if let Some(phrase) = over(&self.all, start).filter(|p| led && !near && p.from == start).copied()
                && (phrase.sort == Sort::Thing
                    || phrase.sort == Sort::Body && !page.token(at).any(&["in", "to", "into", "near"]))
                && !phrase.owner
            {
                self.patient(&phrase);
            }
            at += 1;
        }
    }

    /// "The branch of the bank": a thing with what it belongs to.
    pub(super) fn belonging(&self, to: usize) -> usize {
        let page = self.page;
        if !page.token(to).is("of") {
            return to;
        }
        let next = over(&self.all, to + 1).or_else(|| over(&self.all, to + 2));
        next.filter(|p| p.from == to + 1 && !p.owner).map_or(to, |p| p.to)
    }

    /// "A commander in the corps", "members of the front": people with the force that they belong to.
    fn of_whom(&self, to: usize) -> usize {
        let page = self.page;
        if !page.token(to).any(&["of", "from", "in", "with"]) {
            return to;
        }
        let next = (to + 1..to + 3).find_map(|at| page.mention_from(at));
        next.filter(|m| m.acts() && !m.located || m.registry.is_some()).map_or(to, |m| m.to)
    }

    /// An actor's name within a longer phrase of people is that phrase: "Shining Path members".
    fn widen(&mut self) {
        let page = self.page;
        let Some(actors) = self.fields.get_mut(&Field::Actor) else { return };
        for value in actors {
            let wide = self.all.iter().find(|p| {
                let (core, all) = (page.span(p.core, p.to), page.span(p.from, p.to));
                matches!(p.sort, Sort::People | Sort::Force)
                    && !p.owner
                    && all.start <= value.span.start
                    && value.span.end < core.end
            });
            if let Some(phrase) = wide {
                value.span = page.span(phrase.core, phrase.to);
                value.registry = None;
            }
        }
    }

    fn agent(&mut self, subjects: &[Phrase]) {
        if self.fields.get(&Field::Actor).is_some_and(|all| !all.is_empty()) {
            return;
        }
        let actor = subjects
            .iter()
            .take(3)
            .find(|p| (p.sort == Sort::Force || p.sort == Sort::People && self.doer(p)) && !p.owner);
        if let Some(phrase) = actor.copied() {
            let to = self.members(&phrase);
            self.put(Field::Actor, phrase.from, to, None);
        }
    }

    /// Whether people may be who did it: nobody's child or priest, but men, persons, members, students.
    fn doer(&self, phrase: &Phrase) -> bool {
        self.page.token(phrase.to.wrapping_sub(1)).any(&[
            "men",
            "man",
            "individuals",
            "individual",
            "persons",
            "person",
            "people",
            "members",
            "member",
            "subjects",
            "youths",
            "youth",
            "elements",
            "soldiers",
            "soldier",
            "policemen",
            "agents",
            "officers",
            "gunmen",
            "gunman",
            "students",
            "women",
            "woman",
            "boys",
            "demonstrators",
            "protesters",
            "peasants",
            "group",
            "fighters",
            "rebels",
            "guerrillas",
            "terrorists",
            "militants",
            "personnel",
            "combatants",
            "youngsters",
            "commandos",
        ])
    }

    /// "Members of the X front", "a group of men": the words go on.
    pub(super) fn members(&self, phrase: &Phrase) -> usize {
        let page = self.page;
        let head = page.token(phrase.to.wrapping_sub(1));
        let part = head.any(&[
            "members", "member", "group", "groups", "elements", "gang", "band", "units", "command", "column",
            "squad",
        ]);
        if !(part && page.token(phrase.to).any(&["of", "from"])) {
            return phrase.to;
        }
        let next = over(&self.all, phrase.to + 1).filter(|p| p.from <= phrase.to + 2);
        next.map_or(phrase.to, |p| p.to)
    }

    fn of_noun(&mut self, act: &Act) {
        let page = self.page;
        let kind = page.tags.kind(act.tag).to_owned();
        let personal = matches!(kind.as_str(), "killing" | "abduction" | "arrest");
        if let Some(phrase) = over(&self.all, act.tag.from).copied() {
            let owner = self.all.iter().find(|p| p.owner && p.to + 1 == phrase.from).copied();
            if let Some(owner) = owner.filter(|p| personal && p.sort == Sort::Name)
                && let Some((from, to)) = owner.name
            {
                self.put(Field::Victims, from, to, Some(PERSON));
            }
        }
        let end = self.group.sentence.1.min(act.tag.to + 12);
        let on = (act.tag.to..end).find(|i| {
            let token = page.token(*i);
            token.any(&["against", "on", "upon", "targeting"]) && page.date_over(*i + 1).is_none()
                || token.is("at") && over(&self.all, i + 1).is_some_and(|p| p.sort == Sort::Thing)
                || token.is("of") && *i == act.tag.to
        });
        self.aimed(act.tag.from);
        if kind == "bombing" && on.is_none() {
            self.scene(act.tag.to);
        }
        if page.token(act.tag.to.wrapping_sub(1)).any(&["of", "against", "to"]) {
            self.region(act.tag.to);
            return;
        }
        let Some(on) = on else { return };
        let clear = (act.tag.to..on).all(|i| {
            (page.token(i).word() || page.token(i).class == Class::Number || page.date_over(i).is_some())
                && !page.is(Cat::Speech, i)
        });
        if clear {
            self.region(on + 1);
        }
    }

    /// "X escaped unharmed from an attack", "the school has been the target of attacks".
    fn aimed(&mut self, noun: usize) {
        let page = self.page;
        let floor = self.group.sentence.0.max(noun.saturating_sub(9));
        let cue = (floor..noun).rev().find(|i| {
            page.token(*i).any(&[
                "escaped", "survived", "escapes", "victim", "victims", "target", "targets", "suffered",
                "emerged",
            ])
        });
        let Some(cue) = cue else { return };
        let be = (floor..cue).rev().find(|i| page.token(*i).any(&["was", "were", "been", "is", "are", "be"]));
        let from = be.filter(|at| *at + 5 > cue).unwrap_or(cue);
        for phrase in self.subjects(from) {
            self.patient(&phrase);
        }
    }

    /// "By four armed men" after the act.
    fn by(&mut self, tag: Tag) {
        let page = self.page;
        if self.fields.get(&Field::Actor).is_some_and(|all| !all.is_empty()) {
            return;
        }
        let end = self.group.sentence.1.min(tag.to + 30);
        let found = (tag.to..end).find(|i| {
            page.token(*i).is("by")
                && page.tags.over(Cat::SourceCue, *i).is_none()
                && !page.token(i.wrapping_sub(1)).any(&[
                    "followed",
                    "controlled",
                    "held",
                    "occupied",
                    "led",
                    "backed",
                    "headed",
                    "accompanied",
                    "reported",
                    "said",
                ])
        });
        let Some(by) = found else { return };
        if (tag.to..by).any(|i| matches!(page.token(i).class, Class::Semicolon) || page.is(Cat::Speech, i)) {
            return;
        }
        let Some(phrase) = (by + 1..by + 4).find_map(|i| over(&self.all, i)).copied() else { return };
        if matches!(phrase.sort, Sort::Force | Sort::People) && !phrase.owner {
            let to = self.members(&phrase);
            self.put(Field::Actor, phrase.from, to, None);
        }
    }

    /// "Identified as X", "the victims were X and Y", "including X".
    fn identified(&mut self) {
        let page = self.page;
        for at in self.group.from..self.group.to {
            let token = page.token(at);
            let cue =
                token.any(&["victims", "victim", "identified", "named", "including", "included", "among"])
                    || token.any(&["were", "are", "is", "was"])
                        && page.token(at.wrapping_sub(1)).any(&[
                            "victims",
                            "victim",
                            "dead",
                            "injured",
                            "wounded",
                            "killed",
                            "kidnapped",
                            "abducted",
                            "murdered",
                            "hostages",
                            "persons",
                        ]);
            if !cue {
                continue;
            }
            let mut from = at + 1;
            while page
                .token(from)
                .any(&["as", "them", "those", "by", "the", "killed", "wounded", "injured", "were", "was"])
                || matches!(page.token(from).class, Class::Colon | Class::Open | Class::Comma)
            {
                from += 1;
            }
            let end = self.group.sentence.1;
            let names: Vec<Phrase> = self
                .all
                .iter()
                .filter(|p| p.from >= from && p.to <= end && p.sort == Sort::Name)
                .copied()
                .collect();
            if names.first().is_some_and(|p| p.from < from + 8) {
                let suspects = (self.group.sentence.0..at).any(|i| {
                    page.token(i).any(&[
                        "suspects",
                        "suspect",
                        "killers",
                        "killer",
                        "murderers",
                        "perpetrators",
                        "assassins",
                    ])
                });
                for phrase in names {
                    if suspects {
                        self.suspect(&phrase);
                    } else {
                        self.patient(&phrase);
                    }
                }
            }
        }
    }
}

fn tag_is(page: &Page<'_>, tag: Tag, cat: Cat) -> bool {
    page.tag(cat, tag.from).is_some_and(|own| own.to == tag.to)
}
