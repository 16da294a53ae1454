//! The tokens of one line of a block with their places, remarks among them: what the parser drops and an editor must keep.
//!
//! Total: any line has tokens. Lines that `lexical` refuses are cut as well as can be; whoever changes text asks it first.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// A bare word or number.
    Word,
    /// Text in quotation marks; `false` when the closing one is missing.
    Quoted(bool),
    /// `name=value`; where the sign stands within the token.
    Pair(usize),
    /// `// …` to the end of the line.
    Remark,
}

/// One token as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) sort: Sort,
    pub(crate) raw: &'a str,
    /// Where it begins in the line.
    pub(crate) at: usize,
}

/// Cuts a line into tokens.
pub(crate) fn tokens(line: &str) -> Vec<Token<'_>> {
    let mut all = Vec::new();
    let mut rest = line;
    loop {
        rest = rest.trim_start();
        let at = line.len() - rest.len();
        if rest.is_empty() {
            return all;
        }
        let (sort, length) = if rest.starts_with("//") {
            (Sort::Remark, rest.trim_end().len())
        } else if let Some(text) = rest.strip_prefix('"') {
            let (length, closed) = quoted(text);
            (Sort::Quoted(closed), length + 1)
        } else {
            bare(rest)
        };
        let (raw, tail) = rest.split_at_checked(length).unwrap_or((rest, ""));
        all.push(Token { sort, raw, at });
        rest = if sort == Sort::Remark { "" } else { tail };
    }
}

/// Length of quoted text after its first mark, and whether it is closed.
fn quoted(text: &str) -> (usize, bool) {
    let mut chars = text.char_indices();
    while let Some((n, c)) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '"' => return (n + 1, true),
            _ => {}
        }
    }
    (text.len(), false)
}

fn bare(rest: &str) -> (Sort, usize) {
    let stop = |text: &str| text.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(text.len());
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '=')).unwrap_or(rest.len());
    let Some(value) = rest.get(end..).and_then(|tail| tail.strip_prefix('=')) else {
        return (Sort::Word, end);
    };
    match value.strip_prefix('"') {
        Some(text) => (Sort::Pair(end), end + 2 + quoted(text).0),
        None => (Sort::Pair(end), end + 1 + stop(value)),
    }
}

impl<'a> Token<'a> {
    /// The text that it means: without marks and escapes. Of a pair, the value.
    pub(crate) fn text(&self) -> String {
        unquoted(self.value().1)
    }

    /// The key of a pair.
    pub(crate) fn key(&self) -> Option<&'a str> {
        match self.sort {
            Sort::Pair(sign) => self.raw.get(..sign),
            _ => None,
        }
    }

    /// Of a pair the value, of others all, as written, with its place in the line.
    pub(crate) fn value(&self) -> (usize, &'a str) {
        match self.sort {
            Sort::Pair(sign) => (self.at + sign + 1, self.raw.get(sign + 1..).unwrap_or_default()),
            _ => (self.at, self.raw),
        }
    }

    /// The place in the line of the text inside its marks.
    pub(crate) fn inner(&self) -> (usize, usize) {
        let (at, written) = self.value();
        if !written.starts_with('"') {
            return (at, at + written.len());
        }
        let closed = written.len() > 1 && written.ends_with('"');
        (at + 1, at + written.len() - usize::from(closed))
    }
}

/// Text without its quotation marks and escapes.
fn unquoted(written: &str) -> String {
    let Some(text) = written.strip_prefix('"') else { return written.to_owned() };
    let text = text.strip_suffix('"').unwrap_or(text);
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_keep_their_places_and_remarks() {
        let line = "  except a  \"b \\\" c\" ar=\"هدنة\" object=letter // said \"so\"  ";
        let found: Vec<(Sort, &str)> = tokens(line).iter().map(|t| (t.sort, t.raw)).collect();
        assert_eq!(
            found,
            [
                (Sort::Word, "except"),
                (Sort::Word, "a"),
                (Sort::Quoted(true), "\"b \\\" c\""),
                (Sort::Pair(2), "ar=\"هدنة\""),
                (Sort::Pair(6), "object=letter"),
                (Sort::Remark, "// said \"so\""),
            ]
        );
        for token in tokens(line) {
            assert_eq!(&line[token.at..token.at + token.raw.len()], token.raw);
        }
        assert_eq!(tokens(line)[2].text(), "b \" c");
        assert_eq!(tokens(line)[3].text(), "هدنة");
    }

    #[test]
    fn broken_lines_have_tokens_too() {
        for line in ["a \"b", "a=\"", "=", "==", "a\"b\"c", "\\", "\"\\", "a=b=c", "\"", "x=\"\\"] {
            let all: String = tokens(line).iter().map(|t| t.raw).collect();
            assert_eq!(all, line.replace(' ', ""), "{line}");
            for token in tokens(line) {
                let (from, to) = token.inner();
                assert!(from <= to && to <= line.len(), "{line}");
            }
        }
    }
}
