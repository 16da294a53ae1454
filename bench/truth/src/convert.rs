//! Coded incidents into lines of an incident file, for each agreement that may reach their date.
//!
//! A coded incident holds several acts and several actors that all took part. An incident file's line holds alternatives of *one* act, so
//! it is parted: one line for each act, actor and target; the id says which (`ID/act/actor/target`). Certainty: established, admitted and
//! probable values stand; alleged and unknown ones are given and the actor is left open. The act is not left open
//! for that: whether this actor did it and whether it was done are one question when nobody but the accuser says either, and the actor is
//! where it is asked. The act is open when a decisive fact says that it was not shown.

use serde_json::{Map, Value, json};
use truceline_model::{Actor, Interval};

use crate::agreement::Agreement;
use crate::coded::{Certainty, Happening, Report};
use crate::resolve::{Resolver, Who};
use crate::tables::{ActRow, Fits, Tables};
use crate::targets::{Struck, fit, read};

/// Whose word the coded facts are.
const ORIGIN: &str = "monitors";

/// What a conversion reads against.
struct Registry<'a> {
    agreement: &'a Agreement,
    resolver: Resolver<'a>,
    tables: &'a Tables,
}

/// A line, and the coded incident that it comes from.
#[derive(Clone, Debug)]
pub struct Line {
    /// The coded incident's id.
    pub happening: String,
    /// The act, in the vocabulary's word.
    pub act: String,
    /// Everybody whom the actor's string named.
    pub who: Who,
    /// The line, as JSON.
    pub json: String,
}

/// Lines of every incident that this agreement may reach, in the file's order.
#[must_use]
pub fn convert(reports: &[Report], agreement: &Agreement, tables: &Tables) -> Vec<Line> {
    let registry = Registry { agreement, resolver: Resolver::new(&agreement.actors, tables), tables };
    let mut all = Vec::new();
    for (report, happening) in reports.iter().flat_map(|r| r.incidents.iter().map(move |i| (r, i))) {
        let when = when(happening, agreement).or_else(|| span(report, agreement));
        let time = when.as_deref().and_then(|text| interval(text, agreement));
        if agreement.may_reach(time) {
            lines(happening, when.as_deref(), &registry, &mut all);
        }
    }
    all
}

fn interval(text: &str, agreement: &Agreement) -> Option<Interval> {
    agreement.terms.zone.interval(text).ok()
}

/// Its days as an interval. A day that is missing or cannot be read is taken to be the other one; days the wrong way round are none.
fn when(happening: &Happening, agreement: &Agreement) -> Option<String> {
    let day = |text: &Option<String>| text.clone().filter(|text| interval(text, agreement).is_some());
    let (from, to) = (day(&happening.date_from), day(&happening.date_to));
    let (from, to) = (from.clone().or_else(|| to.clone())?, to.or(from)?);
    let text = if from == to { from } else { format!("{from}/{to}") };
    interval(&text, agreement).map(|_| text)
}

/// The days of a report's other incidents, from the first to the last: when an incident has no day of its own, it lies in what was looked
/// into together.
fn span(report: &Report, agreement: &Agreement) -> Option<String> {
    let days = || {
        let all = report.incidents.iter().flat_map(|one| one.date_from.iter().chain(&one.date_to));
        all.filter(|day| interval(day, agreement).is_some())
    };
    let (first, last) = (days().min()?, days().max()?);
    Some(format!("{first}/{last}"))
}

fn lines(happening: &Happening, when: Option<&str>, registry: &Registry<'_>, all: &mut Vec<Line>) {
    let Registry { resolver, tables, .. } = registry;
    let targets: Vec<Struck> = happening.targets.iter().map(|text| read(text, resolver, tables)).collect();
    let mut everybody: Vec<Who> = Vec::new();
    for accused in &happening.actors {
        for mut who in resolver.resolve(&accused.party, accused.signatory) {
            who.open |= accused.certainty == Certainty::Open;
            if !everybody.contains(&who) {
                everybody.push(who);
            }
        }
    }
    if everybody.is_empty() {
        everybody.push(Who { open: true, ..Who::default() });
    }
    for coded in &happening.acts {
        let act = tables.act(coded);
        for who in &everybody {
            for target in targets_of(&act, who, &targets, registry) {
                let id = id(happening, &act, who, &target);
                let json = json(&id, (happening, when), &act, who, &target, registry);
                let line =
                    Line { happening: happening.id.clone(), act: act.act.clone(), who: who.clone(), json };
                if !all.iter().rev().take(64).any(|other| other.json == line.json) {
                    all.push(line);
                }
            }
        }
    }
}

