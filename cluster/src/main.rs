//! `truceline-cluster`: export incidents, judge them here or on a cluster, give findings back as lines.
//!
//! Holds the command line and nothing else; what a command does stands in the library.
#![forbid(unsafe_code)]

use std::io::{BufWriter, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use truceline_cluster::executor::{self, Executor};
use truceline_cluster::shelf::Shelf;
use truceline_cluster::trouble::{Fallible, Trouble};
use truceline_cluster::work::{self, Place, Work};
use truceline_cluster::{export, findings, mission, scheduler};
use truceline_model::Instant;

// Half of the time of a finding in full goes into the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Judges years of incidents again, in one process or on a cluster.
#[derive(Parser)]
#[command(name = "truceline-cluster", version)]
struct Call {
    #[command(subcommand)]
    command: Command,
    /// Folder of missions by digest, the same on every machine.
    #[arg(long, global = true, default_value = "terms")]
    terms: PathBuf,
    /// Say on standard error what the query engine says.
    #[arg(long, global = true)]
    verbose: bool,
}

#[derive(Subcommand)]
enum Command {
    /// An incident file into GeoParquet by version of the agreement and month; the mission goes onto the shelf.
    Export {
        /// Mission folder.
        #[arg(long)]
        agreement: PathBuf,
        /// Incident file, one incident a line.
        #[arg(long)]
        incidents: PathBuf,
        /// Folder of incidents to write into.
        #[arg(long)]
        to: PathBuf,
    },
    /// Judge every part in this process.
    Local(Asked),
    /// Judge every part on the executors of a scheduler.
    Judge {
        /// The scheduler's host:port.
        #[arg(long, default_value = "127.0.0.1:50050")]
        scheduler: String,
        #[command(flatten)]
        asked: Asked,
    },
    /// Give findings back as lines, in the order of the incident file.
    Findings {
        /// Folder of findings.
        #[arg(long)]
        findings: PathBuf,
        /// Mission folder, as it was exported.
        #[arg(long)]
        agreement: PathBuf,
    },
    /// Hand out parts to executors.
    Scheduler {
        /// Address to listen on; there is no authentication, so anything but loopback needs a fence (SECURITY.md).
        #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
        address: IpAddr,
        /// Port.
        #[arg(long, default_value_t = 50050)]
        port: u16,
    },
    /// Judge parts that a scheduler hands out.
    Executor {
        /// The scheduler's host:port.
        #[arg(long, default_value = "127.0.0.1:50050")]
        scheduler: String,
        /// Address to listen on for results being fetched, as the scheduler and the client reach it.
        #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
        address: IpAddr,
        /// Port.
        #[arg(long, default_value_t = 50051)]
        port: u16,
        /// Parts at once.
        #[arg(long, default_value_t = 1)]
        cores: usize,
        /// Memory of the query engine, in MiB.
        #[arg(long, default_value_t = 1024)]
        memory_mib: u64,
        /// Folder for what the query engine keeps; the system's temporary folder when left out.
        #[arg(long)]
        work: Option<PathBuf>,
        /// Seconds to wait for a scheduler that is not there.
        #[arg(long, default_value_t = 60)]
        wait_seconds: u64,
    },
}

#[derive(Args)]
struct Asked {
    /// Folder of incidents, as export wrote it.
    #[arg(long)]
    incidents: PathBuf,
    /// Folder of findings to write into; every machine sees it under the same path.
    #[arg(long)]
    findings: PathBuf,
    /// As of when: RFC 3339. Left out: everything that ever became known.
    #[arg(long)]
    as_of: Option<String>,
    /// Parts at once.
    #[arg(long, default_value_t = 8)]
    at_once: usize,
    /// Give up when no part got done for so many seconds.
    #[arg(long, default_value_t = 900)]
    patience_seconds: u64,
    /// Ask anew for a part that took so many seconds.
    #[arg(long, default_value_t = 3600)]
    attempt_seconds: u64,
}

fn main() -> ExitCode {
    let call = Call::parse();
    if call.verbose && log::set_boxed_logger(Box::new(Words)).is_ok() {
        log::set_max_level(log::LevelFilter::Info);
    }
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Trouble::doing("start", &error))
        .and_then(|runtime| runtime.block_on(run(call)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("truceline-cluster: {trouble}");
            ExitCode::from(if trouble.is_lasting() { 3 } else { 2 })
        }
    }
}

