//! The way of a report as one pure derivation: log up to an entry, as of a moment → incidents, findings, statuses, tallies →
//! the view that `publish` prints. Work is shared among threads by incident; what comes out does not depend on how many.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use truceline_casework as casework;
use truceline_casework::case::Docket;
use truceline_casework::{Resolved, Worst};
use truceline_model::{
    AreaId, AreaKind, AreaStatus, Areas, Finding, Incident, IncidentId, Instant, Interval, Outcome,
    ReceiptNo, RivalDay, SourceId, TruceState,
};
use truceline_terms::{ClauseKind, Judge, Terms};

use crate::duties::{self, Ledger};
use crate::failure::Failure;
use crate::loaded::{self, Loaded};
use crate::log;

/// A store to derive from; keeps what it read until the log grows.
pub(crate) struct Source {
    store: PathBuf,
    kept: Mutex<Option<(u64, Arc<Loaded>)>>,
}

impl Source {
    /// A source over a store's folder.
    pub(crate) fn new(store: PathBuf) -> Self {
        Self { store, kept: Mutex::new(None) }
    }

    /// The store's folder.
    pub(crate) fn store(&self) -> &Path {
        &self.store
    }

    /// Everything that the log says, up to an entry.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn loaded(&self, up_to: Option<u64>, threads: usize) -> Result<Arc<Loaded>, Failure> {
        let store = log::open_read_only(&self.store)?;
        if up_to.is_some() {
            return Ok(Arc::new(loaded::load(&store, up_to, threads)?));
        }
        let length = store.len().map_err(|e| Failure::operation("read the log", &e))?;
        let mut kept = self
            .kept
            .lock()
            .map_err(|_| Failure::operation("read the log", &"an earlier read stopped half-way"))?;
        if let Some((at, ready)) = kept.as_ref()
            && *at == length
        {
            return Ok(Arc::clone(ready));
        }
        let ready = Arc::new(loaded::load(&store, None, threads)?);
        *kept = Some((length, Arc::clone(&ready)));
        Ok(ready)
    }

    /// Derives everything as of a moment (words; `None`: the mission's own opening moment).
    ///
    /// # Errors
    /// When the moment cannot be read, the mission has no sound terms, or the store cannot be read.
    pub(crate) fn derive(
        &self,
        as_of: Option<&str>,
        up_to: Option<u64>,
        threads: usize,
    ) -> Result<Derived, Failure> {
        let loaded = self.loaded(up_to, threads)?;
        let as_of = moment(&loaded, as_of)?;
        derive(loaded, as_of, threads)
    }

    /// Derives what may be published as of a moment: pages, maps and findings that leave the mission are made from nothing else.
    ///
    /// # Errors
    /// As [`Source::derive`].
    pub(crate) fn published(
        &self,
        as_of: Option<&str>,
        up_to: Option<u64>,
        threads: usize,
    ) -> Result<Derived, Failure> {
        let loaded = self.loaded(up_to, threads)?;
        let as_of = moment(&loaded, as_of)?;
        derive_published(loaded, as_of, threads)
    }
}

/// Derives what may be published of a log, wherever it lies.
///
/// # Errors
/// As [`derive()`].
pub(crate) fn derive_published(
    loaded: Arc<Loaded>,
    as_of: Instant,
    threads: usize,
) -> Result<Derived, Failure> {
    // Undone steps go first: what is coarsened bears another number than the step that is undone.
    derive(crate::protected::of(crate::proposals::standing(loaded, as_of)), as_of, threads)
}

/// Reads a moment; without one, the mission's own, or the latest that anything became known.
pub(crate) fn moment(loaded: &Loaded, words: Option<&str>) -> Result<Instant, Failure> {
    match words.map(str::trim).filter(|w| !w.is_empty()) {
        Some(words) => loaded.mission.moment(words),
        None => Ok(loaded
            .mission
            .opens_at
            .or_else(|| loaded.observations.iter().map(|o| o.known).max())
            .unwrap_or(Instant::from_seconds(0))),
    }
}

/// The findings of one incident, shared among the moments in which they are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found(Arc<[Finding]>);

impl std::ops::Deref for Found {
    type Target = [Finding];

    fn deref(&self) -> &[Finding] {
        &self.0
    }
}

