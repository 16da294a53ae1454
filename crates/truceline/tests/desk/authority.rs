//! Who may see and do what: every role, every route, own and others' cases; and what an answer may not give away.

use serde_json::{Value, json};

use crate::common::{good, run, text};
use crate::room::{Desk, PEOPLE, Room, evidence, opening};

/// Four cases: told by the public, and nobody told of it; alleged by the government; told by the public, and the accused told; alleged by
/// the opposition against the government, which was not told.
pub(crate) struct Four {
    pub(crate) public: String,
    pub(crate) governments: String,
    pub(crate) told: String,
    pub(crate) oppositions: String,
}

pub(crate) fn four(desk: &Desk) -> Four {
    let public = desk.open("operator", "public", "i-1");
    let governments = desk.open("gov", "party:government-side", "i-2");
    let told = desk.open("operator", "public", "i-3");
    let step = desk.act("petrova", &told, json!({ "step": { "step": "notice" } }), Some("CANARY-NOTICE"));
    assert_eq!(step.code, 201, "{step:?}");
    let made = desk.post("omar", "/api/cases", &opening("party:opposition", "government-side", "i-4"));
    assert_eq!(made.code, 201, "{made:?}");
    let oppositions = made.body["case"].as_str().unwrap().to_owned();
    Four { public, governments, told, oppositions }
}

/// Who knows of which of the four, in their order.
fn knows(person: &str) -> [bool; 4] {
    match person {
        "night-watch" | "vera" | "petrova" | "ivan" | "jane" | "guard" => [true; 4],
        // Opened by them, or waiting for the mission's own people.
        "operator" => [true; 4],
        "monitor" | "hum" => [true, true, false, true],
        "gov" => [false, true, false, false],
        "omar" => [false, false, true, true],
        _ => [false; 4],
    }
}

#[test]
fn every_role_on_every_route_and_case() {
    let room = Room::new();
    let desk = room.desk();
    let four = four(&desk);
    let cases = [&four.public, &four.governments, &four.told, &four.oppositions];
    for person in PEOPLE {
        let (is_public, known) = (person == "anyone", knows(person));
        let refused = |code: u16| if is_public { 403 } else { code };
        for (case, known) in cases.into_iter().zip(known) {
            for route in ["", "/offered"] {
                let told = desk.get(person, &format!("/api/cases/{case}{route}"));
                let wanted = refused(if known { 200 } else { 404 });
                assert_eq!(told.code, wanted, "{person} {case}{route}: {told:?}");
            }
        }
        let told = desk.get(person, "/api/cases");
        assert_eq!(told.code, refused(200), "{person}: {told:?}");
        let listed: Vec<&str> = told.body["cases"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| one["case"].as_str())
            .collect();
        let wanted: Vec<&str> =
            cases.into_iter().zip(known).filter(|(_, known)| *known).map(|(case, _)| case.as_str()).collect();
        assert_eq!(listed, wanted, "{person}");
        let sees_whole = ["night-watch", "vera", "petrova", "ivan", "jane", "guard"].contains(&person);
        assert_eq!(desk.get(person, "/api/counts").code, if sees_whole { 200 } else { 403 }, "{person}");
        assert_eq!(desk.get(person, "/api/due?within=48").code, refused(200), "{person}");
        assert_eq!(desk.get(person, "/api/exclusions").code, refused(200), "{person}");
    }
}

#[test]
fn every_role_writes_what_the_policy_gives_and_nothing_in_cases_that_are_not_theirs() {
    let room = Room::new();
    let desk = room.desk();
    let four = four(&desk);
    let cases = [&four.public, &four.governments, &four.told, &four.oppositions];
    for person in PEOPLE {
        let is_side = ["gov", "omar"].contains(&person);
        for (case, known) in cases.into_iter().zip(knows(person)) {
            let before = room.entries();
            let told = desk.act(person, case, evidence(false), Some("a photograph"));
            let wanted = match person {
                "anyone" => 403,
                "guard" => 422,
                _ if is_side && !known => 404,
                _ => 201,
            };
            assert_eq!(told.code, wanted, "{person} {case}: {told:?}");
            let written = u64::from(matches!(wanted, 201 | 422));
            assert_eq!(room.entries(), before + written, "{person} {case}");
        }
        let complainant = match person {
            "gov" => "party:government-side",
            "omar" => "party:opposition",
            "ivan" => "party:government-side",
            "jane" => "party:opposition",
            _ => "mission",
        };
        let opened =
            desk.post(person, "/api/cases", &opening(complainant, "ahrar", &format!("i-of-{person}")));
        let wanted = match person {
            "anyone" => 403,
            "monitor" | "guard" => 422,
            _ => 201,
        };
        assert_eq!(opened.code, wanted, "{person}: {opened:?}");
        let fault = desk.post(person, "/api/clock-faults", &json!({ "from": 0, "to": 0 }));
        let wanted = match person {
            "anyone" => 403,
            "night-watch" | "petrova" | "ivan" | "jane" => 201,
            _ => 422,
        };
        assert_eq!(fault.code, wanted, "{person}: {fault:?}");
    }
}

