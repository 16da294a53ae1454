//! `publish`: freezes a bulletin as an entry of the log. It is a draft until the quorum has cosigned a checkpoint over that entry.
//!
//! The record is signed first, so that the bulletin names the checkpoint that it rests on; then everything is derived from the entries
//! under it and nothing later, the files go into the vault, and the entry that fixes them is logged and signed.

use std::io::Cursor;

use serde_json::json;
use truceline_store::{NewEntry, Object, Store};

use super::decide::may_decide;
use crate::bulletins::Bulletin;
use crate::cli::record::Publish;
use crate::failure::Failure;
use crate::log::kind;
use crate::pipeline::Source;
use crate::quorum::Quorum;
use crate::{import, log, out};

/// Freezes a bulletin; prints the number of its entry.
///
/// # Errors
/// When who freezes it may not, the moment cannot be read, the mission has no sound terms, or the store cannot be used.
pub(crate) fn publish(asked: &Publish) -> Result<u8, Failure> {
    let by = asked.by.trim();
    if by.is_empty() || by.len() > 2000 {
        return Err(Failure::usage("--by says who freezes it in a few words; it cannot be empty"));
    }
    let mut store = log::open(&asked.at.store)?;
    import::sign(&mut store)?;
    let entries = store.len().map_err(|e| Failure::operation("read the log", &e))?;
    let source = Source::new(asked.at.store.clone());
    let derived = source.published(asked.as_of.as_deref(), Some(entries), asked.threads)?;
    may_decide(&derived.loaded.mission.folder.people, by)?;
    if let Some(folder) = &asked.out {
        std::fs::create_dir_all(folder)
            .map_err(|e| Failure::operation(&format!("write into {}", folder.display()), &e))?;
    }
    let mut objects = Vec::new();
    let bulletin = Bulletin::freeze(&derived, by, &mut |name, bytes| {
        objects.push(kept(&mut store, bytes)?);
        match &asked.out {
            Some(folder) => std::fs::write(folder.join(name), bytes)
                .map_err(|e| Failure::operation(&format!("write {name}"), &e)),
            None => Ok(()),
        }
    })?;
    let entry = NewEntry {
        kind: kind::BULLETIN.into(),
        at: log::now(),
        body: bulletin.body(),
        // Frozen twice is two bulletins: each rests on a record of another length.
        key: None,
        objects,
    };
    let done = store.append(&[entry]).map_err(|e| Failure::operation("log the bulletin", &e))?;
    import::sign(&mut store)?;
    let n = done.first().map_or(0, |done| done.n);
    let quorum = derived.loaded.key_sets.last().map(|set| &set.quorum);
    let needed = quorum.map_or(0, Quorum::at_least);
    let wait = match quorum {
        None => "a draft: mission.kdl names no witnesses, so nobody can make it published".to_owned(),
        Some(quorum) => {
            format!("a draft until these have cosigned: {}; truceline cosign asks them", quorum.words())
        }
    };
    out::told(
        asked.format,
        format_args!(
            "entry {n}: bulletin as of {}, from {entries} entries, {} files, {} findings\n{wait}",
            bulletin.as_of,
            bulletin.files.len(),
            bulletin.findings
        ),
        &json!({ "entry": n, "bulletin": bulletin.body(), "quorum": needed }),
    )?;
    Ok(0)
}

fn kept(store: &mut Store, bytes: &[u8]) -> Result<Object, Failure> {
    let kept = store.put_stream(Cursor::new(bytes), u64::MAX);
    let kept = kept.map_err(|e| Failure::operation("keep a file of the bulletin", &e))?;
    Ok(Object::Kept(kept.digest))
}
