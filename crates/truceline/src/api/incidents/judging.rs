//! Open words of the agreement (*proportionate*): what was answered of an incident, what was answered of others before, and an answer by the people who may
//! give one. An earlier answer is shown and never applied; a later one of the same incident takes its place.
//!
//! As with every decision a body says which reports the person saw: an incident that has others by now is not judged unseen. What is logged is what
//! `truceline decide judgement` logs.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};
use truceline_model::finding::Answer;
use truceline_model::{Fact, Incident, IncidentId, JudgementId, ReceiptNo};
use truceline_publish::{Lang, Teller};

use super::deciding::{another, fields, id, is_known, receipts_of, why, wrong};
use super::sight::{self, Moment};
use crate::api::asked::short;
use crate::api::gate::Caller;
use crate::api::problem::{Problem, told};
use crate::api::writer::Decided;
use crate::api::{Desk, writes};
use crate::commands::holds_from;
use crate::loaded::Judged;
use crate::pipeline::Derived;

/// An answer as it is sent.
struct Sent {
    incident: IncidentId,
    judgement: JudgementId,
    answer: Answer,
    receipts: BTreeSet<ReceiptNo>,
    why: String,
}

/// Every open word that the terms ask, with what it turns on here, its answer, and answers of other incidents. Nothing for who sees what may be published.
pub(super) fn open_words(
    moment: &Moment,
    incident: &Incident,
    teller: &Teller<'_>,
    told: &Value,
    lang: Lang,
    with_why: bool,
) -> Result<Vec<Value>, Problem> {
    if !moment.is_mission() {
        return Ok(Vec::new());
    }
    let derived = &moment.derived;
    let terms = derived.loaded.mission.terms()?;
    let open = told.get("settles").and_then(Value::as_array).into_iter().flatten();
    let open: BTreeSet<&str> = open.filter_map(|one| one.get("fact")?.as_str()).collect();
    let all = terms.judgements.iter().map(|asked| {
        let last = last_by_incident(derived, &asked.id);
        let mine = last.get(&incident.id).map(|one| answered(one, with_why));
        let others = last.iter().filter(|(id, _)| **id != incident.id).filter_map(|(id, one)| {
            let other = derived.resolved.incident(id)?;
            let mut said = answered(one, with_why);
            said["incident"] = json!(id.as_str());
            said["title"] = json!(teller.title(other));
            Some(said)
        });
        json!({
            "judgement": asked.id.as_str(), "question": asked.question.in_language(lang.code()), "answer": mine,
            "is_open": open.contains(Fact::Judgement(asked.id.clone()).key().as_str()), "precedents": others.collect::<Vec<_>>(),
        })
    });
    Ok(all.collect())
}

/// The answer that holds, by the incident that it is of now.
fn last_by_incident<'d>(derived: &'d Derived, judgement: &JudgementId) -> BTreeMap<IncidentId, &'d Judged> {
    let all = derived.loaded.judged.iter();
    let known = all.filter(|one| one.judgement == *judgement && one.at <= derived.as_of);
    known.map(|one| (derived.incident_id(one.incident.as_str()), one)).collect()
}

fn answered(one: &Judged, with_why: bool) -> Value {
    json!({
        "answer": one.answer.as_str(), "entry": one.entry, "at": one.at.to_string(), "by": with_why.then_some(&one.by),
        "why": with_why.then_some(&one.why),
    })
}

fn read(body: Value) -> Result<Sent, Problem> {
    let Value::Object(mut body) = body else { return Err(wrong("the body is one JSON object")) };
    let why = why(&mut body)?;
    let said = body.remove("judgement").unwrap_or_default();
    if let Some(name) = body.keys().next() {
        return Err(wrong(&format!("\"{}\" is not known beside judgement and why", short(name))));
    }
    let [incident, word, answer, receipts] = fields(said, ["incident", "judgement", "answer", "receipts"])?;
    let answer = answer.as_str().and_then(Answer::parse).filter(|answer| *answer != Answer::Unclear);
    let answer = answer.ok_or_else(|| wrong("answer: yes or no"))?;
    let word = word.as_str().filter(|word| (1..=256).contains(&word.len()));
    let judgement = word.map(JudgementId::new).ok_or_else(|| wrong("judgement: the id of an open word"))?;
    Ok(Sent { incident: id(&incident)?, judgement, answer, receipts: receipts_of(&receipts)?, why })
}

