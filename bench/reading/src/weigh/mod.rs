//! What of a document's phrases and proposals is part of an event as MUC-4 labels it: weighed by signs whose weights were learned.
//!
//! The reader proposes what is said; which of it MUC-4 counts as an event of terror, and in which of several forms it writes it down,
//! is MUC-4's own and no part of the reader. That is learned here from the train part, each time anew or from a file of weights, in
//! three steps: how much a document and a sentence tell of an event, how much a candidate is one of its entities, and from which weight
//! on an entity is given. Nothing is ever learned from what is scored.

pub mod candidates;
pub mod learn;
pub mod page;
pub mod signs;
pub mod train;

use std::collections::BTreeMap;

use truceline_intake::prose::Mark;
use truceline_score::Claim;

use crate::Result;
use crate::ceaf::Entity;
use crate::flatten::Organisations;
use crate::muc::ROLES;
use candidates::{Candidates, Place, candidates};
use learn::{Weights, weigh};
use page::Page;
use signs::Weighed;

/// Entities by role.
pub type Entities = BTreeMap<&'static str, Vec<Entity>>;

/// Any role.
const ANY: &str = "any";

/// A document that was read, with what the rules find in it.
#[derive(Debug)]
pub struct Read {
    /// As the weighing sees it.
    page: Page,
    /// Found by rules.
    rules: Entities,
    /// By role.
    candidates: BTreeMap<&'static str, Candidates>,
    /// Sides of organisations that are candidates.
    sides: BTreeMap<String, String>,
}

impl Read {
    /// Of a text, its marks, its claims, and what the rules make of them.
    #[must_use]
    pub fn new(
        text: &str,
        marks: Vec<Mark>,
        claims: Vec<Claim>,
        case: &Organisations,
        rules: Entities,
    ) -> Self {
        let page = Page::new(text, marks, claims);
        let candidates = candidates(&page, case);
        let names = candidates.get("PerpOrg").into_iter().flat_map(BTreeMap::keys);
        let sides = names.filter_map(|name| Some((name.clone(), case.side(name)?.to_owned()))).collect();
        Self { page, rules, candidates, sides }
    }

    /// What the rules find.
    #[must_use]
    pub const fn rules(&self) -> &Entities {
        &self.rules
    }

    /// Words, places and signs of the candidates of a role.
    fn signs<'r>(&'r self, role: &'static str, weighed: &Weighed) -> Vec<(Candidate<'r>, Vec<String>)> {
        let Some(all) = self.candidates.get(role) else { return Vec::new() };
        let of = |(words, places): (&'r String, &'r Vec<Place>)| {
            let rule = self.rules.get(role).into_iter().flatten().any(|entity| entity.contains(words));
            let mut signs = signs::of_candidate(&self.page, words, places, weighed, rule, role == "Victim");
            let more = all.values().filter(|other| other.len() > places.len()).count();
            signs.insert(format!("more={}", more.min(4)));
            if let Some(side) = self.sides.get(words) {
                let more = |name: &String| all.get(name).is_some_and(|other| other.len() > places.len());
                let above = self.sides.iter().filter(|(name, own)| *own == side && more(name)).count();
                signs.insert(format!("side={side}"));
                signs.insert(format!("side={side}:{}", above.min(2)));
            }
            (Candidate { words, places }, signs.into_iter().collect())
        };
        all.iter().map(of).collect()
    }
}

/// One that may be an entity.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'r> {
    words: &'r str,
    places: &'r [Place],
}

/// All that was learned: weights by what they weigh, and from which weight on an entity is given.
#[derive(Clone, Debug, Default)]
pub struct Learned {
    /// Of documents (`document any`), sentences (`sentence Victim`) and candidates (`Victim`).
    weights: BTreeMap<String, Weights>,
    from: i32,
}

impl Learned {
    /// Entities of a document.
    #[must_use]
    pub fn entities(&self, read: &Read) -> Entities {
        let empty = Weights::new();
        let own = |name: &str| self.weights.get(name).unwrap_or(&empty);
        let document: Vec<String> = signs::of_document(&read.page).into_iter().collect();
        let sentences: Vec<Vec<String>> = (0..read.page.sentences.len())
            .map(|at| signs::of_sentence(&read.page, at).into_iter().collect())
            .collect();
        let mut out = BTreeMap::new();
        for role in ROLES {
            let both = |what: &str, signs: &[String]| {
                [ANY, role].map(|of| weigh(own(&format!("{what} {of}")), signs))
            };
            let weighed = Weighed {
                document: both("document", &document),
                sentences: sentences.iter().map(|signs| both("sentence", signs)).collect(),
            };
            let all: Vec<(Candidate<'_>, i32)> = read
                .signs(role, &weighed)
                .into_iter()
                .map(|(candidate, signs)| (candidate, weigh(own(role), &signs)))
                .collect();
            out.insert(role, chosen(role, &all, self.from));
        }
        out
    }

    /// As a table: what is weighed, sign, thousandths.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &std::path::Path) -> Result<()> {
        let mut rows = csv::Writer::from_path(path)?;
        rows.write_record(["of", "sign", "weight"])?;
        rows.write_record(["from", "", &self.from.to_string()])?;
        for (of, weights) in &self.weights {
            for (sign, weight) in weights {
                rows.write_record([of, sign, &weight.to_string()])?;
            }
        }
        Ok(rows.flush()?)
    }

    /// From such a table.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(path: &std::path::Path) -> Result<Self> {
        let mut out = Self::default();
        for row in csv::Reader::from_path(path)?.records() {
            let row = row?;
            let cell = |at| row.get(at).unwrap_or_default();
            let weight: i32 = cell(2).parse().map_err(|e| format!("{}: {e}", path.display()))?;
            if cell(0) == "from" {
                out.from = weight;
            } else {
                out.weights.entry(cell(0).to_owned()).or_default().insert(cell(1).to_owned(), weight);
            }
        }
        Ok(out)
    }

    /// How many weights.
    #[must_use]
    pub fn size(&self) -> usize {
        self.weights.values().map(BTreeMap::len).sum()
    }
}

/// The candidates that weigh enough, none that only stands where a heavier one does.
fn chosen(role: &str, all: &[(Candidate<'_>, i32)], from: i32) -> Vec<Entity> {
    let mut heavy: Vec<&(Candidate<'_>, i32)> = all.iter().filter(|(_, weight)| *weight >= from).collect();
    heavy.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.words.cmp(b.0.words)));
    let mut taken: Vec<Candidate<'_>> = Vec::new();
    for (own, _) in heavy {
        let over = |a: &Place, b: &Place| a.start < b.end && b.start < a.end;
        let covered =
            own.places.iter().all(|a| taken.iter().any(|other| other.places.iter().any(|b| over(a, b))));
        let parts = |a: &str, b: &str| a.split(' ').all(|part| b.split(' ').any(|own| own == part));
        let same = taken.iter().any(|other| match role {
            "Victim" => parts(own.words, other.words) || parts(other.words, own.words),
            "Weapon" => {
                other.words.strip_suffix('s') == Some(own.words)
                    || own.words.strip_suffix('s') == Some(other.words)
            }
            _ => false,
        });
        if !(covered || same) {
            taken.push(*own);
        }
    }
    taken.into_iter().map(|own| Entity::from([own.words.to_owned()])).collect()
}
