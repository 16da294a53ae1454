//! A public address as the page that it leads to: two ways of writing one page are one page.
//!
//! Leaves out how a page is fetched (scheme, `www.` and `m.`, what follows `#`, marks by which a click is followed) and brings two
//! addresses of one house together. Never fetches anything, and knows no page by what stands on it.

/// Marks of campaigns and clicks, and from where on a film is shown: they say who sent a reader and how, not where to.
const FOLLOWED: [&str; 11] =
    ["app", "fbclid", "feature", "gclid", "igshid", "mibextid", "ref", "ref_src", "s", "si", "t"];
/// Two addresses of one house.
const HOUSES: [(&str, &str); 3] =
    [("x.com/", "twitter.com/"), ("youtu.be/", "youtube.com/watch?v="), ("t.me/s/", "t.me/")];
/// Letters of a name that an address gives to one thing: of a film, a post, a story.
const NAMED: usize = 8;

/// The page of an address; none where it is no web address, or leads to the front of a site.
///
/// ```
/// use truceline_model::page_of;
/// assert_eq!(page_of("https://www.example.org/a/12/?utm_source=x#top").as_deref(), Some("example.org/a/12"));
/// assert_eq!(page_of("https://youtu.be/abcDEF12345"), page_of("http://m.youtube.com/watch?v=abcDEF12345&feature=share"));
/// assert_eq!(page_of("https://example.org/"), None);
/// ```
#[must_use]
pub fn page_of(address: &str) -> Option<String> {
    let bare = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let bare = ["www.", "m.", "mobile."].iter().find_map(|lead| bare.strip_prefix(lead)).unwrap_or(bare);
    let bare = bare.split('#').next().unwrap_or(bare);
    let (host, path) = bare.split_once('/')?;
    let (path, asked) = path.split_once('?').unwrap_or((path, ""));
    let asked: Vec<&str> = asked.split('&').filter(|part| !part.is_empty() && !is_followed(part)).collect();
    let mut page = format!("{}/{}", host.to_ascii_lowercase(), path.trim_end_matches('/'));
    if let Some((house, rest)) =
        HOUSES.iter().find_map(|(other, house)| Some((house, page.strip_prefix(other)?)))
    {
        page = format!("{house}{rest}");
    }
    if !asked.is_empty() {
        page = format!("{page}{}{}", if page.contains('?') { '&' } else { '?' }, asked.join("&"));
    }
    (!page.ends_with('/')).then_some(page)
}

/// Whether a page is of one thing, a film, a post or a story, and not a channel or a part of a site: something in it has a name of
/// at least eight letters with a digit, a hyphen or capitals among them, or is a number.
#[must_use]
pub fn is_one_thing(page: &str) -> bool {
    page.split(['/', '?', '&', '=']).skip(1).any(|part| {
        let number = part.len() > 2 && part.bytes().all(|b| b.is_ascii_digit());
        let hyphens = part.bytes().filter(|b| matches!(b, b'-' | b'_' | b'%')).count();
        let told = part.bytes().any(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) || hyphens > 2;
        number || part.len() >= NAMED && told
    })
}

fn is_followed(part: &str) -> bool {
    let name = part.split('=').next().unwrap_or(part);
    name.starts_with("utm_") || FOLLOWED.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_ways_of_writing_one_page_are_one_page() {
        let one = page_of("https://twitter.com/somebody/status/1508411546157961222?s=20");
        assert_eq!(one, page_of("http://mobile.x.com/somebody/status/1508411546157961222"));
        assert_eq!(page_of("https://t.me/s/channel/44"), page_of("https://t.me/channel/44/"));
        assert_ne!(page_of("https://example.org/a?id=1"), page_of("https://example.org/a?id=2"));
        for none in
            ["ftp://example.org/a", "example.org/a", "https://example.org", "https://", "", "https:///"]
        {
            assert_eq!(page_of(none), None, "{none}");
        }
    }

    #[test]
    fn a_channel_is_not_one_thing() {
        for one in [
            "twitter.com/a/status/15084115",
            "youtube.com/watch?v=abcDEFghijk",
            "t.me/channel/441",
            "a.org/three-killed-in-a-raid",
        ] {
            assert!(is_one_thing(one), "{one}");
        }
        for channel in
            ["t.me/channel", "facebook.com/somebody", "a.org/news", "a.org/news/syria", "a.org/about-us"]
        {
            assert!(!is_one_thing(channel), "{channel}");
        }
    }
}
