//! The frame of every page: head, header with the moment and the language, footer with the proof.
//!
//! One file, no script, no request to anywhere: the style is inline and named by its hash in the content policy, so that a
//! server can send the strictest policy there is.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use truceline_model::Instant;
use truceline_record::digest_of;

use crate::lang::Lang;
use crate::links::Links;
use crate::safe::{clean, foreign, html as iso};
use crate::words::Ctx;

const STYLE: &str = include_str!("style.css");

/// The content policy for every page of ours; send it as `Content-Security-Policy`. Static files carry it themselves.
#[must_use]
pub fn content_policy() -> String {
    let hash = base64(digest_of(STYLE.as_bytes()).as_bytes());
    format!("default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'")
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let sign = |six: u32| SIGNS.get((six & 63) as usize).map_or('A', |&b| char::from(b));
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let all = byte(0) << 16 | byte(1) << 8 | byte(2);
        out.push(sign(all >> 18));
        out.push(sign(all >> 12));
        out.push(if chunk.len() > 1 { sign(all >> 6) } else { '=' });
        out.push(if chunk.len() > 2 { sign(all) } else { '=' });
    }
    out
}

/// A whole page. `here` gives the page's own address in another language or as of another moment.
pub(crate) fn page(
    ctx: &Ctx<'_>,
    title: &str,
    here: &dyn Fn(Instant, Lang) -> String,
    body: &Markup,
) -> String {
    framed(ctx, title, here, true, body)
}

/// A whole page that may be handed on by itself: as a file it does not lead to a bulletin that the reader need not have.
pub(crate) fn document(
    ctx: &Ctx<'_>,
    title: &str,
    here: &dyn Fn(Instant, Lang) -> String,
    body: &Markup,
) -> String {
    framed(ctx, title, here, ctx.links == Links::Served, body)
}

fn framed(
    ctx: &Ctx<'_>,
    title: &str,
    here: &dyn Fn(Instant, Lang) -> String,
    leads_home: bool,
    body: &Markup,
) -> String {
    let lang = ctx.c.lang;
    let mission = ctx.text(ctx.view.mission.title);
    let page = html! {
        (DOCTYPE)
        html lang=(lang.code()) dir=(lang.dir()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(content_policy());
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="generator" content=(clean(&ctx.view.proof.software));
                title { (ctx.c.plain(title)) " — " (mission) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { (ctx.t("skip")) }
                (header(ctx, &mission, here, leads_home))
                main #main { (body) }
                (footer(ctx))
            }
        }
    };
    page.into_string()
}

fn header(ctx: &Ctx<'_>, mission: &str, here: &dyn Fn(Instant, Lang) -> String, leads_home: bool) -> Markup {
    html! {
        header.top {
            div.brand {
                @if leads_home { a.name href=(ctx.links.bulletin(ctx.view.as_of, ctx.c.lang)) { "Truceline" } }
                @else { span.name { "Truceline" } }
                span.mission { (mission) }
            }
            nav.langs aria-label=(ctx.c.t("nav.languages")) {
                @for lang in Lang::ALL {
                    a href=(here(ctx.view.as_of, lang)) lang=(lang.code()) hreflang=(lang.code())
                        aria-current=[(lang == ctx.c.lang).then_some("true")] { (lang.own_name()) }
                }
            }
        }
    }
}

/// Which moment is shown, and how to go to another.
pub(crate) fn as_of(ctx: &Ctx<'_>, here: &dyn Fn(Instant, Lang) -> String) -> Markup {
    let zone = ctx.view.mission.zone;
    let local = zone.local_text(ctx.view.as_of).replace(' ', "T");
    html! {
        div.asof {
            p.asof-now { (ctx.t("asof.lead")) " " strong { time datetime=(ctx.view.as_of.to_string()) { (iso(&ctx.both_clocks(ctx.view.as_of))) } } }
            @if ctx.links == Links::Served {
                form method="get" action="" {
                    label for="as-of" { (iso(&ctx.c.fill("asof.label", &[("zone", &ctx.text(ctx.view.mission.zone_name))]))) }
                    input #as-of type="datetime-local" name="as_of" value=(local) required;
                    input type="hidden" name="lang" value=(ctx.c.lang.code());
                    button type="submit" { (ctx.t("asof.show")) }
                }
                @if !ctx.view.mission.moments.is_empty() {
                    nav.moments aria-label=(ctx.c.t("asof.moments")) {
                        ul {
                            @for moment in &ctx.view.mission.moments {
                                li { a href=(here(moment.at, ctx.c.lang)) aria-current=[(moment.at == ctx.view.as_of).then_some("true")] { (ctx.text(&moment.label)) } }
                            }
                        }
                    }
                }
            } @else {
                p.quiet { (ctx.t("asof.static")) }
            }
        }
    }
}

