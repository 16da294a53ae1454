//! Files that came with a report: what their entries hold, and their bytes, encrypted before they are kept.
//!
//! A file can find whoever made it (a photograph holds place, hour and device), so that it is in no store, backup or replica in clear: each has a key of
//! its own, which its entry holds encrypted under the mission's key (`attachments.key`, in no copy) and, where the mission names holders, sealed for them.
//! Nothing here looks into a file but at its first bytes, and none is ever changed.

use serde_json::{Value, json};
use truceline_intake::FileType;
use truceline_model::{Instant, ReceiptNo};
use truceline_record::{Digest, Entry as Logged, digest_of};
use truceline_seal::{ContentKey, Group};
use truceline_store::{NewEntry, Store, attachments_key, keep_attachments_key};
use zeroize::Zeroizing;

use crate::committed::{self, Missing, Raw};
use crate::failure::Failure;
use crate::loaded::broken;
use crate::log::{self, kind};
use crate::log_reader::LogReader;
use crate::secrets;

/// Most bytes of a file.
pub(crate) const MOST_BYTES: usize = 16 << 20;
/// Most files of a report.
pub(crate) const MOST_FILES: usize = 8;
/// Most bytes of a file's name.
const NAME: usize = 255;

/// A file as its entry tells of it.
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    /// Its entry.
    pub(crate) entry: u64,
    /// The report that it came with.
    pub(crate) report: ReceiptNo,
    /// When it became known.
    pub(crate) known: Instant,
    /// When the log took it.
    pub(crate) at: String,
    /// Who brought it.
    pub(crate) by: String,
    /// What it was called, as far as that can be shown.
    pub(crate) name: Option<String>,
    /// What it is, by its bytes.
    pub(crate) kind: FileType,
    /// How long it is.
    pub(crate) bytes: u64,
    /// SHA-256 of the file as it came.
    pub(crate) digest: Digest,
}

impl Attachment {
    /// What an entry tells; nothing, where that was destroyed or is kept elsewhere, as in a bundle: no figure follows from a file.
    ///
    /// # Errors
    /// When it tells what no attachment's does.
    pub(crate) fn of(log: &dyn LogReader, entry: &Logged) -> Result<Option<Self>, Failure> {
        let mut missing = Missing::new();
        let body = committed::body(log, entry, &mut missing)?;
        if !missing.is_empty() {
            return Ok(None);
        }
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let number = |name: &str| body.get(name).and_then(Value::as_u64);
        let wrong = |what: &str| broken(entry, &format!("an attachment without {what}"));
        let known = text("known").and_then(|known| Instant::parse(known).ok());
        Ok(Some(Self {
            entry: entry.n,
            report: number("report").map(ReceiptNo).ok_or_else(|| wrong("a report"))?,
            known: known.ok_or_else(|| wrong("a time that can be read"))?,
            at: text("at").ok_or_else(|| wrong("a time"))?.to_owned(),
            by: text("by").unwrap_or_default().to_owned(),
            name: text("name").map(str::to_owned),
            kind: text("type").and_then(FileType::parse).ok_or_else(|| wrong("a type that is known"))?,
            bytes: number("bytes").ok_or_else(|| wrong("a length"))?,
            digest: text("digest").and_then(|it| it.parse().ok()).ok_or_else(|| wrong("a digest"))?,
        }))
    }

    /// What it is called here, also where it is handed out: nothing of what its sender called it.
    pub(crate) fn id(&self) -> String {
        format!("a{}", self.entry)
    }

    /// Its bytes, as they came.
    ///
    /// # Errors
    /// When they were destroyed (not found), or cannot be opened here.
    pub(crate) fn content(&self, store: &Store) -> Result<Vec<u8>, Failure> {
        let fail = |e: &dyn core::fmt::Display| Failure::operation("open an attachment", e);
        let (wrapped, locked) = self.kept(store)?;
        let mission = attachments_key(store.dir(), store.origin()).map_err(|e| fail(&e))?;
        let mission = mission.ok_or_else(|| fail(&LOST))?;
        let key = ContentKey::unwrapped(&wrapped, &mission, store.origin()).map_err(|_| fail(&ANOTHER))?;
        self.unlocked(store, &key, locked)
    }

