//! A small mission that names its witnesses, and witnesses that cosign without a network.

use std::fs;
use std::path::{Path, PathBuf};

use truceline_record::{WitnessSigner, with_signatures};
use truceline_store::Store;

use super::{good, root, run, text};

/// A moment at which the mission has incidents.
pub(crate) const AS_OF: &str = "2016-05-04T12:00:00Z";

/// Witness number `n`: the same key each time.
pub(crate) fn witness(n: u8) -> WitnessSigner {
    WitnessSigner::new(&format!("witness.example/{n}"), &[n; 32]).unwrap()
}

/// Lines of `mission.kdl` that name these witnesses.
pub(crate) fn naming(witnesses: &[u8], quorum: usize) -> String {
    let line = |n: &u8| format!("witness \"Office {n}\" key=\"{}\"\n", witness(*n).verifier_key());
    witnesses.iter().map(line).collect::<String>() + &format!("quorum {quorum}\n")
}

/// Lines of `mission.kdl` that name these witnesses and for whom each speaks, without a number of the mission's own.
pub(crate) fn speaking(witnesses: &[(u8, &str)]) -> String {
    let line = |(n, actor): &(u8, &str)| {
        format!("witness \"Office {n}\" key=\"{}\" for={actor}\n", witness(*n).verifier_key())
    };
    witnesses.iter().map(line).collect()
}

/// A mission folder in `dir`: that of Syria with two of its files of reports, and these lines at the end of `mission.kdl`. Its agreement asks
/// for no quorum, so that the mission's own number stands.
pub(crate) fn mission(dir: &Path, lines: &str) -> PathBuf {
    let to = mission_of_the_agreement(dir, lines);
    let said = fs::read_to_string(to.join("agreement.md")).unwrap();
    let kept: Vec<&str> = said.lines().filter(|line| !line.starts_with("published-when")).collect();
    fs::write(to.join("agreement.md"), kept.join("\n") + "\n").unwrap();
    to
}

/// The same under the agreement as it is shipped, which says who must cosign.
pub(crate) fn mission_of_the_agreement(dir: &Path, lines: &str) -> PathBuf {
    let (from, to) = (root().join("agreements/syria-2016"), dir.join("mission"));
    fs::create_dir_all(to.join("reports")).unwrap();
    for name in ["agreement.md", "actors.csv", "areas.geojson", "definitions.csv", "sources.csv"] {
        fs::copy(from.join(name), to.join(name)).unwrap();
    }
    for name in ["reports/anchors.csv", "reports/agreement-facts.csv"] {
        fs::copy(from.join(name), to.join(name)).unwrap();
    }
    let kept = |line: &&str| {
        !line.starts_with("reports") || line.contains("anchors") || line.contains("agreement-facts")
    };
    let said = fs::read_to_string(from.join("mission.kdl")).unwrap();
    let said: Vec<&str> = said.lines().filter(kept).collect();
    fs::write(to.join("mission.kdl"), said.join("\n") + "\n" + lines).unwrap();
    to
}

/// A store with that mission loaded.
pub(crate) fn loaded(dir: &Path, lines: &str) -> PathBuf {
    let store = dir.join("ops");
    load(&mission(dir, lines), &store);
    store
}

/// Loads a mission folder; reports that are refused are kept all the same.
pub(crate) fn load(mission: &Path, store: &Path) {
    let done = run(&["load", &text(mission), "--store", &text(store)]);
    assert!(done.code <= 1, "{}\n{}", done.out, done.err);
}

/// Freezes a bulletin; the number of its entry.
pub(crate) fn publish(store: &Path) -> u64 {
    let asked =
        ["publish", "--store", &text(store), "--as-of", AS_OF, "--by", "duty officer", "--format", "json"];
    let told: serde_json::Value = serde_json::from_str(&good(&asked)).unwrap();
    told["entry"].as_u64().unwrap()
}

/// These witnesses cosign the last checkpoint, and the store keeps it.
pub(crate) fn cosign(store: &Path, witnesses: &[u8]) {
    let store = Store::open_read_only(store).unwrap();
    let mut note = store.checkpoint_note().unwrap().unwrap();
    for n in witnesses {
        note = with_signatures(&note, &witness(*n).cosign(&note, 1_462_400_000).unwrap()).unwrap();
    }
    store.keep_cosigned(&note).unwrap();
}

/// What `published` says of one bulletin.
pub(crate) fn stands(store: &Path, entry: u64) -> serde_json::Value {
    let said = run(&["published", "--store", &text(store), "--format", "json"]).out;
    let all = said.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    all.into_iter().find(|one| one["entry"] == entry).unwrap()
}
