//! The ledger of duties, by the real program: Gaza's quotas, Minsk's withdrawals, Hodeidah's releases, aid to Syria's besieged towns.
//! The rows are our own; numbers are made up but for those that the agreements give.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::path::Path;

use common::{good, root, run, text};
use serde_json::Value;

/// A store with a shipped mission and no report but these rows.
fn store(dir: &Path, mission: &str, rows: &str) -> String {
    let folder = dir.join(format!("mission-{mission}"));
    std::fs::create_dir_all(&folder).unwrap();
    for name in
        ["agreement.md", "actors.csv", "areas.geojson", "definitions.csv", "sources.csv", "mission.kdl"]
    {
        let shipped = std::fs::read_to_string(root().join("agreements").join(mission).join(name)).unwrap();
        let brought = |line: &&str| !line.starts_with("reports") && !line.starts_with("steps");
        let kept: Vec<&str> = shipped.lines().filter(|line| name != "mission.kdl" || brought(line)).collect();
        let people =
            if name == "mission.kdl" { "\nperson \"ledger-watch\" role=\"watch-officer\"\n" } else { "" };
        std::fs::write(folder.join(name), kept.join("\n") + people).unwrap();
    }
    let store = text(&dir.join(format!("store-{mission}")));
    good(&["load", &text(&folder), "--store", &store]);
    let path = dir.join(format!("{mission}.csv"));
    std::fs::write(&path, rows).unwrap();
    let taken = run(&["import", &text(&path), "--store", &store]);
    assert_eq!(taken.code, 0, "{}{}", taken.out, taken.err);
    store
}

fn lines(store: &str, as_of: &str) -> Vec<Value> {
    let out = good(&["duties", "--store", store, "--as-of", as_of, "--format", "json"]);
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn duty<'v>(lines: &'v [Value], clause: &str, respondent: &str, day: Option<&str>) -> &'v Value {
    let mut found = lines.iter().filter(|line| {
        let on = |day: &str| line["day"][0].as_str().is_some_and(|start| start.starts_with(day));
        line["kind"] == "duty"
            && line["clause"] == clause
            && line["respondent"] == respondent
            && day.is_none_or(on)
    });
    found.next().unwrap_or_else(|| panic!("no duty {clause} of {respondent} on {day:?}"))
}

const GAZA: &str = "id,kind,known,source,act,when,actor,amounts\n\
    q1,event,2025-02-05,ocha,delivery,2025-02-04,israel,lorries=610;fuel-lorries=55\n\
    q2,event,2025-02-06,ocha,delivery,2025-02-05,israel,lorries=480;fuel-lorries=60\n\
    q3,event,2025-02-07,ocha,delivery,2025-02-06,israel,lorries=610;fuel-lorries=55\n\
    q4,event,2025-02-07,egypt-authorities,delivery,2025-02-06,,lorries=480;fuel-lorries=55\n\
    q5,event,2025-02-08,ocha,delivery,2025-02-07,hamas,lorries=700;fuel-lorries=70\n\
    h1,event,2025-01-20,icrc,release,2025-01-19,hamas,hostages=3\n\
    h7,event,2025-01-26,icrc,release,2025-01-25,hamas,hostages=7\n\
    h14,event,2025-02-02,icrc,release,2025-02-02,hamas,hostages=9\n";

#[test]
fn quotas_of_lorries_are_a_table_of_days_and_a_silent_day_is_no_zero() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path(), "gaza-2025-01", GAZA);
    let all = lines(&store, "2025-02-10T12:00:00Z");
    let state = |clause: &str, day: &str| {
        // Local midnight is 22:00 of the day before in UTC.
        let one = duty(&all, clause, "israel", Some(day));
        (one["state"].as_str().unwrap().to_owned(), one["untold"].as_str().unwrap_or("").to_owned())
    };
    let told = |state: &str, why: &str| (state.to_owned(), why.to_owned());
    assert_eq!(state("aid-lorries", "2025-02-03"), told("met", ""));
    assert_eq!(state("aid-lorries", "2025-02-04"), told("short", ""));
    assert_eq!(state("aid-lorries", "2025-02-05"), told("cannot-be-told", "disputed"));
    // What others are said to have brought is not what was due of Israel.
    assert_eq!(state("aid-lorries", "2025-02-06"), told("cannot-be-told", "nobody-reported"));
    assert_eq!(state("aid-lorries", "2025-02-08"), told("cannot-be-told", "nobody-reported"));
    assert_eq!(state("aid-lorries", "2025-02-09"), told("not-yet-due", ""), "the day is not over");
    // Nobody counted those for the north.
    assert_eq!(state("aid-north", "2025-02-03"), told("cannot-be-told", "nobody-reported"));

    let shown =
        good(&["duties", "--store", &store, "--as-of", "2025-02-10T12:00:00Z", "--clause", "aid-lorries"]);
    assert!(shown.contains("lorries at-least 600 and fuel-lorries at-least 50"), "{shown}");
    assert!(shown.contains("2025-02-05  short"), "{shown}");
    assert!(shown.contains("nobody reported, which is no zero"), "{shown}");
    // Reports feed the judge as well: the quota is found wanting of that day.
    let findings =
        good(&["explain", "i-ocha-q2", "aid-lorries", "--store", &store, "--as-of", "2025-02-10T12:00:00Z"]);
    assert!(findings.to_lowercase().contains("prohibited"), "{findings}");
}

