//! What people answered about the same open word in other incidents, with the facts that were alike and unlike.
//!
//! Shown so that people judge like cases alike, or know that they do not. Never applied: no finding rests on it.

use std::collections::BTreeSet;

use truceline_model::{Alternatives, Fact, Incident, JudgementId, Reason, Test};

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
        let told: Vec<Node> = others
            .filter(|other| other.incident.judgements.contains_key(judgement))
            .map(|other| self.answered(other, judgement))
            .collect();
        let question = ctx.fact(&Fact::Judgement(judgement.clone()));
        let fact = Some(Fact::Judgement(judgement.clone()).key());
        let node = Node { fact, ..Node::new(Part::Question, sentence(&question)) };
        (!told.is_empty()).then(|| node.under(told))
    }

    fn answered(&self, other: &IncidentView<'_>, judgement: &JudgementId) -> Node {
        let ctx = self.ctx;
        let answer =
            other.incident.judgements.get(judgement).map(|answer| answer.as_str()).unwrap_or_default();
        let logged = ctx
            .view
            .judged
            .iter()
            .rfind(|one| one.incident == other.incident.id && one.judgement == *judgement);
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
        let act = |i: &Incident| words(&i.acts, |v| ctx.c.word("act", v.as_str()));
        let weapon = |i: &Incident| words(&i.weapons, |v| ctx.c.word("weapon", v.as_str()));
        let target = |i: &Incident| words(&i.targets, |v| ctx.c.word("target", v.as_str()));
        let struck = |i: &Incident| words(&i.struck, |v| ctx.actor(v.as_str()));
        let actor = |i: &Incident| words(&i.actors, |v| ctx.actor(v.as_str()));
        let commander = |i: &Incident| words(&i.commanders, |v| ctx.actor(v.as_str()));
        let held = |i: &Incident| words(&i.held_by, |v| ctx.actor(v.as_str()));
        let area = |i: &Incident| {
            (i.governorates.iter().map(|id| ctx.area(id)).collect(), i.governorates.is_empty())
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
                Some(given) => words(given, |answer| ctx.c.word("answer", answer.as_str())),
                None => (BTreeSet::new(), true),
            };
            let named = Fact::Named(fact.clone());
            all.extend(self.compare(&named.key(), &ctx.fact(&named), of(here), of(other)));
        }
        all
    }

    fn compare(&self, key: &str, name: &str, here: Said, there: Said) -> Option<Node> {
        let ctx = self.ctx;
        if here.0.is_empty() && there.0.is_empty() {
            return None;
        }
        let alike = match () {
            () if here.0 == there.0 && !here.1 && !there.1 => "alike",
            () if here.0.is_disjoint(&there.0) && !here.1 && !there.1 => "unlike",
            () => "open",
        };
        let list = |said: &Said| match said.0.is_empty() {
            true => ctx.c.t("precedent.not-said").to_owned(),
            false => ctx.c.list(&said.0.iter().cloned().collect::<Vec<_>>(), "list.or"),
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

/// The values that sources give, in words, and whether it may be another.
type Said = (BTreeSet<String>, bool);

fn words<T: Ord>(given: &Alternatives<T>, word: impl Fn(&T) -> String) -> Said {
    (given.iter().map(|(value, _)| word(value)).collect(), given.is_open())
}
