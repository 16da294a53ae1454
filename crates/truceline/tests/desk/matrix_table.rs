//! The table of who is let in where, and what is sent. `matrix` asks everybody everything in it.
//!
//! Each new operation of `docs/openapi.json` gets one row, or lies in an area that has one (`get /api/public/*`). A row says on which object who is
//! answered what: **who is in no list is answered 403**, and nobody without an account anything but 401, unless the row is `open`.

use serde_json::{Value, json};

use crate::room::{evidence, opening};

/// People of the room by what they see: whole cases, ...
pub(crate) const WHOLE: &[&str] = &["night-watch", "vera", "petrova", "ivan", "jane", "guard"];
/// ... of the mission, and what concerns them, ...
pub(crate) const FIELD: &[&str] = &["operator", "monitor", "hum"];
/// ... what their party may know, ...
pub(crate) const GOVERNMENT: &[&str] = &["gov"];
/// ... what the other may, ...
pub(crate) const OPPOSITION: &[&str] = &["omar"];
/// ... nothing of what is not published.
pub(crate) const PUBLIC: &[&str] = &["anyone"];

/// What is answered on one object. `object` goes into the path's braces (`a/b` into two) and may have a query behind it; `$untold` and its like are
/// the cases of the room.
pub(crate) struct Cell {
    pub(crate) object: &'static str,
    pub(crate) answers: &'static [(u16, &'static [&'static [&'static str]])],
}

/// What is answered to whom by one operation, or by each of an area.
pub(crate) struct Row {
    pub(crate) operation: &'static str,
    /// What nobody in particular is answered.
    pub(crate) nobody: u16,
    pub(crate) cells: &'static [Cell],
}

type Answers = &'static [(u16, &'static [&'static [&'static str]])];

const fn on(object: &'static str, answers: Answers) -> Cell {
    Cell { object, answers }
}

const fn row(operation: &'static str, cells: &'static [Cell]) -> Row {
    Row { operation, nobody: 401, cells }
}

const fn open(operation: &'static str, nobody: u16, cells: &'static [Cell]) -> Row {
    Row { operation, nobody, cells }
}

/// Whoever has an account.
const EVERYBODY: &[&[&str]] = &[WHOLE, FIELD, GOVERNMENT, OPPOSITION, PUBLIC];
/// Whoever has to do with cases.
const CASES: &[&[&str]] = &[WHOLE, FIELD, GOVERNMENT, OPPOSITION];
/// People of the mission who write down what they find, for whom the policy takes an act of evidence.
const WRITE: &[&[&str]] = &[&["night-watch", "vera", "petrova", "ivan", "jane"], FIELD];
/// Who takes reports down; and who has no business with reports.
const TAKERS: &[&[&str]] = &[&["night-watch", "vera"], FIELD];
const GUARD: &[&[&str]] = &[&["guard"]];

/// On each of the four cases: seen by whom they concern; to others as if they were not there.
const CASE_READ: &[Cell] = &[
    on("$untold", &[(200, &[WHOLE, FIELD]), (404, &[GOVERNMENT, OPPOSITION])]),
    on("$governments", &[(200, &[WHOLE, FIELD, GOVERNMENT]), (404, &[OPPOSITION])]),
    on("$told", &[(200, &[WHOLE, &["operator"], OPPOSITION]), (404, &[&["monitor", "hum"], GOVERNMENT])]),
    on("$oppositions", &[(200, &[WHOLE, FIELD, OPPOSITION]), (404, &[GOVERNMENT])]),
    on("c999", &[(404, CASES)]),
];

