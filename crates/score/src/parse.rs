//! Claims out of JSON, bounded: a file that is too long, too deep or not of the shape is refused with what was found and what would
//! be right.
//!
//! A field is any member that holds a list of objects with `text`, `start` and `end`; other members are passed over. The contract may
//! grow fields and the labels carry notes, and neither may break a score.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value as Json};

use crate::claim::{Claim, Kind, Span, Value};
use crate::gold::{Document, Gold};
use crate::trap::{Rule, Trap};

/// How much is read.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one JSON value.
    pub bytes: usize,
    /// Documents of a file.
    pub documents: usize,
    /// Claims of a document.
    pub claims: usize,
    /// Values of a field.
    pub values: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 16 << 20, documents: 20_000, claims: 5_000, values: 256 }
    }
}

/// Why a file was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: a line, a claim, a field.
    pub at: String,
    /// What was found and what would be right.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.what)
    }
}

impl std::error::Error for Fault {}

fn fault(at: &str, what: impl Into<String>) -> Fault {
    Fault { at: at.to_owned(), what: what.into() }
}

/// The claims of one document of a reader's output: `{"doc", "claims": […], …}`, and the document's name.
///
/// # Errors
/// When it is too long, no JSON, or not of the shape.
pub fn claims(json: &str, limits: Limits) -> Result<(String, Vec<Claim>), Fault> {
    let all = object(json, "found", limits)?;
    let doc = word(&all, "doc").unwrap_or_default();
    let claims = list(&all, "claims", &doc, limits.claims)?;
    let claims = claims.iter().map(|claim| claim_of(claim, limits)).collect::<Result<_, _>>()?;
    Ok((doc, claims))
}

/// A labelled set with traps: `{"docs": {name: {…}}, "claims": [{"doc", …}], "traps": […]}`; the texts stand elsewhere.
///
/// # Errors
/// When it is too long, no JSON, or not of the shape.
pub fn gold(json: &str, limits: Limits) -> Result<Gold, Fault> {
    let all = object(json, "gold", limits)?;
    let Some(Json::Object(docs)) = all.get("docs") else {
        return Err(fault("gold", "no \"docs\"; an object of documents by name is wanted"));
    };
    let mut documents: BTreeMap<String, Document> = BTreeMap::new();
    for (name, doc) in docs.iter().take(limits.documents) {
        let Json::Object(doc) = doc else { return Err(fault(name, "a document must be an object")) };
        let mut document = Document { name: name.clone(), ..Document::default() };
        document.reference_date = word(doc, "reference_date");
        document.chars = whole(doc, "chars", name)?;
        documents.insert(name.clone(), document);
    }
    for claim in list(&all, "claims", "gold", limits.claims)? {
        let doc = claim.as_object().and_then(|claim| word(claim, "doc")).unwrap_or_default();
        let claim = claim_of(claim, limits)?;
        let Some(document) = documents.get_mut(&doc) else {
            return Err(fault(&claim.id, format!("its document \"{doc}\" is not in \"docs\"")));
        };
        document.claims.push(claim);
    }
    let traps = match all.get("traps") {
        None => Vec::new(),
        Some(_) => {
            list(&all, "traps", "gold", limits.claims)?.iter().map(trap_of).collect::<Result<_, _>>()?
        }
    };
    Ok(Gold { documents: documents.into_values().collect(), traps })
}

/// A labelled set of own sentences, one object a line, the text within it: `{"id", "text", "claims": […],
/// "traps"?: […], "date"?, "country"?, "lang"?, "category"?}`. Blank lines are none.
///
/// # Errors
/// When a line is too long, no JSON, or not of the shape.
pub fn sentences(lines: &str, limits: Limits) -> Result<Gold, Fault> {
    let (mut documents, mut traps) = (Vec::new(), Vec::new());
    for (number, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let at = format!("line {}", number.saturating_add(1));
        if documents.len() >= limits.documents {
            return Err(fault(&at, format!("more than {} documents", limits.documents)));
        }
        let all = object(line, &at, limits)?;
        let Some(text) = word(&all, "text") else {
            return Err(fault(&at, "no \"text\"; the sentence is wanted"));
        };
        let claims = list(&all, "claims", &at, limits.claims)?;
        let claims = claims.iter().map(|claim| claim_of(claim, limits)).collect::<Result<_, _>>()?;
        let name = word(&all, "id").or_else(|| word(&all, "doc")).unwrap_or_else(|| at.clone());
        if all.contains_key("traps") {
            for trap in list(&all, "traps", &at, limits.claims)? {
                traps.push(Trap { doc: name.clone(), ..trap_of(trap)? });
            }
        }
        documents.push(Document {
            name,
            chars: Some(text.chars().count()),
            text: Some(text),
            reference_date: word(&all, "reference_date").or_else(|| word(&all, "date")),
            language: word(&all, "language").or_else(|| word(&all, "lang")),
            country: word(&all, "country"),
            category: word(&all, "category"),
            claims,
        });
    }
    Ok(Gold { documents, traps })
}

