//! What a person made of a proposal, and the observation that follows from it.
//!
//! Proposals themselves are never stored: they are computed from a text and the tables whenever they are asked for. What is in the
//! log is a person's step: which words of which text, confirmed, corrected or rejected, and for the first two the whole row of the
//! native report file, with the bytes that say each value. So the observation follows from the log alone, whatever later tables
//! would propose. Its receipt is that step's entry, and it is gone again from the moment at which the step is undone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;
use truceline_casework::{Decision, PersonDecision};
use truceline_intake::media::media_in;
use truceline_intake::prose::Kind;
use truceline_intake::wording::wording;
use truceline_intake::{Header, Mapping, Reader, Refusal};
use truceline_model::{Instant, Observation, ReceiptNo, Span};
use truceline_record::Entry as Logged;

use crate::commonness;
use crate::failure::Failure;
use crate::loaded::{Loaded, Refused, broken};
use crate::log_reader::LogReader;
use crate::mission::Mission;
use crate::words::Words;

/// Names a proposal: the text, what kind of thing, and the bytes that say it. Stays what it is when the tables change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ProposalId {
    /// Receipt of the text.
    pub(crate) words: ReceiptNo,
    /// The bytes.
    pub(crate) span: Span,
    /// What kind.
    pub(crate) kind: Kind,
    /// Which of several of one kind in the very same bytes, from 1.
    pub(crate) nth: u32,
}

impl fmt::Display for ProposalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (start, end) = (self.span.start, self.span.end);
        write!(f, "p{}-{}-{start}-{end}", self.words.0, self.kind.as_str())?;
        if self.nth > 1 { write!(f, "-{}", self.nth) } else { Ok(()) }
    }
}

impl ProposalId {
    /// Reads `p12-incident-0-84`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix('p')?.split('-');
        let words = ReceiptNo(number(parts.next()?)?);
        let word = parts.next()?;
        let kind = Kind::parse(word)?;
        let (start, end) = (number(parts.next()?)?, number(parts.next()?)?);
        let nth = parts.next().map_or(Some(1), number).filter(|nth| *nth > 0)?;
        let none_left = parts.next().is_none();
        none_left.then_some(Self { words, span: Span { start, end }, kind, nth })
    }
}

/// Digits only: a number with a sign or a blank is no part of an id.
fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// What a person said of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Said {
    /// Right as it is.
    Confirmed,
    /// Right with values of the person's own.
    Corrected,
    /// Wrong, or no matter of this mission.
    Rejected,
}

impl Said {
    const ALL: [Self; 3] = [Self::Confirmed, Self::Corrected, Self::Rejected];

    /// Reads the word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|said| said.as_str() == word)
    }

    /// The word in the log.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Corrected => "corrected",
            Self::Rejected => "rejected",
        }
    }
}

/// A person's step on a proposal, as its entry holds it.
#[derive(Clone, Debug)]
pub(crate) struct Decided {
    /// Its entry: the receipt of the observation.
    pub(crate) entry: u64,
    /// From when on it holds.
    pub(crate) at: Instant,
    /// When the log took it.
    logged: Instant,
    /// Who.
    pub(crate) by: String,
    /// Why.
    pub(crate) why: String,
    /// Which proposal.
    pub(crate) id: ProposalId,
    /// What was said of it.
    pub(crate) said: Said,
    /// The tables' word for it, where they proposed it.
    pub(crate) sub: Option<String>,
    /// The row that it becomes; none when it was rejected.
    pub(crate) row: Option<Value>,
    /// The bytes that say each value of the row.
    pub(crate) spans: BTreeMap<String, Vec<Span>>,
    /// Values of the person's own, each with what was proposed in its place.
    pub(crate) own: BTreeMap<String, Option<String>>,
    /// Entry of the mapping that reads the row.
    mapping: u64,
}

