//! A mission as the judge needs it: terms, registries, and the digest that names them.
//!
//! The same six files, read by the same parsers, as `truceline judge` reads; the digest is over the name and SHA-256 of each, so
//! that one word changed is another mission. Never judges and never writes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use kdl::{KdlDocument, KdlNode};
use truceline_intake::incident_file::IncidentContext;
use truceline_intake::mission as registry;
use truceline_model::{Actors, Areas, FactId, Instant, JudgementId, MeasureId, Sources, Zone};
use truceline_record::digest_of;
use truceline_terms::{Judge, Severity, Terms};

use crate::trouble::{Fallible, Trouble};

/// Files of a mission folder that findings follow from, as `truceline` names them.
pub const FILES: [&str; 6] =
    ["mission.kdl", "agreement.md", "actors.csv", "areas.geojson", "definitions.csv", "sources.csv"];
/// Files without which there is no mission.
const NEEDED: [&str; 2] = ["agreement.md", "actors.csv"];
/// Largest of these files: 64 MiB.
const LARGEST: u64 = 64 << 20;
/// Faults of a registry that are told.
const FAULTS: usize = 20;

/// Bytes of a mission's files, by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Terms and registries, ready to judge by.
pub struct Mission {
    zone: Zone,
    actors: Actors,
    areas: Areas,
    sources: Sources,
    terms: Terms,
    digests: BTreeMap<String, String>,
    digest: String,
    facts: BTreeSet<FactId>,
    judgements: BTreeSet<JudgementId>,
    measures: BTreeSet<MeasureId>,
}

