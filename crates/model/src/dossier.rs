//! A case as one reader may see it: the shape between who works a case out and who prints it.
//!
//! Casework fills it, leaving out what the reader may not see; publishing prints it. What is not in it cannot be printed, in any form. It decides
//! nothing, and keeps findings of the machine and determinations of people apart.

use std::collections::BTreeSet;
use std::fmt;

use crate::{
    ActorId, Answer, Asks, ClauseId, IncidentId, Instant, JudgementId, Length, ReceiptNo, Text, Threshold,
};

/// Who has to act, or has acted: what the terms' word stands for in one case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doer {
    /// A party, state, group or body.
    Actor(ActorId),
    /// The mission's own people.
    Mission,
    /// Anybody who may act at all.
    Anybody,
}

impl fmt::Display for Doer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Actor(actor) => actor.fmt(f),
            Self::Mission => f.write_str("mission"),
            Self::Anybody => f.write_str("anybody"),
        }
    }
}

/// One decider's answers to the four questions. An answer of one never stands in for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stance {
    /// Did it happen?
    pub happened: Answer,
    /// Who did it; empty: not established.
    pub who: BTreeSet<ActorId>,
    /// Is it prohibited?
    pub prohibited: Answer,
    /// How grave, by the scale of the terms.
    pub gravity: Option<String>,
}

/// Who reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Release {
    /// The mission's own people and the deciders; the sealed evidence only with `with_sealed`.
    Mission {
        /// Whether sealed evidence is in it.
        with_sealed: bool,
    },
    /// One party with its members.
    Party(ActorId),
    /// Everybody.
    Public,
}

impl Release {
    /// The word used in files.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Mission { with_sealed: true } => "mission-with-sealed",
            Self::Mission { with_sealed: false } => "mission",
            Self::Party(_) => "party",
            Self::Public => "public",
        }
    }

    /// Whether it stays within the mission.
    #[must_use]
    pub fn is_mission(&self) -> bool {
        matches!(self, Self::Mission { .. })
    }
}

/// A moment, to the second or to the local day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct When {
    /// The moment (UTC); of a day, its first second in the agreement's zone.
    pub at: Instant,
    /// Only the day is told.
    pub is_day: bool,
}

/// Words of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// As they stand.
    Words(String),
    /// None were given.
    Nothing,
    /// There were some, and two people had them destroyed.
    Erased,
    /// Whatever there was is not for this reader.
    Withheld,
}

impl Said {
    /// The word used in files where there are no words.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Words(_) => "words",
            Self::Nothing => "nothing",
            Self::Erased => "erased",
            Self::Withheld => "withheld",
        }
    }
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hand {
    /// The person's name, for readers who may know it.
    pub person: Option<String>,
    /// Their role, as files write it.
    pub role: Option<&'static str>,
    /// For whom they acted.
    pub doer: Doer,
}

/// Who alleges.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alleger {
    /// A party.
    Party(ActorId),
    /// The mission, of its own motion.
    Mission,
    /// Somebody of the public, under that receipt; within the mission alone.
    Public(Option<ReceiptNo>),
    /// A threshold of the terms was reached.
    Threshold(Threshold),
    /// The mission brought it; whether somebody told it, and who, is not said.
    NotSaid,
}

/// A step or an end of the procedure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// What it asks; `None`: an end.
    pub asks: Option<Asks>,
    /// The end puts the respondent out of the agreement.
    pub excludes: bool,
    /// The end takes the respondent back.
    pub readmits: bool,
}

/// Who must act now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The step.
    pub stage: Stage,
    /// Who; never empty.
    pub who: BTreeSet<Doer>,
    /// Any one of them is enough.
    pub is_any: bool,
    /// The reader is among them.
    pub is_reader: bool,
    /// By when.
    pub due: When,
    /// What they can choose.
    pub then: Vec<Stage>,
    /// Where their silence leads.
    pub silence: Stage,
}

/// A passage from a step to a step or an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// From where.
    pub from: Option<Stage>,
    /// To where.
    pub to: Stage,
    /// How: `opened`, `acted`, `deadlock`, `stepped-aside`, `silence`, `heard`, `withdrawn`, `reopened`.
    pub way: &'static str,
    /// When.
    pub when: When,
    /// The entry, where there is one that the reader may know.
    pub entry: Option<u64>,
}

