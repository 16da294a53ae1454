//! What is published, read by the tools that it is published for: GDAL's drivers of OGC API – Features and of vector tiles, and readers that are not ours.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::{Value, json};

use crate::common::text;
use crate::common::witnessed::{AS_OF, cosign, publish};
use crate::described::{described, held};
use crate::recording::{ask, room, room_with};
use crate::room::{Desk, Room};

const COLLECTIONS: [&str; 6] = ["incidents", "areas", "lines", "truces", "deliveries", "bulletins"];

/// A bulletin frozen, passed by two and cosigned; its entry.
fn published(room: &Room, desk: &Desk, sort: &str, more: &Value) -> u64 {
    let mut body = json!({ "sort": sort, "as_of": AS_OF });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let told = desk.post("watch", "/api/bulletins", &body);
    assert_eq!(told.code, 201, "{told:?}");
    let n = told.body["line"]["entry"].as_u64().unwrap();
    for person in ["watch", "legal"] {
        let path = format!("/api/bulletins/{n}/sign-offs");
        assert_eq!(desk.post(person, &path, &json!({ "digest": told.body["digest"] })).code, 201);
    }
    cosign(&room.path(), &[1, 2]);
    // What is published is looked at once a second.
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    n
}

fn whole(desk: &Desk, path: &str, lines: &str) -> (u16, String, Vec<u8>) {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(&desk.address).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{lines}\r\n", desk.address);
    stream.write_all(head.as_bytes()).unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    let at = all.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&all[..at]).to_ascii_lowercase();
    let code = head.split(' ').nth(1).unwrap().parse().unwrap();
    (code, head, all[at + 4..].to_vec())
}

fn body(desk: &Desk, path: &str) -> String {
    let (code, head, bytes) = whole(desk, path, "");
    assert_eq!(code, 200, "{path}: {head}");
    String::from_utf8(bytes).unwrap()
}

fn items(desk: &Desk, collection: &str, query: &str) -> Value {
    serde_json::from_str(&body(desk, &format!("/api/public/ogc/collections/{collection}/items?{query}")))
        .unwrap()
}

/// What `ogrinfo` says; `None`: it is not installed, and nobody asked that it be.
fn ogrinfo(words: &[&str]) -> Option<String> {
    let run = Command::new("ogrinfo")
        .args(words)
        .env("CPL_DEBUG", "OFF")
        .env("GDAL_HTTP_TIMEOUT", "60")
        .env("NO_PROXY", "*")
        .output();
    let Ok(run) = run else {
        assert!(
            std::env::var_os("TRUCELINE_REQUIRE_POSTGIS").is_none(),
            "ogrinfo (gdal-bin) is not installed, and this run was to have it"
        );
        eprintln!("ogrinfo is not installed: its reading was not tried");
        return None;
    };
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success() && !err.contains("ERROR"), "ogrinfo {words:?}: {out}\n{err}");
    Some(out.into_owned())
}

/// Features that `ogrinfo` printed, by layer.
fn counted(printed: &str) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    let mut layer = String::new();
    for line in printed.lines() {
        if let Some(name) = line.strip_prefix("Layer name: ") {
            layer = name.to_owned();
            all.insert(layer.clone(), 0);
        } else if line.starts_with("OGRFeature(") {
            *all.entry(layer.clone()).or_default() += 1;
        }
    }
    all
}

/// A mission with more to publish than two incidents.
fn wide() -> Room {
    room_with(&[("articles.csv", "truceline"), ("airwars.csv", "airwars")])
}

