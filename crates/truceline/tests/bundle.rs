//! A bundle checked offline, as its receiver would; and taken apart and changed, as somebody would who wants a false one to pass.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use common::bundled::{Dice, bundle, faults, files, log_key, verify, write};
use common::witnessed::{AS_OF, cosign, loaded, naming, publish, witness};
use common::{good, root, run, text};
use truceline_record::with_signatures;
use truceline_store::{NewEntry, Object, Store};

/// A published bulletin's store and entry.
fn published(dir: &Path) -> (PathBuf, u64) {
    let store = loaded(dir, &naming(&[1, 2], 2));
    let n = publish(&store);
    cosign(&store, &[1, 2]);
    (store, n)
}

#[test]
fn a_bundle_holds_offline_as_folder_and_as_archive_after_the_record_has_grown() {
    let dir = tempfile::tempdir().unwrap();
    let (store, n) = published(dir.path());
    let kept = dir.path().join("kept");
    fs::copy(store.join(format!("cosigned/{}", n + 1)), &kept).unwrap();
    publish(&store);
    let log = log_key(&store);
    let (folder, archive) = (dir.path().join("b"), dir.path().join("b.tar"));
    bundle(&store, n, &folder);
    bundle(&store, n, &archive);
    fs::rename(&store, dir.path().join("gone")).unwrap();
    for at in [&folder, &archive] {
        let (run, told) = verify(at, &log, &[1, 2], &["--checkpoint", &text(&kept)]);
        assert_eq!((run.code, faults(&told)), (0, String::new()), "{}{}", run.out, run.err);
        assert_eq!((&told["replayed"], &told["state"]), (&true.into(), &"published".into()));
        assert_eq!(told["believed_on_its_own_word"], serde_json::json!([]));
        let (run, told) = verify(at, &log, &[1, 9], &[]);
        assert_eq!((run.code, faults(&told).contains("it is a draft")), (1, true), "{told}");
        assert!(told["notes"].to_string().contains("Office 2"), "{told}");
        assert_eq!(verify(at, &log, &[1, 9], &["--quorum", "1"]).0.code, 0);
    }
    // Without keys of one's own it holds only on its own word, and that is said first.
    let alone = run(&["verify", &text(&archive)]);
    assert_eq!(alone.code, 0, "{}", alone.out);
    assert!(
        alone.out.starts_with("BELIEVED ON THE BUNDLE'S OWN WORD: the log's key; the witnesses' keys"),
        "{}",
        alone.out
    );
    assert!(alone.out.contains("5 files byte for byte"), "{}", alone.out);
    // The verifier that shares no line with ours reads the same folder.
    let script = root().join("docs/verify/verify.py");
    let keys = [witness(1).verifier_key(), witness(2).verifier_key()];
    let asked = [
        "tiles",
        &text(&folder),
        "--log",
        &log,
        "--witness",
        &keys[0],
        "--witness",
        &keys[1],
        "--kept",
        &text(&kept),
    ];
    let output = Command::new("python3").arg(script).args(asked).output().expect("python3 is needed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_draft_does_not_pass_and_only_frozen_bulletins_are_bundled() {
    let dir = tempfile::tempdir().unwrap();
    let store = loaded(dir.path(), &naming(&[1, 2], 2));
    let n = publish(&store);
    cosign(&store, &[1]);
    let at = dir.path().join("b.tar");
    bundle(&store, n, &at);
    let (run_, told) = verify(&at, &log_key(&store), &[1, 2], &[]);
    assert_eq!((run_.code, &told["state"], &told["replayed"]), (1, &"draft".into(), &true.into()), "{told}");
    let none = run(&["bundle", "0", "--store", &text(&store), "--out", &text(&at)]);
    assert_eq!((none.code, none.err.contains("is no frozen bulletin")), (1, true), "{}", none.err);
    let full = run(&["bundle", &n.to_string(), "--store", &text(&store), "--out", &text(dir.path())]);
    assert_eq!((full.code, full.err.contains("is not empty")), (2, true), "{}", full.err);
    assert_eq!(run(&["verify", "nowhere.tar"]).code, 2);
    assert_eq!(run(&["verify"]).code, 2);
}

#[test]
fn any_flipped_byte_and_any_cut_of_an_archive_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let (store, n) = published(dir.path());
    let (whole, at, log) = (dir.path().join("b.tar"), dir.path().join("c.tar"), log_key(&store));
    bundle(&store, n, &whole);
    let bytes = fs::read(&whole).unwrap();
    let mut dice = Dice(11);
    for round in 0..120 {
        let mut changed = bytes.clone();
        let place = dice.below(bytes.len());
        if round % 4 == 0 {
            changed.truncate(place);
        } else {
            changed[place] ^= 1 << dice.below(8);
        }
        fs::write(&at, &changed).unwrap();
        let (run, told) = verify(&at, &log, &[1, 2], &[]);
        assert_eq!(
            (run.code, told["holds"].as_bool()),
            (1, Some(false)),
            "byte {place}: {}{}",
            run.out,
            run.err
        );
        assert!(!faults(&told).is_empty() && !run.err.contains("panicked"), "byte {place}");
    }
    fs::write(&at, [bytes.as_slice(), b"x"].concat()).unwrap();
    assert_eq!(verify(&at, &log, &[1, 2], &[]).0.code, 1);
}

