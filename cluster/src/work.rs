//! The work of judging a folder of incidents into a folder of findings, part by part.
//!
//! A part is one job: one version of an agreement and one month, or so many incidents of it; the largest are asked for first. A job is idempotent: it writes under a name of its own attempt, and
//! only a whole file, counted, is put in its place; so it can be given again whenever an executor or the scheduler was killed. A part
//! whose findings follow from the same program, terms, moment and incidents is not judged again. Never takes an error of the judge
//! for a passing one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant as Clock};

use datafusion::common::config::TableParquetOptions;
use datafusion::dataframe::DataFrameWriteOptions;
use datafusion::error::DataFusionError;
use datafusion::functions::core::expr_fn::get_field;
use datafusion::prelude::{ParquetReadOptions, SessionContext, col, lit};
use futures::StreamExt as _;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{sleep, timeout};
use truceline_model::Instant;
use truceline_record::digest_of;

use crate::function::judge_function;
use crate::manifest::{BUILD, Manifest};
use crate::mission::Mission;
use crate::parts::{self, FINDINGS, INCIDENTS, Part};
use crate::session;
use crate::shelf::Shelf;
use crate::trouble::{FROM_THE_JUDGE, Fallible, REFUSED, Trouble};

/// Rows of a row group of findings: what a writer holds in memory.
const GROUP: usize = 8_192;

/// Where parts are judged.
#[derive(Clone, Debug)]
pub enum Place {
    /// In this process.
    Here,
    /// By the executors of the scheduler at this `host:port`.
    Scheduler(String),
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Work {
    /// Folder of incidents, as `export` wrote it.
    pub incidents: PathBuf,
    /// Folder of findings; executors write into it, so it is one that all machines see under the same path.
    pub findings: PathBuf,
    /// As of when.
    pub as_of: Instant,
    /// Parts asked for at once.
    pub at_once: usize,
    /// How long no part may get done before giving up.
    pub patience: Duration,
    /// How long one attempt at a part may take.
    pub attempt: Duration,
    /// Where.
    pub place: Place,
}

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Parts judged in this run.
    pub judged: usize,
    /// Parts that were finished before, and were left.
    pub left: usize,
    /// Attempts that came to nothing.
    pub again: usize,
    /// Incidents of all parts.
    pub incidents: u64,
    /// Findings of all parts.
    pub findings: u64,
    /// SHA-256 over the digests of all files, in the order of parts.
    pub digest: String,
}

/// What parts wait for.
struct Waits {
    /// Being asked for.
    asked: Semaphore,
    /// When one got done last.
    last: Mutex<Clock>,
}

/// One part's result.
struct Judged {
    part: Part,
    file: String,
    incidents: u64,
    findings: u64,
    fresh: bool,
    again: usize,
}

/// Judges every part that is not finished.
///
/// # Errors
/// When a part cannot be judged, or nothing got done for as long as patience lasts.
pub async fn run(work: &Work, shelf: Arc<Shelf>, tell: &(dyn Fn(&str) + Sync)) -> Fallible<Done> {
    let parts = parts::all(&work.incidents, INCIDENTS)?;
    if parts.is_empty() {
        return Err(Trouble::new(format!(
            "{} holds no incidents; truceline-cluster export writes them there",
            work.incidents.display()
        )));
    }
    let _alone = alone(&work.findings)?;
    let waits = Waits { asked: Semaphore::new(work.at_once.max(1)), last: Mutex::new(Clock::now()) };
    // As many again are looked at before they are asked for, or checked after they were judged, while executors go on.
    let mut running = futures::stream::iter(largest_first(&work.incidents, parts))
        .map(|part| until_done(work, part, &shelf, &waits, tell))
        .buffer_unordered(work.at_once.max(1) * 2);
    let mut all = Vec::new();
    while let Some(judged) = running.next().await {
        all.push(judged?);
        if let Ok(mut last) = waits.last.lock() {
            *last = Clock::now();
        }
    }
    all.sort_by(|a, b| a.part.cmp(&b.part));
    drop(running);
    let kept: BTreeSet<Part> = all.iter().map(|one| one.part.clone()).collect();
    // Findings of what a version's incidents no longer hold. Versions that were not asked for stay.
    let versions: BTreeSet<&str> = kept.iter().map(|part| part.version.as_str()).collect();
    for version in versions {
        parts::keep_only(&work.findings, version, &kept, FINDINGS)?;
    }
    let digests: Vec<&str> = all.iter().map(|one| one.file.as_str()).collect();
    Ok(Done {
        judged: all.iter().filter(|one| one.fresh).count(),
        left: all.iter().filter(|one| !one.fresh).count(),
        again: all.iter().map(|one| one.again).sum(),
        incidents: all.iter().map(|one| one.incidents).sum(),
        findings: all.iter().map(|one| one.findings).sum(),
        digest: digest_of(digests.join("\n").as_bytes()).to_string(),
    })
}

