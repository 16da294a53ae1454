//! A first look at a block, line by line: words, whole numbers, "quoted text", name=value, `// remarks`; nothing else.
//!
//! KDL allows more (braces, raw and many-line strings, nested comments) and its reader recovers from errors by descending,
//! so text that is not plainly ours never reaches it. What is refused here is said in words of this language.

use crate::diagnostic::Diagnostic;
use crate::markdown::{Block, span};

/// Longest line that is read, in bytes.
const LINE_LIMIT: usize = 8 * 1024;
/// Most faults that are said of one block.
const FAULTS: usize = 20;

/// The lines of a block that can be read as statements, each with its offset in the block; faults of the others are said.
pub(crate) fn good_lines<'a>(block: &Block<'a>, diagnostics: &mut Vec<Diagnostic>) -> Vec<(usize, &'a str)> {
    let mut good = Vec::new();
    let mut faults = 0;
    let mut at = 0;
    for line in block.text.split_inclusive('\n') {
        match fault(line.trim_end(), block.offset + at) {
            None => good.push((at, line.trim_end())),
            Some(_) if faults >= FAULTS => {}
            Some(found) => {
                faults += 1;
                diagnostics.push(found);
            }
        }
        at += line.len();
    }
    good
}

/// Control characters and direction marks, which KDL allows nowhere.
pub(crate) fn invisible(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(
            c,
            '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

/// What is wrong with one line, if anything; `base` is its place in the file.
fn fault(line: &str, base: usize) -> Option<Diagnostic> {
    if line.len() > LINE_LIMIT {
        let message = format!("this line has {} bytes; {LINE_LIMIT} is the most that is read", line.len());
        return Some(
            Diagnostic::error("too-large", span(base, base + 80), message)
                .help("say it in several statements"),
        );
    }
    if let Some((at, c)) = line.char_indices().find(|(_, c)| invisible(*c)) {
        let here = span(base + at, base + at + c.len_utf8());
        if c == '\0' {
            let said = Diagnostic::error("nul", here, "a NUL character stands in this line");
            return Some(said.help("save the file as plain UTF-8 text"));
        }
        let message = format!("an invisible character (U+{:04X}) stands here", u32::from(c));
        return Some(
            Diagnostic::error("invisible", here, message)
                .help("delete it: it changes how the line looks and not what it says"),
        );
    }
    let mut rest = line;
    loop {
        rest = rest.trim_start();
        let at = base + (line.len() - rest.len());
        if rest.is_empty() || rest.starts_with("//") {
            return None;
        }
        let token = match rest.strip_prefix('"') {
            Some(text) => quoted(text, at).map(|length| length + 1),
            None => bare(rest, at),
        };
        match token {
            Ok(length) => rest = rest.get(length..).unwrap_or_default(),
            Err(found) => return Some(*found),
        }
    }
}

type Token = Result<usize, Box<Diagnostic>>;

fn refuse(code: &'static str, start: usize, length: usize, message: &str, help: &str) -> Token {
    Err(Box::new(Diagnostic::error(code, span(start, start + length), message).help(help)))
}

/// Length of quoted text after its first mark, with the closing mark.
fn quoted(text: &str, at: usize) -> Token {
    let mut chars = text.char_indices();
    while let Some((n, c)) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some((_, '"' | '\\')) => {}
                _ => {
                    let help = "write \\\\ for a backslash and \\\" for a quotation mark inside quoted text";
                    return refuse("syntax", at + 1 + n, 1, "a lone backslash stands in quoted text", help);
                }
            },
            '"' => {
                let after = text.get(n + 1..).unwrap_or_default().chars().next();
                return match after {
                    None => Ok(n + 1),
                    Some(c) if c.is_whitespace() => Ok(n + 1),
                    Some(c) => {
                        let help = "put a blank between the quotation mark and what follows it";
                        refuse(
                            "syntax",
                            at + 2 + n,
                            c.len_utf8(),
                            "this touches the quoted text before it",
                            help,
                        )
                    }
                };
            }
            _ => {}
        }
    }
    let help = "close it with \" on the same line";
    refuse("unclosed-quote", at, text.len() + 1, "this quotation mark is never closed", help)
}

