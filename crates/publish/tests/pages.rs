//! The pages as readers get them.
#![allow(clippy::unwrap_used, clippy::panic)]

// Tables by hand: a row a line says more than the formatter would leave of it.
#[rustfmt::skip]
mod support;

use support::{World, html};
use truceline_model::*;
use truceline_publish::view::*;
use truceline_publish::*;

/// Every page of a view, in every language and by both kinds of links.
fn all_pages(view: &View<'_>) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for lang in Lang::ALL {
        for links in [Links::Static, Links::Served] {
            pages.push((format!("bulletin {links:?} {}", lang.code()), bulletin(view, lang, links)));
        }
        for one in &view.incidents {
            let page = incident_page(view, &one.incident.id, lang).unwrap();
            pages.push((format!("{} {}", one.incident.id, lang.code()), page));
        }
        for row in view.statuses {
            pages
                .push((format!("{} {}", row.area, lang.code()), status_page(view, &row.area, lang).unwrap()));
        }
        for clause in &view.clauses {
            pages.push((
                format!("{} {}", clause.id, lang.code()),
                clause_page(view, clause.id, lang).unwrap(),
            ));
        }
    }
    pages
}

#[test]
fn same_view_same_bytes() {
    let (one, other) = (World::new(), World::new());
    assert_eq!(all_pages(&one.view()), all_pages(&other.view()));
    let mut turned = one.view();
    turned.incidents.reverse();
    for lang in Lang::ALL {
        assert_eq!(bulletin(&turned, lang, Links::Static), bulletin(&one.view(), lang, Links::Static));
    }
    assert_eq!(incidents_geojson(&turned).unwrap(), incidents_geojson(&one.view()).unwrap());
}