impl<'f> IntoIterator for &'f Found {
    type Item = &'f Finding;
    type IntoIter = std::slice::Iter<'f, Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// Everything that follows from the log as of a moment.
pub(crate) struct Derived {
    /// What the log says.
    pub(crate) loaded: Arc<Loaded>,
    /// As of when.
    pub(crate) as_of: Instant,
    /// Incidents and how reports were linked.
    pub(crate) resolved: Resolved,
    /// Findings of each incident: every clause under every reading.
    pub(crate) findings: BTreeMap<IncidentId, Found>,
    /// Status of each governorate.
    pub(crate) statuses: Vec<AreaStatus>,
    /// Rival tallies by day.
    pub(crate) rivals: Vec<RivalDay>,
    /// The state of the truce.
    pub(crate) truce: TruceState,
    /// Cases.
    pub(crate) docket: Arc<Docket>,
    /// The ledger of duties, made when something first asks for it.
    ledger: OnceLock<Ledger>,
}

/// Derives everything as of a moment.
///
/// # Errors
/// When the mission has no sound terms.
pub(crate) fn derive(loaded: Arc<Loaded>, as_of: Instant, threads: usize) -> Result<Derived, Failure> {
    let loaded = crate::proposals::standing(loaded, as_of);
    let mission = Arc::clone(&loaded.mission);
    mission.terms()?;
    let rules = mission.rules();
    let ctx = casework::Context {
        actors: &mission.actors,
        areas: &mission.areas,
        zone: &mission.zone,
        rules: &rules,
    };
    let resolved = casework::resolve(&loaded.observations, &loaded.decisions, &ctx, as_of);
    derive_resolved(loaded, resolved, as_of, threads, None)
}

/// What follows once reports are resolved into incidents. What `before` found is not found again for an incident that says the same, where
/// nothing that findings go by has become known since; the result is the same with it and without.
///
/// # Errors
/// When the mission has no sound terms.
pub(crate) fn derive_resolved(
    loaded: Arc<Loaded>,
    mut resolved: Resolved,
    as_of: Instant,
    threads: usize,
    before: Option<&Derived>,
) -> Result<Derived, Failure> {
    let mission = Arc::clone(&loaded.mission);
    let docket = Arc::new(crate::cases::docket(&loaded, as_of));
    let amended = crate::cases::amended(mission.terms()?, &docket);
    let terms = amended.as_ref();
    answer_judgements(&mut resolved, &loaded, as_of);
    let judge = Judge::new(terms, &mission.actors, &mission.areas, as_of).with_sources(&mission.sources);
    let before = before.filter(|before| before.judged_alike(&loaded, &docket, as_of));
    let findings = judge_all(&judge, &resolved.incidents, before, as_of, threads);
    let worst = worst_of_each(terms, &findings);
    let input = casework::StatusInput {
        incidents: &resolved.incidents,
        worst: &worst,
        observations: &loaded.observations,
        areas: &mission.areas,
        zone: &mission.zone,
    };
    let statuses = casework::status(&input, &status_rule(terms), &governorates(&mission.areas), as_of);
    let rivals = rivals(&loaded, &resolved.incidents, as_of);
    let truce = truceline_terms::truce_state(terms, as_of);
    let ledger = OnceLock::new();
    Ok(Derived { loaded, as_of, resolved, findings, statuses, rivals, truce, docket, ledger })
}

fn worst_of_each(terms: &Terms, findings: &BTreeMap<IncidentId, Found>) -> BTreeMap<IncidentId, Worst> {
    findings.iter().map(|(id, all)| (id.clone(), worst(terms, all))).collect()
}

fn governorates(areas: &Areas) -> Vec<AreaId> {
    areas.iter().filter(|area| area.kind == AreaKind::Governorate).map(|area| area.id.clone()).collect()
}

/// Puts people's answers, given by then, on the incidents that now answer to the ids they were given for.
pub(crate) fn answer_judgements(resolved: &mut Resolved, loaded: &Loaded, as_of: Instant) {
    for judged in loaded.judged.iter().filter(|j| j.at <= as_of) {
        let now = resolved.answers_to.get(&judged.incident).unwrap_or(&judged.incident).clone();
        if let Some(incident) = resolved.incidents.iter_mut().find(|i| i.id == now) {
            incident.judgements.insert(judged.judgement.clone(), judged.answer);
        }
    }
}

/// Judges every incident that `before` does not tell of, in parts of equal length, joined in their order.
fn judge_all(
    judge: &Judge<'_>,
    incidents: &[Incident],
    before: Option<&Derived>,
    as_of: Instant,
    threads: usize,
) -> BTreeMap<IncidentId, Found> {
    let mut all = BTreeMap::new();
    let mut rest: Vec<&Incident> = Vec::new();
    for incident in incidents {
        match before.and_then(|before| before.found_before(incident, as_of)) {
            Some(found) => drop(all.insert(incident.id.clone(), found.clone())),
            None => rest.push(incident),
        }
    }
    // One worker, too, is a worker of its own: in memory of its own judging costs the same however much was resolved before,
    // and up to twice as much in the gaps that resolving leaves.
    let share = rest.len().div_ceil(threads.clamp(1, 64)).max(1);
    let one = |incident: &&Incident| (incident.id.clone(), Found(judge.judge(incident).into()));
    let judged: Vec<(IncidentId, Found)> = std::thread::scope(|scope| {
        let workers: Vec<_> = rest
            .chunks(share)
            .map(|part| (part, scope.spawn(move || part.iter().map(one).collect::<Vec<_>>())))
            .collect();
        // A worker that stopped did so for lack of memory at worst; its part is done again here, so that nothing is missing.
        workers
            .into_iter()
            .flat_map(|(part, w)| w.join().unwrap_or_else(|_| part.iter().map(one).collect()))
            .collect()
    });
    all.extend(judged);
    all
}

/// The worst that a clause which forbids says under any reading; permissions answer for nothing by themselves.
pub(crate) fn worst(terms: &Terms, findings: &[Finding]) -> Worst {
    let counts = |f: &&Finding| {
        terms.clause(&f.clause).is_some_and(|c| matches!(c.kind, ClauseKind::Forbids | ClauseKind::Calm))
    };
    let each = findings.iter().filter(counts).map(|f| match f.outcome {
        Outcome::Prohibited => Worst::Prohibited,
        Outcome::Undetermined => Worst::Undetermined,
        Outcome::NotProhibited | Outcome::NotCovered => Worst::Neither,
    });
    each.max().unwrap_or(Worst::Neither)
}

/// The terms' rule of status, as casework applies it.
pub(crate) fn status_rule(terms: &Terms) -> casework::StatusRule {
    casework::StatusRule {
        window_days: terms.status.window_days,
        fraying_min_incidents: terms.status.fraying_days,
        collapsed_min_days: terms.status.collapsed_days,
        collapsed_min_prohibited: 0,
    }
}

/// Days with a tally, and for each what every source counted.
fn rivals(loaded: &Loaded, incidents: &[Incident], as_of: Instant) -> Vec<RivalDay> {
    let zone = &loaded.mission.zone;
    let mut days: BTreeSet<Interval> = BTreeSet::new();
    for observation in loaded.observations.iter().filter(|o| o.known <= as_of) {
        if let truceline_model::Body::Tally(tally) = &observation.body {
            // A bulletin's day often lies across two local days; a longer tally is no daily one.
            let mut day = zone.day_of(tally.when.start());
            for _ in 0..3 {
                days.insert(day);
                if day.end() >= tally.when.end() {
                    break;
                }
                day = zone.day_of(day.end());
            }
        }
    }
    let days: Vec<Interval> = days.into_iter().collect();
    let listers: BTreeSet<SourceId> = loaded.mission.listers();
    let input = casework::RivalInput {
        observations: &loaded.observations,
        incidents,
        listers: &listers,
        zone,
        as_of,
    };
    let mut rivals = casework::rivals(&days, &input);
    // A count made from a source's list goes by that source's own definition, where the mission has one.
    for count in rivals.iter_mut().flat_map(|day| &mut day.counts).filter(|count| count.definition.is_none())
    {
        let own = loaded.mission.definitions.values().find(|definition| definition.source == count.source);
        count.definition = own.map(|definition| definition.id.clone());
    }
    rivals
}

impl Derived {
    /// How each governorate stood at another moment, by what is known at this one; and until when somebody last looked at each.
    ///
    /// # Errors
    /// When the mission has no sound terms.
    pub(crate) fn stood_at(
        &self,
        at: Instant,
    ) -> Result<(Vec<AreaStatus>, BTreeMap<AreaId, Instant>), Failure> {
        let mission = self.loaded.mission.as_ref();
        let terms = mission.terms()?;
        let worst = worst_of_each(terms, &self.findings);
        let input = casework::StatusInput {
            incidents: &self.resolved.incidents,
            worst: &worst,
            observations: &self.loaded.observations,
            areas: &mission.areas,
            zone: &mission.zone,
        };
        let all = governorates(&mission.areas);
        let statuses = casework::status_at(&input, &status_rule(terms), &all, at, self.as_of);
        Ok((statuses, casework::last_looks(&input, at, self.as_of)))
    }

