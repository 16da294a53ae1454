//! A group of units into one incident: every value with its origins, nothing averaged, nothing voted away.
//!
//! Of one origin the latest report holds, attribute by attribute; earlier figures stay, marked as superseded. Rules that
//! narrow what is shown (general words, contested attribution) are stated in `docs/resolving.md` and nowhere hidden.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    Act, ActorId, ActorKind, Alternatives, Attribution, Bounds, Casualties, CasualtyStatus, Event, Figure,
    Incident, IncidentId, Link, LinkDecision, LinkReason, Observation, ReceiptNo, SourceId, Target,
};

use crate::cluster::Join;
use crate::origins::roots_of;
use crate::resolve::Context;
use crate::unit::Unit;

/// One report's attribution of an incident: a claim of responsibility is shown as a claim, a suspicion as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accusation {
    /// The report.
    pub receipt: ReceiptNo,
    /// Whose attribution it is.
    pub origin: SourceId,
    /// Whom it names; several are alternatives.
    pub actors: BTreeSet<ActorId>,
    /// How; `None` when the source names an actor and does not say how.
    pub how: Option<Attribution>,
    /// Whether a later report of the same unit says otherwise.
    pub superseded: bool,
}

/// A value of one unit for one attribute: that of its latest report that states one.
fn latest<'u, T>(unit: &'u Unit<'_>, pick: impl Fn(&'u Event) -> Option<T>) -> Option<T> {
    unit.events().rev().find_map(|(_, event)| pick(event))
}

