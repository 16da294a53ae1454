//! The text of the clauses with their counts in the margin, and the matters on which readings differ.

use maud::{Markup, html};
use truceline_model::{Outcome, ReadingId};

use crate::page::{badge, sign};
use crate::safe::{clean, html as iso, slug};
use crate::view::{ClauseView, IncidentView, MatterView};
use crate::words::Ctx;

/// Incidents listed on a clause's page for each outcome before it says how many more there are.
const LISTED: usize = 200;

/// The section of readings, and that of clauses.
pub(crate) fn section(ctx: &Ctx<'_>) -> Markup {
    html! {
        section #readings aria-labelledby="readings-title" {
            h2 #readings-title { (ctx.t("readings.title")) }
            p { (ctx.t("readings.lead")) }
            div.matters { @for matter in &ctx.view.matters { (one_matter(ctx, matter)) } }
            (readings(ctx))
        }
        section #clauses aria-labelledby="clauses-title" {
            h2 #clauses-title { (ctx.t("clauses.title")) }
            p { (ctx.t("clauses.lead")) }
            @for clause in &ctx.view.clauses { (one_clause(ctx, clause)) }
        }
    }
}

fn one_matter(ctx: &Ctx<'_>, matter: &MatterView) -> Markup {
    html! {
        article.matter id=(format!("matter-{}", slug(matter.id.as_str()))) {
            h3 { (ctx.prose(&matter.question)) }
            dl {
                @for position in &matter.positions {
                    dt { (ctx.prose(&position.says)) }
                    dd.quiet {
                        @if position.held_by.is_empty() { (ctx.t("readings.held-by-nobody")) }
                        @else {
                            @let names: Vec<String> = position.held_by.iter().map(|who| ctx.actor(who)).collect();
                            (iso(&ctx.c.fill("readings.held-by", &[("who", &ctx.c.list(&names, "list.and"))])))
                        }
                    }
                }
            }
        }
    }
}

fn readings(ctx: &Ctx<'_>) -> Markup {
    html! {
        @if !ctx.view.readings.is_empty() {
            div.scroll role="region" tabindex="0" aria-label=(ctx.c.t("readings.caption")) {
                table {
                    caption { (ctx.t("readings.caption")) }
                    thead { tr { th scope="col" { (ctx.t("matrix.reading")) } @for matter in &ctx.view.matters { th scope="col" { (ctx.prose(&matter.question)) } } } }
                    tbody { @for reading in &ctx.view.readings { tr {
                        th scope="row" { (ctx.text(&reading.title)) }
                        @for matter in &ctx.view.matters { td { @match reading.takes.get(&matter.id) { Some(position) => (ctx.position(matter.id.as_str(), position.as_str())), None => (ctx.t("dash")) } } }
                    } } }
                }
            }
        }
    }
}

fn one_clause(ctx: &Ctx<'_>, clause: &ClauseView<'_>) -> Markup {
    html! {
        article.clause id=(format!("clause-{}", slug(clause.id.as_str()))) {
            div.words {
                h3 { (ctx.text(&clause.title)) }
                p.quiet { (ctx.c.word("clause-kind", clause.kind)) @if !clause.paragraph.is_empty() { " · " (ctx.phrase(&clause.paragraph)) } }
                blockquote { @for part in paragraphs(ctx, clause) { p { (part) } } }
            }
            div.margin { (counts(ctx, clause)) }
        }
    }
}

/// The clause's words, paragraph by paragraph.
fn paragraphs(ctx: &Ctx<'_>, clause: &ClauseView<'_>) -> Vec<Markup> {
    let Some((code, text)) = ctx.c.pick(&clause.prose) else { return Vec::new() };
    let own = code == ctx.c.lang.code();
    let parts = text.split("\n\n").map(clean).filter(|part| !part.trim().is_empty());
    parts
        .map(|part| html! { @if own { (part) } @else { span lang=(clean(code)) dir="auto" { (part) } } })
        .collect()
}

fn counts(ctx: &Ctx<'_>, clause: &ClauseView<'_>) -> Markup {
    if clause.counts.is_empty() {
        return html! { p.quiet { (ctx.t("clauses.not-judged")) } };
    }
    html! {
        table.numbers {
            caption { (ctx.t("clauses.counts")) }
            thead { tr { th scope="col" { (ctx.t("matrix.reading")) } @for outcome in Outcome::ALL { th scope="col" { span.sign aria-hidden="true" { (sign(outcome.as_str())) } " " (ctx.outcome(outcome)) } } } }
            tbody {
                @for (readings, row) in grouped(clause) { tr {
                    th scope="row" { @if readings.len() == clause.counts.len() && readings.len() > 1 { (ctx.t("matrix.every")) } @else { @for (i, reading) in readings.iter().enumerate() { @if i > 0 { br; } (ctx.reading(reading)) } } }
                    @for outcome in Outcome::ALL { td { (row.get(&outcome).copied().unwrap_or(0)) } }
                } }
            }
        }
        a href=(ctx.links.clause(ctx, clause.id)) { @if ctx.links == crate::Links::Served { (ctx.t("clauses.incidents")) } }
    }
}

type Counts = std::collections::BTreeMap<Outcome, u32>;

/// Readings with equal counts share a row.
fn grouped<'c>(clause: &'c ClauseView<'_>) -> Vec<(Vec<&'c ReadingId>, &'c Counts)> {
    let mut rows: Vec<(Vec<&ReadingId>, &Counts)> = Vec::new();
    for (reading, counts) in &clause.counts {
        match rows.iter_mut().find(|(_, known)| *known == counts) {
            Some((all, _)) => all.push(reading),
            None => rows.push((vec![reading], counts)),
        }
    }
    rows
}

/// The page of one clause: its words, its counts, and the incidents behind each outcome.
pub(crate) fn page_body(ctx: &Ctx<'_>, clause: &ClauseView<'_>) -> Markup {
    html! {
        section.single aria-labelledby="clause-title" {
            p.crumb { a href=(ctx.links.section(ctx, "clauses")) { (ctx.t("clauses.title")) } }
            h1 #clause-title { (ctx.text(&clause.title)) }
            p.quiet { (ctx.c.word("clause-kind", clause.kind)) @if !clause.paragraph.is_empty() { " · " (ctx.phrase(&clause.paragraph)) } }
            blockquote.clause { @for part in paragraphs(ctx, clause) { p { (part) } } }
            (counts(ctx, clause))
            @for outcome in [Outcome::Prohibited, Outcome::Undetermined] { (behind(ctx, clause, outcome)) }
        }
    }
}

fn behind(ctx: &Ctx<'_>, clause: &ClauseView<'_>, outcome: Outcome) -> Markup {
    let hit =
        |one: &&IncidentView<'_>| one.findings.iter().any(|f| f.clause == *clause.id && f.outcome == outcome);
    let all: Vec<&IncidentView<'_>> = ctx.view.incidents.iter().filter(hit).collect();
    html! {
        @if !all.is_empty() {
            h2 { (badge("outcome", outcome.as_str(), &ctx.outcome(outcome))) " " span.quiet { (ctx.t("clauses.some-reading")) " · " (all.len()) } }
            ul.plain {
                @for one in all.iter().take(LISTED) { li { a href=(ctx.incident_link(&one.incident.id)) { (iso(&ctx.incident_title(one.incident))) } " · " span.quiet { (iso(&ctx.incident_when(one.incident))) } } }
                @if all.len() > LISTED { li.quiet { (iso(&ctx.c.count("more", (all.len() - LISTED) as u64, &[]))) } }
            }
        }
    }
}
