//! The truce itself as an answer: in force or not and since when, what was announced and missed, who accepted, local calms with their chains, rival
//! accounts side by side.

use serde_json::{Value, json};
use truceline_model::{Acceptance, Calm, CalmStep, Deadline, Interval, Truth};
use truceline_publish::Screen;

use super::state::{named, written};
use crate::pipeline::Derived;

/// All of it, as of the moment of the derivation.
pub(super) fn truce(derived: &Derived, screen: &Screen<'_>) -> Value {
    let truce = &derived.truce;
    json!({
        "in_force": force(truce.in_force),
        "window": truce.window.map(interval),
        "steps": truce.steps.iter().map(|one| step(one, screen)).collect::<Vec<_>>(),
        "deadlines": truce.deadlines.iter().map(|one| deadline(one, screen)).collect::<Vec<_>>(),
        "acceptances": truce.acceptances.iter().map(|one| acceptance(one, screen)).collect::<Vec<_>>(),
        "calms": truce.calms.iter().map(|one| calm(one, screen)).collect::<Vec<_>>(),
    })
}

/// By every account, by some, by none.
fn force(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "every",
        Truth::Unknown => "some",
        Truth::False => "none",
    }
}

/// From when to when; open ends are null.
pub(super) fn interval(when: Interval) -> Value {
    json!({ "from": written(when.start()), "until": written(when.end()) })
}

fn deadline(one: &Deadline, screen: &Screen<'_>) -> Value {
    json!({
        "id": one.id, "what": screen.phrase(&one.what), "announced": written(one.announced), "due": written(one.due),
        "state": one.state.as_str(),
    })
}

fn acceptance(one: &Acceptance, screen: &Screen<'_>) -> Value {
    json!({
        "by": one.by.as_str(), "to": one.to.as_ref().map(|to| to.as_str()), "on": one.on.map_or(Value::Null, written),
        "recorded": one.recorded.as_str(), "reservation": one.reservation.as_deref().map(|text| screen.phrase(text)),
        "sources": named(&one.sources),
    })
}

fn calm(one: &Calm, screen: &Screen<'_>) -> Value {
    json!({
        "id": one.id, "area": one.area.as_str(), "in_force": force(one.in_force), "disputed": one.disputed,
        "steps": one.steps.iter().map(|one| step(one, screen)).collect::<Vec<_>>(),
    })
}

fn step((number, step): &(u32, CalmStep), screen: &Screen<'_>) -> Value {
    json!({
        "step": number, "word": screen.word("calm.step", &step.step), "window": interval(step.window), "announced_hours": step.announced_hours,
        "known": written(step.known), "sources": named(&step.sources),
    })
}
