//! Name and password in each request, as the phones' applications show them (HTTP Basic, RFC 7617): for their interface alone.
//!
//! A browser that holds such a password would show it to whoever makes it ask; so what comes from any page is refused here. What was right is remembered
//! for a while, by a digest under what was drawn at the start, since a try costs the machine a tenth of a second; it opens no longer than the account is unchanged.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::by_password;
use crate::api::accounts::{Account, Accounts};
use crate::api::problem::Problem;
use crate::api::{Desk, aside};

/// How a client is asked for a name and a password.
pub(in crate::api) const CHALLENGE: &str = "Basic realm=\"Truceline\", charset=\"UTF-8\"";
/// How long what was right is remembered, and how many at the most.
const WHILE: Duration = Duration::from_secs(1_800);
const MOST: usize = 256;

type Known = BTreeMap<[u8; 32], (Account, Instant)>;

/// What was right lately.
#[derive(Default)]
pub(in crate::api) struct Lately(Mutex<Known>);

/// A name and a password.
pub(in crate::api) struct Shown {
    name: Zeroizing<String>,
    password: Zeroizing<String>,
}

/// Whether a path is of the interface for phones.
pub(in crate::api) fn is_for_phones(path: &str) -> bool {
    path.starts_with("/openrosa/")
}

/// Takes a name and a password out of the head; `None`: it holds none of this kind.
pub(in crate::api) fn shown(headers: &mut HeaderMap) -> Result<Option<Shown>, Problem> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let line = lines.next().filter(|_| lines.next().is_none()).and_then(|line| line.to_str().ok());
    let Some(packed) = line.and_then(|line| line.strip_prefix("Basic ")) else { return Ok(None) };
    let packed = Zeroizing::new(packed.trim().to_owned());
    headers.remove(header::AUTHORIZATION);
    if headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site") {
        return Err(Problem::not_theirs(
            "names and passwords are for the applications of phones, not for pages",
        ));
    }
    let wrong =
        || Problem::wrong("Authorization: Basic, then name and password in base64, parted by a colon");
    let bytes = Zeroizing::new(STANDARD.decode(packed.as_bytes()).map_err(|_| wrong())?);
    let text = std::str::from_utf8(&bytes).map_err(|_| wrong())?;
    let (name, password) = text.split_once(':').ok_or_else(wrong)?;
    Ok(Some(Shown { name: Zeroizing::new(name.to_owned()), password: Zeroizing::new(password.to_owned()) }))
}

/// The account that a name and a password open.
pub(in crate::api) async fn account(desk: &Arc<Desk>, shown: Shown) -> Result<Account, Problem> {
    let digest = digest(desk, &shown);
    let asking = Arc::clone(desk);
    let known = aside(move || {
        let Some(account) = asking.lately.get(&digest) else { return Ok(None) };
        Ok(Accounts::read(asking.source.store())?.has(&account).then_some(account))
    });
    if let Some(account) = known.await? {
        return Ok(account);
    }
    let (account, _) = by_password(desk, shown.name, shown.password).await?;
    desk.lately.put(digest, &account);
    Ok(account)
}

fn digest(desk: &Desk, shown: &Shown) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(desk.drawn);
    hash.update(shown.name.len().to_be_bytes());
    hash.update(shown.name.as_bytes());
    hash.update(shown.password.as_bytes());
    hash.finalize().into()
}

impl Lately {
    fn get(&self, digest: &[u8; 32]) -> Option<Account> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(digest).filter(|(_, at)| at.elapsed() < WHILE).map(|(account, _)| account.clone())
    }

    fn put(&self, digest: [u8; 32], account: &Account) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (_, at)| at.elapsed() < WHILE);
        while known.len() >= MOST {
            known.pop_first();
        }
        known.insert(digest, (account.clone(), Instant::now()));
    }
}
