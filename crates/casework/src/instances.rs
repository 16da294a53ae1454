//! Two instances compared: what both find prohibited, what only one does, per local day, party and clause.
//!
//! Incidents of the two are joined by the reports on which they rest, never by likeness. Says what differs and not why; knows no
//! file and no clock. Which of the two comes first changes nothing but the order.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    ActorId, ClauseId, Finding, Incident, IncidentId, Instant, Interval, Outcome, ReadingId, SourceId, Zone,
};

/// A report, whatever number it bears in a log: who published it, and the sender's own id.
pub type ReportKey = (SourceId, String);

/// What one instance derived.
pub struct Instance<'a> {
    /// Its incidents, with the reports on which each rests.
    pub incidents: Vec<(&'a Incident, BTreeSet<ReportKey>)>,
    /// Its findings, by incident.
    pub findings: BTreeMap<&'a IncidentId, &'a [Finding]>,
    /// The one reading it goes by; `None`: what all of its readings say.
    pub reading: Option<ReadingId>,
}

/// What an instance says of one clause on one unit; of several incidents in a unit the gravest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// It has no such incident, clause or reading.
    Absent,
    /// Not covered.
    NotCovered,
    /// Not prohibited.
    NotProhibited,
    /// Its readings differ.
    Divided,
    /// Undetermined.
    Undetermined,
    /// Prohibited.
    Prohibited,
}

impl Sight {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::NotCovered => "not-covered",
            Self::NotProhibited => "not-prohibited",
            Self::Divided => "readings-differ",
            Self::Undetermined => "undetermined",
            Self::Prohibited => "prohibited",
        }
    }
}

impl From<Outcome> for Sight {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Prohibited => Self::Prohibited,
            Outcome::Undetermined => Self::Undetermined,
            Outcome::NotProhibited => Self::NotProhibited,
            Outcome::NotCovered => Self::NotCovered,
        }
    }
}

/// Incidents of both that share reports, directly or through one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Those of the first.
    pub a: BTreeSet<IncidentId>,
    /// Those of the second.
    pub b: BTreeSet<IncidentId>,
    /// Every report of any of them.
    pub reports: BTreeSet<ReportKey>,
    /// The local day on which it began, by the earlier of the two; `None`: neither has a time.
    pub day: Option<Interval>,
}

impl Unit {
    /// The name that stands for it: the first of its incidents.
    #[must_use]
    pub fn name(&self) -> Option<&IncidentId> {
        self.a.iter().chain(&self.b).min()
    }
}

/// One clause on which two instances see one unit differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which unit, by its place in [`Compared::units`].
    pub unit: usize,
    /// The clause.
    pub clause: ClauseId,
    /// What the first says.
    pub a: Sight,
    /// What the second says.
    pub b: Sight,
    /// Parties that would have to answer, by either.
    pub parties: BTreeSet<ActorId>,
}

/// Numbers of units found prohibited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// By both.
    pub agreed: u32,
    /// Only by the first.
    pub only_a: u32,
    /// Only by the second.
    pub only_b: u32,
}

/// A row of figures: a local day (`None`: no time is known), a clause, a party (`None`: nobody is named).
pub type RowKey = (Option<Interval>, ClauseId, Option<ActorId>);

/// Two instances held against one another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Units of incidents, by day and name.
    pub units: Vec<Unit>,
    /// What is found prohibited, by either.
    pub figures: BTreeMap<RowKey, Shared>,
    /// Every clause on which they differ.
    pub differences: Vec<Difference>,
}

/// Compares two instances. `party` gives the party that answers for an actor at a moment.
#[must_use]
pub fn instances(
    a: &Instance<'_>,
    b: &Instance<'_>,
    zone: &Zone,
    party: &dyn Fn(&ActorId, Instant) -> ActorId,
) -> Compared {
    let mut compared = Compared { units: units(a, b, zone), ..Compared::default() };
    for (at, unit) in compared.units.iter().enumerate() {
        let clauses: BTreeSet<&ClauseId> = a.clauses(&unit.a).chain(b.clauses(&unit.b)).collect();
        for clause in clauses {
            let (left, right) = (a.sight(&unit.a, clause), b.sight(&unit.b, clause));
            let when = unit.day.map_or(Instant::FAR_FUTURE, Interval::start);
            let named = a.respondents(&unit.a, clause).chain(b.respondents(&unit.b, clause));
            let parties: BTreeSet<ActorId> = named.map(|actor| party(actor, when)).collect();
            if [left, right].contains(&Sight::Prohibited) {
                let rows: Vec<Option<ActorId>> =
                    if parties.is_empty() { vec![None] } else { parties.iter().cloned().map(Some).collect() };
                for row in rows {
                    let shared = compared.figures.entry((unit.day, clause.clone(), row)).or_default();
                    match (left, right) {
                        (Sight::Prohibited, Sight::Prohibited) => shared.agreed += 1,
                        (Sight::Prohibited, _) => shared.only_a += 1,
                        _ => shared.only_b += 1,
                    }
                }
            }
            if left != right {
                let clause = clause.clone();
                compared.differences.push(Difference { unit: at, clause, a: left, b: right, parties });
            }
        }
    }
    compared
}

