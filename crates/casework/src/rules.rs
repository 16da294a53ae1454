//! The weights and limits by which reports are linked: data, with documented defaults.
//!
//! Holds numbers only; never looks at a report. Weights are thousandths of a doubling: 1000 makes it twice as likely that
//! two reports tell of one event, -1000 half as likely. They add up in the open, so a reader can redo any link by hand.
//! Defaults were set by reading the spring of 2016 (docs/resolving.md); a mission may give its own.

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Act, SourceId, Target};

/// How reports are linked. Every weight is in thousandths; see `docs/resolving.md` for what each stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// A link is accepted from this score on.
    pub threshold: i32,
    /// Every pair of reports of one incident must reach at least this; below it they speak against one another.
    pub floor: i32,
    /// A report whose two best links lead to incidents that exclude one another, and whose scores differ by less than
    /// this, is left alone: a person decides.
    pub margin: i32,
    /// By how much the others of an incident must on average stand above the threshold for a second row of one source to join it;
    /// [`Rules::NEVER_AGAIN`] where a source has one row an event.
    pub again: i32,
    /// A link refused by up to this much is kept among [`crate::Resolved::considered`].
    pub near_miss: i32,
    /// Sources that publish single items (videos) of one event: several of their reports may share an incident.
    pub itemwise_sources: BTreeSet<SourceId>,
    /// Sources to those whose reports they carry as their own.
    pub carries: crate::Carries,
    /// A disc wider than this says no more than its governorate.
    pub vague_from_m: u32,
    /// Two discs may miss one another by this many metres (rounded coordinates) before they exclude one another.
    pub gap_limit_m: u32,
    /// A report that spreads over more local days than this is linked only when a source or a person says so.
    pub max_days: u32,
    /// A vague report is not compared on a day with more reports than this in its governorate: no likeness would tell.
    pub max_crowd: u32,
    /// A statement without a declared link speaks of the one incident at its place, when that place is within this.
    pub statement_within_m: u32,
    /// A statement without a time of its own speaks of an incident at most this many days before it became known.
    pub statement_days: u32,
    /// Weights of places.
    pub place: PlaceWeights,
    /// Weights of times.
    pub time: TimeWeights,
    /// Weights of acts, weapons, targets and actors.
    pub what: WhatWeights,
    /// Weights of casualty figures.
    pub casualties: CasualtyWeights,
    /// Weights of what two texts share.
    pub wording: WordingWeights,
    /// Taken off for each doubling of the number of reports among which the likeness was found.
    pub coincidence: i32,
    /// Words that say less than others: `explosion` says nothing against `airstrike`. A general word is no alternative
    /// where another origin gives a special one.
    pub general_acts: BTreeMap<Act, BTreeSet<Act>>,
    /// The same for targets: `civilians` names no object.
    pub general_targets: BTreeMap<Target, BTreeSet<Target>>,
    /// Acts so seldom reported that two on the same day and in the same governorate rarely mean two events.
    pub rare_acts: BTreeSet<Act>,
    /// Targets so seldom named that two reports naming one on the same day rarely mean two events.
    pub rare_targets: BTreeSet<Target>,
}

/// Places. `near` is read from the narrowest: the first step whose reach holds the two radii together gives the weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceWeights {
    /// Both are said to lie in one named place: by the widest of that place's radius and both reports', in metres.
    pub same_name: Vec<(u32, i32)>,
    /// The discs meet: by the sum of both radii in metres.
    pub near: Vec<(u32, i32)>,
    /// Added when both name an area (no single site), and the areas differ, though their discs meet.
    pub other_name: i32,
    /// Up to this radius in metres a named place is a single site, which lies in the area that another names.
    pub site_within_m: u32,
    /// The discs miss one another by less than the limit.
    pub just_missed: i32,
    /// One names a place that holds the other's (a city and its quarter).
    pub holds: i32,
    /// Only the governorate is shared.
    pub governorate: i32,
    /// Whether places that lie apart exclude one another. Not where places are read out of words: of several that a text names
    /// the wrong one may have been taken, and then [`Self::apart`] and [`Self::elsewhere`] weigh.
    pub apart_excludes: bool,
    /// The discs miss one another by more than the limit.
    pub apart: i32,
    /// No governorate is shared.
    pub elsewhere: i32,
    /// One says nothing of a place.
    pub unknown: i32,
}

/// Times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeWeights {
    /// Both are known to within three hours, and overlap.
    pub same_hour: i32,
    /// They overlap, and the longer is about a day.
    pub same_day: i32,
    /// They overlap, and the longer spans up to three days.
    pub same_days: i32,
    /// They overlap, and one is wider.
    pub wide: i32,
    /// They touch without overlapping: the day before or after, as one told late may be dated.
    pub next_day: i32,
    /// The gap in seconds up to which it is the next day.
    pub next_day_s: i64,
    /// A wider gap that does not yet exclude: told days later. Only a likeness of words brings such two together.
    pub days_apart: i32,
    /// Their gap in seconds beyond which they exclude one another.
    pub gap_limit_s: i64,
    /// One gives no time.
    pub unknown: i32,
    /// One states no day and others tell on which it may have been: by how likely both are of one day, in millionths. Chance alone
    /// gives about 600. A day that was inferred never excludes.
    pub likely: Vec<(u32, i32)>,
    /// Neither states its day.
    pub both_likely: Vec<(u32, i32)>,
}

