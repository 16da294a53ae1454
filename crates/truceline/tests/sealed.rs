//! Sealed sources by the real program, as the people around them would try: the operator with root on the server, one holder alone, a
//! holder twice, yesterday's release. The canary is the name of somebody who would be killed for it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use common::{Run, finish, good, root, run, text, truceline};
use serde_json::Value;

const NAME: &str = "Canary Alnasser of Douma 0944-771-239";
const WHY: &str = "a court asked for it";

struct World {
    dir: tempfile::TempDir,
    store: String,
    /// Public key of the opener.
    opener: String,
}

fn at(dir: &Path, name: &str) -> String {
    text(&dir.join(name))
}

fn holder(dir: &Path, name: &str) -> String {
    good(&["seal", "init-holder", "--key", &at(dir, name)]).trim().to_owned()
}

/// The shipped mission without reports, with three holders of whom two open.
fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let keys: Vec<String> = ["a.age", "b.age", "c.age"].iter().map(|name| holder(dir.path(), name)).collect();
    let opener = holder(dir.path(), "opener.age");
    let holders: String = ["Registrar", "Envoy", "Doctor"]
        .iter()
        .zip(&keys)
        .map(|(n, k)| format!("holder \"{n}\" recipient=\"{k}\"\n"))
        .collect();
    let store = mission(dir.path(), &format!("person \"A\"\nperson \"B\"\n{holders}open-by 2"));
    World { dir, store, opener }
}

fn mission(dir: &Path, more: &str) -> String {
    let folder = dir.join("mission");
    std::fs::create_dir_all(&folder).unwrap();
    for name in
        ["agreement.md", "actors.csv", "areas.geojson", "definitions.csv", "sources.csv", "mission.kdl"]
    {
        let mut bytes = std::fs::read_to_string(root().join("agreements/syria-2016").join(name)).unwrap();
        if name == "mission.kdl" {
            let kept: Vec<&str> = bytes.lines().filter(|line| !line.starts_with("reports")).collect();
            bytes = format!("{}\n{more}\n", kept.join("\n"));
        }
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    let store = at(dir, "store");
    good(&["load", &text(&folder), "--store", &store]);
    store
}

fn with_name(arguments: &[&str], name: &str) -> Run {
    let mut child = truceline()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(name.as_bytes()).unwrap();
    finish(child.wait_with_output().unwrap())
}

impl World {
    fn at(&self, name: &str) -> String {
        at(self.dir.path(), name)
    }

    fn receive(&self, words: &str, name: &str) -> (u64, Run) {
        let file = self.at("note.txt");
        std::fs::write(&file, words).unwrap();
        let desk = self.at("desk.key");
        let run = with_name(
            &[
                "receive",
                &file,
                "--from-sealed",
                "-",
                "--desk-key",
                &desk,
                "--country",
                "SY",
                "--store",
                &self.store,
                "--format",
                "json",
            ],
            name,
        );
        let line: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}{}", run.out, run.err));
        (line["receipt"].as_u64().unwrap(), run)
    }

    fn ask(&self, receipt: u64) -> String {
        let out = good(&[
            "seal",
            "ask",
            &receipt.to_string(),
            "--store",
            &self.store,
            "--by",
            "A",
            "--why",
            WHY,
            "--to",
            &self.opener,
        ]);
        out.split([' ', ':']).nth(1).unwrap().to_owned()
    }

    fn release(&self, request: &str, key: &str) -> Run {
        run(&["seal", "release", request, "--store", &self.store, "--key", &self.at(key)])
    }

    fn open(&self, request: &str, key: &str) -> Run {
        run(&["seal", "open", request, "--store", &self.store, "--key", &self.at(key), "--by", "B"])
    }

    fn entries(&self) -> u64 {
        let out = good(&["verify", "--store", &self.store, "--format", "json"]);
        serde_json::from_str::<Value>(&out).unwrap()["entries"].as_u64().unwrap()
    }
}

