//! What shows that whoever is named in an act did it. Never weighs it: readers of the mission are told, and judge.

/// What stands behind an act in the record: that whoever is named did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vouched {
    /// They were signed in at the ops room.
    Desk,
    /// It was given on the machine with a token of theirs.
    Token,
    /// It was given on the machine, in their name, by whoever could write there.
    Machine,
    /// Nobody did it: the terms did.
    Terms,
    /// It was recorded before this was kept.
    NotKept,
}

impl Vouched {
    /// All.
    pub const ALL: [Self; 5] = [Self::Desk, Self::Token, Self::Machine, Self::Terms, Self::NotKept];

    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::Token => "token",
            Self::Machine => "machine",
            Self::Terms => "terms",
            Self::NotKept => "not-kept",
        }
    }

    /// Reads the word; one that this version does not know vouches for nothing.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|one| one.as_str() == word).unwrap_or(Self::NotKept)
    }
}
