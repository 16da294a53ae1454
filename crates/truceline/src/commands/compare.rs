//! `compare`: two instances of Truceline held against one another; what both find prohibited, what only one does, and why.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Value, json};
use truceline_casework::instances::{Difference, ReportKey, RowKey, Shared};
use truceline_model::{Area, AreaId, ClauseId, ReadingId, Zone};
use truceline_publish::Lang;

use super::comparing::{ClauseChange, clause_changes, sentences};
use super::desk::Desk;
use crate::cli::compare::Compare;
use crate::cli::{EXIT_FOUND, Format};
use crate::comparison::{
    self, Asked, Comparison, Held, Input, Parted, Position, Relation, Side, held, stance_words,
};
use crate::failure::Failure;
use crate::{bulletins, out, view};

/// Most reports that the words list on one side; JSON lists all.
const LISTED: usize = 20;

/// Compares two instances; exit code 1 when the same inputs gave different findings.
///
/// # Errors
/// When a store or mission cannot be read.
pub(crate) fn compare(asked: &Compare) -> Result<u8, Failure> {
    let b = asked.b.as_deref().unwrap_or(&asked.a);
    let comparison = comparison::compare(&Asked {
        a: (&asked.a, asked.a_mission.as_deref(), asked.a_reading.as_deref()),
        b: (b, asked.b_mission.as_deref(), asked.b_reading.as_deref()),
        as_of: asked.as_of.as_deref(),
        threads: asked.threads,
    })?;
    let told = Told::of(&comparison)?;
    match asked.format {
        Format::Json => told.lines()?,
        Format::Text => out::text_as_it_is(&told.words())?,
    }
    Ok(if comparison.faulty() { EXIT_FOUND } else { 0 })
}

/// Everything that is told, beside the comparison itself.
struct Told<'c> {
    of: &'c Comparison,
    /// Clauses whose sentences differ.
    clauses: Vec<ClauseChange>,
    /// By clause of a figure or difference, what each side's terms say.
    definitions: BTreeMap<ClauseId, (Vec<String>, Vec<String>)>,
    /// Areas that differ: only A's, only B's, both with another shape or holder.
    areas: (BTreeSet<AreaId>, BTreeSet<AreaId>, BTreeSet<AreaId>),
    /// Readings that differ, in the same order.
    readings: (BTreeSet<ReadingId>, BTreeSet<ReadingId>, BTreeSet<ReadingId>),
}

