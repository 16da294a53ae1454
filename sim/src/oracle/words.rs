//! The oracle's reading of values and suppositions, one by one.

use std::collections::BTreeSet;

use truceline_model::{Act, Alternatives, Answer, Bounds, Fact, Instant, Qualifier, Truth};

/// What holds of every word of the vocabulary holds of one that is not known.
pub(super) fn common<T: Copy>(all: &[T], truth: impl Fn(T) -> Truth) -> Truth {
    let truths: BTreeSet<Truth> = all.iter().map(|word| truth(*word)).collect();
    if truths.len() == 1 { truths.first().copied().unwrap_or(Truth::Unknown) } else { Truth::Unknown }
}

/// A blast of a kind not stated may be any act that makes one.
pub(super) fn blast(acts: &BTreeSet<Act>) -> Truth {
    let blasts =
        [Act::Airstrike, Act::RocketFire, Act::Shelling, Act::MortarFire, Act::MissileStrike, Act::Bombing];
    if blasts.iter().any(|act| acts.contains(act)) { Truth::Unknown } else { Truth::False }
}

pub(super) fn named_values(given: Option<&Alternatives<Answer>>, claim: bool) -> BTreeSet<Truth> {
    let answers: Vec<Answer> = given.into_iter().flat_map(|g| g.iter().map(|(a, _)| *a)).collect();
    let truth = |answer: &Answer| match answer {
        Answer::Yes => Truth::True,
        Answer::No => Truth::False,
        Answer::Unclear => Truth::Unknown,
    };
    let mut all: BTreeSet<Truth> = answers.iter().map(truth).collect();
    if answers.is_empty() {
        all.insert(if claim { Truth::False } else { Truth::Unknown });
    } else if given.is_some_and(Alternatives::is_open) {
        all.insert(Truth::Unknown);
    }
    all
}

pub(super) fn words<T: Copy + Ord>(
    given: &Alternatives<T>,
    all: &[T],
    word: impl Fn(T) -> &'static str,
    fact: Fact,
) -> Vec<(Fact, String)> {
    let listed = given.iter().map(|(value, _)| *value);
    let every: BTreeSet<T> = if given.is_open() { all.iter().copied().collect() } else { listed.collect() };
    every.into_iter().map(|value| (fact.clone(), word(value).to_owned())).collect()
}

/// The values of a fact: those given and, where it is open, one that is not known; or what is supposed.
pub(super) fn values<T: Clone + Ord>(
    given: &Alternatives<T>,
    supposed: Option<&String>,
    all: &[T],
    word: impl Fn(&T) -> String,
) -> Vec<Option<T>> {
    match supposed {
        None => {
            let open = given.is_open().then_some(None);
            given.iter().map(|(value, _)| Some(value.clone())).chain(open).collect()
        }
        Some(text) => {
            let exactly = given.iter().map(|(value, _)| value).filter(|value| word(value) == *text);
            let fitting: BTreeSet<T> =
                all.iter().filter(|value| fits(text, &word(value))).chain(exactly).cloned().collect();
            fitting.into_iter().map(Some).collect()
        }
    }
}

/// `a`, `one of a, b`, `not a`, `none of a, b`.
pub(super) fn fits(text: &str, word: &str) -> bool {
    let among = |list: &str| list.split(", ").any(|one| one == word);
    if let Some(list) = text.strip_prefix("one of ") {
        among(list)
    } else if let Some(list) = text.strip_prefix("none of ").or_else(|| text.strip_prefix("not ")) {
        !among(list)
    } else {
        text == word
    }
}

/// Up to when, from when: `before X`, `from X`, `from X before Y`; other words say nothing on it.
pub(super) fn bounds_of(text: &str) -> (Instant, Instant) {
    let mut bounds = (Instant::FAR_PAST, Instant::FAR_FUTURE);
    let mut words = text.split(' ');
    while let Some(word) = words.next() {
        let mut stamp = || {
            Instant::parse(words.next().unwrap_or_default()).expect("cruxes write moments that can be read")
        };
        match word {
            "before" => bounds.1 = stamp(),
            "from" => bounds.0 = stamp(),
            _ => {}
        }
    }
    bounds
}

/// The hours that a supposition on time names: `daily 22:00-06:00` or `not daily 22:00-06:00`.
pub(super) fn hours_of(text: &str) -> Vec<(u32, u32, bool)> {
    let part = |part: &str| {
        let (not, hours) = match part.strip_prefix("not ") {
            Some(rest) => (true, rest),
            None => (false, part),
        };
        let (from, until) = hours.strip_prefix("daily ")?.split_once('-')?;
        let second = |clock: &str| {
            let (hour, minute) = clock.split_once(':')?;
            Some(hour.parse::<u32>().ok()? * 3600 + minute.parse::<u32>().ok()? * 60)
        };
        Some((second(from)?, second(until)?, !not))
    };
    text.split(" and ").filter_map(part).collect()
}

/// A figure as suppositions write it: `540`, `500-600`, `at least 500`, `fewer than 600`.
pub(super) fn figure(text: &str) -> Bounds {
    let number = |text: &str| text.parse::<u32>().expect("cruxes write figures that can be read");
    if let Some(least) = text.strip_prefix("at least ") {
        Bounds { min: number(least), max: None, qualifier: Qualifier::AtLeast }
    } else if let Some(beyond) = text.strip_prefix("fewer than ") {
        Bounds { min: 0, max: Some(number(beyond) - 1), qualifier: Qualifier::AtMost }
    } else {
        let (least, most) = text.split_once('-').unwrap_or((text, text));
        Bounds::range(number(least), number(most)).expect("a range")
    }
}
