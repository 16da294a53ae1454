//! What the demo publishes, so that the Public screen has something on it: a daily bulletin, passed by two of the demo's people, cosigned by two witnesses.
//!
//! Both witnesses are run by the demo itself, over keys that it draws into its own folder: they show how publishing works and prove nothing
//! about two sides. Their names say so wherever they stand. They sign by the code by which every witness does.

use std::path::Path;

use truceline_record::WitnessVerifier;
use truceline_store::{Store, WitnessFolder};

use super::publish::{freeze, pass};
use super::published::signed;
use crate::bulletins::Bulletin;
use crate::editions::{self, Edition, Sort};
use crate::failure::Failure;
use crate::pipeline::{Derived, Source};
use crate::{cosigning, import, log, secrets};

/// Folder of the witnesses, in the store's.
const FOLDER: &str = "demo-witnesses";
/// Each with the co-chair in whose place it stands in the demo.
const WITNESSES: [(&str, &str); 2] = [("a", "russia"), ("b", "united-states")];
/// Who passes the bulletin; the second answers for it.
const PEOPLE: [&str; 2] = ["watch", "legal"];

/// The demo's witnesses, made where they are not there yet.
///
/// # Errors
/// When their folders cannot be used.
pub(super) fn witnesses(store: &Path) -> Result<Vec<WitnessFolder>, Failure> {
    let fail = |e: &dyn std::fmt::Display| Failure::operation("open the demo's witnesses", e);
    let each = WITNESSES.iter().map(|(name, _)| {
        let at = store.join(FOLDER).join(name);
        if at.join("witness.key").exists() {
            return WitnessFolder::open(&at).map_err(|e| fail(&e));
        }
        let name = format!("demo.truceline.local/{name}");
        WitnessFolder::create(&at, &name, &*secrets::draw_secret()?).map_err(|e| fail(&e))
    });
    each.collect()
}

/// The lines of `mission.kdl` that name them, for what they are.
pub(super) fn lines(witnesses: &[WitnessFolder]) -> String {
    let line = |(witness, (name, actor)): (&WitnessFolder, &(&str, &str))| {
        format!(
            "witness \"Demo witness {name}, run by this demo itself in the place of {actor}: proves nothing about two sides\" key=\"{}\" for={actor}\n",
            witness.verifier_key()
        )
    };
    witnesses.iter().zip(&WITNESSES).map(line).collect()
}

/// Publishes a bulletin of what was derived, unless one is published; a demo that was stopped half-way goes on where it stopped.
///
/// # Errors
/// When the store or a witness cannot be used.
pub(super) fn publish(dir: &Path, derived: &Derived, witnesses: &mut [WitnessFolder]) -> Result<(), Failure> {
    let mut store = log::open(dir)?;
    let loaded = &derived.loaded;
    let kept = signed(&store)?;
    if loaded.bulletins.iter().any(|entry| editions::stands(loaded, entry, &kept).published) {
        return Ok(());
    }
    let begun =
        loaded.bulletins.iter().find(|entry| Bulletin::of(entry).is_ok_and(|one| one.edition.is_some()));
    let n = match begun {
        Some(entry) => entry.n,
        None => {
            let edition = Edition { sort: Sort::Daily, corrects: None, replaces: None };
            freeze(&mut store, derived, PEOPLE[0], Some(edition), None)?.0
        }
    };
    drop(store);
    let loaded = Source::new(dir.to_path_buf()).loaded(None, 2)?;
    let mut store = log::open(dir)?;
    if let Some(entry) = loaded.bulletins.iter().find(|entry| entry.n == n) {
        let passing = editions::passing(&loaded, entry);
        let has = |name: &str| passing.signed.iter().any(|one| one.by.as_deref() == Some(name));
        let roles = &loaded.mission.folder.roles;
        let people = PEOPLE.into_iter().filter(|name| !has(name));
        let people: Vec<_> = people.filter_map(|name| Some((name, roles.get(name)?.role))).collect();
        pass(&mut store, n, &people)?;
    }
    import::sign(&mut store)?;
    cosign(&store, witnesses)
}

fn cosign(store: &Store, witnesses: &mut [WitnessFolder]) -> Result<(), Failure> {
    let fail = |e: &dyn std::fmt::Display| Failure::operation("let the demo's witnesses cosign", e);
    for witness in witnesses {
        witness.trust(store.verifier()).map_err(|e| fail(&e))?;
        let key = WitnessVerifier::new(&witness.verifier_key()).map_err(|e| fail(&e))?;
        let Some((checkpoint, note)) = cosigning::last(store)? else { return Ok(()) };
        let asked = cosigning::ask(&key, store, &checkpoint, &note, &mut |request| {
            let answer = witness.answer(&request.to_bytes(), log::seconds()).map_err(|e| e.to_string())?;
            Ok((answer.status, String::from_utf8_lossy(&answer.body).into_owned()))
        });
        let (signed, _) = asked.map_err(|why| fail(&why))?;
        store.keep_cosigned(&signed).map_err(|e| fail(&e))?;
    }
    Ok(())
}
