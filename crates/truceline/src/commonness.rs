//! How common words are, before a mission has received a text: what makes two texts alike is what is seldom said.
//!
//! A shipped table of hashes with the share of texts in which each was met (`lexicons/commonness.csv`), the words of the reader's
//! tables, and the names that the mission registers: every text of a mission names its parties and governorates. Never counts the
//! texts of the store: what one text is worth as evidence does not change when another comes.

use truceline_intake::wording::Commonness;
use truceline_model::AreaKind;

use crate::failure::Failure;
use crate::mission::Mission;
use crate::shipped;

/// How common words are in texts of this mission.
///
/// # Errors
/// When the shipped table cannot be read, which a test rules out.
pub(crate) fn of(mission: &Mission) -> Result<Commonness, Failure> {
    let mut all = Commonness::parse(shipped::COMMONNESS)
        .map_err(|e| Failure::operation("read the table of common words", &e))?;
    // What signs weigh holds no words.
    for (_, table) in shipped::LEXICONS.iter().filter(|(name, _)| !name.ends_with("/weights.csv")) {
        // The first cell of a row is the phrase; commas inside quotes only cut it short.
        let phrases = String::from_utf8_lossy(table);
        phrases
            .lines()
            .skip(1)
            .filter_map(|line| line.split(',').next())
            .for_each(|phrase| all.hold_common(phrase));
    }
    let named = |kind: AreaKind| matches!(kind, AreaKind::Governorate | AreaKind::Country);
    let areas = mission.areas.iter().filter(|area| named(area.kind));
    let areas = areas.flat_map(|area| area.names.values().chain(&area.aliases));
    let actors = mission.actors.iter().flat_map(|actor| actor.names.values().chain(&actor.aliases));
    areas.chain(actors).for_each(|name| all.hold_common(name));
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads_and_names_of_a_mission_are_common() {
        let all = of(&Mission::none()).unwrap();
        assert!(all.table(4, &["word"]).lines().count() > 500);
        assert!(all.table(4, &["arabic"]).lines().count() > 100);
    }
}
