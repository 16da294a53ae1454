//! What streams tell, found once for all who may know the same: which entries on cases a view names, and what every other entry is about.
//!
//! Who may know of what: of cases, what the policy of cases says; that a report came, that somebody decided about reports, that a bulletin was
//! frozen or something erased, who sees all that the mission holds; that a report of no sealed source came, the rest of the mission's own people;
//! that a mission was registered, everybody who has a role. Nobody else is told of anything, and what is not named here nobody is told of.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Bound;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use axum::body::Bytes;
use serde_json::json;
use truceline_casework::case::Role;
use truceline_model::{ActorId, ReceiptNo};

use super::gate::Caller;
use super::problem::Problem;
use super::seen::{Extent, Sight, extent_of_all};
use crate::live::Live;
use crate::loaded::{Loaded, Subject};
use crate::protected::is_sealed;

/// Most events of one round, so that who comes back after a year is not told all of it in one piece.
const ROUND: usize = 256;

/// How much somebody is told of, cases apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ears {
    /// That missions were registered.
    Missions,
    /// And that reports came by which no sealed source is found.
    OpenReports,
    /// And of everything that is told.
    All,
}

fn ears(role: Role) -> Option<Ears> {
    match role {
        Role::WatchOfficer
        | Role::Verifier
        | Role::LegalOfficer
        | Role::CoChair
        | Role::SourceProtectionOfficer => Some(Ears::All),
        Role::HotlineOperator | Role::FieldMonitor | Role::HumanitarianOfficer => Some(Ears::OpenReports),
        Role::PartyLiaison => Some(Ears::Missions),
        Role::Public => None,
    }
}

/// Whether somebody is told of anything but cases.
pub(super) fn has_ears(caller: &Caller) -> bool {
    ears(caller.person.role).is_some()
}

/// Whether somebody is told of an entry about a subject, cases apart.
fn hears_of(ears: Ears, subject: Subject, entry: u64, loaded: &Loaded) -> bool {
    match subject {
        Subject::Mission => true,
        Subject::Report => ears == Ears::All || ears == Ears::OpenReports && !is_of_sealed(entry, loaded),
        Subject::Decision | Subject::Bulletin | Subject::Other => ears == Ears::All,
        Subject::Case | Subject::Quiet => false,
    }
}

/// Whether a report came from a sealed source, or through one.
fn is_of_sealed(entry: u64, loaded: &Loaded) -> bool {
    let receipt = ReceiptNo(entry);
    let all = &loaded.observations;
    let first = all.partition_point(|o| o.receipt < receipt);
    let own = all.iter().skip(first).take_while(|o| o.receipt == receipt);
    loaded.words.get(&receipt).is_some_and(|words| is_sealed(&words.source))
        || own.into_iter().any(|o| [&o.source, &o.origin].into_iter().chain(&o.through).any(is_sealed))
}

/// How far a stream has come.
#[derive(Clone, Debug)]
pub(super) struct Cursor {
    /// The last entry told, or that the screen had already; without one, it is told of what comes from now on.
    after: Option<u64>,
    /// Entries that are no acts, looked at so far.
    seen: u64,
}

impl Cursor {
    pub(super) fn after(after: Option<u64>) -> Self {
        Self { after, seen: 0 }
    }
}

/// Entries on cases that one view names, with the case.
type Cases = BTreeMap<u64, Option<String>>;

/// People who are told alike of cases.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Alike {
    Whole,
    Party(ActorId),
    Own(String),
    Nothing,
}

impl Alike {
    fn of(caller: &Caller) -> Self {
        match extent_of_all(caller) {
            Extent::Whole { .. } => Self::Whole,
            Extent::Party(party) => Self::Party(party),
            Extent::Own => Self::Own(caller.name.clone()),
            Extent::Nothing => Self::Nothing,
        }
    }
}

/// What a list of entries on cases was made from; while that is the same, so is the list. Time alone can show a party more.
type Stamp = (usize, usize, i64);

fn stamp(live: &Live) -> Stamp {
    (live.loaded.case_entries.len(), live.loaded.settings.len(), live.as_of.seconds().div_euclid(60))
}

