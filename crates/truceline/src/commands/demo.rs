//! `demo`: the shipped mission, loaded, judged, and served on loopback or written into a folder.

use std::net::SocketAddr;
use std::path::Path;

use serde_json::json;

use crate::cli::{Format, Moment};
use crate::failure::Failure;
use crate::pipeline::Source;
use crate::{load, out, outputs, progress, server};

/// Leaves the bulletin, the findings, the map and the store in a folder.
pub(crate) fn once(dir: &Path, moment: &Moment, format: Format) -> Result<u8, Failure> {
    let store = dir.join("store");
    let loading = load::shipped(&store)?;
    eprintln!("{} reports taken in, {} known already", loading.logged, loading.known);
    let stage = progress::stage("Judging and writing", 0);
    let derived =
        Source::new(store.clone()).published(moment.as_of.as_deref(), moment.up_to, moment.threads)?;
    outputs::write(&derived, dir)?;
    stage.done();
    let incidents = derived.resolved.incidents.len();
    let findings: usize = derived.findings.values().map(Vec::len).sum();
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

/// Loads the mission into a store, unless it is there already, and serves it.
pub(crate) fn serve(
    store: &Path,
    listen: SocketAddr,
    moment: &Moment,
    format: Format,
) -> Result<u8, Failure> {
    let loading = load::shipped(store)?;
    eprintln!("{} reports taken in, {} known already", loading.logged, loading.known);
    let stage = progress::stage("Judging", 0);
    let source = Source::new(store.to_path_buf());
    let derived = source.published(moment.as_of.as_deref(), None, moment.threads)?;
    stage.done();
    eprintln!("{} incidents judged as of {}", derived.resolved.incidents.len(), derived.as_of);
    server::serve(source, listen, moment.threads, format).map(|()| 0)
}
