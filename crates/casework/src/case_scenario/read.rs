//! Reads a `case` block into people, acts and expectations.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{ActorId, Answer, IncidentId, Instant, ReceiptNo, Threshold, Zone};

use super::expectation::{Expectation, KEYS};
use super::line::{Line, line};
use super::{CaseScenario, Told};
use crate::case::{
    Act, BY_THE_TERMS, CaseAct, CaseEntry, CaseId, ClockFault, Complainant, Opening, Person, Role, Stance,
};

/// Longest text, in bytes.
const LONGEST: usize = 64 * 1024;
/// Most acts.
const MOST_ACTS: usize = 500;

/// What can follow a person's name, with the keys that each may have.
const VERBS: [(&str, &str); 18] = [
    ("opens", "by against incident rests-on procedure clause receipt since"),
    ("does", "then due"),
    ("determines", "then happened who prohibited gravity"),
    ("joins", "by receipt"),
    ("means", ""),
    ("evidence", "receipt sealed"),
    ("discloses", "to"),
    ("names", ""),
    ("adds", ""),
    ("recuses", ""),
    ("dissents", "of"),
    ("extends", ""),
    ("undertakes", "due"),
    ("follows-up", "of kept"),
    ("withdraws", ""),
    ("reopens", "for"),
    ("lapse", ""),
    ("clock-fault", "from to"),
];

/// Keys that every act may have.
const ALWAYS: [&str; 4] = ["case", "as", "words", "refused"];

pub(super) fn read(markdown: &str, zone: &Zone) -> Result<CaseScenario, Vec<String>> {
    if markdown.len() > LONGEST {
        return Err(vec![format!(
            "1: this has {} bytes; {LONGEST} is the most that is read",
            markdown.len()
        )]);
    }
    let Some((before, block)) = fenced(markdown) else {
        return Err(vec!["1: no ```case block in the file".into()]);
    };
    let mut reader = Reader::new(zone);
    for (place, text) in block.lines().enumerate() {
        reader.number = before + place + 1;
        match line(text) {
            Ok(None) => {}
            Ok(Some(line)) => {
                if let Err(say) = reader.statement(&line) {
                    reader.fault(&say);
                }
            }
            Err(say) => reader.fault(&say),
        }
    }
    if reader.scenario.expect.is_empty() {
        reader.faults.push(format!("{before}: the scenario expects nothing"));
    }
    if reader.faults.is_empty() { Ok(reader.scenario) } else { Err(reader.faults) }
}

/// The block and how many lines stand before its first.
fn fenced(markdown: &str) -> Option<(usize, &str)> {
    let start = markdown.find("```case\n")? + "```case\n".len();
    let rest = markdown.get(start..)?;
    let end = rest.find("\n```")?;
    let before = markdown.get(..start)?.bytes().filter(|byte| *byte == b'\n').count();
    Some((before, rest.get(..end)?))
}

struct Reader<'a> {
    zone: &'a Zone,
    number: usize,
    procedure: Option<String>,
    clause: Option<String>,
    cases: BTreeMap<String, CaseId>,
    last: Option<CaseId>,
    labels: BTreeMap<String, u64>,
    scenario: CaseScenario,
    faults: Vec<String>,
}

impl<'a> Reader<'a> {
    fn new(zone: &'a Zone) -> Self {
        let scenario = CaseScenario { people: BTreeMap::new(), acts: Vec::new(), expect: Vec::new() };
        let (cases, labels, faults) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        Self { zone, number: 0, procedure: None, clause: None, cases, last: None, labels, scenario, faults }
    }

    fn fault(&mut self, say: &str) {
        self.faults.push(format!("{}: {say}", self.number));
    }

    fn statement(&mut self, line: &Line) -> Result<(), String> {
        match line.word(0) {
            Some("procedure") => {
                self.procedure = Some(needed(line.word(1), "the id of a procedure")?.to_owned())
            }
            Some("clause") => self.clause = Some(needed(line.word(1), "the id of a clause")?.to_owned()),
            Some("person") => self.person(line)?,
            Some("at") => self.act(line)?,
            Some("expect") => self.expectation(line)?,
            other => {
                let found = other.unwrap_or("a key without a word");
                return Err(format!("\"{found}\" is not one of procedure, clause, person, at, expect"));
            }
        }
        Ok(())
    }

