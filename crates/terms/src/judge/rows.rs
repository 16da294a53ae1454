//! Classes of values of one fact: values that no question tells apart stand together, and open facts get the values that
//! could be supposed.

use truceline_model::{Act, Alternatives, Answer, Fact, Target, Truth};

use super::case::{Class, Values};
use super::shape::Leaf;

impl<'a> Values<'a> {
    /// Adds a value to those of the class.
    pub(super) fn list(&mut self, value: &'a str) {
        if let Self::Listed(all) | Self::OneOf(all) | Self::NoneOf(all) = self {
            all.push(value);
        }
    }
}

pub(super) fn listed(value: &str) -> Class<'_> {
    Class { play: true, values: Values::Listed(vec![value]) }
}

/// Classes of a yes-or-no fact; unknown when `None`.
pub(super) fn yes_or_no(known: Option<bool>) -> Vec<Class<'static>> {
    match known {
        Some(true) => vec![listed("yes")],
        Some(false) => vec![listed("no")],
        None => vec![
            Class { play: true, values: Values::Open },
            Class { play: false, values: Values::Listed(vec!["yes"]) },
            Class { play: false, values: Values::Listed(vec!["no"]) },
        ],
    }
}

/// The truth of each question for one class.
pub(super) type Row<'a> = (Vec<Truth>, Class<'a>);

pub(super) fn answer_rows<'a>(
    answers: Option<&Alternatives<Answer>>,
    silence_means_no: bool,
) -> Vec<Row<'a>> {
    let given: Vec<Answer> =
        answers.into_iter().flat_map(Alternatives::iter).map(|(answer, _)| *answer).collect();
    if given.is_empty() && silence_means_no {
        return vec![(vec![Truth::False], listed("no"))];
    }
    let open = given.contains(&Answer::Unclear) || answers.is_none_or(Alternatives::is_open);
    let mut rows: Vec<Row<'a>> = Vec::new();
    if open {
        rows.push((vec![Truth::Unknown], Class { play: true, values: Values::Open }));
    }
    for (answer, truth, word) in [(Answer::Yes, Truth::True, "yes"), (Answer::No, Truth::False, "no")] {
        let play = given.contains(&answer);
        if play || open {
            rows.push((vec![truth], Class { play, values: Values::Listed(vec![word]) }));
        }
    }
    rows
}

/// The rows of a named fact for the questions asked of it: whether it holds, and whether nobody denies it.
pub(super) fn fact_rows<'a>(
    answers: Option<&Alternatives<Answer>>,
    silence_means_no: bool,
    leaves: &[Leaf<'_>],
) -> Vec<Row<'a>> {
    let silent = answers.is_none_or(Alternatives::is_empty);
    let wider = |(row, class): Row<'a>| {
        let truth = row.first().copied().unwrap_or(Truth::Unknown);
        let each = leaves.iter().map(|leaf| match leaf {
            Leaf::NotDenied(_) if silent && class.play => Truth::True,
            _ => truth,
        });
        (each.collect(), class)
    };
    answer_rows(answers, silence_means_no).into_iter().map(wider).collect()
}

/// The fact that a question is about; `None` for people, places, times and counts, which are told elsewhere.
pub(super) fn fact_of(leaf: &Leaf<'_>) -> Option<Fact> {
    Some(match leaf {
        Leaf::Act(_) => Fact::Act,
        Leaf::Weapon(_) => Fact::Weapon,
        Leaf::System(_) => Fact::System,
        Leaf::Target(_) => Fact::Target,
        Leaf::Struck(_) => Fact::Struck,
        Leaf::HeldBy(_) => Fact::HeldBy,
        Leaf::Holds(fact) | Leaf::NotDenied(fact) => Fact::Named((*fact).clone()),
        Leaf::Judged(judgement) => Fact::Judgement((*judgement).clone()),
        Leaf::Member(_)
        | Leaf::DoneBy(_)
        | Leaf::CommandedBy(_)
        | Leaf::In(_)
        | Leaf::Near(..)
        | Leaf::Counted(_)
        | Leaf::From(_)
        | Leaf::Daily(..)
        | Leaf::WholeDay => return None,
    })
}

