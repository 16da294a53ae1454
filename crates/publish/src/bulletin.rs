//! The bulletin and the pages behind it, put together in the order of the co-chairs' questions: does the truce stand, where
//! does it hold, what happened and what does the answer turn on, who counts otherwise, what do the clauses say.

use std::collections::BTreeMap;

use maud::{Markup, html};
use truceline_model::{AreaId, ClauseId, IncidentId, ReadingId};

use crate::lang::Lang;
use crate::links::Links;
use crate::page::{as_of, badge, page};
use crate::safe::{clean, html as iso, slug};
use crate::view::{Summary, View};
use crate::words::Ctx;
use crate::{asides, clauses, duties, explanation, incident, list, map, rivals, status, timeline, truce};

/// The bulletin: one page. [`Links::Static`] holds every incident in place; [`Links::Served`] links to their pages.
#[must_use]
pub fn bulletin(view: &View<'_>, lang: Lang, links: Links) -> String {
    let ctx = Ctx::new(view, lang, links);
    let here = |at, lang| links.bulletin(at, lang);
    let body = html! {
        div.intro {
            h1 { (ctx.text(view.mission.title)) }
            (as_of(&ctx, &here))
            (at_a_glance(&ctx))
        }
        (contents(&ctx))
        (truce::section(&ctx))
        section #where aria-labelledby="where-title" {
            h2 #where-title { (ctx.t("where.title")) }
            div.where { div { (status::table(&ctx)) } div { (map::figure(&ctx)) } }
        }
        (timeline::section(&ctx))
        (list::section(&ctx))
        (rivals::section(&ctx))
        (clauses::section(&ctx))
        (duties::section(&ctx))
        (deliveries(&ctx))
        (asides::statements(&ctx))
        (refused(&ctx))
    };
    page(&ctx, ctx.c.t("title.bulletin"), &here, &body)
}

/// The page of one incident; `None` when the view does not hold it.
#[must_use]
pub fn incident_page(view: &View<'_>, id: &IncidentId, lang: Lang) -> Option<String> {
    let one = view.incidents.iter().find(|one| one.incident.id == *id)?;
    let ctx = Ctx::new(view, lang, Links::Served);
    let title = ctx.incident_title(one.incident);
    let here = own_address("incident", id.as_str());
    let body = html! {
        section.single aria-labelledby="incident-title" {
            p.crumb { a href=(ctx.links.section(&ctx, "incidents")) { (ctx.t("incidents.title")) } }
            h1 #incident-title { (iso(&title)) }
            p.lead { (iso(&ctx.incident_when(one.incident))) }
            (as_of(&ctx, &here))
            (incident::body(&ctx, one, 2, true))
        }
    };
    Some(page(&ctx, &title, &here, &body))
}

/// The page that explains the findings on one incident under one clause, readings that say the same together; `None` when
/// the view holds no such finding.
#[must_use]
pub fn explanation_page(
    view: &View<'_>,
    incident: &IncidentId,
    clause: &ClauseId,
    reading: Option<&ReadingId>,
    lang: Lang,
) -> Option<String> {
    let one = view.incidents.iter().find(|one| one.incident.id == *incident)?;
    let all = explanation::explanations(view, one, Some(clause), reading, lang);
    let clause = view.clauses.iter().find(|known| known.id == clause).filter(|_| !all.is_empty())?;
    let ctx = Ctx::new(view, lang, Links::Served);
    let title = ctx.text(&clause.title);
    let path = format!("/explain/{}/{}", slug(incident.as_str()), slug(clause.id.as_str()));
    let here = move |at, lang| format!("{path}{}", Links::Served.bulletin(at, lang).trim_start_matches('/'));
    let body = html! {
        section.single aria-labelledby="explain-title" {
            p.crumb { a href=(ctx.incident_link(incident)) { (iso(&ctx.incident_title(one.incident))) } }
            h1 #explain-title { (title) }
            (as_of(&ctx, &here))
            @for explained in &all { (explained.markup(2)) }
        }
    };
    Some(page(&ctx, &title, &here, &body))
}

/// The figures behind one governorate; `None` when the view has no status for it.
#[must_use]
pub fn status_page(view: &View<'_>, area: &AreaId, lang: Lang) -> Option<String> {
    let row = view.statuses.iter().find(|row| row.area == *area)?;
    let ctx = Ctx::new(view, lang, Links::Served);
    let here = own_address("area", area.as_str());
    let body = html! { (status::page_body(&ctx, row)) };
    Some(page(&ctx, &ctx.area(area), &here, &body))
}