/// What is published: to everybody alike, and nothing is in this room.
const UNPUBLISHED: Answers = &[(404, EVERYBODY)];
/// The record of which no witness has seen anything yet.
const UNWITNESSED: Answers = &[(200, &[WHOLE]), (404, &[FIELD, GOVERNMENT, OPPOSITION])];
/// Its papers: the mission's own or a party's; who sees only what they themselves did has none.
const CASE_PAPERS: &[Cell] = &[
    on("$untold", &[(200, &[WHOLE]), (404, &[GOVERNMENT, OPPOSITION])]),
    on("$governments", &[(200, &[WHOLE, GOVERNMENT]), (404, &[OPPOSITION])]),
    on("$told", &[(200, &[WHOLE, OPPOSITION]), (404, &[&["monitor", "hum"], GOVERNMENT])]),
    on("$oppositions", &[(200, &[WHOLE, OPPOSITION]), (404, &[GOVERNMENT])]),
    on("c999", &[(404, CASES)]),
];

/// The table.
pub(crate) const TABLE: &[Row] = &[
    row("get /api/cases", &[on("", &[(200, CASES)])]),
    row(
        "post /api/cases",
        &[on(
            "",
            &[
                (
                    201,
                    &[
                        &["night-watch", "operator", "vera", "petrova", "ivan", "jane", "hum"],
                        GOVERNMENT,
                        OPPOSITION,
                    ],
                ),
                (422, &[&["monitor", "guard"]]),
            ],
        )],
    ),
    row("get /api/cases/{id}", CASE_READ),
    row("get /api/cases/{id}/precedents", CASE_PAPERS),
    row("get /api/cases/{id}/dossier/page", CASE_PAPERS),
    row("get /api/procedures", &[on("", &[(200, EVERYBODY)])]),
    row("get /api/cases/{id}/offered", CASE_READ),
    // An act of somebody who may know of the case is kept, taken (201) or not (422).
    row(
        "post /api/cases/{id}/acts",
        &[
            on("$untold", &[(201, WRITE), (422, GUARD), (404, &[GOVERNMENT, OPPOSITION])]),
            on("$governments", &[(201, WRITE), (201, &[GOVERNMENT]), (422, GUARD), (404, &[OPPOSITION])]),
            on("$told", &[(201, WRITE), (201, &[OPPOSITION]), (422, GUARD), (404, &[GOVERNMENT])]),
            on("$oppositions", &[(201, WRITE), (201, &[OPPOSITION]), (422, GUARD), (404, &[GOVERNMENT])]),
            on("c999", &[(404, CASES)]),
        ],
    ),
    // This room is no office: who may act in some case is told so, and nobody else gets as far.
    row("post /api/centre/cases/{id}/acts", &[on("c17", &[(409, WRITE), (409, &[GOVERNMENT, OPPOSITION])])]),
    row(
        "post /api/clock-faults",
        &[on(
            "",
            &[
                (201, &[&["night-watch", "petrova", "ivan", "jane"]]),
                (422, &[&["operator", "monitor", "vera", "hum", "guard"], GOVERNMENT, OPPOSITION]),
            ],
        )],
    ),
    row("get /api/counts", &[on("", &[(200, &[WHOLE])])]),
    row("get /api/due", &[on("?within=48", &[(200, CASES)])]),
    row("get /api/events", &[on("", &[(200, CASES)])]),
    row("get /api/exclusions", &[on("", &[(200, CASES)])]),
    row("get /api/access", &[on("", &[(200, CASES)])]),
    row("get /api/map", &[on("?days=7", &[(200, CASES)])]),
    row("get /api/map/areas", &[on("", &[(200, CASES)])]),
    row("get /api/incidents", &[on("?limit=2", &[(200, CASES)])]),
    row("get /api/incidents/{id}", &[on("i-none", &[(404, CASES)])]),
    row("get /api/incidents/{id}/explanations", &[on("i-none", &[(404, CASES)])]),
    // What is there is decided in `incidents`; the room of this table holds no report.
    row("post /api/decisions", &[on("", &[(404, &[&["night-watch", "vera", "petrova"]])])]),
    row("get /api/mission", &[on("", &[(200, EVERYBODY)])]),
    // This mission names no provider.
    open("get /api/session/provider", 200, &[on("", &[(200, EVERYBODY)])]),
    open("post /api/session/provider", 404, &[on("", &[(404, EVERYBODY)])]),
    row("get /api/passkeys", &[on("", &[(200, EVERYBODY)])]),
    row("post /api/passkeys", &[on("", &[(400, EVERYBODY)])]),
    // Asked under an address, to which no passkey belongs.
    row("post /api/passkeys/challenge", &[on("", &[(400, EVERYBODY)])]),
    open("post /api/session/challenge", 400, &[on("", &[(400, EVERYBODY)])]),
    // Their own, of which there are none here; `passkeys` tries another's.
    row("delete /api/passkeys/{id}", &[on("nowhere", &[(404, EVERYBODY)])]),
    row("get /api/places", &[on("?q=a", &[(200, TAKERS)])]),
    row("get /api/report-form", &[on("", &[(200, TAKERS)])]),
    row("post /api/proposals", &[on("", &[(200, TAKERS)])]),
    row("post /api/proposals/confirmed", &[on("", &[(201, TAKERS)])]),
    row("get /api/reports", &[on("", &[(200, &[WHOLE, FIELD])])]),
    row("post /api/reports", &[on("", &[(201, TAKERS)])]),
    row("get /openrosa/*", &[on("", &[(200, TAKERS)])]),
    // A phone sends no JSON.
    row("post /openrosa/submission", &[on("", &[(415, TAKERS)])]),
    // Whose reports are shown to whom is tried in inbox.rs.
    row("get /api/reports/{id}", &[on("r999999", &[(404, &[WHOLE, FIELD])])]),
    // No bytes are sent here; what is taken and handed out is tried in attachments.rs.
    row("post /api/reports/{id}/attachments", &[on("r999999", &[(404, TAKERS)])]),
    row("get /api/attachments/{id}", &[on("a999999", &[(404, &[WHOLE, FIELD])])]),
    row("get /api/attachments/{id}/copy", &[on("a999999", &[(404, &[WHOLE, FIELD])])]),
    row("get /api/reads", &[on("", &[(200, GUARD)])]),
    // This mission has no holders, and no sealed name; what comes of a request is tried in unmasking.rs.
    row("get /api/unmaskings", &[on("", &[(200, &[&["petrova", "guard"]])])]),
    row("post /api/unmaskings", &[on("", &[(404, &[&["petrova", "guard"]])])]),
    row("get /api/terms", &[on("", &[(200, CASES)])]),
    row("get /api/terms/amendments", &[on("", &[(200, CASES)])]),
    row("get /api/watch", &[on("", &[(200, CASES)])]),
    row("get /api/watch/changes", &[on("?since=2020-01-01T00:00:00Z", &[(200, CASES)])]),
    row("get /api/watch/feed", &[on("?limit=5", &[(200, CASES)])]),
    row("get /api/handovers", &[on("", &[(200, &[&["night-watch", "vera", "petrova", "guard"]])])]),
    row("get /api/handovers/{id}", &[on("1", &[(404, &[&["night-watch", "vera", "petrova", "guard"]])])]),
    row("post /api/handovers", &[on("", &[(201, &[&["night-watch", "vera", "petrova"]])])]),
    row("post /api/handovers/{id}/takeover", &[on("1", &[(404, &[&["night-watch", "vera", "petrova"]])])]),
    row("get /api/bulletins", &[on("", &[(200, CASES)])]),
    row("get /api/bulletins/{id}", &[on("1", &[(404, CASES)])]),
    row("get /api/bulletins/{id}/page", &[on("1", &[(404, CASES)])]),
    row("post /api/bulletins", &[on("", &[(201, &[&["night-watch", "vera", "petrova"]])])]),
    row(
        "post /api/bulletins/{id}/sign-offs",
        &[on("1", &[(404, &[&["night-watch", "vera", "petrova", "ivan", "jane"]])])],
    ),
    row("get /api/rivals", &[on("", &[(200, &[WHOLE])])]),
    row("get /api/record", &[on("", &[(200, CASES)])]),
    row("get /api/record/entries", &[on("", &[(200, CASES)])]),
    row("get /api/record/proof", &[on("?entry=0", UNWITNESSED)]),
    row("get /api/record/consistency", &[on("?from=0", UNWITNESSED)]),
    open("get /api/public/record", 200, &[on("", &[(200, EVERYBODY)])]),
    open("get /api/public/bulletins", 200, &[on("", &[(200, EVERYBODY)])]),
    open("get /api/public/consistency", 404, &[on("?from=0", UNPUBLISHED)]),
    open("get /api/public/bulletins/*", 404, &[on("1", UNPUBLISHED)]),
    open("get /api/public/bulletins/{id}", 404, &[on("1", UNPUBLISHED)]),
    open("get /api/public/ogc", 200, &[on("", &[(200, EVERYBODY)])]),
    open("get /api/public/ogc/*", 200, &[on("", &[(200, EVERYBODY)])]),
    open("get /api/public/ogc/collections/*", 404, &[on("incidents", UNPUBLISHED)]),
    open("get /api/public/tiles", 404, &[on("", UNPUBLISHED)]),
    open("get /api/public/tiles/*", 404, &[on("a/b/c", UNPUBLISHED)]),
    open("get /api/public/downloads/*", 404, &[on("everything", UNPUBLISHED)]),
    open("get /api/public/alerts", 200, &[on("", &[(200, EVERYBODY)])]),
    open("get /api/public/alerts/*", 404, &[on("1", UNPUBLISHED)]),
    open("get /api/public/feed", 200, &[on("?lang=ar", &[(200, EVERYBODY)])]),
    row("get /api/session", &[on("", &[(200, EVERYBODY)])]),
    // By a token, which has no session.
    row("delete /api/session", &[on("", &[(404, EVERYBODY)])]),
    open("post /api/session", 400, &[on("", &[(400, EVERYBODY)])]),
];

