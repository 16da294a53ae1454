//! Entries of an office under the centre's numbers.
//!
//! What an office logged refers to its own entries by number: a report to its file, a decision to reports. Here every such reference
//! is put into the centre's numbers. The bytes that the office signed are kept beside and never changed. Pure.

use std::collections::BTreeMap;

use serde_json::Value;
use truceline_casework::case::{Act, CaseAct, CaseId, Complainant};
use truceline_model::IncidentId;
use truceline_record::Entry;

use crate::log::kind;

/// Where entries of one office stand in the centre's log.
pub(crate) type Numbers = BTreeMap<u64, u64>;

/// References of a proposal's row to other rows.
const REFERENCES: [&str; 4] = ["id", "part_of", "revises", "same_as"];

/// The office's entry as the centre reads it: under number `n`, known since `at`. In words which reference leads nowhere.
pub(crate) fn renumbered(inner: &Entry, n: u64, at: &str, numbers: &Numbers) -> Result<Entry, String> {
    let mut entry = Entry { n, at: at.to_owned(), ..inner.clone() };
    let body = &mut entry.body;
    match inner.kind.as_str() {
        kind::FILE => number(body.get_mut("mapping"), numbers)?,
        kind::REPORT => number(body.get_mut("file"), numbers)?,
        kind::DECISION => decision(body.get_mut("what"), numbers)?,
        _ => {}
    }
    Ok(entry)
}

fn decision(what: Option<&mut Value>, numbers: &Numbers) -> Result<(), String> {
    let Some(what) = what else { return Ok(()) };
    if what.get("undo").is_some() {
        return number(what.get_mut("undo"), numbers);
    }
    if let Some(judged) = what.get_mut("judgement") {
        ids(judged.get_mut("incident"), numbers);
        return Ok(());
    }
    if let Some(merge) = what.get_mut("merge") {
        for side in ["a", "b"] {
            let Some(side) = merge.get_mut(side) else { continue };
            ids(side.get_mut("incident"), numbers);
            list(side.get_mut("receipts"), numbers)?;
        }
        return Ok(());
    }
    if let Some(split) = what.get_mut("split") {
        ids(split.get_mut("incident"), numbers);
        list(split.get_mut("receipts"), numbers)?;
        return list(split.get_mut("kept"), numbers);
    }
    if let Some(proposal) = what.get_mut("proposal") {
        ids(proposal.get_mut("id"), numbers);
        number(proposal.get_mut("mapping"), numbers)?;
        for name in REFERENCES {
            ids(proposal.get_mut("row").and_then(|row| row.get_mut(name)), numbers);
        }
    }
    Ok(())
}

fn number(value: Option<&mut Value>, numbers: &Numbers) -> Result<(), String> {
    let Some(value) = value else { return Ok(()) };
    let old = value.as_u64().ok_or_else(|| "a reference is no number".to_owned())?;
    *value = Value::from(place(old, numbers)?);
    Ok(())
}

fn list(value: Option<&mut Value>, numbers: &Numbers) -> Result<(), String> {
    let all = value.and_then(Value::as_array_mut);
    all.into_iter().flatten().try_for_each(|one| number(Some(one), numbers))
}

/// Ids that hold a text's receipt, such as `p17-incident-0-84` and `i-observatory-p17-incident-0-84`.
fn ids(value: Option<&mut Value>, numbers: &Numbers) {
    if let Some(value) = value
        && let Some(text) = value.as_str()
    {
        *value = Value::from(id(text, numbers));
    }
}

fn id(text: &str, numbers: &Numbers) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut begins = true;
    while let Some(c) = rest.chars().next() {
        let found = begins.then(|| receipt(rest, numbers)).flatten();
        let taken = match found {
            Some((length, new)) => {
                out.push_str(&format!("p{new}"));
                length
            }
            None => {
                out.push(c);
                c.len_utf8()
            }
        };
        begins = matches!(c, '-' | ';') && found.is_none();
        rest = rest.get(taken..).unwrap_or_default();
    }
    out
}

