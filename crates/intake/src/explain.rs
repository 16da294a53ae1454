//! What a mapping would do with a file: column by column, with what it assumes, and the first rows as they would be read.
//!
//! For `truceline import --explain`: a person checks a mapping by reading this, before anything is taken in.

use std::collections::BTreeMap;
use std::fmt;

use truceline_model::{
    Body, Bounds, CasualtyFigures, Event, Interval, MeasureId, Observation, Place, Point, ReceiptNo, Zone,
};

use crate::cells::Header;
use crate::mapping::{ColumnRule, IdRule, KnownRule, Mapping};
use crate::reader::{Context, Reader};
use crate::refusal::{Refusal, Warning};
use crate::splitter::Record;

/// What a mapping would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// The mapping's name and what it is for.
    pub mapping: String,
    /// What is assumed rather than read, in words.
    pub assumptions: Vec<String>,
    /// Columns of the file, in its order, and what each becomes.
    pub columns: Vec<ColumnPlan>,
    /// Columns of the mapping that the file lacks.
    pub absent: Vec<String>,
    /// Why the file as a whole would be refused.
    pub refusals: Vec<Refusal>,
    /// The sample rows.
    pub rows: Vec<RowPlan>,
}

/// What one column becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnPlan {
    /// Its name.
    pub column: String,
    /// What it becomes, in words; empty when nothing reads it.
    pub becomes: Vec<String>,
    /// Whether the mapping leaves it unread on purpose.
    pub ignored: bool,
}

/// How one row would be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowPlan {
    /// Its number.
    pub row: u64,
    /// Fields and values of each observation.
    pub observations: Vec<Vec<(&'static str, String)>>,
    /// Why it would be left out.
    pub skipped: Option<String>,
    /// Why it would be refused.
    pub refusals: Vec<Refusal>,
    /// What a person should look at.
    pub warnings: Vec<Warning>,
}

/// Explains a mapping on a file's header and its first records.
#[must_use]
pub fn explain(mapping: &Mapping, header: &Header, samples: &[Record], context: &Context<'_>) -> Explanation {
    let mut out = Explanation {
        mapping: match &mapping.about {
            Some(about) => format!("{}: {about}", mapping.name),
            None => mapping.name.clone(),
        },
        assumptions: assumptions(mapping),
        columns: columns(mapping, header, samples),
        ..Explanation::default()
    };
    let named = |column: &str| out.columns.iter().any(|plan| plan.column == column);
    for rule in &mapping.columns {
        if !named(&rule.column) && !out.absent.contains(&rule.column) {
            out.absent.push(rule.column.clone());
        }
    }
    match Reader::new(mapping, header.clone()) {
        Ok(reader) => out.rows = samples.iter().map(|record| row(&reader, record, context)).collect(),
        Err(refusals) => out.refusals = refusals,
    }
    out
}

fn assumptions(mapping: &Mapping) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(source) = &mapping.source {
        out.push(format!("source is {source}, grade {}", mapping.grade.as_str()));
    }
    match mapping.known {
        KnownRule::Column => {}
        KnownRule::EventDay { plus_days } => out.push(format!(
            "a report became known at 00:00 local, {plus_days} day(s) after the event's last day, where no column says so"
        )),
        KnownRule::Received => out.push("a report became known when the file was received".to_owned()),
    }
    if mapping.id == IdRule::Row {
        out.push("a report's id is its row's number: good for this one file only".to_owned());
    }
    for (field, values) in &mapping.defaults {
        out.push(format!("{field} is {} where no column says so", values.join(" or ")));
    }
    for skip in &mapping.skips {
        out.push(format!("rows whose {} is {} are left out", skip.column, skip.values.join(" or ")));
    }
    let formats: Vec<&str> = mapping.dates.iter().map(|format| format.as_str()).collect();
    out.push(format!(
        "dates are written {}; bare days are local to the agreement's zone",
        formats.join(" or ")
    ));
    out.push(format!("characters are {}", mapping.encoding.as_str()));
    out
}

