//! The timeline: incidents a day, stacked by what they come to; calms as bars; deadlines and the start as lines.
//!
//! Time runs as the page is read: to the right in English and Russian, to the left in Arabic. The table below the drawing
//! says the same in words and figures.

use std::collections::BTreeMap;

use maud::{Markup, html};
use truceline_model::{Instant, Interval};

use crate::lang::Lang;
use crate::safe::html as iso;
use crate::view::Summary;
use crate::words::Ctx;

const WIDE: i64 = 1000;
const BARS: i64 = 150;
const LINES: i64 = 66;
const LANE: i64 = 20;
/// Longest time drawn, in days; what lies before it is counted in words.
const LONGEST: i64 = 400;
const DAY: i64 = 86_400;

/// Incidents of one local day by what they come to.
type Day = BTreeMap<Summary, u32>;

struct Drawn {
    start: Instant,
    end: Instant,
    mirrored: bool,
}

impl Drawn {
    fn x(&self, at: Instant) -> i64 {
        let span = (self.end.seconds() - self.start.seconds()).max(1);
        let along = (at.seconds().clamp(self.start.seconds(), self.end.seconds()) - self.start.seconds())
            * WIDE
            / span;
        if self.mirrored { WIDE - along } else { along }
    }

    /// Left edge and width of an interval.
    fn bar(&self, when: Interval) -> (i64, i64) {
        let (a, b) = (self.x(when.start()), self.x(when.end()));
        (a.min(b), (a - b).abs().max(1))
    }
}

