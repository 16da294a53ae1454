//! What speaks for and against two reports telling of one event: evidence that adds up in the open.
//!
//! Integers only, symmetric, and the same on every machine. A rival attribution never speaks against: it is what two
//! accounts of one event look like. Reasons in words are made only when a link is shown, from the same evidence.

use std::collections::BTreeSet;

use truceline_model::{Act, AreaId, LinkReason, Mark, Qualifier, Shape, Target, Wording};

use crate::likely::one_day;
use crate::locate::holds;
use crate::resolve::Context;
use crate::rules::{log2_thousandths, step};
use crate::unit::{Account, Unit};
use crate::wording::{part_shared, shared};

/// One piece of evidence: its name, what was compared, what it weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece<S> {
    seen: S,
    weight: i32,
}

/// How two places stand to one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nearness {
    SameName { within_m: u32 },
    Meet { metres: u64, radii_m: u64 },
    MeetUnderOtherNames { metres: u64, radii_m: u64 },
    Missed { metres: u64, radii_m: u64 },
    Holds,
    Governorate,
    Apart { metres: u64, radii_m: u64 },
    Elsewhere,
    Unknown,
}

/// How two times stand to one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Timing {
    Overlap { shared_s: i64, longer_s: i64 },
    Gap { seconds: i64 },
    Likely { millionths: u64 },
    Unknown,
}

/// How two sets of words stand to one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Likeness {
    Same,
    SameRare,
    General,
    MixedUp,
    Other,
    Silent,
}

/// Everything that was compared between two units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Evidence {
    place: Piece<Nearness>,
    time: Piece<Timing>,
    act: Piece<Likeness>,
    weapon: Piece<Likeness>,
    target: Piece<Likeness>,
    actor: Piece<Likeness>,
    killed: Piece<Likeness>,
    /// The surprise of shared words and of shared names; none where one came without words.
    words: Option<Piece<u64>>,
    names: Option<Piece<u64>>,
    /// How large a part of them is shared, in hundredths.
    words_share: Option<Piece<u64>>,
    names_share: Option<Piece<u64>>,
    /// How many pages, pictures or films both show or quote; none where they share none.
    media: Option<Piece<usize>>,
    coincidence: Piece<u32>,
}

/// Why two units cannot be one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exclusion {
    /// Their places exclude one another, or nothing says that they are near.
    Place,
    /// Their times exclude one another.
    Time,
}

impl Exclusion {
    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Time => "time",
        }
    }
}

/// Compares two units; the order of the two does not matter.
pub(crate) fn weigh(a: &Unit<'_>, b: &Unit<'_>, ctx: &Context<'_>) -> Result<Evidence, Exclusion> {
    weigh_accounts(&a.account, &b.account, a.crowd.max(b.crowd), ctx)
}

/// Compares two accounts, found among so many reports.
pub(crate) fn weigh_accounts(
    a: &Account,
    b: &Account,
    crowd: u32,
    ctx: &Context<'_>,
) -> Result<Evidence, Exclusion> {
    let time = timing(a, b, ctx)?;
    let place = nearness(a, b, ctx)?;
    let (by_words, words_share) =
        wording(a, b, |w| w.words(), &ctx.rules.wording.words, &ctx.rules.wording.words_share);
    let (by_names, names_share) =
        wording(a, b, |w| w.names(), &ctx.rules.wording.names, &ctx.rules.wording.names_share);
    let weight = -(log2_thousandths(crowd) / 10).saturating_mul(ctx.rules.coincidence / 10) / 10;
    Ok(Evidence {
        place,
        time,
        act: act(a, b, ctx),
        weapon: words(&a.weapons, &b.weapons, ctx.rules.what.same_weapon, ctx.rules.what.other_weapon),
        target: target(a, b, ctx),
        actor: actor(a, b, ctx),
        killed: killed(a, b, ctx),
        words: by_words,
        names: by_names,
        words_share,
        names_share,
        media: media(a, b, ctx),
        coincidence: Piece { seen: crowd, weight },
    })
}

