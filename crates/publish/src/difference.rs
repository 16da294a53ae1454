//! Where the reasons of two findings part: the first step that comes out otherwise, or that only one of them asks.

use truceline_model::{Finding, Reason, Test, Truth};

use crate::lang::Lang;
use crate::questions::step_words;
use crate::view::View;

/// The first step at which two findings part, in words; none where only one finding asks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parting {
    /// The step in the first finding, with what came of it.
    pub old: Option<String>,
    /// The step in the second.
    pub new: Option<String>,
}

/// The first step at which the reasons of two findings on one clause part; `None` when they do not.
#[must_use]
pub fn parting(
    (old_view, old): (&View<'_>, &Finding),
    (new_view, new): (&View<'_>, &Finding),
    lang: Lang,
) -> Option<Parting> {
    let found = first(&old.reasons, &new.reasons, true).or_else(|| first(&old.reasons, &new.reasons, false));
    found.map(|(old, new)| Parting {
        old: old.map(|step| said(old_view, step, lang)),
        new: new.map(|step| said(new_view, step, lang)),
    })
}

fn said(view: &View<'_>, step: &Reason, lang: Lang) -> String {
    let sign = match step.truth {
        Truth::True => "✓",
        Truth::False => "✗",
        Truth::Unknown => "?",
    };
    format!("{sign} {}", step_words(view, step, lang))
}

type Pair<'r> = (Option<&'r Reason>, Option<&'r Reason>);

/// By truth first: a step that asks for more and comes out the same is no reason for another outcome.
fn first<'r>(old: &'r [Reason], new: &'r [Reason], by_truth: bool) -> Option<Pair<'r>> {
    let (mut a, mut b) = (old.iter().peekable(), new.iter().peekable());
    let same = |x: &Reason, y: &Reason| kind(&x.test) == kind(&y.test);
    loop {
        match (a.peek().copied(), b.peek().copied()) {
            (None, None) => return None,
            (Some(x), Some(y)) if same(x, y) => {
                if let Some(found) = within(x, y, by_truth) {
                    return Some(found);
                }
                a.next();
                b.next();
            }
            (x, y) => {
                // One of them asks something that the other does not ask at all.
                let later = |step: Option<&Reason>, all: &[Reason]| {
                    step.is_some_and(|step| all.iter().any(|other| same(step, other)))
                };
                return Some(match (later(x, new), later(y, old)) {
                    (true, false) => (None, y),
                    (false, true) => (x, None),
                    _ => (x, y),
                });
            }
        }
    }
}

fn within<'r>(x: &'r Reason, y: &'r Reason, by_truth: bool) -> Option<Pair<'r>> {
    if by_truth && x.truth == y.truth && x.tried == y.tried {
        return None;
    }
    if let Some(found) = first(&x.under, &y.under, by_truth) {
        return Some(found);
    }
    let differs = if by_truth { x.truth != y.truth } else { x.test != y.test || x.truth != y.truth };
    differs.then_some((Some(x), Some(y)))
}

/// What a step asks, whatever it asks for: two lists of acts are the same question.
fn kind(test: &Test) -> (std::mem::Discriminant<Test>, Option<&str>) {
    let name = match test {
        Test::Exception(name, _) => Some(name.as_str()),
        Test::Holds(fact) => Some(fact.as_str()),
        Test::Judged(judgement) => Some(judgement.as_str()),
        Test::Takes(matter, _) => Some(matter.as_str()),
        _ => None,
    };
    (std::mem::discriminant(test), name)
}
