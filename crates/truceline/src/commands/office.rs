//! `office`: letters packed, sent, taken and settled; offices admitted and sent away; conflicts shown.

use std::path::Path;

use serde_json::json;
use truceline_casework::case::RefusedAct;
use truceline_model::Instant;
use truceline_record::LogVerifier;
use truceline_store::Store;

use crate::cases;
use crate::cli::office::{At, Office, Standing};
use crate::cli::{EXIT_FOUND, Format};
use crate::failure::Failure;
use crate::loaded::{Conflict, Matter};
use crate::office::erasures;
use crate::office::letter::{self, LETTER_LIMIT, Letter};
use crate::office::outbox::{self, Settled};
use crate::office::register::{self, Centre, Said};
use crate::office::take::{self, Taken};
use crate::office::unlike::{self, Unlike};
use crate::pipeline::Source;
use crate::{files, import, log, office_server, out};

/// Does what is asked; gives the exit code.
///
/// # Errors
/// When it cannot be done; the words say what to do.
pub(crate) fn run(asked: &Office) -> Result<u8, Failure> {
    match asked {
        Office::Admit(standing) => admit(standing),
        Office::Dismiss(standing) => dismiss(standing),
        Office::List(at) => list(at),
        Office::Take { letter, at, out } => taken(letter, at, out),
        Office::Serve { at, listen } => office_server::serve(&at.at.store, *listen, at.format).map(|()| 0),
        Office::Find { name, receipt, at } => find(name, receipt, at),
        Office::Join { at, key, recipient, by, why } => join(at, key, recipient, Said { by, why }),
        Office::Outbox(at) => waiting(at),
        Office::Pack { at, out, at_most } => pack(at, out, *at_most),
        Office::Settle { answer, at } => settle(answer, at),
        Office::Forward { at, to, at_most, patience } => forward(at, to, *at_most, *patience),
        Office::Conflicts(at) => conflicts(at),
        Office::Erasures(at) => erasures(at),
        Office::Bulletins(at) => bulletins(at),
    }
}

fn key(text: &str) -> Result<LogVerifier, Failure> {
    LogVerifier::new(text.trim()).map_err(|e| Failure::usage(format!("--key: {e}")))
}

fn said<'a>(by: &'a str, why: &'a str) -> Result<Said<'a>, Failure> {
    if [by, why].iter().any(|text| text.trim().is_empty() || text.len() > 2000) {
        return Err(Failure::usage("--by and --why say who and why in a few words; they cannot be empty"));
    }
    Ok(Said { by: by.trim(), why: why.trim() })
}

fn append(store: &mut Store, entry: truceline_store::NewEntry) -> Result<u64, Failure> {
    let done = store.append(&[entry]).map_err(|e| Failure::operation("write the log", &e))?;
    import::sign(store)?;
    Ok(done.first().map_or(0, |done| done.n))
}

fn admit(asked: &Standing) -> Result<u8, Failure> {
    let mut store = log::open(&asked.at.at.store)?;
    let entry =
        register::standing(&log::now(), &asked.name, &key(&asked.key)?, true, said(&asked.by, &asked.why)?)?;
    let recipient = letter::identity(&asked.at.at.store)?.to_public().to_string();
    let entry = append(&mut store, entry)?;
    let own = store.verifier().verifier_key();
    out::told(
        asked.at.format,
        format_args!(
            "entry {entry}: {} is admitted. There:\ntruceline office join --store DIR --key '{own}' --recipient {recipient} --by … --why …",
            asked.name
        ),
        &json!({ "entry": entry, "office": asked.name, "key": own, "recipient": recipient }),
    )?;
    Ok(0)
}

fn dismiss(asked: &Standing) -> Result<u8, Failure> {
    let mut store = log::open(&asked.at.at.store)?;
    let key = key(&asked.key)?;
    if !register::offices(&store)?.contains_key(&register::log_of(&key)) {
        return Err(Failure::not_found("no office with this key was admitted; truceline office list"));
    }
    let entry = register::standing(&log::now(), &asked.name, &key, false, said(&asked.by, &asked.why)?)?;
    let entry = append(&mut store, entry)?;
    out::told(
        asked.at.format,
        format_args!("entry {entry}: nothing more is taken from {}", asked.name),
        &json!({ "entry": entry, "office": asked.name }),
    )?;
    Ok(0)
}

