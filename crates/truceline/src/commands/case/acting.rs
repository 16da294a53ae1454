//! An act in a case: made of the call, asked of casework, logged with its answer.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use truceline_casework::case::{Act, CaseAct, CaseId, ClockFault, Complainant, Opening, Refused, Stance};
use truceline_model::{ActorId, Answer, ClauseId, IncidentId, Instant, ReceiptNo, Vouched};

use super::centre;
use super::told::advice;
use crate::api::Accounts;
use crate::cases;
use crate::cli::case::{Acts, Answers, CaseCommand};
use crate::cli::{EXIT_FOUND, Format};
use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::mission::Mission;
use crate::pipeline::Source;
use crate::{files, import, log, out};

/// Most bytes of words with an act.
const WORDS_LIMIT: usize = 32 * 1024;
/// Most bytes of a file with a token.
const TOKEN_LIMIT: u64 = 1024;

/// Logs an act; ends with 1 when it was refused.
pub(super) fn act(what: &CaseCommand) -> Result<u8, Failure> {
    let acts = acts_of(what).ok_or_else(|| Failure::usage("this is no act"))?;
    if acts.words.as_ref().is_some_and(|words| words.trim().is_empty() || words.len() > WORDS_LIMIT) {
        return Err(Failure::usage(format!("--words are a few words, and {WORDS_LIMIT} bytes at the most")));
    }
    let loaded = Source::new(acts.at.store.clone()).loaded(None, 2)?;
    named(&loaded.mission, &acts.by)?;
    let vouched = vouched(acts)?;
    let (what, is_at_centre) = read(what, acts, &loaded)?;
    if is_at_centre {
        return centre::put(acts, &loaded, vouched, &what);
    }
    if acts.beside.is_some() {
        return Err(Failure::usage("--beside is for an act in the centre's case (centre:c17)"));
    }
    let store = &acts.at.store;
    let written = put(store, &loaded, (&acts.by, vouched), acts.when.as_deref(), what)?;
    let Written { entry, case, refused, stands, .. } = &written;
    let words = match refused {
        None => format!("{case}: entry {entry}; it stands at {stands}"),
        Some(why) => format!("{case}: refused, and kept as entry {entry}: {why}{}", written.advice),
    };
    let words = written.waits.as_ref().map_or_else(|| words.clone(), |waits| format!("{words}\n{waits}"));
    let told = json!({
        "case": case.to_string(), "entry": entry, "is_taken": refused.is_none(),
        "why": refused.as_ref().map(ToString::to_string), "stands": stands, "advice": written.advice,
    });
    out::told(acts.format, words, &told)?;
    let at = moment_of(&loaded.mission, acts.when.as_deref())?;
    for told in cases::act_by_terms(store, &loaded.mission, at, written.has_lapsed)? {
        if acts.format == Format::Text {
            out::line(told)?;
        }
    }
    Ok(if refused.is_some() { EXIT_FOUND } else { 0 })
}

/// What vouches for whoever acts: their token, or nothing but that they could write here.
///
/// # Errors
/// When a token is given and is not theirs.
pub(super) fn vouched(acts: &Acts) -> Result<Vouched, Failure> {
    let accounts = Accounts::read(&acts.at.store)?;
    let Some(path) = &acts.token_file else {
        if accounts.of(&acts.by).is_some() {
            let by = out::shown(&acts.by);
            eprintln!(
                "{by} has an account: without --token-file the record says that nothing shows that it was they"
            );
        }
        return Ok(Vouched::Machine);
    };
    let text = files::text(path, TOKEN_LIMIT)
        .map_err(|e| Failure::usage(format!("could not read {}: {e}", path.display())))?;
    if accounts.opens(&acts.by, text.trim()) {
        return Ok(Vouched::Token);
    }
    Err(Failure::usage(format!(
        "what {} holds is not the token of {}; truceline account list says who has an account",
        path.display(),
        out::shown(&acts.by)
    )))
}

