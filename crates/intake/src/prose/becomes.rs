//! From a proposal to the row that it would be: the fields of the native report file, each with the words that it was read from.
//!
//! What a person confirms is this row. It holds only what follows from the proposal's own values: a figure that the text gives
//! twice differently, two places of which neither lies in the other, a source that is not registered stay open and are said to be
//! open. Nothing is added up, chosen between rivals or completed. Whoever reads the row is the reader of every other row.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    Act, Area, AreaId, AreaKind, Areas, Bounds, Interval, Place, Span, Target, Weapon, area::Shape,
};

use super::{Day, Field, Granularity, Kind, Proposal, Value};
use crate::reader::Context;

/// Longest piece of a text that stands in a row.
const WORDS_LIMIT: usize = 120;

/// A row as a proposal fills it: no id, no source and no moment yet, which belong to the text and to whoever confirms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Becomes {
    /// Values by the column of the native report file.
    pub fields: BTreeMap<&'static str, String>,
    /// The words that each was read from, in the order of the text.
    pub spans: BTreeMap<&'static str, Vec<Span>>,
    /// What stays open, for a person to look at.
    pub open: Vec<String>,
}

impl Becomes {
    fn put(&mut self, field: &'static str, value: impl Into<String>, from: &[&Value]) {
        let value = value.into();
        if value.is_empty() {
            return;
        }
        self.fields.insert(field, value);
        let spans: BTreeSet<Span> = from.iter().map(|value| value.span).collect();
        if !spans.is_empty() {
            self.spans.insert(field, spans.into_iter().collect());
        }
    }
}

/// The row that a proposal of this text would be in this mission.
#[must_use]
pub fn becomes(text: &str, proposal: &Proposal, mission: &Context<'_>) -> Becomes {
    let at = At { text, proposal, mission };
    let mut row = Becomes::default();
    let kind = at.kind(&mut row);
    row.put("kind", kind, &[]);
    at.when(&mut row);
    at.origin(&mut row);
    at.through(&mut row);
    match kind {
        "agreement" => at.agreement(&mut row),
        "delivery" => at.delivery(&mut row),
        _ => {
            at.place(&mut row);
            at.actors(&mut row, kind == "event");
        }
    }
    if kind == "event" {
        at.what(&mut row);
    }
    if matches!(kind, "event" | "total") {
        at.figures(&mut row);
    }
    row
}

/// Areas of the mission, each with the value that names it.
type Named<'a> = Vec<(&'a Area, &'a Value)>;

struct At<'a> {
    text: &'a str,
    proposal: &'a Proposal,
    mission: &'a Context<'a>,
}

impl<'a> At<'a> {
    fn values(&self, field: Field) -> impl Iterator<Item = &'a Value> + use<'a> {
        self.proposal.fields.get(&field).into_iter().flatten()
    }

    fn norms(&self, field: Field) -> impl Iterator<Item = &'a str> + use<'a> {
        self.values(field).filter_map(|value| value.norm.as_deref())
    }

