//! `read`: free text to proposals, for a person to confirm. Takes nothing in and asks nobody.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use truceline_intake::prose::answered::{Asking, INSTRUCTIONS, schema};
use truceline_intake::prose::{self, Case, Day, Document, Gazetteer, Lexicons, Reading, TEXT_LIMIT};
use truceline_record::digest_of;

use crate::cli::words::Tables;
use crate::cli::{EXIT_FOUND, Format, OtherReader, ReaderKnows};
use crate::endpoint::{Endpoint, EndpointError};
use crate::failure::Failure;
use crate::mission::Mission;
use crate::{files, folder, out, progress, shipped};

/// Largest gazetteer file.
const GAZETTEER_LIMIT: u64 = 256 << 20;
/// Largest table.
const TABLE_LIMIT: u64 = 4 << 20;

/// Most passages of one text that another reader is asked about.
const PASSAGES_LIMIT: usize = 400;
/// How often it may stay silent, running.
const PATIENCE_LIMIT: usize = 3;

/// What is asked for.
pub(crate) struct Asked<'a> {
    pub(crate) files: &'a [PathBuf],
    pub(crate) date: Option<&'a str>,
    pub(crate) known: &'a ReaderKnows,
    pub(crate) other: &'a OtherReader,
    pub(crate) format: Format,
}

/// Reads each file and prints its proposals; 1 when a file could not be read, or gave nothing for a reason.
///
/// # Errors
/// When the call is wrong, or a table, a registry or the gazetteer cannot be used.
pub(crate) fn read(asked: &Asked<'_>) -> Result<u8, Failure> {
    let date = match asked.date {
        None => None,
        Some(text) => Some(Day::parse(text).ok_or_else(|| {
            Failure::usage(format!("--date: \"{}\" is no day; write it like 2016-02-21", out::shown(text)))
        })?),
    };
    let Known { lexicons, case, gazetteer, .. } = Known::of(asked.known)?;
    let endpoint = endpoint(asked.other)?;
    let mut exit = 0;
    for path in asked.files {
        let name = path.file_name().map_or_else(|| "-".into(), |n| n.to_string_lossy().into_owned());
        let text = match text_of(path) {
            Ok(text) => text,
            Err(why) => {
                eprintln!("{}: not read: {why}", out::shown(&path.display().to_string()));
                exit = EXIT_FOUND;
                continue;
            }
        };
        let document = Document { name: &name, text: &text, date, country: asked.known.country.as_deref() };
        let reading = match &endpoint {
            None => prose::read(&document, &lexicons, &case, &gazetteer),
            Some(endpoint) => {
                let asking = Asking::new(&document, &lexicons, &case, &gazetteer);
                let (reading, whole) = ask(endpoint, &document, &asking)?;
                exit = if whole { exit } else { EXIT_FOUND };
                reading
            }
        };
        if let Some(why) = reading.nothing {
            eprintln!("{}: nothing proposed: {why}", out::shown(&name));
            exit = EXIT_FOUND;
        }
        match asked.format {
            Format::Json => out::line(prose::json::line(&document, &reading))?,
            Format::Text => legibly(&document, &reading)?,
        }
    }
    Ok(exit)
}

/// What the reader knows before it sees a text.
pub(crate) struct Known {
    pub(crate) lexicons: Lexicons,
    pub(crate) case: Case,
    pub(crate) gazetteer: Gazetteer,
    /// SHA-256 of the tables, and of the gazetteer where there is one: by them a decision says what it was made with.
    pub(crate) digests: (String, Option<String>),
}

