//! Places in a text as the protocol counts them, lines and UTF-16 units, and as the parser does, in bytes.
//!
//! Total both ways: a place beyond the text is its end, one within a character is the character's start.

use lsp_types::{Position, Range};
use truceline_model::Span;

/// Where the lines of a text begin. A line ends with `\n`, `\r\n` or `\r`, as the protocol says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (n, byte) in bytes.iter().enumerate() {
            let ends = *byte == b'\n' || (*byte == b'\r' && bytes.get(n + 1) != Some(&b'\n'));
            if ends {
                starts.push(n + 1);
            }
        }
        Self { starts }
    }

    /// The line's text without its end, and where it begins.
    fn line<'a>(&self, text: &'a str, number: usize) -> (usize, &'a str) {
        let Some(start) = self.starts.get(number).copied() else { return (text.len(), "") };
        let end = self.starts.get(number + 1).copied().unwrap_or(text.len());
        (start, text.get(start..end).unwrap_or_default().trim_end_matches(['\r', '\n']))
    }

    /// The byte at a position.
    pub(crate) fn byte(&self, text: &str, at: Position) -> usize {
        let (start, line) = self.line(text, usize::try_from(at.line).unwrap_or(usize::MAX));
        let mut units = 0;
        for (n, c) in line.char_indices() {
            units += u32::try_from(c.len_utf16()).unwrap_or(1);
            if units > at.character {
                return start + n;
            }
        }
        start + line.len()
    }

    /// The position of a byte.
    pub(crate) fn position(&self, text: &str, byte: usize) -> Position {
        let mut byte = byte.min(text.len());
        while !text.is_char_boundary(byte) {
            byte -= 1;
        }
        let number = self.starts.partition_point(|start| *start <= byte).saturating_sub(1);
        let start = self.starts.get(number).copied().unwrap_or_default();
        let units = text.get(start..byte).unwrap_or_default().encode_utf16().count();
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Position { line: narrow(number), character: narrow(units) }
    }

    /// The range of a span.
    pub(crate) fn range(&self, text: &str, span: Span) -> Range {
        let wide = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        let (start, end) = (wide(span.start), wide(span.end).max(wide(span.start)));
        Range { start: self.position(text, start), end: self.position(text, end) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn arabic_cyrillic_and_pairs_of_units_count_as_the_protocol_does() {
        let text = "title \"A\" ar=\"هدنة\" ru=\"Перемирие\" x\r\n\u{1f54a}\u{1f54a} y\rz";
        let lines = Lines::of(text);
        let at = |word: char| lines.position(text, text.find(word).unwrap());
        // Nineteen letters outside ASCII take two bytes each, and one unit each.
        assert_eq!(at('x'), Position { line: 0, character: 35 });
        assert_eq!(at('y'), Position { line: 1, character: 5 });
        assert_eq!(at('z'), Position { line: 2, character: 0 });
        for word in ['x', 'y', 'z', 'ن', 'П'] {
            assert_eq!(lines.byte(text, at(word)), text.find(word).unwrap());
        }
        assert_eq!(
            lines.byte(text, Position { line: 1, character: 1 }),
            text.find('\u{1f54a}').unwrap(),
            "within a pair"
        );
        assert_eq!(lines.byte(text, Position { line: 0, character: 999 }), text.find('\r').unwrap());
        assert_eq!(lines.byte(text, Position { line: 9, character: 0 }), text.len());
    }

    proptest! {
        #[test]
        fn there_and_back(text in "(\\PC|[a-zа-я\u{1f54a}\r\n]){0,60}", line in 0u32..9, character in 0u32..99) {
            let lines = Lines::of(&text);
            for (byte, c) in text.char_indices() {
                // The two bytes of one line end are the same place.
                if !(c == '\n' && text[..byte].ends_with('\r')) {
                    prop_assert_eq!(lines.byte(&text, lines.position(&text, byte)), byte);
                }
            }
            let byte = lines.byte(&text, Position { line, character });
            prop_assert!(text.is_char_boundary(byte));
        }
    }
}
