//! Learning from labelled documents: each weight that another step uses comes from documents that it was not learned from, so that no
//! step trusts what an earlier one only remembers.

use std::collections::BTreeMap;

use truceline_score::right::Held;

use super::learn::{Line, Table};
use super::signs::{self, Weighed};
use super::{ANY, Candidate, Entities, Learned, Read, chosen};
use crate::ceaf;
use crate::muc::ROLES;

/// Parts, each weighed by what was learned from the others.
const PARTS: usize = 5;
/// Fewest documents or sentences that a sign stands in, and fewest candidates.
const SEEN: (usize, usize) = (4, 3);
/// Weights that are tried as the least of an entity: hundreds of thousandths.
const LEAST: std::ops::Range<i32> = -40..30;

/// Candidates of one role with what each weighs, document by document.
type Weighted<'r> = Vec<Vec<(Candidate<'r>, i32)>>;

/// A document with its labels.
#[derive(Debug)]
pub struct Labelled {
    /// What was read.
    pub read: Read,
    /// What is labelled.
    pub gold: Entities,
    /// Whether any event is.
    pub event: bool,
}

/// Rows of a table with the document that each belongs to.
struct Rows {
    table: Table,
    document: Vec<usize>,
}

impl Rows {
    /// Of documents but those of a part; of all without one.
    fn but(&self, part: Option<usize>) -> Vec<usize> {
        let own = self.document.iter().enumerate();
        own.filter(|(_, document)| part != Some(*document % PARTS)).map(|(row, _)| row).collect()
    }

    /// Each row weighed by what the other parts teach, and what all teach.
    fn crossed(&self, yes: &[bool]) -> (Vec<i32>, Line) {
        let lines: Vec<Line> = (0..PARTS).map(|part| self.table.learn(&self.but(Some(part)), yes)).collect();
        let weigh = |(row, document): (usize, &usize)| {
            lines.get(document % PARTS).map_or(0, |line| self.table.weigh(line, row))
        };
        let weights = self.document.iter().enumerate().map(weigh).collect();
        (weights, self.table.learn(&self.but(None), yes))
    }
}

/// Learns.
#[must_use]
pub fn learn(all: &[&Labelled]) -> Learned {
    let mut out = Learned::default();
    let weighed = whole(all, &mut out);
    let mut roles = Vec::new();
    for role in ROLES {
        let own = weighed.get(role).map_or(&[][..], Vec::as_slice);
        let (mut signs, mut yes, mut document, mut found) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (number, (labelled, weighed)) in all.iter().zip(own).enumerate() {
            let gold = labelled.gold.get(role);
            for (candidate, own) in labelled.read.signs(role, weighed) {
                yes.push(gold.into_iter().flatten().any(|entity| entity.contains(candidate.words)));
                signs.push(own);
                document.push(number);
                found.push(candidate);
            }
        }
        let rows = Rows { table: Table::of(signs, SEEN.1), document };
        let (weights, line) = rows.crossed(&yes);
        out.weights.insert(role.to_owned(), rows.table.named(&line));
        let mut by: Weighted<'_> = vec![Vec::new(); all.len()];
        for ((candidate, weight), document) in found.into_iter().zip(weights).zip(&rows.document) {
            if let Some(own) = by.get_mut(*document) {
                own.push((candidate, weight));
            }
        }
        roles.push((role, by));
    }
    out.from = least(all, &roles);
    out
}

/// How much documents and sentences tell, of any role and of each; puts the weights down, and gives what is told of each document by
/// the others.
fn whole(all: &[&Labelled], out: &mut Learned) -> BTreeMap<&'static str, Vec<Weighed>> {
    let list = |signs: signs::Signs| signs.into_iter().collect::<Vec<String>>();
    let documents = Rows {
        table: Table::of(all.iter().map(|own| list(signs::of_document(&own.read.page))), SEEN.0),
        document: (0..all.len()).collect(),
    };
    let places: Vec<(usize, usize)> = all
        .iter()
        .enumerate()
        .flat_map(|(number, own)| (0..own.read.page.sentences.len()).map(move |at| (number, at)))
        .collect();
    let of = |(number, at): &(usize, usize)| {
        all.get(*number).map_or_else(Vec::new, |own| list(signs::of_sentence(&own.read.page, *at)))
    };
    let sentences = Rows {
        table: Table::of(places.iter().map(of), SEEN.0),
        document: places.iter().map(|(number, _)| *number).collect(),
    };
    let mut told: BTreeMap<&'static str, (Vec<i32>, Vec<i32>)> = BTreeMap::new();
    for what in std::iter::once(ANY).chain(ROLES) {
        let yes: Vec<bool> =
            all.iter()
                .map(|own| {
                    if what == ANY { own.event } else { own.gold.get(what).is_some_and(|of| !of.is_empty()) }
                })
                .collect();
        let (document, line) = documents.crossed(&yes);
        out.weights.insert(format!("document {what}"), documents.table.named(&line));
        let yes: Vec<bool> = places
            .iter()
            .map(|(number, at)| all.get(*number).is_some_and(|own| own.tells(what, *at)))
            .collect();
        let (sentence, line) = sentences.crossed(&yes);
        out.weights.insert(format!("sentence {what}"), sentences.table.named(&line));
        told.insert(what, (document, sentence));
    }
    ROLES.into_iter().map(|role| (role, together(&told, role, all.len(), &places))).collect()
}

fn together(
    told: &BTreeMap<&'static str, (Vec<i32>, Vec<i32>)>,
    role: &str,
    documents: usize,
    places: &[(usize, usize)],
) -> Vec<Weighed> {
    let of = |what: &str, row: usize, sentence: bool| {
        let own = told.get(what).map(|(documents, sentences)| if sentence { sentences } else { documents });
        own.and_then(|all| all.get(row)).copied().unwrap_or(0)
    };
    let both = |row: usize, sentence: bool| [ANY, role].map(|what| of(what, row, sentence));
    let mut out: Vec<Weighed> =
        (0..documents).map(|row| Weighed { document: both(row, false), sentences: Vec::new() }).collect();
    for (row, (document, _)) in places.iter().enumerate() {
        if let Some(own) = out.get_mut(*document) {
            own.sentences.push(both(row, true));
        }
    }
    out
}

impl Labelled {
    /// Whether a sentence has the words of a labelled entity.
    fn tells(&self, what: &str, at: usize) -> bool {
        let Some(sentence) = self.read.page.sentences.get(at) else { return false };
        let words = sentence.words.iter().map(|word| word.text.as_str());
        let words: Vec<&str> = words.filter(|word| !["a", "an", "the"].contains(word)).collect();
        let text = format!(" {} ", words.join(" "));
        let own = self.gold.iter().filter(|(role, _)| what == ANY || **role == what);
        own.flat_map(|(_, all)| all).flatten().any(|mention| text.contains(&format!(" {mention} ")))
    }
}

/// The least weight of an entity, one for all roles: where one more that is found is right as often as it must be to pay.
fn least(all: &[&Labelled], roles: &[(&'static str, Weighted<'_>)]) -> i32 {
    let tried = LEAST.map(|step| {
        let from = step * 100;
        let mut sum = Held::default();
        for (role, by) in roles {
            for (own, found) in all.iter().zip(by) {
                let gold = own.gold.get(role).map_or(&[][..], Vec::as_slice);
                sum.add(ceaf::hold(gold, &chosen(role, found, from)));
            }
        }
        (sum.f1().thousandths(), -from.abs(), from)
    });
    tried.max().map_or(0, |(_, _, from)| from)
}
