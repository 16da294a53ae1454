//! ACLED notes: killed, actors and places that coders wrote beside a note, where the note itself says them.
//!
//! - Killed, stated: rows with at least one fatality whose number stands in the note, in digits or as an English word up to twelve. Right
//!   when some figure of killed is that number, as written, or exactly. A coded sum of several figures is not stated by this.
//! - Killed, none: rows coded 0. Right when no figure above 0 is proposed.
//! - Actor: coded actors whose name stands in the note. Found when an `actor`, `target`, `victims` or `party` of any proposal meets the
//!   name. The registry holds the names of all actors of the *other* part of the rows, as a case's own list would; `--no-mission`: none.
//! - Place: rows whose coded place stands in the note. Proposed when a `where` of any proposal meets it.
//!
//! A name is looked for whole and in small letters, as written and without what coders add in brackets; of `HTS: Hayat Tahrir al Sham`
//! either half is the name. A note is never printed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use truceline_intake::prose::Case;
use truceline_model::{Actor, ActorId, ActorKind, Actors, Areas};
use truceline_score::claim::Span;
use truceline_score::show::ms_each;
use truceline_score::verify::Starts;
use truceline_score::{Claim, Kind};

use crate::Result;
use crate::airwars::killed;
use crate::options::Options;
use crate::reader::{Reader, text};
use crate::report::{Report, part, share};
use crate::split;

const NUMBERS: [&str; 13] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

#[derive(Clone, Debug, Default)]
struct Row {
    id: String,
    date: Option<String>,
    actors: Vec<String>,
    place: String,
    note: String,
    fatalities: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    stated: u64,
    stated_right: u64,
    none: u64,
    none_right: u64,
    actors: u64,
    actors_found: u64,
    places: u64,
    places_found: u64,
}

/// Measures one part.
///
/// # Errors
/// When notes or tables cannot be read.
pub fn measure(options: &Options) -> Result<Report> {
    let path = options.data.join("acled-syria-battles/battles.csv");
    if !path.exists() {
        return Ok(Report::Skipped(format!("no notes at {}", path.display())));
    }
    let (own, other): (Vec<Row>, Vec<Row>) =
        rows(&text(&path)?)?.into_iter().partition(|row| split::held(&row.id) == options.held);
    let mut reader = Reader::new(options)?;
    if !options.no_mission {
        reader.case = Case::new(&registry(&other), &Areas::default());
    }
    let mut counts = Counts::default();
    for row in own.iter().take(options.only) {
        let claims = reader.claims(&row.id, &row.note, row.date.as_deref(), Some("SY"))?;
        counts.add(row, &claims);
    }
    Ok(told(options, counts, &reader))
}

impl Counts {
    fn add(&mut self, row: &Row, claims: &[Claim]) {
        if row.fatalities == 0 {
            self.none += 1;
            self.none_right += u64::from(none_above(claims));
        } else if stated(&row.note, row.fatalities) {
            self.stated += 1;
            self.stated_right += u64::from(exactly(claims, "killed", row.fatalities));
        }
        let people = ["actor", "target", "victims", "party"];
        for actor in &row.actors {
            let at: Vec<Span> = names(actor).iter().flat_map(|name| places(&row.note, name)).collect();
            if !at.is_empty() {
                self.actors += 1;
                self.actors_found += u64::from(meets(claims, &people, &at));
            }
        }
        let at = places(&row.note, &row.place);
        if !at.is_empty() {
            self.places += 1;
            self.places_found += u64::from(meets(claims, &["where"], &at));
        }
    }
}

fn told(options: &Options, c: Counts, reader: &Reader) -> Report {
    let which = if options.held { "held out" } else { "not held out" };
    let registry = if options.no_mission { "none" } else { "names of the other part's actors" };
    let text = format!(
        "{which}, {} notes, {} ms a note; registry: {registry}\n\n| what | share |\n|---|---|\n| killed, stated in the note: proposed so | {} |\n| \
         killed, coded 0: none proposed | {} |\n| actor named in the note: found | {} |\n| place named in the note: proposed | {} |\n",
        reader.texts,
        ms_each(reader.ns, reader.texts),
        part(c.stated_right, c.stated),
        part(c.none_right, c.none),
        part(c.actors_found, c.actors),
        part(c.places_found, c.places)
    );
    let json = json!({ "held_out": options.held, "registry": !options.no_mission, "notes": reader.texts,
        "killed_stated": share(c.stated_right, c.stated), "killed_none": share(c.none_right, c.none),
        "actor_found": share(c.actors_found, c.actors), "place_proposed": share(c.places_found, c.places) });
    Report::Done { text, json }
}

