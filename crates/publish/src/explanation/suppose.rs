//! What the outcome turns on, in sentences: if it were so, it would be that; who says what about it; what would settle it.

use std::collections::BTreeMap;

use truceline_model::{Crux, Fact, Hypothesis, Outcome};

use super::{Maker, Node, Part, sentence};
use crate::matrix;
use crate::words::Ctx;

impl Maker<'_, '_> {
    pub(super) fn turns_on(&self) -> Vec<Node> {
        let mut alone: BTreeMap<&Fact, Vec<&Crux>> = BTreeMap::new();
        let mut together: Vec<&Crux> = Vec::new();
        for crux in &self.finding.cruxes {
            match crux.if_.as_slice() {
                [one] => alone.entry(&one.fact).or_default().push(crux),
                _ => together.push(crux),
            }
        }
        together.sort_by_key(|crux| crux.if_.len());
        // Every fact has its paragraph, also one that settles it only together with others.
        let mut facts: Vec<&Fact> = alone.keys().copied().collect();
        let others = together.iter().flat_map(|crux| &crux.if_).map(|supposed| &supposed.fact);
        for fact in others {
            if !facts.contains(&fact) {
                facts.push(fact);
            }
        }
        let mut all: Vec<Node> = facts
            .into_iter()
            .map(|fact| self.question(fact, alone.get(fact).map(Vec::as_slice).unwrap_or_default()))
            .collect();
        if !together.is_empty() {
            let under = together.iter().map(|crux| self.supposed(crux)).collect();
            all.push(Node::new(Part::Question, self.ctx.c.t("suppose.together")).under(under));
        }
        if all.is_empty() && self.finding.fault.is_none() {
            all.push(Node::new(Part::Answer, sentence(self.ctx.c.t("matrix.nothing-open"))));
        }
        all
    }

    fn question(&self, fact: &Fact, cruxes: &[&Crux]) -> Node {
        let ctx = self.ctx;
        let key = if matches!(fact, Fact::Matter(_)) { "suppose.law" } else { "suppose.fact" };
        let words = ctx.c.fill(key, &[("question", &ctx.fact(fact))]);
        let node = Node { fact: Some(fact.key()), ..Node::new(Part::Question, sentence(&words)) };
        let mut under = self.alone(fact, cruxes);
        if cruxes.is_empty() {
            let with =
                Node { fact: Some(fact.key()), ..Node::new(Part::If, ctx.c.t("suppose.only-together")) };
            under.push(with);
        }
        under.extend(self.said(fact));
        if !matches!(fact, Fact::Matter(_)) {
            under.extend(matrix::evidence(ctx, self.one, fact).into_iter().map(|evidence| Node {
                fact: Some(fact.key()),
                ..Node::new(Part::Settles, ctx.c.fill("suppose.settles", &[("evidence", &evidence)]))
            }));
        }
        node.under(under)
    }

    /// Suppositions on one fact; values that lead to the same are said in one sentence.
    fn alone(&self, fact: &Fact, cruxes: &[&Crux]) -> Vec<Node> {
        let mut by: BTreeMap<(Outcome, bool), Vec<&Hypothesis>> = BTreeMap::new();
        for crux in cruxes {
            for supposed in &crux.if_ {
                by.entry((crux.then, joins(supposed))).or_default().push(supposed);
            }
        }
        let mut all = Vec::new();
        for ((then, joins), supposed) in by {
            if joins {
                let values: Vec<&str> = supposed.iter().map(|h| positive(&h.value)).collect();
                let one = Hypothesis { fact: fact.clone(), value: values.join(", ") };
                all.push(self.sentence(&[&one], then, Some(values.join(", "))));
            } else {
                all.extend(supposed.into_iter().map(|h| self.sentence(&[h], then, Some(h.value.clone()))));
            }
        }
        all.iter_mut().for_each(|node| node.fact = Some(fact.key()));
        all
    }

    fn supposed(&self, crux: &Crux) -> Node {
        let all: Vec<&Hypothesis> = crux.if_.iter().collect();
        let facts: Vec<String> = crux.if_.iter().map(|h| h.fact.key()).collect();
        let values: Vec<&str> = crux.if_.iter().map(|h| h.value.as_str()).collect();
        Node { fact: Some(facts.join("+")), ..self.sentence(&all, crux.then, Some(values.join("; "))) }
    }

    /// "If it was done by al-Nusra Front, it is not covered."
    fn sentence(&self, supposed: &[&Hypothesis], then: Outcome, value: Option<String>) -> Node {
        let c = &self.ctx.c;
        let ifs: Vec<String> = supposed.iter().map(|h| condition(self.ctx, h)).collect();
        let kind = format!("then.{}-{}", then.as_str(), self.kind());
        let then_words = c.find(&kind).map_or_else(|| c.word("then", then.as_str()), str::to_owned);
        let said = [("if", c.list(&ifs, "list.and")), ("then", then_words)];
        let said: Vec<(&str, &str)> = said.iter().map(|(key, value)| (*key, value.as_str())).collect();
        Node { outcome: Some(then), value, ..Node::new(Part::If, sentence(&c.fill("suppose.if", &said))) }
    }
}

