//! A document as the weighing sees it: sentences with their words and marks, and the reader's claims.

use truceline_intake::prose::Mark;
use truceline_score::{Claim, Kind};

/// A word with where it stands, in bytes.
#[derive(Clone, Debug)]
pub struct Word {
    /// Its first byte.
    pub start: usize,
    /// The first byte after it.
    pub end: usize,
    /// As it is compared.
    pub text: String,
}

/// A sentence.
#[derive(Clone, Debug, Default)]
pub struct Sentence {
    /// Its words; what is only marks is none.
    pub words: Vec<Word>,
    /// Its marks, in order.
    pub marks: Vec<Mark>,
    /// Incident claims that begin in it.
    pub claims: Vec<usize>,
}

/// A document.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its text.
    pub text: String,
    /// In order.
    pub sentences: Vec<Sentence>,
    /// The reader's.
    pub claims: Vec<Claim>,
}

impl Page {
    /// Of a text, its marks and its claims.
    #[must_use]
    pub fn new(text: &str, marks: Vec<Mark>, claims: Vec<Claim>) -> Self {
        let mut sentences: Vec<Sentence> = Vec::new();
        for mark in marks {
            while sentences.len() <= mark.sentence {
                sentences.push(Sentence::default());
            }
            let Some(own) = sentences.get_mut(mark.sentence) else { continue };
            if mark.sort == "sentence" {
                own.words = words(text, mark.span.start as usize, mark.span.end as usize);
            } else {
                own.marks.push(mark);
            }
        }
        for (number, claim) in claims.iter().enumerate().filter(|(_, claim)| claim.kind == Kind::Incident) {
            let at = claim.bytes.map_or(0, |span| span.start);
            if let Some(own) = sentences.iter_mut().find(|sentence| sentence.holds(at)) {
                own.claims.push(number);
            }
        }
        Self { text: text.to_owned(), sentences, claims }
    }
}

impl Sentence {
    fn holds(&self, at: usize) -> bool {
        let from = self.words.first().map_or(usize::MAX, |word| word.start);
        self.words.last().is_some_and(|word| from <= at && at < word.end)
    }

    /// The words that a stretch covers: first, and after the last.
    #[must_use]
    pub fn range(&self, start: usize, end: usize) -> (usize, usize) {
        let from = self.words.partition_point(|word| word.end <= start);
        let to = self.words.partition_point(|word| word.start < end);
        (from, to.max(from))
    }

    /// A word; none beside the sentence.
    #[must_use]
    pub fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.text.as_str())
    }
}

fn words(text: &str, start: usize, end: usize) -> Vec<Word> {
    let mut out = Vec::new();
    let whole = text.get(start..end).unwrap_or_default();
    let mut from = 0;
    for piece in whole.split_inclusive(char::is_whitespace) {
        let bare = piece.trim_end();
        let own: String = bare.to_lowercase().chars().filter(|c| !c.is_ascii_punctuation()).collect();
        if !own.is_empty() {
            out.push(Word { start: start + from, end: start + from + bare.len(), text: own });
        }
        from += piece.len();
    }
    out
}
