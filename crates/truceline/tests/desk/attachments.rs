//! Files that come with reports: told by their bytes, once each, in no file of the store in clear, handed out to who may look at the report and to be kept
//! alone; and what lies about itself, is cut, replayed, too long or not theirs.

use std::path::Path;

use serde_json::{Value, json};

use crate::common::{good, run};
use crate::room::{Answer, Desk, PEOPLE, Room, key, parsed};

/// A photograph with a place in it, as a telephone makes it.
const PLACE: &str = "GPS-CANARY-36.2021-37.1343";

fn photo(more: &str) -> Vec<u8> {
    let camera = [b"Exif\0\0", PLACE.as_bytes()].concat();
    let length = u16::try_from(camera.len() + 2).unwrap().to_be_bytes();
    let drawn = b"\xff\xc0\0\x0b\x08\0\x01\0\x01\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0\x3f\0";
    [b"\xff\xd8\xff\xe1", &length[..], &camera, drawn, more.as_bytes(), b"\xff\xd9"].concat()
}

fn head(desk: &Desk, person: &str, receipt: &str, lines: &str, length: usize) -> String {
    let path = format!("/api/reports/{receipt}/attachments");
    format!("{}{lines}Content-Length: {length}\r\n\r\n", desk.head("POST", &path, person))
}

fn sent(desk: &Desk, person: &str, receipt: &str, key: &str, bytes: &[u8]) -> Answer {
    let lines = format!(
        "Content-Type: application/octet-stream\r\nX-File-Name: ..%2F%E2%80%AE%D9%85%D9%84%D9%81.html\r\nIdempotency-Key: {key}\r\n"
    );
    let mut all = head(desk, person, receipt, &lines, bytes.len()).into_bytes();
    all.extend_from_slice(bytes);
    parsed(&desk.raw(&all))
}

fn report(desk: &Desk, person: &str, said_by: &Value) -> String {
    let told = desk.post(person, "/api/reports", &json!({ "words": "Heavy fire.", "said_by": said_by }));
    told.body["receipt"].as_str().unwrap_or_else(|| panic!("{told:?}")).to_owned()
}

fn reads(room: &Room, person: &str, what: &str) -> usize {
    let all = good(&["reads", "--store", &room.store(), "--format", "json"]);
    let of = |line: &&str| line.contains(&format!("\"{person}\"")) && line.contains(&format!("\"{what}\""));
    all.lines().filter(of).count()
}

/// Whether a byte string stands in any file under a folder.
fn stands_in(folder: &Path, wanted: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return stands_in(&path, wanted);
        }
        std::fs::read(&path).unwrap().windows(wanted.len()).any(|part| part == wanted)
    })
}

