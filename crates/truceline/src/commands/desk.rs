//! An agreement on the desk, without a store: its mission, its judge, and a view that knows names and no report.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use truceline_model::Instant;
use truceline_publish::view::View;
use truceline_terms::scenario::{Scenario, parse_scenario};
use truceline_terms::{Judge, Terms};

use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::mission::Mission;
use crate::pipeline::{Derived, derive};
use crate::view::{self, Owned};
use crate::{files, folder};

/// Largest scenario file: 1 MiB.
const SCENARIO_LIMIT: u64 = 1 << 20;

/// An agreement and what belongs to it.
pub(crate) struct Desk {
    /// The mission.
    pub(crate) mission: Arc<Mission>,
    owned: Owned,
    bare: Derived,
}

impl Desk {
    /// Opens a mission folder, or the folder of an agreement.md.
    ///
    /// # Errors
    /// When it cannot be read or its terms are not sound.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        Self::of(Arc::new(Mission::read(&folder::read(path)?)?))
    }

    /// The desk of a mission that was read already.
    ///
    /// # Errors
    /// When its terms are not sound.
    pub(crate) fn of(mission: Arc<Mission>) -> Result<Self, Failure> {
        mission.terms()?;
        let bare = derive(Arc::new(Loaded::empty(Arc::clone(&mission))), Instant::FAR_FUTURE, 1)?;
        Ok(Self { owned: Owned::of(&mission), mission, bare })
    }

    /// The terms.
    ///
    /// # Errors
    /// None after [`Desk::open`], which has asked already.
    pub(crate) fn terms(&self) -> Result<&Terms, Failure> {
        self.mission.terms()
    }

    /// A judge as of a moment.
    ///
    /// # Errors
    /// As [`Desk::terms`].
    pub(crate) fn judge(&self, as_of: Instant) -> Result<Judge<'_>, Failure> {
        let mission = &self.mission;
        Ok(Judge::new(self.terms()?, &mission.actors, &mission.areas, as_of).with_sources(&mission.sources))
    }

    /// A view for names; it holds no incident.
    ///
    /// # Errors
    /// As [`Desk::terms`].
    pub(crate) fn view(&self) -> Result<View<'_>, Failure> {
        Ok(view::view(&self.bare, self.terms()?, &self.owned))
    }
}

/// A scenario file: its name, and the scenario or what is wrong with it.
pub(crate) type Read = (String, Result<Scenario, Vec<String>>);

/// Every scenario of a mission folder, in the order of the files' names.
///
/// # Errors
/// When the folder has none, or a file cannot be read.
pub(crate) fn scenarios(folder: &Path, mission: &Mission) -> Result<Vec<Read>, Failure> {
    let dir = folder.join("scenarios");
    let listed = std::fs::read_dir(&dir)
        .map_err(|e| Failure::usage(format!("could not read {}: {e}", dir.display())))?;
    let mut paths: Vec<PathBuf> = listed
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    paths.sort();
    if paths.is_empty() {
        return Err(Failure::usage(format!("{} holds no scenario; one is a file NN-name.md", dir.display())));
    }
    let one = |path: &PathBuf| {
        let text = files::text(path, SCENARIO_LIMIT)
            .map_err(|e| Failure::usage(format!("could not read {}: {e}", path.display())))?;
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        Ok((name, parse_scenario(&text, &mission.zone, &mission.areas)))
    };
    paths.iter().map(one).collect()
}