/// A public key that nobody holds the other half of.
pub(crate) const OPENER: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/// What is sent by somebody, under a key that no other write has.
pub(crate) fn body(operation: &str, person: &str, key: &str) -> Value {
    match operation {
        "post /api/cases" => {
            let complainant = match person {
                "gov" | "ivan" => "party:government-side",
                "omar" | "jane" => "party:opposition",
                _ => "mission",
            };
            opening(complainant, "ahrar", &format!("i-of-{person}-{key}"))
        }
        "post /api/cases/{id}/acts" | "post /api/centre/cases/{id}/acts" => {
            json!({ "act": evidence(false), "words": format!("a photograph, {key}") })
        }
        "post /api/handovers" => {
            json!({ "words": format!("quiet, {key}"), "since": "2020-01-01T00:00:00Z", "until": "2020-01-01T12:00:00Z" })
        }
        "post /api/handovers/{id}/takeover" => json!({ "digest": "0".repeat(64) }),
        "post /api/bulletins" => json!({ "sort": "daily" }),
        "post /api/bulletins/{id}/sign-offs" => json!({ "digest": "0".repeat(64) }),
        "post /api/decisions" => json!({ "undo": 0, "why": "it was wrong" }),
        "post /api/clock-faults" => json!({ "from": 0, "to": 0 }),
        "post /api/reports" => {
            json!({ "words": format!("shelling, {key}"), "fields": { "act": "shelling" } })
        }
        "post /api/unmaskings" => json!({ "of": "r0", "why": "it was asked", "to": OPENER }),
        "post /api/proposals" => json!({ "words": "Shelling killed three people." }),
        "post /api/proposals/confirmed" => json!({ "words": format!("shelling, {key}"), "steps": [] }),
        _ => json!({}),
    }
}
