//! The watch's own routes: who is told what of the mission, and what is never told.

use serde_json::json;

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