#[test]
fn a_file_is_taken_once_kept_closed_and_handed_out_to_be_kept() {
    let room = Room::new();
    let mut desk = room.desk();
    let receipt = report(&desk, "monitor", &json!("myself"));
    let (key, bytes) = (key(), photo("first"));
    let first = sent(&desk, "monitor", &receipt, &key, &bytes);
    assert_eq!(first.code, 201, "{first:?}");
    assert_eq!((&first.body["type"], &first.body["name"]), (&json!("jpg"), &json!("ملف.html")), "{first:?}");
    let entries = room.entries();
    assert_eq!(sent(&desk, "monitor", &receipt, &key, &bytes), first, "sent again it is one");
    assert_eq!(
        sent(&desk, "monitor", &receipt, &crate::room::key(), &bytes).body,
        first.body,
        "under any key"
    );
    assert_eq!(sent(&desk, "monitor", &receipt, &key, &photo("other")).code, 409);
    assert_eq!(room.entries(), entries, "nothing stands twice");
    let told = desk.get("monitor", &format!("/api/reports/{receipt}"));
    assert_eq!(told.body["attachments"][0], first.body, "{told:?}");
    assert_eq!(desk.get("monitor", "/api/reports").body["reports"][0]["attachments"], 1);
    assert!(!stands_in(&room.path(), PLACE.as_bytes()), "in clear in the store");
    // As it came, to be kept, of no type that a browser shows.
    let id = first.body["attachment"].as_str().unwrap().to_owned();
    let whole =
        desk.raw(format!("{}\r\n", desk.head("GET", &format!("/api/attachments/{id}"), "vera")).as_bytes());
    let lower = whole.to_ascii_lowercase();
    assert!(whole.contains(PLACE) && lower.contains("content-type: application/octet-stream"), "{whole:?}");
    let named = format!("content-disposition: attachment; filename=\"{id}.jpg\"");
    assert!(lower.contains(&named) && lower.contains("x-content-type-options: nosniff"), "{whole:?}");
    assert_eq!(
        (reads(&room, "vera", "sealed-attachment"), reads(&room, "monitor", "sealed-attachment")),
        (1, 0)
    );
    // To look at, without what the camera wrote.
    let path = format!("/api/attachments/{id}/copy");
    let copy = desk.raw(format!("{}\r\n", desk.head("GET", &path, "vera")).as_bytes());
    assert!(copy.starts_with("HTTP/1.1 200") && !copy.contains(PLACE), "{copy:?}");
    assert!(copy.to_ascii_lowercase().contains(&format!("filename=\"{id}-copy.jpg\"")), "{copy:?}");
    assert_eq!(reads(&room, "vera", "sealed-attachment-copy"), 1);
    // Killed and started again, it is there; a copy of the store cannot open it.
    desk.kill();
    let copy = room.dir.path().join("copy");
    good(&["backup", "--store", &room.store(), "--out", &copy.display().to_string()]);
    assert!(!stands_in(&copy, PLACE.as_bytes()) && !copy.join("attachments.key").exists());
    let desk = room.desk();
    assert_eq!(desk.get("guard", &format!("/api/attachments/{id}")).code, 200);
    // Destroyed with its report.
    good(&[
        "erase",
        &receipt[1..],
        "--store",
        &room.store(),
        "--by",
        "petrova",
        "--and",
        "guard",
        "--why",
        "asked",
    ]);
    let mut gone = desk.get("guard", &format!("/api/attachments/{id}"));
    for _ in 0..50 {
        if gone.code == 404 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
        gone = desk.get("guard", &format!("/api/attachments/{id}"));
    }
    assert_eq!(gone.code, 404, "{gone:?}");
}

#[test]
fn who_may_look_at_a_report_opens_its_files_and_nobody_else_learns_of_them() {
    let room = Room::new();
    let desk = room.desk();
    let sealed = report(&desk, "operator", &json!({ "caller": null }));
    let open = report(&desk, "monitor", &json!({ "source": "gazette" }));
    let file = |person: &str, receipt: &str| {
        let told = sent(&desk, person, receipt, &key(), &photo(receipt));
        told.body["attachment"].as_str().unwrap_or_else(|| panic!("{told:?}")).to_owned()
    };
    let (of_sealed, of_open) = (file("operator", &sealed), file("monitor", &open));
    let strangers = ["omar", "gov", "anyone"];
    for person in PEOPLE {
        for (id, sees) in [
            (&of_sealed, ["operator", "night-watch", "vera", "petrova", "guard"].contains(&person)),
            (
                &of_open,
                ["monitor", "night-watch", "vera", "petrova", "guard", "ivan", "jane"].contains(&person),
            ),
        ] {
            let told = desk.get(person, &format!("/api/attachments/{id}"));
            let wanted = match (strangers.contains(&person), sees) {
                (true, _) => 403,
                (_, true) => 200,
                _ => 404,
            };
            assert_eq!(told.code, wanted, "{person} {id}: {told:?}");
        }
        // Who adds: takers, to what they may look at.
        let adds = ["night-watch", "operator", "monitor", "vera", "hum"].contains(&person);
        let sees = ["night-watch", "operator", "vera"].contains(&person);
        let told = sent(&desk, person, &sealed, &key(), &photo(person));
        let wanted = match (adds, sees) {
            (false, _) => 403,
            (_, true) => 201,
            _ => 404,
        };
        assert_eq!(told.code, wanted, "{person}: {told:?}");
    }
    let never = desk.get("hum", "/api/attachments/a999999");
    let others = desk.get("hum", &format!("/api/attachments/{of_sealed}"));
    assert_eq!((never.code, others.code), (404, 404));
    let plain = |told: &Answer, id: &str| told.body.to_string().replace(id, "ID");
    assert_eq!(plain(&never, "a999999"), plain(&others, &of_sealed));
    for id in ["a", "a-1", "17", "a1/../../accounts", "a18446744073709551616", "%00", "a١"] {
        let told = desk.get("vera", &format!("/api/attachments/{id}"));
        assert_eq!(told.code, 404, "{id}: {told:?}");
    }
}

