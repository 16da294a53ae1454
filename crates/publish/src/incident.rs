//! One incident: what sources say side by side, how each attribute stands, the toll, the findings, and why reports were
//! taken for one.
//!
//! Figures of several origins give a range and never a mean; a total is shown beside its part and never added.

use std::collections::BTreeSet;

use maud::{Markup, html};
use truceline_model::{
    Alternatives, Body, CasualtyStatus, Event, Incident, Link, LinkDecision, Observation, ReceiptNo, SourceId,
};

use crate::page::{badge, heading};
use crate::safe::{clean, html as iso, isolate, web_address};
use crate::view::IncidentView;
use crate::words::Ctx;
use crate::{Links, explanation, matrix};

/// Body of an incident; headings begin at `level`, explanation trees only when wanted.
pub(crate) fn body(ctx: &Ctx<'_>, one: &IncidentView<'_>, level: u8, trees: bool) -> Markup {
    let incident = one.incident;
    html! {
        (version(ctx, incident))
        (matrix::table(ctx, one, level))
        (heading(level, None, &ctx.t("reports.title")))
        (reports(ctx, one))
        (heading(level, None, &ctx.t("standing.title")))
        (standing(ctx, incident))
        (heading(level, None, &ctx.t("toll.title")))
        (toll(ctx, one))
        @if trees { (heading(level, None, &ctx.t("explain.title"))) (explanation::all(ctx, one)) }
        @if incident.links.len() > 1 {
            details.links { summary { (ctx.t("links.title")) } (links(ctx, &incident.links)) }
        }
    }
}

/// What is known of an incident within the mission: reports, how each attribute stands, the toll; no findings.
pub(crate) fn known(ctx: &Ctx<'_>, one: &IncidentView<'_>, level: u8) -> Markup {
    html! {
        (version(ctx, one.incident))
        (heading(level, None, &ctx.t("reports.title")))
        (reports(ctx, one))
        (heading(level, None, &ctx.t("standing.title")))
        (standing(ctx, one.incident))
        (heading(level, None, &ctx.t("toll.title")))
        (toll(ctx, one))
    }
}

/// The body in one file of an incident whose findings are written out elsewhere (`findings` says where). With a single
/// report what each point stands on is that report, and is not said twice.
pub(crate) fn short_body(ctx: &Ctx<'_>, one: &IncidentView<'_>, level: u8, findings: &Markup) -> Markup {
    let incident = one.incident;
    let alone = one.reports.len() == 1
        && one.statements.is_empty()
        && incident.judgements.is_empty()
        && matches!(one.reports.first().map(|r| &r.body), Some(Body::Event(_)));
    html! {
        (version(ctx, incident))
        (findings)
        (heading(level, None, &ctx.t("reports.title")))
        (reports(ctx, one))
        @if alone { p.quiet { (ctx.t("standing.one-report")) " " (iso(&silent_on(ctx, incident))) } }
        @else { (heading(level, None, &ctx.t("standing.title"))) (standing(ctx, incident)) }
        (heading(level, None, &ctx.t("toll.title")))
        (toll(ctx, one))
        @if incident.links.len() > 1 {
            details.links { summary { (ctx.t("links.title")) } (links(ctx, &incident.links)) }
        }
    }
}

/// Points on which nobody says anything.
fn silent_on(ctx: &Ctx<'_>, incident: &Incident) -> String {
    let silent = [
        ("act", incident.acts.iter().next().is_none()),
        ("weapon", incident.weapons.iter().next().is_none()),
        ("target", incident.targets.iter().next().is_none()),
        ("when", incident.when.iter().next().is_none()),
        ("place", incident.places.iter().next().is_none()),
        ("actor", incident.actors.iter().next().is_none()),
        ("held-by", incident.held_by.iter().next().is_none()),
    ];
    let words: Vec<String> =
        silent.iter().filter(|(_, none)| *none).map(|(name, _)| ctx.c.word("attribute", name)).collect();
    if words.is_empty() {
        return String::new();
    }
    ctx.c.fill("standing.silent-on", &[("what", &words.join(ctx.c.t("list.comma")))])
}