/// What two texts share. Both lists are read from the least: the first step that reaches the surprise of what is shared, in
/// thousandths of a doubling, gives the weight. Words and names mostly say the same again, so the stronger of the two counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordingWeights {
    /// Seldom words.
    pub words: Vec<(u32, i32)>,
    /// Names by their consonants, whatever the script.
    pub names: Vec<(u32, i32)>,
    /// How large a part of their seldom words two texts share, in hundredths; added to the stronger of `words` and `names`. Two
    /// long texts share much by chance, two short ones little though they say the same. Nothing unless a table says so.
    pub words_share: Vec<(u32, i32)>,
    /// The same of names.
    pub names_share: Vec<(u32, i32)>,
    /// Whether marks bring together reports that have both day and place.
    pub compare_all: bool,
    /// A mark at least so surprising brings two reports to be compared when one has no day, or no place.
    pub compare_from: u16,
    /// Unless more reports than this share it.
    pub compare_up_to: usize,
}

/// What was done, with what, at what, by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatWeights {
    /// Same act.
    pub same_act: i32,
    /// Same rare act, such as a bombing.
    pub same_rare_act: i32,
    /// One word is general and leaves room for the other.
    pub general_act: i32,
    /// Fire of another kind: sources mix up rockets, mortars, shells and, from below, bombs.
    pub mixed_up_act: i32,
    /// Acts that are not mixed up: they exclude one another below this.
    pub other_act: i32,
    /// Same weapon.
    pub same_weapon: i32,
    /// Both name weapons, none in common.
    pub other_weapon: i32,
    /// Same rare target, such as a hospital.
    pub same_rare_target: i32,
    /// Same target of another kind.
    pub same_target: i32,
    /// Both name rare targets, none in common.
    pub other_rare_target: i32,
    /// An actor, or its side, in common.
    pub same_actor: i32,
    /// Rival actors: rival attribution is what two accounts of one event look like, so it never speaks against.
    pub rival_actor: i32,
    /// A page, picture or film that both show or quote.
    pub same_media: i32,
}

/// Casualty figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CasualtyWeights {
    /// Both give the same exact number of killed, of at least ten.
    pub same_large: i32,
    /// Both give the same exact number of killed, of at least three.
    pub same_small: i32,
    /// Both give the same exact number of killed, one or two.
    pub same_few: i32,
    /// One number could satisfy both.
    pub compatible: i32,
    /// No number could, and the higher is less than four times the lower.
    pub differs: i32,
    /// No number could, and they lie further apart. Small: tolls grow and lists are incomplete.
    pub far_apart: i32,
}

impl Default for Rules {
    fn default() -> Self {
        use Act::{
            Airstrike, Bombing, ChemicalAttack, Explosion, MissileStrike, MortarFire, Other, RocketFire,
            Shelling,
        };
        use Target::{
            AidConvoy, Camp, CivilDefence, Civilians, Hospital, Infrastructure, Market, Mosque,
            ResidentialArea, School,
        };
        let fire = [Airstrike, RocketFire, Shelling, MortarFire, MissileStrike, Bombing, ChemicalAttack];
        let objects = [
            Hospital,
            School,
            Mosque,
            Market,
            ResidentialArea,
            Camp,
            AidConvoy,
            CivilDefence,
            Infrastructure,
        ];
        Self {
            threshold: 2000,
            floor: -1500,
            margin: 300,
            again: Self::NEVER_AGAIN,
            near_miss: 2000,
            itemwise_sources: BTreeSet::from([SourceId::new("syrian-archive")]),
            carries: crate::Carries::new(),
            vague_from_m: 10_000,
            gap_limit_m: 1000,
            max_days: 31,
            max_crowd: 500,
            statement_within_m: 1000,
            statement_days: 7,
            place: PlaceWeights::default(),
            time: TimeWeights::default(),
            what: WhatWeights::default(),
            casualties: CasualtyWeights::default(),
            wording: WordingWeights::default(),
            coincidence: 250,
            general_acts: BTreeMap::from([
                (Explosion, fire.into_iter().collect()),
                (Other, Act::ALL.iter().copied().filter(|act| *act != Other).collect()),
                (Shelling, BTreeSet::from([RocketFire, MortarFire, MissileStrike])),
            ]),
            general_targets: BTreeMap::from([(Civilians, objects.into_iter().collect())]),
            rare_acts: BTreeSet::from([Bombing, ChemicalAttack]),
            rare_targets: BTreeSet::from([Hospital, School, Mosque, Market, Camp, AidConvoy, CivilDefence]),
        }
    }
}

