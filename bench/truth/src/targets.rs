//! What a free text of a target means: a word of the vocabulary, whose forces were struck, who held the ground.

use truceline_model::{Actor, ActorId};

use crate::resolve::Resolver;
use crate::tables::{Class, Fits, Tables};
use crate::words::words;

/// A target, read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Struck {
    /// The vocabulary's word; `None` when the text points to none.
    pub target: Option<String>,
    /// Its class.
    pub class: Option<Class>,
    /// Whose forces or property.
    pub whose: Option<ActorId>,
    /// Who held the ground.
    pub ground: Option<ActorId>,
}

/// Forces of a side are called by these words when no group is named.
const GOVERNMENT: &str = "government-side";
const OPPOSITION: &str = "armed-opposition";

/// Reads one target. A party named together with forces, positions or nothing more: its forces. With an *area*: ground that it holds.
/// With people or things that are no forces: those, and nobody's forces were struck.
#[must_use]
pub fn read(text: &str, resolver: &Resolver<'_>, tables: &Tables) -> Struck {
    let said = words(text);
    let party = resolver.sides_in(text).into_iter().next();
    let rule = tables.target(&said);
    let class = rule.and_then(|rule| rule.class);
    let opposition = party.is_none() && said.iter().any(|word| word == "opposition" || word == "rebel");
    if tables.word("ground", &said).is_some()
        && let Some(party) = party
    {
        return Struck { target: None, class: None, whose: None, ground: Some(party.id.clone()) };
    }
    let civil = |class| matches!(class, Class::People | Class::Monitors | Class::Aid);
    if opposition && !class.is_some_and(civil) {
        let target = Some("armed-opposition-forces".to_owned());
        return Struck {
            target,
            class: Some(Class::Forces),
            whose: Some(ActorId::new(OPPOSITION)),
            ground: None,
        };
    }
    match (party, class) {
        (Some(party), class) if !class.is_some_and(civil) => {
            let target = Some(forces_of(party, resolver).to_owned());
            Struck { target, class: Some(Class::Forces), whose: Some(party.id.clone()), ground: None }
        }
        (_, class) => {
            Struck { target: rule.map(|rule| rule.value.clone()), class, whose: None, ground: None }
        }
    }
}

fn forces_of(party: &Actor, resolver: &Resolver<'_>) -> &'static str {
    let government = resolver.wholes(party).contains(&ActorId::new(GOVERNMENT));
    if government { "government-forces" } else { "armed-forces" }
}

/// Whether an act can have a target of that class.
#[must_use]
pub fn fit(fits: Fits, class: Option<Class>) -> bool {
    match (fits, class) {
        (Fits::Any, _) => true,
        (Fits::Nothing, _) | (_, None) => false,
        (Fits::People, Some(class)) => matches!(class, Class::People | Class::Aid),
        (Fits::Anybody, Some(class)) => {
            matches!(class, Class::People | Class::Aid | Class::Forces | Class::Monitors)
        }
        (Fits::Things, Some(class)) => class == Class::Things,
        (Fits::Monitors, Some(class)) => class == Class::Monitors,
        (Fits::Aid, Some(class)) => class == Class::Aid,
    }
}
