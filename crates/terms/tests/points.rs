//! Bare points all over the map, near and far from what clauses ask for, known well and badly: all clauses at once by the grid
//! are as the judge's own, one by one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Build, actors, area, at, small_text};
use truceline_model::{Act, AreaKind, Areas, Incident, Outcome, Place, Point, Shape};
use truceline_terms::{Desk, Judge, Roll, parse};

/// Hundredths of a degree.
fn point((lon, lat): (i32, i32)) -> Point {
    Point { lon: lon * 100_000, lat: lat * 100_000 }
}

/// A large and a small outline side by side, a disc north of them, a strip far in the south-east; a town without an outline.
fn areas() -> Areas {
    let outline =
        |corners: &[(i32, i32)]| Shape::Polygon(vec![corners.iter().map(|at| point(*at)).collect()]);
    let zone = |id: &str, shape| area(id, AreaKind::Zone, None, shape);
    Areas::new([
        zone("plain", outline(&[(3600, 3500), (3640, 3500), (3640, 3530), (3600, 3530)])),
        zone("yard", outline(&[(3642, 3510), (3644, 3510), (3644, 3512), (3642, 3512)])),
        zone("hill", Shape::Disc(point((3620, 3550)), 9_000)),
        zone("strip", outline(&[(3700, 3440), (3705, 3430), (3710, 3440)])),
        zone("town", Shape::Nowhere),
    ])
}

#[test]
fn every_point_is_judged_alike() {
    let (actors, areas) = (actors(), areas());
    let places = [
        "applies in plain",
        "applies in yard\nexcept hill gives not-covered when in hill",
        "applies in hill strip\nonly-when not in plain or with any-tank",
        "applies within 4 km of strip",
        "outside when in plain\nonly-when in yard or in hill",
        "applies in town yard",
    ];
    let clauses: Vec<String> = places
        .iter()
        .enumerate()
        .map(|(n, lines)| {
            let lines = lines.replace("with any-tank", "with tank");
            format!("clause c{n} \"C\"\nbinds government-side\nforbids shelling with any-weapon\n{lines}")
        })
        .collect();
    let text = small_text(
        "UTC",
        "in-force from \"2016-02-27\"",
        &clauses.join("\n```\n## More\nProse.\n```terms\n"),
    );
    let checked = parse(&text, &actors, &areas);
    let said: Vec<String> = checked.diagnostics.iter().map(|d| d.render_text("points.md", &text)).collect();
    let terms = checked.terms.unwrap_or_else(|| panic!("{}", said.join("\n")));
    let judge = Judge::new(&terms, &actors, &areas, at("2016-06-01T00:00:00Z"));
    let mut incidents: Vec<Incident> = Vec::new();
    // A lattice over everything and round it; and finer beside the edges, at precisions up to and beyond the margin.
    let wide = (3580..3730).step_by(6).flat_map(|lon| (3410..3580).step_by(6).map(move |lat| (lon, lat)));
    let edge = (3636..3650).flat_map(|lon| (3505..3517).map(move |lat| (lon, lat)));
    for (n, at) in wide.chain(edge).enumerate() {
        let within_m = [0, 150, 3_000, 5_000, 5_001, 40_000][(n + n / 12) % 6];
        let mut one = Build::new("shelling")
            .act(Act::Shelling, "sohr")
            .actor("syrian-government-forces", "sohr")
            .when("2016-03-10T12:00", "sohr")
            .0;
        let place = Place { point: Some(point(at)), within_m, areas: [].into(), unresolved: None };
        one.places.add(place, "sohr".into());
        incidents.push(one);
    }
    let (sheet, roll) = (judge.sheet(), Roll::of(&actors, &incidents));
    let (sitting, mut desk) = (sheet.sit(&roll), Desk::default());
    let mut met = [[0_usize; 3]; 6];
    for (n, incident) in incidents.iter().enumerate() {
        let expected: Vec<Outcome> = judge.outcomes(incident).iter().map(|brief| brief.outcome).collect();
        let all: Vec<Outcome> = sitting.outcomes(n, incident, &mut desk).iter().collect();
        assert_eq!(all, expected, "{:?}", incident.places);
        for (met, outcome) in met.iter_mut().zip(&expected) {
            let kind = match outcome {
                Outcome::Prohibited => 0,
                Outcome::Undetermined => 1,
                Outcome::NotProhibited | Outcome::NotCovered => 2,
            };
            met[kind] += 1;
        }
        if expected.iter().all(|outcome| *outcome == Outcome::NotCovered) {
            continue;
        }
        assert!(sitting.touches(n, &mut desk));
    }
    // The lattice meets the inside, the edge and the outside of every clause's ground.
    assert!(met[..5].iter().flatten().all(|count| *count > 0), "{met:?}");
    assert_eq!(
        (met[5][0] > 0, met[5][2]),
        (true, 0),
        "of a town without an outline nothing is certain: {met:?}"
    );
}
