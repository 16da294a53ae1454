//! `import`: takes files in, or explains what their columns would become.

use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use truceline_intake::explain::Explanation;
use truceline_intake::{Content, Encoding, Header, Layout, Mapping, Piece, Record, Splitter};

use crate::cli::{EXIT_FOUND, Format};
use crate::failure::Failure;
use crate::import::{self, Incoming};
use crate::mission::Mission;
use crate::out;
use crate::pipeline::Source;
use crate::{folder, load, log};

/// How much of a file `--explain` looks at.
const EXPLAIN_BYTES: u64 = 256 * 1024;

/// How many rows it shows.
const EXPLAIN_ROWS: usize = 5;

/// What `import` was asked.
pub(crate) struct Asked<'a> {
    pub(crate) files: &'a [PathBuf],
    pub(crate) mapping: &'a str,
    pub(crate) store: Option<&'a Path>,
    pub(crate) explain: bool,
    pub(crate) encoding: Option<&'a str>,
    pub(crate) mission: Option<&'a Path>,
    pub(crate) receipts: bool,
    pub(crate) format: Format,
}

/// Takes files in; exit code 1 when a report was refused.
pub(crate) fn import(asked: &Asked<'_>) -> Result<u8, Failure> {
    let (text, mapping) = load::mapping(asked.mapping)?;
    let encoding = match asked.encoding {
        None => None,
        Some(name) => Some(Encoding::parse(name).ok_or_else(|| {
            Failure::usage(format!("no encoding is called \"{name}\"; there are utf-8 and windows-1256"))
        })?),
    };
    if asked.explain {
        let mapping = encoding.map_or_else(|| mapping.clone(), |e| mapping.clone().with_encoding(e));
        return explain(asked, &mapping);
    }
    let Some(dir) = asked.store else { return Err(Failure::usage("--store says where reports go")) };
    // All are opened before any is taken in: a slip in the last name must not leave half of a call done.
    let opened = asked
        .files
        .iter()
        .map(|path| Ok((path, import::open(path)?)))
        .collect::<Result<Vec<_>, Failure>>()?;
    let mut store = log::open_or_create(dir, "truceline.local/reports")?;
    let mut files = Vec::new();
    for (path, (mut bytes, length)) in opened {
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("unnamed");
        let incoming = Incoming {
            name,
            bytes: &mut bytes,
            length,
            mapping: (&text, &mapping),
            encoding: encoding.map(Encoding::as_str),
        };
        files.push((name.to_owned(), import::take(&mut store, incoming, asked.receipts)?));
    }
    import::sign(&mut store)?;
    drop(store);
    summary(asked, dir, &files)
}

fn summary(asked: &Asked<'_>, dir: &Path, files: &[(String, import::Taken)]) -> Result<u8, Failure> {
    let loaded = Source::new(dir.to_path_buf()).loaded(None, 2)?;
    let mut code = 0;
    for (name, taken) in files {
        let refused: Vec<_> = loaded.refused.iter().filter(|r| r.file_entry == taken.file).collect();
        let warned = loaded.warnings.iter().filter(|(file, _, _)| file == name).count();
        if !refused.is_empty() {
            code = EXIT_FOUND;
        }
        match asked.format {
            Format::Json => out::line(format_args!(
                "{}",
                json!({ "file": name, "taken_in": taken.logged, "known_already": taken.known, "refused": refused.len(), "warnings": warned })
            ))?,
            Format::Text => {
                out::line(format_args!(
                    "{name}: {} reports taken in, {} known already, {} refused, {warned} warnings",
                    taken.logged,
                    taken.known,
                    refused.len()
                ))?;
                for refused in refused.iter().take(20) {
                    refused
                        .refusals
                        .iter()
                        .try_for_each(|r| out::line(format_args!("  {} {name}, {r}", refused.receipt)))?;
                }
                if refused.len() > 20 {
                    out::line(format_args!(
                        "  and {} more; see: truceline refused --store {}",
                        refused.len() - 20,
                        dir.display()
                    ))?;
                }
            }
        }
    }
    Ok(code)
}

fn explain(asked: &Asked<'_>, mapping: &Mapping) -> Result<u8, Failure> {
    let mission = match (asked.mission, asked.store) {
        (Some(dir), _) => Arc::new(Mission::read(&folder::read(dir)?)?),
        (None, Some(dir)) => Arc::clone(&Source::new(dir.to_path_buf()).loaded(None, 2)?.mission),
        (None, None) => Arc::new(Mission::none()),
    };
    for path in asked.files {
        let (mut file, _) = import::open(path)?;
        let mut bytes = Vec::new();
        file.rewind()
            .and_then(|()| file.take(EXPLAIN_BYTES).read_to_end(&mut bytes))
            .map_err(|e| Failure::operation(&format!("read {}", path.display()), &e))?;
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("unnamed");
        let mut samples = records(import::layout(mapping, name), &bytes);
        let header = match import::layout(mapping, name) {
            Layout::JsonLines => Header::JsonLines,
            Layout::Csv { delimiter } => {
                if samples.is_empty() {
                    return Err(Failure::usage(format!("{name}: no header row can be told apart in it")));
                }
                let first = samples.remove(0);
                Header::csv(first.bytes(), mapping.encoding, delimiter)
                    .map_err(|r| Failure::usage(format!("{name}, {r}")))?
            }
        };
        samples.truncate(EXPLAIN_ROWS);
        let explained =
            truceline_intake::explain::explain(mapping, &header, &samples, &mission.context(None));
        match asked.format {
            Format::Json => out::line(format_args!("{}", as_json(name, &explained)))?,
            Format::Text => out::line(format_args!("{name}\n{explained}"))?,
        }
    }
    Ok(0)
}

fn records(layout: Layout, bytes: &[u8]) -> Vec<Record> {
    let mut splitter = Splitter::new(layout);
    let pieces = splitter.push(bytes).into_iter().chain(splitter.finish());
    let whole =
        pieces.filter_map(|piece| if let Piece::Record(record) = piece { Some(record) } else { None });
    whole.filter(|record| matches!(record.content, Content::Whole(_))).collect()
}

fn as_json(name: &str, explained: &Explanation) -> Value {
    let column = |c: &truceline_intake::explain::ColumnPlan| json!({ "column": c.column, "becomes": c.becomes, "ignored": c.ignored });
    let row = |r: &truceline_intake::explain::RowPlan| {
        let observations: Vec<Value> = r
            .observations
            .iter()
            .map(|fields| {
                fields
                    .iter()
                    .map(|(k, v)| ((*k).to_owned(), json!(v)))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            })
            .collect();
        json!({
            "row": r.row, "observations": observations, "skipped": r.skipped,
            "refusals": r.refusals.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "warnings": r.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    };
    json!({
        "file": name, "mapping": explained.mapping, "assumptions": explained.assumptions, "absent": explained.absent,
        "columns": explained.columns.iter().map(column).collect::<Vec<_>>(),
        "refusals": explained.refusals.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "rows": explained.rows.iter().map(row).collect::<Vec<_>>(),
    })
}