/// What was done in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Performed {
    /// Entry.
    pub entry: Option<u64>,
    /// When.
    pub when: When,
    /// By whom.
    pub hand: Hand,
    /// In which step.
    pub stage: Stage,
    /// What they chose to follow.
    pub then: Option<Stage>,
    /// Their four answers.
    pub stance: Option<Stance>,
    /// In their words.
    pub words: Said,
}

/// An item on a list of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its entry; also its number.
    pub entry: Option<u64>,
    /// When it was added.
    pub when: When,
    /// On whose list, and who put it there.
    pub hand: Hand,
    /// The receipt under which it came.
    pub receipt: Option<ReceiptNo>,
    /// Digest (hex) of what came under it.
    pub digest: Option<String>,
    /// It is sealed.
    pub is_sealed: bool,
    /// To whom it was disclosed, by which entry.
    pub disclosed: Vec<(ActorId, Option<u64>)>,
    /// What it is.
    pub words: Said,
}

/// A clock of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticked {
    /// The step whose rule it is.
    pub stage: Stage,
    /// How long, as the terms say it.
    pub within: Length,
    /// From what: `opening`, or the id of a step.
    pub of: String,
    /// When it began.
    pub started: When,
    /// By which entry and person; `None`: by time alone, or not for this reader.
    pub started_by: Option<(u64, Option<String>)>,
    /// Of one that began by time alone: the step whose running out began it.
    pub begun_by: Option<Begun>,
    /// Until when.
    pub due: When,
    /// Lengthened by which entry and person, and until when it ran before.
    pub extended: Option<(Option<u64>, Option<String>, When)>,
    /// When it stopped, why (`acted`, `deadlock`, `stepped-aside`, `withdrawn`, `lapsed`), by which entry and person.
    pub stopped: Option<(When, &'static str, Option<u64>, Option<String>)>,
    /// The entry that told the record of the lapse.
    pub recorded: Option<u64>,
    /// It ran out, and the record was told of it.
    pub is_told: bool,
}

/// The running out of a clock by which another began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The step whose clock it was.
    pub stage: Stage,
    /// The entry that told the record of it; `None`: none has, or not for this reader.
    pub recorded: Option<u64>,
    /// Whether the record was told.
    pub is_told: bool,
}

/// What people determined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Determined {
    /// Entry.
    pub entry: u64,
    /// When.
    pub when: When,
    /// In which step.
    pub stage: Stage,
    /// `joint`, `without-recused`, `sole`, `separate`.
    pub kind: &'static str,
    /// Who.
    pub by: BTreeSet<Doer>,
    /// Who had stepped aside.
    pub without: BTreeSet<Doer>,
    /// The answers.
    pub stance: Stance,
    /// Each one's own entry, gravity and reasons.
    pub given: Vec<(Doer, u64, Option<String>, Said)>,
}

/// Another view that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dissented {
    /// Entry.
    pub entry: u64,
    /// From which determination.
    pub of: u64,
    /// Whose.
    pub by: Doer,
    /// Why.
    pub words: Said,
}

/// A means short of force that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Entry.
    pub entry: Option<u64>,
    /// When.
    pub when: When,
    /// By whom.
    pub by: Doer,
    /// What.
    pub words: Said,
}

/// A remedy or an undertaking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pledge {
    /// Entry.
    pub entry: Option<u64>,
    /// When it was given.
    pub when: When,
    /// Whose it is.
    pub by: BTreeSet<Doer>,
    /// Laid on them, rather than undertaken.
    pub is_remedy: bool,
    /// By when.
    pub due: When,
    /// Whether it was kept, when that was found, and its entry.
    pub kept: Option<(bool, When, Option<u64>)>,
    /// Nobody has said whether it was, and its time has passed.
    pub is_overdue: bool,
    /// What.
    pub words: Said,
}

/// An act that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turned {
    /// Entry.
    pub entry: u64,
    /// When.
    pub when: When,
    /// The person, and for whom.
    pub hand: Hand,
    /// What they tried, as files write it.
    pub act: &'static str,
    /// Why not, in the words of the refusal (English).
    pub why: String,
}

