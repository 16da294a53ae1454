//! Whatever a stranger sends: refused, never a panic, and never taken for something else.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;
use truceline_record::{
    Audit, Digest, Entry, LogSigner, LogVerifier, TilePath, check_consistency, check_inclusion,
    decode_bundle, digest_of, encode_bundle,
};

fn key() -> LogSigner {
    LogSigner::new("example.org/log", &[3; 32]).unwrap()
}

/// Bytes that look like ours in places, so that they get past the first check.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        "{",
        "}",
        "\"v\":1",
        "\"n\":",
        ",",
        "1",
        "18446744073709551616",
        "-0",
        "1e9",
        "\"at\":",
        "\"2016-04-28T06:00:00Z\"",
        "\"kind\":\"report\"",
        "\"objects\":[",
        "]",
        "\"body\":",
        "null",
        "\n",
        "\n\n",
        "\u{2014} example.org/log ",
        "AAAA",
        "example.org/log",
        "tile/",
        "entries/",
        "x001/",
        "000",
        ".p/",
        "٣",
    ]);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        prop::collection::vec(words, 0..20).prop_map(|words| words.concat().into_bytes()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn anything_can_be_read_and_little_is_believed(bytes in bytes()) {
        if let Ok(entry) = Entry::from_bytes(&bytes) {
            prop_assert_eq!(entry.to_bytes().unwrap(), bytes.clone());
        }
        if let Ok(entries) = decode_bundle(&bytes) {
            prop_assert_eq!(encode_bundle(&entries).unwrap(), bytes.clone());
        }
        prop_assert!(key().verifier().unwrap().open(&bytes).is_err());
        let text = String::from_utf8_lossy(&bytes);
        prop_assert!(LogVerifier::new(&text).is_err());
        if let Ok(path) = text.parse::<TilePath>() {
            prop_assert_eq!(path.to_string(), text.clone());
        }
        if let Ok(digest) = text.parse::<Digest>() {
            prop_assert_eq!(digest.to_string(), text.clone());
        }
    }

    #[test]
    fn proofs_from_strangers_do_not_hold(
        proof in prop::collection::vec(any::<[u8; 32]>(), 0..70), size: u64, n: u64, small in 0_u64..20,
    ) {
        let proof: Vec<Digest> = proof.into_iter().map(Digest).collect();
        let (root, other) = (digest_of(b"root"), digest_of(b"other"));
        for (size, n) in [(size, n), (size, size), (small, n), (small, small), (size, 0), (0, 0)] {
            prop_assert!(check_inclusion(&proof, size, root, n, other).is_err());
            prop_assert!(check_consistency(&proof, size, root, n, other).is_err());
        }
    }

    #[test]
    fn an_audit_of_rubbish_ends_with_faults(
        entries in prop::collection::vec((any::<u64>(), bytes(), any::<Option<[u8; 32]>>()), 1..8),
        tiles in prop::collection::vec((prop_oneof!["tile/[0-6]/(x000/){0,2}[0-9]{3}(\\.p/[0-9]{1,3})?", ".{0,20}"], bytes()), 0..8),
        notes in prop::collection::vec((any::<u64>(), bytes()), 0..4),
    ) {
        let mut audit = Audit::new(key().verifier().unwrap());
        notes.iter().for_each(|(size, note)| audit.checkpoint(*size, note));
        tiles.iter().for_each(|(path, bytes)| audit.tile(path, bytes));
        for (n, bytes, beside) in &entries {
            audit.entry(*n, bytes, beside.map(Digest));
        }
        prop_assert!(!audit.finish().is_clean());
    }
}
