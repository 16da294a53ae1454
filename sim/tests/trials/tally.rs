//! What was tried: every reason of refusal, every way, every kind. What is never hit was not tried, and fails the trial.

use std::collections::BTreeMap;

use truceline_casework::case::{Act, BY_THE_TERMS, CaseAct, Docket, Kind, Refused, Stopped, Way};

/// Counts by heading and word.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    counts: BTreeMap<(&'static str, &'static str), u64>,
}

/// Every heading with every word that has to be hit.
pub const ALL: [(&str, &[&str]); 6] = [
    (
        "refused",
        &[
            "nobody",
            "role",
            "no-case",
            "set-back",
            "no-procedure",
            "not-taken",
            "may-not-open",
            "already-open",
            "nothing-to-look-at",
            "unknown",
            "does-not-speak-for",
            "has-ended",
            "has-not-ended",
            "other-step",
            "other-step-lapsed",
            "not-theirs",
            "stepped-aside",
            "acted-already",
            "choose",
            "asks-decisions",
            "asks-no-decisions",
            "means-first",
            "not-named",
            "no-gravity",
            "contradiction",
            "not-given",
            "not-ahead",
            "no-entry",
            "twice",
            "same-person",
            "not-yet",
        ],
    ),
    ("way", &["opened", "acted", "deadlock", "stepped-aside", "silence", "heard", "withdrawn", "reopened"]),
    ("kind", &["joint", "without-recused", "sole", "separate"]),
    ("stopped", &["acted", "deadlock", "stepped-aside", "withdrawn", "lapsed"]),
    (
        "taken",
        &[
            "open",
            "clock-fault",
            "step",
            "determine",
            "join",
            "means",
            "evidence",
            "disclose",
            "name",
            "incident",
            "recuse",
            "dissent",
            "extend",
            "undertake",
            "follow-up",
            "withdraw",
            "reopen",
            "lapse",
        ],
    ),
    ("put", &["excluded", "readmitted", "extended", "overtaken", "by-the-terms"]),
];

/// The word of a refusal. A variant added to the code has to be added here, and to be hit.
fn refusal(why: &Refused) -> &'static str {
    match why {
        Refused::Nobody(_) => "nobody",
        Refused::Role(..) => "role",
        Refused::NoCase(_) => "no-case",
        Refused::SetBack(_) => "set-back",
        Refused::NoProcedure(_) => "no-procedure",
        Refused::NotTaken(_) => "not-taken",
        Refused::MayNotOpen(_) => "may-not-open",
        Refused::AlreadyOpen(_) => "already-open",
        Refused::NothingToLookAt => "nothing-to-look-at",
        Refused::Unknown(_) => "unknown",
        Refused::DoesNotSpeakFor(_) => "does-not-speak-for",
        Refused::HasEnded(_) => "has-ended",
        Refused::HasNotEnded => "has-not-ended",
        Refused::OtherStep { lapsed: None, .. } => "other-step",
        Refused::OtherStep { lapsed: Some(_), .. } => "other-step-lapsed",
        Refused::NotTheirs(_) => "not-theirs",
        Refused::SteppedAside(_) => "stepped-aside",
        Refused::ActedAlready(..) => "acted-already",
        Refused::Choose(_) => "choose",
        Refused::AsksDecisions(true) => "asks-decisions",
        Refused::AsksDecisions(false) => "asks-no-decisions",
        Refused::MeansFirst(..) => "means-first",
        Refused::NotNamed => "not-named",
        Refused::NoGravity(..) => "no-gravity",
        Refused::Contradiction(_) => "contradiction",
        Refused::NotGiven(_) => "not-given",
        Refused::NotAhead(_) => "not-ahead",
        Refused::NoEntry(_) => "no-entry",
        Refused::Twice(_) => "twice",
        Refused::SamePerson => "same-person",
        Refused::NotYet(_) => "not-yet",
    }
}

impl Tally {
    pub fn hit(&mut self, heading: &'static str, word: &'static str) {
        *self.counts.entry((heading, word)).or_default() += 1;
    }

    pub fn get(&self, heading: &'static str, word: &'static str) -> u64 {
        self.counts.get(&(heading, word)).copied().unwrap_or_default()
    }

    /// An act that was taken.
    pub fn taken(&mut self, what: &CaseAct) {
        let word = match what {
            CaseAct::Open(_) => "open",
            CaseAct::On(_, act) => Act::as_str(act),
            CaseAct::ClockFault(_) => "clock-fault",
        };
        self.hit("taken", word);
    }

    /// What stands in a docket at its end.
    pub fn docket(&mut self, docket: &Docket) {
        let refused = docket.cases.values().flat_map(|case| &case.refused).chain(&docket.refused);
        for one in refused {
            self.hit("refused", refusal(&one.why));
        }
        for case in docket.cases.values() {
            self.hit("cases", "cases");
            if case.opened_by == BY_THE_TERMS {
                self.hit("put", "by-the-terms");
            }
            for passage in &case.trail {
                self.hit("way", Way::as_str(passage.way));
            }
            for one in &case.determinations {
                self.hit("kind", Kind::as_str(one.kind));
            }
            for clock in &case.clocks {
                if let Some((_, why)) = clock.stopped {
                    self.hit("stopped", Stopped::as_str(why));
                }
                if clock.extended.is_some() {
                    self.hit("put", "extended");
                }
            }
        }
        for exclusion in docket.exclusions() {
            self.hit("put", "excluded");
            if exclusion.until.is_some() {
                self.hit("put", "readmitted");
            }
        }
    }

    /// The counts as a table.
    pub fn table(&self) -> String {
        let mut text = String::new();
        for ((heading, word), count) in &self.counts {
            text += &format!("{heading:>10} {word:<20} {count:>9}\n");
        }
        text
    }

    /// What was never hit.
    pub fn missing(&self) -> Vec<String> {
        let all = ALL.iter().flat_map(|(heading, words)| words.iter().map(move |word| (*heading, *word)));
        all.filter(|(heading, word)| self.get(heading, word) == 0)
            .map(|(heading, word)| format!("{heading}: {word}"))
            .collect()
    }
}
