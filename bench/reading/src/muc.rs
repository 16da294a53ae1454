//! MUC-4: who did it, to what and whom, with what, as sets of entities in a document.
//!
//! Proposals become entities so: of incidents, `actor` gives a person or an organisation, `target` a thing or a victim, `victims` a
//! victim, `weapon` a weapon; every string once, as an entity of one mention. Whether words mean persons is told by their head, the
//! last word before the first preposition, by a list here: the labels part what our fields do not. Nothing is merged, since the
//! strict measure asks no more of a found entity than that its mentions belong together.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use truceline_score::right::Held;
use truceline_score::show::{ms_each, shown};
use truceline_score::{Claim, Kind};

use crate::Result;
use crate::ceaf::{self, Entity, normal};
use crate::options::Options;
use crate::reader::{Reader, text};
use crate::report::Report;

/// Roles, in the order of the tables.
pub const ROLES: [&str; 5] = ["PerpInd", "PerpOrg", "Target", "Victim", "Weapon"];

/// Heads that mean persons; a plural in s or one ending in `men` is one too.
const PERSONS: &str = "assassin attacker ambassador archbishop bishop businessman candidate captain chief child children citizen civilian \
colonel commando congressman consul counselor criminal deputy diplomat director doctor driver element employee engineer extremist farmer \
father former general governor guard guerrilla gunman hooligan individual inhabitant insurgent jesuit journalist judge kidnapper killer \
lawyer leader legislator lieutenant major man manager mayor mercenary minister monk national nun official officer passenger peasant people \
people person persons physician police policeman policemen politician president priest prosecutor rebel relative reporter resident robber secretary \
senator sergeant soldier son student subject subversive suspect terrorist thug tourist trafficker trooper troop unionist urban victim vigilante \
wife woman women worker youth minor youngster";

/// Words at which a head ends.
const PREPOSITIONS: [&str; 12] =
    ["of", "in", "from", "at", "on", "with", "who", "for", "belonging", "wearing", "armed", "to"];

/// Measures one part.
///
/// # Errors
/// When texts or tables cannot be read.
pub fn measure(options: &Options) -> Result<Report> {
    let part = if options.dev { "dev" } else { "train" };
    let path = options.data.join("muc4").join(format!("{part}.json"));
    if !path.exists() {
        return Ok(Report::Skipped(format!("no MUC-4 at {}", path.display())));
    }
    let mut reader = Reader::for_job(options, None)?;
    let mut held: BTreeMap<&str, Held> = BTreeMap::new();
    for line in text(&path)?.lines().take(options.only) {
        let document: Value = serde_json::from_str(line)?;
        let name = document.get("docid").and_then(Value::as_str).unwrap_or_default();
        let words = document.get("doctext").and_then(Value::as_str).unwrap_or_default();
        let words = if options.capitals { words.to_ascii_uppercase() } else { words.to_owned() };
        let (gold, found) = (labels(&document), entities(&reader.claims(name, &words, None, None)?));
        for role in ROLES {
            let of = |all: &BTreeMap<&str, Vec<Entity>>| all.get(role).cloned().unwrap_or_default();
            held.entry(role).or_default().add(ceaf::hold(&of(&gold), &of(&found)));
        }
    }
    Ok(told(part, &held, &reader))
}

fn told(part: &str, held: &BTreeMap<&str, Held>, reader: &Reader) -> Report {
    let mut text = format!(
        "{part}, {} documents, {} ms a document\n\n| role | labelled | found | right | precision | recall | F1 |\n|---|---|---|---|---|---|---|\n",
        reader.texts,
        ms_each(reader.ns, reader.texts)
    );
    let mut all = Held::default();
    let mut json = Map::new();
    let mut row = |name: &str, held: Held| {
        let (p, r, f) = (held.precision(), held.recall(), held.f1());
        let (gold, found, right) = (held.gold, held.found, held.right);
        let _ = writeln!(
            text,
            "| {name} | {gold} | {found} | {right} | {} | {} | {} |",
            shown(p),
            shown(r),
            shown(f)
        );
        json.insert(
            name.to_owned(),
            json!({ "labelled": gold, "found": found, "right": right, "precision": p.thousandths(),
                "recall": r.thousandths(), "f1": f.thousandths() }),
        );
    };
    for role in ROLES {
        let own = held.get(role).copied().unwrap_or_default();
        all.add(own);
        row(role, own);
    }
    row("all", all);
    let json = json!({ "part": part, "documents": reader.texts, "ceaf_ree_strict": json });
    Report::Done { text, json }
}

/// Labelled entities by role, those of several templates as those of one document.
fn labels(document: &Value) -> BTreeMap<&'static str, Vec<Entity>> {
    let mut all: BTreeMap<&str, Vec<Entity>> = BTreeMap::new();
    for template in document.get("templates").and_then(Value::as_array).into_iter().flatten() {
        for role in ROLES {
            for entity in template.get(role).and_then(Value::as_array).into_iter().flatten() {
                let mentions = entity.as_array().into_iter().flatten();
                let words = mentions.filter_map(|mention| mention.get(0).and_then(Value::as_str));
                ceaf::merge(all.entry(role).or_default(), words.map(normal).collect());
            }
        }
    }
    all
}

/// Found entities by role.
#[must_use]
pub fn entities(claims: &[Claim]) -> BTreeMap<&'static str, Vec<Entity>> {
    let mut all: BTreeMap<&str, Vec<Entity>> = BTreeMap::new();
    for claim in claims.iter().filter(|claim| claim.kind == Kind::Incident) {
        for (field, value) in claim.values() {
            let words = normal(&value.text);
            let role = match field {
                "actor" if persons(&words) => "PerpInd",
                "actor" => "PerpOrg",
                "target" if !persons(&words) => "Target",
                "target" | "victims" => "Victim",
                "weapon" => "Weapon",
                _ => continue,
            };
            let entity = Entity::from([words]);
            let of = all.entry(role).or_default();
            if !of.contains(&entity) {
                of.push(entity);
            }
        }
    }
    all
}

/// Whether words mean persons, by their head.
fn persons(words: &str) -> bool {
    // The first word is never where a head ends: "armed men".
    let until =
        words.split(' ').enumerate().take_while(|(at, word)| *at == 0 || !PREPOSITIONS.contains(word));
    let Some((_, head)) = until.last() else { return false };
    let known = |head: &str| PERSONS.split_ascii_whitespace().any(|person| person == head);
    known(head) || head.strip_suffix('s').is_some_and(known) || head.ends_with("men")
}