#[test]
fn releases_so_far_are_held_against_each_numbered_day() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path(), "gaza-2025-01", GAZA);
    let early = lines(&store, "2025-01-26T12:00:00Z");
    let by = |all: &[Value], start: &str| {
        let mut found = all.iter().filter(|line| {
            let by = line["by"].as_str().is_some_and(|by| by.starts_with(start));
            by && line["respondent"] == "palestinian-side"
                && line["counting"][0].as_str().is_some_and(|c| c.starts_with("hostages"))
        });
        found.next().unwrap_or_else(|| panic!("nothing due by {start}"))["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(by(&early, "2025-01-19"), "met", "three by the end of day 1");
    assert_eq!(by(&early, "2025-01-25"), "met", "seven by the end of day 7");
    assert_eq!(by(&early, "2025-02-01"), "not-yet-due");
    let late = lines(&store, "2025-02-10T12:00:00Z");
    assert_eq!(by(&late, "2025-02-01"), "short", "nine on the day after it was due");
    assert_eq!(by(&late, "2025-02-08"), "cannot-be-told", "nobody counted since");
}

#[test]
fn a_withdrawal_counts_for_the_weapons_the_clause_names_and_for_who_withdrew() {
    let dir = tempfile::tempdir().unwrap();
    let rows = "id,kind,known,source,act,weapon,when,actor\n\
        w1,event,2015-02-27,osce-smm,withdrawal,artillery,2015-02-26,ukrainian-armed-forces\n\
        w2,event,2015-02-27,osce-smm,withdrawal,tank,2015-02-26,donetsk-formations\n";
    let store = store(dir.path(), "minsk-2-2015", rows);
    let all = lines(&store, "2015-03-05T12:00:00Z");
    assert_eq!(duty(&all, "heavy-complete", "ukraine", None)["state"], "met");
    let other = duty(&all, "heavy-complete", "armed-formations", None);
    assert_eq!(
        (&other["state"], &other["untold"]),
        (&"cannot-be-told".into(), &"nobody-reported".into()),
        "{other}"
    );
    assert_eq!(duty(&all, "heavy-complete", "ukraine", None)["by"], "2015-02-28T22:00:00Z");
}

#[test]
fn a_deadline_that_readings_put_on_other_days_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let rows = "id,kind,known,source,act,when,actor\n\
        p1,event,2019-01-23,un-envoy-office,failure-to-release,2019-01-22,ansar-allah\n";
    let store = store(dir.path(), "hodeidah-2018", rows);
    let within = lines(&store, "2019-01-25T12:00:00Z");
    let one = duty(&within, "prisoners", "ansar-allah", None);
    assert_eq!(one["state"], "short", "{one}");
    let outcomes = |one: &Value| -> std::collections::BTreeSet<(String, String)> {
        let all = one["left_undone"].as_object().unwrap().values();
        all.map(|u| (u["at_due"].as_str().unwrap().to_owned(), u["now"].as_str().unwrap().to_owned()))
            .collect()
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert!(outcomes(one).contains(&pair("prohibited", "prohibited")), "{one}");
    assert!(
        outcomes(one).contains(&pair("not-prohibited", "not-prohibited")),
        "ten more days for the Red Cross: {one}"
    );
    let after = lines(&store, "2019-02-05T12:00:00Z");
    assert!(
        outcomes(duty(&after, "prisoners", "ansar-allah", None))
            .contains(&pair("not-prohibited", "prohibited"))
    );
}

#[test]
fn aid_to_a_besieged_town_is_told_by_stages_with_both_clocks() {
    let dir = tempfile::tempdir().unwrap();
    let rows = "id,kind,known,source,origin,item,reached,convoy,actor,when,amounts,note\n\
        d1,delivery,2016-04-20,article-000,us-secretary-of-state,food and medicine,asked,Town A 3,,2016-04-18,people=4000,\n\
        d2,delivery,2016-05-08,article-000,us-secretary-of-state,food and medicine,approved,Town A 3,syrian-government-forces,2016-05-06,people=4000;lorries=12,\n\
        d3,delivery,2016-05-13,article-000,us-secretary-of-state,surgical kits,items-removed,Town A 3,syrian-government-forces,2016-05-12,,\n\
        d4,delivery,2016-05-13,article-000,us-secretary-of-state,food and medicine,turned-back,Town A 3,,2016-05-12,lorries=12,\n\
        d5,delivery,2016-05-13,article-000,sohr,food and medicine,turned-back,Town A 3,,2016-05-12,lorries=9,\n";
    let store = store(dir.path(), "syria-2016", rows);
    let all = lines(&store, "2016-06-01");
    let aid: Vec<&Value> = all.iter().filter(|line| line["kind"] == "aid").collect();
    assert_eq!(aid.len(), 1, "{aid:?}");
    assert_eq!(aid[0]["furthest"], "turned-back");
    assert_eq!(aid[0]["disputed"], true, "twelve lorries and nine stand side by side");
    let stages: Vec<&String> = aid[0]["stages"].as_object().unwrap().keys().collect();
    assert_eq!(stages.len(), 4, "nobody says that it left: {stages:?}");
    assert_eq!(aid[0]["stages"]["items-removed"][0]["known"], "2016-05-12T21:00:00Z");
    // A week before it was approved, and nobody had refused it.
    let before = lines(&store, "2016-05-01");
    let aid: Vec<&Value> = before.iter().filter(|line| line["kind"] == "aid").collect();
    assert_eq!(aid[0]["furthest"], "asked");
    let bad = dir.path().join("bad.csv");
    std::fs::write(&bad, "id,kind,known,source,item,reached\nx,delivery,2016-05-01,sohr,food,delivred\n")
        .unwrap();
    assert_eq!(run(&["import", &text(&bad), "--store", &store]).code, 1);
    let refused = run(&["refused", "--store", &store]).out;
    assert!(refused.contains("items-removed") && refused.contains("delivred"), "{refused}");
}

#[test]
fn without_a_store_the_terms_alone_say_what_is_due() {
    let mission = text(&root().join("agreements/minsk-2-2015"));
    let out = good(&["duties", "--mission", &mission, "--as-of", "2015-02-20"]);
    assert!(out.contains("heavy-complete") && out.contains("not yet due"), "{out}");
    let none = run(&["duties", "--mission", &mission, "--clause", "no-such"]);
    assert_eq!(none.code, 1, "{}", none.err);
    let bare = good(&["duties", "--mission", &text(&root().join("agreements/mindanao-1997"))]);
    assert!(bare.contains("require nothing"), "{bare}");
}

#[test]
fn a_deadline_that_passes_unmet_becomes_a_case_as_the_terms_say_and_only_one() {
    let dir = tempfile::tempdir().unwrap();
    let rows = "id,kind,known,source,act,when,actor,amounts\n\
        a1,event,2005-12-20,amm,demobilisation,2005-12-19,gam,arms=700\n\
        a2,event,2006-01-03,amm,demobilisation,2006-01-02,gam,arms=700\n";
    let store = store(dir.path(), "aceh-2005", rows);
    let before = lines(&store, "2005-12-25");
    assert_eq!(duty(&before, "weapons", "gam", None)["state"], "not-yet-due");
    assert!(before.iter().all(|line| line["kind"] != "may-open"));
    let after = lines(&store, "2006-01-05");
    assert_eq!(duty(&after, "weapons", "gam", None)["state"], "short");
    // That prisoners were released nobody says, and nobody that they were not.
    assert_eq!(duty(&after, "prisoners", "indonesia", None)["state"], "cannot-be-told");
    let chances: Vec<&Value> = after.iter().filter(|line| line["kind"] == "may-open").collect();
    assert_eq!(chances.len(), 1, "{chances:?}");
    let chance = chances[0];
    assert_eq!((&chance["procedure"], &chance["clause"]), (&"ladder".into(), &"weapons".into()));
    assert_eq!((&chance["respondent"], &chance["since"]), (&"gam".into(), &"2005-12-31T17:00:00Z".into()));
    let cases = good(&["case", "list", "--store", &store, "--format", "json"]);
    assert!(!cases.contains("weapons"), "the ledger itself opens nothing: {cases}");

    // The watch goes round: before the time nothing, then one case, and never a second, whoever asks and however often.
    let watch =
        |when: &str| good(&["case", "watch", "--store", &store, "--by", "ledger-watch", "--when", when]);
    assert!(!watch("2005-12-31T12:00").contains("opened by the terms"));
    let told = watch("2006-01-05T12:00");
    assert!(told.contains("opened by the terms: threshold:unmet of ladder, weapons against gam"), "{told}");
    for when in ["2006-01-05T12:00", "2006-01-06T12:00"] {
        assert!(!watch(when).contains("opened by the terms"), "once");
    }
    let out = good(&["case", "list", "--store", &store, "--as-of", "2006-01-06", "--format", "json"]);
    let cases: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(cases.len(), 1, "{out}");
    let case = &cases[0];
    assert_eq!((&case["opened_by"], &case["since"]), (&"the-terms".into(), &"2005-12-31T17:00:00Z".into()));
    assert_eq!(
        (&case["complainants"][0], &case["stands"]),
        (&"threshold:unmet".into(), &"information".into())
    );
    let id = case["case"].as_str().unwrap();
    let text_of = good(&["case", "show", id, "--store", &store, "--as-of", "2006-01-06"]);
    assert!(text_of.contains("nobody's act: threshold:unmet of ladder was passed"), "{text_of}");
    // The ledger names the case; the record holds up.
    let ledger = lines(&store, "2006-01-06");
    let chance = ledger.iter().find(|line| line["kind"] == "may-open").unwrap();
    assert_eq!(chance["case"], id, "{chance}");
    let verified = good(&["verify", "--store", &store]);
    assert!(verified.contains("1 of 1 cases opened on a threshold"), "{verified}");
}

#[test]
fn the_ledger_as_pages_tells_each_duty_and_each_stage_in_three_languages() {
    let dir = tempfile::tempdir().unwrap();
    let gaza = store(dir.path(), "gaza-2025-01", GAZA);
    let pages = |store: &str, as_of: &str, name: &str| -> [String; 3] {
        let folder = dir.path().join(name);
        good(&["duties", "--store", store, "--as-of", as_of, "--out", &text(&folder)]);
        ["duties.html", "duties.ar.html", "duties.ru.html"]
            .map(|file| std::fs::read_to_string(folder.join(file)).unwrap())
    };
    let [en, ar, ru] = pages(&gaza, "2025-02-10", "gaza");
    // Short on the fifth, disputed on the sixth, silent before: days that nobody reported are one row.
    assert!(en.contains("badge duty-short") && en.contains("badge duty-met"), "{en}");
    assert!(en.contains("nobody reported, which is no zero") && en.contains("origins differ"), "{en}");
    assert!(en.contains("480") && en.contains("610"), "counts stand as they came");
    for page in [&en, &ar, &ru] {
        assert_eq!(page.matches("badge duty-short").count(), en.matches("badge duty-short").count());
        for word in ["violat", "انتهاك", "خرق", "нарушени", "duties.state.", "duties.column.", "<script"]
        {
            assert!(!page.contains(word), "{word}");
        }
    }
    assert!(ar.contains("dir=\"rtl\"") && ru.contains("lang=\"ru\""));
    assert_eq!(pages(&gaza, "2025-02-10", "again")[0], en, "the same bytes again");

    // A convoy's way by stages; what sources write is text and nothing else.
    let rows = "id,kind,known,source,origin,item,reached,convoy,actor,when,amounts,note\n\
        d1,delivery,2016-04-20,article-000,us-secretary-of-state,<b>food</b>,asked,<script>قافلة колонна,,2016-04-18,people=4000,\n\
        d2,delivery,2016-05-13,article-000,us-secretary-of-state,surgical kits,items-removed,<script>قافلة колонна,syrian-government-forces,2016-05-12,,\n";
    let syria = store(dir.path(), "syria-2016", rows);
    for page in pages(&syria, "2016-06-01", "syria") {
        assert!(
            page.contains("&lt;script&gt;قافلة колонна") && page.contains("&lt;b&gt;food&lt;/b&gt;"),
            "{page}"
        );
        assert!(!page.contains("<script") && !page.contains("<b>"));
    }
    let bulletin = dir.path().join("bulletin");
    good(&["replay", "--store", &syria, "--as-of", "2016-06-01", "--out", &text(&bulletin)]);
    let bulletin = std::fs::read_to_string(bulletin.join("bulletin.html")).unwrap();
    assert!(
        bulletin.contains("id=\"duties\"") && bulletin.contains("surgical kits"),
        "the bulletin has its section"
    );
}
