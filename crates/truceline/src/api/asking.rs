//! The server brings what it has signed to witnesses by itself, where it was told of any (`serve --ask-witness`); off otherwise. Who lags, since when and
//! why, the Record screen shows.
//!
//! One thread, one witness after another, each with a time of its own after which it is asked again: sooner after an answer, later and later
//! after none. A witness that is away costs its own cosignature and a few seconds of this thread, and nothing of anybody who writes.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Counter};

use serde_json::{Value, json};
use truceline_record::WitnessVerifier;
use truceline_store::Store;

use crate::commands::published::second;
use crate::cosigning::{self, Witness};
use crate::failure::Failure;
use crate::{log, out};

/// How often the record is looked at for a new checkpoint.
const LOOK: Duration = Duration::from_millis(500);
/// Seconds to wait for one witness.
const PATIENCE: u64 = 5;
/// After so long a witness that did not answer is asked again, then after twice as long, up to the longest.
const AGAIN: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);
/// Most letters that are told of what a witness says.
const WORDS: usize = 200;

/// Whom to ask, and how often at the most.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    /// Whom.
    pub(crate) witnesses: Vec<Witness>,
    /// At the most once in so long, each.
    pub(crate) every: Duration,
}

/// How it stands with one witness.
#[derive(Clone, Debug, Default)]
struct Stands {
    /// Entries under the last checkpoint that it cosigned.
    size: u64,
    /// When it did, in seconds since 1970-01-01 (UTC).
    at: Option<u64>,
    /// Since when it lacks something that was signed.
    lags_since: Option<String>,
    /// Why it did not cosign when it was asked last.
    fault: Option<String>,
    /// How often in a row.
    failures: u32,
    next: Option<Counter>,
}

/// Asks witnesses, and tells how it stands with each.
pub(super) struct Asking {
    asked: Asked,
    stands: Arc<Mutex<Vec<Stands>>>,
}

impl Asking {
    /// Starts the thread, where anybody is to be asked.
    pub(super) fn start(store: &Path, asked: Asked) -> Self {
        let stands = Arc::new(Mutex::new(vec![Stands::default(); asked.witnesses.len()]));
        if !asked.witnesses.is_empty() {
            let (store, asked, stands) = (store.to_path_buf(), asked.clone(), Arc::clone(&stands));
            std::thread::spawn(move || run(&store, &asked, &stands));
        }
        Self { asked, stands }
    }

    /// Each witness that is asked, as it stands.
    pub(super) fn json(&self) -> Vec<Value> {
        let stands = held(&self.stands).clone();
        let each = self.asked.witnesses.iter().zip(&stands).map(|(witness, one)| {
            let fault = one.fault.as_deref().map(|why| out::shown(&why.chars().take(WORDS).collect::<String>()));
            json!({
                "witness": witness.key.name(), "key": witness.key.verifier_key(), "size": one.size, "at": one.at.and_then(second),
                "lags_since": one.lags_since, "fault": fault, "failures": one.failures,
            })
        });
        each.collect()
    }
}

fn held(stands: &Mutex<Vec<Stands>>) -> std::sync::MutexGuard<'_, Vec<Stands>> {
    stands.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run(folder: &Path, asked: &Asked, stands: &Mutex<Vec<Stands>>) {
    let agent = cosigning::agent(PATIENCE);
    let mut is_known = false;
    loop {
        let done = log::open_read_only(folder).and_then(|store| {
            if !is_known {
                known(&store, asked, stands)?;
                is_known = true;
            }
            round(&store, asked, stands, &agent)
        });
        if let Err(failure) = done {
            eprintln!("truceline: {}", out::shown(&failure.to_string()));
        }
        std::thread::sleep(LOOK);
    }
}

/// What each has cosigned before the server started.
fn known(store: &Store, asked: &Asked, stands: &Mutex<Vec<Stands>>) -> Result<(), Failure> {
    let kept = store.cosigned().map_err(|e| Failure::operation("read what was cosigned", &e))?;
    for (witness, one) in asked.witnesses.iter().zip(held(stands).iter_mut()) {
        let key: &[WitnessVerifier] = std::slice::from_ref(&witness.key);
        let last = kept.iter().find_map(|kept| Some((kept.checkpoint.size, kept.by(key).first()?.1)));
        if let Some((size, at)) = last {
            (one.size, one.at) = (size, Some(at));
        }
    }
    Ok(())
}

/// Asks those whose time has come.
fn round(
    store: &Store,
    asked: &Asked,
    stands: &Mutex<Vec<Stands>>,
    agent: &ureq::Agent,
) -> Result<(), Failure> {
    let last = store.last_checkpoint().map_err(|e| Failure::operation("read the checkpoint", &e))?;
    let Some(last) = last else { return Ok(()) };
    for (n, witness) in asked.witnesses.iter().enumerate() {
        let is_due = {
            let mut all = held(stands);
            let Some(one) = all.get_mut(n) else { continue };
            if one.size >= last.size {
                continue;
            }
            one.lags_since.get_or_insert_with(log::now);
            one.next.is_none_or(|next| Counter::now() >= next)
        };
        if !is_due {
            continue;
        }
        let told = one(store, witness, agent)?;
        let mut all = held(stands);
        let Some(one) = all.get_mut(n) else { continue };
        match told {
            Ok((size, at)) => {
                let next = Some(Counter::now() + asked.every);
                let lags_since = one.lags_since.take().filter(|_| size < last.size);
                *one = Stands { size, at: Some(at), lags_since, next, ..Stands::default() };
            }
            Err(why) => {
                let wait = AGAIN.saturating_mul(1 << one.failures.min(6)).min(LONGEST);
                one.failures = one.failures.saturating_add(1);
                one.fault = Some(why);
                one.next = Some(Counter::now() + wait);
            }
        }
    }
    Ok(())
}

/// Asks one, and keeps what it signed beside what others did: how far, and when; or why not.
fn one(store: &Store, witness: &Witness, agent: &ureq::Agent) -> Result<Result<(u64, u64), String>, Failure> {
    let Some((checkpoint, note)) = cosigning::last(store)? else {
        return Ok(Err("nothing is signed".into()));
    };
    Ok(match witness.ask(agent, store, &checkpoint, &note) {
        Ok((signed, at)) => {
            store.keep_cosigned(&signed).map_err(|e| Failure::operation("keep the cosignatures", &e))?;
            Ok((checkpoint.size, at))
        }
        Err(why) => Err(why),
    })
}
