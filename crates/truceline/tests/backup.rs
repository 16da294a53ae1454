//! Copies of the record: taken while it is written, killed in the middle, restored on another machine, kept from signing a second history.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use common::{good, run, text, truceline};
use serde_json::Value;
use truceline_record::{Digest, root_of};
use truceline_sim::dice::Dice;
use truceline_store::{NewEntry, Object, SMALL_OBJECT_BYTES, Store};

fn rows(dir: &Path, name: &str, count: u32) -> PathBuf {
    let mut all = String::from("id,kind,known,source,when,act,place\n");
    for n in 0..count {
        let day = n % 28 + 1;
        all.push_str(&format!("{name}{n},event,2016-04-{day:02},vdc,2016-04-{day:02},shelling,Homs\n"));
    }
    let path = dir.join(format!("{name}.csv"));
    fs::write(&path, all).unwrap();
    path
}

fn import(file: &Path, store: &Path) {
    good(&["import", &text(file), "--store", &text(store)]);
}

fn backup(store: &Path, out: &Path) -> Value {
    let told = good(&["backup", "--store", &text(store), "--out", &text(out), "--format", "json"]);
    serde_json::from_str(&told).unwrap()
}

/// Root over the first so many entries.
fn root_over(store: &Path, size: u64) -> Digest {
    let store = Store::open_read_only(store).unwrap();
    let leaves: Vec<Digest> = store.entries(0..size).map(|entry| entry.unwrap().leaf).collect();
    assert_eq!(leaves.len() as u64, size);
    root_of(&leaves)
}

fn verified(store: &Path) -> String {
    good(&["verify", "--store", &text(store)])
}

/// Keeps an object that is too large for the database.
fn keep_large(store: &Path, byte: u8) {
    let mut store = Store::open(store).unwrap();
    let kept = store.put_stream(vec![byte; SMALL_OBJECT_BYTES + 1].as_slice(), u64::MAX).unwrap();
    let entry = NewEntry {
        kind: "kept".into(),
        at: "2016-04-28T06:00:00Z".into(),
        body: serde_json::json!({ "byte": byte }),
        key: None,
        objects: vec![Object::Kept(kept.digest)],
    };
    store.append(&[entry]).unwrap();
    store.checkpoint("2016-04-28T06:00:00Z").unwrap();
}

#[test]
fn a_copy_taken_while_reports_come_in_is_a_moment_of_the_record() {
    let dir = tempfile::tempdir().unwrap();
    let (store, out) = (dir.path().join("store"), dir.path().join("copy"));
    import(&rows(dir.path(), "a", 50), &store);
    keep_large(&store, 1);
    let many = rows(dir.path(), "b", 8000);
    let mut writer = truceline()
        .args(["import", &text(&many), "--store", &text(&store)])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut moments, mut meanwhile) = (Vec::new(), 0);
    while moments.len() < 3 || (writer.try_wait().unwrap().is_none() && moments.len() < 40) {
        let told = backup(&store, &out);
        meanwhile += u32::from(writer.try_wait().unwrap().is_none());
        assert!(verified(&out).contains(told["root"].as_str().unwrap()), "{told}");
        moments.push((told["entries"].as_u64().unwrap(), told["root"].as_str().unwrap().to_owned()));
        let large = (told["objects_copied"].as_u64().unwrap(), told["objects_there"].as_u64().unwrap());
        assert_eq!(
            large,
            if moments.len() == 1 { (1, 0) } else { (0, 1) },
            "a second copy brings what is new"
        );
    }
    assert!(writer.wait().unwrap().success());
    assert!(moments.is_sorted_by_key(|(entries, _)| *entries), "{moments:?}");
    println!("{meanwhile} copies while the writer ran, of {} in all", moments.len());
    assert!(meanwhile > 0, "no copy was taken while the writer ran");
    for (entries, root) in &moments {
        assert_eq!(root_over(&store, *entries).to_string(), *root, "no moment of the record");
    }
    let last = backup(&store, &out);
    assert_eq!(
        root_over(&store, last["entries"].as_u64().unwrap()),
        root_over(&out, last["entries"].as_u64().unwrap())
    );
    let sorted = |folder: &Path| {
        let store = Store::open_read_only(folder).unwrap();
        (store.checkpoint_note().unwrap(), store.verify().unwrap())
    };
    assert_eq!(sorted(&store), sorted(&out), "the same checkpoint, entries, objects and root");
}

#[test]
fn a_copy_signs_nothing_until_it_is_told_that_it_takes_over() {
    let dir = tempfile::tempdir().unwrap();
    let (store, out, new) = (dir.path().join("store"), dir.path().join("copy"), dir.path().join("new"));
    import(&rows(dir.path(), "a", 20), &store);
    backup(&store, &out);
    let more = rows(dir.path(), "more", 5);
    let refused = run(&["import", &text(&more), "--store", &text(&out)]);
    assert!(refused.code == 3 && refused.err.contains("--takes-over"), "{} {}", refused.code, refused.err);

    // On another machine: restored, read, and only then let loose.
    good(&["restore", "--from", &text(&out), "--store", &text(&new)]);
    assert_eq!(verified(&new), verified(&store));
    assert_eq!(run(&["import", &text(&more), "--store", &text(&new)]).code, 3);
    let told = good(&["restore", "--store", &text(&new), "--takes-over"]);
    assert!(told.contains("must not") && told.contains("cosign"), "{told}");
    import(&more, &new);
    let before = Store::open_read_only(&out).unwrap().len().unwrap();
    assert_eq!(root_over(&new, before), root_over(&store, before), "it goes on where the copy ended");
    verified(&new);
    assert_eq!(run(&["restore", "--store", &text(&new), "--takes-over"]).code, 3, "it is no copy any more");
    // Should the first go on all the same, there are two histories, and neither takes the place of a copy of the other.
    import(&rows(dir.path(), "other", 9), &store);
    let copy_of_new = dir.path().join("copy-of-new");
    backup(&new, &copy_of_new);
    let refused = run(&["backup", "--store", &text(&store), "--out", &text(&copy_of_new)]);
    assert!(refused.code == 3 && refused.err.contains("not the beginning"), "{}", refused.err);
    assert_eq!(verified(&copy_of_new), verified(&new));
    // And the store that took over is no place for a copy.
    let over = run(&["backup", "--store", &text(&store), "--out", &text(&new)]);
    assert!(over.code == 3 && over.err.contains("no copy"), "{}", over.err);
}

