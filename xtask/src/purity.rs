//! The pure crates may not touch the world: no clock, randomness, environment, file, socket, thread, async, no unordered
//! map, no float. Two checks: an allow-list of their dependencies, read from cargo itself, and words that must not occur in
//! their source outside tests.

use std::collections::BTreeSet;
use std::io;
use std::process::Command;

use syn::visit::{self, Visit};

use crate::source::{files, root, shown};

/// Pure crates with the only crates that each may name.
const PURE: [(&str, &[&str]); 9] = [
    ("model", &["jiff"]),
    ("terms", &["truceline-model", "kdl"]),
    ("intake", &["truceline-model", "kdl", "csv", "csv-core", "encoding_rs", "serde", "serde_json"]),
    ("casework", &["truceline-model"]),
    (
        "record",
        &[
            "serde",
            "serde_json",
            "serde_jcs",
            "sha2",
            "hmac",
            "zeroize",
            "tlog_tiles",
            "signed_note",
            "ed25519-dalek",
            "base64",
        ],
    ),
    ("engine", &["truceline-model", "truceline-terms", "sha2"]),
    ("score", &["serde_json"]),
    ("print", &["flate2", "harfrust", "unicode-bidi", "unicode-linebreak"]),
    ("publish", &["truceline-model", "truceline-record", "truceline-terms", "maud", "serde", "serde_json"]),
];

/// Paths that reach into the world, or whose order differs from run to run.
const BANNED: [&str; 14] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::thread",
    "std::process",
    "std::time",
    "std::sync::mpsc",
    "std::os",
    "HashMap",
    "HashSet",
    "Timestamp::now",
    "Zoned::now",
    "tokio",
    "rand",
];

/// What a crate is for may be what others are barred from: the engine starts threads and joins them.
const MAY: [(&str, &[&str]); 1] = [("engine", &["std::thread"])];

const BANNED_TYPES: [&str; 4] = ["f32", "f64", "HashMap", "HashSet"];

/// Every fault found.
///
/// # Errors
/// When cargo or a source file cannot be read.
pub(crate) fn check() -> io::Result<Vec<String>> {
    let mut faults = Vec::new();
    dependencies(&mut faults)?;
    for (name, _) in PURE {
        for path in files(&root().join("crates").join(name).join("src"), "rs")? {
            let text = std::fs::read_to_string(&path)?;
            let Ok(file) = syn::parse_file(&text) else { continue };
            let may = MAY.iter().find(|(other, _)| *other == name).map_or(&[][..], |(_, may)| *may);
            let mut words = Words { path: shown(&path), may, faults: &mut faults };
            words.visit_file(&file);
        }
    }
    Ok(faults)
}

fn dependencies(faults: &mut Vec<String>) -> io::Result<()> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).map_err(io::Error::other)?;
    let packages = metadata.get("packages").and_then(|p| p.as_array()).cloned().unwrap_or_default();
    for (name, allowed) in PURE {
        let full = format!("truceline-{name}");
        let Some(package) = packages.iter().find(|p| p.get("name").and_then(|n| n.as_str()) == Some(&full))
        else {
            faults.push(format!("crates/{name}: not found in the workspace"));
            continue;
        };
        let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
        for dependency in package.get("dependencies").and_then(|d| d.as_array()).into_iter().flatten() {
            let needed = dependency.get("name").and_then(|n| n.as_str()).unwrap_or_default();
            if dependency.get("kind").is_some_and(serde_json::Value::is_null) && !allowed.contains(needed) {
                faults.push(format!(
                    "crates/{name}/Cargo.toml: {needed} is not among what this pure crate may use"
                ));
            }
        }
    }
    Ok(())
}

struct Words<'a> {
    path: String,
    may: &'static [&'static str],
    faults: &'a mut Vec<String>,
}

impl Words<'_> {
    fn banned(&self) -> impl Iterator<Item = &'static str> + use<> {
        let may = self.may;
        BANNED.into_iter().filter(move |word| !may.contains(word))
    }

    fn fault(&mut self, line: usize, what: &str) {
        self.faults.push(format!("{}:{line}: {what} has no place in a pure crate", self.path));
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|a| {
        a.path().is_ident("cfg")
            && matches!(&a.meta, syn::Meta::List(l) if l.tokens.to_string().contains("test"))
    })
}

impl<'ast> Visit<'ast> for Words<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let mut paths = Vec::new();
        flatten(&item.tree, String::new(), &mut paths);
        for path in paths {
            if let Some(banned) =
                self.banned().find(|b| path.starts_with(*b) || path.ends_with(&format!("::{b}")))
            {
                self.fault(item.use_token.span.start().line, banned);
            }
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let text = path.segments.iter().map(|s| s.ident.to_string()).collect::<Vec<_>>().join("::");
        let line = path.segments.first().map_or(0, |s| s.ident.span().start().line);
        if let Some(banned) = self.banned().find(|b| b.contains("::") && text.contains(*b)) {
            self.fault(line, banned);
        }
        if BANNED_TYPES.contains(&text.as_str()) {
            self.fault(line, &text);
        }
        visit::visit_path(self, path);
    }

    fn visit_expr_async(&mut self, item: &'ast syn::ExprAsync) {
        self.fault(item.async_token.span.start().line, "async");
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        if let Some(token) = signature.asyncness {
            self.fault(token.span.start().line, "async");
        }
        visit::visit_signature(self, signature);
    }

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        let name = item.path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
        if ["println", "eprintln", "print", "eprint", "env", "thread_local"].contains(&name.as_str()) {
            let line = item.path.segments.first().map_or(0, |s| s.ident.span().start().line);
            self.fault(line, &format!("{name}!"));
        }
    }
}

fn flatten(tree: &syn::UseTree, prefix: String, into: &mut Vec<String>) {
    let join = |name: &str| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}::{name}") };
    match tree {
        syn::UseTree::Path(path) => flatten(&path.tree, join(&path.ident.to_string()), into),
        syn::UseTree::Name(name) => into.push(join(&name.ident.to_string())),
        syn::UseTree::Rename(name) => into.push(join(&name.ident.to_string())),
        syn::UseTree::Glob(_) => into.push(join("*")),
        syn::UseTree::Group(group) => group.items.iter().for_each(|t| flatten(t, prefix.clone(), into)),
    }
}
