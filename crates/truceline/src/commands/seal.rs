//! `seal`: sealed sources asked for, released and opened. Every step is an entry; the name is shown only after the entry that says who opened it
//! and why is on disk and signed.
//!
//! No name, key or share is ever printed, logged or put into an error, but for the one name that an opening shows on standard output.

mod carried;

use std::io::{IsTerminal as _, Read as _};
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value, json};
use truceline_model::ReceiptNo;
use truceline_record::{Digest, Entry, Secret, digest_of};
use truceline_seal::{NAME_LIMIT, Release, new_holder, open, recipient_of, release};
use truceline_store::Store;
use zeroize::Zeroizing;

use crate::attachments::{self, Attachment};
use crate::cli::StoreAt;
use crate::cli::secrets::Seal;
use crate::committed::{self, Raw};
use crate::failure::Failure;
use crate::log::kind;
use crate::pipeline::Source;
use crate::{files, import, log, out, secrets};

/// Longest key file.
const KEY_LIMIT: u64 = 4096;
/// The header of the key that links sealed sources.
const DESK_HEADER: &str = "truceline desk key 1";

/// Does what is asked.
///
/// # Errors
/// When it cannot be done; the words never show what is sealed.
pub(crate) fn run(asked: &Seal) -> Result<u8, Failure> {
    match asked {
        Seal::InitHolder { key } => init_holder(key),
        Seal::Ask { receipt, at, by, why, to, hours } => {
            ask(receipt, at, [by.trim(), why.trim()], to.trim(), *hours)
        }
        Seal::Release { request, at, key } => give(*request, at, key),
        Seal::Pack { request, at, out } => carried::pack(*request, at, out),
        Seal::ReleaseOffline(asked) => carried::release_offline(asked),
        Seal::Take { release, at, by } => carried::take(release, at, by.trim()),
        Seal::Open { request, at, key, by, out } => show(*request, at, key, (by.trim(), out.as_deref())),
        Seal::NewAttachmentsKey { at } => new_attachments_key(at),
    }
}

fn init_holder(path: &Path) -> Result<u8, Failure> {
    let (secret, public) = new_holder();
    write_secret(path, &secret)?;
    out::line(public)?;
    Ok(0)
}

/// Another key for files, and what that means for those that are there.
fn new_attachments_key(at: &StoreAt) -> Result<u8, Failure> {
    let store = log::open(&at.store)?;
    attachments::draw_mission_key(&store)?;
    out::line(
        "files are taken again, under another attachments.key: keep a copy of it in a safe, apart from the copies of the store. Those that came before are \
         opened by the holders alone: truceline seal ask, release, open --out",
    )?;
    Ok(0)
}

/// Writes a secret into a new file that its owner alone may read.
fn write_secret(path: &Path, text: &str) -> Result<(), Failure> {
    write_new(path, &[text.as_bytes(), b"\n"])
}

/// Writes a new file that its owner alone may read.
fn write_new(path: &Path, parts: &[&[u8]]) -> Result<(), Failure> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let fail = |e: std::io::Error| Failure::operation(&format!("write {}", path.display()), &e);
    let mut file = options.open(path).map_err(fail)?;
    parts.iter().try_for_each(|part| file.write_all(part)).and_then(|()| file.sync_all()).map_err(fail)
}

fn read_secret(path: &Path) -> Result<Zeroizing<String>, Failure> {
    crate::panics::shut();
    #[cfg(unix)]
    if let Ok(found) = std::fs::metadata(path) {
        let mode = std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o777;
        if mode & 0o077 != 0 {
            return Err(Failure::usage(format!(
                "{}: others may read this key (mode {mode:o}); find out who did, then chmod 600 it",
                path.display()
            )));
        }
    }
    let text = files::text(path, KEY_LIMIT);
    text.map(Zeroizing::new).map_err(|e| Failure::usage(format!("could not read {}: {e}", path.display())))
}

/// The name of a source from standard input: never from the argument list, which other users of the machine see.
///
/// # Errors
/// When it is typed where it would be shown, is empty or too long.
pub(super) fn name_from_stdin() -> Result<Zeroizing<String>, Failure> {
    crate::panics::shut();
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(Failure::usage(
            "the name would be shown as you type it; give it on standard input: truceline receive … --from-sealed - < FILE",
        ));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(4 * NAME_LIMIT));
    let read = stdin.lock().take(4 * NAME_LIMIT as u64).read_to_end(&mut bytes);
    read.map_err(|e| Failure::operation("read the name", &e))?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Failure::usage("the name of the source is not UTF-8 text"))?;
    // One person written with other blanks is one person.
    let mut name = Zeroizing::new(String::with_capacity(text.len()));
    for word in text.split_whitespace() {
        if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(word);
    }
    if name.is_empty() || name.len() > NAME_LIMIT {
        return Err(Failure::usage(format!("the name of a source has 1 to {NAME_LIMIT} bytes")));
    }
    Ok(name)
}

