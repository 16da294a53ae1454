//! Offices with bad links, as people run them: letters lost, doubled, changed and forged, a centre killed and one set back, and two people
//! who decide the same matter without knowing of each other.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use common::{copy, good, root, run, text, truceline};
use serde_json::Value;

const CENTRE: [&str; 4] = ["--by", "geneva", "--why", "opened in March"];

struct House {
    dir: tempfile::TempDir,
}

impl House {
    /// A centre with a mission that names two people, and an office that has joined it.
    fn new() -> Self {
        let house = Self { dir: tempfile::tempdir().unwrap() };
        let mission = house.dir.path().join("mission");
        copy(&root().join("agreements/mindanao-1997"), &mission);
        let named = fs::read_to_string(mission.join("mission.kdl")).unwrap()
            + "\nperson \"duty\"\nperson \"legal\"\n";
        fs::write(mission.join("mission.kdl"), named).unwrap();
        good(&["load", &text(&mission), "--store", &house.at("ops")]);
        house.opens("amman");
        house
    }

    fn at(&self, name: &str) -> String {
        text(&self.dir.path().join(name))
    }

    /// A new office: it has one report already, since its store began with that.
    fn opens(&self, name: &str) {
        self.report(name, "first");
        let key = self.key(name);
        let told = good(
            &[
                &[
                    "office",
                    "admit",
                    "--store",
                    &self.at("ops"),
                    "--name",
                    name,
                    "--key",
                    &key,
                    "--format",
                    "json",
                ],
                &CENTRE[..],
            ]
            .concat(),
        );
        let told: Value = serde_json::from_str(&told).unwrap();
        let word = |name: &str| told[name].as_str().unwrap().to_owned();
        good(
            &[
                &[
                    "office",
                    "join",
                    "--store",
                    &self.at(name),
                    "--key",
                    &word("key"),
                    "--recipient",
                    &word("recipient"),
                ],
                &CENTRE[..],
            ]
            .concat(),
        );
    }

    fn key(&self, store: &str) -> String {
        fs::read_to_string(self.dir.path().join(store).join("log.pub")).unwrap().trim().to_owned()
    }

    /// One report of an incident, by its sender's id.
    fn report(&self, store: &str, id: &str) {
        let file = self.dir.path().join(format!("{id}.csv"));
        fs::write(
            &file,
            format!(
                "id,source,kind,date,place,lat,lon\n{id},agch-text,attack,2001-05-03,Cotabato,7.2,124.2\n"
            ),
        )
        .unwrap();
        // Refused or not, it is in the record.
        run(&["import", &text(&file), "--store", &self.at(store)]);
    }

    fn pack(&self, office: &str, letter: &str) {
        good(&["office", "pack", "--store", &self.at(office), "--out", &self.at(letter)]);
    }

    fn take(&self, letter: &str, answer: &str) -> common::Run {
        run(&[
            "office",
            "take",
            &self.at(letter),
            "--store",
            &self.at("ops"),
            "--out",
            &self.at(answer),
            "--format",
            "json",
        ])
    }

    fn settle(&self, office: &str, answer: &str) -> common::Run {
        run(&["office", "settle", &self.at(answer), "--store", &self.at(office)])
    }

    fn waiting(&self, office: &str) -> u64 {
        let told = run(&["office", "outbox", "--store", &self.at(office), "--format", "json"]);
        serde_json::from_str::<Value>(&told.out).unwrap()["waiting"].as_u64().unwrap()
    }

    fn forward(&self, office: &str, letter: &str) {
        let answer = format!("{letter}.answer");
        self.pack(office, letter);
        let taken = self.take(letter, &answer);
        assert_eq!(taken.code, 0, "{}", taken.err);
        let settled = self.settle(office, &answer);
        assert_eq!(settled.code, 0, "{}{}", settled.out, settled.err);
    }

    fn copy(&self, from: &str, to: &str) {
        let to = self.dir.path().join(to);
        let _ = fs::remove_dir_all(&to);
        copy(&self.dir.path().join(from), &to);
    }

    fn clean(&self, store: &str) {
        good(&["verify", "--store", &self.at(store)]);
    }
}

