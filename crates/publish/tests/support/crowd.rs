//! The world at the size of the real mission, and with its real outlines when they are there: for looking and for weight.

use truceline_model::*;

use super::{World, areas, at, set, square, texts};

/// The outlines of the mission folder, when it is there; for looking, never for snapshots.
pub(crate) fn mission_areas() -> Option<Areas> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../agreements/syria-2016/areas.geojson");
    let path = std::env::var("TRUCELINE_AREAS").unwrap_or_else(|_| path.to_owned());
    let text = std::fs::read_to_string(path).ok()?;
    let all: serde_json::Value = serde_json::from_str(&text).ok()?;
    let features = all.get("features")?.as_array()?;
    let mut all: Vec<Area> = features.iter().filter_map(area_of).collect();
    all.extend(areas().iter().filter(|a| a.kind == AreaKind::Place).cloned());
    Some(Areas::new(all))
}

fn area_of(feature: &serde_json::Value) -> Option<Area> {
    let about = feature.get("properties")?;
    let word = |key: &str| about.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    if word("kind") != "governorate" {
        return None;
    }
    let mut rings = Vec::new();
    rings_in(feature.get("geometry")?.get("coordinates")?, &mut rings);
    let mut area = square(&word("id"), "", "", "", (0, 0, 1, 1));
    area.names = texts(&word("name_en"), &word("name_ar"), &word("name_ru"));
    area.shape = Shape::Polygon(rings);
    Some(area)
}

fn rings_in(value: &serde_json::Value, rings: &mut Vec<Vec<Point>>) {
    let Some(items) = value.as_array() else { return };
    let point = |item: &serde_json::Value| {
        let pair = item.as_array()?;
        Point::parse(&pair.get(1)?.to_string(), &pair.first()?.to_string()).ok()
    };
    let points: Vec<Point> = items.iter().filter_map(point).collect();
    if points.is_empty() {
        items.iter().for_each(|item| rings_in(item, rings));
    } else {
        rings.push(points);
    }
}

impl World {
    /// The same world with `many` more incidents and twelve clauses: the size of the real mission.
    pub(crate) fn crowded(many: u32) -> Self {
        let mut world = Self::new();
        if let Some(areas) = mission_areas() {
            world.areas = areas;
        }
        let patterns: Vec<Incident> = world.incidents.clone();
        let findings = world.findings.clone();
        for clause in [
            "access",
            "detainees",
            "calm-ghouta",
            "calm-latakia",
            "calm-aleppo",
            "delineation",
            "hotline",
            "referral",
        ] {
            world.clause_ids.push(clause.into());
        }
        for n in 0..many {
            let pattern = &patterns[(n % 7).min(2) as usize];
            let mut one = pattern.clone();
            one.id = format!("r{}", 1000 + n).as_str().into();
            let day = Interval::new(
                at("2016-02-24").plus_seconds(i64::from(n * 37 % 70) * 86_400 + i64::from(n * n % 3600)),
                at("2016-02-24").plus_seconds(i64::from(n * 37 % 70 + 1) * 86_400),
            )
            .unwrap();
            one.when = Alternatives::one(day, "sohr".into());
            let spot = Point {
                lon: 361_000_000 + (n.wrapping_mul(7_919_111) % 36_000_000).cast_signed(),
                lat: 326_000_000 + (n.wrapping_mul(5_555_317) % 40_000_000).cast_signed(),
            };
            one.places = Alternatives::one(
                Place {
                    point: Some(spot),
                    within_m: [150, 2_000, 12_000][(n % 3) as usize],
                    areas: set(&["SY07"]),
                    unresolved: None,
                },
                "sohr".into(),
            );
            for finding in findings.iter().filter(|f| f.incident == pattern.id) {
                world.findings.push(Finding { incident: one.id.clone(), ..finding.clone() });
            }
            for clause in &world.clause_ids[4..] {
                for reading in ["purpose-strict", "purpose-licence", "letter-strict", "letter-licence"] {
                    let mut more = findings[0].clone();
                    (more.incident, more.clause, more.reading) =
                        (one.id.clone(), clause.clone(), reading.into());
                    (more.outcome, more.cruxes) = (Outcome::NotProhibited, Vec::new());
                    world.findings.push(more);
                }
            }
            world.incidents.push(one);
        }
        world.spread();
        world
    }

    /// One row of status for every governorate drawn.
    fn spread(&mut self) {
        let pattern = self.statuses[0].clone();
        let states =
            [Holding::Collapsed, Holding::Fraying, Holding::Holding, Holding::NotObserved, Holding::Fraying];
        for (area, state) in
            self.areas.iter().filter(|a| a.kind == AreaKind::Governorate).zip(states.iter().cycle())
        {
            if !self.statuses.iter().any(|s| s.area == area.id) {
                self.statuses.push(AreaStatus {
                    area: area.id.clone(),
                    holding: *state,
                    days: 1,
                    ..pattern.clone()
                });
            }
        }
    }
}
