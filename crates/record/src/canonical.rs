//! Canonical bytes of a JSON value (RFC 8785), for values that every reader reads alike.
//!
//! Stricter than the RFC, on purpose: whole numbers within ±(2^53 - 1) only. Beyond that the RFC's
//! numbers are rounded silently, and a fraction decides nothing in this system (scaled integers or
//! text do). It never repairs a value; it says where the trouble is. Tests hold it against an
//! implementation that is not ours.

use core::fmt;

use serde_json::{Number, Value};

/// The largest magnitude of an integer: 2^53 - 1, the last that an IEEE double holds with no gap.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// Why a value has no canonical bytes here, or why bytes are not canonical.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CanonicalError {
    /// An integer beyond ±(2^53 - 1), with the path to it.
    TooLarge {
        /// Where, e.g. `$.body.killed[0]`.
        path: String,
        /// The number as written.
        found: String,
    },
    /// A number with a fraction or an exponent, with the path to it.
    Fraction {
        /// Where, e.g. `$.body.lat`.
        path: String,
        /// The number as written.
        found: String,
    },
    /// Values are nested deeper than 100 levels.
    TooDeep {
        /// Where the limit was met.
        path: String,
    },
    /// The bytes are not JSON.
    NotJson {
        /// What the reader met, with line and column.
        reason: String,
    },
    /// The bytes are JSON, but another spelling of it: order of keys, spaces, escapes or a key given twice.
    OtherSpelling {
        /// The first byte that differs from the canonical spelling.
        at_byte: usize,
    },
}

impl fmt::Display for CanonicalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { path, found } => {
                write!(f, "{path}: {found} lies beyond 2^53 - 1; write it as text")
            }
            Self::Fraction { path, found } => {
                write!(f, "{path}: {found} is not a whole number; write a scaled integer or text")
            }
            Self::TooDeep { path } => write!(f, "{path}: nested deeper than 100 levels"),
            Self::NotJson { reason } => write!(f, "not JSON: {reason}"),
            Self::OtherSpelling { at_byte } => {
                write!(f, "not in canonical form (RFC 8785): differs at byte {at_byte}")
            }
        }
    }
}

impl core::error::Error for CanonicalError {}

/// The canonical bytes of `value`: UTF-8, keys sorted by UTF-16 units, no spaces.
///
/// # Errors
/// Where the value holds a number that is not a whole one within ±(2^53 - 1), or is nested too deep.
pub fn canonical_bytes(value: &Value) -> Result<Vec<u8>, CanonicalError> {
    let mut out = Vec::with_capacity(256);
    write_canonical(&mut out, value, 0)?;
    Ok(out)
}

/// Writes the canonical bytes of a value that lies `depth` levels deep, after what is in `out`.
pub(crate) fn write_canonical(out: &mut Vec<u8>, value: &Value, depth: usize) -> Result<(), CanonicalError> {
    write_value(out, value, depth).map_err(|trouble| {
        let path = core::iter::once("$".to_owned()).chain(trouble.path.into_iter().rev()).collect();
        match trouble.kind {
            Kind::TooLarge(found) => CanonicalError::TooLarge { path, found },
            Kind::Fraction(found) => CanonicalError::Fraction { path, found },
            Kind::TooDeep => CanonicalError::TooDeep { path },
        }
    })
}

/// Writes a string in quotes. The escapes that RFC 8785 asks for are those of `serde_json`.
pub(crate) fn write_text(out: &mut Vec<u8>, text: &str) {
    // Writing to memory does not fail, and a string always serialises.
    let _ = serde_json::to_writer(out, text);
}

/// Reads bytes that must be canonical already, and gives the value.
pub fn check_canonical(bytes: &[u8]) -> Result<Value, CanonicalError> {
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|error| CanonicalError::NotJson { reason: error.to_string() })?;
    let canonical = canonical_bytes(&value)?;
    if canonical == bytes {
        return Ok(value);
    }
    let same = canonical.iter().zip(bytes).take_while(|(a, b)| a == b).count();
    Err(CanonicalError::OtherSpelling { at_byte: same })
}

const MAX_DEPTH: usize = 100;

/// Trouble found on the way down; its path is put together on the way up, so that a healthy value pays
/// nothing for it.
struct Trouble {
    path: Vec<String>,
    kind: Kind,
}

enum Kind {
    TooLarge(String),
    Fraction(String),
    TooDeep,
}