/// What came of an act.
pub(super) struct Written {
    /// Its entry.
    pub(super) entry: u64,
    /// Its case; of an opening that was refused, and of what belongs to no case, the number that it would have had.
    pub(super) case: CaseId,
    /// Why it was refused.
    pub(super) refused: Option<Refused>,
    /// Where the case stands now.
    pub(super) stands: String,
    /// What would have been right, where that can be told; else empty.
    pub(super) advice: String,
    /// Whom the case waits for now, in words.
    pub(super) waits: Option<String>,
    /// In some case a clock has run out of which the record was not told.
    pub(super) has_lapsed: bool,
}

/// Logs an act and says what came of it.
///
/// # Errors
/// When the record has grown since it was read, or cannot be written.
pub(super) fn put(
    store: &Path,
    loaded: &Arc<Loaded>,
    by: (&str, Vouched),
    when: Option<&str>,
    what: CaseAct,
) -> Result<Written, Failure> {
    let at = moment_of(&loaded.mission, when)?;
    if let CaseAct::Open(opening) = &what {
        cases::reached(loaded, opening, at)?;
    }
    let step = match &what {
        CaseAct::On(_, Act::Step { step, .. } | Act::Determine { step, .. }) => step.clone(),
        _ => String::new(),
    };
    let (case, value, words) = cases::write_act(&what);
    let entry = log::case(&at.to_string(), by, case.into(), value, words.as_deref())?;
    let mut store = log::open(store)?;
    // A store that commits to fields has a secret; without one a later report would take it for lost.
    crate::secrets::of(&store)?;
    let done = store.append(&[entry]).map_err(|e| Failure::operation("log the act", &e))?;
    import::sign(&mut store)?;
    let entry = done.first().map_or(0, |done| done.n);
    // The record may have grown since it was read; what stands in it decides, not what was read before.
    let grown = crate::loaded::load(&store, None, 2)?;
    let docket = cases::docket(&grown, latest(&grown, at));
    let case = case.map_or(CaseId(entry), CaseId);
    let mut all = docket.cases.values().flat_map(|case| &case.refused).chain(&docket.refused);
    let refused = all.find(|one| one.entry == entry).map(|one| one.why.clone());
    let of = docket.cases.get(&case);
    let stands = of.map_or_else(String::new, |case| case.stands().to_owned());
    let advice = match (&refused, cases::setting_at(&grown, entry)) {
        (Some(why), Some(setting)) => advice(why, setting, of, &step),
        _ => String::new(),
    };
    let setting = cases::setting_at(&grown, case.0);
    let waits = of.zip(setting).and_then(|(case, setting)| cases::waits_text(case, setting, docket.as_of));
    let has_lapsed = !docket.lapses().is_empty();
    Ok(Written { entry, case, refused, stands, advice, waits, has_lapsed })
}

/// The latest moment of any act: at it an act that was logged just now counts, whatever the clocks did.
pub(super) fn latest(loaded: &Loaded, at: Instant) -> Instant {
    loaded.case_entries.iter().map(|entry| entry.at).max().unwrap_or(at).max(at)
}

/// When an act was done: now, by this machine's clock. A mission that looks back may say.
pub(super) fn moment_of(mission: &Mission, when: Option<&str>) -> Result<Instant, Failure> {
    match when {
        None => Instant::parse(&log::now()).map_err(|e| Failure::operation("read the clock", &e)),
        Some(words) if mission.opens_at.is_some() => mission.moment(words),
        Some(_) => Err(Failure::usage(
            "--when is for a mission that looks back (opens-at in mission.kdl); in this one the record's own clock counts",
        )),
    }
}

/// A person whom the mission names with a role.
pub(crate) fn named(mission: &Mission, by: &str) -> Result<(), Failure> {
    let roles = &mission.folder.roles;
    if roles.contains_key(by) {
        return Ok(());
    }
    if roles.is_empty() {
        return Err(Failure::usage(
            "mission.kdl names nobody with a role; write person \"NAME\" role=\"legal-officer\", and for=\"AN-ACTOR\" for co-chairs and liaisons",
        ));
    }
    let near = truceline_intake::nearest::did_you_mean(by, roles.keys().map(String::as_str));
    Err(Failure::usage(format!("\"{}\" is nobody whom mission.kdl names with a role{near}", out::shown(by))))
}

