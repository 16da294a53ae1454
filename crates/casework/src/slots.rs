//! Weights as a table: every weight of the rules under a name, to be written to a file, read from one, and learned.
//!
//! Never learns by itself, and holds no weight of its own: [`Rules`] does. What a pair was weighed by comes out as names of
//! weights, so that whoever learns counts and the resolver stays whole numbers.

use std::collections::BTreeMap;

use truceline_model::{Instant, Observation, ReceiptNo};

use crate::block::{count_crowds, near, speak_with_one_voice};
use crate::copies;
use crate::decisions::Constraints;
use crate::known::Known;
use crate::locate::Locator;
use crate::resolve::Context;
use crate::rules::Rules;
use crate::score::weigh;
use crate::unit::gather;

/// By which weights one pair of reports was weighed, and among how many reports it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// The two reports, by the first of their unit.
    pub pair: (ReceiptNo, ReceiptNo),
    /// Whether both are rows of one source for one origin, which tell of two events nearly always.
    pub one_voice: bool,
    /// Reports about, in whole doublings.
    pub crowd: u32,
    /// Names of the weights, `place.near.1200`; a pair of places under two names has two.
    pub weights: Vec<String>,
}

/// Added under other names; told from the weight that it is added to by its size.
const OTHER_NAME: i32 = 1000;

impl Rules {
    /// Every weight under its name.
    pub fn weights(&mut self) -> Vec<(String, &mut i32)> {
        let (place, time, what, killed) =
            (&mut self.place, &mut self.time, &mut self.what, &mut self.casualties);
        let wording = &mut self.wording;
        let mut all: Vec<(String, &mut i32)> = Vec::new();
        let stepped = [
            ("place.same-name", "wider", &mut place.same_name),
            ("place.near", "wider", &mut place.near),
            ("time.likely", "more", &mut time.likely),
            ("time.both-likely", "more", &mut time.both_likely),
            ("words", "more", &mut wording.words),
            ("names", "more", &mut wording.names),
            ("words-share", "more", &mut wording.words_share),
            ("names-share", "more", &mut wording.names_share),
        ];
        for (name, last, steps) in stepped {
            for (reach, weight) in steps {
                let reach = if *reach == u32::MAX { last.to_owned() } else { reach.to_string() };
                all.push((format!("{name}.{reach}"), weight));
            }
        }
        let plain = [
            ("place.other-name", &mut place.other_name),
            ("place.just-missed", &mut place.just_missed),
            ("place.holds", &mut place.holds),
            ("place.governorate", &mut place.governorate),
            ("place.apart", &mut place.apart),
            ("place.elsewhere", &mut place.elsewhere),
            ("place.unknown", &mut place.unknown),
            ("time.same-hour", &mut time.same_hour),
            ("time.same-day", &mut time.same_day),
            ("time.same-days", &mut time.same_days),
            ("time.wide", &mut time.wide),
            ("time.next-day", &mut time.next_day),
            ("time.days-apart", &mut time.days_apart),
            ("time.unknown", &mut time.unknown),
            ("act.same", &mut what.same_act),
            ("act.same-rare", &mut what.same_rare_act),
            ("act.general", &mut what.general_act),
            ("act.mixed-up", &mut what.mixed_up_act),
            ("act.other", &mut what.other_act),
            ("weapon.same", &mut what.same_weapon),
            ("weapon.other", &mut what.other_weapon),
            ("target.same-rare", &mut what.same_rare_target),
            ("target.same", &mut what.same_target),
            ("target.other-rare", &mut what.other_rare_target),
            ("actor.same", &mut what.same_actor),
            ("actor.rival", &mut what.rival_actor),
            ("media.same", &mut what.same_media),
            ("killed.same-large", &mut killed.same_large),
            ("killed.same-small", &mut killed.same_small),
            ("killed.same-few", &mut killed.same_few),
            ("killed.compatible", &mut killed.compatible),
            ("killed.differs", &mut killed.differs),
            ("killed.far-apart", &mut killed.far_apart),
            ("coincidence", &mut self.coincidence),
            ("threshold", &mut self.threshold),
            ("floor", &mut self.floor),
            ("margin", &mut self.margin),
            ("again", &mut self.again),
            ("near-miss", &mut self.near_miss),
        ];
        all.extend(plain.into_iter().map(|(name, weight)| (name.to_owned(), weight)));
        all
    }

