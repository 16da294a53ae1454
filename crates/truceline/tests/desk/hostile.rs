//! What an adversary sends: no token, others' names, floods, bodies that lie, lines that do not end. Nothing is told, nothing written, nothing held up.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::common::{good, text};
use crate::room::{Desk, Room, key, opening, parsed};

fn asked(desk: &Desk, lines: &str) -> u16 {
    parsed(&desk.raw(format!("GET /api/cases HTTP/1.1\r\n{lines}Connection: close\r\n\r\n").as_bytes())).code
}

#[test]
fn nothing_answers_before_a_token() {
    let room = Room::new();
    let desk = room.desk();
    desk.open("operator", "public", "i-1");
    let host = &desk.address;
    let token = &desk.tokens["petrova"];
    let bare = |path: &str| {
        parsed(
            &desk.raw(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes()),
        )
    };
    let first = bare("/api/cases");
    assert_eq!(first.code, 401);
    assert!(
        first.head.contains("www-authenticate: bearer") && first.head.contains("application/problem+json"),
        "{first:?}"
    );
    for path in
        ["/api/cases/c3", "/api/nothing", "/api/events", "/api/session", &format!("/api/cases?token={token}")]
    {
        assert_eq!(bare(path).body, first.body, "{path}");
    }
    for lines in [
        format!("Host: {host}\r\nCookie: token={token}\r\n"),
        format!("Host: {host}\r\nAuthorization: Basic {token}\r\n"),
        format!("Host: {host}\r\nAuthorization: Bearer {}\r\n", token.get(..63).unwrap()),
        format!("Host: {host}\r\nAuthorization: Bearer {}\r\n", "0".repeat(64)),
        format!("Host: {host}\r\nAuthorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\n"),
    ] {
        assert_eq!(asked(&desk, &lines), 401, "{lines}");
    }
    let rebound = format!("Host: evil.example\r\nAuthorization: Bearer {token}\r\n");
    assert_eq!(asked(&desk, &rebound), 421);
    let proxied = room.desk_with(&["--proxied-as", "desk.example.org"]);
    let lines = format!("Host: desk.example.org\r\nAuthorization: Bearer {token}\r\n");
    assert_eq!((asked(&proxied, &lines), asked(&desk, &lines)), (200, 421));
    let away = crate::common::run(&["serve", "--store", &room.store(), "--listen", "0.0.0.0:0"]);
    assert_eq!(away.code, 2, "{}", away.err);
}

#[test]
fn guesses_and_floods_are_slowed_and_shut_nobody_else_out() {
    let room = Room::new();
    let desk = room.desk();
    let host = &desk.address;
    let guess = |n: u64| asked(&desk, &format!("Host: {host}\r\nAuthorization: Bearer {n:064x}\r\n"));
    let codes: Vec<u16> = (0..60).map(guess).collect();
    assert!(codes.contains(&401) && codes.last() == Some(&429), "{codes:?}");
    assert_eq!(desk.get("petrova", "/api/cases").code, 200, "whoever has a token is let in");
    let before = room.entries();
    let codes: Vec<u16> = (0..200).map(|_| desk.post("omar", "/api/cases", &json!([])).code).collect();
    assert!(codes.iter().all(|code| matches!(code, 400 | 429)) && codes.contains(&429), "{codes:?}");
    assert_eq!(room.entries(), before);
    assert_eq!(desk.post("gov", "/api/cases", &opening("party:government-side", "ahrar", "i-1")).code, 201);
}

