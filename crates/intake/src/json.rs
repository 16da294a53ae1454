//! A small JSON reader that keeps what the common ones drop: where each value stood, and numbers as they were written.
//!
//! A latitude must reach its integer without passing through a float, a refusal must point at the byte, and a key given
//! twice must not silently lose its first value. RFC 8259, depth limited; agrees with `serde_json` on what is JSON (a
//! property test says so), except that it refuses repeated keys.

use truceline_model::Span;

/// Deepest nesting that is read: boundaries of areas need six.
const DEPTH_LIMIT: usize = 32;

/// A value and where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Bytes of the text that it was read from.
    pub span: Span,
    /// The value.
    pub value: Value,
}

/// A JSON value; numbers as written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Value {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Node>),
    /// Keys in the order of the text, none twice.
    Object(Vec<(String, Node)>),
}

/// Why a text is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonFault {
    /// Byte at which it goes wrong.
    pub at: usize,
    /// In words.
    pub say: String,
}

impl Node {
    /// The value of a key, when this is an object that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Object(pairs) => pairs.iter().find(|(k, _)| k == key).map(|(_, node)| node),
            _ => None,
        }
    }

    /// The text, when this is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items, when this is a list.
    #[must_use]
    pub fn items(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// What kind of value it is, for messages.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Object(_) => "an object",
        }
    }
}

