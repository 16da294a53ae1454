//! A witness's folder: its key, the logs it was told of, and the last checkpoint that it cosigned for each.
//!
//! ```text
//! witness.key    the secret key, readable by its owner only
//! witness.pub    the key that anyone checks cosignatures with
//! logs/D         keys of a log, one a line; D is the SHA-256 of its name
//! seen/D         size and root of the last checkpoint cosigned for it, the second, a digest of all this, and that checkpoint as it came
//! caught/D-SIZE  a checkpoint signed by the log that contradicts the one in seen/D: with it, proof of two histories
//! lock           held by the one process that answers
//! ```
//!
//! What is cosigned is on disk before the cosignature leaves this module, so that no kill and no power cut lets a second history
//! through. It draws no key and reads no clock: seed and seconds come from the caller. A clock that was set back changes nothing: a cosignature
//! is never dated before the last one.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use truceline_record::{Digest, LogVerifier, Seen, WitnessRefusal, WitnessRequest, WitnessSigner, digest_of};

use crate::error::{FileTrouble, OpenError};
use crate::layout;

const KEY_HEADER: &str = "truceline witness key 1";
const SEEN_HEADER: &str = "truceline witness seen 1";

/// A witness, open to answer; no other process has the folder open.
#[derive(Debug)]
pub struct WitnessFolder {
    dir: PathBuf,
    signer: WitnessSigner,
    _lock: File,
}

/// What a log is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessAnswer {
    /// HTTP status code.
    pub status: u16,
    /// Content type.
    pub content: &'static str,
    /// The body: signature lines, a size, or why not.
    pub body: Vec<u8>,
}

/// What a witness holds of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessedLog {
    /// The log's name.
    pub origin: String,
    /// Its keys.
    pub keys: Vec<String>,
    /// Entries covered by the last checkpoint cosigned.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Digest,
    /// When it was cosigned, in seconds since 1970-01-01 (UTC); 0 when none was.
    pub time: u64,
    /// Sizes at which the log signed another history.
    pub caught: Vec<u64>,
}

/// What is on disk of the last checkpoint.
#[derive(Clone, Copy)]
struct Last {
    seen: Seen,
    time: u64,
}

impl WitnessFolder {
    /// Makes a witness in `dir` and opens it. `seed`: 32 secret bytes from a secure source, used for nothing else.
    ///
    /// # Errors
    /// When a witness is there already, its name is none, or the folder cannot be written.
    pub fn create(dir: &Path, name: &str, seed: &[u8; 32]) -> Result<Self, OpenError> {
        let signer = WitnessSigner::new(name, seed).map_err(|e| OpenError::Key { reason: e.to_string() })?;
        layout::make_folder(dir)?;
        let lock = layout::lock(dir)?;
        if key_file(dir).exists() {
            return Err(OpenError::AlreadyThere { dir: dir.to_owned() });
        }
        for part in ["logs", "seen", "caught"] {
            layout::make_folder(&dir.join(part))?;
        }
        layout::write_file(&dir.join("witness.pub"), &format!("{}\n", signer.verifier_key()), false)?;
        // Last, for with it the witness is there.
        layout::write_file(&key_file(dir), &layout::secret_text(KEY_HEADER, name, seed), true)?;
        Ok(Self { dir: dir.to_owned(), signer, _lock: lock })
    }

