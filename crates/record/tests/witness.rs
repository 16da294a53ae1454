//! The witness as the standard's matrix of status codes, and as an intruder with root on the log's server would try it: a rewritten, a
//! truncated, a forked history, all signed with the log's own key.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use std::collections::BTreeMap;
use truceline_record::{
    Digest, EntryProof, EntryProofError, LogSigner, LogVerifier, Seen, TilePath, TileSource, Tiler,
    WitnessRefusal, WitnessRequest, WitnessSigner, leaf_hash, prove_consistency, prove_inclusion,
    with_signatures,
};

const ORIGIN: &str = "truceline.example/mission";

/// A log in memory.
struct Log {
    signer: LogSigner,
    tiler: Tiler,
    tiles: BTreeMap<String, Vec<u8>>,
}

impl TileSource for Log {
    type Error = String;

    fn tile(&self, path: TilePath) -> Result<Vec<u8>, String> {
        self.tiles.get(&path.to_string()).cloned().ok_or_else(|| format!("no tile {path}"))
    }
}

impl Log {
    fn of(entries: impl IntoIterator<Item = String>) -> Self {
        let mut log = Self {
            signer: LogSigner::new(ORIGIN, &[7; 32]).unwrap(),
            tiler: Tiler::new(),
            tiles: BTreeMap::new(),
        };
        for entry in entries {
            for (path, bytes) in log.tiler.push(leaf_hash(entry.as_bytes())) {
                log.tiles.insert(path.to_string(), bytes);
            }
        }
        for (path, bytes) in log.tiler.partial_tiles() {
            log.tiles.insert(path.to_string(), bytes);
        }
        log
    }

    fn counting(size: u64) -> Self {
        Self::of((0..size).map(|n| format!("entry {n}")))
    }

    fn size(&self) -> u64 {
        self.tiler.size()
    }

    fn root(&self) -> Digest {
        self.tiler.root()
    }

    fn note(&self) -> Vec<u8> {
        self.signer.sign_checkpoint(self.size(), self.root()).unwrap()
    }

    fn seen(&self) -> Seen {
        Seen { size: self.size(), root: self.root() }
    }

    fn key(&self) -> LogVerifier {
        self.signer.verifier().unwrap()
    }

    fn request(&self, old: u64) -> WitnessRequest {
        let proof = prove_consistency(self, self.size(), self.root(), old).unwrap();
        WitnessRequest { old, proof, note: self.note() }
    }
}

fn status(request: &WitnessRequest, seen: Seen) -> u16 {
    let key = Log::counting(0).key();
    match WitnessRequest::parse(&request.to_bytes()).and_then(|request| request.judge(&[key], seen)) {
        Ok(_) => 200,
        Err(refusal) => refusal.status(),
    }
}

#[test]
fn what_extends_the_last_checkpoint_is_cosigned() {
    for (old, new) in [(0, 1), (1, 2), (255, 256), (256, 700), (700, 700), (3, 1_000)] {
        let seen = if old == 0 { Seen::nothing() } else { Log::counting(old).seen() };
        assert_eq!(status(&Log::counting(new).request(old), seen), 200, "{old} to {new}");
    }
}

