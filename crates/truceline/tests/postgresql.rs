//! A mission's store in PostgreSQL as its users meet it: made, loaded, verified, moved, and read by other people's programs.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "../../store/tests/common/server.rs"]
mod server;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{copy, finish, good, root, run, text, truceline};
use server::Server;

/// Makes a store with the address read from standard input.
fn init(dir: &Path, origin: &str, address: &str) -> common::Run {
    init_with(dir, origin, address, &[])
}

fn init_with(dir: &Path, origin: &str, address: &str, more: &[&str]) -> common::Run {
    let mut child = truceline()
        .args(["store-init", &text(dir), "--origin", origin, "--postgres", "-", "--quorum", "0"])
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(address.as_bytes()).unwrap();
    finish(child.wait_with_output().unwrap())
}

#[test]
fn a_mission_in_postgresql_is_read_by_gdal_and_sql_and_moves_home_again() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (ops, embedded, home) =
        (folder.path().join("ops"), folder.path().join("embedded"), folder.path().join("home"));
    let database = server.database();
    let place = server.place(&database, 0);
    let made = init(&ops, "truceline.example/o'brien;--", &place.address);
    assert_eq!(made.code, 0, "{}", made.err);
    let name = "SELECT value FROM truceline_log.meta WHERE name = 'origin'";
    assert_eq!(server.psql(&database, name), "truceline.example/o'brien;--", "words stay words");

    // With people in it, who act in cases.
    let with_people = folder.path().join("mission");
    copy(&root().join("agreements/syria-2016"), &with_people);
    let people = fs::read_to_string(with_people.join("people.kdl")).unwrap();
    let mut file = fs::OpenOptions::new().append(true).open(with_people.join("mission.kdl")).unwrap();
    write!(file, "\n{people}").unwrap();
    let mission = text(&with_people);
    for store in [&ops, &embedded] {
        let loaded = run(&["load", &mission, "--store", &text(store)]);
        assert!(loaded.code <= 1, "{}", loaded.err);
    }
    good(&["verify", "--store", &text(&ops)]);
    let (there, here) = (folder.path().join("there"), folder.path().join("here"));
    good(&["replay", "--store", &text(&ops), "--out", &text(&there)]);
    good(&["replay", "--store", &text(&embedded), "--out", &text(&here)]);
    for file in ["findings.jsonl", "incidents.geojson"] {
        assert_eq!(fs::read(there.join(file)).unwrap(), fs::read(here.join(file)).unwrap(), "{file}");
    }

    cases_and_deliveries_are_read(&server, &database, &text(&ops));
    let told = good(&["project", "--store", &text(&ops), "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    // A second time it is replaced, not added to.
    good(&["project", "--store", &text(&ops)]);
    read_by_sql(&server, &database, &told, &there);
    every_column_is_in_the_documentation(&server, &database);
    read_by_gdal(&server, &database, told["incidents"].as_u64().unwrap());

    let refused = run(&["project", "--store", &text(&embedded)]);
    assert!(refused.code == 3 && refused.err.contains("move it to PostgreSQL"), "{}", refused.err);
    let root_of = |dir: &Path| {
        let told = good(&["verify", "--store", &text(dir), "--format", "json"]);
        serde_json::from_str::<serde_json::Value>(&told).unwrap()["root"].clone()
    };
    let before = root_of(&ops);
    good(&["move", "--from", &text(&ops), "--to", &text(&home)]);
    assert_eq!(root_of(&home), before);
    let refused = run(&["load", &mission, "--store", &text(&ops)]);
    assert!(refused.code == 3 && refused.err.contains("it was moved to"), "{}", refused.err);
}

#[test]
fn what_follows_stands_in_each_commit_or_says_how_far_it_is_behind() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mission = text(&root().join("agreements/mindanao-1997"));
    let behind = |database: &str| server.psql(database, "SELECT behind FROM truceline.derived_now");
    let incidents = |database: &str| server.psql(database, "SELECT count(*) FROM truceline.incidents");
    let import = |store: &Path, n: u32| {
        let file = folder.path().join(format!("{n}.csv"));
        let header = "id,kind,known,source,when,act,place";
        let row = format!("k{n},event,2001-05-03,agch-text,2001-05-0{n},shelling,Cotabato");
        fs::write(&file, format!("{header}\n{row}\n")).unwrap();
        good(&["import", &text(&file), "--store", &text(store)]);
    };

    // In each commit: no command asks for it.
    let (each, database) = (folder.path().join("each"), server.database());
    let address = server.place(&database, 0).address;
    let made = init(&each, "truceline.example/each", &address);
    assert_eq!(made.code, 0, "{}", made.err);
    let loaded = run(&["load", &mission, "--store", &text(&each)]);
    assert!(loaded.code <= 1 && !loaded.err.contains("not derived"), "{}", loaded.err);
    assert_eq!(behind(&database), "0");
    for n in 1..4 {
        import(&each, n);
        assert_eq!([behind(&database), incidents(&database)], ["0".to_owned(), n.to_string()]);
    }
    // Who decided and why is closed in the tree, and open to those who have the vault.
    let ids = server.psql(&database, "SELECT id FROM truceline.incidents ORDER BY id");
    let ids: Vec<&str> = ids.lines().collect();
    let decide = ["decide", "--by", "duty officer", "--why", "one event", "--store"];
    good(&[&decide[..], &[&text(&each), "merge", ids[0], ids[1]]].concat());
    assert_eq!([behind(&database), incidents(&database)], ["0", "2"]);
    let decided = "SELECT decided_by, why, what ? 'merge', known_at IS NOT NULL FROM truceline.decisions";
    assert_eq!(server.psql(&database, decided), "duty officer|one event|t|t");
    good(&["verify", "--store", &text(&each)]);

    // Beside it: behind, and saying so, until the follower has seen it.
    let (beside, database) = (folder.path().join("beside"), server.database());
    let address = server.place(&database, 0).address;
    assert_eq!(init_with(&beside, "truceline.example/beside", &address, &["--project-beside"]).code, 0);
    run(&["load", &mission, "--store", &text(&beside)]);
    assert_ne!(behind(&database), "0");
    let mut follower = truceline()
        .args(["project", "--every", "1", "--store", &text(&beside)])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let caught_up = || {
        let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while behind(&database) != "0" {
            assert!(std::time::Instant::now() < until, "it stays behind");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    };
    caught_up();
    assert_eq!(incidents(&database), "0");
    import(&beside, 1);
    caught_up();
    assert_eq!(incidents(&database), "1");
    follower.kill().unwrap();
    follower.wait().unwrap();
    import(&beside, 2);
    let now = "SELECT DISTINCT behind > 0 FROM truceline.incidents_now";
    assert_eq!(server.psql(&database, now), "t");
    good(&["verify", "--store", &text(&beside)]);
}

fn read_by_sql(server: &Server, database: &str, told: &serde_json::Value, files: &Path) {
    let count = |sql: &str| server.psql(database, sql).parse::<u64>().unwrap();
    assert_eq!(count("SELECT count(*) FROM truceline.incidents"), told["incidents"].as_u64().unwrap());
    assert_eq!(count("SELECT count(*) FROM truceline.findings"), told["findings"].as_u64().unwrap());
    assert_eq!(count("SELECT up_to FROM truceline.derived"), told["up_to"].as_u64().unwrap());
    assert_eq!(count("SELECT count(*) FROM truceline.entries"), told["up_to"].as_u64().unwrap());
    assert_eq!(count("SELECT count(*) FROM truceline.entries WHERE body IS NULL OR logged_at IS NULL"), 0);
    let reports = count("SELECT count(*) FROM truceline.entries WHERE kind = 'report'");
    assert!(reports > 900);
    assert_eq!(
        count("SELECT count(*) FROM truceline.reports WHERE file IS NOT NULL AND object IS NOT NULL"),
        reports
    );
    assert_eq!(
        count("SELECT count(*) FROM truceline.decisions"),
        count("SELECT count(*) FROM truceline.entries WHERE kind = 'decision'")
    );
    // Each outcome, counted by SQL and in the file.
    let lines = fs::read_to_string(files.join("findings.jsonl")).unwrap();
    for outcome in ["prohibited", "undetermined", "not-covered", "not-prohibited"] {
        let wanted = format!("\"outcome\":\"{outcome}\"");
        let in_file = lines.lines().filter(|line| line.contains(&wanted)).count() as u64;
        let sql = format!("SELECT count(*) FROM truceline.findings WHERE outcome = '{outcome}'");
        assert_eq!(count(&sql), in_file, "{outcome}");
    }
    // Of one place to the metre, through geometry.
    let file: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(files.join("incidents.geojson")).unwrap()).unwrap();
    let placed: Vec<_> =
        file["features"].as_array().unwrap().iter().filter(|f| !f["geometry"].is_null()).collect();
    assert_eq!(count("SELECT count(*) FROM truceline.incidents WHERE geom IS NOT NULL"), placed.len() as u64);
    let one = placed[0];
    let (id, at) = (one["id"].as_str().unwrap(), &one["geometry"]["coordinates"]);
    let sql = format!(
        "SELECT count(*) FROM truceline.incidents WHERE id = '{id}' AND within_m = {} AND ST_DWithin(geom::geography, ST_MakePoint({}, {})::geography, 1)",
        one["properties"]["within_m"], at[0], at[1]
    );
    assert_eq!(count(&sql), 1);
}

