//! Where it holds: one row a governorate, with the rule and the figures one click away.
//!
//! *Not observed* is a state of its own. It is never printed as zero, and never as holding.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use truceline_model::{AreaStatus, Holding, IncidentId};

use crate::page::badge;
use crate::safe::{html as iso, slug};
use crate::view::IncidentView;
use crate::words::Ctx;

/// Incidents that a list of figures shows before it says how many more there are.
const LISTED: usize = 40;

/// The table, the worst first.
pub(crate) fn table(ctx: &Ctx<'_>) -> Markup {
    let mut rows: Vec<&AreaStatus> = ctx.view.statuses.iter().collect();
    rows.sort_by_key(|row| (rank(row.holding), std::cmp::Reverse(row.days), row.area.clone()));
    let index = index(ctx);
    html! {
        p.rule { (rule(ctx)) }
        div.scroll role="region" tabindex="0" aria-label=(ctx.c.t("status.caption")) {
            table.status {
                caption { (ctx.t("status.caption")) }
                thead { tr {
                    th scope="col" { (ctx.t("status.area")) }
                    th scope="col" { (ctx.t("status.state")) }
                    th scope="col" { (ctx.t("status.why")) }
                } }
                tbody { @for row in rows { (one(ctx, row, &index)) } }
            }
        }
    }
}

/// The rule in words, with its parameters.
pub(crate) fn rule(ctx: &Ctx<'_>) -> Markup {
    let rule = ctx.view.rule;
    // A rule that asks for no prohibited incident does not speak of them.
    iso(&ctx.c.fill(
        if rule.collapsed_prohibited == 0 { "status.rule-days" } else { "status.rule" },
        &[
            ("window", &rule.window_days.to_string()),
            ("fraying", &rule.fraying_incidents.to_string()),
            ("collapsed", &rule.collapsed_days.to_string()),
            ("prohibited", &rule.collapsed_prohibited.to_string()),
        ],
    ))
}

fn one(ctx: &Ctx<'_>, row: &AreaStatus, index: &Index<'_, '_>) -> Markup {
    let (state, word) = ctx.holding(row.holding);
    html! {
        tr id=(format!("area-{}", slug(row.area.as_str()))) class=(format!("row-{state}")) {
            th scope="row" { a href=(ctx.links.area(ctx, &row.area)) { (ctx.area(&row.area)) } }
            td { (badge("holding", state, &word)) }
            td {
                @if row.holding == Holding::NotObserved {
                    span.quiet { (ctx.t("status.nobody-short")) }
                } @else {
                    details {
                        summary { (iso(&why(ctx, row))) }
                        (figures(ctx, row, index, None))
                    }
                }
            }
        }
    }
}

/// The reason in one line: days on which something happened, out of the window.
fn why(ctx: &Ctx<'_>, row: &AreaStatus) -> String {
    ctx.c.count("status.days", u64::from(row.days), &[("window", &ctx.view.rule.window_days.to_string())])
}

type Index<'i, 'v> = BTreeMap<&'i IncidentId, &'i IncidentView<'v>>;

fn index<'i, 'v>(ctx: &Ctx<'v>) -> Index<'i, 'v>
where
    'v: 'i,
{
    ctx.view.incidents.iter().map(|one| (&one.incident.id, one)).collect()
}

/// The figures behind one area's state.
fn figures(ctx: &Ctx<'_>, row: &AreaStatus, index: &Index<'_, '_>, level: Option<u8>) -> Markup {
    html! {
        p.quiet { (iso(&ctx.c.fill("status.window", &[("when", &ctx.status_window(row.window))]))) }
        (group(ctx, "prohibited", &row.prohibited, index, level))
        (group(ctx, "undetermined", &row.undetermined, index, level))
        (group(ctx, "others", &row.others, index, level))
        p { (iso(&ctx.c.count("status.observed-by", row.observed_by.len() as u64, &[("who", &ctx.sources(&row.observed_by))]))) }
    }
}

fn group(
    ctx: &Ctx<'_>,
    name: &str,
    ids: &BTreeSet<IncidentId>,
    index: &Index<'_, '_>,
    level: Option<u8>,
) -> Markup {
    let key = format!("status.{name}");
    let known: Vec<&&IncidentView<'_>> = ids.iter().filter_map(|id| index.get(id)).collect();
    html! {
        @let title = iso(&ctx.c.count(&key, ids.len() as u64, &[]));
        // In a cell of the table a heading would break the order of the page's headings.
        @match level { Some(level) => (crate::page::heading(level, None, &title)), None => p { strong { (title) } } }
        @if !known.is_empty() {
            ul.plain {
                @for one in known.iter().take(LISTED) {
                    li { a href=(ctx.incident_link(&one.incident.id)) { (iso(&ctx.incident_title(one.incident))) } " · " span.quiet { (iso(&ctx.incident_when(one.incident))) } }
                }
                @if known.len() > LISTED { li.quiet { (iso(&ctx.c.count("more", (known.len() - LISTED) as u64, &[]))) } }
            }
        }
    }
}

/// The page behind one area.
pub(crate) fn page_body(ctx: &Ctx<'_>, row: &AreaStatus) -> Markup {
    let (state, word) = ctx.holding(row.holding);
    let index = index(ctx);
    html! {
        section.single aria-labelledby="area-title" {
            p.crumb { a href=(ctx.links.section(ctx, "where")) { (ctx.t("where.title")) } }
            h1 #area-title { (ctx.area(&row.area)) }
            p.lead { (badge("holding", state, &word)) " "
                @if row.holding == Holding::NotObserved { (ctx.t("status.nobody")) } @else { (iso(&why(ctx, row))) } }
            p.rule { (rule(ctx)) }
            (figures(ctx, row, &index, Some(2)))
        }
    }
}

fn rank(holding: Holding) -> u8 {
    match holding {
        Holding::Collapsed => 0,
        Holding::Fraying => 1,
        Holding::Holding => 2,
        Holding::NotObserved => 3,
    }
}