async fn run(call: Call) -> Fallible<()> {
    let shelf = Arc::new(Shelf::new(&call.terms));
    match call.command {
        Command::Export { agreement, incidents, to } => {
            let mission = shelf.put(&mission::files_of(&agreement)?)?;
            let done = export::export(&mission, &incidents, &to, &mut |words| eprintln!("{words}"))?;
            println!(
                "{}: {} incidents in {} parts, {} lines refused",
                mission.version(),
                done.incidents,
                done.parts,
                done.refused
            );
            if done.refused > 0 { Err(Trouble::new("not every line could be read")) } else { Ok(()) }
        }
        Command::Local(asked) => judge(asked, Place::Here, shelf).await,
        Command::Judge { scheduler, asked } => judge(asked, Place::Scheduler(scheduler), shelf).await,
        Command::Findings { findings, agreement } => lines(&findings, &agreement),
        Command::Scheduler { address, port } => scheduler::serve(SocketAddr::new(address, port), shelf).await,
        Command::Executor { scheduler, address, port, cores, memory_mib, work, wait_seconds } => {
            let (host, at) = scheduler
                .rsplit_once(':')
                .and_then(|(host, port)| Some((host.to_owned(), port.parse().ok()?)))
                .ok_or_else(|| Trouble::new("--scheduler takes host:port, like 127.0.0.1:50050"))?;
            let work =
                work.unwrap_or_else(|| std::env::temp_dir().join(format!("truceline-executor-{port}")));
            let executor = Executor {
                address,
                port,
                scheduler_host: host,
                scheduler_port: at,
                cores: cores.max(1),
                memory: memory_mib << 20,
                work,
                wait: Duration::from_secs(wait_seconds),
            };
            executor::run(executor, shelf).await
        }
    }
}

async fn judge(asked: Asked, place: Place, shelf: Arc<Shelf>) -> Fallible<()> {
    let as_of = match &asked.as_of {
        Some(words) => Instant::parse(words).map_err(|error| Trouble::new(error.say))?,
        None => Instant::FAR_FUTURE,
    };
    let work = Work {
        incidents: asked.incidents,
        findings: asked.findings,
        as_of,
        at_once: asked.at_once,
        patience: Duration::from_secs(asked.patience_seconds),
        attempt: Duration::from_secs(asked.attempt_seconds),
        place,
    };
    let since = std::time::Instant::now();
    let done = work::run(&work, shelf, &|words| eprintln!("{words}")).await?;
    println!(
        "{} parts judged, {} left as they were, {} attempts in vain; {} findings on {} incidents in {} ms; digest {}",
        done.judged,
        done.left,
        done.again,
        done.findings,
        done.incidents,
        since.elapsed().as_millis(),
        done.digest
    );
    Ok(())
}

fn lines(folder: &Path, agreement: &Path) -> Fallible<()> {
    let mission = mission::Mission::read(&mission::files_of(agreement)?)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let written = findings::write_lines(folder, &mission.version(), &mut out)?;
    out.flush().map_err(|error| Trouble::doing("write findings", &error))?;
    if written == 0 {
        return Err(Trouble::new(format!("no findings of {} in {}", mission.version(), folder.display())));
    }
    Ok(())
}

/// What the query engine logs, on standard error. It logs addresses, counts and plans; of incidents nothing.
struct Words;

impl log::Log for Words {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::Level::Info
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            eprintln!("{} {}: {}", record.level(), record.target(), record.args());
        }
    }

    fn flush(&self) {}
}