/// A large part that is asked for last keeps one executor busy when all others have nothing left.
fn largest_first(incidents: &Path, parts: Vec<Part>) -> Vec<Part> {
    let size = |part: &Part| {
        let file = part.folder(incidents).join(part.name(INCIDENTS));
        std::fs::metadata(file).map(|file| file.len()).unwrap_or_default()
    };
    let mut sized: Vec<(u64, Part)> = parts.into_iter().map(|part| (size(&part), part)).collect();
    sized.sort_by(|(a, one), (b, other)| b.cmp(a).then_with(|| one.cmp(other)));
    sized.into_iter().map(|(_, part)| part).collect()
}

/// Two clients in one folder would sweep each other's drafts. The lock goes when the process goes, however it goes.
fn alone(folder: &Path) -> Fallible<std::fs::File> {
    let place = folder.join("_lock");
    let fail = |error: &dyn std::fmt::Display| Trouble::doing(format!("write {}", place.display()), error);
    std::fs::create_dir_all(folder).map_err(|error| fail(&error))?;
    let lock = std::fs::File::create(&place).map_err(|error| fail(&error))?;
    lock.try_lock().map_err(|_| {
        Trouble::new(format!("another process is judging into {}; wait for it", folder.display()))
    })?;
    Ok(lock)
}

/// One part with all that is needed to judge and to check it.
struct Task {
    part: Part,
    mission: Arc<Mission>,
    /// Its incidents.
    source: PathBuf,
    /// Folder of findings of all parts.
    findings: PathBuf,
    /// See [`key`].
    key: String,
}

impl Task {
    /// Looks at a part: what it follows from.
    fn new(work: &Work, part: Part, shelf: &Shelf) -> Fallible<Self> {
        let source = part.folder(&work.incidents).join(part.name(INCIDENTS));
        let terms = parts::version_folder(&work.incidents, &part.version).join(parts::TERMS);
        let terms = std::fs::read_to_string(&terms).map_err(|error| {
            Trouble::doing(format!("read {}; export the incidents again", terms.display()), &error)
        })?;
        let mission = shelf.mission(terms.trim())?;
        let key = key(&mission, work.as_of, &source)?;
        let folder = part.folder(&work.findings);
        std::fs::create_dir_all(&folder)
            .map_err(|error| Trouble::doing(format!("write {}", folder.display()), &error))?;
        Ok(Self { part, mission, source, findings: work.findings.clone(), key })
    }

    fn folder(&self) -> PathBuf {
        self.part.folder(&self.findings)
    }
}

