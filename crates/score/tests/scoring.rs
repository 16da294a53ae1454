//! The scorer on hand-made cases with exact figures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Value as Json, json};
use truceline_score::figures::Found;
use truceline_score::{
    Claim, Figures, Gold, Kind, Limits, Rule, Share, Verdict, claims, gold, score, sentences,
};

const TEXT: &str = "On Monday rebels shelled the market in Älun, killing at least three people and wounding dozens, a monitor said. \
The truce was extended by a week, the Cara ministry said. Two trucks of flour reached Dera.";

/// A span of the text, by the words that stand there.
fn at(text: &str, words: &str) -> (usize, usize) {
    let byte = text.find(words).unwrap_or_else(|| panic!("{words} is not in the text"));
    let start = text[..byte].chars().count();
    (start, start + words.chars().count())
}

fn place(text: &str, words: &str) -> Json {
    let (start, end) = at(text, words);
    let byte = text.find(words).unwrap();
    json!({ "text": words, "start": start, "end": end, "byte_start": byte, "byte_end": byte + words.len() })
}

fn with(mut one: Json, more: &Json) -> Json {
    one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    one
}

fn value(words: &str, more: &Json) -> Json {
    with(place(TEXT, words), more)
}

fn incident() -> Json {
    let words =
        "On Monday rebels shelled the market in Älun, killing at least three people and wounding dozens";
    with(
        place(TEXT, words),
        &json!({
            "id": "1", "kind": "incident", "sub": "shelling", "granularity": "discrete",
            "what": [value("shelled", &json!({}))],
            "actor": [value("rebels", &json!({ "norm": "rebels" }))],
            "target": [value("the market", &json!({}))],
            "where": [value("Älun", &json!({ "norm": "Älun, XX", "id": "place-1" }))],
            "when": [value("Monday", &json!({ "norm": "2020-01-06" }))],
            "killed": [value("at least three", &json!({ "min": 3, "max": null, "value": 3 }))],
            "wounded": [value("dozens", &json!({ "min": 24, "max": null, "value": null }))],
        }),
    )
}

fn agreement() -> Json {
    with(
        place(TEXT, "The truce was extended by a week"),
        &json!({
            "id": "2", "kind": "agreement", "sub": "extended",
            "what": [value("The truce", &json!({}))],
            "duration": [value("a week", &json!({ "norm": "P7D" }))],
        }),
    )
}

fn statement() -> Json {
    with(
        place(TEXT, "The truce was extended by a week, the Cara ministry said"),
        &json!({
            "id": "3", "kind": "statement", "sub": "indirect", "tier": "extended",
            "speaker": [value("the Cara ministry", &json!({}))],
            "cue": [value("ministry said", &json!({}))],
        }),
    )
}

fn found_of(claims_of: &[Json]) -> Vec<Claim> {
    claims(&json!({ "doc": "d", "claims": claims_of }).to_string(), Limits::default()).unwrap().1
}

fn labels(claims_of: &[Json], traps: &Json) -> Gold {
    let owned: Vec<Json> =
        claims_of.iter().map(|claim| with(claim.clone(), &json!({ "doc": "d" }))).collect();
    gold(&json!({ "docs": { "d": {} }, "claims": owned, "traps": traps }).to_string(), Limits::default())
        .unwrap()
}

fn run(labelled: &[Json], found: &[Json]) -> Figures {
    let found = Found { doc: "d".to_owned(), text: TEXT.to_owned(), claims: found_of(found) };
    score(&labels(labelled, &json!([])), &[found])
}

fn share(part: u64, of: u64) -> Share {
    Share { part, of }
}

#[test]
fn the_labels_themselves_are_perfect() {
    let all = [incident(), agreement(), statement()];
    let figures = run(&all, &all);
    assert_eq!(figures.all_claims().precision(), share(3, 3));
    assert_eq!(figures.all_claims().recall(), share(3, 3));
    assert_eq!(figures.all_claims().core_recall(), share(2, 2));
    assert_eq!(figures.all_claims().same_sub, 3);
    assert_eq!(figures.all().f1(), share(22, 22));
    assert_eq!(figures.all().f1().thousandths(), Some(1000));
    assert_eq!((figures.casualties.right, figures.casualties.gold, figures.casualties.found), (2, 2, 2));
    assert_eq!((figures.invented(), figures.claims_off()), (0, 0));
    assert!(figures.misses.is_empty());
}

