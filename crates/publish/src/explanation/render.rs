//! The tree as text, as HTML and as JSON. Every node is in each, with its number; nothing is added on the way.

use maud::{Markup, html};
use serde_json::{Map, Value};
use truceline_model::Truth;
use truceline_record::CanonicalError;

use super::{Explanation, Node, Part};
use crate::findings::text as canonical;
use crate::lang::Catalogue;
use crate::safe::html as iso;

/// The sign of a truth: shapes that differ without colour.
fn sign(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "✓",
        Truth::False => "✗",
        Truth::Unknown => "?",
    }
}

impl Explanation {
    /// As text for a terminal, numbered and indented.
    #[must_use]
    pub fn text(&self) -> String {
        let c = Catalogue::of(self.lang);
        let mut out = String::new();
        for line in &self.head {
            out.push_str(line);
            out.push('\n');
        }
        for section in &self.sections {
            out.push('\n');
            text_node(&c, section, 0, &mut out);
        }
        c.plain(&out)
    }

    /// As a fragment of HTML: nested lists, each item with its number.
    #[must_use]
    pub fn html(&self) -> String {
        self.markup(2).into_string()
    }

    pub(crate) fn markup(&self, level: u8) -> Markup {
        let c = Catalogue::of(self.lang);
        html! {
            div.explanation lang=(self.lang.code()) dir=(self.lang.dir()) {
                @for (n, line) in self.head.iter().enumerate() { p class=(if n == 0 { "verdict" } else { "quiet" }) { (iso(line)) } }
                @for section in &self.sections {
                    section data-node=(section.number) data-part=(section.part.as_str()) {
                        (crate::page::heading(level, None, &html! { span.no { (section.number) } " " (iso(&section.words)) }))
                        ol.tree { @for node in &section.under { (html_node(&c, node)) } }
                    }
                }
            }
        }
    }

    /// As JSON (`docs/schema/explanation.schema.json`), canonical, on one line without its end.
    ///
    /// # Errors
    /// When it has no canonical bytes: a tree nested deeper than 100 levels.
    pub fn json(&self) -> Result<String, CanonicalError> {
        let c = Catalogue::of(self.lang);
        let mut out = Map::new();
        out.insert("incident".into(), self.incident.as_str().into());
        out.insert("version".into(), self.version.into());
        out.insert("clause".into(), self.clause.as_str().into());
        out.insert("reading".into(), self.reading.as_str().into());
        out.insert("readings".into(), self.readings.iter().map(|r| r.as_str()).collect());
        out.insert("outcome".into(), self.outcome.as_str().into());
        out.insert("as_of".into(), self.as_of.to_string().into());
        out.insert("lang".into(), self.lang.code().into());
        out.insert("head".into(), self.head.iter().map(|line| c.plain(line)).collect());
        out.insert("sections".into(), self.sections.iter().map(|node| json_node(&c, node)).collect());
        canonical(&Value::Object(out))
    }
}

fn text_node(c: &Catalogue, node: &Node, depth: usize, out: &mut String) {
    let truth = node.truth.map_or("", sign);
    let gap = if truth.is_empty() { "" } else { " " };
    let not_reached = match (node.tried, node.part) {
        (false, Part::Step) => format!(" ({})", c.t("explain.not-reached")),
        _ => String::new(),
    };
    let indent = "  ".repeat(depth);
    out.push_str(&format!("{indent}{}  {truth}{gap}{}{not_reached}\n", node.number, node.words));
    node.under.iter().for_each(|below| text_node(c, below, depth + 1, out));
}

fn html_node(c: &Catalogue, node: &Node) -> Markup {
    let class = format!("part-{}{}", node.part.as_str(), if node.tried { "" } else { " not-reached" });
    html! {
        li class=(class) data-node=(node.number) data-part=(node.part.as_str()) {
            span.no { (node.number) } " "
            @if let Some(truth) = node.truth {
                @let word = truth.as_str();
                span class=(format!("truth truth-{word}")) { span aria-hidden="true" { (sign(truth)) } span.sr { (c.word("truth", word)) ": " } } " "
            }
            @if node.part == Part::Words { q { (iso(&node.words)) } } @else { (iso(&node.words)) }
            @if !node.tried && node.part == Part::Step { " " span.quiet { "(" (c.t("explain.not-reached")) ")" } }
            @if !node.under.is_empty() { ol { @for below in &node.under { (html_node(c, below)) } } }
        }
    }
}

fn json_node(c: &Catalogue, node: &Node) -> Value {
    let mut out = Map::new();
    out.insert("number".into(), node.number.as_str().into());
    out.insert("part".into(), node.part.as_str().into());
    out.insert("words".into(), c.plain(&node.words).into());
    if let Some(truth) = node.truth {
        out.insert("truth".into(), truth.as_str().into());
    }
    if let Some(outcome) = node.outcome {
        out.insert("outcome".into(), outcome.as_str().into());
    }
    if !node.tried {
        out.insert("tried".into(), false.into());
    }
    for (key, value) in [("fact", &node.fact), ("value", &node.value)] {
        if let Some(value) = value {
            out.insert(key.into(), value.as_str().into());
        }
    }
    if !node.origins.is_empty() {
        out.insert("origins".into(), node.origins.iter().map(|o| o.as_str()).collect());
    }
    if !node.receipts.is_empty() {
        out.insert("receipts".into(), node.receipts.iter().map(|r| r.0).collect());
    }
    if !node.under.is_empty() {
        out.insert("under".into(), node.under.iter().map(|below| json_node(c, below)).collect());
    }
    Value::Object(out)
}
