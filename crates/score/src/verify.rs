//! What is invented: a value or a claim whose words are not what the text has at its span.
//!
//! Trusts neither the words nor the two kinds of offset: the span in Unicode scalar values must lie within the text and cut out exactly
//! these words, and the span in bytes, where given, must be the same stretch. It cannot see a value that is in the text and wrong.

use crate::claim::{Claim, Span};

/// One thing that is not in the text where it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Off {
    /// The claim.
    pub claim: String,
    /// The field; none: the claim's own span.
    pub field: Option<String>,
    /// Why.
    pub why: &'static str,
}

/// Where each Unicode scalar value of a text starts, in bytes, and where the text ends.
#[derive(Clone, Debug)]
pub struct Starts(Vec<usize>);

impl Starts {
    /// Of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(text.char_indices().map(|(at, _)| at).chain([text.len()]).collect())
    }

    /// A span in bytes; none when it lies off the text.
    #[must_use]
    pub fn bytes(&self, span: Span) -> Option<Span> {
        let (start, end) = (*self.0.get(span.start)?, *self.0.get(span.end)?);
        (start <= end).then_some(Span { start, end })
    }

    /// A span in Unicode scalar values of one in bytes; none when it cuts one in two.
    #[must_use]
    pub fn chars(&self, start: usize, end: usize) -> Option<Span> {
        Some(Span { start: self.0.binary_search(&start).ok()?, end: self.0.binary_search(&end).ok()? })
    }
}

/// Everything in the claims that is not in the text where it says.
#[must_use]
pub fn off(claims: &[Claim], text: &str) -> Vec<Off> {
    let starts = Starts::of(text);
    let mut all = Vec::new();
    for claim in claims {
        if let Some(why) = wrong(text, &starts, &claim.text, claim.span, claim.bytes) {
            all.push(Off { claim: claim.id.clone(), field: None, why });
        }
        for (field, value) in claim.values() {
            if let Some(why) = wrong(text, &starts, &value.text, value.span, value.bytes) {
                all.push(Off { claim: claim.id.clone(), field: Some(field.to_owned()), why });
            }
        }
    }
    all
}

fn wrong(text: &str, starts: &Starts, words: &str, span: Span, bytes: Option<Span>) -> Option<&'static str> {
    let Some(own) = starts.bytes(span) else { return Some("its span is off the text") };
    if own.is_empty() {
        return Some("its span is empty");
    }
    if text.get(own.start..own.end) != Some(words) {
        return Some("its words are not what the text has there");
    }
    if bytes.is_some_and(|bytes| bytes != own) {
        return Some("its bytes are another stretch than its characters");
    }
    None
}
