//! The figures: counted, never weighed; shares in thousandths, for no float decides or shows anything here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::score::{Found, Row, Verdict};

/// Families of citation that a folder restates.
const FAMILIES: [(&str, &[&str]); 3] = [
    ("south-sudan-acoh-2017", &["acoh"]),
    ("south-sudan-r-arcss-2018", &["r-arcss"]),
    ("south-sudan-pctsa-2015", &["pctsa", "coha"]),
];

/// Obligations of one party in one incident.
#[derive(Default)]
struct Obligations {
    /// Some outcome cites articles, or is negative, so that they can be compared.
    asked: bool,
    /// Clauses found prohibited.
    prohibited: BTreeSet<String>,
    /// Of those, cited by a *violation*.
    cited: BTreeSet<String>,
}

/// Counts over some rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Outcomes *violation*.
    pub violations: u32,
    /// Of those: prohibited for the party on a cited obligation.
    pub hits: u32,
    /// Outcomes of any kind of which something was found prohibited that should not have been: see `docs/truth.md`.
    pub false_hits: u32,
    /// Outcomes *not established*.
    pub not_established: u32,
    /// Of those: nothing prohibited, and undetermined with the actor or the act as what it turns on.
    pub open: u32,
    /// Outcomes *no violation*.
    pub no_violation: u32,
    /// Of those: nothing prohibited.
    pub spared: u32,
    /// Outcomes *no violation* that the mechanism itself contradicts: see [`contradicted`].
    pub contradicted: u32,
    /// Of those: nothing prohibited all the same.
    pub contradicted_spared: u32,
    /// Clauses found prohibited, each once for an incident and a party that has an outcome with articles or a negative one.
    pub clauses: u32,
    /// Of those: cited by a *violation*.
    pub clauses_cited: u32,
}

/// A share in thousandths; `None` of nothing.
#[must_use]
pub fn share(part: u32, of: u32) -> Option<u32> {
    (of > 0).then(|| (u64::from(part) * 2000 / u64::from(of)).div_ceil(2).try_into().unwrap_or(u32::MAX))
}

impl Figures {
    /// Counts rows, under one agreement or all together.
    #[must_use]
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a Row>, agreement: Option<&str>) -> Self {
        let mut all = Self::default();
        let mut cited: BTreeMap<(String, String), Obligations> = BTreeMap::new();
        let rows: Vec<&Row> = rows.into_iter().collect();
        for row in &rows {
            if !counts(row, agreement) {
                continue;
            }
            let found = row.found(agreement);
            all.add(row.verdict, &found);
            let contradicted = contradicted(row, &rows, agreement);
            all.contradicted += u32::from(contradicted);
            all.contradicted_spared += u32::from(contradicted && found.matched.is_empty());
            let party: Vec<&str> = row.party.iter().map(truceline_model::ActorId::as_str).collect();
            let entry = cited.entry((row.incident.clone(), party.join("+"))).or_default();
            entry.asked |= row.verdict != Verdict::Violation || !row.articles.is_empty();
            entry.prohibited.extend(found.prohibited.iter().cloned());
            if row.verdict == Verdict::Violation {
                entry.cited.extend(found.matched.iter().cloned());
            }
        }
        for own in cited.values().filter(|own| own.asked) {
            all.clauses += u32::try_from(own.prohibited.len()).unwrap_or(u32::MAX);
            all.clauses_cited += u32::try_from(own.cited.len()).unwrap_or(u32::MAX);
        }
        all
    }

    fn add(&mut self, verdict: Verdict, found: &Found) {
        match verdict {
            Verdict::Violation => {
                self.violations += 1;
                self.hits += u32::from(!found.matched.is_empty());
                self.false_hits += u32::from(found.matched.is_empty() && !found.prohibited.is_empty());
            }
            Verdict::NotEstablished => {
                self.not_established += 1;
                self.false_hits += u32::from(!found.matched.is_empty());
                self.open += u32::from(found.matched.is_empty() && found.turns_on_actor_or_act());
            }
            Verdict::NoViolation => {
                self.no_violation += 1;
                self.false_hits += u32::from(!found.matched.is_empty());
                self.spared += u32::from(found.matched.is_empty());
            }
        }
    }

    /// Of what was found prohibited, what the mechanism found in breach of the same.
    #[must_use]
    pub fn precision(&self) -> Option<u32> {
        share(self.hits, self.hits + self.false_hits)
    }

    /// Of the violations, those found prohibited on the same obligation.
    #[must_use]
    pub fn recall(&self) -> Option<u32> {
        share(self.hits, self.violations)
    }

    /// Their harmonic mean.
    #[must_use]
    pub fn f1(&self) -> Option<u32> {
        share(2 * self.hits, self.hits + self.false_hits + self.violations)
    }

    /// Of *no violation*, those not found prohibited, where the mechanism does not contradict itself.
    #[must_use]
    pub fn spared_share(&self) -> Option<u32> {
        share(self.spared - self.contradicted_spared, self.no_violation - self.contradicted)
    }

    /// As JSON, shares in thousandths.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "violation": { "all": self.violations, "prohibited_on_the_same": self.hits, "false_hits": self.false_hits,
                "precision": self.precision(), "recall": self.recall(), "f1": self.f1() },
            "not_established": { "all": self.not_established, "undetermined_on_actor_or_act": self.open,
                "share": share(self.open, self.not_established) },
            "no_violation": { "all": self.no_violation, "never_prohibited": self.spared,
                "share": share(self.spared, self.no_violation), "contradicted_by_the_mechanism": self.contradicted,
                "share_without_those": self.spared_share() },
            "obligation_level": { "clauses_prohibited": self.clauses, "cited": self.clauses_cited,
                "precision": share(self.clauses_cited, self.clauses) },
        })
    }
}

