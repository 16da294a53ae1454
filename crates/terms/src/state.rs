//! The state of the truce itself, as of a moment: what was announced, accepted, in force, and the calms within it.
//!
//! Announced, missed and re-announced are states of their own. Rival accounts stay side by side; nothing is chosen.

use truceline_model::{Acceptance, Calm, Deadline, DeadlineState, Instant, TruceState, Truth};

use crate::ir::{Account, CalmEntry, DeadlineEntry, Effect, Terms};
use crate::judge::known_by;

/// What was known of the truce at that moment.
#[must_use]
pub fn truce_state(terms: &Terms, as_of: Instant) -> TruceState {
    let window = terms.in_force.iter().rfind(|entry| known_by(entry.known, as_of)).map(|entry| entry.window);
    let acceptances: Vec<Acceptance> = terms
        .acceptances
        .iter()
        .filter(|entry| known_by(entry.known, as_of))
        .map(|entry| entry.acceptance.clone())
        .collect();
    TruceState {
        as_of,
        deadlines: terms.deadlines.iter().filter_map(|entry| deadline(entry, as_of)).collect(),
        acceptances,
        window,
        in_force: window.is_some_and(|window| window.contains(as_of)),
        calms: terms.calms.iter().filter_map(|entry| calm(entry, as_of)).collect(),
    }
}

fn deadline(entry: &DeadlineEntry, as_of: Instant) -> Option<Deadline> {
    if entry.announced > as_of {
        return None;
    }
    let told = entry.known.unwrap_or(entry.due) <= as_of;
    let state = match entry.met {
        Some(true) if told => DeadlineState::Met,
        Some(false) if told && entry.due <= as_of => DeadlineState::Missed,
        _ if as_of < entry.due => DeadlineState::Pending,
        _ => DeadlineState::Lapsed,
    };
    let (id, what) = (entry.id.clone(), entry.what.en.clone());
    Some(Deadline { id, what, announced: entry.announced, due: entry.due, state })
}

fn calm(entry: &CalmEntry, as_of: Instant) -> Option<Calm> {
    let known: Vec<Vec<&Account>> =
        entry.steps.iter().map(|step| step.iter().filter(|a| a.step.known <= as_of).collect()).collect();
    if known.iter().all(Vec::is_empty) {
        return None;
    }
    let holds = |account: &&&Account| account.effect == Effect::Gives && account.step.window.contains(as_of);
    let by_step = known.iter().filter(|accounts| !accounts.is_empty()).map(|accounts| {
        let yes = accounts.iter().filter(holds).count();
        if yes == 0 {
            Truth::False
        } else if yes == accounts.len() {
            Truth::True
        } else {
            Truth::Unknown
        }
    });
    let in_force = by_step.fold(Truth::False, Truth::or);
    let numbered = known.iter().enumerate().flat_map(|(n, accounts)| {
        let ordinal = u32::try_from(n + 1).unwrap_or(u32::MAX);
        accounts.iter().map(move |account| (ordinal, account.step.clone()))
    });
    Some(Calm {
        id: entry.id.clone(),
        area: entry.area.clone(),
        steps: numbered.collect(),
        disputed: known.iter().any(|accounts| accounts.len() > 1),
        in_force,
    })
}
