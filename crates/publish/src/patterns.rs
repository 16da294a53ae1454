//! Findings that many incidents share, written out once: in one file the same table would else stand hundreds of times.
//!
//! Only incidents of one origin that no reading calls prohibited are written so, and only where another has the very same
//! table, byte for byte: nothing is rounded off. Disputed and prohibited ones and those of several origins stand whole.

use std::collections::BTreeMap;

use maud::{Markup, html};
use truceline_model::IncidentId;

use crate::links::Links;
use crate::matrix;
use crate::page::badge;
use crate::safe::html as iso;
use crate::view::{IncidentView, Summary};
use crate::words::Ctx;

/// The patterns of a file, and which incident has which.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    all: Vec<Pattern>,
    of: BTreeMap<IncidentId, usize>,
}

#[derive(Debug)]
struct Pattern {
    findings: Markup,
    summary: Summary,
    incidents: u64,
}

/// Whether an incident may be written short: one origin, and no reading that prohibits it.
pub(crate) fn plain(summary: Summary, one: &IncidentView<'_>) -> bool {
    one.incident.origins.len() < 2 && !matches!(summary, Summary::Disputed | Summary::Prohibited)
}

/// The words that stand in an incident instead of its findings.
pub(crate) fn reference(ctx: &Ctx<'_>, number: usize) -> Markup {
    let name = ctx.c.fill("pattern.name", &[("n", &number.to_string())]);
    html! { p { (ctx.t("pattern.as")) " " a href=(format!("#pattern-{number}")) { (iso(&name)) } } }
}

impl Patterns {
    /// Those that at least two incidents share, the most frequent first; none on a server, where each has its own page.
    pub(crate) fn of(ctx: &Ctx<'_>) -> Self {
        if ctx.links == Links::Served {
            return Self::default();
        }
        let mut found: BTreeMap<String, (Summary, Vec<&IncidentId>)> = BTreeMap::new();
        for one in &ctx.view.incidents {
            let summary = ctx.view.summary(one);
            if plain(summary, one) {
                let findings = matrix::table(ctx, one, 5).into_string();
                let known = found.entry(findings).or_insert_with(|| (summary, Vec::new()));
                known.1.push(&one.incident.id);
            }
        }
        let mut shared: Vec<_> = found.into_iter().filter(|(_, (_, ids))| ids.len() > 1).collect();
        shared.sort_by_key(|(_, (_, ids))| (std::cmp::Reverse(ids.len()), ids.iter().min().copied()));
        let mut patterns = Self::default();
        for (findings, (summary, ids)) in shared {
            let incidents = u64::try_from(ids.len()).unwrap_or(u64::MAX);
            patterns.all.push(Pattern { findings: maud::PreEscaped(findings), summary, incidents });
            let number = patterns.all.len();
            patterns.of.extend(ids.into_iter().map(|id| (id.clone(), number)));
        }
        patterns
    }

    /// The number of an incident's pattern, from one.
    pub(crate) fn number(&self, id: &IncidentId) -> Option<usize> {
        self.of.get(id).copied()
    }

    /// Every pattern with its findings.
    pub(crate) fn list(&self, ctx: &Ctx<'_>) -> Markup {
        html! {
            @if !self.all.is_empty() {
                h3 #patterns { (ctx.t("pattern.title")) }
                p.quiet { (ctx.t("pattern.lead")) }
                ol.incidents { @for (n, pattern) in (1_usize..).zip(&self.all) { li { (one(ctx, n, pattern)) } } }
            }
        }
    }
}

fn one(ctx: &Ctx<'_>, number: usize, pattern: &Pattern) -> Markup {
    let word = pattern.summary.as_str();
    html! {
        details.entry id=(format!("pattern-{number}")) {
            summary {
                h4 { (iso(&ctx.c.fill("pattern.name", &[("n", &number.to_string())]))) }
                p.line { (badge("summary", word, &ctx.c.word("summary", word))) " " (iso(&ctx.c.count("pattern.incidents", pattern.incidents, &[]))) }
            }
            div.inside { (pattern.findings) }
        }
    }
}