/// Whether a target is one of those asked for.
pub(super) fn target_truth(target: Target, leaf: &Leaf<'_>) -> Truth {
    matches!(leaf, Leaf::Target(set) if set.contains(&target)).into()
}

/// A blast of a kind not stated, or an act that no word names, may be what the clause names: unknown, never *no*.
pub(super) fn act_truths(act: Act, leaves: &[Leaf<'_>]) -> Vec<Truth> {
    let each = leaves.iter().map(|leaf| match leaf {
        Leaf::Act(set) if set.contains(&act) => Truth::True,
        Leaf::Act(set) if act == Act::Explosion && set.iter().any(|one| BLASTS.contains(one)) => {
            Truth::Unknown
        }
        _ => Truth::False,
    });
    each.collect()
}

/// Acts that a blast of a kind not stated may turn out to be.
const BLASTS: [Act; 6] =
    [Act::Airstrike, Act::RocketFire, Act::Shelling, Act::MortarFire, Act::MissileStrike, Act::Bombing];

/// Classes of a fact whose values are words of the vocabulary.
pub(super) fn words<'a, T: Copy + Ord>(
    given: &Alternatives<T>,
    open_by_sources: bool,
    all: &[T],
    word: impl Fn(T) -> &'static str,
    truths: impl Fn(T) -> Vec<Truth>,
) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> = Vec::new();
    let mut open = open_by_sources;
    for (value, _) in given.iter() {
        let row = truths(*value);
        let vague = row.contains(&Truth::Unknown);
        open |= vague;
        match rows.iter_mut().find(|(other, _)| *other == row) {
            Some((_, class)) => class.values.list(word(*value)),
            None => {
                let values = if vague { Values::Open } else { Values::Listed(vec![word(*value)]) };
                rows.push((row, Class { play: true, values }));
            }
        }
    }
    if !open {
        return rows;
    }
    let listed = rows.len();
    for value in all {
        let row = truths(*value);
        if row.contains(&Truth::Unknown) {
            continue;
        }
        match rows.iter_mut().position(|(other, _)| *other == row) {
            Some(place) if place < listed => {}
            Some(place) => {
                if let Some((_, class)) = rows.get_mut(place) {
                    class.values.list(word(*value));
                }
            }
            None => rows.push((row, Class { play: false, values: Values::OneOf(vec![word(*value)]) })),
        }
    }
    nothing_of_it(&mut rows, all, word, &truths);
    if open_by_sources {
        let whole = common(all.iter().map(|value| truths(*value)));
        add_open(&mut rows, whole);
    }
    rows
}

/// The class that satisfies no question is named by what it is not, which is shorter.
fn nothing_of_it<T: Copy>(
    rows: &mut [Row<'_>],
    all: &[T],
    word: impl Fn(T) -> &'static str,
    truths: impl Fn(T) -> Vec<Truth>,
) {
    let something = |row: &[Truth]| row.iter().any(|truth| *truth != Truth::False);
    let named: Vec<&'static str> =
        all.iter().filter(|value| something(&truths(**value))).map(|value| word(*value)).collect();
    for (row, class) in rows {
        if !something(row) && matches!(class.values, Values::OneOf(_)) && !named.is_empty() {
            class.values = Values::NoneOf(named.clone());
        }
    }
}

/// What holds of a value that is not known: what holds of all, else unknown.
fn common(rows: impl Iterator<Item = Vec<Truth>>) -> Vec<Truth> {
    let joined = rows.reduce(|mut all, row| {
        for (truth, next) in all.iter_mut().zip(row) {
            if *truth != next {
                *truth = Truth::Unknown;
            }
        }
        all
    });
    joined.unwrap_or_default()
}

pub(super) fn add_open(rows: &mut Vec<Row<'_>>, whole: Vec<Truth>) {
    match rows.iter_mut().find(|(row, class)| *row == whole && class.play) {
        Some(_) => {}
        None => rows.push((whole, Class { play: true, values: Values::Open })),
    }
}
