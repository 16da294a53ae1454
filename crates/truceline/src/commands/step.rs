//! Confirm, correct, reject: a person's step on a proposal, logged with who, why, the row that it becomes and the words of each value.
//!
//! A step is taken once: a proposal that somebody has decided is decided, until that is undone. What does not make a sound row is
//! refused before anything is logged, every value at once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use truceline_intake::prose::{Becomes, Kind};
use truceline_intake::{Header, Mapping, Reader, Reading, Refusal};
use truceline_model::{Instant, ReceiptNo, Span};
use truceline_record::Secret;
use truceline_store::Outcome;

use super::shelf::{Opened, Proposed, Shelf, next, row};
use crate::cli::Decision;
use crate::cli::deciding::Decide;
use crate::failure::Failure;
use crate::mission::Mission;
use crate::pipeline::{Source, derive};
use crate::proposals::{ProposalId, Said, last_moved, slice};
use crate::{import, load, log, out, secrets};

/// Columns that are not a person's to set here.
const NOT_THEIRS: [&str; 3] = ["id", "source", "known"];

/// A step ready to be logged.
struct Ready {
    id: ProposalId,
    said: Said,
    holds_from: Instant,
    body: Value,
    key: [u8; 32],
    fact: Option<String>,
}

/// What a person puts in place of what was proposed.
#[derive(Default)]
pub(crate) struct Own {
    values: BTreeMap<String, String>,
    spans: BTreeMap<String, Vec<Span>>,
}

/// Logs the steps; prints each entry, by which it can be undone.
///
/// # Errors
/// When one of them cannot be taken, and then none is; the words say what would be right.
pub(super) fn step(asked: &Decide) -> Result<u8, Failure> {
    let shelf = Shelf::open(&asked.at.store, &asked.tables)?;
    let (text, mapping) = load::mapping("truceline")?;
    let none = Own::default();
    let (names, said, own) = match &asked.what {
        Decision::Confirm { proposals } => (proposals.clone(), Said::Confirmed, none),
        Decision::Reject { proposals } => (proposals.clone(), Said::Rejected, none),
        Decision::Correct { proposal, values, said } => {
            (vec![proposal.clone()], Said::Corrected, own(&mapping, values, said)?)
        }
        _ => return Err(Failure::usage("this is no decision on a proposal")),
    };
    let mut ready = Vec::new();
    for name in names.iter().collect::<BTreeSet<_>>() {
        ready.push(one(&shelf, asked, (name, said, &own), &mapping)?);
    }
    let fail = |e: truceline_store::AppendError| Failure::operation("log the decision", &e);
    let mut store = log::open(&asked.at.store)?;
    let at = log::now();
    let mapped = store.append(&[log::mapping(&at, &mapping.name, &text)]).map_err(fail)?;
    let mapped = mapped.first().map_or(0, |done| done.n);
    let secret = secrets::of(&store)?;
    let entries = ready.iter().map(|ready| entry(asked, &at, ready, mapped, &secret));
    let entries = entries.collect::<Result<Vec<_>, _>>()?;
    let done = store.append(&entries).map_err(fail)?;
    import::sign(&mut store)?;
    drop(store);
    for (ready, done) in ready.iter().zip(&done) {
        if done.outcome == Outcome::Duplicate {
            return Err(Failure::usage(format!(
                "{} was decided at this very moment, in entry {}",
                ready.id, done.n
            )));
        }
    }
    let logged: Vec<(&Ready, u64)> = ready.iter().zip(&done).map(|(ready, done)| (ready, done.n)).collect();
    told(asked, &logged)
}