/// One clause with the incidents behind its counts; `None` when the agreement has no such clause.
#[must_use]
pub fn clause_page(view: &View<'_>, clause: &ClauseId, lang: Lang) -> Option<String> {
    let one = view.clauses.iter().find(|one| one.id == clause)?;
    let ctx = Ctx::new(view, lang, Links::Served);
    let here = own_address("clause", clause.as_str());
    let body = html! { (clauses::page_body(&ctx, one)) };
    Some(page(&ctx, &ctx.text(&one.title), &here, &body))
}

/// The address of a page of its own, as of a moment, in a language.
fn own_address(kind: &'static str, id: &str) -> impl Fn(truceline_model::Instant, Lang) -> String + use<> {
    let path = format!("/{kind}/{}", slug(id));
    move |at, lang| {
        let home = Links::Served.bulletin(at, lang);
        format!("{path}{}", home.trim_start_matches('/'))
    }
}

/// The answer in four figures.
fn at_a_glance(ctx: &Ctx<'_>) -> Markup {
    let mut by_state: BTreeMap<&str, usize> = BTreeMap::new();
    for row in ctx.view.statuses {
        *by_state.entry(ctx.holding(row.holding).0).or_default() += 1;
    }
    let mut by_summary: BTreeMap<Summary, usize> = BTreeMap::new();
    for one in &ctx.view.incidents {
        *by_summary.entry(ctx.view.summary(one)).or_default() += 1;
    }
    html! {
        div.glance {
            (truce::glance(ctx))
            div.card {
                h2 { a href="#where" { (ctx.t("glance.where")) } }
                ul.plain.tally { @for (state, word) in ctx.holdings() { li { (badge("holding", state, &word)) " " strong { (by_state.get(state).copied().unwrap_or(0)) } } } }
            }
            div.card {
                h2 { a href="#incidents" { (ctx.t("glance.incidents")) } }
                ul.plain.tally { @for summary in Summary::ALL {
                    @let count = by_summary.get(&summary).copied().unwrap_or(0);
                    @let word = badge("summary", summary.as_str(), &ctx.c.word("summary", summary.as_str()));
                    li { @if count > 0 { a href=(format!("#incidents-{}", summary.as_str())) { (word) } } @else { (word) } " " strong { (count) } }
                } }
            }
        }
    }
}

fn contents(ctx: &Ctx<'_>) -> Markup {
    let all = ["truce", "where", "timeline", "incidents", "rivals", "readings", "clauses", "proof"];
    html! {
        nav.contents aria-label=(ctx.c.t("nav.contents")) {
            ul { @for name in all { li { a href=(format!("#{name}")) { (ctx.t(&format!("{name}.title"))) } } } }
        }
    }
}

/// Aid asked for, approved, arrived.
fn deliveries(ctx: &Ctx<'_>) -> Markup {
    html! {
        @if !ctx.view.deliveries.is_empty() {
            section #deliveries aria-labelledby="deliveries-title" {
                h2 #deliveries-title { (ctx.t("deliveries.title")) }
                div.scroll role="region" tabindex="0" aria-label=(ctx.c.t("deliveries.title")) {
                    table {
                        caption { (ctx.t("deliveries.caption")) }
                        thead { tr { th scope="col" { (ctx.t("deliveries.when")) } th scope="col" { (ctx.t("deliveries.item")) } th scope="col" { (ctx.t("deliveries.reached")) } th scope="col" { (ctx.t("deliveries.place")) } th scope="col" { (ctx.t("truce.said-by")) } } }
                        tbody { @for report in &ctx.view.deliveries { @if let truceline_model::Body::Delivery(aid) = &report.body { tr {
                            th scope="row" { (aid.when.map_or_else(|| ctx.known(report.known), |when| ctx.c.plain(&ctx.interval(when)))) }
                            td { bdi dir="auto" { (clean(&aid.item)) } @if let Some(q) = &aid.quantity { " · " bdi dir="auto" { (clean(q)) } } }
                            td { (ctx.c.word("reached", aid.reached.as_str())) }
                            td { @if let Some(place) = &aid.place { (iso(&ctx.place(place))) } }
                            td { (ctx.source(&report.origin)) }
                        } } } }
                    }
                }
            }
        }
    }
}

/// Rows that were kept and could not be read: said, not hidden.
fn refused(ctx: &Ctx<'_>) -> Markup {
    html! {
        @if !ctx.view.refused.is_empty() {
            section #refused aria-labelledby="refused-title" {
                h2 #refused-title { (ctx.t("refused.title")) }
                p { (ctx.t("refused.lead")) }
                ul { @for (file, count) in &ctx.view.refused { li { bdi dir="ltr" { (clean(file)) } ": " (count) } } }
            }
        }
    }
}
