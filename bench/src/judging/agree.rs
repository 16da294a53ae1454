//! Whether our outcomes and the database's are the same, wherever every fact is certain.

use std::collections::BTreeMap;

use truceline_model::place::disc_in_rings;
use truceline_model::{Containment, Incident, Outcome, Point};
use truceline_terms::{Desk, Judge, Roll};

use super::agreement::{ClauseRow, DOERS};
use super::incidents::Row;

/// What came of a comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Findings compared.
    pub compared: u64,
    /// Of those compared, prohibited.
    pub prohibited: u64,
    /// Of those compared, different.
    pub differ: u64,
    /// Findings of certain incidents that we leave undetermined: the precision of the place or the length of the time leaves
    /// it open, a judgement is asked for, or an acceptance is not found. The database knows no such thing.
    pub left_open: u64,
}

/// Compares. `pairs`: clause and incident, in order, that the database finds covered, with what each reading finds.
#[must_use]
pub fn against(
    judge: &Judge<'_>,
    rows: &[Row],
    incidents: &[Incident],
    clauses: &[ClauseRow],
    pairs: &[(usize, usize, bool, bool)],
) -> Told {
    let covered: BTreeMap<(usize, usize), (bool, bool)> = pairs
        .iter()
        .map(|(clause, incident, letter, purpose)| ((*incident, *clause), (*letter, *purpose)))
        .collect();
    let sheet = judge.sheet();
    let roll = Roll::of(judge.actors(), incidents);
    let sitting = sheet.sit(&roll);
    let mut desk = Desk::default();
    let silent = DOERS.iter().position(|(who, _)| *who == "south-silent");
    let mut told = Told::default();
    for (n, (row, incident)) in rows.iter().zip(incidents).enumerate() {
        if !row.certain || Some(row.doer) == silent {
            continue;
        }
        let outcomes = sitting.outcomes(n, incident, &mut desk);
        for clause in 0..clauses.len() {
            let found = covered.get(&(n, clause));
            let theirs = |prohibited: Option<bool>| match prohibited {
                None => Outcome::NotCovered,
                Some(false) => Outcome::NotProhibited,
                Some(true) => Outcome::Prohibited,
            };
            let theirs =
                [theirs(found.map(|(letter, _)| *letter)), theirs(found.map(|(_, purpose)| *purpose))];
            for (reading, theirs) in theirs.into_iter().enumerate() {
                match outcomes.get(clause * 2 + reading) {
                    Some(Outcome::Undetermined) | None => told.left_open += 1,
                    // What is forbidden nowhere and to nobody is *not prohibited* though it is open whether it is covered.
                    Some(ours)
                        if ours != theirs && clauses.get(clause).is_none_or(|clause| open(clause, row)) =>
                    {
                        told.left_open += 1;
                    }
                    Some(ours) => {
                        told.compared += 1;
                        told.prohibited += u64::from(ours == Outcome::Prohibited);
                        told.differ += u64::from(ours != theirs);
                    }
                }
            }
        }
    }
    told
}

/// Whether it is open if the incident lay in the clause's zones or in its window.
#[must_use]
pub fn open(clause: &ClauseRow, row: &Row) -> bool {
    let straddles = |corners: &Vec<Point>| {
        disc_in_rings(row.point, row.within_m, std::slice::from_ref(corners)) == Containment::CannotSay
    };
    let (from, until) = clause.window;
    let cut = |at: i64| row.when.0 < at && at < row.when.1;
    straddles(&clause.zone) || clause.exempt.as_ref().is_some_and(straddles) || cut(from) || cut(until)
}
