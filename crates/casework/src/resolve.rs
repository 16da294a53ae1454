//! Observations and decisions in, incidents out, as of a moment.
//!
//! A pure function of the record up to that moment: the order in which reports came in, and the number of threads, change
//! nothing. Never adds a total to its parts, never lets a report that became known later show through.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    Actors, Areas, Body, Incident, IncidentId, Instant, LinkReason, Observation, ReceiptNo, Zone,
};

use crate::assemble::{Accusation, assemble};
use crate::block::{candidates, count_crowds};
use crate::cluster::{Clusters, Edge, Refusal, shown};
use crate::copies;
use crate::decisions::{Constraints, PersonDecision};
use crate::known::{Copy, Dangling, Known, order};
use crate::locate::Locator;
use crate::relate::{Relations, relate};
use crate::rules::Rules;
use crate::score::{Exclusion, weigh};
use crate::unit::{Revision, Unit, gather};

/// What the mission knows beforehand.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Its actors.
    pub actors: &'a Actors,
    /// Its areas.
    pub areas: &'a Areas,
    /// The agreement's zone.
    pub zone: &'a Zone,
    /// How reports are linked.
    pub rules: &'a Rules,
}

/// A likely link that was not made, with everything that was weighed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Considered {
    /// One report.
    pub receipt: ReceiptNo,
    /// The other.
    pub to: ReceiptNo,
    /// Its score, in thousandths.
    pub score: i32,
    /// Why it was not made.
    pub refusal: Refusal,
    /// The evidence, strongest first.
    pub reasons: Vec<LinkReason>,
}

/// Everything that follows from the reports and decisions known by a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    /// Incidents, by id.
    pub incidents: Vec<Incident>,
    /// Who accuses whom of each incident, and how.
    pub accusations: BTreeMap<IncidentId, Vec<Accusation>>,
    /// The incident that holds each event report.
    pub incident_of: BTreeMap<ReceiptNo, IncidentId>,
    /// Every id under which an incident can ever have been known (each of its reports could have opened it), and the
    /// incident that now answers to it.
    pub answers_to: BTreeMap<IncidentId, IncidentId>,
    /// Totals, and the incidents that are parts of each; never incidents themselves.
    pub totals: BTreeMap<ReceiptNo, BTreeSet<IncidentId>>,
    /// Statements, and the incidents that each speaks of; most speak of none.
    pub statements: BTreeMap<ReceiptNo, BTreeSet<IncidentId>>,
    /// Event reports that no other report joins.
    pub unlinked: Vec<ReceiptNo>,
    /// Likely links that were not made: what a person should look at, best first.
    pub considered: Vec<Considered>,
    /// Vague reports of days too crowded to compare them.
    pub crowded_out: Vec<ReceiptNo>,
    /// Reports replaced by later ones of the same origin.
    pub revisions: Vec<Revision>,
    /// Reports that repeat another word for word.
    pub copies: Vec<Copy>,
    /// References that lead nowhere yet.
    pub dangling: Vec<Dangling>,
}

impl Resolved {
    /// The incident with that id, or the one that now answers to it.
    #[must_use]
    pub fn incident(&self, id: &IncidentId) -> Option<&Incident> {
        let id = self.answers_to.get(id).unwrap_or(id);
        self.incidents.binary_search_by(|i| i.id.cmp(id)).ok().and_then(|at| self.incidents.get(at))
    }
}

/// Resolves what was known by `as_of`.
#[must_use]
pub fn resolve(
    observations: &[Observation],
    decisions: &[PersonDecision],
    ctx: &Context<'_>,
    as_of: Instant,
) -> Resolved {
    let known = Known::by(observations, as_of);
    let constraints = Constraints::of(decisions, as_of);
    let mut gathered = gather(&known, &constraints, &mut Locator::new(ctx.areas), ctx);
    copies::mark(&mut gathered.units, ctx.rules);
    count_crowds(&mut gathered.units, ctx);
    let units = gathered.units.as_slice();
    let pairs = candidates(units, ctx);
    let mut clusters = Clusters::new(units, &constraints, ctx);
    clusters.declare(&gathered.same);
    clusters.link(edges(units, &pairs.pairs, ctx));

    let mut resolved = Resolved {
        considered: considered(units, &clusters, ctx),
        crowded_out: pairs.crowded_out,
        revisions: gathered.revisions.clone(),
        copies: known.copies.clone(),
        dangling: gathered.dangling.clone(),
        ..Resolved::default()
    };
    let links = clusters.links();
    let mut names = Names::default();
    for members in clusters.groups() {
        let reports = members.iter().filter_map(|at| units.get(*at)).flat_map(|u| u.reports.iter().copied());
        let id = names.give(reports.collect());
        let tree = clusters.tree(members, &links);
        let (mut incident, accusations) =
            assemble(id, units, members, &tree, &|join| shown(units, join, ctx), ctx);
        incident.version = version(&incident.receipts().collect(), &constraints);
        resolved.hold(incident, accusations);
    }
    resolved.answers_to = names.answers_to;
    resolved.finish(&known, ctx);
    resolved
}

/// The number of reports, decisions, and reports decided upon that have changed an incident.
pub(crate) fn version(receipts: &BTreeSet<ReceiptNo>, constraints: &Constraints) -> u32 {
    let (entries, spoken) = constraints.changes(receipts);
    count(receipts.union(&spoken).count()).saturating_add(count(entries.len()))
}