fn columns(mapping: &Mapping, header: &Header, samples: &[Record]) -> Vec<ColumnPlan> {
    let mut names: Vec<String> = header.columns().to_vec();
    if *header == Header::JsonLines {
        for record in samples {
            let cells = crate::cells::cells(record.bytes(), record.row, header, mapping.encoding);
            for name in cells.unwrap_or_default().into_keys() {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
    }
    let plan = |column: String| ColumnPlan {
        becomes: mapping
            .columns
            .iter()
            .filter(|rule| rule.column == column)
            .map(becomes)
            .chain(
                mapping
                    .skips
                    .iter()
                    .filter(|skip| skip.column == column)
                    .map(|_| "leaves rows out".to_owned()),
            )
            .collect(),
        ignored: mapping.ignored.contains(&column),
        column,
    };
    names.into_iter().map(plan).collect()
}

fn becomes(rule: &ColumnRule) -> String {
    let mut say = format!("{} ({})", rule.field, rule.field.help());
    if let Some(separator) = &rule.split {
        say.push_str(&format!(", parted by \"{separator}\""));
    }
    if rule.at_least {
        say.push_str(", as a lower bound");
    }
    if rule.add {
        say.push_str(", added to the other columns of it");
    }
    if !rule.values.is_empty() {
        say.push_str(&format!(", {} contents mapped", rule.values.len()));
    }
    if let Some(otherwise) = &rule.otherwise {
        let word = if otherwise.is_empty() { "nothing".to_owned() } else { otherwise.join(" or ") };
        say.push_str(&format!(", any other is {word}"));
    }
    say
}

fn row(reader: &Reader<'_>, record: &Record, context: &Context<'_>) -> RowPlan {
    let mut plan = RowPlan {
        row: record.row,
        observations: Vec::new(),
        skipped: None,
        refusals: Vec::new(),
        warnings: Vec::new(),
    };
    match reader.read_record(record, context, ReceiptNo(0)) {
        Ok(reading) => {
            plan.observations = reading.observations.iter().map(|o| describe(o, context.zone)).collect();
            plan.skipped = reading.skipped;
            plan.warnings = reading.warnings;
        }
        Err(refusals) => plan.refusals = refusals,
    }
    plan
}

/// An observation as fields and values, for people; empty fields are left out.
#[must_use]
pub fn describe(observation: &Observation, zone: &Zone) -> Vec<(&'static str, String)> {
    let mut out = vec![
        ("id", observation.sender_id.clone()),
        ("kind", observation.body.kind().to_owned()),
        ("known", observation.known.to_string()),
        ("source", observation.source.to_string()),
    ];
    if observation.origin != observation.source {
        out.push(("origin", observation.origin.to_string()));
    }
    out.push(("grade", format!("{}{}", observation.grade.as_str(), observation.credibility.number())));
    match &observation.body {
        Body::Event(event) => describe_event(event, zone, &mut out),
        Body::Total(total) => {
            when(total.when, zone, &mut out);
            place(total.place.as_ref(), &mut out);
            figures(&total.casualties, &mut out);
        }
        Body::Tally(tally) => {
            when(Some(tally.when), zone, &mut out);
            out.push(("count", format!("{} {}", tally.count, tally.unit)));
        }
        Body::Agreement(fact) => {
            when(fact.when, zone, &mut out);
            out.push((
                "fact",
                format!("{}: {} {}", fact.subject, fact.fact, fact.value.as_deref().unwrap_or("")),
            ));
        }
        Body::Delivery(delivery) => {
            when(delivery.when, zone, &mut out);
            out.push(("item", format!("{}: {}", delivery.item, delivery.reached)));
            out.push(("amounts", amounts(&delivery.amounts)));
        }
        Body::Statement(statement) => {
            when(statement.when, zone, &mut out);
            place(statement.place.as_ref(), &mut out);
        }
        Body::Coverage(coverage) => {
            when(Some(coverage.when), zone, &mut out);
            out.push(("area", coverage.area.to_string()));
        }
    }
    if let Some(note) = &observation.note {
        out.push(("note", note.clone()));
    }
    out.retain(|(_, text)| !text.is_empty());
    out
}

fn describe_event(event: &Event, zone: &Zone, out: &mut Vec<(&'static str, String)>) {
    out.push(("act", list(&event.acts)));
    out.push(("weapon", list(&event.weapons)));
    out.push(("target", list(&event.targets)));
    when(event.when, zone, out);
    place(event.place.as_ref(), out);
    out.push(("actor", list(&event.actors)));
    out.push(("actor_how", event.attribution.map_or(String::new(), |how| how.as_str().to_owned())));
    out.push(("held_by", list(&event.held_by)));
    figures(&event.casualties, out);
    let facts: Vec<String> =
        event.facts.iter().map(|(id, answer)| format!("{id}={}", answer.as_str())).collect();
    out.push(("facts", facts.join("; ")));
    out.push(("amounts", amounts(&event.amounts)));
}

fn amounts(all: &BTreeMap<MeasureId, Bounds>) -> String {
    all.iter().map(|(measure, bounds)| format!("{measure}={bounds}")).collect::<Vec<_>>().join("; ")
}

fn list<T: fmt::Display>(all: &std::collections::BTreeSet<T>) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}

fn when(interval: Option<Interval>, zone: &Zone, out: &mut Vec<(&'static str, String)>) {
    if let Some(interval) = interval {
        let (from, to) = (zone.local_text(interval.start()), zone.local_text(interval.end()));
        out.push(("when", format!("{from} up to {to}, {}", zone.name())));
    }
}

fn place(place: Option<&Place>, out: &mut Vec<(&'static str, String)>) {
    let Some(place) = place else { return };
    if let Some(point) = place.point {
        let (lat, lon) = (Point::degrees_text(point.lat), Point::degrees_text(point.lon));
        out.push(("point", format!("{lat}, {lon} within {} m", place.within_m)));
    }
    out.push(("area", place.areas.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")));
    out.push(("place", place.unresolved.as_deref().unwrap_or_default().to_owned()));
}

fn figures(figures: &CasualtyFigures, out: &mut Vec<(&'static str, String)>) {
    for (name, bounds) in [
        ("killed", figures.killed),
        ("wounded", figures.wounded),
        ("killed_civilian", figures.killed_civilian),
        ("killed_combatant", figures.killed_combatant),
    ] {
        out.push((name, bounds.map_or(String::new(), |bounds| bounds.to_string())));
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Mapping {}", self.mapping)?;
        writeln!(f, "\nIt assumes:")?;
        for assumption in &self.assumptions {
            writeln!(f, "  - {assumption}")?;
        }
        writeln!(f, "\nColumns of the file:")?;
        for plan in &self.columns {
            match (plan.becomes.as_slice(), plan.ignored) {
                ([], true) => writeln!(f, "  {}: left unread on purpose", plan.column)?,
                ([], false) => writeln!(f, "  {}: nothing reads it", plan.column)?,
                (all, _) => writeln!(f, "  {}: {}", plan.column, all.join("; and "))?,
            }
        }
        if !self.absent.is_empty() {
            writeln!(f, "\nColumns that the mapping knows and the file lacks: {}", self.absent.join(", "))?;
        }
        for refusal in &self.refusals {
            writeln!(f, "\nThe file would be refused: {refusal}")?;
        }
        for plan in &self.rows {
            writeln!(f, "\nRow {}:", plan.row)?;
            for (name, text) in plan.observations.iter().flatten() {
                writeln!(f, "  {name}: {text}")?;
            }
            if let Some(skipped) = &plan.skipped {
                writeln!(f, "  left out: {skipped}")?;
            }
            for refusal in &plan.refusals {
                writeln!(f, "  refused: {refusal}")?;
            }
            for warning in &plan.warnings {
                writeln!(f, "  look at: {warning}")?;
            }
        }
        Ok(())
    }
}
