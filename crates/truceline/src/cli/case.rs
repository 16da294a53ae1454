//! Arguments of `case`: opening a case, acting in it, looking at it.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Format, Language, Moment, StoreAt};

/// What `case` is told.
#[derive(Debug, Args)]
pub(crate) struct Case {
    /// What to do.
    #[command(subcommand)]
    pub(crate) what: CaseCommand,
}

/// Who acts, in which store.
#[derive(Clone, Debug, Args)]
pub(crate) struct Acts {
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// Who acts: a person whom mission.kdl names with a role.
    #[arg(long, value_name = "PERSON")]
    pub(crate) by: String,
    /// In their words. Kept closed; can be destroyed without the act.
    #[arg(long, value_name = "TEXT")]
    pub(crate) words: Option<String>,
    /// When it was done: only in a mission that looks back (`opens-at` in mission.kdl). Else the record's own clock counts.
    #[arg(long, value_name = "TIME")]
    pub(crate) when: Option<String>,
    /// A file with the token of that person's account. Without it the record says that nobody showed who they are.
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// At an office, of an act in the centre's case: a replica of the centre's record, by which it is told what the centre would say.
    #[arg(long, value_name = "DIR")]
    pub(crate) beside: Option<PathBuf>,
    /// Words or JSON.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// The four answers of a decider.
#[derive(Clone, Debug, Args)]
pub(crate) struct Answers {
    /// Did it happen: yes, no, unclear.
    #[arg(long)]
    pub(crate) happened: String,
    /// Who did it; without it: not established.
    #[arg(long, value_name = "ACTOR")]
    pub(crate) who: Vec<String>,
    /// Is it prohibited: yes, no, unclear.
    #[arg(long)]
    pub(crate) prohibited: String,
    /// How grave, by the terms' scale.
    #[arg(long)]
    pub(crate) gravity: Option<String>,
}

/// Which paper of a case, for whom.
#[derive(Debug, Args)]
pub(crate) struct Paper {
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// Who takes it: a person whom mission.kdl names with a role.
    #[arg(long, value_name = "PERSON")]
    pub(crate) by: String,
    /// The case.
    pub(crate) case: String,
    /// For whom: mission, sealed (the mission, with sealed evidence), party:ACTOR, public.
    #[arg(long, default_value = "mission", value_name = "RELEASE")]
    pub(crate) release: String,
    /// Folder for the pages in three languages and the JSON; without it one of them goes to the output.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// The language of the page on the output.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) lang: Language,
    /// JSON instead of the page.
    #[arg(long)]
    pub(crate) json: bool,
    /// As of when.
    #[command(flatten)]
    pub(crate) moment: Moment,
}

/// Which referral, for whom.
#[derive(Debug, Args)]
pub(crate) struct Referral {
    /// The store.
    #[command(flatten)]
    pub(crate) at: StoreAt,
    /// Who takes it: a person whom mission.kdl names with a role.
    #[arg(long, value_name = "PERSON")]
    pub(crate) by: String,
    /// The case.
    pub(crate) case: String,
    /// For whom: mission, sealed (the mission, with sealed evidence), party:ACTOR, public.
    #[arg(long, default_value = "mission", value_name = "RELEASE")]
    pub(crate) release: String,
    /// The file; one that ends in .json holds the same as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The language of the page.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) lang: Language,
    /// As of when.
    #[command(flatten)]
    pub(crate) moment: Moment,
}

/// What to do with cases.
#[derive(Debug, Subcommand)]
pub(crate) enum CaseCommand {
    /// Open a case.
    #[command(
        after_help = "Example: truceline case open --store ops --by petrova --procedure arbitration --clause opposition-fire \\\n           --incident i-1 --against ahrar-al-sham --complainant party:government-side"
    )]
    Open {
        /// Who, where.
        #[command(flatten)]
        acts: Acts,
        /// The procedure of the terms.
        #[arg(long)]
        procedure: String,
        /// The clause that it is about.
        #[arg(long)]
        clause: String,
        /// Incidents; may be given again.
        #[arg(long = "incident", value_name = "INCIDENT")]
        incidents: Vec<String>,
        /// Respondents: one; several where it is not yet named which of them; none where nobody is known.
        #[arg(long = "against", value_name = "ACTOR")]
        against: Vec<String>,
        /// party:ACTOR, public, public:RECEIPT, mission, threshold:persistent, threshold:unmet.
        #[arg(long)]
        complainant: String,
        /// Cases that it rests on.
        #[arg(long = "rests-on", value_name = "CASE")]
        rests_on: Vec<String>,
    },
    /// Do what the present step asks.
    Step {
        /// Who, where.
        #[command(flatten)]
        acts: Acts,
        /// The case, as c17; at an office centre:c17 for one of the centre's.
        case: String,
        /// The step.
        step: String,
        /// What is to follow, where the terms give a choice.
        #[arg(long)]
        then: Option<String>,
        /// By when something is to be put right, in a step that asks for a remedy.
        #[arg(long, value_name = "TIME")]
        due: Option<String>,
    },
    /// Give the four decisions, in a step that asks for them.
    Determine {
        /// Who, where.
        #[command(flatten)]
        acts: Acts,
        /// The case.
        case: String,
        /// The step.
        step: String,
        /// The answers.
        #[command(flatten)]
        answers: Answers,
        /// What is to follow, where the terms give a choice.
        #[arg(long)]
        then: Option<String>,
    },
    /// Join a case as a complainant: party:ACTOR, public, public:RECEIPT, mission.
    Join {
        /// Who, where.
        #[command(flatten)]
        acts: Acts,
        /// The case.
        case: String,
        /// Who alleges.
        complainant: String,
    },
    /// Log a means short of force that was tried.
    Means {
        /// Who, where.
        #[command(flatten)]
        acts: Acts,
        /// The case.
        case: String,
    },
    /// Add to the evidence of one's side.
    Evidence {
        /// Who, where.
        #[command(flatten)]
        acts: Acts,
        /// The case.
        case: String,
        /// The receipt under which it came.
        #[arg(long)]
        receipt: Option<String>,
        /// Only the mission sees it, and whom it is disclosed to.
        #[arg(long)]
        sealed: bool,
    },
    /// Show an item of evidence to a party; or the words of the allegation, by the number of the case.
    Disclose {
        /// Who, where.
        #[command(flatten)]
        acts: Acts,
        /// The case.
        case: String,
        /// Entry of the item, or the number of the case.
        item: u64,
        /// To whom.
        to: String,
    },
    /// Say which of the respondents it is.
    Name {
        /// Who, where.
        #[command(flatten)]
        acts: Acts,
        /// The case.
        case: String,
        /// The respondent.
        actor: String,
    },
    /// Add an incident to a case.
    Incident {
        /// Who, where.
        #[command(flatten)]
        acts: Acts,
        /// The case.
        case: String,
        /// The incident.
        incident: String,
    },
    /// Step aside as a decider.
    Recuse {
        /// Who, where.
        #[command(flatten)]
        acts: Acts,
        /// The case.
        case: String,
    },
    /// Keep to another view than what was determined.
    Dissent {
        /// Who, where.
        #[command(flatten)]
        acts: Acts,
        /// The case.
        case: String,
        /// Entry of the determination.
        of: u64,
    },
    /// Ask for more time, where the terms give it.
    Extend {
        /// Who, where.
        #[command(flatten)]
        acts: Acts,
        /// The case.
        case: String,
    },
    /// Undertake to do something by a time.
    Undertake {
        /// Who, where.
        #[command(flatten)]
        acts: Acts,
        /// The case.
        case: String,
        /// By when.
        #[arg(long, value_name = "TIME")]
        due: String,
    },
    /// Say whether an undertaking or remedy was kept.
    FollowUp {
        /// Who, where.
        #[command(flatten)]
        acts: Acts,
        /// The case.
        case: String,
        /// Its entry.
        of: u64,
        /// yes or no.
        kept: String,
    },
    /// Take an allegation back, where the terms let you.
    Withdraw {
        /// Who, where.
        #[command(flatten)]
        acts: Acts,
        /// The case.
        case: String,
    },
    /// Reopen a case on new evidence, where the terms let you.
    Reopen {
        /// Who, where.
        #[command(flatten)]
        acts: Acts,
        /// The case.
        case: String,
        /// Entry of the evidence.
        #[arg(long)]
        evidence: u64,
    },
    /// Say that the record's clock ran wrong over some entries. It holds once two people have said so.
    ClockFault {
        /// Who, where.
        #[command(flatten)]
        acts: Acts,
        /// The first entry.
        from: u64,
        /// The last.
        to: u64,
    },
    /// Tell the record of every clock that has run out; then name what is overdue or due soon. What ran out did so without being told.
    #[command(after_help = "Example: truceline case watch --store ops --by night-watch --every 60")]
    Watch {
        /// Who, where.
        #[command(flatten)]
        acts: Acts,
        /// How many hours ahead to look.
        #[arg(long, default_value_t = 24)]
        within: u32,
        /// Do it again every so many seconds, until interrupted.
        #[arg(long, value_name = "SECONDS")]
        every: Option<u64>,
    },
    /// What is overdue, and what is due soon.
    Due {
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// As of when.
        #[command(flatten)]
        moment: Moment,
        /// How many hours ahead to look.
        #[arg(long, default_value_t = 24)]
        within: u32,
        /// Words or JSON: one a line.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// List cases.
    List {
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// As of when.
        #[command(flatten)]
        moment: Moment,
        /// Words or JSON: one a line.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Show a case: where it stands, who must act by when, how it got there; what a person can do in it.
    Show {
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// The case.
        case: String,
        /// What this person can do.
        #[arg(long = "for", value_name = "PERSON")]
        person: Option<String>,
        /// As of when.
        #[command(flatten)]
        moment: Moment,
        /// Words or JSON.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// A case as one document: pages in three languages and JSON, for the mission, for one party, or for everybody.
    #[command(
        after_help = "Example: truceline case dossier --store ops --by petrova c17 --release party:opposition --out papers"
    )]
    Dossier(Paper),
    /// What travels with a referral as one file, drafted from the record: what was tried short of force, what was determined and, apart, found, the
    /// cases behind the counts, and the proof.
    #[command(
        after_help = "Example: truceline case referral c17 --store ops --by petrova --out referral.html"
    )]
    Referral(Referral),
    /// How often each party did not comply with each clause: from determinations and, apart, from findings; and allegations beside them.
    Counts {
        /// The store.
        #[command(flatten)]
        at: StoreAt,
        /// As of when.
        #[command(flatten)]
        moment: Moment,
        /// Words or JSON: one a line.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}