    /// These rules with the weights of a file: lines of `name,weight`, `#` before a remark. What it leaves out stays.
    ///
    /// # Errors
    /// In words: a line that names no weight, or whose weight is no whole number within ±100,000.
    pub fn with_weights(mut self, file: &str) -> Result<Self, String> {
        let mut given: BTreeMap<&str, i32> = BTreeMap::new();
        for (number, line) in (1..).zip(file.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') || line == "name,weight" {
                continue;
            }
            let read = line.split_once(',').and_then(|(name, weight)| {
                Some((name.trim(), weight.trim().parse::<i32>().ok().filter(|w| w.abs() <= 100_000)?))
            });
            let (name, weight) = read.ok_or_else(|| {
                format!("line {number}: \"{line}\" is no name and weight, like act.same,500")
            })?;
            given.insert(name, weight);
        }
        for (name, weight) in self.weights() {
            if let Some(new) = given.remove(name.as_str()) {
                *weight = new;
            }
        }
        match given.keys().next() {
            Some(name) => Err(format!("no weight is called \"{name}\"")),
            None => Ok(self),
        }
    }
}

/// By which weights each pair worth comparing is weighed. Pairs that exclude one another are left out.
#[must_use]
pub fn weighed(observations: &[Observation], ctx: &Context<'_>) -> Vec<Weighed> {
    let mut marked = ctx.rules.clone();
    let mut names = BTreeMap::new();
    for ((name, weight), mark) in marked.weights().into_iter().zip(1..) {
        if name != "coincidence" {
            *weight = if name == "place.other-name" { OTHER_NAME } else { mark };
            names.insert(*weight, name);
        }
    }
    let ctx = Context { rules: &marked, ..*ctx };
    let known = Known::by(observations, Instant::FAR_FUTURE);
    let mut gathered = gather(&known, &Constraints::default(), &mut Locator::new(ctx.areas), &ctx);
    copies::mark(&mut gathered.units, ctx.rules);
    count_crowds(&mut gathered.units, &ctx);
    let unit = |at: u32| usize::try_from(at).ok().and_then(|at| gathered.units.get(at));
    let pairs = near(&gathered.units, &ctx, |_, _| true).pairs;
    let weighed = pairs.into_iter().filter_map(|(a, b)| {
        let (a, b) = (unit(a)?, unit(b)?);
        let marks = weigh(a, b, &ctx).ok()?.weights();
        let other = marks.iter().any(|mark| *mark > OTHER_NAME).then_some(OTHER_NAME);
        let marks = marks.into_iter().map(|mark| if mark > OTHER_NAME { mark - OTHER_NAME } else { mark });
        let weights = marks.chain(other).filter_map(|mark| names.get(&mark).cloned()).collect();
        let one_voice = speak_with_one_voice(a, b, &ctx);
        Some(Weighed { pair: (a.receipt(), b.receipt()), one_voice, crowd: a.crowd.max(b.crowd), weights })
    });
    weighed.collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn weights_are_read_by_name_and_unknown_ones_refused() {
        let rules = Rules::default()
            .with_weights("name,weight\n# learned\nact.same,620\nplace.near.1200,3100\n")
            .unwrap();
        assert_eq!((rules.what.same_act, rules.place.near[0].1), (620, 3100));
        assert_eq!(
            Rules { what: Rules::default().what, place: Rules::default().place, ..rules },
            Rules::default()
        );
        assert!(Rules::default().with_weights("act.samee,1").unwrap_err().contains("act.samee"));
        assert!(Rules::default().with_weights("act.same,much").is_err());
    }

    #[test]
    fn every_weight_has_a_name_of_its_own() {
        let mut rules = Rules::default();
        let names: std::collections::BTreeSet<String> =
            rules.weights().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), 9 + 36 + 2 * 15 + 43);
    }
}
