//! Reads the part of KDL 2 that mappings need: nodes, values, properties, children, comments.
//!
//! A mapping may come from anybody, so its reader must not fall over: a general KDL parser that recovers from errors by
//! recursion was found to overflow the stack on four thousand closing braces. This one walks the bytes, nests at most
//! [`DEPTH_LIMIT`] deep, stops at the first fault and agrees with the `kdl` crate on everything that it accepts (a property
//! test says so). Type annotations, multi-line strings and raw strings are refused with words: no mapping needs them.

/// Deepest nesting; mappings need two.
const DEPTH_LIMIT: usize = 8;

/// Byte range in the file.
pub(super) type Place = (usize, usize);

/// What is wrong, and where.
pub(super) type Wrong = (Place, String);

/// One node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) name: String,
    /// Of the name.
    pub(super) at: Place,
    pub(super) entries: Vec<Entry>,
    /// `None` without braces.
    pub(super) children: Option<Vec<Node>>,
}

/// An argument, or a property when it has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: Option<String>,
    pub(super) value: Value,
    pub(super) at: Place,
}

/// A value; numbers as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Number(String),
    Bool(bool),
    Null,
}

/// Reads a document.
pub(super) fn parse(text: &str) -> Result<Vec<Node>, Wrong> {
    let mut reader = Reader { text, at: if text.starts_with('\u{feff}') { 3 } else { 0 } };
    let nodes = reader.nodes(0)?;
    if reader.peek().is_some() {
        return reader.wrong(1, "this brace closes nothing");
    }
    Ok(nodes)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

/// What stands between two things on a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    Nothing,
    Space,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn wrong<T>(&self, length: usize, say: &str) -> Result<T, Wrong> {
        let mut end = (self.at + length).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        Err(((self.at, end), say.to_owned()))
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// Nodes up to a closing brace or the end.
    fn nodes(&mut self, depth: usize) -> Result<Vec<Node>, Wrong> {
        if depth > DEPTH_LIMIT {
            return self.wrong(1, "braces are nested too deep for a mapping; it needs two levels");
        }
        let mut out = Vec::new();
        loop {
            self.between_nodes()?;
            match self.peek() {
                None | Some('}') => return Ok(out),
                _ => {}
            }
            let taken_out = self.eat("/-");
            if taken_out {
                self.between_nodes()?;
            }
            let node = self.node(depth)?;
            if !taken_out {
                out.push(node);
            }
        }
    }

    /// Spaces, line ends and comments.
    fn between_nodes(&mut self) -> Result<(), Wrong> {
        loop {
            let gap = self.gap()?;
            if self.peek().is_some_and(is_newline) {
                self.at += self.peek().map_or(0, char::len_utf8);
            } else if gap == Gap::Nothing && !self.line_comment() {
                return Ok(());
            }
        }
    }

    /// Spaces, block comments and lines that go on after a backslash.
    fn gap(&mut self) -> Result<Gap, Wrong> {
        let start = self.at;
        loop {
            if self.peek().is_some_and(is_space) {
                self.at += self.peek().map_or(0, char::len_utf8);
            } else if self.rest().starts_with("/*") {
                self.block_comment()?;
            } else if self.peek() == Some('\\') {
                self.line_goes_on()?;
            } else {
                return Ok(if self.at > start { Gap::Space } else { Gap::Nothing });
            }
        }
    }

    fn block_comment(&mut self) -> Result<(), Wrong> {
        let start = self.at;
        let mut open = 0_usize;
        loop {
            if self.eat("/*") {
                open += 1;
            } else if self.eat("*/") {
                open -= 1;
                if open == 0 {
                    return Ok(());
                }
            } else if let Some(c) = self.peek() {
                self.at += c.len_utf8();
            } else {
                self.at = start;
                return self.wrong(2, "this comment is never closed; write */");
            }
        }
    }

    fn line_comment(&mut self) -> bool {
        if !self.rest().starts_with("//") {
            return false;
        }
        self.at += self.rest().find(is_newline).unwrap_or(self.rest().len());
        true
    }

    fn line_goes_on(&mut self) -> Result<(), Wrong> {
        let start = self.at;
        self.at += 1;
        while self.peek().is_some_and(is_space) {
            self.at += self.peek().map_or(0, char::len_utf8);
        }
        self.line_comment();
        if self.eat("\r\n") {
            return Ok(());
        }
        match self.peek() {
            Some(c) if is_newline(c) => {
                self.at += c.len_utf8();
                Ok(())
            }
            None => Ok(()),
            Some(_) => {
                self.at = start;
                self.wrong(
                    1,
                    "a backslash ends a line that goes on in the next; in a text, write it in quotes, twice",
                )
            }
        }
    }

    fn node(&mut self, depth: usize) -> Result<Node, Wrong> {
        let start = self.at;
        let name = match self.value()? {
            Value::Text(name) => name,
            _ => {
                self.at = start;
                return self.wrong(1, "a line begins with a word");
            }
        };
        let mut node = Node { name, at: (start, self.at), entries: Vec::new(), children: None };
        loop {
            let gap = self.gap()?;
            match self.peek() {
                None | Some('}') => return Ok(node),
                Some(';') => {
                    self.at += 1;
                    return Ok(node);
                }
                Some(c) if is_newline(c) => return Ok(node),
                Some('/') if self.line_comment() => return Ok(node),
                _ => {}
            }
            if gap == Gap::Nothing && self.peek() != Some('{') {
                return self.wrong(1, "a space is missing here");
            }
            let taken_out = self.eat("/-");
            if taken_out {
                self.after_slashdash()?;
            }
            if self.peek() == Some('{') {
                let children = self.children(depth)?;
                if !taken_out && node.children.replace(children).is_some() {
                    return self.wrong(1, "a line has one pair of braces");
                }
                continue;
            }
            if node.children.is_some() {
                return self.wrong(1, "nothing follows the closing brace; begin a new line");
            }
            let entry = self.entry()?;
            if !taken_out {
                node.entries.push(entry);
            }
        }
    }

    /// After `/-` inside a line there may be spaces and line ends before what it takes out.
    fn after_slashdash(&mut self) -> Result<(), Wrong> {
        loop {
            let gap = self.gap()?;
            if self.peek().is_some_and(is_newline) {
                self.at += self.peek().map_or(0, char::len_utf8);
            } else if gap == Gap::Nothing && !self.line_comment() {
                return Ok(());
            }
        }
    }

    fn children(&mut self, depth: usize) -> Result<Vec<Node>, Wrong> {
        let start = self.at;
        self.at += 1;
        let nodes = self.nodes(depth + 1)?;
        if self.eat("}") {
            return Ok(nodes);
        }
        self.at = start;
        self.wrong(1, "this brace is never closed; write }")
    }

    fn entry(&mut self) -> Result<Entry, Wrong> {
        let start = self.at;
        let first = self.value()?;
        if self.peek() != Some('=') {
            return Ok(Entry { name: None, value: first, at: (start, self.at) });
        }
        let Value::Text(name) = first else { return self.wrong(1, "a property has a word before =") };
        self.at += 1;
        let value = self.value()?;
        Ok(Entry { name: Some(name), value, at: (start, self.at) })
    }

    fn value(&mut self) -> Result<Value, Wrong> {
        match self.peek() {
            Some('"') if self.rest().starts_with("\"\"\"") => self
                .wrong(3, "texts over several lines are not used in mappings; write one line in \"quotes\""),
            Some('"') => self.quoted().map(Value::Text),
            Some('#') => self.keyword(),
            Some('(') => self.wrong(
                1,
                "types in parentheses are not used in mappings; a text with one stands in \"quotes\"",
            ),
            Some(c) if is_word(c) => self.bare(),
            Some(_) => self.wrong(1, "a word, a number or a text in \"quotes\" should stand here"),
            None => self.wrong(0, "the file ends where a value should stand"),
        }
    }

    fn keyword(&mut self) -> Result<Value, Wrong> {
        for (word, value) in
            [("#true", Value::Bool(true)), ("#false", Value::Bool(false)), ("#null", Value::Null)]
        {
            let after = self.rest().strip_prefix(word).map(|rest| rest.chars().next());
            if after.is_some_and(|next| !next.is_some_and(|c| is_word(c) || c == '#' || c == '"')) {
                self.at += word.len();
                return Ok(value);
            }
        }
        self.wrong(1, "after # stands true, false or null; a text with # stands in \"quotes\"")
    }

    fn bare(&mut self) -> Result<Value, Wrong> {
        let rest = self.rest();
        let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or_default().to_owned();
        let unsigned = word.strip_prefix(['+', '-']).unwrap_or(&word);
        if unsigned.starts_with(|c: char| c.is_ascii_digit()) {
            if unsigned.bytes().all(|b| b.is_ascii_digit()) && unsigned.len() <= 30 {
                self.at += length;
                return Ok(Value::Number(word));
            }
            return self.wrong(length, "a word that begins with a digit stands in \"quotes\"");
        }
        let dotted = unsigned.strip_prefix('.').unwrap_or("x");
        if dotted.starts_with(|c: char| c.is_ascii_digit()) {
            return self.wrong(length, "a number begins with a digit; a word stands in \"quotes\"");
        }
        if matches!(word.as_str(), "true" | "false" | "null" | "inf" | "-inf" | "nan") {
            return self.wrong(length, "write #true, #false or #null, or the word in \"quotes\"");
        }
        self.at += length;
        Ok(Value::Text(word))
    }

    fn quoted(&mut self) -> Result<String, Wrong> {
        let start = self.at;
        self.at += 1;
        let mut out = String::new();
        loop {
            match self.peek() {
                None => {
                    self.at = start;
                    return self.wrong(1, "this quote is never closed");
                }
                Some('"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some('\\') => {
                    let c = self.escape()?;
                    out.push(c);
                }
                Some(c) if is_newline(c) => {
                    self.at = start;
                    return self.wrong(1, "this quote is not closed on its line");
                }
                Some(c) if is_forbidden(c) => {
                    return self.wrong(1, "a control or direction character; leave it out");
                }
                Some(c) => {
                    out.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Wrong> {
        let c = match self.rest().chars().nth(1) {
            Some('"') => '"',
            Some('\\') => '\\',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('s') => ' ',
            Some('u') => return self.unicode(),
            _ => return self.wrong(2, "a backslash in a text is written twice: \\\\"),
        };
        self.at += 2;
        Ok(c)
    }

    fn unicode(&mut self) -> Result<char, Wrong> {
        let inner =
            self.rest().strip_prefix("\\u{").and_then(|rest| rest.split_once('}')).map(|(hex, _)| hex);
        let digits =
            inner.filter(|hex| (1..=6).contains(&hex.len()) && hex.bytes().all(|b| b.is_ascii_hexdigit()));
        match digits.and_then(|hex| Some((char::from_u32(u32::from_str_radix(hex, 16).ok()?)?, hex.len()))) {
            Some((c, length)) => {
                self.at += length + 4;
                Ok(c)
            }
            None => self.wrong(2, "write \\u{…} with one to six hexadecimal digits"),
        }
    }
}

fn is_newline(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{b}' | '\u{c}' | '\u{2028}' | '\u{2029}')
}

fn is_space(c: char) -> bool {
    matches!(
        c,
        '\t' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// Characters that KDL forbids anywhere.
fn is_forbidden(c: char) -> bool {
    matches!(
        c,
        '\u{0}'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' | '\u{feff}'
    )
}

/// Characters of a bare word.
fn is_word(c: char) -> bool {
    let mark = matches!(c, '\\' | '/' | '(' | ')' | '{' | '}' | '[' | ']' | ';' | '"' | '#' | '=');
    !mark && !is_newline(c) && !is_space(c) && !is_forbidden(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kdl::{KdlDocument, KdlNode, KdlValue};
    use proptest::prelude::*;

    fn same_value(ours: &Value, theirs: &KdlValue) -> bool {
        match (ours, theirs) {
            (Value::Text(a), KdlValue::String(b)) => a == b,
            (Value::Number(a), KdlValue::Integer(b)) => a.parse::<i128>().is_ok_and(|a| a == *b),
            (Value::Bool(a), KdlValue::Bool(b)) => a == b,
            (Value::Null, KdlValue::Null) => true,
            _ => false,
        }
    }

    fn same_nodes(ours: &[Node], theirs: &[KdlNode]) -> bool {
        ours.len() == theirs.len()
            && ours.iter().zip(theirs).all(|(a, b)| {
                a.name == b.name().value()
                    && a.entries.len() == b.entries().len()
                    && a.entries.iter().zip(b.entries()).all(|(x, y)| {
                        x.name.as_deref() == y.name().map(kdl::KdlIdentifier::value)
                            && same_value(&x.value, y.value())
                    })
                    && match (&a.children, b.children()) {
                        (Some(a), Some(b)) => same_nodes(a, b.nodes()),
                        (None, None) => true,
                        _ => false,
                    }
            })
    }

    #[test]
    fn a_document() {
        let text = "a 1 \"x\\ny\" b=c // note\n/- d 2\ne { f #true; g \\\n  h /- i /* j */ k\n}\n";
        let nodes = parse(text).unwrap();
        assert!(same_nodes(&nodes, KdlDocument::parse_v2(text).unwrap().nodes()));
        assert_eq!(nodes[0].entries[1].value, Value::Text("x\ny".into()));
    }

    #[test]
    fn faults_say_what_would_be_right() {
        for (text, say) in [
            ("}", "closes nothing"),
            ("a {", "never closed"),
            ("a \"b", "never closed"),
            ("a (b)c", "parentheses"),
            ("a 2016-04-27", "begins with a digit"),
            ("a true", "#true"),
            ("a\"b\"", "a space is missing"),
            ("a b=", "should stand"),
            ("a /* b", "comment is never closed"),
            ("a \"C:\\dir\"", "written twice"),
        ] {
            let (_, told) = parse(text).unwrap_err();
            assert!(told.contains(say), "{text}: {told}");
        }
        for bad in ["}", "a {", "{", "a=", "(a)", "/-", "\\", "/*", "\"", "a{}"] {
            let _ = parse(&bad.repeat(100_000));
        }
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_kdl(
            text in r#"([a-z]{1,3}|[0-9]{1,2}|"[a-z \\n]{0,3}"|#true|#null|=|\{|\}|\n|;| | |/-|//|/\*|\*/|\\|\(|é|-|\+|\.|\u{feff}){0,14}"#
        ) {
            // KDL ends a node that is taken out with ";" like any other; kdl 6.7 does not.
            if text.contains("/-") && text.contains(';') {
                return Ok(());
            }
            if let Ok(ours) = parse(&text) {
                let theirs = KdlDocument::parse_v2(&text);
                prop_assert!(theirs.is_ok(), "{text:?} is no KDL");
                prop_assert!(same_nodes(&ours, theirs.unwrap().nodes()), "{text:?}");
            }
        }
    }
}
