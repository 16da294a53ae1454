//! What the shipped mappings make of single rows: the rules that a count of rows cannot see.
#![allow(clippy::unwrap_used, clippy::panic)] // a failed unwrap is a failed test

mod common;

use common::{Report, run_bytes, shipped};
use truceline_intake::mission;
use truceline_model::observation::Attribution;
use truceline_model::{Act, Actors, Areas, Body, Event, Observation, Target, Weapon, Zone};

const ACTORS: &str = "id,kind,member_of,name_en,aliases\n\
    russian-forces,force,,Russian forces,Russian Military;Russian troops\n\
    coalition-forces,force,,Coalition,U.S.-led Coalition\n\
    syrian-government-forces,force,,Syrian army,Syrian government and affiliated militias\n";

const AREAS: &str = r#"{"type":"FeatureCollection","features":[
  {"properties":{"id":"SY02","kind":"governorate","name_en":"Aleppo","name_ar":"حلب"},"geometry":null},
  {"properties":{"id":"SY04","kind":"governorate","name_en":"Homs"},"geometry":null},
  {"properties":{"id":"kissin","kind":"place","name_en":"Kissin","parent":"SY04","within_m":1500},
   "geometry":{"type":"Point","coordinates":[36.71,34.87]}},
  {"properties":{"id":"sukkari","kind":"place","name_en":"Sukkari","name_ar":"السكري","parent":"SY02","within_m":1000},
   "geometry":{"type":"Point","coordinates":[37.1426,36.17594]}}]}"#;

fn registries() -> (Actors, Areas) {
    let zone = Zone::named("Asia/Damascus").unwrap();
    (mission::actors(ACTORS.as_bytes(), &zone).unwrap(), mission::areas(AREAS.as_bytes(), &zone).unwrap())
}

fn read(mapping: &str, file: &str) -> Report {
    let (actors, areas) = registries();
    let report = run_bytes(&shipped(mapping), file.as_bytes(), &actors, &areas);
    assert_eq!(report.words, Vec::<String>::new());
    report
}

fn event(observation: &Observation) -> &Event {
    let Body::Event(event) = &observation.body else { panic!("no event: {observation:?}") };
    event
}

const AIRWARS: &str = "code,date,lat,lon,geo_accuracy,belligerent,evidence_grade,killed_min,killed_max,location_en,location_ar\n";

#[test]
fn airwars_belligerents_and_grades() {
    let rows = format!(
        "{AIRWARS}A,2016-04-27,36.17594,37.1426,village,Russian Military,Contested,2,7,Nowhere known,السكري\n\
         B,2016-04-27,36.1,37.1,village,\"Russian Military, U.S.-led Coalition\",Fair,,7,X,\n\
         C,2016-04-27,36.1,37.1,village,\"Russian Military, Somebody\",Fair,1,,X,\n\
         D,2016-04-27,36.1,37.1,village,Unknown,Weak,,,X,\n\
         E,2016-04-27,,,,,Confirmed,0,0,X,\n"
    );
    let report = read("airwars", &rows);
    let all: Vec<&Event> = report.observations.iter().map(event).collect();
    assert_eq!(all[0].attribution, Some(Attribution::Contested));
    assert_eq!(all[0].casualties.killed.unwrap().to_string(), "2-7");
    // The English name is not known, the Arabic one is; the stated point is kept.
    assert!(all[0].place.as_ref().unwrap().areas.iter().any(|area| area.as_str() == "sukkari"));
    assert_eq!(all[0].place.as_ref().unwrap().within_m, 1500);
    assert_eq!((all[1].actors.len(), all[1].attribution), (2, Some(Attribution::Suspected)));
    assert_eq!(all[1].casualties.killed.unwrap().to_string(), "<=7");
    // One of two is not known to the mission: the other alone would say more than the source.
    assert_eq!((all[2].actors.len(), all[2].attribution), (1, Some(Attribution::Contested)));
    assert_eq!(all[2].casualties.killed.unwrap().to_string(), ">=1");
    assert_eq!((all[3].actors.len(), all[3].attribution), (0, Some(Attribution::Unclear)));
    assert_eq!(all[3].casualties.killed, None);
    assert_eq!((all[4].actors.len(), all[4].attribution), (0, None));
    assert_eq!(all[4].casualties.killed.unwrap().to_string(), "0");
    assert_eq!(all[4].acts, [Act::Airstrike].into());
    // Known at the start of the day after, in Damascus.
    assert_eq!(report.observations[0].known.to_string(), "2016-04-27T21:00:00Z");
}