impl<'c> Told<'c> {
    fn of(of: &'c Comparison) -> Result<Self, Failure> {
        let desk = |side: &Side| Desk::of(side.derived.loaded.mission.clone());
        let (a, b) = (desk(&of.a)?, desk(&of.b)?);
        let used = of.compared.figures.keys().map(|(_, clause, _)| clause);
        let used: BTreeSet<&ClauseId> =
            used.chain(of.compared.differences.iter().map(|d| &d.clause)).collect();
        let mut definitions = BTreeMap::new();
        for clause in used {
            definitions
                .insert(clause.clone(), (sentences(&a, clause, Lang::En)?, sentences(&b, clause, Lang::En)?));
        }
        let areas = |side: &'c Side| -> BTreeMap<AreaId, &'c Area> {
            side.derived.loaded.mission.areas.iter().map(|area| (area.id.clone(), area)).collect()
        };
        let readings = |side: &'c Side| -> Result<BTreeMap<ReadingId, _>, Failure> {
            let terms = side.derived.loaded.mission.terms()?;
            Ok(terms.readings.iter().map(|r| (r.id.clone(), &r.takes)).collect())
        };
        Ok(Self {
            of,
            clauses: clause_changes(&a, &b, Lang::En)?,
            definitions,
            areas: parted(&areas(&of.a), &areas(&of.b)),
            readings: parted(&readings(&of.a)?, &readings(&of.b)?),
        })
    }

    /// Why a difference is there, in the words of files.
    fn why(&self, at: usize) -> Vec<&'static str> {
        let causes = self.of.causes.get(at).into_iter().flatten();
        let all: Vec<&str> = causes.map(|input| input.as_str()).collect();
        if all.is_empty() { vec!["together"] } else { all }
    }

    fn lines(&self) -> Result<(), Failure> {
        let of = self.of;
        out::line(self.head_json())?;
        for change in &self.clauses {
            out::line(json!({ "kind": "terms", "clause": change.clause.as_str(), "what": change.what,
                "only_a": change.removed, "only_b": change.added }))?;
        }
        for (key, shared) in &of.compared.figures {
            out::line(self.figure_json(key, shared))?;
        }
        for (at, difference) in of.compared.differences.iter().enumerate() {
            out::line(self.difference_json(at, difference))?;
        }
        for parted in &of.positions {
            out::line(positions_json(parted))?;
        }
        for ((clause, by), held) in held(&of.positions) {
            out::line(json!({
                "kind": "held", "clause": clause.as_str(), "by": by.to_string(), "agreed": held.agreed,
                "only_a": held.only_a, "only_b": held.only_b, "otherwise": held.otherwise,
            }))?;
        }
        out::line(
            json!({ "kind": "counts", "units": of.compared.units.len(), "figures": of.compared.figures.len(),
            "differences": of.compared.differences.len(), "same_inputs_other_findings": of.faulty() }),
        )
    }

    fn head_json(&self) -> Value {
        let of = self.of;
        let names = |inputs: &BTreeSet<Input>| inputs.iter().map(|i| i.as_str()).collect::<Vec<_>>();
        let entries = match of.relation {
            Relation::ABehind(n) => json!({ "a_behind_by": n }),
            Relation::BBehind(n) => json!({ "b_behind_by": n }),
            Relation::Forked(n) => json!({ "alike_before_entry": n }),
            Relation::Same | Relation::Separate => json!({}),
        };
        let keys =
            |all: &BTreeSet<ReportKey>| all.iter().map(|(s, id)| json!([s.as_str(), id])).collect::<Vec<_>>();
        let side = |side: &Side| {
            json!({
                "entries": side.derived.loaded.entries, "reading": side.reading.as_ref().map(ReadingId::as_str),
                "log": side.derived.loaded.verifier_key, "inputs": side.derived.loaded.mission.digests,
                "bulletins_frozen_by": frozen_by(side), "derived_by": view::software(),
            })
        };
        json!({
            "kind": "instances", "as_of": of.as_of.to_string(), "a": side(&of.a), "b": side(&of.b),
            "record": { "relation": of.relation.as_str(), "entries": entries,
                "reports": { "only_a": keys(&of.reports.only_a), "only_b": keys(&of.reports.only_b),
                    "otherwise": keys(&of.reports.otherwise) },
                "decisions": { "a": of.reports.decisions.0, "b": of.reports.decisions.1 } },
            "differ_in": names(&of.differing), "could_not_be_exchanged": names(&of.untried),
            "areas": { "only_a": ids(&self.areas.0), "only_b": ids(&self.areas.1), "otherwise": ids(&self.areas.2) },
            "readings": { "only_a": ids(&self.readings.0), "only_b": ids(&self.readings.1),
                "otherwise": ids(&self.readings.2) },
        })
    }

    fn figure_json(&self, (day, clause, party): &RowKey, shared: &Shared) -> Value {
        let (a, b) = self.definitions.get(clause).cloned().unwrap_or_default();
        let zone = &self.of.a.derived.loaded.mission.zone;
        json!({
            "kind": "figure", "day": day.map(|day| zone.local_date(day.start())), "clause": clause.as_str(),
            "party": party.as_ref().map(ToString::to_string), "agreed": shared.agreed, "only_a": shared.only_a,
            "only_b": shared.only_b, "definitions": { "a": a, "b": b },
        })
    }

    fn difference_json(&self, at: usize, difference: &Difference) -> Value {
        let unit = self.of.compared.units.get(difference.unit);
        let zone = &self.of.a.derived.loaded.mission.zone;
        json!({
            "kind": "difference", "incident": unit.and_then(|u| u.name()).map(ToString::to_string),
            "day": unit.and_then(|u| u.day).map(|day| zone.local_date(day.start())),
            "incidents": { "a": unit.map(|u| ids(&u.a)), "b": unit.map(|u| ids(&u.b)) },
            "clause": difference.clause.as_str(), "a": difference.a.as_str(), "b": difference.b.as_str(),
            "parties": ids(&difference.parties), "because_of": self.why(at),
        })
    }

    fn words(&self) -> String {
        let of = self.of;
        let mut out = String::new();
        for (name, side) in [("A", &of.a), ("B", &of.b)] {
            let reading =
                side.reading.as_ref().map_or("all its readings".to_owned(), |r| format!("reading {r}"));
            let (folder, entries) =
                (out::shown(&side.folder.display().to_string()), side.derived.loaded.entries);
            let frozen: Vec<String> = frozen_by(side).into_iter().collect();
            let frozen = if frozen.is_empty() {
                String::new()
            } else {
                format!("; bulletins frozen by {}", frozen.join(", "))
            };
            let _ = writeln!(out, "{name}: {folder}, {entries} entries, by {reading}{frozen}");
        }
        let _ = writeln!(out, "as of {}, both derived here by {}\n", of.as_of, view::software());
        self.inputs_words(&mut out);
        let zone = &of.a.derived.loaded.mission.zone;
        self.figures_words(zone, &mut out);
        self.differences_words(zone, &mut out);
        self.positions_words(&mut out);
        if of.faulty() {
            out.push_str("\nThe inputs are the same and the findings are not: that is a fault of the program; report it with both stores.\n");
        }
        out
    }

    fn positions_words(&self, out: &mut String) {
        let all = held(&self.of.positions);
        if !all.is_empty() {
            out.push_str("\npositions of those who decide\n");
            let _ = writeln!(
                out,
                "  {:<28} {:<24} {:>6} {:>6} {:>6} {:>9}",
                "clause", "whose", "agreed", "only A", "only B", "otherwise"
            );
        }
        for ((clause, by), Held { agreed, only_a, only_b, otherwise }) in all {
            let (clause, by) = (clause.as_str(), by.to_string());
            let _ =
                writeln!(out, "  {clause:<28} {by:<24} {agreed:>6} {only_a:>6} {only_b:>6} {otherwise:>9}");
        }
        self.of.positions.iter().for_each(|parted| case_words(parted, out));
    }

    fn inputs_words(&self, out: &mut String) {
        let of = self.of;
        let _ = writeln!(out, "record: {}", of.relation.words());
        for (side, keys) in
            [("A", &of.reports.only_a), ("B", &of.reports.only_b), ("both, otherwise", &of.reports.otherwise)]
        {
            if !keys.is_empty() {
                let some: Vec<String> = keys
                    .iter()
                    .take(LISTED)
                    .map(|(source, id)| format!("{source} {}", out::shown(id)))
                    .collect();
                let more = if keys.len() > LISTED { ", …" } else { "" };
                let _ = writeln!(out, "  reports in {side}: {} ({}{more})", keys.len(), some.join("; "));
            }
        }
        let (a, b) = of.reports.decisions;
        if a != b {
            let _ = writeln!(out, "  decisions of people: {a} in A, {b} in B");
        }
        parted_words("maps", &self.areas, out);
        parted_words("readings", &self.readings, out);
        for change in &self.clauses {
            let _ = writeln!(out, "terms: {} differs", change.clause);
            for (side, lines) in [("A", &change.removed), ("B", &change.added)] {
                for line in lines {
                    let _ = writeln!(out, "    {side}: {line}");
                }
            }
        }
        if !of.untried.is_empty() {
            let names: Vec<&str> = of.untried.iter().map(|input| input.as_str()).collect();
            let _ = writeln!(
                out,
                "could not be exchanged alone, for the rest does not fit: {}",
                names.join(", ")
            );
        }
    }

    fn figures_words(&self, zone: &Zone, out: &mut String) {
        let figures = &self.of.compared.figures;
        if figures.is_empty() {
            out.push_str("\nNeither finds anything prohibited.\n");
            return;
        }
        out.push_str("\nfound prohibited\n");
        let _ = writeln!(
            out,
            "  {:<11} {:<28} {:<24} {:>6} {:>6} {:>6}",
            "day", "clause", "party", "agreed", "only A", "only B"
        );
        for ((day, clause, party), shared) in figures {
            let day = day.map_or_else(|| "no day".to_owned(), |day| zone.local_date(day.start()));
            let party = party.as_ref().map_or("nobody named".to_owned(), ToString::to_string);
            let _ = writeln!(
                out,
                "  {day:<11} {:<28} {party:<24} {:>6} {:>6} {:>6}",
                clause.as_str(),
                shared.agreed,
                shared.only_a,
                shared.only_b
            );
        }
        out.push_str("\nby which definitions\n");
        for (clause, (a, b)) in &self.definitions {
            if a == b {
                let _ = writeln!(out, "  {clause}, both: {}", a.join(" "));
            } else {
                let _ = writeln!(out, "  {clause}, A: {}\n  {clause}, B: {}", a.join(" "), b.join(" "));
            }
        }
    }

    fn differences_words(&self, zone: &Zone, out: &mut String) {
        let all = &self.of.compared.differences;
        if all.is_empty() {
            out.push_str("\nno difference\n");
            return;
        }
        let _ = writeln!(out, "\n{} differences", all.len());
        for (at, difference) in all.iter().enumerate() {
            let unit = self.of.compared.units.get(difference.unit);
            let name = unit.and_then(|u| u.name()).map(ToString::to_string).unwrap_or_default();
            let day =
                unit.and_then(|u| u.day).map_or("no day".to_owned(), |day| zone.local_date(day.start()));
            let (a, b) = (difference.a.as_str(), difference.b.as_str());
            let why = self.why(at).join(", ");
            let _ = writeln!(
                out,
                "  {day} {} {}: A {a}, B {b}; because of {why}",
                out::shown(&name),
                difference.clause
            );
        }
    }
}

