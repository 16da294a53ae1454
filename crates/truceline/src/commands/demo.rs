//! `demo`: the shipped mission, loaded, judged, and its ops room served on loopback; or its outputs written into a folder.
//!
//! Its people are roles, nobody's names; its witnesses are its own, and say so. Each start gives them new accounts: what an earlier one printed opens nothing any more.

use std::net::SocketAddr;
use std::path::Path;

use serde_json::json;

use super::demo_published;
use crate::api::{self, Accounts};
use crate::cli::{Format, Moment};
use crate::failure::Failure;
use crate::pipeline::{Derived, Source};
use crate::{load, log, out, outputs, progress};

/// Leaves the bulletin, the findings, the map and the store in a folder.
pub(crate) fn once(
    dir: &Path,
    (people, published): (bool, bool),
    moment: &Moment,
    format: Format,
) -> Result<u8, Failure> {
    let store = dir.join("store");
    let mut witnesses = if published { demo_published::witnesses(&store)? } else { Vec::new() };
    let loading = load::shipped(&store, people, &demo_published::lines(&witnesses))?;
    eprintln!("{} reports taken in, {} known already", loading.logged, loading.known);
    let stage = progress::stage("Judging and writing", 0);
    let derived =
        Source::new(store.clone()).published(moment.as_of.as_deref(), moment.up_to, moment.threads)?;
    outputs::write(&derived, dir)?;
    if published {
        demo_published::publish(&store, &derived, &mut witnesses)?;
    }
    stage.done();
    let incidents = derived.resolved.incidents.len();
    let findings: usize = derived.findings.values().map(|found| found.len()).sum();
    let left: Vec<String> = ["bulletin.html", "findings.jsonl", "incidents.geojson", "store"]
        .iter()
        .map(|name| dir.join(name).display().to_string())
        .collect();
    let as_of = derived.as_of;
    out::told(
        format,
        format_args!("as of {as_of}: {incidents} incidents, {findings} findings\n{}", left.join("\n")),
        &json!({ "as_of": as_of.to_string(), "incidents": incidents, "findings": findings, "left": left }),
    )?;
    super::refused_summary(&store)
}

/// Loads the mission into a store, unless it is there already, gives its people accounts, and serves it.
pub(crate) fn serve(
    store: &Path,
    listen: SocketAddr,
    moment: &Moment,
    format: Format,
) -> Result<u8, Failure> {
    let mut witnesses = demo_published::witnesses(store)?;
    let loading = load::shipped(store, true, &demo_published::lines(&witnesses))?;
    eprintln!("{} reports taken in, {} known already", loading.logged, loading.known);
    let stage = progress::stage("Judging", 0);
    let source = Source::new(store.to_path_buf());
    let derived = source.published(moment.as_of.as_deref(), None, moment.threads)?;
    stage.done();
    eprintln!("{} incidents judged as of {}", derived.resolved.incidents.len(), derived.as_of);
    let stage = progress::stage("Publishing a bulletin", 0);
    demo_published::publish(store, &derived, &mut witnesses)?;
    drop(witnesses);
    stage.done();
    eprintln!(
        "A daily bulletin is published; both witnesses are the demo's own and prove nothing about two sides"
    );
    accounts(store, &derived, listen)?;
    drop(derived);
    api::serve(store, listen, None, api::WhomToAsk::default(), format).map(|()| 0)
}

/// Tells each person of the demo how to come in. What follows the # stays in the browser.
fn accounts(store: &Path, derived: &Derived, listen: SocketAddr) -> Result<(), Failure> {
    let kept = Accounts::read(store)?;
    let had: Vec<&str> = kept.iter().map(|account| account.person.as_str()).collect();
    eprintln!("Come in as:");
    for (person, known) in &derived.loaded.mission.folder.roles {
        if had.contains(&person.as_str()) {
            Accounts::remove(store, person)?;
        }
        let token = Accounts::add(store, person, &log::now())?;
        let role = known.role.as_str();
        eprintln!("  {role:<26} http://{listen}/#/sign-in?code={}", *token);
    }
    Ok(())
}
