//! Who really said it: ten outlets quoting one observatory are one origin.
//!
//! Follows quotations, said or to be seen from the words, within one incident to their root: a later text that is an earlier one
//! with a few words changed rests on it, whoever signs. Never counts an outlet as a witness; a circle of quotations counts once,
//! and is shown as one.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Body, Event, Incident, Observation, ReceiptNo, SourceId, page_of};

use crate::known::order;
use crate::wording::near_copies;

/// A text is held against so many unlike earlier ones of its incident: a flood must not cost more than its length.
const UNLIKE: usize = 64;

/// On what a report rests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rests {
    /// It says that another said so.
    Quotes(SourceId),
    /// Its words are nearly those of an earlier report.
    Copies(ReceiptNo),
    /// It shows or quotes a page, picture or film that an earlier report shows, quotes or is, and says nothing that this does not.
    Shows(ReceiptNo),
    /// It gives the public page of an earlier report as its own.
    SamePage(ReceiptNo),
    /// Its source is registered as carrying that report's, and it says nothing that the report does not.
    Carries(ReceiptNo),
}

/// One step from a report to what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Derivation {
    /// The report.
    pub receipt: ReceiptNo,
    /// What it rests on.
    pub rests_on: Rests,
}

/// One independent origin of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Whose observation it is.
    pub origin: SourceId,
    /// Reports that rest on it.
    pub receipts: BTreeSet<ReceiptNo>,
    /// Sources that published it or through which it came, itself left out.
    pub outlets: BTreeSet<SourceId>,
    /// Whether its reports quote one another in a circle, so that nobody is left who saw it.
    pub circular: bool,
}

/// A source to those whose reports it carries as its own: a newspaper to its agencies.
pub type Carries = BTreeMap<SourceId, BTreeSet<SourceId>>;

/// Of reports in their order, the earlier report on which each rests, and how that is seen.
fn resting<'a>(reports: &[&'a Observation], carries: &Carries) -> Vec<Option<(&'a Observation, Rests)>> {
    let mut firsts: Vec<&Observation> = Vec::new();
    let mut pages: BTreeMap<String, &Observation> = BTreeMap::new();
    let mut shows: BTreeMap<String, &Observation> = BTreeMap::new();
    let mut said: BTreeMap<&SourceId, Vec<&Observation>> = BTreeMap::new();
    let mut found = Vec::with_capacity(reports.len());
    for report in reports {
        let copied = report.wording.as_ref().and_then(|words| {
            firsts.iter().find(|first| first.wording.as_ref().is_some_and(|w| near_copies(w, words))).copied()
        });
        if copied.is_none() && report.wording.is_some() && firsts.len() < UNLIKE {
            firsts.push(report);
        }
        let own = report.source == report.origin;
        let page = report.address.as_deref().filter(|_| own).and_then(page_of);
        let same_page =
            page.as_ref().and_then(|page| pages.get(page).copied()).filter(|o| o.source != report.source);
        let shown = report
            .media
            .iter()
            .filter_map(|page| shows.get(page).copied())
            .find(|earlier| earlier.source != report.source && own && says_nothing_else(report, earlier));
        let carried = carries.get(&report.source).filter(|_| own).and_then(|from| {
            let earlier = from.iter().filter_map(|source| said.get(source)).flatten();
            earlier.copied().find(|earlier| says_nothing_else(report, earlier))
        });
        let told = said.entry(&report.origin).or_default();
        if told.len() < UNLIKE {
            told.push(report);
        }
        for given in report.media.iter().cloned().chain(page.clone()) {
            shows.entry(given).or_insert(report);
        }
        if let Some(page) = page {
            pages.entry(page).or_insert(report);
        }
        found.push(
            copied
                .map(|first| (first, Rests::Copies(first.receipt)))
                .or_else(|| same_page.map(|first| (first, Rests::SamePage(first.receipt))))
                .or_else(|| shown.map(|first| (first, Rests::Shows(first.receipt))))
                .or_else(|| carried.map(|first| (first, Rests::Carries(first.receipt)))),
        );
    }
    found
}

/// Whether a report says of an event only what another says: nobody else is named, no other figure, no other act.
fn says_nothing_else(report: &Observation, of: &Observation) -> bool {
    let (Body::Event(mine), Body::Event(theirs)) = (&report.body, &of.body) else { return false };
    let figures = |e: &Event| [e.casualties.killed, e.casualties.wounded];
    mine.acts.is_subset(&theirs.acts)
        && mine.actors.is_subset(&theirs.actors)
        && figures(mine).into_iter().zip(figures(theirs)).all(|(a, b)| a.is_none() || a == b)
}

/// Who rests on whom: of every report its source and whose it is; of one that rests on another origin's, that origin instead of itself.
fn voices<'a>(reports: &[&'a Observation], carries: &Carries) -> Vec<(&'a SourceId, &'a SourceId)> {
    let mut all = Vec::with_capacity(reports.len());
    for (report, rests) in reports.iter().zip(resting(reports, carries)) {
        match rests.filter(|(first, _)| first.origin != report.origin) {
            Some((first, _)) => {
                all.push((&report.origin, &first.origin));
                if report.source != report.origin {
                    all.push((&report.source, &report.origin));
                }
            }
            None => all.push((&report.source, &report.origin)),
        }
    }
    all
}

