//! The shipped Syria-2016 folder holds what its page says: so many incidents, videos, deaths, and every reference resolves.
//!
//! It reads the tables with nothing but the CSV reader, so that a fault of the mappings cannot hide a fault of the data.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::PathBuf;

use truceline_model::{Act, Bounds, Target, Weapon, Zone, observation::Attribution};

type Outcome = Result<(), Box<dyn Error>>;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../agreements/syria-2016")
}

/// The named columns of every row, in file order.
fn columns(file: &str, names: &[&str]) -> Result<Vec<Vec<String>>, Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(folder().join(file))?;
    let header = reader.headers()?.clone();
    let mut at = Vec::new();
    for name in names {
        let found = header.iter().position(|column| column == *name);
        at.push(found.ok_or_else(|| format!("{file} has no column {name}"))?);
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        rows.push(at.iter().map(|&i| record.get(i).unwrap_or_default().to_owned()).collect());
    }
    Ok(rows)
}

fn set(file: &str, column: &str) -> Result<BTreeSet<String>, Box<dyn Error>> {
    Ok(columns(file, &[column])?.into_iter().flatten().collect())
}

const NATIVE: [&str; 5] = [
    "reports/syrian-archive.csv",
    "reports/anchors.csv",
    "reports/articles.csv",
    "reports/agreement-facts.csv",
    "reports/tallies.csv",
];

#[test]
fn counts_are_those_of_the_sources() -> Outcome {
    assert_eq!(columns("reports/airwars.csv", &["code"])?.len(), 170);
    assert_eq!(columns("reports/syrian-archive.csv", &["id"])?.len(), 100);
    let mut deaths = 0_u32;
    for row in columns("reports/vdc.csv", &["killed_civilian", "killed_noncivilian"])? {
        for cell in row {
            deaths += cell.parse::<u32>()?;
        }
    }
    assert_eq!(deaths, 586);
    Ok(())
}

#[test]
fn ids_are_unique_in_each_file() -> Outcome {
    let keyed = NATIVE.iter().map(|file| (*file, "id")).chain([
        ("reports/airwars.csv", "code"),
        ("reports/vdc.csv", "id"),
        ("actors.csv", "id"),
        ("sources.csv", "id"),
        ("definitions.csv", "id"),
    ]);
    for (file, column) in keyed {
        assert_eq!(set(file, column)?.len(), columns(file, &[column])?.len(), "{file} repeats an id");
    }
    Ok(())
}

#[test]
fn sources_and_actors_are_registered() -> Outcome {
    let sources = set("sources.csv", "id")?;
    let actors = set("actors.csv", "id")?;
    for file in NATIVE {
        for row in columns(file, &["id", "source", "actor"])? {
            let [id, source, actor] = row.as_slice() else {
                return Err("three columns were asked for".into());
            };
            assert!(sources.contains(source), "{file} {id}: source {source} is not in sources.csv");
            for one in actor.split(';').filter(|one| !one.is_empty()) {
                assert!(actors.contains(one), "{file} {id}: actor {one} is not in actors.csv");
            }
        }
    }
    Ok(())
}

#[test]
fn a_revision_revises_its_own_origin_and_a_part_is_part_of_a_total() -> Outcome {
    let rows = columns("reports/anchors.csv", &["id", "kind", "source", "origin", "revises", "part_of"])?;
    let cell = |row: &Vec<String>, i: usize| row.get(i).cloned().unwrap_or_default();
    let origin = |row: &Vec<String>| if cell(row, 3).is_empty() { cell(row, 2) } else { cell(row, 3) };
    for row in &rows {
        let id = cell(row, 0);
        let find = |wanted: String| rows.iter().find(|other| cell(other, 0) == wanted);
        if !cell(row, 4).is_empty() {
            let revised =
                find(cell(row, 4)).ok_or_else(|| format!("{id} revises a row that is not there"))?;
            assert_eq!(origin(row), origin(revised), "{id} revises another origin's report");
        }
        if !cell(row, 5).is_empty() {
            let total =
                find(cell(row, 5)).ok_or_else(|| format!("{id} is part of a row that is not there"))?;
            assert_eq!(cell(total, 1), "total", "{id} is part of something that is no total");
        }
    }
    Ok(())
}

#[test]
fn every_word_time_and_bound_is_one_that_the_model_reads() -> Outcome {
    let zone = Zone::named("Asia/Damascus").map_err(|error| error.say)?;
    let known = |file: &str, word: &str| -> Outcome {
        zone.interval(word).map(drop).map_err(|error| format!("{file}: {word}: {}", error.say).into())
    };
    for (file, column) in NATIVE.iter().flat_map(|f| [(*f, "known"), (*f, "when")]) {
        for text in columns(file, &[column])?.into_iter().flatten().filter(|text| !text.is_empty()) {
            known(file, &text)?;
        }
    }
    for file in ["reports/airwars.csv", "reports/vdc.csv"] {
        for text in columns(file, &["date", "known"])?.into_iter().flatten() {
            known(file, &text)?;
        }
    }
    for file in ["reports/syrian-archive.csv", "reports/anchors.csv", "reports/articles.csv"] {
        for row in columns(file, &["act", "weapon", "target", "actor_how", "killed", "wounded"])? {
            let [act, weapon, target, how, killed, wounded] = row.as_slice() else { continue };
            let each = |cell: &str, reads: &dyn Fn(&str) -> bool| {
                cell.split(';').filter(|word| !word.is_empty()).all(reads)
            };
            assert!(each(act, &|word| Act::parse(word).is_some()), "{file}: act {act}");
            assert!(each(weapon, &|word| Weapon::parse(word).is_some()), "{file}: weapon {weapon}");
            assert!(each(target, &|word| Target::parse(word).is_some()), "{file}: target {target}");
            assert!(each(how, &|word| Attribution::parse(word).is_some()), "{file}: actor_how {how}");
            for bounds in [killed, wounded].into_iter().filter(|text| !text.is_empty()) {
                Bounds::parse(bounds)?;
            }
        }
    }
    Ok(())
}
