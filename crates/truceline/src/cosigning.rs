//! Asking a witness to cosign (C2SP tlog-witness), from the log's side: for the command line, for the server that asks by itself, and for the demo.
//!
//! An answer is believed only as far as the witness's signature holds over this very checkpoint. Nothing of the environment is followed: no
//! proxy, no redirect.

use std::time::Duration;

use truceline_record::{Checkpoint, WitnessRequest, WitnessVerifier, with_signatures};
use truceline_store::Store;

use crate::failure::Failure;

/// Longest answer that is read.
const ANSWER_LIMIT: u64 = 64 * 1024;

/// Brings a request to a witness: its status and its body, or why there is none.
pub(crate) type Post<'p> = dyn FnMut(&WitnessRequest) -> Result<(u16, String), String> + 'p;

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

/// A witness, and where it answers.
#[derive(Clone, Debug)]
pub(crate) struct Witness {
    address: String,
    /// Its key.
    pub(crate) key: WitnessVerifier,
}

impl Witness {
    /// Reads `http://HOST:PORT=NAME+ID+KEY`; `option` is what the call names it by.
    ///
    /// # Errors
    /// When it is not written so.
    pub(crate) fn parse(text: &str, option: &str) -> Result<Self, Failure> {
        let wrong =
            |say: &str| Failure::usage(format!("{option}: {say}; write http://HOST:PORT=NAME+ID+KEY"));
        let (address, key) = text.split_once('=').ok_or_else(|| wrong("no `=`"))?;
        if !address.starts_with("http://") {
            return Err(wrong("the address does not begin with http://"));
        }
        let key = WitnessVerifier::new(key).map_err(|e| wrong(&e.to_string()))?;
        Ok(Self { address: address.trim_end_matches('/').to_owned(), key })
    }

    /// The note with this witness's signature under it, and when it signed; else why not.
    ///
    /// # Errors
    /// Why it did not cosign, in words.
    pub(crate) fn ask(
        &self,
        agent: &ureq::Agent,
        store: &Store,
        checkpoint: &Checkpoint,
        note: &[u8],
    ) -> Result<(Vec<u8>, u64), String> {
        ask(&self.key, store, checkpoint, note, &mut |request| self.post(agent, request))
    }

    fn post(&self, agent: &ureq::Agent, request: &WitnessRequest) -> Result<(u16, String), String> {
        let sent = agent.post(format!("{}/add-checkpoint", self.address)).send(request.to_bytes().as_slice());
        let mut answer = sent.map_err(|e| e.to_string())?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().with_config().limit(ANSWER_LIMIT).read_to_string();
        Ok((status, text.map_err(|e| e.to_string())?))
    }
}

/// The note with a witness's signature under it, and when it signed, however the request comes to it.
///
/// # Errors
/// Why it did not cosign, in words.
pub(crate) fn ask(
    key: &WitnessVerifier,
    store: &Store,
    checkpoint: &Checkpoint,
    note: &[u8],
    post: &mut Post<'_>,
) -> Result<(Vec<u8>, u64), String> {
    // What it saw last it tells itself, where the first guess (what it cosigned for this store) is wrong.
    let known = store.cosigned().map_err(|e| e.to_string())?;
    let seen = known.iter().find(|kept| !kept.by(std::slice::from_ref(key)).is_empty());
    let mut old = seen.map_or(0, |kept| kept.checkpoint.size);
    for _ in 0..3 {
        let (_, proof) = store.prove_consistency(old).map_err(|e| e.to_string())?;
        let request = WitnessRequest { old, proof, note: note.to_vec() };
        match post(&request)? {
            (200, lines) => {
                let signed = with_signatures(note, lines.as_bytes()).map_err(|e| e.to_string())?;
                let time = key.cosigned(&signed).map_err(|e| e.to_string())?;
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

/// The last signed checkpoint, and its note with whatever cosignatures are kept under it already; `None`: nothing is signed yet.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn last(store: &Store) -> Result<Option<(Checkpoint, Vec<u8>)>, Failure> {
    let checkpoint = store.last_checkpoint().map_err(|e| Failure::operation("read the checkpoint", &e))?;
    let Some(checkpoint) = checkpoint else { return Ok(None) };
    let kept = store.cosigned().map_err(|e| Failure::operation("read what was cosigned", &e))?;
    if let Some(kept) = kept.into_iter().find(|kept| kept.checkpoint == checkpoint) {
        return Ok(Some((checkpoint, kept.note)));
    }
    let note = store.checkpoint_note_over(checkpoint.size);
    let note = note.map_err(|e| Failure::operation("read the checkpoint", &e))?;
    Ok(note.map(|note| (checkpoint, note)))
}
