//! The incident file: one incident a line, as JSON, written by people and by other systems, read into the model's shape.
//!
//! This is how a judge can be asked about an incident without a store (`truceline judge --incidents`). Described in
//! `docs/schema/incident.schema.json`. A line is read whole or refused, with every fault at once; a key that is not known is
//! a fault, for a misspelt `held_by` would change a finding without a word. Nothing is filled in: what a line does not say
//! stays unknown.

use std::collections::BTreeSet;

use truceline_model::{
    Act, ActorId, Actors, Areas, FactId, Incident, IncidentId, JudgementId, Link, LinkDecision, MeasureId,
    ReceiptNo, SourceId, SystemId, Target, Weapon, Zone,
};

use crate::encoding::Encoding;
use crate::json::{self, Node, Value};
use crate::nearest::did_you_mean;
use crate::refusal::{Fault, Refusal, quote};

mod amounts;
mod values;

use values::Line;

/// Keys of a line.
pub const KEYS: [&str; 35] = [
    "schema",
    "incident",
    "version",
    "origins",
    "act",
    "act_open",
    "weapon",
    "weapon_open",
    "system",
    "system_open",
    "target",
    "target_open",
    "struck",
    "struck_open",
    "when",
    "when_open",
    "throughout",
    "place",
    "place_open",
    "actor",
    "actor_open",
    "commander",
    "commander_open",
    "held_by",
    "held_by_open",
    "amounts",
    "amounts_open",
    "facts",
    "judgements",
    "killed",
    "wounded",
    "governorates",
    "receipts",
    "part_of",
    "statements",
];

/// Keys that are for people, and not read.
pub const UNREAD: [&str; 3] = ["links", "note", "title"];

/// The value of `schema`, when it is given.
pub const SCHEMA: &str = "truceline-incident-1";

/// The origin of a value when neither it nor the line names one.
pub const UNNAMED: &str = "unnamed";

/// What a line is read against.
#[derive(Clone, Copy, Debug)]
pub struct IncidentContext<'a> {
    /// The agreement's zone: bare days and hours are local to it.
    pub zone: &'a Zone,
    /// Areas; when there are none, ids are taken as they come.
    pub areas: &'a Areas,
    /// Actors; when there are none, ids are taken as they come.
    pub actors: &'a Actors,
    /// Named facts that the terms declare, when they are known.
    pub facts: Option<&'a BTreeSet<FactId>>,
    /// Judgements that the terms declare, when they are known.
    pub judgements: Option<&'a BTreeSet<JudgementId>>,
    /// Measures that the terms declare, when they are known.
    pub measures: Option<&'a BTreeSet<MeasureId>>,
}

/// Reads one line. `row` counts lines from 1, for messages.
///
/// # Errors
/// Everything in the line that cannot be read, with its bytes.
pub fn read_incident(
    record: &[u8],
    row: u64,
    context: &IncidentContext<'_>,
) -> Result<Incident, Vec<Refusal>> {
    let whole = |fault, found: String, would_be_right: String| {
        vec![Refusal { fault, row, column: None, found, would_be_right, span: None }]
    };
    // Editors put a byte order mark before the first line.
    let record = record.strip_prefix(b"\xef\xbb\xbf").unwrap_or(record);
    Encoding::Utf8
        .check(record)
        .map_err(|(at, say)| whole(Fault::Encoding, format!("byte {at} of the line"), say))?;
    let text = std::str::from_utf8(record).unwrap_or_default();
    let root = json::parse(text).map_err(|f| whole(Fault::Json, format!("at byte {}", f.at), f.say))?;
    let Value::Object(pairs) = &root.value else {
        let say = "a line is one incident, an object in braces".to_owned();
        return Err(whole(Fault::Json, root.kind().to_owned(), say));
    };
    let mut line = Line::new(row, context);
    for (key, node) in pairs {
        if !KEYS.contains(&key.as_str()) && !UNREAD.contains(&key.as_str()) {
            let near = did_you_mean(key, KEYS);
            line.refuse(Fault::Header, key, node, format!("an incident has no such key{near}"));
        }
    }
    let incident = incident(&mut line, &root);
    match incident {
        Some(incident) if line.refusals.is_empty() => Ok(incident),
        _ => Err(line.refusals),
    }
}