/// The origin at the root of each one that speaks in these reports of one incident.
pub(crate) fn roots_of(mut reports: Vec<&Observation>, carries: &Carries) -> BTreeMap<SourceId, SourceId> {
    reports.sort_by(|a, b| order(a, b));
    roots(voices(&reports, carries))
}

/// On what the reports of an incident rest, step by step: who quotes whom, and whose words are nearly another's. `observations` need
/// hold at least its reports.
#[must_use]
pub fn derivations(incident: &Incident, observations: &[Observation], carries: &Carries) -> Vec<Derivation> {
    let mine = reports_of(incident, observations);
    let mut all = Vec::new();
    for (report, rests) in mine.iter().zip(resting(&mine, carries)) {
        let step = |rests_on| Derivation { receipt: report.receipt, rests_on };
        all.extend((report.source != report.origin).then(|| step(Rests::Quotes(report.origin.clone()))));
        all.extend(rests.map(|(_, rests)| step(rests)));
    }
    all
}

/// An incident's reports in their order.
fn reports_of<'a>(incident: &Incident, observations: &'a [Observation]) -> Vec<&'a Observation> {
    let receipts: BTreeSet<ReceiptNo> = incident.receipts().collect();
    let mut mine: Vec<&Observation> = observations.iter().filter(|o| receipts.contains(&o.receipt)).collect();
    mine.sort_by(|a, b| order(a, b));
    mine
}

/// Circles among an incident's reports: who quotes whom until the first is quoted, each beginning with the name that counts.
#[must_use]
pub fn circles(incident: &Incident, observations: &[Observation], carries: &Carries) -> Vec<Vec<SourceId>> {
    let mine = reports_of(incident, observations);
    let voices = voices(&mine, carries);
    let quotes = quotes_of(voices);
    let mut all: BTreeSet<Vec<SourceId>> = BTreeSet::new();
    for start in quotes.keys() {
        let mut path: Vec<&SourceId> = vec![*start];
        while let Some(next) = path.last().and_then(|at| only_quoted(&quotes, at)) {
            if let Some(from) = path.iter().position(|seen| *seen == next) {
                let ring = path.get(from..).unwrap_or_default();
                let first = ring.iter().enumerate().min_by_key(|(_, name)| **name).map_or(0, |(at, _)| at);
                all.insert(ring.iter().cycle().skip(first).take(ring.len()).map(|s| (*s).clone()).collect());
                break;
            }
            path.push(next);
        }
    }
    all.into_iter().collect()
}

type Quotes<'a> = BTreeMap<&'a SourceId, BTreeSet<&'a SourceId>>;

fn quotes_of<'a>(voices: impl IntoIterator<Item = (&'a SourceId, &'a SourceId)>) -> Quotes<'a> {
    let mut quotes: Quotes<'a> = BTreeMap::new();
    for (source, origin) in voices {
        quotes.entry(source).or_default().insert(origin);
        quotes.entry(origin).or_default();
    }
    quotes
}

/// The other for whom a source stands here; two different quotations, or its own word: then it stands for itself.
fn only_quoted<'a>(quotes: &Quotes<'a>, source: &SourceId) -> Option<&'a SourceId> {
    match quotes.get(source)?.iter().collect::<Vec<_>>().as_slice() {
        [only] if **only != source => Some(**only),
        _ => None,
    }
}

/// The origin at the root of each quoted one: when all that a source says here is another's, that other stands for it.
/// A circle stands under its first name.
fn roots<'a>(voices: impl IntoIterator<Item = (&'a SourceId, &'a SourceId)>) -> BTreeMap<SourceId, SourceId> {
    let quotes = quotes_of(voices);
    let mut found = BTreeMap::new();
    for source in quotes.keys() {
        let mut path = vec![*source];
        let mut at = *source;
        let root = loop {
            match only_quoted(&quotes, at) {
                None => break at,
                Some(next) => {
                    if let Some(start) = path.iter().position(|seen| *seen == next) {
                        break path.iter().skip(start).min().copied().unwrap_or(next);
                    }
                    path.push(next);
                    at = next;
                }
            }
        };
        found.insert((*source).clone(), root.clone());
    }
    found
}

/// Independent origins of an incident, by name. `observations` need hold at least its reports.
#[must_use]
pub fn origins(incident: &Incident, observations: &[Observation], carries: &Carries) -> Vec<Origin> {
    let mine = reports_of(incident, observations);
    let roots = roots_of(mine.clone(), carries);
    let mut all: BTreeMap<SourceId, Origin> = BTreeMap::new();
    for report in &mine {
        let root = roots.get(&report.origin).unwrap_or(&report.origin);
        let entry = all.entry(root.clone()).or_insert_with(|| Origin {
            origin: root.clone(),
            receipts: BTreeSet::new(),
            outlets: BTreeSet::new(),
            circular: true,
        });
        entry.receipts.insert(report.receipt);
        entry.outlets.extend(
            [&report.source, &report.origin]
                .into_iter()
                .chain(&report.through)
                .filter(|s| *s != root)
                .cloned(),
        );
        // Somebody outside the incident's own sources, or the root itself, speaks at first hand.
        let first_hand =
            report.origin == *root && (report.source == *root || !mine.iter().any(|o| o.source == *root));
        entry.circular &= !first_hand;
    }
    all.into_values().collect()
}
