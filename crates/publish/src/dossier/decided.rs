//! What people decided: determinations with their reasons and the views that were kept beside them; means tried; remedies and undertakings.
//!
//! Four answers, never one: whether it happened, who did it, whether it is prohibited, how grave.

use maud::{Markup, html};
use truceline_model::{Answer, Attempt, Determined, Dissented, Pledge};

use super::say::Say;
use crate::page::badge;
use crate::safe::{clean, html as iso, isolate};

pub(super) fn determined(say: &Say<'_>) -> Option<Markup> {
    let all = &say.dossier.determined;
    if all.is_empty() {
        return Some(html! { p { (say.t("case.determined-none")) } });
    }
    Some(html! { @for one in all { (determination(say, one, 3)) } })
}

/// One determination, under a heading of that level.
pub(super) fn determination(say: &Say<'_>, one: &Determined, level: u8) -> Markup {
    let c = &say.ctx.c;
    let by = say.doers(&one.by, "list.and");
    let answer = match one.stance.prohibited {
        Answer::Yes => "case.says-prohibited",
        Answer::No => "case.says-not-prohibited",
        Answer::Unclear => "case.says-open",
    };
    let title = c.fill(answer, &[("who", &by)]);
    html! {
        div.determination {
            (crate::page::heading(level, None, &iso(&title)))
            p {
                (badge("determined", one.kind, &c.word("case.kind", one.kind))) " "
                (say.when(one.when)) " " span.quiet { (say.stage(&one.stage)) " · " (iso(&c.fill("case.entry", &[("n", &one.entry.to_string())]))) }
            }
            @if !one.without.is_empty() { p { (iso(&c.fill("case.without", &[("who", &say.doers(&one.without, "list.and"))]))) } }
            (say.stance(&one.stance))
            @for (doer, entry, gravity, words) in &one.given {
                div.reasons {
                    p.quiet {
                        (iso(&c.fill("case.reasons-of", &[("who", &say.doer(doer)), ("n", &entry.to_string())])))
                        @if let Some(word) = gravity.as_ref().filter(|word| one.stance.gravity.as_ref() != Some(word)) { " · " (c.word("case.line", "gravity")) ": " bdi dir="auto" { (clean(word)) } }
                    }
                    (say.said(words))
                }
            }
            @for dissent in say.dossier.dissents.iter().filter(|dissent| dissent.of == one.entry) { (dissented(say, dissent)) }
        }
    }
}

fn dissented(say: &Say<'_>, one: &Dissented) -> Markup {
    let said = [("who", say.doer(&one.by)), ("n", one.entry.to_string())];
    let said: Vec<(&str, &str)> = said.iter().map(|(key, value)| (*key, value.as_str())).collect();
    html! { div.dissent { p { strong { (iso(&say.ctx.c.fill("case.dissent-of", &said))) } } (say.said(&one.words)) } }
}

/// The log of means short of force.
pub(super) fn means(say: &Say<'_>) -> Option<Markup> {
    let all = &say.dossier.means;
    (!all.is_empty()).then(|| tried(say, all))
}

/// Means short of force that were tried, in one case.
pub(super) fn tried(say: &Say<'_>, all: &[Attempt]) -> Markup {
    say.table(
        say.ctx.c.t("case.means-caption"),
        all,
        &[
            ("when", &|one: &Attempt| say.when(one.when)),
            ("by-whom", &|one: &Attempt| iso(&isolate(&say.doer(&one.by)))),
            ("what", &|one: &Attempt| say.said(&one.words)),
            ("entry", &|one: &Attempt| say.entry(one.entry)),
        ],
    )
}

/// Remedies and undertakings, and whether they were kept.
pub(super) fn pledges(say: &Say<'_>) -> Option<Markup> {
    let all = &say.dossier.pledges;
    if all.is_empty() {
        return None;
    }
    let c = &say.ctx.c;
    let kind = |one: &Pledge| {
        html! { (c.t(if one.is_remedy { "case.remedy" } else { "case.undertaking" })) (say.said(&one.words)) }
    };
    let kept = |one: &Pledge| match &one.kept {
        Some((kept, when, entry)) => html! {
            strong { (c.t(if *kept { "case.kept" } else { "case.not-kept" })) } br; (say.when(*when)) " " (say.entry(*entry))
        },
        None if one.is_overdue => html! { strong { (c.t("case.overdue")) } },
        None => html! { (c.t("case.awaited")) },
    };
    Some(say.table(
        c.t("case.pledges-caption"),
        all,
        &[
            ("what", &kind),
            ("whose", &|one: &Pledge| iso(&say.doers(&one.by, "list.and"))),
            ("given", &|one: &Pledge| say.when(one.when)),
            ("due", &|one: &Pledge| say.when(one.due)),
            ("kept", &kept),
            ("entry", &|one: &Pledge| say.entry(one.entry)),
        ],
    ))
}
