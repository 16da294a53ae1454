//! What is told of an act at the command line beside its entry: what would have been right where a word was misspelt.
//!
//! Changes nothing of what is logged: a refused act stands in the record as it was sent.

use truceline_casework::case::{Case, Refused, Setting};
use truceline_intake::nearest::{among, did_you_mean};

/// What would have been right, where that can be told from the words alone; empty otherwise.
///
/// `step` is the one that was named, if any was.
pub(super) fn advice(why: &Refused, setting: &Setting, case: Option<&Case>, step: &str) -> String {
    let near = |word: &str, all: Vec<&str>| match did_you_mean(word, all.iter().copied()) {
        none if none.is_empty() => format!("; there are: {}", among(&all)),
        meant => meant,
    };
    match why {
        Refused::NoProcedure(id) => {
            let with_steps = setting.procedures.keys().map(truceline_model::ClauseId::as_str);
            near(id.as_str(), with_steps.collect())
        }
        Refused::NotTaken(id) => {
            near(id.as_str(), setting.clauses.iter().map(truceline_model::ClauseId::as_str).collect())
        }
        Refused::Unknown(id) => did_you_mean(id, setting.actors.iter().map(|one| one.id.as_str())),
        Refused::OtherStep { lapsed: None, .. } => {
            let steps = case.map(|case| case.procedure.steps.iter().map(|step| step.id.as_str()).collect());
            // A step that there is and that is not due is no slip of the pen.
            steps
                .filter(|steps: &Vec<&str>| !steps.contains(&step))
                .map_or_else(String::new, |all| near(step, all))
        }
        _ => String::new(),
    }
}
