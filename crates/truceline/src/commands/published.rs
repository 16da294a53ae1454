//! `published`: how each frozen bulletin stands, by the cosignatures that this store holds.

use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value, json};
use truceline_store::Store;

use crate::bulletins::{Bulletin, Publication};
use crate::cli::record::ExportTiles;
use crate::cli::{EXIT_FOUND, Format};
use crate::editions::stands;
use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::pipeline::Source;
use crate::quorum::Signed;
use crate::{log, out};

/// Lists bulletins; 1 when one of them is a draft.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn list(dir: &Path, format: Format) -> Result<u8, Failure> {
    let loaded = Source::new(dir.to_path_buf()).loaded(None, 2)?;
    let signed = signed(&log::open_read_only(dir)?)?;
    let mut drafts = 0;
    for entry in &loaded.bulletins {
        let stands = stands(&loaded, entry, &signed);
        drafts += u32::from(!stands.published);
        let read = Bulletin::of(entry);
        let (as_of, faults) = match &read {
            Ok(bulletin) => (bulletin.as_of.to_string(), Value::Null),
            Err(say) => ("?".to_owned(), Value::String(say.clone())),
        };
        out::told(
            format,
            format_args!("entry {}: as of {as_of}, {}", entry.n, words(&stands)),
            &json!({
                "entry": entry.n, "as_of": as_of, "state": if stands.published { "published" } else { "draft" },
                "checkpoint": stands.size, "missing": stands.missing, "quorum": stands.needed, "witnesses_by_entry": stands.set,
                "agreed": stands.agreed.iter().map(|one| json!({ "needed": one.needed, "of": one.of.iter().map(|actor| actor.as_str()).collect::<Vec<_>>() })).collect::<Vec<_>>(),
                "cosigned": stands.by.iter().map(|(who, time)| json!({ "witness": who, "at": second(*time) })).collect::<Vec<_>>(),
                "figures": read.as_ref().ok().map(|bulletin| &bulletin.figures), "fault": faults,
            }),
        )?;
    }
    if format == Format::Text {
        changes(&loaded, &signed)?;
        out::line(format_args!("{} bulletins, {drafts} of them drafts", loaded.bulletins.len()))?;
    }
    Ok(if drafts > 0 { EXIT_FOUND } else { 0 })
}

/// Checkpoints that the store keeps with cosignatures.
///
/// # Errors
/// When they cannot be read.
pub(crate) fn signed(store: &Store) -> Result<Vec<Signed>, Failure> {
    let kept = store.cosigned().map_err(|e| Failure::operation("read what was cosigned", &e))?;
    Ok(kept.into_iter().map(|one| Signed { size: one.checkpoint.size, note: one.note }).collect())
}

/// Says it once more for those who look for it: whose cosignatures count is itself in the log, and may have changed.
fn changes(loaded: &Loaded, signed: &[Signed]) -> Result<(), Failure> {
    let chain = crate::quorum::in_force(&loaded.key_sets, signed);
    for set in &loaded.key_sets {
        let counts = chain.iter().any(|one| one.entry == set.entry);
        let names: Vec<&str> = set.quorum.witnesses.iter().map(|one| one.name.as_str()).collect();
        let how = if counts {
            ""
        } else {
            "; NOT IN FORCE: no quorum of those before them has cosigned that entry"
        };
        out::line(format_args!(
            "witnesses named by entry {}: {} of {}{how}",
            set.entry,
            set.quorum.words(),
            names.join(", ")
        ))?;
    }
    Ok(())
}

fn words(stands: &Publication) -> String {
    let by: Vec<&str> = stands.by.iter().map(|(who, _)| who.as_str()).collect();
    let missing = stands.missing.join(", ");
    let Some(set) = stands.set else { return "draft: the mission names no witnesses".to_owned() };
    let by = if by.is_empty() { "nobody".to_owned() } else { by.join(", ") };
    let size = stands.size.map_or_else(String::new, |size| format!(" over {size} entries"));
    let lacking = if missing.is_empty() { String::new() } else { format!("; not by {missing}") };
    let state = if stands.published { "published" } else { "draft" };
    format!("{state}: cosigned{size} by {by}{lacking} (wanted: {}; witnesses of entry {set})", stands.asked)
}

/// A second as people write it.
pub(crate) fn second(time: u64) -> Option<String> {
    let time = i64::try_from(time).ok()?;
    Timestamp::from_second(time).ok().map(|time| time.to_string())
}

/// `export-tiles`: the record as static files.
///
/// # Errors
/// When nothing is signed yet, the store cannot be read, or the files cannot be written.
pub(crate) fn export(asked: &ExportTiles) -> Result<u8, Failure> {
    let store = log::open_read_only(&asked.at.store)?;
    if asked.with_objects {
        // First: whoever meets the checkpoint finds what is under it.
        store.export_objects(&asked.out).map_err(|e| Failure::operation("write the objects", &e))?;
    }
    let size =
        store.export_static(&asked.out).map_err(|e| Failure::operation("write the static files", &e))?;
    if size == 0 {
        return Err(Failure::not_found("nothing is signed yet: load or import something first"));
    }
    let kept = store.cosigned().map_err(|e| Failure::operation("read what was cosigned", &e))?;
    let lines = kept.iter().find(|one| one.checkpoint.size == size);
    let with = if lines.is_some() { "with cosignatures" } else { "which no witness has cosigned yet" };
    let at = asked.out.display();
    out::told(
        asked.format,
        format_args!("{size} entries in {at}, under a checkpoint {with}"),
        &json!({ "entries": size, "cosigned": lines.is_some(), "out": at.to_string() }),
    )?;
    Ok(0)
}
