//! Handover notes of the watch: what who goes off shift leaves to who comes on, signed by the one and taken over by the other.
//!
//! Both are entries. The note's words, who wrote it and when are closed, since a note can name a person; that one was taken over names it by its digest,
//! so that nobody takes over other words than they were shown. The first who takes one over has it; nobody takes over their own. Notes are
//! the desk's own: no party, no co-chair and nobody in the field is shown one, and no figure follows from them.

use serde_json::{Value, json};
use truceline_casework::case::Role;
use truceline_record::{Digest, Entry as Logged, canonical_bytes, digest_of};

use crate::committed::{self, Missing};
use crate::failure::Failure;
use crate::log::kind;
use crate::log_reader::LogReader;

/// Most bytes of a note.
pub(crate) const LONGEST: usize = 32 * 1024;

/// Roles that hand over and take over.
pub(crate) const HAND: &[Role] = &[Role::WatchOfficer, Role::Verifier, Role::LegalOfficer];

/// Roles that read notes.
pub(crate) const READ: &[Role] =
    &[Role::WatchOfficer, Role::Verifier, Role::LegalOfficer, Role::SourceProtectionOfficer];

/// A note as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    /// What it says.
    pub(crate) words: String,
    /// From when on the shift was (UTC).
    pub(crate) since: String,
    /// Until when (UTC).
    pub(crate) until: String,
}

impl Note {
    /// What its entry commits to, beside the moment at which it is logged.
    pub(crate) fn fields(&self, by: &str, role: Role) -> Vec<(&'static str, Value)> {
        vec![
            ("by", json!(by)),
            ("role", json!(role.as_str())),
            ("since", json!(self.since)),
            ("until", json!(self.until)),
            ("words", json!(self.words)),
        ]
    }
}

/// What the entry of a takeover shows: which note, and by which digest it was seen.
pub(crate) fn takeover_open(note: u64, digest: &Digest) -> Vec<(&'static str, Value)> {
    vec![("handover", json!(note)), ("digest", json!(digest.to_string()))]
}

/// What it commits to, beside the moment at which it is logged.
pub(crate) fn takeover_fields(by: &str, role: Role) -> Vec<(&'static str, Value)> {
    vec![("by", json!(by)), ("role", json!(role.as_str()))]
}

/// That somebody did something, as far as it is still known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hand {
    /// The entry.
    pub(crate) entry: u64,
    /// Who.
    pub(crate) by: Option<String>,
    /// In which role.
    pub(crate) role: Option<String>,
    /// When.
    pub(crate) at: Option<String>,
}

impl Hand {
    fn of(n: u64, body: &Value) -> Self {
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        Self { entry: n, by: text("by"), role: text("role"), at: text("at") }
    }

    fn json(&self) -> Value {
        json!({ "entry": self.entry, "by": self.by, "role": self.role, "at": self.at })
    }
}

/// A note in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Handover {
    /// Who signed it, when.
    pub(crate) signed: Hand,
    /// By which it is taken over: over everything that its entry fixes.
    pub(crate) digest: Digest,
    /// What it says; `None`: that was destroyed.
    pub(crate) note: Option<Note>,
    /// Who took it over.
    pub(crate) taken: Option<Hand>,
}

impl Handover {
    /// Reads one of the entries that are notes; `entries`: notes and takeovers, in the order of the log.
    ///
    /// # Errors
    /// When what an entry commits to cannot be read.
    pub(crate) fn of(log: &dyn LogReader, entry: &Logged, entries: &[Logged]) -> Result<Self, Failure> {
        let body = committed::body(log, entry, &mut Missing::new())?;
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        let note = || Some(Note { words: text("words")?, since: text("since")?, until: text("until")? });
        let bytes = canonical_bytes(&entry.body).map_err(|e| Failure::operation("read a note", &e))?;
        let digest = digest_of(&bytes);
        let takes = |other: &&Logged| {
            other.kind == kind::TAKEOVER
                && other.n > entry.n
                && other.body.get("handover").and_then(Value::as_u64) == Some(entry.n)
                && other.body.get("digest").and_then(Value::as_str) == Some(&digest.to_string())
        };
        let taken = entries.iter().find(takes).map(|other| {
            let body = committed::body(log, other, &mut Missing::new())?;
            Ok::<_, Failure>(Hand::of(other.n, &body))
        });
        Ok(Self { signed: Hand::of(entry.n, &body), digest, note: note(), taken: taken.transpose()? })
    }

    /// Why somebody cannot take it over, in a word; `None` where they can.
    pub(crate) fn why_not(&self, name: &str, role: Role) -> Option<&'static str> {
        if !HAND.contains(&role) {
            Some("not-this-role")
        } else if self.taken.is_some() {
            Some("taken")
        } else if self.note.is_none() || self.signed.by.is_none() {
            Some("destroyed")
        } else if self.signed.by.as_deref() == Some(name) {
            Some("own")
        } else {
            None
        }
    }

    /// As JSON.
    pub(crate) fn json(&self) -> Value {
        let note = self.note.as_ref();
        json!({
            "signed": self.signed.json(), "digest": self.digest.to_string(), "since": note.map(|note| &note.since),
            "until": note.map(|note| &note.until), "words": note.map(|note| &note.words), "taken": self.taken.as_ref().map(Hand::json),
        })
    }
}

/// Why, for people.
pub(crate) fn refused(why: &str, n: u64) -> String {
    match why {
        "taken" => format!("note {n} was taken over already"),
        "destroyed" => format!("what note {n} said was destroyed; there is nothing to take over"),
        "own" => format!("note {n} is your own; somebody else takes it over"),
        _ => "who takes a note over is a watch officer, a verifier or a legal officer (docs/authority.md)"
            .to_owned(),
    }
}

/// The note of that number; `None`: there is none.
pub(crate) fn numbered<'a>(entries: &'a [Logged], text: &str) -> Option<&'a Logged> {
    let n: u64 = text.parse().ok()?;
    entries.iter().find(|entry| entry.kind == kind::HANDOVER && entry.n == n)
}
