//! One connection to a PostgreSQL server, and what its answers are worth.
//!
//! A thread of its own drives the connection, so that the store can be called from anywhere, also from within another runtime; whoever calls
//! waits here, with a limit. It never takes a commit for done that the server only half promises: a warning with it (the wait for the standbys
//! was cut off), a lost connection or a limit reached make it [`CommitError::Unknown`], and this connection is not used again.

use core::cell::{Cell, RefCell};
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Mutex};
use std::task::Wake;
use std::thread::{self, Thread};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::error::{DbError, Severity, SqlState};
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, Connection, Error, NoTls, Row, Statement};

use super::address::Reach;
use crate::error::Database;
use crate::tables::CommitError;

/// What a statement is given.
pub(super) type Given<'a> = &'a [&'a (dyn ToSql + Sync)];

/// How long the server may take over a statement that waits for no standby.
const STATEMENT: Duration = Duration::from_secs(120);

/// How long to wait for it when taking leave.
const LEAVE: Duration = Duration::from_secs(2);

pub(super) struct Link {
    client: Client,
    /// Warnings that came since the last commit began.
    warnings: Arc<Mutex<Vec<String>>>,
    statements: RefCell<BTreeMap<&'static str, Statement>>,
    /// What an earlier call left open; nothing is asked any more then.
    broken: Cell<bool>,
    /// How long a commit may wait for its standbys.
    patience: Duration,
}

/// Why there was no answer.
enum Silence {
    /// The server said so.
    Said(Box<DbError>),
    /// Nobody knows what became of it.
    Lost(String),
}

impl Link {
    /// Connects. Words of an error never hold the address, for a password may stand in it.
    pub(super) fn new(reach: Reach, patience: Duration) -> Result<Self, Database> {
        let warnings = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&warnings);
        let (tell, told) = mpsc::sync_channel(1);
        thread::Builder::new()
            .name("truceline-postgres".to_owned())
            .spawn(move || drive(&reach, &tell, &heard))
            .map_err(|error| other(format!("no thread for the connection: {error}")))?;
        let client = told
            .recv_timeout(STATEMENT)
            .map_err(|_| other("the server does not answer; see that it runs".to_owned()))??;
        let (statements, broken) = (RefCell::default(), Cell::new(false));
        let link = Self { client, warnings, statements, broken, patience };
        link.run(
            "SET statement_timeout = '60s'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '300s';
             SET synchronous_commit = on; SET search_path = pg_catalog; SET client_min_messages = warning;
             SET TimeZone = 'UTC'",
        )?;
        Ok(link)
    }

    /// Rows of a statement, prepared once a connection.
    pub(super) fn query(&self, sql: &'static str, given: Given<'_>) -> Result<Vec<Row>, Database> {
        let known = self.statements.borrow().get(sql).cloned();
        let statement = match known {
            Some(statement) => statement,
            None => {
                let statement = self.answer(self.client.prepare(sql))?;
                self.statements.borrow_mut().insert(sql, statement.clone());
                statement
            }
        };
        self.answer(self.client.query(&statement, given))
    }

    /// The first row of a statement.
    pub(super) fn row(&self, sql: &'static str, given: Given<'_>) -> Result<Option<Row>, Database> {
        Ok(self.query(sql, given)?.into_iter().next())
    }

    /// Rows of a cursor: what they look like differs from time to time, so nothing is prepared.
    pub(super) fn fetch(&self, sql: &'static str) -> Result<Vec<Row>, Database> {
        self.answer(self.client.query_typed(sql, &[]))
    }

    /// Runs a script of our own words.
    pub(super) fn run(&self, script: &'static str) -> Result<(), Database> {
        self.answer(self.client.batch_execute(script))
    }

    /// Gives up the locks of the session, if the server answers soon.
    pub(super) fn leave(&self) {
        let _ = self.wait(self.client.batch_execute("SELECT pg_advisory_unlock_all()"), LEAVE);
    }

    /// Runs `work` in a transaction and commits it.
    pub(super) fn in_transaction<T, E: From<Database>>(
        &self,
        unknown: fn(CommitError) -> E,
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.run("BEGIN")?;
        match work() {
            Ok(done) => self.commit().map(|()| done).map_err(unknown),
            Err(error) => {
                // The first error is the one to tell; where this fails too, the connection is not used again.
                let _ = self.run("ROLLBACK");
                Err(error)
            }
        }
    }

    /// Begins a transaction with `work`, and leaves it open; it is ended where that fails.
    pub(super) fn begin(&self, work: impl FnOnce() -> Result<(), Database>) -> Result<(), CommitError> {
        self.run("BEGIN")?;
        work().map_err(|error| {
            // The first error is the one to tell; where this fails too, the connection is not used again.
            let _ = self.run("ROLLBACK");
            CommitError::Nothing(error)
        })
    }

    /// Commits the transaction that is open.
    pub(super) fn commit(&self) -> Result<(), CommitError> {
        self.warnings.lock().map_err(|_| unknown("what the server warned of was lost"))?.clear();
        match self.wait(self.client.batch_execute("COMMIT"), self.patience) {
            Ok(()) => {}
            // Any graver word may stand for a session that ended while the commit was waiting.
            Err(Silence::Said(error)) if error.parsed_severity() == Some(Severity::Error) => {
                return Err(CommitError::Nothing(sorted(&error)));
            }
            Err(Silence::Said(error)) => {
                self.broken.set(true);
                return Err(unknown(error.message()));
            }
            Err(Silence::Lost(reason)) => return Err(CommitError::Unknown(reason)),
        }
        let warned = self.warnings.lock().map_err(|_| unknown("what the server warned of was lost"))?;
        match warned.first() {
            None => Ok(()),
            Some(warning) => {
                self.broken.set(true);
                Err(unknown(warning))
            }
        }
    }

    fn answer<T>(&self, future: impl Future<Output = Result<T, Error>>) -> Result<T, Database> {
        self.wait(future, STATEMENT).map_err(|silence| match silence {
            Silence::Said(error) => sorted(&error),
            Silence::Lost(reason) => other(reason),
        })
    }

    fn wait<T>(&self, future: impl Future<Output = Result<T, Error>>, limit: Duration) -> Result<T, Silence> {
        if self.broken.get() {
            return Err(Silence::Lost("the connection was given up; open the store again".to_owned()));
        }
        let answer = block_on(future, limit);
        match answer {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(error)) => match error.as_db_error() {
                Some(said) => Err(Silence::Said(Box::new(said.clone()))),
                None => {
                    self.broken.set(true);
                    Err(Silence::Lost(format!("the connection to the server was lost: {}", words(&error))))
                }
            },
            None => {
                self.broken.set(true);
                let limit = limit.as_secs();
                Err(Silence::Lost(format!(
                    "no answer in {limit} s; see that the server runs and enough of its standbys do"
                )))
            }
        }
    }
}

