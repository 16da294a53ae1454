//! The registry of sources: who says so, on which side they stand, and how they are graded.
//!
//! Never holds a person: a source that must be sealed has no row here, only an id.

use std::collections::BTreeMap;

use crate::area::fold;
use crate::{ActorId, SourceId, observation::Grade};

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceKind {
    /// Counts or documents from outside the agreement: an observatory, an archive.
    Observatory,
    /// A party to the agreement, or a body that speaks for one.
    Party,
    /// A guarantor or its centre.
    Guarantor,
    /// Press, agency, broadcaster.
    Media,
    /// A humanitarian organisation.
    Humanitarian,
    /// A body of the United Nations.
    Un,
    /// None of these.
    Other,
}

impl SourceKind {
    /// Every kind, in order.
    pub const ALL: [Self; 7] = [
        Self::Observatory,
        Self::Party,
        Self::Guarantor,
        Self::Media,
        Self::Humanitarian,
        Self::Un,
        Self::Other,
    ];

    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Observatory => "observatory",
            Self::Party => "party",
            Self::Guarantor => "guarantor",
            Self::Media => "media",
            Self::Humanitarian => "humanitarian",
            Self::Un => "un",
            Self::Other => "other",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// One row of the mission's `sources.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// Names by language code.
    pub names: BTreeMap<String, String>,
    /// What it is.
    pub kind: SourceKind,
    /// The actor whose side it stands on, when it stands on one.
    pub side: Option<ActorId>,
    /// Admiralty grade.
    pub grade: Grade,
    /// Public address.
    pub address: Option<String>,
    /// Sources whose reports it carries as its own.
    pub carries: std::collections::BTreeSet<SourceId>,
    /// In our words.
    pub note: Option<String>,
}

/// The mission's sources, by id and by name.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    by_id: BTreeMap<SourceId, Source>,
    by_name: BTreeMap<String, SourceId>,
}

impl Sources {
    /// Indexes sources by id and name; the first to claim a name keeps it.
    #[must_use]
    pub fn new(sources: impl IntoIterator<Item = Source>) -> Self {
        let mut all = Self::default();
        sources.into_iter().for_each(|source| all.add(source));
        all
    }

    /// One more; a name that another has claimed stays the other's.
    pub fn add(&mut self, source: Source) {
        for name in source.names.values().map(String::as_str).chain([source.id.as_str()]) {
            self.by_name.entry(fold(name)).or_insert_with(|| source.id.clone());
        }
        self.by_id.insert(source.id.clone(), source);
    }

    /// The source with that id.
    #[must_use]
    pub fn get(&self, id: &SourceId) -> Option<&Source> {
        self.by_id.get(id)
    }

    /// The source that bears the name, in any script.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Source> {
        self.by_name.get(&fold(name)).and_then(|id| self.by_id.get(id))
    }

    /// Every source, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.by_id.values()
    }

    /// Whether no source is registered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }
}
