//! `sources.csv` and `definitions.csv`: who says so, and what they count when they count.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{ActorId, Actors, DefinitionId, Grade, Source, SourceId, SourceKind, Sources};

use super::{MissionFault, Table, by_language, text};
use crate::nearest::did_you_mean;
use crate::refusal::{Fault, quote};

/// What a centre counts when it counts: a row of `definitions.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Its id.
    pub id: DefinitionId,
    /// Whose.
    pub source: SourceId,
    /// In our words, by language code.
    pub texts: BTreeMap<String, String>,
}

/// Definitions by id.
pub type Definitions = BTreeMap<DefinitionId, Definition>;

/// Reads `sources.csv`: `id,name_en,name_ar,name_ru,kind,side,grade,address,carries,note`.
///
/// # Errors
/// Every fault: an id twice, a kind or grade that is none, a side that is no actor (unless `actors` is empty).
pub fn sources(bytes: &[u8], actors: &Actors) -> Result<Sources, Vec<MissionFault>> {
    let mut table = Table::read("sources.csv", bytes, &["id", "name_en", "kind"]);
    let check_sides = actors.iter().next().is_some();
    let (mut all, mut seen, mut carried) = (Vec::new(), BTreeSet::new(), Vec::new());
    for (row, cells) in std::mem::take(&mut table.rows) {
        let Some(id) = table.id(row, &cells, &mut seen) else { continue };
        let word = text(&cells, "kind");
        let kind = SourceKind::parse(word);
        if kind.is_none() {
            let words = SourceKind::ALL.map(SourceKind::as_str);
            let say = format!("a kind is one of {}{}", words.join(", "), did_you_mean(word, words));
            table.cell_fault(Fault::Word, row, "kind", word, say);
        }
        let grade = Grade::parse(text(&cells, "grade"));
        if grade.is_none() {
            let say = "a grade is A, B, C, D, E or F (cannot be judged)";
            table.cell_fault(Fault::Word, row, "grade", text(&cells, "grade"), say);
        }
        let side = text(&cells, "side");
        if check_sides && !side.is_empty() && actors.get(&ActorId::new(side)).is_none() {
            let near = did_you_mean(side, actors.iter().map(|actor| actor.id.as_str()));
            table.cell_fault(
                Fault::Id,
                row,
                "side",
                side,
                format!("a side is an id of actors.csv{near}, or empty"),
            );
        }
        let parts = text(&cells, "carries").split(';').map(str::trim).filter(|id| !id.is_empty());
        let carries: Vec<SourceId> = parts.map(SourceId::new).collect();
        carried.extend(carries.iter().map(|id| (row, id.clone())));
        if let (Some(kind), Some(grade)) = (kind, grade) {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            all.push(Source {
                id: SourceId::new(&id),
                names: by_language(&cells, "name"),
                kind,
                side: some(side).map(|side| ActorId::new(&side)),
                grade,
                address: some(text(&cells, "address")),
                carries: carries.iter().cloned().collect(),
                note: some(text(&cells, "note")),
            });
        }
    }
    for (row, id) in carried.into_iter().filter(|(_, id)| !all.iter().any(|source| source.id == *id)) {
        let near = did_you_mean(id.as_str(), all.iter().map(|source| source.id.as_str()));
        let say = format!("a source carries ids of this file, parted by ;{near}");
        table.cell_fault(Fault::Id, row, "carries", id.as_str(), say);
    }
    table.finish(Sources::new(all))
}

/// Reads `definitions.csv`: `id,source,text_en,text_ar,text_ru`.
///
/// # Errors
/// Every fault: an id twice, a source that is not registered, no text.
pub fn definitions(bytes: &[u8], sources: &Sources) -> Result<Definitions, Vec<MissionFault>> {
    let mut table = Table::read("definitions.csv", bytes, &["id", "source", "text_en"]);
    let (mut all, mut seen) = (Definitions::new(), BTreeSet::new());
    for (row, cells) in std::mem::take(&mut table.rows) {
        let Some(id) = table.id(row, &cells, &mut seen) else { continue };
        let texts = by_language(&cells, "text");
        if texts.is_empty() {
            table.fault(
                Fault::Missing,
                row,
                Some("text_en"),
                "no text".to_owned(),
                "say what is counted".to_owned(),
            );
        }
        let Some(source) = registered(&mut table, row, text(&cells, "source"), sources) else { continue };
        let id = DefinitionId::new(&id);
        all.insert(id.clone(), Definition { id, source, texts });
    }
    table.finish(all)
}

/// A registered source, or a fault in column `source`.
pub(super) fn registered(table: &mut Table, row: u64, word: &str, sources: &Sources) -> Option<SourceId> {
    let found = sources.get(&SourceId::new(word)).map(|source| source.id.clone());
    if found.is_none() {
        let near = did_you_mean(word, sources.iter().map(|source| source.id.as_str()));
        let say = format!("{} is no id of sources.csv{near}", quote(word));
        table.cell_fault(Fault::Source, row, "source", word, say);
    }
    found
}
