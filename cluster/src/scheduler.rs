//! The scheduler: Ballista's, behind a door that looks at every caller's manifest.
//!
//! It hands out parts to executors that ask for them, and takes a part back when its executor falls silent. It keeps its jobs in
//! memory only: killed, it forgets them, and the client that gave them gives them again. It never judges, and reads of a mission
//! only what comparing needs.

use std::net::SocketAddr;
use std::sync::Arc;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::serde::protobuf::scheduler_grpc_server::SchedulerGrpcServer;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::create_scheduler;
use datafusion::prelude::SessionConfig;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Server;
use tonic::{Request, Status};

use crate::function::judge_function;
use crate::manifest::Manifest;
use crate::session;
use crate::shelf::Shelf;
use crate::trouble::{Fallible, Trouble};

/// Executors ask at least every five seconds, also when they are busy; one that is silent for so long is taken for dead.
const SILENT_SECONDS: u64 = 16;
/// Largest message either way: 16 MiB. Plans are a few KiB.
const MESSAGE_LIMIT: usize = 16 << 20;

/// Serves until it is stopped.
///
/// # Errors
/// When the shelf cannot be read or the address cannot be bound.
pub async fn serve(address: SocketAddr, shelf: Arc<Shelf>) -> Fallible<()> {
    let registry = session::registry(Arc::clone(&shelf));
    let manifest = Manifest::of_this("scheduler", &registry, shelf.digests()?);
    let judge = Arc::new(judge_function(shelf));
    let config = SchedulerConfig {
        bind_host: address.ip().to_string(),
        external_host: address.ip().to_string(),
        bind_port: address.port(),
        scheduling_policy: TaskSchedulingPolicy::PullStaged,
        executor_timeout_seconds: SILENT_SECONDS,
        expire_dead_executor_interval_seconds: 2,
        finished_job_data_clean_up_interval_seconds: 60,
        finished_job_state_clean_up_interval_seconds: 120,
        override_session_builder: Some(Arc::new(move |config: SessionConfig| {
            session::planning(config, &judge)
        })),
        ..SchedulerConfig::default()
    };
    let fail = |error: &dyn std::fmt::Display| Trouble::doing(format!("serve on {address}"), error);
    config.validate().map_err(|error| fail(&error))?;
    let cluster = BallistaCluster::new_from_config(&config).await.map_err(|error| fail(&error))?;
    let scheduler = create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, Arc::new(config))
        .await
        .map_err(|error| fail(&error))?;
    let service = SchedulerGrpcServer::new(scheduler)
        .max_decoding_message_size(MESSAGE_LIMIT)
        .max_encoding_message_size(MESSAGE_LIMIT);
    println!("scheduler on {address}, build {}, {} missions", manifest.build, manifest.terms.len());
    let door = InterceptedService::new(service, move |request: Request<()>| look(&manifest, request));
    Server::builder().add_service(door).serve(address).await.map_err(|error| fail(&error))
}

fn look(manifest: &Manifest, request: Request<()>) -> Result<Request<()>, Status> {
    let header = request.metadata().get("user-agent").and_then(|header| header.to_str().ok());
    match manifest.refusal(header) {
        None => Ok(request),
        Some(words) => {
            log::warn!("{words}");
            Err(Status::failed_precondition(words))
        }
    }
}
