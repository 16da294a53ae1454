//! One tree, three forms: text, HTML and JSON say the same, paragraph by paragraph.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

// Tables by hand: a row a line says more than the formatter would leave of it.
#[rustfmt::skip]
mod support;

use serde_json::Value;
use support::{World, html};
use truceline_model::*;
use truceline_publish::*;

/// Number and words of every paragraph, in order.
fn of_json(value: &Value, into: &mut Vec<(String, String)>) {
    let text = |key: &str| value[key].as_str().unwrap().to_owned();
    into.push((text("number"), text("words")));
    value["under"].as_array().into_iter().flatten().for_each(|below| of_json(below, into));
}

fn all() -> Vec<(Lang, Explanation)> {
    let world = World::new();
    let view = world.view();
    let mut all = Vec::new();
    for lang in Lang::ALL {
        for one in &view.incidents {
            all.extend(explanations(&view, one, None, None, lang).into_iter().map(|e| (lang, e)));
        }
    }
    assert!(all.len() > 12);
    all
}

fn squeezed(text: &str) -> String {
    let signs = [("&#39;", "'"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    let text = signs.iter().fold(text.to_owned(), |text, (entity, sign)| text.replace(entity, sign));
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\u{2066}'..='\u{2069}')).collect()
}

#[test]
fn text_html_and_json_hold_the_same_paragraphs() {
    for (_, explained) in all() {
        let json: Value = serde_json::from_str(&explained.json().unwrap()).unwrap();
        let mut told = Vec::new();
        json["sections"].as_array().unwrap().iter().for_each(|section| of_json(section, &mut told));
        assert!(told.len() > 5);
        let text = explained.text();
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let head = json["head"].as_array().unwrap().len();
        assert_eq!(lines.len(), head + told.len(), "{text}");
        let page = explained.html();
        assert_eq!(page.matches("data-node=").count(), told.len());
        let mut rest = squeezed(&html::words(&page));
        for ((number, words), line) in told.iter().zip(lines.iter().skip(head)) {
            assert!(line.trim_start().starts_with(&format!("{number}  ")), "{number}: {line}");
            assert!(line.contains(words.as_str()), "{words}: {line}");
            assert!(page.contains(&format!("data-node=\"{number}\"")));
            let at = rest.find(&squeezed(words)).unwrap_or_else(|| panic!("{words} is not on the page"));
            rest = rest[at..].to_owned();
        }
    }
}

#[test]
fn numbers_are_those_of_the_tree() {
    fn walk(node: &Node, before: &str, n: usize) {
        let wanted = if before.is_empty() { n.to_string() } else { format!("{before}.{n}") };
        assert_eq!(node.number, wanted);
        node.under.iter().zip(1..).for_each(|(below, n)| walk(below, &node.number, n));
    }
    for (_, explained) in all() {
        explained.sections.iter().zip(1..).for_each(|(node, n)| walk(node, "", n));
    }
}

#[test]
fn the_schema_knows_every_key_and_part() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema/explanation.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let parts: Vec<&str> = schema["$defs"]["node"]["properties"]["part"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v.as_str().unwrap())
        .collect();
    assert_eq!(parts, Part::ALL.map(Part::as_str));
    fn known(value: &Value, rule: &Value, node: &Value) {
        let properties = rule["properties"].as_object().unwrap();
        for key in value.as_object().unwrap().keys() {
            assert!(properties.contains_key(key), "{key}");
        }
        for key in rule["required"].as_array().unwrap() {
            assert!(value.get(key.as_str().unwrap()).is_some(), "{key}");
        }
        for list in ["sections", "under"] {
            value[list].as_array().into_iter().flatten().for_each(|below| known(below, node, node));
        }
    }
    for (_, explained) in all() {
        let value: Value = serde_json::from_str(&explained.json().unwrap()).unwrap();
        known(&value, &schema, &schema["$defs"]["node"]);
    }
}

/// Earlier answers to the same word are shown with what is alike and unlike, and change nothing.
#[test]
fn precedents_are_shown_and_never_applied() {
    let mut world = World::new();
    world.incidents[1].judgements.insert("proportionate".into(), Answer::Yes);
    let view = world.view();
    let mut finding = view.incidents[0].findings[0].clone();
    let asked = Reason {
        test: Test::Judged("proportionate".into()),
        truth: Truth::Unknown,
        tried: true,
        seen: vec![Seen { value: "unanswered".into(), truth: Truth::Unknown, origins: [].into() }],
        under: vec![],
    };
    finding.reasons = finding.reasons.iter().cloned().chain([asked]).collect();
    let mut view = view;
    view.judged.push(truceline_publish::view::JudgedView {
        incident: view.incidents[1].incident.id.clone(),
        judgement: "proportionate".into(),
        at: support::at("2016-05-04"),
        by: "duty officer".into(),
        why: "one shot in answer to many".into(),
        entry: 77,
    });
    let explained = explanation(&view, &view.incidents[0], &finding, Lang::En);
    let text = explained.text();
    assert!(text.contains("answered by duty officer: “one shot in answer to many” (entry 77)"), "{text}");
    assert!(text.contains("Unlike – What was done"), "{text}");
    assert!(text.contains("Shown, never applied"), "{text}");
    assert_eq!(explained.outcome, finding.outcome);
    let without = view.incidents[0].findings[0];
    let text = explanation(&view, &view.incidents[0], without, Lang::En).text();
    assert!(!text.contains("duty officer"), "{text}");
}
