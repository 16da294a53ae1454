//! A bulletin as the log fixes it: as of when, over which entries, by which software, the digest of every file, the headline
//! figures, and the root of a tree over the findings. And whether it is published: cosigned by the quorum that counts.
//!
//! Whether a bulletin is published is never in its bytes: they are frozen before anybody can have cosigned them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use truceline_model::Instant;
use truceline_record::{Digest, Entry as Logged, LeafList, digest_of};
use truceline_store::Store;

use crate::editions::Edition;
use crate::failure::Failure;
use crate::log::kind;
use crate::pipeline::Derived;
use crate::quorum::{Agreed, KeySet, Signed, counting, in_force};
use crate::view::software;
use crate::{office, outputs};

/// The file with the findings, one a line.
pub(crate) const FINDINGS: &str = "findings.jsonl";

/// A frozen file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frozen {
    /// Its length in bytes.
    pub(crate) bytes: u64,
    /// Its SHA-256.
    pub(crate) digest: Digest,
}

/// What an entry of kind `bulletin` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bulletin {
    /// What was known at this moment.
    pub(crate) as_of: Instant,
    /// Derived from this many entries of the log.
    pub(crate) entries: u64,
    /// Name and version of the software.
    pub(crate) software: String,
    /// Who froze it.
    pub(crate) by: String,
    /// Every file, by name.
    pub(crate) files: BTreeMap<String, Frozen>,
    /// Headline figures, by name.
    pub(crate) figures: BTreeMap<String, u64>,
    /// How many findings there are.
    pub(crate) findings: u64,
    /// Root of the tree over their lines.
    pub(crate) root: Digest,
    /// How it comes out, where people must pass it first.
    pub(crate) edition: Option<Edition>,
}

/// The software that froze the bulletin of an entry; `None`: it is no bulletin that can be read.
pub(crate) fn software_of(entry: &Logged) -> Option<String> {
    Bulletin::of(entry).ok().map(|bulletin| bulletin.software)
}

/// Bulletins that offices froze and forwarded: the entry here, the office, what its entry says. One that cannot be read is passed over.
///
/// # Errors
/// When the log or the vault cannot be read.
pub(crate) fn of_offices(store: &Store) -> Result<Vec<(u64, String, Bulletin)>, Failure> {
    let mut all = Vec::new();
    for outer in office::of_kinds(store, &[kind::FORWARDED])? {
        let Some(inner) = office::inner(store, &outer, kind::BULLETIN)? else { continue };
        let office = outer.body.get("office").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Ok(bulletin) = Bulletin::of(&inner) {
            all.push((outer.n, office, bulletin));
        }
    }
    Ok(all)
}

impl Bulletin {
    /// Freezes a derivation; each file is handed to `keep` as soon as it is made.
    ///
    /// # Errors
    /// When the mission has no sound terms, or `keep` fails.
    pub(crate) fn freeze(
        derived: &Derived,
        by: &str,
        keep: &mut outputs::EachFile<'_>,
    ) -> Result<Self, Failure> {
        let mut files = BTreeMap::new();
        let mut lines = LeafList::default();
        outputs::each(derived, &mut |name, bytes| {
            if name == FINDINGS {
                lines = lines_of(bytes);
            }
            let digest = digest_of(bytes);
            files.insert(name.to_owned(), Frozen { bytes: bytes.len() as u64, digest });
            keep(name, bytes)
        })?;
        Ok(Self {
            as_of: derived.as_of,
            entries: derived.loaded.entries,
            software: software(),
            by: by.to_owned(),
            files,
            figures: outputs::figures(derived)?,
            findings: lines.len(),
            root: lines.root(),
            edition: None,
        })
    }

    /// The body of its entry.
    pub(crate) fn body(&self) -> Value {
        let file = |(name, file): (&String, &Frozen)| {
            (name.clone(), json!({ "bytes": file.bytes, "sha256": file.digest.to_string() }))
        };
        let files: Map<String, Value> = self.files.iter().map(file).collect();
        let mut body = json!({
            "as_of": self.as_of.to_string(), "by": self.by, "entries": self.entries, "files": files, "figures": self.figures,
            "findings": { "lines": self.findings, "root": self.root.to_string() }, "software": self.software,
        });
        if let (Some(edition), Some(body)) = (&self.edition, body.as_object_mut()) {
            body.insert("edition".into(), edition.json());
        }
        body
    }

