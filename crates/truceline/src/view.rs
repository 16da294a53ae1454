//! From what is derived to the view that `publish` prints: gathers and counts, decides nothing.

use std::collections::{BTreeMap, BTreeSet};

use truceline_casework as casework;
use truceline_model::{
    Body, ClauseId, DefinitionId, FactId, Incident, Interval, Observation, Outcome, ReadingId, ReceiptNo,
    SourceId,
};
use truceline_publish::view::{
    ClauseView, IncidentView, JudgedView, ListingView, MatterView, Mission as MissionView, Moment,
    PositionView, Proof, ReadingView, SettleView, SourceName, StatusRuleText, SumFault, Texts, TollStep,
    View,
};
use truceline_terms::Terms;

use crate::mission::{Mission, texts};
use crate::pipeline::{Derived, status_rule};

/// Everything of a view that has to be owned somewhere while the view is used.
pub(crate) struct Owned {
    title: Texts,
    zone_name: Texts,
    sources: BTreeMap<SourceId, SourceName>,
    definitions: BTreeMap<DefinitionId, Texts>,
}

impl Owned {
    /// Gathers it from a mission.
    pub(crate) fn of(mission: &Mission) -> Self {
        let source = |s: &truceline_model::Source| SourceName {
            names: s.names.clone(),
            kind: s.kind.as_str().to_owned(),
            side: s.side.as_ref().map(ToString::to_string),
            address: s.address.clone(),
        };
        Self {
            title: mission.title(),
            zone_name: mission.folder.zone_name.clone(),
            sources: mission
                .sources
                .iter()
                .filter(|s| !crate::protected::is_sealed(&s.id))
                .map(|s| (s.id.clone(), source(s)))
                .collect(),
            definitions: mission.definitions.iter().map(|(id, d)| (id.clone(), d.texts.clone())).collect(),
        }
    }
}

/// The view of a derivation.
pub(crate) fn view<'a>(derived: &'a Derived, terms: &'a Terms, owned: &'a Owned) -> View<'a> {
    View {
        incidents: incidents(derived, &|_| true),
        listings: listings(derived),
        clauses: clauses(terms, derived, counts(derived)),
        sum_faults: sum_faults(derived),
        ..about(derived, terms, owned, &|_| false)
    }
}

/// The same of some incidents alone, and of those that people judged: all that is needed to tell these, without what is counted over all.
pub(crate) fn about<'a>(
    derived: &'a Derived,
    terms: &'a Terms,
    owned: &'a Owned,
    which: &dyn Fn(&Incident) -> bool,
) -> View<'a> {
    let mission = derived.loaded.mission.as_ref();
    let known: Vec<&Observation> = known(derived);
    let of =
        |wanted: fn(&Body) -> bool| known.iter().copied().filter(|o| wanted(&o.body)).collect::<Vec<_>>();
    let spoken: BTreeSet<ReceiptNo> =
        derived.resolved.incidents.iter().flat_map(|i| i.statements.iter().copied()).collect();
    View {
        mission: MissionView {
            id: &terms.id,
            title: &owned.title,
            zone: &mission.zone,
            zone_name: &owned.zone_name,
            moments: moments(mission),
        },
        as_of: derived.as_of,
        proof: proof(derived),
        truce: &derived.truce,
        areas: &mission.areas,
        actors: &mission.actors,
        sources: &owned.sources,
        definitions: &owned.definitions,
        statuses: &derived.statuses,
        rule: rule_text(terms),
        incidents: incidents(derived, &|incident| which(incident) || !incident.judgements.is_empty()),
        rivals: &derived.rivals,
        listings: Vec::new(),
        clauses: clauses(terms, derived, BTreeMap::new()),
        readings: terms
            .readings
            .iter()
            .map(|r| ReadingView { id: r.id.clone(), title: texts(&r.name), takes: r.takes.clone() })
            .collect(),
        matters: matters(terms),
        judgements: terms.judgements.iter().map(|j| (j.id.clone(), texts(&j.question))).collect(),
        facts: terms.facts.iter().map(|f| (f.id.clone(), texts(&f.question))).collect(),
        measures: terms.measures.iter().map(|m| (m.id.clone(), texts(&m.text))).collect(),
        judged: judged(derived),
        settles: terms
            .settles
            .iter()
            .map(|s| SettleView { fact: s.fact.clone(), acts: s.acts.clone(), evidence: texts(&s.evidence) })
            .collect(),
        phrases: phrases(mission, terms),
        agreement: of(|b| matches!(b, Body::Agreement(_))),
        tallies: of(|b| matches!(b, Body::Tally(_))),
        totals: of(|b| matches!(b, Body::Total(_))),
        deliveries: of(|b| matches!(b, Body::Delivery(_))),
        duties: crate::duties::shown(derived.ledger(), None),
        statements: of(|b| matches!(b, Body::Statement(_)))
            .into_iter()
            .filter(|o| !spoken.contains(&o.receipt))
            .collect(),
        refused: refused(derived),
        sum_faults: Vec::new(),
    }
}

