//! Who passed a bulletin before it can be published: two people, each by the digest of the very bulletin that they saw.
//!
//! What is frozen in the ops room says in its own entry that it must be passed, so that nobody can leave that out later. A signature is an entry:
//! which bulletin, which digest, in which role; who, it commits to. A bulletin put in the place of another takes no signature over from it. What was
//! frozen on the machine by one alone asks for none: cosignatures decide all the same, and whoever verifies it is told that nobody else passed it.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use truceline_casework::case::Role;
use truceline_record::{Digest, Entry as Logged, canonical_bytes, digest_of};

use crate::bulletins::{Bulletin, Publication, publication};
use crate::committed::{self, Missing};
use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::log_reader::LogReader;
use crate::quorum::Signed;

/// How many different people pass a bulletin.
pub(crate) const PEOPLE: usize = 2;

/// Roles in which a bulletin is passed.
pub(crate) const SIGN: &[Role] = &[Role::WatchOfficer, Role::Verifier, Role::LegalOfficer, Role::CoChair];

/// Roles of which one at the least must be among them: who answers for what the mission says in public.
pub(crate) const ANSWER: &[Role] = &[Role::LegalOfficer, Role::CoChair];

/// What sort of bulletin it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// That of a day.
    Daily,
    /// At once, because of something that happened.
    Flash,
}

impl Sort {
    /// The word in the log.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Flash => "flash",
        }
    }

    /// Reads the word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Daily, Self::Flash].into_iter().find(|sort| sort.as_str() == word)
    }
}

/// What a bulletin says of how it comes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edition {
    /// What sort it is.
    pub(crate) sort: Sort,
    /// The published bulletin that it corrects, by its entry. That one stays as it is.
    pub(crate) corrects: Option<u64>,
    /// The draft in whose place it stands, by its entry. That one is signed no more.
    pub(crate) replaces: Option<u64>,
}

impl Edition {
    /// As the entry holds it.
    pub(crate) fn json(&self) -> Value {
        json!({ "sort": self.sort.as_str(), "people": PEOPLE, "corrects": self.corrects, "replaces": self.replaces })
    }

    /// Reads it; `None` for what this version does not know.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        let number = |name: &str| value.get(name).and_then(Value::as_u64);
        let sort = value.get("sort").and_then(Value::as_str).and_then(Sort::parse)?;
        Some(Self { sort, corrects: number("corrects"), replaces: number("replaces") })
    }
}

/// A signature under a bulletin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignOff {
    /// Its entry.
    pub(crate) entry: u64,
    /// The bulletin's entry.
    pub(crate) bulletin: u64,
    /// The digest that was signed.
    pub(crate) digest: Digest,
    /// In which role.
    pub(crate) role: Role,
    /// Who; `None`: that was destroyed.
    pub(crate) by: Option<String>,
    /// When, as far as it is still known.
    pub(crate) at: Option<String>,
}

impl SignOff {
    /// What its entry shows, and what it commits to.
    pub(crate) fn open(bulletin: u64, digest: &Digest, role: Role) -> Vec<(&'static str, Value)> {
        vec![
            ("bulletin", json!(bulletin)),
            ("digest", json!(digest.to_string())),
            ("role", json!(role.as_str())),
        ]
    }

    /// Reads an entry; `None` where it is no signature that can be read.
    ///
    /// # Errors
    /// When what it commits to cannot be read.
    pub(crate) fn of(
        log: &dyn LogReader,
        entry: &Logged,
        missing: &mut Missing,
    ) -> Result<Option<Self>, Failure> {
        Ok(Self::read(entry.n, &committed::body(log, entry, missing)?))
    }

    /// Reads what an entry shows to everybody: which bulletin, by which digest, in which role. Who and when are closed.
    pub(crate) fn shown(entry: &Logged) -> Option<Self> {
        Self::read(entry.n, &entry.body)
    }

    fn read(n: u64, body: &Value) -> Option<Self> {
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        Some(Self {
            entry: n,
            bulletin: body.get("bulletin")?.as_u64()?,
            digest: text("digest")?.parse().ok()?,
            role: Role::parse(text("role")?)?,
            by: text("by").map(str::to_owned),
            at: text("at").map(str::to_owned),
        })
    }
}

/// The digest by which a bulletin is signed: over everything that its entry fixes.
pub(crate) fn digest(entry: &Logged) -> Option<Digest> {
    canonical_bytes(&entry.body).ok().map(|bytes| digest_of(&bytes))
}

/// How far a bulletin was passed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Passing {
    /// Signatures that count, in their order.
    pub(crate) signed: Vec<SignOff>,
    /// How many different people must; 0 where nobody need.
    pub(crate) needed: usize,
    /// Whether somebody in a role that answers for it is among them.
    pub(crate) is_answered_for: bool,
    /// The bulletin that stands in its place.
    pub(crate) replaced_by: Option<u64>,
    /// The entry with which it was passed.
    pub(crate) at: Option<u64>,
}

/// How far the bulletin of an entry was passed.
pub(crate) fn passing(loaded: &Loaded, entry: &Logged) -> Passing {
    passing_among(&loaded.bulletins, &loaded.sign_offs, entry)
}

/// The same among bulletins and signatures, each in the order of the log.
pub(crate) fn passing_among(bulletins: &[Logged], sign_offs: &[SignOff], entry: &Logged) -> Passing {
    if Bulletin::of(entry).ok().and_then(|bulletin| bulletin.edition).is_none() {
        return Passing { at: Some(entry.n), is_answered_for: true, ..Passing::default() };
    }
    let digest = digest(entry);
    let replaced_by = bulletins.iter().find_map(|other| {
        let replaces = Bulletin::of(other).ok()?.edition?.replaces;
        (other.n > entry.n && replaces == Some(entry.n)).then_some(other.n)
    });
    let mut passing = Passing { needed: PEOPLE, replaced_by, ..Passing::default() };
    let mut people = BTreeSet::new();
    for one in sign_offs {
        // Who cannot be told any more was told when it was written: nobody signs twice.
        let who = one.by.clone().unwrap_or_else(|| format!("entry {}", one.entry));
        let is_late = replaced_by.is_some_and(|by| one.entry > by);
        let counts = one.bulletin == entry.n && Some(one.digest) == digest && SIGN.contains(&one.role);
        if !counts || is_late || passing.at.is_some() || !people.insert(who) {
            continue;
        }
        passing.is_answered_for |= ANSWER.contains(&one.role);
        passing.signed.push(one.clone());
        if people.len() >= PEOPLE && passing.is_answered_for {
            passing.at = Some(one.entry);
        }
    }
    passing
}

/// How the bulletin of an entry stands: published once it was passed and a quorum has cosigned a checkpoint that covers both.
pub(crate) fn stands(loaded: &Loaded, entry: &Logged, signed: &[Signed]) -> Publication {
    match passing(loaded, entry).at {
        Some(at) => Publication { entry: entry.n, ..publication(at.max(entry.n), &loaded.key_sets, signed) },
        None => Publication { published: false, ..publication(entry.n, &loaded.key_sets, signed) },
    }
}
