//! One filled form as a phone sends it: a small XML document, and the parts of the body that brings it.
//!
//! Reads what a form of ours can hold and no more: elements, text, the five entities and numbered ones. No document type, no entity of its own, nothing
//! fetched. Bounded in depth and number; what is not understood is refused in words. Decides nothing about what is said.

use std::collections::BTreeMap;

/// Deepest element, and most of them.
const DEPTH: usize = 6;
const ELEMENTS: usize = 100;
/// Most parts of a body, and most bytes of a part's head.
const PARTS: usize = 8;
const HEAD: usize = 1_024;

/// One part of a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'b> {
    pub(super) name: String,
    pub(super) bytes: &'b [u8],
}

/// The boundary that a content type names.
pub(super) fn boundary(kind: &str) -> Option<&str> {
    let (whole, rest) = kind.split_once(';')?;
    if !whole.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let found = rest.split(';').find_map(|one| {
        let (name, value) = one.trim().split_once('=')?;
        name.eq_ignore_ascii_case("boundary").then(|| value.trim_matches('"'))
    });
    found.filter(|boundary| (1..=70).contains(&boundary.len()))
}

/// The parts of a body.
///
/// # Errors
/// In words, when it is not what the boundary says.
pub(super) fn parts<'b>(body: &'b [u8], boundary: &str) -> Result<Vec<Part<'b>>, String> {
    let cut = || "the body is cut off, or not parted as its head says".to_owned();
    let line = format!("--{boundary}");
    let between = format!("\r\n{line}");
    let start = match body.starts_with(line.as_bytes()) {
        true => line.len(),
        false => find(body, between.as_bytes()).ok_or_else(cut)? + between.len(),
    };
    let mut rest = body.get(start..).ok_or_else(cut)?;
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        if parts.len() == PARTS {
            return Err(format!("a body has at most {PARTS} parts"));
        }
        rest = rest.strip_prefix(b"\r\n").ok_or_else(cut)?;
        let head_end = find(rest, b"\r\n\r\n").filter(|end| *end <= HEAD).ok_or_else(cut)?;
        let (head, after) =
            (rest.get(..head_end).ok_or_else(cut)?, rest.get(head_end + 4..).ok_or_else(cut)?);
        let end = find(after, between.as_bytes()).ok_or_else(cut)?;
        let name = named(head).ok_or_else(|| "a part of the body has no name".to_owned())?;
        parts.push(Part { name, bytes: after.get(..end).ok_or_else(cut)? });
        rest = after.get(end + between.len()..).ok_or_else(cut)?;
    }
    Ok(parts)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn named(head: &[u8]) -> Option<String> {
    let head = std::str::from_utf8(head).ok()?;
    let line =
        head.split("\r\n").find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let name = line.split(';').find_map(|one| one.trim().strip_prefix("name="))?;
    Some(name.trim_matches('"').to_owned())
}

/// A filled form.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Filled {
    /// Id and version of the form.
    pub(super) form: String,
    pub(super) version: String,
    /// What was answered, by the path of the question without the outermost element.
    pub(super) answers: BTreeMap<String, String>,
}

/// Reads a filled form.
///
/// # Errors
/// In words, at the first thing that is not understood.
pub(super) fn filled(text: &str) -> Result<Filled, String> {
    let mut form = Filled::default();
    let mut open: Vec<String> = Vec::new();
    let mut rest = text.trim_start_matches('\u{feff}');
    let mut said = String::new();
    let (mut elements, mut is_over) = (0, false);
    while !rest.is_empty() {
        let Some(tag) = rest.strip_prefix('<') else {
            let end = rest.find('<').unwrap_or(rest.len());
            let (words, after) = rest.split_at(end);
            if open.is_empty() && !words.trim().is_empty() {
                return Err("there is text outside the form".to_owned());
            }
            said.push_str(&plain(words)?);
            rest = after;
            continue;
        };
        if let Some(skipped) = skipped(tag)? {
            rest = skipped;
            continue;
        }
        let (inside, after) = whole_tag(tag)?;
        rest = after;
        if let Some(name) = inside.strip_prefix('/') {
            let path = open.iter().skip(1).cloned().collect::<Vec<_>>().join("/");
            if open.pop().as_deref() != Some(local(name.trim())) {
                return Err("an element ends that did not begin".to_owned());
            }
            let words = std::mem::take(&mut said);
            if !words.trim().is_empty()
                && form.answers.insert(path.clone(), words.trim().to_owned()).is_some()
            {
                return Err(format!("{path} is answered twice"));
            }
            is_over = open.is_empty();
            continue;
        }
        elements += 1;
        if is_over || open.len() == DEPTH || elements > ELEMENTS {
            return Err(format!("a form is one element, at most {DEPTH} deep, of at most {ELEMENTS}"));
        }
        let (inside, is_empty) = inside.strip_suffix('/').map_or((inside, false), |inside| (inside, true));
        let (name, attributes) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
        if open.is_empty() {
            root(&mut form, attributes)?;
        }
        said.clear();
        match is_empty {
            true => is_over = open.is_empty(),
            false => open.push(local(name).to_owned()),
        }
    }
    if is_over && open.is_empty() { Ok(form) } else { Err("the form is cut off".to_owned()) }
}

