//! Clause × reading: the outcome, what it turns on, who would have to answer. Readings that say the same share a row.
//!
//! The machine finds; it never says *violation*. What the readings agree on is said first: it is the strongest result.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use truceline_model::{ActorId, Crux, Fact, Finding, Hypothesis, MatterId, Outcome, ReadingId};

use crate::page::{badge, heading};
use crate::safe::{clean, html as iso, isolate};
use crate::view::{ClauseView, IncidentView, SettleView, Summary};
use crate::words::Ctx;

/// Cruxes shown at once; the others are one click away.
const SHOWN: usize = 6;

/// Findings of one clause that say the same under several readings.
pub(crate) struct Row<'f> {
    pub(crate) finding: &'f Finding,
    pub(crate) readings: Vec<&'f ReadingId>,
    pub(crate) every: bool,
}

/// Rows of one clause, in the order of the readings.
pub(crate) fn rows<'f>(findings: &[&'f Finding], clause: &ClauseView<'_>) -> Vec<Row<'f>> {
    let mut rows: Vec<Row<'f>> = Vec::new();
    for &finding in findings.iter().filter(|f| f.clause == *clause.id) {
        let same = |row: &Row<'_>| {
            let other = row.finding;
            other.outcome == finding.outcome
                && other.cruxes == finding.cruxes
                && other.respondents == finding.respondents
                && other.fault == finding.fault
        };
        match rows.iter_mut().find(|row| same(row)) {
            Some(row) => row.readings.push(&finding.reading),
            None => rows.push(Row { finding, readings: vec![&finding.reading], every: false }),
        }
    }
    if let [only] = rows.as_mut_slice() {
        only.every = true;
    }
    rows
}

/// The table with its summary line.
pub(crate) fn table(ctx: &Ctx<'_>, one: &IncidentView<'_>, level: u8) -> Markup {
    if one.findings.is_empty() {
        return html! { p.quiet { (ctx.t("matrix.none")) } };
    }
    let mut open = Vec::new();
    let mut closed: BTreeMap<Outcome, Vec<&ClauseView<'_>>> = BTreeMap::new();
    for clause in &ctx.view.clauses {
        let rows = rows(&one.findings, clause);
        match rows.as_slice() {
            [] => {}
            [only] if settled(only.finding) => closed.entry(only.finding.outcome).or_default().push(clause),
            _ => open.push((clause, rows)),
        }
    }
    html! {
        (heading(level, None, &ctx.t("matrix.title")))
        (verdict(ctx, one))
        @if !open.is_empty() {
            div.scroll role="region" tabindex="0" aria-label=(ctx.c.t("matrix.caption")) {
                table.matrix {
                    caption { (ctx.t("matrix.caption")) }
                    thead { tr {
                        th scope="col" { (ctx.t("matrix.clause")) }
                        th scope="col" { (ctx.t("matrix.reading")) }
                        th scope="col" { (ctx.t("matrix.outcome")) }
                        th scope="col" { (ctx.t("matrix.turns-on")) }
                    } }
                    @for (clause, rows) in &open { (clause_rows(ctx, clause, rows)) }
                }
            }
        }
        @for (outcome, clauses) in &closed { p.settled { (badge("outcome", outcome.as_str(), &ctx.outcome(*outcome))) " " (ctx.t("matrix.every")) ": "
            @for (i, clause) in clauses.iter().enumerate() { @if i > 0 { " · " } a href=(ctx.links.clause(ctx, clause.id)) { (ctx.text(&clause.title)) } } } }
        (would_settle(ctx, one, level))
        p.ihl { (ctx.t("ihl")) }
    }
}

fn settled(finding: &Finding) -> bool {
    matches!(finding.outcome, Outcome::NotProhibited | Outcome::NotCovered)
        && finding.cruxes.is_empty()
        && finding.fault.is_none()
}

