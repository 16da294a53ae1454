//! The watch's own routes: who is told what of the mission, and what is never told.

use serde_json::json;

use crate::incidents::SEALED;
use crate::room::{PEOPLE, Room};

#[test]
fn everybody_with_an_account_is_told_which_mission_it_is() {
    let room = Room::new();
    let desk = room.desk();
    for person in PEOPLE {
        let told = desk.get(person, "/api/mission");
        assert_eq!(told.code, 200, "{person}: {told:?}");
        assert_eq!(told.body["id"], "small");
        assert_eq!(told.body["zone"], "Asia/Damascus");
        assert_eq!(told.body["title"], json!({ "en": "A small truce" }));
        assert_eq!(told.body["opens_at"], json!(null));
        let parties: Vec<&str> = told.body["actors"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["is_party"] == true)
            .filter_map(|one| one["id"].as_str())
            .collect();
        assert_eq!(parties, ["government-side", "opposition"], "{person}");
        assert_eq!(told.body["clauses"][0]["id"], "fire");
    }
    assert_eq!(desk.get("vera", "/api/mission?of=another").code, 400);
}

/// What belongs to the watch, as it is asked for.
const ROUTES: [&str; 8] = [
    "/api/terms",
    "/api/terms/amendments",
    "/api/access",
    "/api/watch",
    "/api/watch/feed",
    "/api/watch/changes?since=2020-01-01T00:00:00Z",
    "/api/map",
    "/api/map/areas",
];

#[test]
fn the_watch_is_for_those_whom_the_table_names() {
    let room = Room::new();
    let desk = room.desk();
    for person in PEOPLE {
        for route in ROUTES {
            let wanted = if person == "anyone" { 403 } else { 200 };
            assert_eq!(desk.get(person, route).code, wanted, "{person} {route}");
        }
        if person != "anyone" {
            let whole = ["night-watch", "vera", "petrova", "ivan", "jane", "guard"].contains(&person);
            let told = desk.get(person, "/api/watch");
            assert_eq!(told.body["is_whole"], whole, "{person}");
            assert_eq!(told.body["counts"]["unreadable"].is_null(), !whole, "{person}");
        }
    }
}

#[test]
fn what_makes_no_sense_is_refused_in_words() {
    let room = Room::new();
    let desk = room.desk();
    for (route, says) in [
        ("/api/watch?as_of=yesterday", "yesterday"),
        ("/api/watch?happened_by=2999-01-01T00:00:00Z", "happened_by"),
        ("/api/watch?within=never", "within"),
        ("/api/watch?x=1", "is not asked here"),
        ("/api/watch/changes", "since"),
        ("/api/watch/changes?since=2999-01-01T00:00:00Z", "since"),
        ("/api/watch/feed?before=x", "before"),
        ("/api/watch/feed?before=1-2-x", "before"),
        ("/api/watch/feed?limit=1000000", "limit"),
        ("/api/map?days=0", "days"),
        ("/api/map/areas?as_of=2016-01-01T00:00:00Z", "is not asked here"),
    ] {
        let told = desk.get("night-watch", route);
        assert_eq!(told.code, 400, "{route}: {told:?}");
        assert!(told.body["detail"].as_str().unwrap().contains(says), "{route}: {told:?}");
    }
    // What would come of silence is not a party's to see.
    let ahead = desk.get("omar", "/api/watch?as_of=2999-01-01T00:00:00Z");
    assert_eq!(ahead.code, 400, "{ahead:?}");
    assert_eq!(desk.get("vera", "/api/watch?as_of=2999-01-01T00:00:00Z").code, 200);
}

#[test]
fn what_changed_in_cases_is_told_to_those_alone_who_may_know_of_them() {
    let room = Room::new();
    let desk = room.desk();
    let case = desk.open("operator", "public", "i-1");
    let since = "/api/watch/changes?since=2020-01-01T00:00:00Z";
    let seen =
        |person: &str, route: &str| desk.get(person, route).body.to_string().contains(&format!("\"{case}\""));
    for (person, wanted) in
        [("night-watch", true), ("vera", true), ("jane", true), ("omar", false), ("gov", false)]
    {
        assert_eq!(seen(person, since), wanted, "{person}");
        assert_eq!(seen(person, "/api/watch/feed"), wanted, "{person}");
    }
    let told = desk.get("vera", since);
    assert_eq!(told.body["cases_opened"], 1, "{told:?}");
    assert_eq!(told.body["cases"][0]["stood"], json!(null));
    let now = desk.get("vera", "/api/watch").body["as_of"].as_str().unwrap().to_owned();
    let since = format!("/api/watch/changes?since={now}");
    let calm = desk.get("vera", &since);
    assert_eq!(calm.body["cases"], json!([]), "{calm:?}");
}

