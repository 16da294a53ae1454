//! Acts in cases as the log holds them: JSON of their own, which every later version reads. Words stand beside an act, never in it.
//!
//! An entry that this version does not know, or whose act was destroyed, says nothing and is passed over; it stays in the record.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use truceline_casework::case::{Act, CaseAct, CaseEntry, CaseId, ClockFault, Complainant, Opening, Stance};
use truceline_model::{ActorId, Answer, ClauseId, IncidentId, Instant, ReceiptNo, Threshold, Vouched};
use truceline_record::Entry as Logged;

use crate::committed::{self, Missing};
use crate::failure::Failure;
use crate::loaded::broken;
use crate::log_reader::LogReader;

/// Reads an entry of kind `case`.
///
/// # Errors
/// When it is not what the log writes, or a field is not what the entry commits to.
pub(crate) fn read(
    log: &dyn LogReader,
    entry: &Logged,
    missing: &mut Missing,
) -> Result<Option<Read>, Failure> {
    let body = committed::body(log, entry, missing)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    // Without one of these, which may have been destroyed, there is no act; words may be.
    let (Some(at), Some(by), Some(act)) = (text("at"), text("by"), body.get("act")) else { return Ok(None) };
    let at = Instant::parse(at).map_err(|_| broken(entry, "a time that cannot be read"))?;
    let at_centre = body.get("centre").and_then(Value::as_u64);
    let case = at_centre.or_else(|| body.get("case").and_then(Value::as_u64));
    let words = text("words").map(str::to_owned);
    let what =
        read_act(case, act, words).ok_or_else(|| broken(entry, "an act that this version does not know"))?;
    let vouched = text("vouched").map_or(Vouched::NotKept, Vouched::parse);
    let act = CaseEntry { entry: entry.n, at, by: by.to_owned(), what };
    Ok(Some(Read { act, vouched, is_at_centre: at_centre.is_some() }))
}

/// An act as the log holds it, with what stands around it.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    /// The act.
    pub(crate) act: CaseEntry,
    /// What vouches for whoever is named.
    pub(crate) vouched: Vouched,
    /// The case, and what else is named by its number, stand in the centre's log under these numbers.
    pub(crate) is_at_centre: bool,
}

/// An act as the log holds it: the case, the act without its words, and the words.
pub(crate) fn write_act(what: &CaseAct) -> (Option<u64>, Value, Option<String>) {
    match what {
        CaseAct::Open(opening) => (None, json!({ "open": write_opening(opening) }), opening.words.clone()),
        CaseAct::On(case, act) => {
            let (value, words) = write_one(act);
            (Some(case.0), json!({ act.as_str(): value }), words)
        }
        CaseAct::ClockFault(fault) => {
            (None, json!({ "clock-fault": { "from": fault.from, "to": fault.to } }), None)
        }
    }
}

fn write_opening(opening: &Opening) -> Value {
    let mut written = json!({
        "procedure": opening.procedure.as_str(),
        "clause": opening.clause.as_str(),
        "incidents": opening.incidents.iter().map(IncidentId::as_str).collect::<Vec<_>>(),
        "respondents": ids(&opening.respondents),
        "complainant": write_complainant(&opening.complainant),
        "rests_on": opening.rests_on.iter().map(|case| case.0).collect::<Vec<_>>(),
    });
    // Only the terms say it: an act of a person looks as it always did.
    if let (Some(since), Some(map)) = (opening.since, written.as_object_mut()) {
        map.insert("since".into(), json!(since.to_string()));
    }
    written
}

fn ids(all: &BTreeSet<ActorId>) -> Vec<&str> {
    all.iter().map(ActorId::as_str).collect()
}

/// `party:opposition`, `public`, `public:r12`, `mission`, `threshold:persistent`.
pub(crate) fn write_complainant(who: &Complainant) -> String {
    match who {
        Complainant::Party(actor) => format!("party:{actor}"),
        Complainant::Public(None) => "public".into(),
        Complainant::Public(Some(receipt)) => format!("public:{receipt}"),
        Complainant::Mission => "mission".into(),
        Complainant::Threshold(Threshold::Persistent) => "threshold:persistent".into(),
        Complainant::Threshold(Threshold::Unmet) => "threshold:unmet".into(),
    }
}

/// Reads what [`write_complainant`] writes.
pub(crate) fn read_complainant(text: &str) -> Option<Complainant> {
    Some(match text.split_once(':') {
        None if text == "public" => Complainant::Public(None),
        None if text == "mission" => Complainant::Mission,
        Some(("party", actor)) => Complainant::Party(ActorId::new(actor)),
        Some(("public", receipt)) => {
            Complainant::Public(Some(ReceiptNo(receipt.strip_prefix('r')?.parse().ok()?)))
        }
        Some(("threshold", "persistent")) => Complainant::Threshold(Threshold::Persistent),
        Some(("threshold", "unmet")) => Complainant::Threshold(Threshold::Unmet),
        _ => return None,
    })
}