fn list(asked: &At) -> Result<u8, Failure> {
    let store = log::open_read_only(&asked.at.store)?;
    for office in register::offices(&store)?.values() {
        let to = take::taken_to(&store, office)?;
        let standing = if office.admitted { "admitted" } else { "dismissed" };
        out::told(
            asked.format,
            format_args!(
                "{}: {standing} (entry {}), {to} entries of its log taken in",
                office.name, office.entry
            ),
            &json!({
                "office": office.name, "key": office.key.verifier_key(), "standing": standing, "entry": office.entry,
                "taken": to,
            }),
        )?;
    }
    Ok(0)
}

fn taken(path: &Path, asked: &At, answer: &Path) -> Result<u8, Failure> {
    let sealed = read(path)?;
    let identity = letter::identity(&asked.at.store)?;
    let letter = Letter::opened(&sealed, &identity).map_err(Failure::not_found)?;
    let mut store = log::open(&asked.at.store)?;
    let done = take::take(&mut store, &letter).map_err(|refused| Failure::not_found(refused.say()))?;
    write(answer, &done.answer)?;
    tell_taken(asked.format, &done)?;
    Ok(0)
}

/// Says what a letter came to.
///
/// # Errors
/// When nothing can be printed.
pub(crate) fn tell_taken(format: Format, done: &Taken) -> Result<(), Failure> {
    out::told(
        format,
        format_args!("{}: {} entries taken in, {} known already", done.office, done.new, done.known),
        &json!({ "office": done.office, "taken_in": done.new, "known_already": done.known }),
    )
}

fn find(name: &str, receipt: &str, asked: &At) -> Result<u8, Failure> {
    let store = log::open_read_only(&asked.at.store)?;
    let receipt = super::decide::receipt(receipt)?;
    for office in register::offices(&store)?.values().filter(|office| office.name == name) {
        if let Some(n) = take::number_of(&store, office, receipt.0)? {
            out::told(asked.format, format_args!("r{n}"), &json!({ "receipt": n }))?;
            return Ok(0);
        }
    }
    Err(Failure::not_found(format!("{receipt} of {name} was not taken in here")))
}

fn join(asked: &At, text: &str, recipient: &str, given: Said<'_>) -> Result<u8, Failure> {
    let entry = register::joined(&log::now(), &key(text)?, recipient, said(given.by, given.why)?)?;
    let mut store = log::open(&asked.at.store)?;
    let entry = append(&mut store, entry)?;
    out::told(asked.format, format_args!("entry {entry}: joined"), &json!({ "entry": entry }))?;
    Ok(0)
}

fn centre(store: &Store) -> Result<Centre, Failure> {
    register::centre(store)?.ok_or_else(|| {
        Failure::usage("this store is no office's: truceline office join names its centre first")
    })
}

fn waiting(asked: &At) -> Result<u8, Failure> {
    let store = log::open_read_only(&asked.at.store)?;
    let covered = outbox::covered(&store, &centre(&store)?)?;
    let waiting = outbox::waiting(&store, &covered)?;
    let since = waiting.first().map(|entry| entry.at.clone());
    let words = match &since {
        None => "nothing waits: all of it stands in the centre's log, signed".to_owned(),
        Some(since) => format!("{} entries wait, the first since {since}", waiting.len()),
    };
    out::told(asked.format, words, &json!({ "waiting": waiting.len(), "since": since }))?;
    Ok(if since.is_some() { EXIT_FOUND } else { 0 })
}

fn pack(asked: &At, path: &Path, at_most: u64) -> Result<u8, Failure> {
    let store = log::open_read_only(&asked.at.store)?;
    let Some(letter) = outbox::next(&store, &centre(&store)?, bounded(at_most))? else {
        out::told(asked.format, "nothing waits", &json!({ "bytes": null }))?;
        return Ok(0);
    };
    write(path, &letter)?;
    out::told(
        asked.format,
        format_args!("{} bytes; what is in it still waits until an answer is settled", letter.len()),
        &json!({ "bytes": letter.len() }),
    )?;
    Ok(0)
}

