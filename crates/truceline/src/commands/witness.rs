//! `witness`: makes one, tells it of logs, shows what it holds, and lets it answer. What it decides is decided elsewhere.

use std::path::Path;

use jiff::Timestamp;
use serde_json::json;
use truceline_record::LogVerifier;
use truceline_store::WitnessFolder;

use crate::cli::record::Witness;
use crate::cli::{EXIT_FOUND, Format};
use crate::failure::Failure;
use crate::{out, witness_server};

/// Does what is asked of a witness; 1 when it shows that a log signed two histories.
///
/// # Errors
/// When the call is wrong or the folder cannot be used.
pub(crate) fn run(asked: &Witness) -> Result<u8, Failure> {
    match asked {
        Witness::Init { at, name, format } => init(at, name, *format),
        Witness::Trust { at, log } => {
            open(at)?.trust(&key(log)?).map_err(|e| Failure::operation("note the key", &e)).map(|()| 0)
        }
        Witness::Distrust { at, log } => {
            open(at)?.distrust(&key(log)?).map_err(|e| Failure::operation("strike the key", &e)).map(|()| 0)
        }
        Witness::Serve { at, listen, format } => {
            witness_server::serve(open(at)?, *listen, *format).map(|()| 0)
        }
        Witness::Show { at, format } => show(at, *format),
    }
}

fn init(at: &Path, name: &str, format: Format) -> Result<u8, Failure> {
    let seed = crate::secrets::draw_secret()?;
    let witness =
        WitnessFolder::create(at, name, &seed).map_err(|e| Failure::operation("make the witness", &e))?;
    let key = witness.verifier_key();
    out::told(
        format,
        format_args!("{name} holds its key in {}\npublic key: {key}", at.display()),
        &json!({ "name": name, "key": key }),
    )?;
    Ok(0)
}

fn show(at: &Path, format: Format) -> Result<u8, Failure> {
    let witness = open(at)?;
    let logs = witness.logs().map_err(|e| Failure::operation("read what the witness holds", &e))?;
    if format == Format::Text {
        out::line(format_args!("public key: {}", witness.verifier_key()))?;
    }
    for log in &logs {
        let time = i64::try_from(log.time).ok().filter(|time| *time > 0);
        let time = time.and_then(|time| Timestamp::from_second(time).ok()).map(|time| time.to_string());
        let caught: Vec<String> = log.caught.iter().map(u64::to_string).collect();
        let also = if caught.is_empty() {
            String::new()
        } else {
            format!("; THE LOG SIGNED ANOTHER HISTORY at size {}", caught.join(", "))
        };
        let when = time.as_deref().unwrap_or("never");
        out::told(
            format,
            format_args!("{}: {} entries, root {}, cosigned {when}{also}", log.origin, log.size, log.root),
            &json!({
                "log": log.origin, "keys": log.keys, "size": log.size, "root": log.root.to_string(), "cosigned": time,
                "caught": log.caught,
            }),
        )?;
    }
    Ok(if logs.iter().any(|log| !log.caught.is_empty()) { EXIT_FOUND } else { 0 })
}

fn open(at: &Path) -> Result<WitnessFolder, Failure> {
    WitnessFolder::open(at).map_err(|e| Failure::operation("open the witness", &e))
}

fn key(text: &str) -> Result<LogVerifier, Failure> {
    LogVerifier::new(text).map_err(|e| Failure::usage(format!("--log: {e}")))
}
