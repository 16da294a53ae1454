//! The figures as a table for people and as JSON for scripts. Says ids, never a word of a text: a frozen set can be shown too.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::claim::Kind;
use crate::figures::{Claims, Figures, Share};
use crate::right::Held;
use crate::trap::Verdict;

/// A share as `.934`, `1.000`, or a dash of nothing.
#[must_use]
pub fn shown(share: Share) -> String {
    share.thousandths().map_or_else(|| "-".to_owned(), |t| format!("{}.{:03}", t / 1000, t % 1000))
}

/// Time for one of so many, in milliseconds with three decimals, of nanoseconds over all.
#[must_use]
pub fn ms_each(ns: u64, of: u64) -> String {
    let micro = (ns / 1000).checked_div(of).unwrap_or(0);
    format!("{}.{:03}", micro / 1000, micro % 1000)
}

/// As tables in Markdown.
#[must_use]
pub fn table(figures: &Figures) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{} documents\n", figures.documents);
    text += "| claims | labelled | core | found | matched | precision | recall | core recall | same sub |\n|---|---|---|---|---|---|---|---|---|\n";
    for (kind, own) in &figures.claims {
        text += &claims_row(kind.as_str(), own);
    }
    text += &claims_row("all", &figures.all_claims());
    text += "\n| values, end to end | labelled | found | right | precision | recall | F1 |\n|---|---|---|---|---|---|---|\n";
    for ((kind, field), held) in &figures.fields {
        text += &held_row(&format!("{} {field}", kind.as_str()), *held);
    }
    for kind in Kind::ALL {
        if figures.fields.keys().any(|(of, _)| *of == kind) {
            text += &held_row(&format!("**{}**", kind.as_str()), figures.of_kind(kind));
        }
    }
    text += &held_row("**all but statements**", figures.without_statements());
    text += &held_row("**all**", figures.all());
    let own = figures.casualties;
    let wrong = own.found.saturating_sub(own.right);
    let _ = writeln!(
        text,
        "\nbounds of killed and wounded right: {} of {}; {wrong} found too much",
        own.right, own.gold
    );
    let _ = writeln!(
        text,
        "invented values: {}; claims off the text: {}",
        figures.invented(),
        figures.claims_off()
    );
    for (doc, off) in figures.off.iter().take(50) {
        let field = off.field.as_deref().unwrap_or("the claim itself");
        let _ = writeln!(text, "  {doc}, claim {}, {field}: {}", off.claim, off.why);
    }
    if !figures.traps.is_empty() {
        let sprung = figures.sprung();
        let _ = writeln!(
            text,
            "traps sprung: {} of {} tried, of {}",
            sprung.part,
            sprung.of,
            figures.traps.len()
        );
        for (rule, doc, verdict) in &figures.traps {
            match verdict {
                Verdict::Kept => {}
                Verdict::Sprung(by) if by.is_empty() => {
                    let _ = writeln!(text, "  {} in {doc}: lost", rule.as_str());
                }
                Verdict::Sprung(by) => {
                    let _ = writeln!(text, "  {} in {doc}: by {}", rule.as_str(), by.join(", "));
                }
                Verdict::NotTried => {
                    let _ = writeln!(text, "  {} in {doc}: not tried", rule.as_str());
                }
            }
        }
    }
    text
}

fn claims_row(name: &str, own: &Claims) -> String {
    format!(
        "| {name} | {} | {} | {} | {} | {} | {} | {} ({} of {}) | {} |\n",
        own.gold,
        own.core,
        own.found,
        own.matched,
        shown(own.precision()),
        shown(own.recall()),
        shown(own.core_recall()),
        own.matched_core,
        own.core,
        own.same_sub
    )
}

fn held_row(name: &str, held: Held) -> String {
    format!(
        "| {name} | {} | {} | {} | {} | {} | {} |\n",
        held.gold,
        held.found,
        held.right,
        shown(held.precision()),
        shown(held.recall()),
        shown(held.f1())
    )
}

/// As JSON; shares in thousandths.
#[must_use]
pub fn json(figures: &Figures) -> Json {
    let claims: serde_json::Map<String, Json> =
        figures.claims.iter().map(|(kind, own)| (kind.as_str().to_owned(), claims_json(own))).collect();
    let fields: Vec<Json> = figures
        .fields
        .iter()
        .map(|((kind, field), held)| {
            let mut one = held_json(*held);
            if let Some(one) = one.as_object_mut() {
                one.insert("kind".to_owned(), kind.as_str().into());
                one.insert("field".to_owned(), field.as_str().into());
            }
            one
        })
        .collect();
    let kinds: serde_json::Map<String, Json> = Kind::ALL
        .into_iter()
        .map(|kind| (kind.as_str().to_owned(), held_json(figures.of_kind(kind))))
        .collect();
    let traps: Vec<Json> = figures
        .traps
        .iter()
        .map(|(rule, doc, verdict)| {
            let (state, by) = match verdict {
                Verdict::Kept => ("kept", &[][..]),
                Verdict::Sprung(by) => ("sprung", by.as_slice()),
                Verdict::NotTried => ("not_tried", &[][..]),
            };
            json!({ "rule": rule.as_str(), "doc": doc, "state": state, "by": by })
        })
        .collect();
    json!({
        "documents": figures.documents,
        "shares_in": "thousandths",
        "claims": claims,
        "all_claims": claims_json(&figures.all_claims()),
        "fields": fields,
        "field_f1": { "by_kind": kinds, "all_but_statements": held_json(figures.without_statements()),
            "all": held_json(figures.all()) },
        "bounds": { "labelled": figures.casualties.gold, "right": figures.casualties.right,
            "found_too_much": figures.casualties.found.saturating_sub(figures.casualties.right) },
        "invented_values": figures.invented(),
        "claims_off_the_text": figures.claims_off(),
        "off": figures.off.iter().take(50).map(|(doc, off)| json!({ "doc": doc, "claim": off.claim, "field": off.field, "why": off.why }))
            .collect::<Vec<_>>(),
        "traps": { "sprung": figures.sprung().part, "tried": figures.sprung().of, "each": traps },
    })
}

fn claims_json(own: &Claims) -> Json {
    json!({ "labelled": own.gold, "core": own.core, "found": own.found, "matched": own.matched, "matched_core": own.matched_core,
        "same_sub": own.same_sub, "precision": own.precision().thousandths(), "recall": own.recall().thousandths(),
        "core_recall": own.core_recall().thousandths() })
}

fn held_json(held: Held) -> Json {
    json!({ "labelled": held.gold, "found": held.found, "right": held.right, "precision": held.precision().thousandths(),
        "recall": held.recall().thousandths(), "f1": held.f1().thousandths() })
}
