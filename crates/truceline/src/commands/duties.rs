//! `duties`: what was due of whom and when, what is recorded as done, what is missing, and what cannot be told.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use truceline_casework::case::Docket;
use truceline_casework::duties::{AidPassage, Chance, Duty, Said, StageSaid, Telling, Untold};
use truceline_model::{Bounds, DueAt, Instant, Interval, MeasureId, Truth, Zone};
use truceline_publish::{Lang, Links, duties_file_name, duties_page};
use truceline_terms::Terms;

use crate::cli::Format;
use crate::cli::duties::Duties;
use crate::duties::{Ledger, case_of, ledger};
use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::mission::Mission;
use crate::pipeline::{Source, derive_published, moment};
use crate::view::{Owned, view};
use crate::{cases, folder, out, proposals};

/// Shows the ledger of duties.
///
/// # Errors
/// When the store or mission cannot be read, has no sound terms, or has no such clause.
pub(crate) fn duties(asked: &Duties) -> Result<u8, Failure> {
    let loaded = match (&asked.store, &asked.mission) {
        (Some(store), _) => Source::new(store.clone()).loaded(asked.moment.up_to, asked.moment.threads)?,
        (None, Some(mission)) => Arc::new(Loaded::empty(Arc::new(Mission::read(&folder::read(mission)?)?))),
        (None, None) => return Err(Failure::usage("say --store DIR or --mission DIR")),
    };
    let as_of = moment(&loaded, asked.moment.as_of.as_deref())?;
    if let Some(folder) = &asked.out {
        return pages(loaded, as_of, asked.moment.threads, folder, asked.format);
    }
    let docket = cases::docket(&loaded, as_of);
    let loaded = proposals::standing(loaded, as_of);
    let mission = Arc::clone(&loaded.mission);
    let terms = mission.terms()?;
    let mut ledger = ledger(&loaded, as_of)?;
    if let Some(id) = &asked.clause {
        let asks = terms.clauses.iter().any(|clause| {
            clause.id.as_str() == id && clause.rule.as_ref().is_some_and(|rule| rule.required.is_some())
        });
        if !asks {
            let say = format!(
                "no clause \"{}\" requires anything; without --clause all are listed",
                out::shown(id)
            );
            return Err(Failure::not_found(say));
        }
        ledger.duties.retain(|duty| duty.due.clause.as_str() == id);
        ledger.chances.retain(|chance| chance.unmet.clause.as_str() == id);
        ledger.aid.clear();
    }
    match asked.format {
        Format::Json => lines(&ledger, &docket, as_of),
        Format::Text => out::text_as_it_is(&words(&ledger, &docket, terms, &mission.zone, as_of)),
    }?;
    Ok(0)
}

/// The ledger as it may be published, a page a language.
fn pages(
    loaded: Arc<Loaded>,
    as_of: Instant,
    threads: usize,
    folder: &Path,
    format: Format,
) -> Result<u8, Failure> {
    let fail = |e: std::io::Error| Failure::operation(&format!("write into {}", folder.display()), &e);
    let derived = derive_published(loaded, as_of, threads)?;
    let owned = Owned::of(&derived.loaded.mission);
    let view = view(&derived, derived.loaded.mission.terms()?, &owned);
    std::fs::create_dir_all(folder).map_err(fail)?;
    let names: Vec<String> = Lang::ALL.into_iter().map(duties_file_name).collect();
    for (lang, name) in Lang::ALL.into_iter().zip(&names) {
        let page = duties_page(&view, lang, Links::Static);
        std::fs::write(folder.join(name), page).map_err(fail)?;
    }
    let said = format_args!("{}: {}", folder.display(), names.join(", "));
    out::told(format, said, &json!({ "folder": folder, "files": names }))?;
    Ok(0)
}