/// What stands beside the elements: an instruction, a remark. What declares a document type is refused.
fn skipped(tag: &str) -> Result<Option<&str>, String> {
    let past = |from: &'static str, end: &'static str| {
        let after = tag.strip_prefix(from)?;
        Some(after.find(end).map(|at| after.get(at + end.len()..).unwrap_or_default()))
    };
    for (from, end) in [("?", "?>"), ("!--", "-->")] {
        if let Some(after) = past(from, end) {
            return after.map(Some).ok_or_else(|| "the form is cut off".to_owned());
        }
    }
    if tag.starts_with('!') {
        return Err("a form declares nothing: no document type, no section of its own".to_owned());
    }
    Ok(None)
}

/// The inside of a tag, a `>` in quotes being part of it, and what comes after.
fn whole_tag(tag: &str) -> Result<(&str, &str), String> {
    let mut quote = None;
    for (at, letter) in tag.char_indices() {
        match (quote, letter) {
            (None, '>') => {
                return Ok((tag.get(..at).unwrap_or_default(), tag.get(at + 1..).unwrap_or_default()));
            }
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    Err("the form is cut off".to_owned())
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn root(form: &mut Filled, attributes: &str) -> Result<(), String> {
    let mut rest = attributes.trim();
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''));
        let inside = quote.and_then(|quote| after.get(1..)?.split_once(quote));
        let (value, after) = inside.ok_or_else(|| "an attribute of the form cannot be read".to_owned())?;
        match name.trim() {
            "id" => form.form = plain(value)?,
            "version" => form.version = plain(value)?,
            _ => {}
        }
        rest = after.trim_start();
    }
    Ok(())
}

/// Text with its entities resolved.
fn plain(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (name, after) = after.split_once(';').ok_or_else(|| "an & that begins nothing".to_owned())?;
        let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
        let letter = match name {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => match name.strip_prefix('#') {
                Some(hex) if hex.starts_with('x') => number(hex.trim_start_matches('x'), 16),
                Some(digits) => number(digits, 10),
                None => None,
            },
        };
        out.push(letter.ok_or_else(|| "an entity that no form has".to_owned())?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn a_filled_form_is_read_and_its_answers_come_by_their_paths() {
        let text = "<?xml version='1.0'?><!-- a remark --><data xmlns:orx=\"x\" id=\"report\" version=\"1\">\n <words>A &lt;b&gt; &amp; قصف &#x41;</words><act/>\
                    <orx:meta><orx:instanceID>uuid:1</orx:instanceID></orx:meta></data>\n";
        let form = filled(text).unwrap();
        assert_eq!((form.form.as_str(), form.version.as_str()), ("report", "1"));
        assert_eq!(form.answers["words"], "A <b> & قصف A");
        assert_eq!(form.answers["meta/instanceID"], "uuid:1");
        assert_eq!(form.answers.len(), 2);
    }

    #[test]
    fn what_is_no_form_is_refused() {
        let deep = format!("{}{}", "<a>".repeat(9), "</a>".repeat(9));
        let many = format!("<a>{}</a>", "<b/>".repeat(200));
        for text in [
            "",
            "words",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a",
            "<a b=\"",
            "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
            "<a>&x;</a>",
            "<a>&#xD800;</a>",
            "<a>& </a>",
            "<a><b>1</b><b>2</b></a>",
            "<a><![CDATA[x]]></a>",
            "<a/>x",
            &deep,
            &many,
        ] {
            assert!(filled(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_body_is_parted_as_its_head_says_or_refused() {
        assert_eq!(boundary("multipart/form-data; boundary=\"xy\""), Some("xy"));
        for kind in ["multipart/form-data", "text/xml; boundary=x", "multipart/form-data; boundary=", ""] {
            assert_eq!(boundary(kind), None, "{kind}");
        }
        let body = b"--xy\r\nContent-Disposition: form-data; name=\"a\"; filename=\"b.xml\"\r\nContent-Type: text/xml\r\n\r\n<a/>\r\n--xy--\r\n";
        assert_eq!(parts(body, "xy").unwrap(), [Part { name: "a".to_owned(), bytes: b"<a/>" }]);
        for end in 0..body.len() - 4 {
            assert!(parts(&body[..end], "xy").is_err(), "{end}");
        }
        assert!(parts(b"--xy\r\n\r\n\r\n\r\n--xy--", "xy").is_err());
        assert_eq!(parts(b"--xy--", "xy").unwrap(), []);
    }
}
