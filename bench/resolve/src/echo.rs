//! On which day a page tells of, where it states none: by what pages of other outlets say in the same seldom words, by the day of the
//! week and of the year that it names, and by where it stands among the numbered pages of its outlet.
//!
//! Every page begins with how likely each day is by its own words (a page that shares words, names, place and toll with it was
//! published then). An outlet's pages are then taken together: the later number was published later, about as much later as its
//! numbers usually run, so that a hundred faint hints make one clock. What is found dates others in turn, a few rounds. Looks at
//! addresses, texts and what is coded of them; never at an incident. Weights were set on records of the learning part.
#![allow(clippy::float_arithmetic)]

use std::collections::{BTreeMap, BTreeSet};

use truceline_model::{Act, LikelyDays, Point, SURE, Wording};

use crate::clock::{Dated, DayNumber, Span};

/// What is known of a page.
pub struct Told<'p> {
    /// What its address and text state.
    pub dated: &'p Dated,
    /// Whether the post's number tells its time, which leaves no doubt.
    pub posted: bool,
    /// Who published it: pages of one outlet share words on other days too.
    pub outlet: String,
    /// Its marks.
    pub wording: Option<Wording>,
    /// The number of its place and where it lies.
    pub place: Option<(u32, Point)>,
    /// The least number of killed that it gives.
    pub killed: Option<u32>,
    /// What was done.
    pub acts: BTreeSet<Act>,
}

/// Days are looked for from the first that a post tells to so many days after the last.
const AFTER: i64 = 10;
/// How often days found date other pages.
const ROUNDS: usize = 4;
/// Of the pages that share most with a page so many are heard.
const HEARD: usize = 80;
/// A mark that more than one page of so many holds brings no two pages together.
const SELDOM: usize = 6;
/// A day is taken when it and its neighbours are this likely.
const TAKEN: f64 = 0.3;
/// Days that are together this wide are worth telling.
const WIDEST: usize = 25;
/// Of an outlet's pace hints so many days apart tell most: nearer ones lie within the doubt about a day, farther ones span its leaps.
const APART: f64 = 60.0;
/// Less likely days of a page are not told to others.
const TOLD: f64 = 1e-4;
/// Fewer pages of one outlet make no clock.
const FEWEST: usize = 3;

/// So many pages are led astray by their own words altogether: another story's date, another year's likeness. Without this one such
/// page breaks the clock of its outlet in two.
const ASTRAY: f64 = 0.03;
/// How steadily an outlet numbers its pages: the power of the share by which a step differs from what is expected.
const STEADY: i32 = 7;
/// So many steps are leaps: an outlet's numbers run on by thousands in a day, and tell then only that no more days went by than expected.
const LEAPS: f64 = 0.01;
/// Days less likely than this beside the likeliest are not followed along a clock. Hardly any: what looks unlikely after ten pages may be
/// right after fifty.
const NEGLIGIBLE: f64 = 1e-12;
/// What never happens is this likely: that numbers go up and days back.
const NEVER: f64 = 1e-25;

/// Likelihood of each day from the first.
pub type Days = Vec<f64>;

/// What others hear of a page: days from the first, each with how likely it is.
type Heard = Vec<(usize, f64)>;

/// What was found of all pages.
pub struct Found {
    /// The first day of all.
    pub first: DayNumber,
    /// How likely each day from the first is, of each page.
    pub days: Vec<Days>,
    /// The day that was taken, or those between which it lies.
    pub spans: Vec<Option<Span>>,
}

impl Found {
    /// How likely each day is of the page at that place, in whole numbers.
    #[must_use]
    pub fn likely(&self, at: usize) -> Option<LikelyDays> {
        let days = self.days.get(at)?.iter().zip(self.first..);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let whole = |p: &f64| (p.clamp(0.0, 1.0) * f64::from(SURE)).round() as u32;
        Some(LikelyDays::new(days.map(|(p, day)| (day, whole(p))).collect()))
    }
}

