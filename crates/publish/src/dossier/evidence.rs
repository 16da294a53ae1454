//! Evidence, a list for each side, with its custody: entry, receipt, digest, who put it there, to whom it was disclosed.
//!
//! A sealed item says that it is sealed and nothing more; a destroyed one that it was destroyed.

use std::collections::BTreeSet;

use maud::{Markup, html};
use truceline_model::{Doer, Item, Release, Said};

use super::say::Say;
use crate::safe::{clean, html as iso, isolate};

/// The lists; `None` outside the mission and the parties.
pub(super) fn lists(say: &Say<'_>) -> Option<Markup> {
    let items = &say.dossier.evidence;
    if say.dossier.release == Release::Public {
        return None;
    }
    if items.is_empty() {
        return Some(html! { p { (say.t("case.evidence-none")) } });
    }
    let sides: BTreeSet<&Doer> = items.iter().map(|item| &item.hand.doer).collect();
    Some(html! {
        @for side in sides {
            @let name = isolate(&say.doer(side));
            @let of: Vec<&Item> = items.iter().filter(|item| item.hand.doer == *side).collect();
            h3 { (iso(&name)) }
            (list(say, &say.ctx.c.fill("case.evidence-caption", &[("side", &name)]), &of))
        }
        @if let Release::Party(_) = say.dossier.release { p.quiet { (say.t("case.evidence-party")) } }
    })
}

fn list(say: &Say<'_>, caption: &str, items: &[&Item]) -> Markup {
    let what = |item: &&Item| {
        html! {
            @if item.is_sealed { span.tag { (say.t("case.sealed")) } }
            (say.said(&item.words))
            @if item.words == Said::Nothing { p.quiet { (say.t("case.no-words")) } }
        }
    };
    let came = |item: &&Item| {
        html! {
            @match item.receipt { Some(receipt) => bdi.receipt { (receipt) }, None => (say.t("dash")) }
            @if let Some(digest) = &item.digest { br; code dir="ltr" { (clean(digest)) } }
        }
    };
    let disclosed = |item: &&Item| {
        html! {
            @if item.disclosed.is_empty() { (say.t("case.not-disclosed")) }
            ul.plain { @for (to, entry) in &item.disclosed { li {
                (iso(&isolate(&say.ctx.actor(to.as_str()))))
                @if let Some(entry) = entry { " " span.quiet { (iso(&say.ctx.c.fill("case.entry", &[("n", &entry.to_string())]))) } }
            } } }
        }
    };
    say.table(
        caption,
        items,
        &[
            ("entry", &|item: &&Item| say.entry(item.entry)),
            (
                "added",
                &|item: &&Item| html! { (say.when(item.when)) br; span.quiet { (say.hand(&item.hand)) } },
            ),
            ("receipt", &came),
            ("what", &what),
            ("disclosed", &disclosed),
        ],
    )
}
