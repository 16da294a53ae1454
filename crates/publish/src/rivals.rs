//! Rival tallies of one day: what each centre counted and by which definition, and what two of them can share.
//!
//! Nothing is reconciled. Where a tally has no list, only bounds can be given, and the page says so.

use std::collections::BTreeSet;

use maud::{Markup, html};
use truceline_model::{Body, Comparison, Count, IncidentId, Observation, RivalDay};

use crate::asides;
use crate::safe::{clean, html as iso};
use crate::view::SumFault;
use crate::words::Ctx;

/// Days shown open; the others are folded.
const OPEN: usize = 1;

/// The section.
pub(crate) fn section(ctx: &Ctx<'_>) -> Markup {
    let mut days: Vec<&RivalDay> = ctx.view.rivals.iter().collect();
    // The day on which most sources counted first; of several the latest.
    let sources =
        |day: &RivalDay| day.counts.iter().map(|count| &count.source).collect::<BTreeSet<_>>().len();
    days.sort_by_key(|day| std::cmp::Reverse((sources(day), day.day)));
    let (first, rest) = days.split_at(OPEN.min(days.len()));
    html! {
        section #rivals aria-labelledby="rivals-title" {
            h2 #rivals-title { (ctx.t("rivals.title")) }
            p { (ctx.t("rivals.lead")) }
            @if days.is_empty() { p.quiet { (ctx.t("rivals.none")) } }
            @for day in first { (one_day(ctx, day)) }
            @if !rest.is_empty() {
                details.rest { summary { (iso(&ctx.c.count("rivals.more", rest.len() as u64, &[]))) } @for day in rest { (one_day(ctx, day)) } }
            }
            (faults(ctx, &ctx.view.sum_faults))
            (totals(ctx, &ctx.view.totals))
            (asides::tallies(ctx))
        }
    }
}

fn one_day(ctx: &Ctx<'_>, day: &RivalDay) -> Markup {
    let pairs = pairs(ctx, day);
    html! {
        article.day {
            h3 { (ctx.date(day.day.start())) }
            div.scroll role="region" tabindex="0" aria-label=(ctx.c.t("rivals.caption")) {
                table.counts {
                    caption { (ctx.t("rivals.caption")) }
                    thead { tr { th scope="col" { (ctx.t("rivals.source")) } th scope="col" { (ctx.t("rivals.count")) } th scope="col" { (ctx.t("rivals.period")) } th scope="col" { (ctx.t("rivals.by-area")) } th scope="col" { (ctx.t("rivals.definition")) } } }
                    tbody { @for count in &day.counts { (count_row(ctx, count)) } }
                }
            }
            @if !day.comparisons.is_empty() {
                div.scroll role="region" tabindex="0" aria-label=(ctx.c.t("rivals.compared")) {
                    table.compared {
                        caption { (ctx.t("rivals.compared")) }
                        thead { tr { th scope="col" { (ctx.t("rivals.pair")) } th scope="col" { (ctx.t("rivals.agreed")) } th scope="col" { (ctx.t("rivals.only-one")) } th scope="col" { (ctx.t("rivals.only-other")) } th scope="col" { (ctx.t("rivals.basis")) } } }
                        tbody { @for (pair, (one, other)) in day.comparisons.iter().zip(&pairs) { (pair_row(ctx, pair, one, other)) } }
                    }
                }
            }
            (listings(ctx, day))
        }
    }
}

/// The two names of every comparison. A source with two counts on one day is named with the time of each.
fn pairs(ctx: &Ctx<'_>, day: &RivalDay) -> Vec<(String, String)> {
    let name = |count: &Count| {
        let who = ctx.source(&count.source);
        if day.counts.iter().filter(|other| other.source == count.source).count() < 2 {
            return who;
        }
        ctx.c.fill("rivals.one-of", &[("who", &who), ("when", &ctx.interval(count.when))])
    };
    // Comparisons come in the order of the counts, each with all after it.
    let mut pairs = Vec::new();
    for (n, one) in day.counts.iter().enumerate() {
        let others = day.counts.iter().skip(n + 1).filter(|other| other.source != one.source);
        pairs.extend(others.map(|other| (name(one), name(other))));
    }
    let fits = pairs.len() == day.comparisons.len();
    if fits {
        return pairs;
    }
    day.comparisons.iter().map(|pair| (ctx.source(&pair.one), ctx.source(&pair.other))).collect()
}

