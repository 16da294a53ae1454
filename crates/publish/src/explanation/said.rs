//! Who says what: every value that a source gives for a fact, in which report, and who leaves it open.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    ActorId, Alternatives, Body, Fact, Instant, Observation, ReceiptNo, Recorded, SourceId,
};

use super::{Maker, Node, Part, sentence};
use crate::safe::{clean, isolate};

impl Maker<'_, '_> {
    /// Sources by name, with the receipts of the reports in which they say it.
    pub(super) fn who(&self, origins: &BTreeSet<SourceId>, receipts: &BTreeSet<ReceiptNo>) -> String {
        let names = self.ctx.sources(origins);
        if receipts.is_empty() {
            return names;
        }
        let list: Vec<String> = receipts.iter().map(ToString::to_string).collect();
        let list = list.join(self.ctx.c.t("list.comma"));
        self.ctx.c.fill("said.receipts", &[("who", &names), ("receipts", &list)])
    }

    /// Reports of this incident in which one of these sources gives this value; where that cannot be told, in which it speaks.
    pub(super) fn receipts(
        &self,
        fact: &Fact,
        value: &str,
        origins: &BTreeSet<SourceId>,
    ) -> BTreeSet<ReceiptNo> {
        let of: Vec<&&Observation> =
            self.one.reports.iter().filter(|report| origins.contains(&report.origin)).collect();
        let exact: BTreeSet<ReceiptNo> =
            of.iter().filter(|report| gives(report, fact, value)).map(|report| report.receipt).collect();
        let statements = self.one.statements.iter().filter(|said| origins.contains(&said.origin));
        if exact.is_empty() && matches!(fact, Fact::Actor | Fact::Act | Fact::Named(_)) {
            // Only a report that speaks of it can leave it open; which, the view does not say.
            return of
                .into_iter()
                .map(|report| report.receipt)
                .chain(statements.map(|s| s.receipt))
                .collect();
        }
        exact
    }

    /// What is said about a fact: values with who gives them, who leaves it open, or that nobody speaks of it.
    pub(super) fn said(&self, fact: &Fact) -> Vec<Node> {
        let incident = self.one.incident;
        let mut all = match fact {
            Fact::Actor => self.given(fact, &incident.actors, |v| v.to_string()),
            Fact::Commander => self.given(fact, &incident.commanders, |v| v.to_string()),
            Fact::Act => self.given(fact, &incident.acts, |v| v.to_string()),
            Fact::Weapon => self.given(fact, &incident.weapons, |v| v.to_string()),
            Fact::System => self.given(fact, &incident.systems, |v| v.to_string()),
            Fact::Target => self.given(fact, &incident.targets, |v| v.to_string()),
            Fact::Struck => self.given(fact, &incident.struck, |v| v.to_string()),
            Fact::HeldBy => self.given(fact, &incident.held_by, |v| v.to_string()),
            Fact::Time => self.given(fact, &incident.when, |v| format!("{}/{}", v.start(), v.end())),
            Fact::Place => self.places(),
            Fact::Measure(id) => incident
                .amounts
                .get(id)
                .map(|given| self.given(fact, given, ToString::to_string))
                .unwrap_or_default(),
            Fact::Named(id) => incident
                .facts
                .get(id)
                .map(|given| self.given(fact, given, |v| v.as_str().to_owned()))
                .unwrap_or_default(),
            Fact::Judgement(id) => self.judged(id),
            Fact::Acceptance(actor) => self.acceptances(actor),
            Fact::Window(of) => self.accounts(of),
            Fact::Matter(_) => self.held(fact),
        };
        if all.is_empty() {
            let key = if matches!(fact, Fact::Judgement(_)) { "said.unanswered" } else { "said.nobody" };
            all.push(Node { fact: Some(fact.key()), ..Node::new(Part::Said, self.ctx.c.t(key)) });
        }
        all
    }

    fn says(&self, fact: &Fact, value: &str, words: &str, origins: &BTreeSet<SourceId>) -> Node {
        let receipts = self.receipts(fact, value, origins);
        let who = self.who(origins, &receipts);
        let said = self.ctx.c.fill("said.says", &[("value", words), ("who", &who)]);
        Node {
            fact: Some(fact.key()),
            value: Some(value.to_owned()),
            origins: origins.clone(),
            receipts,
            ..Node::new(Part::Said, sentence(&said))
        }
    }

