//! The incidents of a case as known, and what is found on each under the case's clause, reading by reading, with what each finding turns on.
//!
//! Outside the mission no source, report, receipt or number of origins is named: only what stands, and how.

use maud::{Markup, html};
use truceline_model::{Alternatives, Incident};

use super::say::Say;
use crate::incident as whole;
use crate::matrix;
use crate::page::badge;
use crate::safe::{html as iso, isolate, slug};
use crate::view::IncidentView;

pub(super) fn all(say: &Say<'_>) -> Option<Markup> {
    let known: Vec<&IncidentView<'_>> =
        say.dossier.incidents.iter().filter_map(|id| say.incident(id)).collect();
    if known.is_empty() {
        return Some(html! { p { (say.t("case.incidents-none")) } });
    }
    Some(html! {
        @for one in known {
            h3 id=(format!("case-incident-{}", slug(one.incident.id.as_str()))) { (iso(&say.ctx.incident_title(one.incident))) }
            p { (iso(&say.ctx.incident_when(one.incident))) }
            (findings(say, one))
            @if say.dossier.release.is_mission() { (whole::known(say.ctx, one, 4)) } @else { (coarse(say, one.incident)) }
        }
    })
}

/// Findings of the machine on the case's clause, by reading.
fn findings(say: &Say<'_>, one: &IncidentView<'_>) -> Markup {
    let ctx = say.ctx;
    let clause = ctx.view.clauses.iter().find(|clause| *clause.id == say.dossier.clause);
    let rows = clause.map(|clause| matrix::rows(&one.findings, clause)).unwrap_or_default();
    if rows.is_empty() {
        return html! { p.quiet { (ctx.t("matrix.none")) } };
    }
    html! {
        (say.table(ctx.c.t("case.findings-caption"), &rows, &[
            ("reading", &|row: &matrix::Row<'_>| html! {
                @if row.every { em { (ctx.t("matrix.every")) } }
                @else { ul.plain { @for reading in &row.readings { li { (ctx.reading(reading)) } } } }
            }),
            ("found", &|row: &matrix::Row<'_>| badge("outcome", row.finding.outcome.as_str(), &ctx.outcome(row.finding.outcome))),
            ("turns-on", &|row: &matrix::Row<'_>| matrix::turns_on(ctx, row.finding)),
        ]))
    }
}

/// One kind of fact: its name, the values given, and whether it may be something else.
type Row = (&'static str, Vec<String>, bool);

/// What stands of an incident, without a word of who says so, nor of how many do.
fn coarse(say: &Say<'_>, incident: &Incident) -> Markup {
    let ctx = say.ctx;
    let rows: Vec<Row> = vec![
        row("act", &incident.acts, |one| ctx.c.word("act", one.as_str())),
        row("weapon", &incident.weapons, |one| ctx.c.word("weapon", one.as_str())),
        row("target", &incident.targets, |one| ctx.c.word("target", one.as_str())),
        row("when", &incident.when, |one| ctx.interval(*one)),
        row("place", &incident.places, |one| ctx.place(one)),
        row("actor", &incident.actors, |one| ctx.actor(one.as_str())),
        row("held-by", &incident.held_by, |one| ctx.actor(one.as_str())),
    ];
    let values = |row: &Row| {
        html! { ul.plain {
            @for value in &row.1 { li { (iso(&isolate(value))) } }
            @if row.2 { li { em { (ctx.t("standing.open")) } } }
        } }
    };
    html! {
        (say.table(ctx.c.t("case.known-caption"), &rows, &[
            ("attribute", &|row: &Row| html! { (ctx.c.word("attribute", row.0)) }),
            ("values", &values),
        ]))
        dl.facts {
            dt { (ctx.t("toll.killed")) } dd { (iso(&ctx.bounds(incident.killed.range()))) }
            dt { (ctx.t("toll.wounded")) } dd { (iso(&ctx.bounds(incident.wounded.range()))) }
        }
    }
}

fn row<T: Ord>(key: &'static str, all: &Alternatives<T>, word: impl Fn(&T) -> String) -> Row {
    let mut values: Vec<String> = all.iter().map(|(value, _)| word(value)).collect();
    values.dedup();
    (key, values, all.is_open())
}