    /// Reads an entry.
    ///
    /// # Errors
    /// What is wrong with it, in words: an entry comes from whoever had the log's key.
    pub(crate) fn of(entry: &Logged) -> Result<Self, String> {
        let lacks = |what: &str| format!("entry {} is no bulletin that can be read: {what}", entry.n);
        if entry.kind != kind::BULLETIN {
            return Err(format!("entry {} is no bulletin; it is of kind {}", entry.n, entry.kind));
        }
        let body = &entry.body;
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        let digest = |value: Option<&Value>| value.and_then(Value::as_str).and_then(|d| d.parse().ok());
        let mut files = BTreeMap::new();
        for (name, file) in body.get("files").and_then(Value::as_object).into_iter().flatten() {
            if !is_file_name(name) {
                return Err(lacks("a file's name that is none"));
            }
            let bytes = file.get("bytes").and_then(Value::as_u64).ok_or_else(|| lacks("a file's length"))?;
            let digest = digest(file.get("sha256")).ok_or_else(|| lacks("a file's digest"))?;
            files.insert(name.clone(), Frozen { bytes, digest });
        }
        let figures = body.get("figures").and_then(Value::as_object).into_iter().flatten();
        let figures: Option<BTreeMap<String, u64>> =
            figures.map(|(name, value)| Some((name.clone(), value.as_u64()?))).collect();
        let edition = match body.get("edition") {
            None => None,
            Some(edition) => Some(Edition::of(edition).ok_or_else(|| lacks("edition"))?),
        };
        let findings = body.get("findings");
        let found = |name: &str| findings.and_then(|all| all.get(name));
        Ok(Self {
            as_of: text("as_of").and_then(|at| Instant::parse(at).ok()).ok_or_else(|| lacks("as_of"))?,
            entries: body
                .get("entries")
                .and_then(Value::as_u64)
                .filter(|entries| *entries <= entry.n)
                .ok_or_else(|| lacks("entries"))?,
            software: text("software").ok_or_else(|| lacks("software"))?.to_owned(),
            by: text("by").ok_or_else(|| lacks("by"))?.to_owned(),
            files,
            figures: figures.ok_or_else(|| lacks("a figure that is no whole number"))?,
            findings: found("lines").and_then(Value::as_u64).ok_or_else(|| lacks("findings.lines"))?,
            root: digest(found("root")).ok_or_else(|| lacks("findings.root"))?,
            edition,
        })
    }
}

/// A plain name: no folder, nothing hidden, nothing that a shell or a browser would act on.
pub(crate) fn is_file_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    (1..=80).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(plain)
}

/// The lines of a file, as the leaves of a tree; the end of a line is not part of it.
pub(crate) fn lines_of(file: &[u8]) -> LeafList {
    let whole = file.strip_suffix(b"\n").unwrap_or(file);
    if file.is_empty() { LeafList::default() } else { LeafList::of(whole.split(|b| *b == b'\n')) }
}

/// How a bulletin stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Publication {
    /// Its entry.
    pub(crate) entry: u64,
    /// Whether a quorum has cosigned a checkpoint that covers it.
    pub(crate) published: bool,
    /// Entries under the checkpoint spoken of, where a signed one covers it.
    pub(crate) size: Option<u64>,
    /// Who cosigned that checkpoint, and in which second (since 1970-01-01, UTC).
    pub(crate) by: Vec<(String, u64)>,
    /// Who of those who count did not.
    pub(crate) missing: Vec<String>,
    /// How many must at the least.
    pub(crate) needed: usize,
    /// What is asked for, in words.
    pub(crate) asked: String,
    /// What the agreement asks for.
    pub(crate) agreed: Vec<Agreed>,
    /// The mission's entry that names those who count; `None` where none does.
    pub(crate) set: Option<u64>,
}

/// How the bulletin of an entry stands. `all`: the sets of witnesses that the log names. `signed`: cosigned checkpoints of the log.
pub(crate) fn publication(entry: u64, all: &[KeySet], signed: &[Signed]) -> Publication {
    let chain = in_force(all, signed);
    let sets = counting(&chain, entry);
    let mut covering: Vec<&Signed> = signed.iter().filter(|one| one.size > entry).collect();
    covering.sort_by_key(|one| one.size);
    let of = |set: &KeySet, one: Option<&Signed>| {
        let by = one.map(|one| set.quorum.cosigned(&one.note)).unwrap_or_default();
        let did = |name: &str| by.iter().any(|(who, _)| *who == name);
        let all = set.quorum.witnesses.iter().map(|witness| &witness.name);
        Publication {
            entry,
            published: set.quorum.reached(by.iter().map(|(name, _)| *name)),
            size: one.map(|one| one.size),
            missing: all.filter(|name| !did(name)).cloned().collect(),
            by: by.iter().map(|(who, time)| ((*who).to_owned(), *time)).collect(),
            needed: set.quorum.at_least(),
            asked: set.quorum.words(),
            agreed: set.quorum.agreed.iter().cloned().collect(),
            set: Some(set.entry),
        }
    };
    let each = sets.iter().flat_map(|set| covering.iter().map(|one| of(set, Some(one))));
    let mut nearest: Option<Publication> = None;
    for found in each {
        if found.published {
            return found;
        }
        // Of those that do not suffice, the one that lacks least.
        if nearest.as_ref().is_none_or(|before| found.by.len() >= before.by.len()) {
            nearest = Some(found);
        }
    }
    nearest.or_else(|| sets.last().map(|set| of(set, None))).unwrap_or(Publication {
        entry,
        published: false,
        size: None,
        by: Vec::new(),
        missing: Vec::new(),
        needed: 0,
        asked: String::new(),
        agreed: Vec::new(),
        set: None,
    })
}
