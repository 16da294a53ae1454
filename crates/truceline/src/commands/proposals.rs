//! `proposals`: what texts seem to say, and how each stands.

use serde_json::{Map, Value, json};
use truceline_intake::prose::Becomes;
use truceline_model::{Instant, Span};

use super::shelf::{Opened, Proposed, Shelf, next, row};
use crate::cli::words::{Proposals, Stands};
use crate::cli::{EXIT_FOUND, Format};
use crate::failure::Failure;
use crate::out;
use crate::proposals::{Decided, Said};

/// Lists proposals; exit code 1 when the text that was asked for cannot be read.
///
/// # Errors
/// When the store or a table cannot be used, or there is no such text.
pub(crate) fn proposals(asked: &Proposals) -> Result<u8, Failure> {
    let shelf = Shelf::open(&asked.at.store, &asked.tables)?;
    let only = asked.receipt.as_deref().map(super::decide::receipt).transpose()?;
    let texts = match only {
        Some(receipt) => vec![shelf.words(receipt)?],
        None => shelf.loaded.words.values().collect(),
    };
    let mut code = 0;
    for words in texts {
        if let Some(fault) = &words.fault {
            // Without a text named, `truceline refused` tells of these.
            if only.is_some() {
                eprintln!(
                    "{} {}: {}; {}",
                    words.receipt,
                    out::shown(&words.name),
                    fault.found,
                    fault.would_be_right
                );
                code = EXIT_FOUND;
            }
            continue;
        }
        let read = shelf.read(words, Instant::FAR_FUTURE)?;
        let wanted: Vec<&Proposed<'_>> = read
            .proposed
            .iter()
            .filter(|one| asked.state.is_none_or(|wanted| wanted == stands(one)))
            .collect();
        match asked.format {
            Format::Json => {
                for one in wanted {
                    out::line(as_json(&shelf, &read, one))?;
                }
            }
            Format::Text => in_words(&shelf, &read, &wanted)?,
        }
    }
    Ok(code)
}

/// How a proposal stands.
pub(crate) fn stands(one: &Proposed<'_>) -> Stands {
    match one.step.map(|step| step.said) {
        None => Stands::Open,
        Some(Said::Confirmed) => Stands::Confirmed,
        Some(Said::Corrected) => Stands::Corrected,
        Some(Said::Rejected) => Stands::Rejected,
    }
}

