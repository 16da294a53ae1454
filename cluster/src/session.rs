//! Sessions of the query engine, all with the same settings, wherever a part is judged: in this process, or through a scheduler.
//!
//! One partition and small batches: a part is one task and its rows keep their order, so that the bytes written do not depend on
//! how many executors there are. Never a setting that differs between one process and a cluster.

use std::sync::Arc;

use ballista::prelude::SessionContextExt as _;
use ballista_core::extension::SessionConfigExt as _;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_core::utils::default_session_builder;
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::ScalarUDF;
use datafusion::prelude::{SessionConfig, SessionContext};
use tonic::transport::Endpoint;

use crate::function::{NAME, judge_function};
use crate::shelf::Shelf;
use crate::trouble::{Fallible, Trouble};

/// Incidents that are judged at once; their findings are what a task holds in memory.
const BATCH: usize = 256;

fn settled(config: SessionConfig) -> SessionConfig {
    config
        .with_target_partitions(1)
        .with_batch_size(BATCH)
        .with_repartition_file_scans(false)
        .set_bool("datafusion.execution.parquet.schema_force_view_types", false)
        .set_bool("datafusion.execution.parquet.allow_single_file_parallelism", false)
        .set_bool("datafusion.execution.collect_statistics", false)
}

/// A session in this process.
#[must_use]
pub fn here(shelf: Arc<Shelf>) -> SessionContext {
    let context = SessionContext::new_with_config(settled(SessionConfig::new()));
    context.register_udf(judge_function(shelf));
    context
}

/// A session whose plans go to a scheduler, under a header (see [`crate::manifest`]).
///
/// # Errors
/// When the address cannot be read.
pub async fn through(
    scheduler: &str,
    header: &str,
    shelf: Arc<Shelf>,
    job: &str,
) -> Fallible<SessionContext> {
    let header = header.to_owned();
    let config = settled(SessionConfig::new_with_ballista())
        .with_ballista_job_name(job)
        .with_ballista_override_create_grpc_client_endpoint(Arc::new(move |endpoint: Endpoint| {
            Ok(endpoint.user_agent(header.clone())?)
        }));
    let state = SessionStateBuilder::new().with_config(config).with_default_features().build();
    let context = SessionContext::remote_with_state(&format!("df://{scheduler}"), state)
        .await
        .map_err(|error| Trouble::doing(format!("reach the scheduler at {scheduler}"), &error))?;
    // After connecting, which replaces the functions of the state.
    context.register_udf(judge_function(shelf));
    Ok(context)
}

/// What a scheduler plans with.
///
/// # Errors
/// As the engine's.
pub fn planning(config: SessionConfig, judge: &Arc<ScalarUDF>) -> datafusion::error::Result<SessionState> {
    let state = default_session_builder(config)?;
    let mut functions: Vec<Arc<ScalarUDF>> = state.scalar_functions().values().cloned().collect();
    functions.push(Arc::clone(judge));
    Ok(SessionStateBuilder::new_from_existing(state).with_scalar_functions(functions).build())
}

/// What an executor can call, and a scheduler compares.
#[must_use]
pub fn registry(shelf: Arc<Shelf>) -> BallistaFunctionRegistry {
    let mut registry = BallistaFunctionRegistry::default();
    registry.scalar_functions.insert(NAME.to_owned(), Arc::new(judge_function(shelf)));
    registry
}
