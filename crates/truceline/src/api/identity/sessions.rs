//! Sessions of browsers: who signed in, at which account, until when. One small file each, named by the hash of what the browser holds.
//!
//! The folder keeps no secret that opens anything: a session's 256 random bits are only with the browser. A session ends when it was not used for
//! an hour, twelve hours after it began, when somebody signs out, and when its account is removed or changed. It outlives a restart. Nothing here is
//! in the log or in a copy of it. Reads no clock: the caller says what time it is.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use truceline_record::Digest;
use zeroize::Zeroizing;

use crate::api::accounts::{Account, Token};
use crate::failure::Failure;
use crate::{files, secrets};

const HEADER: &str = "truceline session 1";
/// Largest file.
const LIMIT: u64 = 4 << 10;
/// A session that was not used for so long has ended.
const IDLE: Duration = Duration::from_hours(1);
/// How long a session lasts, however much it is used: a watch, and its handover.
pub(super) const WHOLE: Duration = Duration::from_hours(12);
/// How often it is noted that a session was used.
const NOTED: Duration = Duration::from_mins(1);
/// Sessions of one person at once; the one that was not used for longest makes room.
const OF_ONE: usize = 16;

/// How somebody signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// By the token of their account.
    Token,
    /// By its password.
    Password,
    /// By a passkey of it.
    Passkey,
    /// At a provider of identities.
    Provider,
}

impl How {
    /// The word used in files and answers.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::Provider => "provider",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Token, Self::Password, Self::Passkey, Self::Provider]
            .into_iter()
            .find(|one| one.as_str() == text)
    }
}

/// A session that has not ended.
#[derive(Clone)]
pub(crate) struct Session {
    /// Whose.
    pub(crate) person: String,
    /// The account's stamp when it began.
    pub(crate) stamp: [u8; 32],
    /// How they signed in.
    pub(crate) how: How,
    /// When it ends at the latest.
    pub(crate) until: SystemTime,
    /// The name of its file: a hash of what the browser holds.
    id: [u8; 32],
}

fn folder(store: &Path) -> PathBuf {
    store.join("sessions")
}

fn id_of(token: &Token) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"truceline session 1\n");
    hash.update(**token);
    hash.finalize().into()
}

fn path_of(store: &Path, id: &[u8; 32]) -> PathBuf {
    folder(store).join(Digest(*id).to_string())
}

/// Begins a session; gives what the browser is to hold, as 64 digits.
///
/// # Errors
/// When it cannot be kept.
pub(super) fn begin(
    store: &Path,
    account: &Account,
    how: How,
    now: SystemTime,
) -> Result<Zeroizing<String>, Failure> {
    let fail = |e: std::io::Error| Failure::operation("keep a session", &e);
    let folder = folder(store);
    let mut options = fs::DirBuilder::new();
    options.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut options, 0o700);
    options.create(&folder).map_err(fail)?;
    make_room(store, &account.person, now).map_err(fail)?;
    let token = secrets::draw_secret()?;
    let from = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let value = json!({
        "format": HEADER, "person": account.person, "account": Digest(account.stamp()).to_string(), "from": from,
        "how": how.as_str(),
    });
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path_of(store, &id_of(&token))).map_err(fail)?;
    // A file that was cut off opens nothing, so nobody waits for the disk here.
    file.write_all(format!("{value}\n").as_bytes()).and_then(|()| file.set_modified(now)).map_err(fail)?;
    Ok(Zeroizing::new(Digest(*token).to_string()))
}

/// The session that a browser holds, if it has not ended; notes that it was used. Whether its account is still there is not looked at here.
///
/// # Errors
/// When the folder cannot be read.
pub(in crate::api) fn find(store: &Path, token: &Token, now: SystemTime) -> Result<Option<Session>, Failure> {
    let id = id_of(token);
    let path = path_of(store, &id);
    let Some((session, used)) = kept(&path, id)? else { return Ok(None) };
    if has_ended(&session, used, now) {
        let _ = fs::remove_file(&path);
        return Ok(None);
    }
    if now.duration_since(used).is_ok_and(|idle| idle > NOTED) {
        // Where it cannot be noted it ends sooner.
        let _ = OpenOptions::new().append(true).open(&path).and_then(|file| file.set_modified(now));
    }
    Ok(Some(session))
}

/// Whether a session has not been ended by somebody meanwhile.
pub(crate) fn is_kept(store: &Path, session: &Session, now: SystemTime) -> bool {
    now < session.until && path_of(store, &session.id).exists()
}

/// Ends a session.
///
/// # Errors
/// When it cannot be taken away.
pub(super) fn end(store: &Path, session: &Session) -> Result<(), Failure> {
    match fs::remove_file(path_of(store, &session.id)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Failure::operation("end a session", &error)),
        _ => Ok(()),
    }
}

fn has_ended(session: &Session, used: SystemTime, now: SystemTime) -> bool {
    now >= session.until || now.duration_since(used).is_ok_and(|idle| idle > IDLE)
}

