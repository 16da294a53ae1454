//! What belongs to incidents without being one: totals that they are parts of, statements that speak of them.
//!
//! Never merges a total with its parts and never adds them up. A total's revision, or another source's figure for the same
//! total, has the same parts. A statement joins by what it declares, or by naming a place at which there was one incident.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    AreaId, Body, Incident, IncidentId, Instant, Interval, Observation, Place, ReceiptNo, Statement,
};

use crate::known::{Dangling, Known};
use crate::locate::Locator;
use crate::resolve::{Context, Resolved, is_event};

/// What was related.
pub(crate) struct Relations {
    pub(crate) totals: BTreeMap<ReceiptNo, BTreeSet<IncidentId>>,
    pub(crate) statements: BTreeMap<ReceiptNo, BTreeSet<IncidentId>>,
    pub(crate) dangling: Vec<Dangling>,
}

/// Relates totals and statements, noting them in the incidents.
pub(crate) fn relate(known: &Known<'_>, resolved: &mut Resolved, ctx: &Context<'_>) -> Relations {
    let mut relations =
        Relations { totals: BTreeMap::new(), statements: BTreeMap::new(), dangling: Vec::new() };
    relate_totals(known, resolved, &mut relations);
    relate_statements(known, resolved, ctx, &mut relations);
    relations
}

fn is_total(observation: &Observation) -> bool {
    matches!(observation.body, Body::Total(_))
}

fn relate_totals(known: &Known<'_>, resolved: &mut Resolved, relations: &mut Relations) {
    let groups = TotalGroups::of(known);
    for (at, report) in known.reports.iter().enumerate() {
        if is_total(report) {
            relations.totals.entry(report.receipt).or_default();
        }
        let incident = resolved.incident_of.get(&report.receipt).cloned();
        for id in &report.part_of {
            let Some(total) = known.meant(at, id).filter(|m| known.get(*m).is_some_and(is_total)) else {
                // Tallies have parts of their own; they are summed, not related to incidents.
                if !matches!(report.body, Body::Tally(_)) {
                    relations.dangling.push(Dangling {
                        receipt: report.receipt,
                        field: "part_of",
                        id: id.clone(),
                    });
                }
                continue;
            };
            let Some(incident) = &incident else { continue };
            for receipt in groups.wholes(total, known) {
                relations.totals.entry(receipt).or_default().insert(incident.clone());
            }
        }
    }
    for (total, incidents) in &relations.totals {
        for id in incidents {
            if let Some(incident) = find(resolved, id)
                && incident.part_of.insert(*total)
            {
                incident.version = incident.version.saturating_add(1);
            }
        }
    }
}

/// Totals that are one: a total, its revisions, and other sources' figures for the same; and what these are parts of.
struct TotalGroups {
    group_of: BTreeMap<usize, usize>,
    members: BTreeMap<usize, BTreeSet<usize>>,
    /// Group to the groups that it is a part of.
    above: BTreeMap<usize, BTreeSet<usize>>,
}

impl TotalGroups {
    fn of(known: &Known<'_>) -> Self {
        let totals: Vec<usize> =
            known.reports.iter().enumerate().filter(|(_, o)| is_total(o)).map(|(at, _)| at).collect();
        let mut all = Self {
            group_of: totals.iter().map(|at| (*at, *at)).collect(),
            members: totals.iter().map(|at| (*at, BTreeSet::from([*at]))).collect(),
            above: BTreeMap::new(),
        };
        for at in &totals {
            let Some(report) = known.get(*at) else { continue };
            let declared = report.revises.iter().chain(&report.same_as).filter_map(|id| known.meant(*at, id));
            for other in declared.chain(known.amends(*at)) {
                all.join(*at, other);
            }
        }
        for at in &totals {
            let Some(report) = known.get(*at) else { continue };
            for whole in report.part_of.iter().filter_map(|id| known.meant(*at, id)) {
                if let (Some(part), Some(whole)) = (all.group_of.get(at), all.group_of.get(&whole)) {
                    all.above.entry(*part).or_default().insert(*whole);
                }
            }
        }
        all
    }

    fn join(&mut self, a: usize, b: usize) {
        let (Some(a), Some(b)) = (self.group_of.get(&a).copied(), self.group_of.get(&b).copied()) else {
            return;
        };
        let (into, from) = (a.min(b), a.max(b));
        if into == from {
            return;
        }
        let moved = self.members.remove(&from).unwrap_or_default();
        for at in &moved {
            self.group_of.insert(*at, into);
        }
        self.members.entry(into).or_default().extend(moved);
    }