fn positions_json(parted: &Parted) -> Value {
    let one = |position: &Option<Position>| {
        position.as_ref().map(|position| {
            let stance = crate::cases::write_stance(&position.stance);
            json!({ "step": position.step, "answers": stance, "words": position.words })
        })
    };
    let pairs = parted.positions.iter().map(|pair| {
        json!({
            "by": pair.by.to_string(), "between": pair.between.as_str(), "a": one(&pair.a), "b": one(&pair.b),
        })
    });
    json!({
        "kind": "positions", "procedure": parted.procedure.as_str(), "clause": parted.clause.as_str(),
        "incidents": ids(&parted.incidents), "respondents": ids(&parted.respondents), "case": parted.case.as_str(),
        "is_agreed": parted.is_agreed(), "a": parted.a, "b": parted.b, "positions": pairs.collect::<Vec<_>>(),
    })
}

/// One case: what was determined in each record, then each decider's position with their reasons.
fn case_words(parted: &Parted, out: &mut String) {
    let against = ids(&parted.respondents).join(", ");
    let about = ids(&parted.incidents).join(", ");
    let agreed = if parted.is_agreed() { ": the same in both" } else { "" };
    let _ = writeln!(out, "\n{} of {against} ({}){agreed}", parted.clause, out::shown(&about));
    for (name, said) in [("A", &parted.a), ("B", &parted.b)] {
        let Some(said) = said else {
            let _ = writeln!(out, "  {name}: no such case");
            continue;
        };
        if said.is_empty() {
            let _ = writeln!(out, "  {name}: nothing determined");
        }
        for line in said {
            let _ = writeln!(out, "  {name}: {}", out::shown(line));
        }
    }
    for pair in &parted.positions {
        let _ = writeln!(out, "  position of {}: {}", pair.by, pair.between.as_str().replace('-', " "));
        for (name, position) in [("A", &pair.a), ("B", &pair.b)] {
            let Some(position) = position else { continue };
            let words = position.words.as_deref().unwrap_or("no reasons given");
            let (stance, words) = (stance_words(&position.stance), out::shown(words));
            let _ = writeln!(out, "    {name}: {stance}; because: {words}");
        }
    }
}