#[test]
fn gdal_reads_every_collection_by_box_by_time_and_page_by_page() {
    let room = wide();
    let entry = publish(&room.path());
    cosign(&room.path(), &[1, 2]);
    let desk = room.desk();
    let doc = described();
    let landing = ask(&desk, "/api/public/ogc");
    held(&doc, "get", "/api/public/ogc", &landing);
    assert_eq!(landing.body["bulletin"], json!({ "entry": entry, "as_of": AS_OF, "as_frozen": true }));
    for path in ["conformance", "collections"] {
        held(
            &doc,
            "get",
            &format!("/api/public/ogc/{path}"),
            &ask(&desk, &format!("/api/public/ogc/{path}")),
        );
    }
    let mut matched = BTreeMap::new();
    for name in COLLECTIONS {
        let path = format!("/api/public/ogc/collections/{name}");
        held(&doc, "get", "/api/public/ogc/collections/{id}", &ask(&desk, &path));
        let page = ask(&desk, &format!("{path}/items?limit=2"));
        held(&doc, "get", "/api/public/ogc/collections/{id}/items", &page);
        matched
            .insert(name.to_owned(), usize::try_from(page.body["numberMatched"].as_u64().unwrap()).unwrap());
        let Some(first) = page.body["features"][0]["id"].as_str() else { continue };
        let one = ask(&desk, &format!("{path}/items/{first}"));
        held(&doc, "get", "/api/public/ogc/collections/{id}/items/{feature}", &one);
        assert_eq!(one.body["properties"], page.body["features"][0]["properties"]);
        let html = body(&desk, &format!("{path}/items?f=html"));
        assert!(html.starts_with("<!DOCTYPE html>") && html.contains(first) && !html.contains("<script"));
    }
    let (many, some) = (["incidents", "areas", "truces"], ["lines", "deliveries", "bulletins"]);
    assert!(
        many.iter().all(|name| matched[*name] > 3) && some.iter().all(|name| matched[*name] > 0),
        "{matched:?}"
    );

    by_gdal(&desk, &matched);
}

/// The same collections as GDAL reads them.
fn by_gdal(desk: &Desk, matched: &BTreeMap<String, usize>) {
    let connection = format!("OAPIF:http://{}/api/public/ogc", desk.address);
    // Three a page, so that each collection is read by its links.
    let Some(all) = ogrinfo(&["-ro", "-al", "-oo", "PAGE_SIZE=3", &connection]) else { return };
    assert_eq!(&counted(&all), matched);
    // A box round Aleppo: what GDAL reads is what lies in it by our own answer.
    let bbox = "36.9,36.0,37.4,36.5";
    let [west, south, east, north] = *bbox.split(',').collect::<Vec<_>>() else { panic!("{bbox}") };
    for name in ["incidents", "areas"] {
        let inside = items(desk, name, &format!("bbox={bbox}&limit=1000"));
        let wanted = usize::try_from(inside["numberMatched"].as_u64().unwrap()).unwrap();
        assert!(wanted > 0 && wanted < matched[name], "{name}: {wanted}");
        let read = ogrinfo(&["-ro", "-spat", west, south, east, north, &connection, name]).unwrap();
        assert_eq!(counted(&read)[name], wanted, "{name}");
    }
    // From a day on, asked by us and by GDAL, which hands the time on.
    let since = "2016-05-01T00:00:00Z";
    let wanted =
        items(desk, "incidents", &format!("datetime={since}/..&limit=1"))["numberMatched"].as_u64().unwrap();
    assert!(wanted > 0 && wanted < matched["incidents"] as u64, "{wanted}");
    let all = items(desk, "incidents", "limit=1000");
    let begins = |one: &&Value| one["properties"]["from"].as_str().is_some_and(|from| from >= since);
    let begun = all["features"].as_array().unwrap().iter().filter(begins).count();
    assert!(begun > 0 && begun as u64 <= wanted, "{begun} of {wanted}");
    let read = ogrinfo(&[
        "-ro",
        "-oo",
        "PAGE_SIZE=3",
        "-where",
        &format!("\"from\" >= '{since}'"),
        &connection,
        "incidents",
    ]);
    assert_eq!(counted(&read.unwrap())["incidents"], begun);
}