/// Who acts, of every subcommand that acts.
fn acts_of(what: &CaseCommand) -> Option<&Acts> {
    Some(match what {
        CaseCommand::Open { acts, .. }
        | CaseCommand::Step { acts, .. }
        | CaseCommand::Determine { acts, .. }
        | CaseCommand::Join { acts, .. }
        | CaseCommand::Means { acts, .. }
        | CaseCommand::Evidence { acts, .. }
        | CaseCommand::Disclose { acts, .. }
        | CaseCommand::Name { acts, .. }
        | CaseCommand::Incident { acts, .. }
        | CaseCommand::Recuse { acts, .. }
        | CaseCommand::Dissent { acts, .. }
        | CaseCommand::Extend { acts, .. }
        | CaseCommand::Undertake { acts, .. }
        | CaseCommand::FollowUp { acts, .. }
        | CaseCommand::Withdraw { acts, .. }
        | CaseCommand::Reopen { acts, .. }
        | CaseCommand::ClockFault { acts, .. } => acts,
        _ => return None,
    })
}

/// The act that a call means, and whether it is in a case of the centre's.
fn read(what: &CaseCommand, acts: &Acts, loaded: &Loaded) -> Result<(CaseAct, bool), Failure> {
    let words = || acts.words.clone();
    let mission = &loaded.mission;
    let (case, act) = match what {
        CaseCommand::Open { .. } => return Ok((opening(what, words())?, false)),
        CaseCommand::ClockFault { from, to, .. } => {
            return Ok((CaseAct::ClockFault(ClockFault { from: *from, to: *to }), false));
        }
        CaseCommand::Step { case, step, then, due, .. } => {
            let due = due.as_deref().map(|due| mission.moment(due)).transpose()?;
            (case, Act::Step { step: step.clone(), then: then.clone(), due, words: words() })
        }
        CaseCommand::Determine { case, step, answers, then, .. } => {
            let stance = stance(answers)?;
            (case, Act::Determine { step: step.clone(), then: then.clone(), stance, words: words() })
        }
        CaseCommand::Join { case, complainant: who, .. } => (case, Act::Join(complainant(who)?)),
        CaseCommand::Means { case, .. } => (case, Act::Means(words())),
        CaseCommand::Evidence { case, receipt, sealed, .. } => {
            let receipt = receipt.as_deref().map(receipt_in(loaded)).transpose()?;
            (case, Act::Evidence { receipt, is_sealed: *sealed, words: words() })
        }
        CaseCommand::Disclose { case, item, to, .. } => {
            (case, Act::Disclose { item: *item, to: ActorId::new(to) })
        }
        CaseCommand::Name { case, actor, .. } => (case, Act::Name(ActorId::new(actor))),
        CaseCommand::Incident { case, incident, .. } => (case, Act::Incident(IncidentId::new(incident))),
        CaseCommand::Recuse { case, .. } => (case, Act::Recuse(words())),
        CaseCommand::Dissent { case, of, .. } => (case, Act::Dissent { of: *of, words: words() }),
        CaseCommand::Extend { case, .. } => (case, Act::Extend(words())),
        CaseCommand::Undertake { case, due, .. } => {
            (case, Act::Undertake { due: mission.moment(due)?, words: words() })
        }
        CaseCommand::FollowUp { case, of, kept, .. } => {
            let is_kept = match kept.as_str() {
                "yes" => true,
                "no" => false,
                other => return Err(Failure::usage(format!("\"{}\": answer yes or no", out::shown(other)))),
            };
            (case, Act::FollowUp { of: *of, is_kept, words: words() })
        }
        CaseCommand::Withdraw { case, .. } => (case, Act::Withdraw(words())),
        CaseCommand::Reopen { case, evidence, .. } => {
            (case, Act::Reopen { evidence: *evidence, words: words() })
        }
        _ => return Err(Failure::usage("this is no act")),
    };
    let theirs = case.strip_prefix("centre:");
    Ok((CaseAct::On(case_id(theirs.unwrap_or(case))?, act), theirs.is_some()))
}

