//! Bundles taken apart and put together again, as somebody would who wants one to pass.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use truceline_record::{canonical_bytes, digest_of};

use super::witnessed::witness;
use super::{Run, good, run, text};

/// The log's key, as both sides wrote it down when the store was made.
pub(crate) fn log_key(store: &Path) -> String {
    fs::read_to_string(store.join("log.pub")).unwrap().trim().to_owned()
}

/// Makes a bundle.
pub(crate) fn bundle(store: &Path, entry: u64, out: &Path) {
    good(&["bundle", &entry.to_string(), "--store", &text(store), "--out", &text(out)]);
}

/// Verifies with keys from elsewhere.
pub(crate) fn verify(bundle: &Path, log: &str, witnesses: &[u8], more: &[&str]) -> (Run, Value) {
    let keys: Vec<String> = witnesses.iter().map(|n| witness(*n).verifier_key()).collect();
    let bundle = text(bundle);
    let mut asked = vec!["verify", &bundle, "--key", log, "--format", "json"];
    for key in &keys {
        asked.extend(["--witness", key]);
    }
    asked.extend(more);
    let run = run(&asked);
    let told = serde_json::from_str(run.out.trim()).unwrap_or(Value::Null);
    (run, told)
}

/// What is wrong, in one text.
pub(crate) fn faults(told: &Value) -> String {
    told["faults"].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
}

/// Every file of a bundle by name.
pub(crate) fn files(bundle: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(bundle.join(&folder)).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            if bundle.join(&path).is_dir() {
                waiting.push(path);
            } else {
                found.insert(text(&path), fs::read(bundle.join(&path)).unwrap());
            }
        }
    }
    found
}

/// Writes a bundle of these files, with a list that fits them.
pub(crate) fn write(files: &BTreeMap<String, Vec<u8>>, to: &Path) {
    let list: Value = serde_json::from_slice(&files["bundle.json"]).unwrap();
    let listed = files.iter().filter(|(name, _)| *name != "bundle.json");
    let listed: serde_json::Map<String, Value> = listed
        .map(|(name, bytes)| {
            (name.clone(), json!({ "bytes": bytes.len(), "sha256": digest_of(bytes).to_string() }))
        })
        .collect();
    let list = json!({ "bulletin": list["bulletin"], "files": listed, "truceline-bundle": 1 });
    for (name, bytes) in files {
        fs::create_dir_all(to.join(name).parent().unwrap()).unwrap();
        fs::write(to.join(name), bytes).unwrap();
    }
    let mut bytes = canonical_bytes(&list).unwrap();
    bytes.push(b'\n');
    fs::write(to.join("bundle.json"), bytes).unwrap();
}

/// Dice that fall the same each time.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % end as u64).unwrap()
    }
}