/// An act beside the steps: stepping aside, more time, a follow-up, a withdrawal, a reopening, a name, an incident, a lapse told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aside {
    /// Entry.
    pub entry: u64,
    /// When.
    pub when: When,
    /// By whom.
    pub hand: Hand,
    /// What, as files write it.
    pub act: &'static str,
    /// In their words.
    pub words: Said,
}

/// Something that the reader must do, in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueLine {
    /// The case.
    pub case: u64,
    /// The step; `None`: an undertaking or remedy.
    pub stage: Option<Stage>,
    /// It is a remedy rather than an undertaking.
    pub is_remedy: bool,
    /// By when (UTC), to the second.
    pub due: Instant,
    /// Where silence leads; `None` for an undertaking.
    pub silence: Option<Stage>,
    /// The time has passed.
    pub is_overdue: bool,
}

/// How often one party did not comply with one clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tallied {
    /// The party.
    pub party: ActorId,
    /// The clause.
    pub clause: ClauseId,
    /// From when they are counted; `None`: the whole record.
    pub since: Option<When>,
    /// Cases with a determination together or by whom the terms ask alone.
    pub determined: BTreeSet<u64>,
    /// Cases with one by one of several deciders only.
    pub separate: BTreeSet<u64>,
    /// Incidents that every reading finds prohibited.
    pub found: BTreeSet<IncidentId>,
    /// Allegations; of those that the reader may know of. `None`: not for this reader.
    pub alleged: Option<BTreeSet<u64>>,
    /// The terms' number of determinations is reached; `None`: they give none.
    pub is_persistent_determined: Option<bool>,
    /// The terms' number of findings is reached; `None`: they give none.
    pub is_persistent_found: Option<bool>,
}

/// Another case in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherCase {
    /// The case.
    pub case: u64,
    /// Its clause.
    pub clause: ClauseId,
    /// Against whom.
    pub respondents: BTreeSet<ActorId>,
    /// Where it stands.
    pub stands: Stage,
    /// What was determined in it.
    pub determined: Vec<Determined>,
    /// Means short of force that were tried in it.
    pub means: Vec<Attempt>,
}

/// What travels with a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referral {
    /// Why there is one: `step`, `rests-on`, `persistent-determined`, `persistent-found`.
    pub why: BTreeSet<&'static str>,
    /// Over what time the terms count; `None`: they don't say.
    pub over: Option<Length>,
    /// From how many determinations on the terms call it persistent.
    pub needs_determined: Option<u32>,
    /// From how many incidents found.
    pub needs_found: Option<u32>,
    /// Counts for each respondent under the clause.
    pub counts: Vec<Tallied>,
    /// Cases that it rests on, and those behind the counts.
    pub cases: Vec<OtherCase>,
}

/// How one kind of fact compares between two matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Likeness {
    /// `act`, `weapon`, `target`, `ground`, `actor-kind`.
    pub of: &'static str,
    /// `alike`, `unlike`, or `open`: cannot be compared for certain.
    pub how: &'static str,
    /// Values here, as files write them.
    pub here: BTreeSet<String>,
    /// Values there.
    pub there: BTreeSet<String>,
}

/// An earlier determination, or an earlier answer to an open word, on like facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Precedent {
    /// The case, where it is a determination.
    pub case: Option<u64>,
    /// The incidents it was about.
    pub incidents: BTreeSet<IncidentId>,
    /// The open word, where it is an answer to one.
    pub judgement: Option<(JudgementId, Answer)>,
    /// The four answers, and how they were given, where it is a determination.
    pub determined: Option<(Stance, &'static str)>,
    /// When.
    pub when: When,
    /// Its entry.
    pub entry: u64,
    /// Every likeness and unlikeness, by name.
    pub likenesses: Vec<Likeness>,
}

/// Precedents of one matter. Shown, never applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Precedents {
    /// How many determinations and answers of the same word or clause were looked at.
    pub looked_at: usize,
    /// How many of them had a fact alike.
    pub alike: usize,
    /// The first of these: by how many kinds of fact are alike, then by fewest unlike, then the newest.
    pub shown: Vec<Precedent>,
}

