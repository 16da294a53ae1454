//! Reads what `strace -xx` wrote of a process: one system call a line, strings as `\xNN`.
//!
//! A line that it does not understand is an error, never skipped: a write that was not seen would make every
//! conclusion about power cuts worthless.

use std::str::FromStr;

/// A system call that has returned.
#[derive(Debug)]
pub(crate) struct Call<'l> {
    /// Its name.
    pub(crate) name: &'l str,
    /// Its arguments as written.
    arguments: Vec<&'l str>,
    /// What it returned; negative when it failed.
    pub(crate) returned: i64,
}

impl<'l> Call<'l> {
    /// The call of a line, without the number of its thread; `None` for lines that tell of signals, of the end, and of a call that never
    /// returned.
    pub(crate) fn parse(line: &'l str) -> Result<Option<Self>, String> {
        let wrong = || format!("not understood in the trace: {}", line.get(..200).unwrap_or(line));
        if line.starts_with("+++") || line.starts_with("---") {
            return Ok(None);
        }
        let (name, rest) = line.split_once('(').ok_or_else(wrong)?;
        let (inside, result) = rest.rsplit_once(" = ").ok_or_else(wrong)?;
        let inside = inside.trim_end().strip_suffix(')').ok_or_else(wrong)?;
        let word = result.split(' ').next().unwrap_or_default();
        if word == "?" {
            return Ok(None);
        }
        let returned = match word.strip_prefix("0x") {
            Some(address) => i64::from(u64::from_str_radix(address, 16).is_err()),
            None => word.parse().map_err(|_| wrong())?,
        };
        Ok(Some(Self { name, arguments: split(inside), returned }))
    }

    /// An argument as written.
    pub(crate) fn word(&self, place: usize) -> &'l str {
        self.arguments.get(place).copied().unwrap_or_default()
    }

    /// A whole number.
    pub(crate) fn number<N: FromStr>(&self, place: usize) -> Result<N, String> {
        let word = self.word(place);
        word.parse().map_err(|_| format!("{}: argument {place} is no number: {word}", self.name))
    }

    /// Rights of a file, in octal.
    pub(crate) fn rights(&self, place: usize) -> u32 {
        u32::from_str_radix(self.word(place), 8).unwrap_or(0o644)
    }

    /// The bytes of a string, or of all strings in a list of pieces, one after the other.
    pub(crate) fn bytes(&self, place: usize) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let mut rest = self.word(place);
        while let Some((_, from)) = rest.split_once('"') {
            let (text, after) =
                from.split_once('"').ok_or_else(|| format!("{}: a string does not end", self.name))?;
            if after.starts_with("...") {
                return Err(format!("{}: a string was cut; record with longer ones", self.name));
            }
            unhex(text.as_bytes(), &mut bytes).ok_or_else(|| format!("{}: not hexadecimal", self.name))?;
            rest = after;
        }
        Ok(bytes)
    }

    /// A string of text, e.g. a path.
    pub(crate) fn text(&self, place: usize) -> Result<String, String> {
        String::from_utf8(self.bytes(place)?).map_err(|_| format!("{}: a path that is no text", self.name))
    }
}

/// Arguments are parted by `, ` outside of strings and brackets.
fn split(inside: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut depth, mut quoted) = (0, 0_u32, false);
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'[' | b'{' | b'(' if !quoted => depth += 1,
            b']' | b'}' | b')' if !quoted => depth = depth.saturating_sub(1),
            b',' if !quoted && depth == 0 => {
                parts.extend(inside.get(from..at).map(str::trim));
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(inside.get(from..).map(str::trim));
    parts
}

fn unhex(text: &[u8], bytes: &mut Vec<u8>) -> Option<()> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pieces, rest) = text.as_chunks::<4>();
    if !rest.is_empty() {
        return None;
    }
    bytes.reserve(pieces.len());
    for [slash, x, high, low] in pieces {
        if (*slash, *x) != (b'\\', b'x') {
            return None;
        }
        bytes.push(digit(*high)? << 4 | digit(*low)?);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_whole() {
        let line = r#"writev(3, [{iov_base="\x61\x2c", iov_len=2}, {iov_base="\x0a", iov_len=1}], 2) = 3"#;
        let call = Call::parse(line).unwrap().unwrap();
        assert_eq!((call.name, call.word(0), call.returned), ("writev", "3", 3));
        assert_eq!(call.bytes(1).unwrap(), b"a,\n");
        let failed = Call::parse(r#"fsync(4)  = -1 EIO (Input/output error) (INJECTED)"#).unwrap().unwrap();
        assert_eq!((failed.name, failed.returned), ("fsync", -1));
        assert!(Call::parse("+++ exited with 0 +++").unwrap().is_none());
        assert!(Call::parse("write(4, <unfinished ...>").is_err());
        let cut = Call::parse(r#"write(4, "\x61"..., 9) = 9"#).unwrap().unwrap();
        assert!(cut.bytes(1).is_err());
    }
}
