//! The one thread that writes: takes who waits, opens the store, logs all of them in one commit, signs, answers each, and closes the store.
//!
//! It gives each entry its time as it logs it, so that the record's times go up as its numbers do. A key that the log knows is answered with the
//! entry that it has. Where another command is writing it waits its turn, and says so when that takes too long. It reads no act.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use serde_json::Value;
use truceline_model::Vouched;
use truceline_record::Digest;
use truceline_store::{AppendError, NewEntry, Object, Outcome, Store};

use crate::committed::{self, Raw};
use crate::failure::Failure;
use crate::projecting::EachCommit;
use crate::{import, log, secrets};

/// Acts that may wait; who comes after is told to come again.
const ROOM: usize = 256;
/// Most acts of one commit.
const BATCH: usize = 64;

/// An act to be logged.
pub(super) struct Posted {
    /// Who acts.
    pub(super) by: String,
    /// The words by which the asker knows it again.
    pub(super) key: String,
    /// The case, when it is in one.
    pub(super) case: Option<u64>,
    /// The act without its words.
    pub(super) act: Value,
    /// The words.
    pub(super) words: Option<String>,
    /// When it was done, in a mission that looks back (UTC).
    pub(super) when: Option<String>,
}

/// An entry of another kind than an act, whose time is given as it is logged.
pub(super) struct Noted {
    /// Its kind.
    pub(super) kind: &'static str,
    /// Who asks, and the words by which they know it again; without them it is logged each time.
    pub(super) key: Option<(String, String)>,
    /// What it commits to.
    pub(super) fields: Vec<(&'static str, Value)>,
    /// What it shows.
    pub(super) open: Vec<(&'static str, Value)>,
}

/// An entry that shows all that it says, with the objects that it names, which are kept already.
pub(super) struct Whole {
    /// Its kind.
    pub(super) kind: &'static str,
    /// Who asks, and the words by which they know it again.
    pub(super) key: (String, String),
    /// What it says.
    pub(super) body: Value,
    /// What it names.
    pub(super) objects: Vec<Digest>,
}

/// A decision about incidents, as `truceline decide` logs it.
pub(super) struct Decided {
    /// Who decides.
    pub(super) by: String,
    /// The words by which the asker knows it again.
    pub(super) key: String,
    /// Why.
    pub(super) why: String,
    /// From when it holds (UTC), in a mission that looks back; from its entry on otherwise.
    pub(super) holds_from: Option<String>,
    /// What.
    pub(super) what: Value,
}

/// The key under which a decision of somebody is logged once.
///
/// # Errors
/// When the store's secret cannot be read.
pub(super) fn decision_key(store: &Store, by: &str, words: &str) -> Result<[u8; 32], Failure> {
    Ok(secrets::of(store)?.digest(&["decision over http", by, words], &[]).0)
}

enum Posting {
    Act(Posted),
    Note(Noted),
    Whole(Whole),
    Decision(Decided),
}

/// Why an act was not logged.
pub(super) enum NotLogged {
    /// Nothing of it is in the log; it can be sent again.
    Busy,
    /// The store would not; nobody can tell whether it is in the log. Sent again under the same key, it is logged once.
    Failed(Failure),
}

/// Its entry, and whether it was there already.
type Answer = Result<(u64, bool), NotLogged>;

struct Waiting {
    posted: Posting,
    answer: SyncSender<Answer>,
}

/// Entries of which one names another: they are logged by what is given here, with the store that is open for the round, or told why not.
type Work = Box<dyn FnOnce(Result<&mut Store, NotLogged>) + Send>;

enum Line {
    Entry(Waiting),
    Work(Work),
}

/// Hands acts to the thread.
pub(super) struct Writer(SyncSender<Line>);

impl Writer {
    /// Starts the thread; it ends when this is dropped.
    pub(super) fn start(store: PathBuf) -> Self {
        let (line, waiting) = sync_channel(ROOM);
        std::thread::spawn(move || run(&store, &waiting));
        Self(line)
    }

    /// Logs an act and waits for its entry; holds up the thread that calls.
    pub(super) fn put(&self, posted: Posted) -> Answer {
        self.post(Posting::Act(posted))
    }

    /// Logs an entry of another kind, as [`Writer::put`] does an act.
    pub(super) fn note(&self, noted: Noted) -> Answer {
        self.post(Posting::Note(noted))
    }

    /// Logs an entry that shows all that it says, as [`Writer::put`] does an act.
    pub(super) fn put_whole(&self, whole: Whole) -> Answer {
        self.post(Posting::Whole(whole))
    }

    /// Logs a decision, as [`Writer::put`] does an act.
    pub(super) fn decide(&self, decided: Decided) -> Answer {
        self.post(Posting::Decision(decided))
    }

    fn post(&self, posted: Posting) -> Answer {
        let (answer, told) = sync_channel(1);
        self.send(Line::Entry(Waiting { posted, answer }))?;
        told.recv().unwrap_or_else(|_| Err(stopped()))
    }

    /// Logs several entries of which one names another, and waits for what comes of it. What it logs has keys of its own: done again after it stopped
    /// half-way, it goes on from there.
    pub(super) fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, NotLogged> {
        let (answer, told) = sync_channel(1);
        self.send(Line::Work(Box::new(move |store| {
            let done = store.and_then(|store| work(store).map_err(NotLogged::Failed));
            // Who has gone finds the answer under the same key.
            let _ = answer.send(done);
        })))?;
        told.recv().unwrap_or_else(|_| Err(stopped()))
    }

    fn send(&self, line: Line) -> Result<(), NotLogged> {
        self.0.try_send(line).map_err(|why| match why {
            TrySendError::Full(_) => NotLogged::Busy,
            TrySendError::Disconnected(_) => stopped(),
        })
    }
}

fn stopped() -> NotLogged {
    NotLogged::Failed(Failure::operation(
        "log the act",
        &"the thread that writes has ended; start the desk again",
    ))
}

/// Signs what a desk that was killed logged and did not sign: until something else is written nobody would, and nothing could rest on it.
fn sign_what_was_left(dir: &Path) {
    // Where that cannot be now, the next write does it, and says what is wrong.
    if let Ok(Some(mut store)) = log::open_unless_in_use(dir) {
        let _ = import::sign(&mut store);
    }
}

fn run(store: &Path, line: &Receiver<Line>) {
    sign_what_was_left(store);
    let derived = EachCommit::default();
    while let Ok(first) = line.recv() {
        let mut round = vec![first];
        while round.len() < BATCH
            && let Ok(next) = line.try_recv()
        {
            round.push(next);
        }
        serve(store, &derived, round);
    }
}

/// Logs a round and answers everybody in it.
fn serve(dir: &Path, derived: &EachCommit, lines: Vec<Line>) {
    let (mut round, mut works) = (Vec::new(), Vec::new());
    for line in lines {
        match line {
            Line::Entry(one) => round.push(one),
            Line::Work(work) => works.push(work),
        }
    }
    let mut store = match log::open_in_turn(dir) {
        Ok(Some(store)) => derived.go_on(store),
        Ok(None) => {
            works.into_iter().for_each(|work| work(Err(NotLogged::Busy)));
            return round.into_iter().for_each(|one| drop(one.answer.send(Err(NotLogged::Busy))));
        }
        Err(failure) => {
            let said = || Failure::operation("write to the store", &failure);
            works.into_iter().for_each(|work| work(Err(NotLogged::Failed(said()))));
            return refuse(round, &failure);
        }
    };
    works.into_iter().for_each(|work| work(Ok(&mut store)));
    append(store, round);
}

/// Logs the entries of a round, signs what the round brought, and answers.
fn append(mut store: Store, round: Vec<Waiting>) {
    let made = made(&store, &round);
    let entries = match made {
        Ok(entries) => entries,
        Err(failure) => return refuse(round, &failure),
    };
    let answers: Vec<Answer> = match store.append(&entries) {
        Ok(_) if entries.is_empty() => Vec::new(),
        Ok(done) => done.into_iter().map(|one| Ok((one.n, one.outcome == Outcome::Duplicate))).collect(),
        // One of them cannot be logged: each by itself, so that it stops no other.
        Err(AppendError::Entry { .. } | AppendError::UnknownObject { .. }) if entries.len() > 1 => {
            entries.iter().map(|entry| alone(&mut store, entry)).collect()
        }
        Err(error) => return refuse(round, &Failure::operation("log the act", &error)),
    };
    // An entry that is on disk and not yet signed is signed with the next one.
    if let Err(failure) = import::sign(&mut store) {
        eprintln!("truceline: {failure}");
    }
    drop(store);
    for (one, answer) in round.into_iter().zip(answers) {
        // Who has gone finds the answer under the same key.
        let _ = one.answer.send(answer);
    }
}

fn alone(store: &mut Store, entry: &NewEntry) -> Answer {
    let done = store.append(std::slice::from_ref(entry));
    let done = done.map_err(|e| NotLogged::Failed(Failure::operation("log the act", &e)))?;
    done.first().map(|one| (one.n, one.outcome == Outcome::Duplicate)).ok_or_else(stopped)
}

/// The key under which an entry of a kind is logged that somebody asks for in these words.
///
/// # Errors
/// When the store's secret cannot be read.
pub(super) fn key(store: &Store, words: &[&str]) -> Result<[u8; 32], Failure> {
    Ok(secrets::of(store)?.digest(words, &[]).0)
}

fn made(store: &Store, round: &[Waiting]) -> Result<Vec<NewEntry>, Failure> {
    let secret = secrets::of(store)?;
    let now = log::now();
    let key = |words: [&str; 3]| Some(secret.digest(&words, &[]).0);
    let entry = |one: &Waiting| match &one.posted {
        Posting::Act(Posted { by, key: words, case, act, words: said, when }) => {
            let at = when.as_deref().unwrap_or(&now);
            let entry = log::case(at, (by, Vouched::Desk), (*case).into(), act.clone(), said.as_deref())?;
            Ok(NewEntry { key: key(["act over http", by, words]), ..entry })
        }
        Posting::Decision(decided) => {
            let from = decided.holds_from.as_deref().unwrap_or(&now);
            let entry = log::decision(&now, from, &decided.by, &decided.why, decided.what.clone())?;
            Ok(NewEntry { key: Some(decision_key(store, &decided.by, &decided.key)?), ..entry })
        }
        Posting::Note(noted) => {
            let mut fields = vec![("at", Value::from(now.as_str()))];
            fields.extend(noted.fields.iter().cloned());
            let entry = committed::entry(noted.kind, &log::day_of(&now), &fields, &noted.open, Raw::None)?;
            let key = noted.key.as_ref().and_then(|(by, words)| key([noted.kind, by, words]));
            Ok(NewEntry { key, ..entry })
        }
        Posting::Whole(whole) => {
            let (by, words) = &whole.key;
            Ok(NewEntry {
                kind: whole.kind.to_owned(),
                at: now.clone(),
                body: whole.body.clone(),
                key: key([whole.kind, by, words]),
                objects: whole.objects.iter().map(|digest| Object::Kept(*digest)).collect(),
            })
        }
    };
    round.iter().map(entry).collect()
}

fn refuse(round: Vec<Waiting>, failure: &Failure) {
    for one in round {
        let said = Failure::operation("write to the store", failure);
        let _ = one.answer.send(Err(NotLogged::Failed(said)));
    }
}
