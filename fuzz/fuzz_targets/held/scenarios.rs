//! Any bytes as a case scenario, and what must hold of it: read, or refused with the line; run through the case machine without a panic, the
//! same again and in whatever order the entries come; every case that goes on has somebody who must act by a date. The fuzzer draws the
//! bytes for minutes and hours (`fuzz_targets/cases.rs`); a test draws some on every build (`crates/casework/tests/any_scenarios.rs`).
//!
//! Half of the bytes are taken as text, for the reader; the other half choose among the words that the procedures know, so that cases get far.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use truceline_casework::case::{BY_THE_TERMS, CaseEntry, Docket, Setting};
use truceline_casework::case_scenario::{Coverage, parse_case_scenario};

/// Roles and whom they act for, where they act for somebody.
const ROLES: [(&str, bool); 9] = [
    ("watch-officer", false),
    ("hotline-operator", false),
    ("field-monitor", false),
    ("verifier", false),
    ("legal-officer", false),
    ("humanitarian-officer", false),
    ("co-chair", true),
    ("party-liaison", true),
    ("public", false),
];
const VERBS: [&str; 19] = [
    "opens",
    "does",
    "determines",
    "joins",
    "means",
    "evidence",
    "discloses",
    "names",
    "adds",
    "recuses",
    "dissents",
    "extends",
    "undertakes",
    "follows-up",
    "withdraws",
    "reopens",
    "lapse",
    "clock-fault",
    "does",
];
/// Most acts of one run: a case comes to its end in fewer, and a fuzzer lives on speed.
const MOST: usize = 32;

/// A setting, with the words out of which scenarios are drawn, made once.
pub(crate) struct Stage {
    setting: Setting,
    actors: Vec<String>,
    procedures: Vec<String>,
    steps: Vec<String>,
    ends: Vec<String>,
    clauses: Vec<String>,
}

impl Stage {
    /// Of a whole setting.
    pub(crate) fn of(setting: Setting) -> Self {
        let of_steps = setting.procedures.values().flat_map(|one| &one.steps).map(|step| step.id.clone());
        let steps: Vec<String> = of_steps.collect();
        let of_ends = setting.procedures.values().flat_map(|one| &one.ends).map(|end| end.id.clone());
        Self {
            actors: setting.actors.iter().map(|actor| actor.id.to_string()).collect(),
            procedures: setting.procedures.keys().map(ToString::to_string).collect(),
            ends: steps.iter().cloned().chain(of_ends).collect(),
            clauses: setting.clauses.iter().map(ToString::to_string).collect(),
            steps,
            setting,
        }
    }
}

/// One byte after another; after the last, zeros.
struct Bytes<'b>(&'b [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> usize {
        let (first, rest) =
            self.0.split_first().map_or((0, self.0), |(byte, rest)| (usize::from(*byte), rest));
        self.0 = rest;
        first
    }

    fn of<'a>(&mut self, all: &'a [String]) -> &'a str {
        let n = self.next();
        all.get(n % all.len().max(1)).map_or("", String::as_str)
    }
}

/// Reads bytes as a scenario and holds what must hold of it.
pub(crate) fn check(stage: &Stage, data: &[u8]) {
    let setting = &stage.setting;
    let (first, rest) = data.split_first().map_or((0, data), |(first, rest)| (*first, rest));
    let is_text = first % 2 == 0;
    let block = if is_text { String::from_utf8_lossy(rest).into_owned() } else { drawn(stage, rest) };
    let text = format!("# A case\n\n```case\n{block}\n```\n");
    let scenario = match parse_case_scenario(&text, &setting.zone) {
        Ok(scenario) => scenario,
        Err(faults) => {
            assert!(!faults.is_empty(), "refused without a word");
            assert!(is_text, "what is made of its own words is read: {faults:?}\n{text}");
            return;
        }
    };
    // What reads the same entries once more is asked now and then: the docket below is read twice in every run.
    if first < 32 {
        let said = scenario.compare(setting);
        assert_eq!(said, scenario.compare(setting), "the same again");
        Coverage::default().add(&scenario, setting);
    }
    let mut setting = setting.clone();
    setting.people.clone_from(&scenario.people);
    let settings = BTreeMap::from([(0, setting)]);
    let entries: Vec<CaseEntry> = scenario.acts.iter().map(|told| told.entry.clone()).collect();
    let Some(last) = entries.iter().map(|entry| entry.at).max() else { return };
    let docket = Docket::of(&settings, &entries, last);
    let reversed: Vec<CaseEntry> = entries.iter().rev().cloned().collect();
    assert_eq!(
        docket,
        Docket::of(&settings, &reversed, last),
        "the order in which entries come changes nothing"
    );
    let Some(setting) = settings.get(&0) else { return };
    for case in docket.cases.values() {
        if case.step().is_some() {
            let awaited = case.awaited(setting, last).expect("somebody must act");
            assert!(!awaited.who.is_empty(), "{} waits for nobody", case.id);
        }
    }
}

