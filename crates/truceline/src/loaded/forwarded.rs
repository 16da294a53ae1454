//! Entries of offices, read as the centre's own; and decisions of theirs that cannot hold beside others'.
//!
//! An office decides without seeing what others decide meanwhile. Where the two cannot both hold, the office's is not applied and not
//! dropped: it is a conflict, shown until somebody at the centre, who can see both, decides the matter. An office that sends what cannot be
//! read harms nobody else: its entry is kept and refused, like a report.

use crate::log_reader::LogReader;
use truceline_casework::case::BY_THE_TERMS;
use truceline_casework::{PersonDecision, contradict, undone_by};
use truceline_intake::Fault;
use truceline_model::{IncidentId, Instant, JudgementId, ReceiptNo};
use truceline_record::Entry as Logged;

use super::{Judged, Reading, Refused, broken, number, refused};
use crate::committed;
use crate::failure::Failure;
use crate::log::kind;
use crate::office::renumber::{self, renumbered};
use crate::proposals::{Decided, ProposalId};

/// What two decisions are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Matter {
    /// Which reports belong together.
    Links(truceline_casework::Decision),
    /// The answer to an open-textured word.
    Judgement(IncidentId, JudgementId),
    /// What a text says.
    Proposal(ProposalId),
}

/// A decision of an office that cannot hold beside another that it did not know.
#[derive(Clone, Debug)]
pub(crate) struct Conflict {
    /// The entry of the office's decision.
    pub(crate) entry: u64,
    /// The office.
    pub(crate) office: String,
    /// From when on it would hold.
    pub(crate) at: Instant,
    /// Who decided so there.
    pub(crate) by: String,
    /// Why.
    pub(crate) why: String,
    /// About what.
    pub(crate) matter: Matter,
    /// The entries that it cannot hold beside; they stand meanwhile.
    pub(crate) against: Vec<u64>,
    /// The entry by which the matter was decided with knowledge of both, or by which the office took its own back.
    pub(crate) settled: Option<u64>,
}

impl Reading {
    /// An entry of an office, under the number that it has here.
    pub(super) fn forwarded(&mut self, log: &dyn LogReader, entry: &Logged) -> Result<(), Failure> {
        let word = |name: &str| {
            let found = entry.body.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
            found.ok_or_else(|| broken(entry, &format!("no word \"{name}\"")))
        };
        let (of, office, n) = (word("log")?, word("office")?, number(entry, "n")?);
        let numbers = self.numbers.entry(of.clone()).or_default();
        if entry.body.get("same").is_some() {
            numbers.insert(n, number(entry, "same")?);
            return Ok(());
        }
        numbers.insert(n, entry.n);
        let digest = entry.objects.first().copied().ok_or_else(|| broken(entry, "no entry of an office"))?;
        let Some(bytes) = log.object_bytes(&digest)? else {
            self.missing.insert(digest, entry.n);
            return Ok(());
        };
        let read = Logged::from_bytes(&bytes).map_err(|e| e.to_string()).and_then(|inner| {
            if entry.body.get("missing").is_some() {
                return Err("it came without its bytes: they were erased at the office".to_owned());
            }
            let inner = self.opened(log, entry.n, inner)?;
            let numbers = self.numbers.get(&of).ok_or_else(|| "its log is not known".to_owned())?;
            match inner.kind.as_str() {
                kind::CASE => return self.case_of_office(log, &inner, entry, (&of, &office)),
                // The centre publishes what is the centre's; an office's bulletin is on record, and listed by itself.
                kind::BULLETIN => return Ok(()),
                _ => {}
            }
            let inner = renumbered(&inner, entry.n, &entry.at, numbers)?;
            self.leads_somewhere(&inner)?;
            if inner.kind == kind::DECISION {
                self.offices.insert(entry.n, office.clone());
            }
            self.entry(log, &inner).map_err(|e| e.to_string())
        });
        if let Err(say) = read {
            self.unread.push(Refused {
                receipt: ReceiptNo(entry.n),
                file: office,
                file_entry: entry.n,
                row: 1,
                refusals: vec![refused(
                    Fault::Shape,
                    1,
                    &format!("an entry of an office that cannot be read: {say}"),
                    "ask the office what it logged there; the bytes are kept",
                )],
            });
        }
        Ok(())
    }

    /// What somebody did in a case at an office. It counts from when the centre took it, like everything in cases; and whoever did it must be
    /// one of the centre's people, or it is refused and kept as any stranger's act is.
    fn case_of_office(
        &mut self,
        log: &dyn LogReader,
        inner: &Logged,
        outer: &Logged,
        (of, office): (&str, &str),
    ) -> Result<(), String> {
        let here = Logged { n: outer.n, ..inner.clone() };
        let read = crate::cases::read(log, &here, &mut self.missing).map_err(|e| e.to_string())?;
        let Some(mut read) = read else { return Ok(()) };
        // The terms act here by themselves, on what is known here.
        if read.act.by == BY_THE_TERMS {
            return Ok(());
        }
        let numbers = self.numbers.get(of).ok_or_else(|| "its log is not known".to_owned())?;
        let what = &mut read.act.what;
        match read.is_at_centre {
            true => renumber::case_of_centre(what, numbers)?,
            false => renumber::case(what, numbers)?,
        }
        read.act.at = Instant::parse(&outer.at).map_err(|_| "the centre's time cannot be read".to_owned())?;
        self.acted(Some(read), Some(office));
        Ok(())
    }

