//! GLOSSARY.md against the types: every public type of `model` has a row, and every type that a row names exists.
//! Words drift apart from code one rename at a time; this finds the first.

use std::collections::BTreeSet;
use std::io;

use crate::source::{files, root};

/// Every fault found.
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn check() -> io::Result<Vec<String>> {
    let mut faults = Vec::new();
    let glossary = std::fs::read_to_string(root().join("GLOSSARY.md"))?;
    let named: BTreeSet<String> = glossary
        .lines()
        .filter(|line| line.starts_with('|'))
        .filter_map(|line| line.split('|').nth(2))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let mut typed = BTreeSet::new();
    for path in files(&root().join("crates/model/src"), "rs")? {
        let text = std::fs::read_to_string(&path)?;
        let Ok(file) = syn::parse_file(&text) else { continue };
        typed.extend(file.items.iter().filter_map(public_type));
    }
    // Ids and vocabulary words are made by macros and named in the glossary as one row each.
    let text = std::fs::read_to_string(root().join("crates/model/src/id.rs"))?;
    typed.extend(text.lines().filter_map(|l| l.trim().strip_suffix("Id,")).map(|stem| format!("{stem}Id")));
    typed.extend(["Act", "Weapon", "Target", "CasualtyStatus", "DeliveryStage"].map(str::to_owned));
    for missing in typed.difference(&named) {
        faults.push(format!("GLOSSARY.md: no row names the type `{missing}` of crates/model"));
    }
    for stale in named.difference(&typed) {
        faults.push(format!("GLOSSARY.md: a row names `{stale}`, which crates/model does not have"));
    }
    Ok(faults)
}

fn public_type(item: &syn::Item) -> Option<String> {
    let (visibility, name) = match item {
        syn::Item::Struct(s) => (&s.vis, &s.ident),
        syn::Item::Enum(e) => (&e.vis, &e.ident),
        _ => return None,
    };
    matches!(visibility, syn::Visibility::Public(_)).then(|| name.to_string())
}
