//! Words that may be somebody or something of a role: the reader's noun phrases and its claims' values, in the forms in which they are
//! told ("members of the front", "men in uniform"), put together by what they say.

use std::collections::BTreeMap;

use truceline_intake::prose::Mark;

use super::page::{Page, Sentence};
use crate::ceaf::normal;
use crate::flatten::{Organisations, persons, stripped};

/// Where a candidate stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The sentence.
    pub sentence: usize,
    /// Its bytes.
    pub start: usize,
    /// Their end.
    pub end: usize,
    /// The mark that it is of.
    pub mark: Option<usize>,
    /// How it was made of that.
    pub form: &'static str,
}

/// Candidates of one role by their words, each with where it stands.
pub type Candidates = BTreeMap<String, Vec<Place>>;

/// Candidates of a document by role.
#[must_use]
pub fn candidates(page: &Page, case: &Organisations) -> BTreeMap<&'static str, Candidates> {
    let mut all: BTreeMap<&'static str, Candidates> = BTreeMap::new();
    let mut add = |role: &'static str, words: String, place: Place| {
        if !words.is_empty() && words.chars().any(char::is_alphabetic) {
            let own = all.entry(role).or_default().entry(words).or_default();
            if !own.iter().any(|other| (other.start, other.end) == (place.start, place.end)) {
                own.push(place);
            }
        }
    };
    for (number, sentence) in page.sentences.iter().enumerate() {
        for (at, mark) in sentence.marks.iter().enumerate() {
            for (start, end, form) in forms(page, sentence, at, mark) {
                let text = page.text.get(start..end).unwrap_or_default();
                let place = Place { sentence: number, start, end, mark: Some(at), form };
                for role in roles(sentence, mark, form, text) {
                    let words = match &mark.name {
                        Some(name) if matches!(role, "Victim" | "PerpInd") => normal(name),
                        _ if form == "core" => stripped(text),
                        _ if form == "counted" => normal(text),
                        _ => led(text),
                    };
                    add(role, words, place.clone());
                }
            }
        }
        for (start, end, name) in named(sentence, case) {
            let place = Place { sentence: number, start, end, mark: None, form: "registry" };
            add("PerpOrg", name, place);
        }
        values(page, number, &mut add);
    }
    if let Some(own) = all.get_mut("PerpOrg") {
        *own = one_each(std::mem::take(own), case);
    }
    all
}

/// One candidate for one organisation, by whatever names: under the name that stands most often.
fn one_each(all: Candidates, case: &Organisations) -> Candidates {
    let mut groups: BTreeMap<String, Vec<(String, Vec<Place>)>> = BTreeMap::new();
    for (words, places) in all {
        let id = case.id(&words).map_or_else(|| words.clone(), |id| format!("id {id}"));
        groups.entry(id).or_default().push((words, places));
    }
    groups
        .into_values()
        .filter_map(|mut group| {
            group.sort_by(|a, b| {
                b.1.len().cmp(&a.1.len()).then(b.0.len().cmp(&a.0.len())).then(a.0.cmp(&b.0))
            });
            let name = group.first()?.0.clone();
            let mut places: Vec<Place> = group.into_iter().flat_map(|(_, places)| places).collect();
            places.sort();
            Some((name, places))
        })
        .collect()
}

/// Values of claims, which may be other stretches than phrases.
fn values(page: &Page, number: usize, add: &mut impl FnMut(&'static str, String, Place)) {
    let Some(sentence) = page.sentences.get(number) else { return };
    for claim in sentence.claims.iter().filter_map(|at| page.claims.get(*at)) {
        for (field, role) in [
            ("actor", "PerpInd"),
            ("actor", "PerpOrg"),
            ("target", "Target"),
            ("weapon", "Weapon"),
            ("victims", "Victim"),
        ] {
            for value in claim.field(field) {
                let Some(bytes) = value.bytes else { continue };
                let place =
                    Place { sentence: number, start: bytes.start, end: bytes.end, mark: None, form: "value" };
                let name = value.norm.as_deref().and_then(|norm| norm.strip_prefix("person:"));
                match (role, name) {
                    ("Victim" | "PerpInd", Some(name)) => add(role, normal(name), place),
                    ("Victim", None) | (_, Some(_)) => {}
                    ("PerpInd", None) if !persons(&stripped(&value.text)) => {}
                    _ => add(role, stripped(&value.text), place),
                }
            }
        }
    }
}

fn roles(sentence: &Sentence, mark: &Mark, form: &str, text: &str) -> Vec<&'static str> {
    let person = || persons(&normal(text));
    let act = || sentence.marks.iter().any(|m| matches!(m.sort, "does" | "suffers" | "noun" | "hurt"));
    match mark.sort {
        "name" => vec!["Victim", "PerpInd"],
        "people" | "force" if form == "head" => vec!["PerpInd"],
        "people" => vec!["PerpInd"],
        "force" => vec!["PerpInd", "PerpOrg", "Target"],
        "thing" if form == "head" => vec![],
        "thing" => vec!["Target"],
        "body" => vec!["Target", "PerpOrg"],
        "weapon" | "arm" => vec!["Weapon"],
        "other" if form == "counted" && !person() => vec![],
        "other" if person() => vec!["PerpInd"],
        "other" if form == "core" && act() => vec!["Target"],
        "other" if form == "core" && body(text) => vec!["PerpOrg"],
        _ => vec![],
    }
}