impl Evidence {
    /// The sum of all weights, in thousandths.
    pub(crate) fn score(&self) -> i32 {
        [
            self.place.weight,
            self.time.weight,
            self.act.weight,
            self.weapon.weight,
            self.target.weight,
            self.actor.weight,
            self.killed.weight,
            self.wording().map_or(0, |(stronger, _)| stronger),
            self.words_share.map_or(0, |piece| piece.weight),
            self.names_share.map_or(0, |piece| piece.weight),
            self.media.map_or(0, |piece| piece.weight),
            self.coincidence.weight,
        ]
        .into_iter()
        .fold(0, i32::saturating_add)
    }

    /// Of words and names the stronger, and whether it is the words: both mostly say the same, so they are not added up.
    fn wording(&self) -> Option<(i32, bool)> {
        let (words, names) = (self.words?, self.names?);
        Some((words.weight.max(names.weight), words.weight >= names.weight))
    }

    /// The weight of every piece that was compared but coincidence; pieces on which one side is silent are left out.
    pub(crate) fn weights(&self) -> Vec<i32> {
        let words = [self.act, self.weapon, self.target, self.actor, self.killed];
        let said = words.into_iter().filter(|piece| piece.seen != Likeness::Silent).map(|piece| piece.weight);
        let shared = [self.words, self.names, self.words_share, self.names_share]
            .into_iter()
            .flatten()
            .map(|piece| piece.weight)
            .chain(self.media.map(|piece| piece.weight));
        [self.place.weight, self.time.weight].into_iter().chain(said).chain(shared).collect()
    }

    /// Every piece that was compared, strongest first; pieces on which one side is silent are left out.
    pub(crate) fn reasons(&self) -> Vec<LinkReason> {
        let mut all = vec![
            LinkReason { evidence: "distance", seen: self.place.seen.words(), weight: self.place.weight },
            LinkReason { evidence: "time", seen: self.time.seen.words(), weight: self.time.weight },
            LinkReason {
                evidence: "coincidence",
                seen: format!("{} reports or more in that area and time", self.coincidence.seen),
                weight: self.coincidence.weight,
            },
        ];
        let words = [
            ("act", self.act),
            ("weapon", self.weapon),
            ("target", self.target),
            ("actor", self.actor),
            ("casualties", self.killed),
        ];
        for (evidence, piece) in words {
            if let Some(seen) = piece.seen.words(evidence) {
                all.push(LinkReason { evidence, seen: seen.to_owned(), weight: piece.weight });
            }
        }
        all.extend(self.wording_reasons());
        all.extend(self.media.map(|piece| LinkReason {
            evidence: "media",
            seen: format!("both show or quote {} of the same pages, pictures or films", piece.seen),
            weight: piece.weight,
        }));
        all.sort_by_key(|r| (std::cmp::Reverse(r.weight.unsigned_abs()), r.evidence));
        all
    }

    /// What two texts share; the weaker of words and names is shown and weighs nothing.
    fn wording_reasons(&self) -> Vec<LinkReason> {
        let (Some(words), Some(names), Some((weight, by_words))) = (self.words, self.names, self.wording())
        else {
            return Vec::new();
        };
        let one = |evidence, seen: u64, counts: bool| {
            let rest = if counts { "" } else { "; counted with the other" };
            let seen = format!("share {} doublings of surprise{rest}", seen / 1000);
            LinkReason { evidence, seen, weight: if counts { weight } else { 0 } }
        };
        let part = |evidence, piece: Option<Piece<u64>>| {
            let piece = piece.filter(|piece| piece.weight != 0)?;
            let seen = format!("share {} in a hundred of their surprise", piece.seen);
            Some(LinkReason { evidence, seen, weight: piece.weight })
        };
        let mut all = vec![one("wording", words.seen, by_words), one("names", names.seen, !by_words)];
        all.extend(part("words-share", self.words_share));
        all.extend(part("names-share", self.names_share));
        all
    }
}

