//! What stands beside the incidents: reports about the agreement itself, statements that belong to no incident, tallies
//! as they came.
//!
//! Folded, never left out, and never merged: rival accounts of one thing stand together, each with its source and day.

use std::collections::BTreeMap;

use maud::{Markup, html};
use truceline_model::{AgreementFact, Body, Fact, Observation, Tally};

use crate::safe::{clean, html as iso};
use crate::words::Ctx;

/// Accounts of one thing: what it is about, what happened to it, and every report that says so.
type Groups<'o> = Vec<((&'o str, &'o str), Vec<(&'o Observation, &'o AgreementFact)>)>;

/// Reports about the agreement, by the day on which each thing became known first; accounts of one thing together.
pub(crate) fn chronology(ctx: &Ctx<'_>) -> Markup {
    let groups = groups(ctx);
    html! {
        @if !groups.is_empty() {
            details.rest {
                summary { (iso(&ctx.c.count("chronology.title", ctx.view.agreement.len() as u64, &[]))) }
                p.quiet { (ctx.t("chronology.lead")) }
                div.scroll role="region" tabindex="0" aria-label=(ctx.c.t("chronology.caption")) {
                    table.matrix.accounts-table {
                        caption { (ctx.t("chronology.caption")) }
                        thead { tr { @for key in ["chronology.what", "chronology.known", "truce.said-by", "chronology.holds", "chronology.who", "chronology.value"] { th scope="col" { (ctx.t(key)) } } } }
                        @for ((subject, fact), accounts) in &groups { tbody {
                            @for (i, (report, said)) in accounts.iter().enumerate() { tr {
                                @if i == 0 { th scope="rowgroup" rowspan=(accounts.len()) { (about(ctx, subject)) br; span.quiet { (ctx.c.word("agreement-fact", &clean(fact))) } } }
                                (account(ctx, report, said))
                            } }
                        } }
                    }
                }
            }
        }
    }
}

fn groups<'o>(ctx: &Ctx<'o>) -> Groups<'o> {
    let mut groups: Groups<'o> = Vec::new();
    let mut index: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for report in ctx.view.agreement.iter().copied() {
        let Body::Agreement(said) = &report.body else { continue };
        let key = (said.subject.as_str(), said.fact.as_str());
        let at = *index.entry(key).or_insert(groups.len());
        match groups.get_mut(at) {
            Some((_, accounts)) => accounts.push((report, said)),
            None => groups.push((key, vec![(report, said)])),
        }
    }
    groups
}

/// What a report is about: a local calm by its area, else the word for it.
fn about(ctx: &Ctx<'_>, subject: &str) -> String {
    let calm = ctx.view.truce.calms.iter().find(|calm| calm.id == subject).map(|calm| ctx.area(&calm.area));
    // What a text says of "the truce" is about this mission's agreement.
    let mission = || (ctx.view.mission.id == subject).then(|| ctx.text(ctx.view.mission.title));
    let clause = || ctx.view.clauses.iter().find(|c| c.id.as_str() == subject).map(|c| ctx.text(&c.title));
    calm.or_else(mission).or_else(clause).unwrap_or_else(|| ctx.c.word("subject", &clean(subject)))
}

fn account(ctx: &Ctx<'_>, report: &Observation, said: &AgreementFact) -> Markup {
    let who: Vec<String> = said.actors.iter().map(|a| ctx.actor(a.as_str())).collect();
    html! {
        td.when { (ctx.known(report.known)) }
        td { (who_says(ctx, report)) }
        td { @match said.when { Some(when) => (iso(&ctx.interval(when))), None => (ctx.t("dash")) } }
        td { (iso(&ctx.c.list(&who, "list.and"))) }
        td { @if let Some(value) = &said.value { bdi dir="auto" { (clean(value)) } }
            @if let Some(note) = &report.note { p.note dir="auto" { (clean(note)) } } }
    }
}

/// The origin, and the source that passed it on where that is another.
fn who_says(ctx: &Ctx<'_>, report: &Observation) -> Markup {
    html! {
        (ctx.source(&report.origin))
        @if report.source != report.origin { br; span.quiet { (iso(&ctx.c.fill("reports.through", &[("who", &ctx.source(&report.source))]))) } }
        " " span.quiet { bdi { (report.receipt) } }
    }
}

/// Statements that belong to no incident, as they came.
pub(crate) fn statements(ctx: &Ctx<'_>) -> Markup {
    let all = &ctx.view.statements;
    html! {
        @if !all.is_empty() {
            section #statements aria-labelledby="statements-title" {
                h2 #statements-title { (ctx.t("statements.title")) }
                details.rest {
                    summary { (iso(&ctx.c.count("statements.count", all.len() as u64, &[]))) }
                    ul { @for report in all { @if let Body::Statement(said) = &report.body {
                        @let about: Vec<String> = said.actors.iter().map(|a| ctx.actor(a.as_str())).collect();
                        li {
                            (ctx.known(report.known)) " · " (who_says(ctx, report))
                            @if !about.is_empty() { " · " (iso(&ctx.c.fill("statements.about", &[("who", &ctx.c.list(&about, "list.and"))]))) }
                            @if let Some(place) = &said.place { " · " (iso(&ctx.place(place))) }
                            @if let Some(when) = said.when { " · " (iso(&ctx.interval(when))) }
                            @for (fact, answer) in &said.facts { " · " (iso(&ctx.fact(&Fact::Named(fact.clone())))) ": " (ctx.c.word("answer", answer.as_str())) }
                            @if let Some(note) = &report.note { p.note dir="auto" { (clean(note)) } }
                        }
                    } } }
                }
            }
        }
    }
}

/// Tallies as they came, revisions and those of longer times included.
pub(crate) fn tallies(ctx: &Ctx<'_>) -> Markup {
    let all = &ctx.view.tallies;
    html! {
        @if !all.is_empty() {
            details.rest {
                summary { (iso(&ctx.c.count("tallies.count", all.len() as u64, &[]))) }
                ul { @for report in all { @if let Body::Tally(tally) = &report.body { li { (one_tally(ctx, report, tally)) } } } }
            }
        }
    }
}

fn one_tally(ctx: &Ctx<'_>, report: &Observation, tally: &Tally) -> Markup {
    let areas: Vec<String> = tally.by_area.iter().map(|(a, n)| format!("{} {n}", ctx.area(a))).collect();
    let actors: Vec<String> =
        tally.by_actor.iter().map(|(a, n)| format!("{} {n}", ctx.actor(a.as_str()))).collect();
    html! {
        (ctx.known(report.known)) " · " (who_says(ctx, report)) " · " (iso(&ctx.interval(tally.when))) ": "
        strong { (tally.count) } " " (ctx.c.word("unit", &clean(&tally.unit)))
        @if !areas.is_empty() { " · " (iso(&ctx.c.list(&areas, "list.comma"))) }
        @if !actors.is_empty() { " · " (iso(&ctx.c.list(&actors, "list.comma"))) }
        @if let Some(note) = &report.note { p.note dir="auto" { (clean(note)) } }
    }
}
