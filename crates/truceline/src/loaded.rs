//! The log read into observations: every report parsed again from its bytes, with what could not be read beside it. A pure
//! function of the log up to an entry and of the software; the clock is not asked.

mod forwarded;
mod growing;
mod parsing;
mod subject;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use truceline_casework::case::{CaseEntry, Setting};
use truceline_casework::{Decision, PersonDecision, Side};
use truceline_intake::{Encoding, Fault, Header, Mapping, Refusal, Warning};
use truceline_model::finding::Answer;
use truceline_model::{IncidentId, Instant, JudgementId, Observation, ReceiptNo};
use truceline_publish::Given;
use truceline_record::{Digest, Entry as Logged};

use crate::attachments::Attachment;
use crate::cases;
use crate::committed::{self, Missing};
use crate::editions::SignOff;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::log::{Shape, kind};
use crate::log_reader::LogReader;
use crate::mission::Mission;
use crate::office::renumber::Numbers;
use crate::proposals::{self, Decided, Quoted};
use crate::quorum::{Agreed, KeySet};
use crate::unmasking::{self, Request};
use crate::words::Words;

pub(crate) use forwarded::{Conflict, Matter};
pub(crate) use growing::Growing;
use parsing::{parse_all, refused};
pub(crate) use subject::Subject;

/// A report that could not be read: where it stands, and every value that is wrong.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    /// Its receipt.
    pub(crate) receipt: ReceiptNo,
    /// Its file.
    pub(crate) file: String,
    /// The entry of its file.
    pub(crate) file_entry: u64,
    /// Its row.
    pub(crate) row: u64,
    /// What is wrong with it.
    pub(crate) refusals: Vec<Refusal>,
}

/// An answer that a person gave to an open-textured word.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    /// From when on it holds.
    pub(crate) at: Instant,
    /// Of which incident.
    pub(crate) incident: IncidentId,
    /// Which word.
    pub(crate) judgement: JudgementId,
    /// The answer.
    pub(crate) answer: Answer,
    /// Who gave it.
    pub(crate) by: String,
    /// Why.
    pub(crate) why: String,
    /// Its entry in the log.
    pub(crate) entry: u64,
}

/// Everything that the log says, up to an entry.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    /// The mission.
    pub(crate) mission: Arc<Mission>,
    /// Entries read.
    pub(crate) entries: u64,
    /// What reports say, by receipt.
    pub(crate) observations: Vec<Observation>,
    /// What could not be read, by receipt.
    pub(crate) refused: Vec<Refused>,
    /// Warnings, with file and receipt.
    pub(crate) warnings: Vec<(String, ReceiptNo, Warning)>,
    /// Merges, splits and undos.
    pub(crate) decisions: Vec<PersonDecision>,
    /// Judgements.
    pub(crate) judged: Vec<Judged>,
    /// Texts, by receipt.
    pub(crate) words: BTreeMap<ReceiptNo, Words>,
    /// Files that came with reports, in the order of the log.
    pub(crate) attachments: Vec<Attachment>,
    /// What people made of proposals, in the order of the log.
    pub(crate) proposed: Vec<Decided>,
    /// The words behind observations that people confirmed, by receipt.
    pub(crate) quoted: BTreeMap<ReceiptNo, Quoted>,
    /// Sealed sources that were asked for, in the order of the log.
    pub(crate) requests: Vec<Request>,
    /// Decisions of offices that cannot hold beside others'.
    pub(crate) conflicts: Vec<Conflict>,
    /// The checkpoint over these entries and no other, as text.
    pub(crate) checkpoint: Option<String>,
    /// The log's public key.
    pub(crate) verifier_key: String,
    /// Entries that froze a bulletin, in the order of the log.
    pub(crate) bulletins: Vec<Logged>,
    /// Signatures by which people passed bulletins, in the order of the log.
    pub(crate) sign_offs: Vec<SignOff>,
    /// Entries by which a watch was handed over, and taken over, in the order of the log.
    pub(crate) handovers: Vec<Logged>,
    /// Entries of which something was destroyed, with the erasure.
    pub(crate) erased: BTreeMap<u64, u64>,
    /// What people did in cases, in the order of the log.
    pub(crate) case_entries: Vec<CaseEntry>,
    /// How each of these came, by its entry, in the order of the log.
    pub(crate) given: Vec<(u64, Given)>,
    /// What cases go by, by the entry from which on it does; empty where no case was ever opened.
    pub(crate) settings: BTreeMap<u64, Setting>,
    /// The sets of witnesses that the log names, in its order; one that says the same as the one before is left out.
    pub(crate) key_sets: Vec<KeySet>,
    /// What each entry is about, by its number.
    pub(crate) subjects: Vec<Subject>,
}

