//! What an entry is about, as far as somebody is told that there is something new: never what it says.

use truceline_record::Entry as Logged;

use super::Reading;
use crate::log::kind;

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A report or a text came.
    Report,
    /// A person decided about reports.
    Decision,
    /// Somebody acted in a case.
    Case,
    /// A bulletin was frozen, or passed by somebody.
    Bulletin,
    /// A mission was registered: its text, its people.
    Mission,
    /// Something that shows: an erasure, an office, how far its log was taken, a watch handed over.
    Other,
    /// Nothing to look at by itself, or nothing that anybody is told of: who reads what, who opens a sealed source.
    Quiet,
}

impl Subject {
    /// The word used in events.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Decision => "decision",
            Self::Case => "case",
            Self::Bulletin => "bulletin",
            Self::Mission => "mission",
            Self::Other | Self::Quiet => "other",
        }
    }

    /// A kind that is not named here is one that nobody is told of.
    fn of(word: &str) -> Self {
        match word {
            kind::REPORT | kind::WORDS => Self::Report,
            kind::DECISION => Self::Decision,
            kind::CASE => Self::Case,
            kind::BULLETIN | kind::SIGN_OFF => Self::Bulletin,
            kind::MISSION => Self::Mission,
            kind::ERASURE
            | kind::KEY_CHANGE
            | kind::OFFICE
            | kind::CENTRE
            | kind::FORKED
            | kind::HANDOVER
            | kind::TAKEOVER => Self::Other,
            _ => Self::Quiet,
        }
    }
}

impl Reading {
    /// Notes what an entry is about. What an office forwarded is about what the office's entry is.
    pub(super) fn note(&mut self, entry: &Logged) {
        let at = usize::try_from(entry.n).unwrap_or(usize::MAX);
        self.subjects.resize(self.subjects.len().max(at.saturating_add(1)), Subject::Quiet);
        if let Some(slot) = self.subjects.get_mut(at) {
            *slot = Subject::of(&entry.kind);
        }
    }
}