/// What each counter says of an incident on which a centre's own bulletin was read.
fn listings(ctx: &Ctx<'_>, day: &RivalDay) -> Markup {
    let mine = || ctx.view.listings.iter().filter(|one| one.day == day.day);
    let incidents: BTreeSet<&IncidentId> = mine().map(|one| &one.incident).collect();
    html! {
        @for id in incidents {
            @if let Some(known) = ctx.view.incidents.iter().find(|one| one.incident.id == *id) {
                p { (ctx.t("rivals.holds")) " " a href=(ctx.incident_link(id)) { (iso(&ctx.incident_title(known.incident))) } }
                ul { @for one in mine().filter(|one| one.incident == *id) {
                    li { (ctx.source(&one.source)) ": " strong { (ctx.c.word("holds", one.holds)) } }
                } }
            }
        }
    }
}

fn count_row(ctx: &Ctx<'_>, count: &Count) -> Markup {
    let by_area: Vec<String> =
        count.by_area.iter().map(|(area, n)| format!("{} {n}", ctx.area(area))).collect();
    let definition = count.definition.as_ref().and_then(|id| ctx.definition(id));
    html! {
        tr {
            th scope="row" { (ctx.source(&count.source)) @if let Some(no) = count.receipt { " " span.quiet { bdi { (no) } } } }
            td.figure { strong { (count.count) } " " span.quiet { (ctx.c.word("unit", &clean(&count.unit))) } }
            td { (iso(&ctx.interval(count.when))) }
            td { @if by_area.is_empty() { (ctx.t("dash")) } @else { (iso(&ctx.c.list(&by_area, "list.comma"))) } }
            td { @match definition { Some(texts) => (ctx.prose(texts)), None if count.listed.is_some() => span.quiet { (ctx.t("rivals.from-list")) }, None => span.quiet { (ctx.t("rivals.no-definition")) } } }
        }
    }
}

fn pair_row(ctx: &Ctx<'_>, pair: &Comparison, one: &str, other: &str) -> Markup {
    html! {
        tr {
            th scope="row" { (iso(&ctx.c.fill("rivals.versus", &[("one", one), ("other", other)]))) }
            td.figure { (iso(&ctx.c.range(pair.agreed))) }
            td.figure { (iso(&ctx.c.range(pair.only_one))) }
            td.figure { (iso(&ctx.c.range(pair.only_other))) }
            td.quiet { (ctx.t(if pair.exact { "rivals.exact" } else { "rivals.bounds" })) }
        }
    }
}

fn faults(ctx: &Ctx<'_>, faults: &[SumFault]) -> Markup {
    html! {
        @if !faults.is_empty() {
            h3 { (ctx.t("sums.title")) }
            ul { @for fault in faults {
                @let key = if fault.parts > fault.whole { "sums.exceed" } else { "sums.short" };
                li { (iso(&ctx.c.fill(key, &[("who", &ctx.source(&fault.source)), ("receipt", &fault.receipt.to_string()), ("by", &ctx.c.word("breakdown", &clean(&fault.breakdown))), ("whole", &fault.whole.to_string()), ("parts", &fault.parts.to_string())]))) }
            } }
        }
    }
}

/// Totals over several events: shown as they came, added to nothing.
fn totals(ctx: &Ctx<'_>, totals: &[&Observation]) -> Markup {
    html! {
        @if !totals.is_empty() {
            details.rest {
                summary { (iso(&ctx.c.count("totals.title", totals.len() as u64, &[]))) }
                p.quiet { (ctx.t("totals.lead")) }
                ul { @for total in totals {
                    @if let Body::Total(body) = &total.body {
                        li {
                            bdi { (total.receipt) } " · " (ctx.source(&total.origin)) " · " (ctx.known(total.known)) ": "
                            (iso(&ctx.c.fill("line.killed", &[("n", &ctx.bounds(body.casualties.killed))])))
                            @if let Some(place) = &body.place { " · " (iso(&ctx.place(place))) }
                            @if let Some(when) = body.when { " · " (iso(&ctx.interval(when))) }
                        }
                    }
                } }
            }
        }
    }
}
