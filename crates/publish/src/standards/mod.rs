//! What is published, in the formats that other people's tools read: features (OGC API – Features, GeoJSON), tables with HXL hashtags, vector
//! tiles, alerts (CAP 1.2), a feed (Atom).
//!
//! Made from a [`crate::View`] of what may be published and from nothing else; coordinates go from the integers that decided to the text of a file,
//! never through a float. Selects and cuts; adds nothing up that the view does not hold.

mod alert;
mod clip;
mod collections;
mod feature;
mod feed;
mod html;
mod mercator;
mod mvt;
mod rings;
mod select;
mod table;
mod tile;
mod xml;

pub use alert::{Alert, alert};
pub use collections::{Collection, CollectionId, collections};
pub use feature::{Feature, Geometry, feature_json, features_geojson};
pub use feed::{Feed, FeedEntry, feed};
pub use html::link_page;
pub use mercator::world;
pub use select::{Bbox, Selected, Selection, When};
pub use table::{deliveries_csv, incidents_csv};
pub use tile::{DEEPEST, Tile, Tiles};
