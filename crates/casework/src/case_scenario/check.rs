//! Holds an expectation against what the case machine makes of the acts.

use std::collections::BTreeSet;
use std::fmt::Display;

use truceline_model::Instant;

use super::expectation::Expectation;
use crate::case::{Awaited, Case, Counted, Docket, Setting, Stopped, Undertaking, counts};

/// What does not hold, in words.
pub(super) fn differs(
    expected: &Expectation,
    case: &Case,
    docket: &Docket,
    setting: &Setting,
) -> Vec<String> {
    let view = View { case, docket, setting, at: expected.at, awaited: case.awaited(setting, expected.at) };
    let mut said = Vec::new();
    for (key, wanted) in &expected.holds {
        let found = view.found(key);
        let same = match key.as_str() {
            "trail" | "determined" | "kept" => {
                wanted.split_whitespace().filter(|word| *word != "none").eq(found.split_whitespace())
            }
            "due" => setting.zone.instant(wanted).is_ok_and(|at| Some(at) == view.due()),
            _ => set(wanted) == set(&found),
        };
        if !same {
            let found = if found.is_empty() { "nothing" } else { &found };
            said.push(format!("expected {key}={wanted}; found {found}"));
        }
    }
    said
}

fn set(text: &str) -> BTreeSet<&str> {
    text.split_whitespace().filter(|word| *word != "none").collect()
}

struct View<'a> {
    case: &'a Case,
    docket: &'a Docket,
    setting: &'a Setting,
    at: Instant,
    awaited: Option<Awaited>,
}

impl View<'_> {
    fn due(&self) -> Option<Instant> {
        self.awaited.as_ref().map(|awaited| awaited.due)
    }

    /// What stands under a key, in the words of a scenario.
    fn found(&self, key: &str) -> String {
        let case = self.case;
        match key {
            "stands" => case.stands().to_owned(),
            "way" => case.trail.last().map(|last| last.way.as_str().to_owned()).unwrap_or_default(),
            "trail" => joined(case.trail.iter().map(|passage| &passage.to)),
            "lapsed" => {
                let lapsed = case.clocks.iter().filter(|c| matches!(c.stopped, Some((_, Stopped::Lapsed))));
                joined(lapsed.map(|clock| &clock.step))
            }
            "respondents" => joined(&case.respondents),
            "dissents" => case.dissents.len().to_string(),
            "means" => case.means.len().to_string(),
            "refused" => case.refused.len().to_string(),
            "kept" => joined(case.undertakings.iter().map(kept)),
            "overdue" => case.overdue(self.at).count().to_string(),
            "excluded" => {
                let all = self.docket.exclusions();
                joined(all.iter().filter(|one| one.until.is_none()).map(|one| &one.actor))
            }
            "alleged" => self.counted().alleged.len().to_string(),
            "counted" => self.counted().determined.len().to_string(),
            "separately" => self.counted().separate.len().to_string(),
            "who" | "any" | "due" | "silence" | "then" => self.awaits(key),
            _ => self.determination(key),
        }
    }

    fn awaits(&self, key: &str) -> String {
        let Some(awaited) = &self.awaited else { return String::new() };
        match key {
            "who" => joined(&awaited.who),
            "any" => if awaited.is_any { "yes" } else { "no" }.to_owned(),
            "due" => self.setting.zone.local_text(awaited.due),
            "silence" => awaited.silence.clone(),
            _ => joined(&awaited.then),
        }
    }

    fn determination(&self, key: &str) -> String {
        let all = &self.case.determinations;
        if key == "determined" {
            return joined(all.iter().map(|one| one.kind.as_str()));
        }
        let Some(last) = all.last() else { return String::new() };
        match key {
            "happened" => last.stance.happened.as_str().to_owned(),
            "found" => joined(&last.stance.who),
            "prohibited" => last.stance.prohibited.as_str().to_owned(),
            "gravity" => last.stance.gravity.clone().unwrap_or_default(),
            _ => joined(&last.without),
        }
    }

    /// The counts against the respondent on the clause, within the window of the terms.
    fn counted(&self) -> Counted {
        let Some(party) = self.case.respondent() else { return Counted::default() };
        let all = counts(self.docket, &[], self.setting);
        let ours = all.into_iter().find(|one| one.party == *party && one.clause == *self.case.clause());
        ours.map(|one| one.counted).unwrap_or_default()
    }
}

fn kept(one: &Undertaking) -> &'static str {
    match one.kept {
        Some((true, ..)) => "yes",
        Some((false, ..)) => "no",
        None => "open",
    }
}

fn joined<T: Display>(all: impl IntoIterator<Item = T>) -> String {
    all.into_iter().map(|one| one.to_string()).collect::<Vec<_>>().join(" ")
}
