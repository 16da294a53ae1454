//! What was done and when, in lists: notices, replies and positions side by side; clocks; the course; what was refused.

use std::collections::BTreeSet;

use maud::{Markup, html};
use truceline_model::{Aside, Doer, Passed, Performed, Said, Ticked, Turned};

use super::say::Say;
use crate::safe::{clean, html as iso, isolate};

/// A row for each step, a column for each who acted in one.
pub(super) fn side_by_side(say: &Say<'_>) -> Option<Markup> {
    let acts = &say.dossier.acts;
    if acts.is_empty() {
        return None;
    }
    let sides: BTreeSet<&Doer> = acts.iter().map(|act| &act.hand.doer).collect();
    let mut steps: Vec<&Performed> = Vec::new();
    for act in acts {
        if !steps.iter().any(|known| known.stage.id == act.stage.id) {
            steps.push(act);
        }
    }
    let caption = say.ctx.c.t("case.positions-caption");
    Some(html! {
        div.scroll role="region" tabindex="0" aria-label=(caption) {
            table.case.sides {
                caption { (caption) }
                thead { tr {
                    th scope="col" { (say.ctx.c.word("case.column", "step")) }
                    @for side in &sides { th scope="col" { (iso(&isolate(&say.doer(side)))) } }
                } }
                tbody { @for step in &steps { tr {
                    th scope="row" { (say.stage(&step.stage)) }
                    @for side in &sides { td {
                        @for act in acts.iter().filter(|act| act.stage.id == step.stage.id && act.hand.doer == **side) { (cell(say, act)) }
                    } }
                } } }
            }
        }
    })
}

fn cell(say: &Say<'_>, act: &Performed) -> Markup {
    html! {
        div.act {
            p { (say.when(act.when)) @if let Some(entry) = act.entry { " " span.quiet { (iso(&say.ctx.c.fill("case.entry", &[("n", &entry.to_string())]))) } } }
            @if act.hand.person.is_some() || act.hand.role.is_some() { p.quiet {
                @if let Some(person) = &act.hand.person { bdi dir="auto" { (clean(person)) } @if act.hand.role.is_some() { (say.t("list.comma")) } }
                @if let Some(role) = act.hand.role { (say.ctx.c.word("case.role", role)) }
            } }
            @if let Some(stance) = &act.stance { (say.stance(stance)) }
            (say.said(&act.words))
            @if act.words == Said::Nothing && act.stance.is_none() { p.quiet { (say.t("case.no-words")) } }
            @if let Some(then) = &act.then { p.quiet { (say.t("case.then")) " " (say.stage(then)) } }
        }
    }
}

/// Every clock: the rule, from when to when, who began, lengthened and stopped it, by which entry.
pub(super) fn clocks(say: &Say<'_>) -> Option<Markup> {
    let clocks = &say.dossier.clocks;
    if clocks.is_empty() {
        return None;
    }
    let c = &say.ctx.c;
    let rule = |clock: &Ticked| {
        let of = match clock.of.as_str() {
            "opening" => c.t("case.from-opening").to_owned(),
            step => {
                let stage = clocks.iter().find(|one| one.stage.id == step).map(|one| &one.stage);
                let name = stage.map_or(step, |stage| stage.name.in_language(c.lang.code()));
                c.fill("case.from-step", &[("step", &clean(name))])
            }
        };
        let said = [
            ("length", say.ctx.length(clock.within)),
            ("of", of),
            ("rule", clean(say.dossier.procedure.as_str())),
        ];
        let said: Vec<(&str, &str)> = said.iter().map(|(key, value)| (*key, value.as_str())).collect();
        html! { (say.stage(&clock.stage)) br; span.quiet { (iso(&c.fill("case.clock-rule", &said))) } }
    };
    let started = |clock: &Ticked| {
        let by = clock.started_by.as_ref();
        html! {
            (say.when(clock.started)) (by_whom(say, by.map(|(entry, _)| *entry), by.and_then(|(_, person)| person.as_ref())))
            @if let Some(begun) = &clock.begun_by {
                br; span.quiet { (c.t("case.begun-by")) " " (say.stage(&begun.stage)) }
                (told(say, begun.recorded, begun.is_told))
            }
        }
    };
    let extended = |clock: &Ticked| match &clock.extended {
        Some((entry, person, before)) => {
            html! { (iso(&c.fill("case.before", &[("when", &say.moment(*before))]))) (by_whom(say, *entry, person.as_ref())) }
        }
        None => say.t("dash"),
    };
    let stopped = |clock: &Ticked| match &clock.stopped {
        Some((when, why, entry, person)) => html! {
            (c.word("case.stopped", why)) br; (say.when(*when)) (by_whom(say, *entry, person.as_ref()))
            @if *why == "lapsed" { (told(say, clock.recorded, clock.is_told)) }
        },
        None => say.t("case.running"),
    };
    let due = |clock: &Ticked| say.when(clock.due);
    Some(html! {
        (say.table(c.t("case.clocks-caption"), clocks, &[
            ("clock", &rule), ("started", &started), ("due", &due), ("extended", &extended), ("stopped", &stopped),
        ]))
        @if !say.dossier.release.is_mission() { p.quiet { (c.t("case.days-only")) } }
    })
}

