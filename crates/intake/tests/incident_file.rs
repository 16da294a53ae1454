//! The incident file: what people write, what other systems write, and what is refused.
#![allow(clippy::unwrap_used, clippy::panic)] // a failed unwrap is a failed test

use std::path::Path;

use truceline_intake::{IncidentContext, mission, read_incident};
use truceline_model::{
    Act, ActorId, Actors, Answer, AreaId, Areas, Bounds, FactId, Incident, MeasureId, SourceId, Standing,
    SystemId, Target, Zone,
};

struct World {
    zone: Zone,
    actors: Actors,
    areas: Areas,
    facts: std::collections::BTreeSet<FactId>,
    measures: std::collections::BTreeSet<MeasureId>,
}

fn world() -> World {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agreements/syria-2016");
    let bytes = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let zone = Zone::named("Asia/Damascus").unwrap();
    let actors = mission::actors(&bytes("actors.csv"), &zone).unwrap();
    let areas = mission::areas(&bytes("areas.geojson"), &zone).unwrap();
    let facts = [FactId::new("exempt-group-present")].into();
    let measures = ["lorries", "calibre"].map(MeasureId::new).into();
    World { zone, actors, areas, facts, measures }
}

fn read(line: &str) -> Result<Incident, Vec<String>> {
    let world = world();
    let context = IncidentContext {
        zone: &world.zone,
        areas: &world.areas,
        actors: &world.actors,
        facts: Some(&world.facts),
        judgements: None,
        measures: Some(&world.measures),
    };
    read_incident(line.as_bytes(), 1, &context).map_err(|all| all.iter().map(ToString::to_string).collect())
}

const AL_DABBIT: &str = r#"{"incident":"al-dabbit","version":4,
  "act":[{"value":"rocket-fire","origins":["syrian-state-tv","sohr"]}],
  "target":"hospital", "when":"2016-05-03",
  "place":{"lat":36.20,"lon":37.13,"within_m":150,"areas":["SY02"],"origins":["sohr"]},
  "actor":[{"value":"al-nusra","origins":["syrian-army-command"]},{"value":"ahrar-al-sham","origins":["syrian-army-command"]}],
  "actor_open":["sohr"], "held_by":"government-side",
  "facts":{"exempt-group-present":[{"value":"yes","origins":["russian-mod"]},{"value":"no","origins":["hnc"]}]},
  "judgements":{"proportionate":"unclear"},
  "killed":[{"bounds":"3","origin":"syrian-state-tv","known":"2016-05-03","status":"civilian"},">=3"],
  "receipts":[12,9], "part_of":[7], "title":"not read"}"#;

#[test]
fn an_incident_is_read_as_it_stands() {
    let incident = read(&AL_DABBIT.replace('\n', " ")).unwrap();
    assert_eq!(incident.acts.standing(), Standing::Agreed);
    assert_eq!(incident.acts.only(), Some(&Act::RocketFire));
    assert_eq!(incident.targets.iter().next().unwrap().1, &[SourceId::new("unnamed")].into());
    assert_eq!(incident.targets.only(), Some(&Target::Hospital));
    assert!(incident.actors.is_open());
    assert_eq!(incident.actors.len(), 2);
    assert_eq!(incident.held_by.only(), Some(&ActorId::new("government-side")));
    assert_eq!(incident.time().unwrap().start().to_string(), "2016-05-02T21:00:00Z");
    let place = incident.place().unwrap();
    assert_eq!((place.point.unwrap().lat, place.within_m), (362_000_000, 150));
    assert_eq!(incident.governorates, [AreaId::new("SY02")].into());
    let facts = &incident.facts[&FactId::new("exempt-group-present")];
    assert_eq!(facts.standing(), Standing::Disputed);
    assert_eq!(incident.judgements.values().next(), Some(&Answer::Unclear));
    assert_eq!(incident.killed.figures.len(), 2);
    assert_eq!(incident.links.len(), 2);
    assert_eq!(incident.links[0].receipt.0, 9);
    assert!(incident.origins.contains(&SourceId::new("hnc")));
}

