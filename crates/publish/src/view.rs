//! The frozen data of a bulletin: all that a page may say, gathered by the caller as of one moment.
//!
//! Publishing never looks anything up: what is not in the [`View`] cannot be printed, so that the same view gives the same
//! bytes on any machine. Large things are borrowed; nothing here is changed, merged or completed on the way out.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    Act, Actors, AreaStatus, Areas, Bounds, ClauseId, DefinitionId, FactId, Finding, Incident, IncidentId,
    Instant, Interval, JudgementId, MatterId, MeasureId, Observation, Outcome, PositionId, ReadingId,
    ReceiptNo, RivalDay, SourceId, TruceState, Zone,
};

pub use crate::duties::{AccountView, AidView, ChanceView, DutiesView, DutyView, SaidView, StageView};

/// One text in several languages, by code (`en`, `ar`, `ru`). Where a language is missing, English is shown and marked.
pub type Texts = BTreeMap<String, String>;

/// All that a bulletin may say.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// Whose bulletin.
    pub mission: Mission<'a>,
    /// What was known at this moment; nothing later is in the view.
    pub as_of: Instant,
    /// How a reader checks it.
    pub proof: Proof,
    /// The state of the agreement itself.
    pub truce: &'a TruceState,
    /// Governorates, places, zones.
    pub areas: &'a Areas,
    /// Parties and groups.
    pub actors: &'a Actors,
    /// Sources by id.
    pub sources: &'a BTreeMap<SourceId, SourceName>,
    /// What each centre counts when it counts.
    pub definitions: &'a BTreeMap<DefinitionId, Texts>,
    /// The state of each governorate, one row each.
    pub statuses: &'a [AreaStatus],
    /// The rule behind those states.
    pub rule: StatusRuleText,
    /// Every incident known, in any order.
    pub incidents: Vec<IncidentView<'a>>,
    /// Rival tallies, day by day.
    pub rivals: &'a [RivalDay],
    /// What counters hold of single incidents, where a centre's own bulletin was read for it.
    pub listings: Vec<ListingView>,
    /// Clauses in the order of the agreement.
    pub clauses: Vec<ClauseView<'a>>,
    /// Readings, in the order of the agreement.
    pub readings: Vec<ReadingView>,
    /// Matters on which readings differ.
    pub matters: Vec<MatterView>,
    /// The question behind each judgement.
    pub judgements: BTreeMap<JudgementId, Texts>,
    /// The question behind each named fact.
    pub facts: BTreeMap<FactId, Texts>,
    /// What is counted, by the measures that the terms declare.
    pub measures: BTreeMap<MeasureId, Texts>,
    /// Answers that people gave to open words, in the order of the log.
    pub judged: Vec<JudgedView>,
    /// What would settle an open fact; where nothing fits, general words are used.
    pub settles: Vec<SettleView>,
    /// Translations of words that the model carries in one language: what was due by a deadline, a reservation, the name of
    /// an exception; by these words.
    pub phrases: BTreeMap<String, Texts>,
    /// Reports about the agreement itself, in the order in which they became known.
    pub agreement: Vec<&'a Observation>,
    /// Tallies as they came.
    pub tallies: Vec<&'a Observation>,
    /// Totals over several events, never added to their parts.
    pub totals: Vec<&'a Observation>,
    /// Aid asked for, approved, arrived.
    pub deliveries: Vec<&'a Observation>,
    /// What was due, how it stands, and aid on its way.
    pub duties: DutiesView,
    /// Statements that belong to no incident.
    pub statements: Vec<&'a Observation>,
    /// Rows that were kept and could not be read: how many, by file.
    pub refused: BTreeMap<String, u64>,
    /// Figures of which the parts do not add up to the stated sum.
    pub sum_faults: Vec<SumFault>,
}

/// Whose bulletin it is.
#[derive(Clone, Debug)]
pub struct Mission<'a> {
    /// Id of the mission folder.
    pub id: &'a str,
    /// Title of the agreement.
    pub title: &'a Texts,
    /// The agreement's own zone.
    pub zone: &'a Zone,
    /// How that zone's time is called, e.g. `Damascus time`.
    pub zone_name: &'a Texts,
    /// Moments that a reader may want to go to.
    pub moments: Vec<Moment>,
}