/// One part, again and again until it is done. What reads and syncs files stands aside, so that no part waits for another's disk.
async fn until_done(
    work: &Work,
    part: Part,
    shelf: &Arc<Shelf>,
    waits: &Waits,
    tell: &(dyn Fn(&str) + Sync),
) -> Fallible<Judged> {
    let looked = aside({
        let (work, shelf, part) = (work.clone(), Arc::clone(shelf), part.clone());
        move || {
            let task = Task::new(&work, part, &shelf)?;
            let finished = finished(&task);
            Ok((Arc::new(task), finished))
        }
    });
    let (task, judged) = looked.await?;
    if let Some(judged) = judged {
        return Ok(judged);
    }
    let mut again = 0;
    loop {
        part.sweep(&work.findings);
        let draft = task.folder().join(part.draft(&format!("{}-{again}", attempt_name())));
        let tried = {
            let _asked = waits.asked.acquire().await.map_err(|error| Trouble::doing("wait", &error))?;
            timeout(work.attempt, attempt(work, &task, shelf, &draft)).await
        };
        let trouble = match tried {
            Ok(Ok(())) => {
                let task = Arc::clone(&task);
                match aside(move || settle(&task, &draft)).await {
                    Ok(judged) => return Ok(Judged { again, ..judged }),
                    Err(trouble) => trouble,
                }
            }
            Ok(Err(trouble)) => trouble,
            Err(_) => Trouble::new(format!("no answer in {} s", work.attempt.as_secs())),
        };
        again += 1;
        let waited = waits.last.lock().map(|last| last.elapsed()).unwrap_or_default();
        if trouble.is_lasting() || waited > work.patience {
            return Err(Trouble::new(format!("{part}: {trouble}")));
        }
        tell(&format!("{part}: {trouble}; asking again"));
        sleep(Duration::from_millis(500)).await;
    }
}

/// Does what blocks where it blocks nobody.
async fn aside<T: Send + 'static>(does: impl FnOnce() -> Fallible<T> + Send + 'static) -> Fallible<T> {
    spawn_blocking(does).await.map_err(|error| Trouble::doing("work on files", &error))?
}

/// A name that no other attempt of any process has.
fn attempt_name() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{}-{}", std::process::id(), now.as_nanos())
}

/// What a part's findings follow from: program, terms, moment, incidents.
fn key(mission: &Mission, as_of: Instant, source: &Path) -> Fallible<String> {
    let text = format!("{BUILD}\n{}\n{as_of}\n{}\n", mission.digest(), parts::file_digest(source)?);
    Ok(digest_of(text.as_bytes()).to_string())
}

/// The part, when it was finished before and follows from the same.
fn finished(task: &Task) -> Option<Judged> {
    let folder = task.folder();
    let text = std::fs::read_to_string(folder.join(task.part.follows())).ok()?;
    let said: Value = serde_json::from_str(&text).ok()?;
    let word = |name: &str| said.get(name).and_then(Value::as_str);
    let number = |name: &str| said.get(name).and_then(Value::as_u64);
    if word("key")? != task.key {
        return None;
    }
    let file = parts::file_digest(&folder.join(task.part.name(FINDINGS))).ok()?;
    if word("file")? != file {
        return None;
    }
    let (incidents, findings) = (number("incidents")?, number("findings")?);
    Some(Judged { part: task.part.clone(), file, incidents, findings, fresh: false, again: 0 })
}

/// One attempt: the plan, given to the engine.
async fn attempt(work: &Work, task: &Task, shelf: &Arc<Shelf>, draft: &Path) -> Fallible<()> {
    let context = match &work.place {
        Place::Here => session::here(Arc::clone(shelf)),
        Place::Scheduler(scheduler) => {
            let registry = session::registry(Arc::clone(shelf));
            let terms = [task.mission.digest().to_owned()].into();
            let header = Manifest::of_this("client", &registry, terms).header();
            session::through(scheduler, &header, Arc::clone(shelf), &task.part.to_string()).await?
        }
    };
    // In a task of its own, so that parts of one process are judged on as many cores as there are.
    let (source, draft, terms) = (text(&task.source)?, text(draft)?, task.mission.digest().to_owned());
    let (as_of, shelf) = (work.as_of.seconds(), Arc::clone(shelf));
    let plan = async move { judge_file(&context, shelf, &source, &draft, &terms, as_of).await };
    // A set, because what is left of it stops when nobody waits for it any longer.
    let mut alone = JoinSet::new();
    alone.spawn(plan);
    match alone.join_next().await {
        Some(Ok(done)) => done.map_err(|error| worded(&error)),
        Some(Err(error)) => Err(Trouble::doing("judge", &error)),
        None => Err(Trouble::new("nothing was judged")),
    }
}

