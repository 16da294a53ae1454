//! MUC-4: who did it, to what and whom, with what, as sets of entities in a document.
//!
//! Proposals become entities by rules, as [`crate::flatten`] says, and by weights, as [`crate::weigh`] does. Known beforehand are the actors of `bench/reading/muc`, as a mission knows
//! those of its case; `--no-mission`: none.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Map, Value, json};
use truceline_score::right::Held;
use truceline_score::show::{ms_each, shown};

use crate::Result;
use crate::ceaf::{self, Entity, normal};
use crate::flatten::{Organisations, entities};
use crate::options::{Options, Part, root};
use crate::reader::{Reader, text};
use crate::report::Report;
use crate::split;
use crate::weigh::train::{Labelled, learn};
use crate::weigh::{Entities, Learned, Read};

/// Roles, in the order of the tables.
pub const ROLES: [&str; 5] = ["PerpInd", "PerpOrg", "Target", "Victim", "Weapon"];

/// Measures one part: by rules, then weighed by what the train part teaches.
///
/// # Errors
/// When texts or tables cannot be read.
pub fn measure(options: &Options) -> Result<Report> {
    let part = options.part.as_str();
    let path = options.data.join("muc4").join(format!("{part}.json"));
    if !path.exists() {
        return Ok(Report::Skipped(format!("no MUC-4 at {}", path.display())));
    }
    let own = options.mission.clone().unwrap_or_else(|| root().join("bench/reading/muc"));
    let mut reader = Reader::for_job(options, Some(&own))?;
    let case = if options.no_mission { Organisations::none() } else { Organisations::of(&own)? };
    let documents = documents(options, &path, &mut reader, &case)?;
    let ms = ms_each(reader.ns, reader.texts);
    let (learned, taught) = learned(options, &documents, &mut reader, &case)?;
    let train = options.part == Part::Train && options.weights.is_none();
    let mut text = format!(
        "{part}, {} documents, {ms} ms a document; weights: {}, {taught}\n",
        documents.len(),
        learned.size()
    );
    let mut figures = Map::new();
    figures.insert("part".to_owned(), json!(part));
    figures.insert("documents".to_owned(), json!(documents.len()));
    figures.insert("weights".to_owned(), json!(taught));
    // What was learned is measured only where it was not learned.
    let rest = |document: &&(String, Labelled)| !train || split::third(&document.0);
    let all = || documents.iter();
    for (name, key, held) in [
        ("by rules", "by_rules", held(all(), |own| own.read.rules().clone())),
        (
            "by rules, where weighed",
            "by_rules_where_weighed",
            held(all().filter(rest), |own| own.read.rules().clone()),
        ),
        ("weighed", "ceaf_ree_strict", held(all().filter(rest), |own| learned.entities(&own.read))),
    ] {
        let (table, json) = told(&held);
        let _ = write!(text, "\n{name}\n\n{table}");
        figures.insert(key.to_owned(), json);
    }
    Ok(Report::Done { text, json: Value::Object(figures) })
}

/// Documents of a file, read.
fn documents(
    options: &Options,
    path: &Path,
    reader: &mut Reader,
    case: &Organisations,
) -> Result<Vec<(String, Labelled)>> {
    let mut out = Vec::new();
    for line in text(path)?.lines().take(options.only) {
        let document: Value = serde_json::from_str(line)?;
        let name = document.get("docid").and_then(Value::as_str).unwrap_or_default();
        let words = document.get("doctext").and_then(Value::as_str).unwrap_or_default();
        let words = if options.capitals { words.to_ascii_uppercase() } else { words.to_owned() };
        let claims = reader.claims(name, &words, None, None)?;
        let rules = entities(&claims, &words, case);
        let read = Read::new(&words, reader.outline(name, &words), claims, case, rules);
        let event = document.get("templates").and_then(Value::as_array).is_some_and(|all| !all.is_empty());
        out.push((name.to_owned(), Labelled { read, gold: labels(&document), event }));
    }
    Ok(out)
}

/// Weights from a file, or learned from the train part: from two thirds of it when the train part is what is measured.
fn learned(
    options: &Options,
    documents_read: &[(String, Labelled)],
    reader: &mut Reader,
    case: &Organisations,
) -> Result<(Learned, String)> {
    if let Some(path) = &options.weights {
        return Ok((Learned::read(path)?, format!("read from {}", path.display())));
    }
    let path = options.data.join("muc4/train.json");
    let train = options.part == Part::Train;
    if !path.exists() {
        return Err(
            format!("weights are learned from {}, which is not there; --weights", path.display()).into()
        );
    }
    let own = if train { Vec::new() } else { documents(options, &path, reader, case)? };
    let all = if train { documents_read } else { &own };
    if let Some(path) = &options.learn {
        let whole: Vec<&Labelled> = all.iter().map(|(_, document)| document).collect();
        learn(&whole).write(path)?;
    }
    let look = all.iter().filter(|(name, _)| !train || !split::third(name));
    let look: Vec<&Labelled> = look.map(|(_, document)| document).collect();
    Ok((learn(&look), format!("learned from {} documents of train", look.len())))
}

fn held<'d>(
    documents: impl Iterator<Item = &'d (String, Labelled)>,
    found: impl Fn(&Labelled) -> Entities,
) -> BTreeMap<&'static str, Held> {
    let mut out: BTreeMap<&str, Held> = BTreeMap::new();
    for (_, document) in documents {
        let found = found(document);
        for role in ROLES {
            let of = |all: &'_ Entities| all.get(role).cloned().unwrap_or_default();
            out.entry(role).or_default().add(ceaf::hold(&of(&document.gold), &of(&found)));
        }
    }
    out
}

fn told(held: &BTreeMap<&'static str, Held>) -> (String, Value) {
    let mut text =
        "| role | labelled | found | right | precision | recall | F1 |\n|---|---|---|---|---|---|---|\n"
            .to_owned();
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
    (text, Value::Object(json))
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