/// Puts an incident together. Version, totals and statements are added by the caller, who knows them.
pub(crate) fn assemble(
    id: IncidentId,
    units: &[Unit<'_>],
    members: &[usize],
    tree: &[(usize, Join)],
    shown: &dyn Fn(&Join) -> (LinkDecision, Vec<LinkReason>),
    ctx: &Context<'_>,
) -> (Incident, Vec<Accusation>) {
    let mine: Vec<&Unit<'_>> = members.iter().filter_map(|at| units.get(*at)).collect();
    let roots = roots_of(mine.iter().flat_map(|u| u.reports.iter().copied()).collect(), &ctx.rules.carries);
    let origin_of = |unit: &Unit<'_>| root(&roots, unit.reports.last().map(|o| &o.origin));
    let mut incident = Incident::empty(id);
    let acts: BTreeSet<Act> = mine.iter().flat_map(|u| u.acts.iter().copied()).collect();
    let targets: BTreeSet<Target> = mine.iter().flat_map(|u| u.targets.iter().copied()).collect();
    for unit in &mine {
        let origin = origin_of(unit);
        for act in unit.acts.iter().filter(|act| !says_less(**act, unit, &acts, ctx)) {
            incident.acts.add(*act, origin.clone());
        }
        for target in &unit.targets {
            if !targets.iter().any(|other| ctx.rules.target_leaves_room(*target, *other)) {
                incident.targets.add(*target, origin.clone());
            }
        }
        for weapon in &unit.weapons {
            incident.weapons.add(*weapon, origin.clone());
        }
        if let Some(when) = unit.when {
            incident.when.add(when, origin.clone());
        }
        if let Some(place) = latest(unit, |e| e.place.clone()) {
            incident.places.add(place, origin.clone());
        }
        for holder in latest(unit, |e| (!e.held_by.is_empty()).then_some(&e.held_by)).into_iter().flatten() {
            incident.held_by.add(holder.clone(), origin.clone());
        }
        let facts: BTreeSet<_> = unit.events().flat_map(|(_, e)| e.facts.keys()).collect();
        for fact in facts {
            if let Some(answer) = latest(unit, |e| e.facts.get(fact).copied()) {
                incident.facts.entry(fact.clone()).or_default().add(answer, origin.clone());
            }
        }
        let measures: BTreeSet<_> = unit.events().flat_map(|(_, e)| e.amounts.keys()).collect();
        for measure in measures {
            if let Some(bounds) = latest(unit, |e| e.amounts.get(measure).copied()) {
                incident.amounts.entry(measure.clone()).or_default().add(bounds, origin.clone());
            }
        }
        incident.origins.insert(origin);
    }
    incident.actors = actors(&mine, &origin_of, ctx);
    incident.governorates = governorates(&mine);
    incident.killed = killed(&mine, &roots, ctx);
    incident.wounded = figures(&mine, &roots, ctx, &[(CasualtyStatus::Any, |e| e.casualties.wounded)]);
    incident.links = links(units, members, tree, shown);
    (incident, accusations(&mine))
}

fn root(roots: &BTreeMap<SourceId, SourceId>, origin: Option<&SourceId>) -> SourceId {
    let origin = origin.cloned().unwrap_or_else(|| SourceId::new("unknown"));
    roots.get(&origin).cloned().unwrap_or(origin)
}

/// A general word is no alternative beside a special one; with a weapon named it is not general.
fn says_less(act: Act, unit: &Unit<'_>, acts: &BTreeSet<Act>, ctx: &Context<'_>) -> bool {
    unit.weapons.is_empty() && acts.iter().any(|other| ctx.rules.act_leaves_room(act, *other))
}

/// Who did it. Unclear adds nothing; a description ("insurgents") leaves it open, unless its own origin also names somebody;
/// contested leaves it open as long as nobody names the rival.
fn actors(
    units: &[&Unit<'_>],
    origin_of: &dyn Fn(&Unit<'_>) -> SourceId,
    ctx: &Context<'_>,
) -> Alternatives<ActorId> {
    let mut all = Alternatives::unknown();
    let is_described =
        |actor: &ActorId| ctx.actors.get(actor).is_some_and(|a| a.kind == ActorKind::Unspecified);
    let naming = || units.iter().filter(|u| u.attribution != Some(Attribution::Unclear));
    for unit in naming() {
        for actor in unit.actors.iter().filter(|actor| !is_described(actor)) {
            all.add(actor.clone(), origin_of(unit));
        }
    }
    let names_somebody = all.origins();
    for unit in naming().filter(|u| u.actors.iter().any(is_described)) {
        // Within one report, "the Front and other insurgents" does leave it open.
        if unit.actors.iter().any(|a| !is_described(a)) || !names_somebody.contains(&origin_of(unit)) {
            all.leave_open(origin_of(unit));
        }
    }
    let named: BTreeSet<ActorId> = all.iter().map(|(actor, _)| actor.clone()).collect();
    for unit in naming().filter(|u| u.attribution == Some(Attribution::Contested)) {
        let rival_named = named.len() > 1 && (unit.actors.is_empty() || !named.is_subset(&unit.actors))
            || unit.actors.len() > 1;
        if !rival_named {
            all.leave_open(origin_of(unit));
        }
    }
    all
}

/// Governorates that every located report allows; when they exclude one another, all of them.
fn governorates(units: &[&Unit<'_>]) -> BTreeSet<truceline_model::AreaId> {
    let given = || units.iter().map(|u| &*u.at.governorates).filter(|g| !g.is_empty());
    let shared = given().cloned().reduce(|a, b| a.intersection(&b).cloned().collect()).unwrap_or_default();
    if shared.is_empty() { given().flatten().cloned().collect() } else { shared }
}

type Pick = fn(&Event) -> Option<Bounds>;

fn killed(units: &[&Unit<'_>], roots: &BTreeMap<SourceId, SourceId>, ctx: &Context<'_>) -> Casualties {
    figures(
        units,
        roots,
        ctx,
        &[
            (CasualtyStatus::Any, |e| e.casualties.killed),
            (CasualtyStatus::Civilian, |e| e.casualties.killed_civilian),
            (CasualtyStatus::Combatant, |e| e.casualties.killed_combatant),
        ],
    )
}

/// Every figure, as they became known. The latest of an origin supersedes its earlier ones, whatever outlet it came
/// through; of two that became known at the same moment only a declared revision does. Items of one event (videos) each
/// show what they show, and supersede nothing.
fn figures(
    units: &[&Unit<'_>],
    roots: &BTreeMap<SourceId, SourceId>,
    ctx: &Context<'_>,
    picks: &[(CasualtyStatus, Pick)],
) -> Casualties {
    let mut all: Vec<(usize, &Observation, Figure)> = Vec::new();
    // The last of each unit in the unit's own order, in which what revises comes after what it revises.
    let mut head: BTreeMap<(usize, CasualtyStatus), ReceiptNo> = BTreeMap::new();
    for (unit_no, unit) in units.iter().enumerate() {
        for (report, event) in unit.events() {
            for (status, pick) in picks {
                if let Some(bounds) = pick(event) {
                    let figure = Figure {
                        receipt: report.receipt,
                        origin: root(roots, Some(&report.origin)),
                        known: report.known,
                        bounds,
                        status: *status,
                        superseded: false,
                    };
                    head.insert((unit_no, *status), report.receipt);
                    all.push((unit_no, report, figure));
                }
            }
        }
    }
    all.sort_by(|(_, a, x), (_, b, y)| {
        (a.known, &a.source, &a.sender_id, a.receipt, x.status).cmp(&(
            b.known,
            &b.source,
            &b.sender_id,
            b.receipt,
            y.status,
        ))
    });
    let mut latest: BTreeMap<(SourceId, CasualtyStatus), truceline_model::Instant> = BTreeMap::new();
    for (_, report, figure) in &all {
        if !ctx.rules.itemwise_sources.contains(&report.source) {
            let known = latest.entry((figure.origin.clone(), figure.status)).or_insert(figure.known);
            *known = (*known).max(figure.known);
        }
    }
    let figures = all.into_iter().map(|(unit_no, report, mut figure)| {
        let revised = head.get(&(unit_no, figure.status)).is_some_and(|h| *h != figure.receipt);
        let outdated = !ctx.rules.itemwise_sources.contains(&report.source)
            && latest.get(&(figure.origin.clone(), figure.status)).is_some_and(|known| *known > figure.known);
        figure.superseded = revised || outdated;
        figure
    });
    Casualties { figures: figures.collect() }
}

/// Links, first report first: each unit by the link that brought it in, its revisions to the report before.
fn links(
    units: &[Unit<'_>],
    members: &[usize],
    tree: &[(usize, Join)],
    shown: &dyn Fn(&Join) -> (LinkDecision, Vec<LinkReason>),
) -> Vec<Link> {
    let parent: BTreeMap<usize, &Join> = tree.iter().map(|(_, join)| (join.a, join)).collect();
    let mut all: Vec<(&Observation, Link)> = Vec::new();
    for at in members {
        let Some(unit) = units.get(*at) else { continue };
        let mut before: Option<&Observation> = None;
        for report in &unit.reports {
            let link = match (before, parent.get(at)) {
                (Some(before), _) => Link {
                    receipt: report.receipt,
                    to: before.receipt,
                    decision: LinkDecision::Declared,
                    reasons: vec![LinkReason {
                        evidence: "revision",
                        seen: "the same origin, later".to_owned(),
                        weight: 0,
                    }],
                },
                (None, Some(join)) => {
                    let (decision, reasons) = shown(join);
                    let to = units.get(join.b).map_or(report.receipt, Unit::receipt);
                    Link { receipt: report.receipt, to, decision, reasons }
                }
                (None, None) => Link {
                    receipt: report.receipt,
                    to: report.receipt,
                    decision: LinkDecision::Declared,
                    reasons: Vec::new(),
                },
            };
            all.push((report, link));
            before = Some(report);
        }
    }
    all.sort_by(|(a, _), (b, _)| {
        (a.known, &a.source, &a.sender_id, a.receipt).cmp(&(b.known, &b.source, &b.sender_id, b.receipt))
    });
    all.into_iter().map(|(_, link)| link).collect()
}

fn accusations(units: &[&Unit<'_>]) -> Vec<Accusation> {
    let mut all = Vec::new();
    for unit in units {
        let mut later = false;
        let mut of_unit = Vec::new();
        for (report, event) in unit.events().rev() {
            if event.actors.is_empty() && event.attribution.is_none() {
                continue;
            }
            of_unit.push(Accusation {
                receipt: report.receipt,
                origin: report.origin.clone(),
                actors: event.actors.clone(),
                how: event.attribution,
                superseded: later,
            });
            later = true;
        }
        all.extend(of_unit.into_iter().rev());
    }
    all
}