fn clause_rows(ctx: &Ctx<'_>, clause: &ClauseView<'_>, rows: &[Row<'_>]) -> Markup {
    let shared = shared(rows);
    let first = rows.first().map(|row| row.finding).filter(|_| !shared.is_empty());
    let height = rows.len() + usize::from(first.is_some());
    let head = html! { th scope="rowgroup" rowspan=(height) { a href=(ctx.links.clause(ctx, clause.id)) { (ctx.text(&clause.title)) } br; span.quiet { (ctx.c.word("clause-kind", clause.kind)) @if !clause.paragraph.is_empty() { br; (ctx.phrase(&clause.paragraph)) } } } };
    html! {
        tbody {
            @if let Some(finding) = first { tr {
                (head)
                td { em { (ctx.t("matrix.every")) } }
                td { (badge("outcome", finding.outcome.as_str(), &ctx.outcome(finding.outcome))) }
                td { (cruxes(ctx, &shared)) (respondents(ctx, &finding.respondents)) }
            } }
            @for (i, row) in rows.iter().enumerate() { tr {
                @if i == 0 && first.is_none() { (head) }
                td {
                    @if row.every { em { (ctx.t("matrix.every")) } }
                    @else { ul.plain { @for reading in &row.readings { li { (ctx.reading(reading)) } } } }
                }
                @if first.is_some() {
                    td { span.quiet { (ctx.t("matrix.as-above")) } }
                    td {
                        @let more: Vec<&Crux> = row.finding.cruxes.iter().filter(|crux| !shared.contains(crux)).collect();
                        @if more.is_empty() { span.quiet { (ctx.t("matrix.nothing-more")) } } @else { p.quiet { (ctx.t("matrix.also")) } (cruxes(ctx, &more)) }
                    }
                } @else {
                    td { (badge("outcome", row.finding.outcome.as_str(), &ctx.outcome(row.finding.outcome))) }
                    td { (turns_on(ctx, row.finding)) }
                }
            } }
        }
    }
}

/// Cruxes that every reading shares, where all give one outcome to the same respondents: said once for all of them.
fn shared<'f>(rows: &[Row<'f>]) -> Vec<&'f Crux> {
    let [first, others @ ..] = rows else { return Vec::new() };
    let alike = |row: &Row<'_>| {
        let (a, b) = (row.finding, first.finding);
        a.outcome == b.outcome && a.respondents == b.respondents && a.fault.is_none() && b.fault.is_none()
    };
    if others.is_empty() || !others.iter().all(alike) {
        return Vec::new();
    }
    let everywhere = |crux: &&Crux| others.iter().all(|row| row.finding.cruxes.contains(crux));
    first.finding.cruxes.iter().filter(everywhere).collect()
}

/// What the whole comes to: same under every reading, or where the readings part and on which question of law.
fn verdict(ctx: &Ctx<'_>, one: &IncidentView<'_>) -> Markup {
    let summary = ctx.view.summary(one);
    let matters = matters(ctx, one);
    html! {
        p.verdict {
            (badge("summary", summary.as_str(), &ctx.c.word("summary", summary.as_str()))) " "
            @match summary {
                Summary::Disputed => {
                    (ctx.t("matrix.part"))
                    @if matters.is_empty() { "." } @else {
                        " " (ctx.t("matrix.part-on"))
                        ul { @for matter in &matters { li { (ctx.fact(&Fact::Matter(matter.clone()))) } } }
                    }
                }
                Summary::Undetermined => (ctx.t("matrix.same-facts")),
                _ => (ctx.t("matrix.same")),
            }
        }
    }
}

/// Matters on which it turns: some two readings that differ on this matter alone give different outcomes.
pub(crate) fn matters(ctx: &Ctx<'_>, one: &IncidentView<'_>) -> BTreeSet<MatterId> {
    let mut by_clause: BTreeMap<&str, Vec<(&ReadingId, Outcome)>> = BTreeMap::new();
    for finding in one.findings.iter().filter(|f| !ctx.view.only_permits(&f.clause)) {
        by_clause.entry(finding.clause.as_str()).or_default().push((&finding.reading, finding.outcome));
    }
    let takes = |id: &ReadingId| ctx.view.readings.iter().find(|r| r.id == *id).map(|r| &r.takes);
    let mut found = BTreeSet::new();
    for all in by_clause.values() {
        for (i, (a, first)) in all.iter().enumerate() {
            for (b, second) in all.iter().skip(i + 1).filter(|(_, second)| second != first) {
                let (Some(a), Some(b)) = (takes(a), takes(b)) else { continue };
                let mut differ = a.iter().filter(|(matter, position)| b.get(matter) != Some(position));
                if let (Some((matter, _)), None) = (differ.next(), differ.next()) {
                    found.insert(matter.clone());
                }
                let _ = second;
            }
        }
    }
    found
}

