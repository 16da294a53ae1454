//! The list of incidents: disputed between readings first, then prohibited, undetermined, and the rest.
//!
//! In a file each incident opens in place; on a server it leads to its own page. The quieter groups are folded, never left
//! out: a reader can check that all are there.

use maud::{Markup, html};

use crate::links::Links;
use crate::page::badge;
use crate::patterns::{self, Patterns};
use crate::safe::{html as iso, slug};
use crate::view::{IncidentView, Summary};
use crate::words::Ctx;
use crate::{incident, matrix};

/// Groups longer than this are folded beyond it.
const SHOWN: usize = 12;
/// Bytes of explanation trees that one file may hold; the incidents after that name the command that prints theirs.
const TREES: usize = 1_500_000;

/// What a static list keeps while it is written.
struct File {
    /// Bytes of explanation trees that there is still room for.
    room: usize,
    /// Findings that several incidents share.
    patterns: Patterns,
}

/// The section.
pub(crate) fn section(ctx: &Ctx<'_>) -> Markup {
    let mut file = File { room: TREES, patterns: Patterns::of(ctx) };
    html! {
        section #incidents aria-labelledby="incidents-title" {
            h2 #incidents-title { (ctx.t("incidents.title")) }
            p { (iso(&ctx.c.count("incidents.count", ctx.view.incidents.len() as u64, &[]))) " " (ctx.t("incidents.order")) }
            @if ctx.links == Links::Static { p.quiet { (ctx.t("toll.rule")) } }
            @for summary in Summary::ALL {
                @let all = group(ctx, summary);
                @if !all.is_empty() { (one_group(ctx, summary, &all, &mut file)) }
            }
            (file.patterns.list(ctx))
        }
    }
}

/// Incidents of one group: the most deaths first, then the latest.
fn group<'i, 'v>(ctx: &Ctx<'v>, summary: Summary) -> Vec<&'i IncidentView<'v>>
where
    'v: 'i,
{
    let mut all: Vec<&IncidentView<'v>> =
        ctx.view.incidents.iter().filter(|one| ctx.view.summary(one) == summary).collect();
    all.sort_by_key(|one| {
        let killed = one.incident.killed.best().unwrap_or(0);
        let when = one.incident.time().map(truceline_model::Interval::start);
        (std::cmp::Reverse(killed), std::cmp::Reverse(when), one.incident.id.clone())
    });
    all
}

fn one_group(ctx: &Ctx<'_>, summary: Summary, all: &[&IncidentView<'_>], file: &mut File) -> Markup {
    let word = summary.as_str();
    let quiet = matches!(summary, Summary::NotProhibited | Summary::NotCovered);
    let shown = if quiet { 0 } else { SHOWN.min(all.len()) };
    let (first, rest) = all.split_at(shown);
    html! {
        h3 id=(format!("incidents-{word}")) { (badge("summary", word, &ctx.c.word("summary", word))) " " span.quiet { (all.len()) } }
        p.quiet { (ctx.c.word("summary-says", word)) }
        @if !first.is_empty() { ol.incidents { @for one in first { li { (entry(ctx, one, summary, file)) } } } }
        @if !rest.is_empty() {
            details.rest {
                summary { (iso(&ctx.c.count("incidents.more", rest.len() as u64, &[]))) }
                ol.incidents { @for one in rest { li { (entry(ctx, one, summary, file)) } } }
            }
        }
    }
}

fn entry(ctx: &Ctx<'_>, one: &IncidentView<'_>, summary: Summary, file: &mut File) -> Markup {
    let id = slug(one.incident.id.as_str());
    match ctx.links {
        Links::Served => html! {
            article.entry { h4 { a href=(ctx.incident_link(&one.incident.id)) { (iso(&ctx.incident_title(one.incident))) } } (line(ctx, one, summary)) }
        },
        Links::Static => {
            let pattern = file.patterns.number(&one.incident.id);
            let trees = file.room > 0 && !patterns::plain(summary, one);
            let body = match pattern {
                Some(number) => incident::short_body(ctx, one, 5, &patterns::reference(ctx, number)),
                None => incident::body(ctx, one, 5, trees),
            };
            file.room = if trees { file.room.saturating_sub(body.0.len()) } else { file.room };
            html! {
                details.entry id=(format!("incident-{id}")) {
                    summary { h4 { (iso(&ctx.incident_title(one.incident))) } (line(ctx, one, summary)) }
                    div.inside {
                        (body)
                        @if !trees { p.quiet { (ctx.t("explain.elsewhere")) " " code dir="ltr" { "truceline incidents --store DIR " (one.incident.id) } } }
                    }
                }
            }
        }
    }
}

/// When, how many, what it turns on: one line under the title.
fn line(ctx: &Ctx<'_>, one: &IncidentView<'_>, summary: Summary) -> Markup {
    let killed = one.incident.killed.range();
    let wounded = one.incident.wounded.range();
    let word = summary.as_str();
    html! {
        p.line {
            (badge("summary", word, &ctx.c.word("summary", word))) " "
            span { (iso(&ctx.incident_when(one.incident))) }
            @if let Some(b) = killed { " · " span { (iso(&ctx.c.fill("line.killed", &[("n", &ctx.c.bounds(b))]))) } }
            @if let Some(b) = wounded { " · " span { (iso(&ctx.c.fill("line.wounded", &[("n", &ctx.c.bounds(b))]))) } }
            " · " span { (iso(&ctx.c.count("line.origins", one.incident.origins.len() as u64, &[]))) }
        }
        @if let Some(text) = matrix::one_line(ctx, one) { p.line.turns { (iso(&text)) } }
    }
}