#[test]
fn the_matrix_of_status_codes() {
    let (five, nine) = (Log::counting(5), Log::counting(9));
    let good = nine.request(5);
    assert_eq!(status(&good, five.seen()), 200);

    // 400: an old size beyond the new one.
    let beyond = WitnessRequest { old: 10, proof: Vec::new(), note: nine.note() };
    assert_eq!(status(&beyond, five.seen()), 400);
    // 404: a log that nobody told the witness of.
    let stranger = LogSigner::new("elsewhere.example/log", &[7; 32]).unwrap();
    let unknown = WitnessRequest { note: stranger.sign_checkpoint(9, nine.root()).unwrap(), ..good.clone() };
    assert_eq!(status(&unknown, five.seen()), 404);
    // 403: the log's name, somebody else's key.
    let thief = LogSigner::new(ORIGIN, &[8; 32]).unwrap();
    let forged = WitnessRequest { note: thief.sign_checkpoint(9, nine.root()).unwrap(), ..good.clone() };
    assert_eq!(status(&forged, five.seen()), 403);
    // 409 with the size: the log is mistaken about what was cosigned last.
    assert_eq!(status(&good, Log::counting(7).seen()), 409);
    assert_eq!(status(&good, Seen::nothing()), 409);
    assert_eq!(good.judge(&[nine.key()], Log::counting(7).seen()).unwrap_err().size(), Some(7));
    // 409: as many entries, another root.
    let other = Log::of((0..5).map(|n| format!("another {n}")));
    let refused = five.request(5).judge(&[five.key()], other.seen()).unwrap_err();
    assert_eq!((refused.status(), refused.shows_misbehaviour()), (409, true));
    // 422: a proof of something else, none, too much of one, and one where nothing was proven before.
    for proof in [Vec::new(), nine.request(4).proof, [good.proof.clone(), vec![nine.root()]].concat()] {
        assert_eq!(status(&WitnessRequest { proof, ..good.clone() }, five.seen()), 422);
    }
    assert_eq!(status(&WitnessRequest { old: 0, ..good.clone() }, Seen::nothing()), 422);
    assert_eq!(status(&WitnessRequest { proof: vec![five.root()], ..five.request(5) }, five.seen()), 422);
}

#[test]
fn what_cannot_be_read_is_a_bad_request() {
    let good = String::from_utf8(Log::counting(9).request(5).to_bytes()).unwrap();
    let (head, note) = good.split_once("\n\n").unwrap();
    let many = format!("{head}\n{}", format!("{}\n", head.lines().nth(1).unwrap()).repeat(70));
    for wrong in [
        String::new(),
        "old 5\n\n".to_owned(),
        good.replace("old 5", "old 05"),
        good.replace("old 5", "old -5"),
        good.replace("old 5", "old 18446744073709551616"),
        good.replace("old 5", "OLD 5"),
        good.replace("old 5\n", ""),
        good.replacen('\n', "\nnot base64\n", 1),
        head.to_owned(),
        format!("{head}\n\n{}", note.replace('\n', "\r\n")),
        format!("{}\n{note}", many.trim_end()),
        format!("{many}\n{note}"),
        format!("{good}{}", "x".repeat(100_000)),
    ] {
        let read = WitnessRequest::parse(wrong.as_bytes());
        let read = read.and_then(|request| request.judge(&[Log::counting(0).key()], Log::counting(5).seen()));
        assert_eq!(read.unwrap_err().status(), 400, "{wrong}");
    }
    assert_eq!(WitnessRequest::parse(&[0xff, 0xfe]).unwrap_err().status(), 400);
}

#[test]
fn no_rewritten_truncated_or_forked_history_is_cosigned() {
    // The intruder holds the log's key, its tiles, and what the witness saw.
    let honest = Log::counting(600);
    let rewritten =
        Log::of((0..700).map(|n| if n == 17 { "nothing".to_owned() } else { format!("entry {n}") }));
    let shorter = Log::counting(599);
    for (name, log) in [("rewritten", &rewritten), ("truncated", &shorter)] {
        for old in [0, 17, 599, 600] {
            let proof = prove_consistency(log, log.size(), log.root(), old.min(log.size())).unwrap();
            let request = WitnessRequest { old, proof, note: log.note() };
            assert_ne!(status(&request, honest.seen()), 200, "{name} from {old}");
        }
    }
    // Two branches from one trunk: whichever comes second is refused.
    let branch = |word: &str| Log::of((0..600).map(|n| format!("entry {n}")).chain([word.to_owned()]));
    let (left, right) = (branch("left"), branch("right"));
    assert_eq!(status(&left.request(600), honest.seen()), 200);
    assert_eq!(status(&right.request(600), left.seen()), 409);
    assert_eq!(status(&right.request(601), left.seen()), 409);
}