#[test]
fn what_an_office_has_leaves_its_outbox_only_when_the_centre_has_signed_for_it() {
    let house = House::new();
    let fresh = house.waiting("amman");
    assert!(fresh >= 3, "a mapping, a file and a report wait");
    house.pack("amman", "a.letter");
    assert_eq!(house.waiting("amman"), fresh, "a letter on a stick proves nothing");
    let sealed = fs::read(house.at("a.letter")).unwrap();
    assert!(!String::from_utf8_lossy(&sealed).contains("Cotabato"), "nobody on the way reads it");
    assert_eq!(house.take("a.letter", "a.answer").code, 0);
    assert_eq!(house.waiting("amman"), fresh, "nor does a centre that has it and has not been heard");
    assert_eq!(house.settle("amman", "a.answer").code, 0);
    assert_eq!(house.waiting("amman"), 0);
    // The same report by its own receipt, found at the centre under another.
    let found = good(&["office", "find", "amman", "r2", "--store", &house.at("ops")]);
    assert!(found.trim().starts_with('r'), "{found}");
    house.clean("ops");
    house.clean("amman");
}

#[test]
fn letters_and_answers_may_be_lost_doubled_and_late() {
    let house = House::new();
    house.pack("amman", "a.letter");
    assert_eq!(house.take("a.letter", "lost.answer").code, 0);
    // The answer was lost: the office sends again, with more.
    house.report("amman", "second");
    house.pack("amman", "b.letter");
    let again = house.take("b.letter", "b.answer");
    let told: Value = serde_json::from_str(&again.out).unwrap();
    assert!(
        told["known_already"].as_u64().unwrap() >= 3 && told["taken_in"].as_u64().unwrap() >= 1,
        "{told}"
    );
    assert_eq!(house.settle("amman", "b.answer").code, 0);
    assert_eq!(house.waiting("amman"), 0);
    // Late and doubled ones change nothing.
    let before = good(&["verify", "--store", &house.at("ops"), "--format", "json"]);
    let late = house.take("a.letter", "late.answer");
    assert_eq!(serde_json::from_str::<Value>(&late.out).unwrap()["taken_in"], 0);
    assert_eq!(good(&["verify", "--store", &house.at("ops"), "--format", "json"]), before);
    house.settle("amman", "lost.answer");
    assert_eq!(house.waiting("amman"), 0);
    house.clean("amman");
}

#[test]
fn nothing_is_taken_of_a_letter_that_was_changed_or_that_nobody_may_send() {
    let house = House::new();
    house.pack("amman", "a.letter");
    let sealed = fs::read(house.at("a.letter")).unwrap();
    let before = good(&["verify", "--store", &house.at("ops"), "--format", "json"]);
    for at in (0..sealed.len()).step_by(1 + sealed.len() / 12) {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        fs::write(house.at("changed.letter"), &changed).unwrap();
        assert_eq!(house.take("changed.letter", "x.answer").code, 1, "byte {at}");
    }
    fs::write(house.at("cut.letter"), &sealed[..sealed.len() / 2]).unwrap();
    assert_eq!(house.take("cut.letter", "x.answer").code, 1);
    // A stranger who knows the centre's keys.
    house.copy("ops", "stranger-centre");
    let stranger = tempfile::tempdir().unwrap();
    let store = text(&stranger.path().join("office"));
    fs::write(stranger.path().join("a.csv"), "id,source\na,x\n").unwrap();
    run(&["import", &text(&stranger.path().join("a.csv")), "--store", &store]);
    let told = good(
        &[
            &["office", "admit", "--store", &house.at("stranger-centre"), "--name", "x", "--key"][..],
            &[&house.key("amman")],
            &CENTRE,
            &["--format", "json"],
        ]
        .concat(),
    );
    let told: Value = serde_json::from_str(&told).unwrap();
    let word = |name: &str| told[name].as_str().unwrap().to_owned();
    good(
        &[
            &["office", "join", "--store", &store, "--key", &word("key"), "--recipient", &word("recipient")]
                [..],
            &CENTRE,
        ]
        .concat(),
    );
    good(&["office", "pack", "--store", &store, "--out", &house.at("stranger.letter")]);
    let refused = house.take("stranger.letter", "x.answer");
    assert!(refused.code == 1 && refused.err.contains("no office with this log"), "{}", refused.err);
    assert_eq!(good(&["verify", "--store", &house.at("ops"), "--format", "json"]), before);
    // And one who was sent away.
    good(
        &[
            &[
                "office",
                "dismiss",
                "--store",
                &house.at("ops"),
                "--name",
                "amman",
                "--key",
                &house.key("amman"),
            ][..],
            &CENTRE,
        ]
        .concat(),
    );
    let refused = house.take("a.letter", "x.answer");
    assert!(refused.code == 1 && refused.err.contains("sent away"), "{}", refused.err);
}