fn incident(line: &mut Line<'_>, root: &Node) -> Option<Incident> {
    if let Some(node) = root.get("schema")
        && node.text() != Some(SCHEMA)
    {
        line.refuse(Fault::Header, "schema", node, format!("this reader knows \"{SCHEMA}\""));
    }
    let id = id(line, root);
    line.origins(root);
    let mut incident = Incident::empty(IncidentId::new(&id.unwrap_or_default()));
    incident.version = line.number(root, "version").unwrap_or(1);
    incident.acts =
        line.attribute(root, "act", |line, node| line.word(node, "act", Act::parse, &["unknown"]));
    incident.weapons = line
        .attribute(root, "weapon", |line, node| line.word(node, "weapon", Weapon::parse, &["none-stated"]));
    incident.targets =
        line.attribute(root, "target", |line, node| line.word(node, "target", Target::parse, &["unknown"]));
    incident.systems = line.attribute(root, "system", Line::system);
    incident.struck = line.attribute(root, "struck", |line, node| line.actor(node, "struck"));
    incident.commanders = line.attribute(root, "commander", |line, node| line.actor(node, "commander"));
    incident.amounts = line.amounts(root);
    incident.throughout = line.flag(root, "throughout");
    incident.when = line.attribute(root, "when", Line::interval);
    incident.places = line.attribute(root, "place", Line::place);
    incident.actors = line.attribute(root, "actor", |line, node| line.actor(node, "actor"));
    incident.held_by = line.attribute(root, "held_by", |line, node| line.actor(node, "held_by"));
    incident.killed = line.figures(root, "killed");
    incident.wounded = line.figures(root, "wounded");
    incident.facts = line.facts(root);
    incident.judgements = line.judgements(root);
    incident.governorates = line.governorates(root, &incident.places);
    incident.part_of = line.receipts(root, "part_of");
    incident.statements = line.receipts(root, "statements");
    incident.links = links(line.receipts(root, "receipts"));
    incident.origins = std::mem::take(&mut line.said_by);
    Some(incident)
}

fn id(line: &mut Line<'_>, root: &Node) -> Option<String> {
    match root.get("incident") {
        Some(node) => match node.text() {
            Some(text) if !text.is_empty() && text.len() <= 200 && !text.chars().any(char::is_control) => {
                Some(text.to_owned())
            }
            _ => {
                line.refuse(Fault::Id, "incident", node, "an id is a text of at most 200 bytes");
                None
            }
        },
        None => {
            line.refuse(Fault::Missing, "incident", root, "give the incident an id: \"incident\": \"…\"");
            None
        }
    }
}

/// Receipts without their evidence: the first opened the incident.
fn links(receipts: BTreeSet<ReceiptNo>) -> Vec<Link> {
    let first = receipts.first().copied();
    let link = |receipt| Link {
        receipt,
        to: first.unwrap_or(receipt),
        decision: LinkDecision::Declared,
        reasons: Vec::new(),
    };
    receipts.into_iter().map(link).collect()
}

impl Line<'_> {
    /// An id of the registry; when there is none, any.
    fn actor(&mut self, node: &Node, key: &str) -> Option<ActorId> {
        let text = self.text(node, key)?.to_owned();
        let actors = self.context.actors;
        let id = ActorId::new(&text);
        if actors.iter().next().is_none() || actors.get(&id).is_some() {
            return Some(id);
        }
        let near = did_you_mean(&text, actors.iter().map(|actor| actor.id.as_str()));
        self.refuse(Fault::Id, key, node, format!("{} is no id of actors.csv{near}", quote(&text)));
        None
    }

    /// A named weapon system: an id, registered nowhere.
    fn system(&mut self, node: &Node) -> Option<SystemId> {
        let text = self.text(node, "system")?;
        let sign = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !text.is_empty() && text.len() <= 80 && text.chars().all(sign) {
            return Some(SystemId::new(text));
        }
        self.refuse(
            Fault::Id,
            "system",
            node,
            "a system is lower-case letters, digits and hyphens, like tornado-s",
        );
        None
    }

    /// Reads the line's own origins, which stand for every value that names none.
    fn origins(&mut self, root: &Node) {
        let Some(node) = root.get("origins") else { return };
        self.default_origins = self.ids(node, "origins").into_iter().map(|id| SourceId::new(&id)).collect();
        self.said_by.extend(self.default_origins.iter().cloned());
        self.stated_origins = true;
    }
}
