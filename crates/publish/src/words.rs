//! Names and phrases for one page: actors, sources, areas, acts, facts and their values, in the page's language.
//!
//! Everything that comes out of here is clean (see [`crate::safe`]); composed phrases hold isolates and go through
//! [`crate::safe::html`]. Nothing is guessed: a value that has no word in the catalogue is shown as files write it.

use truceline_model::{
    AreaId, AreaKind, Bounds, Deadline, DefinitionId, Fact, Holding, Hypothesis, Incident, IncidentId,
    Instant, Interval, Length, MeasureId, Outcome, Place, ReadingId, SourceId,
};

use crate::lang::{Catalogue, Lang};
use crate::links::Links;
use crate::safe::{clean, foreign, html, isolate};
use crate::view::{SourceName, Texts, View};

/// Names shown of a long list of alternatives that nobody named.
const LISTED: usize = 4;

/// What every part of a page needs.
#[derive(Clone, Debug)]
pub(crate) struct Ctx<'v> {
    pub(crate) view: &'v View<'v>,
    pub(crate) c: Catalogue,
    pub(crate) links: Links,
}

impl<'v> Ctx<'v> {
    pub(crate) fn new(view: &'v View<'v>, lang: Lang, links: Links) -> Self {
        Self { view, c: Catalogue::of(lang), links }
    }

    /// A catalogue string as HTML.
    pub(crate) fn t(&self, key: &str) -> maud::Markup {
        html(self.c.t(key))
    }

    /// A text of the mission in the page's language, clean; other languages are not marked here (see [`Ctx::prose`]).
    pub(crate) fn text(&self, texts: &Texts) -> String {
        self.c.pick(texts).map(|(_, text)| clean(text)).unwrap_or_default()
    }

    /// Words that the model carries in one language only, in the page's language where the view has a translation.
    pub(crate) fn phrase(&self, words: &str) -> maud::Markup {
        match self.view.phrases.get(words) {
            Some(texts) => self.prose(texts),
            None => maud::html! { bdi dir="auto" { (clean(words)) } },
        }
    }

    /// The same, as text.
    pub(crate) fn phrase_text(&self, words: &str) -> String {
        self.view.phrases.get(words).map_or_else(|| clean(words), |texts| self.text(texts))
    }

    /// A longer text of the mission, with its language marked when it is not the page's.
    pub(crate) fn prose(&self, texts: &Texts) -> maud::Markup {
        match self.c.pick(texts) {
            None => maud::html! {},
            Some((code, text)) if code == self.c.lang.code() => maud::html! { (clean(text)) },
            Some((code, text)) => maud::html! { span lang=(clean(code)) dir="auto" { (clean(text)) } },
        }
    }

    /// An actor's name, by its id; the id when nobody registered it.
    pub(crate) fn actor(&self, id: &str) -> String {
        let known = self.view.actors.get(&id.into()).and_then(|actor| self.c.pick(&actor.names));
        known.map_or_else(
            || self.c.find(&format!("value.{id}")).map_or_else(|| clean(id), str::to_owned),
            |(_, n)| clean(n),
        )
    }

    /// A source's name.
    pub(crate) fn source(&self, id: &SourceId) -> String {
        let known = self.view.sources.get(id).and_then(|source| self.c.pick(&source.names));
        known.map_or_else(|| clean(id.as_str()), |(_, name)| clean(name))
    }

    /// What is known of a source.
    pub(crate) fn source_row(&self, id: &SourceId) -> Option<&SourceName> {
        self.view.sources.get(id)
    }