impl Known {
    /// The tables of a folder or those in the binary, the names of a mission, the places of a gazetteer.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub(super) fn of(known: &ReaderKnows) -> Result<Self, Failure> {
        let case = match &known.mission {
            None => Case::none(),
            Some(path) => {
                let mission = Mission::read(&folder::read(path)?)?;
                Case::new(&mission.actors, &mission.areas)
            }
        };
        Self::with(known.lexicons.as_deref(), known.gazetteer.as_deref(), case)
    }

    /// The same for the mission of a store.
    ///
    /// # Errors
    /// When a table or the gazetteer cannot be used.
    pub(crate) fn within(tables: &Tables, mission: &Mission) -> Result<Self, Failure> {
        let case = Case::new(&mission.actors, &mission.areas);
        Self::with(tables.lexicons.as_deref(), tables.gazetteer.as_deref(), case)
    }

    fn with(tables: Option<&Path>, gazetteer: Option<&Path>, case: Case) -> Result<Self, Failure> {
        let (lexicons, digest) = lexicons(tables)?;
        let (gazetteer, places) = match gazetteer {
            None => (Gazetteer::none(), None),
            Some(path) => {
                let shown = path.display();
                let text = files::text(path, GAZETTEER_LIMIT)
                    .map_err(|e| Failure::usage(format!("could not read {shown}: {e}")))?;
                let read = Gazetteer::parse(&text).map_err(|e| Failure::usage(format!("{shown}: {e}")))?;
                (read, Some(digest_of(text.as_bytes()).to_string()))
            }
        };
        Ok(Self { lexicons, case, gazetteer, digests: (digest, places) })
    }
}

/// The mission's own reader, when the call names one.
fn endpoint(other: &OtherReader) -> Result<Option<Endpoint>, Failure> {
    let (Some(address), Some(model)) = (&other.reader, &other.model) else { return Ok(None) };
    let key = match &other.reader_key_in {
        None => None,
        Some(name) => Some(
            std::env::var(name)
                .map_err(|_| Failure::usage(format!("--reader-key-in: no variable {name} holds a key")))?,
        ),
    };
    let patience = Duration::from_secs(other.patience);
    Endpoint::new(address, model, key, patience, other.reader_elsewhere)
        .map(Some)
        .map_err(|e| Failure::usage(e.to_string()))
}

/// Asks about each passage in turn; what comes back is held against it. Whether all were answered.
fn ask(
    endpoint: &Endpoint,
    document: &Document<'_>,
    asking: &Asking<'_>,
) -> Result<(Reading, bool), Failure> {
    let schema = serde_json::from_str(&schema()).map_err(|e| Failure::operation("ask the reader", &e))?;
    let passages = asking.passages();
    let stage = progress::stage(&format!("Asking about {}", document.name), passages.len() as u64);
    let (mut proposals, mut dropped, mut unanswered, mut silent) = (Vec::new(), 0, 0, 0);
    for passage in passages.iter().take(PASSAGES_LIMIT) {
        let told = endpoint.ask(INSTRUCTIONS, words(document.text, *passage), &schema);
        match told.map(|answer| asking.hold(*passage, &answer)) {
            Ok(Ok(told)) => {
                dropped += told.dropped.len();
                proposals.extend(told.proposals);
                silent = 0;
            }
            Ok(Err(why)) => {
                eprintln!("{}: an answer is not used: {}", out::shown(document.name), out::shown(&why));
                unanswered += 1;
            }
            Err(error) => {
                eprintln!("{}: {}", out::shown(document.name), out::shown(&error.to_string()));
                unanswered += 1;
                silent += usize::from(matches!(error, EndpointError::Silent(_)));
            }
        }
        stage.add(1);
        if silent >= PATIENCE_LIMIT {
            return Err(Failure::operation("ask the reader", &"it did not answer three times running"));
        }
    }
    stage.done();
    let asked = passages.len().min(PASSAGES_LIMIT);
    eprintln!(
        "{}: {asked} of {} passages asked about, {unanswered} without an answer that could be used, {dropped} quotations \
         dropped because the passage does not bear them out",
        out::shown(document.name),
        passages.len()
    );
    Ok((asking.reading(document, proposals), unanswered == 0 && asked == passages.len()))
}

/// The text of a file, or of standard input for `-`.
fn text_of(path: &Path) -> Result<String, String> {
    let limit = u64::try_from(TEXT_LIMIT).unwrap_or(u64::MAX);
    let bytes = if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().take(limit + 1).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
        bytes
    } else {
        files::read(path, limit + 1).map_err(|e| e.to_string())?
    };
    if bytes.len() > TEXT_LIMIT {
        return Err("it is longer than 10 MB; read it in parts".to_owned());
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text; save it as UTF-8".to_owned())
}

