//! `bench read`: the reader of free text, or any other, held against labelled claims. What is right is `score`'s.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::json;
use truceline_intake::prose::{self, Day, Document as Prose};
use truceline_score::figures::Found;
use truceline_score::{Document, Figures, Gold, Limits, score, show};

use super::reading::Known;
use crate::cli::{EXIT_FOUND, Format};
use crate::failure::Failure;
use crate::{files, out};

/// Where our own labelled sentences are, in the project's folder.
const OWN: &str = "bench/reading/sentences/open.jsonl";
/// Largest file of labels, of findings or of a text.
const FILE_LIMIT: u64 = 64 << 20;

/// What is asked for.
pub(crate) struct Asked<'a> {
    pub(crate) gold: Option<&'a Path>,
    pub(crate) texts: Option<&'a Path>,
    pub(crate) found: Option<&'a Path>,
    pub(crate) country: Option<&'a str>,
    pub(crate) misses: bool,
    pub(crate) format: Format,
}

/// Scores, and prints the figures; 1 when something is invented, a trap is sprung, or a labelled text was not read.
///
/// # Errors
/// When the labels, or the findings given, cannot be read or are not of their shape.
pub(crate) fn read(asked: &Asked<'_>, known: &dyn Fn() -> Result<Known, Failure>) -> Result<u8, Failure> {
    let path = asked.gold.unwrap_or(Path::new(OWN));
    if asked.gold.is_none() && !path.exists() {
        return Err(Failure::usage(format!("no labels at {OWN} here; name them with --gold")));
    }
    let gold = labels(path)?;
    let (texts, mut exit) = texts(&gold, asked.texts.or(path.parent()).unwrap_or(Path::new(".")));
    let (found, ns) = match asked.found {
        Some(file) => (given(file, &texts)?, None),
        None => {
            let (found, ns) = shipped(&gold, &texts, asked.country, &known()?)?;
            (found, Some(ns))
        }
    };
    let figures = score(&gold, &found);
    if figures.invented() > 0 || figures.claims_off() > 0 || figures.sprung().part > 0 {
        exit = EXIT_FOUND;
    }
    tell(asked, &figures, ns)?;
    Ok(exit)
}

fn labels(path: &Path) -> Result<Gold, Failure> {
    let limits = Limits::default();
    let text = words(path)?;
    let lines = path.extension().is_some_and(|ending| ending == "jsonl");
    let gold =
        if lines { truceline_score::sentences(&text, limits) } else { truceline_score::gold(&text, limits) };
    gold.map_err(|e| Failure::usage(format!("{}: {e}", path.display())))
}

fn words(path: &Path) -> Result<String, Failure> {
    files::text(path, FILE_LIMIT)
        .map_err(|e| Failure::usage(format!("could not read {}: {e}", path.display())))
}

/// Texts by the names of their documents: from the labels, or from the folder; only those that were labelled.
fn texts(gold: &Gold, folder: &Path) -> (BTreeMap<String, String>, u8) {
    let (mut all, mut exit) = (BTreeMap::new(), 0);
    for document in &gold.documents {
        match text(document, folder) {
            Ok(text) => {
                all.insert(document.name.clone(), text);
            }
            Err(why) => {
                eprintln!("{}: not read: {why}", out::shown(&document.name));
                exit = EXIT_FOUND;
            }
        }
    }
    (all, exit)
}

fn text(document: &Document, folder: &Path) -> Result<String, String> {
    let text = match &document.text {
        Some(text) => text.clone(),
        None => {
            // A label may name any path; only files of the folder are opened.
            let name = Path::new(&document.name).file_name().map(PathBuf::from).unwrap_or_default();
            files::text(&folder.join(name), FILE_LIMIT).map_err(|e| e.to_string())?
        }
    };
    if document.fits(&text) { Ok(text) } else { Err("it is not the text that was labelled".to_owned()) }
}

/// What the shipped reader finds, and the nanoseconds that it took.
fn shipped(
    gold: &Gold,
    texts: &BTreeMap<String, String>,
    country: Option<&str>,
    known: &Known,
) -> Result<(Vec<Found>, u128), Failure> {
    let (mut all, mut ns) = (Vec::new(), 0_u128);
    for document in &gold.documents {
        let Some(text) = texts.get(&document.name) else { continue };
        let prose = Prose {
            name: &document.name,
            text,
            date: document.reference_date.as_deref().and_then(Day::parse),
            country: document.country.as_deref().or(country),
        };
        let clock = Instant::now();
        let reading = prose::read(&prose, &known.lexicons, &known.case, &known.gazetteer);
        let line = prose::json::line(&prose, &reading);
        ns = ns.saturating_add(clock.elapsed().as_nanos());
        let (_, claims) = truceline_score::claims(&line, Limits::default())
            .map_err(|e| Failure::operation(&format!("score {}", document.name), &e))?;
        all.push(Found { doc: document.name.clone(), text: text.clone(), claims });
    }
    Ok((all, ns))
}

/// What another reader found: a line for each document.
fn given(path: &Path, texts: &BTreeMap<String, String>) -> Result<Vec<Found>, Failure> {
    let mut all = Vec::new();
    for (number, line) in words(path)?.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (doc, claims) = truceline_score::claims(line, Limits::default()).map_err(|e| {
            Failure::usage(format!("{}, line {}: {e}", path.display(), number.saturating_add(1)))
        })?;
        if let Some(text) = texts.get(&doc) {
            all.push(Found { doc, text: text.clone(), claims });
        }
    }
    Ok(all)
}

fn tell(asked: &Asked<'_>, figures: &Figures, ns: Option<u128>) -> Result<(), Failure> {
    let ns = ns.map(|ns| u64::try_from(ns).unwrap_or(u64::MAX));
    if asked.format == Format::Json {
        let mut json = show::json(figures);
        if let Some(json) = json.as_object_mut() {
            let micro = ns.and_then(|ns| (ns / 1000).checked_div(figures.documents));
            json.insert("microseconds_an_article".to_owned(), json!(micro));
            if asked.misses {
                let misses: Vec<_> = figures
                    .misses
                    .iter()
                    .map(|miss| json!({ "doc": miss.doc, "claim": miss.claim, "what": miss.field }))
                    .collect();
                json.insert("misses".to_owned(), json!(misses));
            }
        }
        return out::line(json);
    }
    let mut text = show::table(figures);
    if let Some(ns) = ns {
        text.push_str(&format!("ms an article: {}\n", show::ms_each(ns, figures.documents)));
    }
    if asked.misses {
        text.push_str("\nmissed, found too much, or wrong:\n");
        for miss in &figures.misses {
            text.push_str(&format!("{} {} {}\n", miss.doc, miss.claim, miss.field));
        }
    }
    out::text_as_it_is(&out::shown(&text))
}
