//! Findings held against a mechanism's outcomes. Here, and only here, outcomes are read; facts are not.
//!
//! How each figure is counted is told in `docs/truth.md`. Nothing is tuned here: a row is matched by who and by which article, and
//! a row that cannot be matched is a miss.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use truceline_model::{ActorId, Fact, Finding, Outcome};

use crate::Result;
use crate::agreement::Agreement;
use crate::cite::{Citation, citation, of_clause};
use crate::coded::Signatory;
use crate::convert::Line;
use crate::resolve::Resolver;
use crate::tables::Tables;

/// A report's outcomes, without its facts.
#[derive(Clone, Debug, Deserialize)]
pub struct Determined {
    /// The report's id.
    pub report: String,
    /// Its incidents.
    pub incidents: Vec<DeterminedIncident>,
}

/// The outcomes of one incident.
#[derive(Clone, Debug, Deserialize)]
pub struct DeterminedIncident {
    /// Its id.
    pub id: String,
    /// Its outcomes.
    #[serde(default)]
    pub outcomes: Vec<Determination>,
}

/// One outcome.
#[derive(Clone, Debug, Deserialize)]
pub struct Determination {
    /// Whom it concerns, in words.
    pub party: String,
    /// Articles as cited.
    #[serde(default)]
    pub articles: Vec<String>,
    /// `violation`, `no_violation`, `not_established` or `not_determined`.
    pub outcome: String,
    /// What it is about, in words.
    #[serde(default)]
    pub nature: Option<String>,
}

/// What a mechanism said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The party breached the agreement.
    Violation,
    /// That could not be shown.
    NotEstablished,
    /// It did not.
    NoViolation,
}

impl Verdict {
    /// The word of the file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Violation => "violation",
            Self::NotEstablished => "not_established",
            Self::NoViolation => "no_violation",
        }
    }
}

/// What was found for one outcome, under one agreement or all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Lines of the incident file that concern the party and the subject.
    pub lines: u32,
    /// Clauses found prohibited for the party.
    pub prohibited: BTreeSet<String>,
    /// Those of them that the outcome cites (all, when it cites none).
    pub matched: BTreeSet<String>,
    /// Clauses found undetermined, with the facts that they turn on.
    pub turns_on: BTreeMap<String, BTreeSet<String>>,
}

impl Found {
    /// Whether some clause is undetermined with the actor or the act among what it turns on.
    #[must_use]
    pub fn turns_on_actor_or_act(&self) -> bool {
        self.turns_on.values().any(|facts| facts.contains("actor") || facts.contains("act"))
    }
}

/// One outcome that is scored.
#[derive(Clone, Debug)]
pub struct Row {
    /// The report.
    pub report: String,
    /// The incident.
    pub incident: String,
    /// Whom it concerns, as ids.
    pub party: BTreeSet<ActorId>,
    /// What the mechanism said.
    pub verdict: Verdict,
    /// Articles as cited.
    pub articles: Vec<String>,
    /// What was found, by agreement.
    pub by_agreement: BTreeMap<String, Found>,
}

impl Row {
    /// Families of agreement that it cites.
    #[must_use]
    pub fn families(&self) -> BTreeSet<String> {
        self.articles.iter().filter_map(|text| citation(text)).map(|cited| cited.family).collect()
    }

    /// What was found under these agreements together.
    #[must_use]
    pub fn found(&self, agreement: Option<&str>) -> Found {
        let mut all = Found::default();
        for (_, found) in
            self.by_agreement.iter().filter(|(id, _)| agreement.is_none_or(|a| a == id.as_str()))
        {
            all.lines += found.lines;
            all.prohibited.extend(found.prohibited.iter().cloned());
            all.matched.extend(found.matched.iter().cloned());
            all.turns_on.extend(found.turns_on.clone());
        }
        all
    }
}

/// Reads outcomes.
///
/// # Errors
/// The line that cannot be read.
pub fn read(text: &str) -> Result<Vec<Determined>> {
    let mut all = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        all.push(serde_json::from_str(line).map_err(|e| format!("line {}: {e}", number + 1))?);
    }
    Ok(all)
}

/// Lines and their findings under one agreement.
pub struct Judged<'a> {
    /// The agreement.
    pub agreement: &'a Agreement,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Findings of each.
    pub findings: Vec<Vec<Finding>>,
}