impl Trouble {
    fn new(kind: Kind) -> Self {
        Self { path: Vec::new(), kind }
    }

    fn under(mut self, step: String) -> Self {
        self.path.push(step);
        self
    }
}

fn write_value(out: &mut Vec<u8>, value: &Value, depth: usize) -> Result<(), Trouble> {
    if depth > MAX_DEPTH {
        return Err(Trouble::new(Kind::TooDeep));
    }
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => write_number(out, number)?,
        Value::String(text) => write_text(out, text),
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_value(out, item, depth + 1).map_err(|trouble| trouble.under(format!("[{index}]")))?;
            }
            out.push(b']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push(b'{');
            for (index, (key, item)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_text(out, key);
                out.push(b':');
                write_value(out, item, depth + 1).map_err(|trouble| trouble.under(format!(".{key}")))?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn write_number(out: &mut Vec<u8>, number: &Number) -> Result<(), Trouble> {
    let magnitude = match (number.as_u64(), number.as_i64()) {
        (Some(unsigned), _) => unsigned,
        (None, Some(signed)) => signed.unsigned_abs(),
        (None, None) => return Err(Trouble::new(Kind::Fraction(number.to_string()))),
    };
    if magnitude > MAX_INTEGER {
        return Err(Trouble::new(Kind::TooLarge(number.to_string())));
    }
    // Within this range the shortest form that the RFC asks for is the plain digits.
    out.extend_from_slice(number.to_string().as_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_sorted_by_utf16_and_spaces_are_gone() {
        let value = json!({"b": 1, "a": [true, null, "é"], "\u{1F600}": 2, "\u{FB33}": 3});
        let text = String::from_utf8(canonical_bytes(&value).unwrap()).unwrap();
        assert_eq!(text, "{\"a\":[true,null,\"é\"],\"b\":1,\"\u{1F600}\":2,\"\u{FB33}\":3}");
    }

    #[test]
    fn integers_beyond_2_53_are_refused_with_their_path() {
        assert!(canonical_bytes(&json!({"n": MAX_INTEGER})).is_ok());
        let error = canonical_bytes(&json!({"body": {"n": [0, MAX_INTEGER + 1]}})).unwrap_err();
        assert_eq!(
            error,
            CanonicalError::TooLarge { path: "$.body.n[1]".into(), found: "9007199254740992".into() }
        );
        assert!(canonical_bytes(&json!(-9_007_199_254_740_992_i64)).is_err());
        assert!(canonical_bytes(&json!(-9_007_199_254_740_991_i64)).is_ok());
    }

    #[test]
    fn fractions_are_refused_with_their_path() {
        let error = canonical_bytes(&json!({"lat": 36.2})).unwrap_err();
        assert_eq!(error, CanonicalError::Fraction { path: "$.lat".into(), found: "36.2".into() });
    }

    #[test]
    fn other_spellings_are_seen() {
        for bytes in [r#"{"a": 1}"#, r#"{"b":1,"a":2}"#, r#"{"a":1,"a":1}"#, r#"{"a":"\u0041"}"#] {
            assert!(
                matches!(check_canonical(bytes.as_bytes()), Err(CanonicalError::OtherSpelling { .. })),
                "{bytes}"
            );
        }
        assert!(matches!(check_canonical(b"{\"a\":"), Err(CanonicalError::NotJson { .. })));
        assert!(check_canonical(br#"{"a":1}"#).is_ok());
    }

    #[test]
    fn depth_is_bounded() {
        let mut value = json!(1);
        for _ in 0..120 {
            value = json!([value]);
        }
        assert!(matches!(canonical_bytes(&value), Err(CanonicalError::TooDeep { .. })));
    }

    fn values() -> impl Strategy<Value = Value> {
        let largest = i64::try_from(MAX_INTEGER).unwrap();
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-largest..=largest).prop_map(Value::from),
            (-3_i64..3).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            let keys = prop_oneof![any::<String>(), "[a-c\u{1F600}\u{FB33}\u{E000}]{0,3}"];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(keys, inner, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn bytes_are_those_of_another_implementation(value in values()) {
            let bytes = canonical_bytes(&value).unwrap();
            prop_assert_eq!(&bytes, &serde_jcs::to_vec(&value).unwrap());
            prop_assert_eq!(check_canonical(&bytes), Ok(value));
        }
    }
}
