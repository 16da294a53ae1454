//! One attribute of an incident: every value that some origin gives, and who gives it.

use std::collections::{BTreeMap, BTreeSet};

use crate::SourceId;

/// The values that origins give for one attribute, each with its origins. Nothing is voted away.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Alternatives<T: Ord> {
    values: BTreeMap<T, BTreeSet<SourceId>>,
    /// Origins that positively say it could be another than those they name, or that it is not known who or what.
    open: BTreeSet<SourceId>,
}

/// How well an attribute stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// One value, two or more origins.
    Agreed,
    /// One value, one origin.
    SingleSource,
    /// More than one value, or one and an origin that leaves it open.
    Disputed,
    /// No value.
    Unknown,
}

impl Standing {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agreed => "agreed",
            Self::SingleSource => "single-source",
            Self::Disputed => "disputed",
            Self::Unknown => "unknown",
        }
    }
}

impl<T: Ord> Default for Alternatives<T> {
    fn default() -> Self {
        Self { values: BTreeMap::new(), open: BTreeSet::new() }
    }
}

impl<T: Ord> Alternatives<T> {
    /// Nobody says.
    #[must_use]
    pub fn unknown() -> Self {
        Self::default()
    }

    /// One value from one origin.
    #[must_use]
    pub fn one(value: T, origin: SourceId) -> Self {
        let mut all = Self::default();
        all.add(value, origin);
        all
    }

    /// Adds a value and its origin.
    pub fn add(&mut self, value: T, origin: SourceId) {
        self.values.entry(value).or_default().insert(origin);
    }

    /// Notes that an origin leaves it open ("other insurgents", "contested").
    pub fn leave_open(&mut self, origin: SourceId) {
        self.open.insert(origin);
    }

    /// Withdraws what origins left open, when others have since named what they did not.
    pub fn close(&mut self) {
        self.open.clear();
    }

    /// Values with their origins, in the order of the values.
    pub fn iter(&self) -> impl Iterator<Item = (&T, &BTreeSet<SourceId>)> {
        self.values.iter()
    }

    /// Number of named values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether no value is named.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether it may be something that nobody named: no value at all, or an origin that leaves it open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.values.is_empty() || !self.open.is_empty()
    }

    /// Origins that leave it open.
    #[must_use]
    pub fn open_origins(&self) -> &BTreeSet<SourceId> {
        &self.open
    }

    /// The value, when exactly one is possible.
    #[must_use]
    pub fn only(&self) -> Option<&T> {
        if self.is_open() || self.values.len() > 1 { None } else { self.values.keys().next() }
    }

    /// All origins that gave a value.
    #[must_use]
    pub fn origins(&self) -> BTreeSet<SourceId> {
        self.values.values().flatten().cloned().collect()
    }

    /// How well it stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match (self.values.len(), self.open.is_empty()) {
            (0, _) => Standing::Unknown,
            (1, true) if self.origins().len() > 1 => Standing::Agreed,
            (1, true) => Standing::SingleSource,
            _ => Standing::Disputed,
        }
    }
}