/// Reads `c17`.
pub(super) fn case_id(text: &str) -> Result<CaseId, Failure> {
    CaseId::parse(text)
        .ok_or_else(|| Failure::usage(format!("\"{}\" is no case; write c17", out::shown(text))))
}

fn opening(what: &CaseCommand, words: Option<String>) -> Result<CaseAct, Failure> {
    let CaseCommand::Open { procedure, clause, incidents, against, complainant: who, rests_on, .. } = what
    else {
        return Err(Failure::usage("this opens no case"));
    };
    Ok(CaseAct::Open(Opening {
        procedure: ClauseId::new(procedure),
        clause: ClauseId::new(clause),
        incidents: incidents.iter().map(|one| IncidentId::new(one)).collect(),
        respondents: against.iter().map(|one| ActorId::new(one)).collect(),
        complainant: complainant(who)?,
        rests_on: rests_on.iter().map(|one| case_id(one)).collect::<Result<_, _>>()?,
        since: None,
        words,
    }))
}

fn complainant(text: &str) -> Result<Complainant, Failure> {
    cases::read_complainant(text).ok_or_else(|| {
        Failure::usage(format!(
            "\"{}\" is no complainant; write party:ACTOR, public, public:r12, mission, threshold:persistent or threshold:unmet",
            out::shown(text)
        ))
    })
}

fn stance(answers: &Answers) -> Result<Stance, Failure> {
    let answer = |name: &str, text: &str| {
        Answer::parse(text).ok_or_else(|| Failure::usage(format!("--{name}: answer yes, no or unclear")))
    };
    Ok(Stance {
        happened: answer("happened", &answers.happened)?,
        who: answers.who.iter().map(|one| ActorId::new(one)).collect(),
        prohibited: answer("prohibited", &answers.prohibited)?,
        gravity: answers.gravity.clone(),
    })
}

/// Reads a receipt number of the record.
fn receipt_in(loaded: &Loaded) -> impl Fn(&str) -> Result<ReceiptNo, Failure> + '_ {
    |text| {
        let receipt = super::super::decide::receipt(text)?;
        if receipt.0 < loaded.entries {
            return Ok(receipt);
        }
        Err(Failure::usage(format!("{receipt} is not in the record yet; it has {} entries", loaded.entries)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_call_says_comes_back_from_the_log() {
        let stance = Stance {
            happened: Answer::Yes,
            who: ["ahrar-al-sham".into()].into(),
            prohibited: Answer::Unclear,
            gravity: None,
        };
        let due = Instant::parse("2016-05-06T10:00:00Z").unwrap();
        let all = [
            Act::Step {
                step: "reply".into(),
                then: Some("judge".into()),
                due: Some(due),
                words: Some("so".into()),
            },
            Act::Determine { step: "judge".into(), then: None, stance, words: None },
            Act::Join(Complainant::Public(Some(ReceiptNo(12)))),
            Act::Means(Some("a call".into())),
            Act::Evidence { receipt: Some(ReceiptNo(3)), is_sealed: true, words: None },
            Act::Disclose { item: 7, to: "opposition".into() },
            Act::Name("ahrar-al-sham".into()),
            Act::Incident(IncidentId::new("i-2")),
            Act::Recuse(None),
            Act::Dissent { of: 9, words: Some("no".into()) },
            Act::Extend(None),
            Act::Undertake { due, words: None },
            Act::FollowUp { of: 4, is_kept: false, words: None },
            Act::Withdraw(None),
            Act::Reopen { evidence: 8, words: None },
            Act::Lapse { step: "reply".into() },
        ];
        for act in all {
            let what = CaseAct::On(CaseId(5), act);
            let (case, value, words) = cases::write_act(&what);
            assert_eq!(cases::read_act(case, &value, words), Some(what));
        }
    }
}
