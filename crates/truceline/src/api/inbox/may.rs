//! Who may take reports down, and who is shown those that others took down. One table, default deny.

use truceline_casework::case::Role;

use crate::api::gate::Caller;
use crate::api::problem::Problem;

/// What somebody may do with reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum May {
    /// Take a report down, and look at those that they took down.
    Report,
    /// Look at reports that others took down.
    SeeAll,
    /// Look at those, too, whose source is sealed: never at who it is.
    SeeSealed,
    /// Add a file to a report that they may look at.
    Attach,
}

/// Who may. Who is named in no line may not.
const TABLE: &[(May, &[Role])] = &[
    (
        May::Report,
        &[
            Role::WatchOfficer,
            Role::HotlineOperator,
            Role::FieldMonitor,
            Role::Verifier,
            Role::HumanitarianOfficer,
        ],
    ),
    (
        May::SeeAll,
        &[
            Role::WatchOfficer,
            Role::Verifier,
            Role::LegalOfficer,
            Role::CoChair,
            Role::SourceProtectionOfficer,
        ],
    ),
    (
        May::SeeSealed,
        &[Role::WatchOfficer, Role::Verifier, Role::LegalOfficer, Role::SourceProtectionOfficer],
    ),
    (
        May::Attach,
        &[
            Role::WatchOfficer,
            Role::HotlineOperator,
            Role::FieldMonitor,
            Role::Verifier,
            Role::HumanitarianOfficer,
        ],
    ),
];

/// Whether somebody may.
pub(super) fn may(caller: &Caller, what: May) -> bool {
    TABLE.iter().any(|(of, roles)| *of == what && roles.contains(&caller.person.role))
}

/// That somebody may take reports down.
pub(super) fn reports(caller: &Caller) -> Result<(), Problem> {
    if may(caller, May::Report) {
        return Ok(());
    }
    let role = caller.person.role.as_str();
    Err(Problem::not_theirs(format!("a {role} takes no reports down (docs/authority.md says who does)")))
}
