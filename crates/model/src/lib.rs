//! The words of Truceline: parties, places, times, bounds, observations, incidents, findings.
//!
//! Leaf of the house. Holds shapes and the arithmetic that belongs to them (integer and interval arithmetic only);
//! never reads a clock, a file or an environment, never serialises (wire, row and log formats are their own), and never
//! guesses: a value that is not known stays [`Alternatives::unknown`] or a range.
#![forbid(unsafe_code)]

pub mod actor;
pub mod alternatives;
pub mod area;
pub mod bounds;
pub mod calendar;
pub mod dossier;
pub mod duty;
pub mod finding;
pub mod id;
pub mod incident;
pub mod likely;
pub mod likeness;
pub mod observation;
pub mod page;
pub mod place;
pub mod prepared;
pub mod procedure;
pub mod rival;
pub mod source;
pub mod status;
pub mod text;
pub mod time;
pub mod truce;
pub mod truth;
pub mod vocabulary;
pub mod vouched;
pub mod wording;

pub use actor::{Actor, ActorKind, Actors, Membership};
pub use alternatives::{Alternatives, Standing};
pub use area::{Area, AreaKind, Areas, Shape};
pub use bounds::{Bounds, BoundsError, Qualifier};
pub use calendar::{Length, WEEKDAYS, WorkingHours};
pub use dossier::{
    Alleger, Aside, Attempt, Begun, Determined, Dissented, Doer, Dossier, DueLine, Hand, Item, Likeness,
    OtherCase, Passed, Performed, Pledge, Precedent, Precedents, Referral, Release, Said, Stage, Stance,
    Tallied, Ticked, Turned, Waiting, When,
};
pub use duty::{Compare, Counted, Due, DueAt, Undone};
pub use finding::{Answer, Crux, Fact, Finding, Hypothesis, Outcome, Reason, Seen, Test};
pub use id::{
    ActorId, AreaId, ClauseId, DefinitionId, FactId, IncidentId, JudgementId, MatterId, MeasureId, PhaseId,
    PositionId, ReadingId, ReceiptNo, SourceId, SystemId,
};
pub use incident::{Casualties, Figure, Incident, Link, LinkDecision, LinkReason};
pub use likely::{LIKELY_DAYS, LikelyDays, SURE};
pub use likeness::{Given, likest};
pub use observation::{
    AgreementFact, Attribution, Body, CasualtyFigures, Coverage, Credibility, Delivery, Event, Grade,
    Observation, Span, Statement, Tally, Total,
};
pub use page::{is_one_thing, page_of};
pub use place::{Containment, Place, Point};
pub use prepared::{Disc, PreparedRings};
pub use procedure::{
    Asks, End, Extendable, Opener, Persistence, Procedure, Since, Step, Threshold, Who, Withdrawal,
};
pub use rival::{Comparison, Count, RivalDay};
pub use source::{Source, SourceKind, Sources};
pub use status::{AreaStatus, Holding};
pub use text::Text;
pub use time::{Instant, Interval, TimeError, Zone};
pub use truce::{Acceptance, Calm, CalmStep, Deadline, DeadlineState, Recorded, TruceState};
pub use truth::Truth;
pub use vocabulary::{Act, CasualtyStatus, DeliveryStage, Target, Weapon};
pub use vouched::Vouched;
pub use wording::{MARKS, Mark, Wording};