#[test]
fn what_makes_no_sense_is_refused_and_nothing_is_large() {
    let room = room();
    let before = room.desk();
    // Nothing is published: there is nothing, and no empty map that looks like calm.
    for path in ["ogc/collections/incidents/items", "tiles", "tiles/0/0/0.mvt", "downloads/incidents.csv"] {
        assert_eq!(ask(&before, &format!("/api/public/{path}")).code, 404, "{path}");
    }
    assert_eq!(ask(&before, "/api/public/ogc/collections").body["collections"], json!([]));
    drop(before);
    publish(&room.path());
    cosign(&room.path(), &[1, 2]);
    let desk = room.desk();
    let base = "/api/public/ogc/collections/incidents/items";
    for query in [
        "bbox=NaN,0,1,1",
        "bbox=0,0,1",
        "bbox=-1e9,0,1,1",
        "bbox=0,10,1,0",
        "bbox=-181,0,0,1",
        "bbox=",
        "bbox=0,0,1,1,inf,1",
        "limit=0",
        "limit=-1",
        "limit=x",
        "limit=1.5",
        "offset=-1",
        "datetime=",
        "datetime=soon",
        "datetime=2016-05-05T00:00:00Z/2016-05-04T00:00:00Z",
        "f=xml",
        "crs=EPSG:3857",
        "bbox=%00",
        "datetime=%D9%A2%D9%A0%D9%A1%D9%A6",
        "bbox=000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000,0,1,1",
    ] {
        let told = ask(&desk, &format!("{base}?{query}"));
        assert_eq!(told.code, 400, "{query}: {told:?}");
    }
    let huge = items(&desk, "incidents", "bbox=-180,-90,180,90&limit=18446744073709551615");
    assert_eq!(
        huge["numberMatched"],
        items(&desk, "incidents", "bbox=-180,-90,180,90&limit=1")["numberMatched"]
    );
    assert_eq!(items(&desk, "incidents", "offset=18446744073709551615")["features"], json!([]));
    // Across the antimeridian and round the world: all but what lies between.
    let across = items(&desk, "incidents", "bbox=30,-90,-170,90&limit=1");
    assert_eq!(across["numberMatched"], huge["numberMatched"]);
    assert_eq!(items(&desk, "incidents", "bbox=170,-90,-170,90")["numberMatched"], 0);
    for path in [
        "21/0/0.mvt",
        "0/1/0.mvt",
        "1/2/0.mvt",
        "0/0/0",
        "0/0/0.pbf",
        "-1/0/0.mvt",
        "00/0/0.mvt",
        "4294967296/0/0.mvt",
        "99/0/0.mvt",
        "0/0/x.mvt",
        "20/1048576/0.mvt",
    ] {
        assert_eq!(ask(&desk, &format!("/api/public/tiles/{path}")).code, 404, "{path}");
    }
    let deep = whole(&desk, "/api/public/tiles/20/1048575/1048575.mvt", "");
    assert_eq!((deep.0, deep.2.len()), (200, 0));
    let (_, head, _) = whole(&desk, "/api/public/tiles/0/0/0.mvt", "");
    let mark = head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().replace("w/", "W/");
    let again = whole(&desk, "/api/public/tiles/0/0/0.mvt", &format!("If-None-Match: {mark}\r\n"));
    assert_eq!((again.0, again.2.len()), (304, 0));
}

