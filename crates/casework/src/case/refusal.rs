//! Why an act is refused: in words that say what stands in the way and what would be right.
//!
//! A refused act stays in the record with these words; it is never half done.

use std::collections::BTreeSet;
use std::fmt;

use truceline_model::{ActorId, Instant};

use super::act::CaseId;
use super::people::{Doer, Role};
use super::policy::{Action, Phase};

/// Why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The mission names nobody so.
    Nobody(String),
    /// The policy does not let that role do it.
    Role(Role, Action, Phase),
    /// There is no such case.
    NoCase(CaseId),
    /// The record's clock showed an earlier time than an entry before it.
    SetBack(Instant),
    /// No procedure of the terms is called so, or it has no steps.
    NoProcedure(String),
    /// The procedure does not take that clause, or there is none.
    NotTaken(String),
    /// The procedure lets nobody like that open a case.
    MayNotOpen(BTreeSet<String>),
    /// Such a case is open.
    AlreadyOpen(CaseId),
    /// A case needs an incident, a case that it rests on, or a duty that was not met.
    NothingToLookAt,
    /// No such actor, person or incident is known here.
    Unknown(String),
    /// Somebody who speaks for another.
    DoesNotSpeakFor(Doer),
    /// The case has ended.
    HasEnded(String),
    /// It has not.
    HasNotEnded,
    /// The case stands at another step.
    OtherStep {
        /// Where it stands.
        stands: String,
        /// When the time of the step meant ran out, when it did.
        lapsed: Option<Instant>,
    },
    /// Others must act in this step.
    NotTheirs(BTreeSet<Doer>),
    /// Whoever would act has stepped aside, or must.
    SteppedAside(Doer),
    /// They have acted in this step.
    ActedAlready(Doer, u64),
    /// What follows has to be chosen among these.
    Choose(Vec<String>),
    /// The step asks for the four decisions; or it does not.
    AsksDecisions(bool),
    /// So many means short of force have to be logged first; so many are.
    MeansFirst(u32, usize),
    /// It must be known which of the respondents it is.
    NotNamed,
    /// No such step of the scale of gravity.
    NoGravity(String, Vec<String>),
    /// The four answers do not go together.
    Contradiction(&'static str),
    /// The terms give no way to do this here.
    NotGiven(&'static str),
    /// The time meant is not after now.
    NotAhead(Instant),
    /// No entry of that kind in this case.
    NoEntry(u64),
    /// It has been done.
    Twice(u64),
    /// The terms act on a time that had not come.
    NotYet(Instant),
    /// A person, or another who acts for the same actor, says so a second time; somebody else has to.
    SamePerson,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody(by) => write!(f, "the mission names nobody called \"{by}\"; mission.kdl names people with their roles"),
            Self::Role(role, action, phase) => {
                write!(f, "a {} may not {} ", role.as_str(), action.as_str())?;
                f.write_str(match phase {
                    Phase::None => "(docs/authority.md says who may)",
                    Phase::Underway => "while a step is waited for (docs/authority.md says who may)",
                    Phase::Deciding => "while the deciders are to decide (docs/authority.md says who may)",
                    Phase::Ended => "when the case has ended (docs/authority.md says who may)",
                })
            }
            Self::NoCase(case) => write!(f, "there is no case {case}; truceline case list names them"),
            Self::SetBack(at) => write!(
                f,
                "the record's clock stood earlier than an entry before this one, at {at}; set the clock right (in a mission that looks back, give a later time) and do it again"
            ),
            Self::NoProcedure(id) => write!(f, "the terms give no procedure with steps called \"{id}\""),
            Self::NotTaken(id) => write!(f, "the procedure takes no clause called \"{id}\""),
            Self::MayNotOpen(who) => write!(f, "the terms let only {} open such a case", list(who)),
            Self::AlreadyOpen(case) => {
                write!(f, "{case} is open on this clause, respondent and incident; join it instead")
            }
            Self::NothingToLookAt => {
                f.write_str("name an incident, or the cases that this one rests on, or open it because a duty was not met")
            }
            Self::Unknown(id) => write!(f, "\"{id}\" is not known here"),
            Self::DoesNotSpeakFor(super::Doer::Mission) => f.write_str(
                "they do not speak for the mission, which alone takes down what the public says and acts of its own motion; a party alleges as itself",
            ),
            Self::DoesNotSpeakFor(doer) => write!(f, "they do not speak for {doer}"),
            Self::HasEnded(end) => write!(f, "the case has ended ({end}); new evidence may reopen it where the terms say so"),
            Self::HasNotEnded => f.write_str("the case has not ended"),
            Self::OtherStep { stands, lapsed: Some(at) } => {
                write!(f, "the time for this step ran out at {at}; the case stands at {stands}")
            }
            Self::OtherStep { stands, lapsed: None } => write!(f, "the case stands at {stands}"),
            Self::NotTheirs(who) => write!(f, "this step is for {}", list(who)),
            Self::SteppedAside(doer) => write!(f, "{doer} has stepped aside in this case, or must: it is before it in another role"),
            Self::ActedAlready(doer, entry) => write!(f, "{doer} has acted in this step, by entry {entry}"),
            Self::Choose(among) => write!(f, "say what follows: {}", among.join(", ")),
            Self::AsksDecisions(true) => {
                f.write_str("this step asks for the four decisions: did it happen, who did it, is it prohibited, how grave")
            }
            Self::AsksDecisions(false) => f.write_str("this step asks for no determination"),
            Self::MeansFirst(needed, logged) => write!(
                f,
                "the terms want {needed} means short of force tried and logged before this; {logged} logged so far"
            ),
            Self::NotNamed => f.write_str("it is not yet named which of the respondents it is; name it first"),
            Self::NoGravity(word, scale) if scale.is_empty() => {
                write!(f, "the terms have no scale of gravity, so \"{word}\" says nothing")
            }
            Self::NoGravity(word, scale) => {
                write!(f, "\"{word}\" is not on the terms' scale of gravity: {}", scale.join(", "))
            }
            Self::Contradiction(what) => f.write_str(what),
            Self::NotGiven(what) => write!(f, "the terms give no {what} here"),
            Self::NotAhead(at) => write!(f, "{at} is not ahead; give a time to come"),
            Self::NoEntry(entry) => write!(f, "entry {entry} is nothing of that kind in this case"),
            Self::Twice(entry) => write!(f, "entry {entry} did that already"),
            Self::NotYet(at) => write!(f, "{at}, on which this rests, had not come; the clock ran ahead"),
            Self::SamePerson => f.write_str("they, or somebody who acts for the same actor, said so; another has to"),
        }
    }
}

impl std::error::Error for Refused {}

fn list<T: fmt::Display>(all: &BTreeSet<T>) -> String {
    let words: Vec<String> = all.iter().map(ToString::to_string).collect();
    if words.is_empty() { "nobody".into() } else { words.join(", ") }
}

/// For [`Refused::Unknown`].
impl From<&ActorId> for Refused {
    fn from(actor: &ActorId) -> Self {
        Self::Unknown(actor.to_string())
    }
}
