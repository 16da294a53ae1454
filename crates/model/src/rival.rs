//! Rival tallies of one day: what each centre counted, by which definition, and what two of them can share.
//!
//! A tally without a list of its incidents can only be compared by bounds; where both gave lists, incident by incident.

use std::collections::{BTreeMap, BTreeSet};

use crate::{AreaId, DefinitionId, IncidentId, Interval, ReceiptNo, SourceId};

/// What one source counted for one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// Who counted.
    pub source: SourceId,
    /// Over which time.
    pub when: Interval,
    /// How many.
    pub count: u32,
    /// Of what, in its own word.
    pub unit: String,
    /// By which definition.
    pub definition: Option<DefinitionId>,
    /// By area, where given; need not sum.
    pub by_area: BTreeMap<AreaId, u32>,
    /// The incidents behind it, when it lists them.
    pub listed: Option<BTreeSet<IncidentId>>,
    /// The report that gives the tally, unless it is counted from a list.
    pub receipt: Option<ReceiptNo>,
}

/// Two counts of one day held against one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The first source.
    pub one: SourceId,
    /// The second.
    pub other: SourceId,
    /// Shared by both: fewest and most. Equal when both list their incidents.
    pub agreed: (u32, u32),
    /// Only in the first: fewest and most.
    pub only_one: (u32, u32),
    /// Only in the second: fewest and most.
    pub only_other: (u32, u32),
    /// Whether the figures come from lists (exact) or from counts by area (bounds).
    pub exact: bool,
}

/// One day's rival tallies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RivalDay {
    /// The local day.
    pub day: Interval,
    /// What each counted.
    pub counts: Vec<Count>,
    /// Pairs of them.
    pub comparisons: Vec<Comparison>,
}
