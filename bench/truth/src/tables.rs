//! The word tables of `data/`, compiled in: which coded act is which word, which stems point to which target, which words
//! qualify a party.

use crate::words::holds;

/// Which targets an act can have, of those coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fits {
    /// Any.
    Any,
    /// None is asked: a movement has no target.
    Nothing,
    /// People who are not forces.
    People,
    /// People, forces among them.
    Anybody,
    /// Buildings and things.
    Things,
    /// Monitors and peacekeepers.
    Monitors,
    /// Aid and those who bring it.
    Aid,
}

/// A coded act.
#[derive(Clone, Debug)]
pub struct ActRow {
    /// As coded.
    pub coded: String,
    /// The vocabulary's word.
    pub act: String,
    /// Targets that it can have.
    pub fits: Fits,
    /// The target that its word names, when none that fits is coded.
    pub implied: Option<String>,
    /// Whether it goes on for as long as it is dated.
    pub continuing: bool,
}

/// What a target is, for [`Fits`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// People who are not forces.
    People,
    /// Buildings and things.
    Things,
    /// Forces and what is theirs.
    Forces,
    /// Monitors and peacekeepers.
    Monitors,
    /// Aid and those who bring it.
    Aid,
}

/// A rule of stems and what it points to.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Stems, joined by `+`.
    pub stems: String,
    /// What it points to.
    pub value: String,
    /// For targets: the class.
    pub class: Option<Class>,
}

/// Kinds of words that qualify a party.
#[derive(Clone, Debug)]
pub struct Word {
    /// `affiliated`, `former`, `accused`, `nobody`, `rank`, `outsider`, `description`, `ground`.
    pub kind: String,
    /// The rule.
    pub rule: Rule,
}

/// A claim that the terms ask for by name, and the words of a decisive fact that make it.
#[derive(Clone, Debug)]
pub struct ClaimRow {
    /// The terms' name of it.
    pub claim: String,
    /// Acts for which it is asked.
    pub acts: Vec<String>,
    /// The stems.
    pub stems: String,
}

/// All tables.
#[derive(Clone, Debug)]
pub struct Tables {
    claims: Vec<ClaimRow>,
    acts: Vec<ActRow>,
    act_stems: Vec<Rule>,
    targets: Vec<Rule>,
    words: Vec<Word>,
}

fn rows(text: &str) -> crate::Result<Vec<Vec<String>>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut all = Vec::new();
    for record in reader.records() {
        all.push(record?.iter().map(str::to_owned).collect());
    }
    Ok(all)
}

fn cell(row: &[String], at: usize) -> String {
    row.get(at).cloned().unwrap_or_default()
}

fn fits(word: &str) -> crate::Result<Fits> {
    Ok(match word {
        "any" => Fits::Any,
        "none" => Fits::Nothing,
        "people" => Fits::People,
        "anybody" => Fits::Anybody,
        "things" => Fits::Things,
        "monitors" => Fits::Monitors,
        "aid" => Fits::Aid,
        _ => return Err(format!("acts.csv: {word} is no class of targets").into()),
    })
}

fn class(word: &str) -> crate::Result<Class> {
    Ok(match word {
        "people" => Class::People,
        "things" => Class::Things,
        "forces" => Class::Forces,
        "monitors" => Class::Monitors,
        "aid" => Class::Aid,
        _ => return Err(format!("targets.csv: {word} is no class").into()),
    })
}

impl Tables {
    /// Reads the tables that are compiled in.
    ///
    /// # Errors
    /// A table with a word that is none.
    pub fn shipped() -> crate::Result<Self> {
        let mut acts = Vec::new();
        for row in rows(include_str!("../data/acts.csv"))? {
            let implied = cell(&row, 3);
            acts.push(ActRow {
                coded: cell(&row, 0),
                act: cell(&row, 1),
                fits: fits(&cell(&row, 2))?,
                implied: (!implied.is_empty()).then_some(implied),
                continuing: cell(&row, 4) == "yes",
            });
        }
        let rule = |row: &[String]| Rule { stems: cell(row, 0), value: cell(row, 1), class: None };
        let act_stems = rows(include_str!("../data/act-stems.csv"))?.iter().map(|r| rule(r)).collect();
        let mut targets = Vec::new();
        for row in rows(include_str!("../data/targets.csv"))? {
            targets.push(Rule { class: Some(class(&cell(&row, 2))?), ..rule(&row) });
        }
        let words = rows(include_str!("../data/words.csv"))?
            .iter()
            .map(|row| Word {
                kind: cell(row, 0),
                rule: Rule { stems: cell(row, 1), value: cell(row, 2), class: None },
            })
            .collect();
        let claims = rows(include_str!("../data/claims.csv"))?
            .iter()
            .map(|row| ClaimRow {
                claim: cell(row, 0),
                acts: cell(row, 1).split(' ').map(str::to_owned).collect(),
                stems: cell(row, 2),
            })
            .collect();
        Ok(Self { claims, acts, act_stems, targets, words })
    }

