//! What a change of terms can touch: the clauses that are judged otherwise than before.
//!
//! Compares what the judge goes by, not the words: a clause moved within the file or given another name is the same clause. What
//! belongs to all clauses (parties, readings, what is asked, the standard of proof) touches everything when it changes.

use std::collections::BTreeSet;

use truceline_model::{ClauseId, Span};

use super::Judge;
use super::compile::Law;
use crate::ir::Rule;

/// What a change of terms can touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Something that all clauses share.
    Everything,
    /// These clauses only: changed, new, or gone.
    Clauses(BTreeSet<ClauseId>),
}

impl Judge<'_> {
    /// What differs from another judge, of other terms or as of another moment. Both know the same actors and areas.
    #[must_use]
    pub fn change_from(&self, before: &Judge<'_>) -> Change {
        let readings = |judge: &Judge<'_>| {
            let all = judge.terms.readings.iter().map(|reading| (reading.id.clone(), reading.takes.clone()));
            all.collect::<Vec<_>>()
        };
        let asked = |judge: &Judge<'_>| {
            let all = judge.terms.facts.iter().map(|fact| (fact.id.clone(), fact.silence_means_no));
            all.collect::<BTreeSet<_>>()
        };
        let shared = readings(self) == readings(before)
            && asked(self) == asked(before)
            && self.terms.zone.name() == before.terms.zone.name()
            && self.terms.proof == before.terms.proof
            && self.offered == before.offered
            && self.known.same(&before.known);
        if !shared {
            return Change::Everything;
        }
        let differs = |law: &&Law<'_>, other: &Judge<'_>| {
            let twin = other.laws.iter().find(|twin| twin.clause.id == law.clause.id);
            twin.is_none_or(|twin| !same(law, twin))
        };
        let now = self.laws.iter().filter(|law| differs(law, before));
        let then = before.laws.iter().filter(|law| differs(law, self));
        Change::Clauses(now.chain(then).map(|law| law.clause.id.clone()).collect())
    }
}

fn same(one: &Law<'_>, other: &Law<'_>) -> bool {
    let steps = |law: &Law<'_>| -> Vec<Vec<_>> {
        let account =
            |account: &&crate::ir::Account| (account.step.clone(), account.effect, account.by_hours);
        law.accounts.iter().map(|step| step.iter().map(account).collect()).collect()
    };
    one.cells == other.cells
        && one.windows == other.windows
        && one.chain == other.chain
        && one.shape_of == other.shape_of
        && steps(one) == steps(other)
        && without_spans(one.rule) == without_spans(other.rule)
}

/// The rule, wherever in the file it stands.
fn without_spans(rule: &Rule) -> Rule {
    const NOWHERE: Span = Span { start: 0, end: 0 };
    let mut rule = rule.clone();
    rule.applies.iter_mut().for_each(|one| one.span = NOWHERE);
    rule.outside.iter_mut().for_each(|one| one.span = NOWHERE);
    rule.objects.iter_mut().for_each(|one| one.span = NOWHERE);
    rule.exceptions.iter_mut().for_each(|one| one.span = NOWHERE);
    rule.required.iter_mut().for_each(|one| one.span = NOWHERE);
    rule
}