#[test]
fn who_knows_the_number_of_a_case_learns_nothing_of_it() {
    let room = Room::new();
    let desk = room.desk();
    let four = four(&desk);
    let plain = |case: &str, told: Value| told.to_string().replace(case, "cN");
    let nowhere = plain("c999", desk.get("omar", "/api/cases/c999").body);
    for case in [&four.public, &four.governments] {
        assert_eq!(plain(case, desk.get("omar", &format!("/api/cases/{case}")).body), nowhere);
        let told = desk.act("omar", case, json!({ "join": "party:opposition" }), None);
        assert_eq!((told.code, plain(case, told.body)), (404, nowhere.clone()));
    }
    // What would be told if everybody were silent until then.
    let told = desk.get("omar", "/api/cases?as_of=2099-01-01T00:00:00Z");
    assert_eq!(told.code, 400, "{told:?}");
    // A case that rests on one that is not theirs to know.
    let mut resting = opening("party:opposition", "government-side", "i-9");
    resting["rests_on"] = json!([four.public.trim_start_matches('c').parse::<u64>().unwrap()]);
    assert_eq!(desk.post("omar", "/api/cases", &resting).code, 404);
    // The same case again, alleged by a party that does not know of the first.
    let told = desk.post("gov", "/api/cases", &opening("party:government-side", "ahrar", "i-1"));
    assert_eq!(told.code, 422, "{told:?}");
    assert!(!told.body.to_string().contains(&format!("{} ", four.public)), "{told:?}");
    // What a party is shown of a case holds nothing of who told the mission.
    let page = desk.get("omar", &format!("/api/cases/{}", four.told));
    assert_eq!(page.body["view"], "party");
    let shown = page.body.to_string();
    assert!(!shown.contains("CANARY-ALLEGATION") && !shown.contains("operator"), "{shown}");
}

#[test]
fn who_acts_is_who_holds_the_token() {
    let room = Room::new();
    let desk = room.desk();
    let case = desk.open("operator", "public", "i-1");
    let path = format!("/api/cases/{case}/acts");
    let forged = json!({ "act": { "step": { "step": "notice" } }, "by": "petrova" });
    assert_eq!(desk.post("operator", &path, &forged).code, 400);
    let forged = json!({ "act": { "step": { "step": "notice", "by": "petrova" } } });
    assert_eq!(desk.post("operator", &path, &forged).code, 400);
    let told = desk.act("operator", &case, json!({ "step": { "step": "notice" } }), None);
    assert_eq!(told.code, 422, "{told:?}");
    assert_eq!(
        (told.body["is_taken"].as_bool(), told.body["stands"].as_str()),
        (Some(false), Some("notice"))
    );
    assert!(told.body["why"].as_str().unwrap().contains("a hotline-operator may not step"), "{told:?}");
    let page = desk.get("petrova", &format!("/api/cases/{case}")).body;
    assert_eq!(page["refused"][0]["by"], "operator", "kept: {page}");
    assert_eq!(page["refused"][0]["entry"], told.body["entry"]);
}

#[test]
fn sealed_evidence_is_shown_to_whom_it_may_be() {
    let room = Room::new();
    let desk = room.desk();
    let case = desk.open("operator", "public", "i-1");
    let told = desk.act("petrova", &case, evidence(true), Some("CANARY-SEALED"));
    assert_eq!(told.code, 201, "{told:?}");
    let shown = |person: &str| {
        let page = desk.get(person, &format!("/api/cases/{case}")).body.to_string();
        page.contains("CANARY-SEALED")
    };
    for (person, wanted) in [
        ("petrova", true),
        ("guard", true),
        ("night-watch", false),
        ("vera", false),
        ("ivan", false),
        ("jane", false),
        ("operator", false),
        ("monitor", false),
        ("omar", false),
        ("gov", false),
        ("anyone", false),
    ] {
        assert_eq!(shown(person), wanted, "{person}");
    }
    let item = told.body["entry"].clone();
    let told =
        desk.act("petrova", &case, json!({ "disclose": { "item": item, "to": "united-states" } }), None);
    assert_eq!(told.code, 201, "{told:?}");
    assert!(shown("jane") && !shown("ivan"));
}

#[test]
fn a_removed_account_and_a_dismissed_person_stop_at_once() {
    let room = Room::new();
    let desk = room.desk();
    assert_eq!(desk.get("vera", "/api/cases").code, 200);
    good(&["account", "remove", "vera", "--store", &room.store()]);
    assert_eq!(desk.get("vera", "/api/cases").code, 401);
    assert_eq!(run(&["account", "remove", "vera", "--store", &room.store()]).code, 1);
    let stranger = run(&["account", "add", "mallory", "--store", &room.store()]);
    assert_eq!(stranger.code, 2, "{}", stranger.err);
    // A mission that names somebody no longer.
    let folder = room.dir.path().join("small");
    let mission = std::fs::read_to_string(folder.join("mission.kdl")).unwrap();
    std::fs::write(
        folder.join("mission.kdl"),
        mission.replace("person \"hum\" role=\"humanitarian-officer\"\n", ""),
    )
    .unwrap();
    assert_eq!(desk.get("hum", "/api/cases").code, 200);
    good(&["load", &text(&folder), "--store", &room.store()]);
    assert_eq!(desk.get("hum", "/api/cases").code, 403);
}
