//! The state of the truce itself: what was announced, missed, accepted, in force; local calms with their chains.
//!
//! Rival accounts of one step stand side by side; a duration and a window that disagree are both shown.

use std::collections::BTreeMap;

use maud::{Markup, html};
use truceline_model::{Acceptance, Calm, CalmStep, Deadline, Truth};

use crate::page::badge;
use crate::safe::{clean, html as iso};
use crate::words::Ctx;

/// The section.
pub(crate) fn section(ctx: &Ctx<'_>) -> Markup {
    let truce = ctx.view.truce;
    html! {
        section #truce aria-labelledby="truce-title" {
            h2 #truce-title { (ctx.t("truce.title")) }
            p.lead { (verdict(ctx)) }
            div.columns {
                div {
                    h3 { (ctx.t("truce.steps")) }
                    ol.steps { @for deadline in &truce.deadlines { (step(ctx, deadline)) } }
                }
                div {
                    h3 { (ctx.t("truce.acceptances")) }
                    @if truce.acceptances.is_empty() { p.quiet { (ctx.t("truce.no-acceptance")) } }
                    @else { (acceptances(ctx, &truce.acceptances)) }
                }
            }
            @if !truce.calms.is_empty() {
                h3 { (ctx.t("calm.title")) }
                div.calms { @for calm in &truce.calms { (calm_card(ctx, calm)) } }
            }
        }
    }
}

/// In one sentence: in force or not, since when or from when.
fn verdict(ctx: &Ctx<'_>) -> Markup {
    let truce = ctx.view.truce;
    let word = if truce.in_force { "truce.in-force" } else { "truce.not-in-force" };
    let class = if truce.in_force { "state on" } else { "state off" };
    let rest = match truce.window {
        None => ctx.c.t("truce.no-terms").to_owned(),
        Some(window) => {
            let since = ctx.both_clocks(window.start());
            let key = if truce.in_force {
                "truce.since"
            } else if ctx.view.as_of < window.start() {
                "truce.begins"
            } else {
                "truce.ended"
            };
            ctx.c.fill(key, &[("since", &since), ("until", &ctx.moment(window.end()))])
        }
    };
    html! { strong class=(class) { (ctx.t(word)) } " " (iso(&rest)) }
}

fn step(ctx: &Ctx<'_>, deadline: &Deadline) -> Markup {
    let state = deadline.state.as_str();
    html! {
        li class=(format!("step-{state}")) {
            p { (ctx.phrase(&deadline.what)) " " (badge("deadline", state, &ctx.c.word("deadline", state))) }
            p.quiet {
                (iso(&ctx.c.fill("truce.announced", &[("on", &ctx.known(deadline.announced))])))
                " · "
                (iso(&ctx.c.fill("truce.due", &[("on", &ctx.c.table_moment(ctx.view.mission.zone, deadline.due))])))
            }
        }
    }
}

fn acceptances(ctx: &Ctx<'_>, all: &[Acceptance]) -> Markup {
    html! {
        div.scroll role="region" tabindex="0" aria-label=(ctx.c.t("truce.acceptances")) {
            table {
                caption { (ctx.t("truce.acceptances-caption")) }
                thead { tr {
                    th scope="col" { (ctx.t("truce.by")) }
                    th scope="col" { (ctx.t("truce.recorded")) }
                    th scope="col" { (ctx.t("truce.when")) }
                    th scope="col" { (ctx.t("truce.told")) }
                    th scope="col" { (ctx.t("truce.reservation")) }
                    th scope="col" { (ctx.t("truce.said-by")) }
                } }
                tbody { @for one in all { tr {
                    th scope="row" { (ctx.actor(one.by.as_str())) }
                    td { (badge("recorded", one.recorded.as_str(), &ctx.c.word("recorded", one.recorded.as_str()))) }
                    td.when { (one.on.map_or_else(|| ctx.c.t("truce.date-unknown").to_owned(), |at| ctx.known(at))) }
                    td { (one.to.as_ref().map_or_else(|| ctx.c.t("dash").to_owned(), |to| ctx.actor(to.as_str()))) }
                    td { @match &one.reservation { Some(text) => { (ctx.phrase(text)) } None => (ctx.t("dash")) } }
                    td { @if one.sources.is_empty() { (ctx.t("dash")) } @else { (iso(&ctx.sources(&one.sources))) } }
                } } }
            }
        }
    }
}

fn calm_card(ctx: &Ctx<'_>, calm: &Calm) -> Markup {
    let force = match calm.in_force {
        Truth::True => "every",
        Truth::Unknown => "some",
        Truth::False => "none",
    };
    let mut chain: BTreeMap<u32, Vec<&CalmStep>> = BTreeMap::new();
    for (ordinal, step) in &calm.steps {
        chain.entry(*ordinal).or_default().push(step);
    }
    html! {
        article.calm {
            h4 { (ctx.area(&calm.area)) }
            p { (badge("calm", force, &ctx.c.word("calm.force", force))) @if calm.disputed { " " (badge("calm", "disputed", ctx.c.t("calm.disputed"))) } }
            ol.chain {
                @for (ordinal, accounts) in &chain {
                    li value=(u64::from(*ordinal) + u64::from(chain.contains_key(&0))) {
                        @if accounts.len() > 1 { p.differ { (iso(&ctx.c.count("calm.accounts", accounts.len() as u64, &[]))) } }
                        ul.accounts { @for account in accounts { li { (account_line(ctx, account)) } } }
                    }
                }
            }
        }
    }
}

fn account_line(ctx: &Ctx<'_>, step: &CalmStep) -> Markup {
    let hours = u64::try_from(step.window.seconds() / 3600).unwrap_or(0);
    let whole = step.window.seconds() % 3600 == 0;
    let open_end = step.window.end() == truceline_model::Instant::FAR_FUTURE;
    let differs = !open_end && step.announced_hours.is_some_and(|said| !whole || u64::from(said) != hours);
    html! {
        span.step { (ctx.c.word("calm.step", &clean(&step.step))) } ": "
        span.window { (iso(&ctx.interval(step.window))) }
        @if let Some(said) = step.announced_hours {
            " · " (iso(&ctx.c.fill("calm.announced", &[("n", &said.to_string())])))
        }
        @if differs { " · " span.differ { (iso(&ctx.c.fill("calm.window-is", &[("n", &hours.to_string())]))) } }
        " — " span.quiet { (iso(&ctx.sources(&step.sources))) }
    }
}
