//! Reports by their receipts, for who took them down and for who may look at others'. What is not theirs answers as what does not exist.
//!
//! Words and values are shown, never who a sealed source is. That somebody was shown a report is an entry before it is shown.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use truceline_model::ReceiptNo;

use super::attachments;
use super::may::{self, May, may as is_theirs};
use super::understood;
use crate::api::asked::{Asked, short};
use crate::api::gate::Caller;
use crate::api::problem::{Problem, told};
use crate::api::{Desk, aside};
use crate::live::Live;
use crate::log;
use crate::protected::is_sealed;
use crate::words::Words;

/// Reports of one answer, where nothing else is asked, and at the most.
const PAGE: u64 = 50;
const MOST: u64 = 200;
/// Letters of a report's beginning.
const BEGINNING: usize = 120;

type Shared = State<Arc<Desk>>;

/// Who takes down no reports and sees no others' has nothing here.
fn has_business(caller: &Caller) -> Result<(), Problem> {
    if is_theirs(caller, May::Report) || is_theirs(caller, May::SeeAll) {
        return Ok(());
    }
    may::reports(caller)
}

/// The reports that somebody took down, the latest first.
pub(super) async fn own(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Problem> {
    has_business(&caller)?;
    let asked = Asked::of(&uri, &["as_of", "before", "limit"])?;
    let before = asked.number("before", 0, u64::MAX)?.unwrap_or(u64::MAX);
    let limit = usize::try_from(asked.number("limit", 1, MOST)?.unwrap_or(PAGE)).unwrap_or_default();
    let as_of = asked.text("as_of").map(str::to_owned);
    let asking = Arc::clone(&desk);
    let value = aside(move || {
        let live = asking.moment(as_of.as_deref())?;
        let store = log::open_read_only(asking.source.store())?;
        let mine = live.loaded.words.range(..ReceiptNo(before)).rev().map(|(_, words)| words);
        let mut mine = mine.filter(|one| one.by.as_deref() == Some(&caller.name) && one.known <= live.as_of);
        let mut page = Vec::new();
        for one in mine.by_ref().take(limit) {
            let text = if one.fault.is_none() { one.text(&store)? } else { String::new() };
            let beginning: String = text.chars().take(BEGINNING).collect();
            page.push(json!({
                "receipt": one.receipt.to_string(), "known": one.known.to_string(), "how": one.name, "is_erased": one.erased,
                "is_sealed": is_sealed(&one.source), "beginning": beginning, "reports": receipts(&live, one),
                "attachments": live.loaded.attachments.iter().filter(|file| file.report == one.receipt).count(),
            }));
        }
        let next = mine.next().and(page.last()).and_then(|last| last["receipt"].as_str()).and_then(number);
        Ok(json!({ "next": next, "reports": page }))
    })
    .await?;
    Ok(told(StatusCode::OK, &value))
}

/// What people made of a text, by receipt.
fn receipts(live: &Live, words: &Words) -> Vec<String> {
    let steps =
        live.loaded.proposed.iter().filter(|step| step.id.words == words.receipt && step.row.is_some());
    steps.map(|step| ReceiptNo(step.entry).to_string()).collect()
}

pub(super) fn number(receipt: &str) -> Option<u64> {
    let digits = receipt.strip_prefix('r')?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// One report, by its receipt or that of something confirmed of it.
pub(super) async fn one(
    State(desk): Shared,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
    uri: Uri,
) -> Result<Response, Problem> {
    has_business(&caller)?;
    Asked::of(&uri, &[])?;
    let Ok(Path(text)) = id else { return Err(no_report("")) };
    let receipt = number(&text).map(ReceiptNo).ok_or_else(|| no_report(&text))?;
    let (asking, name) = (Arc::clone(&desk), caller.name.clone());
    let (value, what) = aside(move || {
        let live = asking.live()?;
        let loaded = &live.loaded;
        let receipt = loaded.quoted.get(&receipt).map_or(receipt, |quoted| quoted.words);
        let words = loaded.words.get(&receipt).filter(|words| sees(&caller, words));
        let words = words.ok_or_else(|| no_report(&text))?;
        let is_sealed = is_sealed(&words.source);
        let what = if is_sealed { "sealed-report" } else { "report" };
        Ok((whole(&asking, &live, words)?, (what, receipt.to_string())))
    })
    .await?;
    desk.read_log.note(&name, &[what]).await?;
    Ok(told(StatusCode::OK, &value))
}

/// Whether somebody may look at a report.
pub(super) fn sees(caller: &Caller, words: &Words) -> bool {
    let is_own = words.by.as_deref() == Some(&caller.name) && is_theirs(caller, May::Report);
    let is_open = !is_sealed(&words.source) || is_theirs(caller, May::SeeSealed);
    is_own || (is_open && is_theirs(caller, May::SeeAll))
}

pub(super) fn no_report(text: &str) -> Problem {
    Problem::nothing(format!("there is no report {} that you may see", short(text)))
}

fn whole(desk: &Desk, live: &Live, words: &Words) -> Result<Value, Problem> {
    let loaded = &live.loaded;
    let text = match &words.fault {
        None => Some(words.text(&log::open_read_only(desk.source.store())?)?),
        Some(_) => None,
    };
    let source = Some(words.source.as_str()).filter(|_| !is_sealed(&words.source));
    let of_text =
        |receipt: &ReceiptNo| loaded.quoted.get(receipt).is_some_and(|one| one.words == words.receipt);
    let reports = loaded.observations.iter().filter(|one| of_text(&one.receipt)).map(|one| {
        json!({
            "receipt": one.receipt.to_string(), "understood": understood::report(&loaded.mission, one),
            "proposal": loaded.quoted.get(&one.receipt).map(|quoted| quoted.id.to_string()),
        })
    });
    Ok(json!({
        "receipt": words.receipt.to_string(), "known": words.known.to_string(), "how": words.name,
        "taken_by": words.by, "source": source, "is_sealed": source.is_none(), "is_erased": words.erased,
        "language": words.language, "date": words.date.map(|day| day.to_string()), "words": text,
        "fault": words.fault.as_ref().map(|fault| fault.found.clone()), "digest": words.digest.to_string(),
        "attachments": attachments::of(live, words.receipt), "reports": reports.collect::<Vec<_>>(),
    }))
}
