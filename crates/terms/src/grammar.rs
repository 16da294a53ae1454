//! Which statements there are, where each may stand, and what kind of operand stands after which word: the language as a table.
//!
//! The parser decides what is right; this table only says what stands where, for the index of names, the formatter and
//! editors. It never judges a statement. Tests hold it against the parser: the same verbs and linking words, and every name that
//! it finds in the shipped agreements is one that the parser looks up.

mod forms;

pub use forms::FORMS;

/// What a name names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// The agreement.
    Agreement,
    /// An actor of the mission's registry; a party is one that the agreement names.
    Actor,
    /// An area of the mission's map.
    Area,
    /// A source of the mission's list.
    Source,
    /// An act of the vocabulary, or a group of acts that the agreement defines.
    Act,
    /// A weapon, or a defined group.
    Weapon,
    /// A target, or a defined group.
    Target,
    /// A weapon system, by its own id, or a defined group.
    System,
    /// A matter in dispute.
    Matter,
    /// A position on a matter.
    Position,
    /// A reading.
    Reading,
    /// A judgement that only people give.
    Judgement,
    /// A fact or a claim that the terms ask about.
    Fact,
    /// A measure: what is counted.
    Measure,
    /// A deadline.
    Deadline,
    /// A phase.
    Phase,
    /// A clause, duty, procedure or calm.
    Clause,
    /// An exception of one clause.
    Exception,
    /// A step or an end of one procedure.
    Step,
}

impl NameKind {
    /// The word for it in a sentence.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agreement => "agreement",
            Self::Actor => "actor",
            Self::Area => "area",
            Self::Source => "source",
            Self::Act => "act",
            Self::Weapon => "weapon",
            Self::Target => "target",
            Self::System => "system",
            Self::Matter => "matter",
            Self::Position => "position",
            Self::Reading => "reading",
            Self::Judgement => "judgement",
            Self::Fact => "fact",
            Self::Measure => "measure",
            Self::Deadline => "deadline",
            Self::Phase => "phase",
            Self::Clause => "clause",
            Self::Exception => "exception",
            Self::Step => "step",
        }
    }

    /// Whether such names come from the mission's files and not from the agreement.
    #[must_use]
    pub fn is_registered(self) -> bool {
        matches!(self, Self::Actor | Self::Area | Self::Source)
    }
}

/// What stands at one place of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// A name that this statement gives.
    New(NameKind),
    /// A name that is given elsewhere.
    Name(NameKind),
    /// The same, as often as wanted.
    Names(NameKind),
    /// An actor that the agreement declares to be a party, here or elsewhere.
    Party,
    /// The same, as often as wanted.
    Parties,
    /// Actors or roles in a procedure.
    Actors,
    /// `matter=position`, as often as wanted.
    Positions,
    /// The key of a kind of fact: `actor`, `fact:some-fact`.
    FactKey,
    /// One of a few words.
    Word(&'static [&'static str]),
    /// The same, as often as wanted.
    Words(&'static [&'static str]),
    /// A whole number.
    Number,
    /// A moment or clock time in quotation marks.
    Time,
    /// Text in quotation marks.
    Text,
    /// A time zone in quotation marks.
    Zone,
    /// A word that is free here.
    Free,
}

/// A linking word and what stands after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The word.
    pub word: &'static str,
    /// What follows; the last may repeat when it is of many.
    pub slots: &'static [Slot],
}

/// Where a statement may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// In a block that declares.
    Declares,
    /// As the first line of a clause's block.
    Opens,
    /// In a clause (a calm's block is one).
    Clause,
    /// In a calm only.
    Calm,
    /// In a procedure only.
    Procedure,
}

/// One kind of statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Its first word.
    pub verb: &'static str,
    /// Where it may stand.
    pub stands: &'static [Standing],
    /// How it looks, for people.
    pub shape: &'static str,
    /// What stands before the first linking word.
    pub head: &'static [Slot],
    /// Its linking words.
    pub links: &'static [&'static [Link]],
}

