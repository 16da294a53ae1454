//! The oracle's reading of values and suppositions, one by one.

use std::collections::BTreeSet;

use truceline_model::{Act, Alternatives, Answer, Fact, Instant, Truth};

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

/// `before X`, `from X`, `from X before Y`, `any`.
pub(super) fn time_fits(text: &str, at: Instant) -> bool {
    let mut words = text.split(' ');
    let mut good = true;
    while let (Some(word), Some(stamp)) = (words.next(), words.next()) {
        let stamp = Instant::parse(stamp).expect("cruxes write moments that can be read");
        good &= if word == "before" { at < stamp } else { stamp <= at };
    }
    good
}