impl Decided {
    /// What a decision's entry says of a proposal; `said_in` is its body, opened.
    ///
    /// # Errors
    /// When the entry lacks what every such step has.
    pub(crate) fn of(entry: &Logged, said_in: &Value, what: &Value, at: Instant) -> Result<Self, Failure> {
        let body = |name: &str| said_in.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let text = |name: &str| what.get(name).and_then(Value::as_str);
        let id = text("id").and_then(ProposalId::parse);
        let said = text("said").and_then(Said::parse);
        let (Some(id), Some(said)) = (id, said) else {
            return Err(broken(entry, "a decision on a proposal that this version cannot read"));
        };
        let logged = said_in.get("at").and_then(Value::as_str).unwrap_or(&entry.at);
        let logged = Instant::parse(logged).map_err(|_| broken(entry, "a time that cannot be read"))?;
        let members = |name: &str| what.get(name).and_then(Value::as_object).into_iter().flatten();
        Ok(Self {
            entry: entry.n,
            at,
            logged,
            by: body("by"),
            why: body("why"),
            id,
            said,
            sub: text("sub").map(str::to_owned),
            row: what.get("row").filter(|row| row.is_object()).cloned(),
            spans: members("spans").map(|(field, all)| (field.clone(), spans(all))).collect(),
            own: members("own")
                .map(|(field, old)| (field.clone(), old.as_str().map(str::to_owned)))
                .collect(),
            mapping: what.get("mapping").and_then(Value::as_u64).unwrap_or_default(),
        })
    }
}

fn spans(all: &Value) -> Vec<Span> {
    let one = |pair: &Value| {
        let at = |n: usize| pair.get(n).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
        Some(Span { start: at(0)?, end: at(1)? })
    };
    all.as_array().into_iter().flatten().filter_map(one).collect()
}

/// The words behind an observation that a person confirmed.
#[derive(Clone, Debug)]
pub(crate) struct Quoted {
    /// Receipt of the text.
    pub(crate) words: ReceiptNo,
    /// The proposal.
    pub(crate) id: ProposalId,
    /// All its words.
    pub(crate) text: String,
    /// The words of each value, with their bytes; none where the value is the person's own.
    pub(crate) fields: Vec<(String, Vec<(Span, String)>)>,
    /// Who confirmed it, and whether with values of their own.
    pub(crate) by: String,
    /// What was said of the proposal.
    pub(crate) said: Said,
}

/// What the steps of a log came to.
#[derive(Default)]
pub(crate) struct Confirmed {
    pub(crate) observations: Vec<Observation>,
    pub(crate) refused: Vec<Refused>,
    pub(crate) quoted: BTreeMap<ReceiptNo, Quoted>,
}

/// Every observation that people confirmed, undone ones too: whether they stand is a matter of the moment, see [`standing`].
///
/// # Errors
/// When the vault cannot be read, or a step names a text or mapping that the log does not have.
pub(crate) fn confirmed(
    log: &dyn LogReader,
    decided: &[Decided],
    words: &BTreeMap<ReceiptNo, Words>,
    mappings: &BTreeMap<u64, Mapping>,
    mission: &Mission,
) -> Result<Confirmed, Failure> {
    let mut all = Confirmed::default();
    if decided.iter().all(|one| one.row.is_none()) {
        return Ok(all);
    }
    let commonness = commonness::of(mission)?;
    // One text at a time: a year of articles need not fit in memory.
    let mut by_text: BTreeMap<ReceiptNo, Vec<&Decided>> = BTreeMap::new();
    for one in decided.iter().filter(|one| one.row.is_some()) {
        by_text.entry(one.id.words).or_default().push(one);
    }
    for (receipt, steps) in by_text {
        let lost = |what: &str| {
            Failure::operation(
                "read the log",
                &format!("a decision on {receipt} names {what}; run truceline verify"),
            )
        };
        let from = words.get(&receipt).ok_or_else(|| lost("no text of the log"))?;
        // Of a text kept elsewhere there are no words to show and none to compare, only what people confirmed of it.
        let text = if from.kept && !from.erased { from.text(log)? } else { String::new() };
        let alone = steps.len() == 1;
        for one in steps {
            let mapping = mappings.get(&one.mapping).ok_or_else(|| lost("no mapping of the log"))?;
            match observation(one, mapping, mission) {
                Ok(observation) => {
                    let passage = passage(&text, one);
                    let wording = wording(&passage, &commonness);
                    // Of a text that tells one thing all it shows is shown of that.
                    let shown = media_in(if alone { &text } else { &passage });
                    let media = observation.media.iter().cloned().chain(shown).collect();
                    let observation = Observation { wording, media, ..observation };
                    all.quoted.insert(observation.receipt, quoted(one, &text));
                    all.observations.push(observation);
                }
                Err(refusals) => all.refused.push(Refused {
                    receipt: ReceiptNo(one.entry),
                    file: one.id.to_string(),
                    file_entry: one.entry,
                    row: 1,
                    refusals,
                }),
            }
        }
    }
    Ok(all)
}