    fn slice(&self, span: Span) -> &'a str {
        let index = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        self.text.get(index(span.start)..index(span.end)).unwrap_or_default()
    }

    /// Words of the text on one line, without what parts the values of a cell.
    fn words(&self, span: Span) -> String {
        let flat = self.slice(span).split_whitespace().collect::<Vec<_>>().join(" ").replace(';', ",");
        flat.chars().filter(|c| !c.is_control()).take(WORDS_LIMIT).collect()
    }

    /// The kind of report. One event only where the text tells of one that happened.
    fn kind(&self, row: &mut Becomes) -> &'static str {
        let unreal = self.norms(Field::Hedge).find(|h| matches!(*h, "denied" | "planned" | "conditional"));
        match (self.proposal.kind, self.proposal.granularity) {
            (Kind::Agreement, _) => "agreement",
            (Kind::Humanitarian, _) if reached(&self.proposal.sub).is_some() => "delivery",
            (Kind::Humanitarian | Kind::Statement, _) => "statement",
            (Kind::Incident, _) if unreal.is_some() => {
                let unreal = unreal.unwrap_or_default();
                row.open.push(format!("the text calls it {unreal}: kept as a statement, no event"));
                "statement"
            }
            (Kind::Incident, Granularity::Aggregate) => "total",
            (Kind::Incident, Granularity::Discrete | Granularity::Detail | Granularity::Mention) => "event",
            (Kind::Incident, how) => {
                row.open.push(format!("told as {}: kept as a statement, no event", how.as_str()));
                "statement"
            }
        }
    }

    /// The time, when all that the text says of it goes together: then the narrowest.
    fn when(&self, row: &mut Becomes) {
        let zone = self.mission.zone;
        let read = |value: &'a Value| {
            let text = full(value.norm.as_deref()?)?;
            let interval = zone.interval(&text).ok()?;
            Some((interval, text, value))
        };
        let all: Vec<(Interval, String, &Value)> = self.values(Field::When).filter_map(read).collect();
        let inner = |one: &(Interval, String, &Value)| {
            all.iter().all(|other| one.0.intersect(other.0) == Some(one.0))
        };
        match all.iter().find(|one| inner(one)) {
            Some((_, text, value)) => row.put("when", text.as_str(), &[value]),
            None if all.len() > 1 => row.open.push(format!(
                "when: the text gives {}; none was taken",
                all.iter().map(|one| one.1.as_str()).collect::<Vec<_>>().join(" and ")
            )),
            None => {
                if let Some(value) = self.values(Field::When).next() {
                    row.open.push(format!("when: \"{}\" without a day of reference", self.words(value.span)));
                }
            }
        }
    }

    fn origin(&self, row: &mut Becomes) {
        let (found, lost) = self.sources(Field::AccordingTo);
        match found.as_slice() {
            [(id, value)] if lost.is_empty() => row.put("origin", id.as_str(), &[value]),
            [] if lost.is_empty() => {}
            _ => {
                let names: Vec<String> =
                    self.values(Field::AccordingTo).map(|v| self.words(v.span)).collect();
                row.open.push(format!(
                    "origin: \"{}\" is not one source of this mission; it counts as the outlet's own word unless origin= says whose",
                    names.join("\", \"")
                ));
            }
        }
    }

    fn through(&self, row: &mut Becomes) {
        let (found, _) = self.sources(Field::Via);
        let values: Vec<&Value> = found.iter().map(|(_, value)| *value).collect();
        let ids: BTreeSet<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
        row.put("through", ids.into_iter().collect::<Vec<_>>().join(";"), &values);
    }

    /// Registered sources of a field, and how many of its values are none.
    fn sources(&self, field: Field) -> (Vec<(String, &'a Value)>, Vec<&'a Value>) {
        let sources = self.mission.sources;
        let (mut found, mut lost): (Vec<(String, &Value)>, Vec<&Value>) = (Vec::new(), Vec::new());
        for value in self.values(field) {
            let words = self.slice(value.span).trim();
            let bare = ["the ", "The "].iter().find_map(|the| words.strip_prefix(the)).unwrap_or(words);
            let ids = value.norm.iter().chain(&value.registry).map(|norm| norm.replace('_', "-"));
            let by_id = ids.into_iter().find_map(|id| sources.get(&truceline_model::SourceId::new(&id)));
            let by_name = || [words, bare].iter().find_map(|name| sources.named(name));
            match by_id.or_else(by_name) {
                Some(source) if found.iter().any(|(id, _)| id == source.id.as_str()) => {}
                Some(source) => found.push((source.id.to_string(), value)),
                None => lost.push(value),
            }
        }
        (found, lost)
    }

    /// The innermost place when the others hold it, and the governorate; else the words.
    fn place(&self, row: &mut Becomes) {
        let areas = self.mission.areas;
        let (mut spots, mut wide, mut words) = (Named::new(), Named::new(), Vec::new());
        for value in self.values(Field::Where) {
            let area = value.registry.as_ref().and_then(|id| areas.get(&AreaId::new(id)));
            match area {
                Some(area) if matches!(area.kind, AreaKind::Governorate | AreaKind::Country) => {
                    wide.push((area, value));
                }
                Some(area) if area.kind != AreaKind::Control => spots.push((area, value)),
                _ => words.push(value),
            }
        }
        let inner = spots.iter().find(|(one, _)| spots.iter().all(|(outer, _)| lies_in(areas, one, outer)));
        match (inner, words.first()) {
            (Some((area, value)), _) => row.put("place", area.id.as_str(), &[value]),
            (None, Some(value)) if spots.is_empty() => row.put("place", self.words(value.span), &[value]),
            (None, _) if spots.is_empty() => {}
            (None, _) => {
                let ids: Vec<&str> = spots.iter().map(|(area, _)| area.id.as_str()).collect();
                row.open.push(format!("where: {} do not lie in one another; none was taken", ids.join(", ")));
            }
        }
        let governorates: BTreeSet<&str> = wide.iter().map(|(area, _)| area.id.as_str()).collect();
        match (governorates.first(), wide.first()) {
            (Some(id), Some((_, value))) if governorates.len() == 1 => row.put("area", *id, &[value]),
            (Some(_), _) => {
                let ids: Vec<&str> = governorates.into_iter().collect();
                row.open.push(format!("where: {}; none was taken", ids.join(", ")));
            }
            _ => {}
        }
    }

    /// Registered actors; one that the mission does not know is `unknown`. How they are brought into it, for an event.
    fn actors(&self, row: &mut Becomes, event: bool) {
        let values: Vec<&Value> = self.values(Field::Actor).collect();
        let (mut ids, mut lost) = (BTreeSet::new(), Vec::new());
        for value in &values {
            match self.actor(value) {
                Some(id) => drop(ids.insert(id)),
                None => lost.push(self.words(value.span)),
            }
        }
        if !lost.is_empty() {
            row.open.push(format!("actor: \"{}\" is no actor of this mission", lost.join("\", \"")));
            if event {
                ids.insert("unknown".to_owned());
            }
        }
        let named = ids.iter().any(|id| id != "unknown");
        row.put("actor", ids.into_iter().collect::<Vec<_>>().join(";"), &values);
        if event && named {
            let (how, said) = self.how();
            row.put("actor_how", how, &said);
        }
    }

    fn actor(&self, value: &Value) -> Option<String> {
        let actors = self.mission.actors;
        let id = |id: &String| actors.get(&truceline_model::ActorId::new(id));
        let found = value.registry.as_ref().and_then(id).or_else(|| value.norm.as_ref().and_then(id));
        found.or_else(|| actors.named(self.slice(value.span))).map(|actor| actor.id.to_string())
    }

    /// A claim, a blame and a doubt make an actor alleged; of several the one that says least.
    fn how(&self) -> (&'static str, Vec<&'a Value>) {
        let (mut found, mut said) = (0, Vec::new());
        let ways = ["stated", "claimed", "accused", "suspected", "contested", "unclear"];
        for value in self.values(Field::Claim).chain(self.values(Field::Hedge)) {
            let norm = value.norm.as_deref().unwrap_or_default();
            let way = match norm.split(':').next().unwrap_or_default() {
                "claimed" => 1,
                "blamed" | "accusation" | "accusation_unsourced" | "attributed_label" => 2,
                "unconfirmed" | "possible" | "opinion" | "authors_assessment" => 3,
                "disputed" | "contested" => 4,
                "unclear" => 5,
                _ => continue,
            };
            found = found.max(way);
            said.push(value);
        }
        (ways.get(found).copied().unwrap_or("unclear"), said)
    }

    fn what(&self, row: &mut Becomes) {
        let whats: Vec<&Value> = self.values(Field::What).collect();
        let arms: Vec<&Value> = self.values(Field::Weapon).collect();
        let norms: Vec<&str> = self.norms(Field::What).chain(self.norms(Field::Weapon)).collect();
        match act(&self.proposal.sub, &norms, self.killed_kind()) {
            Some(act) => row.put("act", act.as_str(), &whats),
            None => row.open.push(format!("act: no word for \"{}\"; say which with act=", self.proposal.sub)),
        }
        let weapons: BTreeSet<&str> =
            self.norms(Field::Weapon).filter_map(weapon).map(Weapon::as_str).collect();
        row.put("weapon", weapons.into_iter().collect::<Vec<_>>().join(";"), &arms);
        let hit: Vec<&Value> =
            self.values(Field::Target).filter(|v| v.norm.as_deref().and_then(target).is_some()).collect();
        let targets: BTreeSet<&str> =
            hit.iter().filter_map(|v| target(v.norm.as_deref()?)).map(Target::as_str).collect();
        row.put("target", targets.into_iter().collect::<Vec<_>>().join(";"), &hit);
    }

    /// Whether those killed are all civilians or all fighters, where the text says so.
    fn killed_kind(&self) -> Option<&'static str> {
        let kinds: BTreeSet<_> = self.values(Field::Killed).map(|value| self.status(value)).collect();
        if kinds.len() == 1 { kinds.first().copied().flatten() } else { None }
    }

    /// The status of the people whom a figure counts, where the tables know their word.
    fn status(&self, figure: &Value) -> Option<&'static str> {
        let who = figure.who.as_deref()?;
        let of = |value: &&Value| self.slice(value.span) == who;
        let norm = self.values(Field::Victims).find(of).and_then(|value| value.norm.as_deref())?;
        match norm {
            "mostly_civilians" => Some("civilian"),
            "combatants" => Some("combatant"),
            _ => None,
        }
    }

    /// Figures as they stand: one for all, or one for civilians and one for fighters, never their sum.
    fn figures(&self, row: &mut Becomes) {
        for (field, name) in [(Field::Killed, "killed"), (Field::Wounded, "wounded")] {
            let all: Vec<(&Value, Bounds)> =
                self.values(field).filter_map(|value| Some((value, value.bounds?))).collect();
            if let [(value, bounds)] = all.as_slice() {
                row.put(name, bounds.to_string(), &[value]);
            }
            if field == Field::Killed {
                for (status, column) in [("civilian", "killed_civilian"), ("combatant", "killed_combatant")] {
                    let of: Vec<_> = all.iter().filter(|(v, _)| self.status(v) == Some(status)).collect();
                    if let [(value, bounds)] = of.as_slice() {
                        row.put(column, bounds.to_string(), &[value]);
                    }
                }
            }
            if all.len() > 1 {
                let said: Vec<String> = all.iter().map(|(value, _)| self.words(value.span)).collect();
                row.open.push(format!(
                    "{name}: the text gives {}; no figure for all was taken",
                    said.join(" and ")
                ));
            }
        }
    }

    fn agreement(&self, row: &mut Becomes) {
        row.put("fact", fact(&self.proposal.sub), &self.values(Field::What).collect::<Vec<_>>());
        let parties: Vec<&Value> = self.values(Field::Party).chain(self.values(Field::Excluded)).collect();
        let ids: BTreeSet<String> = parties.iter().filter_map(|value| self.actor(value)).collect();
        row.put("actor", ids.into_iter().collect::<Vec<_>>().join(";"), &parties);
        let said: Vec<&Value> = [Field::Duration, Field::Condition, Field::Effective, Field::Pending]
            .into_iter()
            .flat_map(|field| self.values(field))
            .collect();
        let words: Vec<String> = said.iter().map(|value| self.words(value.span)).collect();
        row.put("value", words.join("; "), &said);
    }

    fn delivery(&self, row: &mut Becomes) {
        self.place(row);
        let items: Vec<&Value> = self.values(Field::What).collect();
        let words: Vec<String> = items.iter().map(|value| self.words(value.span)).collect();
        row.put("item", words.join(", "), &items);
        row.put("reached", reached(&self.proposal.sub).unwrap_or_default(), &[]);
        if let Some(count) = self.values(Field::Count).next() {
            row.put("quantity", self.words(count.span), &[count]);
        }
    }
}

