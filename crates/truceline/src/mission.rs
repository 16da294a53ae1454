//! A mission as it is used: its registries, its terms, its languages, read whole from the files of its folder or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use truceline_intake::Context;
use truceline_intake::mission as registry;
use truceline_model::{Actors, Areas, Grade, Instant, Source, SourceId, SourceKind, Sources, Zone};
use truceline_record::digest_of;
use truceline_terms::{Checked, Diagnostic, Severity, Terms};

use crate::failure::Failure;
use crate::folder::{Folder, Texts};
use crate::quorum::Agreed;

/// A mission.
#[derive(Clone, Debug)]
pub(crate) struct Mission {
    /// What `mission.kdl` says.
    pub(crate) folder: Folder,
    /// The agreement's zone.
    pub(crate) zone: Zone,
    /// Registered actors.
    pub(crate) actors: Actors,
    /// Registered areas.
    pub(crate) areas: Areas,
    /// Registered sources.
    pub(crate) sources: Sources,
    /// Definitions of what centres count.
    pub(crate) definitions: registry::Definitions,
    /// The agreement's text.
    pub(crate) agreement: String,
    /// What the text came to.
    terms: Option<Terms>,
    /// What is wrong or doubtful in it.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The moment that opens when none is picked.
    pub(crate) opens_at: Option<Instant>,
    /// SHA-256 of each file, by name.
    pub(crate) digests: BTreeMap<String, String>,
    /// The reading that it came from.
    reading: Arc<()>,
}

impl Mission {
    /// No mission: UTC, nothing registered. Reports can be taken in, nothing can be judged.
    pub(crate) fn none() -> Self {
        Self {
            folder: Folder::default(),
            zone: Zone::utc(),
            actors: Actors::default(),
            areas: Areas::default(),
            sources: Sources::default(),
            definitions: BTreeMap::new(),
            agreement: String::new(),
            terms: None,
            diagnostics: Vec::new(),
            opens_at: None,
            digests: BTreeMap::new(),
            reading: Arc::default(),
        }
    }

    /// How this mission's reports are linked: the shipped rules, and which of its sources carry others.
    pub(crate) fn rules(&self) -> truceline_casework::Rules {
        let carrying = self.sources.iter().filter(|source| !source.carries.is_empty());
        let carries = carrying.map(|source| (source.id.clone(), source.carries.clone())).collect();
        truceline_casework::Rules { carries, ..truceline_casework::Rules::default() }
    }

    /// Reads the files of a mission folder.
    ///
    /// # Errors
    /// Every fault of the registries, or that of `mission.kdl`. Faults of the terms are kept as diagnostics.
    pub(crate) fn read(files: &BTreeMap<String, Vec<u8>>) -> Result<Self, Failure> {
        let empty = Vec::new();
        let bytes = |name: &str| files.get(name).unwrap_or(&empty).as_slice();
        let text = |name: &str| {
            String::from_utf8(bytes(name).to_vec())
                .map_err(|_| Failure::usage(format!("{name} is not UTF-8 text")))
        };
        let mut folder = if files.contains_key("mission.kdl") {
            Folder::parse(&text("mission.kdl")?)?
        } else {
            Folder::default()
        };
        let agreement = text("agreement.md")?;
        let zone = Zone::named(if folder.zone.is_empty() { "UTC" } else { &folder.zone })
            .map_err(|e| Failure::usage(format!("mission.kdl: {e}")))?;
        let actors = registry::actors(bytes("actors.csv"), &zone).map_err(|f| faults(&f))?;
        let areas = match files.get("areas.geojson") {
            Some(bytes) => registry::areas(bytes, &zone).map_err(|f| faults(&f))?,
            None => Areas::default(),
        };
        let sources = match files.get("sources.csv") {
            Some(bytes) => registry::sources(bytes, &actors).map_err(|f| faults(&f))?,
            None => Sources::default(),
        };
        let definitions = match files.get("definitions.csv") {
            Some(bytes) => registry::definitions(bytes, &sources).map_err(|f| faults(&f))?,
            None => BTreeMap::new(),
        };
        let checked = truceline_terms::parse(&agreement, &actors, &areas);
        if let Some(terms) = &checked.terms
            && !folder.zone.is_empty()
            && terms.zone.name() != folder.zone
        {
            return Err(Failure::usage(format!(
                "mission.kdl says zone {}, agreement.md says {}; make them agree",
                folder.zone,
                terms.zone.name()
            )));
        }
        let zone = checked.terms.as_ref().map_or(zone, |terms| terms.zone.clone());
        quorum(&mut folder, &checked, &actors, &agreement)?;
        let opens_at = match &folder.opens_at {
            Some(words) => {
                Some(zone.instant(words).map_err(|e| Failure::usage(format!("mission.kdl: opens-at: {e}")))?)
            }
            None => None,
        };
        let digests =
            files.iter().map(|(name, bytes)| (name.clone(), digest_of(bytes).to_string())).collect();
        Ok(Self {
            folder,
            zone,
            actors,
            areas,
            sources,
            definitions,
            agreement,
            terms: checked.terms,
            diagnostics: checked.diagnostics,
            opens_at,
            digests,
            reading: Arc::default(),
        })
    }

