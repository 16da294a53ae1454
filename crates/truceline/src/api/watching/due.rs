//! What the terms themselves make due: announced deadlines, and duties by the ledger. What is due in cases is `GET /api/due`, for who may know of these.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use truceline_casework::duties::{Duty, DutyState, Untold};
use truceline_model::{Deadline, DeadlineState, Instant};
use truceline_publish::Screen;

use super::state::written;
use crate::duties::Ledger;
use crate::pipeline::Derived;

/// Overdue and due until a moment, soonest first. Of what is due anew each day the last day that passed stands for those before it.
pub(super) fn due(derived: &Derived, ledger: &Ledger, screen: &Screen<'_>, until: Instant) -> Vec<Value> {
    let mut all: Vec<(Instant, Value)> = Vec::new();
    let open = |one: &&Deadline| matches!(one.state, DeadlineState::Pending | DeadlineState::Lapsed);
    for one in derived.truce.deadlines.iter().filter(open).filter(|one| one.due <= until) {
        let value = json!({
            "kind": "deadline", "at": written(one.due), "is_overdue": one.due <= derived.as_of, "what": screen.phrase(&one.what),
            "clause": null, "respondent": null, "state": one.state.as_str(), "untold": null, "times": 1,
        });
        all.push((one.due, value));
    }
    for (first, times) in groups(ledger, until) {
        let at = first.due.at.passed();
        let counting: Vec<_> =
            first.due.counting.iter().map(|one| screen.counted(&one.to_string())).collect();
        let value = json!({
            "kind": "duty", "at": written(at), "is_overdue": at <= derived.as_of, "what": counting.first(),
            "clause": first.due.clause.as_str(), "respondent": first.due.respondent.as_str(), "state": first.state.as_str(),
            "untold": first.untold.map(Untold::as_str), "times": times,
        });
        all.push((at, value));
    }
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, value)| value).collect()
}

/// Duties that are not known to be done, of one clause and respondent in one state together: the last of them, and how many.
fn groups(ledger: &Ledger, until: Instant) -> Vec<(&Duty, usize)> {
    let mut all: BTreeMap<_, (&Duty, usize)> = BTreeMap::new();
    for duty in &ledger.duties {
        let open = matches!(duty.state, DutyState::NotYetDue | DutyState::Short | DutyState::CannotBeTold);
        if !open || duty.due.at.passed() > until {
            continue;
        }
        let key = (&duty.due.clause, &duty.due.respondent, duty.state, duty.untold);
        let slot = all.entry(key).or_insert((duty, 0));
        slot.1 += 1;
        if duty.due.at.passed() > slot.0.due.at.passed() {
            slot.0 = duty;
        }
    }
    all.into_values().collect()
}
