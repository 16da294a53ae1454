//! Scenarios: one incident and the findings expected of it, written so that a lawyer can read and write them.
//!
//! A scenario is a Markdown file whose fenced `scenario` block holds the facts as sources give them and the expectations.
//! This module reads the block into an [`Incident`] and compares findings; it never judges, so that a scenario cannot agree
//! with the judge by construction.

use std::collections::{BTreeMap, BTreeSet};

use kdl::{KdlDocument, KdlEntry, KdlNode};
use truceline_model::{Areas, Finding, Incident, IncidentId, Instant, Outcome, Zone};

mod facts;

/// What is expected of one clause under one reading, or under every reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// The clause.
    pub clause: String,
    /// The reading, or `any` for every reading.
    pub reading: String,
    /// The outcome.
    pub outcome: Outcome,
    /// Sets of facts (keys joined by `+`) each of which must be a crux of the finding.
    pub turns_on: BTreeSet<String>,
    /// Actors who would have to answer, when the scenario says who.
    pub answers: Option<BTreeSet<String>>,
    /// Line of the file.
    pub line: usize,
}

/// One scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// As of when the incident is judged.
    pub as_of: Instant,
    /// The facts.
    pub incident: Incident,
    /// What must come out.
    pub expect: Vec<Expectation>,
}

/// Reads a scenario file.
///
/// # Errors
/// Every fault found, each beginning with its line.
pub fn parse_scenario(markdown: &str, zone: &Zone, areas: &Areas) -> Result<Scenario, Vec<String>> {
    let Some((first_line, block)) = fenced(markdown) else {
        return Err(vec!["1: no ```scenario block in the file".into()]);
    };
    if let Err((line, say)) = crate::plain::plain(block) {
        return Err(vec![format!("{}: {say}", first_line + line)]);
    }
    let block = &facts::quoted(block);
    let document = KdlDocument::parse_v2(block).map_err(|error| {
        let faults = error.diagnostics.iter().map(|d| {
            let line = first_line + line_of(block, d.span.offset()) + 1;
            format!("{line}: {}", d.message.clone().unwrap_or_else(|| "this cannot be read".into()))
        });
        faults.collect::<Vec<_>>()
    })?;
    let mut reader = Reader { block, first_line, zone, areas, faults: Vec::new() };
    let scenario = reader.scenario(&document);
    if reader.faults.is_empty() { Ok(scenario) } else { Err(reader.faults) }
}

/// What the findings do not fulfil, in words; empty when the scenario holds.
#[must_use]
pub fn compare(scenario: &Scenario, findings: &[Finding]) -> Vec<String> {
    let mut faults = Vec::new();
    for expected in &scenario.expect {
        let of_clause: Vec<&Finding> = findings
            .iter()
            .filter(|f| {
                f.clause.as_str() == expected.clause
                    && (expected.reading == "any" || f.reading.as_str() == expected.reading)
            })
            .collect();
        if of_clause.is_empty() {
            faults.push(format!(
                "{}: no finding on {} under {}",
                expected.line, expected.clause, expected.reading
            ));
        }
        for finding in of_clause {
            compare_one(expected, finding, &mut faults);
        }
    }
    faults
}

fn compare_one(expected: &Expectation, finding: &Finding, faults: &mut Vec<String>) {
    let at = format!("{}: {} under {}", expected.line, finding.clause, finding.reading);
    if finding.outcome != expected.outcome {
        faults.push(format!("{at}: expected {}, found {}", expected.outcome, finding.outcome));
    }
    let found: BTreeSet<String> = finding
        .cruxes
        .iter()
        .map(|crux| crux.facts().iter().map(truceline_model::Fact::key).collect::<Vec<_>>().join("+"))
        .collect();
    for missing in expected.turns_on.difference(&found) {
        let found = if found.is_empty() {
            "nothing".to_owned()
        } else {
            found.iter().cloned().collect::<Vec<_>>().join("; ")
        };
        faults.push(format!("{at}: should turn on {missing}; it turns on {found}"));
    }
    if let Some(answers) = &expected.answers {
        let respondents: BTreeSet<String> = finding.respondents.iter().map(ToString::to_string).collect();
        if *answers != respondents {
            let list = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" ");
            faults.push(format!(
                "{at}: should be answered by {}; found {}",
                list(answers),
                list(&respondents)
            ));
        }
    }
}

