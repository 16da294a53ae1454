//! Whether a procedure leads somewhere: every step can be reached, an end from every step, and no escalation by mere silence.

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::ir::{Procedure, Since, Step};
use crate::reader::Reader;

/// Everything can be reached from the first step; from every step an end; and no time runs from a step that cannot have come.
pub(super) fn reach(procedure: &Procedure, first: &str, reader: &mut Reader<'_>) {
    let mut from_first = after(procedure, first);
    from_first.extend(procedure.withdrawn.iter().map(|withdrawn| withdrawn.then.as_str()));
    unattended(procedure, reader);
    let spans = procedure.steps.iter().map(|step| (&step.id, step.span));
    for (id, span) in spans.chain(procedure.ends.iter().map(|end| (&end.id, end.span))) {
        if id != first && !from_first.contains(id.as_str()) {
            let message = format!("nothing leads to \"{id}\"");
            reader.say(Diagnostic::error("unreachable", span, message).help(format!(
                "name it after then, silence or deadlock of a step; the first step is \"{first}\""
            )));
        }
    }
    for step in &procedure.steps {
        let ahead = after(procedure, &step.id);
        if !procedure.ends.iter().any(|end| ahead.contains(end.id.as_str())) {
            let message = format!("from \"{}\" no end can be reached", step.id);
            reader.say(Diagnostic::error("no-end", step.span, message).help(
                "let a step lead to an end: final ended \"Its name\", named after then, silence or deadlock",
            ));
        }
        if let Since::Step(of) = &step.since
            && (*of == step.id || !after(procedure, of).contains(step.id.as_str()))
        {
            let message =
                format!("the time of \"{}\" runs from \"{of}\", which does not come before it", step.id);
            reader.say(
                Diagnostic::error("step-order", step.span, message)
                    .help("let the time run from opening, or from a step that leads here"),
            );
        }
    }
}

/// Where nobody acts, a case comes to an end all the same; nothing that needs means tried is reached without anybody's choosing it; and
/// whoever withdraws a case, or reopens one, gets to where that can lead.
fn unattended(procedure: &Procedure, reader: &mut Reader<'_>) {
    for step in &procedure.steps {
        let by_itself = |step: &Step| [Some(step.silence.clone()), step.deadlock.clone()];
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<String> = by_itself(step).into_iter().flatten().collect();
        while let Some(id) = waiting.pop() {
            if let Some(next) = procedure.step(&id).filter(|_| seen.insert(id.clone())) {
                waiting.extend(by_itself(next).into_iter().flatten());
            }
        }
        let ahead = after(procedure, &step.id);
        // Where no end can be reached at all, that has been said.
        if seen.contains(&step.id) && procedure.ends.iter().any(|end| ahead.contains(end.id.as_str())) {
            let message =
                format!("by silence and deadlock alone \"{}\" comes round again, for ever", step.id);
            reader.say(
                Diagnostic::error("no-end", step.span, message)
                    .help("let silence or deadlock of one of these steps lead on, or to an end"),
            );
        }
        for next in by_itself(step).into_iter().flatten().filter_map(|id| procedure.step(&id)) {
            if next.needs_means > 0 {
                let message = format!(
                    "\"{}\" needs means that were tried, and silence or deadlock leads to it",
                    next.id
                );
                reader.say(Diagnostic::error("collide", step.span, message).also(next.span, "it needs them here").help(
                    "let those who act choose it, after then; let silence and deadlock lead elsewhere",
                ));
            }
        }
    }
    for step in &procedure.steps {
        let by_itself = [Some(step.silence.as_str()), step.deadlock.as_deref()];
        for end in by_itself.into_iter().flatten().filter_map(|id| procedure.end(id)) {
            if end.excludes || end.readmits {
                let message =
                    format!("nobody would have chosen \"{}\": silence or deadlock leads to it", end.id);
                reader.say(Diagnostic::error("collide", step.span, message).also(end.span, "what it does to a party").help(
                    "let those who act choose it, after then; let silence and deadlock lead elsewhere",
                ));
            }
        }
    }
    for step in procedure.steps.iter().filter(|step| step.hears_each) {
        for end in
            step.then.iter().filter_map(|id| procedure.end(id)).filter(|end| end.excludes || end.readmits)
        {
            let message = format!("one of several who are each heard would choose \"{}\" alone", end.id);
            reader.say(
                Diagnostic::error("collide", step.span, message)
                    .also(end.span, "what it does to a party")
                    .help("let who decides choose it, in a step without each"),
            );
        }
    }
    if let (Some(first), Some(withdrawn)) = (procedure.first(), &procedure.withdrawn)
        && procedure.end(&withdrawn.then).is_none()
    {
        let message = format!("a case that is withdrawn ends, and \"{}\" is a step", withdrawn.then);
        reader.say(Diagnostic::error("collide", first.span, message).help("name a final after then"));
    }
    for end in &procedure.ends {
        if let Some(to) = end.reopens.as_ref().filter(|to| procedure.step(to).is_none()) {
            let message = format!("a case is reopened at a step, and \"{to}\" is an end");
            reader.say(Diagnostic::error("collide", end.span, message).help("name a step after reopens"));
        }
    }
}

/// Every step and end that can come after one, withdrawal and reopening apart.
fn after<'p>(procedure: &'p Procedure, from: &str) -> BTreeSet<&'p str> {
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<&str> = vec![from];
    while let Some(id) = waiting.pop() {
        for next in procedure.step(id).into_iter().flat_map(Step::follows) {
            if seen.insert(next) {
                waiting.push(next);
            }
        }
    }
    seen
}