    fn open(&self, fact: &Fact, origins: &BTreeSet<SourceId>) -> Option<Node> {
        if origins.is_empty() {
            return None;
        }
        let receipts = self.receipts(fact, "unknown", origins);
        let who = self.who(origins, &receipts);
        Some(Node {
            fact: Some(fact.key()),
            value: Some("unknown".to_owned()),
            origins: origins.clone(),
            receipts,
            ..Node::new(Part::Said, sentence(&self.ctx.c.fill("said.open", &[("who", &who)])))
        })
    }

    fn given<T: Ord>(&self, fact: &Fact, given: &Alternatives<T>, write: impl Fn(&T) -> String) -> Vec<Node> {
        let one = |(value, origins): (&T, &BTreeSet<SourceId>)| {
            let value = write(value);
            self.says(fact, &value, &self.ctx.fact_value(fact, &value), origins)
        };
        let mut all: Vec<Node> = given.iter().map(one).collect();
        all.extend(self.open(fact, given.open_origins()));
        all
    }

    fn places(&self) -> Vec<Node> {
        let given = &self.one.incident.places;
        let mut by_words: BTreeMap<String, BTreeSet<SourceId>> = BTreeMap::new();
        for (place, origins) in given.iter() {
            let mut words = self.ctx.place(place);
            if place.point.is_some() {
                let said = [("place", words.as_str()), ("within", &self.ctx.radius(place.within_m))];
                words = self.ctx.c.fill("said.place", &said);
            }
            by_words.entry(words).or_default().extend(origins.iter().cloned());
        }
        let mut all: Vec<Node> =
            by_words.iter().map(|(words, from)| self.says(&Fact::Place, words, words, from)).collect();
        all.iter_mut().for_each(|node| node.value = None);
        all.extend(self.open(&Fact::Place, given.open_origins()));
        all
    }

    fn judged(&self, id: &truceline_model::JudgementId) -> Vec<Node> {
        let Some(answer) = self.one.incident.judgements.get(id) else { return Vec::new() };
        let fact = Fact::Judgement(id.clone());
        let answer = answer.as_str();
        let words = self.ctx.c.fill("said.judged", &[("answer", &self.ctx.c.word("answer", answer))]);
        vec![Node { fact: Some(fact.key()), value: Some(answer.to_owned()), ..Node::new(Part::Said, words) }]
    }

    /// What the record holds of an actor's own acceptance, and of one given for it.
    fn acceptances(&self, actor: &ActorId) -> Vec<Node> {
        let ctx = self.ctx;
        let mut by: BTreeSet<&ActorId> = [actor].into();
        let known = ctx.view.actors.get(actor);
        by.extend(
            known.into_iter().flat_map(|actor| actor.member_of.iter().map(|membership| &membership.of)),
        );
        let fact = Fact::Acceptance(actor.clone());
        let entries = ctx.view.truce.acceptances.iter().filter(|entry| by.contains(&entry.by));
        entries
            .map(|entry| {
                let key = match entry.recorded {
                    Recorded::Accepted => "said.accepted",
                    Recorded::Refused => "said.refused",
                    Recorded::NotFound => "said.not-found",
                };
                let mut words = ctx.c.fill(key, &[("actor", &ctx.actor(entry.by.as_str()))]);
                if let Some(on) = entry.on.filter(|on| *on > Instant::FAR_PAST) {
                    words = ctx.c.fill("said.on", &[("what", &words), ("when", &ctx.date(on))]);
                }
                if !entry.sources.is_empty() {
                    words =
                        ctx.c.fill("said.says", &[("value", &words), ("who", &ctx.sources(&entry.sources))]);
                }
                Node {
                    fact: Some(fact.key()),
                    value: Some(entry.recorded.as_str().to_owned()),
                    origins: entry.sources.clone(),
                    ..Node::new(Part::Said, sentence(&words))
                }
            })
            .collect()
    }

