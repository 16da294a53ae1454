//! The formatter: never changes what a file says, settles at once, leaves prose alone and keeps every remark.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::path::Path;

use common::{actors, areas};
use proptest::prelude::*;
use truceline_terms::format::format;
use truceline_terms::parse;

fn formatted(text: &str) -> String {
    format(text).unwrap_or_else(|faults| panic!("{faults:?}")).text
}

/// What a file means: its terms and what is said of it, without the places.
fn meaning(text: &str) -> String {
    let checked = parse(text, &actors(), &areas());
    let said: Vec<_> = checked.diagnostics.iter().map(|one| (one.code, &one.message, &one.help)).collect();
    without_spans(&format!("{:?} {said:?}", checked.terms))
}

fn without_spans(text: &str) -> String {
    let mut out = String::new();
    let mut parts = text.split("Span {");
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push_str(part.split_once('}').unwrap().1);
    }
    out
}

fn block(text: &str) -> String {
    format!("# H\n\n  prose,  as it is \n\n```terms\n{text}\n```\n\nend")
}

#[test]
fn spacing_quotes_and_empty_lines() {
    let bad = "\n\n  clause   \"fire\"\t\"Fire  here\"   ar=\"نار\"  // a  remark\n\n\n//alone\nbinds \"north\"\u{a0}provided \"provided\" accepted\nagainst  x under \"object\"=letter\n\n";
    assert!(format(&block(bad)).is_err(), "a quoted key does not lex");
    let bad = bad.replace("\"object\"=letter", "object=\"letter\"");
    let good = "clause fire \"Fire  here\" ar=\"نار\" // a  remark\n\n//alone\nbinds north provided \"provided\" accepted\nagainst x under object=letter";
    assert_eq!(formatted(&block(&bad)), block(good));
}

#[test]
fn line_ends_indents_and_other_fences_stay() {
    let text = "- a list\r\n  ~~~ terms\r\n title   \"A\"\r\n  ~~~\r\n```sh\n  ls   -l\n```\n";
    assert_eq!(
        formatted(text),
        "- a list\r\n  ~~~ terms\r\n  title \"A\"\r\n  ~~~\r\n```sh\n  ls   -l\n```\n"
    );
}

#[test]
fn a_file_that_does_not_lex_is_left_and_said() {
    for bad in ["title \"a", "a { }", "x  1.5\nfine   line"] {
        let text = block(bad);
        let faults = format(&text).unwrap_err();
        assert!(!faults.is_empty(), "{bad}");
    }
    assert_eq!(format("```terms\na\n").unwrap_err()[0].code, "unclosed-block");
}

#[test]
fn changes_are_the_lines_that_differ() {
    let text = block("title   \"A\"\n\n\nzone \"UTC\"");
    let changes = format(&text).unwrap().changes;
    let told: Vec<(usize, &str, Option<&str>)> =
        changes.iter().map(|one| (one.line, one.before.as_str(), one.after.as_deref())).collect();
    assert_eq!(told, [(6, "title   \"A\"", Some("title \"A\"")), (8, "", None)]);
}

/// The agreements that ship and the page that describes the language are in the form that the formatter gives.
#[test]
fn everything_that_ships_is_formatted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = vec![root.join("docs/terms.md")];
    paths.extend(std::fs::read_dir(root.join("docs/terms")).unwrap().map(|page| page.unwrap().path()));
    for folder in std::fs::read_dir(root.join("agreements")).unwrap() {
        let path = folder.unwrap().path().join("agreement.md");
        if path.exists() {
            paths.push(path);
        }
    }
    assert!(paths.len() >= 14);
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let changes = format(&text).unwrap_or_else(|faults| panic!("{}: {faults:?}", path.display())).changes;
        assert!(changes.is_empty(), "{}: {changes:#?}", path.display());
    }
}

/// A good file with its blanks, marks, empty lines and remarks disturbed: the words stay.
fn disturbed(text: &str, choices: &[u8]) -> String {
    let mut choices = choices.iter().cycle();
    let mut out = String::new();
    let (mut inside, mut n) = (false, 0);
    for line in text.lines() {
        if line.starts_with("```") {
            inside = line == "```terms";
        } else if inside {
            let mut quoted = false;
            for c in line.chars() {
                quoted ^= c == '"';
                out.push(c);
                if c == ' ' && !quoted && choices.next().unwrap().is_multiple_of(3) {
                    out.push_str("\t ");
                }
            }
            n += 1;
            match choices.next().unwrap() % 5 {
                0 => out.push_str("  \n\n "),
                1 => out.push_str(&format!("   // remark {n}")),
                2 => out.push_str(&format!("\n   // own line {n}")),
                _ => {}
            }
            out.push('\n');
            continue;
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

fn remarks(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| Some(line.split_once("// ")?.1.trim())).collect()
}

const WORDS: [&str; 24] = [
    "clause",
    "fire",
    "\"fire\"",
    "\"Fire\"",
    "binds",
    "\"opposition\"",
    "provided",
    "\"accepted\"",
    "under",
    "object=\"letter\"",
    "object=letter",
    "// x",
    "\n",
    "\n\n",
    "  ",
    "forbids",
    "\"shelling\"",
    "with",
    "\"any-weapon\"",
    "against",
    "\"or\"",
    "ar=\"ن\"",
    "matter",
    "48",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_disturbed_agreement_means_the_same_and_settles_at_once(choices in proptest::collection::vec(any::<u8>(), 1..200)) {
        for good in &common::agreements() {
            let text = disturbed(good, &choices);
            let once = formatted(&text);
            prop_assert_eq!(meaning(&text), meaning(good));
            prop_assert_eq!(meaning(&once), meaning(good));
            prop_assert_eq!(&formatted(&once), &once);
            prop_assert_eq!(remarks(&once), remarks(&text));
            prop_assert!(!once.contains("\n\n\n") && !once.contains('\t'));
        }
    }

}

proptest! {
    #[test]
    fn any_words_mean_the_same_and_settle_at_once(picks in proptest::collection::vec(0..WORDS.len(), 0..60)) {
        let words: Vec<&str> = picks.iter().filter_map(|n| WORDS.get(*n)).copied().collect();
        let text = block(&words.join(" "));
        // A line that begins with name=value is no statement.
        if let Ok(once) = format(&text) {
            prop_assert_eq!(meaning(&once.text), meaning(&text));
            prop_assert_eq!(&formatted(&once.text), &once.text);
        }
    }

    #[test]
    fn any_text_is_formatted_or_left(text in "\\PC{0,80}(\n\\PC{0,80}){0,3}", noise in "[a-z\"=/{ \n\t\r]{0,60}") {
        for text in [block(&text), block(&noise), text, noise] {
            if let Ok(once) = format(&text) {
                prop_assert_eq!(meaning(&once.text), meaning(&text));
                let twice = format(&once.text).unwrap();
                prop_assert!(twice.changes.is_empty() && twice.text == once.text);
            }
        }
    }
}
