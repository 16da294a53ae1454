//! The record and what is published of it: bytes, hashes and signatures that hold, for each as far as they may see; nothing more for anybody.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use truceline_record::{
    Digest, EntryProof, LogVerifier, WitnessVerifier, check_consistency, check_inclusion, digest_of,
    leaf_hash,
};

use crate::common::witnessed::{cosign, load, mission, naming, publish, witness};
use crate::common::{good, root, run, text};
use crate::described::{described, held};
use crate::room::{Answer, Desk, Room, parsed};

/// The mission of Syria with two witnesses of whom both must cosign, and somebody in a role of each reach.
pub(crate) fn room() -> Room {
    room_with(&[])
}

/// The same with more of the mission's files of reports, each with its mapping.
pub(crate) fn room_with(files: &[(&str, &str)]) -> Room {
    let people = "person \"watch\" role=\"watch-officer\"\nperson \"legal\" role=\"legal-officer\"\n\
                  person \"verifier\" role=\"verifier\"\nperson \"duty officer\" role=\"watch-officer\"\n\
                  person \"hnc\" role=\"party-liaison\" for=\"opposition\"\nperson \"anyone\" role=\"public\"\n";
    let dir = tempfile::tempdir().unwrap();
    let more = files.iter().map(|(file, mapping)| format!("reports \"reports/{file}\" mapping={mapping}\n"));
    let folder = mission(dir.path(), &(naming(&[1, 2], 2) + people + &more.collect::<String>()));
    for (file, _) in files {
        let path = format!("reports/{file}");
        std::fs::copy(root().join("agreements/syria-2016").join(&path), folder.join(&path)).unwrap();
    }
    load(&folder, &dir.path().join("ops"));
    let mut room = Room { dir, tokens: BTreeMap::new() };
    for person in ["watch", "legal", "verifier", "hnc", "anyone"] {
        let told = good(&["account", "add", person, "--store", &room.store(), "--format", "json"]);
        let told: Value = serde_json::from_str(&told).unwrap();
        room.tokens.insert(person.to_owned(), told["token"].as_str().unwrap().to_owned());
    }
    room
}

/// Asks as nobody.
pub(crate) fn ask(desk: &Desk, path: &str) -> Answer {
    let head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", desk.address);
    parsed(&desk.raw(head.as_bytes()))
}

/// The same where the answer is no JSON.
fn bytes(desk: &Desk, path: &str) -> String {
    let head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", desk.address);
    desk.raw(head.as_bytes()).split_once("\r\n\r\n").unwrap().1.to_owned()
}

fn hashes(value: &Value) -> Vec<Digest> {
    value.as_array().unwrap().iter().map(|one| one.as_str().unwrap().parse().unwrap()).collect()
}

fn digest(value: &Value) -> Digest {
    value.as_str().unwrap().parse().unwrap()
}

/// Holds a proof of an entry against the note in it, by the crate that an outsider would run.
fn holds(proof: &Value, entry: &str, key: &str, witnesses: &[WitnessVerifier]) {
    let read = EntryProof::parse(proof["file"].as_str().unwrap().as_bytes()).unwrap();
    let log = LogVerifier::new(key).unwrap();
    let proven = read.check(entry.as_bytes(), &log, witnesses, witnesses.len()).unwrap();
    assert_eq!(proven.checkpoint.size, proof["checkpoint"]["size"].as_u64().unwrap());
    assert_eq!(digest(&proof["leaf"]), leaf_hash(entry.as_bytes()));
    let (size, root) = (proven.checkpoint.size, digest(&proof["checkpoint"]["root"]));
    let n = proof["entry"].as_u64().unwrap();
    check_inclusion(&hashes(&proof["hashes"]), size, root, n, digest(&proof["leaf"])).unwrap();
}

