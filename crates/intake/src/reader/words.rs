//! Words of the closed vocabularies, named facts, grades, addresses and notes.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Act, Answer, Credibility, FactId, Grade, SourceId, Target, Weapon};

use super::row::Row;
use crate::mapping::Field;
use crate::media::{MEDIA, medium};
use crate::nearest::{among, did_you_mean};
use crate::refusal::{Fault, quote};

/// Acts; `unknown` names none.
pub(super) fn acts(row: &mut Row<'_>) -> BTreeSet<Act> {
    words(row, Field::Act, Act::parse, || Act::ALL.iter().map(|word| word.as_str()).collect())
}

/// Weapons; `none-stated` names none.
pub(super) fn weapons(row: &mut Row<'_>) -> BTreeSet<Weapon> {
    words(row, Field::Weapon, Weapon::parse, || Weapon::ALL.iter().map(|word| word.as_str()).collect())
}

/// Targets; `unknown` names none.
pub(super) fn targets(row: &mut Row<'_>) -> BTreeSet<Target> {
    words(row, Field::Target, Target::parse, || Target::ALL.iter().map(|word| word.as_str()).collect())
}

fn words<T: Ord>(
    row: &mut Row<'_>,
    field: Field,
    parse: impl Fn(&str) -> Option<T>,
    all: impl Fn() -> Vec<&'static str>,
) -> BTreeSet<T> {
    let mut out = BTreeSet::new();
    let Some(found) = row.find(field) else { return out };
    for part in found.parts.iter().filter(|part| !matches!(part.as_str(), "unknown" | "none-stated")) {
        if let Some(word) = parse(part) {
            out.insert(word);
            continue;
        }
        let near = did_you_mean(part, all());
        let say = match found.rule {
            Some(rule) if !rule.values.is_empty() => {
                format!(
                    "{} has no line in the mapping; say there which {field} it stands for{near}",
                    quote(part)
                )
            }
            _ => format!("{field} is one of {}{near}", among(&all())),
        };
        row.refuse(Fault::Word, &found, say);
    }
    out
}

/// Named facts: `name=yes`.
pub(super) fn facts(row: &mut Row<'_>) -> BTreeMap<FactId, Answer> {
    let mut out = BTreeMap::new();
    let Some(found) = row.find(Field::Facts) else { return out };
    for part in &found.parts {
        let pair = part.split_once('=').and_then(|(name, answer)| {
            let name = name.trim();
            let kebab = !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            Some((name, Answer::parse(answer.trim())?)).filter(|_| kebab)
        });
        match pair {
            Some((name, answer)) => {
                out.insert(FactId::new(name), answer);
            }
            None => {
                let say =
                    format!("{} is no fact; write exempt-group-present=yes, =no or =unclear", quote(part));
                row.refuse(Fault::Word, &found, say);
            }
        }
    }
    out
}

/// Grade of the source: the column's, else the mapping's, else the registry's.
pub(super) fn grade(row: &mut Row<'_>, source: Option<&SourceId>) -> Grade {
    let Some(found) = row.find(Field::Grade) else {
        let registered = source.and_then(|id| row.context.sources.get(id)).map(|source| source.grade);
        return if row.mapping.grade == Grade::F {
            registered.unwrap_or(Grade::F)
        } else {
            row.mapping.grade
        };
    };
    Grade::parse(&found.one()).unwrap_or_else(|| {
        row.refuse(Fault::Word, &found, "a grade is A, B, C, D, E or F (cannot be judged)");
        Grade::F
    })
}

/// Credibility of the information.
pub(super) fn credibility(row: &mut Row<'_>) -> Credibility {
    let Some(found) = row.find(Field::Credibility) else { return row.mapping.credibility };
    Credibility::parse(&found.one()).unwrap_or_else(|| {
        row.refuse(Fault::Word, &found, "credibility is 1, 2, 3, 4, 5 or 6 (cannot be judged)");
        Credibility::UNJUDGED
    })
}

/// A public address; anything that is no web address is left out, for it would become a link that people follow.
pub(super) fn address(row: &mut Row<'_>) -> Option<String> {
    let text = row.text(Field::Address)?;
    let web = text.starts_with("https://") || text.starts_with("http://");
    if web && text.len() <= 2000 && !text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Some(text);
    }
    row.warn(Field::Address, format!("{} is no web address; left out", quote(&text)));
    None
}

/// Addresses of what it shows or quotes, as pages; one that is none, or of a channel, is left out.
pub(super) fn media(row: &mut Row<'_>) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for text in row.ids(Field::Media) {
        match medium(&text) {
            Some(page) if all.len() < MEDIA => _ = all.insert(page),
            Some(_) => row.warn(Field::Media, format!("more than {MEDIA} addresses; the rest was left out")),
            None => row.warn(Field::Media, format!("{} is no address of one thing; left out", quote(&text))),
        }
    }
    all
}

/// The note, cut to `limit` characters.
pub(super) fn note(row: &mut Row<'_>, limit: usize) -> Option<String> {
    let text = row.text(Field::Note)?;
    if text.chars().count() <= limit {
        return Some(text);
    }
    row.warn(Field::Note, format!("the note is longer than {limit} characters; the rest was left out"));
    Some(text.chars().take(limit).collect())
}