#[test]
fn gdal_reads_a_tile_back_with_what_is_in_it() {
    let room = wide();
    publish(&room.path());
    cosign(&room.path(), &[1, 2]);
    let desk = room.desk();
    held(&described(), "get", "/api/public/tiles", &ask(&desk, "/api/public/tiles"));
    let placed = items(&desk, "incidents", "bbox=-180,-85,180,85&limit=1000");
    let (code, head, tile) = whole(&desk, "/api/public/tiles/0/0/0.mvt", "");
    assert!(code == 200 && head.contains("content-type: application/vnd.mapbox-vector-tile"), "{head}");
    let file = room.dir.path().join("0.mvt");
    std::fs::write(&file, tile).unwrap();
    let Some(read) = ogrinfo(&["-ro", "-al", "-oo", "CLIP=NO", &text(&file)]) else { return };
    let layers = counted(&read);
    assert_eq!(layers["incidents"] as u64, placed["numberMatched"].as_u64().unwrap());
    assert!(layers["areas"] >= 14, "{layers:?}");
    for one in placed["features"].as_array().unwrap() {
        let id = one["id"].as_str().unwrap();
        assert!(read.contains(&format!("id (String) = {id}\n")), "{id}");
    }
    // One place, many zooms deeper: the tile holds it where it is.
    let at = &placed["features"][0]["geometry"]["coordinates"];
    let (lon, lat) = (at[0].as_f64().unwrap(), at[1].as_f64().unwrap());
    let zoom = 12;
    let (x, y) = tile_of(lon, lat, zoom);
    let (_, _, tile) = whole(&desk, &format!("/api/public/tiles/{zoom}/{x}/{y}.mvt"), "");
    let folder = room.dir.path().join(format!("{zoom}/{x}"));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{y}.mvt"));
    std::fs::write(&file, tile).unwrap();
    let read = ogrinfo(&[
        "-ro",
        "-al",
        "-where",
        &format!("id = '{}'", placed["features"][0]["id"].as_str().unwrap()),
        &text(&file),
        "incidents",
    ]);
    let read = read.unwrap();
    let point = read.split("POINT (").nth(1).unwrap_or_else(|| panic!("{read}")).split(')').next().unwrap();
    let (east, north) = point.split_once(' ').unwrap();
    let (east, north) = (east.parse::<f64>().unwrap(), north.parse::<f64>().unwrap());
    let (x, y) = metres(lon, lat);
    // A unit of a tile at this zoom is 2.4 m.
    assert!((east - x).abs() < 3.0 && (north - y).abs() < 3.0, "{east} {north}, not {x} {y}");
}

#[allow(clippy::float_arithmetic)]
fn metres(lon: f64, lat: f64) -> (f64, f64) {
    let half = 20_037_508.342_789_244;
    (lon / 180.0 * half, lat.to_radians().sin().atanh() / std::f64::consts::PI * half)
}

#[allow(clippy::float_arithmetic, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn tile_of(lon: f64, lat: f64, zoom: i32) -> (u32, u32) {
    let side = 2_f64.powi(zoom);
    let (x, y) = metres(lon, lat);
    let half = 20_037_508.342_789_244;
    (((x + half) / half / 2.0 * side) as u32, ((half - y) / half / 2.0 * side) as u32)
}

/// Rows of a table after RFC 4180.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut all, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut signs = text.chars().peekable();
    let mut quoted = false;
    while let Some(sign) = signs.next() {
        match (quoted, sign) {
            (true, '"') if signs.peek() == Some(&'"') => cell.extend(signs.next()),
            (_, '"') => quoted = !quoted,
            (false, ',') => row.push(std::mem::take(&mut cell)),
            (false, '\r') => {}
            (false, '\n') => {
                row.push(std::mem::take(&mut cell));
                all.push(std::mem::take(&mut row));
            }
            (_, sign) => cell.push(sign),
        }
    }
    assert!(!quoted && cell.is_empty() && row.is_empty(), "it ends in the middle of a row");
    all
}

/// A tag of the Humanitarian Exchange Language: a hashtag and attributes.
fn is_hxl(tag: &str) -> bool {
    let word = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let mut parts = tag.split('+');
    parts.next().and_then(|tag| tag.strip_prefix('#')).is_some_and(word) && parts.all(word)
}