fn unknown(reason: &str) -> CommitError {
    CommitError::Unknown(reason.to_owned())
}

fn other(reason: String) -> Database {
    Database::Other { reason }
}

/// Connects and carries messages until the client is dropped.
fn drive(reach: &Reach, tell: &SyncSender<Result<Client, Database>>, warnings: &Mutex<Vec<String>>) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = tell.send(Err(other(format!("no way to wait for the server: {error}"))));
            return;
        }
    };
    runtime.block_on(async {
        match &reach.tls {
            Some(tls) => carry(reach.config.connect(tls.clone()).await, tell, warnings).await,
            None => carry(reach.config.connect(NoTls).await, tell, warnings).await,
        }
    });
}

/// Tells who waits for the connection, and carries its messages.
async fn carry<S, T>(
    connected: Result<(Client, Connection<S, T>), Error>,
    tell: &SyncSender<Result<Client, Database>>,
    warnings: &Mutex<Vec<String>>,
) where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut connection = match connected {
        Ok((client, connection)) => {
            let _ = tell.send(Ok(client));
            connection
        }
        Err(error) => {
            let _ = tell.send(Err(error.as_db_error().map_or_else(|| other(words(&error)), sorted)));
            return;
        }
    };
    loop {
        match core::future::poll_fn(|context| connection.poll_message(context)).await {
            Some(Ok(AsyncMessage::Notice(notice))) => {
                // It stands here before the answer that it came with is given on.
                if notice.parsed_severity() == Some(Severity::Warning)
                    && let Ok(mut warnings) = warnings.lock()
                {
                    warnings.push(notice.message().to_owned());
                }
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return,
        }
    }
}

/// Wakes the thread that waits.
struct Caller(Thread);

impl Wake for Caller {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a future at most so long.
fn block_on<T>(future: impl Future<Output = T>, limit: Duration) -> Option<T> {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Caller(thread::current())));
    let (mut context, start) = (Context::from_waker(&waker), Instant::now());
    loop {
        if let Poll::Ready(answer) = future.as_mut().poll(&mut context) {
            return Some(answer);
        }
        let left = limit.checked_sub(start.elapsed())?;
        thread::park_timeout(left);
    }
}

/// All that an error says, its causes with it.
fn words(error: &Error) -> String {
    let mut all = error.to_string();
    let mut cause = core::error::Error::source(error);
    while let Some(inner) = cause {
        all = format!("{all}: {inner}");
        cause = inner.source();
    }
    all
}

/// The server's error by what a person can do.
fn sorted(error: &DbError) -> Database {
    let reason = error.message().to_owned();
    match error.code() {
        &SqlState::DISK_FULL => Database::Full,
        &SqlState::LOCK_NOT_AVAILABLE | &SqlState::QUERY_CANCELED => Database::Busy,
        &SqlState::DATA_CORRUPTED | &SqlState::INDEX_CORRUPTED => Database::Damaged { reason },
        _ => Database::Other { reason },
    }
}