/// How likely each day is of each page; no days where no post tells its own.
#[must_use]
pub fn found(pages: &[Told<'_>]) -> Found {
    let posts = || pages.iter().filter(|p| p.posted).filter_map(|p| p.dated.sure);
    let mut found = Found { first: 0, days: Vec::new(), spans: vec![None; pages.len()] };
    let (Some(first), Some(last)) = (posts().min(), posts().max()) else { return found };
    let count = usize::try_from(last + AFTER - first + 1).unwrap_or(1);
    let alike = alike(pages);
    let clocks = clocks(pages);
    let at = |day: DayNumber| usize::try_from(day - first).ok().filter(|at| *at < count);
    let stated =
        |page: &Told<'_>| Vec::from_iter(stated(page).and_then(|(day, sure)| Some((at(day)?, sure))));
    let mut heard: Vec<Heard> = pages.iter().map(stated).collect();
    for _ in 0..ROUNDS {
        let own: Vec<Days> = (pages.iter().zip(&alike))
            .map(|(page, alike)| by_itself(page, alike, &heard, (first, count)))
            .collect();
        let mut all = own.clone();
        for clock in clocks.values() {
            for (at, days) in together(clock, &own) {
                if let Some(slot) = all.get_mut(at) {
                    *slot = days;
                }
            }
        }
        let spans = pages.iter().zip(&all).map(|(page, days)| taken(page, days, first)).collect();
        found = Found { first, days: all, spans };
        let told = |days: &Days| days.iter().copied().enumerate().filter(|(_, p)| *p > TOLD).collect();
        heard = (pages.iter().zip(&found.days))
            .map(|(page, days)| if page.posted { stated(page) } else { told(days) })
            .collect();
    }
    found
}

/// The day that a page states, and how surely.
fn stated(page: &Told<'_>) -> Option<(DayNumber, f64)> {
    let sure = if page.posted || page.dated.numbered.is_none() { 1.0 } else { 0.8 };
    page.dated.sure.map(|day| (day, sure))
}

/// How likely a day and its neighbours are.
fn near(days: &[f64], at: usize) -> f64 {
    days.get(at.saturating_sub(1)..(at + 2).min(days.len())).unwrap_or_default().iter().sum()
}

fn likeliest(days: &[f64]) -> usize {
    let best = days
        .iter()
        .enumerate()
        .fold((0, f64::MIN), |held, (at, p)| if *p > held.1 { (at, *p) } else { held });
    best.0
}

fn taken(page: &Told<'_>, days: &[f64], first: DayNumber) -> Option<Span> {
    if let (true, Some(day)) = (page.posted, page.dated.sure) {
        return Some((day, day));
    }
    let at = likeliest(days);
    let day = |at: usize| first + i64::try_from(at).unwrap_or(0);
    if near(days, at) > TAKEN {
        return Some((day(at), day(at)));
    }
    let reaches = |share: f64| {
        let mut sum = 0.0;
        days.iter().position(|p| {
            sum += p;
            sum >= share
        })
    };
    let (a, b) = (reaches(0.1)?, reaches(0.9)?);
    (b - a <= WIDEST).then(|| (day(a), day(b)))
}

/// Pages of each outlet's clock by their numbers.
fn clocks<'p>(pages: &[Told<'p>]) -> BTreeMap<&'p str, Vec<(u64, usize)>> {
    let mut all: BTreeMap<&'p str, Vec<(u64, usize)>> = BTreeMap::new();
    for (at, page) in pages.iter().enumerate() {
        if let Some((outlet, number)) = &page.dated.numbered
            && (page.wording.is_some() || page.dated.sure.is_some())
        {
            all.entry(outlet.as_str()).or_default().push((*number, at));
        }
    }
    all.retain(|_, clock| clock.len() >= FEWEST);
    all.values_mut().for_each(|clock| clock.sort_unstable());
    all
}

fn scaled(mut days: Days) -> Days {
    let sum: f64 = days.iter().sum();
    if sum > 0.0 {
        days.iter_mut().for_each(|p| *p /= sum);
    }
    days
}

