//! Texts of a store with what they seem to say: each proposal with its id, how it stands, and the row that it would be.
//!
//! Computes; logs nothing. The same store and tables give the same proposals.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use truceline_intake::prose::{self, Becomes, Kind, Proposal, Reading, becomes};
use truceline_model::{Instant, ReceiptNo, Span};
use truceline_store::Store;

use super::reading::Known;
use crate::cli::words::Tables;
use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::log;
use crate::mission::Mission;
use crate::pipeline::Source;
use crate::proposals::{Decided, ProposalId, slice, standing_steps};
use crate::words::Words;

/// A store's texts, and the tables to read them with.
pub(crate) struct Shelf {
    /// The store, for reading.
    store: Store,
    /// What the log says.
    pub(crate) loaded: Arc<Loaded>,
    /// The tables.
    pub(crate) known: Known,
}

/// One thing that a text says, or was said to say.
pub(crate) struct Proposed<'l> {
    /// Its id.
    pub(crate) id: ProposalId,
    /// What the reader proposes there; nothing when only a person's step names it.
    pub(crate) proposal: Option<Proposal>,
    /// The person's step that stands.
    pub(crate) step: Option<&'l Decided>,
}

/// A text as it was read.
pub(crate) struct Opened<'l> {
    /// What the log says of it.
    pub(crate) words: &'l Words,
    /// The text.
    pub(crate) text: String,
    /// What the reader made of it.
    pub(crate) reading: Reading,
    /// What it says, in its order.
    pub(crate) proposed: Vec<Proposed<'l>>,
}

impl Shelf {
    /// Opens a store for reading.
    ///
    /// # Errors
    /// When there is none, or a table cannot be used.
    pub(crate) fn open(dir: &Path, tables: &Tables) -> Result<Self, Failure> {
        let loaded = Source::new(dir.to_path_buf()).loaded(None, 2)?;
        let known = Known::within(tables, &loaded.mission)?;
        Ok(Self { store: log::open_read_only(dir)?, loaded, known })
    }

    /// The text with that receipt.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn words(&self, receipt: ReceiptNo) -> Result<&Words, Failure> {
        self.loaded.words.get(&receipt).ok_or_else(|| {
            Failure::usage(format!(
                "{receipt} is no text of this store; truceline proposals lists what is proposed"
            ))
        })
    }

    /// Reads a text, and puts beside each proposal the step that stands at a moment.
    ///
    /// # Errors
    /// When it is no text, or the vault cannot be read.
    pub(crate) fn read<'l>(&'l self, words: &'l Words, as_of: Instant) -> Result<Opened<'l>, Failure> {
        let text = words.text(&self.store)?;
        Ok(opened(words, text, &self.known, &standing_steps(&self.loaded, as_of)))
    }
}

/// Reads a text that is at hand, and puts beside each proposal the step that stands.
pub(crate) fn opened<'l>(
    words: &'l Words,
    text: String,
    known: &Known,
    steps: &BTreeMap<ProposalId, &'l Decided>,
) -> Opened<'l> {
    let mut reading = prose::read(&words.document(&text), &known.lexicons, &known.case, &known.gazetteer);
    let mut seen: BTreeMap<(Kind, Span), u32> = BTreeMap::new();
    let mut proposed: Vec<Proposed<'l>> = Vec::new();
    for proposal in std::mem::take(&mut reading.proposals) {
        let nth = seen.entry((proposal.kind, proposal.span)).and_modify(|n| *n += 1).or_insert(1);
        let id = ProposalId { words: words.receipt, span: proposal.span, kind: proposal.kind, nth: *nth };
        proposed.push(Proposed { id, step: steps.get(&id).copied(), proposal: Some(proposal) });
    }
    // What a person said of words that the tables no longer propose stays.
    let of_text = steps.iter().filter(|(id, _)| id.words == words.receipt);
    let gone: Vec<Proposed<'l>> = of_text
        .filter(|(id, _)| !proposed.iter().any(|one| one.id == **id))
        .map(|(id, step)| Proposed { id: *id, proposal: None, step: Some(step) })
        .collect();
    proposed.extend(gone);
    proposed.sort_by_key(|one| (one.id.span.start, one.id.kind, one.id.span.end, one.id.nth));
    Opened { words, text, reading, proposed }
}

