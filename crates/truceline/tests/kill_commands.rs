//! The commands that write, each killed with SIGKILL at seeded moments of its run: what it printed stays true, nothing that was there before
//! changes, the record verifies, and the same command again comes to its end. Imports are killed in `kill.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::{copy, good, root, run, text, truceline};
use serde_json::Value;
use tempfile::TempDir;
use truceline_sim::dice::Dice;
use truceline_sim::left::whole_store;
use truceline_store::Store;

const TEXT: &str = "ALEPPO, 28 April 2016 - Warplanes bombed a hospital in the Sukkari district of Aleppo on Wednesday, killing at \
    least 14 people, residents said. Rebels shelled a market in Idlib on Thursday, killing 8 people, residents said.";

fn lines(out: &str) -> Vec<Value> {
    out.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// A store with the shipped terms, a text received, and its proposals.
struct Scene {
    dir: TempDir,
    store: PathBuf,
}

impl Scene {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("mission");
        fs::create_dir_all(&folder).unwrap();
        for name in
            ["agreement.md", "actors.csv", "areas.geojson", "definitions.csv", "sources.csv", "mission.kdl"]
        {
            let from = root().join("agreements/syria-2016").join(name);
            let whole = fs::read_to_string(from).unwrap();
            let kept: Vec<&str> = whole.lines().filter(|line| !line.starts_with("reports")).collect();
            fs::write(folder.join(name), kept.join("\n") + "\n").unwrap();
        }
        let store = dir.path().join("store");
        good(&["load", &text(&folder), "--store", &text(&store)]);
        let scene = Self { dir, store };
        scene.file("first.txt", TEXT);
        good(&scene.receive("first.txt", &text(&scene.store)));
        scene
    }

    fn file(&self, name: &str, words: &str) {
        fs::write(self.dir.path().join(name), words).unwrap();
    }

    fn receive(&self, name: &str, store: &str) -> Vec<String> {
        let path = text(&self.dir.path().join(name));
        let known = "2016-04-28T12:00:00Z";
        let words =
            ["receive", &path, "--source", "vdc", "--known", known, "--country", "SY", "--store", store];
        [&words[..], &["--format", "json"]].concat().into_iter().map(str::to_owned).collect()
    }

    fn decide(&self, what: &[&str], store: &str) -> Vec<String> {
        let words = ["decide", "--store", store, "--by", "duty officer", "--why", "called back"];
        [&words[..], &["--format", "json"], what].concat().into_iter().map(str::to_owned).collect()
    }

    /// Kills a command so many times, each on a copy of the store as it stands.
    fn kill(&self, seed: u64, times: u32, command: &dyn Fn(&str) -> Vec<String>) -> u32 {
        let before: Vec<Vec<u8>> = entries(&self.store);
        let at = self.dir.path().join("killed");
        let started = Instant::now();
        copy(&self.store, &at);
        good(&command(&text(&at)));
        let mut whole = u64::try_from(started.elapsed().as_micros()).unwrap();
        let mut dice = Dice::new(seed);
        let (mut kills, mut promised_in_all) = (0, 0);
        for turn in 0..times * 3 {
            if kills == times {
                break;
            }
            fs::remove_dir_all(&at).unwrap();
            copy(&self.store, &at);
            let mut child = started_with(&command(&text(&at)));
            std::thread::sleep(Duration::from_micros(dice.below(whole * 5 / 4)));
            let (killed, out) = ended(&mut child);
            kills += u32::from(killed);
            // How long a run takes changes with whatever else the machine does.
            whole = if killed { whole * 21 / 20 } else { whole * 9 / 10 };
            // A line that was cut was given to nobody.
            let heard = out.rsplit_once('\n').map_or("", |(heard, _)| heard);
            let number = |line: &Value| line["receipt"].as_u64().or_else(|| line["entry"].as_u64());
            let promised: Vec<u64> = lines(heard).iter().filter_map(number).collect();
            promised_in_all += promised.len();
            let told = format!("seed {seed}, turn {turn}, promised {promised:?}");
            let store =
                whole_store(&at, promised.iter().copied()).unwrap_or_else(|why| panic!("{told}: {why}"));
            drop(store.unwrap_or_else(|| panic!("{told}: the store is gone")));
            let after = entries(&at);
            assert_eq!(after.get(..before.len()), Some(&before[..]), "{told}: what was there has changed");
            if turn % 5 == 0 {
                let again = run(&command(&text(&at)));
                // A step that is there already is refused in words: it was not lost.
                assert!(
                    [0, 1, 2].contains(&again.code),
                    "{told}: again it ends with {} {}",
                    again.code,
                    again.err
                );
                assert!(entries(&at).len() > before.len(), "{told}: done again it left nothing");
                assert_eq!(run(&["verify", "--store", &text(&at)]).code, 0, "{told}");
            }
        }
        println!(
            "seed {seed}: {kills} kills within {whole} µs, {promised_in_all} numbers promised before them"
        );
        assert_eq!(kills, times);
        kills
    }
}

fn entries(store: &Path) -> Vec<Vec<u8>> {
    let store = Store::open_read_only(store).unwrap();
    store.entries(0..u64::MAX).map(|entry| entry.unwrap().bytes).collect()
}