    /// Its bytes, by the key of its own that the holders opened.
    ///
    /// # Errors
    /// When they were destroyed (not found), or it is not their key.
    pub(crate) fn content_by(&self, store: &Store, opened: &str) -> Result<Vec<u8>, Failure> {
        let key = ContentKey::of_holders(opened);
        let key = key.map_err(|e| Failure::operation("open an attachment", &e))?;
        let (_, locked) = self.kept(store)?;
        self.unlocked(store, &key, locked)
    }

    /// What the store has of it: its key, wrapped, and its bytes, encrypted.
    fn kept(&self, store: &Store) -> Result<(String, Vec<u8>), Failure> {
        let fail = |e: &dyn core::fmt::Display| Failure::operation("open an attachment", e);
        let entry = store.entry(self.entry).map_err(|e| fail(&e))?;
        let entry = entry.ok_or_else(|| fail(&"its entry is not there; run truceline verify"))?;
        let gone = || Failure::not_found(format!("{} was destroyed", self.id()));
        let mut missing = Missing::new();
        let body = committed::body(store, &entry, &mut missing)?;
        let wrapped = body.get("key").and_then(Value::as_str).ok_or_else(gone)?;
        let locked = committed::raw(store, &entry, &mut missing)?.ok_or_else(gone)?;
        Ok((wrapped.to_owned(), locked))
    }

    fn unlocked(&self, store: &Store, key: &ContentKey, locked: Vec<u8>) -> Result<Vec<u8>, Failure> {
        let fail = |e: &dyn core::fmt::Display| Failure::operation("open an attachment", e);
        let bytes = key.unlock(locked, store.origin()).map_err(|e| fail(&e))?;
        if digest_of(&bytes) == self.digest {
            Ok(bytes)
        } else {
            Err(fail(&"its bytes are others than came"))
        }
    }
}

/// What is said where attachments are there and their key is not.
const LOST: &str = "attachments.key is not in the store's folder: put it back, or have the holders open the file's own key (docs/attachments.md)";

/// What is said of a file that another key of the mission's opens, which was lost.
const ANOTHER: &str = "it was encrypted under another attachments.key than the one in the store's folder: have the holders open the file's own key (docs/attachments.md)";

/// Another key for files that come from now on, where the one before is lost: what was encrypted under that one only the holders open.
///
/// # Errors
/// When there is a key, or it cannot be kept.
pub(crate) fn draw_mission_key(store: &Store) -> Result<(), Failure> {
    let fail = |e: &dyn core::fmt::Display| Failure::operation("draw a key for attachments", e);
    keep_attachments_key(store.dir(), store.origin(), &secrets::draw_secret()?).map_err(|e| fail(&e))
}

/// A file to be taken in: what it is was told by its bytes.
pub(crate) struct Brought {
    pub(crate) report: ReceiptNo,
    pub(crate) by: String,
    pub(crate) known: Instant,
    pub(crate) name: Option<String>,
    pub(crate) kind: FileType,
    pub(crate) bytes: Vec<u8>,
}

