//! Which characters a row's bytes stand for: UTF-8, or Windows-1256 when the mapping or the sender says so.
//!
//! Never guesses silently: bytes that are not what was said are refused with the byte, and with what they look like.

use std::borrow::Cow;

/// How a file's bytes stand for characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// Arabic Windows.
    Windows1256,
}

impl Encoding {
    /// Reads `utf-8` or `windows-1256`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Some(Self::Utf8),
            "windows-1256" | "cp1256" => Some(Self::Windows1256),
            _ => None,
        }
    }

    /// The word used in mappings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Windows1256 => "windows-1256",
        }
    }

    /// Checks a whole record before anything is read from it.
    ///
    /// # Errors
    /// In words: which byte of the record is at fault, what it looks like and what to say instead. With the byte's index.
    pub fn check(self, record: &[u8]) -> Result<(), (usize, String)> {
        if let Some(at) = record.iter().position(|b| *b == 0) {
            let say = if looks_like_utf16(record) {
                "this looks like UTF-16; save the file as UTF-8".to_owned()
            } else {
                "a NUL byte stands in no text; mend the export or save the file as UTF-8".to_owned()
            };
            return Err((at, say));
        }
        match (self, std::str::from_utf8(record)) {
            (Self::Utf8, Ok(_)) => Ok(()),
            (Self::Utf8, Err(error)) => Err((error.valid_up_to(), not_utf8(record))),
            (Self::Windows1256, Ok(_)) if record.is_ascii() => Ok(()),
            (Self::Windows1256, Ok(_)) => {
                let at = record.iter().position(|b| !b.is_ascii()).unwrap_or(0);
                Err((at, "this is UTF-8, though windows-1256 was said; say encoding utf-8".to_owned()))
            }
            (Self::Windows1256, Err(_)) => Ok(()),
        }
    }

    /// The text of bytes that [`Encoding::check`] has passed; bytes that stand for nothing become U+FFFD.
    #[must_use]
    pub fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes),
            Self::Windows1256 => encoding_rs::WINDOWS_1256.decode_without_bom_handling(bytes).0,
        }
    }
}

fn looks_like_utf16(record: &[u8]) -> bool {
    let sample = record.iter().take(200);
    let (mut zeros, mut all) = (0_usize, 0_usize);
    for b in sample {
        all += 1;
        zeros += usize::from(*b == 0);
    }
    zeros * 4 > all
}

fn not_utf8(record: &[u8]) -> String {
    let text = encoding_rs::WINDOWS_1256.decode_without_bom_handling(record).0;
    let (mut arabic, mut other) = (0_usize, 0_usize);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        if matches!(c, '\u{600}'..='\u{6ff}') {
            arabic += 1;
        } else {
            other += 1;
        }
    }
    if arabic > 2 && arabic >= other * 2 {
        "this looks like Windows-1256; say encoding \"windows-1256\" in the mapping or pass --encoding windows-1256"
            .to_owned()
    } else {
        "this is not UTF-8; save the file as UTF-8, or say its encoding in the mapping".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arabic_windows_is_recognised_and_read() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode("حلب,السكري");
        let (at, say) = Encoding::Utf8.check(&bytes).unwrap_err();
        assert_eq!(at, 0);
        assert!(say.contains("Windows-1256"), "{say}");
        assert!(Encoding::Windows1256.check(&bytes).is_ok());
        assert_eq!(Encoding::Windows1256.decode(&bytes), "حلب,السكري");
        assert!(Encoding::Windows1256.check("حلب".as_bytes()).is_err());
    }

    #[test]
    fn nul_and_utf16_are_named() {
        assert!(Encoding::Utf8.check(b"a\0b and some more text").unwrap_err().1.contains("NUL"));
        assert!(Encoding::Utf8.check(b"a\0b\0c\0").unwrap_err().1.contains("UTF-16"));
    }
}
