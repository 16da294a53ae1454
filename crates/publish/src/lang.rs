//! Languages and their catalogues: every string that a page says of its own accord, in English, Arabic and Russian.
//!
//! Catalogues are data (`locales/*.json`, compiled in). A test holds that all have the same keys and plural forms and that
//! no key is unused. A missing key prints itself, so that it is seen and nothing else is lost.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde_json::Value;
use truceline_model::{Bounds, Instant, Interval, Qualifier, Zone};

use crate::safe::{clean, isolate, plain};

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
    strings: Arc<BTreeMap<String, String>>,
}

/// Every catalogue, read once: what is compiled in never changes, and a screen asks for words many times a second.
static READ: LazyLock<BTreeMap<&'static str, Arc<BTreeMap<String, String>>>> =
    LazyLock::new(|| Lang::ALL.into_iter().map(|lang| (lang.code(), Arc::new(read(lang)))).collect());

/// Reads the compiled-in catalogue; plural forms become `key#one`, `key#other`…
fn read(lang: Lang) -> BTreeMap<String, String> {
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
    strings
}

impl Catalogue {
    /// The catalogue of a language.
    pub(crate) fn of(lang: Lang) -> Self {
        Self { lang, strings: READ.get(lang.code()).cloned().unwrap_or_default() }
    }

    /// The string of that key.
    pub(crate) fn t<'a>(&'a self, key: &'a str) -> &'a str {
        self.strings.get(key).map_or(key, String::as_str)
    }