#[test]
fn nothing_found_is_nothing_right() {
    let figures = run(&[incident(), agreement()], &[]);
    assert_eq!(figures.all_claims().recall(), share(0, 2));
    assert_eq!(figures.all_claims().precision().thousandths(), None);
    assert_eq!(figures.all().f1(), share(0, 9));
    assert_eq!(figures.misses.len(), 2);
}

#[test]
fn doubled_claims_cost_precision() {
    let figures = run(&[incident()], &[incident(), incident()]);
    assert_eq!(figures.all_claims().precision(), share(1, 2));
    assert_eq!(figures.all_claims().recall(), share(1, 1));
    assert_eq!(figures.of_kind(Kind::Incident).precision(), share(7, 14));
    assert_eq!(figures.of_kind(Kind::Incident).f1().thousandths(), Some(667));
    assert_eq!((figures.casualties.right, figures.casualties.found), (2, 4));
}

#[test]
fn a_shifted_value_is_right_down_to_half() {
    // `the market` is ten characters: five of ten in fifteen are a third; eight of ten with nothing else are four fifths.
    let near = with(incident(), &json!({ "target": [value("e market", &json!({}))] }));
    assert_eq!(run(&[incident()], &[near]).all().right, 7);
    let far = with(incident(), &json!({ "target": [value("arket in Ä", &json!({}))] }));
    let figures = run(&[incident()], &[far]);
    assert_eq!(figures.all().right, 6);
    assert_eq!(figures.all().f1(), share(12, 14));
    assert_eq!(figures.fields[&(Kind::Incident, "target".to_owned())].right, 0);
    // Exactly one half is enough: `market` of twelve.
    let half = with(incident(), &json!({ "target": [value("arket", &json!({}))] }));
    assert_eq!(run(&[incident()], &[half]).all().right, 7);
}

#[test]
fn a_shifted_claim_is_matched_by_half_or_by_what_it_names() {
    let narrow = with(incident(), &place(TEXT, "rebels shelled the market"));
    assert_eq!(run(&[incident()], &[narrow]).all_claims().matched, 1, "it holds what the label names");
    let elsewhere = with(incident(), &place(TEXT, "and wounding dozens"));
    assert_eq!(
        run(&[incident()], &[elsewhere]).all_claims().matched,
        0,
        "under one half, names nothing within"
    );
    let other_kind = with(incident(), &json!({ "kind": "humanitarian" }));
    assert_eq!(run(&[incident()], &[other_kind]).all_claims().matched, 0);
}

#[test]
fn the_closer_claim_is_taken_whatever_the_order() {
    let wide = with(incident(), &place(TEXT, TEXT.split(". ").next().unwrap()));
    let wrong = with(wide, &json!({ "id": "wide", "target": [] }));
    for found in [[wrong.clone(), incident()], [incident(), wrong.clone()]] {
        let figures = run(&[incident()], &found);
        assert_eq!(figures.fields[&(Kind::Incident, "target".to_owned())].right, 1);
        assert_eq!(figures.all_claims().matched, 1);
    }
}

#[test]
fn among_equal_spans_the_same_thing_named_decides() {
    let other = with(
        incident(),
        &json!({ "id": "other", "sub": "killing", "what": [value("killing", &json!({}))], "target": [] }),
    );
    let figures = run(&[incident(), other.clone()], &[other, incident()]);
    assert_eq!(figures.all().right, figures.all().gold);
    assert_eq!(figures.all_claims().same_sub, 2);
}

#[test]
fn bounds_dates_and_names_are_right_by_what_they_stand_for() {
    let cases = [
        (
            json!({ "killed": [value("three people", &json!({ "min": 3, "max": null }))] }),
            7,
            "same bounds elsewhere",
        ),
        (json!({ "killed": [value("at least three", &json!({ "min": 3, "max": 3 }))] }), 6, "another end"),
        (json!({ "killed": [value("at least three", &json!({}))] }), 6, "no bounds"),
        (json!({ "when": [value("Monday", &json!({ "norm": "2020-01-13" }))] }), 6, "another day"),
        (json!({ "when": [value("On Monday", &json!({}))] }), 6, "a date left open"),
        (
            json!({ "where": [value("market", &json!({ "id": "place-1" }))] }),
            7,
            "the same place of the registry",
        ),
        (json!({ "actor": [value("a monitor", &json!({ "norm": "rebels" }))] }), 7, "the same actor by norm"),
        (json!({ "actor": [value("a monitor", &json!({ "norm": "monitors" }))] }), 6, "another actor"),
        (
            json!({ "weapon": [value("trucks", &json!({}))] }),
            7,
            "a field too many costs precision, not what is right",
        ),
    ];
    for (change, right, why) in cases {
        let figures = run(&[incident()], &[with(incident(), &change)]);
        assert_eq!(figures.all().right, right, "{why}");
        assert_eq!(figures.all().gold, 7);
    }
    let too_many =
        run(&[incident()], &[with(incident(), &json!({ "weapon": [value("trucks", &json!({}))] }))]);
    assert_eq!(too_many.all().precision(), share(7, 8));
}

