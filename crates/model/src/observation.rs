//! What one report says, taken apart: each value with the span of the report's bytes that it was read from.
//!
//! An observation is a claim, not a fact. It never merges, corrects or completes; linking is casework's.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Act, ActorId, AreaId, Bounds, DefinitionId, DeliveryStage, FactId, Instant, Interval, MeasureId, Place,
    ReceiptNo, SourceId, Target, Weapon, finding::Answer,
};

/// Admiralty grade of a source. `F` means *cannot be judged*, not *bad*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Grade {
    A,
    B,
    C,
    D,
    E,
    F,
}

/// Admiralty credibility of the information, 1 (confirmed) to 6. `6` means *cannot be judged*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Credibility(u8);

impl Grade {
    /// Reads `A` to `F`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "A" => Self::A,
            "B" => Self::B,
            "C" => Self::C,
            "D" => Self::D,
            "E" => Self::E,
            "F" | "" => Self::F,
            _ => return None,
        })
    }

    /// `A` to `F`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
            Self::F => "F",
        }
    }
}

impl Credibility {
    /// Cannot be judged.
    pub const UNJUDGED: Self = Self(6);

    /// Reads `1` to `6`; empty is 6.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "" => Some(Self::UNJUDGED),
            "1" | "2" | "3" | "4" | "5" | "6" => text.parse().ok().map(Self),
            _ => None,
        }
    }

    /// 1 to 6.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }
}

/// A range of bytes of the report as it came; `end` excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// First byte after it.
    pub end: u32,
}

/// How an actor is brought into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attribution {
    /// Said as a fact.
    Stated,
    /// Blamed by somebody.
    Accused,
    /// Thought likely.
    Suspected,
    /// Claimed by the actor itself; a claim is not yet an established fact.
    Claimed,
    /// The source says that attributions rival.
    Contested,
    /// The source says that it is not known.
    Unclear,
}

impl Attribution {
    /// Every way, in order.
    pub const ALL: [Self; 6] =
        [Self::Stated, Self::Accused, Self::Suspected, Self::Claimed, Self::Contested, Self::Unclear];

    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Accused => "accused",
            Self::Suspected => "suspected",
            Self::Claimed => "claimed",
            Self::Contested => "contested",
            Self::Unclear => "unclear",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|how| how.as_str() == text)
    }
}

/// Bounds by what was suffered and by status; `None` where the source says nothing, which is not zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CasualtyFigures {
    /// Killed, whoever they were.
    pub killed: Option<Bounds>,
    /// Wounded, whoever they were.
    pub wounded: Option<Bounds>,
    /// Civilians killed.
    pub killed_civilian: Option<Bounds>,
    /// Fighters or soldiers killed.
    pub killed_combatant: Option<Bounds>,
}

/// One thing that is said to have happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// What was done; several are alternatives in this source's own words.
    pub acts: BTreeSet<Act>,
    /// With what.
    pub weapons: BTreeSet<Weapon>,
    /// At what.
    pub targets: BTreeSet<Target>,
    /// Within which time.
    pub when: Option<Interval>,
    /// Where.
    pub place: Option<Place>,
    /// Alleged actors; several are alternatives.
    pub actors: BTreeSet<ActorId>,
    /// How they are brought into it; `None` when no actor is mentioned at all.
    pub attribution: Option<Attribution>,
    /// Who holds the ground, as this source says.
    pub held_by: BTreeSet<ActorId>,
    /// Casualties.
    pub casualties: CasualtyFigures,
    /// What was counted or measured, by the measures of the terms: lorries, people let go. Over the time of the event.
    pub amounts: BTreeMap<MeasureId, Bounds>,
    /// Named facts that the terms ask about.
    pub facts: BTreeMap<FactId, Answer>,
}

/// A figure over several events, never to be added to its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    /// Over which time.
    pub when: Option<Interval>,
    /// Over which places.
    pub place: Option<Place>,
    /// Alleged actors.
    pub actors: BTreeSet<ActorId>,
    /// The figures.
    pub casualties: CasualtyFigures,
    /// Number of events, when the source counts them.
    pub count: Option<u32>,
}

/// A centre's count of what it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Over which time.
    pub when: Interval,
    /// How many.
    pub count: u32,
    /// Of what, in the centre's word.
    pub unit: String,
    /// What it counts.
    pub definition: Option<DefinitionId>,
    /// Breakdown by area, where given; need not sum to `count`.
    pub by_area: BTreeMap<AreaId, u32>,
    /// Breakdown by accused, where given; need not sum to `count`.
    pub by_actor: BTreeMap<ActorId, u32>,
}

/// Something said about the agreement itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementFact {
    /// About which agreement, deadline or local calm.
    pub subject: String,
    /// What happened to it: announced, deadline-missed, accepted, extended…
    pub fact: String,
    /// When it holds or is to hold.
    pub when: Option<Interval>,
    /// By whom or of whom.
    pub actors: BTreeSet<ActorId>,
    /// A value in the fact's own terms, e.g. `+24h`.
    pub value: Option<String>,
}