/// Files below a folder in which these bytes stand, as they are or as base64 or hexadecimal would show them.
fn shows(dir: &Path, canary: &str) -> Vec<PathBuf> {
    let hex: String = canary.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut found = Vec::new();
    for path in std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(shows(&path, canary));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let holds = |wanted: &[u8]| bytes.windows(wanted.len()).any(|window| window == wanted);
        if holds(canary.as_bytes()) || holds(canary.to_lowercase().as_bytes()) || holds(hex.as_bytes()) {
            found.push(path);
        }
    }
    found
}

const STRIKE: &str = "Aleppo, 28 April 2016 - Warplanes bombed a hospital in the Sukkari district of Aleppo on Wednesday, killing at least 14 people.";

#[test]
fn two_holders_open_a_source_and_leave_their_names_and_the_reason_first() {
    let world = world();
    let (receipt, _) = world.receive(STRIKE, NAME);
    let request = world.ask(receipt);
    let too_few = world.open(&request, "opener.age");
    assert_eq!((too_few.code, too_few.err.contains("0 of 2 holders")), (2, true), "{}", too_few.err);
    assert_eq!(world.release(&request, "a.age").code, 0);
    // The same holder again is the same holder.
    assert_eq!(world.release(&request, "a.age").code, 0);
    let one = world.open(&request, "opener.age");
    assert_eq!((one.code, one.err.contains("1 of 2 holders")), (2, true), "{}", one.err);
    assert_eq!(world.release(&request, "c.age").code, 0);
    // A holder is not the opener, though two have released.
    let other = world.open(&request, "b.age");
    assert_eq!((other.code, other.out.contains(NAME)), (2, false));
    let before = world.entries();
    let opened = world.open(&request, "opener.age");
    assert_eq!((opened.code, opened.out.trim()), (0, NAME), "{}", opened.err);
    assert!(opened.err.contains("Registrar and Doctor"), "{}", opened.err);
    assert_eq!(world.entries(), before + 1);
    let view = world.at("view.json");
    good(&[
        "open",
        &before.to_string(),
        "--store",
        &world.store,
        "--fields",
        "why,by,holders,receipt",
        "--out",
        &view,
    ]);
    let key = std::fs::read_to_string(world.at("store/log.pub")).unwrap();
    let told: Value =
        serde_json::from_str(&good(&["check-proof", &view, "--key", key.trim(), "--format", "json"]))
            .unwrap();
    assert_eq!(told["kind"], "seal-opening");
    assert_eq!(told["fields"]["why"], WHY);
    assert_eq!(told["fields"]["holders"], serde_json::json!(["Registrar", "Doctor"]));
}

#[test]
fn an_opening_that_cannot_be_logged_shows_nothing() {
    let world = world();
    let (receipt, _) = world.receive(STRIKE, NAME);
    let request = world.ask(receipt);
    assert_eq!((world.release(&request, "a.age").code, world.release(&request, "b.age").code), (0, 0));
    // Another process writes: the entry cannot be made, so the name is not shown.
    let lock = std::fs::OpenOptions::new().write(true).open(world.at("store/lock")).unwrap();
    lock.lock().unwrap();
    let held = world.open(&request, "opener.age");
    assert_eq!((held.code, held.out.contains("Canary")), (3, false), "{}", held.err);
    lock.unlock().unwrap();
    assert_eq!(world.open(&request, "opener.age").out.trim(), NAME);
}

