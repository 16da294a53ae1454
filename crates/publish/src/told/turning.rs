//! Findings for a screen: clause by clause the outcome under each reading, what it turns on, and what would settle what is open. Readings that say the
//! same share a row, as on the page.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use truceline_model::{Crux, Fact, Finding, Outcome};

use super::Teller;
use crate::matrix::{self, Row};
use crate::safe::clean;
use crate::view::{IncidentView, Summary};

/// Suppositions on several facts at once that one row lists; a page of all of them would be read by nobody.
const SHOWN: usize = 12;

impl Teller<'_> {
    pub(super) fn findings(&self, one: &IncidentView<'_>) -> Vec<Value> {
        let mut all = Vec::new();
        for clause in &self.ctx.view.clauses {
            let rows = matrix::rows(&one.findings, clause);
            if rows.is_empty() {
                continue;
            }
            all.push(json!({
                "clause": clause.id.as_str(),
                "title": self.plain(&self.ctx.text(&clause.title)),
                "kind": self.plain(&self.ctx.c.word("clause-kind", clause.kind)),
                "paragraph": self.plain(&self.ctx.phrase_text(&clause.paragraph)),
                "rows": rows.iter().map(|row| self.row(row)).collect::<Vec<_>>(),
            }));
        }
        all
    }

    fn row(&self, row: &Row<'_>) -> Value {
        let finding = row.finding;
        let readings = row.readings.iter().map(|id| self.named(id.as_str(), &self.ctx.reading(id)));
        let (turns_on, together) = self.turns_on(finding);
        json!({
            "readings": readings.collect::<Vec<_>>(),
            "is_every": row.every,
            "outcome": self.outcome(finding.outcome),
            "respondents": finding.respondents.iter().map(|id| self.actor(id)).collect::<Vec<_>>(),
            "turns_on": turns_on,
            "together": together,
            "fault": finding.fault.as_deref().map(clean),
        })
    }

    fn outcome(&self, outcome: Outcome) -> Value {
        json!({ "id": outcome.as_str(), "words": self.plain(&self.ctx.outcome(outcome)) })
    }

    /// Questions that settle it by one answer, with the answers; and answers to several at once.
    fn turns_on(&self, finding: &Finding) -> (Vec<Value>, Vec<Value>) {
        let mut alone: BTreeMap<&Fact, Vec<&Crux>> = BTreeMap::new();
        let mut several: Vec<&Crux> = Vec::new();
        for crux in &finding.cruxes {
            match crux.if_.as_slice() {
                [one] => alone.entry(&one.fact).or_default().push(crux),
                _ => several.push(crux),
            }
        }
        several.sort_by_key(|crux| crux.if_.len());
        let single = alone.into_iter().map(|(fact, cruxes)| {
            let answers = matrix::by_outcome(&self.ctx, &cruxes).into_iter().map(
                |(then, words)| json!({ "words": self.plain(&words), "then": self.outcome(then) }),
            );
            json!({
                "fact": fact.key(), "question": self.plain(&self.ctx.fact(fact)), "is_law": matches!(fact, Fact::Matter(_)),
                "answers": answers.collect::<Vec<_>>(),
            })
        });
        let single = single.collect();
        let together = several.into_iter().take(SHOWN).map(|crux| {
            let all: Vec<String> = crux.if_.iter().map(|one| matrix::answered(&self.ctx, one)).collect();
            let words = self.plain(&all.join(self.ctx.c.t("list.semicolon")));
            json!({ "words": words, "then": self.outcome(crux.then) })
        });
        (single, together.collect())
    }

    /// What the whole comes to, in a sentence, and the questions of law on which readings part.
    pub(super) fn verdict(&self, one: &IncidentView<'_>) -> Value {
        let key = match self.ctx.view.summary(one) {
            Summary::Disputed => "matrix.part",
            Summary::Undetermined => "matrix.same-facts",
            _ => "matrix.same",
        };
        let matters = matrix::matters(&self.ctx, one);
        let matters = matters.into_iter().map(|matter| self.plain(&self.ctx.fact(&Fact::Matter(matter))));
        json!({ "words": self.plain(self.ctx.c.t(key)), "matters": matters.collect::<Vec<_>>() })
    }

    /// What would settle each fact that is open.
    pub(super) fn settles(&self, one: &IncidentView<'_>) -> Vec<Value> {
        let open = matrix::open_facts(&self.ctx, one);
        let open = open.into_iter().filter(|fact| !matches!(fact, Fact::Matter(_)));
        let one = open.map(|fact| {
            let evidence = matrix::evidence(&self.ctx, one, fact);
            json!({
                "fact": fact.key(), "question": self.plain(&self.ctx.fact(fact)),
                "evidence": evidence.iter().map(|words| self.plain(words)).collect::<Vec<_>>(),
            })
        });
        one.collect()
    }
}