impl Form {
    /// What stands after a linking word of this statement.
    #[must_use]
    pub fn link(&self, word: &str) -> Option<&'static Link> {
        self.all_links().find(|link| link.word == word)
    }

    /// Its linking words.
    pub fn all_links(&self) -> impl Iterator<Item = &'static Link> + use<> {
        self.links.iter().flat_map(|some| some.iter())
    }
}

/// Roles in a procedure, which no actor's id names.
pub const ROLES: &[&str] = crate::words::ROLES;

/// Who may open a case, beside actors.
pub const OPENERS: &[&str] = crate::words::OPENERS;

/// What a step of a procedure can follow beside another step.
pub const OPENING: &str = "opening";

/// The statement that begins with that word.
#[must_use]
pub fn form(verb: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.verb == verb)
}

/// Every statement that may stand there.
pub fn forms_at(standing: Standing) -> impl Iterator<Item = &'static Form> {
    FORMS.iter().filter(move |form| form.stands.contains(&standing))
}

/// Kinds of fact that a finding can turn on and evidence can settle; [`keyed`] says which are followed by a colon and a name.
pub const FACT_KEYS: &[&str] = &[
    "actor",
    "commander",
    "act",
    "weapon",
    "system",
    "target",
    "struck",
    "time",
    "place",
    "held-by",
    "acceptance",
    "window",
    "measure",
    "fact",
    "judgement",
    "matter",
];

/// What the name after `kind:` in the key of a fact names.
#[must_use]
pub fn keyed(kind: &str) -> Option<NameKind> {
    Some(match kind {
        "acceptance" => NameKind::Actor,
        "measure" => NameKind::Measure,
        "fact" => NameKind::Fact,
        "judgement" => NameKind::Judgement,
        "matter" => NameKind::Matter,
        "window" => NameKind::Clause,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words;
    use std::collections::BTreeSet;

    fn places(form: &words::Form) -> BTreeSet<Standing> {
        let each = form.places.iter().flat_map(|place| match place {
            words::Place::Declares => vec![Standing::Declares],
            words::Place::Opens => vec![Standing::Opens],
            words::Place::Clause => vec![Standing::Clause],
            words::Place::Chain => vec![Standing::Declares, Standing::Calm],
            words::Place::Procedure => vec![Standing::Procedure],
        });
        each.collect()
    }

    #[test]
    fn the_table_and_the_parser_know_the_same_statements() {
        let of_parser: Vec<&str> = words::FORMS.iter().map(|form| form.verb).collect();
        let ours: BTreeSet<&str> = FORMS.iter().map(|form| form.verb).collect();
        assert_eq!(ours, of_parser.iter().copied().collect());
        assert_eq!(FORMS.len(), ours.len(), "none twice");
        for theirs in words::FORMS {
            let stands: BTreeSet<Standing> = form(theirs.verb).unwrap().stands.iter().copied().collect();
            assert_eq!(stands, places(theirs), "{}", theirs.verb);
        }
    }

    #[test]
    fn and_the_same_units() {
        let ours: BTreeSet<&str> = [forms::LENGTHS, forms::METRES].concat().into_iter().collect();
        let theirs = words::UNITS.iter().copied().chain(["working"]);
        assert_eq!(ours, theirs.collect());
    }

    #[test]
    fn and_the_same_linking_words() {
        for ours in FORMS {
            let theirs = words::FORMS.iter().find(|form| form.verb == ours.verb).unwrap();
            let theirs = [theirs.once, theirs.again].concat();
            let all: Vec<&str> = ours.all_links().map(|link| link.word).collect();
            assert_eq!(all.len(), all.iter().collect::<BTreeSet<_>>().len(), "{}: none twice", ours.verb);
            for word in &theirs {
                assert!(all.contains(word), "{} {word}", ours.verb);
            }
            for word in all {
                // What stands inside the part of another word is a link of its own to an editor.
                let inside = words::INNER.contains(&word) || words::COMPARES.contains(&word);
                assert!(theirs.contains(&word) || inside, "{} {word}", ours.verb);
            }
        }
    }
}
