//! OGC API – Features, part 1: what is published as collections of features. Reads only, in WGS 84 (CRS84) only.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use serde_json::{Value, json};
use truceline_model::{Instant, Point};
use truceline_publish::standards::{
    Bbox, Collection, CollectionId, Feature, Selection, When, feature_json, features_geojson, link_page,
};

use super::shelf::Shown;
use super::{LONGEST, marked, unpublished, unwritten};
use crate::api::asked::{Asked, short};
use crate::api::problem::{Problem, told};
use crate::api::{Desk, aside, gate};

/// Features of one answer where nothing else is asked, and at the most.
const PAGE: usize = 100;
const MOST: usize = 1_000;

const JSON: &str = "application/json";
const GEOJSON: &str = "application/geo+json";
const HTML: &str = "text/html; charset=utf-8";
const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
const GREGORIAN: &str = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian";
const CONFORMS: [&str; 3] = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
];

type Shared = State<Arc<Desk>>;
type Named = Result<Path<String>, PathRejection>;

/// Whether a page for people is asked for: by name, or by a browser that asks for nothing else that we have.
fn is_html(asked: &Asked, headers: &HeaderMap) -> Result<bool, Problem> {
    match asked.raw("f") {
        Some("json") => Ok(false),
        Some("html") => Ok(true),
        Some(_) => Err(Problem::wrong("f: json or html")),
        None => {
            let accepts =
                headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
            Ok(accepts.contains("text/html") && !accepts.contains("json"))
        }
    }
}

/// Links, as OGC has them.
#[derive(Default)]
struct Links(Vec<(String, &'static str, &'static str, String)>);

impl Links {
    fn and(mut self, href: impl Into<String>, rel: &'static str, kind: &'static str, title: &str) -> Self {
        self.0.push((href.into(), rel, kind, title.to_owned()));
        self
    }

    fn json(&self) -> Value {
        let one = |(href, rel, kind, title): &(String, &str, &str, String)| json!({ "href": href, "rel": rel, "type": kind, "title": title });
        self.0.iter().map(one).collect()
    }

    /// Those that a page for people shows.
    fn listed(&self) -> Vec<(String, String)> {
        let shown = self.0.iter().filter(|(_, rel, ..)| *rel != "self");
        shown.map(|(href, _, kind, title)| (href.clone(), format!("{title} ({kind})"))).collect()
    }
}

fn root(desk: &Desk, headers: &HeaderMap) -> String {
    format!("{}api/public/", gate::home(desk, headers))
}

/// A page for people, or JSON.
fn page(
    headers: &HeaderMap,
    wants_html: bool,
    title: &str,
    lead: &str,
    links: &Links,
    value: &Value,
) -> Response {
    if wants_html {
        marked(headers, HTML, link_page(title, lead, &links.listed(), &[]).into_bytes())
    } else {
        marked(headers, JSON, value.to_string().into_bytes())
    }
}

/// What there is, and where.
pub(super) async fn landing(State(desk): Shared, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["f"])?;
    let wants_html = is_html(&asked, &headers)?;
    aside(move || {
        let root = root(&desk, &headers);
        let ogc = format!("{root}ogc");
        let shown = desk.standards.shown(&desk)?;
        let links = Links::default()
            .and(format!("{ogc}?f=json"), "self", JSON, "This, as JSON")
            .and(format!("{ogc}?f=html"), "alternate", HTML, "This, as a page")
            .and(format!("{ogc}/api"), "service-desc", JSON, "The API")
            .and(format!("{ogc}/conformance"), "conformance", JSON, "What it conforms to")
            .and(format!("{ogc}/collections"), "data", JSON, "Collections")
            .and(format!("{root}tiles"), "related", JSON, "Vector tiles")
            .and(format!("{root}feed"), "related", "application/atom+xml", "Feed of bulletins")
            .and(format!("{root}alerts"), "related", JSON, "Alerts");
        let title = shown.as_ref().map_or("What is published", |shown| shown.title.as_str());
        let lead = lead(shown.as_deref());
        let bulletin = shown.as_ref().map(|shown| {
            json!({ "entry": shown.entry, "as_of": shown.as_of.to_string(), "as_frozen": shown.is_as_frozen })
        });
        let value =
            json!({ "title": title, "description": lead, "bulletin": bulletin, "links": links.json() });
        Ok(page(&headers, wants_html, title, &lead, &links, &value))
    })
    .await
}

fn lead(shown: Option<&Shown>) -> String {
    match shown {
        None => "Nothing is published yet. That says nothing about what has happened.".to_owned(),
        Some(shown) => format!(
            "The published bulletin of entry {}, as of {}. The software finds, people determine; not covered is not lawful.",
            shown.entry, shown.as_of
        ),
    }
}

/// The description of the whole API.
pub(super) async fn api(headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    Asked::of(&uri, &[])?;
    // As plain JSON: GDAL takes a description of no later version under the name of its own.
    Ok(marked(&headers, JSON, include_bytes!("../../../../../docs/openapi.json").to_vec()))
}