/// A session and when it was last used; `None` where there is none that can be read.
fn kept(path: &Path, id: [u8; 32]) -> Result<Option<(Session, SystemTime)>, Failure> {
    let fail = |e: std::io::Error| Failure::operation("read a session", &e);
    let found = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(fail(error)),
        Ok(found) if !found.is_file() => return Ok(None),
        Ok(found) => found,
    };
    let used = found.modified().map_err(fail)?;
    let text = files::text(path, LIMIT).unwrap_or_default();
    let value: Value = serde_json::from_str(&text).unwrap_or_default();
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let read = || {
        let from = Duration::from_secs(value.get("from")?.as_u64()?);
        Some(Session {
            person: text("person")?.to_owned(),
            stamp: text("account")?.parse::<Digest>().ok()?.0,
            how: How::parse(text("how")?)?,
            until: SystemTime::UNIX_EPOCH.checked_add(from)?.checked_add(WHOLE)?,
            id,
        })
    };
    Ok((text("format") == Some(HEADER)).then(read).flatten().map(|session| (session, used)))
}

/// Takes away what has ended, and the oldest of somebody who has as many as may be.
fn make_room(store: &Path, person: &str, now: SystemTime) -> Result<(), std::io::Error> {
    let mut own: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder(store))? {
        let path = entry?.path();
        match kept(&path, [0; 32]) {
            Ok(Some((session, used))) if !has_ended(&session, used, now) => {
                if session.person == person {
                    own.push((used, path));
                }
            }
            _ => drop(fs::remove_file(&path)),
        }
    }
    own.sort();
    let surplus = (own.len() + 1).saturating_sub(OF_ONE);
    own.iter().take(surplus).for_each(|(_, path)| drop(fs::remove_file(path)));
    File::open(folder(store)).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Accounts;
    use crate::api::accounts;

    fn account(dir: &Path) -> Account {
        Accounts::add(dir, "petrova", "2016-05-03T00:00:00Z").unwrap();
        Accounts::read(dir).unwrap().iter().next().unwrap().clone()
    }

    #[test]
    fn a_session_ends_by_idleness_by_age_and_by_signing_out() {
        let dir = tempfile::tempdir().unwrap();
        let (account, start) = (account(dir.path()), SystemTime::now());
        let begun = || accounts::token(&begin(dir.path(), &account, How::Token, start).unwrap()).unwrap();
        let after = |minutes: u64| start + Duration::from_mins(minutes);
        let (idle, used, out) = (begun(), begun(), begun());
        let found = |token: &Token, minutes: u64| find(dir.path(), token, after(minutes)).unwrap();
        assert_eq!(found(&idle, 59).unwrap().person, "petrova");
        assert!(found(&used, 50).is_some());
        assert!(found(&used, 100).is_some(), "used in between");
        end(dir.path(), &found(&out, 1).unwrap()).unwrap();
        assert!(found(&out, 1).is_none());
        assert!(found(&idle, 59 + 61).is_none(), "not used for an hour");
        for minutes in (100..720).step_by(30) {
            assert!(found(&used, minutes).is_some(), "after {minutes} minutes");
        }
        assert!(found(&used, 720).is_none(), "twelve hours are over");
        assert!(found(&Zeroizing::new([7; 32]), 1).is_none());
        assert_eq!(fs::read_dir(folder(dir.path())).unwrap().count(), 0, "what has ended is taken away");
    }

    #[test]
    fn what_is_kept_opens_nothing_and_one_person_has_few() {
        let dir = tempfile::tempdir().unwrap();
        let (account, start) = (account(dir.path()), SystemTime::now());
        let begun: Vec<Zeroizing<String>> = (0..20_u64)
            .map(|n| begin(dir.path(), &account, How::Token, start + Duration::from_secs(n)).unwrap())
            .collect();
        let files: Vec<PathBuf> =
            fs::read_dir(folder(dir.path())).unwrap().map(|one| one.unwrap().path()).collect();
        assert_eq!(files.len(), OF_ONE);
        for file in &files {
            let shown = format!("{}{}", file.display(), fs::read_to_string(file).unwrap());
            assert!(begun.iter().all(|token| !shown.contains(token.as_str())));
            let name = accounts::token(file.file_name().unwrap().to_str().unwrap()).unwrap();
            assert!(find(dir.path(), &name, start).unwrap().is_none(), "the name of a file opens nothing");
        }
        let opens =
            |token: &str| find(dir.path(), &accounts::token(token).unwrap(), start).unwrap().is_some();
        assert_eq!(
            begun.iter().map(|one| opens(one)).collect::<Vec<_>>(),
            [vec![false; 4], vec![true; 16]].concat()
        );
    }

    #[test]
    fn a_file_that_was_cut_off_or_swapped_opens_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let (account, start) = (account(dir.path()), SystemTime::now());
        let token = accounts::token(&begin(dir.path(), &account, How::Token, start).unwrap()).unwrap();
        let path = path_of(dir.path(), &id_of(&token));
        let whole = fs::read(&path).unwrap();
        for length in 0..whole.len() - 1 {
            fs::write(&path, &whole[..length]).unwrap();
            assert!(find(dir.path(), &token, start).unwrap().is_none(), "{length} bytes");
        }
    }
}
