//! A party's page of a case over HTTP: incidents, findings by reading and proofs beside its deadlines, as the command line prints them for
//! it, and nothing of who told the mission. The canary is what a sealed source said.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::common::{good, root, text, truceline};
use crate::room::{Desk, Room};

const STRIKE: &str = "Aleppo, 28 April 2016 - Warplanes bombed a hospital in the Sukkari district of Aleppo on Wednesday, killing at least 14 people.";
const PEOPLE: [&str; 5] = ["operator", "legal", "moscow", "damascus", "hnc"];

/// The shipped mission without its reports, with people in each role and holders of sealed names.
fn room() -> Room {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("mission");
    std::fs::create_dir(&folder).unwrap();
    let shipped =
        |name: &str| std::fs::read_to_string(root().join("agreements/syria-2016").join(name)).unwrap();
    for name in ["agreement.md", "actors.csv", "areas.geojson", "definitions.csv", "sources.csv"] {
        std::fs::write(folder.join(name), shipped(name)).unwrap();
    }
    let mission = shipped("mission.kdl");
    let kept = mission.lines().filter(|line| !line.starts_with("reports") && !line.contains("opens-at"));
    let kept: Vec<&str> = kept.collect();
    let holders: String = ["Registrar", "Envoy", "Doctor"]
        .iter()
        .map(|name| {
            let key = good(&["seal", "init-holder", "--key", &text(&dir.path().join(format!("{name}.age")))]);
            format!("holder \"{name}\" recipient=\"{}\"\n", key.trim())
        })
        .collect();
    let mission = format!("{}\n{}\n{holders}open-by 2\n", kept.join("\n"), shipped("people.kdl"));
    std::fs::write(folder.join("mission.kdl"), mission).unwrap();
    let mut room = Room { dir, tokens: BTreeMap::new() };
    good(&["load", &text(&folder), "--store", &room.store()]);
    for person in PEOPLE {
        let told = good(&["account", "add", person, "--store", &room.store(), "--format", "json"]);
        let told: Value = serde_json::from_str(&told).unwrap();
        room.tokens.insert(person.to_owned(), told["token"].as_str().unwrap().to_owned());
    }
    room
}

/// Takes a text in; gives its receipt.
fn receive(room: &Room, words: &str, from: &[&str], name: &str) -> u64 {
    let file = text(&room.dir.path().join("note.txt"));
    std::fs::write(&file, words).unwrap();
    let mut child = truceline()
        .args(["receive", &file, "--country", "SY", "--store", &room.store(), "--format", "json"])
        .args(from)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(name.as_bytes()).unwrap();
    let out = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let line: Value =
        serde_json::from_str(out.lines().next().unwrap_or_default()).unwrap_or_else(|_| panic!("{out}"));
    line["receipt"].as_u64().unwrap()
}

/// A person confirms what a text seems to say; gives the incidents that there are then.
fn confirm(room: &Room, receipt: u64) -> Vec<String> {
    let lines =
        |out: String| -> Vec<Value> { out.lines().map(|line| serde_json::from_str(line).unwrap()).collect() };
    let proposed = lines(good(&["proposals", "--store", &room.store(), "--format", "json"]));
    let prefix = format!("p{receipt}-incident-");
    let id = proposed.iter().filter_map(|one| one["id"].as_str()).find(|id| id.starts_with(&prefix));
    let id = id.unwrap_or_else(|| panic!("{proposed:?}"));
    let by = ["decide", "--store", &room.store(), "--by", "verifier", "--why", "read", "confirm", id];
    good(&by);
    let all =
        lines(good(&["incidents", "--store", &room.store(), "--format", "json", "--as-of", "2030-01-01"]));
    all.iter().filter_map(|one| one["incident"].as_str().map(str::to_owned)).collect()
}

/// A raid that a wire and a sealed source tell of; gives the incident, and the sealed receipt.
fn raid(room: &Room) -> (String, u64) {
    let wire = receive(room, STRIKE, &["--source", "reuters"], "");
    confirm(room, wire);
    let desk_key = text(&room.dir.path().join("desk.key"));
    let told = format!("{STRIKE} CANARY-WORDS by my own window.");
    let sealed = receive(room, &told, &["--from-sealed", "-", "--desk-key", &desk_key], "Canary Alnasser");
    let incidents = confirm(room, sealed);
    assert_eq!(incidents.len(), 1, "one raid told twice: {incidents:?}");
    (incidents[0].clone(), sealed)
}