fn state(one: &Proposed<'_>) -> &'static str {
    one.step.map_or("open", |step| step.said.as_str())
}

fn as_json(shelf: &Shelf, read: &Opened<'_>, one: &Proposed<'_>) -> Value {
    let becomes = read.becomes(&shelf.loaded.mission, one);
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
    put("id", json!(one.id.to_string()));
    put("receipt", json!(read.words.receipt.0));
    put("file", json!(read.words.name));
    put("source", json!(read.words.source.as_str()));
    put("language", json!(read.reading.language));
    put("state", json!(state(one)));
    put("kind", json!(one.id.kind.as_str()));
    put("words", read.span_json(one.id.span));
    put("proposed", json!(one.proposal.is_some()));
    if let Some(proposal) = &one.proposal {
        put("sub", json!(proposal.sub));
        put("granularity", json!(proposal.granularity.as_str()));
        put("detail_of", json!(read.told_before(proposal).map(|(id, _)| id.to_string())));
        let mut fields = Map::new();
        for (field, values) in &proposal.fields {
            let all: Vec<Value> = values.iter().map(|value| value_json(read, value)).collect();
            fields.insert(field.as_str().to_owned(), Value::Array(all));
        }
        put("fields", Value::Object(fields));
        let full = row(&shelf.loaded.mission, read.words, one.id, &becomes.fields, read.words.known);
        put("row", Value::Object(full));
        put("open", json!(becomes.open));
    }
    if let Some(step) = one.step {
        put("decided", decided_json(read, step));
    }
    Value::Object(out)
}

fn value_json(read: &Opened<'_>, value: &truceline_intake::prose::Value) -> Value {
    let mut json = read.span_json(value.span);
    let members = [
        ("norm", value.norm.as_ref().map(|norm| json!(norm))),
        ("bounds", value.bounds.map(|bounds| json!(bounds.to_string()))),
        ("who", value.who.as_ref().map(|who| json!(who))),
        ("id", value.registry.as_ref().map(|id| json!(id))),
        ("outside_span", value.outside.then_some(Value::Bool(true))),
    ];
    if let Some(object) = json.as_object_mut() {
        object.extend(members.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
    }
    json
}

fn decided_json(read: &Opened<'_>, step: &Decided) -> Value {
    let spans: Map<String, Value> = step
        .spans
        .iter()
        .map(|(field, all)| (field.clone(), all.iter().map(|span| read.span_json(*span)).collect()))
        .collect();
    let fact = step.row.as_ref().and_then(|row| row.get("fact")).and_then(Value::as_str);
    json!({
        "entry": step.entry, "said": step.said.as_str(), "by": step.by, "why": step.why, "holds_from": step.at.to_string(),
        "row": step.row, "spans": spans, "own": step.own, "next": fact.and_then(next),
    })
}

fn in_words(shelf: &Shelf, read: &Opened<'_>, wanted: &[&Proposed<'_>]) -> Result<(), Failure> {
    let words = read.words;
    let day = read.reading.reference.map_or_else(|| "no day of reference".to_owned(), |day| day.to_string());
    let told = match &words.language {
        Some(told) if *told != read.reading.language => format!(", sent as {told}"),
        _ => String::new(),
    };
    out::line(format_args!(
        "{} {}  from {}  [{}{told}, {day}]  {} of {} proposals",
        words.receipt,
        words.name,
        words.source,
        read.reading.language,
        wanted.len(),
        read.proposed.len()
    ))?;
    if let Some(why) = read.reading.nothing {
        out::line(format_args!("  nothing is proposed: {why}"))?;
    }
    for one in wanted {
        let becomes = read.becomes(&shelf.loaded.mission, one);
        out::text_as_it_is(&legibly(read, one, &becomes))?;
    }
    Ok(())
}

/// One proposal: its words, what it would be or has become with the words of each value, and what stays open.
fn legibly(read: &Opened<'_>, one: &Proposed<'_>, becomes: &Becomes) -> String {
    let sub = one.proposal.as_ref().map(|p| p.sub.as_str()).or(one.step.and_then(|step| step.sub.as_deref()));
    let mut out = format!("\n  {}  {}", one.id, state(one));
    if let Some(step) = one.step {
        out.push_str(&format!(
            " by {} in entry {}: {}",
            out::shown(&step.by),
            step.entry,
            out::shown(&step.why)
        ));
    }
    out.push_str(&format!("\n    {}: {}\n", sub.unwrap_or(one.id.kind.as_str()), read.quote(one.id.span)));
    let mut line = |field: &str, value: &str, spans: &[Span], own: Option<&Option<String>>| {
        let said: Vec<String> = spans.iter().map(|span| read.quote(*span)).collect();
        let own = match own {
            Some(Some(old)) => format!("  own value, for {}", out::shown(old)),
            Some(None) => "  own value".to_owned(),
            None => String::new(),
        };
        out.push_str(&format!("      {field:<16} {:<28} {}{own}\n", out::shown(value), said.join(" ")));
    };
    match one.step.and_then(|step| Some((step, step.row.as_ref()?.as_object()?))) {
        Some((step, row)) => {
            let shown = row.iter().filter(|(field, _)| !matches!(field.as_str(), "id" | "known" | "source"));
            for (field, value) in shown {
                let spans = step.spans.get(field).map(Vec::as_slice).unwrap_or_default();
                line(field, value.as_str().unwrap_or_default(), spans, step.own.get(field));
            }
            for (field, old) in step.own.iter().filter(|(field, _)| !row.contains_key(field.as_str())) {
                line(field, "(taken away)", &[], Some(old));
            }
            if let Some(next) = row.get("fact").and_then(Value::as_str).and_then(next) {
                out.push_str(&format!("      next: {next}\n"));
            }
        }
        None if one.step.is_none() => {
            for (field, value) in &becomes.fields {
                line(field, value, becomes.spans.get(field).map(Vec::as_slice).unwrap_or_default(), None);
            }
            for open in &becomes.open {
                out.push_str(&format!("      open: {}\n", out::shown(open)));
            }
        }
        None => {}
    }
    out
}
