//! What a text's words share with other texts, without the text: marks of the words and names that are seldom used.
//!
//! A mark is a hash and how surprising it is to meet the word at all. Never holds a word, so that no sentence can be read back;
//! never compares anything by itself. Made at the edge, where the text is; bounded, whatever the text's length.

use std::sync::Arc;

/// Marks of one kind that a wording keeps at most: the most surprising.
pub const MARKS: usize = 192;

/// One word or name, as a hash, and its surprise in thousandths of a doubling: 3000 is met in every eighth text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// Hash of the folded word.
    pub hash: u32,
    /// How surprising it is, in thousandths of a doubling.
    pub surprise: u16,
}

/// Marks of a text: of its words in their own script, and of names by their consonants, alike in any script.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wording {
    words: Arc<[Mark]>,
    names: Arc<[Mark]>,
}

impl Wording {
    /// A wording of these marks; of each kind the most surprising are kept, one for each hash.
    #[must_use]
    pub fn new(words: Vec<Mark>, names: Vec<Mark>) -> Self {
        Self { words: kept(words), names: kept(names) }
    }

    /// Marks of words, by hash.
    #[must_use]
    pub fn words(&self) -> &[Mark] {
        &self.words
    }

    /// Marks of names, by hash.
    #[must_use]
    pub fn names(&self) -> &[Mark] {
        &self.names
    }
}

fn kept(mut marks: Vec<Mark>) -> Arc<[Mark]> {
    marks.sort_by_key(|mark| (mark.hash, std::cmp::Reverse(mark.surprise)));
    marks.dedup_by_key(|mark| mark.hash);
    marks.sort_by_key(|mark| (std::cmp::Reverse(mark.surprise), mark.hash));
    marks.truncate(MARKS);
    marks.sort_unstable();
    marks.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_surprising_are_kept_in_one_order() {
        let marks: Vec<Mark> = (0..300).map(|n| Mark { hash: n * 5 % 301, surprise: 1000 }).collect();
        let rare = Mark { hash: 9999, surprise: 4000 };
        let twice = Mark { hash: 9999, surprise: 2000 };
        let one = Wording::new([marks.clone(), vec![rare, twice]].concat(), Vec::new());
        let other = Wording::new([vec![twice, rare], marks.into_iter().rev().collect()].concat(), Vec::new());
        assert_eq!(one, other);
        assert_eq!(one.words().len(), MARKS);
        assert!(one.words().contains(&rare) && !one.words().contains(&twice));
        assert!(one.words().is_sorted());
    }
}
