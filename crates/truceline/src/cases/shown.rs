//! A case and what is due, for people and for scripts. The whole of it: who may see less is shown less elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Value, json};
use truceline_casework::case::{
    Awaited, Case, Clock, Count, Determination, Docket, Doer, Done, Setting, Stopped, Undertaking,
};
use truceline_model::{ActorId, ClauseId, Instant, Zone};

use super::format::{write_complainant, write_stance};

/// To whom something was disclosed, by which entry.
fn disclosed_json(to: &BTreeMap<ActorId, u64>) -> Value {
    to.iter().map(|(to, entry)| json!({ "to": to.as_str(), "entry": entry })).collect()
}

fn doers(all: &BTreeSet<Doer>) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

fn moment(at: Instant) -> Value {
    json!(at.to_string())
}

/// A case as one JSON value (`docs/schema/case.schema.json`).
pub(crate) fn case_json(case: &Case, setting: &Setting, as_of: Instant) -> Value {
    json!({
        "case": case.id.to_string(),
        "procedure": case.opening.procedure.as_str(),
        "clause": case.clause().as_str(),
        "opened": moment(case.opened),
        "opened_by": case.opened_by,
        "since": case.opening.since.map(moment),
        "complainants": case.complainants.keys().map(write_complainant).collect::<Vec<_>>(),
        "incidents": case.incidents.iter().map(|one| one.as_str()).collect::<Vec<_>>(),
        "respondents": case.respondents.iter().map(|one| one.as_str()).collect::<Vec<_>>(),
        "is_named": case.respondent().is_some(),
        "rests_on": case.opening.rests_on.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "words": case.opening.words,
        "disclosed": disclosed_json(&case.disclosed),
        "phase": case.phase().as_str(),
        "stands": case.stands(),
        "awaited": case.awaited(setting, as_of).map(|one| awaited_json(&one, as_of)),
        "trail": case.trail.iter().map(|p| json!({
            "from": p.from, "to": p.to, "way": p.way.as_str(), "at": moment(p.at), "entry": p.entry,
        })).collect::<Vec<_>>(),
        "clocks": (0..).zip(&case.clocks).map(|(n, clock)| clock_json(clock, case.begun_by(n), as_of)).collect::<Vec<_>>(),
        "done": case.done.iter().map(done_json).collect::<Vec<_>>(),
        "determinations": case.determinations.iter().map(determination_json).collect::<Vec<_>>(),
        "dissents": case.dissents.iter().map(|one| json!({
            "entry": one.entry, "of": one.of, "by": one.by.to_string(), "words": one.words,
        })).collect::<Vec<_>>(),
        "means": case.means.iter().map(|one| json!({
            "entry": one.entry, "at": moment(one.at), "by": one.by.to_string(), "words": one.words,
        })).collect::<Vec<_>>(),
        "evidence": case.evidence.iter().map(|one| json!({
            "entry": one.entry, "at": moment(one.at), "by": one.by, "side": one.side.to_string(),
            "receipt": one.receipt.map(|r| r.to_string()), "is_sealed": one.is_sealed,
            "disclosed": disclosed_json(&one.disclosed),
            "words": one.words,
        })).collect::<Vec<_>>(),
        "undertakings": case.undertakings.iter().map(|one| undertaking_json(one, as_of)).collect::<Vec<_>>(),
        "recused": case.recused.iter().map(|(who, entry)| json!({ "who": who.to_string(), "entry": entry })).collect::<Vec<_>>(),
        "refused": case.refused.iter().map(|one| json!({
            "entry": one.entry, "at": moment(one.at), "by": one.by, "act": one.act, "why": one.why.to_string(),
        })).collect::<Vec<_>>(),
    })
}

/// Who must act, by when, and where silence leads.
pub(crate) fn awaited_json(awaited: &Awaited, as_of: Instant) -> Value {
    json!({
        "step": awaited.step, "who": doers(&awaited.who), "any": awaited.is_any, "due": moment(awaited.due),
        "is_overdue": awaited.due < as_of, "then": awaited.then, "silence": awaited.silence,
    })
}

