//! What travels with a referral, and what was decided before on like facts.
//!
//! Determinations and findings are counted in columns of their own and never added. Precedents are shown with every likeness and unlikeness by
//! name; the order is stated.

use maud::{Markup, html};
use truceline_model::{Length, Likeness, OtherCase, Precedent, Referral, Tallied};

use super::decided::{determination, tried};
use super::say::Say;
use crate::safe::{clean, html as iso, isolate};

pub(super) fn pack(say: &Say<'_>) -> Option<Markup> {
    let referral = say.dossier.referral.as_ref()?;
    let c = &say.ctx.c;
    Some(html! {
        ul { @for why in &referral.why { li { (c.word("case.refers", why)) } } }
        p { (iso(&definition(say, referral))) }
        (counts(say, referral))
        p.quiet { (c.t("case.counts-apart")) }
        @for other in &referral.cases { (other_case(say, other)) }
    })
}

/// What is counted, over which time, and from how many on the terms call it persistent.
fn definition(say: &Say<'_>, referral: &Referral) -> String {
    let c = &say.ctx.c;
    let over = match referral.over {
        Some(over) => c.fill("case.counted-over", &[("length", &length(say, over))]),
        None => c.t("case.counted-whole").to_owned(),
    };
    let mut all = vec![over];
    if let Some(n) = referral.needs_determined {
        all.push(c.fill("case.needs-determined", &[("n", &n.to_string())]));
    }
    if let Some(n) = referral.needs_found {
        all.push(c.fill("case.needs-found", &[("n", &n.to_string())]));
    }
    if referral.needs_determined.is_none() && referral.needs_found.is_none() {
        all.push(c.t("case.needs-nothing").to_owned());
    }
    all.join(" ")
}

fn length(say: &Say<'_>, over: Length) -> String {
    say.ctx.length(over)
}

fn counts(say: &Say<'_>, referral: &Referral) -> Markup {
    let c = &say.ctx.c;
    let many = |all: &std::collections::BTreeSet<u64>, reached: Option<bool>| {
        html! {
            strong { (all.len()) } @if !all.is_empty() { br; span.quiet { (iso(&say.cases(all))) } }
            @if reached == Some(true) { br; strong { (c.t("case.persistent")) } }
        }
    };
    let found = |one: &Tallied| {
        html! {
            strong { (one.found.len()) }
            ul.plain { @for id in &one.found { li { (say.incident_link(id)) } } }
            @if one.is_persistent_found == Some(true) { strong { (c.t("case.persistent")) } }
        }
    };
    let party = |one: &Tallied| {
        html! {
            (iso(&isolate(&say.ctx.actor(one.party.as_str()))))
            @if let Some(since) = one.since { br; span.quiet { (iso(&c.fill("case.since", &[("when", &say.moment(since))]))) } }
        }
    };
    say.table(
        c.t("case.counts-caption"),
        &referral.counts,
        &[
            ("party", &party),
            ("determined", &|one: &Tallied| many(&one.determined, one.is_persistent_determined)),
            ("separate", &|one: &Tallied| many(&one.separate, None)),
            ("found-by-all", &found),
            ("alleged", &|one: &Tallied| {
                one.alleged.as_ref().map_or_else(|| say.t("dash"), |all| many(all, None))
            }),
        ],
    )
}

fn other_case(say: &Say<'_>, other: &OtherCase) -> Markup {
    let c = &say.ctx.c;
    let said = [
        ("case", format!("c{}", other.case)),
        ("clause", say.clause(&other.clause)),
        ("who", say.actors(&other.respondents, "list.or")),
    ];
    let said: Vec<(&str, &str)> = said.iter().map(|(key, value)| (*key, value.as_str())).collect();
    html! {
        h3 { (iso(&c.fill("case.other", &said))) }
        p { (c.t("case.stands-at")) " " (say.stage(&other.stands)) }
        @for one in &other.determined { (determination(say, one, 4)) }
        @if !other.means.is_empty() { (tried(say, &other.means)) }
    }
}

/// Earlier determinations and answers on like facts.
pub(super) fn precedents(say: &Say<'_>) -> Option<Markup> {
    let all = &say.dossier.precedents;
    let c = &say.ctx.c;
    let said = [
        ("looked", all.looked_at.to_string()),
        ("alike", all.alike.to_string()),
        ("shown", all.shown.len().to_string()),
    ];
    let said: Vec<(&str, &str)> = said.iter().map(|(key, value)| (*key, value.as_str())).collect();
    Some(html! {
        p { (iso(&c.fill("case.precedents-looked", &said))) }
        p.quiet { (c.t("precedent.note")) " " (c.t("case.precedents-order")) }
        @for one in &all.shown { (precedent(say, one)) }
    })
}

fn precedent(say: &Say<'_>, one: &Precedent) -> Markup {
    let c = &say.ctx.c;
    let title = match (&one.case, &one.judgement) {
        (_, Some((word, answer))) => {
            let asked = say.ctx.fact(&truceline_model::Fact::Judgement(word.clone()));
            c.fill(
                "case.precedent-answer",
                &[("question", &asked), ("answer", &c.word("answer", answer.as_str()))],
            )
        }
        (Some(case), None) => c.fill("case.precedent-case", &[("case", &format!("c{case}"))]),
        (None, None) => String::new(),
    };
    html! {
        h3 { (iso(&title)) }
        p { (say.when(one.when)) " " span.quiet { (iso(&c.fill("case.entry", &[("n", &one.entry.to_string())]))) } }
        @if !one.incidents.is_empty() { ul.plain { @for id in &one.incidents { li { (say.incident_link(id)) } } } }
        @if let Some((stance, kind)) = &one.determined { p { (c.word("case.kind", kind)) } (say.stance(stance)) }
        ul { @for like in &one.likenesses { li { (iso(&likeness(say, like))) } } }
    }
}

fn likeness(say: &Say<'_>, like: &Likeness) -> String {
    let c = &say.ctx.c;
    let word = |value: &String| match like.of {
        "act" => c.word("act", value),
        "weapon" => c.word("weapon", value),
        "target" => c.word("target", value),
        "ground" => say.ctx.actor(value),
        "actor-kind" => c.word("case.actor-kind", value),
        _ => clean(value),
    };
    let list = |all: &std::collections::BTreeSet<String>| match all.is_empty() {
        true => c.t("precedent.not-said").to_owned(),
        false => c.list(&all.iter().map(word).collect::<Vec<_>>(), "list.or"),
    };
    let said = [
        ("name", c.word("case.likeness", like.of)),
        ("here", list(&like.here)),
        ("there", list(&like.there)),
    ];
    let said: Vec<(&str, &str)> = said.iter().map(|(key, value)| (*key, value.as_str())).collect();
    c.fill(&format!("precedent.{}", like.how), &said)
}
