//! Which KDL text is plain enough for the general reader: words, "quoted text" on one line, `// remarks`, braces in pairs.
//!
//! That reader goes down one level of the stack for each opened comment and tries again for each taken-out brace, so that
//! eight thousand `/*` end the program and thirty `/-{` hold it for hours. Scenarios and mission files need neither, and may
//! come from anybody; what is not plain is refused here in words, with its line, and never reaches it. One pass, no stack.

/// Largest text, in bytes.
const SIZE_LIMIT: usize = 64 * 1024;
/// Deepest braces; scenarios and mission files need one pair.
const DEPTH_LIMIT: usize = 4;

/// Checks that a text is plain.
///
/// # Errors
/// The first fault: its line, counted from 1, and what would be right.
pub fn plain(text: &str) -> Result<(), (usize, String)> {
    if text.len() > SIZE_LIMIT {
        return Err((1, format!("this has {} bytes; {SIZE_LIMIT} is the most that is read", text.len())));
    }
    let mut open: Vec<usize> = Vec::new();
    for (n, line) in text.split('\n').enumerate() {
        line_is_plain(line.strip_suffix('\r').unwrap_or(line), n + 1, &mut open)
            .map_err(|say| (n + 1, say))?;
    }
    match open.pop() {
        Some(line) => Err((line, "this brace is never closed; write }".into())),
        None => Ok(()),
    }
}

/// One line; `open` holds the lines of the braces that are open before and after it.
fn line_is_plain(line: &str, number: usize, open: &mut Vec<usize>) -> Result<(), String> {
    if let Some(c) = line.chars().find(|c| crate::lexical::invisible(*c)) {
        return Err(format!("an invisible character (U+{:04X}) stands here; delete it", u32::from(c)));
    }
    let mut chars = line.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted(&mut chars)?,
            '/' if chars.peek() == Some(&'/') && (before.is_whitespace() || matches!(before, '{' | '}')) => {
                return Ok(());
            }
            '/' => {
                return Err(
                    "a remark begins with // after a blank; other text with / stands in \"quotation marks\""
                        .into(),
                );
            }
            '{' if open.len() >= DEPTH_LIMIT => {
                return Err("braces are nested too deep; one pair is enough".into());
            }
            '{' => open.push(number),
            '}' if open.pop().is_none() => return Err("this brace closes nothing".into()),
            '(' | ')' | '[' | ']' | '#' | '\\' => {
                return Err(format!(
                    "the sign {c} is not used here; text with it stands in \"quotation marks\""
                ));
            }
            _ => {}
        }
        before = c;
    }
    Ok(())
}

/// The rest of a quoted text, whose first mark is read.
fn quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<(), String> {
    while let Some(c) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '"' if chars.peek() == Some(&'"') => {
                return Err(
                    "put a blank between two quoted texts; text stands on one line, between two marks".into(),
                );
            }
            '"' => return Ok(()),
            _ => {}
        }
    }
    Err("this quotation mark is never closed; close it with \" on the same line".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_plain() {
        for text in [
            "",
            "mission a { // remark { \" /* }\n  title en=\"a { b \\\" /* } /- ((\" ar=\"هدنة\"\r\n}\n",
            "a; b \"\" c=\"\"\n// }}}",
            "a {\n b {\n  c\n }\n}",
        ] {
            assert_eq!(plain(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn everything_that_the_general_reader_falls_over_is_refused_with_its_line() {
        for (bad, line) in [
            ("/*".repeat(8000), 1),
            (format!("{}{}", "/*".repeat(8000), "*/".repeat(8000)), 1),
            (format!("\n{}{}", "a /-{".repeat(30), "}".repeat(30)), 2),
            ("/-".repeat(8000), 1),
            ("}".repeat(4096), 1),
            ("}{".to_owned(), 1),
            ("a\n{\n".to_owned(), 2),
            ("{".repeat(4096), 1),
            ("(".repeat(8000), 1),
            ("a #\"}\"#".to_owned(), 1),
            ("a \"\"\"\n}\n\"\"\"".to_owned(), 1),
            ("a \\\nb".to_owned(), 1),
            ("a \"\\\"\nb".to_owned(), 1),
            ("// \u{2028}/*".to_owned(), 1),
            ("a\u{85}b".to_owned(), 1),
            ("\0".to_owned(), 1),
            ("a\n\u{202e}b".to_owned(), 2),
            ("a ".repeat(40_000), 1),
        ] {
            assert_eq!(plain(&bad).map_err(|(at, _)| at), Err(line), "{:.40}", bad);
        }
    }
}