    fn person(&mut self, line: &Line) -> Result<(), String> {
        let name = needed(line.word(1), "a name")?.to_owned();
        if name == BY_THE_TERMS {
            return Err(format!("{name} is nobody: what the terms do by themselves stands under it"));
        }
        only(line, &["role", "for"])?;
        let role = needed(line.key("role"), "role=")?;
        let role = Role::parse(role).ok_or_else(|| {
            let all: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
            format!("\"{role}\" is not a role: {}", all.join(", "))
        })?;
        let person = Person { role, acts_for: line.key("for").map(ActorId::new) };
        if self.scenario.people.insert(name.clone(), person).is_some() {
            return Err(format!("there are two people called {name}"));
        }
        Ok(())
    }

    fn moment(&self, text: Option<&str>) -> Result<Instant, String> {
        self.zone.instant(needed(text, "a time in \"quotation marks\"")?).map_err(|error| error.say)
    }

    fn act(&mut self, line: &Line) -> Result<(), String> {
        if self.scenario.acts.len() >= MOST_ACTS {
            return Err(format!("more than {MOST_ACTS} acts"));
        }
        let at = self.moment(line.word(1))?;
        let by = needed(line.word(2), "who does it")?.to_owned();
        let verb = needed(line.word(3), "what they do")?;
        let Some((_, keys)) = VERBS.iter().find(|(known, _)| *known == verb) else {
            let all: Vec<&str> = VERBS.iter().map(|(known, _)| *known).collect();
            return Err(format!("\"{verb}\" is not one of {}", all.join(", ")));
        };
        let may: Vec<&str> = keys.split(' ').chain(ALWAYS).collect();
        only(line, &may)?;
        let entry = u64::try_from(self.scenario.acts.len()).unwrap_or(u64::MAX).saturating_add(1);
        let what = match verb {
            "opens" => CaseAct::Open(self.opening(line, entry)?),
            "clock-fault" => {
                let (from, to) = (self.label(line, "from")?, self.label(line, "to")?);
                CaseAct::ClockFault(ClockFault { from, to })
            }
            _ => CaseAct::On(self.case(line)?, self.of_case(verb, line)?),
        };
        if let Some(label) = line.key("as") {
            self.labels.insert(label.to_owned(), entry);
        }
        let entry = CaseEntry { entry, at, by, what };
        let refused = line.key("refused").map(str::to_owned);
        self.scenario.acts.push(Told { entry, refused, line: self.number });
        Ok(())
    }

    fn opening(&mut self, line: &Line, entry: u64) -> Result<Opening, String> {
        let name = needed(line.word(4), "a name for the case")?.to_owned();
        let or = |key: &str, before: &Option<String>| {
            line.key(key).map(str::to_owned).or_else(|| before.clone()).ok_or(format!("say {key} first"))
        };
        let (procedure, clause) = (or("procedure", &self.procedure)?, or("clause", &self.clause)?);
        let mut rests_on = BTreeSet::new();
        for other in words(line.key("rests-on")) {
            let case = self.cases.get(other).ok_or_else(|| format!("no case above is called {other}"))?;
            rests_on.insert(*case);
        }
        let opening = Opening {
            procedure: procedure.as_str().into(),
            clause: clause.as_str().into(),
            incidents: words(line.key("incident")).map(IncidentId::new).collect(),
            respondents: words(line.key("against")).map(ActorId::new).collect(),
            complainant: complainant(line)?,
            rests_on,
            since: line.key("since").map(|at| self.moment(Some(at))).transpose()?,
            words: line.key("words").map(str::to_owned),
        };
        self.cases.insert(name, CaseId(entry));
        self.last = Some(CaseId(entry));
        Ok(opening)
    }

    fn case(&self, line: &Line) -> Result<CaseId, String> {
        match line.key("case") {
            Some(name) => {
                self.cases.get(name).copied().ok_or_else(|| format!("no case above is called {name}"))
            }
            None => self.last.ok_or_else(|| "no case was opened above".to_owned()),
        }
    }

    fn label(&self, line: &Line, key: &str) -> Result<u64, String> {
        let name = needed(line.key(key), key)?;
        self.labels.get(name).copied().ok_or_else(|| format!("no line above says as={name}"))
    }