fn object(json: &str, at: &str, limits: Limits) -> Result<Map<String, Json>, Fault> {
    if json.len() > limits.bytes {
        return Err(fault(at, format!("{} bytes; at most {} are read", json.len(), limits.bytes)));
    }
    match serde_json::from_str(json) {
        Ok(Json::Object(all)) => Ok(all),
        Ok(_) => Err(fault(at, "an object is wanted")),
        Err(error) => Err(fault(at, format!("no JSON: {error}"))),
    }
}

fn list<'a>(of: &'a Map<String, Json>, name: &str, at: &str, most: usize) -> Result<&'a [Json], Fault> {
    match of.get(name) {
        Some(Json::Array(all)) if all.len() <= most => Ok(all),
        Some(Json::Array(all)) => Err(fault(at, format!("{} {name}; at most {most} are read", all.len()))),
        _ => Err(fault(at, format!("no \"{name}\"; a list is wanted"))),
    }
}

fn word(of: &Map<String, Json>, name: &str) -> Option<String> {
    of.get(name)?.as_str().map(str::to_owned)
}

fn whole(of: &Map<String, Json>, name: &str, at: &str) -> Result<Option<usize>, Fault> {
    let number = number(of, name, at)?;
    Ok(number.map(|number| usize::try_from(number).unwrap_or(usize::MAX)))
}

fn number(of: &Map<String, Json>, name: &str, at: &str) -> Result<Option<u64>, Fault> {
    match of.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(found) => match found.as_u64() {
            Some(number) => Ok(Some(number)),
            None => Err(fault(at, format!("{name} is {found}; a whole number or null is wanted"))),
        },
    }
}

fn span(of: &Map<String, Json>, start: &str, end: &str, at: &str) -> Result<Option<Span>, Fault> {
    match (whole(of, start, at)?, whole(of, end, at)?) {
        (Some(start), Some(end)) => Ok(Some(Span { start, end })),
        (None, None) => Ok(None),
        _ => Err(fault(at, format!("one of {start} and {end} is missing"))),
    }
}

fn claim_of(json: &Json, limits: Limits) -> Result<Claim, Fault> {
    let Json::Object(all) = json else { return Err(fault("a claim", "an object is wanted")) };
    let id = match all.get("id") {
        Some(Json::String(id)) => id.clone(),
        Some(Json::Number(id)) => id.to_string(),
        _ => return Err(fault("a claim", "it has no id")),
    };
    let kind = word(all, "kind").unwrap_or_default();
    let Some(kind) = Kind::of(&kind) else {
        return Err(fault(
            &id,
            format!("kind \"{kind}\"; incident, agreement, humanitarian or statement is wanted"),
        ));
    };
    let Some(own) = span(all, "start", "end", &id)? else { return Err(fault(&id, "it has no span")) };
    let mut fields = BTreeMap::new();
    for (name, member) in all {
        let Json::Array(values) = member else { continue };
        if !values.iter().all(Json::is_object) {
            continue;
        }
        let at = format!("{id} {name}");
        if values.len() > limits.values {
            return Err(fault(&at, format!("{} values; at most {} are read", values.len(), limits.values)));
        }
        let values: Vec<Value> = values.iter().map(|value| value_of(value, &at)).collect::<Result<_, _>>()?;
        if !values.is_empty() {
            fields.insert(name.clone(), values);
        }
    }
    Ok(Claim {
        id: id.clone(),
        kind,
        sub: word(all, "sub").unwrap_or_default(),
        core: word(all, "tier").is_none_or(|tier| tier == "core"),
        granularity: word(all, "granularity"),
        text: word(all, "text").unwrap_or_default(),
        span: own,
        bytes: span(all, "byte_start", "byte_end", &id)?,
        fields,
    })
}

fn value_of(json: &Json, at: &str) -> Result<Value, Fault> {
    let Json::Object(all) = json else { return Err(fault(at, "a value must be an object")) };
    let Some(own) = span(all, "start", "end", at)? else { return Err(fault(at, "a value has no span")) };
    Ok(Value {
        text: word(all, "text").ok_or_else(|| fault(at, "a value has no text"))?,
        span: own,
        bytes: span(all, "byte_start", "byte_end", at)?,
        norm: word(all, "norm"),
        id: word(all, "id"),
        min: number(all, "min", at)?,
        max: number(all, "max", at)?,
        value: number(all, "value", at)?,
        outside: all.get("outside_span").and_then(Json::as_bool).unwrap_or(false),
    })
}

fn trap_of(json: &Json) -> Result<Trap, Fault> {
    let Json::Object(all) = json else { return Err(fault("a trap", "an object is wanted")) };
    let name = word(all, "rule").unwrap_or_default();
    let Some(rule) = Rule::of(&name) else {
        return Err(fault("a trap", format!("no rule is called \"{name}\"")));
    };
    let words = |name: &str| -> Vec<String> {
        let all = all.get(name).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        all.iter().filter_map(Json::as_str).map(str::to_owned).collect()
    };
    Ok(Trap { doc: word(all, "doc").unwrap_or_default(), rule, ids: words("ids"), texts: words("texts") })
}