fn footer(ctx: &Ctx<'_>) -> Markup {
    let proof = &ctx.view.proof;
    let replay = format!("truceline replay --store DIR --out DIR --as-of {}", ctx.view.as_of);
    html! {
        footer #proof aria-labelledby="proof-title" {
            h2 #proof-title { (ctx.t("proof.title")) }
            p.ihl { (ctx.t("ihl")) }
            p { (ctx.t("proof.machine")) }
            dl.facts {
                dt { (ctx.t("proof.entries")) } dd { (proof.entries) }
                dt { (ctx.t("proof.software")) } dd { (iso(&foreign(&proof.software))) }
                @if let Some(key) = &proof.verifier_key { dt { (ctx.t("proof.key")) } dd { code dir="ltr" { (clean(key)) } } }
                dt { (ctx.t("proof.replay")) } dd { code dir="ltr" { (replay) } }
            }
            @if let Some(note) = &proof.checkpoint {
                details { summary { (ctx.t("proof.checkpoint")) } pre dir="ltr" { (lines(note)) } }
            }
            @if !proof.inputs.is_empty() {
                details {
                    summary { (ctx.t("proof.inputs")) }
                    table { caption { (ctx.t("proof.inputs")) }
                        thead { tr { th scope="col" { (ctx.t("proof.input")) } th scope="col" { "SHA-256" } } }
                        tbody { @for (name, digest) in &proof.inputs { tr { th scope="row" { (clean(name)) } td { code dir="ltr" { (clean(digest)) } } } } }
                    }
                }
            }
        }
    }
}

/// Several lines of foreign text, each cleaned.
fn lines(text: &str) -> String {
    let all: Vec<String> = text.lines().map(clean).collect();
    all.join("\n")
}

/// A heading of the wanted level (1 to 6).
pub(crate) fn heading(level: u8, id: Option<&str>, text: &Markup) -> Markup {
    html! {
        @match level {
            1 => h1 id=[id] { (text) },
            2 => h2 id=[id] { (text) },
            3 => h3 id=[id] { (text) },
            4 => h4 id=[id] { (text) },
            5 => h5 id=[id] { (text) },
            _ => h6 id=[id] { (text) },
        }
    }
}

/// The name of a column, by its key, and what stands in a row of it.
pub(crate) type Column<'c, T> = (&'static str, &'c dyn Fn(&T) -> Markup);

/// A table with its caption; the first column heads each row. Names of columns are words of `FAMILY.column`; its class is the family.
pub(crate) fn table<T>(
    ctx: &Ctx<'_>,
    family: &str,
    caption: &str,
    rows: &[T],
    columns: &[Column<'_, T>],
) -> Markup {
    let names = format!("{family}.column");
    html! {
        div.scroll role="region" tabindex="0" aria-label=(ctx.c.plain(caption)) {
            table class=(family) {
                caption { (iso(caption)) }
                thead { tr { @for (key, _) in columns { th scope="col" { (ctx.c.word(&names, key)) } } } }
                tbody { @for row in rows { tr {
                    @for (at, (_, cell)) in columns.iter().enumerate() {
                        @if at == 0 { th scope="row" { (cell(row)) } } @else { td { (cell(row)) } }
                    }
                } } }
            }
        }
    }
}

/// The badge of an outcome, a summary, a state: a word with a sign that needs no colour.
pub(crate) fn badge(family: &str, value: &str, word: &str) -> Markup {
    // The sign stands in the style sheet, by class: it is never read aloud, and pages repeat badges by the thousand.
    html! { span class=(format!("badge {family}-{value}")) { (word) } }
}

/// The sign of a value: shapes that differ without colour. The style sheet gives badges the same.
pub(crate) fn sign(value: &str) -> &'static str {
    match value {
        "prohibited" | "collapsed" => "■",
        "disputed" | "fraying" => "◆",
        "undetermined" => "?",
        "not-prohibited" | "holding" => "○",
        "not-covered" | "not-observed" => "–",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_the_usual_one() {
        assert_eq!(base64(b"Truceline"), "VHJ1Y2VsaW5l");
        assert_eq!(base64(b"a"), "YQ==");
        assert_eq!(base64(b"ab"), "YWI=");
    }
}
