//! Incidents told for a screen: the words of the published pages as data, in one language, so that a screen says what a page says and draws the
//! figures itself.
//!
//! Never decides, adds or averages; what is not in the [`View`] is not told. Text is plain: who shows it sets it apart and never takes it for HTML.

mod reports;
mod turning;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use truceline_model::{
    ActorId, Alternatives, Bounds, Casualties, CasualtyStatus, Fact, Figure, Incident, Interval, Link,
    LinkDecision, LinkReason, Place, Point, SourceId,
};

use crate::Links;
use crate::lang::Lang;
use crate::matrix;
use crate::safe::clean;
use crate::view::{IncidentView, View};
use crate::words::Ctx;

/// Tells incidents of a view in one language.
#[derive(Debug)]
pub struct Teller<'v> {
    ctx: Ctx<'v>,
}

impl<'v> Teller<'v> {
    /// Makes the words of a language ready.
    #[must_use]
    pub fn new(view: &'v View<'v>, lang: Lang) -> Self {
        Self { ctx: Ctx::new(view, lang, Links::Static) }
    }

    fn plain(&self, words: &str) -> String {
        self.ctx.c.plain(words)
    }

    /// An incident in one line: what, at what, where.
    #[must_use]
    pub fn title(&self, incident: &Incident) -> String {
        self.plain(&self.ctx.incident_title(incident))
    }

    /// The name of an area.
    #[must_use]
    pub fn area(&self, id: &truceline_model::AreaId) -> String {
        self.plain(&self.ctx.area(id))
    }

    /// What a list shows of an incident.
    #[must_use]
    pub fn line(&self, one: &IncidentView<'_>) -> Value {
        let incident = one.incident;
        let summary = self.ctx.view.summary(one);
        let known = one.reports.iter().map(|report| report.known).max();
        json!({
            "incident": incident.id.as_str(),
            "version": incident.version,
            "title": self.title(incident),
            "when": self.when(incident.time()),
            "summary": { "id": summary.as_str(), "words": self.plain(&self.ctx.c.word("summary", summary.as_str())) },
            "turns_on": matrix::one_line(&self.ctx, one).map(|line| self.plain(&line)),
            "governorates": incident.governorates.iter().map(|id| self.named(id.as_str(), &self.ctx.area(id))).collect::<Vec<_>>(),
            "actors": incident.actors.iter().map(|(id, _)| self.actor(id)).collect::<Vec<_>>(),
            "killed": self.bounds(incident.killed.range()),
            "wounded": self.bounds(incident.wounded.range()),
            "origins": incident.origins.len(),
            "reports": one.reports.len(),
            "known": known.map(|at| at.to_string()),
        })
    }

    /// Everything that sources say of an incident, how each point stands, the figures, the links and the findings.
    #[must_use]
    pub fn whole(&self, one: &IncidentView<'_>) -> Value {
        let incident = one.incident;
        let mut told = self.line(one);
        let more = json!({
            "place": incident.place().map(|place| self.place(place)),
            "reports": self.reports(one),
            "origins": self.sources(&incident.origins),
            "standing": self.standing(incident),
            "toll": { "killed": self.figures(&incident.killed), "wounded": self.figures(&incident.wounded) },
            "toll_history": one.toll_history.iter().map(|step| json!({
                "known": step.known.to_string(), "receipt": step.receipt.0, "bounds": self.bounds(Some(step.bounds)),
                "range": self.bounds(Some(step.range)), "origins": step.origins,
            })).collect::<Vec<_>>(),
            "links": incident.links.iter().map(|link| self.link(link)).collect::<Vec<_>>(),
            "findings": self.findings(one),
            "verdict": self.verdict(one),
            "settles": self.settles(one),
            "note": self.plain(self.ctx.c.t("ihl")),
        });
        if let (Some(told), Value::Object(more)) = (told.as_object_mut(), more) {
            told.extend(more);
        }
        told
    }

    fn named(&self, id: &str, name: &str) -> Value {
        json!({ "id": id, "name": self.plain(name) })
    }

    fn actor(&self, id: &ActorId) -> Value {
        self.named(id.as_str(), &self.ctx.actor(id.as_str()))
    }

    fn source(&self, id: &SourceId) -> Value {
        let row = self.ctx.source_row(id);
        let kind = row.map(|row| row.kind.as_str()).filter(|kind| !kind.is_empty());
        json!({
            "id": id.as_str(), "name": self.plain(&self.ctx.source(id)),
            "kind": kind.map(|kind| self.plain(&self.ctx.c.word("source-kind", &clean(kind)))),
            "side": row.and_then(|row| row.side.as_deref()).map(|side| self.named(side, &self.ctx.actor(side))),
        })
    }