    /// Opens the witness in `dir`.
    ///
    /// # Errors
    /// When none is there, another process has it open, or its key cannot be used.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        if !key_file(dir).exists() {
            return Err(OpenError::NotAStore { dir: dir.to_owned() });
        }
        let lock = layout::lock(dir)?;
        let (name, seed) = layout::read_secret(&key_file(dir), KEY_HEADER)?;
        let signer =
            WitnessSigner::new(&name, &seed).map_err(|e| OpenError::Key { reason: e.to_string() })?;
        // A key in which a bit has turned would sign as nobody.
        let public = read(&dir.join("witness.pub"))?;
        if public.is_some_and(|public| public.trim_end() != signer.verifier_key()) {
            let reason = format!("{} and witness.pub do not belong together", key_file(dir).display());
            return Err(OpenError::Key { reason });
        }
        // Names that a killed process gave and did not sync: what is answered from now on builds on them.
        for part in ["logs", "seen", "caught"] {
            layout::make_folder(&dir.join(part))?;
            layout::sync_folder(&dir.join(part))?;
        }
        Ok(Self { dir: dir.to_owned(), signer, _lock: lock })
    }

    /// The public key, to hand out.
    #[must_use]
    pub fn verifier_key(&self) -> String {
        self.signer.verifier_key()
    }

    /// Tells the witness of a log, or of a further key of one.
    ///
    /// # Errors
    /// When the folder cannot be read or written.
    pub fn trust(&mut self, key: &LogVerifier) -> Result<(), OpenError> {
        let mut keys = self.keys(key.origin())?;
        if !keys.iter().any(|known| known == key.verifier_key()) {
            keys.push(key.verifier_key().to_owned());
            let text: String = keys.iter().map(|key| format!("{key}\n")).collect();
            layout::write_file(&self.file("logs", key.origin()), &text, false)?;
        }
        Ok(())
    }

    /// No longer believes a key: lost, stolen or replaced. What was cosigned stays as the beginning of whatever comes.
    ///
    /// # Errors
    /// When the key is not known here, or the folder cannot be read or written.
    pub fn distrust(&mut self, key: &LogVerifier) -> Result<(), OpenError> {
        let mut keys = self.keys(key.origin())?;
        let known = keys.len();
        keys.retain(|known| known != key.verifier_key());
        if keys.len() == known {
            return Err(OpenError::Key { reason: "this witness does not know that key".to_owned() });
        }
        let text: String = keys.iter().map(|key| format!("{key}\n")).collect();
        Ok(layout::write_file(&self.file("logs", key.origin()), &text, false)?)
    }

    /// Answers a request of the standard's `add-checkpoint`. `now`: seconds since 1970-01-01 (UTC).
    ///
    /// # Errors
    /// When the folder cannot be read or written; nothing was cosigned then.
    pub fn answer(&mut self, body: &[u8], now: u64) -> Result<WitnessAnswer, OpenError> {
        let request = match WitnessRequest::parse(body) {
            Ok(request) => request,
            Err(refusal) => return Ok(refused(&refusal)),
        };
        let origin = match request.origin() {
            Ok(origin) => origin,
            Err(refusal) => return Ok(refused(&refusal)),
        };
        let keys: Vec<LogVerifier> =
            self.keys(&origin)?.iter().filter_map(|key| LogVerifier::new(key).ok()).collect();
        let last = self.last(&origin)?;
        let checkpoint = match request.judge(&keys, last.seen) {
            Ok(checkpoint) => checkpoint,
            Err(refusal) => {
                if refusal.shows_misbehaviour() {
                    self.keep_proof(&origin, last.seen.size, &request.note)?;
                }
                return Ok(refused(&refusal));
            }
        };
        let time = now.max(last.time);
        let wrong = |reason: String| OpenError::Inconsistent { reason };
        let line = self.signer.cosign(&request.note, time).map_err(|error| wrong(error.to_string()))?;
        let note = String::from_utf8_lossy(&request.note).into_owned();
        let text = format!("{SEEN_HEADER}\n{origin}\n{}\n{}\n{time}\n", checkpoint.size, checkpoint.root);
        let text = format!("{text}{}\n{note}", digest_of(format!("{text}{note}").as_bytes()));
        layout::write_file(&self.file("seen", &origin), &text, false)?;
        Ok(WitnessAnswer { status: 200, content: "text/plain; charset=utf-8", body: line })
    }

    /// What it holds of each log, by name.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn logs(&self) -> Result<Vec<WitnessedLog>, OpenError> {
        let mut logs = Vec::new();
        for file in names(&self.dir.join("logs"))? {
            let path = self.dir.join("logs").join(&file);
            let text = fs::read_to_string(&path).map_err(FileTrouble::at(&path))?;
            let keys: Vec<String> = text.lines().map(str::to_owned).collect();
            let Some(origin) = keys.first().and_then(|key| LogVerifier::new(key).ok()) else { continue };
            let origin = origin.origin().to_owned();
            let Last { seen, time } = self.last(&origin)?;
            let begin = format!("{file}-");
            let caught = names(&self.dir.join("caught"))?;
            let caught = caught.iter().filter_map(|name| name.strip_prefix(&begin)?.parse().ok()).collect();
            logs.push(WitnessedLog { origin, keys, size: seen.size, root: seen.root, time, caught });
        }
        logs.sort_by(|a, b| a.origin.cmp(&b.origin));
        Ok(logs)
    }

    fn file(&self, part: &str, origin: &str) -> PathBuf {
        self.dir.join(part).join(digest_of(origin.as_bytes()).to_string())
    }

    fn keys(&self, origin: &str) -> Result<Vec<String>, OpenError> {
        let text = read(&self.file("logs", origin))?;
        Ok(text.unwrap_or_default().lines().map(str::to_owned).collect())
    }

    fn last(&self, origin: &str) -> Result<Last, OpenError> {
        let path = self.file("seen", origin);
        let Some(text) = read(&path)? else { return Ok(Last { seen: Seen::nothing(), time: 0 }) };
        let mut lines = text.lines();
        let (header, named) = (lines.next(), lines.next());
        let size = lines.next().and_then(|line| line.parse().ok());
        let root = lines.next().and_then(|line| line.parse().ok());
        let time = lines.next().and_then(|line| line.parse().ok());
        let seen = Option::zip(size, root).map(|(size, root)| Seen { size, root });
        let keys: Vec<LogVerifier> =
            self.keys(origin)?.iter().filter_map(|key| LogVerifier::new(key).ok()).collect();
        let whole = lines.next().is_some_and(|digest| holds(&text, digest, &keys, seen));
        match (header, seen, time) {
            (Some(SEEN_HEADER), Some(seen), Some(time)) if whole && named == Some(origin) => {
                Ok(Last { seen, time })
            }
            // To go on from nothing would let any history through.
            _ => Err(OpenError::Inconsistent { reason: format!("{} was changed", path.display()) }),
        }
    }

    fn keep_proof(&self, origin: &str, size: u64, note: &[u8]) -> Result<(), OpenError> {
        let name = format!("{}-{size}", digest_of(origin.as_bytes()));
        let path = self.dir.join("caught").join(name);
        if path.exists() {
            return Ok(());
        }
        Ok(layout::write_file(&path, &String::from_utf8_lossy(note), false)?)
    }
}

