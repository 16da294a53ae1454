//! Who is let in where: every operation that `docs/openapi.json` describes, asked by everybody and by nobody, on what is theirs, another's and not there.
//!
//! One table says what each is answered. An operation without a row fails, and the failure says which row is missing. What holds of every operation
//! alike (nobody signed in, a page of another site, a name that is not this server's, an id that is none, the same write twice, a body that does not
//! end) needs no row: it follows from the description.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::authority::{Four, four};
use crate::described::described;
use crate::matrix_table::{Cell, Row, TABLE, body};
use crate::room::{Answer, Desk, PEOPLE, Room, key, parsed};
use crate::sessions::{cookie, signed_in};

/// An operation as the document has it.
struct Operation {
    method: String,
    path: String,
    /// What it says of it.
    described: Value,
}

impl Operation {
    fn name(&self) -> String {
        format!("{} {}", self.method.to_ascii_lowercase(), self.path)
    }

    fn is_write(&self) -> bool {
        self.method != "GET"
    }

    fn takes_body(&self) -> bool {
        self.described["requestBody"]["content"]["application/json"].is_object()
    }

    /// Whether it is asked without an account.
    fn is_open(&self) -> bool {
        self.described["security"] == json!([])
    }

    fn parts(&self) -> usize {
        self.path.matches('{').count()
    }

    /// Its path on an object: `id` or `id/other` in the place of what is in braces, and a query behind it.
    fn on(&self, object: &str) -> String {
        let (ids, query) = object.split_once('?').map_or((object, ""), |(ids, query)| (ids, query));
        let mut ids = ids.split('/');
        let mut out = String::new();
        for piece in self.path.split_inclusive('}') {
            let (before, braced) = piece.split_once('{').map_or((piece, false), |(before, _)| (before, true));
            out.push_str(before);
            if braced {
                out.push_str(ids.next().unwrap_or("nowhere"));
            }
        }
        if query.is_empty() { out } else { format!("{out}?{query}") }
    }

    /// Ids of the right shape that nothing has.
    fn nowhere(&self) -> String {
        let named: Vec<&str> =
            self.path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        let parameters = self.described["parameters"].as_array().cloned().unwrap_or_default();
        let shape = |name: &str| {
            let of = parameters.iter().find(|one| one["name"] == name && one["in"] == "path");
            of.map(|one| one["schema"].clone()).unwrap_or_default()
        };
        let one = |name: &&str| match shape(name) {
            schema if schema["type"] == "integer" => "99999999".to_owned(),
            _ if self.path.contains("/cases/{id}") => "c999".to_owned(),
            _ => "nowhere".to_owned(),
        };
        named.iter().map(one).collect::<Vec<_>>().join("/")
    }
}

fn operations() -> Vec<Operation> {
    let doc = described();
    let mut all = Vec::new();
    for (path, methods) in doc["paths"].as_object().unwrap() {
        for (method, described) in methods.as_object().unwrap() {
            if ["get", "post", "put", "patch", "delete"].contains(&method.as_str()) {
                let (method, path) = (method.to_ascii_uppercase(), path.clone());
                all.push(Operation { method, path, described: described.clone() });
            }
        }
    }
    // Reads first: what somebody has written concerns them afterwards.
    all.sort_by_key(Operation::is_write);
    all
}

/// The row of an operation, or else that of its area.
fn row(operation: &Operation) -> Option<&'static Row> {
    let name = operation.name();
    let is_area = |row: &&Row| row.operation.strip_suffix('*').is_some_and(|area| name.starts_with(area));
    let areas = TABLE.iter().filter(is_area);
    TABLE.iter().find(|row| row.operation == name).or_else(|| areas.max_by_key(|row| row.operation.len()))
}

