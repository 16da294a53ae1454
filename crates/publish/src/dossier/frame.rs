//! What stands around the lists of a dossier: who may read it, what the reader must do, allegation, clause, where the case stands, proof.

use maud::{Markup, html};
use truceline_model::{Alleger, Doer, DueLine, Release, Threshold, When};

use super::say::Say;
use super::{DossierProof, Inclusion, lines};
use crate::page::{Column, badge};
use crate::safe::{clean, html as iso, isolate};

/// Whom it is for and what is left out of it; against whom, and where the case stands.
pub(super) fn lead(say: &Say<'_>) -> Markup {
    let (c, dossier) = (&say.ctx.c, say.dossier);
    let release = dossier.release.as_str();
    let reader = match &dossier.release {
        Release::Party(party) => say.ctx.actor(party.as_str()),
        _ => String::new(),
    };
    html! {
        p.lead { (iso(&against(say))) }
        p { (c.t("case.stands-at")) " " strong { (say.stage(&dossier.stands)) } }
        p.release {
            (badge("release", release, &c.word("case.release", release))) " "
            (iso(&c.fill(&format!("case.release-says.{release}"), &[("party", &reader)])))
        }
    }
}

fn against(say: &Say<'_>) -> String {
    let c = &say.ctx.c;
    let names = say.actors(&say.dossier.respondents, "list.or");
    match say.dossier.respondents.len() {
        0 => c.t("case.against-nobody").to_owned(),
        1 => c.fill("case.against", &[("who", &names)]),
        _ => c.fill("case.against-one-of", &[("who", &names)]),
    }
}

pub(super) fn contents(say: &Say<'_>, proof: &DossierProof, parts: &[(&'static str, Markup)]) -> Markup {
    html! {
        nav.contents aria-label=(say.ctx.c.t("nav.contents")) {
            ul {
                @for (id, _) in parts { li { a href=(format!("#case-{id}")) { (say.ctx.c.word("case.section", id)) } } }
                @if proof.size > 0 { li { a href="#case-proof" { (say.ctx.c.word("case.section", "proof")) } } }
            }
        }
    }
}

/// What a party must do, in all its cases.
pub(super) fn due(say: &Say<'_>) -> Option<Markup> {
    let Release::Party(_) = say.dossier.release else { return None };
    let c = &say.ctx.c;
    if say.dossier.due.is_empty() {
        return Some(html! { p { (c.t("case.due-nothing")) } });
    }
    let what = |line: &DueLine| match (&line.stage, line.is_remedy) {
        (Some(stage), _) => say.stage(stage),
        (None, true) => html! { (c.t("case.remedy")) },
        (None, false) => html! { (c.t("case.undertaking")) },
    };
    let silence = |line: &DueLine| match &line.silence {
        Some(stage) => html! { (say.stage(stage)) (effect(say, stage.excludes, stage.readmits)) },
        None => html! { (c.t("case.silence-pledge")) },
    };
    let by = |line: &DueLine| {
        html! {
            (say.when(When { at: line.due, is_day: false }))
            @if line.is_overdue { br; strong { (c.t("case.overdue")) } }
        }
    };
    let table = say.table(
        c.t("case.due-caption"),
        &say.dossier.due,
        &[
            ("by", &by),
            ("case", &|line: &DueLine| html! { bdi { "c" (line.case) } }),
            ("asked", &what),
            ("silence", &silence),
        ],
    );
    Some(html! { (table) })
}

fn effect(say: &Say<'_>, excludes: bool, readmits: bool) -> Markup {
    html! {
        @if excludes { br; strong { (say.t("case.excludes")) } }
        @if readmits { br; (say.t("case.readmits")) }
    }
}

pub(super) fn allegation(say: &Say<'_>) -> Option<Markup> {
    let (c, dossier) = (&say.ctx.c, say.dossier);
    let alleger = |one: &Alleger| match one {
        Alleger::Party(actor) => isolate(&say.ctx.actor(actor.as_str())),
        Alleger::Mission => c.t("case.alleger-mission").to_owned(),
        Alleger::Public(Some(receipt)) => {
            c.fill("case.alleger-public-receipt", &[("receipt", &receipt.to_string())])
        }
        Alleger::Public(None) => c.t("case.alleger-public").to_owned(),
        Alleger::Threshold(Threshold::Persistent) => c.t("case.alleger-persistent").to_owned(),
        Alleger::Threshold(Threshold::Unmet) => c.t("case.alleger-unmet").to_owned(),
        Alleger::NotSaid => c.t("case.alleger-not-said").to_owned(),
    };
    // One is named; of several or none the whole sentence says how that stands.
    let accused = match dossier.respondents.len() {
        1 => say.actors(&dossier.respondents, "list.or"),
        _ => against(say),
    };
    Some(html! {
        dl.facts {
            (say.line("alleged-by", &html! { ul.plain {
                @if dossier.alleged.is_empty() { li { (c.t("case.alleger-gone")) } }
                @for (one, entry) in &dossier.alleged { li { (iso(&alleger(one))) @if let Some(entry) = entry { " " span.quiet { (iso(&c.fill("case.entry", &[("n", &entry.to_string())]))) } } } }
            } }))
            (say.line("against", &iso(&accused)))
            (say.line("opened", &html! { (say.when(dossier.opened)) }))
            @if let Some(passed) = dossier.passed { (say.line("passed", &html! { (say.when(passed)) })) }
            @if let Some(hand) = &dossier.opened_by { (say.line("opened-by", &say.hand(hand))) }
            @if !dossier.rests_on.is_empty() { (say.line("rests-on", &iso(&say.cases(&dossier.rests_on)))) }
        }
        (say.said(&dossier.allegation))
        @if !dossier.disclosed.is_empty() {
            @let names = say.actors(dossier.disclosed.iter().map(|(to, _)| to), "list.and");
            p.quiet { (iso(&c.fill("case.allegation-disclosed", &[("who", &names)]))) }
        }
    })
}

