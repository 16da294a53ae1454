//! Free text to proposals: what a report in prose seems to say, each value with the bytes that say it.
//!
//! A proposal is not an observation: a person confirms, corrects or rejects it. A cascade over tokens with byte offsets, by
//! tables that a linguist edits (`lexicons/`) and, for words that no table holds, learned whole-number weights; no network, no chance. It never says a value that is not a slice of
//! the text, never adds figures, never fills a gap but with words that the text has elsewhere (marked as outside), and never turns a claim of responsibility into an established actor.
//!
//! ```text
//! text ─► tokens ─► sentences, quotes ─► lexicon tags ─► numbers, dates, places, actors ─► clauses ─► proposals
//! ```
//!
//! What a caller needs: [`Lexicons::parse`] once, a [`Case`] (a mission's registries, or none), a [`Gazetteer`] (or none), and
//! [`read`] for each [`Document`]; [`json::line`] writes a reading as one line of JSON.

use std::collections::BTreeMap;

use truceline_model::{Bounds, Span};

mod aid;
pub mod answered;
mod apposed;
mod arabic;
mod arabic_days;
mod aside;
mod becomes;
mod blame;
mod breaches;
mod casualties;
mod chunks;
mod clock;
mod counted;
mod dates;
mod day;
mod deal_bare;
mod deal_duties;
mod deal_facts;
mod deal_fields;
mod deal_idle;
mod deal_open;
mod deal_times;
mod deal_told;
mod deal_who;
mod deals;
mod doubts;
mod entities;
mod frames;
mod gathered;
mod granular;
mod harmed;
mod incidents;
pub mod json;
mod language;
mod lexicon;
mod lines;
mod loose;
mod moments;
mod named;
mod notes;
mod nouns;
mod numbers;
mod outline;
mod page;
mod parties;
mod phrases;
mod registry;
mod roles;
mod said_in;
mod sides;
mod slavic;
mod sourced;
mod speakers;
mod spots;
mod statements;
mod story;
mod subjects;
mod tasks;
mod tellers;
mod tokens;
mod uncased;
mod voices;

pub use becomes::{Becomes, becomes};
pub use day::Day;
pub use lexicon::{LexiconFault, Lexicons};
pub use loose::{Loose, MayBe, loose, may_be};
pub use outline::{Mark, outline};
pub use registry::{Case, Gazetteer};

/// Longest text that is read, in bytes.
pub const TEXT_LIMIT: usize = 10 << 20;

/// A text as it came, with what is known of it from elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Document<'t> {
    /// Name of the file or message.
    pub name: &'t str,
    /// The text.
    pub text: &'t str,
    /// The day on which it was published, when that is known; "Sunday" is resolved against it.
    pub date: Option<Day>,
    /// The country that it speaks of (`SY`): a name that several countries have is looked for there first.
    pub country: Option<&'t str>,
}

/// What kind of thing a proposal proposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Kind {
    Incident,
    Agreement,
    Humanitarian,
    Statement,
}