#[test]
fn what_lies_is_too_long_too_many_or_cut_is_not_taken() {
    let room = Room::new();
    let desk = room.desk();
    let receipt = report(&desk, "vera", &json!({ "source": "gazette" }));
    let entries = room.entries();
    for (bytes, word) in [
        (&b""[..], "empty"),
        (b"<html><script>alert(1)</script></html>", "markup"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "markup"),
        (b"a line\n<script>alert('\xd9\x82')</script>", "markup"),
        (b"PK\x03\x04\x14\0\0\0\x08\0 a bomb", "archive"),
        (b"MZ\x90\0\x03\0\0\0", "program"),
        (b"GIF89a\x01\0\x01\0;<script>", "no kind"),
        (b"\xff\xd8\xff<html>", "no kind"),
    ] {
        let told = sent(&desk, "vera", &receipt, &key(), bytes);
        assert_eq!(told.code, 422, "{bytes:?}: {told:?}");
        assert!(told.body["detail"].as_str().unwrap().contains(word), "{told:?}");
    }
    let octets = "Content-Type: application/octet-stream\r\n";
    let keyed = |lines: &str| format!("{octets}Idempotency-Key: {}\r\n{lines}", key());
    let ask = |lines: &str, length: usize, body: &[u8]| {
        let mut all = head(&desk, "vera", &receipt, lines, length).into_bytes();
        all.extend_from_slice(body);
        parsed(&desk.raw(&all)).code
    };
    let bytes = photo("");
    assert_eq!(ask(&keyed(""), 26 << 20, &bytes), 413, "ten megabytes over what may come");
    assert_eq!(ask(octets, bytes.len(), &bytes), 400, "no key");
    assert_eq!(ask(&keyed("X-File-Name: %zz\r\n"), bytes.len(), &bytes), 400);
    assert_eq!(ask(&keyed("X-File-Name: %ff\r\n"), bytes.len(), &bytes), 400);
    for kind in ["image/jpeg", "text/html", "multipart/form-data; boundary=x", "application/json"] {
        let lines = keyed("").replace("application/octet-stream", kind);
        assert_eq!(ask(&lines, bytes.len(), &bytes), 415, "{kind}");
    }
    // Cut in the middle: the line ends before the bytes that the head says.
    let mut all = head(&desk, "vera", &receipt, &keyed(""), 1_000).into_bytes();
    all.extend_from_slice(&bytes);
    cut(&desk, &all);
    assert_eq!(room.entries(), entries, "nothing was written");
    for n in 0..8 {
        assert_eq!(sent(&desk, "vera", &receipt, &key(), &photo(&n.to_string())).code, 201, "{n}");
    }
    assert_eq!(sent(&desk, "vera", &receipt, &key(), &photo("ninth")).code, 409);
    // A larger one than a row of the database holds.
    let other = report(&desk, "vera", &json!({ "source": "gazette" }));
    let large = photo(&"x".repeat(9 << 20));
    let told = sent(&desk, "vera", &other, &key(), &large);
    assert_eq!((told.code, told.body["bytes"].as_u64()), (201, Some(large.len() as u64)), "{told:?}");
    let path = format!("/api/attachments/{}", told.body["attachment"].as_str().unwrap());
    let whole = desk.raw(format!("{}\r\n", desk.head("GET", &path, "vera")).as_bytes());
    assert!(whole.len() > 9 << 20);
    // Nine files, another report, and that one was opened.
    assert_eq!(room.entries(), entries + 11);
}

