//! What docs/witnesses.md says is to be done with keys, done: the log's key in its turn, stolen, lost; a witness that leaves, that is expelled against
//! its will, that lost its key or had it stolen. Each as the people would who have to do it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use common::bundled::{Dice, bundle, faults, log_key, verify};
use common::witnessed::{cosign, load, loaded, mission, naming, publish, stands, witness};
use common::{Run, copy, good, root, run, text, truceline};
use truceline_record::{LogVerifier, WitnessRequest, with_signatures};
use truceline_store::{NewEntry, Object, Store, WitnessFolder};

/// Lines of `mission.kdl` with people who decide.
fn people(more: &str) -> String {
    format!("person \"duty officer\"\nperson \"Anna\"\nperson \"Boris\"\n{more}")
}

fn replace(store: &Path, more: &[&str]) -> Run {
    let store = text(store);
    let asked = [
        "replace-key",
        "--store",
        &store,
        "--by",
        "Anna",
        "--and",
        "Boris",
        "--why",
        "x",
        "--format",
        "json",
    ];
    run(&[asked.as_slice(), more].concat())
}

/// Replaces the key; the new one.
fn replaced(store: &Path, more: &[&str]) -> String {
    let done = replace(store, more);
    assert_eq!(done.code, 0, "{}", done.err);
    let told: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(told["to"], log_key(store));
    told["to"].as_str().unwrap().to_owned()
}

fn grow(store: &Path, name: &str) -> Run {
    let file = store.with_extension("csv");
    fs::write(&file, format!("id,source\n{name},x\n")).unwrap();
    run(&["import", &text(&file), "--store", &text(store)])
}

fn watching(dir: &Path, n: u8, log: &str) -> WitnessFolder {
    let at = dir.join(format!("witness-{n}"));
    let mut folder = WitnessFolder::create(&at, &format!("witness.example/{n}"), &[n; 32]).unwrap();
    folder.trust(&LogVerifier::new(log).unwrap()).unwrap();
    folder
}

/// Asks a witness as `cosign` does, and keeps what it signs.
fn ask(witness: &mut WitnessFolder, store: &Path) -> u16 {
    let store = Store::open_read_only(store).unwrap();
    let old = witness.logs().unwrap().first().map_or(0, |log| log.size);
    let proof = store.prove_consistency(old).map(|(_, proof)| proof).unwrap_or_default();
    let note = store.checkpoint_note().unwrap().unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let answer = witness.answer(&WitnessRequest { old, proof, note: note.clone() }.to_bytes(), now).unwrap();
    if answer.status == 200 {
        let size = store.last_checkpoint().unwrap().unwrap().size;
        let kept = fs::read(store.dir().join(format!("cosigned/{size}"))).unwrap_or(note);
        store.keep_cosigned(&with_signatures(&kept, &answer.body).unwrap()).unwrap();
    }
    answer.status
}

fn holds(bundle: &Path, log: &str, witnesses: &[u8], more: &[&str]) {
    let (run, told) = verify(bundle, log, witnesses, more);
    assert_eq!((run.code, told["holds"].as_bool()), (0, Some(true)), "{told}\n{}", run.err);
}

/// One person, twice the same, somebody unknown, without a word why.
fn nobody_alone_replaces_it(store: &Path) {
    for wrong in [["--and", "anna"], ["--and", "Carl"], ["--why", " "]] {
        let refused = ["replace-key", "--store", &text(store), "--by", "Anna"].map(str::to_owned);
        let rest = ["--and", "Boris", "--why", "its turn"].chunks(2).filter(|two| two[0] != wrong[0]);
        let rest = rest.flatten().chain(&wrong).map(|word| (*word).to_owned());
        assert_eq!(run(&refused.into_iter().chain(rest).collect::<Vec<_>>()).code, 2, "{wrong:?}");
    }
}