/// The list of files is mended after each change, so that only what the keys prove can tell.
#[test]
fn a_changed_file_is_found_though_the_list_was_made_to_fit() {
    let dir = tempfile::tempdir().unwrap();
    let (store, n) = published(dir.path());
    let whole = dir.path().join("b");
    bundle(&store, n, &whole);
    let (original, log) = (files(&whole), log_key(&store));
    let mut dice = Dice(12);
    // Of the objects every twentieth: they are alike.
    let objects = original.keys().filter(|name| name.starts_with("object/")).step_by(20);
    let others = original.keys().filter(|name| !name.starts_with("object/") && *name != "bundle.json");
    assert!(others.clone().count() == 10 && objects.clone().count() > 3);
    for name in others.chain(objects) {
        for round in 0..3 {
            let mut changed = original.clone();
            let bytes = changed.get_mut(name).unwrap();
            let place = dice.below(bytes.len());
            match round {
                0 => bytes[place] ^= 1 << dice.below(8),
                1 => bytes.truncate(place),
                _ => bytes.insert(place, b'0'),
            }
            let at = dir.path().join(format!("c-{round}-{}", name.replace('/', "-")));
            write(&changed, &at);
            let (run, told) = verify(&at, &log, &[1, 2], &[]);
            assert_eq!(run.code, 1, "{name} {round} at {place}: {}{}", run.out, run.err);
            assert!(told["holds"] == false && !faults(&told).is_empty(), "{name}: {}{}", run.out, run.err);
            fs::remove_dir_all(&at).unwrap();
        }
    }
}

#[test]
fn a_file_too_many_a_link_and_a_name_that_leads_out_are_found() {
    let dir = tempfile::tempdir().unwrap();
    let (store, n) = published(dir.path());
    let whole = dir.path().join("b");
    bundle(&store, n, &whole);
    let (original, log) = (files(&whole), log_key(&store));
    let say = |at: &Path| faults(&verify(at, &log, &[1, 2], &[]).1);
    fs::write(whole.join("bulletin/more.html"), "x").unwrap();
    assert!(say(&whole).contains("bulletin/more.html: it is not in the list"), "{}", say(&whole));
    fs::remove_file(whole.join("bulletin/more.html")).unwrap();
    // Listed, too, it is something that no entry speaks of.
    let mut more = original.clone();
    more.insert("bulletin/more.html".to_owned(), b"x".to_vec());
    write(&more, &dir.path().join("more"));
    assert!(say(&dir.path().join("more")).contains("no entry speaks of it"));
    let mut more = original.clone();
    more.insert("etc/passwd".to_owned(), b"x".to_vec());
    write(&more, &dir.path().join("other"));
    assert!(say(&dir.path().join("other")).contains("no part of a bundle is called"));
    let list = String::from_utf8(original["bundle.json"].clone()).unwrap();
    for out in ["../checkpoint", "/checkpoint", "bulletin/../log.pub"] {
        let mut out_of_it: serde_json::Value = serde_json::from_str(&list).unwrap();
        let all = out_of_it["files"].as_object_mut().unwrap();
        let file = all.remove("checkpoint").unwrap();
        all.insert(out.to_owned(), file);
        let mut bytes = truceline_record::canonical_bytes(&out_of_it).unwrap();
        bytes.push(b'\n');
        fs::write(whole.join("bundle.json"), bytes).unwrap();
        assert!(say(&whole).contains("no part of a bundle is called"), "{out}: {}", say(&whole));
    }
    fs::write(whole.join("bundle.json"), &list).unwrap();
    #[cfg(unix)]
    {
        fs::rename(whole.join("log.pub"), dir.path().join("log.pub")).unwrap();
        std::os::unix::fs::symlink(dir.path().join("log.pub"), whole.join("log.pub")).unwrap();
        assert!(say(&whole).contains("it is no plain file"), "{}", say(&whole));
    }
    for hostile in ["", "\n", "{}\n", "[", "{\"truceline-bundle\":1}\n", &"[".repeat(100_000)] {
        fs::write(whole.join("bundle.json"), hostile).unwrap();
        assert!(say(&whole).contains("bundle.json"), "{hostile}");
    }
}