impl Nearness {
    fn words(self) -> String {
        match self {
            Self::SameName { within_m } => format!("one named place, within {within_m} m"),
            Self::Meet { metres, radii_m } => format!("{metres} m apart, known to {radii_m} m together"),
            Self::MeetUnderOtherNames { metres, radii_m } => {
                format!("{metres} m apart, known to {radii_m} m together, under two names")
            }
            Self::Missed { metres, radii_m } => {
                format!("{metres} m apart, but known to {radii_m} m together")
            }
            Self::Holds => "one place holds the other".to_owned(),
            Self::Governorate => "only the governorate is shared".to_owned(),
            Self::Apart { metres, radii_m } => {
                format!("{metres} m apart, far more than the {radii_m} m to which they are known together")
            }
            Self::Elsewhere => "no governorate is shared".to_owned(),
            Self::Unknown => "one gives no place".to_owned(),
        }
    }
}

impl Timing {
    fn words(self) -> String {
        match self {
            Self::Overlap { shared_s, longer_s } => format!("share {shared_s} s of {longer_s} s"),
            Self::Gap { seconds } => format!("{seconds} s apart"),
            Self::Likely { millionths } => {
                format!("a day was inferred; of one day with a likelihood of {millionths} in a million")
            }
            Self::Unknown => "one gives no time".to_owned(),
        }
    }
}

impl Likeness {
    fn words(self, of: &str) -> Option<&'static str> {
        Some(match (self, of) {
            (Self::Silent, _) => return None,
            (Self::Same | Self::SameRare, "casualties") => "same number",
            (Self::General, "casualties") => "one number could satisfy both",
            (Self::MixedUp, "casualties") => "no number satisfies both, but near",
            (Self::Other, "casualties") => "far apart; tolls grow and lists are incomplete",
            (Self::Other, "actor") => "rival, which does not count against",
            (Self::Same, _) => "in common",
            (Self::SameRare, _) => "in common, seldom named",
            (Self::General, _) => "one is general",
            (Self::MixedUp, _) => "of kinds that are mixed up",
            (Self::Other, _) => "nothing in common",
        })
    }
}

/// Of different things that two show nothing follows: most films have many.
fn media(a: &Account, b: &Account, ctx: &Context<'_>) -> Option<Piece<usize>> {
    let shared = a.media.intersection(&b.media).count();
    (shared > 0).then_some(Piece { seen: shared, weight: ctx.rules.what.same_media })
}

fn timing(a: &Account, b: &Account, ctx: &Context<'_>) -> Result<Piece<Timing>, Exclusion> {
    let rule = &ctx.rules.time;
    let (Some(a), Some(b)) = (a.when, b.when) else {
        return Ok(match one_day(a, b) {
            Some(millionths) => {
                let neither = a.when.is_none() && b.when.is_none();
                let steps = if neither { &rule.both_likely } else { &rule.likely };
                Piece { seen: Timing::Likely { millionths }, weight: step(steps, millionths) }
            }
            None => Piece { seen: Timing::Unknown, weight: rule.unknown },
        });
    };
    let longer_s = a.seconds().max(b.seconds());
    if let Some(shared) = a.intersect(b) {
        let weight = match longer_s {
            0..=10_800 => rule.same_hour,
            // A local day has up to 25 hours.
            10_801..=90_000 => rule.same_day,
            90_001..=262_800 => rule.same_days,
            _ => rule.wide,
        };
        return Ok(Piece { seen: Timing::Overlap { shared_s: shared.seconds(), longer_s }, weight });
    }
    let seconds = a.gap_seconds(b);
    if seconds > rule.gap_limit_s {
        return Err(Exclusion::Time);
    }
    let weight = if seconds <= rule.next_day_s { rule.next_day } else { rule.days_apart };
    Ok(Piece { seen: Timing::Gap { seconds }, weight })
}