fn write_one(act: &Act) -> (Value, Option<String>) {
    match act {
        Act::Step { step, then, due, words } => {
            (json!({ "step": step, "then": then, "due": due.map(|due| due.to_string()) }), words.clone())
        }
        Act::Determine { step, then, stance, words } => {
            (json!({ "step": step, "then": then, "stance": write_stance(stance) }), words.clone())
        }
        Act::Join(complainant) => (json!(write_complainant(complainant)), None),
        Act::Means(words) | Act::Recuse(words) | Act::Extend(words) | Act::Withdraw(words) => {
            (json!({}), words.clone())
        }
        Act::Evidence { receipt, is_sealed, words } => {
            (json!({ "receipt": receipt.map(|r| r.0), "sealed": is_sealed }), words.clone())
        }
        Act::Disclose { item, to } => (json!({ "item": item, "to": to.as_str() }), None),
        Act::Name(actor) => (json!(actor.as_str()), None),
        Act::Incident(incident) => (json!(incident.as_str()), None),
        Act::Dissent { of, words } => (json!({ "of": of }), words.clone()),
        Act::Undertake { due, words } => (json!({ "due": due.to_string() }), words.clone()),
        Act::FollowUp { of, is_kept, words } => (json!({ "of": of, "kept": is_kept }), words.clone()),
        Act::Reopen { evidence, words } => (json!({ "evidence": evidence }), words.clone()),
        Act::Lapse { step } => (json!({ "step": step }), None),
    }
}

/// Four answers, as files write them.
pub(crate) fn write_stance(stance: &Stance) -> Value {
    json!({
        "happened": stance.happened.as_str(),
        "who": ids(&stance.who),
        "prohibited": stance.prohibited.as_str(),
        "gravity": stance.gravity,
    })
}

/// Reads what [`write_act`] writes.
pub(crate) fn read_act(case: Option<u64>, act: &Value, words: Option<String>) -> Option<CaseAct> {
    let (name, value) = act.as_object()?.iter().next()?;
    match (name.as_str(), case) {
        ("open", None) => Some(CaseAct::Open(read_opening(value, words)?)),
        ("clock-fault", None) => {
            let number = |name: &str| value.get(name).and_then(Value::as_u64);
            Some(CaseAct::ClockFault(ClockFault { from: number("from")?, to: number("to")? }))
        }
        (name, Some(case)) => Some(CaseAct::On(CaseId(case), read_one(name, value, words)?)),
        _ => None,
    }
}

fn read_opening(value: &Value, words: Option<String>) -> Option<Opening> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    Some(Opening {
        procedure: ClauseId::new(text("procedure")?),
        clause: ClauseId::new(text("clause")?),
        incidents: texts(value, "incidents")?.map(IncidentId::new).collect(),
        respondents: texts(value, "respondents")?.map(ActorId::new).collect(),
        complainant: read_complainant(text("complainant")?)?,
        rests_on: value.get("rests_on")?.as_array()?.iter().filter_map(Value::as_u64).map(CaseId).collect(),
        since: text("since").map(Instant::parse).transpose().ok()?,
        words,
    })
}

fn texts<'v>(value: &'v Value, name: &str) -> Option<impl Iterator<Item = &'v str> + use<'v>> {
    Some(value.get(name)?.as_array()?.iter().filter_map(Value::as_str))
}

fn read_one(name: &str, value: &Value, words: Option<String>) -> Option<Act> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let number = |name: &str| value.get(name).and_then(Value::as_u64);
    let moment = |name: &str| text(name).and_then(|at| Instant::parse(at).ok());
    let then = || text("then").map(str::to_owned);
    Some(match name {
        "step" => Act::Step { step: text("step")?.to_owned(), then: then(), due: moment("due"), words },
        "determine" => {
            let stance = read_stance(value.get("stance")?)?;
            Act::Determine { step: text("step")?.to_owned(), then: then(), stance, words }
        }
        "join" => Act::Join(read_complainant(value.as_str()?)?),
        "means" => Act::Means(words),
        "evidence" => {
            let is_sealed = value.get("sealed").and_then(Value::as_bool)?;
            Act::Evidence { receipt: number("receipt").map(ReceiptNo), is_sealed, words }
        }
        "disclose" => Act::Disclose { item: number("item")?, to: ActorId::new(text("to")?) },
        "name" => Act::Name(ActorId::new(value.as_str()?)),
        "incident" => Act::Incident(IncidentId::new(value.as_str()?)),
        "recuse" => Act::Recuse(words),
        "dissent" => Act::Dissent { of: number("of")?, words },
        "extend" => Act::Extend(words),
        "undertake" => Act::Undertake { due: moment("due")?, words },
        "follow-up" => {
            let is_kept = value.get("kept").and_then(Value::as_bool)?;
            Act::FollowUp { of: number("of")?, is_kept, words }
        }
        "withdraw" => Act::Withdraw(words),
        "reopen" => Act::Reopen { evidence: number("evidence")?, words },
        "lapse" => Act::Lapse { step: text("step")?.to_owned() },
        _ => return None,
    })
}

fn read_stance(value: &Value) -> Option<Stance> {
    let answer = |name: &str| value.get(name).and_then(Value::as_str).and_then(Answer::parse);
    Some(Stance {
        happened: answer("happened")?,
        who: texts(value, "who")?.map(ActorId::new).collect(),
        prohibited: answer("prohibited")?,
        gravity: value.get("gravity").and_then(Value::as_str).map(str::to_owned),
    })
}
