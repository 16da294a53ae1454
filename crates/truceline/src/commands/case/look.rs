//! Looking at cases: lists, one case, what is due, counts. As of any moment; nothing is stored.

use std::path::Path;

use serde_json::json;
use truceline_casework::case::{Case, Counted, Docket, Setting};
use truceline_model::Instant;

use super::acting::{case_id, latest, named};
use crate::cases;
use crate::cli::{Format, Moment};
use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::pipeline::{Source, derive};
use crate::{log, out};

/// The docket of a store as of a moment; without one: now, or, in a mission that looks back, the latest act.
pub(super) fn docket_of(store: &Path, moment: &Moment) -> Result<(std::sync::Arc<Loaded>, Docket), Failure> {
    let loaded = Source::new(store.to_path_buf()).loaded(moment.up_to, moment.threads)?;
    let as_of = as_of(&loaded, moment)?;
    let docket = cases::docket(&loaded, as_of);
    Ok((loaded, docket))
}

fn as_of(loaded: &Loaded, moment: &Moment) -> Result<Instant, Failure> {
    match &moment.as_of {
        Some(words) => loaded.mission.moment(words),
        None if loaded.mission.opens_at.is_some() => {
            Ok(latest(loaded, loaded.mission.opens_at.unwrap_or(Instant::FAR_PAST)))
        }
        None => Instant::parse(&log::now()).map_err(|e| Failure::operation("read the clock", &e)),
    }
}

/// What a case goes by: what was in force when it was opened.
fn setting(loaded: &Loaded, entry: u64) -> Result<&Setting, Failure> {
    cases::setting_at(loaded, entry).ok_or_else(|| Failure::not_found("no case was opened in this store"))
}

fn latest_setting(loaded: &Loaded) -> Result<&Setting, Failure> {
    setting(loaded, u64::MAX)
}

/// Lists cases.
pub(super) fn list(store: &Path, moment: &Moment, format: Format) -> Result<u8, Failure> {
    let (loaded, docket) = docket_of(store, moment)?;
    for case in docket.cases.values() {
        let setting = setting(&loaded, case.id.0)?;
        let line = listed(case, setting, docket.as_of);
        out::told(format, line, &cases::case_json(case, setting, docket.as_of))?;
    }
    if docket.cases.is_empty() && format == Format::Text {
        out::line("no cases")?;
    }
    Ok(0)
}

fn listed(case: &Case, setting: &Setting, as_of: Instant) -> String {
    let against: Vec<&str> = case.respondents.iter().map(|one| one.as_str()).collect();
    let against = if against.is_empty() { "nobody named".to_owned() } else { against.join(" or ") };
    let head = format!("{}  {} · {against} · {}", case.id, case.clause(), case.stands());
    match case.awaited(setting, as_of) {
        None => format!("{head} (ended)"),
        Some(one) => {
            let who: Vec<String> = one.who.iter().map(ToString::to_string).collect();
            format!("{head} · waits for {} until {}", who.join(", "), setting.zone.local_text(one.due))
        }
    }
}

/// Shows one case.
pub(super) fn show(
    store: &Path,
    case: &str,
    person: Option<&str>,
    moment: &Moment,
    format: Format,
) -> Result<u8, Failure> {
    let (loaded, docket) = docket_of(store, moment)?;
    let id = case_id(case)?;
    let case = docket.cases.get(&id).ok_or_else(|| {
        Failure::not_found(format!("there is no case {id}; truceline case list names them"))
    })?;
    let setting = setting(&loaded, id.0)?;
    let mut value = cases::case_json(case, setting, docket.as_of);
    let mut text = cases::case_text(case, setting, docket.as_of);
    if let Some(name) = person {
        named(&loaded.mission, name)?;
        if let Some(person) = setting.people.get(name) {
            let (waits, offered) = cases::offered(case, person, setting, docket.as_of);
            let waiting = if waits.is_some() { "the step waits for them; " } else { "" };
            text.push_str(&format!("  {name}: {waiting}may {}\n", offered.join(", ")));
            if let Some(map) = value.as_object_mut() {
                map.insert(
                    "offered".into(),
                    json!({ "person": name, "is_awaited": waits.is_some(), "acts": offered }),
                );
            }
        }
    }
    out::told(format, text.trim_end(), &value)?;
    Ok(0)
}

/// What is overdue, and what is due soon.
pub(super) fn due(store: &Path, moment: &Moment, within: u32, format: Format) -> Result<u8, Failure> {
    let (loaded, docket) = docket_of(store, moment)?;
    if docket.cases.is_empty() {
        return Ok(0);
    }
    let setting = latest_setting(&loaded)?;
    due_of(&docket, setting, within, format)?;
    Ok(0)
}

/// Prints what is due.
pub(super) fn due_of(docket: &Docket, setting: &Setting, within: u32, format: Format) -> Result<(), Failure> {
    match format {
        Format::Text => {
            cases::due_text(docket, setting, i64::from(within)).into_iter().try_for_each(out::line)
        }
        Format::Json => {
            cases::due_json(docket, setting, i64::from(within)).into_iter().try_for_each(out::line)
        }
    }
}

/// Counts of non-compliance.
pub(super) fn counts(store: &Path, moment: &Moment, format: Format) -> Result<u8, Failure> {
    let loaded = Source::new(store.to_path_buf()).loaded(moment.up_to, moment.threads)?;
    let as_of = as_of(&loaded, moment)?;
    let setting = match loaded.settings.last_key_value() {
        Some((_, setting)) => setting.clone(),
        None => cases::settings_of(&loaded.mission)?,
    };
    let derived = derive(loaded, as_of, moment.threads)?;
    for count in truceline_casework::case::counts(&derived.docket, &cases::found(&derived), &setting) {
        let Counted { determined, separate, found, alleged } = &count.counted;
        let persistent = |reached: Option<bool>| match reached {
            None => "for people: the terms give no number",
            Some(true) => "reached",
            Some(false) => "not reached",
        };
        let text = format!(
            "{} · {}: alleged {}, determined {} ({}), by one of several {}, found under every reading {} ({}); since {}",
            count.party,
            count.clause,
            alleged.len(),
            determined.len(),
            persistent(count.is_persistent_determined),
            separate.len(),
            found.len(),
            persistent(count.is_persistent_found),
            if count.since == Instant::FAR_PAST {
                "the beginning".to_owned()
            } else {
                setting.zone.local_text(count.since)
            },
        );
        out::told(format, text, &cases::count_json(&count))?;
    }
    Ok(0)
}