/// The key of the desk that receives: made when it is not there. Under it a source has the same pseudonym in every report, so that it counts as one
/// origin. Whoever has it can try names out, so it may not lie in the store's folder, whose copies many hold.
///
/// # Errors
/// When it lies there, or cannot be read or made.
pub(super) fn desk_key(path: &Path, store: &Path) -> Result<Secret, Failure> {
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if whole(folder).starts_with(whole(store)) {
        return Err(Failure::usage(
            "--desk-key: this file lies in the store's folder, and would go into every copy of it; keep it with the person who receives",
        ));
    }
    if !path.exists() {
        let seed = secrets::draw_secret()?;
        write_secret(path, &Zeroizing::new(format!("{DESK_HEADER}\n{}", Digest(*seed))))?;
        return Ok(Secret::new(seed));
    }
    let text = read_secret(path)?;
    let mut lines = text.lines();
    let seed = (lines.next() == Some(DESK_HEADER)).then(|| lines.next()?.parse::<Digest>().ok()).flatten();
    let seed = seed.ok_or_else(|| Failure::usage(format!("{} is no desk key", path.display())))?;
    Ok(Secret::new(Zeroizing::new(seed.0)))
}

/// What stands for a source in the log.
pub(super) fn pseudonym(key: &Secret, log: &str, name: &str) -> String {
    let whole = key.digest(&["sealed source", log, &name.to_lowercase()], &[]).to_string();
    format!("{}{}", crate::words::SEALED, whole.get(..24).unwrap_or_default())
}

fn entry_of(store: &Store, n: u64, wanted: &[&str], what: &str) -> Result<(Entry, Value), Failure> {
    let entry = store.entry(n).map_err(|e| Failure::operation("read the log", &e))?;
    let entry = entry.filter(|entry| wanted.contains(&entry.kind.as_str()));
    let entry = entry.ok_or_else(|| Failure::not_found(format!("entry {n} is no {what}")))?;
    let body = committed::body(store, &entry, &mut committed::Missing::new())?;
    Ok((entry, body))
}

/// The sealed name of a report, or the sealed key of a file.
///
/// # Errors
/// When it has none, or it was erased.
pub(crate) fn sealed_of(store: &Store, receipt: u64) -> Result<Value, Failure> {
    let (_, body) = entry_of(store, receipt, &[kind::WORDS, kind::ATTACHMENT], "text or file")?;
    let seal = body.get("seal").filter(|seal| !seal.is_null()).cloned();
    seal.ok_or_else(|| {
        Failure::not_found(format!("{} has no sealed source, or it was erased", ReceiptNo(receipt)))
    })
}

fn append(
    store: &mut Store,
    kind: &str,
    fields: &[(&str, Value)],
    open: &[(&str, Value)],
) -> Result<u64, Failure> {
    let at = log::now();
    let mut all = vec![("at", json!(at))];
    all.extend(fields.iter().cloned());
    let entry = committed::entry(kind, &log::day_of(&at), &all, open, Raw::None)?;
    let done = store.append(&[entry]).map_err(|e| Failure::operation("log it", &e))?;
    import::sign(store)?;
    done.first().map(|d| d.n).ok_or_else(|| Failure::operation("log it", &"the store gave no receipt"))
}

fn ask(receipt: &str, at: &StoreAt, [by, why]: [&str; 2], to: &str, hours: u32) -> Result<u8, Failure> {
    let receipt = super::open::entry_number(receipt)?;
    let loaded = Source::new(at.store.clone()).loaded(None, 2)?;
    super::decide::may_decide(&loaded.mission.folder.people, by)?;
    if by.is_empty() || why.is_empty() || why.len() > 2000 {
        return Err(Failure::usage(
            "--by and --why say who asks and why in a few words; they cannot be empty",
        ));
    }
    if !to.starts_with("age1") {
        return Err(Failure::usage(
            "--to: the public key of whoever opens looks like age1…; truceline seal init-holder makes one",
        ));
    }
    let mut store = log::open(&at.store)?;
    sealed_of(&store, receipt)?;
    let until = Timestamp::now().as_second().saturating_add(i64::from(hours).saturating_mul(3600));
    let until = Timestamp::from_second(until).map_err(|e| Failure::operation("read the clock", &e))?;
    let n = append(
        &mut store,
        kind::SEAL_REQUEST,
        &[("receipt", json!(receipt)), ("by", json!(by)), ("why", json!(why)), ("to", json!(to))],
        &[("until", json!(until.to_string()))],
    )?;
    out::line(format_args!(
        "request {n}: the source of {} is asked for until {until}; holders answer with truceline seal release {n}",
        ReceiptNo(receipt)
    ))?;
    Ok(0)
}

/// A request that has not lapsed, with the digest that releases are bound to.
struct Request {
    digest: Digest,
    receipt: u64,
    to: String,
    by: String,
    why: String,
    until: Timestamp,
}