    /// What somebody does in a case.
    fn of_case(&self, verb: &str, line: &Line) -> Result<Act, String> {
        let words = line.key("words").map(str::to_owned);
        let named = || needed(line.word(4), "which").map(str::to_owned);
        let due = || line.key("due").map(|due| self.moment(Some(due))).transpose();
        Ok(match verb {
            "does" => {
                Act::Step { step: named()?, then: line.key("then").map(str::to_owned), due: due()?, words }
            }
            "determines" => {
                let then = line.key("then").map(str::to_owned);
                Act::Determine { step: named()?, then, stance: stance(line)?, words }
            }
            "joins" => Act::Join(complainant(line)?),
            "means" => Act::Means(words),
            "evidence" => {
                let is_sealed = line.key("sealed").is_some_and(|sealed| sealed == "yes");
                Act::Evidence { receipt: receipt(line)?, is_sealed, words }
            }
            "discloses" => {
                let item = needed(line.word(4), "which item, by its as=")?;
                let item =
                    self.labels.get(item).copied().ok_or_else(|| format!("no line above says as={item}"))?;
                Act::Disclose { item, to: ActorId::new(needed(line.key("to"), "to=")?) }
            }
            "names" => Act::Name(named()?.as_str().into()),
            "adds" => Act::Incident(named()?.as_str().into()),
            "recuses" => Act::Recuse(words),
            "dissents" => Act::Dissent { of: self.label(line, "of")?, words },
            "extends" => Act::Extend(words),
            "undertakes" => Act::Undertake { due: self.moment(line.key("due"))?, words },
            "follows-up" => {
                let is_kept = yes(needed(line.key("kept"), "kept=yes or kept=no")?)?;
                Act::FollowUp { of: self.label(line, "of")?, is_kept, words }
            }
            "withdraws" => Act::Withdraw(words),
            "reopens" => Act::Reopen { evidence: self.label(line, "for")?, words },
            _ => Act::Lapse { step: named()? },
        })
    }

    fn expectation(&mut self, line: &Line) -> Result<(), String> {
        let at = self.moment(line.word(1))?;
        let case = self.case(line)?;
        let keys: Vec<&str> = KEYS.iter().map(|(key, _)| *key).chain(["case"]).collect();
        only(line, &keys)?;
        let mut holds = line.keys.clone();
        holds.remove("case");
        if holds.is_empty() {
            return Err("say what is expected: stands=… who=\"…\" due=\"…\"".into());
        }
        let (after, number) = (self.scenario.acts.len(), self.number);
        self.scenario.expect.push(Expectation { at, after, case, holds, line: number });
        Ok(())
    }
}

fn needed<'l>(found: Option<&'l str>, what: &str) -> Result<&'l str, String> {
    found.filter(|text| !text.is_empty()).ok_or_else(|| format!("say {what}"))
}

/// A key that means nothing here would be read by nobody.
fn only(line: &Line, keys: &[&str]) -> Result<(), String> {
    match line.keys.keys().find(|key| !keys.contains(&key.as_str())) {
        Some(key) => {
            let keys: Vec<&str> = keys.iter().copied().filter(|key| !key.is_empty()).collect();
            Err(format!("\"{key}=\" is not one of {}", keys.join(", ")))
        }
        None => Ok(()),
    }
}

fn words(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default().split_whitespace()
}

fn yes(word: &str) -> Result<bool, String> {
    match word {
        "yes" => Ok(true),
        "no" => Ok(false),
        other => Err(format!("\"{other}\" is neither yes nor no")),
    }
}

fn receipt(line: &Line) -> Result<Option<ReceiptNo>, String> {
    let number = |text: &str| text.strip_prefix('r').and_then(|digits| digits.parse().ok());
    match line.key("receipt") {
        None => Ok(None),
        Some(text) => number(text)
            .map(|n| Some(ReceiptNo(n)))
            .ok_or_else(|| format!("\"{text}\" is no receipt; write r12")),
    }
}

/// `by=` an actor, or `public`, `mission`, `persistent`, `unmet`.
fn complainant(line: &Line) -> Result<Complainant, String> {
    Ok(match needed(line.key("by"), "by=")? {
        "public" => Complainant::Public(receipt(line)?),
        "mission" => Complainant::Mission,
        "persistent" => Complainant::Threshold(Threshold::Persistent),
        "unmet" => Complainant::Threshold(Threshold::Unmet),
        actor => Complainant::Party(ActorId::new(actor)),
    })
}

fn stance(line: &Line) -> Result<Stance, String> {
    let answer = |key: &str| {
        let word = needed(line.key(key), &format!("{key}=yes, no or unclear"))?;
        Answer::parse(word).ok_or_else(|| format!("\"{word}\" is not one of yes, no, unclear"))
    };
    Ok(Stance {
        happened: answer("happened")?,
        who: words(line.key("who")).map(ActorId::new).collect(),
        prohibited: answer("prohibited")?,
        gravity: line.key("gravity").map(str::to_owned),
    })
}
