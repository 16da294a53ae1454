//! The index of names, held against the parser: what it calls a name the parser looks up, and no word of a shipped agreement
//! is without a place in it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{actors, areas};
use proptest::prelude::*;
use truceline_terms::grammar::{NameKind, Slot};
use truceline_terms::symbols::{Expected, Name, expected_at, index};
use truceline_terms::{Severity, parse};

fn range(name: &Name) -> std::ops::Range<usize> {
    usize::try_from(name.span.start).unwrap()..usize::try_from(name.span.end).unwrap()
}

#[test]
fn places_are_exact() {
    let mut found = 0;
    for text in common::agreements() {
        let index = index(&text);
        found += index.names.len();
        for name in &index.names {
            assert_eq!(&text[range(name)], name.id, "{name:?}");
        }
        assert!(
            index
                .names
                .windows(2)
                .all(|two| two[0].span.start <= two[1].span.start || two[0].block == two[1].block)
        );
    }
    assert!(found > 400, "{found}");
}

/// Put another word where the index sees a name that is used, and the parser must complain at that very place.
#[test]
fn what_is_used_is_what_the_parser_looks_up() {
    let mut tried = 0;
    for text in common::agreements() {
        for name in index(&text).names.iter().filter(|name| !name.gives && name.id != "any-weapon") {
            // Sources are looked up by the mission, systems and the keys of facts are free.
            if matches!(name.kind, NameKind::Source | NameKind::System)
                || text[..range(name).start].ends_with(':')
            {
                continue;
            }
            let mut bad = text.clone();
            bad.replace_range(range(name), "zzzz-zzzz");
            let checked = parse(&bad, &actors(), &areas());
            let at_it = |d: &truceline_terms::Diagnostic| {
                d.severity == Severity::Error && d.primary.start == name.span.start
            };
            assert!(checked.diagnostics.iter().any(at_it), "{name:?}: {:?}", checked.diagnostics);
            tried += 1;
        }
    }
    assert!(tried > 300, "{tried}");
}

/// Every name that is used and not registered is given somewhere, or a word of the vocabulary.
#[test]
fn what_is_used_is_given() {
    use truceline_model::{Act, Target, Weapon};
    for text in common::agreements() {
        let index = index(&text);
        for name in &index.names {
            let known = match name.kind {
                NameKind::Act => Act::parse(&name.id).is_some(),
                NameKind::Weapon => Weapon::parse(&name.id).is_some() || name.id == "any-weapon",
                NameKind::Target => Target::parse(&name.id).is_some(),
                NameKind::System => true,
                kind => kind.is_registered(),
            };
            let given = index.given(name).count();
            // A phase is told again once it is agreed.
            assert!(known || given == 1 || (name.kind == NameKind::Phase && given > 1), "{name:?}");
        }
    }
}

/// Words of operands that name nothing.
const FREE: &[&str] = &["hours", "day", "days", "weeks", "km", "m", "not-covered", "not-prohibited"];

/// No word of a statement is without a place in the table.
#[test]
fn no_word_is_stray() {
    for text in common::agreements() {
        let index = index(&text);
        let starts: std::collections::BTreeSet<usize> = index
            .names
            .iter()
            .map(|name| range(name).start)
            .chain(index.keywords.iter().map(|word| usize::try_from(word.span.start).unwrap()))
            .collect();
        for passage in &index.passages {
            let (from, to) =
                (usize::try_from(passage.span.start).unwrap(), usize::try_from(passage.span.end).unwrap());
            let mut at = from;
            for line in text[from..to].split_inclusive('\n') {
                let mut quoted = false;
                let code = line.split(" // ").next().unwrap();
                for (n, c) in code.char_indices() {
                    quoted ^= c == '"';
                    let begins = n == 0 || code[..n].ends_with(' ');
                    let word = code[n..].split_whitespace().next().unwrap_or_default();
                    let free = FREE.contains(&word)
                        || [
                            "step ",
                            "final ",
                            "opened-",
                            "withdrawn-by ",
                            "proof ",
                            "gravity ",
                            "working-hours ",
                        ]
                        .iter()
                        .any(|verb| line.starts_with(verb))
                        || (line.starts_with("settles") && n == 8);
                    if !quoted && begins && c.is_ascii_lowercase() && !word.contains("=\"") && !free {
                        assert!(starts.contains(&(at + n)), "{word} in {line}");
                    }
                }
                at += line.len();
            }
        }
    }
}

fn expected(typed: &str) -> Option<Expected> {
    let text = format!("# H\n```terms\n{typed}\n```\n");
    expected_at(&text, text.find("\n```\n").unwrap())
}

fn verbs(typed: &str) -> Vec<&'static str> {
    expected(typed).unwrap().forms.iter().map(|form| form.verb).collect()
}

#[test]
fn what_may_begin_a_line() {
    assert!(verbs("").contains(&"clause") && verbs("").contains(&"party") && !verbs("").contains(&"binds"));
    assert!(
        verbs("clause a \"A\"\nfor").contains(&"forbids") && !verbs("clause a \"A\"\n").contains(&"party")
    );
    assert!(!verbs("clause a \"A\"\n").contains(&"start") && verbs("calm a \"A\" in x\n").contains(&"start"));
    assert!(
        verbs("// remark\nmatter a \"A\"\n").contains(&"position")
            && !verbs("matter a \"A\"\n").contains(&"clause")
    );
}

#[test]
fn what_may_follow_a_word() {
    let at = |typed: &str| expected(&format!("clause a \"A\"\n{typed}"));
    let slot = |typed: &str| at(typed).unwrap().slot;
    let links = |typed: &str| at(typed).unwrap().links.iter().map(|link| link.word).collect::<Vec<_>>();
    assert_eq!(slot("forbids shel"), Some(Slot::Names(NameKind::Act)));
    assert_eq!(slot("forbids shelling with "), Some(Slot::Names(NameKind::Weapon)));
    assert!(links("forbids shelling ").contains(&"with") && links("forbids ").is_empty());
    assert!(!links("binds north that-accepted ").contains(&"that-accepted"));
    assert_eq!(slot("against forces-of "), Some(Slot::Party));
    assert!(links("against ").contains(&"forces-of"));
    let pair = at("against hospital under object=le").unwrap();
    assert_eq!((pair.matter.as_deref(), pair.slot), (Some("object"), Some(Slot::Positions)));
    assert_eq!(at("says \"in te"), None);
    assert_eq!(at("forbids // re"), None);
    assert_eq!(expected_at("prose only", 3), None);
    assert_eq!(at("try ").unwrap().clause.as_deref(), Some("a"));
}

proptest! {
    #[test]
    fn any_text_has_an_index(text in "\\PC{0,60}", noise in "[a-z\"=/: \n`]{0,80}", at in 0usize..200) {
        for text in [format!("```terms\n{text}\n```\n"), format!("```terms\n{noise}\n```\n"), noise] {
            for name in index(&text).names {
                prop_assert_eq!(text.get(range(&name)).is_some(), true);
            }
            let _ = expected_at(&text, at);
        }
    }
}