/// What an outcome turns on, in words, and who would answer.
pub(crate) fn turns_on(ctx: &Ctx<'_>, finding: &Finding) -> Markup {
    html! {
        @if let Some(fault) = &finding.fault { p.fault { (iso(&ctx.c.fill("matrix.fault", &[("what", &clean(fault))]))) } }
        @if finding.cruxes.is_empty() && finding.fault.is_none() { span.quiet { (ctx.t("matrix.nothing-open")) } }
        (cruxes(ctx, &finding.cruxes.iter().collect::<Vec<_>>()))
        (respondents(ctx, &finding.respondents))
    }
}

/// Cruxes by the facts that they ask together.
fn cruxes(ctx: &Ctx<'_>, all: &[&Crux]) -> Markup {
    let mut groups: BTreeMap<Vec<&Fact>, Vec<&Crux>> = BTreeMap::new();
    for crux in all {
        groups.entry(crux.if_.iter().map(|h| &h.fact).collect()).or_default().push(crux);
    }
    // Answers to several questions at once stand under one heading, after the single ones: one answer that settles it is
    // worth more than two.
    let (single, several): (Vec<_>, Vec<_>) = groups.into_iter().partition(|(facts, _)| facts.len() == 1);
    let mut several: Vec<&Crux> = several.into_iter().flat_map(|(_, cruxes)| cruxes).collect();
    several.sort_by_key(|crux| crux.if_.len());
    html! {
        @if !all.is_empty() {
            ul.cruxes {
                @for (facts, cruxes) in &single { @for fact in facts { li { (crux_group(ctx, fact, cruxes)) } } }
                @if !several.is_empty() { li { (together(ctx, &several)) } }
            }
        }
    }
}

fn crux_group(ctx: &Ctx<'_>, fact: &Fact, cruxes: &[&Crux]) -> Markup {
    let key = if matches!(fact, Fact::Matter(_)) { "crux.law" } else { "crux.fact" };
    let question = ctx.c.fill(key, &[("question", &ctx.fact(fact))]);
    html! {
        b { (iso(&asked(&question))) }
        ul.answers {
            @for (then, answers) in by_outcome(ctx, cruxes) {
                li { (iso(&answers)) (leads_to(ctx, then)) }
            }
        }
    }
}

/// Answers to several questions at once, each with its question.
fn together(ctx: &Ctx<'_>, cruxes: &[&Crux]) -> Markup {
    html! {
        b { (ctx.t("crux.together")) }
        ul.answers {
            @for crux in cruxes.iter().take(SHOWN) {
                @let pairs: Vec<String> = crux.if_.iter().map(|h| answered(ctx, h)).collect();
                li { (iso(&pairs.join(ctx.c.t("list.semicolon")))) (leads_to(ctx, crux.then)) }
            }
            @if cruxes.len() > SHOWN { li.quiet { (iso(&ctx.c.count("more", (cruxes.len() - SHOWN) as u64, &[]))) } }
        }
    }
}

/// A question with its supposed answer: "who did it: al-Nusra Front".
pub(crate) fn answered(ctx: &Ctx<'_>, supposed: &Hypothesis) -> String {
    let question = ctx.c.fill("crux.fact", &[("question", &ctx.fact(&supposed.fact))]);
    format!("{} {}", asked(&question), isolate(&ctx.value(supposed)))
}

fn leads_to(ctx: &Ctx<'_>, then: Outcome) -> Markup {
    html! { " " i { (ctx.t("crux.then")) } " " (badge("outcome", then.as_str(), &ctx.outcome(then))) }
}

/// A question that ends with its own mark needs no colon.
fn asked(question: &str) -> String {
    ["?", "؟"].into_iter().fold(question.to_owned(), |text, mark| {
        text.replace(&format!("{mark}\u{2069}:"), &format!("{mark}\u{2069}"))
    })
}

/// Answers that lead to the same outcome, joined by "or".
pub(crate) fn by_outcome(ctx: &Ctx<'_>, cruxes: &[&Crux]) -> BTreeMap<Outcome, String> {
    let mut by: BTreeMap<Outcome, Vec<String>> = BTreeMap::new();
    for crux in cruxes {
        by.entry(crux.then).or_default().extend(crux.if_.iter().map(|h| ctx.value(h)));
    }
    by.into_iter()
        .map(|(then, answers)| {
            let more = answers.len().saturating_sub(8);
            let shown: Vec<String> = answers.into_iter().take(8).collect();
            let mut text = ctx.c.list(&shown, "list.or");
            if more > 0 {
                text = format!("{text} ({})", ctx.c.count("more", more as u64, &[]));
            }
            (then, text)
        })
        .collect()
}

