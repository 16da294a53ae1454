//! A dossier as canonical JSON (RFC 8785): what the page says, for machines. Same dossier, same bytes; no form says more than another.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use truceline_model::{
    ActorId, Alleger, Aside, Attempt, Determined, Dissented, Doer, Dossier, DueLine, Hand, Item, OtherCase,
    Passed, Performed, Pledge, Precedent, Referral, Release, Said, Stage, Stance, Tallied, Threshold, Ticked,
    Turned, Waiting, When,
};
use truceline_record::CanonicalError;

use super::{DossierProof, Inclusion};
use crate::findings::text;
use crate::view::View;

/// The dossier, with findings of the view on its incidents under its clause, and the proof.
///
/// # Errors
/// When it has no canonical bytes, which no dossier made by casework lacks.
pub fn dossier_json(
    view: &View<'_>,
    dossier: &Dossier,
    proof: &DossierProof,
) -> Result<String, CanonicalError> {
    let mut out = head(dossier);
    put(&mut out, "findings", findings(view, dossier));
    put(&mut out, "waiting", dossier.waiting.as_ref().map_or(Value::Null, waiting));
    put(&mut out, "due", dossier.due.iter().map(due).collect());
    put(&mut out, "course", dossier.course.iter().map(passed).collect());
    put(&mut out, "acts", dossier.acts.iter().map(performed).collect());
    put(&mut out, "evidence", dossier.evidence.iter().map(item).collect());
    put(&mut out, "clocks", dossier.clocks.iter().map(clock).collect());
    put(&mut out, "determinations", dossier.determined.iter().map(determined).collect());
    put(&mut out, "dissents", dossier.dissents.iter().map(dissented).collect());
    let recused = dossier.recused.iter().map(|(who, entry)| json!({ "who": doer(who), "entry": entry }));
    put(&mut out, "recused", recused.collect());
    put(&mut out, "means", dossier.means.iter().map(attempt).collect());
    put(&mut out, "undertakings", dossier.pledges.iter().map(pledge).collect());
    put(&mut out, "asides", dossier.asides.iter().map(aside).collect());
    put(&mut out, "refused", dossier.refused.iter().map(turned).collect());
    put(&mut out, "referral", dossier.referral.as_ref().map_or(Value::Null, referral));
    put(&mut out, "precedents", precedents(dossier));
    put(&mut out, "proof", proven(dossier, proof));
    text(&Value::Object(out))
}

fn put(out: &mut Map<String, Value>, key: &str, value: Value) {
    out.insert(key.to_owned(), value);
}

fn head(dossier: &Dossier) -> Map<String, Value> {
    let mut out = Map::new();
    put(&mut out, "case", format!("c{}", dossier.case).into());
    put(&mut out, "release", dossier.release.as_str().into());
    if let Release::Party(party) = &dossier.release {
        put(&mut out, "party", party.as_str().into());
    }
    put(&mut out, "as_of", dossier.as_of.to_string().into());
    put(&mut out, "procedure", dossier.procedure.as_str().into());
    put(&mut out, "clause", dossier.clause.as_str().into());
    put(&mut out, "opened", when(dossier.opened));
    put(&mut out, "passed", dossier.passed.map_or(Value::Null, when));
    put(&mut out, "opened_by", dossier.opened_by.as_ref().map_or(Value::Null, hand));
    let alleged = dossier.alleged.iter().map(|(who, entry)| {
        let mut one = alleger(who);
        if let Value::Object(one) = &mut one {
            put(one, "entry", json!(entry));
        }
        one
    });
    put(&mut out, "alleged", alleged.collect());
    put(&mut out, "allegation", said(&dossier.allegation));
    put(&mut out, "disclosed", disclosed(&dossier.disclosed));
    put(&mut out, "respondents", dossier.respondents.iter().map(|one| one.as_str()).collect());
    put(&mut out, "incidents", dossier.incidents.iter().map(|one| one.as_str()).collect());
    put(&mut out, "rests_on", cases(&dossier.rests_on));
    put(&mut out, "stands", stage(&dossier.stands));
    out
}

/// What each reading finds, by incident: the outcome and what it turns on.
fn findings(view: &View<'_>, dossier: &Dossier) -> Value {
    let known = view.incidents.iter().filter(|one| dossier.incidents.contains(&one.incident.id));
    let mut all: Vec<Value> = Vec::new();
    for one in known {
        for finding in one.findings.iter().filter(|finding| finding.clause == dossier.clause) {
            let cruxes = finding.cruxes.iter().map(|crux| {
                let ifs = crux.if_.iter().map(|one| json!({ "fact": one.fact.key(), "value": one.value }));
                json!({ "if": ifs.collect::<Vec<_>>(), "then": crux.then.as_str() })
            });
            all.push(json!({
                "incident": finding.incident.as_str(),
                "reading": finding.reading.as_str(),
                "outcome": finding.outcome.as_str(),
                "turns_on": cruxes.collect::<Vec<_>>(),
            }));
        }
    }
    all.sort_by_key(|one| (one["incident"].to_string(), one["reading"].to_string()));
    Value::Array(all)
}