/// The shipped tables, or those of a folder `<language>/<table>.csv`, with their digest.
fn lexicons(folder: Option<&Path>) -> Result<(Lexicons, String), Failure> {
    let mut found: Vec<(String, Vec<u8>)> = Vec::new();
    match folder {
        None => {
            found.extend(shipped::LEXICONS.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())))
        }
        Some(folder) => {
            let fail =
                |e: &std::io::Error| Failure::usage(format!("could not read {}: {e}", folder.display()));
            for language in sorted(folder).map_err(|e| fail(&e))?.into_iter().filter(|p| p.is_dir()) {
                let tables = sorted(&language).map_err(|e| fail(&e))?;
                for table in tables.into_iter().filter(|p| p.extension().is_some_and(|e| e == "csv")) {
                    let bytes = files::read(&table, TABLE_LIMIT).map_err(|e| fail(&e))?;
                    found.push((table.display().to_string(), bytes));
                }
            }
        }
    }
    if found.is_empty() {
        return Err(Failure::usage("the folder of lexicons holds no <language>/<table>.csv".to_owned()));
    }
    let read = Lexicons::parse(found.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())));
    let read = read.map_err(|faults| {
        let shown: Vec<String> = faults.iter().take(20).map(ToString::to_string).collect();
        Failure::usage(shown.join("\n"))
    })?;
    Ok((read, digest(&found)))
}

/// One digest over all tables, by language and name wherever the folder lies.
fn digest(tables: &[(String, Vec<u8>)]) -> String {
    let tail = |name: &str| {
        let mut parts: Vec<&str> = name.rsplit(['/', '\\']).take(2).collect();
        parts.reverse();
        parts.join("/")
    };
    let named: BTreeMap<String, &[u8]> =
        tables.iter().map(|(name, bytes)| (tail(name), bytes.as_slice())).collect();
    let lines: String = named.iter().map(|(name, bytes)| format!("{name} {}\n", digest_of(bytes))).collect();
    digest_of(lines.as_bytes()).to_string()
}

fn sorted(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
    paths.sort();
    Ok(paths)
}

/// For people: each proposal with its words and values, one to a line; quoted words are set apart from the line's direction.
fn legibly(document: &Document<'_>, reading: &Reading) -> Result<(), Failure> {
    let language = &reading.language;
    let day = reading.reference.map_or_else(|| "no date of reference".to_owned(), |d| d.to_string());
    out::line(format_args!(
        "{}  [{language}, {day}]  {} proposed, none of it confirmed",
        document.name,
        reading.proposals.len()
    ))?;
    for (number, proposal) in reading.proposals.iter().enumerate() {
        let (kind, sub, how) = (proposal.kind.as_str(), &proposal.sub, proposal.granularity.as_str());
        let words = quoted(document.text, proposal.span);
        out::text_as_it_is(&format!("\n{:>3}. {kind}: {sub} ({how})\n     {words}\n", number + 1))?;
        for (field, values) in &proposal.fields {
            for value in values {
                let mut line = format!("       {:<13} {}", field.as_str(), quoted(document.text, value.span));
                if let Some(bounds) = value.bounds {
                    line.push_str(&format!("  = {bounds}"));
                }
                for more in value.registry.iter().chain(&value.norm) {
                    line.push_str(&format!("  → {}", out::shown(more)));
                }
                if value.outside {
                    line.push_str("  (said elsewhere in the text)");
                }
                out::text_as_it_is(&format!("{line}\n"))?;
            }
        }
    }
    Ok(())
}

/// Words of the text in quotes, isolated so that Arabic inside does not reorder the line; nothing in them acts on a terminal.
pub(super) fn quoted(text: &str, span: truceline_model::Span) -> String {
    set_apart(words(text, span))
}

/// Words in quotes on one line, isolated in the same way.
pub(super) fn set_apart(words: &str) -> String {
    let flat: String = words.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("\u{2068}\"{}\"\u{2069}", out::shown(&flat))
}

/// A slice of the text.
fn words(text: &str, span: truceline_model::Span) -> &str {
    let index = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    text.get(index(span.start)..index(span.end)).unwrap_or_default()
}