/// Whoever makes a bundle makes its key, and signs whatever size he likes: it must not be walked before it is known to be there.
#[test]
fn a_signed_size_beyond_reason_is_refused_before_it_is_walked() {
    let dir = tempfile::tempdir().unwrap();
    let (store, n) = published(dir.path());
    let (whole, at) = (dir.path().join("b"), dir.path().join("c"));
    bundle(&store, n, &whole);
    let mut hostile = files(&whole);
    let signer = truceline_record::LogSigner::new("evil.example/log", &[9; 32]).unwrap();
    let note = signer.sign_checkpoint(1 << 52, truceline_record::digest_of(b"x")).unwrap();
    hostile.insert("checkpoint".to_owned(), note);
    hostile.insert("log.pub".to_owned(), format!("{}\n", signer.verifier_key()).into_bytes());
    write(&hostile, &at);
    let said = run(&["verify", &text(&at)]);
    assert_eq!((said.code, said.out.contains("does not hold as many")), (1, true), "{}", said.out);
}

#[test]
fn with_reports_closed_the_tree_still_holds_and_what_cannot_be_derived_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let (store, n) = published(dir.path());
    let (log, at) = (log_key(&store), dir.path().join("b.tar"));
    good(&["bundle", &n.to_string(), "--store", &text(&store), "--without-reports", "--out", &text(&at)]);
    let (run, told) = verify(&at, &log, &[1, 2], &[]);
    assert_eq!((run.code, faults(&told), told["tree"].as_bool()), (1, String::new(), Some(true)), "{told}");
    assert_eq!((&told["replayed"], &told["state"]), (&false.into(), &"published".into()));
    assert!(told["closed_entries"].as_u64().unwrap() > 50, "{told}");
    let not = told["not_replayed"].to_string();
    assert!(not.contains("\"incidents\"") && not.contains("bulletin.html"), "{not}");
    assert_eq!(verify(&at, &log, &[1, 2], &["--closed"]).0.code, 0);
    assert_eq!(verify(&at, &log, &[1, 9], &["--closed"]).0.code, 1);
    // One report closed, the others open: counts that it does not touch still come out.
    let whole = dir.path().join("whole");
    bundle(&store, n, &whole);
    let mut some = files(&whole);
    let report = some
        .keys()
        .rfind(|name| name.starts_with("object/") && some[*name].windows(9).any(|at| at == b"aq-msf-1,"))
        .cloned();
    some.remove(&report.unwrap()).unwrap();
    write(&some, &dir.path().join("some"));
    let (_, told) = verify(&dir.path().join("some"), &log, &[1, 2], &[]);
    assert_eq!((told["closed_entries"].as_u64(), faults(&told)), (Some(1), String::new()), "{told}");
    let not = told["not_replayed"].to_string();
    assert!(not.contains("observations-known") && !not.contains("areas-collapsed"), "{not}");
}

#[test]
fn tiles_are_exported_with_cosignatures_and_any_web_server_hands_them_out() {
    let dir = tempfile::tempdir().unwrap();
    let (store, n) = published(dir.path());
    let (public, fetched) = (dir.path().join("public"), dir.path().join("fetched"));
    let said = good(&["export-tiles", "--store", &text(&store), "--out", &text(&public)]);
    assert!(said.contains(&format!("{} entries", n + 1)) && said.contains("with cosignatures"), "{said}");
    let mut server = Server::over(&public);
    for name in files(&public).keys() {
        let to = fetched.join(name);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, server.get(name)).unwrap();
    }
    let script = root().join("docs/verify/verify.py");
    let (log, one, two) = (log_key(&store), witness(1).verifier_key(), witness(2).verifier_key());
    let asked = ["tiles", &text(&fetched), "--log", &log, "--witness", &one, "--witness", &two];
    let output = Command::new("python3").arg(&script).args(asked).output().expect("python3 is needed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    by_the_public_crates(&fetched, &log);
    server.stop();
    // A report more, not cosigned yet.
    publish(&store);
    assert!(
        good(&["export-tiles", "--store", &text(&store), "--out", &text(&public)])
            .contains("no witness has cosigned")
    );
    let empty = run(&["export-tiles", "--store", &text(&dir.path().join("none")), "--out", &text(&public)]);
    assert_eq!(empty.code, 3, "{}", empty.err);
    assert!(AS_OF.ends_with('Z'));
}