/// Which classes of the standard hold.
pub(super) async fn conformance(
    State(desk): Shared,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["f"])?;
    let wants_html = is_html(&asked, &headers)?;
    if !wants_html {
        return Ok(told(StatusCode::OK, &json!({ "conformsTo": CONFORMS })));
    }
    let links =
        Links::default().and(format!("{}ogc?f=html", root(&desk, &headers)), "up", HTML, "What there is");
    Ok(page(&headers, true, "Conformance", &CONFORMS.join(" "), &links, &Value::Null))
}

fn number(units: i32) -> Value {
    serde_json::from_str(&Point::degrees_text(units)).unwrap_or(Value::Null)
}

/// The time of a collection; an end that is open is null.
fn ends(one: &Collection) -> Option<Value> {
    let when = one.when()?;
    let end = |at: Instant| {
        let is_open = at == Instant::FAR_PAST || at == Instant::FAR_FUTURE;
        if is_open { Value::Null } else { at.to_string().into() }
    };
    Some(json!({ "interval": [[end(when.start()), end(when.end())]], "trs": GREGORIAN }))
}

fn described(root: &str, one: &Collection) -> (Value, Links) {
    let here = format!("{root}ogc/collections/{}", one.id.as_str());
    let mut links = Links::default()
        .and(format!("{here}?f=json"), "self", JSON, one.id.title())
        .and(format!("{here}?f=html"), "alternate", HTML, "This, as a page")
        .and(format!("{here}/items?f=json"), "items", GEOJSON, "Features")
        .and(format!("{here}/items?f=html"), "items", HTML, "Features");
    if matches!(one.id, CollectionId::Incidents | CollectionId::Deliveries) {
        let file = format!("{root}downloads/{}", one.id.as_str());
        links = links.and(format!("{file}.geojson"), "enclosure", GEOJSON, "All, as GeoJSON").and(
            format!("{file}.csv"),
            "enclosure",
            "text/csv",
            "All, as CSV with HXL hashtags",
        );
    }
    let mut extent = serde_json::Map::new();
    let boxes = one.features.iter().filter_map(|feature| feature.geometry.bounds());
    let whole = boxes.reduce(|(low, high), (south_west, north_east)| {
        let least = Point { lon: low.lon.min(south_west.lon), lat: low.lat.min(south_west.lat) };
        (least, Point { lon: high.lon.max(north_east.lon), lat: high.lat.max(north_east.lat) })
    });
    if let Some((low, high)) = whole {
        let bbox = [low.lon, low.lat, high.lon, high.lat].map(number);
        extent.insert("spatial".into(), json!({ "bbox": [bbox], "crs": CRS84 }));
    }
    if let Some(time) = ends(one) {
        extent.insert("temporal".into(), time);
    }
    let value = json!({
        "id": one.id.as_str(), "title": one.id.title(), "description": one.id.description(), "itemType": "feature", "crs": [CRS84],
        "extent": extent, "links": links.json(),
    });
    (value, links)
}

/// The collections; none where nothing is published.
pub(super) async fn collections(
    State(desk): Shared,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["f"])?;
    let wants_html = is_html(&asked, &headers)?;
    aside(move || {
        let root = root(&desk, &headers);
        let shown = desk.standards.shown(&desk)?;
        let here = format!("{root}ogc/collections");
        let mut links = Links::default().and(format!("{here}?f=json"), "self", JSON, "This, as JSON").and(
            format!("{here}?f=html"),
            "alternate",
            HTML,
            "This, as a page",
        );
        let all = shown.as_ref().map(|shown| shown.collections.as_slice()).unwrap_or_default();
        let told: Vec<Value> = all.iter().map(|one| described(&root, one).0).collect();
        let value = json!({ "links": links.json(), "collections": told });
        for one in all {
            links = links.and(format!("{here}/{}?f=html", one.id.as_str()), "item", HTML, one.id.title());
        }
        Ok(page(&headers, wants_html, "Collections", &lead(shown.as_deref()), &links, &value))
    })
    .await
}

/// Does something with a collection, beside the connections.
async fn with(
    desk: Arc<Desk>,
    id: String,
    work: impl FnOnce(&Desk, &Shown, &Collection) -> Result<Response, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    aside(move || {
        let shown = desk.standards.shown(&desk)?.ok_or_else(unpublished)?;
        let no_collection = || Problem::nothing(format!("there is no collection {}", short(&id)));
        let known = CollectionId::parse(&id).ok_or_else(no_collection)?;
        let one = shown.collections.iter().find(|one| one.id == known).ok_or_else(no_collection)?;
        work(&desk, &shown, one)
    })
    .await
}

fn name(id: Named) -> Result<String, Problem> {
    id.map(|Path(id)| id).map_err(|_| Problem::nothing("there is no collection of that name"))
}

