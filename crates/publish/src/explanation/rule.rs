//! The rule as a tree of steps, down to what each source says, and the exceptions in the order in which they were tried.

use truceline_model::{Reason, Seen, Test, Truth};

use super::{Maker, Node, Part, sentence};
use crate::questions::{fact_of, test_words};

/// Depth beyond which a tree is cut; no clause of ours comes near it.
const DEEPEST: usize = 24;

/// The rule in two parts.
pub(super) struct Rule {
    pub(super) steps: Vec<Node>,
    pub(super) exceptions: Vec<Node>,
}

impl Maker<'_, '_> {
    /// The step that asks whether the clause reaches it, and the one that asks whether it forbids it.
    pub(super) fn halves(&self) -> (Option<&Reason>, Option<&Reason>) {
        let mut all = self.finding.reasons.iter().filter(|step| step.test == Test::All);
        (all.next(), all.next())
    }

    pub(super) fn rule(&self) -> Rule {
        let (reach, act) = self.halves();
        let same = |half: Option<&Reason>, step: &Reason| half.is_some_and(|half| std::ptr::eq(half, step));
        let mut rule = Rule { steps: Vec::new(), exceptions: Vec::new() };
        for step in self.finding.reasons.iter() {
            match &step.test {
                Test::Exception(..) => rule.exceptions.push(self.exception(step)),
                _ if same(reach, step) => rule.steps.push(self.half("step.reach", step)),
                _ if same(act, step) => {
                    let particular = format!("act-{}", self.kind());
                    let particular = format!("step.{particular}");
                    let known = self.ctx.c.find(&particular).is_some();
                    rule.steps.push(self.half(if known { &particular } else { "step.act" }, step));
                }
                _ => rule.steps.push(self.step(step, 1)),
            }
        }
        rule
    }

    fn half(&self, key: &str, step: &Reason) -> Node {
        let mut node = self.step_alone(step);
        node.words = self.ctx.c.t(key).to_owned();
        node.under = step.under.iter().map(|below| self.below_half(below)).collect();
        node
    }

    /// Steps directly below a half have a place in the rule, and with it words of their own.
    fn below_half(&self, step: &Reason) -> Node {
        let mut node = self.step(step, 2);
        match &step.test {
            Test::Accepted(_) => {
                let who = self.ctx.fact_value(&truceline_model::Fact::Actor, param(&step.test));
                node.words = self.ctx.c.fill("step.provided", &[("who", &who)]);
            }
            Test::Not if step.under.len() > 1 => node.words = self.ctx.c.t("step.outside").to_owned(),
            _ => {}
        }
        node
    }

    /// A step without what stands below it.
    pub(super) fn step_alone(&self, step: &Reason) -> Node {
        let words = test_words(self.ctx, &step.test);
        // What must not hold says at once what that is.
        let words = match (&step.test, &*step.under) {
            (Test::Not, [only]) => {
                self.ctx.c.fill("step.not-so", &[("what", &test_words(self.ctx, &only.test))])
            }
            _ => words,
        };
        Node {
            truth: Some(step.truth),
            tried: step.tried,
            fact: fact_of(&step.test).map(|fact| fact.key()),
            of: self.place_of(step),
            ..Node::new(Part::Step, words)
        }
    }

    /// The place of a step in the tree of the finding's reasons.
    fn place_of(&self, step: &Reason) -> Option<usize> {
        fn walk(steps: &[Reason], wanted: &Reason, n: &mut usize) -> Option<usize> {
            for one in steps {
                *n += 1;
                if std::ptr::eq(one, wanted) {
                    return Some(*n);
                }
                if let Some(found) = walk(&one.under, wanted, n) {
                    return Some(found);
                }
            }
            None
        }
        walk(&self.finding.reasons, step, &mut 0)
    }

    pub(super) fn step(&self, step: &Reason, depth: usize) -> Node {
        let mut node = self.step_alone(step);
        node.under = step.seen.iter().map(|seen| self.seen(&step.test, seen)).collect();
        if depth < DEEPEST {
            node.under.extend(step.under.iter().map(|below| self.step(below, depth + 1)));
        }
        node
    }

    /// A value that a step saw: whether it fits, who gives it, and in which reports.
    pub(super) fn seen(&self, test: &Test, seen: &Seen) -> Node {
        let ctx = self.ctx;
        let fact = fact_of(test);
        let receipts = fact.as_ref().map(|fact| self.receipts(fact, &seen.value, &seen.origins));
        let receipts = receipts.unwrap_or_default();
        let who = self.who(&seen.origins, &receipts);
        let words = match (seen.value.as_str(), seen.origins.is_empty()) {
            // Silence is an answer to these two; the step says which.
            ("unknown", true) if matches!(test, Test::StruckIs(_)) => {
                ctx.c.t("said.nobody-struck").to_owned()
            }
            ("no", true) if matches!(test, Test::Holds(_)) => ctx.c.t("said.nobody-claims").to_owned(),
            ("unknown", true) => ctx.c.t("said.nobody").to_owned(),
            ("unknown", false) => ctx.c.fill("said.open", &[("who", &who)]),
            ("unanswered" | "not denied" | "nobody", true) => self.value_words(test, &seen.value),
            (value, nobody) => {
                let value = self.value_words(test, value);
                let fits = ctx.c.word("fits", seen.truth.as_str());
                let said = [("value", value.as_str()), ("fits", &fits), ("who", &who)];
                if nobody {
                    ctx.c.fill("explain.seen-terms", &said[..2])
                } else {
                    ctx.c.fill("explain.seen", &said)
                }
            }
        };
        Node {
            truth: Some(seen.truth),
            fact: fact.map(|fact| fact.key()),
            value: Some(seen.value.clone()),
            origins: seen.origins.clone(),
            receipts,
            ..Node::new(Part::Seen, sentence(&words))
        }
    }

    fn value_words(&self, test: &Test, value: &str) -> String {
        let fact = fact_of(test).unwrap_or(truceline_model::Fact::Time);
        self.ctx.fact_value(&fact, value)
    }

    /// One exception: whether it applies, and if not, which condition failed and by whose word.
    fn exception(&self, step: &Reason) -> Node {
        let ctx = self.ctx;
        let Test::Exception(name, gives) = &step.test else { return self.step(step, 1) };
        let said = [("name", ctx.phrase_text(name)), ("outcome", ctx.outcome(*gives))];
        let said: Vec<(&str, &str)> = said.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let key = match (step.tried, step.truth) {
            (false, _) => "exception.not-reached",
            (true, Truth::True) => "exception.applies",
            (true, Truth::False) => "exception.fails",
            (true, Truth::Unknown) => "exception.unknown",
        };
        let mut words = ctx.c.fill(key, &said);
        let failed: Vec<String> = step
            .under
            .iter()
            .filter(|below| step.tried && step.truth == Truth::False && below.truth == Truth::False)
            .map(|below| self.step_alone(below).words)
            .collect();
        if !failed.is_empty() {
            words = ctx
                .c
                .fill("exception.because", &[("what", &words), ("failed", &ctx.c.list(&failed, "list.and"))]);
        }
        let mut node = Node {
            part: Part::Exception,
            truth: Some(step.truth),
            tried: step.tried,
            outcome: Some(*gives),
            value: Some(name.clone()),
            ..Node::new(Part::Exception, words)
        };
        node.under = step.under.iter().map(|below| self.step(below, 2)).collect();
        node
    }
}

/// The parameter of a test about people.
fn param(test: &Test) -> &str {
    match test {
        Test::Accepted(whom) | Test::Binds(whom) | Test::ActorIs(whom) => whom,
        _ => "",
    }
}
