//! What holds of any claims, and the labels of the seed articles against themselves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proptest::prelude::*;
use truceline_score::claim::{Kind, Span, Value};
use truceline_score::figures::Found;
use truceline_score::pair::pairs;
use truceline_score::right::{hold, most};
use truceline_score::{Claim, Document, Gold, Limits, gold, score};

const TEXT: &str = "áb cdé fghi jklm nöpq rstu vwxy zab çdef ghij klmn opqr";

fn slice(span: Span) -> String {
    TEXT.chars().skip(span.start).take(span.len()).collect()
}

fn spans() -> impl Strategy<Value = Span> {
    let length = TEXT.chars().count();
    (0..length - 1).prop_flat_map(move |start| (start + 1..=length).prop_map(move |end| Span { start, end }))
}

fn values() -> impl Strategy<Value = Value> {
    (spans(), proptest::option::of(0u64..4), proptest::option::of("[a-c]|20[0-2]"))
        .prop_map(|(span, min, norm)| Value { text: slice(span), span, norm, min, ..Value::default() })
}

fn one() -> impl Strategy<Value = Claim> {
    let fields = proptest::collection::btree_map(
        proptest::sample::select(vec!["what", "when", "killed", "where", "cue"]).prop_map(str::to_owned),
        proptest::collection::vec(values(), 1..4),
        0..4,
    );
    (spans(), 0usize..4, fields, any::<bool>()).prop_map(|(span, kind, fields, core)| Claim {
        id: "x".to_owned(),
        kind: Kind::ALL[kind],
        sub: String::new(),
        core,
        granularity: None,
        text: slice(span),
        span,
        bytes: None,
        fields,
    })
}

fn figures(labelled: Vec<Claim>, found: Vec<Claim>) -> truceline_score::Figures {
    let document = Document { name: "d".to_owned(), claims: labelled, ..Document::default() };
    let found = Found { doc: "d".to_owned(), text: TEXT.to_owned(), claims: found };
    score(&Gold { documents: vec![document], traps: vec![] }, &[found])
}

/// The most pairs, by trying all.
fn slowly(edges: &[Vec<usize>], taken: &mut BTreeSet<usize>) -> usize {
    let Some((first, rest)) = edges.split_first() else { return 0 };
    let mut best = slowly(rest, taken);
    for right in first {
        if taken.insert(*right) {
            best = best.max(1 + slowly(rest, taken));
            taken.remove(right);
        }
    }
    best
}

proptest! {
    #[test]
    fn a_set_against_itself_is_perfect(claims in proptest::collection::vec(one(), 0..8)) {
        // Equal spans of one kind and one thing named cannot be told apart but by order, which is the same on both sides.
        let held = figures(claims.clone(), claims.clone());
        prop_assert_eq!(held.all_claims().matched, claims.len() as u64);
        prop_assert_eq!(held.invented() + held.claims_off(), 0);
    }

    #[test]
    fn values_against_themselves_are_all_right(values in proptest::collection::vec(values(), 0..6)) {
        for field in ["killed", "when", "where"] {
            let held = hold(field, &values, &values);
            prop_assert_eq!((held.right, held.right), (held.gold, held.found));
        }
    }

    #[test]
    fn each_claim_is_taken_once(a in proptest::collection::vec(one(), 0..10), b in proptest::collection::vec(one(), 0..10)) {
        let pairs = pairs(&a, &b);
        let (left, right): (BTreeSet<usize>, BTreeSet<usize>) = pairs.iter().copied().unzip();
        prop_assert_eq!((left.len(), right.len()), (pairs.len(), pairs.len()));
        for (g, f) in pairs {
            prop_assert_eq!(a[g].kind, b[f].kind);
            prop_assert!(a[g].span.meets(b[f].span));
        }
        let held = figures(a.clone(), b.clone());
        let all = held.all_claims();
        prop_assert!(all.matched <= all.gold.min(all.found));
        prop_assert!(held.all().right <= held.all().gold.min(held.all().found));
    }

    #[test]
    fn the_most_pairs_are_the_most(edges in proptest::collection::vec(proptest::collection::btree_set(0usize..5, 0..4), 0..6)) {
        let edges: Vec<Vec<usize>> = edges.into_iter().map(|of| of.into_iter().collect()).collect();
        prop_assert_eq!(most(&edges, 5), slowly(&edges, &mut BTreeSet::new()));
    }
}

#[test]
fn the_labels_of_the_seed_articles_against_themselves() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/seeds");
    let Ok(labels) = std::fs::read_to_string(folder.join("seeds_gold.json")) else {
        eprintln!("skipped: the labels of the seed articles are not beside the repository");
        return;
    };
    let gold = gold(&labels, Limits::default()).unwrap();
    let mut texts = BTreeMap::new();
    for document in &gold.documents {
        let text = std::fs::read_to_string(folder.join(&document.name)).unwrap();
        assert!(document.fits(&text), "{}: another text than the labelled one", document.name);
        texts.insert(document.name.clone(), text);
    }
    let found: Vec<Found> = gold
        .documents
        .iter()
        .map(|d| Found { doc: d.name.clone(), text: texts[&d.name].clone(), claims: d.claims.clone() })
        .collect();
    let figures = score(&gold, &found);
    assert_eq!(figures.all_claims().matched, 106);
    assert_eq!(figures.all_claims().core, 75);
    assert_eq!(figures.all().f1().thousandths(), Some(1000));
    assert_eq!((figures.casualties.right, figures.invented()), (7, 0));
    assert_eq!((figures.sprung().part, figures.sprung().of), (0, 13), "{:?}", figures.traps);
}
