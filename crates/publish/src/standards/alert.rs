//! A flash bulletin as an alert of the Common Alerting Protocol 1.2 (OASIS), in three languages.
//!
//! Grades nothing: urgency, severity and certainty are *Unknown*, because no bulletin states them. A mission that looks back says *Exercise*, so that no
//! siren of today sounds for what happened years ago.

use std::collections::BTreeMap;

use truceline_model::{Instant, Zone};

use super::xml::{element, escaped};
use crate::lang::{Catalogue, Lang};
use crate::view::{Summary, Texts};

/// A flash bulletin, as far as an alert tells of it.
#[derive(Clone)]
pub struct Alert<'a> {
    /// The log's name.
    pub origin: &'a str,
    /// The bulletin's entry.
    pub entry: u64,
    /// When it was frozen.
    pub sent: Instant,
    /// The bulletin that it corrects, and when that was frozen.
    pub corrects: Option<(u64, Instant)>,
    /// The mission looks back: what it tells of is over.
    pub is_replay: bool,
    /// Title of the agreement.
    pub title: &'a Texts,
    /// The agreement's own zone.
    pub zone: &'a Zone,
    /// What was known at this moment.
    pub as_of: Instant,
    /// The bulletin's headline figures.
    pub figures: &'a BTreeMap<String, u64>,
    /// Where the bulletin can be read, by language.
    pub pages: &'a dyn Fn(Lang) -> String,
}

/// The alert.
#[must_use]
pub fn alert(alert: &Alert<'_>) -> String {
    let mut out =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">\n"
            .to_owned();
    let sender = word(alert.origin);
    let status = if alert.is_replay { "Exercise" } else { "Actual" };
    let kind = if alert.corrects.is_some() { "Update" } else { "Alert" };
    for (name, text) in [
        ("identifier", identifier(alert.origin, alert.entry)),
        ("sender", sender.clone()),
        ("sent", moment(alert.sent)),
        ("status", status.to_owned()),
        ("msgType", kind.to_owned()),
        ("scope", "Public".to_owned()),
    ] {
        out.push_str(&element(name, &text));
        out.push('\n');
    }
    if alert.is_replay {
        out.push_str(&element("note", Catalogue::of(Lang::En).t("alert.replay")));
        out.push('\n');
    }
    if let Some((entry, sent)) = alert.corrects {
        let earlier = format!("{sender},{},{}", identifier(alert.origin, entry), moment(sent));
        out.push_str(&element("references", &earlier));
        out.push('\n');
    }
    for lang in Lang::ALL {
        out.push_str(&info(alert, lang));
    }
    out + "</alert>\n"
}

fn info(alert: &Alert<'_>, lang: Lang) -> String {
    let c = Catalogue::of(lang);
    let title = c.pick(alert.title).map(|(_, text)| text.to_owned()).unwrap_or_default();
    let at = c.moment(alert.zone, alert.as_of);
    let figure = |name: &str| alert.figures.get(name).copied().unwrap_or_default();
    let mut lines = Vec::new();
    if alert.is_replay {
        lines.push(c.t("alert.replay").to_owned());
    }
    lines.push(c.count("alert.known", figure("incidents"), &[("moment", &at)]));
    let counts = Summary::ALL.into_iter().filter_map(|one| {
        let count = alert.figures.get(&format!("incidents-{}", one.as_str()))?;
        Some(format!("{}: {count}", c.word("summary", one.as_str())))
    });
    lines.push(counts.collect::<Vec<_>>().join(c.t("list.semicolon")));
    lines.push(c.t("ihl").to_owned());
    let key = if alert.corrects.is_some() { "alert.correction" } else { "alert.headline" };
    let mut out = "<info>\n".to_owned();
    for (name, text) in [
        ("language", lang.code().to_owned()),
        ("category", "Security".to_owned()),
        ("event", c.t("alert.event").to_owned()),
        ("urgency", "Unknown".to_owned()),
        ("severity", "Unknown".to_owned()),
        ("certainty", "Unknown".to_owned()),
        ("senderName", title.clone()),
        ("headline", c.fill(key, &[("moment", &at)])),
        ("description", lines.join(" ")),
        ("web", (alert.pages)(lang)),
    ] {
        out.push_str(&element(name, &text));
        out.push('\n');
    }
    let parameter = |name: &str, value: &str| {
        format!(
            "<parameter><valueName>{}</valueName><value>{}</value></parameter>\n",
            escaped(name),
            escaped(value)
        )
    };
    out.push_str(&parameter("truceline:entry", &alert.entry.to_string()));
    out.push_str(&parameter("truceline:as-of", &alert.as_of.to_string()));
    out.push_str(&format!(
        "<area>{}</area>\n",
        element("areaDesc", &c.fill("alert.area", &[("title", &title)]))
    ));
    out + "</info>\n"
}

/// The identifier of the alert of a bulletin.
fn identifier(origin: &str, entry: u64) -> String {
    format!("{}/bulletin/{entry}", word(origin))
}

/// Without what the protocol forbids in a name: spaces, commas, `<` and `&`.
fn word(text: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_graphic() && !matches!(c, ',' | '<' | '>' | '&' | '"' | '\'') { c } else { '-' }
    };
    text.chars().map(plain).collect()
}

/// A moment as the protocol wants it: UTC is `-00:00`, never `Z`.
fn moment(at: Instant) -> String {
    at.to_string().replace('Z', "-00:00")
}