/// The files of a mission folder.
///
/// # Errors
/// When one that is needed is not there, one cannot be read, or one is larger than 64 MiB.
pub fn files_of(folder: &Path) -> Fallible<Files> {
    let mut files = Files::new();
    for name in FILES {
        let path = folder.join(name);
        let mut bytes = Vec::new();
        let read = std::fs::File::open(&path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
        match read {
            Ok(_) if bytes.len() as u64 > LARGEST => {
                return Err(Trouble::new(format!("{} is larger than 64 MiB", path.display())));
            }
            Ok(_) => drop(files.insert(name.to_owned(), bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound && !NEEDED.contains(&name) => {}
            Err(error) => {
                return Err(Trouble::new(format!(
                    "could not read {}: {error}; a mission folder holds {}",
                    path.display(),
                    FILES.join(", ")
                )));
            }
        }
    }
    Ok(files)
}

/// SHA-256 over the name and SHA-256 of each file, in the order of names: 64 hexadecimal digits.
#[must_use]
pub fn digest(files: &Files) -> String {
    let mut text = String::new();
    for (name, bytes) in files {
        let _ = writeln!(text, "{name} {}", digest_of(bytes));
    }
    digest_of(text.as_bytes()).to_string()
}

impl Mission {
    /// Reads the files.
    ///
    /// # Errors
    /// Every fault of a registry, or the first of the terms.
    pub fn read(files: &Files) -> Fallible<Self> {
        let empty = Vec::new();
        let bytes = |name: &str| files.get(name).unwrap_or(&empty).as_slice();
        let agreement = text(bytes("agreement.md"), "agreement.md")?;
        let said = zone_of(&text(bytes("mission.kdl"), "mission.kdl")?)?;
        let zone = Zone::named(said.as_deref().unwrap_or("UTC"))
            .map_err(|error| Trouble::new(format!("mission.kdl: {error}")))?;
        let actors = registry::actors(bytes("actors.csv"), &zone).map_err(|all| faults(&all))?;
        let areas = match files.get("areas.geojson") {
            Some(bytes) => registry::areas(bytes, &zone).map_err(|all| faults(&all))?,
            None => Areas::default(),
        };
        let sources = match files.get("sources.csv") {
            Some(bytes) => registry::sources(bytes, &actors).map_err(|all| faults(&all))?,
            None => Sources::default(),
        };
        if let Some(bytes) = files.get("definitions.csv") {
            registry::definitions(bytes, &sources).map_err(|all| faults(&all))?;
        }
        let checked = truceline_terms::parse(&agreement, &actors, &areas);
        let Some(terms) = checked.terms else {
            let first = checked.diagnostics.iter().find(|one| one.severity == Severity::Error);
            let words = first.map(|one| one.render_text("agreement.md", &agreement)).unwrap_or_default();
            return Err(Trouble::new(format!("the agreement's terms are not sound:\n{words}")));
        };
        if said.is_some_and(|said| said != terms.zone.name()) {
            return Err(Trouble::new("mission.kdl and agreement.md say different zones; make them agree"));
        }
        Ok(Self {
            zone: terms.zone.clone(),
            facts: terms.facts.iter().map(|fact| fact.id.clone()).collect(),
            judgements: terms.judgements.iter().map(|judgement| judgement.id.clone()).collect(),
            measures: terms.measures.iter().map(|measure| measure.id.clone()).collect(),
            digests: files.iter().map(|(name, bytes)| (name.clone(), digest_of(bytes).to_string())).collect(),
            digest: digest(files),
            actors,
            areas,
            sources,
            terms,
        })
    }

    /// Its digest: 64 hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// SHA-256 of each file, by name.
    #[must_use]
    pub fn digests(&self) -> &BTreeMap<String, String> {
        &self.digests
    }

    /// The agreement's version: its id and the first twelve digits of the digest, as folders are called after it.
    #[must_use]
    pub fn version(&self) -> String {
        let word: String =
            self.terms.id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        format!("{word}.{}", self.digest.get(..12).unwrap_or(&self.digest))
    }

    /// How many findings every incident has: clauses that yield them times readings.
    #[must_use]
    pub fn findings_an_incident(&self) -> usize {
        self.terms.finding_clauses().count() * self.terms.readings.len()
    }

    /// Its registry of actors.
    #[must_use]
    pub fn actors(&self) -> &Actors {
        &self.actors
    }

    /// Its areas.
    #[must_use]
    pub fn areas(&self) -> &Areas {
        &self.areas
    }

    /// What a line of an incident file is read against.
    #[must_use]
    pub fn context(&self) -> IncidentContext<'_> {
        IncidentContext {
            zone: &self.zone,
            areas: &self.areas,
            actors: &self.actors,
            facts: Some(&self.facts),
            judgements: Some(&self.judgements),
            measures: Some(&self.measures),
        }
    }

    /// The judge, as of a moment.
    #[must_use]
    pub fn judge(&self, as_of: Instant) -> Judge<'_> {
        Judge::new(&self.terms, &self.actors, &self.areas, as_of).with_sources(&self.sources)
    }

    /// Reads a moment as people write it: RFC 3339, or a day or hour in the agreement's zone.
    ///
    /// # Errors
    /// When it is neither.
    pub fn moment(&self, words: &str) -> Fallible<Instant> {
        Instant::parse(words).or_else(|_| self.zone.instant(words)).map_err(|error| Trouble::new(error.say))
    }
}

fn text(bytes: &[u8], name: &str) -> Fallible<String> {
    String::from_utf8(bytes.to_vec()).map_err(|_| Trouble::new(format!("{name} is not UTF-8 text")))
}

/// The zone that `mission.kdl` says; the rest of it is about how a mission is shown, which no finding follows from.
fn zone_of(text: &str) -> Fallible<Option<String>> {
    if text.is_empty() {
        return Ok(None);
    }
    truceline_terms::plain(text).map_err(|(line, say)| Trouble::new(format!("mission.kdl:{line}: {say}")))?;
    let document = KdlDocument::parse_v2(text)
        .map_err(|_| Trouble::new("mission.kdl cannot be read; truceline terms check says where"))?;
    let zone = document
        .get("mission")
        .and_then(KdlNode::children)
        .and_then(|inner| inner.get("zone"))
        .and_then(|zone| zone.get(0))
        .and_then(|value| value.as_string());
    Ok(zone.filter(|zone| !zone.is_empty()).map(str::to_owned))
}

fn faults(all: &[registry::MissionFault]) -> Trouble {
    let shown: Vec<String> = all.iter().take(FAULTS).map(ToString::to_string).collect();
    let more = all.len().saturating_sub(shown.len());
    let rest = if more > 0 { format!("\nand {more} more") } else { String::new() };
    Trouble::new(format!("the mission folder cannot be used:\n{}{rest}", shown.join("\n")))
}