    /// Every string, by its key.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&String, &String)> {
        self.strings.iter()
    }

    /// The string of that key, where there is one.
    pub(crate) fn find(&self, key: &str) -> Option<&str> {
        self.strings.get(key).map(String::as_str)
    }

    /// The word for a value of a closed vocabulary: key `family.value`; the value itself, cleaned, when it has none.
    pub(crate) fn word(&self, family: &str, value: &str) -> String {
        let key = format!("{family}.{value}");
        self.strings.get(&key).cloned().unwrap_or_else(|| clean(value))
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

    /// A local date for tables: "27 Apr 2016".
    pub(crate) fn table_date(&self, zone: &Zone, at: Instant) -> String {
        self.written_date(&zone.local_date(at), "date.table")
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
        let family = if form == "date.long" { "month" } else { "month-short" };
        let month = self.word(family, month);
        let day = day.trim_start_matches('0');
        // Dates hold no foreign text; isolating each part would only swell the page.
        self.t(form).replace("{day}", day).replace("{month}", &month).replace("{year}", year)
    }

    /// A local moment: "27 April 2016, 00:00".
    pub(crate) fn moment(&self, zone: &Zone, at: Instant) -> String {
        self.at_clock(self.date(zone, at), zone, at)
    }

    /// A local moment for tables: "27 Apr 2016, 00:00".
    pub(crate) fn table_moment(&self, zone: &Zone, at: Instant) -> String {
        self.at_clock(self.table_date(zone, at), zone, at)
    }

    /// A local moment by which something ends or is due: midnight is "24:00" of the day that ends.
    pub(crate) fn end_moment(&self, zone: &Zone, at: Instant) -> String {
        if zone.day_of(at).start() != at {
            return self.table_moment(zone, at);
        }
        let day = self.table_date(zone, at.plus_seconds(-1));
        self.t("date.moment").replace("{date}", &day).replace("{clock}", "24:00")
    }

    /// A local moment without its year: "27 Apr, 00:00".
    pub(crate) fn short_moment(&self, zone: &Zone, at: Instant) -> String {
        self.at_clock(self.short_date(zone, at), zone, at)
    }

    /// A moment in UTC: "26 Feb 2016, 22:00".
    pub(crate) fn utc_moment(&self, at: Instant) -> String {
        let text = at.to_string();
        let (day, clock) = text.split_once('T').unwrap_or((text.as_str(), ""));
        let date = self.written_date(day, "date.table");
        self.t("date.moment").replace("{date}", &date).replace("{clock}", clock.get(..5).unwrap_or(clock))
    }

    fn at_clock(&self, date: String, zone: &Zone, at: Instant) -> String {
        let text = zone.local_text(at);
        let clock = text.get(11..).unwrap_or_default();
        self.t("date.moment").replace("{date}", &date).replace("{clock}", clock)
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
            return self.t("time.until").replace("{b}", &self.end_moment(zone, end));
        }
        if zone.day_of(start) == when {
            return self.table_date(zone, start);
        }
        if when.seconds() <= 60 {
            return self.table_moment(zone, start);
        }
        let midnight = |at: Instant| zone.day_of(at).start() == at;
        if midnight(start) && midnight(end) {
            let last = self.table_date(zone, end.plus_seconds(-1));
            return self.t("time.span").replace("{a}", &self.short_date(zone, start)).replace("{b}", &last);
        }
        let same_day = zone.local_date(start) == zone.local_date(end);
        let clock = |at: Instant| zone.local_text(at).get(11..).unwrap_or_default().to_owned();
        let to = if midnight(end) {
            // "24:00 on the 3rd" is what announcements say; "00:00 on the 4th" reads as a day more.
            let last = end.plus_seconds(-1);
            let day = if zone.local_date(start) == zone.local_date(last) {
                String::new()
            } else {
                self.short_date(zone, last)
            };
            if day.is_empty() {
                "24:00".to_owned()
            } else {
                self.t("date.moment").replace("{date}", &day).replace("{clock}", "24:00")
            }
        } else if same_day {
            clock(end)
        } else {
            self.short_moment(zone, end)
        };
        self.t("time.span").replace("{a}", &self.table_moment(zone, start)).replace("{b}", &to)
    }

    /// A window with its hours, whole days too: an announcement that says "from 00:00 to 24:00" is no bare date.
    pub(crate) fn window(&self, zone: &Zone, when: Interval) -> String {
        let midnight = |at: Instant| zone.day_of(at).start() == at;
        let open = when.start() == Instant::FAR_PAST || when.end() == Instant::FAR_FUTURE;
        if open || !midnight(when.start()) || !midnight(when.end()) {
            return self.interval(zone, when);
        }
        let last = when.end().plus_seconds(-1);
        let to = if zone.local_date(when.start()) == zone.local_date(last) {
            "24:00".to_owned()
        } else {
            let day = self.short_date(zone, last);
            self.t("date.moment").replace("{date}", &day).replace("{clock}", "24:00")
        };
        self.t("time.span").replace("{a}", &self.table_moment(zone, when.start())).replace("{b}", &to)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Keys without their plural forms.
    fn keys(lang: Lang) -> BTreeSet<String> {
        let all = Catalogue::of(lang);
        all.keys().map(|key| key.split('#').next().unwrap_or(key).to_owned()).collect()
    }

    #[test]
    fn every_language_has_every_key_and_every_plural_form() {
        let english = keys(Lang::En);
        assert!(english.len() > 300);
        for lang in Lang::ALL {
            assert_eq!(keys(lang), english, "{}", lang.code());
            let all = Catalogue::of(lang);
            let plurals: BTreeSet<&str> =
                all.keys().filter_map(|key| key.split_once('#')).map(|(k, _)| k).collect();
            for key in plurals {
                for form in lang.categories() {
                    assert!(
                        all.find(&format!("{key}#{form}")).is_some(),
                        "{} lacks {key}#{form}",
                        lang.code()
                    );
                }
            }
        }
    }

    #[test]
    fn every_language_sets_the_same_values_in() {
        let names = |text: &str| -> BTreeSet<String> {
            text.split('{').skip(1).filter_map(|part| part.split('}').next()).map(str::to_owned).collect()
        };
        let english = Catalogue::of(Lang::En);
        for lang in [Lang::Ar, Lang::Ru] {
            let other = Catalogue::of(lang);
            for key in english.keys().filter(|key| !key.contains('#')) {
                assert_eq!(names(english.t(key)), names(other.t(key)), "{} {key}", lang.code());
            }
        }
    }

    #[test]
    fn no_key_is_unused_and_none_is_missing() {
        let mut sources = String::new();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        let list = |folder: &std::path::Path| -> Vec<_> {
            std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect()
        };
        let mut files = list(folder.as_ref());
        let below: Vec<_> = files.iter().filter(|path| path.is_dir()).flat_map(|path| list(path)).collect();
        files.extend(below);
        files.sort();
        for file in files.iter().filter(|file| file.extension().is_some_and(|e| e == "rs")) {
            sources.push_str(&std::fs::read_to_string(file).unwrap());
        }
        let quoted = |word: &str| sources.contains(&format!("\"{word}\""));
        let family = |key: &str| {
            let mut at = key.len();
            while let Some(dot) = key.get(..at).and_then(|head| head.rfind('.')) {
                let head = &key[..dot];
                if sources.contains(&format!("word(\"{head}\"")) || sources.contains(&format!("\"{head}.{{"))
                {
                    return true;
                }
                at = dot;
            }
            false
        };
        let months = |key: &str| key.starts_with("month");
        for key in keys(Lang::En) {
            let section = key.strip_suffix(".title").is_some_and(quoted);
            assert!(quoted(&key) || family(&key) || months(&key) || section, "{key} is used nowhere");
        }
        let known = keys(Lang::En);
        for part in [".t(\"", ".fill(\"", ".count(\""].iter().flat_map(|call| sources.split(call).skip(1)) {
            let key = part.split('"').next().unwrap();
            assert!(known.contains(key), "{key} is in no catalogue");
        }
    }

    #[test]
    fn every_word_of_the_vocabulary_is_translated() {
        use truceline_model::{Act, Answer, Attribution, DeadlineState, Holding, Outcome, Target, Weapon};
        let english = keys(Lang::En);
        let mut wanted: Vec<String> = Vec::new();
        wanted.extend(Act::ALL.iter().map(|w| format!("act.{w}")));
        wanted.extend(Weapon::ALL.iter().map(|w| format!("weapon.{w}")));
        wanted.extend(Target::ALL.iter().map(|w| format!("target.{w}")));
        wanted.extend(Outcome::ALL.iter().map(|w| format!("outcome.{w}")));
        wanted.extend(Attribution::ALL.iter().map(|w| format!("attribution.{}", w.as_str())));
        wanted.extend(
            [Answer::No, Answer::Unclear, Answer::Yes].iter().map(|w| format!("answer.{}", w.as_str())),
        );
        let holdings = [Holding::Holding, Holding::Fraying, Holding::Collapsed, Holding::NotObserved];
        wanted.extend(holdings.iter().map(|w| format!("holding.{}", w.as_str())));
        let states =
            [DeadlineState::Pending, DeadlineState::Met, DeadlineState::Missed, DeadlineState::Lapsed];
        wanted.extend(states.iter().map(|w| format!("deadline.{}", w.as_str())));
        wanted.extend(crate::Summary::ALL.iter().map(|w| format!("summary.{}", w.as_str())));
        for key in wanted {
            assert!(english.contains(&key), "{key}");
        }
    }

    #[test]
    fn the_machine_never_says_violation() {
        // Only a centre's own word for what it counts may be one, and it stands in quotation marks.
        for lang in Lang::ALL {
            let all = Catalogue::of(lang);
            for key in all.keys().filter(|key| !key.starts_with("unit.")) {
                let text = all.t(key).to_lowercase();
                for word in ["violat", "breach", "انتهاك", "خرق", "خروقات", "нарушени"]
                {
                    assert!(!text.contains(word), "{} {key}: {text}", lang.code());
                }
            }
        }
    }

    #[test]
    fn numbers_take_their_forms() {
        let form = |lang: Lang, n| lang.plural(n);
        assert_eq!(
            [1, 2, 5, 11, 21, 22, 111].map(|n| form(Lang::Ru, n)),
            ["one", "few", "many", "many", "one", "few", "many"]
        );
        assert_eq!(
            [0, 1, 2, 3, 10, 11, 99, 100, 103].map(|n| form(Lang::Ar, n)),
            ["zero", "one", "two", "few", "few", "many", "many", "other", "few"]
        );
        assert_eq!([0, 1, 2].map(|n| form(Lang::En, n)), ["other", "one", "other"]);
    }

    #[test]
    fn intervals_read_as_people_write_them() {
        let zone = Zone::named("Asia/Damascus").unwrap();
        let c = Catalogue::of(Lang::En);
        let say = |text: &str| c.interval(&zone, zone.interval(text).unwrap());
        assert_eq!(say("2016-04-27"), "27 Apr 2016");
        assert_eq!(say("2016-04-27/2016-04-28"), "27 Apr – 28 Apr 2016");
        assert_eq!(say("2016-04-27T21:37"), "27 Apr 2016, 21:37");
        assert_eq!(say("2016-04-27T18:00/2016-04-27T23:00"), "27 Apr 2016, 18:00 – 23:00");
        assert_eq!(say("2016-05-02T01:00/2016-05-03T24:00"), "2 May 2016, 01:00 – 3 May, 24:00");
        assert_eq!(say("2016-05-26/2016-05-31"), "26 May – 31 May 2016");
        let window = |text: &str| c.window(&zone, zone.interval(text).unwrap());
        assert_eq!(window("2016-05-02T00:00/2016-05-03T24:00"), "2 May 2016, 00:00 – 3 May, 24:00");
        assert_eq!(window("2016-05-01"), "1 May 2016, 00:00 – 24:00");
        let midnight = zone.instant("2016-02-20T00:00").unwrap();
        assert_eq!(c.end_moment(&zone, midnight), "19 Feb 2016, 24:00");
        assert_eq!(c.end_moment(&zone, midnight.plus_seconds(60)), "20 Feb 2016, 00:01");
        assert_eq!(c.bounds(Bounds::parse(">50").unwrap()), "more than 50");
    }
}
