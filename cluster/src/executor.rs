//! An executor: asks the scheduler for parts, judges them, writes their findings.
//!
//! Before it asks for work it asks to be let in, and it asks again while it runs: a scheduler that was started anew from another
//! build refuses it, and it stops with the scheduler's words. It takes terms from its own shelf by digest, and never code.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::serde::protobuf::GetJobStatusParams;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use tokio::time::{Instant, sleep};
use tonic::Code;
use tonic::transport::Endpoint;

use crate::manifest::Manifest;
use crate::session;
use crate::shelf::Shelf;
use crate::trouble::{Fallible, Trouble};

/// How often an executor asks again whether it is let in.
const ASK_AGAIN: Duration = Duration::from_secs(10);
/// Longest wait for an answer.
const ANSWER: Duration = Duration::from_secs(10);

/// How an executor runs.
#[derive(Clone, Debug)]
pub struct Executor {
    /// Where it listens for those who fetch results.
    pub address: IpAddr,
    /// On which port.
    pub port: u16,
    /// The scheduler: host.
    pub scheduler_host: String,
    /// The scheduler: port.
    pub scheduler_port: u16,
    /// Parts at once.
    pub cores: usize,
    /// Most bytes that the query engine may take for sorting and the like.
    pub memory: u64,
    /// Where it keeps results until they are fetched.
    pub work: PathBuf,
    /// How long to wait for a scheduler that is not there.
    pub wait: Duration,
}

/// Runs until it is stopped or refused.
///
/// # Errors
/// When the scheduler refuses it, or cannot be reached in time, or an address cannot be bound.
pub async fn run(executor: Executor, shelf: Arc<Shelf>) -> Fallible<()> {
    let registry = session::registry(Arc::clone(&shelf));
    let header = Manifest::of_this("executor", &registry, shelf.digests()?).header();
    let scheduler = format!("{}:{}", executor.scheduler_host, executor.scheduler_port);
    let since = Instant::now();
    while let Err(trouble) = ask(&scheduler, &header).await {
        if trouble.is_lasting() || since.elapsed() > executor.wait {
            return Err(trouble);
        }
        sleep(Duration::from_millis(300)).await;
    }
    std::fs::create_dir_all(&executor.work)
        .map_err(|error| Trouble::doing(format!("write {}", executor.work.display()), &error))?;
    println!("executor on {}:{}, let in by {scheduler}", executor.address, executor.port);
    let shown = header.clone();
    let config = ExecutorProcessConfig {
        bind_host: executor.address.to_string(),
        external_host: Some(executor.address.to_string()),
        port: executor.port,
        // Listened on only where the scheduler pushes; here executors ask.
        grpc_port: executor.port,
        scheduler_host: executor.scheduler_host,
        scheduler_port: executor.scheduler_port,
        scheduler_connect_timeout_seconds: 60,
        vcores: executor.cores,
        task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
        work_dir: Some(executor.work.display().to_string()),
        memory_pool_size: Some(executor.memory),
        job_data_ttl_seconds: 3_600,
        job_data_clean_up_interval_seconds: 600,
        override_function_registry: Some(Arc::new(registry)),
        override_create_grpc_client_endpoint: Some(Arc::new(move |endpoint: Endpoint| {
            Ok(endpoint.user_agent(shown.clone())?)
        })),
        ..ExecutorProcessConfig::default()
    };
    tokio::select! {
        ended = start_executor_process(Arc::new(config)) => {
            ended.map_err(|error| Trouble::doing("run the executor", &error))
        }
        trouble = turned_away(&scheduler, &header) => Err(trouble),
    }
}

/// Waits until the scheduler refuses what it once let in.
async fn turned_away(scheduler: &str, header: &str) -> Trouble {
    loop {
        sleep(ASK_AGAIN).await;
        match ask(scheduler, header).await {
            Err(trouble) if trouble.is_lasting() => return trouble,
            // A scheduler that is away may come back; executors go on asking it for work meanwhile.
            _ => {}
        }
    }
}

/// Asks to be let in: any question will do, for the scheduler looks at the header of each.
///
/// # Errors
/// The scheduler's refusal in its own words, or that it cannot be reached.
pub async fn ask(scheduler: &str, header: &str) -> Fallible<()> {
    let unreachable =
        |error: &dyn std::fmt::Display| Trouble::doing(format!("reach the scheduler at {scheduler}"), error);
    let channel = Endpoint::from_shared(format!("http://{scheduler}"))
        .and_then(|endpoint| endpoint.user_agent(header.to_owned()))
        .map_err(|error| unreachable(&error))?
        .connect_timeout(ANSWER)
        .timeout(ANSWER)
        .connect()
        .await
        .map_err(|error| unreachable(&error))?;
    let question = GetJobStatusParams { job_id: "let-in".to_owned() };
    match SchedulerGrpcClient::new(channel).get_job_status(question).await {
        Err(status) if status.code() == Code::FailedPrecondition => {
            Err(Trouble::new(status.message().to_owned()))
        }
        Err(status)
            if matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled) =>
        {
            Err(unreachable(&status.message()))
        }
        // It looked, and answered that it knows no such job.
        _ => Ok(()),
    }
}