fn rows(table: &str) -> Result<Vec<Row>> {
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let header = rows.headers()?.clone();
    let mut all = Vec::new();
    for row in rows.records() {
        let row = row?;
        let cell = |name: &str| {
            let at = header.iter().position(|column| column == name);
            at.and_then(|at| row.get(at)).unwrap_or_default().to_owned()
        };
        let actors = ["actor1", "actor2"].map(cell).into_iter().filter(|name| !name.is_empty()).collect();
        all.push(Row {
            id: cell("event_id_cnty"),
            date: day(&cell("event_date")),
            actors,
            place: cell("location"),
            note: cell("notes"),
            fatalities: cell("fatalities").split('.').next().and_then(|n| n.parse().ok()).unwrap_or(0),
        });
    }
    Ok(all)
}

/// `02 June 2023` as a date.
fn day(words: &str) -> Option<String> {
    let mut parts = words.split(' ');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.iter().position(|name| *name == month)?.checked_add(1)?;
    Some(format!("{year}-{month:02}-{day}"))
}

/// Names of a coded actor that a note may use.
fn names(coded: &str) -> BTreeSet<String> {
    let mut plain = String::new();
    let mut depth = 0_u32;
    for c in coded.chars() {
        match c {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    let halves = plain.split(':').chain([coded]);
    let words = halves.map(|half| half.split_whitespace().collect::<Vec<_>>().join(" "));
    words.filter(|name| name.chars().count() > 2).collect()
}

fn registry(rows: &[Row]) -> Actors {
    let coded: BTreeSet<&String> = rows.iter().flat_map(|row| &row.actors).collect();
    Actors::new(coded.into_iter().enumerate().map(|(number, name)| Actor {
        id: ActorId::new(&format!("acled-{number}")),
        kind: ActorKind::Group,
        member_of: Vec::new(),
        names: BTreeMap::from([("en".to_owned(), name.clone())]),
        aliases: names(name),
    }))
}

/// Where a name stands in a text as whole words, in any case.
fn places(text: &str, name: &str) -> Vec<Span> {
    let (text, name) = (text.to_ascii_lowercase(), name.to_ascii_lowercase());
    if name.is_empty() {
        return Vec::new();
    }
    let starts = Starts::of(&text);
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let whole = |at: usize| {
        let (before, after) = (text.get(..at), text.get(at.saturating_add(name.len())..));
        edge(before.and_then(|t| t.chars().next_back())) && edge(after.and_then(|t| t.chars().next()))
    };
    let found = text.match_indices(&name).filter(|(at, _)| whole(*at));
    found.filter_map(|(at, found)| starts.chars(at, at.saturating_add(found.len()))).collect()
}

/// Whether a note says a number, in digits or as a word up to twelve.
pub(crate) fn stated(note: &str, number: u64) -> bool {
    let word = usize::try_from(number).ok().and_then(|n| NUMBERS.get(n)).copied().unwrap_or_default();
    !places(note, &number.to_string()).is_empty() || !places(note, word).is_empty()
}

/// Whether no figure of killed above 0 is proposed.
pub(crate) fn none_above(claims: &[Claim]) -> bool {
    killed(claims).iter().all(|&number| number == 0)
}

/// Whether some figure of a field is that number.
pub(crate) fn exactly(claims: &[Claim], field: &str, number: u64) -> bool {
    let incidents = claims.iter().filter(|claim| claim.kind == Kind::Incident);
    let mut values = incidents.flat_map(|claim| claim.field(field));
    values.any(|v| v.value == Some(number) || (v.min == Some(number) && v.max == Some(number)))
}

fn meets(claims: &[Claim], fields: &[&str], at: &[Span]) -> bool {
    let values = claims.iter().flat_map(Claim::values).filter(|(field, _)| fields.contains(field));
    values.into_iter().any(|(_, value)| at.iter().any(|place| place.meets(value.span)))
}