#[test]
fn one_day_said_twice_is_one_date() {
    let twice = json!({ "when": [value("Monday", &json!({ "norm": "2020-01-06" })), value("On Monday", &json!({ "norm": "2020-01-06" }))] });
    let figures = run(&[with(incident(), &twice)], &[incident()]);
    assert_eq!(figures.all(), truceline_score::right::Held { gold: 7, found: 7, right: 7 });
}

#[test]
fn inventions_are_caught() {
    let cases = [
        (
            json!({ "actor": [with(value("rebels", &json!({})), &json!({ "text": "Rebels" }))] }),
            "other words",
        ),
        (json!({ "actor": [{ "text": "x", "start": 9000, "end": 9001 }] }), "off the text"),
        (json!({ "actor": [{ "text": "", "start": 3, "end": 3 }] }), "empty"),
        (json!({ "actor": [{ "text": "rebels", "start": 16, "end": 10 }] }), "the end before the start"),
        (
            json!({ "where": [with(value("Älun", &json!({})), &json!({ "byte_end": 45 }))] }),
            "bytes of another stretch",
        ),
    ];
    for (change, why) in cases {
        let figures = run(&[incident()], &[with(incident(), &change)]);
        assert_eq!((figures.invented(), figures.claims_off()), (1, 0), "{why}");
    }
    let claim_off = with(incident(), &json!({ "text": "On Monday" }));
    let figures = run(&[incident()], &[claim_off]);
    assert_eq!((figures.invented(), figures.claims_off()), (0, 1));
}

fn sprung(labelled: &[Json], found: &[Json], trap: &Json) -> Verdict {
    let found = Found { doc: "d".to_owned(), text: TEXT.to_owned(), claims: found_of(found) };
    score(&labels(labelled, &json!([with(trap.clone(), &json!({ "doc": "d" }))])), &[found]).traps[0]
        .2
        .clone()
}

fn at_words(words: &str, kind: &str, sub: &str, more: &Json) -> Json {
    with(place(TEXT, words), &with(json!({ "id": "x", "kind": kind, "sub": sub }), more))
}

fn killed(words: &str, n: u64) -> Json {
    with(incident(), &json!({ "killed": [value(words, &json!({ "min": n, "max": n, "value": n }))] }))
}

fn field(name: &str, words: &str) -> Json {
    with(incident(), &json!({ name: [value(words, &json!({}))] }))
}

fn when(words: &str) -> Json {
    field("when", words)
}

fn what(kind: &str, field: &str, words: &str) -> Json {
    at_words(words, kind, "x", &json!({ field: [value(words, &json!({}))] }))
}

fn traps() -> Vec<(Json, Json, Json)> {
    [traps_of_the_seeds(), other_traps()].concat()
}

