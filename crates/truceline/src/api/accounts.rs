//! Accounts of the desk: which person of the mission holds which token.
//!
//! A token is 256 random bits, told once and never kept: the folder holds its hash under a salt of its own, readable by its owner only. Which
//! account a token belongs to is found in the same time whether it belongs to one or not. Nothing here is in the log or in a copy of it.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use truceline_record::Digest;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::{files, secrets};

const HEADER: &str = "truceline accounts 1";
/// Largest file: some ten thousand accounts.
const LIMIT: u64 = 4 << 20;

/// One account.
#[derive(Clone)]
pub(crate) struct Account {
    /// Whose, as mission.kdl names people.
    pub(crate) person: String,
    /// When it was added (UTC).
    pub(crate) since: String,
    salt: [u8; 32],
    hash: [u8; 32],
}

/// All accounts of a store.
pub(crate) struct Accounts {
    all: Vec<Account>,
}

/// A token as it comes in: wiped when it is dropped.
pub(crate) type Token = Zeroizing<[u8; 32]>;

fn file(store: &Path) -> PathBuf {
    store.join("accounts")
}

/// Reads a token's 64 digits.
pub(crate) fn token(text: &str) -> Option<Token> {
    text.parse::<Digest>().ok().map(|digest| Zeroizing::new(digest.0))
}

fn hash(salt: &[u8; 32], token: &Token) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"truceline account token 1\n");
    hash.update(salt);
    hash.update(**token);
    hash.finalize().into()
}

impl Accounts {
    /// Reads the accounts of a store; a store without any has none.
    ///
    /// # Errors
    /// When the file cannot be read, or others may read it.
    pub(crate) fn read(store: &Path) -> Result<Self, Failure> {
        let path = file(store);
        let fail = |e: &dyn std::fmt::Display| Failure::operation(&format!("read {}", path.display()), e);
        match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self { all: Vec::new() }),
            Err(error) => return Err(fail(&error)),
            Ok(found) => own(&found).map_err(|say| fail(&say))?,
        }
        let text = files::text(&path, LIMIT).map_err(|e| fail(&e))?;
        let value: Value = serde_json::from_str(&text).map_err(|e| fail(&e))?;
        let all = value.get("accounts").and_then(Value::as_array);
        match (value.get("format").and_then(Value::as_str), all) {
            (Some(HEADER), Some(all)) => {
                let all = all.iter().map(Account::read).collect::<Option<_>>();
                Ok(Self { all: all.ok_or_else(|| fail(&"an account in it cannot be read"))? })
            }
            _ => Err(fail(&"it is no file of accounts that this version knows")),
        }
    }

    /// Whose a token is. Every account is looked at, whichever it is.
    pub(crate) fn holder(&self, token: &Token) -> Option<&Account> {
        let mut found = None;
        for account in &self.all {
            if bool::from(hash(&account.salt, token).ct_eq(&account.hash)) {
                found = Some(account);
            }
        }
        found
    }

    /// Whether an account is still there, unchanged.
    pub(crate) fn has(&self, account: &Account) -> bool {
        self.all.iter().any(|one| one.person == account.person && one.hash == account.hash)
    }

    /// All, in the order in which they were added.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Account> {
        self.all.iter()
    }

    /// Adds an account; gives the token as text, to be told once.
    ///
    /// # Errors
    /// When the person has one, or it cannot be kept.
    pub(crate) fn add(store: &Path, person: &str, since: &str) -> Result<Zeroizing<String>, Failure> {
        let _lock = lock(store)?;
        let mut accounts = Self::read(store)?;
        if accounts.all.iter().any(|one| one.person == person) {
            return Err(Failure::usage(format!(
                "\"{person}\" has an account; a lost token is replaced by removing it and adding it again"
            )));
        }
        let (token, salt) = (secrets::draw_secret()?, secrets::draw::<32>()?);
        let hash = hash(&salt, &token);
        accounts.all.push(Account { person: person.to_owned(), since: since.to_owned(), salt, hash });
        accounts.keep(store)?;
        Ok(Zeroizing::new(Digest(*token).to_string()))
    }

    /// Removes an account: its token opens nothing from now on.
    ///
    /// # Errors
    /// When there is none, or the file cannot be written.
    pub(crate) fn remove(store: &Path, person: &str) -> Result<(), Failure> {
        let _lock = lock(store)?;
        let mut accounts = Self::read(store)?;
        let before = accounts.all.len();
        accounts.all.retain(|one| one.person != person);
        if accounts.all.len() == before {
            return Err(Failure::not_found(format!(
                "\"{person}\" has no account; truceline account list names them"
            )));
        }
        accounts.keep(store)
    }

    /// Writes all: either the old file or the new one is there, whatever happens.
    fn keep(&self, store: &Path) -> Result<(), Failure> {
        let fail = |e: std::io::Error| Failure::operation("keep the accounts", &e);
        let all: Vec<Value> = self.all.iter().map(Account::write).collect();
        let text = format!("{:#}\n", json!({ "format": HEADER, "accounts": all }));
        let beside = store.join("accounts.unfinished");
        // A leftover might have wider rights than this may have.
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(fail(error)),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut written = options.open(&beside).map_err(fail)?;
        written.write_all(text.as_bytes()).and_then(|()| written.sync_all()).map_err(fail)?;
        fs::rename(&beside, file(store)).map_err(fail)?;
        File::open(store).and_then(|folder| folder.sync_all()).map_err(fail)
    }
}

