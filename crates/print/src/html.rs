//! Reads a page of ours into a tree: elements, their attributes, text with its references resolved.
//!
//! Never fails and never runs out of stack: what is not closed is closed at the end, an end without a beginning is passed over, and below
//! [`DEEPEST`] elements stand side by side instead of in each other. It is no browser's parser: our pages are written by one writer, well formed.

/// So deep elements stand in each other; a bulletin needs about thirty.
const DEEPEST: usize = 96;

/// A piece of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    Text(String),
    Element(Element),
}

/// An element with what it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Node>,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn classes(&self) -> impl Iterator<Item = &str> {
        self.attribute("class").unwrap_or_default().split_ascii_whitespace()
    }

    pub(crate) fn is_of(&self, class: &str) -> bool {
        self.classes().any(|one| one == class)
    }

    pub(crate) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(one) => Some(one),
            Node::Text(_) => None,
        })
    }

    /// The first element of that name in it, however deep.
    pub(crate) fn first(&self, name: &str) -> Option<&Self> {
        self.elements().find_map(|one| if one.name == name { Some(one) } else { one.first(name) })
    }

    /// All text in it.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        self.collect(&mut out);
        out
    }

    fn collect(&self, out: &mut String) {
        for node in &self.children {
            match node {
                Node::Text(text) => out.push_str(text),
                Node::Element(one) => one.collect(out),
            }
        }
    }
}

/// Elements that hold nothing.
fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "source"
            | "wbr"
    )
}

/// The page as one element without a name.
pub(crate) fn parse(page: &str) -> Element {
    let mut open = vec![Element::default()];
    let mut flat: Vec<String> = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        let (text, tail) = rest.split_at(at);
        put_text(&mut open, text);
        rest = tag(&mut open, &mut flat, tail);
    }
    put_text(&mut open, rest);
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop().unwrap_or_default()
}

fn put_text(open: &mut [Element], text: &str) {
    if let (false, Some(last)) = (text.is_empty(), open.last_mut()) {
        last.children.push(Node::Text(resolved(text)));
    }
}

fn close(open: &mut Vec<Element>) {
    if let (Some(done), Some(last)) = (open.pop(), open.last_mut()) {
        last.children.push(Node::Element(done));
    }
}

/// Reads what begins with `<`; gives what stands after it.
fn tag<'a>(open: &mut Vec<Element>, flat: &mut Vec<String>, text: &'a str) -> &'a str {
    if let Some(comment) = text.strip_prefix("<!--") {
        return comment.split_once("-->").map_or("", |(_, rest)| rest);
    }
    let is_tag = |c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?');
    if !text.get(1..).is_some_and(|rest| rest.starts_with(is_tag)) {
        put_text(open, "<");
        return text.get(1..).unwrap_or_default();
    }
    let (inside, rest) = inside(text);
    if let Some(name) = inside.strip_prefix('/') {
        end(open, flat, &name.trim().to_ascii_lowercase());
        return rest;
    }
    if inside.starts_with(['!', '?']) {
        return rest;
    }
    let is_empty = inside.ends_with('/');
    let inside = inside.trim_end_matches('/');
    let (name, attributes) = inside.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((inside, ""));
    let name = name.to_ascii_lowercase();
    let one = Element { attributes: pairs(attributes), name, children: Vec::new() };
    if is_empty || is_void(&one.name) {
        if let Some(last) = open.last_mut() {
            last.children.push(Node::Element(one));
        }
        return rest;
    }
    if matches!(one.name.as_str(), "style" | "script") {
        return rest
            .find(&format!("</{}", one.name))
            .map_or("", |at| rest.get(at..).map_or("", |tail| inside_end(tail)));
    }
    if open.len() >= DEEPEST {
        flat.push(one.name);
    } else {
        open.push(one);
    }
    rest
}

fn inside_end(text: &str) -> &str {
    text.split_once('>').map_or("", |(_, rest)| rest)
}

/// What stands between `<` and the `>` that is in no quotes, and what follows.
fn inside(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, c) in text.char_indices().skip(1) {
        match (quote, c) {
            (None, '>') => {
                return (text.get(1..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
            }
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    (text.get(1..).unwrap_or_default(), "")
}

fn end(open: &mut Vec<Element>, flat: &mut Vec<String>, name: &str) {
    if flat.last().is_some_and(|last| last == name) {
        flat.pop();
        return;
    }
    let Some(at) = open.iter().rposition(|one| one.name == name).filter(|at| *at > 0) else { return };
    flat.clear();
    while open.len() > at {
        close(open);
    }
}

fn pairs(mut text: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    loop {
        text = text.trim_start();
        let stop = text.find(|c: char| c == '=' || c.is_ascii_whitespace()).unwrap_or(text.len());
        let (name, rest) = text.split_at(stop);
        if name.is_empty() && !rest.starts_with('=') {
            return out;
        }
        let Some(value) = rest.strip_prefix('=') else {
            out.push((name.to_ascii_lowercase(), String::new()));
            text = rest;
            continue;
        };
        let quoted = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, rest) = match quoted {
            Some(quote) => value.get(1..).unwrap_or_default().split_once(quote).unwrap_or((value, "")),
            None => value.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((value, "")),
        };
        out.push((name.to_ascii_lowercase(), resolved(value)));
        text = rest;
    }
}

/// Text with its character references resolved; one that is none stays as it is written.
fn resolved(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let found = tail
            .get(1..)
            .and_then(|tail| tail.split_once(';'))
            .and_then(|(name, rest)| Some((reference(name)?, rest)));
        match found {
            Some((c, after)) => {
                out.push(c);
                rest = after;
            }
            None => {
                out.push('&');
                rest = tail.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{a0}'),
        _ => {
            let number = name.strip_prefix('#').filter(|number| number.len() <= 8)?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn a_page_of_ours_comes_back_as_its_text() {
        let page = parse(
            "<!DOCTYPE html><html><head><style>a{b:\"</p>\"}</style></head><body><p class=\"a b\">1 &lt; 2 &amp; &#x645;<br>x<b>y</b></p></body></html>",
        );
        let p = page.first("p").unwrap();
        assert!(p.is_of("b") && !p.is_of("c"));
        assert_eq!(page.text(), "1 < 2 & مxy");
        assert_eq!(p.elements().count(), 2);
    }

    #[test]
    fn what_is_not_well_formed_is_still_read() {
        assert_eq!(parse("a < b <i>c</b></i></i> &unknown; <p").text(), "a < b c &unknown; ");
        let deep = "<div>".repeat(100_000) + "x" + &"</div>".repeat(100_000) + "y";
        assert_eq!(parse(&deep).text(), "xy");
        assert_eq!(parse("<p a='>' b=1 c>z").first("p").unwrap().attribute("a"), Some(">"));
    }
}
