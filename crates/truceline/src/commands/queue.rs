//! `queue`: what a person should look at, first what would change a finding.
//!
//! Each doubtful link is tried the other way round and each open proposal as if confirmed, on the incidents that it touches; what
//! their findings would then read decides the order (docs/reading.md, "The queue"). Orders and explains; decides nothing.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use truceline_casework::{self as casework, Between, Doubt, Trial, Turn, Weight, turns};
use truceline_intake::{Header, Mapping, Reader};
use truceline_model::{
    AreaId, Body, DeadlineState, Finding, Holding, Incident, IncidentId, Observation, Outcome, ReceiptNo,
};
use truceline_terms::{ClauseKind, Judge, Terms};

use super::shelf::{Opened, Proposed, Shelf, row};
use crate::cli::Format;
use crate::cli::words::Queue;
use crate::failure::Failure;
use crate::pipeline::{self, Derived, Source};
use crate::{load, out};

/// Links that were made by a score nearer to the threshold than this are doubtful, in thousandths.
const MARGIN: i32 = 1500;
/// A deadline is near when it is due within so many seconds: three days.
const NEAR: i64 = 3 * 86_400;
/// Receipts that no log has, for proposals tried as reports.
const TRIED: u64 = 1 << 52;

/// One thing to look at.
struct Item {
    /// What it is, for people.
    what: String,
    /// What it is, for scripts.
    json: Value,
    /// How to decide it.
    how: String,
    tier: Tier,
    turns: Vec<Turn>,
    areas: Vec<(AreaId, Holding, Holding)>,
    /// A deadline that it may speak of, with its day.
    deadline: Option<String>,
    /// How doubtful: nearest to the threshold first.
    margin: i32,
    /// Whether it was tried at all.
    tried: bool,
}

/// Why something stands where it stands; the least comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tier {
    /// An open finding would be settled, or a settled one open again.
    OpenFinding,
    /// A determined outcome would be another, or an area's status.
    Threshold,
    /// It speaks of a deadline that is near.
    Deadline,
    /// A clause would find something where it finds nothing now.
    NewFinding,
    /// Only how many incidents have an outcome would change.
    Count,
    /// No finding would change, or it was not tried.
    Rest,
}

impl Tier {
    fn as_str(self) -> &'static str {
        match self {
            Self::OpenFinding => "open-finding",
            Self::Threshold => "threshold",
            Self::Deadline => "deadline",
            Self::NewFinding => "new-finding",
            Self::Count => "count",
            Self::Rest => "rest",
        }
    }

    fn of(turns: &[Turn], areas: bool) -> Self {
        let of = |turn: &Turn| match turn.weight() {
            Weight::Settles => Self::OpenFinding,
            Weight::Flips => Self::Threshold,
            Weight::Opens => Self::NewFinding,
            Weight::Counts => Self::Count,
        };
        let area = if areas { Self::Threshold } else { Self::Rest };
        turns.iter().map(of).min().unwrap_or(Self::Rest).min(area)
    }
}

/// Prints the queue.
///
/// # Errors
/// When the store or a table cannot be used, or the mission has no sound terms.
pub(crate) fn queue(asked: &Queue) -> Result<u8, Failure> {
    let moment = &asked.moment;
    let source = Source::new(asked.at.store.clone());
    let derived = source.derive(moment.as_of.as_deref(), moment.up_to, moment.threads)?;
    let shelf = Shelf::open(&asked.at.store, &asked.tables)?;
    let mission = std::sync::Arc::clone(&derived.loaded.mission);
    let terms = mission.terms()?;
    let rules = mission.rules();
    let ctx = casework::Context {
        actors: &mission.actors,
        areas: &mission.areas,
        zone: &mission.zone,
        rules: &rules,
    };
    let desk = Desk {
        derived: &derived,
        shelf: &shelf,
        terms,
        judge: Judge::new(terms, &mission.actors, &mission.areas, derived.as_of)
            .with_sources(&mission.sources),
        trial: Trial {
            observations: &derived.loaded.observations,
            decisions: &derived.loaded.decisions,
            resolved: &derived.resolved,
            ctx,
            as_of: derived.as_of,
        },
    };
    let mut items = desk.proposals(asked.judged)?;
    let left = asked.judged.saturating_sub(items.iter().filter(|item| item.tried).count());
    let doubts = casework::doubts(&derived.resolved, rules.threshold, MARGIN);
    items.extend(doubts.iter().enumerate().map(|(at, doubt)| desk.link(doubt, at < left)));
    items.sort_by_cached_key(|item| {
        // First by how many clauses turn with that weight, then by how many findings.
        let heavy: BTreeSet<_> = item.turns.iter().map(|turn| (turn.weight(), &turn.clause)).collect();
        let first = heavy.first().map(|(weight, _)| *weight);
        let clauses = heavy.iter().filter(|(weight, _)| Some(*weight) == first).count();
        let moved = Reverse((clauses, item.turns.len()));
        (item.tier, !item.tried, moved, item.margin, item.what.clone())
    });
    let total = items.len();
    for item in items.iter().take(asked.limit) {
        tell(item, asked.format)?;
    }
    if asked.format == Format::Text {
        let shown = total.min(asked.limit);
        out::line(format_args!("{shown} of {total} as of {}", derived.as_of))?;
    }
    Ok(0)
}

