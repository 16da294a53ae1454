//! `findings.jsonl`: one finding a line, an interface that others build on (`docs/schema/finding.schema.json`).
//!
//! A line is canonical JSON (RFC 8785) and carries the digest of the inputs that it follows from, and a digest over the
//! rest of itself: a reader who has the inputs can work it out again and hold the two against one another.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use truceline_model::{Crux, Finding, Incident, Instant, Reason, Seen, Test};
use truceline_record::{CanonicalError, Digest, canonical_bytes, digest_of};

use crate::incident_file::incident_json;

/// Name and version of the software that findings follow from, wherever it runs.
pub const SOFTWARE: &str = concat!("truceline ", env!("CARGO_PKG_VERSION"));

/// What the findings on an incident follow from, as one digest: software, mission files (SHA-256 by name), the incident, the
/// moment.
///
/// # Errors
/// When the incident has no canonical bytes.
pub fn inputs_digest(
    mission: &BTreeMap<String, String>,
    incident: &Incident,
    as_of: Instant,
) -> Result<Digest, CanonicalError> {
    let mut text = format!("{SOFTWARE}\n{as_of}\n");
    for (name, digest) in mission {
        let _ = writeln!(text, "{name} {digest}");
    }
    text.push_str(&incident_json(incident)?);
    Ok(digest_of(text.as_bytes()))
}

/// Every finding, one a line, each line ending in `\n`. `inputs` is the digest over the canonical bytes of what the
/// findings follow from (terms, registries, areas, incidents), which the caller has worked out.
///
/// # Errors
/// When a finding has no canonical bytes: a tree nested deeper than 100 levels.
pub fn findings_jsonl<'a>(
    findings: impl IntoIterator<Item = &'a Finding>,
    as_of: Instant,
    inputs: &Digest,
) -> Result<String, CanonicalError> {
    let mut out = String::new();
    for finding in findings {
        out.push_str(&finding_line(finding, as_of, inputs)?);
        out.push('\n');
    }
    Ok(out)
}

/// One finding as a line without its end.
///
/// # Errors
/// As [`findings_jsonl`].
pub fn finding_line(finding: &Finding, as_of: Instant, inputs: &Digest) -> Result<String, CanonicalError> {
    let mut line = Map::new();
    line.insert("incident".into(), finding.incident.as_str().into());
    line.insert("version".into(), finding.version.into());
    line.insert("clause".into(), finding.clause.as_str().into());
    line.insert("reading".into(), finding.reading.as_str().into());
    line.insert("outcome".into(), finding.outcome.as_str().into());
    line.insert("respondents".into(), finding.respondents.iter().map(|who| who.as_str()).collect());
    line.insert("reasons".into(), finding.reasons.iter().map(reason).collect());
    line.insert("cruxes".into(), finding.cruxes.iter().map(crux).collect());
    line.insert("fault".into(), finding.fault.as_deref().map_or(Value::Null, Into::into));
    line.insert("as_of".into(), as_of.to_string().into());
    line.insert("inputs".into(), inputs.to_string().into());
    let mut value = Value::Object(line);
    let digest = digest_of(&canonical_bytes(&value)?);
    if let Value::Object(line) = &mut value {
        line.insert("digest".into(), digest.to_string().into());
    }
    text(&value)
}

/// Canonical bytes as text.
pub(crate) fn text(value: &Value) -> Result<String, CanonicalError> {
    String::from_utf8(canonical_bytes(value)?)
        .map_err(|error| CanonicalError::NotJson { reason: error.to_string() })
}

fn crux(crux: &Crux) -> Value {
    let ifs: Vec<Value> =
        crux.if_.iter().map(|h| json!({ "fact": h.fact.key(), "value": h.value })).collect();
    json!({ "if": ifs, "then": crux.then.as_str() })
}

fn reason(step: &Reason) -> Value {
    let mut out = Map::new();
    for (key, value) in test(&step.test) {
        out.insert(key.into(), value.into());
    }
    out.insert("truth".into(), step.truth.as_str().into());
    out.insert("tried".into(), step.tried.into());
    if !step.seen.is_empty() {
        out.insert("seen".into(), step.seen.iter().map(seen).collect());
    }
    if !step.under.is_empty() {
        out.insert("under".into(), step.under.iter().map(reason).collect());
    }
    Value::Object(out)
}

fn seen(seen: &Seen) -> Value {
    let origins: Vec<&str> = seen.origins.iter().map(|o| o.as_str()).collect();
    json!({ "value": seen.value, "truth": seen.truth.as_str(), "origins": origins })
}

/// The test's name and its parameters.
fn test(test: &Test) -> Vec<(&'static str, String)> {
    let named = |name: &str| vec![("test", name.to_owned())];
    let of = |name: &str, what: &str| vec![("test", name.to_owned()), ("of", what.to_owned())];
    match test {
        Test::All => named("all"),
        Test::Any => named("any"),
        Test::Not => named("not"),
        Test::InForce(window) => of("in-force", window),
        Test::InArea(area) => of("in-area", area),
        Test::Binds(whom) => of("binds", whom),
        Test::Accepted(whom) => of("accepted", whom),
        Test::ActorIs(whom) => of("actor-is", whom),
        Test::ActIs(what) => of("act-is", what),
        Test::WeaponIs(what) => of("weapon-is", what),
        Test::TargetIs(what) => of("target-is", what),
        Test::SystemIs(what) => of("system-is", what),
        Test::StruckIs(whom) => of("struck-is", whom),
        Test::CommandedBy(whom) => of("commanded-by", whom),
        Test::HeldBy(whom) => of("held-by", whom),
        Test::Near(what) => of("near", what),
        Test::From(moment) => of("from", moment),
        Test::Daily(hours) => of("daily", hours),
        Test::WholeDay => named("whole-day"),
        Test::Counted(what) => of("counted", what),
        Test::Holds(fact) => of("holds", fact.as_str()),
        Test::Judged(judgement) => of("judged", judgement.as_str()),
        Test::Takes(matter, position) => {
            let mut all = of("takes", matter.as_str());
            all.push(("position", position.as_str().to_owned()));
            all
        }
        Test::Exception(name, gives) => {
            let mut all = of("exception", name);
            all.push(("gives", gives.as_str().to_owned()));
            all
        }
    }
}
