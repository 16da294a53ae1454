//! Who sees how much of incidents, and who decides about them: one table, default deny; the one place from which this area takes what is derived.
//!
//! Whoever sees what may be published is shown everything from a derivation in which sealed sources are coarsened already, so that no answer can say
//! more. Of the mission's own people only those who may see sealed evidence are shown a sealed report's words. Its pseudonym is part of the ids of incidents, and the
//! mission's own people see it; its name nobody does here.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use truceline_casework::case::{Action, Phase, Role, may};
use truceline_model::{Instant, Observation, ReceiptNo, SourceId};
use truceline_publish::Lang;

use crate::api::Desk;
use crate::api::asked::Asked;
use crate::api::gate::Caller;
use crate::api::problem::Problem;
use crate::live::now;
use crate::pipeline::Derived;
use crate::protected;

/// How much of the incidents somebody sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Eyes {
    /// What the mission holds, reports of sealed sources with their words.
    Sealed,
    /// What the mission holds; of a sealed source's reports not the words, and its pseudonym alone.
    Mission,
    /// What may be published.
    Published,
    /// Nothing.
    Nothing,
}

/// Who works with what the mission holds.
const MISSION: &[Role] =
    &[Role::WatchOfficer, Role::Verifier, Role::LegalOfficer, Role::CoChair, Role::SourceProtectionOfficer];

/// Who is shown what may be published, and no more.
const PUBLISHED: &[Role] =
    &[Role::HotlineOperator, Role::FieldMonitor, Role::HumanitarianOfficer, Role::PartyLiaison];

/// Who decides which reports tell of one incident.
const DECIDE: &[Role] = &[Role::WatchOfficer, Role::Verifier, Role::LegalOfficer];

/// Who answers open words: what a word of the agreement means here is a question of law.
const JUDGE: &[Role] = &[Role::LegalOfficer, Role::CoChair];

/// How much somebody sees.
pub(super) fn eyes(caller: &Caller) -> Eyes {
    let role = caller.person.role;
    if MISSION.contains(&role) {
        // The policy of cases says who may see sealed evidence; it says so of incidents, too.
        return if may(role, Action::SeeSealed, Phase::Underway) { Eyes::Sealed } else { Eyes::Mission };
    }
    if PUBLISHED.contains(&role) { Eyes::Published } else { Eyes::Nothing }
}

/// Whether somebody decides which reports tell of one incident.
pub(super) fn may_decide(caller: &Caller) -> bool {
    DECIDE.contains(&caller.person.role)
}

/// Whether somebody answers the open words of the agreement.
pub(super) fn may_judge(caller: &Caller) -> bool {
    JUDGE.contains(&caller.person.role)
}

/// The record before somebody.
pub(super) struct Moment {
    /// What follows from it, as far as they may see it.
    pub(super) derived: Arc<Derived>,
    pub(super) eyes: Eyes,
    pub(super) caller: Caller,
}

impl Moment {
    /// As of a moment in words, or else as it stands.
    pub(super) fn of(desk: &Desk, caller: &Caller, as_of: Option<&str>) -> Result<Self, Problem> {
        let eyes = eyes(caller);
        if eyes == Eyes::Nothing {
            let role = caller.person.role.as_str();
            let say = format!("a {role} sees no incidents here (docs/authority.md says who does)");
            return Err(Problem::not_theirs(say));
        }
        let standing = desk.live()?;
        let live = match as_of {
            None => standing,
            Some(words) => {
                let at: Instant = standing.loaded.mission.moment(words)?;
                // What would follow later is shown to those alone who may look ahead.
                if at > now(&standing.loaded)? && eyes == Eyes::Published {
                    return Err(Problem::wrong("as_of: a moment that has passed"));
                }
                desk.at(at)?
            }
        };
        let derived = match eyes {
            Eyes::Sealed | Eyes::Mission => Arc::clone(live.derived()?),
            Eyes::Published | Eyes::Nothing => {
                desk.feed.published(&live)?.ok_or_else(Problem::many_moments)?
            }
        };
        Ok(Self { derived, eyes, caller: caller.clone() })
    }

    /// Whether what the mission itself holds is shown.
    pub(super) fn is_mission(&self) -> bool {
        matches!(self.eyes, Eyes::Sealed | Eyes::Mission)
    }

    /// Receipts of what sealed sources sent, where the person is shown that there are such.
    pub(super) fn sealed(&self) -> BTreeSet<ReceiptNo> {
        if self.is_mission() { protected::receipts(&self.derived.loaded) } else { BTreeSet::new() }
    }
}

/// The language that words are asked for in; English where none is.
pub(super) fn lang(asked: &Asked) -> Result<Lang, Problem> {
    let wrong = || Problem::wrong("lang: en, ar or ru");
    asked.text("lang").map_or(Ok(Lang::En), |code| Lang::parse(code).ok_or_else(wrong))
}

/// Reports of sealed sources without their words, where the person is not shown these: they stand in the place of what came before anything is told.
pub(super) fn kept_back(moment: &Moment) -> Vec<Observation> {
    if moment.eyes != Eyes::Mission {
        return Vec::new();
    }
    let sealed = moment.sealed();
    let all = moment.derived.loaded.observations.iter().filter(|one| sealed.contains(&one.receipt));
    let without = |one: &Observation| Observation {
        note: None,
        address: None,
        through: BTreeSet::new(),
        ..one.clone()
    };
    all.map(without).collect()
}

/// Marks the reports of sealed sources in an incident that is told.
pub(super) fn mark_sealed(told: &mut Value, moment: &Moment) {
    let sealed = moment.sealed();
    for report in told.get_mut("reports").and_then(Value::as_array_mut).into_iter().flatten() {
        let receipt = report.get("receipt").and_then(Value::as_u64);
        let is_sealed = receipt.is_some_and(|receipt| sealed.contains(&ReceiptNo(receipt)));
        let Some(report) = report.as_object_mut() else { continue };
        report.insert("is_sealed".into(), json!(is_sealed));
        report.insert("is_withheld".into(), json!(is_sealed && moment.eyes == Eyes::Mission));
    }
}

/// Whether any of these sources is sealed.
pub(super) fn any_sealed<'s>(all: impl IntoIterator<Item = &'s SourceId>) -> bool {
    all.into_iter().any(protected::is_sealed)
}
