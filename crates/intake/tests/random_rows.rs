//! Whatever comes, rows are read or refused: never a panic, and a refusal always says something.
#![allow(clippy::unwrap_used, clippy::panic)] // a failed unwrap is a failed test

mod common;

use common::shipped;
use proptest::prelude::*;
use truceline_intake::{Context, Encoding, Header, IncidentContext, Reader, mapping, read_incident};
use truceline_model::{Actors, Areas, ReceiptNo, Sources, Zone};

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9/:.T-]{0,12}",
        "[a-z;=,<>-]{0,12}",
        "\\PC{0,8}",
        Just("2016-04-27".to_owned()),
        Just("36.2".to_owned()),
        Just("event".to_owned()),
        Just("tally".to_owned()),
        Just("9999-12-31".to_owned()),
        Just("1000000".to_owned()),
    ]
}

proptest! {
    #[test]
    fn cells_of_any_content(cells in proptest::collection::vec(cell(), 40), year in 0u16..9999) {
        let zone = Zone::named("Asia/Damascus").unwrap();
        let (actors, areas, sources) = (Actors::default(), Areas::default(), Sources::default());
        let context = Context { zone: &zone, actors: &actors, areas: &areas, sources: &sources, received: None };
        for name in ["truceline", "airwars", "vdc", "acled", "ucdp-ged", "timemap"] {
            let mapping = shipped(name);
            let mut columns: Vec<String> = mapping.columns.iter().map(|rule| rule.column.clone()).collect();
            columns.dedup();
            columns.sort();
            columns.dedup();
            let mut values: Vec<String> = cells.iter().cycle().take(columns.len()).cloned().collect();
            if let Some(first) = values.first_mut() {
                *first = format!("{year:04}-12-31");
            }
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&values).unwrap();
            let mut record = writer.into_inner().unwrap();
            record.pop();
            let header = Header::Csv { columns, delimiter: b',' };
            let reader = Reader::new(&mapping, header).unwrap();
            match reader.read(&record, 2, &context, ReceiptNo(1)) {
                Ok(reading) => {
                    for observation in &reading.observations {
                        for span in observation.spans.values() {
                            prop_assert!(span.start <= span.end && span.end as usize <= record.len());
                        }
                    }
                }
                Err(refusals) => {
                    prop_assert!(!refusals.is_empty());
                    for refusal in refusals {
                        prop_assert!(refusal.would_be_right.len() > 5);
                        prop_assert!(refusal.found.chars().count() < 800);
                    }
                }
            }
        }
    }

    #[test]
    fn bytes_of_any_kind(record in proptest::collection::vec(any::<u8>(), 0..120)) {
        let zone = Zone::utc();
        let (actors, areas, sources) = (Actors::default(), Areas::default(), Sources::default());
        let context = Context { zone: &zone, actors: &actors, areas: &areas, sources: &sources, received: None };
        let native = shipped("truceline");
        let _ = Reader::new(&native, Header::JsonLines).unwrap().read(&record, 1, &context, ReceiptNo(0));
        let _ = Header::csv(&record, Encoding::Utf8, b',').map(|header| Reader::new(&native, header).is_ok());
        let context =
            IncidentContext { zone: &zone, areas: &areas, actors: &actors, facts: None, judgements: None, measures: None };
        let _ = read_incident(&record, 1, &context);
    }

    #[test]
    fn mappings_of_any_text(
        text in r#"((column|value|default|known|dates|skip-when|mapping|format|"[a-z]*"|is=id|is=act|\{|\}|\n| |;|=|[a-z0-9-]{0,6}) ?){0,20}"#
    ) {
        if let Err(faults) = mapping::parse(&text) {
            prop_assert!(!faults.is_empty());
            for fault in faults {
                prop_assert!(fault.start <= fault.end && fault.line >= 1);
            }
        }
    }
}

#[test]
fn mapping_faults_point_at_the_word() {
    let text = "mapping test\nsource \"Test Source\"\nid row\nknown event-day\ncolum x is=id\n\
                column act is=act {\n    value \"Bombing\" \"airstirke\"\n    valu \"x\"\n}\n\
                column lat is=latt\ndates \"dd/mm\"\ndefault within 5\nkind events\nformat csv delimiter=\"#\"\n";
    let faults = mapping::parse(text).unwrap_err();
    let told: Vec<String> = faults.iter().map(|f| format!("{f} [{}]", &text[f.start..f.end])).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_mapping_of_braces_is_refused_and_not_recursed_into() {
    assert!(mapping::parse(&"a {".repeat(100_000)).is_err());
    assert!(mapping::parse(&"/*".repeat(100_000)).is_err());
    // The deepest that is still handed to the reader of KDL.
    assert!(mapping::parse(&"/*".repeat(100)).is_err());
    assert!(mapping::parse(&"a {".repeat(16)).is_err());
    assert!(mapping::parse(&"/- ".repeat(300_000)).is_err());
}
