//! A condition of the terms as a part of a sentence: "what was attacked is a hospital", "it was not done by …".

use std::collections::BTreeSet;

use truceline_model::{ActorId, AreaId, Fact};
use truceline_terms::{Condition, Counted};

use crate::safe::clean;
use crate::words::Ctx;

/// The condition in words.
pub(super) fn words(ctx: &Ctx<'_>, condition: &Condition) -> String {
    said(ctx, condition, false)
}

fn said(ctx: &Ctx<'_>, condition: &Condition, not: bool) -> String {
    let c = &ctx.c;
    let list = |words: Vec<String>| c.list(&words, "list.or");
    let one = |name: &str, value: String| {
        let name = if not { format!("{name}-not") } else { name.to_owned() };
        c.fill(&format!("if.{name}"), &[("value", &value)])
    };
    let people = |ids: &BTreeSet<ActorId>| list(ids.iter().map(|id| ctx.actor(id.as_str())).collect());
    let areas = |ids: &BTreeSet<AreaId>| list(ids.iter().map(|id| ctx.area(id)).collect());
    let answer = |key: &str, fact: &Fact, yes: bool| {
        let value = c.word("answer", if yes { "yes" } else { "no" });
        c.fill(key, &[("question", &ctx.fact(fact)), ("value", &value)])
    };
    match condition {
        Condition::Not(inner) => said(ctx, inner, !not),
        Condition::Target(set) => {
            one("target", list(set.iter().map(|t| c.word("target", t.as_str())).collect()))
        }
        Condition::Act(set) => one("act", list(set.iter().map(|a| c.word("act", a.as_str())).collect())),
        Condition::Weapon(set) => {
            one("weapon", list(set.iter().map(|w| c.word("weapon", w.as_str())).collect()))
        }
        Condition::System(set) => one("system", list(set.iter().map(|s| clean(s.as_str())).collect())),
        Condition::HeldBy(side) => one("held-by", ctx.actor(side.as_str())),
        Condition::Struck(side) => one("struck", ctx.actor(side.as_str())),
        Condition::DoneBy(sides) => one("actor", people(sides)),
        Condition::CommandedBy(sides) => one("commander", people(sides)),
        Condition::In(of) => one("place", areas(of)),
        Condition::Near(of, metres) => {
            let distance = match metres % 1000 {
                0 => format!("{} km", metres / 1000),
                _ => format!("{metres} m"),
            };
            let key = if not { "if.near-not" } else { "if.near" };
            c.fill(key, &[("distance", &ctx.distance(&distance)), ("value", &areas(of))])
        }
        Condition::Holds(fact) => answer("if.fact", &Fact::Named(fact.clone()), !not),
        Condition::NotDenied(fact) => {
            let key = if not { "if.denied" } else { "if.not-denied" };
            c.fill(key, &[("question", &ctx.fact(&Fact::Named(fact.clone())))])
        }
        Condition::Judged(judgement) => answer("if.judgement", &Fact::Judgement(judgement.clone()), !not),
        Condition::Counted(counted) => self::counted(ctx, counted, not),
        Condition::From(at) => {
            let moment = ctx.moment(*at);
            c.fill(if not { "if.before" } else { "if.from" }, &[("moment", &moment)])
        }
        Condition::Daily(from, until) => {
            let (from, until) = (clock(*from), clock(*until));
            let key = if not { "if.daily-not" } else { "if.daily" };
            c.fill(key, &[("from", &from), ("until", &until)])
        }
        Condition::WholeDay => c.t(if not { "if.whole-day-not" } else { "if.whole-day" }).to_owned(),
    }
}

/// "the count of “lorries” is at least 600".
pub(super) fn counted(ctx: &Ctx<'_>, counted: &Counted, not: bool) -> String {
    let c = &ctx.c;
    let number = counted.number.to_string();
    let mut value = c.fill(&format!("compare.{}", counted.compare.as_str()), &[("n", &number)]);
    if let Some(per) = &counted.per {
        value = c.fill("compare.per", &[("count", &value), ("per", &ctx.measure(per))]);
    }
    if not {
        value = c.fill("compare.not", &[("what", &value)]);
    }
    c.fill("if.measure", &[("name", &ctx.measure(&counted.measure)), ("value", &value)])
}

fn clock(second: u32) -> String {
    format!("{:02}:{:02}", second / 3600, second % 3600 / 60)
}
