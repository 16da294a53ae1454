//! Languages and their catalogues: every string that a page says of its own accord, in English, Arabic and Russian.
//!
//! Catalogues are data (`locales/*.json`, compiled in). A test holds that all have the same keys and plural forms and that
//! no key is unused. A missing key prints itself, so that it is seen and nothing else is lost.

use std::collections::BTreeMap;

use serde_json::Value;
use truceline_model::{Bounds, Instant, Interval, Qualifier, Zone};

use crate::safe::{isolate, plain};

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lang {
    /// English.
    En,
    /// Arabic, from right to left.
    Ar,
    /// Russian.
    Ru,
}

impl Lang {
    /// All of them, in the order in which pages offer them.
    pub const ALL: [Self; 3] = [Self::En, Self::Ar, Self::Ru];

    /// `en`, `ar`, `ru`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ar => "ar",
            Self::Ru => "ru",
        }
    }

    /// Reads the code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.code() == code)
    }

    /// `ltr` or `rtl`.
    #[must_use]
    pub fn dir(self) -> &'static str {
        if self == Self::Ar { "rtl" } else { "ltr" }
    }

    /// Its own name.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Ar => "العربية",
            Self::Ru => "Русский",
        }
    }

    fn source(self) -> &'static str {
        match self {
            Self::En => include_str!("../locales/en.json"),
            Self::Ar => include_str!("../locales/ar.json"),
            Self::Ru => include_str!("../locales/ru.json"),
        }
    }

    /// The plural category of a number, after CLDR, for whole numbers.
    fn plural(self, n: u64) -> &'static str {
        let (tens, hundreds) = (n % 10, n % 100);
        match self {
            Self::En if n == 1 => "one",
            Self::En => "other",
            Self::Ru if tens == 1 && hundreds != 11 => "one",
            Self::Ru if (2..=4).contains(&tens) && !(12..=14).contains(&hundreds) => "few",
            Self::Ru => "many",
            Self::Ar => match n {
                0 => "zero",
                1 => "one",
                2 => "two",
                _ if (3..=10).contains(&hundreds) => "few",
                _ if (11..=99).contains(&hundreds) => "many",
                _ => "other",
            },
        }
    }

    /// The categories that a plural string of this language must have.
    #[cfg(test)]
    pub(crate) fn categories(self) -> &'static [&'static str] {
        match self {
            Self::En => &["one", "other"],
            Self::Ru => &["few", "many", "one"],
            Self::Ar => &["few", "many", "one", "other", "two", "zero"],
        }
    }
}

/// The strings of one language.
#[derive(Clone, Debug)]
pub(crate) struct Catalogue {
    pub(crate) lang: Lang,
    strings: BTreeMap<String, String>,
}

