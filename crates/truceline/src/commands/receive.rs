//! `receive`: takes texts in. Each is on disk before it has a receipt, and before anything reads it.

use std::io::{Cursor, Read, Write as _};
use std::path::{Path, PathBuf};

use serde_json::json;
use truceline_intake::nearest::did_you_mean;
use truceline_intake::prose::{Day, TEXT_LIMIT};
use truceline_model::{Instant, ReceiptNo, SourceId};
use truceline_record::{Digester, Secret, digest_of, salted_head};
use truceline_seal::Group;
use truceline_store::{Outcome, Store};
use zeroize::Zeroizing;

use super::shelf::Shelf;
use crate::cli::words::Receive;
use crate::cli::{EXIT_FOUND, Format};
use crate::committed::Raw;
use crate::failure::Failure;
use crate::log::{Shape, Told};
use crate::mission::Mission;
use crate::pipeline::Source;
use crate::words::SEALED;
use crate::{import, log, out, secrets};

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
    let sealing = asked.from_sealed.is_some();
    if sealing && asked.files.iter().any(|path| path == Path::new("-")) {
        return Err(Failure::usage(
            "--from-sealed reads the name from standard input; give the text as a file",
        ));
    }
    // All that can be wrong with the call is found before the name is read.
    let group = sealing.then(|| mission.folder.group()).transpose()?;
    let told = told(asked, &mission)?;
    // All are opened before any is taken in: a slip in the last name must not leave half of a call done.
    let mut opened = Vec::new();
    for path in &asked.files {
        opened.push((name(path), open(path)?));
    }
    let mut store = log::open_or_create(dir, "truceline.local/reports")?;
    let secret = secrets::of(&store)?;
    let sealed = match (&group, &asked.desk_key) {
        (Some(group), Some(key)) => Some(Sealed::read(group, key, &store)?),
        _ => None,
    };
    let mut taken = Vec::new();
    for (name, source) in opened {
        let mut told = Told { name: name.clone(), ..told.clone() };
        if let Some(sealed) = &sealed {
            sealed.put(&mut told, &store)?;
        }
        let done = keep(&mut store, &secret, &told, source)?;
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
    let named = asked.source.as_deref().unwrap_or_default();
    let source = SourceId::new(named);
    let sources = &mission.sources;
    let sealing = asked.from_sealed.is_some();
    if !sealing && named.starts_with(SEALED) {
        return Err(Failure::usage(format!(
            "--source: ids that begin with \"{SEALED}\" stand for sealed sources; seal one with --from-sealed -"
        )));
    }
    if !sealing && !sources.is_empty() && sources.get(&source).is_none() {
        let near = did_you_mean(named, sources.iter().map(|source| source.id.as_str()));
        return Err(Failure::usage(format!(
            "--source: \"{}\" is not registered{near}; use an id of sources.csv, or add the source there",
            out::shown(named)
        )));
    }
    if !sealing && named.trim().is_empty() {
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
        source: named.to_owned(),
        known: known.map(|at: Instant| at.to_string()),
        date: asked.date.clone(),
        country: asked.country.as_deref().map(str::to_ascii_uppercase),
        language: asked.language.as_deref().map(str::to_ascii_lowercase),
        address: asked.address.clone(),
        through: asked.through.clone(),
        ..Told::default()
    })
}

/// A source to be protected: the name, for as long as this command runs, and what stands for it.
struct Sealed<'g> {
    group: &'g Group,
    name: Zeroizing<String>,
    pseudonym: String,
}

impl<'g> Sealed<'g> {
    fn read(group: &'g Group, desk_key: &Path, store: &Store) -> Result<Self, Failure> {
        let key = super::seal::desk_key(desk_key, store.dir())?;
        let name = super::seal::name_from_stdin()?;
        let pseudonym = super::seal::pseudonym(&key, store.origin(), &name);
        Ok(Self { group, name, pseudonym })
    }

    /// Each text has a sealed name of its own: opening one opens no other.
    fn put(&self, told: &mut Told, store: &Store) -> Result<(), Failure> {
        let sealed = truceline_seal::seal(&self.name, self.group, store.origin());
        told.seal = Some(sealed.map_err(|e| Failure::operation("seal the source", &e))?);
        told.source.clone_from(&self.pseudonym);
        Ok(())
    }
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
fn keep(
    store: &mut Store,
    secret: &Secret,
    told: &Told,
    mut source: Box<dyn Read>,
) -> Result<(ReceiptNo, Outcome), Failure> {
    let fail = |e: std::io::Error| Failure::operation(&format!("read {}", told.name), &e);
    let mut head = Vec::new();
    (&mut source).take(TEXT_LIMIT as u64 + 1).read_to_end(&mut head).map_err(fail)?;
    let mut long = None;
    let (shape, raw, digest) = if head.len() <= TEXT_LIMIT {
        let digest = digest_of(&head);
        (Shape::Whole, Raw::Bytes(head), digest)
    } else {
        let mut both = Both { source: Cursor::new(head).chain(source), seen: Digester::default() };
        let salt = salted_head(&secrets::raw_salt()?);
        let kept = store
            .put_stream(salt.chain(&mut both), LARGEST)
            .map_err(|e| Failure::operation("keep a long text", &e))?;
        long = Some(kept);
        (Shape::Oversized, Raw::Kept(kept.digest), both.seen.finish())
    };
    let (key, older) = log::words_keys(secret, told, &digest);
    for key in [older, key] {
        if let Some(n) = store.number_of(&key).map_err(|e| Failure::operation("read the log", &e))? {
            // Kept under a new salt, and needed by no entry.
            if let Some(kept) = &long {
                store.discard(kept).map_err(|e| Failure::operation("give back a long text", &e))?;
            }
            return Ok((ReceiptNo(n), Outcome::Duplicate));
        }
    }
    let entry = log::words(&log::now(), told, shape, key, raw)?;
    let done = store.append(&[entry]).map_err(|e| Failure::operation("log a text", &e))?;
    let done = done.first().ok_or_else(|| Failure::operation("log a text", &"the store gave no receipt"))?;
    Ok((ReceiptNo(done.n), done.outcome))
}

/// A reader whose bytes are digested as they pass.
struct Both<R> {
    source: R,
    seen: Digester,
}

impl<R: Read> Read for Both<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.seen.write_all(buffer.get(..count).unwrap_or_default())?;
        Ok(count)
    }
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