    /// What a coded act is. `other:…` and codes that the table lacks are read by their stems; what no stem knows is the
    /// vocabulary's word if it is one, and otherwise *other*, which no clause forbids.
    #[must_use]
    pub fn act(&self, coded: &str) -> ActRow {
        let bare = coded.strip_prefix("other:").unwrap_or(coded).trim();
        if let Some(row) = self.acts.iter().find(|row| row.coded == bare) {
            return row.clone();
        }
        let word = bare.replace('_', "-");
        let plain = |act: String| ActRow {
            coded: bare.to_owned(),
            act,
            fits: Fits::Any,
            implied: None,
            continuing: false,
        };
        if truceline_model::Act::parse(&word).is_some() {
            return plain(word);
        }
        self.act_by_stems(bare).unwrap_or_else(|| plain("other".to_owned()))
    }

    /// The act that the stems of a text point to; `None` when they point to none.
    #[must_use]
    pub fn act_by_stems(&self, text: &str) -> Option<ActRow> {
        let said = crate::words::words(text);
        let rule = self.act_stems.iter().find(|rule| holds(&rule.stems, &said))?;
        let row = self.acts.iter().find(|row| row.coded == rule.value).cloned();
        Some(row.unwrap_or_else(|| ActRow {
            coded: rule.value.clone(),
            act: rule.value.replace('_', "-"),
            fits: Fits::Any,
            implied: None,
            continuing: false,
        }))
    }

    /// The act that a text names first: what it is about, rather than what it mentions by the way.
    #[must_use]
    pub fn first_act(&self, text: &str) -> Option<String> {
        let said = crate::words::words(text);
        let about = |word: &String| {
            let touches = |rule: &&Rule| {
                holds(&rule.stems, &said)
                    && rule.stems.split('+').any(|stem| crate::words::begins(stem, word))
            };
            self.act_stems.iter().find(touches)
        };
        let rule = said.iter().find_map(about)?;
        Some(self.act(&rule.value).act)
    }

    /// The act that a decisive fact says was not shown: "that they looted could not be verified". A fact about how much withholds
    /// nothing.
    #[must_use]
    pub fn withheld(&self, fact: &str) -> Option<String> {
        let said = crate::words::words(fact);
        let has = |kind| self.word(kind, &said).is_some();
        if !has("shown") || !has("negation") || has("amount") {
            return None;
        }
        self.first_act(fact).or_else(|| self.word("supply", &said).map(|rule| self.act(&rule.value).act))
    }

    /// Claims that a decisive fact makes about an act. A fact with a *no* in it makes none: "moved without authorisation".
    #[must_use]
    pub fn claims(&self, act: &str, fact: &str) -> Vec<&str> {
        let said = crate::words::words(fact);
        if self.word("negation", &said).is_some() {
            return Vec::new();
        }
        let made =
            self.claims.iter().filter(|row| row.acts.iter().any(|a| a == act) && holds(&row.stems, &said));
        made.map(|row| row.claim.as_str()).collect()
    }

    /// The first rule of targets that the words fulfil.
    #[must_use]
    pub fn target(&self, words: &[String]) -> Option<&Rule> {
        self.targets.iter().find(|rule| holds(&rule.stems, words))
    }

    /// The class of a target word.
    #[must_use]
    pub fn class_of(&self, target: &str) -> Option<Class> {
        self.targets.iter().find(|rule| rule.value == target).and_then(|rule| rule.class)
    }

    /// The first word of a kind among the words.
    #[must_use]
    pub fn word(&self, kind: &str, words: &[String]) -> Option<&Rule> {
        self.words
            .iter()
            .find(|word| word.kind == kind && holds(&word.rule.stems, words))
            .map(|word| &word.rule)
    }
}
