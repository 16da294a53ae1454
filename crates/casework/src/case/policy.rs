//! Who may do what, in which phase of a case: one table, and what it does not name is refused.
//!
//! The table is the first of two gates. The second is the procedure: who must act in this step. `docs/authority.md` shows the table; a
//! test holds the two against each other.

use truceline_model::Asks;

use super::act::Act;
use super::people::Role;

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Open a case.
    Open,
    /// Join one as a complainant.
    Join,
    /// Do what a step asks, other than to decide.
    Step,
    /// Give the four decisions.
    Determine,
    /// Log a means short of force.
    Means,
    /// Add to the evidence.
    Evidence,
    /// Show an item of it to a party.
    Disclose,
    /// Say which of the respondents it is.
    Name,
    /// Add an incident.
    Incident,
    /// Step aside.
    Recuse,
    /// Keep to another view.
    Dissent,
    /// Give more time.
    Extend,
    /// Undertake something.
    Undertake,
    /// Say whether it was kept.
    FollowUp,
    /// Take an allegation back.
    Withdraw,
    /// Reopen a case.
    Reopen,
    /// Tell the record that a clock has run out.
    Lapse,
    /// Say that the record's clock ran wrong.
    ClockFault,
    /// See a whole case, sealed parts apart.
    See,
    /// See what is disclosed to one's own side.
    SeeOwn,
    /// See the sealed parts of the evidence.
    SeeSealed,
}

/// How far a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// There is none yet, or all are meant.
    None,
    /// A step other than a determination.
    Underway,
    /// The deciders are to decide.
    Deciding,
    /// It has ended.
    Ended,
}

impl Phase {
    /// All.
    pub const ALL: [Self; 4] = [Self::None, Self::Underway, Self::Deciding, Self::Ended];

    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Underway => "underway",
            Self::Deciding => "deciding",
            Self::Ended => "ended",
        }
    }
}

impl Action {
    /// All, in the order of the table.
    pub const ALL: [Self; 21] = [
        Self::Open,
        Self::Join,
        Self::Step,
        Self::Determine,
        Self::Means,
        Self::Evidence,
        Self::Disclose,
        Self::Name,
        Self::Incident,
        Self::Recuse,
        Self::Dissent,
        Self::Extend,
        Self::Undertake,
        Self::FollowUp,
        Self::Withdraw,
        Self::Reopen,
        Self::Lapse,
        Self::ClockFault,
        Self::See,
        Self::SeeOwn,
        Self::SeeSealed,
    ];

    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Join => "join",
            Self::Step => "step",
            Self::Determine => "determine",
            Self::Means => "means",
            Self::Evidence => "evidence",
            Self::Disclose => "disclose",
            Self::Name => "name",
            Self::Incident => "incident",
            Self::Recuse => "recuse",
            Self::Dissent => "dissent",
            Self::Extend => "extend",
            Self::Undertake => "undertake",
            Self::FollowUp => "follow-up",
            Self::Withdraw => "withdraw",
            Self::Reopen => "reopen",
            Self::Lapse => "lapse",
            Self::ClockFault => "clock-fault",
            Self::See => "see",
            Self::SeeOwn => "see-own",
            Self::SeeSealed => "see-sealed",
        }
    }

    /// What an act wants.
    #[must_use]
    pub fn of(act: &Act) -> Self {
        match act {
            Act::Step { .. } => Self::Step,
            Act::Determine { .. } => Self::Determine,
            Act::Join(_) => Self::Join,
            Act::Means(_) => Self::Means,
            Act::Evidence { .. } => Self::Evidence,
            Act::Disclose { .. } => Self::Disclose,
            Act::Name(_) => Self::Name,
            Act::Incident(_) => Self::Incident,
            Act::Recuse(_) => Self::Recuse,
            Act::Dissent { .. } => Self::Dissent,
            Act::Extend(_) => Self::Extend,
            Act::Undertake { .. } => Self::Undertake,
            Act::FollowUp { .. } => Self::FollowUp,
            Act::Withdraw(_) => Self::Withdraw,
            Act::Reopen { .. } => Self::Reopen,
            Act::Lapse { .. } => Self::Lapse,
        }
    }
}

/// One line of the policy: these roles may do this in these phases.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What.
    pub action: Action,
    /// In which phases.
    pub phases: &'static [Phase],
    /// Who.
    pub roles: &'static [Role],
    /// Why them, for people.
    pub why: &'static str,
}

const OPEN: &[Phase] = &[Phase::Underway, Phase::Deciding];
const UNDERWAY: &[Phase] = &[Phase::Underway];
const DECIDING: &[Phase] = &[Phase::Deciding];
const EVER: &[Phase] = &[Phase::Underway, Phase::Deciding, Phase::Ended];
const NONE: &[Phase] = &[Phase::None];

