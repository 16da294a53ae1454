//! `cosign`: brings the last signed checkpoint to witnesses, each with a proof from what it saw last, and keeps what they sign.
//!
//! A witness's answer is believed only as far as its signature holds over this very checkpoint. One that is away, late or wrong costs its own
//! cosignature and nobody else's.

use std::time::Duration;

use serde_json::json;
use truceline_record::{Checkpoint, WitnessRequest, WitnessVerifier, with_signatures};
use truceline_store::Store;

use crate::cli::record::Cosign;
use crate::cli::{EXIT_FOUND, Format};
use crate::failure::Failure;
use crate::{log, out};

/// Longest answer that is read.
const ANSWER_LIMIT: u64 = 64 * 1024;

/// Asks each witness; 1 when fewer cosigned than are wanted.
///
/// # Errors
/// When the call is wrong, nothing is signed yet, or the store cannot be used.
pub(crate) fn run(asked: &Cosign) -> Result<u8, Failure> {
    let store = log::open_read_only(&asked.at.store)?;
    let witnesses = asked.witnesses.iter().map(|text| Witness::parse(text)).collect::<Result<Vec<_>, _>>()?;
    let last = store.last_checkpoint().map_err(|e| Failure::operation("read the checkpoint", &e))?;
    let note = store.checkpoint_note().map_err(|e| Failure::operation("read the checkpoint", &e))?;
    let (Some(checkpoint), Some(mut note)) = (last, note) else {
        return Err(Failure::not_found("nothing is signed yet: load or import something first"));
    };
    let kept = store.cosigned().map_err(|e| Failure::operation("read what was cosigned", &e))?;
    if let Some(before) = kept.into_iter().find(|kept| kept.checkpoint == checkpoint) {
        note = before.note;
    }
    let agent = agent(asked.patience);
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

/// Nothing of the environment is followed: no proxy, no redirect.
pub(crate) fn agent(patience: u64) -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(patience)))
        .max_redirects(0)
        .proxy(None)
        .http_status_as_error(false)
        .build()
        .new_agent()
}

struct Witness {
    address: String,
    key: WitnessVerifier,
}

impl Witness {
    fn parse(text: &str) -> Result<Self, Failure> {
        let wrong =
            |say: &str| Failure::usage(format!("--witness: {say}; write http://HOST:PORT=NAME+ID+KEY"));
        let (address, key) = text.split_once('=').ok_or_else(|| wrong("no `=`"))?;
        if !address.starts_with("http://") {
            return Err(wrong("the address does not begin with http://"));
        }
        let key = WitnessVerifier::new(key).map_err(|e| wrong(&e.to_string()))?;
        Ok(Self { address: address.trim_end_matches('/').to_owned(), key })
    }

    /// The note with this witness's signature under it, and when it signed; else why not.
    fn ask(
        &self,
        agent: &ureq::Agent,
        store: &Store,
        checkpoint: &Checkpoint,
        note: &[u8],
    ) -> Result<(Vec<u8>, u64), String> {
        // What it saw last it tells itself, where the first guess (what it cosigned for this store) is wrong.
        let known = store.cosigned().map_err(|e| e.to_string())?;
        let seen = known.iter().find(|kept| !kept.by(std::slice::from_ref(&self.key)).is_empty());
        let mut old = seen.map_or(0, |kept| kept.checkpoint.size);
        for _ in 0..3 {
            let (_, proof) = store.prove_consistency(old).map_err(|e| e.to_string())?;
            let request = WitnessRequest { old, proof, note: note.to_vec() };
            match self.post(agent, &request)? {
                (200, lines) => {
                    let signed = with_signatures(note, lines.as_bytes()).map_err(|e| e.to_string())?;
                    let time = self.key.cosigned(&signed).map_err(|e| e.to_string())?;
                    return time
                        .map(|time| (signed, time))
                        .ok_or_else(|| "it signed with another key".to_owned());
                }
                (409, size) => {
                    let size = size.trim().parse::<u64>().ok().filter(|size| *size != old);
                    let size = size.ok_or("it cosigned another history of this log")?;
                    if size > checkpoint.size {
                        return Err(format!(
                            "it has cosigned {size} entries and the record holds {}: entries are missing here",
                            checkpoint.size
                        ));
                    }
                    old = size;
                }
                (status, why) => return Err(format!("it answered {status}: {}", why.trim())),
            }
        }
        Err("it names another size each time".to_owned())
    }

    fn post(&self, agent: &ureq::Agent, request: &WitnessRequest) -> Result<(u16, String), String> {
        let sent = agent.post(format!("{}/add-checkpoint", self.address)).send(request.to_bytes().as_slice());
        let mut answer = sent.map_err(|e| e.to_string())?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().with_config().limit(ANSWER_LIMIT).read_to_string();
        Ok((status, text.map_err(|e| e.to_string())?))
    }
}