#[test]
fn an_answer_empties_nothing_unless_this_centre_signed_for_these_very_entries() {
    let house = House::new();
    house.opens("latakia");
    let waits = house.waiting("amman");
    house.pack("amman", "a.letter");
    house.pack("latakia", "l.letter");
    assert_eq!(house.take("a.letter", "a.answer").code, 0);
    assert_eq!(house.take("l.letter", "l.answer").code, 0);
    // The answer to another office.
    house.settle("amman", "l.answer");
    assert_eq!(house.waiting("amman"), waits);
    // A changed one.
    let answer = fs::read(house.at("a.answer")).unwrap();
    for at in (0..answer.len()).step_by(1 + answer.len() / 12) {
        let mut changed = answer.clone();
        changed[at] ^= 1;
        fs::write(house.at("changed.answer"), &changed).unwrap();
        assert_eq!(house.settle("amman", "changed.answer").code, 1, "byte {at}");
        assert_eq!(house.waiting("amman"), waits, "byte {at}");
    }
    assert_eq!(house.settle("amman", "a.answer").code, 0);
    assert_eq!(house.waiting("amman"), 0);
}

#[test]
fn a_centre_that_was_set_back_is_found_out_by_its_office() {
    let house = House::new();
    house.copy("ops", "ops-before");
    house.forward("amman", "a.letter");
    house.report("amman", "second");
    // Somebody puts the centre's old folder back, and it goes on from there.
    house.copy("ops-before", "ops");
    house.pack("amman", "b.letter");
    let gap = house.take("b.letter", "b.answer");
    assert!(gap.code == 1 && gap.err.contains("are wanted first"), "{}", gap.err);
    house.report("ops", "other-1");
    house.report("ops", "other-2");
    house.report("ops", "other-3");
    // It even gets the old letters again, from a thief of the office's machine: what it signed before, it cannot unsign.
    house.copy("amman", "thief");
    good(&["office", "pack", "--store", &house.at("thief"), "--out", &house.at("c.letter")]);
    assert_eq!(house.take("c.letter", "c.answer").code, 1);
    assert_eq!(house.waiting("amman"), 2, "the new file and its report wait");
}

#[test]
fn an_office_with_two_histories_is_caught_and_both_are_kept() {
    let house = House::new();
    house.forward("amman", "a.letter");
    house.copy("amman", "amman-copy");
    house.report("amman", "one");
    house.report("amman-copy", "other");
    house.forward("amman", "b.letter");
    house.pack("amman-copy", "c.letter");
    let caught = house.take("c.letter", "c.answer");
    assert!(caught.code == 1 && caught.err.contains("two histories"), "{}", caught.err);
    house.clean("ops");
}