/// One step, held against the text and against what stands.
fn one(
    shelf: &Shelf,
    asked: &Decide,
    (name, said, own): (&str, Said, &Own),
    mapping: &Mapping,
) -> Result<Ready, Failure> {
    let id = ProposalId::parse(name).ok_or_else(|| {
        let name = out::shown(name);
        Failure::usage(format!("\"{name}\" is no id of a proposal; they look like p12-incident-0-84"))
    })?;
    let words = shelf.words(id.words)?;
    let read = shelf.read(words, Instant::FAR_FUTURE)?;
    within(&read.text, id.span, name)?;
    for (field, spans) in &own.spans {
        spans.iter().try_for_each(|span| within(&read.text, *span, &format!("--said {field}")))?;
    }
    let found = read.proposed.iter().find(|one| one.id == id);
    if let Some(step) = found.and_then(|one| one.step) {
        return Err(Failure::usage(format!(
            "{id} was {} by {} in entry {}; what was decided is undone before it is decided anew: truceline decide … undo {}",
            step.said.as_str(),
            out::shown(&step.by),
            step.entry,
            step.entry
        )));
    }
    let proposal = found.and_then(|one| one.proposal.as_ref());
    if proposal.is_none() && said != Said::Corrected {
        return Err(Failure::usage(format!(
            "the tables propose nothing under {id}; truceline proposals --receipt {} lists what they do, and correct says in your own \
             values what these words say",
            id.words
        )));
    }
    let holds_from = holds_from(shelf, words.known, asked.known.as_deref())?;
    let digests = &shelf.known.digests;
    let (body, reading) =
        taken(&shelf.loaded.mission, &read, (id, said, own), (mapping, digests), holds_from)?;
    for warning in reading.warnings {
        let column = warning.column.unwrap_or_default();
        eprintln!("{id}: {column}: {}", out::shown(&warning.say));
    }
    let fact = body.pointer("/row/fact").and_then(Value::as_str).map(str::to_owned);
    let key = log::step_key(&id.to_string(), last_moved(&shelf.loaded, id));
    Ok(Ready { id, said, holds_from, body, key, fact })
}

/// What the entry of a step says, but for the entry of its mapping; and how its row reads.
///
/// # Errors
/// When what it comes to is no sound row; the words say what would be right.
pub(crate) fn taken(
    mission: &Mission,
    read: &Opened<'_>,
    (id, said, own): (ProposalId, Said, &Own),
    (mapping, digests): (&Mapping, &(String, Option<String>)),
    holds_from: Instant,
) -> Result<(Value, Reading), Failure> {
    let found = read.proposed.iter().find(|one| one.id == id);
    let mut body = json!({ "id": id.to_string(), "said": said.as_str() });
    let mut put = |key: &str, value: Value| drop(body.as_object_mut().map(|o| o.insert(key.into(), value)));
    if let Some(proposal) = found.and_then(|one| one.proposal.as_ref()) {
        put("sub", json!(proposal.sub));
        put("granularity", json!(proposal.granularity.as_str()));
    }
    put("reader", json!(read.reading.by.as_str()));
    put("tables", json!(digests.0));
    put("gazetteer", json!(digests.1));
    let mut reading = Reading::default();
    if said != Said::Rejected {
        let made = made(mission, read, found, id, own, holds_from)?;
        reading = sound(mission, mapping, &made.row, id)?;
        put("row", Value::Object(made.row));
        put("spans", made.spans);
        put("own", made.own);
    }
    Ok((body, reading))
}

struct Made {
    row: Map<String, Value>,
    spans: Value,
    own: Value,
}

