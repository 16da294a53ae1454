//! What would follow if a person accepted a doubtful link, refused one that was made, or let a new report in: the touched incidents
//! resolved again by themselves, and which findings would then read otherwise.
//!
//! Changes nothing and decides nothing. Only the reports of the incidents concerned are worked again, with what people decided about
//! them, so that each trial costs what its incidents cost, however long the record. What a likeness is worth elsewhere is left alone:
//! the trial fixes who belongs together, and asks what the incidents then say.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    ClauseId, Finding, Incident, IncidentId, Instant, LinkDecision, Observation, Outcome, ReadingId,
    ReceiptNo,
};

use crate::cluster::Refusal;
use crate::decisions::{Decision, PersonDecision, Side};
use crate::resolve::{Context, Resolved, resolve};

/// A link that a person could well decide otherwise than the machine did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// One report.
    pub receipt: ReceiptNo,
    /// The other.
    pub to: ReceiptNo,
    /// The score of their likeness, in thousandths.
    pub score: i32,
    /// How far the score lies from the threshold, either side.
    pub margin: i32,
    /// Whether the link was made, and which incidents it concerns.
    pub between: Between,
}

/// Where a doubtful link lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Between {
    /// It was not made: two incidents, and why.
    Two(IncidentId, IncidentId, Refusal),
    /// It was made: one incident, and the reports that hang on it by this link alone.
    Within(IncidentId, BTreeSet<ReceiptNo>),
}

/// Doubtful links, those nearest to the threshold first: likely ones that were not made, once for each two incidents; and those that
/// were made by a score within `margin` of the threshold. What a person or the source itself decided is no doubt.
#[must_use]
pub fn doubts(resolved: &Resolved, threshold: i32, margin: i32) -> Vec<Doubt> {
    let mut all = Vec::new();
    let mut seen = BTreeSet::new();
    for one in resolved.considered.iter().filter(|one| !matches!(one.refusal, Refusal::Person(_))) {
        let of = |receipt| resolved.incident_of.get(&receipt);
        let (Some(a), Some(b)) = (of(one.to), of(one.receipt)) else { continue };
        if a != b && seen.insert(if a < b { (a, b) } else { (b, a) }) {
            let between = Between::Two(a.clone(), b.clone(), one.refusal);
            let margin = (one.score - threshold).abs();
            all.push(Doubt { receipt: one.receipt, to: one.to, score: one.score, margin, between });
        }
    }
    for incident in &resolved.incidents {
        for link in &incident.links {
            let LinkDecision::Threshold { score, threshold } = link.decision else { continue };
            let away = (score - threshold).abs();
            if away > margin || link.to == link.receipt {
                continue;
            }
            let between = Between::Within(incident.id.clone(), hanging(incident, link.receipt));
            all.push(Doubt { receipt: link.receipt, to: link.to, score, margin: away, between });
        }
    }
    all.sort_by_key(|doubt| (doubt.margin, doubt.receipt, doubt.to));
    all
}

/// The reports of an incident that a report carries: itself, and what was linked to them in turn.
fn hanging(incident: &Incident, from: ReceiptNo) -> BTreeSet<ReceiptNo> {
    let mut all = BTreeSet::from([from]);
    loop {
        let before = all.len();
        let more = incident.links.iter().filter(|link| all.contains(&link.to)).map(|link| link.receipt);
        let more: Vec<ReceiptNo> = more.collect();
        all.extend(more);
        if all.len() == before {
            return all;
        }
    }
}

/// A record as it stands, on which something is tried.
#[derive(Clone, Copy, Debug)]
pub struct Trial<'a> {
    /// Every report, by receipt.
    pub observations: &'a [Observation],
    /// Every decision.
    pub decisions: &'a [PersonDecision],
    /// What follows from them.
    pub resolved: &'a Resolved,
    /// What the mission knows.
    pub ctx: Context<'a>,
    /// As of when.
    pub as_of: Instant,
}