#[test]
fn a_place_by_its_id_brings_its_point() {
    let incident = read(r#"{"incident":"x","place":"aleppo-al-quds-hospital"}"#).unwrap();
    assert!(incident.place().unwrap().point.is_some());
    assert_eq!(incident.governorates, [AreaId::new("SY02")].into());
}

#[test]
fn the_lines_own_origins_stand_for_values_that_name_none() {
    let incident =
        read(r#"{"incident":"x","origins":["sohr","msf"],"act":"airstrike","actor_open":true}"#).unwrap();
    assert_eq!(incident.acts.standing(), Standing::Agreed);
    assert_eq!(incident.actors.open_origins().len(), 2);
    assert_eq!(incident.origins.len(), 2);
}

#[test]
fn what_was_counted_struck_and_commanded_is_read() {
    let line = r#"{"incident":"x","origins":["sohr"],"struck":"government-side","struck_open":["msf"],
        "commander":[{"value":"opposition","origins":["hnc"]}],"commander_open":true,"system":"tornado-s",
        "throughout":true,"amounts":{"lorries":[{"value":{"min":500,"max":600},"origins":["un-ocha"]},540],
        "calibre":{"min":100}},"amounts_open":{"lorries":["msf"]}}"#;
    let incident = read(&line.replace('\n', " ")).unwrap();
    assert_eq!(incident.struck.iter().next().unwrap().0, &ActorId::new("government-side"));
    assert_eq!(incident.struck.open_origins(), &[SourceId::new("msf")].into());
    assert_eq!(incident.commanders.open_origins(), &[SourceId::new("sohr")].into());
    assert_eq!(incident.systems.only(), Some(&SystemId::new("tornado-s")));
    assert!(incident.throughout);
    let lorries = &incident.amounts[&MeasureId::new("lorries")];
    assert_eq!(lorries.len(), 2);
    assert!(lorries.is_open());
    assert_eq!(lorries.iter().next().unwrap().0, &Bounds::range(500, 600).unwrap());
    assert_eq!(incident.amounts[&MeasureId::new("calibre")].only().unwrap().max, None);
}

#[test]
fn counts_and_flags_that_cannot_be_read_are_refused() {
    for (line, say) in [
        (r#"{"incident":"x","amounts":{"lories":3}}"#, "did you mean"),
        (r#"{"incident":"x","amounts":{"lorries":{"min":6,"max":5}}}"#, "a count"),
        (r#"{"incident":"x","amounts":{"lorries":{"minimum":6}}}"#, "min and max"),
        (r#"{"incident":"x","amounts":{"lorries":"many"}}"#, "is no count"),
        (r#"{"incident":"x","throughout":"yes"}"#, "true or false"),
        (r#"{"incident":"x","system":"Tornado S"}"#, "like tornado-s"),
        (r#"{"incident":"x","struck":"governmet-side"}"#, "did you mean"),
    ] {
        let told = read(line).unwrap_err().join("\n");
        assert!(told.contains(say), "{line}: {told}");
    }
}

#[test]
fn faults_are_told_all_at_once() {
    let line = r#"{"incident":"x","held_bye":"opposition","act":"airstirke","when":"2016-02-30",
        "place":{"lat":36.2,"lon":4239.00416},"actor":"al-nusrah","facts":{"exempt-group-presnt":"yes"},
        "killed":[{"bounds":"27-14"},{"bound":"3"}],"version":"4","place_open":"yes"}"#;
    let told = read(&line.replace('\n', " ")).unwrap_err().join("\n");
    insta::assert_snapshot!(told);
}

#[test]
fn what_is_no_incident_is_refused() {
    for (line, say) in [
        ("[]", "an object in braces"),
        ("{\"incident\":\"x\"", "an object goes on"),
        ("{\"incident\":\"x\",\"act\":\"airstrike\",\"act\":\"shelling\"}", "given twice"),
        ("{}", "give the incident an id"),
        ("{\"incident\":\"x\",\"schema\":\"truceline-incident-9\"}", "truceline-incident-1"),
        ("\u{feff}{}", "give the incident an id"),
        ("incident: x", "no JSON value begins so"),
    ] {
        let told = read(line).unwrap_err().join("\n");
        assert!(told.contains(say), "{line}: {told}");
    }
}
