//! What a case scenario expects at a moment.

use std::collections::BTreeMap;

use truceline_model::Instant;

use crate::case::CaseId;

/// What must hold of a case as of a moment, by what the acts above it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// As of when (UTC).
    pub at: Instant,
    /// How many of the acts stand above it.
    pub after: usize,
    /// Of which case.
    pub case: CaseId,
    /// What must hold, by the words of `KEYS`.
    pub holds: BTreeMap<String, String>,
    /// Line of the file.
    pub line: usize,
}

/// Things that can be expected, each with what it asks.
pub(super) const KEYS: [(&str, &str); 25] = [
    ("stands", "the step or end at which the case stands"),
    ("who", "who must act"),
    ("any", "yes: any one of them is enough; no: all of them must"),
    ("due", "until when"),
    ("silence", "what follows if they don't"),
    ("then", "what they can choose"),
    ("way", "how it came there: opened, acted, deadlock, stepped-aside, silence, heard, withdrawn, reopened"),
    ("trail", "every step and end so far"),
    ("lapsed", "steps whose time ran out"),
    ("respondents", "against whom it is"),
    ("determined", "kinds of determinations so far: joint, without-recused, sole, separate"),
    ("happened", "of the last determination"),
    ("found", "of the last determination: who did it"),
    ("prohibited", "of the last determination"),
    ("gravity", "of the last determination; none: no word of the scale"),
    ("without", "of the last determination: who had stepped aside"),
    ("dissents", "how many"),
    ("means", "how many means short of force are logged"),
    ("refused", "how many acts in this case were refused"),
    ("kept", "remedies and undertakings: yes, no, or open, one for each"),
    ("overdue", "how many of these are past their time without a word"),
    ("excluded", "who is out of the agreement; none"),
    ("alleged", "cases within the window against the respondent on the clause"),
    ("counted", "cases within the window in which it was determined"),
    ("separately", "cases within the window in which one of several said so"),
];