/// A round of events; whether there is more; `None`: the person has no role any more.
pub(super) type Told = Option<(Bytes, bool)>;

/// Lists that were made, by who is told alike.
#[derive(Default)]
pub(super) struct Telling {
    lists: Mutex<BTreeMap<Alike, (Stamp, Arc<Cases>)>>,
}

impl Telling {
    /// The next events, where their list is made already.
    pub(super) fn at_once(&self, live: Option<&Live>, caller: &Caller, cursor: &mut Cursor) -> Option<Told> {
        let live = live?;
        if live.loaded.mission.folder.roles.get(&caller.name) != Some(&caller.person) {
            return Some(None);
        }
        let cases = self.made(live, &Alike::of(caller))?;
        Some(Some(round(live, caller, &cases, cursor)))
    }

    /// The next events.
    ///
    /// # Errors
    /// When the docket cannot be shown.
    pub(super) fn told(
        &self,
        live: &Arc<Live>,
        caller: &Caller,
        cursor: &mut Cursor,
    ) -> Result<Told, Problem> {
        if let Some(told) = self.at_once(Some(live), caller, cursor) {
            return Ok(told);
        }
        let alike = Alike::of(caller);
        let cases = Arc::new(match alike {
            Alike::Nothing => Cases::new(),
            _ => Sight::of(live, caller).entries().into_iter().collect(),
        });
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        lists.insert(alike, (stamp(live), Arc::clone(&cases)));
        drop(lists);
        Ok(Some(round(live, caller, &cases, cursor)))
    }

    fn made(&self, live: &Live, alike: &Alike) -> Option<Arc<Cases>> {
        if live.loaded.case_entries.is_empty() {
            return Some(Arc::default());
        }
        let lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        lists.get(alike).filter(|(made, _)| *made == stamp(live)).map(|(_, cases)| Arc::clone(cases))
    }
}

/// Events after what a stream has told, in the order of entries.
fn round(live: &Live, caller: &Caller, cases: &Cases, cursor: &mut Cursor) -> (Bytes, bool) {
    let entries = live.loaded.entries;
    let Some(after) = cursor.after else {
        *cursor = Cursor { after: Some(entries.saturating_sub(1)), seen: entries };
        return (Bytes::new(), false);
    };
    let first = cursor.seen.max(after.saturating_add(1));
    let place = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let subjects = live.loaded.subjects.get(place(first)..).unwrap_or_default();
    let others = (first..entries).zip(subjects).filter(|(entry, subject)| {
        ears(caller.person.role).is_some_and(|ears| hears_of(ears, **subject, *entry, &live.loaded))
    });
    let others = others.map(|(entry, subject)| (entry, (subject.as_str(), None)));
    let acts = cases.range((Bound::Excluded(after), Bound::Unbounded));
    let acts = acts.map(|(entry, case)| (*entry, (Subject::Case.as_str(), case.as_deref())));
    // A round of either holds the first of both together.
    let mut all: BTreeMap<u64, (&str, Option<&str>)> = others.take(ROUND + 1).collect();
    all.extend(acts.take(ROUND + 1));
    let more = all.len() > ROUND;
    let mut events = String::new();
    let mut last = after;
    for (entry, (kind, case)) in all.into_iter().take(ROUND) {
        let data = json!({ "entry": entry, "kind": kind, "case": case });
        let _ = write!(events, "id: {entry}\nevent: entry\ndata: {data}\n\n");
        last = entry;
    }
    let seen = if more { last.saturating_add(1) } else { entries };
    *cursor = Cursor { after: Some(last), seen };
    (Bytes::from(events), more)
}

/// When the files of accounts and sessions last changed: while this is the same, whoever had an account has it.
pub(super) fn doors(store: &Path) -> Vec<Option<(SystemTime, u64)>> {
    let of = |name: &str| {
        let found = std::fs::metadata(store.join(name)).ok()?;
        Some((found.modified().ok()?, found.len()))
    };
    ["accounts", "sessions"].map(of).into()
}