fn respondents(ctx: &Ctx<'_>, who: &BTreeSet<ActorId>) -> Markup {
    let names: Vec<String> = who.iter().map(|actor| ctx.actor(actor.as_str())).collect();
    html! {
        @match names.len() {
            0 => {},
            1 => p.respondents { (iso(&ctx.c.fill("respondent.one", &[("who", &ctx.c.list(&names, "list.or"))]))) },
            _ => p.respondents { (iso(&ctx.c.fill("respondent.several", &[("who", &ctx.c.list(&names, "list.or"))]))) },
        }
    }
}

/// Facts that are open under some clause that forbids or requires, in the order of facts.
pub(crate) fn open_facts<'f>(ctx: &Ctx<'_>, one: &IncidentView<'f>) -> BTreeSet<&'f Fact> {
    let asked = one.findings.iter().filter(|f| !ctx.view.only_permits(&f.clause));
    asked.flat_map(|f| &f.cruxes).flat_map(|crux| &crux.if_).map(|h| &h.fact).collect()
}

/// What would settle what is open.
fn would_settle(ctx: &Ctx<'_>, one: &IncidentView<'_>, level: u8) -> Markup {
    let facts: Vec<&Fact> =
        open_facts(ctx, one).into_iter().filter(|fact| !matches!(fact, Fact::Matter(_))).collect();
    html! {
        @if !facts.is_empty() {
            (heading(level, None, &ctx.t("settle.title")))
            dl.facts {
                @for fact in facts {
                    dt { (iso(&ctx.fact(fact))) }
                    dd { (settles(ctx, one, fact)) }
                }
            }
        }
    }
}

fn settles(ctx: &Ctx<'_>, one: &IncidentView<'_>, fact: &Fact) -> Markup {
    let known: Vec<&SettleView> = hints(ctx, one, fact).collect();
    if known.is_empty() {
        return html! { (general(ctx, fact)) };
    }
    html! { @for (i, settle) in known.iter().enumerate() { @if i > 0 { " " } (ctx.prose(&settle.evidence)) } }
}

/// The evidence that would settle a fact, as the terms say it; general words where they say nothing.
pub(crate) fn evidence(ctx: &Ctx<'_>, one: &IncidentView<'_>, fact: &Fact) -> Vec<String> {
    let known: Vec<String> = hints(ctx, one, fact).map(|settle| ctx.text(&settle.evidence)).collect();
    if known.is_empty() { vec![general(ctx, fact)] } else { known }
}

fn hints<'s>(
    ctx: &'s Ctx<'_>,
    one: &'s IncidentView<'_>,
    fact: &Fact,
) -> impl Iterator<Item = &'s SettleView> {
    let key = fact.key();
    let acts = move || one.incident.acts.iter().map(|(act, _)| act);
    let fits = move |settle: &&SettleView| {
        let family = key.split(':').next().unwrap_or_default();
        (settle.fact == key || settle.fact == family)
            && (settle.acts.is_empty() || acts().any(|act| settle.acts.contains(act)))
    };
    ctx.view.settles.iter().filter(fits)
}

fn general(ctx: &Ctx<'_>, fact: &Fact) -> String {
    let family = match fact {
        Fact::Actor => "actor",
        Fact::Act => "act",
        Fact::Commander => "commander",
        Fact::Weapon => "weapon",
        Fact::System => "system",
        Fact::Struck => "struck",
        Fact::Measure(_) => "measure",
        Fact::Target => "target",
        Fact::Time => "time",
        Fact::Place => "place",
        Fact::HeldBy => "held-by",
        Fact::Acceptance(_) => "acceptance",
        Fact::Window(_) => "window",
        Fact::Named(_) => "named",
        Fact::Judgement(_) | Fact::Matter(_) => "judgement",
    };
    ctx.c.word("settle", family)
}

/// One line for lists: what it turns on, law first.
pub(crate) fn one_line(ctx: &Ctx<'_>, one: &IncidentView<'_>) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    if !matters(ctx, one).is_empty() {
        parts.push(ctx.c.t("crux.reading").to_owned());
    }
    let facts = open_facts(ctx, one);
    parts.extend(facts.iter().filter(|f| !matches!(f, Fact::Matter(_))).take(3).map(|fact| ctx.fact(fact)));
    if parts.is_empty() {
        return None;
    }
    let parts: Vec<String> = parts.iter().map(|part| isolate(part)).collect();
    Some(ctx.c.fill("crux.line", &[("what", &parts.join(ctx.c.t("list.semicolon")))]))
}