fn clock_json(clock: &Clock, begun_by: Option<&Clock>, as_of: Instant) -> Value {
    let stopped =
        clock.stopped.map(|(at, why)| json!({ "at": moment(at), "why": why.as_str(), "entry": why.entry() }));
    json!({
        "step": clock.step, "rule": format!("{} of {}", clock.within, clock.of), "started": moment(clock.started),
        "started_by": clock.started_by,
        "begun_by": begun_by.map(|one| json!({ "lapse_of": one.step, "told": one.recorded })), "due": moment(clock.due),
        "extended": clock.extended.map(|(entry, before)| json!({ "entry": entry, "before": moment(before) })),
        "stopped": stopped, "recorded": clock.recorded, "is_overdue": clock.stopped.is_none() && clock.due < as_of,
    })
}

fn done_json(done: &Done) -> Value {
    json!({
        "entry": done.entry, "at": moment(done.at), "by": done.by, "for": done.doer.to_string(), "step": done.step,
        "then": done.then, "stance": done.stance.as_ref().map(write_stance), "words": done.words,
    })
}

fn determination_json(one: &Determination) -> Value {
    json!({
        "entry": one.entry, "at": moment(one.at), "step": one.step, "kind": one.kind.as_str(), "by": doers(&one.by),
        "without": doers(&one.without), "stance": write_stance(&one.stance), "given": one.given,
    })
}

fn undertaking_json(one: &Undertaking, as_of: Instant) -> Value {
    json!({
        "entry": one.entry, "at": moment(one.at), "by": doers(&one.by), "is_remedy": one.is_remedy, "due": moment(one.due),
        "kept": one.kept.map(|(kept, entry, at)| json!({ "kept": kept, "entry": entry, "at": moment(at) })),
        "is_overdue": one.kept.is_none() && one.due < as_of, "words": one.words,
    })
}

/// A case for people, in the agreement's own time.
pub(crate) fn case_text(case: &Case, setting: &Setting, as_of: Instant) -> String {
    let zone = &setting.zone;
    let mut out = String::new();
    let list = |all: &mut dyn Iterator<Item = String>| {
        let words: Vec<String> = all.collect();
        if words.is_empty() { "nobody named".to_owned() } else { words.join(", ") }
    };
    let respondents = list(&mut case.respondents.iter().map(ToString::to_string));
    let unnamed = if case.respondents.len() > 1 { " (not yet named which)" } else { "" };
    let _ = writeln!(
        out,
        "{}  {} · {} · against {respondents}{unnamed}",
        case.id,
        case.opening.procedure,
        case.clause()
    );
    let alleged = list(&mut case.complainants.keys().map(write_complainant));
    let _ = writeln!(
        out,
        "  opened {} by {} · alleged by {alleged}",
        zone.local_text(case.opened),
        case.opened_by
    );
    if let Some(since) = case.opening.since {
        let (rule, procedure) = (write_complainant(&case.opening.complainant), &case.opening.procedure);
        let since = zone.local_text(since);
        let _ = writeln!(out, "  nobody's act: {rule} of {procedure} was passed {since}");
    }
    if !case.incidents.is_empty() {
        let _ = writeln!(out, "  incidents: {}", list(&mut case.incidents.iter().map(ToString::to_string)));
    }
    match case.awaited(setting, as_of) {
        Some(awaited) => awaited_text(&mut out, &awaited, zone, as_of),
        None => drop(writeln!(out, "  ended: {}", case.stands())),
    }
    for passage in &case.trail {
        let from = passage.from.as_deref().unwrap_or("opening");
        let entry =
            passage.entry.map_or_else(|| "by time alone".to_owned(), |entry| format!("entry {entry}"));
        let at = zone.local_text(passage.at);
        let _ = writeln!(out, "  {at}  {from} → {}  ({}, {entry})", passage.to, passage.way.as_str());
    }
    clocks_text(&mut out, case, zone);
    for one in &case.determinations {
        determination_text(&mut out, one, zone);
    }
    for one in &case.means {
        let words = one.words.as_deref().unwrap_or("(words destroyed or none)");
        let _ = writeln!(out, "  means tried {} by {}: {words}", zone.local_text(one.at), one.by);
    }
    for one in &case.undertakings {
        let state = match one.kept {
            Some((true, entry, _)) => format!("kept (entry {entry})"),
            Some((false, entry, _)) => format!("not kept (entry {entry})"),
            None if one.due < as_of => "OVERDUE".into(),
            None => "open".into(),
        };
        let what = if one.is_remedy { "remedy" } else { "undertaking" };
        let _ = writeln!(
            out,
            "  {what} by {}: due {} · {state}",
            list(&mut doers(&one.by).into_iter()),
            zone.local_text(one.due)
        );
    }
    for one in &case.refused {
        let _ = writeln!(out, "  refused {} of {} (entry {}): {}", one.act, one.by, one.entry, one.why);
    }
    out
}