#[test]
fn the_logs_key_is_replaced_and_everybody_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let store = loaded(dir.path(), &people(&naming(&[1, 2], 2)));
    let old = log_key(&store);
    let mut witnesses = [1, 2].map(|n| watching(dir.path(), n, &old));
    let first = publish(&store);
    witnesses.iter_mut().for_each(|one| assert_eq!(ask(one, &store), 200));
    let kept = dir.path().join("kept");
    fs::copy(store.join(format!("cosigned/{}", first + 1)), &kept).unwrap();
    let (replica, before) = (dir.path().join("replica"), dir.path().join("before.tar"));
    let follow = |more: &[&str]| {
        let asked = ["follow", "--from", &text(&store), "--store", &text(&replica)];
        run(&[asked.as_slice(), more].concat())
    };
    assert_eq!(follow(&["--key", &old]).code, 0);
    bundle(&store, first, &before);
    // Frozen under the one key, cosigned only under the other.
    let second = publish(&store);

    nobody_alone_replaces_it(&store);
    let new = replaced(&store, &[]);
    let shown = Store::open_read_only(&store).unwrap();
    let entry = shown.entry(shown.len().unwrap() - 1).unwrap().unwrap();
    assert_eq!((entry.kind.as_str(), &entry.body["from"]), ("key-change", &old.as_str().into()));
    assert!(!entry.body.to_string().contains("Anna"), "who and why are closed");
    drop(shown);

    // Whoever has the new key, and whoever kept a checkpoint, finds one history; whoever has the old key is told, and believes nothing.
    let whole = |more: &[&str]| run(&[["verify", "--store", &text(&store)].as_slice(), more].concat());
    for more in [&["--key", &new][..], &["--key", &new, "--checkpoint", &text(&kept)], &[]] {
        assert_eq!(whole(more).code, 0, "{more:?}: {}", whole(more).out);
    }
    let told = whole(&["--key", &old]);
    assert!(told.code == 1 && told.out.contains(&new), "{}", told.out);
    assert_eq!(run(&["fsck", "--store", &text(&store), "--key", &new]).code, 0);

    // Witnesses refuse until their people tell them.
    for witness in &mut witnesses {
        assert_eq!(ask(witness, &store), 403);
        witness.trust(&LogVerifier::new(&new).unwrap()).unwrap();
        witness.distrust(&LogVerifier::new(&old).unwrap()).unwrap();
        assert_eq!(ask(witness, &store), 200);
    }
    assert_eq!(stands(&store, second)["state"], "published");
    // What was published under the old key stays checked by it, also in a bundle that is made now.
    let (again, later) = (dir.path().join("again.tar"), dir.path().join("later"));
    bundle(&store, first, &again);
    holds(&before, &old, &[1, 2], &[]);
    holds(&again, &old, &[1, 2], &[]);
    bundle(&store, second, &later);
    holds(&later, &new, &[1, 2], &["--checkpoint", &text(&kept)]);
    let (refused, _) = verify(&later, &old, &[1, 2], &[]);
    assert_eq!(refused.code, 1);
    let python = Command::new("python3")
        .arg(root().join("docs/verify/verify.py"))
        .args(["tiles", &text(&later), "--log", &new, "--witness", &witness(1).verifier_key()])
        .args(["--kept", &text(&kept), "--kept-log", &old])
        .output()
        .unwrap();
    assert!(python.status.success(), "{}", String::from_utf8_lossy(&python.stderr));

    // The replica refuses the stranger until its people say what happened.
    assert_eq!(follow(&[]).code, 3);
    assert_eq!(follow(&["--key", &new]).code, 2);
    assert_eq!(follow(&["--key", &new, "--was", &new]).code, 2);
    let followed = follow(&["--key", &new, "--was", &old]);
    assert_eq!(followed.code, 0, "{}", followed.err);
    assert_eq!(follow(&["--key", &new, "--was", &old]).code, 0, "said again");
    good(&["verify", "--store", &text(&replica), "--key", &new, "--checkpoint", &text(&kept)]);
}