/// A day or an interval of days; a month becomes its days.
fn full(norm: &str) -> Option<String> {
    let month = |text: &str| text.len() == 7 && text.is_ascii();
    let last = |text: &str| {
        let (year, month) = (text.get(..4)?.parse().ok()?, text.get(5..7)?.parse().ok()?);
        (28..=31).rev().find(|day| Day::new(year, month, *day).is_some())
    };
    match norm.split_once('/') {
        None if month(norm) => Some(format!("{norm}-01/{norm}-{}", last(norm)?)),
        Some((from, to)) => {
            let from = if month(from) { format!("{from}-01") } else { from.to_owned() };
            let to = if month(to) { format!("{to}-{}", last(to)?) } else { to.to_owned() };
            Some(format!("{from}/{to}"))
        }
        None => Some(norm.to_owned()),
    }
}

/// Whether one area lies in another, or is it.
fn lies_in(areas: &Areas, inner: &Area, outer: &Area) -> bool {
    let (point, within_m) = match inner.shape {
        Shape::Disc(point, within_m) => (Some(point), within_m),
        _ => (None, 0),
    };
    let place = Place { point, within_m, areas: BTreeSet::from([inner.id.clone()]), unresolved: None };
    inner.id == outer.id
        || inner.parent.as_ref() == Some(&outer.id)
        || areas.contains(&outer.id, &place) == truceline_model::Containment::Inside
}

