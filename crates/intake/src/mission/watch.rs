//! `coverage.csv`: who was watching where, from when to when. Where nobody was, there is no zero.

use truceline_model::{AreaId, Areas, Coverage, SourceId, Sources, Zone};

use super::sources::registered;
use super::{MissionFault, Table, text, window};
use crate::nearest::did_you_mean;
use crate::refusal::Fault;

/// A source's own statement of what it was watching.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceCoverage {
    /// Who was watching.
    pub source: SourceId,
    /// Where, when and what.
    pub coverage: Coverage,
    /// Row in the file.
    pub row: u64,
}

/// Reads `coverage.csv`: `source,area,from,to,what`; bare days local to `zone`, the last included, an empty one open.
///
/// # Errors
/// Every fault: a source or an area that is not registered, dates that cross.
pub fn coverage(
    bytes: &[u8],
    zone: &Zone,
    areas: &Areas,
    sources: &Sources,
) -> Result<Vec<SourceCoverage>, Vec<MissionFault>> {
    let mut table = Table::read("coverage.csv", bytes, &["source", "area", "from", "to", "what"]);
    let mut all = Vec::new();
    for (row, cells) in std::mem::take(&mut table.rows) {
        let source = registered(&mut table, row, text(&cells, "source"), sources);
        let area = AreaId::new(text(&cells, "area"));
        if areas.get(&area).is_none() {
            let near = did_you_mean(area.as_str(), areas.iter().map(|area| area.id.as_str()));
            table.cell_fault(
                Fault::Id,
                row,
                "area",
                area.as_str(),
                format!("an area is an id of areas.geojson{near}"),
            );
            continue;
        }
        let when = match window(zone, text(&cells, "from"), text(&cells, "to")) {
            Ok(when) => when,
            Err(error) => {
                table.cell_fault(Fault::Date, row, "from", text(&cells, "from"), error.say);
                continue;
            }
        };
        if let Some(source) = source {
            let what = text(&cells, "what").to_owned();
            all.push(SourceCoverage { source, coverage: Coverage { area, when, what }, row });
        }
    }
    table.finish(all)
}
