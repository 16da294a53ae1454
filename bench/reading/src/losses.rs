//! Where values are lost: of what is labelled, what lies in claims that were not found, what was not taken although the first grammars
//! saw it, what they did not see; of what was found, what is wrong. A bound on what choosing otherwise could give.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value as Json, json};
use truceline_intake::prose::Loose;
use truceline_score::pair::pairs;
use truceline_score::{Claim, Kind, Span, Value, right};

use crate::Result;
use crate::labelled::{READABLE, set};
use crate::options::Options;
use crate::report::Report;

/// Counts of one field.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    gold: u64,
    found: u64,
    right: u64,
    /// Labelled, in claims that were not found.
    missed: u64,
    /// Of those, what the first grammars saw.
    missed_seen: u64,
    /// Labelled, in claims that were found, the field empty.
    empty: u64,
    /// Of those, seen.
    empty_seen: u64,
    /// Labelled and not right, the field not empty.
    wrong: u64,
    /// Of those, seen.
    wrong_seen: u64,
    /// Found in claims that no label asks for.
    stray: u64,
}

/// Counts of the sets that may be read.
///
/// # Errors
/// When labels, texts or tables cannot be read.
pub fn measure(options: &Options) -> Result<Report> {
    let mut all: BTreeMap<(Kind, String), Counts> = BTreeMap::new();
    for name in READABLE {
        let Some((gold, mut reader)) = set(options, name)? else { continue };
        for document in &gold.documents {
            let text = document.text.as_deref().unwrap_or_default();
            let (date, country) = (document.reference_date.as_deref(), document.country.as_deref());
            let found = reader.claims(&document.name, text, date, country)?;
            let loose = reader.loose(&document.name, text, date, country);
            let at = Places::of(text);
            let loose: Vec<Seen> = loose.iter().map(|l| Seen::of(l, &at)).collect();
            count(&document.claims, &found, &loose, &mut all);
        }
    }
    Ok(show(&all))
}

/// For each byte of a text, which character it belongs to.
struct Places(Vec<usize>);

impl Places {
    fn of(text: &str) -> Self {
        let each = text.chars().enumerate().flat_map(|(at, c)| std::iter::repeat_n(at, c.len_utf8()));
        Self(each.chain(std::iter::once(text.chars().count())).collect())
    }

    fn span(&self, span: truceline_model::Span) -> Span {
        let of = |byte: u32| self.0.get(byte as usize).copied().unwrap_or(0);
        Span { start: of(span.start), end: of(span.end) }
    }
}

/// A value that could be one, as the scorer takes them.
struct Seen {
    kind: &'static str,
    field: &'static str,
    value: Value,
    sentence: Span,
}

impl Seen {
    fn of(loose: &Loose, at: &Places) -> Self {
        let bounds = loose.value.bounds;
        let value = Value {
            span: at.span(loose.value.span),
            norm: loose.value.norm.clone(),
            id: loose.value.registry.clone(),
            min: bounds.map(|b| u64::from(b.min)),
            max: bounds.and_then(|b| b.max).map(u64::from),
            ..Value::default()
        };
        Self {
            kind: loose.kind.as_str(),
            field: loose.field.as_str(),
            value,
            sentence: at.span(loose.sentence),
        }
    }
}

fn count(gold: &[Claim], found: &[Claim], loose: &[Seen], all: &mut BTreeMap<(Kind, String), Counts>) {
    let paired = pairs(gold, found);
    let of = |g: usize| paired.iter().find(|pair| pair.0 == g).and_then(|pair| found.get(pair.1));
    for (number, claim) in gold.iter().enumerate() {
        for (field, values) in &claim.fields {
            let own = all.entry((claim.kind, field.clone())).or_default();
            let taken = of(number).map_or(&[][..], |f| f.field(field));
            for value in values {
                own.gold += 1;
                let seen = u64::from(loose.iter().any(|l| could(claim, field, value, l)));
                match of(number) {
                    None => (own.missed, own.missed_seen) = (own.missed + 1, own.missed_seen + seen),
                    Some(_) if taken.iter().any(|t| right::is_right(field, value, t)) => own.right += 1,
                    Some(_) if taken.is_empty() => {
                        (own.empty, own.empty_seen) = (own.empty + 1, own.empty_seen + seen);
                    }
                    Some(_) => (own.wrong, own.wrong_seen) = (own.wrong + 1, own.wrong_seen + seen),
                }
            }
        }
    }
    for (number, claim) in found.iter().enumerate() {
        let stray = !paired.iter().any(|pair| pair.1 == number);
        for (field, values) in &claim.fields {
            let own = all.entry((claim.kind, field.clone())).or_default();
            own.found += values.len() as u64;
            own.stray += if stray { values.len() as u64 } else { 0 };
        }
    }
}

/// Whether a value that the grammars saw would be right for a labelled one.
fn could(claim: &Claim, field: &str, value: &Value, seen: &Seen) -> bool {
    let near = claim.span.meets(seen.sentence) || value.outside;
    seen.kind == claim.kind.as_str()
        && seen.field == field
        && near
        && right::is_right(field, value, &seen.value)
}

fn show(all: &BTreeMap<(Kind, String), Counts>) -> Report {
    let mut text = "| kind, field | labelled | found | right | claim missed (seen) | empty (seen) | wrong (seen) | in strays |\n|---|---|---|---|---|---|---|---|\n".to_owned();
    let mut by_field: BTreeMap<String, Json> = BTreeMap::new();
    for ((kind, field), c) in all {
        let _ = writeln!(
            text,
            "| {} {field} | {} | {} | {} | {} ({}) | {} ({}) | {} ({}) | {} |",
            kind.as_str(),
            c.gold,
            c.found,
            c.right,
            c.missed,
            c.missed_seen,
            c.empty,
            c.empty_seen,
            c.wrong,
            c.wrong_seen,
            c.stray
        );
        by_field.insert(
            format!("{} {field}", kind.as_str()),
            json!([c.gold, c.found, c.right, c.missed, c.empty, c.wrong, c.stray]),
        );
    }
    Report::Done { text, json: json!(by_field) }
}