    /// Receipts of a total, of all that are one with it, and of all that these are parts of.
    fn wholes(&self, total: usize, known: &Known<'_>) -> BTreeSet<ReceiptNo> {
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<usize> = self.group_of.get(&total).copied().into_iter().collect();
        while let Some(group) = waiting.pop() {
            if seen.insert(group) {
                waiting.extend(self.above.get(&group).into_iter().flatten());
            }
        }
        let members = seen.iter().filter_map(|group| self.members.get(group)).flatten();
        members.filter_map(|at| known.get(*at)).map(|o| o.receipt).collect()
    }
}

fn relate_statements(
    known: &Known<'_>,
    resolved: &mut Resolved,
    ctx: &Context<'_>,
    relations: &mut Relations,
) {
    let mut locator = Locator::new(ctx.areas);
    let by_place = by_named_place(resolved, ctx, &mut locator);
    for (at, report) in known.reports.iter().enumerate() {
        let Body::Statement(statement) = &report.body else { continue };
        let mut about = BTreeSet::new();
        for (field, ids) in
            [("same_as", &report.same_as), ("part_of", &report.part_of), ("revises", &report.revises)]
        {
            for id in ids {
                let meant = known.meant(at, id).and_then(|m| known.get(m));
                match meant.and_then(|o| resolved.incident_of.get(&o.receipt)) {
                    Some(incident) => {
                        about.insert(incident.clone());
                    }
                    None if meant.is_none_or(is_event) => {
                        relations.dangling.push(Dangling { receipt: report.receipt, field, id: id.clone() });
                    }
                    None => {}
                }
            }
        }
        if about.is_empty() {
            let places =
                statement.place.as_ref().map(|p| narrow_names(p, ctx, &mut locator)).unwrap_or_default();
            let there = places.iter().filter_map(|place| by_place.get(place)).flatten();
            let then: BTreeSet<&(Interval, IncidentId)> =
                there.filter(|(when, _)| speaks_of_time(statement, report.known, *when, ctx)).collect();
            // Two incidents at the place: which of them is meant is not for a machine to say.
            if let [(_, only)] = then.into_iter().collect::<Vec<_>>().as_slice() {
                about.insert(only.clone());
            }
        }
        for id in &about {
            if let Some(incident) = find(resolved, id) {
                note(incident, report, statement);
            }
        }
        relations.statements.insert(report.receipt, about);
    }
}

fn note(incident: &mut Incident, report: &Observation, statement: &Statement) {
    if incident.statements.insert(report.receipt) {
        incident.version = incident.version.saturating_add(1);
    }
    // What a source says of its own tally is no fact of the incident: `rivals` reads it where it stands.
    for (fact, answer) in statement.facts.iter().filter(|(fact, _)| fact.as_str() != crate::IN_TALLY) {
        incident.facts.entry(fact.clone()).or_default().add(*answer, report.origin.clone());
    }
}

/// Named places narrow enough to mean one spot.
fn narrow_names(place: &Place, ctx: &Context<'_>, locator: &mut Locator<'_>) -> BTreeSet<AreaId> {
    let at = locator.locate(place);
    if at.point.is_none() || at.within_m > ctx.rules.statement_within_m {
        BTreeSet::new()
    } else {
        (*at.named).clone()
    }
}

fn by_named_place(
    resolved: &Resolved,
    ctx: &Context<'_>,
    locator: &mut Locator<'_>,
) -> BTreeMap<AreaId, BTreeSet<(Interval, IncidentId)>> {
    let mut all: BTreeMap<AreaId, BTreeSet<(Interval, IncidentId)>> = BTreeMap::new();
    for incident in &resolved.incidents {
        let Some(when) = incident.time() else { continue };
        for (place, _) in incident.places.iter() {
            for name in narrow_names(place, ctx, locator) {
                all.entry(name).or_default().insert((when, incident.id.clone()));
            }
        }
    }
    all
}

fn speaks_of_time(statement: &Statement, known: Instant, when: Interval, ctx: &Context<'_>) -> bool {
    match statement.when {
        Some(about) => about.intersect(when).is_some(),
        None => {
            let earliest = known.plus_seconds(-86_400 * i64::from(ctx.rules.statement_days));
            when.start() <= known && earliest <= when.end()
        }
    }
}

fn find<'r>(resolved: &'r mut Resolved, id: &IncidentId) -> Option<&'r mut Incident> {
    let at = resolved.incidents.binary_search_by(|i| i.id.cmp(id)).ok()?;
    resolved.incidents.get_mut(at)
}