/// A moment, or a day: never an hour that the reader may not know.
fn when(when: When) -> Value {
    if when.is_day {
        json!({ "day_from": when.at.to_string() })
    } else {
        json!({ "at": when.at.to_string() })
    }
}

fn said(said: &Said) -> Value {
    match said {
        Said::Words(words) => json!({ "words": words }),
        other => json!({ "none": other.as_str() }),
    }
}

fn doer(doer: &Doer) -> Value {
    match doer {
        Doer::Actor(actor) => json!({ "actor": actor.as_str() }),
        Doer::Mission => "mission".into(),
        Doer::Anybody => "anybody".into(),
    }
}

fn doers(all: &BTreeSet<Doer>) -> Value {
    all.iter().map(doer).collect()
}

fn cases(all: &BTreeSet<u64>) -> Value {
    all.iter().map(|case| format!("c{case}")).collect()
}

fn hand(hand: &Hand) -> Value {
    json!({ "person": hand.person, "role": hand.role, "for": doer(&hand.doer) })
}

fn alleger(one: &Alleger) -> Value {
    match one {
        Alleger::Party(actor) => json!({ "by": "party", "party": actor.as_str() }),
        Alleger::Mission => json!({ "by": "mission" }),
        Alleger::Public(receipt) => json!({ "by": "public", "receipt": receipt.map(|one| one.0) }),
        Alleger::Threshold(Threshold::Persistent) => json!({ "by": "persistent" }),
        Alleger::Threshold(Threshold::Unmet) => json!({ "by": "unmet" }),
        Alleger::NotSaid => json!({ "by": "not-said" }),
    }
}

fn stage(stage: &Stage) -> Value {
    json!({
        "id": stage.id,
        "name": { "en": stage.name.en, "ar": stage.name.ar, "ru": stage.name.ru },
        "asks": stage.asks.map(truceline_model::Asks::as_str),
        "excludes": stage.excludes,
        "readmits": stage.readmits,
    })
}

fn stance(stance: &Stance) -> Value {
    json!({
        "happened": stance.happened.as_str(),
        "who": stance.who.iter().map(|one| one.as_str()).collect::<Vec<_>>(),
        "prohibited": stance.prohibited.as_str(),
        "gravity": stance.gravity,
    })
}

fn waiting(one: &Waiting) -> Value {
    json!({
        "step": stage(&one.stage),
        "who": doers(&one.who),
        "any": one.is_any,
        "yours": one.is_reader,
        "due": when(one.due),
        "then": one.then.iter().map(stage).collect::<Vec<_>>(),
        "silence": stage(&one.silence),
    })
}

fn due(one: &DueLine) -> Value {
    json!({
        "case": format!("c{}", one.case),
        "step": one.stage.as_ref().map(stage),
        "remedy": one.is_remedy,
        "due": one.due.to_string(),
        "silence": one.silence.as_ref().map(stage),
        "overdue": one.is_overdue,
    })
}

fn passed(one: &Passed) -> Value {
    json!({
        "from": one.from.as_ref().map(stage),
        "to": stage(&one.to),
        "way": one.way,
        "when": when(one.when),
        "entry": one.entry,
    })
}

fn performed(one: &Performed) -> Value {
    json!({
        "entry": one.entry,
        "when": when(one.when),
        "by": hand(&one.hand),
        "step": stage(&one.stage),
        "then": one.then.as_ref().map(stage),
        "answers": one.stance.as_ref().map(stance),
        "said": said(&one.words),
    })
}

fn item(one: &Item) -> Value {
    json!({
        "entry": one.entry,
        "when": when(one.when),
        "by": hand(&one.hand),
        "receipt": one.receipt.map(|receipt| receipt.0),
        "digest": one.digest,
        "sealed": one.is_sealed,
        "disclosed": disclosed(&one.disclosed),
        "said": said(&one.words),
    })
}

/// To whom something was disclosed, by which entry.
fn disclosed(to: &[(ActorId, Option<u64>)]) -> Value {
    to.iter().map(|(to, entry)| json!({ "to": to.as_str(), "entry": entry })).collect()
}

fn clock(one: &Ticked) -> Value {
    let by = |entry: Option<u64>, person: Option<&String>| json!({ "entry": entry, "person": person });
    json!({
        "step": stage(&one.stage),
        "within": one.within.to_string(),
        "of": one.of,
        "started": when(one.started),
        "started_by": one.started_by.as_ref().map(|(entry, person)| by(Some(*entry), person.as_ref())),
        "begun_by": one.begun_by.as_ref().map(|begun| {
            json!({ "lapse_of": stage(&begun.stage), "told": begun.recorded, "is_told": begun.is_told })
        }),
        "due": when(one.due),
        "extended": one.extended.as_ref().map(|(entry, person, before)| {
            json!({ "by": by(*entry, person.as_ref()), "due_before": when(*before) })
        }),
        "stopped": one.stopped.as_ref().map(|(at, why, entry, person)| {
            json!({ "when": when(*at), "why": why, "by": by(*entry, person.as_ref()) })
        }),
        "recorded": one.recorded,
        "is_told": one.is_told,
    })
}

