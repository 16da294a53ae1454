//! The oracle of cases: what `docs/cases.md`, `docs/authority.md` and `docs/terms/procedure.md` say, written down as naively as it can be.
//!
//! A case is a list of notes, and every question is answered by reading the list from the beginning. Nothing is kept beside it: no turn, no
//! clocks, no table of who acted. It shares the typed form of acts and procedures with `casework` and none of its code, is slow on purpose, and
//! is used by tests alone. Who may do what it reads from the page that people read.

use std::collections::{BTreeMap, BTreeSet};

use truceline_casework::case::{
    Act, BY_THE_TERMS, CaseAct, CaseEntry, CaseId, Complainant, Doer, Kind, Opening, Person, Role, Setting,
    Stance, Way,
};
use truceline_model::Instant;

mod acts;
mod page;
mod people;
mod sheet;
mod steps;
mod times;

pub use page::Page;
pub use times::known;

use people::in_force;
use sheet::Sheet;

/// A determination, as the oracle tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Determined {
    /// The entry.
    pub entry: u64,
    /// From when it counts (UTC).
    pub at: Instant,
    /// The step.
    pub step: String,
    /// Who stands behind it, how.
    pub kind: Kind,
    /// Who.
    pub by: BTreeSet<Doer>,
    /// The answers.
    pub stance: Stance,
}

/// One move: to where, how, when.
pub type Move = (String, Way, Instant);

/// What the oracle tells of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Where it stands.
    pub stands: String,
    /// Who must act by when; `None`: it has ended.
    pub awaited: Option<(BTreeSet<Doer>, Instant)>,
    /// How it got there.
    pub moves: Vec<Move>,
    /// What was determined.
    pub determined: Vec<Determined>,
}

/// What the oracle tells of all cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tale {
    /// The cases.
    pub cases: BTreeMap<CaseId, Told>,
    /// Entries that were refused.
    pub refused: BTreeSet<u64>,
}

/// Tells all cases as of a moment. Entries may come in any order.
#[must_use]
pub fn tell(settings: &BTreeMap<u64, Setting>, entries: &[CaseEntry], as_of: Instant, page: &Page) -> Tale {
    let mut sheets: BTreeMap<CaseId, Sheet<'_>> = BTreeMap::new();
    let mut refused = BTreeSet::new();
    let mut faults: Vec<(u64, u64, String)> = Vec::new();
    for (entry, at, is_set_back) in known(settings, entries, as_of, page) {
        for sheet in sheets.values_mut() {
            sheet.wait(at);
        }
        let taken = one(settings, &mut sheets, &mut faults, entry, at, is_set_back, page);
        if taken.is_none() {
            refused.insert(entry.entry);
        }
    }
    let cases = sheets.into_iter().map(|(id, mut sheet)| {
        sheet.wait(as_of);
        (id, sheet.told(as_of))
    });
    Tale { cases: cases.collect(), refused }
}

/// One entry. `None`: it is refused.
fn one<'s>(
    settings: &'s BTreeMap<u64, Setting>,
    sheets: &mut BTreeMap<CaseId, Sheet<'s>>,
    faults: &mut Vec<(u64, u64, String)>,
    entry: &CaseEntry,
    at: Instant,
    is_set_back: bool,
    page: &Page,
) -> Option<()> {
    let now = in_force(settings, entry.entry)?;
    let nobody = Person { role: Role::WatchOfficer, acts_for: None };
    let is_terms = entry.by == BY_THE_TERMS;
    let person = if is_terms { Some(&nobody) } else { now.people.get(&entry.by) }?;
    if is_terms && !matches!(&entry.what, CaseAct::Open(_) | CaseAct::On(_, Act::Lapse { .. })) {
        return None;
    }
    if is_set_back && !matches!(entry.what, CaseAct::ClockFault(_)) {
        return None;
    }
    match &entry.what {
        CaseAct::Open(opening) => {
            page.allows(person.role, "open", "none").then_some(())?;
            let sheet = Sheet::open(now, entry.entry, at, opening, person)?;
            if !opening.rests_on.iter().all(|id| sheets.contains_key(id)) {
                return None;
            }
            if sheets.values().any(|other| other.is_open() && other.is_like(opening)) {
                return None;
            }
            if sheets.values().any(|other| other.is_open() && other.is_same_threshold(opening)) {
                return None;
            }
            if opening.since.is_some() != is_terms || (is_terms && !is_due(opening, at, sheets)) {
                return None;
            }
            sheets.insert(CaseId(entry.entry), sheet);
        }
        CaseAct::On(id, act) => {
            let sheet = sheets.get_mut(id)?;
            let phase = match act.as_str() {
                "step" => "underway",
                "determine" => "deciding",
                "reopen" => "ended",
                _ => sheet.phase(),
            };
            page.allows(person.role, act.as_str(), phase).then_some(())?;
            sheet.act(act, person, entry.entry, at)?;
        }
        CaseAct::ClockFault(fault) => {
            page.allows(person.role, "clock-fault", "none").then_some(())?;
            let said = (fault.from, fault.to, times::voice(person, &entry.by));
            if fault.from > fault.to || fault.to >= entry.entry || faults.contains(&said) {
                return None;
            }
            faults.push(said);
        }
    }
    Some(())
}

/// Whether the terms open such a case by themselves: for one party, by a threshold that was passed, and for which no case runs or was opened since.
fn is_due(opening: &Opening, at: Instant, sheets: &BTreeMap<CaseId, Sheet<'_>>) -> bool {
    let Some(since) = opening.since else { return false };
    let is_answer = |sheet: &Sheet<'_>| {
        let before = &sheet.opening;
        let is_same = before.procedure == opening.procedure
            && before.clause == opening.clause
            && before.complainant == opening.complainant
            && (before.respondents.is_empty() || before.respondents.is_superset(&opening.respondents));
        let opened = sheet.moves().first().map(|(_, _, at, _)| *at);
        is_same && (sheet.is_open() || opened.is_some_and(|opened| opened >= since))
    };
    matches!(opening.complainant, Complainant::Threshold(_))
        && opening.respondents.len() == 1
        && since <= at
        && !sheets.values().any(is_answer)
}