/// The closed vocabulary's word for an act of the tables.
fn act(sub: &str, norms: &[&str], killed: Option<&str>) -> Option<Act> {
    let has = |words: &[&str]| norms.iter().any(|norm| words.contains(norm));
    let loose = matches!(sub, "attack" | "shelling" | "bombing");
    if loose && has(&["air_strike", "aerial_bomb", "barrel_bomb", "helicopter_bombs", "drone_strike"]) {
        return Some(Act::Airstrike);
    }
    if matches!(sub, "attack" | "shelling") {
        let finer = [
            (&["chemical_attack", "chemical", "chlorine"][..], Act::ChemicalAttack),
            (&["mortar_fire", "mortar"], Act::MortarFire),
            (&["missile_strike", "missile"], Act::MissileStrike),
            (&["rocket_fire", "rocket"], Act::RocketFire),
            (&["sniper_fire", "sniper"], Act::SniperFire),
            (&["small_arms_fire", "small_arms"], Act::SmallArmsFire),
            (&["suicide_bombing", "car_bombing", "suicide_bomb", "car_bomb", "bomb"], Act::Bombing),
            (&["artillery"], Act::Shelling),
        ];
        if let Some((_, act)) = finer.iter().find(|(words, _)| has(words)) {
            return Some(*act);
        }
    }
    Some(match sub {
        "air_strike" | "drone_strike" => Act::Airstrike,
        "arrest" | "hostage_taking" => Act::Detention,
        "kidnapping" => Act::Abduction,
        "killing" if killed == Some("civilian") => Act::KillingOfCivilians,
        "killing" if killed == Some("combatant") => Act::Killing,
        "killing" | "violence" | "assassination" | "assault" => Act::Attack,
        "siege" => Act::MovementRestriction,
        "territory_gain" | "capture" => Act::GainingGround,
        "arson" | "destruction" => Act::DestructionOfProperty,
        "displacement" => Act::ForcedDisplacement,
        "rape" => Act::SexualViolence,
        other => return Act::parse(&other.replace('_', "-")),
    })
}