fn settle(path: &Path, asked: &At) -> Result<u8, Failure> {
    let answer = read(path)?;
    let mut store = log::open(&asked.at.store)?;
    let centre = centre(&store)?;
    let settled = outbox::settle(&mut store, &centre, &answer)?;
    tell_settled(asked.format, settled)?;
    Ok(if settled.waiting > 0 { EXIT_FOUND } else { 0 })
}

fn tell_settled(format: Format, settled: Settled) -> Result<(), Failure> {
    let (covered, waiting) = (settled.covered, settled.waiting);
    out::told(
        format,
        format_args!("{covered} entries stand in the centre's log, signed; {waiting} wait"),
        &json!({ "covered": covered, "waiting": waiting }),
    )
}

fn forward(asked: &At, to: &str, at_most: u64, patience: u64) -> Result<u8, Failure> {
    if !to.starts_with("http://") {
        return Err(Failure::usage("--to: write http://HOST:PORT; letters are encrypted by themselves"));
    }
    let agent = crate::cosigning::agent(patience);
    let mut store = log::open(&asked.at.store)?;
    let centre = centre(&store)?;
    // A report that is not signed yet cannot be proven.
    import::sign(&mut store)?;
    while let Some(letter) = outbox::next(&store, &centre, bounded(at_most))? {
        let fail = |e: &dyn std::fmt::Display| {
            Failure::operation("forward; what is not proven to be there waits, and the next call goes on", e)
        };
        let sent = agent.post(format!("{}/letters", to.trim_end_matches('/'))).send(letter.as_slice());
        let mut answer = sent.map_err(|e| fail(&e))?;
        let status = answer.status().as_u16();
        let body =
            answer.body_mut().with_config().limit(LETTER_LIMIT as u64).read_to_vec().map_err(|e| fail(&e))?;
        if status != 200 {
            let say =
                String::from_utf8_lossy(body.get(..body.len().min(2000)).unwrap_or_default()).into_owned();
            return Err(fail(&format_args!("the centre answered {status}: {}", out::shown(say.trim()))));
        }
        let settled = outbox::settle(&mut store, &centre, &body)?;
        tell_settled(asked.format, settled)?;
        if settled.covered == 0 {
            return Err(fail(&"the centre's answer covers nothing of what was sent"));
        }
    }
    if asked.format == Format::Text {
        out::line("nothing waits")?;
    }
    Ok(0)
}

fn bounded(at_most: u64) -> usize {
    usize::try_from(at_most).unwrap_or(usize::MAX).min(LETTER_LIMIT / 2)
}

fn conflicts(asked: &At) -> Result<u8, Failure> {
    let loaded = Source::new(asked.at.store.clone()).loaded(None, 2)?;
    let latest = loaded.case_entries.iter().map(|act| act.at).max().unwrap_or(Instant::FAR_PAST);
    let docket = cases::docket(&loaded, latest);
    let acts = unlike::unlike(&loaded, &docket);
    let open = loaded.conflicts.iter().filter(|conflict| conflict.settled.is_none()).count()
        + acts.iter().filter(|act| act.settled.is_none()).count();
    for conflict in &loaded.conflicts {
        out::told(asked.format, shown(conflict), &as_json(conflict))?;
    }
    for act in &acts {
        out::told(asked.format, act_shown(act), &act_json(act))?;
    }
    if asked.format == Format::Text {
        out::line(format_args!("{open} open; whoever decides the matter at the centre settles it"))?;
    }
    Ok(if open > 0 { EXIT_FOUND } else { 0 })
}

fn erasures(asked: &At) -> Result<u8, Failure> {
    let store = log::open_read_only(&asked.at.store)?;
    let all = erasures::asked(&store)?;
    let open = all.iter().filter(|one| one.held > 0).count();
    for one in &all {
        let of: Vec<String> = one.of.iter().map(|n| format!("r{n}")).collect();
        let [by, and] = &one.by;
        let state = match one.held {
            0 => "nothing of it lies here".to_owned(),
            held => format!("{held} objects of it still lie here: truceline erase {}", of.join(" and ")),
        };
        out::told(
            asked.format,
            format_args!(
                "entry {}: {} erased {} ({by} and {and}: {}); {state}",
                one.entry,
                one.office,
                if of.is_empty() { "what it did not forward".to_owned() } else { of.join(", ") },
                one.why
            ),
            &json!({
                "entry": one.entry, "office": one.office, "by": by, "and": and, "why": one.why, "of": one.of, "held": one.held,
            }),
        )?;
    }
    if asked.format == Format::Text {
        out::line(format_args!("{open} open; two people of this mission decide each (truceline erase)"))?;
    }
    Ok(if open > 0 { EXIT_FOUND } else { 0 })
}

