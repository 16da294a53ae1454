//! The three agreements of South Sudan are sound and their scenarios hold; and the figures of `docs/truth.md` are current.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;

use truceline_truth::agreement::Agreement;
use truceline_truth::docs::{FOLDERS, data, measure, measured, replaced, root, shipped};

#[test]
fn scenarios_hold() {
    for folder in FOLDERS {
        let folder = root().join("agreements").join(folder);
        let agreement = Agreement::read(&folder).unwrap();
        let mut names: Vec<_> =
            std::fs::read_dir(folder.join("scenarios")).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        let mut faults = Vec::new();
        for path in &names {
            let text = std::fs::read_to_string(path).unwrap();
            faults
                .extend(agreement.scenario(&text).iter().map(|fault| format!("{}: {fault}", path.display())));
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert!(names.len() >= 10, "{}: {} scenarios", agreement.id, names.len());
    }
}

#[test]
fn every_judged_clause_is_expected_in_a_scenario() {
    for folder in FOLDERS {
        let folder = root().join("agreements").join(folder);
        let agreement = Agreement::read(&folder).unwrap();
        let mut named = BTreeSet::new();
        for entry in std::fs::read_dir(folder.join("scenarios")).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let expects = text.lines().filter_map(|line| line.strip_prefix("expect "));
            named.extend(expects.filter_map(|rest| rest.split(' ').next().map(str::to_owned)));
        }
        let missing: Vec<String> = agreement
            .terms
            .finding_clauses()
            .map(|c| c.id.to_string())
            .filter(|id| !named.contains(id))
            .collect();
        assert!(missing.is_empty(), "{}: no scenario expects anything of {missing:?}", agreement.id);
    }
}

#[test]
fn the_figures_are_current() {
    let Some(file) = data() else {
        println!("skipped: the file of determinations is not beside the repository");
        return;
    };
    let agreements = shipped().unwrap();
    let rows = measure(&std::fs::read_to_string(file).unwrap(), &agreements).unwrap();
    let page = std::fs::read_to_string(root().join("docs/truth.md")).unwrap();
    let current = replaced(&page, &measured(&rows, &agreements).unwrap()).unwrap();
    assert!(page == current, "docs/truth.md is not current; cargo run -p truceline-truth -- docs");
    assert!(!page.contains("cause not given"), "a disagreement in docs/truth.md has no cause");
}