fn determined(one: &Determined) -> Value {
    let given = one.given.iter().map(|(by, entry, gravity, words)| {
        json!({ "by": doer(by), "entry": entry, "gravity": gravity, "said": said(words) })
    });
    json!({
        "entry": one.entry,
        "when": when(one.when),
        "step": stage(&one.stage),
        "kind": one.kind,
        "by": doers(&one.by),
        "without": doers(&one.without),
        "answers": stance(&one.stance),
        "given": given.collect::<Vec<_>>(),
    })
}

fn dissented(one: &Dissented) -> Value {
    json!({ "entry": one.entry, "of": one.of, "by": doer(&one.by), "said": said(&one.words) })
}

fn attempt(one: &Attempt) -> Value {
    json!({ "entry": one.entry, "when": when(one.when), "by": doer(&one.by), "said": said(&one.words) })
}

fn pledge(one: &Pledge) -> Value {
    json!({
        "entry": one.entry,
        "when": when(one.when),
        "by": doers(&one.by),
        "remedy": one.is_remedy,
        "due": when(one.due),
        "kept": one.kept.as_ref().map(|(kept, at, entry)| json!({ "kept": kept, "when": when(*at), "entry": entry })),
        "overdue": one.is_overdue,
        "said": said(&one.words),
    })
}

fn aside(one: &Aside) -> Value {
    json!({ "entry": one.entry, "when": when(one.when), "by": hand(&one.hand), "act": one.act, "said": said(&one.words) })
}

fn turned(one: &Turned) -> Value {
    json!({ "entry": one.entry, "when": when(one.when), "by": hand(&one.hand), "act": one.act, "why": one.why })
}

fn referral(one: &Referral) -> Value {
    json!({
        "why": one.why,
        "over": one.over.map(|over| over.to_string()),
        "needs_determined": one.needs_determined,
        "needs_found": one.needs_found,
        "counts": one.counts.iter().map(tallied).collect::<Vec<_>>(),
        "cases": one.cases.iter().map(other).collect::<Vec<_>>(),
    })
}

fn tallied(one: &Tallied) -> Value {
    json!({
        "party": one.party.as_str(),
        "clause": one.clause.as_str(),
        "since": one.since.map(when),
        "determined": cases(&one.determined),
        "separate": cases(&one.separate),
        "found": one.found.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
        "alleged": one.alleged.as_ref().map(cases),
        "persistent_determined": one.is_persistent_determined,
        "persistent_found": one.is_persistent_found,
    })
}

fn other(one: &OtherCase) -> Value {
    json!({
        "case": format!("c{}", one.case),
        "clause": one.clause.as_str(),
        "respondents": one.respondents.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
        "stands": stage(&one.stands),
        "determinations": one.determined.iter().map(determined).collect::<Vec<_>>(),
        "means": one.means.iter().map(attempt).collect::<Vec<_>>(),
    })
}

fn precedents(dossier: &Dossier) -> Value {
    let all = &dossier.precedents;
    json!({
        "looked_at": all.looked_at,
        "alike": all.alike,
        "shown": all.shown.iter().map(precedent).collect::<Vec<_>>(),
    })
}

fn precedent(one: &Precedent) -> Value {
    let likenesses = one
        .likenesses
        .iter()
        .map(|like| json!({ "of": like.of, "how": like.how, "here": like.here, "there": like.there }));
    let answer = one.judgement.as_ref();
    json!({
        "case": one.case.map(|case| format!("c{case}")),
        "incidents": one.incidents.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
        "judgement": answer.map(|(word, _)| word.as_str()),
        "answer": answer.map(|(_, answer)| answer.as_str()),
        "determined": one.determined.as_ref().map(|(answers, kind)| json!({ "kind": kind, "answers": stance(answers) })),
        "when": when(one.when),
        "entry": one.entry,
        "likenesses": likenesses.collect::<Vec<_>>(),
    })
}

/// Only of entries that stand behind the dossier.
fn proven(dossier: &Dossier, proof: &DossierProof) -> Value {
    let named = dossier.proven();
    let shown = proof.inclusions.iter().filter(|one| named.contains(&one.entry));
    let one = |one: &Inclusion| {
        let mut said = json!({ "entry": one.entry, "leaf": one.leaf, "path": one.path });
        let given = one.given.as_ref().filter(|_| dossier.release.is_mission());
        if let (Some(given), Value::Object(said)) = (given, &mut said) {
            put(said, "vouched", given.vouched.as_str().into());
            put(said, "office", json!(given.office));
        }
        said
    };
    json!({
        "checkpoint": proof.checkpoint,
        "size": proof.size,
        "cosigned_by": proof.cosigned_by,
        "inclusions": shown.map(one).collect::<Vec<_>>(),
    })
}
