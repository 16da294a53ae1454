//! Ids typed by kind, so that a clause is never taken for a party. All are lower-kebab ASCII chosen by people (or P-codes
//! for areas), except [`ReceiptNo`], which is the number of a report's entry in the log.

use std::fmt;

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// Wraps an id as given; the caller has checked that it is registered.
            #[must_use]
            pub fn new(id: &str) -> Self {
                Self(id.into())
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self::new(id)
            }
        }
    )+};
}

text_id! {
    /// A party, umbrella, group, state or force of the mission's `actors.csv`.
    ActorId,
    /// A governorate (P-code), a named place, a zone: a feature of `areas.geojson`.
    AreaId,
    /// A clause of the agreement.
    ClauseId,
    /// What a centre counts when it counts: a row of `definitions.csv`.
    DefinitionId,
    /// A named fact that the terms ask about an incident, e.g. `exempt-group-present`.
    FactId,
    /// An incident; stable while reports join it.
    IncidentId,
    /// An open-textured word that only people answer, e.g. `proportionate`.
    JudgementId,
    /// A matter in dispute on which readings differ, e.g. `object`.
    MatterId,
    /// Something that is counted or measured, declared by the terms, e.g. `lorries`, `calibre`.
    MeasureId,
    /// A phase of the agreement, e.g. `one`.
    PhaseId,
    /// A position on a matter, e.g. `letter`.
    PositionId,
    /// A named reading: one position on every matter.
    ReadingId,
    /// Who says so: a row of `sources.csv`.
    SourceId,
    /// A named weapon system, e.g. `tornado-s`.
    SystemId,
}

/// The receipt number of a report: the number of its entry in the log, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiptNo(pub u64);

impl fmt::Display for ReceiptNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "r{}", self.0)
    }
}