#[test]
fn every_page_is_sound() {
    for (name, page) in all_pages(&World::new().view()) {
        assert_eq!(html::faults(&page), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn the_reader_of_pages_sees_faults() {
    for bad in [
        "<p><b></p></b>",
        "<p id=\"a\"></p><p id=\"a\"></p>",
        "<a href=\"#x\"></a>",
        "<h3></h3>",
        "<p onclick=\"x\"></p>",
        "<th></th>",
        "a > b<p></p>",
    ] {
        assert!(!html::faults(bad).is_empty(), "{bad}");
    }
}

#[test]
fn no_page_asks_anything_of_anybody() {
    for (name, page) in all_pages(&World::new().view()) {
        assert!(
            !page.contains("url(http") && !page.contains("@import") && !page.contains("<script"),
            "{name}"
        );
        assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"), "{name}");
    }
}

const NASTY: [&str; 6] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='x",
    "مستشفى\u{202e}القدس\u{2069}</bdi><b>",
    "больница\u{2066}</td></table><style>*{display:none}</style>",
    "javascript:alert(1)",
];

/// The world with one nasty string in every field that holds free text.
fn poisoned(nasty: &str) -> World {
    let mut world = World::new();
    let bad = || support::texts(nasty, nasty, nasty);
    for report in &mut world.observations {
        report.note = Some(nasty.into());
        report.address = Some(nasty.into());
        report.sender_id = nasty.into();
    }
    for incident in &mut world.incidents {
        let place =
            Place { point: None, within_m: 0, areas: Default::default(), unresolved: Some(nasty.into()) };
        incident.places.add(place, "msf".into());
        incident.actors.add(nasty.into(), nasty.into());
        incident.facts.insert(nasty.into(), Alternatives::one(Answer::Unclear, nasty.into()));
        incident.links.iter_mut().flat_map(|l| &mut l.reasons).for_each(|r| r.seen = nasty.into());
    }
    for finding in &mut world.findings {
        finding.fault = Some(nasty.into());
        finding.cruxes.iter_mut().flat_map(|c| &mut c.if_).for_each(|h| h.value = nasty.into());
        let mut reasons = finding.reasons.to_vec();
        reasons.push(Reason {
            test: Test::InForce(nasty.into()),
            truth: Truth::Unknown,
            tried: true,
            seen: vec![Seen { value: nasty.into(), truth: Truth::Unknown, origins: [nasty.into()].into() }],
            under: vec![],
        });
        reasons.push(Reason {
            test: Test::Exception(nasty.into(), Outcome::NotCovered),
            truth: Truth::Unknown,
            tried: false,
            seen: vec![],
            under: vec![],
        });
        finding.reasons = reasons.into();
    }
    for source in world.sources.values_mut() {
        (source.names, source.kind) = (bad(), nasty.into());
    }
    for deadline in &mut world.truce.deadlines {
        deadline.what = nasty.into();
    }
    for acceptance in &mut world.truce.acceptances {
        acceptance.reservation = Some(nasty.into());
        acceptance.by = nasty.into();
    }
    for calm in &mut world.truce.calms {
        calm.steps.iter_mut().for_each(|(_, step)| step.step = nasty.into());
    }
    for day in &mut world.rivals {
        day.counts.iter_mut().for_each(|count| count.unit = nasty.into());
    }
    (world.title, world.zone_name) = (bad(), bad());
    world.definitions.values_mut().for_each(|texts| *texts = bad());
    world
}

#[test]
fn nothing_that_a_report_says_becomes_markup() {
    for nasty in NASTY {
        let world = poisoned(nasty);
        let mut view = world.view();
        let bad = || support::texts(nasty, nasty, nasty);
        for clause in &mut view.clauses {
            (clause.title, clause.prose, clause.paragraph) = (bad(), bad(), nasty.into());
        }
        view.readings.iter_mut().for_each(|reading| reading.title = bad());
        view.matters.iter_mut().for_each(|matter| matter.question = bad());
        view.settles.iter_mut().for_each(|settle| settle.evidence = bad());
        view.refused = [(nasty.to_owned(), 1)].into();
        view.proof.software = nasty.into();
        view.proof.checkpoint = Some(nasty.into());
        for (name, page) in all_pages(&view) {
            assert_eq!(html::faults(&page), Vec::<String>::new(), "{name} {nasty}");
            assert!(!page.contains("<script>alert") && !page.contains("<img"), "{name} {nasty}");
            let hidden: Vec<char> = page.chars().filter(|c| matches!(c, '\u{202a}'..='\u{202e}')).collect();
            assert!(hidden.is_empty(), "{name}");
        }
        for one in &view.incidents {
            for finding in &one.findings {
                let explained = explanation(&view, one, finding, Lang::En);
                assert!(!explained.text().contains('\u{202e}'));
                let page =
                    explanation_page(&view, &one.incident.id, &finding.clause, None, Lang::En).unwrap();
                assert_eq!(html::faults(&page), Vec::<String>::new());
            }
        }
    }
}

#[test]
fn al_quds_is_disputed_and_says_on_what() {
    let world = World::new();
    let page = incident_page(&world.view(), &"r11".into(), Lang::En).unwrap();
    let words = html::words(&page);
    assert!(words.contains("Disputed between readings"), "{words}");
    assert!(
        words.contains("Do the clauses on fire reach a hospital in the other side&#39;s district?")
            || words.contains("Do the clauses on fire reach a hospital in the other side's district?")
    );
    assert!(words.contains("27–58"));
    assert!(words.contains("Not covered is not lawful"));
    insta::assert_snapshot!("al-quds-en", words);
}

#[test]
fn al_dabbit_is_undetermined_under_every_reading_and_turns_on_who_fired() {
    let world = World::new();
    let words = html::words(&incident_page(&world.view(), &"r21".into(), Lang::En).unwrap());
    assert!(
        words.contains("who did it:\nJaysh al-Islam then prohibited\nal-Nusra Front then not covered"),
        "{words}"
    );
    assert!(words.contains("a total: this is part of it, never added"));
    insta::assert_snapshot!("al-dabbit-en", words);
}

#[test]
fn the_bulletin_answers_the_call() {
    let world = World::new();
    for lang in Lang::ALL {
        let words = html::words(&bulletin(&world.view(), lang, Links::Served));
        insta::assert_snapshot!(format!("bulletin-{}", lang.code()), words);
    }
}

#[test]
fn before_the_start_the_truce_is_not_in_force() {
    let mut world = World::new();
    world.truce.in_force = false.into();
    world.truce.as_of = support::at("2016-02-26T23:59");
    let words = html::words(&bulletin(&world.view(), Lang::En, Links::Served));
    assert!(words.contains("Aleppo no truce yet") && !words.contains("Lattakia holding"), "{words}");
    assert!(
        words.contains("The terms begin on 27 February 2016, 00:00 Damascus time (26 Feb 2016, 22:00 UTC)."),
        "{words}"
    );
}

#[test]
fn explanations_read_as_sentences_in_every_language() {
    let world = World::new();
    let view = world.view();
    let finding = view.incidents[0].findings.iter().find(|f| f.cruxes.len() == 3).unwrap();
    for lang in Lang::ALL {
        insta::assert_snapshot!(
            format!("explain-{}", lang.code()),
            explanation(&view, &view.incidents[0], finding, lang).text()
        );
    }
}

#[test]
fn a_crowded_mission_fits_into_one_file() {
    let world = World::crowded(850);
    for lang in Lang::ALL {
        let page = bulletin(&world.view(), lang, Links::Static);
        assert!(page.len() < 12_000_000, "{} bytes", page.len());
        // What incidents share is written once, every reference to it leads somewhere, and served pages hold no reference.
        assert_eq!(html::faults(&page), Vec::<String>::new());
        let shared = page.matches("id=\"pattern-").count();
        let named = page.matches("href=\"#pattern-").count();
        assert!(shared > 0 && named > 2 * shared, "{shared} patterns, {named} references");
        assert!(!bulletin(&world.view(), lang, Links::Served).contains("pattern-1\""));
        assert!(bulletin(&world.view(), lang, Links::Served).len() < 2_000_000);
    }
}

/// Writes the pages where `TRUCELINE_PAGES` says, to be looked at.
#[test]
fn pages_to_look_at() {
    let Some(dir) = std::env::var_os("TRUCELINE_PAGES") else { return };
    let dir = std::path::Path::new(&dir);
    let world = World::crowded(if std::env::var_os("TRUCELINE_CROWD").is_some() { 850 } else { 12 });
    for lang in Lang::ALL {
        std::fs::write(dir.join(file_name(lang)), bulletin(&world.view(), lang, Links::Static)).unwrap();
        std::fs::write(
            dir.join(format!("served.{}.html", lang.code())),
            bulletin(&world.view(), lang, Links::Served),
        )
        .unwrap();
        let page = incident_page(&world.view(), &"r21".into(), lang).unwrap();
        std::fs::write(dir.join(format!("incident.{}.html", lang.code())), page).unwrap();
    }
}

/// Every test of a step is a sentence in every language: no word of the files is left in it.
#[test]
fn every_step_has_its_sentence() {
    let world = World::new();
    let view = world.view();
    let mut finding = view.incidents[0].findings[0].clone();
    let step = |test, value: &str| Reason {
        test,
        truth: Truth::Unknown,
        tried: true,
        seen: vec![Seen { value: value.into(), truth: Truth::Unknown, origins: ["sohr".into()].into() }],
        under: vec![],
    };
    let side = || "opposition".to_owned();
    finding.reasons = [
        step(Test::SystemIs("tornado-s, iskander-m".into()), "tornado-s"),
        step(Test::StruckIs(side()), "government-side"),
        step(Test::CommandedBy(side()), "none"),
        step(Test::Near("15 km of SY02".into()), "a-line"),
        step(Test::From("2016-05-04T00:00:00Z".into()), "2016-05-04T00:00:00Z/2016-05-05T00:00:00Z"),
        step(Test::Daily("22:00-06:00".into()), "2016-05-04T00:00:00Z/2016-05-05T00:00:00Z"),
        step(Test::WholeDay, "2016-05-04T00:00:00Z/2016-05-05T00:00:00Z"),
        step(Test::Counted("lorries at-least 600".into()), "500-600"),
        step(Test::Counted("lorries fewer-than 30 per lorries".into()), ">=540"),
    ]
    .into();
    finding.cruxes = vec![Crux {
        if_: vec![
            Hypothesis { fact: Fact::Commander, value: "not opposition".into() },
            Hypothesis { fact: Fact::Measure("lorries".into()), value: "not at-least 600".into() },
        ],
        then: Outcome::NotProhibited,
    }];
    for lang in Lang::ALL {
        insta::assert_snapshot!(
            format!("steps-{}", lang.code()),
            explanation(&view, &view.incidents[0], &finding, lang).text()
        );
    }
}
