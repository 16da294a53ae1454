//! Which pages, pictures and films a text or a cell gives: addresses of one thing each, as pages.
//!
//! Finds addresses, never follows one, and never says what they show. Channels and fronts of sites are left out: half a country's
//! posts end with the same three.

use std::collections::BTreeSet;

use truceline_model::{is_one_thing, page_of};

/// Most that are kept of a report; a page of links shows nothing of its own.
pub const MEDIA: usize = 16;
/// Longest address, in bytes.
const LONGEST: usize = 2000;
/// What ends an address beside spaces.
const ENDS: &str = "<>\"'«»“”،؛|\\^`{}";
/// What closes a sentence or a bracket belongs to it and not to the address.
const CLOSES: [char; 11] = ['.', ',', ';', ':', '!', '?', ')', ']', '*', '…', '؟'];

/// The page of an address that is one thing's.
#[must_use]
pub fn medium(address: &str) -> Option<String> {
    Some(address).filter(|a| a.len() <= LONGEST).and_then(page_of).filter(|page| is_one_thing(page))
}

/// The pages of a text: none where it gives more than [`MEDIA`], which is a list of links.
///
/// ```
/// let given = truceline_intake::media::media_in("Film: https://youtu.be/abcDEF12345, channel https://t.me/somewhere.");
/// assert_eq!(given.into_iter().collect::<Vec<_>>(), ["youtube.com/watch?v=abcDEF12345"]);
/// ```
#[must_use]
pub fn media_in(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for lead in ["https://", "http://"] {
        for (at, _) in text.match_indices(lead) {
            let rest = text.get(at..).unwrap_or_default();
            let ends = |c: char| c.is_whitespace() || c.is_control() || ENDS.contains(c);
            // A text without a space is no address; what is looked at of it is bounded.
            let end =
                rest.char_indices().take(LONGEST).find(|(_, c)| ends(*c)).map_or(rest.len(), |(end, _)| end);
            found.extend(medium(rest.get(..end).unwrap_or_default().trim_end_matches(CLOSES)));
            if found.len() > MEDIA {
                return BTreeSet::new();
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_any_script_and_a_list_of_links_is_nobodys() {
        let one = media_in("فيديو (https://t.me/channel/441)، https://t.me/channel");
        assert_eq!(one.into_iter().collect::<Vec<_>>(), ["t.me/channel/441"]);
        let many = (100..100 + MEDIA).map(|n| format!("https://t.me/channel/{n} ")).collect::<String>();
        assert_eq!(media_in(&many).len(), MEDIA);
        assert!(media_in(&format!("{many} https://t.me/channel/999")).is_empty());
        for hostile in ["http", "https://", "https:///", &format!("https://a.b/{}", "a1".repeat(2000))] {
            assert!(media_in(hostile).is_empty());
        }
        assert!(media_in(&"https://".repeat(100_000)).is_empty());
    }
}