impl Resolved {
    /// Takes an incident in.
    pub(crate) fn hold(&mut self, incident: Incident, accusations: Vec<Accusation>) {
        let receipts: BTreeSet<ReceiptNo> = incident.receipts().collect();
        if receipts.len() == 1 {
            self.unlinked.extend(receipts.iter().copied());
        }
        for receipt in receipts {
            self.incident_of.insert(receipt, incident.id.clone());
        }
        self.accusations.insert(incident.id.clone(), accusations);
        self.incidents.push(incident);
    }

    /// Puts everything in its order, and relates totals and statements.
    pub(crate) fn finish(&mut self, known: &Known<'_>, ctx: &Context<'_>) {
        self.incidents.sort_by(|a, b| a.id.cmp(&b.id));
        self.unlinked.sort_unstable();
        let Relations { totals, statements, dangling } = relate(known, self, ctx);
        self.totals = totals;
        self.statements = statements;
        self.dangling.extend(dangling);
        self.dangling.sort();
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Weighs the pairs, keeping those that link or nearly do.
fn edges(units: &[Unit<'_>], pairs: &[(u32, u32)], ctx: &Context<'_>) -> Vec<Edge> {
    let worth = ctx.rules.threshold.saturating_sub(ctx.rules.near_miss);
    let unit = |at: u32| usize::try_from(at).ok().and_then(|at| Some((at, units.get(at)?)));
    pairs
        .iter()
        .filter_map(|(a, b)| {
            let ((a, ua), (b, ub)) = (unit(*a)?, unit(*b)?);
            let score = weigh(ua, ub, ctx).ok()?.score();
            (score >= worth).then_some(Edge { score, a, b })
        })
        .collect()
}

fn considered(units: &[Unit<'_>], clusters: &Clusters<'_, '_, '_>, ctx: &Context<'_>) -> Vec<Considered> {
    let shown = clusters.refused.iter().filter_map(|(edge, refusal)| {
        let (a, b) = (units.get(edge.a)?, units.get(edge.b)?);
        let reasons = weigh(a, b, ctx).map(|e| e.reasons()).unwrap_or_default();
        Some(Considered {
            receipt: b.receipt(),
            to: a.receipt(),
            score: edge.score,
            refusal: *refusal,
            reasons,
        })
    });
    shown.collect()
}

/// Ids of incidents: each report could have opened one, and would have named it.
#[derive(Default)]
pub(crate) struct Names {
    given: BTreeSet<IncidentId>,
    pub(crate) answers_to: BTreeMap<IncidentId, IncidentId>,
}

impl Names {
    /// The id of an incident with these reports.
    pub(crate) fn give(&mut self, mut reports: Vec<&Observation>) -> IncidentId {
        reports.sort_by(|a, b| order(a, b));
        let wanted = reports.first().map_or_else(|| IncidentId::new("i-unnamed"), |o| incident_id(o));
        let mut id = wanted.clone();
        let mut n = 2;
        while !self.given.insert(id.clone()) {
            id = IncidentId::new(&format!("{wanted}-{n}"));
            n += 1;
        }
        for report in reports {
            self.answers_to.entry(incident_id(report)).or_insert_with(|| id.clone());
        }
        self.answers_to.insert(id.clone(), id.clone());
        id
    }
}

/// The id of an incident that this report opens: `i-`, its source, the sender's id, in lower-kebab ASCII.
#[must_use]
pub fn incident_id(report: &Observation) -> IncidentId {
    let mut slug = String::new();
    for c in report.sender_id.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if c.is_ascii() {
            if !slug.ends_with('-') && !slug.is_empty() {
                slug.push('-');
            }
        } else {
            // Other scripts stay apart by their code point.
            slug.push_str(&format!("u{:x}", u32::from(c)));
        }
    }
    let slug = slug.trim_end_matches('-');
    let source = report.source.as_str();
    if slug.strip_prefix(source).is_some_and(|rest| rest.starts_with('-')) {
        IncidentId::new(&format!("i-{slug}"))
    } else {
        IncidentId::new(&format!("i-{source}-{slug}"))
    }
}

/// Holds two reports against one another, whether or not they were linked: "why not these two?"
#[must_use]
pub fn compare(
    observations: &[Observation],
    pair: (ReceiptNo, ReceiptNo),
    ctx: &Context<'_>,
    as_of: Instant,
) -> Option<Result<(i32, Vec<LinkReason>), Exclusion>> {
    let known = Known::by(observations, as_of);
    let mut gathered = gather(&known, &Constraints::default(), &mut Locator::new(ctx.areas), ctx);
    copies::mark(&mut gathered.units, ctx.rules);
    count_crowds(&mut gathered.units, ctx);
    let unit =
        |receipt: ReceiptNo| gathered.units.iter().find(|u| u.reports.iter().any(|o| o.receipt == receipt));
    let (a, b) = (unit(pair.0)?, unit(pair.1)?);
    Some(weigh(a, b, ctx).map(|evidence| (evidence.score(), evidence.reasons())))
}

/// Whether an observation tells of an event.
pub(crate) fn is_event(observation: &Observation) -> bool {
    matches!(observation.body, Body::Event(_))
}
