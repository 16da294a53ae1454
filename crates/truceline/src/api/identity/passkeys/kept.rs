//! What an account keeps of its passkeys: public keys, how often each was used, and the handle by which authenticators know the account.
//!
//! Nothing here opens anything: the private half never leaves the authenticator. It lies with the accounts, in no log and in no copy.

use serde_json::{Value, json};
use truceline_record::Digest;
use webauthn_rs::prelude::{AuthenticationResult, Passkey, Uuid};

use crate::failure::Failure;
use crate::secrets;

/// Most passkeys of one account.
const MOST: usize = 8;

/// One passkey of an account.
#[derive(Clone)]
pub(crate) struct One {
    /// By which it is removed; drawn, and nothing of the key.
    pub(super) id: [u8; 32],
    /// What its holder calls it.
    pub(super) name: String,
    /// Since when (UTC).
    pub(super) since: String,
    /// When it was used last (UTC).
    pub(super) used: Option<String>,
    /// Under which name of this server it was made; it opens under no other.
    pub(super) host: String,
    /// How often the authenticator said that it had signed, when it did last; authenticators that share a key count nothing.
    pub(super) counter: u64,
    /// The public key.
    pub(super) key: Passkey,
}

/// The passkeys of an account.
#[derive(Clone)]
pub(crate) struct Kept {
    /// What authenticators hold of the account: drawn, and no name.
    pub(super) handle: Uuid,
    pub(super) all: Vec<One>,
}

impl Kept {
    /// None yet.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(crate) fn new() -> Result<Self, Failure> {
        Ok(Self { handle: Uuid::from_bytes(secrets::draw()?), all: Vec::new() })
    }

    /// Whether another one may be added.
    pub(super) fn has_room(&self) -> bool {
        self.all.len() < MOST
    }

    /// The passkey that signs under a name of this server.
    pub(super) fn signing(&self, credential: &[u8], host: &str) -> Option<&One> {
        self.all.iter().find(|one| one.host == host && one.key.cred_id().as_slice() == credential)
    }

    /// Notes that a passkey was used, with its counter. Nothing where its counter has not gone on: then another one uses the same key.
    pub(super) fn note(&mut self, result: &AuthenticationResult, now: &str) -> bool {
        let Some(one) = self.all.iter_mut().find(|one| one.key.cred_id() == result.cred_id()) else {
            return false;
        };
        let counter = u64::from(result.counter());
        if (counter > 0 || one.counter > 0) && counter <= one.counter {
            return false;
        }
        one.counter = counter;
        one.key.update_credential(result);
        one.used = Some(now.to_owned());
        true
    }

    /// Takes one away; says whether there was one.
    pub(super) fn remove(&mut self, id: &[u8; 32]) -> bool {
        let before = self.all.len();
        self.all.retain(|one| one.id != *id);
        self.all.len() < before
    }

    /// Reads what a file holds.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let all = value.get("all")?.as_array()?;
        Some(Self {
            handle: Uuid::parse_str(value.get("handle")?.as_str()?).ok()?,
            all: all.iter().map(One::read).collect::<Option<_>>()?,
        })
    }

    /// As a file holds it.
    pub(crate) fn write(&self) -> Value {
        json!({ "handle": self.handle.to_string(), "all": self.all.iter().map(One::write).collect::<Vec<_>>() })
    }

    /// Whether there is one.
    pub(crate) fn is_any(&self) -> bool {
        !self.all.is_empty()
    }
}

impl One {
    /// As its holder is shown it.
    pub(super) fn shown(&self) -> Value {
        json!({
            "id": Digest(self.id).to_string(), "name": self.name, "host": self.host, "since": self.since, "used": self.used,
        })
    }

    fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            id: text("id")?.parse::<Digest>().ok()?.0,
            name: text("name")?,
            since: text("since")?,
            used: text("used"),
            host: text("host")?,
            counter: value.get("counter")?.as_u64()?,
            key: serde_json::from_value(value.get("key")?.clone()).ok()?,
        })
    }

    fn write(&self) -> Value {
        let mut value = self.shown();
        value["counter"] = json!(self.counter);
        value["key"] = serde_json::to_value(&self.key).unwrap_or_default();
        value
    }
}
