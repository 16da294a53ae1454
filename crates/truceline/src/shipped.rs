//! The mission and the mappings that ship inside the binary, so that the demo runs anywhere without its source tree.
//! Bytes only; reading them is `intake`'s and `terms`'.

macro_rules! shipped {
    ($($path:literal),+ $(,)?) => {
        &[$(($path, include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../", $path)).as_slice())),+]
    };
}

/// Files of the Syria-2016 mission, by their path in the project.
pub(crate) const MISSION: &[(&str, &[u8])] = shipped![
    "agreements/syria-2016/agreement.md",
    "agreements/syria-2016/actors.csv",
    "agreements/syria-2016/areas.geojson",
    "agreements/syria-2016/definitions.csv",
    "agreements/syria-2016/mission.kdl",
    "agreements/syria-2016/sources.csv",
];

/// People of the demo, as lines of mission.kdl.
pub(crate) const PEOPLE: &[u8] = include_bytes!("../../../agreements/syria-2016/people.kdl");

/// Report files of the mission, with the mapping each is read by.
pub(crate) const REPORTS: &[(&str, &str, &[u8])] = &[
    report(
        "agreement-facts.csv",
        "truceline",
        include_bytes!("../../../agreements/syria-2016/reports/agreement-facts.csv"),
    ),
    report(
        "articles.csv",
        "truceline",
        include_bytes!("../../../agreements/syria-2016/reports/articles.csv"),
    ),
    report("anchors.csv", "truceline", include_bytes!("../../../agreements/syria-2016/reports/anchors.csv")),
    report("airwars.csv", "airwars", include_bytes!("../../../agreements/syria-2016/reports/airwars.csv")),
    report(
        "syrian-archive.csv",
        "truceline",
        include_bytes!("../../../agreements/syria-2016/reports/syrian-archive.csv"),
    ),
    report("vdc.csv", "vdc", include_bytes!("../../../agreements/syria-2016/reports/vdc.csv")),
    report(
        "coverage.csv",
        "truceline",
        include_bytes!("../../../agreements/syria-2016/reports/coverage.csv"),
    ),
    report("tallies.csv", "truceline", include_bytes!("../../../agreements/syria-2016/reports/tallies.csv")),
    report("read.jsonl", "steps", include_bytes!("../../../agreements/syria-2016/reports/read.jsonl")),
];

const fn report(
    name: &'static str,
    mapping: &'static str,
    bytes: &'static [u8],
) -> (&'static str, &'static str, &'static [u8]) {
    (name, mapping, bytes)
}

/// Column mappings, by id.
pub(crate) const MAPPINGS: &[(&str, &[u8])] = &[
    ("truceline", include_bytes!("../../../mappings/truceline.kdl")),
    ("airwars", include_bytes!("../../../mappings/airwars.kdl")),
    ("vdc", include_bytes!("../../../mappings/vdc.kdl")),
    ("vdc-raw", include_bytes!("../../../mappings/vdc-raw.kdl")),
    ("acled", include_bytes!("../../../mappings/acled.kdl")),
    ("ucdp-ged", include_bytes!("../../../mappings/ucdp-ged.kdl")),
    ("timemap", include_bytes!("../../../mappings/timemap.kdl")),
    ("syrian-archive", include_bytes!("../../../mappings/syrian-archive.kdl")),
];

/// How common words are: hashes, with the share of texts in which each was met.
pub(crate) const COMMONNESS: &str = include_str!("../../../lexicons/commonness.csv");

/// Tables of the reader of free text, by language and name.
pub(crate) const LEXICONS: &[(&str, &[u8])] = shipped![
    "lexicons/ar/abbreviations.csv",
    "lexicons/ar/act_nouns.csv",
    "lexicons/ar/act_verbs.csv",
    "lexicons/ar/actors.csv",
    "lexicons/ar/aid.csv",
    "lexicons/ar/aid_verbs.csv",
    "lexicons/ar/boundaries.csv",
    "lexicons/ar/casualties.csv",
    "lexicons/ar/conditions.csv",
    "lexicons/ar/counting.csv",
    "lexicons/ar/countries.csv",
    "lexicons/ar/deal_verbs.csv",
    "lexicons/ar/deal_words.csv",
    "lexicons/ar/deals.csv",
    "lexicons/ar/headers.csv",
    "lexicons/ar/hedges.csv",
    "lexicons/ar/links.csv",
    "lexicons/ar/months.csv",
    "lexicons/ar/note_acts.csv",
    "lexicons/ar/numbers.csv",
    "lexicons/ar/people.csv",
    "lexicons/ar/place_stops.csv",
    "lexicons/ar/place_words.csv",
    "lexicons/ar/prepositions.csv",
    "lexicons/ar/qualifiers.csv",
    "lexicons/ar/relative_dates.csv",
    "lexicons/ar/responsibility.csv",
    "lexicons/ar/source_cues.csv",
    "lexicons/ar/sources.csv",
    "lexicons/ar/speech.csv",
    "lexicons/ar/stop_words.csv",
    "lexicons/ar/targets.csv",
    "lexicons/ar/titles.csv",
    "lexicons/ar/units.csv",
    "lexicons/ar/walls.csv",
    "lexicons/ar/weapons.csv",
    "lexicons/ar/weekdays.csv",
    "lexicons/ar/weights.csv",
    "lexicons/en/abbreviations.csv",
    "lexicons/en/act_nouns.csv",
    "lexicons/en/act_verbs.csv",
    "lexicons/en/actors.csv",
    "lexicons/en/aid.csv",
    "lexicons/en/aid_verbs.csv",
    "lexicons/en/bodies.csv",
    "lexicons/en/boundaries.csv",
    "lexicons/en/casualties.csv",
    "lexicons/en/conditions.csv",
    "lexicons/en/control.csv",
    "lexicons/en/counting.csv",
    "lexicons/en/countries.csv",
    "lexicons/en/deal_verbs.csv",
    "lexicons/en/deal_words.csv",
    "lexicons/en/deals.csv",
    "lexicons/en/headers.csv",
    "lexicons/en/given_names.csv",
    "lexicons/en/hedges.csv",
    "lexicons/en/links.csv",
    "lexicons/en/months.csv",
    "lexicons/en/note_acts.csv",
    "lexicons/en/numbers.csv",
    "lexicons/en/people.csv",
    "lexicons/en/place_stops.csv",
    "lexicons/en/place_words.csv",
    "lexicons/en/prepositions.csv",
    "lexicons/en/qualifiers.csv",
    "lexicons/en/relative_dates.csv",
    "lexicons/en/responsibility.csv",
    "lexicons/en/shares.csv",
    "lexicons/en/source_cues.csv",
    "lexicons/en/sources.csv",
    "lexicons/en/speech.csv",
    "lexicons/en/stop_words.csv",
    "lexicons/en/targets.csv",
    "lexicons/en/titles.csv",
    "lexicons/en/units.csv",
    "lexicons/en/verbs.csv",
    "lexicons/en/walls.csv",
    "lexicons/en/weapons.csv",
    "lexicons/en/weekdays.csv",
    "lexicons/en/weights.csv",
    "lexicons/ru/abbreviations.csv",
    "lexicons/ru/act_nouns.csv",
    "lexicons/ru/act_verbs.csv",
    "lexicons/ru/actors.csv",
    "lexicons/ru/aid.csv",
    "lexicons/ru/aid_verbs.csv",
    "lexicons/ru/boundaries.csv",
    "lexicons/ru/casualties.csv",
    "lexicons/ru/conditions.csv",
    "lexicons/ru/counting.csv",
    "lexicons/ru/countries.csv",
    "lexicons/ru/deal_verbs.csv",
    "lexicons/ru/deal_words.csv",
    "lexicons/ru/deals.csv",
    "lexicons/ru/headers.csv",
    "lexicons/ru/hedges.csv",
    "lexicons/ru/links.csv",
    "lexicons/ru/months.csv",
    "lexicons/ru/note_acts.csv",
    "lexicons/ru/numbers.csv",
    "lexicons/ru/people.csv",
    "lexicons/ru/place_words.csv",
    "lexicons/ru/prepositions.csv",
    "lexicons/ru/qualifiers.csv",
    "lexicons/ru/relative_dates.csv",
    "lexicons/ru/responsibility.csv",
    "lexicons/ru/source_cues.csv",
    "lexicons/ru/sources.csv",
    "lexicons/ru/speech.csv",
    "lexicons/ru/stop_words.csv",
    "lexicons/ru/targets.csv",
    "lexicons/ru/units.csv",
    "lexicons/ru/walls.csv",
    "lexicons/ru/weapons.csv",
    "lexicons/ru/weekdays.csv",
    "lexicons/ru/weights.csv",
    "lexicons/uk/abbreviations.csv",
    "lexicons/uk/act_nouns.csv",
    "lexicons/uk/act_verbs.csv",
    "lexicons/uk/actors.csv",
    "lexicons/uk/aid.csv",
    "lexicons/uk/aid_verbs.csv",
    "lexicons/uk/boundaries.csv",
    "lexicons/uk/casualties.csv",
    "lexicons/uk/conditions.csv",
    "lexicons/uk/counting.csv",
    "lexicons/uk/countries.csv",
    "lexicons/uk/deal_verbs.csv",
    "lexicons/uk/deal_words.csv",
    "lexicons/uk/deals.csv",
    "lexicons/uk/headers.csv",
    "lexicons/uk/hedges.csv",
    "lexicons/uk/links.csv",
    "lexicons/uk/months.csv",
    "lexicons/uk/note_acts.csv",
    "lexicons/uk/numbers.csv",
    "lexicons/uk/people.csv",
    "lexicons/uk/place_words.csv",
    "lexicons/uk/prepositions.csv",
    "lexicons/uk/qualifiers.csv",
    "lexicons/uk/relative_dates.csv",
    "lexicons/uk/responsibility.csv",
    "lexicons/uk/source_cues.csv",
    "lexicons/uk/sources.csv",
    "lexicons/uk/speech.csv",
    "lexicons/uk/stop_words.csv",
    "lexicons/uk/targets.csv",
    "lexicons/uk/units.csv",
    "lexicons/uk/walls.csv",
    "lexicons/uk/weapons.csv",
    "lexicons/uk/weekdays.csv",
    "lexicons/uk/weights.csv",
];

/// The shipped mapping with that id.
pub(crate) fn mapping(id: &str) -> Option<&'static [u8]> {
    MAPPINGS.iter().find(|(known, _)| *known == id).map(|(_, bytes)| *bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mapping_of_the_project_ships() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../mappings");
        for found in std::fs::read_dir(folder).unwrap() {
            let path = found.unwrap().path();
            if path.extension().is_some_and(|e| e == "kdl") {
                let id = path.file_stem().unwrap().to_str().unwrap();
                assert!(mapping(id).is_some(), "{id} is not in the binary");
            }
        }
    }

    #[test]
    fn every_table_of_the_reader_ships_with_rows() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lexicons");
        let mut found = 0;
        for language in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()) {
            for table in std::fs::read_dir(&language).unwrap().map(|e| e.unwrap().path()) {
                let parts = [&language, &table].map(|p| p.file_name().unwrap().to_str().unwrap().to_owned());
                let path = format!("lexicons/{}/{}", parts[0], parts[1]);
                let shipped = LEXICONS.iter().find(|(known, _)| *known == path);
                let (_, bytes) = shipped.unwrap_or_else(|| panic!("{path} is not in the binary"));
                let rows =
                    std::str::from_utf8(bytes).unwrap().lines().skip(1).filter(|line| !line.is_empty());
                assert!(rows.count() > 0, "{path} has no rows");
                found += 1;
            }
        }
        assert_eq!(found, LEXICONS.len(), "a table that ships is not in the tree");
    }
}