/// Sends and goes away.
fn cut(desk: &Desk, bytes: &[u8]) {
    use std::io::Write as _;
    let mut stream = std::net::TcpStream::connect(&desk.address).unwrap();
    stream.write_all(bytes).unwrap();
    drop(stream);
    std::thread::sleep(std::time::Duration::from_millis(300));
}

/// Loads the room's mission again, with two holders who open together.
fn names_holders(room: &Room, [registrar, envoy]: [&str; 2]) {
    let folder = room.dir.path().join("small");
    let kdl = folder.join("mission.kdl");
    let holders = format!(
        "holder \"Registrar\" recipient=\"{registrar}\"\nholder \"Envoy\" recipient=\"{envoy}\"\nopen-by 2\n"
    );
    std::fs::write(&kdl, std::fs::read_to_string(&kdl).unwrap() + &holders).unwrap();
    good(&["load", &folder.display().to_string(), "--store", &room.store()]);
}

/// attachments.key is lost: no file is shown and none taken, until holders open the one and another key is drawn for what comes.
#[test]
fn after_the_missions_key_is_lost_holders_open_a_file_and_new_ones_are_taken() {
    let room = Room::new();
    let at = |name: &str| room.dir.path().join(name).display().to_string();
    let holder =
        |name: &str| (at(name), good(&["seal", "init-holder", "--key", &at(name)]).trim().to_owned());
    let (registrar, envoy, opener) = (holder("registrar.age"), holder("envoy.age"), holder("opener.age"));
    names_holders(&room, [&registrar.1, &envoy.1]);
    let mut desk = room.desk();
    let receipt = report(&desk, "monitor", &json!("myself"));
    let bytes = photo("first");
    let first = sent(&desk, "monitor", &receipt, &key(), &bytes);
    assert_eq!(first.code, 201, "{first:?}");
    let id = first.body["attachment"].as_str().unwrap().to_owned();
    desk.kill();
    std::fs::remove_file(room.path().join("attachments.key")).unwrap();
    let mut desk = room.desk();
    let path = format!("/api/attachments/{id}");
    let entries = room.entries();
    assert!(desk.get("vera", &path).code >= 500);
    assert!(sent(&desk, "monitor", &receipt, &key(), &photo("second")).code >= 500);
    assert_eq!(room.entries(), entries, "nothing is taken");
    desk.kill();

    let store = room.store();
    let asked = ["seal", "ask", &id[1..], "--store", &store, "--by", "petrova", "--why", "the key is lost"];
    let asked = good(&[asked.as_slice(), &["--to", &opener.1]].concat());
    let request = asked.split("request ").nth(1).unwrap().split(':').next().unwrap().to_owned();
    let release = |key: &str| good(&["seal", "release", &request, "--store", &store, "--key", key]);
    let out = at("yard.jpg");
    let open = || {
        run(&[
            "seal", "open", &request, "--store", &store, "--key", &opener.0, "--by", "petrova", "--out", &out,
        ])
    };
    release(&registrar.0);
    assert_eq!(open().code, 2, "one is not two");
    assert!(!std::path::Path::new(&out).exists());
    release(&envoy.0);
    let before = room.entries();
    let opened = open();
    assert!(opened.code == 0 && opened.out.is_empty(), "{}{}", opened.out, opened.err);
    assert_eq!(
        (std::fs::read(&out).unwrap(), room.entries()),
        (bytes, before + 1),
        "and the opening is an entry"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(
        (open().code, room.entries()),
        (2, before + 1),
        "nothing is written over, and nothing said to be opened"
    );

    let again = || run(&["seal", "new-attachments-key", "--store", &store]);
    assert_eq!(again().code, 0);
    assert_eq!(again().code, 3, "there is one now");
    let desk = room.desk();
    let second = sent(&desk, "monitor", &receipt, &key(), &photo("second"));
    assert_eq!(second.code, 201, "{second:?}");
    let path_of = |told: &Answer| format!("/api/attachments/{}", told.body["attachment"].as_str().unwrap());
    assert_eq!(desk.get("vera", &path_of(&second)).code, 200);
    assert!(desk.get("vera", &path).code >= 500, "the first stays with the holders");
}
