//! The ledger of duties of one record as of one moment: terms, judge and reports brought together. Holds no rule of its own.

use truceline_casework::case::{Docket, Passed};
use truceline_casework::duties::{
    AidPassage, Chance, Duty, DutyInput, StageSaid, Telling, Untold, aid, duties, may_open, unmet,
};
use truceline_model::{Instant, Threshold, Truth};
use truceline_publish::view::{AccountView, AidView, ChanceView, DutiesView, DutyView, SaidView, StageView};
use truceline_terms::Judge;
use truceline_terms::duties::{concerns, dues, without_proof};

use crate::failure::Failure;
use crate::loaded::Loaded;

/// Everything that is known of duties.
#[derive(Default)]
pub(crate) struct Ledger {
    /// What is due and how it stands.
    pub(crate) duties: Vec<Duty>,
    /// Earlier days of quotas that are not told because there are too many.
    pub(crate) days_left_out: usize,
    /// Aid on its way.
    pub(crate) aid: Vec<AidPassage>,
    /// What procedures of the terms may open a case for.
    pub(crate) chances: Vec<Chance>,
}

/// Derives the ledger from what the log says (undone steps already left out).
///
/// # Errors
/// When the mission has no sound terms.
pub(crate) fn ledger(loaded: &Loaded, as_of: Instant) -> Result<Ledger, Failure> {
    let mission = loaded.mission.as_ref();
    let docket = crate::cases::docket(loaded, as_of);
    let terms = without_proof(&crate::cases::amended(mission.terms()?, &docket));
    let judge = Judge::new(&terms, &mission.actors, &mission.areas, as_of).with_sources(&mission.sources);
    let mut due = dues(&terms, &judge, as_of);
    // What readings part on is told by reading already.
    due.all.iter_mut().for_each(|due| due.turns_on.retain(|fact| !fact.starts_with("matter:")));
    let about = |due: &_, report: &_| concerns(&judge, due, report);
    let input =
        DutyInput { observations: &loaded.observations, zone: &mission.zone, as_of, concerns: &about };
    let duties = duties(due.all, &input);
    let unmet = unmet(&duties);
    let procedures = terms.clauses.iter().filter_map(|clause| Some((&clause.id, clause.procedure.as_ref()?)));
    Ok(Ledger {
        chances: may_open(&unmet, procedures),
        aid: aid(&loaded.observations, as_of),
        days_left_out: due.days_left_out,
        duties,
    })
}

/// The case that was opened because this duty was not met, or that runs on the same duty already.
pub(crate) fn case_of(docket: &Docket, chance: &Chance) -> Option<u64> {
    let passed = Passed {
        procedure: &chance.procedure,
        clause: &chance.unmet.clause,
        respondent: &chance.unmet.respondent,
        threshold: Threshold::Unmet,
        since: chance.unmet.since,
    };
    docket.cases.values().find(|case| passed.is_answered_by(case)).map(|case| case.id.0)
}

/// The ledger as pages print it. Cases are named to who may see a case whole alone.
pub(crate) fn shown(ledger: &Ledger, docket: Option<&Docket>) -> DutiesView {
    DutiesView {
        duties: ledger.duties.iter().map(duty_shown).collect(),
        days_left_out: ledger.days_left_out,
        aid: ledger.aid.iter().map(aid_shown).collect(),
        chances: ledger
            .chances
            .iter()
            .map(|chance| ChanceView {
                procedure: chance.procedure.clone(),
                clause: chance.unmet.clause.clone(),
                respondent: chance.unmet.respondent.clone(),
                since: chance.unmet.since,
                is_made_good: chance.unmet.made_good,
                case: docket.and_then(|docket| case_of(docket, chance)),
            })
            .collect(),
    }
}

fn duty_shown(duty: &Duty) -> DutyView {
    let accounts = duty.accounts.iter().map(|(origin, account)| {
        let said = account.said.iter().map(|one| SaidView {
            receipt: one.receipt,
            when: one.when,
            is_undone: one.telling == Telling::LeftUndone,
            amounts: one.amounts.clone(),
            is_about: one.concerns == Truth::True,
        });
        let state = account.state.map(|state| state.as_str());
        (origin.clone(), AccountView { state, said: said.collect() })
    });
    DutyView {
        due: duty.due.clone(),
        state: duty.state.as_str(),
        untold: duty.untold.map(Untold::as_str),
        accounts: accounts.collect(),
        watched_by: duty.watched_by.clone(),
    }
}

fn aid_shown(passage: &AidPassage) -> AidView {
    let said = |one: &StageSaid| StageView {
        origin: one.origin.clone(),
        receipt: one.receipt,
        when: one.when,
        known: one.known,
        item: one.item.clone(),
        quantity: one.quantity.clone(),
        actors: one.actors.clone(),
        amounts: one.amounts.clone(),
        place: one.place.clone(),
    };
    let stages = passage.stages.iter().map(|(stage, all)| (*stage, all.iter().map(said).collect()));
    AidView { convoy: passage.convoy.clone(), is_disputed: passage.disputed(), stages: stages.collect() }
}