#[test]
fn a_release_for_another_request_is_refused_and_so_is_a_stranger() {
    let world = world();
    let (receipt, _) = world.receive(STRIKE, NAME);
    let (first, second) = (world.ask(receipt), world.ask(receipt));
    assert_eq!((world.release(&first, "a.age").code, world.release(&first, "b.age").code), (0, 0));
    let other = world.open(&second, "opener.age");
    assert_eq!((other.code, other.out.contains("Canary")), (2, false), "{}", other.err);
    assert!(other.err.contains("0 of 2 holders"), "{}", other.err);
    holder(world.dir.path(), "stranger.age");
    let stranger = world.release(&second, "stranger.age");
    assert_eq!((stranger.code, stranger.err.contains("holds no share")), (2, true), "{}", stranger.err);
    let nobody = run(&[
        "seal",
        "ask",
        &receipt.to_string(),
        "--store",
        &world.store,
        "--by",
        "Nobody",
        "--why",
        WHY,
        "--to",
        &world.opener,
    ]);
    assert_eq!(
        (nobody.code, nobody.err.contains("nobody whom mission.kdl names")),
        (2, true),
        "{}",
        nobody.err
    );
}

#[test]
fn the_name_is_in_no_file_of_the_store_no_output_and_no_error() {
    let world = world();
    let (receipt, received) = world.receive(STRIKE, NAME);
    let mut said = vec![received.out, received.err];
    let request = world.ask(receipt);
    for run in [
        world.release(&request, "a.age"),
        world.open(&request, "opener.age"),
        world.open(&request, "a.age"),
        run(&["proposals", "--store", &world.store]),
        run(&["queue", "--store", &world.store]),
        run(&["refused", "--store", &world.store]),
        run(&["replay", "--store", &world.store, "--out", &world.at("store/out")]),
        run(&[
            "open",
            &receipt.to_string(),
            "--store",
            &world.store,
            "--fields",
            "source,seal,raw",
            "--out",
            &world.at("store/view"),
        ]),
        // A name that is too long, and one that is no text: the error repeats neither.
        with_name(
            &[
                "receive",
                &world.at("note.txt"),
                "--from-sealed",
                "-",
                "--desk-key",
                &world.at("desk.key"),
                "--store",
                &world.store,
            ],
            &NAME.repeat(40),
        ),
    ] {
        said.extend([run.out, run.err]);
    }
    for words in &said {
        assert!(
            !words.contains("Canary") && !words.contains("Alnasser") && !words.contains("0944"),
            "{words}"
        );
    }
    for part in ["Canary Alnasser", "Alnasser", "0944-771-239"] {
        assert_eq!(shows(&world.dir.path().join("store"), part), Vec::<PathBuf>::new(), "{part}");
    }
    // The search finds what is there.
    assert!(!shows(&world.dir.path().join("store"), "Sukkari").is_empty());
}

#[test]
fn reports_of_one_sealed_source_are_one_origin_and_nobody_else_can_tell() {
    let world = world();
    let (one, _) = world.receive(STRIKE, NAME);
    let (two, _) =
        world.receive(&format!("{STRIKE} It burned."), "  canary  alnasser of Douma 0944-771-239\n");
    let (three, _) = world.receive(&format!("{STRIKE} It burned out."), "Somebody else");
    let source = |n: u64| {
        let view = world.at("view.json");
        good(&["open", &n.to_string(), "--store", &world.store, "--fields", "source", "--out", &view]);
        let view: Value = serde_json::from_str(&std::fs::read_to_string(view).unwrap()).unwrap();
        let field: Value = serde_json::from_str(view["disclosures"][0].as_str().unwrap()).unwrap();
        (field[2].as_str().unwrap().to_owned(), view["entry"].as_str().unwrap().to_owned())
    };
    let [(a, entry_a), (b, entry_b), (c, _)] = [one, two, three].map(source);
    assert_eq!(a, b);
    assert_ne!(a, c);
    assert!(a.starts_with("sealed-"));
    assert!(!entry_a.contains(&a) && !entry_b.contains(&b));
    // Guessing the name gives nothing without the key of the desk.
    let refused = run(&[
        "receive",
        &world.at("note.txt"),
        "--from-sealed",
        "-",
        "--desk-key",
        &world.at("store/desk.key"),
        "--store",
        &world.store,
    ]);
    assert_eq!((refused.code, refused.err.contains("every copy")), (2, true), "{}", refused.err);
    // Nobody passes himself off as a sealed source.
    let posed = run(&["receive", &world.at("note.txt"), "--source", &a, "--store", &world.store]);
    assert_eq!(posed.code, 2, "{}", posed.err);
}

