//! What somebody on the watch may see of the record, and that record as of a moment. One table, default deny; the one place from which this area
//! takes what is derived.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Counter};

use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::Value;
use truceline_casework::case::Role;
use truceline_model::{Instant, SourceId};

use crate::api::answers::Answers;
use crate::api::asked::Asked;
use crate::api::gate::Caller;
use crate::api::problem::Problem;
use crate::api::{Desk, aside};
use crate::live::{Live, now};
use crate::loaded::Loaded;
use crate::pipeline::Derived;
use crate::protected::is_sealed;

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

/// For so long the watch goes on showing the present that it has: all that it shows is made anew for each, and a flood of reports makes a new
/// present sixteen times a second. A screen waits longer than this before it asks after an event.
const PACE: Duration = Duration::from_millis(250);

/// The present of the watch, and what was answered of it.
#[derive(Default)]
pub(in crate::api) struct Pace {
    present: Mutex<Option<(Counter, Arc<Live>)>>,
    answers: Answers,
}

impl Pace {
    fn live(&self, desk: &Desk) -> Result<Arc<Live>, Problem> {
        let mut present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, live)) = &*present
            && since.elapsed() < PACE
        {
            return Ok(Arc::clone(live));
        }
        let live = desk.live()?;
        *present = Some((Counter::now(), Arc::clone(&live)));
        Ok(live)
    }
}

/// The moments that somebody asks for, in words.
#[derive(Clone, Debug, Default)]
pub(super) struct When {
    /// What was known by then; nothing: what is known now.
    as_of: Option<String>,
    /// What had happened by then; nothing: the same moment.
    happened_by: Option<String>,
}

impl When {
    pub(super) fn of(asked: &Asked) -> Self {
        let text = |name| asked.text(name).map(str::to_owned);
        Self { as_of: text("as_of"), happened_by: text("happened_by") }
    }

    /// A moment by its words.
    pub(super) fn at(as_of: String) -> Self {
        Self { as_of: Some(as_of), happened_by: None }
    }
}

/// The record before somebody, on both clocks.
pub(super) struct Moment {
    /// What follows from it, as far as they may see it.
    pub(super) derived: Arc<Derived>,
    /// All of it: who may know of which case is decided over the whole record.
    pub(super) live: Arc<Live>,
    /// What had happened by then is looked at.
    pub(super) happened_by: Instant,
    /// The mission's own now.
    pub(super) now: Instant,
    pub(super) eyes: Eyes,
    pub(super) caller: Caller,
}

impl Moment {
    /// The moment that is asked for, or else the present one.
    pub(super) fn of(desk: &Desk, caller: &Caller, when: &When) -> Result<Self, Problem> {
        let eyes = eyes(caller);
        if eyes == Eyes::Nothing {
            let role = caller.person.role.as_str();
            let say = format!("a {role} sees nothing of the watch (docs/authority.md says who does)");
            return Err(Problem::not_theirs(say));
        }
        let standing = desk.pace.live(desk)?;
        let now = now(&standing.loaded)?;
        let live = match &when.as_of {
            None => standing,
            Some(words) => past(desk, &standing, words, eyes, now)?,
        };
        let derived = match eyes {
            Eyes::Mission => Arc::clone(live.derived()?),
            Eyes::Published | Eyes::Nothing => {
                desk.feed.published(&live)?.ok_or_else(Problem::many_moments)?
            }
        };
        let happened_by = match &when.happened_by {
            None => derived.as_of,
            Some(words) => derived.loaded.mission.moment(words)?,
        };
        if happened_by > derived.as_of {
            return Err(Problem::wrong(
                "happened_by: as_of at the latest; what happens after it is not known by it",
            ));
        }
        Ok(Self { derived, live, happened_by, now, eyes, caller: caller.clone() })
    }
}

/// A moment that is asked for. What would be derived of one to come is shown to those alone who may look ahead.
fn past(desk: &Desk, standing: &Live, words: &str, eyes: Eyes, now: Instant) -> Result<Arc<Live>, Problem> {
    let at = standing.loaded.mission.moment(words)?;
    if at > now && eyes != Eyes::Mission {
        return Err(Problem::wrong("as_of: a moment that has passed"));
    }
    desk.at(at)
}

/// Answers with what `work` makes of a moment; made once for all of one view. `view` names who may see the same.
pub(super) async fn answer(
    (desk, caller): (Arc<Desk>, Caller),
    (uri, headers): (Uri, HeaderMap),
    (when, view): (When, String),
    work: impl FnOnce(&Moment, &Desk) -> Result<Value, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    aside(move || {
        // Taken first: what is made of a newer moment is never kept under an older one's number.
        let generation = desk.pace.live(&desk)?.generation;
        desk.pace.answers.answer(generation, (&uri, &view), &headers, || {
            Ok(work(&Moment::of(&desk, &caller, &when)?, &desk)?.to_string().into_bytes())
        })
    })
    .await
}

/// Who may see the same of the watch, cases apart.
pub(super) fn view_of(caller: &Caller) -> String {
    format!("watch/{:?}", eyes(caller))
}

/// Sources that may be named, of those that are given.
pub(super) fn named<'s>(all: impl IntoIterator<Item = &'s SourceId>) -> Vec<&'s str> {
    all.into_iter().filter(|id| !is_sealed(id)).map(SourceId::as_str).collect()
}

/// A moment as answers write it; none where there is no end to it.
pub(super) fn written(at: Instant) -> Value {
    if at <= Instant::FAR_PAST || at >= Instant::FAR_FUTURE {
        Value::Null
    } else {
        Value::String(at.to_string())
    }
}