/// `p17` before `-incident-` and the like: its length, and the new number.
fn receipt(text: &str, numbers: &Numbers) -> Option<(usize, u64)> {
    let digits = text.strip_prefix('p')?;
    let length = digits.bytes().take_while(u8::is_ascii_digit).count();
    let (number, after) = digits.split_at_checked(length)?;
    let kinds = ["-incident-", "-agreement-", "-humanitarian-", "-statement-"];
    kinds.iter().any(|kind| after.starts_with(kind)).then_some(())?;
    Some((length + 1, *numbers.get(&number.parse().ok()?)?))
}

/// What somebody did in a case at an office, in the centre's numbers. In words which reference leads nowhere.
pub(crate) fn case(what: &mut CaseAct, numbers: &Numbers) -> Result<(), String> {
    match what {
        CaseAct::Open(opening) => {
            opening.incidents = opening
                .incidents
                .iter()
                .map(|one| IncidentId::from(id(one.as_str(), numbers).as_str()))
                .collect();
            opening.rests_on = opening
                .rests_on
                .iter()
                .map(|one| place(one.0, numbers).map(CaseId))
                .collect::<Result<_, _>>()?;
            complainant(&mut opening.complainant, numbers)
        }
        CaseAct::On(case, act) => {
            case.0 = place(case.0, numbers)?;
            match act {
                Act::Disclose { item: n, .. }
                | Act::Dissent { of: n, .. }
                | Act::FollowUp { of: n, .. }
                | Act::Reopen { evidence: n, .. } => *n = place(*n, numbers)?,
                Act::Evidence { receipt: Some(receipt), .. } => receipt.0 = place(receipt.0, numbers)?,
                Act::Incident(incident) => {
                    *incident = IncidentId::from(id(incident.as_str(), numbers).as_str())
                }
                Act::Join(who) => complainant(who, numbers)?,
                _ => {}
            }
            Ok(())
        }
        // An office's clock says nothing of the centre's.
        CaseAct::ClockFault(_) => Err("it speaks of the office's own clock".to_owned()),
    }
}

/// What somebody did at an office in a case of the centre's. The case, and the entries that it names, bear the centre's numbers already; receipts
/// and texts are the office's. In words which reference leads nowhere.
pub(crate) fn case_of_centre(what: &mut CaseAct, numbers: &Numbers) -> Result<(), String> {
    let CaseAct::On(_, act) = what else { return Err("it opens no case of the centre's".to_owned()) };
    match act {
        Act::Evidence { receipt: Some(receipt), .. } => receipt.0 = place(receipt.0, numbers)?,
        Act::Incident(incident) => *incident = IncidentId::from(id(incident.as_str(), numbers).as_str()),
        Act::Join(who) => complainant(who, numbers)?,
        _ => {}
    }
    Ok(())
}

fn complainant(who: &mut Complainant, numbers: &Numbers) -> Result<(), String> {
    if let Complainant::Public(Some(receipt)) = who {
        receipt.0 = place(receipt.0, numbers)?;
    }
    Ok(())
}

