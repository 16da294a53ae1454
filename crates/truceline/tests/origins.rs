//! What rests on what, by the real program: the same event told in two scripts, copies, circles, floods, reports made to glue, and a
//! text that first gives one figure and then a later one. The sentences here are our own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::path::Path;

use common::{good, root, text};
use serde_json::Value;

/// A store with the shipped mission and no report but these rows.
fn store(dir: &Path, rows: &str) -> String {
    let folder = dir.join("mission");
    std::fs::create_dir_all(&folder).unwrap();
    for name in
        ["agreement.md", "actors.csv", "areas.geojson", "definitions.csv", "sources.csv", "mission.kdl"]
    {
        let bytes = std::fs::read_to_string(root().join("agreements/syria-2016").join(name)).unwrap();
        let brought = |line: &&str| !line.starts_with("reports") && !line.starts_with("steps");
        let kept: Vec<&str> = bytes.lines().filter(|line| name != "mission.kdl" || brought(line)).collect();
        std::fs::write(folder.join(name), kept.join("\n")).unwrap();
    }
    let store = text(&dir.join("store"));
    good(&["load", &text(&folder), "--store", &store]);
    if !rows.is_empty() {
        let path = dir.join("rows.csv");
        std::fs::write(&path, rows).unwrap();
        good(&["import", &text(&path), "--store", &store]);
    }
    store
}

fn lines(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn incidents(store: &str) -> Vec<Value> {
    lines(&good(&["incidents", "--store", store, "--as-of", "2016-06-01", "--format", "json"]))
}

fn origins(store: &str, more: &[&str]) -> Vec<Value> {
    let base = ["origins", "--store", store, "--as-of", "2016-06-01", "--format", "json"];
    lines(&good(&[&base[..], more].concat()))
}

/// Takes a text in and confirms every incident in it; gives their proposals.
fn confirmed(store: &str, dir: &Path, source: &str, date: &str, words: &str) -> Vec<Value> {
    let path = dir.join(format!("{source}.txt"));
    std::fs::write(&path, words).unwrap();
    let known = format!("{date}T12:00:00Z");
    let args = ["receive", &text(&path), "--source", source, "--known", &known, "--date", date];
    let told = [&args[..], &["--country", "SY", "--store", store, "--format", "json"]].concat();
    let receipt = lines(&good(&told)).remove(0)["receipt"].to_string();
    let asked = ["proposals", "--store", store, "--receipt", &receipt, "--format", "json"];
    let all: Vec<Value> = lines(&good(&asked)).into_iter().filter(|p| p["kind"] == "incident").collect();
    for one in &all {
        let id = one["id"].as_str().unwrap();
        good(&["decide", "--store", store, "--by", "watch", "--why", "as it stands", "confirm", id]);
    }
    all
}

const ENGLISH: &str = "Warplanes bombed the Sukkari district of Aleppo on Wednesday, killing 14 people. Witnesses named \
    the bakery of Abu Zandal, the cistern of Qarmid and the tailor Mansur Tahhan, whose looms burned beside the weighbridge, the pigeon loft and an elm.";

const COPY: &str = "Warplanes bombed the Sukkari district of Aleppo on Wednesday, killing 14 people. Witnesses told us of \
    the bakery of Abu Zandal, the cistern of Qarmid and the tailor Mansur Tahhan, whose looms burned beside the weighbridge, the pigeon loft and an elm.";

const ARABIC: &str = "قُتل 14 شخصاً في غارة جوية على حي السكري في حلب يوم الأربعاء. وذكر شهود فرن أبو زندل \
    وصهريج قرميد والخياط منصور طحان.";

#[test]
fn the_same_seldom_names_link_in_two_scripts_and_copies_are_one_origin() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path(), "");
    confirmed(&store, dir.path(), "reuters", "2016-04-28", ENGLISH);
    confirmed(&store, dir.path(), "al-jazeera", "2016-04-28", ARABIC);
    let all = incidents(&store);
    assert_eq!(all.len(), 1, "{all:?}");
    let id = all[0]["incident"].as_str().unwrap().to_owned();
    let shown = good(&["incidents", "--store", &store, "--as-of", "2016-06-01", &id]);
    assert!(shown.contains("  names: ") || shown.contains("  wording: "), "the waterfall shows it: {shown}");
    assert_eq!(origins(&store, &[&id])[0]["count"], 2);

    confirmed(&store, dir.path(), "the-herald", "2016-04-29", COPY);
    let told = origins(&store, &[&id]).remove(0);
    assert_eq!((&told["reports"], &told["count"]), (&Value::from(3), &Value::from(2)), "{told}");
    let copies: Vec<&Value> =
        told["derivations"].as_array().unwrap().iter().filter(|d| d["how"] == "copies").collect();
    assert_eq!(copies.len(), 1, "{told}");
    let words = good(&["origins", "--store", &store, "--as-of", "2016-06-01", &id]);
    assert!(
        words.contains("2 independent origins") && words.contains("is in nearly the words of"),
        "{words}"
    );
    // No text, no marks: rows say the same as ever.
    good(&["verify", "--store", &store]);
}