/// Reads one JSON value that fills the whole text.
///
/// # Errors
/// With the byte at which the text stops being JSON.
pub fn parse(text: &str) -> Result<Node, JsonFault> {
    let mut reader = Reader { text, at: 0 };
    let node = reader.value(0)?;
    reader.space();
    if reader.at < text.len() {
        return reader.fault("something follows the value; write one value, one to a line");
    }
    Ok(node)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn fault<T>(&self, say: &str) -> Result<T, JsonFault> {
        Err(JsonFault { at: self.at, say: say.to_owned() })
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn span(&self, start: usize) -> Span {
        let short = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { start: short(start), end: short(self.at) }
    }

    fn value(&mut self, depth: usize) -> Result<Node, JsonFault> {
        self.space();
        let start = self.at;
        let value = match self.peek() {
            None => return self.fault("the text ends where a value should stand; was it cut?"),
            Some(_) if depth > DEPTH_LIMIT => return self.fault("lists and objects are nested too deep"),
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(_) => self.word()?,
        };
        Ok(Node { span: self.span(start), value })
    }

    fn word(&mut self) -> Result<Value, JsonFault> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        for (word, value) in
            [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)]
        {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        self.fault("no JSON value begins so; texts stand in \"double quotes\"")
    }

    fn digits(&mut self) -> Result<(), JsonFault> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { self.fault("a digit is missing") } else { Ok(()) }
    }

    fn number(&mut self) -> Result<Value, JsonFault> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Ok(Value::Number(self.text.get(start..self.at).unwrap_or_default().to_owned()))
    }

    fn list(&mut self, depth: usize) -> Result<Value, JsonFault> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.eat(b']') {
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.space();
            if self.eat(b']') {
                return Ok(Value::List(items));
            }
            if !self.eat(b',') {
                return self.fault("a list goes on with \",\" or ends with \"]\"");
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, JsonFault> {
        self.at += 1;
        let mut pairs: Vec<(String, Node)> = Vec::new();
        let mut keys = std::collections::BTreeSet::new();
        self.space();
        if self.eat(b'}') {
            return Ok(Value::Object(pairs));
        }
        loop {
            self.space();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return self.fault("a key stands in \"double quotes\"");
            }
            let key = self.string()?;
            if !keys.insert(key.clone()) {
                return Err(JsonFault {
                    at: start,
                    say: format!("the key \"{key}\" is given twice; keep one"),
                });
            }
            self.space();
            if !self.eat(b':') {
                return self.fault("a key is followed by \":\"");
            }
            pairs.push((key, self.value(depth + 1)?));
            self.space();
            if self.eat(b'}') {
                return Ok(Value::Object(pairs));
            }
            if !self.eat(b',') {
                return self.fault("an object goes on with \",\" or ends with \"}\"");
            }
        }
    }

    fn string(&mut self) -> Result<String, JsonFault> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let plain = rest.find(|c: char| c == '"' || c == '\\' || c < ' ');
            let Some(length) = plain else {
                self.at = self.text.len();
                return self.fault("the text ends inside quotes; was it cut?");
            };
            out.push_str(rest.get(..length).unwrap_or_default());
            self.at += length;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    out.push(self.escape()?);
                }
                _ => {
                    return self
                        .fault("a control character stands in a text; write it as \\n, \\t or \\u00XX");
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonFault> {
        let Some(byte) = self.peek() else {
            return self.fault("the text ends inside quotes; was it cut?");
        };
        self.at += 1;
        Ok(match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => {
                self.at -= 1;
                return self.fault("no such escape; a backslash itself is written \\\\");
            }
        })
    }

    fn unicode(&mut self) -> Result<char, JsonFault> {
        let first = self.hex()?;
        let code = if (0xd800..0xdc00).contains(&first) {
            if !(self.eat(b'\\') && self.eat(b'u')) {
                return self.fault("half of a surrogate pair");
            }
            let second = self.hex()?;
            if !(0xdc00..0xe000).contains(&second) {
                return self.fault("half of a surrogate pair");
            }
            0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
        } else {
            first
        };
        char::from_u32(code).map_or_else(|| self.fault("half of a surrogate pair"), Ok)
    }

    fn hex(&mut self) -> Result<u32, JsonFault> {
        let digits = self.text.get(self.at..self.at + 4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        match digits.and_then(|d| u32::from_str_radix(d, 16).ok()) {
            Some(code) => {
                self.at += 4;
                Ok(code)
            }
            None => self.fault("\\u is followed by four hexadecimal digits"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_keep_their_digits_and_values_their_place() {
        let text = r#"{"lat": 36.20000000000000001, "name":"حلب"}"#;
        let node = parse(text).unwrap();
        assert_eq!(node.get("lat").unwrap().value, Value::Number("36.20000000000000001".into()));
        let span = node.get("name").unwrap().span;
        assert_eq!(&text[span.start as usize..span.end as usize], "\"حلب\"");
        assert!(parse(r#"{"a":1,"a":2}"#).unwrap_err().say.contains("twice"));
        assert!(parse(r#"{"a":"#).unwrap_err().say.contains("cut"));
        assert!(parse(&"[".repeat(100_000)).unwrap_err().say.contains("deep"));
    }

    fn same(ours: &Node, theirs: &serde_json::Value) -> bool {
        use serde_json::Value as Theirs;
        match (&ours.value, theirs) {
            (Value::Null, Theirs::Null) => true,
            (Value::Bool(a), Theirs::Bool(b)) => a == b,
            (Value::Number(a), Theirs::Number(b)) => {
                a == &b.to_string() || a.parse::<f64>().ok() == b.as_f64()
            }
            (Value::Text(a), Theirs::String(b)) => a == b,
            (Value::List(a), Theirs::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
            }
            (Value::Object(a), Theirs::Object(b)) => {
                a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|w| same(v, w)))
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn agrees_with_serde_json(text in r#"([\[\]{},:" a\\u0-9.eE+-]|"[a-z]*"|true|null|\\u[0-9a-f]{4}|"[a-z]":){0,24}"#) {
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            match (parse(&text), theirs) {
                (Ok(ours), Ok(theirs)) => prop_assert!(same(&ours, &theirs), "{text}"),
                (Err(_), Err(_)) => {}
                (Err(fault), Ok(_)) => prop_assert!(fault.say.contains("twice"), "{text}: {}", fault.say),
                // serde_json holds numbers as f64 and refuses what overflows it.
                (Ok(_), Err(error)) => prop_assert!(error.to_string().contains("out of range"), "{text}: {error}"),
            }
        }

        #[test]
        fn never_panics(text in ".{0,60}") {
            let _ = parse(&text);
        }
    }
}
