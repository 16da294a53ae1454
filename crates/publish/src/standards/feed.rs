//! Published bulletins and corrections as an Atom feed (RFC 4287), in one language.
//!
//! Ids follow from the log's key and the bulletin's number, so that they are the same wherever the record is served from and for ever. An entry is
//! *updated* when its bulletin was frozen, or when a correction of it was: nothing else about it ever changes.

use std::collections::BTreeMap;

use truceline_model::{Instant, Zone};
use truceline_record::digest_of;

use super::xml::{element, escaped};
use crate::lang::{Catalogue, Lang};
use crate::view::{Summary, Texts};

/// The feed.
#[derive(Clone, Debug)]
pub struct Feed<'a> {
    /// The log's public key: ids follow from it.
    pub key: &'a str,
    /// Title of the agreement.
    pub title: &'a Texts,
    /// The agreement's own zone.
    pub zone: &'a Zone,
    /// Where the feed itself is.
    pub here: &'a str,
    /// Where what is published can be read.
    pub home: &'a str,
    /// Bulletins, the latest first.
    pub entries: Vec<FeedEntry<'a>>,
}

/// One bulletin.
#[derive(Clone, Debug)]
pub struct FeedEntry<'a> {
    /// Its entry in the log.
    pub entry: u64,
    /// When it was frozen.
    pub at: Instant,
    /// What was known at this moment.
    pub as_of: Instant,
    /// Who froze it.
    pub by: &'a str,
    /// `daily` or `flash`; `None`: it does not say.
    pub sort: Option<&'a str>,
    /// The bulletin that it corrects.
    pub corrects: Option<u64>,
    /// The bulletin that corrects it, and when that was frozen.
    pub corrected: Option<(u64, Instant)>,
    /// Headline figures.
    pub figures: &'a BTreeMap<String, u64>,
    /// Where it can be read.
    pub page: String,
    /// Where its alert is, if it is one.
    pub alert: Option<String>,
}

impl FeedEntry<'_> {
    fn updated(&self) -> Instant {
        self.corrected.map_or(self.at, |(_, at)| at.max(self.at))
    }
}

/// The feed as XML.
#[must_use]
pub fn feed(feed: &Feed<'_>, lang: Lang) -> String {
    let c = Catalogue::of(lang);
    let title = c.pick(feed.title).map(|(_, text)| text.to_owned()).unwrap_or_default();
    // A feed with nothing in it has never been updated.
    let updated = feed.entries.iter().map(FeedEntry::updated).max().unwrap_or(Instant::from_seconds(0));
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n",
        lang.code()
    );
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    line(element("id", &id(feed.key, &format!("feed {}", lang.code()))));
    line(element("title", &c.fill("feed.title", &[("title", &title)])));
    line(element("updated", &updated.to_string()));
    line(format!("<author>{}</author>", element("name", &title)));
    line(format!("<link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>", escaped(feed.here)));
    line(format!("<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>", escaped(feed.home)));
    line(format!("<generator>{}</generator>", escaped(crate::SOFTWARE)));
    for one in &feed.entries {
        line(entry(feed, one, &c));
    }
    out + "</feed>\n"
}

fn entry(feed: &Feed<'_>, one: &FeedEntry<'_>, c: &Catalogue) -> String {
    let at = c.moment(feed.zone, one.as_of);
    let key = match (one.corrects, one.sort) {
        (Some(_), _) => "feed.correction",
        (None, Some("flash")) => "alert.headline",
        (None, _) => "feed.bulletin",
    };
    let count = one.figures.get("incidents").copied().unwrap_or_default();
    let mut said = vec![c.count("alert.known", count, &[("moment", &at)])];
    let counts = Summary::ALL.into_iter().filter_map(|summary| {
        let count = one.figures.get(&format!("incidents-{}", summary.as_str()))?;
        Some(format!("{}: {count}", c.word("summary", summary.as_str())))
    });
    said.push(counts.collect::<Vec<_>>().join(c.t("list.semicolon")));
    if let Some(n) = one.corrects {
        said.push(c.fill("feed.corrects", &[("entry", &n.to_string())]));
    }
    if let Some((n, _)) = one.corrected {
        said.push(c.fill("feed.corrected", &[("entry", &n.to_string())]));
    }
    let mut out = "<entry>".to_owned();
    out.push_str(&element("id", &id(feed.key, &format!("bulletin {}", one.entry))));
    out.push_str(&element("title", &c.fill(key, &[("moment", &at)])));
    out.push_str(&element("updated", &one.updated().to_string()));
    out.push_str(&element("published", &one.at.to_string()));
    out.push_str(&format!("<author>{}</author>", element("name", one.by)));
    out.push_str(&format!("<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>", escaped(&one.page)));
    if let Some(alert) = &one.alert {
        out.push_str(&format!(
            "<link rel=\"related\" type=\"application/cap+xml\" href=\"{}\"/>",
            escaped(alert)
        ));
    }
    if let Some(sort) = one.sort {
        out.push_str(&format!("<category term=\"{}\"/>", escaped(sort)));
    }
    out.push_str(&format!("<summary type=\"text\">{}</summary>", escaped(&said.join(" "))));
    out + "</entry>"
}

/// A UUID (version 8) out of the log's key and what it is the id of.
fn id(key: &str, what: &str) -> String {
    let hex = digest_of(format!("truceline {key}\n{what}").as_bytes()).to_string();
    let part = |from: usize, until: usize| hex.get(from..until).unwrap_or_default();
    format!("urn:uuid:{}-{}-8{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_that_never_change() {
        let one = id("key", "bulletin 7");
        assert_eq!(one, id("key", "bulletin 7"));
        assert_ne!(one, id("key", "bulletin 8"));
        assert_ne!(one, id("other", "bulletin 7"));
        assert_eq!(one.len(), "urn:uuid:".len() + 36, "{one}");
    }
}
