//! Which found claim stands for which labelled one.
//!
//! A pair is possible when both are of one kind and their spans have an intersection over union of at least one half, or when the span
//! of one holds what the other names: its `what`, of a statement its `cue`, where that has its evidence within the claim. Of the
//! possible pairs the one with the highest intersection over union is taken first; among equals one whose named things meet, then one of
//! the same `sub`, then by the order of the labels and of the findings. Each claim is taken once. Nothing else about a claim counts:
//! a claim with every value wrong is still the claim that was found.

use std::cmp::Reverse;

use crate::claim::{Claim, Value};

/// Pairs of indices: labelled, found; ordered by the first.
#[must_use]
pub fn pairs(gold: &[Claim], found: &[Claim]) -> Vec<(usize, usize)> {
    let mut possible = Vec::new();
    for (g, labelled) in gold.iter().enumerate() {
        for (f, claim) in found.iter().enumerate() {
            if can(labelled, claim) {
                let iou = labelled.span.iou(claim.span);
                let meet = anchors(labelled).any(|a| anchors(claim).any(|b| a.span.meets(b.span)));
                possible.push((Reverse(iou), !meet, labelled.sub != claim.sub, g, f));
            }
        }
    }
    possible.sort_unstable();
    let (mut taken, mut used) = (vec![false; gold.len()], vec![false; found.len()]);
    let mut pairs = Vec::new();
    for (_, _, _, g, f) in possible {
        let (Some(taken), Some(used)) = (taken.get_mut(g), used.get_mut(f)) else { continue };
        if !*taken && !*used {
            (*taken, *used) = (true, true);
            pairs.push((g, f));
        }
    }
    pairs.sort_unstable();
    pairs
}

/// Whether one may stand for the other.
#[must_use]
pub fn can(labelled: &Claim, found: &Claim) -> bool {
    labelled.kind == found.kind
        && (labelled.span.like(found.span)
            || anchors(labelled).any(|anchor| found.span.holds(anchor.span))
            || anchors(found).any(|anchor| labelled.span.holds(anchor.span)))
}

fn anchors(claim: &Claim) -> impl Iterator<Item = &Value> {
    claim.field(claim.kind.anchor()).iter().filter(|value| !value.outside && claim.span.holds(value.span))
}