fn clocks_text(out: &mut String, case: &Case, zone: &Zone) {
    for (n, clock) in (0..).zip(&case.clocks) {
        let _ = writeln!(out, "  {}", clock_text(clock, case.begun_by(n), &case.opening.procedure, zone));
    }
}

/// A clock: by which rule, from when by what, until when. What the record was not told of yet is said to be so.
fn clock_text(clock: &Clock, begun_by: Option<&Clock>, procedure: &ClauseId, zone: &Zone) -> String {
    let told = |entry: Option<u64>| match entry {
        Some(entry) => format!("told by entry {entry}"),
        None => "NOT YET TOLD to the record".to_owned(),
    };
    let started = match (clock.started_by, begun_by) {
        (Some(entry), _) => format!("entry {entry}"),
        (None, Some(one)) => format!("{} ran out, {}", one.step, told(one.recorded)),
        (None, None) => "by time alone".to_owned(),
    };
    let extended = clock.extended.map_or_else(String::new, |(entry, before)| {
        format!(", lengthened by entry {entry} from {}", zone.local_text(before))
    });
    let stopped = match clock.stopped {
        None => "runs".to_owned(),
        Some((_, Stopped::Lapsed)) => format!("ran out, {}", told(clock.recorded)),
        Some((_, why)) => match why.entry() {
            Some(entry) => format!("stopped by entry {entry} ({})", why.as_str()),
            None => format!("stopped: {}", why.as_str()),
        },
    };
    format!(
        "clock of {}: {} of {} ({procedure}) · from {} ({started}) · until {}{extended} · {stopped}",
        clock.step,
        clock.within,
        clock.of,
        zone.local_text(clock.started),
        zone.local_text(clock.due)
    )
}

/// Whom a case waits for, by when, and what can follow.
pub(crate) fn waits_text(case: &Case, setting: &Setting, as_of: Instant) -> Option<String> {
    let awaited = case.awaited(setting, as_of)?;
    let mut out = String::new();
    awaited_text(&mut out, &awaited, &setting.zone, as_of);
    Some(out.trim_end().to_owned())
}

fn awaited_text(out: &mut String, awaited: &Awaited, zone: &Zone, as_of: Instant) {
    let overdue = if awaited.due < as_of { "  OVERDUE" } else { "" };
    let any = if awaited.is_any && awaited.who.len() > 1 { "any of " } else { "" };
    let who = doers(&awaited.who).join(", ");
    let due = zone.local_text(awaited.due);
    let _ = writeln!(out, "  waits for {any}{who}: {} · due {due}{overdue}", awaited.step);
    let _ = writeln!(out, "  then: {} · silence leads to {}", awaited.then.join(" | "), awaited.silence);
}

fn determination_text(out: &mut String, one: &Determination, zone: &Zone) {
    let who: Vec<&str> = one.stance.who.iter().map(|actor| actor.as_str()).collect();
    let who = if who.is_empty() { "not established".to_owned() } else { who.join(", ") };
    let gravity = one.stance.gravity.as_deref().unwrap_or("not said");
    let without = if one.without.is_empty() {
        String::new()
    } else {
        format!(" without {}", doers(&one.without).join(", "))
    };
    let _ = writeln!(
        out,
        "  {} {} by {}{without}: happened {} · who {who} · prohibited {} · gravity {gravity} (entry {})",
        zone.local_text(one.at),
        one.kind.as_str(),
        doers(&one.by).join(", "),
        one.stance.happened.as_str(),
        one.stance.prohibited.as_str(),
        one.entry,
    );
}