impl Default for PlaceWeights {
    fn default() -> Self {
        Self {
            same_name: vec![(500, 3200), (3500, 2700), (8000, 1500), (u32::MAX, 600)],
            near: vec![(1200, 2700), (3000, 2200), (6000, 1300), (12_000, 700), (u32::MAX, 300)],
            other_name: -1000,
            site_within_m: 500,
            just_missed: -800,
            holds: 600,
            governorate: 0,
            apart_excludes: true,
            apart: -3000,
            elsewhere: -4000,
            unknown: -500,
        }
    }
}

impl Default for TimeWeights {
    fn default() -> Self {
        Self {
            same_hour: 2500,
            same_day: 1000,
            same_days: 500,
            wide: 0,
            next_day: -2000,
            next_day_s: 12 * 3600,
            days_apart: -3000,
            gap_limit_s: 12 * 3600,
            unknown: -500,
            likely: likely_steps(),
            both_likely: likely_steps(),
        }
    }
}

/// By hand: at most as much as a stated day speaks, and half as much against.
fn likely_steps() -> Vec<(u32, i32)> {
    let reaches =
        [40, 80, 150, 300, 600, 1200, 2400, 4800, 9500, 19_000, 38_000, 75_000, 150_000, 300_000, u32::MAX];
    let weights = [-1500, -1300, -1100, -900, -700, -500, -300, -100, 100, 300, 500, 700, 900, 1000, 1000];
    reaches.into_iter().zip(weights).collect()
}

impl Default for WordingWeights {
    fn default() -> Self {
        let steps = || {
            vec![
                (3500, -500),
                (7000, 0),
                (12_000, 300),
                (18_000, 600),
                (25_000, 1000),
                (35_000, 1500),
                (50_000, 2000),
                (75_000, 2500),
                (110_000, 3000),
                (u32::MAX, 4000),
            ]
        };
        let silent =
            || [2, 4, 7, 11, 16, 23, 32, 45, 65].into_iter().chain([u32::MAX]).map(|n| (n, 0)).collect();
        Self {
            words: steps(),
            names: steps(),
            words_share: silent(),
            names_share: silent(),
            compare_all: false,
            compare_from: 4000,
            compare_up_to: 200,
        }
    }
}

impl Default for WhatWeights {
    fn default() -> Self {
        Self {
            same_act: 500,
            same_rare_act: 1800,
            general_act: 100,
            mixed_up_act: -300,
            other_act: -2500,
            same_weapon: 600,
            other_weapon: -200,
            same_rare_target: 2500,
            same_target: 200,
            other_rare_target: -500,
            same_actor: 300,
            rival_actor: 0,
            same_media: 4000,
        }
    }
}

impl Default for CasualtyWeights {
    fn default() -> Self {
        Self {
            same_large: 1500,
            same_small: 600,
            same_few: 200,
            compatible: 200,
            differs: -100,
            far_apart: -300,
        }
    }
}

impl Rules {
    /// No row of a source joins another of the same source by its score.
    pub const NEVER_AGAIN: i32 = 100_000;

    /// Whether `general` leaves room for `special`.
    #[must_use]
    pub fn act_leaves_room(&self, general: Act, special: Act) -> bool {
        self.general_acts.get(&general).is_some_and(|acts| acts.contains(&special))
    }

    /// Whether `general` names less than `special` does.
    #[must_use]
    pub fn target_leaves_room(&self, general: Target, special: Target) -> bool {
        self.general_targets.get(&general).is_some_and(|targets| targets.contains(&special))
    }
}

/// Weight of the first step that reaches `value`.
pub(crate) fn step(steps: &[(u32, i32)], value: u64) -> i32 {
    steps.iter().find(|(reach, _)| value <= u64::from(*reach)).map_or(0, |(_, weight)| *weight)
}

/// Binary logarithm in thousandths, straight between powers of two: integer, and the same everywhere.
pub(crate) fn log2_thousandths(n: u32) -> i32 {
    let n = n.max(1);
    let whole = n.ilog2();
    let base = 1_u64 << whole;
    let part = (u64::from(n) - base) * 1000 / base;
    i32::try_from(u64::from(whole) * 1000 + part).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_exact_at_powers_and_never_falls() {
        assert_eq!((log2_thousandths(0), log2_thousandths(1), log2_thousandths(1024)), (0, 0, 10_000));
        assert!((1..5000).all(|n| log2_thousandths(n) <= log2_thousandths(n + 1)));
        assert!(log2_thousandths(u32::MAX) < 32_001);
    }

    #[test]
    fn a_step_is_the_first_that_reaches() {
        let steps = [(10, 3), (20, 2)];
        assert_eq!((step(&steps, 10), step(&steps, 11), step(&steps, 21)), (3, 2, 0));
    }
}
