//! Why a finding is so, as one tree: the clause's words, the short answer, what it turns on and what would settle it, the rule
//! down to what sources say, the exceptions in their order, the other readings, earlier judgements on the same words.
//!
//! Built once and written as text, HTML or JSON: no form says more than another. The words are composed from the steps and
//! the values that they saw, never from the outcome, so that an explanation cannot say more than the judge did. Earlier
//! judgements are shown; nothing is ever decided by them.

use std::collections::BTreeSet;

use maud::{Markup, html};
use truceline_model::{
    ClauseId, Finding, IncidentId, Instant, Outcome, ReadingId, ReceiptNo, SourceId, Truth,
};

use crate::lang::Lang;
use crate::links::Links;
use crate::matrix;
use crate::page::badge;
use crate::safe::clean;
use crate::view::{ClauseView, IncidentView, View};
use crate::words::{Ctx, capital};

mod other;
mod precedent;
mod render;
mod rule;
mod said;
mod short;
mod suppose;

/// What a node of an explanation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A section; its words are the heading.
    Section,
    /// Which paragraph of the published text the clause restates.
    Restates,
    /// The clause's own words.
    Words,
    /// The short answer, and what it rests on.
    Answer,
    /// A step on which the short answer rests.
    Because,
    /// Who would have to answer.
    Respondents,
    /// Something open that the outcome turns on.
    Question,
    /// What the outcome would be if it were so.
    If,
    /// What a source says, or that nobody says.
    Said,
    /// What evidence would settle it.
    Settles,
    /// A step of the rule.
    Step,
    /// A value that a step saw.
    Seen,
    /// An exception, tried in its turn.
    Exception,
    /// Another reading of the same clause.
    Reading,
    /// What differs under another reading.
    Differs,
    /// What people answered about the same words in another incident.
    Precedent,
    /// A fact that is alike, unlike or not known in both.
    Compared,
    /// A report that is cited.
    Report,
    /// A remark that belongs to every explanation.
    Note,
}

impl Part {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Section => "section",
            Self::Restates => "restates",
            Self::Words => "words",
            Self::Answer => "answer",
            Self::Because => "because",
            Self::Respondents => "respondents",
            Self::Question => "question",
            Self::If => "if",
            Self::Said => "said",
            Self::Settles => "settles",
            Self::Step => "step",
            Self::Seen => "seen",
            Self::Exception => "exception",
            Self::Reading => "reading",
            Self::Differs => "differs",
            Self::Precedent => "precedent",
            Self::Compared => "compared",
            Self::Report => "report",
            Self::Note => "note",
        }
    }

    /// Every part.
    pub const ALL: [Self; 19] = [
        Self::Section,
        Self::Restates,
        Self::Words,
        Self::Answer,
        Self::Because,
        Self::Respondents,
        Self::Question,
        Self::If,
        Self::Said,
        Self::Settles,
        Self::Step,
        Self::Seen,
        Self::Exception,
        Self::Reading,
        Self::Differs,
        Self::Precedent,
        Self::Compared,
        Self::Report,
        Self::Note,
    ];
}

/// One numbered paragraph of an explanation, with what stands below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub part: Part,
    /// Its number, as people cite it: `4.2.1`.
    pub number: String,
    /// The sentence, in the explanation's language; values stand between isolates.
    pub(crate) words: String,
    /// Whether it holds, where that can be asked.
    pub truth: Option<Truth>,
    /// An outcome that it speaks of.
    pub outcome: Option<Outcome>,
    /// Whether the outcome rests on it.
    pub tried: bool,
    /// The fact that it is about, as files write it.
    pub fact: Option<String>,
    /// The value that it gives or supposes, as files write it.
    pub value: Option<String>,
    /// Who says so.
    pub origins: BTreeSet<SourceId>,
    /// Reports in which they say so.
    pub receipts: BTreeSet<ReceiptNo>,
    /// Which step of the finding it stands for, counted over the whole tree.
    pub(crate) of: Option<usize>,
    /// Paragraphs below.
    pub under: Vec<Node>,
}

