//! Foreign text made safe for a page: signs that reorder or hide text are taken out, and every value that is set into a
//! sentence is isolated, so that a report in one script never reorders a sentence in another.
//!
//! Sentences are plain strings in which each value stands between U+2068 (or U+2066) and U+2069; [`html`] escapes the whole and
//! turns those signs into `<bdi>`. As [`clean`] takes them out of every value first, no report can forge one.

use maud::{Markup, PreEscaped};

/// First strong isolate: opens a value in a sentence.
pub(crate) const OPEN: char = '\u{2068}';
/// Left-to-right isolate: opens a value without letters (a range, a date in figures), which has no direction of its own.
pub(crate) const OPEN_LTR: char = '\u{2066}';
/// Pop directional isolate: closes either.
pub(crate) const CLOSE: char = '\u{2069}';

/// Longest text of a report that a page shows; longer ones are cut with an ellipsis.
const LONGEST: usize = 2_000;

/// Takes out bidirectional controls, control characters, zero-width signs and line separators; cuts what is too long.
/// Zero-width (non-)joiners stay: Arabic and Persian words need them.
#[must_use]
pub fn clean(text: &str) -> String {
    let hidden = |c: char| matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{feff}' | '\u{2060}'..='\u{206f}' | '\u{202a}'..='\u{202e}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    let mut out = String::with_capacity(text.len().min(LONGEST));
    for (count, c) in text.chars().filter(|&c| !hidden(c)).enumerate() {
        if count == LONGEST {
            out.push('…');
            break;
        }
        out.push(if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c });
    }
    out
}

/// A value, cleaned and isolated, ready to be set into a sentence.
#[must_use]
pub(crate) fn isolate(value: &str) -> String {
    // Digits cannot reorder anything; a value that is a sentence of ours keeps its isolates: they nest.
    if value.bytes().all(|b| b.is_ascii_digit()) {
        return value.to_owned();
    }
    let (mut depth, mut bare, mut any) = (0_u32, false, false);
    for c in value.chars() {
        match c {
            OPEN | OPEN_LTR => depth += 1,
            CLOSE => depth = depth.saturating_sub(1),
            c if c.is_alphabetic() => {
                any = true;
                bare |= depth == 0;
            }
            _ => {}
        }
    }
    // All of it is isolated already: one more isolate would have no word to take its direction from.
    if any && !bare || !any && value.starts_with(OPEN_LTR) {
        return value.to_owned();
    }
    let open = if any { OPEN } else { OPEN_LTR };
    format!("{open}{value}{CLOSE}")
}

/// A foreign value, cleaned and isolated.
#[must_use]
pub(crate) fn foreign(value: &str) -> String {
    isolate(&clean(value))
}

/// The sentence as HTML: escaped, isolates as `<bdi>`; unbalanced ones are closed or dropped.
#[must_use]
pub(crate) fn html(sentence: &str) -> Markup {
    let mut out = String::with_capacity(sentence.len() + 32);
    let mut depth = 0_u32;
    let plain = one_way(sentence);
    for c in sentence.chars() {
        match c {
            OPEN | OPEN_LTR | CLOSE if plain => {}
            OPEN => {
                depth += 1;
                out.push_str("<bdi>");
            }
            OPEN_LTR => {
                depth += 1;
                out.push_str("<bdi dir=\"ltr\">");
            }
            CLOSE if depth > 0 => {
                depth -= 1;
                out.push_str("</bdi>");
            }
            CLOSE => {}
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    (0..depth).for_each(|_| out.push_str("</bdi>"));
    PreEscaped(out)
}

/// Whether a sentence needs no isolates: its own words run from left to right, and so does every value in it. (Words of
/// its own are letters outside of isolates; on an Arabic page they are Arabic.)
fn one_way(sentence: &str) -> bool {
    let (mut depth, mut words) = (0_u32, false);
    for c in sentence.chars() {
        match c {
            OPEN | OPEN_LTR => depth += 1,
            CLOSE => depth = depth.saturating_sub(1),
            c if right_to_left_sign(c) => return false,
            c => words |= depth == 0 && c.is_alphabetic(),
        }
    }
    words
}

/// Letters, marks and digits of the scripts that run from right to left.
fn right_to_left_sign(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// The sentence as plain text: isolates stay only where a value's script differs from that of the sentence.
#[must_use]
pub(crate) fn plain(sentence: &str, right_to_left: bool) -> String {
    if right_to_left || sentence.chars().any(right_to_left_sign) {
        sentence.to_owned()
    } else {
        sentence.chars().filter(|c| !matches!(*c, OPEN | OPEN_LTR | CLOSE)).collect()
    }
}

/// An address that a page may link to: `http` or `https` and nothing else.
#[must_use]
pub(crate) fn web_address(address: &str) -> Option<String> {
    let cleaned = clean(address);
    let lower = cleaned.to_ascii_lowercase();
    let web = lower.starts_with("https://") || lower.starts_with("http://");
    (web && !cleaned.contains([' ', '"', '<', '>', '`', '\\'])).then_some(cleaned)
}

/// An id as part of an anchor or a path: anything but ASCII letters, digits, `-`, `_` and `.` is written as `_xx` bytes.
#[must_use]
pub(crate) fn slug(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("_{byte:02x}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_report_can_reorder_or_close_anything() {
        assert_eq!(clean("a\u{202e}b\u{2069}c\u{200f}\u{0}d\u{2028}e"), "abc d e");
        assert_eq!(clean("می\u{200c}خواهم"), "می\u{200c}خواهم");
        let sentence = format!("x {} y", foreign("\u{2069}</bdi><script>"));
        assert_eq!(html(&sentence).0, "x &lt;/bdi&gt;&lt;script&gt; y");
        let sentence = format!("x {} y", foreign("\u{202e}حلب\u{2069}<b>"));
        assert_eq!(html(&sentence).0, "x <bdi>حلب&lt;b&gt;</bdi> y");
        let sentence = format!("ضربة {} في", foreign("Airwars"));
        assert_eq!(html(&sentence).0, "ضربة <bdi>Airwars</bdi> في");
        assert_eq!(html("\u{2069}\u{2068}a").0, "<bdi>a</bdi>");
    }

    #[test]
    fn figures_run_left_to_right_and_nothing_is_isolated_twice() {
        assert_eq!(isolate("14"), "14");
        assert_eq!(html(&isolate("27–58")).0, "<bdi dir=\"ltr\">27–58</bdi>");
        assert_eq!(isolate(&isolate("27–58")), isolate("27–58"));
        let place = format!("{}، {}", isolate("السكري"), isolate("حلب"));
        assert_eq!(isolate(&place), place);
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert!(web_address("https://example.org/a?b=c&d").is_some());
        for bad in
            ["javascript:alert(1)", " java\u{0}script:x", "data:text/html,x", "https://a\"onload=", "//x"]
        {
            assert!(web_address(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn slugs_hold_only_plain_signs_and_differ() {
        assert_eq!(slug("r12"), "r12");
        assert_eq!(slug("a/b\""), "a_2fb_22");
        assert_ne!(slug("a_b"), slug("a/b"));
    }
}