    /// Whether both came from one reading of the files: then they differ in what stands for sealed sources at the most, and what one of them gave for
    /// reports that were there the other gives too.
    pub(crate) fn is_of_one_reading(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.reading, &other.reading)
    }

    /// Whether that is a sealed source that is to be registered still.
    pub(crate) fn lacks_sealed(&self, id: &SourceId) -> bool {
        id.as_str().starts_with(crate::words::SEALED)
            && !self.sources.is_empty()
            && self.sources.get(id).is_none()
    }

    /// Registers what stands for sealed sources, where the mission registers sources at all: their reports are read like others.
    pub(crate) fn register_sealed<'w>(&mut self, ids: impl Iterator<Item = &'w SourceId>) {
        let sealed: BTreeSet<&SourceId> = ids.filter(|id| self.lacks_sealed(id)).collect();
        let source = |id: &SourceId| Source {
            id: id.clone(),
            // No name: a name could be looked up, and would lead to one of them.
            names: BTreeMap::new(),
            kind: SourceKind::Other,
            side: None,
            grade: Grade::F,
            address: None,
            carries: BTreeSet::new(),
            note: None,
        };
        sealed.into_iter().map(source).for_each(|one| self.sources.add(one));
    }

    /// The same with other terms made of its own; without sound terms, itself.
    pub(crate) fn with_terms(&self, change: impl FnOnce(&Terms) -> Terms) -> Self {
        Self { terms: self.terms.as_ref().map(change), reading: Arc::default(), ..self.clone() }
    }

    /// The terms.
    ///
    /// # Errors
    /// When they are not sound, with the first thing that is wrong.
    pub(crate) fn terms(&self) -> Result<&Terms, Failure> {
        self.terms.as_ref().ok_or_else(|| {
            let first = self.diagnostics.iter().find(|d| d.severity == Severity::Error);
            match first {
                Some(fault) => Failure::usage(format!(
                    "the agreement's terms are not sound:\n{}",
                    fault.render_text("agreement.md", &self.agreement)
                )),
                None => Failure::usage(
                    "the store has no mission; truceline load MISSION --store DIR registers one",
                ),
            }
        })
    }

    /// What reports are read against; `received` is when they came.
    pub(crate) fn context(&self, received: Option<Instant>) -> Context<'_> {
        Context {
            zone: &self.zone,
            actors: &self.actors,
            areas: &self.areas,
            sources: &self.sources,
            received,
        }
    }

    /// Reads a moment as people write it: RFC 3339, or a day or hour in the agreement's zone.
    ///
    /// # Errors
    /// When it is neither.
    pub(crate) fn moment(&self, words: &str) -> Result<Instant, Failure> {
        Instant::parse(words).or_else(|_| self.zone.instant(words)).map_err(|e| Failure::usage(e.say))
    }

    /// Sources whose reports list events one by one: observatories and archives.
    pub(crate) fn listers(&self) -> BTreeSet<SourceId> {
        self.sources.iter().filter(|s| s.kind == SourceKind::Observatory).map(|s| s.id.clone()).collect()
    }

    /// The title, or the terms' own.
    pub(crate) fn title(&self) -> Texts {
        let own = || self.terms.as_ref().map(|t| texts(&t.title)).unwrap_or_default();
        if self.folder.title.is_empty() { own() } else { self.folder.title.clone() }
    }
}

/// Words of the terms by language code.
pub(crate) fn texts(text: &truceline_terms::Text) -> Texts {
    let all = [("en", Some(&text.en)), ("ar", text.ar.as_ref()), ("ru", text.ru.as_ref())];
    all.into_iter().filter_map(|(code, words)| Some((code.to_owned(), words?.clone()))).collect()
}

/// Holds the keys that `mission.kdl` names against the quorum that the agreement asks for.
///
/// # Errors
/// At the place, when these keys can never give it, or speak for somebody who is not in the mission's list.
fn quorum(folder: &mut Folder, checked: &Checked, actors: &Actors, agreement: &str) -> Result<(), Failure> {
    for (witness, line) in folder.quorum.witnesses.iter().zip(&folder.witness_lines) {
        if let Some(actor) = witness.speaks_for.as_ref().filter(|actor| actors.get(actor).is_none()) {
            return Err(Failure::usage(format!(
                "mission.kdl:{line}: \"{}\" speaks for \"{actor}\", whom actors.csv does not list",
                witness.name
            )));
        }
    }
    let said = checked.terms.as_ref().map(|terms| terms.published_when.as_slice()).unwrap_or_default();
    folder.quorum.agreed = said.iter().map(Agreed::from).collect();
    for one in said {
        let asked = Agreed::from(one);
        if let Some(lacking) = folder.quorum.lacking(&asked) {
            let lines: Vec<String> =
                folder.witness_lines.iter().map(|line| format!("mission.kdl:{line}")).collect();
            let message = format!(
                "the witnesses of {} can never give this quorum: {} must cosign",
                lines.join(", "),
                asked.words()
            );
            let help = format!(
                "give the witness of each its actor: witness \"…\" key=\"…\" for={}",
                lacking.join(", for=")
            );
            let (severity, primary, help) = (Severity::Error, one.span, Some(help));
            let told = Diagnostic { severity, code: "quorum", message, primary, secondary: Vec::new(), help };
            return Err(Failure::usage(told.render_text("agreement.md", agreement)));
        }
    }
    folder.quorum.check().map_err(|say| Failure::usage(format!("mission.kdl: {say}")))
}

fn faults(faults: &[registry::MissionFault]) -> Failure {
    let shown: Vec<String> = faults.iter().take(20).map(ToString::to_string).collect();
    let more = faults.len().saturating_sub(shown.len());
    let rest = if more > 0 { format!("\nand {more} more") } else { String::new() };
    Failure::usage(format!("the mission folder cannot be used:\n{}{rest}", shown.join("\n")))
}
