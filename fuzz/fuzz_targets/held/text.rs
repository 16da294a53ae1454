//! Any bytes as a text before the reader of free text, and what must hold of whatever it proposes. The fuzzer draws the bytes for
//! hours (`fuzz_targets/prose.rs`); a test draws some on every build (`crates/intake/tests/any_text.rs`).

use std::path::Path;
use std::time::{Duration, Instant};

use truceline_intake::prose::{self, Case, Day, Document, Gazetteer, Lexicons, becomes};
use truceline_intake::{Context, Header, Mapping, Reader, mapping, mission};
use truceline_model::{Actors, Areas, ReceiptNo, Sources, Span, Zone};

/// Everything that the reader knows beforehand.
pub(crate) struct Known {
    lexicons: Lexicons,
    case: Case,
    zone: Zone,
    actors: Actors,
    areas: Areas,
    sources: Sources,
    mapping: Mapping,
    /// Phrases of the tables: a text of them is read deeper than noise is.
    phrases: Vec<String>,
}

/// The shipped tables and the Syrian mission, from the project's folder.
#[must_use]
pub(crate) fn known(root: &Path) -> Known {
    let mut tables: Vec<(String, Vec<u8>)> = Vec::new();
    for language in ["ar", "en", "ru", "uk"] {
        let folder = std::fs::read_dir(root.join("lexicons").join(language)).expect("the tables are there");
        for path in folder.map(|entry| entry.expect("a table").path()) {
            if path.extension().is_some_and(|end| end == "csv") {
                tables.push((path.display().to_string(), std::fs::read(&path).expect("a table is read")));
            }
        }
    }
    tables.sort();
    let phrases = tables
        .iter()
        .flat_map(|(_, bytes)| std::str::from_utf8(bytes).expect("tables are UTF-8").lines().skip(1))
        .flat_map(|line| line.split(',').next().unwrap_or_default().split(['|', '/']))
        .map(|phrase| phrase.split('~').next().unwrap_or_default().trim_matches('"').to_owned())
        .collect();
    let folder = root.join("agreements/syria-2016");
    let bytes = |name: &str| std::fs::read(folder.join(name)).expect("the mission is there");
    let zone = Zone::named("Asia/Damascus").expect("a zone");
    let actors = mission::actors(&bytes("actors.csv"), &zone).expect("actors");
    let areas = mission::areas(&bytes("areas.geojson"), &zone).expect("areas");
    let sources = mission::sources(&bytes("sources.csv"), &actors).expect("sources");
    let native = std::fs::read_to_string(root.join("mappings/truceline.kdl")).expect("the native mapping");
    Known {
        lexicons: Lexicons::parse(tables.iter().map(|(n, b)| (n.as_str(), b.as_slice())))
            .expect("sound tables"),
        case: Case::new(&actors, &areas),
        mapping: mapping::parse(&native).expect("a sound mapping"),
        zone,
        actors,
        areas,
        sources,
        phrases,
    }
}

/// A text of these bytes: as they are, or each pair of them as a phrase of the tables, a figure or a mark.
#[must_use]
pub(crate) fn text(known: &Known, bytes: &[u8]) -> String {
    let Some((&how, rest)) = bytes.split_first() else { return String::new() };
    if how % 2 == 0 {
        return String::from_utf8_lossy(rest).into_owned();
    }
    const MARKS: [&str; 14] =
        [". ", ", ", "\n\n", "\"", "“", "”", " — ", ": ", "(", ") ", "’s ", "\u{202e}", "e\u{301}", "? "];
    let mut out = String::new();
    for pair in rest.chunks(2) {
        let n = pair.iter().fold(0_usize, |n, byte| n << 8 | usize::from(*byte));
        match n % 8 {
            0 => out.push_str(MARKS[n / 8 % MARKS.len()]),
            1 => out.push_str(&format!("{} ", n / 8)),
            _ => {
                out.push_str(&known.phrases[n / 8 * 7 % known.phrases.len()]);
                out.push_str(if how % 8 == 1 { "" } else { " " });
            }
        }
    }
    out
}

/// Reads a text, and checks all that must hold of what is proposed.
pub(crate) fn check(known: &Known, text: &str) {
    let begun = Instant::now();
    let date = Day::parse("2016-04-28").filter(|_| text.len().is_multiple_of(2));
    let document = Document { name: "t", text, date, country: Some("SY") };
    let read = || prose::read(&document, &known.lexicons, &known.case, &Gazetteer::none());
    let reading = read();
    assert_eq!(reading, read(), "the same text is read alike");
    let slice = |span: Span| text.get(span.start as usize..span.end as usize);
    let (zone, actors, areas, sources) = (&known.zone, &known.actors, &known.areas, &known.sources);
    let context = Context { zone, actors, areas, sources, received: None };
    for proposal in &reading.proposals {
        assert!(slice(proposal.span).is_some_and(|words| !words.is_empty()), "a proposal of no words");
        for value in proposal.fields.values().flatten() {
            assert!(slice(value.span).is_some_and(|words| !words.is_empty()), "a value of no words");
            let inside = proposal.span.start <= value.span.start && value.span.end <= proposal.span.end;
            assert_eq!(value.outside, !inside);
            if let Some(bounds) = value.bounds {
                assert!(bounds.max.is_none_or(|max| bounds.min <= max), "bounds that cross");
            }
        }
        let mut row = becomes(text, proposal, &context);
        for (field, spans) in &row.spans {
            assert!(row.fields.contains_key(field) && spans.iter().all(|span| slice(*span).is_some()));
        }
        // Whatever it would be reads as a row, or is refused in words.
        row.fields.extend([
            ("id", "p1".to_owned()),
            ("source", "reuters".to_owned()),
            ("known", "2016-04-28".to_owned()),
        ]);
        let members: Vec<String> =
            row.fields.iter().map(|(field, value)| format!("{}:{}", quote(field), quote(value))).collect();
        let line = format!("{{{}}}", members.join(","));
        let reader = Reader::new(&known.mapping, Header::JsonLines).expect("rows by name need no header");
        if let Err(refusals) = reader.read(line.as_bytes(), 1, &context, ReceiptNo(1)) {
            assert!(!refusals.is_empty());
        }
    }
    let line = prose::json::line(&document, &reading);
    assert!(line.starts_with('{') && line.ends_with('}') && !line.contains('\n'));
    // Twice read, with checks that a fuzzer makes slow: still in proportion to the text.
    let most =
        Duration::from_secs(10) + Duration::from_micros(200) * u32::try_from(text.len()).unwrap_or(u32::MAX);
    assert!(begun.elapsed() < most, "{} bytes took {:?}", text.len(), begun.elapsed());
}

/// A string of JSON.
fn quote(words: &str) -> String {
    let mut out = String::from("\"");
    for c in words.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
