//! What the agreement says, as of a moment: the text of each clause in its languages and in plain words, beside it how often each outcome was found by
//! reading and by party, and what these turn on; readings, the matters on which they part; what was accepted, extended and laid over it.
//!
//! Counts are of findings by the machine; none of them is a determination. A party stands where it would have to answer; who it was may be open.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use truceline_model::{ActorId, Fact, Finding, IncidentId, Outcome};
use truceline_publish::view::{ClauseView, View};
use truceline_publish::{Lang, Screen, clause_words};
use truceline_terms::Terms;

use super::incidents::shown;
use super::state::{Moment, When, answer, view_of, written};
use super::truce::truce;
use crate::api::Desk;
use crate::api::asked::Asked;
use crate::api::gate::Caller;
use crate::api::problem::Problem;
use crate::failure::Failure;
use crate::mission::texts;
use crate::pipeline::Derived;

/// Facts listed that a clause turns on.
const LISTED: usize = 8;

/// The agreement.
pub(in crate::api) async fn terms(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["as_of"])?;
    let view = view_of(&caller);
    answer((desk, caller), (uri, headers), (When::of(&asked), view), |moment, _| {
        Ok(shown(&moment.derived, |view, screen| agreement(moment, view, screen))?)
    })
    .await
}

fn agreement(moment: &Moment, view: &View<'_>, screen: &Screen<'_>) -> Result<Value, Failure> {
    let derived = moment.derived.as_ref();
    let terms = derived.loaded.mission.terms()?;
    let sides = sides(derived, terms);
    let clauses =
        view.clauses.iter().map(|clause| clause_json(derived, (view, screen), (terms, clause), &sides));
    let readings = view.readings.iter().map(|reading| {
        let takes: BTreeMap<&str, &str> =
            reading.takes.iter().map(|(matter, position)| (matter.as_str(), position.as_str())).collect();
        json!({ "id": reading.id.as_str(), "name": reading.title, "takes": takes })
    });
    let matters = view.matters.iter().map(|matter| {
        let positions = matter.positions.iter().map(|position| {
            json!({ "id": position.id.as_str(), "says": position.says, "held_by": position.held_by })
        });
        json!({ "id": matter.id.as_str(), "question": matter.question, "positions": positions.collect::<Vec<_>>() })
    });
    Ok(json!({
        "as_of": written(derived.as_of), "title": view.mission.title, "truce": truce(derived, screen),
        "clauses": clauses.collect::<Vec<_>>(), "readings": readings.collect::<Vec<_>>(), "matters": matters.collect::<Vec<_>>(),
        "parties": terms.parties.iter().map(|party| party.id.as_str()).collect::<Vec<_>>(),
        "exclusions": exclusions(derived),
    }))
}

