//! Many writers and one log: whatever they do at once, the log is one that plain appending would have made, and nobody is left without an answer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed unwrap is a failed test"
)]

mod common;

use std::collections::BTreeMap;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use common::{AT, ORIGIN, row};
use proptest::prelude::*;
use serde_json::json;
use truceline_record::{WitnessSigner, WitnessVerifier, check_inclusion, digest_of, with_signatures};
use truceline_store::{
    AppendError, Appended, NewEntry, Object, Outcome, Pace, Sequencer, Store, SubmitError, Ticket,
};

fn started(pace: Pace) -> (tempfile::TempDir, Sequencer) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create(dir.path(), ORIGIN, [7; 32]).unwrap();
    (dir, Sequencer::start(store, pace, || AT.to_owned()))
}

/// Kind and number of an entry, and the answer to it.
type Told = (u8, u64, Result<Appended, SubmitError>);

/// What one writer hands in: a row by its number, one that cannot be written, or one that names an object nobody has.
fn entry(kind: u8, number: u64) -> NewEntry {
    match kind {
        0 => NewEntry { body: json!({"lat": 36.2}), key: None, ..row(number) },
        1 => NewEntry { objects: vec![Object::Kept(digest_of(b"nobody has it"))], key: None, ..row(number) },
        2 => NewEntry { key: None, ..row(number) },
        _ => row(number),
    }
}