impl Trial<'_> {
    /// If two incidents were one.
    #[must_use]
    pub fn merged(&self, a: &Incident, b: &Incident) -> Resolved {
        let merge = Decision::Merge { a: side(a), b: side(b) };
        self.again(&[a, b], None, vec![merge])
    }

    /// If these reports left an incident together.
    #[must_use]
    pub fn parted(&self, incident: &Incident, leaving: &BTreeSet<ReceiptNo>) -> Resolved {
        let kept: BTreeSet<ReceiptNo> = incident.receipts().filter(|r| !leaving.contains(r)).collect();
        let stay = Side { incident: incident.id.clone(), receipts: kept.clone() };
        // Those that stay, stay together: the trial is about the one link.
        let together = Decision::Merge { a: stay.clone(), b: stay };
        let (incident_id, receipts) = (incident.id.clone(), leaving.clone());
        let split = Decision::Split { incident: incident_id, receipts, kept };
        self.again(&[incident], None, vec![together, split])
    }

    /// If a report came in and belonged to these incidents; with none, it is one by itself.
    #[must_use]
    pub fn joined(&self, new: &Observation, incidents: &[&Incident]) -> Resolved {
        let own = Side { incident: crate::incident_id(new), receipts: BTreeSet::from([new.receipt]) };
        let joins = incidents.iter().map(|incident| Decision::Merge { a: side(incident), b: own.clone() });
        let joins = joins.collect();
        self.again(incidents, Some(new), joins)
    }

    /// The reports of these incidents, with the totals and statements that speak of them, resolved by themselves.
    fn again(&self, incidents: &[&Incident], new: Option<&Observation>, what: Vec<Decision>) -> Resolved {
        let ids: BTreeSet<&IncidentId> = incidents.iter().map(|incident| &incident.id).collect();
        let mut receipts: BTreeSet<ReceiptNo> = incidents.iter().flat_map(|i| i.receipts()).collect();
        for (receipt, of) in self.resolved.totals.iter().chain(&self.resolved.statements) {
            if of.iter().any(|id| ids.contains(id)) {
                receipts.insert(*receipt);
            }
        }
        let find = |receipt: &ReceiptNo| {
            let at = self.observations.binary_search_by_key(receipt, |o| o.receipt).ok()?;
            self.observations.get(at).cloned()
        };
        let mut reports: Vec<Observation> = receipts.iter().filter_map(find).collect();
        reports.extend(new.cloned());
        let first = 1_u64 << 62;
        let tried = (first..).zip(what).map(|(entry, what)| PersonDecision {
            entry,
            at: self.as_of,
            by: String::new(),
            why: String::new(),
            what,
        });
        let decisions: Vec<PersonDecision> = self.decisions.iter().cloned().chain(tried).collect();
        resolve(&reports, &decisions, &self.ctx, self.as_of)
    }
}

fn side(incident: &Incident) -> Side {
    Side { incident: incident.id.clone(), receipts: incident.receipts().collect() }
}

/// How many incidents have which outcome under one clause and reading, before and after; incidents that the clause does not cover
/// are not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The clause.
    pub clause: ClauseId,
    /// The reading.
    pub reading: ReadingId,
    /// Incidents by outcome as it stands.
    pub before: BTreeMap<Outcome, u32>,
    /// Incidents by outcome if it were decided otherwise.
    pub after: BTreeMap<Outcome, u32>,
}

/// What a turn amounts to; the least is what matters most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// An open finding would be settled, or a settled one open again.
    Settles,
    /// A determined outcome would be another one.
    Flips,
    /// A clause would find something where it finds nothing now.
    Opens,
    /// The outcomes stay; it is only how many incidents have each.
    Counts,
}

impl Turn {
    /// What it amounts to.
    #[must_use]
    pub fn weight(&self) -> Weight {
        let kinds = |side: &BTreeMap<Outcome, u32>| side.keys().copied().collect::<BTreeSet<Outcome>>();
        let (before, after) = (kinds(&self.before), kinds(&self.after));
        let open = Outcome::Undetermined;
        let lost = before.iter().any(|outcome| *outcome != open && !after.contains(outcome));
        match (before.contains(&open), after.contains(&open)) {
            _ if before.is_empty() => Weight::Opens,
            (true, false) | (false, true) => Weight::Settles,
            (true, true) if lost => Weight::Settles,
            (false, false) if before != after => Weight::Flips,
            _ => Weight::Counts,
        }
    }
}

/// Where two sets of findings count differently, by clause and reading.
#[must_use]
pub fn turns<'f>(
    before: impl IntoIterator<Item = &'f Finding>,
    after: impl IntoIterator<Item = &'f Finding>,
) -> Vec<Turn> {
    let mut all: BTreeMap<(&ClauseId, &ReadingId), [BTreeMap<Outcome, u32>; 2]> = BTreeMap::new();
    let findings = before.into_iter().map(|f| (0, f)).chain(after.into_iter().map(|f| (1, f)));
    for (side, finding) in findings.filter(|(_, f)| f.outcome != Outcome::NotCovered) {
        let sides = all.entry((&finding.clause, &finding.reading)).or_default();
        if let Some(counts) = sides.get_mut(side) {
            *counts.entry(finding.outcome).or_default() += 1;
        }
    }
    let differing = all.into_iter().filter(|(_, [before, after])| before != after);
    differing
        .map(|((clause, reading), [before, after])| Turn {
            clause: clause.clone(),
            reading: reading.clone(),
            before,
            after,
        })
        .collect()
}