/// The observation that a confirmed row is: read as every row is read, under the receipt of the step that confirmed it, with the
/// bytes of the text in place of those of the row.
fn observation(one: &Decided, mapping: &Mapping, mission: &Mission) -> Result<Observation, Vec<Refusal>> {
    let row = one.row.as_ref().map(Value::to_string).unwrap_or_default();
    let context = mission.context(Some(one.logged));
    let reading =
        Reader::new(mapping, Header::JsonLines)?.read(row.as_bytes(), 1, &context, ReceiptNo(one.entry))?;
    let observation = reading.observations.into_iter().next().ok_or_else(Vec::new)?;
    let said = |name: &&'static str| one.spans.get(*name).and_then(|all| all.first()).copied();
    let spans = observation.spans.keys().filter_map(|name| Some((*name, said(name)?))).collect();
    Ok(Observation { spans, ..observation })
}

/// The lines of the text that tell it: those of its words and of the words of its values. What the text tells beside it is no
/// evidence of this event.
fn passage(text: &str, one: &Decided) -> String {
    let said: Vec<Span> = std::iter::once(one.id.span).chain(one.spans.values().flatten().copied()).collect();
    let mut out = String::new();
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r', '\u{2028}', '\u{2029}']) {
        let end = start + line.len();
        let touched = |span: &Span| {
            let at = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
            at(span.start) < end && start < at(span.end)
        };
        if said.iter().any(touched) {
            out.push_str(line);
        }
        start = end;
    }
    out
}

fn quoted(one: &Decided, text: &str) -> Quoted {
    let words = |span: &Span| (*span, slice(text, *span).unwrap_or_default().to_owned());
    let row = one.row.as_ref().and_then(Value::as_object);
    let fields = row
        .into_iter()
        .flatten()
        .map(|(field, _)| (field.clone(), one.spans.get(field).into_iter().flatten().map(words).collect()));
    Quoted {
        words: one.id.words,
        id: one.id,
        text: words(&one.id.span).1,
        fields: fields.collect(),
        by: one.by.clone(),
        said: one.said,
    }
}

/// A slice of a text; `None` outside it or inside a character.
pub(crate) fn slice(text: &str, span: Span) -> Option<&str> {
    text.get(usize::try_from(span.start).ok()?..usize::try_from(span.end).ok()?)
}

/// The last step on each proposal that still holds.
pub(crate) fn standing_steps(loaded: &Loaded, as_of: Instant) -> BTreeMap<ProposalId, &Decided> {
    let undone = truceline_casework::undone_by(&loaded.decisions, as_of);
    let holds = |one: &&Decided| one.at <= as_of && !undone.contains(&one.entry);
    loaded.proposed.iter().filter(holds).map(|one| (one.id, one)).collect()
}

/// The number of the last entry that moved a proposal, undone or not; 0 when none did.
pub(crate) fn last_moved(loaded: &Loaded, id: ProposalId) -> u64 {
    let mut moved: BTreeSet<u64> =
        loaded.proposed.iter().filter(|one| one.id == id).map(|one| one.entry).collect();
    let undo = |decision: &PersonDecision| match decision.what {
        Decision::Undo { entry } => Some((decision.entry, entry)),
        _ => None,
    };
    // An undo comes after what it takes back, so that one pass in order also meets the undo of an undo.
    for (entry, of) in loaded.decisions.iter().filter_map(undo) {
        if moved.contains(&of) {
            moved.insert(entry);
        }
    }
    moved.last().copied().unwrap_or_default()
}

/// What the log says without the observations whose confirmation is undone as of a moment.
pub(crate) fn standing(loaded: std::sync::Arc<Loaded>, as_of: Instant) -> std::sync::Arc<Loaded> {
    let undone = truceline_casework::undone_by(&loaded.decisions, as_of);
    let gone = |receipt: ReceiptNo| undone.contains(&receipt.0) && loaded.quoted.contains_key(&receipt);
    if !loaded.observations.iter().any(|o| gone(o.receipt)) {
        return loaded;
    }
    let observations = loaded.observations.iter().filter(|o| !gone(o.receipt)).cloned().collect();
    std::sync::Arc::new(Loaded { observations, ..Loaded::clone(&loaded) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_itself_and_nothing_else_does() {
        for text in ["p12-incident-0-84", "p0-statement-5-6-3", "p9-humanitarian-1-2", "p9-agreement-1-2"] {
            assert_eq!(ProposalId::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "p",
            "12-incident-0-84",
            "p-1-incident-0-84",
            "p12-incident-0",
            "p12-incident-0-84-0",
            "p12-tally-0-84",
            "p12-incident-0-84-1-1",
            "p12-incident-+0-84",
            "p12-incident-0-99999999999",
            "p12-incident- 0-84",
        ] {
            assert!(ProposalId::parse(text).is_none(), "{text}");
        }
    }
}