/// By which entry the record was told that a clock ran out; or that it was not yet.
fn told(say: &Say<'_>, entry: Option<u64>, is_told: bool) -> Markup {
    html! {
        @if let Some(entry) = entry {
            br; span.quiet { (iso(&say.ctx.c.fill("case.recorded", &[("n", &entry.to_string())]))) }
        } @else if !is_told {
            br; span.quiet { (say.ctx.c.t("case.untold")) }
        }
    }
}

fn by_whom(say: &Say<'_>, entry: Option<u64>, person: Option<&String>) -> Markup {
    html! {
        @if entry.is_some() || person.is_some() {
            br;
            span.quiet {
                @if let Some(entry) = entry { (iso(&say.ctx.c.fill("case.entry", &[("n", &entry.to_string())]))) }
                @if let Some(person) = person { " " bdi dir="auto" { (clean(person)) } }
            }
        }
    }
}

/// How the case got where it is.
pub(super) fn course(say: &Say<'_>) -> Option<Markup> {
    let c = &say.ctx.c;
    let from = |one: &Passed| one.from.as_ref().map_or_else(|| say.t("dash"), |stage| say.stage(stage));
    Some(say.table(
        c.t("case.course-caption"),
        &say.dossier.course,
        &[
            ("when", &|one: &Passed| say.when(one.when)),
            ("from", &from),
            ("to", &|one: &Passed| say.stage(&one.to)),
            ("why", &|one: &Passed| html! { (c.word("case.way", one.way)) }),
            ("entry", &|one: &Passed| say.entry(one.entry)),
        ],
    ))
}

/// Acts beside the steps.
pub(super) fn asides(say: &Say<'_>) -> Option<Markup> {
    let asides = &say.dossier.asides;
    if asides.is_empty() {
        return None;
    }
    let c = &say.ctx.c;
    Some(say.table(
        c.t("case.asides-caption"),
        asides,
        &[
            ("entry", &|one: &Aside| say.entry(Some(one.entry))),
            ("when", &|one: &Aside| say.when(one.when)),
            ("by-whom", &|one: &Aside| say.hand(&one.hand)),
            ("what", &|one: &Aside| html! { (c.word("case.act", one.act)) (say.said(&one.words)) }),
        ],
    ))
}

/// Acts that were refused, with the words of the refusal.
pub(super) fn refused(say: &Say<'_>) -> Option<Markup> {
    let refused = &say.dossier.refused;
    if refused.is_empty() {
        return None;
    }
    let c = &say.ctx.c;
    Some(html! {
        p { (c.t("case.refused-kept")) }
        (say.table(c.t("case.refused-caption"), refused, &[
            ("entry", &|one: &Turned| say.entry(Some(one.entry))),
            ("when", &|one: &Turned| say.when(one.when)),
            ("by-whom", &|one: &Turned| say.hand(&one.hand)),
            ("tried", &|one: &Turned| html! { (c.word("case.act", one.act)) }),
            ("why", &|one: &Turned| html! { span lang="en" dir="ltr" { (clean(&one.why)) } }),
        ]))
    })
}
