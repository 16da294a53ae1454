//! Accounts of the ops room: which person of the mission holds which token, or has which password,
//! passkeys, or name at a provider of identities.
//!
//! Sessions of a browser name the account's stamp, which is drawn anew whenever what opens the account changes, so that they end then.
//! A token is 256 random bits, told once and never kept: the folder holds its hash under a salt of its own, readable by its owner only. Which
//! account a token belongs to is found in the same time whether it belongs to one or not. Nothing here is in the log or in a copy of it.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use truceline_record::Digest;
use zeroize::Zeroizing;

use super::identity::{passkeys, passwords};
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
    /// Drawn anew when what opens the account changes: sessions that name another one have ended.
    stamp: [u8; 32],
    salt: [u8; 32],
    /// Of the token, where there is one.
    hash: Option<[u8; 32]>,
    /// Of the password, where there is one.
    password: Option<passwords::Kept>,
    /// Its passkeys, once somebody has asked to add one.
    passkeys: Option<passkeys::Kept>,
    /// The issuer, and who they are there: at a provider of identities.
    subject: Option<(String, String)>,
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
            // Where there is no token, none is 0: a token of noughts opens nothing.
            let kept = account.hash.unwrap_or_default();
            if bool::from(hash(&account.salt, token).ct_eq(&kept)) && account.hash.is_some() {
                found = Some(account);
            }
        }
        found
    }

    /// Whether a text is the token of somebody.
    pub(crate) fn opens(&self, person: &str, text: &str) -> bool {
        token(text).and_then(|token| self.holder(&token)).is_some_and(|account| account.person == person)
    }

    /// Whether an account is still there, unchanged.
    pub(crate) fn has(&self, account: &Account) -> bool {
        self.of_stamp(&account.person, &account.stamp).is_some()
    }

    /// The account of a person, when nothing that opens it has changed since it had that stamp.
    pub(crate) fn of_stamp(&self, person: &str, stamp: &[u8; 32]) -> Option<&Account> {
        self.all.iter().find(|one| one.person == person && bool::from(one.stamp.ct_eq(stamp)))
    }

    /// All, in the order in which they were added.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Account> {
        self.all.iter()
    }

    /// The account of a person.
    pub(crate) fn of(&self, person: &str) -> Option<&Account> {
        self.all.iter().find(|one| one.person == person)
    }

    /// Adds an account with a token; gives the token as text, to be told once.
    ///
    /// # Errors
    /// When the person has one, or it cannot be kept.
    pub(crate) fn add(store: &Path, person: &str, since: &str) -> Result<Zeroizing<String>, Failure> {
        let (token, salt) = (secrets::draw_secret()?, secrets::draw::<32>()?);
        let hash = hash(&salt, &token);
        Self::put(store, Account::new(person, since, salt, Some(hash), None)?)?;
        Ok(Zeroizing::new(Digest(*token).to_string()))
    }

    /// Adds an account that a password opens, and no token.
    ///
    /// # Errors
    /// When the person has one, or it cannot be kept.
    pub(crate) fn add_with_password(
        store: &Path,
        person: &str,
        since: &str,
        password: passwords::Kept,
    ) -> Result<(), Failure> {
        Self::put(store, Account::new(person, since, secrets::draw()?, None, Some(password))?)
    }

    /// Adds an account that a provider of identities opens, and no token.
    ///
    /// # Errors
    /// When the person has one, somebody has that subject, or it cannot be kept.
    pub(crate) fn add_at_provider(
        store: &Path,
        person: &str,
        since: &str,
        subject: (String, String),
    ) -> Result<(), Failure> {
        let mut account = Account::new(person, since, secrets::draw()?, None, None)?;
        account.subject = Some(subject);
        Self::put(store, account)
    }

    fn put(store: &Path, account: Account) -> Result<(), Failure> {
        let _lock = lock(store)?;
        let mut accounts = Self::read(store)?;
        if accounts.of(&account.person).is_some() {
            return Err(Failure::usage(format!(
                "\"{}\" has an account; a lost token is replaced by removing it and adding it again, a password by account password",
                account.person
            )));
        }
        let is_taken = |one: &Account| one.subject.is_some() && one.subject == account.subject;
        if let Some(other) = accounts.all.iter().find(|one| is_taken(one)) {
            return Err(Failure::usage(format!(
                "that subject of that issuer is \"{}\" already",
                other.person
            )));
        }
        accounts.all.push(account);
        accounts.keep(store)
    }

    /// Changes an account, and draws its stamp anew: whoever was signed in by what it had is signed out.
    ///
    /// # Errors
    /// When there is none, or the file cannot be written.
    pub(crate) fn change(
        store: &Path,
        person: &str,
        change: impl FnOnce(&mut Account),
    ) -> Result<(), Failure> {
        Self::amend(store, person, |account| {
            change(account);
            account.stamp = secrets::draw()?;
            Ok(())
        })
    }

    /// Changes an account by what signs nobody out: something is added that opens it, or was used.
    ///
    /// # Errors
    /// When there is none, or the file cannot be written.
    pub(crate) fn amend<T>(
        store: &Path,
        person: &str,
        change: impl FnOnce(&mut Account) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let _lock = lock(store)?;
        let mut accounts = Self::read(store)?;
        let account = accounts.all.iter_mut().find(|one| one.person == person);
        let value = change(account.ok_or_else(|| no_account(person))?)?;
        accounts.keep(store)?;
        Ok(value)
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
            return Err(no_account(person));
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
    fn new(
        person: &str,
        since: &str,
        salt: [u8; 32],
        hash: Option<[u8; 32]>,
        password: Option<passwords::Kept>,
    ) -> Result<Self, Failure> {
        let (person, since) = (person.to_owned(), since.to_owned());
        Ok(Self {
            person,
            since,
            stamp: secrets::draw()?,
            salt,
            hash,
            password,
            passkeys: None,
            subject: None,
        })
    }

    /// What is kept of its password.
    pub(crate) fn password(&self) -> Option<&passwords::Kept> {
        self.password.as_ref()
    }

    /// Gives it another password, or none.
    pub(crate) fn set_password(&mut self, password: Option<passwords::Kept>) {
        self.password = password;
    }

    /// The issuer and the subject that open it.
    pub(crate) fn subject(&self) -> Option<&(String, String)> {
        self.subject.as_ref()
    }

    /// Its passkeys, where somebody has asked to add one.
    pub(crate) fn passkeys(&self) -> Option<&passkeys::Kept> {
        self.passkeys.as_ref()
    }

    /// Its passkeys, to change them.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(crate) fn passkeys_mut(&mut self) -> Result<&mut passkeys::Kept, Failure> {
        let kept = match self.passkeys.take() {
            Some(kept) => kept,
            None => passkeys::Kept::new()?,
        };
        Ok(self.passkeys.insert(kept))
    }

    /// By what it is opened, in words of answers.
    pub(crate) fn opened_by(&self) -> Vec<&'static str> {
        let token = self.hash.is_some().then_some("token");
        let password = self.password.is_some().then_some("password");
        let passkey = self.passkeys.as_ref().is_some_and(passkeys::Kept::is_any).then_some("passkey");
        let provider = self.subject.as_ref().map(|_| "provider");
        token.into_iter().chain(password).chain(passkey).chain(provider).collect()
    }

    /// What sessions of this account name.
    pub(crate) fn stamp(&self) -> [u8; 32] {
        self.stamp
    }

    fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let bytes = |name: &str| text(name)?.parse::<Digest>().ok().map(|digest| digest.0);
        Some(Self {
            person: text("person")?.to_owned(),
            since: text("since")?.to_owned(),
            // Accounts of an earlier version have none; their salt is as good, until something changes.
            stamp: bytes("stamp").or_else(|| bytes("salt"))?,
            salt: bytes("salt")?,
            hash: match value.get("sha256") {
                Some(_) => Some(bytes("sha256")?),
                None => None,
            },
            password: match value.get("password") {
                Some(kept) => Some(passwords::Kept::read(kept)?),
                None => None,
            },
            subject: match value.get("oidc") {
                Some(kept) => {
                    let text = |name: &str| kept.get(name).and_then(Value::as_str).map(str::to_owned);
                    Some((text("issuer")?, text("subject")?))
                }
                None => None,
            },
            passkeys: match value.get("passkeys") {
                Some(kept) => Some(passkeys::Kept::read(kept)?),
                None => None,
            },
        })
    }

    fn write(&self) -> Value {
        let hex = |bytes: [u8; 32]| json!(Digest(bytes).to_string());
        let mut out = Map::new();
        out.insert("person".into(), json!(self.person));
        out.insert("since".into(), json!(self.since));
        out.insert("stamp".into(), hex(self.stamp));
        out.insert("salt".into(), hex(self.salt));
        out.extend(self.hash.map(|hash| ("sha256".to_owned(), hex(hash))));
        out.extend(self.password.as_ref().map(|kept| ("password".to_owned(), kept.write())));
        out.extend(self.passkeys.as_ref().map(|kept| ("passkeys".to_owned(), kept.write())));
        let subject = |(issuer, subject): &(String, String)| json!({ "issuer": issuer, "subject": subject });
        out.extend(self.subject.as_ref().map(|kept| ("oidc".to_owned(), subject(kept))));
        Value::Object(out)
    }
}

fn no_account(person: &str) -> Failure {
    Failure::not_found(format!("\"{person}\" has no account; truceline account list names them"))
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
pub(super) fn own(found: &fs::Metadata) -> Result<(), String> {
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
