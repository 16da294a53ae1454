//! MUC-4: who did it, to what and whom, with what, as sets of entities in a document.
//!
//! Proposals become entities as [`crate::flatten`] says. Known beforehand are the actors of `bench/reading/muc`, as a mission knows
//! those of its case; `--no-mission`: none.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use truceline_score::right::Held;
use truceline_score::show::{ms_each, shown};

use crate::Result;
use crate::ceaf::{self, Entity, normal};
use crate::flatten::{Organisations, entities};
use crate::options::{Options, root};
use crate::reader::{Reader, text};
use crate::report::Report;

/// Roles, in the order of the tables.
pub const ROLES: [&str; 5] = ["PerpInd", "PerpOrg", "Target", "Victim", "Weapon"];

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
    let own = options.mission.clone().unwrap_or_else(|| root().join("bench/reading/muc"));
    let mut reader = Reader::for_job(options, Some(&own))?;
    let case = if options.no_mission { Organisations::none() } else { Organisations::of(&own)? };
    let mut held: BTreeMap<&str, Held> = BTreeMap::new();
    for line in text(&path)?.lines().take(options.only) {
        let document: Value = serde_json::from_str(line)?;
        let name = document.get("docid").and_then(Value::as_str).unwrap_or_default();
        let words = document.get("doctext").and_then(Value::as_str).unwrap_or_default();
        let words = if options.capitals { words.to_ascii_uppercase() } else { words.to_owned() };
        let (gold, found) =
            (labels(&document), entities(&reader.claims(name, &words, None, None)?, &words, &case));
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