#[test]
fn each_sees_the_record_as_far_as_they_may_and_can_check_what_they_see() {
    let room = room();
    let desk = room.desk();
    for path in ["", "/entries", "/proof?entry=0", "/consistency?from=0"] {
        assert_eq!(desk.get("anyone", &format!("/api/record{path}")).code, 403, "{path}");
        assert_eq!(ask(&desk, &format!("/api/record{path}")).code, 401, "{path}");
    }
    // Nothing is cosigned: who stands outside the desk sees no entry, not even how many there are.
    let outside = desk.get("hnc", "/api/record").body;
    assert_eq!((&outside["entries"], &outside["view"]), (&json!(0), &json!("witnessed")), "{outside}");
    assert_eq!(outside["checkpoint"], Value::Null);
    assert_eq!(desk.get("hnc", "/api/record/entries").body["entries"], json!([]));
    assert_eq!(desk.get("hnc", "/api/record/proof?entry=0").code, 404);

    let whole = desk.get("watch", "/api/record").body;
    let (size, key) =
        (whole["checkpoint"]["size"].as_u64().unwrap(), whole["key"].as_str().unwrap().to_owned());
    assert_eq!(whole["entries"].as_u64(), Some(size));
    let page = desk.get("watch", "/api/record/entries?from=1&limit=3").body;
    assert_eq!(page["next"], 4, "{page}");
    for one in page["entries"].as_array().unwrap() {
        let entry = one["text"].as_str().unwrap();
        assert_eq!(digest(&one["leaf"]), leaf_hash(entry.as_bytes()));
        let proof = desk.get("watch", &format!("/api/record/proof?entry={}", one["n"])).body;
        holds(&proof, entry, &key, &[]);
    }
    assert_eq!(desk.get("watch", &format!("/api/record/proof?entry={size}")).code, 404);
    for wrong in ["proof", "proof?entry=x", "proof?entry=-1", "consistency", "entries?limit=0", "entries?x=1"]
    {
        assert_eq!(desk.get("watch", &format!("/api/record/{wrong}")).code, 400, "{wrong}");
    }

    cosign(&room.path(), &[1]);
    publish(&room.path());
    let outside = desk.get("hnc", "/api/record").body;
    assert_eq!(
        outside["entries"].as_u64(),
        Some(size),
        "what was cosigned, and not what came after: {outside}"
    );
    assert!(desk.get("watch", "/api/record").body["entries"].as_u64().unwrap() > size);
    let page = desk.get("hnc", "/api/record/entries?limit=200").body;
    for one in page["entries"].as_array().unwrap() {
        let is_open = matches!(one["kind"].as_str(), Some("mission" | "mapping"));
        assert_eq!(one["text"].is_string(), is_open, "{one}");
        assert!(
            one["leaf"].is_string() && (is_open || (one["kind"].is_null() && one["at"].is_null())),
            "{one}"
        );
    }
    let last = desk.get("watch", &format!("/api/record/consistency?from={size}")).body;
    let now = &last["checkpoint"];
    let (before, hashes) = (digest(&outside["checkpoint"]["root"]), hashes(&last["hashes"]));
    check_consistency(&hashes, now["size"].as_u64().unwrap(), digest(&now["root"]), size, before).unwrap();
    assert_eq!(desk.get("hnc", &format!("/api/record/consistency?from={}", size + 1)).code, 404);
    assert_eq!(desk.get("hnc", &format!("/api/record/proof?entry=0&size={}", now["size"])).code, 404);
    assert_eq!(desk.get("hnc", &format!("/api/record/proof?entry={size}")).code, 404);
}

/// The bundle as anybody fetches it, written into a file.
fn fetched(desk: &Desk, n: u64, to: &Path) {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(&desk.address).unwrap();
    // Of HTTP/1.0, so that it comes in one piece.
    let host = &desk.address;
    write!(stream, "GET /api/public/bulletins/{n}/bundle HTTP/1.0\r\nHost: {host}\r\n\r\n").unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    let at = all.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    std::fs::write(to, &all[at..]).unwrap();
}

/// The files of a bulletin are those that its entry fixes, and what they say is proven line by line.
fn files_and_findings_hold(desk: &Desk, n: u64, entry: &str) {
    let fixed: Value = serde_json::from_str(entry).unwrap();
    for (name, file) in fixed["body"]["files"].as_object().unwrap() {
        let got = bytes(desk, &format!("/api/public/bulletins/{n}/file?name={name}"));
        assert_eq!(digest(&file["sha256"]), digest_of(got.as_bytes()), "{name}");
    }
    let map = bytes(desk, &format!("/api/public/bulletins/{n}/file?name=incidents.geojson"));
    let map: Value = serde_json::from_str(&map).unwrap();
    let incident = map["features"][0]["id"].as_str().unwrap();
    let found = ask(desk, &format!("/api/public/bulletins/{n}/findings?incident={incident}")).body;
    let route = "/api/public/bulletins/{id}/findings";
    let asked = format!("/api/public/bulletins/{n}/findings?incident={incident}");
    held(&described(), "get", route, &ask(desk, &asked));
    let lines = found["findings"].as_array().unwrap();
    assert!(lines.len() > 5, "{found}");
    let fixed = &fixed["body"]["findings"];
    for line in lines {
        let leaf = leaf_hash(line["text"].as_str().unwrap().as_bytes());
        let (at, of) = (line["line"].as_u64().unwrap(), fixed["lines"].as_u64().unwrap());
        check_inclusion(&hashes(&line["hashes"]), of, digest(&fixed["root"]), at, leaf).unwrap();
    }
    let page = bytes(desk, &format!("/api/public/bulletins/{n}/page?lang=ar"));
    assert!(page.contains("id=\"publication\"") && page.contains("dir=\"rtl\""));
    prints(desk, &format!("/api/public/bulletins/{n}/page?lang=ar&form=pdf"));
    for wrong in
        ["file?name=../log.key", "file", "page?lang=xx", "page?form=docx", "findings?incident=x", "findings"]
    {
        let told = ask(desk, &format!("/api/public/bulletins/{n}/{wrong}"));
        assert!(matches!(told.code, 400 | 404), "{wrong}: {told:?}");
    }
}

