//! What signs of a sentence weigh that may say something of a deal although no rule reads it: learned from the sets that may be read, and
//! measured on texts that the weights have not seen.
//!
//! Rules know those texts, so that they leave little; the same texts are therefore read with a third of the tables' verbs left out,
//! each third once, as a text of elsewhere would be read. Nothing is learned from a frozen half or from other people's terms.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use serde_json::json;
use truceline_intake::prose::MayBe;
use truceline_score::figures::Found;
use truceline_score::{Claim, Figures, Gold, Kind, pair, right, score, show};

use crate::Result;
use crate::labelled::{READABLE, set};
use crate::options::Options;
use crate::report::Report;
use crate::split;
use crate::weigh::learn::{ALWAYS, Line, Table};

/// Parts, each weighed by what was learned of the others.
const PARTS: u64 = 5;
/// Fewest texts' sentences that a sign stands in.
const SEEN: usize = 6;
/// Tables as they are, and without each third of their verbs.
const READ: [Option<u64>; 7] = [None, Some(0), Some(1), Some(2), Some(3), Some(4), Some(5)];
/// Languages with tables.
const LANGUAGES: [&str; 4] = ["ar", "en", "ru", "uk"];

/// A text as it was read.
struct Page {
    set: &'static str,
    thin: Option<u64>,
    name: String,
    text: String,
    language: String,
    told: Vec<Claim>,
    /// What one of `open` must outweigh.
    least: i32,
    open: Vec<(Claim, Vec<String>)>,
    gold: Vec<Claim>,
}

impl Page {
    /// Which part it belongs to; however it was read, the same.
    fn part(&self) -> u64 {
        split::hash(&self.name) % PARTS
    }

    /// Of what may be said, what is labelled and was not told.
    fn right(&self) -> Vec<bool> {
        let told: BTreeSet<usize> =
            pair::pairs(&self.gold, &self.told).into_iter().map(|(gold, _)| gold).collect();
        let missed: Vec<&Claim> = self
            .gold
            .iter()
            .enumerate()
            .filter(|(at, _)| !told.contains(at))
            .map(|(_, claim)| claim)
            .collect();
        self.open.iter().map(|(open, _)| missed.iter().any(|gold| pair::can(gold, open))).collect()
    }
}

/// What was read, as examples to learn from, with what each weighs by weights learned of other texts.
struct Examples {
    pages: Vec<Page>,
    table: Table,
    yes: Vec<bool>,
    /// Which page each row of the table is of.
    at: Vec<usize>,
}

impl Examples {
    fn of(pages: Vec<Page>) -> Self {
        let (mut signs, mut yes, mut at) = (Vec::new(), Vec::new(), Vec::new());
        for (number, page) in pages.iter().enumerate() {
            for ((_, own), right) in page.open.iter().zip(page.right()) {
                let of = own.iter().map(|sign| format!("{}:{sign}", page.language));
                signs.push(own.iter().cloned().chain(of).collect::<Vec<_>>());
                yes.push(right);
                at.push(number);
            }
        }
        Self { pages, table: Table::of(signs, SEEN), yes, at }
    }

    /// Learned of all texts but those of a part; of all without one.
    fn line(&self, but: Option<u64>) -> Line {
        let own =
            self.at.iter().enumerate().filter(|(_, page)| self.pages.get(**page).map(Page::part) != but);
        self.table.learn(&own.map(|(row, _)| row).collect::<Vec<_>>(), &self.yes)
    }

    /// What is open in each page, weighed by what the other parts teach.
    fn weighed(&self) -> BTreeMap<usize, Vec<i32>> {
        let lines: Vec<Line> = (0..PARTS).map(|part| self.line(Some(part))).collect();
        let mut weights: BTreeMap<usize, Vec<i32>> = BTreeMap::new();
        for (row, number) in self.at.iter().enumerate() {
            let line = self.pages.get(*number).and_then(|page| lines.get(usize::try_from(page.part()).ok()?));
            weights.entry(*number).or_default().push(line.map_or(0, |line| self.table.weigh(line, row)));
        }
        weights
    }
}

