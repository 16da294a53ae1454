//! A page that says in a browser what the same address says as JSON: links, and features as a table. No script, nothing from elsewhere.

use maud::{DOCTYPE, html};
use serde_json::Value;

use super::feature::{Feature, Geometry};
use crate::safe::clean;

/// A page: what it is, where one can go from it, and, where there are any, features.
#[must_use]
pub fn link_page(title: &str, lead: &str, links: &[(String, String)], features: &[&Feature]) -> String {
    let names = features.iter().flat_map(|one| one.properties.keys());
    let names: std::collections::BTreeSet<&String> = names.collect();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (clean(title)) }
                style { "body{font:1rem/1.5 system-ui,sans-serif;margin:1.5rem;color-scheme:light dark}table{border-collapse:collapse}td,th{border:1px solid;padding:.2rem .5rem;text-align:start;vertical-align:top}div{overflow-x:auto}" }
            }
            body {
                h1 { bdi { (clean(title)) } }
                p { bdi { (clean(lead)) } }
                ul { @for (href, text) in links { li { a href=(href) { (clean(text)) } } } }
                @if !features.is_empty() {
                    div tabindex="0" role="region" aria-label="Features" {
                        table {
                            thead { tr { th scope="col" { "id" } @for name in &names { th scope="col" { (clean(name)) } } th scope="col" { "geometry" } } }
                            tbody {
                                @for one in features {
                                    tr {
                                        th scope="row" { bdi { (clean(&one.id)) } }
                                        @for name in &names { td { bdi { (cell(one.properties.get(*name))) } } }
                                        td { (place(one)) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    page.into_string()
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => clean(text),
        Some(Value::Array(all)) => {
            clean(&all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | "))
        }
        Some(other) => clean(&other.to_string()),
    }
}

fn place(one: &Feature) -> String {
    let degrees = truceline_model::Point::degrees_text;
    match &one.geometry {
        Geometry::Nowhere => "none".to_owned(),
        Geometry::Point(at) => format!("{} {}", degrees(at.lon), degrees(at.lat)),
        Geometry::Lines(_) => "lines".to_owned(),
        Geometry::Rings(_) => "polygons".to_owned(),
    }
}