/// Aid asked for, approved, on the way, arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What.
    pub item: String,
    /// How much or how many, where stated.
    pub quantity: Option<String>,
    /// How far it came, as this report says.
    pub reached: DeliveryStage,
    /// The convoy, by the name or number under which sources speak of it: what they say of one convoy stands together.
    pub convoy: Option<String>,
    /// Who asked, approved, refused, took items out, as the stage says.
    pub actors: BTreeSet<ActorId>,
    /// Lorries, people and whatever else was counted at this stage.
    pub amounts: BTreeMap<MeasureId, Bounds>,
    /// When.
    pub when: Option<Interval>,
    /// Where to.
    pub place: Option<Place>,
}

impl Delivery {
    /// Aid that came to where it was meant to go, as an event; `None` at any other stage.
    #[must_use]
    pub fn arrived(&self) -> Option<Event> {
        (self.reached == DeliveryStage::Reached).then(|| Event {
            acts: BTreeSet::from([Act::Delivery]),
            when: self.when,
            place: self.place.clone(),
            actors: self.actors.clone(),
            amounts: self.amounts.clone(),
            ..Event::default()
        })
    }
}

/// Something said that is no event and no figure: a position, a doubt, a demand. In our own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// When it was said or what time it is about.
    pub when: Option<Interval>,
    /// Where it is about.
    pub place: Option<Place>,
    /// Of whom it speaks.
    pub actors: BTreeSet<ActorId>,
    /// Named facts that it answers.
    pub facts: BTreeMap<FactId, Answer>,
}

/// Somebody was watching: where, from when to when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Where.
    pub area: AreaId,
    /// When.
    pub when: Interval,
    /// What can be seen from there.
    pub what: String,
}

/// What kind of thing a report says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Body {
    Event(Event),
    Total(Total),
    Tally(Tally),
    Agreement(AgreementFact),
    Delivery(Delivery),
    Statement(Statement),
    Coverage(Coverage),
}

impl Body {
    /// The `kind` of the report file.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Event(_) => "event",
            Self::Total(_) => "total",
            Self::Tally(_) => "tally",
            Self::Agreement(_) => "agreement",
            Self::Delivery(_) => "delivery",
            Self::Statement(_) => "statement",
            Self::Coverage(_) => "coverage",
        }
    }
}

/// One observation: what a report says once, by whom, known since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The report's receipt number.
    pub receipt: ReceiptNo,
    /// The sender's own id, unique within the sender's file.
    pub sender_id: String,
    /// When it became known (UTC).
    pub known: Instant,
    /// Who published it.
    pub source: SourceId,
    /// Whose observation it is: the source itself, or the one that it quotes. Corroboration counts these.
    pub origin: SourceId,
    /// Channels it came through.
    pub through: BTreeSet<SourceId>,
    /// Public address, where there is one.
    pub address: Option<String>,
    /// Pages, pictures and films that it shows or quotes, each as [`crate::page_of`] writes it.
    pub media: BTreeSet<String>,
    /// Grade of the source.
    pub grade: Grade,
    /// Credibility of the information.
    pub credibility: Credibility,
    /// Sender's ids of totals that this is a part of.
    pub part_of: BTreeSet<String>,
    /// Sender's ids of reports by the same origin that this revises.
    pub revises: BTreeSet<String>,
    /// Sender's ids of reports that the source itself calls the same event.
    pub same_as: BTreeSet<String>,
    /// What it says.
    pub body: Body,
    /// A short note in our words.
    pub note: Option<String>,
    /// The bytes of the report from which each field was read, by the report file's field name.
    pub spans: BTreeMap<&'static str, Span>,
    /// Marks of its words, when it came as words and somebody took them. Derived, like all of this; never in the log.
    pub wording: Option<crate::Wording>,
    /// On which days it may have been, where it states none and somebody inferred them from other reports. Derived, never in the log,
    /// never shown as what it says.
    pub likely: Option<crate::LikelyDays>,
}

impl Observation {
    /// What a source itself says, of an ungraded source, with no address, no tie to other reports and no words kept.
    #[must_use]
    pub fn bare(receipt: ReceiptNo, sender_id: String, known: Instant, source: SourceId, body: Body) -> Self {
        Self {
            receipt,
            sender_id,
            known,
            origin: source.clone(),
            source,
            through: BTreeSet::new(),
            address: None,
            media: BTreeSet::new(),
            grade: Grade::F,
            credibility: Credibility::UNJUDGED,
            part_of: BTreeSet::new(),
            revises: BTreeSet::new(),
            same_as: BTreeSet::new(),
            body,
            note: None,
            spans: BTreeMap::new(),
            wording: None,
            likely: None,
        }
    }
}
