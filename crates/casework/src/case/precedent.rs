//! Precedents: earlier determinations on the same clause and earlier answers to the same open word, on like facts.
//!
//! Shown beside a matter and never applied: nothing here is an input of a finding or a determination. Each likeness is named, and each
//! unlikeness; there is no score. Order: by how many kinds of fact are alike, then by how few are unlike, then the newest, then the lower entry.
//! Nothing from after the moment asked for.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    ActorKind, Actors, Answer, ClauseId, Given, Incident, IncidentId, Instant, JudgementId, Likeness,
    Precedent, Precedents, When, likest,
};

use super::act::CaseId;
use super::docket::Docket;

/// Most that are shown; how many there are is always said.
const SHOWN: usize = 12;

/// An answer that somebody gave to an open word of one incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The incident.
    pub incident: IncidentId,
    /// The word.
    pub judgement: JudgementId,
    /// The answer.
    pub answer: Answer,
    /// When it was given (UTC).
    pub at: Instant,
    /// Its entry.
    pub entry: u64,
}

/// For what precedents are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The case, which is no precedent of itself.
    pub case: Option<CaseId>,
    /// Incidents that it is about.
    pub incidents: &'a BTreeSet<IncidentId>,
    /// Determinations on this clause are wanted.
    pub clause: Option<&'a ClauseId>,
    /// Answers to these open words are wanted.
    pub words: &'a BTreeSet<JudgementId>,
}

/// Where precedents are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Before<'a> {
    /// All cases.
    pub docket: &'a Docket,
    /// Answers to open words, of all incidents.
    pub answered: &'a [Answered],
    /// Incidents as known, under the ids by which the reader knows them.
    pub incidents: &'a BTreeMap<IncidentId, &'a Incident>,
    /// The registry.
    pub actors: &'a Actors,
    /// Nothing later counts (UTC).
    pub as_of: Instant,
}

/// Looks for precedents. `name` gives the id under which the incidents of a case are known to the reader.
#[must_use]
pub fn precedents(
    asked: &Asked<'_>,
    before: &Before<'_>,
    name: &dyn Fn(&IncidentId) -> Option<IncidentId>,
) -> Precedents {
    let here = before.facts(asked.incidents);
    let mut all = before.determined(asked, name);
    all.extend(before.answers(asked));
    let looked_at = all.len();
    for one in &mut all {
        one.likenesses = likenesses(&here, &before.facts(&one.incidents));
    }
    all.retain(|one| one.likenesses.iter().any(|like| like.how == "alike"));
    all.sort_by_key(|one| {
        (likest(one.likenesses.iter().map(|like| like.how)), Reverse(one.when.at), one.entry)
    });
    let alike = all.len();
    all.truncate(SHOWN);
    Precedents { looked_at, alike, shown: all }
}

impl Before<'_> {
    /// The last determination of each other case on the clause.
    fn determined(
        &self,
        asked: &Asked<'_>,
        name: &dyn Fn(&IncidentId) -> Option<IncidentId>,
    ) -> Vec<Precedent> {
        let others = self.docket.cases.values();
        let others = others.filter(|case| Some(case.clause()) == asked.clause && Some(case.id) != asked.case);
        others
            .flat_map(|case| {
                let known: Vec<_> = case.determinations.iter().filter(|one| one.at <= self.as_of).collect();
                // Those given together stand together: separate ones of one step are as many precedents.
                let last = known.last().map(|one| (one.step.clone(), one.at));
                let latest = known.into_iter().filter(move |one| Some((one.step.clone(), one.at)) == last);
                latest.map(|one| Precedent {
                    case: Some(case.id.0),
                    incidents: case.incidents.iter().filter_map(name).collect(),
                    judgement: None,
                    determined: Some((one.stance.clone(), one.kind.as_str())),
                    when: When { at: one.at, is_day: false },
                    entry: one.entry,
                    likenesses: Vec::new(),
                })
            })
            .collect()
    }

    /// The last answer of each other incident to one of the words.
    fn answers(&self, asked: &Asked<'_>) -> Vec<Precedent> {
        let mut last: BTreeMap<(&IncidentId, &JudgementId), &Answered> = BTreeMap::new();
        for one in self.answered.iter().filter(|one| one.at <= self.as_of) {
            if asked.words.contains(&one.judgement) && !asked.incidents.contains(&one.incident) {
                let known = last.entry((&one.incident, &one.judgement)).or_insert(one);
                if (known.at, known.entry) < (one.at, one.entry) {
                    *known = one;
                }
            }
        }
        let all = last.into_values().map(|one| Precedent {
            case: None,
            incidents: [one.incident.clone()].into(),
            judgement: Some((one.judgement.clone(), one.answer)),
            determined: None,
            when: When { at: one.at, is_day: false },
            entry: one.entry,
            likenesses: Vec::new(),
        });
        all.collect()
    }

    /// What is known of several incidents, kind by kind.
    fn facts(&self, incidents: &BTreeSet<IncidentId>) -> BTreeMap<&'static str, Given> {
        let mut all: BTreeMap<&'static str, Given> = BTreeMap::new();
        for incident in incidents.iter().filter_map(|id| self.incidents.get(id)) {
            let mut put = |of: &'static str, given: Given| all.entry(of).or_default().join(given);
            put("act", Given::of(&incident.acts, |one| one.as_str().to_owned()));
            put("weapon", Given::of(&incident.weapons, |one| one.as_str().to_owned()));
            put("target", Given::of(&incident.targets, |one| one.as_str().to_owned()));
            put("ground", Given::of(&incident.held_by, ToString::to_string));
            let kind = |id: &truceline_model::ActorId| {
                self.actors.get(id).map_or("unspecified", |actor| kind(actor.kind)).to_owned()
            };
            put("actor-kind", Given::of(&incident.actors, kind));
        }
        all
    }
}

/// The word used in files.
fn kind(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::Party => "party",
        ActorKind::Umbrella => "umbrella",
        ActorKind::Group => "group",
        ActorKind::State => "state",
        ActorKind::Force => "force",
        ActorKind::Unspecified => "unspecified",
    }
}

/// Kinds of fact of which either side says something.
fn likenesses(here: &BTreeMap<&'static str, Given>, there: &BTreeMap<&'static str, Given>) -> Vec<Likeness> {
    let none = Given::default();
    let mut all = Vec::new();
    for of in ["act", "weapon", "target", "ground", "actor-kind"] {
        let (a, b) = (here.get(of).unwrap_or(&none), there.get(of).unwrap_or(&none));
        if let Some(how) = a.against(b) {
            all.push(Likeness { of, how, here: a.values.clone(), there: b.values.clone() });
        }
    }
    all
}