/// Whether a memory is as it was written: its digest fits; or, where an earlier version wrote none, the note in it says the same.
fn holds(text: &str, digest: &str, keys: &[LogVerifier], seen: Option<Seen>) -> bool {
    if !digest.is_empty() {
        let without = text.replacen(&format!("{digest}\n"), "", 1);
        return digest.parse() == Ok(digest_of(without.as_bytes()));
    }
    let (_, note) = text.split_once("\n\n").unwrap_or_default();
    let size = note.lines().nth(1).and_then(|line| line.parse().ok());
    let signed = keys.iter().find_map(|key| key.open(note.as_bytes()).ok());
    // A key that is no longer believed opens nothing; the size is legible all the same.
    size == seen.map(|seen| seen.size)
        && signed.is_none_or(|note| Some(Seen { size: note.size, root: note.root }) == seen)
}

fn refused(refusal: &WitnessRefusal) -> WitnessAnswer {
    let (content, body) = match refusal.size() {
        Some(size) => ("text/x.tlog.size", format!("{size}\n")),
        None => ("text/plain; charset=utf-8", format!("{refusal}\n")),
    };
    WitnessAnswer { status: refusal.status(), content, body: body.into_bytes() }
}

fn key_file(dir: &Path) -> PathBuf {
    dir.join("witness.key")
}

/// A small file's text; `None` when it is not there.
fn read(path: &Path) -> Result<Option<String>, OpenError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileTrouble::at(path)(error).into()),
    }
}

/// Names of the files in a folder, sorted; those being written left out.
fn names(dir: &Path) -> Result<Vec<String>, OpenError> {
    let mut names = Vec::new();
    for file in fs::read_dir(dir).map_err(FileTrouble::at(dir))? {
        let name = file.map_err(FileTrouble::at(dir))?.file_name().to_string_lossy().into_owned();
        if !name.contains('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
