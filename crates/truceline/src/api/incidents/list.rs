//! The list of incidents: pages, the latest first, narrowed by where, when, what was found, under which clause, who, and by words.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use truceline_model::{ActorId, AreaId, ClauseId, Incident, IncidentId, Instant, Interval, Outcome};
use truceline_publish::view::IncidentView;
use truceline_publish::{Summary, Teller};

use super::sight::{self, Eyes, Moment};
use crate::api::asked::Asked;
use crate::api::gate::Caller;
use crate::api::problem::Problem;
use crate::api::{Desk, aside};
use crate::pipeline::Derived;
use crate::view::{Owned, about};

/// Incidents of one answer, where nothing else is asked, and at the most.
const PAGE: u64 = 50;
const MOST: u64 = 200;
/// What can be asked.
const NAMES: [&str; 13] = [
    "as_of", "lang", "skip", "limit", "area", "from", "until", "summary", "clause", "outcome", "reading",
    "party", "text",
];

/// What is asked for.
struct Wanted {
    area: Option<AreaId>,
    from: Option<Instant>,
    until: Option<Instant>,
    summary: Option<Summary>,
    clause: Option<ClauseId>,
    reading: Option<String>,
    outcome: Option<Outcome>,
    party: Option<ActorId>,
    text: Option<String>,
}

impl Wanted {
    fn of(asked: &Asked, derived: &Derived) -> Result<Self, Problem> {
        let moment = |name| asked.text(name).map(|words| derived.loaded.mission.moment(words)).transpose();
        let summary = |word: &str| {
            let found = Summary::ALL.into_iter().find(|one| one.as_str() == word);
            found.ok_or_else(|| {
                Problem::wrong("summary: disputed, prohibited, undetermined, not-prohibited or not-covered")
            })
        };
        let outcome = |word: &str| {
            let wrong = "outcome: prohibited, not-prohibited, not-covered or undetermined";
            Outcome::parse(word).ok_or_else(|| Problem::wrong(wrong))
        };
        Ok(Self {
            area: asked.text("area").map(AreaId::new),
            from: moment("from")?,
            until: moment("until")?,
            summary: asked.text("summary").map(summary).transpose()?,
            clause: asked.text("clause").map(ClauseId::new),
            reading: asked.text("reading").map(str::to_owned),
            outcome: asked.text("outcome").map(outcome).transpose()?,
            party: asked.text("party").map(ActorId::new),
            text: asked.text("text").map(str::to_lowercase),
        })
    }

    fn holds(&self, moment: &Moment, incident: &Incident) -> bool {
        let derived = &moment.derived;
        self.is_there(incident)
            && self.is_then(incident)
            && self.is_found(derived, incident)
            && self.party.as_ref().is_none_or(|party| is_theirs(derived, incident, party))
            && self.text.as_ref().is_none_or(|text| words(moment, incident).contains(text))
    }

    fn is_there(&self, incident: &Incident) -> bool {
        self.area.as_ref().is_none_or(|area| {
            incident.governorates.contains(area)
                || incident.places.iter().any(|(place, _)| place.areas.contains(area))
        })
    }

    fn is_then(&self, incident: &Incident) -> bool {
        let when = incident.time();
        let after = |from: Instant| when.is_some_and(|when| when.end() > from);
        let before = |until: Instant| when.is_some_and(|when| when.start() < until);
        self.from.is_none_or(after) && self.until.is_none_or(before)
    }

    fn is_found(&self, derived: &Derived, incident: &Incident) -> bool {
        if self.clause.is_none() && self.outcome.is_none() && self.reading.is_none() {
            return true;
        }
        // A clause alone asks for what it reaches.
        let outcome =
            |found: Outcome| self.outcome.map_or(found != Outcome::NotCovered, |asked| asked == found);
        derived.findings.get(&incident.id).is_some_and(|all| {
            all.iter().any(|one| {
                self.clause.as_ref().is_none_or(|clause| *clause == one.clause)
                    && self.reading.as_ref().is_none_or(|reading| reading == one.reading.as_str())
                    && outcome(one.outcome)
            })
        })
    }
}

/// Whether a party, or somebody who belongs to it, is named as having done it.
fn is_theirs(derived: &Derived, incident: &Incident, party: &ActorId) -> bool {
    let at = incident.time().map_or(derived.as_of, Interval::start);
    incident.actors.iter().any(|(actor, _)| derived.loaded.mission.actors.belongs(actor, party, at))
}