impl Loaded {
    /// The shipped mission, and how it grew: after so many entries, as of moments of which one goes back.
    #[cfg(test)]
    #[allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    pub(crate) fn shipped_as_it_grew() -> (Self, [(u64, &'static str); 6]) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store");
        crate::load::shipped(&path, true, "").unwrap();
        let all = load(&crate::log::open_read_only(&path).unwrap(), None, 2).unwrap();
        let length = all.entries;
        let steps = [
            (length / 3, "2016-03-10T00:00:00Z"),
            (length / 2, "2016-04-20T12:00:00Z"),
            (length * 9 / 10, "2016-05-04T21:01:00Z"),
            (length, "2016-05-04T22:00:00Z"),
            (length, "2016-04-01T00:00:00Z"),
            (length, "2016-06-01T00:00:00Z"),
        ];
        (all, steps)
    }

    /// The same when the log had so many entries, as far as incidents, findings and cases follow from it.
    #[cfg(test)]
    pub(crate) fn when_it_had(&self, entries: u64) -> Self {
        let mut then = self.clone();
        then.observations.retain(|o| o.receipt.0 < entries);
        then.quoted.retain(|receipt, _| receipt.0 < entries);
        then.decisions.retain(|one| one.entry < entries);
        then.case_entries.retain(|one| one.entry < entries);
        then.entries = entries;
        then
    }

    /// A log without an entry, under a mission.
    pub(crate) fn empty(mission: Arc<Mission>) -> Self {
        Self {
            mission,
            entries: 0,
            observations: Vec::new(),
            refused: Vec::new(),
            warnings: Vec::new(),
            decisions: Vec::new(),
            judged: Vec::new(),
            words: BTreeMap::new(),
            attachments: Vec::new(),
            proposed: Vec::new(),
            quoted: BTreeMap::new(),
            requests: Vec::new(),
            conflicts: Vec::new(),
            checkpoint: None,
            verifier_key: String::new(),
            bulletins: Vec::new(),
            sign_offs: Vec::new(),
            handovers: Vec::new(),
            erased: BTreeMap::new(),
            case_entries: Vec::new(),
            given: Vec::new(),
            settings: BTreeMap::new(),
            key_sets: Vec::new(),
            subjects: Vec::new(),
        }
    }
}

struct FileOf {
    name: String,
    mapping: Mapping,
    header: Result<Header, Refusal>,
}

/// A report waiting to be parsed, once the mission in force is known.
struct Raw {
    receipt: ReceiptNo,
    file: u64,
    row: u64,
    shape: Shape,
    at: Instant,
    /// `None`: the vault does not have them.
    bytes: Option<Vec<u8>>,
}

/// Reads the log up to (without) entry `up_to`.
///
/// # Errors
/// When an entry cannot be read, or names something that the log does not have.
pub(crate) fn load(log: &dyn LogReader, up_to: Option<u64>, threads: usize) -> Result<Loaded, Failure> {
    load_under(log, up_to, threads, None)
}

