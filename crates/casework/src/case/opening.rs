//! Opening a case: whose allegations count, of which clause, against whom; and that there is not one open already.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Opener, Procedure};

use super::act::{CaseId, Complainant, Opening};
use super::advance::Because;
use super::docket::Acting;
use super::people::Doer;
use super::refusal::Refused;
use super::state::{Case, Way};

/// The case that an opening makes. `same`: the open one that it would make a second time.
pub(super) fn open(
    opening: &Opening,
    acting: &Acting<'_>,
    cases: &BTreeMap<CaseId, Case>,
    same: Option<CaseId>,
) -> Result<Case, Refused> {
    let setting = acting.setting;
    let procedure = setting
        .procedures
        .get(&opening.procedure)
        .ok_or_else(|| Refused::NoProcedure(opening.procedure.to_string()))?;
    let takes = procedure.takes.is_empty() || procedure.takes.contains(&opening.clause);
    if !takes || !setting.clauses.contains(&opening.clause) {
        return Err(Refused::NotTaken(opening.clause.to_string()));
    }
    if let Some(stranger) = opening.respondents.iter().find(|one| setting.actors.get(one).is_none()) {
        return Err(stranger.into());
    }
    may_allege(&opening.complainant, procedure, acting)?;
    let unmet = matches!(opening.complainant, Complainant::Threshold(_));
    if opening.incidents.is_empty() && opening.rests_on.is_empty() && !unmet {
        return Err(Refused::NothingToLookAt);
    }
    if let Some(stranger) = opening.rests_on.iter().find(|id| !cases.contains_key(id)) {
        return Err(Refused::NoCase(*stranger));
    }
    if let Some(same) = same {
        return Err(Refused::AlreadyOpen(same));
    }
    let first = procedure.first().ok_or_else(|| Refused::NoProcedure(opening.procedure.to_string()))?;
    let mut case = Case {
        id: CaseId(acting.entry),
        opened: acting.at,
        opened_by: acting.by.to_owned(),
        opening: opening.clone(),
        procedure: procedure.clone(),
        complainants: [(opening.complainant.clone(), acting.entry)].into(),
        incidents: opening.incidents.clone(),
        respondents: opening.respondents.clone(),
        turn: None,
        clocks: Vec::new(),
        trail: Vec::new(),
        begun: acting.at,
        left_at: BTreeMap::new(),
        done: Vec::new(),
        determinations: Vec::new(),
        dissents: Vec::new(),
        means: Vec::new(),
        evidence: Vec::new(),
        disclosed: BTreeMap::new(),
        undertakings: Vec::new(),
        recused: BTreeMap::new(),
        refused: Vec::new(),
    };
    let because = Because { way: Way::Opened, at: acting.at, entry: Some(acting.entry) };
    case.go(&first.id, None, because, setting);
    Ok(case)
}

/// Whether the terms let such a complainant open or join, and the person speaks for it.
pub(super) fn may_allege(
    complainant: &Complainant,
    procedure: &Procedure,
    acting: &Acting<'_>,
) -> Result<(), Refused> {
    let (setting, at) = (acting.setting, acting.at);
    let is_open_to = |opener: &Opener| procedure.opened_by.is_empty() || procedure.opened_by.contains(opener);
    let allowed = match complainant {
        Complainant::Party(actor) => {
            setting.actors.get(actor).ok_or_else(|| Refused::from(actor))?;
            let by_name = procedure
                .opened_by
                .iter()
                .any(|opener| matches!(opener, Opener::Actor(one) if setting.actors.belongs(actor, one, at)));
            is_open_to(&Opener::Parties) || by_name
        }
        Complainant::Public(_) => is_open_to(&Opener::Public),
        Complainant::Mission => is_open_to(&Opener::Mission),
        Complainant::Threshold(threshold) => procedure.opened_when.contains(threshold),
    };
    if !allowed {
        let who = procedure.opened_by.iter().map(opener).collect();
        return Err(Refused::MayNotOpen(who));
    }
    // The mission takes down what anybody alleges; who is not of the mission speaks for their own side or for one they answer for.
    if acting.person.role.is_mission() {
        return Ok(());
    }
    let Complainant::Party(actor) = complainant else { return Err(Refused::DoesNotSpeakFor(Doer::Mission)) };
    let doer = Doer::Actor(actor.clone());
    let answers = setting.guarantors_of(actor, at);
    let is_guarantor = acting.person.acts_for.as_ref().is_some_and(|one| answers.contains(one));
    if setting.speaks(acting.person, &doer, at) || is_guarantor {
        return Ok(());
    }
    Err(Refused::DoesNotSpeakFor(doer))
}

fn opener(opener: &Opener) -> String {
    match opener {
        Opener::Parties => "parties".into(),
        Opener::Public => "public".into(),
        Opener::Mission => "mission".into(),
        Opener::Actor(actor) => actor.to_string(),
    }
}

/// One case per clause and respondent: whether this one is open already.
pub(super) fn is_same(case: &Case, opening: &Opening) -> bool {
    let shares = |a: &BTreeSet<_>, b: &BTreeSet<_>| a == b || !a.is_disjoint(b);
    case.turn.is_some()
        && case.opening.procedure == opening.procedure
        && case.opening.clause == opening.clause
        && case.opening.rests_on == opening.rests_on
        && case.respondents == opening.respondents
        && shares(&case.incidents, &opening.incidents)
}