/// A scenario out of the words that the setting knows.
fn drawn(stage: &Stage, data: &[u8]) -> String {
    let Stage { actors, procedures, steps, ends, clauses, .. } = stage;
    let mut bytes = Bytes(data);
    let mut out = String::new();
    let people: Vec<String> = (0..8).map(|n| format!("p{n}")).collect();
    for name in &people {
        let n = bytes.next();
        let (role, acts_for) = ROLES.get(n % ROLES.len()).copied().unwrap_or(("public", false));
        let of = if acts_for { format!(" for={}", bytes.of(actors)) } else { String::new() };
        let _ = writeln!(out, "person {name} role={role}{of}");
    }
    let _ = writeln!(out, "procedure {}\nclause {}", bytes.of(procedures), bytes.of(clauses));
    // Without a case no act can be written down.
    let _ = writeln!(
        out,
        "at \"2016-05-01T00:00\" p0 opens c0 by=mission against={} incident=i0",
        bytes.of(actors)
    );
    let mut minutes = 0_usize;
    let mut cases = vec!["c0".to_owned()];
    let mut labels: Vec<String> = Vec::new();
    for n in 1..MOST {
        if bytes.0.is_empty() {
            break;
        }
        let hop = bytes.next();
        minutes += hop * hop / 4;
        let (day, rest) = (minutes / 1_440 % 28, minutes % 1_440);
        let at =
            format!("2016-{:02}-{:02}T{:02}:{:02}", 5 + minutes / 40_320 % 7, day + 1, rest / 60, rest % 60);
        let who = bytes.of(&people).to_owned();
        let drawn = bytes.next();
        let verb = VERBS.get(drawn % VERBS.len()).copied().unwrap_or("does");
        let case = bytes.of(&cases).to_owned();
        let label = if labels.is_empty() { None } else { Some(bytes.of(&labels).to_owned()) };
        let Some(what) = act(verb, n, &mut bytes, (actors, steps, ends), label.as_deref()) else {
            continue;
        };
        let of =
            if verb == "opens" || verb == "clock-fault" { String::new() } else { format!(" case={case}") };
        // Now and then it is nobody.
        let who = if matches!(verb, "opens" | "lapse") && drawn > 200 { BY_THE_TERMS } else { who.as_str() };
        let _ = writeln!(out, "at \"{at}\" {who} {what}{of} as=l{n}");
        labels.push(format!("l{n}"));
        if verb == "opens" {
            cases.push(format!("c{n}"));
        }
    }
    // A scenario that expects nothing is refused; what comes out is not held against this.
    let _ = writeln!(out, "expect \"2016-12-24T00:00\" case=c0 excluded=none");
    out
}

/// An act in words, or nothing where it needs an entry before it and there is none.
fn act(
    verb: &str,
    n: usize,
    bytes: &mut Bytes<'_>,
    (actors, steps, ends): (&[String], &[String], &[String]),
    label: Option<&str>,
) -> Option<String> {
    let answers = ["yes", "no", "unclear"].map(str::to_owned);
    let then = |bytes: &mut Bytes<'_>| match bytes.next() % 4 {
        0 => String::new(),
        _ => format!(" then={}", bytes.of(ends)),
    };
    Some(match verb {
        "opens" => {
            let by = match bytes.next() % 6 {
                0 => "mission".to_owned(),
                1 => "public".to_owned(),
                2 => "persistent since=\"2016-05-02T00:00\"".to_owned(),
                3 => "unmet since=\"2016-05-20T00:00\"".to_owned(),
                4 => "persistent".to_owned(),
                _ => bytes.of(actors).to_owned(),
            };
            // Of several each is heard, where the terms say so.
            let against = match bytes.next() % 3 {
                0 => format!("\"{} {}\"", bytes.of(actors), bytes.of(actors)),
                _ => bytes.of(actors).to_owned(),
            };
            format!("opens c{n} by={by} against={against} incident=i{}", bytes.next() % 4)
        }
        "does" => format!("does {}{}", bytes.of(steps), then(bytes)),
        "determines" => {
            let step = bytes.of(steps).to_owned();
            let (happened, prohibited) = (bytes.of(&answers).to_owned(), bytes.of(&answers).to_owned());
            format!(
                "determines {step} happened={happened} who={} prohibited={prohibited}{}",
                bytes.of(actors),
                then(bytes)
            )
        }
        "joins" => format!("joins by={}", bytes.of(actors)),
        "evidence" => {
            format!("evidence sealed={}", if bytes.next().is_multiple_of(2) { "yes" } else { "no" })
        }
        "discloses" => format!("discloses {} to={}", label?, bytes.of(actors)),
        "names" => format!("names {}", bytes.of(actors)),
        "adds" => format!("adds i{}", bytes.next() % 8),
        "dissents" => format!("dissents of={}", label?),
        "undertakes" => "undertakes due=\"2016-06-15T12:00\"".to_owned(),
        "follows-up" => {
            format!(
                "follows-up of={} kept={}",
                label?,
                if bytes.next().is_multiple_of(2) { "yes" } else { "no" }
            )
        }
        "reopens" => format!("reopens for={}", label?),
        "lapse" => format!("lapse {}", bytes.of(steps)),
        "clock-fault" => format!("clock-fault from={} to={}", label?, label?),
        plain => plain.to_owned(),
    })
}