/// Length of a bare word, or of name=value.
fn bare(rest: &str, at: usize) -> Token {
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '=')).unwrap_or(rest.len());
    let word = rest.get(..end).unwrap_or_default();
    sign(word, at)?;
    match rest.get(end..).and_then(|tail| tail.chars().next()) {
        Some('"') => {
            let help = "put a blank before the quotation mark";
            refuse("syntax", at + end, 1, "quoted text touches the word before it", help)
        }
        Some('=') => {
            let value = rest.get(end + 1..).unwrap_or_default();
            if word.is_empty()
                || value.is_empty()
                || value.starts_with(|c: char| c.is_whitespace() || c == '=')
            {
                let help = "write name=value without blanks, like object=letter or ar=\"…\"";
                return refuse(
                    "syntax",
                    at + end,
                    1,
                    "\"=\" wants a name before it and a value after it",
                    help,
                );
            }
            if let Some(text) = value.strip_prefix('"') {
                return Ok(end + 2 + quoted(text, at + end + 1)?);
            }
            let length =
                value.find(|c: char| c.is_whitespace() || matches!(c, '"' | '=')).unwrap_or(value.len());
            sign(value.get(..length).unwrap_or_default(), at + end + 1)?;
            match value.get(length..).and_then(|tail| tail.chars().next()) {
                Some(c @ ('"' | '=')) => {
                    let message = format!("{c} does not belong into a value");
                    refuse(
                        "syntax",
                        at + end + 1 + length,
                        1,
                        &message,
                        "put the whole value into quotation marks",
                    )
                }
                _ => Ok(end + 1 + length),
            }
        }
        _ => Ok(end),
    }
}

/// Signs that are not used, and words that look like something else.
fn sign(word: &str, at: usize) -> Result<(), Box<Diagnostic>> {
    let bad = |code, n: usize, length: usize, message: &str, help: &str| {
        refuse(code, at + n, length, message, help).map(|_| ())
    };
    if let Some((n, c)) = word.char_indices().find(|(_, c)| matches!(c, '{' | '}')) {
        return bad(
            "braces",
            n,
            c.len_utf8(),
            "no braces are used here",
            "statements stand one below the other, each on its line",
        );
    }
    if word.starts_with("/*") || word.starts_with("/-") {
        return bad("comment", 0, 2, "remarks are not written like this", "begin a remark with //");
    }
    let strange = |c: &char| matches!(c, '(' | ')' | '[' | ']' | '\\' | '/' | '#' | ';');
    if let Some((n, c)) = word.char_indices().find(|(_, c)| strange(c)) {
        let message = format!("the sign {c} is not used here");
        return bad(
            "syntax",
            n,
            c.len_utf8(),
            &message,
            "put text that holds such signs into \"quotation marks\"",
        );
    }
    let digits = word.trim_start_matches(['+', '-', '.']);
    if digits.starts_with(|c: char| c.is_ascii_digit()) && !word.bytes().all(|b| b.is_ascii_digit()) {
        if word.ends_with('%') {
            let help = "counts are whole numbers; at least half of b is said so: counted b at-most 2 per a";
            return bad("cannot-express", 0, word.len(), "cannot express percentages or fractions", help);
        }
        let help = format!("times and text that begin with a digit stand in quotation marks: \"{word}\"");
        let help = if word.len() > 60 { "put it into quotation marks".to_owned() } else { help };
        return bad("unquoted", 0, word.len(), "this begins like a number and goes on otherwise", &help);
    }
    if word.len() > 18 && word.bytes().all(|b| b.is_ascii_digit()) {
        return bad(
            "bad-number",
            0,
            word.len(),
            "this number is too long",
            "no number of these terms needs so many digits",
        );
    }
    if matches!(word, "true" | "false" | "null" | "inf" | "-inf" | "nan") {
        return bad(
            "value",
            0,
            word.len(),
            "this word of programming languages is not used here",
            "write yes or no",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_statements_pass() {
        for line in [
            "",
            "// remark (with {signs})",
            "forbids fire with any-weapon // and a remark",
            "title \"a \\\"quoted\\\" word\" ar=\"هدنة\"",
            "reading x \"X\" taking object=letter a=b",
            "status over 7 days",
            "فعل - x.y",
        ] {
            assert_eq!(fault(line, 0).map(|d| d.message), None, "{line}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for line in [
            "a {",
            "a \"b",
            "a /* b */",
            "a (x)b",
            "a 1.5",
            "a 24h",
            "a b=",
            "=b",
            "a b==c",
            "a\"b\"",
            "\"b\"c",
            "a #true",
            "a true",
            "a \\",
            "a \"\\n\"",
            "a b=\"c\"d",
            "/- a",
            "a;b",
            "a 2016-02-27T00:00",
            "a \u{200f}b",
            "a b=c\"d\"",
        ] {
            assert!(fault(line, 0).is_some(), "{line}");
        }
    }
}
