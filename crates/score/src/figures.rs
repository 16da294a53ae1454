//! The figures: claims and values counted, never weighed; shares in thousandths.
//!
//! Everything is end to end: the values of a label that was not found are missed, those of a finding that no label asks for are wrong.
//! Only labels that matter were made for statements, so their precision is counted and shown apart, and values are summed with and
//! without them.

use std::collections::BTreeMap;

use crate::claim::{Claim, Kind};
use crate::gold::Gold;
use crate::pair::pairs;
use crate::right::{self, Held};
use crate::trap::{Read, Rule, Verdict};
use crate::verify::{self, Off};

/// A part of a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// The part.
    pub part: u64,
    /// The whole.
    pub of: u64,
}

impl Share {
    /// In thousandths, rounded to the nearest; none of nothing.
    #[must_use]
    pub fn thousandths(self) -> Option<u64> {
        let doubled = u128::from(self.part).saturating_mul(2000);
        let share = doubled.checked_div(u128::from(self.of))?;
        Some(u64::try_from(share.div_ceil(2)).unwrap_or(u64::MAX))
    }
}

/// Claims of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// Labelled.
    pub gold: u64,
    /// Labelled as what a reader must find.
    pub core: u64,
    /// Found.
    pub found: u64,
    /// Found and labelled.
    pub matched: u64,
    /// Of those, labelled core.
    pub matched_core: u64,
    /// Of the matched, those with the labelled `sub`.
    pub same_sub: u64,
}

impl Claims {
    /// Of what was found, what is labelled.
    #[must_use]
    pub const fn precision(&self) -> Share {
        Share { part: self.matched, of: self.found }
    }

    /// Of what is labelled, what was found.
    #[must_use]
    pub const fn recall(&self) -> Share {
        Share { part: self.matched, of: self.gold }
    }

    /// Of what is labelled core, what was found.
    #[must_use]
    pub const fn core_recall(&self) -> Share {
        Share { part: self.matched_core, of: self.core }
    }

    fn add(&mut self, other: &Self) {
        self.gold = self.gold.saturating_add(other.gold);
        self.core = self.core.saturating_add(other.core);
        self.found = self.found.saturating_add(other.found);
        self.matched = self.matched.saturating_add(other.matched);
        self.matched_core = self.matched_core.saturating_add(other.matched_core);
        self.same_sub = self.same_sub.saturating_add(other.same_sub);
    }
}

impl Held {
    /// Of what was found, what is right.
    #[must_use]
    pub const fn precision(&self) -> Share {
        Share { part: self.right, of: self.found }
    }

    /// Of what is labelled, what was found right.
    #[must_use]
    pub const fn recall(&self) -> Share {
        Share { part: self.right, of: self.gold }
    }

    /// Their harmonic mean.
    #[must_use]
    pub const fn f1(&self) -> Share {
        Share { part: self.right.saturating_mul(2), of: self.gold.saturating_add(self.found) }
    }
}

/// One thing that went wrong, by id; never the words, which may not be shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Miss {
    /// The document.
    pub doc: String,
    /// The claim: a labelled one, or a found one where `field` begins with `found`.
    pub claim: String,
    /// What of it: `missed`, `found`, or the name of a field.
    pub field: String,
}

/// What a reader did on a labelled set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Documents read.
    pub documents: u64,
    /// Claims, by kind.
    pub claims: BTreeMap<Kind, Claims>,
    /// Values, by kind and field.
    pub fields: BTreeMap<(Kind, String), Held>,
    /// Figures of killed and wounded.
    pub casualties: Held,
    /// Values and claims that are not in the text where they say: the document, and what.
    pub off: Vec<(String, Off)>,
    /// What became of each trap.
    pub traps: Vec<(Rule, String, Verdict)>,
    /// What was missed and found too much.
    pub misses: Vec<Miss>,
}

impl Figures {
    /// Claims of every kind together.
    #[must_use]
    pub fn all_claims(&self) -> Claims {
        let mut all = Claims::default();
        self.claims.values().for_each(|claims| all.add(claims));
        all
    }

    /// Values of one kind over all fields.
    #[must_use]
    pub fn of_kind(&self, kind: Kind) -> Held {
        self.sum(|of| of == kind)
    }

    /// Values of all kinds over all fields.
    #[must_use]
    pub fn all(&self) -> Held {
        self.sum(|_| true)
    }

    /// Values of all kinds but statements.
    #[must_use]
    pub fn without_statements(&self) -> Held {
        self.sum(|kind| kind != Kind::Statement)
    }

    fn sum(&self, wanted: impl Fn(Kind) -> bool) -> Held {
        let mut all = Held::default();
        self.fields.iter().filter(|((kind, _), _)| wanted(*kind)).for_each(|(_, held)| all.add(*held));
        all
    }

