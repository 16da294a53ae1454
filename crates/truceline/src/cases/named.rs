//! What steps and ends are called by the agreement, in every language that it names them in. An id stands where it gives no name.

use serde_json::{Value, json};
use truceline_model::ClauseId;

use crate::mission::{Mission, texts};

/// A step or an end of a procedure by its names; null where the mission's terms have none of that id any more.
pub(crate) fn stage_named(mission: &Mission, procedure: &str, id: &str) -> Value {
    let Ok(terms) = mission.terms() else { return Value::Null };
    let of = ClauseId::new(procedure);
    let clause = terms.clauses.iter().find(|clause| clause.id == of);
    let Some(procedure) = clause.and_then(|clause| clause.procedure.as_ref()) else { return Value::Null };
    let steps = procedure.steps.iter().map(|step| (&step.id, &step.name));
    let ends = procedure.ends.iter().map(|end| (&end.id, &end.name));
    let found = steps.chain(ends).find(|(known, _)| known.as_str() == id);
    found.map_or(Value::Null, |(_, name)| json!(texts(name)))
}

/// Names, beside each id of a step in what is due: `step_name` to `step`, `silence_name` to `silence`, `to_name` to `to`.
pub(crate) fn name_stages(mission: &Mission, due: &mut [Value]) {
    for one in due.iter_mut().filter_map(Value::as_object_mut) {
        let Some(procedure) = one.get("procedure").and_then(Value::as_str).map(str::to_owned) else {
            continue;
        };
        for of in ["step", "silence", "to"] {
            let Some(id) = one.get(of).and_then(Value::as_str) else { continue };
            let name = stage_named(mission, &procedure, id);
            one.insert(format!("{of}_name"), name);
        }
    }
}
