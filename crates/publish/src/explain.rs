//! Why a finding is so: the tree of its steps in words, down to what sources say.
//!
//! The words are composed from the tests and the values that they saw, never from the outcome: an explanation cannot say
//! more than the judge did.

use maud::{Markup, html};
use truceline_model::{Fact, Finding, Reason, Seen, Test, Truth};

use crate::lang::Lang;
use crate::page::badge;
use crate::safe::{clean, html as iso};
use crate::view::{IncidentView, View};
use crate::words::Ctx;
use crate::{Links, matrix};

/// Depth beyond which a tree is cut; no clause of ours comes near it.
const DEEPEST: usize = 24;

/// The explanation of one finding as HTML: a nested list.
#[must_use]
pub fn explain_html(view: &View<'_>, finding: &Finding, lang: Lang) -> String {
    tree(&Ctx::new(view, lang, Links::Served), finding).into_string()
}

/// The explanation of one finding as indented text.
#[must_use]
pub fn explain_text(view: &View<'_>, finding: &Finding, lang: Lang) -> String {
    let ctx = Ctx::new(view, lang, Links::Static);
    let clause = view.clauses.iter().find(|c| *c.id == finding.clause);
    let title = clause.map_or_else(|| clean(finding.clause.as_str()), |c| ctx.text(&c.title));
    let head = ctx.c.fill(
        "explain.head",
        &[
            ("clause", &title),
            ("reading", &ctx.reading(&finding.reading)),
            ("outcome", &ctx.outcome(finding.outcome)),
        ],
    );
    let mut out = format!("{head}\n");
    // The clause's own words first: an explanation is of them.
    if let Some(words) = clause.map(|c| ctx.text(&c.prose)).filter(|words| !words.is_empty()) {
        let words: Vec<&str> = words.split_whitespace().collect();
        out.push_str(&format!("  > {}\n", words.join(" ")));
    }
    if let Some(fault) = &finding.fault {
        out.push_str(&ctx.c.fill("matrix.fault", &[("what", &clean(fault))]));
        out.push('\n');
    }
    for reason in &finding.reasons {
        text_step(&ctx, reason, 1, &mut out);
    }
    for crux in &finding.cruxes {
        let ifs: Vec<String> = crux.if_.iter().map(|h| matrix::answered(&ctx, h)).collect();
        let line = ctx.c.fill(
            "explain.crux",
            &[("if", &ifs.join(ctx.c.t("list.semicolon"))), ("outcome", &ctx.outcome(crux.then))],
        );
        out.push_str(&format!("  {line}\n"));
    }
    out.push_str(ctx.c.t("ihl"));
    out.push('\n');
    ctx.c.plain(&out)
}

fn text_step(ctx: &Ctx<'_>, reason: &Reason, depth: usize, out: &mut String) {
    if depth > DEEPEST {
        return;
    }
    let indent = "  ".repeat(depth);
    let said: Vec<String> = reason.seen.iter().map(|seen| seen_words(ctx, &reason.test, seen)).collect();
    let said =
        if said.is_empty() { String::new() } else { format!(" [{}]", said.join(ctx.c.t("list.semicolon"))) };
    let not_reached =
        if reason.tried { String::new() } else { format!(" ({})", ctx.c.t("explain.not-reached")) };
    out.push_str(&format!(
        "{indent}{} {}{said}{not_reached}\n",
        truth_sign(reason.truth),
        test_words(ctx, &reason.test)
    ));
    for below in &reason.under {
        text_step(ctx, below, depth + 1, out);
    }
}

fn truth_sign(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "✓",
        Truth::False => "✗",
        Truth::Unknown => "?",
    }
}

/// Explanations of every finding that is prohibited, undetermined or open, readings that say the same together.
pub(crate) fn all(ctx: &Ctx<'_>, one: &IncidentView<'_>) -> Markup {
    html! {
        @for clause in &ctx.view.clauses {
            @for row in matrix::rows(&one.findings, clause) {
                details.why {
                    summary {
                        (ctx.text(&clause.title)) " · "
                        @if row.every { (ctx.t("matrix.every")) }
                        @else { @for (i, reading) in row.readings.iter().enumerate() { @if i > 0 { (ctx.t("list.comma")) } (ctx.reading(reading)) } }
                        " " (badge("outcome", row.finding.outcome.as_str(), &ctx.outcome(row.finding.outcome)))
                    }
                    blockquote.clause { p { (ctx.prose(&clause.prose)) } }
                    (tree(ctx, row.finding))
                }
            }
        }
    }
}

/// The tree of one finding.
fn tree(ctx: &Ctx<'_>, finding: &Finding) -> Markup {
    html! { ul.tree { @for reason in &finding.reasons { (step(ctx, reason, 1)) } } }
}

fn step(ctx: &Ctx<'_>, reason: &Reason, depth: usize) -> Markup {
    let truth = reason.truth.as_str();
    html! {
        li class=[(!reason.tried).then_some("not-reached")] {
            span class=(format!("truth truth-{truth}")) { span aria-hidden="true" { (truth_sign(reason.truth)) } span.sr { (ctx.c.word("truth", truth)) ": " } }
            " " (iso(&test_words(ctx, &reason.test)))
            @if !reason.tried { " " span.quiet { "(" (ctx.t("explain.not-reached")) ")" } }
            @if !reason.seen.is_empty() { ul.seen { @for seen in &reason.seen { li class=(format!("truth-{}", seen.truth.as_str())) { (iso(&seen_words(ctx, &reason.test, seen))) } } } }
            @if !reason.under.is_empty() && depth < DEEPEST { ul { @for below in &reason.under { (step(ctx, below, depth + 1)) } } }
        }
    }
}

/// What a step asks.
fn test_words(ctx: &Ctx<'_>, test: &Test) -> String {
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

/// A value that a step saw, whether it fits, and who gives it.
fn seen_words(ctx: &Ctx<'_>, test: &Test, seen: &Seen) -> String {
    let fact = match test {
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
        Test::All
        | Test::Any
        | Test::Not
        | Test::InForce(_)
        | Test::From(_)
        | Test::Daily(_)
        | Test::WholeDay
        | Test::Exception(..) => Fact::Time,
    };
    let value = ctx.fact_value(&fact, &seen.value);
    let fits = ctx.c.word("truth", seen.truth.as_str());
    if seen.origins.is_empty() {
        ctx.c.fill("explain.seen-terms", &[("value", &value), ("fits", &fits)])
    } else {
        ctx.c
            .fill("explain.seen", &[("value", &value), ("fits", &fits), ("who", &ctx.sources(&seen.origins))])
    }
}