    /// Several sources as a list.
    pub(crate) fn sources<'s>(&self, ids: impl IntoIterator<Item = &'s SourceId>) -> String {
        let names: Vec<String> = ids.into_iter().map(|id| self.source(id)).collect();
        self.c.list(&names, "list.and")
    }

    /// An area's name.
    pub(crate) fn area(&self, id: &AreaId) -> String {
        let known = self.view.areas.get(id).and_then(|area| self.c.pick(&area.names));
        known.map_or_else(|| clean(id.as_str()), |(_, name)| clean(name))
    }

    /// What a centre counts.
    pub(crate) fn definition(&self, id: &DefinitionId) -> Option<&Texts> {
        self.view.definitions.get(id)
    }

    /// A place: the narrowest name and the governorate, or the source's own words.
    pub(crate) fn place(&self, place: &Place) -> String {
        let mut narrow: Vec<String> = Vec::new();
        let mut wide: Vec<String> = Vec::new();
        for id in &place.areas {
            let area = self.view.areas.get(id);
            if area.is_none_or(|area| matches!(area.kind, AreaKind::Governorate | AreaKind::Country)) {
                wide.push(self.area(id));
            } else {
                narrow.push(self.area(id));
                wide.extend(area.and_then(|area| area.parent.as_ref()).map(|parent| self.area(parent)));
            }
        }
        narrow.extend(place.unresolved.as_deref().map(clean));
        // "Al-Quds hospital, Aleppo" says the governorate already.
        wide.retain(|name| !narrow.iter().any(|inner| inner.ends_with(name.as_str())));
        let mut names = narrow;
        names.extend(wide);
        let mut seen = std::collections::BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
        if names.is_empty() {
            return self.c.t(if place.point.is_some() { "place.point" } else { "place.unknown" }).to_owned();
        }
        let names: Vec<String> = names.iter().map(|name| isolate(name)).collect();
        names.join(self.c.t("list.comma"))
    }

    /// An incident in one line: what, at what, where, when.
    pub(crate) fn incident_title(&self, incident: &Incident) -> String {
        let mut parts = Vec::new();
        let acts: Vec<String> = incident.acts.iter().map(|(a, _)| self.c.word("act", a.as_str())).collect();
        parts.push(match acts.as_slice() {
            [] => self.c.t("incident.unknown-act").to_owned(),
            many => many.join(self.c.t("list.slash")),
        });
        let targets: Vec<String> =
            incident.targets.iter().take(2).map(|(t, _)| self.c.word("target", t.as_str())).collect();
        if !targets.is_empty() {
            parts.push(targets.join(self.c.t("list.slash")));
        }
        if let Some(place) = incident.place() {
            parts.push(self.place(place));
        } else {
            let areas: Vec<String> = incident.governorates.iter().map(|id| self.area(id)).collect();
            if !areas.is_empty() {
                parts.push(areas.join(self.c.t("list.slash")));
            }
        }
        if let Some(first) = parts.first_mut() {
            *first = capital(first);
        }
        let parts: Vec<String> = parts.iter().map(|part| isolate(part)).collect();
        parts.join(" · ")
    }

    /// When an incident happened, in local words.
    pub(crate) fn incident_when(&self, incident: &Incident) -> String {
        incident.time().map_or_else(|| self.c.t("time.unknown").to_owned(), |when| self.interval(when))
    }

    /// An interval in the agreement's zone.
    pub(crate) fn interval(&self, when: Interval) -> String {
        self.c.interval(self.view.mission.zone, when)
    }

    /// The window of an area's state. It holds the moment of the page itself; a page of midnight shows the days before it.
    pub(crate) fn status_window(&self, window: Interval) -> String {
        let end = window.end().min(self.view.as_of);
        self.interval(Interval::new(window.start(), end).unwrap_or(window))
    }

    /// A moment in the agreement's zone.
    pub(crate) fn moment(&self, at: Instant) -> String {
        self.c.moment(self.view.mission.zone, at)
    }

    /// A day in the agreement's zone.
    pub(crate) fn date(&self, at: Instant) -> String {
        self.c.date(self.view.mission.zone, at)
    }

    /// When a report became known: a day, or a moment when the hour is known.
    pub(crate) fn known(&self, at: Instant) -> String {
        let zone = self.view.mission.zone;
        if zone.day_of(at).start() == at {
            self.c.table_date(zone, at)
        } else {
            self.c.table_moment(zone, at)
        }
    }

    /// When something was due. Midnight belongs to the day that ends there, unless it is the start of the truce itself.
    pub(crate) fn due(&self, deadline: &Deadline) -> String {
        let zone = self.view.mission.zone;
        if self.is_start(deadline) {
            self.c.table_moment(zone, deadline.due)
        } else {
            self.c.end_moment(zone, deadline.due)
        }
    }

    /// A moment of the day on which something was due.
    pub(crate) fn due_day(&self, deadline: &Deadline) -> Instant {
        if self.is_start(deadline) { deadline.due } else { deadline.due.plus_seconds(-1) }
    }

    fn is_start(&self, deadline: &Deadline) -> bool {
        self.view.truce.window.is_some_and(|window| window.start() == deadline.due)
    }

    /// A length of time: "48 hours", "3 working days".
    pub(crate) fn length(&self, length: Length) -> String {
        let (key, n) = match length {
            Length::Hours(n) => ("length.hours", n),
            Length::Days(n) => ("length.days", n),
            Length::Weeks(n) => ("length.weeks", n),
            Length::WorkingHours(n) => ("length.working-hours", n),
            Length::WorkingDays(n) => ("length.working-days", n),
        };
        self.c.count(key, u64::from(n), &[])
    }

    /// A moment in the zone and in UTC: "00:00 Damascus time (22:00 UTC on the day before)".
    pub(crate) fn both_clocks(&self, at: Instant) -> String {
        let utc = self.c.utc_moment(at);
        let zone = self.text(self.view.mission.zone_name);
        self.c.fill("time.both", &[("local", &self.moment(at)), ("zone", &zone), ("utc", &utc)])
    }

    /// Bounds, or a dash when nobody says.
    pub(crate) fn bounds(&self, bounds: Option<Bounds>) -> String {
        bounds.map_or_else(|| self.c.t("dash").to_owned(), |b| self.c.bounds(b))
    }

    /// The word for an outcome.
    pub(crate) fn outcome(&self, outcome: Outcome) -> String {
        self.c.word("outcome", outcome.as_str())
    }

    /// Text for a drawing, whose own direction is left to right in every language: isolated in the direction of the page.
    pub(crate) fn drawn(&self, text: &str) -> String {
        if self.c.lang == Lang::Ar { format!("\u{2067}{text}\u{2069}") } else { text.to_owned() }
    }

    /// The class and the word of an area's state. Before a truce has begun nothing can hold, whatever was or was not done.
    pub(crate) fn holding(&self, holding: Holding) -> (&'static str, String) {
        let begun = self.view.truce.window.is_some_and(|window| window.start() <= self.view.as_of);
        let state = if begun || holding == Holding::NotObserved { holding.as_str() } else { "no-truce" };
        (state, self.c.word("holding", state))
    }

    /// States that a page may show, the worst first.
    pub(crate) fn holdings(&self) -> Vec<(&'static str, String)> {
        let mut all: Vec<(&'static str, String)> = Vec::new();
        for holding in [Holding::Collapsed, Holding::Fraying, Holding::Holding, Holding::NotObserved] {
            let state = self.holding(holding);
            if !all.contains(&state) {
                all.push(state);
            }
        }
        all
    }

    /// A reading's title.
    pub(crate) fn reading(&self, id: &ReadingId) -> String {
        let known = self.view.readings.iter().find(|reading| reading.id == *id);
        known.map_or_else(|| clean(id.as_str()), |reading| self.text(&reading.title))
    }

    /// The question that a fact asks: "who did it", "whether Ahrar al-Sham had accepted by then".
    pub(crate) fn fact(&self, fact: &Fact) -> String {
        match fact {
            Fact::Acceptance(actor) => {
                self.c.fill("fact.acceptance", &[("actor", &self.actor(actor.as_str()))])
            }
            Fact::Window(of) => {
                // `calm-ghouta/2` is the second step of that calm.
                let (of, step) = of.split_once('/').unwrap_or((of, "1"));
                self.c.fill("fact.window", &[("of", &self.window(of)), ("step", &clean(step))])
            }
            Fact::Named(id) => match self.view.facts.get(id) {
                Some(texts) => self.text(texts),
                None => self.c.fill("fact.named", &[("name", &clean(id.as_str()))]),
            },
            Fact::Judgement(id) => match self.view.judgements.get(id) {
                Some(texts) => self.text(texts),
                None => self.c.fill("fact.judgement", &[("name", &clean(id.as_str()))]),
            },
            Fact::Matter(id) => match self.view.matters.iter().find(|matter| matter.id == *id) {
                Some(matter) => self.text(&matter.question),
                None => clean(id.as_str()),
            },
            Fact::Measure(id) => self.c.fill("fact.measure", &[("name", &self.measure(id))]),
            plain => self.c.word("fact", &plain.key()),
        }
    }

    /// A window by its name: a local calm's area, else the name.
    fn window(&self, of: &str) -> String {
        let calm = self.view.truce.calms.iter().find(|calm| calm.id == of);
        calm.map_or_else(|| clean(of), |calm| self.area(&calm.area))
    }

    /// The value of a hypothesis in words.
    pub(crate) fn value(&self, hypothesis: &Hypothesis) -> String {
        self.fact_value(&hypothesis.fact, &hypothesis.value)
    }

    /// A value of a fact in words.
    pub(crate) fn fact_value(&self, fact: &Fact, value: &str) -> String {
        match fact {
            Fact::Actor | Fact::HeldBy | Fact::Commander | Fact::Struck => {
                self.each(value, |ctx, one| ctx.actor(one))
            }
            Fact::System => self.each(value, |_, one| clean(one)),
            Fact::Measure(_) => self.amount(value),
            Fact::Act => self.each(value, |ctx, one| ctx.c.word("act", one)),
            Fact::Weapon => self.each(value, |ctx, one| ctx.c.word("weapon", one)),
            Fact::Target => self.each(value, |ctx, one| ctx.c.word("target", one)),
            Fact::Matter(matter) => self.position(matter.as_str(), value),
            Fact::Window(_) => {
                // One announcement can give an end and a length that differ; `/hours` names its length.
                let (ids, by_hours) = value.strip_suffix("/hours").map_or((value, false), |ids| (ids, true));
                let sources: Vec<String> = ids.split('+').map(|id| self.source(&id.into())).collect();
                let who = self.c.list(&sources, "list.and");
                let key = if by_hours { "value.by-hours" } else { "value.account" };
                self.c.fill(key, &[("who", &who)])
            }
            Fact::Time | Fact::Place => self.condition(value),
            Fact::Acceptance(_) | Fact::Named(_) | Fact::Judgement(_) => self.c.word("answer", value),
        }
    }

    /// What is counted, in words.
    pub(crate) fn measure(&self, id: &MeasureId) -> String {
        self.view.measures.get(id).map_or_else(|| clean(id.as_str()), |texts| self.text(texts))
    }

    /// A comparison as files write it (`lorries at-least 600`, `prisoners at-least 30 per hostages`), in words.
    pub(crate) fn counted(&self, said: &str) -> String {
        let Some((measure, rest)) = said.split_once(' ') else { return clean(said) };
        let (count, per) = rest.split_once(" per ").map_or((rest, None), |(count, per)| (count, Some(per)));
        let mut count = self.amount(count);
        if let Some(per) = per {
            count = self.c.fill("compare.per", &[("count", &count), ("per", &self.measure(&per.into()))]);
        }
        self.c.fill("counted.of", &[("measure", &self.measure(&measure.into())), ("count", &count)])
    }

    /// A count as files write it: `at-least 600`, `not at-least 600`, `540`, `500-600`, or no count at all.
    fn amount(&self, value: &str) -> String {
        if let Some(rest) = value.strip_prefix("not ") {
            return self.c.fill("compare.not", &[("what", &self.amount(rest))]);
        }
        // The judge writes `at least 600` and `fewer than 600`, the terms `at-least 600`.
        let value = &value.replace("at least ", "at-least ").replace("fewer than ", "fewer-than ");
        if let Some((compare, n)) = value.split_once(' ')
            && self.c.find(&format!("compare.{compare}")).is_some()
        {
            return self.c.fill(&format!("compare.{compare}"), &[("n", &clean(n))]);
        }
        match (Bounds::parse(value), self.c.find(&format!("value.{value}"))) {
            (Ok(bounds), _) => self.c.bounds(bounds),
            (Err(_), Some(word)) => word.to_owned(),
            (Err(_), None) => clean(value),
        }
    }

    /// A radius in words: metres below a kilometre, else kilometres rounded up.
    pub(crate) fn radius(&self, within: u32) -> String {
        if within < 1000 {
            self.c.fill("within.m", &[("n", &within.to_string())])
        } else {
            self.c.fill("within.km", &[("n", &within.div_ceil(1000).to_string())])
        }
    }

    /// Areas as files write them (`a, b`), by name.
    pub(crate) fn areas(&self, said: &str) -> String {
        let names: Vec<String> = said.split(", ").map(|id| self.area(&id.into())).collect();
        self.c.list(&names, "list.or")
    }

    /// A distance as files write it (`500 m`, `15 km`), in words.
    pub(crate) fn distance(&self, said: &str) -> String {
        let (n, unit) = said.split_once(' ').unwrap_or((said, ""));
        match unit {
            "m" => self.c.fill("distance.m", &[("n", &clean(n))]),
            "km" => self.c.fill("distance.km", &[("n", &clean(n))]),
            _ => clean(said),
        }
    }

    /// A position on a matter, in words.
    pub(crate) fn position(&self, matter: &str, position: &str) -> String {
        let matter = self.view.matters.iter().find(|m| m.id.as_str() == matter);
        let found = matter.and_then(|m| m.positions.iter().find(|p| p.id.as_str() == position));
        found.map_or_else(|| clean(position), |p| self.text(&p.says))
    }

    /// A position as a part of a sentence: without its own full stop.
    pub(crate) fn position_part(&self, matter: &str, position: &str) -> String {
        self.position(matter, position).trim_end_matches('.').to_owned()
    }

    /// A list of ids or words as files write it (`a, b`, `one of a, b`, `none of a, b`, `not a`), each part in words.
    fn each(&self, value: &str, word: impl Fn(&Self, &str) -> String) -> String {
        let (key, rest) = match value {
            v if v.starts_with("one of ") => ("value.one-of", v.trim_start_matches("one of ")),
            v if v.starts_with("none of ") => ("value.none-of", v.trim_start_matches("none of ")),
            v if v.starts_with("not ") => ("value.none-of", v.trim_start_matches("not ")),
            v => ("", v),
        };
        let mut parts = Vec::new();
        for one in rest.split([',', ';', '|']).map(str::trim).filter(|one| !one.is_empty()) {
            let known = self.c.find(&format!("value.{one}"));
            parts.push(known.map_or_else(|| clean(&word(self, one)), str::to_owned));
        }
        if parts.len() > LISTED + 1 && !key.is_empty() {
            // Everybody whom the clause treats alike can be a long list; files hold it whole.
            let more = parts.len() - LISTED;
            parts.truncate(LISTED);
            parts.push(self.c.count("more", more as u64, &[]));
        }
        let list = self.c.list(&parts, "list.or");
        if key.is_empty() { list } else { self.c.fill(key, &[("what", &list)]) }
    }

    /// A condition on time or place as files write it (`before 2016-02-26T22:00:00Z`): moments and areas in words, known
    /// words translated, the rest as it is.
    pub(crate) fn condition(&self, value: &str) -> String {
        if let Some(whole) = self.c.find(&format!("value.{}", value.replace(' ', "-"))) {
            return whole.to_owned();
        }
        let tokens: Vec<String> =
            value.split(' ').filter(|token| !token.is_empty()).map(|token| self.token(token)).collect();
        tokens.join(" ")
    }

    fn token(&self, token: &str) -> String {
        if let Some(first) = token.strip_suffix(',') {
            return format!("{}{}", self.token(first), self.c.t("list.comma").trim_end());
        }
        if let Some(word) = self.c.find(&format!("value.{token}")) {
            return word.to_owned();
        }
        if let Ok(at) = Instant::parse(token) {
            return isolate(&self.moment(at));
        }
        if let Some(when) = token.split_once('/').and_then(|(a, b)| both_ends(a, b)) {
            return isolate(&self.interval(when));
        }
        if self.view.areas.get(&token.into()).is_some() {
            return isolate(&self.area(&token.into()));
        }
        if self.view.actors.get(&token.into()).is_some() {
            return isolate(&self.actor(token));
        }
        foreign(token)
    }

    /// The address of an incident's page or anchor.
    pub(crate) fn incident_link(&self, id: &IncidentId) -> String {
        self.links.incident(self, id)
    }
}

/// The first letter as a capital, where the script has them; isolates before it stay.
pub(crate) fn capital(text: &str) -> String {
    let at = text.find(|c: char| !matches!(c, '\u{2066}'..='\u{2069}')).unwrap_or(text.len());
    let (before, rest) = text.split_at(at);
    let mut signs = rest.chars();
    let first = signs.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{before}{first}{}", signs.as_str())
}

/// `a/b` with `..` for an open end.
fn both_ends(a: &str, b: &str) -> Option<Interval> {
    let open = |text: &str| text.is_empty() || text == "..";
    let start = if open(a) { Instant::FAR_PAST } else { Instant::parse(a).ok()? };
    let end = if open(b) { Instant::FAR_FUTURE } else { Instant::parse(b).ok()? };
    Interval::new(start, end).ok()
}