/// How likely each day is by the page alone and by those that share words with it.
fn by_itself(
    page: &Told<'_>,
    alike: &[(f64, usize)],
    heard: &[Heard],
    (first, count): (DayNumber, usize),
) -> Days {
    #[allow(clippy::cast_precision_loss)]
    let any = 1.0 / count as f64;
    let at = |day: DayNumber| usize::try_from(day - first).ok().filter(|at| *at < count);
    let mut days = vec![0.0; count];
    if let Some(sure) = page.dated.sure.and_then(at) {
        days.iter_mut().for_each(|p| *p = 0.1 * any);
        for (at, share) in [(Some(sure), 0.85), (sure.checked_sub(1), 0.05)] {
            if let Some(p) = at.and_then(|at| days.get_mut(at)) {
                *p += share;
            }
        }
        return scaled(days);
    }
    for (likeness, other) in alike {
        let worth = 1.0 / (1.0 + (6.0 - likeness).exp());
        for (at, likely) in heard.get(*other).into_iter().flatten() {
            if let Some(p) = days.get_mut(*at) {
                *p = 1.0 - (1.0 - *p) * (1.0 - (worth * likely).min(0.999));
            }
        }
    }
    let told: f64 = days.iter().sum();
    let rest = (1.0 - told).max(0.15) * any;
    for (p, day) in days.iter_mut().zip(first..) {
        *p = (*p + rest)
            * by_weekday(page.dated, day)
            * by_date(page.dated, day)
            * by_archive(page.dated, day);
    }
    let mut days = scaled(days);
    days.iter_mut().for_each(|p| *p = *p * (1.0 - ASTRAY) + ASTRAY * any);
    days
}

/// The first day of the week that a story names mostly is the day's own, or the day before.
fn by_weekday(dated: &Dated, day: DayNumber) -> f64 {
    match dated.weekdays.first() {
        None => 1.0,
        Some(named) if (day + 3).rem_euclid(7) == *named => 7.0,
        Some(named) if (day + 2).rem_euclid(7) == *named => 1.5,
        Some(_) => 0.2,
    }
}

/// A day of the year, of whichever year; one with its year says more.
fn by_date(dated: &Dated, day: DayNumber) -> f64 {
    let hits = dated.may.iter().map(|may| {
        let hit = match day - may {
            0 => 60.0,
            1 => 24.0,
            -1 => 12.0,
            _ => 0.0,
        };
        if dated.whole == Some(*may) { 60.0 * hit } else { hit }
    });
    if dated.may.is_empty() { 1.0 } else { 0.5 + hits.sum::<f64>() }
}

/// Kept soon after it was published, never before.
fn by_archive(dated: &Dated, day: DayNumber) -> f64 {
    match dated.not_after.map(|last| last - day) {
        None => 1.0,
        Some(0) => 400.0,
        Some(1) => 250.0,
        Some(2) => 150.0,
        Some(3..=7) => 20.0,
        Some(8..) => 0.1,
        Some(_) => 0.001,
    }
}

/// Likelihoods of an outlet's pages, each with all others of its clock.
fn together(clock: &[(u64, usize)], own: &[Days]) -> Vec<(usize, Days)> {
    let Some(pace) = pace(clock, own) else { return Vec::new() };
    let days = |at: usize| own.get(at).map(Vec::as_slice).unwrap_or_default();
    let step = |a: u64, b: u64| {
        #[allow(clippy::cast_precision_loss)]
        let apart = b.abs_diff(a) as f64;
        apart / pace
    };
    let mut before: Vec<Days> = Vec::with_capacity(clock.len());
    for (at, (number, page)) in clock.iter().enumerate() {
        let came = at.checked_sub(1).and_then(|last| Some((before.get(last)?, clock.get(last)?.0)));
        before.push(match came {
            Some((held, last)) => times(&moved(held, step(last, *number), false), days(*page)),
            None => days(*page).to_vec(),
        });
    }
    let mut after: Option<(Days, u64)> = None;
    let mut all = Vec::with_capacity(clock.len());
    for ((number, page), before) in clock.iter().zip(&before).rev() {
        let coming = after.as_ref().map(|(held, next)| moved(held, step(*number, *next), true));
        let here = coming.as_ref().map_or_else(|| days(*page).to_vec(), |coming| times(coming, days(*page)));
        all.push((*page, coming.map_or_else(|| before.clone(), |coming| times(&coming, before))));
        after = Some((here, *number));
    }
    all
}

