//! What somebody on the watch may see of the record, and that record as of a moment. One table, default deny; the one place from which this area
//! takes what is derived.

use std::sync::Arc;

use truceline_casework::case::Role;
use truceline_model::Instant;

use crate::api::Desk;
use crate::api::gate::Caller;
use crate::api::problem::Problem;
use crate::live::now;
use crate::loaded::Loaded;

/// How much of the record somebody sees on the watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Eyes {
    /// What the mission itself holds.
    Mission,
    /// What may be published: nothing by which a sealed source is found.
    Published,
    /// Nothing.
    Nothing,
}

/// Who sees how much. Who is named in no line sees nothing.
const TABLE: &[(Eyes, &[Role])] = &[
    (
        Eyes::Mission,
        &[
            Role::WatchOfficer,
            Role::Verifier,
            Role::LegalOfficer,
            Role::CoChair,
            Role::SourceProtectionOfficer,
        ],
    ),
    (
        Eyes::Published,
        &[Role::HotlineOperator, Role::FieldMonitor, Role::HumanitarianOfficer, Role::PartyLiaison],
    ),
];

/// How much somebody sees.
pub(super) fn eyes(caller: &Caller) -> Eyes {
    let row = TABLE.iter().find(|(_, roles)| roles.contains(&caller.person.role));
    row.map_or(Eyes::Nothing, |(eyes, _)| *eyes)
}

/// The record, and the mission's own now.
pub(super) fn record(desk: &Desk) -> Result<(Arc<Loaded>, Instant), Problem> {
    let loaded = Arc::clone(&desk.live()?.loaded);
    let now = now(&loaded)?;
    Ok((loaded, now))
}