fn lines(ledger: &Ledger, docket: &Docket, as_of: Instant) -> Result<(), Failure> {
    ledger.duties.iter().try_for_each(|duty| out::line(duty_json(duty, as_of)))?;
    ledger.aid.iter().try_for_each(|passage| out::line(aid_json(passage)))?;
    ledger.chances.iter().try_for_each(|chance| out::line(chance_json(chance, docket)))?;
    let (duties, left) = (ledger.duties.len(), ledger.days_left_out);
    out::line(
        json!({ "kind": "counts", "duties": duties, "days_left_out": left, "as_of": as_of.to_string() }),
    )
}

/// One duty as JSON.
pub(crate) fn duty_json(duty: &Duty, as_of: Instant) -> Value {
    let due = &duty.due;
    let (by, day) = match due.at {
        DueAt::By(by) => (Some(by.to_string()), None),
        DueAt::Day(day) => (None, Some(interval_json(day))),
    };
    let undone = |(reading, undone): (&truceline_model::ReadingId, &truceline_model::Undone)| {
        let words = json!({ "at_due": undone.at_due.as_str(), "now": undone.now.as_str() });
        (reading.to_string(), words)
    };
    let accounts = duty.accounts.iter().map(|(origin, account)| {
        let said: Vec<Value> = account.said.iter().map(said_json).collect();
        let state = account.state.map(|state| state.as_str());
        (origin.to_string(), json!({ "state": state, "said": said }))
    });
    json!({
        "kind": "duty", "clause": due.clause.as_str(), "respondent": due.respondent.as_str(), "by": by, "day": day,
        "acts": due.acts.iter().map(|act| act.as_str()).collect::<Vec<_>>(),
        "counting": due.counting.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "state": duty.state.as_str(), "untold": duty.untold.map(Untold::as_str),
        "accounts": accounts.collect::<serde_json::Map<_, _>>(),
        "watched_by": duty.watched_by.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "left_undone": due.undone.iter().map(undone).collect::<serde_json::Map<_, _>>(),
        "turns_on": due.turns_on, "as_of": as_of.to_string(),
    })
}

fn said_json(said: &Said) -> Value {
    json!({
        "receipt": said.receipt.0, "known": said.known.to_string(), "when": said.when.map(interval_json),
        "says": telling(said.telling), "amounts": amounts_json(&said.amounts), "about_this": said.concerns.as_str(),
    })
}

/// Aid on its way as JSON.
pub(crate) fn aid_json(passage: &AidPassage) -> Value {
    let said = |one: &StageSaid| {
        json!({
            "origin": one.origin.as_str(), "receipt": one.receipt.0, "known": one.known.to_string(),
            "when": one.when.map(interval_json), "item": one.item, "quantity": one.quantity,
            "actors": one.actors.iter().map(ToString::to_string).collect::<Vec<_>>(), "amounts": amounts_json(&one.amounts),
            "areas": one.place.iter().flat_map(|place| &place.areas).map(ToString::to_string).collect::<Vec<_>>(),
        })
    };
    let stages = passage
        .stages
        .iter()
        .map(|(stage, all)| (stage.as_str().to_owned(), all.iter().map(said).collect::<Vec<_>>().into()));
    json!({
        "kind": "aid", "convoy": passage.convoy, "furthest": passage.furthest().map(|stage| stage.as_str()),
        "disputed": passage.disputed(), "stages": stages.collect::<serde_json::Map<String, Value>>(),
    })
}

/// What a procedure may open a case for, as JSON.
pub(crate) fn chance_json(chance: &Chance, docket: &Docket) -> Value {
    let unmet = &chance.unmet;
    json!({
        "kind": "may-open", "procedure": chance.procedure.as_str(), "clause": unmet.clause.as_str(),
        "respondent": unmet.respondent.as_str(), "since": unmet.since.to_string(), "made_good": unmet.made_good,
        "readings": unmet.readings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "case": case_of(docket, chance).map(|case| format!("c{case}")),
    })
}

