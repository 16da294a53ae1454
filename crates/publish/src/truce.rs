//! The state of the truce itself: what was announced, missed, accepted, in force; local calms with their chains.
//!
//! Rival accounts of one step stand side by side; a duration and a window that disagree are both shown.

use std::collections::BTreeMap;

use maud::{Markup, html};
use truceline_model::{Acceptance, Calm, CalmStep, Deadline, DeadlineState, Instant, Recorded, Truth};

use crate::asides;
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
            (asides::chronology(ctx))
        }
    }
}

/// In one sentence: in force or not, since when or from when.
fn verdict(ctx: &Ctx<'_>) -> Markup {
    let truce = ctx.view.truce;
    let word = force_word(truce.in_force);
    let class = if truce.in_force == Truth::False { "state off" } else { "state on" };
    let rest = match truce.window {
        None => ctx.c.t("truce.no-terms").to_owned(),
        Some(window) => {
            let since = ctx.both_clocks(window.start());
            let key = if truce.in_force != Truth::False {
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

/// In force by every account, by some, or by none.
fn force_word(in_force: Truth) -> &'static str {
    match in_force {
        Truth::True => "truce.in-force",
        Truth::Unknown => "truce.in-force-disputed",
        Truth::False => "truce.not-in-force",
    }
}

fn step(ctx: &Ctx<'_>, deadline: &Deadline) -> Markup {
    let state = deadline.state.as_str();
    html! {
        li class=(format!("step-{state}")) {
            p { (ctx.phrase(&deadline.what)) " " (badge("deadline", state, &ctx.c.plain(&became(ctx, deadline)))) }
            p.quiet {
                @if deadline.announced > Instant::FAR_PAST {
                    (iso(&ctx.c.fill("truce.announced", &[("on", &ctx.known(deadline.announced))])))
                    " · "
                }
                (iso(&ctx.c.fill("truce.due", &[("on", &ctx.due(deadline))])))
            }
        }
    }
}

/// What became of a deadline; a missed one with its day.
fn became(ctx: &Ctx<'_>, deadline: &Deadline) -> String {
    if deadline.state == DeadlineState::Missed {
        let zone = ctx.view.mission.zone;
        return ctx.c.fill("truce.missed-on", &[("on", &ctx.c.table_date(zone, ctx.due_day(deadline)))]);
    }
    ctx.c.word("deadline", deadline.state.as_str())
}

/// The state in a few lines for the first screen: in force or not, what was missed, who accepted, which calms.
pub(crate) fn glance(ctx: &Ctx<'_>) -> Markup {
    let truce = ctx.view.truce;
    let missed = truce.deadlines.iter().filter(|d| d.state == DeadlineState::Missed);
    html! {
        div.card.truce {
            h2 { a href="#truce" { (ctx.t("glance.truce")) } }
            p.big { (ctx.t(force_word(truce.in_force))) }
            @if let Some(window) = truce.window { p { (iso(&ctx.c.fill("glance.from", &[("when", &ctx.both_clocks(window.start()))]))) } }
            ul.plain.lines {
                @for one in missed {
                    li { (ctx.phrase(&one.what)) ": " (iso(&ctx.c.fill("truce.announced", &[("on", &ctx.known(one.announced))]))) " · " strong { (iso(&became(ctx, one))) } }
                }
                @for recorded in [Recorded::Accepted, Recorded::Refused, Recorded::NotFound] {
                    @let all: Vec<&Acceptance> = truce.acceptances.iter().filter(|a| a.recorded == recorded).collect();
                    @if !all.is_empty() { li { strong { (ctx.c.word("glance.recorded", recorded.as_str())) } " "
                        @for (i, one) in all.iter().enumerate() { @if i > 0 { (ctx.t("list.semicolon")) } (accepted(ctx, one)) } } }
                }
                @if !truce.calms.is_empty() { li { (calms_in_force(ctx)) } }
            }
        }
    }
}

fn accepted(ctx: &Ctx<'_>, one: &Acceptance) -> Markup {
    html! {
        bdi { (ctx.actor(one.by.as_str())) }
        @if let Some(on) = one.on { " (" (ctx.known(on)) @if let Some(text) = &one.reservation { ", " em { (ctx.t("glance.reserving")) } " " (ctx.phrase(text)) } ")" }
    }
}

fn calms_in_force(ctx: &Ctx<'_>) -> Markup {
    let on: Vec<&Calm> = ctx.view.truce.calms.iter().filter(|calm| calm.in_force != Truth::False).collect();
    let names: Vec<String> = on.iter().map(|calm| ctx.area(&calm.area)).collect();
    html! {
        @if names.is_empty() { (ctx.t("glance.no-calm")) }
        @else { (iso(&ctx.c.fill("glance.calms", &[("where", &ctx.c.list(&names, "list.and"))]))) }
        @if ctx.view.truce.calms.iter().any(|calm| calm.disputed) { " · " span.differ { (ctx.t("calm.disputed")) } }
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
        span.window { (iso(&ctx.c.window(ctx.view.mission.zone, step.window))) }
        @if let Some(said) = step.announced_hours {
            " · " (iso(&ctx.c.fill("calm.announced", &[("n", &said.to_string())])))
        }
        @if differs { " · " span.differ { (iso(&ctx.c.fill("calm.window-is", &[("n", &hours.to_string())]))) } }
        " — " span.quiet { (iso(&ctx.sources(&step.sources))) }
    }
}