    /// Rival accounts of the step of a window: `calm-ghouta/2` is the second step of that calm.
    fn accounts(&self, of: &str) -> Vec<Node> {
        let ctx = self.ctx;
        let (name, step) = of.split_once('/').unwrap_or((of, "1"));
        let step: u32 = step.parse().unwrap_or(1);
        let fact = Fact::Window(of.to_owned());
        let calm = ctx.view.truce.calms.iter().find(|calm| calm.id == name);
        let steps = calm.map_or(&ctx.view.truce.steps, |calm| &calm.steps);
        steps
            .iter()
            .filter(|(n, _)| *n == step)
            .map(|(_, account)| {
                let window = ctx.interval(account.window);
                let words = ctx.c.fill(
                    "said.window",
                    &[("step", &ctx.c.word("calm.step", &account.step)), ("window", &window)],
                );
                let words =
                    ctx.c.fill("said.says", &[("value", &words), ("who", &ctx.sources(&account.sources))]);
                Node {
                    fact: Some(fact.key()),
                    origins: account.sources.clone(),
                    ..Node::new(Part::Said, sentence(&words))
                }
            })
            .collect()
    }

    /// Positions on a question of law, and who is known to hold them.
    fn held(&self, fact: &Fact) -> Vec<Node> {
        let ctx = self.ctx;
        let Fact::Matter(id) = fact else { return Vec::new() };
        let matter = ctx.view.matters.iter().find(|matter| matter.id == *id);
        let positions = matter.into_iter().flat_map(|matter| &matter.positions);
        positions
            .map(|position| {
                let names: Vec<String> = position.held_by.iter().map(|who| ctx.actor(who)).collect();
                let held = match names.is_empty() {
                    true => ctx.c.t("readings.held-by-nobody").to_owned(),
                    false => ctx.c.fill("readings.held-by", &[("who", &ctx.c.list(&names, "list.and"))]),
                };
                let says = ctx.position_part(id.as_str(), position.id.as_str());
                let said = [("position", says), ("held", held)];
                let said: Vec<(&str, &str)> =
                    said.iter().map(|(key, value)| (*key, value.as_str())).collect();
                Node {
                    fact: Some(fact.key()),
                    value: Some(position.id.to_string()),
                    ..Node::new(Part::Said, ctx.c.fill("said.position", &said))
                }
            })
            .collect()
    }

    /// Every report of the incident, once: what a receipt number stands for.
    pub(super) fn reports(&self) -> Vec<Node> {
        let ctx = self.ctx;
        self.one
            .reports
            .iter()
            .chain(&self.one.statements)
            .map(|report| {
                let said = [
                    ("receipt", report.receipt.to_string()),
                    ("who", ctx.source(&report.origin)),
                    ("known", ctx.known(report.known)),
                ];
                let said: Vec<(&str, &str)> =
                    said.iter().map(|(key, value)| (*key, value.as_str())).collect();
                let mut words = ctx.c.fill("said.report", &said);
                let mut channels: BTreeSet<&SourceId> = report.through.iter().collect();
                if report.source != report.origin {
                    channels.insert(&report.source);
                }
                if !channels.is_empty() {
                    let through = ctx.c.fill("reports.through", &[("who", &ctx.sources(channels))]);
                    words = format!("{words}{}{}", ctx.c.t("list.semicolon"), isolate(&through));
                }
                if let Some(note) = report.note.as_deref().map(clean).filter(|note| !note.is_empty()) {
                    words = ctx.c.fill("said.note", &[("report", &words), ("note", &note)]);
                }
                Node {
                    origins: [report.origin.clone()].into(),
                    receipts: [report.receipt].into(),
                    ..Node::new(Part::Report, words)
                }
            })
            .collect()
    }
}

/// Whether a report gives this value for this fact, in its own fields.
fn gives(report: &Observation, fact: &Fact, value: &str) -> bool {
    let Body::Event(event) = &report.body else { return false };
    match fact {
        Fact::Actor => event.actors.iter().any(|v| v.as_str() == value),
        Fact::Act => event.acts.iter().any(|v| v.as_str() == value),
        Fact::Weapon => event.weapons.iter().any(|v| v.as_str() == value),
        Fact::Target => event.targets.iter().any(|v| v.as_str() == value),
        Fact::HeldBy => event.held_by.iter().any(|v| v.as_str() == value),
        Fact::Time => event.when.is_some_and(|v| format!("{}/{}", v.start(), v.end()) == value),
        Fact::Place => event.place.is_some(),
        Fact::Named(id) => event.facts.get(id).is_some_and(|v| v.as_str() == value),
        Fact::Commander
        | Fact::System
        | Fact::Struck
        | Fact::Acceptance(_)
        | Fact::Window(_)
        | Fact::Measure(_)
        | Fact::Judgement(_)
        | Fact::Matter(_) => false,
    }
}