fn text(path: &Path) -> Fallible<String> {
    let absolute = std::path::absolute(path)
        .map_err(|error| Trouble::doing(format!("find {}", path.display()), &error))?;
    absolute
        .to_str()
        .map(str::to_owned)
        .ok_or_else(|| Trouble::new(format!("{} is not a path in UTF-8", path.display())))
}

/// Reads a part, judges it, writes its findings: one row a finding, in the order of incidents, clauses and readings.
async fn judge_file(
    context: &SessionContext,
    shelf: Arc<Shelf>,
    source: &str,
    draft: &str,
    terms: &str,
    as_of: i64,
) -> Result<(), DataFusionError> {
    let judge = judge_function(shelf);
    let found = || col("found");
    let field = |name: &str| get_field(found(), name).alias(name);
    let mut options = TableParquetOptions::new();
    options.global.compression = Some("zstd(1)".to_owned());
    options.global.max_row_group_size = GROUP;
    options.global.allow_single_file_parallelism = false;
    options.global.created_by = truceline_publish::SOFTWARE.to_owned();
    context
        .read_parquet(source, ParquetReadOptions::default())
        .await?
        .select(vec![
            col("row"),
            col("incident"),
            col("version"),
            judge.call(vec![lit(terms), col("json"), lit(as_of)]).alias("found"),
        ])?
        .unnest_columns(&["found"])?
        .select(vec![
            col("row"),
            col("incident"),
            col("version"),
            field("clause"),
            field("reading"),
            field("outcome"),
            field("line"),
        ])?
        .write_parquet(draft, DataFrameWriteOptions::new().with_single_file_output(true), Some(options))
        .await?;
    Ok(())
}

/// The engine's words; of the judge's and the scheduler's own, only these.
fn worded(error: &DataFusionError) -> Trouble {
    let words = error.to_string();
    let ours = [FROM_THE_JUDGE, REFUSED].iter().find_map(|mark| words.find(mark));
    let words = ours.and_then(|at| words.get(at..)).unwrap_or(&words);
    // One message, not the engine's whole account of where it passed through.
    let end = words.find(['\n', '"', '\\']).unwrap_or(words.len());
    Trouble::new(words.get(..end).unwrap_or(words))
}

/// Counts a draft, puts it in its place, and says what it follows from.
fn settle(task: &Task, draft: &Path) -> Fallible<Judged> {
    let (part, folder) = (&task.part, task.folder());
    let incidents = rows(&task.source)?;
    let findings = rows(draft)?;
    let due = incidents * task.mission.findings_an_incident() as u64;
    if findings != due {
        return Err(Trouble::new(format!("{findings} findings where {due} are due")));
    }
    let file = parts::file_digest(draft)?;
    parts::finish(draft, &folder.join(part.name(FINDINGS)))?;
    let said = json!({ "key": task.key, "file": file, "incidents": incidents, "findings": findings });
    let draft = part.draft(&format!("follows-{}", std::process::id()));
    parts::write_whole(&folder.join(part.follows()), &draft, &said.to_string())?;
    Ok(Judged { part: part.clone(), file, incidents, findings, fresh: true, again: 0 })
}

fn rows(path: &Path) -> Fallible<u64> {
    let fail = |error: &dyn std::fmt::Display| Trouble::doing(format!("read {}", path.display()), error);
    let file = std::fs::File::open(path).map_err(|error| fail(&error))?;
    let reader = SerializedFileReader::new(file).map_err(|error| fail(&error))?;
    u64::try_from(reader.metadata().file_metadata().num_rows()).map_err(|error| fail(&error))
}
