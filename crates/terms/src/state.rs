//! The state of the truce itself, as of a moment: what was announced, accepted, in force, and the calms within it.
//!
//! Announced, missed and re-announced are states of their own. Rival accounts stay side by side; nothing is chosen.

use std::collections::BTreeSet;

use truceline_model::{
    Acceptance, Calm, CalmStep, Deadline, DeadlineState, Instant, Interval, TruceState, Truth,
};

use crate::ir::{Account, CalmEntry, DeadlineEntry, Effect, Terms};
use crate::judge::known_by;

/// What was known of the truce at that moment.
#[must_use]
pub fn truce_state(terms: &Terms, as_of: Instant) -> TruceState {
    let windows: Vec<Interval> = terms
        .in_force
        .iter()
        .rfind(|entry| known_by(entry.known, as_of))
        .map(|entry| entry.window)
        .into_iter()
        .collect();
    let chain = known_steps(&terms.chain, as_of);
    let told =
        chain.iter().flatten().filter(|account| account.effect == Effect::Gives).map(|a| a.step.window);
    let window = windows.iter().copied().chain(told).reduce(Interval::hull);
    // An end that every account of the last step gives closes what had none.
    let last = chain.iter().rfind(|accounts| !accounts.is_empty());
    let ended = last.filter(|accounts| accounts.iter().all(|account| account.effect == Effect::Takes));
    let end = ended.and_then(|accounts| accounts.iter().map(|account| account.step.window.start()).max());
    let window = match (window, end) {
        (Some(window), Some(end)) => Interval::new(window.start(), end.min(window.end())).ok(),
        (window, _) => window,
    };
    let in_force = match terms.chain.is_empty() {
        true => windows.iter().any(|window| window.contains(as_of)).into(),
        false => stands(&chain, as_of),
    };
    let acceptances: Vec<Acceptance> = terms
        .acceptances
        .iter()
        .filter(|entry| known_by(entry.known, as_of))
        .map(|entry| entry.acceptance.clone())
        .collect();
    TruceState {
        as_of,
        deadlines: deadlines(terms, as_of),
        acceptances,
        window,
        in_force,
        steps: numbered(&chain),
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

/// Deadlines as recorded, then those of duties of which nobody recorded anything.
fn deadlines(terms: &Terms, as_of: Instant) -> Vec<Deadline> {
    let recorded = terms.deadlines.iter().filter_map(|entry| deadline(entry, as_of));
    let duties = terms.clauses.iter().filter_map(|clause| {
        let due = clause.rule.as_ref()?.required.as_ref()?.by?;
        let id = clause.id.as_str();
        if terms.deadlines.iter().any(|entry| entry.id == id) {
            return None;
        }
        let announced = clause.window.as_ref().and_then(|window| window.known).unwrap_or(Instant::FAR_PAST);
        let state = if as_of < due { DeadlineState::Pending } else { DeadlineState::Lapsed };
        let what = clause.name.en.clone();
        (announced <= as_of).then(|| Deadline { id: id.to_owned(), what, announced, due, state })
    });
    recorded.chain(duties).collect()
}

/// Per step, the accounts known by then.
fn known_steps(steps: &[Vec<Account>], as_of: Instant) -> Vec<Vec<&Account>> {
    steps.iter().map(|step| step.iter().filter(|a| a.step.known <= as_of).collect()).collect()
}

/// Whether a chain has it in force at a moment: by every choice of accounts, by none, or by some.
fn stands(steps: &[Vec<&Account>], at: Instant) -> Truth {
    let mut may = BTreeSet::from([false]);
    for accounts in steps.iter().filter(|accounts| !accounts.is_empty()) {
        let after = |before: bool, account: &Account| match account.effect {
            Effect::Gives if account.step.window.contains(at) => true,
            Effect::Takes if account.step.window.contains(at) => false,
            _ => before,
        };
        may = may.iter().flat_map(|before| accounts.iter().map(|account| after(*before, account))).collect();
    }
    match (may.contains(&true), may.contains(&false)) {
        (true, false) => Truth::True,
        (false, _) => Truth::False,
        (true, true) => Truth::Unknown,
    }
}

fn numbered(steps: &[Vec<&Account>]) -> Vec<(u32, CalmStep)> {
    let numbered = steps.iter().enumerate().flat_map(|(n, accounts)| {
        let ordinal = u32::try_from(n + 1).unwrap_or(u32::MAX);
        accounts.iter().map(move |account| (ordinal, account.step.clone()))
    });
    numbered.collect()
}

fn calm(entry: &CalmEntry, as_of: Instant) -> Option<Calm> {
    let known = known_steps(&entry.steps, as_of);
    if known.iter().all(Vec::is_empty) {
        return None;
    }
    Some(Calm {
        id: entry.id.clone(),
        area: entry.area.clone(),
        steps: numbered(&known),
        disputed: known.iter().any(|accounts| accounts.len() > 1),
        in_force: stands(&known, as_of),
    })
}
