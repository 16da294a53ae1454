//! Reads one `column` of a mapping: what it becomes, and what its contents stand for.

use truceline_model::{Act, Attribution, Target, Weapon};

use super::kdl::{Node, Place, Value};
use super::parse::{Faults, Properties, date_formats, properties, text_of, words};
use super::{ColumnRule, Field};
use crate::nearest::{among, did_you_mean};

const PROPERTIES: [&str; 5] = ["is", "optional", "split", "bound", "add"];
const LINES: [&str; 4] = ["value", "otherwise", "empty", "dates"];

/// Reads the node; `None` when nothing can be made of it, in which case a fault says why.
pub(super) fn column_rule(node: &Node, faults: &mut Faults<'_>) -> Option<ColumnRule> {
    let given = properties(node, &PROPERTIES, faults);
    let mut names = words(node);
    let (column, field) = match (names.pop(), names.is_empty(), given.get("is")) {
        (Some((column, _)), true, Some((value, place))) => {
            let word = text_of(value);
            let Some(field) = Field::parse(&word) else {
                let near = did_you_mean(&word, Field::ALL.iter().map(|f| f.as_str()));
                faults.add(*place, format!("no field is called \"{word}\"{near}"));
                return None;
            };
            (column, field)
        }
        _ => {
            faults.add(node.at, "a column has a name and says what it is, like column \"code\" is=id");
            return None;
        }
    };
    let mut rule = ColumnRule {
        column,
        field,
        values: Vec::new(),
        otherwise: None,
        empties: Vec::new(),
        split: None,
        optional: flag(&given, "optional", faults),
        at_least: false,
        add: flag(&given, "add", faults),
        dates: None,
        at: node.at,
    };
    if let Some((value, place)) = given.get("split") {
        let text = text_of(value);
        if text.is_empty() {
            faults.add(*place, "split is what parts the values in a cell, like split=\",\"");
        }
        rule.split = Some(text);
    }
    if let Some((value, place)) = given.get("bound") {
        rule.at_least = text_of(value) == "at-least";
        if !rule.at_least {
            faults.add(*place, "bound is at-least: the count is a lower bound");
        }
    }
    for line in node.children.iter().flatten() {
        one_line(line, &mut rule, faults);
    }
    Some(rule)
}

fn flag(given: &Properties, name: &str, faults: &mut Faults<'_>) -> bool {
    match given.get(name) {
        None => false,
        Some((Value::Bool(flag), _)) => *flag,
        Some((_, place)) => {
            faults.add(*place, format!("{name} is #true or #false"));
            false
        }
    }
}

fn one_line(line: &Node, rule: &mut ColumnRule, faults: &mut Faults<'_>) {
    let name = line.name.as_str();
    properties(line, &[], faults);
    let all = words(line);
    match name {
        "value" => {
            let mut texts = all.into_iter();
            let Some((found, place)) = texts.next() else {
                return faults.add(line.at, "value takes what is found and what it stands for");
            };
            let folded = fold(&found);
            if rule.values.iter().any(|(other, _)| *other == folded) {
                return faults.add(place, format!("\"{found}\" has a line already"));
            }
            let stands_for: Vec<(String, Place)> = texts.collect();
            check(rule.field, &stands_for, faults);
            rule.values.push((folded, stands_for.into_iter().map(|(word, _)| word).collect()));
        }
        "otherwise" => {
            check(rule.field, &all, faults);
            rule.otherwise = Some(all.into_iter().map(|(word, _)| word).collect());
        }
        "empty" => rule.empties.extend(all.iter().map(|(word, _)| fold(word))),
        "dates" => rule.dates = date_formats(line, faults),
        _ => {
            let near = did_you_mean(name, LINES);
            faults.add(line.at, format!("a column has no \"{name}\"{near}; it has {}", LINES.join(", ")));
        }
    }
}

/// A content as mappings compare it: without regard to case and outer spaces.
pub(crate) fn fold(content: &str) -> String {
    content.trim().to_lowercase()
}

/// Words of a closed vocabulary are checked when the mapping is read, not when the first such row comes.
pub(super) fn check(field: Field, all: &[(String, Place)], faults: &mut Faults<'_>) {
    for (word, place) in all {
        let known: Vec<&str> = match field {
            Field::Act => Act::ALL.iter().map(|w| w.as_str()).chain(["unknown"]).collect(),
            Field::Weapon => Weapon::ALL.iter().map(|w| w.as_str()).chain(["none-stated"]).collect(),
            Field::Target => Target::ALL.iter().map(|w| w.as_str()).chain(["unknown"]).collect(),
            Field::ActorHow => Attribution::ALL.iter().map(|w| w.as_str()).collect(),
            Field::Kind => crate::reader::KINDS.to_vec(),
            _ => return,
        };
        if !known.contains(&word.as_str()) {
            let near = did_you_mean(word, known.iter().copied());
            faults.add(*place, format!("{field} has no word \"{word}\"{near}; it has {}", among(&known)));
        }
    }
}