/// Whoever has the tree alone cannot tell a report of a sealed source from any other text.
#[test]
fn an_entry_does_not_tell_whether_its_source_is_sealed() {
    let world = world();
    let (sealed, _) = world.receive(STRIKE, NAME);
    let file = world.at("wire.txt");
    std::fs::write(&file, format!("{STRIKE} Again.")).unwrap();
    let out = good(&[
        "receive",
        &file,
        "--source",
        "reuters",
        "--country",
        "SY",
        "--store",
        &world.store,
        "--format",
        "json",
    ]);
    let open = serde_json::from_str::<Value>(&out).unwrap()["receipt"].as_u64().unwrap();
    let shape = |n: u64| {
        let view = world.at("view.json");
        good(&["open", &n.to_string(), "--store", &world.store, "--out", &view]);
        let view: Value = serde_json::from_str(&std::fs::read_to_string(view).unwrap()).unwrap();
        let entry: Value = serde_json::from_str(view["entry"].as_str().unwrap()).unwrap();
        let names: Vec<String> = entry["body"]["fields"].as_object().unwrap().keys().cloned().collect();
        (
            names,
            entry["objects"].as_array().unwrap().len(),
            entry["at"].clone(),
            view["entry"].as_str().unwrap().len(),
        )
    };
    assert_eq!(shape(sealed), shape(open));
}

#[test]
fn a_mission_in_which_one_person_could_open_is_not_loaded() {
    let world = world();
    let one = holder(world.dir.path(), "one.age");
    for (lines, word) in [
        (
            format!("holder \"X\" recipient=\"{one}\"\nholder \"Y\" recipient=\"{one}\"\nopen-by 2"),
            "one person twice",
        ),
        (
            format!(
                "holder \"X\" recipient=\"{one}\"\nholder \"Y\" recipient=\"{}\"\nopen-by 1",
                world.opener
            ),
            "at least 2",
        ),
        (format!("holder \"X\" recipient=\"{one}\"\nopen-by 2"), "must open"),
    ] {
        let folder = world.dir.path().join("mission");
        let path = folder.join("mission.kdl");
        let kept = std::fs::read_to_string(root().join("agreements/syria-2016/mission.kdl")).unwrap();
        std::fs::write(&path, format!("{kept}\n{lines}\n")).unwrap();
        let refused = run(&["load", &text(&folder), "--store", &world.at("other")]);
        assert_eq!((refused.code, refused.err.contains(word)), (2, true), "{}", refused.err);
    }
}

/// A holder on another machine: a folder with nothing of the store in it.
struct Away<'w> {
    world: &'w World,
    log: String,
    witness: String,
}

impl<'w> Away<'w> {
    fn new(world: &'w World) -> Self {
        let log = common::bundled::log_key(Path::new(&world.store));
        Self { world, log, witness: common::witnessed::witness(1).verifier_key() }
    }

    /// The request file, cosigned by the witness.
    fn packed(&self, request: &str) -> String {
        common::witnessed::cosign(Path::new(&self.world.store), &[1]);
        let file = self.world.at(&format!("request-{request}.json"));
        good(&["seal", "pack", request, "--store", &self.world.store, "--out", &file]);
        file
    }

    fn shown(&self, file: &str) -> Run {
        run(&["seal", "release-offline", file, "--log", &self.log, "--witness", &self.witness])
    }

    fn release(&self, file: &str, key: &str) -> (Run, String) {
        let out = self.world.at(&format!("release-{key}.json"));
        let key = self.world.at(key);
        let mut words = vec!["seal", "release-offline", file, "--log", &self.log, "--witness", &self.witness];
        words.extend(["--key", &key, "--out", &out]);
        (run(&words), out)
    }