fn interval_json(when: Interval) -> Value {
    json!([when.start().to_string(), when.end().to_string()])
}

fn amounts_json(amounts: &BTreeMap<MeasureId, Bounds>) -> Value {
    let one = |(measure, bounds): (&MeasureId, &Bounds)| {
        (measure.to_string(), json!({ "min": bounds.min, "max": bounds.max }))
    };
    Value::Object(amounts.iter().map(one).collect())
}

fn telling(telling: Telling) -> &'static str {
    match telling {
        Telling::Done => "done",
        Telling::LeftUndone => "left-undone",
    }
}

/// The ledger in words, clause by clause.
fn words(ledger: &Ledger, docket: &Docket, terms: &Terms, zone: &Zone, as_of: Instant) -> String {
    let mut out = format!(
        "Duties as of {as_of}. Met and short are what sources report; whether it is a violation is for people.\n"
    );
    let same = |a: &Duty, b: &Duty| (&a.due.clause, &a.due.respondent) == (&b.due.clause, &b.due.respondent);
    for group in ledger.duties.chunk_by(same) {
        let Some(first) = group.first() else { continue };
        let name = terms.clause(&first.due.clause).map(|clause| clause.name.en.as_str()).unwrap_or_default();
        let _ = writeln!(out, "\n{}: {name} (of {})", first.due.clause, first.due.respondent);
        let counting: Vec<String> = first.due.counting.iter().map(ToString::to_string).collect();
        let acts: Vec<&str> = first.due.acts.iter().map(|act| act.as_str()).collect();
        let _ = writeln!(out, "  asks {} {}", acts.join(", "), counting.join(" and "));
        for run in group.chunk_by(|a, b| silent(a) && silent(b) && a.watched_by == b.watched_by) {
            duty_words(run, zone, &mut out);
        }
        let alike = |a: &Duty, b: &Duty| (&a.due.undone, &a.due.turns_on) == (&b.due.undone, &b.due.turns_on);
        group.chunk_by(alike).for_each(|run| law_words(run, zone, &mut out));
    }
    if ledger.duties.is_empty() {
        out.push_str("\nThe terms require nothing that is due.\n");
    }
    if ledger.days_left_out > 0 {
        let _ = writeln!(out, "\n{} earlier days of quotas are not shown.", ledger.days_left_out);
    }
    aid_words(ledger, zone, &mut out);
    if !ledger.chances.is_empty() {
        out.push_str("\nA case may be opened by the terms; people open it:\n");
    }
    for chance in &ledger.chances {
        let unmet = &chance.unmet;
        let since = zone.local_text(unmet.since);
        let good = if unmet.made_good { ", done since" } else { "" };
        let _ = writeln!(
            out,
            "  {}: {} by {}, since {since}{good}{}",
            chance.procedure,
            unmet.clause,
            unmet.respondent,
            case_of(docket, chance).map_or_else(String::new, |case| format!("; opened as c{case}"))
        );
    }
    out
}

fn silent(duty: &Duty) -> bool {
    duty.untold == Some(Untold::NobodyReported) && matches!(duty.due.at, DueAt::Day(_))
}

