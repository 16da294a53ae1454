//! What is said of bad agreements, word for word; and that no text, however hostile, brings the parser down.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{actors, areas};
use proptest::prelude::*;
use truceline_terms::{Severity, parse};

/// Everything that is said of one file.
fn said(name: &str, source: &str) -> String {
    let checked = parse(source, &actors(), &areas());
    let each: Vec<String> = checked.diagnostics.iter().map(|d| d.render_text(name, source)).collect();
    let end = if checked.terms.is_some() { "terms: usable\n" } else { "terms: none\n" };
    format!("{}{end}", each.join("\n"))
}

#[test]
fn bad_agreements_are_told_what_is_wrong_and_what_would_be_right() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    let names = common::pages_in(&folder);
    assert!(names.len() >= 30, "{}", names.len());
    for name in names {
        let source = std::fs::read_to_string(folder.join(&name)).unwrap();
        insta::assert_snapshot!(name.trim_end_matches(".md").to_owned(), said(&name, &source));
    }
}

#[test]
fn every_error_helps() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "md") {
            let source = std::fs::read_to_string(&path).unwrap();
            for one in parse(&source, &actors(), &areas()).diagnostics {
                assert!(one.help.is_some(), "{}: {}", path.display(), one.message);
                assert!(usize::try_from(one.primary.end).unwrap() <= source.len(), "{}", one.message);
            }
        }
    }
}

#[test]
fn the_shipped_terms_have_no_error() {
    let checked = parse(common::SYRIA, &actors(), &areas());
    assert!(checked.diagnostics.iter().all(|one| one.severity == Severity::Warning));
    assert!(checked.diagnostics.iter().any(|one| one.code == "duration-differs"), "48 hours that are 47");
}

fn block(text: &str) -> String {
    format!("# H\n\n```terms\n{text}\n```\n")
}

/// A file full of lengths that take long to count.
fn long_lengths() -> String {
    let hours = "working-hours from \"08:00\" until \"09:00\" on mon\n";
    let due = "deadline a \"A\" announced \"2016-01-01\" due \"2016-01-01 + 1000 working hours\"\n";
    format!("{}{}", block(hours), block(&due.repeat(150)).repeat(20))
}

#[test]
fn hostile_text_is_refused_quickly() {
    let started = std::time::Instant::now();
    let many = 5_000;
    for text in [
        block(&"a {".repeat(many)),
        block(&"/*".repeat(many)),
        block(&format!("a {}", "(".repeat(many))),
        block(&format!("a \"{}", "x".repeat(many))),
        block(&format!("a {}\"", "#".repeat(many))),
        block(&format!("a \"\"\"{}", "\n\\".repeat(many / 2))),
        block(&"a \\\n".repeat(many / 8)),
        block(&"/- ".repeat(many / 2)),
        block(&"a b=".repeat(many / 8)),
        block(&"\u{202e}\u{feff}=".repeat(5_000)),
        block("title \"a\0b\""),
        "```terms\n".repeat(10_000),
        format!("```terms\n{}\n```\n", "x ".repeat(5_000_000)),
        block(&format!("order {}", "x ".repeat(20_000))),
        block(&"zzz 1.5 #true\n".repeat(3_000)),
        long_lengths(),
        block(&format!("only-when {}", "not and ".repeat(1_000))),
        block(&format!("procedure p \"P\"\n{}", "step a \"A\" by anybody then a\n".repeat(400))),
    ] {
        let checked = parse(&text, &actors(), &areas());
        assert!(checked.terms.is_none() && !checked.diagnostics.is_empty());
        checked.diagnostics.iter().for_each(|one| assert!(one.render_text("x.md", &text).len() < 4_000));
    }
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases, ..ProptestConfig::default() })]

    #[test]
    fn no_text_brings_the_parser_down(text in "\\PC{0,200}") {
        let source = block(&text);
        let _ = said("x.md", &source);
    }

    #[test]
    fn no_soup_of_its_own_signs_does(signs in proptest::collection::vec(0usize..14, 0..40), times in 1usize..400) {
        const SIGNS: [&str; 14] =
            ["\"", "=", "\\", "{", "}", "(", ")", "#", "/-", "/*", "\n", " ", "a", "\"\"\""];
        let once: String = signs.iter().filter_map(|n| SIGNS.get(*n)).copied().collect();
        let _ = said("x.md", &block(&once.repeat(times)));
    }

    #[test]
    fn no_broken_copy_of_good_terms_does(at in 0usize..20_000, cut in 0usize..40, put in "[a-z\"={}\\\\/*()#\n ]{0,6}") {
        for mut source in common::agreements() {
            let floor = |mut n: usize| {
                while !source.is_char_boundary(n) {
                    n -= 1;
                }
                n
            };
            let at = at % source.len();
            let (from, to) = (floor(at), floor((at + cut).min(source.len())));
            source.replace_range(from..to, &put);
            let checked = parse(&source, &actors(), &areas());
            checked.diagnostics.iter().for_each(|one| {
                let _ = one.render_text("x.md", &source);
            });
        }
    }
}
