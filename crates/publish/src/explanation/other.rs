//! The same clause under the other readings: what each finds, on which question of law it parts, and what it asks differently.

use std::collections::BTreeSet;

use truceline_model::{Fact, Finding, ReadingId, Reason, Test};

use super::{Maker, Node, Part, sentence};
use crate::matrix::Row;
use crate::questions::test_words;

impl Maker<'_, '_> {
    pub(super) fn readings(&self, rows: &[Row<'_>], own: &[ReadingId]) -> Vec<Node> {
        if self.ctx.view.readings.len() < 2 {
            return Vec::new();
        }
        rows.iter()
            .flat_map(|row| row.readings.iter().map(move |reading| (*reading, row.finding)))
            .filter(|(reading, _)| **reading != self.finding.reading)
            .map(|(reading, other)| self.reading(reading, other, own))
            .collect()
    }

    fn reading(&self, reading: &ReadingId, other: &Finding, own: &[ReadingId]) -> Node {
        let ctx = self.ctx;
        let names = [("reading", ctx.reading(reading)), ("outcome", ctx.outcome(other.outcome))];
        let said: Vec<(&str, &str)> = names.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let key = match (own.contains(reading), other.outcome == self.finding.outcome) {
            (true, _) => "reading.same",
            (false, true) => "reading.same-outcome",
            (false, false) => "reading.differs",
        };
        let mut node = Node {
            outcome: Some(other.outcome),
            value: Some(reading.to_string()),
            ..Node::new(Part::Reading, ctx.c.fill(key, &said))
        };
        node.under = self.positions(reading);
        // Readings that say the same are of one finding here; its steps are compared with those of one of them.
        let exact = self.one.findings.iter().find(|f| f.clause == other.clause && f.reading == *reading);
        node.under.extend(self.asks(exact.copied().unwrap_or(other)));
        node
    }

    /// Matters on which it takes another position.
    fn positions(&self, reading: &ReadingId) -> Vec<Node> {
        let ctx = self.ctx;
        let takes = |id: &ReadingId| ctx.view.readings.iter().find(|r| r.id == *id).map(|r| &r.takes);
        let (Some(here), Some(there)) = (takes(&self.finding.reading), takes(reading)) else {
            return Vec::new();
        };
        let differ = there.iter().filter(|(matter, position)| here.get(*matter) != Some(position));
        differ
            .map(|(matter, position)| {
                let question = ctx.fact(&Fact::Matter(matter.clone()));
                let part = |position: &truceline_model::PositionId| {
                    ctx.position_part(matter.as_str(), position.as_str())
                };
                let own = here.get(matter).map(part);
                let said =
                    [("question", question), ("there", part(position)), ("here", own.unwrap_or_default())];
                let said: Vec<(&str, &str)> =
                    said.iter().map(|(key, value)| (*key, value.as_str())).collect();
                Node {
                    fact: Some(Fact::Matter(matter.clone()).key()),
                    value: Some(position.to_string()),
                    ..Node::new(Part::Differs, ctx.c.fill("reading.position", &said))
                }
            })
            .collect()
    }

    /// What the clause asks there and not here, and the other way round.
    fn asks(&self, other: &Finding) -> Vec<Node> {
        let (here, there) = (self.questions(self.finding), self.questions(other));
        let one = |key: &str, all: Vec<&String>| {
            all.into_iter()
                .map(|what| Node::new(Part::Differs, self.ctx.c.fill(key, &[("what", what)])))
                .collect::<Vec<_>>()
        };
        let mut all = one("reading.asks", there.difference(&here).collect());
        all.extend(one("reading.asks-not", here.difference(&there).collect()));
        all
    }

    fn questions(&self, finding: &Finding) -> BTreeSet<String> {
        fn walk<'r>(step: &'r Reason, into: &mut Vec<&'r Test>) {
            match &step.test {
                Test::All | Test::Any | Test::Not | Test::Takes(..) => {}
                test => into.push(test),
            }
            step.under.iter().for_each(|below| walk(below, into));
        }
        let mut tests = Vec::new();
        finding.reasons.iter().for_each(|step| walk(step, &mut tests));
        tests.into_iter().map(|test| sentence(&test_words(self.ctx, test))).collect()
    }
}