#[test]
fn whoever_stole_the_logs_key_gets_nothing_by_it_once_it_is_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let store = loaded(dir.path(), &people(&naming(&[1, 2], 2)));
    let old = log_key(&store);
    let mut witnesses = [1, 2].map(|n| watching(dir.path(), n, &old));
    publish(&store);
    witnesses.iter_mut().for_each(|one| assert_eq!(ask(one, &store), 200));
    // The whole machine was copied.
    let stolen = dir.path().join("stolen");
    copy(&store, &stolen);
    #[cfg(unix)]
    for name in ["log.key", "store.secret"] {
        use std::os::unix::fs::PermissionsExt as _;
        if stolen.join(name).exists() {
            fs::set_permissions(stolen.join(name), fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
    // Until it is replaced, what extends the history is cosigned, whoever brings it; and stays the beginning of what comes.
    let new = replaced(&store, &[]);
    for witness in &mut witnesses {
        witness.trust(&LogVerifier::new(&new).unwrap()).unwrap();
        witness.distrust(&LogVerifier::new(&old).unwrap()).unwrap();
    }
    let forged = publish(&stolen);
    for witness in &mut witnesses {
        assert_eq!(ask(witness, &stolen), 403);
        assert_eq!(ask(witness, &store), 200);
    }
    // To a reader with the new key his bundle is nothing, also with everything in it that witnesses ever signed.
    let at = dir.path().join("forged.tar");
    bundle(&stolen, forged, &at);
    let (run, told) = verify(&at, &new, &[1, 2], &[]);
    assert!(run.code == 1 && faults(&told).contains("not signed by the log's key"), "{told}");
    // With a change of his own at its end, to a key of his own, he is a log that nobody named.
    let own = replaced(&stolen, &[]);
    let forged = publish(&stolen);
    bundle(&stolen, forged, &dir.path().join("own.tar"));
    let (run, _) = verify(&dir.path().join("own.tar"), &new, &[1, 2], &[]);
    assert_eq!(run.code, 1);
    let (run, told) = verify(&dir.path().join("own.tar"), &own, &[1, 2], &[]);
    assert!(run.code == 1 && faults(&told).contains("it is a draft"), "{told}");
}

#[test]
fn a_lost_key_is_not_the_end_of_the_record() {
    let dir = tempfile::tempdir().unwrap();
    let store = loaded(dir.path(), &people(""));
    let old = log_key(&store);
    let mut geneva = watching(dir.path(), 1, &old);
    assert_eq!(ask(&mut geneva, &store), 200);
    assert_eq!(replace(&store, &["--lost"]).code, 3, "it is there");
    fs::remove_file(store.join("log.key")).unwrap();
    assert_eq!((grow(&store, "a").code, replace(&store, &[]).code), (3, 3));
    let new = replaced(&store, &["--lost"]);
    assert!(grow(&store, "a").code <= 1);
    good(&["verify", "--store", &text(&store), "--key", &new]);
    geneva.trust(&LogVerifier::new(&new).unwrap()).unwrap();
    assert_eq!(ask(&mut geneva, &store), 200);
}

#[test]
fn a_record_that_was_changed_keeps_its_key_and_so_does_an_office_that_forwards() {
    let dir = tempfile::tempdir().unwrap();
    let store = loaded(dir.path(), &people(""));
    let changed = dir.path().join("changed");
    copy(&store, &changed);
    fs::write(changed.join("log.pub"), "another\n").unwrap();
    let refused = replace(&changed, &[]);
    assert!(refused.code == 1 && refused.err.contains("log.pub"), "{}", refused.err);
    // What a centre knows an office by is its key.
    let centre = dir.path().join("centre");
    load(&mission(dir.path(), &people("")), &centre);
    let said = |store: &Path, what: &str, more: &[&str]| {
        let store = text(store);
        let asked = ["office", what, "--store", &store, "--by", "Anna", "--why", "x", "--format", "json"];
        good(&[asked.as_slice(), more].concat())
    };
    let told = said(&centre, "admit", &["--name", "amman", "--key", &log_key(&store)]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let recipient = told["recipient"].as_str().unwrap();
    said(&store, "join", &["--key", &log_key(&centre), "--recipient", recipient]);
    assert_eq!(replace(&store, &[]).code, 2);
    // The centre's own is replaced; the office is told, and its outbox empties under the new one.
    let pack = |name: &str| {
        let (letter, answer) = (text(&dir.path().join(name)), text(&dir.path().join(format!("{name}.a"))));
        good(&["office", "pack", "--store", &text(&store), "--out", &letter]);
        good(&["office", "take", &letter, "--store", &text(&centre), "--out", &answer]);
        run(&["office", "settle", &answer, "--store", &text(&store)]).code
    };
    let new = replaced(&centre, &[]);
    assert_eq!(pack("one"), 1, "an answer that an unknown key signed proves nothing");
    said(&store, "join", &["--key", &new, "--recipient", recipient]);
    assert_eq!(pack("two"), 0);
    assert_eq!(run(&["office", "outbox", "--store", &text(&store)]).code, 0);
    good(&["verify", "--store", &text(&centre), "--key", &new]);
}

/// SIGKILL at drawn moments of the command: the store opens, is whole under the one key or under the other, and goes on.
#[test]
fn killed_at_any_point_the_log_has_one_key() {
    let dir = tempfile::tempdir().unwrap();
    let store = loaded(dir.path(), &people(""));
    let seed = std::env::var("SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let mut dice = Dice(seed);
    // How long it takes here and now, so that kills fall within it.
    let since = Instant::now();
    replaced(&store, &[]);
    let span = usize::try_from(since.elapsed().as_micros()).unwrap();
    let (mut old, mut new) = (0, 0);
    for n in 0..40 {
        let before = log_key(&store);
        let mut child = truceline()
            .args(["replace-key", "--store", &text(&store), "--by", "Anna", "--and", "Boris", "--why", "x"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        if n % 4 == 0 {
            std::thread::sleep(Duration::from_micros(dice.below(span) as u64));
        } else {
            // Most of the time goes into reading and verifying: from where the new key lies there it counts.
            while !store.join("next.key").exists() && child.try_wait().unwrap().is_none() {
                std::thread::sleep(Duration::from_micros(50));
            }
            std::thread::sleep(Duration::from_micros(dice.below(12_000) as u64));
        }
        let _ = child.kill();
        let _ = child.wait();
        // Whatever writes next finishes it, or takes it back.
        let done = grow(&store, &format!("r{n}"));
        assert!(done.code <= 1, "seed {seed}/{n}: {}", done.err);
        let now = log_key(&store);
        *(if now == before { &mut old } else { &mut new }) += 1;
        let whole = run(&["verify", "--store", &text(&store), "--key", &now]);
        assert_eq!(whole.code, 0, "seed {seed}/{n}: {}", whole.out);
        assert!(!store.join("next.key").exists());
    }
    println!("{old} kept their key, {new} have the new one");
}

/// Two of three: whoever goes need not sign his own going.
#[test]
fn a_witness_is_expelled_against_its_will_and_no_longer_counts() {
    let dir = tempfile::tempdir().unwrap();
    let store = loaded(dir.path(), &people(&naming(&[1, 2, 3], 2)));
    let first = publish(&store);
    cosign(&store, &[1, 3]);
    assert_eq!(stands(&store, first)["state"], "published");
    load(&mission(dir.path(), &people(&naming(&[1, 2], 2))), &store);
    // The expelled one signs nothing more; the two others are quorum enough for its going.
    let second = publish(&store);
    cosign(&store, &[1, 2]);
    assert_eq!(stands(&store, second)["state"], "published");
    let third = publish(&store);
    cosign(&store, &[1, 3]);
    let said = stands(&store, third);
    assert_eq!((&said["state"], &said["missing"][0]), (&"draft".into(), &"Office 2".into()), "{said}");
    // What it signed while it counted stays published, there and in a bundle.
    assert_eq!(stands(&store, first)["state"], "published");
    let at = dir.path().join("first.tar");
    bundle(&store, first, &at);
    holds(&at, &log_key(&store), &[1, 3], &[]);
}

#[test]
fn a_witness_without_its_key_goes_on_under_another_name() {
    let dir = tempfile::tempdir().unwrap();
    let store = loaded(dir.path(), &people(&naming(&[1, 2, 3], 2)));
    let first = publish(&store);
    cosign(&store, &[2, 3]);
    // Witness 3 lost its key; 4 is the same office's new one, which begins where the record is.
    load(&mission(dir.path(), &people(&naming(&[1, 2, 4], 2))), &store);
    let mut four = watching(dir.path(), 4, &log_key(&store));
    let second = publish(&store);
    cosign(&store, &[1, 2]);
    assert_eq!((ask(&mut four, &store), stands(&store, second)["state"].clone()), (200, "published".into()));
    let third = publish(&store);
    assert_eq!(ask(&mut four, &store), 200);
    assert_eq!(stands(&store, third)["state"], "draft", "one of two");
    let size = Store::open_read_only(&store).unwrap().last_checkpoint().unwrap().unwrap().size;
    let note = fs::read(store.join(format!("cosigned/{size}"))).unwrap();
    let both = with_signatures(&note, &witness(2).cosign(&note, 1_462_400_000).unwrap()).unwrap();
    Store::open_read_only(&store).unwrap().keep_cosigned(&both).unwrap();
    assert_eq!(stands(&store, third)["state"], "published");
    assert_eq!(stands(&store, first)["state"], "published");
}

#[test]
fn a_stolen_witness_key_is_one_signature_and_after_it_is_struck_none() {
    let dir = tempfile::tempdir().unwrap();
    let store = loaded(dir.path(), &people(&naming(&[1, 2, 3], 2)));
    publish(&store);
    cosign(&store, &[1, 2]);
    // The thief has the log's machine, too, and shows another history with the one witness's key under it: no quorum.
    let other = dir.path().join("other");
    second_history(&store, &other);
    let forged = publish(&other);
    cosign(&other, &[3]);
    assert_eq!(stands(&other, forged)["state"], "draft");
    let at = dir.path().join("forged.tar");
    bundle(&other, forged, &at);
    let (run, told) = verify(&at, &log_key(&store), &[1, 2, 3], &["--quorum", "2"]);
    assert!(run.code == 1 && faults(&told).contains("it is a draft"), "{told}");
    // Struck from the mission: with it one of the others is no quorum either.
    load(&mission(dir.path(), &people(&naming(&[1, 2], 2))), &store);
    publish(&store);
    cosign(&store, &[1, 2]);
    let last = publish(&store);
    cosign(&store, &[2, 3]);
    assert_eq!(stands(&store, last)["state"], "draft");
}

/// Two of two, one key lost: no handing over by itself, as docs/publishing.md says; by keys from elsewhere it is checked all the same.
#[test]
fn a_lost_quorum_hands_over_to_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let store = loaded(dir.path(), &people(&naming(&[1, 2], 2)));
    load(&mission(dir.path(), &people(&naming(&[1, 4], 2))), &store);
    let n = publish(&store);
    cosign(&store, &[1, 4]);
    assert_eq!(stands(&store, n)["state"], "draft");
    assert!(run(&["published", "--store", &text(&store)]).out.contains("NOT IN FORCE"));
    let at = dir.path().join("b.tar");
    bundle(&store, n, &at);
    holds(&at, &log_key(&store), &[1, 4], &[]);
}

/// The same log under its own key, entry by entry, with one more at its end.
fn second_history(from: &Path, to: &Path) {
    let honest = Store::open_read_only(from).unwrap();
    let text = fs::read_to_string(from.join("log.key")).unwrap();
    let seed = text.lines().nth(2).unwrap().parse::<truceline_record::Digest>().unwrap().0;
    let mut store = Store::create(to, honest.origin(), seed).unwrap();
    for n in 0..honest.len().unwrap() - 1 {
        let entry = honest.entry(n).unwrap().unwrap();
        let objects =
            entry.objects.iter().map(|d| Object::Bytes(honest.object(d).unwrap().unwrap())).collect();
        let key = entry.key.map(|key| key.0);
        store.append(&[NewEntry { kind: entry.kind, at: entry.at, body: entry.body, key, objects }]).unwrap();
    }
    let memo = NewEntry {
        kind: "memo".into(),
        at: "2016-05-04T00:00:00Z".into(),
        body: serde_json::json!({}),
        key: None,
        objects: Vec::new(),
    };
    store.append(&[memo]).unwrap();
    store.checkpoint("2016-05-05T00:00:00Z").unwrap();
}