/// Every outcome that is scored, with what was found. `not_determined` is the mechanism's silence and is left out.
#[must_use]
pub fn rows(determined: &[Determined], judged: &[Judged<'_>], tables: &Tables) -> Vec<Row> {
    let mut all = Vec::new();
    for report in determined {
        for incident in &report.incidents {
            for outcome in &incident.outcomes {
                let Some(verdict) = verdict(outcome) else { continue };
                let mut row = Row {
                    report: report.report.clone(),
                    incident: incident.id.clone(),
                    party: BTreeSet::new(),
                    verdict,
                    articles: outcome.articles.clone(),
                    by_agreement: BTreeMap::new(),
                };
                for judged in judged {
                    let subject = subject(outcome, &incident.outcomes, judged.agreement, tables);
                    let party = party(outcome, judged.agreement, tables);
                    let found = found(&incident.id, &party, outcome, subject.as_ref(), judged, tables);
                    row.party.extend(party);
                    if let Some(found) = found {
                        row.by_agreement.insert(judged.agreement.id.clone(), found);
                    }
                }
                all.push(row);
            }
        }
    }
    all
}

fn verdict(outcome: &Determination) -> Option<Verdict> {
    match outcome.outcome.as_str() {
        "violation" => Some(Verdict::Violation),
        "not_established" => Some(Verdict::NotEstablished),
        "no_violation" => Some(Verdict::NoViolation),
        _ => None,
    }
}

fn party(outcome: &Determination, agreement: &Agreement, tables: &Tables) -> BTreeSet<ActorId> {
    let resolver = Resolver::new(&agreement.actors, tables);
    resolver.resolve(&outcome.party, Signatory::Unclear).iter().flat_map(crate::resolve::Who::ids).collect()
}

/// The act that a negative outcome without articles is about, when the same party (or one that it belongs to) has an outcome of another kind in the same
/// incident: otherwise one act's *violation* would count against another's *not established*.
fn subject(
    outcome: &Determination,
    all: &[Determination],
    agreement: &Agreement,
    tables: &Tables,
) -> Option<String> {
    let resolver = Resolver::new(&agreement.actors, tables);
    let own = party(outcome, agreement, tables);
    let same = |other: &Determination| {
        let theirs = party(other, agreement, tables);
        theirs.iter().any(|a| own.iter().any(|b| related(a, b, agreement, &resolver)))
    };
    let differs = all.iter().any(|other| other.outcome != outcome.outcome && same(other));
    if outcome.outcome == "violation"
        || !differs
        || outcome.articles.iter().any(|text| citation(text).is_some())
    {
        return None;
    }
    tables.first_act(outcome.nature.as_deref()?)
}

fn found(
    incident: &str,
    party: &BTreeSet<ActorId>,
    outcome: &Determination,
    subject: Option<&String>,
    judged: &Judged<'_>,
    tables: &Tables,
) -> Option<Found> {
    let resolver = Resolver::new(&judged.agreement.actors, tables);
    let same = |id: &ActorId| party.iter().any(|party| related(party, id, judged.agreement, &resolver));
    let cited: Vec<Citation> = outcome.articles.iter().filter_map(|text| citation(text)).collect();
    let mut found = Found::default();
    let mut reached = false;
    for (line, findings) in judged.lines.iter().zip(&judged.findings) {
        if line.happening != incident {
            continue;
        }
        reached = true;
        if !line.who.ids().iter().any(same) || subject.is_some_and(|act| *act != line.act) {
            continue;
        }
        found.lines += 1;
        for finding in findings {
            let clause = finding.clause.as_str();
            match finding.outcome {
                Outcome::Prohibited if finding.respondents.iter().any(same) => {
                    found.prohibited.insert(clause.to_owned());
                    let means = |cited: &Citation| of_clause(clause).is_some_and(|own| cited.means(&own));
                    if cited.is_empty() || cited.iter().any(means) {
                        found.matched.insert(clause.to_owned());
                    }
                }
                Outcome::Undetermined => {
                    let facts = finding.cruxes.iter().flat_map(truceline_model::Crux::facts);
                    let keys = facts.map(|fact: Fact| fact.key());
                    found.turns_on.entry(clause.to_owned()).or_default().extend(keys);
                }
                _ => {}
            }
        }
    }
    reached.then_some(found)
}

/// Whether one is the other, or belongs to it: what a service did, its government did.
fn related(a: &ActorId, b: &ActorId, agreement: &Agreement, resolver: &Resolver<'_>) -> bool {
    let wholes =
        |id: &ActorId| agreement.actors.get(id).map(|actor| resolver.wholes(actor)).unwrap_or_default();
    a == b || wholes(a).contains(b) || wholes(b).contains(a)
}
