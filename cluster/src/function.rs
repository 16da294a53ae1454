//! `judge(terms, incident, as_of)`: the judge as a function over a column of incidents, the same in one process and in every
//! executor.
//!
//! `terms` is a mission's digest, `incident` canonical JSON, `as_of` whole seconds since 1970 in UTC; what comes back is a list of
//! findings per incident, in the order of clauses and readings, each with its line as `truceline judge --format json` prints it.
//! Never decides anything itself and never skips an incident: one that cannot be read stops its part with words, for the files
//! were written from incidents that could.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, ListBuilder, StringArray, StringBuilder, StructBuilder};
use arrow::datatypes::{DataType, Field, Fields};
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use truceline_intake::read_incident;
use truceline_model::{Finding, Instant};
use truceline_publish::{finding_line, inputs_digest};
use truceline_terms::Judge;

use crate::mission::Mission;
use crate::shelf::Shelf;
use crate::trouble::FROM_THE_JUDGE;

/// The function's name.
pub const NAME: &str = "truceline_judge";
/// Longest canonical JSON of an incident that is judged: 16 MiB. A line of an incident file has at most 1 MiB, and grows when
/// origins that it leaves out are written out.
pub const INCIDENT_LIMIT: usize = 16 << 20;
/// Most bytes of findings that one batch of incidents may come to: 1 GiB, what a column's offsets can hold twice.
const BATCH_LIMIT: usize = 1 << 30;

/// Fields of one finding.
const FIELDS: [&str; 4] = ["clause", "reading", "outcome", "line"];

/// The function, over the missions of a shelf.
#[must_use]
pub fn judge_function(shelf: Arc<Shelf>) -> ScalarUDF {
    let signature =
        Signature::exact(vec![DataType::Utf8, DataType::Utf8, DataType::Int64], Volatility::Immutable);
    ScalarUDF::new_from_impl(JudgeFunction { shelf, signature })
}

#[derive(Debug)]
struct JudgeFunction {
    shelf: Arc<Shelf>,
    signature: Signature,
}

// One function a process: its name says it all.
impl PartialEq for JudgeFunction {
    fn eq(&self, other: &Self) -> bool {
        self.signature == other.signature
    }
}
impl Eq for JudgeFunction {}
impl std::hash::Hash for JudgeFunction {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        NAME.hash(state);
    }
}

fn fields() -> Fields {
    FIELDS.iter().map(|name| Field::new(*name, DataType::Utf8, false)).collect()
}

fn item() -> Field {
    Field::new("item", DataType::Struct(fields()), true)
}

impl ScalarUDFImpl for JudgeFunction {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(Arc::new(item())))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [terms, incidents, as_of] = args.args.as_slice() else {
            return Err(said("judge takes terms, an incident and a moment"));
        };
        let ColumnarValue::Scalar(ScalarValue::Utf8(Some(terms))) = terms else {
            return Err(said("the terms are one digest, not a column"));
        };
        let ColumnarValue::Scalar(ScalarValue::Int64(Some(as_of))) = as_of else {
            return Err(said("the moment is one number of seconds, not a column"));
        };
        let mission = self.shelf.mission(terms).map_err(|trouble| said(&trouble.to_string()))?;
        let incidents = incidents.to_array(args.number_rows)?;
        let found = column(&mission, Instant::from_seconds(*as_of), incidents.as_string::<i32>())?;
        Ok(ColumnarValue::Array(found))
    }
}

/// The findings of a batch of incidents.
fn column(mission: &Mission, as_of: Instant, incidents: &StringArray) -> Result<ArrayRef> {
    let judge = mission.judge(as_of);
    let builders = FIELDS.iter().map(|_| Box::new(StringBuilder::new()) as _).collect();
    let mut all = ListBuilder::new(StructBuilder::new(fields(), builders)).with_field(item());
    let mut written = 0;
    for incident in incidents {
        let Some(text) = incident else {
            return Err(said("a part holds a row without an incident; export it again"));
        };
        for (finding, line) in findings(mission, &judge, as_of, text)? {
            written += line.len();
            append(all.values(), &finding, &line)?;
        }
        if written > BATCH_LIMIT {
            return Err(said(
                "the findings of 256 incidents came to more than 1 GiB; is an incident made to do that?",
            ));
        }
        all.append(true);
    }
    Ok(Arc::new(all.finish()))
}

fn append(row: &mut StructBuilder, finding: &Finding, line: &str) -> Result<()> {
    let values = [finding.clause.as_str(), finding.reading.as_str(), finding.outcome.as_str(), line];
    for (n, value) in values.into_iter().enumerate() {
        let builder = row.field_builder::<StringBuilder>(n).ok_or_else(|| said("a column is missing"))?;
        builder.append_value(value);
    }
    row.append(true);
    Ok(())
}

/// The findings of one incident, each with its line.
fn findings(
    mission: &Mission,
    judge: &Judge<'_>,
    as_of: Instant,
    text: &str,
) -> Result<Vec<(Finding, String)>> {
    if text.len() > INCIDENT_LIMIT {
        return Err(said("an incident is longer than 16 MiB"));
    }
    let incident = read_incident(text.as_bytes(), 1, &mission.context()).map_err(|refusals| {
        let first = refusals.first().map(|refusal| refusal.would_be_right.clone()).unwrap_or_default();
        said(&format!(
            "an incident of this part cannot be read under these terms ({first}); export the part again"
        ))
    })?;
    let inputs =
        inputs_digest(mission.digests(), &incident, as_of).map_err(|error| said(&error.to_string()))?;
    let line = |finding: Finding| {
        let line = finding_line(&finding, as_of, &inputs).map_err(|error| said(&error.to_string()))?;
        Ok((finding, line))
    };
    judge.judge(&incident).into_iter().map(line).collect()
}

fn said(words: &str) -> DataFusionError {
    DataFusionError::Execution(format!("{FROM_THE_JUDGE}{words}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use arrow::array::Array as _;

    use super::*;

    #[test]
    fn the_type_of_what_comes_back_is_the_type_that_was_promised() {
        let function = JudgeFunction {
            shelf: Arc::new(Shelf::new(std::path::Path::new("nowhere"))),
            signature: Signature::nullary(Volatility::Immutable),
        };
        let builders = FIELDS.iter().map(|_| Box::new(StringBuilder::new()) as _).collect();
        let mut empty = ListBuilder::new(StructBuilder::new(fields(), builders)).with_field(item());
        assert_eq!(empty.finish().data_type(), &function.return_type(&[]).unwrap());
    }
}