fn version(ctx: &Ctx<'_>, incident: &Incident) -> Markup {
    html! {
        p.quiet { (iso(&ctx.c.fill("incident.version", &[("version", &incident.version.to_string()), ("id", &clean(incident.id.as_str()))])))
            " · " (iso(&ctx.c.count("incident.origins", incident.origins.len() as u64, &[("who", &ctx.sources(&incident.origins))]))) }
    }
}

fn reports(ctx: &Ctx<'_>, one: &IncidentView<'_>) -> Markup {
    html! {
        div.scroll role="region" tabindex="0" aria-label=(ctx.c.t("reports.caption")) {
            table.reports {
                caption { (ctx.t("reports.caption")) }
                thead { tr { @for key in ["reports.report", "reports.origin", "reports.what", "reports.where", "reports.who", "reports.killed", "reports.wounded", "reports.grade"] { th scope="col" { (ctx.t(key)) } } } }
                tbody {
                    @for report in &one.reports { (report_row(ctx, report, None)) }
                    @for report in &one.totals { (report_row(ctx, report, Some("reports.total"))) }
                    @for report in &one.statements { (report_row(ctx, report, Some("reports.statement"))) }
                }
            }
        }
    }
}

fn report_row(ctx: &Ctx<'_>, report: &Observation, kind: Option<&str>) -> Markup {
    let event = match &report.body {
        Body::Event(event) => Some(event),
        _ => None,
    };
    html! {
        tr class=[kind.map(|_| "aside")] {
            th scope="row" {
                (receipt(report.receipt)) br; span.quiet { (ctx.known(report.known)) }
                @if let Some(kind) = kind { br; span.tag { (ctx.t(kind)) } }
            }
            td { (origin(ctx, report)) }
            td { @if let Some(event) = event { (what(ctx, event)) } (note(report)) }
            td { (where_and_when(ctx, report)) }
            td { (who(ctx, report)) }
            td { (figure(ctx, report, true)) }
            td { (figure(ctx, report, false)) }
            td { bdi dir="ltr" { (report.grade.as_str()) (report.credibility.number()) } }
        }
    }
}

fn receipt(no: ReceiptNo) -> Markup {
    html! { bdi.receipt { (no) } }
}

fn origin(ctx: &Ctx<'_>, report: &Observation) -> Markup {
    let name = ctx.source(&report.origin);
    let kind = ctx.source_row(&report.origin).map(|row| row.kind.as_str()).filter(|kind| !kind.is_empty());
    let mut channels: BTreeSet<&SourceId> = report.through.iter().collect();
    if report.source != report.origin {
        channels.insert(&report.source);
    }
    html! {
        strong { (name) }
        @if let Some(kind) = kind { br; span.quiet { (ctx.c.word("source-kind", &clean(kind))) } }
        @if !channels.is_empty() { br; span.quiet { (iso(&ctx.c.fill("reports.through", &[("who", &ctx.sources(channels))]))) } }
        @if let Some(address) = report.address.as_deref() {
            br;
            @match web_address(address) {
                Some(link) => a href=(link) rel="noreferrer noopener external" { (ctx.t("reports.address")) },
                None => bdi.quiet dir="auto" { (clean(address)) },
            }
        }
    }
}

fn note(report: &Observation) -> Markup {
    html! { @if let Some(note) = &report.note { p.note dir="auto" { (clean(note)) } } }
}

