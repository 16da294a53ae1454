//! What screens say of a view, in every language at once: the same names and titles as on the pages, one text a language.
//!
//! A screen changes its language without asking again, and says what the published page says. Names hold isolating signs where a page has `bdi`.

use truceline_model::{Fact, Holding, Incident, Interval, Place};

use crate::lang::Lang;
use crate::links::Links;
use crate::view::{IncidentView, Summary, Texts, View};
use crate::words::Ctx;

/// The words of a view in every language.
#[derive(Debug)]
pub struct Screen<'v> {
    all: [Ctx<'v>; 3],
}

impl<'v> Screen<'v> {
    /// Makes them ready.
    #[must_use]
    pub fn new(view: &'v View<'v>) -> Self {
        Self { all: Lang::ALL.map(|lang| Ctx::new(view, lang, Links::Static)) }
    }

    fn each(&self, say: impl Fn(&Ctx<'v>) -> String) -> Texts {
        self.all.iter().map(|ctx| (ctx.c.lang.code().to_owned(), say(ctx))).collect()
    }

    /// An incident in one line: what, at what, where.
    #[must_use]
    pub fn incident(&self, incident: &Incident) -> Texts {
        self.each(|ctx| ctx.incident_title(incident))
    }

    /// A place by its narrowest name.
    #[must_use]
    pub fn place(&self, place: &Place) -> Texts {
        self.each(|ctx| ctx.place(place))
    }

    /// Words that the terms carry in one language, with the mission's translations.
    #[must_use]
    pub fn phrase(&self, words: &str) -> Texts {
        self.each(|ctx| ctx.phrase_text(words))
    }

    /// A comparison as files write it (`lorries at-least 600`).
    #[must_use]
    pub fn counted(&self, said: &str) -> Texts {
        self.each(|ctx| ctx.counted(said))
    }

    /// A word of a family of the catalogue: `act`, `clause-kind`, `delivery-stage`.
    #[must_use]
    pub fn word(&self, family: &str, value: &str) -> Texts {
        self.each(|ctx| ctx.c.word(family, value))
    }

    /// A time in the agreement's zone.
    #[must_use]
    pub fn interval(&self, when: Interval) -> Texts {
        self.each(|ctx| ctx.interval(when))
    }

    /// The question that a fact asks.
    #[must_use]
    pub fn fact(&self, fact: &Fact) -> Texts {
        self.each(|ctx| ctx.fact(fact))
    }

    /// What the findings of an incident come to.
    #[must_use]
    pub fn summary(&self, incident: &IncidentView<'_>) -> Summary {
        self.all.first().map_or(Summary::NotCovered, |ctx| ctx.view.summary(incident))
    }

    /// The state of an area as pages name it: before a truce has begun nothing can hold.
    #[must_use]
    pub fn holding(&self, holding: Holding) -> &'static str {
        self.all.first().map_or(holding.as_str(), |ctx| ctx.holding(holding).0)
    }
}