/// Keys that only the first has, only the second, and both with different values.
fn parted<K: Ord + Clone, V: PartialEq>(
    a: &BTreeMap<K, V>,
    b: &BTreeMap<K, V>,
) -> (BTreeSet<K>, BTreeSet<K>, BTreeSet<K>) {
    let only = |these: &BTreeMap<K, V>, those: &BTreeMap<K, V>| {
        these.keys().filter(|key| !those.contains_key(*key)).cloned().collect()
    };
    let otherwise = a.iter().filter(|(key, value)| b.get(*key).is_some_and(|other| other != *value));
    (only(a, b), only(b, a), otherwise.map(|(key, _)| key.clone()).collect())
}

fn parted_words<K: ToString>(
    what: &str,
    (a, b, both): &(BTreeSet<K>, BTreeSet<K>, BTreeSet<K>),
    out: &mut String,
) {
    for (side, keys) in [("only in A", a), ("only in B", b), ("different", both)] {
        if !keys.is_empty() {
            let _ = writeln!(out, "{what} {side}: {}", ids(keys).join(", "));
        }
    }
}

fn ids<K: ToString>(all: &BTreeSet<K>) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

/// Versions of the software that froze bulletins in a log.
fn frozen_by(side: &Side) -> BTreeSet<String> {
    let all = side.derived.loaded.bulletins.iter();
    all.filter_map(bulletins::software_of).collect()
}