#[test]
fn tables_have_hashtags_and_say_what_the_map_says() {
    let room = wide();
    let entry = publish(&room.path());
    cosign(&room.path(), &[1, 2]);
    let desk = room.desk();
    // Hashtags of HXL 1.1 that these tables use.
    let core: BTreeSet<&str> = [
        "#event",
        "#date",
        "#org",
        "#status",
        "#adm1",
        "#loc",
        "#geo",
        "#affected",
        "#meta",
        "#activity",
        "#item",
        "#output",
    ]
    .into();
    for name in ["incidents", "deliveries"] {
        let (_, head, table) = whole(&desk, &format!("/api/public/downloads/{name}.csv"), "");
        assert!(head.contains(&format!("attachment; filename=\"bulletin-{entry}-{name}.csv\"")), "{head}");
        let table = rows(&String::from_utf8(table).unwrap());
        let width = table[0].len();
        assert!(table.iter().all(|row| row.len() == width));
        assert!(table[1].iter().all(|tag| is_hxl(tag)), "{:?}", table[1]);
        assert!(table[1].iter().all(|tag| core.contains(tag.split('+').next().unwrap())), "{:?}", table[1]);
        let map = ask(&desk, &format!("/api/public/downloads/{name}.geojson"));
        held(&described(), "get", "/api/public/downloads/{name}", &map);
        let features = map.body["features"].as_array().unwrap();
        assert_eq!(features.len(), table.len() - 2, "{name}");
        let column = |tag: &str| table[1].iter().position(|one| one == tag).unwrap();
        for (row, feature) in table[2..].iter().zip(features) {
            assert_eq!(row[0], feature["id"].as_str().unwrap());
            let said = feature["geometry"]["coordinates"][1].as_f64();
            assert_eq!(row[column("#geo+lat")].parse::<f64>().ok(), said);
        }
    }
}

/// Names of the elements in the order in which they open, below one of that name, one level deep.
fn children<'x>(xml: &'x str, name: &str) -> Vec<Vec<(&'x str, &'x str)>> {
    let mut all = Vec::new();
    for part in xml.split(&format!("<{name}>")).skip(1).chain(xml.split(&format!("<{name} ")).skip(1)) {
        let mut inner = part.split(&format!("</{name}>")).next().unwrap();
        if xml.contains(&format!("<{name} ")) && !xml.contains(&format!("<{name}>")) {
            inner = inner.split_once('>').unwrap().1;
        }
        let mut out = Vec::new();
        let mut rest = inner.trim_start();
        while let Some(open) = rest.strip_prefix('<') {
            let (tag, after) = open.split_once('>').unwrap();
            let bare = tag.split(' ').next().unwrap().trim_end_matches('/');
            if tag.ends_with('/') {
                out.push((bare, ""));
                rest = after.trim_start();
                continue;
            }
            let (text, after) =
                after.split_once(&format!("</{bare}>")).unwrap_or_else(|| panic!("{bare} does not end"));
            out.push((bare, text));
            rest = after.trim_start();
        }
        assert!(rest.is_empty(), "{rest}");
        all.push(out);
    }
    all
}

/// That elements come in the order of a schema's sequence, those marked `!` once, others as often as they like.
fn follows(all: &[(&str, &str)], sequence: &[&str]) {
    let mut at = 0;
    for (name, _) in all {
        let found = sequence[at..].iter().position(|one| one.trim_end_matches('!') == *name);
        at += found.unwrap_or_else(|| panic!("<{name}> is out of its place or in none: {all:?}"));
    }
    for one in sequence.iter().filter_map(|one| one.strip_suffix('!')) {
        assert_eq!(all.iter().filter(|(name, _)| *name == one).count(), 1, "<{one}>");
    }
}

fn value<'x>(all: &[(&str, &'x str)], name: &str) -> &'x str {
    all.iter().find(|(one, _)| *one == name).unwrap_or_else(|| panic!("no <{name}>")).1
}

