//! Places as GeoParquet holds them: well-known binary, and the `geo` metadata of a file.
//!
//! For other engines' maps and joins. The judge never sees these floats: it reads the incident's own text, in which degrees are
//! decimal numbers. Rival places stand side by side as a multi-point; none is picked.

use serde_json::json;
use truceline_model::{Incident, Point};

/// Name of the geometry's column.
pub const COLUMN: &str = "geometry";
/// Key of the file's metadata.
pub const KEY: &str = "geo";

/// Degrees that a coordinate stands for, as the nearest number that a float can be.
fn degrees(units: i32) -> f64 {
    Point::degrees_text(units).parse().unwrap_or(f64::NAN)
}

/// All points that are given for an incident, in their order.
#[must_use]
pub fn points(incident: &Incident) -> Vec<Point> {
    let mut all: Vec<Point> = incident.places.iter().filter_map(|(place, _)| place.point).collect();
    all.sort();
    all.dedup();
    all
}

/// Little-endian well-known binary: a point, or a multi-point when several are given. `None`: no point is given.
#[must_use]
pub fn well_known(points: &[Point]) -> Option<Vec<u8>> {
    let one = |out: &mut Vec<u8>, point: &Point| {
        out.push(1);
        out.extend(1_u32.to_le_bytes());
        out.extend(degrees(point.lon).to_le_bytes());
        out.extend(degrees(point.lat).to_le_bytes());
    };
    let mut out = Vec::new();
    match points {
        [] => return None,
        [point] => one(&mut out, point),
        many => {
            out.push(1);
            out.extend(4_u32.to_le_bytes());
            out.extend(u32::try_from(many.len()).ok()?.to_le_bytes());
            many.iter().for_each(|point| one(&mut out, point));
        }
    }
    Some(out)
}

/// West, south, east and north of what a file holds, and whether any incident of it has several points.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extent {
    corners: Option<[i32; 4]>,
    several: bool,
    single: bool,
}

impl Extent {
    /// Takes an incident's points in.
    pub fn add(&mut self, points: &[Point]) {
        self.several |= points.len() > 1;
        self.single |= points.len() == 1;
        for point in points {
            let [west, south, east, north] =
                self.corners.unwrap_or([point.lon, point.lat, point.lon, point.lat]);
            self.corners =
                Some([west.min(point.lon), south.min(point.lat), east.max(point.lon), north.max(point.lat)]);
        }
    }

    /// The `geo` metadata (GeoParquet 1.1.0). No reference system is named, which means longitude and latitude in WGS 84.
    #[must_use]
    pub fn metadata(&self) -> String {
        let kinds: Vec<&str> = [(self.single, "Point"), (self.several, "MultiPoint")]
            .iter()
            .filter(|(is, _)| *is)
            .map(|(_, kind)| *kind)
            .collect();
        let mut column = json!({ "encoding": "WKB", "geometry_types": kinds });
        if let (Some(corners), Some(column)) = (self.corners, column.as_object_mut()) {
            column.insert("bbox".to_owned(), corners.map(degrees).to_vec().into());
        }
        json!({ "version": "1.1.0", "primary_column": COLUMN, "columns": { COLUMN: column } }).to_string()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn rival_points_stand_side_by_side() {
        let (a, b) = (Point { lon: 371_500_000, lat: 362_000_000 }, Point { lon: -1, lat: 900_000_000 });
        let single = well_known(&[a]).unwrap();
        assert_eq!(single.len(), 21);
        assert_eq!(single[5..13], 37.15_f64.to_le_bytes());
        assert_eq!(single[13..21], 36.2_f64.to_le_bytes());
        let both = well_known(&[a, b]).unwrap();
        assert_eq!((both.len(), both[1], both[5]), (9 + 2 * 21, 4, 2));
        assert_eq!(both[9..30], single);
        assert_eq!(well_known(&[]), None);
        let mut extent = Extent::default();
        extent.add(&[]);
        assert!(!extent.metadata().contains("bbox"), "no point, no box");
        extent.add(&[a, b]);
        assert!(extent.metadata().contains(r#""bbox":[-1e-7,36.2,37.15,90.0],"#), "{}", extent.metadata());
        assert!(extent.metadata().contains(r#""geometry_types":["MultiPoint"]"#), "{}", extent.metadata());
    }
}