/// The row that is confirmed: what was proposed, with the person's own values over it, each marked with what stood there.
fn made(
    mission: &Mission,
    read: &Opened<'_>,
    found: Option<&Proposed<'_>>,
    id: ProposalId,
    own: &Own,
    holds_from: Instant,
) -> Result<Made, Failure> {
    let mut becomes = found.map_or_else(Becomes::default, |one| read.becomes(mission, one));
    if found.is_none_or(|one| one.proposal.is_none()) {
        becomes.fields.insert("kind", kind_of(id.kind).to_owned());
    }
    let mut full = row(mission, read.words, id, &becomes.fields, holds_from);
    let mut spans: BTreeMap<String, Vec<Span>> =
        becomes.spans.iter().map(|(field, all)| ((*field).to_owned(), all.clone())).collect();
    let mut marked = Map::new();
    for (field, value) in &own.values {
        let old = full.get(field).cloned();
        if old.as_ref().and_then(Value::as_str).unwrap_or_default() == value {
            continue;
        }
        marked.insert(field.clone(), old.unwrap_or(Value::Null));
        spans.remove(field);
        if value.is_empty() {
            full.remove(field);
        } else {
            full.insert(field.clone(), Value::String(value.clone()));
        }
    }
    for (field, said) in &own.spans {
        if !full.contains_key(field) {
            return Err(Failure::usage(format!(
                "--said {field}: the row has no {field}; give its value too: {field}=…"
            )));
        }
        spans.insert(field.clone(), said.clone());
    }
    if marked.is_empty() && own.spans.is_empty() && !own.values.is_empty() {
        return Err(Failure::usage(
            "these are the values that are proposed already; confirm says so".to_owned(),
        ));
    }
    if own.values.is_empty() && own.spans.is_empty() && found.is_none_or(|one| one.proposal.is_none()) {
        return Err(Failure::usage(
            "say what these words say: FIELD=VALUE, such as act=shelling killed=3".to_owned(),
        ));
    }
    let spans: Map<String, Value> = spans
        .into_iter()
        .filter(|(field, _)| full.contains_key(field))
        .map(|(field, all)| (field, all.iter().map(|span| json!([span.start, span.end])).collect()))
        .collect();
    Ok(Made { row: full, spans: Value::Object(spans), own: Value::Object(marked) })
}

fn kind_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Incident => "event",
        Kind::Agreement => "agreement",
        Kind::Humanitarian => "delivery",
        Kind::Statement => "statement",
    }
}

/// A person's values: `FIELD=VALUE`, and where the text says them.
///
/// # Errors
/// When a field is not known or given twice, or nothing is.
pub(crate) fn own(mapping: &Mapping, values: &[String], said: &[String]) -> Result<Own, Failure> {
    let known: Vec<&str> = mapping
        .columns
        .iter()
        .map(|rule| rule.column.as_str())
        .filter(|column| !NOT_THEIRS.contains(column))
        .collect();
    let pair = |text: &str| {
        let (field, value) = text.split_once('=').map(|(field, value)| (field.trim(), value.trim())).unzip();
        let field = field.filter(|field| known.contains(field)).ok_or_else(|| {
            let near = truceline_intake::nearest::did_you_mean(field.unwrap_or(text), known.iter().copied());
            let text = out::shown(text);
            Failure::usage(format!(
                "\"{text}\": write FIELD=VALUE{near}; the fields are {}",
                known.join(", ")
            ))
        })?;
        Ok::<_, Failure>((field.to_owned(), value.unwrap_or_default().to_owned()))
    };
    let mut own = Own::default();
    for text in values {
        let (field, value) = pair(text)?;
        if own.values.insert(field.clone(), value).is_some() {
            return Err(Failure::usage(format!(
                "{field} is given twice; several values of one field are parted by ;"
            )));
        }
    }
    for text in said {
        let (field, range) = pair(text)?;
        let span = range
            .split_once('-')
            .and_then(|(start, end)| Some(Span { start: start.parse().ok()?, end: end.parse().ok()? }));
        let say = || {
            Failure::usage(format!(
                "--said {}: write {field}=START-END in bytes of the text",
                out::shown(text)
            ))
        };
        own.spans.entry(field.clone()).or_default().push(span.ok_or_else(say)?);
    }
    if own.values.is_empty() && own.spans.is_empty() {
        return Err(Failure::usage(
            "say what is to be corrected: FIELD=VALUE, such as killed=14 or actor=unknown",
        ));
    }
    Ok(own)
}

/// Words of the text, whole characters of it.
fn within(text: &str, span: Span, what: &str) -> Result<(), Failure> {
    if span.start < span.end && slice(text, span).is_some() {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "{}: bytes {} to {} are no words of the text, which has {} bytes, or they cut a letter in two",
        out::shown(what),
        span.start,
        span.end,
        text.len()
    )))
}

