//! An incident: what several reports say of one occurrence, side by side. Versioned; nothing averaged, nothing lost.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Act, ActorId, Alternatives, AreaId, Bounds, CasualtyStatus, FactId, IncidentId, Instant, Interval,
    JudgementId, MeasureId, Place, ReceiptNo, SourceId, SystemId, Target, Weapon, finding::Answer,
};

/// A figure as one report gives it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Figure {
    /// The report.
    pub receipt: ReceiptNo,
    /// Whose figure it is.
    pub origin: SourceId,
    /// When it became known.
    pub known: Instant,
    /// The bounds.
    pub bounds: Bounds,
    /// Of whom.
    pub status: CasualtyStatus,
    /// Whether a later figure of the same origin replaces it.
    pub superseded: bool,
}

/// Every figure given for one incident.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Casualties {
    /// In the order in which they became known.
    pub figures: Vec<Figure>,
}

impl Casualties {
    /// The range over the latest figure of each origin, of people of any status; `None` when nobody gives one. A figure that
    /// a narrower one satisfies (`at least 6` beside `58`) does not widen it: both can be true.
    #[must_use]
    pub fn range(&self) -> Option<Bounds> {
        self.range_of(CasualtyStatus::Any)
    }

    /// The range for one status only.
    #[must_use]
    pub fn range_of(&self, status: CasualtyStatus) -> Option<Bounds> {
        let latest = || self.figures.iter().filter(|f| !f.superseded && f.status == status).map(|f| f.bounds);
        let narrowest =
            latest().filter(|wide| !latest().any(|narrow| wide.holds(narrow) && !narrow.holds(*wide)));
        narrowest.reduce(Bounds::hull)
    }

    /// The best estimate by a stated rule: the figure that most independent origins' latest bounds allow; among equals the
    /// lowest. Conservative, as a count of the dead must be; `None` when nobody gives one.
    #[must_use]
    pub fn best(&self) -> Option<u32> {
        let latest: Vec<&Figure> =
            self.figures.iter().filter(|f| !f.superseded && f.status == CasualtyStatus::Any).collect();
        let candidates: BTreeSet<u32> = latest.iter().map(|f| f.bounds.min).collect();
        let allows = |n: u32| {
            latest.iter().filter(|f| f.bounds.min <= n && n <= f.bounds.max.unwrap_or(u32::MAX)).count()
        };
        candidates.into_iter().map(|n| (allows(n), std::cmp::Reverse(n))).max().map(|(_, n)| n.0)
    }
}

/// Who decided a link.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LinkDecision {
    /// Accepted by the stated threshold: score and threshold, both in thousandths.
    Threshold {
        /// Score of this link.
        score: i32,
        /// Threshold in force.
        threshold: i32,
    },
    /// The source itself says that it is the same.
    Declared,
    /// A person decided; the entry of the decision.
    Person(u64),
}

/// One reason for or against a link, and what it weighs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LinkReason {
    /// Which evidence: `distance`, `time`, `act`, `target`, `actor`, `casualties`, `same-source`, `coincidence`…
    pub evidence: &'static str,
    /// What was compared, in numbers: metres, seconds, words.
    pub seen: String,
    /// Weight in thousandths, negative when it speaks against.
    pub weight: i32,
}

/// Why one report belongs to an incident.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Link {
    /// The report.
    pub receipt: ReceiptNo,
    /// The report in the incident that it was linked to; itself for the first.
    pub to: ReceiptNo,
    /// Who decided.
    pub decision: LinkDecision,
    /// The evidence, strongest first.
    pub reasons: Vec<LinkReason>,
}

/// One incident, at one version.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Incident {
    /// Stable id: that of the report that opened it.
    pub id: IncidentId,
    /// Counts the reports and decisions that have changed it, from 1.
    pub version: u32,
    /// What was done.
    pub acts: Alternatives<Act>,
    /// With what.
    pub weapons: Alternatives<Weapon>,
    /// Named weapon systems.
    pub systems: Alternatives<SystemId>,
    /// At what.
    pub targets: Alternatives<Target>,
    /// Whose forces, people or property were struck.
    pub struck: Alternatives<ActorId>,
    /// When it happened: every interval given.
    pub when: Alternatives<Interval>,
    /// It went on during the whole interval (a siege, an occupation), rather than at one unknown moment within it.
    pub throughout: bool,
    /// Where: every place given, the most precise being [`Incident::place`].
    pub places: Alternatives<Place>,
    /// Who did it.
    pub actors: Alternatives<ActorId>,
    /// Under whose command, or as whose proxy or affiliate, the doer acted. Where nobody speaks of it, under nobody's.
    pub commanders: Alternatives<ActorId>,
    /// Who held the ground.
    pub held_by: Alternatives<ActorId>,
    /// Killed.
    pub killed: Casualties,
    /// Wounded.
    pub wounded: Casualties,
    /// What was counted or measured: lorries, prisoners, calibre.
    pub amounts: BTreeMap<MeasureId, Alternatives<Bounds>>,
    /// Named facts.
    pub facts: BTreeMap<FactId, Alternatives<Answer>>,
    /// Answers that people gave to open-textured words.
    pub judgements: BTreeMap<JudgementId, Answer>,
    /// Governorates it may lie in.
    pub governorates: BTreeSet<AreaId>,
    /// Links of its reports, first report first.
    pub links: Vec<Link>,
    /// Independent origins that it happened.
    pub origins: BTreeSet<SourceId>,
    /// Receipts of totals that it is a part of.
    pub part_of: BTreeSet<ReceiptNo>,
    /// Receipts of statements about it.
    pub statements: BTreeSet<ReceiptNo>,
}

impl Incident {
    /// An incident of which nothing is known yet.
    #[must_use]
    pub fn empty(id: IncidentId) -> Self {
        Self {
            id,
            version: 1,
            acts: Alternatives::unknown(),
            weapons: Alternatives::unknown(),
            systems: Alternatives::unknown(),
            targets: Alternatives::unknown(),
            struck: Alternatives::unknown(),
            when: Alternatives::unknown(),
            throughout: false,
            places: Alternatives::unknown(),
            actors: Alternatives::unknown(),
            commanders: Alternatives::unknown(),
            held_by: Alternatives::unknown(),
            killed: Casualties::default(),
            wounded: Casualties::default(),
            amounts: BTreeMap::new(),
            facts: BTreeMap::new(),
            judgements: BTreeMap::new(),
            governorates: BTreeSet::new(),
            links: Vec::new(),
            origins: BTreeSet::new(),
            part_of: BTreeSet::new(),
            statements: BTreeSet::new(),
        }
    }

    /// The most precise place given (smallest radius with a point), if any.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        let located = self.places.iter().map(|(place, _)| place).filter(|place| place.point.is_some());
        located
            .min_by_key(|place| (place.within_m, place.point))
            .or_else(|| self.places.iter().map(|(place, _)| place).next())
    }

    /// The time within which it happened by everything said: what all intervals share, or, when they exclude one another,
    /// the hull of them all. `None` when no time is given.
    #[must_use]
    pub fn time(&self) -> Option<Interval> {
        let mut all = self.when.iter().map(|(interval, _)| *interval);
        let first = all.next()?;
        let rest: Vec<Interval> = all.collect();
        let shared = rest.iter().try_fold(first, |acc, next| acc.intersect(*next));
        Some(shared.unwrap_or_else(|| rest.iter().fold(first, |acc, next| acc.hull(*next))))
    }

    /// Receipts of all its reports.
    pub fn receipts(&self) -> impl Iterator<Item = ReceiptNo> + '_ {
        self.links.iter().map(|link| link.receipt)
    }
}
