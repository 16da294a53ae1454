//! `handover`: a watch handed over and taken over at the command line, by the rules of the ops room.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use truceline_casework::case::Role;
use truceline_store::Store;

use super::case::named;
use crate::cli::Format;
use crate::cli::handover::{Handover as Asked, Write};
use crate::failure::Failure;
use crate::handovers::{self, HAND, Hand, Handover, LONGEST, Note};
use crate::live::now;
use crate::loaded::Loaded;
use crate::log::kind;
use crate::pipeline::Source;
use crate::{files, import, log, out};

/// Does what is asked.
///
/// # Errors
/// When who acts may not, the note cannot be read, or the store cannot be used.
pub(crate) fn run(asked: &Asked) -> Result<u8, Failure> {
    match asked {
        Asked::Write(asked) => write(asked),
        Asked::Take { entry, by, at, format } => take(&at.store, *entry, by.trim(), *format),
        Asked::List { at, format } => list(&at.store, *format),
        Asked::Show { entry, at, format } => show(&at.store, *entry, *format),
    }
}

fn loaded(store: &Path) -> Result<Arc<Loaded>, Failure> {
    Source::new(store.to_path_buf()).loaded(None, 2)
}

/// The role of somebody who hands over or takes over.
fn role_of(loaded: &Loaded, by: &str) -> Result<Role, Failure> {
    named(&loaded.mission, by)?;
    let role = loaded.mission.folder.roles.get(by).map(|person| person.role);
    role.filter(|role| HAND.contains(role)).ok_or_else(|| {
        let by = out::shown(by);
        Failure::usage(format!(
            "{by} is none of those who hand over and take over a watch (docs/authority.md)"
        ))
    })
}

fn append(
    store: &Path,
    kind: &str,
    fields: Vec<(&'static str, Value)>,
    open: &[(&str, Value)],
) -> Result<u64, Failure> {
    let entry = log::noted(kind, fields, open)?;
    let mut store = log::open(store)?;
    // A store that commits to fields has a secret; without one a later report would take it for lost.
    crate::secrets::of(&store)?;
    let done = store.append(&[entry]).map_err(|e| Failure::operation("log it", &e))?;
    import::sign(&mut store)?;
    Ok(done.first().map_or(0, |done| done.n))
}

fn write(asked: &Write) -> Result<u8, Failure> {
    let words = text(&asked.file)?;
    let store = asked.at.store.as_path();
    let loaded = loaded(store)?;
    let by = asked.by.trim();
    let role = role_of(&loaded, by)?;
    let latest = now(&loaded)?;
    let since = loaded.mission.moment(&asked.since)?;
    let until = asked.until.as_ref().map_or(Ok(latest), |words| loaded.mission.moment(words))?;
    if since > until || until > latest {
        return Err(Failure::usage(
            "--since and --until: from when until when the shift was, which has passed",
        ));
    }
    let note = Note { words, since: since.to_string(), until: until.to_string() };
    let n = append(store, kind::HANDOVER, note.fields(by, role), &[])?;
    out::told(asked.format, format_args!("entry {n}: waits for who takes over"), &json!({ "entry": n }))?;
    Ok(0)
}

fn text(file: &Path) -> Result<String, Failure> {
    let limit = LONGEST as u64;
    let wrong = |e: &dyn std::fmt::Display| Failure::usage(format!("could not read {}: {e}", file.display()));
    let words = if file == Path::new("-") {
        let mut words = String::new();
        std::io::stdin().take(limit + 1).read_to_string(&mut words).map_err(|e| wrong(&e))?;
        words
    } else {
        files::text(file, limit).map_err(|e| wrong(&e))?
    };
    if words.trim().is_empty() || words.len() > LONGEST {
        return Err(Failure::usage(format!("a note is a text that is not empty, of at most {limit} bytes")));
    }
    Ok(words)
}

fn read(store: &Path, loaded: &Loaded, n: u64) -> Result<Handover, Failure> {
    let none = || Failure::not_found(format!("entry {n} is no handover note"));
    let entry = handovers::numbered(&loaded.handovers, &n.to_string()).ok_or_else(none)?;
    Handover::of(&log::open_read_only(store)?, entry, &loaded.handovers)
}

fn take(store: &Path, n: u64, by: &str, format: Format) -> Result<u8, Failure> {
    let loaded = loaded(store)?;
    let role = role_of(&loaded, by)?;
    let note = read(store, &loaded, n)?;
    if let Some(why) = note.why_not(by, role) {
        return Err(Failure::usage(handovers::refused(why, n)));
    }
    let open = handovers::takeover_open(n, &note.digest);
    let entry = append(store, kind::TAKEOVER, handovers::takeover_fields(by, role), &open)?;
    out::told(
        format,
        format_args!("entry {entry}: {} took note {n} over", out::shown(by)),
        &json!({ "entry": entry, "handover": n }),
    )?;
    Ok(0)
}

fn list(store: &Path, format: Format) -> Result<u8, Failure> {
    let loaded = loaded(store)?;
    let log: Store = log::open_read_only(store)?;
    let mut none = true;
    for entry in loaded.handovers.iter().rev().filter(|entry| entry.kind == kind::HANDOVER) {
        let note = Handover::of(&log, entry, &loaded.handovers)?;
        out::told(format, line(&note), &note.json())?;
        none = false;
    }
    if none && format == Format::Text {
        out::line("no handover notes")?;
    }
    Ok(0)
}

fn line(note: &Handover) -> String {
    let who = |hand: &Hand| hand.by.clone().unwrap_or_else(|| "somebody whose name was destroyed".to_owned());
    let span =
        note.note.as_ref().map_or_else(String::new, |note| format!("  {} to {}", note.since, note.until));
    let taken = note.taken.as_ref().map_or_else(
        || "nobody has taken it over".to_owned(),
        |taken| format!("taken over by {} (entry {})", who(taken), taken.entry),
    );
    format!("{}{span}  signed by {}; {taken}", note.signed.entry, who(&note.signed))
}

fn show(store: &Path, n: u64, format: Format) -> Result<u8, Failure> {
    let note = read(store, &*loaded(store)?, n)?;
    let words = note.note.as_ref().map_or("what it said was destroyed", |note| note.words.as_str());
    out::told(format, format_args!("{}\n\n{words}", line(&note)), &note.json())?;
    Ok(0)
}