impl Instance<'_> {
    /// What it says of a clause on the incidents that rest on any of these reports: how another derivation sees a unit.
    #[must_use]
    pub fn sight_of(&self, reports: &BTreeSet<ReportKey>, clause: &ClauseId) -> Sight {
        let mine = self.incidents.iter().filter(|(_, keys)| !keys.is_disjoint(reports));
        let ids: BTreeSet<IncidentId> = mine.map(|(incident, _)| incident.id.clone()).collect();
        self.sight(&ids, clause)
    }

    fn of<'s>(&'s self, ids: &'s BTreeSet<IncidentId>) -> impl Iterator<Item = &'s [Finding]> + 's {
        ids.iter().filter_map(|id| self.findings.get(id)).copied()
    }

    fn clauses<'s>(&'s self, ids: &'s BTreeSet<IncidentId>) -> impl Iterator<Item = &'s ClauseId> + 's {
        self.of(ids).flatten().map(|finding| &finding.clause)
    }

    fn respondents<'s>(
        &'s self,
        ids: &'s BTreeSet<IncidentId>,
        clause: &'s ClauseId,
    ) -> impl Iterator<Item = &'s ActorId> + 's {
        self.of(ids)
            .flatten()
            .filter(move |finding| finding.clause == *clause)
            .flat_map(|finding| &finding.respondents)
    }

    fn sight(&self, ids: &BTreeSet<IncidentId>, clause: &ClauseId) -> Sight {
        let one = |findings: &[Finding]| {
            let asked = |finding: &&Finding| {
                finding.clause == *clause
                    && self.reading.as_ref().is_none_or(|reading| finding.reading == *reading)
            };
            let outcomes: BTreeSet<Outcome> =
                findings.iter().filter(asked).map(|finding| finding.outcome).collect();
            match (outcomes.first(), outcomes.len()) {
                (None, _) => Sight::Absent,
                (Some(outcome), 1) => Sight::from(*outcome),
                _ => Sight::Divided,
            }
        };
        self.of(ids).map(one).max().unwrap_or(Sight::Absent)
    }
}

/// Incidents that share reports are one unit, through however many others.
fn units(a: &Instance<'_>, b: &Instance<'_>, zone: &Zone) -> Vec<Unit> {
    let all: Vec<(bool, &Incident, &BTreeSet<ReportKey>)> = a
        .incidents
        .iter()
        .map(|(incident, keys)| (true, *incident, keys))
        .chain(b.incidents.iter().map(|(incident, keys)| (false, *incident, keys)))
        .collect();
    let mut group: Vec<usize> = (0..all.len()).collect();
    let mut first: BTreeMap<&ReportKey, usize> = BTreeMap::new();
    for (at, (_, _, keys)) in all.iter().enumerate() {
        for key in *keys {
            let other = *first.entry(key).or_insert(at);
            let (x, y) = (root(&mut group, at), root(&mut group, other));
            if let Some(slot) = group.get_mut(x.max(y)) {
                *slot = x.min(y);
            }
        }
    }
    let mut by_root: BTreeMap<usize, Unit> = BTreeMap::new();
    for (at, (is_a, incident, keys)) in all.iter().enumerate() {
        let unit = by_root.entry(root(&mut group, at)).or_insert_with(|| Unit {
            a: BTreeSet::new(),
            b: BTreeSet::new(),
            reports: BTreeSet::new(),
            day: None,
        });
        let side = if *is_a { &mut unit.a } else { &mut unit.b };
        side.insert(incident.id.clone());
        unit.reports.extend(keys.iter().cloned());
        let day = incident.time().map(|time| zone.day_of(time.start()));
        unit.day = match (unit.day, day) {
            (Some(known), Some(day)) => Some(if day.start() < known.start() { day } else { known }),
            (known, day) => known.or(day),
        };
    }
    let mut all: Vec<Unit> = by_root.into_values().collect();
    all.sort_by(|x, y| {
        let start = |unit: &Unit| unit.day.map_or(Instant::FAR_FUTURE, Interval::start);
        (start(x), x.name()).cmp(&(start(y), y.name()))
    });
    all
}

/// The first of a group; the way to it is halved as it is gone, so that long chains stay cheap.
fn root(group: &mut [usize], mut at: usize) -> usize {
    while let Some(next) = group.get(at).copied().filter(|next| *next != at) {
        let beyond = group.get(next).copied().unwrap_or(next);
        if let Some(slot) = group.get_mut(at) {
            *slot = beyond;
        }
        at = beyond;
    }
    at
}
