//! What `truceline import --explain` would say, word for word.
#![allow(clippy::unwrap_used, clippy::panic)] // a failed unwrap is a failed test

mod common;

use common::shipped;
use truceline_intake::{Context, Header, Layout, Piece, Record, Splitter, explain};
use truceline_model::{Actors, Areas, Sources, Zone};

fn records(file: &str) -> Vec<Record> {
    let mut splitter = Splitter::new(Layout::Csv { delimiter: b',' });
    let mut pieces = splitter.push(file.as_bytes());
    pieces.extend(splitter.finish());
    let record = |piece| match piece {
        Piece::Record(record) => record,
        Piece::NotText(say) => panic!("{say}"),
    };
    pieces.into_iter().map(record).collect()
}

#[test]
fn a_mapping_on_a_file() {
    let all = records(
        "code,date,lat,lon,geo_accuracy,belligerent,evidence_grade,killed_min,killed_max,sec,civilian_harm\n\
         X1,2016-04-27,36.17594,37.14263,neighbourhood_area,\"Russian Military, Unknown\",Fair,50,58,1,Yes\n\
         X2,27/04/2016,36.1,237.1,nearly,Russian Military,Fair,9,2,2,Yes\n\
         X3,2016-04-28,36.1,37.1,town,Russian Military,Fair,1,1,3,No\n",
    );
    let mapping = shipped("airwars");
    let header = Header::csv(all[0].bytes(), mapping.encoding, b',').unwrap();
    let zone = Zone::named("Asia/Damascus").unwrap();
    let (actors, areas, sources) = (Actors::default(), Areas::default(), Sources::default());
    let context = Context { zone: &zone, actors: &actors, areas: &areas, sources: &sources, received: None };
    insta::assert_snapshot!(explain(&mapping, &header, &all[1..], &context).to_string());
}
