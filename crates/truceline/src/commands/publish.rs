//! `publish`: freezes a bulletin as an entry of the log. It is a draft until the quorum has cosigned a checkpoint over that entry.
//!
//! The record is signed first, so that the bulletin names the checkpoint that it rests on; then everything is derived from the entries
//! under it and nothing later, the files go into the vault, and the entry that fixes them is logged and signed. With a second person it asks for two,
//! as in the ops room, and both pass it at once; without one it says of itself that one person froze it alone, and so does who verifies it.

use std::io::Cursor;
use std::path::Path;

use serde_json::{Value, json};
use truceline_casework::case::Role;
use truceline_publish::Lang;
use truceline_store::{NewEntry, Object, Store};

use super::decide::may_decide;
use crate::bulletins::Bulletin;
use crate::cli::record::Publish;
use crate::editions::{self, ANSWER, Edition, SIGN, SignOff, Sort};
use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::log::kind;
use crate::pipeline::{Derived, Source};
use crate::quorum::Quorum;
use crate::{import, log, out, printing};

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
    let two = asked.and.as_deref().map(|and| two(&derived.loaded, by, and.trim())).transpose()?;
    if let Some(folder) = &asked.out {
        std::fs::create_dir_all(folder)
            .map_err(|e| Failure::operation(&format!("write into {}", folder.display()), &e))?;
    }
    let edition = two.is_some().then_some(Edition { sort: Sort::Daily, corrects: None, replaces: None });
    let (n, bulletin) = freeze(&mut store, &derived, by, edition, asked.out.as_deref())?;
    if let (Some(folder), true) = (&asked.out, asked.pdf) {
        for lang in Lang::ALL {
            let page = folder.join(truceline_publish::file_name(lang));
            printing::file(&page, &page.with_extension("pdf"))?;
        }
    }
    if let Some(two) = &two {
        pass(&mut store, n, two)?;
    }
    import::sign(&mut store)?;
    let quorum = derived.loaded.key_sets.last().map(|set| &set.quorum);
    let needed = quorum.map_or(0, Quorum::at_least);
    let wait = match quorum {
        None => "a draft: mission.kdl names no witnesses, so nobody can make it published".to_owned(),
        Some(quorum) => {
            format!("a draft until these have cosigned: {}; truceline cosign asks them", quorum.words())
        }
    };
    let passed = match &asked.and {
        Some(and) => format!("passed by {by} and {}", and.trim()),
        None => format!(
            "frozen by {by} alone: whoever verifies it is told that nobody else passed it (--and NAME)"
        ),
    };
    out::told(
        asked.format,
        format_args!(
            "entry {n}: bulletin as of {}, from {entries} entries, {} files, {} findings\n{}\n{wait}",
            bulletin.as_of,
            bulletin.files.len(),
            bulletin.findings,
            out::shown(&passed)
        ),
        &json!({ "entry": n, "bulletin": bulletin.body(), "quorum": needed, "by_one_alone": two.is_none() }),
    )?;
    Ok(0)
}

/// The two who pass it: different people, each in a role that passes bulletins, one of them in a role that answers for them.
fn two<'a>(loaded: &Loaded, by: &'a str, and: &'a str) -> Result<[(&'a str, Role); 2], Failure> {
    if by == and {
        return Err(Failure::usage(
            "--and: a bulletin is passed by two people, and this is the same one twice",
        ));
    }
    let role = |option: &str, name: &str| {
        let role = loaded.mission.folder.roles.get(name).map(|person| person.role);
        role.filter(|role| SIGN.contains(role)).ok_or_else(|| {
            let name = out::shown(name);
            Failure::usage(format!(
                "{option}: {name} is nobody who passes bulletins (docs/authority.md says who does)"
            ))
        })
    };
    let two = [(by, role("--by", by)?), (and, role("--and", and)?)];
    if two.iter().any(|(_, role)| ANSWER.contains(role)) {
        return Ok(two);
    }
    Err(Failure::usage("--and: one of the two has to be a legal officer or a co-chair, who answers for it"))
}

/// Freezes what was derived, logs it, and gives its entry; its files go into a folder as well, where one is named.
///
/// # Errors
/// When the store or the folder cannot be written.
pub(super) fn freeze(
    store: &mut Store,
    derived: &Derived,
    by: &str,
    edition: Option<Edition>,
    folder: Option<&Path>,
) -> Result<(u64, Bulletin), Failure> {
    let mut objects = Vec::new();
    let mut bulletin = Bulletin::freeze(derived, by, &mut |name, bytes| {
        objects.push(kept(store, bytes)?);
        match folder {
            Some(folder) => std::fs::write(folder.join(name), bytes)
                .map_err(|e| Failure::operation(&format!("write {name}"), &e)),
            None => Ok(()),
        }
    })?;
    bulletin.edition = edition;
    let entry = NewEntry {
        kind: kind::BULLETIN.into(),
        at: log::now(),
        body: bulletin.body(),
        // Frozen twice is two bulletins: each rests on a record of another length.
        key: None,
        objects,
    };
    let done = store.append(&[entry]).map_err(|e| Failure::operation("log the bulletin", &e))?;
    import::sign(store)?;
    Ok((done.first().map_or(0, |done| done.n), bulletin))
}

/// Lets people pass the bulletin of an entry, each by an entry of their own.
///
/// # Errors
/// When the store cannot be used.
pub(super) fn pass(store: &mut Store, n: u64, people: &[(&str, Role)]) -> Result<(), Failure> {
    let fail = |e: &dyn std::fmt::Display| Failure::operation("log who passed the bulletin", e);
    let entry = store.entry(n).map_err(|e| fail(&e))?;
    let digest = entry.as_ref().and_then(editions::digest).ok_or_else(|| fail(&"it cannot be read"))?;
    // A store that commits to fields has a secret; without one a later report would take it for lost.
    crate::secrets::of(store)?;
    let one = |(by, role): &(&str, Role)| {
        let fields: Vec<(&'static str, Value)> = vec![("by", json!(by))];
        log::noted(kind::SIGN_OFF, fields, &SignOff::open(n, &digest, *role))
    };
    let entries = people.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    store.append(&entries).map(drop).map_err(|e| fail(&e))
}

fn kept(store: &mut Store, bytes: &[u8]) -> Result<Object, Failure> {
    let kept = store.put_stream(Cursor::new(bytes), u64::MAX);
    let kept = kept.map_err(|e| Failure::operation("keep a file of the bulletin", &e))?;
    Ok(Object::Kept(kept.digest))
}