fn what(ctx: &Ctx<'_>, event: &Event) -> Markup {
    let acts: Vec<String> = event.acts.iter().map(|a| ctx.c.word("act", a.as_str())).collect();
    let weapons: Vec<String> = event.weapons.iter().map(|w| ctx.c.word("weapon", w.as_str())).collect();
    let targets: Vec<String> = event.targets.iter().map(|t| ctx.c.word("target", t.as_str())).collect();
    html! {
        (iso(&ctx.c.list(&acts, "list.or")))
        @if !weapons.is_empty() { " (" (iso(&ctx.c.list(&weapons, "list.or"))) ")" }
        @if !targets.is_empty() { br; span { (iso(&ctx.c.fill("reports.at", &[("what", &ctx.c.list(&targets, "list.or"))]))) } }
        @for (fact, answer) in &event.facts { br; span.quiet { (iso(&ctx.fact(&truceline_model::Fact::Named(fact.clone())))) ": " (ctx.c.word("answer", answer.as_str())) } }
    }
}

fn where_and_when(ctx: &Ctx<'_>, report: &Observation) -> Markup {
    let (place, when, held_by) = match &report.body {
        Body::Event(e) => (e.place.as_ref(), e.when, Some(&e.held_by)),
        Body::Total(t) => (t.place.as_ref(), t.when, None),
        Body::Statement(s) => (s.place.as_ref(), s.when, None),
        _ => (None, None, None),
    };
    html! {
        @if let Some(place) = place { (iso(&ctx.place(place))) @if place.point.is_some() { " " span.quiet.when { (metres(ctx, place.within_m)) } } }
        @else { (ctx.t("place.unknown")) }
        @if let Some(when) = when { br; (iso(&ctx.interval(when))) }
        @if let Some(held) = held_by.filter(|held| !held.is_empty()) {
            @let names: Vec<String> = held.iter().map(|a| ctx.actor(a.as_str())).collect();
            br; span.quiet { (iso(&ctx.c.fill("reports.held-by", &[("who", &ctx.c.list(&names, "list.or"))]))) }
        }
    }
}

/// A radius in words: metres below a kilometre, else kilometres rounded up.
fn metres(ctx: &Ctx<'_>, within: u32) -> Markup {
    iso(&ctx.radius(within))
}

fn who(ctx: &Ctx<'_>, report: &Observation) -> Markup {
    let (actors, how) = match &report.body {
        Body::Event(e) => (&e.actors, e.attribution),
        Body::Total(t) => (&t.actors, None),
        Body::Statement(s) => (&s.actors, None),
        _ => return html! { (ctx.t("dash")) },
    };
    let names: Vec<String> = actors.iter().map(|a| ctx.actor(a.as_str())).collect();
    html! {
        @if names.is_empty() { (ctx.t("reports.nobody-named")) } @else { (iso(&ctx.c.list(&names, "list.or"))) }
        @if let Some(how) = how { br; span.quiet { (ctx.c.word("attribution", how.as_str())) } }
    }
}

fn figure(ctx: &Ctx<'_>, report: &Observation, killed: bool) -> Markup {
    let casualties = match &report.body {
        Body::Event(e) => e.casualties,
        Body::Total(t) => t.casualties,
        _ => return html! { (ctx.t("dash")) },
    };
    if !killed {
        return iso(&ctx.bounds(casualties.wounded));
    }
    html! {
        (iso(&ctx.bounds(casualties.killed)))
        @if let Some(b) = casualties.killed_civilian { br; span.quiet { (iso(&ctx.c.fill("toll.civilians", &[("n", &ctx.c.bounds(b))]))) } }
        @if let Some(b) = casualties.killed_combatant { br; span.quiet { (iso(&ctx.c.fill("toll.combatants", &[("n", &ctx.c.bounds(b))]))) } }
    }
}