#[test]
fn bodies_that_are_wrong_write_nothing() {
    let room = Room::new();
    let desk = room.desk();
    let case = desk.open("operator", "public", "i-1");
    let before = room.entries();
    let path = format!("/api/cases/{case}/acts");
    let send = |more: &str, body: &[u8]| {
        let head =
            format!("{}{more}Content-Length: {}\r\n\r\n", desk.head("POST", &path, "petrova"), body.len());
        parsed(&desk.raw(&[head.as_bytes(), body].concat())).code
    };
    let keyed = |kind: &str| format!("Idempotency-Key: {}\r\nContent-Type: {kind}\r\n", key());
    let good = br#"{"act":{"recuse":{}}}"#;
    let deep = ["{\"act\":".repeat(60_000 / 7).into_bytes(), b"1".to_vec()].concat();
    for (more, body, wanted) in [
        (keyed("application/json"), vec![b' '; 70_000], 413),
        (keyed("application/json"), deep, 400),
        (keyed("application/json"), b"{\"act\":{\"recuse\":{}},\"words\":\"\xff\xfe\"}".to_vec(), 400),
        (keyed("application/json"), b"{\"act\":{\"recuse\":{}}".to_vec(), 400),
        (keyed("application/json"), b"[1,2]".to_vec(), 400),
        (keyed("application/json"), br#"{"act":{"recuse":{}},"words":7}"#.to_vec(), 400),
        (keyed("application/json"), br#"{"act":{"recuse":{}},"when":"2016-05-03T12:00:00Z"}"#.to_vec(), 400),
        (
            keyed("application/json"),
            br#"{"act":{"evidence":{"sealed":false,"receipt":9007199254740993}}}"#.to_vec(),
            400,
        ),
        (keyed("application/json"), br#"{"act":{"evidence":{"sealed":false,"receipt":4711}}}"#.to_vec(), 400),
        (keyed("application/json"), br#"{"act":{"evidence":{"sealed":"no"}}}"#.to_vec(), 400),
        (
            keyed("application/json"),
            format!("{{\"act\":{{\"name\":\"{}\"}}}}", "x".repeat(300)).into_bytes(),
            400,
        ),
        (
            keyed("application/json"),
            format!("{{\"act\":{{\"means\":{{}}}},\"words\":\"{}\"}}", "x".repeat(33_000)).into_bytes(),
            400,
        ),
        (keyed("text/plain"), good.to_vec(), 415),
        (keyed("application/x-www-form-urlencoded"), good.to_vec(), 415),
        ("Content-Type: application/json\r\n".to_owned(), good.to_vec(), 400),
        ("Content-Type: application/json\r\nIdempotency-Key: short\r\n".to_owned(), good.to_vec(), 400),
        (format!("{}Idempotency-Key: another-key\r\n", keyed("application/json")), good.to_vec(), 400),
    ] {
        let shown = String::from_utf8_lossy(&body).chars().take(60).collect::<String>();
        assert_eq!(send(&more, &body), wanted, "{more} {shown}");
    }
    let lying = format!(
        "{}{}Content-Length: 10000000000\r\n\r\n{{",
        desk.head("POST", &path, "petrova"),
        keyed("application/json")
    );
    assert_eq!(parsed(&desk.raw(lying.as_bytes())).code, 413);
    assert_eq!(room.entries(), before);
}

#[test]
fn what_is_not_there_or_not_asked_so_is_said_to_be_none() {
    let room = Room::new();
    let desk = room.desk();
    desk.open("operator", "public", "i-1");
    let before = room.entries();
    for (method, path, wanted) in [
        ("PUT", "/api/cases", 405),
        ("DELETE", "/api/cases", 405),
        ("POST", "/api/due", 405),
        ("GET", "/api/clock-faults", 405),
        ("GET", "/api/cases/17", 404),
        ("GET", "/api/cases/c%ff", 404),
        ("GET", "/api/cases/c-1", 404),
        ("GET", "/api/cases/../due", 404),
        ("GET", "/api/cases/c99999999999999999999", 404),
        ("GET", "/api/cases?limit=100000", 400),
        ("GET", "/api/cases?limit=0", 400),
        ("GET", "/api/cases?limit=", 400),
        ("GET", "/api/cases?who=me", 400),
        ("GET", "/api/cases?as_of=yesterday", 400),
        ("GET", "/api/due?within=-1", 400),
        ("GET", "/api/events?after=x", 400),
    ] {
        let told = parsed(&desk.raw(format!("{}\r\n", desk.head(method, path, "petrova")).as_bytes()));
        assert_eq!(told.code, wanted, "{method} {path}: {told:?}");
        assert!(told.head.contains("application/problem+json"), "{method} {path}: {told:?}");
    }
    let long = format!("{}X: {}\r\n\r\n", desk.head("GET", "/api/cases", "petrova"), "x".repeat(40_000));
    assert!(!desk.raw(long.as_bytes()).starts_with("HTTP/1.1 200"));
    assert_eq!(room.entries(), before);
}

#[test]
fn slow_clients_are_let_go_and_hold_nobody_up() {
    let room = Room::new();
    let desk = room.desk();
    let started = Instant::now();
    let mut heads: Vec<TcpStream> = (0..40)
        .map(|_| {
            let mut stream = TcpStream::connect(&desk.address).unwrap();
            stream.write_all(b"GET /api/cases HT").unwrap();
            stream
        })
        .collect();
    let mut body = TcpStream::connect(&desk.address).unwrap();
    let head = desk.head("POST", "/api/cases", "vera");
    write!(body, "{head}Idempotency-Key: slow-body-1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{").unwrap();
    assert_eq!(desk.get("petrova", "/api/cases").code, 200);
    assert!(started.elapsed() < Duration::from_secs(9), "others are answered meanwhile");
    body.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut told = String::new();
    body.read_to_string(&mut told).unwrap();
    assert_eq!(parsed(&told).code, 408);
    for stream in &mut heads {
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut told = Vec::new();
        // Closed, with or without a word.
        let _ = stream.read_to_end(&mut told);
    }
    assert!(started.elapsed() < Duration::from_secs(45));
}

#[test]
fn tokens_are_kept_nowhere() {
    let room = Room::new();
    let desk = room.desk();
    let case = desk.open("operator", "public", "i-1");
    desk.act("petrova", &case, json!({ "means": {} }), Some("a call"));
    let token = &desk.tokens["petrova"];
    desk.raw(
        format!(
            "GET /{token} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n",
            desk.address
        )
        .as_bytes(),
    );
    let copy = room.dir.path().join("copy");
    good(&["backup", "--store", &room.store(), "--out", &text(&copy)]);
    let said = desk.said.lock().unwrap().clone();
    let tokens: Vec<String> = desk.tokens.values().cloned().collect();
    let mut looked = 0;
    let mut folders = vec![room.path(), copy.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            looked += 1;
            for token in &tokens {
                let raw: Vec<u8> =
                    (0..32).map(|n| u8::from_str_radix(&token[2 * n..2 * n + 2], 16).unwrap()).collect();
                let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
                assert!(!holds(token.as_bytes()) && !holds(&raw), "{} holds a token", path.display());
            }
        }
    }
    assert!(looked > 5);
    assert!(tokens.iter().all(|token| !said.contains(token.as_str())), "{said}");
    assert!(!copy.join("accounts").exists(), "a copy has no accounts");
}