/// The files of the mission that the log registered last; `None`: it holds none.
///
/// # Errors
/// As [`load`].
pub(crate) fn mission_files(log: &dyn LogReader) -> Result<Option<BTreeMap<String, Vec<u8>>>, Failure> {
    let mut reading = Reading::default();
    for entry in log.entries_before(log.size()?) {
        let entry = entry?;
        if entry.kind == kind::MISSION {
            reading.entry(log, &entry)?;
        }
    }
    Ok(reading.mission)
}

/// The files of the mission that an entry registers, by name.
///
/// # Errors
/// When the vault lacks one of them.
pub(crate) fn files_of(log: &dyn LogReader, entry: &Logged) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let mut files = BTreeMap::new();
    for (name, digest) in entry.body.get("files").and_then(Value::as_object).into_iter().flatten() {
        let digest = digest.as_str().and_then(|d| d.parse::<Digest>().ok());
        files.insert(name.clone(), object(log, entry, digest)?);
    }
    Ok(files)
}

/// Reads the log as [`load`] does, but under the mission of these files in place of its own.
///
/// # Errors
/// As [`load`]; or when the files are no mission.
pub(crate) fn load_under(
    log: &dyn LogReader,
    up_to: Option<u64>,
    threads: usize,
    files: Option<&BTreeMap<String, Vec<u8>>>,
) -> Result<Loaded, Failure> {
    let length = log.size()?;
    let end = up_to.map_or(length, |n| n.min(length));
    Ok(load_whole(log, end, threads, files)?.1)
}

/// Everything before entry `end`, and what reading on needs. The bytes of reports are not kept.
fn load_whole(
    log: &dyn LogReader,
    end: u64,
    threads: usize,
    files: Option<&BTreeMap<String, Vec<u8>>>,
) -> Result<(Reading, Loaded), Failure> {
    let mut reading = Reading::default();
    for entry in log.entries_before(end) {
        reading.entry(log, &entry?)?;
    }
    reading.erased = committed::erased(log, &reading.missing)?;
    reading.words.values_mut().for_each(|words| words.mark_erased(&reading.erased));
    let mut mission =
        files.or(reading.mission.as_ref()).map_or_else(|| Ok(Mission::none()), Mission::read)?;
    mission.register_sealed(reading.words.values().map(|words| &words.source));
    let mission = Arc::new(mission);
    let settings = cases::settings(&reading.missions, !reading.case_entries.is_empty())?;
    let (mut observations, mut refused, warnings) = parse_all(&reading, &mission, threads)?;
    let confirmed =
        proposals::confirmed(log, &reading.proposed, &reading.words, &reading.mappings, &mission)?;
    observations.extend(confirmed.observations);
    observations.sort_by_key(|o| o.receipt);
    refused.extend(reading.words.values().filter_map(Words::refused).chain(confirmed.refused));
    refused.extend(reading.unread.iter().cloned());
    refused.sort_by_key(|r| r.receipt);
    reading.reports = Vec::new();
    let loaded = Loaded {
        mission,
        entries: end,
        observations,
        refused,
        warnings,
        decisions: reading.decisions.clone(),
        judged: reading.judged.clone(),
        words: reading.words.clone(),
        attachments: reading.attachments.clone(),
        proposed: reading.proposed.clone(),
        quoted: confirmed.quoted,
        checkpoint: log.checkpoint_over(end)?,
        verifier_key: log.key_over(end).to_owned(),
        bulletins: reading.bulletins.clone(),
        sign_offs: reading.sign_offs.clone(),
        handovers: reading.handovers.clone(),
        erased: reading.erased.clone(),
        case_entries: reading.case_entries.clone(),
        given: reading.given.clone(),
        settings,
        key_sets: reading.key_sets.clone(),
        requests: reading.requests.clone(),
        conflicts: reading.conflicts.clone(),
        subjects: reading.subjects.clone(),
    };
    Ok((reading, loaded))
}