/// One collection.
pub(super) async fn collection(
    State(desk): Shared,
    id: Named,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["f"])?;
    let wants_html = is_html(&asked, &headers)?;
    with(desk, name(id)?, move |desk, _, one| {
        let (value, links) = described(&root(desk, &headers), one);
        Ok(page(&headers, wants_html, one.id.title(), one.id.description(), &links, &value))
    })
    .await
}

/// What of a collection is asked for.
struct Wanted {
    selection: Selection,
    limit: usize,
    offset: usize,
    /// Box and time, as they stand in a link.
    kept: String,
}

impl Wanted {
    fn of(asked: &Asked) -> Result<Self, Problem> {
        let mut kept = String::new();
        let mut keep = |name: &str| {
            let text = asked.raw(name)?;
            let _ = write!(kept, "&{name}={}", encoded(text));
            Some(text)
        };
        let bbox = keep("bbox").map(Bbox::parse).transpose().map_err(Problem::wrong)?;
        let when = keep("datetime").map(When::parse).transpose().map_err(Problem::wrong)?;
        let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        // More than a page holds is no mistake: one page comes, and the way to the next.
        let limit = asked.number("limit", 1, u64::MAX)?.map_or(PAGE, whole).min(MOST);
        let offset = asked.number("offset", 0, u64::MAX)?.map_or(0, whole);
        Ok(Self { selection: Selection { bbox, when }, limit, offset, kept })
    }

    fn page(&self, items: &str, format: &str, offset: usize) -> String {
        format!("{items}?f={format}&limit={}&offset={offset}{}", self.limit, self.kept)
    }
}

/// A value as an address takes it.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~,:/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A page of features.
pub(super) async fn items(
    State(desk): Shared,
    id: Named,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Asked::up_to(&uri, &["f", "bbox", "datetime", "limit", "offset"], LONGEST)?;
    let wants_html = is_html(&asked, &headers)?;
    let wanted = Wanted::of(&asked)?;
    with(desk, name(id)?, move |desk, _, one| {
        let root = root(desk, &headers);
        let here = format!("{root}ogc/collections/{}", one.id.as_str());
        let items = format!("{here}/items");
        let page = wanted.selection.of(&one.features, wanted.offset, wanted.limit);
        let mut links = Links::default()
            .and(wanted.page(&items, "json", wanted.offset), "self", GEOJSON, "This, as GeoJSON")
            .and(wanted.page(&items, "html", wanted.offset), "alternate", HTML, "This, as a page")
            .and(here, "collection", JSON, one.id.title());
        let next = wanted.offset.saturating_add(page.features.len());
        let (format, kind) = if wants_html { ("html", HTML) } else { ("json", GEOJSON) };
        if next < page.matched && !page.features.is_empty() {
            links = links.and(wanted.page(&items, format, next), "next", kind, "Next page");
        }
        if wanted.offset > 0 {
            let before = wanted.offset.saturating_sub(wanted.limit);
            links = links.and(wanted.page(&items, format, before), "prev", kind, "Page before");
        }
        if wants_html {
            let lead = format!("{} of {}. {}", page.features.len(), page.matched, one.id.description());
            let html = link_page(one.id.title(), &lead, &links.listed(), &page.features);
            return Ok(marked(&headers, HTML, html.into_bytes()));
        }
        let more = format!(
            ",\"numberMatched\":{},\"numberReturned\":{},\"links\":{}",
            page.matched,
            page.features.len(),
            links.json()
        );
        let text = features_geojson(page.features.into_iter(), &more).map_err(|e| unwritten(&e))?;
        Ok(marked(&headers, GEOJSON, text.into_bytes()))
    })
    .await
}

/// One feature.
pub(super) async fn item(
    State(desk): Shared,
    ids: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = Asked::of(&uri, &["f"])?;
    let wants_html = is_html(&asked, &headers)?;
    let Path((id, feature)) = ids.map_err(|_| Problem::nothing("there is no feature of that name"))?;
    with(desk, id, move |desk, _, one| {
        let no_feature = || Problem::nothing(format!("the collection has no feature {}", short(&feature)));
        let found: &Feature = one.feature(&feature).ok_or_else(no_feature)?;
        let collection = format!("{}ogc/collections/{}", root(desk, &headers), one.id.as_str());
        let here = format!("{collection}/items/{}", encoded(&found.id));
        let links = Links::default()
            .and(format!("{here}?f=json"), "self", GEOJSON, "This, as GeoJSON")
            .and(format!("{here}?f=html"), "alternate", HTML, "This, as a page")
            .and(collection, "collection", JSON, one.id.title());
        if wants_html {
            let html = link_page(&found.id, one.id.title(), &links.listed(), &[found]);
            return Ok(marked(&headers, HTML, html.into_bytes()));
        }
        let text = feature_json(found, &format!(",\"links\":{}", links.json())).map_err(|e| unwritten(&e))?;
        Ok(marked(&headers, GEOJSON, text.into_bytes()))
    })
    .await
}
