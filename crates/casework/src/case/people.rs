//! Who acts: people with a role, and the actor or body that they act for.
//!
//! A person has one role and acts for one actor, or for the mission. Never guesses whom somebody speaks for.

use truceline_model::ActorId;
pub use truceline_model::Doer;

/// What somebody is in the mission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Keeps the watch round the clock.
    WatchOfficer,
    /// Takes calls.
    HotlineOperator,
    /// Observes on the ground.
    FieldMonitor,
    /// Corroborates.
    Verifier,
    /// Prepares cases in law.
    LegalOfficer,
    /// Decides, alone or with others, for a body or state that the procedure names.
    CoChair,
    /// Speaks for a party.
    PartyLiaison,
    /// Looks after deliveries and releases.
    HumanitarianOfficer,
    /// Guards who the sources are.
    SourceProtectionOfficer,
    /// Everybody else.
    Public,
}

impl Role {
    /// All, in the order of the policy's pages.
    pub const ALL: [Self; 10] = [
        Self::WatchOfficer,
        Self::HotlineOperator,
        Self::FieldMonitor,
        Self::Verifier,
        Self::LegalOfficer,
        Self::CoChair,
        Self::PartyLiaison,
        Self::HumanitarianOfficer,
        Self::SourceProtectionOfficer,
        Self::Public,
    ];

    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WatchOfficer => "watch-officer",
            Self::HotlineOperator => "hotline-operator",
            Self::FieldMonitor => "field-monitor",
            Self::Verifier => "verifier",
            Self::LegalOfficer => "legal-officer",
            Self::CoChair => "co-chair",
            Self::PartyLiaison => "party-liaison",
            Self::HumanitarianOfficer => "humanitarian-officer",
            Self::SourceProtectionOfficer => "source-protection-officer",
            Self::Public => "public",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// Whether who has it belongs to the mission itself.
    #[must_use]
    pub fn is_mission(self) -> bool {
        !matches!(self, Self::CoChair | Self::PartyLiaison | Self::Public)
    }
}

/// Somebody whom the mission names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their role.
    pub role: Role,
    /// The actor that they act for; `None`: the mission, for its own roles, and nobody for others.
    pub acts_for: Option<ActorId>,
}
