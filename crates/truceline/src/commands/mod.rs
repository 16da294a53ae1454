//! Each command: opens what it needs, calls the pure crates, prints, and says by its exit code how it went.

mod account;
mod backup;
mod case;
mod case_scenarios;
mod compare;
mod comparing;
mod cosign;
mod database;
mod decide;
mod demo;
mod demo_published;
mod desk;
pub(crate) mod duties;
mod erase;
mod explain;
mod follow;
mod formatting;
mod fsck;
mod handover;
mod intake;
mod judging;
pub(crate) mod office;
mod open;
mod origins;
mod plainly;
mod proposals;
mod prove;
mod publish;
pub(crate) mod published;
mod queue;
pub(crate) mod reading;
mod receive;
mod replace_key;
mod scoring;
mod seal;
pub(crate) mod shelf;
mod show;
pub(crate) mod step;
mod testing;
mod verify;
mod witness;

pub(crate) use comparing::clause_changes;
pub(crate) use decide::{holds_from, sides_of};
pub(crate) use desk::Desk as Bench;
pub(crate) use seal::sealed_of;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::json;
use truceline_publish::Lang;

use crate::cli::account::OnCases;
use crate::cli::beside::Beside;
use crate::cli::record::{Print, Record};
use crate::cli::secrets::Closed;
use crate::cli::{BenchCommand, Cli, Command, EXIT_FOUND, Format, Language, Moment, TermsCommand};
use crate::failure::Failure;
use crate::out;
use crate::pipeline::Source;
use crate::{bundle, load, log, outputs, printing, server};

/// Does what the command line says; gives the exit code.
///
/// # Errors
/// When it cannot be done; the words say what to do.
pub(crate) fn run(cli: Cli) -> Result<u8, Failure> {
    match cli.command {
        Command::Demo { once, people, published, store, listen, moment, format } => match once {
            Some(dir) => demo::once(&dir, (people, published), &moment, format),
            None => demo::serve(&store, listen, &moment, format),
        },
        Command::Load { mission, at, format } => load_mission(&mission, &at.store, format),
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
        Command::Replay { at, out, moment, format } => replay(&at.store, &out, &moment, format),
        Command::Verify(asked) => verify::verify(&asked),
        Command::Record(asked) => record(&asked),
        Command::Database(asked) => database::run(&asked),
        Command::Office(asked) => office::run(&asked),
        Command::ServePages { at, listen, threads, format } => serve(at.store, listen, threads, format),
        Command::Receive(asked) => receive::receive(&asked),
        Command::Closed(asked) => closed(&asked),
        Command::Proposals(asked) => proposals::proposals(&asked),
        Command::Queue(asked) => queue::queue(&asked),
        Command::Decide(asked) => decide::decide(&asked),
        Command::OnCases(asked) => on_cases(&asked),
        Command::Incidents { at, incident, moment, lang, format } => {
            show::incidents(&at.store, incident.as_deref(), &moment, language(lang), format)
        }
        Command::Explain { incident, clause, reading, at, moment, lang, format } => {
            explain::explain(&explain::Asked {
                store: &at.store,
                incident: incident.as_deref(),
                clause: clause.as_deref(),
                reading: reading.as_deref(),
                moment: &moment,
                lang: language(lang),
                format,
            })
        }
        Command::Beside(asked) => beside(&asked),
        Command::Refused { at, format } => show::refused(&at.store, format),
        Command::Read { files, date, known, other, format } => reading::read(&reading::Asked {
            files: &files,
            date: date.as_deref(),
            known: &known,
            other: &other,
            format,
        }),
        Command::Bench { what } => bench(&what),
        Command::Terms { what } => terms(what),
        Command::Scenarios { mission, format } => judging::scenarios(&mission, format),
    }
}

/// Reports beside what they rest on; what was asked for beside what was done; one instance beside another.
fn beside(asked: &Beside) -> Result<u8, Failure> {
    match asked {
        Beside::Origins(asked) => origins::origins(asked),
        Beside::Duties(asked) => duties::duties(asked),
        Beside::Compare(asked) => compare::compare(asked),
    }
}

/// Cases, and who may work on them over HTTP.
fn on_cases(asked: &OnCases) -> Result<u8, Failure> {
    match asked {
        OnCases::Case(asked) => case::run(asked),
        OnCases::Handover(asked) => handover::run(asked),
        OnCases::Account(asked) => account::run(asked),
        OnCases::Reads(asked) => account::reads(asked),
        OnCases::Serve(asked) => account::serve(asked).map(|()| 0),
    }
}

/// What entries commit to and do not show.
fn closed(asked: &Closed) -> Result<u8, Failure> {
    match asked {
        Closed::Open(asked) => open::open(asked),
        Closed::Erase(asked) => erase::run(asked),
        Closed::Seal(asked) => seal::run(asked),
    }
}

