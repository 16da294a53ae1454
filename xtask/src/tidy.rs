//! Style that can be executed: modules open with their purpose, files and functions stay short, no bag names, no workplace
//! words. A file over the limit says why on a line that begins `//! Long because`.

use std::io;

use proc_macro2::Span;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use crate::source::{files, root, shown};

const FILE_LINES: usize = 600;
const FUNCTION_LINES: usize = 70;
const BAGS: [&str; 7] = ["utils", "util", "helpers", "helper", "misc", "common", "stuff"];

/// Every fault found.
///
/// # Errors
/// When a source file cannot be read.
pub(crate) fn check() -> io::Result<Vec<String>> {
    let mut faults = Vec::new();
    let mut sources = Vec::new();
    for folder in ["crates", "sim", "bench", "xtask", "fuzz", "cluster"] {
        sources.extend(files(&root().join(folder), "rs")?);
    }
    for path in &sources {
        let text = std::fs::read_to_string(path)?;
        let name = shown(path);
        let is_module = !name.contains("/tests/");
        if is_module && !text.starts_with("//!") {
            faults
                .push(format!("{name}:1: a module opens with //! what it does, what it never does, and why"));
        }
        let lines = text.lines().count();
        if lines > FILE_LINES && !text.contains("//! Long because") {
            faults.push(format!(
                "{name}: {lines} lines; over {FILE_LINES} a file says why (//! Long because …)"
            ));
        }
        let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
        if BAGS.contains(&stem) {
            faults.push(format!("{name}: \"{stem}\" names a bag; name what it holds"));
        }
        match syn::parse_file(&text) {
            Ok(file) => {
                let mut long = Long { name: &name, faults: &mut faults };
                long.visit_file(&file);
            }
            Err(error) => faults.push(format!("{name}: cannot be parsed: {error}")),
        }
    }
    words(&mut faults)?;
    Ok(faults)
}

/// Looks for what must not be in a committed file: an absolute path of somebody's machine, a marker of unfinished work.
fn words(faults: &mut Vec<String>) -> io::Result<()> {
    let markers = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("/ho", "me/"), concat!("/ro", "ot/")];
    for ending in ["rs", "md", "kdl", "toml", "json", "csv", "geojson"] {
        for path in files(&root(), ending)? {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            for (number, line) in text.lines().enumerate() {
                if let Some(marker) = markers.iter().find(|m| line.contains(*m)) {
                    faults.push(format!(
                        "{}:{}: \"{marker}\" does not belong in a commit",
                        shown(&path),
                        number + 1
                    ));
                }
            }
        }
    }
    Ok(())
}

struct Long<'a> {
    name: &'a str,
    faults: &'a mut Vec<String>,
}

impl Long<'_> {
    fn measure(&mut self, what: &syn::Ident, whole: Span) {
        let lines = whole.end().line.saturating_sub(whole.start().line) + 1;
        if lines > FUNCTION_LINES {
            let at = whole.start().line;
            self.faults.push(format!(
                "{}:{at}: fn {what} has {lines} lines; the limit is {FUNCTION_LINES}",
                self.name
            ));
        }
    }
}

impl<'ast> Visit<'ast> for Long<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.measure(&item.sig.ident, item.block.span());
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.measure(&item.sig.ident, item.block.span());
        visit::visit_impl_item_fn(self, item);
    }
}