/// A moment with a name: "the co-chairs' call of 4 May".
#[derive(Clone, Debug)]
pub struct Moment {
    /// When.
    pub at: Instant,
    /// What it is called.
    pub label: Texts,
}

/// How a reader checks the bulletin.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// Entries of the log that it rests on.
    pub entries: u64,
    /// The signed checkpoint, as text, where there is one.
    pub checkpoint: Option<String>,
    /// The public key that verifies the checkpoint, where there is one.
    pub verifier_key: Option<String>,
    /// Name and version of the software.
    pub software: String,
    /// SHA-256 (hex) of each input beside the log: terms, areas, actors…
    pub inputs: BTreeMap<String, String>,
}

/// A source as readers see it.
#[derive(Clone, Debug, Default)]
pub struct SourceName {
    /// Names by language.
    pub names: Texts,
    /// `observatory`, `party`, `guarantor`, `media`, `humanitarian`, `un`, `other`.
    pub kind: String,
    /// The side it belongs to, as an actor's id, where it belongs to one.
    pub side: Option<String>,
    /// Public address, where there is one.
    pub address: Option<String>,
}

/// The parameters of the rule by which an area holds, frays or has collapsed. An incident counts when it is prohibited or
/// undetermined under some reading.
#[derive(Clone, Copy, Debug)]
pub struct StatusRuleText {
    /// Length of the window in local days.
    pub window_days: u32,
    /// Fraying from so many incidents that count.
    pub fraying_incidents: u32,
    /// Collapsed from so many days with an incident that counts…
    pub collapsed_days: u32,
    /// …if at least so many of them are prohibited under some reading.
    pub collapsed_prohibited: u32,
}

/// An answer that somebody gave to an open word, as the log holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedView {
    /// Of which incident.
    pub incident: IncidentId,
    /// Which word.
    pub judgement: JudgementId,
    /// From when on it holds.
    pub at: Instant,
    /// Who gave it.
    pub by: String,
    /// Why.
    pub why: String,
    /// Its entry in the log.
    pub entry: u64,
}

/// What evidence would settle an open fact.
#[derive(Clone, Debug)]
pub struct SettleView {
    /// The fact as [`truceline_model::Fact::key`] writes it, or the part before its colon.
    pub fact: String,
    /// Only for incidents with one of these acts; empty: for any.
    pub acts: BTreeSet<Act>,
    /// The evidence.
    pub evidence: Texts,
}

/// One incident with all that is shown of it.
#[derive(Clone, Debug)]
pub struct IncidentView<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// Its reports, in the order in which they became known.
    pub reports: Vec<&'a Observation>,
    /// Statements about it.
    pub statements: Vec<&'a Observation>,
    /// Totals that it is a part of.
    pub totals: Vec<&'a Observation>,
    /// Its findings, every clause under every reading.
    pub findings: Vec<&'a Finding>,
    /// How its toll grew.
    pub toll_history: Vec<TollStep>,
}

/// The toll after one more report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TollStep {
    /// When that report became known.
    pub known: Instant,
    /// The report.
    pub receipt: ReceiptNo,
    /// Killed, as that report gives it.
    pub bounds: Bounds,
    /// The range over the latest figure of each origin, from then on.
    pub range: Bounds,
    /// Number of origins behind that range.
    pub origins: u32,
}

/// Whether a counter of a day holds an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListingView {
    /// The local day, as [`RivalDay`] has it.
    pub day: Interval,
    /// The incident.
    pub incident: IncidentId,
    /// Who counted.
    pub source: SourceId,
    /// `listed`, `silent` or `cannot-say`.
    pub holds: &'static str,
}

