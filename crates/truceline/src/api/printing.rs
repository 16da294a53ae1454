//! Pages over HTTP in the form that was asked for: as they stand, or as PDF.
//!
//! Printing a long bulletin takes seconds, and anybody may ask for a published one: one is printed at a time, a few wait, others are told to ask
//! again, and the last that everybody may read are kept by their digest.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use truceline_record::{Digest, digest_of};

use super::asked::Asked;
use super::problem::Problem;
use crate::printing;

/// Prints that are kept.
const KEPT: usize = 6;
/// Who may wait for a print.
const WAIT: usize = 6;

/// How a page is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::api) enum Form {
    Html,
    Pdf,
}

impl Form {
    /// What `form` asks for.
    pub(in crate::api) fn of(asked: &Asked) -> Result<Self, Problem> {
        match asked.text("form") {
            None | Some("html") => Ok(Self::Html),
            Some("pdf") => Ok(Self::Pdf),
            Some(_) => Err(Problem::wrong("form: html or pdf")),
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Html => "text/html; charset=utf-8",
            Self::Pdf => "application/pdf",
        }
    }
}

/// Whose a page is: everybody's are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::api) enum Whose {
    Everybody,
    TheAsker,
}

/// Prints, one at a time.
#[derive(Default)]
pub(in crate::api) struct Press {
    kept: Mutex<BTreeMap<Digest, Bytes>>,
    waiting: AtomicUsize,
}

impl Press {
    /// The page in its form. Blocks: call it beside the connections.
    pub(in crate::api) fn page(&self, page: String, form: Form, whose: Whose) -> Result<Bytes, Problem> {
        if form == Form::Html {
            return Ok(page.into());
        }
        let _waits = Wait(&self.waiting);
        if self.waiting.fetch_add(1, Ordering::SeqCst) >= WAIT {
            let say = "others are having pages printed; ask again in a moment";
            return Err(Problem::later(StatusCode::SERVICE_UNAVAILABLE, say, 10));
        }
        let digest = digest_of(page.as_bytes());
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(done) = kept.get(&digest) {
            return Ok(done.clone());
        }
        let done = Bytes::from(printing::pdf(&page).map_err(|e| Problem::ours(&e))?);
        if whose == Whose::Everybody {
            while kept.len() >= KEPT {
                kept.pop_first();
            }
            kept.insert(digest, done.clone());
        }
        Ok(done)
    }
}

/// Whoever waited does no more, however it ended.
struct Wait<'w>(&'w AtomicUsize);

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The answer; a PDF says what it is called when it is kept.
pub(in crate::api) fn answer(bytes: Bytes, form: Form, name: &str) -> Response {
    let mut response = (StatusCode::OK, bytes).into_response();
    let set = response.headers_mut();
    set.insert(header::CONTENT_TYPE, HeaderValue::from_static(form.kind()));
    let named = HeaderValue::from_str(&format!("inline; filename=\"{name}.pdf\""));
    if let (Form::Pdf, Ok(named)) = (form, named) {
        set.insert(header::CONTENT_DISPOSITION, named);
    }
    response
}