struct Desk<'d> {
    derived: &'d Derived,
    shelf: &'d Shelf,
    terms: &'d Terms,
    judge: Judge<'d>,
    trial: Trial<'d>,
}

impl Desk<'_> {
    fn findings<'f>(&'f self, incidents: &[&Incident]) -> impl Iterator<Item = &'f Finding> + use<'f> {
        let ids: Vec<IncidentId> = incidents.iter().map(|incident| incident.id.clone()).collect();
        ids.into_iter().filter_map(|id| self.derived.findings.get(&id)).flatten()
    }

    /// What would read otherwise if these incidents were resolved so.
    fn would(&self, before: &[&Incident], mut resolved: casework::Resolved) -> Would {
        pipeline::answer_judgements(&mut resolved, &self.derived.loaded, self.derived.as_of);
        let judged: BTreeMap<IncidentId, Vec<Finding>> =
            resolved.incidents.iter().map(|one| (one.id.clone(), self.judge.judge(one))).collect();
        // A permission answers for nothing by itself.
        let asked = |finding: &&Finding| {
            self.terms.clause(&finding.clause).is_some_and(|clause| clause.kind != ClauseKind::Permits)
        };
        let (now, then) = (self.findings(before).filter(asked), judged.values().flatten().filter(asked));
        let turned = turns(now, then);
        let areas = self.areas(before, &resolved.incidents, &judged);
        let tier = Tier::of(&turned, !areas.is_empty());
        Would { tier, turns: turned, areas }
    }

    /// Areas whose status would be another.
    fn areas(
        &self,
        before: &[&Incident],
        after: &[Incident],
        judged: &BTreeMap<IncidentId, Vec<Finding>>,
    ) -> Vec<(AreaId, Holding, Holding)> {
        let touched: BTreeSet<&AreaId> =
            before.iter().copied().chain(after).flat_map(|incident| &incident.governorates).collect();
        let governorates: Vec<AreaId> = touched.into_iter().cloned().collect();
        let gone: BTreeSet<&IncidentId> = before.iter().map(|incident| &incident.id).collect();
        let there = |incident: &&Incident| incident.governorates.iter().any(|id| governorates.contains(id));
        let now: Vec<Incident> = self.derived.resolved.incidents.iter().filter(there).cloned().collect();
        let then: Vec<Incident> =
            now.iter().filter(|one| !gone.contains(&one.id)).chain(after).cloned().collect();
        let worst_now: BTreeMap<_, _> = now
            .iter()
            .filter_map(|one| Some((one.id.clone(), self.derived.findings.get(&one.id)?)))
            .map(|(id, findings)| (id, pipeline::worst(self.terms, findings)))
            .collect();
        let mut worst_then = worst_now.clone();
        worst_then
            .extend(judged.iter().map(|(id, findings)| (id.clone(), pipeline::worst(self.terms, findings))));
        let status = |incidents: &[Incident], worst: &BTreeMap<IncidentId, casework::Worst>| {
            // Who was watching is the same before and after: it needs no counting here.
            let (areas, zone) = (self.trial.ctx.areas, self.trial.ctx.zone);
            let input = casework::StatusInput { incidents, worst, observations: &[], areas, zone };
            casework::status(&input, &pipeline::status_rule(self.terms), &governorates, self.derived.as_of)
        };
        let pairs = status(&now, &worst_now).into_iter().zip(status(&then, &worst_then));
        let calm = |holding| matches!(holding, Holding::NotObserved | Holding::Holding);
        let moved = pairs.filter(|(a, b)| a.holding != b.holding && !(calm(a.holding) && calm(b.holding)));
        moved.map(|(a, b)| (a.area, a.holding, b.holding)).collect()
    }

    /// A doubtful link, tried the other way round.
    fn link(&self, doubt: &Doubt, try_it: bool) -> Item {
        let incident = |id: &IncidentId| self.derived.resolved.incident(id);
        let (a, b) = (doubt.to, doubt.receipt);
        let score = doubt.score;
        let (what, how, json, would) = match &doubt.between {
            Between::Two(x, y, refusal) => {
                let would = || {
                    let (x, y) = (incident(x)?, incident(y)?);
                    Some(self.would(&[x, y], self.trial.merged(x, y)))
                };
                let why = refusal.as_str();
                (
                    format!("{a} and {b}: not linked ({why}, score {score}); {x} | {y}"),
                    format!("merge {x} {y}"),
                    json!({ "link": "not-made", "refusal": why, "incidents": [x.as_str(), y.as_str()] }),
                    try_it.then(would).flatten(),
                )
            }
            Between::Within(x, leaving) => {
                let would = || {
                    let x = incident(x)?;
                    Some(self.would(&[x], self.trial.parted(x, leaving)))
                };
                let names: Vec<String> = leaving.iter().map(ToString::to_string).collect();
                (
                    format!("{b} to {a}: linked by {score} against {}; {x}", self.trial.ctx.rules.threshold),
                    format!("split {x} {}", names.join(" ")),
                    json!({ "link": "made", "incidents": [x.as_str()] }),
                    try_it.then(would).flatten(),
                )
            }
        };
        let mut json = json;
        if let Some(object) = json.as_object_mut() {
            object.extend([("receipts".to_owned(), json!([a.0, b.0])), ("score".to_owned(), json!(score))]);
        }
        Item::new(what, how, json, doubt.margin, would)
    }

    /// Open proposals of texts known by then, tried as if confirmed: up to so many of those that would be events.
    fn proposals(&self, most: usize) -> Result<Vec<Item>, Failure> {
        let (_, mapping) = load::mapping("truceline")?;
        let as_of = self.derived.as_of;
        let mut waiting: Vec<(Item, Option<Observation>)> = Vec::new();
        for words in self.derived.loaded.words.values().filter(|w| w.known <= as_of && w.fault.is_none()) {
            let read = self.shelf.read(words, as_of)?;
            for one in read.proposed.iter().filter(|one| one.step.is_none()) {
                let receipt = ReceiptNo(TRIED + waiting.len() as u64);
                let observation = self.as_if(&read, one, &mapping, receipt);
                waiting.push((self.item(&read, one, observation.as_ref()), observation));
            }
        }
        // Where each would land, were all of them confirmed: one resolution for the lot.
        let events: Vec<&Observation> = waiting
            .iter()
            .filter_map(|(_, observation)| observation.as_ref())
            .filter(|o| matches!(o.body, Body::Event(_)))
            .take(most)
            .collect();
        if !events.is_empty() {
            let mut all = self.derived.loaded.observations.clone();
            all.extend(events.iter().copied().cloned());
            let together = casework::resolve(&all, &self.derived.loaded.decisions, &self.trial.ctx, as_of);
            let tried: BTreeMap<ReceiptNo, Would> =
                events.iter().map(|event| (event.receipt, self.landed(event, &together))).collect();
            for (item, observation) in &mut waiting {
                let would = observation.as_ref().and_then(|o| tried.get(&o.receipt));
                if let Some(would) = would {
                    item.take(would.clone());
                }
            }
        }
        Ok(waiting.into_iter().map(|(item, _)| item).collect())
    }

    /// The incidents that stand where an event would land, and what they would say with it.
    fn landed(&self, event: &Observation, together: &casework::Resolved) -> Would {
        let home = together.incident_of.get(&event.receipt).and_then(|id| together.incident(id));
        let beside = home.into_iter().flat_map(|incident| incident.receipts());
        let ids: BTreeSet<&IncidentId> =
            beside.filter_map(|receipt| self.derived.resolved.incident_of.get(&receipt)).collect();
        let there: Vec<&Incident> =
            ids.into_iter().filter_map(|id| self.derived.resolved.incident(id)).collect();
        self.would(&there, self.trial.joined(event, &there))
    }

    /// The observation that a proposal would be, known as of the moment asked.
    fn as_if(
        &self,
        read: &Opened<'_>,
        one: &Proposed<'_>,
        mapping: &Mapping,
        receipt: ReceiptNo,
    ) -> Option<Observation> {
        let becomes = read.becomes(&self.shelf.loaded.mission, one);
        let full = row(&self.shelf.loaded.mission, read.words, one.id, &becomes.fields, read.words.known);
        let bytes = Value::Object(full).to_string();
        let context = self.shelf.loaded.mission.context(Some(read.words.known));
        let reader = Reader::new(mapping, Header::JsonLines).ok()?;
        reader.read(bytes.as_bytes(), 1, &context, receipt).ok()?.observations.into_iter().next()
    }

    fn item(&self, read: &Opened<'_>, one: &Proposed<'_>, as_if: Option<&Observation>) -> Item {
        let sub = one.proposal.as_ref().map_or("", |proposal| proposal.sub.as_str());
        let what = format!("{} {sub}: {}", one.id, read.quote(one.id.span));
        let json =
            json!({ "proposal": one.id.to_string(), "sub": sub, "words": read.span_json(one.id.span) });
        let mut item = Item::new(what, format!("confirm {}", one.id), json, 0, None);
        if let Some(Body::Agreement(fact)) = as_if.map(|o| &o.body) {
            let as_of = self.derived.as_of;
            let near = self.derived.truce.deadlines.iter().find(|deadline| {
                let left = deadline.due.seconds() - as_of.seconds();
                deadline.state == DeadlineState::Pending && (0..=NEAR).contains(&left)
            });
            let speaks = matches!(
                fact.fact.as_str(),
                "deadline-set" | "deadline-missed" | "accepted" | "refused" | "extended" | "renewed"
            );
            if let (Some(near), true) = (near, speaks) {
                let due = self.trial.ctx.zone.local_text(near.due);
                item.deadline = Some(format!("{} is due {due}", near.id));
                item.tier = Tier::Deadline;
            }
        }
        item
    }
}