/// How often one party did not comply with one clause.
pub(crate) fn count_json(count: &Count) -> Value {
    let ids = |all: &BTreeSet<_>| all.iter().map(ToString::to_string).collect::<Vec<String>>();
    let counted = &count.counted;
    let found: Vec<&str> = counted.found.iter().map(|one| one.as_str()).collect();
    json!({
        "party": count.party.as_str(), "clause": count.clause.as_str(), "since": moment(count.since),
        "alleged": ids(&counted.alleged), "determined": ids(&counted.determined), "separate": ids(&counted.separate), "found": found,
        "is_persistent_determined": count.is_persistent_determined, "is_persistent_found": count.is_persistent_found,
    })
}

/// What is due within so many hours, and what is overdue, soonest first: steps, undertakings, remedies; and clocks that ran out untold.
pub(crate) fn due_json(docket: &Docket, setting: &Setting, hours: i64) -> Vec<Value> {
    dues(docket, setting, hours).into_iter().map(|(_, value, _)| value).collect()
}

/// The same for people.
pub(crate) fn due_text(docket: &Docket, setting: &Setting, hours: i64) -> Vec<String> {
    dues(docket, setting, hours).into_iter().map(|(_, _, text)| text).collect()
}

/// Says what kind of thing is due, and in which case.
fn name(value: &mut Value, kind: &str, case: &Case) {
    if let Some(map) = value.as_object_mut() {
        map.insert("kind".into(), json!(kind));
        map.insert("case".into(), json!(case.id.to_string()));
        map.insert("procedure".into(), json!(case.opening.procedure.as_str()));
    }
}

fn dues(docket: &Docket, setting: &Setting, hours: i64) -> Vec<(Instant, Value, String)> {
    let as_of = docket.as_of;
    let until = as_of.plus_seconds(hours.saturating_mul(3_600));
    let zone = &setting.zone;
    let mut all: Vec<(Instant, Value, String)> = Vec::new();
    for lapse in docket.lapses() {
        let mut value = json!({ "step": lapse.step, "at": moment(lapse.at), "to": lapse.to });
        if let Some(case) = docket.cases.get(&lapse.case) {
            name(&mut value, "lapsed", case);
        }
        let text = format!(
            "{}  {} ran out {}, led to {}; the record was not told",
            lapse.case,
            lapse.step,
            zone.local_text(lapse.at),
            lapse.to
        );
        all.push((lapse.at, value, text));
    }
    for case in docket.cases.values() {
        if let Some(awaited) = case.awaited(setting, as_of).filter(|one| one.due <= until) {
            let mut value = awaited_json(&awaited, as_of);
            name(&mut value, "step", case);
            let who = doers(&awaited.who).join(", ");
            let text = format!(
                "{}  {} by {who}: due {}, else {}",
                case.id,
                awaited.step,
                zone.local_text(awaited.due),
                awaited.silence
            );
            all.push((awaited.due, value, text));
        }
        for one in case.undertakings.iter().filter(|one| one.kept.is_none() && one.due <= until) {
            let mut value = undertaking_json(one, as_of);
            name(&mut value, if one.is_remedy { "remedy" } else { "undertaking" }, case);
            let overdue = if one.due < as_of { "  OVERDUE" } else { "" };
            let text = format!(
                "{}  {} by {}: due {}{overdue}",
                case.id,
                if one.is_remedy { "remedy" } else { "undertaking" },
                doers(&one.by).join(", "),
                zone.local_text(one.due)
            );
            all.push((one.due, value, text));
        }
    }
    all.sort_by(|a, b| (a.0, &a.2).cmp(&(b.0, &b.2)));
    all
}