/// Each trap of the seeds with a claim that springs it and one, the nearest, that does not.
fn traps_of_the_seeds() -> Vec<(Json, Json, Json)> {
    let claim = json!({ "claim": [value("rebels", &json!({}))] });
    vec![
        (
            json!({ "rule": "no_sum", "texts": ["Two trucks"] }),
            killed("at least three", 5),
            killed("at least three", 4),
        ),
        (
            json!({ "rule": "not_casualties", "texts": ["Two trucks"] }),
            killed("Two", 2),
            killed("at least three", 2),
        ),
        (
            json!({ "rule": "claimed_not_established", "texts": ["rebels"] }),
            incident(),
            with(incident(), &claim),
        ),
        (json!({ "rule": "no_casualty_numbers" }), incident(), agreement()),
        (json!({ "rule": "not_event_date", "texts": ["by a week"] }), when("a week"), when("Monday")),
        (
            json!({ "rule": "not_event_date", "texts": ["by a week"] }),
            when("a week"),
            with(when("a week"), &json!({ "granularity": "background" })),
        ),
        (
            json!({ "rule": "not_in_scope", "texts": ["The truce"] }),
            agreement(),
            what("agreement", "what", "extended"),
        ),
        (json!({ "rule": "nbsp_date", "texts": ["On\u{a0}Monday"] }), when("Monday"), when("On Monday")),
        (
            json!({ "rule": "question_is_not_incident", "texts": ["reached Dera"] }),
            what("incident", "what", "reached"),
            what("statement", "cue", "reached"),
        ),
        (
            json!({ "rule": "not_target", "texts": ["market"] }),
            incident(),
            field("target", "market in Älun, killing"),
        ),
        (
            json!({ "rule": "not_target", "ids": ["1"], "texts": ["market"] }),
            incident(),
            field("target", "Two trucks"),
        ),
    ]
}

/// The same for the others.
fn other_traps() -> Vec<(Json, Json, Json)> {
    vec![
        (json!({ "rule": "no_number_from_share", "ids": ["2"] }), killed("a week", 7), killed("dozens", 7)),
        (
            json!({ "rule": "obligation_not_delivery", "texts": ["flour reached Dera"] }),
            what("humanitarian", "what", "flour"),
            at_words("flour reached Dera", "humanitarian", "delivery_asked", &json!({})),
        ),
        (
            json!({ "rule": "not_incident", "texts": ["reached"] }),
            what("incident", "what", "reached"),
            what("humanitarian", "what", "reached"),
        ),
        (
            json!({ "rule": "not_agreement", "texts": ["reached"] }),
            what("agreement", "what", "reached"),
            what("incident", "what", "reached"),
        ),
        (
            json!({ "rule": "not_humanitarian", "texts": ["reached"] }),
            what("humanitarian", "what", "reached"),
            what("humanitarian", "what", "flour"),
        ),
        (
            json!({ "rule": "not_statement", "texts": ["reached"] }),
            what("statement", "content", "reached"),
            what("statement", "cue", "reached"),
        ),
        (
            json!({ "rule": "not_actor", "texts": ["a monitor"] }),
            field("actor", "monitor"),
            field("according_to", "monitor"),
        ),
        (
            json!({ "rule": "not_party", "texts": ["a monitor"] }),
            field("party", "a monitor"),
            field("party", "rebels"),
        ),
        (json!({ "rule": "not_where", "texts": ["Dera"] }), field("where", "Dera"), field("where", "Älun")),
    ]
}

#[test]
fn each_trap_is_sprung_by_a_made_claim_and_not_by_the_next_one() {
    let aid = with(
        place(TEXT, "Two trucks of flour reached Dera"),
        &json!({ "id": "4", "kind": "humanitarian", "sub": "delivery_reached",
            "count": [value("Two", &json!({ "min": 2, "max": 2, "value": 2 }))] }),
    );
    let all = [incident(), agreement(), aid];
    for (trap, springs, does_not) in traps() {
        assert!(matches!(sprung(&all, &[springs], &trap), Verdict::Sprung(_)), "{trap}");
        assert_eq!(sprung(&all, &[does_not], &trap), Verdict::Kept, "{trap}");
    }
}

#[test]
fn figures_of_parts_must_not_be_added_up() {
    let of = |id: &str, n: u64| {
        with(
            incident(),
            &json!({ "id": id, "killed": [value("at least three", &json!({ "min": n, "max": null, "value": n }))] }),
        )
    };
    let (labelled, trap) =
        ([of("a", 60), of("b", 46), of("c", 30)], json!({ "rule": "no_sum", "ids": ["a", "b"] }));
    for (n, bad) in [(106, true), (60, false), (46, false), (90, false), (136, false)] {
        assert_eq!(matches!(sprung(&labelled, &[of("x", n)], &trap), Verdict::Sprung(_)), bad, "{n}");
    }
}

