//! Cases of a store: read from its entries, with what the missions of the log say about procedures and people.
//!
//! Decides nothing itself: `casework::case` does. What is derived here follows from the log and a moment alone.

mod format;
mod found;
mod named;
mod offered;
mod papers;
mod setting;
mod shown;
mod threshold;
mod unbidden;

use std::borrow::Cow;

use truceline_casework::case::{Docket, Person, Role};
use truceline_model::{ActorId, Instant};
use truceline_terms::{Exempt, Terms};

use crate::loaded::Loaded;

pub(crate) use format::{Read, read, read_act, read_complainant, write_act, write_stance};
pub(crate) use found::found;
pub(crate) use named::{name_stages, stage_named};
pub(crate) use offered::offered;
pub(crate) use papers::{Gathered, may_read, none_for_reader};
pub(crate) use setting::{setting_at, settings, settings_of};
pub(crate) use shown::{awaited_json, case_json, case_text, count_json, due_json, due_text, waits_text};
pub(crate) use threshold::{reached, thresholds_again};
pub(crate) use unbidden::{act_by_terms, acts_by_terms, those_taken, write_by_terms};

/// All cases as of a moment.
pub(crate) fn docket(loaded: &Loaded, as_of: Instant) -> Docket {
    Docket::of(&loaded.settings, &loaded.case_entries, as_of)
}

/// The terms with what cases did to them: a party that was put out is outside from that moment on, until another case takes it back.
pub(crate) fn amended<'t>(terms: &'t Terms, docket: &Docket) -> Cow<'t, Terms> {
    let exclusions = docket.exclusions();
    if exclusions.is_empty() {
        return Cow::Borrowed(terms);
    }
    let mut amended = terms.clone();
    amended.exempt.extend(exclusions.into_iter().map(|one| Exempt {
        who: [one.actor].into(),
        by_reference: None,
        from: Some(one.from),
        until: one.until.map(|(at, ..)| at),
        excluded: true,
        known: Some(one.from),
        sources: std::collections::BTreeSet::new(),
        span: truceline_model::Span { start: 0, end: 0 },
    }));
    Cow::Owned(amended)
}

/// A person as `mission.kdl` writes them: `role="co-chair" for="russia"`. `None`: someone who may decide about reports, and has no part in cases.
///
/// # Errors
/// What is wrong, in words.
pub(crate) fn person(role: Option<&str>, acts_for: Option<&str>) -> Result<Option<Person>, String> {
    let Some(word) = role else {
        return match acts_for {
            None => Ok(None),
            Some(_) => Err("for=\"…\" says whom somebody acts for; say role=\"…\" as well".into()),
        };
    };
    let role = Role::parse(word).ok_or_else(|| {
        let all: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
        format!("no role is called \"{word}\"; the roles are {}", all.join(", "))
    })?;
    if !role.is_mission() && role != Role::Public && acts_for.is_none() {
        return Err(format!("a {word} acts for somebody; add for=\"AN-ACTOR\""));
    }
    if role.is_mission() && acts_for.is_some() {
        return Err(format!("a {word} is of the mission and acts for no side; leave for=\"…\" out"));
    }
    Ok(Some(Person { role, acts_for: acts_for.map(ActorId::from) }))
}