/// Holds an alert against the rules of its schema.
fn is_alert(xml: &str) {
    assert!(xml.contains("<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">"), "{xml}");
    let alert = children(xml, "alert").remove(0);
    follows(
        &alert,
        &[
            "identifier!",
            "sender!",
            "sent!",
            "status!",
            "msgType!",
            "source",
            "scope!",
            "restriction",
            "addresses",
            "code",
            "note",
            "references",
            "incidents",
            "info",
        ],
    );
    for name in ["identifier", "sender"] {
        assert!(!value(&alert, name).contains([' ', ',', '<', '&']), "{name}");
    }
    // The mission looks back, so that no alert of today is one.
    assert_eq!((value(&alert, "status"), value(&alert, "scope")), ("Exercise", "Public"));
    let sent = value(&alert, "sent");
    assert!(sent.len() == 25 && sent.ends_with("-00:00") && sent.as_bytes()[10] == b'T', "{sent}");
    let infos = children(xml, "info");
    let languages: Vec<&str> = infos.iter().map(|info| value(info, "language")).collect();
    assert_eq!(languages, ["en", "ar", "ru"]);
    for info in &infos {
        follows(
            info,
            &[
                "language",
                "category",
                "event!",
                "responseType",
                "urgency!",
                "severity!",
                "certainty!",
                "audience",
                "eventCode",
                "effective",
                "onset",
                "expires",
                "senderName",
                "headline",
                "description",
                "instruction",
                "web",
                "contact",
                "parameter",
                "resource",
                "area",
            ],
        );
        assert_eq!(value(info, "category"), "Security");
        for graded in ["urgency", "severity", "certainty"] {
            assert_eq!(value(info, graded), "Unknown", "no bulletin grades that");
        }
        assert!(value(info, "area").contains("<areaDesc>"));
    }
}

#[test]
fn a_flash_bulletin_is_an_alert_and_the_feed_says_what_was_corrected() {
    let room = room();
    let desk = room.desk();
    let doc = described();
    assert_eq!(ask(&desk, "/api/public/alerts").body["alerts"], json!([]));
    assert!(!body(&desk, "/api/public/feed").contains("<entry>"));
    let daily = published(&room, &desk, "daily", &json!({}));
    let flash = published(&room, &desk, "flash", &json!({}));
    let before = body(&desk, "/api/public/feed");
    let later = published(&room, &desk, "flash", &json!({ "corrects": flash }));
    let list = ask(&desk, "/api/public/alerts");
    held(&doc, "get", "/api/public/alerts", &list);
    let told: Vec<u64> =
        list.body["alerts"].as_array().unwrap().iter().map(|one| one["entry"].as_u64().unwrap()).collect();
    assert_eq!(told, [later, flash]);
    assert_eq!(ask(&desk, &format!("/api/public/alerts/{daily}")).code, 404, "no flash bulletin");

    let first = body(&desk, &format!("/api/public/alerts/{flash}"));
    let second = body(&desk, &format!("/api/public/alerts/{later}"));
    [&first, &second].into_iter().for_each(|xml| is_alert(xml));
    let (first, second) = (children(&first, "alert").remove(0), children(&second, "alert").remove(0));
    assert_eq!((value(&first, "msgType"), value(&second, "msgType")), ("Alert", "Update"));
    let earlier = [value(&first, "sender"), value(&first, "identifier"), value(&first, "sent")].join(",");
    assert_eq!(value(&second, "references"), earlier);

    let ids = |feed: &str| -> Vec<String> {
        children(feed, "entry").iter().map(|entry| value(entry, "id").to_owned()).collect()
    };
    let after = body(&desk, "/api/public/feed");
    assert_eq!(ids(&after)[1..], ids(&before)[..], "ids stay");
    assert_eq!(ids(&after).into_iter().collect::<BTreeSet<_>>().len(), 3);
    let entries = children(&after, "entry");
    for entry in &entries {
        for needed in ["id", "title", "updated", "published", "author", "link", "summary"] {
            value(entry, needed);
        }
    }
    assert!(
        value(&entries[1], "updated") >= value(&entries[0], "published"),
        "the corrected one was updated"
    );
    assert!(value(&entries[1], "summary").contains(&later.to_string()));
    let alerts = body(&desk, "/api/public/feed?lang=ar");
    assert!(alerts.contains("xml:lang=\"ar\"") && ids(&alerts) == ids(&after));
    assert_eq!(ask(&desk, "/api/public/feed?lang=xx").code, 400);
    // Features are those of the bulletin that stands.
    assert_eq!(ask(&desk, "/api/public/ogc").body["bulletin"]["entry"], later);
}