fn rule_text(terms: &Terms) -> StatusRuleText {
    let rule = status_rule(terms);
    StatusRuleText {
        window_days: rule.window_days,
        fraying_incidents: rule.fraying_min_incidents,
        collapsed_days: rule.collapsed_min_days,
        collapsed_prohibited: rule.collapsed_min_prohibited,
    }
}

/// Answers to open words that hold by then, under the ids that incidents have now.
fn judged(derived: &Derived) -> Vec<JudgedView> {
    let known = derived.loaded.judged.iter().filter(|one| one.at <= derived.as_of);
    let one = |judged: &crate::loaded::Judged| JudgedView {
        incident: derived.incident_id(judged.incident.as_str()),
        judgement: judged.judgement.clone(),
        at: judged.at,
        by: judged.by.clone(),
        why: judged.why.clone(),
        entry: judged.entry,
    };
    known.map(one).collect()
}

/// Observations known by then, in the order in which they became known.
fn known(derived: &Derived) -> Vec<&Observation> {
    let mut known: Vec<&Observation> =
        derived.loaded.observations.iter().filter(|o| o.known <= derived.as_of).collect();
    known.sort_by_key(|o| (o.known, o.receipt));
    known
}

fn moments(mission: &Mission) -> Vec<Moment> {
    let read = |(words, label): &(String, Texts)| {
        let at = mission.zone.instant(words).ok()?;
        Some(Moment { at, label: label.clone() })
    };
    mission.folder.moments.iter().filter_map(read).collect()
}

/// What the mission folder translates, then what the terms themselves do.
fn phrases(mission: &Mission, terms: &Terms) -> BTreeMap<String, Texts> {
    let mut all = mission.folder.phrases.clone();
    all.extend(terms.deadlines.iter().map(|d| (d.what.en.clone(), texts(&d.what))));
    all
}

/// For each day, the incidents about which a centre's own bulletin was read, and what every counter of that day holds.
fn listings(derived: &Derived) -> Vec<ListingView> {
    let fact = FactId::new(casework::IN_TALLY);
    let read = |receipt: &ReceiptNo| match derived.observation(*receipt).map(|o| &o.body) {
        Some(Body::Statement(said)) => said.facts.contains_key(&fact),
        _ => false,
    };
    let told: Vec<_> = derived.resolved.incidents.iter().filter(|i| i.statements.iter().any(read)).collect();
    let mut all = Vec::new();
    for day in &derived.rivals {
        for incident in &told {
            let meets = |span: Interval| incident.time().is_some_and(|t| t.intersect(span).is_some());
            if meets(day.day) || day.counts.iter().any(|count| meets(count.when)) {
                let held = casework::who_lists(incident, day, &derived.loaded.observations);
                all.extend(held.into_iter().map(|(source, holds)| ListingView {
                    day: day.day,
                    incident: incident.id.clone(),
                    source,
                    holds: holds.as_str(),
                }));
            }
        }
    }
    all
}

fn proof(derived: &Derived) -> Proof {
    let loaded = &derived.loaded;
    Proof {
        entries: loaded.entries,
        checkpoint: loaded.checkpoint.clone(),
        verifier_key: Some(loaded.verifier_key.clone()),
        software: software(),
        inputs: loaded.mission.digests.clone(),
    }
}

