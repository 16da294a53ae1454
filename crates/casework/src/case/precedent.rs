//! Precedents: earlier determinations on the same clause and earlier answers to the same open word, on like facts.
//!
//! Shown beside a matter and never applied: nothing here is an input of a finding or a determination. Each likeness is named, and each
//! unlikeness; there is no score. Order: by how many kinds of fact are alike, then by how few are unlike, then the newest, then the lower entry.
//! Nothing from after the moment asked for.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    ActorKind, Actors, Alternatives, Answer, ClauseId, Incident, IncidentId, Instant, JudgementId, Likeness,
    Precedent, Precedents, When,
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
    let count = |one: &Precedent, how: &str| one.likenesses.iter().filter(|like| like.how == how).count();
    all.retain(|one| count(one, "alike") > 0);
    all.sort_by_key(|one| {
        (Reverse(count(one, "alike")), count(one, "unlike"), Reverse(one.when.at), one.entry)
    });
    let alike = all.len();
    all.truncate(SHOWN);
    Precedents { looked_at, alike, shown: all }
}

/// The values of one kind of fact, and whether it may be something else.
type Values = (BTreeSet<String>, bool);

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
    fn facts(&self, incidents: &BTreeSet<IncidentId>) -> BTreeMap<&'static str, Values> {
        let mut all: BTreeMap<&'static str, Values> = BTreeMap::new();
        for incident in incidents.iter().filter_map(|id| self.incidents.get(id)) {
            let mut put = |of: &'static str, values: Values| {
                let known = all.entry(of).or_default();
                known.0.extend(values.0);
                known.1 |= values.1;
            };
            put("act", values(&incident.acts, |one| one.as_str().to_owned()));
            put("weapon", values(&incident.weapons, |one| one.as_str().to_owned()));
            put("target", values(&incident.targets, |one| one.as_str().to_owned()));
            put("ground", values(&incident.held_by, ToString::to_string));
            let kind = |id: &truceline_model::ActorId| {
                self.actors.get(id).map_or("unspecified", |actor| kind(actor.kind)).to_owned()
            };
            put("actor-kind", values(&incident.actors, kind));
        }
        all
    }
}

fn values<T: Ord>(given: &Alternatives<T>, word: impl Fn(&T) -> String) -> Values {
    (given.iter().map(|(value, _)| word(value)).collect(), given.is_open())
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

/// Kinds of fact of which either side says something. Alike: the same, and nothing open; unlike: nothing in common, and nothing open.
fn likenesses(
    here: &BTreeMap<&'static str, Values>,
    there: &BTreeMap<&'static str, Values>,
) -> Vec<Likeness> {
    let none = Values::default();
    let mut all = Vec::new();
    for of in ["act", "weapon", "target", "ground", "actor-kind"] {
        let (a, b) = (here.get(of).unwrap_or(&none), there.get(of).unwrap_or(&none));
        if a.0.is_empty() && b.0.is_empty() {
            continue;
        }
        let is_open = a.1 || b.1 || a.0.is_empty() || b.0.is_empty();
        let how = match () {
            () if is_open => "open",
            () if a.0 == b.0 => "alike",
            () if a.0.is_disjoint(&b.0) => "unlike",
            () => "open",
        };
        all.push(Likeness { of, how, here: a.0.clone(), there: b.0.clone() });
    }
    all
}