fn right(kind: u8, answer: &Result<Appended, SubmitError>) -> bool {
    match (kind, answer) {
        (0, Err(SubmitError::Append(AppendError::Entry { place: 0, .. }))) => true,
        (1, Err(SubmitError::Append(AppendError::UnknownObject { place: 0, .. }))) => true,
        (2, Ok(receipt)) => receipt.outcome == Outcome::Logged,
        (kind, Ok(_)) => kind > 2,
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn the_log_is_one_that_plain_appending_makes(
        writers in prop::collection::vec(prop::collection::vec((0_u8..8, 0_u64..40), 1..25), 1..6),
        batch in 1_usize..40,
        room in 1_usize..20,
        every in prop::option::of(0_u64..3),
    ) {
        let pace = Pace {
            batch, room, gather: Duration::from_micros(300), sign_every: every.map(Duration::from_millis), ..Pace::default()
        };
        let (_dir, sequencer) = started(pace);
        let answered: Vec<Vec<Told>> = thread::scope(|scope| {
            let running: Vec<_> = writers.iter().map(|list| {
                let to = sequencer.submitter();
                scope.spawn(move || {
                    let sent: Vec<(u8, u64, Ticket)> =
                        list.iter().map(|(kind, number)| (*kind, *number, to.submit(entry(*kind, *number)).unwrap())).collect();
                    sent.into_iter().map(|(kind, number, ticket)| (kind, number, ticket.receipt())).collect::<Vec<_>>()
                })
            }).collect();
            running.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let mut store = sequencer.stop().unwrap();
        let mut logged: BTreeMap<u64, (u8, u64)> = BTreeMap::new();
        let mut by_number: BTreeMap<u64, u64> = BTreeMap::new();
        for list in &answered {
            let mut last = None;
            for (kind, number, answer) in list {
                prop_assert!(right(*kind, answer), "{kind} {answer:?}");
                let Ok(receipt) = answer else { continue };
                if *kind > 2 {
                    // One key, one number, whoever asks.
                    prop_assert_eq!(*by_number.entry(*number).or_insert(receipt.n), receipt.n);
                }
                if receipt.outcome == Outcome::Logged {
                    prop_assert!(logged.insert(receipt.n, (*kind, *number)).is_none());
                    prop_assert!(last < Some(receipt.n), "a writer's entries stand in the order in which it sent them");
                    last = Some(receipt.n);
                }
            }
        }
        prop_assert_eq!(store.len().unwrap(), logged.len() as u64);
        let other = tempfile::tempdir().unwrap();
        let mut plain = Store::create(other.path(), ORIGIN, [7; 32]).unwrap();
        for (n, (kind, number)) in &logged {
            prop_assert_eq!(plain.append(&[entry(*kind, *number)]).unwrap()[0].n, *n);
        }
        if !logged.is_empty() {
            prop_assert_eq!(plain.checkpoint(AT).unwrap().root, store.checkpoint(AT).unwrap().root);
        }
        let report = store.verify().unwrap();
        prop_assert!(report.is_clean(), "{:?}", report.faults);
    }
}

#[test]
fn a_receipt_is_given_when_another_process_would_see_the_entry() {
    let (dir, sequencer) = started(Pace::default());
    thread::scope(|scope| {
        for writer in 0..4 {
            let (to, dir) = (sequencer.submitter(), dir.path());
            scope.spawn(move || {
                let reader = Store::open_read_only(dir).unwrap();
                for i in 0..25 {
                    let new = row(writer * 100 + i);
                    let receipt = to.submit(new.clone()).unwrap().receipt().unwrap();
                    assert_eq!(reader.number_of(&new.key.unwrap()), Ok(Some(receipt.n)));
                }
            });
        }
    });
}

#[test]
fn who_waits_for_a_signature_gets_one_that_covers_the_entry() {
    let (dir, sequencer) = started(Pace { sign_every: Some(Duration::from_millis(5)), ..Pace::default() });
    let ticket = sequencer.submitter().submit(row(1)).unwrap();
    let (receipt, signed) = ticket.signed().unwrap();
    let reader = Store::open_read_only(dir.path()).unwrap();
    assert_eq!(reader.verifier().open(&signed.note).unwrap().size, signed.size);
    let (last, proof) = reader.prove_inclusion(receipt.n).unwrap();
    check_inclusion(&proof, last.size, last.root, receipt.n, receipt.leaf).unwrap();
    // Signed again only when something came.
    assert_eq!(sequencer.cover().newer_than(signed.size, Duration::from_millis(30)), Ok(None));
}

#[test]
fn who_waits_for_a_signature_is_told_when_the_database_refuses_it_and_gets_it_when_it_takes_it_again() {
    let pace = Pace { sign_patience: Duration::from_millis(300), ..Pace::default() };
    let (dir, sequencer) = started(Pace { sign_every: Some(Duration::from_millis(200)), ..pace });
    let raw = rusqlite::Connection::open(dir.path().join("truceline.db")).unwrap();
    let ticket = sequencer.submitter().submit(row(1)).unwrap();
    let receipt = ticket.receipt().unwrap();
    raw.execute_batch("ALTER TABLE checkpoints RENAME TO elsewhere").unwrap();
    let told = ticket.signed().unwrap_err();
    assert!(matches!(&told, SubmitError::Uncovered { n: 0, .. }), "{told:?}");
    assert!(told.to_string().contains("entry 0 is logged and stands"), "{told}");
    assert_eq!(ticket.receipt(), Ok(receipt));
    raw.execute_batch("ALTER TABLE elsewhere RENAME TO checkpoints").unwrap();
    let signed = loop {
        match ticket.signed() {
            Ok((_, signed)) => break signed,
            Err(SubmitError::Uncovered { .. }) => thread::sleep(Duration::from_millis(20)),
            Err(other) => panic!("{other}"),
        }
    };
    assert_eq!(signed.size, 1);
    // One that ends before it could sign says the same.
    let (_other, sequencer) = started(Pace { sign_every: None, ..pace });
    let ticket = sequencer.submitter().submit(row(1)).unwrap();
    ticket.receipt().unwrap();
    drop(sequencer.stop().unwrap());
    assert!(matches!(ticket.signed(), Err(SubmitError::Uncovered { n: 0, .. })));
}

#[test]
fn without_a_pace_for_signing_nothing_is_signed() {
    let (_dir, sequencer) = started(Pace { sign_every: None, ..Pace::default() });
    sequencer.submitter().submit(row(1)).unwrap().receipt().unwrap();
    assert_eq!(sequencer.stop().unwrap().checkpoint_note(), Ok(None));
}

#[test]
fn stopping_logs_answers_and_signs_all_that_waits() {
    let (_dir, sequencer) =
        started(Pace { batch: 7, sign_every: Some(Duration::from_secs(3600)), ..Pace::default() });
    let to = sequencer.submitter();
    let tickets: Vec<Ticket> = (0..300).map(|i| to.submit(row(i)).unwrap()).collect();
    let store = sequencer.stop().unwrap();
    for (ticket, n) in tickets.iter().zip(0..) {
        assert_eq!(ticket.receipt().unwrap().n, n);
        assert_eq!(ticket.signed().unwrap().1.size, 300);
    }
    assert_eq!(store.last_checkpoint().unwrap().unwrap().size, 300);
    assert!(matches!(to.submit(row(1)), Err(SubmitError::Stopped { .. })));
}

#[test]
fn a_full_line_says_so_and_a_patient_writer_waits() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create(dir.path(), ORIGIN, [7; 32]).unwrap();
    let (go, wait) = channel::<()>();
    let (at_it, asked) = channel::<()>();
    let pace = Pace { room: 2, batch: 1, sign_every: Some(Duration::ZERO), ..Pace::default() };
    let sequencer = Sequencer::start(store, pace, move || {
        at_it.send(()).unwrap();
        wait.recv().unwrap_or_default();
        AT.to_owned()
    });
    let to = sequencer.submitter();
    let first = to.submit(row(0)).unwrap();
    // The thread is busy with signing from now on; two more fit.
    asked.recv().unwrap();
    let held = [to.try_submit(row(1)).unwrap(), to.try_submit(row(2)).unwrap()];
    let full = to.try_submit(row(3)).unwrap_err();
    assert_eq!(full, SubmitError::Full { room: 2 });
    assert!(full.to_string().contains("again in a moment"));
    let patient = thread::spawn({
        let to = to.clone();
        move || to.submit(row(4)).unwrap().receipt()
    });
    thread::sleep(Duration::from_millis(30));
    assert!(!patient.is_finished(), "there was no room, and it was let in");
    drop(go);
    assert_eq!(patient.join().unwrap().unwrap().n, 3);
    assert_eq!(first.receipt().unwrap().n, 0);
    assert_eq!(held.map(|ticket| ticket.receipt().unwrap().n), [1, 2]);
}

#[test]
fn bytes_that_wait_are_bounded_and_one_large_entry_still_passes() {
    let (_dir, sequencer) = started(Pace { room_bytes: 1000, sign_every: None, ..Pace::default() });
    let large = NewEntry { objects: vec![Object::Bytes(vec![7; 5000])], ..row(0) };
    assert_eq!(sequencer.submitter().submit(large).unwrap().receipt().unwrap().n, 0);
}

#[test]
fn the_death_of_the_thread_is_told_to_all() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create(dir.path(), ORIGIN, [7; 32]).unwrap();
    let (go, wait) = channel::<()>();
    let pace = Pace { batch: 1, sign_every: Some(Duration::ZERO), ..Pace::default() };
    let sequencer = Sequencer::start(store, pace, move || {
        wait.recv().unwrap_or_default();
        panic!("the clock broke")
    });
    let to = sequencer.submitter();
    let tickets: Vec<Ticket> = (0..5).map(|i| to.submit(row(i)).unwrap()).collect();
    let cover = sequencer.cover();
    let waiter = thread::spawn(move || (cover.signed(0), cover.cosigned(0)));
    drop(go);
    for ticket in &tickets[1..] {
        let error = ticket.receipt().unwrap_err();
        assert!(matches!(error, SubmitError::Stopped { .. }), "{error:?}");
        assert!(error.to_string().contains("not logged"));
    }
    let (signed, cosigned) = waiter.join().unwrap();
    assert!(signed.is_err() && cosigned.is_err());
    assert!(matches!(to.submit(row(9)), Err(SubmitError::Stopped { .. })));
    assert!(sequencer.stop().is_err());
    // The store itself is whole, and the same keys can be sent again.
    let mut store = Store::open(dir.path()).unwrap();
    let again = store.append(&(0..5).map(row).collect::<Vec<_>>()).unwrap();
    assert_eq!(again.iter().map(|receipt| receipt.n).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
}

#[test]
fn cosigned_counts_only_with_enough_true_signatures() {
    let (_dir, sequencer) = started(Pace::default());
    let signed = sequencer.submitter().submit(row(1)).unwrap().signed().unwrap().1;
    let signers = [1, 2].map(|k| WitnessSigner::new(&format!("witness.example/{k}"), &[k; 32]).unwrap());
    let keys: Vec<WitnessVerifier> =
        signers.iter().map(|signer| WitnessVerifier::new(&signer.verifier_key()).unwrap()).collect();
    let cover = sequencer.cover();
    let one = with_signatures(&signed.note, &signers[0].cosign(&signed.note, 5).unwrap()).unwrap();
    assert!(cover.now_cosigned(&signed.note, &keys, 1).is_err());
    assert!(cover.now_cosigned(&one, &keys, 2).is_err());
    let both = with_signatures(&one, &signers[1].cosign(&one, 5).unwrap()).unwrap();
    assert_eq!(cover.now_cosigned(&both, &keys, 2), Ok(1));
    assert_eq!(cover.cosigned(0), Ok(1));
}