/// What `truceline duties` tells, by kind.
fn told_of_duties(store: &str) -> impl Fn(&str) -> Vec<serde_json::Value> {
    let told = good(&["duties", "--store", store, "--format", "json"]);
    let told: Vec<serde_json::Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    move |kind| told.iter().filter(|one| one["kind"] == kind).cloned().collect()
}

#[test]
fn duties_are_rows_from_the_entry_that_registers_the_terms() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (dir, database) = (folder.path().join("ops"), server.database());
    assert_eq!(init(&dir, "truceline.example/gaza", &server.place(&database, 0).address).code, 0);
    run(&["load", &text(&root().join("agreements/gaza-2025-01")), "--store", &text(&dir)]);
    let duties = told_of_duties(&text(&dir))("duty");
    assert!(duties.len() > 100);
    let sql = |sql: &str| server.psql(&database, sql);
    assert_eq!(sql("SELECT count(*) FROM truceline.duties_now WHERE behind = 0"), duties.len().to_string());
    for (n, one) in duties.iter().enumerate().step_by(17) {
        let said = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
        let wanted = format!(
            "clause = '{}' AND respondent = '{}' AND state = '{}'",
            said("clause"),
            said("respondent"),
            said("state")
        );
        let by = one["by"].as_str().map_or_else(
            || format!("day_starts = '{}'", one["day"][0].as_str().unwrap()),
            |by| format!("by = '{by}'"),
        );
        let there = sql(&format!("SELECT count(*) > 0 FROM truceline.duties WHERE {wanted} AND {by}"));
        assert_eq!(there, "t", "{n}: {one}");
    }
}