/// The sets of witnesses that missions before entry `end` name, in the order of the log; one that says the same as the one before is left
/// out.
///
/// # Errors
/// When an entry cannot be read, or a mission's files are not there or cannot be used.
pub(crate) fn key_sets(log: &dyn LogReader, end: u64) -> Result<Vec<KeySet>, Failure> {
    let mut reading = Reading::default();
    for entry in log.entries_before(end) {
        let entry = entry?;
        if entry.kind == kind::MISSION {
            reading.entry(log, &entry)?;
        }
    }
    Ok(reading.key_sets)
}

#[derive(Default)]
struct Reading {
    mission: Option<BTreeMap<String, Vec<u8>>>,
    mappings: BTreeMap<u64, Mapping>,
    files: BTreeMap<u64, FileOf>,
    reports: Vec<Raw>,
    decisions: Vec<PersonDecision>,
    judged: Vec<Judged>,
    words: BTreeMap<ReceiptNo, Words>,
    attachments: Vec<Attachment>,
    proposed: Vec<Decided>,
    bulletins: Vec<Logged>,
    sign_offs: Vec<SignOff>,
    handovers: Vec<Logged>,
    case_entries: Vec<CaseEntry>,
    given: Vec<(u64, Given)>,
    /// The files of every mission that the log names, by entry.
    missions: BTreeMap<u64, BTreeMap<String, Vec<u8>>>,
    key_sets: Vec<KeySet>,
    /// What entries refer to and the vault lacks.
    missing: Missing,
    /// The erasure that took something from an entry, by entry.
    erased: BTreeMap<u64, u64>,
    /// Where entries of offices stand here, by log.
    numbers: BTreeMap<String, Numbers>,
    /// Which office decided, by entry; at the centre's own decisions, none.
    offices: BTreeMap<u64, String>,
    conflicts: Vec<Conflict>,
    requests: Vec<Request>,
    /// Entries of offices that cannot be read.
    unread: Vec<Refused>,
    /// What each entry is about.
    subjects: Vec<Subject>,
}

impl Reading {
    fn entry(&mut self, log: &dyn LogReader, entry: &Logged) -> Result<(), Failure> {
        self.note(entry);
        match entry.kind.as_str() {
            kind::MISSION => {
                let files = files_of(log, entry)?;
                self.key_set(entry.n, &files)?;
                self.missions.insert(entry.n, files.clone());
                self.mission = Some(files);
            }
            kind::MAPPING => {
                let text = object(log, entry, entry.objects.first().copied())?;
                let text = String::from_utf8(text).map_err(|_| broken(entry, "a mapping that is no text"))?;
                let mapping = truceline_intake::mapping::parse(&text)
                    .map_err(|_| broken(entry, "a mapping that cannot be read"))?;
                self.mappings.insert(entry.n, mapping);
            }
            kind::FILE => drop(self.files.insert(entry.n, self.file(log, entry)?)),
            kind::REPORT => {
                let report = self.report(log, entry)?;
                self.reports.push(report);
            }
            kind::WORDS => {
                let words = Words::of(log, entry, &mut self.missing)?;
                self.words.insert(words.receipt, words);
            }
            kind::ATTACHMENT => {
                let read = Attachment::of(log, entry)?;
                self.attachments.extend(read);
            }
            kind::DECISION => self.decision(log, entry)?,
            kind::CASE => {
                // What an office does in the centre's cases is for the centre to read.
                let read = cases::read(log, entry, &mut self.missing)?.filter(|read| !read.is_at_centre);
                self.acted(read, None);
            }
            kind::BULLETIN => self.bulletins.push(entry.clone()),
            kind::HANDOVER | kind::TAKEOVER => self.handovers.push(entry.clone()),
            kind::SIGN_OFF => {
                let read = SignOff::of(log, entry, &mut self.missing)?;
                self.sign_offs.extend(read);
            }
            kind::SEAL_REQUEST | kind::SEAL_RELEASE | kind::SEAL_OPENING => {
                unmasking::note(&mut self.requests, log, entry)?;
            }
            kind::FORWARDED => self.forwarded(log, entry)?,
            _ => {}
        }
        Ok(())
    }