/// The same files by the crates that others use for such logs: the log's signature, and the tree over the entries.
fn by_the_public_crates(folder: &Path, key: &str) {
    use signed_note::{Note, StandardVerifier, VerifierList};
    use tlog_tiles::{Checkpoint, Error, Hash, HashReader, stored_hashes, tree_hash};
    struct Stored(Vec<Hash>);
    impl HashReader for Stored {
        fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
            Ok(indexes.iter().map(|index| self.0[usize::try_from(*index).unwrap()]).collect())
        }
    }
    let note = Note::from_bytes(&fs::read(folder.join("checkpoint")).unwrap()).unwrap();
    note.verify(&VerifierList::new(vec![Box::new(StandardVerifier::new(key).unwrap())])).unwrap();
    let checkpoint = Checkpoint::from_bytes(note.text()).unwrap();
    let size = checkpoint.size();
    let bundle = fs::read(folder.join(format!("tile/entries/000.p/{size}"))).unwrap();
    let (mut rest, mut stored, mut n) = (bundle.as_slice(), Stored(Vec::new()), 0);
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let (entry, after) = after.split_at(usize::from(u16::from_be_bytes(*length)));
        let hashes = stored_hashes(n, entry, &stored).unwrap();
        stored.0.extend(hashes);
        (rest, n) = (after, n + 1);
    }
    assert_eq!((n, tree_hash(size, &stored).unwrap()), (size, *checkpoint.hash()));
}

/// Python's own web server over a folder.
struct Server {
    child: std::process::Child,
    port: u16,
}

impl Server {
    fn over(folder: &Path) -> Self {
        use std::io::BufRead as _;
        let mut child = Command::new("python3")
            .args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", &text(folder)])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("python3 is needed");
        let mut line = String::new();
        std::io::BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port =
            line.split("port ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap().parse().unwrap();
        Self { child, port }
    }

    fn get(&self, name: &str) -> Vec<u8> {
        use std::io::{Read as _, Write as _};
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "GET /{name} HTTP/1.0\r\nHost: x\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let body = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        assert!(answer.starts_with(b"HTTP/1.0 200"), "{name}");
        answer.split_off(body + 4)
    }

    fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What a text's entry shows of its time is the day: that a witness cosigned at ten o'clock makes nothing back-dated that came at noon. Another day is.
#[test]
fn an_entry_that_shows_its_day_alone_is_back_dated_by_days_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store = loaded(dir.path(), &naming(&[1, 2], 2));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let cosign_now = || {
        let store = Store::open_read_only(&store).unwrap();
        let mut note = store.checkpoint_note().unwrap().unwrap();
        for n in [1, 2] {
            note = with_signatures(&note, &witness(n).cosign(&note, now).unwrap()).unwrap();
        }
        store.keep_cosigned(&note).unwrap();
    };
    let told = |name: &str| {
        let at = dir.path().join(name);
        let n = publish(&store);
        cosign_now();
        bundle(&store, n, &at);
        faults(&verify(&at, &log_key(&store), &[1, 2], &[]).1)
    };
    cosign_now();
    let note = dir.path().join("note.txt");
    fs::write(&note, "Warplanes bombed a hospital in Aleppo on 28 April 2016, killing at least 14 people.")
        .unwrap();
    let received =
        ["receive", &text(&note), "--source", "reuters", "--country", "SY", "--store", &text(&store)];
    good(&[received.as_slice(), &["--known", "2016-04-29T10:00:00Z"]].concat());
    assert!(!told("honest").contains("back-dated"));
    // The same kind of entry, of the day before yesterday.
    let mut writing = Store::open(&store).unwrap();
    let last = (0..writing.len().unwrap()).rev().map(|n| writing.entry(n).unwrap().unwrap());
    let words = last.into_iter().find(|entry| entry.kind == "words").unwrap();
    let at = day_of(now - 2 * 86_400);
    let objects = words.objects.iter().map(|d| Object::Bytes(writing.object(d).unwrap().unwrap())).collect();
    let made_up = NewEntry { kind: words.kind, at, body: words.body, key: None, objects };
    let n = writing.append(&[made_up]).unwrap()[0].n;
    drop(writing);
    assert!(told("false").contains(&format!("entry {n} is back-dated")));
}

/// The first second of a day, as entries show it.
fn day_of(seconds: u64) -> String {
    let at = jiff::Timestamp::from_second(i64::try_from(seconds / 86_400 * 86_400).unwrap()).unwrap();
    at.to_string()
}