/// Name and version of this program.
pub(crate) fn software() -> String {
    truceline_publish::SOFTWARE.to_owned()
}

fn incidents<'a>(derived: &'a Derived, which: &dyn Fn(&Incident) -> bool) -> Vec<IncidentView<'a>> {
    let all = |receipts: &mut dyn Iterator<Item = ReceiptNo>| {
        let mut found: Vec<&Observation> = receipts.filter_map(|r| derived.observation(r)).collect();
        found.sort_by_key(|o| (o.known, o.receipt));
        found
    };
    let one = |incident| IncidentView {
        incident,
        reports: all(&mut Incident::receipts(incident)),
        statements: all(&mut incident.statements.iter().copied()),
        totals: all(&mut incident.part_of.iter().copied()),
        findings: derived.findings.get(&incident.id).map(|f| f.iter().collect()).unwrap_or_default(),
        toll_history: casework::toll_history(incident, derived.as_of).into_iter().map(toll).collect(),
    };
    derived.resolved.incidents.iter().filter(|incident| which(incident)).map(one).collect()
}

fn toll(step: casework::TollStep) -> TollStep {
    TollStep {
        known: step.known,
        receipt: step.receipt,
        bounds: step.bounds,
        range: step.range,
        origins: step.origins,
    }
}

type Counts<'a> = BTreeMap<&'a ClauseId, BTreeMap<ReadingId, BTreeMap<Outcome, u32>>>;

/// Incidents by clause, reading and outcome.
fn counts(derived: &Derived) -> Counts<'_> {
    let mut counts = Counts::new();
    for finding in derived.findings.values().flatten() {
        let by_outcome =
            counts.entry(&finding.clause).or_default().entry(finding.reading.clone()).or_default();
        *by_outcome.entry(finding.outcome).or_default() += 1;
    }
    counts
}

fn clauses<'a>(terms: &'a Terms, derived: &'a Derived, mut counts: Counts<'_>) -> Vec<ClauseView<'a>> {
    let mission = derived.loaded.mission.as_ref();
    let one = |clause: &'a truceline_terms::Clause| ClauseView {
        id: &clause.id,
        title: texts(&clause.name),
        prose: clause.says.as_ref().map_or_else(|| prose(mission, clause), texts),
        paragraph: clause.restates.clone().unwrap_or_default(),
        kind: clause.kind.as_str(),
        counts: counts.remove(&clause.id).unwrap_or_default(),
    };
    terms.clauses.iter().map(one).collect()
}

/// The prose of a clause in English, and what the mission folder has of it in other languages, by the clause's id.
fn prose(mission: &Mission, clause: &truceline_terms::Clause) -> Texts {
    let mut all = mission.folder.phrases.get(clause.id.as_str()).cloned().unwrap_or_default();
    all.insert("en".to_owned(), clause.prose.clone());
    all
}

fn matters(terms: &Terms) -> Vec<MatterView> {
    let position = |p: &truceline_terms::Position| PositionView {
        id: p.id.clone(),
        says: texts(&p.text),
        held_by: p.held_by.iter().map(ToString::to_string).collect(),
    };
    let matter = |m: &truceline_terms::Matter| MatterView {
        id: m.id.clone(),
        question: texts(&m.question),
        positions: m.positions.iter().map(position).collect(),
    };
    terms.matters.iter().map(matter).collect()
}

fn refused(derived: &Derived) -> BTreeMap<String, u64> {
    let mut by_file: BTreeMap<String, u64> = BTreeMap::new();
    for refused in &derived.loaded.refused {
        *by_file.entry(refused.file.clone()).or_default() += 1;
    }
    by_file
}

fn sum_faults(derived: &Derived) -> Vec<SumFault> {
    let found = casework::sum_faults(&derived.loaded.observations, &derived.resolved, derived.as_of);
    found
        .into_iter()
        .map(|f| SumFault {
            receipt: f.receipt,
            source: f.source,
            breakdown: f.breakdown.as_str().to_owned(),
            parts: f.parts,
            whole: f.whole,
        })
        .collect()
}
