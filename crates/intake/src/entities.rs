//! HTML entities that databases leave in exported text: `&#39;`, `&amp;`, `&#x2019;`, and the few named ones that occur.
//!
//! Decodes once and only once: `&amp;#39;` is the text `&#39;`. What it does not know it leaves as it stands.

use std::borrow::Cow;

/// Longest entity looked for, `&` and `;` included.
const LONGEST: usize = 12;

/// Decodes entities in `text`.
#[must_use]
pub fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        match one(from) {
            Some((c, length)) => {
                out.push(c);
                rest = from.get(length..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character that the entity at the start of `text` stands for, and the entity's length.
fn one(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(LONGEST).position(|b| b == b';')?;
    let name = text.get(1..end)?;
    let c = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            // A NUL or a control character was never meant.
            char::from_u32(code).filter(|c| !c.is_control())?
        }
        None => named(name)?,
    };
    Some((c, end + 1))
}

fn named(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "rsquo" => '\u{2019}',
        "lsquo" => '\u{2018}',
        "ldquo" => '\u{201c}',
        "rdquo" => '\u{201d}',
        "ndash" => '\u{2013}',
        "mdash" => '\u{2014}',
        "hellip" => '\u{2026}',
        "eacute" => 'é',
        "deg" => '°',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_once() {
        assert_eq!(decode("Ma&#39;arrat &amp; Jisr"), "Ma'arrat & Jisr");
        assert_eq!(decode("&amp;#39;"), "&#39;");
        assert_eq!(decode("AT&T; &#0; & &nope; &#x2019;"), "AT&T; &#0; & &nope; \u{2019}");
        assert_eq!(decode("&"), "&");
    }
}
