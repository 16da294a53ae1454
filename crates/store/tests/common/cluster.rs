//! A primary with two standbys, each behind a [`Line`] that a test can cut, mend and slow down; and what senders were told.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use truceline_record::Digest;
use truceline_store::{AppendError, Appended, Postgres, Store};

use super::line::Line;
use super::server::Server;
use super::{AT, ORIGIN, row, rows};

/// A primary and two standbys, a store on them, and what its senders were told.
pub(crate) struct Cluster {
    pub(crate) primary: Server,
    pub(crate) one: Server,
    pub(crate) two: Server,
    /// From the standbys to the primary.
    pub(crate) lines: [Line; 2],
    pub(crate) dir: TempDir,
    pub(crate) told: Vec<Digest>,
}

impl Cluster {
    pub(crate) fn start(patience_s: u16) -> Option<(Self, Store)> {
        let primary = Server::start()?;
        let (one, two) = (primary.standby("one"), primary.standby("two"));
        let lines = [Line::to(primary.socket()), Line::to(primary.socket())];
        one.follow_through(lines[0].socket(), "one");
        two.follow_through(lines[1].socket(), "two");
        primary.wait_for(1, "one, two");
        // A standby that was promoted must wait for the other in its turn, so its own setting names it, too.
        let database = primary.database();
        let dir = tempfile::tempdir().unwrap();
        let place = Postgres { patience_s, ..primary.place(&database, 1) };
        let store = Store::create_in(dir.path(), ORIGIN, [7; 32], &place).unwrap();
        Some((Self { primary, one, two, lines, dir, told: Vec::new() }, store))
    }

    /// What a sender hears and keeps: the number must be the next, and never another for the same key.
    pub(crate) fn hear(&mut self, first: u64, receipts: &[Appended]) {
        for (n, receipt) in (first..).zip(receipts) {
            assert_eq!(receipt.n, n, "doubled or lost");
            match self.told.get(usize::try_from(n).unwrap()) {
                Some(leaf) => assert_eq!(*leaf, receipt.leaf),
                None => self.told.push(receipt.leaf),
            }
        }
    }

    /// Names another server in the folder, as the written procedure says.
    pub(crate) fn go_to(&self, server: &Server) {
        let path = self.dir.path().join("postgres");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace(self.primary.socket(), server.socket())).unwrap();
    }

    /// All that was told is there, once, in order, with the bytes of an embedded store.
    pub(crate) fn nothing_is_lost(&self, store: &mut Store) {
        let embedded = tempfile::tempdir().unwrap();
        let mut same = Store::create(embedded.path(), ORIGIN, [7; 32]).unwrap();
        let count = store.len().unwrap();
        assert!(count >= self.told.len() as u64, "{count} of {} acknowledged", self.told.len());
        same.append(&rows(0..count)).unwrap();
        let leaves: Vec<Digest> = store.entries(0..count).map(|entry| entry.unwrap().leaf).collect();
        assert_eq!(leaves[..self.told.len()], self.told);
        let bytes = |store: &Store| store.entries(0..count).map(|e| e.unwrap().bytes).collect::<Vec<_>>();
        assert_eq!(bytes(store), bytes(&same));
        assert_eq!(store.checkpoint(AT).unwrap(), same.checkpoint(AT).unwrap());
        assert_eq!(store.verify().unwrap().faults, []);
    }
}

pub(crate) fn one_by_one(cluster: &mut Cluster, store: &mut Store, range: std::ops::Range<u64>) {
    for n in range {
        let receipts = store.append(&[row(n)]).unwrap();
        cluster.hear(n, &receipts);
    }
}

pub(crate) fn unknown(answer: Result<Vec<Appended>, AppendError>) -> String {
    match answer {
        Err(AppendError::Unknown { reason }) => reason,
        other => panic!("a receipt without the quorum, or a promise that nothing is there: {other:?}"),
    }
}

/// Opens the store once the server has seen that its standbys are back.
pub(crate) fn open_soon(cluster: &Cluster) -> Store {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        match Store::open(cluster.dir.path()) {
            Ok(store) => return store,
            Err(error) => assert!(Instant::now() < until, "{error}"),
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}
