//! Standard output, for pipes too: a reader that has seen enough (`| head`) ends the command quietly, not with a fault.

use std::fmt::{Display, Write as _};
use std::io::{ErrorKind, Write as _};

use serde_json::Value;

use crate::cli::Format;
use crate::failure::Failure;

/// Prints one line.
///
/// # Errors
/// When nobody reads any more (an end without fault), or the disk is full.
pub(crate) fn line(text: impl Display) -> Result<(), Failure> {
    text_as_it_is(&format!("{}\n", shown(&text.to_string())))
}

/// Text in which nothing acts on the terminal or reorders the line: control characters and overriding direction marks, which
/// only a hostile file name or id would hold, are written `\uXXXX`, which JSON reads as the same character.
pub(crate) fn shown(text: &str) -> String {
    let acts = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if acts(c) {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// Prints a result in words, or as one line of JSON.
///
/// # Errors
/// As for one line.
pub(crate) fn told(format: Format, words: impl Display, json: &Value) -> Result<(), Failure> {
    match format {
        Format::Text => line(words),
        Format::Json => line(json),
    }
}

/// Prints text as it is.
///
/// # Errors
/// As for one line.
pub(crate) fn text_as_it_is(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Failure::unread(),
        _ => Failure::operation("print", &error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shown_acts_on_the_terminal() {
        assert_eq!(shown("a\tb\nهدنة"), "a\tb\nهدنة");
        assert_eq!(shown("\u{1b}[2J\u{202e}x\r"), "\\u001b[2J\\u202ex\\u000d");
        let json = serde_json::json!({ "file": "a\u{202e}\u{7f}" });
        assert_eq!(serde_json::from_str::<Value>(&shown(&json.to_string())).unwrap(), json);
    }
}