impl Brought {
    /// Logs it under a key, once; whether the log had something else under it. The store is open and its own.
    ///
    /// # Errors
    /// When it cannot be encrypted or logged; then nothing is kept.
    pub(crate) fn into_log(
        self,
        store: &mut Store,
        key: &str,
        holders: Option<&Group>,
    ) -> Result<(u64, bool), Failure> {
        let fail = |e: &dyn core::fmt::Display| Failure::operation("log an attachment", e);
        let secret = secrets::of(store)?;
        let key = secret.digest(&["attachment over http", &self.by, key], &[]).0;
        let digest = digest_of(&self.bytes);
        if let Some(n) = store.number_of(&key).map_err(|e| fail(&e))? {
            let entry = store.entry(n).map_err(|e| fail(&e))?;
            let entry = entry.ok_or_else(|| fail(&"an entry is missing; run truceline verify"))?;
            let read = Attachment::of(store, &entry)?;
            let is_other = read.is_some_and(|it| it.digest != digest || it.report != self.report);
            return Ok((n, is_other));
        }
        let at = log::now();
        let origin = store.origin().to_owned();
        let mission = mission_key(store)?;
        let length = self.bytes.len();
        let (own, locked) = ContentKey::lock(self.bytes, &origin).map_err(|e| fail(&e))?;
        let wrapped = own.wrapped(&mission, &origin).map_err(|e| fail(&e))?;
        let sealed = holders.map(|group| truceline_seal::seal(&own.for_holders(), group, &origin));
        let sealed = sealed.transpose().map_err(|e| fail(&e))?;
        let fields = [
            ("at", json!(at)),
            ("by", json!(self.by)),
            ("bytes", json!(length)),
            ("digest", json!(digest.to_string())),
            ("key", json!(wrapped)),
            ("known", json!(self.known.to_string())),
            ("name", json!(self.name)),
            ("report", json!(self.report.0)),
            ("seal", sealed.unwrap_or_default()),
            ("type", json!(self.kind.as_str())),
        ];
        let entry = committed::entry(kind::ATTACHMENT, &log::day_of(&at), &fields, &[], Raw::Bytes(locked))?;
        let done = store.append(&[NewEntry { key: Some(key), ..entry }]).map_err(|e| fail(&e))?;
        done.first().map(|done| (done.n, false)).ok_or_else(|| fail(&"the store gave no receipt"))
    }
}

/// The mission's key, drawn when there is none. Where attachments are there already that were encrypted under one, it is lost, and no other is made.
fn mission_key(store: &Store) -> Result<Zeroizing<[u8; 32]>, Failure> {
    let fail = |e: &dyn core::fmt::Display| Failure::operation("read the key of attachments", e);
    if let Some(key) = attachments_key(store.dir(), store.origin()).map_err(|e| fail(&e))? {
        return Ok(key);
    }
    for entry in store.entries_before(store.size()?) {
        if entry?.kind == kind::ATTACHMENT {
            return Err(fail(&LOST));
        }
    }
    let key = secrets::draw_secret()?;
    keep_attachments_key(store.dir(), store.origin(), &key).map_err(|e| fail(&e))?;
    Ok(key)
}

/// A name as it can be shown: no folders, nothing that acts on a terminal or turns the direction of what stands beside it.
pub(crate) fn shown_name(sent: &str) -> Option<String> {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let acts = |one: &char| {
        one.is_control()
            || matches!(*one, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let mut name: String = last.chars().filter(|one| !acts(one)).collect();
    while name.len() > NAME {
        name.pop();
    }
    let name = name.trim();
    (!name.trim_matches('.').is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_and_turns_nothing() {
        for (sent, shown) in [
            ("photo.jpg", Some("photo.jpg")),
            ("../../etc/passwd", Some("passwd")),
            ("C:\\Users\\somebody\\a.jpg", Some("a.jpg")),
            ("a\u{202e}gpj.exe", Some("agpj.exe")),
            ("\u{2066}صورة\u{2069}.jpg", Some("صورة.jpg")),
            ("a\r\nSet-Cookie: x", Some("aSet-Cookie: x")),
            ("..", None),
            ("", None),
            ("/", None),
        ] {
            assert_eq!(shown_name(sent).as_deref(), shown, "{sent:?}");
        }
        assert_eq!(shown_name(&"ж".repeat(400)).map(|name| name.len()), Some(254));
    }
}