/// The block and the number of the line before its first.
fn fenced(markdown: &str) -> Option<(usize, &str)> {
    let start = markdown.find("```scenario\n")? + "```scenario\n".len();
    let rest = markdown.get(start..)?;
    let end = rest.find("\n```")?;
    Some((line_of(markdown, start), rest.get(..=end)?))
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|b| *b == b'\n').count()
}

struct Reader<'a> {
    block: &'a str,
    first_line: usize,
    zone: &'a Zone,
    areas: &'a Areas,
    faults: Vec<String>,
}

impl Reader<'_> {
    fn line(&self, node: &KdlNode) -> usize {
        self.first_line + line_of(self.block, node.name().span().offset()) + 1
    }

    fn fault(&mut self, node: &KdlNode, say: &str) {
        let line = self.line(node);
        self.faults.push(format!("{line}: {say}"));
    }

    fn scenario(&mut self, document: &KdlDocument) -> Scenario {
        let mut as_of = Instant::FAR_FUTURE;
        let mut incident = Incident::empty(IncidentId::new("scenario"));
        let mut expect = Vec::new();
        for node in document.nodes() {
            match node.name().value() {
                "as-of" => match self
                    .word(node)
                    .map(|text| Instant::parse(&text).or_else(|_| self.zone.instant(&text)))
                {
                    Some(Ok(at)) => as_of = at,
                    Some(Err(error)) => self.fault(node, &error.say),
                    None => {}
                },
                "incident" => {
                    if let Some(id) = self.word(node) {
                        incident.id = IncidentId::new(&id);
                    }
                    for child in node.children().map(KdlDocument::nodes).unwrap_or_default() {
                        self.fact(child, &mut incident);
                    }
                }
                "expect" => expect.extend(self.expectation(node)),
                other => self.fault(node, &format!("\"{other}\" is not one of as-of, incident, expect")),
            }
        }
        if expect.is_empty() {
            self.faults.push(format!("{}: the scenario expects nothing", self.first_line));
        }
        Scenario { as_of, incident, expect }
    }

    fn expectation(&mut self, node: &KdlNode) -> Option<Expectation> {
        let words = words(node);
        let [clause, reading, outcome] = words.as_slice() else {
            self.fault(node, "write: expect CLAUSE READING OUTCOME");
            return None;
        };
        let Some(outcome) = Outcome::parse(outcome) else {
            self.fault(
                node,
                &format!("\"{outcome}\" is not one of prohibited, not-prohibited, not-covered, undetermined"),
            );
            return None;
        };
        let list = |name: &str, by: char| -> Option<BTreeSet<String>> {
            property(node, name).map(|text| {
                text.split(by).map(|part| part.trim().to_owned()).filter(|p| !p.is_empty()).collect()
            })
        };
        Some(Expectation {
            clause: clause.clone(),
            reading: reading.clone(),
            outcome,
            turns_on: list("turns-on", ';').unwrap_or_default(),
            answers: list("answers", ' '),
            line: self.line(node),
        })
    }

    fn word(&mut self, node: &KdlNode) -> Option<String> {
        let word = words(node).first().cloned();
        if word.is_none() {
            self.fault(node, &format!("say what after \"{}\"", node.name().value()));
        }
        word
    }
}

fn text(entry: &KdlEntry) -> Option<String> {
    entry.value().as_string().map(str::to_owned).or_else(|| entry.value().as_integer().map(|n| n.to_string()))
}

fn words(node: &KdlNode) -> Vec<String> {
    node.entries().iter().filter(|entry| entry.name().is_none()).filter_map(text).collect()
}

fn property(node: &KdlNode, name: &str) -> Option<String> {
    let all: BTreeMap<&str, String> =
        node.entries().iter().filter_map(|entry| Some((entry.name()?.value(), text(entry)?))).collect();
    all.get(name).cloned()
}