struct Serving {
    child: Child,
    address: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serving(store: &str) -> Serving {
    let mut child = truceline()
        .args(["office", "serve", "--store", store, "--listen", "127.0.0.1:0", "--format", "json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    // Its further lines are not wanted, but it must be able to write them.
    std::thread::spawn(move || for _ in lines.lines() {});
    let told: Value = serde_json::from_str(&line).unwrap();
    Serving { child, address: told["address"].as_str().unwrap().to_owned() }
}

#[test]
fn a_centre_killed_between_letters_loses_and_doubles_nothing() {
    let house = House::new();
    for n in 0..12 {
        house.report("amman", &format!("n{n}"));
    }
    let mut rounds = 0;
    // One entry a letter; the centre is killed after a while, and the office calls again.
    while house.waiting("amman") > 0 {
        rounds += 1;
        assert!(rounds < 100, "the outbox does not empty");
        let mut centre = serving(&house.at("ops"));
        let mut office = truceline()
            .args([
                "office",
                "forward",
                "--store",
                &house.at("amman"),
                "--to",
                &centre.address,
                "--at-most",
                "1",
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(40 * rounds));
        centre.child.kill().unwrap();
        office.wait().unwrap();
    }
    let list: Value =
        serde_json::from_str(&good(&["office", "list", "--store", &house.at("ops"), "--format", "json"]))
            .unwrap();
    assert!(list["taken"].as_u64().unwrap() > 20);
    // Each of the office's entries once, in its order.
    let dump = PathBuf::from(house.at("ops"));
    let mut numbers = Vec::new();
    let store = truceline_store::Store::open_read_only(&dump).unwrap();
    for entry in store.entries(0..store.len().unwrap()) {
        let entry = entry.unwrap().decode().unwrap();
        if entry.kind == "forwarded" {
            numbers.push(entry.body["n"].as_u64().unwrap());
        }
    }
    assert!(numbers.len() >= 27 && numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    house.clean("ops");
    house.clean("amman");
}

#[test]
fn decisions_that_cannot_both_hold_are_shown_and_settled_by_people() {
    let house = House::new();
    house.text(
        "amman",
        "note.txt",
        "Cotabato, 3 May 2001 - Gunmen attacked a village near Cotabato on Thursday, killing 3 people.",
    );
    house.forward("amman", "a.letter");
    // Both sides look at the same text, without seeing each other.
    let (at_centre, at_office) = (house.proposal("ops"), house.proposal("amman"));
    assert_ne!(at_centre, at_office, "the same words under each side's own number");
    house.decide("ops", &["reject", &at_centre]);
    house.decide("amman", &["confirm", &at_office]);
    house.forward("amman", "b.letter");
    let told = run(&["office", "conflicts", "--store", &house.at("ops"), "--format", "json"]);
    assert_eq!(told.code, 1, "{}", told.out);
    let conflict: Value = serde_json::from_str(told.out.lines().next().unwrap()).unwrap();
    assert_eq!(conflict["office"], "amman");
    assert!(conflict["about"].as_str().unwrap().contains(&at_centre), "{conflict}");
    assert!(conflict["settled"].is_null());
    // What stood first stands until somebody decides with both before them.
    let against = conflict["against"][0].as_u64().unwrap().to_string();
    house.decide("ops", &["undo", &against]);
    house.decide("ops", &["confirm", &at_centre]);
    let told = run(&["office", "conflicts", "--store", &house.at("ops"), "--format", "json"]);
    assert_eq!(told.code, 0, "{}", told.out);
    assert!(!serde_json::from_str::<Value>(told.out.lines().next().unwrap()).unwrap()["settled"].is_null());
}

impl House {
    fn text(&self, store: &str, name: &str, words: &str) {
        let path = self.at(name);
        fs::write(&path, words).unwrap();
        good(&[
            "receive",
            &path,
            "--source",
            "agch-text",
            "--known",
            "2001-05-04T00:00:00Z",
            "--country",
            "PH",
            "--store",
            &self.at(store),
        ]);
    }

    /// The one incident that a text of this store is read to tell of.
    fn proposal(&self, store: &str) -> String {
        let out = good(&["proposals", "--store", &self.at(store), "--format", "json"]);
        let all = out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let ids: Vec<String> = all
            .filter(|one| one["kind"] == "incident")
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(ids.len(), 1, "{out}");
        ids[0].clone()
    }

    fn decide(&self, store: &str, what: &[&str]) {
        good(
            &[&["decide", "--store", &self.at(store), "--by", "duty", "--why", "called back"][..], what]
                .concat(),
        );
    }
}

#[test]
fn what_an_office_forwarded_can_be_erased_at_the_centre_and_what_it_erased_comes_without_its_bytes() {
    const CANARY: &str = "canary77";
    let house = House::new();
    house.text(
        "amman",
        "note.txt",
        &format!("Cotabato, 3 May 2001 - Gunmen attacked a village on Thursday. {CANARY}"),
    );
    let receipt = house.office_receipt("amman");
    house.pack("amman", "a.letter");
    assert_eq!(house.take("a.letter", "a.answer").code, 0);
    assert!(house.shows("ops", CANARY));
    let here = good(&["office", "find", "amman", &receipt, "--store", &house.at("ops")]);
    good(&[
        "erase",
        here.trim(),
        "--store",
        &house.at("ops"),
        "--by",
        "duty",
        "--and",
        "legal",
        "--why",
        "asked for",
    ]);
    assert!(!house.shows("ops", CANARY));
    house.clean("ops");
    good(&["proposals", "--store", &house.at("ops")]);
    // A late letter does not bring it back.
    assert_eq!(house.take("a.letter", "late.answer").code, 0);
    assert!(!house.shows("ops", CANARY));
    assert_eq!(house.settle("amman", "late.answer").code, 0);

    // And what an office erases before it is forwarded does not hold up what comes after.
    house.opens("latakia");
    // Its first report is refused, and the mission is there all the same.
    run(&["load", &house.at("mission"), "--store", &house.at("latakia")]);
    house.text(
        "latakia",
        "other.txt",
        &format!("Cotabato, 4 May 2001 - Gunmen attacked a village on Friday. {CANARY}"),
    );
    let receipt = house.office_receipt("latakia");
    good(&[
        "erase",
        &receipt,
        "--store",
        &house.at("latakia"),
        "--by",
        "duty",
        "--and",
        "legal",
        "--why",
        "asked for",
    ]);
    house.report("latakia", "after");
    house.forward("latakia", "l.letter");
    assert_eq!(house.waiting("latakia"), 0);
    assert!(!house.shows("ops", CANARY));
    let refused = run(&["refused", "--store", &house.at("ops")]);
    assert!(refused.out.contains("erased at the office"), "{}", refused.out);
    let asked = good(&["office", "erasures", "--store", &house.at("ops")]);
    assert!(
        asked.contains("nothing of it lies here") && asked.contains("duty and legal: asked for"),
        "{asked}"
    );
    house.clean("ops");
}

#[test]
fn what_an_office_erases_after_forwarding_is_put_before_two_people_of_the_centre() {
    const CANARY: &str = "canary91";
    let house = House::new();
    run(&["load", &house.at("mission"), "--store", &house.at("amman")]);
    let words = format!("Cotabato, 3 May 2001 - Gunmen attacked a village on Thursday. {CANARY}");
    house.text("amman", "note.txt", &words);
    let receipt = house.office_receipt("amman");
    house.forward("amman", "a.letter");
    let people = ["--by", "duty", "--and", "legal", "--why", "asked for"];
    good(&[&["erase", &receipt, "--store", &house.at("amman")][..], &people].concat());
    house.forward("amman", "b.letter");
    assert_eq!(house.waiting("amman"), 0);
    // The office's word destroys nothing here: its machine may be in other hands.
    assert!(house.shows("ops", CANARY));
    house.clean("ops");
    let here = good(&["office", "find", "amman", &receipt, "--store", &house.at("ops")]);
    let open = run(&["office", "erasures", "--store", &house.at("ops"), "--format", "json"]);
    assert_eq!(open.code, 1, "{}{}", open.out, open.err);
    let told: Value = serde_json::from_str(open.out.lines().next().unwrap()).unwrap();
    assert_eq!(format!("r{}", told["of"][0]), here.trim(), "{told}");
    assert!(told["held"].as_u64().unwrap() > 0 && told["by"] == "duty" && told["and"] == "legal", "{told}");
    good(&[&["erase", here.trim(), "--store", &house.at("ops")][..], &people].concat());
    assert!(!house.shows("ops", CANARY));
    good(&["office", "erasures", "--store", &house.at("ops")]);
    house.clean("ops");
}

impl House {
    /// The receipt of the one text of an office.
    fn office_receipt(&self, office: &str) -> String {
        let store = truceline_store::Store::open_read_only(Path::new(&self.at(office))).unwrap();
        let mut entries =
            store.entries(0..store.len().unwrap()).map(|entry| entry.unwrap().decode().unwrap());
        format!("r{}", entries.find(|entry| entry.kind == "words").unwrap().n)
    }

    /// Whether words can be read in any file of a store.
    fn shows(&self, store: &str, words: &str) -> bool {
        fn any(dir: &Path, words: &[u8]) -> bool {
            fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).any(|path| match path.is_dir() {
                true => any(&path, words),
                false => fs::read(&path).unwrap().windows(words.len()).any(|at| at == words),
            })
        }
        any(Path::new(&self.at(store)), words.as_bytes())
    }
}
