//! Any bytes, in any chunks, through splitter and reader, by two shipped mappings: no panic, no byte lost, spans inside the row.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use truceline_intake::{Content, Context, Layout, Mapping, Piece, Reader, Splitter, mapping};
use truceline_model::{Actors, Areas, ReceiptNo, Sources, Zone};

/// Read once: a fuzzer lives on speed.
static MAPPINGS: LazyLock<[Mapping; 2]> = LazyLock::new(|| {
    [include_str!("../../mappings/truceline.kdl"), include_str!("../../mappings/airwars.kdl")]
        .map(|text| mapping::parse(text).expect("a shipped mapping is read"))
});

static ZONE: LazyLock<Zone> = LazyLock::new(|| Zone::named("Asia/Damascus").expect("a zone"));

fuzz_target!(|data: &[u8]| {
    let Some((&seed, file)) = data.split_first() else { return };
    let mapping = &MAPPINGS[usize::from(seed % 2)];
    let layout = mapping.layout(file.first().copied());
    let (actors, areas, sources) = (Actors::default(), Areas::default(), Sources::default());
    let context = Context { zone: &ZONE, actors: &actors, areas: &areas, sources: &sources, received: None };
    let whole = split(layout, file, file.len().max(1));
    assert_eq!(whole, split(layout, file, usize::from(seed) / 2 + 1), "chunks change the records");
    let mut reader: Option<Reader<'_>> = None;
    for piece in &whole {
        let Piece::Record(record) = piece else { continue };
        let (start, end) = (record.start as usize, record.end as usize);
        assert!(file[start..end].starts_with(record.bytes()));
        if !matches!(record.content, Content::Oversized { .. }) {
            assert_eq!(&file[start..end], record.bytes());
        }
        match &reader {
            None => match Reader::open(mapping, layout, record) {
                Ok(open) => reader = Some(open),
                Err(refusals) => {
                    assert!(!refusals.is_empty());
                    return;
                }
            },
            Some(reader) => match reader.read_record(record, &context, ReceiptNo(record.row)) {
                Ok(reading) => {
                    for span in reading.observations.iter().flat_map(|o| o.spans.values()) {
                        assert!(span.start <= span.end && span.end as usize <= record.bytes().len());
                    }
                }
                Err(refusals) => assert!(!refusals.is_empty()),
            },
        }
    }
});

fn split(layout: Layout, file: &[u8], chunk: usize) -> Vec<Piece> {
    let mut splitter = Splitter::with_limit(layout, 4096);
    let mut pieces: Vec<Piece> = file.chunks(chunk).flat_map(|part| splitter.push(part)).collect();
    pieces.extend(splitter.finish());
    pieces
}
