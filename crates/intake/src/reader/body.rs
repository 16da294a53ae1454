//! What a row says, by its kind.

use truceline_model::{
    AgreementFact, AreaId, Body, Coverage, DefinitionId, Delivery, DeliveryStage, Event, Interval, Statement,
    Tally, Total,
};

use super::row::Row;
use super::{KINDS, counts, place, who, words};
use crate::mapping::Field;
use crate::nearest::did_you_mean;
use crate::refusal::Fault;

/// The body of the row's observation; refusals in `row` when it lacks what its kind needs.
pub(super) fn body(row: &mut Row<'_>, when: Option<Interval>) -> Option<Body> {
    let kind = kind(row)?;
    match kind.as_str() {
        "event" => Some(event(row, when)),
        "total" => Some(Body::Total(Total {
            when,
            place: place::place(row),
            actors: who::actors(row).0,
            casualties: counts::casualties(row),
            count: counts::whole_number(row, Field::Count),
        })),
        "tally" => tally(row, when),
        "agreement" => agreement(row, when),
        "delivery" => delivery(row, when),
        "statement" => Some(Body::Statement(Statement {
            when,
            place: place::place(row),
            actors: who::actors(row).0,
            facts: words::facts(row),
        })),
        _ => coverage(row, when),
    }
}

fn kind(row: &mut Row<'_>) -> Option<String> {
    let Some(found) = row.find(Field::Kind) else { return Some(row.mapping.kind.clone()) };
    let word = found.one();
    if KINDS.contains(&word.as_str()) {
        return Some(word);
    }
    let near = did_you_mean(&word, KINDS);
    row.refuse(Fault::Word, &found, format!("a kind is one of {}{near}", KINDS.join(", ")));
    None
}

fn event(row: &mut Row<'_>, when: Option<Interval>) -> Body {
    let (actors, attribution) = who::actors(row);
    Body::Event(Event {
        acts: words::acts(row),
        weapons: words::weapons(row),
        targets: words::targets(row),
        when,
        place: place::place(row),
        actors,
        attribution,
        held_by: who::named_actors(row, Field::HeldBy),
        casualties: counts::casualties(row),
        amounts: counts::amounts(row),
        facts: words::facts(row),
    })
}

fn tally(row: &mut Row<'_>, when: Option<Interval>) -> Option<Body> {
    let count = counts::whole_number(row, Field::Count);
    if count.is_none() && row.refusals.is_empty() {
        row.missing(Field::Count, "a tally has a count");
    }
    if when.is_none() && row.refusals.is_empty() {
        row.missing(Field::When, "a tally says over which time it counts");
    }
    let areas = row.context.areas;
    let by_area =
        counts::breakdown(row, Field::ByArea, |_, key| areas.get(&AreaId::new(key)).map(|a| a.id.clone()));
    let by_actor = counts::breakdown(row, Field::ByActor, who::lookup);
    Some(Body::Tally(Tally {
        when: when?,
        count: count?,
        unit: row.text(Field::Unit).unwrap_or_default(),
        definition: row.text(Field::Definition).map(|id| DefinitionId::new(&id)),
        by_area,
        by_actor,
    }))
}

fn needed(row: &mut Row<'_>, field: Field, say: &str) -> Option<String> {
    let text = row.text(field);
    if text.is_none() {
        row.missing(field, say);
    }
    text
}

fn agreement(row: &mut Row<'_>, when: Option<Interval>) -> Option<Body> {
    let subject = needed(row, Field::Subject, "say which agreement, deadline or calm it is about");
    let fact = needed(row, Field::Fact, "say what happened to it: accepted, extended, deadline-missed…");
    Some(Body::Agreement(AgreementFact {
        subject: subject?,
        fact: fact?,
        when,
        actors: who::named_actors(row, Field::Actor),
        value: row.text(Field::Value),
    }))
}

fn delivery(row: &mut Row<'_>, when: Option<Interval>) -> Option<Body> {
    let item = needed(row, Field::Item, "say what was delivered");
    let reached = stage(row);
    Some(Body::Delivery(Delivery {
        item: item?,
        quantity: row.text(Field::Quantity),
        reached: reached?,
        convoy: row.text(Field::Convoy),
        actors: who::named_actors(row, Field::Actor),
        amounts: counts::amounts(row),
        when,
        place: place::place(row),
    }))
}

fn stage(row: &mut Row<'_>) -> Option<DeliveryStage> {
    let all: Vec<&str> = DeliveryStage::ALL.iter().map(|stage| stage.as_str()).collect();
    let Some(found) = row.find(Field::Reached) else {
        row.missing(Field::Reached, &format!("say how far it came: {}", all.join(", ")));
        return None;
    };
    let word = found.one();
    let stage = DeliveryStage::parse(&word);
    if stage.is_none() {
        let near = did_you_mean(&word, all.iter().copied());
        row.refuse(Fault::Word, &found, format!("how far it came is one of {}{near}", all.join(", ")));
    }
    stage
}

fn coverage(row: &mut Row<'_>, when: Option<Interval>) -> Option<Body> {
    let area = needed(row, Field::Area, "say where somebody was watching, by P-code");
    if when.is_none() && row.refusals.is_empty() {
        row.missing(Field::When, "say from when to when somebody was watching");
    }
    Some(Body::Coverage(Coverage {
        area: AreaId::new(&area?),
        when: when?,
        what: row.text(Field::Note).unwrap_or_default(),
    }))
}
