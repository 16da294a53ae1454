//! Labelled documents.
//!
//! A text may be absent: labels of other people's articles are kept by offset, the articles elsewhere. Whoever scores brings it, and
//! [`Document::fits`] says whether it is the one that was labelled.

use crate::claim::Claim;
use crate::trap::Trap;

/// One labelled document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Its name: a file, or a sentence's id.
    pub name: String,
    /// Its text, where the labels carry it.
    pub text: Option<String>,
    /// How long its text is, in Unicode scalar values, where the labels say so.
    pub chars: Option<usize>,
    /// The day that its dates are read against; of the document, not in the text.
    pub reference_date: Option<String>,
    /// Its language, where the labels say so.
    pub language: Option<String>,
    /// The country of its case, where the labels say so.
    pub country: Option<String>,
    /// What it was written to try, where the labels say so.
    pub category: Option<String>,
    /// What is to be found in it.
    pub claims: Vec<Claim>,
}

impl Document {
    /// Whether a text is as long as the labelled one and has every labelled claim where the labels say.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        self.chars.is_none_or(|chars| chars == text.chars().count())
            && crate::verify::off(&self.claims, text).is_empty()
    }
}

/// A labelled set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gold {
    /// Its documents.
    pub documents: Vec<Document>,
    /// What must not be found in them.
    pub traps: Vec<Trap>,
}
