//! Whose word a statement is: "a joint statement by X and Y", "X issued a statement accusing Y", "in a statement from X".
//!
//! A paper speaks for whoever made it; where the sentence does not say who did, the paper itself stays.

use super::Value;
use super::deal_who::listed;
use super::page::Page;
use super::phrases::{party, subjects};

/// Papers that speak for somebody.
const PAPERS: [&str; 12] = [
    "statement",
    "statements",
    "communique",
    "declaration",
    "report",
    "message",
    "release",
    "post",
    "letter",
    "note",
    "document",
    "briefing",
];

/// The speaker, or those who made the paper that is named as one.
pub(crate) fn owners(page: &Page<'_>, value: &Value) -> Vec<Value> {
    let own = || vec![value.clone()];
    if page.language != "en" {
        return own();
    }
    let from = page.tokens.partition_point(|t| u32::try_from(t.start).unwrap_or(u32::MAX) < value.span.start);
    let to = page.tokens.partition_point(|t| u32::try_from(t.end).unwrap_or(u32::MAX) <= value.span.end);
    let Some(paper) =
        (from..to).rev().find(|i| page.token(*i).word()).filter(|i| page.token(*i).any(&PAPERS))
    else {
        return own();
    };
    let Some(sentence) = page.sentence_at(paper) else { return own() };
    // "A joint statement by X and Y", "from the government of X".
    let at = (paper + 1..sentence.1.min(paper + 6))
        .take_while(|i| page.token(*i).word() || page.date_over(*i).is_some())
        .find(|i| page.token(*i).any(&["by", "from", "of"]));
    if let Some(by) = at {
        let found = listed(page, by + 1, sentence.1);
        if !found.is_empty() {
            return found.into_iter().map(|p| party(page, p)).collect();
        }
    }
    // "X issued a statement", "X said in a statement".
    let verb = (from.saturating_sub(4).max(sentence.0)..from).rev().find(|i| {
        page.token(*i).any(&[
            "issued",
            "released",
            "published",
            "made",
            "posted",
            "sent",
            "issue",
            "in",
            "through",
            "via",
        ])
    });
    if let Some(verb) = verb {
        let led = page.token(verb).any(&["in", "through", "via"]);
        let at = if led { verb.saturating_sub(1) } else { verb };
        let found = subjects(page, at.max(sentence.0), sentence.0, 1);
        let sane = found.iter().all(|p| super::deal_who::somebody(page, p.0, p.1));
        if !found.is_empty() && sane {
            let early = |to: usize| usize::from(page.token(to - 1).any(&["late", "early", "earlier"]));
            return found.into_iter().map(|p| party(page, (p.0, p.1 - early(p.1)))).collect();
        }
    }
    own()
}