/// One duty, or a run of days of which nobody reported.
fn duty_words(run: &[Duty], zone: &Zone, out: &mut String) {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return };
    let at = match (first.due.at, last.due.at) {
        (DueAt::By(by), _) => format!("by {}", zone.local_text(by)),
        (DueAt::Day(from), DueAt::Day(to)) if run.len() > 1 => {
            format!(
                "{} to {} ({} days)",
                zone.local_date(from.start()),
                zone.local_date(to.start()),
                run.len()
            )
        }
        (DueAt::Day(day), _) => zone.local_date(day.start()),
    };
    let why = match first.untold {
        Some(Untold::NobodyReported) => ": nobody reported, which is no zero",
        Some(Untold::LeavesOpen) => ": what is reported leaves it open",
        Some(Untold::Disputed) => ": origins differ",
        None => "",
    };
    let watched: Vec<String> = first.watched_by.iter().map(ToString::to_string).collect();
    let watched =
        if watched.is_empty() { String::new() } else { format!(" (watching: {})", watched.join(", ")) };
    let _ = writeln!(out, "  {at}  {}{why}{watched}", first.state.as_str().replace('-', " "));
    for (origin, account) in &first.accounts {
        let state =
            account.state.map_or("leaves it open".to_owned(), |state| state.as_str().replace('-', " "));
        for said in &account.said {
            let amounts: Vec<String> = said.amounts.iter().map(|(m, b)| format!("{m} {b}")).collect();
            let when = said.when.map_or("no time said".to_owned(), |when| zone.local_text(when.start()));
            let about = if said.concerns == Truth::Unknown { ", perhaps about this duty" } else { "" };
            let (receipt, says) = (said.receipt, telling(said.telling).replace('-', " "));
            let _ = writeln!(
                out,
                "      {origin} ({state}): {says} {}, {when} ({receipt}){about}",
                amounts.join(", ")
            );
        }
    }
}

/// What the terms say of leaving it undone, where it is not plainly prohibited.
fn law_words(run: &[Duty], zone: &Zone, out: &mut String) {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return };
    let undone = &first.due.undone;
    let all: BTreeSet<_> = undone.values().map(|u| (u.at_due.as_str(), u.now.as_str())).collect();
    let plain = all.iter().all(|outcomes| *outcomes == ("prohibited", "prohibited"));
    if plain && first.due.turns_on.is_empty() {
        return;
    }
    let days = match (first.due.at, last.due.at) {
        (DueAt::Day(from), DueAt::Day(to)) if run.len() > 1 => {
            format!(" from {} to {}", zone.local_date(from.start()), zone.local_date(to.start()))
        }
        (DueAt::Day(day), _) => format!(" on {}", zone.local_date(day.start())),
        _ => String::new(),
    };
    for (at_due, now) in &all {
        let mine = undone.iter().filter(|(_, u)| (u.at_due.as_str(), u.now.as_str()) == (*at_due, *now));
        let readings: Vec<&str> = mine.map(|(reading, _)| reading.as_str()).collect();
        let under = if all.len() == 1 { "every reading".to_owned() } else { readings.join(", ") };
        let now = if at_due == now { String::new() } else { format!(" when due, {now} now") };
        let _ = writeln!(out, "      left undone{days}, under {under}: {at_due}{now}");
    }
    if !first.due.turns_on.is_empty() {
        let facts: Vec<&str> = first.due.turns_on.iter().map(String::as_str).collect();
        let _ = writeln!(out, "      turns on {}", facts.join(", "));
    }
}

fn aid_words(ledger: &Ledger, zone: &Zone, out: &mut String) {
    if !ledger.aid.is_empty() {
        out.push_str("\nAid on its way (a stage that is not listed was not reported; that is no refusal)\n");
    }
    for passage in &ledger.aid {
        let name = passage.convoy.as_deref().map_or("no convoy named".to_owned(), out::shown);
        let differs = if passage.disputed() { "; origins differ" } else { "" };
        let _ = writeln!(out, "  {name}{differs}");
        for (stage, all) in &passage.stages {
            for one in all {
                let amounts: Vec<String> = one.amounts.iter().map(|(m, b)| format!("{m} {b}")).collect();
                let quantity = one.quantity.as_deref().map(out::shown).unwrap_or_default();
                let when = one.when.map_or("no time said".to_owned(), |when| zone.local_text(when.start()));
                let (origin, item, receipt) = (&one.origin, out::shown(&one.item), one.receipt);
                let known = zone.local_text(one.known);
                let counted = amounts.join(", ");
                let _ = writeln!(
                    out,
                    "      {stage:<14} {when}, known {known}: {item} {quantity} {counted} by {origin} ({receipt})"
                );
            }
        }
    }
}