fn nearness(a: &Account, b: &Account, ctx: &Context<'_>) -> Result<Piece<Nearness>, Exclusion> {
    let rule = &ctx.rules.place;
    let name_within = shared_name(a, b, ctx);
    let same_name = |within_m: u32| {
        let weight = step(&rule.same_name, within_m.into());
        Ok(Piece { seen: Nearness::SameName { within_m }, weight })
    };
    let apart = |seen: Nearness, weight: i32| {
        if rule.apart_excludes { Err(Exclusion::Place) } else { Ok(Piece { seen, weight }) }
    };
    let vague = |u: &Account| u.at.point.is_none() || u.at.within_m > ctx.rules.vague_from_m;
    if let (Some(p), Some(q)) = (a.at.point, b.at.point)
        && !vague(a)
        && !vague(b)
    {
        let metres = p.metres_to(q);
        let radii_m = u64::from(a.at.within_m) + u64::from(b.at.within_m);
        // A city's name brings no two quarters of it together.
        if metres > radii_m + u64::from(ctx.rules.gap_limit_m) {
            return apart(Nearness::Apart { metres, radii_m }, rule.apart);
        }
        if let Some(within_m) = name_within {
            return same_name(within_m);
        }
        if metres > radii_m {
            return Ok(Piece { seen: Nearness::Missed { metres, radii_m }, weight: rule.just_missed });
        }
        // Two discs that meet at their rims are less near than two about one point.
        let weight = step(&rule.near, radii_m.max(metres * 2));
        let names_an_area = |u: &Account| !u.at.named.is_empty() && u.at.within_m > rule.site_within_m;
        return Ok(if names_an_area(a) && names_an_area(b) && !one_holds_the_other(a, b, ctx) {
            let seen = Nearness::MeetUnderOtherNames { metres, radii_m };
            Piece { seen, weight: weight.saturating_add(rule.other_name) }
        } else {
            Piece { seen: Nearness::Meet { metres, radii_m }, weight }
        });
    }
    if let Some(within_m) = name_within {
        return same_name(within_m);
    }
    if a.at.says_nothing() || b.at.says_nothing() {
        return Ok(Piece { seen: Nearness::Unknown, weight: rule.unknown });
    }
    // Without a shared governorate nothing brings them together.
    if a.at.governorates.is_disjoint(&b.at.governorates) {
        return apart(Nearness::Elsewhere, rule.elsewhere);
    }
    if one_holds_the_other(a, b, ctx) {
        return Ok(Piece { seen: Nearness::Holds, weight: rule.holds });
    }
    Ok(Piece { seen: Nearness::Governorate, weight: rule.governorate })
}

fn wording(
    a: &Account,
    b: &Account,
    of: impl Fn(&Wording) -> &[Mark],
    steps: &[(u32, i32)],
    parts: &[(u32, i32)],
) -> (Option<Piece<u64>>, Option<Piece<u64>>) {
    let (Some(x), Some(y)) = (a.wording.as_ref().map(&of), b.wording.as_ref().map(&of)) else {
        return (None, None);
    };
    let (seen, part) = (shared(x, y), part_shared(x, y));
    let (whole, of_it) = (step(steps, seen), step(parts, part));
    (Some(Piece { seen, weight: whole }), Some(Piece { seen: part, weight: of_it }))
}

/// How narrow the narrowest place that both name is, by its own radius and by both reports'; `None` when they share none.
fn shared_name(a: &Account, b: &Account, ctx: &Context<'_>) -> Option<u32> {
    let radius = |id: &AreaId| match ctx.areas.get(id).map(|area| &area.shape) {
        Some(Shape::Disc(_, radius)) => *radius,
        _ => 0,
    };
    let narrowest = a.at.named.intersection(&b.at.named).map(radius).min()?;
    Some(narrowest.max(a.at.within_m).max(b.at.within_m))
}

fn one_holds_the_other(a: &Account, b: &Account, ctx: &Context<'_>) -> bool {
    let within = |outer: &Account, inner: &Account| {
        outer.at.named.iter().any(|o| inner.at.named.iter().any(|i| holds(ctx.areas, o, i)))
    };
    within(a, b) || within(b, a)
}

