//! Two instances side by side, and why they differ: each input of one is put in the other's place and everything derived again.
//!
//! A cause is what makes the outcome the other's; nothing is called one because it merely differs. Both directions are tried, so that which
//! comes first changes nothing.

mod positions;
mod records;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use truceline_casework::instances::{Compared, Instance, ReportKey, Sight, instances};
use truceline_model::{ActorId, Instant, ReadingId, ReceiptNo};
use truceline_store::Store;
use truceline_terms::{Reading, Terms};

use crate::failure::Failure;
use crate::loaded::{self, Loaded};
use crate::mission::Mission;
use crate::pipeline::{Derived, derive, moment};
use crate::{folder, log};

pub(crate) use positions::{Held, Parted, Position, held, positions, stance_words};
pub(crate) use records::{Relation, Reports};

/// Files of a mission folder, by name.
type Files = BTreeMap<String, Vec<u8>>;

/// An input in which two instances may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Input {
    /// The record: reports, merges, splits, answers.
    Facts,
    /// What people did in cases: what was determined, who was put out of the agreement by it.
    Positions,
    /// Areas and lines, and who holds what by whom.
    Maps,
    /// Actors, sources, definitions.
    Registry,
    /// The readings, and which one a side goes by.
    Readings,
    /// All else in the agreement.
    Terms,
}

impl Input {
    const ALL: [Self; 6] =
        [Self::Facts, Self::Positions, Self::Maps, Self::Registry, Self::Readings, Self::Terms];

    /// The word used in files.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Facts => "facts",
            Self::Positions => "positions",
            Self::Maps => "maps",
            Self::Registry => "registry",
            Self::Readings => "readings",
            Self::Terms => "terms",
        }
    }

    /// The files that hold it, where files do.
    fn files(self) -> &'static [&'static str] {
        match self {
            Self::Facts | Self::Positions | Self::Readings => &[],
            Self::Maps => &["areas.geojson"],
            Self::Registry => &["actors.csv", "sources.csv", "definitions.csv"],
            Self::Terms => &["agreement.md"],
        }
    }
}

/// One of the two.
pub(crate) struct Side {
    /// Its store's folder.
    pub(crate) folder: PathBuf,
    /// What it derived.
    pub(crate) derived: Derived,
    /// The reading it goes by.
    pub(crate) reading: Option<ReadingId>,
    store: Store,
    files: Files,
}

