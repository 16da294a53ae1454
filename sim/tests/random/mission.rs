//! The mission that random agreements are about: its actors (some change sides), areas, a line, and graded sources.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{
    Actor, ActorId, ActorKind, Actors, Area, AreaId, AreaKind, Areas, Grade, Instant, Interval, Membership,
    Point, Shape, Source, SourceId, SourceKind, Sources,
};

pub fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub fn actors() -> Actors {
    let one = |id: &str, kind, of: &[(&str, Interval)]| Actor {
        id: ActorId::new(id),
        kind,
        member_of: of
            .iter()
            .map(|(of, during)| Membership { of: ActorId::new(of), during: *during })
            .collect(),
        names: BTreeMap::new(),
        aliases: BTreeSet::new(),
    };
    let always = |of: &'static str| [(of, Interval::ALWAYS)];
    let turned = at("2016-02-15T00:00:00Z");
    let turncoat = [
        ("opp", Interval::new(Instant::FAR_PAST, turned).unwrap()),
        ("gov", Interval::new(turned, Instant::FAR_FUTURE).unwrap()),
    ];
    use ActorKind::{Force, Group, Party, Umbrella, Unspecified};
    Actors::new([
        one("gov", Party, &[]),
        one("opp", Party, &[]),
        one("umb", Umbrella, &always("opp")),
        one("army", Force, &always("gov")),
        one("air", Force, &always("gov")),
        one("member", Group, &always("umb")),
        one("late", Group, &always("opp")),
        one("lost", Group, &always("opp")),
        one("turncoat", Group, &turncoat),
        one("out", Group, &[]),
        one("proxy", Group, &[]),
        one("third", Force, &[]),
        one("somebody", Unspecified, &[]),
        one("some-rebels", Unspecified, &always("opp")),
    ])
}

/// A point so many ten-thousandths of a degree east of the line, at its height.
pub fn east_of_line(units: i32) -> Point {
    Point { lon: 370_000_000 + units * 1000, lat: 360_000_000 }
}

pub fn areas() -> Areas {
    let area = |id: &str, kind, parent: Option<&str>, shape| Area {
        id: AreaId::new(id),
        kind,
        names: BTreeMap::new(),
        aliases: BTreeSet::new(),
        parent: parent.map(AreaId::new),
        shape,
        held_by: None,
        asserted_by: None,
        valid: Interval::ALWAYS,
    };
    let north = |point: Point, lat| Point { lat, ..point };
    let (line, east) = (east_of_line(0), east_of_line(3000));
    let square = vec![
        north(east, 359_000_000),
        north(east_of_line(6000), 359_000_000),
        north(east_of_line(6000), 361_000_000),
        north(east, 361_000_000),
    ];
    Areas::new([
        area("g1", AreaKind::Governorate, None, Shape::Nowhere),
        area("g2", AreaKind::Governorate, None, Shape::Nowhere),
        area("z", AreaKind::Zone, Some("g1"), Shape::Nowhere),
        area("z1", AreaKind::Place, Some("z"), Shape::Nowhere),
        area("p2", AreaKind::Place, Some("g2"), Shape::Nowhere),
        area("square", AreaKind::Zone, Some("g1"), Shape::Polygon(vec![square])),
        area("town", AreaKind::Place, Some("g1"), Shape::Disc(east_of_line(1000), 3_000)),
        area(
            "front",
            AreaKind::Line,
            None,
            Shape::Line(vec![vec![north(line, 350_000_000), north(line, 370_000_000)]]),
        ),
    ])
}

/// Sources by grade; `s5` is not in the mission's list.
pub fn sources() -> Sources {
    let one = |id: &str, grade| Source {
        id: SourceId::new(id),
        names: BTreeMap::new(),
        kind: SourceKind::Other,
        side: None,
        grade,
        address: None,
        carries: BTreeSet::new(),
        note: None,
    };
    Sources::new([one("s1", Grade::A), one("s2", Grade::B), one("s3", Grade::C), one("s4", Grade::F)])
}
