//! What each source says, one report beside the other, as the page of an incident lists them. A total and a statement stand beside the reports and
//! are called so: nothing adds them.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use truceline_model::{ActorId, Body, Event, Observation, SourceId};

use super::Teller;
use crate::safe::{clean, web_address};
use crate::view::IncidentView;

impl Teller<'_> {
    pub(super) fn reports(&self, one: &IncidentView<'_>) -> Vec<Value> {
        let of = |kind, all: &[&Observation]| {
            all.iter().map(|report| self.report(kind, report)).collect::<Vec<_>>()
        };
        let mut all = of("report", &one.reports);
        all.extend(of("total", &one.totals));
        all.extend(of("statement", &one.statements));
        all
    }

    fn report(&self, kind: &str, report: &Observation) -> Value {
        let mut channels: BTreeSet<&SourceId> = report.through.iter().collect();
        if report.source != report.origin {
            channels.insert(&report.source);
        }
        let (event, casualties, place, when, actors) = match &report.body {
            Body::Event(e) => (Some(e), Some(e.casualties), e.place.as_ref(), e.when, Some(&e.actors)),
            Body::Total(t) => (None, Some(t.casualties), t.place.as_ref(), t.when, Some(&t.actors)),
            Body::Statement(s) => (None, None, s.place.as_ref(), s.when, Some(&s.actors)),
            _ => (None, None, None, None, None),
        };
        let how = event.and_then(|event| event.attribution);
        json!({
            "receipt": report.receipt.0,
            "kind": kind,
            "known": report.known.to_string(),
            "origin": self.source(&report.origin),
            "through": self.sources(channels),
            "address": report.address.as_deref().map(|address| json!({ "words": clean(address), "link": web_address(address) })),
            "grade": format!("{}{}", report.grade.as_str(), report.credibility.number()),
            "note": report.note.as_deref().map(clean),
            "what": event.map(|event| self.what(event)).unwrap_or_default(),
            "held_by": event.map(|event| self.actors(&event.held_by)).unwrap_or_default(),
            "place": place.map(|place| self.place(place)),
            "when": self.when(when),
            "actors": actors.map(|actors| self.actors(actors)).unwrap_or_default(),
            "attribution": how.map(|how| self.plain(&self.ctx.c.word("attribution", how.as_str()))),
            "killed": self.bounds(casualties.and_then(|all| all.killed)),
            "civilians": self.bounds(casualties.and_then(|all| all.killed_civilian)),
            "combatants": self.bounds(casualties.and_then(|all| all.killed_combatant)),
            "wounded": self.bounds(casualties.and_then(|all| all.wounded)),
        })
    }

    fn actors(&self, all: &BTreeSet<ActorId>) -> Vec<Value> {
        all.iter().map(|id| self.actor(id)).collect()
    }

    /// What was done, with what, at what, and what else was answered; each a few words.
    fn what(&self, event: &Event) -> Vec<String> {
        let c = &self.ctx.c;
        let list = |all: Vec<String>| c.list(&all, "list.or");
        let mut said = vec![list(event.acts.iter().map(|a| c.word("act", a.as_str())).collect())];
        said.push(list(event.weapons.iter().map(|w| c.word("weapon", w.as_str())).collect()));
        let targets: Vec<String> = event.targets.iter().map(|t| c.word("target", t.as_str())).collect();
        if !targets.is_empty() {
            said.push(c.fill("reports.at", &[("what", &list(targets))]));
        }
        said.extend(event.facts.iter().map(|(fact, answer)| {
            let question = self.ctx.fact(&truceline_model::Fact::Named(fact.clone()));
            format!("{question}: {}", c.word("answer", answer.as_str()))
        }));
        said.retain(|words| !words.is_empty());
        said.iter().map(|words| self.plain(words)).collect()
    }
}
