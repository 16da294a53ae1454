//! The index of names held against the parser on every agreement that ships, with the registries of its own folder.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use truceline_intake::mission;
use truceline_model::{Act, Actors, Areas, Target, Weapon, Zone};
use truceline_terms::format::format;
use truceline_terms::grammar::NameKind;
use truceline_terms::symbols::{Name, index};
use truceline_terms::{Severity, parse};

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agreements");
    let mut all: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.retain(|path| path.join("agreement.md").exists());
    all.sort();
    assert!(!all.is_empty());
    all
}

fn registries(folder: &Path) -> (Actors, Areas) {
    let zone = Zone::utc();
    let actors = mission::actors(&std::fs::read(folder.join("actors.csv")).unwrap(), &zone).unwrap();
    let areas = match std::fs::read(folder.join("areas.geojson")) {
        Ok(bytes) => mission::areas(&bytes, &zone).unwrap(),
        Err(_) => Areas::default(),
    };
    (actors, areas)
}

fn range(name: &Name) -> Range<usize> {
    usize::try_from(name.span.start).unwrap()..usize::try_from(name.span.end).unwrap()
}

/// Put another word where the index sees a name that is used, and the parser must complain at that very place. Of each kind
/// the first use in a statement after a word is tried.
#[test]
fn what_is_used_is_what_the_parser_looks_up() {
    let mut tried = BTreeSet::new();
    for folder in folders() {
        let text = std::fs::read_to_string(folder.join("agreement.md")).unwrap();
        let (actors, areas) = registries(&folder);
        for name in index(&text).names.iter().filter(|name| !name.gives && name.id != "any-weapon") {
            let before = &text[..range(name).start];
            // Sources are looked up by the mission, systems and the keys of facts are free.
            if matches!(name.kind, NameKind::Source | NameKind::System) || before.ends_with(':') {
                continue;
            }
            let line = before.rsplit('\n').next().unwrap();
            let place =
                (line.split(' ').next().map(str::to_owned), line.split(' ').nth_back(1).map(str::to_owned));
            if !tried.insert((name.kind, place)) {
                continue;
            }
            let mut bad = text.clone();
            bad.replace_range(range(name), "zzzz-zzzz");
            let checked = parse(&bad, &actors, &areas);
            let at_it = |d: &truceline_terms::Diagnostic| {
                d.severity == Severity::Error && d.primary.start == name.span.start
            };
            let said = &checked.diagnostics;
            assert!(said.iter().any(at_it), "{}: {name:?}: {said:?}", folder.display());
        }
    }
    assert!(tried.len() > 60, "{}", tried.len());
}

/// Every name that is used and not registered is given, and every registered one is in its registry.
#[test]
fn what_is_used_is_given() {
    for folder in folders() {
        let text = std::fs::read_to_string(folder.join("agreement.md")).unwrap();
        let (actors, areas) = registries(&folder);
        let index = index(&text);
        for name in &index.names {
            let known = match name.kind {
                NameKind::Act => Act::parse(&name.id).is_some(),
                NameKind::Weapon => Weapon::parse(&name.id).is_some() || name.id == "any-weapon",
                NameKind::Target => Target::parse(&name.id).is_some(),
                NameKind::Actor => actors.get(&name.id.as_str().into()).is_some(),
                NameKind::Area => areas.get(&name.id.as_str().into()).is_some(),
                NameKind::Source | NameKind::System => true,
                _ => false,
            };
            assert!(known || index.given(name).count() == 1, "{}: {name:?}", folder.display());
            assert_eq!(&text[range(name)], name.id, "{}", folder.display());
        }
    }
}

/// With every name in quotation marks and every blank doubled an agreement says the same, and is formatted back to what it was.
#[test]
fn marks_and_blanks_that_nobody_needs_are_taken_away_again() {
    for folder in folders() {
        let text = std::fs::read_to_string(folder.join("agreement.md")).unwrap();
        let (actors, areas) = registries(&folder);
        let mut marked = text.clone();
        let mut names = 0;
        for name in index(&text).names.iter().rev() {
            let Range { start, end } = range(name);
            let alone = |c: Option<char>| c.is_none_or(char::is_whitespace);
            if alone(text[..start].chars().next_back()) && alone(text[end..].chars().next()) {
                marked.insert_str(end, "\" ");
                marked.insert_str(start, " \"");
                names += 1;
            }
        }
        assert!(names > 50, "{}: {names}", folder.display());
        let terms = |text: &str| without_spans(&format!("{:?}", parse(text, &actors, &areas).terms.unwrap()));
        assert_eq!(terms(&marked), terms(&text), "{}", folder.display());
        let formatted = format(&marked).unwrap();
        for (ours, was) in formatted.text.lines().zip(text.lines()) {
            assert_eq!(ours, was, "{}", folder.display());
        }
        assert_eq!(formatted.text.len(), text.len(), "{}", folder.display());
    }
}

fn without_spans(text: &str) -> String {
    let mut parts = text.split("Span {");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| out + part.split_once('}').unwrap().1)
}
