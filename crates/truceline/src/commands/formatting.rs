//! `terms fmt`: puts the blocks of agreements into plain spacing, or says which lines are not in it.
//!
//! A file is replaced whole or not at all; one with a line that cannot be read is left as it is, with what is wrong.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::json;
use truceline_terms::format::{Change, format};
use truceline_terms::{Diagnostic, FILE_LIMIT};

use crate::cli::{EXIT_FOUND, Format};
use crate::failure::Failure;
use crate::files;
use crate::out;

/// Deepest folders that are looked into.
const DEPTH: usize = 16;
/// Most files of one call.
const FILES: usize = 10_000;

/// Formats files, and the Markdown files of folders; with `check` only says what would change.
///
/// # Errors
/// When a file cannot be read or written.
pub(crate) fn fmt(paths: &[PathBuf], check: bool, words: Format) -> Result<u8, Failure> {
    let mut all = Vec::new();
    for path in paths {
        gather(path, 0, &mut all)?;
    }
    let (mut changed, mut refused) = (0_u32, 0_u32);
    for path in &all {
        let limit = u64::try_from(FILE_LIMIT).unwrap_or(u64::MAX);
        let text = files::text(path, limit)
            .map_err(|e| Failure::usage(format!("could not read {}: {e}", path.display())))?;
        match format(&text) {
            Err(faults) => {
                refused += 1;
                tell_faults(path, &text, &faults, words)?;
            }
            Ok(formatted) if formatted.changes.is_empty() => {}
            Ok(formatted) => {
                changed += 1;
                tell_changes(path, &formatted.changes, check, words)?;
                if !check {
                    replace(path, &formatted.text)?;
                }
            }
        }
    }
    if words == Format::Text {
        let done = if check { "to be formatted" } else { "formatted" };
        let left =
            if refused > 0 { format!(", {refused} left because they cannot be read") } else { String::new() };
        out::line(format_args!("{} files, {changed} {done}{left}", all.len()))?;
    }
    Ok(if refused > 0 || (check && changed > 0) { EXIT_FOUND } else { 0 })
}

/// The file itself, or every `.md` of a folder and the folders in it, in order; hidden ones and links are passed over.
fn gather(path: &Path, depth: usize, all: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if !path.is_dir() {
        all.push(path.to_path_buf());
        return Ok(());
    }
    let failed = |e: std::io::Error| Failure::usage(format!("could not read {}: {e}", path.display()));
    let mut inside = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let path = entry.path();
        let wanted = kind.is_dir() || (kind.is_file() && path.extension().is_some_and(|end| end == "md"));
        if wanted && !hidden {
            inside.push(path);
        }
    }
    inside.sort();
    if depth >= DEPTH || all.len() + inside.len() > FILES {
        return Err(Failure::usage(format!(
            "{} holds too much; name the agreement's own folder",
            path.display()
        )));
    }
    inside.iter().try_for_each(|path| gather(path, depth + 1, all))
}

fn tell_faults(path: &Path, text: &str, faults: &[Diagnostic], words: Format) -> Result<(), Failure> {
    for fault in faults {
        let (line, column) = fault.position(text);
        match words {
            Format::Text => out::line(fault.render_text(&path.display().to_string(), text))?,
            Format::Json => out::line(json!({
                "file": path.display().to_string(), "line": line, "column": column, "code": fault.code,
                "message": fault.message, "help": fault.help,
            }))?,
        }
    }
    Ok(())
}

fn tell_changes(path: &Path, changes: &[Change], check: bool, words: Format) -> Result<(), Failure> {
    for change in changes {
        match words {
            Format::Json => out::line(json!({
                "file": path.display().to_string(), "line": change.line, "before": change.before, "after": change.after,
            }))?,
            Format::Text if check => {
                out::line(format_args!("{}:{}", path.display(), change.line))?;
                out::line(format_args!("- {}", change.before))?;
                if let Some(after) = &change.after {
                    out::line(format_args!("+ {after}"))?;
                }
            }
            Format::Text => {}
        }
    }
    if words == Format::Text && !check {
        out::line(format_args!("{}: {} lines", path.display(), changes.len()))?;
    }
    Ok(())
}

/// Writes beside the file and puts the new one in its place, with the old one's permissions.
fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |e: std::io::Error| Failure::operation(&format!("write {}", path.display()), &e);
    // A link stays a link: what it leads to is replaced.
    let path = std::fs::canonicalize(path).map_err(failed)?;
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("agreement.md");
    let beside = path.with_file_name(format!(".{name}.{}.new", std::process::id()));
    let written = (|| {
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.set_permissions(std::fs::metadata(&path)?.permissions())?;
        file.sync_all()?;
        std::fs::rename(&beside, &path)
    })();
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written.map_err(failed)
}