    fn take(&self, file: &str) -> Run {
        run(&["seal", "take", file, "--store", &self.world.store, "--by", "B"])
    }
}

#[test]
fn a_holder_without_the_store_releases_by_a_file_carried_there_and_back() {
    let world = world();
    let (receipt, _) = world.receive(STRIKE, NAME);
    let request = world.ask(receipt);
    let away = Away::new(&world);
    let file = away.packed(&request);
    // It holds nothing of the report: not the text, not the name.
    let carried = std::fs::read_to_string(&file).unwrap();
    assert!(!carried.contains("Sukkari") && !carried.contains("Canary"), "{carried}");
    // The store is somewhere else while the holder decides.
    let elsewhere = world.at("elsewhere");
    std::fs::rename(&world.store, &elsewhere).unwrap();
    let shown = away.shown(&file);
    assert_eq!(shown.code, 0, "{}", shown.err);
    for wanted in ["witness.example/1", &format!("A asks for the source of r{receipt}: {WHY}"), &world.opener]
    {
        assert!(shown.out.contains(wanted), "{wanted}: {}", shown.out);
    }
    assert!(shown.out.contains("nothing was released"));
    let (a, b) = (away.release(&file, "a.age"), away.release(&file, "b.age"));
    assert_eq!((a.0.code, b.0.code), (0, 0), "{}{}", a.0.err, b.0.err);
    let stranger = {
        holder(world.dir.path(), "stranger.age");
        away.release(&file, "stranger.age").0
    };
    assert_eq!((stranger.code, stranger.err.contains("holds no share")), (2, true), "{}", stranger.err);
    std::fs::rename(&elsewhere, &world.store).unwrap();
    let before = world.entries();
    for carried in [&a.1, &b.1] {
        let taken = away.take(carried);
        assert_eq!((taken.code, taken.out.contains("taken in by B")), (0, true), "{}", taken.err);
    }
    let again = away.take(&a.1);
    assert_eq!((again.code, again.err.contains("in the record already")), (2, true), "{}", again.err);
    assert_eq!(world.entries(), before + 2);
    let opened = world.open(&request, "opener.age");
    assert_eq!((opened.code, opened.out.trim()), (0, NAME), "{}", opened.err);
    assert!(opened.err.contains("Registrar and Envoy"), "{}", opened.err);
    for words in [&shown, &a.0, &b.0, &stranger, &again] {
        assert!(!words.out.contains("Canary") && !words.err.contains("Canary"));
    }
}

#[test]
fn a_request_that_is_not_in_the_witnessed_record_moves_no_holder() {
    let world = world();
    let (receipt, _) = world.receive(STRIKE, NAME);
    let request = world.ask(receipt);
    let away = Away::new(&world);
    let file = away.packed(&request);
    // Another log's key, another witness's, and a request that no witness saw.
    let other = common::witnessed::witness(9).verifier_key();
    let refused = |words: &[&str], wanted: &str| {
        let run = run(words);
        let said = run.err.contains("nothing was released") && run.err.contains(wanted);
        assert!(run.code == 2 && said, "{wanted}: {} {}", run.code, run.err);
    };
    let key = world.at("a.age");
    let out = world.at("none.json");
    let with = |file: &str, log: &str, witness: &str| {
        ["seal", "release-offline", file, "--log", log, "--witness", witness, "--key", &key, "--out", &out]
            .map(str::to_owned)
    };
    let unseen = {
        let second = world.ask(receipt);
        let file = world.at("unseen.json");
        good(&["seal", "pack", &second, "--store", &world.store, "--out", &file]);
        file
    };
    let tampered = |from: &str, to: &str| {
        let whole = std::fs::read_to_string(&file).unwrap();
        assert!(whole.contains(from), "{from}");
        let path = world.at("tampered.json");
        std::fs::write(&path, whole.replacen(from, to, 1)).unwrap();
        path
    };
    let stolen = with(&file, &away.log, &other);
    refused(&stolen.each_ref().map(String::as_str), "not proven");
    let unseen = with(&unseen, &away.log, &away.witness);
    refused(&unseen.each_ref().map(String::as_str), "not proven");
    for (from, to) in [
        (WHY, "a better reason"),
        (&world.opener[..20], "age1aaaaaaaaaaaaaaaa"),
        ("seal-request", "seal-release"),
    ] {
        let changed = with(&tampered(from, to), &away.log, &away.witness);
        refused(&changed.each_ref().map(String::as_str), "not proven");
    }
    // The proof of one text beside the request for another.
    let (another, _) = world.receive(&format!("{STRIKE} It burned."), "Somebody else");
    let second = away.packed(&world.ask(another));
    let [mut one, two] = [&file, &second]
        .map(|path| -> Value { serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap() });
    one["text"] = two["text"].clone();
    let mixed = world.at("mixed.json");
    std::fs::write(&mixed, serde_json::to_string(&one).unwrap()).unwrap();
    let mixed = with(&mixed, &away.log, &away.witness);
    refused(&mixed.each_ref().map(String::as_str), "not for this text");
    assert!(!Path::new(&out).exists());
}

