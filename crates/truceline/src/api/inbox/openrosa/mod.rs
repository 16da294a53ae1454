//! Reports from the phones that missions have already: the OpenRosa interface of ODK Collect and KoboCollect (form list, form, manifest, submission).
//!
//! A filled form is the same report as a typed one, taken in by the same code: once, whatever is sent again under its instance id. The form that is
//! served is the one that pyxform makes of the shipped workbook (`mappings/openrosa`). A photograph comes beside it, in the same sending or a later one under the same
//! instance id, and is added to the report as any file is. Asks the phone for nothing about itself.

mod form;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};

use super::reports::{Brought, into_log, said_wrong, typed};
use super::{attachments, may, taking};
use crate::api::asked::{Asked, short};
use crate::api::body;
use crate::api::gate::Caller;
use crate::api::problem::Problem;
use crate::api::{Desk, aside};
use crate::attachments::{MOST_BYTES, shown_name};
use crate::server;

/// The form, the digest by which a phone sees whether it has it, its id and version.
const FORM: &str = include_str!("../../../../../../mappings/openrosa/report.xml");
const DIGEST: &str = include_str!("../../../../../../mappings/openrosa/report.xml.md5");
const ID: &str = "truceline-report";
const VERSION: &str = "2";
/// Versions that phones may still have filled in, each a part of the one after.
const VERSIONS: [&str; 2] = ["1", VERSION];
/// Longest filled form, and longest body.
const FORM_MOST: usize = 512 * 1024;
const MOST: usize = FORM_MOST + MOST_BYTES;
/// The part that holds the filled form.
const FILLED: &str = "xml_submission_file";
/// The part by which a phone says that more of the same form follows.
const MORE: &str = "*isIncomplete*";
/// Questions whose answers are names of files.
const FILES: [&str; 1] = ["photo"];

/// Answers that are taken over as they are.
const PLAIN: [&str; 5] = ["act", "place", "killed", "wounded", "within_m"];

/// XML under the headers of this interface.
fn xml(status: StatusCode, text: String) -> Response {
    let mut response = (status, text).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/xml; charset=utf-8"));
    headers.insert("x-openrosa-version", HeaderValue::from_static("1.0"));
    response
}

/// Where this server is, as the phone asked for it.
fn here(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = if server::is_loopback_name(server::host_name(headers)) { "http" } else { "https" };
    let letters =
        host.chars().filter(|one| one.is_ascii_alphanumeric() || matches!(one, '.' | '-' | ':' | '[' | ']'));
    format!("{scheme}://{}/openrosa", letters.collect::<String>())
}

/// Which forms there are.
pub(super) async fn list(
    Extension(caller): Extension<Caller>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    may::reports(&caller)?;
    // What clients ask beside it (which form, whether verbose) changes nothing where there is one form.
    Asked::of(&uri, &["formID", "verbose", "listAllVersions", "deviceID"])?;
    let here = here(&headers);
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xforms xmlns=\"http://openrosa.org/xforms/xformsList\">\n  <xform>\n    <formID>{ID}</formID>\n    \
         <name>Truceline: a report</name>\n    <version>{VERSION}</version>\n    <hash>md5:{}</hash>\n    <downloadUrl>{here}/report.xml</downloadUrl>\n    \
         <manifestUrl>{here}/manifest</manifestUrl>\n  </xform>\n</xforms>\n",
        DIGEST.trim()
    );
    Ok(xml(StatusCode::OK, text))
}

/// The form.
pub(super) async fn form(Extension(caller): Extension<Caller>) -> Result<Response, Problem> {
    may::reports(&caller)?;
    Ok(xml(StatusCode::OK, FORM.to_owned()))
}

/// Files beside the form: none.
pub(super) async fn manifest(Extension(caller): Extension<Caller>) -> Result<Response, Problem> {
    may::reports(&caller)?;
    let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<manifest xmlns=\"http://openrosa.org/xforms/xformsManifest\"/>\n";
    Ok(xml(StatusCode::OK, text.to_owned()))
}

/// What a phone asks before it sends: where to, and how much.
pub(super) async fn before(
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    may::reports(&caller)?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    let set = response.headers_mut();
    set.insert("x-openrosa-version", HeaderValue::from_static("1.0"));
    set.insert("x-openrosa-accept-content-length", HeaderValue::from(MOST as u64));
    if let Ok(to) = HeaderValue::from_str(&format!("{}/submission", here(&headers))) {
        set.insert(header::LOCATION, to);
    }
    Ok(response)
}

