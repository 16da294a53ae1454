//! `cosign`: brings the last signed checkpoint to witnesses, each with a proof from what it saw last, and keeps what they sign.
//!
//! A witness's answer is believed only as far as its signature holds over this very checkpoint. One that is away, late or wrong costs its own
//! cosignature and nobody else's.

use serde_json::json;

use crate::cli::record::Cosign;
use crate::cli::{EXIT_FOUND, Format};
use crate::cosigning::{self, Witness};
use crate::failure::Failure;
use crate::{log, out};

/// Asks each witness; 1 when fewer cosigned than are wanted.
///
/// # Errors
/// When the call is wrong, nothing is signed yet, or the store cannot be used.
pub(crate) fn run(asked: &Cosign) -> Result<u8, Failure> {
    let store = log::open_read_only(&asked.at.store)?;
    let witnesses = asked.witnesses.iter().map(|text| Witness::parse(text, "--witness"));
    let witnesses = witnesses.collect::<Result<Vec<_>, _>>()?;
    let Some((checkpoint, mut note)) = cosigning::last(&store)? else {
        return Err(Failure::not_found("nothing is signed yet: load or import something first"));
    };
    let agent = cosigning::agent(asked.patience);
    let mut held = 0;
    for witness in &witnesses {
        let told = witness.ask(&agent, &store, &checkpoint, &note);
        let (words, time) = match &told {
            Ok((signed, time)) => {
                note.clone_from(signed);
                held += 1;
                (format!("{} cosigned", witness.key.name()), Some(*time))
            }
            Err(why) => (format!("{} did not cosign: {}", witness.key.name(), out::shown(why)), None),
        };
        out::told(
            asked.format,
            format_args!("{words}"),
            &json!({ "witness": witness.key.name(), "cosigned": time, "why_not": told.err() }),
        )?;
    }
    if held > 0 {
        store.keep_cosigned(&note).map_err(|e| Failure::operation("keep the cosignatures", &e))?;
    }
    let wanted = asked.quorum.unwrap_or(witnesses.len());
    if asked.format == Format::Text {
        out::line(format_args!("{held} of {wanted} wanted cosigned {} entries", checkpoint.size))?;
    }
    Ok(if held >= wanted { 0 } else { EXIT_FOUND })
}