/// What two instances were asked for.
pub(crate) struct Asked<'a> {
    /// The first's store, mission in place of its own, and reading.
    pub(crate) a: (&'a Path, Option<&'a Path>, Option<&'a str>),
    /// The second's.
    pub(crate) b: (&'a Path, Option<&'a Path>, Option<&'a str>),
    /// As of when, in words.
    pub(crate) as_of: Option<&'a str>,
    /// Workers.
    pub(crate) threads: usize,
}

/// Two instances held against one another.
pub(crate) struct Comparison {
    /// The first.
    pub(crate) a: Side,
    /// The second.
    pub(crate) b: Side,
    /// As of when.
    pub(crate) as_of: Instant,
    /// Units, figures and differences.
    pub(crate) compared: Compared,
    /// For each difference the inputs that make it; empty: only several together do.
    pub(crate) causes: Vec<BTreeSet<Input>>,
    /// Inputs in which the two differ.
    pub(crate) differing: BTreeSet<Input>,
    /// Inputs that could not be exchanged: the other side's do not fit the rest.
    pub(crate) untried: BTreeSet<Input>,
    /// How the two records stand to one another.
    pub(crate) relation: Relation,
    /// Reports that differ.
    pub(crate) reports: Reports,
    /// Cases in which people took a position or determined anything, and those that only one has.
    pub(crate) positions: Vec<Parted>,
}

impl Comparison {
    /// Whether all inputs are the same and something that follows from them is not: a fault of the program.
    pub(crate) fn faulty(&self) -> bool {
        self.differing.is_empty() && self.a.derived.findings != self.b.derived.findings
    }
}

/// A side before it is derived.
struct Opened {
    folder: PathBuf,
    store: Store,
    files: Files,
    loaded: Arc<Loaded>,
}

impl Opened {
    fn new(at: &Path, mission: Option<&Path>, threads: usize) -> Result<Self, Failure> {
        let store = log::open_read_only(at)?;
        let files = match mission {
            Some(folder) => folder::read(folder)?,
            None => loaded::mission_files(&store)?.ok_or_else(|| {
                let say = format!(
                    "{} holds no mission; load one, or name one by --a-mission or --b-mission",
                    at.display()
                );
                Failure::usage(say)
            })?,
        };
        let loaded = Arc::new(loaded::load_under(&store, None, threads, Some(&files))?);
        loaded.mission.terms()?;
        Ok(Self { folder: at.to_path_buf(), store, files, loaded })
    }

    fn side(self, reading: Option<&str>, as_of: Instant, threads: usize) -> Result<Side, Failure> {
        let reading = reading.map(ReadingId::new);
        let terms = self.loaded.mission.terms()?;
        if let Some(id) = reading.as_ref().filter(|id| terms.reading(id).is_none()) {
            let known: Vec<&str> = terms.readings.iter().map(|r| r.id.as_str()).collect();
            return Err(Failure::usage(format!(
                "no reading is called \"{id}\"; there are {}",
                known.join(", ")
            )));
        }
        let derived = derive(self.loaded, as_of, threads)?;
        Ok(Side { folder: self.folder, derived, reading, store: self.store, files: self.files })
    }
}

/// Compares two instances and tries what makes each difference.
///
/// # Errors
/// When a store or mission cannot be read, has no sound terms, or has no such reading.
pub(crate) fn compare(asked: &Asked<'_>) -> Result<Comparison, Failure> {
    let threads = asked.threads;
    let a = Opened::new(asked.a.0, asked.a.1, threads)?;
    let b = Opened::new(asked.b.0, asked.b.1, threads)?;
    // Without a moment the later of both, whichever comes first.
    let as_of = moment(&a.loaded, asked.as_of)?.max(moment(&b.loaded, asked.as_of)?);
    let (a, b) = (a.side(asked.a.2, as_of, threads)?, b.side(asked.b.2, as_of, threads)?);
    let (left, right) = (instance(&a.derived, a.reading.clone()), instance(&b.derived, b.reading.clone()));
    let zone = &a.derived.loaded.mission.zone;
    let party = |actor: &ActorId, at: Instant| party_of(&a, &b, actor, at);
    let mut compared = instances(&left, &right, zone, &party);
    drop((left, right));
    // That one does not have what the other finds nothing against is in the list of reports.
    compared.differences.retain(|one| {
        let harmless = [Sight::Absent, Sight::NotCovered, Sight::NotProhibited];
        !(harmless.contains(&one.a) && harmless.contains(&one.b) && [one.a, one.b].contains(&Sight::Absent))
    });
    let relation = records::relation(&a.store, &b.store)?;
    let reports = records::reports(&a.derived, &b.derived);
    let mut differing: BTreeSet<Input> = BTreeSet::new();
    for input in Input::ALL {
        if differs(&a, &b, input, &relation)? {
            differing.insert(input);
        }
    }
    let positions = positions(&a.derived, &b.derived);
    let mut comparison = Comparison {
        positions,
        causes: vec![BTreeSet::new(); compared.differences.len()],
        a,
        b,
        as_of,
        compared,
        differing,
        untried: BTreeSet::new(),
        relation,
        reports,
    };
    if !comparison.compared.differences.is_empty() {
        comparison.try_causes(threads);
    }
    Ok(comparison)
}

impl Comparison {
    /// Exchanges each differing input, in both directions, and notes which differences it undoes.
    fn try_causes(&mut self, threads: usize) {
        for input in self.differing.clone() {
            let tried = [(&self.a, &self.b, true), (&self.b, &self.a, false)].map(|(base, other, is_a)| {
                let derived = exchanged(base, other, input, self.as_of, threads).ok()?;
                let reading = if input == Input::Readings { &other.reading } else { &base.reading };
                Some(self.undone(&instance(&derived, reading.clone()), is_a))
            });
            if tried.iter().all(Option::is_none) {
                self.untried.insert(input);
            }
            for at in tried.into_iter().flatten().flatten() {
                if let Some(causes) = self.causes.get_mut(at) {
                    causes.insert(input);
                }
            }
        }
    }

    /// Differences at which an instance with one input of the other side's says what the other side says.
    fn undone(&self, with: &Instance<'_>, base_is_a: bool) -> Vec<usize> {
        let same = |difference: &truceline_casework::instances::Difference| {
            let unit = self.compared.units.get(difference.unit)?;
            let wanted: Sight = if base_is_a { difference.b } else { difference.a };
            Some(with.sight_of(&unit.reports, &difference.clause) == wanted)
        };
        let all = self.compared.differences.iter().enumerate();
        all.filter(|(_, difference)| same(difference) == Some(true)).map(|(at, _)| at).collect()
    }
}

/// A side with one input of the other's.
fn exchanged(
    base: &Side,
    other: &Side,
    input: Input,
    as_of: Instant,
    threads: usize,
) -> Result<Derived, Failure> {
    let own = base.derived.loaded.mission.terms()?;
    let loaded = match input {
        Input::Facts => {
            let mut loaded = loaded::load_under(&other.store, None, threads, Some(&base.files))?;
            with_cases(&mut loaded, &base.derived.loaded);
            loaded
        }
        Input::Positions => {
            let mut loaded = Loaded::clone(&base.derived.loaded);
            with_cases(&mut loaded, &other.derived.loaded);
            loaded
        }
        Input::Readings => {
            let theirs = other.derived.loaded.mission.terms()?;
            with_readings(Loaded::clone(&base.derived.loaded), theirs)
        }
        Input::Maps | Input::Registry | Input::Terms => {
            let mut files = base.files.clone();
            for name in input.files() {
                match other.files.get(*name) {
                    Some(bytes) => files.insert((*name).to_owned(), bytes.clone()),
                    None => files.remove(*name),
                };
            }
            let loaded = loaded::load_under(&base.store, None, threads, Some(&files))?;
            if input == Input::Terms { with_readings(loaded, own) } else { loaded }
        }
    };
    derive(Arc::new(loaded), as_of, threads)
}

/// The same with the acts in cases of another record, and the people and procedures that these go by.
fn with_cases(loaded: &mut Loaded, other: &Loaded) {
    loaded.case_entries.clone_from(&other.case_entries);
    loaded.settings.clone_from(&other.settings);
}

/// The same with the readings, and the matters that they are positions on, of other terms.
fn with_readings(mut loaded: Loaded, readings: &Terms) -> Loaded {
    let mission = loaded.mission.with_terms(|terms| Terms {
        readings: readings.readings.clone(),
        matters: readings.matters.clone(),
        ..terms.clone()
    });
    loaded.mission = Arc::new(mission);
    loaded
}

fn differs(a: &Side, b: &Side, input: Input, relation: &Relation) -> Result<bool, Failure> {
    Ok(match input {
        Input::Facts => {
            !matches!(relation, Relation::Same) && !records::says_the_same(&a.derived, &b.derived)
        }
        Input::Positions => {
            let acts = |side: &Side| -> Vec<_> {
                let all = side.derived.loaded.case_entries.iter();
                all.map(|one| (one.entry, one.at, one.by.clone(), one.what.clone())).collect()
            };
            !matches!(relation, Relation::Same) && acts(a) != acts(b)
        }
        Input::Maps | Input::Registry | Input::Terms => {
            input.files().iter().any(|name| a.files.get(*name) != b.files.get(*name))
        }
        Input::Readings => {
            let taken = |side: &Side| -> Result<BTreeMap<_, _>, Failure> {
                let one = |reading: &Reading| (reading.id.clone(), reading.takes.clone());
                Ok(side.derived.loaded.mission.terms()?.readings.iter().map(one).collect())
            };
            a.reading != b.reading || taken(a)? != taken(b)?
        }
    })
}

/// What a derivation holds, with each incident's reports by their names and not by their numbers in a log.
fn instance(derived: &Derived, reading: Option<ReadingId>) -> Instance<'_> {
    let key = |receipt: ReceiptNo| -> Option<ReportKey> {
        derived.observation(receipt).map(|report| (report.source.clone(), report.sender_id.clone()))
    };
    Instance {
        incidents: derived
            .resolved
            .incidents
            .iter()
            .map(|incident| (incident, incident.receipts().filter_map(key).collect()))
            .collect(),
        findings: derived.findings.iter().map(|(id, found)| (id, &**found)).collect(),
        reading,
    }
}

/// The party to which an actor belongs, by the first registry that knows one; an actor of no party stands for itself.
fn party_of(a: &Side, b: &Side, actor: &ActorId, at: Instant) -> ActorId {
    let of = |mission: &Mission| -> BTreeSet<ActorId> {
        let parties = mission.terms().map(|terms| terms.parties.as_slice()).unwrap_or_default();
        let mine = parties.iter().filter(|party| mission.actors.belongs(actor, &party.id, at));
        mine.map(|party| party.id.clone()).collect()
    };
    let all: BTreeSet<ActorId> =
        of(&a.derived.loaded.mission).into_iter().chain(of(&b.derived.loaded.mission)).collect();
    all.into_iter().next().unwrap_or_else(|| actor.clone())
}