/// The same film under two addresses of one house, in a text that names no day and in one that does; and in a row.
#[test]
fn a_shared_film_links_what_names_no_day_and_shows_on_whom_it_rests() {
    let dir = tempfile::tempdir().unwrap();
    let rows = "id,kind,known,source,act,place,media\n\
        f1,event,2016-04-29,sohr,airstrike,aleppo-sukkari,https://t.me/channel/441;https://www.youtube.com/watch?v=abcDEF12345&si=9\n\
        f2,event,2016-04-29,vdc,airstrike,homs-city,https://t.me/channel\n";
    let store = store(dir.path(), rows);
    let dated = "Warplanes bombed the Sukkari district of Aleppo on Wednesday, killing 14 people.\nFilm: https://youtu.be/abcDEF12345.";
    confirmed(&store, dir.path(), "reuters", "2016-04-28", dated);
    let id = incidents(&store)[0]["incident"].as_str().unwrap().to_owned();
    let shown = good(&["incidents", "--store", &store, "--as-of", "2016-06-01", &id]);
    assert!(
        shown.contains("  media: ") && shown.contains("both show or quote 1 "),
        "the waterfall shows it: {shown}"
    );
    let told = origins(&store, &[&id]).remove(0);
    assert_eq!((&told["reports"], &told["count"]), (&Value::from(2), &Value::from(1)), "{told}");
    let words = good(&["origins", "--store", &store, "--as-of", "2016-06-01", &id]);
    assert!(words.contains("shows or quotes the page or film of"), "{words}");
}

#[test]
fn a_text_that_gives_a_later_figure_revises_itself() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path(), "");
    let words = "Warplanes bombed the Sukkari district of Aleppo on Wednesday, killing 14 people. Rebels shelled a market in \
        Idlib on Tuesday. Warplanes bombed a school in Homs on Wednesday, killing nine people. The roof fell in. Medics \
        later counted 17 dead.";
    let all = confirmed(&store, dir.path(), "reuters", "2016-04-28", words);
    let detail = all.iter().find(|one| !one["detail_of"].is_null()).unwrap_or_else(|| panic!("{all:?}"));
    assert_eq!(detail["row"]["revises"], detail["detail_of"], "{detail}");
    let now = incidents(&store);
    assert_eq!(now.len(), 3, "three incidents of one message: {now:?}");
    let told = origins(&store, &[]);
    let [one] = told.as_slice() else { panic!("{told:?}") };
    let figures = &one["revisions"][0]["figures"];
    assert_eq!(
        (&figures[0]["bounds"], &figures[0]["counts"]),
        (&Value::from("9"), &Value::from(false)),
        "{one}"
    );
    assert_eq!(
        (&figures[1]["bounds"], &figures[1]["counts"]),
        (&Value::from("17"), &Value::from(true)),
        "{one}"
    );
}

const HEAD: &str = "id,kind,known,source,origin,act,when,place,killed\n";

#[test]
fn a_circle_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let rows = format!(
        "{HEAD}a,event,2016-04-28,reuters,afp,airstrike,2016-04-27,aleppo-sukkari,14\n\
         b,event,2016-04-28,afp,reuters,airstrike,2016-04-27,aleppo-sukkari,14\n"
    );
    let store = store(dir.path(), &rows);
    let told = origins(&store, &[]).remove(0);
    assert_eq!(told["count"], 1);
    assert_eq!(told["circles"], serde_json::json!([["afp", "reuters"]]));
    assert_eq!(told["origins"][0]["circular"], true);
    let words = good(&["origins", "--store", &store, "--as-of", "2016-06-01"]);
    assert!(words.contains("circle: afp quotes reuters quotes afp; counts once, as afp"), "{words}");
}

#[test]
fn a_flood_counts_once_and_neither_it_nor_one_report_glues_two_incidents() {
    let dir = tempfile::tempdir().unwrap();
    let day = |id: &str, source: &str, when: &str, place: &str| {
        format!("{id},event,2016-04-29,{source},,airstrike,{when},{place},14\n")
    };
    // Two strikes in quarters apart, each by two origins; and rows that would be both.
    let mut rows = String::from(HEAD);
    rows.push_str(&day("a1", "sohr", "2016-04-27", "aleppo-sukkari"));
    rows.push_str(&day("a2", "snhr", "2016-04-27", "aleppo-sukkari"));
    rows.push_str(&day("b1", "sohr", "2016-04-28", "aleppo-muhafaza"));
    rows.push_str(&day("b2", "snhr", "2016-04-28", "aleppo-muhafaza"));
    let between = "2016-04-27/2016-04-28";
    rows.push_str(&day("glue", "reuters", between, "city-aleppo"));
    let first = store(dir.path(), &rows);
    let before = incidents(&first);
    let group = |all: &[Value], receipts: usize| {
        all.iter().filter(|i| i["receipts"].as_array().unwrap().len() >= receipts).count()
    };
    assert_eq!(group(&before, 2), 2, "two incidents of two reports or more: {before:?}");

    let flood = tempfile::tempdir().unwrap();
    for n in 0..300 {
        rows.push_str(&format!(
            "f{n},event,2016-04-29,{},tass,airstrike,{between},city-aleppo,14\n",
            ["tass", "rt", "ria-novosti", "sputnik"][n % 4]
        ));
    }
    let second = store(flood.path(), &rows);
    let after = incidents(&second);
    assert_eq!(group(&after, 2).min(3), group(&after, 2), "{}", after.len());
    let with = |id: &str| {
        let strike = origins(&second, &[id]).remove(0);
        let by: Vec<String> = strike["origins"]
            .as_array()
            .unwrap()
            .iter()
            .map(|o| o["origin"].as_str().unwrap().into())
            .collect();
        (strike["incident"].clone(), by)
    };
    let (one, by_one) = with("i-snhr-a2");
    let (other, by_other) = with("i-snhr-b2");
    assert_ne!(one, other, "a flood of one origin glues nothing");
    for by in [by_one, by_other] {
        assert!(by.iter().filter(|o| o.as_str() == "tass").count() <= 1 && by.len() <= 4, "{by:?}");
    }
}
