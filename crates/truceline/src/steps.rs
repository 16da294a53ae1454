//! Steps that people took on texts which the mission may not pass on: of each text its digest, source and address, of each step the
//! row that was confirmed and the bytes that say each value. Taken into a store as the entries that they are.
//!
//! No word of a text stands in such a file. Whoever has the text can check its digest and look the bytes up. A file is JSON Lines:
//! `{"text": KEY, "digest": …, "source": …, "known": …}` and `{"step": KEY, "kind": …, "span": [A, B], "said": …, "row": {…}}`; what
//! was then decided about links as `{"merge": [[ID, …], [ID, …]]}` or `{"split": [ID, …], "from": [ID, …]}`, by ids of reports.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use truceline_casework::{Decision, Side, incident_id};
use truceline_intake::prose::Kind;
use truceline_model::{Observation, ReceiptNo, Span};
use truceline_record::Digest;
use truceline_store::{NewEntry, Outcome, Store};

use crate::failure::Failure;
use crate::import::Taken;
use crate::load;
use crate::loaded::{self, write_decision};
use crate::log::{self, Told};
use crate::proposals::ProposalId;

/// The word that stands for a mapping where a file holds steps.
pub(crate) const STEPS: &str = "steps";
/// References of a row to other rows.
const REFERENCES: [&str; 3] = ["part_of", "revises", "same_as"];

/// Takes a file of steps in; what the log has already stays as it is.
///
/// # Errors
/// When a line cannot be read, with its number; nothing of that line is taken.
pub(crate) fn take(store: &mut Store, name: &str, bytes: &[u8]) -> Result<Taken, Failure> {
    let mut taking =
        Taking { store, name, at: log::now(), texts: BTreeMap::new(), mapping: 0, taken: Taken::default() };
    let (text, mapping) = load::mapping("truceline")?;
    taking.mapping = taking.append(log::mapping(&log::now(), &mapping.name, &text))?.0;
    let lines =
        std::str::from_utf8(bytes).map_err(|_| Failure::usage(format!("{name} is not UTF-8 text")))?;
    for (number, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let value: Value =
            serde_json::from_str(line).map_err(|e| Failure::usage(format!("{name}:{}: {e}", number + 1)))?;
        taking.line(&value).map_err(|say| Failure::usage(format!("{name}:{}: {say}", number + 1)))??;
    }
    Ok(taking.taken)
}

struct Taking<'s> {
    store: &'s mut Store,
    name: &'s str,
    at: String,
    texts: BTreeMap<String, ReceiptNo>,
    mapping: u64,
    taken: Taken,
}

