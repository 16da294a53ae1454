//! Labelled claims: the seed articles and our own sentences.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Value, json};
use truceline_score::figures::Found;
use truceline_score::{Figures, Gold, Limits, Verdict, score, show};

use crate::Result;
use crate::options::{Options, root};
use crate::reader::{Reader, text};
use crate::report::Report;

/// Sets that whoever writes the reader may read.
pub const READABLE: [&str; 4] = ["seeds", "open", "abroad_open", "notes_open"];

/// A set with its texts, and the reader that knows beforehand what goes with it; none where the set is not there.
///
/// # Errors
/// When labels, texts or tables cannot be read, or a text is not the labelled one.
pub fn set(options: &Options, name: &str) -> Result<Option<(Gold, Reader)>> {
    let seeds = name == "seeds";
    let folder = options.data.join("seeds");
    let path = if seeds {
        folder.join("seeds_gold.json")
    } else {
        root().join("bench/reading/sentences").join(format!("{name}.jsonl"))
    };
    if !path.exists() {
        return Ok(None);
    }
    let labels = text(&path)?;
    let limits = Limits::default();
    let mut gold = if seeds {
        truceline_score::gold(&labels, limits)?
    } else {
        truceline_score::sentences(&labels, limits)?
    };
    for document in &mut gold.documents {
        if seeds {
            document.text = Some(text(&folder.join(&document.name))?);
            document.country.clone_from(&options.country);
        }
        if !document.fits(document.text.as_deref().unwrap_or_default()) {
            return Err(format!("{}: it is not the text that was labelled", document.name).into());
        }
    }
    let mission = root().join("agreements/syria-2016");
    let reader = Reader::for_job(options, seeds.then_some(mission.as_path()))?;
    Ok(Some((gold, reader)))
}

/// The four labelled articles.
///
/// # Errors
/// When labels, texts or tables cannot be read, or an article is not the labelled one.
pub fn seeds(options: &Options) -> Result<Report> {
    measured(options, "seeds")
}

/// Our own sentences, one half.
///
/// # Errors
/// When labels or tables cannot be read, or a label is not in its sentence.
pub fn sentences(options: &Options, half: &str) -> Result<Report> {
    measured(options, half)
}

fn measured(options: &Options, name: &str) -> Result<Report> {
    let Some((gold, mut reader)) = set(options, name)? else {
        return Ok(Report::Skipped(format!("no labelled texts of {name}")));
    };
    let mut found = Vec::new();
    for document in &gold.documents {
        let text = document.text.as_deref().unwrap_or_default();
        let (date, country) = (document.reference_date.as_deref(), document.country.as_deref());
        found.push(reader.found(&document.name, text, date, country)?);
    }
    let groups = if name == "seeds" { Vec::new() } else { groups(&gold, &found) };
    let (mut all, mut groups) = (score(&gold, &found), groups);
    let frozen = name.ends_with("frozen");
    if frozen {
        hide(&mut all);
        groups.iter_mut().for_each(|(_, own)| hide(own));
    }
    Ok(done(&all, &groups, &reader, options.misses && !frozen))
}

/// Takes the names of items out of figures: of a frozen set only counts and rules are told.
fn hide(figures: &mut Figures) {
    let hidden = || "(hidden)".to_owned();
    figures.misses.clear();
    for (_, doc, verdict) in &mut figures.traps {
        *doc = hidden();
        if let Verdict::Sprung(by) = verdict {
            *by = vec![hidden()];
        }
    }
    for (doc, off) in &mut figures.off {
        (*doc, off.claim) = (hidden(), hidden());
    }
}

/// Figures by language and by category.
fn groups(gold: &Gold, found: &[Found]) -> Vec<(String, Figures)> {
    let names: BTreeSet<String> =
        gold.documents.iter().flat_map(|d| [d.language.clone(), d.category.clone()]).flatten().collect();
    let of = |name: &String| {
        let own = |d: &&truceline_score::Document| {
            d.language.as_ref() == Some(name) || d.category.as_ref() == Some(name)
        };
        let documents: Vec<_> = gold.documents.iter().filter(own).cloned().collect();
        let held: BTreeSet<&str> = documents.iter().map(|d| d.name.as_str()).collect();
        let traps = gold.traps.iter().filter(|trap| held.contains(trap.doc.as_str())).cloned().collect();
        (name.clone(), score(&Gold { documents, traps }, found))
    };
    names.iter().map(of).collect()
}

fn done(figures: &Figures, groups: &[(String, Figures)], reader: &Reader, misses: bool) -> Report {
    let mut text = show::table(figures);
    let _ = writeln!(text, "ms an article, on the wall: {}", show::ms_each(reader.ns, reader.texts));
    let mut by_group: BTreeMap<String, Value> = BTreeMap::new();
    if !groups.is_empty() {
        text += "\n| part | documents | core found | claim precision | values F1 | traps sprung | invented |\n|---|---|---|---|---|---|---|\n";
    }
    for (name, own) in groups {
        let (claims, sprung) = (own.all_claims(), own.sprung());
        let _ = writeln!(
            text,
            "| {name} | {} | {} of {} | {} | {} | {} of {} | {} |",
            own.documents,
            claims.matched_core,
            claims.core,
            show::shown(claims.precision()),
            show::shown(own.all().f1()),
            sprung.part,
            sprung.of,
            own.invented()
        );
        by_group.insert(name.clone(), show::json(own));
    }
    if misses {
        text += "\nmissed or wrong, by label:\n";
        for miss in &figures.misses {
            let _ = writeln!(text, "{} {} {}", miss.doc, miss.claim, miss.field);
        }
    }
    let mut json = show::json(figures);
    if let Some(json) = json.as_object_mut() {
        json.insert(
            "microseconds_an_article".to_owned(),
            json!((reader.ns / 1000).checked_div(reader.texts)),
        );
        json.insert("parts".to_owned(), json!(by_group));
    }
    Report::Done { text, json }
}