/// A case that somebody of the public brought, with sealed evidence and an item that was disclosed; the accused was told.
fn case(desk: &Desk, incident: &str, sealed: u64) -> String {
    let opened = desk.post(
        "operator",
        "/api/cases",
        &json!({
            "procedure": "arbitration", "clause": "government-fire", "incidents": [incident],
            "respondents": ["syrian-government-forces"], "complainant": format!("public:r{sealed}"),
            "words": "CANARY-ALLEGATION",
        }),
    );
    assert_eq!(opened.code, 201, "{opened:?}");
    let case = opened.body["case"].as_str().unwrap().to_owned();
    let item = json!({ "evidence": { "receipt": sealed, "sealed": true } });
    assert_eq!(desk.act("legal", &case, item, Some("CANARY-EVIDENCE")).code, 201);
    let open = json!({ "evidence": { "receipt": null, "sealed": false } });
    let open = desk.act("legal", &case, open, Some("a photograph"));
    let disclose = json!({ "disclose": { "item": open.body["entry"], "to": "syrian-government-forces" } });
    assert_eq!(desk.act("legal", &case, disclose, None).code, 201);
    // Nobody has told the accused yet: there is no page, whatever the case rests on.
    assert_eq!(desk.get("damascus", &format!("/api/cases/{case}")).code, 404);
    let notice = desk.act("legal", &case, json!({ "step": { "step": "notice" } }), Some("You are asked."));
    assert_eq!(notice.code, 201, "{notice:?}");
    case
}

#[test]
fn a_partys_page_names_incidents_findings_and_proofs_and_never_who_told() {
    let room = room();
    let (incident, sealed) = raid(&room);
    let desk = room.desk();
    let case = case(&desk, &incident, sealed);
    let page = desk.get("damascus", &format!("/api/cases/{case}"));
    assert_eq!(page.code, 200, "{page:?}");
    let mut page = page.body;
    assert_eq!(page["view"], "party");
    let shown = page["incidents"].as_array().unwrap();
    assert_eq!(shown.len(), 1, "{page}");
    let findings = page["findings"].as_array().unwrap();
    assert!(findings.len() > 1, "a finding by reading: {page}");
    assert!(findings.iter().all(|one| one["incident"] == shown[0] && one["reading"].is_string()), "{page}");
    assert!(page["waiting"]["silence"]["id"].is_string(), "{page}");
    let proof = &page["proof"];
    assert!(
        proof["checkpoint"].is_string() && !proof["inclusions"].as_array().unwrap().is_empty(),
        "{proof}"
    );
    let evidence = page["evidence"].as_array().unwrap();
    assert_eq!(evidence.len(), 1, "what was disclosed to it alone: {page}");
    assert_eq!(evidence[0]["said"]["words"], "a photograph");

    // The id is the published one, which says who of the open sources is named first.
    let text = page.to_string().replace(shown[0].as_str().unwrap(), "THE-INCIDENT");
    for canary in ["CANARY", "Canary", "sealed-", "reuters", "operator", "public"] {
        assert!(!text.contains(canary), "{canary}: {text}");
    }
    assert!(!text.contains(&format!("\"receipt\":{sealed}")), "{text}");

    // The same as the command line prints for it, as of the same moment.
    let as_of = page["as_of"].as_str().unwrap().to_owned();
    page.as_object_mut().unwrap().remove("view");
    let printed = good(&[
        "case",
        "dossier",
        &case,
        "--store",
        &room.store(),
        "--by",
        "damascus",
        "--release",
        "party:syrian-government-forces",
        "--as-of",
        &as_of,
        "--json",
    ]);
    assert_eq!(page, serde_json::from_str::<Value>(&printed).unwrap());

    // And as of that moment again when it is asked for; a case that it may not know of has no page at any.
    let again = desk.get("damascus", &format!("/api/cases/{case}?as_of={as_of}")).body;
    assert_eq!((&again["findings"], &again["incidents"]), (&page["findings"], &page["incidents"]));
    for path in ["", "?as_of=2016-04-01T00:00:00Z"] {
        assert_eq!(desk.get("hnc", &format!("/api/cases/{case}{path}")).code, 404, "{path}");
    }
}

#[test]
fn words_of_an_allegation_are_shown_to_whom_somebody_who_may_disclosed_them() {
    let room = room();
    let (incident, sealed) = raid(&room);
    let desk = room.desk();
    let case = case(&desk, &incident, sealed);
    let number: u64 = case.trim_start_matches('c').parse().unwrap();
    let disclose = json!({ "disclose": { "item": number, "to": "syrian-government-forces" } });
    let told = desk.act("operator", &case, disclose.clone(), None);
    assert_eq!(told.code, 422, "an operator may not: {told:?}");
    assert!(!desk.get("damascus", &format!("/api/cases/{case}")).body.to_string().contains("CANARY"));
    let told = desk.act("legal", &case, disclose.clone(), None);
    assert_eq!(told.code, 201, "{told:?}");
    let page = desk.get("damascus", &format!("/api/cases/{case}")).body;
    assert_eq!(page["allegation"]["words"], "CANARY-ALLEGATION");
    assert_eq!(page["disclosed"], json!([{ "to": "syrian-government-forces", "entry": told.body["entry"] }]));
    assert_eq!(page["alleged"], json!([{ "by": "not-said", "entry": null }]), "who alleges stays unsaid");
    assert_eq!(desk.act("legal", &case, disclose, None).code, 422, "twice");
}