impl Taking<'_> {
    fn append(&mut self, entry: NewEntry) -> Result<(u64, Outcome), Failure> {
        let done = self
            .store
            .append(&[entry])
            .map_err(|e| Failure::operation(&format!("take in {}", self.name), &e))?;
        let done =
            done.first().ok_or_else(|| Failure::operation("log a step", &"the store gave no receipt"))?;
        Ok((done.n, done.outcome))
    }

    fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Duplicate => self.taken.known += 1,
            _ => self.taken.logged += 1,
        }
    }

    /// One line; in words what is wrong with it.
    fn line(&mut self, line: &Value) -> Result<Result<(), Failure>, String> {
        let word = |name: &str| line.get(name).and_then(Value::as_str);
        if let Some(key) = word("text") {
            let owned = |name: &str| word(name).map(str::to_owned);
            let need = |name: &str| owned(name).ok_or_else(|| format!("a text needs its {name}"));
            let digest: Digest =
                need("digest")?.parse().map_err(|_| "the digest is no SHA-256".to_owned())?;
            let told = Told {
                name: key.to_owned(),
                source: need("source")?,
                known: Some(need("known")?),
                date: owned("date"),
                country: owned("country"),
                language: owned("language"),
                address: owned("address"),
                through: Vec::new(),
                ..Told::default()
            };
            let entry = log::words_elsewhere(&self.at, &told, &digest);
            return Ok(self.append(entry).map(|(n, outcome)| {
                self.texts.insert(key.to_owned(), ReceiptNo(n));
                self.count(outcome);
            }));
        }
        let (entry, key) = match (line.get("merge"), line.get("split")) {
            (None, None) => self.step(line)?,
            (Some(merge), _) => {
                let [a, b] = [0, 1].map(|at| merge.get(at).cloned().unwrap_or_default());
                self.decision(line, [&a, &b], |[a, b]| Decision::Merge { a, b })?
            }
            (None, Some(split)) => {
                let from = line.get("from").cloned().unwrap_or_default();
                self.decision(line, [&from, split], |[from, leaving]| Decision::Split {
                    incident: from.incident,
                    receipts: leaving.receipts,
                    kept: from.receipts,
                })?
            }
        };
        let entry = NewEntry { key: Some(key), ..entry };
        Ok(self.append(entry).map(|(_, outcome)| self.count(outcome)))
    }

    /// A merge or split of the incidents of reports, each named by its sender's id.
    fn decision(
        &self,
        line: &Value,
        sides: [&Value; 2],
        what: impl FnOnce([Side; 2]) -> Decision,
    ) -> Result<(NewEntry, [u8; 32]), String> {
        let word = |name: &str| line.get(name).and_then(Value::as_str);
        let need = |name: &str| word(name).ok_or_else(|| format!("a decision needs its {name}"));
        let loaded = loaded::load(self.store, None, 2).map_err(|e| e.to_string())?;
        let side = |ids: &Value| {
            let ids: Vec<String> = ids
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(|id| self.named(id))
                .collect();
            let found = ids.iter().map(|id| {
                let mut all = loaded.observations.iter().filter(|o| o.sender_id == *id);
                let one = all.next().filter(|_| all.next().is_none());
                one.ok_or_else(|| format!("\"{id}\" is not the id of one report"))
            });
            let reports: Vec<&Observation> = found.collect::<Result<_, _>>()?;
            let first = reports.first().ok_or_else(|| "a side names reports by their ids".to_owned())?;
            let receipts = reports.iter().map(|o| o.receipt).collect();
            Ok::<Side, String>(Side { incident: incident_id(first), receipts })
        };
        let what = what([side(sides[0])?, side(sides[1])?]);
        let entry =
            log::shown_decision(&self.at, need("known")?, need("by")?, need("why")?, write_decision(&what));
        Ok((entry, log::step_key(&format!("{} {line}", self.name), 0)))
    }

    fn step(&self, line: &Value) -> Result<(NewEntry, [u8; 32]), String> {
        let word = |name: &str| line.get(name).and_then(Value::as_str);
        let need = |name: &str| word(name).ok_or_else(|| format!("a step needs its {name}"));
        let key = need("step")?;
        let words = *self.texts.get(key).ok_or_else(|| format!("no text above is called \"{key}\""))?;
        let kind = Kind::parse(need("kind")?)
            .ok_or_else(|| "a kind is incident, agreement, humanitarian or statement".to_owned())?;
        let end = |at: usize| line.get("span").and_then(|s| s.get(at)).and_then(Value::as_u64);
        let ends =
            end(0).zip(end(1)).and_then(|(a, b)| Some((u32::try_from(a).ok()?, u32::try_from(b).ok()?)));
        let (start, end) =
            ends.filter(|(a, b)| a < b).ok_or_else(|| "a span is [first byte, end]".to_owned())?;
        let nth = line.get("nth").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()).unwrap_or(1);
        let id = ProposalId { words, span: Span { start, end }, kind, nth };
        let mut body = json!({
            "id": id.to_string(), "said": need("said")?, "sub": word("sub"), "reader": "rules", "mapping": self.mapping,
        });
        if let (Some(body), Some(row)) = (body.as_object_mut(), line.get("row").and_then(Value::as_object)) {
            let mut row = row.clone();
            row.insert("id".to_owned(), json!(id.to_string()));
            for field in REFERENCES {
                if let Some(all) = row.get(field).and_then(Value::as_str) {
                    let all: Vec<String> = all.split(';').map(|one| self.named(one)).collect();
                    row.insert(field.to_owned(), json!(all.join(";")));
                }
            }
            body.insert("row".to_owned(), Value::Object(row));
            body.insert("spans".to_owned(), line.get("spans").cloned().unwrap_or_else(|| json!({})));
            body.insert("own".to_owned(), line.get("own").cloned().unwrap_or_else(|| json!({})));
        }
        let (known, by, why) = (need("known")?, need("by")?, need("why")?);
        let entry = log::shown_decision(&self.at, known, by, why, json!({ "proposal": body }));
        Ok((entry, log::step_key(&id.to_string(), 0)))
    }

    /// A row's id: `KEY-incident-A-B` where it is a step of this file, else as it stands.
    fn named(&self, id: &str) -> String {
        let known = self.texts.iter().find_map(|(key, receipt)| {
            let rest = id.strip_prefix(key.as_str()).filter(|rest| rest.starts_with('-'))?;
            Some(format!("p{}{rest}", receipt.0))
        });
        known.unwrap_or_else(|| id.to_owned())
    }
}