fn standing(ctx: &Ctx<'_>, incident: &Incident) -> Markup {
    html! {
        table.standing {
            caption { (ctx.t("standing.caption")) }
            thead { tr { th scope="col" { (ctx.t("standing.attribute")) } th scope="col" { (ctx.t("standing.standing")) } th scope="col" { (ctx.t("standing.values")) } } }
            tbody {
                (attribute(ctx, "act", &incident.acts, |a| ctx.c.word("act", a.as_str())))
                (attribute(ctx, "weapon", &incident.weapons, |w| ctx.c.word("weapon", w.as_str())))
                (rare(ctx, "system", &incident.systems, |s| clean(s.as_str())))
                (attribute(ctx, "target", &incident.targets, |t| ctx.c.word("target", t.as_str())))
                (rare(ctx, "struck", &incident.struck, |a| ctx.actor(a.as_str())))
                (attribute(ctx, "when", &incident.when, |w| ctx.interval(*w)))
                (attribute(ctx, "place", &incident.places, |p| ctx.place(p)))
                (attribute(ctx, "actor", &incident.actors, |a| ctx.actor(a.as_str())))
                (rare(ctx, "commander", &incident.commanders, |a| ctx.actor(a.as_str())))
                (attribute(ctx, "held-by", &incident.held_by, |a| ctx.actor(a.as_str())))
                @if incident.throughout { tr { th scope="row" { (ctx.t("attribute.throughout")) } td {} td { (ctx.t("throughout")) } } }
                @for (measure, amounts) in &incident.amounts { (row(ctx, &ctx.measure(measure), amounts, |b| ctx.c.bounds(*b))) }
                @for (fact, answers) in &incident.facts { (row(ctx, &ctx.fact(&truceline_model::Fact::Named(fact.clone())), answers, |a| ctx.c.word("answer", a.as_str()))) }
                @for (judgement, answer) in &incident.judgements { tr {
                    th scope="row" { (ctx.fact(&truceline_model::Fact::Judgement(judgement.clone()))) }
                    td { (badge("standing", "judged", ctx.c.t("standing.judged"))) }
                    td { (ctx.c.word("answer", answer.as_str())) }
                } }
            }
        }
    }
}

fn attribute<T: Ord>(
    ctx: &Ctx<'_>,
    name: &str,
    all: &Alternatives<T>,
    word: impl Fn(&T) -> String,
) -> Markup {
    row(ctx, &ctx.c.word("attribute", name), all, word)
}

/// An attribute of which most reports do not speak: a row only when some do.
fn rare<T: Ord>(ctx: &Ctx<'_>, name: &str, all: &Alternatives<T>, word: impl Fn(&T) -> String) -> Markup {
    if all.is_empty() && all.open_origins().is_empty() {
        html! {}
    } else {
        attribute(ctx, name, all, word)
    }
}

fn row<T: Ord>(ctx: &Ctx<'_>, name: &str, all: &Alternatives<T>, word: impl Fn(&T) -> String) -> Markup {
    let standing = all.standing().as_str();
    // Several places can bear one name; what reads the same is said once, with every origin.
    let mut said: Vec<(String, BTreeSet<SourceId>)> = Vec::new();
    for (value, origins) in all.iter() {
        let text = word(value);
        match said.iter_mut().find(|(known, _)| *known == text) {
            Some((_, all)) => all.extend(origins.iter().cloned()),
            None => said.push((text, origins.clone())),
        }
    }
    html! {
        tr {
            th scope="row" { (iso(name)) }
            td { (badge("standing", standing, &ctx.c.word("standing", standing))) }
            td {
                @if said.is_empty() && all.open_origins().is_empty() { (ctx.t("dash")) }
                ul.plain {
                    @for (text, origins) in &said { li { (iso(&isolate(text))) " — " span.quiet { (iso(&ctx.sources(origins))) } } }
                    @if !all.open_origins().is_empty() { li { em { (ctx.t("standing.open")) } " — " span.quiet { (iso(&ctx.sources(all.open_origins()))) } } }
                }
            }
        }
    }
}