/// What would follow.
#[derive(Clone)]
struct Would {
    tier: Tier,
    turns: Vec<Turn>,
    areas: Vec<(AreaId, Holding, Holding)>,
}

impl Item {
    fn new(what: String, how: String, json: Value, margin: i32, would: Option<Would>) -> Self {
        let (tier, turns, areas) = (Tier::Rest, Vec::new(), Vec::new());
        let mut item = Self { what, json, how, tier, turns, areas, deadline: None, margin, tried: false };
        if let Some(would) = would {
            item.take(would);
        }
        item
    }

    fn take(&mut self, would: Would) {
        self.tier = self.tier.min(would.tier);
        self.turns = would.turns;
        self.areas = would.areas;
        self.tried = true;
    }
}

/// Outcomes by number, in a word each.
fn counts(side: &BTreeMap<Outcome, u32>) -> String {
    let all: Vec<String> = side.iter().map(|(outcome, n)| format!("{n} {}", outcome.as_str())).collect();
    if all.is_empty() { "none covered".to_owned() } else { all.join(", ") }
}

fn why(item: &Item) -> Vec<String> {
    // Readings that turn alike are told together.
    let mut alike: BTreeMap<(Weight, &str, String, String), Vec<&str>> = BTreeMap::new();
    for turn in &item.turns {
        let key = (turn.weight(), turn.clause.as_str(), counts(&turn.before), counts(&turn.after));
        alike.entry(key).or_default().push(turn.reading.as_str());
    }
    let mut all: Vec<String> = alike
        .into_iter()
        .map(|((_, clause, before, after), readings)| {
            format!("{clause} ({}): {before} → {after}", readings.join(", "))
        })
        .collect();
    let area = |(area, before, after): &(AreaId, Holding, Holding)| {
        format!("status of {area}: {} → {}", before.as_str(), after.as_str())
    };
    all.extend(item.areas.iter().map(area));
    all.extend(item.deadline.clone());
    if all.is_empty() {
        let none = if item.tried {
            "no finding would change"
        } else {
            "not tried: would be no event, or beyond --judged"
        };
        all.push(none.to_owned());
    }
    all
}

