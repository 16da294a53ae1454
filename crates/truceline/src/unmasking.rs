//! Sealed sources asked for, released and opened: what the record holds of each request, in the order of the log.
//!
//! Holds no share, no key and no name: a release is encrypted to whoever opens, and is only ever counted here. What somebody asked and why is closed in
//! the record; it is read here for who may be shown it.

use serde_json::Value;
use truceline_model::ReceiptNo;
use truceline_record::Entry as Logged;

use crate::committed::{self, Missing};
use crate::failure::Failure;
use crate::log::kind;
use crate::log_reader::LogReader;

/// One request, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// Its entry.
    pub(crate) entry: u64,
    /// The report, or the file, whose source or key is asked for.
    pub(crate) of: ReceiptNo,
    /// When it was asked.
    pub(crate) at: String,
    /// Until when it can be answered.
    pub(crate) until: String,
    /// Who asks.
    pub(crate) by: String,
    /// Why.
    pub(crate) why: String,
    /// The public key of whoever opens.
    pub(crate) to: String,
    /// Holders who have released, each once, with the entry.
    pub(crate) released: Vec<(String, u64)>,
    /// Who opened it, with the entry.
    pub(crate) opened: Vec<(String, u64)>,
}

/// Adds what an entry says of requests; one whose words were destroyed, or are kept elsewhere, says nothing.
///
/// # Errors
/// When it is not what it commits to.
pub(crate) fn note(all: &mut Vec<Request>, log: &dyn LogReader, entry: &Logged) -> Result<(), Failure> {
    let mut missing = Missing::new();
    let body = committed::body(log, entry, &mut missing)?;
    if !missing.is_empty() {
        return Ok(());
    }
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |name: &str| body.get(name).and_then(Value::as_u64);
    if entry.kind == kind::SEAL_REQUEST {
        let Some(of) = number("receipt").map(ReceiptNo) else { return Ok(()) };
        all.push(Request {
            entry: entry.n,
            of,
            at: text("at"),
            until: text("until"),
            by: text("by"),
            why: text("why"),
            to: text("to"),
            released: Vec::new(),
            opened: Vec::new(),
        });
        return Ok(());
    }
    let Some(request) = all.iter_mut().find(|one| number("request") == Some(one.entry)) else {
        return Ok(());
    };
    match entry.kind.as_str() {
        kind::SEAL_RELEASE => {
            let holder = text("holder");
            // One holder twice is one.
            if !request.released.iter().any(|(known, _)| *known == holder) {
                request.released.push((holder, entry.n));
            }
        }
        kind::SEAL_OPENING => request.opened.push((text("by"), entry.n)),
        _ => {}
    }
    Ok(())
}