impl Node {
    fn new(part: Part, words: impl Into<String>) -> Self {
        Self {
            part,
            number: String::new(),
            words: words.into(),
            truth: None,
            outcome: None,
            tried: true,
            fact: None,
            value: None,
            origins: BTreeSet::new(),
            receipts: BTreeSet::new(),
            of: None,
            under: Vec::new(),
        }
    }

    fn under(mut self, under: Vec<Self>) -> Self {
        self.under = under;
        self
    }

    fn number_all(nodes: &mut [Self], before: &str) {
        for (node, n) in nodes.iter_mut().zip(1_u32..) {
            node.number = if before.is_empty() { n.to_string() } else { format!("{before}.{n}") };
            let number = node.number.clone();
            Self::number_all(&mut node.under, &number);
        }
    }
}

/// The explanation of one finding: the same tree for text, HTML and JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The incident.
    pub incident: IncidentId,
    /// Its version.
    pub version: u32,
    /// The clause.
    pub clause: ClauseId,
    /// The reading.
    pub reading: ReadingId,
    /// Every reading that says the same, this one included.
    pub readings: Vec<ReadingId>,
    /// What was found.
    pub outcome: Outcome,
    /// As of when.
    pub as_of: Instant,
    /// The language of its words.
    pub lang: Lang,
    /// What is explained, in one line each: the incident, the clause under its readings, the moment.
    pub(crate) head: Vec<String>,
    /// Its sections.
    pub sections: Vec<Node>,
}

/// Explains one finding. Readings that say the same are named together; `one` holds the findings of the others.
#[must_use]
pub fn explanation(view: &View<'_>, one: &IncidentView<'_>, finding: &Finding, lang: Lang) -> Explanation {
    build(&Ctx::new(view, lang, Links::Static), one, finding)
}

/// Every explanation of an incident, clause by clause; readings that say the same share one. `clause` and `reading` narrow.
#[must_use]
pub fn explanations(
    view: &View<'_>,
    one: &IncidentView<'_>,
    clause: Option<&ClauseId>,
    reading: Option<&ReadingId>,
    lang: Lang,
) -> Vec<Explanation> {
    let ctx = Ctx::new(view, lang, Links::Static);
    let mut all = Vec::new();
    for known in view.clauses.iter().filter(|known| clause.is_none_or(|wanted| wanted == known.id)) {
        match reading {
            None => {
                all.extend(matrix::rows(&one.findings, known).iter().map(|row| build(&ctx, one, row.finding)))
            }
            Some(reading) => {
                let wanted = |f: &&&Finding| f.clause == *known.id && f.reading == *reading;
                all.extend(one.findings.iter().filter(wanted).map(|f| build(&ctx, one, f)));
            }
        }
    }
    all
}

/// What all parts of one explanation are made from.
struct Maker<'m, 'v> {
    ctx: &'m Ctx<'v>,
    one: &'m IncidentView<'v>,
    finding: &'m Finding,
    clause: Option<&'m ClauseView<'v>>,
}

pub(crate) fn build(ctx: &Ctx<'_>, one: &IncidentView<'_>, finding: &Finding) -> Explanation {
    let clause = ctx.view.clauses.iter().find(|clause| *clause.id == finding.clause);
    let maker = Maker { ctx, one, finding, clause };
    let rows = clause.map(|clause| matrix::rows(&one.findings, clause)).unwrap_or_default();
    let own = rows.iter().find(|row| row.readings.contains(&&finding.reading));
    let readings: Vec<ReadingId> = match own {
        Some(row) => row.readings.iter().map(|reading| (*reading).clone()).collect(),
        None => vec![finding.reading.clone()],
    };
    let mut sections = maker.sections(&rows, &readings);
    Node::number_all(&mut sections, "");
    short::refer(&maker, &mut sections);
    Explanation {
        incident: finding.incident.clone(),
        version: finding.version,
        clause: finding.clause.clone(),
        reading: finding.reading.clone(),
        head: maker.head(&readings, own.is_some_and(|row| row.every)),
        readings,
        outcome: finding.outcome,
        as_of: ctx.view.as_of,
        lang: ctx.c.lang,
        sections,
    }
}