#[test]
fn what_is_carried_back_and_is_no_release_of_this_request_is_not_logged() {
    let world = world();
    let (receipt, _) = world.receive(STRIKE, NAME);
    let (request, second) = (world.ask(receipt), world.ask(receipt));
    let away = Away::new(&world);
    let (released, good_one) = away.release(&away.packed(&request), "a.age");
    assert_eq!(released.code, 0, "{}", released.err);
    let before = world.entries();
    let file: Value = serde_json::from_str(&std::fs::read_to_string(&good_one).unwrap()).unwrap();
    let path = world.at("wrong.json");
    let second: u64 = second.parse().unwrap();
    let other_log = Value::from("truceline.local/other");
    for (name, value, wanted) in [
        ("request", Value::from(second), "for another request"),
        ("request", Value::from(receipt), "is no request"),
        ("digest", Value::from("00".repeat(32)), "for another request"),
        ("digest", Value::Null, "lacks its digest"),
        ("holder", Value::from("Nobody"), "holds no share"),
        ("release", Value::from("QUJD"), "no age file"),
        ("release", Value::from("A".repeat(100_000)), "no age file"),
        ("release", Value::from("A".repeat(2_000_000)), "longer than"),
        ("log", other_log, "another record"),
        ("v", Value::from(2), "not as it was written"),
    ] {
        let mut wrong = file.clone();
        wrong[name] = value;
        std::fs::write(&path, serde_json::to_string(&wrong).unwrap()).unwrap();
        let refused = away.take(&path);
        assert!(matches!(refused.code, 1 | 2) && refused.err.contains(wanted), "{name}: {}", refused.err);
    }
    assert_eq!(world.entries(), before);
    // A false release that somebody carries in under a holder's name keeps the true ones from nothing.
    let mut false_one = file.clone();
    let text = false_one["release"].as_str().unwrap();
    let changed = format!("{}{}", &text[..text.len() - 8], "AAAAAAA=");
    false_one["release"] = Value::from(changed);
    std::fs::write(&path, serde_json::to_string(&false_one).unwrap()).unwrap();
    assert_eq!(away.take(&path).code, 0);
    assert_eq!(world.release(&request, "c.age").code, 0);
    let few = world.open(&request, "opener.age");
    assert_eq!((few.code, few.out.contains("Canary")), (2, false), "{}", few.err);
    assert_eq!(away.take(&good_one).code, 0);
    let opened = world.open(&request, "opener.age");
    assert_eq!((opened.code, opened.out.trim()), (0, NAME), "{}", opened.err);
    let nobody = run(&["seal", "take", &good_one, "--store", &world.store, "--by", "Nobody"]);
    assert!(nobody.code == 2 && nobody.err.contains("nobody whom mission.kdl names"), "{}", nobody.err);
}
