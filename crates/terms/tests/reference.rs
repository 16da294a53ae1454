//! The reference: every page's blocks are one agreement without an error or a warning; what it says is refused is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{actors, areas, docs, pages};
use truceline_terms::parse;

#[test]
fn every_page_is_an_agreement() {
    let mut read = 0;
    for (name, page) in pages() {
        if !page.contains("```terms") {
            assert!(
                ["findings.md", "grammar.md", "limits.md"].contains(&name.as_str()),
                "{name} shows nothing"
            );
            continue;
        }
        let checked = parse(&page, &actors(), &areas());
        let said: Vec<String> = checked.diagnostics.iter().map(|one| one.render_text(&name, &page)).collect();
        assert!(checked.terms.is_some() && said.is_empty(), "{}", said.join("\n"));
        read += 1;
    }
    assert!(read >= 12, "{read}");
}

#[test]
fn the_index_names_every_page_and_every_link_leads_somewhere() {
    let index = std::fs::read_to_string(docs().join("terms.md")).unwrap();
    for (name, page) in pages() {
        assert!(
            name == "terms.md" || index.contains(&format!("(terms/{name})")),
            "{name} is not in the index"
        );
        let folder = if name == "terms.md" { docs() } else { docs().join("terms") };
        for link in page.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(folder.join(link).exists(), "{name}: {link}");
        }
        for (n, line) in page.lines().enumerate() {
            let table = line.starts_with('|') || line.starts_with("step ");
            assert!(table || line.chars().count() < 140, "{name}:{}: {} long", n + 1, line.chars().count());
        }
    }
}

#[test]
fn words_that_the_limits_page_lists_are_refused_with_something_to_write() {
    let page = std::fs::read_to_string(docs().join("terms/limits.md")).unwrap();
    let mut tried = 0;
    for row in page.lines().filter(|line| line.starts_with("| `")) {
        let words = row.split('|').nth(1).unwrap();
        for word in words.split('`').skip(1).step_by(2) {
            let source = format!(
                "```terms\nagreement x\nreading plain \"P\"\n```\n## C\n```terms\nduty d \"D\"\n{word}\n```\n"
            );
            let checked = parse(&source, &actors(), &areas());
            let told = checked.diagnostics.iter().find(|one| one.position(&source).0 == 8).unwrap();
            assert!(told.help.is_some(), "{word}");
            let near =
                told.code == "unknown-statement" && told.help.as_deref().unwrap().starts_with("did you");
            assert!(told.code == "cannot-express" || near, "{word}: {}", told.message);
            tried += 1;
        }
    }
    assert!(tried > 60, "{tried}");
}
