//! A row while it is read: cells through the mapping's rules, and what is to be said about them.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::Span;

use super::Context;
use crate::cells::Cells;
use crate::entities;
use crate::mapping::{ColumnRule, Field, Mapping, same};
use crate::refusal::{Fault, Refusal, Warning, quote};

/// A value as the mapping gives it.
#[derive(Clone, Debug)]
pub(super) struct Found<'m> {
    /// What it stands for; more than one where a cell holds several or one content stands for several.
    pub(super) parts: Vec<String>,
    /// The cell's own text.
    pub(super) raw: String,
    /// The rule by which it was found; none for a default.
    pub(super) rule: Option<&'m ColumnRule>,
    /// Where it stood; none for a default.
    pub(super) span: Option<Span>,
}

impl Found<'_> {
    /// The value of a field that has one.
    pub(super) fn one(&self) -> String {
        self.parts.join("; ")
    }
}

pub(super) struct Row<'a> {
    pub(super) mapping: &'a Mapping,
    pub(super) cells: &'a Cells,
    pub(super) context: &'a Context<'a>,
    pub(super) row: u64,
    pub(super) refusals: Vec<Refusal>,
    pub(super) warnings: Vec<Warning>,
    pub(super) spans: BTreeMap<&'static str, Span>,
}

impl<'a> Row<'a> {
    pub(super) fn new(mapping: &'a Mapping, cells: &'a Cells, context: &'a Context<'a>, row: u64) -> Self {
        let (refusals, warnings, spans) = (Vec::new(), Vec::new(), BTreeMap::new());
        Self { mapping, cells, context, row, refusals, warnings, spans }
    }

    /// The value of a field: from the first of its columns that states one, else the mapping's default.
    pub(super) fn find(&mut self, field: Field) -> Option<Found<'a>> {
        let mapping = self.mapping;
        let found = mapping.rules(field).find_map(|rule| self.look(rule)).or_else(|| {
            let parts = mapping.defaults.get(&field)?.clone();
            Some(Found { raw: parts.join(" "), parts, rule: None, span: None })
        })?;
        if let Some(span) = found.span {
            self.spans.entry(native(field)).or_insert(span);
        }
        Some(found)
    }

    /// The values of every column of a field that states one; no default.
    pub(super) fn find_all(&mut self, field: Field) -> Vec<Found<'a>> {
        let mapping = self.mapping;
        let all: Vec<Found<'a>> = mapping.rules(field).filter_map(|rule| self.look(rule)).collect();
        if let Some(span) = all.iter().find_map(|found| found.span) {
            self.spans.entry(native(field)).or_insert(span);
        }
        all
    }

    fn look(&self, rule: &'a ColumnRule) -> Option<Found<'a>> {
        let cell = self.cells.get(&rule.column)?;
        let decoded =
            if self.mapping.html_entities { entities::decode(&cell.text) } else { cell.text.as_str().into() };
        let text = decoded.trim();
        if text.is_empty() || rule.empties.iter().any(|empty| same(empty, text)) {
            return None;
        }
        let single = [text];
        let split: Vec<&str> = match &rule.split {
            Some(separator) => {
                text.split(separator.as_str()).map(str::trim).filter(|p| !p.is_empty()).collect()
            }
            None => single.to_vec(),
        };
        let mut parts = Vec::new();
        for part in split {
            let stands_for = rule.values.iter().find(|(content, _)| same(content, part)).map(|(_, v)| v);
            match stands_for.or(rule.otherwise.as_ref()) {
                Some(values) => parts.extend(values.iter().cloned()),
                None => parts.push(part.to_owned()),
            }
        }
        // A content that stands for nothing leaves the field unstated.
        if parts.is_empty() {
            return None;
        }
        Some(Found { parts, raw: text.to_owned(), rule: Some(rule), span: Some(cell.span) })
    }

    /// Ids in a cell.
    pub(super) fn ids(&mut self, field: Field) -> BTreeSet<String> {
        self.find(field).map(|found| found.parts.into_iter().collect()).unwrap_or_default()
    }

    /// Plain text of a field.
    pub(super) fn text(&mut self, field: Field) -> Option<String> {
        self.find(field).map(|found| found.one())
    }

    pub(super) fn refuse(&mut self, fault: Fault, found: &Found<'_>, would_be_right: impl Into<String>) {
        let refusal = Refusal {
            fault,
            row: self.row,
            column: found.rule.map(|rule| rule.column.clone()),
            found: quote(&found.raw),
            would_be_right: would_be_right.into(),
            span: found.span,
        };
        // One column may become two fields; its fault is said once.
        if !self.refusals.contains(&refusal) {
            self.refusals.push(refusal);
        }
    }

    /// Refuses the row because a field that it needs is not stated.
    pub(super) fn missing(&mut self, field: Field, would_be_right: &str) {
        let column = self.mapping.rules(field).next().map(|rule| rule.column.clone());
        self.refusals.push(Refusal {
            fault: Fault::Missing,
            row: self.row,
            column,
            found: format!("no {field}"),
            would_be_right: would_be_right.to_owned(),
            span: None,
        });
    }

    pub(super) fn warn(&mut self, field: Field, say: impl Into<String>) {
        let column = self.mapping.rules(field).next().map(|rule| rule.column.clone());
        let span = self.spans.get(native(field)).copied();
        self.warnings.push(Warning { row: self.row, column, say: say.into(), span });
    }
}

/// The native field that a part of a field belongs to.
pub(super) fn native(field: Field) -> &'static str {
    match field {
        Field::WhenFrom | Field::WhenTo | Field::Hour | Field::DateWithin => "when",
        Field::PlacePath => "place",
        Field::KilledMin | Field::KilledMax => "killed",
        Field::WoundedMin | Field::WoundedMax => "wounded",
        Field::KilledCivilianMin | Field::KilledCivilianMax => "killed_civilian",
        Field::KilledCombatantMin | Field::KilledCombatantMax => "killed_combatant",
        _ => field.as_str(),
    }
}