fn place(old: u64, numbers: &Numbers) -> Result<u64, String> {
    numbers.get(&old).copied().ok_or_else(|| format!("it refers to entry {old}, which was not forwarded"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn numbers() -> Numbers {
        Numbers::from([(0, 40), (1, 41), (2, 50), (17, 431)])
    }

    fn entry(kind: &str, body: Value) -> Entry {
        let at = "2016-04-28T06:00:00Z".to_owned();
        Entry { n: 2, kind: kind.into(), at, key: None, objects: Vec::new(), body }
    }

    fn body(kind: &str, before: Value) -> Value {
        renumbered(&entry(kind, before), 99, "2016-04-29T06:00:00Z", &numbers()).unwrap().body
    }

    #[test]
    fn every_reference_is_put_into_the_centres_numbers() {
        assert_eq!(body("report", json!({"file": 1, "row": 1})), json!({"file": 41, "row": 1}));
        assert_eq!(body("file", json!({"mapping": 0})), json!({"mapping": 40}));
        let side = |receipts: &[u64], incident: &str| json!({"incident": incident, "receipts": receipts});
        assert_eq!(
            body(
                "decision",
                json!({"what": {"merge": {"a": side(&[1], "i-a"), "b": side(&[2], "i-obs-p17-incident-0-84")}}})
            ),
            json!({"what": {"merge": {"a": side(&[41], "i-a"), "b": side(&[50], "i-obs-p431-incident-0-84")}}})
        );
        assert_eq!(
            body("decision", json!({"what": {"split": {"incident": "i-a", "receipts": [1], "kept": [2]}}})),
            json!({"what": {"split": {"incident": "i-a", "receipts": [41], "kept": [50]}}})
        );
        assert_eq!(body("decision", json!({"what": {"undo": 2}})), json!({"what": {"undo": 50}}));
        assert_eq!(
            body(
                "decision",
                json!({"what": {"proposal": {"id": "p17-incident-0-84", "mapping": 0,
                "row": {"id": "p17-incident-0-84", "same_as": "p17-incident-3-4;x;p2-statement-1-2", "note": "p17-incident-0-84"}}}})
            ),
            json!({"what": {"proposal": {"id": "p431-incident-0-84", "mapping": 40,
                "row": {"id": "p431-incident-0-84", "same_as": "p431-incident-3-4;x;p50-statement-1-2", "note": "p17-incident-0-84"}}}})
        );
    }

    #[test]
    fn what_only_looks_like_an_id_stays() {
        for text in
            ["", "p", "p17", "xp17-incident-0-1", "p17-tally-0-1", "p18-incident-0-1", "سp17-incident-0-1"]
        {
            assert_eq!(id(text, &numbers()), text);
        }
        // Once renumbered, never again: 17 becomes 431, and a text 431 of the office is another.
        let chained = Numbers::from([(17, 431), (431, 5)]);
        assert_eq!(id("p17-incident-0-1", &chained), "p431-incident-0-1");
    }

    #[test]
    fn a_reference_that_leads_nowhere_is_told() {
        let lost = renumbered(&entry("report", json!({"file": 7})), 99, "2016-04-29T06:00:00Z", &numbers());
        assert!(lost.unwrap_err().contains("entry 7"));
    }

    #[test]
    fn acts_in_cases_are_put_into_the_centres_numbers() {
        use truceline_model::{ActorId, ReceiptNo};
        let on = |act| CaseAct::On(CaseId(2), act);
        let mut shown = on(Act::Disclose { item: 17, to: ActorId::new("opposition") });
        case(&mut shown, &numbers()).unwrap();
        assert_eq!(
            shown,
            CaseAct::On(CaseId(50), Act::Disclose { item: 431, to: ActorId::new("opposition") })
        );
        let mut told = on(Act::Join(Complainant::Public(Some(ReceiptNo(1)))));
        case(&mut told, &numbers()).unwrap();
        assert_eq!(told, CaseAct::On(CaseId(50), Act::Join(Complainant::Public(Some(ReceiptNo(41))))));
        let mut lost = CaseAct::On(CaseId(7), Act::Means(None));
        assert!(case(&mut lost, &numbers()).unwrap_err().contains("entry 7"));
    }

    #[test]
    fn acts_in_the_centres_cases_keep_its_numbers_and_give_receipts_their_own() {
        use truceline_model::{ActorId, ReceiptNo};
        let on = |act| CaseAct::On(CaseId(7), act);
        let mut shown = on(Act::Disclose { item: 9, to: ActorId::new("opposition") });
        case_of_centre(&mut shown, &numbers()).unwrap();
        assert_eq!(shown, on(Act::Disclose { item: 9, to: ActorId::new("opposition") }));
        let brought =
            |receipt| on(Act::Evidence { receipt: Some(ReceiptNo(receipt)), is_sealed: false, words: None });
        let mut item = brought(17);
        case_of_centre(&mut item, &numbers()).unwrap();
        assert_eq!(item, brought(431));
        assert!(case_of_centre(&mut brought(8), &numbers()).unwrap_err().contains("entry 8"));
    }
}