/// Learns, measures on texts not learned from, and writes the weights where asked.
///
/// # Errors
/// When labels, texts or tables cannot be read, or the weights cannot be written.
pub fn measure(options: &Options) -> Result<Report> {
    let examples = Examples::of(read(options)?);
    let (pages, weights) = (&examples.pages, examples.weighed());
    let mut text = format!(
        "{} texts read {} times, {} sentences' parts that no rule tells, {} of them labelled\n\n",
        pages.len() / READ.len(),
        READ.len(),
        examples.yes.len(),
        examples.yes.iter().filter(|yes| **yes).count()
    );
    text += "| set, tables | open ones | agreements: core found | claim precision | values F1 | values F1 of all |\n|---|---|---|---|---|---|\n";
    for name in READABLE {
        for (label, least, most) in [("whole", 9, 9), ("without a third", 0, 2), ("with a third", 3, 5)] {
            for (kept, beyond) in [("none", i32::MAX), ("enough", 0), ("all", i32::MIN)] {
                let own = |page: &&Page| page.set == name && (least..=most).contains(&page.thin.unwrap_or(9));
                let (claims, held, all) = sums(pages, &weights, beyond, own);
                let _ = writeln!(
                    text,
                    "| {name}, {label} | {kept} | {} of {} | {} | {} | {} |",
                    claims.matched_core,
                    claims.core,
                    show::shown(claims.precision()),
                    show::shown(held.f1()),
                    show::shown(all.f1()),
                );
            }
        }
    }
    let named = examples.table.named(&examples.line(None));
    if let Some(folder) = &options.learn {
        LANGUAGES.iter().try_for_each(|language| write(folder, language, &named))?;
    }
    Ok(Report::Done { text, json: json!({ "signs": named.len() }) })
}

fn sums(
    pages: &[Page],
    weights: &BTreeMap<usize, Vec<i32>>,
    beyond: i32,
    own: impl Fn(&&Page) -> bool,
) -> (truceline_score::figures::Claims, right::Held, right::Held) {
    let (mut gold, mut found) = (Gold::default(), Vec::new());
    for (number, page) in pages.iter().enumerate().filter(|(_, page)| own(page)) {
        let name = format!("{} {:?}", page.name, page.thin);
        let least = if beyond == 0 { page.least } else { 0 };
        let kept = page.open.iter().zip(weights.get(&number).into_iter().flatten());
        let kept = kept
            .filter(|(_, weight)| **weight > beyond.saturating_add(least))
            .map(|((claim, _), _)| claim.clone());
        found.push(Found {
            doc: name.clone(),
            text: page.text.clone(),
            claims: page.told.iter().cloned().chain(kept).collect(),
        });
        gold.documents.push(truceline_score::Document {
            name,
            claims: page.gold.clone(),
            ..Default::default()
        });
    }
    let figures: Figures = score(&gold, &found);
    let claims = figures.claims.get(&Kind::Agreement).copied().unwrap_or_default();
    (claims, figures.of_kind(Kind::Agreement), figures.all())
}

fn read(options: &Options) -> Result<Vec<Page>> {
    let mut pages = Vec::new();
    for thin in READ {
        let options = Options { thin, ..options.clone() };
        for name in READABLE {
            let Some((gold, reader)) = set(&options, name)? else { continue };
            for document in gold.documents {
                let text = document.text.unwrap_or_default();
                let (date, country) = (document.reference_date.as_deref(), document.country.as_deref());
                let (told, open): (_, Vec<MayBe>) = reader.may_be(&document.name, &text, date, country);
                let told = reader.claims_of(&document.name, &text, told)?;
                let proposals = open.iter().map(|one| one.proposal.clone()).collect();
                let claims = reader.claims_of(&document.name, &text, proposals)?;
                let least = open.first().map_or(0, |one| one.least);
                let open = claims.into_iter().zip(open.into_iter().map(|one| one.signs)).collect();
                pages.push(Page {
                    set: name,
                    least,
                    thin,
                    name: document.name,
                    language: document.language.clone().unwrap_or_else(|| "en".to_owned()),
                    text,
                    told,
                    open,
                    gold: document.claims,
                });
            }
        }
    }
    Ok(pages)
}

/// Weights of one language: those of all, and its own, put together.
fn write(folder: &Path, language: &str, named: &BTreeMap<String, i32>) -> Result<()> {
    let mut own: BTreeMap<&str, i32> = BTreeMap::new();
    for (sign, weight) in named {
        let sign = match sign.split_once(':') {
            Some((of, rest)) if LANGUAGES.contains(&of) => {
                if of != language {
                    continue;
                }
                rest
            }
            _ => sign,
        };
        *own.entry(sign).or_default() += weight;
    }
    debug_assert!(own.contains_key(ALWAYS));
    let mut table = "sign,weight\n".to_owned();
    for (sign, weight) in own.into_iter().filter(|(_, weight)| *weight != 0) {
        let _ = writeln!(table, "{sign},{weight}");
    }
    let path = folder.join(language).join("weights.csv");
    std::fs::write(&path, table).map_err(|e| format!("could not write {}: {e}", path.display()).into())
}
