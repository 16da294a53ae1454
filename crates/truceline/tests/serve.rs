//! The loopback server, as a browser and as an adversary would ask it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use common::witnessed::{AS_OF, cosign, loaded, naming};
use common::{good, run, text, truceline};

struct Server {
    child: Child,
    address: String,
    dir: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn server() -> Server {
    let dir = tempfile::tempdir().unwrap();
    good(&["demo", "--once", &text(dir.path())]);
    served(dir, "store")
}

/// Serves the store of that name in the folder.
fn served(dir: tempfile::TempDir, store: &str) -> Server {
    let store = text(&dir.path().join(store));
    let mut child = truceline()
        .args(["serve-pages", "--store", &store, "--listen", "127.0.0.1:0"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
    Server { child, address, dir }
}

impl Server {
    fn ask(&self, path: &str, host: &str) -> (u16, String, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let code = head.split(' ').nth(1).unwrap().parse().unwrap();
        (code, head.to_ascii_lowercase(), body.to_owned())
    }
}

#[test]
fn pages_in_three_languages_as_of_any_moment() {
    let server = server();
    let host = server.address.clone();
    let (code, head, body) = server.ask("/", &host);
    assert_eq!(code, 200);
    assert!(
        head.contains("content-security-policy: default-src 'none'") && head.contains("nosniff"),
        "{head}"
    );
    assert!(body.contains("<html lang=\"en\"") && !body.contains("<script"), "{}", &body[..200]);
    for external in ["src=\"http", "href=\"//", "@import", "url(http"] {
        assert!(!body.contains(external), "{external}");
    }
    let (_, _, arabic) = server.ask("/?lang=ar&as_of=2016-05-04T12%3A00%3A00Z", &host);
    assert!(arabic.contains("lang=\"ar\" dir=\"rtl\""), "{}", &arabic[..200]);
    let (_, _, russian) = server.ask("/?lang=ru&as_of=2016-05-04T12%3A00", &host);
    assert!(russian.contains("lang=\"ru\""));
    for path in [
        "/incident/i-msf-aq-msf-1",
        "/area/SY02",
        "/clause/government-fire",
        "/duties",
        "/findings.jsonl",
        "/incidents.geojson",
    ] {
        let (code, _, body) = server.ask(path, &host);
        assert_eq!((code, body.is_empty()), (200, false), "{path}");
    }

    // A decision taken while it serves shows on the next page.
    let before = server.ask("/incident/i-airwars-rs0774", &host).2;
    let store = text(&server.dir.path().join("store"));
    let merge = ["merge", "i-airwars-rs0774", "i-airwars-rs0776"];
    good(&[&["decide", "--store", &store, "--by", "duty officer", "--why", "one raid"][..], &merge].concat());
    assert_ne!(before, server.ask("/incident/i-airwars-rs0774", &host).2);

    // As an adversary: a name that was rebound, moments that are none, ids that are paths, markup in a parameter.
    assert_eq!(server.ask("/", "evil.example").0, 421);
    for (path, code) in [
        ("/?as_of=yesterday", 400),
        ("/?as_of=0000-00-00", 400),
        ("/?lang=xx", 400),
        ("/incident/..%2f..%2fetc%2fpasswd", 404),
        ("/incident/%3Cscript%3Ealert(1)%3C%2Fscript%3E", 404),
        ("/area/nowhere", 404),
        ("/clause/nothing", 404),
        ("/nothing", 404),
    ] {
        let (found, head, _) = server.ask(path, &host);
        assert_eq!(found, code, "{path}");
        assert!(code == 404 && path == "/nothing" || head.contains("text/plain"), "{path}: {head}");
    }
}

#[test]
fn whether_a_bulletin_is_published_stands_around_the_page_and_not_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = loaded(dir.path(), &naming(&[1, 2], 2));
    let server = served(dir, "ops");
    let host = server.address.clone();
    let home = server.ask("/", &host).2;
    assert!(home.contains("<aside id=\"publication\"") && home.contains("Not frozen"), "{}", &home[..400]);
    let out = server.dir.path().join("frozen");
    let asked = ["publish", "--store", &text(&store), "--as-of", AS_OF, "--by", "x", "--out", &text(&out)];
    let told = good(&[asked.as_slice(), &["--format", "json"]].concat());
    let n = serde_json::from_str::<serde_json::Value>(&told).unwrap()["entry"].to_string();
    for (file, lang, draft, published) in [
        ("bulletin.html", "en", "Not yet cosigned by", "was cosigned by"),
        ("bulletin.ar.html", "ar", "لم يصادق عليها بعد", "صادق عليها"),
        ("bulletin.ru.html", "ru", "Ещё не заверили", "заверили: "),
    ] {
        let page = format!("/bulletin/{n}/{file}");
        let live = server.ask(&format!("/?lang={lang}"), &host).2;
        assert!(live.contains(&page), "the last frozen bulletin is linked");
        let waiting = server.ask(&page, &host).2;
        assert!(waiting.contains(draft) && waiting.contains("Office 2"), "{}", &waiting[..9000]);
        cosign(&store, &[1, 2]);
        let done = server.ask(&page, &host).2;
        assert!(done.contains(published) && done.contains("publication-published"), "{lang}");
        let frozen = std::fs::read_to_string(out.join(file)).unwrap();
        assert!(
            !frozen.contains("id=\"publication\"") && truceline_publish::without_publication(&done) == frozen
        );
        std::fs::remove_dir_all(store.join("cosigned")).unwrap();
    }
    let findings = server.ask(&format!("/bulletin/{n}/findings.jsonl"), &host).2;
    assert!(findings == std::fs::read_to_string(out.join("findings.jsonl")).unwrap());
    for none in [
        format!("/bulletin/{n}/log.key"),
        format!("/bulletin/{n}/..%2Flog.key"),
        "/bulletin/0/bulletin.html".into(),
        "/bulletin/x/y".into(),
    ] {
        assert_eq!(server.ask(&none, &host).0, 404, "{none}");
    }
}

#[cfg(unix)]
#[test]
fn whoever_holds_a_connection_open_does_not_hold_the_server() {
    let mut server = server();
    let mut half = TcpStream::connect(&server.address).unwrap();
    half.write_all(b"GET / HTTP/1.1\r\nHost: loc").unwrap();
    let host = server.address.clone();
    assert_eq!(server.ask("/", &host).0, 200);
    let id = server.child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let mut waited = 0;
    while server.child.try_wait().unwrap().is_none() {
        waited += 1;
        assert!(waited < 100, "it still runs after ten seconds");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[test]
fn it_serves_on_loopback_only() {
    let dir = tempfile::tempdir().unwrap();
    good(&[
        "import",
        &text(&common::root().join("agreements/syria-2016/reports/anchors.csv")),
        "--store",
        &text(dir.path()),
    ]);
    let refused = run(&["serve-pages", "--store", &text(dir.path()), "--listen", "0.0.0.0:0"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("loopback"), "{}", refused.err);
}