const fn row(action: Action, phases: &'static [Phase], roles: &'static [Role], why: &'static str) -> Row {
    Row { action, phases, roles, why }
}

/// Who takes down an allegation, whether it opens a case or joins one.
const ALLEGES: &[Role] = &[
    Role::WatchOfficer,
    Role::HotlineOperator,
    Role::Verifier,
    Role::LegalOfficer,
    Role::CoChair,
    Role::PartyLiaison,
    Role::HumanitarianOfficer,
];

/// The policy.
pub const POLICY: &[Row] = &[
    row(
        Action::Open,
        NONE,
        ALLEGES,
        "whoever hears an allegation takes it down; the procedure says whose allegations count",
    ),
    row(Action::Join, OPEN, ALLEGES, "as for opening"),
    row(
        Action::Step,
        UNDERWAY,
        &[
            Role::WatchOfficer,
            Role::FieldMonitor,
            Role::Verifier,
            Role::LegalOfficer,
            Role::CoChair,
            Role::PartyLiaison,
            Role::HumanitarianOfficer,
        ],
        "whom the procedure names for the step; an operator takes calls and takes no step",
    ),
    row(Action::Determine, DECIDING, &[Role::CoChair], "only the people whom the agreement names determine"),
    row(
        Action::Means,
        OPEN,
        &[Role::WatchOfficer, Role::HotlineOperator, Role::LegalOfficer, Role::CoChair],
        "whoever made the call logs it",
    ),
    row(
        Action::Evidence,
        EVER,
        &[
            Role::WatchOfficer,
            Role::HotlineOperator,
            Role::FieldMonitor,
            Role::Verifier,
            Role::LegalOfficer,
            Role::CoChair,
            Role::PartyLiaison,
            Role::HumanitarianOfficer,
        ],
        "each side keeps its own list; what is new can reopen a case that has ended",
    ),
    row(
        Action::Disclose,
        EVER,
        &[Role::LegalOfficer, Role::SourceProtectionOfficer],
        "who sees both sides' lists and knows what would find a source",
    ),
    row(Action::Name, OPEN, &[Role::LegalOfficer, Role::CoChair], "naming an accused is a step in law"),
    row(
        Action::Incident,
        OPEN,
        &[Role::Verifier, Role::LegalOfficer],
        "whoever corroborates sees that two events belong together",
    ),
    row(Action::Recuse, OPEN, &[Role::CoChair], "only who decides can step aside"),
    row(Action::Dissent, EVER, &[Role::CoChair], "only who decides can dissent"),
    row(Action::Extend, OPEN, &[Role::CoChair, Role::LegalOfficer], "whom the procedure names for it"),
    row(
        Action::Undertake,
        EVER,
        &[Role::PartyLiaison, Role::CoChair],
        "a party binds itself, or its guarantor does for it",
    ),
    row(
        Action::FollowUp,
        EVER,
        &[Role::FieldMonitor, Role::Verifier, Role::LegalOfficer, Role::HumanitarianOfficer],
        "who can go and see, and is no side's",
    ),
    row(
        Action::Withdraw,
        OPEN,
        &[Role::PartyLiaison, Role::CoChair, Role::LegalOfficer],
        "whoever alleged, or speaks for them",
    ),
    row(
        Action::Reopen,
        &[Phase::Ended],
        &[Role::LegalOfficer, Role::CoChair],
        "new evidence is weighed in law",
    ),
    row(
        Action::Lapse,
        EVER,
        &[Role::WatchOfficer, Role::LegalOfficer],
        "the watch tells the record; the time has passed by itself",
    ),
    row(
        Action::ClockFault,
        NONE,
        &[Role::WatchOfficer, Role::LegalOfficer, Role::CoChair],
        "two of them, and both stand in the record",
    ),
    row(
        Action::See,
        EVER,
        &[
            Role::WatchOfficer,
            Role::Verifier,
            Role::LegalOfficer,
            Role::CoChair,
            Role::SourceProtectionOfficer,
        ],
        "who works on the case",
    ),
    row(
        Action::SeeOwn,
        EVER,
        &[Role::PartyLiaison, Role::HotlineOperator, Role::FieldMonitor, Role::HumanitarianOfficer],
        "what concerns them",
    ),
    row(
        Action::SeeSealed,
        EVER,
        &[Role::LegalOfficer, Role::SourceProtectionOfficer],
        "as few as can be; deciders see what these show them",
    ),
];

/// Whether somebody with a role may do something in that phase. What no row names is refused.
#[must_use]
pub fn may(role: Role, action: Action, phase: Phase) -> bool {
    POLICY.iter().any(|row| row.action == action && row.phases.contains(&phase) && row.roles.contains(&role))
}

/// The phase of a case that waits for what a step asks.
pub(super) fn phase_of(asks: Asks) -> Phase {
    if asks == Asks::Determination { Phase::Deciding } else { Phase::Underway }
}
