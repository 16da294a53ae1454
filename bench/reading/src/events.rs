//! Figures in coders' notes of other countries: how many were killed, and of GTD also wounded, where the note itself says the coded number.
//!
//! Files of `four-datasets`: ACLED's notes and fatalities, GTD's summaries with `nkill` and `nwound`, of three countries and years. What is
//! stated and what is right are as for the battles of Syria (`acled`), and as there a fifth is held out by the row's own name.
//! A cell that is empty says nothing, and is not taken for none.

use std::fmt::Write as _;

use serde_json::{Map, json};
use truceline_score::Claim;

use crate::Result;
use crate::acled::{exactly, none_above, stated};
use crate::options::Options;
use crate::reader::{Reader, bytes};
use crate::report::{Report, part, share};
use crate::split;

/// File, country, and the columns: name of the row, note, killed, wounded.
const FILES: [(&str, &str, [&str; 4]); 6] = [
    ("Libya_2014_acled", "LY", ["EVENT_ID_CNTY", "NOTES", "FATALITIES", ""]),
    ("Nigeria_2011_acled", "NG", ["EVENT_ID_CNTY", "NOTES", "FATALITIES", ""]),
    ("SSudan_2015_acled", "SS", ["EVENT_ID_CNTY", "NOTES", "FATALITIES", ""]),
    ("Libya_2014_gtd", "LY", ["eventid", "summary", "nkill", "nwound"]),
    ("Nigeria_2011_gtd", "NG", ["eventid", "summary", "nkill", "nwound"]),
    ("SSudan_2015_gtd", "SS", ["eventid", "summary", "nkill", "nwound"]),
];

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    notes: u64,
    /// Killed, wounded: stated, and of those right.
    stated: [(u64, u64); 2],
    /// Killed coded 0, and of those no figure above 0.
    none: (u64, u64),
}

impl Counts {
    fn add(&mut self, note: &str, coded: [Option<u64>; 2], claims: &[Claim]) {
        self.notes += 1;
        for ((number, field), slot) in coded.into_iter().zip(["killed", "wounded"]).zip(&mut self.stated) {
            if let Some(number) = number.filter(|n| *n > 0 && stated(note, *n)) {
                slot.0 += 1;
                slot.1 += u64::from(exactly(claims, field, number));
            }
        }
        if coded.first() == Some(&Some(0)) {
            self.none.0 += 1;
            self.none.1 += u64::from(none_above(claims));
        }
    }
}

/// Measures one part of each file.
///
/// # Errors
/// When notes or tables cannot be read.
pub fn measure(options: &Options) -> Result<Report> {
    let folder = options.data.join("four-datasets");
    if !folder.exists() {
        return Ok(Report::Skipped(format!("no notes at {}", folder.display())));
    }
    let which = if options.held { "held out" } else { "not held out" };
    let mut text = format!(
        "{which}\n\n| file | notes | killed, stated: proposed so | wounded, stated: proposed so | killed, coded 0: none proposed |\n|---|---|---|---|---|\n"
    );
    let mut json = Map::new();
    for (file, country, columns) in FILES {
        let counts = counted(options, &folder.join(format!("{file}.csv")), country, columns)?;
        let [killed, wounded] = counts.stated;
        let none = counts.none;
        let _ = writeln!(
            text,
            "| {file} | {} | {} | {} | {} |",
            counts.notes,
            part(killed.1, killed.0),
            part(wounded.1, wounded.0),
            part(none.1, none.0)
        );
        json.insert(
            file.to_owned(),
            json!({ "notes": counts.notes, "killed_stated": share(killed.1, killed.0), "wounded_stated": share(wounded.1, wounded.0),
                "killed_none": share(none.1, none.0) }),
        );
    }
    Ok(Report::Done { text, json: json!({ "held_out": options.held, "by_file": json }) })
}

fn counted(options: &Options, path: &std::path::Path, country: &str, columns: [&str; 4]) -> Result<Counts> {
    let mut reader = Reader::new(options)?;
    let table = String::from_utf8_lossy(&bytes(path)?).into_owned();
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let header = rows.headers()?.clone();
    let at = columns.map(|name| header.iter().position(|column| column == name));
    let mut counts = Counts::default();
    for row in rows.records() {
        let row = row?;
        let [name, note, killed, wounded] = at.map(|at| at.and_then(|at| row.get(at)).unwrap_or_default());
        let many = usize::try_from(counts.notes).unwrap_or(usize::MAX) >= options.only;
        if split::held(name) != options.held || note.is_empty() || many {
            continue;
        }
        let number = |cell: &str| cell.split('.').next().and_then(|n| n.parse().ok());
        let claims = reader.claims(name, note, None, Some(country))?;
        counts.add(note, [number(killed), number(wounded)], &claims);
    }
    Ok(counts)
}
