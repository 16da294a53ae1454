//! How far somebody sees the record, and the record as far as they see it. One table, default deny; written also in docs/authority.md.
//!
//! Who stands outside the mission's own desk sees what its witnesses have seen: the record under the last checkpoint that one of them cosigned. So
//! nobody learns, by looking how the record grows, in which minute something came in.

use std::sync::Arc;

use serde_json::{Value, json};
use truceline_casework::case::Role;
use truceline_record::{Checkpoint, Digest};
use truceline_store::{ReadError, Store};

use crate::api::Desk;
use crate::api::gate::Caller;
use crate::api::problem::Problem;
use crate::commands::published::{second, signed};
use crate::failure::Failure;
use crate::live::Live;
use crate::log;
use crate::quorum::{NamedWitness, Quorum, Signed, in_force};

/// How much of the record somebody sees who sees any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// Every entry, as it stands in the tree: what it commits to stays closed.
    Whole,
    /// What the witnesses have seen: hashes of all entries, and the words of those that are for everybody.
    Witnessed,
}

/// Who sees how much. Who is named in no line sees nothing.
const TABLE: &[(Reach, &[Role])] = &[
    (
        Reach::Whole,
        &[
            Role::WatchOfficer,
            Role::Verifier,
            Role::LegalOfficer,
            Role::CoChair,
            Role::SourceProtectionOfficer,
        ],
    ),
    (
        Reach::Witnessed,
        &[Role::HotlineOperator, Role::FieldMonitor, Role::HumanitarianOfficer, Role::PartyLiaison],
    ),
];

/// How much somebody sees.
///
/// # Errors
/// When they see nothing.
pub(super) fn reach(caller: &Caller) -> Result<Reach, Problem> {
    let role = caller.person.role;
    let row = TABLE.iter().find(|(_, roles)| roles.contains(&role));
    row.map(|(reach, _)| *reach).ok_or_else(|| {
        let role = role.as_str();
        Problem::not_theirs(format!(
            "a {role} is not shown the record (docs/authority.md says who is); what is published is under /api/public"
        ))
    })
}

/// A checkpoint with its note.
#[derive(Clone, Debug)]
pub(in crate::api) struct Head {
    pub(in crate::api) checkpoint: Checkpoint,
    pub(in crate::api) note: Vec<u8>,
}

impl Head {
    pub(in crate::api) fn json(&self) -> Value {
        json!({
            "size": self.checkpoint.size, "root": self.checkpoint.root.to_string(), "note": String::from_utf8_lossy(&self.note),
        })
    }
}

/// The store and what was signed in it, opened for one answer.
pub(in crate::api) struct Held {
    pub(in crate::api) store: Store,
    pub(in crate::api) live: Arc<Live>,
    pub(in crate::api) signed: Vec<Signed>,
}

/// What the machine would not.
pub(in crate::api) fn unread(error: &ReadError) -> Problem {
    Problem::ours(&Failure::operation("read the record", error))
}

impl Held {
    pub(in crate::api) fn of(desk: &Desk) -> Result<Self, Problem> {
        let live = desk.live()?;
        let store = log::open_read_only(desk.source.store())?;
        let signed = signed(&store)?;
        Ok(Self { store, live, signed })
    }

    /// Whose cosignatures count now; none where the mission names nobody.
    pub(in crate::api) fn quorum(&self) -> Option<&Quorum> {
        in_force(&self.live.loaded.key_sets, &self.signed).last().map(|set| &set.quorum)
    }

    /// The checkpoint up to which somebody sees the record; none where there is nothing that they may see.
    pub(super) fn head(&self, reach: Reach) -> Result<Option<Head>, Problem> {
        match reach {
            Reach::Whole => self.last(),
            Reach::Witnessed => Ok(self.cosigned().into_iter().next()),
        }
    }

    /// The last signed checkpoint, with what witnesses put under it.
    fn last(&self) -> Result<Option<Head>, Problem> {
        let Some(checkpoint) = self.store.last_checkpoint().map_err(|e| unread(&e))? else { return Ok(None) };
        self.over(checkpoint.size)
    }

    /// The checkpoint over so many entries, with what witnesses put under it; none where none was signed over exactly so many.
    pub(in crate::api) fn over(&self, size: u64) -> Result<Option<Head>, Problem> {
        let own = || self.store.checkpoint_note_over(size).map_err(|e| unread(&e));
        let kept = self.signed.iter().find(|one| one.size == size).map(|one| one.note.clone());
        let Some(note) = kept.map_or_else(own, |note| Ok(Some(note)))? else { return Ok(None) };
        let opened = self.store.verifier().open(&note);
        let checkpoint = opened.map_err(|e| Problem::ours(&Failure::operation("read the checkpoint", &e)))?;
        Ok(Some(Head { checkpoint, note }))
    }

    /// Checkpoints under which one of those who count put a cosignature that holds, the largest first.
    pub(super) fn cosigned(&self) -> Vec<Head> {
        let Some(quorum) = self.quorum() else { return Vec::new() };
        let mut all: Vec<&Signed> =
            self.signed.iter().filter(|one| !quorum.cosigned(&one.note).is_empty()).collect();
        all.sort_by_key(|one| core::cmp::Reverse(one.size));
        let head = |one: &Signed| {
            let checkpoint = self.store.verifier().open(&one.note).ok()?;
            Some(Head { checkpoint, note: one.note.clone() })
        };
        all.into_iter().filter_map(head).collect()
    }
}

/// A witness as its key says who it is, and in which second it cosigned.
pub(in crate::api) fn witness(one: &NamedWitness, note: Option<&[u8]>) -> Value {
    let at = note.and_then(|note| one.key.cosigned(note).ok().flatten());
    json!({
        "name": one.name, "key": one.key.verifier_key(), "speaks_for": one.speaks_for.as_ref().map(|actor| actor.as_str()),
        "at": at.and_then(second),
    })
}

/// Who must cosign, and who of them did.
pub(in crate::api) fn quorum(quorum: Option<&Quorum>, note: Option<&[u8]>) -> Value {
    let witnesses: Vec<Value> =
        quorum.into_iter().flat_map(|all| &all.witnesses).map(|one| witness(one, note)).collect();
    let agreed: Vec<Value> = quorum
        .into_iter()
        .flat_map(|all| &all.agreed)
        .map(|one| {
            let of: Vec<&str> = one.of.iter().map(|actor| actor.as_str()).collect();
            json!({ "needed": one.needed, "of": of })
        })
        .collect();
    json!({ "witnesses": witnesses, "agreed": agreed, "needed": quorum.map_or(0, Quorum::at_least) })
}

/// Hashes as text.
pub(in crate::api) fn texts(hashes: &[Digest]) -> Vec<String> {
    hashes.iter().map(Digest::to_string).collect()
}