#[test]
fn a_copy_without_the_key_can_never_sign() {
    let dir = tempfile::tempdir().unwrap();
    let (store, out) = (dir.path().join("store"), dir.path().join("copy"));
    import(&rows(dir.path(), "a", 20), &store);
    good(&["backup", "--store", &text(&store), "--out", &text(&out), "--without-key"]);
    let key = fs::read_to_string(store.join("log.key")).unwrap();
    let secret = key.lines().nth(2).unwrap().as_bytes().to_vec();
    for file in fs::read_dir(&out).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
        let bytes = fs::read(&file).unwrap();
        assert!(!bytes.windows(secret.len()).any(|part| part == secret), "{} holds the key", file.display());
    }
    assert_eq!(verified(&out), verified(&store));
    let refused = run(&["restore", "--store", &text(&out), "--takes-over"]);
    assert!(refused.code == 3 && refused.err.contains("log.key"), "{}", refused.err);
}

#[test]
fn what_is_no_copy_of_this_record_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (store, other) = (dir.path().join("store"), dir.path().join("other"));
    import(&rows(dir.path(), "a", 20), &store);
    import(&rows(dir.path(), "b", 30), &other);
    let letters = dir.path().join("letters");
    fs::create_dir(&letters).unwrap();
    fs::write(letters.join("letter"), "dear").unwrap();
    let copy_of_other = dir.path().join("copy");
    backup(&other, &copy_of_other);
    for (out, word) in [
        (&letters, "other files"),
        (&other, "another record"),
        (&copy_of_other, "another record"),
        (&store, "lies in"),
        (&store.join("within"), "lies in"),
    ] {
        let refused = run(&["backup", "--store", &text(&store), "--out", &text(out)]);
        assert!(
            refused.code == 3 && refused.err.contains(word),
            "{}: {} {}",
            out.display(),
            refused.code,
            refused.err
        );
    }
    verified(&other);
    verified(&copy_of_other);
    assert_eq!(
        fs::read_dir(&letters).unwrap().filter(|file| file.as_ref().unwrap().file_name() == "letter").count(),
        1
    );

    // A store in which something has turned is not copied over a copy that is whole.
    let whole = dir.path().join("whole");
    backup(&store, &whole);
    keep_large(&store, 7);
    let mut vault = fs::read_dir(store.join("vault")).unwrap().map(|folder| folder.unwrap().path());
    let folder = vault.find(|folder| !folder.ends_with("unfinished")).unwrap();
    let object = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&object).unwrap();
    bytes[12_345] ^= 1;
    fs::write(&object, bytes).unwrap();
    let refused = run(&["backup", "--store", &text(&store), "--out", &text(&whole)]);
    assert!(refused.code == 3 && refused.err.contains("does not verify"), "{}", refused.err);
    verified(&whole);
}

#[test]
fn a_copy_killed_in_the_middle_is_none_or_a_whole_one() {
    let dir = tempfile::tempdir().unwrap();
    let (store, out) = (dir.path().join("store"), dir.path().join("copy"));
    import(&rows(dir.path(), "a", 600), &store);
    keep_large(&store, 1);
    let arguments = ["backup", "--store", &text(&store), "--out", &text(&out)].map(str::to_owned);
    let mut dice = Dice::new(47);
    let started = std::time::Instant::now();
    backup(&store, &dir.path().join("measured"));
    let mut whole = u64::try_from(started.elapsed().as_micros()).unwrap();
    let (mut kills, mut none, mut earlier) = (0, 0, 0);
    for turn in 0_u8..80 {
        if turn < 20 && Store::is_there(&out) {
            // Too late a kill: the first copy is what is tried here.
            fs::remove_dir_all(&out).unwrap();
        }
        if turn == 20 {
            backup(&store, &out);
        }
        if turn % 10 == 5 {
            import(&rows(dir.path(), &format!("t{turn}-"), 3), &store);
        }
        let mut child =
            truceline().args(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(dice.below(whole)));
        child.kill().unwrap();
        let killed = child.wait().unwrap().code().is_none();
        kills += u32::from(killed);
        // How long a run takes changes with whatever else the machine does.
        whole = if killed { whole * 21 / 20 } else { whole * 3 / 4 };
        if Store::is_there(&out) {
            earlier += 1;
            verified(&out);
            let size = Store::open_read_only(&out).unwrap().len().unwrap();
            assert_eq!(root_over(&out, size), root_over(&store, size));
            assert_eq!(
                run(&["import", &text(&dir.path().join("a.csv")), "--store", &text(&out)]).code,
                3,
                "turn {turn}"
            );
        } else {
            none += 1;
            assert!(turn < 20, "turn {turn}: the copy that was there is gone");
        }
    }
    println!("{kills} kills: {none} left no copy, {earlier} a whole one");
    assert!(kills >= 30 && none > 0);
    backup(&store, &out);
    assert_eq!(verified(&out), verified(&store));
}
