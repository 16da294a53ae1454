//! Stores and witnesses that earlier versions wrote open in this one: nothing of them is migrated by itself, every byte that was signed is the
//! same, and they go on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{good, run, text};
use tempfile::TempDir;
use truceline_record::{WitnessRequest, digest_of};
use truceline_store::{OpenError, SMALL_OBJECT_BYTES, Store, WitnessFolder};

/// What each folder of `fixtures/` must give.
struct Old {
    format: &'static str,
    entries: u64,
    root: &'static str,
    /// Of all entries' bytes, one after the other.
    bytes: &'static str,
    /// Of the files that a web server hands out, names and bytes, by name.
    published: &'static str,
    /// Size that the witness cosigned last.
    witnessed: u64,
}

const OLD: [Old; 1] = [Old {
    format: "format-1",
    entries: 304,
    root: "0aefa0c212bd9699c814e20bbb0d920aea00115ce47066eb7609fe9026c6a48e",
    bytes: "8d17e7b25d5d18106e0a85b71aac1b3f7b698cf56480f0518117c2043773a702",
    published: "b5d9d203bb6244093632fe6a98eb8b51011143f5dada08b3f8915e603de86f4c",
    witnessed: 282,
}];

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
            // The tree keeps no rights, and a key that others may read signs nothing.
            #[cfg(unix)]
            if target.extension().is_some_and(|ending| ending == "key") {
                use std::os::unix::fs::PermissionsExt as _;
                fs::set_permissions(&target, fs::Permissions::from_mode(0o600)).unwrap();
            }
        }
    }
}

impl Old {
    /// A copy to work on, with the large object back in its place.
    fn copied(&self) -> (TempDir, PathBuf, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(self.format);
        copy(&from, dir.path());
        let (store, witness) = (dir.path().join("store"), dir.path().join("witness"));
        let large = vec![b'a'; SMALL_OBJECT_BYTES + 1];
        let name = digest_of(&large).to_string();
        let folder = store.join("vault").join(&name[..2]);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), large).unwrap();
        (dir, store, witness)
    }

    fn is_given_by(&self, store: &Store, dir: &Path) {
        let report = store.verify().unwrap();
        assert!(report.is_clean(), "{}: {:?}", self.format, report.faults);
        assert_eq!((report.entries, report.root.to_string().as_str()), (self.entries, self.root));
        let all: Vec<u8> = store.entries(0..u64::MAX).flat_map(|entry| entry.unwrap().bytes).collect();
        assert_eq!(digest_of(&all).to_string(), self.bytes);
        let published = dir.join("published");
        store.export_static(&published).unwrap();
        let mut files = Vec::new();
        listed(&published, &mut files);
        files.sort();
        let mut all = Vec::new();
        for file in files {
            all.extend(file.strip_prefix(&published).unwrap().to_str().unwrap().bytes());
            all.extend(fs::read(&file).unwrap());
        }
        assert_eq!(digest_of(&all).to_string(), self.published);
        assert_eq!(store.cosigned().unwrap()[0].checkpoint.size, self.witnessed);
    }
}

fn listed(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { listed(&path, files) } else { files.push(path) }
    }
}

fn format_of(store: &Path) -> [u8; 4] {
    // SQLite's header has the number that our format is kept in at byte 60.
    fs::read(store.join("truceline.db")).unwrap()[60..64].try_into().unwrap()
}

#[test]
fn they_open_are_the_same_and_go_on() {
    for old in OLD {
        let (dir, store, _) = old.copied();
        let format = format_of(&store);
        old.is_given_by(&Store::open_read_only(&store).unwrap(), dir.path());
        let opened = Store::open(&store).unwrap();
        old.is_given_by(&opened, dir.path());
        drop(opened);
        assert_eq!(format_of(&store), format, "opening has migrated it");

        let more = dir.path().join("more.csv");
        let header = "id,kind,known,source,when,act,place";
        fs::write(&more, format!("{header}\nnew,event,2016-06-01,vdc,2016-06-01,shelling,Homs\n")).unwrap();
        good(&["import", &text(&more), "--store", &text(&store)]);
        let grown = Store::open_read_only(&store).unwrap();
        assert!(grown.len().unwrap() > old.entries && grown.verify().unwrap().is_clean());
        grown.prove_consistency(old.entries).unwrap();
        assert_eq!(format_of(&store), format, "going on has migrated it");
        drop(grown);
        // What the program derives, it derives from this store as well; and copies of it are made.
        good(&["verify", "--store", &text(&store)]);
        good(&["refused", "--store", &text(&store)]);
        good(&["prove", "17", "--store", &text(&store), "--out", &text(&dir.path().join("p"))]);
        good(&["backup", "--store", &text(&store), "--out", &text(&dir.path().join("copy"))]);
    }
}

#[test]
fn a_witness_remembers_what_it_cosigned_under_an_earlier_version() {
    for old in OLD {
        let (_dir, store, witness) = old.copied();
        let store = Store::open_read_only(&store).unwrap();
        let mut witness = WitnessFolder::open(&witness).unwrap();
        assert_eq!(witness.logs().unwrap()[0].size, old.witnessed);
        let request = |seen: u64| {
            let (_, proof) = store.prove_consistency(seen).unwrap();
            WitnessRequest { old: seen, proof, note: store.checkpoint_note().unwrap().unwrap() }.to_bytes()
        };
        assert_eq!(witness.answer(&request(0), 1).unwrap().status, 409, "it does not begin anew");
        let before = witness.logs().unwrap()[0].time;
        assert_eq!(witness.answer(&request(old.witnessed), 1).unwrap().status, 200);
        let now = &witness.logs().unwrap()[0];
        assert_eq!((now.size, now.time), (old.entries, before), "dated no earlier than before");
    }
}

#[test]
fn a_memory_of_an_earlier_version_that_was_changed_cosigns_nothing() {
    for old in OLD {
        let (_dir, _, at) = old.copied();
        let seen = fs::read_dir(at.join("seen")).unwrap().next().unwrap().unwrap().path();
        let whole = fs::read_to_string(&seen).unwrap();
        fs::write(&seen, whole.replacen("\n282\n", "\n182\n", 1)).unwrap();
        let witness = WitnessFolder::open(&at).unwrap();
        assert!(matches!(witness.logs(), Err(OpenError::Inconsistent { .. })));
    }
}

#[test]
fn a_format_of_a_later_version_is_refused_in_words() {
    let (_dir, store, _) = OLD[0].copied();
    let path = store.join("truceline.db");
    let mut bytes = fs::read(&path).unwrap();
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    fs::write(&path, bytes).unwrap();
    let refused = run(&["verify", "--store", &text(&store)]);
    assert!(refused.code == 3 && refused.err.contains("newer program"), "{} {}", refused.code, refused.err);
}
