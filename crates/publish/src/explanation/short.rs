//! The short answer: which step decided it, or which steps nobody can answer yet. Composed from the truths of the steps.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Outcome, Reason, Test, Truth};

use super::{Maker, Node, Part, sentence};
use crate::safe::isolate;

impl Maker<'_, '_> {
    /// The answer in a sentence, with the steps on which it rests below, and who would have to answer.
    pub(super) fn answer(&self) -> Vec<Node> {
        let ctx = self.ctx;
        let finding = self.finding;
        let mut all = Vec::new();
        if let Some(fault) = &finding.fault {
            let words = ctx.c.fill("matrix.fault", &[("what", &crate::safe::clean(fault))]);
            all.push(Node { outcome: Some(finding.outcome), ..Node::new(Part::Answer, words) });
        } else {
            let (words, because) = self.in_short();
            let under = because.into_iter().map(|step| self.because(step)).collect();
            all.push(Node { outcome: Some(finding.outcome), ..Node::new(Part::Answer, words) }.under(under));
            all.extend(self.turns_on_what());
        }
        let names: Vec<String> = finding.respondents.iter().map(|who| ctx.actor(who.as_str())).collect();
        let key = if names.len() == 1 { "respondent.one" } else { "respondent.several" };
        if !names.is_empty() {
            let who = ctx.c.list(&names, "list.or");
            all.push(Node::new(Part::Respondents, ctx.c.fill(key, &[("who", &who)])));
        }
        all
    }

    /// The questions that it turns on, in one sentence: what a reader needs first.
    fn turns_on_what(&self) -> Option<Node> {
        let ctx = self.ctx;
        let facts: BTreeSet<_> = self.finding.cruxes.iter().flat_map(|crux| crux.facts()).collect();
        if facts.is_empty() {
            return None;
        }
        let asked: Vec<String> = facts.iter().map(|fact| isolate(&ctx.fact(fact))).collect();
        let what = asked.join(ctx.c.t("list.semicolon"));
        let keys: Vec<String> = facts.iter().map(truceline_model::Fact::key).collect();
        let node = Node::new(Part::Answer, ctx.c.fill("crux.line", &[("what", &what)]));
        Some(Node { fact: Some(keys.join("+")), ..node })
    }

    fn because(&self, step: &Reason) -> Node {
        let mut node = self.step_alone(step);
        node.part = Part::Because;
        // A chain can have many windows; the step in the rule lists them.
        if matches!(step.test, Test::InForce(_)) {
            node.words = self.ctx.c.t("step.in-force").to_owned();
        }
        node.words = sentence(&node.words);
        // What sources say of an open step stands with the question that it turns on.
        if self.finding.outcome != Outcome::Undetermined {
            node.under = step.seen.iter().map(|seen| self.seen(&step.test, seen)).collect();
        }
        node
    }

    /// The sentence and the steps that decide.
    fn in_short(&self) -> (String, Vec<&Reason>) {
        let c = &self.ctx.c;
        let (reach, act) = self.halves();
        let exceptions = || self.finding.reasons.iter().filter(|r| matches!(r.test, Test::Exception(..)));
        let held = exceptions().find(|r| r.truth == Truth::True && r.tried);
        // A clause that requires or permits has its own words for some outcomes.
        let own = |name: &str| {
            let particular = c.find(&format!("short.{name}-{}", self.kind())).map(str::to_owned);
            particular.unwrap_or_else(|| c.word("short", name))
        };
        match self.finding.outcome {
            Outcome::Prohibited => (own("prohibited"), Vec::new()),
            Outcome::Undetermined => {
                let mut open = Vec::new();
                self.finding.reasons.iter().for_each(|step| leaves(step, Truth::Unknown, &mut open));
                (c.t("short.undetermined").to_owned(), open)
            }
            outcome => {
                if let Some((reason, name)) = held.and_then(|r| match &r.test {
                    Test::Exception(name, gives) if *gives == outcome => Some((r, name)),
                    _ => None,
                }) {
                    let name = self.ctx.phrase_text(name);
                    let said = [("outcome", sentence(&self.ctx.outcome(outcome))), ("name", name)];
                    let said: Vec<(&str, &str)> = said.iter().map(|(k, v)| (*k, v.as_str())).collect();
                    return (c.fill("short.exception", &said), reason.under.iter().collect());
                }
                let reached = reach.is_none_or(|reach| reach.truth != Truth::False);
                let half = if reached { act } else { reach };
                let mut failed = Vec::new();
                half.into_iter().for_each(|step| leaves(step, Truth::False, &mut failed));
                let key = match (outcome, reach.map(|r| r.truth)) {
                    (Outcome::NotCovered, _) => "not-covered",
                    (_, Some(Truth::Unknown)) => "not-prohibited-anyway",
                    _ => "not-prohibited",
                };
                if failed.is_empty() {
                    // Every way to it was tried, and each ends so; no single step decides.
                    let word = sentence(&self.ctx.outcome(outcome));
                    return (c.fill("short.every-way", &[("outcome", &word)]), Vec::new());
                }
                (own(key), failed)
            }
        }
    }
}

/// The steps at the end of the branches that make a step what it is, when it is so.
fn leaves<'r>(step: &'r Reason, truth: Truth, into: &mut Vec<&'r Reason>) {
    if step.truth != truth || (!step.tried && truth == Truth::Unknown) {
        return;
    }
    match &step.test {
        // What must not hold, and does.
        Test::Not if truth == Truth::False => into.push(step),
        Test::Not => step.under.iter().for_each(|below| leaves(below, truth, into)),
        Test::All | Test::Any | Test::Exception(..) => {
            step.under.iter().for_each(|below| leaves(below, truth, into));
        }
        // Who is bound: the value says it; membership and acceptance below say why.
        _ if step.under.iter().any(|below| below.truth == truth) => {
            step.under.iter().for_each(|below| leaves(below, truth, into));
        }
        _ => into.push(step),
    }
}

/// Sets the number of the step in the rule after each step that the short answer names.
pub(super) fn refer(maker: &Maker<'_, '_>, sections: &mut [Node]) {
    let mut numbers: BTreeMap<usize, String> = BTreeMap::new();
    sections.iter().for_each(|section| numbered(section, &mut numbers));
    set(maker, sections, &numbers);
}

fn numbered(node: &Node, into: &mut BTreeMap<usize, String>) {
    if let (Part::Step, Some(of)) = (node.part, node.of) {
        into.insert(of, node.number.clone());
    }
    node.under.iter().for_each(|below| numbered(below, into));
}

fn set(maker: &Maker<'_, '_>, nodes: &mut [Node], numbers: &BTreeMap<usize, String>) {
    for node in nodes {
        let number = node.of.filter(|_| node.part == Part::Because).and_then(|of| numbers.get(&of));
        if let Some(number) = number {
            let said = [("what", node.words.as_str()), ("step", number)];
            node.words = maker.ctx.c.fill("explain.see-step", &said);
        }
        set(maker, &mut node.under, numbers);
    }
}
