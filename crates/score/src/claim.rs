//! A claim as the contract has it: a kind, a span, and fields of values, each with the span it was read from.
//!
//! Holds what a file said, right or wrong: nothing here checks a span against a text. That is [`crate::verify`]'s, which needs the
//! text; a wrong span must survive until then, so that it can be told.

use std::collections::BTreeMap;

/// What a claim is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Something done to people or things.
    Incident,
    /// Something said of the agreement.
    Agreement,
    /// Aid and people moving.
    Humanitarian,
    /// Somebody's words.
    Statement,
}

impl Kind {
    /// Every kind, in the order of the tables.
    pub const ALL: [Self; 4] = [Self::Incident, Self::Agreement, Self::Humanitarian, Self::Statement];

    /// Its word in a file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Agreement => "agreement",
            Self::Humanitarian => "humanitarian",
            Self::Statement => "statement",
        }
    }

    /// The kind of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The field that names the thing itself; a statement has its cue in the place of `what`.
    #[must_use]
    pub const fn anchor(self) -> &'static str {
        match self {
            Self::Statement => "cue",
            _ => "what",
        }
    }
}

/// A stretch of a text, in Unicode scalar values, end exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Where it starts.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

impl Span {
    /// How much of it there is.
    #[must_use]
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// How much two have in common.
    #[must_use]
    pub fn shared(self, other: Self) -> usize {
        self.end.min(other.end).saturating_sub(self.start.max(other.start))
    }

    /// How much either has.
    #[must_use]
    pub fn either(self, other: Self) -> usize {
        self.len().saturating_add(other.len()).saturating_sub(self.shared(other))
    }

    /// Whether they have anything in common.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self.shared(other) > 0
    }

    /// Whether `other` lies within.
    #[must_use]
    pub fn holds(self, other: Self) -> bool {
        !other.is_empty() && self.start <= other.start && other.end <= self.end
    }

    /// Intersection over union of at least one half.
    #[must_use]
    pub fn like(self, other: Self) -> bool {
        self.meets(other) && self.shared(other).saturating_mul(2) >= self.either(other)
    }

    /// Intersection over union, in millionths.
    #[must_use]
    pub fn iou(self, other: Self) -> usize {
        self.shared(other).saturating_mul(1_000_000).checked_div(self.either(other)).unwrap_or(0)
    }
}

/// One value of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// The words.
    pub text: String,
    /// Where they stand.
    pub span: Span,
    /// The same in bytes, where a file says so.
    pub bytes: Option<Span>,
    /// What it stands for.
    pub norm: Option<String>,
    /// The registry's id of it.
    pub id: Option<String>,
    /// The lowest number that it commits to.
    pub min: Option<u64>,
    /// The highest.
    pub max: Option<u64>,
    /// The number as written.
    pub value: Option<u64>,
    /// Its evidence lies elsewhere in the document.
    pub outside: bool,
}

impl Value {
    /// Whether it carries any number.
    #[must_use]
    pub const fn numeric(&self) -> bool {
        self.min.is_some() || self.max.is_some() || self.value.is_some()
    }

    /// Whether its bounds are those of another, at least one of them given.
    #[must_use]
    pub fn same_bounds(&self, other: &Self) -> bool {
        (self.min.is_some() || self.max.is_some()) && (self.min, self.max) == (other.min, other.max)
    }
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its id in its file.
    pub id: String,
    /// What it is about.
    pub kind: Kind,
    /// The kind of that.
    pub sub: String,
    /// Whether a reader must find it; found claims are all so.
    pub core: bool,
    /// One event, several, a campaign, background.
    pub granularity: Option<String>,
    /// Its words.
    pub text: String,
    /// Where they stand.
    pub span: Span,
    /// The same in bytes, where a file says so.
    pub bytes: Option<Span>,
    /// Its values, by field.
    pub fields: BTreeMap<String, Vec<Value>>,
}

impl Claim {
    /// Values of a field; none when it has no such field.
    #[must_use]
    pub fn field(&self, name: &str) -> &[Value] {
        self.fields.get(name).map_or(&[], Vec::as_slice)
    }

    /// Every value with the name of its field.
    pub fn values(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.fields.iter().flat_map(|(name, values)| values.iter().map(move |value| (name.as_str(), value)))
    }

    /// Values that carry a number of killed or wounded, with the name of the field.
    pub fn casualties(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values().filter(|(name, value)| crate::right::CASUALTIES.contains(name) && value.numeric())
    }
}
