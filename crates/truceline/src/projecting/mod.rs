//! What others read by SQL: incidents, findings, cases, duties and deliveries as rows, made from what may be published and from nothing else.
//!
//! Where a store's folder says that each commit is to hold what follows from it, every command that opens the store for writing derives within
//! the commit, and derives only what is new since its commit before; what cannot be derived is told and logged all the same. Decides nothing:
//! it carries what was derived.

mod following;
mod held;
mod rows;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use truceline_store::{Deriver, Projection, Store};

use crate::failure::Failure;
use crate::loaded::Growing;
use crate::pipeline::Derived;
use following::Following;

/// Workers within a commit.
const THREADS: usize = 2;

/// Rows of a derivation.
///
/// # Errors
/// When an incident cannot be written as GeoJSON.
pub(crate) fn of(derived: &Derived) -> Result<Projection, Failure> {
    rows::of(derived, None)
}

/// Has each commit hold what follows from it, where the store's folder says so.
pub(crate) fn with_each_commit(store: Store) -> Store {
    EachCommit::default().go_on(store)
}

/// What was derived for the last commit: for who opens the store again and again, and goes on from there.
#[derive(Clone, Default)]
pub(crate) struct EachCommit(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    read: Growing,
    following: Option<Following>,
}

impl EachCommit {
    /// Has each commit of a store hold what follows from it, where its folder says so. What others logged in between is read first.
    pub(crate) fn go_on(&self, mut store: Store) -> Store {
        store.derive_with(Arc::new(self.clone()));
        store
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deriver for EachCommit {
    fn derive(&self, store: &Store) -> Option<Projection> {
        let mut kept = self.kept();
        let made = derive(&mut kept, store);
        if made.is_err() {
            // What stopped half-way is no ground to go on from.
            *kept = Kept::default();
        }
        made.inspect_err(|failure| {
            eprintln!("logged, and not derived: {failure}; truceline project says more");
        })
        .ok()
    }

    fn forget(&self) {
        *self.kept() = Kept::default();
    }
}

fn derive(kept: &mut Kept, store: &Store) -> Result<Projection, Failure> {
    let loaded = kept.read.read(store, THREADS)?;
    let as_of = crate::live::now(&loaded)?;
    kept.following.get_or_insert_with(Following::start).derive(loaded, as_of)
}