/// Everything by which an incident is found, in small letters: names of places, actors and sources in every language, notes, ids.
fn words(moment: &Moment, incident: &Incident) -> String {
    let derived = &moment.derived;
    let mission = &derived.loaded.mission;
    let mut all: Vec<&str> = vec![incident.id.as_str()];
    let areas: BTreeSet<&AreaId> =
        incident.places.iter().flat_map(|(place, _)| &place.areas).chain(&incident.governorates).collect();
    all.extend(
        areas
            .into_iter()
            .filter_map(|id| mission.areas.get(id))
            .flat_map(|area| area.names.values())
            .map(String::as_str),
    );
    all.extend(incident.places.iter().filter_map(|(place, _)| place.unresolved.as_deref()));
    let actors = incident.actors.iter().filter_map(|(id, _)| mission.actors.get(id));
    all.extend(actors.flat_map(|actor| actor.names.values()).map(String::as_str));
    for report in incident.receipts().filter_map(|receipt| derived.observation(receipt)) {
        // What is kept back is not found by its words either.
        if moment.eyes != Eyes::Sealed && sight::any_sealed([&report.source, &report.origin]) {
            continue;
        }
        all.extend(report.note.as_deref());
        all.push(&report.sender_id);
        let named = [&report.source, &report.origin].into_iter().filter_map(|id| mission.sources.get(id));
        all.extend(named.flat_map(|source| source.names.values()).map(String::as_str));
    }
    all.join("\n").to_lowercase()
}

/// Who may see the same list.
fn view(caller: &Caller) -> String {
    format!("incidents/{:?}", sight::eyes(caller))
}

/// The incidents that somebody may see, the latest first; `next` is what to ask `skip`.
pub(super) async fn incidents(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &NAMES)?;
    aside(move || {
        // Taken first: what is made of a newer moment is never kept under an older one's number.
        let generation = desk.live()?.generation;
        desk.answers.answer(generation, (&uri, &view(&caller)), &headers, || {
            let moment = Moment::of(&desk, &caller, asked.text("as_of"))?;
            Ok(page(&moment, &asked)?.to_string().into_bytes())
        })
    })
    .await
}

fn page(moment: &Moment, asked: &Asked) -> Result<Value, Problem> {
    let derived = &moment.derived;
    let lang = sight::lang(asked)?;
    let skip = asked.number("skip", 0, 1_000_000)?.unwrap_or(0);
    let limit = asked.number("limit", 1, MOST)?.unwrap_or(PAGE);
    let wanted = Wanted::of(asked, derived)?;
    let terms = derived.loaded.mission.terms()?;
    let owned = Owned::of(&derived.loaded.mission);
    let mut all: Vec<&Incident> =
        derived.resolved.incidents.iter().filter(|incident| wanted.holds(moment, incident)).collect();
    if let Some(summary) = wanted.summary {
        let ids: BTreeSet<&IncidentId> = all.iter().map(|incident| &incident.id).collect();
        let view = about(derived, terms, &owned, &|incident| ids.contains(&incident.id));
        let same: BTreeSet<&IncidentId> = view
            .incidents
            .iter()
            .filter(|one| view.summary(one) == summary)
            .map(|one| &one.incident.id)
            .collect();
        all.retain(|incident| same.contains(&incident.id));
    }
    all.sort_by_key(|incident| {
        (std::cmp::Reverse(incident.time().map(Interval::start)), incident.id.clone())
    });
    let total = all.len();
    let (skip, limit) =
        (usize::try_from(skip).unwrap_or(usize::MAX), usize::try_from(limit).unwrap_or(usize::MAX));
    let shown: Vec<&IncidentId> = all.iter().skip(skip).take(limit).map(|incident| &incident.id).collect();
    let ids: BTreeSet<&IncidentId> = shown.iter().copied().collect();
    let view = about(derived, terms, &owned, &|incident| ids.contains(&incident.id));
    let teller = Teller::new(&view, lang);
    let find = |id: &IncidentId| view.incidents.iter().find(|one: &&IncidentView<'_>| one.incident.id == *id);
    let lines: Vec<Value> = shown.into_iter().filter_map(find).map(|one| teller.line(one)).collect();
    let next = skip.saturating_add(lines.len());
    Ok(json!({
        "as_of": derived.as_of.to_string(), "total": total, "next": (next < total).then_some(next), "incidents": lines,
    }))
}