impl Account {
    fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let bytes = |name: &str| text(name)?.parse::<Digest>().ok().map(|digest| digest.0);
        Some(Self {
            person: text("person")?.to_owned(),
            since: text("since")?.to_owned(),
            salt: bytes("salt")?,
            hash: bytes("sha256")?,
        })
    }

    fn write(&self) -> Value {
        let (salt, hash) = (Digest(self.salt).to_string(), Digest(self.hash).to_string());
        json!({ "person": self.person, "since": self.since, "salt": salt, "sha256": hash })
    }
}

/// Two who change accounts at once do so one after the other.
fn lock(store: &Path) -> Result<File, Failure> {
    let fail = |e: std::io::Error| Failure::operation("change the accounts", &e);
    let path = store.join("accounts.lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(fail)?;
    file.lock().map_err(fail)?;
    Ok(file)
}

/// A file of its own that nobody else may read or write.
fn own(found: &fs::Metadata) -> Result<(), String> {
    if !found.is_file() {
        return Err("it is no file of its own".to_owned());
    }
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o777;
        if mode & 0o077 != 0 {
            return Err(format!("others may read it (mode {mode:o}); find out who did, then chmod 600 it"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_told_once_and_opens_until_it_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let told = Accounts::add(dir.path(), "petrova", "2016-05-03T00:00:00Z").unwrap();
        let other = Accounts::add(dir.path(), "ivan", "2016-05-03T00:00:00Z").unwrap();
        assert_ne!(*told, *other);
        let held = Accounts::read(dir.path()).unwrap();
        assert_eq!(held.holder(&token(&told).unwrap()).unwrap().person, "petrova");
        assert!(held.holder(&Zeroizing::new([0; 32])).is_none());
        assert!(Accounts::add(dir.path(), "petrova", "2016-05-03T00:00:00Z").is_err());
        let kept = fs::read_to_string(file(dir.path())).unwrap();
        assert!(!kept.contains(&*told) && !kept.contains(&*other));
        Accounts::remove(dir.path(), "petrova").unwrap();
        let held = Accounts::read(dir.path()).unwrap();
        assert!(held.holder(&token(&told).unwrap()).is_none());
        assert!(Accounts::remove(dir.path(), "petrova").unwrap_err().is_not_found());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_opens_nothing() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        Accounts::add(dir.path(), "petrova", "2016-05-03T00:00:00Z").unwrap();
        assert_eq!(fs::metadata(file(dir.path())).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(file(dir.path()), fs::Permissions::from_mode(0o640)).unwrap();
        assert!(Accounts::read(dir.path()).is_err());
    }
}