impl Maker<'_, '_> {
    fn head(&self, readings: &[ReadingId], every: bool) -> Vec<String> {
        let ctx = self.ctx;
        let title = self.clause.map_or_else(|| clean(self.finding.clause.as_str()), |c| ctx.text(&c.title));
        let names: Vec<String> = readings.iter().map(|reading| ctx.reading(reading)).collect();
        let names = if every { ctx.c.t("matrix.every").to_owned() } else { ctx.c.list(&names, "list.and") };
        let said = [("clause", title.as_str()), ("reading", &names), ("outcome", &self.outcome_words())];
        let incident = self.one.incident;
        let mut head = vec![ctx.c.fill("explain.head", &said)];
        let what = ctx.incident_title(incident);
        let when = ctx.incident_when(incident);
        let of = [("what", what.as_str()), ("when", &when), ("id", &clean(incident.id.as_str()))];
        head.push(ctx.c.fill("explain.of", &of));
        if ctx.view.as_of < Instant::FAR_FUTURE {
            head.push(ctx.c.fill("explain.as-of", &[("moment", &ctx.both_clocks(ctx.view.as_of))]));
        }
        head
    }

    /// The outcome; for a clause that requires, with what *prohibited* means there.
    fn outcome_words(&self) -> String {
        let word = self.ctx.outcome(self.finding.outcome);
        if self.kind() == "requires" && self.finding.outcome == Outcome::Prohibited {
            return self.ctx.c.fill("outcome.duty-not-met", &[("outcome", &word)]);
        }
        word
    }

    fn kind(&self) -> &str {
        self.clause.map_or("", |clause| clause.kind)
    }

    fn section(&self, key: &str, under: Vec<Node>) -> Option<Node> {
        (!under.is_empty()).then(|| Node::new(Part::Section, self.ctx.c.t(key)).under(under))
    }

    fn sections(&self, rows: &[matrix::Row<'_>], readings: &[ReadingId]) -> Vec<Node> {
        let rule = self.rule();
        let answer = self.answer();
        let all = [
            self.section("explain.clause", self.clause_words()),
            self.section("explain.short", answer),
            self.section("explain.turns-on", self.turns_on()),
            self.section("explain.title", rule.steps),
            self.section("explain.exceptions", rule.exceptions),
            self.section("explain.readings", self.readings(rows, readings)),
            self.section("explain.precedents", self.precedents()),
            self.section("explain.reports", self.reports()),
            self.section("explain.notes", vec![Node::new(Part::Note, self.ctx.c.t("ihl"))]),
        ];
        all.into_iter().flatten().collect()
    }

    /// The clause's own words first: an explanation is of them.
    fn clause_words(&self) -> Vec<Node> {
        let Some(clause) = self.clause else { return Vec::new() };
        let mut all = Vec::new();
        if !clause.paragraph.is_empty() {
            let where_ = self.ctx.phrase_text(&clause.paragraph);
            let where_ = where_.trim_end_matches('.');
            all.push(Node::new(Part::Restates, self.ctx.c.fill("explain.restates", &[("where", where_)])));
        }
        let words = self.ctx.text(&clause.prose);
        for part in words.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ")) {
            if !part.is_empty() {
                all.push(Node::new(Part::Words, self.ctx.c.fill("explain.quoted", &[("words", &part)])));
            }
        }
        all
    }
}

/// A sentence of parts of ours: its first letter a capital.
fn sentence(text: &str) -> String {
    capital(text)
}

/// Explanations on the page of an incident: those of every clause, each with a link to a page of its own.
pub(crate) fn all(ctx: &Ctx<'_>, one: &IncidentView<'_>) -> Markup {
    html! {
        @for clause in &ctx.view.clauses {
            @for row in matrix::rows(&one.findings, clause) {
                details.why {
                    summary {
                        (ctx.text(&clause.title)) " · "
                        @if row.every { (ctx.t("matrix.every")) }
                        @else { @for (i, reading) in row.readings.iter().enumerate() { @if i > 0 { (ctx.t("list.comma")) } (ctx.reading(reading)) } }
                        " " (badge("outcome", row.finding.outcome.as_str(), &ctx.outcome(row.finding.outcome)))
                    }
                    p { a href=(ctx.links.explanation(ctx, &one.incident.id, clause.id)) { (ctx.t("explain.page")) } }
                    (build(ctx, one, row.finding).markup(3))
                }
            }
        }
    }
}
