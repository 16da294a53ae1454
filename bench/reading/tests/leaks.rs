//! Nothing that the reader is measured on stands in what it reads with: no run of eight words of a labelled sentence of ours, or of
//! other people's texts, stands in a table or a source. Tells files and counts, never the words.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

/// Words in a row that two texts do not share by chance.
const RUN: usize = 8;
/// Largest file looked at.
const LARGEST: u64 = 64 << 20;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Files below a folder with one of these endings; built things and other folders' data left out.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let (mut waiting, mut all) = (vec![folder.to_path_buf()], Vec::new());
    while let Some(at) = waiting.pop() {
        for path in std::fs::read_dir(&at).into_iter().flatten().map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !name.starts_with('.') && name != "target" {
                waiting.push(path);
            } else if path.extension().is_some_and(|end| endings.iter().any(|e| end == *e)) {
                all.push(path);
            }
        }
    }
    all.sort();
    all
}

/// Runs of words, each as a number: nothing of the words is kept, and nothing can be printed.
fn runs(text: &str, mut each: impl FnMut(u64)) {
    let text = text.replace("\\n", " ");
    let mut last = std::collections::VecDeque::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let number = word.to_lowercase().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        // A table of numbers says nothing.
        last.push_back((number, word.chars().any(char::is_alphabetic)));
        if last.len() > RUN {
            last.pop_front();
        }
        if last.len() == RUN && last.iter().filter(|(_, letters)| *letters).count() >= 6 {
            each(last.iter().fold(7, |hash: u64, (word, _)| hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ word));
        }
    }
}

fn read(path: &Path) -> String {
    let small = std::fs::metadata(path).unwrap().len() <= LARGEST;
    if small { String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned() } else { String::new() }
}

/// The files of the project that the reader is made of, by run.
fn ours() -> BTreeMap<u64, PathBuf> {
    let mut all = BTreeMap::new();
    for (folder, endings) in
        [("lexicons", &["csv", "md"][..]), ("crates", &["rs"]), ("bench", &["rs"]), ("fuzz", &["rs"])]
    {
        for path in files(&root().join(folder), endings) {
            runs(&read(&path), |run| drop(all.insert(run, path.clone())));
        }
    }
    all
}

/// Strings of a JSON value, however deep.
fn strings<'v>(value: &'v Value, out: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => out.push(text),
        Value::Array(all) => all.iter().for_each(|value| strings(value, out)),
        Value::Object(all) => all.values().for_each(|value| strings(value, out)),
        _ => {}
    }
}

/// Runs of the texts of a file.
fn runs_of(path: &Path, mut each: impl FnMut(u64)) {
    let text = read(path);
    let values: Vec<Value> = match path.extension().and_then(|end| end.to_str()) {
        Some("jsonl") => text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
        Some("json") => serde_json::from_str(&text).into_iter().collect(),
        _ => {
            text.lines().for_each(|line| runs(line, &mut each));
            return;
        }
    };
    for value in &values {
        let mut all = Vec::new();
        strings(value, &mut all);
        all.into_iter().for_each(|text| runs(text, &mut each));
    }
}

fn shared(ours: &BTreeMap<u64, PathBuf>, theirs: &[PathBuf]) -> Vec<String> {
    let mut found: BTreeMap<(String, String), BTreeSet<u64>> = BTreeMap::new();
    let name = |path: &Path| path.strip_prefix(root()).unwrap_or(path).display().to_string();
    for path in theirs {
        runs_of(path, |run| {
            if let Some(file) = ours.get(&run) {
                found.entry((name(file), name(path))).or_default().insert(run);
            }
        });
    }
    found
        .into_iter()
        .map(|((ours, theirs), runs)| format!("{ours} and {theirs}: {} runs", runs.len()))
        .collect()
}

#[test]
fn no_labelled_sentence_of_ours_stands_in_what_the_reader_is_made_of() {
    let sentences = files(&root().join("bench/reading/sentences"), &["jsonl"]);
    assert!(sentences.len() >= 2, "the sentences are there");
    let found = shared(&ours(), &sentences);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_sentence_of_other_people_stands_in_the_project() {
    let data = root().join("../shared/data");
    if !data.is_dir() {
        println!("skipped: ../shared/data is not there");
        return;
    }
    let mut all = ours();
    for path in files(&root().join("bench/reading/sentences"), &["jsonl"]) {
        runs_of(&path, |run| drop(all.insert(run, path.clone())));
    }
    let mut theirs = files(&data.join("seeds"), &["txt", "json"]);
    for folder in ["muc4", "airwars-syria", "acled-syria-battles", "throughput", "syria-2016"] {
        theirs.extend(files(&data.join(folder), &["json", "jsonl", "csv", "txt", "md"]));
    }
    let found = shared(&all, &theirs);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_shared_run_is_seen() {
    let mut a = BTreeMap::new();
    let said = "one two three four five six seven eight nine";
    runs(&format!("// {said}"), |run| drop(a.insert(run, PathBuf::from("a.rs"))));
    assert_eq!(a.len(), 2);
    let mut seen = 0;
    runs("zero, One two “three” four\nfive six seven eight ten", |run| {
        seen += usize::from(a.contains_key(&run))
    });
    assert_eq!(seen, 1);
    runs("1 2 3 4 5 6 7 8 9 10", |_| panic!("numbers say nothing"));
}
