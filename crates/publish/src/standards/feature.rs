//! One thing on a map or on none: an id, where, when, and properties by name. Written as GeoJSON (RFC 7946).

use serde_json::{Map, Value};
use truceline_model::place::Ring;
use truceline_model::{Area, Interval, Point, Shape};
use truceline_record::CanonicalError;

use super::rings::{Polygon, polygons};
use crate::findings::text;

/// Where a feature is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Geometry {
    /// It is there, and nobody says where.
    Nowhere,
    /// A point; how precisely it is known is a property.
    Point(Point),
    /// Chains of points.
    Lines(Vec<Ring>),
    /// Even-odd rings.
    Rings(Vec<Ring>),
}

impl Geometry {
    /// The geometry of an area. A disc is its middle: the radius is a property.
    #[must_use]
    pub fn of(area: &Area) -> Self {
        match &area.shape {
            Shape::Polygon(rings) => Self::Rings(rings.clone()),
            Shape::Disc(middle, _) => Self::Point(*middle),
            Shape::Line(chains) => Self::Lines(chains.clone()),
            Shape::Nowhere => Self::Nowhere,
        }
    }

    /// The smallest box round it: south-west and north-east.
    #[must_use]
    pub fn bounds(&self) -> Option<(Point, Point)> {
        let mut all: Box<dyn Iterator<Item = Point> + '_> = match self {
            Self::Nowhere => return None,
            Self::Point(point) => Box::new(std::iter::once(*point)),
            Self::Lines(rings) | Self::Rings(rings) => Box::new(rings.iter().flatten().copied()),
        };
        let first = all.next()?;
        Some(all.fold((first, first), |(low, high), point| {
            (
                Point { lon: low.lon.min(point.lon), lat: low.lat.min(point.lat) },
                Point { lon: high.lon.max(point.lon), lat: high.lat.max(point.lat) },
            )
        }))
    }

    fn json(&self) -> String {
        match self {
            Self::Nowhere => "null".to_owned(),
            Self::Point(point) => geometry("Point", &position(*point)),
            Self::Lines(chains) => {
                geometry("MultiLineString", &list(chains, |chain: &Ring| list(chain, |p| position(*p))))
            }
            Self::Rings(rings) => {
                let polygons = polygons(rings);
                geometry("MultiPolygon", &list(&polygons, |polygon: &Polygon| list(polygon, closed)))
            }
        }
    }
}

fn geometry(kind: &str, coordinates: &str) -> String {
    format!("{{\"type\":\"{kind}\",\"coordinates\":{coordinates}}}")
}

fn list<T>(all: &[T], one: impl Fn(&T) -> String) -> String {
    let parts: Vec<String> = all.iter().map(one).collect();
    format!("[{}]", parts.join(","))
}

/// A ring whose first point is said again at its end.
fn closed(ring: &Ring) -> String {
    let points: Vec<String> = ring.iter().chain(ring.first()).map(|point| position(*point)).collect();
    format!("[{}]", points.join(","))
}

fn position(point: Point) -> String {
    format!("[{},{}]", Point::degrees_text(point.lon), Point::degrees_text(point.lat))
}

/// One thing that is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Its id, which no other of its collection has.
    pub id: String,
    /// Where.
    pub geometry: Geometry,
    /// When; `None`: nobody says.
    pub when: Option<Interval>,
    /// What else is told of it.
    pub properties: Map<String, Value>,
}

/// A feature as GeoJSON; `more` are members beside, each with its comma before it.
///
/// # Errors
/// When a property has no canonical bytes, which none of ours lacks.
pub fn feature_json(feature: &Feature, more: &str) -> Result<String, CanonicalError> {
    let id = text(&Value::String(feature.id.clone()))?;
    let properties = text(&Value::Object(feature.properties.clone()))?;
    let geometry = feature.geometry.json();
    Ok(format!(
        "{{\"type\":\"Feature\",\"id\":{id},\"geometry\":{geometry},\"properties\":{properties}{more}}}"
    ))
}

/// Features as a collection, one a line; `more` as for one.
///
/// # Errors
/// As [`feature_json`].
pub fn features_geojson<'f>(
    features: impl Iterator<Item = &'f Feature>,
    more: &str,
) -> Result<String, CanonicalError> {
    let lines = features.map(|one| feature_json(one, "")).collect::<Result<Vec<_>, _>>()?;
    Ok(format!("{{\"type\":\"FeatureCollection\"{more},\"features\":[\n{}\n]}}\n", lines.join(",\n")))
}
