//! The shipped mission, read from its folder by the shipped mappings, and its reports moved in time.
//!
//! The rows are real; their repetition is not. A copy lies a whole number of 300 days later, further than the shipped
//! reports reach, so each copy keeps the crowd of every day as it was and meets no other copy.

use std::collections::BTreeSet;
use std::path::PathBuf;

use truceline_casework::{Context, Rules};
use truceline_intake::{Mapping, Piece, Reader, Splitter, mapping, mission};
use truceline_model::{
    Actors, Alternatives, Areas, Body, Incident, Instant, Interval, Observation, ReceiptNo, Sources, Zone,
};
use truceline_terms::Terms;

use crate::Result;
use crate::figure::Cpu;
use crate::program::root;

const SHIFT_SECONDS: i64 = 300 * 86_400;

const REPORTS: [(&str, &str); 7] = [
    ("agreement-facts", "truceline"),
    ("articles", "truceline"),
    ("anchors", "truceline"),
    ("airwars", "airwars"),
    ("syrian-archive", "truceline"),
    ("vdc", "vdc"),
    ("tallies", "truceline"),
];

/// The mission, and the bytes of its reports with their mappings.
pub(crate) struct Mission {
    pub(crate) terms: Terms,
    pub(crate) actors: Actors,
    pub(crate) areas: Areas,
    zone: Zone,
    sources: Sources,
    rules: Rules,
    reports: Vec<(Mapping, Vec<u8>)>,
}

impl Mission {
    /// Reads the folder.
    pub(crate) fn read() -> Result<Self> {
        let folder = root().join("agreements/syria-2016");
        let bytes = |path: PathBuf| {
            std::fs::read(&path).map_err(|e| format!("could not read {}: {e}", path.display()))
        };
        let text = |path: PathBuf| {
            std::fs::read_to_string(&path).map_err(|e| format!("could not read {}: {e}", path.display()))
        };
        let zone = Zone::named("Asia/Damascus").map_err(|e| e.say)?;
        let actors = mission::actors(&bytes(folder.join("actors.csv"))?, &zone).map_err(|_| "actors.csv")?;
        let areas =
            mission::areas(&bytes(folder.join("areas.geojson"))?, &zone).map_err(|_| "areas.geojson")?;
        let sources =
            mission::sources(&bytes(folder.join("sources.csv"))?, &actors).map_err(|_| "sources.csv")?;
        let terms = truceline_terms::parse(&text(folder.join("agreement.md"))?, &actors, &areas).terms;
        let terms = terms.ok_or("agreement.md is not sound")?;
        let mut reports = Vec::new();
        for (file, by) in REPORTS {
            let read = mapping::parse(&text(root().join(format!("mappings/{by}.kdl")))?);
            let read = read.map_err(|_| format!("mappings/{by}.kdl cannot be read"))?;
            reports.push((read, bytes(folder.join(format!("reports/{file}.csv")))?));
        }
        Ok(Self { terms, actors, areas, zone, sources, rules: Rules::default(), reports })
    }

    /// What casework needs of it.
    pub(crate) fn context(&self) -> Context<'_> {
        Context { actors: &self.actors, areas: &self.areas, zone: &self.zone, rules: &self.rules }
    }

    /// Every report through splitter and reader, once for each of `rounds`, moved in time after it was read. With the rows
    /// read and the time that reading them took, moving not counted.
    pub(crate) fn observations(&self, rounds: u64) -> Result<(Vec<Observation>, usize, u64)> {
        let mut all = Vec::new();
        let (mut rows, mut took) = (0, 0);
        for round in 0..rounds {
            for (mapping, bytes) in &self.reports {
                let start = Cpu::start();
                let read = self.file(mapping, bytes, &mut rows)?;
                took += start.ns();
                for one in read {
                    let receipt = ReceiptNo(u64::try_from(all.len())?);
                    all.push(moved(one, i64::try_from(round)?, receipt)?);
                }
            }
        }
        Ok((all, rows, took))
    }

    fn file(&self, mapping: &Mapping, bytes: &[u8], rows: &mut usize) -> Result<Vec<Observation>> {
        let context = truceline_intake::Context {
            zone: &self.zone,
            actors: &self.actors,
            areas: &self.areas,
            sources: &self.sources,
            received: None,
        };
        let layout = mapping.layout(bytes.first().copied());
        let mut splitter = Splitter::new(layout);
        let mut pieces = splitter.push(bytes);
        pieces.extend(splitter.finish());
        let mut reader = None;
        let mut all = Vec::new();
        for piece in pieces {
            let Piece::Record(record) = piece else { return Err("a report file that is no text".into()) };
            match &reader {
                None => {
                    let open = Reader::open(mapping, layout, &record);
                    reader = Some(open.map_err(|_| "a header that cannot be read")?);
                }
                Some(reader) => {
                    let read = reader.read_record(&record, &context, ReceiptNo(0));
                    let read = read.map_err(|_| format!("row {} cannot be read", record.row))?;
                    all.extend(read.observations);
                    *rows += 1;
                }
            }
        }
        Ok(all)
    }
}

fn later(window: Interval, seconds: i64) -> Result<Interval> {
    Interval::new(window.start().plus_seconds(seconds), window.end().plus_seconds(seconds))
        .map_err(|e| e.say.into())
}

/// The report `round` times 300 days later, under a receipt and a name of its own; its references move with it.
fn moved(mut one: Observation, round: i64, receipt: ReceiptNo) -> Result<Observation> {
    let seconds = round * SHIFT_SECONDS;
    let rename = |ids: &BTreeSet<String>| ids.iter().map(|id| format!("{id}-{round}")).collect();
    one.receipt = receipt;
    one.sender_id = format!("{}-{round}", one.sender_id);
    one.known = one.known.plus_seconds(seconds);
    (one.part_of, one.revises, one.same_as) =
        (rename(&one.part_of), rename(&one.revises), rename(&one.same_as));
    let when = match &mut one.body {
        Body::Event(event) => event.when.as_mut(),
        Body::Total(total) => total.when.as_mut(),
        Body::Statement(statement) => statement.when.as_mut(),
        Body::Tally(tally) => Some(&mut tally.when),
        _ => None,
    };
    if let Some(when) = when {
        *when = later(*when, seconds)?;
    }
    Ok(one)
}

/// An incident some seconds later: a few hours keep it within the same spring, its calms and its clauses.
pub(crate) fn incident_later(incident: &Incident, seconds: i64) -> Result<Incident> {
    let mut next = incident.clone();
    next.when = Alternatives::unknown();
    for (when, origins) in incident.when.iter() {
        let moved = later(*when, seconds)?;
        origins.iter().for_each(|origin| next.when.add(moved, origin.clone()));
    }
    Ok(next)
}

/// After everything.
pub(crate) const END: Instant = Instant::FAR_FUTURE;