/// The section.
pub(crate) fn section(ctx: &Ctx<'_>) -> Markup {
    let drawn = drawn(ctx);
    let (days, outside) = days(ctx, &drawn);
    let lanes = i64::try_from(ctx.view.truce.calms.len()).unwrap_or(0);
    let high = LINES + BARS + 24 + lanes * LANE + 6;
    html! {
        section #timeline aria-labelledby="timeline-title" {
            h2 #timeline-title { (ctx.t("timeline.title")) }
            figure.timeline {
                svg viewBox=(format!("-10 0 {} {high}", WIDE + 20)) role="img" aria-labelledby="tl-title tl-desc" xmlns="http://www.w3.org/2000/svg" {
                    title #tl-title { (ctx.t("timeline.title")) }
                    desc #tl-desc { (ctx.t("timeline.desc")) }
                    defs { pattern #fill-undetermined width="6" height="6" patternUnits="userSpaceOnUse" { rect.base-undetermined width="6" height="6" {} path.ink-undetermined d="M-1 1L1 -1M0 6L6 0M5 7L7 5" {} } }
                    (truce_band(ctx, &drawn))
                    (bars(ctx, &drawn, &days))
                    (axis(ctx, &drawn))
                    (calms(ctx, &drawn))
                    (lines(ctx, &drawn))
                }
                figcaption {
                    ul.key { @for summary in Summary::ALL { li { svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" { rect class=(format!("bar bar-{}", summary.as_str())) x="2" y="2" width="16" height="16" {} } (ctx.c.word("summary", summary.as_str())) } } }
                    @if outside > 0 { p.quiet { (iso(&ctx.c.count("timeline.outside", outside, &[]))) } }
                }
            }
            (table(ctx, &days))
        }
    }
}

fn drawn(ctx: &Ctx<'_>) -> Drawn {
    let truce = ctx.view.truce;
    let zone = ctx.view.mission.zone;
    let end = zone.day_of(ctx.view.as_of).end();
    let marks = truce.deadlines.iter().map(|d| d.announced).chain(truce.window.map(Interval::start));
    let first = marks.min().unwrap_or(end.plus_seconds(-30 * DAY)).min(end.plus_seconds(-7 * DAY));
    let start = first.max(end.plus_seconds(-LONGEST * DAY));
    Drawn { start: zone.day_of(start).start(), end, mirrored: ctx.c.lang == Lang::Ar }
}

/// Incidents by the local day on which they began, and how many lie outside of what is drawn or have no day.
fn days(ctx: &Ctx<'_>, drawn: &Drawn) -> (BTreeMap<Instant, Day>, u64) {
    let mut days: BTreeMap<Instant, Day> = BTreeMap::new();
    let mut outside = 0;
    for one in &ctx.view.incidents {
        // A time that spans more than two days is no day on a timeline.
        let began = one.incident.time().filter(|when| when.seconds() <= 2 * DAY).map(Interval::start);
        match began.filter(|at| (drawn.start..drawn.end).contains(at)) {
            Some(at) => {
                let day = ctx.view.mission.zone.day_of(at).start();
                *days.entry(day).or_default().entry(ctx.view.summary(one)).or_default() += 1;
            }
            None => outside += 1,
        }
    }
    (days, outside)
}

fn bars(ctx: &Ctx<'_>, drawn: &Drawn, days: &BTreeMap<Instant, Day>) -> Markup {
    let highest = days.values().map(|day| day.values().sum::<u32>()).max().unwrap_or(1).max(4);
    let scale = |n: u32| i64::from(n) * BARS / i64::from(highest);
    html! {
        line.grid x1="0" x2=(WIDE) y1=(LINES) y2=(LINES) {}
        text.axis x=(if drawn.mirrored { WIDE } else { 0 }) y=(LINES - 4) text-anchor=(if drawn.mirrored { "end" } else { "start" }) { (highest) }
        @for (start, day) in days {
            @let (x, width) = drawn.bar(ctx.view.mission.zone.day_of(*start));
            @let total: u32 = day.values().sum();
            g {
                title { (ctx.date(*start)) ": " (day_text(ctx, day)) }
                @for (summary, top, height) in stack(day, total, &scale) {
                    rect class=(format!("bar bar-{}", summary.as_str())) x=(x) y=(top) width=((width - 1).max(1)) height=(height) {}
                }
            }
        }
        line.base x1="0" x2=(WIDE) y1=(LINES + BARS) y2=(LINES + BARS) {}
    }
}

/// Segments of one bar from the bottom up, the most pressing at the bottom.
fn stack(day: &Day, total: u32, scale: &dyn Fn(u32) -> i64) -> Vec<(Summary, i64, i64)> {
    let mut below = 0;
    let mut out = Vec::new();
    for (summary, count) in day {
        let (low, high) = (scale(below), scale((below + count).min(total)));
        out.push((*summary, LINES + BARS - high, high - low));
        below += count;
    }
    out
}

fn day_text(ctx: &Ctx<'_>, day: &Day) -> String {
    let parts: Vec<String> =
        day.iter().map(|(s, n)| format!("{} {n}", ctx.c.word("summary", s.as_str()))).collect();
    parts.join(ctx.c.t("list.comma"))
}

/// First days of months, or every week when the time is short.
fn axis(ctx: &Ctx<'_>, drawn: &Drawn) -> Markup {
    let zone = ctx.view.mission.zone;
    let mut ticks = Vec::new();
    let mut at = drawn.start;
    while at < drawn.end {
        let day = zone.local_date(at);
        let of_month = day.get(8..).unwrap_or_default();
        if of_month == "01" || of_month == "15" {
            ticks.push(at);
        }
        at = zone.day_of(at).end();
    }
    html! {
        @for tick in ticks {
            line.tick x1=(drawn.x(tick)) x2=(drawn.x(tick)) y1=(LINES + BARS) y2=(LINES + BARS + 5) {}
            text.axis x=(drawn.x(tick)) y=(LINES + BARS + 18) text-anchor="middle" { (ctx.drawn(&ctx.c.short_date(zone, tick))) }
        }
    }
}

/// The time of the general truce, as a quiet ground.
fn truce_band(ctx: &Ctx<'_>, drawn: &Drawn) -> Markup {
    let Some(window) = ctx.view.truce.window.filter(|w| w.start() < drawn.end) else { return html! {} };
    let (x, width) = drawn.bar(window);
    html! { rect.band x=(x) y=(LINES) width=(width) height=(BARS) { title { (ctx.t("timeline.band")) } } }
}

/// One lane a calm: every account's window, thin, so that rival windows are seen to differ.
fn calms(ctx: &Ctx<'_>, drawn: &Drawn) -> Markup {
    let top = LINES + BARS + 26;
    html! {
        @for (lane, calm) in ctx.view.truce.calms.iter().enumerate() {
            @let y = top + i64::try_from(lane).unwrap_or(0) * LANE;
            @let edge = calm.steps.iter().map(|(_, s)| drawn.bar(s.window)).min().map_or(0, |(x, _)| x);
            @let far = calm.steps.iter().map(|(_, s)| drawn.bar(s.window)).map(|(x, w)| x + w).max().unwrap_or(0);
            g {
                @for (ordinal, step) in &calm.steps {
                    @let (x, width) = drawn.bar(step.window);
                    rect class=(format!("calm-bar calm-{}", ordinal % 2)) x=(x) y=(y) width=(width) height="9" { title { (ctx.area(&calm.area)) ": " (ctx.interval(step.window)) " — " (ctx.sources(&step.sources)) } }
                }
                @if edge > 330 { text.axis x=(edge - 6) y=(y + 9) text-anchor="end" { (ctx.drawn(&ctx.area(&calm.area))) } }
                @else { text.axis x=(far + 6) y=(y + 9) { (ctx.drawn(&ctx.area(&calm.area))) } }
            }
        }
    }
}

/// Deadlines and the start, labelled in four rows so that near ones stay legible.
fn lines(ctx: &Ctx<'_>, drawn: &Drawn) -> Markup {
    let truce = ctx.view.truce;
    let mut marks: Vec<(Instant, String, &str)> = Vec::new();
    // A start that was met is the start itself, marked below.
    let started = truce.window.map(Interval::start);
    for deadline in truce.deadlines.iter().filter(|d| Some(d.due) != started) {
        // Due at midnight is due on the day that ends there.
        marks.push((
            ctx.due_day(deadline),
            ctx.c.word("deadline", deadline.state.as_str()),
            deadline.state.as_str(),
        ));
    }
    if let Some(window) = truce.window {
        marks.push((window.start(), ctx.c.t("timeline.start").to_owned(), "start"));
    }
    marks.retain(|(at, _, _)| (drawn.start..=drawn.end).contains(at));
    marks.sort();
    html! {
        @for (row, (at, word, state)) in (0_i64..).zip(&marks) {
            @let x = drawn.x(*at);
            @let y = 12 + (row % 4) * 15;
            line class=(format!("event event-{state}")) x1=(x) x2=(x) y1=(y + 3) y2=(LINES + BARS) {}
            text.event-name x=(x) y=(y) text-anchor=(if x < 120 { "start" } else if x > WIDE - 120 { "end" } else { "middle" }) {
                (ctx.drawn(&format!("{} · {word}", ctx.c.short_date(ctx.view.mission.zone, *at))))
            }
        }
    }
}

/// The same in figures.
fn table(ctx: &Ctx<'_>, days: &BTreeMap<Instant, Day>) -> Markup {
    html! {
        details {
            summary { (ctx.t("timeline.table")) }
            div.scroll role="region" tabindex="0" aria-label=(ctx.c.t("timeline.table")) {
                table.numbers {
                    caption { (ctx.t("timeline.table")) }
                    thead { tr { th scope="col" { (ctx.t("timeline.day")) } @for summary in Summary::ALL { th scope="col" { (ctx.c.word("summary", summary.as_str())) } } } }
                    tbody {
                        @for (start, day) in days { tr {
                            th scope="row" { (ctx.date(*start)) }
                            @for summary in Summary::ALL { td { (day.get(&summary).copied().unwrap_or(0)) } }
                        } }
                    }
                }
            }
        }
    }
}