/// Bulletins that offices froze: what the centre has of them is their entry.
fn bulletins(asked: &At) -> Result<u8, Failure> {
    let store = log::open_read_only(&asked.at.store)?;
    for (entry, office, bulletin) in crate::bulletins::of_offices(&store)? {
        let files: Vec<String> =
            bulletin.files.iter().map(|(name, file)| format!("{name} {}", file.digest)).collect();
        out::told(
            asked.format,
            format_args!(
                "entry {entry}: {office} froze a bulletin as of {} from {} entries of its own\n  {}",
                bulletin.as_of,
                bulletin.entries,
                files.join("\n  ")
            ),
            &json!({ "entry": entry, "office": office, "bulletin": bulletin.body() }),
        )?;
    }
    Ok(0)
}

fn about(matter: &Matter) -> String {
    use truceline_casework::Decision;
    let all = |receipts: &std::collections::BTreeSet<truceline_model::ReceiptNo>| {
        receipts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    match matter {
        Matter::Links(Decision::Merge { a, b }) => {
            format!("merges {} with {}", all(&a.receipts), all(&b.receipts))
        }
        Matter::Links(Decision::Split { receipts, kept, .. }) => {
            format!("splits {} from {}", all(receipts), all(kept))
        }
        Matter::Links(Decision::Undo { entry }) => format!("undoes entry {entry}"),
        Matter::Judgement(incident, judgement) => {
            format!("answers \"{}\" for {}", judgement.as_str(), incident.as_str())
        }
        Matter::Proposal(id) => format!("decides on {id}"),
    }
}

fn shown(conflict: &Conflict) -> String {
    let against: Vec<String> = conflict.against.iter().map(|entry| format!("entry {entry}")).collect();
    let state = match conflict.settled {
        Some(entry) => format!("settled by entry {entry}"),
        None => "open: those stand, this one is not applied".to_owned(),
    };
    format!(
        "entry {} of {} ({}: {}) {}, against {}; {state}",
        conflict.entry,
        conflict.office,
        conflict.by,
        conflict.why,
        about(&conflict.matter),
        against.join(", ")
    )
}

fn act_shown(one: &Unlike<'_>) -> String {
    let case = one.case.map_or_else(|| "no case".to_owned(), |case| case.to_string());
    let state = match one.settled {
        Some(entry) => format!("entry {entry} came after it"),
        None => "open: it changed nothing, and nobody has acted there since".to_owned(),
    };
    let RefusedAct { entry, by, act, why, .. } = one.refused;
    format!("entry {entry} of {} ({by}) {act} in {case}, refused: {why}; {state}", one.office)
}

fn act_json(one: &Unlike<'_>) -> serde_json::Value {
    let RefusedAct { entry, by, act, why, at } = one.refused;
    json!({
        "entry": entry, "office": one.office, "holds_from": at.to_string(), "by": by, "why": why.to_string(),
        "about": format!("{act} in {}", one.case.map_or_else(|| "no case".to_owned(), |case| case.to_string())),
        "against": [], "settled": one.settled,
    })
}

fn as_json(conflict: &Conflict) -> serde_json::Value {
    json!({
        "entry": conflict.entry, "office": conflict.office, "holds_from": conflict.at.to_string(), "by": conflict.by,
        "why": conflict.why, "about": about(&conflict.matter), "against": conflict.against, "settled": conflict.settled,
    })
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    files::read(path, LETTER_LIMIT as u64)
        .map_err(|e| Failure::usage(format!("could not read {}: {e}", path.display())))
}

/// Whole or not at all: a stick is pulled out at any moment.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let fail = |e: std::io::Error| Failure::operation(&format!("write {}", path.display()), &e);
    let mut name = path.as_os_str().to_owned();
    name.push(".unfinished");
    let beside = Path::new(&name);
    std::fs::write(beside, bytes).map_err(fail)?;
    std::fs::File::open(beside).and_then(|file| file.sync_all()).map_err(fail)?;
    std::fs::rename(beside, path).map_err(fail)
}
