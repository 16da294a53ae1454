//! What one person can do in a case now: asked of the same code that will take or refuse it.

use truceline_casework::case::{Action, Awaited, Case, Person, Phase, Setting, may};
use truceline_model::Instant;

/// What a person may do in a case as it stands, as words of `truceline case`; with the step that waits for them, when one does.
pub(crate) fn offered(
    case: &Case,
    person: &Person,
    setting: &Setting,
    at: Instant,
) -> (Option<Awaited>, Vec<&'static str>) {
    let awaited = case.awaited(setting, at);
    let waits = awaited.filter(|one| one.who.iter().any(|doer| setting.speaks(person, doer, at)));
    let is_step = |action: &Action| matches!(action, Action::Step | Action::Determine);
    let is_seeing = |action: &Action| matches!(action, Action::See | Action::SeeOwn | Action::SeeSealed);
    let may_do = Action::ALL
        .into_iter()
        .filter(|action| !is_seeing(action) && *action != Action::Open)
        .filter(|action| may(person.role, *action, case.phase()) && (!is_step(action) || waits.is_some()))
        .filter(|action| *action != Action::Reopen || reopens(case))
        .map(Action::as_str)
        .collect();
    (waits, may_do)
}

fn reopens(case: &Case) -> bool {
    case.phase() == Phase::Ended && case.procedure.end(case.stands()).is_some_and(|end| end.reopens.is_some())
}