fn started_with(arguments: &[String]) -> Child {
    let mut command: Command = truceline();
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// Kills it; whether it was still alive, and all it had said.
fn ended(child: &mut Child) -> (bool, String) {
    child.kill().unwrap();
    let status = child.wait().unwrap();
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    (status.code().is_none(), out)
}

#[test]
fn texts_received_and_steps_decided() {
    let scene = Scene::new();
    let letters: Vec<String> = (0..6).map(|n| format!("letter-{n}.txt")).collect();
    for (n, name) in letters.iter().enumerate() {
        scene.file(name, &format!("Letter {n}. {TEXT}"));
    }
    // Several texts in one call: some have their receipts when it dies.
    let several = |store: &str| {
        let mut all = scene.receive(&letters[0], store);
        all.splice(2..2, letters[1..].iter().map(|name| text(&scene.dir.path().join(name))));
        all
    };
    let mut kills = scene.kill(41, 40, &several);

    let store = text(&scene.store);
    let ids: Vec<String> = lines(&good(&["proposals", "--store", &store, "--format", "json"]))
        .iter()
        .filter(|one| one["kind"] == "incident")
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(ids.len() >= 2, "{ids:?}");
    kills += scene.kill(43, 30, &|store| scene.decide(&["confirm", &ids[0]], store));
    kills += scene.kill(44, 15, &|store| scene.decide(&["reject", &ids[1]], store));

    good(&scene.decide(&["confirm", &ids[0]], &store));
    good(&scene.decide(&["confirm", &ids[1]], &store));
    let listed = good(&["incidents", "--store", &store, "--as-of", "2016-05-04", "--format", "json"]);
    let incidents: Vec<String> =
        lines(&listed).iter().map(|one| one["incident"].as_str().unwrap().to_owned()).collect();
    kills += scene.kill(45, 30, &|store| scene.decide(&["merge", &incidents[0], &incidents[1]], store));
    assert_eq!(kills, 115);
}

/// A witness that answers until it is dropped.
struct Witness {
    child: Child,
    asked: String,
}

impl Witness {
    fn started(at: &Path) -> Self {
        let mut child = truceline()
            .args(["witness", "serve", "--at", &text(at), "--listen", "127.0.0.1:0", "--format", "json"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let word = |name: &str| told[name].as_str().unwrap().to_owned();
        Self { child, asked: format!("{}={}", word("address"), word("key")) }
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A store of one report, its witness, and more reports to bring.
fn witnessed() -> (TempDir, PathBuf, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let (store, witness) = (dir.path().join("store"), dir.path().join("witness"));
    import(dir.path(), &store, 0);
    good(&["witness", "init", "--at", &text(&witness), "--name", "witness.example/geneva"]);
    let key = fs::read_to_string(store.join("log.pub")).unwrap();
    good(&["witness", "trust", "--at", &text(&witness), "--log", key.trim()]);
    (dir, store, witness)
}

fn import(dir: &Path, store: &Path, n: u32) {
    let file = dir.join(format!("rows-{n}.csv"));
    let header = "id,kind,known,source,when,act,place";
    fs::write(&file, format!("{header}\nk{n},event,2016-04-02,vdc,2016-04-02,shelling,Homs\n")).unwrap();
    good(&["import", &text(&file), "--store", &text(store)]);
}

fn cosign(store: &Path, witness: &str) -> Vec<String> {
    ["cosign", "--store", &text(store), "--witness", witness, "--patience", "5", "--format", "json"]
        .into_iter()
        .map(str::to_owned)
        .collect()
}

#[test]
fn cosigning_is_killed_on_either_side() {
    let (dir, store, at) = witnessed();
    let mut dice = Dice::new(46);
    let mut kills = (0, 0);
    let mut seen = 0;
    // Moments are drawn over the time that an undisturbed asker takes on this machine.
    let whole = {
        let witness = Witness::started(&at);
        let begun = Instant::now();
        good(&cosign(&store, &witness.asked));
        u64::try_from(begun.elapsed().as_micros()).unwrap()
    };
    for n in 1..=60 {
        import(dir.path(), &store, n);
        let mut witness = Witness::started(&at);
        let mut asking = started_with(&cosign(&store, &witness.asked));
        std::thread::sleep(Duration::from_micros(dice.below(whole)));
        if n % 2 == 0 {
            witness.child.kill().unwrap();
            witness.child.wait().unwrap();
            kills.0 += 1;
            asking.wait().unwrap();
        }
        let (killed, out) = ended(&mut asking);
        kills.1 += u32::from(killed);
        drop(witness);
        let told = format!("turn {n}: {out}");
        let cosigned = lines(&out).iter().any(|line| line["cosigned"].is_u64());

        let shown = lines(&good(&["witness", "show", "--at", &text(&at), "--format", "json"]));
        let size = shown.iter().find_map(size_of).unwrap_or_default();
        let entries = Store::open_read_only(&store).unwrap().len().unwrap();
        assert!(size >= seen && size <= entries, "{told}: the witness has gone from {seen} to {size}");
        assert!(
            !cosigned || size == entries,
            "{told}: what was cosigned over {entries} is forgotten: {size}"
        );
        seen = size;
        let again = Witness::started(&at);
        if n % 3 == 0 {
            good(&cosign(&store, &again.asked));
            let kept = Store::open_read_only(&store).unwrap().cosigned().unwrap();
            assert_eq!(kept[0].checkpoint.size, entries, "{told}");
            seen = entries;
        }
    }
    assert_eq!(run(&["verify", "--store", &text(&store)]).code, 0);
    println!("{} witnesses and {} askers killed", kills.0, kills.1);
    assert!(kills.0 == 30 && kills.1 >= 10, "{kills:?}");
}

/// The largest number of entries that any log in there has.
fn size_of(shown: &Value) -> Option<u64> {
    match shown {
        Value::Object(map) => {
            let own = map.get("size").and_then(Value::as_u64);
            own.into_iter().chain(map.values().filter_map(size_of)).max()
        }
        Value::Array(all) => all.iter().filter_map(size_of).max(),
        _ => None,
    }
}