fn times(a: &[f64], b: &[f64]) -> Days {
    scaled(a.iter().zip(b).map(|(a, b)| a * b).collect())
}

/// Likelihoods so many days on (or back): nearly as many days as expected, and never the other way.
fn moved(held: &[f64], expected: f64, back: bool) -> Days {
    let many = expected + 0.7;
    let step = |days: u32| {
        let few = f64::from(days) + 0.7;
        let share = (few / many).min(many / few);
        share.powi(STEADY)
    };
    let all = (0..u32::try_from(held.len()).unwrap_or(0)).map(step);
    let steady = scaled(all.collect());
    // A leap of the numbers: any of the days that were expected, or fewer.
    let leap =
        LEAPS / (many.floor() + 1.0).min(f64::from(u32::try_from(held.len()).unwrap_or(u32::MAX)).max(1.0));
    let each = steady
        .iter()
        .zip(0_u32..)
        .map(|(p, days)| if f64::from(days) <= many { p * (1.0 - LEAPS) + leap } else { p * (1.0 - LEAPS) });
    // What is left out hardly ever happens, and the floor stands for it.
    let steps: Days = each
        .zip(0_u32..)
        .take_while(|(p, days)| f64::from(*days) < many || *p > 1e-5)
        .map(|(p, _)| p)
        .collect();
    let most = held.iter().copied().fold(0.0, f64::max);
    let mut out = vec![NEVER; held.len()];
    for (from, p) in held.iter().enumerate().filter(|(_, p)| **p > most * NEGLIGIBLE) {
        if back {
            let to = out.get_mut(..=from).unwrap_or_default();
            to.iter_mut().rev().zip(&steps).for_each(|(out, step)| *out += p * step);
        } else {
            let to = out.get_mut(from..).unwrap_or_default();
            to.iter_mut().zip(&steps).for_each(|(out, step)| *out += p * step);
        }
    }
    out
}

