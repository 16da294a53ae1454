//! Messages of the Language Server Protocol as frames: a header with a length, then JSON.
//!
//! Bounded: a header or a length beyond reason is refused before memory is taken for it. Never trusts that the other end
//! writes well; what cannot be read as JSON is answered, what cannot be told from the next message ends the session.

use std::io::{self, BufRead, Read as _, Write};

use serde_json::Value;

/// Longest message, in bytes: the largest agreement file with every character escaped still fits.
const MESSAGE_LIMIT: u64 = 32 << 20;
/// Longest header line.
const HEADER_LIMIT: u64 = 4096;
/// Most header lines of one message.
const HEADERS: usize = 32;

/// What came in.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// A message.
    Message(Value),
    /// Something that is none, in words.
    Unreadable(String),
    /// Nothing more will come.
    End,
}

/// Reads one message.
///
/// # Errors
/// When the input fails, or its headers make no sense, so that nothing after them can be read.
pub(crate) fn read(input: &mut impl BufRead) -> io::Result<Incoming> {
    let Some(length) = length(input)? else { return Ok(Incoming::End) };
    if length > MESSAGE_LIMIT {
        let passed = io::copy(&mut input.by_ref().take(length), &mut io::sink())?;
        if passed < length {
            return Ok(Incoming::End);
        }
        return Ok(Incoming::Unreadable(format!(
            "a message of {length} bytes; {MESSAGE_LIMIT} is the most that is read"
        )));
    }
    let mut body = Vec::new();
    let read = input.by_ref().take(length).read_to_end(&mut body)?;
    if u64::try_from(read).unwrap_or(0) < length {
        return Ok(Incoming::End);
    }
    Ok(match serde_json::from_slice(&body) {
        Ok(value) => Incoming::Message(value),
        Err(error) => Incoming::Unreadable(format!("a message that is no JSON: {error}")),
    })
}

/// The length that the headers state; `None` at the end of the input.
fn length(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut found = None;
    for _ in 0..HEADERS {
        let mut line = Vec::new();
        if input.by_ref().take(HEADER_LIMIT).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if line.last() != Some(&b'\n') {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a header line without end"));
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        if line.is_empty() {
            let missing = || io::Error::new(io::ErrorKind::InvalidData, "a message without Content-Length");
            return found.map(Some).ok_or_else(missing);
        }
        if let Some((name, value)) = line.split_once(':')
            && name.trim().eq_ignore_ascii_case("content-length")
        {
            let bad = |_| io::Error::new(io::ErrorKind::InvalidData, "Content-Length is no number");
            found = Some(value.trim().parse().map_err(bad)?);
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "too many headers"))
}

/// Writes one message.
///
/// # Errors
/// When the output fails.
pub(crate) fn write(output: &mut impl Write, message: &Value) -> io::Result<()> {
    let body = message.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut bytes: &[u8]) -> Vec<String> {
        let mut out = Vec::new();
        loop {
            match read(&mut bytes) {
                Ok(Incoming::Message(value)) => out.push(value.to_string()),
                Ok(Incoming::Unreadable(say)) => out.push(format!("? {say}")),
                Ok(Incoming::End) => return out,
                Err(error) => {
                    out.push(format!("! {error}"));
                    return out;
                }
            }
        }
    }

    #[test]
    fn frames_are_read_and_nonsense_is_refused() {
        let mut bytes = Vec::new();
        write(&mut bytes, &serde_json::json!({ "a": "هدنة" })).unwrap();
        bytes.extend(b"content-length: 2\r\nX: y\r\n\r\n{]");
        bytes.extend(b"Content-Length: 4\r\n\r\nnull");
        let said = all(&bytes);
        assert_eq!((said[0].as_str(), said[2].as_str()), ("{\"a\":\"هدنة\"}", "null"));
        assert!(said[1].starts_with("? a message that is no JSON"), "{said:?}");
        for (bad, say) in [
            ("\r\n", "! a message without Content-Length"),
            ("Content-Length: x\r\n\r\n", "! Content-Length is no number"),
            ("Content-Length: -1\r\n\r\n", "! Content-Length is no number"),
        ] {
            assert_eq!(all(bad.as_bytes()), [say]);
        }
        assert_eq!(all("a".repeat(10_000).as_bytes()), ["! a header line without end"]);
        assert_eq!(all("a: b\r\n".repeat(100).as_bytes()), ["! too many headers"]);
        assert!(all(b"Content-Length: 9999999999999\r\n\r\n{}").is_empty());
        assert!(
            all(format!("Content-Length: 1000\r\n\r\n{}", "[".repeat(1000)).as_bytes())[0].starts_with('?')
        );
    }

    #[test]
    fn a_message_that_is_too_long_is_passed_over() {
        let mut bytes = format!("Content-Length: {}\r\n\r\n", MESSAGE_LIMIT + 1).into_bytes();
        bytes.extend(std::iter::repeat_n(b' ', usize::try_from(MESSAGE_LIMIT).unwrap() + 1));
        bytes.extend(b"Content-Length: 1\r\n\r\n1");
        let said = all(&bytes);
        assert!(said[0].starts_with("? a message of") && said[1] == "1", "{said:?}");
    }
}