/// One clause with its counts.
#[derive(Clone, Debug)]
pub struct ClauseView<'a> {
    /// Its id.
    pub id: &'a ClauseId,
    /// Short title.
    pub title: Texts,
    /// Its words, as the mission folder gives them.
    pub prose: Texts,
    /// The paragraph of the published text that it restates.
    pub paragraph: String,
    /// `forbids`, `permits`, `requires`, `calm`, `duty` or `procedure`.
    pub kind: &'a str,
    /// Incidents by reading and outcome.
    pub counts: BTreeMap<ReadingId, BTreeMap<Outcome, u32>>,
}

/// A named reading: one position on every matter.
#[derive(Clone, Debug)]
pub struct ReadingView {
    /// Its id.
    pub id: ReadingId,
    /// Title.
    pub title: Texts,
    /// Its position on each matter.
    pub takes: BTreeMap<MatterId, PositionId>,
}

/// A matter in dispute.
#[derive(Clone, Debug)]
pub struct MatterView {
    /// Its id.
    pub id: MatterId,
    /// The question.
    pub question: Texts,
    /// The positions taken on it.
    pub positions: Vec<PositionView>,
}

/// A position on a matter, and who holds it.
#[derive(Clone, Debug)]
pub struct PositionView {
    /// Its id.
    pub id: PositionId,
    /// What it says.
    pub says: Texts,
    /// Who is recorded as holding it; actor ids or words of the terms' author.
    pub held_by: BTreeSet<String>,
}

/// A figure whose parts do not fit it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SumFault {
    /// The report.
    pub receipt: ReceiptNo,
    /// Whose figure it is.
    pub source: SourceId,
    /// What was summed: `by-area`, `by-actor`, `tallies`, `killed`, `wounded`.
    pub breakdown: String,
    /// The figure.
    pub whole: u32,
    /// What its parts give.
    pub parts: u32,
}

/// What an incident comes to over every clause that forbids or requires and every reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Summary {
    /// Readings give different outcomes on a clause: the dispute is one of law, whatever else is open.
    Disputed,
    /// Prohibited by some clause under every reading, whatever readings say of other clauses.
    Prohibited,
    /// Undetermined by some clause, the same under every reading, and prohibited by none.
    Undetermined,
    /// Reached by some clause and forbidden by none.
    NotProhibited,
    /// Reached by none.
    NotCovered,
}

impl Summary {
    /// All of them, the most pressing first.
    pub const ALL: [Self; 5] =
        [Self::Disputed, Self::Prohibited, Self::Undetermined, Self::NotProhibited, Self::NotCovered];

    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disputed => "disputed",
            Self::Prohibited => "prohibited",
            Self::Undetermined => "undetermined",
            Self::NotProhibited => "not-prohibited",
            Self::NotCovered => "not-covered",
        }
    }
}

impl View<'_> {
    /// Whether a clause only permits: it answers for nothing by itself, and is left out of summaries.
    #[must_use]
    pub fn only_permits(&self, clause: &ClauseId) -> bool {
        self.clauses.iter().any(|c| c.id == clause && c.kind == "permits")
    }

    /// What the findings of one incident come to.
    #[must_use]
    pub fn summary(&self, incident: &IncidentView<'_>) -> Summary {
        let mut by_clause: BTreeMap<&ClauseId, BTreeSet<Outcome>> = BTreeMap::new();
        for finding in &incident.findings {
            if !self.only_permits(&finding.clause) {
                by_clause.entry(&finding.clause).or_default().insert(finding.outcome);
            }
        }
        let differs = |all: &BTreeSet<Outcome>| {
            all.len() > 1 && (all.contains(&Outcome::Prohibited) || all.contains(&Outcome::Undetermined))
        };
        let every = |outcome| by_clause.values().any(|all| all.len() == 1 && all.contains(&outcome));
        // What every reading agrees on is the strongest result there is, and comes before any dispute.
        if every(Outcome::Prohibited) {
            Summary::Prohibited
        } else if by_clause.values().any(differs) {
            Summary::Disputed
        } else if every(Outcome::Undetermined) {
            Summary::Undetermined
        } else if by_clause.values().any(|all| all.contains(&Outcome::NotProhibited)) {
            Summary::NotProhibited
        } else {
            Summary::NotCovered
        }
    }
}