/// Asks, and reads an answer as far as it has an end: of a stream, its head.
fn asked(desk: &Desk, bytes: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(&desk.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    let _ = stream.write_all(bytes);
    let (mut answer, mut some) = (Vec::new(), [0; 4096]);
    while let Ok(read @ 1..) = stream.read(&mut some) {
        answer.extend_from_slice(&some[..read]);
        let text = String::from_utf8_lossy(&answer);
        if text.contains("\r\n\r\n") && text.to_ascii_lowercase().contains("content-type: text/event-stream")
        {
            break;
        }
    }
    parsed(&String::from_utf8_lossy(&answer))
}

/// A request with these lines: with a body, where the operation takes one.
fn request(desk: &Desk, operation: &Operation, path: &str, lines: &str, sent: Option<&Value>) -> Vec<u8> {
    let host = &desk.address;
    let mut text =
        format!("{} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{lines}", operation.method);
    if let Some(sent) = sent.filter(|_| operation.takes_body()) {
        let sent = sent.to_string();
        text.push_str(&format!(
            "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{sent}",
            sent.len()
        ));
    } else {
        text.push_str("Content-Length: 0\r\n\r\n");
    }
    text.into_bytes()
}

fn token_of(desk: &Desk, person: &str) -> String {
    format!("Authorization: Bearer {}\r\nX-Truceline: 1\r\n", desk.tokens[person])
}

/// What somebody is answered who shows a token; each write is a new one.
fn told(desk: &Desk, operation: &Operation, person: &str, object: &str) -> Answer {
    told_again(desk, operation, person, object, &key())
}

fn told_again(desk: &Desk, operation: &Operation, person: &str, object: &str, key: &str) -> Answer {
    let lines = format!("{}Idempotency-Key: {key}\r\n", token_of(desk, person));
    let sent = body(&operation.name(), person, key);
    asked(desk, &request(desk, operation, &operation.on(object), &lines, Some(&sent)))
}

/// What a cell calls an object, as the room has it.
fn resolved(four: &Four, named: &str) -> String {
    let known = [
        ("$untold", &four.public),
        ("$governments", &four.governments),
        ("$told", &four.told),
        ("$oppositions", &four.oppositions),
    ];
    known.iter().fold(named.to_owned(), |text, (name, id)| text.replace(name, id))
}

/// Who is in no list of a cell is refused.
fn wanted(cell: &Cell, person: &str) -> u16 {
    let listed = cell.answers.iter().find(|(_, people)| people.iter().any(|group| group.contains(&person)));
    listed.map_or(403, |(code, _)| *code)
}

/// The row that is missing, as it would have to be to say what is answered now.
fn missing(desk: &Desk, operation: &Operation) -> String {
    let object = operation.nowhere();
    let mut by: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for person in PEOPLE {
        by.entry(told(desk, operation, person, &object).code).or_default().push(person);
    }
    let now: Vec<String> =
        by.iter().map(|(code, people)| format!("{code} to {}", people.join(", "))).collect();
    let at = if operation.parts() > 0 { "the id of something that is there" } else { "" };
    format!(
        "{0} has no row. Decide from docs/authority.md who may, and add to TABLE in crates/truceline/tests/desk/matrix_table.rs:\n    \
         row(\"{0}\", &[on(\"{at}\", &[(200, &[WHOLE, FIELD])])]),\nWho is in no list is to be answered 403.{2} Now it answers (on \"{object}\"): {1}.",
        operation.name(),
        now.join("; "),
        if operation.takes_body() { " Its body goes into `body` below the table." } else { "" }
    )
}

#[test]
fn every_operation_has_a_row_and_every_row_an_operation() {
    let room = Room::new();
    let desk = room.desk();
    let operations = operations();
    let missing: Vec<String> =
        operations.iter().filter(|one| row(one).is_none()).map(|one| missing(&desk, one)).collect();
    assert!(missing.is_empty(), "{}", missing.join("\n\n"));
    let used: BTreeSet<&str> = operations.iter().filter_map(row).map(|row| row.operation).collect();
    let unused: Vec<&str> =
        TABLE.iter().map(|row| row.operation).filter(|name| !used.contains(name)).collect();
    assert!(unused.is_empty(), "rows of no operation: {unused:?}");
}

#[test]
fn everybody_is_answered_as_the_table_says_on_what_is_theirs_and_what_is_not() {
    let room = Room::new();
    let desk = room.desk();
    let four = four(&desk);
    let mut faults = Vec::new();
    for operation in operations() {
        let Some(row) = row(&operation) else { continue };
        for cell in row.cells {
            let object = resolved(&four, cell.object);
            for person in PEOPLE {
                let told = told(&desk, &operation, person, &object);
                let wanted = wanted(cell, person);
                if told.code != wanted {
                    faults.push(format!(
                        "{} on \"{}\" by {person}: {}, not {wanted}: {}",
                        operation.name(),
                        cell.object,
                        told.code,
                        told.body
                    ));
                }
                if !operation.described["responses"][told.code.to_string()].is_object() {
                    faults.push(format!(
                        "{} answers {}, which is not described",
                        operation.name(),
                        told.code
                    ));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_is_anothers_is_answered_like_what_is_not_there() {
    let room = Room::new();
    let desk = room.desk();
    let four = four(&desk);
    let before = room.entries();
    let hostile = [
        "nowhere",
        "..%2f..%2faccounts",
        "%00",
        "-1",
        "c%D8%A7",
        "18446744073709551616",
        "'%20or%201=1",
        "%3Cb%3E",
    ];
    for operation in operations().iter().filter(|one| one.parts() > 0) {
        let Some(row) = row(operation) else { continue };
        for cell in row.cells {
            let object = resolved(&four, cell.object);
            for person in PEOPLE.into_iter().filter(|person| wanted(cell, person) == 404) {
                let plain = |object: &str| {
                    let told = told(&desk, operation, person, object);
                    let id = object.split('?').next().unwrap_or_default();
                    (told.code, told.body.to_string().replace(id, "ID"))
                };
                assert_eq!(plain(&object), plain(&operation.nowhere()), "{} by {person}", operation.name());
            }
        }
        for id in hostile {
            let object = vec![id; operation.parts()].join("/");
            for person in ["petrova", "omar", "anyone"] {
                let told = told(&desk, operation, person, &object);
                assert!(
                    (400..500).contains(&told.code),
                    "{} on {id} by {person}: {told:?}",
                    operation.name()
                );
            }
        }
    }
    let reads = 40;
    assert!(room.entries() - before <= reads, "something was written that is nobody's");
}

#[test]
fn nobody_is_answered_but_where_the_description_says_so() {
    let room = Room::new();
    let desk = room.desk();
    let four = four(&desk);
    let before = room.entries();
    for operation in operations() {
        let Some(row) = row(&operation) else { continue };
        let objects = row.cells.iter().map(|cell| resolved(&four, cell.object));
        for object in objects.chain([operation.nowhere()]) {
            let (name, path) = (operation.name(), operation.on(&object));
            let sent = body(&name, "petrova", "nobody-at-all");
            let ask = |lines: &str| asked(&desk, &request(&desk, &operation, &path, lines, Some(&sent))).code;
            if operation.is_open() {
                assert!(row.nobody != 401, "{name} is open by its description; its row says 401");
                continue;
            }
            assert_eq!(row.nobody, 401, "{name} needs an account by its description");
            assert_eq!(
                ask("X-Truceline: 1\r\nIdempotency-Key: nobody-at-all\r\n"),
                401,
                "{name} on {object}"
            );
            assert!(
                matches!(ask(&format!("Authorization: Bearer {}\r\n", "a".repeat(64))), 401 | 429),
                "{name}"
            );
        }
        if let (true, Some(cell)) = (operation.is_open(), row.cells.first()) {
            let path = operation.on(&resolved(&four, cell.object));
            let sent = body(&operation.name(), "", "nobody-at-all");
            let lines = "X-Truceline: 1\r\n";
            let told = asked(&desk, &request(&desk, &operation, &path, lines, Some(&sent)));
            assert_eq!(told.code, row.nobody, "{} by nobody: {told:?}", operation.name());
        }
        let rebound = String::from_utf8(request(
            &desk,
            &operation,
            &operation.on(&operation.nowhere()),
            &token_of(&desk, "petrova"),
            None,
        ));
        let rebound = rebound.unwrap().replace(&format!("Host: {}", desk.address), "Host: evil.example");
        assert_eq!(asked(&desk, rebound.as_bytes()).code, 421, "{} under another name", operation.name());
    }
    assert_eq!(room.entries(), before, "nobody has written");
}

#[test]
fn a_page_of_another_site_gets_nowhere_with_a_session() {
    let room = Room::new();
    let desk = room.desk();
    let four = four(&desk);
    let held = cookie(&signed_in(&desk, "petrova"));
    let before = room.entries();
    let elsewhere = [
        "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-site\r\nX-Truceline: 1\r\n",
        "Origin: http://evil.example\r\nX-Truceline: 1\r\n",
        "Origin: null\r\nX-Truceline: 1\r\n",
    ];
    let unsaid = ["", "Sec-Fetch-Site: same-origin\r\n", "X-Truceline: 1\r\n"];
    for operation in operations() {
        let Some(row) = row(&operation) else { continue };
        let Some(cell) = row.cells.first() else { continue };
        let (name, path) = (operation.name(), operation.on(&resolved(&four, cell.object)));
        let ask = |lines: &str| {
            let lines = format!("{held}Idempotency-Key: {}\r\n{lines}", key());
            let sent = body(&name, "petrova", &key());
            asked(&desk, &request(&desk, &operation, &path, &lines, Some(&sent))).code
        };
        for lines in elsewhere {
            let wanted: &[u16] = match (operation.is_write(), operation.is_open()) {
                (true, _) => &[403],
                (false, false) => &[401],
                // What is published is told to whoever asks, and nobody is known by it.
                (false, true) => &[row.nobody],
            };
            assert!(wanted.contains(&ask(lines)), "{name} with {lines}: not {wanted:?}");
        }
        for lines in unsaid.iter().filter(|_| operation.is_write() && !operation.is_open()) {
            assert_eq!(ask(lines), 403, "{name} with {lines}");
        }
    }
    assert_eq!(room.entries(), before, "another site's page has written");
    let told = asked(
        &desk,
        format!("GET /api/session HTTP/1.1\r\nHost: {}\r\n{held}Connection: close\r\n\r\n", desk.address)
            .as_bytes(),
    );
    assert_eq!(told.code, 200, "the session stands");
}

#[test]
fn a_write_that_comes_twice_is_one_and_its_body_is_json() {
    let room = Room::new();
    let desk = room.desk();
    let four = four(&desk);
    for operation in operations().iter().filter(|one| one.is_write() && !one.is_open()) {
        let Some(row) = row(operation) else { continue };
        let keyed = operation.described["parameters"].as_array().into_iter().flatten();
        let is_keyed = keyed.clone().any(|one| one["name"] == "Idempotency-Key");
        for cell in row.cells.iter().filter(|cell| wanted(cell, "petrova") == 201 && is_keyed) {
            let (object, key) = (resolved(&four, cell.object), key());
            let first = told_again(&desk, operation, "petrova", &object, &key);
            let entries = room.entries();
            let again = told_again(&desk, operation, "petrova", &object, &key);
            assert_eq!((first.code, &first.body), (again.code, &again.body), "{}", operation.name());
            assert_eq!(room.entries(), entries, "{}", operation.name());
            // The same key of somebody else is another one, and opens nothing of the first.
            let others = told_again(&desk, operation, "anyone", &object, &key);
            assert_eq!(others.code, wanted(cell, "anyone"), "{}", operation.name());
        }
        if operation.takes_body() {
            let path = operation.on(&operation.nowhere());
            let lines = format!("{}Idempotency-Key: {}\r\n", token_of(&desk, "petrova"), key());
            let plain = request(&desk, operation, &path, &lines, Some(&json!({})));
            let plain = String::from_utf8(plain).unwrap().replace("application/json", "text/plain");
            assert_eq!(asked(&desk, plain.as_bytes()).code, 415, "{}", operation.name());
        }
    }
}

#[test]
fn a_body_that_does_not_end_is_let_go_on_every_route() {
    let room = Room::new();
    let desk = room.desk();
    let started = Instant::now();
    let mut waiting = Vec::new();
    for operation in operations().into_iter().filter(Operation::takes_body) {
        let mut stream = TcpStream::connect(&desk.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
        let path = operation.on(&operation.nowhere());
        let lines = token_of(&desk, "petrova");
        let head = format!(
            "{} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{lines}Idempotency-Key: {}\r\n\
             Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{",
            operation.method,
            desk.address,
            key()
        );
        stream.write_all(head.as_bytes()).unwrap();
        waiting.push((operation.name(), stream));
    }
    assert_eq!(desk.get("petrova", "/api/session").code, 200, "others are answered meanwhile");
    for (name, mut stream) in waiting {
        let mut told = String::new();
        let _ = stream.read_to_string(&mut told);
        let code = parsed(&told).code;
        // What is not there or not theirs may be said before the body is waited for.
        assert!(matches!(code, 403 | 404 | 408), "{name}: {told}");
    }
    assert!(started.elapsed() < Duration::from_secs(30));
}
