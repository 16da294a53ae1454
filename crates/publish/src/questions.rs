//! The questions of a rule in words, and the facts that they ask.

use truceline_model::{Fact, Reason, Test};

use crate::lang::Lang;
use crate::links::Links;
use crate::safe::clean;
use crate::view::View;
use crate::words::Ctx;

/// What a step asks, as a sentence.
pub(crate) fn test_words(ctx: &Ctx<'_>, test: &Test) -> String {
    let one = |key: &str, value: String| ctx.c.fill(key, &[("what", &value)]);
    match test {
        Test::All => ctx.c.t("test.all").to_owned(),
        Test::Any => ctx.c.t("test.any").to_owned(),
        Test::Not => ctx.c.t("test.not").to_owned(),
        Test::InForce(window) => one("test.in-force", ctx.condition(window)),
        Test::InArea(area) => one("test.in-area", ctx.condition(area)),
        Test::Binds(whom) => one("test.binds", ctx.fact_value(&Fact::Actor, whom)),
        Test::Accepted(whom) => one("test.accepted", ctx.fact_value(&Fact::Actor, whom)),
        Test::ActorIs(whom) => one("test.actor-is", ctx.fact_value(&Fact::Actor, whom)),
        Test::ActIs(what) => one("test.act-is", ctx.fact_value(&Fact::Act, what)),
        Test::WeaponIs(what) => one("test.weapon-is", ctx.fact_value(&Fact::Weapon, what)),
        Test::TargetIs(what) => one("test.target-is", ctx.fact_value(&Fact::Target, what)),
        Test::SystemIs(what) => one("test.system-is", ctx.fact_value(&Fact::System, what)),
        Test::StruckIs(whom) => one("test.struck-is", ctx.fact_value(&Fact::Struck, whom)),
        Test::CommandedBy(whom) => one("test.commanded-by", ctx.fact_value(&Fact::Commander, whom)),
        Test::HeldBy(whom) => one("test.held-by", ctx.fact_value(&Fact::HeldBy, whom)),
        Test::Near(what) => {
            let (distance, areas) = what.split_once(" of ").unwrap_or(("", what));
            let areas = ctx.fact_value(&Fact::Place, areas);
            ctx.c.fill("test.near", &[("distance", &ctx.distance(distance)), ("what", &areas)])
        }
        Test::From(moment) => one("test.from", ctx.condition(moment)),
        Test::Daily(hours) => {
            let (from, until) = hours.split_once('-').unwrap_or((hours, ""));
            ctx.c.fill("test.daily", &[("from", &clean(from)), ("until", &clean(until))])
        }
        Test::WholeDay => ctx.c.t("test.whole-day").to_owned(),
        Test::Counted(what) => one("test.counted", ctx.counted(what)),
        Test::Holds(fact) => one("test.holds", ctx.fact(&Fact::Named(fact.clone()))),
        Test::Judged(judgement) => one("test.judged", ctx.fact(&Fact::Judgement(judgement.clone()))),
        Test::Takes(matter, position) => ctx.c.fill(
            "test.takes",
            &[
                ("matter", &ctx.fact(&Fact::Matter(matter.clone()))),
                ("position", &ctx.position(matter.as_str(), position.as_str())),
            ],
        ),
        Test::Exception(name, outcome) => ctx
            .c
            .fill("test.exception", &[("name", &ctx.phrase_text(name)), ("outcome", &ctx.outcome(*outcome))]),
    }
}

/// The fact that a step asks about; none for a step that only joins others.
pub(crate) fn fact_of(test: &Test) -> Option<Fact> {
    Some(match test {
        Test::Binds(_) | Test::Accepted(_) | Test::ActorIs(_) => Fact::Actor,
        Test::HeldBy(_) => Fact::HeldBy,
        Test::StruckIs(_) => Fact::Struck,
        Test::CommandedBy(_) => Fact::Commander,
        Test::SystemIs(_) => Fact::System,
        Test::Counted(what) => Fact::Measure(what.split(' ').next().unwrap_or_default().into()),
        Test::ActIs(_) => Fact::Act,
        Test::WeaponIs(_) => Fact::Weapon,
        Test::TargetIs(_) => Fact::Target,
        Test::Holds(fact) => Fact::Named(fact.clone()),
        Test::Judged(judgement) => Fact::Judgement(judgement.clone()),
        Test::Takes(matter, _) => Fact::Matter(matter.clone()),
        Test::InArea(_) | Test::Near(_) => Fact::Place,
        Test::InForce(_) | Test::From(_) | Test::Daily(_) | Test::WholeDay => Fact::Time,
        Test::All | Test::Any | Test::Not | Test::Exception(..) => return None,
    })
}

/// A step of a finding in words, with what stands below it where it only joins others.
#[must_use]
pub fn step_words(view: &View<'_>, step: &Reason, lang: Lang) -> String {
    let ctx = Ctx::new(view, lang, Links::Static);
    ctx.c.plain(&whole(&ctx, step))
}

fn whole(ctx: &Ctx<'_>, step: &Reason) -> String {
    let below = |last: &str| {
        let all: Vec<String> = step.under.iter().map(|one| whole(ctx, one)).collect();
        ctx.c.list(&all, last)
    };
    match step.test {
        Test::All => below("list.and"),
        Test::Any => below("list.or"),
        // What lies outside is named as its line names it.
        Test::Not => below("list.and"),
        _ => test_words(ctx, &step.test),
    }
}