    fn sources<'s>(&self, ids: impl IntoIterator<Item = &'s SourceId>) -> Vec<Value> {
        ids.into_iter().map(|id| self.source(id)).collect()
    }

    fn when(&self, when: Option<Interval>) -> Value {
        when.map_or(Value::Null, |when| {
            let words = self.plain(&self.ctx.interval(when));
            json!({ "from": when.start().to_string(), "until": when.end().to_string(), "words": words })
        })
    }

    fn place(&self, place: &Place) -> Value {
        let point = place.point.map(|point| {
            json!({
                "lat": Point::degrees_text(point.lat), "lon": Point::degrees_text(point.lon), "within_m": place.within_m,
                "within": self.plain(&self.ctx.radius(place.within_m)),
            })
        });
        json!({ "words": self.plain(&self.ctx.place(place)), "point": point })
    }

    fn bounds(&self, bounds: Option<Bounds>) -> Value {
        bounds.map_or(Value::Null, |bounds| {
            json!({ "min": bounds.min, "max": bounds.max, "words": self.plain(&self.ctx.c.bounds(bounds)) })
        })
    }

    fn figures(&self, all: &Casualties) -> Value {
        let figure = |figure: &Figure| {
            json!({
                "receipt": figure.receipt.0, "origin": self.source(&figure.origin), "known": figure.known.to_string(),
                "bounds": self.bounds(Some(figure.bounds)), "status": figure.status.as_str(), "is_superseded": figure.superseded,
            })
        };
        json!({
            "range": self.bounds(all.range()), "best": all.best(),
            "civilians": self.bounds(all.range_of(CasualtyStatus::Civilian)),
            "combatants": self.bounds(all.range_of(CasualtyStatus::Combatant)),
            "figures": all.figures.iter().map(figure).collect::<Vec<_>>(),
        })
    }

    /// Why a report was taken for one with another, and who decided it.
    fn link(&self, link: &Link) -> Value {
        let (by, score, threshold, entry) = match link.decision {
            LinkDecision::Threshold { score, threshold } => ("threshold", Some(score), Some(threshold), None),
            LinkDecision::Declared => ("declared", None, None, None),
            LinkDecision::Person(entry) => ("person", None, None, Some(entry)),
        };
        json!({
            "receipt": link.receipt.0, "to": link.to.0, "by": by, "score": score, "threshold": threshold, "entry": entry,
            "reasons": self.reasons(&link.reasons),
        })
    }

    /// What was weighed for and against a link.
    #[must_use]
    pub fn reasons(&self, all: &[LinkReason]) -> Value {
        let one = |reason: &LinkReason| {
            json!({
                "evidence": self.plain(&self.ctx.c.word("evidence", reason.evidence)), "seen": clean(&reason.seen),
                "weight": reason.weight,
            })
        };
        all.iter().map(one).collect()
    }

    /// How each point stands, as the page of an incident lists them: what is seldom spoken of only where somebody does.
    fn standing(&self, incident: &Incident) -> Vec<Value> {
        let ctx = &self.ctx;
        let mut all = vec![
            self.point("act", &incident.acts, |act| ctx.c.word("act", act.as_str())),
            self.point("weapon", &incident.weapons, |weapon| ctx.c.word("weapon", weapon.as_str())),
            self.point("system", &incident.systems, |system| clean(system.as_str())),
            self.point("target", &incident.targets, |target| ctx.c.word("target", target.as_str())),
            self.point("struck", &incident.struck, |actor| ctx.actor(actor.as_str())),
            self.point("when", &incident.when, |when| ctx.interval(*when)),
            self.point("place", &incident.places, |place| ctx.place(place)),
            self.point("actor", &incident.actors, |actor| ctx.actor(actor.as_str())),
            self.point("commander", &incident.commanders, |actor| ctx.actor(actor.as_str())),
            self.point("held-by", &incident.held_by, |actor| ctx.actor(actor.as_str())),
        ];
        let is_said = |point: &Value| point.get("standing").is_some_and(|standing| standing != "unknown");
        all.retain(|point| {
            let id = point.get("id").and_then(Value::as_str).unwrap_or_default();
            !matches!(id, "system" | "struck" | "commander") || is_said(point)
        });
        for (measure, amounts) in &incident.amounts {
            let name = ctx.measure(measure);
            all.push(self.stands(measure.as_str(), &name, amounts, |bounds| ctx.c.bounds(*bounds)));
        }
        for (fact, answers) in &incident.facts {
            let name = ctx.fact(&Fact::Named(fact.clone()));
            all.push(
                self.stands(fact.as_str(), &name, answers, |answer| ctx.c.word("answer", answer.as_str())),
            );
        }
        for (judgement, answer) in &incident.judgements {
            let name = ctx.fact(&Fact::Judgement(judgement.clone()));
            all.push(json!({
                "id": judgement.as_str(), "name": self.plain(&name), "standing": "judged", "standing_words": self.plain(ctx.c.t("standing.judged")),
                "values": [{ "words": self.plain(&ctx.c.word("answer", answer.as_str())), "origins": [] }], "open": [],
            }));
        }
        all
    }

    fn point<T: Ord>(&self, id: &str, all: &Alternatives<T>, word: impl Fn(&T) -> String) -> Value {
        self.stands(id, &self.ctx.c.word("attribute", id), all, word)
    }

    fn stands<T: Ord>(
        &self,
        id: &str,
        name: &str,
        all: &Alternatives<T>,
        word: impl Fn(&T) -> String,
    ) -> Value {
        // What reads the same is said once, with every origin.
        let mut said: Vec<(String, BTreeSet<SourceId>)> = Vec::new();
        for (value, origins) in all.iter() {
            let text = word(value);
            match said.iter_mut().find(|(known, _)| *known == text) {
                Some((_, all)) => all.extend(origins.iter().cloned()),
                None => said.push((text, origins.clone())),
            }
        }
        let standing = all.standing().as_str();
        let values = said
            .iter()
            .map(|(text, origins)| json!({ "words": self.plain(text), "origins": self.sources(origins) }));
        json!({
            "id": id, "name": self.plain(name), "standing": standing,
            "standing_words": self.plain(&self.ctx.c.word("standing", standing)),
            "values": values.collect::<Vec<_>>(), "open": self.sources(all.open_origins()),
        })
    }
}
