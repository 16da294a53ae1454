//! The registries beside an agreement: actors, areas and sources, with the line of each, read again when a file changes.
//!
//! A registry that is missing or faulty is said once, on the agreement; until it is mended nothing is looked up in it, so that
//! one bad row does not turn every name of the agreement red.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use truceline_intake::mission;
use truceline_model::{Actors, Areas, Sources, Zone};
use truceline_terms::grammar::NameKind;

/// The files that are read.
pub(crate) const FILES: [&str; 3] = ["actors.csv", "areas.geojson", "sources.csv"];

/// Largest of them.
const LARGEST: u64 = 64 << 20;

/// When a file was changed, and how long it was.
type Stamp = Option<(SystemTime, u64)>;

/// The registries of one folder.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    stamps: Vec<Stamp>,
    pub(crate) actors: Option<Actors>,
    pub(crate) areas: Option<Areas>,
    pub(crate) sources: Option<Sources>,
    /// What is wrong with them, in words.
    pub(crate) faults: Vec<String>,
    /// Where each id stands in its file: byte, and the text of the file.
    places: BTreeMap<(NameKind, String), usize>,
    texts: BTreeMap<&'static str, String>,
}

impl Folder {
    pub(crate) fn read(path: &Path) -> Self {
        let mut folder = Self { path: path.to_path_buf(), stamps: stamps(path), ..Self::default() };
        let zone = Zone::utc();
        if let Some(bytes) = folder.file("actors.csv", true) {
            match mission::actors(&bytes, &zone) {
                Ok(actors) => folder.actors = Some(actors),
                Err(faults) => folder.say(&faults),
            }
            folder.rows("actors.csv", NameKind::Actor);
        }
        let said = folder.faults.len();
        if let Some(bytes) = folder.file("areas.geojson", false) {
            match mission::areas(&bytes, &zone) {
                Ok(areas) => folder.areas = Some(areas),
                Err(faults) => folder.say(&faults),
            }
            folder.features();
        } else if folder.faults.len() == said {
            // A mission may have no map; then no area is right.
            folder.areas = Some(Areas::default());
        }
        if let Some(bytes) = folder.file("sources.csv", false) {
            let none = Actors::default();
            match mission::sources(&bytes, folder.actors.as_ref().unwrap_or(&none)) {
                Ok(sources) => folder.sources = Some(sources),
                Err(faults) if folder.actors.is_some() => folder.say(&faults),
                Err(_) => {}
            }
            folder.rows("sources.csv", NameKind::Source);
        }
        folder
    }

    /// Whether a file changed since it was read.
    pub(crate) fn is_stale(&self) -> bool {
        stamps(&self.path) != self.stamps
    }

    /// The file in which such ids stand, the text of it, and the byte at which this one does.
    pub(crate) fn place(&self, kind: NameKind, id: &str) -> Option<(PathBuf, &str, usize)> {
        let name = match kind {
            NameKind::Actor => FILES[0],
            NameKind::Area => FILES[1],
            NameKind::Source => FILES[2],
            _ => return None,
        };
        let at = *self.places.get(&(kind, id.to_owned()))?;
        Some((self.path.join(name), self.texts.get(name)?, at))
    }

    fn file(&mut self, name: &'static str, needed: bool) -> Option<Vec<u8>> {
        match bytes(&self.path.join(name)) {
            Ok(Some(bytes)) => {
                self.texts.insert(name, String::from_utf8_lossy(&bytes).into_owned());
                Some(bytes)
            }
            Ok(None) if needed => {
                self.faults
                    .push(format!("no {name} lies beside this agreement: names of actors cannot be checked"));
                None
            }
            Ok(None) => None,
            Err(error) => {
                self.faults.push(format!("could not read {name}: {error}"));
                None
            }
        }
    }

    fn say(&mut self, faults: &[mission::MissionFault]) {
        let more = faults.len().saturating_sub(1);
        let rest = if more > 0 { format!(" (and {more} more)") } else { String::new() };
        self.faults.extend(faults.first().map(|fault| format!("{fault}{rest}")));
    }

    /// The first cell of every row of a table.
    fn rows(&mut self, name: &'static str, kind: NameKind) {
        let Some(text) = self.texts.get(name) else { return };
        let (mut quoted, mut at) = (false, 0);
        for line in text.split_inclusive('\n') {
            if !quoted {
                let id = line.split(',').next().unwrap_or_default().trim().trim_matches('"');
                self.places.entry((kind, id.to_owned())).or_insert(at);
            }
            quoted ^= line.matches('"').count() % 2 == 1;
            at += line.len();
        }
    }

    /// Every `"id": "…"` of the map.
    fn features(&mut self) {
        let Some(text) = self.texts.get("areas.geojson") else { return };
        for (at, key) in text.match_indices("\"id\"") {
            let rest = text.get(at + key.len()..).unwrap_or_default().trim_start();
            let value = rest.strip_prefix(':').map(str::trim_start).and_then(|v| v.strip_prefix('"'));
            if let Some((id, _)) = value.and_then(|value| value.split_once('"')) {
                self.places.entry((NameKind::Area, id.to_owned())).or_insert(at);
            }
        }
    }
}

fn stamps(path: &Path) -> Vec<Stamp> {
    let stamp = |name: &&str| {
        let data = std::fs::metadata(path.join(name)).ok()?;
        Some((data.modified().ok()?, data.len()))
    };
    FILES.iter().map(stamp).collect()
}

/// The bytes of a plain file; `None` when there is none. A pipe would never end, and is not opened.
fn bytes(path: &Path) -> Result<Option<Vec<u8>>, String> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
        Ok(data) if !data.is_file() => return Err("it is no plain file".to_owned()),
        Ok(data) if data.len() > LARGEST => return Err(format!("it is longer than {LARGEST} bytes")),
        Ok(_) => {}
    }
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LARGEST).read_to_end(&mut bytes));
    read.map_err(|error| error.to_string())?;
    Ok(Some(bytes))
}
