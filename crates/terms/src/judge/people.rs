//! Who did it, or under whose command: actors that a clause treats alike stand together.
//!
//! Names that sources give come first; where it is open who it was, others are offered that could be supposed. A description
//! answers nothing for certain and leaves it open.

use truceline_model::{ActorId, Alternatives, Truth};

use super::Judge;
use super::case::{Class, Values};
use super::compile::Bind;

/// How a clause treats somebody: bound or not in each stretch of time, and the truth of each question on sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) binds: Vec<Bind>,
    pub(super) member: Vec<Truth>,
}

/// People treated alike.
pub(super) struct Group<'a> {
    pub(super) how: Person,
    /// The one actor whose own acceptance it turns on.
    pub(super) whose: Option<&'a ActorId>,
    pub(super) class: Class<'a>,
}

/// Groups of those named; with `unknown` (how somebody not known is treated) also of those who could be supposed.
pub(super) fn groups<'a>(
    judge: &'a Judge<'a>,
    given: &'a Alternatives<ActorId>,
    unknown: Option<Person>,
    offered: &[&'a ActorId],
    how: impl Fn(&ActorId) -> Person,
) -> Vec<Group<'a>> {
    let mut rows: Vec<Group<'a>> = Vec::new();
    let mut open = unknown.is_some();
    for (actor, _) in given.iter() {
        let how = how(actor);
        let turns = how.binds.contains(&Bind::Turns);
        let vague = judge.known.unspecified(actor);
        open |= vague;
        let same = rows.iter_mut().find(|row| {
            row.how == how && !turns && row.whose.is_none() && (row.class.values == Values::Open) == vague
        });
        match (same, vague) {
            (Some(row), false) => row.class.values.list(actor.as_str()),
            (Some(_), true) => {}
            (None, _) => {
                let values = if vague { Values::Open } else { Values::Listed(vec![actor.as_str()]) };
                let class = Class { play: true, values };
                rows.push(Group { how, whose: turns.then_some(actor), class });
            }
        }
    }
    if open {
        supposed(&mut rows, offered, &how);
    }
    if let Some(how) = unknown
        && !rows.iter().any(|row| row.how == how && row.class.play)
    {
        rows.push(Group { how, whose: None, class: Class { play: true, values: Values::Open } });
    }
    rows
}

/// People whom nobody named, by how the clause treats them; somebody whose own acceptance is not found is not offered,
/// because supposing it would open a second question.
fn supposed<'a>(rows: &mut Vec<Group<'a>>, offered: &[&'a ActorId], how: &impl Fn(&ActorId) -> Person) {
    let listed = rows.len();
    for actor in offered {
        let how = how(actor);
        if how.binds.iter().any(|bind| matches!(bind, Bind::Turns | Bind::Unknown)) {
            continue;
        }
        match rows.iter().position(|row| row.how == how && row.class.values != Values::Open) {
            Some(place) if place < listed => {}
            Some(place) => {
                if let Some(row) = rows.get_mut(place) {
                    row.class.values.list(actor.as_str());
                }
            }
            None => {
                let class = Class { play: false, values: Values::OneOf(vec![actor.as_str()]) };
                rows.push(Group { how, whose: None, class });
            }
        }
    }
}

/// Adds that it was none of these, unless somebody named is treated so.
pub(super) fn nobody<'a>(rows: &mut Vec<Group<'a>>, how: &Person, of: &[&'a ActorId]) {
    if !rows.iter().any(|row| row.how == *how && row.class.values != Values::Open) {
        let values = Values::NoneOf(of.iter().map(|actor| actor.as_str()).collect());
        rows.push(Group { how: how.clone(), whose: None, class: Class { play: false, values } });
    }
}