/// On paper, the same bytes for whoever asks.
fn prints(desk: &Desk, path: &str) {
    let asked = || {
        let head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", desk.address);
        let mut line = std::net::TcpStream::connect(&desk.address).unwrap();
        std::io::Write::write_all(&mut line, head.as_bytes()).unwrap();
        let mut got = Vec::new();
        std::io::Read::read_to_end(&mut line, &mut got).unwrap();
        got
    };
    let got = asked();
    let end = got.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&got[..end]).to_lowercase();
    assert!(head.starts_with("http/1.1 200") && head.contains("content-type: application/pdf"), "{head}");
    let file = &got[end + 4..];
    assert!(file.starts_with(b"%PDF-1.7") && file.ends_with(b"%%EOF\n"), "{head}");
    assert!(asked().ends_with(file));
}

#[test]
fn the_public_sees_what_is_published_with_what_proves_it_and_nothing_else() {
    let room = room();
    let n = publish(&room.path());
    let desk = room.desk();
    let paths = ["", "/page", "/file?name=findings.jsonl", "/findings?incident=i-1", "/bundle"];
    let none = |desk: &Desk| {
        for path in paths {
            assert_eq!(ask(desk, &format!("/api/public/bulletins/{n}{path}")).code, 404, "{path}");
        }
        let record = ask(desk, "/api/public/record").body;
        assert_eq!(record["checkpoint"], Value::Null, "how the record grows is nobody's: {record}");
        assert_eq!(ask(desk, "/api/public/consistency?from=0").code, 404);
        assert_eq!(ask(desk, "/api/public/bulletins").body["bulletins"], json!([]));
    };
    none(&desk);
    cosign(&room.path(), &[1]);
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    none(&desk);
    cosign(&room.path(), &[1, 2]);
    std::thread::sleep(std::time::Duration::from_millis(1_100));

    let all = ask(&desk, "/api/public/bulletins").body;
    assert_eq!(all["bulletins"][0]["entry"].as_u64(), Some(n), "{all}");
    let one = ask(&desk, &format!("/api/public/bulletins/{n}")).body;
    let key = ask(&desk, "/api/public/record").body["key"].as_str().unwrap().to_owned();
    for (route, path) in [
        ("record", "record".to_owned()),
        ("bulletins", "bulletins".to_owned()),
        ("bulletins/{id}", format!("bulletins/{n}")),
    ] {
        held(
            &described(),
            "get",
            &format!("/api/public/{route}"),
            &ask(&desk, &format!("/api/public/{path}")),
        );
    }
    let witnesses = [witness(1).verifier().unwrap(), witness(2).verifier().unwrap()];
    let entry = one["text"].as_str().unwrap();
    holds(&one["proof"], entry, &key, &witnesses);

    files_and_findings_hold(&desk, n, entry);

    // What anybody takes home stands without us; it holds no report.
    let tar = room.dir.path().join("bulletin.tar");
    fetched(&desk, n, &tar);
    let keys: Vec<String> = [1, 2].map(|n| witness(n).verifier_key()).to_vec();
    let held = run(&[
        "verify",
        &text(&tar),
        "--key",
        &key,
        "--witness",
        &keys[0],
        "--witness",
        &keys[1],
        "--closed",
    ]);
    assert_eq!(held.code, 0, "{}{}", held.out, held.err);

    // The record goes on, and nobody outside sees that it does.
    let before = ask(&desk, "/api/public/record").body;
    let later = publish(&room.path());
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert_eq!(ask(&desk, "/api/public/record").body, before);
    assert_eq!(ask(&desk, &format!("/api/public/bulletins/{later}")).code, 404);
}

/// The log's key is replaced under a desk that serves: it goes on, and what it freezes from then on holds under the new key.
#[test]
fn the_logs_key_is_replaced_while_the_desk_serves() {
    let room = Room::new();
    let desk = room.desk();
    assert_eq!(desk.get("petrova", "/api/incidents").code, 200);
    let asked =
        ["replace-key", "--store", &room.store(), "--by", "petrova", "--and", "guard", "--why", "its turn"];
    good(&asked);
    let key = std::fs::read_to_string(room.path().join("log.pub")).unwrap();
    assert_eq!(desk.get("night-watch", "/api/record").body["key"], key.trim());
    let report = desk.post("monitor", "/api/reports", &json!({ "words": "Shelling.", "said_by": "myself" }));
    assert_eq!(report.code, 201, "{report:?}");
    // The desk looks for what is new some times a second.
    std::thread::sleep(std::time::Duration::from_secs(2));
    let draft = desk.post(
        "night-watch",
        "/api/bulletins",
        &json!({ "sort": "daily", "as_of": "2016-05-04T12:00:00Z" }),
    );
    assert_eq!(draft.code, 201, "{draft:?}");
    drop(desk);
    let tar = room.dir.path().join("b.tar").display().to_string();
    good(&["bundle", &draft.body["line"]["entry"].to_string(), "--store", &room.store(), "--out", &tar]);
    let told = run(&["verify", &tar, "--key", key.trim(), "--format", "json"]);
    let told: Value = serde_json::from_str(told.out.trim()).unwrap();
    // A draft that nobody passed or cosigned, and every file of it comes out again.
    assert_eq!((&told["tree"], &told["replayed"]), (&json!(true), &json!(true)), "{told}");
}