#[test]
fn rival_figures_must_not_be_averaged_or_merged() {
    let of = |id: &str, min: u64, max: Option<u64>| {
        with(
            incident(),
            &json!({ "id": id, "killed": [value("at least three", &json!({ "min": min, "max": max }))] }),
        )
    };
    let labelled = [of("a", 101, None), of("b", 179, None)];
    let trap = json!({ "rule": "same_event_conflicting_count", "ids": ["a", "b"] });
    for (found, bad) in [
        (of("x", 140, Some(140)), true),
        (of("x", 101, Some(179)), true),
        (of("x", 101, None), false),
        (of("x", 179, None), false),
    ] {
        assert_eq!(
            matches!(sprung(&labelled, std::slice::from_ref(&found), &trap), Verdict::Sprung(_)),
            bad,
            "{found}"
        );
    }
}

#[test]
fn a_quotation_that_is_never_closed_neither_vanishes_nor_runs_on() {
    let text = "He said: “One thing. Another.\nThe next line is mine.";
    let labelled = json!({ "docs": { "d": {} }, "claims": [], "traps": [{ "doc": "d", "rule": "unclosed_quote", "texts": ["“One thing."] }] });
    let labelled = gold(&labelled.to_string(), Limits::default()).unwrap();
    let verdict = |content: Option<&str>| {
        let claims = content.map(|words| {
            with(
                place(text, words),
                &json!({ "id": "x", "kind": "statement", "sub": "direct", "content": [place(text, words)] }),
            )
        });
        let found =
            Found { doc: "d".to_owned(), text: text.to_owned(), claims: found_of(&Vec::from_iter(claims)) };
        score(&labelled, &[found]).traps[0].2.clone()
    };
    assert_eq!(verdict(None), Verdict::Sprung(vec![]));
    assert_eq!(verdict(Some("Another.")), Verdict::Sprung(vec![]));
    assert_eq!(
        verdict(Some("“One thing. Another.\nThe next line is mine.")),
        Verdict::Sprung(vec!["x".to_owned()])
    );
    assert_eq!(verdict(Some("“One thing. Another.")), Verdict::Kept);
    assert_eq!(verdict(Some("One thing. Another.")), Verdict::Kept);
}

#[test]
fn every_rule_has_a_case_here() {
    let mut tried: Vec<Rule> =
        traps().iter().map(|(trap, _, _)| Rule::of(trap["rule"].as_str().unwrap()).unwrap()).collect();
    tried.extend([Rule::UnclosedQuote, Rule::SameEventConflictingCount]);
    for rule in Rule::ALL {
        assert!(tried.contains(rule), "{}", rule.as_str());
    }
}

#[test]
fn a_trap_whose_words_are_not_there_is_no_success() {
    let trap = json!({ "rule": "not_where", "texts": ["Nowhere"] });
    assert_eq!(sprung(&[incident()], &[incident()], &trap), Verdict::NotTried);
}

#[test]
fn own_sentences_carry_their_text_and_traps() {
    let line = json!({ "id": "s1", "lang": "en", "category": "incident", "date": "2020-01-06", "country": "XX", "text": TEXT,
        "claims": [incident()], "traps": [{ "rule": "not_actor", "texts": ["a monitor"] }] });
    let gold = sentences(&format!("{line}\n\n"), Limits::default()).unwrap();
    let document = &gold.documents[0];
    assert_eq!((document.name.as_str(), document.country.as_deref()), ("s1", Some("XX")));
    assert_eq!((gold.traps[0].doc.as_str(), gold.traps[0].rule), ("s1", Rule::NotActor));
    assert!(document.fits(TEXT));
    assert!(!document.fits("Something else."));
}

#[test]
fn a_hostile_file_is_refused_in_words() {
    let refused = |json: &str| claims(json, Limits::default()).unwrap_err().to_string();
    assert!(refused(&"[".repeat(100_000)).contains("no JSON"));
    assert!(refused("[]").contains("an object is wanted"));
    assert!(refused("{}").contains("a list is wanted"));
    assert!(
        refused(r#"{"claims":[{"id":"1","kind":"incident","start":-1,"end":2}]}"#).contains("whole number")
    );
    assert!(refused(r#"{"claims":[{"id":"1","kind":"war","start":0,"end":2}]}"#).contains("kind \"war\""));
    let few = Limits { bytes: 10, claims: 1, values: 1, documents: 1 };
    assert!(claims(r#"{"claims":[]}"#, few).unwrap_err().to_string().contains("at most 10"));
    let many = format!(r#"{{"claims":[{}{{}}]}}"#, "{},".repeat(9_000));
    assert!(refused(&many).contains("at most 5000"));
}
