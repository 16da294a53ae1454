//! `follow`: keeps a replica of a centre's record, once or until interrupted. What is believed is what the log's key and the witnesses signed.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use truceline_record::{LogVerifier, WitnessVerifier};
use truceline_store::{Centre, Cosigners, FollowError, Followed, Replica, StaticFolder, Store};

use crate::centre::AtAddress;
use crate::cli::replica::Follow;
use crate::cli::{EXIT_FOUND, Format};
use crate::failure::Failure;
use crate::{log, out};

/// Follows; 1 when objects are lacking.
///
/// # Errors
/// When the call is wrong, the replica cannot be opened, or what the centre shows is not followed.
pub(crate) fn run(asked: &Follow) -> Result<u8, Failure> {
    let mut replica = opened(asked)?;
    let Some(every) = asked.every else {
        let done = round(&mut replica, asked)?;
        tell(asked.format, &done)?;
        return Ok(if done.lacking.is_empty() { 0 } else { EXIT_FOUND });
    };
    loop {
        match round(&mut replica, asked) {
            Ok(done) if done.entries + done.objects + done.erased > 0 => tell(asked.format, &done)?,
            Ok(_) => {}
            // Two histories, or a wrong call, are for people; a line that is down is for later.
            Err(failure) if failure.is_not_found() || failure.is_usage() => return Err(failure),
            Err(failure) => eprintln!("{failure}; tried again in {every} s"),
        }
        std::thread::sleep(Duration::from_secs(every));
    }
}

fn opened(asked: &Follow) -> Result<Replica, Failure> {
    let dir = &asked.at.store;
    let fail = |e: &dyn std::fmt::Display| Failure::operation("open the replica", e);
    let cosigners = cosigners(asked)?;
    let key = asked
        .key
        .as_deref()
        .map(|text| LogVerifier::new(text.trim()).map_err(|e| Failure::usage(format!("--key: {e}"))));
    let key = key.transpose()?;
    if !Store::is_there(dir) {
        let key = key.ok_or_else(|| {
            Failure::usage("--key: the log's public key is needed the first time, as you know it from elsewhere (log.pub)")
        })?;
        let at = log::now();
        return Replica::create(dir, &key, &cosigners.unwrap_or_default(), &at).map_err(|e| fail(&e));
    }
    if !Replica::is_there(dir) || cosigners.is_some() {
        Replica::tell(dir, &cosigners.unwrap_or_default()).map_err(|e| fail(&e))?;
    }
    let mut replica = Replica::open(dir).map_err(|e| fail(&e))?;
    if let (Some(was), Some(new)) = (asked.was.as_deref(), &key) {
        replaced(&mut replica, was.trim(), new)?;
    }
    if key.is_some_and(|key| key.verifier_key() != replica.store().verifier().verifier_key()) {
        return Err(Failure::usage(format!("--key: {} is a replica of another log", dir.display())));
    }
    Ok(replica)
}

/// Takes another key of the log in place of the one that the replica has; said again, it changes nothing.
fn replaced(replica: &mut Replica, was: &str, new: &LogVerifier) -> Result<(), Failure> {
    let has = replica.store().verifier();
    if has.verifier_key() == new.verifier_key() && has.former().any(|(key, _)| key == was) {
        return Ok(());
    }
    if has.verifier_key() != was {
        return Err(Failure::usage(format!(
            "--was: the replica's key is {}; say that one, if it is the one that was replaced",
            has.verifier_key()
        )));
    }
    replica.replace_key(new).map_err(|e| Failure::operation("replace the key", &e))
}

fn cosigners(asked: &Follow) -> Result<Option<Cosigners>, Failure> {
    if asked.witnesses.is_empty() {
        return Ok(None);
    }
    let mut witnesses: Vec<WitnessVerifier> = Vec::new();
    for text in &asked.witnesses {
        let key = WitnessVerifier::new(text).map_err(|e| Failure::usage(format!("--witness: {e}")))?;
        if witnesses.iter().any(|other| other.same_key(&key)) {
            return Err(Failure::usage("--witness: one key twice is one witness"));
        }
        witnesses.push(key);
    }
    let needed = asked.quorum.unwrap_or(witnesses.len());
    if needed == 0 || needed > witnesses.len() {
        return Err(Failure::usage(format!("--quorum: from 1 to {}, as many as are named", witnesses.len())));
    }
    Ok(Some(Cosigners { witnesses, needed }))
}

fn round(replica: &mut Replica, asked: &Follow) -> Result<Followed, Failure> {
    let centre = centre(asked)?;
    replica.follow(centre.as_ref(), &log::now()).map_err(|error| match error {
        FollowError::Forked { .. } => Failure::not_found(error.to_string()),
        error => Failure::operation("follow", &error),
    })
}

/// The centre, opened for one round: a folder may have been replaced since the last.
fn centre(asked: &Follow) -> Result<Box<dyn Centre>, Failure> {
    if asked.from.contains("://") {
        return Ok(Box::new(AtAddress::new(&asked.from, asked.patience)?));
    }
    let dir = Path::new(&asked.from);
    if Store::is_there(dir) {
        return Ok(Box::new(log::open_read_only(dir)?));
    }
    if dir.join("checkpoint").is_file() {
        return Ok(Box::new(StaticFolder::new(dir)));
    }
    let say = format!("{} holds neither a store nor the static files of one", dir.display());
    Err(Failure::operation("find the centre", &say))
}

fn tell(format: Format, done: &Followed) -> Result<(), Failure> {
    let Followed { entries, objects, erased, size, shown, lacking } = done;
    let behind = if shown < size {
        format!("; the centre showed an older moment, of {shown} entries")
    } else {
        String::new()
    };
    let lacks = match lacking.len() {
        0 => String::new(),
        count => format!("; {count} objects are not there at the centre, and no erasure names them"),
    };
    out::told(
        format,
        format_args!(
            "{entries} entries and {objects} objects taken in, {erased} objects erased; {size} entries held{behind}{lacks}"
        ),
        &json!({
            "taken_in": entries, "objects": objects, "erased": erased, "entries": size, "shown": shown,
            "lacking": lacking.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }),
    )
}
