//! Takes a text in with what a person says that it says: first the words, then a step for each thing, under keys of their own, so that sent again
//! after a kill it goes on where it stopped and nothing stands twice.
//!
//! The entries are those of `receive` and `decide`; whoever reads the log reads them alike. Decides nothing about what is said.

use serde_json::{Value, json};
use truceline_intake::prose::Kind;
use truceline_model::{Instant, ReceiptNo, Span};
use truceline_record::{Digest, digest_of};
use truceline_store::{NewEntry, Outcome, Store};

use super::said_by::SaidBy;
use crate::committed::{self, Missing, Raw};
use crate::failure::Failure;
use crate::log::{self, Shape, Told};
use crate::proposals::ProposalId;
use crate::{load, secrets};

/// What is to be taken in.
pub(super) struct Taking {
    /// The words by which who sends it knows it again.
    pub(super) key: String,
    pub(super) told: Told,
    pub(super) said_by: SaidBy,
    /// When it became known.
    pub(super) known: Instant,
    pub(super) words: String,
    pub(super) steps: Vec<Step>,
    /// Why, for the entries of the steps.
    pub(super) why: &'static str,
}

/// A step on the text, its own receipt being 0 until it has one.
pub(super) struct Step {
    pub(super) kind: Kind,
    pub(super) span: Span,
    pub(super) nth: u32,
    pub(super) body: Value,
}

/// What was taken in.
pub(super) struct Taken {
    pub(super) receipt: ReceiptNo,
    /// The entry of each step.
    pub(super) steps: Vec<u64>,
    pub(super) known: String,
    /// Whether the log had something else under the same key.
    pub(super) is_other: bool,
}

impl Taking {
    /// Logs it; the store is open and its own.
    pub(super) fn into_log(mut self, store: &mut Store) -> Result<Taken, Failure> {
        let secret = secrets::of(store)?;
        let by = self.told.by.clone().unwrap_or_default();
        let key = secret.digest(&["text over http", &by, &self.key], &[]).0;
        let known_as = store.number_of(&key).map_err(|e| Failure::operation("read the log", &e))?;
        let n = match known_as {
            Some(n) => n,
            None => self.words_into_log(store, key)?,
        };
        let Stands { sent, known, source } = stands(store, n)?;
        let known = known.unwrap_or_else(|| self.known.to_string());
        let is_other = sent.is_some() && sent != self.told.sent;
        // Of what was destroyed since no step is taken anew.
        let Some(source) = source.filter(|_| !is_other && !self.steps.is_empty()) else {
            return Ok(Taken { receipt: ReceiptNo(n), steps: Vec::new(), known, is_other });
        };
        let fail = |e: truceline_store::AppendError| Failure::operation("log a step", &e);
        let (text, mapping) = load::mapping("truceline")?;
        let at = log::now();
        let mapped = store.append(&[log::mapping(&at, &mapping.name, &text)]).map_err(fail)?;
        let mapped = mapped.first().map_or(0, |done| done.n);
        let entries = self.steps.iter().map(|step| {
            let id = step.id(n);
            let key = secret.digest(&["step"], &[&log::step_key(&id.to_string(), 0)]).0;
            let body = json!({ "proposal": step.placed(id, mapped, &known, &source) });
            log::step(&at, &known, &by, self.why, body, key)
        });
        let entries: Vec<NewEntry> = entries.collect::<Result<_, _>>()?;
        let done = store.append(&entries).map_err(fail)?;
        Ok(Taken { receipt: ReceiptNo(n), steps: done.iter().map(|one| one.n).collect(), known, is_other })
    }

    fn words_into_log(&mut self, store: &mut Store, key: [u8; 32]) -> Result<u64, Failure> {
        self.said_by.put(&mut self.told, store)?;
        let raw = Raw::Bytes(std::mem::take(&mut self.words).into_bytes());
        let entry = log::words(&log::now(), &self.told, Shape::Whole, key, raw)?;
        let done = store.append(&[entry]).map_err(|e| Failure::operation("log a text", &e))?;
        let done = done.first().filter(|done| done.outcome == Outcome::Logged);
        done.map(|done| done.n).ok_or_else(|| Failure::operation("log a text", &"the store gave no receipt"))
    }
}

/// What stands in an entry: what was sent for it, when it became known, who says it. Nothing of that where it was destroyed.
#[derive(Default)]
struct Stands {
    sent: Option<String>,
    known: Option<String>,
    source: Option<String>,
}

fn stands(store: &Store, n: u64) -> Result<Stands, Failure> {
    let entry = store.entry(n).map_err(|e| Failure::operation("read the log", &e))?;
    let Some(entry) = entry else { return Ok(Stands::default()) };
    let body = committed::body(store, &entry, &mut Missing::new())?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    Ok(Stands { sent: text("sent"), known: text("known"), source: text("source") })
}

impl Step {
    fn id(&self, n: u64) -> ProposalId {
        ProposalId { words: ReceiptNo(n), span: self.span, kind: self.kind, nth: self.nth }
    }

    /// The body under the receipt that the text has now: ids, references to other things of the text, who says it.
    fn placed(&self, id: ProposalId, mapping: u64, known: &str, source: &str) -> Value {
        let mut body = self.body.clone();
        let Some(object) = body.as_object_mut() else { return body };
        object.insert("id".to_owned(), json!(id.to_string()));
        if let Some(row) = object.get_mut("row").and_then(Value::as_object_mut) {
            row.insert("id".to_owned(), json!(id.to_string()));
            row.insert("known".to_owned(), json!(known));
            row.insert("source".to_owned(), json!(source));
            for field in ["same_as", "revises"] {
                if let Some(Value::String(all)) = row.get_mut(field) {
                    let here = |one: &str| {
                        let of = ProposalId::parse(one).filter(|of| of.words == ReceiptNo(0));
                        of.map_or_else(
                            || one.to_owned(),
                            |of| ProposalId { words: id.words, ..of }.to_string(),
                        )
                    };
                    *all = all.split(';').map(here).collect::<Vec<_>>().join(";");
                }
            }
            object.insert("mapping".to_owned(), json!(mapping));
        }
        body
    }
}

/// The digest of what was sent, by which the same is known again.
pub(super) fn sent(body: &Value) -> String {
    let digest: Digest = digest_of(body.to_string().as_bytes());
    digest.to_string()
}