/// Whether a *no violation* stands beside a *violation* of the same party in the same incident about the very same lines, so that
/// no judge of one set of facts can agree with both.
#[must_use]
pub fn contradicted(row: &Row, rows: &[&Row], agreement: Option<&str>) -> bool {
    let same = |other: &&&Row| {
        other.verdict == Verdict::Violation
            && (&other.incident, &other.party) == (&row.incident, &row.party)
            && other.found(agreement).lines == row.found(agreement).lines
    };
    row.verdict == Verdict::NoViolation && rows.iter().any(|other| same(&other))
}

/// Whether a row counts under an agreement: it cites it, or cites nothing and was judged under it.
fn counts(row: &Row, agreement: Option<&str>) -> bool {
    let Some(agreement) = agreement else { return true };
    let families = row.families();
    if families.is_empty() {
        return row.by_agreement.contains_key(agreement);
    }
    FAMILIES.iter().any(|(id, own)| *id == agreement && own.iter().any(|family| families.contains(*family)))
}

/// Which half a report lies in: by its number's parity; `None` when its id ends in no number.
#[must_use]
pub fn half(report: &str) -> Option<&'static str> {
    let digits: String = report.chars().rev().take_while(char::is_ascii_digit).collect();
    let last = digits.chars().next()?.to_digit(10)?;
    Some(if last % 2 == 0 { "even" } else { "odd" })
}

/// Every table: its name, and its figures.
#[must_use]
pub fn tables(rows: &[Row], agreements: &[String]) -> Vec<(String, Figures)> {
    let mut all = vec![("all".to_owned(), Figures::of(rows, None))];
    for (name, which) in
        [("even reports (developed on)", "even"), ("odd reports (read after the first measurement)", "odd")]
    {
        let own = rows.iter().filter(|row| half(&row.report) == Some(which));
        all.push((name.to_owned(), Figures::of(own, None)));
    }
    for agreement in agreements {
        all.push((agreement.clone(), Figures::of(rows, Some(agreement))));
    }
    all
}

/// A share as `0.934`, or a dash.
#[must_use]
pub fn shown(share: Option<u32>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{}.{:03}", share / 1000, share % 1000))
}

/// The tables as Markdown.
#[must_use]
pub fn markdown(tables: &[(String, Figures)]) -> String {
    let mut text = String::from(
        "| reports | violation | same, prohibited | precision | recall | F1 | not established | undetermined on actor or act | no violation | never prohibited | without those that the mechanism contradicts | obligation-level precision |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for (name, f) in tables {
        text += &format!(
            "| {name} | {} | {} | {} | {} | {} | {} | {} ({}) | {} | {} ({}) | {} of {} ({}) | {} ({} of {}) |\n",
            f.violations,
            f.hits,
            shown(f.precision()),
            shown(f.recall()),
            shown(f.f1()),
            f.not_established,
            f.open,
            shown(share(f.open, f.not_established)),
            f.no_violation,
            f.spared,
            shown(share(f.spared, f.no_violation)),
            f.spared - f.contradicted_spared,
            f.no_violation - f.contradicted,
            shown(f.spared_share()),
            shown(share(f.clauses_cited, f.clauses)),
            f.clauses_cited,
            f.clauses,
        );
    }
    text
}

/// A row on which the two disagree, and how.
#[derive(Clone, Debug)]
pub struct Disagreement {
    /// The incident.
    pub incident: String,
    /// Whom it concerns.
    pub party: String,
    /// What the mechanism said, and of which articles.
    pub said: String,
    /// What was found.
    pub found: String,
}

/// Every row that is no hit.
#[must_use]
pub fn disagreements(rows: &[Row]) -> Vec<Disagreement> {
    let mut all = Vec::new();
    for row in rows {
        let found = row.found(None);
        let agrees = match row.verdict {
            Verdict::Violation => !found.matched.is_empty(),
            Verdict::NotEstablished => found.matched.is_empty() && found.turns_on_actor_or_act(),
            Verdict::NoViolation => found.matched.is_empty(),
        };
        if agrees {
            continue;
        }
        let party: Vec<&str> = row.party.iter().map(truceline_model::ActorId::as_str).collect();
        let articles =
            if row.articles.is_empty() { "no article".to_owned() } else { row.articles.join(", ") };
        all.push(Disagreement {
            incident: row.incident.clone(),
            party: party.join(", "),
            said: format!("{} ({articles})", row.verdict.as_str()),
            found: words(&found),
        });
    }
    all
}

fn words(found: &Found) -> String {
    if found.lines == 0 {
        return "nothing judged for this party and subject".to_owned();
    }
    let mut parts = Vec::new();
    if !found.prohibited.is_empty() {
        let few: Vec<&str> = found.prohibited.iter().take(4).map(String::as_str).collect();
        parts.push(format!("prohibited by {} clauses ({}…)", found.prohibited.len(), few.join(", ")));
    }
    if !found.turns_on.is_empty() {
        let facts: BTreeSet<&str> = found.turns_on.values().flatten().map(String::as_str).collect();
        let facts: Vec<&str> = facts.into_iter().collect();
        parts.push(format!("undetermined on {}", facts.join(", ")));
    }
    if parts.is_empty() {
        parts.push("not prohibited or not covered".to_owned());
    }
    parts.join("; ")
}