/// How many numbers an outlet runs through in a day: the middle one of all pairs of days that are likely and go up with the numbers. Of all,
/// not of those about a page: where numbers leap every pair across the leap runs too fast. Nothing where they are too few.
fn pace(clock: &[(u64, usize)], own: &[Days]) -> Option<f64> {
    let mut hints: Vec<(u64, usize, f64)> = Vec::new();
    for (number, page) in clock {
        let days = own.get(*page)?;
        let likely = days.iter().copied().enumerate().filter(|(_, p)| *p > 0.03);
        let mut best: Vec<(usize, f64)> = likely.collect();
        best.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        hints.extend(best.iter().take(6).map(|(day, p)| (*number, *day, p.powf(1.5))));
    }
    let run: Vec<(u64, usize, f64)> = heaviest(hints).into_iter().filter(|hint| hint.2 > 0.01).collect();
    if run.len() < FEWEST {
        return None;
    }
    let mut pairs = Vec::new();
    for (n, (number, day, weight)) in run.iter().enumerate() {
        for (earlier, day_then, weight_then) in run.iter().take(n) {
            if number > earlier && *day >= day_then + 10 {
                #[allow(clippy::cast_precision_loss)]
                let (rise, days) = ((number - earlier) as f64, (day - day_then) as f64);
                let told = days.min(APART) / (APART + days).powi(2);
                pairs.push((rise / days, weight * weight_then * told));
            }
        }
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    (!pairs.is_empty()).then(|| middle(&pairs))
}

/// Of values in order the one at half of the weight.
fn middle(values: &[(f64, f64)]) -> f64 {
    let half = values.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let mut sum = 0.0;
    let found = values.iter().find(|(_, weight)| {
        sum += weight;
        sum >= half
    });
    found.map_or(1.0, |(value, _)| *value)
}

/// The heaviest run of hints in which days never go back as numbers go up.
fn heaviest(mut hints: Vec<(u64, usize, f64)>) -> Vec<(u64, usize, f64)> {
    hints.sort_by_key(|hint| (hint.0, hint.1));
    let mut best: Vec<(f64, Option<usize>)> = Vec::with_capacity(hints.len());
    for (number, day, weight) in &hints {
        let before = hints.iter().zip(&best).enumerate().filter(|(_, (h, _))| h.0 < *number && h.1 <= *day);
        let most =
            before.fold(
                None,
                |held: Option<(f64, usize)>, (at, (_, (sum, _)))| {
                    if held.is_none_or(|held| *sum > held.0) { Some((*sum, at)) } else { held }
                },
            );
        best.push(most.map_or((*weight, None), |(sum, at)| (sum + weight, Some(at))));
    }
    let sums: Vec<f64> = best.iter().map(|(sum, _)| *sum).collect();
    let mut at = (!sums.is_empty()).then(|| likeliest(&sums));
    let mut run = Vec::new();
    while let Some(now) = at {
        run.extend(hints.get(now).copied());
        at = best.get(now).and_then(|(_, before)| *before);
    }
    run.reverse();
    run
}

/// Of each page, the pages of other outlets that share most with it, and how much.
fn alike(pages: &[Told<'_>]) -> Vec<Vec<(f64, usize)>> {
    let words = Shared::of(pages, |w| w.words());
    let names = Shared::of(pages, |w| w.names());
    let one = |at: usize, page: &Told<'_>| -> Vec<(f64, usize)> {
        let (by_words, by_names) = (words.with(at), names.with(at));
        let mut all: Vec<(f64, usize)> = Vec::new();
        for (other, (them, (w, n))) in pages.iter().zip(by_words.iter().zip(&by_names)).enumerate() {
            if w + n > 0.0 && them.outlet != page.outlet {
                all.push((3.0 * w + 3.2 * n + 3.5 * w.sqrt() + agree(page, them), other));
            }
        }
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        all.truncate(HEARD);
        all
    };
    pages.iter().enumerate().map(|(at, page)| if page.posted { Vec::new() } else { one(at, page) }).collect()
}

/// How far what is coded of two pages agrees.
fn agree(a: &Told<'_>, b: &Told<'_>) -> f64 {
    let place = match (a.place, b.place) {
        (Some((x, _)), Some((y, _))) if x == y => 1.65,
        (Some((_, p)), Some((_, q))) if p.metres_to(q) < 4000 => 1.75,
        (Some((_, p)), Some((_, q))) if p.metres_to(q) > 15_000 => -0.8,
        _ => 0.0,
    };
    let killed = match (a.killed, b.killed) {
        (Some(x), Some(y)) if x == y => f64::from(u8::from(x >= 3)),
        (Some(_), Some(_)) => -0.2,
        _ => 0.0,
    };
    place + killed + if a.acts.is_disjoint(&b.acts) { 0.0 } else { 0.3 }
}

/// Which pages hold a mark, and how much all marks of a page weigh.
struct Shared {
    of: Vec<Vec<(u32, f64)>>,
    holders: BTreeMap<u32, Vec<usize>>,
    length: Vec<f64>,
    most: usize,
}

impl Shared {
    fn of(pages: &[Told<'_>], marks: impl Fn(&Wording) -> &[truceline_model::Mark]) -> Self {
        let of: Vec<Vec<(u32, f64)>> = pages
            .iter()
            .map(|page| {
                let marks = page.wording.as_ref().map(&marks).unwrap_or_default();
                marks.iter().map(|mark| (mark.hash, (f64::from(mark.surprise) / 1000.0).powi(2))).collect()
            })
            .collect();
        let mut holders: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (at, marks) in of.iter().enumerate() {
            marks.iter().for_each(|(mark, _)| holders.entry(*mark).or_default().push(at));
        }
        // What one page alone holds tells nothing, and makes no page longer.
        holders.retain(|_, pages| pages.len() > 1);
        let worth = |marks: &Vec<(u32, f64)>| {
            let sum: f64 = marks.iter().filter(|(m, _)| holders.contains_key(m)).map(|(_, w)| w).sum();
            sum.sqrt().max(1.0)
        };
        let length = of.iter().map(worth).collect();
        let with_text = of.iter().filter(|marks| !marks.is_empty()).count();
        Self { of, holders, length, most: with_text / SELDOM }
    }

    /// Likeness between nothing and one with each page.
    fn with(&self, at: usize) -> Vec<f64> {
        let mut all = vec![0.0; self.of.len()];
        for (mark, weight) in self.of.get(at).into_iter().flatten() {
            for other in self.holders.get(mark).filter(|all| all.len() <= self.most).into_iter().flatten() {
                if let Some(sum) = all.get_mut(*other) {
                    *sum += weight;
                }
            }
        }
        let here = self.length.get(at).copied().unwrap_or(1.0);
        all.iter_mut().zip(&self.length).for_each(|(sum, there)| *sum /= here * there);
        all
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use truceline_model::Mark;

    fn spans(pages: &[Told<'_>]) -> Vec<Option<Span>> {
        found(pages).spans
    }

    fn told<'p>(dated: &'p Dated, outlet: &str, marks: &[u32]) -> Told<'p> {
        let marks: Vec<Mark> = marks.iter().map(|hash| Mark { hash: *hash, surprise: 9000 }).collect();
        Told {
            dated,
            posted: dated.sure.is_some(),
            outlet: outlet.to_owned(),
            wording: Some(Wording::new(marks.clone(), marks)),
            place: None,
            killed: None,
            acts: BTreeSet::new(),
        }
    }

    fn numbered(number: u64) -> Dated {
        Dated { numbered: Some(("o.example".to_owned(), number)), ..Dated::default() }
    }

    fn post(day: DayNumber) -> Dated {
        Dated { sure: Some(day), ..Dated::default() }
    }

    /// Ten pages of an outlet that states no day, ten numbers a day; nine share words with a post of their day, and one with none.
    #[test]
    fn words_and_numbers_date_a_page_that_states_nothing() {
        let posts: Vec<Dated> = (0..10).map(|n| post(19_000 + n * 10)).collect();
        let silent: Vec<Dated> = (0..10).map(|n| numbered(5000 + n * 100)).collect();
        let mut pages: Vec<Told<'_>> = Vec::new();
        for (n, dated) in (0..10).zip(&posts) {
            let marks: Vec<u32> = (n * 20..n * 20 + 12).collect();
            pages.push(told(dated, "posts.example", &marks));
        }
        // Pages that share nothing, so that what two hold is seldom.
        let others: Vec<Dated> = (0..20).map(|n| post(19_000 + n)).collect();
        for (n, dated) in (0..20).zip(&others) {
            pages.push(told(dated, "others.example", &[9000 + n]));
        }
        for (n, dated) in (0..10_u32).zip(&silent) {
            let marks: Vec<u32> = if n == 4 { vec![7777] } else { (n * 20..n * 20 + 12).collect() };
            pages.push(told(dated, "silent.example", &marks));
        }
        let found = spans(&pages);
        let of_silent: Vec<Option<Span>> = found[30..].to_vec();
        for (n, span) in (0..10).zip(&of_silent) {
            let day = 19_000 + n * 10;
            assert!(span.is_some_and(|(a, b)| a - 2 <= day && day <= b + 2), "page {n}: {span:?}");
        }
        assert_eq!(of_silent[3], Some((19_030, 19_030)));
        pages.reverse();
        let mut again = spans(&pages);
        again.reverse();
        assert_eq!(again, found, "in whatever order they came");
    }

    #[test]
    fn without_a_post_or_a_word_nothing_is_said() {
        let bare = Dated::default();
        assert_eq!(spans(&[told(&bare, "o.example", &[1, 2])]), vec![None]);
        let (day, far) = (post(19_000), post(19_400));
        let pages =
            [told(&day, "a.example", &[1]), told(&far, "b.example", &[2]), told(&bare, "o.example", &[3])];
        assert_eq!(spans(&pages), vec![Some((19_000, 19_000)), Some((19_400, 19_400)), None]);
    }
}