fn clause_json(
    derived: &Derived,
    (view, screen): (&View<'_>, &Screen<'_>),
    (terms, clause): (&Terms, &ClauseView<'_>),
    sides: &BTreeMap<ActorId, BTreeSet<String>>,
) -> Value {
    let counts: BTreeMap<&str, BTreeMap<&str, u32>> = clause
        .counts
        .iter()
        .map(|(reading, by)| {
            (reading.as_str(), by.iter().map(|(outcome, n)| (outcome.as_str(), *n)).collect())
        })
        .collect();
    let findings: Vec<&Finding> =
        derived.findings.values().flatten().filter(|finding| finding.clause == *clause.id).collect();
    let plain: BTreeMap<&str, Vec<String>> = Lang::ALL
        .into_iter()
        .filter_map(|lang| {
            // The first line says the clause's name again.
            let words = clause_words(view, terms, clause.id, lang)?;
            Some((lang.code(), words.lines().into_iter().skip(1).collect()))
        })
        .collect();
    let heading = terms.clause(clause.id).map(|clause| texts(&clause.name)).unwrap_or_default();
    json!({
        "id": clause.id.as_str(), "title": if clause.title.is_empty() { heading } else { clause.title.clone() },
        "kind": clause.kind, "kind_words": screen.word("clause-kind", clause.kind), "prose": clause.prose,
        "paragraph": (!clause.paragraph.is_empty()).then(|| screen.phrase(&clause.paragraph)), "plain": plain, "counts": counts,
        "by_party": by_party(&findings, sides), "turns_on": turns_on(&findings, screen),
    })
}

/// To which parties each actor belongs, as of the moment.
fn sides(derived: &Derived, terms: &Terms) -> BTreeMap<ActorId, BTreeSet<String>> {
    let actors = &derived.loaded.mission.actors;
    let of = |actor: &ActorId| -> BTreeSet<String> {
        let parties = terms.parties.iter().filter(|party| actors.belongs(actor, &party.id, derived.as_of));
        parties.map(|party| party.id.to_string()).collect()
    };
    actors.iter().map(|actor| (actor.id.clone(), of(&actor.id))).collect()
}

/// Incidents by the party that would have to answer, and by outcome: under every reading, or under some. Where several may have done it, it
/// stands under each of them, and is counted among those of which it is open who did it.
fn by_party(findings: &[&Finding], sides: &BTreeMap<ActorId, BTreeSet<String>>) -> Vec<Value> {
    type Outcomes = BTreeSet<Outcome>;
    let mut all: BTreeMap<&str, BTreeMap<&IncidentId, (Outcomes, bool)>> = BTreeMap::new();
    for finding in findings {
        let parties: BTreeSet<&str> = finding
            .respondents
            .iter()
            .flat_map(|actor| sides.get(actor).into_iter().flatten())
            .map(String::as_str)
            .collect();
        let is_open = parties.len() > 1;
        for party in parties {
            let slot = all.entry(party).or_default().entry(&finding.incident).or_default();
            slot.0.insert(finding.outcome);
            slot.1 |= is_open;
        }
    }
    let each = all.into_iter().map(|(party, incidents)| {
        let count = |wanted: &dyn Fn(&Outcomes, bool) -> bool| {
            incidents.values().filter(|(outcomes, is_open)| wanted(outcomes, *is_open)).count()
        };
        let only = |outcome: Outcome| move |all: &Outcomes, _: bool| all.len() == 1 && all.contains(&outcome);
        json!({
            "party": party,
            "prohibited_by_all": count(&only(Outcome::Prohibited)),
            "prohibited_by_some": count(&|all, _| all.len() > 1 && all.contains(&Outcome::Prohibited)),
            "undetermined": count(&|all, _| !all.contains(&Outcome::Prohibited) && all.contains(&Outcome::Undetermined)),
            "not_prohibited": count(&|all, _| {
                !all.contains(&Outcome::Prohibited) && !all.contains(&Outcome::Undetermined) && all.contains(&Outcome::NotProhibited)
            }),
            "several_named": count(&|all, is_open| {
                is_open && (all.contains(&Outcome::Prohibited) || all.contains(&Outcome::Undetermined))
            }),
        })
    });
    each.collect()
}

/// What findings under a clause turn on most often: the fact, and of how many incidents.
fn turns_on(findings: &[&Finding], screen: &Screen<'_>) -> Vec<Value> {
    let mut all: BTreeMap<Fact, BTreeSet<&IncidentId>> = BTreeMap::new();
    for finding in findings {
        for fact in finding.cruxes.iter().flat_map(truceline_model::Crux::facts) {
            all.entry(fact).or_default().insert(&finding.incident);
        }
    }
    let mut all: Vec<(Fact, usize)> = all.into_iter().map(|(fact, of)| (fact, of.len())).collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let each = all.into_iter().take(LISTED).map(|(fact, incidents)| {
        let is_law = matches!(fact, Fact::Matter(_));
        json!({ "fact": fact.key(), "words": screen.fact(&fact), "is_law": is_law, "incidents": incidents })
    });
    each.collect()
}

/// Parties that were put out of the agreement. That binds everybody; by which case, `GET /api/exclusions` tells who may know of it.
fn exclusions(derived: &Derived) -> Vec<Value> {
    let each = derived.docket.exclusions().into_iter().map(|one| {
        json!({ "actor": one.actor.as_str(), "from": written(one.from), "until": one.until.map(|(at, _, _)| written(at)) })
    });
    each.collect()
}
