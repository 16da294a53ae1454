//! What a mission's files say about cases, as casework goes by it.

use std::collections::{BTreeMap, BTreeSet};

use truceline_casework::case::Setting;
use truceline_model::ActorId;
use truceline_terms::ClauseKind;

use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::mission::Mission;

/// The setting of each mission of the log, by its entry; none where no case needs one. A mission whose terms are not sound gives none: what
/// was in force before it stays.
///
/// # Errors
/// When the files of a mission cannot be used.
pub(crate) fn settings(
    missions: &BTreeMap<u64, BTreeMap<String, Vec<u8>>>,
    is_needed: bool,
) -> Result<BTreeMap<u64, Setting>, Failure> {
    let mut all = BTreeMap::new();
    for (entry, files) in missions.iter().filter(|_| is_needed) {
        if let Ok(setting) = settings_of(&Mission::read(files)?) {
            all.insert(*entry, setting);
        }
    }
    Ok(all)
}

/// What a case goes by that was opened by an entry: what was in force then, or first.
pub(crate) fn setting_at(loaded: &Loaded, entry: u64) -> Option<&Setting> {
    let all = &loaded.settings;
    let at = all.range(..=entry).next_back().or_else(|| all.first_key_value());
    at.map(|(_, setting)| setting)
}

/// The setting of one mission.
///
/// # Errors
/// When its terms are not sound.
pub(crate) fn settings_of(mission: &Mission) -> Result<Setting, Failure> {
    let terms = mission.terms()?;
    let procedures = terms.clauses.iter().filter_map(|clause| {
        clause.procedure.as_ref().map(|procedure| (clause.id.clone(), procedure.clone()))
    });
    let about = |kind: ClauseKind| kind != ClauseKind::Procedure;
    let mut guarantors: BTreeMap<ActorId, BTreeSet<ActorId>> = BTreeMap::new();
    for guarantor in &terms.guarantors {
        guarantors.entry(guarantor.answers_for.clone()).or_default().insert(guarantor.id.clone());
    }
    Ok(Setting {
        zone: terms.zone.clone(),
        working: terms.working_hours.clone(),
        procedures: procedures.collect(),
        clauses: terms.clauses.iter().filter(|c| about(c.kind)).map(|c| c.id.clone()).collect(),
        guarantors,
        actors: mission.actors.clone(),
        gravity: terms.gravity.iter().map(|gravity| gravity.id.clone()).collect(),
        persistence: terms.persistence.clone(),
        people: mission.folder.roles.clone(),
    })
}
