//! All findings on one incident, for whoever asks: what clauses may cover it is judged in full at once; of those that certainly
//! do not, the reasons are written out only when they are read.
//!
//! A clause is set aside by time, doer, acceptance or place, under every reading, with certainty: its outcome is *not covered*,
//! nobody answers, and nothing that is open could change it. Its finding is the judge's own, to the last word.

use truceline_model::{ClauseId, Crux, Finding, Incident, Outcome, ReadingId};

use super::Judge;
use super::compile::Law;
use super::lanes::{Lane, WIDTH, bit};
use super::roll::{Index, Roll};
use super::sheet::Sheet;
use super::sitting::Desk;

/// The findings on one incident.
pub struct Hearing<'h> {
    judge: &'h Judge<'h>,
    incident: &'h Incident,
    /// Per clause: where its findings begin in `heard`; `None`: it was set aside.
    laws: Vec<Option<u32>>,
    heard: Vec<Finding>,
}

/// A finding as a hearing shows it.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'h> {
    /// The clause.
    pub clause: &'h ClauseId,
    /// The reading.
    pub reading: &'h ReadingId,
    /// What was found.
    pub outcome: Outcome,
    /// What it turns on.
    pub cruxes: &'h [Crux],
    /// In full; `None` when the clause was set aside: then [`Hearing::finding`] writes it out.
    pub finding: Option<&'h Finding>,
}

impl<'j> Sheet<'j> {
    /// Hears one incident. The outcomes and everything that could change them are there when this returns.
    pub fn hear<'h>(&'h self, incident: &'h Incident, desk: &mut Desk) -> Hearing<'h> {
        let judge = self.judge;
        let mut roll = Roll::with(Index::Lent(&judge.known.index));
        roll.add(incident);
        let readings = judge.terms.readings.len();
        let (mut laws, mut heard) = (vec![None; judge.laws.len()], Vec::new());
        let is = |lanes: &[Lane], column: usize| {
            lanes.get(column / WIDTH).is_some_and(|lane| lane & bit(column) != 0)
        };
        let may = self.sit(&roll).may_cover(0, desk);
        for (n, (law, place)) in judge.laws.iter().zip(&mut laws).enumerate() {
            let all = n * readings..(n + 1) * readings;
            let may = may.is_none_or(|lanes| all.clone().any(|column| is(lanes, column)));
            if may || self.slow.contains(&n) {
                *place = u32::try_from(heard.len()).ok();
                heard.extend(judge.under_every_reading(law, incident));
            }
        }
        Hearing { judge, incident, laws, heard }
    }
}

impl<'h> Hearing<'h> {
    /// How many findings there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.laws.len() * self.judge.terms.readings.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All findings, in the order of [`Judge::judge`].
    pub fn iter(&self) -> impl Iterator<Item = Heard<'_>> {
        self.judge.laws.iter().zip(&self.laws).flat_map(move |(law, place)| {
            self.judge.terms.readings.iter().enumerate().map(move |(n, reading)| {
                let finding = place.and_then(|place| self.heard.get(place as usize + n));
                Heard {
                    clause: &law.clause.id,
                    reading: &reading.id,
                    outcome: finding.map_or(Outcome::NotCovered, |finding| finding.outcome),
                    cruxes: finding.map_or(&[], |finding| finding.cruxes.as_slice()),
                    finding,
                }
            })
        })
    }

    /// The findings of a clause, by its place, in full.
    #[must_use]
    pub fn finding(&self, clause: usize) -> Vec<Finding> {
        let readings = self.judge.terms.readings.len();
        match (self.judge.laws.get(clause), self.laws.get(clause)) {
            (Some(_), Some(Some(place))) => {
                let from = *place as usize;
                self.heard.get(from..from + readings).unwrap_or_default().to_vec()
            }
            (Some(law), _) => self.write_out(law),
            _ => Vec::new(),
        }
    }

    /// Every finding in full, as [`Judge::judge`] gives them.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        (0..self.laws.len()).flat_map(|clause| self.finding(clause)).collect()
    }

    fn write_out(&self, law: &Law<'h>) -> Vec<Finding> {
        self.judge.under_every_reading(law, self.incident)
    }
}