impl Catalogue {
    /// Reads the compiled-in catalogue; plural forms become `key#one`, `key#other`…
    pub(crate) fn of(lang: Lang) -> Self {
        let mut strings = BTreeMap::new();
        if let Ok(Value::Object(all)) = serde_json::from_str::<Value>(lang.source()) {
            for (key, value) in all {
                match value {
                    Value::String(text) => {
                        strings.insert(key, text);
                    }
                    Value::Object(forms) => {
                        for (form, text) in forms {
                            if let Value::String(text) = text {
                                strings.insert(format!("{key}#{form}"), text);
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
        Self { lang, strings }
    }

    /// The string of that key.
    pub(crate) fn t<'a>(&'a self, key: &'a str) -> &'a str {
        self.strings.get(key).map_or(key, String::as_str)
    }

    /// The string of that key, where there is one.
    pub(crate) fn find(&self, key: &str) -> Option<&str> {
        self.strings.get(key).map(String::as_str)
    }

    /// The word for a value of a closed vocabulary: key `family.value`.
    pub(crate) fn word(&self, family: &str, value: &str) -> String {
        let key = format!("{family}.{value}");
        self.strings.get(&key).cloned().unwrap_or_else(|| value.to_owned())
    }

    /// The string with values set in, each isolated. Values must be clean: from here, or through [`crate::safe::clean`].
    pub(crate) fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        set_in(self.t(key), values)
    }

    /// The string in the form that the number asks for; `{n}` is the number.
    pub(crate) fn count(&self, key: &str, n: u64, values: &[(&str, &str)]) -> String {
        let form = format!("{key}#{}", self.lang.plural(n));
        let number = n.to_string();
        let mut all = vec![("n", number.as_str())];
        all.extend_from_slice(values);
        set_in(self.t(&form), &all)
    }

    /// Several values as a list: "a, b and c".
    pub(crate) fn list(&self, items: &[String], last: &str) -> String {
        match items {
            [] => String::new(),
            [one] => isolate(one),
            [rest @ .., end] => {
                let rest: Vec<String> = rest.iter().map(|item| isolate(item)).collect();
                format!("{}{}{}", rest.join(self.t("list.comma")), self.t(last), isolate(end))
            }
        }
    }

    /// The text in this language, else in English, else in any.
    pub(crate) fn pick<'a>(&self, texts: &'a BTreeMap<String, String>) -> Option<(&'a str, &'a str)> {
        let own = texts.get_key_value(self.lang.code()).filter(|(_, text)| !text.is_empty());
        own.or_else(|| texts.get_key_value("en"))
            .or_else(|| texts.iter().next())
            .map(|(code, text)| (code.as_str(), text.as_str()))
    }

    /// A sentence of ours as plain text for a terminal.
    pub(crate) fn plain(&self, sentence: &str) -> String {
        plain(sentence, self.lang == Lang::Ar)
    }

    /// A local date: "27 April 2016".
    pub(crate) fn date(&self, zone: &Zone, at: Instant) -> String {
        self.written_date(&zone.local_date(at), "date.long")
    }

    /// A local date without its year: "27 Apr".
    pub(crate) fn short_date(&self, zone: &Zone, at: Instant) -> String {
        self.written_date(&zone.local_date(at), "date.short")
    }

    fn written_date(&self, iso: &str, form: &str) -> String {
        let mut parts = iso.split('-');
        let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) else {
            return iso.to_owned();
        };
        let family = if form == "date.short" { "month-short" } else { "month" };
        let month = self.word(family, month);
        let day = day.trim_start_matches('0');
        // Dates hold no foreign text; isolating each part would only swell the page.
        self.t(form).replace("{day}", day).replace("{month}", &month).replace("{year}", year)
    }

    /// A local moment: "27 April 2016, 00:00".
    pub(crate) fn moment(&self, zone: &Zone, at: Instant) -> String {
        let text = zone.local_text(at);
        let clock = text.get(11..).unwrap_or_default();
        self.t("date.moment").replace("{date}", &self.date(zone, at)).replace("{clock}", clock)
    }

    /// A local moment without its year: "27 Apr, 00:00".
    pub(crate) fn short_moment(&self, zone: &Zone, at: Instant) -> String {
        let text = zone.local_text(at);
        let clock = text.get(11..).unwrap_or_default();
        self.t("date.moment").replace("{date}", &self.short_date(zone, at)).replace("{clock}", clock)
    }

    /// An interval as people write it: a day, an hour of a day, from–to; open ends in words.
    pub(crate) fn interval(&self, zone: &Zone, when: Interval) -> String {
        let (start, end) = (when.start(), when.end());
        if start == Instant::FAR_PAST && end == Instant::FAR_FUTURE {
            return self.t("time.always").to_owned();
        }
        if end == Instant::FAR_FUTURE {
            return self.t("time.from").replace("{a}", &self.moment(zone, start));
        }
        if start == Instant::FAR_PAST {
            return self.t("time.until").replace("{b}", &self.moment(zone, end));
        }
        if zone.day_of(start) == when {
            return self.date(zone, start);
        }
        if when.seconds() <= 60 {
            return self.moment(zone, start);
        }
        let midnight = |at: Instant| zone.day_of(at).start() == at;
        if midnight(start) && midnight(end) {
            let last = self.date(zone, end.plus_seconds(-1));
            return self.t("time.span").replace("{a}", &self.short_date(zone, start)).replace("{b}", &last);
        }
        let same_day = zone.local_date(start) == zone.local_date(end);
        let clock = |at: Instant| zone.local_text(at).get(11..).unwrap_or_default().to_owned();
        let to = if midnight(end) {
            // "24:00 on the 3rd" is what announcements say; "00:00 on the 4th" reads as a day more.
            let last = end.plus_seconds(-1);
            let day = if zone.local_date(start) == zone.local_date(last) { String::new() } else { self.short_date(zone, last) };
            if day.is_empty() { "24:00".to_owned() } else { self.t("date.moment").replace("{date}", &day).replace("{clock}", "24:00") }
        } else if same_day {
            clock(end)
        } else {
            self.short_moment(zone, end)
        };
        self.t("time.span").replace("{a}", &self.moment(zone, start)).replace("{b}", &to)
    }

    /// Bounds in words: "14", "14–27", "more than 50", "at least 16", "dozens".
    pub(crate) fn bounds(&self, bounds: Bounds) -> String {
        let min = bounds.min.to_string();
        match (bounds.qualifier, bounds.max) {
            (Qualifier::Dozens, _) => self.t("bounds.dozens").to_owned(),
            (Qualifier::MoreThan, None) => {
                self.t("bounds.more-than").replace("{n}", &bounds.min.saturating_sub(1).to_string())
            }
            (_, None) => self.t("bounds.at-least").replace("{n}", &min),
            (Qualifier::AtMost, Some(max)) if bounds.min == 0 => {
                self.t("bounds.at-most").replace("{n}", &max.to_string())
            }
            (_, Some(max)) if max == bounds.min => min,
            (_, Some(max)) => isolate(&format!("{min}–{max}")),
        }
    }

    /// A range of two numbers: "3", "3–7".
    pub(crate) fn range(&self, (low, high): (u32, u32)) -> String {
        if low == high { low.to_string() } else { isolate(&format!("{low}–{high}")) }
    }

    #[cfg(test)]
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.strings.keys().map(String::as_str)
    }
}

/// Sets `{name}` in a string; unknown names stay as they are.
fn set_in(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((name, tail)) => {
                match values.iter().find(|(known, _)| *known == name) {
                    Some((_, value)) => out.push_str(&isolate(value)),
                    None => {
                        out.push('{');
                        out.push_str(name);
                        out.push('}');
                    }
                }
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}
