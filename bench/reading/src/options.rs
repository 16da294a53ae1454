//! What is asked for on the command line, and where things are when it does not say.

use std::path::{Path, PathBuf};

use crate::Result;

/// What can be asked.
pub const HELP: &str = "\
truceline-reading JOB... [options]

jobs: seeds     four labelled articles, with traps            beside the repository
      open      our own sentences, the open half
      frozen    our own sentences, the half that no author of the reader reads; scored only
      notes     our own field messages, hotline notes and short stories, the open half
      notes-frozen  the half of them that no author of the reader reads; scored only
      abroad    our own sentences on other truces and wars, the open half
      abroad-frozen  the half of them that was put aside; scored only
      muc       MUC-4, entities by role (CEAF-REE, strict)    beside the repository
      airwars   killed, against researchers' ranges           beside the repository
      acled     killed, actors, places of held-out notes      beside the repository
      losses    where values of the open sets are lost, by field
      maybe     weights of what may be said of a deal: learned of the open sets, weighed by parts; --learn DIR writes them
      speed     articles a second on one core, the seeds again and again

--part train|dev|test  of MUC-4; train without it: learned from two thirds, weighed in the last
--weights FILE     of MUC-4, learned before; without it they are learned from the train part, a minute or two
--learn FILE       learns from MUC-4's whole train part and writes the weights
--held             the held-out part of airwars and acled; the other part without it
--only N           at most so many texts of muc, airwars, acled
--mission DIR      a mission whose actors and areas are known beforehand; --no-mission: none. Without either: Syria 2016 for the
                   seeds, none for the rest
--country CODE     country of the seeds; SY without it; `?` for none
--gazetteer FILE   places by name; that beside the repository without it; `none` for none
--lexicons DIR     tables; the repository's own without it
--thin 0|1|2       without a third of the tables' verbs, as a text of elsewhere would meet them
--data DIR         other people's texts; ../shared/data of the repository without it
--capitals         MUC-4 in capitals, as its texts once were
--misses           name the labels that were missed or wrong (never words); not for frozen halves
--format text|json
";

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Job {
    Seeds,
    Open,
    Frozen,
    Notes,
    NotesFrozen,
    Abroad,
    AbroadFrozen,
    Muc,
    Airwars,
    Acled,
    Losses,
    MayBe,
    Speed,
}

impl Job {
    const ALL: [Self; 13] = [
        Self::Seeds,
        Self::Open,
        Self::Frozen,
        Self::Notes,
        Self::NotesFrozen,
        Self::Abroad,
        Self::AbroadFrozen,
        Self::Muc,
        Self::Airwars,
        Self::Acled,
        Self::Losses,
        Self::MayBe,
        Self::Speed,
    ];

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seeds => "seeds",
            Self::Open => "open",
            Self::Frozen => "frozen",
            Self::Notes => "notes",
            Self::NotesFrozen => "notes-frozen",
            Self::Abroad => "abroad",
            Self::AbroadFrozen => "abroad-frozen",
            Self::Muc => "muc",
            Self::Airwars => "airwars",
            Self::Acled => "acled",
            Self::Losses => "losses",
            Self::MayBe => "maybe",
            Self::Speed => "speed",
        }
    }
}

/// A part of MUC-4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Part {
    Train,
    Dev,
    Test,
}

impl Part {
    fn parse(word: &str) -> Option<Self> {
        [Self::Train, Self::Dev, Self::Test].into_iter().find(|part| part.as_str() == word)
    }

    /// Its word, as its file is named.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Dev => "dev",
            Self::Test => "test",
        }
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// Measurements, in order.
    pub jobs: Vec<Job>,
    /// Which part of MUC-4.
    pub part: Part,
    /// Weights for MUC-4, learned before; without them they are learned anew.
    pub weights: Option<PathBuf>,
    /// Where to write those learned of MUC-4's whole train part.
    pub learn: Option<PathBuf>,
    /// The held-out part.
    pub held: bool,
    /// At most so many texts.
    pub only: usize,
    /// Mission folder; none asked for: the job's own.
    pub mission: Option<PathBuf>,
    /// No mission, not even the job's own.
    pub no_mission: bool,
    /// Country of the seeds.
    pub country: Option<String>,
    /// Gazetteer file.
    pub gazetteer: Option<PathBuf>,
    /// Tables.
    pub lexicons: PathBuf,
    /// Which third of the verbs' alternatives is left out of the tables.
    pub thin: Option<u64>,
    /// Other people's texts.
    pub data: PathBuf,
    /// MUC-4 in capitals.
    pub capitals: bool,
    /// Name what was missed.
    pub misses: bool,
    /// JSON, one line a job.
    pub json: bool,
}

/// The repository's root.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

impl Default for Options {
    fn default() -> Self {
        let data = root().join("../shared/data");
        Self {
            jobs: Vec::new(),
            part: Part::Train,
            weights: None,
            learn: None,
            held: false,
            only: usize::MAX,
            mission: None,
            no_mission: false,
            country: Some("SY".to_owned()),
            gazetteer: Some(data.join("geo/geonames_cities500_conflict_countries.json")),
            lexicons: root().join("lexicons"),
            thin: None,
            data,
            capitals: false,
            misses: false,
            json: false,
        }
    }
}

impl Options {
    /// Of the words of the command line.
    ///
    /// # Errors
    /// When a word is no job and no option, or an option lacks its value.
    pub fn parse(words: &[String]) -> Result<Self> {
        let mut asked = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut operand = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--part" => {
                    let word = operand()?;
                    asked.part = Part::parse(word)
                        .ok_or_else(|| format!("MUC-4 has no part \"{word}\"; train, dev, test"))?;
                }
                "--weights" => asked.weights = Some(PathBuf::from(operand()?)),
                "--learn" => asked.learn = Some(PathBuf::from(operand()?)),
                "--held" => asked.held = true,
                "--only" => asked.only = operand()?.parse().map_err(|e| format!("--only: {e}"))?,
                "--mission" => asked.mission = Some(PathBuf::from(operand()?)),
                "--no-mission" => asked.no_mission = true,
                "--country" => asked.country = Some(operand()?.clone()).filter(|code| code != "?"),
                "--gazetteer" => {
                    let file = operand()?;
                    asked.gazetteer = (file != "none").then(|| PathBuf::from(file));
                }
                "--lexicons" => asked.lexicons = PathBuf::from(operand()?),
                "--thin" => asked.thin = Some(operand()?.parse().map_err(|e| format!("--thin: {e}"))?),
                "--data" => asked.data = PathBuf::from(operand()?),
                "--capitals" => asked.capitals = true,
                "--misses" => asked.misses = true,
                "--format" => asked.json = operand()? == "json",
                word => match Job::ALL.into_iter().find(|job| job.as_str() == word) {
                    Some(job) => asked.jobs.push(job),
                    None => return Err(format!("\"{word}\" is no job and no option\n{HELP}").into()),
                },
            }
        }
        if asked.misses
            && asked.jobs.iter().any(|job| matches!(job, Job::Frozen | Job::NotesFrozen | Job::AbroadFrozen))
        {
            return Err("the frozen halves are scored only; --misses is not for it".into());
        }
        Ok(asked)
    }
}