/// The clause's own words, and what it restates.
pub(super) fn clause(say: &Say<'_>) -> Option<Markup> {
    let ctx = say.ctx;
    let clause = ctx.view.clauses.iter().find(|clause| *clause.id == say.dossier.clause)?;
    Some(html! {
        h3 { (ctx.text(&clause.title)) }
        p.quiet { (ctx.c.word("clause-kind", clause.kind)) @if !clause.paragraph.is_empty() { " · " (ctx.phrase(&clause.paragraph)) } }
        blockquote { (ctx.prose(&clause.prose)) }
        p.ihl { (ctx.t("ihl")) }
    })
}

/// Who must act now, by when, and what their silence does.
pub(super) fn stands(say: &Say<'_>) -> Option<Markup> {
    let c = &say.ctx.c;
    let Some(waiting) = &say.dossier.waiting else {
        let stands = &say.dossier.stands;
        return Some(
            html! { p { (c.t("case.ended")) " " strong { (say.stage(stands)) } (effect(say, stands.excludes, stands.readmits)) } },
        );
    };
    let last = if waiting.is_any { "list.or" } else { "list.and" };
    Some(html! {
        @if waiting.is_reader { p { strong { (c.t("case.your-turn")) } } }
        dl.facts {
            (say.line("step", &say.stage(&waiting.stage)))
            (say.line("must-act", &iso(&say.doers(&waiting.who, last))))
            (say.line("due", &say.when(waiting.due)))
            (say.line("can-follow", &html! { ul.plain { @for stage in &waiting.then { li { (say.stage(stage)) (effect(say, stage.excludes, stage.readmits)) } } } }))
            (say.line("silence", &html! { (say.stage(&waiting.silence)) (effect(say, waiting.silence.excludes, waiting.silence.readmits)) }))
            @if !say.dossier.recused.is_empty() {
                (say.line("recused", &html! { ul.plain { @for (doer, entry) in &say.dossier.recused { li { (recused(say, doer, *entry)) } } } }))
            }
        }
    })
}

fn recused(say: &Say<'_>, doer: &Doer, entry: Option<u64>) -> Markup {
    let number = entry.map(|entry| say.ctx.c.fill("case.entry", &[("n", &entry.to_string())]));
    html! { (iso(&isolate(&say.doer(doer)))) @if let Some(number) = &number { " " span.quiet { (iso(number)) } } }
}

/// That it stands in the record: the checkpoint, and for each entry named its leaf and the way to the root.
pub(super) fn proof(say: &Say<'_>, proof: &DossierProof) -> Markup {
    if proof.size == 0 {
        return html! {};
    }
    let c = &say.ctx.c;
    let named = say.dossier.proven();
    let all: Vec<&Inclusion> = proof.inclusions.iter().filter(|one| named.contains(&one.entry)).collect();
    let names: Vec<String> = proof.cosigned_by.iter().map(|name| clean(name)).collect();
    let given = |one: &&Inclusion| {
        let Some(given) = &one.given else { return html! {} };
        html! {
            (c.word("case.vouched", given.vouched.as_str()))
            @if let Some(office) = &given.office { br; span.quiet { (iso(&c.fill("case.by-office", &[("office", &isolate(&clean(office)))]))) } }
        }
    };
    let is_told = say.dossier.release.is_mission() && all.iter().any(|one| one.given.is_some());
    let entry = |one: &&Inclusion| say.entry(Some(one.entry));
    let leaf = |one: &&Inclusion| html! { code dir="ltr" { (clean(&one.leaf)) } };
    let path = |one: &&Inclusion| html! { details { summary { (iso(&c.count("case.hashes", one.path.len() as u64, &[]))) } @for hash in &one.path { code dir="ltr" { (clean(hash)) } br; } } };
    let mut columns: Vec<Column<'_, &Inclusion>> = vec![("entry", &entry), ("leaf", &leaf), ("path", &path)];
    if is_told {
        columns.insert(1, ("vouched", &given));
    }
    let body = html! {
        p { (iso(&c.fill("case.proof-says", &[("size", &proof.size.to_string())]))) }
        @if !names.is_empty() { p { (iso(&c.fill("case.cosigned", &[("who", &c.list(&names, "list.and"))]))) } }
        @if let Some(note) = &proof.checkpoint { pre dir="ltr" { (lines(note)) } }
        (say.table(c.t("case.proof-caption"), &all, &columns))
        p.quiet { (c.t("case.proof-check")) }
    };
    say.section("proof", &body)
}