/// What makes the record provable to others.
fn record(asked: &Record) -> Result<u8, Failure> {
    match asked {
        Record::Witness(asked) => witness::run(asked),
        Record::Cosign(asked) => cosign::run(asked),
        Record::Prove(asked) => prove::make(asked),
        Record::CheckProof(asked) => prove::check(asked),
        Record::Backup(asked) => backup::make(asked),
        Record::Restore(asked) => backup::restore(asked),
        Record::Follow(asked) => follow::run(asked),
        Record::HandOut(asked) => {
            crate::hand_out::serve(&asked.at.store, asked.listen, asked.format).map(|()| 0)
        }
        Record::Publish(asked) => publish::publish(asked),
        Record::Bundle(asked) => bundle::make::make(asked),
        Record::Fsck(asked) => fsck::fsck(asked),
        Record::ReplaceKey(asked) => replace_key::run(asked),
        Record::ExportTiles(asked) => published::export(asked),
        Record::Print(asked) => print(asked),
        Record::Published(asked) => published::list(&asked.at.store, asked.format),
    }
}

fn print(asked: &Print) -> Result<u8, Failure> {
    let bytes = printing::file(&asked.page, &asked.out)?;
    let (page, out) = (asked.page.display().to_string(), asked.out.display().to_string());
    let said = format!("{} printed as {}, {bytes} bytes", out::shown(&page), out::shown(&out));
    out::told(asked.format, format_args!("{said}"), &json!({ "page": page, "out": out, "bytes": bytes }))?;
    Ok(0)
}

fn load_mission(mission: &Path, store: &Path, format: Format) -> Result<u8, Failure> {
    let loading = load::from_folder(store, mission)?;
    let (logged, known) = (loading.logged, loading.known);
    out::told(
        format,
        format_args!("{logged} reports taken in, {known} known already"),
        &json!({ "taken_in": logged, "known_already": known }),
    )?;
    refused_summary(store)
}

fn serve(store: PathBuf, listen: SocketAddr, threads: usize, format: Format) -> Result<u8, Failure> {
    log::open_read_only(&store)?;
    server::serve(Source::new(store), listen, threads, format).map(|()| 0)
}

/// What is asked of terms.
fn terms(what: TermsCommand) -> Result<u8, Failure> {
    match what {
        TermsCommand::Check { agreement, format } => judging::check(&agreement, format),
        TermsCommand::Fmt { paths, check, format } => formatting::fmt(&paths, check, format),
        TermsCommand::ServeEditor => serve_editor(),
        TermsCommand::Explain { agreement, clause, lang, format } => {
            plainly::explain(&agreement, clause.as_deref(), language(lang), format)
        }
        TermsCommand::Diff { old, new, over, as_of, format } => comparing::diff(&comparing::Asked {
            old: &old,
            new: &new,
            over: &over,
            as_of: as_of.as_deref(),
            format,
        }),
        TermsCommand::Test { mission, accept, require_coverage, format } => {
            testing::test(&mission, accept, require_coverage, format)
        }
    }
}

/// Speaks to one editor until it takes leave; an editor that just goes away is an ending that a script should see.
fn serve_editor() -> Result<u8, Failure> {
    let took_leave = truceline_editor::serve(std::io::stdin(), std::io::stdout().lock())
        .map_err(|e| Failure::operation("speak with the editor", &e))?;
    Ok(if took_leave { 0 } else { EXIT_FOUND })
}

fn language(lang: Language) -> Lang {
    match lang {
        Language::En => Lang::En,
        Language::Ar => Lang::Ar,
        Language::Ru => Lang::Ru,
    }
}

fn replay(store: &Path, folder: &Path, moment: &Moment, format: Format) -> Result<u8, Failure> {
    let source = Source::new(store.to_path_buf());
    let derived = source.published(moment.as_of.as_deref(), moment.up_to, moment.threads)?;
    outputs::write(&derived, folder)?;
    let (entries, as_of) = (derived.loaded.entries, derived.as_of);
    out::told(
        format,
        format_args!("{entries} entries replayed as of {as_of} into {}", folder.display()),
        &json!({ "entries": entries, "as_of": as_of.to_string(), "out": folder.display().to_string() }),
    )?;
    Ok(0)
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

fn bench(what: &BenchCommand) -> Result<u8, Failure> {
    let BenchCommand::Read { gold, texts, found, known, misses, format } = what;
    let asked = scoring::Asked {
        gold: gold.as_deref(),
        texts: texts.as_deref(),
        found: found.as_deref(),
        country: known.country.as_deref(),
        misses: *misses,
        format: *format,
    };
    scoring::read(&asked, &|| reading::Known::of(known))
}