    /// Takes an act in a case, and how it came.
    fn acted(&mut self, read: Option<cases::Read>, office: Option<&str>) {
        let Some(cases::Read { act, vouched, .. }) = read else { return };
        self.given.push((act.entry, Given { vouched, office: office.map(str::to_owned) }));
        self.case_entries.push(act);
    }

    /// A mission that names no witnesses leaves those who counted before: nobody is dismissed by leaving a line out.
    fn key_set(&mut self, entry: u64, files: &BTreeMap<String, Vec<u8>>) -> Result<(), Failure> {
        let Some(text) = files.get("mission.kdl") else { return Ok(()) };
        let mut quorum = Folder::parse(&String::from_utf8_lossy(text))?.quorum;
        let agreement = files.get("agreement.md").map(|text| String::from_utf8_lossy(text));
        let said = agreement.map(|text| truceline_terms::cosigning(&text)).unwrap_or_default();
        quorum.agreed = said.iter().map(Agreed::from).collect();
        let same = self.key_sets.last().is_some_and(|last| last.quorum == quorum);
        if !quorum.witnesses.is_empty() && !same {
            self.key_sets.push(KeySet { entry, quorum });
        }
        Ok(())
    }

    fn file(&self, log: &dyn LogReader, entry: &Logged) -> Result<FileOf, Failure> {
        let text = |name: &str| entry.body.get(name).and_then(Value::as_str);
        let mapping = number(entry, "mapping")?;
        let encoding = text("encoding").and_then(Encoding::parse);
        let used = self
            .mappings
            .get(&mapping)
            .ok_or_else(|| broken(entry, "a file under a mapping that is not in the log"))?;
        let used = encoding.map_or_else(|| used.clone(), |encoding| used.clone().with_encoding(encoding));
        let header =
            match text("layout").and_then(|l| l.strip_prefix("csv:")).and_then(|d| d.parse::<u8>().ok()) {
                None => Ok(Header::JsonLines),
                Some(delimiter) => {
                    let bytes = object(log, entry, entry.objects.first().copied())?;
                    Header::csv(&bytes, used.encoding, delimiter)
                }
            };
        Ok(FileOf { name: text("name").unwrap_or("?").to_owned(), mapping: used, header })
    }

    fn report(&mut self, log: &dyn LogReader, entry: &Logged) -> Result<Raw, Failure> {
        let shape = entry.body.get("shape").and_then(Value::as_str).and_then(Shape::parse);
        let shape =
            shape.ok_or_else(|| broken(entry, "a report of a shape that this version does not know"))?;
        let bytes = match shape {
            // Never parsed, and may be larger than memory.
            Shape::Oversized | Shape::File | Shape::Elsewhere => Some(Vec::new()),
            Shape::Whole | Shape::Cut => committed::raw(log, entry, &mut self.missing)?,
        };
        let at = Instant::parse(&entry.at).map_err(|_| broken(entry, "a time that cannot be read"))?;
        Ok(Raw {
            receipt: ReceiptNo(entry.n),
            file: number(entry, "file")?,
            row: number(entry, "row")?,
            shape,
            at,
            bytes,
        })
    }

