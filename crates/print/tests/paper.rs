//! Any page becomes a PDF: the same bytes each time, nothing past the edge of the sheet, every word of the page in it, in bounded time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Read as _;
use std::time::Instant;

use proptest::prelude::*;
use truceline_print::{Sheet, pdf};

fn sheet() -> Sheet<'static> {
    Sheet {
        page: "page {n} of {total}",
        checked: vec!["SHA-256 of the page: 00ff".into()],
        software: "truceline 0",
    }
}

fn page(lang: &str, dir: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"{lang}\" dir=\"{dir}\"><head><title>A page</title><style>p{{x:y}}</style></head><body>{body}</body></html>"
    )
}

/// Every stream of the file, unpacked.
fn streams(file: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(found) = find(&file[at..], b"stream\n") {
        let start = at + found + 7;
        let head = String::from_utf8_lossy(&file[at..at + found]);
        let head = head.rsplit("obj\n").next().unwrap().to_owned();
        let long: usize = head.split("/Length ").nth(1).unwrap().split('/').next().unwrap().parse().unwrap();
        let mut text = Vec::new();
        flate2::read::ZlibDecoder::new(&file[start..start + long]).read_to_end(&mut text).unwrap();
        out.push((head, text));
        at = start + long + b"\nendstream\n".len();
    }
    out
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// What a reader that copies everything out gets, in the order in which it is written: glyphs by what the fonts say they stand for.
fn words(file: &[u8]) -> String {
    let all = streams(file);
    let mut fonts = Vec::new();
    for (_, text) in all.iter().filter(|(_, text)| text.starts_with(b"/CIDInit")) {
        let text = String::from_utf8(text.clone()).unwrap();
        let mut map = std::collections::BTreeMap::new();
        for line in text.lines().filter(|line| line.starts_with('<') && line.contains("><")) {
            let (glyph, units) = line.trim_matches(['<', '>']).split_once("><").unwrap();
            let units: Vec<u16> = units
                .as_bytes()
                .chunks(4)
                .map(|four| u16::from_str_radix(std::str::from_utf8(four).unwrap(), 16).unwrap())
                .collect();
            map.insert(glyph.to_owned(), String::from_utf16(&units).unwrap());
        }
        fonts.push(map);
    }
    let names: Vec<String> = all
        .iter()
        .filter(|(head, _)| head.contains("/ObjStm"))
        .flat_map(|(_, text)| {
            let text = String::from_utf8_lossy(text).into_owned();
            text.split("/Subtype/Type0/BaseFont/TRCLNE+Face")
                .skip(1)
                .map(|rest| rest[..1].to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(names.len(), fonts.len());
    let mut out = String::new();
    for (_, text) in all.iter().filter(|(head, text)| {
        !head.contains("/Type") && !head.contains("/Length1") && !text.starts_with(b"/CIDInit")
    }) {
        let text = String::from_utf8(text.clone()).unwrap();
        for run in text.split("BT ").skip(1) {
            let run = run.split("ET").next().unwrap();
            let face = run.split("/F").nth(1).unwrap()[..1].to_owned();
            let font = &fonts[names.iter().position(|name| *name == face).unwrap()];
            let glyphs: Vec<&str> = run.split('<').skip(1).map(|rest| &rest[..4]).collect();
            let mut said: Vec<&str> =
                glyphs.iter().map(|glyph| font.get(*glyph).map_or("", String::as_str)).collect();
            // Glyphs of a run from the right are drawn from the left.
            if said
                .iter()
                .any(|text| text.chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c) && c.is_alphabetic()))
            {
                said.reverse();
            }
            out.extend(said);
        }
    }
    out
}

/// Every place that text is drawn at is on the sheet.
fn stays_on_the_sheet(file: &[u8]) {
    for (_, text) in
        streams(file).iter().filter(|(head, _)| !head.contains("/Type") && !head.contains("/Length1"))
    {
        let text = String::from_utf8_lossy(text);
        for place in text.split(" 1 0 0 1 ").skip(1) {
            let mut numbers = place.split([' ', 'T']).map(|n| n.parse::<f64>());
            let (x, y) = (numbers.next().unwrap().unwrap(), numbers.next().unwrap().unwrap());
            assert!((0.0..=596.0).contains(&x) && (0.0..=842.0).contains(&y), "{x} {y}");
        }
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[test]
fn every_word_of_a_page_is_on_paper_in_three_scripts() {
    let body = "<h1>Ceasefire <em>bulletin</em></h1><p>Привет, <bdi>мир</bdi> 12:30</p><unknown>what is this</unknown>\
        <table><caption>Cap</caption><thead><tr><th>One</th><th>Two</th></tr></thead><tbody><tr><th rowspan=\"2\">Left</th><td>a<ul><li>b</li></ul></td></tr><tr><td>c</td></tr></tbody></table>\
        <dl><dt>Term</dt><dd>Said</dd></dl><details><summary>Folded</summary><p>inside</p></details><pre>line one\nline two</pre><a href=\"#x\">nowhere</a><span id=\"x\">中</span>\
        <svg viewBox=\"0 0 10 10\"><text x=\"1\" y=\"5\">Homs</text></svg>";
    let file = pdf(&page("en", "ltr", body), &sheet()).unwrap();
    let all = letters(&words(&file));
    for word in [
        "Ceasefire",
        "bulletin",
        "Привет",
        "мир",
        "1230",
        "whatisthis",
        "Cap",
        "One",
        "Two",
        "Left",
        "Term",
        "Said",
        "Folded",
        "inside",
        "lineone",
        "linetwo",
        "nowhere",
        "U4E2D",
        "Homs",
        "page1of1",
    ] {
        assert!(all.contains(word), "{word} in {all}");
    }
    let file = pdf(&page("ar", "rtl", "<p>غارة على <bdi>al-Quds</bdi> في حلب</p>"), &sheet()).unwrap();
    let all = words(&file);
    for word in ["غارة", "على", "alQuds", "حلب"] {
        assert!(letters(&all).contains(word), "{word} in {all}");
    }
}

#[test]
fn the_same_page_gives_the_same_bytes() {
    let one = page("ru", "ltr", "<h2 id=\"a\">Раздел</h2><p>Текст <a href=\"#a\">ссылка</a></p>");
    assert_eq!(pdf(&one, &sheet()).unwrap(), pdf(&one, &sheet()).unwrap());
}

#[test]
fn a_head_stands_above_its_rows_on_every_sheet_and_a_long_table_ends() {
    let rows: String = (0..10_000)
        .map(|n| format!("<tr><th>row {n}</th><td>قيمة {n}</td><td>{}</td></tr>", "word ".repeat(n % 9)))
        .collect();
    let body = format!(
        "<table><thead><tr><th>Number</th><th>Value</th><th>Words</th></tr></thead><tbody>{rows}</tbody></table>"
    );
    let begun = Instant::now();
    let file = pdf(&page("en", "ltr", &body), &sheet()).unwrap();
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
    let all = words(&file);
    let (sheets, heads) = (all.matches("SHA-256").count(), all.matches("Number").count());
    assert!(sheets > 100 && heads == sheets, "{heads} heads on {sheets} sheets");
    assert!(all.contains("row 9999"));
    stays_on_the_sheet(&file);
}

#[test]
fn what_is_wider_or_higher_than_a_sheet_is_broken_not_lost() {
    let wide = "ж".repeat(4_000);
    let tall =
        format!("<table><tr><td>{}</td><td>beside</td></tr></table>", "<p>one more line</p>".repeat(300));
    let deep = "<ul><li>x".repeat(300);
    let unclosed = "\u{202e}reversed \u{2067}rtl \u{2066}ltr";
    let many = "<table><tr>".to_owned() + &"<td>cell</td>".repeat(200) + "</tr></table>";
    let huge = "<svg viewBox=\"0 0 1 99999\"><rect width=\"99999999999\"/><path d=\"M1 1L9999999999 2z\"/><text x=\"9\">t</text></svg>";
    let body = format!("<p>{wide}</p>{tall}{deep}<p>{unclosed}</p>{many}{huge}<h6>end of all</h6>");
    let file = pdf(&page("ar", "rtl", &body), &sheet()).unwrap();
    stays_on_the_sheet(&file);
    let all = words(&file);
    assert_eq!(all.matches('ж').count(), 4_000);
    assert_eq!(all.matches("more").count(), 300);
    assert!(all.contains("beside"), "{}", all.len());
    assert!(all.contains("end of all"), "{}", &all[all.len() - 200..]);
}

const NAMES: &[&str] = &[
    "p",
    "div",
    "ul",
    "ol",
    "li",
    "table",
    "tr",
    "td",
    "th",
    "thead",
    "tbody",
    "dl",
    "dt",
    "dd",
    "bdi",
    "a",
    "b",
    "i",
    "q",
    "pre",
    "code",
    "h2",
    "h5",
    "details",
    "summary",
    "section",
    "blockquote",
    "figure",
    "nav",
    "svg",
    "text",
    "br",
    "caption",
];
const CLASSES: &[&str] = &[
    "",
    "glance",
    "card",
    "contents",
    "badge outcome-prohibited",
    "entry",
    "plain",
    "facts",
    "inside",
    "tree",
    "why",
];
const WAYS: &[&str] = &[
    "",
    " dir=\"rtl\"",
    " dir=\"auto\"",
    " rowspan=\"3\"",
    " colspan=\"9\"",
    " href=\"#a\" id=\"a\"",
    " viewBox=\"0 0 9 9\"",
];

fn blocks() -> impl Strategy<Value = String> {
    let spoofed = Just("\u{202b}\u{2067}x".to_owned());
    let word = prop_oneof!["[a-z]{1,12}", "[а-я]{1,9}", "[ء-ي]{1,9}", "[0-9:.]{1,6}", "\\PC{1,6}", spoofed];
    let leaf = prop::collection::vec(word, 0..9).prop_map(|all| all.join(" ").replace('<', "&lt;"));
    leaf.prop_recursive(5, 60, 5, |inner| {
        let (names, classes, ways) =
            (prop::sample::select(NAMES), prop::sample::select(CLASSES), prop::sample::select(WAYS));
        (names, classes, ways, prop::collection::vec(inner, 0..5)).prop_map(|(name, class, way, all)| {
            format!("<{name} class=\"{class}\"{way}>{}</{name}>", all.concat())
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_page_stops_the_printer(body in blocks(), is_rtl in any::<bool>()) {
        let (lang, dir) = if is_rtl { ("ar", "rtl") } else { ("en", "ltr") };
        let file = pdf(&page(lang, dir, &body), &sheet()).unwrap();
        prop_assert!(file.starts_with(b"%PDF-1.7") && file.ends_with(b"%%EOF\n"));
        stays_on_the_sheet(&file);
    }

    #[test]
    fn no_word_is_lost(body in blocks()) {
        // A word between a condition and its outcome is an arrow; a drawing draws what it knows.
        let body = body.replace("<i ", "<b ").replace("</i>", "</b>").replace("svg", "div");
        let file = pdf(&page("en", "ltr", &body), &sheet()).unwrap();
        let of = |text: &str| text.chars().filter(char::is_ascii_lowercase).count();
        let (mut depth, mut bare) = (0, String::new());
        for c in body.chars() {
            match c {
                '<' => depth = 1,
                '>' if depth == 1 => depth = 0,
                c if depth == 0 => bare.push(c),
                _ => {}
            }
        }
        let foot = words(&pdf(&page("en", "ltr", ""), &sheet()).unwrap());
        let said = words(&file);
        let sheets = said.matches("SHA-256").count();
        prop_assert!(of(&said) >= of(&bare.replace("&lt;", "")) + sheets * of(&foot), "{bare}\n{said}");
    }

    #[test]
    fn no_text_stops_the_printer(text in "(<|>|&|/|\"|[a-z]|=|!|-| |\\PC){0,200}") {
        prop_assert!(pdf(&text, &sheet()).is_some());
    }
}
