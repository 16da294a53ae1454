//! `receive`: takes texts in. Each is on disk before it has a receipt, and before anything reads it.

use std::io::{Cursor, Read, Write as _};
use std::path::{Path, PathBuf};

use serde_json::json;
use truceline_intake::nearest::did_you_mean;
use truceline_intake::prose::{Day, TEXT_LIMIT};
use truceline_model::{Instant, ReceiptNo, SourceId};
use truceline_record::digest_of;
use truceline_store::{Object, Outcome, Store};

use super::shelf::Shelf;
use crate::cli::words::Receive;
use crate::cli::{EXIT_FOUND, Format};
use crate::failure::Failure;
use crate::log::{Shape, Told};
use crate::mission::Mission;
use crate::pipeline::Source;
use crate::{import, log, out};

/// Largest text kept whole: 16 GiB.
const LARGEST: u64 = 16 << 30;

/// Takes texts in; exit code 1 when one could not be read, or proposes nothing for a reason.
///
/// # Errors
/// When the call is wrong, and then nothing is taken in; or when the store cannot be written.
pub(crate) fn receive(asked: &Receive) -> Result<u8, Failure> {
    let dir = asked.at.store.as_path();
    let mission = match Store::is_there(dir) {
        true => std::sync::Arc::clone(&Source::new(dir.to_path_buf()).loaded(None, 2)?.mission),
        false => std::sync::Arc::new(Mission::none()),
    };
    let told = told(asked, &mission)?;
    // All are opened before any is taken in: a slip in the last name must not leave half of a call done.
    let mut opened = Vec::new();
    for path in &asked.files {
        opened.push((name(path), open(path)?));
    }
    let mut store = log::open_or_create(dir, "truceline.local/reports")?;
    let mut taken = Vec::new();
    for (name, source) in opened {
        let done = keep(&mut store, &Told { name: name.clone(), ..told.clone() }, source)?;
        if asked.format == Format::Text {
            // Told as soon as it is durable: a killed command has acknowledged what it kept, and nothing else.
            let mut out = std::io::stdout().lock();
            let known = if done.1 == Outcome::Duplicate { ", known already" } else { "" };
            writeln!(out, "receipt {} {}{known}", done.0, out::shown(&name))
                .and_then(|()| out.flush())
                .map_err(|e| Failure::operation("print a receipt", &e))?;
        }
        taken.push((name, done));
    }
    import::sign(&mut store)?;
    drop(store);
    summary(asked, &taken)
}

fn told(asked: &Receive, mission: &Mission) -> Result<Told, Failure> {
    let source = SourceId::new(&asked.source);
    let sources = &mission.sources;
    if !sources.is_empty() && sources.get(&source).is_none() {
        let near = did_you_mean(&asked.source, sources.iter().map(|source| source.id.as_str()));
        return Err(Failure::usage(format!(
            "--source: \"{}\" is not registered{near}; use an id of sources.csv, or add the source there",
            out::shown(&asked.source)
        )));
    }
    if asked.source.trim().is_empty() {
        return Err(Failure::usage("--source says who sent it; it cannot be empty"));
    }
    let known = asked.known.as_deref().map(|words| mission.moment(words)).transpose()?;
    if let Some(date) = asked.date.as_deref().filter(|date| Day::parse(date).is_none()) {
        let date = out::shown(date);
        return Err(Failure::usage(format!("--date: \"{date}\" is no day; write it like 2016-02-21")));
    }
    let code = |name: &str, code: &Option<String>| match code {
        Some(text) if text.len() != 2 || !text.bytes().all(|b| b.is_ascii_alphabetic()) => {
            Err(Failure::usage(format!("--{name}: \"{}\" is no code of two letters", out::shown(text))))
        }
        _ => Ok(()),
    };
    code("country", &asked.country)?;
    code("language", &asked.language)?;
    Ok(Told {
        name: String::new(),
        source: asked.source.clone(),
        known: known.map(|at: Instant| at.to_string()),
        date: asked.date.clone(),
        country: asked.country.as_deref().map(str::to_ascii_uppercase),
        language: asked.language.as_deref().map(str::to_ascii_lowercase),
        address: asked.address.clone(),
        through: asked.through.clone(),
    })
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| "-".into(), |n| n.to_string_lossy().into_owned())
}

fn open(path: &PathBuf) -> Result<Box<dyn Read>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdin()));
    }
    import::open(path).map(|(file, _)| Box::new(file) as Box<dyn Read>)
}

/// Logs one text. What is too long to be read goes to the vault without being held in memory.
fn keep(store: &mut Store, told: &Told, mut source: Box<dyn Read>) -> Result<(ReceiptNo, Outcome), Failure> {
    let fail = |e: std::io::Error| Failure::operation(&format!("read {}", told.name), &e);
    let mut head = Vec::new();
    (&mut source).take(TEXT_LIMIT as u64 + 1).read_to_end(&mut head).map_err(fail)?;
    let (shape, object, digest) = if head.len() <= TEXT_LIMIT {
        let digest = digest_of(&head);
        (Shape::Whole, Object::Bytes(head), digest)
    } else {
        let kept = store
            .put_stream(Cursor::new(head).chain(source), LARGEST)
            .map_err(|e| Failure::operation("keep a long text", &e))?;
        (Shape::Oversized, Object::Kept(kept.digest), kept.digest)
    };
    let entry = log::words(&log::now(), told, shape, &digest, object);
    let done = store.append(&[entry]).map_err(|e| Failure::operation("log a text", &e))?;
    let done = done.first().ok_or_else(|| Failure::operation("log a text", &"the store gave no receipt"))?;
    Ok((ReceiptNo(done.n), done.outcome))
}

fn summary(asked: &Receive, taken: &[(String, (ReceiptNo, Outcome))]) -> Result<u8, Failure> {
    let shelf = Shelf::open(&asked.at.store, &asked.tables)?;
    let store = asked.at.store.display();
    let mut code = 0;
    for (name, (receipt, outcome)) in taken {
        let words = shelf.words(*receipt)?;
        let (mut proposed, mut language) = (0, "?".to_owned());
        let why = match &words.fault {
            Some(fault) => Some(format!("{}; {}", fault.found, fault.would_be_right)),
            None => {
                let read = shelf.read(words, Instant::FAR_FUTURE)?;
                proposed = read.proposed.len();
                language = read.reading.language;
                read.reading.nothing.map(str::to_owned)
            }
        };
        code = if why.is_some() { EXIT_FOUND } else { code };
        let words = match &why {
            Some(why) => format!("{name}: kept as {receipt}; nothing is proposed: {why}"),
            None => format!(
                "{name}: {proposed} proposed, none of it confirmed; truceline proposals --store {store} --receipt {receipt}"
            ),
        };
        let json = json!({
            "file": name, "receipt": receipt.0, "known_already": *outcome == Outcome::Duplicate, "language": language,
            "proposed": proposed, "nothing": why,
        });
        out::told(asked.format, words, &json)?;
    }
    Ok(code)
}