#[test]
fn an_entry_is_proven_offline_with_as_many_witnesses_as_wanted() {
    let log = Log::counting(700);
    let witnesses =
        [1, 2].map(|seed| WitnessSigner::new(&format!("witness.example/{seed}"), &[seed; 32]).unwrap());
    let keys: Vec<_> = witnesses.iter().map(|witness| witness.verifier().unwrap()).collect();
    let mut note = log.note();
    for (n, witness) in witnesses.iter().enumerate() {
        let proof = EntryProof {
            extra: Some(b"report 17".to_vec()),
            index: 17,
            hashes: prove_inclusion(&log, 700, log.root(), 17).unwrap(),
            note: note.clone(),
        };
        let read = EntryProof::parse(&proof.to_bytes()).unwrap();
        assert_eq!(read, proof);
        assert_eq!(read.check(b"entry 17", &log.key(), &keys, n).unwrap().witnesses.len(), n);
        let short = read.check(b"entry 17", &log.key(), &keys, n + 1).unwrap_err();
        assert_eq!(short, EntryProofError::Quorum { found: n, wanted: n + 1 });
        assert!(matches!(read.check(b"entry 18", &log.key(), &keys, 0), Err(EntryProofError::Inclusion(_))));
        note = with_signatures(&note, &witness.cosign(&note, 1_456_000_000).unwrap()).unwrap();
    }
}

proptest! {
    /// A witness fed any requests, honest or not, in any order, never cosigns two sizes of which the smaller is no beginning of the larger.
    #[test]
    fn a_witness_never_cosigns_two_histories(
        asks in prop::collection::vec((0_u64..40, 0_u64..40, 0_usize..3, any::<bool>()), 1..30),
    ) {
        let histories: Vec<Vec<String>> = (0..3)
            .map(|history| (0..40).map(|n| format!("{} {n}", if n < 20 { 0 } else { history })).collect())
            .collect();
        let log = |history: usize, size: u64| Log::of(histories[history].iter().take(size as usize).cloned());
        let mut seen = Seen::nothing();
        let mut cosigned: Vec<(u64, usize)> = Vec::new();
        for (old, size, history, honest) in asks {
            let log = log(history, size);
            let old = if honest { seen.size } else { old };
            let Ok(proof) = prove_consistency(&log, size, log.root(), old) else { continue };
            let request = WitnessRequest { old, proof, note: log.note() };
            match request.judge(&[log.key()], seen) {
                Ok(checkpoint) => {
                    prop_assert!(checkpoint.size >= seen.size);
                    seen = Seen { size: checkpoint.size, root: checkpoint.root };
                    cosigned.push((size, history));
                }
                Err(refusal) => prop_assert!(matches!(refusal.status(), 400 | 409 | 422), "{refusal}"),
            }
        }
        for pair in cosigned.windows(2) {
            let [(small, first), (_, second)] = pair else { continue };
            prop_assert_eq!(&histories[*first][..*small as usize], &histories[*second][..*small as usize]);
        }
    }

    /// No bytes make the readers panic, and what they read they write again.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), line in "\\PC{0,80}") {
        for text in [bytes, format!("old 3\n{line}\n\n{line}\n").into_bytes(), format!("c2sp.org/tlog-proof@v1\n{line}\nindex 1\n\n{line}").into_bytes()] {
            if let Ok(request) = WitnessRequest::parse(&text) {
                prop_assert_eq!(request.to_bytes(), text.clone());
                let read = matches!(request.origin(), Ok(_) | Err(WitnessRefusal::Malformed { .. }));
                prop_assert!(read);
            }
            if let Ok(proof) = EntryProof::parse(&text) {
                prop_assert_eq!(EntryProof::parse(&proof.to_bytes()), Ok(proof));
            }
        }
    }
}
