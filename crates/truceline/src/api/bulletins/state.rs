//! Who drafts a bulletin, who passes it, who looks at it before it is published. One table, default deny; written also in docs/authority.md.

use truceline_casework::case::Role;
use truceline_record::Entry as Logged;

use crate::api::asked::short;
use crate::api::gate::Caller;
use crate::api::problem::Problem;
use crate::bulletins::Publication;
use crate::editions::{ANSWER, Passing, SIGN};

/// Roles that draft.
const DRAFT: &[Role] = &[Role::WatchOfficer, Role::Verifier, Role::LegalOfficer];

/// Roles that see a bulletin before it is published, and rival tallies beside it.
const SEE: &[Role] =
    &[Role::WatchOfficer, Role::Verifier, Role::LegalOfficer, Role::CoChair, Role::SourceProtectionOfficer];

/// Roles that see those that are published, as anybody does.
const SEE_PUBLISHED: &[Role] =
    &[Role::HotlineOperator, Role::FieldMonitor, Role::HumanitarianOfficer, Role::PartyLiaison];

fn refused(caller: &Caller, what: &str) -> Problem {
    let role = caller.person.role.as_str();
    Problem::not_theirs(format!("a {role} {what} (docs/authority.md says who does)"))
}

/// Whether somebody sees drafts, too; who sees none at all is refused.
pub(super) fn sees_drafts(caller: &Caller) -> Result<bool, Problem> {
    let role = caller.person.role;
    if SEE.contains(&role) {
        return Ok(true);
    }
    if SEE_PUBLISHED.contains(&role) {
        return Ok(false);
    }
    Err(refused(caller, "sees no bulletins here; what is published is under /api/public"))
}

/// That somebody drafts.
pub(super) fn may_draft(caller: &Caller) -> Result<(), Problem> {
    sees_drafts(caller)?;
    if DRAFT.contains(&caller.person.role) { Ok(()) } else { Err(refused(caller, "drafts no bulletins")) }
}

/// That somebody is of those who pass bulletins.
pub(super) fn may_sign(caller: &Caller) -> Result<(), Problem> {
    sees_drafts(caller)?;
    if SIGN.contains(&caller.person.role) { Ok(()) } else { Err(refused(caller, "passes no bulletins")) }
}

/// Why somebody who passes bulletins cannot pass this one now; `None` where they can.
pub(super) fn why_not(caller: &Caller, passing: &Passing) -> Option<&'static str> {
    let is_missing = |role: Role| !passing.is_answered_for && !ANSWER.contains(&role);
    if passing.needed == 0 {
        Some("needs-nobody")
    } else if passing.at.is_some() {
        Some("passed")
    } else if passing.replaced_by.is_some() {
        Some("replaced")
    } else if !SIGN.contains(&caller.person.role) {
        Some("not-this-role")
    } else if passing.signed.iter().any(|one| one.by.as_deref() == Some(caller.name.as_str())) {
        Some("signed-already")
    } else if passing.signed.len() + 1 >= passing.needed && is_missing(caller.person.role) {
        // Their word would fill the number and not the rule.
        Some("needs-answering-role")
    } else {
        None
    }
}

/// Where a bulletin stands, in one word.
pub(super) fn state(passing: &Passing, stands: &Publication) -> &'static str {
    match (stands.published, passing.at, passing.replaced_by) {
        (true, ..) => "published",
        (false, Some(_), _) => "passed",
        (false, None, Some(_)) => "replaced",
        (false, None, None) => "draft",
    }
}

/// There is no such bulletin, or none that the asker may know of: the same words.
pub(super) fn none(text: &str) -> Problem {
    Problem::nothing(format!("there is no bulletin {} that you may see", short(text)))
}

/// The bulletin of that number among these.
pub(super) fn numbered<'a>(all: &'a [Logged], text: &str) -> Result<&'a Logged, Problem> {
    let n: u64 = text.parse().map_err(|_| none(text))?;
    all.iter().find(|entry| entry.n == n).ok_or_else(|| none(text))
}