/// Answers an open word.
pub(super) fn judge(desk: &Desk, caller: &Caller, key: String, body: Value) -> Result<Response, Problem> {
    if !sight::may_judge(caller) {
        let role = caller.person.role.as_str();
        let say =
            format!("a {role} answers no open words of the agreement (docs/authority.md says who does)");
        return Err(Problem::not_theirs(say));
    }
    let sent = read(body)?;
    let live = desk.live()?;
    let derived = live.derived()?;
    if !is_known(desk, caller, &key)? {
        stands(derived, &sent)?;
    }
    let from = holds_from(derived, None, std::slice::from_ref(&sent.receipts))?;
    let decided = Decided {
        by: caller.name.clone(),
        key,
        why: sent.why.clone(),
        holds_from: derived.loaded.mission.opens_at.is_some().then(|| from.to_string()),
        what: json!({ "judgement": {
            "incident": derived.incident_id(sent.incident.as_str()).as_str(), "judgement": sent.judgement.as_str(),
            "answer": sent.answer.as_str(),
        } }),
    };
    let (entry, is_known) = desk.writer.decide(decided).map_err(writes::not_logged)?;
    let live = desk.feed.reached(entry.saturating_add(1))?;
    let derived = live.derived()?;
    let logged = live.loaded.judged.iter().find(|one| one.entry == entry);
    let now = |id: &IncidentId| derived.incident_id(id.as_str());
    let is_same = |one: &Judged| {
        one.by == caller.name
            && (&one.judgement, one.answer, &one.why) == (&sent.judgement, sent.answer, &sent.why)
            && now(&one.incident) == now(&sent.incident)
    };
    let logged = logged.filter(|one| !is_known || is_same(one)).ok_or_else(|| another(entry))?;
    let mut out = Map::new();
    out.insert("entry".into(), json!(entry));
    out.insert("holds_from".into(), json!(logged.at.to_string()));
    out.insert("incidents".into(), json!([now(&logged.incident).as_str()]));
    Ok(told(StatusCode::CREATED, &Value::Object(out)))
}

/// That the terms ask the word, and the incident has the reports that the person saw.
fn stands(derived: &Derived, sent: &Sent) -> Result<(), Problem> {
    let terms = derived.loaded.mission.terms()?;
    if !terms.judgements.iter().any(|one| one.id == sent.judgement) {
        let known: Vec<&str> = terms.judgements.iter().map(|one| one.id.as_str()).collect();
        let asked = short(sent.judgement.as_str());
        let say = format!("the terms ask no judgement called \"{asked}\"; they ask {}", known.join(", "));
        return Err(Problem::wrong(say));
    }
    let now = derived.incident_id(sent.incident.as_str());
    let lacking = || Problem::nothing(format!("there is no incident {}", short(sent.incident.as_str())));
    let incident = derived.resolved.incident(&now).ok_or_else(lacking)?;
    if incident.receipts().collect::<BTreeSet<_>>() == sent.receipts {
        return Ok(());
    }
    let say = "the incident has other reports by now: somebody decided, or a report came, since this was shown. Look again; nothing was logged";
    Err(Problem::new(StatusCode::CONFLICT, say))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_strictly() {
        let said = |answer: Value| json!({ "why": "w", "judgement": { "incident": "i-1", "judgement": "proportionate", "answer": answer, "receipts": [1] } });
        assert!(read(said(json!("yes"))).is_ok() && read(said(json!("no"))).is_ok());
        for answer in [json!("unclear"), json!("maybe"), json!(true), Value::Null] {
            assert!(read(said(answer.clone())).is_err(), "{answer}");
        }
        for (name, value) in [("why", json!("")), ("undo", json!(3))] {
            let mut body = said(json!("yes"));
            body[name] = value;
            assert!(read(body).is_err(), "{name}");
        }
        for (name, value) in
            [("receipts", json!([])), ("incident", json!("")), ("judgement", json!(7)), ("by", json!("x"))]
        {
            let mut body = said(json!("yes"));
            body["judgement"][name] = value;
            assert!(read(body).is_err(), "{name}");
        }
    }
}