    fn decision(&mut self, log: &dyn LogReader, entry: &Logged) -> Result<(), Failure> {
        let lacking = self.missing.len();
        let body = committed::body(log, entry, &mut self.missing)?;
        // Of a closed one that was erased nothing follows; where something is lost, the reading ends in an error below. Where only who and why
        // are closed, what was decided stands without them.
        let open = body.get("what").is_some() && body.get("known").is_some();
        if self.missing.len() > lacking && !open {
            return Ok(());
        }
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let at = Instant::parse(&text("known")).map_err(|_| broken(entry, "a time that cannot be read"))?;
        let what = body.get("what").ok_or_else(|| broken(entry, "a decision of nothing"))?;
        if let Some(judged) = what.get("judgement") {
            let word = |name: &str| judged.get(name).and_then(Value::as_str).unwrap_or_default();
            let answer = Answer::parse(word("answer"))
                .ok_or_else(|| broken(entry, "a judgement without an answer"))?;
            let incident = IncidentId::new(word("incident"));
            let judgement = JudgementId::new(word("judgement"));
            let (by, why) = (text("by"), text("why"));
            self.answer(Judged { at, incident, judgement, answer, by, why, entry: entry.n });
            return Ok(());
        }
        if let Some(said) = what.get("proposal") {
            self.step(Decided::of(entry, &body, said, at)?);
            return Ok(());
        }
        let what =
            read_decision(what).ok_or_else(|| broken(entry, "a decision that this version does not know"))?;
        self.link_decision(PersonDecision { entry: entry.n, at, by: text("by"), why: text("why"), what });
        Ok(())
    }
}

/// A decision as the log holds it.
pub(crate) fn write_decision(what: &Decision) -> Value {
    let receipts = |set: &std::collections::BTreeSet<ReceiptNo>| {
        Value::from(set.iter().map(|r| r.0).collect::<Vec<u64>>())
    };
    let side = |side: &Side| serde_json::json!({ "incident": side.incident.as_str(), "receipts": receipts(&side.receipts) });
    match what {
        Decision::Merge { a, b } => serde_json::json!({ "merge": { "a": side(a), "b": side(b) } }),
        Decision::Split { incident, receipts: left, kept } => {
            serde_json::json!({ "split": { "incident": incident.as_str(), "receipts": receipts(left), "kept": receipts(kept) } })
        }
        Decision::Undo { entry } => serde_json::json!({ "undo": entry }),
    }
}

fn read_decision(what: &Value) -> Option<Decision> {
    let receipts = |value: &Value| {
        value.as_array().map(|all| all.iter().filter_map(Value::as_u64).map(ReceiptNo).collect())
    };
    let side = |value: &Value| {
        Some(Side {
            incident: IncidentId::new(value.get("incident")?.as_str()?),
            receipts: receipts(value.get("receipts")?)?,
        })
    };
    if let Some(merge) = what.get("merge") {
        return Some(Decision::Merge { a: side(merge.get("a")?)?, b: side(merge.get("b")?)? });
    }
    if let Some(split) = what.get("split") {
        let incident = IncidentId::new(split.get("incident")?.as_str()?);
        return Some(Decision::Split {
            incident,
            receipts: receipts(split.get("receipts")?)?,
            kept: receipts(split.get("kept")?)?,
        });
    }
    what.get("undo").and_then(Value::as_u64).map(|entry| Decision::Undo { entry })
}

/// What stands where a report was that two people had destroyed.
pub(crate) fn erased_by(row: u64, erasure: u64) -> Refusal {
    refused(
        Fault::Erased,
        row,
        &format!("nothing: it was erased, see entry {erasure}"),
        "nothing is asked of the sender; findings no longer rest on it",
    )
}

/// An object that an entry refers to.
///
/// # Errors
/// When the vault does not have it.
pub(crate) fn object(
    log: &dyn LogReader,
    entry: &Logged,
    digest: Option<Digest>,
) -> Result<Vec<u8>, Failure> {
    let digest = digest.ok_or_else(|| broken(entry, "no object where one is needed"))?;
    log.object_bytes(&digest)?.ok_or_else(|| broken(entry, "an object that the vault does not have"))
}

fn number(entry: &Logged, name: &str) -> Result<u64, Failure> {
    entry
        .body
        .get(name)
        .and_then(Value::as_u64)
        .ok_or_else(|| broken(entry, &format!("no number \"{name}\"")))
}

/// An entry that holds what no entry may.
pub(crate) fn broken(entry: &Logged, what: &str) -> Failure {
    Failure::operation("read the log", &format!("entry {} holds {what}; run truceline verify", entry.n))
}