/// A row as it will be read from the log.
///
/// # Errors
/// Every value that cannot be read.
pub(crate) fn row_read(
    mission: &Mission,
    mapping: &Mapping,
    row: &Map<String, Value>,
) -> Result<Reading, Vec<Refusal>> {
    let bytes = Value::Object(row.clone()).to_string();
    let reader = Reader::new(mapping, Header::JsonLines)?;
    reader.read(bytes.as_bytes(), 1, &mission.context(None), ReceiptNo(0))
}

/// Whether the row reads as every row must.
fn sound(
    mission: &Mission,
    mapping: &Mapping,
    row: &Map<String, Value>,
    id: ProposalId,
) -> Result<Reading, Failure> {
    let say = |refusal: &Refusal| {
        let column = refusal.column.as_deref().unwrap_or("the row");
        format!("{column}: found {}; {}", refusal.found, refusal.would_be_right)
    };
    row_read(mission, mapping, row).map_err(|refusals| {
        Failure::usage(format!(
            "{id} makes no sound report; say it with correct {id} FIELD=VALUE:\n{}",
            refusals.iter().map(say).collect::<Vec<_>>().join("\n")
        ))
    })
}

/// From when on it holds: as said; in a mission that looks back, from when the text was known; else from now.
fn holds_from(shelf: &Shelf, text_known: Instant, words: Option<&str>) -> Result<Instant, Failure> {
    let mission = &shelf.loaded.mission;
    let from = match words {
        Some(words) => mission.moment(words)?,
        None if mission.opens_at.is_some() => text_known,
        None => Instant::parse(&log::now()).map_err(|e| Failure::operation("read the clock", &e))?,
    };
    if from < text_known {
        return Err(Failure::usage(format!(
            "--known: the text itself became known at {text_known}, later than {from}"
        )));
    }
    Ok(from)
}

fn entry(
    asked: &Decide,
    at: &str,
    ready: &Ready,
    mapping: u64,
    secret: &Secret,
) -> Result<truceline_store::NewEntry, Failure> {
    let mut body = ready.body.clone();
    if ready.said != Said::Rejected
        && let Some(object) = body.as_object_mut()
    {
        object.insert("mapping".to_owned(), json!(mapping));
    }
    let (by, why) = (asked.by.trim(), asked.why.trim());
    // Which proposal of which text it is could be guessed from a plain hash.
    let key = secret.digest(&["step"], &[&ready.key]).0;
    log::step(at, &ready.holds_from.to_string(), by, why, json!({ "proposal": body }), key)
}

/// Prints the entries, and which incident each confirmed event now belongs to.
fn told(asked: &Decide, logged: &[(&Ready, u64)]) -> Result<u8, Failure> {
    let loaded = Source::new(asked.at.store.clone()).loaded(None, 2)?;
    // Without terms there are no findings, and the receipt is all that there is to tell.
    let derived = match loaded.mission.terms() {
        Ok(_) => Some(derive(loaded, Instant::FAR_FUTURE, 2)?),
        Err(_) => None,
    };
    for (ready, entry) in logged {
        let (id, said, from) = (ready.id, ready.said.as_str(), ready.holds_from);
        let incident = derived.as_ref().and_then(|d| d.resolved.incident_of.get(&ReceiptNo(*entry)));
        let next = ready.fact.as_deref().and_then(next);
        let mut words = format!("entry {entry}: {id} {said}, holds from {from}");
        if let Some(incident) = incident {
            words.push_str(&format!("; incident {incident}"));
        }
        if let Some(next) = next {
            words.push_str(&format!("\n  next: {next}"));
        }
        let json = json!({
            "entry": entry, "proposal": id.to_string(), "said": said, "holds_from": from.to_string(),
            "incident": incident.map(ToString::to_string), "next": next,
        });
        out::told(asked.format, words, &json)?;
    }
    Ok(0)
}