fn weapon(norm: &str) -> Option<Weapon> {
    Some(match norm {
        "bomb" | "car_bomb" | "suicide_bomb" => Weapon::ExplosiveDevice,
        "sniper" => Weapon::SmallArms,
        other => return Weapon::parse(&other.replace('_', "-")),
    })
}

fn target(norm: &str) -> Option<Target> {
    Some(match norm {
        "hospital" | "clinic" | "ambulance" => Target::Hospital,
        "worship" => Target::Mosque,
        "rescue_workers" => Target::CivilDefence,
        "aid" => Target::AidConvoy,
        "military_object" => Target::ArmedForces,
        other => return Target::parse(&other.replace('_', "-")),
    })
}

/// The record's word for a fact about the agreement; those that it has no word for keep the reader's.
fn fact(sub: &str) -> String {
    match sub {
        "reached" | "announced" | "signed" => "announced",
        "accepted" | "position_accepts" => "accepted",
        "position_accepts_hedged" | "position_refuses_hedged" | "position_unclear" => "position",
        "position_conditional" | "condition" => "conditioned",
        "position_refuses" => "refused",
        "demand" => "demanded",
        "deadline_lapsed" => "deadline-missed",
        "talks_ongoing" | "talks_scheduled" | "talks_collapsed" | "talks_slipped" => "talks",
        "scope_exclusion" => "excluded",
        "terminated" => "ended",
        "in_force" => "started",
        "proposal" => "proposed",
        "status_fraying" | "status_at_risk" => "frayed",
        "status_collapsed" => "collapsed",
        // What somebody alleges is no determination: that word is for the people whom the agreement names.
        "violation_alleged" => "breach-alleged",
        other => return other.replace('_', "-"),
    }
    .to_owned()
}

/// How far aid came, where the reader's word says so.
fn reached(sub: &str) -> Option<&'static str> {
    Some(match sub {
        "delivery_asked" => "asked",
        "delivery_approved" => "approved",
        "delivery_begun" => "begun",
        "delivery_reached" => "reached",
        "delivery_refused" => "refused",
        _ => return None,
    })
}
