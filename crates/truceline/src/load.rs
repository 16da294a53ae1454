//! Loads a mission into a store: its files, its mappings, its reports, each once however often it is loaded.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use truceline_intake::Mapping;
use truceline_store::Store;

use crate::failure::Failure;
use crate::files;
use crate::folder::{self, Folder};
use crate::import::{self, Incoming};
use crate::mission::Mission;
use crate::{log, shipped, steps};

/// Largest mapping file: 1 MiB.
const MAPPING_LIMIT: u64 = 1 << 20;
/// Largest file of steps: 64 MiB.
const STEPS_LIMIT: u64 = 64 << 20;

/// What loading brought.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Loading {
    /// Reports logged now.
    pub(crate) logged: u64,
    /// Reports that the log had already.
    pub(crate) known: u64,
}

/// Loads the mission inside the binary into the store at `dir`, which is made if it is not there; with the people of the demo, or without, and
/// with these lines at the end of `mission.kdl`.
///
/// # Errors
/// When the store cannot be used.
pub(crate) fn shipped(dir: &Path, with_people: bool, lines: &str) -> Result<Loading, Failure> {
    let mut files = folder::shipped_files();
    if let (true, Some(mission)) = (with_people, files.get_mut("mission.kdl")) {
        mission.extend_from_slice(b"\n");
        mission.extend_from_slice(shipped::PEOPLE);
        mission.extend_from_slice(lines.as_bytes());
    }
    let mut store = open(dir, &files)?;
    let mut loading = Loading::default();
    for (name, id, bytes) in shipped::REPORTS {
        if *id == steps::STEPS {
            loading.add(steps::take(&mut store, name, bytes)?);
            continue;
        }
        let (text, mapping) = mapping(id)?;
        let incoming = Incoming {
            name,
            bytes: &mut Cursor::new(*bytes),
            length: bytes.len() as u64,
            mapping: (&text, &mapping),
            encoding: None,
        };
        loading.add(import::take(&mut store, incoming, false)?);
    }
    import::sign(&mut store)?;
    Ok(loading)
}

/// Loads a mission folder on disk.
///
/// # Errors
/// When the folder or the store cannot be used.
pub(crate) fn from_folder(dir: &Path, mission: &Path) -> Result<Loading, Failure> {
    let files = folder::read(mission)?;
    let text = files.get("mission.kdl").map(|b| String::from_utf8_lossy(b).into_owned()).unwrap_or_default();
    let folder = if text.is_empty() { Folder::default() } else { Folder::parse(&text)? };
    let mut store = open(dir, &files)?;
    let mut loading = Loading::default();
    for (path, id) in &folder.reports {
        if id == steps::STEPS {
            let bytes = files::read(&mission.join(path), STEPS_LIMIT)
                .map_err(|e| Failure::usage(format!("could not read {path}: {e}")))?;
            loading.add(steps::take(&mut store, path, &bytes)?);
            continue;
        }
        let (text, mapping) = mapping(id)?;
        let (mut bytes, length) = import::open(&mission.join(path))?;
        let name = path.rsplit('/').next().unwrap_or(path);
        let incoming =
            Incoming { name, bytes: &mut bytes, length, mapping: (&text, &mapping), encoding: None };
        loading.add(import::take(&mut store, incoming, false)?);
    }
    import::sign(&mut store)?;
    Ok(loading)
}

impl Loading {
    fn add(&mut self, taken: import::Taken) {
        self.logged += taken.logged;
        self.known += taken.known;
    }
}

/// Opens or makes the store, and registers the mission's files once they are found sound.
fn open(dir: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<Store, Failure> {
    let mission = Mission::read(files)?;
    let terms = mission.terms()?;
    let mut store = log::open_or_create(dir, &format!("truceline.local/{}", terms.id))?;
    let listed: Vec<(&str, &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    store
        .append(&[log::mission(&log::now(), &terms.id, &listed)])
        .map_err(|e| Failure::operation("register the mission", &e))?;
    Ok(store)
}

/// A shipped mapping by id, or a mapping file: its text and what it says.
///
/// # Errors
/// When there is none, or it cannot be read; every fault with its place.
pub(crate) fn mapping(id_or_path: &str) -> Result<(Vec<u8>, Mapping), Failure> {
    let (name, text) = match shipped::mapping(id_or_path) {
        Some(text) => (format!("{id_or_path}.kdl"), text.to_vec()),
        None => {
            let known: Vec<&str> = shipped::MAPPINGS.iter().map(|(id, _)| *id).collect();
            let bytes = files::read(Path::new(id_or_path), MAPPING_LIMIT).map_err(|e| {
                Failure::usage(format!("no mapping is called \"{id_or_path}\" (there are {}) and it is no file that can be read: {e}", known.join(", ")))
            })?;
            (id_or_path.to_owned(), bytes)
        }
    };
    let words =
        String::from_utf8(text.clone()).map_err(|_| Failure::usage(format!("{name} is not UTF-8 text")))?;
    let mapping = truceline_intake::mapping::parse(&words).map_err(|faults| {
        let shown: Vec<String> = faults.iter().map(|f| format!("{name}:{f}")).collect();
        Failure::usage(shown.join("\n"))
    })?;
    Ok((text, mapping))
}