    /// A decision with its fields opened: references are in them. Other entries show theirs.
    fn opened(&mut self, log: &dyn LogReader, n: u64, inner: Logged) -> Result<Logged, String> {
        if inner.kind != kind::DECISION {
            return Ok(inner);
        }
        let here = Logged { n, ..inner };
        let body = committed::body(log, &here, &mut self.missing).map_err(|e| e.to_string())?;
        Ok(Logged { body, objects: Vec::new(), ..here })
    }

    /// Whether what an office's entry refers to was taken in and could be read.
    fn leads_somewhere(&self, entry: &Logged) -> Result<(), String> {
        let at = |name: &str| entry.body.get(name).and_then(serde_json::Value::as_u64);
        let lost = |what: &str| Err(format!("it refers to a {what} that is not there"));
        if entry.kind == kind::REPORT && !at("file").is_some_and(|file| self.files.contains_key(&file)) {
            return lost("file");
        }
        let said = entry.body.pointer("/what/proposal").filter(|_| entry.kind == kind::DECISION);
        let Some(said) = said else { return Ok(()) };
        let id = said.get("id").and_then(serde_json::Value::as_str).and_then(ProposalId::parse);
        let mapping = said.get("mapping").and_then(serde_json::Value::as_u64).unwrap_or_default();
        if !id.is_some_and(|id| self.words.contains_key(&id.words)) {
            return lost("text");
        }
        if said.get("row").is_some() && !self.mappings.contains_key(&mapping) {
            return lost("mapping");
        }
        Ok(())
    }

    /// Takes a merge, split or undo: applies it, or finds that it cannot hold beside another's.
    pub(super) fn link_decision(&mut self, decision: PersonDecision) {
        let office = self.offices.get(&decision.entry).cloned();
        if let truceline_casework::Decision::Undo { entry } = decision.what {
            let mut own = self.conflicts.iter_mut().filter(|conflict| conflict.entry == entry);
            own.by_ref().for_each(|conflict| conflict.settled = Some(decision.entry));
        }
        let undone = undone_by(&self.decisions, Instant::FAR_FUTURE);
        let unlike = self.decisions.iter().filter(|other| {
            self.offices.get(&other.entry) != office.as_ref()
                && !undone.contains(&other.entry)
                && contradict(&other.what, &decision.what)
        });
        let against: Vec<u64> = unlike.map(|other| other.entry).collect();
        let matter = Matter::Links(decision.what.clone());
        let who = (decision.entry, decision.at, decision.by.as_str(), decision.why.as_str());
        if !self.is_conflict(who, matter, against) {
            self.decisions.push(decision);
        }
    }

    /// Takes an answer to an open-textured word.
    pub(super) fn answer(&mut self, judged: Judged) {
        let office = self.offices.get(&judged.entry).cloned();
        let same = |other: &&Judged| other.incident == judged.incident && other.judgement == judged.judgement;
        // The last answer is the one that holds.
        let last = self.judged.iter().rev().find(same).filter(|other| {
            self.offices.get(&other.entry) != office.as_ref() && other.answer != judged.answer
        });
        let against = last.map(|other| other.entry).into_iter().collect();
        let matter = Matter::Judgement(judged.incident.clone(), judged.judgement.clone());
        let who = (judged.entry, judged.at, judged.by.as_str(), judged.why.as_str());
        if !self.is_conflict(who, matter, against) {
            self.judged.push(judged);
        }
    }

    /// Takes a step on a proposal.
    pub(super) fn step(&mut self, step: Decided) {
        let office = self.offices.get(&step.entry).cloned();
        let undone = undone_by(&self.decisions, Instant::FAR_FUTURE);
        let last =
            self.proposed.iter().rev().find(|other| other.id == step.id && !undone.contains(&other.entry));
        let unlike = last.filter(|other| {
            self.offices.get(&other.entry) != office.as_ref()
                && (other.said, &other.row) != (step.said, &step.row)
        });
        let against = unlike.map(|other| other.entry).into_iter().collect();
        let who = (step.entry, step.at, step.by.as_str(), step.why.as_str());
        if !self.is_conflict(who, Matter::Proposal(step.id), against) {
            self.proposed.push(step);
        }
    }

    /// Notes a conflict of an office's decision; a decision at the centre settles those on the same matter.
    fn is_conflict(
        &mut self,
        (entry, at, by, why): (u64, Instant, &str, &str),
        matter: Matter,
        against: Vec<u64>,
    ) -> bool {
        let Some(office) = self.offices.get(&entry).cloned() else {
            let open = self.conflicts.iter_mut().filter(|conflict| conflict.settled.is_none());
            open.filter(|conflict| same_matter(&conflict.matter, &matter))
                .for_each(|conflict| conflict.settled = Some(entry));
            return false;
        };
        if against.is_empty() {
            return false;
        }
        let (by, why) = (by.to_owned(), why.to_owned());
        self.conflicts.push(Conflict { entry, office, at, by, why, matter, against, settled: None });
        true
    }
}

fn same_matter(one: &Matter, other: &Matter) -> bool {
    match (one, other) {
        (Matter::Links(one), Matter::Links(other)) => truceline_casework::same_matter(one, other),
        _ => one == other,
    }
}