    /// The ledger of duties.
    pub(crate) fn ledger(&self) -> &Ledger {
        // Terms that were sound when the rest was derived are sound still.
        self.ledger.get_or_init(|| duties::ledger(&self.loaded, self.as_of).unwrap_or_default())
    }

    /// Whether the judge of this moment and that of another find the same of an incident that has a time.
    fn judged_alike(&self, loaded: &Loaded, docket: &Docket, as_of: Instant) -> bool {
        let known = |at: Instant| {
            loaded.mission.terms().map_or(0, |terms| terms.known_moments().range(..=at).count())
        };
        self.loaded.mission.is_of_one_reading(&loaded.mission)
            && self.docket.exclusions() == docket.exclusions()
            && known(self.as_of) == known(as_of)
    }

    /// What was found of an incident that said the same then.
    fn found_before(&self, incident: &Incident, as_of: Instant) -> Option<&Found> {
        let all = &self.resolved.incidents;
        let same = all.binary_search_by(|one| one.id.cmp(&incident.id)).ok().and_then(|at| all.get(at))?;
        let timed = incident.time().is_some() || self.as_of == as_of;
        (timed && same == incident).then(|| self.findings.get(&incident.id)).flatten()
    }

    /// The id that an incident answers to now, whatever id it was known by.
    pub(crate) fn incident_id(&self, id: &str) -> IncidentId {
        let asked = IncidentId::new(id);
        self.resolved.answers_to.get(&asked).cloned().unwrap_or(asked)
    }

    /// The observation with that receipt.
    pub(crate) fn observation(&self, receipt: ReceiptNo) -> Option<&truceline_model::Observation> {
        let all = &self.loaded.observations;
        all.binary_search_by_key(&receipt, |o| o.receipt).ok().and_then(|at| all.get(at))
    }
}