impl Opened<'_> {
    /// The row that a proposal would be, for a text of this mission: whatever follows without a person.
    pub(crate) fn becomes(&self, mission: &Mission, one: &Proposed<'_>) -> Becomes {
        let context = mission.context(Some(self.words.known));
        let Some(proposal) = &one.proposal else { return Becomes::default() };
        let mut row = becomes(&self.text, proposal, &context);
        if let Some((id, first)) = self.told_before(proposal) {
            let whole = becomes(&self.text, first, &context);
            let figure = ["killed", "wounded"].iter().any(|field| row.fields.contains_key(field));
            // Another figure of the same origin revises its earlier one; one of another origin stands beside it.
            let revises = figure && whole.fields.get("origin") == row.fields.get("origin");
            let field = if revises { "revises" } else { "same_as" };
            row.fields.insert(field, id.to_string());
            row.spans.insert(field, vec![id.span]);
        }
        row
    }

    /// The incident of this text that a proposal speaks of again.
    pub(crate) fn told_before(&self, detail: &Proposal) -> Option<(ProposalId, &Proposal)> {
        let first = detail.detail_of?;
        self.proposed.iter().find_map(|one| {
            let proposal = one.proposal.as_ref().filter(|p| p.kind == Kind::Incident && p.span == first)?;
            (proposal.detail_of.is_none() && proposal != detail).then_some((one.id, proposal))
        })
    }

    /// The words of a proposal on one line.
    pub(crate) fn quote(&self, span: Span) -> String {
        super::reading::quoted(&self.text, span)
    }

    /// A span with its words, for scripts.
    pub(crate) fn span_json(&self, span: Span) -> Value {
        let text = slice(&self.text, span).unwrap_or_default();
        json!({ "text": text, "byte_start": span.start, "byte_end": span.end })
    }
}

/// The whole row of the native report file: what the proposal gives, and what belongs to its text.
pub(crate) fn row(
    mission: &Mission,
    words: &Words,
    id: ProposalId,
    fields: &BTreeMap<&'static str, String>,
    known: Instant,
) -> Map<String, Value> {
    let mut row = Map::new();
    let mut put = |field: &str, value: &str| {
        if !value.is_empty() {
            row.insert(field.to_owned(), Value::String(value.to_owned()));
        }
    };
    for (field, value) in fields {
        put(field, value);
    }
    put("id", &id.to_string());
    put("source", words.source.as_str());
    put("known", &known.to_string());
    put("address", words.address.as_deref().unwrap_or_default());
    let mut through: Vec<&str> = words.through.iter().map(String::as_str).collect();
    through.extend(fields.get("through").into_iter().flat_map(|all| all.split(';')));
    through.sort_unstable();
    through.dedup();
    put("through", &through.join(";"));
    if fields.get("kind").is_some_and(|kind| kind == "agreement") && !fields.contains_key("subject") {
        // What the words are about is the agreement of this mission, unless a person names a calm or a deadline of it.
        let of = mission.terms().map_or_else(|_| "agreement".to_owned(), |t| t.id.to_string());
        put("subject", &of);
    }
    row
}

/// What a person can do next about something confirmed that no finding follows from by itself.
pub(crate) fn next(fact: &str) -> Option<&'static str> {
    Some(match fact {
        "accepted" | "refused" => {
            "said, and shown as said; findings follow once the acceptance stands in the terms: `accepted` or `refused` in agreement.md"
        }
        "deadline-set" | "deadline-missed" => {
            "said, and shown as said; a deadline of the terms is a `deadline` line in agreement.md, with what became of it"
        }
        "extended" | "renewed" | "suspended" | "ended" | "started" => {
            "said, and shown as said; the truce's own window and the steps of a calm are lines of agreement.md (docs/terms/calms.md)"
        }
        "excluded" => "said, and shown as said; whom the terms leave outside is said in agreement.md",
        "frayed" | "collapsed" | "status-holding" => {
            "said, and shown as said; area status is counted from incidents, never taken over from what somebody says"
        }
        "conditioned" | "position" | "demanded" | "proposed" | "announced" | "talks" | "monitoring" => {
            "said, and shown as said, beside other accounts of it"
        }
        _ => return None,
    })
}