/// Whether the value is one that can stand in a list beside others of the same fact.
fn joins(supposed: &Hypothesis) -> bool {
    let value = &supposed.value;
    let listed = matches!(
        supposed.fact,
        Fact::Actor
            | Fact::Commander
            | Fact::Act
            | Fact::Weapon
            | Fact::System
            | Fact::Target
            | Fact::Struck
            | Fact::HeldBy
    );
    listed && !value.starts_with("not ") && !value.starts_with("none of ") && value != "nobody"
}

fn positive(value: &str) -> &str {
    value.strip_prefix("one of ").unwrap_or(value)
}

/// A supposition as a clause of a sentence: "it was done by somebody other than al-Nusra Front".
fn condition(ctx: &Ctx<'_>, supposed: &Hypothesis) -> String {
    let value = supposed.value.as_str();
    let bare = value.strip_prefix("none of ").or_else(|| value.strip_prefix("not "));
    let one = |key: &str, fact: &Fact| {
        let name = if bare.is_some() { format!("{key}-not") } else { key.to_owned() };
        // Whom a clause treats alike can be many: such a list is cut short in words, and JSON holds it whole.
        let plain = positive(bare.unwrap_or(value));
        let many = plain.split(", ").count() > 5;
        let values = ctx.fact_value(fact, &if many { format!("one of {plain}") } else { plain.to_owned() });
        ctx.c.fill(&format!("if.{name}"), &[("value", &values)])
    };
    match &supposed.fact {
        Fact::Commander if value == "nobody" => ctx.c.t("if.commander-nobody").to_owned(),
        Fact::Actor
        | Fact::Commander
        | Fact::Act
        | Fact::Weapon
        | Fact::System
        | Fact::Target
        | Fact::Struck
        | Fact::HeldBy => one(&supposed.fact.key(), &supposed.fact),
        Fact::Time => said_parts(ctx, value, time_part),
        Fact::Place => said_parts(ctx, value, place_part),
        Fact::Acceptance(actor) => {
            let key = if value == "no" { "if.acceptance-not" } else { "if.acceptance" };
            ctx.c.fill(key, &[("actor", &ctx.actor(actor.as_str()))])
        }
        Fact::Window(of) => {
            let step = of.split_once('/').map_or("1", |(_, step)| step);
            ctx.c.fill("if.window", &[("step", step), ("value", &ctx.value(supposed))])
        }
        Fact::Measure(id) => {
            ctx.c.fill("if.measure", &[("name", &ctx.measure(id)), ("value", &ctx.value(supposed))])
        }
        Fact::Named(_) => {
            let said = [("question", ctx.fact(&supposed.fact)), ("value", ctx.value(supposed))];
            ctx.c.fill("if.fact", &said.each_ref().map(|(key, value)| (*key, value.as_str())))
        }
        Fact::Judgement(_) => {
            let said = [("question", ctx.fact(&supposed.fact)), ("value", ctx.value(supposed))];
            ctx.c.fill("if.judgement", &said.each_ref().map(|(key, value)| (*key, value.as_str())))
        }
        Fact::Matter(matter) => {
            ctx.c.fill("if.matter", &[("value", &ctx.position_part(matter.as_str(), value))])
        }
    }
}

/// Conditions on time or place joined by `and`, each in words.
fn said_parts(ctx: &Ctx<'_>, value: &str, part: impl Fn(&Ctx<'_>, &str) -> String) -> String {
    let parts: Vec<String> = value.split(" and ").map(|one| part(ctx, one)).collect();
    ctx.c.list(&parts, "list.and")
}

fn time_part(ctx: &Ctx<'_>, value: &str) -> String {
    let (not, bare) = value.strip_prefix("not ").map_or(("", value), |rest| ("-not", rest));
    match bare.strip_prefix("daily ").and_then(|hours| hours.split_once('-')) {
        Some((from, until)) => ctx.c.fill(&format!("if.daily{not}"), &[("from", from), ("until", until)]),
        None => ctx.c.fill("if.time", &[("value", &ctx.condition(value))]),
    }
}

fn place_part(ctx: &Ctx<'_>, value: &str) -> String {
    let bare = value.strip_prefix("none of ").or_else(|| value.strip_prefix("not "));
    let not = if bare.is_some() { "-not" } else { "" };
    let bare = positive(bare.unwrap_or(value));
    if let Some((distance, areas)) = bare.strip_prefix("within ").and_then(|rest| rest.split_once(" of ")) {
        let said = [("distance", ctx.distance(distance)), ("value", ctx.areas(areas))];
        return ctx
            .c
            .fill(&format!("if.near{not}"), &said.each_ref().map(|(key, value)| (*key, value.as_str())));
    }
    let areas = bare.strip_prefix("in ").unwrap_or(bare);
    ctx.c.fill(&format!("if.place{not}"), &[("value", &ctx.areas(areas))])
}