/// The stretches that a phrase may stand for.
fn forms(page: &Page, sentence: &Sentence, at: usize, mark: &Mark) -> Vec<(usize, usize, &'static str)> {
    let (start, end) = (mark.core.start as usize, mark.core.end as usize);
    if mark.sort == "arm" {
        return vec![(start, end, "arm")];
    }
    let nouns = ["name", "people", "force", "thing", "weapon", "act", "body", "other"];
    if !nouns.contains(&mark.sort) {
        return Vec::new();
    }
    let mut out = vec![(start, end, "core")];
    let counted = page.text.get(mark.span.start as usize..start).unwrap_or_default();
    if !normal(counted).is_empty() && mark.name.is_none() {
        out.push((mark.span.start as usize, end, "counted"));
    }
    if mark.name.is_some() {
        return out;
    }
    let text = page.text.get(start..end).unwrap_or_default();
    if let Some(space) = text.rfind(char::is_whitespace) {
        out.push((start + space + 1, end, "head"));
    }
    let next =
        sentence.marks.iter().skip(at + 1).find(|m| nouns.contains(&m.sort) && m.span.start as usize >= end);
    let Some(next) = next else { return out };
    let between = page.text.get(end..next.core.start as usize).unwrap_or_default();
    let form = match normal(between).as_str() {
        "of" => "of",
        "in" => "in",
        "from" => "from",
        "wearing" | "dressed in" | "aboard" | "on board" | "on" | "with" | "armed with" | "traveling in"
        | "riding in" | "riding" => "with",
        "s" | "" if mark.owner => "owner",
        "for" => "for",
        "and" => "and",
        _ => return out,
    };
    out.push((start, next.core.end as usize, form));
    if form == "of" {
        let after = sentence.marks.iter().find(|m| {
            nouns.contains(&m.sort) && m.span.start >= next.core.end && {
                let gap = page.text.get(next.core.end as usize..m.core.start as usize).unwrap_or("|");
                normal(gap) == "of" || next.owner && normal(gap).len() < 2
            }
        });
        if let Some(after) = after.filter(|m| m.core.start - next.core.end < 12) {
            out.push((start, after.core.end as usize, "of of"));
        }
    }
    out
}

/// Names of the case's actors in a sentence.
fn named(sentence: &Sentence, case: &Organisations) -> Vec<(usize, usize, String)> {
    let mut out = Vec::new();
    let mut at = 0;
    let words: Vec<&super::page::Word> =
        sentence.words.iter().filter(|word| !["a", "an", "the"].contains(&word.text.as_str())).collect();
    while at < words.len() {
        let longest = (at + 1..=words.len().min(at + 8)).rev().find_map(|to| {
            let own = words.get(at..to)?;
            let name = own.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
            case.id(&name).map(|_| (to, name))
        });
        match longest {
            Some((to, name)) => {
                if let (Some(first), Some(last)) = (words.get(at), words.get(to - 1)) {
                    out.push((first.start, last.end, name));
                }
                at = to;
            }
            None => at += 1,
        }
    }
    out
}

/// Whether words end as the name of an organisation does.
fn body(text: &str) -> bool {
    crate::flatten::body(normal(text).rsplit(' ').next().unwrap_or_default())
}

/// Words without what counts before them.
fn led(text: &str) -> String {
    crate::flatten::led(&normal(text))
}