#[test]
fn vdc_sums_lower_bounds_and_paths() {
    let report = read(
        "vdc",
        "id,date,province,area,location,cause,weapon,actors,killed_civilian,killed_noncivilian,known\n\
         a,2016-04-27,Aleppo,Sukkari,,Warplane shelling,explosive barrels,Syrian government and affiliated militias,7,2,2016-04-29\n\
         b,2016-04-27,Aleppo,Sukkari,Homs: Rastan: Kissin,Shooting,,Not identified,0,1,\n\
         c,2016-04-27,Other Nationalities,,Nowhere: at all,Unknown,,,0,0,\n",
    );
    let all: Vec<&Event> = report.observations.iter().map(event).collect();
    assert_eq!(all[0].casualties.killed.unwrap().to_string(), ">=9");
    assert_eq!(all[0].casualties.killed_civilian.unwrap().to_string(), ">=7");
    assert_eq!(all[0].weapons, [Weapon::BarrelBomb].into());
    assert_eq!(all[0].attribution, Some(Attribution::Accused));
    assert_eq!(report.observations[0].known.to_string(), "2016-04-28T21:00:00Z");
    let place = all[1].place.as_ref().unwrap();
    let areas: Vec<&str> = place.areas.iter().map(|area| area.as_str()).collect();
    assert_eq!(areas, ["SY04", "kissin"]);
    assert!(place.point.is_some());
    assert_eq!(all[1].casualties.killed_civilian, None);
    assert_eq!(all[1].attribution, Some(Attribution::Unclear));
    assert_eq!(all[2].place.as_ref().unwrap().unresolved.as_deref(), Some("Nowhere: at all"));
    assert_eq!((all[2].casualties.killed, all[2].acts.len()), (None, 0));
}

#[test]
fn acled_conventions_are_no_counts() {
    let report = read(
        "acled",
        "event_id_cnty,event_date,time_precision,sub_event_type,latitude,longitude,geo_precision,fatalities\n\
         a,06 December 2022,1.0,Armed clash,36.1,37.1,1.0,0.0\n\
         b,15 December 2022,2,Air/drone strike,36.1,37.1,2,10\n\
         c,15 December 2022,3,Shelling/artillery/missile attack,36.1,37.1,3,4\n",
    );
    let all: Vec<&Event> = report.observations.iter().map(event).collect();
    assert_eq!((all[0].casualties.killed, all[0].attribution), (None, Some(Attribution::Unclear)));
    assert_eq!(all[0].when.unwrap().seconds(), 86_400);
    assert_eq!(all[1].casualties.killed.unwrap().to_string(), ">=2");
    assert_eq!(all[1].when.unwrap().seconds(), 13 * 86_400);
    assert_eq!(all[2].when.unwrap().seconds(), 31 * 86_400);
    assert_eq!(all[2].acts.len(), 3);
    assert_eq!(all[2].place.as_ref().unwrap().within_m, 100_000);
}

#[test]
fn ged_estimates_are_bounds_and_dates_a_span() {
    let report = read(
        "ucdp-ged",
        "id,date_start,date_end,latitude,longitude,where_prec,type_of_violence,best,low,high,deaths_civilians\n\
         1,2015-05-04,2015-05-10,9.5,31.6,3,3,20,12,31,0\n",
    );
    let first = event(&report.observations[0]);
    assert_eq!(first.casualties.killed.unwrap().to_string(), "12-31");
    assert_eq!(first.when.unwrap().seconds(), 7 * 86_400);
    assert_eq!(first.targets, [Target::Civilians].into());
    assert_eq!(first.casualties.killed_civilian, None);
}

#[test]
fn timemap_as_csv_and_as_json_lines() {
    let csv = "id,description,date,time,location,latitude,longitude,category,associations,sources\n\
               E1,not read,8/23/2014,18:30,Ilovaisk,47.92,38.19,Shelling,,\n";
    let json = r#"{"id":"E1","description":"not read","date":"8/23/2014","time":"18:30","location":"Ilovaisk","latitude":"47.92","longitude":"38.19","category":"Shelling","associations":["a"],"sources":[]}"#;
    for file in [csv, json] {
        let report = read("timemap", file);
        let first = event(&report.observations[0]);
        assert_eq!(first.when.unwrap().seconds(), 60);
        assert_eq!(first.when.unwrap().start().to_string(), "2014-08-23T15:30:00Z");
        assert_eq!(first.acts, [Act::Shelling].into());
        assert_eq!(first.place.as_ref().unwrap().unresolved.as_deref(), Some("Ilovaisk"));
        assert_eq!(report.observations[0].known.to_string(), "2023-12-31T21:00:00Z");
    }
}

#[test]
fn native_kinds() {
    let report = read(
        "truceline",
        "id,kind,known,source,when,area,count,unit,by_area,by_actor,subject,fact,value,item,reached,actor,note,address\n\
         t,tally,2016-03-01,centre,2016-02-29,,15,violations,SY02=5;SY99=1,russian-forces=2,,,,,,,,\n\
         a,agreement,2016-05-01,wire,2016-05-01T01:00,,,,,,calm-aleppo,extended,+72h,,,russian-forces,,\n\
         d,delivery,2016-05-01,wire,,,,,,,,,,flour,reached,,,javascript:alert(1)\n\
         c,coverage,2016-05-01,centre,2016-05-01/2016-05-03,SY02,,,,,,,,,,,patrol,\n",
    );
    let Body::Tally(tally) = &report.observations[0].body else { panic!() };
    assert_eq!((tally.count, tally.by_area.len(), tally.by_actor.len()), (15, 1, 1));
    let Body::Agreement(fact) = &report.observations[1].body else { panic!() };
    assert_eq!((fact.fact.as_str(), fact.value.as_deref()), ("extended", Some("+72h")));
    assert_eq!(report.observations[2].address, None);
    let Body::Coverage(coverage) = &report.observations[3].body else { panic!() };
    assert_eq!((coverage.what.as_str(), coverage.when.seconds()), ("patrol", 3 * 86_400));
    assert!(report.warning_words.iter().any(|w| w.contains("no web address")), "{:?}", report.warning_words);
}