#[test]
fn the_feed_goes_on_where_a_page_ended() {
    let room = Room::new();
    let desk = room.desk();
    let cases: Vec<String> =
        ["i-1", "i-2", "i-3"].iter().map(|of| desk.open("operator", "public", of)).collect();
    let (mut seen, mut route) = (Vec::new(), "/api/watch/feed?limit=1".to_owned());
    loop {
        let told = desk.get("vera", &route);
        assert_eq!(told.code, 200, "{told:?}");
        let items = told.body["items"].as_array().unwrap().clone();
        assert!(items.len() <= 1, "{told:?}");
        seen.extend(items.iter().filter_map(|one| one["case"].as_str().map(str::to_owned)));
        let Some(next) = told.body["next"].as_str() else { break };
        route = format!("/api/watch/feed?limit=1&before={next}");
    }
    assert_eq!(seen, cases.into_iter().rev().collect::<Vec<_>>());
}

#[test]
fn outlines_are_sent_once_and_known_again_by_their_mark() {
    let room = Room::new();
    let desk = room.desk();
    let told = desk.get("omar", "/api/map/areas");
    assert_eq!(told.body["type"], "FeatureCollection");
    assert!(told.head.to_lowercase().contains("etag: \""), "{}", told.head);
}

#[test]
fn earlier_texts_of_the_mission_stand_with_what_each_changed() {
    let room = Room::new();
    let told = room.desk().get("omar", "/api/terms/amendments").body;
    assert_eq!((&told["total"], &told["texts"][0]["changes"]), (&json!(1), &json!(null)), "{told}");
    let folder = room.dir.path().join("small");
    let said = std::fs::read_to_string(folder.join("agreement.md")).unwrap();
    // The clause on fire, and with it what it says, goes; then it comes back.
    let amended = said.replacen("shelling", "airstrike", 1);
    assert_ne!(amended, said);
    std::fs::write(folder.join("agreement.md"), amended).unwrap();
    crate::common::good(&["load", &crate::common::text(&folder), "--store", &room.store()]);
    let told = room.desk().get("omar", "/api/terms/amendments").body;
    assert_eq!(told["total"], 2, "{told}");
    let changes = told["texts"][0]["changes"].as_array().unwrap();
    assert!(!changes.is_empty() && changes[0]["what"] == "changed", "{told}");
    for lang in ["en", "ar", "ru"] {
        let sentences = |side: &str| changes[0][side][lang].as_array().unwrap().len();
        assert!(sentences("removed") > 0 && sentences("added") > 0, "{lang}: {told}");
    }
    // Before the second text came, there was one.
    let first = told["texts"][1]["at"].as_str().unwrap();
    let then = room.desk().get("omar", &format!("/api/terms/amendments?as_of={first}")).body;
    assert!(then["total"].as_u64().unwrap() >= 1, "{then}");
}

#[test]
fn no_route_of_the_watch_tells_of_a_sealed_source_whoever_asks() {
    let room = crate::incidents::room();
    let desk = room.desk();
    desk.open("operator", "public", "i-1");
    let moments =
        ["", "as_of=2016-03-10T00:00:00Z", "as_of=2016-03-10T00:00:00Z&happened_by=2016-03-08T12:00:00Z"];
    for person in PEOPLE {
        // What the mission itself holds is for the desk; everybody else sees what may be published.
        let is_mission = ["night-watch", "vera", "petrova", "ivan", "jane", "guard"].contains(&person);
        let mut seen = String::new();
        for route in ROUTES.into_iter().chain([
            "/api/watch/feed?limit=200",
            "/api/mission",
            "/api/due",
            "/api/procedures",
        ]) {
            for moment in moments {
                let joined = if route.contains('?') { '&' } else { '?' };
                let path =
                    if moment.is_empty() { route.to_owned() } else { format!("{route}{joined}{moment}") };
                let told = desk.get(person, &path);
                // Some routes know one clock, or none, and say so.
                assert!([200, 400, 403].contains(&told.code), "{person} {path}: {told:?}");
                seen.push_str(&told.head);
                seen.push_str(&told.body.to_string());
            }
        }
        // An incident that it alone told bears its pseudonym in its id, which the desk itself works with.
        assert!(is_mission || !seen.contains(SEALED), "{person} is told a pseudonym");
        assert!(!seen.contains("CANARY"), "{person} is told its words");
        if person != "anyone" {
            assert!(seen.contains("agency-c"), "{person} is told of sources that may be named");
        }
        // The hour and the place of what it alone told are coarse for who sees what may be published.
        let hour = seen.contains("2016-03-08T10:00:00Z") || seen.contains("2016-03-08T08:00:00Z");
        let killed = seen.contains(r#""min":11"#);
        if is_mission {
            assert!(
                hour && killed,
                "{person} works on what the mission holds: the canary is there to be found"
            );
        } else {
            assert!(!hour, "{person} is told the hour of what a sealed source alone told");
            assert!(!seen.contains("[36.5,34") && !seen.contains("36.5000"), "{person} is told where");
        }
    }
}
