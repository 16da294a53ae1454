//! Whoever reads all that is public looks for a sealed source: by place, by hour, by words, by following somebody from report to report, by what
//! changes from one bulletin to the next. Held in the strongest way that there is: two worlds in which other people spoke, elsewhere in the cell, at
//! another hour, in other words, give the same bytes; so nothing in them can tell who it was.
//!
//! `crates/publish/tests/find_source.rs` attacks the rule by itself, with homes, habits and turns of phrase over many drawn worlds; this is the program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use common::bundled::files;
use common::{finish, good, root, run, text, truceline};
use serde_json::Value;

/// One report: who, from where, known when, in which words; `None` for who: an agency, by name.
#[derive(Clone, Copy)]
struct Report {
    who: Option<&'static str>,
    place: &'static str,
    day: u8,
    known: &'static str,
    words: &'static str,
}

const fn report(
    who: Option<&'static str>,
    place: &'static str,
    day: u8,
    known: &'static str,
    words: &'static str,
) -> Report {
    Report { who, place, day, known, words }
}

/// One person reports twice, from two places.
const ONE_PERSON: [Report; 2] = [
    report(
        Some("Canary Haddad"),
        "Hraytan",
        27,
        "05:12:31",
        "I counted them from the bakery with my brother Walid",
    ),
    report(Some("Canary Haddad"), "Douma", 29, "04:58:02", "again I counted them, from a cellar this time"),
];

/// Two people, each once, elsewhere in the same cells, at other hours, in other words and at other length.
const TWO_PEOPLE: [Report; 2] = [
    report(Some("Canary Nassif"), "Anadan", 27, "16:47:00", "Eight."),
    report(
        Some("Canary Zaytoun"),
        "Harasta",
        29,
        "19:30:59",
        "The nurse told me while the second wave came in, and I wrote it down at once",
    ),
];

struct World {
    dir: tempfile::TempDir,
    store: String,
}

fn holder(dir: &Path, name: &str) -> String {
    good(&["seal", "init-holder", "--key", &text(&dir.join(name))]).trim().to_owned()
}

