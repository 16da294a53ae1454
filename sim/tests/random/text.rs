//! Random rules written out as an author would write them, as far as the language can say them.

use truceline_model::Outcome;
use truceline_terms::{Condition, Counted, Rule, Under};

/// What a file can say: empty lists, whole days outside a quota and nothing at all cannot be written.
pub fn sayable(mut rule: Rule) -> Rule {
    let can = |one: &Condition| say(one).is_some();
    let object = |one: &Condition| match one {
        Condition::Target(set) => !set.is_empty(),
        Condition::HeldBy(_) => true,
        _ => false,
    };
    rule.objects.iter_mut().for_each(|one| one.any_of.retain(object));
    rule.objects.retain(|one| !one.any_of.is_empty());
    rule.outside.iter_mut().for_each(|one| one.all_of.retain(can));
    rule.outside.retain(|one| !one.all_of.is_empty());
    rule.exceptions.iter_mut().for_each(|one| one.all_of.retain(can));
    rule.exceptions.retain(|one| !one.all_of.is_empty());
    rule.when.iter_mut().for_each(|group| group.retain(can));
    rule.when.retain(|group| !group.is_empty());
    rule.provided.truncate(1);
    rule
}

fn words<T: ToString>(all: impl IntoIterator<Item = T>) -> String {
    all.into_iter().map(|one| one.to_string()).collect::<Vec<_>>().join(" ")
}

fn under(all: &[Under]) -> String {
    all.iter().map(|one| format!(" under {}={}", one.matter, one.position)).collect()
}

fn clock(second: u32) -> String {
    format!("{:02}:{:02}", second / 3600, second % 3600 / 60)
}

fn distance(metres: u32) -> String {
    if metres.is_multiple_of(1000) { format!("{} km", metres / 1000) } else { format!("{metres} m") }
}

fn counted(one: &Counted) -> String {
    let per = one.per.as_ref().map(|per| format!(" per {per}")).unwrap_or_default();
    format!("counted {} {} {}{per}", one.measure, one.compare.as_str(), one.number)
}

fn say(condition: &Condition) -> Option<String> {
    Some(match condition {
        Condition::Not(inner) if matches!(inner.as_ref(), Condition::Not(_)) => return None,
        Condition::Not(inner) => format!("not {}", say(inner)?),
        Condition::Target(set) if set.is_empty() => return None,
        Condition::Target(set) => format!("fired-at {}", words(set)),
        Condition::HeldBy(side) => format!("ground-held-by {side}"),
        Condition::Struck(side) => format!("struck-of {side}"),
        Condition::Holds(fact) => format!("found {fact}"),
        Condition::NotDenied(fact) => format!("not-denied {fact}"),
        Condition::Judged(word) => format!("judged {word}"),
        Condition::Act(set) => format!("did {}", words(set)),
        Condition::Weapon(set) => format!("with {}", words(set)),
        Condition::System(set) => format!("of-system {}", words(set)),
        Condition::DoneBy(sides) => format!("done-by {}", words(sides)),
        Condition::CommandedBy(sides) => format!("commanded-by {}", words(sides)),
        Condition::In(areas) => format!("in {}", words(areas)),
        Condition::Near(areas, metres) => format!("within {} of {}", distance(*metres), words(areas)),
        Condition::Counted(one) => counted(one),
        Condition::From(at) => format!("from \"{at}\""),
        Condition::Daily(from, until) => format!("daily \"{}\" until \"{}\"", clock(*from), clock(*until)),
        Condition::WholeDay => return None,
    })
}

fn joined(all: &[Condition], by: &str) -> String {
    all.iter().filter_map(say).collect::<Vec<_>>().join(by)
}

/// The lines of a clause that says the rule.
pub fn clause(rule: &Rule) -> String {
    let mut lines = vec!["clause c \"C\"".to_owned()];
    let mut binds = format!("binds {}", words(&rule.binds));
    binds += if rule.accepted { " that-accepted" } else { "" };
    binds += if rule.affiliates { " with-affiliates" } else { "" };
    binds += &rule.provided.iter().map(|side| format!(" provided {side} accepted")).collect::<String>();
    lines.push(binds);
    for one in &rule.applies {
        lines.extend(say(&one.at).map(|at| format!("applies {at}{}", under(&one.under))));
    }
    let weapons = rule.weapons.as_ref().map_or("any-weapon".to_owned(), words);
    let systems = rule.systems.as_ref().map(|set| format!(" of-system {}", words(set)));
    lines.push(format!("forbids {} with {weapons}{}", words(&rule.acts), systems.unwrap_or_default()));
    for one in &rule.objects {
        let any = one.any_of.iter().filter_map(|condition| match condition {
            Condition::Target(set) => Some(words(set).replace(' ', " or ")),
            Condition::HeldBy(side) => Some(format!("ground-held-by {side}")),
            _ => None,
        });
        let by = one.by.as_ref().map(|side| format!(" done-by {side}")).unwrap_or_default();
        lines.push(format!("against {}{by}{}", any.collect::<Vec<_>>().join(" or "), under(&one.under)));
    }
    for one in &rule.outside {
        lines.push(format!("outside when {}{}", joined(&one.all_of, " and "), under(&one.under)));
    }
    lines.extend(rule.when.iter().map(|group| format!("only-when {}", joined(group, " or "))));
    for one in &rule.exceptions {
        let gives = if one.gives == Outcome::NotCovered { "not-covered" } else { "not-prohibited" };
        let when = joined(&one.all_of, " and ");
        lines.push(format!("except {} gives {gives} when {when}{}", one.name, under(&one.under)));
    }
    if rule.exceptions.len() > 1 {
        let names: Vec<&str> = rule.exceptions.iter().map(|one| one.name.as_str()).collect();
        lines.push(format!("try {}", names.join(" then ")));
    }
    lines.join("\n")
}
