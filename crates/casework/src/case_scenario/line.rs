//! One line of a `case` block: words, "quoted text", `key=value`, remarks after `//`. No braces, nothing that nests.

use std::collections::BTreeMap;

/// A line in its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// Words without a key, in order.
    pub(super) words: Vec<String>,
    /// Values by key.
    pub(super) keys: BTreeMap<String, String>,
}

impl Line {
    /// A value.
    pub(super) fn key(&self, name: &str) -> Option<&str> {
        self.keys.get(name).map(String::as_str)
    }

    /// The word at a place.
    pub(super) fn word(&self, place: usize) -> Option<&str> {
        self.words.get(place).map(String::as_str)
    }
}

/// Takes a line apart; `None` for one that is empty or a remark.
///
/// # Errors
/// What cannot be read, in words.
pub(super) fn line(text: &str) -> Result<Option<Line>, String> {
    let mut line = Line::default();
    let mut rest = text.trim();
    while !rest.is_empty() && !rest.starts_with("//") {
        let (key, after) = key(rest);
        let (value, after) = value(after)?;
        match key {
            None => line.words.push(value),
            Some(key) => {
                if line.keys.insert(key.to_owned(), value).is_some() {
                    return Err(format!("\"{key}\" stands here twice"));
                }
            }
        }
        rest = after.trim_start();
    }
    Ok((!line.words.is_empty() || !line.keys.is_empty()).then_some(line))
}

/// The key before `=`, when there is one.
fn key(text: &str) -> (Option<&str>, &str) {
    let end = text.find(|c: char| !(c.is_ascii_lowercase() || c == '-')).unwrap_or(text.len());
    match (text.get(..end), text.get(end..)) {
        (Some(key), Some(rest)) if !key.is_empty() && rest.starts_with('=') => {
            (Some(key), rest.strip_prefix('=').unwrap_or(rest))
        }
        _ => (None, text),
    }
}

/// A word, or a text in quotation marks; and what follows it.
fn value(text: &str) -> Result<(String, &str), String> {
    if let Some(inner) = text.strip_prefix('"') {
        let (value, rest) =
            inner.split_once('"').ok_or("a text that begins with \" ends with one on the same line")?;
        if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
            return Err("leave a blank after \"quoted text\"".into());
        }
        return Ok((value.to_owned(), rest));
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = (text.get(..end).unwrap_or_default(), text.get(end..).unwrap_or_default());
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    if word.is_empty() || !word.chars().all(plain) {
        return Err(format!("\"{word}\" is no word; put it in \"quotation marks\""));
    }
    Ok((word.to_owned(), rest))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    #[test]
    fn words_texts_keys_and_remarks() {
        let read =
            line("at \"2016-05-03T18:00\" moscow opens c against=\"a b\" then=x // why").unwrap().unwrap();
        assert_eq!(read.words, ["at", "2016-05-03T18:00", "moscow", "opens", "c"]);
        assert_eq!(read.key("against"), Some("a b"));
        assert_eq!(read.key("then"), Some("x"));
        assert_eq!(line("  // only a remark").unwrap(), None);
        assert_eq!(line("").unwrap(), None);
    }

    #[test]
    fn what_is_no_word_is_refused() {
        for bad in ["a=\"never closed", "a b=1 b=2", "{", "a = b", "x=", "who=\"a\"b", "مرحبا"] {
            assert!(line(bad).is_err(), "{bad}");
        }
    }
}