/// A case as one reader may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dossier {
    /// Its number.
    pub case: u64,
    /// Who reads it.
    pub release: Release,
    /// As of when (UTC).
    pub as_of: Instant,
    /// The procedure.
    pub procedure: ClauseId,
    /// The clause.
    pub clause: ClauseId,
    /// When it was opened.
    pub opened: When,
    /// When the threshold was passed by which the terms opened it without anybody; `None`: people opened it.
    pub passed: Option<When>,
    /// Who took it down.
    pub opened_by: Option<Hand>,
    /// Who alleges, with the entry.
    pub alleged: Vec<(Alleger, Option<u64>)>,
    /// The allegation in its own words.
    pub allegation: Said,
    /// To whom these words were disclosed, by which entry.
    pub disclosed: Vec<(ActorId, Option<u64>)>,
    /// Against whom; several: not yet named which of them.
    pub respondents: BTreeSet<ActorId>,
    /// Incidents, under the ids by which this reader knows them.
    pub incidents: BTreeSet<IncidentId>,
    /// Cases that it rests on.
    pub rests_on: BTreeSet<u64>,
    /// Where it stands.
    pub stands: Stage,
    /// Who must act; `None`: it has ended.
    pub waiting: Option<Waiting>,
    /// What the reader must do, in this case and in all others.
    pub due: Vec<DueLine>,
    /// How it got here.
    pub course: Vec<Passed>,
    /// What was done in the steps.
    pub acts: Vec<Performed>,
    /// Evidence.
    pub evidence: Vec<Item>,
    /// Clocks.
    pub clocks: Vec<Ticked>,
    /// What was determined.
    pub determined: Vec<Determined>,
    /// Other views kept.
    pub dissents: Vec<Dissented>,
    /// Who stepped aside by saying so.
    pub recused: Vec<(Doer, Option<u64>)>,
    /// Means tried.
    pub means: Vec<Attempt>,
    /// Remedies and undertakings.
    pub pledges: Vec<Pledge>,
    /// Acts beside the steps that stand nowhere else here.
    pub asides: Vec<Aside>,
    /// Refused acts.
    pub refused: Vec<Turned>,
    /// What travels with a referral, where there is one.
    pub referral: Option<Referral>,
    /// Earlier matters on like facts.
    pub precedents: Precedents,
}

impl Dossier {
    /// Entries that stand behind this dossier: those that it names, and those of the other cases that travel with a referral.
    #[must_use]
    pub fn proven(&self) -> BTreeSet<u64> {
        let mut all = self.entries();
        for other in self.referral.iter().flat_map(|referral| &referral.cases) {
            for one in &other.determined {
                all.insert(one.entry);
                all.extend(one.given.iter().map(|(_, entry, ..)| *entry));
            }
            all.extend(other.means.iter().filter_map(|one| one.entry));
        }
        all
    }

    /// Entries that this dossier names, for their proofs: none that its reader does not see anyhow.
    #[must_use]
    pub fn entries(&self) -> BTreeSet<u64> {
        let mut all: BTreeSet<u64> = [self.case].into();
        all.extend(self.alleged.iter().filter_map(|(_, entry)| *entry));
        all.extend(self.disclosed.iter().filter_map(|(_, entry)| *entry));
        all.extend(self.course.iter().filter_map(|one| one.entry));
        all.extend(self.acts.iter().filter_map(|one| one.entry));
        for item in &self.evidence {
            all.extend(item.entry);
            all.extend(item.disclosed.iter().filter_map(|(_, entry)| *entry));
        }
        for clock in &self.clocks {
            all.extend(clock.started_by.iter().map(|(entry, _)| *entry));
            all.extend(clock.extended.iter().filter_map(|(entry, ..)| *entry));
            all.extend(clock.stopped.iter().filter_map(|(_, _, entry, _)| *entry));
            all.extend(clock.recorded);
        }
        for one in &self.determined {
            all.insert(one.entry);
            all.extend(one.given.iter().map(|(_, entry, ..)| *entry));
        }
        all.extend(self.dissents.iter().map(|one| one.entry));
        all.extend(self.recused.iter().filter_map(|(_, entry)| *entry));
        all.extend(self.means.iter().filter_map(|one| one.entry));
        for one in &self.pledges {
            all.extend(one.entry);
            all.extend(one.kept.iter().filter_map(|(_, _, entry)| *entry));
        }
        all.extend(self.asides.iter().map(|one| one.entry));
        all.extend(self.refused.iter().map(|one| one.entry));
        all
    }
}