/// No command asks for them: they stand in the commit of the entries that they follow from.
fn cases_and_deliveries_are_read(server: &Server, database: &str, store: &str) {
    let sql = |sql: &str| server.psql(database, sql);
    let of = told_of_duties(store);
    let stages = of("aid")
        .iter()
        .flat_map(|one| one["stages"].as_object().unwrap().values().cloned().collect::<Vec<_>>())
        .map(|said| said.as_array().unwrap().len())
        .sum::<usize>();
    assert!(stages > 0);
    assert_eq!(sql("SELECT count(*) FROM truceline.deliveries"), stages.to_string());

    let incident = sql("SELECT id FROM truceline.incidents ORDER BY id LIMIT 1");
    let opening = [
        "case",
        "open",
        "--procedure",
        "arbitration",
        "--clause",
        "government-fire",
        "--against",
        "syrian-government-forces",
    ];
    let more = ["--by", "operator", "--complainant", "public", "--words", "CANARY", "--incident", &incident];
    good(&[&opening[..], &more, &["--store", store]].concat());
    let case = "SELECT clause, respondents, is_named, incidents, phase, due IS NOT NULL, awaited IS NOT NULL, kind IS NULL, behind FROM truceline.cases_now";
    let wanted = format!("government-fire|syrian-government-forces|t|{incident}|underway|t|t|t|0");
    assert_eq!(sql(case), wanted);
    let said = sql("SELECT string_agg(c::text, '') FROM truceline.cases c");
    assert!(!said.contains("CANARY") && !said.contains("public"), "{said}");
}

fn every_column_is_in_the_documentation(server: &Server, database: &str) {
    let page = fs::read_to_string(root().join("docs/postgresql.md")).unwrap();
    let columns = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'truceline' ORDER BY 1, 2";
    let columns = server.psql(database, columns);
    assert!(columns.lines().count() > 30, "{columns}");
    for line in columns.lines() {
        let (table, column) = line.split_once('|').unwrap();
        let section = page.split("\n### ").find(|part| part.starts_with(&format!("`truceline.{table}`")));
        let section =
            section.unwrap_or_else(|| panic!("docs/postgresql.md says nothing of truceline.{table}"));
        assert!(section.contains(&format!("`{column}`")), "docs/postgresql.md: truceline.{table}.{column}");
    }
}

fn read_by_gdal(server: &Server, database: &str, incidents: u64) {
    let required = std::env::var_os("TRUCELINE_REQUIRE_POSTGIS").is_some();
    let source = format!("PG:host={} user=truceline dbname={database} schemas=truceline", server.socket());
    let output = match Command::new("ogrinfo").args(["-so", &source, "incidents"]).output() {
        Ok(output) => output,
        Err(error) => {
            assert!(!required, "ogrinfo (gdal-bin) is needed: {error}");
            return;
        }
    };
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("Geometry: Point"), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains(&format!("Feature Count: {incidents}")), "{said}");
    assert!(said.contains("within_m: Integer64") && said.contains("starts: DateTime"), "{said}");
    assert!(said.contains("WGS 84"), "{said}");
}

#[test]
fn an_address_with_a_password_is_never_said() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("ops");
    for address in [
        "postgresql://user:canary@192.0.2.1/x",
        "postgresql://user:canary@127.0.0.1:1/x",
        "host=127.0.0.1 port=1 password=canary bad",
        "host=127.0.0.1 port=1 dbname=x\npassword=canary",
    ] {
        let refused = init(&dir, "truceline.example/x", address);
        assert_eq!(refused.code, 3, "{address}");
        assert!(!refused.err.contains("canary") && !refused.out.contains("canary"), "{}", refused.err);
    }
    assert!(!dir.join("postgres").exists());
}