impl World {
    /// The shipped mission, and these reports, each confirmed to the same event but for its place and day.
    fn of(reports: &[Report]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let holders = format!(
            "person \"duty officer\"\nholder \"Registrar\" recipient=\"{}\"\nholder \"Envoy\" recipient=\"{}\"\nopen-by 2",
            holder(dir.path(), "a.age"),
            holder(dir.path(), "b.age")
        );
        let folder = dir.path().join("mission");
        std::fs::create_dir_all(&folder).unwrap();
        for name in
            ["agreement.md", "actors.csv", "areas.geojson", "definitions.csv", "sources.csv", "mission.kdl"]
        {
            let mut bytes = std::fs::read_to_string(root().join("agreements/syria-2016").join(name)).unwrap();
            if name == "mission.kdl" {
                let kept: Vec<&str> = bytes.lines().filter(|line| !line.starts_with("reports")).collect();
                // Keys of holders are the mission's own, drawn for each world; they stand for nobody who reports.
                bytes = format!("{}\n{holders}\n", kept.join("\n"));
            }
            std::fs::write(folder.join(name), bytes).unwrap();
        }
        let world = Self { store: text(&dir.path().join("store")), dir };
        good(&["load", &text(&folder), "--store", &world.store]);
        reports.iter().for_each(|report| world.receive(report));
        world
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn receive(&self, report: &Report) {
        let (file, desk) = (text(&self.at("note.txt")), text(&self.at("desk.key")));
        let words = format!(
            "{}. Shelling killed 8 people in {} on {} April 2016.",
            report.words, report.place, report.day
        );
        std::fs::write(&file, words).unwrap();
        let known = format!("2016-04-{}T{}Z", report.day, report.known);
        let mut asked = vec!["receive", &file, "--country", "SY", "--store", &self.store, "--known", &known];
        match report.who {
            Some(_) => asked.extend(["--from-sealed", "-", "--desk-key", &desk]),
            None => asked.extend(["--source", "reuters"]),
        }
        let mut child = truceline()
            .args(&asked)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(report.who.unwrap_or_default().as_bytes()).unwrap();
        let done = finish(child.wait_with_output().unwrap());
        assert_eq!(done.code, 0, "{}", done.err);
        // A person at the desk settles what it says.
        let all = good(&["proposals", "--store", &self.store, "--format", "json"]);
        let all: Vec<Value> = all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let open = |one: &&Value| one["kind"] == "incident" && one["state"] == "open";
        let one = all.iter().find(open).unwrap_or_else(|| panic!("{all:?}"));
        let (id, place) = (one["id"].as_str().unwrap(), format!("place={}", report.place));
        let when = format!("when=2016-04-{}", report.day);
        let step =
            ["decide", "--store", &self.store, "--by", "duty officer", "--why", "called back", "correct", id];
        good(&[step.as_slice(), &["act=shelling", "killed=8", &when, &place]].concat());
    }

    /// All that this command leaves.
    fn replayed(&self, name: &str, as_of: &str) -> BTreeMap<String, String> {
        let out = self.at(name);
        good(&["replay", "--store", &self.store, "--out", &text(&out), "--as-of", as_of]);
        read(&out)
    }

    /// All that is handed out of a bulletin, and of the record for any web server.
    fn published(&self, as_of: &str) -> BTreeMap<String, String> {
        let (out, tiles) = (self.at("frozen"), self.at("tiles"));
        let asked = ["publish", "--store", &self.store, "--as-of", as_of, "--by", "duty officer", "--out"];
        good(&[asked.as_slice(), &[&text(&out), "--format", "json"]].concat());
        good(&["export-tiles", "--store", &self.store, "--out", &text(&tiles)]);
        let mut all = read(&out);
        // Of the tree: its entries one a line. Digests are salted, and other ones in each world.
        let bundle = files(&tiles).into_iter().find(|(name, _)| name.starts_with("tile/entries/")).unwrap().1;
        let (mut rest, mut entries) = (bundle.as_slice(), String::new());
        while let Some((length, after)) = rest.split_first_chunk::<2>() {
            let (entry, after) = after.split_at(usize::from(u16::from_be_bytes(*length)));
            let mut entry: Value = serde_json::from_slice(entry).unwrap();
            let kind = entry["kind"].as_str().unwrap().to_owned();
            // Only what tells of a report: of the others the second is the clock of this test, and a mission's file names its holders.
            if kind != "words" && kind != "decision" {
                entry = Value::from(kind);
            }
            entries.push_str(&format!("{}\n", masked(&entry.to_string())));
            rest = after;
        }
        all.insert("entries of the tree".to_owned(), entries);
        all
    }
}

fn read(folder: &Path) -> BTreeMap<String, String> {
    let shown = |bytes: Vec<u8>| masked(&String::from_utf8_lossy(&bytes));
    files(folder).into_iter().map(|(name, bytes)| (name, shown(bytes))).collect()
}

/// Without what is drawn anew for each store: digests, keys and signatures, which are long words of base64 or hexadecimal.
fn masked(text: &str) -> String {
    let is_drawn = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let (mut out, mut word) = (String::with_capacity(text.len()), String::new());
    for c in text.chars().chain(['\0']) {
        if is_drawn(c) {
            word.push(c);
            continue;
        }
        out.push_str(if word.len() < 40 { &word } else { "#" });
        word.clear();
        out.push(c);
    }
    out
}

fn same(one: &BTreeMap<String, String>, other: &BTreeMap<String, String>) {
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (name, text) in one {
        let differs = text.lines().zip(other[name].lines()).find(|(a, b)| a != b);
        assert!(*text == other[name], "{name}: {differs:?}");
    }
}

const LATER: &str = "2016-05-04T12:00:00Z";

#[test]
fn whoever_spoke_what_is_public_is_the_same() {
    let (one, two) = (World::of(&ONE_PERSON), World::of(&TWO_PEOPLE));
    let (shown, other) = (one.replayed("out", LATER), two.replayed("out", LATER));
    assert!(
        shown["findings.jsonl"].lines().count() > 2 && shown.contains_key("bulletin.html"),
        "{:?}",
        shown.keys()
    );
    same(&shown, &other);
    same(&one.published(LATER), &two.published(LATER));
    // And by itself: no word, place, hour, name or pseudonym of theirs.
    for (name, text) in shown.iter().chain(&one.published(LATER)) {
        for word in [
            "Haddad",
            "Walid",
            "bakery",
            "cellar",
            "Hraytan",
            "حريتان",
            "05:12",
            "04:58",
            "sealed-",
            "37.083",
            "36.287",
        ] {
            assert!(!text.contains(word), "{name}: {word}");
        }
    }
    // The mission itself knows, so there was something to be found.
    let own = good(&["incidents", "--store", &one.store, "--format", "json"]);
    assert!(own.contains("sealed-") && own.contains("hraytan"), "{own}");
}

/// What is told apart is told: another cell, another day, a source that nobody has to protect.
#[test]
fn what_is_not_the_sources_secret_shows() {
    let of = |one: Report| World::of(&[one]).replayed("out", LATER);
    let [first, _] = ONE_PERSON;
    let base = of(first);
    for (what, changed) in
        [("another cell", Report { place: "Idlib", ..first }), ("an agency", Report { who: None, ..first })]
    {
        let other = of(changed);
        assert!(base != other, "{what} does not show");
        if what == "an agency" {
            assert!(other.values().any(|text| text.contains("Hraytan")));
        }
    }
}

/// Bulletins of one day, before and after a report came: they do not tell in which hour it did. The next day's does tell that it happened.
#[test]
fn what_changes_within_a_day_does_not_show_when_somebody_spoke() {
    let world = World::of(&TWO_PEOPLE[..1]);
    let incidents = |name: &str, as_of: &str| world.replayed(name, as_of)["findings.jsonl"].clone();
    // It became known at 16:47.
    let (noon, evening) =
        (incidents("noon", "2016-04-27T12:00:00Z"), incidents("evening", "2016-04-27T18:00:00Z"));
    assert_eq!(noon, evening);
    assert_ne!(evening, incidents("next", "2016-04-28T12:00:00Z"));
    assert_eq!(run(&["verify", "--store", &world.store]).code, 0);
}
