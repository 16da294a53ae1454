//! Canonical bytes of a JSON value (RFC 8785), for values that every reader reads alike.
//!
//! Stricter than the RFC, on purpose: whole numbers within ±(2^53 - 1) only. Beyond that the RFC's
//! numbers are rounded silently, and a fraction decides nothing in this system (scaled integers or
//! text do). It never repairs a value; it says where the trouble is.

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
pub fn canonical_bytes(value: &Value) -> Result<Vec<u8>, CanonicalError> {
    check_numbers(value, &mut String::from("$"), 0)?;
    serde_jcs::to_vec(value).map_err(|error| CanonicalError::NotJson { reason: error.to_string() })
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

/// Walks the value with one path buffer, so that a healthy value costs no allocation per member.
fn check_numbers(value: &Value, path: &mut String, depth: usize) -> Result<(), CanonicalError> {
    if depth > MAX_DEPTH {
        return Err(CanonicalError::TooDeep { path: path.clone() });
    }
    let length = path.len();
    match value {
        Value::Number(number) => check_number(number, path)?,
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                if matches!(item, Value::String(_) | Value::Null | Value::Bool(_)) {
                    continue;
                }
                path.push_str(&format!("[{index}]"));
                check_numbers(item, path, depth + 1)?;
                path.truncate(length);
            }
        }
        Value::Object(members) => {
            for (key, item) in members {
                if matches!(item, Value::String(_) | Value::Null | Value::Bool(_)) {
                    continue;
                }
                path.push('.');
                path.push_str(key);
                check_numbers(item, path, depth + 1)?;
                path.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
    Ok(())
}

fn check_number(number: &Number, path: &str) -> Result<(), CanonicalError> {
    let magnitude = match (number.as_u64(), number.as_i64()) {
        (Some(unsigned), _) => unsigned,
        (None, Some(signed)) => signed.unsigned_abs(),
        (None, None) => {
            return Err(CanonicalError::Fraction { path: path.to_owned(), found: number.to_string() });
        }
    };
    if magnitude > MAX_INTEGER {
        return Err(CanonicalError::TooLarge { path: path.to_owned(), found: number.to_string() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
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
}