fn toll(ctx: &Ctx<'_>, one: &IncidentView<'_>) -> Markup {
    let killed = &one.incident.killed;
    let civilians = killed.range_of(CasualtyStatus::Civilian);
    let combatants = killed.range_of(CasualtyStatus::Combatant);
    html! {
        dl.facts.toll {
            dt { (ctx.t("toll.killed")) } dd { strong { (iso(&ctx.bounds(killed.range()))) } @if let Some(best) = killed.best() { " · " (iso(&ctx.c.fill("toll.best", &[("n", &best.to_string())]))) } }
            @if civilians.is_some() { dt { (ctx.t("toll.killed-civilian")) } dd { (iso(&ctx.bounds(civilians))) } }
            @if combatants.is_some() { dt { (ctx.t("toll.killed-combatant")) } dd { (iso(&ctx.bounds(combatants))) } }
            dt { (ctx.t("toll.wounded")) } dd { strong { (iso(&ctx.bounds(one.incident.wounded.range()))) } }
        }
        // In the one file the rule stands once, above the list.
        @if ctx.links == Links::Served { p.quiet { (ctx.t("toll.rule")) } }
        @if one.toll_history.len() > 1 {
            table.numbers {
                caption { (ctx.t("toll.history")) }
                thead { tr { th scope="col" { (ctx.t("toll.known")) } th scope="col" { (ctx.t("reports.report")) } th scope="col" { (ctx.t("toll.says")) } th scope="col" { (ctx.t("toll.range")) } th scope="col" { (ctx.t("toll.origins")) } } }
                tbody { @for step in &one.toll_history { tr {
                    th scope="row" { (ctx.known(step.known)) }
                    td { (receipt(step.receipt)) }
                    td { (iso(&ctx.c.bounds(step.bounds))) }
                    td { (iso(&ctx.c.bounds(step.range))) }
                    td { (step.origins) }
                } } }
            }
        }
        @if !one.totals.is_empty() { p.quiet { (ctx.t("toll.parts")) } }
    }
}

/// Why reports were taken for one: each weight as a bar for or against.
fn links(ctx: &Ctx<'_>, links: &[Link]) -> Markup {
    html! {
        @for link in links.iter().filter(|link| link.to != link.receipt) {
            div.link {
                p { (receipt(link.receipt)) " → " (receipt(link.to)) ": " (decision(ctx, &link.decision)) }
                @if !link.reasons.is_empty() {
                    table.numbers {
                        caption { (ctx.t("links.caption")) }
                        thead { tr { th scope="col" { (ctx.t("links.evidence")) } th scope="col" { (ctx.t("links.seen")) } th scope="col" { (ctx.t("links.weight")) } } }
                        tbody { @for reason in &link.reasons { tr {
                            th scope="row" { (ctx.c.word("evidence", reason.evidence)) }
                            td { bdi dir="auto" { (clean(&reason.seen)) } }
                            td { bdi dir="ltr" { (thousandths(reason.weight)) } " " (weight_bar(reason.weight)) }
                        } } }
                    }
                }
            }
        }
    }
}

fn decision(ctx: &Ctx<'_>, decision: &LinkDecision) -> Markup {
    match decision {
        LinkDecision::Threshold { score, threshold } => iso(&ctx.c.fill(
            "links.threshold",
            &[("score", &thousandths(*score)), ("threshold", &thousandths(*threshold))],
        )),
        LinkDecision::Declared => ctx.t("links.declared"),
        LinkDecision::Person(entry) => iso(&ctx.c.fill("links.person", &[("entry", &entry.to_string())])),
    }
}

/// Thousandths as a decimal with its sign: `+2.500`.
fn thousandths(value: i32) -> String {
    let magnitude = value.unsigned_abs();
    format!("{}{}.{:03}", if value < 0 { "−" } else { "+" }, magnitude / 1000, magnitude % 1000)
}

fn weight_bar(weight: i32) -> Markup {
    let length = (weight.unsigned_abs() / 100).clamp(1, 60);
    html! {
        svg.weight viewBox="0 0 120 10" width="120" height="10" aria-hidden="true" {
            line x1="60" x2="60" y1="0" y2="10" {}
            rect class=(if weight < 0 { "against" } else { "for" }) x=(if weight < 0 { 60 - length } else { 60 }) y="2" width=(length) height="6" {}
        }
    }
}