    /// Invented values.
    #[must_use]
    pub fn invented(&self) -> u64 {
        count(self.off.iter().filter(|(_, off)| off.field.is_some()).count())
    }

    /// Claims whose own span is not in the text.
    #[must_use]
    pub fn claims_off(&self) -> u64 {
        count(self.off.iter().filter(|(_, off)| off.field.is_none()).count())
    }

    /// Traps sprung, of those tried.
    #[must_use]
    pub fn sprung(&self) -> Share {
        let tried = self.traps.iter().filter(|(_, _, verdict)| *verdict != Verdict::NotTried);
        let sprung = self.traps.iter().filter(|(_, _, verdict)| matches!(verdict, Verdict::Sprung(_)));
        Share { part: count(sprung.count()), of: count(tried.count()) }
    }

    fn document(&mut self, read: Read<'_>) {
        self.documents = self.documents.saturating_add(1);
        let (gold, found) = (&read.gold.claims, read.found);
        for claim in gold {
            let own = self.claims.entry(claim.kind).or_default();
            own.gold = own.gold.saturating_add(1);
            own.core = own.core.saturating_add(u64::from(claim.core));
        }
        for claim in found {
            let own = self.claims.entry(claim.kind).or_default();
            own.found = own.found.saturating_add(1);
        }
        let doc = &read.gold.name;
        let (mut of_gold, mut of_found) = (vec![None; gold.len()], vec![false; found.len()]);
        for &(g, f) in read.pairs {
            if let (Some(slot), Some(used)) = (of_gold.get_mut(g), of_found.get_mut(f)) {
                (*slot, *used) = (found.get(f), true);
            }
        }
        for (claim, match_of) in gold.iter().zip(of_gold) {
            self.claim(doc, claim, match_of);
        }
        for (claim, _) in found.iter().zip(of_found).filter(|(_, used)| !used) {
            self.misses.push(Miss { doc: doc.clone(), claim: claim.id.clone(), field: "found".to_owned() });
            for (field, values) in &claim.fields {
                self.add(claim.kind, field, right::hold(field, &[], values));
            }
        }
        self.off.extend(verify::off(found, read.text).into_iter().map(|off| (doc.clone(), off)));
    }

    fn claim(&mut self, doc: &str, gold: &Claim, found: Option<&Claim>) {
        let miss =
            |field: &str| Miss { doc: doc.to_owned(), claim: gold.id.clone(), field: field.to_owned() };
        match found {
            None => self.misses.push(miss("missed")),
            Some(found) => {
                let own = self.claims.entry(gold.kind).or_default();
                own.matched = own.matched.saturating_add(1);
                own.matched_core = own.matched_core.saturating_add(u64::from(gold.core));
                own.same_sub = own.same_sub.saturating_add(u64::from(gold.sub == found.sub));
            }
        }
        let names = gold.fields.keys().chain(found.iter().flat_map(|found| found.fields.keys()));
        let names: std::collections::BTreeSet<&String> = names.collect();
        for field in names {
            let held = right::hold(field, gold.field(field), found.map_or(&[], |found| found.field(field)));
            if found.is_some() && (held.right < held.gold || held.right < held.found) {
                self.misses.push(miss(field));
            }
            self.add(gold.kind, field, held);
        }
    }

    fn add(&mut self, kind: Kind, field: &str, held: Held) {
        self.fields.entry((kind, field.to_owned())).or_default().add(held);
        if right::CASUALTIES.contains(&field) {
            self.casualties.add(held);
        }
    }
}

/// One document that was read: its name, its text, and what was found in it.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its name.
    pub doc: String,
    /// Its text.
    pub text: String,
    /// What was found.
    pub claims: Vec<Claim>,
}

/// Holds what was found against labels. Labelled documents that were not read count nowhere.
#[must_use]
pub fn score(gold: &Gold, found: &[Found]) -> Figures {
    let by_name: BTreeMap<&str, &Found> = found.iter().map(|found| (found.doc.as_str(), found)).collect();
    let mut figures = Figures::default();
    let mut paired = Vec::new();
    for document in &gold.documents {
        if let Some(found) = by_name.get(document.name.as_str()) {
            paired.push((document, *found, pairs(&document.claims, &found.claims)));
        }
    }
    let read: Vec<Read<'_>> = paired
        .iter()
        .map(|(gold, found, pairs)| Read { gold, text: &found.text, found: &found.claims, pairs })
        .collect();
    read.iter().for_each(|read| figures.document(*read));
    for trap in &gold.traps {
        figures.traps.push((trap.rule, trap.doc.clone(), trap.check(&read)));
    }
    figures
}

fn count(of: usize) -> u64 {
    u64::try_from(of).unwrap_or(u64::MAX)
}
