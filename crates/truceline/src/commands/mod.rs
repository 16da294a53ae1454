//! Each command: opens what it needs, calls the pure crates, prints, and says by its exit code how it went.

mod decide;
mod intake;
mod judging;
mod show;

use std::path::Path;

use serde_json::json;
use truceline_publish::Lang;
use truceline_store::Store;

use crate::cli::{Cli, Command, EXIT_FOUND, Format, Language, Moment, TermsCommand};
use crate::failure::Failure;
use crate::out;
use crate::pipeline::Source;
use crate::{load, log, outputs, progress, server};

/// Does what the command line says; gives the exit code.
///
/// # Errors
/// When it cannot be done; the words say what to do.
pub(crate) fn run(cli: Cli) -> Result<u8, Failure> {
    match cli.command {
        Command::Demo { once: Some(dir), moment, .. } => demo_once(&dir, &moment),
        Command::Demo { once: None, store, listen, moment } => demo(&store, listen, &moment),
        Command::Load { mission, at } => {
            let loading = load::from_folder(&at.store, &mission)?;
            out::line(format_args!("{} reports taken in, {} known already", loading.logged, loading.known))?;
            refused_summary(&at.store)
        }
        Command::Import { files, mapping, store, explain, encoding, mission, receipts, format } => {
            intake::import(&intake::Asked {
                files: &files,
                mapping: &mapping,
                store: store.as_deref(),
                explain,
                encoding: encoding.as_deref(),
                mission: mission.as_deref(),
                receipts,
                format,
            })
        }
        Command::Judge { agreement, incidents, as_of, clause, reading, lang, format } => {
            judging::judge(&judging::Asked {
                agreement: &agreement,
                incidents: &incidents,
                as_of: as_of.as_deref(),
                clause: clause.as_deref(),
                reading: reading.as_deref(),
                lang: language(lang),
                format,
            })
        }
        Command::Replay { at, out, moment } => {
            let derived =
                Source::new(at.store).derive(moment.as_of.as_deref(), moment.up_to, moment.threads)?;
            outputs::write(&derived, &out)?;
            out::line(format_args!(
                "{} entries replayed as of {} into {}",
                derived.loaded.entries,
                derived.as_of,
                out.display()
            ))?;
            Ok(0)
        }
        Command::Verify { at, checkpoint, key, format } => {
            verify(&at.store, checkpoint.as_deref(), key.as_deref(), format)
        }
        Command::Serve { at, listen, threads } => {
            log::open_read_only(&at.store)?;
            server::serve(Source::new(at.store), listen, threads).map(|()| 0)
        }
        Command::Decide { at, by, why, known, what } => {
            decide::decide(&at.store, &by, &why, known.as_deref(), &what)
        }
        Command::Incidents { at, incident, moment, lang, format } => {
            show::incidents(&at.store, incident.as_deref(), &moment, language(lang), format)
        }
        Command::Refused { at, format } => show::refused(&at.store, format),
        Command::Terms { what: TermsCommand::Check { agreement, format } } => {
            judging::check(&agreement, format)
        }
        Command::Scenarios { mission, format } => judging::scenarios(&mission, format),
    }
}

fn language(lang: Language) -> Lang {
    match lang {
        Language::En => Lang::En,
        Language::Ar => Lang::Ar,
        Language::Ru => Lang::Ru,
    }
}

fn demo_once(dir: &Path, moment: &Moment) -> Result<u8, Failure> {
    let store = dir.join("store");
    let loading = load::shipped(&store)?;
    eprintln!("{} reports taken in, {} known already", loading.logged, loading.known);
    let stage = progress::stage("Judging and writing", 0);
    let derived = Source::new(store.clone()).derive(moment.as_of.as_deref(), moment.up_to, moment.threads)?;
    outputs::write(&derived, dir)?;
    stage.done();
    out::line(format_args!(
        "as of {}: {} incidents, {} findings",
        derived.as_of,
        derived.resolved.incidents.len(),
        derived.findings.values().map(Vec::len).sum::<usize>()
    ))?;
    out::line(format_args!("{}", dir.join("bulletin.html").display()))?;
    out::line(format_args!("{}", dir.join("findings.jsonl").display()))?;
    out::line(format_args!("{}", dir.join("incidents.geojson").display()))?;
    out::line(format_args!("{}", store.display()))?;
    refused_summary(&store)
}

fn demo(store: &Path, listen: std::net::SocketAddr, moment: &Moment) -> Result<u8, Failure> {
    let loading = load::shipped(store)?;
    eprintln!("{} reports taken in, {} known already", loading.logged, loading.known);
    let stage = progress::stage("Judging", 0);
    let source = Source::new(store.to_path_buf());
    let derived = source.derive(moment.as_of.as_deref(), None, moment.threads)?;
    stage.done();
    eprintln!("{} incidents judged as of {}", derived.resolved.incidents.len(), derived.as_of);
    server::serve(source, listen, moment.threads).map(|()| 0)
}

/// Says how many reports could not be read, and gives the exit code for it.
pub(crate) fn refused_summary(store: &Path) -> Result<u8, Failure> {
    let loaded = Source::new(store.to_path_buf()).loaded(None, 2)?;
    if loaded.refused.is_empty() {
        return Ok(0);
    }
    eprintln!(
        "{} reports were kept and refused; see: truceline refused --store {}",
        loaded.refused.len(),
        store.display()
    );
    Ok(EXIT_FOUND)
}

fn verify(dir: &Path, checkpoint: Option<&Path>, key: Option<&str>, format: Format) -> Result<u8, Failure> {
    let store: Store = log::open_read_only(dir)?;
    let kept = match checkpoint {
        Some(path) => vec![
            std::fs::read(path)
                .map_err(|e| Failure::usage(format!("could not read {}: {e}", path.display())))?,
        ],
        None => Vec::new(),
    };
    let verifier = match key {
        Some(text) => truceline_record::LogVerifier::new(text.trim())
            .map_err(|e| Failure::usage(format!("--key: {e}")))?,
        None => store.verifier().clone(),
    };
    let report =
        store.verify_against(&verifier, &kept).map_err(|e| Failure::operation("verify the store", &e))?;
    let faults: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
    match format {
        Format::Json => out::line(format_args!(
            "{}",
            json!({
                "entries": report.entries, "signed": report.signed, "checkpoints": report.checkpoints, "objects": report.objects,
                "root": report.root.to_string(), "clean": report.is_clean(), "first_wrong_entry": report.first_wrong_entry(), "faults": faults,
            })
        ))?,
        Format::Text => {
            out::line(format_args!(
                "{} entries, {} of them signed by {} checkpoints, {} objects",
                report.entries, report.signed, report.checkpoints, report.objects
            ))?;
            out::line(format_args!("root {}", report.root))?;
            if let Some(n) = report.first_wrong_entry() {
                out::line(format_args!("first wrong entry: {n}"))?;
            }
            faults.iter().try_for_each(|fault| out::line(format_args!("{fault}")))?;
            out::line(format_args!(
                "{}",
                if report.is_clean() {
                    "every byte is as it was signed"
                } else {
                    "the record has been changed or damaged"
                }
            ))?;
        }
    }
    Ok(if report.is_clean() { 0 } else { EXIT_FOUND })
}