#[cfg(test)]
mod tests {
    use truceline_model::Act;

    use super::*;

    const AL_QUDS: &str = "# Al-Quds\n\n```scenario\nas-of \"2016-05-04T12:00:00Z\"\nincident al-quds {\n    what airstrike by=msf\n    at hospital by=msf\n    when \"2016-04-27T21:37\"\n    where \"36.1759,37.1411\" within=500\n    who russian-forces by=airwars\n    fact exempt-group-present unclear by=russia\n}\nexpect government-fire any prohibited turns-on=\"matter:object\"\n```\n";

    #[test]
    fn a_scenario_reads_as_it_is_written() {
        let scenario =
            parse_scenario(AL_QUDS, &Zone::named("Asia/Damascus").unwrap(), &Areas::default()).unwrap();
        assert_eq!(scenario.incident.acts.only(), Some(&Act::Airstrike));
        assert_eq!(scenario.incident.time().unwrap().start().to_string(), "2016-04-27T18:37:00Z");
        assert_eq!(scenario.expect.len(), 1);
        assert_eq!(scenario.expect[0].line, 13);
        assert_eq!(compare(&scenario, &[]), ["13: no finding on government-fire under any"]);
    }

    #[test]
    fn faults_name_their_lines() {
        let bad =
            AL_QUDS.replace("what airstrike", "what airstrik").replace("prohibited turns", "forbidden turns");
        let faults = parse_scenario(&bad, &Zone::utc(), &Areas::default()).unwrap_err();
        assert_eq!(faults[0], "6: \"airstrik\" is not in the vocabulary");
        assert!(faults[1].starts_with("13: \"forbidden\" is not one of"));
        let bad = AL_QUDS.replace("what airstrike", "what = airstrike");
        let faults = parse_scenario(&bad, &Zone::utc(), &Areas::default()).unwrap_err();
        assert!(faults.iter().any(|fault| fault.starts_with("6: ")), "{faults:?}");
    }

    #[test]
    fn what_was_struck_commanded_and_counted_reads_as_it_is_written() {
        let lines = "    struck opposition by=sohr\n    struck-open by=msf\n    commander iran by=hnc\n    commander-open by=msf\n    system tornado-s\n    counted lorries 500..600 by=ocha\n    counted lorries \"540..\" by=msf\n    counted-open fuel by=msf\n    throughout\n";
        let good = AL_QUDS.replace("    who russian", &format!("{lines}    who russian"));
        let incident = parse_scenario(&good, &Zone::named("Asia/Damascus").unwrap(), &Areas::default())
            .unwrap()
            .incident;
        assert!(incident.struck.is_open() && incident.commanders.is_open() && incident.throughout);
        assert_eq!(incident.struck.len(), 1);
        assert_eq!(incident.systems.only().map(|s| s.as_str()), Some("tornado-s"));
        let lorries: Vec<String> =
            incident.amounts[&"lorries".into()].iter().map(|(b, _)| b.to_string()).collect();
        assert_eq!(lorries, ["500-600", ">=540"]);
        assert!(incident.amounts[&"fuel".into()].is_open());
        let bad = good.replace("500..600", "600..500");
        let faults = parse_scenario(&bad, &Zone::utc(), &Areas::default()).unwrap_err();
        assert!(faults.iter().any(|fault| fault.starts_with("15: say how many")), "{faults:?}");
    }

    #[test]
    fn a_hostile_block_is_refused_at_its_line() {
        for hostile in ["/*".repeat(8000), "a /-{".repeat(30) + &"}".repeat(30), "}".repeat(4096)] {
            let bad = AL_QUDS.replace("    who russian-forces", &hostile);
            let faults = parse_scenario(&bad, &Zone::utc(), &Areas::default()).unwrap_err();
            assert!(faults[0].starts_with("10: "), "{faults:?}");
        }
        let plain = AL_QUDS.replace("    who", "    // { a remark\n    who");
        assert!(parse_scenario(&plain, &Zone::utc(), &Areas::default()).is_ok());
    }
}