fn tell(item: &Item, format: Format) -> Result<(), Failure> {
    let tier = item.tier.as_str();
    match format {
        Format::Text => {
            out::text_as_it_is(&format!("[{tier}] {}\n", item.what))?;
            for line in why(item) {
                out::line(format_args!("    {line}"))?;
            }
            out::line(format_args!("    truceline decide … {}", item.how))
        }
        Format::Json => {
            let side = |side: &BTreeMap<Outcome, u32>| {
                side.iter().map(|(o, n)| (o.as_str().to_owned(), json!(n))).collect::<serde_json::Map<_, _>>()
            };
            let turn = |t: &Turn| json!({ "clause": t.clause.as_str(), "reading": t.reading.as_str(), "before": side(&t.before), "after": side(&t.after) });
            let area = |(area, before, after): &(AreaId, Holding, Holding)| json!({ "area": area.as_str(), "before": before.as_str(), "after": after.as_str() });
            let mut line = json!({
                "why": tier, "turns": item.turns.iter().map(turn).collect::<Vec<_>>(), "tried": item.tried,
                "areas": item.areas.iter().map(area).collect::<Vec<_>>(), "deadline": item.deadline, "decide": item.how,
            });
            if let (Some(line), Some(what)) = (line.as_object_mut(), item.json.as_object()) {
                line.extend(what.clone());
            }
            out::line(line)
        }
    }
}
