//! What people answered about the same open word in other incidents, with the facts that were alike and unlike.
//!
//! Shown so that people judge like cases alike, or know that they do not. Never applied: no finding rests on it.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use truceline_model::{Fact, Given, Incident, JudgementId, Reason, Test, likest};

use super::{Maker, Node, Part, sentence};
use crate::safe::clean;
use crate::view::{IncidentView, JudgedView};

impl Maker<'_, '_> {
    pub(super) fn precedents(&self) -> Vec<Node> {
        let mut asked = BTreeSet::new();
        fn walk(step: &Reason, into: &mut BTreeSet<JudgementId>) {
            if let Test::Judged(judgement) = &step.test {
                into.insert(judgement.clone());
            }
            step.under.iter().for_each(|below| walk(below, into));
        }
        self.finding.reasons.iter().for_each(|step| walk(step, &mut asked));
        let mut all: Vec<Node> = asked.iter().filter_map(|judgement| self.of(judgement)).collect();
        if !all.is_empty() {
            all.push(Node::new(Part::Note, self.ctx.c.t("precedent.note")));
        }
        all
    }

    /// Every other incident in which this word was answered, the latest answer of each.
    fn of(&self, judgement: &JudgementId) -> Option<Node> {
        let ctx = self.ctx;
        let others = ctx.view.incidents.iter().filter(|other| other.incident.id != self.one.incident.id);
        let mut told: Vec<_> = others
            .filter(|other| other.incident.judgements.contains_key(judgement))
            .map(|other| {
                let node = self.answered(other, judgement);
                let likest = likest(node.under.iter().filter_map(|one| one.value.as_deref()));
                let logged = self.logged(other, judgement);
                let newest = logged.map(|one| (Reverse(one.at), one.entry));
                ((likest, newest.is_none(), newest), node)
            })
            .collect();
        // As in the papers of a case: the likest first, then the newest.
        told.sort_by_key(|(order, _)| *order);
        let told: Vec<Node> = told.into_iter().map(|(_, node)| node).collect();
        let question = ctx.fact(&Fact::Judgement(judgement.clone()));
        let fact = Some(Fact::Judgement(judgement.clone()).key());
        let node = Node { fact, ..Node::new(Part::Question, sentence(&question)) };
        (!told.is_empty()).then(|| node.under(told))
    }

    /// The entry by which the word was answered last.
    fn logged(&self, other: &IncidentView<'_>, judgement: &JudgementId) -> Option<&JudgedView> {
        let all = self.ctx.view.judged.iter();
        all.rev().find(|one| one.incident == other.incident.id && one.judgement == *judgement)
    }

    fn answered(&self, other: &IncidentView<'_>, judgement: &JudgementId) -> Node {
        let ctx = self.ctx;
        let answer =
            other.incident.judgements.get(judgement).map(|answer| answer.as_str()).unwrap_or_default();
        let logged = self.logged(other, judgement);
        let said = [
            ("answer", ctx.c.word("answer", answer)),
            ("what", ctx.incident_title(other.incident)),
            ("when", ctx.incident_when(other.incident)),
            ("id", clean(other.incident.id.as_str())),
        ];
        let said: Vec<(&str, &str)> = said.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let mut words = ctx.c.fill("precedent.answer", &said);
        if let Some(JudgedView { by, why, entry, .. }) = logged {
            let said =
                [("what", words), ("who", clean(by)), ("why", clean(why)), ("entry", entry.to_string())];
            let said: Vec<(&str, &str)> = said.iter().map(|(key, value)| (*key, value.as_str())).collect();
            words = ctx.c.fill("precedent.by", &said);
        }
        let node = Node {
            fact: Some(Fact::Judgement(judgement.clone()).key()),
            value: Some(answer.to_owned()),
            ..Node::new(Part::Precedent, words)
        };
        node.under(self.compared(other.incident))
    }

    /// Facts of both incidents, held against one another.
    fn compared(&self, other: &Incident) -> Vec<Node> {
        let (ctx, here) = (self.ctx, self.one.incident);
        let act = |i: &Incident| Given::of(&i.acts, |v| ctx.c.word("act", v.as_str()));
        let weapon = |i: &Incident| Given::of(&i.weapons, |v| ctx.c.word("weapon", v.as_str()));
        let target = |i: &Incident| Given::of(&i.targets, |v| ctx.c.word("target", v.as_str()));
        let struck = |i: &Incident| Given::of(&i.struck, |v| ctx.actor(v.as_str()));
        let actor = |i: &Incident| Given::of(&i.actors, |v| ctx.actor(v.as_str()));
        let commander = |i: &Incident| Given::of(&i.commanders, |v| ctx.actor(v.as_str()));
        let held = |i: &Incident| Given::of(&i.held_by, |v| ctx.actor(v.as_str()));
        let area = |i: &Incident| {
            let values = i.governorates.iter().map(|id| ctx.area(id)).collect();
            Given { values, is_open: i.governorates.is_empty() }
        };
        let mut all: Vec<Node> = [
            ("act", act(here), act(other)),
            ("weapon", weapon(here), weapon(other)),
            ("target", target(here), target(other)),
            ("struck", struck(here), struck(other)),
            ("place", area(here), area(other)),
            ("actor", actor(here), actor(other)),
            ("commander", commander(here), commander(other)),
            ("held-by", held(here), held(other)),
        ]
        .into_iter()
        .filter_map(|(key, here, there)| self.compare(key, &ctx.c.word("attribute", key), here, there))
        .collect();
        let facts: BTreeSet<_> = here.facts.keys().chain(other.facts.keys()).collect();
        for fact in facts {
            let of = |i: &Incident| match i.facts.get(fact) {
                Some(given) => Given::of(given, |answer| ctx.c.word("answer", answer.as_str())),
                None => Given { values: BTreeSet::new(), is_open: true },
            };
            let named = Fact::Named(fact.clone());
            all.extend(self.compare(&named.key(), &ctx.fact(&named), of(here), of(other)));
        }
        all
    }

    fn compare(&self, key: &str, name: &str, here: Given, there: Given) -> Option<Node> {
        let ctx = self.ctx;
        let alike = here.against(&there)?;
        let list = |given: &Given| match given.values.is_empty() {
            true => ctx.c.t("precedent.not-said").to_owned(),
            false => ctx.c.list(&given.values.iter().cloned().collect::<Vec<_>>(), "list.or"),
        };
        let said = [("name", name.to_owned()), ("here", list(&here)), ("there", list(&there))];
        let said: Vec<(&str, &str)> = said.iter().map(|(key, value)| (*key, value.as_str())).collect();
        Some(Node {
            fact: Some(key.to_owned()),
            value: Some(alike.to_owned()),
            ..Node::new(Part::Compared, ctx.c.fill(&format!("precedent.{alike}"), &said))
        })
    }
}
