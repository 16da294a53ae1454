//! Browsers: signing in, what a session opens and when it ends, and pages of other sites that try to use it.

use serde_json::{Value, json};

use crate::common::good;
use crate::room::{Answer, Desk, PEOPLE, Room, key, opening, parsed};

/// The lines that a page of ours sends with a write.
pub(crate) const OURS: &str = "Sec-Fetch-Site: same-origin\r\nX-Truceline: 1\r\n";

/// Sends a request with these lines and no token.
pub(crate) fn sent(desk: &Desk, method: &str, path: &str, lines: &str, body: &Value) -> Answer {
    let host = &desk.address;
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{lines}");
    parsed(
        &desk.raw(
            format!("{head}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
                .as_bytes(),
        ),
    )
}

pub(crate) fn signed_in(desk: &Desk, person: &str) -> Answer {
    sent(desk, "POST", "/api/session", OURS, &json!({ "token": desk.tokens[person] }))
}

/// The cookie of an answer, as a browser sends it back. Heads come in small letters; the digits of a cookie are small already.
pub(crate) fn cookie(told: &Answer) -> String {
    let line = told
        .head
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .unwrap_or_else(|| panic!("{told:?}"));
    format!("Cookie: {}\r\n", line.split(';').next().unwrap())
}

#[test]
fn a_session_says_who_it_is_and_sees_what_its_token_sees() {
    let room = Room::new();
    let desk = room.desk();
    desk.open("operator", "public", "i-1");
    for person in PEOPLE {
        let told = signed_in(&desk, person);
        assert_eq!(
            (told.code, &told.body["name"], &told.body["how"]),
            (201, &json!(person), &json!("token")),
            "{told:?}"
        );
        for part in ["httponly", "samesite=strict", "path=/"] {
            assert!(told.head.contains(part), "{told:?}");
        }
        let held = cookie(&told);
        let session = sent(&desk, "GET", "/api/session", &held, &Value::Null);
        assert_eq!((session.code, &session.body), (200, &told.body));
        let by_token = desk.get(person, "/api/session").body;
        assert_eq!((&by_token["may"], &by_token["role"]), (&told.body["may"], &told.body["role"]));
        assert_eq!(by_token["until"], Value::Null);
        let (cases, wanted) =
            (sent(&desk, "GET", "/api/cases", &held, &Value::Null), desk.get(person, "/api/cases"));
        assert_eq!((cases.code, &cases.body["cases"]), (wanted.code, &wanted.body["cases"]), "{person}");
    }
    let jane = signed_in(&desk, "jane").body;
    assert_eq!((&jane["role"], &jane["acts_for"]), (&json!("co-chair"), &json!("united-states")));
    assert_eq!(jane["languages"], json!(["en", "ar", "ru"]));
    let may = |name: &str| jane["may"].as_array().unwrap().contains(&json!(name));
    assert!(may("determine") && may("see") && !may("disclose") && !may("see-sealed"), "{jane}");
    assert_eq!(signed_in(&desk, "anyone").body["may"], json!([]));
}

#[test]
fn a_session_ends_by_signing_out_and_with_its_account_and_outlives_a_restart() {
    let room = Room::new();
    let mut desk = room.desk();
    let vera = cookie(&signed_in(&desk, "vera"));
    let (first, second) = (cookie(&signed_in(&desk, "petrova")), cookie(&signed_in(&desk, "petrova")));
    assert_ne!(first, second);
    let port = |desk: &Desk| desk.address.rsplit(':').next().unwrap().to_owned();
    let before = port(&desk);
    desk.kill();
    // Another process, and another port, which a browser holds another cookie for: the same session all the same.
    let desk = room.desk();
    let code = |cookie: &str| {
        sent(&desk, "GET", "/api/session", &cookie.replace(&before, &port(&desk)), &Value::Null).code
    };
    assert_eq!((code(&vera), code(&first), code(&second)), (200, 200, 200));
    let lines = format!("{}{OURS}", first.replace(&before, &port(&desk)));
    let out = sent(&desk, "DELETE", "/api/session", &lines, &Value::Null);
    assert!(out.code == 204 && out.head.contains("max-age=0"), "{out:?}");
    assert_eq!((code(&first), code(&second)), (401, 200), "the other screen stays");
    good(&["account", "remove", "vera", "--store", &room.store()]);
    good(&["account", "add", "vera", "--store", &room.store()]);
    assert_eq!(code(&vera), 401, "of an account that was removed and added again");
    let told =
        parsed(&desk.raw(format!("{}\r\n", desk.head("DELETE", "/api/session", "petrova")).as_bytes()));
    assert_eq!(told.code, 404, "a token has no session: {told:?}");
}

#[test]
fn what_does_not_open_an_account_opens_no_session() {
    let room = Room::new();
    let desk = room.desk();
    let token = &desk.tokens["petrova"];
    for (body, wanted) in [
        (json!({ "token": "0".repeat(64) }), 401),
        (json!({ "token": "petrova" }), 401),
        (json!({ "token": "" }), 401),
        (json!({ "token": [token] }), 400),
        (json!({ "token": token, "name": "ivan" }), 400),
        (json!({ "name": "petrova" }), 400),
        (json!({ "name": "petrova", "password": ["x"] }), 400),
        (json!({}), 400),
        (json!([]), 400),
    ] {
        let told = sent(&desk, "POST", "/api/session", OURS, &body);
        assert_eq!(told.code, wanted, "{body}: {told:?}");
        assert!(
            !told.head.contains("set-cookie") && !told.body.to_string().contains(token.as_str()),
            "{told:?}"
        );
    }
    let stale =
        format!("Cookie: truceline-{}={}\r\n", desk.address.rsplit(':').next().unwrap(), "1".repeat(64));
    assert_eq!(sent(&desk, "GET", "/api/session", &stale, &Value::Null).code, 401);
    let as_session = stale.replace(&"1".repeat(64), token);
    assert_eq!(
        sent(&desk, "GET", "/api/session", &as_session, &Value::Null).code,
        401,
        "a token is no session"
    );
    let held = cookie(&signed_in(&desk, "petrova"));
    let as_token = format!("Authorization: Bearer {}\r\n", held.trim_end().rsplit('=').next().unwrap());
    assert_eq!(
        sent(&desk, "GET", "/api/session", &as_token, &Value::Null).code,
        401,
        "a session is no token"
    );
    let codes: Vec<u16> = (0..60)
        .map(|n| sent(&desk, "POST", "/api/session", OURS, &json!({ "token": format!("{n:064x}") })).code)
        .collect();
    assert!(codes.last() == Some(&429), "{codes:?}");
    assert_eq!(sent(&desk, "GET", "/api/session", &held, &Value::Null).code, 200, "who is in stays in");
}

#[test]
fn a_page_of_another_site_cannot_use_a_session() {
    let room = Room::new();
    let desk = room.desk();
    let held = cookie(&signed_in(&desk, "operator"));
    let (host, before) = (&desk.address, room.entries());
    let write = |lines: &str| {
        let key = key();
        let lines = format!("{held}Idempotency-Key: {key}\r\n{lines}");
        sent(&desk, "POST", "/api/cases", &lines, &opening("public", "ahrar", &format!("i-{key}"))).code
    };
    for lines in [
        "".to_owned(),
        "X-Truceline: 1\r\n".to_owned(),
        "Sec-Fetch-Site: same-origin\r\n".to_owned(),
        format!("Origin: http://{host}\r\n"),
        format!("Origin: http://{host}\r\nX-Truceline: 0\r\n"),
        format!("Origin: http://{host}\r\nX-Truceline: 1\r\nX-Truceline: 1\r\n"),
        "Origin: http://evil.example\r\nX-Truceline: 1\r\n".to_owned(),
        "Origin: null\r\nX-Truceline: 1\r\n".to_owned(),
        "Origin: http://127.0.0.1:1\r\nX-Truceline: 1\r\n".to_owned(),
        "Sec-Fetch-Site: cross-site\r\nX-Truceline: 1\r\n".to_owned(),
        "Sec-Fetch-Site: same-site\r\nX-Truceline: 1\r\n".to_owned(),
        "Sec-Fetch-Site: none\r\nX-Truceline: 1\r\n".to_owned(),
        format!("Sec-Fetch-Site: cross-site\r\nOrigin: http://{host}\r\nX-Truceline: 1\r\n"),
    ] {
        assert_eq!(write(&lines), 403, "{lines}");
    }
    assert_eq!(room.entries(), before, "nothing was written");
    assert_eq!(write(OURS), 201);
    assert_eq!(write(&format!("Origin: http://{host}\r\nX-Truceline: 1\r\n")), 201);
    // Reads: what another site's page asks is answered as to a stranger.
    for (lines, wanted) in [
        ("", 200),
        ("Sec-Fetch-Site: same-origin\r\n", 200),
        ("Sec-Fetch-Site: none\r\n", 200),
        ("Sec-Fetch-Site: same-site\r\n", 401),
        ("Sec-Fetch-Site: cross-site\r\n", 401),
        ("Origin: http://evil.example\r\n", 401),
    ] {
        let told = sent(&desk, "GET", "/api/cases", &format!("{held}{lines}"), &Value::Null);
        assert_eq!(told.code, wanted, "{lines}");
        assert!(!told.head.contains("access-control-allow"), "{told:?}");
    }
    // Signing somebody in under another name, from another site.
    let token = json!({ "token": desk.tokens["omar"] });
    for lines in [
        "",
        "Sec-Fetch-Site: cross-site\r\nX-Truceline: 1\r\n",
        "Origin: http://evil.example\r\nX-Truceline: 1\r\n",
    ] {
        let told = sent(&desk, "POST", "/api/session", lines, &token);
        assert!(told.code == 403 && !told.head.contains("set-cookie"), "{lines}: {told:?}");
    }
}

#[test]
fn a_stream_ends_with_its_session() {
    use std::io::{Read as _, Write as _};
    let room = Room::new();
    let desk = room.desk();
    let held = cookie(&signed_in(&desk, "petrova"));
    let mut stream = std::net::TcpStream::connect(&desk.address).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(40))).unwrap();
    write!(stream, "GET /api/events HTTP/1.1\r\nHost: {}\r\n{held}\r\n", desk.address).unwrap();
    let mut some = [0; 64];
    assert!(stream.read(&mut some).unwrap() > 0);
    let out = sent(&desk, "DELETE", "/api/session", &format!("{held}{OURS}"), &Value::Null);
    assert_eq!(out.code, 204);
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
}

#[test]
fn behind_a_proxy_the_cookie_is_for_its_host_and_for_tls_alone() {
    let room = Room::new();
    let desk = room.desk_with(&["--proxied-as", "desk.example.org"]);
    let body = json!({ "token": desk.tokens["petrova"] }).to_string();
    let ask = |origin: &str| {
        let head = format!(
            "POST /api/session HTTP/1.1\r\nHost: desk.example.org\r\nConnection: close\r\nX-Truceline: 1\r\nOrigin: {origin}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        parsed(&desk.raw(head.as_bytes()))
    };
    let told = ask("https://desk.example.org");
    assert!(told.code == 201 && told.head.contains("set-cookie: __host-truceline="), "{told:?}");
    assert!(told.head.contains("; secure"), "{told:?}");
    assert_eq!(ask("http://desk.example.org").code, 403, "not over a line that anybody reads");
}