/// Takes a filled form in.
pub(super) async fn submission(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
    headers: HeaderMap,
    sent: Body,
) -> Result<Response, Problem> {
    may::reports(&caller)?;
    // The device's own number is sent by clients whatever we ask; it is not kept.
    Asked::of(&uri, &["deviceID"])?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let boundary = form::boundary(kind).map(str::to_owned).ok_or_else(|| {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "send multipart/form-data with the filled form in it",
        )
    })?;
    let place = attachments::place(&desk)?;
    let bytes = body::bytes_within(sent, body::length(&headers), MOST, attachments::PATIENCE).await?;
    let asking = Arc::clone(&desk);
    let answer = aside(move || {
        let desk = asking;
        let (filled, files) = held(&bytes, &boundary)?;
        let digest = taking::sent(&json!([filled.form, filled.version, filled.answers]));
        let key = key(&filled.answers)?;
        let (mut body, fields) = said(&filled.answers)?;
        let mut brought = Brought::take(&desk, &caller, &mut body, "openrosa")?;
        brought.told.sent = Some(digest);
        let steps = match fields.is_empty() {
            true => Vec::new(),
            false => match typed(&brought, &fields)? {
                Ok((step, _)) => vec![step],
                Err(refusals) => return Err(said_wrong(&refusals)),
            },
        };
        let taken = into_log(&desk, brought, key.clone(), steps, "filled in on a phone")?;
        for file in files {
            // The report is in the record whatever becomes of what came beside it.
            let own = format!("{key} {}", file.name);
            let name = shown_name(&file.name);
            let done = attachments::attached(&desk, &caller, taken.receipt, own, name, file.bytes);
            done.map_err(|problem| problem.about(&format!("{} is in the record, its file is not", taken.receipt)))?;
        }
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OpenRosaResponse xmlns=\"http://openrosa.org/http/response\"><message nature=\"submit_success\">{}</message>\
             </OpenRosaResponse>\n",
            taken.receipt
        );
        Ok(xml(StatusCode::CREATED, text))
    })
    .await;
    drop(place);
    answer
}

/// The filled form of a body, of our form and version, and the files that it names, as far as they are in this body.
fn held<'b>(bytes: &'b [u8], boundary: &str) -> Result<(form::Filled, Vec<form::Part<'b>>), Problem> {
    let mut parts = form::parts(bytes, boundary).map_err(Problem::wrong)?;
    let at = parts.iter().position(|part| part.name == FILLED);
    let at = at.ok_or_else(|| Problem::wrong(format!("the part of the filled form is called {FILLED}")))?;
    let part = parts.swap_remove(at);
    if part.bytes.len() > FORM_MOST {
        let say = format!("a filled form has at most {FORM_MOST} bytes");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, say));
    }
    parts.retain(|part| part.name != MORE);
    let text = std::str::from_utf8(part.bytes).map_err(|_| Problem::wrong("the filled form is not UTF-8"))?;
    let filled =
        form::filled(text).map_err(|say| Problem::wrong(format!("the filled form cannot be read: {say}")))?;
    if filled.form != ID || !VERSIONS.contains(&filled.version.as_str()) {
        let say = format!("this is no filled form of {ID}, version {VERSION}; get the form again");
        return Err(Problem::nothing(say));
    }
    let named: Vec<&String> = FILES.iter().filter_map(|question| filled.answers.get(*question)).collect();
    match parts.iter().find(|part| !named.contains(&&part.name)) {
        Some(part) => Err(Problem::wrong(format!("the form names no file \"{}\"", short(&part.name)))),
        None => Ok((filled, parts)),
    }
}

/// The key of a filled form: its instance id, which a phone gives once.
fn key(answers: &BTreeMap<String, String>) -> Result<String, Problem> {
    let id = answers.get("meta/instanceID").filter(|id| (8..=100).contains(&id.len()));
    let id = id.filter(|id| id.bytes().all(|byte| byte.is_ascii_graphic()));
    id.map(|id| format!("openrosa {id}"))
        .ok_or_else(|| Problem::wrong("the filled form has no instance id (meta/instanceID)"))
}

type Said = (Map<String, Value>, BTreeMap<String, String>);

/// The answers as the body of a typed report, and its values.
fn said(answers: &BTreeMap<String, String>) -> Result<Said, Problem> {
    let known = ["words", "said_by", "point", "day", "hour", "photo", "meta/instanceID", "meta/instanceName"];
    if let Some(other) =
        answers.keys().find(|name| !known.contains(&name.as_str()) && !PLAIN.contains(&name.as_str()))
    {
        return Err(Problem::wrong(format!("the form asks for no \"{}\"", short(other))));
    }
    let mut body = Map::new();
    body.insert("words".to_owned(), json!(answers.get("words")));
    match answers.get("said_by").map(String::as_str) {
        None => {}
        Some("myself") => drop(body.insert("said_by".to_owned(), json!("myself"))),
        Some("caller") => drop(body.insert("said_by".to_owned(), json!({ "caller": null }))),
        Some(_) => return Err(Problem::wrong("said_by: caller or myself")),
    }
    let mut values = Map::new();
    for (name, value) in answers.iter().filter(|(name, _)| PLAIN.contains(&name.as_str())) {
        values.insert(name.clone(), json!(value));
    }
    // Latitude, longitude, height, precision of the device: whoever writes says themselves within how many metres it was.
    let mut point = answers.get("point").map(|point| point.split_whitespace()).into_iter().flatten();
    if let (Some(lat), Some(lon)) = (point.next(), point.next()) {
        values.insert("lat".to_owned(), json!(lat));
        values.insert("lon".to_owned(), json!(lon));
    }
    if let Some(day) = answers.get("day") {
        // The hour as it was read off a clock there; the zone of the phone says nothing about that.
        let hour = answers.get("hour").and_then(|hour| hour.get(..5)).map(|hour| format!("T{hour}"));
        values.insert("when".to_owned(), json!(format!("{day}{}", hour.unwrap_or_default())));
    }
    Ok((body, super::reports::fields(Some(Value::Object(values)))?))
}