fn act(a: &Account, b: &Account, ctx: &Context<'_>) -> Piece<Likeness> {
    let (rule, rules) = (&ctx.rules.what, ctx.rules);
    if a.acts.is_empty() || b.acts.is_empty() {
        return Piece { seen: Likeness::Silent, weight: 0 };
    }
    let mut shared = a.acts.intersection(&b.acts).peekable();
    if shared.peek().is_some() {
        let rare = shared.any(|act| rules.rare_acts.contains(act));
        return if rare {
            Piece { seen: Likeness::SameRare, weight: rule.same_rare_act }
        } else {
            Piece { seen: Likeness::Same, weight: rule.same_act }
        };
    }
    let pairs = || a.acts.iter().flat_map(|x| b.acts.iter().map(move |y| (*x, *y)));
    if pairs().any(|(x, y)| rules.act_leaves_room(x, y) || rules.act_leaves_room(y, x)) {
        return Piece { seen: Likeness::General, weight: rule.general_act };
    }
    if pairs().any(|(x, y)| is_fire(x) && is_fire(y)) {
        return Piece { seen: Likeness::MixedUp, weight: rule.mixed_up_act };
    }
    Piece { seen: Likeness::Other, weight: rule.other_act }
}

/// Fire from afar: sources mix its kinds up, since those below see only what bursts.
fn is_fire(act: Act) -> bool {
    matches!(
        act,
        Act::Airstrike
            | Act::RocketFire
            | Act::Shelling
            | Act::MortarFire
            | Act::MissileStrike
            | Act::ChemicalAttack
    )
}

fn words<T: Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>, same: i32, other: i32) -> Piece<Likeness> {
    if a.is_empty() || b.is_empty() {
        Piece { seen: Likeness::Silent, weight: 0 }
    } else if a.is_disjoint(b) {
        Piece { seen: Likeness::Other, weight: other }
    } else {
        Piece { seen: Likeness::Same, weight: same }
    }
}

fn target(a: &Account, b: &Account, ctx: &Context<'_>) -> Piece<Likeness> {
    let (rule, rare) = (&ctx.rules.what, &ctx.rules.rare_targets);
    if a.targets.is_empty() || b.targets.is_empty() {
        return Piece { seen: Likeness::Silent, weight: 0 };
    }
    if a.targets.intersection(&b.targets).any(|t| rare.contains(t)) {
        return Piece { seen: Likeness::SameRare, weight: rule.same_rare_target };
    }
    let names_rare = |targets: &BTreeSet<Target>| targets.iter().any(|t| rare.contains(t));
    let other = if names_rare(&a.targets) && names_rare(&b.targets) { rule.other_rare_target } else { 0 };
    words(&a.targets, &b.targets, rule.same_target, other)
}

fn actor(a: &Account, b: &Account, ctx: &Context<'_>) -> Piece<Likeness> {
    let rule = &ctx.rules.what;
    if a.actors.is_empty() || b.actors.is_empty() {
        return Piece { seen: Likeness::Silent, weight: 0 };
    }
    if !a.sides.is_disjoint(&b.actors) || !b.sides.is_disjoint(&a.actors) {
        return Piece { seen: Likeness::Same, weight: rule.same_actor };
    }
    Piece { seen: Likeness::Other, weight: rule.rival_actor }
}

fn killed(a: &Account, b: &Account, ctx: &Context<'_>) -> Piece<Likeness> {
    let rule = &ctx.rules.casualties;
    let (Some(x), Some(y)) = (a.killed, b.killed) else {
        return Piece { seen: Likeness::Silent, weight: 0 };
    };
    if x.qualifier == Qualifier::Exactly && x == y && x.min >= 3 {
        let weight = if x.min >= 10 { rule.same_large } else { rule.same_small };
        return Piece { seen: Likeness::Same, weight };
    }
    if x.qualifier == Qualifier::Exactly && x == y && x.min >= 1 {
        return Piece { seen: Likeness::General, weight: rule.same_few };
    }
    if x.compatible(y) {
        return Piece { seen: Likeness::General, weight: rule.compatible };
    }
    let (low, high) = if x.min < y.min { (x, y) } else { (y, x) };
    if high.min < low.max.unwrap_or(u32::MAX).saturating_mul(4) {
        Piece { seen: Likeness::MixedUp, weight: rule.differs }
    } else {
        Piece { seen: Likeness::Other, weight: rule.far_apart }
    }
}