/// The targets that this act by this actor can have: of those coded, what fits the act and is not the actor's own; failing that, what the
/// act's word names; failing that, none stated.
fn targets_of(act: &ActRow, who: &Who, targets: &[Struck], registry: &Registry<'_>) -> Vec<Struck> {
    let Registry { agreement, resolver, tables } = registry;
    let nothing = Struck { target: None, class: None, whose: None, ground: None };
    if act.fits == Fits::Nothing {
        return vec![nothing];
    }
    let own = |struck: &Struck| {
        let whose = struck.whose.as_ref().or(struck.ground.as_ref()).and_then(|id| agreement.actors.get(id));
        whose.is_some_and(|whose| {
            who.ids().iter().any(|id| same_side(id.as_str(), whose, agreement, resolver))
        })
    };
    let mut fitting: Vec<Struck> = Vec::new();
    for struck in targets {
        let told = struck.target.is_some() || struck.ground.is_some();
        if told && fit(act.fits, struck.class) && !own(struck) && !fitting.contains(struck) {
            fitting.push(struck.clone());
        }
    }
    if fitting.is_empty() {
        let implied = act.implied.clone();
        let class = implied.as_deref().and_then(|target| tables.class_of(target));
        fitting.push(Struck { target: implied, class, ..nothing });
    }
    fitting
}

/// Whether one of the two is the other, or belongs to it.
fn same_side(id: &str, whose: &Actor, agreement: &Agreement, resolver: &Resolver<'_>) -> bool {
    let Some(actor) = agreement.actors.get(&truceline_model::ActorId::new(id)) else { return false };
    resolver.wholes(actor).contains(&whose.id) || resolver.wholes(whose).contains(&actor.id)
}

fn id(happening: &Happening, act: &ActRow, who: &Who, target: &Struck) -> String {
    let mut actor: Vec<&str> = who.actors.iter().map(truceline_model::ActorId::as_str).collect();
    actor.extend(who.commander.as_ref().map(truceline_model::ActorId::as_str));
    let object = target.target.as_deref().unwrap_or("none");
    let whose =
        target.whose.as_ref().or(target.ground.as_ref()).map(|id| format!("-of-{id}")).unwrap_or_default();
    format!("{}/{}/{}/{object}{whose}", happening.id, act.act, actor.join("+"))
}

fn json(
    id: &str,
    (happening, when): (&Happening, Option<&str>),
    act: &ActRow,
    who: &Who,
    target: &Struck,
    registry: &Registry<'_>,
) -> String {
    let Registry { agreement, tables, .. } = registry;
    let mut line = Map::new();
    let mut put = |key: &str, value: Value| line.insert(key.to_owned(), value);
    put("schema", json!("truceline-incident-1"));
    put("incident", json!(id));
    put("origins", json!([ORIGIN]));
    put("act", acts(act, happening));
    if happening
        .facts
        .iter()
        .any(|fact| tables.withheld(&fact.fact).is_some_and(|withheld| withheld == act.act))
    {
        put("act_open", json!(true));
    }
    match &target.target {
        Some(word) => put("target", json!(word)),
        None => None,
    };
    if let Some(whose) = &target.whose {
        put("struck", json!(whose.as_str()));
    }
    if let Some(ground) = &target.ground {
        put("held_by", json!(ground.as_str()));
    }
    match when {
        Some(when) => put("when", json!(when)),
        None => put("when_open", json!(true)),
    };
    if act.continuing && when.is_some_and(|when| when.contains('/')) {
        put("throughout", json!(true));
    }
    if !who.actors.is_empty() {
        put("actor", json!(who.actors.iter().map(truceline_model::ActorId::as_str).collect::<Vec<_>>()));
    }
    if who.open {
        put("actor_open", json!(true));
    }
    if let Some(commander) = &who.commander {
        put("commander", json!(commander.as_str()));
    }
    if who.commander_open {
        put("commander_open", json!(true));
    }
    let declared = |claim: &str| agreement.terms.facts.iter().any(|fact| fact.id.as_str() == claim);
    let made = happening.facts.iter().flat_map(|fact| tables.claims(&act.act, &fact.fact));
    let claims: Map<String, Value> =
        made.filter(|claim| declared(claim)).map(|claim| (claim.to_owned(), json!("yes"))).collect();
    if !claims.is_empty() {
        put("facts", Value::Object(claims));
    }
    if let Some(killed) = happening.killed.as_ref().and_then(bounds) {
        put("killed", json!(killed));
    }
    if let Some(place) = &happening.place {
        put("note", json!(place));
    }
    Value::Object(line).to_string()
}

/// The act; of young people who are recruited nobody says whether some were children, so both words stand side by side.
fn acts(act: &ActRow, happening: &Happening) -> Value {
    let young = happening.targets.iter().flat_map(|text| crate::words::words(text));
    let young = young.into_iter().any(|word| word.starts_with("youth") || word.starts_with("young"));
    if young && act.act.ends_with("recruitment") && act.act != "child-recruitment" {
        return json!([act.act, "child-recruitment"]);
    }
    json!(act.act)
}

/// `{"min": …, "max": …}` as a figure; what cannot be read is no figure.
fn bounds(killed: &Value) -> Option<String> {
    let number = |key: &str| killed.get(key).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    match (number("min"), number("max")) {
        (Some(min), Some(max)) if min == max => Some(min.to_string()),
        (Some(min), Some(max)) if min < max => Some(format!("{min}-{max}")),
        (Some(min), None) => Some(format!(">={min}")),
        (None, Some(max)) => Some(format!("<={max}")),
        _ => None,
    }
}