impl Request {
    /// What the entry of a request says, with its fields open.
    fn of(entry: &Entry, said: &Value) -> Result<Self, Failure> {
        let n = entry.n;
        let text = |name: &str| said.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let until: Option<Timestamp> = text("until").parse().ok();
        let lapsed = || Failure::usage(format!("request {n} has lapsed; ask again, with a reason"));
        let until = until.filter(|until| Timestamp::now() <= *until).ok_or_else(lapsed)?;
        let bytes = entry.to_bytes().map_err(|e| Failure::operation("read the log", &e))?;
        let receipt = said.get("receipt").and_then(Value::as_u64);
        let receipt = receipt.ok_or_else(|| Failure::not_found(format!("request {n} was erased")))?;
        let (to, by, why) = (text("to"), text("by"), text("why"));
        Ok(Self { digest: digest_of(&bytes), receipt, to, by, why, until })
    }
}

fn request(store: &Store, n: u64) -> Result<Request, Failure> {
    let (entry, body) = entry_of(store, n, &[kind::SEAL_REQUEST], "request to open a source")?;
    Request::of(&entry, &body)
}

fn give(n: u64, at: &StoreAt, key: &Path) -> Result<u8, Failure> {
    let secret = read_secret(key)?;
    let mut store = log::open(&at.store)?;
    let asked = request(&store, n)?;
    let sealed = sealed_of(&store, asked.receipt)?;
    let given = release(&sealed, &asked.digest, &secret, &asked.to)
        .map_err(|e| Failure::usage(format!("nothing was released: {e}")))?;
    let entry = append(
        &mut store,
        kind::SEAL_RELEASE,
        // Every release has the same fields, so that none tells how it came.
        &[("holder", json!(given.holder)), ("release", json!(given.release)), ("taken-by", Value::Null)],
        &[("request", json!(n))],
    )?;
    out::line(format_args!(
        "entry {entry}: \"{}\" has released its share for request {n} ({} by {}: {})",
        given.holder,
        ReceiptNo(asked.receipt),
        asked.by,
        asked.why
    ))?;
    Ok(0)
}

/// Releases in the log for a request.
fn releases(store: &Store, request: u64) -> Result<Vec<Release>, Failure> {
    let fail = |e: &dyn std::fmt::Display| Failure::operation("read the log", e);
    let mut all = Vec::new();
    for stored in store.entries(request..store.len().map_err(|e| fail(&e))?) {
        let entry = stored.and_then(|s| s.decode()).map_err(|e| fail(&e))?;
        if entry.kind != kind::SEAL_RELEASE
            || entry.body.get("request").and_then(Value::as_u64) != Some(request)
        {
            continue;
        }
        let body = committed::body(store, &entry, &mut committed::Missing::new())?;
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        if let (Some(holder), Some(release)) = (text("holder"), text("release")) {
            all.push(Release { holder, release });
        }
    }
    Ok(all)
}

fn show(n: u64, at: &StoreAt, key: &Path, (by, to): (&str, Option<&Path>)) -> Result<u8, Failure> {
    let secret = read_secret(key)?;
    let loaded = Source::new(at.store.clone()).loaded(None, 2)?;
    super::decide::may_decide(&loaded.mission.folder.people, by)?;
    let mut store = log::open(&at.store)?;
    let asked = request(&store, n)?;
    let own = recipient_of(&secret).map_err(|e| Failure::usage(e.to_string()))?;
    if own != asked.to {
        return Err(Failure::usage(format!(
            "request {n} names another key as the opener's; releases are encrypted to that one"
        )));
    }
    let sealed = sealed_of(&store, asked.receipt)?;
    let opened = open(&sealed, &asked.digest, &releases(&store, n)?, &secret, store.origin())
        .map_err(|e| Failure::usage(format!("request {n} opens nothing: {e}")))?;
    // What cannot be shown is not said to have been opened.
    let content =
        to.map(|to| content(&store, &loaded.attachments, (asked.receipt, to), &opened.name)).transpose()?;
    // First the entry, then the name: whoever sees it has left a trace.
    let entry = append(
        &mut store,
        kind::SEAL_OPENING,
        &[
            ("receipt", json!(asked.receipt)),
            ("by", json!(by)),
            ("why", json!(asked.why)),
            ("holders", json!(opened.holders)),
        ],
        &[("request", json!(n))],
    )?;
    drop(store);
    eprintln!(
        "entry {entry}: the source of {} was opened by {by} with {}",
        ReceiptNo(asked.receipt),
        opened.holders.join(" and ")
    );
    match to.zip(content) {
        Some((to, content)) => write_new(to, &[&content])?,
        None => out::line(&*opened.name)?,
    }
    Ok(0)
}

/// The file that came with a report, by its own key.
fn content(
    store: &Store,
    all: &[Attachment],
    (entry, to): (u64, &Path),
    key: &str,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if to.exists() {
        return Err(Failure::usage(format!("--out: {} is there already", to.display())));
    }
    let file = all.iter().find(|file| file.entry == entry);
    let file = file.ok_or_else(|| {
        Failure::usage("--out is for a file that came with a report; a name goes to standard output")
    })?;
    file.content_by(store, key).map(Zeroizing::new)
}
