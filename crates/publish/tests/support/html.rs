//! A strict reader of our own pages: balanced tags, quoted attributes, ids that are there once, headings that do not skip.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

const VOID: [&str; 3] = ["meta", "input", "br"];

/// Everything wrong with a page; empty when it is sound.
pub(crate) fn faults(page: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut ids: BTreeMap<String, u32> = BTreeMap::new();
    let mut targets: BTreeSet<String> = BTreeSet::new();
    let mut heading = 0_u32;
    for tag in tags(page, &mut faults) {
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop().as_deref() != Some(name) {
                faults.push(format!("</{name}> closes what is not open"));
            }
            continue;
        }
        let name = tag.split([' ', '\n']).next().unwrap_or_default().to_owned();
        for (key, value) in attributes(&tag, &mut faults) {
            match key.as_str() {
                "id" => *ids.entry(value).or_default() += 1,
                "href" if value.starts_with('#') => {
                    targets.insert(value[1..].to_owned());
                }
                "href" if value.to_lowercase().contains("script:") => faults.push(format!("href {value}")),
                key if key.starts_with("on") || key == "style" || key == "src" => {
                    faults.push(format!("<{tag}>"))
                }
                _ => {}
            }
        }
        if let Some(level) = name.strip_prefix('h').and_then(|n| n.parse::<u32>().ok()) {
            if level > heading + 1 {
                faults.push(format!("h{level} after h{heading}: {tag}"));
            }
            heading = level;
        }
        match name.as_str() {
            "script" | "iframe" | "link" | "object" | "img" => faults.push(format!("<{tag}>")),
            "th" if !tag.contains("scope=") => faults.push("th without scope".into()),
            _ => {}
        }
        if !VOID.contains(&name.as_str()) && name != "!DOCTYPE" {
            open.push(name);
        }
    }
    faults.extend(open.iter().map(|name| format!("<{name}> is never closed")));
    faults.extend(ids.iter().filter(|(_, n)| **n > 1).map(|(id, n)| format!("id {id} stands {n} times")));
    faults.extend(targets.iter().filter(|t| !ids.contains_key(*t)).map(|t| format!("#{t} leads nowhere")));
    faults
}

/// The inside of every tag; text with a bare `<` or `>` is a fault. Style is skipped: it holds `>` by right.
fn tags(page: &str, faults: &mut Vec<String>) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = page;
    while let Some((text, after)) = rest.split_once('<') {
        if text.contains('>') {
            faults.push(format!("bare > in {text:?}"));
        }
        let (tag, tail) = after.split_once('>').unwrap_or((after, ""));
        all.push(tag.to_owned());
        rest = tail;
        if tag == "style" {
            rest = tail.split_once("</style").map_or("", |(_, rest)| rest);
            all.push("/style".to_owned());
            rest = rest.trim_start_matches('>');
        }
    }
    all
}

fn attributes(tag: &str, faults: &mut Vec<String>) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut rest = tag.split_once([' ', '\n']).map_or("", |(_, rest)| rest).trim();
    while !rest.is_empty() {
        let (key, value, tail) = match rest.split_once("=\"") {
            Some((key, after)) if !key.contains(' ') => {
                let (value, tail) = after.split_once('"').unwrap_or((after, ""));
                (key, value, tail)
            }
            _ => {
                let (key, tail) = rest.split_once(' ').unwrap_or((rest, ""));
                (key, "", tail)
            }
        };
        if key.contains(['"', '\'', '=']) {
            faults.push(format!("attribute {key:?} in <{tag}>"));
        }
        out.push((key.to_owned(), value.to_owned()));
        rest = tail.trim();
    }
    out
}

/// The page's words without its tags, one line a block, for snapshots that people can read.
pub(crate) fn words(page: &str) -> String {
    let mut out = String::new();
    let mut rest = page;
    while let Some((text, after)) = rest.split_once('<') {
        out.push_str(text);
        let (tag, tail) = after.split_once('>').unwrap_or((after, ""));
        let name = tag.split(' ').next().unwrap_or_default();
        if matches!(name, "li" | "tr" | "p" | "dt" | "/dt") {
            out.push(if name == "/dt" { ' ' } else { '\n' });
        }
        if matches!(
            name,
            "/p" | "/li"
                | "/tr"
                | "/h1"
                | "/h2"
                | "/h3"
                | "/h4"
                | "/h5"
                | "/caption"
                | "/summary"
                | "br"
                | "/dd"
                | "/span"
                | "/td"
                | "/th"
        ) {
            out.push(if matches!(name, "/td" | "/th" | "/span" | "br") { ' ' } else { '\n' });
        }
        rest = tail;
        if name == "style" {
            rest = tail.split_once("</style>").map_or("", |(_, rest)| rest);
        }
    }
    let lines: Vec<String> =
        out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}