/// How the text speaks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Granularity {
    /// One event.
    Discrete,
    /// Several events in one figure; never added to its parts.
    Aggregate,
    /// A campaign that goes on.
    Ongoing,
    /// Something more about an event told elsewhere.
    Detail,
    /// Named in passing.
    Mention,
    /// Something said to be done again and again.
    Pattern,
    /// History.
    Background,
}

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)?) => {
        /// What a value is a value of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Field {
            $($(#[$doc])* $variant,)+
        }

        impl Field {
            /// Every field, in the order in which it is written.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word used in files.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}

fields! {
    /// The act, the deal, the aid.
    What = "what",
    /// With what.
    Weapon = "weapon",
    /// Where.
    Where = "where",
    /// When.
    When = "when",
    /// Who is said to have done it; see `claim` and `hedge` for how.
    Actor = "actor",
    /// Words that claim or blame.
    Claim = "claim",
    /// At what or whom.
    Target = "target",
    /// Who suffered, in words.
    Victims = "victims",
    /// Killed.
    Killed = "killed",
    /// Wounded.
    Wounded = "wounded",
    /// A number of things or events.
    Count = "count",
    /// Who takes part in a deal.
    Party = "party",
    /// From when on.
    Effective = "effective",
    /// On what condition.
    Condition = "condition",
    /// For how long.
    Duration = "duration",
    /// Whom it leaves out.
    Excluded = "excluded",
    /// Where it does not hold.
    ExcludedArea = "excluded_area",
    /// What it says.
    Terms = "terms",
    /// What is still to come.
    Pending = "pending",
    /// Who speaks.
    Speaker = "speaker",
    /// The word of speech.
    Cue = "cue",
    /// What is said.
    Content = "content",
    /// Whose word it is.
    AccordingTo = "according_to",
    /// Through whom it came.
    Via = "via",
    /// What holds the certainty down.
    Hedge = "hedge",
    /// A part of a whole; carries no number.
    Share = "share",
}

/// A slice of the text, and what follows from it alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// The bytes that say it.
    pub span: Span,
    /// In a common form, when the tables give one.
    pub norm: Option<String>,
    /// What a figure commits the text to.
    pub bounds: Option<Bounds>,
    /// Of whom a figure speaks, in the text's word.
    pub who: Option<String>,
    /// The words stand outside the proposal's own span.
    pub outside: bool,
    /// Id in the mission's registry of actors or areas, or in the gazetteer.
    pub registry: Option<String>,
}

impl Value {
    /// A value that is only its words.
    #[must_use]
    pub fn words(span: Span) -> Self {
        Self { span, norm: None, bounds: None, who: None, outside: false, registry: None }
    }

    /// The same with a common form.
    #[must_use]
    pub fn normed(span: Span, norm: impl Into<String>) -> Self {
        Self { norm: Some(norm.into()), ..Self::words(span) }
    }
}

/// One thing that the text seems to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Incident, agreement, aid or statement.
    pub kind: Kind,
    /// What kind of incident or agreement fact, in the tables' word.
    pub sub: String,
    /// The words that say it.
    pub span: Span,
    /// One event, a total, a campaign…
    pub granularity: Granularity,
    /// Values by field, in the order of the text.
    pub fields: BTreeMap<Field, Vec<Value>>,
    /// The incident that it speaks of again, by that proposal's words: a later figure, or a mention.
    pub detail_of: Option<Span>,
}

/// What was read from one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// `en`, `ar`, `ru`, `uk`, or `?` when none of the lexicons speaks it.
    pub language: String,
    /// The day that "today" means.
    pub reference: Option<Day>,
    /// In the order of the text.
    pub proposals: Vec<Proposal>,
    /// Why there is nothing, when there is nothing for a reason.
    pub nothing: Option<&'static str>,
    /// Who read it.
    pub by: By,
}

impl Reading {
    /// Of a proposal that speaks of an incident told before, the place of that incident among the proposals.
    #[must_use]
    pub fn told_before(&self, detail: &Proposal) -> Option<usize> {
        let first = detail.detail_of?;
        self.proposals.iter().position(|p| {
            p.kind == Kind::Incident && p.span == first && p.detail_of.is_none() && !std::ptr::eq(p, detail)
        })
    }
}

/// Who read a text. A person sees it beside every proposal: words can stand in a text and still be picked wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// The tables and grammars of this module.
    Rules,
    /// A reader that the mission runs, held against the text.
    Other,
}

impl By {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Other => "other",
        }
    }
}

/// Reads a text. Never fails: a text that says nothing that the tables know gives no proposals.
#[must_use]
pub fn read(document: &Document<'_>, lexicons: &Lexicons, case: &Case, gazetteer: &Gazetteer) -> Reading {
    let language = language::of(document.text);
    let mut reading = Reading {
        language: language.to_owned(),
        reference: document.date,
        proposals: Vec::new(),
        nothing: None,
        by: By::Rules,
    };
    if document.text.len() > TEXT_LIMIT {
        reading.nothing = Some("the text is longer than 10 MB");
        return reading;
    }
    let Some(tables) = lexicons.language(language) else {
        reading.nothing = Some("no tables for the language of this text");
        return reading;
    };
    let page = page::Page::new(document, language, tables, case, gazetteer);
    reading.reference = page.reference;
    reading.nothing = page.nothing();
    if reading.nothing.is_none() {
        reading.proposals = page.proposals();
    }
    reading
}
